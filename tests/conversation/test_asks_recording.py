"""Whole calls whose caller asks whether they are recorded: the truth of this call, and what was open once more."""

import pytest

from call.business import Business
from call.session import RECORDED, EntryKind, Question, Reason, State
from call.tool_calls import BookAppointment
from state_machine import StateMachine
from tests.conversation.test_recording import OBJECTION, new_session
from tests.support.driven_call import NOW, TUESDAY_TWO, TURNS, Conversation, first_result
from understanding.turn import understand

RECORDS, RECORDS_NONE = Business(records=True), Business()
YES = "Yes, this call is recorded. If you don't want that, just tell me."
NO = "This call isn't recorded."
TO_THE_READ_BACK = ("problem", "no", "zip_in", "name", "address", "tuesday")
ASKED = [
    "Is this call recorded?",
    "Are you recording me?",
    "am I being recorded right now?",
    "do you record these calls?",
    "hey, is this call being monitored or recorded?",
    "can I ask, is this line recorded?",
    "do you know if this call is recorded",
    "so you're recording this, right?",
    "am I on a recorded line?",
    "is everything I say recorded",
    "before I go on, is this recorded?",
    "why are you recording me?",
    "is anyone taping this",
]
OTHER = [
    "are you recording my address?",
    "did you record my number",
    "is this a recording?",
    "it was recorded at ninety degrees",
    "do you have a record of my visit",
    "can I record this call?",
    "I've recorded the noise it makes",
    "is this a recorded message",
    "is it on record that I called before",
    "do you record the temperature when you come",
]


def called(*turns: str, business: Business = RECORDS, knows: bool = True) -> Conversation:
    """A call with these turns of TURNS, or words; `knows`: its caller has heard the first line to its end."""
    session = new_session()
    conversation = Conversation(first_result, session, machine=StateMachine(business))
    conversation.start()
    if knows and business.records:
        session.note(EntryKind.AGENT, "This call is recorded.", NOW, detail=RECORDED, heard=1.0)
    for turn in turns:
        hear(conversation, turn)
    return conversation


def hear(conversation: Conversation, words: str) -> None:
    """One turn: of TURNS, or as the rules read it."""
    session = conversation.session
    read = understand(words, question=session.question, now=NOW, visit_at=session.visit_at, known_name=session.name)
    conversation.feed(TURNS.get(words) or read)


@pytest.mark.parametrize("words", ASKED)
@pytest.mark.parametrize("way", [(), ("problem",), TO_THE_READ_BACK[:3], TO_THE_READ_BACK], ids=len)
@pytest.mark.parametrize(("business", "told"), [(RECORDS, YES), (RECORDS_NONE, NO)], ids=["recorded", "not"])
def test_whoever_asks_hears_it_and_what_was_open(
    business: Business, told: str, way: tuple[str, ...], words: str
) -> None:
    """By what is so for this call; nothing is learnt, and the question stays open."""
    conversation = called(*way, business=business)
    session = conversation.session
    before = (session.state, session.question, session.name, session.problem, session.visit_at)
    hear(conversation, words)
    assert conversation.said[-2] == told
    assert conversation.said[-1].endswith("?")
    assert (session.state, session.question, session.name, session.problem, session.visit_at) == before


@pytest.mark.parametrize("words", OTHER)
def test_what_else_is_recorded_is_another_question(words: str) -> None:
    """What is written down, a voice that is a recording, a noise on a phone."""
    assert not understand(words, question=None, now=NOW).asks_recording
    conversation = called(words)
    assert not {YES, NO} & {*conversation.said}


def test_who_has_objected_is_not_recorded_any_more() -> None:
    """What was so before does not count."""
    conversation = called("problem", OBJECTION, "Are you recording me?")
    assert conversation.said[-2] == NO


def test_an_objection_to_the_answer_ends_it() -> None:
    """As one at any other time does."""
    conversation = called("Is this call recorded?", "I don't want to be recorded")
    assert "Okay, I've stopped recording, and what was recorded is being deleted." in conversation.said


def test_who_has_not_heard_the_first_line_hears_that_one() -> None:
    """By it a caller knows."""
    conversation = called("Is this call recorded?", knows=False)
    assert conversation.said[-2] == "This call is recorded. Esta llamada se graba."


@pytest.mark.parametrize("words", ["Yes, please. Is this call recorded?", "are you recording this? yes, book it"])
def test_a_yes_beside_it_still_books(words: str) -> None:
    """Both are answered, that one first."""
    conversation = called(*TO_THE_READ_BACK, words)
    assert [r.starts_at for r in conversation.requests if isinstance(r, BookAppointment)] == [TUESDAY_TWO]
    assert YES in conversation.said


def test_beside_a_problem() -> None:
    """The problem is learnt, without the question."""
    conversation = called("Are you recording me? My furnace is out.")
    assert conversation.session.state is State.SAFETY
    assert conversation.session.problem == "My furnace is out"
    assert YES in conversation.said


def test_a_danger_comes_first() -> None:
    """Nothing of a recording is said to who has to leave the house."""
    conversation = called("problem", "I smell gas, are you recording this?", "is this recorded?")
    assert conversation.session.state is State.SAFETY_EXIT
    assert YES not in conversation.said


@pytest.mark.parametrize(
    ("way", "question"), [((*TO_THE_READ_BACK, "yes"), Question.ANYTHING_ELSE), (("person",), None)]
)
def test_at_the_end_of_a_call(way: tuple[str, ...], question: Question | None) -> None:
    """It is told there as well, makes no note for the team, and what was open or promised is said again."""
    conversation = called(*way)
    session = conversation.session
    reason = session.reason
    hear(conversation, "Is this call recorded?")
    assert conversation.said[-2] == YES
    assert (session.question, session.added, session.reason) == (question, [], reason)
    if session.reason is Reason.BOOKED:
        hear(conversation, "no thanks")
    assert session.closing


def test_an_objection_at_the_end_of_a_call_is_no_wish() -> None:
    """Nothing is noted for the team, and the open question is asked again."""
    conversation = called(*TO_THE_READ_BACK, "yes", OBJECTION)
    assert (conversation.session.added, conversation.session.question) == ([], Question.ANYTHING_ELSE)


def test_in_spanish() -> None:
    """Whoever asks in Spanish is told in Spanish."""
    conversation = called("¿Me están grabando?")
    assert conversation.session.language == "es"
    assert "Sí, esta llamada se graba. Si no lo desea, dígamelo." in conversation.said
