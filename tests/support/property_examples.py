"""How much a property is tried: a part of it each time, all of it with --hypothesis-profile=thorough.

Tests are collected after the profile is known, so both may be used in decorators.
"""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

THOROUGH = "thorough"
SHARE = 6

T = TypeVar("T")


def thorough() -> bool:
    """Whether everything is tried."""
    return settings.get_current_profile_name() == THOROUGH


def examples(most: int) -> int:
    """How many examples of a property, of which there are `most`."""
    return most if thorough() else max(1, most // SHARE)


def part(things: Sequence[T], turn: int, of: int) -> Sequence[T]:
    """Every one of `of` things, another one first each turn, so that `of` turns have had them all."""
    return things if thorough() else things[turn % of :: of]
