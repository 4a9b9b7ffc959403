"""Corrections are told from turns that only begin like one."""

import pytest

from understanding.answers.corrections import corrects
from understanding.text.plain import plain


@pytest.mark.parametrize(
    "text",
    [
        "actually the address is 45 Oak Street",
        "actually, it's 1204",
        "Actually, can we make it Thursday?",
        "no it's Jon",
        "no, no, 78704",
        "sorry, 78704",
        "sorry I meant Thursday",
        "I said 78704",
        "I said Elm Street",
        "not Oak, Elm Street",
        "it's Elm Street not Oak Street",
        "it's 54 not 45",
        "fifty four not forty five",
        "change the name to Maria",
        "can you fix my phone number",
        "that's the wrong street",
        "you've got the wrong name",
        "you spelled my name wrong",
        "the zip code is wrong",
        "that's not my name",
        "it should be Whitaker",
        "make it Thursday",
        "scratch that",
        "wait, I live at 45 Oak",
        "oh wait, it's 45 Oak",
        "I mean Friday",
        "yes but the zip is 78702",
        "yeah, except it's 45 Oak",
        "perdón, es el jueves",
    ],
)
def test_what_is_taken_back(text: str) -> None:
    """What is said in such a turn replaces what is known."""
    assert corrects(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "actually my AC is broken",
        "actually I have a question",
        "actually, how much is it",
        "actually yes",
        "it's actually pretty loud",
        "sorry to bother you",
        "sorry, this is Anna's husband",
        "sorry, what was that?",
        "sorry I'm late",
        "wait how much is it",
        "wait a minute",
        "I said the AC is broken",
        "I said yes",
        "I mean it's just really loud",
        "my AC is not cooling, this is Tom",
        "it's not working",
        "not really, no",
        "not yet",
        "I hope not",
        "no",
        "no, just the heat",
        "no one came",
        "No. And I'm in 78702.",
        "something's wrong with my furnace",
        "the wrong light is on",
        "change the filter",
        "make sure he calls",
        "my name is Dana Whitfield",
        "it's 45 Oak Street",
        "",
    ],
)
def test_what_only_sounds_like_it(text: str) -> None:
    """A plain answer, an apology and a problem replace nothing."""
    assert not corrects(plain(text))
