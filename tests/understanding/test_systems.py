"""Which system a problem is about."""

import pytest

from understanding.wants.systems import system_of


@pytest.mark.parametrize(
    ("problem", "system"),
    [
        ("My furnace is making a loud rattling noise", "heating"),
        ("no heat upstairs", "heating"),
        ("our heater blows cold air", "heating"),
        ("I need somebody to look at my AC", "air conditioning"),
        ("my A.C. is out", "air conditioning"),
        ("the air conditioner blows hot air", "air conditioning"),
        ("the heat pump froze", "heat pump"),
        ("my thermostat is blank", "thermostat"),
        ("water is leaking from the ceiling", ""),
        ("it makes a noise", ""),
        ("the heater's thermostat is blank", "heating"),
        ("", ""),
    ],
)
def test_e1_the_system_that_was_named(problem: str, system: str) -> None:
    """Two that differ are two matters; what names none may be either."""
    assert system_of(problem) == system
