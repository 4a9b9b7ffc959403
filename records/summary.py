"""What the record says of a call in plain sentences: who wanted what, what happened, what is owed.

It says only what happened: an old visit is "an appointment", never "booked" (R74). Also the caller's name, number and
problem as the dashboard takes them. The payloads are post_call.py's.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from call.dear_numbers import DEAR
from call.session import (
    BookingStatus,
    CallbackStatus,
    CallSession,
    EndedBy,
    EntryKind,
    Intent,
    ManageAction,
    Reason,
    Shown,
    State,
)
from call.spoken_time import write_time
from call.tool_calls import ManageAppointment
from records.classification.classify import Classification
from records.end_reason import DONE, Ending, outcome_of
from records.payloads import looks_like_phone, storable

_CALLED_ABOUT = {
    Intent.BILLING: "a bill",
    Intent.WARRANTY: "a warranty",
    Intent.PRICING: "prices",
    Intent.VENDOR: "something to sell",
    Intent.APPLICANT: "a job",
    Intent.OTHER_TRADE: "something that is not our trade",
    Intent.FOLLOW_UP: "an update on an earlier call",
    Intent.MANAGE: "an existing appointment",
}


_FOUND_LATER = (
    " Its answer never came, and it was found when it was looked up: the caller was not told that it is booked, please"
    " confirm it to them."
)
PROMISES = ("callback_promise", "advisor_promise", "callback_promise:open", "advisor_promise:open")
"""The fixed lines that promise a call."""
_DICTATES = re.compile(r"\d{3}\D{0,2}\d{4}")
_NOT_TEXTED = "It is not certain that the team was texted: please call."


def summary(session: CallSession, ending: Ending, zone: ZoneInfo, about: Classification) -> str:
    """A few plain sentences: who wanted what, what happened, what is owed. Times are local.

    A job has no other place for what the technician needs (contract.md 0.14).
    """
    parts = [_wanted(session, zone), happened(session, ending, zone)]
    if isinstance(session.in_doubt, ManageAppointment):
        parts.append(_uncertain_change(session, session.in_doubt, zone))
    if session.state is State.CALLBACK:
        parts.append(callback_sentence(session))
    if session.text_to:
        parts.append("The caller agreed to a text about it.")
    parts.append(_call_before(session, zone))
    if session.has_appointment and session.reason not in DONE:
        parts.append("This number has an appointment on file.")
    if session.borrowed_phone:
        line = phone_of(session.caller_number) or "a withheld number"
        parts.append(f"The call came from {line}, which is not the caller's own phone.")
    if session.dear_to_call:
        parts.append(DEAR)
    if session.language == "es":
        parts.append("The caller speaks Spanish.")
    parts += [storable(note) for note in session.notes]
    parts += [_equipment(about), _priority(about), f"End of the call: {outcome_of(session)}."]
    return " ".join(part for part in parts if part)


def _equipment(about: Classification) -> str:
    """What was said of the system and the building."""
    age = f"about {about.equipment_age_years} years old" if about.equipment_age_years is not None else ""
    state = (about.system_status or "").replace("_", " ")
    lasting = f"for {about.problem_duration}" if about.problem_duration else ""
    building = f"in a {about.property_type} building" if about.property_type == "commercial" else about.property_type
    told = ", ".join(part for part in (about.equipment_type, age, state, lasting, building or "") if part)
    return f"The system: {told}." if told else ""


def _priority(about: Classification) -> str:
    return f"Priority {about.color}: {about.color_reason}." if about.color != "blue" else ""


def _wanted(session: CallSession, zone: ZoneInfo) -> str:
    who = name_of(session) or "The caller"
    about = storable(session.problem).rstrip(".") or _CALLED_ABOUT.get(session.intent or Intent.SERVICE, "")
    wish = ""
    cancels = session.intent is Intent.MANAGE and session.manage_action is ManageAction.CANCEL  # That day's visit
    if session.high_ticket:
        wish = "wants a quote for a new system"
    elif session.visit_asap:
        wish = "wants a visit as soon as possible"
    elif session.visit_at and not cancels:
        wish = f"wants a visit on {write_time(session.visit_at, zone)}"
    if about:
        return f"{who} called about: {about}{' and ' if wish else ''}{wish}."
    if wish:
        return f"{who} {wish}."
    words = problem_of(session)
    return f'{who} said: "{words}".' if words else f"{who} was not heard."


def happened(session: CallSession, ending: Ending, zone: ZoneInfo) -> str:
    """What came of the call, and of a danger whether the caller and the team know."""
    if ending.end_call_reason == "safety_emergency":
        alone = session.reason is Reason.PERSON_IN_DANGER
        advice = "call 911 for a person in danger" if alone else "leave the house and call 911"
        warned = _heard(session.told("safety_exit:person" if alone else "safety_exit"), f"that they should {advice}")
        texted = "The team was texted." if session.emergency_alert_id.startswith("SM") else _NOT_TEXTED
        visit = f" A visit is booked for {write_time(ending.scheduled_at, zone)}." if ending.scheduled_at else ""
        visit = f" {_uncertain_visit(session, zone)}" if ending.uncertain else visit
        return f"Safety emergency: {warned}. {texted}{visit}"
    if ending.scheduled_at:
        return f"A visit is booked for {write_time(ending.scheduled_at, zone)}.{_untold(session)}"
    if ending.uncertain:
        return _uncertain_visit(session, zone)
    if ending.booking_status is BookingStatus.ATTEMPTED_FAILED:
        return "The booking failed: no visit was made."
    match session.reason:
        case Reason.OUT_OF_AREA:
            zip_code = storable(session.zip_code or session.zip_unconfirmed)
            return f"The ZIP code {zip_code or 'given'} is outside the service area."
        case Reason.TURN_LIMIT | Reason.CALL_TURN_LIMIT | Reason.TIME_LIMIT if session.state is State.CALLBACK:
            return "The call took too long to get everything."
        case Reason.NO_ROOM | Reason.TOO_LATE:
            return "All our lines were busy: the caller was not let in."
        case Reason.FAULT:
            return f"The call could not go on: a fault of {storable(session.fault) or 'our service'}."
        case Reason.NO_AGREEMENT:
            return "No time was agreed on."
        case Reason.MANAGE_FAILED if session.in_doubt is None:
            return "The appointment was not changed."
        case Reason.TRANSFERRED:
            return "The caller was connected with a person."
        case Reason.NOT_CONNECTED:
            return "The caller wanted a person, and nobody took the call."
        case Reason.CANCELLED:
            return f"The appointment was cancelled.{_unheard(session.change_told, 'that it is cancelled')}"
        case Reason.RESCHEDULED if session.moved_to:
            moved = f"The appointment was moved to {write_time(session.moved_to, zone)}."
            return moved + _unheard(session.change_told, "that it is moved")
        case Reason.STATUS_TOLD:
            unheard = _unheard(session.told("status"), "when the appointment is").strip()
            return unheard or "The caller was told when the appointment is."
        case Reason.MESSAGE_TAKEN:
            return "The caller left a message for the visit on file."
        case Reason.MANAGE_UNVERIFIED:
            return "The appointment was not touched: who called was not proved."
    if session.state is State.CALLBACK:
        return ""
    if session.reason is Reason.SILENCE:
        return f"The caller fell silent in {_where(session)}."
    if session.state is State.GOODBYE:
        return f"The caller said goodbye in {_where(session)}."
    if session.ended_by is EndedBy.CALLER:
        return f"The caller hung up in {_where(session)}."
    return f"The call broke off in {_where(session)}."


def _call_before(session: CallSession, zone: ZoneInfo) -> str:
    """The call that this one goes on from, with what was told there alone."""
    earlier = session.earlier if session.goes_on else None
    if earlier is None:
        return ""
    facts = (("name", name_of(session)), ("address", session.address), ("problem", session.problem))
    there = [f"{fact} {told}" for fact, known in facts if not known and (told := storable(getattr(earlier, fact)))]
    more = f" There the caller said: {', '.join(there)}." if there else ""
    return f"Rang again after call {earlier.call_id} of {write_time(earlier.at, zone)}, and this stands for both.{more}"


def _untold(session: CallSession) -> str:
    """Of a visit that stands, whether the caller knows."""
    if session.shown and session.reason is not Reason.BOOKED:
        return _FOUND_LATER
    return _unheard(session.told("booked", "booked_close"), "that it is booked")


def _unheard(told: bool | None, what: str) -> str:
    """That the caller may not know, where they may not."""
    return "" if told else f" {_heard(told, what).capitalize()}: please call."


def _uncertain_visit(session: CallSession, zone: ZoneInfo) -> str:
    if session.booked_at and session.booked_at != session.visit_at:  # Certain, and not what was agreed.
        made = write_time(session.booked_at, zone)
        return f"V2 booked another time than asked, {made}, and the caller did not agree: please move or remove it."
    when = f" on {write_time(session.visit_at, zone)}" if session.visit_at else ""
    sent = "The booking was sent but never answered"
    if session.shown is Shown.NONE:
        return f"{sent}; no visit was found when it was looked up. Please check the calendar{when}."
    return f"{sent}: a visit may exist{when}, please check the calendar."


def _uncertain_change(session: CallSession, asked: ManageAppointment, zone: ZoneInfo) -> str:
    """A change that nobody confirmed, and what was shown when it was looked up."""
    what = "cancellation" if asked.action == "cancel" else "move"
    visit = session.appointment
    which = f" of {storable(visit.attendee_name)} on {visit.date} at {visit.time}" if visit else ""
    sent = f"The {what} of the visit{which} was sent but never answered"
    match session.shown, asked.new_time:
        case Shown.AS_BEFORE, _:
            return f"{sent}: it stood as before when it was looked up."
        case Shown.AS_ASKED, datetime() as moved_to:
            return f"{sent}: when it was looked up, it stood on {write_time(moved_to, zone)}. Please change it there."
        case ((Shown.NONE | Shown.ANOTHER), None):
            return f"{sent}: when it was looked up, it was not shown any more. If it is cancelled, please remove it."
    return f"{sent}: please check the calendar."


def callback_sentence(session: CallSession) -> str:
    """Of a call that ends with a callback: whether it was promised, and whether V2 knows."""
    if not phone_of(session.phone):
        return "No number is known to call back."
    told = session.told(*PROMISES)
    promised = "A callback was promised" if told else f"A callback is due, {_heard(told, 'it promised')}"
    if session.callback_status is CallbackStatus.CREATED:
        return f"{promised} and V2 was told."
    if session.callback_status is CallbackStatus.NOT_CREATED:
        return f"{promised} but V2 was not told of it for certain: please call."
    return f"{promised} and V2 was not told of it: please call."


def _heard(told: bool | None, what: str) -> str:
    if told is None:
        return f"it is not certain that the caller heard {what}"
    return f"the caller {'heard' if told else 'did not hear'} {what}"


def _where(session: CallSession) -> str:
    """The step the call broke off in: the state before an end state took over."""
    if session.state is State.GOODBYE:
        moves = [e.text.split(" -> ")[0] for e in session.timeline if e.kind is EntryKind.STATE]
        return f"the step {storable(moves[-1]) or 'welcome'}" if moves else "the greeting"
    return "the greeting" if session.state is State.WELCOME else f"the step {session.state}"


def name_of(session: CallSession) -> str:
    """The caller's name; empty when none is known."""
    name = storable(session.name)
    return "" if looks_like_phone(name) else name


def phone_of(number: str) -> str:
    """The number, empty when it holds no digit: Twilio says "anonymous" and the like for a withheld one."""
    number = storable(number)
    return number if any(c.isdigit() for c in number) else ""


def _caller_lines(session: CallSession) -> list[str]:
    return [t for e in session.timeline if e.kind is EntryKind.CALLER and (t := storable(e.text))]


def problem_of(session: CallSession) -> str:
    """The problem as understood, else the caller's longest line: their own words beat an empty field.

    One that dictates a number tells of a phone, and comes last.
    """
    longest = max(_caller_lines(session), key=lambda line: (_DICTATES.search(line) is None, len(line)), default="")
    return storable(session.problem) or longest


def said_in_danger(session: CallSession) -> str:
    """What the caller said last before the call went to its emergency end."""
    last = ""
    for entry in session.timeline:
        if entry.kind is EntryKind.CALLER and storable(entry.text):
            last = storable(entry.text)
        if entry.kind is EntryKind.STATE and entry.text.split(":")[0].rstrip().endswith(State.SAFETY_EXIT):
            break
    return last
