"""A finished call as the three payloads of the dashboard.

Pure: a session and a clock's reading in, one `CallRecord` out, for every ending of design.md, "How a call ends". It
never fails on a session: unknown numbers, missing addresses and a clock that stepped back have their place. The summary
says only what happened: an old visit is "an appointment", never "booked" (R74). Delivery is dashboard_sync.py's.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from classification import Classification, classify
from config import Settings
from dashboard_payloads import (
    NO_ADDRESS,
    UNKNOWN_NAME,
    UNKNOWN_PHONE,
    AlertPayload,
    CallPayload,
    CallRecord,
    DashboardUrgency,
    EndCallReason,
    JobPayload,
    TranscriptLine,
    looks_like_phone,
    storable,
)
from session import BookingStatus, CallbackStatus, CallSession, EndedBy, EntryKind, Intent, Reason, State, Urgency

# routine low, urgent high, emergency emergency, unknown low (conversation.md 5, R85)
URGENCY: dict[Urgency | None, DashboardUrgency] = {
    Urgency.EMERGENCY: "emergency",
    Urgency.URGENT: "high",
    Urgency.ROUTINE: "low",
    None: "low",
}
_NO_LEAD = frozenset({Reason.WRONG_NUMBER, Reason.VENDOR, Reason.APPLICANT})
_OUTSIDERS = frozenset({Intent.WRONG_NUMBER, Intent.VENDOR, Intent.APPLICANT})
_DONE: dict[Reason, EndCallReason] = {
    Reason.CANCELLED: "cancelled",
    Reason.RESCHEDULED: "rescheduled",
    Reason.STATUS_TOLD: "completed",
}
_V2_FAULTS = frozenset({Reason.BOOKING_FAILED, Reason.BOOKING_UNCERTAIN, Reason.MANAGE_FAILED})
_OUR_LIMITS = frozenset({Reason.TURN_LIMIT, Reason.CALL_TURN_LIMIT, Reason.TIME_LIMIT})
_CALLED_ABOUT = {
    Intent.BILLING: "a bill",
    Intent.WARRANTY: "a warranty",
    Intent.PRICING: "prices",
    Intent.VENDOR: "something to sell",
    Intent.APPLICANT: "a job",
    Intent.FOLLOW_UP: "an update on an earlier call",
    Intent.MANAGE: "an existing appointment",
}


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
    if session.state is State.CONFIRM and session.reason in _DONE:
        return _DONE[session.reason], False
    if session.state is State.GOODBYE and session.reason is Reason.OUT_OF_AREA:
        return "out_of_area", True
    outsider = session.state is State.GOODBYE and session.reason in _NO_LEAD
    if outsider or session.intent in _OUTSIDERS:
        return "wrong_number", False
    if session.state is State.GOODBYE and session.reason is Reason.DONE and _wants_nothing(session):
        return "completed", False
    # A caller whom we could not hear, or whose line broke, has not been silent: no lead is lost to a fault.
    cut_off = bool(session.fault) or session.ended_by is EndedBy.INTERRUPTED
    return "customer_hangup", session.caller_spoke or cut_off or lead_on_silent_call


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
    return "caller" if left and session.outcome.startswith(("hangup:", "goodbye:silence")) else ""


def build_record(session: CallSession, settings: Settings, *, now: datetime) -> CallRecord:
    """The record of a finished call.

    Args:
        session: The call as it ended.
        settings: Zone of the business, promised minutes, leads of silent calls.
        now: Aware; the end of the call when the session has none.
    """
    zone = settings.zone
    ending = ending_of(session, lead_on_silent_call=settings.lead_on_silent_call)
    about = classify(session, local_time=session.started_at.astimezone(zone))
    call_id = storable(session.call_id) or "unknown"
    ended_at = max(session.ended_at or now, session.started_at)
    problem = _problem(session)
    job = _job(session, ending, about, call_id, problem, zone) if ending.posts_job else None
    revenue = about.revenue if ending.posts_job else None
    call = CallPayload(
        call_id=call_id,
        phone_number=_phone(session.caller_number) or _phone(session.callback_phone) or UNKNOWN_PHONE,
        started_at=session.started_at,
        ended_at=ended_at,
        duration_seconds=int((ended_at - session.started_at).total_seconds()) or None,
        transcript_object=_transcript(session) or None,
        customer_name=_name(session) or None,
        outcome=_outcome(session),
        urgency_tier=_tier(session) or None,
        hvac_issue_type=next(iter(about.tags.get("SERVICE_TYPE", ())), None),
        problem_description=problem or None,
        revenue_tier_label=revenue.label if revenue else None,
        revenue_tier_signals=revenue.signals or None if revenue else None,
    )
    alert = _alert(session, settings, call_id, ended_at) if ending.end_call_reason == "safety_emergency" else None
    return CallRecord(call_id=call_id, job=job, call=call, alert=alert)


def _job(
    session: CallSession, ending: Ending, about: Classification, call_id: str, problem: str, zone: ZoneInfo
) -> JobPayload:
    emergency = ending.end_call_reason == "safety_emergency"
    revenue = about.revenue
    age = about.equipment_age_years
    said = set(about.tags.get("CUSTOMER", ()))
    return JobPayload(
        call_id=call_id,
        customer_name=_name(session) or UNKNOWN_NAME,
        customer_phone=_phone(session.phone) or UNKNOWN_PHONE,
        customer_address=storable(session.address) or NO_ADDRESS,
        urgency="emergency" if emergency else URGENCY[session.urgency],
        scheduled_at=ending.scheduled_at.astimezone(zone) if ending.scheduled_at else None,
        end_call_reason=ending.end_call_reason,
        booking_status=ending.booking_status.value,
        ai_summary=summary(session, ending, zone),
        issue_description=problem or None,
        call_transcript="\n".join(
            f"{'Agent' if line.role == 'agent' else 'Caller'}: {line.content}" for line in _transcript(session)
        )
        or None,
        sales_lead_notes=(problem or None) if ending.end_call_reason == "sales_lead" else None,
        revenue_tier=revenue.tier if revenue else None,
        revenue_tier_label=revenue.label if revenue else None,
        revenue_tier_description=revenue.tier.replace("_", " ") if revenue else None,
        revenue_tier_range=revenue.range if revenue else None,
        revenue_tier_signals=revenue.signals or None if revenue else None,
        revenue_confidence=revenue.confidence if revenue else None,
        estimated_value=revenue.value if revenue else None,
        estimated_revenue_low=revenue.low if revenue else None,
        estimated_revenue_high=revenue.high if revenue else None,
        caller_type=about.caller_type,
        primary_intent=about.primary_intent,
        work_type=about.work_type,
        sentiment_score=about.sentiment,
        status_color=about.color,
        priority_color=about.color,
        priority_reason=about.color_reason,
        tags=about.tags or None,
        property_type=about.property_type,
        system_status=about.system_status,
        equipment_type=about.equipment_type or None,
        equipment_age=f"{age} years" if age is not None else None,
        equipment_age_bracket=about.equipment_age_bracket,
        problem_duration=about.problem_duration or None,
        is_decision_maker=True if "DECISION_MAKER" in said else False if "NEEDS_APPROVAL" in said else None,
        potential_replacement=(revenue.tier == "replacement") if revenue and revenue.signals else None,
        is_callback_complaint=True if session.callback_owed else None,
    )


def _alert(session: CallSession, settings: Settings, call_id: str, ended_at: datetime) -> AlertPayload:
    sent = [e.at for e in session.timeline if e.kind is EntryKind.TOOL and e.text == "send_emergency_alert"]
    return AlertPayload(
        alert_id=storable(session.emergency_alert_id) or f"alert-{call_id}",
        call_id=call_id,
        phone_number=_phone(session.phone) or UNKNOWN_PHONE,
        problem_description=_hazard_words(session),
        sms_sent_at=sent[0] if sent else ended_at,
        callback_promised_minutes=settings.emergency_callback_minutes,
        customer_name=_name(session) or None,
        customer_address=storable(session.address) or None,
    )


def summary(session: CallSession, ending: Ending, zone: ZoneInfo) -> str:
    """A few plain sentences: who wanted what, what happened, what is owed. Times are local."""
    parts = [_wanted(session, zone), _happened(session, ending, zone)]
    if session.state is State.CALLBACK:
        parts.append(_callback_sentence(session))
    if session.has_appointment and session.reason not in _DONE:
        parts.append("This number has an appointment on file.")
    if session.language == "es":
        parts.append("The caller speaks Spanish.")
    parts += [storable(note) for note in session.notes]
    return " ".join(part for part in parts if part)


def _wanted(session: CallSession, zone: ZoneInfo) -> str:
    who = _name(session) or "The caller"
    about = storable(session.problem).rstrip(".") or _CALLED_ABOUT.get(session.intent or Intent.SERVICE, "")
    wish = ""
    if session.high_ticket:
        wish = "wants a quote for a new system"
    elif session.visit_asap:
        wish = "wants a visit as soon as possible"
    elif session.visit_at:
        wish = f"wants a visit on {_when(session.visit_at, zone)}"
    if about:
        return f"{who} called about: {about}{' and ' if wish else ''}{wish}."
    if wish:
        return f"{who} {wish}."
    words = _problem(session)
    return f'{who} said: "{words}".' if words else f"{who} was not heard."


def _happened(session: CallSession, ending: Ending, zone: ZoneInfo) -> str:
    if ending.end_call_reason == "safety_emergency":
        told = "V2 was alerted." if session.emergency_alert_id else "It is not certain that V2 was alerted."
        visit = f" A visit is booked for {_when(ending.scheduled_at, zone)}." if ending.scheduled_at else ""
        return f"Safety emergency: the caller was told to leave the house and call 911. {told}{visit}"
    if ending.scheduled_at:
        return f"A visit is booked for {_when(ending.scheduled_at, zone)}."
    if ending.uncertain:
        when = f" on {_when(session.visit_at, zone)}" if session.visit_at else ""
        return f"The booking was sent but never answered: a visit may exist{when}, please check the calendar."
    if ending.booking_status is BookingStatus.ATTEMPTED_FAILED:
        return "The booking failed: no visit was made."
    match session.reason:
        case Reason.OUT_OF_AREA:
            zip_code = storable(session.zip_code or session.zip_unconfirmed)
            return f"The ZIP code {zip_code or 'given'} is outside the service area."
        case Reason.TURN_LIMIT | Reason.CALL_TURN_LIMIT | Reason.TIME_LIMIT if session.state is State.CALLBACK:
            return "The call took too long to get everything."
        case Reason.FAULT:
            return f"The call could not go on: a fault of {storable(session.fault) or 'our service'}."
        case Reason.NO_AGREEMENT:
            return "No time was agreed on."
        case Reason.MANAGE_FAILED:
            return "The change of the appointment is not certain, please check the calendar."
        case Reason.MANAGE_UNVERIFIED:
            return "The appointment was not touched: the name did not match."
    if session.state is State.CALLBACK:
        return ""
    if session.reason is Reason.SILENCE:
        return f"The caller fell silent in {_where(session)}."
    if session.state is State.GOODBYE:
        return f"The caller said goodbye in {_where(session)}."
    if session.ended_by is EndedBy.CALLER:
        return f"The caller hung up in {_where(session)}."
    return f"The call broke off in {_where(session)}."


def _callback_sentence(session: CallSession) -> str:
    if not _phone(session.phone):
        return "No number is known to call back."
    if session.callback_status is CallbackStatus.CREATED:
        return "A callback was promised and V2 was told."
    if session.callback_status is CallbackStatus.NOT_CREATED:
        return "A callback was promised but V2 was not told of it for certain: please call."
    return "A callback is due and V2 was not told of it: please call."


def _where(session: CallSession) -> str:
    """The step the call broke off in: the state before an end state took over."""
    if session.state is State.GOODBYE:
        moves = [e.text.split(" -> ")[0] for e in session.timeline if e.kind is EntryKind.STATE]
        return f"the step {storable(moves[-1]) or 'welcome'}" if moves else "the greeting"
    return "the greeting" if session.state is State.WELCOME else f"the step {session.state}"


def _outcome(session: CallSession) -> str:
    """The end reason, whose fault it was, and what else failed on the way: `confirm:booked (despite: inworld)`."""
    fault = storable(blame(session))
    parts = {storable(entry.text) for entry in session.timeline if entry.kind is EntryKind.FAULT}
    despite = ", ".join(sorted(parts - {fault, ""}))
    notes = "; ".join(filter(None, (fault and f"fault: {fault}", despite and f"despite: {despite}")))
    return storable(session.outcome) + (f" ({notes})" if notes else "")


def _name(session: CallSession) -> str:
    name = storable(session.name)
    return "" if looks_like_phone(name) else name


def _phone(number: str) -> str:
    """The number, empty when it holds no digit: Twilio says "anonymous" and the like for a withheld one."""
    number = storable(number)
    return number if any(c.isdigit() for c in number) else ""


def _tier(session: CallSession) -> str:
    if session.emergency or session.state is State.SAFETY_EXIT:
        return "Emergency"
    return session.urgency.value.capitalize() if session.urgency else ""


def _transcript(session: CallSession) -> tuple[TranscriptLine, ...]:
    """What was heard and said; everything else in the timeline is no line (contract.md 2.6, causes 7 and 10)."""
    lines = []
    for entry in session.timeline:
        if entry.kind in (EntryKind.CALLER, EntryKind.AGENT) and (text := storable(entry.text)):
            lines.append(TranscriptLine(role="user" if entry.kind is EntryKind.CALLER else "agent", content=text))
    return tuple(lines)


def _caller_lines(session: CallSession) -> list[str]:
    return [t for e in session.timeline if e.kind is EntryKind.CALLER and (t := storable(e.text))]


def _problem(session: CallSession) -> str:
    """The problem as understood, else the caller's longest line: their own words beat an empty field."""
    return storable(session.problem) or max(_caller_lines(session), key=len, default="")


def _hazard_words(session: CallSession) -> str:
    """What the caller said last before the call went to its emergency end."""
    last = ""
    for entry in session.timeline:
        if entry.kind is EntryKind.CALLER and storable(entry.text):
            last = storable(entry.text)
        if entry.kind is EntryKind.STATE and entry.text.split(":")[0].rstrip().endswith(State.SAFETY_EXIT):
            break
    problem = storable(session.problem)
    about = f" Called about: {problem}" if problem else ""
    return f'Safety emergency on the phone. The caller said: "{last}"{about}' if last else f"Safety emergency.{about}"


def _when(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    clock = f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
    return f"{local:%A, %B} {local.day} at {clock}"
