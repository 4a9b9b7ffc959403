"""What the dashboard's webhooks accept: its three Zod schemas (contract.md 2.1 to 2.4).

Guarantees Zod 4.2.1's behaviour: every problem at once with its dotted path, null refused
everywhere, unknown keys dropped silently, nothing trimmed or coerced, enums case-sensitive. Tag
categories are held to the nine of conversation.md 6, as later dashboards do. Leaves out users, rows
and routing (dashboard.py).
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TAG_CATEGORIES = (
    "HAZARD", "URGENCY", "SERVICE_TYPE", "REVENUE", "RECOVERY", "LOGISTICS", "CUSTOMER",
    "NON_CUSTOMER", "CONTEXT",
)  # fmt: skip
END_CALL_REASONS = (
    "wrong_number", "callback_later", "safety_emergency", "urgent_escalation", "out_of_area",
    "waitlist_added", "completed", "customer_hangup", "sales_lead", "cancelled", "rescheduled",
)  # fmt: skip

# Zod 4.2.1, regexes.ts: a real calendar date, T, a time perhaps without seconds, Z or an offset.
_DATE = (
    r"(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29"
    r"|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8])))"
)
_DATETIME = re.compile(
    _DATE + r"T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_EMAIL = re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One refused field: `path` as "transcript_object.0.role", `message` in Zod's words."""

    path: str
    message: str


class _Missing:
    """The value of a key that is not there, which Zod calls undefined."""


_MISSING = _Missing()
Path = tuple[str, ...]
Check = Callable[[Any, Path, list[Problem]], Any]
"""Returns the accepted value and appends what is wrong with it; never raises."""


def validate_job(payload: object) -> list[Problem]:
    """Every problem of a POST to /api/webhook/jobs (contract.md 2.2); empty: accepted."""
    return parse("jobs", payload)[1]


def validate_call(payload: object) -> list[Problem]:
    """Every problem of a POST to /api/webhook/calls (contract.md 2.3); empty: accepted."""
    return parse("calls", payload)[1]


def validate_alert(payload: object) -> list[Problem]:
    """Every problem of a POST to .../emergency-alerts (contract.md 2.4); empty: accepted."""
    return parse("emergency-alerts", payload)[1]


def parse(endpoint: str, payload: object) -> tuple[dict[str, Any], list[Problem]]:
    """The payload as the dashboard keeps it, unknown keys dropped, and every problem of it.

    Args:
        endpoint: "jobs", "calls" or "emergency-alerts".
        payload: the decoded JSON body.

    Raises:
        KeyError: for another endpoint.
    """
    problems: list[Problem] = []
    accepted = _SCHEMAS[endpoint](payload, (), problems)
    return (accepted if isinstance(accepted, dict) else {}), problems


def _type_of(value: object) -> str:
    if value is _MISSING:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _refuse(problems: list[Problem], path: Path, message: str) -> None:
    problems.append(Problem(".".join(path), message))


def _expected(kind: str, value: object, path: Path, problems: list[Problem]) -> None:
    _refuse(problems, path, f"Invalid input: expected {kind}, received {_type_of(value)}")


def _text(min_length: int = 0, pattern: re.Pattern[str] | None = None, pattern_message: str = "") -> Check:
    def check(value: Any, path: Path, problems: list[Problem]) -> Any:
        if not isinstance(value, str):
            _expected("string", value, path, problems)
        elif len(value) < min_length:
            _refuse(problems, path, f"Too small: expected string to have >={min_length} characters")
        elif pattern is not None and pattern.fullmatch(value) is None:
            _refuse(problems, path, pattern_message)
        return value

    return check


def _one_of(*options: str) -> Check:
    message = "Invalid option: expected one of " + "|".join(f'"{option}"' for option in options)

    def check(value: Any, path: Path, problems: list[Problem]) -> Any:
        if not isinstance(value, str) or value not in options:
            _refuse(problems, path, message)
        return value

    return check


def _number(
    whole: bool = False,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
) -> Check:
    def check(value: Any, path: Path, problems: list[Problem]) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            _expected("number", value, path, problems)
            return value
        if not math.isfinite(value):
            _refuse(problems, path, "Invalid input: expected number, received Infinity")
            return value
        # 60.0 is a whole number in JavaScript.
        if whole and value != int(value):
            _refuse(problems, path, "Invalid input: expected int, received number")
        elif least is not None and value < least:
            _refuse(problems, path, f"Too small: expected number to be >={least:g}")
        elif above is not None and value <= above:
            _refuse(problems, path, f"Too small: expected number to be >{above:g}")
        elif most is not None and value > most:
            _refuse(problems, path, f"Too big: expected number to be <={most:g}")
        return int(value) if whole else value

    return check


def _boolean(value: Any, path: Path, problems: list[Problem]) -> Any:
    if not isinstance(value, bool):
        _expected("boolean", value, path, problems)
    return value


def _list_of(entry: Check) -> Check:
    def check(value: Any, path: Path, problems: list[Problem]) -> Any:
        if not isinstance(value, list):
            _expected("array", value, path, problems)
            return value
        return [entry(item, (*path, str(index)), problems) for index, item in enumerate(value)]

    return check


def _tags(value: Any, path: Path, problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        _expected("record", value, path, problems)
        return value
    unknown = [key for key in value if key not in TAG_CATEGORIES]
    if unknown:
        noun = "key" if len(unknown) == 1 else "keys"
        _refuse(problems, path, f"Unrecognized {noun}: " + ", ".join(f'"{key}"' for key in unknown))
    return {key: _TEXTS(item, (*path, key), problems) for key, item in value.items() if key not in unknown}


def _object(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    def check(value: Any, path: Path, problems: list[Problem]) -> Any:
        if not isinstance(value, dict):
            _expected("object", value, path, problems)
            return value
        accepted = {key: field(value.get(key, _MISSING), (*path, key), problems) for key, field in required.items()}
        accepted |= {key: field(value[key], (*path, key), problems) for key, field in optional.items() if key in value}
        return accepted

    return check


_TEXT = _text()
_FILLED = _text(min_length=1)
_TEXTS = _list_of(_TEXT)
_MOMENT = _text(pattern=_DATETIME, pattern_message="Invalid ISO datetime")
_EMAIL_ADDRESS = _text(pattern=_EMAIL, pattern_message="Invalid email address")


def _texts(names: str) -> dict[str, Check]:
    return dict.fromkeys(names.split(), _TEXT)


_COLOUR = _one_of("red", "green", "blue", "gray")

_JOB = _object(
    required={
        "customer_name": _FILLED,
        "customer_phone": _FILLED,
        "customer_address": _FILLED,
        "service_type": _one_of("hvac", "plumbing", "electrical", "general"),
        "urgency": _one_of("low", "medium", "high", "emergency"),
        "user_email": _EMAIL_ADDRESS,
    },
    optional={
        "scheduled_at": _MOMENT,
        "end_call_reason": _one_of(*END_CALL_REASONS),
        "booking_status": _one_of("confirmed", "attempted_failed", "not_requested"),
        "revenue_tier": _one_of("replacement", "major_repair", "standard_repair", "minor", "diagnostic"),
        "revenue_tier_label": _one_of("$$$$", "$$$", "$$", "$", "$$?"),
        "revenue_confidence": _one_of("low", "medium", "high"),
        "revenue_tier_signals": _TEXTS,
        "caller_type": _one_of("residential", "commercial", "vendor", "recruiting", "unknown"),
        "primary_intent": _one_of("new_lead", "active_job_issue", "booking_request", "admin_billing", "solicitation"),
        "work_type": _one_of("service", "maintenance", "install", "admin"),
        "sentiment_score": _number(whole=True, least=1, most=5),
        "status_color": _COLOUR,
        "priority_color": _COLOUR,
        "property_type": _one_of("house", "condo", "apartment", "commercial"),
        "system_status": _one_of("completely_down", "partially_working", "running_but_ineffective"),
        "equipment_age_bracket": _one_of("under_10", "10_to_15", "over_15", "unknown"),
        "is_decision_maker": _boolean,
        "potential_replacement": _boolean,
        "is_callback_complaint": _boolean,
        "is_archived": _boolean,
        "tags": _tags,
        "estimated_value": _number(),
        "estimated_revenue_low": _number(),
        "estimated_revenue_high": _number(),
        "revenue_factors": _TEXTS,
        **_texts(
            "call_id ai_summary issue_description call_transcript priority_reason "
            "revenue_tier_description revenue_tier_range equipment_type equipment_age "
            "sales_lead_notes problem_duration problem_onset problem_pattern "
            "customer_attempted_fixes decision_maker_contact estimated_revenue_display"
        ),
    },
)

_CALL = _object(
    required={
        "call_id": _FILLED,
        "phone_number": _FILLED,
        "user_email": _EMAIL_ADDRESS,
        "started_at": _MOMENT,
    },
    optional={
        "ended_at": _MOMENT,
        "duration_seconds": _number(whole=True, least=0),
        "direction": _one_of("inbound", "outbound"),
        "transcript_object": _list_of(
            _object(required={"role": _one_of("agent", "user"), "content": _TEXT}, optional={})
        ),
        "revenue_tier_signals": _TEXTS,
        **_texts(
            "customer_name outcome urgency_tier hvac_issue_type problem_description "
            "revenue_tier_label retell_call_id job_id lead_id"
        ),
    },
)

# An alert without a caller's number is refused too (contract.md 2.6, row 4).
_ALERT = _object(
    required={
        "phone_number": _FILLED,
        "problem_description": _FILLED,
        "user_email": _EMAIL_ADDRESS,
        "sms_sent_at": _MOMENT,
        "callback_promised_minutes": _number(whole=True, above=0),
    },
    optional=_texts("alert_id call_id customer_name customer_address urgency_tier sms_message_sid"),
)

_SCHEMAS: Mapping[str, Check] = {"jobs": _JOB, "calls": _CALL, "emergency-alerts": _ALERT}
