"""Whole calls in which the visit on file is to be cancelled or moved after the call has begun to be about service."""

import pytest

from call.session import Question, Reason, State
from call.tool_calls import (
    BookingFound,
    CallerFound,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    ToolRequest,
    ToolResult,
)
from tests.conversation.test_no_clock import hear
from tests.support.driven_call import TURNS, Conversation, first_result

KNOWN = CallerFound(
    Outcome.OK,
    found=True,
    verified=True,
    name="Jonas Weber",
    has_appointment=True,
    appointment_date="Friday, November 27",
)
ON_FILE = BookingFound(
    Outcome.OK, found=True, booking_uid="u1", date="Friday", time="9:00 AM", attendee_name="Jonas Weber"
)
TO = {
    State.SERVICE_AREA: ("problem", "no"),
    State.DISCOVERY: ("problem", "no", "zip_in"),
    State.URGENCY: ("problem", "no", "zip_in", "name", "address"),
    State.PRE_CONFIRM: ("problem", "no", "zip_in", "name", "address", "tuesday"),
}
CANCELS = [
    "I want to cancel my appointment on Friday",
    "actually I need to cancel my Friday visit",
    "can you just cancel the appointment on file",
    "you know what, I'm not going to be there Friday so I want to cancel my appointment",
    "no I said I'd like to cancel our service call",
    "please cancel the Friday one",
    "I'm calling to cancel my existing appointment",
    "that's not it, I'm trying to cancel my visit",
]
BEFORE_AN_OFFER = [
    "can you cancel the appointment I have",
    "just cancel it please",
    "I need to cancel",
    "cancel the visit",
    "cancel Friday please",
]
MOVES = [
    "I need to move my appointment",
    "can we reschedule my Friday visit",
    "I can't make my Friday appointment",
    "I want to change the day of my appointment",
]
OF_SOMETHING_ELSE = [
    "I had to cancel my dentist appointment for this",
    "I already cancelled my other plans",
    "let me move my car out of the way",
    "I had to cancel work today",
    "they cancelled my flight so I'm home",
]

ASKS_WHETHER_CANCELLED = [
    "Is my appointment still on, or was it canceled?",
    "Did somebody cancel my appointment?",
    "I got a text saying my appointment's been cancelled",
    "why was my visit cancelled",
]


def call(*names: str, found: BookingFound = ON_FILE) -> Conversation:
    """A call from a number with a visit on Friday at nine, to which turns of TURNS were fed."""

    def answer(request: ToolRequest) -> ToolResult:
        match request:
            case LookupCaller():
                return KNOWN
            case LookupBooking():
                return found
        return first_result(request)

    conversation = Conversation(answer)
    conversation.start()
    for name in names:
        conversation.feed(TURNS[name])
    return conversation


def changes(conversation: Conversation) -> list[str]:
    """What was done with the visit on file."""
    return [request.action for request in conversation.requests if isinstance(request, ManageAppointment)]


def asked(conversation: Conversation) -> Question | None:
    """The open question."""
    return conversation.session.question


@pytest.mark.parametrize("words", CANCELS)
@pytest.mark.parametrize("state", TO)
def test_a_cancel_is_heard_anywhere_on_the_main_line(state: State, words: str) -> None:
    """Who calls is proved, the visit is read back, and only a yes to that cancels it."""
    conversation = call(*TO[state])
    assert conversation.session.state is state
    hear(conversation, words)
    if conversation.session.question is Question.BOOKING_NAME:
        hear(conversation, "Jonas Weber")
    assert conversation.said[-1] == "Your visit is on Friday at 9:00 AM. Shall I cancel it?"
    assert changes(conversation) == []
    hear(conversation, "yes, cancel it")
    assert (conversation.session.reason, changes(conversation)) == (Reason.CANCELLED, ["cancel"])


@pytest.mark.parametrize("words", BEFORE_AN_OFFER)
def test_before_a_visit_is_offered_there_is_only_one_to_cancel(words: str) -> None:
    """A bare wish is of the visit on file."""
    conversation = call("problem", "no")
    hear(conversation, words)
    assert conversation.session.question is Question.BOOKING_NAME


@pytest.mark.parametrize("words", ["cancel that", "no, cancel it", "can we move it to Wednesday"])
def test_at_the_read_back_it_is_the_visit_that_is_offered(words: str) -> None:
    """The one on file stays as it is."""
    conversation = call(*TO[State.PRE_CONFIRM])
    hear(conversation, words)
    assert conversation.session.state is not State.MANAGE_BOOKING
    assert not any(isinstance(request, LookupBooking) for request in conversation.requests)


@pytest.mark.parametrize("words", MOVES)
def test_a_move_asks_for_the_new_time(words: str) -> None:
    """No second visit is offered while the first one stands."""
    conversation = call("problem", "no", "zip_in", "name")
    hear(conversation, words)
    hear(conversation, "Tuesday at two")
    assert conversation.session.question is Question.MOVE_CONFIRM
    hear(conversation, "yes please")
    assert (conversation.session.reason, changes(conversation)) == (Reason.RESCHEDULED, ["reschedule"])


def test_at_the_safety_question_the_wish_waits_for_its_answer() -> None:
    """Nothing comes before danger; behind it nothing has to be said twice."""
    conversation = call("problem")
    hear(conversation, "I want to cancel my appointment on Friday")
    assert asked(conversation) is Question.SAFETY
    hear(conversation, "no")
    assert asked(conversation) is Question.BOOKING_NAME
    hear(conversation, "Jonas Weber")
    assert asked(conversation) is Question.CANCEL_CONFIRM


def test_a_possible_danger_behind_it_is_asked_about() -> None:
    """Although the main line had cleared one already."""
    conversation = call("problem", "no")
    hear(conversation, "I want to cancel my appointment")
    conversation.feed(TURNS["maybe_gas"])
    assert (conversation.session.state, conversation.session.question) == (State.SAFETY, Question.SAFETY)
    conversation.feed(TURNS["no_gas"])
    assert asked(conversation) is Question.BOOKING_NAME


@pytest.mark.parametrize("words", OF_SOMETHING_ELSE)
@pytest.mark.parametrize("state", TO)
def test_what_else_is_cancelled_or_moved_touches_no_visit(state: State, words: str) -> None:
    """The call goes on where it was."""
    conversation = call(*TO[state])
    hear(conversation, words)
    assert not any(isinstance(request, LookupBooking) for request in conversation.requests)


def test_who_keeps_it_goes_on_with_what_is_broken() -> None:
    """The call was about that before."""
    conversation = call("problem", "no")
    for words in ("I want to cancel my appointment", "Jonas Weber", "no", "no"):
        hear(conversation, words)
    assert (conversation.session.state, changes(conversation)) == (State.SERVICE_AREA, [])


@pytest.mark.parametrize("words", ASKS_WHETHER_CANCELLED)
@pytest.mark.parametrize("behind", ["Correct, Friday at nine.", "Yes.", "That's right, Friday."])
def test_who_asks_whether_it_was_cancelled_hears_when_it_is(words: str, behind: str) -> None:
    """A question about the past is no wish, and no yes behind it cancels what it asks about."""
    conversation = call()
    for said in (words, "Jonas Weber", behind):
        hear(conversation, said)
    assert "Your visit is on Friday at 9:00 AM." in conversation.said
    assert (conversation.session.reason, changes(conversation)) == (Reason.STATUS_TOLD, [])


def test_a_yes_that_only_repeats_the_visit_cancels_nothing() -> None:
    """ "Correct, Friday at nine" may mean that it is to be: asked again."""
    conversation = call()
    for said in ("I need to cancel my appointment", "Jonas Weber", "Correct, Friday at nine."):
        hear(conversation, said)
    assert (asked(conversation), changes(conversation)) == (Question.CANCEL_CONFIRM, [])
    hear(conversation, "yes")
    assert changes(conversation) == ["cancel"]


def test_a_visit_that_is_not_found_twice_is_left_to_a_person() -> None:
    """A call does not go in circles."""
    conversation = call("problem", "no", found=BookingFound(Outcome.OK))
    hear(conversation, "I want to cancel my appointment")
    assert conversation.session.state is State.SERVICE_AREA
    hear(conversation, "I want to cancel my appointment")
    assert conversation.session.reason is Reason.MANAGE_FAILED


def test_what_is_not_on_file_is_not_looked_for() -> None:
    """Without a visit the call stays about service."""
    conversation = Conversation(first_result)
    conversation.start()
    conversation.feed(TURNS["problem"])
    conversation.feed(TURNS["no"])
    hear(conversation, "I need to cancel")
    assert not any(isinstance(request, LookupBooking) for request in conversation.requests)
