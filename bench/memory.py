"""`python -m bench.memory`: what hundreds of calls leave in the memory of the service.

Callers ring one after the other on several lines, say what is wrong, ask something and hang up. Shown is what the
process holds with nobody on the line, once it has served as many calls as each number of `--after`. Nothing is judged.
Exit code 0: measured. 1: the bot died. 2: a wrong option, or a system that is not Linux with two cores.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from bench.calls import OURS, SETTLE_SECONDS, Bench, numbers, resident_mb
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.capacity import PROC
from simulator.rig import fixed_lines
from simulator.rig.bot_under_test import BotError
from simulator.virtual_time.process import JobError

AFTER = "50,500"
LINES = 10
MOST = 100_000


async def measure(folder: Path, after: Sequence[int], lines: int, screen: Screen) -> dict[int, float]:
    """Megabytes behind so many calls; `folder` exists and gets the log.

    Raises:
        BotError: the bot died.
    """
    rendered = fixed_lines.load(await asyncio.to_thread(fixed_lines.kept, 1.0))
    found: dict[int, float] = {}
    async with Bench(OURS, folder, rendered, min(os.sched_getaffinity(0))) as bench:
        await bench.warm_up()
        served = 1
        for number in after:
            turn = asyncio.Semaphore(lines)

            async def one(turn: asyncio.Semaphore = turn) -> None:
                async with turn:
                    await bench.short_call()

            await asyncio.gather(*(one() for _ in range(number - served)))
            served = max(served, number)
            await asyncio.sleep(SETTLE_SECONDS)
            bench.world.bot.check()
            found[number] = resident_mb(bench.pid)
            screen.say(f"after {number} calls: {found[number]:.0f} MB")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--after", type=numbers(MOST), default=numbers(MOST)(AFTER), metavar="N,N", help=f"calls ({AFTER})"
    )
    parser.add_argument("--lines", type=int, default=LINES, metavar="N", help=f"at once ({LINES})")
    options, screen = parser.parse_args(arguments), Screen()
    if options.lines < 1:
        parser.error("--lines: at least one")
    if not PROC.is_dir() or len(os.sched_getaffinity(0)) < 2:
        screen.error("a bot gets a core of its own, and its callers another: use Linux, with two")
        return 2
    folder = new_folder("memory")
    screen.say(f"{max(options.after)} calls, {options.lines} at a time; logs in {folder}")
    try:
        found = asyncio.run(measure(folder, options.after, options.lines, screen))
    except (BotError, JobError, OSError) as error:
        screen.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    first, last = min(found), max(found)
    table = Table("calls served", "MB", "more than before")
    for number, megabytes in found.items():
        table.add_row(str(number), f"{megabytes:.1f}", f"{megabytes - found[first]:+.1f}")
    screen.show(table)
    screen.say(f"{last} calls leave {found[last] - found[first]:.1f} MB more than {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
