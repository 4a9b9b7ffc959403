"""What DBOS says while its database is away: a line a minute of each kind, in one line, and never a traceback."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from dbos import DBOS
from sqlalchemy.exc import OperationalError

from logs import Seldom
from records import dbos_setup

REFUSED = "connection to server at 127.0.0.1 failed: Connection refused"
LISTING = f"Exception listing queues: (psycopg.OperationalError) {REFUSED}\n\tIs it running?\n(Background)"
POLLING = f"""Exception polling schedules: Traceback (most recent call last):
  File "pool.py", line 1402, in _checkout
sqlalchemy.exc.InvalidatePoolError: ()

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "pool.py", line 1
sqlalchemy.exc.OperationalError: (psycopg.OperationalError) {REFUSED}
(Background on this error at: https://sqlalche.me/e/21/e3q8)
"""


def launched(url: str) -> None:
    """DBOS on a database as it is, and its end."""
    DBOS(config={"name": "phone-agent", "system_database_url": url, "log_level": "WARNING", "run_migrations": False})
    dbos_setup.adopt_logger()
    try:
        DBOS.launch()
    finally:
        DBOS.destroy()


@pytest.fixture
def dbos() -> Iterator[logging.Logger]:
    """Its logger with our filter; afterwards as it was."""
    logger = logging.getLogger("dbos")
    before, propagates = logger.filters[:], logger.propagate
    dbos_setup.adopt_logger()
    yield logger
    logger.filters[:], logger.propagate = before, propagates


def test_an_outage_is_a_line_of_each_kind(dbos: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """However often its threads try."""
    for _ in range(50):
        dbos.warning(LISTING)
        dbos.warning(POLLING)
    assert [record.getMessage() for record in caplog.records] == [
        f"Exception listing queues: (psycopg.OperationalError) {REFUSED}",
        f"Exception polling schedules: sqlalchemy.exc.OperationalError: (psycopg.OperationalError) {REFUSED}",
    ]


def test_a_launch_that_the_database_fails_is_a_line(
    dbos: logging.Logger, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """One that fails of anything else has its traceback."""
    url = f"sqlite:///{tmp_path}/dbos.db"
    dbos_setup.prepare(url)
    with closing(sqlite3.connect(tmp_path / "dbos.db")) as database:
        database.execute("DROP TABLE application_versions")
    with pytest.raises(OperationalError):
        launched(url)
    try:
        raise OSError("no socket")
    except OSError:
        dbos.exception("DBOS failed to launch:")
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [(record.getMessage(), bool(record.exc_info)) for record in errors] == [
        ("DBOS failed to launch: OperationalError", False),
        ("DBOS failed to launch:", True),
    ]


def test_what_is_no_repetition_stays(dbos: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """An error is one each time; what a stop leaves to the next start is none."""
    for _ in range(2):
        dbos.error("workflow %s failed", "CA1")
        dbos.warning("Asyncio task cancelled: CA1")
    assert [record.getMessage() for record in caplog.records] == ["workflow CA1 failed"] * 2


def test_seldom() -> None:
    """One of a kind in so many seconds; another kind has its own."""
    now = 100.0
    due = Seldom(60.0, lambda: now)
    assert [due("a"), due("a"), due("b")] == [True, False, True]
    now = 159.9
    assert not due("a")
    now = 160.0
    assert [due("a"), due("a")] == [True, False]
