"""A possible danger that is told is asked about in full, noted for the team, and never cleared by a no to less."""

import pytest

from call.session import CallSession, Question, State, Urgency
from call.tool_calls import BookAppointment, CreateCallback
from tests.support.driven_call import NOW, Conversation, first_result
from understanding.turn import Hazard, understand

DETAILS = ("78704", "Ana Cruz", "2204 South Lamar", "tomorrow at ten", "yes, book it")
ILL = [
    "my heater's making us all kind of sick, the kids are throwing up and I feel dizzy when it runs",
    "the whole family's had headaches all morning since the furnace kicked on",
    "we've all been feeling lousy and lightheaded ever since the furnace started up",
    "My wife and I both wake up with headaches and it's only when the heat is on",
    "everybody in the house feels nauseous when the heater's running",
    "the furnace is making me dizzy",
    "I get a headache every time the heat comes on",
    "my kids keep throwing up and it started the day we turned on the furnace",
    "the heater runs but the family has been feeling sick",
    "we feel fine as soon as we go outside but dizzy in the house",
]
SIGNS = [
    "The exhaust pipe on my furnace came loose and it's blowing into the closet.",
    "Our heat went out so we've been running the charcoal grill in the living room to keep the kids warm.",
    "Everybody gets real sleepy when the furnace runs and the dog's been acting drunk.",
    "My AC is leaking upstairs and water is running into the breaker box.",
]
ALARMS = [
    "My carbon monoxide thing went off last night so we pulled the battery out",
    "the CO alarm chirped a couple times overnight and we took it off the wall",
    "There's an odd smell from the vents whenever the blower is on",
]
URGENT = (*ILL, *SIGNS, *ALARMS[:2])


def called(*words: str) -> Conversation:
    """A call in which these words were said, each read at the open question."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session)
    conversation.start()
    for turn in words:
        conversation.feed(understand(turn, question=session.question, now=NOW))
    return conversation


def bookings(conversation: Conversation) -> list[BookAppointment]:
    """What V2 was asked to book."""
    return [request for request in conversation.requests if isinstance(request, BookAppointment)]


@pytest.mark.parametrize("opening", ILL + SIGNS + ALARMS)
def test_who_tells_of_a_possible_danger_is_asked_about_all_of_it(opening: str) -> None:
    """The first safety question names the alarm and the people; a no to it is one, and both are for the team."""
    conversation = called(opening)
    assert "carbon monoxide alarm, or anyone feeling" in conversation.said[-1]
    for turn in ("No smell, no.", *DETAILS):
        conversation.feed(understand(turn, question=conversation.session.question, now=NOW))
    session = conversation.session
    assert session.outcome == "confirm:booked"
    told, denied = session.notes
    assert f'"{opening}"' in told
    assert "no danger now" in denied
    assert session.problem
    assert bookings(conversation)[0].problem_description == session.problem
    assert (session.urgency is Urgency.URGENT) is (opening in URGENT)


@pytest.mark.parametrize(
    "told",
    [
        "900 Willow Street, and the alarm's been chirping all night so hurry.",
        "900 Willow Street. The flue came apart in the attic.",
        "Calle Willow 900, y los ninos estan mareados.",
    ],
)
def test_a_sign_behind_the_safety_question_is_asked_about_at_once(told: str) -> None:
    """Once: a no goes on where the call was."""
    conversation = called("my furnace keeps shutting off", "no", "78702", "Mike Tran", told)
    assert "carbon monoxide alarm, or anyone feeling" in conversation.said[-1]
    conversation.feed(understand("No, I don't smell anything.", question=Question.SAFETY, now=NOW))
    session = conversation.session
    assert session.question in (Question.WHEN, Question.ADDRESS)
    assert session.urgency is Urgency.URGENT
    assert told in session.notes[0]


@pytest.mark.parametrize(
    "told",
    [
        "Hola, mi calentador está prendido y a todos nos duele la cabeza y tenemos mareo.",
        "Hola, desde que prendimos la calefacción mi esposo y mis hijos se sienten mal, con vómito y dolor de cabeza.",
        "Hola, la calefacción no calienta bien y mi mamá está mareada.",
    ],
)
def test_in_spanish_the_callback_is_urgent_behind_a_no(told: str) -> None:
    """All of it is asked about, and the team reads what was told."""
    conversation = called(told)
    assert "alguien con mareos" in conversation.said[-1]
    conversation.feed(understand("No, no huele a nada.", question=conversation.session.question, now=NOW))
    (callback,) = [request for request in conversation.requests if isinstance(request, CreateCallback)]
    assert callback.urgent
    assert told in callback.reason


@pytest.mark.parametrize("question", ["what does it cost?", "hm, what did you say?", "are you a robot?"])
def test_it_stays_the_whole_question(question: str) -> None:
    """Whatever is asked meanwhile; and a yes to it is a danger."""
    conversation = called(ILL[0], question)
    assert "carbon monoxide alarm, or anyone feeling" in conversation.said[-1]
    conversation.feed(understand("yeah, the kids feel sick", question=Question.SAFETY, now=NOW))
    assert conversation.session.state is State.SAFETY_EXIT


@pytest.mark.parametrize(
    "opening",
    [
        "my furnace is out",
        "I'm sick of this heater",
        "My furnace quit and my kid is home sick with the flu",
        "my AC is out and I have a headache from dealing with this",
    ],
)
def test_an_ordinary_call_is_asked_as_ever(opening: str) -> None:
    """The short question, no note, nothing urgent."""
    conversation = called(opening, "no")
    assert not any("carbon monoxide" in line for line in conversation.said)
    assert (conversation.session.notes, conversation.session.urgency) == ([], None)


@pytest.mark.parametrize(
    "answer",
    [
        "No, nobody's dizzy.",
        "No, nobody feels sick or anything.",
        "no smell and nobody's feeling sick",
        "No, we're all fine, no one's dizzy",
        "none of us have headaches, no",
        "Nobody's sick.",
        "We're not sick, no.",
        "No alarm, no smell, nobody's sick",
        "no headaches or anything like that",
        "no we feel okay",
    ],
)
def test_that_nobody_feels_ill_is_a_no(answer: str) -> None:
    """A symptom that is denied is none."""
    assert understand(answer, question=Question.SAFETY, now=NOW).hazard is Hazard.DENIED


@pytest.mark.parametrize(
    "answer", ["no, just the headaches", "No. But I've had a headache.", "My wife is.", "yes, I am"]
)
def test_who_feels_ill_has_not_said_no(answer: str) -> None:
    """It is asked about again, or a danger."""
    assert understand(answer, question=Question.SAFETY, now=NOW).hazard in (Hazard.POSSIBLE, Hazard.PRESENT)
