"""What a caller tells beside what was asked is noted for the team once, wherever it is said; small talk is not."""

import pytest

from call.business import Business
from call.session import CallSession, ManageAction, Question, Reason, State
from call.tool_calls import CreateCallback
from conversation.owed import to_the_team
from state_machine import StateMachine
from tests.support.driven_call import NOW, Conversation, first_result
from turns.turn_reading import Hearing, read_turn

ANSWERS = {
    "problem": "My furnace stopped working.",
    "safety": "No.",
    "zip": "78704",
    "name": "Alice Monroe",
    "address": "1509 Newton Street",
    "when": "Friday morning",
    "read_back": "yes",
}
CALLBACK = ("My furnace stopped working.", "No.", "Can I talk to a person?")
NOTED, FOR_THE_VISIT = "I've noted that for the team.", "I can't change that here, but I've noted it"
ANYTHING_ELSE = "Is there anything else I can help with?"


def called(*said: str, texts: bool = False) -> Conversation:
    """A call in which this is said, read as the rules read it."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session, machine=StateMachine(Business(texts_callers=texts)))
    conversation.start()
    say(conversation, *said)
    return conversation


def say(conversation: Conversation, *said: str) -> None:
    """Goes on with these words."""
    for words in said:
        session = conversation.session
        hearing = Hearing(session.question, may_approve=True)
        conversation.feed(read_turn(words, hearing, session, conversation.machine.business, NOW))


def until(question: str) -> tuple[str, ...]:
    """The answers up to this question."""
    asked = list(ANSWERS)
    return tuple(ANSWERS[each] for each in asked[: asked.index(question)])


BOOKED = tuple(ANSWERS.values())


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("safety", "No, and the gate code is 8812."),
        ("safety", "No. The unit's in a crawl space, he has to bring a lamp."),
        ("zip", "78704, it's a gated place, code 8812."),
        ("zip", "78704. My secretary Wanda will let y'all in."),
        ("name", "Alice Monroe, and the gate code is 8812."),
        ("name", "Alice Monroe. Please don't ring the bell, the twins are asleep."),
        ("address", "1509 Newton Street, my secretary Wanda will let y'all in."),
        ("address", "1509 Newton Street, and the drain pan is full of water."),
        ("when", "Friday morning, and also the thermostat in the bedroom is dead."),
        ("when", "Friday morning, Wanda will let you in."),
        ("read_back", "Yes. PO 4471-B."),
        ("read_back", "Yes, and the other unit's out too."),
        ("read_back", "Yes, it's the back house."),
    ],
)
def test_what_is_told_beside_an_answer_is_noted(question: str, words: str) -> None:
    """At every question, in the caller's words, and the call goes on."""
    conversation = called(*until(question), words)
    assert conversation.session.notes == [f'The caller also said: "{words}".']
    assert conversation.session.question not in (None, Question.HOW_CAN_I_HELP)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("safety", "No, nothing like that, thank goodness."),
        ("safety", "No, I don't smell a thing."),
        ("zip", "Let me think, 78704."),
        ("zip", "It's 78704, in Austin, Texas."),
        ("name", "Alice Monroe, M-O-N-R-O-E."),
        ("name", "Alice Monroe, nice to meet you."),
        ("address", "We're at 1509 Newton Street, been here forever."),
        ("address", "3309 Menchaca Road, I mean 1509 Newton Street"),
        ("when", "It's been a rough week. Friday morning."),
        ("when", "Friday morning would be best for me, if you can."),
        ("when", "Do you take checks? Friday morning."),
        ("read_back", "Yes please, you've been very kind."),
        ("read_back", "Yes, Friday morning at 1509 Newton Street."),
    ],
)
def test_an_answer_and_small_talk_are_no_notes(question: str, words: str) -> None:
    """Nor is what the record has already."""
    assert called(*until(question), words).session.notes == []


def test_what_was_noted_is_not_noted_again() -> None:
    """In other words either."""
    told = "Alice Monroe, the gate code is 8812."
    session = called(*until("name"), told, "1509 Newton Street, and the code is 8812.").session
    assert session.notes == [f'The caller also said: "{told}".']


@pytest.mark.parametrize(
    "words",
    [
        "Can you tell him the dog bites?",
        "Did you get my apartment number? It's 204.",
        "My daughter says the vent pipe in the attic fell off, is that something he can fix?",
        "But my gate's locked, the code's 8812!",
        "No, but have him knock.",
        "How do I pay? I only have cash.",
    ],
)
def test_what_is_told_behind_a_booking_is_noted_and_the_call_stays_open(words: str) -> None:
    """Also in a question, and beside a no."""
    conversation = called(*BOOKED, words)
    assert conversation.session.added == [f'At the end the caller said: "{words}".']
    assert (conversation.said[-1], conversation.session.closing) == (ANYTHING_ELSE, False)
    say(conversation, "No, thank you.")
    assert conversation.session.closing


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("Hold on, I don't want that.", ManageAction.CANCEL),
        ("No no no, that's not what I wanted.", ManageAction.CANCEL),
        ("What? No, I didn't say to book it.", ManageAction.CANCEL),
        ("Wait, I never said yes.", ManageAction.CANCEL),
        ("Can it be a little later, like noon?", ManageAction.RESCHEDULE),
        ("Could he come a bit earlier?", ManageAction.RESCHEDULE),
    ],
)
def test_who_objects_to_a_booking_or_wants_another_time_hears_that_the_team_sees_to_it(
    words: str, wish: ManageAction
) -> None:
    """And no "see you" behind it."""
    conversation = called(*BOOKED, words)
    assert conversation.session.manage_action is wish
    assert any(FOR_THE_VISIT in line for line in conversation.said)
    say(conversation, "No.")
    assert not any("see you" in line for line in conversation.said)
    text = to_the_team(conversation.session, Business())
    assert text is not None
    assert words in text.reason


def test_who_wants_no_text_objects_to_no_visit() -> None:
    """What is told beside that no is noted, and there is still "anything else?"."""
    conversation = called(*BOOKED, "No, I don't want that.", texts=True)
    assert (conversation.session.manage_action, conversation.session.closing) == (None, False)
    words = "Oh honey I don't text, this is a landline. But tell him to knock loud."
    conversation = called(*BOOKED, words, texts=True)
    assert conversation.session.added == [f'At the end the caller said: "{words}".']
    assert conversation.said[-2:] == [NOTED, ANYTHING_ELSE]


@pytest.mark.parametrize(
    "words",
    [
        "Please have them call after five, I work days.",
        "It's about the upstairs unit.",
        "Ask for Bill.",
        "Don't call before noon, I'm a night nurse.",
        "Can they call me after six?",
        "And I've got an invoice number, it's 40417.",
        "My wife's the one to talk to, her name is Dot.",
        "It's the third time it's broken.",
    ],
)
def test_what_is_told_behind_the_promise_of_a_call_reaches_the_team(words: str) -> None:
    """In the record, and in a text of its own: the one about the call is out already."""
    conversation = called(*CALLBACK, words)
    session = conversation.session
    assert session.added == [f'At the end the caller said: "{words}".']
    assert (session.state, session.closing) == (State.CALLBACK, True)
    assert NOTED in conversation.said
    text = to_the_team(session, Business())
    assert text is not None
    assert words in text.reason


@pytest.mark.parametrize("words", ["Okay, thanks so much, bye.", "Alright, I'll be waiting.", "Sounds good to me."])
def test_who_only_says_goodbye_behind_the_promise_adds_nothing(words: str) -> None:
    """One text for one callback."""
    conversation = called(*CALLBACK, words)
    assert conversation.session.notes == []
    assert to_the_team(conversation.session, Business()) is None


def test_what_is_told_with_the_number_is_in_the_text_about_the_call() -> None:
    """It is asked for on a withheld line."""
    session = CallSession(call_id="CA1", caller_number="", started_at=NOW)
    conversation = Conversation(first_result, session)
    conversation.start()
    say(conversation, *CALLBACK, "512 555 0188, but don't call before noon.")
    created = [request for request in conversation.requests if isinstance(request, CreateCallback)]
    assert "before noon" in created[0].reason
    assert session.reason is Reason.CALLER_WISH
