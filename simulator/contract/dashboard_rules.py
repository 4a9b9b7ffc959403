"""The dashboard's rules that can be asked without writing: what its webhooks refuse (contract.md 2.1 to 2.4).

Guarantees that every payload lacks a field without which nothing is stored, the user if it is not about that: it is
refused, whatever the server makes of the rest. As every problem is told at once, what the payload has besides shows
whether it is refused or accepted.
"""

from collections.abc import Mapping
from itertools import zip_longest
from types import MappingProxyType
from typing import Literal

from simulator.contract.answers import Ask, Json, Key, NotAsked, Request, Rule, refused, says

Endpoint = Literal["jobs", "calls", "emergency-alerts"]
ENDPOINTS: tuple[Endpoint, ...] = ("jobs", "calls", "emergency-alerts")
MISSING = "user_email"
"""What no payload has that may be right otherwise."""

GOOD: Mapping[Endpoint, Json] = MappingProxyType({
    "jobs": {
        "customer_name": "Contract Check", "customer_phone": "{number}", "customer_address": "Not provided",
        "service_type": "hvac", "urgency": "low", "call_id": "{call}",
    },
    "calls": {"call_id": "{call}", "phone_number": "{number}", "started_at": "2026-11-25T14:30:00+00:00"},
    "emergency-alerts": {
        "phone_number": "{number}", "problem_description": "contract check", "sms_sent_at": "2026-11-25T14:30:00Z",
        "callback_promised_minutes": 15, "alert_id": "{call}", "call_id": "{call}",
    },
})  # fmt: skip
"""All that is required but the user."""
ENUMS: Mapping[Endpoint, Mapping[str, str]] = MappingProxyType({
    "jobs": {
        "service_type": "hvac plumbing electrical general",
        "urgency": "low medium high emergency",
        "end_call_reason": "wrong_number callback_later safety_emergency urgent_escalation out_of_area waitlist_added "
        "completed customer_hangup sales_lead cancelled rescheduled",
        "booking_status": "confirmed attempted_failed not_requested",
        "revenue_tier": "replacement major_repair standard_repair minor diagnostic",
        "revenue_tier_label": "$$$$ $$$ $$ $ $$?",
        "revenue_confidence": "low medium high",
        "caller_type": "residential commercial vendor recruiting unknown",
        "primary_intent": "new_lead active_job_issue booking_request admin_billing solicitation",
        "work_type": "service maintenance install admin",
        "status_color": "red green blue gray",
        "priority_color": "red green blue gray",
        "property_type": "house condo apartment commercial",
        "system_status": "completely_down partially_working running_but_ineffective",
        "equipment_age_bracket": "under_10 10_to_15 over_15 unknown",
    },
    "calls": {"direction": "inbound outbound"},
    "emergency-alerts": {},
})  # fmt: skip
TEXTS: Mapping[Endpoint, str] = MappingProxyType({
    "jobs": "call_id ai_summary issue_description call_transcript priority_reason revenue_tier_description "
    "revenue_tier_range equipment_type equipment_age sales_lead_notes problem_duration problem_onset problem_pattern "
    "customer_attempted_fixes decision_maker_contact estimated_revenue_display",
    "calls": "customer_name outcome urgency_tier hvac_issue_type problem_description revenue_tier_label retell_call_id "
    "job_id lead_id",
    "emergency-alerts": "alert_id call_id customer_name customer_address urgency_tier sms_message_sid",
})  # fmt: skip
"""Optional."""
LISTS: Mapping[Endpoint, str] = MappingProxyType(
    {"jobs": "revenue_tier_signals revenue_factors", "calls": "revenue_tier_signals", "emergency-alerts": ""}
)
BOOLEANS = "is_decision_maker potential_replacement is_callback_complaint is_archived"
NUMBERS = "estimated_value estimated_revenue_low estimated_revenue_high"
MOMENTS: Mapping[Endpoint, str] = MappingProxyType(
    {"jobs": "scheduled_at", "calls": "started_at ended_at", "emergency-alerts": "sms_sent_at"}
)
NOT_EMPTY: Mapping[Endpoint, str] = MappingProxyType({
    "jobs": "customer_name customer_phone customer_address",
    "calls": "call_id phone_number",
    "emergency-alerts": "phone_number problem_description",
})  # fmt: skip
TAGS = "HAZARD URGENCY SERVICE_TYPE REVENUE RECOVERY LOGISTICS CUSTOMER NON_CUSTOMER CONTEXT"
GOOD_MOMENTS = {
    "an offset": "2026-12-01T15:00:00-06:00",
    "Z": "2026-12-01T15:00:00Z",
    "microseconds": "2026-12-01T15:00:00.123456+00:00",
    "milliseconds": "2026-12-01T15:00:00.123Z",
    "no seconds": "2026-12-01T15:00Z",
}
BAD_MOMENTS: Mapping[str, object] = {
    "no offset": "2026-12-01T15:00:00",
    "an offset without colon": "2026-12-01T15:00:00-0600",
    "a blank for T": "2026-12-01 15:00:00-06:00",
    "a date alone": "2026-12-01",
    "an empty text": "",
    "null": None,
    "a number": 1764622800,
    "words": "Tuesday at 3 PM",
}


def dashboard_rules() -> tuple[Rule, ...]:
    """All of them. In payloads `{number}` and `{call}` stand for what is made up (asking.py)."""
    return (*_common(), *_types(), *_values())


def _post(endpoint: Endpoint, body: object, key: Key = "right") -> Request:
    return Request("dashboard", "POST", f"/api/webhook/{endpoint}", key, body)


def _refuses(endpoint: Endpoint, changes: Json, *paths: str, about: str = "") -> Ask:
    """A payload that lacks the user, and is wrong at these paths; at none: all that it has besides is accepted."""
    return Ask(_post(endpoint, GOOD[endpoint] | changes), refused(MISSING, *paths), f"{endpoint}, {about}".strip(", "))


def _all(endpoint: Endpoint, names: str, value: object, about: str) -> Ask:
    """The same for each of these fields, all at once."""
    return _refuses(endpoint, dict.fromkeys(names.split(), value), *names.split(), about=about)


def _common() -> tuple[Rule, ...]:
    required = {e: [*GOOD[e].keys() - set(TEXTS[e].split()), MISSING] for e in ENDPOINTS}
    return (
        Rule("2.1", "GET answers without a secret", tuple(
            Ask(Request("dashboard", "GET", f"/api/webhook/{e}", "none"), says(200, {"status": "ok"}), e)
            for e in ENDPOINTS
        )),
        Rule("2.1", "a POST wants X-Webhook-Secret", tuple(
            Ask(_post(e, {}, key), says(401, {"error": "Unauthorized", "message": why}), f"{e}, {key} secret")
            for e in ENDPOINTS
            for key, why in _SECRETS
        )),
        Rule("2.1", "a body that is no JSON is 500", tuple(
            Ask(_post(e, "{'a'}"), says(500, {"error": str}), e) for e in ENDPOINTS
        )),
        Rule("2.1", "every problem is told at once: an empty payload lacks all that is required", tuple(
            Ask(_post(e, {}), refused(*required[e]), e) for e in ENDPOINTS
        )),
        Rule("2.1", "what is required may not be empty", tuple(_all(e, NOT_EMPTY[e], "", "") for e in ENDPOINTS)),
        Rule("2.1", "the user is an address", tuple(
            Ask(
                _post(e, {k: v for k, v in GOOD[e].items() if k != lacks} | {MISSING: value}),
                refused(MISSING, lacks), f"{e}, {value!r}",
            )
            for e, lacks in _ALSO_MISSING
            for value in ("", "owner")
        )),
        Rule("2.1", "unknown keys are dropped silently", tuple(
            _refuses(e, {"no_such_field": 1, "is_ai_booked": None}) for e in ENDPOINTS
        )),
        Rule("2.1", "texts are not trimmed", (
            _refuses("jobs", {"customer_name": " "}, about="a name of a blank"),
            _refuses("jobs", {"urgency": " low"}, "urgency", about="an urgency behind a blank"),
        )),
        Rule("2.1", "a datetime needs T, and Z or an offset", tuple(
            _refuses(e, dict.fromkeys(MOMENTS[e].split(), at), about=about)
            for e in ENDPOINTS for about, at in GOOD_MOMENTS.items()
        ) + tuple(_all(e, MOMENTS[e], at, about) for e in ENDPOINTS for about, at in BAD_MOMENTS.items())),
    )  # fmt: skip


_ALSO_MISSING: tuple[tuple[Endpoint, str], ...] = (
    ("jobs", "customer_phone"),
    ("calls", "phone_number"),
    ("emergency-alerts", "phone_number"),
)
"""What payloads that are about the user lack."""
_SECRETS: tuple[tuple[Key, str], ...] = (
    ("none", "Missing X-Webhook-Secret header"),
    ("wrong", "Invalid webhook secret"),
)


def _types() -> tuple[Rule, ...]:
    optional = {
        e: " ".join((TEXTS[e], LISTS[e], *(ENUMS[e].keys() - GOOD[e].keys()), *_more(e))).strip() for e in ENDPOINTS
    }
    return (
        Rule("2.1", "null is refused wherever absence is fine", tuple(
            _all(e, optional[e], None, "") for e in ENDPOINTS
        )),
        Rule("2.1", "nothing is coerced: what is no text, number or boolean is refused", (
            *(_all(e, TEXTS[e], 7, "a number for a text") for e in ENDPOINTS),
            _all("jobs", NUMBERS, "89", "a text for a number"),
            _all("jobs", BOOLEANS, "true", "a text for a boolean"),
            *(_all(e, LISTS[e], "one", "a text for a list") for e in ("jobs", "calls")),
        )),
        Rule("2.1", "a path is joined by dots", (
            _refuses("jobs", {"tags": {"HAZARD": ["CO_EVENT", 1]}}, "tags.HAZARD.1", about="a tag"),
            _refuses(
                "calls", {"transcript_object": [{"role": "agent", "content": "Hello"}, {"role": "tool"}]},
                "transcript_object.1.role", "transcript_object.1.content", about="a tool in the transcript",
            ),
            _refuses(
                "calls", {"transcript_object": [{"role": "agent", "content": None}]},
                "transcript_object.0.content", about="a line without content",
            ),
        )),
    )  # fmt: skip


def _more(endpoint: Endpoint) -> tuple[str, ...]:
    return {
        "jobs": ("scheduled_at", "sentiment_score", "tags", BOOLEANS, NUMBERS),
        "calls": ("ended_at", "duration_seconds", "transcript_object"),
        "emergency-alerts": (),
    }[endpoint]


def _values() -> tuple[Rule, ...]:
    chosen = {name: values.split() for name, values in ENUMS["jobs"].items()}
    rounds = zip_longest(*(values for values in chosen.values()))
    sorted_out: dict[Endpoint, str] = {"jobs": " ".join(chosen), "calls": "direction"}
    return (
        Rule("2.2", "every value of every enumeration is accepted", (
            *(
                _refuses("jobs", {k: v for k, v in zip(chosen, values, strict=True) if v}, about=f"the values {number}")
                for number, values in enumerate(rounds, 1)
            ),
            *(_refuses("calls", {"direction": value}, about=value) for value in ENUMS["calls"]["direction"].split()),
        )),
        Rule("2.2", "an enumeration has no other values, and its letters' case counts", (
            *(_all(e, names, "no_such_value", "another value") for e, names in sorted_out.items()),
            _refuses("jobs", {"urgency": "LOW", "status_color": "Red"}, "urgency", "status_color", about="capitals"),
            _refuses("jobs", {"urgency": "routine"}, "urgency", about="our own urgency"),
            _refuses("jobs", {"revenue_tier_label": "$$$$$"}, "revenue_tier_label", about="five $"),
        )),
        Rule("2.2", "the nine categories of tags are accepted", (
            _refuses("jobs", {"tags": {name: ["A_TAG"] for name in TAGS.split()}}),
        )),
        Rule("2.2", "sentiment_score is a whole number from 1 to 5", (
            *(_refuses("jobs", {"sentiment_score": n}, about=str(n)) for n in (1, 5)),
            *(_refuses("jobs", {"sentiment_score": n}, "sentiment_score", about=repr(n)) for n in (0, 6, 3.5, "4")),
        )),
        Rule("2.2", "all that is optional is accepted", (
            _refuses("jobs", _filled("jobs") | dict.fromkeys(BOOLEANS.split(), True)
                     | dict.fromkeys(NUMBERS.split(), 89.5)),
        )),
        Rule("2.3", "all that is optional is accepted, an empty name too", (
            _refuses("calls", _filled("calls") | {
                "customer_name": "", "duration_seconds": 0,
                "transcript_object": [{"role": "user", "content": "", "words": None}],
            }),
        )),
        Rule("2.3", "duration_seconds is whole and not negative", tuple(
            _refuses("calls", {"duration_seconds": n}, "duration_seconds", about=repr(n)) for n in (-1, 1.5, "60")
        )),
        Rule("2.4", "all that is optional is accepted, an empty name and address too", (
            _refuses("emergency-alerts", _filled("emergency-alerts") | {"customer_name": "", "customer_address": ""}),
        )),
        Rule("2.4", "callback_promised_minutes is whole and above 0", tuple(
            _refuses("emergency-alerts", {"callback_promised_minutes": n}, "callback_promised_minutes", about=repr(n))
            for n in (0, -15, 1.5, "15")
        )),
    )  # fmt: skip


def _filled(endpoint: Endpoint) -> Json:
    """Something in every optional text and list of texts."""
    texts: Json = dict.fromkeys(TEXTS[endpoint].split(), "something")
    return texts | {name: ["one", "two"] for name in LISTS[endpoint].split()}


DASHBOARD_NOT_ASKED = (
    NotAsked(
        "0.3, 0.5, 0.9, 0.10, 0.14, 0.15, 0.16, 0.17, 0.18, 0.20",
        "what becomes of a payload that is accepted: it would be stored",
    ),
    NotAsked("2.1", "404 for an unknown user: nothing but the user would keep the payload from being stored"),
    NotAsked("2.2, 2.3, 2.4", "routing, repeats, conflicts and the answers to what is accepted: it would be stored"),
    NotAsked("2.2", "a tenth category of tags: earlier dashboards take it, later ones do not"),
    NotAsked("2.5", "the webhooks that we do not use"),
)
