"""Calls as the database holds them, made by hand: each field that a page or a command shows has something in it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import post_call
from call.session import (
    BookingStatus,
    CallbackStatus,
    CallSession,
    EndedBy,
    EntryKind,
    Intent,
    Reason,
    State,
)
from call.usage import Usage
from config import load
from records.recordings import Recordings
from records.rows import DeliveryRow, Phase, Status
from records.store import Store
from records.wave_file import SAMPLE_RATE, WaveFile

START = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
VISIT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
NUMBER = "+15125550142"
KEYS = {
    "OPENAI_API_KEY": "x", "DEEPGRAM_API_KEY": "x", "INWORLD_API_KEY": "x", "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "x", "V2_BACKEND_URL": "http://127.0.0.1:9",
}  # fmt: skip


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def begun(call_id: str = "CA1", **facts: Any) -> CallSession:
    """A call whose greeting was played."""
    session = CallSession(call_id=call_id, caller_number=NUMBER, started_at=START, **facts)
    session.note(EntryKind.AGENT, "Thanks for calling. How can I help you today?", later(1), detail="greeting", heard=1)
    return session


def booked(call_id: str = "CA1", name: str = "Dana Whitfield") -> CallSession:
    """The caller books; a line is cut off, one turn is not understood, the first voice fails."""
    session = begun(
        call_id,
        name=name,
        zip_code="78704",
        address="1204 Barton Springs Road",
        problem="the furnace blows cold air",
        intent=Intent.SERVICE,
        visit_at=VISIT,
        booked_at=VISIT,
        booking_attempted=True,
        booking_status=BookingStatus.CONFIRMED,
        appointment_id="cal-1",
        turn_count=3,
        state=State.CONFIRM,
        reason=Reason.BOOKED,
        ended_by=EndedBy.BOT,
        ended_at=later(61),
        notes=["There is a dog."],
        usage=Usage(
            answers=2,
            prompt_tokens=900,
            cached_tokens=512,
            completion_tokens=31,
            characters={"inworld": 240},
            characters_unused={"inworld": 20},
            recogniser_seconds=50.04,
        ),
    )
    note = session.note
    note(EntryKind.CALLER, "my furnace blows cold air", later(10))
    session.answered(0.9, {"turn": 300, "reading": 310, "tool": 700, "words": 701})
    session.was_read({"problem": "the furnace blows cold air"})
    note(EntryKind.STATE, "welcome -> lookup", later(10))
    note(EntryKind.TOOL, "lookup_caller", later(10.1), detail="ok", milliseconds=80)
    note(EntryKind.STATE, "lookup -> service_area", later(10.2))
    note(EntryKind.AGENT, "What's the ZIP code where you need service?", later(11), detail="ask:zip", heard=0.6)
    note(EntryKind.CALLER, "the what", later(20))
    session.was_read({})
    note(EntryKind.FAULT, "inworld", later(20.5), detail="no audio in time")
    note(EntryKind.AGENT, "Could you give me the five digits?", later(21.5), detail="ask:zip", heard=1)
    note(EntryKind.CALLER, "78704, Dana, yes please", later(40))
    session.was_read({"answer": "yes", "zip_code": "78704"}, {"name": "Dana"})
    note(EntryKind.STATE, "service_area -> booking", later(40))
    asked = {"starts_at": "Tue 24 Nov 2026 14:00", "customer_name": name}
    answered = {"appointment_id": "cal-1"}
    note(EntryKind.TOOL, "book_appointment", later(41), detail="ok", milliseconds=950, asked=asked, answered=answered)
    note(EntryKind.STATE, "booking -> confirm", later(41), detail="booked")
    note(EntryKind.AGENT, "You're booked for Tuesday.", later(42), detail="booked", heard=1)
    note(EntryKind.AGENT, "Goodbye.", later(50), detail="close")
    return session


def owed(call_id: str = "CA2", name: str = "Ann Owed") -> CallSession:
    """The booking failed, and a callback was promised."""
    session = begun(
        call_id,
        name=name,
        problem="no heat",
        intent=Intent.SERVICE,
        booking_attempted=True,
        booking_status=BookingStatus.ATTEMPTED_FAILED,
        callback_status=CallbackStatus.CREATED,
        turn_count=1,
        state=State.CALLBACK,
        reason=Reason.BOOKING_FAILED,
        ended_by=EndedBy.BOT,
        ended_at=later(30),
    )
    session.note(EntryKind.CALLER, "it is cold in here", later(5))
    session.note(EntryKind.TOOL, "book_appointment", later(6), detail="unavailable", milliseconds=8000)
    session.note(EntryKind.FAULT, "v2", later(6), detail="book_appointment timeout")
    session.note(EntryKind.STATE, "welcome -> callback", later(6), detail="booking_failed")
    session.note(EntryKind.AGENT, "Somebody calls you back.", later(7), detail="callback_promise", heard=1)
    return session


def silent(call_id: str = "CA3") -> CallSession:
    """Nobody said a word."""
    session = begun(call_id, ended_by=EndedBy.CALLER, ended_at=later(4))
    session.timeline.clear()
    return session


def long_call(call_id: str = "CA30", turns: int = 30) -> CallSession:
    """So many turns about the ZIP, until the limit."""
    session = begun(call_id, name="Lou Long", turn_count=turns, state=State.CALLBACK, reason=Reason.CALL_TURN_LIMIT)
    session.ended_by, session.ended_at = EndedBy.BOT, later(turns * 10)
    for turn in range(turns):
        session.note(EntryKind.CALLER, f"words of turn {turn + 1}", later(turn * 10))
        session.note(
            EntryKind.AGENT, f"What's the ZIP code, {turn + 1}?", later(turn * 10 + 1), detail="ask:zip", heard=1
        )
    return session


def record_of(session: CallSession) -> dict[str, Any]:
    """The record of the call, as it is kept."""
    return post_call.build_record(session, load(KEYS), now=later(600)).model_dump(mode="json")


def delivery_of(session: CallSession, status: Status, detail: str = "") -> DeliveryRow:
    return DeliveryRow(session.call_id, record_of(session), status, detail, later(601), later(900))


async def keep(
    store: Store,
    session: CallSession,
    phase: Phase = Phase.OVER,
    status: Status | None = None,
    detail: str = "",
) -> None:
    """Writes a call and, with a status, its record, as the service does."""
    due_at = datetime.now(UTC) + timedelta(minutes=5)  # Else the service takes it for abandoned, and closes it.
    begun = await store.calls.begin(session, "machine:1", due_at)
    assert begun is not None
    if phase is Phase.BROKEN:
        assert await store.calls.broke(session, begun[0], due_at)
    elif phase is Phase.LIVE:
        assert await store.calls.save(session, begun[0])
    else:
        assert await store.calls.end(session, begun[0], due_at)
        await store.calls.done(session.call_id, session)
    if status is not None:
        await store.set_delivery(session.call_id, record_of(session), status, detail)


async def keep_all(store: Store, sessions: Iterable[CallSession]) -> None:
    for session in sessions:
        await keep(store, session, status=Status.DELIVERED)


def recorded(call_id: str, data: Path, seconds: int = 60) -> CallSession:
    """As `booked`, with its recording: the caller is loud in every even second of it, the agent in every odd one."""
    session = booked(call_id)
    session.recorded_from = session.started_at
    file = WaveFile(Recordings(str(data)).path(call_id))
    file.create()
    quiet, loud = b"\xff" * SAMPLE_RATE, b"\x90\x10" * (SAMPLE_RATE // 2)
    for second in range(seconds):
        both = bytearray(2 * SAMPLE_RATE)
        both[::2], both[1::2] = (quiet, loud) if second % 2 else (loud, quiet)
        file.append(bytes(both))
    file.close()
    return session
