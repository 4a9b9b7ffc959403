"""The dashboard's refusals: every known cause at its path, in the words of Zod (contract.md 2.1 and 2.6)."""

from collections.abc import Callable
from typing import Any

import pytest

from simulator.back_office.office import (
    Refusal,
    validate_alert,
    validate_call,
    validate_job,
)
from tests.simulator.back_office.support import ALERT, BOOKED_AT, CALL, EMAIL, JOB, Json, Office

CONTROLLED_CLOCK = True


def paths(problems: list[Any]) -> list[str]:
    return [problem.path for problem in problems]


CAUSES = [
    pytest.param(validate_job, JOB | {"customer_address": ""}, ["customer_address"], id="1"),
    pytest.param(validate_job, JOB | {"urgency": "routine"}, ["urgency"], id="2 routine"),
    pytest.param(validate_job, JOB | {"urgency": "urgent"}, ["urgency"], id="2 urgent"),
    pytest.param(validate_job, JOB | {"scheduled_at": "2026-12-01T15:00:00"}, ["scheduled_at"], id="3 naive"),
    pytest.param(validate_job, JOB | {"scheduled_at": "tomorrow at 3"}, ["scheduled_at"], id="3 words"),
    pytest.param(validate_job, JOB | {"scheduled_at": ""}, ["scheduled_at"], id="3 empty"),
    pytest.param(validate_job, JOB | {"customer_phone": ""}, ["customer_phone"], id="4 job"),
    pytest.param(validate_call, CALL | {"phone_number": ""}, ["phone_number"], id="4 call"),
    pytest.param(validate_alert, ALERT | {"phone_number": ""}, ["phone_number"], id="4 alert"),
    pytest.param(validate_job, JOB | {"user_email": ""}, ["user_email"], id="5 job"),
    pytest.param(validate_call, CALL | {"user_email": ""}, ["user_email"], id="5 call"),
    pytest.param(validate_alert, ALERT | {"user_email": ""}, ["user_email"], id="5 alert"),
    pytest.param(validate_job, JOB | {"sentiment_score": "4"}, ["sentiment_score"], id="6 text"),
    pytest.param(validate_job, JOB | {"sentiment_score": 3.5}, ["sentiment_score"], id="6 half"),
    pytest.param(validate_job, JOB | {"sentiment_score": 6}, ["sentiment_score"], id="6 above"),
    pytest.param(
        validate_call,
        CALL
        | {
            "transcript_object": [
                {"role": "agent", "content": "Hello"},
                {"role": "tool", "tool_call_id": "1"},
            ]
        },
        ["transcript_object.1.role", "transcript_object.1.content"],
        id="7",
    ),
    pytest.param(validate_call, CALL | {"started_at": ""}, ["started_at"], id="8"),
    pytest.param(validate_call, CALL | {"lead_id": None}, ["lead_id"], id="9"),
    pytest.param(
        validate_call,
        CALL | {"transcript_object": [{"role": "agent", "content": None}]},
        ["transcript_object.0.content"],
        id="10",
    ),
    pytest.param(validate_call, CALL | {"call_id": ""}, ["call_id"], id="11"),
    pytest.param(validate_call, CALL | {"duration_seconds": -1}, ["duration_seconds"], id="12"),
    pytest.param(
        validate_job,
        JOB | {"revenue_tier_label": "$$$$$", "status_color": "ORANGE"},
        ["revenue_tier_label", "status_color"],
        id="13",
    ),
    pytest.param(validate_job, JOB | {"priority_color": "YELLOW"}, ["priority_color"], id="13 too"),
    pytest.param(validate_job, JOB | {"tags": {"MOOD": ["ANGRY"]}}, ["tags"], id="tenth category"),
    pytest.param(validate_job, JOB | {"tags": {"HAZARD": ["CO_EVENT", 1]}}, ["tags.HAZARD.1"], id="tag"),
    pytest.param(
        validate_alert,
        ALERT | {"callback_promised_minutes": 0},
        ["callback_promised_minutes"],
        id="promise",
    ),
    pytest.param(validate_job, [], [""], id="no object"),
]


@pytest.mark.parametrize(("validate", "payload", "refused"), CAUSES)
def test_every_known_cause_is_refused_at_its_path(
    validate: Callable[[object], list[Any]], payload: object, refused: list[str]
) -> None:
    """Each numbered cause of contract.md 2.6 is refused at exactly the paths it names."""
    assert paths(validate(payload)) == refused


@pytest.mark.parametrize(
    ("validate", "required"),
    [
        (validate_job, JOB.keys() - {"call_id"}),
        (validate_call, CALL.keys()),
        (validate_alert, ALERT.keys()),
    ],
)
def test_required_fields_are_all_named_at_once(validate: Callable[[object], list[Any]], required: set[str]) -> None:
    """An empty payload is refused with every required field."""
    assert set(paths(validate({}))) == required


@pytest.mark.parametrize(
    ("validate", "payload", "key"),
    [(validate_job, JOB, key) for key in ("call_id", "scheduled_at", "tags", "is_archived")]
    + [(validate_call, CALL, key) for key in ("ended_at", "transcript_object", "outcome")]
    + [(validate_alert, ALERT, key) for key in ("alert_id", "customer_name")],
)
def test_null_is_refused_where_absence_is_fine(
    validate: Callable[[object], list[Any]], payload: Json, key: str
) -> None:
    """optional() means absent, never null."""
    assert validate(payload) == []
    assert paths(validate(payload | {key: None})) == [key]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-12-01T15:00:00-06:00",
        "2026-12-01T15:00:00Z",
        "2026-12-01T15:00:00.123456+00:00",
        "2026-12-01T15:00:00.123Z",
        "2026-12-01T15:00Z",
        "2026-12-01T15:00-06:00",
        "2028-02-29T00:00:00Z",
    ],
)
def test_datetime_accepted(moment: str) -> None:
    """T and an offset are all that datetime(offset:true) asks for."""
    assert validate_job(JOB | {"scheduled_at": moment}) == []


@pytest.mark.parametrize(
    "moment",
    [
        "2026-12-01T15:00:00",
        "2026-12-01T15:00:00-0600",
        "2026-12-01T15:00:00-06",
        "2026-12-01T15:00:0006:00",
        "2026-12-01 15:00:00-06:00",
        "2026-12-01",
        "2027-02-29T00:00:00Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01t15:00:00z",
        "2026-12-01T15:00:00Z\n",
        " 2026-12-01T15:00:00Z",
        "",
        None,
        1764622800,
        "Tuesday at 3 PM",
    ],
)
def test_datetime_refused(moment: object) -> None:
    """No offset, no colon, a blank for T, a bare date, no calendar day, and whatever is no text."""
    assert paths(validate_job(JOB | {"scheduled_at": moment})) == ["scheduled_at"]


def test_everything_optional_can_be_accepted() -> None:
    """The widest payloads pass, and unknown keys are no problem."""
    job = JOB | {
        "scheduled_at": BOOKED_AT,
        "end_call_reason": "completed",
        "revenue_tier_label": "$$?",
        "sentiment_score": 5.0,
        "tags": {"HAZARD": [], "CONTEXT": ["WEEKEND"]},
        "estimated_value": 99.5,
        "is_decision_maker": True,
        "card_headline": None,
    }
    call = CALL | {
        "customer_name": "",
        "duration_seconds": 0,
        "transcript_object": [{"role": "user", "content": "", "words": None}],
    }
    alert = ALERT | {"customer_name": "", "customer_address": ""}
    assert (validate_job(job), validate_call(call), validate_alert(alert)) == ([], [], [])


def test_messages_are_in_the_words_of_zod() -> None:
    """The message tells what was expected and what came."""
    problems = validate_job(JOB | {"urgency": "URGENT", "call_id": None, "customer_name": ""})
    assert {problem.path: problem.message for problem in problems} == {
        "customer_name": "Too small: expected string to have >=1 characters",
        "urgency": 'Invalid option: expected one of "low"|"medium"|"high"|"emergency"',
        "call_id": "Invalid input: expected string, received null",
    }


async def test_dashboard_refusals_at_the_wire(office: Office) -> None:
    """401, 400, 404 and 500 carry the measured bodies, and every one is remembered."""
    url = office.back.jobs_url
    missing = await office.client.post(url, json=JOB)
    wrong = await office.client.post(url, json=JOB, headers={"X-Webhook-Secret": "Secret"})
    invalid = await office.post(url, JOB | {"urgency": "urgent", "customer_address": ""})
    stranger = await office.post(url, JOB | {"user_email": EMAIL.title()})
    broken = await office.client.post(url, content=b"{'a'}", headers={"X-Webhook-Secret": "secret"})
    assert missing.json() == {
        "error": "Unauthorized",
        "message": "Missing X-Webhook-Secret header",
    }
    assert wrong.json() == {"error": "Unauthorized", "message": "Invalid webhook secret"}
    assert invalid.json()["error"] == "Validation failed"
    assert [d["path"] for d in invalid.json()["details"]] == ["customer_address", "urgency"]
    assert stranger.json() == {"error": "User not found"}
    assert broken.json() == {"error": "Internal server error"}
    refusals = office.back.refusals()
    assert [refusal.status for refusal in refusals] == [401, 401, 400, 404, 500]
    assert refusals[2].body == invalid.json()
    assert refusals == [event for event in office.events if isinstance(event, Refusal)]
    assert office.back.rows() == type(office.back.rows())([], [], [], [])


async def test_probes_need_no_secret(office: Office) -> None:
    """GET on each webhook, and V2's /health, answer without a key."""
    for url in (office.back.jobs_url, office.back.calls_url, office.back.alerts_url):
        assert (await office.client.get(url)).json() == {"status": "ok"}
    assert (await office.client.get(f"{office.back.v2_url}/health")).json()["status"] == "healthy"
    detailed = await office.client.get(f"{office.back.v2_url}/health/detailed")
    assert detailed.status_code == 503
