"""The dashboard at the wire as the real one was measured: contract.md 0, the points that are the dashboard's."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.simulator.back_office.support import ALERT, ANNA, BOOKED_AT, CALL, JOB, Office

CONTROLLED_CLOCK = True

LEAD = JOB | {"end_call_reason": "callback_later"}


async def test_0_5_a_job_posted_again_is_the_same_row(office: Office) -> None:
    """Under its own call's id, with the new time."""
    first = await office.job(scheduled_at=BOOKED_AT)
    moved = await office.job(scheduled_at="2026-12-03T10:00:00-06:00")
    (row,) = office.back.rows("CA1").jobs
    assert (moved["action"], moved["job_id"], row["status"]) == ("updated", first["job_id"], "new")
    assert row["scheduled_at"] == "2026-12-03T10:00:00-06:00"


async def test_0_9_our_alert_erases_what_v2s_had(office: Office) -> None:
    """The message's sid, the name and the address are gone unless they are sent."""
    args = {"caller_phone": ANNA, "urgency_description": "gas smell", "address": "12 Elm Street"}
    alert_id = (await office.tool("send_emergency_alert", args))["alertId"]
    (row,) = office.back.rows("CA1").alerts
    assert (row["sms_message_sid"], row["customer_address"]) == (alert_id, "12 Elm Street")
    await office.post(office.back.alerts_url, ALERT | {"alert_id": alert_id, "call_id": "CA1"})
    (row,) = office.back.rows("CA1").alerts
    assert [row[key] for key in ("sms_message_sid", "customer_name", "customer_address")] == [None] * 3
    kept = {"sms_message_sid": alert_id, "customer_name": "Anna", "customer_address": "12 Elm Street"}
    await office.post(office.back.alerts_url, ALERT | {"alert_id": alert_id, "call_id": "CA1"} | kept)
    (row,) = office.back.rows("CA1").alerts
    assert {key: row[key] for key in kept} == kept


async def give_up(office: Office, body: object, seconds: float) -> None:
    """Post, and do not wait for the answer."""
    with pytest.raises(httpx.ReadTimeout):
        await office.client.post(
            office.back.jobs_url, json=body, headers={"X-Webhook-Secret": "secret"}, timeout=seconds
        )


@pytest.mark.parametrize(("again_after", "rows"), [(10.0, 2), (100.0, 1)])
async def test_0_10_a_repeat_that_overlaps_makes_a_second_row(office: Office, again_after: float, rows: int) -> None:
    """15 s a query: the repeat looks before the first one inserts. From then on each repeat adds a row."""
    office.faults.set("dashboard", "slow_db", 2)
    await give_up(office, LEAD, 10)
    await asyncio.sleep(again_after - 10)
    await give_up(office, LEAD, 10)
    await office.back.settled()
    assert len(office.back.rows("CA1").leads) == rows
    answers = [await office.job(end_call_reason="callback_later") for _ in range(3)]
    assert len(office.back.rows("CA1").leads) == (5 if rows == 2 else 1)
    assert [answer.get("action") for answer in answers] == [None if rows == 2 else "updated"] * 3


async def test_0_10_jobs_are_no_different_and_calls_are_one_row(office: Office) -> None:
    """Leads and jobs have no unique index on the call id; the record of a call has."""
    office.faults.set("dashboard", "slow_db", 4)
    office.client.timeout = 70
    urls = {office.back.jobs_url: JOB | {"scheduled_at": BOOKED_AT}, office.back.calls_url: CALL}
    await asyncio.gather(*(office.post(url, body) for url, body in urls.items() for _ in range(2)))
    rows = office.back.rows("CA1")
    assert (len(rows.jobs), len(rows.calls)) == (2, 1)


async def test_0_10_the_dashboard_gives_up_after_a_minute(office: Office) -> None:
    """What its database has not written by then is not written."""
    office.faults.query_seconds = 25.0
    office.faults.set("dashboard", "slow_db", 1)
    office.client.timeout = 70
    begun = asyncio.get_running_loop().time()
    response = await office.post(office.back.jobs_url, LEAD)
    assert response.status_code == 504
    assert asyncio.get_running_loop().time() - begun == pytest.approx(60, abs=1)
    assert office.back.rows("CA1").leads == []
    assert [(refusal.status, refusal.fault) for refusal in office.back.refusals()] == [(504, "slow_db")]


async def test_0_14_what_a_job_does_not_store(office: Office) -> None:
    """It is accepted, and gone; a lead keeps it."""
    gone = {
        "issue_description": "warm air",
        "primary_intent": "booking_request",
        "caller_type": "residential",
        "booking_status": "confirmed",
        "equipment_type": "heat pump",
        "equipment_age": "12",
        "sales_lead_notes": "x",
        "priority_reason": "y",
    }
    await office.job(scheduled_at=BOOKED_AT, ai_summary="all of it", **gone)
    await office.job(end_call_reason="callback_later", **gone)
    rows = office.back.rows("CA1")
    assert not gone.keys() & rows.jobs[0].keys()
    assert rows.jobs[0]["ai_summary"] == "all of it"
    assert gone.keys() <= rows.leads[0].keys()


async def test_0_15_a_repeated_lead_changes_status_and_priority(office: Office) -> None:
    """A repeated job does not."""
    await office.job(end_call_reason="customer_hangup", status_color="blue", urgency="low")
    answer = await office.job(end_call_reason="sales_lead", status_color="red", urgency="high")
    (lead,) = office.back.rows("CA1").leads
    assert (answer["action"], lead["status"]) == ("updated", "sales_opportunity")
    assert (lead["status_color"], lead["urgency"]) == ("red", "high")


async def test_0_16_a_failing_users_query(office: Office) -> None:
    """500 on jobs, 404 on the others; nothing is stored, and the next one is as ever."""
    office.faults.set("dashboard", "users_fail", 3)
    urls = {office.back.jobs_url: JOB, office.back.calls_url: CALL, office.back.alerts_url: ALERT}
    assert [(await office.post(url, body)).status_code for url, body in urls.items()] == [500, 404, 404]
    rows = office.back.rows()
    assert rows.leads + rows.calls + rows.alerts == []
    assert [(await office.post(url, body)).status_code for url, body in urls.items()] == [200, 200, 200]


@pytest.mark.parametrize(
    ("utc", "sent"),
    [
        (datetime(2026, 11, 25, 14, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), True),  # 18:59 in New York.
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 10, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 11, 0, tzinfo=UTC), True),
    ],
)
async def test_0_17_a_lead_in_the_quiet_hours_is_silent(office: Office, utc: datetime, sent: bool) -> None:
    """19:00 to 06:00 in New York: the text is lost for good, and the answer says so."""
    office.clock.now = utc
    answer = await office.job()
    assert (answer["status"], answer["notification"]) == ("abandoned", {"sent": sent})
    office.clock.now += timedelta(hours=12)
    await office.job(call_id="CA2", scheduled_at=BOOKED_AT)
    assert (len(office.back.sms()), len(office.back.lost_sms())) == (sent, not sent)


@pytest.mark.parametrize("table", ["leads", "jobs"])
async def test_0_18_a_row_that_the_owner_deleted_refuses_the_call_for_ever(office: Office, table: str) -> None:
    """By the foreign key, until the id is left out."""
    office.faults.set("dashboard", "owner_deletes", 1)
    answer = await office.job(**({"scheduled_at": BOOKED_AT} if table == "jobs" else {}))
    key = "job_id" if table == "jobs" else "lead_id"
    named = CALL | {key: answer[key]}
    assert [(await office.post(office.back.calls_url, named)).status_code for _ in range(3)] == [500] * 3
    assert (await office.post(office.back.calls_url, CALL)).status_code == 200


async def test_0_18_the_owner_deletes_by_hand(office: Office) -> None:
    """The next post under the same call makes a new row."""
    lead = await office.job()
    office.back.delete("leads", lead["lead_id"])
    again = await office.job()
    assert "action" not in again
    assert again["lead_id"] != lead["lead_id"]


async def test_0_20_jobs_without_a_number_have_one_customer(office: Office) -> None:
    """ "unknown", with the first one's name and address; other numbers have their own."""
    for name, phone, call_id in (("Ann", "unknown", "CA1"), ("Bea", "unknown", "CA2"), ("Cy", ANNA, "CA3")):
        await office.job(customer_name=name, customer_phone=phone, call_id=call_id, scheduled_at=BOOKED_AT)
    customers = {customer["id"]: customer for customer in office.back.customers()}
    owners = [customers[job["customer_id"]]["name"] for job in office.back.rows().jobs]
    assert owners == ["Ann", "Ann", "Cy"]


@pytest.mark.parametrize(
    ("at", "conflict"),
    [("14:00", True), ("13:59", False), ("15:00", True), ("15:59", True), ("16:00", False)],
)
async def test_2_2_the_window_of_a_conflict(office: Office, at: str, conflict: bool) -> None:
    """From an hour before the visit until less than an hour after it."""
    await office.job(call_id="CA0", scheduled_at=f"2026-12-01T{at}:00-06:00")
    assert (await office.job(scheduled_at="2026-12-01T15:00:00-06:00"))["conflict_detected"] is conflict
