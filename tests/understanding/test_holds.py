"""A hold is a hold, and its "one" no hour (field cases L12, L12b)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.session import Question
from understanding.turn import Answer, Hazard, understand
from understanding.wants.holds import is_hold

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
HOLDS = (
    "Hold on, I have to look that up.", "one moment", "hang on one sec", "Uno momento", "un momento por favor",
    "Okay, bear with me a second.", "just a second", "Give me a minute, let me find my glasses", "hold on",
    "Wait a minute, I need to ask my husband", "oh hang on, somebody's at the door", "One sec please",
    "can you hold on a moment", "just a moment, let me grab a pen", "hold please", "let me see, hold on a second",
    "espere un momento", "could you give me two seconds", "I'm sorry, one moment", "hold the line please",
    "um just one minute", "hold on hold on", "uh, give me just a sec", "wait one second while I look for it",
    "if you could hold on a minute, I'll go check", "sorry, give me a moment, the dog is barking", "bear with me",
)  # fmt: skip
NONE = (
    "wait, that's not right", "I called a minute ago", "it takes a minute to start", "every second counts",
    "I've been on hold for an hour", "they put me on hold", "hold off on that", "it stops after a few seconds",
    "the fan runs for one minute", "I don't have a moment", "the second floor", "one", "Wait until Friday",
    "can it wait till Monday", "I can't wait", "one of the units", "call me in a minute", "no, the second one",
    "I'll hold", "it holds temperature", "give me a call", "give me Tuesday", "let me see Friday", "sure", "yes please",
    "I need to get my AC fixed", "hang up", "hold on to your hat it's 100 degrees and the AC died", "let me check",
    "my furnace quits after one minute", "the pilot won't stay on", "hold on, I smell gas", "", "...", "well okay",
)  # fmt: skip


@pytest.mark.parametrize("text", HOLDS)
def test_l12_a_hold_says_nothing_else(text: str) -> None:
    for question in (None, *Question):
        heard = understand(text, question=question, now=NOW, visit_at=NOW + timedelta(days=1), known_name="Jon Smith")
        assert heard.hold
        told = (heard.answer, heard.visit, heard.address, heard.name, heard.zip_code, heard.problem, heard.hazard)
        assert told == (None, None, "", "", "", "", Hazard.NONE)


@pytest.mark.parametrize("text", NONE)
def test_l12_what_says_more_is_no_hold(text: str) -> None:
    assert not is_hold(text)


@pytest.mark.parametrize(
    "text", ["Hold on, I think I smell something.", "wait a second, something is burning", "hang on, what's that smell"]
)
@pytest.mark.parametrize("question", [Question.ZIP, Question.NAME, Question.READ_BACK])
def test_l12_a_danger_beside_a_hold_is_read(text: str, question: Question) -> None:
    assert understand(text, question=question, now=NOW).hazard in (Hazard.POSSIBLE, Hazard.PRESENT)


def test_l12b_the_one_of_one_second_is_no_hour() -> None:
    """Beside something else that is said."""
    heard = understand("hang on one sec, yes that's right", question=Question.READ_BACK, now=NOW, visit_at=NOW)
    assert (heard.hold, heard.visit, heard.answer) == (False, None, Answer.YES)
    heard = understand("wait one minute, it's 12 Oak Street", question=Question.ADDRESS, now=NOW)
    assert heard.address == "12 Oak Street"
