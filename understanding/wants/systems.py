"""Which system a problem is about, so far as it was named: two that differ are two matters. Pure."""

import re

from understanding.text.parts import NAMED_SYSTEM
from understanding.text.plain import phrase, plain, said

_SYSTEMS = (
    ("heat pump", re.compile(r"\bheat ?pumps?\b")),
    ("air conditioning", re.compile(r"\b(?:a ?c|acs|a/c|air condition\w*|cooling|central air|aire acondicionado)\b")),
    ("heating", re.compile(r"\b(?:furnaces?|heat|heaters?|heating|boilers?|calefaccion)\b")),
    ("thermostat", re.compile(r"\bthermostats?\b")),
)
_EQUIPMENT = phrase(
    rf"{NAMED_SYSTEM}|thermostats?|compressors?|air handlers?|ducts?|ductwork|(?:ac|cooling|heating|upstairs|downstairs"
    r"|outside|outdoor|indoor|attic) (?:units?|systems?|vents?)|aire acondicionado|calefaccion|calenton"
)


def names_equipment(words: str) -> bool:
    """Whether plain words name heating or cooling equipment, whatever is told of it."""
    return said(_EQUIPMENT, words)


def system_of(problem: str) -> str:
    """`heating`, `air conditioning`, ...; empty when none was named."""
    words = plain(problem)
    return next((name for name, pattern in _SYSTEMS if pattern.search(words)), "")


def other_system(one: str, other: str) -> bool:
    """Whether two problems name different systems."""
    return len({system_of(one), system_of(other)} - {""}) > 1
