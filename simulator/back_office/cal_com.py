"""Cal.com, and how V2 asks it: five seconds for a request, and a second try (contract.md 0.2, 0.19).

Guarantees what was measured of a request that was carried out and not answered: the second try finds its own work and
is refused. What V2 makes of an answer is v2_visits.py's.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from simulator.back_office.store import CHICAGO, Booking, Store

VISIT = timedelta(hours=1)
OPENING_HOUR, CLOSING_HOUR = 9, 18
"""Cal.com's hours, Chicago."""
GIVEN_SECONDS = 5.0
"""How long V2 waits for one answer of Cal.com."""
AGAIN_AFTER_SECONDS = 1.0
"""V2's pause before it asks again, after no answer and after 408, 429 and 5xx."""
LOOKUP_FAILS_SECONDS = 3.0
"""A look-up that Cal.com refuses: two pauses, the second twice as long."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What V2 knows after it has asked Cal.com for a change.

    Attributes:
        booking: The visit as it is now; None: refused, as far as V2 knows.
        seconds: How long that took.
        already: Whether Cal.com said that the visit is cancelled already.
    """

    booking: Booking | None = None
    seconds: float = 0.0
    already: bool = False


class CalCom:
    """The calendar. `mode` is a fault of one request, or None; one that is not about Cal.com changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def book(self, booking: Booking, mode: str | None) -> Asked:
        """A visit, if its time is free."""
        if mode == "cal_500":
            return Asked(seconds=AGAIN_AFTER_SECONDS)
        if mode == "apt" or not self.is_free(booking.start):
            return Asked()
        self._store.put_booking(booking)
        match mode:
            case "apt_late":  # Carried out and answered 5xx; the second try finds the time taken.
                return Asked(seconds=AGAIN_AFTER_SECONDS)
            case "apt_timeout":  # Carried out and not answered.
                return Asked(seconds=GIVEN_SECONDS + AGAIN_AFTER_SECONDS)
            case "second_try":  # Neither; the second try is carried out.
                return Asked(booking, GIVEN_SECONDS + AGAIN_AFTER_SECONDS)
        return Asked(booking)

    def cancel(self, uid: str, mode: str | None) -> Asked:
        """The visit is over, if it is there."""
        return self._change(uid, None, mode)

    def move(self, uid: str, start: datetime | None, mode: str | None) -> Asked:
        """Another visit with a new uid at that time, and the old one is cancelled; None is no time."""
        if start is None or not self.is_free(start, moving=uid):
            return Asked()
        return self._change(uid, start, mode)

    def _change(self, uid: str, start: datetime | None, mode: str | None) -> Asked:
        if mode == "cal_500":
            return Asked(seconds=AGAIN_AFTER_SECONDS)
        old = self._store.booking(uid)
        if old is None or old.status == "cancelled":
            return Asked(already=old is not None)
        new = replace(old, status="cancelled")
        self._store.put_booking(new)
        if start is not None:
            new = replace(old, uid=new_uid(), start=start)
            self._store.put_booking(new)
        if mode == "already_cancelled":  # Carried out and answered 5xx; the second try meets a cancelled visit.
            return Asked(seconds=AGAIN_AFTER_SECONDS, already=True)
        return Asked(new)

    def is_free(self, start: datetime, moving: str = "") -> bool:
        """Whether Cal.com takes a visit then: ahead, inside its hours, with no other one at the time.

        `moving` is the uid of the visit that is to be moved there, which does not stand in its own way.
        """
        local = start.astimezone(CHICAGO)
        opens, closes = (local.replace(hour=h, minute=0, second=0) for h in (OPENING_HOUR, CLOSING_HOUR))
        if start <= self._store.clock() or not opens <= local <= closes - VISIT:
            return False
        visits = [v for v in self._store.bookings() if v.status == "accepted" and v.uid != moving]
        taken = [(visit.start, visit.start + VISIT) for visit in visits] + self._store.taken()
        return not any(first < start + VISIT and start < after for first, after in taken)


def new_uid() -> str:
    """Of a visit."""
    return f"cal_{uuid.uuid4().hex[:12]}"
