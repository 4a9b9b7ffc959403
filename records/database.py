"""Database: SQL on a single thread of its own, for SQLite in DATA_DIR or Postgres when there is more than one machine.

The loop never waits for a disk, writes keep the order in which they were asked for, and no other library's thread pool
matters. Nothing waits for ever: a statement has a deadline of its own, since Postgres's timeouts do not hold when the
server is stopped, and its connection is cut then. While the database is away, nothing is asked of it but one trial a
second. At the start it is brought up to what this version needs, by numbered steps (schema.py, schema_steps.py). It
knows no table: those are the modules' that write them.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from circuit_breaker import Attempt, CircuitBreaker
from config import Settings
from logs import Seldom
from records.errors import StoreError
from records.schema import bring_up_to_date
from records.schema_steps import STEPS

START_STATEMENT_SECONDS = 5.0  # At the start, when the tables may have to be changed and others start too
LONG_STATEMENT_SECONDS = 30.0  # For those on whom no caller waits
START_SECONDS = 60.0  # Longest start
CLOCKS_APART = timedelta(minutes=10)  # Most that machines' clocks may differ: they read each other's times.
TRIAL_SECONDS = 1.0  # Between two trials of a database that is away

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

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
        statement_seconds: Longest that one is waited for, with those before it; also for a lock, and for a connection.
        now: The time, aware.

    Attributes:
        breaker: Open while it is away; it knows when the database last did what it was asked.
        file_is_lost: SQLite writes into a file that is not there any more, as of the last `look()`.
    """

    def __init__(
        self,
        url: str,
        *,
        statement_seconds: float = LONG_STATEMENT_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self._url = sa.make_url(url)
        self._postgres = self._url.get_backend_name() == "postgresql"
        self._statement_seconds = statement_seconds
        self.now = now
        self.breaker = CircuitBreaker("database", failure_threshold=1, cooldown_seconds=TRIAL_SECONDS)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._engine: sa.Engine | None = None
        self._connection: Any = None  # Postgres's, in use or last used
        self._begun_at: float | None = None  # Since when the thread is at what it does now
        self._file: tuple[int, int] | None = None  # Of SQLite, as it was opened
        self.file_is_lost = False
        self._due = Seldom()

    async def open(self) -> None:
        """Connects and brings the tables up to date.

        Raises:
            SchemaError: they cannot be; the message says what to do. Any other StoreError is the database's own.
        """
        await self._or_cut(START_SECONDS, self._open)

    async def try_to_write(self) -> bool:
        """Makes a table and takes it back, on a connection of its own; False if no file is there yet. Need not be open.

        Raises:
            StoreError: the database cannot be reached, or not be changed.
        """
        return await self._or_cut(self._statement_seconds, self._try_to_write)

    async def look(self) -> None:
        """Whether SQLite's file is still the one that was opened: a deleted one takes all that is written, and keeps it
        for nobody. Said loudly.

        Raises:
            StoreError: the thread had no time for it.
        """
        await self._within(self._statement_seconds, self._on_thread(self._look))

    async def close(self) -> None:
        """Waits for what is under way, no longer than for a statement, then disconnects. Nothing may be asked after."""
        try:
            await self._within(self._statement_seconds, self._on_thread(self._close))
        except StoreError as error:
            logger.error("the database was left without a good-bye: %s", error)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def insert(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT of this database's kind, with ON CONFLICT; the other kind is never imported."""
        if self._postgres:
            from sqlalchemy.dialects import postgresql

            return postgresql.insert(table)
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)

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
            with self._connected().connect() as connection:
                self._connection = connection.connection.dbapi_connection
                return read(connection.execute(statement))

        attempt = self.breaker.attempt()
        if attempt is None:
            return asyncio.ensure_future(_away())
        return asyncio.ensure_future(self._verdict(attempt, self._on_thread(run)))

    def too_slow(self) -> None:
        """Somebody could not wait any longer for what was asked: nobody else waits before a trial has succeeded."""
        if attempt := self.breaker.attempt():
            attempt.failure()

    async def insert_if_absent(self, table: sa.Table, values: Mapping[str, Any]) -> bool:
        """Whether the row was new and is now there."""
        key = next(iter(table.primary_key))
        insert = self.insert(table).values(values).on_conflict_do_nothing().returning(key)
        return await self.first(insert) is not None

    def _on_thread(self, function: Callable[[], T]) -> "asyncio.Future[T]":
        """On its way when this returns; by the loop's own means, so that a loop with a clock of its own knows of it."""

        def run() -> T:
            self._begun_at = time.monotonic()
            try:
                return function()
            except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
                raise StoreError(type(error).__name__) from error
            finally:
                self._begun_at = None

        return asyncio.get_running_loop().run_in_executor(self._thread, run)

    async def _verdict(self, attempt: Attempt, asked: "asyncio.Future[T]") -> T:
        # Also for a statement whose asker has given up before: the thread is free again then.
        seconds = self._statement_seconds
        cutting = asyncio.get_running_loop().call_later(seconds, self._cut, 0.9 * seconds)
        try:
            done = await self._within(self._statement_seconds, asked)
            attempt.success()
        except StoreError:
            attempt.failure()
            raise
        else:
            cutting.cancel()
        finally:
            attempt.abandon()  # After a verdict this does nothing.
        return done

    async def _within(self, seconds: float, asked: "asyncio.Future[T]") -> T:
        """What was asked; what has not begun after so long never does."""
        try:
            async with asyncio.timeout(seconds):
                return await asked
        except TimeoutError as error:
            raise StoreError("TimeoutError") from error

    async def _or_cut(self, seconds: float, function: Callable[[], T]) -> T:
        """On the thread, which is free again when this ends: done, too late, or not waited for any more."""
        try:
            return await self._within(seconds, self._on_thread(function))
        except BaseException:
            self._cut()
            raise

    def _cut(self, waited_seconds: float = 0.0) -> None:
        """Ends the connection of what the thread has been at for so long, whatever the server does.

        SQLite's ends by its own timeout.
        """
        connection, begun_at = self._connection, self._begun_at
        if not self._postgres or connection is None or begun_at is None:
            return
        if time.monotonic() - begun_at < waited_seconds:
            return
        with contextlib.suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> sa.Engine:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        return self._engine

    def _open(self) -> None:
        starting = self._connectable(START_STATEMENT_SECONDS)
        try:
            bring_up_to_date(starting, STEPS, METADATA, self.now)
        finally:
            starting.dispose()
        # A statement is a transaction: one that is cut off from the server holds no row against other machines.
        self._engine = self._connectable(self._statement_seconds).execution_options(isolation_level="AUTOCOMMIT")
        self._file = self._file_now()

    def _file_now(self) -> tuple[int, int] | None:
        """Which file is at SQLite's place; None: none."""
        if self._postgres or not self._url.database:
            return None
        try:
            found = os.stat(self._url.database)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _look(self) -> None:
        self.file_is_lost = self._file is not None and self._file_now() != self._file
        if self.file_is_lost and self._due("lost"):
            logger.critical(
                "%s IS NOT THE FILE THAT WAS OPENED, OR GONE: what is written is lost with this process;"
                " bring DATA_DIR back, or start again", self._url.database,
            )  # fmt: skip

    def _try_to_write(self) -> bool:
        if not self._postgres and not Path(self._url.database or "").exists():
            return False
        engine = self._connectable(self._statement_seconds)
        try:
            with engine.connect() as connection:
                if not self._postgres:  # Else SQLite's driver begins a transaction later than this.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.exec_driver_sql("CREATE TABLE try_to_write (number INTEGER)")
                connection.rollback()
        finally:
            engine.dispose()
        return True

    def _connectable(self, seconds: float) -> sa.Engine:
        """An engine whose statements, locks and connections may take so long."""
        if self._postgres:
            limits = {
                "connect_timeout": max(2, round(seconds)),  # libpq waits no shorter
                "tcp_user_timeout": round(seconds * 1000),
                "options": f"-c statement_timeout={seconds * 1000:.0f}"
                f" -c idle_in_transaction_session_timeout={seconds * 1000:.0f}",
            }
            engine = sa.create_engine(self._url, pool_pre_ping=True, connect_args=limits, hide_parameters=True)
            sa.event.listen(engine, "do_connect", self._connect)
            return engine
        if self._url.database:
            try:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError("there is no folder for it") from error
        engine = sa.create_engine(self._url, hide_parameters=True)
        sa.event.listen(engine, "connect", lambda connection, _: _tune_sqlite(connection, 0.8 * seconds))
        return engine

    def _connect(self, dialect: sa.Dialect, _: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
        # Known before anything is asked on it: SQLAlchemy's own questions hang as well.
        self._connection = dialect.connect(*arguments, **named)
        return self._connection

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


async def _away() -> Any:
    raise StoreError("away")


def _tune_sqlite(connection: Any, busy_seconds: float) -> None:
    """WAL with NORMAL: 0.4 ms for a snapshot, safe against kill -9 (pipecat.md 11)."""
    connection.execute(f"PRAGMA busy_timeout={busy_seconds * 1000:.0f}")
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # Another process makes the file: SQLite waits for that in no pragma.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous=NORMAL")
