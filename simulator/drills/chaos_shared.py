"""The cells of what all calls share, each a whole call on a bot's process of its own, in real time.

Guarantees that while it is broken a new caller rings as well, that the fault lasts until both calls are over (or, where
it outlives the process, until that has ended and another one begins), and that afterwards everything is whole again
before the verdict. How late the simulation itself ran is taken from no verdict on the bot. Leaves out how things break
(wrecks.py).
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp

from simulator.calls.batch import SEED, Placing
from simulator.calls.run import POLL_SECONDS, SETTLE_SECONDS, BotError, Placed, conduct, evidence_of, keep
from simulator.drills.chaos_cells import CALLERS, POSTGRES, Cell
from simulator.drills.chaos_report import Result
from simulator.drills.chaos_verdict import Beside, expected, judge_heard, judge_shared
from simulator.drills.wrecks import WRECKS, Stage
from simulator.faults import Hit
from simulator.jitter import Jitter, seed_of
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_host import BotHost
from simulator.rig.cut_line import CutLine
from simulator.rig.fixed_lines import PACE
from simulator.rig.loop_lag import LagMeter
from simulator.rig.machines import UNHURRIED
from simulator.rig.postgres import own_postgres
from simulator.rig.world import World
from simulator.scenarios.scenario import FaultCase, load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event

AT_ONCE: Final = 2
"""More would measure how two cores are shared."""
T = TypeVar("T")

DRAIN_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 90.0
"""Longest wait for what has to come once the fault is over; and for a process that does not end."""
LATE_MS: Final = 200.0
NEWCOMER: Final = "hangs_up_in_the_greeting"
SETTINGS: Final = {
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 60),
    "DASHBOARD_TIMEOUT_SECONDS": "3",
    "DRAIN_SECONDS": f"{DRAIN_SECONDS:g}",
}
_STORE = ("DATABASE_SECONDS", "SNAPSHOT_SECONDS")
UNTIMED: Final = {name: seconds for name, seconds in UNHURRIED.items() if name not in _STORE}
"""For a run that judges no seconds: no deadline but the store's passes because the machine is slow."""


@dataclass(frozen=True)
class Shared:
    """What the cells of a run have in common."""

    host: BotHost
    speaker: Speaker
    lag: LagMeter
    timed: bool


async def run_shared(
    matrix: Sequence[Cell],
    folder: Path,
    *,
    at_once: int = AT_ONCE,
    pace: float = PACE,
    seed: int = SEED,
    timed: bool = True,
    progress: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Runs the cells in real time, `at_once` at a time; those that strain the whole machine alone, at the end.

    Not `timed`: seconds are not judged, and no deadline but the store's is short.

    Raises:
        NoPostgresError: there is none, and a cell needs one.
    """
    if not matrix:
        return []
    lines = await asyncio.to_thread(fixed_lines.kept, pace)
    results = dict[str, Result]()
    async with BotHost() as host, LagMeter() as lag:
        shared, places = Shared(host, Speaker(pace), lag, timed), asyncio.Semaphore(at_once)

        async def one(cell: Cell) -> None:
            own = folder / cell.name.replace("/", "-").replace(":", "_")
            own.mkdir(parents=True, exist_ok=True)
            async with places:
                placing = Placing(own, lines, pace, seed_of(seed, cell.name))
                results[cell.name] = await run_shared_cell(cell, placing, shared)
            progress(results[cell.name])

        await asyncio.gather(*(one(cell) for cell in matrix if cell.parts == ("database",)))
        for cell in matrix:
            if cell.parts != ("database",):
                await one(cell)
    return [results[cell.name] for cell in matrix]


async def run_shared_cell(cell: Cell, placing: Placing, shared: Shared) -> Result:
    """One call, and a new caller while the fault lasts; never raises for what the bot did."""
    scenario = load(cell.caller, CALLERS)
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(own_postgres()) if cell.store == POSTGRES else None
        line = await stack.enter_async_context(CutLine(postgres.url)) if postgres else None
        settings = SETTINGS | (UNTIMED if not shared.timed else {}) | scenario.settings
        world = World(
            placing.folder,
            settings=settings | ({"DATABASE_URL": line.url} if line else {}),
            speaker=shared.speaker,
            host=shared.host,
            rendered=await asyncio.to_thread(fixed_lines.load, placing.lines),
            delays=VendorDelays(jitter=Jitter(placing.seed)),
            now=scenario.starts_at,
        )
        try:
            await stack.enter_async_context(world)
            if cell.mode == "cut_off" and postgres:
                await stack.enter_async_context(world.beside("machine-2", DATABASE_URL=postgres.url))
            stage = Stage(world, scenario.persona.number, postgres, line)
            placed, beside = await _call(cell, world, WRECKS[cell.parts[0]][cell.mode](stage))
            expect = expected(cell, scenario.expect)

            def problems() -> list[str]:
                return judge_shared(cell, placed, beside, evidence_of(world, placed), world)

            await _until(lambda: not problems())
            await asyncio.sleep(SETTLE_SECONDS)  # A row too many comes right behind the one that was waited for.
            failures, late_ms = problems(), shared.lag.worst_ms(began)
            if shared.timed:
                failures += judge_heard(cell, expect, placed, beside, evidence_of(world, placed), late_ms)
            if failures and late_ms > LATE_MS:
                failures.append(f"the simulation itself ran {late_ms:.0f} ms late: on a quiet machine this may hold")
            verdict = await keep(world, placed, placing.folder, failures)
        except BotError as error:
            return Result(cell, [str(error)], seed=placing.seed)
        return Result.of(cell, verdict, placed, evidence_of(world, placed), world.faults.hits[0].at, placing.seed)


async def _call(cell: Cell, world: World, wreck: AbstractAsyncContextManager[None]) -> tuple[Placed, Beside]:
    """The call, and what was seen beside it while the fault lasted."""
    begun = asyncio.Event()

    def watch(event: Event) -> None:
        if cell.begins and cell.begins.fits(event):
            begun.set()

    async with AsyncExitStack() as stack:
        call = None
        if cell.begins is not None:
            call = await stack.enter_async_context(_ringing(world, cell.caller, cell, watch))
            waiting = asyncio.create_task(begun.wait())
            await asyncio.wait({call, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        async with wreck:
            hit_at = time.monotonic()
            world.faults.hits += [Hit(part, cell.mode, hit_at) for part in cell.parts]
            telling = await stack.enter_async_context(_running(_told_after(world)))
            if call is None:
                call = await stack.enter_async_context(_ringing(world, cell.caller, cell, watch))
            newcomer = await conduct(world, load(NEWCOMER, CALLERS), FaultCase(), cell.fault)
            placed = await call
            told_after = telling.result() if telling.done() else None
            await _until(lambda: all(f"{sid} ended" in world.bot.log() for sid in (placed.call.sid, newcomer.call.sid)))
            ended_after = await _ended(world) if cell.outlives else None
        if cell.outlives:
            await world.next_bot()
        placed.call.timeline.add("office", "healed", "the fault is over")
    return placed, Beside(newcomer, told_after, ended_after, DRAIN_SECONDS)


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _ringing(
    world: World, caller: str, cell: Cell, watch: Callable[[Event], None]
) -> AbstractAsyncContextManager[asyncio.Task[Placed]]:
    return _running(conduct(world, load(caller, CALLERS), FaultCase(), cell.fault, watch))


async def _told_after(world: World) -> float:
    """Seconds until /ready tells that the bot is without something."""
    began = time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS)) as http:
        while True:
            async with http.get(world.bot.url + "/ready") as answer:
                if "without" in await answer.json():
                    return time.monotonic() - began
            await asyncio.sleep(POLL_SECONDS)


async def _ended(world: World) -> float:
    """Seconds from SIGTERM to the end of the process; without end if it had to be killed."""
    began = time.monotonic()
    try:
        await world.bot.terminate(PATIENCE_SECONDS)
    except TimeoutError:
        await world.bot.kill()
        return float("inf")
    return time.monotonic() - began


async def _until(condition: Callable[[], bool]) -> None:
    """Waits for it, or for as long as it may take."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(POLL_SECONDS)
