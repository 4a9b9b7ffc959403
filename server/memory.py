"""Memory: what our own store knows of the number that calls, looked up while the call already talks.

A store that fails, or does not answer in time, knows nothing: the call goes on as a stranger's, and no proof of who
calls is taken in it, since nobody can tell how many have failed before.
"""

import asyncio
from datetime import datetime, timedelta

from call.earlier import call_before, visits_booked, visits_cancelled
from call.session import CallSession, State
from config import Settings
from logs import CallLogger
from records.call_rows import CallRows
from records.errors import kind_of

DAY = timedelta(hours=24)
_BEFORE_IT_IS_ASKED = frozenset({State.WELCOME, State.LOOKUP})


async def recall(session: CallSession, rows: CallRows, settings: Settings, now: datetime, log: CallLogger) -> None:
    """Writes into the session what the store knows of its number; `now` is aware. Raises nothing but cancellation.

    A call that has come back may know its number already: then only what failed meanwhile on other lines is new.
    """
    if not session.own_number:
        return
    try:
        async with asyncio.timeout(settings.memory_seconds):
            failed = await rows.failed_proofs(session, now - DAY)
            others = await rows.of_caller(session)
    except Exception as error:
        log.warning("nothing is known of the number: %s", kind_of(error))
        return
    session.failed_before = failed
    session.visits_booked, session.visits_cancelled = visits_booked(others), visits_cancelled(others)
    if session.earlier is None and session.state in _BEFORE_IT_IS_ASKED:
        session.earlier = call_before(others, now, timedelta(minutes=settings.same_caller_minutes))
    if session.earlier:
        log.info("rings again after %s", session.earlier.call_id)
