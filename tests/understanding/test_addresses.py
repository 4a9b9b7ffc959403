"""Addresses as callers say them and as a recogniser writes them, by the field cases."""

import pytest

from call.session import Question
from tests.support.utterance_tables import NOW, ZONE
from understanding.turn import Understanding, understand


def heard(said: str, question: Question | None = Question.ADDRESS) -> Understanding:
    """A turn that answers the question about the address."""
    return understand(said, question=question, now=NOW.replace(tzinfo=ZONE))


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("2200 Five Points Road", "2200 Five Points Road"),
        ("4510 Three Rivers Drive", "4510 Three Rivers Drive"),
        ("eighteen hundred four winds lane", "1800 Four Winds Lane"),
        ("sixty two fifteen Two Creeks Road", "6215 Two Creeks Road"),
        ("31 Second Street", "31 Second Street"),
        ("3302C Duval Street", "3302C Duval Street"),
        ("1207 1/2 Rosewood Avenue", "1207 1/2 Rosewood Avenue"),
        ("three ten and a half Cherry Lane", "310 1/2 Cherry Lane"),
        ("sixty three twenty one Elm Street", "6321 Elm Street"),
    ],
)
def test_l5_a_house_number_ends_where_its_street_begins(said: str, address: str) -> None:
    """Also where the street begins with a number, and with a letter or a half behind the number."""
    assert heard(said).address == address


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("9,100 Research Boulevard", "9100 Research Boulevard"),
        ("9.100 Research Boulevard", "9100 Research Boulevard"),
        ("1-4-0-2 Hill Street", "1402 Hill Street"),
        ("thirty two, ten South Congress Avenue", "3210 South Congress Avenue"),
        ("14 0 2 Hill Street", "1402 Hill Street"),
        ("it's 78704, 18 Hill Street", "18 Hill Street"),
        ("unit 6, 18 Hill Street", "18 Hill Street"),
    ],
)
def test_l5_digits_are_joined_as_they_are_said(said: str, address: str) -> None:
    """However the recogniser groups them; a ZIP or a unit before them is none of them."""
    assert heard(said).address == address


@pytest.mark.parametrize(
    "said",
    [
        "one of my neighbors has the key",
        "two PM is a good place to start",
        "four doors down from the school",
        "can you be at my place at three",
        "2 p.m. on my way home",
    ],
)
@pytest.mark.parametrize("question", [Question.ADDRESS, None])
def test_l12b_neither_a_time_nor_one_nor_a_place_is_an_address(said: str, question: Question | None) -> None:
    """Nothing of it says where."""
    assert heard(said, question).address == ""


def test_u3_two_places_are_both_heard_and_none_is_taken() -> None:
    """Which of them is asked."""
    told = heard("one's at 31 Birch Court and the other one is at 9 Lake Street")
    assert (told.address, told.places) == ("", ("31 Birch Court", "9 Lake Street"))


@pytest.mark.parametrize(
    "said",
    ["31 Birch Court, no sorry, 9 Lake Street", "my old place was 31 Birch Court, it's 9 Lake Street",
     "my sister's at 31 Birch Court and mine is 9 Lake Street"],
)  # fmt: skip
def test_the_place_that_is_meant_is_the_address(said: str) -> None:
    """The one behind a correction, "now" or "mine"."""
    assert (heard(said).address, heard(said).places) == ("9 Lake Street", ())
