"""Hours of the week as they are written in a setting: "mon-fri 8-17", "sat 9:00-12:30". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config_forms.days import WEEKDAYS, open_days

_SPAN = re.compile(r"(?:(?P<days>[a-z-]+) )?(?P<start>\d{1,2}(?::\d\d)?)-(?P<end>\d{1,2}(?::\d\d)?)", re.ASCII)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Span:
    """The same hours on some days of the week; minutes of the local day, the last one not included."""

    days: tuple[str, ...]
    start: int
    end: int

    def has(self, local: datetime) -> bool:
        """Whether the local time is in it."""
        return WEEKDAYS[local.weekday()] in self.days and self.start <= 60 * local.hour + local.minute < self.end


def hours(value: Sequence[str]) -> tuple[str, ...]:
    """Spans of hours, each as it is written, in small letters.

    Raises:
        ValueError: what is wrong with one of them.
    """
    written = tuple(" ".join(part.lower().split()) for part in value)
    spans(written)
    return written


def spans(written: Sequence[str]) -> tuple[Span, ...]:
    """The spans that are written so; without days they are for every day.

    Raises:
        ValueError: what is wrong with one of them.
    """
    return tuple(map(_span, written))


def _span(part: str) -> Span:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise ValueError(f"has {part[:20]!r}: each is hours such as 8-17, behind days if not for all, such as mon-fri")
    start, end = _minute(found["start"]), _minute(found["end"])
    if start >= end:
        raise ValueError(f"has {part[:20]!r}, which ends before it begins: a span over midnight is two")
    return Span(open_days((found["days"],)) if found["days"] else WEEKDAYS, start, end)


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    told = 60 * int(hour) + int(minute or 0)
    if told > _DAY_MINUTES or int(minute or 0) > 59:
        raise ValueError(f"has {clock!r}, which is no time of a day: from 0 to 24")
    return told
