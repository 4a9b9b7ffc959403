"""The days on which the business is open: weekdays and holidays as they are written in a setting. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_IN_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEAR_WITH_ALL_DAYS = 2024


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first.replace(day=1 + (3 - first.weekday()) % 7 + 21)


def _monday(month: int, nth: int) -> Callable[[int], date]:
    """The nth Monday of a month; -1: its last."""

    def of(year: int) -> date:
        days = [date(year, month, day) for day in range(1, 32) if day <= 30 or month in (1, 3, 5, 7, 8, 10, 12)]
        return [day for day in days if day.weekday() == 0][nth]

    return of


# The holidays that callers name, and those that a business closes on.
HOLIDAYS: dict[str, Callable[[int], date]] = {
    "thanksgiving": thanksgiving,
    "christmas eve": lambda year: date(year, 12, 24),
    "christmas": lambda year: date(year, 12, 25),
    "new years eve": lambda year: date(year, 12, 31),
    "new years": lambda year: date(year, 1, 1),
    "memorial day": _monday(5, -1),
    "independence day": lambda year: date(year, 7, 4),
    "labor day": _monday(9, 0),
}


def open_days(value: Sequence[str]) -> tuple[str, ...]:
    """Days and spans of days, "mon-fri" and "sat", as the single days in the order of the week.

    Raises:
        ValueError: what is wrong with them.
    """
    days = {day for part in value for day in _span(part)}
    if not days:
        raise ValueError("names no day at all, so that no visit can be offered")
    return tuple(day for day in WEEKDAYS if day in days)


def _span(part: str) -> Iterator[str]:
    ends = [_weekday(name) for name in part.split("-")]
    first, last = ends[0], ends[-1]
    if first is None or last is None or len(ends) > 2:
        raise ValueError(f"has {part[:20]!r}: each is a day such as sat, or a span such as mon-fri")
    for ahead in range((last - first) % 7 + 1):
        yield WEEKDAYS[(first + ahead) % 7]


def _weekday(name: str) -> int | None:
    """The number of a day that is written in full or cut short: "saturday", "sat", "thurs"."""
    name = name.strip().lower()
    found = [number for number, day in enumerate(_IN_FULL) if len(name) >= 3 and day.startswith(name)]
    return found[0] if found else None


def holidays(value: Sequence[str]) -> tuple[str, ...]:
    """Names of holidays, days of every year (12-24) and single days (2026-12-24).

    Raises:
        ValueError: one of them is none of that.
    """
    named = tuple(part.strip().lower().replace("'", "") for part in value)
    for part in named:
        if part not in HOLIDAYS and _dated(part, _YEAR_WITH_ALL_DAYS) is None:
            known = ", ".join(HOLIDAYS)
            raise ValueError(f"has {part[:20]!r}: each is a day (2026-12-24), a day of every year (12-24), or {known}")
    return named


def is_holiday(day: date, named: Sequence[str]) -> bool:
    """Whether `day` is one of the holidays, in the form that `holidays()` returns."""
    return any((HOLIDAYS[part](day.year) if part in HOLIDAYS else _dated(part, day.year)) == day for part in named)


def _dated(part: str, year: int) -> date | None:
    """The date that is written so, in `year` if it has none; None when there is none."""
    if re.fullmatch(r"\d\d-\d\d", part):
        part = f"{year}-{part}"
    try:
        return date.fromisoformat(part) if re.fullmatch(r"\d{4}-\d\d-\d\d", part) else None
    except ValueError:
        return None
