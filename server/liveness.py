"""Liveness: this machine tells the others that it lives, and does the work of those that do not.

Every LIVENESS_SECONDS it writes its beat and puts off the records of the calls that it runs. Then it hands over what is
due, begins what was recorded and never begun, and one of the living machines adopts the deliveries of lost ones: DBOS
leaves a dead machine's work alone for ever (pipecat.md 11). Each step fails alone; none keeps the next beat waiting.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from config import Settings
from logs import Seldom
from records.errors import StoreError, kind_of
from records.handover import Handover
from records.store import MachineRow, Status, Store
from server.closing import CallClosing
from server.live_calls import LiveCalls

logger = logging.getLogger(__name__)

# Longest that DBOS is waited for: it has no deadline, and notices a dead connection sooner (dbos_setup.SILENT_SECONDS).
# What is begun and adopted by then stays so. The other steps have deadlines of their own, and are not broken off.
DBOS_SECONDS = 20.0


class Liveness:
    """The beat of one process.

    Args:
        settings: The machine's name and the pauses.
        store: Where beats and calls are written.
        deliveries: Begins and adopts deliveries.
        closing: Hands records over.
        calls: Whether this process drains.
        owner: The name of this process among all that ever were.
        now: The aware time.
        clock: Monotonic seconds.

    Attributes:
        machines: Those that live, as of the last beat; this one among them.
        records: How many records there are by where their delivery stands, as of the last beat that could tell.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        deliveries: Handover,
        closing: CallClosing,
        calls: LiveCalls,
        owner: str,
        *,
        late: Callable[[], bool] = lambda: False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._store, self._deliveries, self._closing = settings, store, deliveries, closing
        self._calls, self._owner, self._late, self._now, self._clock = calls, owner, late, now, clock
        # Often enough that no record of a living machine's call ever becomes due.
        self._pause = min(settings.liveness_seconds, settings.resume_window_seconds / 4)
        self._sweep_from = self._clock() + self._pause
        self.machines: list[MachineRow] = []
        self.records: dict[Status, int] = {}
        self._due = Seldom()

    @property
    def others_ready(self) -> bool:
        """Whether another machine takes new calls."""
        return any(row.machine != self._settings.fly_machine_id and not row.draining for row in self.machines)

    def lives(self, owner: str) -> bool:
        """Whether that process has told so lately."""
        return owner == self._owner or any(row.owner == owner for row in self.machines)

    async def run(self) -> None:
        """Beats until it is cancelled; a beat that is still at work has the next ones tell, and no more."""
        async with asyncio.TaskGroup() as working:
            work: asyncio.Task[None] | None = None
            while True:
                if await self.tell() and (work is None or work.done()):
                    work = working.create_task(self._work())
                await asyncio.sleep(self._pause)

    async def beat(self) -> None:
        """One round; raises nothing."""
        if await self.tell():
            await self._work()

    async def _work(self) -> None:
        await self._try("the database's file was not looked at", self._store.look)
        await self._try("what was kept could not be written", self._closing.write_back)
        await self._try("a record could not be handed over", self._closing.catch_up)
        if self._clock() >= self._sweep_from:
            await self._try("what is due could not be handed over", self._closing.sweep)
        await self._try("what was recorded could not be begun", self._deliveries.take_up, DBOS_SECONDS)
        await self._try("lost machines' work could not be adopted", self._adopt, DBOS_SECONDS)
        await self._try("the records could not be counted", self._count)

    async def tell(self) -> bool:
        """The others know how this machine stands, and it knows who they are; raises nothing."""
        told = await self._try("the beat was not written", self._tell)
        if not told:
            # The others could not tell either: each gets time to, before anything of theirs is taken for abandoned.
            self._sweep_from = self._clock() + 2 * self._pause
        return told

    async def _tell(self) -> None:
        # Two that are too late each leave the calls to the other, unless each says that it takes none.
        takes_none = self._calls.draining or self._late()
        await self._store.beat(self._settings.fly_machine_id, self._owner, draining=takes_none)
        await self._store.calls.renew(self._owner, self._closing.due_at())
        lost = self._now() - timedelta(seconds=self._settings.machine_lost_seconds)
        self.machines = await self._store.machines(since=lost)

    async def _count(self) -> None:
        self.records = await self._store.count_deliveries()

    async def _adopt(self) -> None:
        """By the first of the living alone: two that adopt at once would both begin the step under way."""
        if self.machines and self.machines[0].machine == self._settings.fly_machine_id:
            await self._deliveries.adopt({row.machine for row in self.machines})

    async def _try(self, what: str, step: Callable[[], Awaitable[None]], seconds: float | None = None) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await step()
        except (StoreError, TimeoutError) as error:
            if self._due(what):
                logger.error("%s: %s; tried again every %g s", what, kind_of(error), self._pause)
            return False
        except Exception:
            logger.exception("%s; tried again in %g s", what, self._pause)
            return False
        return True
