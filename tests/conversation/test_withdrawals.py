"""Whole calls whose caller wants no visit any more, or not yet, or leaves the one on file as it is."""

from datetime import datetime

import pytest

from call.session import CallSession, Intent, Question, Reason, State
from call.tool_calls import BookAppointment, CreateCallback, ManageAppointment
from records.end_reason import ending_of
from tests.conversation.test_no_clock import hear
from tests.conversation.test_visit_on_file import TO, call, changes
from tests.support.driven_call import TUESDAY_TWO, TURNS, Conversation, first_result

SURE = [
    "I don't think we need y'all anymore",
    "let me think on it and I'll give you a ring",
    "my husband just fixed it, sorry to bother you",
    "you know what, my husband just fixed it",
    "oh, my neighbor already took care of it, thanks",
    "we got it fixed, thank you",
    "We're good, we don't need a visit",
    "No visit, thank you",
    "I don't need anyone to come out anymore",
    "actually we no longer need it, sorry",
    "sorry, I already found somebody else",
    "let me check with my landlord first and call you back",
    "let me talk to my wife and call back",
    "okay, I'll call you back in ten minutes",
    "I'm not booking it yet",
    "I think I'm going to hold off for now, thank you",
    "oh it just kicked back on, never mind",
    "well the AC is working now, so never mind, sorry to bother you",
    "please don't send anyone, I changed my mind",
    "Can I give you a ring tomorrow?",
    "Could I call you back on Thursday?",
    "I'll call you Friday when I know my schedule.",
    "No, I mean I'd call you Friday.",
    "Hmm, let me double check with my wife and get back to y'all on that.",
]
DOUBTED = [
    "we decided not to do it",
    "don't book it yet",
    "never mind",
    "oh forget it",
    "it's working now",
    "hey it just came back on",
    "I changed my mind",
    "I'm confused about all this, never mind",
    "can you just cancel it",
    "Let me get back to y'all on that.",
]
ON_THEY_GO = [
    "I don't want that",
    "I don't want that appointment",
    "I figured it out",
    "I want to call about my heater",
    "I'll get back to you on the zip",
    "my husband fixed it last year and now it's broken again",
    "it came back on but it's still not cooling",
    "he said my husband fixed it wrong",
    "I don't need it today, Wednesday is fine",
    "never mind the noise, it's the heat I'm worried about",
    "I don't need the whole system fixed, just the thermostat",
    "we don't want to wait too long",
    "I don't need a text",
    "I don't need it today",
    "I don't need it today, it can wait until Wednesday",
    "somebody fixed it in March and it broke",
    "I have to check the breaker",
    "it works sometimes",
    "can you give me a ring tomorrow",
    "can I get back to you on the address",
    "can I call you if anything changes",
]
KEPT = [
    "keep it",
    "Hmm, you know what, keep it",
    "Neither. Just keep it the way it is.",
    "Leave it alone, that's it, thanks bye",
    "no, don't cancel it",
    "no, leave it as it is please",
    "I'll keep it",
    "actually let's keep my appointment",
    "just leave everything like that",
    "no don't change anything, thank you",
    "I'd rather keep it as scheduled",
    "let me talk to my wife and call you back",
]


def service_call(*names: str) -> Conversation:
    """A call from a number without a visit on file."""
    conversation = Conversation(first_result)
    conversation.start()
    for name in names:
        conversation.feed(TURNS[name])
    return conversation


def wished(session: CallSession) -> datetime | None:
    """The visit that the record would say was wanted."""
    return session.visit_at


@pytest.mark.parametrize("words", SURE)
@pytest.mark.parametrize("state", TO)
def test_who_wants_no_visit_is_let_go(state: State, words: str) -> None:
    """It is said that nothing was booked; nobody is promised a call, and the record has no wish of the bot's."""
    conversation = service_call(*TO[state])
    hear(conversation, words)
    session = conversation.session
    assert conversation.said[-1] == "All right, I haven't booked anything. Please call us again any time. Goodbye."
    assert (session.state, session.reason, session.closing) == (State.GOODBYE, Reason.DONE, True)
    assert not any(isinstance(request, BookAppointment | CreateCallback) for request in conversation.requests)
    assert (wished(session), session.notes) == (None, [f'The caller wants no visit for now: "{words}".'])
    assert ending_of(session).posts_job


@pytest.mark.parametrize("words", DOUBTED)
@pytest.mark.parametrize("answer", ["no", "yes"])
def test_what_may_be_meant_otherwise_is_asked_about(words: str, answer: str) -> None:
    """One question; a no ends the call, a yes goes on where it was."""
    conversation = service_call("problem", "no", "zip_in", "name")
    hear(conversation, words)
    assert conversation.said[-1] == "Do you still want us to come out?"
    hear(conversation, answer)
    expected = (State.GOODBYE, None) if answer == "no" else (State.DISCOVERY, Question.ADDRESS)
    assert (conversation.session.state, conversation.session.question) == expected


@pytest.mark.parametrize("words", ["No, not yet, I need to ask my landlord first", "not right now, I'll call back"])
def test_not_yet_at_the_read_back_is_no_other_time(words: str) -> None:
    """It is asked for no change of what was offered."""
    conversation = service_call(*TO[State.PRE_CONFIRM])
    hear(conversation, words)
    assert conversation.session.reason is Reason.DONE


@pytest.mark.parametrize("words", ON_THEY_GO)
@pytest.mark.parametrize("state", TO)
def test_what_only_sounds_so_ends_and_asks_nothing(state: State, words: str) -> None:
    """An ordinary call gets no longer by it."""
    conversation = service_call(*TO[state])
    hear(conversation, words)
    session = conversation.session
    assert (session.reason, session.question is Question.END_DOUBT) == (None, False)


@pytest.mark.parametrize("words", KEPT)
@pytest.mark.parametrize("question", [Question.CANCEL_CONFIRM, Question.MANAGE_WHAT])
def test_who_keeps_the_visit_on_file_is_let_go(question: Question, words: str) -> None:
    """Nothing is changed, and that is what is said."""
    conversation = call("cancel", "name", *(["no"] if question is Question.MANAGE_WHAT else []))
    assert conversation.session.question is question
    hear(conversation, words)
    session = conversation.session
    assert conversation.said[-1] == "All right, your visit stays as it is. Thank you, goodbye."
    assert (session.state, session.intent, changes(conversation)) == (State.GOODBYE, Intent.MANAGE, [])
    assert not ending_of(session).posts_job


@pytest.mark.parametrize("words", ["keep it but move it to Tuesday at two", "don't cancel it, move it"])
def test_who_wants_it_moved_instead_is_heard(words: str) -> None:
    """A wish beside it is none to leave it."""
    conversation = call("cancel", "name")
    hear(conversation, words)
    assert conversation.session.question in (Question.NEW_TIME, Question.MOVE_CONFIRM)


def test_a_possible_danger_is_not_left_behind() -> None:
    """At the safety question nothing ends the call but its answer."""
    conversation = service_call("maybe_gas")
    hear(conversation, "my husband just fixed it, sorry to bother you")
    assert conversation.session.question is Question.SAFETY


def test_the_visit_on_file_is_what_is_cancelled() -> None:
    """Who has one and found somebody else means that one before another is offered."""
    conversation = call("problem", "no")
    hear(conversation, "cancel my appointment, I found somebody else")
    assert conversation.session.question is Question.BOOKING_NAME


def test_a_turn_that_withdraws_tells_no_fact() -> None:
    """Ten minutes until a call are no time of a visit."""
    conversation = service_call(*TO[State.PRE_CONFIRM])
    assert wished(conversation.session) == TUESDAY_TWO
    hear(conversation, "I'll call you back in ten minutes")
    assert wished(conversation.session) is None
    assert not any(isinstance(request, ManageAppointment) for request in conversation.requests)


def test_at_the_doubt_a_withdrawal_is_sure() -> None:
    """Whatever was doubted, who says that no visit is needed is let go."""
    conversation = service_call("problem", "no")
    hear(conversation, "never mind")
    hear(conversation, "no, my brother fixed it")
    assert conversation.session.reason is Reason.DONE
