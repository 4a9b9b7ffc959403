"""Where a visit can start: inside opening hours, never in the past, right across daylight saving.

The last visit starts an hour before closing. All times are aware and stay in the zone of `now`, the business's.
"""

from datetime import UTC, date, datetime, time, timedelta

ASAP_NOTICE = timedelta(hours=2)


def at(day: date, hour: int, minute: int, now: datetime) -> datetime:
    """The local time on `day`; one that daylight saving skips becomes the hour that follows."""
    local = datetime.combine(day, time(hour, minute), tzinfo=now.tzinfo)
    return local.astimezone(UTC).astimezone(now.tzinfo)


def is_after(when: datetime, other: datetime) -> bool:
    """Whether `when` is later; compared in UTC, because two times of one zone compare by their digits."""
    return when.astimezone(UTC) > other.astimezone(UTC)


def asap(now: datetime, opening_hour: int, closing_hour: int) -> datetime:
    """The first full hour at least two hours ahead that is inside hours, else the next opening (R63, X9, X11)."""
    earliest = (now.astimezone(UTC) + ASAP_NOTICE).astimezone(now.tzinfo)
    if (earliest.minute, earliest.second, earliest.microsecond) != (0, 0, 0):
        earliest = (earliest.astimezone(UTC) + timedelta(hours=1)).astimezone(now.tzinfo)
        earliest = earliest.replace(minute=0, second=0, microsecond=0)
    if earliest.hour < opening_hour:
        return at(earliest.date(), opening_hour, 0, now)
    if earliest.hour > closing_hour - 1:
        return at(earliest.date() + timedelta(days=1), opening_hour, 0, now)
    return earliest


def inside(day: date, hour: int, minute: int, now: datetime, hours: tuple[int, int]) -> datetime | None:
    """The start of a visit nearest to the wish on that day, or None when the day offers none after `now`."""
    opening, closing = hours
    if hour < opening:
        hour, minute = opening, 0
    elif (hour, minute) > (closing - 1, 0):
        hour, minute = closing - 1, 0
    start = at(day, hour, minute, now)
    return start if is_after(start, now) else None
