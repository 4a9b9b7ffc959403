"""What goes to V2's tools and what their answers mean; pure, no transport (contract.md part 1).

Requests carry exactly the fields that V2 reads. Answers are read with distrust: any field may be
missing or of another type, and nothing counts as done without `success: true`. V2's own sentences
are never passed on for speech.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from call.session import NO_ADDRESS, CallSession
from call.tool_calls import (
    AlertSent,
    BookAppointment,
    Booked,
    BookingFound,
    CallerFound,
    CheckCalendarAvailability,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    SlotsFound,
    ToolRequest,
    ToolResult,
)
from call.whole_text import whole

Json = Mapping[str, Any]

LONGEST_REFUSAL_SECONDS = 0.8  # A plain refusal takes under 0.3 s; V2's second try comes after more (contract.md 0.2).
LONGEST_TEXT = 300  # Characters: V2 texts the owner, and Twilio refuses what is too long (contract.md 0.13).

_TEXTED = frozenset({"reason", "issue_description", "urgency_description", "notes"})
_ALREADY = re.compile(r"already (?:been )?cancel", re.IGNORECASE)


def payload(request: ToolRequest, session: CallSession, zone: ZoneInfo) -> dict[str, Any]:
    """The body of a tool's POST: the call, keyed by its CallSid, and the arguments (contract.md 1.1).

    What is not known is left out. When the line's number is withheld or not the caller's, the one given stands in.

    Raises:
        ValueError: A time without offset; V2 would book it in its server's zone.
    """
    call = {
        "call_id": session.call_id,
        "from_number": known_number(session),
        "to_number": session.called_number,
        "direction": "inbound",
    }
    args = {key: _cut(text) if key in _TEXTED else text for key, text in _args(request, session, zone).items()}
    return {"call": _filled(call), "args": _filled(args)}


def known_number(session: CallSession) -> str:
    """The caller's number for V2, E.164; empty when the line's is not theirs or withheld, and none was given."""
    return session.own_number or session.callback_phone


def failed(request: ToolRequest, outcome: Outcome, detail: str) -> ToolResult:
    """A result without an answer, of the class that belongs to the request."""
    match request:
        case LookupCaller():
            return CallerFound(outcome, detail)
        case LookupBooking():
            return BookingFound(outcome, detail)
        case CheckCalendarAvailability():
            return SlotsFound(outcome, detail)
        case BookAppointment():
            return Booked(outcome, detail)
        case SendSalesLeadAlert() | SendEmergencyAlert():
            return AlertSent(outcome, detail)
        case CreateCallback() | ManageAppointment():
            return ToolResult(outcome, detail)


def read(request: ToolRequest, body: Json, zone: ZoneInfo, *, seconds: float, allow_mock: bool) -> ToolResult:
    """What a 200 says that took `seconds`; `allow_mock` lets `apt_` ids pass as bookings."""
    match request:
        case LookupCaller():
            return _caller(body)
        case LookupBooking():
            return _booking_found(body)
        case CheckCalendarAvailability():
            return _slots(body, zone)
        case BookAppointment():
            return _booked(body, request.starts_at, zone, seconds, allow_mock)
        case ManageAppointment():
            return _changed(body)
        case CreateCallback():
            outcome = _success(body)
            return ToolResult(outcome, _why(outcome))
        case SendSalesLeadAlert() | SendEmergencyAlert():
            outcome = _success(body)
            return AlertSent(outcome, _why(outcome), alert_id=_text(body, "alertId"))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {key: whole(value) for key, value in values.items() if value}


def _args(request: ToolRequest, session: CallSession, zone: ZoneInfo) -> dict[str, str]:
    match request:
        case LookupCaller():
            return {}
        case LookupBooking():
            return {"phone": known_number(session)}
        case BookAppointment():
            return _fields(request, but="starts_at") | {"date_time": _iso(request.starts_at, zone)}
        case ManageAppointment():
            new_time = _iso(request.new_time, zone) if request.new_time else ""
            return _fields(request, but="new_time") | {"new_time": new_time}
        case CreateCallback():
            urgency = "urgent" if request.urgent else "normal"
            return _fields(request, but="urgent") | {"urgency": urgency}
        case SendEmergencyAlert():  # V2 texts "Address: undefined" when there is none (contract.md 0.7).
            return _fields(request) | {"address": request.address or NO_ADDRESS}
        case CheckCalendarAvailability() | SendSalesLeadAlert():
            return _fields(request)


def _fields(request: ToolRequest, but: str = "") -> dict[str, str]:
    return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in ("tool", but)}


def _iso(time: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 with the offset of the business: all that Cal.com takes (contract.md 1.3, R63)."""
    if time.utcoffset() is None:
        raise ValueError("a time without offset")
    return time.astimezone(zone).isoformat(timespec="seconds")


def _success(body: Json) -> Outcome:
    """`success` counts only as a boolean; without one it is no answer to what was asked (R77)."""
    if body.get("success") is True:
        return Outcome.OK
    return Outcome.REFUSED if body.get("success") is False else Outcome.UNKNOWN


def _why(outcome: Outcome) -> str:
    return {Outcome.OK: "", Outcome.REFUSED: "success is false"}.get(outcome, "no success")


def _caller(body: Json) -> CallerFound:
    """What is this number's, and what only stands beside it: V2's match fits strangers too (contract.md 0.1)."""
    if body.get("found") is not True:
        return CallerFound(Outcome.OK, "nobody")
    zip_code = _text(body, "zipCode")
    zip_code = zip_code if re.fullmatch(r"[0-9]{5}", zip_code) else ""
    visit, promise = _object(body, "upcomingAppointment"), _object(body, "callbackPromise")
    job_id = _text(visit, "jobId")
    visit_is_theirs = bool(job_id or _text(visit, "issue"))
    verified = bool(_list(body, "pastAppointments") or zip_code or visit_is_theirs)
    return CallerFound(
        Outcome.OK,
        "known" if verified else "unverified",
        found=True,
        verified=verified,
        name=_text(body, "customerName"),
        zip_code=zip_code,
        has_appointment=visit_is_theirs,
        appointment_date=_text(visit, "date") if job_id else "",
        appointment_job=job_id,
        callback_owed=bool(promise),
        callback_issue=_text(promise, "issue"),
        calls_today=sum(_is_of_today(call) for call in _list(body, "recentCalls")),
    )


def _booking_found(body: Json) -> BookingFound:
    booking = _object(body, "booking")
    if body.get("found") is not True or not _text(booking, "uid"):
        return BookingFound(Outcome.OK, "no booking")
    return BookingFound(
        Outcome.OK,
        found=True,
        booking_uid=_text(booking, "uid"),
        date=_text(booking, "date"),
        time=_text(booking, "time"),
        attendee_name=_text(booking, "attendeeName"),
    )


def _slots(body: Json, zone: ZoneInfo) -> SlotsFound:
    """Only `isoDateTime` counts: days and windows are words of the server's zone (contract.md 1.4)."""
    if not isinstance(body.get("availableSlots"), list):
        return SlotsFound(Outcome.UNAVAILABLE, "no availableSlots")
    times = [_aware(slot.get("isoDateTime"), zone) for slot in body["availableSlots"] if isinstance(slot, dict)]
    slots = tuple(sorted({time for time in times if time}))
    return SlotsFound(Outcome.OK, f"{len(slots)} free", slots=slots)


def _changed(body: Json) -> ToolResult:
    """A change of a visit: one that Cal.com carried out late comes back as "already cancelled" (contract.md 0.19)."""
    outcome = _success(body)
    if outcome is Outcome.OK and not body.get("action_taken"):
        return ToolResult(Outcome.REFUSED, "no action_taken")  # Missing when V2 refused early (contract.md 1.8).
    if outcome is Outcome.REFUSED and _ALREADY.search(_text(body, "message")):
        return ToolResult(Outcome.UNKNOWN, "already cancelled: perhaps by this request")
    return ToolResult(outcome, _why(outcome))


def _booked(body: Json, asked: datetime, zone: ZoneInfo, seconds: float, allow_mock: bool) -> Booked:
    """Only a booking with a real id is one; an `apt_` id that took long may hide one (contract.md 0.2, 1.3)."""
    outcome = _success(body)
    if outcome is not Outcome.OK:
        return Booked(outcome, _why(outcome))
    if body.get("booked") is False or body.get("booking_confirmed") is False:
        return Booked(Outcome.REFUSED, "booked is false")
    appointment_id = _text(body, "appointmentId")
    if not appointment_id:
        return Booked(Outcome.UNKNOWN, "no appointmentId")
    if appointment_id.startswith("apt_") and not allow_mock:
        if seconds > LONGEST_REFUSAL_SECONDS:
            return Booked(Outcome.UNKNOWN, f"apt_ id after {seconds:.1f} s: perhaps in Cal.com")
        return Booked(Outcome.REFUSED, "apt_ id: not in Cal.com")
    starts_at = _aware(body.get("appointment_time"), zone) or asked
    return Booked(Outcome.OK, starts_at=starts_at, appointment_id=appointment_id)


def _aware(value: object, zone: ZoneInfo) -> datetime | None:
    """An ISO time with an offset, in `zone`; None for "Invalid Date" and everything else."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
        return time.astimezone(zone) if time and time.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


def _is_of_today(call: object) -> bool:
    """V2 says "today" for the last 24 hours, and other words for what is older (contract.md 0.6)."""
    return isinstance(call, dict) and _text(call, "date").casefold() == "today"


def _text(body: Json, key: str) -> str:
    value = body.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def _list(body: Json, key: str) -> list[Any]:
    value = body.get(key)
    return value if isinstance(value, list) else []


def _object(body: Json, key: str) -> dict[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}
