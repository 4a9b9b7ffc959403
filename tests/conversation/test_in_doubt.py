"""What V2 was asked and never surely answered: looked up on the line, and told as what is certain."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from call.session import Appointment, BookingStatus, CallbackStatus, CallSession, Reason, Shown, State
from call.tool_calls import (
    BookAppointment,
    Booked,
    BookingFound,
    CreateCallback,
    LookupBooking,
    ManageAppointment,
    Outcome,
    ToolRequest,
    ToolResult,
)
from conversation import in_doubt
from tests.support.driven_call import FRIDAY_NINE, MACHINE, NOW, TUESDAY_TWO, TURNS, Conversation, first_result

ASKED = BookAppointment(TUESDAY_TWO, "Jonas Weber", "+15125550100", "12 Oak Street", "furnace is out")
STANDS = BookingFound(
    Outcome.OK,
    found=True,
    booking_uid="u2",
    date="Tuesday, November 24",
    time="2:00 PM",
    attendee_name="Jonas Weber",
)
NOT_OURS = {
    "nothing": BookingFound(Outcome.OK),
    "a stranger's": replace(STANDS, attendee_name="Bo Tran"),
    "nobody's": replace(STANDS, attendee_name=""),
    "a part of the name": replace(STANDS, attendee_name="Jonas"),
    "another time": replace(STANDS, time="3:00 PM"),
    "another day": replace(STANDS, date="Wednesday, November 25"),
    "no answer": BookingFound(Outcome.UNAVAILABLE),
    "no look-up": ToolResult(Outcome.OK),
}


def booked(found: ToolResult, outcome: Outcome = Outcome.UNKNOWN, *, number: str = "+15125550100") -> Conversation:
    """A call to the yes, whose booking has this outcome, and a look-up that shows this."""

    def answer(request: ToolRequest) -> ToolResult:
        match request:
            case BookAppointment():
                return Booked(outcome)
            case LookupBooking():
                return found
        return first_result(request)

    session = CallSession(call_id="CA1", caller_number=number, started_at=NOW, vouched_for=True)
    conversation = Conversation(answer, session)
    conversation.start()
    for name in ("everything", "no_gas", *(() if number else ("phone",)), "yes"):
        conversation.feed(TURNS[name])
    return conversation


def asked(conversation: Conversation, kind: type) -> int:
    return sum(isinstance(request, kind) for request in conversation.requests)


@pytest.mark.parametrize("number", ["+15125550100", ""])
def test_0_2_a_booking_that_is_there_is_told_as_booked(number: str) -> None:
    """V2's second try met the visit of its first: looked up at once, at the very time and for that name."""
    conversation = booked(STANDS, number=number)
    session = conversation.session
    assert (session.state, session.reason, session.booked_at) == (State.CONFIRM, Reason.BOOKED, TUESDAY_TWO)
    assert (session.booking_status, session.in_doubt) == (BookingStatus.CONFIRMED, None)
    assert "You're booked for Tuesday, November 24 at 2 PM" in " ".join(conversation.said)
    assert (asked(conversation, BookAppointment), asked(conversation, CreateCallback)) == (1, 0)


@pytest.mark.parametrize("found", NOT_OURS.values(), ids=NOT_OURS)
def test_0_2_what_may_be_anybodys_makes_nothing_certain(found: ToolResult) -> None:
    """An empty attendee phone fits every number: a visit that differs in anything is not this one."""
    conversation = booked(found)
    session = conversation.session
    assert (session.state, session.reason) == (State.CALLBACK, Reason.BOOKING_UNCERTAIN)
    assert (asked(conversation, BookAppointment), asked(conversation, CreateCallback)) == (1, 1)
    assert not [text for text in conversation.said if "booked for" in text]
    assert session.in_doubt is not None


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNAVAILABLE])
def test_what_is_certain_is_not_looked_up(outcome: Outcome) -> None:
    """No visit was made, and that is known."""
    conversation = booked(STANDS, outcome)
    assert conversation.session.reason is Reason.BOOKING_FAILED
    assert asked(conversation, LookupBooking) == 0
    assert conversation.session.in_doubt is None


def test_a_call_that_breaks_off_over_the_second_look_is_uncertain() -> None:
    """It comes back: neither the booking nor the look-up is asked again."""
    session = booked(NOT_OURS["nothing"]).session
    before = session.model_copy(
        update={
            "state": State.BOOKING,
            "reason": None,
            "tool_under_way": LookupBooking(),
            "callback_status": CallbackStatus.NONE,
        }
    )
    actions = MACHINE.resumed(CallSession.model_validate_json(before.model_dump_json()), NOW)
    assert not [action for action in actions if getattr(action, "request", None) in (ASKED, LookupBooking())]
    assert any("couldn't make sure" in getattr(action, "text", "") for action in actions)


CANCEL = ManageAppointment("cancel", "u1")
MOVE = ManageAppointment("reschedule", "u1", new_time=TUESDAY_TWO)
OLD = BookingFound(
    Outcome.OK, found=True, booking_uid="u1", date="Friday, November 27", time="9:00 AM", attendee_name="Jonas Weber"
)


@pytest.mark.parametrize(
    ("request_", "found", "shown"),
    [
        (ASKED, STANDS, Shown.AS_ASKED),
        (ASKED, replace(STANDS, time="2:00\u202fpm", attendee_name="JONAS  weber"), Shown.AS_ASKED),
        (replace(ASKED, starts_at=TUESDAY_TWO.astimezone(UTC)), STANDS, Shown.AS_ASKED),
        (ASKED, OLD, Shown.ANOTHER),
        (ASKED, NOT_OURS["nothing"], Shown.NONE),
        (ASKED, NOT_OURS["no answer"], Shown.NOT_KNOWN),
        (CANCEL, OLD, Shown.AS_BEFORE),
        (CANCEL, STANDS, Shown.ANOTHER),
        (CANCEL, NOT_OURS["nothing"], Shown.NONE),
        (MOVE, OLD, Shown.AS_BEFORE),
        (MOVE, STANDS, Shown.AS_ASKED),
        (MOVE, NOT_OURS["a stranger's"], Shown.ANOTHER),
        (replace(MOVE, new_time=FRIDAY_NINE + timedelta(days=1)), STANDS, Shown.ANOTHER),
    ],
)
def test_what_a_look_up_shows(request_: BookAppointment | ManageAppointment, found: ToolResult, shown: Shown) -> None:
    """By the uid, or by the very time and the whole name; V2 speaks Chicago's time."""
    visit = Appointment(uid="u1", date=OLD.date, time=OLD.time, attendee_name="Jonas Weber")
    session = CallSession(call_id="CA1", started_at=NOW, in_doubt=request_, appointment=visit)
    assert in_doubt.take(session, found) is shown
    certain = shown is Shown.AS_ASKED and isinstance(request_, BookAppointment)
    assert (session.booking_status is BookingStatus.CONFIRMED, session.in_doubt is None) == (certain, certain)


@pytest.mark.parametrize(("outcome", "doubt"), [(Outcome.UNKNOWN, True), (Outcome.REFUSED, False), (Outcome.OK, False)])
@pytest.mark.parametrize("change", ["cancel", "reschedule"])
def test_a_change_without_an_answer_stays_in_doubt(outcome: Outcome, doubt: bool, change: str) -> None:
    """Until the record is made."""

    def answer(request: ToolRequest) -> ToolResult:
        if isinstance(request, ManageAppointment):
            return ToolResult(outcome)
        return OLD if isinstance(request, LookupBooking) else first_result(request)

    conversation = Conversation(answer)
    conversation.start()
    for name in (change, "name", *(("tuesday",) if change == "reschedule" else ()), "yes"):
        conversation.feed(TURNS[name])
    assert isinstance(conversation.session.in_doubt, ManageAppointment) is doubt
