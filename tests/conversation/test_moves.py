"""Whole calls in which a visit is moved that no noun names: it is that visit that moves, and never a second one."""

from datetime import datetime, timedelta

import pytest

from call.session import Question, Reason, State
from call.tool_calls import (
    BookAppointment,
    BookingFound,
    CallerFound,
    CheckCalendarAvailability,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SlotsFound,
    ToolRequest,
    ToolResult,
)
from tests.support.driven_call import MACHINE, NOW, Conversation, first_result
from turns.turn_reading import Hearing, read_turn

FRIDAY = NOW.replace(day=27, hour=9)
MONDAY = NOW.replace(day=30, hour=9)
KNOWN = CallerFound(
    Outcome.OK,
    found=True,
    verified=True,
    name="Jonas Weber",
    has_appointment=True,
    appointment_date="Friday, November 27",
)
ON_FILE = BookingFound(
    Outcome.OK,
    found=True,
    booking_uid="u1",
    date="Friday, November 27",
    time="9:00 AM",
    attendee_name="Jonas Weber",
)
FREE = (NOW.replace(day=24, hour=11), NOW.replace(day=25, hour=9))
MOVES = {
    "push Friday back two hours": FRIDAY.replace(hour=11),
    "can you push Friday back a couple of hours": FRIDAY.replace(hour=11),
    "move Friday to the afternoon": FRIDAY.replace(hour=14),
    "I'd like to bump Friday to two in the afternoon": FRIDAY.replace(hour=14),
    "change my Friday nine a.m. to Monday at two": MONDAY.replace(hour=14),
    "I need Friday moved up to Wednesday at one": NOW.replace(day=25, hour=13),
    "bump me to next week": MONDAY,
    "could you guys come Thursday at eleven instead of Friday": NOW.replace(day=26, hour=11),
    "Friday's not gonna work anymore, could we do Monday at nine": MONDAY,
    "I've got y'all coming Friday at nine and I need to make it noon": FRIDAY.replace(hour=12),
    "shift Friday to one o'clock": FRIDAY.replace(hour=13),
    "can I swap my Friday for a Thursday, same time": NOW.replace(day=26, hour=9),
    "I gotta bump Friday, can you do Monday at nine": MONDAY,
    "Friday no longer works, what about Thursday at two": NOW.replace(day=26, hour=14),
    "I have a nine a.m. on Friday, can I get a Wednesday instead": NOW.replace(day=25, hour=9),
}
NO_NEW_TIME = ["can we do Friday later", "can y'all come later on Friday", "any chance we could do Friday a bit later"]
LOOKALIKES = [
    "we had to push the bed back two feet to get at the vent and now the AC won't turn on",
    "I bumped the thermostat up to eighty Friday and it still isn't cooling",
    "we're moving Friday and the new house has no heat",
    "can you change the filter on Monday at two",
    "we had to change Friday's plans because the heat is out",
    "the technician moved the unit back to the wall and it's leaking",
    "I'd like somebody Friday or later",
    "the breaker keeps switching off, could we do Friday",
    "I work till five so later on Friday is best, my furnace is dead",
    "my heater quit, can somebody come later on Friday",
]
NEW_TIMES = {
    "a week later": FRIDAY + timedelta(days=7),
    "two weeks after that": FRIDAY + timedelta(days=14),
    "an hour later": FRIDAY.replace(hour=10),
    "same time Monday": MONDAY,
    "Monday": MONDAY,
    "the afternoon": FRIDAY.replace(hour=14),
    "Monday my son has the car. What about Tuesday, same time?": NOW.replace(day=24, hour=9),
}


def call(*said: str, on_file: bool = True, slots: tuple[datetime, ...] | None = None) -> Conversation:
    """A call from a number with a visit on Friday at nine, if it is `on_file`; `slots`: what V2 says is free."""

    def answer(request: ToolRequest) -> ToolResult:
        match request:
            case LookupCaller():
                return KNOWN if on_file else CallerFound(Outcome.OK)
            case LookupBooking():
                return ON_FILE if on_file else BookingFound(Outcome.OK)
            case CheckCalendarAvailability():
                return SlotsFound(Outcome.REFUSED) if slots is None else SlotsFound(Outcome.OK, slots=slots)
        return first_result(request)

    conversation = Conversation(answer)
    conversation.start()
    for words in said:
        hear(conversation, words)
    return conversation


def hear(conversation: Conversation, words: str) -> None:
    """A turn, read as the processor reads it."""
    session = conversation.session
    hearing = Hearing(session.question, may_approve=True)
    conversation.feed(read_turn(words, hearing, session, MACHINE.business, NOW))


def changed(conversation: Conversation) -> list[datetime | None]:
    """To when the visit on file was moved; nothing was booked or cancelled."""
    assert not any(isinstance(request, BookAppointment) for request in conversation.requests)
    changes = [request for request in conversation.requests if isinstance(request, ManageAppointment)]
    assert all(change.action == "reschedule" for change in changes)
    return [change.new_time for change in changes]


@pytest.mark.parametrize(("words", "at"), MOVES.items())
def test_a_visit_that_is_called_by_its_day_is_moved(words: str, at: datetime) -> None:
    """From the time that it has, and only after a proof and a yes."""
    conversation = call(words)
    assert conversation.session.question is Question.BOOKING_NAME
    hear(conversation, "Jonas Weber")
    assert (conversation.session.question, changed(conversation)) == (Question.MOVE_CONFIRM, [])
    hear(conversation, "yes please")
    assert (conversation.session.reason, changed(conversation)) == (Reason.RESCHEDULED, [at])


@pytest.mark.parametrize("words", NO_NEW_TIME)
def test_later_on_its_day_is_asked_for(words: str) -> None:
    """The time that it has is no new one."""
    conversation = call(words, "Jonas Weber")
    assert conversation.session.question is Question.NEW_TIME


@pytest.mark.parametrize("words", ["push Friday back two hours", "can we do Friday later", "bump me to next week"])
def test_in_the_middle_of_a_call_too(words: str) -> None:
    """No second visit is offered."""
    conversation = call("my furnace is out", "no", words)
    assert conversation.session.question is Question.BOOKING_NAME


@pytest.mark.parametrize("words", LOOKALIKES)
@pytest.mark.parametrize("on_file", [True, False])
def test_what_else_is_moved_is_no_visit(words: str, on_file: bool) -> None:
    """The call is about service."""
    conversation = call(words, on_file=on_file)
    assert conversation.session.state is State.SAFETY
    assert not any(isinstance(request, LookupBooking) for request in conversation.requests)


@pytest.mark.parametrize("words", [*NO_NEW_TIME[:2], "can you come Thursday instead of Friday"])
def test_without_a_visit_on_file_it_is_a_wish_for_a_new_one(words: str) -> None:
    """What moves nothing by itself is a time."""
    conversation = call(words, on_file=False)
    assert conversation.session.state is State.SAFETY
    assert conversation.session.visit_at is not None


@pytest.mark.parametrize(("words", "at"), NEW_TIMES.items())
def test_a_new_time_counts_from_the_visit_on_file(words: str, at: datetime) -> None:
    """What is not said of it stays as it is."""
    conversation = call("I need to move my appointment", "Jonas Weber", words, "yes please")
    assert changed(conversation) == [at]


@pytest.mark.parametrize("words", ["Two hours later, so eleven.", "make that eleven"])
def test_the_time_that_is_offered_said_once_more_refuses_nothing(words: str) -> None:
    """Nor is it counted from the offer once more."""
    conversation = call("can you push my appointment back two hours", "Jonas Weber", words, "yes please")
    assert changed(conversation) == [FRIDAY.replace(hour=11)]


@pytest.mark.parametrize("words", ["What do you have?", "When could you come?", "what's available"])
def test_what_is_free_is_told_and_picked(words: str) -> None:
    """Out of the calendar."""
    conversation = call("I need to move my appointment", "Jonas Weber", words, slots=FREE)
    assert "Tuesday, November 24 at 11 AM or Wednesday, November 25 at 9 AM" in conversation.said[-1]
    hear(conversation, "the second one")
    hear(conversation, "yes please")
    assert changed(conversation) == [FREE[1]]


def test_on_the_main_line_too() -> None:
    """Who asks what there is hears two visits."""
    conversation = call(
        "my furnace is out",
        "no",
        "78704",
        "Jonas Weber",
        "12 Oak Street",
        "what do you have?",
        on_file=False,
        slots=FREE,
    )
    assert conversation.session.question is Question.WHEN
    assert "Tuesday, November 24 at 11 AM" in conversation.said[-1]


def test_without_a_free_visit_soon_later_ones_are_looked_for() -> None:
    """Once; then the question stays open."""
    conversation = call("I need to move my appointment", "Jonas Weber", "What do you have?", slots=())
    asked = [request.urgency for request in conversation.requests if isinstance(request, CheckCalendarAvailability)]
    assert (asked, conversation.session.question) == (["Urgent", "Routine"], Question.NEW_TIME)


@pytest.mark.parametrize("words", ["whatever's first", "first thing you've got", "the soonest you can"])
def test_the_first_free_visit_is_offered(words: str) -> None:
    """A time that is not free is not promised."""
    conversation = call("I need to move my appointment", "Jonas Weber", words, "yes please", slots=FREE)
    assert changed(conversation) == [FREE[0]]


def test_a_time_that_is_not_free_gives_way_and_says_so() -> None:
    """And what is declined is not offered again."""
    conversation = call("I need to move my appointment", "Jonas Weber", "tomorrow at nine", slots=FREE)
    assert conversation.said[-1].startswith("There's no opening then. The nearest is Tuesday, November 24 at 11 AM")
    hear(conversation, "no")
    assert conversation.said[-1].startswith("I could offer Wednesday, November 25 at 9 AM.")


@pytest.mark.parametrize("words", ["can we push that to Monday at nine", "can you bump it to Monday"])
def test_a_visit_that_was_just_told_can_be_moved(words: str) -> None:
    """Who calls is proved already."""
    conversation = call("when is my appointment", "Jonas Weber", words, "yes please")
    assert (conversation.session.reason, changed(conversation)) == (Reason.RESCHEDULED, [MONDAY])


def test_a_visit_that_was_just_told_can_be_cancelled() -> None:
    """After a question of its own."""
    conversation = call("when is my appointment", "Jonas Weber", "okay I want to cancel it")
    assert conversation.session.question is Question.CANCEL_CONFIRM
    hear(conversation, "yes cancel it")
    assert conversation.session.reason is Reason.CANCELLED


def test_a_visit_that_was_just_booked_is_left_to_the_team() -> None:
    """No second one is offered."""
    conversation = call(
        "my furnace is out", "no", "78704", "Jonas Weber", "12 Oak Street", "Friday at nine", "yes", on_file=False
    )
    hear(conversation, "can we do Friday a little later")
    assert conversation.said[-2].startswith("I can't change that here, but I've noted it")
    assert sum(isinstance(request, BookAppointment) for request in conversation.requests) == 1
