"""Recording as callers meet it: the first line, and what they are told who do not want it."""

import pytest

from call.actions import Action, Say
from call.business import Business
from call.session import RECORDED, CallSession, EntryKind, Question, Reason, State
from conversation import script
from state_machine import StateMachine, Turn
from tests.support.driven_call import NOW, TURNS, Conversation, first_result
from understanding.turn import understand

RECORDS = Business(records=True)
SAID_FIRST = "This call is recorded. Esta llamada se graba."
STOPPED = "Okay, I've stopped recording, and what was recorded is being deleted."
NO_RECORDING = "This call isn't recorded."
OBJECTION = "Please don't record this."


def new_session() -> CallSession:
    return CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)


def lines(actions: list[Action]) -> list[Say]:
    return [action for action in actions if isinstance(action, Say)]


def called(*turns: str, business: Business = RECORDS) -> Conversation:
    """A call to which `turns` of TURNS were fed, or their words."""
    session = new_session()
    conversation = Conversation(first_result, session, machine=StateMachine(business))
    conversation.start()
    for name in turns:
        known = TURNS.get(name)
        conversation.feed(known or understand(name, question=session.question, now=NOW))
    return conversation


@pytest.mark.parametrize("discloses", [False, True])
def test_what_a_caller_hears_first(discloses: bool) -> None:
    """That the call is recorded, in both languages, before the greeting: not cut off by anybody, and spoken ahead."""
    business = Business(records=True, discloses=discloses)
    session = new_session()
    first, greeting = lines(StateMachine(business).start(session, NOW))
    assert (first.text, first.must_hear, first.line) == (SAID_FIRST, True, RECORDED)
    assert greeting.text.startswith("Thanks for calling ACE Cooling.")
    assert ("automated assistant" in greeting.text) is discloses
    assert session.question is Question.HOW_CAN_I_HELP
    assert script.pre_renderable(business)[:2] == (first.text, greeting.text)


def test_a_call_that_breaks_off_before_it_was_heard() -> None:
    """Whoever comes back hears it first as well."""
    session = new_session()
    session.note(EntryKind.AGENT, SAID_FIRST, NOW, detail=RECORDED, heard=0.0)
    assert lines(StateMachine(RECORDS).resumed(session, NOW))[0].text == SAID_FIRST


@pytest.mark.parametrize(("share", "told"), [(0.5, [SAID_FIRST]), (None, [SAID_FIRST]), (1.0, [])])
def test_a_call_that_breaks_off_while_it_was_heard(share: float | None, told: list[str]) -> None:
    """Whoever has not heard it to its end hears it once more, behind the apology; not whoever has objected."""
    for declined in (False, True):
        session = new_session()
        session.question, session.recording_declined = Question.HOW_CAN_I_HELP, declined
        session.note(EntryKind.AGENT, SAID_FIRST, NOW, detail=RECORDED, heard=share)
        said = [say.text for say in lines(StateMachine(RECORDS).resumed(session, NOW))]
        assert said == ["Sorry, we got cut off.", *([] if declined else told), "How can I help you today?"]


@pytest.mark.parametrize(("share", "knows"), [(None, False), (0.0, False), (0.99, False), (1.0, True)])
def test_who_knows_that_the_call_is_recorded(share: float | None, knows: bool) -> None:
    """Whoever has heard the line to its last word, and of whom that is certain."""
    session = new_session()
    session.note(EntryKind.AGENT, "Thanks for calling.", NOW, detail="greeting", heard=1.0)
    assert not session.knows_of_recording
    session.note(EntryKind.AGENT, SAID_FIRST, NOW, detail=RECORDED, heard=share)
    assert session.knows_of_recording is knows


def test_where_no_call_is_recorded() -> None:
    """Nothing of it is said or spoken ahead; whoever asks hears that there is no recording."""
    plain = Business()
    assert [say.line for say in lines(StateMachine(plain).start(new_session(), NOW))] == ["greeting"]
    ahead = script.pre_renderable(plain)
    assert not {SAID_FIRST, STOPPED} & {*ahead}
    assert NO_RECORDING in ahead
    conversation = called(OBJECTION, business=plain)
    assert conversation.said[-2:] == [NO_RECORDING, "How can I help you today?"]


WAYS = [(), ("problem",), ("problem", "no_gas"), ("problem", "no_gas", "zip_in"), ("billing",), ("follow_up",)]


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_whoever_objects_is_told_and_asked_again(way: tuple[str, ...]) -> None:
    """Wherever the call is: the question that was open stays open, nothing is learnt and nobody is dialled."""
    conversation = called(*way)
    session = conversation.session
    before = (session.state, session.question, session.name, session.problem, session.zip_code)
    conversation.feed(understand(OBJECTION, question=session.question, now=NOW))
    assert conversation.said[-2] == STOPPED
    assert conversation.said[-1].endswith("?")
    assert (session.state, session.question, session.name, session.problem, session.zip_code) == before


def test_whoever_objects_once_more() -> None:
    """There is no recording any more."""
    conversation = called("problem", OBJECTION, "I said stop recording!")
    assert [text for text in conversation.said if "record" in text] == [SAID_FIRST, STOPPED, NO_RECORDING]


def test_an_objection_beside_something_else() -> None:
    """Both are answered, that one first."""
    conversation = called("I don't want to be recorded. My furnace blows cold air.")
    told, *_, asked = conversation.said[-3:]
    assert STOPPED in (told, conversation.said[-2])
    assert "smell" in asked
    assert conversation.session.state is State.SAFETY
    assert "cold air" in conversation.session.problem


def test_a_danger_comes_before_it() -> None:
    """Whoever smells gas hears what to do, and nothing of a recording."""
    session, machine = new_session(), StateMachine(RECORDS)
    machine.start(session, NOW)
    heard = understand("Don't record this, I smell gas!", question=session.question, now=NOW)
    first = lines(machine.step(session, Turn(heard, NOW)))[0]
    assert "911" in first.text
    assert session.state is State.SAFETY_EXIT


def test_at_the_end_of_a_call() -> None:
    """It is told there as well, and the call ends as it was to."""
    conversation = called("problem", "no_gas", "zip_out", "yes")
    if conversation.session.state is not State.GOODBYE:
        conversation.session.state, conversation.session.reason = State.GOODBYE, Reason.DONE
    conversation.feed(understand(OBJECTION, question=None, now=NOW))
    assert STOPPED in conversation.said
    assert conversation.said[-1].endswith("Goodbye.")


def test_in_spanish() -> None:
    """Whoever objects in Spanish is told in Spanish."""
    conversation = called("No quiero que me graben, por favor")
    assert conversation.session.language == "es"
    assert "De acuerdo, ya no grabo, y lo grabado se está borrando." in conversation.said
