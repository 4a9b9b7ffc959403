"""What an operator sends again is what is true by now, on SQLite and on Postgres; the dashboard is on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from call.session import Appointment, CallSession, Reason, State
from dashboard_sync import DashboardClient
from records.posting import RecordPoster
from records.resend import Resent, resend
from records.store import Status, Store
from tests.records.test_delivery import JOB, LEAD, ROW, Office, record
from tests.support.scripted_server import scripted_server

NUMBER = "+15125550001"  # That of `record`
BEGAN = datetime(2026, 11, 25, 18, tzinfo=UTC)
FRIDAY, MONDAY = "2026-11-27T10:00:00-06:00", "2026-11-30T10:00:00-06:00"
PARTS = ("job", "call", "alert")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with scripted_server([ROW]) as server:
        dashboard = Office(server, tmp_path)
        dashboard.answer("/jobs", JOB)
        yield dashboard


@asynccontextmanager
async def parked(office: Office, url: str, scheduled_at: str | None = FRIDAY) -> AsyncIterator[tuple[Store, Any]]:
    """A store with the parked record of CA1, and what sends it again."""
    store, known = Store(url), office.settings()
    await store.open()
    async with httpx.AsyncClient(trust_env=False) as http:
        poster = RecordPoster(known, DashboardClient(known, http), store)
        await store.set_delivery("CA1", content(scheduled_at), Status.PARKED)

        async def again() -> Resent:
            row = await store.delivery("CA1")
            assert row is not None
            return await resend(store, poster, row)

        yield store, again
    await store.close()


def content(scheduled_at: str | None) -> dict[str, Any]:
    kept = record("CA1").model_dump(mode="json")
    if scheduled_at:
        booked = {"scheduled_at": scheduled_at, "end_call_reason": "completed", "booking_status": "confirmed"}
        kept["job"] = kept["job"] | booked
    return kept


async def later_call(store: Store, call_id: str, reason: Reason, day: str, *, number: str = NUMBER) -> None:
    visit = Appointment(uid="cal_1", date=day, time="10:00 AM", attendee_name="Jonas Weber")
    session = CallSession(
        call_id=call_id,
        started_at=BEGAN + timedelta(hours=1),
        caller_number=number,
        state=State.CONFIRM,
        reason=reason,
        appointment=visit,
    )
    await store.calls.expect(session, BEGAN)


@pytest.mark.parametrize("reason", [Reason.CANCELLED, Reason.RESCHEDULED])
async def test_a_visit_that_a_later_call_has_changed_is_not_sent(
    office: Office, agent_database: str, reason: Reason
) -> None:
    """The dashboard would show it again, and a technician would drive: the operator hears which call it was."""
    async with parked(office, agent_database) as (store, again):
        await later_call(store, "CA2", reason, "Friday, November 27")
        resent = await again()
        assert (resent.status, resent.parts) == (Status.PARKED, ())
        assert resent.detail.endswith("in call CA2.")
        row = await store.delivery("CA1")
        assert row is not None
        assert (row.status, row.record) == (Status.PARKED, content(FRIDAY))
        assert (await again()).detail == resent.detail
    assert office.paths() == []


@pytest.mark.parametrize(
    ("day", "more", "sent"),
    [
        ("tomorrow", {}, False),  # Whichever that was
        ("Thursday, December 3", {}, True),
        ("Friday, November 27", {"number": "+15125550142"}, True),
        ("Friday, November 27", {"reason": Reason.STATUS_TOLD}, True),
    ],
)
async def test_another_visit_or_caller_keeps_nothing_back(
    office: Office, agent_database: str, day: str, more: dict[str, Any], sent: bool
) -> None:
    async with parked(office, agent_database) as (store, again):
        await later_call(store, "CA2", **({"reason": Reason.CANCELLED, "day": day} | more))
        assert (await again()).parts == (PARTS if sent else ())
    assert office.paths() == (["jobs", "calls", "alerts"] if sent else [])


async def test_a_moved_visit_is_sent_at_its_new_time(office: Office, agent_database: str) -> None:
    """As the call has posted it that moved it; once that visit is cancelled, nothing is sent."""
    async with parked(office, agent_database) as (store, again):
        await later_call(store, "CA2", Reason.RESCHEDULED, "Friday, November 27")
        moved = record("CA2").model_dump(mode="json") | {"moved": content(MONDAY)["job"]}
        await store.add_delivery("CA2", moved, Status.DELIVERED)
        await later_call(store, "CA3", Reason.CANCELLED, "Monday, November 30")
        assert (await again()).detail.endswith("in call CA3.")
        await store.calls.purge(store.now() + timedelta(days=1))
        assert await again() == Resent(Status.DELIVERED, PARTS, "")
    assert [(body["call_id"], body["scheduled_at"]) for body in office.bodies("/jobs")] == [("CA1", MONDAY)]


async def test_a_lead_for_which_a_later_call_stands_is_sent_closed(office: Office, agent_database: str) -> None:
    """Nobody is called again about it. What a caller has said of a call is none of its parts."""
    office.answer("/jobs", LEAD)
    async with parked(office, agent_database, None) as (store, again):
        closed = content(None)["job"] | {"end_call_reason": "out_of_area"}
        later = record("CA2").model_dump(mode="json")
        await store.add_delivery("CA2", later | {"withdrawn": closed}, Status.DELIVERED)
        later["call"]["transcript_object"] = [{"role": "user", "content": '"call_id": "CA1"'}]
        await store.add_delivery("CA3", later | {"call_id": "CA3"}, Status.DELIVERED)
        assert await again() == Resent(Status.DELIVERED, PARTS, "")
    assert [body["end_call_reason"] for body in office.bodies("/jobs")] == ["out_of_area"]
