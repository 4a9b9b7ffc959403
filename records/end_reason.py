"""How a finished call ended: the dashboard's reason, the booking, whether a job is posted, and whose fault it was.

Pure; every ending of design.md, "How a call ends". The payloads are post_call.py's.
"""

from dataclasses import dataclass
from datetime import datetime

from call.session import BookingStatus, CallSession, EndedBy, EntryKind, Intent, Reason, State
from records.payloads import EndCallReason, storable

_NO_LEAD = frozenset({Reason.WRONG_NUMBER, Reason.VENDOR, Reason.APPLICANT, Reason.OTHER_TRADE})
_OUTSIDERS = frozenset({Intent.WRONG_NUMBER, Intent.VENDOR, Intent.APPLICANT, Intent.OTHER_TRADE})
DONE: dict[Reason, EndCallReason] = {
    Reason.CANCELLED: "cancelled",
    Reason.RESCHEDULED: "rescheduled",
    Reason.STATUS_TOLD: "completed",
    Reason.MESSAGE_TAKEN: "completed",
}
_V2_FAULTS = frozenset({Reason.BOOKING_FAILED, Reason.BOOKING_UNCERTAIN, Reason.MANAGE_FAILED})
_OUR_LIMITS = frozenset({Reason.TURN_LIMIT, Reason.CALL_TURN_LIMIT, Reason.TIME_LIMIT, Reason.NO_ROOM, Reason.TOO_LATE})


@dataclass(frozen=True)
class Ending:
    """A row of "How a call ends". `scheduled_at` is set exactly when `booking_status` is confirmed."""

    end_call_reason: EndCallReason
    booking_status: BookingStatus
    posts_job: bool
    scheduled_at: datetime | None = None
    uncertain: bool = False  # A visit may exist although nobody said so


def ending_of(session: CallSession, *, lead_on_silent_call: bool = False) -> Ending:
    """How the call ended, as the dashboard names it."""
    status, at, uncertain = _booking(session)
    reason, posts_job = _reason(session, booked=at is not None, lead_on_silent_call=lead_on_silent_call)
    return Ending(reason, status, posts_job, at, uncertain)


def _booking(session: CallSession) -> tuple[BookingStatus, datetime | None, bool]:
    booked_at = session.booked_at or session.visit_at
    if session.booking_status is BookingStatus.CONFIRMED and booked_at:
        return BookingStatus.CONFIRMED, booked_at, False
    if session.booking_status is BookingStatus.NOT_REQUESTED and not session.booking_attempted:
        return BookingStatus.NOT_REQUESTED, None, False
    # An attempt whose answer nobody lived to see may have succeeded as well.
    no_answer = session.booking_status is not BookingStatus.ATTEMPTED_FAILED
    return BookingStatus.ATTEMPTED_FAILED, None, session.booking_uncertain or no_answer


def _reason(session: CallSession, *, booked: bool, lead_on_silent_call: bool) -> tuple[EndCallReason, bool]:
    """The dashboard's reason, and whether a job is posted."""
    if session.emergency or session.state is State.SAFETY_EXIT:
        return "safety_emergency", True
    if session.state is State.CALLBACK:
        return ("sales_lead" if session.reason is Reason.HIGH_TICKET else "callback_later"), True
    if booked:
        return "completed", True
    if session.booking_attempted or session.booking_status is not BookingStatus.NOT_REQUESTED:
        return "customer_hangup", True
    if session.state is State.CONFIRM and session.reason in DONE:
        return _about_the_visit(session, DONE[session.reason])
    if session.state is State.GOODBYE and session.reason is Reason.OUT_OF_AREA:
        return "out_of_area", True
    outsider = session.state is State.GOODBYE and session.reason in _NO_LEAD
    if outsider or session.intent in _OUTSIDERS:
        return "wrong_number", False
    if session.state is State.GOODBYE and session.reason is Reason.DONE and _wants_nothing(session):
        return "completed", False
    if session.reason is Reason.TRANSFERRED:  # Whoever took the call has the caller: a lead would be called again.
        return "completed", False
    # A caller whom we could not hear, or whose line broke, has not been silent: no lead is lost to a fault.
    cut_off = bool(session.fault) or session.ended_by is EndedBy.INTERRUPTED
    return "customer_hangup", session.caller_spoke or cut_off or lead_on_silent_call


def _about_the_visit(session: CallSession, done: EndCallReason) -> tuple[EndCallReason, bool]:
    if session.added:  # They were told that it is noted for the team: somebody has to see it.
        return "callback_later", True
    # The reason is set when the line is decided on, and not when it is heard.
    unheard = session.reason is Reason.STATUS_TOLD and not session.told("status")
    return ("customer_hangup", True) if unheard else (done, False)


def _wants_nothing(session: CallSession) -> bool:
    """A price asked, or an appointment left as it is: a job would be a second one."""
    return session.intent in (Intent.PRICING, Intent.MANAGE)


def blame(session: CallSession) -> str:
    """Whose fault it is that a call did not go to its good end: caller, us, line or a vendor; empty when nothing is."""
    if session.fault:
        return session.fault
    if session.reason in _V2_FAULTS:
        return "v2"
    if session.reason in _OUR_LIMITS or session.reason is Reason.FAULT:
        return "us"
    if session.ended_by is EndedBy.INTERRUPTED:
        return "line"
    left = session.ended_by is EndedBy.CALLER or session.reason is Reason.SILENCE
    if not left or not session.outcome.startswith(("hangup:", "goodbye:silence")):
        return ""
    return "us" if any(entry.kind is EntryKind.FAULT and entry.text == "us" for entry in session.timeline) else "caller"


def outcome_of(session: CallSession) -> str:
    """The end reason, whose fault it was, and what else failed on the way: `confirm:booked (despite: inworld)`."""
    fault = storable(blame(session))
    parts = {storable(entry.text) for entry in session.timeline if entry.kind is EntryKind.FAULT}
    despite = ", ".join(sorted(parts - {fault, ""}))
    notes = "; ".join(filter(None, (fault and f"fault: {fault}", despite and f"despite: {despite}")))
    return storable(session.outcome) + (f" ({notes})" if notes else "")
