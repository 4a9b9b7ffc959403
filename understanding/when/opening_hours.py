"""Where a visit can start: inside opening hours, never in the past, right across daylight saving.

The last visit starts an hour before closing. All times are aware and stay in the zone of `now`, the business's.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from call.business import Business
from understanding.facts import VisitWish
from understanding.when.calendar_days import Days
from understanding.when.clock_words import Window

ASAP_NOTICE = timedelta(hours=2)


def at(day: date, hour: int, minute: int, now: datetime) -> datetime:
    """The local time on `day`; one that daylight saving skips becomes the hour that follows."""
    local = datetime.combine(day, time(hour, minute), tzinfo=now.tzinfo)
    return local.astimezone(UTC).astimezone(now.tzinfo)


def is_after(when: datetime, other: datetime) -> bool:
    """Whether `when` is later; compared in UTC, because two times of one zone compare by their digits."""
    return when.astimezone(UTC) > other.astimezone(UTC)


def as_open(wish: VisitWish, business: Business) -> VisitWish:
    """The wish on a day on which the business is open."""
    start = business.on_an_open_day(wish.starts_at, soon=wish.asap)
    if start == wish.starts_at:
        return wish
    fits = wish.latest is None or not is_after(start, wish.latest)
    return replace(wish, starts_at=start, latest=wish.latest if fits else start, moved=wish.moved or not fits)


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


def fit(
    days: Days | None, window: Window, now: datetime, hours: tuple[int, int], *, soon: bool = False
) -> VisitWish | None:
    """The start that fits best and the last one that still fits; None when all the days are over.

    Args:
        days: The days that fit; None when no day was said: today if the hours are still to come, else tomorrow.
        window: The hours of a day that fit; outside opening hours the nearest one inside counts.
        now: Aware, in the business's zone.
        hours: Opening and closing hour, local.
        soon: Whether the wish is for as soon as possible: then any later start fits.
    """
    today = now.date()
    if days is not None and days.last is not None and days.last < today:
        return None
    first = max(days.first, today) if days else today
    start = _today(window, now, hours) if first == today else None
    soon_today = soon and start is not None and days is not None
    if first == today and start is None:
        if days and days.last == today:  # Today is over, or its hours that were wished for: no other start fits.
            start = asap(now, *hours)
            if window.exact and start.date() != today:
                start = _start(today + timedelta(days=1), window, now, hours)
            return VisitWish(start, soon, None if soon else start)
        first = today + timedelta(days=1)
    start = start or _start(first, window, now, hours)
    last_day = days.last if days else first
    if soon_today or last_day is None:
        return VisitWish(start, soon_today)
    end = _end(last_day, window, now, hours)
    return VisitWish(start, latest=start if is_after(start, end) else end)


def _today(window: Window, now: datetime, hours: tuple[int, int]) -> datetime | None:
    """Today's first start in the window; a clock time may be sooner than a visit can otherwise be."""
    start, end = _start(now.date(), window, now, hours), _end(now.date(), window, now, hours)
    if window.exact:
        return start if is_after(start, now) else None
    soonest = asap(now, *hours)
    start = soonest if is_after(soonest, start) else start
    return start if start.date() == now.date() and not is_after(start, end) else None


def _start(day: date, window: Window, now: datetime, hours: tuple[int, int]) -> datetime:
    return _inside(day, window.first or (hours[0], 0), now, hours)


def _end(day: date, window: Window, now: datetime, hours: tuple[int, int]) -> datetime:
    return _inside(day, window.last or (hours[1] - 1, 0), now, hours)


def _inside(day: date, time_of_day: tuple[int, int], now: datetime, hours: tuple[int, int]) -> datetime:
    opening, closing = hours
    return at(day, *min(max(time_of_day, (opening, 0)), (closing - 1, 0)), now)
