"""KeptCalls: the calls' rows, and what becomes of a call while the database is away.

Then nobody waits for it for longer than a moment, and the call is run from memory: who expects it, which stream has it,
its newest snapshot, how it ended. All of that stands in the journal as well, so that it outlives the process, and is
written into the database when that is back. What another machine has settled by then stays; who hands the records over
is told of it.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter

from call.event import tell
from call.service_events import CallInJournal
from call.session import CallSession
from records.call_rows import CallRow, CallRows, Phase, read_snapshot, still_declined
from records.database import Database
from records.errors import StoreError
from records.journal import Journal

logger = logging.getLogger(__name__)

T = TypeVar("T")

UNNUMBERED = count(-1, -1)  # Numbers of streams that began while no database could number them.


# What the columns and a date can hold: an entry that the database refuses would be tried again for ever.
_Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31 - 1)]
_Seconds = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
MOST_CALLER_CHARACTERS = 32


@dataclass
class _Kept:
    """What the database does not know of a call; times are seconds since the epoch. `at` orders it among the writes."""

    call_id: Annotated[str, Field(min_length=1, max_length=64)]
    snapshot: str
    phase: Phase
    run: _Int32
    resumes: _Int32
    owner: Annotated[str, Field(max_length=192)]
    due_at: _Seconds
    updated_at: _Seconds
    at: int

    def row(self) -> CallRow:
        due_at, updated_at = (datetime.fromtimestamp(time, UTC) for time in (self.due_at, self.updated_at))
        return CallRow(self.call_id, self.phase, self.run, self.resumes, self.owner, self.snapshot, due_at, updated_at)


_READER = TypeAdapter(_Kept)


def _read(content: object) -> _Kept:
    """An entry of the journal, whose types and snapshot are as they should be.

    Raises:
        ValueError: they are not.
    """
    kept = _READER.validate_python(content)
    session = read_snapshot(kept.snapshot, kept.call_id)
    if session is None or len(session.caller_number) > MOST_CALLER_CHARACTERS or "\0" in kept.call_id + kept.owner:
        raise ValueError("no call")
    return kept


class KeptCalls(CallRows):
    """Call rows that also work without the database.

    Args:
        database: Opened and closed by its owner.
        journal: Where what is kept stands as well.
        patience_seconds: Longest that a caller waits for the database.
    """

    def __init__(self, database: Database, journal: Journal, patience_seconds: float | None) -> None:
        super().__init__(database)
        self._journal, self._patience_seconds = journal, patience_seconds
        self._kept: dict[str, _Kept] = {}
        self._numbered: dict[int, int] = {}  # Of streams that began without a number: which one they got later.
        self._writes = count(1)
        self._failed: set[str] = set()  # Calls of which was said that they cannot be written

    async def expect(self, session: CallSession, due_at: datetime) -> bool:
        """As in the database; a call that cannot be written there is expected by this process alone."""
        if session.call_id in self._kept:
            return False
        try:
            return await self._in_time(super().expect(session, due_at))
        except StoreError as error:
            logger.error("%s is expected without the database: %s", session.call_id, error)
            self._keep(session, Phase.EXPECTED, next(UNNUMBERED), due_at)
            return True

    async def begin(self, session: CallSession, owner: str, due_at: datetime) -> tuple[int, CallSession] | None:
        """As in the database; without it the stream gets a number of its own, and goes on with what is kept."""
        kept = self._kept.get(session.call_id)
        if kept is None:
            try:
                return await self._in_time(super().begin(session, owner, due_at))
            except StoreError as error:
                logger.error("%s begins without the database: %s", session.call_id, error)
        elif kept.phase is Phase.OVER:
            return None
        else:
            session = read_snapshot(kept.snapshot, session.call_id) or session
        run = next(UNNUMBERED)
        self._keep(session, Phase.LIVE, run, due_at, owner)
        return run, session

    def save(self, session: CallSession, run: int) -> "asyncio.Future[bool]":
        """As in the database; what it does not take in time is kept, and stands in the journal when this ends."""
        number, run = next(self._writes), self._numbered.get(run, run)
        written = super().save(session, run) if run >= 0 else None

        async def save() -> bool:
            try:
                ours = await self._in_time(written) if written else None
            except StoreError:
                ours = None
            kept = self._kept.get(session.call_id)
            if ours is None:
                if kept is None or kept.phase is not Phase.OVER:
                    await self._on_disk(self._keep(session, Phase.LIVE, run))
                return True
            if kept and kept.at < number:
                self._drop(kept)
            return ours

        return asyncio.ensure_future(save())

    async def resume(self, call_id: str, most: int, due_at: datetime) -> bool:
        """As in the database, or of what is kept."""
        kept = self._kept.get(call_id)
        if kept is None:
            return await self._in_time(super().resume(call_id, most, due_at))
        if kept.phase is Phase.OVER or kept.resumes >= most:
            return False
        kept.resumes += 1
        self._changed(kept, Phase.BROKEN, due_at)
        return True

    async def close(self, call_id: str, due_at: datetime) -> CallRow | None:
        """As in the database, or of what is kept."""
        kept = self._kept.get(call_id)
        if kept is None:
            return await self._in_time(super().close(call_id, due_at))
        if kept.phase is Phase.OVER:
            return None
        kept.run = next(UNNUMBERED)  # A stream that still believes in it has lost it.
        self._changed(kept, Phase.OVER, due_at)
        return kept.row()

    async def done(self, call_id: str, session: CallSession | None = None) -> None:
        """As in the database, which first learns what is kept."""
        if kept := self._kept.get(call_id):
            await self._write_back(kept)
        await super().done(call_id, session)

    async def find(self, call_id: str) -> CallRow | None:
        """What is kept of the call, else the database's row of it."""
        kept = self._kept.get(call_id)
        return kept.row() if kept else await self._in_time(super().find(call_id))

    async def take_up(self, due_at: datetime) -> None:
        """Takes over what an earlier process has left in the journal: those calls broke off, and may come back."""
        for kept in await self._journal.read(_read):
            kept.at = next(self._writes)
            kept.run = kept.run if kept.run >= 0 else next(UNNUMBERED)
            if kept.phase is Phase.OVER:  # Its record was not handed over, and whoever had to is gone.
                kept.due_at = self._database.now().timestamp()
            else:
                kept.phase, kept.due_at = Phase.BROKEN, due_at.timestamp()
            logger.warning("%s is taken up from the journal", kept.call_id)
            self._kept[kept.call_id] = kept

    async def broken_off(self, since: datetime) -> list[CallSession]:
        """What is kept of such calls, and of others the database's rows; without it the former, if there are any."""
        here = [kept.row() for kept in self._kept.values()]
        known = [row.session() for row in here if row.phase is Phase.BROKEN and row.updated_at >= since]
        ours = [session for session in known if session]
        try:
            theirs = await self._in_time(super().broken_off(since))
        except StoreError:
            if not ours:
                raise
            return ours
        return [*ours, *(session for session in theirs if session.call_id not in self._kept)]

    async def write_back(self) -> list[CallSession]:
        """Writes what is kept into the database; what was said in calls that others had settled by then.

        Each on its own: one that cannot be written stays kept, is said once, and is the last to be tried the next time.

        Raises:
            StoreError: the database is away again, and nothing was settled by others until then; what is not written
                stays kept.
        """
        settled: list[CallSession] = []
        for kept in tuple(self._kept.values()):
            try:
                session = await self._write_back(kept)
            except StoreError:
                self._put_last(kept)
                if not settled:
                    raise
                break  # What others have settled is told now: it is kept no longer.
            except Exception:
                self._put_last(kept)
                if kept.call_id not in self._failed:
                    self._failed.add(kept.call_id)
                    logger.exception("%s CANNOT BE WRITTEN, and stays in the journal", kept.call_id)
            else:
                if session:
                    settled.append(session)
        return settled

    async def purge(self, older_than: datetime, *, only_done: bool = False) -> None:
        """As in the database; of the journal what was set aside, which was not handed over."""
        await super().purge(older_than, only_done=only_done)
        if not only_done:
            await self._journal.purge(older_than)

    def _put_last(self, kept: _Kept) -> None:
        if self._kept.get(kept.call_id) is kept:
            self._kept[kept.call_id] = self._kept.pop(kept.call_id)

    async def _write_back(self, kept: _Kept) -> CallSession | None:
        """Of one call; its session if it is over elsewhere, so that this one counts for nothing there."""
        at, due_at = kept.at, self._due_at(kept)
        session = read_snapshot(kept.snapshot, kept.call_id)
        if session is None:
            self._set_aside(kept)
            return None
        run = kept.run
        if kept.phase is Phase.EXPECTED:
            await super().expect(session, due_at)
            self._drop(kept)
            return None
        if run < 0:
            begun = await super().begin(session, kept.owner, due_at)
            if begun is None:
                return await self._settled_elsewhere(kept, session)
            run = self._numbered[kept.run] = begun[0]
            session = _together(begun[1], session)
        live = kept.phase is Phase.LIVE  # Then it is due whenever the beats say, as after any snapshot.
        if not await (super().save(session, run) if live else super()._write(session, run, kept.phase, due_at)):
            return await self._settled_elsewhere(kept, session)
        if self._kept.get(kept.call_id) is kept and kept.at == at:
            logger.warning("%s was kept while the database was away: written now", kept.call_id)
            self._drop(kept)
        else:
            kept.run = run
        return None

    def _due_at(self, kept: _Kept) -> datetime:
        """When its record is due: what lives here is put off as ever, however long the database was away."""
        lives, now = kept.phase is Phase.LIVE, self._database.now().timestamp()
        return datetime.fromtimestamp(kept.due_at + (now - kept.updated_at if lives else 0), UTC)

    async def _settled_elsewhere(self, kept: _Kept, session: CallSession) -> CallSession | None:
        if session.recording_declined:
            await super().decline(kept.call_id)
        if kept.phase is Phase.LIVE:  # Its own end tells.
            return None
        logger.error("%s was settled elsewhere while this machine had no database", kept.call_id)
        self._drop(kept)
        return session

    async def _write(self, session: CallSession, run: int, phase: Phase, due_at: datetime) -> bool:
        run = self._numbered.get(run, run)
        closed = self._kept.get(session.call_id)
        if closed and closed.phase is Phase.OVER and closed.run != run:
            return False
        number = next(self._writes)
        if run >= 0:
            try:
                ours = await super()._write(session, run, phase, due_at)
            except StoreError as error:
                logger.error("%s %s without the database: %s", session.call_id, phase, error)
            except asyncio.CancelledError:  # Whoever asked had no more time: it may be written or not.
                self._keep(session, phase, run, due_at)
                raise
            else:
                if (kept := self._kept.get(session.call_id)) and kept.at < number:
                    self._drop(kept)
                return ours
        self._keep(session, phase, run, due_at)
        return True

    def _keep(
        self, session: CallSession, phase: Phase, run: int, due_at: datetime | None = None, owner: str = ""
    ) -> "asyncio.Future[None]":
        known, now = self._kept.get(session.call_id), self._database.now().timestamp()
        due = due_at.timestamp() if due_at else self._due_at(known).timestamp() if known else now
        resumes, owner = (known.resumes, owner or known.owner) if known else (0, owner)
        snapshot = still_declined(known.snapshot if known else "", session.model_dump_json())
        kept = _Kept(session.call_id, snapshot, phase, run, resumes, owner, due, now, next(self._writes))
        if known is None:
            tell(logger, CallInJournal(), session.call_id)
        self._kept[session.call_id] = kept
        return self._journal.write(kept.call_id, asdict(kept))

    def _changed(self, kept: _Kept, phase: Phase, due_at: datetime) -> None:
        kept.phase, kept.due_at, kept.at = phase, due_at.timestamp(), next(self._writes)
        self._journal.write(kept.call_id, asdict(kept))

    def _drop(self, kept: _Kept) -> None:
        if self._kept.get(kept.call_id) is kept:
            del self._kept[kept.call_id]
            self._journal.remove(kept.call_id)

    def _set_aside(self, kept: _Kept) -> None:
        if self._kept.get(kept.call_id) is kept:
            del self._kept[kept.call_id]
            self._journal.set_aside(kept.call_id)

    async def _on_disk(self, writing: "asyncio.Future[None]") -> None:
        """Waits for the journal, no longer than a caller does; what it cannot write it has logged."""
        await asyncio.wait({writing}, timeout=self._patience_seconds)

    async def _in_time(self, asked: Awaitable[T]) -> T:
        """What a caller waits for: not for long, and nobody else does after that."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await asked
        except TimeoutError as error:
            self._database.too_slow()
            raise StoreError("TimeoutError") from error


def _together(theirs: CallSession, ours: CallSession) -> CallSession:
    """One call whose first part only the database knew, and whose second only this process.

    The one that has got further tells how it stands; nothing that was said in either is lost, nor that the caller
    wants a text. That they want no recording stays in the row (call_rows.py).
    """
    told = {(entry.at, entry.text) for entry in ours.timeline}
    before = [entry for entry in theirs.timeline if (entry.at, entry.text) not in told]
    if not before:
        return ours
    further = theirs if theirs.booked_at and not ours.booked_at else ours
    further = further.model_copy()
    further.usage = theirs.usage.plus(ours.usage)
    if not further.text_offered:  # Only to a number that is still the caller's (caller_text.py)
        asked = theirs if theirs.text_offered else ours
        further.text_offered, further.text_to = asked.text_offered, asked.text_to
    further.timeline = sorted([*before, *ours.timeline], key=lambda entry: entry.at)
    return further
