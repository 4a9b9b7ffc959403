"""No turn makes the rules slow: two thousand characters of anything are read while the caller draws breath."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.session import Question
from tests.support.property_examples import examples, part
from understanding.turn import MAX_CHARACTERS, understand

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
SECONDS = 0.5  # of this process's CPU; the slowest is a tenth of it
Q = Question
ASKED = [Q.NAME, Q.WHEN, Q.ADDRESS, Q.ZIP, Q.READ_BACK, Q.SITE_CONTACT, None]
PIECES = [
    "no ", "no, ", "no wait ", "actually ", "sorry, ", "not oak, ", "not tuesday or ", "it is 54 not ", "yes but ", "a",
    "thanksgiving", "J O N A S ", "a b c ", "double n ", "b as in boy ", "with a k ", "two t's ", "my name is ",
    "last name is ", "call my tenant ", "maria here ", "it's ", "Mr. ", "7 ", "seven eight seven oh ", "oh ",
    "hundred ", "512 555 ", "1 oak ", "1 oak street ", "45 oak street no ", "apt 4 ",
    "ranch road 620 ", "5th and a half ",
    "i live at ", "friday ", "between 2 and ", "at 5 and ", "10 to ", "half past ", "2 30 ", "early ", "next week ",
    "the day after ", "a week from ", "an hour later ", "push it ", "not home until ", ", ", ". ", "? ", "' ",
]  # fmt: skip


def cpu_seconds(text: str, question: Question | None) -> float:
    """How long the rules take."""
    started = time.process_time()
    understand(
        text, question=question, now=NOW, known_name="John Carter", visit_at=NOW.replace(day=27), zip_partial="787"
    )
    return time.process_time() - started


@pytest.mark.parametrize("question", ASKED)
def test_repetition(question: Question | None) -> None:
    """The same words over and over; each with no question open, and with another one."""
    pieces = part(PIECES, ASKED.index(question), len(ASKED) - 1) if question else PIECES
    slow = [p for p in pieces if cpu_seconds((p * MAX_CHARACTERS)[:MAX_CHARACTERS], question) > SECONDS]
    assert slow == []


@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=100, max_size=400).map("".join), question=st.sampled_from(ASKED)
)
@settings(max_examples=examples(60), deadline=None)
def test_mixtures(pieces: str, question: Question | None) -> None:
    """Half sentences, one behind the other."""
    assert cpu_seconds(pieces[:MAX_CHARACTERS], question) < SECONDS
