"""A dashboard that is away for a day and more, or stores and does not say so: nothing lost, nothing doubled.

The dashboard is the strict stand-in, which keeps rows as the real one does; time is shortened by the pauses.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import Settings
from simulator.back_office.office import BackOffice
from simulator.faults import Faults
from tests.records.test_delivery import ended, record, running, settings

HOUR_SECONDS = 3600.0
AWAY_HOURS = 30.0
SHORTER = 1e-6  # Thirty hours in a tenth of a second.
PAUSES: tuple[float, ...] = Settings.model_fields["delivery_pauses_seconds"].default
TRIES = sum(sum(PAUSES[:number]) < AWAY_HOURS * HOUR_SECONDS for number in range(len(PAUSES)))
EACH = 6  # Requests: each of the three parts, and its retry.


@dataclass
class Office:
    """The dashboard with its faults."""

    office: BackOffice
    faults: Faults
    folder: Path

    def settings(self, **changes: str) -> Settings:
        urls = {f"dashboard_{name}_url": getattr(self.office, f"{name}_url") for name in ("jobs", "calls", "alerts")}
        shorter = ",".join(f"{pause * SHORTER:.6f}" for pause in PAUSES)
        return settings("http://127.0.0.1:9", self.folder, delivery_pauses_seconds=shorter, **changes, **urls)

    def rows(self) -> list[int]:
        """Leads, jobs, calls, alerts."""
        found = self.office.rows("CA1")
        return [len(found.leads), len(found.jobs), len(found.calls), len(found.alerts)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    faults = Faults()
    async with BackOffice(
        api_key="x",
        webhook_secret="hush-hush",
        user_email="Owner@example.com",
        clock=lambda: datetime.now(UTC),
        faults=faults,
    ) as dashboard:
        yield Office(dashboard, faults, tmp_path)


@pytest.mark.parametrize("mode", ["503", "down", "429", "404", "html"])
async def test_thirty_hours_without_a_dashboard(office: Office, mode: str) -> None:
    """However it is away: every part arrives when it is back, once, long before the record would be parked."""
    office.faults.set("dashboard", mode, TRIES * EACH)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record())
        assert await ended() == {"status": "delivered", "detail": ""}
    assert len(office.faults.hits) == TRIES * EACH
    assert office.rows() == [1, 0, 1, 1]


@pytest.mark.parametrize("mode", ["drop_after_store", "500_after_store", "hang_body", "stall", "die"])
async def test_what_was_stored_and_not_said_is_not_stored_twice(office: Office, mode: str) -> None:
    """The first tries of every part are stored, and their answers never come: one row of each in the end."""
    office.faults.set("dashboard", mode, EACH)
    async with running(office.settings(dashboard_timeout_seconds="0.5")) as deliveries:
        await deliveries.deliver(record())
        assert (await ended())["status"] == "delivered"
    assert len(office.faults.hits) == EACH
    assert office.rows() == [1, 0, 1, 1]


def test_the_pauses_last_three_days() -> None:
    """The default: what is not accepted for three days is parked, and not before."""
    assert 72 * HOUR_SECONDS <= sum(PAUSES) <= 75 * HOUR_SECONDS
    assert list(PAUSES) == sorted(PAUSES)
