"""Deliveries: each call's record reaches the dashboard, whatever breaks in between.

One DBOS workflow for each call id posts job, call (with the ids of the job's answer) and alert. What was not accepted
follows after growing pauses, 400 and 401 are parked at once, and each record is accepted once. A record that was handed
over survives kill -9: its machine goes on with it at the next start, and another one adopts it if there is none. How
one record is posted is posting.py's.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID, WorkflowStatus

from call.event import tell
from call.service_events import RecordDeleted, RecordParked, RecordStands
from config import Settings
from dashboard_sync import DashboardClient, Delivered, Delivery
from records import dbos_setup
from records.database import START_SECONDS
from records.dbos_setup import errors_as_ours
from records.errors import StoreError, kind_of
from records.keeping import keep
from records.payloads import CallRecord
from records.posting import RecordPoster, described, due_parts, ids_of
from records.store import DeliveryRow, Status, Store, database_url

logger = logging.getLogger(__name__)

# DBOS recovers only work of its own version and derives one from the source by default, so that a
# deploy would strand what waits (pipecat.md 11). Constant for ever: changes to the workflow must
# keep the order of its steps.
APPLICATION_VERSION = "1"
STOP_SECONDS = 5.0
BEGIN_SECONDS = 5.0  # Longest wait for a workflow to be written; then the next beat takes it up.
PAUSE_MARGIN_SECONDS = 60.0  # DBOS keeps the end of a pause first; a database that hangs has it wait anyway.
MOST_REFUSED_LINKS = 5  # A lead that the owner has deleted cannot be linked to: 500 for ever (contract.md 0.18).
LEFT_SECONDS = 60.0  # By then DBOS has begun whatever it recovers; what it began twice it would do twice.
NOTIFICATION_SECONDS = 0.25  # Nobody notifies us; a stop waits for the end of one such poll.
MANY_RECOVERIES = 1_000_000  # A record is never given up because the process started often.
ACTIVE = ("PENDING", "ENQUEUED", "DELAYED")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Deliveries:
    """The durable delivery of call records; one for the process, since DBOS is.

    Args:
        settings: Pauses, machine, database and the dashboard's user.
        dashboard: Posts single records.
        store: Holds each record with its status; open before `start()`, closed after `stop()`.
        calm: Waits, for a while at most, until nobody on a line suffers from what is posted.
    """

    def __init__(
        self,
        settings: Settings,
        dashboard: DashboardClient,
        store: Store,
        calm: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._calm = calm
        self.settings = settings
        self.poster = RecordPoster(settings, dashboard, store)
        self.store = store
        self.running: dict[str, asyncio.Task[Any]] = {}  # By the workflow's id
        self._left: dict[str, float] = {}  # Since when a workflow of this process should run and does not

    async def start(self) -> None:
        """Takes up what an earlier process left, on this event loop. Before any call is served.

        Raises:
            StoreError: DBOS's tables could not be made, or not in time.
        """
        global _live
        url = database_url(self.settings, "deliveries")
        try:
            async with asyncio.timeout(START_SECONDS):
                with errors_as_ours():
                    await asyncio.to_thread(dbos_setup.prepare, url)
        except TimeoutError as error:  # The thread is left alone: DBOS's connections are its own.
            raise StoreError("TimeoutError") from error
        _live = self
        config: DBOSConfig = {
            "name": "phone-agent",
            "system_database_url": url,
            "db_engine_kwargs": dbos_setup.engine_arguments(url),
            "application_version": APPLICATION_VERSION,
            "executor_id": self.settings.fly_machine_id,
            "log_level": "WARNING",
            "run_migrations": False,
            "notification_listener_polling_interval_sec": NOTIFICATION_SECONDS,
        }
        DBOS(config=config)
        dbos_setup.adopt_logger()
        with errors_as_ours():
            await dbos_setup.launch()
        await self.take_up()

    async def stop(self) -> None:
        """Leaves what waits to the next start; ends within STOP_SECONDS, however long a pause."""
        global _live
        # A cancelled workflow has no outcome: DBOS goes on with it after the next launch.
        for task in self.running.values():
            task.cancel()
        loop = asyncio.get_running_loop()
        destroyed = asyncio.Event()

        def destroy() -> None:
            try:
                DBOS.destroy()
            finally:
                with contextlib.suppress(RuntimeError):  # The loop may be gone by then.
                    loop.call_soon_threadsafe(destroyed.set)

        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self.running.values(), return_exceptions=True)
                threading.Thread(target=destroy, name="dbos-destroy", daemon=True).start()
                await destroyed.wait()
        except TimeoutError:
            logger.warning("deliveries did not stop within %g s", STOP_SECONDS)
        _live = None
        # DBOS made its own pool the loop's; that one takes no more work now.
        loop.set_default_executor(ThreadPoolExecutor())

    async def deliver(self, record: CallRecord) -> bool:
        """Hands a record over; returns once it is durable, with whether it is the call's first, on any machine.

        A call's second one changes nothing, unless it alone knows of a visit: that is posted as well, loudly.

        Raises:
            StoreError: It could not be written.
        """
        first, content = await keep(self.store, record, configured=self.settings.dashboard_configured)
        if content is None:
            return first
        try:
            with errors_as_ours():
                async with asyncio.timeout(BEGIN_SECONDS):
                    await _start(_workflow_id(content), content)
        except (StoreError, TimeoutError) as error:
            logger.error("%s delivery: waits to be taken up: %s", record.call_id, kind_of(error))
        except Exception:
            logger.exception("%s delivery: waits to be taken up", record.call_id)
        return first

    async def purge(self, older_than: datetime) -> None:
        """Deletes what is older than an aware time: the store's rows, and DBOS's of ended work."""
        for call_id in await self.store.purge(older_than):
            tell(logger, RecordDeleted(), call_id)
        with errors_as_ours():
            ended = await DBOS.list_workflows_async(
                status=list(ENDED),
                end_time=older_than.isoformat(),
                load_input=False,
                load_output=False,
            )
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])

    async def note(self, call_id: str, record: Mapping[str, Any], status: Status, detail: str) -> None:
        """Writes where a delivery stands, unless an operator's retry has delivered it while this one was under way.

        Nor is it written of a lead that a visit has come behind: the call's row is the visit's from then on.
        A store that fails does not end the delivery.
        """
        tell(logger, (RecordParked if status is Status.PARKED else RecordStands)(status, detail), call_id)
        try:
            await self.store.set_delivery(call_id, record, status, detail, anew=False)
        except StoreError as error:
            logger.error("%s delivery: its status could not be written: %s", call_id, error)

    async def sent_by_hand(self, record: Mapping[str, Any]) -> bool:
        """Whether an operator has sent the record meanwhile (deliveries.py); no, if the store does not tell.

        A visit is not sent with the lead that it came behind; a lead is not needed any more behind its visit.
        """
        try:
            row = await self.store.delivery(record["call_id"])
        except StoreError as error:
            logger.error("%s delivery: its status could not be read: %s", record["call_id"], error)
            return False
        if row is None or row.status is not Status.DELIVERED:
            return False
        return bool(row.record.get("behind_a_lead") or not record.get("behind_a_lead"))

    async def calm(self, due: Collection[str]) -> None:
        """Returns when these parts may be posted; a danger waits for nobody."""
        if self._calm is not None and "alert" not in due:
            await self._calm()

    async def take_up(self) -> None:
        """Begins what some process recorded and did not begin: kept, or it died before the workflow was there.

        What this process should do and has not done for LEFT_SECONDS is gone on with: DBOS tries once, at its launch,
        and leaves it for good if the database does not answer just then.
        """
        if not self.settings.dashboard_configured:
            return
        waiting = await self.store.undelivered(Status.KEPT, Status.WAITING)
        if not waiting:
            return
        with errors_as_ours():
            active = await DBOS.list_workflows_async(status=list(ACTIVE), load_input=False, load_output=False)
            now = asyncio.get_running_loop().time()
            idle = [workflow.workflow_id for workflow in active if self._should_run(workflow)]
            self._left = {workflow_id: self._left.get(workflow_id, now) for workflow_id in idle}
            for workflow_id, since in self._left.items():
                if now - since > LEFT_SECONDS:
                    logger.warning("%s delivery: was left, and goes on", workflow_id)
                    await DBOS.resume_workflow_async(workflow_id)
        begun = {workflow.workflow_id.partition(":")[0] for workflow in active}
        for call_id in waiting:
            row = await self.store.delivery(call_id) if call_id not in begun else None
            if row is not None:
                with errors_as_ours():
                    await self._begin(row)

    def _should_run(self, workflow: WorkflowStatus) -> bool:
        ours = workflow.status == "PENDING" and workflow.executor_id == self.settings.fly_machine_id
        return ours and workflow.workflow_id not in self.running

    async def adopt(self, machines: Collection[str]) -> None:
        """Goes on with the work of every machine but these: DBOS leaves it to whoever began it (pipecat.md 11)."""
        with errors_as_ours():
            pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
            for workflow in pending:
                if workflow.executor_id not in machines:
                    logger.warning("%s delivery: adopted from machine %s", workflow.workflow_id, workflow.executor_id)
                    await DBOS.resume_workflow_async(workflow.workflow_id)

    async def _begin(self, row: DeliveryRow) -> None:
        """Starts the workflow of a record unless it runs or ran; one that broke gets another."""
        for number in count():
            workflow_id = _workflow_id(row.record, number)
            found = await DBOS.get_workflow_status_async(workflow_id)
            if found is None:
                await _start(workflow_id, row.record)
                return
            if found.status == "SUCCESS" and await self._waits(row.call_id):
                await self._note_outcome(found, row.record)
            if found.status == "SUCCESS" or found.status in ACTIVE:
                return

    async def _waits(self, call_id: str) -> bool:
        """Whether its status is still to be written: another machine's workflow writes it just before it ends."""
        row = await self.store.delivery(call_id)
        return row is not None and row.status in (Status.KEPT, Status.WAITING)

    async def _note_outcome(self, ended: WorkflowStatus, record: Mapping[str, Any]) -> None:
        outcome = ended.output if isinstance(ended.output, dict) else {}
        status = Status(outcome.get("status", Status.DELIVERED))
        await self.note(record["call_id"], record, status, outcome.get("detail", ""))


_live: Deliveries | None = None  # Workflows are plain functions: DBOS finds them by their name.


def _now_live() -> Deliveries:
    if _live is None:
        raise RuntimeError("deliveries are not started")
    return _live


def _workflow_id(record: Mapping[str, Any], number: int = 0) -> str:
    """Its own for a visit that is posted behind a lead: the lead's is over, and would be taken for this one."""
    parts = [record["call_id"], *(["visit"] if record.get("behind_a_lead") else []), *([str(number)] if number else [])]
    return ":".join(parts)


async def _start(workflow_id: str, record: dict[str, Any]) -> None:
    with SetWorkflowID(workflow_id):
        await DBOS.start_workflow_async(_deliver_record, record)


@DBOS.workflow(name="deliver_record", max_recovery_attempts=MANY_RECOVERIES)
async def _deliver_record(record: dict[str, Any]) -> dict[str, str]:
    """Posts what is due, pauses, posts what was not accepted; the result is status and detail."""
    live = _now_live()
    task, workflow_id = asyncio.current_task(), DBOS.workflow_id
    if task is not None and workflow_id is not None:
        live.running[workflow_id] = task
    try:
        return await _rounds(live, record)
    finally:
        if workflow_id is not None and live.running.get(workflow_id) is task:
            del live.running[workflow_id]


@dataclass
class _Links:
    """The ids of the job's rows, which go into the call; dropped when the call is refused with them for too long."""

    ids: dict[str, str] = field(default_factory=dict)
    refusals: int = 0

    def failed(self, part: str, detail: str) -> None:
        if part == "call" and self.ids and detail.startswith("500"):
            self.refusals += 1
            if self.refusals >= MOST_REFUSED_LINKS:
                self.ids = {}


async def _rounds(live: Deliveries, record: dict[str, Any]) -> dict[str, str]:
    call_id = record["call_id"]
    due = due_parts(record)
    unsent: dict[str, str] = {}  # For good
    late: dict[str, str] = {}
    refused = False
    links = _Links()
    for pause in (0.0, *live.settings.delivery_pauses_seconds):
        await _sleep(pause)
        # Not a step: it can only end the workflow, so a recovered one never meets another order of steps.
        if pause and await live.sent_by_hand(record):
            return {"status": Status.DELIVERED.value, "detail": ""}
        late = {}
        for part in due_parts(record):
            if part not in due:
                continue
            await live.calm(due)
            posted = _parsed(await _step(part, record, links.ids))
            if posted.delivery is Delivery.LATER:
                late[part] = posted.detail
                links.failed(part, posted.detail)
                continue
            due.remove(part)
            refused |= posted.delivery is Delivery.REFUSED
            if posted.delivery is not Delivery.ACCEPTED:
                unsent[part] = posted.detail
            elif part == "job":
                links.ids = ids_of(posted)
                if links.ids and "call" not in due and "call" not in unsent:
                    due.append("call")  # It went ahead without the ids: once more, whole (R86).
        if not due:
            break
        await live.note(call_id, record, Status.WAITING, described(unsent | late))
    status = Status.PARKED if refused or due else Status.DELIVERED
    detail = described(unsent | late)
    await live.note(call_id, record, status, detail)
    return {"status": status.value, "detail": detail}


async def _sleep(seconds: float) -> None:
    """A durable pause: after a restart only the rest of it, and never more than the whole.

    DBOS keeps when it ends: by a clock that was ahead then and is right now, that may be far away.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds + PAUSE_MARGIN_SECONDS):
            await DBOS.sleep_async(seconds)


async def _step(part: str, record: dict[str, Any], ids: dict[str, str]) -> dict[str, str]:
    """Posts one part; may run again when the process dies before its result is written.

    An error of ours is for later, too: a workflow that raises has no pauses, and take_up() would begin another at once.
    """

    workflow_id = DBOS.workflow_id or record["call_id"]

    async def post() -> dict[str, str]:
        try:
            return _plain(await _now_live().poster.post(part, record, ids, by=workflow_id))
        except Exception as error:
            logger.exception("%s delivery: %s was not posted", record["call_id"], part)
            return _plain(Delivered(Delivery.LATER, detail=kind_of(error)))

    # Without arguments: DBOS writes a cancelled step's into the log, and these are a transcript.
    return await DBOS.run_step_async({"name": "post"}, post)


def _plain(delivered: Delivered) -> dict[str, str]:
    """As DBOS keeps it: a pickled class would tie what waits to this version's modules."""
    return {key: str(value) for key, value in asdict(delivered).items()}


def _parsed(plain: Mapping[str, str]) -> Delivered:
    return Delivered(**{**plain, "delivery": Delivery(plain["delivery"])})  # type: ignore[arg-type]
