"""Store: the rows that outlive a call and a process: used tokens, snapshots, deliveries.

SQLite in DATA_DIR, or Postgres when there is more than one machine. Every call runs on the store's
own single thread: the loop never waits for a disk, writes keep their order, and no other library's
thread pool matters. It decides nothing about what the rows mean.
"""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql, sqlite

from circuit_breaker import LastSuccess
from config import Settings
from session import CallSession

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_MILLISECONDS = 5000
POSTGRES_TIMEOUT_MILLISECONDS = 5000
SCHEMA_LOCK = 0x70686F6E65  # Any number that nobody else locks.

T = TypeVar("T")

_metadata = sa.MetaData()
# Times are seconds since the epoch: the same in both databases.
_tokens = sa.Table(
    "stream_tokens",
    _metadata,
    sa.Column("nonce", sa.String(128), primary_key=True),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
)
_calls = sa.Table(
    "calls",
    _metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("snapshot", sa.Text),
    sa.Column("ended_on_purpose", sa.Boolean),  # NULL: it is not known to have ended.
    sa.Column("updated_at", sa.Double, nullable=False, index=True),
)
_deliveries = sa.Table(
    "deliveries",
    _metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False, index=True),
)


class Status(StrEnum):
    """Where the delivery of a record stands."""

    KEPT = "kept"  # No dashboard is configured.
    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"  # Refused for good, or not accepted after the last pause.


@dataclass(frozen=True)
class DeliveryRow:
    """A call's record and where its delivery stands; the times are aware, UTC."""

    call_id: str
    record: dict[str, Any]
    status: Status
    detail: str
    created_at: datetime
    updated_at: datetime


def database_url(settings: Settings, name: str = "agent") -> str:
    """DATABASE_URL with our driver named, else a SQLite file `name`.db in DATA_DIR."""
    if settings.database_url is None:
        return f"sqlite:///{Path(settings.data_dir).resolve() / name}.db"
    scheme, separator, rest = settings.database_url.partition("://")
    known = ("postgres", "postgresql")
    return f"postgresql+psycopg{separator}{rest}" if scheme in known else settings.database_url


class Store:
    """The rows. Methods raise sqlalchemy.exc.SQLAlchemyError when the database fails.

    Args:
        url: A SQLAlchemy URL, see `database_url()`.
        now: The time, aware.

    Attributes:
        last_success: When the database last did what it was asked.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._url = sa.make_url(url)
        self._postgres = self._url.get_backend_name() == "postgresql"
        self._now = now
        self.last_success = LastSuccess()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._engine: sa.Engine | None = None

    async def open(self) -> None:
        """Connects and makes the tables that are missing."""
        await self._on_thread(self._open)

    async def close(self) -> None:
        """Waits for what is under way, then disconnects. Nothing may be asked afterwards."""
        await self._on_thread(self._close)
        self._thread.shutdown(wait=False)

    async def use_token(self, nonce: str, expires_at: datetime) -> bool:
        """Marks a token as used: True the first time only, whoever else tries at the same time.

        Whether it has expired is not checked here; `expires_at` tells when the row may go.
        """
        values = {"nonce": nonce, "expires_at": expires_at.timestamp()}
        return await self._insert_if_absent(_tokens, values)

    async def save_snapshot(self, session: CallSession) -> None:
        """Writes the session as it is now; one process's saves arrive in their order."""
        snapshot = session.model_dump_json()
        await self._upsert(_calls, {"call_id": session.call_id, "snapshot": snapshot})

    async def load_snapshot(self, call_id: str) -> CallSession | None:
        """The last snapshot; None when there is none, or none this version can read (logged)."""
        found = await self._scalar(sa.select(_calls.c.snapshot).where(_calls.c.call_id == call_id))
        if found is None:
            return None
        try:
            return CallSession.model_validate_json(found)
        except ValidationError:
            logger.exception("%s the snapshot cannot be read", call_id)
            return None

    async def mark_ended(self, call_id: str, on_purpose: bool) -> None:
        """Records how a call ended: on purpose, or broken off so that it may resume."""
        await self._upsert(_calls, {"call_id": call_id, "ended_on_purpose": on_purpose})

    async def ended_on_purpose(self, call_id: str) -> bool:
        """Whether the call is known to have ended on purpose."""
        query = sa.select(_calls.c.ended_on_purpose).where(_calls.c.call_id == call_id)
        return bool(await self._scalar(query))

    async def add_delivery(self, call_id: str, record: Mapping[str, Any], status: Status) -> bool:
        """Keeps a record unless the call has one already; True if it was kept."""
        values = self._delivery(call_id, record, status, "")
        return await self._insert_if_absent(_deliveries, values)

    async def set_delivery(self, call_id: str, record: Mapping[str, Any], status: Status, detail: str = "") -> None:
        """Writes a record and where its delivery stands, over what was there."""
        values = self._delivery(call_id, record, status, detail)
        await self._upsert(_deliveries, values, keep="created_at")

    async def delivery(self, call_id: str) -> DeliveryRow | None:
        """The record of a call, if it has one."""
        query = sa.select(_deliveries).where(_deliveries.c.call_id == call_id)
        return next(iter(await self._on_thread(lambda: self._read(query))), None)

    async def deliveries(self, status: Status | None = None) -> list[DeliveryRow]:
        """The records, oldest first; with `status` only those."""
        query = sa.select(_deliveries).order_by(_deliveries.c.created_at)
        if status is not None:
            query = query.where(_deliveries.c.status == status)
        return await self._on_thread(lambda: self._read(query))

    async def count_deliveries(self) -> dict[Status, int]:
        """How many records there are of each status."""
        query = sa.select(_deliveries.c.status, sa.func.count()).group_by(_deliveries.c.status)

        def run() -> dict[Status, int]:
            with self._connected().connect() as connection:
                found = {Status(status): int(number) for status, number in connection.execute(query)}
            return dict.fromkeys(Status, 0) | found

        return await self._on_thread(run)

    async def purge(self, older_than: datetime) -> None:
        """Deletes what was last written, or expired, before `older_than`."""
        limit = older_than.timestamp()
        await self._execute(sa.delete(_tokens).where(_tokens.c.expires_at < limit))
        await self._execute(sa.delete(_calls).where(_calls.c.updated_at < limit))
        await self._execute(sa.delete(_deliveries).where(_deliveries.c.updated_at < limit))

    def _delivery(self, call_id: str, record: Mapping[str, Any], status: Status, detail: str) -> dict[str, Any]:
        now = self._now().timestamp()
        return {
            "call_id": call_id,
            "record": json.dumps(record),
            "status": status,
            "detail": detail,
            "created_at": now,
            "updated_at": now,
        }

    async def _upsert(self, table: sa.Table, values: Mapping[str, Any], keep: str = "") -> None:
        """Inserts a row, or changes these columns of it; `keep` stays as it was."""
        values = {**values, "updated_at": self._now().timestamp()}
        changed = {k: v for k, v in values.items() if k not in ("call_id", keep)}
        insert = self._insert(table).values(values)
        await self._execute(insert.on_conflict_do_update(index_elements=["call_id"], set_=changed))

    def _insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        return postgresql.insert(table) if self._postgres else sqlite.insert(table)

    async def _insert_if_absent(self, table: sa.Table, values: Mapping[str, Any]) -> bool:
        """Whether the row was new and is now there. RETURNING: an insert's rowcount may be -1."""
        key = next(iter(table.primary_key))
        insert = self._insert(table).values(values).on_conflict_do_nothing().returning(key)

        def run() -> bool:
            with self._connected().begin() as connection:
                return connection.execute(insert).first() is not None

        return await self._on_thread(run)

    async def _execute(self, statement: sa.Executable) -> None:
        """Runs a statement in its own transaction."""

        def run() -> None:
            with self._connected().begin() as connection:
                connection.execute(statement)

        await self._on_thread(run)

    async def _scalar(self, query: sa.Select[Any]) -> Any:
        def run() -> Any:
            with self._connected().connect() as connection:
                return connection.execute(query).scalar_one_or_none()

        return await self._on_thread(run)

    def _read(self, query: sa.Select[Any]) -> list[DeliveryRow]:
        with self._connected().connect() as connection:
            return [
                DeliveryRow(
                    row.call_id,
                    json.loads(row.record),
                    Status(row.status),
                    row.detail,
                    datetime.fromtimestamp(row.created_at, UTC),
                    datetime.fromtimestamp(row.updated_at, UTC),
                )
                for row in connection.execute(query)
            ]

    async def _on_thread(self, function: Callable[[], T]) -> T:
        done = await asyncio.get_running_loop().run_in_executor(self._thread, function)
        self.last_success.mark()
        return done

    def _connected(self) -> sa.Engine:
        if self._engine is None:
            raise RuntimeError("the store is not open")
        return self._engine

    def _open(self) -> None:
        if self._postgres:
            milliseconds = POSTGRES_TIMEOUT_MILLISECONDS
            limits = {
                "connect_timeout": milliseconds // 1000,
                "tcp_user_timeout": milliseconds,
                "options": f"-c statement_timeout={milliseconds}",
            }
            self._engine = sa.create_engine(self._url, pool_pre_ping=True, connect_args=limits)
        else:
            if self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(self._url)
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        with self._engine.begin() as connection:
            if self._postgres:  # Two machines that start together make the tables in turn.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
            for table in _metadata.sorted_tables:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """WAL with NORMAL: 0.4 ms for a snapshot, safe against kill -9 (pipecat.md 11)."""
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}")
    deadline = time.monotonic() + BUSY_TIMEOUT_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # Another process makes the file: SQLite waits for that in no pragma.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous=NORMAL")
