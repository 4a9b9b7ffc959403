"""What a caller says in an end state: more that is wanted, and a danger, behind what was done."""

import pytest

from call.business import Business
from call.session import CallbackStatus, CallSession, EntryKind, Question, State
from call.tool_calls import LookupBooking, SendEmergencyAlert, ToolRequest, ToolResult
from conversation.owed import to_the_team
from records.end_reason import ending_of
from tests.support.driven_call import FAULT, NOW, SILENCE, TIME_UP, Conversation, first_result, results_for
from turns.turn_reading import Hearing, read_turn

CANCELLED = ("Cancel my appointment", "Jonas Weber", "Yes, cancel it")
TOLD = ("When is my appointment?", "Jonas Weber")


def visit_on_file(request: ToolRequest) -> ToolResult:
    """A visit of Jonas Weber's; all else is answered as ever."""
    return results_for(request)[1] if isinstance(request, LookupBooking) else first_result(request)


def called(*said: str) -> Conversation:
    """A call in which this is said, read as the rules read it."""
    conversation = Conversation(visit_on_file)
    conversation.start()
    say(conversation, *said)
    return conversation


def asked(conversation: Conversation) -> Question | None:
    return conversation.session.question


def say(conversation: Conversation, *said: str) -> None:
    """Goes on with these words."""
    for words in said:
        hearing = Hearing(conversation.session.question, may_approve=True)
        conversation.feed(read_turn(words, hearing, conversation.session, conversation.machine.business, NOW))


@pytest.mark.parametrize("way", [CANCELLED, TOLD])
@pytest.mark.parametrize(
    "words",
    [
        "Yes, my air conditioner upstairs stopped working. Can you send somebody on Friday?",
        "My heater is dead now, can you send somebody today?",
        "Please have someone call me back",
        "Can I talk to a real person please?",
    ],
)
def test_what_is_wanted_behind_a_visit_is_a_lead(way: tuple[str, ...], words: str) -> None:
    """Nobody acts on it in the call: the team sees it, in its text and on the dashboard."""
    session = called(*way, words).session
    assert session.state is State.CONFIRM
    ending, text = ending_of(session), to_the_team(session, Business())
    assert (ending.end_call_reason, ending.posts_job) == ("callback_later", True)
    assert text is not None
    assert words in text.reason


@pytest.mark.parametrize(("way", "reason"), [(CANCELLED, "cancelled"), (TOLD, "completed")])
def test_who_wants_nothing_more_is_no_lead(way: tuple[str, ...], reason: str) -> None:
    session = called(*way, "No, that's all, thank you").session
    session.note(EntryKind.AGENT, "Your visit is on Friday at 9 AM.", NOW, detail="status", heard=1.0)
    ending = ending_of(session)
    assert (ending.end_call_reason, ending.posts_job) == (reason, False)


BOOKED = (
    "My furnace is not heating",
    "No",
    "78704",
    "Dana Whitfield",
    "1204 Barton Springs Road",
    "Tuesday at 2 PM",
    "Yes, please",
)


@pytest.mark.parametrize("way", [BOOKED, CANCELLED])
@pytest.mark.parametrize(
    "words",
    [
        "No, that's it, thank you.",
        "no that is it",
        "No no, that's it",
        "Wait, no, that's it.",
        "Sorry, that's it",
        "Actually, that's it.",
        "No, that's everything for today",
        "No, that's plenty, thanks",
        "No, that's enough for today",
        "No, it's perfect, thank you",
        "No, that's wonderful, thanks.",
        "No, that's super",
    ],
)
def test_who_says_that_this_is_it_is_let_go(way: tuple[str, ...], words: str) -> None:
    """A no that goes on with "that's it" corrects nothing: nothing is noted, and nothing is asked again."""
    conversation = called(*way, words)
    assert (conversation.session.added, conversation.session.closing) == ([], True)
    assert "I've noted that for the team." not in conversation.said


@pytest.mark.parametrize(
    "words",
    ["No, it's 45 Oak Street", "no it's upstairs", "No, it's Wednesday", "No, that's it, but the gate is locked"],
)
def test_who_says_what_it_is_instead_is_noted(words: str) -> None:
    """The same beginning, and a fact behind it."""
    assert called(*BOOKED, words).session.added == [f'At the end the caller said: "{words}".']


# A possible danger in an end state

CALLBACK = ("I want someone to call me back please",)
GOODBYE = ("I would like to sell you some insurance", "No, goodbye")
HOT = "The breaker is hot and buzzing"
ALARM = "The carbon monoxide alarm beeped yesterday"


@pytest.mark.parametrize("way", [BOOKED, CANCELLED, CALLBACK, GOODBYE])
@pytest.mark.parametrize("words", [HOT, ALARM])
def test_a_possible_danger_at_the_end_is_asked_about(way: tuple[str, ...], words: str) -> None:
    """Before anything else; a yes is a danger as anywhere, and the team has the words."""
    conversation = called(*way, words)
    session = conversation.session
    assert (asked(conversation), session.closing) == (Question.SAFETY, False)
    assert session.added == [f'At the end the caller said: "{words}".']
    say(conversation, "Yes")
    assert conversation.session.state is State.SAFETY_EXIT
    assert [type(request) for request in conversation.requests].count(SendEmergencyAlert) == 1


@pytest.mark.parametrize("way", [BOOKED, CANCELLED])
def test_what_is_no_danger_goes_on_to_the_end(way: tuple[str, ...]) -> None:
    """A danger that is feared still is asked about once more; then the end, for there is no second "anything else?"."""
    conversation = called(*way, ALARM, "Maybe a little")
    assert asked(conversation) is Question.SAFETY
    say(conversation, "No")
    assert "I've noted that for the team." in conversation.said
    assert (conversation.session.state, conversation.session.closing) == (State.CONFIRM, True)


@pytest.mark.parametrize("way", [BOOKED, CALLBACK])
def test_a_hot_part_is_asked_about_once(way: tuple[str, ...]) -> None:
    """It stays hot beside a no to all the rest (L9)."""
    conversation = called(*way, HOT, "No, the breaker is just hot")
    assert asked(conversation) is not Question.SAFETY
    assert conversation.session.closing


def test_a_number_that_was_asked_for_is_asked_for_behind_it() -> None:
    """A callback on a withheld line: the danger first, then the number, then V2."""
    conversation = Conversation(first_result, CallSession(call_id="CA1", caller_number="", started_at=NOW))
    conversation.start()
    say(conversation, *CALLBACK, ALARM)
    assert asked(conversation) is Question.SAFETY
    say(conversation, "No")
    assert asked(conversation) is Question.PHONE
    say(conversation, "512 555 0188")
    assert conversation.session.callback_status is CallbackStatus.CREATED


def test_a_number_told_with_the_danger_is_kept() -> None:
    conversation = Conversation(first_result, CallSession(call_id="CA1", caller_number="", started_at=NOW))
    conversation.start()
    say(conversation, *CALLBACK, "It's 512 555 0188, and the carbon monoxide alarm beeped yesterday")
    assert asked(conversation) is Question.SAFETY
    say(conversation, "No")
    assert conversation.session.callback_status is CallbackStatus.CREATED


@pytest.mark.parametrize("event", [SILENCE, TIME_UP, FAULT])
def test_who_does_not_answer_is_let_go_and_a_yes_to_the_goodbye_is_no_danger(event: str) -> None:
    conversation = called(*BOOKED, ALARM)
    conversation.feed(event)
    assert conversation.session.closing
    say(conversation, "Yes, thank you, bye")
    assert conversation.session.state is State.CONFIRM


def test_a_hold_at_the_end_is_no_turn() -> None:
    """Somebody who gets a pen is not hung up on, and what comes then is answered."""
    conversation = called(*BOOKED, "Hold on, let me get a pen to write this down")
    assert conversation.said[-1] == "Sure, take your time."
    assert not conversation.session.closing
    assert conversation.session.notes == []
    say(conversation, "No, that's all, thanks")
    assert conversation.session.closing


# Behind a goodbye

LEFT = ("My furnace is not heating", "No", "bye")
SELLER = ("Hi, I'm calling from a marketing agency to offer you more leads for your business", "No, goodbye")
OUTSIDE = ("My furnace is not heating", "No", "78613", "Yes")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (LEFT, "Well, my AC is broken too"),
        (LEFT, "do you fix heaters? Mine's out"),
        (LEFT, "Actually yeah, let's do it, come Wednesday"),
        (LEFT, "oh wait, can you come out on Thursday morning?"),
        (LEFT, "Hold on a second, I need somebody to look at my furnace"),
        (LEFT, "no wait, can I talk to a real person"),
        (LEFT, "wait, have someone call me back"),
        (LEFT, "sorry, one more thing, the water heater closet is flooding from the AC"),
        (LEFT, "I need to cancel my appointment on Friday"),
        (OUTSIDE, "Wait, no, I meant my rental, that's 78702 in Austin"),
        (OUTSIDE, "oh sorry, it's 78704"),
        (OUTSIDE, "that's my office, the house is in 78745"),
    ],
)
def test_who_wants_us_after_all_is_promised_a_call(way: tuple[str, ...], words: str) -> None:
    """The call is a lead, and its facts are learnt."""
    conversation = called(*way)
    assert (conversation.session.state, conversation.session.closing) == (State.GOODBYE, True)
    say(conversation, words)
    session = conversation.session
    assert (session.outcome, session.closing) == ("callback:caller_wish", True)
    assert session.callback_status is CallbackStatus.CREATED
    assert ending_of(session).posts_job
    assert not session.zip_unconfirmed


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (LEFT, "thanks, bye"),
        (LEFT, "okay"),
        (LEFT, "have a good one, see you Tuesday"),
        (LEFT, "what was your name again?"),
        (OUTSIDE, "oh that's a shame"),
        (OUTSIDE, "78613, right"),
        (OUTSIDE, "or maybe 10001"),
        (OUTSIDE, "okay, I'll find somebody else then"),
        (SELLER, "I can come by Thursday to show it to you"),
        (SELLER, "let me speak to the owner"),
    ],
)
def test_who_wants_nothing_behind_the_goodbye_is_let_go(way: tuple[str, ...], words: str) -> None:
    """Answered once, as ever (R14); who sells something is promised nothing."""
    conversation = called(*way, words)
    assert (conversation.session.state, conversation.session.closing) == (State.GOODBYE, True)
    assert conversation.said[-1] == "Thank you. Goodbye."
