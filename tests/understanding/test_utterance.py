"""A turn is read once: its words keep their place in the caller's text, and every word has its classes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import explain
from tests.support.property_examples import examples
from tests.support.utterance_tables import Part, load
from understanding.text.lexicon import CLASSES, classes_of, tells_time
from understanding.text.plain import plain, tokens
from understanding.text.utterance import parse, unmarked

SAID = sorted({entry.say for part in Part for table in load(part).values() for entry in table})


@settings(max_examples=examples(300), deadline=None)
@given(text=st.one_of(st.sampled_from(SAID), st.text(max_size=60)))
def test_tokens_are_the_plain_words_with_their_places(text: str) -> None:
    """The same words, in order, each with a part of the text that is not empty."""
    found = tokens(text)
    assert " ".join(token.word for token in found) == plain(text)
    assert [token for token in found if not 0 <= token.start < token.end <= len(text)] == []


def test_a_word_stands_for_what_was_said() -> None:
    """Contractions, abbreviations and marks keep what they come from."""
    text = "Sí, I can't at 5 p.m. \u2014 all right?"
    said = [(token.word, text[token.start : token.end]) for token in tokens(text)]
    assert said == [
        ("si", "Sí"), (",", ","), ("i", "I"), ("can", "can't"), ("not", "can't"), ("at", "at"), ("5", "5"),
        ("pm", "p.m."), (",", "\u2014"), ("alright", "all right"), ("?", "?"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Yes, please. Book it!", "yes please book it"),
        ("All, right? At 2:30, for $1,200.", "alright at 2:30 for 1200"),
        ("It's a.c., at 5 p.m.", "it is ac at 5 pm"),
    ],
)
def test_a_turn_without_its_marks(text: str, bare: str) -> None:
    """Marks between words go, those inside a number stay."""
    assert unmarked(text).plain == bare


@pytest.mark.parametrize(
    ("value", "text", "words"),
    [
        ("5311 Izzical Road", "so fifty three eleven Izzical is right", "fifty three eleven izzical"),
        ("78704", "yes seven eight seven oh four", "seven eight seven oh four"),
        ("Tuesday, November 24 2:00 PM", "cancel the Tuesday one at two pm", "tuesday two pm"),
        ("89 dollars", "ninety dollars", "dollars"),
    ],
)
def test_where_a_value_is_said(value: str, text: str, words: str) -> None:
    """In figures or in words; another number is none of it."""
    turn = parse(text)
    assert " ".join(turn.words[i] for i in sorted(turn.where(value))) == words


def test_every_word_of_the_lexicon_is_a_plain_word() -> None:
    """A word that plain text cannot hold would never be found; "ya'll" and the like stay as they are said."""
    assert [word for words in CLASSES.values() for word in words if plain(word) != word] == []


def test_classes_of_words() -> None:
    """A word may be of several; one that nobody knows is of none."""
    assert {"weekday"} < classes_of("tuesday") | {"x"}
    assert "number" in classes_of("2:30")
    assert {"agreement", "access"} <= classes_of("open") | classes_of("right")
    assert classes_of("xylophone") == frozenset()
    assert [word for word in ("tuesdays", "martes", "3", "24th", "noon") if not tells_time(word)] == []


def test_explain_shows_how_a_turn_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Words and classes, clauses, facts with what says them, the remainder, the answer and why."""
    assert explain.main(["yes, Wednesday at my mother's", "--question", "read_back"]) == 0
    shown = capsys.readouterr().out
    assert "0-3  yes            agreement" in shown
    assert "clause:       yes ," in shown
    assert "fact:         visit = Wed 25 Nov 14:00 to 17:00   <- Wednesday" in shown
    assert "remainder:    wednesday at mother" in shown
    assert "answer:       unclear (nothing covers: wednesday, at, mother)" in shown


@pytest.mark.parametrize(("text", "why"), [("yes?", "question"), ("yes it's", "cut off"), ("yeah right", "irony")])
def test_explain_tells_why_a_yes_is_none(capsys: pytest.CaptureFixture[str], text: str, why: str) -> None:
    """Nothing is left over, and it is no yes all the same."""
    assert explain.main([text, "--question", "read_back"]) == 0
    assert f"answer:       unclear ({why})" in capsys.readouterr().out


def test_explain_of_another_question_shows_what_no_fact_covers(capsys: pytest.CaptureFixture[str]) -> None:
    """The ZIP and its words; what remains."""
    assert explain.main(["it's seven eight seven oh four near Zilker", "--question", "zip"]) == 0
    shown = capsys.readouterr().out
    assert "fact:         zip_code = 78704   <- seven eight seven oh four" in shown
    assert "remainder:    near zilker" in shown


def test_explain_refuses_a_question_that_nobody_asks() -> None:
    """Exit code 2."""
    with pytest.raises(SystemExit) as ended:
        explain.main(["yes", "--question", "weather"])
    assert ended.value.code == 2
