"""`python -m simulator.drills.capacity`: how much of a processor core live calls take in the service's process.

Everybody calls one bot and books; its CPU time is read from the system second by second while all of them are on the
line. Exit code 0: measured. 1: there was no second in which all of them were, or the bot died. 2: not on this system.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from config import Settings
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.deploy_drill import caller
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_under_test import BotError
from simulator.rig.machines import Machines, Watched
from simulator.rig.world import render
from simulator.sound.audio import Speaker

CALLS = 10
BETWEEN_CALLS_SECONDS = 0.4
IDLE_SECONDS = 5
WINDOW_SECONDS = 1.0
SHARED_CORE = 1 / 16
"""What Fly lets a shared vCPU run in the long run (https://fly.io/docs/machines/cpu-performance, read in 2026-11)."""
PROC = Path("/proc")


@dataclass(frozen=True)
class Load:
    """Shares of one core: of a bot that nobody calls, and of one with `calls` live calls, second by second."""

    calls: int
    idle: float
    busy: Sequence[float]

    @property
    def each(self) -> float:
        """What a call takes."""
        return (median(self.busy) - self.idle) / self.calls


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has taken: user and system (proc(5): fields 14 and 15 of stat)."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(folder: Path, calls: int) -> Load:
    """Places the calls; `folder` exists and gets the log.

    Raises:
        BotError: the bot died.
        ValueError: the calls were never on the line all at once.
    """
    async with AsyncExitStack() as stack:
        host, speaker = await stack.enter_async_context(BotHost()), Speaker()
        (folder / "rendering").mkdir()
        rendered = await render(folder / "rendering", speaker, host)
        machines = Machines(folder, settings={}, speaker=speaker, host=host, rendered=rendered)
        world = await stack.enter_async_context(machines)
        pid = world.bot.pid
        assert pid is not None, "it was started"
        idle = median([await _share(pid) for _ in range(IDLE_SECONDS)])
        placed = [world.place(caller(number)) for number in range(calls)]
        talking = [asyncio.create_task(_later(world, call, number)) for number, call in enumerate(placed)]
        busy = []
        while not any(task.done() for task in talking):
            all_there = all(call.log for call in placed)
            share = await _share(pid)
            world.bot.check()
            if all_there and not any(task.done() for task in talking):
                busy.append(share)
        await asyncio.gather(*talking)
    if not busy:
        raise ValueError(f"{calls} calls were never on the line all at once")
    return Load(calls, idle, busy)


async def _share(pid: int) -> float:
    begun, before = time.monotonic(), cpu_seconds(pid)
    await asyncio.sleep(WINDOW_SECONDS)
    return (cpu_seconds(pid) - before) / (time.monotonic() - begun)


async def _later(world: Machines, call: Watched, number: int) -> None:
    await asyncio.sleep(number * BETWEEN_CALLS_SECONDS)
    await world.conduct(call)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator.drills.capacity", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--calls", type=int, default=CALLS, metavar="N", help=f"live calls ({CALLS})")
    options = parser.parse_args(arguments)
    screen = Screen()
    if options.calls < 1:
        screen.error("--calls: at least one")
        return 2
    if not PROC.is_dir():
        screen.error(f"CPU time is read from {PROC}, which this system does not have: use Linux")
        return 2
    screen.say(f"{options.calls} calls, about a minute ...")
    try:
        load = asyncio.run(measure(new_folder("capacity"), options.calls))
    except (BotError, ValueError) as error:
        screen.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    most: int = Settings.model_fields["max_calls"].default
    screen.say(f"idle: {load.idle:.1%} of a core")
    screen.say(f"{load.calls} live calls: {median(load.busy):.0%}, in the busiest second {max(load.busy):.0%}")
    screen.say(f"each call: {load.each:.1%}; MAX_CALLS ({most}) of them: {load.idle + most * load.each:.0%}")
    screen.say(f"a shared vCPU of Fly's ({SHARED_CORE:.1%} in the long run) carries {SHARED_CORE / load.each:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
