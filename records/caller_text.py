"""What a caller has agreed to be texted: the visit as it stands, or that somebody calls back. Pure.

Who we are, what was done or promised in the call, when and in which street, and how to have no more of it; nothing of
the person. One segment as a rule and two at most (GSM 03.38: 153 characters each), in the language of the call. It ends
with the last characters of the CallSid, so that no other text has its words: by these it is found at Twilio.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from call.session import BookingStatus, CallSession, Reason, State
from call.spoken_time import speak_time
from call.texts import when_not_quiet
from call.tool_calls import ManageAppointment
from config import Settings
from records.owner_text import plain

LONGEST_TEXT = 306  # Two segments
LONGEST_BUSINESS, LONGEST_STREET, LONGEST_TIME = 60, 60, 40
USEFUL_FOR = timedelta(hours=12)  # Behind the call, or the night after it; of a visit that is to come until it begins
_ID_CHARACTERS = 8
_WITHIN_THE_HOUSE = re.compile(r"(?:,|#| (?:apt|apartment|unit|suite|ste|lot|room|floor)\b).*", re.I)
_CHANGED = (Reason.CANCELLED, Reason.RESCHEDULED)
_WORDS = {
    "en": {
        "booked": "Your visit is booked for {time}{place}.",
        "place": ", at {street}",
        "moved": "Your visit is moved to {time}.",
        "cancelled": "Your visit on {date} at {clock} is cancelled.",
        "callback": "Someone from our team will call you back as soon as possible.",
        "advisor": "A comfort advisor will call you as soon as possible.",
        "end": "Ref {ref}. Reply STOP to opt out.",
    },
    "es": {
        "booked": "Su visita es el {time}{place}.",
        "place": ", en {street}",
        "moved": "Su visita es ahora el {time}.",
        "cancelled": "Su visita ({date}, {clock}) se ha cancelado.",
        "callback": "Alguien de nuestro equipo le llamara lo antes posible.",
        "advisor": "Un asesor le llamara lo antes posible.",
        "end": "Ref {ref}. Responda STOP para no recibir mensajes.",
    },
}


@dataclass(frozen=True)
class CallerText:
    """A text to a caller; it may be sent from `due_at` on, and is of no use any more at `useful_until` (aware)."""

    recipient: str
    body: str
    due_at: datetime
    useful_until: datetime


def for_caller(session: CallSession, settings: Settings, now: datetime) -> CallerText | None:
    """The text that the caller of a call that is over has agreed to; None without a consent that still holds.

    The number has to be the caller's to the end of the call. Behind a danger nobody is texted.
    """
    to_them = session.text_to and session.text_to in (session.own_number, session.callback_phone)
    if not settings.text_callers or not to_them or session.emergency:
        return None
    due_at = when_not_quiet(now, settings.zone)
    visit = visit_told(session)
    told = _told(session, visit, settings)
    until = visit or when_not_quiet(session.ended_at or now, settings.zone) + USEFUL_FOR
    if not told or until <= due_at:
        return None
    end = _WORDS[session.language]["end"].format(ref=session.call_id[-_ID_CHARACTERS:])
    body = plain(f"{plain(settings.business_name)[:LONGEST_BUSINESS]}: {told} {end}")
    return CallerText(session.text_to, body, due_at, until)


def visit_told(session: CallSession) -> datetime | None:
    """When the visit is that a text about the call tells of, if it tells of one that is to come."""
    if session.booking_status is BookingStatus.CONFIRMED:
        return session.booked_at
    return session.moved_to if session.reason is Reason.RESCHEDULED else None


def is_changed(session: CallSession, others: Iterable[CallSession]) -> bool:
    """Whether a later one of these calls has changed a visit, or may have: then this call's text would tell a lie.

    Which visit that was is not asked: a text too few costs less than a wrong one.
    """
    later = (other for other in others if other.started_at > session.started_at)
    return any(other.reason in _CHANGED or isinstance(other.in_doubt, ManageAppointment) for other in later)


def _told(session: CallSession, visit: datetime | None, settings: Settings) -> str:
    """What was done or promised, as it stands at the end of the call."""
    words = _WORDS[session.language]
    time = speak_time(visit, visit.astimezone(settings.zone), session.language) if visit else ""
    if visit and session.booking_status is BookingStatus.CONFIRMED:
        street = plain(_WITHIN_THE_HOUSE.sub("", session.address))[:LONGEST_STREET]
        place = words["place"].format(street=street) if street else ""
        return words["booked"].format(time=time, place=place)
    if visit:
        return words["moved"].format(time=time)
    if session.reason is Reason.CANCELLED and session.appointment:
        date, clock = (plain(told)[:LONGEST_TIME] for told in (session.appointment.date, session.appointment.time))
        return words["cancelled"].format(date=date, clock=clock)
    if session.state is not State.CALLBACK:
        return ""
    return words["advisor" if session.reason is Reason.HIGH_TICKET else "callback"]


__all__ = ["LONGEST_TEXT", "CallerText", "for_caller", "is_changed", "visit_told"]
