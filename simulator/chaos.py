"""`python -m simulator.chaos`: every part fails in every way at every moment of a whole call; a table tells what held.

Exit code 0: in every cell the faulty part was really hit, nobody waited in silence, the call ended, its record names
the fault and reached the dashboard, and nothing false was said. 1: in one it was not so. 2: the command makes no sense.
"""

import argparse
import asyncio
import fnmatch
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from rich.markup import escape

from simulator.audio import Speaker
from simulator.bot_host import BotHost
from simulator.chaos_matrix import CALLERS, Cell, cells, cut
from simulator.chaos_report import Result, markdown, table
from simulator.chaos_verdict import judge, parked
from simulator.faults import Faults
from simulator.loop_lag import LagMeter
from simulator.recording import Event
from simulator.run import (
    POLL_SECONDS,
    STARTS_AT_ONCE,
    BotError,
    Placed,
    conduct,
    evidence_of,
    keep,
    new_folder,
    records_arrive,
)
from simulator.scenario import Expect, FaultCase, load
from simulator.screen import Screen
from simulator.world import Rendered, World, render

AT_ONCE = 12
PACE = 1.8  # Brisk voices; nobody listens.
MAX_LAG_MS = 250.0
HIT_TWICE_SECONDS = 30.0
WORLDS_BEYOND_CALLS = 8  # Bots that wait for their records while the next calls run.
SETTINGS = {
    "DELIVERY_PAUSES_SECONDS": "1,1,2,2,4,4",
    "DASHBOARD_TIMEOUT_SECONDS": "3",
}


@dataclass(frozen=True)
class Stage:
    """What all cells of a run share."""

    folder: Path
    speaker: Speaker
    host: BotHost
    rendered: Rendered
    lag: LagMeter
    calls: asyncio.Semaphore
    worlds: asyncio.Semaphore
    starts: asyncio.Semaphore


async def run_matrix(
    matrix: Sequence[Cell],
    folder: Path,
    *,
    at_once: int = AT_ONCE,
    pace: float = PACE,
    progress: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Runs the cells, `at_once` at a time; those during which this machine lagged once more, alone."""
    async with BotHost() as host, LagMeter() as lag:
        speaker = Speaker(pace)
        rendered = await render(_own(folder, "rendering"), speaker, host)
        limits = [asyncio.Semaphore(n) for n in (at_once, at_once + WORLDS_BEYOND_CALLS, STARTS_AT_ONCE)]
        stage = Stage(folder, speaker, host, rendered, lag, *limits)

        async def one(cell: Cell) -> Result:
            result = await run_cell(cell, stage)
            progress(result)
            return result

        results = list(await asyncio.gather(*(one(cell) for cell in matrix)))
        for index, result in enumerate(results):
            if result.lag_ms > MAX_LAG_MS:
                results[index] = replace(await run_cell(result.cell, stage), alone=True)
                progress(results[index])
    return results


async def run_cell(cell: Cell, stage: Stage) -> Result:
    """One call with one fault; never raises for what the bot did."""
    folder = _own(stage.folder, cell.name.replace("/", "-"))
    scenario = load(cell.caller, CALLERS)
    expect = scenario.expect.model_copy(update={"call_record": 1})
    if parked(cell):
        expect = Expect(records="refused")
    faults = Faults()
    spec = ",".join(f"{part}:{cell.mode}" for part in cell.parts)
    world = World(
        folder,
        settings=SETTINGS | scenario.settings,
        faults=faults,
        speaker=stage.speaker,
        host=stage.host,
        rendered=stage.rendered,
    )

    begun = False

    def begin() -> None:
        nonlocal begun
        begun = True
        for part in cell.parts:
            faults.set(part, cell.mode)

    def watch(event: Event) -> None:
        if cell.begins and cell.begins.fits(event) and not begun:
            begin()

    try:
        async with stage.worlds, AsyncExitStack() as stack:
            async with stage.starts:
                await stack.enter_async_context(world)
            async with stage.calls:
                if cell.begins is None:
                    begin()
                started = time.monotonic()
                placed = await conduct(world, scenario, FaultCase(expect=expect), spec, watch)
                lag_ms = stage.lag.worst_ms(started)
            await _heal(world, cell, placed)
            await records_arrive(world, placed, alone=True)
            evidence = evidence_of(world, placed, alone=True)
            failures = judge(cell, expect, placed, evidence, world)
            verdict = await keep(world, placed, folder, failures)
    except BotError as error:
        return Result(cell, [str(error)])
    hit_at = world.faults.hits[0].at if world.faults.hits else None
    return Result.of(cell, verdict, placed, evidence, hit_at, lag_ms)


async def _heal(world: World, cell: Cell, placed: Placed) -> None:
    """Everything works again; a dashboard not before it has failed twice, at the first try and at its retry."""
    deadline = time.monotonic() + HIT_TWICE_SECONDS
    while "dashboard" in cell.parts and len(world.faults.hits) < 2 and time.monotonic() < deadline:
        world.bot.check()
        await asyncio.sleep(POLL_SECONDS)
    if not parked(cell):
        for part in cell.parts:
            world.faults.set(part, None)
        placed.call.timeline.add("office", "healed", "the fault is over")


def _own(folder: Path, name: str) -> Path:
    own = folder / name.replace(":", "_")
    own.mkdir(parents=True, exist_ok=True)
    return own


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator.chaos",
        description="Breaks every part of the outside world in every way at every moment of a whole call.",
    )
    parser.add_argument("--only", default="*", metavar="PATTERN", help="cells by name, such as 'openai:*@booking'")
    parser.add_argument("--cut", action="store_true", help="the few cells that `make test` runs")
    parser.add_argument("--list", action="store_true", help="name the cells and stop")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help=f"calls at a time ({AT_ONCE})")
    parser.add_argument("--pace", type=float, default=PACE, metavar="X", help=f"how brisk the voices are ({PACE:g})")
    parser.add_argument("--doc", type=Path, metavar="FILE", help="write what was measured as a page, if all cells held")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    matrix = [c for c in (cut() if options.cut else cells()) if fnmatch.fnmatchcase(c.name, options.only)]
    screen = Screen()
    if not matrix:
        screen.error(f"no cell is called {options.only!r}: --list names them")
        return 2
    if options.list:
        for cell in matrix:
            screen.say(cell.name)
        return 0
    folder = new_folder("chaos")
    screen.say(f"{len(matrix)} cells, {options.at_once} calls at a time; recordings and logs in {folder}")
    started = time.monotonic()
    try:
        progress = _Progress(screen, len(matrix))
        results = asyncio.run(run_matrix(matrix, folder, at_once=options.at_once, pace=options.pace, progress=progress))
    except BotError as error:
        screen.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    screen.show(table(results))
    bad = [result for result in results if result.failures]
    again = sum(result.alone for result in results)
    screen.say(
        f"{len(results) - len(bad)} of {len(results)} cells held ({sum(r.cell.real for r in results)} of vendors), "
        f"{again} ran again alone because this machine lagged; {time.monotonic() - started:.0f} s"
    )
    if options.doc and not bad:
        options.doc.parent.mkdir(exist_ok=True)
        options.doc.write_text(markdown(results))
        screen.say(f"written: {options.doc}")
    return 1 if bad else 0


class _Progress:
    """One line for each cell that is done, and what did not hold in it."""

    def __init__(self, screen: Screen, total: int) -> None:
        self._screen, self._total, self._done = screen, total, 0

    def __call__(self, result: Result) -> None:
        self._done += not result.alone
        word = "[red]FAIL[/]" if result.failures else "[green]PASS[/]"
        again = ", alone" if result.alone else ""
        if result.lag_ms > MAX_LAG_MS and not result.alone:
            again = f", this machine lagged {result.lag_ms:.0f} ms: will run again alone"
        measured = f"{result.seconds:.0f} s, silence {result.silence_ms / 1000:.1f} s{again}"
        self._screen.show(f"[dim]{self._done}/{self._total}[/] {word} {escape(result.cell.name)} ({measured})")
        for failure in result.failures:
            self._screen.show(f"  [red]-[/] {escape(failure)}")


if __name__ == "__main__":
    sys.exit(main())
