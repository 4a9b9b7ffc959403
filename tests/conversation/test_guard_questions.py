"""E2: the model asks what the state asks; another question of its own is never spoken."""

import pytest

from call.business import Business
from call.session import FIXED_QUESTIONS, Question
from conversation import script
from conversation.guard.judge import check
from simulator.providers.model_answers import ACKNOWLEDGEMENTS
from tests.support.model_sentences import FRESH

WORDED = [question for question in Question if question not in {*FIXED_QUESTIONS, Question.ANYTHING_ELSE}]
LINES = {question: line for question in WORDED if "{" not in (line := script._EN[script.question_key(question)][0])}


def refused(sentence: str, question: Question, line: str = "") -> bool:
    """Whether the guard refuses a sentence of the model at this open question."""
    session = FRESH.model_copy(update={"question": question})
    return not check(sentence, session, Business(), (), line or LINES[question]).allowed


@pytest.mark.parametrize("question", LINES)
@pytest.mark.parametrize(
    "sentence",
    [
        "Do you smell gas at all?",
        "Is there any smoke in the house?",
        "And is a carbon monoxide alarm going off?",
        "Do you notice anything burning?",
        "Quick question, is the furnace still running?",
        "Has it been like that since yesterday?",
    ],
)
def test_a_question_of_the_models_own_is_never_asked(question: Question, sentence: str) -> None:
    """A yes to it would be read as the answer to the state's question, whatever that is."""
    assert refused(sentence, question)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question.ZIP, "What's your name?"),
        (Question.ZIP, "Is the ZIP code 78704?"),
        (Question.ZIP, "Are you in the ZIP code you grew up in?"),
        (Question.NAME, "What's the street address?"),
        (Question.NAME, "Is this the name on the account?"),
        (Question.ADDRESS, "When would you like us to come?"),
        (Question.PROBLEM, "Did it ever have a problem before?"),
        (Question.SCHEDULE_OFFER, "When would you like to schedule a visit, and what time?"),
        (Question.SCHEDULE_OFFER, "What's going on with the unit?"),
        (Question.SCHEDULE_OFFER, "Does it still turn on?"),
        (Question.PHONE, "Is that a landline?"),
    ],
)
def test_another_question_than_the_states_is_refused(question: Question, sentence: str) -> None:
    """Not about what is open, for a yes where none is waited for, or for more than a yes where one is."""
    assert refused(sentence, question)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question.ZIP, "Could you tell me your ZIP code?"),
        (Question.ZIP, "Sure, and what's the ZIP there?"),
        (Question.ZIP, "Do you know the ZIP code by any chance?"),
        (Question.NAME, "And who am I speaking with?"),
        (Question.NAME, "Can I get your name, please?"),
        (Question.ADDRESS, "Where should the technician come to, which street and house number?"),
        (Question.PROBLEM, "Can you tell me a little more about the problem?"),
        (Question.PROBLEM, "What is it doing?"),
        (Question.WHEN, "Is there a day that suits you?"),
        (Question.WHEN, "How soon would you like us?"),
        (Question.SCHEDULE_OFFER, "Would you like to set up a visit?"),
        (Question.SCHEDULE_OFFER, "Should we schedule one?"),
        (Question.PHONE, "What number can we reach you at?"),
    ],
)
def test_the_states_question_in_other_words_passes(question: Question, sentence: str) -> None:
    """The model words: what is asked stays the state's."""
    assert not refused(sentence, question)


@pytest.mark.parametrize("question", LINES)
@pytest.mark.parametrize("opening", ACKNOWLEDGEMENTS)
def test_a_reply_that_ends_as_it_was_told_to_passes(question: Question, opening: str) -> None:
    """A reaction, then the state's line: what a model does that does as it is told."""
    for line in script._EN[script.question_key(question)]:
        if "{" not in line:
            assert not refused(opening, question, line)
            assert not refused(line, question, line)


def test_where_the_state_asks_nothing_the_model_asks_nothing() -> None:
    """An answer to a caller's question has the state's own line behind it."""
    line = "The technician can go over that with you."
    assert refused("How old is the unit?", Question.READ_BACK, line)
    assert not refused("That depends on the repair.", Question.READ_BACK, line)
