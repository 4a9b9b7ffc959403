"""What is posted of a job that later calls have changed, on SQLite and on Postgres; the dashboard is on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from call.session import Appointment, CallSession, Reason, State
from call.tool_calls import ManageAppointment
from dashboard_sync import DashboardClient, Delivered, Delivery
from records.errors import StoreError
from records.payloads import CallRecord
from records.posting import RecordPoster
from records.resend import Resent, resend
from records.store import Status, Store
from tests.records.test_delivery import JOB, ROW, Office, ended, record, running, status
from tests.support.scripted_server import scripted_server

NUMBER = "+15125550001"  # That of `record`
BEGAN = datetime(2026, 11, 25, 18, tzinfo=UTC)
FRIDAY, TUESDAY, WEDNESDAY = "2026-11-27T10:00:00-06:00", "2026-12-01T14:00:00-06:00", "2026-12-02T10:00:00-06:00"
UID = "cal_1"


def job(at: str | None, call_id: str = "CA1") -> dict[str, Any]:
    known: dict[str, Any] = record(call_id).model_dump(mode="json")["job"]
    visit = {"scheduled_at": at, "end_call_reason": "completed", "booking_status": "confirmed"}
    return known | (visit if at else {})


def content(call_id: str, hours: int = 0, **parts: Any) -> dict[str, Any]:
    """The record of a call that began so many hours after the first."""
    known = record(call_id, job=False, alert=False).model_dump(mode="json") | parts
    known["call"]["started_at"] = (BEGAN + timedelta(hours=hours)).isoformat()
    return known


LEAD = content("CA1", job=job(None))
VISIT = content("CA1", job=job(FRIDAY))
CLOSED = job(None) | {"end_call_reason": "out_of_area"}


@dataclass
class Desk:
    """The store, and what posts from it."""

    office: Office
    store: Store
    poster: RecordPoster

    async def post(self, known: dict[str, Any], part: str = "job") -> Delivered:
        return await self.poster.post(part, known, {}, by=known["call_id"])

    async def again(self, call_id: str) -> Resent:
        row = await self.store.delivery(call_id)
        assert row is not None
        return await resend(self.store, self.poster, row)

    async def heard(self, call_id: str, hours: int, reason: Reason | None, day: str, **facts: Any) -> None:
        """A call of the same number, of which no record is there."""
        visit = Appointment(uid=facts.pop("uid", UID), date=day, time="10:00 AM", attendee_name="Jonas Weber")
        known: dict[str, Any] = {
            "started_at": BEGAN + timedelta(hours=hours),
            "caller_number": NUMBER,
            "state": State.CONFIRM,
        }
        known |= {"call_id": call_id, "reason": reason, "appointment": visit}
        session = CallSession.model_validate(known | facts)
        await self.store.calls.expect(session, BEGAN)

    @property
    def posted(self) -> list[tuple[str, str]]:
        return [(body["call_id"], body.get("scheduled_at") or body["end_call_reason"]) for body in self.jobs]

    @property
    def jobs(self) -> list[Any]:
        return self.office.bodies("/jobs")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with scripted_server([ROW]) as server:
        dashboard = Office(server, tmp_path)
        dashboard.answer("/jobs", JOB)
        yield dashboard


@pytest.fixture
async def desk(office: Office, agent_database: str) -> AsyncIterator[Desk]:
    known = office.settings()
    store = Store(agent_database)
    await store.open()
    async with httpx.AsyncClient(trust_env=False) as http:
        yield Desk(office, store, RecordPoster(known, DashboardClient(known, http), store))
    await store.close()


async def test_a_visit_that_was_cancelled_for_certain_is_not_posted(desk: Desk) -> None:
    """The very visit that was booked; the team has been texted. Its record waits until that call has one of its own."""
    booked = CallSession(call_id="CA1", started_at=BEGAN, caller_number=NUMBER, appointment_id=UID)
    await desk.store.calls.expect(booked, BEGAN)
    await desk.store.add_delivery("CA1", VISIT, Status.WAITING)
    await desk.heard("CA2", 1, Reason.CANCELLED, "Friday, November 27")
    assert (await desk.post(VISIT)).delivery is Delivery.LATER
    await desk.store.add_delivery("CA2", content("CA2", 1), Status.WAITING)
    assert await desk.post(VISIT) == Delivered(
        Delivery.NOT_NEEDED, detail="its visit was cancelled by phone in call CA2"
    )
    assert desk.posted == []


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        (Reason.CANCELLED, {"uid": "cal_2"}),
        (Reason.RESCHEDULED, {}),
        (Reason.MANAGE_FAILED, {"in_doubt": ManageAppointment("cancel", UID)}),
        (Reason.CANCELLED, {"in_doubt": ManageAppointment("cancel", UID)}),
    ],
    ids=["perhaps another", "moved", "failed", "in doubt"],
)
async def test_a_visit_that_may_have_been_changed_is_left_to_a_person(
    desk: Desk, reason: Reason, facts: dict[str, Any]
) -> None:
    """Refused, so that it is parked: nobody knows from here what the dashboard has to show."""
    booked = CallSession(call_id="CA1", started_at=BEGAN, caller_number=NUMBER, appointment_id=UID)
    await desk.store.calls.expect(booked, BEGAN)
    await desk.heard("CA2", 1, reason, "Friday, November 27", **facts)
    assert (await desk.post(VISIT)).delivery is Delivery.LATER
    await desk.store.add_delivery("CA2", content("CA2", 1), Status.WAITING)
    posted = await desk.post(VISIT)
    assert (posted.delivery, posted.detail.endswith("in call CA2")) == (Delivery.REFUSED, True)
    assert desk.posted == []


async def test_a_visit_is_posted_as_the_last_call_has_left_it(desk: Desk) -> None:
    """And by the calls before that one no more. In the order of the calls: a record may come late."""
    await desk.store.add_delivery("CA1", VISIT, Status.DELIVERED)
    first, second = content("CA2", 1, moved=job(TUESDAY)), content("CA3", 2, moved=job(WEDNESDAY))
    await desk.heard("CA0", 1, Reason.RESCHEDULED, "Friday, November 27")  # Of which no record tells
    await desk.heard("CA3", 2, Reason.RESCHEDULED, "Tuesday, December 1")
    for known in (second, first):
        await desk.store.add_delivery(known["call_id"], known, Status.WAITING)
    assert (await desk.post(first, "moved")).delivery is Delivery.NOT_NEEDED
    assert desk.posted == []
    assert (await desk.post(second, "moved")).delivery is Delivery.ACCEPTED
    assert (await desk.post(VISIT)).delivery is Delivery.ACCEPTED
    assert desk.posted == [("CA1", WEDNESDAY)] * 2


async def test_a_visit_that_was_moved_and_cancelled_is_not_moved_any_more(desk: Desk) -> None:
    """That another of the same day was moved keeps nothing back."""
    await desk.store.add_delivery("CA1", VISIT, Status.DELIVERED)
    known = content("CA2", 1, moved=job(TUESDAY))
    await desk.store.add_delivery("CA2", known, Status.WAITING)
    await desk.heard("CA2", 1, Reason.RESCHEDULED, "Friday, November 27")
    await desk.heard("CA3", 2, Reason.RESCHEDULED, "Tuesday, December 1")
    await desk.store.add_delivery("CA3", content("CA3", 2, moved=job(WEDNESDAY, "CA0")), Status.WAITING)
    assert (await desk.post(known, "moved")).delivery is Delivery.ACCEPTED
    await desk.heard("CA4", 3, Reason.CANCELLED, "Tuesday, December 1")
    assert (await desk.post(known, "moved")).delivery is Delivery.LATER
    await desk.store.add_delivery("CA4", content("CA4", 3), Status.WAITING)
    assert (await desk.post(known, "moved")).delivery is Delivery.REFUSED
    assert desk.posted == [("CA1", TUESDAY)]


@pytest.mark.parametrize("stands", [Status.KEPT, Status.WAITING])
async def test_no_job_is_changed_beside_the_record_that_makes_it(desk: Desk, stands: Status) -> None:
    """Neither by the service nor by hand; by hand nothing of the record is sent, or the rest would be sent twice."""
    await desk.store.add_delivery("CA1", LEAD, stands)
    known = content("CA2", 1, job=job(None, "CA2"), withdrawn=CLOSED)
    await desk.store.add_delivery("CA2", known, Status.WAITING)
    assert (await desk.post(known, "withdrawn")).delivery is Delivery.LATER
    assert await desk.again("CA2") == Resent(
        Status.WAITING, (), "Nothing was sent: the record of call CA1 is still on its way."
    )
    assert desk.posted == []
    await desk.store.set_delivery("CA1", LEAD, Status.PARKED)
    assert await desk.again("CA2") == Resent(Status.DELIVERED, ("job", "call", "withdrawn"), "")
    assert await desk.again("CA1") == Resent(Status.DELIVERED, ("job", "call"), "")
    assert desk.posted == [("CA2", "callback_later"), ("CA1", "out_of_area"), ("CA1", "out_of_area")]


async def test_what_a_later_call_has_changed_is_not_sent_by_hand(desk: Desk) -> None:
    """The rest of that record is; that the change was not stands beside it."""
    await desk.store.add_delivery("CA1", VISIT, Status.DELIVERED)
    await desk.store.add_delivery("CA2", content("CA2", 1, moved=job(TUESDAY)), Status.PARKED)
    await desk.store.add_delivery("CA3", content("CA3", 2, moved=job(WEDNESDAY)), Status.DELIVERED)
    assert await desk.again("CA2") == Resent(Status.DELIVERED, ("call",), "")
    row = await desk.store.delivery("CA2")
    assert row is not None
    assert (row.status, row.detail) == (Status.DELIVERED, "moved: call CA3 has changed it since")
    assert desk.office.paths() == ["calls"]


async def test_a_visit_behind_a_lead_is_not_closed_with_it(desk: Desk) -> None:
    """Another machine knew of no visit, and its lead was closed by a later call."""
    visit = VISIT | {"behind_a_lead": True}
    await desk.store.add_delivery("CA1", visit, Status.DELIVERED)
    known = content("CA2", 1, withdrawn=CLOSED)
    await desk.store.add_delivery("CA2", known, Status.WAITING)
    assert (await desk.post(known, "withdrawn")).delivery is Delivery.NOT_NEEDED
    assert (await desk.post(visit)).delivery is Delivery.ACCEPTED
    assert desk.posted == [("CA1", FRIDAY)]


@pytest.mark.parametrize("part", ["job", "moved"])
async def test_what_the_store_does_not_tell_is_not_posted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """A lead that is closed beside its own first post would be two (contract.md 0.10): it is tried again."""

    async def fail(*_: object) -> None:
        raise StoreError("OperationalError")

    monkeypatch.setattr(desk.store, "delivery", fail)
    posted = await desk.post(content("CA1", job=job(FRIDAY), moved=job(TUESDAY, "CA0")), part)
    assert (posted.delivery, "OperationalError" in posted.detail) == (Delivery.LATER, True)
    assert desk.posted == []


async def delivered(office: Office, happens: Callable[[Desk], Awaitable[None]]) -> tuple[str, str]:
    """Where the delivery of a visit ends, and why: something `happens` to it before."""
    async with running(office.settings()) as deliveries:
        await happens(Desk(office, deliveries.store, deliveries.poster))
        await deliveries.deliver(CallRecord.model_validate(VISIT))
        outcome = await ended()
        assert await status(deliveries) == (outcome["status"], outcome["detail"])
        return outcome["status"], outcome["detail"]


async def test_a_delivery_whose_visit_was_cancelled_ends(office: Office) -> None:
    """The call is posted, without a job; nothing is left for anybody to do."""

    async def cancelled(desk: Desk) -> None:
        booked = CallSession(call_id="CA1", started_at=BEGAN, caller_number=NUMBER, appointment_id=UID)
        await desk.store.calls.expect(booked, BEGAN)
        await desk.heard("CA2", 1, Reason.CANCELLED, "Friday, November 27")
        await desk.store.add_delivery("CA2", content("CA2", 1), Status.DELIVERED)

    assert await delivered(office, cancelled) == (
        Status.DELIVERED,
        "job: its visit was cancelled by phone in call CA2",
    )
    assert office.paths() == ["calls"]


async def test_a_delivery_whose_visit_may_have_been_moved_is_parked(office: Office) -> None:
    """The call is posted, and somebody is told of the rest."""

    async def moved(desk: Desk) -> None:
        await desk.heard("CA2", 1, Reason.RESCHEDULED, "Friday, November 27")
        await desk.store.add_delivery("CA2", content("CA2", 1), Status.DELIVERED)

    assert await delivered(office, moved) == (
        Status.PARKED,
        "job: its visit was cancelled or moved by phone, or may have been, in call CA2",
    )
    assert office.paths() == ["calls"]
