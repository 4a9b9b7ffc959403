"""Whether no call has come for as long as is unusual, as the calls of the last weeks tell. Pure.

Only the hours count in which the business is open: a gap is what of them lies between two calls. So a week end, a
holiday and a night are no gap, and nobody is told anything while the business is closed. Nor is one that is far longer
than every other: then the line, or the service itself, was down. What happens twice is usual.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from call.business import Business

LEARNT_FROM = timedelta(weeks=4)
FEWEST_CALLS = 40  # Fewer tell nothing of what is usual.
FEWEST_DAYS = 10  # Different ones with a call
TIMES_AS_LONG = 3  # As the longest gap so far
SHORTEST_GAP = timedelta(hours=1)


def unusually_quiet(calls: Sequence[datetime], now: datetime, business: Business) -> bool:
    """Whether the gap since the last of these calls (aware, in order) is far longer than any before."""
    days = {call.astimezone(business.zone).date() for call in calls}
    if len(calls) < FEWEST_CALLS or len(days) < FEWEST_DAYS or not is_open(now, business):
        return False
    *_, second, longest = sorted(open_time(before, call, business) for before, call in pairwise(calls))
    usual = second if _is_far_longer(longest, second) else longest
    return _is_far_longer(open_time(calls[-1], now, business), usual)


def _is_far_longer(gap: timedelta, usual: timedelta) -> bool:
    return gap > TIMES_AS_LONG * max(usual, SHORTEST_GAP)


def open_time(begin: datetime, end: datetime, business: Business) -> timedelta:
    """How much of the time between two moments the business is open."""
    total = timedelta()
    day = begin.astimezone(business.zone).date()
    while day <= end.astimezone(business.zone).date():
        if business.is_open(day):
            opens, closes = _hours(day, business)
            total += max(timedelta(), min(end, closes) - max(begin, opens))
        day += timedelta(days=1)
    return total


def is_open(moment: datetime, business: Business) -> bool:
    day = moment.astimezone(business.zone).date()
    opens, closes = _hours(day, business)
    return business.is_open(day) and opens <= moment < closes


def _hours(day: date, business: Business) -> tuple[datetime, datetime]:
    """When the business opens and closes on a day, in UTC: between two local times the clock may be changed."""
    opens = datetime.combine(day, time(business.opening_hour), tzinfo=business.zone)
    closes = datetime.combine(day, time(), tzinfo=business.zone) + timedelta(hours=business.closing_hour)
    return opens.astimezone(UTC), closes.astimezone(UTC)
