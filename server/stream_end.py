"""What becomes of a call when one of its streams is over: its record, or its snapshot for the next stream.

What V2 was asked is waited for first, so that record and snapshot tell what really happened. A stream that broke
off, or that was left for a person, leaves no record while the call may come back; of one that has lost its call to
another stream only what that one does not know is told.
"""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TypeVar

from call.event import tell
from call.events import CallBrokeOff, CallLeft, CallTaken
from call.session import EndedBy, EntryKind, State
from logs import CallLogger, call_logger
from records.call_rows import CallRows
from server.closing import CallClosing, how_it_ended
from server.live_calls import LiveCalls
from server.one_stream import OneStream

T = TypeVar("T")


async def after_stream(ended: OneStream, rows: CallRows, closing: CallClosing, calls: LiveCalls) -> None:
    """Waits for what is under way, then writes how the stream ended. What fails on the way costs itself alone.

    `calls` tells whether the process drains: then a stream that broke off was handed over.
    """
    session, processor = ended.session, ended.processor
    log = call_logger(__name__, session.call_id)
    await _try("a tool under way was not waited for", processor.settle(), log)
    await _try("snapshots under way were not waited for", ended.snapshots.saved(), log)
    ended.line.playback.over()
    if senseless := ended.line.malformed:
        ended.faults.note("twilio", f"{senseless} messages that make no sense")
    session.ended_at = datetime.now(UTC)
    session.ended_by = session.ended_by or EndedBy.INTERRUPTED
    if ended.hang_up.left:  # From here on the call is written by whoever answers Twilio about it.
        tell(log, CallLeft())
        return
    broke, due_at = session.ended_by is EndedBy.INTERRUPTED, closing.due_at()
    leaves = session.state is State.TRANSFER and session.ended_by is EndedBy.BOT
    if broke:
        kind, what, why = EntryKind.FAULT, "line", "the stream broke off"
        if calls.draining:
            kind, what, why = EntryKind.NOTE, "handed over", "to the next machine"
        session.note(kind, what, session.ended_at, detail=why)
    write = rows.broke if broke or leaves else rows.end
    ours = await _try("the end was not written", write(session, ended.stream.run, due_at), log)
    if ours is False:
        tell(log, CallTaken(ended.stream.run))
        if session.recording_declined:
            await _try("that the caller wants no recording was not written", rows.decline(session.call_id), log)
        await closing.taken(session, processor.slowest_answer_seconds)
    elif broke or leaves:
        tell(log, CallBrokeOff(**how_it_ended(session, processor.slowest_answer_seconds)))
    else:
        await closing.hand_over(session, processor.slowest_answer_seconds)


async def _try(what: str, step: Awaitable[T], log: CallLogger) -> T | None:
    try:
        return await step
    except Exception:
        log.exception("%s", what)
        return None
