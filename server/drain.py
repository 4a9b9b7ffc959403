"""Drain: a process that is told to end lets its calls end, hands the rest over, and hangs up on nobody.

From SIGTERM or SIGINT on no call begins here (/ready says 503). Live calls go on for DRAIN_SECONDS; then their streams
are closed without a word to Twilio, whose redirect brings each to the next machine (resume.py). A tool that is under
way is waited for, so that the call goes on with its answer. A second SIGINT leaves at once.
"""

import asyncio
import logging
from collections.abc import Callable

from call.session import EndedBy
from config import Settings
from server.live_calls import LiveCall, LiveCalls
from server.liveness import Liveness

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
BETWEEN_CALLS_SECONDS = 0.15  # So that the next machine does not get all of them in one instant.
ASKED_SECONDS = 3.0  # Longest wait for Twilio to ask what to do with the calls that were handed over.


async def drain(calls: LiveCalls, liveness: Liveness, settings: Settings, leave: Callable[[], bool]) -> None:
    """Returns when no call is live here any more, or when `leave` says so."""
    calls.draining = True
    await liveness.beat()  # The others know from now on that they are on their own.
    if calls:
        logger.info("draining: %d calls may go on for %g s", len(calls), settings.drain_seconds)
    await _until(lambda: not calls, settings.drain_seconds, leave)
    given = list(calls)
    for live in given:
        if not leave():
            await _hand_over(live, settings, leave)
    # Alone, this process is the one that Twilio asks; it says: hold on.
    if given and not liveness.others_ready:
        await _until(lambda: all(live.asked for live in given), ASKED_SECONDS, leave)


async def _hand_over(live: LiveCall, settings: Settings, leave: Callable[[], bool]) -> None:
    await _until(lambda: not live.tool_under_way(), settings.booking_seconds + settings.callback_seconds, leave)
    logger.info("%s is handed over to the next machine", live.call_id)
    await live.end_within(EndedBy.INTERRUPTED, settings.resume_wait_seconds)
    await asyncio.sleep(BETWEEN_CALLS_SECONDS)


async def _until(condition: Callable[[], bool], seconds: float, leave: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition() and not leave() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
