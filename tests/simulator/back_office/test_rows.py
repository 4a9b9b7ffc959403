"""What becomes of a payload in the dashboard: routing, dedup, updates (contract.md 2.2 to 2.4)."""

from datetime import datetime, timedelta

import pytest

from tests.simulator.back_office.support import ALERT, BOOKED_AT, CALL, JOB, NOW, Json, Office

CONTROLLED_CLOCK = True


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
