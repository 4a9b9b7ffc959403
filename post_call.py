"""A finished call as the three payloads of the dashboard.

Pure: a session and a clock's reading in, one `CallRecord` out, for every ending of design.md, "How a call ends". It
never fails on a session: unknown numbers, missing addresses and a clock that stepped back have their place. How the
call ended is end_reason.py's, the sentences are summary.py's, delivery is dashboard_sync.py's.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from call.session import NO_ADDRESS, CallSession, Entry, EntryKind, State, Urgency
from config import Settings
from records.classification.classify import Classification, classify
from records.end_reason import Ending, ending_of, outcome_of
from records.payloads import (
    UNKNOWN_NAME,
    UNKNOWN_PHONE,
    AlertPayload,
    CallPayload,
    CallRecord,
    DashboardUrgency,
    JobPayload,
    TranscriptLine,
    storable,
)
from records.summary import name_of, phone_of, problem_of, said_in_danger, summary

# routine low, urgent high, emergency emergency, unknown low (conversation.md 5, R85)
URGENCY: dict[Urgency | None, DashboardUrgency] = {
    Urgency.EMERGENCY: "emergency",
    Urgency.URGENT: "high",
    Urgency.ROUTINE: "low",
    None: "low",
}
CUT_OFF = " [cut off]"
NOT_CERTAIN = " [not certain that this was heard]"


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
    problem = problem_of(session)
    job = _job(session, ending, about, call_id, problem, zone) if ending.posts_job else None
    revenue = about.revenue if ending.posts_job else None
    call = CallPayload(
        call_id=call_id,
        # V2 finds calls by it: what was said on a neighbour's phone belongs to the number that was given.
        phone_number=phone_of(session.own_number)
        or phone_of(session.callback_phone)
        or phone_of(session.caller_number)
        or UNKNOWN_PHONE,
        started_at=session.started_at,
        ended_at=ended_at,
        duration_seconds=int((ended_at - session.started_at).total_seconds()) or None,
        transcript_object=_transcript(session) or None,
        customer_name=name_of(session) or None,
        outcome=ending.end_call_reason,
        urgency_tier=_tier(session) or None,
        hvac_issue_type=about.issue or None,
        problem_description=problem or None,
        revenue_tier_label=revenue.label if revenue else None,
        revenue_tier_signals=revenue.signals or None if revenue else None,
    )
    alert = _alert(session, settings, call_id, ended_at) if ending.end_call_reason == "safety_emergency" else None
    return CallRecord(call_id=call_id, ended_as=outcome_of(session), job=job, call=call, alert=alert)


def _job(
    session: CallSession, ending: Ending, about: Classification, call_id: str, problem: str, zone: ZoneInfo
) -> JobPayload:
    emergency = ending.end_call_reason == "safety_emergency"
    revenue = about.revenue
    age = about.equipment_age_years
    said = set(about.tags.get("CUSTOMER", ()))
    return JobPayload(
        call_id=call_id,
        customer_name=name_of(session) or UNKNOWN_NAME,
        customer_phone=phone_of(session.phone) or f"{UNKNOWN_PHONE} ({call_id[-6:]})",
        customer_address=storable(session.postal_address) or NO_ADDRESS,
        urgency="emergency" if emergency else URGENCY[None if session.dear_to_call else session.urgency],
        scheduled_at=ending.scheduled_at.astimezone(zone) if ending.scheduled_at else None,
        end_call_reason=ending.end_call_reason,
        booking_status=ending.booking_status.value,
        ai_summary=summary(session, ending, zone, about),
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
    alert_id = storable(session.emergency_alert_id)
    return AlertPayload(
        alert_id=alert_id or f"alert-{call_id}",
        call_id=call_id,
        phone_number=phone_of(session.phone) or phone_of(session.caller_number) or UNKNOWN_PHONE,
        problem_description=_hazard_words(session),
        sms_sent_at=sent[0] if sent else ended_at,
        callback_promised_minutes=settings.emergency_callback_minutes,
        customer_name=name_of(session) or None,
        customer_address=storable(session.postal_address) or None,
        sms_message_sid=alert_id if alert_id.startswith("SM") else None,
    )


def _tier(session: CallSession) -> str:
    if session.emergency or session.state is State.SAFETY_EXIT:
        return "Emergency"
    if session.urgency and session.dear_to_call:
        return Urgency.ROUTINE.value.capitalize()
    return session.urgency.value.capitalize() if session.urgency else ""


def _transcript(session: CallSession) -> tuple[TranscriptLine, ...]:
    """What the two heard of each other; all else in the timeline is no line (contract.md 2.6, causes 7 and 10)."""
    lines = []
    for entry in sorted(
        session.timeline, key=lambda entry: entry.at
    ):  # A reply may have been decided on before another.
        if entry.kind is EntryKind.CALLER and (text := storable(entry.text)):
            lines.append(TranscriptLine(role="user", content=text))
        if entry.kind is EntryKind.AGENT and (text := storable(entry.words_heard)):
            lines.append(TranscriptLine(role="agent", content=text + _how_heard(entry)))
    return tuple(lines)


def _how_heard(entry: Entry) -> str:
    if entry.heard is None:
        return NOT_CERTAIN
    return "" if entry.words_heard == entry.text else CUT_OFF


def _hazard_words(session: CallSession) -> str:
    last = said_in_danger(session)
    problem = storable(session.problem)
    about = f" Called about: {problem}" if problem else ""
    return f'Safety emergency on the phone. The caller said: "{last}"{about}' if last else f"Safety emergency.{about}"
