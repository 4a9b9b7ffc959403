"""The store on real SQLite files: once-only tokens, snapshots that come back, records that stay."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from config import load
from session import BookingStatus, CallSession, EntryKind, State
from store import Status, Store, database_url

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
SOON = NOW + timedelta(seconds=60)
REQUIRED = {
    "OPENAI_API_KEY": "x",
    "DEEPGRAM_API_KEY": "x",
    "INWORLD_API_KEY": "x",
    "TWILIO_ACCOUNT_SID": "x",
    "TWILIO_AUTH_TOKEN": "x",
    "V2_BACKEND_URL": "http://127.0.0.1",
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'agent.db'}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = Store(url)
    await opened.open()
    yield opened
    await opened.close()


async def test_token_once(store: Store) -> None:
    """A token is good the first time only, another token is its own."""
    assert [await store.use_token("a", SOON) for _ in range(3)] == [True, False, False]
    assert await store.use_token("b", SOON)


async def test_token_once_for_many_at_the_same_time(store: Store) -> None:
    """Of 50 uses at once on one loop exactly one counts."""
    used = await asyncio.gather(*(store.use_token("a", SOON) for _ in range(50)))
    assert sorted(used) == [False] * 49 + [True]


def test_token_once_for_several_processes(url: str) -> None:
    """Stores of their own on the same file, as two machines would have, agree on one first."""
    together, used = threading.Barrier(6), []

    def machine() -> None:
        async def use() -> None:
            own = Store(url)
            await own.open()
            together.wait(10)
            used.extend([await own.use_token(f"t{number}", SOON) for number in range(10)])
            await own.close()

        asyncio.run(use())

    threads = [threading.Thread(target=machine) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(used), used.count(True)) == (60, 10)


async def test_snapshot_comes_back_whole(store: Store) -> None:
    """Everything in a session survives, its timeline and its times included."""
    session = CallSession(call_id="CA1", started_at=NOW, name="José", state=State.DISCOVERY)
    session.note(EntryKind.CALLER, "my AC is out", NOW, milliseconds=12)
    session.visit_at, session.booking_status = SOON, BookingStatus.ATTEMPTED_FAILED
    await store.save_snapshot(session)
    assert await store.load_snapshot("CA1") == session
    assert await store.load_snapshot("CA2") is None


async def test_last_snapshot_wins(store: Store) -> None:
    """Saves that are under way together end with the last one, as it was when it was saved."""
    session = CallSession(call_id="CA1", started_at=NOW)
    saves = []
    for turn in range(20):
        session.turn_count = turn
        saves.append(asyncio.create_task(store.save_snapshot(session)))
        await asyncio.sleep(0)
    session.turn_count = 99
    await asyncio.gather(*saves)
    found = await store.load_snapshot("CA1")
    assert found is not None
    assert found.turn_count == 19


async def test_unreadable_snapshot(url: str, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """A snapshot that this version cannot read is none, and is logged."""
    await store.save_snapshot(CallSession(call_id="CA1", started_at=NOW))
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute('UPDATE calls SET snapshot = \'{"state": "gone"}\'')
    connection.close()
    assert await store.load_snapshot("CA1") is None
    assert "CA1 the snapshot cannot be read" in caplog.text


async def test_ended_on_purpose(store: Store) -> None:
    """Only a call that is marked so ended on purpose; the mark and the snapshot keep each other."""
    session = CallSession(call_id="CA1", started_at=NOW)
    assert not await store.ended_on_purpose("CA1")
    await store.save_snapshot(session)
    assert not await store.ended_on_purpose("CA1")
    await store.mark_ended("CA1", on_purpose=False)
    assert not await store.ended_on_purpose("CA1")
    await store.mark_ended("CA1", on_purpose=True)
    await store.save_snapshot(session)
    assert await store.ended_on_purpose("CA1")
    assert await store.load_snapshot("CA1") == session
    await store.mark_ended("CA2", on_purpose=True)
    assert await store.load_snapshot("CA2") is None


async def test_deliveries(store: Store) -> None:
    """The first record of a call stays; its status changes; they are listed by status."""
    assert await store.add_delivery("CA1", {"a": 1}, Status.WAITING)
    assert not await store.add_delivery("CA1", {"a": 2}, Status.KEPT)
    await store.set_delivery("CA2", {"b": "ü"}, Status.WAITING)
    await store.set_delivery("CA2", {"b": "ü"}, Status.PARKED, "job: 400")
    found = [(r.call_id, r.record, r.status, r.detail) for r in await store.deliveries()]
    assert found == [("CA1", {"a": 1}, "waiting", ""), ("CA2", {"b": "ü"}, "parked", "job: 400")]
    assert [row.call_id for row in await store.deliveries(Status.PARKED)] == ["CA2"]
    one = await store.delivery("CA1")
    assert one is not None
    assert one.record == {"a": 1}
    assert await store.delivery("CA3") is None


async def test_times_of_a_delivery(url: str) -> None:
    """`created_at` stays while `updated_at` follows the changes."""
    times = iter([NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)])
    latest = NOW

    def now() -> datetime:
        nonlocal latest
        latest = next(times, latest)
        return latest

    store = Store(url, now=now)
    await store.open()
    await store.add_delivery("CA1", {}, Status.WAITING)
    await store.set_delivery("CA1", {}, Status.DELIVERED)
    [row] = await store.deliveries()
    await store.close()
    assert (row.created_at, row.updated_at) == (NOW, NOW + timedelta(hours=2))


async def test_purge(url: str) -> None:
    """What is older goes, what is younger stays: tokens, snapshots and records."""
    clock = [NOW - timedelta(days=40)]
    store = Store(url, now=lambda: clock[0])
    await store.open()
    for call_id in ("OLD", "NEW"):
        await store.use_token(call_id, clock[0])
        await store.save_snapshot(CallSession(call_id=call_id, started_at=clock[0]))
        await store.add_delivery(call_id, {}, Status.KEPT)
        clock[0] = NOW
    await store.purge(NOW - timedelta(days=30))
    assert await store.load_snapshot("OLD") is None
    assert await store.load_snapshot("NEW") is not None
    assert [row.call_id for row in await store.deliveries()] == ["NEW"]
    assert await store.use_token("OLD", SOON)
    assert not await store.use_token("NEW", SOON)
    await store.close()


async def test_everything_survives_a_restart(url: str) -> None:
    """What was written is there for the next process."""
    first = Store(url)
    await first.open()
    await first.use_token("a", SOON)
    await first.mark_ended("CA1", on_purpose=True)
    await first.close()
    second = Store(url)
    await second.open()
    assert not await second.use_token("a", SOON)
    assert await second.ended_on_purpose("CA1")
    await second.close()


async def test_the_loop_never_waits(url: str, store: Store) -> None:
    """While another process holds the database, the loop goes on and the write follows."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    save = asyncio.create_task(store.mark_ended("CA1", on_purpose=True))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not save.done()
    other.execute("COMMIT")
    other.close()
    await save
    assert await store.ended_on_purpose("CA1")


async def test_a_database_that_fails(tmp_path: Path) -> None:
    """A file that is no database raises SQLAlchemy's error, which callers can catch."""
    (tmp_path / "agent.db").write_bytes(b"this is no database" * 100)
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}")
    with pytest.raises(SQLAlchemyError):
        await store.open()
    await store.close()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
        ("postgresql://u:p@h/db?sslmode=require", "postgresql+psycopg://u:p@h/db?sslmode=require"),
        ("postgresql+psycopg://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
    ],
)
def test_database_url_names_the_driver(given: str, expected: str) -> None:
    """Postgres is reached with the driver we have."""
    assert database_url(load(REQUIRED | {"DATABASE_URL": given})) == expected


def test_database_url_is_a_file_by_default(tmp_path: Path) -> None:
    """Without DATABASE_URL there is a file for each name in DATA_DIR."""
    settings = load(REQUIRED | {"DATA_DIR": str(tmp_path)})
    assert database_url(settings, "deliveries") == f"sqlite:///{tmp_path}/deliveries.db"
