"""Store: the rows that outlive a call and a process: used tokens, calls, records, machines.

SQLite in DATA_DIR, or Postgres when there is more than one machine (database.py). Here are tokens, records and
machines; calls, messages and incidents have modules of their own. It decides nothing about what the rows mean.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from records.call_rows import CallRows
from records.database import CLOCKS_APART, LONG_STATEMENT_SECONDS, METADATA, Database, database_url
from records.errors import StoreError
from records.incident_rows import PARKED, IncidentRows
from records.journal import Journal
from records.kept_calls import KeptCalls
from records.message_rows import MessageRows
from records.rows import OF_AN_EARLIER_CALL, DeliveryRow, LeftJob, Status

logger = logging.getLogger(__name__)

DOUBTFUL = timedelta(days=1)  # So long a clock that has leapt, or by which nobody had called for as long at a start

_tokens = sa.Table(
    "stream_tokens",
    METADATA,
    sa.Column("nonce", sa.String(128), primary_key=True),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
)
_deliveries = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False, index=True),
)
_postings = sa.Table(
    "postings",
    METADATA,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("poster", sa.String(192), nullable=False),
    sa.Column("until", sa.Double, nullable=False),
)
_BEHIND_A_LEAD = '"behind_a_lead": true'  # As json.dumps writes it: within a text the quotes would be escaped.
_machines = sa.Table(
    "machines",
    METADATA,
    sa.Column("machine", sa.String(128), primary_key=True),
    sa.Column("owner", sa.String(192), nullable=False),
    sa.Column("draining", sa.Boolean, nullable=False),
    sa.Column("beat_at", sa.Double, nullable=False),
    sa.Column("steady_since", sa.Double),
)


@dataclass(frozen=True)
class MachineRow:
    """A machine that has told that it lives, last at `beat_at` (aware); `owner` is its process of that time."""

    machine: str
    owner: str
    draining: bool
    beat_at: datetime


class Store(Database):
    """The rows.

    Args:
        url: A SQLAlchemy URL, see `database_url()`.
        journal: Where calls stand that the database does not take; None: then they fail with it.
        patience_seconds: Longest that a caller waits for the database; None: no less than a statement.
        statement_seconds: Longest statement; then the database is away.
        now: The time, aware.
        clock: Monotonic seconds, which tell whether that one leaps.

    Attributes:
        calls: The calls' own.
        messages: Those to the owner.
        incidents: What is wrong with the service now.
    """

    def __init__(
        self,
        url: str,
        *,
        journal: Journal | None = None,
        patience_seconds: float | None = None,
        statement_seconds: float = LONG_STATEMENT_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ):
        super().__init__(url, statement_seconds=statement_seconds, now=now)
        self._patience_seconds = patience_seconds
        self.calls = KeptCalls(self, journal, patience_seconds) if journal else CallRows(self)
        self.messages = MessageRows(self)
        self.incidents = IncidentRows(self)
        self._clock, self._leapt, self._steady_since = clock, False, clock()
        self._began = now()
        self._seen = self._began, self._steady_since  # The two clocks at the last look
        self._used: dict[str, float] = {}  # Tokens, by their nonces, and when they expire

    # Tokens

    async def use_token(self, nonce: str, expires_at: datetime) -> bool:
        """Marks a token as used: True the first time only, whoever else tries at the same time.

        So is whatever is done once, under a name of its own. Whether it has expired is not checked here; `expires_at`
        tells when the row may go. While the database is away, this process alone remembers.
        """
        now = self.now().timestamp()
        self._used = {used: expires for used, expires in self._used.items() if expires >= now}
        if nonce in self._used:
            return False
        self._used[nonce] = expires_at.timestamp()
        values = {"nonce": nonce, "expires_at": expires_at.timestamp()}
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await self.insert_if_absent(_tokens, values)
        except TimeoutError:
            self.too_slow()
        except StoreError as error:
            logger.error("a token is checked without the database: %s", error)
        return True

    # Records

    async def add_delivery(self, call_id: str, record: Mapping[str, Any], status: Status) -> bool:
        """Keeps a record unless the call has one already; True if it was kept."""
        return await self.insert_if_absent(_deliveries, self._delivery(call_id, record, status, ""))

    async def set_delivery(
        self, call_id: str, record: Mapping[str, Any], status: Status, detail: str = "", *, anew: bool = True
    ) -> None:
        """Writes a record and where its delivery stands, over what was there.

        Not `anew`: unless that was delivered, or is the visit that came behind this lead (keeping.py).
        """
        values = self._delivery(call_id, record, status, detail)
        changed = {name: value for name, value in values.items() if name not in ("call_id", "created_at")}
        insert = self.insert(_deliveries).values(values)
        where = None if anew else _deliveries.c.status != Status.DELIVERED
        if where is not None and not record.get("behind_a_lead"):
            where &= ~_deliveries.c.record.contains(_BEHIND_A_LEAD, autoescape=True)
        await self.execute(insert.on_conflict_do_update(index_elements=["call_id"], set_=changed, where=where))

    async def delivery(self, call_id: str) -> DeliveryRow | None:
        """The record of a call, if it has one."""
        found = await self.first(sa.select(_deliveries).where(_deliveries.c.call_id == call_id))
        return _delivery_row(found) if found else None

    async def deliveries(self, status: Status | None = None) -> list[DeliveryRow]:
        """The records, oldest first; with `status` only those."""
        query = sa.select(_deliveries).order_by(_deliveries.c.created_at)
        if status is not None:
            query = query.where(_deliveries.c.status == status)
        return await self.ask(query, lambda found: [_delivery_row(row) for row in found])

    async def undelivered(self, *statuses: Status) -> list[str]:
        """The calls whose records have one of these, oldest first."""
        query = sa.select(_deliveries.c.call_id).where(_deliveries.c.status.in_(statuses))
        return [str(row.call_id) for row in await self.all(query.order_by(_deliveries.c.created_at))]

    async def begin_posting(self, call_id: str, poster: str, seconds: float) -> bool:
        """Takes the right to post what the dashboard keeps of a call, for so long; False while another one has it.

        A poster that begins again, after a kill, still has it. One that asks for longer than anybody may have it had a
        clock that was ahead.
        """
        now = self.now().timestamp()
        values = {"poster": poster, "until": now + seconds}
        longest = now + seconds + CLOCKS_APART.total_seconds()
        free = (_postings.c.poster == poster) | ~_postings.c.until.between(now, longest)
        taking = self.insert(_postings).values({"call_id": call_id, **values})
        taken = taking.on_conflict_do_update(index_elements=["call_id"], set_=values, where=free)
        return await self.first(taken.returning(_postings.c.call_id)) is not None

    async def end_posting(self, call_id: str, poster: str) -> None:
        """Gives it back."""
        ours = (_postings.c.call_id == call_id) & (_postings.c.poster == poster)
        await self.execute(sa.delete(_postings).where(ours))

    async def left_by_later(self, call_id: str, since: datetime) -> list[LeftJob]:
        """The job of a call as the calls that have come since then have left it, moved or closed, the last one first.

        In the order in which they began: the record of one that broke off comes behind that of the next.
        """
        named = _deliveries.c.record.contains(f'"call_id": {json.dumps(call_id)}', autoescape=True)
        recent = _deliveries.c.updated_at >= (since - CLOCKS_APART).timestamp()
        query = sa.select(_deliveries.c.call_id, _deliveries.c.record).where(recent, named)
        left = dict[str, LeftJob]()
        for found in await self.all(
            query.where(_deliveries.c.call_id != call_id).order_by(_deliveries.c.created_at.desc())
        ):
            record = json.loads(found.record)
            for part in OF_AN_EARLIER_CALL:
                job = record.get(part)
                if isinstance(job, dict) and job.get("call_id") == call_id:
                    began = datetime.fromisoformat(record["call"]["started_at"])
                    left.setdefault(found.call_id, LeftJob(found.call_id, began, job))
        return sorted(left.values(), key=lambda each: each.began, reverse=True)

    async def parked_at(self) -> list[datetime]:
        """When each record was parked that still is, in order."""
        at = _deliveries.c.updated_at
        rows = await self.all(sa.select(at).where(_deliveries.c.status == Status.PARKED).order_by(at))
        return [datetime.fromtimestamp(row.updated_at, UTC) for row in rows]

    async def recorded_since(self, since: datetime) -> list[datetime]:
        """When each record was first kept that was since then, in order: about the end of its call."""
        at = _deliveries.c.created_at
        rows = await self.all(sa.select(at).where(at >= since.timestamp()).order_by(at))
        return [datetime.fromtimestamp(row.created_at, UTC) for row in rows]

    async def count_deliveries(self) -> dict[Status, int]:
        """How many records there are of each status."""
        status, number = _deliveries.c.status, sa.func.count().label("number")
        rows = await self.all(sa.select(status, number).group_by(status))
        return dict.fromkeys(Status, 0) | {Status(row.status): int(row.number) for row in rows}

    def _delivery(self, call_id: str, record: Mapping[str, Any], status: Status, detail: str) -> dict[str, Any]:
        now = self.now().timestamp()
        return {
            "call_id": call_id,
            "record": json.dumps(record),
            "status": status,
            "detail": detail,
            "created_at": now,
            "updated_at": now,
        }

    # Machines

    async def beat(self, machine: str, owner: str, *, draining: bool) -> None:
        """Writes that the machine's process `owner` lives, and whether it takes no new calls.

        And since when it has lived, in whichever process, without a leap of its clock.
        """
        self._look_at_the_clock()
        now = self.now().timestamp()
        values = {"owner": owner, "draining": draining, "beat_at": now}
        insert = self.insert(_machines).values({"machine": machine, **values, "steady_since": now})
        known = sa.func.coalesce(_machines.c.steady_since, now)
        steady = sa.case((self._beat_lately(), known), else_=now)
        changed = values | {"steady_since": steady}
        await self.execute(insert.on_conflict_do_update(index_elements=["machine"], set_=changed))

    def _beat_lately(self) -> sa.ColumnElement[bool]:
        """Whether a machine's last beat is of the day before, and of no clock that was ahead."""
        now = self.now()
        return _machines.c.beat_at.between((now - DOUBTFUL).timestamp(), (now + CLOCKS_APART).timestamp())

    async def machines(self, since: datetime) -> list[MachineRow]:
        """The machines that have told that they live since then, by name."""
        until = self.now() + CLOCKS_APART  # Later than that is a clock that was wrong, and says nothing of now.
        told = _machines.c.beat_at.between(since.timestamp(), until.timestamp())
        query = sa.select(_machines).where(told).order_by(_machines.c.machine)
        return [
            MachineRow(row.machine, row.owner, row.draining, datetime.fromtimestamp(row.beat_at, UTC))
            for row in await self.all(query)
        ]

    async def purge(self, older_than: datetime) -> list[str]:
        """Deletes what was last written, or expired, before `older_than`; in doubt of the clock only what is done.

        Returns:
            The calls of deleted records that were never delivered.
        """
        limit, only_done = older_than.timestamp(), bool(doubt := await self._doubt_of_the_clock())
        await self.execute(sa.delete(_tokens).where(_tokens.c.expires_at < limit))
        await self.execute(sa.delete(_postings).where(_postings.c.until < limit))
        records = sa.delete(_deliveries).where(_deliveries.c.updated_at < limit)
        if only_done:
            logger.warning("%s: what waits is kept", doubt)
            records = records.where(_deliveries.c.status == Status.DELIVERED)
        deleted = await self.all(records.returning(_deliveries.c.call_id, _deliveries.c.status))
        if any(row.status == Status.PARKED for row in deleted):
            await self.incidents.drop(PARKED)  # Nobody is told that it is over: they were never delivered.
        await self.execute(sa.delete(_machines).where(_machines.c.beat_at < limit))
        await self.calls.purge(older_than, only_done=only_done)
        await self.messages.purge(older_than, only_done=only_done)
        return [str(row.call_id) for row in deleted if row.status != Status.DELIVERED]

    def _look_at_the_clock(self) -> None:
        """Whether it has gone on as time has since the last look: at each beat, and before anything is deleted."""
        now, passed = self.now(), self._clock()
        (then, passed_then), self._seen = self._seen, (now, passed)
        if abs(now - then - timedelta(seconds=passed - passed_then)) > CLOCKS_APART:
            self._leapt, self._steady_since = True, passed

    async def _doubt_of_the_clock(self) -> str:
        """Why it may be ahead; empty if it is not.

        It has leapt while the process ran, or nothing was written in the day before the start; since that no day has
        passed, nor has a machine told for a day, over whatever starts, that it lives. A clock that is wrong is right
        soon; a service that was off for long deletes a day later.
        """
        self._look_at_the_clock()
        if self._clock() - self._steady_since >= DOUBTFUL.total_seconds():
            return ""
        for_a_day = _machines.c.steady_since <= (self.now() - DOUBTFUL).timestamp()
        if await self.first(sa.select(_machines.c.machine).where(self._beat_lately(), for_a_day)):
            return ""
        if self._leapt:
            return "the clock was set within the last day"
        at = _deliveries.c.updated_at
        newest = sa.select(sa.func.max(at).label("at")).where(at <= self._began.timestamp())
        found = await self.first(newest)
        if found and found.at is not None and found.at < (self._began - DOUBTFUL).timestamp():
            return "by this clock nothing was recorded in the day before this start"
        return ""


def _delivery_row(row: sa.Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        row.call_id,
        json.loads(row.record),
        Status(row.status),
        row.detail,
        datetime.fromtimestamp(row.created_at, UTC),
        datetime.fromtimestamp(row.updated_at, UTC),
    )


__all__ = ["DeliveryRow", "MachineRow", "Status", "Store", "database_url"]
