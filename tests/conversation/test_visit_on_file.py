"""Whole calls in which the visit on file is to be cancelled or moved after the call has begun to be about service."""

from dataclasses import replace

import pytest

from call.business import Business
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
from conversation.owed import to_the_team
from records.end_reason import ending_of
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
DATED = replace(ON_FILE, date="Friday, November 27")
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
ASKS_WHEN = [
    "When is my appointment?",
    "What time are you coming tomorrow?",
    "I just need the time of my visit",
    "Nothing's wrong with it, it's the yearly check. I just need the time.",
    "I don't want a new visit. I have one Friday. What time is it?",
    "Is he still coming at nine?",
]
SOON = ["When can you come?", "What time could somebody be here?", "When's your next opening?"]
MESSAGES = [
    "Just wanted to let you know my wife will be there instead of me",
    "I forgot to give you the gate code, it's 8812",
    "I have an appointment Friday, can you tell the technician the key's under the mat?",
    "Could you tell him to come to the back door?",
]
NO_MESSAGES = [
    "He has to come back, the noise is still there",
    "I need somebody to come look at my upstairs unit too",
    "I'd like to schedule a tune-up for my rental, the tenant will let you in",
    "My furnace is out, tell him to hurry",
    "I wanted to let you know my heater is broken",
    "The thermostat says E5 and it won't heat, can you tell me what that means?",
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


@pytest.mark.parametrize("words", ASKS_WHEN)
@pytest.mark.parametrize("before", [("hello",), ("hello", "no"), ("hello", "no", "zip_in")])
def test_who_asks_when_it_is_hears_it(words: str, before: tuple[str, ...]) -> None:
    """From the main line as well, once danger is cleared and the caller has proved to be whose it is."""
    conversation = call(*before)
    hear(conversation, words)
    if asked(conversation) is Question.SAFETY:
        conversation.feed(TURNS["no"])
    assert asked(conversation) is Question.BOOKING_NAME
    hear(conversation, "Jonas Weber")
    assert "Your visit is on Friday at 9:00 AM." in conversation.said
    assert (conversation.session.reason, conversation.session.visit_at) == (Reason.STATUS_TOLD, None)


@pytest.mark.parametrize("words", SOON)
def test_who_asks_how_soon_somebody_can_come_wishes_for_a_visit(words: str) -> None:
    """And for none of the one on file."""
    conversation = call("hello", "no", "zip_in")
    hear(conversation, words)
    assert not any(isinstance(request, LookupBooking) for request in conversation.requests)


def test_who_asks_when_it_is_on_the_way_to_another_goes_on_with_that() -> None:
    """What is broken was told, and is not lost for the question."""
    conversation = call("problem", "no")
    for words in ("When is my other appointment?", "Jonas Weber"):
        hear(conversation, words)
    assert "Your visit is on Friday at 9:00 AM." in conversation.said
    assert (conversation.session.state, asked(conversation)) == (State.SERVICE_AREA, Question.ZIP)


@pytest.mark.parametrize("words", MESSAGES)
@pytest.mark.parametrize("before", [(), ("hello",), ("hello", "no"), ("hello", "no", "zip_in")])
def test_a_message_for_it_is_noted_and_told_to_the_team(words: str, before: tuple[str, ...]) -> None:
    """Nobody asks what is broken, and no visit is wished for the day that was named."""
    conversation = call(*before)
    hear(conversation, words)
    if asked(conversation) is Question.SAFETY:
        conversation.feed(TURNS["no"])
    session = conversation.session
    assert "I've noted that for the team." in conversation.said
    assert (session.reason, session.problem, session.visit_at) == (Reason.MESSAGE_TAKEN, "", None)
    assert session.notes == [f'For the visit on file the caller said: "{words}".']
    text = to_the_team(session, Business())
    assert text
    assert text.reason == f"Of the visit on Friday, November 27, by phone: {session.notes[0]}"
    assert ending_of(session).posts_job


def test_who_wants_somebody_else_called_about_it_leaves_a_message() -> None:
    """It is no wish to be called back."""
    conversation = call("hello", "no")
    hear(conversation, "can he call my husband instead of me when he's on the way?")
    assert conversation.session.reason is Reason.MESSAGE_TAKEN


@pytest.mark.parametrize("words", NO_MESSAGES)
def test_what_is_told_of_something_broken_is_no_message(words: str) -> None:
    """The call is about service."""
    conversation = call()
    hear(conversation, words)
    assert asked(conversation) is Question.SAFETY
    conversation.feed(TURNS["no"])
    assert conversation.session.state is State.SERVICE_AREA


def test_who_only_wishes_to_leave_a_message_is_heard_out() -> None:
    """What it is comes next, and is noted."""
    conversation = call("hello", "no")
    hear(conversation, "I just want to leave a message for the technician")
    assert conversation.said[-1] == "Sure, go ahead."
    hear(conversation, "The unit is up on the roof")
    assert 'At the end the caller said: "The unit is up on the roof".' in conversation.session.added


def test_what_is_to_be_told_beside_a_cancel_is_noted() -> None:
    """Somebody else's number in it is not the caller's, and the visit is cancelled by the next yes."""
    conversation = call()
    beside = "Yes. Oh, and can you call him and tell him? He's at 512-555-0144."
    for words in ("I need to cancel my appointment", "Jonas Weber", beside):
        hear(conversation, words)
    session = conversation.session
    assert (asked(conversation), session.callback_phone) == (Question.CANCEL_CONFIRM, "")
    hear(conversation, "yes")
    assert (changes(conversation), session.added) == (
        ["cancel"],
        [f'For the visit on file the caller said: "{beside}".'],
    )


def test_who_doubts_what_was_done_is_noted() -> None:
    """A no before it is none to "anything else?"."""
    conversation = call()
    for words in ("I need to cancel my appointment", "Jonas Weber", "yes", "No wait, is that for certain?"):
        hear(conversation, words)
    assert conversation.session.added == ['At the end the caller said: "No wait, is that for certain?".']


def test_a_visit_on_file_is_told_of_in_spanish() -> None:
    """To who speaks it; who asks when it is, is called back."""
    conversation = call("spanish")
    assert "Veo que ya hay una visita programada con este número." in conversation.said
    other = call()
    hear(other, "¿A qué hora viene el técnico mañana?")
    assert other.session.reason is Reason.SPANISH


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


@pytest.mark.parametrize(
    "words",
    [
        "Hmm. You know, let's just leave it.",
        "Hmm, no, I'd better keep it.",
        "No, just leave the one I've got.",
    ],
)
@pytest.mark.parametrize("before", ["I need to cancel my appointment", "Can I move my appointment to Tuesday at two?"])
def test_who_leaves_it_as_it_is_hears_so(before: str, words: str) -> None:
    """At the cancel and at the move that is offered; nobody goes round."""
    conversation = call(found=DATED)
    for said in (before, "Jonas Weber"):
        hear(conversation, said)
    assert asked(conversation) in (Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM)
    hear(conversation, words)
    assert conversation.said[-1] == "All right, your visit stays as it is. Thank you, goodbye."
    assert changes(conversation) == []


@pytest.mark.parametrize("words", ["Hmm, actually no, leave it on Friday.", "No, just keep it for Friday."])
def test_who_leaves_it_on_the_day_it_has_moves_nothing(words: str) -> None:
    """The day tells it from a wish for the one that is offered."""
    conversation = call(found=DATED)
    for said in ("Can I move my appointment to Tuesday at two?", "Jonas Weber", words):
        hear(conversation, said)
    assert conversation.said[-1] == "All right, your visit stays as it is. Thank you, goodbye."
    assert changes(conversation) == []


@pytest.mark.parametrize("words", ["Leave it on Tuesday.", "No, do Wednesday at nine.", "Don't leave it on Friday."])
def test_another_day_than_its_own_leaves_nothing_as_it_is(words: str) -> None:
    """The move goes on."""
    conversation = call(found=DATED)
    for said in ("Can I move my appointment to Tuesday at two?", "Jonas Weber", words):
        hear(conversation, said)
    assert (asked(conversation), conversation.session.closing) == (Question.MOVE_CONFIRM, False)


@pytest.mark.parametrize(
    "words",
    [
        "No, that's all.",
        "No, I'm good",
        "Nothing, thanks.",
        "I'm fine, thanks",
        "None of that.",
        "No ma'am, that's it.",
        "No, I don't need anything else.",
        "I just want to keep my appointment.",
    ],
)
def test_who_wants_nothing_done_with_it_is_let_go(words: str) -> None:
    """At the question what to do with it."""
    conversation = call()
    for said in ("I need to cancel my appointment", "Jonas Weber", "no", words):
        hear(conversation, said)
    assert (conversation.session.reason, changes(conversation)) == (Reason.DONE, [])


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("That's it, move it.", Question.NEW_TIME),
        ("No, I wanted to ask about the filter.", Question.MANAGE_WHAT),
        ("I'm not good with Friday", Question.MANAGE_WHAT),
        ("I won't be home on Tuesday morning.", Question.MANAGE_WHAT),
        ("Friday at nine.", Question.MANAGE_WHAT),
        ("Is it Tuesday at two?", Question.MANAGE_WHAT),
        ("Tomorrow morning.", Question.MOVE_CONFIRM),
    ],
)
def test_only_a_bare_day_there_is_one_to_move_it_to(words: str, question: Question) -> None:
    """What else is told there ends nothing and moves nothing."""
    conversation = call(found=DATED)
    for said in ("I need to cancel my appointment", "Jonas Weber", "no", words):
        hear(conversation, said)
    assert (asked(conversation), changes(conversation)) == (question, [])


@pytest.mark.parametrize(
    "words", ["I just want my appointment moved up if you can.", "I'd like to have my Friday appointment rescheduled"]
)
def test_an_appointment_to_be_moved_is_a_move(words: str) -> None:
    """The new time is asked for."""
    conversation = call("problem", "no")
    for said in (words, "Jonas Weber"):
        hear(conversation, said)
    assert asked(conversation) is Question.NEW_TIME


def test_something_broken_told_for_who_comes_is_a_message() -> None:
    """It is noted, nobody asks for a name, and no second visit is made of it."""
    words = "I have an appointment Friday, I wanted to let the technician know the upstairs unit is acting up too."
    conversation = call()
    hear(conversation, words)
    session = conversation.session
    assert (session.reason, session.problem) == (Reason.MESSAGE_TAKEN, "")
    assert session.notes == [f'For the visit on file the caller said: "{words}".']


@pytest.mark.parametrize(
    "words",
    [
        "I have an appointment Friday and my upstairs unit is acting up too.",
        "I have an appointment Friday, tell him the heater is acting up and I need him right away.",
        "Tell the technician my heater is acting up.",
    ],
)
def test_something_broken_that_is_no_message_is_none(words: str) -> None:
    """Nor is one for somebody who is to hurry, or without a word of the visit."""
    conversation = call()
    hear(conversation, words)
    assert conversation.session.reason is not Reason.MESSAGE_TAKEN
