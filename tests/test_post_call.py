"""Every ending of a call as the dashboard gets it, judged by the strict dashboard (contract.md 2).

The endings are those of design.md, "How a call ends".
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from call.dear_numbers import DEAR
from call.session import (
    Appointment,
    BookingStatus,
    CallbackStatus,
    CallSession,
    EndedBy,
    Entry,
    EntryKind,
    Intent,
    ManageAction,
    Question,
    Reason,
    Shown,
    State,
    Urgency,
)
from call.tool_calls import ManageAppointment
from config import Settings, load
from post_call import build_record
from records.end_reason import ending_of
from records.payloads import CallPayload, CallRecord, JobPayload, storable
from simulator.back_office.dashboard_schemas import Problem, validate_alert, validate_call, validate_job

CHICAGO = ZoneInfo("America/Chicago")
START = datetime(2026, 11, 30, 10, 0, tzinfo=CHICAGO)
NOW = START + timedelta(minutes=3)
VISIT = datetime(2026, 12, 3, 10, 30, tzinfo=CHICAGO)
EMAIL = "owner@example.com"


def settings(**values: str) -> Settings:
    return load({
        "OPENAI_API_KEY": "x", "DEEPGRAM_API_KEY": "x", "INWORLD_API_KEY": "x", "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "x", "V2_BACKEND_URL": "http://127.0.0.1:9", **values,
    })  # fmt: skip


SETTINGS = settings()


def problems(record: CallRecord) -> list[Problem]:
    """What the strict dashboard finds wrong with the record as it is sent."""
    found = validate_call(sent(record.call))
    if record.job:
        found += validate_job(sent(record.job))
    if record.alert:
        found += validate_alert(sent(record.alert))
    return found


def sent(payload: Any) -> dict[str, Any]:
    """The body after a trip over the wire."""
    body = json.loads(json.dumps(payload.to_json(EMAIL), ensure_ascii=False, allow_nan=False).encode())
    assert isinstance(body, dict)
    return body


@dataclass
class Case:
    """An ending and the row of design.md, "How a call ends", that it is."""

    name: str
    fields: dict[str, Any]
    reason: str
    booking: str = "not_requested"
    job: bool = True
    alert: bool = False
    says: list[str] = field(default_factory=lambda: ["My AC is not cooling"])
    outcome: str = ""
    summary: str = ""
    tools: list[str] = field(default_factory=list)
    heard: str = ""  # The key of a line


DETAILS: dict[str, Any] = {
    "intent": Intent.SERVICE, "name": "Gregory Weber", "zip_code": "78701", "address": "5311 Izzical Road",
    "problem": "AC is not cooling", "urgency": Urgency.URGENT, "safety_cleared": True, "looked_up": True,
}  # fmt: skip
ATTEMPT = {**DETAILS, "visit_at": VISIT, "approved": True, "booking_attempted": True}
LEFT = {"ended_by": EndedBy.CALLER}
TO_CALLBACK: dict[str, Any] = {
    "state": State.CALLBACK,
    "callback_status": CallbackStatus.CREATED,
    "ended_by": EndedBy.BOT,
}

CASES = [
    Case(
        "hang-up during the greeting",
        {"state": State.WELCOME, **LEFT},
        "customer_hangup",
        job=False,
        says=[],
        outcome="hangup:welcome (fault: caller)",
    ),
    Case(
        "hang-up after one sentence",
        {"state": State.WELCOME, **LEFT},
        "customer_hangup",
        summary="hung up in the greeting",
    ),
    Case(
        "hang-up mid-lookup",
        {"state": State.LOOKUP, "intent": Intent.SERVICE, **LEFT},
        "customer_hangup",
        outcome="hangup:lookup (fault: caller)",
    ),
    Case("hang-up in urgency (R72)", {**DETAILS, "state": State.URGENCY, **LEFT}, "customer_hangup"),
    Case(
        "hang-up while booking",
        {**ATTEMPT, "state": State.BOOKING, **LEFT},
        "customer_hangup",
        "attempted_failed",
        summary="a visit may exist on Thursday, December 3 at 10:30 AM",
    ),
    Case(
        "interrupted",
        {**DETAILS, "state": State.DISCOVERY, "ended_by": EndedBy.INTERRUPTED},
        "customer_hangup",
        outcome="interrupted:discovery (fault: line)",
        summary="broke off in the step discovery",
    ),
    Case(
        "interrupted before a word",
        {"state": State.WELCOME, "ended_by": EndedBy.INTERRUPTED},
        "customer_hangup",
        says=[],
        outcome="interrupted:welcome (fault: line)",
    ),
    Case(
        "silent",
        {"state": State.GOODBYE, "reason": Reason.SILENCE, "ended_by": EndedBy.BOT},
        "customer_hangup",
        job=False,
        says=[],
        outcome="goodbye:silence (fault: caller)",
    ),
    Case(
        "fell silent",
        {**DETAILS, "state": State.GOODBYE, "reason": Reason.SILENCE},
        "customer_hangup",
        summary="fell silent",
    ),
    Case("caller's wish", {**TO_CALLBACK, "reason": Reason.CALLER_WISH}, "callback_later", summary="V2 was told."),
    Case("callback without an address", {**TO_CALLBACK, "reason": Reason.CALLER_WISH, "name": "Ann"}, "callback_later"),
    Case(
        "callback that V2 did not take",
        {**TO_CALLBACK, "reason": Reason.CALLER_WISH, "callback_status": CallbackStatus.NOT_CREATED},
        "callback_later",
        summary="not told of it for certain",
    ),
    Case(
        "turn limit",
        {**DETAILS, **TO_CALLBACK, "reason": Reason.TURN_LIMIT},
        "callback_later",
        outcome="callback:turn_limit (fault: us)",
    ),
    Case("call turn limit", {**TO_CALLBACK, "reason": Reason.CALL_TURN_LIMIT}, "callback_later"),
    Case("time limit", {**TO_CALLBACK, "reason": Reason.TIME_LIMIT}, "callback_later"),
    Case(
        "deaf",
        {**TO_CALLBACK, "reason": Reason.FAULT, "fault": "deepgram"},
        "callback_later",
        says=[],
        outcome="fault:deepgram (fault: deepgram)",
    ),
    Case("deaf and hung up", {"fault": "deepgram", **LEFT}, "customer_hangup", says=[]),
    Case(
        "billing",
        {**TO_CALLBACK, "reason": Reason.BILLING, "intent": Intent.BILLING},
        "callback_later",
        says=["My bill is wrong"],
    ),
    Case("warranty", {**TO_CALLBACK, "reason": Reason.WARRANTY, "intent": Intent.WARRANTY}, "callback_later"),
    Case("follow-up", {**TO_CALLBACK, "reason": Reason.FOLLOW_UP, "intent": Intent.FOLLOW_UP}, "callback_later"),
    Case(
        "Spanish",
        {**TO_CALLBACK, "reason": Reason.SPANISH, "language": "es"},
        "callback_later",
        says=["No enfría"],
        summary="speaks Spanish",
    ),
    Case("no agreement", {**DETAILS, **TO_CALLBACK, "reason": Reason.NO_AGREEMENT}, "callback_later"),
    Case(
        "high ticket",
        {**TO_CALLBACK, "reason": Reason.HIGH_TICKET, "high_ticket": True, "sales_alert_sent": True},
        "sales_lead",
        says=["I want a quote for a new system"],
        summary="quote for a new system",
    ),
    Case(
        "booked",
        {
            **ATTEMPT,
            "state": State.CONFIRM,
            "reason": Reason.BOOKED,
            "booking_status": BookingStatus.CONFIRMED,
            "booked_at": VISIT.astimezone(UTC),
            "ended_by": EndedBy.BOT,
        },
        "completed",
        "confirmed",
        outcome="confirm:booked",
        summary="A visit is booked for Thursday, December 3 at 10:30 AM.",
    ),
    Case(
        "booked, then hung up",
        {
            **ATTEMPT,
            "state": State.CONFIRM,
            "reason": Reason.BOOKED,
            **LEFT,
            "booked_at": VISIT,
            "booking_status": BookingStatus.CONFIRMED,
        },
        "completed",
        "confirmed",
    ),
    Case(
        "booked, then an emergency",
        {
            **ATTEMPT,
            "state": State.SAFETY_EXIT,
            "reason": Reason.EMERGENCY,
            "emergency": True,
            "booking_status": BookingStatus.CONFIRMED,
            "booked_at": VISIT,
        },
        "safety_emergency",
        "confirmed",
        alert=True,
    ),
    Case(
        "booking failed",
        {**ATTEMPT, **TO_CALLBACK, "reason": Reason.BOOKING_FAILED, "booking_status": BookingStatus.ATTEMPTED_FAILED},
        "callback_later",
        "attempted_failed",
        outcome="callback:booking_failed (fault: v2)",
        summary="no visit was made",
    ),
    Case(
        "booking uncertain",
        {
            **ATTEMPT,
            **TO_CALLBACK,
            "reason": Reason.BOOKING_UNCERTAIN,
            "booking_uncertain": True,
            "booking_status": BookingStatus.ATTEMPTED_FAILED,
        },
        "callback_later",
        "attempted_failed",
        summary="a visit may exist on Thursday, December 3 at 10:30 AM",
    ),
    Case(
        "safety exit",
        {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True, "emergency_alert_id": "SM1"},
        "safety_emergency",
        alert=True,
        says=["It smells like gas"],
        summary="911",
    ),
    Case(
        "safety exit without V2",
        {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True},
        "safety_emergency",
        alert=True,
        says=["It smells like gas"],
        tools=["send_emergency_alert"],
    ),
    Case(
        "out of area",
        {"state": State.GOODBYE, "reason": Reason.OUT_OF_AREA, "zip_code": "78613"},
        "out_of_area",
        summary="78613",
    ),
    Case(
        "wrong number",
        {"state": State.GOODBYE, "reason": Reason.WRONG_NUMBER, "intent": Intent.WRONG_NUMBER},
        "wrong_number",
        job=False,
        says=["Is this the pizza place"],
    ),
    Case(
        "vendor", {"state": State.GOODBYE, "reason": Reason.VENDOR, "intent": Intent.VENDOR}, "wrong_number", job=False
    ),
    Case("vendor hung up", {"state": State.NON_SERVICE, "intent": Intent.VENDOR, **LEFT}, "wrong_number", job=False),
    Case(
        "applicant",
        {"state": State.GOODBYE, "reason": Reason.APPLICANT, "intent": Intent.APPLICANT},
        "wrong_number",
        job=False,
    ),
    Case(
        "cancelled",
        {"state": State.CONFIRM, "reason": Reason.CANCELLED, "intent": Intent.MANAGE},
        "cancelled",
        job=False,
    ),
    Case(
        "rescheduled",
        {"state": State.CONFIRM, "reason": Reason.RESCHEDULED, "moved_to": VISIT, "intent": Intent.MANAGE},
        "rescheduled",
        job=False,
    ),
    Case(
        "status told",
        {"state": State.CONFIRM, "reason": Reason.STATUS_TOLD, "intent": Intent.MANAGE},
        "completed",
        job=False,
        heard="status",
    ),
    Case(
        "status decided on, not heard",
        {"state": State.CONFIRM, "reason": Reason.STATUS_TOLD, "intent": Intent.MANAGE, **LEFT},
        "customer_hangup",
        summary="The caller did not hear when the appointment is: please call.",
    ),
    *(
        Case(
            f"more behind {reason}",
            {
                "state": State.CONFIRM,
                "reason": reason,
                "moved_to": VISIT,
                "intent": Intent.MANAGE,
                "notes": ['At the end the caller said: "my heater is dead".'],
            },
            "callback_later",
            summary=told,
            heard="status",
        )
        for reason, told in (
            (Reason.CANCELLED, "The appointment was cancelled. "),
            (Reason.RESCHEDULED, "The appointment was moved to "),
            (Reason.STATUS_TOLD, "The caller was told when the appointment is. "),
        )
    ),
    Case(
        "cancelled, and the day was told",
        {
            "state": State.CONFIRM,
            "reason": Reason.CANCELLED,
            "intent": Intent.MANAGE,
            "manage_action": ManageAction.CANCEL,
            "visit_at": VISIT,
            "notes": ['At the end the caller said: "I will call back".'],
        },
        "callback_later",
        summary="called about: an existing appointment. The appointment was cancelled. ",
        heard="status",
    ),
    Case(
        "message for the visit on file",
        {
            "state": State.CONFIRM,
            "reason": Reason.MESSAGE_TAKEN,
            "intent": Intent.MANAGE,
            "notes": ['For the visit on file the caller said: "the gate code is 8812".'],
        },
        "callback_later",
        summary="left a message for the visit on file. For the visit on file the caller said",
    ),
    Case(
        "change failed",
        {**TO_CALLBACK, "reason": Reason.MANAGE_FAILED, "intent": Intent.MANAGE},
        "callback_later",
        summary="was not changed",
    ),
    Case(
        "name did not match",
        {**TO_CALLBACK, "reason": Reason.MANAGE_UNVERIFIED, "intent": Intent.MANAGE},
        "callback_later",
        summary="not touched",
    ),
    Case(
        "price asked, nothing wanted",
        {"state": State.GOODBYE, "reason": Reason.DONE, "intent": Intent.PRICING},
        "completed",
        job=False,
    ),
    Case("bye in the middle", {**DETAILS, "state": State.GOODBYE, "reason": Reason.DONE}, "customer_hangup"),
    Case(
        "appointment left as it is",
        {"state": State.GOODBYE, "reason": Reason.DONE, "intent": Intent.MANAGE},
        "completed",
        job=False,
    ),
    Case(
        "no caller number",
        {**DETAILS, **TO_CALLBACK, "reason": Reason.CALLER_WISH, "caller_number": ""},
        "callback_later",
        summary="No number is known",
    ),
    Case(
        "withheld number",
        {**DETAILS, **TO_CALLBACK, "reason": Reason.CALLER_WISH, "caller_number": "anonymous"},
        "callback_later",
        summary="No number is known",
    ),
    Case(
        "an emergency without a number",
        {"state": State.SAFETY_EXIT, "emergency": True, "caller_number": ""},
        "safety_emergency",
        alert=True,
        says=["Yes"],
    ),
    Case(
        "clock stepped back",
        {**DETAILS, "state": State.DISCOVERY, "ended_at": START - timedelta(hours=1), **LEFT},
        "customer_hangup",
    ),
    Case(
        "an old appointment (R74)",
        {**DETAILS, "state": State.URGENCY, "has_appointment": True, **LEFT},
        "customer_hangup",
        summary="has an appointment on file",
    ),
    Case(
        "what was added behind the booking",
        {**DETAILS, "state": State.URGENCY, "notes": ['At the end the caller said: "the gate code is 4411".'], **LEFT},
        "customer_hangup",
        summary="the gate code is 4411",
    ),
    Case(
        "a phone number as name",
        {**TO_CALLBACK, "reason": Reason.CALLER_WISH, "name": "512 555 0101"},
        "callback_later",
    ),
    Case("killed before it ended", {**DETAILS, "state": State.PRE_CONFIRM}, "customer_hangup", summary="broke off"),
]


def session_of(case: Case) -> CallSession:
    session = CallSession(call_id="CA1", started_at=START, **({"caller_number": "+15125550101"} | case.fields))
    session.note(EntryKind.AGENT, "Thanks for calling. How can I help you today?", START, heard=1.0)
    for line in case.says:
        session.note(EntryKind.CALLER, line, START + timedelta(seconds=5))
    session.note(EntryKind.TOOL, "lookup_caller", START + timedelta(seconds=6), detail="ok", milliseconds=80)
    session.note(EntryKind.STATE, f"safety -> {session.state}", START + timedelta(seconds=7), detail="x")
    for tool in case.tools:
        session.note(EntryKind.TOOL, tool, START + timedelta(seconds=8), detail="unknown")
    if case.heard:
        session.note(EntryKind.AGENT, "Your visit is so.", START + timedelta(seconds=8), detail=case.heard, heard=1)
    session.note(EntryKind.AGENT, "", START + timedelta(seconds=9))
    return session


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_ending_is_accepted_and_routed(case: Case) -> None:
    """The strict dashboard finds nothing wrong, and the row is the one of "How a call ends"."""
    session = session_of(case)
    record = build_record(session, SETTINGS, now=NOW)
    assert problems(record) == []

    ending = ending_of(session)
    assert (ending.end_call_reason, ending.booking_status) == (case.reason, case.booking)
    assert (record.job is not None, record.alert is not None) == (case.job, case.alert)
    assert case.outcome in ("", record.ended_as)
    assert record.call.outcome == case.reason  # contract.md 0.3
    if record.job:
        body = sent(record.job)
        assert (body["end_call_reason"], body["booking_status"]) == (case.reason, case.booking)
        assert ("scheduled_at" in body) == (case.booking == "confirmed")
        assert case.summary in body["ai_summary"]
        assert body["status_color"] == body["priority_color"]
        assert ("booked" in body["ai_summary"]) == (case.booking == "confirmed")  # R74


def record_of(name: str, **values: str) -> CallRecord:
    case = next(case for case in CASES if case.name == name)
    return build_record(session_of(case), settings(**values), now=NOW)


def test_a_booked_time_is_sent_with_its_offset_in_the_zone_of_the_business() -> None:
    """9 AM is not 3 PM (R66); with it what was booked becomes a job of the dashboard's (R76, R85)."""
    job = record_of("booked").job
    assert job is not None
    assert sent(job)["scheduled_at"] == "2026-12-03T10:30:00-06:00"


def test_what_is_unknown_has_its_placeholder() -> None:
    """No number, no address, no name: what V2's search and both dashboards take (contract.md 2.6)."""
    record = record_of("an emergency without a number")
    assert record.job is not None
    assert record.alert is not None
    body = sent(record.job)
    assert (body["customer_name"], body["customer_phone"], body["customer_address"]) == (
        "Unknown caller",
        "unknown (CA1)",
        "Not provided",
    )
    assert sent(record.call)["phone_number"] == "unknown"
    assert sent(record.alert)["phone_number"] == "unknown"
    assert "customer_name" not in sent(record.call)


@pytest.mark.parametrize(
    ("urgency", "sent_as"),
    [(Urgency.ROUTINE, "low"), (Urgency.URGENT, "high"), (Urgency.EMERGENCY, "emergency"), (None, "low")],
)
def test_urgency_is_mapped(urgency: Urgency | None, sent_as: str) -> None:
    """routine low, urgent high, emergency emergency, unknown low (R83, R85)."""
    session = session_of(Case("x", {**DETAILS, "urgency": urgency}, ""))
    job = build_record(session, SETTINGS, now=NOW).job
    assert job is not None
    assert job.urgency == sent_as


def test_attempt_success_and_neither_are_told_apart() -> None:
    """R62, R89: by booking_status and end_call_reason, which every job has; each with its summary (R85)."""
    told = {}
    for name in ("booked", "booking failed", "booking uncertain", "caller's wish", "hang-up in urgency (R72)"):
        job = record_of(name).job
        assert job is not None
        body = sent(job)
        assert body["ai_summary"]
        told[name] = (body["booking_status"], body["end_call_reason"], "scheduled_at" in body)
    assert told == {
        "booked": ("confirmed", "completed", True),
        "booking failed": ("attempted_failed", "callback_later", False),
        "booking uncertain": ("attempted_failed", "callback_later", False),
        "caller's wish": ("not_requested", "callback_later", False),
        "hang-up in urgency (R72)": ("not_requested", "customer_hangup", False),
    }


def test_a_safety_exit_is_an_emergency_with_one_alert() -> None:
    """V2's alertId, so that there is one alert, else our own; the promise is the setting's."""
    told, untold = (
        record_of("safety exit").alert,
        record_of("safety exit without V2", EMERGENCY_CALLBACK_MINUTES="20").alert,
    )
    assert told is not None
    assert untold is not None
    assert (told.alert_id, untold.alert_id) == ("SM1", "alert-CA1")
    assert (told.callback_promised_minutes, untold.callback_promised_minutes) == (15, 20)
    assert untold.sms_sent_at == START + timedelta(seconds=8)
    assert "It smells like gas" in told.problem_description
    job = record_of("safety exit").job
    assert job is not None
    assert job.urgency == "emergency"


def test_l8_the_team_reads_that_a_person_is_in_danger() -> None:
    """And not that the house was left; all else is a safety exit's."""
    session = session_of(next(case for case in CASES if case.name == "safety exit"))
    session.reason = Reason.PERSON_IN_DANGER
    record = build_record(session, settings(), now=NOW)
    assert record.ended_as == "safety_exit:person_in_danger"
    assert record.alert is not None
    assert record.job is not None
    body = sent(record.job)
    assert body["end_call_reason"] == "safety_emergency"
    assert "call 911 for a person in danger" in body["ai_summary"]
    assert "leave the house" not in body["ai_summary"]


def test_the_transcript_has_lines_of_two_roles_only() -> None:
    """R83: no tools, no empty lines (contract.md 2.6, causes 7 and 10)."""
    assert sent(record_of("booked").call)["transcript_object"] == [
        {"role": "agent", "content": "Thanks for calling. How can I help you today?"},
        {"role": "user", "content": "My AC is not cooling"},
    ]


def test_the_end_reason_names_every_part_that_failed() -> None:
    """Whose fault the end is, then what failed on the way, each once."""
    outcomes = []
    for name in ("booked", "booking failed"):
        session = session_of(next(case for case in CASES if case.name == name))
        for part in ("v2", "inworld", "inworld", "openai"):
            session.note(EntryKind.FAULT, part, NOW, detail="late")
        outcomes.append(build_record(session, settings(), now=NOW).ended_as)
    assert outcomes == [
        "confirm:booked (despite: inworld, openai, v2)",
        "callback:booking_failed (fault: v2; despite: inworld, openai)",
    ]


def test_a_clock_that_stepped_back_leaves_no_negative_duration() -> None:
    """The end is not before the start; a duration of nothing is left out."""
    body = sent(record_of("clock stepped back").call)
    assert body["ended_at"] == body["started_at"]
    assert "duration_seconds" not in body
    assert sent(record_of("booked").call)["duration_seconds"] == 180


def test_a_silent_call_makes_a_lead_only_on_request() -> None:
    """LEAD_ON_SILENT_CALL is off by default."""
    assert record_of("silent").job is None
    assert record_of("silent", LEAD_ON_SILENT_CALL="true").job is not None
    assert record_of("wrong number", LEAD_ON_SILENT_CALL="true").job is None


def test_a_call_is_linked_to_its_lead_or_job() -> None:
    """Ids are added when the jobs webhook gave them; an id that is not there is absent, never null (R86)."""
    call = record_of("booked").call
    linked = sent(call.with_ids(job_id="6f1c"))
    assert linked["job_id"] == "6f1c"
    assert "lead_id" not in linked
    assert linked.items() >= sent(call).items()
    assert validate_call(linked) == []


def test_a_record_survives_being_kept() -> None:
    """What is kept for later delivery is what would have been sent."""
    record = record_of("booked")
    kept = CallRecord.model_validate(json.loads(record.model_dump_json()))
    assert record.job is not None
    assert kept.job is not None
    assert (sent(kept.job), sent(kept.call)) == (sent(record.job), sent(record.call))


@pytest.mark.parametrize("email", ["", " ", "owner", "owner@", "a..b@example.com", "owner@example"])
def test_no_body_without_a_user(email: str) -> None:
    """A record is kept until there is a user to send it for (contract.md 2.6, cause 5)."""
    with pytest.raises(ValueError, match="DASHBOARD_USER_EMAIL"):
        record_of("booked").call.to_json(email)


JOB: dict[str, Any] = {
    "call_id": "CA1", "customer_name": "Ann", "customer_phone": "+15125550101", "customer_address": "Not provided",
    "urgency": "low", "end_call_reason": "callback_later", "booking_status": "not_requested",
}  # fmt: skip
CALL: dict[str, Any] = {"call_id": "CA1", "phone_number": "unknown", "started_at": START}
UNBUILDABLE: list[tuple[int, Callable[..., object], dict[str, Any]]] = [
    (1, JobPayload, JOB | {"customer_address": ""}),
    (2, JobPayload, JOB | {"urgency": "routine"}),
    (3, JobPayload, JOB | {"booking_status": "confirmed", "scheduled_at": datetime(2026, 12, 3, 10, 30)}),
    (3, JobPayload, JOB | {"booking_status": "confirmed", "scheduled_at": "Thursday"}),
    (3, JobPayload, JOB | {"booking_status": "confirmed", "scheduled_at": ""}),
    (4, JobPayload, JOB | {"customer_phone": ""}),
    (4, CallPayload, CALL | {"phone_number": " "}),
    (6, JobPayload, JOB | {"sentiment_score": "3"}),
    (6, JobPayload, JOB | {"sentiment_score": 3.5}),
    (6, JobPayload, JOB | {"sentiment_score": 6}),
    (7, CallPayload, CALL | {"transcript_object": [{"role": "tool", "content": "x"}]}),
    (8, CallPayload, CALL | {"started_at": ""}),
    (10, CallPayload, CALL | {"transcript_object": [{"role": "agent", "content": None}]}),
    (11, CallPayload, CALL | {"call_id": ""}),
    (12, CallPayload, CALL | {"duration_seconds": -1}),
    (13, JobPayload, JOB | {"revenue_tier_label": "$$$$$"}),
    (13, JobPayload, JOB | {"status_color": "ORANGE"}),
    (0, JobPayload, JOB | {"tags": {"MOOD": ["ANGRY"]}}),
    (0, JobPayload, JOB | {"card_headline": "x"}),
    (0, JobPayload, JOB | {"customer_name": "+1 (512) 555-0101"}),
    (0, JobPayload, JOB | {"end_call_reason": "completed"}),
    (0, JobPayload, JOB | {"end_call_reason": "wrong_number"}),
    (0, JobPayload, JOB | {"scheduled_at": VISIT}),
]


@pytest.mark.parametrize(("cause", "build", "values"), UNBUILDABLE)
def test_what_would_be_refused_cannot_be_built(
    cause: int, build: Callable[..., object], values: dict[str, Any]
) -> None:
    """R83: the causes of contract.md 2.6 by number, and what was accepted and wrong (0)."""
    with pytest.raises(ValidationError):
        build(**values)


def test_null_is_left_out() -> None:
    """R84: null is refused everywhere, lead_id included (cause 9)."""
    assert None not in JobPayload(**JOB).to_json(EMAIL).values()
    assert "lead_id" not in CallPayload(**CALL).with_ids(lead_id=None).to_json(EMAIL)


def test_text_that_a_database_refuses_is_taken_out() -> None:
    """NUL and lone surrogates reach neither JSON nor Postgres."""
    assert storable("a\x00b\ud800c\n") == "abc"


# Any session whatsoever
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["", " ", "\x00", "\ud800", "5125550101", "booked", "null"]
)
MOMENTS = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from(
        [UTC, CHICAGO, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(seconds=-18001))]
    ),
)


def _valid(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


SAFE_TEXT = TEXT.map(_valid)
SESSIONS = st.builds(
    CallSession,
    call_id=SAFE_TEXT.filter(bool),
    caller_number=SAFE_TEXT,
    started_at=MOMENTS,
    ended_at=st.none() | MOMENTS,
    language=st.sampled_from(["en", "es"]),
    state=st.sampled_from(State),
    question=st.none() | st.sampled_from(Question),
    intent=st.none() | st.sampled_from(Intent),
    manage_action=st.none() | st.sampled_from(ManageAction),
    name=SAFE_TEXT,
    zip_code=SAFE_TEXT,
    zip_unconfirmed=SAFE_TEXT,
    address=SAFE_TEXT,
    problem=SAFE_TEXT,
    callback_phone=SAFE_TEXT,
    urgency=st.none() | st.sampled_from(Urgency),
    visit_at=st.none() | MOMENTS,
    visit_asap=st.booleans(),
    high_ticket=st.booleans(),
    safety_cleared=st.booleans(),
    known_caller=st.booleans(),
    has_appointment=st.booleans(),
    callback_owed=st.booleans(),
    callback_issue=SAFE_TEXT,
    calls_today=st.integers(0, 9),
    appointment=st.none()
    | st.builds(Appointment, uid=SAFE_TEXT, date=SAFE_TEXT, time=SAFE_TEXT, attendee_name=SAFE_TEXT),
    booking_attempted=st.booleans(),
    booking_status=st.sampled_from(BookingStatus),
    booking_uncertain=st.booleans(),
    booked_at=st.none() | MOMENTS,
    callback_status=st.sampled_from(CallbackStatus),
    emergency=st.booleans(),
    emergency_alert_id=SAFE_TEXT,
    reason=st.none() | st.sampled_from(Reason),
    fault=SAFE_TEXT,
    ended_by=st.none() | st.sampled_from(EndedBy),
    timeline=st.lists(
        st.builds(Entry, at=MOMENTS, kind=st.sampled_from(EntryKind), text=SAFE_TEXT, detail=SAFE_TEXT), max_size=5
    ),
)


@given(SESSIONS, MOMENTS, st.booleans())
def test_any_session_makes_a_record_that_the_dashboard_accepts(
    session: CallSession, now: datetime, silent: bool
) -> None:
    """Whatever a call was, whatever the clock did: nothing in its record is refused or becomes a job without a time."""
    record = build_record(session, settings(LEAD_ON_SILENT_CALL=str(silent)), now=now)
    assert problems(record) == []
    if record.job:
        assert record.job.end_call_reason != "wrong_number"
        assert record.job.scheduled_at or record.job.end_call_reason in (
            "callback_later", "sales_lead", "customer_hangup", "out_of_area", "safety_emergency",
        )  # fmt: skip
    assert (record.alert is not None) == (session.emergency or session.state is State.SAFETY_EXIT)


# What the real dashboard and V2 make of it: contract.md 0

ELEVEN = {
    "wrong_number", "callback_later", "safety_emergency", "urgent_escalation", "out_of_area", "waitlist_added",
    "completed", "customer_hangup", "sales_lead", "cancelled", "rescheduled",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_0_3_the_outcome_is_one_of_the_eleven(case: Case) -> None:
    """V2 finds a promised callback by it; our own reason stays in the record and in the job's summary."""
    record = build_record(session_of(case), SETTINGS, now=NOW)
    assert sent(record.call)["outcome"] in ELEVEN
    assert (record.job is None) or f"End of the call: {record.ended_as}." in sent(record.job)["ai_summary"]


def test_0_3_a_record_of_the_version_before_is_still_delivered() -> None:
    """It had our own reason as the outcome."""
    now = record_of("turn limit")
    old = now.model_dump(mode="json", exclude={"ended_as"})
    old["call"]["outcome"] = "callback:turn_limit (fault: us)"
    assert CallRecord.model_validate(old) == now


def test_0_9_our_alert_keeps_what_v2s_had() -> None:
    """An alert under V2's id overwrites the row: the text's sid, the name and the address are sent again."""
    session = session_of(next(case for case in CASES if case.alert))
    session.name, session.address, session.zip_code = "Gregory Weber", "5311 Izzical Road", "78745"
    for alert_id, sid in (("SM77", "SM77"), ("alert_9", None), ("", None)):
        session.emergency_alert_id = alert_id
        alert = build_record(session, SETTINGS, now=NOW).alert
        assert alert is not None
        assert sent(alert).get("sms_message_sid") == sid
        assert sent(alert).get("customer_name") == "Gregory Weber"
        assert sent(alert).get("customer_address") == "5311 Izzical Road, 78745"


@pytest.mark.parametrize(
    ("address", "zip_code", "sent_as"),
    [
        ("5311 Izzical Road", "78745", "5311 Izzical Road, 78745"),
        ("5311 Izzical Road, Austin 78745", "78745", "5311 Izzical Road, Austin 78745"),
        ("5311 Izzical Road", "", "5311 Izzical Road"),
        ("", "78745", "Not provided"),
    ],
)
def test_0_11_the_zip_is_in_the_address(address: str, zip_code: str, sent_as: str) -> None:
    """V2 reads a returning caller's ZIP out of it."""
    job = build_record(
        session_of(Case("x", {**DETAILS, "address": address, "zip_code": zip_code}, "")), SETTINGS, now=NOW
    )
    assert job.job is not None
    assert sent(job.job)["customer_address"] == sent_as


def test_0_12_a_job_has_the_number_that_was_given_and_the_call_the_callers() -> None:
    """V2 finds jobs by the one and calls by the other; the team calls back where the caller wants it."""
    session = session_of(Case("x", {**DETAILS, "callback_phone": "+15125550199"}, ""))
    record = build_record(session, SETTINGS, now=NOW)
    assert record.job is not None
    assert sent(record.job)["customer_phone"] == "+15125550199"
    assert sent(record.call)["phone_number"] == session.caller_number != "+15125550199"


def test_0_14_the_summary_has_what_a_technician_needs() -> None:
    """A job stores neither the equipment nor why it has its colour."""
    said = ["My furnace won't turn on at all, it's 18 years old", "It's a condo, out for two weeks now"]
    case = Case("x", {**DETAILS, "problem": "furnace won't turn on"}, "", says=said)
    job = build_record(session_of(case), SETTINGS, now=NOW).job
    assert job is not None
    text = sent(job)["ai_summary"]
    assert "The system: furnace, about 18 years old, completely down" in text
    assert "condo" in text
    assert f"Priority {job.status_color}: {job.priority_reason}." in text


def test_0_20_jobs_without_a_number_are_not_one_customers() -> None:
    """The dashboard takes equal numbers for one customer, and would show the first one's name and address."""
    session = session_of(Case("x", DETAILS, ""))
    numbers = set()
    for call_id in ("CA0001", "CA0002"):
        job = build_record(session.model_copy(update={"call_id": call_id, "caller_number": ""}), SETTINGS, now=NOW).job
        assert job is not None
        numbers.add(job.customer_phone)
    assert len(numbers) == 2
    assert all(number.startswith("unknown") for number in numbers)


SAFETY_EXIT = "Please leave the house now and call 911 from outside. Don't touch any light switches on the way out."


@pytest.mark.parametrize(
    ("heard", "line"),
    [
        (1.0, SAFETY_EXIT),
        (0.97, SAFETY_EXIT),  # No more than its last word
        (0.3, "Please leave the house now and [cut off]"),
        (0.0, None),
        (None, f"{SAFETY_EXIT} [not certain that this was heard]"),
    ],
)
def test_a_line_is_in_the_record_as_far_as_it_was_heard(heard: float | None, line: str | None) -> None:
    session = session_of(next(case for case in CASES if case.name == "safety exit"))
    session.note(EntryKind.AGENT, SAFETY_EXIT, START, detail="safety_exit", heard=heard)
    record = build_record(session, SETTINGS, now=NOW)
    assert problems(record) == []
    told = [said.content for said in record.call.transcript_object or () if said.role == "agent"]
    assert told[1:] == ([line] if line else [])


@pytest.mark.parametrize(
    ("case", "key", "text", "heard", "summary"),
    [
        ("safety exit", "safety_exit", SAFETY_EXIT, 0.6, "Safety emergency: the caller heard that they should leave"),
        ("safety exit", "safety_exit", SAFETY_EXIT, 0.3, "Safety emergency: the caller did not hear that they should"),
        ("safety exit", "safety_exit", SAFETY_EXIT, None, "it is not certain that the caller heard that they should"),
        ("booked", "booked", "You're booked for Tuesday. See you.", 1.0, "A visit is booked for .*[^:] [A-Z]"),
        (
            "booked",
            "booked",
            "You're booked for Tuesday. See you.",
            0.1,
            "did not hear that it is booked: please",
        ),
        *(
            (f"more behind {reason}", reason, "Your visit is changed.", heard, told)
            for reason, done in (("cancelled", "cancelled"), ("rescheduled", "moved"))
            for heard, told in (
                (1.0, f"The appointment was {done}[^.]*\\. [^T]"),
                (0.3, f"The caller did not hear that it is {done}: please call"),
                (None, f"It is not certain that the caller heard that it is {done}: please call"),
            )
        ),
        ("caller's wish", "callback_promise", "We will call you. Bye.", 0.8, "A callback was promised and V2 was told"),
        (
            "caller's wish",
            "callback_promise",
            "We will call you. Bye.",
            0.1,
            "is due, the caller did not hear it promised",
        ),
    ],
)
def test_the_summary_claims_nothing_that_was_not_heard(
    case: str, key: str, text: str, heard: float | None, summary: str
) -> None:
    session = session_of(next(made for made in CASES if made.name == case))
    session.note(EntryKind.AGENT, text, START, detail=key, heard=heard)
    job = build_record(session, SETTINGS, now=NOW).job
    assert job is not None
    assert re.search(summary, job.ai_summary or "")


def test_the_lines_are_in_the_order_in_which_they_were_heard() -> None:
    """The model's answer was decided on before the goodbye, and had its words after it was handed over."""
    session = session_of(next(case for case in CASES if case.name == "safety exit"))
    first = len(session.timeline)
    session.note(EntryKind.AGENT, "Goodbye.", START + timedelta(seconds=20))
    session.note(EntryKind.AGENT, "They can tell you.", START + timedelta(seconds=21))
    session.note(EntryKind.AGENT, "Nobody heard this.", START + timedelta(seconds=21))
    session.was_heard(first + 1, 0.1, START + timedelta(seconds=22))
    session.was_heard(first + 1, 1.0, START + timedelta(seconds=24))
    session.was_heard(first, 1.0, START + timedelta(seconds=25))
    session.was_heard(first + 2, 0.0, START + timedelta(seconds=25))
    record = build_record(session, SETTINGS, now=NOW)
    told = [said.content for said in record.call.transcript_object or () if said.role == "agent"]
    assert told[1:] == ["They can tell you.", "Goodbye."]


# What V2 never answered, and what a look-up showed of it

ON_BOOKS = Appointment(uid="u1", date="Friday, November 27", time="10:00 AM", attendee_name="Sam Hale")
CANCEL = ManageAppointment("cancel", "u1")
MOVE = ManageAppointment("reschedule", "u1", new_time=datetime(2026, 11, 30, 16, tzinfo=UTC))
CHANGE = {**TO_CALLBACK, "reason": Reason.MANAGE_FAILED, "intent": Intent.MANAGE, "appointment": ON_BOOKS}
BOOKING = {**TO_CALLBACK, "reason": Reason.BOOKING_UNCERTAIN, "booking_attempted": True, "visit_at": MOVE.new_time}
BOOKING |= {"booking_status": BookingStatus.ATTEMPTED_FAILED, "booking_uncertain": True}
ON_FILE = "of the visit of Sam Hale on Friday, November 27 at 10:00 AM was sent but never answered"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({**CHANGE, "in_doubt": CANCEL}, f"The cancellation {ON_FILE}: please check the calendar."),
        ({**CHANGE, "in_doubt": CANCEL, "shown": Shown.NOT_KNOWN}, "never answered: please check the calendar."),
        ({**CHANGE, "in_doubt": CANCEL, "shown": Shown.AS_BEFORE}, "it stood as before when it was looked up."),
        (
            {**CHANGE, "in_doubt": CANCEL, "shown": Shown.NONE},
            "not shown any more. If it is cancelled",
        ),
        ({**CHANGE, "in_doubt": MOVE, "shown": Shown.AS_ASKED}, "it stood on Monday, November 30 at 10:00 AM. Please"),
        ({**CHANGE, "in_doubt": MOVE, "shown": Shown.NONE}, f"The move {ON_FILE}: please check the calendar."),
        (BOOKING, "a visit may exist on Monday, November 30 at 10:00 AM, please check the calendar."),
        ({**BOOKING, "shown": Shown.ANOTHER}, "a visit may exist on Monday, November 30 at 10:00 AM, please check"),
        ({**BOOKING, "shown": Shown.NONE}, "no visit was found when it was looked up. Please check the calendar on"),
        (
            {**BOOKING, "booked_at": datetime(2026, 11, 30, 18, tzinfo=UTC)},
            "V2 booked another time than asked, Monday, November 30 at 12:00 PM, and the caller did not agree",
        ),
        (
            {**BOOKING, "state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True},
            "a visit may exist on",
        ),
    ],
)
def test_the_summary_says_what_is_certain_of_what_v2_never_answered(fields: dict[str, Any], told: str) -> None:
    """What was looked up is told as that, and the team is asked to check the rest."""
    session = CallSession(call_id="CA1", started_at=NOW, caller_number="+15125550100", name="Sam Hale", **fields)
    job = build_record(session, SETTINGS, now=NOW).job
    assert job is not None
    assert told in (job.ai_summary or "")
    assert job.scheduled_at is None
    assert "was not changed" not in (job.ai_summary or "")


def test_a_visit_that_was_found_later_stands_in_the_record_beside_the_promise() -> None:
    """The dashboard shows the visit, V2 finds the promised callback, and the team is told what the caller was not."""
    found = {**BOOKING, "booking_status": BookingStatus.CONFIRMED, "booking_uncertain": False}
    found |= {"booked_at": MOVE.new_time, "shown": Shown.AS_ASKED}
    session = CallSession(call_id="CA1", started_at=NOW, caller_number="+15125550100", name="Sam Hale", **found)
    record = build_record(session, SETTINGS, now=NOW)
    assert record.job is not None
    assert (record.job.scheduled_at, record.job.booking_status) == (MOVE.new_time, "confirmed")
    assert (record.job.end_call_reason, record.call.outcome) == ("callback_later", "callback_later")
    assert "A visit is booked for Monday, November 30 at 10:00 AM." in (record.job.ai_summary or "")
    assert "the caller was not told that it is booked" in (record.job.ai_summary or "")
    assert problems(record) == []


@pytest.mark.parametrize(("number", "dear"), [("+18765550142", True), ("+881612345678", True), ("+15125550142", False)])
@pytest.mark.parametrize(("urgency", "as_usual"), [(Urgency.EMERGENCY, "emergency"), (Urgency.URGENT, "high")])
def test_s3_a_lead_with_a_dear_number_is_flagged_and_never_urgent(
    number: str, dear: bool, urgency: Urgency, as_usual: str
) -> None:
    """It is kept, with its number; a danger stays one."""
    wish = {"state": State.CALLBACK, "reason": Reason.CALLER_WISH, "urgency": urgency}
    session = CallSession(call_id="CA1", started_at=NOW, caller_number=number, **wish)  # type: ignore[arg-type]
    record = build_record(session, SETTINGS, now=NOW)
    assert record.job is not None
    assert record.job.customer_phone == number
    assert record.job.urgency == ("low" if dear else as_usual)
    assert record.call.urgency_tier == ("Routine" if dear else urgency.value.capitalize())
    assert (DEAR in (record.job.ai_summary or "")) is dear
    assert problems(record) == []
    session.state, session.reason, session.emergency = State.SAFETY_EXIT, Reason.EMERGENCY, True
    danger = build_record(session, SETTINGS, now=NOW)
    assert danger.job is not None
    assert (danger.job.urgency, danger.call.urgency_tier, danger.alert is not None) == ("emergency", "Emergency", True)
