"""What becomes of a call when one of its streams is over: its record, or its snapshot for the next stream.

What V2 was asked is waited for first, so that record and snapshot tell what really happened. A stream that broke off
leaves no record while the call may still resume; one that has lost its call to another stream leaves nothing.
"""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import post_call
from live_calls import Stream
from logs import CallLogger, call_logger
from processor import StateMachineProcessor
from services import Services
from session import CallSession, EndedBy, EntryKind
from telephony import MarkSerializer

T = TypeVar("T")


class EndedStream(Protocol):
    """What is needed of a stream that is over."""

    session: CallSession
    stream: Stream
    processor: StateMachineProcessor
    serializer: MarkSerializer

    async def saved(self) -> None:
        """Waits for snapshots under way."""


async def after_stream(ended: EndedStream, services: Services) -> None:
    """Waits for what is under way, then writes how the stream ended. What fails on the way costs itself alone."""
    session, processor = ended.session, ended.processor
    log = call_logger(__name__, session.call_id)
    await _try("a tool under way was not waited for", processor.settle(), log)
    await _try("snapshots under way were not waited for", ended.saved(), log)
    if senseless := ended.serializer.malformed:
        processor.fault("twilio", f"{senseless} messages that make no sense")
    session.ended_at = datetime.now(UTC)
    session.ended_by = session.ended_by or EndedBy.INTERRUPTED
    broke, due_at = session.ended_by is EndedBy.INTERRUPTED, services.closing.due_at()
    if broke:
        session.note(EntryKind.FAULT, "line", session.ended_at, detail="the stream broke off")
    write = services.store.calls.broke if broke else services.store.calls.end
    ours = await _try("the end was not written", write(session, ended.stream.run, due_at), log)
    log.info("%s %s", "broke off" if broke else "ended", _last_line(session, processor.slowest_answer_seconds))
    if ours is False:
        log.info("another stream has the call")
    elif not broke:
        await services.closing.hand_over(session)


async def _try(what: str, step: Awaitable[T], log: CallLogger) -> T | None:
    try:
        return await step
    except Exception:
        log.exception("%s", what)
        return None


def _last_line(session: CallSession, slowest_answer_seconds: float) -> str:
    """How the call ended, whose fault it was, how long it took, the way it went, and what failed."""
    ended_at = session.ended_at or session.started_at
    moves = [entry.text.split(" -> ")[1] for entry in session.timeline if entry.kind is EntryKind.STATE]
    faults = sorted({f"{entry.text} {entry.detail}" for entry in session.timeline if entry.kind is EntryKind.FAULT})
    parts = [
        f"{session.outcome} by {session.ended_by}",
        f"blame {post_call.blame(session) or 'nobody'}",
        f"{(ended_at - session.started_at).total_seconds():.0f} s",
        f"{session.turn_count} turns",
        f"slowest answer {slowest_answer_seconds * 1000:.0f} ms",
        "path " + " ".join(["welcome", *moves]),
        "faults " + ("; ".join(faults) or "none"),
    ]
    return ", ".join(parts)
