"""`make overload`: forty callers ring in the same moment, at a machine that others use as well.

A busy loop runs on the bot's core: from the start, or with `--slowed` once those who were let in talk. The bot has
learnt nothing yet. Exit code 0: whoever was let in was served to the end, without a silence that the machine does not
excuse; whoever was not heard so soon, is a lead, and is counted. 1: one was not so. 2: not on this system.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import aiohttp
from rich.markup import escape
from rich.table import Table

from config import Settings
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.capacity import PROC
from simulator.drills.deploy_drill import MAX_ANSWERS, Moved, caller, judge
from simulator.rig.bot_host import BotHost
from simulator.rig.loop_lag import LagMeter
from simulator.rig.machines import Machines, Watched
from simulator.rig.starvation import starved
from simulator.rig.world import render
from simulator.sound.audio import Speaker

CALLS = 40
LOOPS = 1
LONGEST_CALL_SECONDS = 600.0
MAX_SILENCE_MS = 4000
MAX_RINGING_MS = 2000
TURNED_AWAY = ("callback:no_room (fault: us)", "callback:too_late (fault: us)")
IN_USE_SECONDS = 3.0  # So long before anybody rings.
TOKEN = "who-operates-the-drill"
DEFAULTS = Settings.model_fields
SETTINGS = {
    "OPERATOR_TOKEN": TOKEN,
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 60),
    "MAX_CALLS": "1000",
    "MAX_LATE_SECONDS": f"{DEFAULTS['max_late_seconds'].default:g}",
    "MAX_CORE_SHARE": f"{DEFAULTS['max_core_share'].default:g}",
}


@dataclass
class Drill:
    """What came of it: who was let in, how long the others rang, and how late the line itself ran at worst."""

    served: list[Moved]
    ringing_ms: list[float]
    lag_ms: float
    problems: list[str] = field(default_factory=list)

    @property
    def answer_ms(self) -> float:
        """What an answer took, in the middle."""
        return median([ms for call in self.served for ms in call.answers_ms] or [0.0])

    @property
    def slow_ms(self) -> float:
        """What nineteen of twenty answers took at most."""
        answers = sorted(ms for call in self.served for ms in call.answers_ms)
        return answers[int(0.95 * (len(answers) - 1))] if answers else 0.0

    @property
    def silences(self) -> list[str]:
        """Silences that were too long, by the answers of the same run as well: a slow machine excuses some."""
        allowed = max(MAX_SILENCE_MS, MAX_ANSWERS * self.answer_ms) + self.lag_ms
        return [f"{call.silence_ms:.0f} ms of silence" for call in self.served if call.silence_ms > allowed]

    @property
    def rang_long(self) -> list[str]:
        """Who rang for too long before they were told that there is no room."""
        allowed = MAX_RINGING_MS + self.lag_ms
        return [f"who was turned away rang for {ms:.0f} ms" for ms in self.ringing_ms if ms > allowed]

    @property
    def held(self) -> bool:
        """Whether everything was as it should be."""
        wrong = self.problems or self.silences or self.rang_long or any(call.problems for call in self.served)
        return not wrong and bool(self.served)


async def run_drill(
    folder: Path, *, calls: int = CALLS, loops: int = LOOPS, slowed: bool = False, core_share: str = ""
) -> Drill:
    """The drill; `folder` exists and gets logs and recordings. `core_share`: MAX_CORE_SHARE, where not the default."""
    async with AsyncExitStack() as stack:
        host, speaker = await stack.enter_async_context(BotHost()), Speaker()
        (folder / "rendering").mkdir()
        rendered = await render(folder / "rendering", speaker, host)
        settings = SETTINGS | ({"MAX_CORE_SHARE": core_share} if core_share else {})
        machines = Machines(folder, settings=settings, speaker=speaker, host=host, rendered=rendered)
        world = await stack.enter_async_context(machines)
        lag, began = await stack.enter_async_context(LagMeter()), time.monotonic()
        pid = world.bot.pid
        assert pid is not None, "it was started"
        async with starved(pid, 0 if slowed else loops):
            await asyncio.sleep(IN_USE_SECONDS)
            placed = [world.place(caller(number)) for number in range(calls)]
            ringing = [asyncio.create_task(world.conduct_within(call, LONGEST_CALL_SECONDS)) for call in placed]
            await _all_know(placed)
            told = await _ready(world)
            if not slowed:
                await asyncio.gather(*ringing)
        if slowed:
            async with starved(pid, loops):
                await asyncio.gather(*ringing)
        away = [call for call in placed if call.call.timeline.of("twilio", "say")]
        served = [await judge(world, call, folder) for call in placed if call not in away]
        problems = [f"the log has {words!r}" for words in ("Traceback", "CRITICAL") if words in world.log()]
        for call in away:
            problems += await _wrong(world, call)
        if sum(told["turned_away"].values()) != len(away):
            problems.append(f"{len(away)} were turned away, and /ready counts {told['turned_away']}")
        ringing_ms = [float(call.call.timeline.of("twilio", "say")[0].ms) for call in away]
        return Drill(served, ringing_ms, lag.worst_ms(began), problems)


async def _all_know(placed: Sequence[Watched]) -> None:
    """Waits until every caller talks, or has been told that there is no room."""
    while not all(c.end or c.call.timeline.of("caller", "says") or c.call.timeline.of("twilio", "say") for c in placed):
        await asyncio.sleep(0.05)


async def _ready(world: Machines) -> dict[str, dict[str, int]]:
    """What the operator is told."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(world.bot.url + "/ready") as answer:
        found: dict[str, dict[str, int]] = await answer.json()
        return found


async def _wrong(world: Machines, call: Watched) -> list[str]:
    """What is wrong with what somebody got for whom there was no room."""
    await world.records(call, lambda _: bool(world.rows(call)["calls"]))
    rows, heard = world.rows(call), " ".join(event.text for event in call.call.timeline.of("twilio", "say"))
    if "call you back" not in heard or "again" in heard:
        return [f"who was turned away heard {heard!r}"]
    if (len(rows["leads"]), len(rows["calls"])) != (1, 1) or call.ended_as not in TURNED_AWAY:
        return [f"who was turned away is {len(rows['leads'])} leads, {len(rows['calls'])} calls, {call.ended_as}"]
    return []


def table(drill: Drill) -> Table:
    """One row for each call that was served."""
    shown = Table("call", "ended by", "outcome", "seconds", "longest silence", "slowest answer", "wrong")
    for number, call in enumerate(drill.served, 1):
        wrong = "; ".join(call.problems)
        shown.add_row(
            str(number),
            call.ended_by,
            escape(call.outcome),
            f"{call.seconds:.0f}",
            f"{call.silence_ms / 1000:.1f} s",
            f"{max(call.answers_ms, default=0.0):.0f} ms",
            f"[red]{escape(wrong)}[/]" if wrong else "-",
        )
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make overload", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=CALLS, metavar="N", help=f"who ring at once ({CALLS})")
    parser.add_argument("--loops", type=int, default=LOOPS, metavar="N", help=f"busy loops beside the bot ({LOOPS})")
    parser.add_argument("--slowed", action="store_true", help="they begin in the middle of the calls")
    options = parser.parse_args(arguments)
    screen, folder = Screen(), new_folder("overload")
    if not PROC.is_dir():
        screen.error("a core is given away by Linux's means: use Linux")
        return 2
    screen.say(f"{options.calls} calls; recordings and logs in {folder}")
    try:
        drill = asyncio.run(run_drill(folder, calls=options.calls, loops=options.loops, slowed=options.slowed))
    except KeyboardInterrupt:
        return 130
    screen.show(table(drill))
    for problem in (*drill.problems, *drill.silences, *drill.rang_long):
        screen.error(problem)
    silence, rang = max((c.silence_ms for c in drill.served), default=0.0), max(drill.ringing_ms, default=0.0)
    screen.say(
        f"{len(drill.served)} were served: an answer {drill.answer_ms:.0f} ms, of twenty nineteen within "
        f"{drill.slow_ms:.0f} ms, longest silence {silence / 1000:.1f} s; {len(drill.ringing_ms)} were told that there "
        f"is no room, after {rang:.0f} ms at most (the line late by {drill.lag_ms:.0f} ms)"
    )
    return 0 if drill.held else 1


if __name__ == "__main__":
    sys.exit(main())
