"""Visits as V2 makes, finds, moves and cancels them (contract.md 0.2, 0.19, 1.3, 1.4 and 1.8).

Guarantees the measured traps: nothing about a booking is checked, what Cal.com refused comes back
as booked with an `apt_` id, confirmations speak the server's zone. Every method takes the session,
which it changes and v2_tools.py saves, and gives what V2 says and how long Cal.com took for it.
"""

import uuid
from datetime import UTC, datetime, time, timedelta

from simulator.back_office.cal_com import (
    CLOSING_HOUR,
    LOOKUP_FAILS_SECONDS,
    OPENING_HOUR,
    CalCom,
    new_uid,
)
from simulator.back_office.store import CHICAGO, Booking, Json, Store
from simulator.back_office.v2_lookup import day_words, digits, time_words, upcoming

SERVER_ZONE = UTC
OTHER_TIME = timedelta(hours=2)
"""How much later than asked the fault `other_time` books."""

Said = tuple[Json, float]
"""The body of a 200, and the seconds that V2 took beside its ordinary ones."""


class Visits:
    """The tools that touch Cal.com; `mode` is a fault of Cal.com or of its answer, or None."""

    def __init__(self, store: Store, *, empty_phone_matches: bool) -> None:
        self._store = store
        self._cal_com = CalCom(store)
        self._empty_phone_matches = empty_phone_matches

    def book(self, session: Json, args: Json, mode: str | None) -> Said:
        """What Cal.com refused, or is taken to have refused, is answered as if it had said yes (contract.md 1.3)."""
        asked = args.get("date_time")
        start = _server_time(asked)
        phone = args.get("customer_phone")
        answer: Json = {"success": True, "booking_confirmed": True, "booked": True}
        shown, seconds, booking = start, 0.0, None
        if start is not None and phone:
            wanted = Booking(
                uid=new_uid(),
                name=args.get("customer_name") or "",
                phone="",
                start=start + (OTHER_TIME if mode == "other_time" else timedelta()),
                address=args.get("service_address") or session.get("address") or "",
                problem=args.get("problem_description") or "",
                status="accepted",
                call_id=session["call_id"],
                customer_phone=digits(str(phone)),
            )
            made = self._cal_com.book(wanted, mode)
            booking, seconds = made.booking, made.seconds
        if booking is None:
            answer["appointmentId"] = f"apt_{uuid.uuid4().hex[:12]}"
            if asked is not None:
                answer["appointment_time"] = asked
        else:
            answer["appointmentId"] = booking.uid
            shown = None if mode == "no_time" else booking.start
            if shown is not None:
                answer["appointment_time"] = _utc_iso(shown)
        answer["confirmationMessage"] = f"Your appointment is confirmed for {_server_words(shown)}."
        return answer, seconds

    def availability(self, args: Json, mode: str | None) -> Said:
        """Nothing, when Cal.com has nothing or fails."""
        if mode == "cal_500":
            return {"availableSlots": []}, LOOKUP_FAILS_SECONDS
        return {"availableSlots": self._slots(args)}, 0.0

    def _slots(self, args: Json) -> list[Json]:
        now = self._store.clock()
        first, last = {
            "Emergency": (now, now + timedelta(hours=24)),
            "Urgent": (now, now + timedelta(days=2)),
        }.get(str(args.get("urgency")), (now + timedelta(days=2), now + timedelta(days=7)))
        slots: list[Json] = []
        if self._store.calendar == "empty":
            return slots
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
        return slots

    def _first_free(self, day: datetime, first: datetime, last: datetime) -> datetime | None:
        for hour in range(OPENING_HOUR, CLOSING_HOUR):
            slot = datetime.combine(day.date(), time(hour), CHICAGO)
            if first <= slot <= last and self._cal_com.is_free(slot):
                return slot
        return None

    def look_up(self, session: Json, args: Json, mode: str | None) -> Said:
        """lookup_booking."""
        booking, seconds = self.upcoming(digits(args.get("phone") or "") or session["number"], mode)
        if booking:
            session["booking_uid"] = booking.uid
        return self.describe(booking), seconds

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

    def upcoming(self, number: str, mode: str | None = None) -> tuple[Booking | None, float]:
        """What Cal.com has for a number, and how long it took to say so: 3 s when it fails (contract.md 0.19)."""
        if mode == "cal_500":
            return None, LOOKUP_FAILS_SECONDS
        return upcoming(self._store, number, empty_phone_matches=self._empty_phone_matches), 0.0

    def manage(self, session: Json, args: Json, mode: str | None) -> Said:
        """`action_taken` is missing when V2 refused before it asked Cal.com."""
        action = args.get("action")
        uid = args.get("booking_uid") or session.get("booking_uid")
        if action not in ("status", "cancel", "reschedule"):
            return _no("I'm not sure what you would like to do with the appointment."), 0.0
        if not uid:
            return _no("I couldn't find an appointment."), 0.0
        if action == "status":
            # It wants a uid, and then tells what the number has (contract.md 1.8).
            booking, seconds = self.upcoming(session["number"], mode)
            message = self.describe(booking)["message"]
            return {"success": True, "action_taken": "status", "message": message}, seconds
        if action == "reschedule" and not args.get("new_time"):
            return _no("When would you like to reschedule to?"), 0.0
        if action == "cancel":
            asked = self._cal_com.cancel(uid, mode)
        else:
            asked = self._cal_com.move(uid, _server_time(args["new_time"]), mode)
        if asked.booking is None:
            why = "The appointment is already cancelled." if asked.already else f"Unable to {action} the appointment."
            return _no(why) | {"action_taken": action}, asked.seconds
        message = f"Your appointment has been {'cancelled' if action == 'cancel' else 'rescheduled'}."
        return {"success": True, "action_taken": action, "message": message}, asked.seconds


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
