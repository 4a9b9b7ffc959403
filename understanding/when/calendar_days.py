"""Days of the calendar: spans of days, the next week, the next date of a month and day, holidays.

A span keeps both its ends. A week ends on Sunday, because visits are made seven days a week. No words here.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from config_forms.days import HOLIDAYS

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Days:
    """From the first day that fits to the last one; None: any later day does."""

    first: date
    last: date | None

    @classmethod
    def one(cls, day: date) -> "Days":
        """A single day."""
        return cls(day, day)


def next_monday(today: date) -> date:
    """The Monday of the week that comes."""
    return today + timedelta(days=7 - today.weekday())


def sunday_after(day: date) -> date:
    """The end of the week that `day` is in."""
    return day + timedelta(days=6 - day.weekday())


def week_of(monday: date) -> Days:
    """The whole week that begins with `monday`."""
    return Days(monday, sunday_after(monday))


def weekend_of(today: date) -> Days:
    """The weekend that comes, or what is left of the one that it is."""
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7)
    if today.weekday() == SUNDAY:
        saturday = today - timedelta(days=1)
    return Days(max(saturday, today), saturday + timedelta(days=1))


def work_days(today: date) -> Days:
    """From tomorrow to Friday; towards the end of the week those of the next one."""
    day = today + timedelta(days=1)
    if day.weekday() >= SATURDAY:
        day = next_monday(day)
    return Days(day, day + timedelta(days=4 - day.weekday()))


def next_date(today: date, month: int, day: int) -> date | None:
    """The next date of that month and day, today included; None when there is none in two years."""
    for year in (today.year, today.year + 1):
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
    return None


def next_holiday(name: str, today: date) -> date:
    """The next date of a holiday, today included."""
    dates = (HOLIDAYS[name](year) for year in (today.year, today.year + 1))
    return next(day for day in dates if day >= today)
