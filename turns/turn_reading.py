"""A caller turn read in the light of what its caller had heard; what it means then is the state machine's."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from call.business import Business
from call.session import APPROVALS, CallSession, EntryKind, Question, State
from understanding.danger.safety_answers import asks_about_danger
from understanding.keys import read_keys
from understanding.text.plain import plain
from understanding.turn import Answer, Ask, Hazard, Understanding, understand
from understanding.wants.questions import asks_about_days
from understanding.when.opening_hours import as_open

_ADDRESS_READ_BACK = (Question.READ_BACK, Question.CHANGE_WHAT)


@dataclass(frozen=True)
class Hearing:
    """What the caller of a turn had heard: the question last asked, and whether enough of an approval to give it.

    `unsure`: the caller's words that the recogniser doubted.
    """

    question: Question | None
    may_approve: bool
    unsure: tuple[str, ...] = ()


def has_words(text: str) -> bool:
    """Whether there is anything in it; a turn without words is none (R25)."""
    return re.search(r"\w", text) is not None


def read_turn(text: str, hearing: Hearing, session: CallSession, business: Business, now: datetime) -> Understanding:
    """Reads the turn as an answer to the open question only if its caller had heard that question (X3).

    A yes to what changes something in the world counts only if enough of it had been heard; a no counts at once (R53).
    A yes to anything that we asked about danger is danger, whatever question is open (E2).
    """
    question = session.question
    answered = hearing.question is question
    so_far, latest = _wish_so_far(session, now)
    heard = understand(
        text,
        question=question if answered else None,
        now=now,
        opening_hour=business.opening_hour,
        closing_hour=business.closing_hour,
        zip_partial=session.zip_partial,
        phone_partial=session.phone_partial,
        visit_at=so_far,
        visit_latest=latest,
        known_name=session.name if session.name_from_caller else "",  # A part of one on file is not the whole.
        known_address=session.address if question in _ADDRESS_READ_BACK and answered else "",
        read_back=_read_back(session, business) if question in APPROVALS else (),
    )
    if question is not Question.SAFETY and asks_about_danger(plain(_last_line(session))):
        danger = understand(text, question=Question.SAFETY, now=now).hazard
        if danger in (Hazard.PRESENT, Hazard.POSSIBLE) and heard.hazard is not Hazard.PRESENT:
            heard = replace(heard, hazard=danger)
    heard = _as_open(heard, session.language, business)
    too_early = question in APPROVALS and not hearing.may_approve and heard.answer is Answer.YES
    return heard if answered and not too_early else replace(heard, answer=None)


def _as_open(heard: Understanding, language: str, business: Business) -> Understanding:
    """What the turn means to a business with days on which it is closed; one that has none leaves them to the model."""
    if business.always_open:
        return heard
    if language == "en" and heard.asks in (None, Ask.OTHER) and asks_about_days(plain(heard.text)):
        heard = replace(heard, asks=Ask.DAYS)
    wish = heard.visit
    start = business.on_an_open_day(wish.starts_at, soon=wish.asap) if wish else None
    if wish is None or start is None or start == wish.starts_at:
        return heard
    if heard.asks is Ask.DAYS:  # "Do you work Sundays?" wishes for no Monday.
        return replace(heard, visit=None)
    return replace(heard, visit=as_open(wish, business))


def read_pressed(keys: str, hearing: Hearing, session: CallSession) -> Understanding:
    """Reads keys as an answer to the open question only if its caller had heard that question."""
    return read_keys(keys, session.question if hearing.question is session.question else None)


def _wish_so_far(session: CallSession, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The start from which the turn may count, and the last one that fits: V2's, the wish's or the visit's on file."""
    if session.question is Question.OTHER_TIME:
        return session.booked_at, None
    visit = session.appointment if session.state is State.MANAGE_BOOKING and session.visit_at is None else None
    if visit and (on_file := visit.starts_at(now)):
        return on_file, on_file
    return session.visit_at, session.visit_latest


def _read_back(session: CallSession, business: Business) -> tuple[str, ...]:
    """What an approval tells its caller besides the time, so that a yes may repeat it."""
    if session.question is Question.TEXT:
        return ()
    on_file = f"{session.appointment.date} {session.appointment.time}" if session.appointment else ""
    if session.question in (Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM):
        return (session.spoken_name, on_file)
    return (session.spoken_name, session.address, session.zip_code, f"{business.diagnostic_fee} dollars")


def _last_line(session: CallSession) -> str:
    """What we said last."""
    return next((entry.text for entry in reversed(session.timeline) if entry.kind is EntryKind.AGENT), "")
