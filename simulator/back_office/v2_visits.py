"""Visits as V2 makes, finds, moves and cancels them in Cal.com (contract.md 1.3, 1.4 and 1.8).

Guarantees the measured traps: nothing about a booking is checked, what Cal.com refused comes back
as booked with an `apt_` id, confirmations speak the server's zone. Every method takes the session,
which it changes and v2_tools.py saves, and gives the body of a 200.
"""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from simulator.back_office.store import CHICAGO, Booking, Json, Store
from simulator.back_office.v2_lookup import day_words, digits, time_words, upcoming

SERVER_ZONE = UTC
VISIT = timedelta(hours=1)
OPENING_HOUR, CLOSING_HOUR = 9, 18
"""Cal.com's hours, Chicago."""
OTHER_TIME = timedelta(hours=2)
"""How much later than asked the fault `other_time` books."""


class Visits:
    """The tools that touch Cal.com."""

    def __init__(self, store: Store, *, empty_phone_matches: bool) -> None:
        self._store = store
        self._empty_phone_matches = empty_phone_matches

    def book(self, session: Json, args: Json, mode: str | None) -> Json:
        """`mode` is one of the faults `apt`, `other_time` and `no_time`, or to be ignored."""
        asked = args.get("date_time")
        start = _server_time(asked)
        phone = args.get("customer_phone")
        refused = start is None or not self.is_free(start) or not phone or mode == "apt"
        answer: Json = {"success": True, "booking_confirmed": True, "booked": True}
        if start is None or refused:
            # Cal.com said no, and V2 answers as if it had said yes (contract.md 1.3).
            answer["appointmentId"] = f"apt_{uuid.uuid4().hex[:12]}"
            shown = start
            if asked is not None:
                answer["appointment_time"] = asked
        else:
            if mode == "other_time":
                start += OTHER_TIME
            address = args.get("service_address") or session.get("address") or ""
            booking = Booking(
                uid=f"cal_{uuid.uuid4().hex[:12]}",
                name=args.get("customer_name") or "",
                phone="",
                start=start,
                address=address,
                problem=args.get("problem_description") or "",
                status="accepted",
                call_id=session["call_id"],
                customer_phone=digits(str(phone)),
            )
            self._store.put_booking(booking)
            answer["appointmentId"] = booking.uid
            shown = None if mode == "no_time" else start
            if shown is not None:
                answer["appointment_time"] = _utc_iso(shown)
        answer["confirmationMessage"] = f"Your appointment is confirmed for {_server_words(shown)}."
        return answer

    def availability(self, args: Json) -> Json:
        now = self._store.clock()
        first, last = {
            "Emergency": (now, now + timedelta(hours=24)),
            "Urgent": (now, now + timedelta(days=2)),
        }.get(str(args.get("urgency")), (now + timedelta(days=2), now + timedelta(days=7)))
        slots: list[Json] = []
        if self._store.calendar == "empty":
            return {"availableSlots": slots}
        today = now.astimezone(SERVER_ZONE).date()
        for ahead in range(8):
            if len(slots) == 3:
                break
            slot = self._first_free(now.astimezone(CHICAGO) + timedelta(days=ahead), first, last)
            if slot is None:
                continue
            seen = slot.astimezone(SERVER_ZONE)
            days = (seen.date() - today).days
            end = seen + timedelta(hours=1)
            slots.append(
                {
                    "date": seen.date().isoformat(),
                    "dayOfWeek": {0: "Today", 1: "Tomorrow"}.get(days, f"{seen:%A}"),
                    "timeWindow": f"{seen:%I:%M %p} - {end:%I:%M %p}",
                    "isoDateTime": _utc_iso(slot),
                }
            )
        return {"availableSlots": slots}

    def _first_free(self, day: datetime, first: datetime, last: datetime) -> datetime | None:
        for hour in range(OPENING_HOUR, CLOSING_HOUR):
            slot = datetime.combine(day.date(), time(hour), CHICAGO)
            if first <= slot <= last and self.is_free(slot):
                return slot
        return None

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

    def look_up(self, session: Json, args: Json) -> Json:
        booking = self.upcoming(digits(args.get("phone") or "") or session["number"])
        if booking:
            session["booking_uid"] = booking.uid
        return self.describe(booking)

    def describe(self, booking: Booking | None) -> Json:
        if booking is None:
            return {"found": False, "message": "No upcoming booking found."}
        date, clock = day_words(booking.start), time_words(booking.start)
        found = {
            "uid": booking.uid,
            "date": date,
            "time": clock,
            "status": booking.status,
            "attendeeName": booking.name,
        }
        message = f"{booking.name} has an appointment on {date} at {clock}."
        return {"found": True, "booking": found, "message": message}

    def upcoming(self, number: str) -> Booking | None:
        return upcoming(self._store, number, empty_phone_matches=self._empty_phone_matches)

    def manage(self, session: Json, args: Json) -> Json:
        """`action_taken` is missing when it refused before asking Cal.com."""
        action = args.get("action")
        uid = args.get("booking_uid") or session.get("booking_uid")
        if action not in ("status", "cancel", "reschedule"):
            return _no("I'm not sure what you would like to do with the appointment.")
        if not uid:
            return _no("I couldn't find an appointment.")
        if action == "status":
            found = self.describe(self.upcoming(session["number"]))
            return {"success": True, "action_taken": "status", "message": found["message"]}
        if action == "reschedule" and not args.get("new_time"):
            return _no("When would you like to reschedule to?")
        booking = self._store.booking(uid)
        new_start = _server_time(args.get("new_time"))
        if booking is None or booking.status == "cancelled":
            return _no(f"Unable to {action} the appointment.") | {"action_taken": action}
        if action == "cancel":
            booking = replace(booking, status="cancelled")
        elif new_start is None or not self.is_free(new_start, moving=uid):
            return _no("Unable to reschedule the appointment.") | {"action_taken": action}
        else:
            booking = replace(booking, start=new_start)
        self._store.put_booking(booking)
        done = "cancelled" if action == "cancel" else "rescheduled"
        message = f"Your appointment has been {done}."
        return {"success": True, "action_taken": done, "message": message}


def _no(message: str) -> Json:
    return {"success": False, "message": message}


def _server_time(value: object) -> datetime | None:
    """ISO as Cal.com reads it: without an offset in the server's zone; None for words."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=SERVER_ZONE)


def _utc_iso(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def _server_words(when: datetime | None) -> str:
    """V2's confirmation words: 9 AM in Austin is 3 PM here (contract.md 1.3, R66)."""
    if when is None:
        return "Invalid Date at Invalid Date"
    seen = when.astimezone(SERVER_ZONE)
    clock = f"{seen:%I:%M %p}".lstrip("0")
    return f"{seen:%A}, {seen:%B} {seen.day} at {clock}"
