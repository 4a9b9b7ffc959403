"""`python -m simulator.drills.crash`: the bot is killed (SIGKILL) at every moment of whole calls, and started again.

Exit code 0: every call came back and went on, or left its lead; every call id has exactly the rows that its ending
calls for; nothing was booked, promised or posted twice; and some did come back. 1: one was not so. 2: the command makes
no sense.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from simulator.back_office.office import RowAccepted
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.calls.transcript import agent_lines, phantoms
from simulator.calls.truth import Line
from simulator.drills.chaos_cells import CALLERS
from simulator.drills.crash_plan import CUT, MOMENTS, Moment, untrue, wrong_rows
from simulator.faults import Faults
from simulator.rig.bot_host import BotHost
from simulator.rig.machines import UNHURRIED, Machines, Watched
from simulator.rig.world import Rendered, render
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event

AT_ONCE = 8
PACE = 1.8  # Brisk voices; nobody listens.
TIMES = 3
DOWN_SECONDS = 1.0  # The longest that nobody tries to start the bot again.
SETTLE_SECONDS = 1.0  # A row too many comes right behind the one that was waited for.
LONGEST_CALL_SECONDS = 280.0
ONCE = ("book_appointment", "create_callback", "manage_appointment", "send_sales_lead_alert", "send_emergency_alert")
SETTINGS = UNHURRIED | {
    "CALLER_SILENCE_SECONDS": "20",
    "RESUME_WINDOW_SECONDS": "30",  # Longer than Twilio waits: a call that it has not ended comes back.
    "LIVENESS_SECONDS": "1",
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 60),
    "DASHBOARD_RETRY_SECONDS": "0.5",
}


@dataclass
class Crash:
    """One call whose bot was killed, and what came of it."""

    moment: Moment
    number: int
    kills: int = 0
    resumed: int = 0
    outcome: str = ""
    silence_ms: float = 0.0
    down_seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def completed(self) -> bool:
        """Whether the call went to an end of its own."""
        return not self.outcome.startswith(("interrupted:", "hangup:", "fault:line"))


@dataclass(frozen=True)
class Stage:
    """What all calls of a run share."""

    folder: Path
    speaker: Speaker
    host: BotHost
    rendered: Rendered
    turn: asyncio.Semaphore


class Killer:
    """Kills the bot of one call when its moment comes, and starts the next one."""

    def __init__(self, moment: Moment, dice: random.Random) -> None:
        self.kills = 0
        self.down_seconds = 0.0
        self._moment, self._dice = moment, dice
        self._seen = 0
        self._world: Machines | None = None
        self._striking: asyncio.TimerHandle | None = None
        self._replacing: list[asyncio.Task[None]] = []

    def watch(self, event: Event) -> None:
        """Hears of everything that happens in the call."""
        moment = self._moment
        if self._world is None or self._striking is not None or self.kills >= moment.times or not moment.fits(event):
            return
        self._seen += 1
        if self._seen < moment.nth:
            return
        if moment.within_seconds == 0:
            self._strike()
            return
        delay = self._dice.uniform(0, moment.within_seconds)
        self._striking = asyncio.get_running_loop().call_later(delay, self._strike)

    def arm(self, world: Machines) -> None:
        """From now on."""
        self._world = world

    def _strike(self) -> None:
        self._striking = None
        if self._world is None:
            return
        self.kills += 1
        self._world.bot.strike()
        self._replacing.append(asyncio.create_task(self._replace(self._world)))

    async def _replace(self, world: Machines) -> None:
        struck = time.monotonic()
        await asyncio.sleep(self._dice.uniform(0, DOWN_SECONDS))
        await world.replace()
        self.down_seconds = max(self.down_seconds, time.monotonic() - struck)

    async def done(self) -> None:
        """No more kills; the last bot is up."""
        self._world = None
        if self._striking is not None:
            self._striking.cancel()
        await asyncio.gather(*self._replacing)


async def run_crashes(
    plan: Sequence[Moment],
    folder: Path,
    *,
    seed: int = 0,
    at_once: int = AT_ONCE,
    progress: Callable[[Crash], None] = lambda _: None,
) -> list[Crash]:
    """One call for each moment of `plan`, side by side; the same seed kills at the same offsets."""
    async with BotHost() as host:
        speaker = Speaker(PACE)
        rendered = await render(own_folder(folder, "rendering"), speaker, host)
        stage = Stage(folder, speaker, host, rendered, asyncio.Semaphore(at_once))

        async def one(number: int, moment: Moment) -> Crash:
            async with stage.turn:
                crash = await run_crash(moment, number, random.Random(f"{seed}/{number}"), stage)
            progress(crash)
            return crash

        return list(await asyncio.gather(*(one(number, moment) for number, moment in enumerate(plan, 1))))


async def run_crash(moment: Moment, number: int, dice: random.Random, stage: Stage) -> Crash:
    """One call whose bot dies at that moment; never raises for what the bot did."""
    crash, killer = Crash(moment, number), Killer(moment, dice)
    folder = own_folder(stage.folder, f"{number:02d}-{moment.name.replace(' ', '-')}")
    caller = load(moment.caller, CALLERS)
    settings, faults = SETTINGS | caller.settings, Faults.parse(moment.faults)
    world = Machines(
        folder, settings=settings, faults=faults, speaker=stage.speaker, host=stage.host, rendered=stage.rendered
    )
    async with world:
        watched = world.place(caller, killer.watch)
        killer.arm(world)
        try:
            async with asyncio.timeout(LONGEST_CALL_SECONDS):
                await world.conduct(watched)
        except TimeoutError:
            crash.problems.append(f"the call did not end within {LONGEST_CALL_SECONDS:.0f} s")
        await world.records(watched, lambda _: not lost_or_doubled(world, watched))
        await killer.done()
        await world.records(watched, lambda _: not lost_or_doubled(world, watched))
        await asyncio.sleep(SETTLE_SECONDS)
        rows = world.rows(watched)
        crash.kills, crash.resumed, crash.down_seconds = killer.kills, watched.resumed, killer.down_seconds
        crash.outcome = watched.ended_as if rows["calls"] else "-"
        crash.silence_ms = watched.call.recording.longest_silence_ms()
        crash.problems += problems(world, watched)
        if not killer.kills:
            crash.problems.append("does not count: the moment never came")
        about = {"moment": moment.name, "call_sid": watched.call.sid, "problems": crash.problems, "rows": rows}
        await asyncio.to_thread(watched.call.recording.write, folder, watched.call.timeline, about)
    return crash


def problems(world: Machines, watched: Watched) -> list[str]:
    """What is lost, doubled or not true of a call, so far."""
    lines = [Line(line.full, line.text, line.complete) for line in watched.caller.heard]
    calls = world.rows(watched)["calls"]
    return [
        *lost_or_doubled(world, watched),
        *(problem for call in calls for problem in phantoms(lines, agent_lines(call))),
    ]


def lost_or_doubled(world: Machines, watched: Watched) -> list[str]:
    """The same, but for what of a line was heard: on a machine that is late, a line comes in pieces."""
    rows, heard = world.rows(watched), " ".join(line.full for line in watched.caller.heard)
    ended = watched.ended_as
    return [
        *wrong_rows(rows, ended),
        *untrue(rows, ended, world.visits(watched), heard),
        *_twice(world, watched),
    ]


def _twice(world: Machines, watched: Watched) -> Iterator[str]:
    asked = Counter(call.tool for call in world.office.tool_calls(watched.call.sid))
    yield from (f"ASKED TWICE: {tool}" for tool in ONCE if asked[tool] > 1)
    made = Counter(e.table for e in watched.office if isinstance(e, RowAccepted) and e.action == "created")
    yield from (f"MADE TWICE: {table}" for table in ("leads", "jobs", "calls") if made[table] > 1)
    if made["leads"] and made["jobs"]:
        yield "DOUBLED: a lead and a job"


def own_folder(folder: Path, name: str) -> Path:
    """A folder of that name in `folder`."""
    own = folder / name
    own.mkdir(parents=True, exist_ok=True)
    return own


def table(crashes: Sequence[Crash]) -> Table:
    """One row for each moment."""
    shown = Table(
        "killed", "calls", "kills", "came back", "completed", "left a lead", "longest silence", "down for", "wrong"
    )
    for name in dict.fromkeys(crash.moment.name for crash in crashes):
        of = [crash for crash in crashes if crash.moment.name == name]
        wrong = sum(bool(crash.problems) for crash in of)
        shown.add_row(
            name,
            str(len(of)),
            str(sum(crash.kills for crash in of)),
            str(sum(crash.resumed > 0 for crash in of)),
            str(sum(crash.completed for crash in of)),
            str(sum(not crash.completed for crash in of)),
            f"{max(crash.silence_ms for crash in of) / 1000:.1f} s",
            f"{max(crash.down_seconds for crash in of):.1f} s",
            f"[red]{wrong}[/]" if wrong else "0",
        )
    return shown


def _parser() -> argparse.ArgumentParser:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m simulator.drills.crash", description=about)
    parser.add_argument("--times", type=int, default=TIMES, metavar="N", help=f"calls for each moment ({TIMES})")
    parser.add_argument("--seed", type=int, default=None, help="the same kills again (default: new ones)")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help=f"calls at a time ({AT_ONCE})")
    parser.add_argument("--cut", action="store_true", help="the few moments that `make test-calls` has")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    screen = Screen()
    plan = [moment for _ in range(options.times) for moment in MOMENTS if not options.cut or moment.name in CUT]
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    folder = new_folder("crash")
    screen.say(f"{len(plan)} calls, {options.at_once} at a time, --seed {seed}; recordings and logs in {folder}")
    started, done = time.monotonic(), 0

    def progress(crash: Crash) -> None:
        nonlocal done
        done += 1
        word = "[red]FAIL[/]" if crash.problems else "[green]PASS[/]"
        told = f"{crash.kills} kills, resumed {crash.resumed}, {escape(crash.outcome)}"
        screen.show(f"[dim]{done}/{len(plan)}[/] {word} {crash.number:02d} {crash.moment.name}: {told}")
        for problem in crash.problems:
            screen.show(f"  [red]-[/] {escape(problem)}")

    try:
        crashes = asyncio.run(run_crashes(plan, folder, seed=seed, at_once=options.at_once, progress=progress))
    except KeyboardInterrupt:
        return 130
    screen.show(table(crashes))
    wrong = [crash for crash in crashes if crash.problems]
    kills = sum(crash.kills for crash in crashes)
    screen.say(
        f"{kills} kills in {len(crashes)} calls: {sum(c.completed for c in crashes)} completed, "
        f"{sum(not c.completed for c in crashes)} left a lead, {len(wrong)} wrong; {time.monotonic() - started:.0f} s"
    )
    if not any(crash.resumed for crash in crashes):
        screen.error("no call came back")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
