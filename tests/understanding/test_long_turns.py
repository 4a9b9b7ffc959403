"""No pattern runs away: two thousand characters of anything are read.

How fast that is, `make eval` says; a machine that is slow or busy fails nothing here. A pattern that tries every third
place for every second for every first needs minutes for such a turn, on any machine.
"""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.session import Question
from tests.support.property_examples import examples, part
from understanding.remainder import mentions_danger, remainder
from understanding.turn import MAX_CHARACTERS, understand

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
SECONDS = 20.0  # of this process's CPU; the slowest needs a hundredth of it where the machine is a slow one
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


class RanAwayError(Exception):
    """The rules were not through in time."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """End what takes longer than *seconds* of CPU, in the middle of a pattern too: `re` looks for signals."""

    def stop(_signal: int, _frame: object) -> None:
        raise RanAwayError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def read(text: str, question: Question | None) -> None:
    """Read it in time, or raise."""
    with stopped_after(SECONDS):
        heard = understand(
            text, question=question, now=NOW, known_name="John Carter", visit_at=NOW.replace(day=27), zip_partial="787"
        )
        remainder(heard)
        mentions_danger(heard)


def test_a_pattern_that_runs_away_is_stopped() -> None:
    """What the tests below rely on."""
    with pytest.raises(RanAwayError), stopped_after(0.05):
        re.match(r"(a|a)*b", "a" * 60)


@pytest.mark.parametrize("question", ASKED)
def test_repetition(question: Question | None) -> None:
    """The same words over and over; each with no question open, and with another one."""
    pieces = part(PIECES, ASKED.index(question), len(ASKED) - 1) if question else PIECES
    for piece in pieces:
        read((piece * MAX_CHARACTERS)[:MAX_CHARACTERS], question)


@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=100, max_size=400).map("".join), question=st.sampled_from(ASKED)
)
@settings(max_examples=examples(60), deadline=None)
def test_mixtures(pieces: str, question: Question | None) -> None:
    """Half sentences, one behind the other."""
    read(pieces[:MAX_CHARACTERS], question)
