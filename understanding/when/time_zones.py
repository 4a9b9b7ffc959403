"""A clock time in another zone than the business's: "three Pacific", "noon Eastern time" (L11). Plain English."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from understanding.text.numbers import is_number
from understanding.text.plain import phrase

_ZONES = {
    "Eastern": "America/New_York",
    "Central": "America/Chicago",
    "Mountain": "America/Denver",
    "Pacific": "America/Los_Angeles",
}
_NAMES = {
    **{name.lower(): name for name in _ZONES},
    **{f"{name[0].lower()}{kind}t": name for name in _ZONES for kind in ("s", "d", "")},
    "new york": "Eastern", "east coast": "Eastern", "florida": "Eastern", "denver": "Mountain", "colorado": "Mountain",
    "california": "Pacific", "west coast": "Pacific", "los angeles": "Pacific",
}  # fmt: skip
_SAID = phrase(rf"(?P<zone>{'|'.join(_NAMES)})(?: (?:standard|daylight))?(?P<time> time)?")
_CLOCK = frozenset("am pm oclock noon midday".split())


def without_zone(text: str, now: datetime) -> tuple[str, str, timedelta]:
    """The plain text without the zone of its clock time, that zone ("" for none or ours), and how far ours is ahead."""
    for match in _SAID.finditer(text):
        before = text[: match.start()].split()[-1:]
        if not (match["time"] or (before and (before[0] in _CLOCK or is_number(before[0]) or ":" in before[0]))):
            continue
        zone = _NAMES[match["zone"]]
        there = now.astimezone(ZoneInfo(_ZONES[zone])).utcoffset() or timedelta()
        ahead = (now.utcoffset() or timedelta()) - there
        return text[: match.start()] + text[match.end() :], zone if ahead else "", ahead
    return text, "", timedelta()


def zone_of(when: datetime) -> str:
    """The name by which callers know the zone of a local time; "" for one that has none here."""
    return next(
        (name for name, zone in _ZONES.items() if when.astimezone(ZoneInfo(zone)).utcoffset() == when.utcoffset()), ""
    )
