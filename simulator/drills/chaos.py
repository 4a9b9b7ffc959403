"""`python -m simulator.drills.chaos`: every part fails in every way at every moment of a call; a table tells what held.

Exit code 0: in every cell the faulty part was really hit, nobody waited in silence, the call ended, its record names
the fault and reached the dashboard, and nothing false was said. 1: in one it was not so. 2: the command makes no sense,
or there is no Postgres for the cells that need one.
"""

import argparse
import asyncio
import fnmatch
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.markup import escape

from simulator.arguments import at_once, quiet_when_nobody_reads
from simulator.arguments import pace as pace_number
from simulator.arguments import seed as seed_number
from simulator.back_office.dashboard import LIMIT_SECONDS
from simulator.calls.batch import SEED, Placing
from simulator.calls.run import (
    POLL_SECONDS,
    BotError,
    Placed,
    conduct,
    evidence_of,
    keep,
    new_folder,
    records_arrive,
)
from simulator.calls.screen import Screen
from simulator.drills.chaos_cells import CALLERS, Cell, cells, cut
from simulator.drills.chaos_report import Result, markdown, table
from simulator.drills.chaos_shared import run_shared
from simulator.drills.chaos_verdict import expected, judge, parked
from simulator.faults import Faults
from simulator.jitter import Jitter, seed_of
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.loop_lag import LagMeter
from simulator.rig.postgres import NoPostgresError
from simulator.rig.world import World
from simulator.scenarios.scenario import FaultCase, load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event
from simulator.virtual_time import process
from simulator.virtual_time.process import CORES, Done, Job, JobError

HIT_TWICE_SECONDS = 30.0
SETTINGS = {
    "DELIVERY_PAUSES_SECONDS": "1,1,2,2,4,4",
    "DASHBOARD_TIMEOUT_SECONDS": "3",
}
OWN_DEADLINE = {"DELIVERY_PAUSES_SECONDS": SETTINGS["DELIVERY_PAUSES_SECONDS"]}
"""For a database that is slow: what becomes of a record is decided by how long the service waits for an answer."""


async def run_matrix(
    matrix: Sequence[Cell],
    folder: Path,
    *,
    at_once: int = CORES,
    pace: float = PACE,
    seed: int = SEED,
    progress: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Runs the cells on virtual time, `at_once` at a time; `seed` varies the stand-ins' delays."""
    lines = await asyncio.to_thread(fixed_lines.kept, pace)
    jobs, results = [], dict[int, Result]()
    for cell in matrix:
        placing = Placing(_own(folder, cell.name.replace("/", "-")), lines, pace, seed_of(seed, cell.name))
        jobs.append(Job(run_cell, load(cell.caller, CALLERS).starts_at, placing.seed, (cell, placing)))

    def one(number: int, done: Done[Result] | JobError) -> None:
        results[number] = _result(matrix[number], done)
        progress(results[number])

    await process.run_all(jobs, at_once, one)
    return [results[number] for number in range(len(matrix))]


def _result(cell: Cell, done: Done[Result] | JobError) -> Result:
    if isinstance(done, JobError):
        return Result(cell, [str(done)])
    waited = [f"the loop waited {done.waited_seconds:.3f} s for real"] if done.waited_seconds else []
    return replace(done.result, failures=[*done.result.failures, *waited], cpu_seconds=done.cpu_seconds)


async def run_cell(cell: Cell, placing: Placing) -> Result:
    """One call on virtual time with one fault, a job; never raises for what the bot did."""
    scenario = load(cell.caller, CALLERS)
    expect = expected(cell, scenario.expect)
    faults = Faults()
    spec = ",".join(f"{part}:{cell.mode}" for part in cell.parts)
    world = World(
        placing.folder,
        settings=(OWN_DEADLINE if cell.mode == "slow_db" else SETTINGS) | scenario.settings,
        faults=faults,
        speaker=Speaker(placing.pace),
        rendered=fixed_lines.load(placing.lines),
        delays=VendorDelays(jitter=Jitter(placing.seed)),
        make_bot=BotInProcess,
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
        async with world:
            if cell.begins is None:
                begin()
            placed = await conduct(world, scenario, FaultCase(expect=expect), spec, watch)
            await _heal(world, cell, placed)
            await records_arrive(world, placed)
            evidence = evidence_of(world, placed)
            failures = judge(cell, expect, placed, evidence, world)
            verdict = await keep(world, placed, placing.folder, failures)
    except BotError as error:
        return Result(cell, [str(error)], seed=placing.seed)
    hit_at = faults.hits[0].at if faults.hits else None
    return Result.of(cell, verdict, placed, evidence, hit_at, placing.seed)


async def _heal(world: World[Any], cell: Cell, placed: Placed) -> None:
    """Everything works again; a dashboard not before it has failed twice, at the first try and at its retry, what texts
    the owner not before it has failed, and a slow database when the first request has its answer.
    """
    deadline = time.monotonic() + HIT_TWICE_SECONDS
    due = 2 if "dashboard" in cell.parts else int("messages" in cell.parts)
    while len(world.faults.hits) < due and time.monotonic() < deadline:
        world.bot.check()
        await asyncio.sleep(POLL_SECONDS)
    if cell.mode == "slow_db":
        await asyncio.sleep(LIMIT_SECONDS)
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
        prog="python -m simulator.drills.chaos",
        description="Breaks every part of the outside world in every way at every moment of a whole call.",
    )
    parser.add_argument("--only", default="*", metavar="PATTERN", help="cells by name, such as 'openai:*@booking'")
    parser.add_argument("--cut", action="store_true", help="the few cells that `make test-calls` runs")
    parser.add_argument("--list", action="store_true", help="name the cells and stop")
    parser.add_argument("--at-once", type=at_once, default=CORES, metavar="N", help=f"calls at a time ({CORES})")
    parser.add_argument(
        "--seed", type=seed_number, default=SEED, help=f"varies the stand-ins' delays; 0: not at all ({SEED})"
    )
    parser.add_argument(
        "--pace", type=pace_number, default=PACE, metavar="X", help=f"how brisk the voices are ({PACE:g})"
    )
    parser.add_argument("--doc", type=Path, metavar="FILE", help="write what was measured as a page, if all cells held")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    matrix = [c for c in (cut() if options.cut else cells()) if fnmatch.fnmatchcase(c.name, options.only)]
    shared = sum(cell.shared for cell in matrix)
    screen = Screen()
    if not matrix:
        screen.error(f"no cell is called {options.only!r}: --list names them")
        return 2
    if options.list:
        for cell in matrix:
            screen.say(cell.name)
        return 0
    if arguments is None:
        quiet_when_nobody_reads()
    folder = new_folder("chaos")
    told = (
        f"{len(matrix)} cells, {shared} of them in real time, {options.at_once} calls at a time, --seed {options.seed}"
    )
    screen.say(f"{told}; recordings and logs in {folder}")
    started = time.monotonic()
    try:
        results, lag_ms = asyncio.run(_measured(matrix, folder, options, _Progress(screen, len(matrix))))
    except NoPostgresError as error:
        screen.error(str(error))
        return 2
    except (JobError, BotError) as error:
        screen.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    screen.show(table(results))
    bad = [result for result in results if result.failures]
    screen.say(
        f"{len(results) - len(bad)} of {len(results)} cells held ({sum(r.cell.real for r in results)} of vendors, "
        f"{shared} of what all calls share); "
        f"{time.monotonic() - started:.0f} s"
    )
    screen.machine([result.cpu_seconds for result in results], lag_ms)
    if options.doc and not bad:
        options.doc.parent.mkdir(exist_ok=True)
        options.doc.write_text(markdown(results))
        screen.say(f"written: {options.doc}")
    return 1 if bad else 0


async def _measured(
    matrix: Sequence[Cell], folder: Path, options: argparse.Namespace, progress: Callable[[Result], None]
) -> tuple[list[Result], float]:
    pace, seed = options.pace, options.seed
    async with LagMeter() as lag:
        began = time.monotonic()
        virtual = [cell for cell in matrix if not cell.shared]
        results = await run_matrix(virtual, folder, at_once=options.at_once, pace=pace, seed=seed, progress=progress)
        lag_ms = lag.worst_ms(began)
    # Behind the others: they are in real time, and those take every core that there is.
    shared = [cell for cell in matrix if cell.shared]
    results += await run_shared(shared, folder, pace=pace, seed=seed, progress=progress)
    return results, lag_ms


class _Progress:
    """One line for each cell that is done, and what did not hold in it."""

    def __init__(self, screen: Screen, total: int) -> None:
        self._screen, self._total, self._done = screen, total, 0

    def __call__(self, result: Result) -> None:
        self._done += 1
        word = "[red]FAIL[/]" if result.failures else "[green]PASS[/]"
        measured = f"{result.seconds:.0f} s, silence {result.silence_ms / 1000:.1f} s"
        if result.failures:
            measured += f", seed {result.seed}"
        self._screen.show(f"[dim]{self._done}/{self._total}[/] {word} {escape(result.cell.name)} ({measured})")
        for failure in result.failures:
            self._screen.show(f"  [red]-[/] {escape(failure)}")


if __name__ == "__main__":
    sys.exit(main())
