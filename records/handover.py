"""Handover: takes records from the first call on, and starts behind `ready` what delivers them.

DBOS is a fifth of a start, and nobody needs it before a call is over. Until it runs a record is kept, as it is first
in any case; the start of the deliveries takes it up, or the next beat does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from config import Settings
from dashboard_sync import DashboardClient
from records.errors import StoreError
from records.keeping import keep
from records.payloads import CallRecord
from records.posting import RecordPoster
from records.store import Store

if TYPE_CHECKING:
    from records.delivery import Deliveries

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 15.0  # Between two starts, while the first fails.


class Handover:
    """The way of all records of this process.

    Args:
        settings: As for the deliveries.
        dashboard: Posts single records.
        store: Holds each record with its status.
        calm: Waits, for a while at most, until nobody on a line suffers from what is posted.
    """

    def __init__(
        self, settings: Settings, dashboard: DashboardClient, store: Store, calm: Callable[[], Awaitable[None]]
    ) -> None:
        self._settings, self._dashboard, self._store, self._calm = settings, dashboard, store, calm
        self.poster = RecordPoster(settings, dashboard, store)
        self._begun: Deliveries | None = None
        self._running: Deliveries | None = None

    async def start(self) -> None:
        """Starts the deliveries; tries again for as long as that fails, since each record is kept all the same."""
        kind = await asyncio.to_thread(imported)
        while self._running is None:
            self._begun = kind(self._settings, self._dashboard, self._store, self._calm)
            try:
                await self._begun.start()
                self._running = self._begun
            except Exception as error:
                known = isinstance(error, StoreError)
                text = "DELIVERIES CANNOT BEGIN: %s; records are kept, and it is tried again every %g s"
                logger.error(text, error if known else type(error).__name__, AGAIN_SECONDS, exc_info=not known)
                await self.stop()
                await asyncio.sleep(AGAIN_SECONDS)

    async def stop(self) -> None:
        """Leaves what waits to the next start."""
        begun, self._begun, self._running = self._begun, None, None
        if begun is not None:
            await begun.stop()

    async def deliver(self, record: CallRecord) -> bool:
        """Hands a record over; returns once it is durable. False if the call had one already.

        Raises:
            StoreError: It could not be written.
        """
        if self._running is not None:
            return await self._running.deliver(record)
        first, _ = await keep(self._store, record, configured=self._settings.dashboard_configured)
        return first

    async def purge(self, older_than: datetime) -> None:
        """Deletes what is older than an aware time."""
        if self._running is not None:
            await self._running.purge(older_than)

    async def take_up(self) -> None:
        """Begins what some process recorded and did not begin."""
        if self._running is not None:
            await self._running.take_up()

    async def adopt(self, machines: Collection[str]) -> None:
        """Goes on with the work of every machine but these."""
        if self._running is not None:
            await self._running.adopt(machines)


def imported() -> type["Deliveries"]:
    """What delivers, imported when it is needed: in a thread."""
    from records.delivery import Deliveries

    return Deliveries
