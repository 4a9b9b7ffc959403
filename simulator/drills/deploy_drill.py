"""`python -m simulator.drills.deploy_drill`: live calls move to another machine while theirs is replaced.

Ten callers are on the line when their machine gets SIGTERM; a second one takes over, on one Postgres (or, with
`--sqlite`, one file). Exit code 0: nobody was hung up on, nobody heard a long silence (`Drill.allowed_ms`), every call
was completed and recorded once, and the first machine ended by itself. 1: one was not so. 2: there is no Postgres.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.markup import escape
from rich.table import Table

from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.chaos_cells import CALLERS
from simulator.drills.crash_plan import untrue, wrong_rows
from simulator.rig.bot_host import BotHost
from simulator.rig.loop_lag import LagMeter
from simulator.rig.machines import POLL_SECONDS, UNHURRIED, Machines, Watched
from simulator.rig.postgres import NoPostgresError, Postgres
from simulator.rig.world import render
from simulator.scenarios.scenario import Scenario, load
from simulator.sound.audio import Speaker

CALLS = 10
PACE = 1.5
BETWEEN_CALLS_SECONDS = 0.4  # So that they are in different states when their machine goes.
DRAIN_SECONDS = 3.0
STOPPED_SECONDS = 120.0  # Ends the wait for a first machine that does not end; how long it took is told.
MAX_SILENCE_MS = 6000
MAX_ANSWERS = 12.0
LONGEST_CALL_SECONDS = 280.0
ENDS = "confirm:booked"
DAYS = ("Tomorrow", "The day after tomorrow", "On Thursday", "On Friday", "On Saturday")
HOURS = ("9 AM", "10 AM", "11 AM", "1 PM", "2 PM", "3 PM", "4 PM", "5 PM")
SETTINGS = UNHURRIED | {
    "DRAIN_SECONDS": f"{DRAIN_SECONDS:g}",
    "CALLER_SILENCE_SECONDS": "20",
    "LIVENESS_SECONDS": "1",
    "RESUME_WINDOW_SECONDS": "30",
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 60),
}


@dataclass
class Moved:
    """One call, and how it came through."""

    resumed: int
    outcome: str
    ended_by: str
    seconds: float
    silence_ms: float
    answers_ms: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class Drill:
    """What came of it; `problems` are those of no single call. `lag_ms`: how late the line itself ran at worst."""

    calls: list[Moved]
    stop_seconds: float
    exit_code: int
    database: str
    lag_ms: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def answer_ms(self) -> float:
        """What an answer took in this run, on this machine; the middle one, so that no long silence excuses itself."""
        return median([ms for call in self.calls for ms in call.answers_ms] or [0.0])

    @property
    def allowed_ms(self) -> float:
        """How long a silence may be: six seconds, or as much as twelve answers of the same run, and the line's own lag.

        A machine that is slow or busy takes longer for every answer, so that slowness alone makes no silence too long.
        """
        return max(MAX_SILENCE_MS, MAX_ANSWERS * self.answer_ms) + self.lag_ms

    @property
    def silences(self) -> list[str]:
        """The silences that were too long."""
        told = f"ms of silence, and an answer took {self.answer_ms:.0f} ms"
        return [f"{c.silence_ms:.0f} {told}" for c in self.calls if c.silence_ms >= self.allowed_ms]

    @property
    def held(self) -> bool:
        """Whether everything was as it should be."""
        return not self.problems and not self.silences and not any(call.problems for call in self.calls)


async def run_drill(folder: Path, *, calls: int = CALLS, sqlite: bool = False) -> Drill:
    """The drill; `folder` exists and gets logs and recordings.

    Raises:
        NoPostgresError: there is none, and it is not to be SQLite.
    """
    async with AsyncExitStack() as stack:
        settings = dict(SETTINGS)
        if not sqlite:
            settings["DATABASE_URL"] = stack.enter_context(Postgres()).url
        host, speaker = await stack.enter_async_context(BotHost()), Speaker(PACE)
        lag, placed_at = await stack.enter_async_context(LagMeter()), time.monotonic()
        (folder / "rendering").mkdir()
        rendered = await render(folder / "rendering", speaker, host)
        machines = Machines(folder, settings=settings, speaker=speaker, host=host, rendered=rendered)
        world = await stack.enter_async_context(machines)
        placed: list[Watched] = []
        conducting = [asyncio.create_task(place_later(world, number, placed)) for number in range(calls)]
        old = world.bot
        await all_talk(placed, calls)
        await world.start("machine-2")
        began = time.monotonic()
        problems, code = [], -1
        try:
            code = await old.terminate(STOPPED_SECONDS)
        except TimeoutError:
            problems.append(f"the first machine did not end within {STOPPED_SECONDS:.0f} s")
        stop_seconds = time.monotonic() - began
        if code not in (0, -signal.SIGTERM):  # uvicorn ends by the signal once everything is closed.
            problems.append(f"the first machine ended with exit code {code}")
        await asyncio.gather(*conducting)
        moved = [await judge(world, call, folder) for call in placed]
        problems += [f"the log has {words!r}" for words in ("Traceback", "CRITICAL") if words in world.log()]
        if not any(call.resumed for call in moved):
            problems.append("does not count: no call was handed over")
        late = lag.worst_ms(placed_at)
        return Drill(moved, stop_seconds, code, "SQLite" if sqlite else "Postgres", late, problems)


def caller(number: int) -> Scenario:
    """Somebody who books a visit, each with a number and a time of their own: V2 gives no time away twice."""
    scenario = load("books", CALLERS)
    day, hour = divmod(number, len(HOURS))
    time_wished = f"{DAYS[day % len(DAYS)]} at {HOURS[hour]}, please."
    facts = scenario.persona.facts | {"time": time_wished}
    persona = scenario.persona.model_copy(update={"number": f"+15125550{200 + number}", "facts": facts})
    return scenario.model_copy(update={"persona": persona})


async def place_later(world: Machines, number: int, placed: list[Watched]) -> None:
    """One of several callers, behind those before; returns when the call is over."""
    await asyncio.sleep(number * BETWEEN_CALLS_SECONDS)
    call = world.place(caller(number))  # Not before: its recording begins now.
    placed.append(call)
    await world.conduct_within(call, LONGEST_CALL_SECONDS)


async def all_talk(placed: list[Watched], calls: int) -> None:
    """Waits until every caller has said something, or is gone."""
    while len(placed) < calls or not all(call.end or call.call.timeline.of("caller", "says") for call in placed):
        await asyncio.sleep(POLL_SECONDS)


async def judge(world: Machines, call: Watched, folder: Path) -> Moved:
    """A call that is over, once its records are there; `folder` gets a folder with its recording."""
    sid = call.call.sid

    def wrong() -> list[str]:
        rows, heard = world.rows(call), " ".join(line.full for line in call.caller.heard)
        ended = call.ended_as
        return [*wrong_rows(rows, ended), *untrue(rows, ended, world.visits(call), heard)]

    await world.records(call, lambda _: not wrong())
    records, end = world.office.rows(sid).calls, call.end
    moved = Moved(
        resumed=call.resumed,
        outcome=call.ended_as if records else "-",
        ended_by=end.by if end else "-",
        seconds=end.seconds if end else 0.0,
        silence_ms=call.call.recording.longest_silence_ms(),
        answers_ms=call.call.recording.response_times(),
        problems=wrong(),
    )
    if moved.ended_by != "bot":
        moved.problems.append(f"the call was ended by {moved.ended_by}: {end.how if end else 'nobody'}")
    if not moved.outcome.startswith(ENDS):
        moved.problems.append(f"the call ended as {moved.outcome}, not as {ENDS}")
    moved.problems += [f"the caller gave up: {call.caller.failure}"] if call.caller.failure else []
    own = folder / sid[-8:]
    own.mkdir()
    about = {"call_sid": sid, "problems": moved.problems}
    await asyncio.to_thread(call.call.recording.write, own, call.call.timeline, about)
    return moved


def table(drill: Drill) -> Table:
    """One row for each call."""
    shown = Table("call", "moved", "ended by", "outcome", "seconds", "longest silence", "wrong")
    for number, call in enumerate(drill.calls, 1):
        wrong = "; ".join(call.problems)
        shown.add_row(
            str(number),
            "yes" if call.resumed else "no",
            call.ended_by,
            escape(call.outcome),
            f"{call.seconds:.0f}",
            f"{call.silence_ms / 1000:.1f} s",
            f"[red]{escape(wrong)}[/]" if wrong else "-",
        )
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator.drills.deploy_drill", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--calls", type=int, default=CALLS, metavar="N", help=f"live calls ({CALLS})")
    parser.add_argument("--sqlite", action="store_true", help="both processes on one SQLite file, without Postgres")
    options = parser.parse_args(arguments)
    screen, folder = Screen(), new_folder("deploy-drill")
    screen.say(f"{options.calls} calls; recordings and logs in {folder}")
    try:
        drill = asyncio.run(run_drill(folder, calls=options.calls, sqlite=options.sqlite))
    except NoPostgresError as error:
        screen.error(f"{error}; or use --sqlite")
        return 2
    except KeyboardInterrupt:
        return 130
    screen.show(table(drill))
    for problem in (*drill.problems, *drill.silences):
        screen.error(problem)
    screen.say(
        f"{drill.database}: {sum(call.resumed > 0 for call in drill.calls)} of {len(drill.calls)} calls moved, "
        f"longest silence {max(call.silence_ms for call in drill.calls) / 1000:.1f} s "
        f"(an answer {drill.answer_ms / 1000:.1f} s, the line late by {drill.lag_ms / 1000:.1f} s); "
        f"the first machine ended {drill.stop_seconds:.1f} s after SIGTERM with exit code {drill.exit_code}"
    )
    return 0 if drill.held else 1


if __name__ == "__main__":
    sys.exit(main())
