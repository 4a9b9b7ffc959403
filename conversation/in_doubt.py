"""What V2 was asked to make or change and never surely answered: what a look-up shows of it, and what the record says.

Pure. V2 looks visits up by the number, shows the soonest alone, and may show a stranger's (contract.md 1.2, 1.8); it
finds nothing as well when its calendar fails. So a visit is ours only with the very time and the name that were sent or
the uid that was, and one that is not shown may be there all the same.
"""

from datetime import datetime

from call.session import BookingStatus, CallSession, Shown
from call.spoken_time import V2_ZONE, write_time
from call.tool_calls import BookAppointment, BookingFound, ManageAppointment, Outcome, ToolResult


def can_be_looked_up(session: CallSession) -> bool:
    """Whether something is in doubt, and there is a number by which V2 finds visits."""
    return session.in_doubt is not None and bool(session.phone)


def shown(session: CallSession, result: ToolResult) -> Shown:
    """What a look-up says about the request that is in doubt."""
    if not isinstance(result, BookingFound) or result.outcome is not Outcome.OK:
        return Shown.NOT_KNOWN
    if not result.found:
        return Shown.NONE
    match session.in_doubt:
        case BookAppointment() as asked if _is_at(result, asked.starts_at) and _same(result, asked.customer_name):
            return Shown.AS_ASKED
        case ManageAppointment(booking_uid=uid) if uid == result.booking_uid:
            return Shown.AS_BEFORE
        case ManageAppointment(new_time=at) if at and _is_at(result, at) and _same(result, _attendee(session)):
            return Shown.AS_ASKED
    return Shown.ANOTHER


def take(session: CallSession, result: ToolResult) -> Shown:
    """Takes over what a look-up shows: a booking that stands is one from here on, and nothing else is certain."""
    session.shown = shown(session, result)
    if session.shown is Shown.AS_ASKED and isinstance(session.in_doubt, BookAppointment):
        session.booked_at, session.booking_status = session.in_doubt.starts_at, BookingStatus.CONFIRMED
        session.appointment_id = result.booking_uid if isinstance(result, BookingFound) else ""
        session.booking_uncertain, session.in_doubt = False, None
    return session.shown


def _is_at(found: BookingFound, at: datetime) -> bool:
    return _plain(f"{found.date} at {found.time}") == _plain(write_time(at, V2_ZONE))


def _same(found: BookingFound, name: str) -> bool:
    return bool(name) and _plain(found.attendee_name) == _plain(name)


def _attendee(session: CallSession) -> str:
    return session.appointment.attendee_name if session.appointment else ""


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())  # Whatever blank stands before "AM".
