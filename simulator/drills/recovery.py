"""The way back: a part fails until its breaker opens, it is mended, and a call after the cool-down uses it again.

Guarantees that while the breaker is open no request leaves, and that the last call is served by the mended part.
Whole calls with the real bot; its settings make the breaker open at the first failure and cool down in seconds.
"""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator.calls.batch import SEED, Placing
from simulator.calls.run import Placed, conduct
from simulator.drills.chaos_cells import CALLERS
from simulator.faults import Faults
from simulator.jitter import Jitter
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import FaultCase, load
from simulator.sound.audio import Speaker
from simulator.virtual_time import process
from simulator.virtual_time.process import Job, JobError

COOLDOWN_SECONDS = 25.0  # Longer than any of the callers needs to come to the broken part a second time.
IN_FLIGHT_SECONDS = 0.3  # What left just before the breaker opened.
LOG_SECONDS = 10.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Recovery:
    """A part with a breaker: how it fails, who calls, and how the call ends when it works.

    `path` is how the requests begin that the breaker guards.
    """

    part: str
    mode: str
    caller: str
    path: str
    ends: str


RECOVERIES = (
    Recovery("deepgram", "500", "wants_a_person", "/v2/listen", "callback:caller_wish"),
    Recovery("openai", "500", "asks_and_leaves", "/v1/chat", "hangup:service_area"),
    Recovery("inworld", "500", "is_known_and_leaves", "/tts/v1/voice", "hangup:manage_booking"),
    Recovery("v2", "500", "wants_a_person", "", "callback:caller_wish"),
)


async def run_recoveries(folder: Path, recoveries: Sequence[Recovery] = RECOVERIES) -> list[list[str]]:
    """What did not hold of each, in plain words; on virtual time."""
    lines = await asyncio.to_thread(fixed_lines.kept, PACE)
    jobs = [
        Job(run_recovery, load(r.caller, CALLERS).starts_at, SEED, (r, Placing(folder / r.part, lines, PACE, SEED)))
        for r in recoveries
    ]
    done = await process.run_all(jobs)
    return [[str(one)] if isinstance(one, JobError) else one.result for one in done]


async def run_recovery(recovery: Recovery, placing: Placing) -> list[str]:
    """Three calls: broken, spared, mended; a job. Returns what did not hold, in plain words."""
    part = recovery.part
    placing.folder.mkdir(parents=True)
    faults = Faults()
    world = World(
        placing.folder,
        settings={"BREAKER_FAILURES": "1", "BREAKER_COOLDOWN_SECONDS": f"{COOLDOWN_SECONDS:g}"},
        faults=faults,
        speaker=Speaker(placing.pace),
        rendered=fixed_lines.load(placing.lines),
        delays=VendorDelays(jitter=Jitter(placing.seed)),
        make_bot=BotInProcess,
    )
    async with world:
        faults.set(part, recovery.mode)
        await _call(world, recovery)
        opened = _opened_at(world, part)
        if opened is None:
            return [f"the breaker of {part} did not open"]
        spared = await _call(world, recovery)
        faults.set(part, None)
        closes = opened + COOLDOWN_SECONDS
        await asyncio.sleep(max(0.0, closes - time.time()))
        asked_while_open = [at for at in _asked(world, recovery) if opened + IN_FLIGHT_SECONDS < at < closes]
        last = await _call(world, recovery)
        return [*_spared(world, recovery, spared, asked_while_open), *_mended(world, recovery, last, closes)]


async def _call(world: World[Any], recovery: Recovery) -> Placed:
    placed = await conduct(world, load(recovery.caller, CALLERS), FaultCase(), recovery.part, lambda _: None)
    async with asyncio.timeout(LOG_SECONDS):
        while not _last_line(world, placed):
            world.bot.check()
            await asyncio.sleep(POLL_SECONDS)
    return placed


def _last_line(world: World[Any], placed: Placed) -> str:
    found = re.search(rf"{placed.call.sid} (ended \S+ by .*)", world.bot.log())
    return found[1] if found else ""


def _opened_at(world: World[Any], part: str) -> float | None:
    """Seconds since the epoch, from the log."""
    found = re.search(rf"^(\S+ \S+),(\d+) \|.*breaker {part} open", world.bot.log(), re.MULTILINE)
    return datetime.fromisoformat(f"{found[1]}.{found[2]}").astimezone().timestamp() if found else None


def _asked(world: World[Any], recovery: Recovery) -> list[float]:
    """When the part was asked, in seconds since the epoch."""
    if recovery.part == "v2":
        return [call.at.timestamp() for call in world.office.tool_calls()]
    since_boot = time.time() - time.monotonic()
    requests = (r for r in world.vendors.requests if r.part == recovery.part and r.path.startswith(recovery.path))
    return [request.at + since_boot for request in requests]


def _spared(world: World[Any], recovery: Recovery, spared: Placed, asked: list[float]) -> Iterator[str]:
    if asked:
        yield f"{recovery.part} was asked {len(asked)} times while its breaker was open"
    if recovery.part not in (line := _last_line(world, spared)):
        yield f"the call while the breaker was open does not name {recovery.part}: {line}"


def _mended(world: World[Any], recovery: Recovery, last: Placed, closes: float) -> Iterator[str]:
    if f"breaker {recovery.part} closed" not in world.bot.log():
        yield f"the breaker of {recovery.part} did not close"
    if not any(at >= closes for at in _asked(world, recovery)):
        yield f"{recovery.part} was not asked again after the cool-down"
    line = _last_line(world, last)
    if not line.startswith(f"ended {recovery.ends} by") or recovery.part in line:
        yield f"the call after the recovery was not served: {line}"
