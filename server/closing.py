"""CallClosing: the record of each call is handed over once, by whoever sees its end.

That is the stream that ends the call; Twilio's status callback for one whose stream never told; the watch for one that
broke off and did not come back within RESUME_WINDOW_SECONDS, whichever machine ran it. A call that may still resume has
no record: the dashboard would keep a lead AND a job. What cannot be written is kept and written later.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import post_call
from call.business import Business
from call.event import tell
from call.events import CallClosed, CallEnded, CallUsed, EmergencyNotTexted, TeamNotTold
from call.joined import in_order, known_alone
from call.service_events import RecordWaits
from call.session import CallSession, EarlierCall, EndedBy, EntryKind, Reason
from call.tool_calls import LookupBooking, Outcome
from config import Settings
from conversation import in_doubt, same_caller, transfer
from conversation.owed import to_the_team
from records.call_rows import CallRow, Phase
from records.end_reason import blame
from records.errors import StoreError, kind_of
from records.handover import Handover
from records.payloads import CallRecord, JobPayload
from records.posting import moved, standing_for
from records.store import Store
from records.used import used
from server.transfers import may_go_on
from turns.tool_protocol import Tools

T = TypeVar("T")

logger = logging.getLogger(__name__)

BUILD_SECONDS = 10.0  # A record takes some hundredths of a second, on a machine that is late much longer.

# Twilio: CallStatus of a call that is over (Voice: Call resource, status values).
FINAL_STATUSES = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


async def _nobody(session: CallSession) -> None:
    """There is no owner to be told."""


class CallClosing:
    """Hands the records over.

    Args:
        settings: The windows, and what a record needs.
        store: The calls' rows.
        deliveries: Takes the records.
        tools: V2, for what the team has to be told of a call.
        now: The aware time.
        stands_back: Whether what nobody on a line waits for is to wait.
        tell: Keeps what the owner has to be told of a call; more than once of one changes nothing.
        count: Told of each call whose record is kept for the first time: of each once, on whichever machine.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        deliveries: Handover,
        tools: Tools,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        stands_back: Callable[[], bool] = lambda: False,
        tell: Callable[[CallSession], Awaitable[None]] = _nobody,
        count: Callable[[CallSession], None] = lambda session: None,
    ) -> None:
        self._stands_back, self._tell, self._count = stands_back, tell, count
        self._settings, self._store, self._deliveries, self._now = settings, store, deliveries, now
        self._tools, self._told, self._looked = tools, set[str](), set[str]()
        self._unwritten: dict[str, CallSession] = {}
        self._writing = set[str]()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="records")

    def due_at(self) -> datetime:
        """When a call's record is due if nothing is heard of the call from now on."""
        return self._now() + timedelta(seconds=self._settings.resume_window_seconds)

    async def hand_over(self, session: CallSession, slowest_answer_seconds: float = 0.0) -> None:
        """The call is over: its last line in the log, and its record.

        Raises nothing: what fails is tried again by `catch_up`.
        """
        transfer.conclude(session, self._now())
        self._wait_for(session)
        try:
            _tell_how_it_ended(session, slowest_answer_seconds)
        except Exception:  # The record is what counts.
            logger.exception("%s the log does not tell how it ended", session.call_id)
        if session.emergency or not self._stands_back():  # Else it is due, and caught up with.
            await self._try(session.call_id)

    def _wait_for(self, session: CallSession) -> None:
        """The session is to be written, with what another stream of the call has left that is not written yet."""
        waiting = self._unwritten.get(session.call_id)
        self._unwritten[session.call_id] = in_order(session, waiting) if waiting else session

    async def _try(self, call_id: str) -> None:
        if call_id in self._writing:
            return  # Whoever writes it goes on, also with what has come since; what fails is tried again.
        self._writing.add(call_id)
        try:
            while session := self._unwritten.get(call_id):
                await self._write(session)
        except StoreError as error:
            tell(logger, RecordWaits(str(error)), call_id)
        except Exception:
            logger.exception("%s THE RECORD WAS NOT HANDED OVER: it is tried again", call_id)
        finally:
            self._writing.discard(call_id)

    async def write_back(self) -> None:
        """What was kept while the database was away is written; of what others have settled since, see `taken`.

        Raises:
            StoreError: the database is away.
        """
        for session in await self._store.calls.write_back():
            await self.taken(session)

    async def taken(self, session: CallSession, slowest_answer_seconds: float = 0.0) -> None:
        """Another stream has the call, or somebody has closed it: what this one alone knows of it is told as well.

        Raises nothing. While the call goes on elsewhere, that is no more than a visit or a danger: the other one may
        have begun before that, and its own end tells the rest.
        """
        row = None
        try:
            row = await self._store.calls.find(session.call_id)
        except StoreError as error:
            logger.error("%s what became of it elsewhere is not known: %s", session.call_id, error)
        theirs, over = row.session() if row else None, row is not None and row.phase is Phase.OVER
        alone = known_alone(session, theirs)
        if not (alone if over else alone & {"booked_at", "emergency"}):
            return
        if over and theirs:
            session = in_order(theirs, session)
        if session.call_id in self._unwritten:  # Its end was told: what waits is caught up with.
            self._wait_for(session)
        else:
            await self.hand_over(session, slowest_answer_seconds)

    async def catch_up(self, *, at_once: bool = False) -> None:
        """Hands over what could not be written when its call ended, or had to wait; `at_once`: whatever comes."""
        if self._stands_back() and not at_once:
            return
        await asyncio.gather(*(self._try(call_id) for call_id in tuple(self._unwritten)))

    async def _write(self, session: CallSession) -> None:
        if (whole := await self._store.calls.whole(session)) is not session:
            transfer.conclude(whole, self._now())
            if self._unwritten.get(session.call_id) is session:
                self._unwritten[session.call_id] = whole
            session = whole
        await self._look_once_more(session)
        session.goes_on = same_caller.is_about_the_same(session)
        record = await self._built(session)
        if session.goes_on and session.earlier:
            record = standing_for(record, await self._job_before(session.earlier, session.started_at))
        if session.reason is Reason.RESCHEDULED:
            record = record.model_copy(update={"moved": await self._moved(session)})
        if await self._deliveries.deliver(record):
            self._count(session)
        shown = record.moved is not None and self._settings.dashboard_configured
        if not shown:  # No dashboard will show the change: somebody has to be told.
            await self._tell_the_team(session)
        await self._tell(session)
        if self._unwritten.get(session.call_id) is session:  # Else another stream has ended meanwhile.
            del self._unwritten[session.call_id]
        await self._store.calls.done(session.call_id, session)
        self._told.discard(session.call_id)
        self._looked.discard(session.call_id)

    async def _built(self, session: CallSession) -> CallRecord:
        """What the call was about is read anew from all its turns: in a thread, since others are on the line.

        Raises:
            StoreError: it took too long; its thread is left alone.
        """
        build = partial(post_call.build_record, session, self._settings, now=self._now())
        try:
            async with asyncio.timeout(BUILD_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._thread, build)
        except TimeoutError:
            self._thread.shutdown(wait=False)
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="records")
            raise StoreError("the record is not built in time") from None

    async def _look_once_more(self, session: CallSession) -> None:
        """Once: what V2 was asked and never surely answered may show by now; the tool's own deadline bounds it."""
        if in_doubt.can_be_looked_up(session) and session.call_id not in self._looked:
            self._looked.add(session.call_id)
            shown = in_doubt.take(session, await self._tools.call(LookupBooking(), session))
            logger.info("%s what was in doubt was looked up: %s", session.call_id, shown)

    async def _moved(self, session: CallSession) -> JobPayload | None:
        """The job of the call in which the visit was booked, if that was one of ours and is still known."""
        same = session.appointment is not None and session.appointment.date == session.appointment_date
        known = await self._store.delivery(session.appointment_job) if same and session.appointment_job else None
        job = known.record.get("job") if known else None
        return moved(job, session.moved_to.astimezone(self._settings.zone)) if job and session.moved_to else None

    async def _job_before(self, earlier: EarlierCall, rang_again_at: datetime) -> Mapping[str, Any] | None:
        """What was posted of the call before; one that broke off until then does not come back any more.

        A store that fails, or takes too long, costs the link between the two, and not this call's own record.
        """
        try:
            row = await self._in_time(self._store.calls.find(earlier.call_id))
            over = row and row.phase in (Phase.EXPECTED, Phase.BROKEN) and row.updated_at < rang_again_at
            if over and not await self._in_time(self._is_with_a_person(earlier.call_id, self._now())):
                closed = await self._in_time(self._store.calls.close(earlier.call_id, self.due_at()))
                if closed is not None:
                    await self._close(closed, EndedBy.INTERRUPTED, "the caller has rung again")
            known = await self._in_time(self._store.delivery(earlier.call_id))
        except (StoreError, TimeoutError) as error:
            logger.error("%s its lead may stand beside that of a later call: %s", earlier.call_id, kind_of(error))
            return None
        return known.record.get("job") if known else None

    async def _in_time(self, asked: Awaitable[T]) -> T:
        return await asyncio.wait_for(asked, self._settings.memory_seconds)

    async def _tell_the_team(self, session: CallSession) -> None:
        """Once, whichever process hands the record over: what V2 may have heard is not said again."""
        request = to_the_team(session, Business.of(self._settings))
        if request is None or session.call_id in self._told:
            return
        kept = timedelta(days=self._settings.retention_days)
        first = await self._store.use_token(f"team:{session.call_id}", self._now() + kept)
        self._told.add(session.call_id)
        told = first and (await self._tools.call(request, session)).outcome is Outcome.OK
        if not told:  # Not `first`: the process that was at it is gone, and nobody knows how far it came.
            tell(logger, TeamNotTold(session.outcome), session.call_id)

    async def sweep(self) -> None:
        """Hands over every record that is due: their calls broke off, and nobody has heard of them since."""
        if self._stands_back():
            return
        now = self._now()
        for call_id in await self._store.calls.due(now, self.due_at()):
            if await self._is_with_a_person(call_id, now):
                await self._store.calls.put_off(call_id, self.due_at())
                continue
            row = await self._store.calls.close_due(call_id, now, self.due_at())
            if row is not None:
                await self._close(row, EndedBy.INTERRUPTED, "nobody heard of it any more")

    async def _is_with_a_person(self, call_id: str, now: datetime) -> bool:
        """Whether its dial, or the talk behind it, may still go on; whoever looks waits for the end of it."""
        row = await self._store.calls.find(call_id)
        session = row.session() if row and row.phase is Phase.BROKEN else None
        return session is not None and may_go_on(session, self._settings, now)

    async def status(self, call_id: str, status: str) -> None:
        """Twilio says how a call stands (status callback): one that is over and that no stream runs is closed now.

        A stream that runs is told by its own end; if its process is gone, the record is due as soon as that is certain.
        """
        if status not in FINAL_STATUSES:
            return
        row = await self._store.calls.find(call_id)
        if row is None or row.phase is Phase.OVER:
            return
        if row.phase is Phase.LIVE:
            soon = self._now() + timedelta(seconds=2 * self._settings.liveness_seconds)
            await self._store.calls.hasten(call_id, soon)
            return
        closed = await self._store.calls.close(call_id, self.due_at())
        if closed is not None:
            ended_by = EndedBy.CALLER if row.phase is Phase.EXPECTED else EndedBy.INTERRUPTED
            await self._close(closed, ended_by, f"Twilio says that it is {status}", gone_at=self._now())

    async def dial_told(self, row: CallRow | None, seconds: int | None) -> None:
        """How long the dial of a call that is over took, if Twilio tells so only behind the call's end.

        Of a record that another process hands over just now it stays unknown; nothing else depends on it.
        """
        if row is None or seconds is None:
            return
        waiting = self._unwritten.get(row.call_id)
        session = waiting or (row.session() if row.due_at is None else None)
        if session is None or session.usage.dial_seconds == seconds:
            return
        session.usage.dial_seconds = seconds
        if waiting is None:
            try:
                await self._store.calls.done(row.call_id, session)
            except StoreError as error:
                logger.error("%s how long its dial took was not written: %s", row.call_id, error)

    async def _close(self, row: CallRow, ended_by: EndedBy, why: str, *, gone_at: datetime | None = None) -> None:
        """`gone_at`: when Twilio told that the caller is gone; None if nobody has."""
        session = row.session()
        if session is None:
            await self._store.calls.done(row.call_id)
            return
        if session.on_its_way:  # What it tells of an end is that of its stream, and not of the call.
            session.ended_at = gone_at or row.updated_at
            session.ended_by = EndedBy.CALLER if gone_at else session.ended_by
        session.ended_by = session.ended_by or ended_by
        session.ended_at = session.ended_at or row.updated_at
        if lost := session.tool_under_way:
            session.note(EntryKind.TOOL, lost.tool, row.updated_at, detail="unknown: the answer was lost")
        tell(logger, CallClosed(why), row.call_id)
        await self.hand_over(session)


def _tell_how_it_ended(session: CallSession, slowest_answer_seconds: float) -> None:
    """The call's last lines in the log."""
    tell(logger, CallEnded(**how_it_ended(session, slowest_answer_seconds)), session.call_id)
    spent = used(session)
    words = "; ".join(f"{who}: {text}" for who, text in spent.words())
    tell(logger, CallUsed(words, spent.plain()), session.call_id)
    if session.emergency and not session.emergency_alert_id.startswith("SM"):  # contract.md 0.8
        number = session.phone or session.caller_number or "a withheld number"
        tell(logger, EmergencyNotTexted(number), session.call_id)


def how_it_ended(session: CallSession, slowest_answer_seconds: float = 0.0) -> dict[str, Any]:
    """How the call ended, whose fault it was, how long it took, the way it went, what failed: fields of its event."""
    ended_at = session.ended_at or session.started_at
    moves = [entry.text.rpartition(" -> ")[2] for entry in session.timeline if entry.kind is EntryKind.STATE]
    return {
        "outcome": session.outcome,
        "ended_by": str(session.ended_by),
        "blame": blame(session) or "nobody",
        "seconds": round((ended_at - session.started_at).total_seconds()),
        "turns": session.turn_count,
        "slowest_answer_ms": round(slowest_answer_seconds * 1000),
        "path": ("welcome", *moves),
        "faults": tuple(
            sorted({f"{entry.text} {entry.detail}" for entry in session.timeline if entry.kind is EntryKind.FAULT})
        ),
    }
