"""Which visit to offer, of those that V2 says are free (contract.md 1.4).

V2 names the first free visit of each of at most three days: a later time of a named day may be free or not, but a time
before the first free one is taken, and so is a day that it passed over. What V2 does not rule out is offered as wished;
else the nearest real visit is. Pure: asking V2 and telling the caller are main_line.py's.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

URGENT_WINDOW = timedelta(days=2)  # V2 looks for urgent visits from now until then, for routine ones from then on
ROUTINE_WINDOW = timedelta(days=7)
MOST_SLOTS = 3

Window = Literal["Urgent", "Routine"]


def window(wish: datetime, latest: datetime | None, now: datetime) -> Window | None:
    """V2's window that a wish belongs to; None when it is beyond both.

    Args:
        wish: Its best start, aware.
        latest: The last start that fits; None: any later one.
        now: Aware, in the business's zone, whose days count.
    """
    until = now + URGENT_WINDOW
    if wish.astimezone(now.tzinfo).date() < until.date() or (latest is not None and latest <= until):
        return "Urgent"
    return "Routine" if wish <= now + ROUTINE_WINDOW else None


def nearest(slots: Sequence[datetime], wish: datetime, latest: datetime | None, now: datetime) -> datetime:
    """The visit to offer: the wish as long as it may be free, else the real one nearest to it; times as in `window`."""
    ahead = sorted(slot for slot in slots if slot > now)
    day = [slot for slot in ahead if _day(slot, now) == _day(wish, now)]
    if not ahead or (day and day[0] <= wish):
        return wish
    fitting = [slot for slot in ahead if fits(slot, wish, latest)]
    if fitting:
        return fitting[0]
    if day or _passed_over(ahead, wish, latest, now):
        return min(ahead, key=lambda slot: abs(slot - wish))
    return wish


def fits(slot: datetime, wish: datetime, latest: datetime | None) -> bool:
    """Whether a visit at `slot` is what was wished for."""
    return slot >= wish and (latest is None or slot <= latest)


def picked(place: int | None, slots: Sequence[datetime]) -> datetime | None:
    """The one of two offered visits that the caller means by its place."""
    return slots[place] if place is not None and len(slots) == 2 else None


def _day(when: datetime, now: datetime) -> date:
    return when.astimezone(now.tzinfo).date()


def _passed_over(ahead: Sequence[datetime], wish: datetime, latest: datetime | None, now: datetime) -> bool:
    """Whether V2 looked at all of the wish's day and found nothing free: it went on to later days, or to its end."""
    kind = window(wish, latest, now)
    if kind is None:
        return False
    begins, ends = (now, now + URGENT_WINDOW) if kind == "Urgent" else (now + URGENT_WINDOW, now + ROUTINE_WINDOW)
    went_on = any(_day(slot, now) > _day(wish, now) for slot in ahead)
    return begins <= wish and (went_on or (len(ahead) < MOST_SLOTS and (latest or wish) <= ends))
