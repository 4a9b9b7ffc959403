"""Where the model may word a reply: nowhere about danger, and nowhere about a visit that stands."""

import pytest

from call.business import Business
from call.session import FIXED_QUESTIONS, WORDED_STATES, Question, State
from conversation.guard.judge import check
from tests.support.model_sentences import FRESH

FIXED = {
    State.LOOKUP,
    State.MANAGE_BOOKING,
    State.SAFETY,
    State.BOOKING,
    State.CONFIRM,
    State.GOODBYE,
    State.SAFETY_EXIT,
}


@pytest.mark.parametrize("state", State)
def test_every_state_says_whether_the_model_may_word(state: State) -> None:
    """Where it may not, not even sympathy of the model's is spoken."""
    session = FRESH.model_copy(update={"state": state, "question": None})
    assert (state in WORDED_STATES) is (state not in FIXED)
    assert session.model_may_word is (state not in FIXED)
    assert check("I'm sorry to hear that.", session, Business()).allowed is (state not in FIXED)


@pytest.mark.parametrize("question", sorted(FIXED_QUESTIONS))
def test_what_is_asked_about_danger_or_a_visit_is_asked_in_our_words(question: Question) -> None:
    """In whatever state it is asked."""
    session = FRESH.model_copy(update={"question": question})
    assert not session.model_may_word
    assert not check("I'm sorry to hear that.", session, Business()).allowed
