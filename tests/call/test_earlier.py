"""What earlier calls from a number tell the next one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from call.earlier import call_before, visits_booked
from call.session import BookingStatus, CallSession, CameOf, EarlierCall, Intent, Reason, State, VisitBooked

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
WITHIN = timedelta(minutes=30)
BOOKED: dict[str, Any] = {
    "booking_status": BookingStatus.CONFIRMED,
    "booked_at": TOMORROW,
    "name": "Owen Barrett",
    "address": "12 Oak Street",
}


def call(number: int = 1, minutes_ago: float = 10, **facts: Any) -> CallSession:
    return CallSession(
        call_id=f"CA{number}",
        caller_number="+15125550100",
        started_at=NOW - timedelta(minutes=minutes_ago),
        **({"problem": "furnace is out"} | facts),
    )


@pytest.mark.parametrize(
    ("facts", "came_of"),
    [
        ({}, CameOf.OPEN),
        ({"intent": Intent.SERVICE, "state": State.CALLBACK, "reason": Reason.TURN_LIMIT}, CameOf.OPEN),
        ({"booking_attempted": True, "booking_status": BookingStatus.ATTEMPTED_FAILED}, CameOf.OPEN),
        (BOOKED, CameOf.BOOKED),
        ({"booking_attempted": True}, CameOf.UNCERTAIN),
        (
            {
                "booking_attempted": True,
                "booking_status": BookingStatus.ATTEMPTED_FAILED,
                "booking_uncertain": True,
            },
            CameOf.UNCERTAIN,
        ),
        ({"problem": ""}, None),
        ({"intent": Intent.BILLING}, None),
        ({"intent": Intent.VENDOR}, None),
        (BOOKED | {"booked_at": NOW - timedelta(hours=1)}, None),
        ({"emergency": True}, None),
        ({"reason": Reason.CANCELLED}, None),
        ({"reason": Reason.OUT_OF_AREA}, None),
    ],
)
def test_e1_what_came_of_it(facts: dict[str, Any], came_of: CameOf | None) -> None:
    """What was left open or booked is gone on from; what is settled, or was other business, is not."""
    found = call_before([call(**facts)], NOW, WITHIN)
    assert (found.came_of if found else None) is came_of


def test_e1_only_a_call_of_the_last_minutes() -> None:
    """By when it began."""
    assert call_before([call(minutes_ago=29)], NOW, WITHIN)
    assert call_before([call(minutes_ago=31)], NOW, WITHIN) is None
    assert call_before([call()], NOW, timedelta(0)) is None
    assert call_before([], NOW, WITHIN) is None


def test_e1_the_newest_that_left_something() -> None:
    """A silent call in between hides nothing; a visit that was cancelled in between is not on file any more."""
    found = call_before([call(3, 2, problem=""), call(2, 5, **BOOKED), call(1, 9)], NOW, WITHIN)
    assert found is not None
    assert (found.call_id, found.came_of) == ("CA2", CameOf.BOOKED)
    assert call_before([call(2, 5, reason=Reason.CANCELLED), call(1, 9, **BOOKED)], NOW, WITHIN) is None


def test_e1_what_was_told_over_two_calls() -> None:
    """The third call knows what the first was told, if the second went on from it."""
    first = EarlierCall(call_id="CA1", at=NOW, came_of=CameOf.OPEN, name="Owen Barrett", address="12 Oak Street")
    found = call_before([call(2, zip_code="78704", earlier=first, goes_on=True)], NOW, WITHIN)
    assert found is not None
    assert (found.call_id, found.name, found.zip_code) == ("CA2", "Owen Barrett", "78704")
    found = call_before([call(2, earlier=first)], NOW, WITHIN)
    assert found is not None
    assert found.name == ""


def test_e1_a_wish_for_a_certain_time_is_kept() -> None:
    """As soon as possible is another time by now."""
    found = call_before([call(visit_at=TOMORROW)], NOW, WITHIN)
    assert found is not None
    assert found.visit_at == TOMORROW
    found = call_before([call(visit_at=TOMORROW, visit_asap=True)], NOW, WITHIN)
    assert found is not None
    assert found.visit_at is None


def test_whose_visits_were_booked_where() -> None:
    """Of calls that booked one, however long ago."""
    calls = [call(1, 9, name="Ann Lee", address="1 Elm Street"), call(2, 60 * 24 * 9, **BOOKED)]
    assert visits_booked(calls) == (VisitBooked(name="Owen Barrett", address="12 Oak Street"),)
