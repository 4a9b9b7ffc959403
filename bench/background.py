"""`python -m bench.background`: how long each part of the service keeps its event loop while calls are live.

A first process serves calls whose records are old by the time the second one starts. That one renders its fixed lines,
deletes those records and delivers new ones, is asked for its pages and its metrics by an operator, and all the while
callers ring, talk and hang up. Shown are the longest steps, by whose they were: in milliseconds of the thread's
processor time, which other processes do not lengthen, and of the clock. Nothing is judged.
Exit code 0: measured. 1: the bot died. 2: a wrong option, or a system that is not Linux with two cores.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import aiohttp
from rich.table import Table

from bench.calls import OURS, SETTLE_SECONDS, Bench
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.capacity import PROC
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_under_test import BotError
from simulator.rig.starvation import pin
from simulator.virtual_time.process import JobError

OLD_CALLS, LINES, MINUTES = 40, 6, 1.0
AGED_SECONDS = 40 * 24 * 3600.0
"""Longer than records are kept (RETENTION_DAYS)."""
ASK_SECONDS = 1.0
TOKEN = "who-measures-reads-the-pages"  # noqa: S105 - of a service that lives for a minute
PAGES = ("/calls", "/metrics", "/ready")


async def measure(folder: Path, lines: int, minutes: float, screen: Screen) -> dict[str, dict[str, float]]:
    """Of each owner of steps what `watched_bot.Owner` has; `folder` exists and gets the logs.

    Raises:
        BotError: a bot died.
    """
    steps, core = folder / "steps.json", min(os.sched_getaffinity(0))
    settings = {"OPERATOR_TOKEN": TOKEN, "WATCHED": str(steps)}
    script = ROOT / "bench" / "watched_bot.py"
    pin(os.getpid(), os.sched_getaffinity(0) - {core})
    async with Bench(OURS, folder, None, core, script=script, settings=settings) as bench:
        await _served(bench, lines, OLD_CALLS // lines + 1)
        await asyncio.sleep(SETTLE_SECONDS)
        screen.say(f"{bench.placed} calls served, which are old by the time the next process starts")
        await bench.next_process(AGED_SECONDS)
        os.kill(bench.pid, signal.SIGUSR1)
        operator = asyncio.create_task(_operate(bench.world.bot.url))
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(minutes * 60):
                    await _served(bench, lines, None)
        finally:
            operator.cancel()
            await asyncio.wait([operator])
        if not operator.cancelled() and (error := operator.exception()):
            raise BotError(f"the operator could not read its pages: {error}") from error
        bench.world.bot.check()
        found: dict[str, dict[str, float]] = json.loads(await asyncio.to_thread(steps.read_text))
        return found


async def _served(bench: Bench, lines: int, each: int | None) -> None:
    """So many lines are rung one call after the other, `each` of them so often; None: without end."""

    async def line() -> None:
        for _ in range(each) if each is not None else count():
            await bench.short_call()

    ringing = [asyncio.create_task(line()) for _ in range(lines)]
    try:
        await asyncio.gather(*ringing)
    finally:
        for task in ringing:
            task.cancel()
        await asyncio.gather(*ringing, return_exceptions=True)


async def _operate(url: str) -> None:
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.post("/calls/login", data={"token": TOKEN}) as answer:
            answer.raise_for_status()
        while True:
            for page in PAGES:
                async with http.get(page) as answer:
                    shown = await answer.text()
                if page == PAGES[0] and (newest := re.search(r'href="(/calls/CA\w+)"', shown)):
                    async with http.get(newest[1]) as answer:
                        await answer.read()
            await asyncio.sleep(ASK_SECONDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.background", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=LINES, metavar="N", help=f"callers at once ({LINES})")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, metavar="M", help=f"of the second process ({MINUTES:g})"
    )
    parser.add_argument("--owners", type=int, default=20, metavar="N", help="how many are shown (20)")
    options, screen = parser.parse_args(arguments), Screen()
    if options.lines < 1 or options.minutes <= 0:
        parser.error("--lines and --minutes: more than nothing")
    if not PROC.is_dir() or len(os.sched_getaffinity(0)) < 2:
        screen.error("a bot gets a core of its own, and its callers another: use Linux, with two")
        return 2
    folder = new_folder("background")
    screen.say(f"{OLD_CALLS} calls, then {options.minutes:g} minutes with {options.lines} at once; logs in {folder}")
    try:
        found = asyncio.run(measure(folder, options.lines, options.minutes, screen))
    except (BotError, JobError, OSError) as error:
        screen.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    longest = sorted(found.items(), key=lambda item: -item[1]["longest_cpu_ms"])
    table = Table("whose step", "steps", "longest: processor ms", "by the clock ms")
    for owner, seen in longest[: options.owners]:
        table.add_row(owner, f"{seen['steps']:.0f}", f"{seen['longest_cpu_ms']:.1f}", f"{seen['longest_ms']:.1f}")
    screen.show(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
