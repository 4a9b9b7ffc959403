"""Who may overwrite what a call knows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from call.business import Business
from call.session import CallSession, Question, State
from conversation.learning import learn
from conversation.script import NAME_AGAIN
from understanding.turn import Understanding, VisitWish

NOW = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
THREE = VisitWish(NOW + timedelta(hours=5))
BUSINESS = Business()
KNOWN: dict[str, object] = {
    "name": "Dana Reed",
    "name_from_caller": True,
    "address": "12 Oak Street",
    "problem": "no heat",
    "callback_phone": "+15125550100",
    "zip_code": "78701",
    "visit_at": NOW,
}


def session(question: Question | None = None, **facts: object) -> CallSession:
    return CallSession.model_validate({"call_id": "CA1", "started_at": NOW, "question": question, **facts})


@dataclass
class Told:
    """One fact as a turn tells it, where it lands, which questions it answers, and at which it is somebody else's."""

    heard: Understanding
    field: str
    value: object
    asked: frozenset[Question]
    correcting: bool = True
    elsewhere: Question | None = None


READ_BACK = frozenset({Question.READ_BACK, Question.CHANGE_WHAT})
EVERY = frozenset(Question)
ON_SITE, OFFERED = Question.SITE_CONTACT, Question.OTHER_TIME
CASES = [
    Told(
        Understanding(name="Ruth Alvarez"),
        "name",
        "Ruth Alvarez",
        READ_BACK | {Question.NAME, Question.BOOKING_NAME},
        elsewhere=ON_SITE,
    ),
    Told(Understanding(address="9 Elm Street"), "address", "9 Elm Street", READ_BACK | {Question.ADDRESS}),
    Told(Understanding(problem="a leak"), "problem", "a leak", frozenset({Question.PROBLEM})),
    Told(Understanding(text="a new unit", high_ticket=True), "problem", "a new unit", frozenset(), correcting=False),
    Told(Understanding(phone="+15125550199"), "callback_phone", "+15125550199", EVERY - {ON_SITE}, elsewhere=ON_SITE),
    Told(Understanding(zip_code="78702"), "zip_code", "78702", EVERY - {Question.ADDRESS}),
    Told(Understanding(visit=THREE), "visit_at", THREE.starts_at, EVERY - {OFFERED}, elsewhere=OFFERED),
]


def heard(told: Told, *, corrects: bool) -> Understanding:
    return Understanding(**{**told.heard.__dict__, "corrects": corrects})


@pytest.mark.parametrize("told", CASES, ids=lambda told: f"{told.field}-{told.heard.text or 'told'}")
def test_what_is_empty_is_filled(told: Told) -> None:
    """Whatever was asked, but where the answer tells of something else."""
    for question in (None, Question.HOW_CAN_I_HELP, Question.SAFETY):
        call = session(question)
        assert learn(call, told.heard, BUSINESS) == {told.field}
        assert getattr(call, told.field) == told.value


@pytest.mark.parametrize("question", Question)
@pytest.mark.parametrize("told", CASES, ids=lambda told: f"{told.field}-{told.heard.text or 'told'}")
def test_what_is_known_changes_only_in_answer_or_by_correction(told: Told, question: Question) -> None:
    """The same turn at every question, once as it is and once as a correction."""
    call = session(question, **KNOWN)
    assert (learn(call, heard(told, corrects=False), BUSINESS) == {told.field}) is (question in told.asked)
    call = session(question, **KNOWN)
    changed = learn(call, heard(told, corrects=True), BUSINESS)
    counts = question is not told.elsewhere and (told.correcting or question in told.asked)
    assert changed == ({told.field} if counts else frozenset())


def test_a_name_on_file_gives_way_to_the_one_that_is_said() -> None:
    """It was a guess at who calls."""
    call = session(Question.SAFETY, name="Gregory Stone")
    assert learn(call, Understanding(name="Ruth Alvarez"), BUSINESS) == {"name"}
    assert call.name_from_caller


def test_a_joke_is_taken_the_second_time() -> None:
    """Asked for once more, it is what the caller wants to be called."""
    call = session(Question.NAME)
    assert learn(call, Understanding(name="Mickey Mouse"), BUSINESS) == frozenset()
    call.said_count[NAME_AGAIN] = 1
    assert learn(call, Understanding(name="Mickey Mouse"), BUSINESS) == {"name"}


def test_a_zip_outside_is_no_zip() -> None:
    """It waits to be confirmed; while V2 is booking, the place stays what it is."""
    call = session(Question.ZIP, **KNOWN)
    assert learn(call, Understanding(zip_code="10001"), BUSINESS) == {"zip_code"}
    assert (call.zip_code, call.zip_unconfirmed) == ("", "10001")
    booking = session(None, **KNOWN, state=State.BOOKING)
    assert learn(booking, Understanding(zip_code="10001"), BUSINESS) == frozenset()


def test_another_time_takes_the_approval_back() -> None:
    """And V2 is to be asked anew; the same time changes nothing."""
    call = session(Question.READ_BACK, **KNOWN, approved=True, slots_asked=True)
    assert learn(call, Understanding(visit=VisitWish(NOW)), BUSINESS) == frozenset()
    assert call.approved
    assert learn(call, Understanding(visit=THREE), BUSINESS) == {"visit_at"}
    assert (call.approved, call.slots_asked) == (False, False)
