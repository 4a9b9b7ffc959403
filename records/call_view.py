"""A call as its operator sees it: a line of the list, and the whole story, turn by turn. Pure.

Out of what the database holds: the session as it was last written, where the call stands, and its record with what
became of it. Nothing is masked here: what a list shows of a person is `masked()`, which is all that a list may show.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from call.session import CallSession, Reason, State
from call.spoken_time import write_time
from logs import mask
from records import plain_words
from records.end_reason import blame, ending_of, outcome_of
from records.happened import Happening, happened
from records.payloads import PARTS
from records.rows import DeliveryRow, MessageRow, Phase, Status
from records.summary import name_of, phone_of, problem_of
from records.turn_view import Limits, Turn, path_of, turns_of
from records.used import Used, used

FEWEST_DIGITS = 3  # From here on digits that are looked for may be the end of a number.
_REFUSED = re.compile(rf"(?:^|; )({'|'.join(PARTS)}): ")
_LIMITS = frozenset({Reason.TURN_LIMIT, Reason.CALL_TURN_LIMIT})


@dataclass(frozen=True)
class CallLine:
    """What a list tells of a call. Times are aware, durations as their names say; empty text means nothing.

    Attributes:
        at: When it began.
        ended: How it ended, in words; where it stands, as long as it is not over.
        outcome: The precise end reason, whose fault, and what else failed.
        booked_at: The visit that stands.
        owed: Why somebody of the team has to call.
        lead: Whether its record has a job without a visit.
        blame: Whose fault it is that it came to no good end.
        slowest_ms: The longest that the caller waited for an answer; see `Turn.answer_ms`.
        not_understood: How many turns led to the same question again.
        delivery: Where the delivery of its record stands.
        why: The dashboard's own words why it has not arrived.
    """

    call_id: str
    at: datetime
    phase: Phase
    name: str
    number: str
    ended: str
    outcome: str = ""
    booked_at: datetime | None = None
    owed: str = ""
    lead: bool = False
    blame: str = ""
    seconds: int | None = None
    turns: int = 0
    slowest_ms: int | None = None
    not_understood: int = 0
    delivery: Status | None = None
    why: str = ""

    @property
    def live(self) -> bool:
        """Whether it goes on, or may."""
        return self.phase is not Phase.OVER

    @property
    def delivery_words(self) -> str:
        """Where the delivery stands, in words."""
        return plain_words.DELIVERIES[self.delivery] if self.delivery else plain_words.NO_DELIVERY


@dataclass(frozen=True)
class RecordPart:
    """One of the messages to the dashboard, as it is sent but for its user, and what became of it.

    `refused`: the dashboard's words, if it did not accept it.
    """

    name: str
    payload: Mapping[str, Any]
    became: str
    refused: str = ""


@dataclass(frozen=True)
class CallStory:
    """The whole call.

    Attributes:
        facts: What is known of caller and wish, by name.
        recorded_from: When its recording begins, if it has one: on the disk of the machine that recorded it.
        path: The states that it went through, in order.
        happened: What went wrong, in sentences.
        notes: What the team is told besides.
        used: What it has used of those who bill for it; None if nobody knows.
    """

    line: CallLine
    facts: tuple[tuple[str, str], ...] = ()
    recorded_from: datetime | None = None
    path: tuple[State, ...] = ()
    turns: tuple[Turn, ...] = ()
    happened: tuple[Happening, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    used: Used | None = None
    record: tuple[RecordPart, ...] = ()
    recorded_at: datetime | None = None
    tried_at: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """Which calls are looked for: those of which all of it is so."""

    owed: bool = False
    parked: bool = False
    not_understood: bool = False
    find: str = ""


def call_line(call_id: str, session: CallSession | None, phase: Phase, delivery: DeliveryRow | None) -> CallLine:
    """The line of a call.

    Raises:
        ValueError: there is neither a session that can be read nor a record.
    """
    if session is None:
        line = _line_of_record(call_id, phase, delivery)
    else:
        turns = turns_of(session.timeline)
        line = CallLine(
            call_id,
            session.started_at,
            phase,
            name_of(session),
            phone_of(session.phone or session.caller_number),
            plain_words.ended(session, phase),
            turns=session.turn_count,
            slowest_ms=max((turn.answer_ms for turn in turns if turn.answer_ms is not None), default=None),
            not_understood=sum(not turn.understood for turn in turns) + (session.reason in _LIMITS),
        )
        if phase is Phase.OVER:
            line = _over(line, session)
    if delivery is None:
        return line
    job = delivery.record.get("job") or {}
    lead = bool(job) and not job.get("scheduled_at")
    return replace(line, delivery=delivery.status, why=delivery.detail, lead=lead)


def _over(line: CallLine, session: CallSession) -> CallLine:
    ending = ending_of(session)
    last = max((entry.at for entry in session.timeline), default=session.started_at)
    return replace(
        line,
        outcome=outcome_of(session),
        booked_at=ending.scheduled_at,
        owed=plain_words.owed(session, ending),
        blame=blame(session),
        seconds=max(0, round(((session.ended_at or last) - session.started_at).total_seconds())),
    )


def _line_of_record(call_id: str, phase: Phase, delivery: DeliveryRow | None) -> CallLine:
    """What the record alone tells: its call's row is deleted by then, or was written by another version."""
    if delivery is None:
        raise ValueError(f"nothing is known of call {call_id}")
    call: Mapping[str, Any] = delivery.record.get("call") or {}
    ended_as = str(delivery.record.get("ended_as") or call.get("outcome") or "")
    name, number = (str(call.get(key) or "") for key in ("customer_name", "phone_number"))
    try:
        at = datetime.fromisoformat(str(call.get("started_at")))
    except ValueError:
        at = delivery.created_at
    return CallLine(call_id, at, phase, name, phone_of(number), plain_words.UNREADABLE, outcome=ended_as)


def masked(line: CallLine) -> CallLine:
    """The line as a list shows it: of the name its initials, of a number its last four digits."""
    name = " ".join(f"{word[0]}." for word in line.name.split())
    return replace(line, name=name, number=mask(line.number), why=mask(line.why))


def came_of(line: CallLine, zone: ZoneInfo) -> str:
    """The visit that stands, and why somebody has to call."""
    visit = f"booked for {write_time(line.booked_at, zone)}" if line.booked_at else ""
    return ". ".join(filter(None, (visit, line.owed))) or ("a lead" if line.lead else "")


def call_story(
    call_id: str,
    session: CallSession | None,
    phase: Phase,
    delivery: DeliveryRow | None,
    texts: Sequence[MessageRow] = (),
    limits: Limits | None = None,
) -> CallStory:
    """The whole call with what became of the texts about it, each part of an answer held to these limits.

    Raises:
        ValueError: there is neither a session that can be read nor a record.
    """
    story = CallStory(call_line(call_id, session, phase, delivery))
    if delivery:
        story = replace(
            story,
            record=tuple(_parts(delivery)),
            recorded_at=delivery.created_at,
            tried_at=delivery.tried_at,
        )
    refused = [(part.name, part.refused) for part in story.record if part.refused]
    if session is None:
        return replace(story, happened=happened((), refused))
    turns = turns_of(session.timeline, limits)
    return replace(
        story,
        facts=tuple((name, value) for name, value in (*_facts(session), *_texts(session, texts)) if value),
        recorded_from=session.recorded_from,
        path=path_of(session.timeline),
        turns=turns,
        happened=happened(turns, refused),
        faults=plain_words.faults(session),
        notes=tuple(session.notes),
        used=used(session),
    )


def _facts(session: CallSession) -> Iterator[tuple[str, str]]:
    line = phone_of(session.caller_number)
    yield "name", name_of(session)
    yield "number", phone_of(session.phone)
    yield "line", "" if line == session.phone else line
    yield "address", session.postal_address
    yield "problem", problem_of(session)
    yield "called for", session.intent or ""
    yield "urgency", session.urgency or ""
    yield "language", {"es": "Spanish"}.get(session.language, "")
    yield "goes on from", session.earlier.call_id if session.goes_on and session.earlier else ""
    yield "visit in V2", session.appointment_id


def _texts(session: CallSession, texts: Sequence[MessageRow]) -> Iterator[tuple[str, str]]:
    """What the caller said to a text, and what became of it and of the owner's."""
    became = {text.to_caller: ", ".join(filter(None, (plain_words.TEXTS[text.status], text.detail))) for text in texts}
    agreed = "agreed to" if session.text_to else "offered, and not agreed to" if session.text_offered else ""
    yield "text to the caller", "; ".join(filter(None, (agreed, became.get(True, ""))))
    yield "text to the owner", became.get(False, "")


def _parts(delivery: DeliveryRow) -> Iterator[RecordPart]:
    told = _REFUSED.split(delivery.detail)[1:]
    refused = dict(zip(told[::2], told[1::2], strict=True))
    for name in PARTS:
        if kept := delivery.record.get(name):
            payload = {key: value for key, value in kept.items() if value is not None}  # Those are not sent.
            became = _became(delivery.status, refused.get(name), anything=bool(refused))
            yield RecordPart(name, payload, became, refused.get(name, ""))


def _became(status: Status, refused: str | None, *, anything: bool) -> str:
    if status is Status.KEPT:
        return "kept"
    if refused is not None:
        return f"not accepted: {refused}"
    return "accepted" if status is Status.DELIVERED or anything else "on its way"


def fits(wanted: Wanted, line: CallLine, session: CallSession | None, delivery: DeliveryRow | None) -> bool:
    """Whether a call is one of those that are looked for."""
    return (
        (not wanted.owed or bool(line.owed))
        and (not wanted.parked or line.delivery is Status.PARKED)
        and (not wanted.not_understood or line.not_understood > 0)
        and (not wanted.find.strip() or _mentions(wanted.find.strip(), line, session, delivery))
    )


def digits_of(text: str) -> str:
    """The digits of what may be the end of a number: it has no letters, and enough of them; else empty."""
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d]", text) else ""


def _mentions(text: str, line: CallLine, session: CallSession | None, delivery: DeliveryRow | None) -> bool:
    """Whether it is the end of a number of the call, or stands in what is known or was said, in any letter case.

    All of it stands so in the rows, so that the database can be asked for it (call_search.py).
    """
    numbers = [line.number, *((session.caller_number, session.callback_phone) if session else ())]
    if (digits := digits_of(text)) and any(number.endswith(digits) for number in numbers):
        return True
    told = [line.call_id, line.name, line.why]
    if session:
        told += [session.problem, session.address, session.zip_code, session.reason or "", *session.notes]
        told += [entry.text for entry in session.timeline]
    elif delivery:
        told.append(str(delivery.record))
    return any(text.casefold() in one.casefold() for one in told)
