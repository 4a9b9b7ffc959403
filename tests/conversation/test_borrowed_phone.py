"""Whole calls from somebody else's phone, told with the number to call instead and when nothing is asked (L13)."""

import pytest

from call.session import CallSession, Reason, State
from call.tool_calls import CreateCallback
from tests.support.driven_call import NOW, TURNS, Conversation, first_result
from understanding.turn import understand

OTHERS_PHONE = [
    "This is my neighbor's phone, call me at 512-555-0188",
    "oh this is my wife's phone, use 512-555-0188 instead",
    "it's my neighbor's phone, my number is 512-555-0188",
    "by the way this is my daughter's cell, mine is 512-555-0188",
    "this phone is my son's, please call 512-555-0188",
    "that's my neighbor's number you're seeing, call me at 512-555-0188",
    "don't call this number, it's my neighbor's, call 512-555-0188",
    "this is a friend's phone, I can be reached at five one two five five five oh one eight eight",
    "my number is 512-555-0188, this one is my neighbor's",
    "please don't call back on this number, it's my boss's phone, I'm at 512-555-0188",
    "call 512-555-0188 instead, this is somebody else's phone",
    "I'm on my neighbor's phone, call me at 512-555-0188",
]
OWN_PHONE = [
    "call me at 512-555-0188, this is my wife's cell",
    "512-555-0188, that's my husband's cell",
    "this is my wife's cell 512-555-0188",
    "it's my husband's phone, 512-555-0188",
    "this is my new number, call me at 512-555-0188",
    "it's my wife's cell number, 512-555-0188, call her",
    "you can call 512-555-0188, that's my neighbor's phone",
    "call my husband at 512-555-0188, this is his cell",
    "my phone is dead, call 512-555-0188",
    "call me at 512-555-0188 instead",
]


def promised(words: str) -> Conversation:
    """A call in which a callback was promised, and then this is said."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session)
    conversation.start()
    for turn in ("problem", "no", "zip_in", "name", "person"):
        conversation.feed(TURNS[turn])
    assert (session.state, session.question) == (State.CALLBACK, None)
    conversation.feed(understand(words, question=session.question, now=NOW, known_name=session.name))
    assert sum(isinstance(request, CreateCallback) for request in conversation.requests) == 1
    return conversation


@pytest.mark.parametrize("words", OTHERS_PHONE)
def test_a_number_told_from_somebody_elses_phone_is_the_one_to_call(words: str) -> None:
    """The phone vouches for nobody from then on, and the number is read back."""
    conversation = promised(words)
    session = conversation.session
    assert (session.borrowed_phone, session.phone, session.vouched_for) == (True, "+15125550188", False)
    assert "5 1 2, 5 5 5, 0 1 8 8" in "".join(conversation.said[-2:])
    assert (session.reason, session.closing) == (Reason.CALLER_WISH, True)


@pytest.mark.parametrize("words", OWN_PHONE)
def test_a_number_whose_owner_is_told_says_nothing_of_the_phone_of_the_call(words: str) -> None:
    """It is one to call, and what is known of the caller stays."""
    conversation = promised(words)
    session = conversation.session
    assert (session.borrowed_phone, session.phone, session.vouched_for) == (False, "+15125550188", True)
    assert "5 1 2, 5 5 5, 0 1 8 8" in "".join(conversation.said[-2:])
