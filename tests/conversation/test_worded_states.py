"""Where the model may word a reply: nowhere about danger, nowhere about a visit that stands, and only when asked to.

And that nothing but the turn and the session decides what is done.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.actions import Action, Word
from call.business import Business
from call.session import FIXED_QUESTIONS, WORDED_STATES, Question, State
from conversation.guard.judge import check
from tests.support.driven_call import FAULT, SILENCE, TIME_UP, TURNS, Conversation, Input, first_result
from tests.support.model_sentences import FRESH
from tests.support.property_examples import examples
from understanding.turn import Understanding

INPUTS = st.lists(st.sampled_from([*TURNS.values(), SILENCE, TIME_UP, FAULT]), max_size=12)
WORDS_OF_A_DIGRESSION = 4

FIXED = {
    State.LOOKUP,
    State.MANAGE_BOOKING,
    State.SAFETY,
    State.BOOKING,
    State.TRANSFER,
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


@dataclass
class Watched(Conversation):
    """One that keeps the turns which the model is to word a reply to."""

    worded: list[Understanding] = field(default_factory=list)

    def _turn(self, heard: Understanding) -> list[Action]:
        actions = super()._turn(heard)
        self.worded += [heard for action in actions if isinstance(action, Word)]
        return actions


def after(*given: Input) -> Watched:
    """A call in which this was said, and every tool answers well."""
    conversation = Watched(first_result)
    conversation.start()
    for one in given:
        conversation.feed(one)
    return conversation


@settings(max_examples=examples(300), deadline=None)
@given(INPUTS)
def test_the_same_turns_are_the_same_actions(inputs: list[Input]) -> None:
    """Nothing but the session and the turn decides: what is said, asked of V2, and left in the session."""
    one, other = after(*inputs), after(*inputs)
    assert (one.said, one.requests, one.session) == (other.said, other.requests, other.session)


@settings(max_examples=examples(300), deadline=None)
@given(INPUTS)
def test_the_model_words_only_what_was_asked_or_said_at_length(inputs: list[Input]) -> None:
    """A question, or a digression of several words; every other turn is answered in our words alone."""
    worded = after(*inputs).worded
    assert [heard for heard in worded if heard.asks is None and len(heard.text.split()) < WORDS_OF_A_DIGRESSION] == []


def test_the_model_words_the_answer_to_a_question() -> None:
    """So there is something that the rule above is about."""
    assert after(TURNS["problem"], TURNS["no"], TURNS["question"]).worded == [TURNS["question"]]
