"""Telephone numbers as people say them (L6)."""

import pytest

from call.session import Question
from tests.support.utterance_tables import NOW, ZONE
from understanding.turn import Understanding, understand


def heard(said: str, partial: str = "") -> Understanding:
    """A turn that answers the question about the number."""
    return understand(said, question=Question.PHONE, now=NOW.replace(tzinfo=ZONE), phone_partial=partial)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("seven three seven, double five, five, double oh, one two", "+17375550012"),
        ("five one two, three hundred, ten twelve", "+15123001012"),
        ("eight hundred five five five oh one nine nine", "+18005550199"),
        ("512.555.0171", "+15125550171"),
        ("it's five one two uh five five five let me see oh one six three", "+15125550163"),
        ("737 555 0162, 18 Hill Street", "+17375550162"),
        ("+49 30 901820", "+4930901820"),
        ("double oh four four, two oh, seven nine four six, oh nine five eight", "+442079460958"),
        ("not 512 555 0120, call 512 555 0121", "+15125550121"),
    ],
)
def test_l6_a_number_is_put_together_as_it_is_said(said: str, number: str) -> None:
    """Doubles, hundreds, pieces; one from abroad with its country's code."""
    assert heard(said).phone == number


def test_l6_of_two_numbers_none_is_taken() -> None:
    """The best one is asked for again."""
    assert heard("my cell is 512 555 0134 and work is 512 555 0188").phone == ""


@pytest.mark.parametrize(
    ("said", "partial", "number", "left"),
    [
        ("five one two five five five", "", "", "512555"),
        ("oh one three four", "512555", "+15125550134", ""),
        ("it's 512 555 0134", "512555", "+15125550134", ""),
        ("five one two", "512", "", "512"),
        ("hold on", "512", "", "512"),
        ("I have 2 units", "", "", ""),
    ],
)
def test_l6_a_number_may_take_two_turns(said: str, partial: str, number: str, left: str) -> None:
    """What begins one is kept; what is said anew stands for itself."""
    assert (heard(said, partial).phone, heard(said, partial).phone_partial) == (number, left)


def test_l6_the_extension_is_no_part_of_the_number() -> None:
    """It is kept beside it."""
    told = heard("737 555 0162 extension two two")
    assert (told.phone, told.extension) == ("+17375550162", "22")
