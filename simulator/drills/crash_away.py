"""`python -m simulator.drills.crash_away`: the bot is killed (SIGKILL) while its database is away, at random moments.

In each call Postgres hangs or is gone from a random moment on, the bot is killed at a later one, and both come back.
Exit code 0: every call id has exactly the rows that its ending calls for, every visit is a job, nothing was asked
twice, and visits were booked. 1: one was not so. 2: there is no Postgres.
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.markup import escape

from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.chaos_cells import CALLERS
from simulator.drills.crash import (
    LONGEST_CALL_SECONDS,
    PACE,
    SETTINGS,
    SETTLE_SECONDS,
    Stage,
    lost_or_doubled,
    own_folder,
)
from simulator.drills.wrecks import WRECKS
from simulator.drills.wrecks import Stage as Wreckage
from simulator.rig.bot_host import BotHost
from simulator.rig.machines import Machines, Watched
from simulator.rig.postgres import NoPostgresError, own_postgres
from simulator.rig.world import render
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event

KILLS = 30
AT_ONCE = 4
CALLER = "books"
WAYS = ("hang", "refuse")
CALL_SECONDS = 32.0  # About as long as the call is; kills behind its end find the record on its way.
AROUND_THE_BOOKING_SECONDS = 1.5
DOWN_SECONDS = 3.0


@dataclass(frozen=True)
class Kill:
    """When the database goes and the bot is killed.

    Attributes:
        way: How the database is away.
        away_after: Seconds from the beginning of the call until it is.
        killed_after: Seconds from then until the kill, or from V2's being asked to book, if `at_booking`.
        at_booking: Whether the kill waits for that.
        down_seconds: How long both are gone behind the kill.
    """

    way: str
    away_after: float
    killed_after: float
    at_booking: bool
    down_seconds: float

    @property
    def name(self) -> str:
        """For the folder and the table."""
        where = "behind the booking" if self.at_booking else "later"
        return f"{self.way} from {self.away_after:.1f} s, killed {self.killed_after:.1f} s {where}"


@dataclass
class Killed:
    """One call whose bot was killed in an outage, and what came of it."""

    kill: Kill
    outcome: str = ""
    visits: int = 0
    resumed: int = 0
    problems: list[str] = field(default_factory=list)


def plan(dice: random.Random, kills: int = KILLS) -> list[Kill]:
    """Random moments: one half anywhere in the call and behind it, one half around the booking."""
    made = []
    for number in range(kills):
        at_booking = number % 2 == 0
        killed = dice.uniform(0, AROUND_THE_BOOKING_SECONDS if at_booking else CALL_SECONDS)
        away = dice.uniform(0, CALL_SECONDS / 2 if at_booking else max(0.0, CALL_SECONDS - killed))
        made.append(Kill(WAYS[number // 2 % 2], away, killed, at_booking, dice.uniform(0, DOWN_SECONDS)))
    return made


async def run_kills(
    kills: Sequence[Kill], folder: Path, *, at_once: int = AT_ONCE, progress: Callable[[Killed], None] = lambda _: None
) -> list[Killed]:
    """One call for each, side by side.

    Raises:
        NoPostgresError: there is none.
    """
    async with BotHost() as host:
        speaker = Speaker(PACE)
        rendered = await render(own_folder(folder, "rendering"), speaker, host)
        stage = Stage(folder, speaker, host, rendered, asyncio.Semaphore(at_once))

        async def one(number: int, kill: Kill) -> Killed:
            async with stage.turn:
                killed = await run_kill(kill, own_folder(folder, f"{number:02d}-{kill.way}"), stage)
            progress(killed)
            return killed

        return list(await asyncio.gather(*(one(number, kill) for number, kill in enumerate(kills, 1))))


async def run_kill(kill: Kill, folder: Path, stage: Stage) -> Killed:
    """One call; never raises for what the bot did."""
    killed = Killed(kill)
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(own_postgres())
        # The database alone is impatient: its deadlines pass, and nothing else's.
        settings = SETTINGS | {"DATABASE_URL": postgres.url, "DATABASE_SECONDS": "3", "SNAPSHOT_SECONDS": "0.5"}
        world = await stack.enter_async_context(
            Machines(folder, settings=settings, speaker=stage.speaker, host=stage.host, rendered=stage.rendered)
        )
        begun, booking = asyncio.Event(), asyncio.Event()

        def watch(event: Event) -> None:
            if event.who == "twilio" and event.what == "answered":
                begun.set()
            if event.who == "office" and event.text == "book_appointment":
                booking.set()

        watched = world.place(load(CALLER, CALLERS), watch)
        conducting = asyncio.create_task(_conduct(world, watched, killed))
        await begun.wait()
        await asyncio.sleep(kill.away_after)
        async with WRECKS["database"][kill.way](Wreckage(world, watched.call.from_, postgres)):
            if kill.at_booking:
                await asyncio.wait({asyncio.ensure_future(booking.wait()), conducting}, return_when="FIRST_COMPLETED")
            await asyncio.sleep(kill.killed_after)
            await world.bot.kill()
            await asyncio.sleep(kill.down_seconds)
        await world.replace()
        await conducting
        await world.records(watched, lambda _: not _wrong(world, watched))
        await asyncio.sleep(SETTLE_SECONDS)
        killed.problems += _wrong(world, watched)
        killed.outcome, killed.visits, killed.resumed = watched.ended_as, world.visits(watched), watched.resumed
        about = {"kill": kill.name, "call_sid": watched.call.sid, "problems": killed.problems}
        await asyncio.to_thread(watched.call.recording.write, folder, watched.call.timeline, about)
    return killed


async def _conduct(world: Machines, watched: Watched, killed: Killed) -> None:
    try:
        async with asyncio.timeout(LONGEST_CALL_SECONDS):
            await world.conduct(watched)
    except TimeoutError:
        killed.problems.append(f"the call did not end within {LONGEST_CALL_SECONDS:.0f} s")


def _wrong(world: Machines, watched: Watched) -> list[str]:
    rows = world.rows(watched)
    visits, jobs = world.visits(watched), len(rows["jobs"])
    lost = [f"LOST: {visits} visits, and the dashboard has {jobs} jobs"] if visits != jobs else []
    left = [f"{path.name} stands in the journal still" for path in (world.data / "journal").glob("*.json")]
    return [*lost_or_doubled(world, watched), *lost, *left]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m simulator.drills.crash_away", description=about)
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help=f"calls ({KILLS})")
    parser.add_argument("--seed", type=int, default=None, help="the same kills again (default: new ones)")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help=f"calls at a time ({AT_ONCE})")
    options = parser.parse_args(arguments)
    screen, folder = Screen(), new_folder("crash-away")
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    screen.say(f"{options.kills} calls, {options.at_once} at a time, --seed {seed}; recordings and logs in {folder}")
    started = time.monotonic()

    def progress(killed: Killed) -> None:
        word = "[red]FAIL[/]" if killed.problems else "[green]PASS[/]"
        told = f"{killed.visits} visits, resumed {killed.resumed}, {escape(killed.outcome or '-')}"
        screen.show(f"{word} {killed.kill.name}: {told}")
        for problem in killed.problems:
            screen.show(f"  [red]-[/] {escape(problem)}")

    kills = plan(random.Random(seed), options.kills)
    try:
        done = asyncio.run(run_kills(kills, folder, at_once=options.at_once, progress=progress))
    except NoPostgresError as error:
        screen.error(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    wrong, visits = sum(bool(killed.problems) for killed in done), sum(killed.visits for killed in done)
    screen.say(f"{len(done)} kills, {visits} visits, {wrong} wrong; {time.monotonic() - started:.0f} s")
    if not visits:
        screen.error("no visit was booked: it shows nothing")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
