"""The back office stand-in behaves as contract.md says, refusals and traps included."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import yaml

from simulator.back_office.office import (
    BackOffice,
    BackOfficeEvent,
    Refusal,
    RowAccepted,
    Seed,
    ToolCall,
    validate_alert,
    validate_call,
    validate_job,
)
from simulator.faults import Faults

CONTROLLED_CLOCK = True

Json = dict[str, Any]

# A Wednesday, 8:30 in Chicago.
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
EMAIL = "owner@example.com"
ANNA, BEN = "+15125550001", "+15125550002"
BOOKED_AT = "2026-12-01T15:00:00-06:00"

JOB: Json = {
    "customer_name": "Anna Weber",
    "customer_phone": ANNA,
    "customer_address": "12 Elm Street, Austin, TX 78745",
    "service_type": "hvac",
    "urgency": "low",
    "user_email": EMAIL,
    "call_id": "CA1",
}
CALL: Json = {
    "call_id": "CA1",
    "phone_number": ANNA,
    "user_email": EMAIL,
    "started_at": "2026-11-25T14:30:00+00:00",
}
ALERT: Json = {
    "phone_number": ANNA,
    "problem_description": "gas smell",
    "user_email": EMAIL,
    "sms_sent_at": "2026-11-25T14:30:00Z",
    "callback_promised_minutes": 15,
}
BOOKING: Json = {
    "date_time": BOOKED_AT,
    "customer_name": "Anna Weber",
    "customer_phone": ANNA,
    "service_address": "12 Elm Street",
    "problem_description": "AC blows warm",
}


class Office:
    """A back office and a client that knows its key and its secret."""

    def __init__(self, back_office: BackOffice, client: httpx.AsyncClient, faults: Faults) -> None:
        self.back = back_office
        self.client = client
        self.faults = faults
        self.events: list[BackOfficeEvent] = []
        back_office.on_event = self.events.append

    async def tool(self, tool: str, args: Json | None = None, call_id: str = "CA1", number: str = ANNA) -> Json:
        call = {"call_id": call_id, "from_number": number}
        response = await self.raw(tool, {"call": call, "args": args or {}})
        assert response.status_code == 200
        body: Json = response.json()
        return body

    async def raw(self, tool: str, body: object) -> httpx.Response:
        return await self.client.post(
            f"{self.back.v2_url}/webhook/retell/{tool}", json=body, headers={"X-API-Key": "key"}
        )

    async def post(self, url: str, body: object) -> httpx.Response:
        return await self.client.post(url, json=body, headers={"X-Webhook-Secret": "secret"})

    async def job(self, **fields: object) -> Json:
        response = await self.post(self.back.jobs_url, JOB | fields)
        assert response.status_code == 200, response.text
        body: Json = response.json()
        return body


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    faults = Faults(slow_seconds=0.05)
    back_office = BackOffice(
        api_key="key",
        webhook_secret="secret",
        user_email=EMAIL,
        clock=lambda: NOW,
        faults=faults,
        answer_delay_seconds=0,
    )
    async with back_office, httpx.AsyncClient(timeout=2) as client:
        yield Office(back_office, client, faults)
    back_office.close()


def paths(problems: list[Any]) -> list[str]:
    return [problem.path for problem in problems]


# The dashboard: what is refused (contract.md 2.1 and 2.6)

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


# The dashboard: what becomes of a payload (contract.md 2.2 to 2.4)


@pytest.mark.parametrize(
    ("reason", "kind", "status"),
    [
        (None, "lead", "abandoned"),
        ("customer_hangup", "lead", "abandoned"),
        ("callback_later", "lead", "callback_requested"),
        ("sales_lead", "lead", "sales_opportunity"),
        ("out_of_area", "lead", "lost"),
        ("waitlist_added", "lead", "deferred"),
        ("wrong_number", "job", "new"),
        ("completed", "job", "new"),
        ("safety_emergency", "job", "new"),
        ("urgent_escalation", "job", "new"),
        ("cancelled", "job", "new"),
        ("rescheduled", "job", "new"),
    ],
)
async def test_routing_without_a_time(office: Office, reason: str | None, kind: str, status: str) -> None:
    """Without scheduled_at the end reason decides; what is in no list becomes a job."""
    answer = await office.job(**({"end_call_reason": reason} if reason else {}))
    rows = office.back.rows("CA1")
    row = (rows.leads if kind == "lead" else rows.jobs)[0]
    assert (answer["type"], row["status"], answer[f"{kind}_id"]) == (kind, status, row["id"])
    assert len(rows.leads) + len(rows.jobs) == 1
    assert "action" not in answer
    warmth = {"lost": "cold", "deferred": "cold"}.get(status, "hot")
    assert row.get("warmth") == (warmth if kind == "lead" else None)
    assert len(office.back.sms()) == (status == "abandoned")


async def test_a_time_always_makes_a_job(office: Office) -> None:
    """scheduled_at wins over the end reason, which a job does not store."""
    answer = await office.job(scheduled_at=BOOKED_AT, end_call_reason="callback_later")
    row = office.back.rows("CA1").jobs[0]
    assert (answer["type"], answer["conflict_detected"]) == ("job", False)
    assert "end_call_reason" not in row
    assert row["posted"]["end_call_reason"] == "callback_later"


async def test_lead_and_job_of_one_call_are_two_rows(office: Office) -> None:
    """Leads and jobs are deduplicated by call_id, each for itself."""
    lead = await office.job(end_call_reason="callback_later")
    again = await office.job(end_call_reason="callback_later")
    assert (again["lead_id"], again["action"]) == (lead["lead_id"], "updated")
    await office.job(scheduled_at=BOOKED_AT)
    rows = office.back.rows("CA1")
    assert (len(rows.leads), len(rows.jobs)) == (1, 1)


async def test_without_call_id_every_post_is_a_new_row(office: Office) -> None:
    """No call_id, no dedup."""
    for _ in range(2):
        await office.post(office.back.jobs_url, {k: v for k, v in JOB.items() if k != "call_id"})
    assert len(office.back.rows().leads) == 2


async def test_a_repeat_updates_some_columns_only(office: Office) -> None:
    """The old time stays when none comes; urgency and colour never change."""
    await office.job(scheduled_at=BOOKED_AT, status_color="red")
    await office.job(end_call_reason="completed", urgency="high", status_color="gray", customer_name="Ann")
    row = office.back.rows("CA1").jobs[0]
    assert row["scheduled_at"] == BOOKED_AT
    assert (row["urgency"], row["status_color"], row["customer_name"]) == ("low", "red", "Ann")


@pytest.mark.parametrize(
    ("fields", "colour"),
    [
        ({}, "blue"),
        ({"priority_color": "red"}, "blue"),
        ({"status_color": "red"}, "red"),
        ({"status_color": "red", "property_type": "commercial"}, "green"),
    ],
)
async def test_colour_comes_from_status_color(office: Office, fields: Json, colour: str) -> None:
    """priority_color is checked and ignored; commercial property is green."""
    await office.job(**fields)
    row = office.back.rows("CA1").leads[0]
    assert row["status_color"] == colour
    assert "priority_color" not in row


async def test_visits_within_an_hour_conflict(office: Office) -> None:
    """Another open job within one hour flags the job; its own repeat does not."""
    await office.job(scheduled_at=BOOKED_AT)
    assert not (await office.job(scheduled_at=BOOKED_AT))["conflict_detected"]
    near = await office.job(call_id="CA2", scheduled_at="2026-12-01T15:45:00-06:00")
    far = await office.job(call_id="CA3", scheduled_at="2026-12-01T17:00:00-06:00")
    assert (near["conflict_detected"], far["conflict_detected"]) == (True, False)
    assert office.back.rows("CA2").jobs[0]["needs_action"] is True


async def test_unknown_keys_are_dropped_silently(office: Office) -> None:
    """A typo is accepted and lost."""
    await office.job(zip_code="78745", card_headline="x")
    row = office.back.rows("CA1").leads[0]
    assert not {"zip_code", "card_headline"} & (set(row) | set(row["posted"]))


async def test_a_call_update_overwrites_with_null(office: Office) -> None:
    """What a repeat leaves out is lost, lead_id included; duration 0 is null."""
    lead = await office.job(end_call_reason="callback_later")
    first = CALL | {"lead_id": lead["lead_id"], "outcome": "callback", "duration_seconds": 60}
    created = (await office.post(office.back.calls_url, first)).json()
    updated = (await office.post(office.back.calls_url, CALL | {"duration_seconds": 0})).json()
    assert (created["action"], updated["action"]) == ("created", "updated")
    (row,) = office.back.rows("CA1").calls
    assert created["call_id"] == updated["call_id"] == row["id"]
    assert (row["lead_id"], row["outcome"], row["duration_seconds"]) == (None, None, None)


async def test_a_call_may_only_name_rows_that_exist(office: Office) -> None:
    """job_id and lead_id are foreign keys."""
    response = await office.post(office.back.calls_url, CALL | {"job_id": "CA1"})
    assert (response.status_code, response.json()) == (500, {"error": "Failed to create call"})
    assert office.back.rows().calls == []


async def test_alerts_are_known_by_alert_id_alone(office: Office) -> None:
    """The same call_id twice is two alerts; the same alert_id is one."""
    url = office.back.alerts_url
    for _ in range(2):
        await office.post(url, ALERT | {"call_id": "CA1"})
    named = [(await office.post(url, ALERT | {"alert_id": "A"})).json() for _ in range(2)]
    assert len(office.back.rows("CA1").alerts) == 2
    assert len(office.back.rows().alerts) == 3
    assert [answer["action"] for answer in named] == ["created", "updated"]
    row = office.back.rows().alerts[-1]
    assert row["urgency_tier"] == "Urgent"
    assert datetime.fromisoformat(row["callback_promised_at"]) == NOW + timedelta(minutes=15)


# V2: the envelope (contract.md 1.1)


async def test_v2_checks_the_key(office: Office) -> None:
    """X-API-Key alone opens; a signature, when present, is all that counts."""
    url = f"{office.back.v2_url}/webhook/retell/lookup_caller"
    body = {"call": {"call_id": "CA1", "from_number": ANNA}}

    async def refused(headers: dict[str, str]) -> str:
        response = await office.client.post(url, json=body, headers=headers)
        assert response.status_code == 401
        return str(response.json()["error"])

    assert await refused({}) == "Unauthorized: Missing API key"
    assert await refused({"Authorization": "Bearer key"}) == "Unauthorized: Missing API key"
    assert await refused({"X-API-Key": "Key"}) == "Unauthorized: Invalid API key"
    assert "signature" in await refused({"X-API-Key": "key", "X-Retell-Signature": "x"})
    assert [call.status for call in office.back.tool_calls("CA1")] == [401] * 4


@pytest.mark.parametrize(
    ("tool", "status", "key"),
    [
        ("lookup_caller", 200, "found"),
        ("create_callback", 200, "success"),
        ("manage_appointment", 200, "success"),
        ("book_appointment", 500, None),
        ("lookup_booking", 500, None),
        ("send_emergency_alert", 500, None),
        ("end_call", 500, None),
    ],
)
@pytest.mark.parametrize("body", [{}, [], {"args": {}}, {"call": {"call_id": 1, "from_number": 2}}])
async def test_v2_errors_by_tool(office: Office, tool: str, status: int, key: str | None, body: object) -> None:
    """A flat body or an inner exception is a 200 for three tools and a 500 for the rest."""
    response = await office.raw(tool, body)
    assert response.status_code == status
    if key:
        assert response.json()[key] is False
    else:
        assert response.json() == {"error": "Tool execution failed"}


async def test_v2_answers_html_where_express_does(office: Office) -> None:
    """Unknown tool, wrong method: 404. A body that is not JSON: 400. None of them JSON."""
    url = f"{office.back.v2_url}/webhook/retell/lookup_caller"
    unknown = await office.raw("book_service", {"call": {}, "args": {}})
    method = await office.client.get(url)
    broken = await office.client.post(
        url, content=b"{", headers={"X-API-Key": "key", "Content-Type": "application/json"}
    )
    assert [unknown.status_code, method.status_code, broken.status_code] == [404, 404, 400]
    for response in (unknown, method, broken):
        assert response.headers["content-type"].startswith("text/html")
    huge = await office.raw("lookup_caller", {"call": {"x": "y" * 1024**2}})
    assert huge.status_code == 413


# V2: who is calling (contract.md 1.2)

SEED = Seed.model_validate(
    yaml.safe_load("""
customers:
  - {name: Anna Weber, phone: "+15125550001", address: "12 Elm Street, Austin", zip: "78745"}
calls:
  - {phone: "+15125550001", days_ago: 1, end_call_reason: callback_later, issue: no cooling}
  - {phone: "+15125550001", days_ago: 0, minutes_ago: 20, end_call_reason: customer_hangup}
bookings:
  - {name: Anna Weber, phone: "+15125550001", start: {days_ahead: 2, hour: 9}, problem: noise}
notes:
  - {phone: "+15125550001", text: prefers mornings}
""")
)


async def test_a_stranger_is_not_found(office: Office) -> None:
    """Nobody: empty lists, no name, not counted towards force_transition."""
    for _ in range(5):
        answer = await office.tool("lookup_caller")
    assert answer.pop("message")
    assert answer == {
        "found": False,
        "operatorNotes": [],
        "recentCalls": [],
        "pastAppointments": [],
        "force_transition": False,
    }


async def test_a_known_caller(office: Office) -> None:
    """camelCase, words in Chicago time, no uid, and never the street."""
    office.back.seed(SEED)
    answer = await office.tool("lookup_caller")
    assert answer["customerName"] == "Anna Weber"
    assert answer["zipCode"] == "78745"
    assert answer["upcomingAppointment"] == {
        "date": "Friday, November 27",
        "time": "9:00 AM",
        "issue": "noise",
    }
    assert answer["callbackPromise"] == {"date": "Tuesday, November 24", "issue": "no cooling"}
    assert [call["outcome"] for call in answer["recentCalls"]] == [
        "customer_hangup",
        "callback_later",
    ]
    assert answer["operatorNotes"] == ["prefers mornings"]
    assert "prefers mornings" in answer["message"]
    assert len(answer["pastAppointments"]) == 1
    assert "Elm" not in str(answer)
    assert "12 Elm Street" in (await office.tool("get_customer_status"))["address"]


@pytest.mark.parametrize(("number", "found"), [("+1 (512) 555-0001", True), ("5125550001", False), (BEN, False)])
async def test_numbers_are_compared_for_equality(office: Office, number: str, found: bool) -> None:
    """Only what is no digit and no + is removed."""
    office.back.seed(SEED)
    assert (await office.tool("lookup_caller", number=number))["found"] is found


async def test_an_old_promise_is_none(office: Office) -> None:
    """A callback is owed for three days."""
    old = {"phone": ANNA, "days_ago": 4, "end_call_reason": "callback_later"}
    office.back.seed(Seed.model_validate({"calls": [old]}))
    answer = await office.tool("lookup_caller")
    assert (answer["found"], "callbackPromise" in answer) == (True, False)


async def test_one_booking_without_phone_matches_every_stranger(office: Office) -> None:
    """The Cal.com trap: V2's own booking makes strangers found, under somebody else's name."""
    await office.tool("book_appointment", BOOKING)
    answer = await office.tool("lookup_caller", call_id="CA2", number=BEN)
    assert (answer["found"], answer["customerName"]) == (True, "Anna Weber")
    assert answer["upcomingAppointment"]["date"] == "Tuesday, December 1"
    assert not answer["recentCalls"] + answer["pastAppointments"]
    assert "zipCode" not in answer


async def test_the_trap_can_be_switched_off() -> None:
    """Without it only the attendee's own number matches."""
    back_office = BackOffice(
        api_key="key",
        webhook_secret="secret",
        user_email=EMAIL,
        clock=lambda: NOW,
        answer_delay_seconds=0,
        empty_phone_matches=False,
    )
    async with back_office, httpx.AsyncClient() as client:
        office = Office(back_office, client, Faults())
        await office.tool("book_appointment", BOOKING)
        assert (await office.tool("lookup_caller", call_id="CA2", number=BEN))["found"] is False
    back_office.close()


async def test_a_shared_call_id_answers_with_the_first_caller(office: Office) -> None:
    """The stored session's number wins: B is told A's name, and B's visit goes to A's address."""
    office.back.seed(SEED)
    await office.tool("lookup_caller", call_id="pipecat_call", number=ANNA)
    answer = await office.tool("lookup_caller", call_id="pipecat_call", number=BEN)
    assert answer["customerName"] == "Anna Weber"
    no_address = {k: v for k, v in BOOKING.items() if k != "service_address"}
    await office.tool("book_appointment", no_address, call_id="pipecat_call", number=BEN)
    assert "12 Elm Street" in office.back.bookings()[-1].address


async def test_calls_without_call_id_share_a_session(office: Office) -> None:
    """No call_id is one more shared id."""
    office.back.seed(SEED)
    await office.tool("lookup_caller", call_id="", number=ANNA)
    assert (await office.tool("lookup_caller", call_id="", number=BEN))["found"] is True


async def test_the_first_tool_call_fixes_the_number(office: Office) -> None:
    """A first call with an empty number leaves the session without one."""
    office.back.seed(SEED)
    await office.tool("lookup_caller", number="")
    answer = await office.tool("lookup_caller", number=ANNA)
    assert set(answer) == {"found", "message"}
    assert answer["found"] is False


async def test_force_transition_from_the_fourth_use(office: Office) -> None:
    """Counted for each tool and session when somebody was found."""
    office.back.seed(SEED)
    for tool in ("lookup_caller", "create_callback", "book_appointment"):
        forced = [(await office.tool(tool, BOOKING))["force_transition"] for _ in range(5)]
        assert forced == [False, False, False, True, True]


async def test_history_comes_from_the_dashboard(office: Office) -> None:
    """A job of an earlier call is history; `Not provided` is skipped, `Unknown` comes back."""
    await office.job(call_id="CA0", scheduled_at="2026-11-20T15:00:00-06:00")
    await office.job(call_id="CA01", customer_address="Not provided")
    await office.post(office.back.calls_url, CALL | {"call_id": "CA0"})
    await office.tool("send_emergency_alert", {"caller_phone": ANNA}, call_id="CA0")
    answer = await office.tool("lookup_caller")
    assert (answer["customerName"], answer["zipCode"]) == ("Anna Weber", "78745")
    assert (len(answer["recentCalls"]), len(answer["pastAppointments"])) == (1, 1)
    assert answer["urgentAlert"]["callbackBy"] == "8:45 AM"
    await office.job(call_id="CA02", customer_address="Unknown", scheduled_at=BOOKED_AT)
    assert (await office.tool("get_customer_status"))["address"] == "Unknown"


# V2: visits (contract.md 1.3, 1.4, 1.8)


async def test_a_real_booking(office: Office) -> None:
    """A `cal_` id, the time in ISO with an offset, words in the server's zone, no phone."""
    answer = await office.tool("book_appointment", BOOKING)
    assert answer["success"] is answer["booked"] is answer["booking_confirmed"] is True
    assert answer["appointmentId"].startswith("cal_")
    assert answer["appointment_time"] == "2026-12-01T21:00:00.000Z"
    assert "9:00 PM" in answer["confirmationMessage"]
    (booking,) = office.back.bookings()
    assert booking.start == datetime.fromisoformat(BOOKED_AT)
    assert (booking.phone, booking.call_id, booking.uid) == ("", "CA1", answer["appointmentId"])


@pytest.mark.parametrize("asked", ["tomorrow at 3 PM", "", None, "2020-01-01T09:00:00-06:00"])
async def test_anything_comes_back_as_booked(office: Office, asked: str | None) -> None:
    """Words, nothing and past times are booked in V2's words only: an `apt_` id."""
    answer = await office.tool("book_appointment", BOOKING | {"date_time": asked})
    assert answer["booked"] is True
    assert answer["appointmentId"].startswith("apt_")
    assert answer.get("appointment_time") == asked
    invalid = "Invalid Date at Invalid Date" in answer["confirmationMessage"]
    assert invalid is (asked is None or not asked.startswith("2020"))
    assert office.back.bookings() == []


async def test_booking_without_phone_is_not_in_cal_com(office: Office) -> None:
    """customer_phone missing throws inside and falls back to the mock."""
    answer = await office.tool("book_appointment", BOOKING | {"customer_phone": ""})
    assert answer["appointmentId"].startswith("apt_")


async def test_a_time_without_offset_is_read_in_the_servers_zone(office: Office) -> None:
    """5 PM without an offset is 5 PM in UTC."""
    await office.tool("book_appointment", BOOKING | {"date_time": "2026-12-01T17:00:00"})
    assert office.back.bookings()[0].start == datetime(2026, 12, 1, 17, tzinfo=UTC)


async def test_bookings_are_not_deduplicated(office: Office) -> None:
    """Every call of the tool is one more visit, if its time is free."""
    for hour in (15, 16):
        await office.tool("book_appointment", BOOKING | {"date_time": f"2026-12-01T{hour}:00:00-06:00"})
    assert [visit.customer_phone for visit in office.back.bookings()] == [ANNA, ANNA]


TAKEN = Seed.model_validate(
    {
        "bookings": [{"name": "Sam Hale", "start": "2026-12-01T10:30:00-06:00", "uid": "cal_sam"}],
        "taken": [
            {"days_ahead": 0},
            {"days_ahead": 1, "hour": 9, "until": 15},
            {"days_ahead": 6, "hour": 16},
        ],
    }
)


@pytest.mark.parametrize(
    ("date_time", "free"),
    [
        ("2026-12-01T09:30:00-06:00", True),  # Over when the visit at half past ten begins.
        ("2026-12-01T09:45:00-06:00", False),
        ("2026-12-01T11:00:00-06:00", False),
        ("2026-12-01T11:30:00-06:00", True),
        ("2026-12-01T16:00:00-06:00", False),
        ("2026-12-01T22:00:00Z", False),  # The same hour by another clock.
        ("2026-12-01T15:00:00-06:00", True),
        ("2026-11-26T14:00:00-06:00", False),
        ("2026-11-26T15:00:00-06:00", True),
        ("2026-12-02T08:30:00-06:00", False),
        ("2026-12-02T09:00:00-06:00", True),
        ("2026-12-02T17:00:00-06:00", True),
        ("2026-12-02T17:30:00-06:00", False),
        ("2026-11-25T16:00:00-06:00", False),
    ],
)
async def test_a_time_that_is_taken_is_refused(office: Office, date_time: str, free: bool) -> None:
    """Cal.com's 409 and its hours: V2 says booked with an apt_ id, and a visit cannot be moved there either."""
    office.back.seed(TAKEN)
    answer = await office.tool("book_appointment", BOOKING | {"date_time": date_time})
    assert (answer["booked"], answer["appointmentId"].startswith("cal_")) == (True, free)
    assert len(office.back.bookings()) == 1 + free


async def test_a_visit_is_moved_where_it_is_free(office: Office) -> None:
    """Half an hour later is free for the visit itself; a time that is taken comes back as success:false."""
    office.back.seed(TAKEN)
    moves = []
    for new_time in ("2026-12-01T11:00:00-06:00", "2026-12-01T16:00:00-06:00"):
        args = {"action": "reschedule", "booking_uid": "cal_sam", "new_time": new_time}
        moves.append((await office.tool("manage_appointment", args))["success"])
    assert moves == [True, False]
    assert office.back.bookings()[0].start == datetime(2026, 12, 1, 17, tzinfo=UTC)


async def test_a_cancelled_visit_frees_its_time(office: Office) -> None:
    """What nobody comes for can be booked."""
    office.back.seed(TAKEN)
    await office.tool("manage_appointment", {"action": "cancel", "booking_uid": "cal_sam"})
    answer = await office.tool("book_appointment", BOOKING | {"date_time": "2026-12-01T10:00:00-06:00"})
    assert answer["appointmentId"].startswith("cal_")


@pytest.mark.parametrize(
    ("urgency", "first"),
    [("Urgent", "2026-11-26T21:00:00.000Z"), ("Routine", "2026-11-27T15:00:00.000Z")],
)
async def test_availability_knows_what_is_taken(office: Office, urgency: str, first: str) -> None:
    """A full day is left out, and a taken morning."""
    office.back.seed(TAKEN)
    slots = (await office.tool("check_calendar_availability", {"urgency": urgency}))["availableSlots"]
    assert slots[0]["isoDateTime"] == first


async def test_a_calendar_without_slots_or_none_at_all(office: Office) -> None:
    """An empty list says nothing of a single time; a V2 without the tool answers 404 with a page."""
    office.back.seed(Seed(calendar="empty"))
    assert await office.tool("check_calendar_availability", {"urgency": "Urgent"}) == {"availableSlots": []}
    assert (await office.tool("book_appointment", BOOKING))["appointmentId"].startswith("cal_")
    office.back.seed(Seed(calendar="absent"))
    absent = await office.raw("check_calendar_availability", {"call": {"call_id": "CA1"}, "args": {}})
    assert (absent.status_code, absent.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert (await office.tool("lookup_caller"))["found"] is True


@pytest.mark.parametrize(
    ("urgency", "first"),
    [
        ("Emergency", "2026-11-25T15:00:00.000Z"),
        ("Urgent", "2026-11-25T15:00:00.000Z"),
        ("Routine", "2026-11-27T15:00:00.000Z"),
        ("emergency", "2026-11-27T15:00:00.000Z"),
    ],
)
async def test_availability(office: Office, urgency: str, first: str) -> None:
    """The first free slot of at most three days; small letters count as Routine."""
    slots = (await office.tool("check_calendar_availability", {"urgency": urgency}))["availableSlots"]
    assert slots[0]["isoDateTime"] == first
    assert len({slot["isoDateTime"][:10] for slot in slots}) == len(slots) <= 3
    assert (await office.tool("book_appointment", BOOKING | {"date_time": first}))["booked"]
    after = await office.tool("check_calendar_availability", {"urgency": urgency})
    assert after["availableSlots"][0]["isoDateTime"] != first


async def test_cancelling_needs_a_lookup_first(office: Office) -> None:
    """The session has no uid until lookup_booking put one there; then the soonest visit goes."""
    office.back.seed(SEED)
    await office.tool("book_appointment", BOOKING)
    await office.tool("lookup_caller")
    refused = await office.tool("manage_appointment", {"action": "cancel"})
    assert (refused["success"], "action_taken" in refused) == (False, False)
    found = (await office.tool("lookup_booking"))["booking"]
    assert (found["date"], found["attendeeName"]) == ("Friday, November 27", "Anna Weber")
    status = await office.tool("manage_appointment", {"action": "status"})
    assert "9:00 AM" in status["message"]
    done = await office.tool("manage_appointment", {"action": "cancel"})
    assert done["success"] is True
    assert {b.uid: b.status for b in office.back.bookings()}[found["uid"]] == "cancelled"
    again = await office.tool("manage_appointment", {"action": "cancel"})
    assert again["success"] is False


async def test_rescheduling_wants_new_time_in_iso(office: Office) -> None:
    """new_date_time is not read; words are refused by Cal.com; ISO moves the visit."""
    uid = (await office.tool("book_appointment", BOOKING))["appointmentId"]
    move = {"action": "reschedule", "booking_uid": uid}
    ran = [
        await office.tool("manage_appointment", move | extra)
        for extra in (
            {"new_date_time": "2026-12-02T10:00:00-06:00"},
            {"new_time": "Wednesday at ten"},
            {"new_time": "2026-12-02T10:00:00-06:00"},
        )
    ]
    assert [answer["success"] for answer in ran] == [False, False, True]
    assert "Unable to reschedule" in ran[1]["message"]
    assert office.back.bookings()[0].start == datetime(2026, 12, 2, 16, tzinfo=UTC)


async def test_booking_lookup_by_rest(office: Office) -> None:
    """The twin of lookup_booking: 400 for a bad number, 429 after a hundred requests."""
    office.back.seed(SEED)
    url = f"{office.back.v2_url}/api/bookings/lookup"

    async def get(phone: str) -> httpx.Response:
        return await office.client.get(url, params={"phone": phone}, headers={"X-API-Key": "key"})

    assert (await get(ANNA)).json()["booking"]["attendeeName"] == "Anna Weber"
    assert (await get(BEN)).json()["found"] is False
    assert (await get("Anna")).status_code == 400
    assert [(await get("x")).status_code for _ in range(98)][-2:] == [400, 429]


# V2: people to be told, and the rest (contract.md 1.5 to 1.9)


async def test_each_callback_is_another_sms(office: Office) -> None:
    """No dedup; the SMS starts URGENT whatever the urgency, and has the session's address."""
    answer = await office.tool("create_callback", {"reason": "wants a person", "callback_type": "billing"})
    await office.tool("create_callback", {"urgency": "urgent"})
    assert answer["success"] is True
    first, second = office.back.callbacks("CA1")
    assert (first["promised_minutes"], second["promised_minutes"]) == (60, 30)
    assert second["reason"] == "Customer requested callback"
    texts = [sms["body"] for sms in office.back.sms()]
    assert all(text.startswith("URGENT:") and "Not provided" in text for text in texts)
    assert "BILLING" in texts[0]
    assert ANNA in texts[0]


async def test_sales_lead_needs_the_phone_and_overwrites_the_session(office: Office) -> None:
    """500 without customer_phone; what is not sent is erased in the session."""
    office.back.seed(SEED)
    await office.tool("lookup_caller")
    body = {"call": {"call_id": "CA1"}, "args": {"execution_message": "x"}}
    assert (await office.raw("send_sales_lead_alert", body)).status_code == 500
    answer = await office.tool("send_sales_lead_alert", {"customer_phone": ANNA})
    assert answer["success"] is True
    await office.tool("create_callback")
    assert "Not provided" in office.back.sms()[-1]["body"]


async def test_emergency_alert_reaches_the_dashboard(office: Office) -> None:
    """V2 posts the alert itself; ours with the same alert_id updates it."""
    args = {"caller_phone": ANNA, "urgency_description": "gas smell"}
    alert_id = (await office.tool("send_emergency_alert", args))["alertId"]
    await office.post(office.back.alerts_url, ALERT | {"alert_id": alert_id, "call_id": "CA1"})
    (alert,) = office.back.rows("CA1").alerts
    assert (alert["alert_id"], alert["callback_promised_minutes"]) == (alert_id, 15)
    body = {"call": {"call_id": "CA1"}, "args": {}}
    assert (await office.raw("send_emergency_alert", body)).status_code == 500


@pytest.mark.parametrize(
    ("zip_code", "served"), [("78701", True), ("787015", True), ("78745", False), ("seven", False)]
)
async def test_v2s_own_service_area(office: Office, zip_code: str, served: bool) -> None:
    """Its list is not the 787 rule, and a number instead of a text is a 500."""
    answer = await office.tool("validate_service_area", {"zip_code": zip_code})
    assert answer["inServiceArea"] is served
    body = {"call": {"call_id": "CA1"}, "args": {"zip_code": 78701}}
    assert (await office.raw("validate_service_area", body)).status_code == 500


async def test_end_call_is_only_noted(office: Office) -> None:
    """Nothing reaches the dashboard."""
    answer = await office.tool("end_call", {"reason": "completed"})
    assert answer == {"success": True, "reason": "completed"}
    assert office.back.rows().calls == []


# Faults


@pytest.mark.parametrize(
    ("mode", "check"),
    [
        ("apt", lambda body: body["appointmentId"].startswith("apt_")),
        ("other_time", lambda body: body["appointment_time"] == "2026-12-01T23:00:00.000Z"),
        ("no_time", lambda body: "appointment_time" not in body),
        ("success_false", lambda body: body["success"] is False),
    ],
)
async def test_booking_faults(office: Office, mode: str, check: Callable[[Json], bool]) -> None:
    """V2's own modes: each is a 200 that is no plain success, and only real ones are in Cal.com."""
    office.faults.set("v2", mode)
    assert check(await office.tool("book_appointment", BOOKING))
    assert len(office.back.bookings()) == (mode in ("other_time", "no_time"))
    assert office.back.tool_calls("CA1")[0].fault == mode


@pytest.mark.parametrize("mode", ["apt", "other_time", "no_time"])
async def test_a_fault_of_booking_waits_for_the_booking(office: Office, mode: str) -> None:
    """It is neither used up by a lookup nor counted as a hit there."""
    office.faults.set("v2", mode, 1)
    await office.tool("lookup_caller")
    assert office.faults.hits == []
    await office.tool("book_appointment", BOOKING)
    assert [hit.mode for hit in office.faults.hits] == [mode]


async def test_lost_answer_books_all_the_same(office: Office) -> None:
    """The connection drops after the visit was made."""
    office.faults.set("v2", "lost_answer", 1)
    with pytest.raises(httpx.TransportError):
        await office.tool("book_appointment", BOOKING)
    assert len(office.back.bookings()) == 1
    (call,) = office.back.tool_calls("CA1")
    assert (call.fault, call.status) == ("lost_answer", 200)


async def test_a_slow_v2_goes_on_when_the_client_gives_up(office: Office) -> None:
    """A cut create_callback is still carried out."""
    office.faults.set("v2", "slow")
    with pytest.raises(httpx.ReadTimeout):
        await office.client.post(
            f"{office.back.v2_url}/webhook/retell/create_callback",
            json={"call": {"call_id": "CA1", "from_number": ANNA}, "args": {}},
            headers={"X-API-Key": "key"},
            timeout=httpx.Timeout(2, read=0.02),
        )
    office.faults.set("v2", None)
    await office.back.settled()
    assert len(office.back.callbacks("CA1")) == 1


@pytest.mark.parametrize(("mode", "status"), [("down", None), ("503", 503), ("html", 200)])
async def test_faults_keep_v2_from_acting(office: Office, mode: str, status: int | None) -> None:
    """Down, a status and a page of HTML: nothing is booked, and the request is still on record."""
    office.faults.set("v2", mode)
    body = {"call": {"call_id": "CA1", "from_number": ANNA}, "args": BOOKING}
    if status is None:
        with pytest.raises(httpx.TransportError):
            await office.raw("book_appointment", body)
    else:
        assert (await office.raw("book_appointment", body)).status_code == status
    assert office.back.bookings() == []
    (call,) = office.back.tool_calls("CA1")
    assert (call.tool, call.fault, call.args) == ("book_appointment", mode, BOOKING)


async def test_a_hanging_v2_does_not_keep_the_block_open(office: Office) -> None:
    """hang never answers and is gone with the server."""
    for part, url in (("v2", f"{office.back.v2_url}/health"), ("dashboard", office.back.jobs_url)):
        office.faults.set(part, "hang")
        with pytest.raises(httpx.ReadTimeout):
            await office.client.get(url, timeout=0.02)


@pytest.mark.parametrize("mode", ["drop_after_store", "500_after_store"])
async def test_a_row_may_exist_although_nobody_said_so(office: Office, mode: str) -> None:
    """Stored, then no good answer: the retry updates the same row."""
    office.faults.set("dashboard", mode, 1)
    if mode == "drop_after_store":
        with pytest.raises(httpx.TransportError):
            await office.job()
    else:
        assert (await office.post(office.back.jobs_url, JOB)).status_code == 500
        assert office.back.refusals()[0].fault == mode
    assert (await office.job())["action"] == "updated"
    assert len(office.back.rows("CA1").leads) == 1


@pytest.mark.parametrize(
    ("mode", "body"),
    [("404", {"error": "User not found"}), ("500", {"error": "Internal server error"})],
)
async def test_dashboard_statuses_on_demand(office: Office, mode: str, body: Json) -> None:
    """A status as a fault has the dashboard's own body, stores nothing and is remembered."""
    office.faults.set("dashboard", mode, 1)
    response = await office.post(office.back.jobs_url, JOB)
    assert (response.status_code, response.json()) == (int(mode), body)
    assert office.back.rows().leads == []
    assert [(r.status, r.fault) for r in office.back.refusals()] == [(int(mode), mode)]


# What is told to the one who watches


async def test_events_and_records(office: Office) -> None:
    """Tool calls, rows and refusals are told as they happen and can be read back."""
    await office.tool("lookup_caller", {"x": 1})
    await office.job()
    await office.post(office.back.calls_url, CALL | {"lead_id": None})
    kinds = [type(event) for event in office.events]
    assert kinds == [ToolCall, RowAccepted, Refusal]
    (call,) = office.back.tool_calls("CA1")
    assert call == office.events[0]
    assert (call.args, call.call["from_number"], call.at) == ({"x": 1}, ANNA, NOW)
    assert office.back.tool_calls("CA2") == []


async def test_state_survives_in_a_file(tmp_path: Any) -> None:
    """A database on disk is there for the next back office."""

    def back_office() -> BackOffice:
        return BackOffice(
            database=str(tmp_path / "office.db"),
            api_key="key",
            webhook_secret="secret",
            user_email=EMAIL,
            clock=lambda: NOW,
        )

    first = back_office()
    first.seed(SEED)
    first.close()
    second = back_office()
    assert [booking.name for booking in second.bookings()] == ["Anna Weber"]
    second.close()
