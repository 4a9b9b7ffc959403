"""The database's thread is free again whatever the server does; a file that is gone is noticed."""

import asyncio
import logging
from pathlib import Path

import pytest
import sqlalchemy as sa

from records import database
from records.database import Database
from records.errors import StoreError
from simulator.rig.cut_line import CutLine
from simulator.rig.postgres import Postgres
from tests.support.mute_postgres import MutePostgres, mute_postgres

pytestmark = pytest.mark.slow

TOO_LONG_SECONDS = 60.0  # Ends a test that hangs.


async def asked_something(mute: MutePostgres) -> None:
    assert await asyncio.to_thread(mute.asked.wait, TOO_LONG_SECONDS)


async def thread_is_free(opened: Database) -> None:
    async with asyncio.timeout(TOO_LONG_SECONDS):
        await opened._on_thread(lambda: None)


async def test_an_opening_that_nobody_waits_for_any_more() -> None:
    """The server has let it in, and answers nothing: its connection is cut, and the thread can be joined."""
    with mute_postgres() as mute:
        opened = Database(mute.url.replace("postgresql:", "postgresql+psycopg:"))
        opening = asyncio.ensure_future(opened.open())
        await asked_something(mute)
        opening.cancel()
        await asyncio.wait({opening})
        assert opening.cancelled()
        await thread_is_free(opened)
        await opened.close()


async def test_an_opening_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails by our own deadline, and the thread is free."""
    with mute_postgres() as mute:
        monkeypatch.setattr(database, "START_SECONDS", 0.5)
        opened = Database(mute.url.replace("postgresql:", "postgresql+psycopg:"))
        with pytest.raises(StoreError):
            await opened.open()
        await thread_is_free(opened)
        await opened.close()


async def test_a_file_that_is_gone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite goes on writing into it: that is said, and over when the file is back."""
    path = tmp_path / "data" / "agent.db"
    opened = Database(f"sqlite:///{path}")
    await opened.open()
    await opened.execute(sa.text("SELECT 1"))  # The file is held open.
    lost = []
    for move in (
        lambda: None,
        lambda: path.parent.rename(tmp_path / "away"),
        lambda: (tmp_path / "away").rename(path.parent),
    ):
        move()
        with caplog.at_level(logging.CRITICAL):
            await opened.look()
        lost.append(opened.file_is_lost)
    assert lost == [False, True, False]
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    path.unlink()
    path.write_bytes(b"")
    await opened.look()
    assert opened.file_is_lost
    await opened.close()


@pytest.mark.parametrize("sendings", range(5))
async def test_a_machine_that_is_cut_off_in_the_middle_of_a_write(postgres: Postgres, sendings: int) -> None:
    """Whatever of it has reached the server, it holds no row of its calls against the others."""
    url = postgres.new_database()
    rows = sa.table("rows", sa.column("number"))
    count = sa.update(rows).values(number=rows.c.number + 1)
    async with CutLine(url) as line:
        cut_off, other = (Database(u.replace("postgresql:", "postgresql+psycopg:")) for u in (line.url, url))
        await other.open()
        await other.execute(sa.text("CREATE TABLE rows AS SELECT 1 AS number"))
        await cut_off.open()
        await cut_off.execute(count)
        is_cut = line.cut_behind(sendings)
        while not is_cut.is_set():
            asked = asyncio.ensure_future(cut_off.execute(count))
            await asyncio.wait({asked, asyncio.ensure_future(is_cut.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await other.execute(count)
    with pytest.raises(StoreError):
        await asked
    for opened in (cut_off, other):
        await opened.close()
