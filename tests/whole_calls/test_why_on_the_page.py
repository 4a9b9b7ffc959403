"""What went wrong in a call is told by its page alone, in plain words and at its beginning."""

import re
from pathlib import Path

import pytest

from tests.support.call_page import pages_of
from tests.support.html_page import HtmlPage

pytestmark = pytest.mark.slow

FIRST = "What went wrong"
THEN = "The call"


def told(name: str, faults: str, folder: Path) -> tuple[str, str]:
    """What the page of such a call says: what went wrong, then all that follows."""
    (html,) = pages_of([(name, faults)], folder).each
    page = HtmlPage(html)
    assert page.wrong() == []
    words = " ".join(page.words.split())
    assert f" {FIRST} " in words
    first, _, rest = words.partition(f" {FIRST} ")[2].partition(f" {THEN} ")
    return first, rest


def test_why_a_call_ended_in_a_callback(tmp_path: Path) -> None:
    """V2 answers 500 to everything: which tool it was that mattered, in which turn, and with what it had been asked."""
    first, rest = told("booking", "v2:500", tmp_path)
    assert (
        "Turn 8 V2 failed at book_appointment: it answered 500. Turn 8 The booking failed: to be called back." in first
    )
    assert "Blame V2" in rest
    assert "A callback was promised, and V2 was not told for certain" in rest
    assert "book_appointment: refused" in rest
    assert "asked with: starts at: Tue 24 Nov 2026 14:00; customer name: Dana Whitfield" in rest
    assert "answered: detail: 500" in rest


def test_which_part_was_slow_in_which_turn_and_by_how_much(tmp_path: Path) -> None:
    """The model takes seconds: its words, in the one turn that needed them, of how much, and what all else took."""
    first, rest = told("booking", "openai:slow", tmp_path)
    assert "Turn 6 The model (OpenAI) did not begin in time: the fixed line was said in its place." in first
    slow = re.findall(r"Turn (\d+) Answered after (\d+) ms\. The slow part: (\d+) ms for the words", first)
    assert [turn for turn, _, _ in slow] == ["6"]
    _, answered, words = map(int, slow[0])
    assert f", of 1300 ms that it may take; all else took {answered - words} ms." in first
    assert f"{words} ms for the words of 1300 ms at most" in rest
    assert f"urgency, answered after {answered} ms" in rest


def test_what_was_heard_with_both_voices_down(tmp_path: Path) -> None:
    """Each line is told as far as it was played; what nobody could speak, as not heard."""
    first, rest = told("booking", "inworld:500,aura:500", tmp_path)
    assert "Turn 6 The first voice (Inworld) failed: refused (HTTP 500)." in first
    assert "Turn 6 The second voice (Aura) failed: refused (HTTP 500)." in first
    (lost,) = re.findall(r"The caller did not hear: “([^”]+)”", first)
    assert f"Agent not played: {lost}" in rest
    assert "Agent I'm sorry, something went wrong on our side." in rest
    assert "Agent Someone from our team will call you back as soon as possible. Thank you, goodbye." in rest


def test_what_the_recogniser_misheard(tmp_path: Path) -> None:
    """The word that it doubted, and the turn in which the caller put it right; what was read of each."""
    first, rest = told("misheard_address", "", tmp_path)
    doubted, corrected = re.findall(r"Turn (\d+) (?:Heard, but not for certain|The caller corrected)", first)
    assert f"Turn {doubted} Heard, but not for certain: “Rosebud”" in first
    assert f"Turn {corrected} The caller corrected what had been heard: “No, the address is wrong.”" in first
    assert int(doubted) < int(corrected)
    assert "not sure of: Rosebud understood by the rules: address: 1401 Rosebud Avenue" in rest
    assert "understood by the rules: address: 1401 Rosewood Avenue" in rest


def test_what_the_dashboard_refused(tmp_path: Path) -> None:
    """Each message with the dashboard's own words, and the button that sends it again."""
    first, rest = told("booking", "dashboard:400", tmp_path)
    for part in ("job", "call"):
        (words,) = re.findall(rf"Record The dashboard did not accept the {part}: (400 .*?)(?: Record |$)", first)
        assert f"{part}: not accepted: {words}" in rest
    assert "Parked: nobody tries again before you do." in rest
    assert "Send it again now" in rest


def test_what_the_guard_did_not_let_pass(tmp_path: Path) -> None:
    """The model lies: which sentence was not said, in which turn, why, and what was said in its place."""
    first, rest = told("booking", "openai:lies", tmp_path)
    (why,) = set(re.findall(r"The model \(OpenAI\) said what the reply guard refused \(([^)]+)\)", first))
    assert f"Failed the model (OpenAI): reply refused: {why}" in rest
    assert re.search(r"not said: \w[^.?!]*[.?!]", rest)
