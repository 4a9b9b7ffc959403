"""Database: SQL on a single thread of its own, for SQLite in DATA_DIR or Postgres when there is more than one machine.

The loop never waits for a disk, writes keep the order in which they were asked for, and no other library's thread pool
matters. At the start the database is brought up to what this version needs, by numbered steps (schema.py,
schema_steps.py). It knows no table: those are the modules' that write them.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from circuit_breaker import LastSuccess
from config import Settings
from records.errors import StoreError
from records.schema import bring_up_to_date
from records.schema_steps import STEPS

BUSY_TIMEOUT_MILLISECONDS = 5000
POSTGRES_TIMEOUT_MILLISECONDS = 5000

T = TypeVar("T")

# Every module's tables, made by the steps. Times are seconds since the epoch: the same in both databases.
METADATA = sa.MetaData()


def database_url(settings: Settings, name: str = "agent") -> str:
    """DATABASE_URL with our driver named, else a SQLite file `name`.db in DATA_DIR."""
    if settings.database_url is None:
        return f"sqlite:///{Path(settings.data_dir).resolve() / name}.db"
    scheme, separator, rest = settings.database_url.partition("://")
    known = ("postgres", "postgresql")
    return f"postgresql+psycopg{separator}{rest}" if scheme in known else settings.database_url


class Database:
    """One database. Methods raise StoreError when it fails; it tells nothing of what was to be written.

    Args:
        url: A SQLAlchemy URL, see `database_url()`.
        now: The time, aware.

    Attributes:
        last_success: When it last did what it was asked.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._url = sa.make_url(url)
        self._postgres = self._url.get_backend_name() == "postgresql"
        self.now = now
        self.last_success = LastSuccess()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._engine: sa.Engine | None = None

    async def open(self) -> None:
        """Connects and brings the tables up to date.

        Raises:
            SchemaError: they cannot be; the message says what to do. Any other StoreError is the database's own.
        """
        await self._submit(self._open)

    async def close(self) -> None:
        """Waits for what is under way, then disconnects. Nothing may be asked afterwards."""
        await self._submit(self._close)
        self._thread.shutdown(wait=False)

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT of this database's kind, with ON CONFLICT."""
        return postgresql.insert(table) if self._postgres else sqlite.insert(table)

    async def execute(self, statement: sa.Executable) -> None:
        """Runs a statement in its own transaction."""
        await self.ask(statement, lambda _: None)

    async def first(self, statement: sa.Executable) -> sa.Row[Any] | None:
        """The first row of a query, or of what a statement changed (RETURNING: a rowcount may be -1)."""
        return await self.ask(statement, lambda found: found.first())

    async def all(self, statement: sa.Executable) -> list[sa.Row[Any]]:
        """All rows of a query, or of what a statement changed."""
        return await self.ask(statement, lambda found: list(found))

    def ask(self, statement: sa.Executable, read: Callable[[sa.Result[Any]], T]) -> "asyncio.Future[T]":
        """Runs a statement in its own transaction, behind everything that was asked before; `read` runs on the thread.

        It is on its way when this returns: what is asked next comes after it, awaited or not.
        """

        def run() -> T:
            with self._connected().begin() as connection:
                return read(connection.execute(statement))

        return self._submit(run)

    async def insert_if_absent(self, table: sa.Table, values: Mapping[str, Any]) -> bool:
        """Whether the row was new and is now there."""
        key = next(iter(table.primary_key))
        insert = self.insert(table).values(values).on_conflict_do_nothing().returning(key)
        return await self.first(insert) is not None

    def _submit(self, function: Callable[[], T]) -> "asyncio.Future[T]":
        def run() -> T:
            try:
                done = function()
            except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
                raise StoreError(type(error).__name__) from error
            self.last_success.mark()
            return done

        return asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _connected(self) -> sa.Engine:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        return self._engine

    def _open(self) -> None:
        if self._postgres:
            milliseconds = POSTGRES_TIMEOUT_MILLISECONDS
            limits = {
                "connect_timeout": milliseconds // 1000,
                "tcp_user_timeout": milliseconds,
                "options": f"-c statement_timeout={milliseconds}",
            }
            self._engine = sa.create_engine(self._url, pool_pre_ping=True, connect_args=limits, hide_parameters=True)
        else:
            if self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(self._url, hide_parameters=True)
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        bring_up_to_date(self._engine, STEPS, METADATA, self.now)

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
