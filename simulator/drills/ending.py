"""`python -m simulator.drills.ending`: the process is told to end while something hangs.

For each of Postgres, the dashboard, V2 and OpenAI: once while no call is live and one has just ended, once with ten
live calls. Exit code 0: the process ended by itself within 20 s of SIGTERM, or of the end of DRAIN_SECONDS with live
calls, and the next one brought every call to its end and its record, with nothing left in the journal. 1: one was not
so. 2: there is no Postgres.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.markup import escape

from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.chaos_cells import CALLERS
from simulator.drills.crash import PACE, Stage, lost_or_doubled, own_folder
from simulator.drills.deploy_drill import DRAIN_SECONDS, all_talk, place_later
from simulator.drills.wrecks import Stage as Wreckage
from simulator.drills.wrecks import hang
from simulator.faults import Faults
from simulator.rig.bot_host import BotHost
from simulator.rig.loop_lag import LagMeter
from simulator.rig.machines import Machines, Watched
from simulator.rig.postgres import NoPostgresError, Postgres, own_postgres
from simulator.rig.world import render
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker

POSTGRES: Final = "postgres"
HANGS: Final = (POSTGRES, "dashboard", "v2", "openai")
CALLS: Final = 10
ENDS_WITHIN_SECONDS: Final = 20.0
PATIENCE_SECONDS: Final = 120.0  # For a process that does not end: how long it took is told.
HANGS_BEFORE_SECONDS: Final = 4.0  # So that something is waited for when the signal comes.
JUST_ENDED: Final = "hangs_up_in_the_greeting"
SETTINGS: Final = {
    "DRAIN_SECONDS": f"{DRAIN_SECONDS:g}",
    "LIVENESS_SECONDS": "1",
    "RESUME_WINDOW_SECONDS": "30",
    "DASHBOARD_RETRY_SECONDS": "0.5",
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 60),
}


@dataclass
class Ended:
    """One process that was told to end; `late_ms`: how late the drill itself ran."""

    hangs: str
    calls: int
    seconds: float = 0.0
    late_ms: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def allowed_seconds(self) -> float:
        """From the signal to its end."""
        return ENDS_WITHIN_SECONDS + (DRAIN_SECONDS if self.calls else 0.0) + self.late_ms / 1000

    @property
    def wrong(self) -> list[str]:
        """What did not hold, its seconds too."""
        late = [f"ended after {self.seconds:.1f} s"] if self.seconds > self.allowed_seconds else []
        return self.problems + late


async def run_endings(
    plan: Sequence[tuple[str, int]],
    folder: Path,
    *,
    settings: Mapping[str, str] = SETTINGS,
    progress: Callable[[Ended], None] = lambda _: None,
) -> list[Ended]:
    """One after the other: what hangs, and how many calls are live.

    Raises:
        NoPostgresError: there is none.
    """
    done = []
    async with BotHost() as host, LagMeter() as lag:
        speaker = Speaker(PACE)
        rendered = await render(own_folder(folder, "rendering"), speaker, host)
        stage = Stage(folder, speaker, host, rendered, asyncio.Semaphore(1))
        for hangs, calls in plan:
            began = time.monotonic()
            ended = await run_ending(hangs, calls, own_folder(folder, f"{hangs}-{calls}"), stage, settings)
            ended.late_ms = lag.worst_ms(began)
            done.append(ended)
            progress(ended)
    return done


async def run_ending(hangs: str, calls: int, folder: Path, stage: Stage, settings: Mapping[str, str]) -> Ended:
    """One process and the next; never raises for what the bot did."""
    ended, faults, placed = Ended(hangs, calls), Faults(), list[Watched]()
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(own_postgres())
        world = await stack.enter_async_context(
            Machines(
                folder,
                settings={**settings, "DATABASE_URL": postgres.url},
                speaker=stage.speaker,
                host=stage.host,
                rendered=stage.rendered,
                faults=faults,
            )
        )
        conducting = [asyncio.create_task(place_later(world, number, placed)) for number in range(calls)]
        await all_talk(placed, calls)
        async with _hanging(hangs, world, postgres, faults):
            if not calls:
                placed.append(world.place(load(JUST_ENDED, CALLERS)))
                await world.conduct(placed[0])
            await asyncio.sleep(HANGS_BEFORE_SECONDS)
            await _end(world, ended)
        await world.replace()
        await asyncio.gather(*conducting)
        for call in placed:
            await world.records(call, lambda call: not lost_or_doubled(world, call))
            ended.problems += [f"{call.call.sid}: {problem}" for problem in lost_or_doubled(world, call)]
        left = len(list((world.data / "journal").glob("*.json")))
        ended.problems += [f"{left} calls stand in the journal still"] if left else []
    return ended


@asynccontextmanager
async def _hanging(hangs: str, world: Machines, postgres: Postgres, faults: Faults) -> AsyncIterator[None]:
    if hangs == POSTGRES:
        async with hang(Wreckage(world, "", postgres)):
            yield
        return
    faults.set(hangs, "hang")
    try:
        yield
    finally:
        faults.set(hangs, None)


async def _end(world: Machines, ended: Ended) -> None:
    began = time.monotonic()
    try:
        code = await world.bot.terminate(PATIENCE_SECONDS)
    except TimeoutError:
        ended.problems.append(f"the process did not end within {PATIENCE_SECONDS:.0f} s")
        await world.bot.kill()
    else:
        if code not in (0, -signal.SIGTERM):
            ended.problems.append(f"the process ended with exit code {code}")
    ended.seconds = time.monotonic() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m simulator.drills.ending", description=about)
    parser.add_argument("--calls", type=int, default=CALLS, metavar="N", help=f"live calls ({CALLS})")
    parser.add_argument("--only", choices=HANGS, action="append", help="what hangs (default: each of them)")
    options = parser.parse_args(arguments)
    screen, folder = Screen(), new_folder("ending")
    plan = [(hangs, calls) for hangs in options.only or HANGS for calls in (0, options.calls)]
    screen.say(f"{len(plan)} processes are told to end; logs in {folder}")

    def progress(ended: Ended) -> None:
        word = "[red]FAIL[/]" if ended.wrong else "[green]PASS[/]"
        live = f"{ended.calls} live calls" if ended.calls else "no live call"
        screen.show(f"{word} {ended.hangs} hangs, {live}: ended {ended.seconds:.1f} s after SIGTERM")
        for problem in ended.wrong:
            screen.show(f"  [red]-[/] {escape(problem)}")

    try:
        done = asyncio.run(run_endings(plan, folder, progress=progress))
    except NoPostgresError as error:
        screen.error(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    wrong = sum(bool(ended.wrong) for ended in done)
    screen.say(f"{len(done) - wrong} of {len(done)} ended as they should")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
