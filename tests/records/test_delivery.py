"""Durable delivery against a dashboard on loopback: order, ids, pauses, parking, restarts."""

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from dbos import DBOS, _sys_db
from dbos._dbos import WorkflowHandleAsync
from sqlalchemy import create_engine, text

from config import Settings, load
from dashboard_sync import DashboardClient, Delivery
from records import delivery
from records.delivery import MOST_REFUSED_LINKS, Deliveries
from records.errors import StoreError
from records.payloads import CallRecord
from records.posting import POSTED_ELSEWHERE, RecordPoster
from records.rows import OF_AN_EARLIER_CALL
from records.store import DeliveryRow, Status, Store, database_url
from simulator.rig.postgres import Postgres
from tests.support.scripted_server import HTML, Answer, Fault, ScriptedServer, scripted_server

LEAD = Answer(200, {"success": True, "lead_id": "lead-1", "type": "lead"})
JOB = Answer(200, {"success": True, "job_id": "job-1", "type": "job"})
ROW = Answer(200, {"success": True, "call_id": "row-1", "action": "created"})
ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 120.0  # Ends a test that hangs, and judges nothing.


def record(call_id: str = "CA1", *, job: bool = True, alert: bool = True) -> CallRecord:
    parts: dict[str, Any] = {
        "call_id": call_id,
        "call": {
            "call_id": call_id,
            "phone_number": "+15125550001",
            "started_at": "2026-11-25T18:00:00+00:00",
            "transcript_object": [{"role": "user", "content": "my AC is out"}],
        },
    }
    if job:
        parts["job"] = {
            "call_id": call_id,
            "customer_name": "Jonas Weber",
            "customer_phone": "+15125550001",
            "customer_address": "Not provided",
            "urgency": "low",
            "end_call_reason": "callback_later",
            "booking_status": "not_requested",
            "tags": {"CUSTOMER": ["NEW_CUSTOMER"]},
        }
    if alert:
        parts["alert"] = {
            "alert_id": f"alert-{call_id}",
            "call_id": call_id,
            "phone_number": "+15125550001",
            "problem_description": "gas smell",
            "sms_sent_at": "2026-11-25T18:01:00+00:00",
            "callback_promised_minutes": 15,
        }
    return CallRecord.model_validate(parts)


def environ(url: str, folder: Path, **changes: Any) -> dict[str, str]:
    names = ("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY", "TWILIO_AUTH_TOKEN")
    known = (
        dict.fromkeys(names, "x")
        | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
        | {
            "V2_BACKEND_URL": "http://127.0.0.1",
            "DATA_DIR": str(folder),
            "DASHBOARD_JOBS_URL": f"{url}/jobs",
            "DASHBOARD_CALLS_URL": f"{url}/calls",
            "DASHBOARD_ALERTS_URL": f"{url}/alerts",
            "DASHBOARD_WEBHOOK_SECRET": "hush-hush",
            "DASHBOARD_USER_EMAIL": "Owner@example.com",
            "DASHBOARD_TIMEOUT_SECONDS": "600",
            "DASHBOARD_RETRY_SECONDS": "0.001",
            "DELIVERY_PAUSES_SECONDS": "0.005,0.005,0.005",
        }
    )
    return known | {name.upper(): str(value) for name, value in changes.items()}


def settings(url: str, folder: Path, **changes: Any) -> Settings:
    return load(environ(url, folder, **changes))


@contextlib.asynccontextmanager
async def running(known: Settings, calm: Callable[[], Awaitable[None]] | None = None) -> AsyncIterator[Deliveries]:
    """The deliveries of one process, from its start to its stop."""
    store = Store(database_url(known))
    await store.open()
    async with httpx.AsyncClient(trust_env=False, verify=False) as http:  # noqa: S501
        deliveries = Deliveries(known, DashboardClient(known, http), store, calm)
        await deliveries.start()
        try:
            yield deliveries
        finally:
            await deliveries.stop()
            await store.close()


async def ended(call_id: str = "CA1") -> dict[str, str]:
    """Waits for the workflow of a call; its status and detail."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        handle: WorkflowHandleAsync[dict[str, str]] = await DBOS.retrieve_workflow_async(call_id)
        return dict(await handle.get_result(polling_interval_sec=0.005))


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.002)


@dataclass
class Office:
    """The dashboard, and the folder of the process's databases."""

    server: ScriptedServer
    folder: Path

    def settings(self, **changes: Any) -> Settings:
        return settings(self.server.url, self.folder, **changes)

    def answer(self, path: str, *script: Answer | Fault) -> None:
        self.server.by_path[path] = list(script)

    async def is_called(self) -> bool:
        """Whether a call has been posted, answered or not."""
        return "calls" in self.paths()

    def paths(self) -> list[str]:
        return [request.path.strip("/") for request in self.server.requests]

    def bodies(self, path: str) -> list[Any]:
        return [request.json for request in self.server.requests if request.path == path]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with scripted_server([ROW]) as server:
        dashboard = Office(server, tmp_path)
        dashboard.answer("/jobs", LEAD)
        yield dashboard


async def status(deliveries: Deliveries, call_id: str = "CA1") -> tuple[str, str]:
    row = await deliveries.store.delivery(call_id)
    assert row is not None
    return row.status, row.detail


async def waiting(deliveries: Deliveries) -> list[DeliveryRow]:
    """The records that have not been delivered, oldest first."""
    return [row for row in await deliveries.store.deliveries() if row.status is not Status.DELIVERED]


async def test_job_then_call_then_alert(office: Office) -> None:
    """Each part is sent once, in order, with the user; the call carries the lead's id (R86)."""
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert await ended() == {"status": "delivered", "detail": ""}
        assert office.paths() == ["jobs", "calls", "alerts"]
        [job], [call], [alert] = (office.bodies(f"/{path}") for path in office.paths())
        assert call["lead_id"] == "lead-1"
        assert "job_id" not in call
        assert job["tags"] == {"CUSTOMER": ["NEW_CUSTOMER"]}
        assert alert["alert_id"] == "alert-CA1"
        assert {body["user_email"] for body in (job, call, alert)} == {"Owner@example.com"}
        assert all(value is not None for body in (job, call, alert) for value in body.values())
        assert await status(deliveries) == ("delivered", "")
        assert await waiting(deliveries) == []


async def test_job_id_of_a_booking(office: Office) -> None:
    """R76: what was booked is in the dashboard, and the call is linked to the job_id of its answer."""
    office.answer("/jobs", JOB)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        await ended()
    [call] = office.bodies("/calls")
    assert (call.get("job_id"), call.get("lead_id")) == ("job-1", None)


@pytest.mark.parametrize("part", OF_AN_EARLIER_CALL)
async def test_e1_a_lead_is_closed_behind_its_own_record(office: Office, part: str) -> None:
    """What a later call's record closes or moves is posted when the first one's is not under way any more, and last."""
    first = record(job=True, alert=False)
    assert first.job is not None
    closed = first.job.model_copy(update={"end_call_reason": "out_of_area"})
    second = record("CA2", alert=False).model_copy(update={part: closed})
    async with running(office.settings(delivery_pauses_seconds=",".join(["0.005"] * 50))) as deliveries:
        await deliveries.store.add_delivery("CA1", first.model_dump(mode="json"), Status.WAITING)
        await deliveries.deliver(second)
        await until(lambda: _tells(deliveries, "CA2", "the record of call CA1 is still on its way"))
        assert office.paths() == ["jobs", "calls"]
        await deliveries.store.set_delivery("CA1", first.model_dump(mode="json"), Status.DELIVERED)
        assert await ended("CA2") == {"status": "delivered", "detail": ""}
    assert office.paths() == ["jobs", "calls", "jobs"]
    assert [(body["call_id"], body["end_call_reason"]) for body in office.bodies("/jobs")] == [
        ("CA2", "callback_later"),
        ("CA1", "out_of_area"),
    ]


async def test_what_the_store_does_not_tell_was_not_sent_by_hand(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery goes on."""

    async def fail(call_id: str) -> None:
        raise StoreError(call_id)

    async with running(office.settings()) as deliveries:
        monkeypatch.setattr(deliveries.store, "delivery", fail)
        assert not await deliveries.sent_by_hand({"call_id": "CA1"})


async def test_a_post_that_was_cut_off_may_be_under_way(office: Office) -> None:
    """The dashboard goes on with it: until its time is over nobody else posts."""
    office.answer("/jobs", "hang")
    async with running(office.settings()) as deliveries:
        known = record().model_dump(mode="json")
        first = asyncio.create_task(deliveries.poster.post("job", known, {}, by="the first"))
        await office.server.arrived.wait()
        first.cancel()
        await asyncio.wait({first})
        assert (await deliveries.poster.post("job", known, {}, by="another")).detail == POSTED_ELSEWHERE
    assert office.paths() == ["jobs"]


async def test_a_pause_does_not_outlast_a_clock_that_was_ahead(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """DBOS keeps when a pause ends: by a clock that is put right before the next start that would be in a month."""
    office.answer("/jobs", Answer(503))
    with monkeypatch.context() as wrong:
        wrong.setattr(_sys_db, "time", SimpleNamespace(time=lambda: time.time() + 30 * 86400, sleep=time.sleep))
        async with running(office.settings(delivery_pauses_seconds="3600")) as deliveries:
            await deliveries.deliver(record(alert=False))
            await until(lambda: _tells(deliveries, "CA1", "503"))
            await until(_sleeps)
    office.answer("/jobs", LEAD)
    monkeypatch.setattr(delivery, "PAUSE_MARGIN_SECONDS", 0.0)
    async with running(office.settings()):
        assert await ended() == {"status": "delivered", "detail": ""}


async def _sleeps() -> bool:
    """Whether DBOS has kept the end of a pause."""
    steps = await DBOS.list_workflow_steps_async("CA1")
    return any(step["function_name"] == "DBOS.sleep" for step in steps)


async def _tells(deliveries: Deliveries, call_id: str, words: str) -> bool:
    return words in (await status(deliveries, call_id))[1]


async def test_only_what_the_ending_calls_for(office: Office) -> None:
    """A call without job and alert posts the call record alone."""
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record(job=False, alert=False))
        assert (await ended())["status"] == "delivered"
    assert office.paths() == ["calls"]


async def test_once_for_each_call(office: Office) -> None:
    """The same call handed over again, also at once and with other facts, changes nothing; one alone was the first."""
    async with running(office.settings()) as deliveries:
        firsts = await asyncio.gather(*(deliveries.deliver(record()) for _ in range(5)))
        assert sorted(firsts) == [False] * 4 + [True]
        await ended()
        assert not await deliveries.deliver(record(job=False))
        assert await status(deliveries) == ("delivered", "")
    assert office.paths() == ["jobs", "calls", "alerts"]


async def test_503_then_200(office: Office) -> None:
    """A job that comes late is accepted once, and its call is sent again, whole, with the id."""
    office.answer("/jobs", Answer(503), Answer(503), LEAD)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert await ended() == {"status": "delivered", "detail": ""}
    assert office.paths() == ["jobs", "jobs", "calls", "alerts", "jobs", "calls"]
    first, second = office.bodies("/calls")
    assert "lead_id" not in first
    assert second == first | {"lead_id": "lead-1"}


async def test_an_error_of_ours_is_for_later(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A client that raises what nobody foresaw, here one that is closed: said, and tried again behind the pause."""
    tries = 0

    async def calm() -> None:
        nonlocal tries
        tries += 1
        if tries == 3:  # Each of the two parts was tried once.
            assert await status(deliveries) == ("waiting", "job: RuntimeError; call: RuntimeError")
            deliveries.poster = working

    known = office.settings()
    closed = httpx.AsyncClient(trust_env=False)
    await closed.aclose()
    async with running(known, calm) as deliveries:
        working = deliveries.poster
        deliveries.poster = RecordPoster(known, DashboardClient(known, closed), deliveries.store)
        await deliveries.deliver(record(alert=False))
        assert (await ended())["status"] == "delivered"
    assert office.paths() == ["jobs", "calls"]
    assert "CA1 delivery: job was not posted" in caplog.text


async def test_what_an_older_record_says_is_not_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A record that this version cannot read is refused: the log has where and what is wrong, and no caller's word."""
    known = office.settings()
    older = record().model_dump(mode="json")
    older["call"]["transcript_object"] = [{"role": "caller", "content": "my AC is out"}, "the gate code is 4711"]
    store = Store(database_url(known))
    await store.open()
    async with httpx.AsyncClient(trust_env=False) as http:
        poster = RecordPoster(known, DashboardClient(known, http), store)
        posted = await poster.post("call", older, {}, by="CA1")
    await store.close()
    assert (posted.delivery, posted.detail) == (Delivery.REFUSED, "cannot be sent: ValidationError")
    [line] = [logged.getMessage() for logged in caplog.records if logged.name == "records.posting"]
    assert line == (
        "CA1 dashboard call: cannot be sent: call.transcript_object.0.role: literal_error,"
        " call.transcript_object.1: model_type"
    )
    assert office.paths() == []


async def test_each_accepted_once(office: Office) -> None:
    """Only what was not accepted is sent again."""
    office.answer("/calls", Answer(500), Answer(500), "drop", "drop", ROW)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert (await ended())["status"] == "delivered"
    assert office.paths() == ["jobs", "calls", "calls", "alerts", "calls", "calls", "calls"]
    assert {body["lead_id"] for body in office.bodies("/calls")} == {"lead-1"}


@pytest.mark.parametrize("code", [400, 401])
async def test_refused_is_parked_at_once(office: Office, code: int, caplog: pytest.LogCaptureFixture) -> None:
    """400 and 401 are parked after the one retry, with the body; the call is still sent."""
    office.answer("/jobs", Answer(code, {"error": "Validation failed"}))
    async with running(office.settings(delivery_pauses_seconds="3600")) as deliveries:
        await deliveries.deliver(record())
        outcome = await ended()
        assert outcome["status"] == "parked"
        [parked] = await waiting(deliveries)
    assert (parked.call_id, parked.status) == ("CA1", Status.PARKED)
    assert parked.detail == f'job: {code} {{"error": "Validation failed"}}'
    assert office.paths() == ["jobs", "jobs", "calls", "alerts"]
    assert "CA1 delivery parked: job: " in caplog.text


async def test_parked_after_the_last_pause(office: Office) -> None:
    """A dashboard that stays down is asked after every pause, then the record is parked."""
    office.server.script = [Answer(503, HTML)]
    office.answer("/jobs", Answer(503, HTML))
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert (await ended())["status"] == "parked"
        [parked] = await waiting(deliveries)
    assert all(f"{part}: 503" in parked.detail for part in ("job", "call", "alert"))
    assert {path: office.paths().count(path) for path in ("jobs", "calls", "alerts")} == (
        dict.fromkeys(("jobs", "calls", "alerts"), 2 * (1 + 3))
    )


async def test_kept_until_a_dashboard_is_configured(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Without a dashboard a record is kept and shown; a later start with one delivers it."""
    async with running(office.settings(dashboard_webhook_secret="")) as deliveries:
        await deliveries.deliver(record())
        [kept] = await waiting(deliveries)
        assert kept.status is Status.KEPT
    assert "CA1 delivery: kept" in caplog.text
    assert office.paths() == []
    async with running(office.settings()) as deliveries:
        assert (await ended())["status"] == "delivered"
        assert await waiting(deliveries) == []
    assert office.paths() == ["jobs", "calls", "alerts"]


async def test_stop_is_quick_while_a_workflow_pauses(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A pause of hours does not hold a shutdown; it goes on after the next start."""
    office.answer("/jobs", Answer(503, "down"))
    async with contextlib.AsyncExitStack() as process:
        known = office.settings(delivery_pauses_seconds="7200")
        deliveries = await process.enter_async_context(running(known))
        await deliveries.deliver(record())

        async def paused() -> bool:
            return "503" in (await status(deliveries))[1]

        await until(paused)
    assert "did not stop" not in caplog.text
    assert await asyncio.to_thread(lambda: True)  # The loop's threads work on after the stop.
    async with running(office.settings(delivery_pauses_seconds="7200")) as deliveries:
        found = await DBOS.get_workflow_status_async("CA1")
        assert found is not None
        assert found.status in ("PENDING", "ENQUEUED")
        [late] = await waiting(deliveries)
        assert (late.status, late.detail) == (Status.WAITING, "job: 503 down")
    assert office.paths() == ["jobs", "jobs", "calls", "alerts"]


async def test_next_start_goes_on(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Stopped in the middle of a request, the next start sends that part, and no other, again.

    Nothing of the record gets into the log on the way.
    """
    caplog.set_level(logging.INFO)
    office.answer("/calls", "hang")
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        await until(office.is_called)
    office.answer("/calls", ROW)
    async with running(office.settings()) as deliveries:
        assert (await ended())["status"] == "delivered"
        assert await waiting(deliveries) == []
    assert office.paths() == ["jobs", "calls", "calls", "alerts"]
    assert {body["lead_id"] for body in office.bodies("/calls")} == {"lead-1"}
    assert "CA1 delivery delivered" in caplog.text
    assert not any(said in caplog.text for said in ("my AC is out", "Jonas", "5550001", "hush"))
    assert "cancelled" not in caplog.text


async def test_what_this_process_left_goes_on(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DBOS tries a workflow of an earlier process once, and the database may be away just then."""
    office.answer("/calls", "hang")
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        await until(office.is_called)
        monkeypatch.setattr(delivery, "LEFT_SECONDS", 0.0)
        await deliveries.take_up()
        await deliveries.take_up()
        assert "was left" not in caplog.text  # It is under way.
        (task,) = deliveries.running.values()
        task.cancel()
        await asyncio.wait({task})
        office.answer("/calls", ROW)
        await deliveries.take_up()
        assert "was left" not in caplog.text  # It may be about to run.
        await deliveries.take_up()
        assert (await ended())["status"] == "delivered"
        assert await waiting(deliveries) == []
    assert office.paths() == ["jobs", "calls", "calls", "alerts"]
    assert "CA1 delivery: was left, and goes on" in caplog.text


async def test_record_without_workflow_is_taken_up(office: Office) -> None:
    """A process that died between keeping a record and starting its workflow loses nothing."""
    store = Store(database_url(office.settings()))
    await store.open()
    await store.add_delivery("CA1", record().model_dump(mode="json"), Status.WAITING)
    await store.close()
    async with running(office.settings()):
        assert (await ended())["status"] == "delivered"
    assert office.paths() == ["jobs", "calls", "alerts"]


CHILD = """
import asyncio, sys
sys.path[:0] = [{root!r}]
from tests.records.test_delivery import record, running
from config import load
async def main():
    async with running(load({environ!r})) as deliveries:
        await deliveries.deliver(record())
        await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("written", [True, False])
async def test_an_outcome_is_noted_once(office: Office, caplog: pytest.LogCaptureFixture, written: bool) -> None:
    """A machine that looked before the workflow of another had written its status, or a status that got lost."""
    caplog.set_level("INFO")
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert (await ended())["status"] == "delivered"
        row = await deliveries.store.delivery("CA1")
        assert row is not None
        looked = replace(row, status=Status.WAITING)
        if not written:
            await deliveries.store.set_delivery("CA1", row.record, Status.WAITING, "")
        await deliveries._begin(looked)
        assert await status(deliveries) == (Status.DELIVERED, "")
    assert caplog.text.count("CA1 delivery delivered") == (1 if written else 2)
    assert office.paths() == ["jobs", "calls", "alerts"]


async def test_kill_9_loses_nothing(office: Office) -> None:
    """SIGKILL while the call is being posted: the next process ends it, the job is not repeated."""
    office.answer("/calls", "hang")
    known = environ(office.server.url, office.folder)
    code = CHILD.format(root=str(ROOT), environ=known)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    try:

        async def calling() -> bool:
            assert child.returncode is None
            return "calls" in office.paths()

        await until(calling)
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        await child.wait()
    office.answer("/calls", ROW)
    async with running(office.settings()):
        assert (await ended())["status"] == "delivered"
    assert office.paths() == ["jobs", "calls", "calls", "alerts"]


async def test_a_store_that_fails_is_said(office: Office) -> None:
    """Whoever hands a record over knows that it was not taken, and keeps it (closing.py)."""
    async with running(office.settings()) as deliveries:
        working, broken = deliveries.store, Store("sqlite:////proc/nowhere/agent.db")
        deliveries.store = broken
        broken._engine = create_engine("sqlite:////proc/nowhere/agent.db")
        with pytest.raises(StoreError):
            await deliveries.deliver(record())
        await broken.close()
        deliveries.store = working
    assert office.paths() == []


def with_a_visit(lead: CallRecord) -> CallRecord:
    assert lead.job is not None
    booked = {
        "scheduled_at": datetime(2026, 11, 27, 16, tzinfo=UTC),
        "booking_status": "confirmed",
        "end_call_reason": "completed",
    }
    return lead.model_copy(update={"job": lead.job.model_copy(update=booked)})


async def test_a_visit_behind_a_lead_is_posted(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Another machine took the call for lost, and its lead went out; the visit that was booked follows, loudly."""
    lead = record()
    visit = with_a_visit(lead)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(lead)
        assert (await ended())["status"] == "delivered"
        for known in (visit, visit, lead):
            await deliveries.deliver(known)
        assert (await ended("CA1:visit"))["status"] == "delivered"
        row = await deliveries.store.delivery("CA1")
    assert row is not None
    assert row.record["job"]["scheduled_at"]
    assert office.paths().count("jobs") == 2
    assert caplog.text.count("A VISIT IS POSTED BEHIND A LEAD") == 1


@pytest.mark.parametrize("written", [False, True])
async def test_a_visit_behind_a_lead_that_waits_is_posted(office: Office, written: bool) -> None:
    """The dashboard is away for both, and the lead is the first to reach it: the visit follows all the same.

    Also if the lead's outcome was `written` over the visit, as versions before this one did.
    """
    lead = record(alert=False)
    lead_waits, lead_goes = asyncio.Event(), asyncio.Event()
    tries: list[str] = []

    async def calm() -> None:
        workflow_id = DBOS.workflow_id or ""
        tries.append(workflow_id)
        number = tries.count(workflow_id)
        if (workflow_id, number) == ("CA1", 3):  # Each of the two parts was tried once.
            lead_waits.set()
            await lead_goes.wait()
        if (workflow_id, number) == ("CA1:visit", 2):  # Its job was tried once.
            office.answer("/jobs", LEAD, JOB)
            office.answer("/calls", ROW)
            lead_goes.set()
            assert (await ended())["status"] == "delivered"
            assert await status(deliveries) == ("waiting", "")
            if written:
                await deliveries.store.set_delivery("CA1", lead.model_dump(mode="json"), Status.DELIVERED)

    for path in ("/jobs", "/calls"):
        office.answer(path, Answer(503))
    async with running(office.settings(), calm) as deliveries:
        await deliveries.deliver(lead)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await lead_waits.wait()
        await deliveries.deliver(with_a_visit(lead))
        assert (await ended("CA1:visit"))["status"] == "delivered"
        row = await deliveries.store.delivery("CA1")
    assert [bool(body.get("scheduled_at")) for body in office.bodies("/jobs")][-2:] == [False, True]
    assert row is not None
    assert row.status is Status.DELIVERED
    assert written or row.record["job"]["scheduled_at"]


async def test_purge_takes_the_record_and_its_workflow(office: Office) -> None:
    """Of a call that is old enough nothing is left, in neither database; a younger one stays."""
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        await ended()
        now = datetime.now(UTC)
        await deliveries.purge(now - timedelta(days=30))
        assert await deliveries.store.delivery("CA1") is not None
        assert await DBOS.get_workflow_status_async("CA1") is not None
        await deliveries.purge(now + timedelta(days=1))
        assert await deliveries.store.delivery("CA1") is None
        assert await DBOS.get_workflow_status_async("CA1") is None


async def test_a_lead_that_is_deleted_undelivered_is_told(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody else would know that it ever was."""
    async with running(office.settings()) as deliveries:
        await deliveries.store.add_delivery("CA2", record("CA2").model_dump(mode="json"), Status.PARKED)
        await deliveries.purge(datetime.now(UTC) - timedelta(days=30))
        assert "IS DELETED" not in caplog.text
        await deliveries.purge(datetime.now(UTC) + timedelta(days=1))
        assert await deliveries.store.delivery("CA2") is None
    assert "CA2 A RECORD THAT NEVER REACHED THE DASHBOARD IS DELETED" in caplog.text


async def test_dbos_logs_in_our_format(office: Office) -> None:
    """DBOS has no handler of its own and hands its lines up, warnings and worse."""
    async with running(office.settings()):
        dbos = logging.getLogger("dbos")
        assert dbos.propagate
        assert [h for h in dbos.handlers if not isinstance(h, logging.NullHandler)] == []
        assert dbos.getEffectiveLevel() == logging.WARNING


async def test_many_records_do_not_hold_the_loop(office: Office) -> None:
    """Fifty records at once are delivered, each once, while the loop stays free."""
    async with running(office.settings()) as deliveries:
        ids = [f"CA{number}" for number in range(50)]
        turns = 0

        async def tick() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        await asyncio.gather(*(deliveries.deliver(record(i, alert=False)) for i in ids))
        await asyncio.gather(*(ended(i) for i in ids))
        ticking.cancel()
    assert len(office.bodies("/jobs")) == len(office.bodies("/calls")) == 50
    assert turns > 50 * len(office.server.requests)  # What a record takes is done in threads, and the loop goes round.


async def test_0_16_a_users_query_that_fails_is_tried_again(office: Office) -> None:
    """contract.md 0.16: it is 500 on jobs and 404 on the others, and neither parks the record."""
    office.answer("/jobs", Answer(500), Answer(500), LEAD)
    for path in ("/calls", "/alerts"):
        office.answer(path, *[Answer(404, {"error": "User not found"})] * 2, ROW)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert await ended() == {"status": "delivered", "detail": ""}
    assert {path: office.paths().count(path) for path in ("jobs", "calls", "alerts")} == dict.fromkeys(
        ("jobs", "calls", "alerts"), 3
    )


async def test_0_18_a_lead_that_was_deleted_does_not_keep_the_call_back(office: Office) -> None:
    """contract.md 0.18: with its id the call is refused for ever; after a few rounds it goes without."""
    office.answer("/calls", *[Answer(500)] * 2 * MOST_REFUSED_LINKS, ROW)
    async with running(office.settings(delivery_pauses_seconds=",".join(["0"] * 10))) as deliveries:
        await deliveries.deliver(record())
        assert (await ended())["status"] == "delivered"
    sent = office.bodies("/calls")
    assert all(body["lead_id"] == "lead-1" for body in sent[:-1])
    assert "lead_id" not in sent[-1]


async def test_a_start_that_waits_for_a_lock_lets_the_loop_go_on(office: Office, postgres: Postgres) -> None:
    """Somebody holds DBOS's table, as an operator's VACUUM FULL does: calls are served, and the start goes on after."""
    known = office.settings(database_url=postgres.new_database())
    async with running(known):
        pass  # The tables are there.

    async def delivered() -> dict[str, str]:
        async with running(known) as deliveries:
            await deliveries.deliver(record())
            return await ended()

    engine = create_engine(database_url(known), isolation_level="AUTOCOMMIT")
    waiting_for_it = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'dbos.workflow_status'::regclass"
    with engine.connect() as holder, engine.connect() as watching:
        holder.execute(text("SET idle_in_transaction_session_timeout = '5s'"))  # A loop that stands goes on.
        holder.execute(text("BEGIN"))
        holder.execute(text("LOCK TABLE dbos.workflow_status IN ACCESS EXCLUSIVE MODE"))
        starting = asyncio.create_task(delivered())
        await asyncio.sleep(0)
        while not (seen := watching.scalar(text(waiting_for_it))) and not starting.done():
            await asyncio.sleep(0.01)
        assert seen
        holder.execute(text("ROLLBACK"))
        assert await starting == {"status": "delivered", "detail": ""}
    engine.dispose()
