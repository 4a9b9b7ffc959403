"""Records from the first call on, and the deliveries that start behind `ready`."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx
import pytest

from config import Settings, load
from dashboard_sync import DashboardClient
from records import handover
from records.delivery import Deliveries
from records.errors import StoreError
from records.handover import Handover
from records.payloads import CallRecord
from records.rows import Status
from records.store import Store, database_url

DASHBOARD = {
    f"DASHBOARD_{name}_URL": f"https://dashboard.example/{name.lower()}" for name in ("JOBS", "CALLS", "ALERTS")
}


class Begun:
    """In the place of the deliveries: begins at the `good`-th try."""

    def __init__(self, good: int = 1, error: Exception | None = None) -> None:
        self.good, self.error = good, error or StoreError("OperationalError")
        self.starts = self.stops = 0
        self.done: list[object] = []

    def __call__(self, *_: object) -> "Begun":
        return self

    async def start(self) -> None:
        self.starts += 1
        if self.starts < self.good:
            raise self.error

    async def stop(self) -> None:
        self.stops += 1

    async def deliver(self, record: CallRecord) -> bool:
        self.done.append(record.call_id)
        return True

    async def purge(self, older_than: datetime) -> None:
        self.done.append(older_than)

    async def take_up(self) -> None:
        self.done.append("taken up")

    async def adopt(self, machines: Collection[str]) -> None:
        self.done.append(machines)


@pytest.fixture
def settings(environ: dict[str, str], tmp_path: Path) -> Settings:
    keys = {"DASHBOARD_WEBHOOK_SECRET": "dashboard-secret-of-the-tests", "DASHBOARD_USER_EMAIL": "owner@ace.example"}
    return load(environ | DASHBOARD | keys | {"DATA_DIR": str(tmp_path)})


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = Store(database_url(settings))
    await store.open()
    yield store
    await store.close()


def _handover(settings: Settings, store: Store) -> Handover:
    async def calm() -> None:
        return None

    return Handover(settings, DashboardClient(settings, httpx.AsyncClient()), store, calm)


def _record(call_id: str) -> CallRecord:
    call = {"call_id": call_id, "phone_number": "+15125550001", "started_at": "2026-11-25T18:00:00+00:00"}
    return CallRecord.model_validate({"call_id": call_id, "call": call})


def _begins(begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "imported", lambda: cast(type[Deliveries], begun))
    monkeypatch.setattr(handover, "AGAIN_SECONDS", 0.0)


async def test_before_the_deliveries_run_a_record_is_kept(settings: Settings, store: Store) -> None:
    """It is durable, and waits for whoever takes it up; nothing else is done meanwhile."""
    records = _handover(settings, store)
    assert [await records.deliver(_record("CA1")) for _ in range(2)] == [True, False]
    await records.take_up()
    await records.adopt({"a"})
    await records.purge(datetime.now(UTC))
    assert [(row.call_id, row.status) for row in await store.deliveries()] == [("CA1", Status.WAITING)]


async def test_once_they_run_they_do_it(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until they are stopped: then a record is kept again."""
    begun, now = Begun(), datetime.now(UTC)
    _begins(begun, monkeypatch)
    records = _handover(settings, store)
    await records.start()
    await records.deliver(_record("CA1"))
    await records.take_up()
    await records.adopt({"a"})
    await records.purge(now)
    assert begun.done == ["CA1", "taken up", {"a"}, now]
    await records.stop()
    await records.deliver(_record("CA2"))
    assert (begun.stops, [row.call_id for row in await store.deliveries()]) == (1, ["CA2"])


@pytest.mark.parametrize("error", [StoreError("OperationalError"), RuntimeError("a defect")])
async def test_a_start_that_fails_is_tried_again(
    error: Exception,
    settings: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Loudly, and what it had begun is stopped; calls go on."""
    begun = Begun(good=3, error=error)
    _begins(begun, monkeypatch)
    records = _handover(settings, store)
    async with asyncio.timeout(30):
        await records.start()
    await records.deliver(_record("CA1"))
    assert (begun.starts, begun.stops, begun.done) == (3, 2, ["CA1"])
    assert caplog.text.count("DELIVERIES CANNOT BEGIN") == 2
