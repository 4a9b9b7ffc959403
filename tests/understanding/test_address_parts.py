"""The house number or the unit that is told alone, behind the address that was read back."""

import pytest

from understanding.who.address_parts import amended_address

KNOWN = "3304 Cherrywood Road"


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("It's 3340, not 3304.", "3340 Cherrywood Road"),
        ("not 3304, 3340", "3340 Cherrywood Road"),
        ("No, 3340.", "3340 Cherrywood Road"),
        ("The number's 3340.", "3340 Cherrywood Road"),
        ("the house number is thirty three forty", "3340 Cherrywood Road"),
        ("No, thirty-three forty Cherrywood.", "3340 Cherrywood Road"),
        ("Yes, apartment B.", "3304 Cherrywood Road Apartment B"),
        ("It's apartment 12, I forgot.", "3304 Cherrywood Road Apartment 12"),
        ("You forgot the unit number, 12.", "3304 Cherrywood Road Unit 12"),
        ("Yes. Suite two oh four.", "3304 Cherrywood Road Suite 204"),
        ("Yes, but it's apt 4B", "3304 Cherrywood Road Apt 4B"),
    ],
)
def test_a_part_told_alone_changes_the_address(words: str, address: str) -> None:
    """A number set against the one that was read back, called so, or all that a no goes on with."""
    assert amended_address(words, KNOWN) == address


@pytest.mark.parametrize(
    "words",
    [
        "yes",
        "no, ten",
        "3304, not 3340",
        "Yes. PO 4471-B.",
        "Yes, 89 dollars is fine.",
        "the gate code is 4471",
        "Yes, and the other unit's out too.",
        "unit 2 is out as well",
        "park behind building 4",
        "there are 2 dogs and 3 cats",
        "3304 Cherrywood Road, that's right",
        "call me 15 minutes before",
    ],
)
def test_other_numbers_and_letters_change_nothing(words: str) -> None:
    """Codes, orders, prices, systems and what is far from the house."""
    assert amended_address(words, KNOWN) == ""


def test_a_unit_takes_the_place_of_the_one_before() -> None:
    """Whatever it was called."""
    assert amended_address("no, unit 5", "3304 Cherrywood Road Apt 4") == "3304 Cherrywood Road Unit 5"
