"""What is left of a turn when its facts and its harmless words are taken away, and whether that matters."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from call.session import Question
from tests.support.utterance_tables import Part, load
from understanding.remainder import competes, is_said_by, mentions_danger, remainder
from understanding.turn import Understanding, understand

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))


def read(said: str, question: Question | None = None) -> Understanding:
    return understand(said, question=question, now=NOW)


@pytest.mark.parametrize(
    ("said", "question", "left"),
    [
        ("Oh, yes, please, thank you so much.", None, ""),
        ("Hi, this is Dana Whitfield.", Question.NAME, ""),
        ("My name is Dana Whitfield, and that's it.", Question.NAME, ""),
        ("It's 5311 Izzical Road.", Question.ADDRESS, ""),
        ("fifty three eleven Izzical Road please", Question.ADDRESS, ""),
        ("the zip code is 78704", Question.ZIP, ""),
        ("tomorrow at two please", Question.WHEN, ""),
        ("as soon as possible", Question.WHEN, ""),
        ("Tuesday afternoon, if possible", Question.WHEN, ""),
        ("Tuesday or Wednesday", Question.WHEN, "or wednesday"),
        ("well, whatever my brother picked", Question.NAME, "whatever brother picked"),
        ("no", Question.SCHEDULE_OFFER, ""),
        ("no, not with tenants in there", Question.SCHEDULE_OFFER, "not tenants in there"),
    ],
)
def test_what_is_left(said: str, question: Question | None, left: str) -> None:
    """Values as they were said, the words that introduce them and what carries no weight are explained."""
    assert " ".join(remainder(read(said, question))) == left


@pytest.mark.parametrize(
    ("end", "said", "whole"),
    [
        ("goodbye", "okay, that's all, thanks, have a good one, bye bye", True),
        ("goodbye", "I really have to go get my kid out of the pool, bye", False),
        ("wrong_number", "oh sorry, I think I have the wrong number", True),
        ("wrong_number", "I called the wrong company last time and they botched it", False),
        ("person", "can I please talk to a real person", True),
        ("person", "get me the operator", True),
        ("person", "I'm the operator of a small daycare and our unit quit", False),
        ("vendor", "I'm calling on behalf of my grandmother", False),
        ("applicant", "hi, are you hiring, I'm looking for a job", True),
    ],
)
def test_an_end_that_the_whole_turn_says(end: str, said: str, whole: bool) -> None:
    """One that only a part of the turn says is worth a second look."""
    assert is_said_by(end, remainder(Understanding(text=said))) is whole


@pytest.mark.parametrize(
    ("said", "mentions"),
    [
        ("the thing by the furnace keeps hissing", True),
        ("there are fumes in the hallway", True),
        ("no, I don't smell any gas", False),
        ("no smoke, no gas, nothing", False),
        ("my gas furnace quit", False),
        ("the burglar alarm is fine", False),
        ("it is cold in here", False),
    ],
)
def test_a_word_of_danger(said: str, mentions: bool) -> None:
    """Where nothing denies it, and no lookalike."""
    assert mentions_danger(Understanding(text=said)) is mentions


@pytest.mark.parametrize(
    ("fact", "said", "question", "two"),
    [
        ("visit", "Tuesday at two or maybe Wednesday", Question.WHEN, True),
        ("visit", "Tuesday at two", Question.WHEN, False),
        ("address", "either 12 or 14 Oak Street", Question.ADDRESS, True),
        ("address", "45 Oak Street, no, 54 Oak Street", Question.ADDRESS, True),
        ("address", "9800 Brodie Lane, the gate code is 1230", Question.ADDRESS, False),
    ],
)
def test_two_of_a_kind(fact: str, said: str, question: Question, two: bool) -> None:
    """Another weekday, or a number beside a choice."""
    heard = read(said, question)
    assert competes(fact, heard, remainder(heard)) is two


def test_no_turn_of_the_tables_breaks_it() -> None:
    """Whatever was said: the remainder are words of the turn, and fewer than it has."""
    for part in Part:
        for entry in (entry for table in load(part).values() for entry in table):
            heard = read(entry.say, entry.question)
            assert len(remainder(heard)) <= len(re.findall(r"\w+", entry.say)) * 3
            mentions_danger(heard)
