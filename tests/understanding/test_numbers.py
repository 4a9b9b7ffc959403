"""Numbers and words as they are spoken."""

import pytest

from understanding.text.numbers import restarted, runs, with_digits
from understanding.text.plain import affirmed, phrase, plain, said, title


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        pytest.param("fifty three eleven", ["5311"], id="R33"),
        pytest.param("one twenty three", ["123"], id="one twenty three"),
        pytest.param("forty five ninety nine", ["4599"], id="pairs"),
        pytest.param("twelve oh four", ["1204"], id="oh inside"),
        pytest.param("oh seven", ["7"], id="X4 a leading oh is a word"),
        pytest.param("twelve hundred", ["1200"], id="hundred"),
        pytest.param("five thousand three hundred eleven", ["5311"], id="thousand"),
        pytest.param("seven hundred eighty seven oh one", ["78701"], id="hundred then digits"),
        pytest.param("double seven oh 1", ["7701"], id="double"),
        pytest.param("78 701", ["78701"], id="digits apart"),
        pytest.param("five and six", ["5", "6"], id="and ends a number"),
        pytest.param("five one two, five five five", ["512", "555"], id="a mark ends a number"),
        pytest.param("no numbers", [], id="none"),
    ],
)
def test_runs(text: str, digits: list[str]) -> None:
    """Neighbouring number words are joined as people say numbers."""
    assert [run.digits for run in runs(plain(text).split())] == digits


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("two thirty on the twenty fifth", "2 30 on the 25th"),
        ("the fifth", "the 5th"),
        ("first thing", "first thing"),
        ("twenty five", "25"),
    ],
)
def test_with_digits(text: str, written: str) -> None:
    """Times keep hour and minute apart."""
    assert with_digits(text) == written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't smell any, um, gas!", "i do not smell any gas ."),
        ("My A/C isn't working", "my ac is not working"),
        ("It's 10:30am", "it is 10:30 am"),
        ("2:30 p.m.", "2:30 pm"),
        ("¿Qué? Sí.", "que ? si ."),
        ("seventy-eight", "seventy eight"),
        ("we're", "we are"),
        ("were", "were"),
    ],
)
def test_plain(text: str, words: str) -> None:
    """Contractions, accents, fillers and marks have one form each."""
    assert plain(text) == words


def test_phrases_are_whole_words() -> None:
    """R90: "ice" is not in "service"."""
    assert not said(phrase("ice"), plain("I need service"))
    assert said(phrase("ice"), plain("there's ice, I think"))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("it is urgent", True),
        ("not urgent", False),
        ("no it is urgent", True),
        ("not now but urgent", True),
        ("not bad. urgent", True),
    ],
)
def test_negation(text: str, holds: bool) -> None:
    """A negation governs its clause; a bare no before a pronoun answers something else."""
    assert affirmed(phrase("urgent"), plain(text)) is holds


@pytest.mark.parametrize(
    ("word", "written"), [("jonas", "Jonas"), ("o'brien", "O'Brien"), ("McDonald", "McDonald"), ("35th", "35th")]
)
def test_title(word: str, written: str) -> None:
    """The caller's capitals stay; lower case gets one."""
    assert title(word) == written


@pytest.mark.parametrize(
    ("text", "length", "digits"),
    [
        ("seven eight seven eight seven two two", 5, "78722"),
        ("512 555 01 0152", 10, "5125550152"),
        ("twelve twelve thirty", 4, "1230"),
        ("seven eight seven seven seven", 5, ""),
        ("five five five five one two", 5, ""),
    ],
)
def test_a_number_that_is_begun_again_counts_from_there(text: str, length: int, digits: str) -> None:
    """And only where it is too long by what was said twice."""
    assert restarted(text.split(), {length}) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("setenta y ocho mil setecientos cincuenta y tres", ["78753"]),
        ("mil ochocientos dos", ["1802"]),
        ("quinientos doce cuarenta y cuatro diez", ["5124410"]),
        ("dos mil trescientos cuatro", ["2304"]),
        ("mil gracias", []),
        ("veintitres y media", ["23"]),
    ],
)
def test_spanish_numbers(text: str, digits: list[str]) -> None:
    """Hundreds, thousands and tens with "y"."""
    assert [run.digits for run in runs(text.split())] == digits
