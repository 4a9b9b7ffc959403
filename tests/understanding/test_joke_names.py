"""Names that nobody has, and names that only sound like it."""

import pytest

from understanding.who.joke_names import is_joke


@pytest.mark.parametrize(
    "name", ["Gator Breath", "mickey mouse", "Batman", "Seymour Butts", "Poopy Pants", "Bob Burrito", "Santa Claus"]
)
def test_a_joke_is_one(name: str) -> None:
    """R43: a name that can only be a joke."""
    assert is_joke(name)


@pytest.mark.parametrize(
    "name",
    ["Jonas Weber", "Donald Drake", "Rose Savage", "Mickey Rourke", "James Bonds", "Mike Hunter", "Ben Doverman",
     "Harry Pott", "Dick Johnson", "Wolfgang Fux", "Olive Green", "Penny Nichols", "Bud Light", "Candy Cane"],
)  # fmt: skip
def test_a_name_that_somebody_may_have_is_none(name: str) -> None:
    """In doubt it is a name."""
    assert not is_joke(name)
