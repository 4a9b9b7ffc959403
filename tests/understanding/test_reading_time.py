"""A turn is read in milliseconds, whatever a caller or a noise says: no regular expression runs away."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.session import Question
from tests.support.property_examples import examples, part
from tests.support.utterance_tables import Part, load
from understanding.turn import MAX_CHARACTERS, understand

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
QUESTIONS = [
    Question.HOW_CAN_I_HELP, Question.SAFETY, Question.READ_BACK, Question.ADDRESS, Question.PROBLEM,
    Question.MANAGE_WHAT, Question.WHEN, Question.NAME, Question.ZIP,
]  # fmt: skip
MANY_TIMES_SECONDS = 1.5  # Of this process's time: twenty times what the slowest needs on an idle core
SAID = sorted({word for part in Part for table in load(part).values() for entry in table for word in entry.say.split()})


def seconds(text: str, question: Question) -> float:
    """How long the rules work on a turn, other processes not counted."""
    began = time.process_time()
    understand(text, question=question, now=NOW)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("turn", "text"),
    list(enumerate([
        "a" * 4000,
        "no " * 1500,
        "not " * 700,
        "smell " * 800,
        "smells like gas and " * 200,
        "not sure if it is gas or not but " * 100,
        "the the the the " * 500,
        "my my our the " * 150,
        "it is is is is " * 400,
        "it is just it was just because from only probably " * 60,
        "I am so I am very just really " * 80,
        "you guys your people said you came and " * 60,
        "would just really want a new " * 100,
        "can not make my time " * 100,
        "smoke alarm and carbon monoxide " * 70,
        "five one two oh one " * 400,
        "gas, smoke, or burning, " * 150,
        "? . , " * 900,
        " ".join(SAID),
        " ".join(reversed(SAID)),
    ])),
    ids=lambda given: str(given)[:24],
)  # fmt: skip
def test_two_thousand_characters_are_read_in_no_time(turn: int, text: str) -> None:
    """Repetitions that make a careless pattern try everything."""
    questions = part(QUESTIONS, turn, 3)
    worst = max((seconds((text * (1 + MAX_CHARACTERS // len(text)))[:MAX_CHARACTERS], q), q) for q in questions)
    assert worst[0] < MANY_TIMES_SECONDS, worst


@settings(max_examples=examples(120), deadline=None)
@given(words=st.lists(st.sampled_from(SAID), min_size=50, max_size=400), question=st.sampled_from(QUESTIONS))
def test_any_mixture_of_words_is_read_in_no_time(words: list[str], question: Question) -> None:
    """Words of real turns in any order."""
    assert seconds(" ".join(words), question) < MANY_TIMES_SECONDS
