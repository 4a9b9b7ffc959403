"""`python -m simulator.drills.starved`: callers are on the line while their machine's core is starved to a quarter.

Once all of them talk, three busy loops run on the bot's core until the last call is over; somebody else calls
meanwhile. Exit code 0: nobody was hung up on for our slowness, every call was completed and recorded once, `/ready` and
the log told of it, and who called meanwhile was told so and is a lead, with the blame on us. 1: one was not so. 2: not
on this system.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from rich.markup import escape
from rich.table import Table

from config import Settings
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.capacity import PROC, cpu_seconds
from simulator.drills.deploy_drill import Moved, caller, judge
from simulator.rig.bot_host import BotHost
from simulator.rig.loop_lag import LagMeter
from simulator.rig.machines import POLL_SECONDS, Machines, Watched
from simulator.rig.starvation import LOOPS, starved
from simulator.rig.world import render
from simulator.scenarios.scenario import Scenario
from simulator.sound.audio import Speaker

CALLS = 10
BETWEEN_CALLS_SECONDS = 0.4
LONGEST_CALL_SECONDS = 600.0
"""Ends the wait for a call that never does; how long one took is told, not judged."""
SETTINGS = {
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 60),
    "MAX_LATE_SECONDS": f"{Settings.model_fields['max_late_seconds'].default:g}",
}
LATE = "TOO LATE by"
TURNED_AWAY = "callback:too_late (fault: us)"


@dataclass
class Drill:
    """What came of it; `problems` are those of no single call. `share`: what the bot had of its core meanwhile."""

    calls: list[Moved]
    share: float
    problems: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether everything was as it should be."""
        return not self.problems and not any(call.problems for call in self.calls)


async def run_drill(folder: Path, *, calls: int = CALLS, loops: int = LOOPS) -> Drill:
    """The drill; `folder` exists and gets logs and recordings."""
    async with AsyncExitStack() as stack:
        host, speaker = await stack.enter_async_context(BotHost()), Speaker()
        (folder / "rendering").mkdir()
        rendered = await render(folder / "rendering", speaker, host)
        machines = Machines(folder, settings=SETTINGS, speaker=speaker, host=host, rendered=rendered)
        world = await stack.enter_async_context(machines)
        await stack.enter_async_context(LagMeter())
        pid = world.bot.pid
        assert pid is not None, "it was started"
        placed = [world.place(caller(number)) for number in range(calls)]
        talking = [asyncio.create_task(_later(world, call, number)) for number, call in enumerate(placed)]
        await _all_talk(placed)
        problems: list[str] = []
        loop = asyncio.get_running_loop()
        async with starved(pid, loops):
            began, before = loop.time(), cpu_seconds(pid)
            problems += await _one_more(world, caller(calls), talking)
            await asyncio.gather(*talking)
            share = (cpu_seconds(pid) - before) / (loop.time() - began)
        judged = [await judge(world, call, folder) for call in placed]
        log = world.log()
        problems += [f"the log has {words!r}" for words in ("Traceback", "CRITICAL") if words in log]
        return Drill(judged, share, problems)


async def _one_more(world: Machines, scenario: Scenario, talking: Sequence[asyncio.Task[None]]) -> list[str]:
    """Somebody else calls as soon as the bot says that it is late; what is wrong with what they get."""
    while LATE not in world.log():
        if all(task.done() for task in talking):
            return ["the bot was never too late, or did not say so"]
        await asyncio.sleep(POLL_SECONDS)
    async with aiohttp.ClientSession() as http, http.get(world.bot.url + "/ready") as answer:
        told = (await answer.json())["status"]
    call = world.place(scenario)
    await world.conduct(call)
    await world.records(call, lambda _: bool(world.rows(call)["calls"]))
    rows, heard = world.rows(call), " ".join(line.full for line in call.caller.heard)
    wrong = [] if told == "late" else [f"/ready said {told}"]
    if "call you back" not in heard or "again" in heard:
        wrong.append(f"who called meanwhile heard {heard!r}")
    if (len(rows["leads"]), len(rows["calls"]), call.ended_as) != (1, 1, TURNED_AWAY):
        wrong.append(f"who called meanwhile is {len(rows['leads'])} leads, {len(rows['calls'])} calls, {call.ended_as}")
    return wrong


async def _later(world: Machines, call: Watched, number: int) -> None:
    await asyncio.sleep(number * BETWEEN_CALLS_SECONDS)
    await world.conduct_within(call, LONGEST_CALL_SECONDS)


async def _all_talk(placed: list[Watched]) -> None:
    """Waits until every caller has said something, or is gone."""
    while not all(call.end or call.call.timeline.of("caller", "says") for call in placed):
        await asyncio.sleep(POLL_SECONDS)


def table(drill: Drill) -> Table:
    """One row for each call."""
    shown = Table("call", "ended by", "outcome", "seconds", "longest silence", "wrong")
    for number, call in enumerate(drill.calls, 1):
        wrong = "; ".join(call.problems)
        shown.add_row(
            str(number),
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
        prog="python -m simulator.drills.starved", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--calls", type=int, default=CALLS, metavar="N", help=f"live calls ({CALLS})")
    parser.add_argument("--loops", type=int, default=LOOPS, metavar="N", help=f"busy loops beside the bot ({LOOPS})")
    options = parser.parse_args(arguments)
    screen, folder = Screen(), new_folder("starved")
    if not PROC.is_dir():
        screen.error("a core is given away by Linux's means: use Linux")
        return 2
    screen.say(f"{options.calls} calls; recordings and logs in {folder}")
    try:
        drill = asyncio.run(run_drill(folder, calls=options.calls, loops=options.loops))
    except KeyboardInterrupt:
        return 130
    screen.show(table(drill))
    for problem in drill.problems:
        screen.error(problem)
    screen.say(f"the bot had {drill.share:.0%} of a core")
    return 0 if drill.held else 1


if __name__ == "__main__":
    sys.exit(main())
