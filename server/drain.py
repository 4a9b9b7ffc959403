"""Drain: a process that is told to end lets its calls end, hands the rest over, and hangs up on nobody.

From SIGTERM or SIGINT on no call begins here (/ready says 503). Live calls go on for DRAIN_SECONDS; then their streams
are closed without a word to Twilio, whose redirect brings each to the next machine (resume.py). A tool that is under
way is waited for, so that the call goes on with its answer. A second SIGINT leaves at once.

Nothing is waited for without end, and no call waits for another: what hangs is left to the next process, which finds it
in the database or in the journal.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from call.event import tell
from call.events import CallHandedOver
from call.service_events import Draining
from call.session import EndedBy
from config import Settings
from server.live_calls import LiveCall, LiveCalls
from server.liveness import Liveness

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
TOLD_SECONDS = 2.0  # Longest wait for the database, to tell the others
TOOL_SECONDS = 8.0  # Longest wait for what V2 was asked, once the call is to be handed over
ENDING_SECONDS = 17.0
"""Longest from the end of DRAIN_SECONDS, or without a call from the signal, to the end of the process (bot.py)."""
BETWEEN_CALLS_SECONDS = 0.15  # So that the next machine does not get all of them in one instant.
ASKED_SECONDS = 3.0  # Longest wait for Twilio to ask what to do with the calls that were handed over.


async def drain(calls: LiveCalls, liveness: Liveness, settings: Settings, leave: Callable[[], bool]) -> None:
    """Returns when no call is live here any more, or when `leave` says so."""
    calls.draining = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TOLD_SECONDS):
            await liveness.tell()  # The others know from now on that they are on their own.
    tell(logger, Draining(len(calls), settings.drain_seconds))
    await _until(lambda: not calls, settings.drain_seconds, leave)
    given = list(calls)
    await asyncio.gather(*(_hand_over(live, number, settings, leave) for number, live in enumerate(given)))
    # Alone, this process is the one that Twilio asks; it says: hold on.
    if given and not liveness.others_ready:
        await _until(lambda: all(live.asked for live in given), ASKED_SECONDS, leave)


async def _hand_over(live: LiveCall, number: int, settings: Settings, leave: Callable[[], bool]) -> None:
    """One call, behind `number` others; raises nothing."""
    await asyncio.sleep(number * BETWEEN_CALLS_SECONDS)
    await _until(lambda: not live.tool_under_way(), TOOL_SECONDS, leave)
    if leave():
        return
    tell(logger, CallHandedOver(), live.call_id)
    try:
        async with asyncio.timeout(2 * settings.resume_wait_seconds):
            await live.end_within(EndedBy.INTERRUPTED, settings.resume_wait_seconds)
    except TimeoutError:
        logger.error("%s does not end: the next machine has what was last written of it", live.call_id)
    except Exception:
        logger.exception("%s could not be handed over", live.call_id)


async def _until(condition: Callable[[], bool], seconds: float, leave: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition() and not leave() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
