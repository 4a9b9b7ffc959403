"""What a caller is texted: what was done or promised, as it stands, and nothing of the person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.session import Appointment, BookingStatus, CallSession, EndedBy, EntryKind, Reason, State
from call.tool_calls import ManageAppointment
from config import load
from post_call import build_record
from records import plain_words
from records.caller_text import LONGEST_TEXT, for_caller, is_changed
from records.end_reason import blame, ending_of, outcome_of
from records.summary import callback_sentence
from tests.records.test_owner_text import GSM
from tests.support.stored_calls import KEYS, NUMBER, START, VISIT, booked, later, owed

SETTINGS = load(KEYS | {"TEXT_CALLERS": "true", "TWILIO_PHONE_NUMBER": "+15125550199"})
NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 4, tzinfo=UTC)  # Ten in the evening in Austin
EIGHT = datetime(2026, 11, 24, 14, tzinfo=UTC)
ON_FILE = Appointment(uid="u1", date="Friday, November 27", time="9:00 AM", attendee_name="Dana Whitfield")


def agreed(session: CallSession, **facts: Any) -> CallSession:
    return session.model_copy(update={"text_offered": True, "text_to": NUMBER, **facts})


def changed(reason: Reason, **facts: Any) -> CallSession:
    """A visit on file that was cancelled or moved."""
    plain = {"booking_status": BookingStatus.NOT_REQUESTED, "booking_attempted": False, "booked_at": None}
    return agreed(booked("CA0000000012345678"), reason=reason, appointment=ON_FILE, **plain, **facts)


def text_of(session: CallSession, now: datetime = NOON) -> str:
    text = for_caller(session, SETTINGS, now)
    return text.body if text else ""


def test_a_visit_that_is_booked() -> None:
    """Who we are, when in the words of the business's zone, the street, how to have no more; neither name nor ZIP."""
    text = for_caller(agreed(booked("CA0000000012345678"), address="1204 Barton Springs Road, Apt 4"), SETTINGS, NOON)
    assert text is not None
    assert (text.recipient, text.due_at, text.useful_until) == (NUMBER, NOON, VISIT)
    assert text.body == (
        "ACE Cooling: Your visit is booked for Tuesday, November 24 at 2 PM, at 1204 Barton Springs Road."
        " Ref 12345678. Reply STOP to opt out."
    )


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (changed(Reason.RESCHEDULED, moved_to=VISIT), "Your visit is moved to Tuesday, November 24 at 2 PM."),
        (changed(Reason.CANCELLED), "Your visit on Friday, November 27 at 9:00 AM is cancelled."),
        (agreed(owed()), "Someone from our team will call you back as soon as possible."),
        (agreed(owed(), reason=Reason.HIGH_TICKET), "A comfort advisor will call you as soon as possible."),
        (agreed(owed(), language="es"), "Alguien de nuestro equipo le llamara lo antes posible."),
    ],
)
def test_what_else_was_done_or_promised(session: CallSession, words: str) -> None:
    """In the language of the call, and in one segment."""
    body = text_of(session)
    assert body.startswith(f"ACE Cooling: {words} Ref ")
    assert "STOP" in body
    assert len(body) <= LONGEST_TEXT / 2


def test_outside_of_the_day_it_waits() -> None:
    """Until eight, and is of use for as long after that; a visit's until it begins."""
    text = for_caller(agreed(owed(), ended_at=NIGHT), SETTINGS, NIGHT)
    assert text is not None
    assert (text.due_at, text.useful_until) == (EIGHT, EIGHT + timedelta(hours=12))


def test_a_promise_that_is_kept_late_is_not_told() -> None:
    """The database was away for a day: by then somebody has called, or a text helps nobody."""
    assert text_of(agreed(owed()), NOON) != ""
    assert text_of(agreed(owed()), NOON + timedelta(days=1)) == ""


@pytest.mark.parametrize(
    "facts",
    [
        {"text_to": ""},
        {"caller_number": "", "callback_phone": ""},
        {"borrowed_phone": True},
        {"callback_phone": "+15125550177", "caller_number": "+15125550178"},
        {"emergency": True},
        {"state": State.GOODBYE, "reason": Reason.DONE, "booking_status": BookingStatus.NOT_REQUESTED},
    ],
)
def test_without_a_consent_that_still_holds_nobody_is_texted(facts: dict[str, Any]) -> None:
    """None given, or to a number that is not theirs any more; none behind a danger, or of what was not done."""
    assert text_of(agreed(booked(), **facts)) == ""


def test_a_visit_that_has_begun_by_then_is_not_told() -> None:
    """A text of this morning that comes this evening helps nobody."""
    assert text_of(agreed(booked()), VISIT) == ""
    assert text_of(agreed(booked(), booked_at=EIGHT), NIGHT) == ""


def test_without_the_setting_nobody_is_texted() -> None:
    """Whatever an earlier version, or an earlier hour, has agreed with a caller."""
    assert for_caller(agreed(booked()), load(KEYS), NOON) is None


def test_behind_a_talk_with_a_person_the_visit_is_told() -> None:
    """It was agreed to before, and stands as far as anybody tells."""
    assert "is booked for" in text_of(agreed(booked(), state=State.GOODBYE, reason=Reason.TRANSFERRED))


@given(date=st.text(max_size=300))
def test_whatever_v2_calls_a_day_it_is_two_segments_at_most(date: str) -> None:
    """Its words for the visit on file are told as they are, as far as there is room."""
    visit = ON_FILE.model_copy(update={"date": date, "time": date})
    body = text_of(changed(Reason.CANCELLED).model_copy(update={"appointment": visit}))
    assert len(body) <= LONGEST_TEXT
    assert set(body) <= GSM


@given(name=st.text(min_size=1, max_size=200), address=st.text(max_size=300), call_id=st.text(min_size=1, max_size=64))
def test_whatever_is_known_it_is_two_segments_at_most(name: str, address: str, call_id: str) -> None:
    """Of letters of which each is one; and says who we are and how to have no more."""
    settings = SETTINGS.model_copy(update={"business_name": name})
    text = for_caller(agreed(booked(call_id), address=address), settings, NOON)
    assert text is not None
    assert len(text.body) <= LONGEST_TEXT
    assert set(text.body) <= GSM
    assert "Tuesday, November 24 at 2 PM" in text.body
    assert text.body.endswith("Reply STOP to opt out.")


# A visit that is changed before its text goes out

EARLIER, LATER = START - timedelta(hours=1), START + timedelta(hours=1)
MOVE = ManageAppointment("reschedule", "u1", new_time=VISIT)


@pytest.mark.parametrize(
    ("facts", "lie"),
    [
        ({"reason": Reason.CANCELLED, "started_at": LATER}, True),
        ({"reason": Reason.RESCHEDULED, "started_at": LATER}, True),
        ({"in_doubt": MOVE, "started_at": LATER}, True),
        ({"reason": Reason.CANCELLED, "started_at": EARLIER}, False),
        ({"reason": Reason.STATUS_TOLD, "started_at": LATER}, False),
        ({"started_at": LATER}, False),
    ],
)
def test_a_later_call_that_changes_a_visit_makes_it_a_lie(facts: dict[str, Any], lie: bool) -> None:
    """Or one of which nobody knows whether it did; an earlier one, and one that only asks, changes nothing."""
    other = booked("CA2").model_copy(update=facts)
    assert is_changed(booked(), [other]) is lie
    assert not is_changed(booked(), [])


# The call's record


def test_the_question_changes_nothing_else_of_the_record() -> None:
    """A sentence of the summary, and the transcript; not what the call was, whose fault, or how it ended."""
    plain, texted = booked(), agreed(booked())
    texted.note(EntryKind.AGENT, "Shall I text that to this number?", later(43), detail="ask:text", heard=1)
    texted.note(EntryKind.CALLER, "Yes, please.", later(45))
    texted.turn_count += 1
    before, after = (
        build_record(session, SETTINGS, now=later(600)).model_dump(
            exclude={"job": {"ai_summary", "call_transcript"}, "call": {"transcript_object"}}
        )
        for session in (plain, texted)
    )
    assert after == before
    assert (outcome_of(texted), blame(texted)) == (outcome_of(plain), blame(plain))
    job = build_record(texted, SETTINGS, now=later(600)).job
    assert job
    assert job.ai_summary
    assert "The caller agreed to a text about it." in job.ai_summary


def test_who_hangs_up_at_the_question_was_promised_a_call() -> None:
    """The promise was heard: nobody has to tell them once more, and nobody is to blame."""
    session = owed().model_copy(update={"ended_by": EndedBy.CALLER})
    session.timeline[-1] = session.timeline[-1].model_copy(update={"detail": "callback_promise:open"})
    assert callback_sentence(session) == "A callback was promised and V2 was told."
    assert plain_words.owed(session, ending_of(session)) == "A callback was promised"
