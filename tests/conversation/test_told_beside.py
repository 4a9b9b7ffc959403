"""What a caller tells beside what was asked is noted for the team once, wherever it is said; small talk is not."""

import pytest

from call.business import Business
from call.session import CallSession, ManageAction, Question, Reason, State
from call.tool_calls import CreateCallback
from conversation.owed import to_the_team
from records.summary import problem_of
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
        "My daughter says the filter cover in the attic fell off, is that something he can fix?",
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


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("Yes, apartment B.", "1 5 0 9 Newton Street Apartment B"),
        ("You forgot the unit number, 12.", "1 5 0 9 Newton Street Unit 12"),
        ("It's 1590, not 1509.", "1 5 9 0 Newton Street"),
    ],
)
def test_a_part_of_the_address_at_the_read_back_is_read_back(words: str, address: str) -> None:
    """And booked with the yes to that, not noted."""
    conversation = called(*until("read_back"), words)
    assert conversation.session.notes == []
    assert conversation.session.question is Question.READ_BACK
    assert address in conversation.said[-1]
    say(conversation, "Yes.")
    assert conversation.session.booked_at is not None


@pytest.mark.parametrize(
    "words",
    [
        "Yes, but put my number on it, I'm Patty.",
        "Yes, I'm Dave, her husband.",
        "Yes. My name is Dave, I'm her husband.",
    ],
)
def test_who_calls_beside_the_name_of_the_visit_renames_nothing(words: str) -> None:
    """It is somebody else's visit, and the team reads who called."""
    session = called(*until("read_back"), words).session
    assert session.name == "Alice Monroe"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("No, I'm Jonas Weber.", "Jonas Weber"),
        ("Yes, but my name is Alicia Monroe.", "Alicia Monroe"),
        ("My name's not Alice, it's Alicia.", "Alicia Monroe"),
    ],
)
def test_a_name_that_is_corrected_is_changed_as_ever(words: str, name: str) -> None:
    """By a no, or by words of the one that was read back."""
    assert called(*until("read_back"), words).session.name == name


def test_a_name_is_taken_with_the_number_that_is_asked_for_at_the_read_back() -> None:
    """ "This number" answers the question, and the name is told beside it."""
    conversation = called(*until("read_back"), "No, the phone number is wrong.")
    assert conversation.session.question is Question.PHONE
    say(conversation, "This number. And the name is Harold Jennings.")
    assert (conversation.session.name, conversation.session.question) == ("Harold Jennings", Question.READ_BACK)


def test_the_reason_why_no_visit_is_wanted_is_noted_with_the_no() -> None:
    """It was told in the turn before, which was asked about."""
    reason = "You know what, my neighbor says he can look at it. I'll hold off."
    session = called(*until("address"), reason, "No.").session
    assert session.notes == [f'The caller wants no visit for now: "{reason} No.".']


def test_a_title_ends_no_sentence() -> None:
    """The problem is whole."""
    session = called("My neighbor Mrs. Kaplan says her furnace is out and she wants somebody to come.").session
    assert session.problem == "My neighbor Mrs. Kaplan says her furnace is out and she wants somebody to come"


def test_a_phone_that_is_dead_is_no_problem_of_the_system() -> None:
    """What is told with a number is of the phone."""
    session = CallSession(call_id="CA1", caller_number="", started_at=NOW)
    conversation = Conversation(first_result, session)
    conversation.start()
    words = "My cell is 512-555-0147, but it's dead so use the house, 512-555-0148."
    say(conversation, "Have someone call me please.", words)
    assert (session.problem, session.callback_phone) == ("", "+15125550148")
    assert problem_of(session) == "Have someone call me please."


def test_who_tells_only_a_name_of_a_bill_is_asked_what_it_is_about() -> None:
    """Once; a second answer is taken as it is."""
    conversation = called("I have a question about my bill.", "It's Joan.")
    assert conversation.said[-1] == "And what is it about?"
    say(conversation, "I was charged twice in October, and I want it refunded.")
    session = conversation.session
    assert (session.name, session.reason) == ("Joan", Reason.BILLING)
    assert session.problem == "I was charged twice in October, and I want it refunded."
    again = called("I have a question about my bill.", "It's Joan.", "It's Joan Oliver.").session
    assert again.state is State.CALLBACK


@pytest.mark.parametrize(
    "said",
    [
        ("Hi, I'm looking to get a price on putting a mini split in my garage.", "No."),
        ("How much is the visit?", "I don't need a diagnostic, there's nothing there. I want to put one in."),
    ],
)
def test_who_asks_the_price_and_wants_a_system_put_in_is_a_lead(said: tuple[str, ...]) -> None:
    """A comfort advisor calls; no goodbye behind a no to the diagnostic."""
    session = called(*said).session
    assert session.high_ticket
    assert (session.state, session.reason) != (State.GOODBYE, Reason.DONE)


def test_what_is_told_in_spanish_behind_the_promise_is_noted_and_said_so_in_spanish() -> None:
    """Thanks are none."""
    promised = ("Mi aire no enfría.", "No, no huele a nada.")
    words = "Por favor llamen después de las cinco, trabajo de día."
    conversation = called(*promised, words)
    assert conversation.session.added == [f'At the end the caller said: "{words}".']
    assert "Lo he anotado para el equipo." in conversation.said
    assert called(*promised, "Muchas gracias, muy amable.").session.added == []


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("It's Paul Reyes at 900 Lydia Street.", ("Paul Reyes", "900 Lydia Street", "")),
        ("My name's Paul Reyes.", ("Paul Reyes", "", "")),
        ("The address is 900 Lydia Street.", ("", "900 Lydia Street", "")),
        ("Yeah, call my cell, 512 555 0144, not this one.", ("", "", "+15125550144")),
        ("It's Paul Reyes, my cell is 512 555 0144, not this one.", ("Paul Reyes", "", "+15125550144")),
    ],
)
def test_who_and_where_that_are_told_behind_the_promise_are_learned(words: str, known: tuple[str, str, str]) -> None:
    """The text about the call is out without them: the team gets another one."""
    session = called("Please have somebody call me about my heater.", words).session
    assert (session.name, session.address, session.callback_phone) == known
    text = to_the_team(session, Business())
    assert text is not None
    assert words in text.reason


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Soy Gloria Paredes.", "Gloria Paredes"),
        ("Me llamo Gloria Paredes, vivo en el 1200 de la calle Cesar Chavez.", "Gloria Paredes"),
        ("Gloria Paredes, al 512 555 0199.", ""),
    ],
)
def test_who_is_told_in_spanish_behind_the_promise_reaches_the_team(words: str, name: str) -> None:
    """Also a name that is only in the words, beside a number."""
    session = called("Mi aire no enfría.", "No, no huele a nada.", words).session
    assert session.name == name
    text = to_the_team(session, Business())
    assert text is not None
    assert words in text.reason


def test_what_is_known_and_said_again_behind_the_promise_is_no_text() -> None:
    """And another name is noted, while the one that was given stays."""
    until_then = (*until("address"), "Can I talk to a person?")
    session = called(*until_then, "It's Alice Monroe.").session
    assert (session.state, session.added) == (State.CALLBACK, [])
    session = called(*until_then, "My name is Paul Reyes.").session
    assert (session.name, len(session.added)) == ("Alice Monroe", 1)
