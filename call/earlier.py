"""What earlier calls from a number tell the next one: the call to go on from, and whose visits were booked where.

Pure. Sessions in, as they were last written; who calls now is not decided here, and neither is what may be said.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from call.session import (
    BookingStatus,
    CallSession,
    CameOf,
    EarlierCall,
    Intent,
    Reason,
    VisitBooked,
)

_SETTLED = frozenset({Reason.CANCELLED, Reason.RESCHEDULED, Reason.OUT_OF_AREA, Reason.EMERGENCY})
_SERVICE = frozenset({None, Intent.SERVICE, Intent.FOLLOW_UP})


def call_before(sessions: Iterable[CallSession], now: datetime, within: timedelta) -> EarlierCall | None:
    """The newest of them that left something open or booked; none behind a danger, or a change of a visit.

    Args:
        sessions: The calls from the number, newest first; those of others who had borrowed the phone tell nothing.
        now: Aware.
        within: How long ago it may have begun.
    """
    for session in sessions:
        if session.borrowed_phone:
            continue
        if now - session.started_at > within or session.emergency or session.reason in _SETTLED:
            return None
        if came_of := _came_of(session, now):
            return _told(session, came_of)
    return None


def visits_booked(sessions: Iterable[CallSession]) -> tuple[VisitBooked, ...]:
    """The visits that these calls have booked."""
    return tuple(
        VisitBooked(name=session.name, address=session.address)
        for session in sessions
        if session.booking_status is BookingStatus.CONFIRMED
        and session.name
        and session.address
        and not session.borrowed_phone
    )


def visits_cancelled(sessions: Iterable[CallSession]) -> tuple[str, ...]:
    """The days, in V2's words, of the visits that were cancelled in these calls."""
    return tuple(
        session.appointment.date for session in sessions if session.reason is Reason.CANCELLED and session.appointment
    )


def _came_of(session: CallSession, now: datetime) -> CameOf | None:
    if session.booking_status is BookingStatus.CONFIRMED:
        return CameOf.BOOKED if session.booked_at and session.booked_at > now else None
    failed = session.booking_status is BookingStatus.ATTEMPTED_FAILED and not session.booking_uncertain
    if session.booking_attempted and not failed:  # An attempt without an answer may have succeeded as well.
        return CameOf.UNCERTAIN
    known = any((session.problem, session.name, session.address, session.zip_code))
    return CameOf.OPEN if known and session.intent in _SERVICE else None


def _told(session: CallSession, came_of: CameOf) -> EarlierCall:
    """What was known at its end; what a call that it went on from had left stands in for what it lacks."""
    before: Sequence[CallSession | EarlierCall] = (
        (session, session.earlier) if session.goes_on and session.earlier else (session,)
    )

    def first(fact: str) -> str:
        return next((value for told in before if (value := getattr(told, fact))), "")

    wish = session if session.visit_at and not session.visit_asap else None
    return EarlierCall(
        call_id=session.call_id,
        at=session.started_at,
        came_of=came_of,
        name=first("name"),
        address=first("address"),
        zip_code=first("zip_code"),
        problem=first("problem"),
        urgency=session.urgency,
        high_ticket=session.high_ticket,
        visit_at=wish.visit_at if wish else None,
        visit_latest=wish.visit_latest if wish else None,
    )
