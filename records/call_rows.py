"""CallRows: what is known of each call across streams, processes and machines: its snapshot and who may write it.

A call is run by one stream after the other. Each takes the row over under the next number, and so does whoever closes
the call; from then on nothing that an older one writes counts: of two that believe in the same call, one alone can
save, hang up or end it. A row that is gone, or that has an older number than the stream that writes it (a replica that
was behind, a backup), tells of nobody else: what is written then is the row. That a caller wants no recording stays in
a row, whoever writes it next and whatever they know. `due_at` is when the call's record is to be handed over by whoever
looks; the process that runs the call puts it off while it lives.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from call.session import PROOFS_A_CALL, CallSession
from call.whole_text import read_json
from records.database import CLOCKS_APART, METADATA, Database
from records.rows import Phase

logger = logging.getLogger(__name__)

LONGEST_WINDOW = timedelta(hours=1)  # RESUME_WINDOW_SECONDS is no longer, on whichever machine.
MOST_REMEMBERED = 10  # Calls of a number that are read at once
MOST_SINCE = 100  # The same of those since a call, of which none may be overlooked
MOST_UNREADABLE = 100  # Rounds of reading; each leaves out all that was wrong in the one before.
# How a snapshot says whether its caller wants no recording. No text in it reads so: its quotes are escaped.
_DECLINED, _NOT_DECLINED = '"recording_declined":true', '"recording_declined":false'

_calls = sa.Table(
    "calls",
    METADATA,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("snapshot", sa.Text),
    sa.Column("phase", sa.String(16)),
    sa.Column("run", sa.Integer),
    sa.Column("resumes", sa.Integer),
    sa.Column("owner", sa.String(192), index=True),
    sa.Column("due_at", sa.Double, index=True),
    sa.Column("updated_at", sa.Double, nullable=False, index=True),
    sa.Column("caller", sa.String(32), index=True),
    sa.Column("failed_proofs", sa.Integer),
)


@dataclass(frozen=True)
class CallRow:
    """A call; times are aware. `resumes`: how often it was brought back. `due_at` None: its record is handed over."""

    call_id: str
    phase: Phase
    run: int
    resumes: int
    owner: str
    snapshot: str
    due_at: datetime | None
    updated_at: datetime

    def session(self) -> CallSession | None:
        """The snapshot; see `read_snapshot`."""
        return read_snapshot(self.snapshot, self.call_id)


@dataclass(frozen=True)
class _Begun:
    """What a stream's row had when it began, for one that is gone; `due_seconds`: how long until its record was due."""

    owner: str
    resumes: int
    due_seconds: float


class CallRows:
    """The calls of one database. What changes a row is one statement, so of two who try at once one succeeds."""

    def __init__(self, database: Database) -> None:
        """Opened and closed by its owner."""
        self._database = database
        self._begun: dict[tuple[str, int], _Begun] = {}  # Streams of this process, until their end is written

    async def expect(self, session: CallSession, due_at: datetime) -> bool:
        """A stream of the call will come; if none does, its record is due then. A call that is known stays as it is.

        Whether it was not known.
        """
        values = self._values(session, Phase.EXPECTED, due_at) | {"run": 0, "resumes": 0, "owner": ""}
        return await self._database.insert_if_absent(_calls, values)

    async def begin(self, session: CallSession, owner: str, due_at: datetime) -> tuple[int, CallSession] | None:
        """A stream takes the call over: its number, and the session to go on with; None when the call is over.

        `session` is what a call begins with that nobody knows.
        """
        first = self._values(session, Phase.LIVE, due_at) | {"run": 1, "resumes": 0, "owner": owner}
        taken = {name: first[name] for name in ("phase", "owner", "due_at", "updated_at")}
        begin = (
            self._database.insert(_calls)
            .values(first)
            .on_conflict_do_update(
                index_elements=["call_id"], set_=taken | {"run": _calls.c.run + 1}, where=_calls.c.phase != Phase.OVER
            )
            .returning(_calls.c.run, _calls.c.snapshot, _calls.c.resumes)
        )
        found = await self._database.first(begin)
        if found is None:
            return None
        due_seconds = (due_at - self._database.now()).total_seconds()
        self._begun[session.call_id, found.run] = _Begun(owner, found.resumes or 0, due_seconds)
        return found.run, read_snapshot(found.snapshot, session.call_id) or session

    def save(self, session: CallSession, run: int) -> "asyncio.Future[bool]":
        """Writes the session as it is now, behind what was written before; False if another stream has the call.

        On its way when this returns.
        """
        now = self._database.now()
        statement: sa.Executable
        content = {**_content(session), "updated_at": now.timestamp()}
        if begun := self._begun.get((session.call_id, run)):
            due_at = now + timedelta(seconds=begun.due_seconds)
            statement = self._upsert(session, run, Phase.LIVE, due_at, changed=tuple(content))
        else:  # The stream's end is written already: a row that is gone since then is not live again.
            mine = (_calls.c.call_id == session.call_id, _calls.c.run == run, _calls.c.phase != Phase.OVER)
            statement = sa.update(_calls).where(*mine).values(_still_declined(content)).returning(_calls.c.run)
        return self._database.ask(statement, lambda found: found.first() is not None)

    async def broke(self, session: CallSession, run: int, due_at: datetime) -> bool:
        """The stream is gone against everybody's wish; False if another stream has the call."""
        return await self._write(session, run, Phase.BROKEN, due_at)

    async def end(self, session: CallSession, run: int, due_at: datetime) -> bool:
        """The call is over and never resumes; False if another stream has it."""
        return await self._write(session, run, Phase.OVER, due_at)

    async def renew(self, owner: str, due_at: datetime) -> None:
        """The process that runs these calls lives: their records are not due before then."""
        mine = (_calls.c.owner == owner, _calls.c.phase == Phase.LIVE)
        await self._database.execute(sa.update(_calls).where(*mine).values(due_at=due_at.timestamp()))

    async def resume(self, call_id: str, most: int, due_at: datetime) -> bool:
        """Another stream may come: True if that was counted, False if it is over or came back `most` times already."""
        update = (
            sa.update(_calls)
            .where(_calls.c.call_id == call_id, _calls.c.phase != Phase.OVER, _calls.c.resumes < most)
            .values(phase=Phase.BROKEN, resumes=_calls.c.resumes + 1, due_at=due_at.timestamp())
            .returning(_calls.c.resumes)
        )
        return await self._database.first(update) is not None

    async def close(self, call_id: str, due_at: datetime) -> CallRow | None:
        """Ends a call for the one who hands its record over; None if it is over already, or unknown.

        A stream that still believes in it has lost it.
        """
        return await self._close(_calls.c.call_id == call_id, _calls.c.phase != Phase.OVER, due_at=due_at)

    async def close_due(self, call_id: str, now: datetime, due_at: datetime) -> CallRow | None:
        """The same for a call whose record is due, over or not; None if somebody else has come first."""
        return await self._close(_calls.c.call_id == call_id, _is_due(now, due_at), due_at=due_at)

    async def due(self, now: datetime, due_at: datetime) -> list[str]:
        """The calls whose record is due; `due_at`: when it would be if the call were heard of now.

        One that is due much later than that is due, if it was written by a clock that was wrong; else by a machine with
        a longer window, as before a deploy that shortens it.
        """
        query = sa.select(_calls.c.call_id).where(_is_due(now, due_at)).order_by(_calls.c.due_at)
        return [str(row.call_id) for row in await self._database.all(query)]

    async def hasten(self, call_id: str, due_at: datetime) -> None:
        """The record is due then, if the process that runs the call does not put it off."""
        later = (_calls.c.call_id == call_id, _calls.c.due_at > due_at.timestamp())
        await self._database.execute(sa.update(_calls).where(*later).values(due_at=due_at.timestamp()))

    async def put_off(self, call_id: str, due_at: datetime) -> None:
        """The record of a call that no stream runs, and that is not over, is due then."""
        waits = (_calls.c.call_id == call_id, _calls.c.phase == Phase.BROKEN)
        await self._database.execute(sa.update(_calls).where(*waits).values(due_at=due_at.timestamp()))

    async def done(self, call_id: str, session: CallSession | None = None) -> None:
        """The call's record was handed over: nothing is due any more; the session stays as it ended."""
        content = _still_declined(_content(session)) if session else {}
        await self._database.execute(
            sa.update(_calls).where(_calls.c.call_id == call_id).values(phase=Phase.OVER, due_at=None, **content)
        )

    async def whole(self, session: CallSession) -> CallSession:
        """The session of a call that is over, with all that is known of it (kept_calls.py); these rows know no more."""
        return session

    def last_written(self, call_id: str) -> CallRow | None:
        """The row as it was last known here, for when it cannot be read (kept_calls.py); these rows remember none."""
        return None

    async def decline(self, call_id: str) -> None:
        """The caller wants no recording, as a stream knows that may write nothing else of the call any more."""
        known = sa.func.replace(_calls.c.snapshot, _NOT_DECLINED, _DECLINED)
        await self._database.execute(sa.update(_calls).where(_calls.c.call_id == call_id).values(snapshot=known))

    async def declined(self, since: datetime) -> list[str]:
        """The calls whose callers want no recording, of those that were last written since then."""
        recent = (_calls.c.updated_at >= since.timestamp(), _stands_declined())
        return [str(row.call_id) for row in await self._database.all(sa.select(_calls.c.call_id).where(*recent))]

    async def of_caller(self, session: CallSession) -> list[CallSession]:
        """The other calls from the caller's number, as they were last written, newest first; the last few."""
        query = sa.select(_calls.c.call_id, _calls.c.snapshot).where(*_same_caller(session))
        return await self._sessions(query, MOST_REMEMBERED)

    async def _sessions(self, query: sa.Select[Any], most: int) -> list[CallSession]:
        query = query.order_by(_calls.c.updated_at.desc()).limit(most)

        def read(found: sa.Result[Any]) -> list[CallSession]:
            return [known for row in found if (known := read_snapshot(row.snapshot or "", row.call_id))]

        return await self._database.ask(query, read)

    async def from_numbers(self, numbers: Collection[str], since: datetime) -> list[CallSession]:
        """The calls from any of these numbers that were last written since then, newest first; the last few."""
        query = sa.select(_calls.c.call_id, _calls.c.snapshot)
        query = query.where(_calls.c.caller.in_(numbers), _calls.c.updated_at >= since.timestamp())
        return await self._sessions(query, MOST_SINCE)

    async def broken_off(self, since: datetime) -> list[CallSession]:
        """The calls that no stream has, that are not over, and that were last written since then; the last few."""
        recent = (_calls.c.phase == Phase.BROKEN, _calls.c.updated_at >= since.timestamp())
        return await self._sessions(sa.select(_calls.c.call_id, _calls.c.snapshot).where(*recent), MOST_SINCE)

    async def failed_proofs(self, session: CallSession, since: datetime) -> int:
        """How many proofs have failed in the other calls from the caller's number that were last written since then.

        One that is not over yet may still fail in as many as a call may: whoever rings on many lines has no more tries.
        """
        open_yet = _calls.c.phase.in_([Phase.EXPECTED, Phase.LIVE, Phase.BROKEN])
        failed = sa.case((open_yet, PROOFS_A_CALL), else_=sa.func.coalesce(_calls.c.failed_proofs, 0))
        recent = _calls.c.updated_at >= since.timestamp()
        query = sa.select(sa.func.coalesce(sa.func.sum(failed), 0).label("number"))
        found = await self._database.first(query.where(*_same_caller(session), recent))
        return int(found.number) if found else 0

    async def find(self, call_id: str) -> CallRow | None:
        """The call, if it is known."""
        found = await self._database.first(sa.select(_calls).where(_calls.c.call_id == call_id))
        return _row(found) if found else None

    async def not_handed_over(self) -> list[CallRow]:
        """The calls whose record is still to be handed over, oldest first: they go on, may come back, or are over."""
        query = sa.select(_calls).where(_calls.c.due_at.is_not(None)).order_by(_calls.c.updated_at)
        return [_row(found) for found in await self._database.all(query)]

    async def take_up(self, due_at: datetime) -> None:
        """What an earlier process could not write is known again (kept_calls.py); these rows keep nothing."""

    async def write_back(self) -> list[CallSession]:
        """Writes what could not be written before (kept_calls.py); these rows keep nothing."""
        return []

    async def purge(self, older_than: datetime, *, only_done: bool = False) -> None:
        """Deletes the calls that were last written before `older_than`; `only_done`: whose record is handed over."""
        old = sa.delete(_calls).where(_calls.c.updated_at < older_than.timestamp())
        await self._database.execute(old.where(_calls.c.due_at.is_(None)) if only_done else old)

    async def _write(self, session: CallSession, run: int, phase: Phase, due_at: datetime) -> bool:
        changed = tuple(self._values(session, phase, due_at))
        upsert = self._upsert(session, run, phase, due_at, changed=changed)
        ours = await self._database.first(upsert) is not None
        self._begun.pop((session.call_id, run), None)
        return ours

    def _upsert(
        self, session: CallSession, run: int, phase: Phase, due_at: datetime, *, changed: Collection[str]
    ) -> sa.Executable:
        """Writes the row of a stream, and returns one if no later stream has it.

        Of its own row what is `changed`; the whole row where there is none, or one of an older number. In one
        statement, so nobody comes in between. Once the call is over only its end is written.
        """
        begun = self._begun.get((session.call_id, run)) or _Begun("", 0, 0)
        values = self._values(session, phase, due_at) | {"run": run, "resumes": begun.resumes, "owner": begun.owner}
        insert = self._database.insert(_calls).values(values)
        older = _calls.c.run < run
        whole = _still_declined({name: insert.excluded[name] for name in values if name != "call_id"})
        kept = {name: sa.case((older, new), else_=_calls.c[name]) for name, new in whole.items() if name not in changed}
        ours = _calls.c.run <= run
        if phase is not Phase.OVER:
            ours &= _calls.c.phase != Phase.OVER
        upsert = insert.on_conflict_do_update(index_elements=["call_id"], set_=whole | kept, where=ours)
        return upsert.returning(_calls.c.run)

    async def _close(self, *which: sa.ColumnElement[bool], due_at: datetime) -> CallRow | None:
        # `updated_at` stays: it tells when the call was last heard of.
        update = sa.update(_calls).where(*which)
        update = update.values(phase=Phase.OVER, due_at=due_at.timestamp(), run=sa.func.coalesce(_calls.c.run, 0) + 1)
        found = await self._database.first(update.returning(*_calls.columns))
        return _row(found) if found else None

    def _values(self, session: CallSession, phase: Phase, due_at: datetime) -> dict[str, Any]:
        return {
            "call_id": session.call_id,
            **_content(session),
            "caller": session.caller_number or None,
            "phase": phase,
            "due_at": due_at.timestamp(),
            "updated_at": self._database.now().timestamp(),
        }


def _content(session: CallSession) -> dict[str, Any]:
    return {"snapshot": session.as_json(), "failed_proofs": session.failed_proofs}


def _still_declined(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is written into a row that is there, where the snapshot in it may say that its caller wants no recording."""
    snapshot = values["snapshot"]
    snapshot = sa.literal(snapshot, sa.Text) if isinstance(snapshot, str) else snapshot
    kept = sa.case((_stands_declined(), sa.func.replace(snapshot, _NOT_DECLINED, _DECLINED)), else_=snapshot)
    return {**values, "snapshot": kept}


def _stands_declined() -> sa.ColumnElement[bool]:
    return _calls.c.snapshot.contains(_DECLINED, autoescape=True)


def still_declined(before: str, snapshot: str) -> str:
    """The same of two snapshots, of which the second takes the place of the first."""
    return snapshot.replace(_NOT_DECLINED, _DECLINED) if _DECLINED in before else snapshot


def _is_due(now: datetime, due_at: datetime) -> sa.ColumnElement[bool]:
    latest, ahead = (due_at + CLOCKS_APART).timestamp(), (now + CLOCKS_APART).timestamp()
    longest = (now + LONGEST_WINDOW + CLOCKS_APART).timestamp()
    wrong = (_calls.c.due_at > latest) & ((_calls.c.updated_at > ahead) | (_calls.c.due_at > longest))
    return (_calls.c.due_at < now.timestamp()) | wrong


def _same_caller(session: CallSession) -> tuple[sa.ColumnElement[bool], ...]:
    return _calls.c.caller == session.caller_number, _calls.c.call_id != session.call_id


def _row(row: sa.Row[Any]) -> CallRow:
    return CallRow(
        row.call_id,
        Phase(row.phase or Phase.OVER),  # An older version's row has none.
        row.run or 0,
        row.resumes or 0,
        row.owner or "",
        row.snapshot or "",
        datetime.fromtimestamp(row.due_at, UTC) if row.due_at is not None else None,
        datetime.fromtimestamp(row.updated_at, UTC),
    )


def read_snapshot(text: str | None, call_id: str) -> CallSession | None:
    """A session as another version may have written it: what this one cannot read of it is left out, and logged.

    Of a list only the entries that cannot be read; of what V2 was asked, the tool stays. Whoever wants no recording has
    none, whatever the writer knew. None when it has no call and
    no start, so that nothing could be told of it, and when it is another call's.
    """
    try:
        content = read_json(text or "")
        for _ in range(MOST_UNREADABLE if isinstance(content, dict) else 0):
            try:
                session = CallSession.model_validate(content)
            except ValidationError as error:
                wrong = _leave_out(content, [problem["loc"] for problem in error.errors()])
                logger.error("%s the snapshot is read without %s", call_id, ", ".join(sorted(wrong)))
                if not wrong:
                    break
            else:
                if session.call_id == call_id:
                    if session.recording_declined:
                        session.recorded_from = None
                    return session
                break
    except (ValueError, RecursionError):
        pass
    logger.error("%s the snapshot cannot be read", call_id)
    return None


def _leave_out(content: dict[str, Any], places: list[tuple[int | str, ...]]) -> set[str]:
    """Takes the smallest part out of the content that each place is in; the fields that they were in."""
    wrong = {str(place[0]) for place in places if place} & set(content)
    for name in wrong:
        value = content[name]
        entries = {place[1] for place in places if place[0] == name and len(place) > 1}
        if isinstance(value, list) and entries:
            content[name] = [entry for number, entry in enumerate(value) if number not in entries]
        elif name == "tool_under_way" and isinstance(value, dict) and isinstance(value.get("tool"), str):
            content[name] = value["tool"]  # Of which the session knows that it was asked.
        else:
            del content[name]
    return wrong


__all__ = ["MOST_REMEMBERED", "CallRow", "CallRows", "Phase", "read_snapshot", "still_declined"]
