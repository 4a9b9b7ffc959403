"""Whole calls in which a visit is about to be booked for somebody who wants an estimate or a replacement (X22)."""

import pytest

from call.session import CallSession, Question, Reason
from call.tool_calls import BookAppointment, CreateCallback
from tests.support.driven_call import NOW, TUESDAY_TWO, TURNS, Conversation, first_result
from understanding.turn import understand

TO_THE_TIME = ("problem", "no", "zip_in", "name", "address")
ESTIMATES = [
    "It's for an estimate",
    "I need a replacement",
    "it's for a quote on a new unit",
    "Oh wait, it's for an estimate, not a repair",
    "I just need a quote",
    "no, this one's for a free estimate",
    "we're just getting bids right now",
    "I don't want it repaired, I want it replaced",
    "the whole system needs to be replaced",
    "we're not fixing it, we're replacing it",
    "I was calling about getting a quote",
    "it's for an installation",
    "not a repair, an estimate",
    "the appointment is for an estimate",
    "I'd rather just get a new one",
    "yes, it's for a replacement estimate",
]
REPAIRS = [
    "I need a replacement filter",
    "he should give me an estimate before he does the work",
    "it's for an estimate on the leak",
    "so it's just for a quote?",
    "it's not for an estimate",
    "I don't need a replacement, just a repair",
    "we need it replaced, the thermostat",
    "the other company said I need a replacement",
    "I hope I don't need a replacement",
    "I need a replacement technician",
    "I'd like an estimate first",
    "it's just for a repair estimate",
]


def call(*turns: str) -> Conversation:
    """A call with these turns."""
    conversation = Conversation(first_result)
    conversation.start()
    for turn in turns:
        conversation.feed(TURNS[turn])
    return conversation


def hear(conversation: Conversation, words: str) -> CallSession:
    """One turn as the rules read it; the session after it."""
    session = conversation.session
    heard = understand(words, question=session.question, now=NOW, visit_at=session.visit_at, known_name=session.name)
    conversation.feed(heard)
    return session


@pytest.mark.parametrize("words", ESTIMATES)
@pytest.mark.parametrize("turns", [TO_THE_TIME, (*TO_THE_TIME, "tuesday")])
def test_who_wants_an_estimate_gets_an_advisor_and_no_visit(turns: tuple[str, ...], words: str) -> None:
    """Said when a time is asked for or read back: no visit that looks for a fault, and one callback."""
    conversation = call(*turns)
    session = hear(conversation, words)
    assert (session.reason, session.question) == (Reason.HIGH_TICKET, None)
    (callback,) = [request for request in conversation.requests if isinstance(request, CreateCallback)]
    assert callback.callback_type == "estimate"
    assert not any(isinstance(request, BookAppointment) for request in conversation.requests)


@pytest.mark.parametrize("words", REPAIRS)
def test_a_part_or_an_estimate_of_the_repair_is_no_wish_for_a_system(words: str) -> None:
    """In doubt it is a repair: the visit is still on offer, and a yes books it."""
    conversation = call(*TO_THE_TIME, "tuesday")
    session = hear(conversation, words)
    assert session.reason is None
    session.question = Question.READ_BACK
    hear(conversation, "yes please")
    assert [r.starts_at for r in conversation.requests if isinstance(r, BookAppointment)] == [TUESDAY_TWO]


@pytest.mark.parametrize("words", ["It's for an estimate", "I just need a quote"])
def test_an_estimate_at_the_start_of_a_call_may_be_one_of_a_repair(words: str) -> None:
    """It is asked what is wrong before anything is decided."""
    session = hear(call(), words)
    assert not session.high_ticket
