"""Two parts of one call that know nothing of each other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from call.joined import FACTS, joined
from call.session import BookingStatus, CallSession, EndedBy, EntryKind, Reason, State

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
TOMORROW = NOW + timedelta(days=1)
LEAD: dict[str, Any] = {
    "state": State.DISCOVERY,
    "name": "Jonas Weber",
    "name_from_caller": True,
    "address": "12 Elm St",
    "problem": "heater is out",
}
BOOKED: dict[str, Any] = {
    "state": State.CONFIRM,
    "reason": Reason.BOOKED,
    "booking_attempted": True,
    "booking_status": BookingStatus.CONFIRMED,
    "booked_at": TOMORROW,
    "visit_at": TOMORROW,
}
# Fields that are no fact which one part alone may know: how the call stands is told by the one that got further.
BOTH_KNOW = {"call_id", "caller_number", "called_number", "vouched_for"}
STANDS = {
    *("state", "question", "doubted_end", "question_before", "reason", "fault", "closing", "hangup_stopped"),
    *("state_turn_count", "turn_count", "silence_count", "said_count", "approved", "person_wished", "safety_cleared"),
    *("zip_unconfirmed", "zip_not_known", "zip_partial", "phone_partial", "places", "which_day"),
    *("slots", "slots_asked", "offers_other", "calendar_answers", "tool_under_way", "tool_asked_at"),
    *("callback_owed_said", "calls_today", "visits_booked", "visits_cancelled", "failed_before"),
    "last_words",
}
OF_BOTH = {"started_at", "ended_at", "ended_by", "failed_proofs", "notes", "usage", "timeline"}


def part(at: datetime, *said: str, **facts: Any) -> CallSession:
    made = CallSession(call_id="CA1", started_at=at, **facts)
    for number, text in enumerate(said):
        made.note(EntryKind.CALLER, text, at + timedelta(seconds=number))
    return made


def words(session: CallSession) -> list[str]:
    return [entry.text for entry in session.timeline]


def test_whoever_is_only_greeted_again_leaves_all_as_it_was() -> None:
    """Who they are, what is out, where the call stood; how it ended is the later part's to tell."""
    whole = joined(part(NOW, "no heat", **LEAD), part(LATER, "hello?", ended_by=EndedBy.CALLER, ended_at=LATER))
    assert (whole.state, whole.name, whole.problem) == (State.DISCOVERY, "Jonas Weber", "heater is out")
    assert (whole.started_at, whole.ended_at, whole.ended_by) == (NOW, LATER, EndedBy.CALLER)
    assert words(whole) == ["no heat", "hello?"]


def test_what_was_told_once_more_counts_as_it_was_told_last() -> None:
    """The rest is as the part before knew it."""
    later = part(LATER, "it is Dana", state=State.URGENCY, name="Dana Weber", problem="no heat at all")
    whole = joined(part(NOW, "no heat", **LEAD), later)
    assert (whole.state, whole.name, whole.problem) == (State.URGENCY, "Dana Weber", "no heat at all")
    assert whole.address == "12 Elm St"
    assert not whole.name_from_caller  # Of the other name


@pytest.mark.parametrize("state", [State.WELCOME, State.DISCOVERY])
def test_a_visit_stays_booked(state: State) -> None:
    """However far the part went that knew nothing of it."""
    whole = joined(part(NOW, "yes", **LEAD | BOOKED), part(LATER, "hello?", state=state))
    assert (whole.booked_at, whole.booking_status, whole.outcome) == (
        TOMORROW,
        BookingStatus.CONFIRMED,
        "confirm:booked",
    )
    assert whole.name == "Jonas Weber"


def test_a_visit_that_is_booked_anew_is_the_visit() -> None:
    """Also if the part before knew another wish."""
    other = TOMORROW + timedelta(days=1)
    before = part(NOW, "tomorrow", **LEAD, visit_at=other)
    whole = joined(before, part(LATER, "yes", **BOOKED))
    assert (whole.visit_at, whole.booked_at, whole.outcome) == (TOMORROW, TOMORROW, "confirm:booked")


def test_an_attempt_without_an_answer_stays_one() -> None:
    """A visit may exist."""
    whole = joined(part(NOW, "yes", **LEAD, booking_attempted=True), part(LATER, "hello?", state=State.DISCOVERY))
    assert whole.booking_attempted


@pytest.mark.parametrize("later", [{}, LEAD, BOOKED])
def test_a_danger_stays_one(later: dict[str, Any]) -> None:
    """Whatever was talked about afterwards."""
    before = part(NOW, "I smell gas", state=State.SAFETY_EXIT, emergency=True, emergency_alert_id="SM1")
    whole = joined(before, part(LATER, "hello?", **later))
    assert (whole.emergency, whole.emergency_alert_id, whole.state) == (True, "SM1", State.SAFETY_EXIT)


SETTLED: dict[str, dict[str, Any]] = {
    "a danger": {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True},
    "a visit": BOOKED,
    "a talk": {"state": State.GOODBYE, "reason": Reason.TRANSFERRED},
    "a callback": {"state": State.CALLBACK, "reason": Reason.BILLING},
    "a cancellation": {"state": State.CONFIRM, "reason": Reason.CANCELLED},
    "nothing": {"state": State.SAFETY},
}


@pytest.mark.parametrize("other", SETTLED)
@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize("what", SETTLED)
def test_what_was_settled_stays(what: str, other: str, *, earlier: bool) -> None:
    """The weightier of the two, whichever part has settled it: somebody has to act on it."""
    weightier = min(what, other, key=list(SETTLED).index)
    first, second = (what, other) if earlier else (other, what)
    whole = joined(part(NOW, "a", **SETTLED[first]), part(LATER, "b", **SETTLED[second]))
    stands = SETTLED[weightier]
    assert (whole.state, whole.reason) == (stands["state"], stands.get("reason"))
    assert whole.booked_at == (TOMORROW if "a visit" in (what, other) else None)


def test_a_reason_that_moved_a_visit_counts_as_much_as_one_that_cancelled_it() -> None:
    """The later of them holds."""
    cancelled, moved = SETTLED["a cancellation"], {"state": State.CONFIRM, "reason": Reason.RESCHEDULED}
    assert joined(part(NOW, "a", **moved), part(LATER, "hello?", state=State.SAFETY)).reason is Reason.RESCHEDULED
    assert joined(part(NOW, "a", **moved), part(LATER, "b", **cancelled)).reason is Reason.CANCELLED


def test_whoever_wants_neither_recording_nor_text_has_none() -> None:
    """A text that was declined stays declined, though the other part had a number for one."""
    before = part(NOW, "yes", text_offered=True, text_to="+15125550142", recording_declined=True)
    whole = joined(before, part(LATER, "no", state=State.CONFIRM, text_offered=True))
    assert (whole.text_to, whole.recording_declined) == ("", True)


def test_what_counts_is_counted_together() -> None:
    """Failed proofs and notes for the team; a note that both have is one."""
    before = part(NOW, "a", failed_proofs=1, notes=["Call from 4 pm on", "A dog"])
    whole = joined(before, part(LATER, "b", state=State.DISCOVERY, failed_proofs=1, notes=["A dog", "Side door"]))
    assert (whole.failed_proofs, whole.notes) == (2, ["Call from 4 pm on", "A dog", "Side door"])


def test_a_line_that_is_heard_is_no_other_one() -> None:
    """It moves to where it is heard: whoever knows of it then has no more to tell, and nothing counts twice."""
    before = part(NOW, "no heat", failed_proofs=1)
    before.note(EntryKind.AGENT, "Do you smell gas?", NOW, detail="safety", heard=0.0)
    before.usage.prompt_tokens = 1000
    later = before.copy_of_now()
    later.was_heard(1, 1.0, NOW + timedelta(seconds=1))
    later.note(EntryKind.CALLER, "no", LATER)
    assert joined(before, later) is later
    late = before.copy_of_now()
    late.was_heard(1, 0.5, NOW + timedelta(seconds=1))
    late.was_heard(1, 1.0, NOW + timedelta(seconds=2))
    late.was_said("Do you smell gas?", LATER)
    assert joined(before, late) is late


def test_two_parts_that_began_as_one_count_that_once() -> None:
    """Each went on without the other: a line that one of them knows to be heard was heard."""
    both = part(NOW, "no heat", failed_proofs=1)
    both.note(EntryKind.AGENT, "Do you smell gas?", NOW, detail="safety", heard=0.0)
    both.usage.prompt_tokens, both.usage.characters = 1000, {"inworld": 20}
    first, second = both.copy_of_now(), both.copy_of_now()
    first.was_heard(1, 1.0, NOW + timedelta(seconds=1))
    first.note(EntryKind.CALLER, "no", NOW + timedelta(seconds=3))
    second.note(EntryKind.CALLER, "hello?", LATER)
    second.usage.prompt_tokens, second.usage.characters = 1200, {"inworld": 20, "aura": 5}
    whole = joined(first, second)
    assert words(whole) == ["no heat", "Do you smell gas?", "no", "hello?"]
    assert whole.timeline[1].heard == 1
    assert (whole.failed_proofs, whole.usage.prompt_tokens) == (1, 1200)
    assert whole.usage.characters == {"inworld": 20, "aura": 5}


def test_of_each_field_is_decided_who_tells_it() -> None:
    """A new one is a fact, or a part of how the call stands."""
    facts = [name for together in FACTS for name in together]
    assert sorted([*facts, *BOTH_KNOW, *STANDS, *OF_BOTH]) == sorted(CallSession.model_fields)


def test_a_part_that_knows_all_of_the_other_is_the_call() -> None:
    """It went on from it."""
    before = part(NOW, "no heat", **LEAD)
    later = before.model_copy(deep=True)
    later.note(EntryKind.CALLER, "bye", LATER)
    assert joined(before, later) is later
    assert joined(joined(before, part(LATER, "hi")), later) is not later
