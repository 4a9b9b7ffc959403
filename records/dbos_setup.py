"""DBOS up to its launch: its tables, on SQLite or Postgres, its connections, and its lines in our format.

Guarantees that machines which start at once make the tables one after the other, and that no call waits for the
launch. What DBOS is used for is delivery.py's.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS

from logs import Seldom
from records.errors import StoreError

SCHEMA_LOCK = 0x64626F73  # Any number that nobody else locks.
LOCK_PAUSE_SECONDS = 0.1
OF_THE_DATABASE = (sa.exc.SQLAlchemyError, sqlite3.Error)
# A connection that nobody answers any more ends after so long. A statement that waits for somebody's lock does not: a
# delivery whose step the database refuses would begin anew, and post again what was posted.
CONNECT_SECONDS = 5
SILENT_SECONDS = 15
_OF_A_TRACEBACK = (" ", "\t", "Traceback", "During handling", "The above", "(Background")


def prepare(url: str) -> None:
    """Makes or updates DBOS's tables; the slow part of a launch, so on a thread."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(parsed.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # Kept in the file.
        DBOS.migrate(url)
        return
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:  # Machines that start together: one after the other.
        # Asked again and again: an index that DBOS makes concurrently waits for every statement, a waiting one too.
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(SCHEMA_LOCK))):
            time.sleep(LOCK_PAUSE_SECONDS)
        DBOS.migrate(url)


def engine_arguments(url: str) -> dict[str, Any]:
    """What DBOS's engine is made with, beside its own defaults: for Postgres, that a dead connection is noticed."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        return {}
    limits = {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": SILENT_SECONDS * 1000,
        "keepalives_idle": SILENT_SECONDS // 3,
        "keepalives_interval": SILENT_SECONDS // 3,
        "keepalives_count": 2,
    }
    return {"connect_args": {"application_name": "dbos_transact", **limits}}


async def launch() -> None:
    """Launches DBOS; this loop is where workflows run, recovered ones from now on.

    On a thread: DBOS asks the database, which may hold a lock, and tries again for as long as that is away. It is not
    given up, since a launch that is left alone goes on beside the next one; the process may end meanwhile.
    """
    loop = asyncio.get_running_loop()
    launched: Future[None] = Future()
    launched.set_running_or_notify_cancel()

    def run() -> None:
        asyncio._set_running_loop(loop)  # DBOS takes the one that it finds running.
        try:
            DBOS.launch()
        except BaseException as error:
            launched.set_exception(error)
        else:
            launched.set_result(None)

    threading.Thread(target=run, name="dbos-launch", daemon=True).start()
    await asyncio.wrap_future(launched)


@contextlib.contextmanager
def errors_as_ours() -> Iterator[None]:
    """What DBOS's database fails of in the block is a StoreError: without a traceback, since an outage has many."""
    try:
        yield
    except OF_THE_DATABASE as error:
        raise StoreError(type(error).__name__) from error


def adopt_logger() -> None:
    """DBOS's lines in our format: no handler of its own, up to the root's."""
    dbos_logger = logging.getLogger("dbos")
    for handler in dbos_logger.handlers[:]:
        if handler.name == "__dbos_console_log_handler__":
            dbos_logger.removeHandler(handler)
    dbos_logger.propagate = True
    if not any(isinstance(known, _Worthwhile) for known in dbos_logger.filters):
        dbos_logger.addFilter(_Worthwhile())


class _Worthwhile(logging.Filter):
    """Leaves out what DBOS says of each workflow that a stop leaves to the next start.

    What its threads say every second while the database is away is one line a minute of each, without a traceback; so
    is whatever else it could not do because of the database.
    """

    def __init__(self) -> None:
        super().__init__()
        self._due = Seldom()

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if text.startswith("Asyncio task cancelled"):
            return False
        failed = record.exc_info[1] if record.exc_info else None
        if isinstance(failed, OF_THE_DATABASE):
            record.msg, record.args = f"{text.rstrip(': ')}: {type(failed).__name__}", ()
            record.exc_info = record.exc_text = None
            return self._due(text)
        if record.levelno != logging.WARNING:
            return True
        kind = text.partition(":")[0]
        if not self._due(kind):
            return False
        error = [line for line in text.splitlines() if line and not line.startswith(_OF_A_TRACEBACK)][-1:]
        record.msg, record.args = f"{kind}: {''.join(error).removeprefix(kind).lstrip(': ')}", ()
        return True
