"""KeptCalls: the calls' rows, and what becomes of a call while the database is away.

Then nobody waits for it for longer than a moment, and the call is run from memory: who expects it, which stream has it,
its newest snapshot, how it ended. All of that stands in the journal as well, so that it outlives the process, and is
written into the database when that is back. What another machine has settled by then stays; who hands the records over
is told of it.

A call whose row cannot be read in time goes on with what this process last wrote of it. Of one of which it knows
nothing, what is kept is a guess: it gives way to the database's row as soon as that can be read, and what is said until
then is joined to it.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from call.event import tell
from call.joined import in_order, joined
from call.service_events import CallInJournal
from call.session import CallSession
from records.call_rows import CallRow, CallRows, Phase, still_declined
from records.database import Database
from records.errors import StoreError
from records.journal import Journal
from records.kept_call import KeptCall, read_kept
from records.last_written import LastWritten

logger = logging.getLogger(__name__)

T = TypeVar("T")

UNNUMBERED = count(-1, -1)  # Numbers of streams that began while no database could number them.


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
        self._kept: dict[str, KeptCall] = {}
        self._last = LastWritten(database.now)
        self._before: dict[str, CallSession] = {}  # What of a call that runs here only the database knew
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
            self._keep(session, Phase.EXPECTED, next(UNNUMBERED), due_at, guessed=True)
            return True

    async def begin(self, session: CallSession, owner: str, due_at: datetime) -> tuple[int, CallSession] | None:
        """As in the database; without it the stream gets a number of its own, and goes on with what is known here."""
        kept = self._kept.get(session.call_id)
        if kept is None or kept.guessed:
            try:
                return await self._begin(kept, session, owner, due_at)
            except StoreError as error:
                logger.error("%s begins without the database: %s", session.call_id, error)
        known = kept or self._last.get(session.call_id)
        if known and known.phase is Phase.OVER:
            return None
        session, run = (known and known.session()) or session, next(UNNUMBERED)
        self._keep(session, Phase.LIVE, run, due_at, owner)
        return run, session

    async def _begin(
        self, guessed: KeptCall | None, session: CallSession, owner: str, due_at: datetime
    ) -> tuple[int, CallSession] | None:
        """In the database, whose row stands against what was guessed."""
        begun = await self._in_time(super().begin((guessed and guessed.session()) or session, owner, due_at))
        if guessed:
            self._drop(guessed)
        if begun:
            resumes = self._begun[session.call_id, begun[0]].resumes
            self._note(begun[1], Phase.LIVE, begun[0], due_at, owner=owner, resumes=resumes)
        return begun

    def save(self, session: CallSession, run: int) -> "asyncio.Future[bool]":
        """As in the database; what it does not take in time is kept, and stands in the journal when this ends."""
        session, number, run = self._joined(session), next(self._writes), self._numbered.get(run, run)
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
        """As in the database, or of what is known here."""
        kept = self._kept.get(call_id)
        if kept is None or kept.guessed:
            known = kept.row() if kept else self._last.get(call_id)
            try:
                resumed = await self._in_time(super().resume(call_id, most, due_at))
            except StoreError as error:
                if known is None:
                    raise
                logger.error("%s comes back without the database: %s", call_id, error)
                kept = kept or self._keep_guess(known)
            else:
                if resumed and known:
                    self._last.note(replace(known, phase=Phase.BROKEN, resumes=known.resumes + 1))
                return resumed
        if kept.phase is Phase.OVER or kept.resumes >= most:
            return False
        kept.resumes += 1
        self._changed(kept, Phase.BROKEN, due_at)
        return True

    async def close(self, call_id: str, due_at: datetime) -> CallRow | None:
        """As in the database, or of what is known here."""
        kept = self._kept.get(call_id)
        if kept is None or kept.guessed:
            known = kept.row() if kept else self._last.get(call_id)
            try:
                closed = await self._in_time(super().close(call_id, due_at))
            except StoreError as error:
                if known is None:
                    raise
                logger.error("%s is closed without the database: %s", call_id, error)
                kept = kept or self._keep_guess(known)
            else:
                if closed:
                    self._last.note(closed)
                return closed
        if kept.phase is Phase.OVER:
            return None
        # A stream that still believes in it has lost it. A row's next number is the one that the database gives as well
        # if it closes the call behind the answer that nobody waited for.
        kept.run = kept.run + 1 if kept.guessed and kept.run >= 0 else next(UNNUMBERED)
        kept.guessed = False
        self._changed(kept, Phase.OVER, due_at)
        return kept.row()

    async def whole(self, session: CallSession) -> CallSession:
        """Joined with what of the call only the database knows.

        Raises:
            StoreError: it does not tell, and the call began here without it, or somebody else has had it since.
        """
        kept, last = self._kept.get(session.call_id), self._last.get(session.call_id)
        found = await super().find(session.call_id) if last is None or (kept and kept.run < 0) else None
        if found is None or (theirs := found.session()) is None:
            return self._joined(session)
        return joined(theirs, session) if kept and kept.run < 0 else in_order(theirs, session)

    async def done(self, call_id: str, session: CallSession | None = None) -> None:
        """As in the database, which first learns what is kept."""
        if kept := self._kept.get(call_id):
            await self._write_back(kept)
        await super().done(call_id, session and self._joined(session))
        self._before.pop(call_id, None)

    async def find(self, call_id: str) -> CallRow | None:
        """What is kept of the call, else the database's row of it; of a guess as long as that cannot be read."""
        kept = self._kept.get(call_id)
        if kept and not kept.guessed:
            return kept.row()
        try:
            found = await self._in_time(super().find(call_id))
        except StoreError:
            if kept is None:
                raise
            return kept.row()
        if found and (found.phase is not Phase.OVER or call_id in self._last):
            self._last.note(found)
        return found or (kept.row() if kept else None)

    def last_written(self, call_id: str) -> CallRow | None:
        """What this process last wrote or read of the call."""
        return self._last.get(call_id)

    async def take_up(self, due_at: datetime) -> None:
        """Takes over what an earlier process has left in the journal: those calls broke off, and may come back."""
        for kept in await self._journal.read(read_kept):
            kept.at = next(self._writes)
            kept.run = kept.run if kept.run >= 0 else next(UNNUMBERED)
            if kept.phase is Phase.OVER:  # Its record was not handed over, and whoever had to is gone.
                kept.due_at = self._database.now().timestamp()
            elif kept.guessed:
                kept.due_at = due_at.timestamp()
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

    def _put_last(self, kept: KeptCall) -> None:
        if self._kept.get(kept.call_id) is kept:
            self._kept[kept.call_id] = self._kept.pop(kept.call_id)

    async def _write_back(self, kept: KeptCall) -> CallSession | None:
        """Of one call; its session if it is over elsewhere, so that this one counts for nothing there."""
        at, due_at = kept.at, self._due_at(kept)
        session = kept.session()
        if session is None:
            self._set_aside(kept)
            return None
        session = self._joined(session)
        run = kept.run
        if kept.guessed:
            await super().expect(session, due_at)
            if kept.at == at:
                self._drop(kept)
            return None
        if run < 0:
            begun = await super().begin(session, kept.owner, due_at)
            if begun is None:
                return await self._settled_elsewhere(kept, session)
            run = self._numbered[kept.run] = begun[0]
            if (whole := joined(begun[1], session)) is not session:
                session, self._before[kept.call_id] = whole, begun[1]
        phase = kept.phase  # Of what lives the record is due whenever the beats say, as after any snapshot.
        live = phase is Phase.LIVE
        if not await (super().save(session, run) if live else super()._write(session, run, phase, due_at)):
            return await self._settled_elsewhere(kept, session)
        self._note(session, phase, run, due_at, owner=kept.owner, resumes=kept.resumes)
        if self._kept.get(kept.call_id) is kept and kept.at == at:
            logger.warning("%s was kept while the database was away: written now", kept.call_id)
            self._drop(kept)
        else:
            kept.run = run
        return None

    def _due_at(self, kept: KeptCall) -> datetime:
        """When its record is due: what lives here is put off as ever, however long the database was away."""
        lives, now = kept.phase is Phase.LIVE, self._database.now().timestamp()
        return datetime.fromtimestamp(kept.due_at + (now - kept.updated_at if lives else 0), UTC)

    async def _settled_elsewhere(self, kept: KeptCall, session: CallSession) -> CallSession | None:
        if session.recording_declined:
            await super().decline(kept.call_id)
        if kept.phase is Phase.LIVE:  # Its own end tells.
            return None
        logger.error("%s was settled elsewhere while this machine had no database", kept.call_id)
        self._last.forget(kept.call_id)
        self._drop(kept)
        return session

    async def _write(self, session: CallSession, run: int, phase: Phase, due_at: datetime) -> bool:
        session, run = self._joined(session), self._numbered.get(run, run)
        closed = self._kept.get(session.call_id)
        if closed and closed.phase is Phase.OVER and closed.run != run:
            return False
        number = next(self._writes)
        if run >= 0:
            try:
                ours = await self._in_time(super()._write(session, run, phase, due_at))
            except StoreError as error:
                logger.error("%s %s without the database: %s", session.call_id, phase, error)
            except asyncio.CancelledError:  # Whoever asked had no more time: it may be written or not.
                self._keep(session, phase, run, due_at)
                raise
            else:
                if ours:
                    self._note(session, phase, run, due_at)
                else:
                    self._last.forget(session.call_id)
                if (kept := self._kept.get(session.call_id)) and kept.at < number:
                    self._drop(kept)
                return ours
        self._keep(session, phase, run, due_at)
        return True

    def _keep(
        self,
        session: CallSession,
        phase: Phase,
        run: int,
        due_at: datetime | None = None,
        owner: str = "",
        *,
        guessed: bool = False,
    ) -> "asyncio.Future[None]":
        kept, now = self._kept.get(session.call_id), self._database.now().timestamp()
        due = due_at.timestamp() if due_at else self._due_at(kept).timestamp() if kept else now
        known = kept or self._last.get(session.call_id)
        resumes, owner = (known.resumes, owner or known.owner) if known else (0, owner)
        snapshot = still_declined(known.snapshot if known else "", session.as_json())
        at = next(self._writes)
        return self._put(KeptCall(session.call_id, snapshot, phase, run, resumes, owner, due, now, at, guessed))

    def _keep_guess(self, row: CallRow) -> KeptCall:
        """The row as it was last written, until the database tells."""
        due, now, at = row.due_at or row.updated_at, self._database.now().timestamp(), next(self._writes)
        stands = (row.call_id, row.snapshot, row.phase, row.run, row.resumes, row.owner)
        kept = KeptCall(*stands, due.timestamp(), now, at, guessed=True)
        self._put(kept)
        return kept

    def _put(self, kept: KeptCall) -> "asyncio.Future[None]":
        if kept.call_id not in self._kept:
            tell(logger, CallInJournal(), kept.call_id)
        self._kept[kept.call_id] = kept
        return self._journal.write(kept.call_id, asdict(kept))

    def _note(
        self,
        session: CallSession,
        phase: Phase,
        run: int,
        due_at: datetime,
        *,
        owner: str | None = None,
        resumes: int | None = None,
    ) -> None:
        """What the database has now; what is not told stays as it was. A stream that comes later begins with that."""
        if phase is Phase.BROKEN:
            self._before.pop(session.call_id, None)
        known = self._last.get(session.call_id)
        owner = (known.owner if known else "") if owner is None else owner
        resumes = (known.resumes if known else 0) if resumes is None else resumes
        snapshot, now = session.as_json(), self._database.now()
        self._last.note(CallRow(session.call_id, phase, run, resumes, owner, snapshot, due_at, now))

    def _joined(self, session: CallSession) -> CallSession:
        before = self._before.get(session.call_id)
        return joined(before, session) if before else session

    def _changed(self, kept: KeptCall, phase: Phase, due_at: datetime) -> None:
        kept.phase, kept.due_at, kept.at = phase, due_at.timestamp(), next(self._writes)
        self._journal.write(kept.call_id, asdict(kept))

    def _drop(self, kept: KeptCall) -> None:
        if self._kept.get(kept.call_id) is kept:
            del self._kept[kept.call_id]
            self._journal.remove(kept.call_id)

    def _set_aside(self, kept: KeptCall) -> None:
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
