"""Which system and which building a call is about, as far as the caller said it: kind, age, what still works.

What nobody said stays unset. The rest of what the dashboard wants to know is classify.py's.
"""

import re

from records.classification.caller_lines import NEGATION_REACH, CallerLines
from records.classification.taxonomy import COOL, HEAT, HOUSE, PATTERNS, REVENUE_SIGNALS
from records.payloads import PropertyType, SystemStatus

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_NUMBERS = {word: n for n, word in enumerate((_ONES + " eighteen nineteen").split())}
_NUMBERS |= {"twenty": 20, "thirty": 30, "forty": 40}
_AGE = r"(?P<n>\d{1,2}|(?:twenty|thirty|forty)[ -]\w+|[a-z]+)(?:[ -]plus)?"
_AGES = (
    rf"{_AGE}[ -]years?[ -]old",
    rf"{_AGE} years (?:of age|on it)",
    rf"(?:installed|put in|bought|replaced) (?:\w+ ){{0,4}}?{_AGE} years ago",
)
_NOT_EQUIPMENT = re.compile(
    r"\b(?:house|home|building|property|son|daughter|kids?|child|mother|father|mom|dad|wife|husband|grand\w+|he's|she's|i'm"
    r"|i am|baby|dog|cat|he is|she is|customer)\b"
)


def property_type(said: CallerLines, commercial: bool) -> PropertyType | None:
    """The kind of building."""
    if commercial:
        return "commercial"
    if said.has(r"condos?|condominium"):
        return "condo"
    if said.has(r"apartments?|(?:my|our) apt"):
        return "apartment"
    return "house" if said.has(HOUSE) else None


def system_status(said: CallerLines) -> SystemStatus | None:
    """What the system still does."""
    if said.has(
        r"on and off|comes and goes|sometimes|only (?:upstairs|downstairs|one room)|one of the (?:units|rooms)"
    ):
        return "partially_working"
    if said.has(PATTERNS["SERVICE_TYPE"]["DIAGNOSTIC_PERFORMANCE"]):
        return "running_but_ineffective"
    down = (
        r"(?:won't|doesn't|not|isn't) (?:even )?(?:turn|come|start|work|run)(?:ing)?(?: on)?"
        r"|no (?:a\.?c|heat|heating|cooling|air)|(?:stopped|quit) working|went out|completely (?:out|down)|no funciona"
        rf"|{REVENUE_SIGNALS['major_repair']['dead unit']}"
    )
    return "completely_down" if said.has(down) else None


def equipment_type(said: CallerLines) -> str:
    """The kind of equipment; empty when none was named."""
    for name, pattern in (
        ("heat pump", r"heat ?pumps?"),
        ("mini split", r"mini[ -]?splits?"),
        ("air conditioner", COOL),
        ("furnace", r"furnaces?"),
        ("boiler", r"boilers?"),
        ("thermostat", r"thermostats?"),
        ("heating", rf"(?:no )?{HEAT}"),
        ("ductwork", r"ducts?|duct ?work|air vents?"),
    ):
        if said.has(pattern):
            return name
    return ""


def equipment_age(said: CallerLines) -> int | None:
    """Years; a house or a child with an age is no equipment."""
    for pattern in _AGES:
        for line, match in said.matches(pattern):
            if _NOT_EQUIPMENT.search(line[max(0, match.start() - NEGATION_REACH) : match.start()]):
                continue
            if _NOT_EQUIPMENT.match(line[match.end() :].lstrip()):
                continue
            years = _number(match["n"])
            if years is not None:
                return years
    return None


def _number(words: str) -> int | None:
    if words.isdigit():
        return int(words)
    parts = [_NUMBERS.get(word) for word in re.split(r"[ -]", words)]
    return None if None in parts else sum(part or 0 for part in parts)
