"""The store, on SQLite and on Postgres: once-only tokens, records that stay, machines that tell that they live."""

import asyncio
import contextlib
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from call.session import CallSession
from config import load
from records.call_rows import Phase
from records.database import Database
from records.errors import StoreError
from records.rows import Sending
from records.store import Status, Store, database_url

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
SOON = NOW + timedelta(seconds=60)
REQUIRED = {
    "OPENAI_API_KEY": "x",
    "DEEPGRAM_API_KEY": "x",
    "INWORLD_API_KEY": "x",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "x",
    "V2_BACKEND_URL": "http://127.0.0.1",
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'agent.db'}"


async def test_token_once(store: Store) -> None:
    """A token is good the first time only, another token is its own."""
    assert [await store.use_token("a", SOON) for _ in range(3)] == [True, False, False]
    assert await store.use_token("b", SOON)


async def test_token_once_for_many_at_the_same_time(store: Store) -> None:
    """Of 50 uses at once on one loop exactly one counts."""
    used = await asyncio.gather(*(store.use_token("a", SOON) for _ in range(50)))
    assert sorted(used) == [False] * 49 + [True]


def test_token_once_for_several_processes(agent_database: str) -> None:
    """Stores of their own on the same file, as two machines would have, agree on one first."""
    together, used = threading.Barrier(6), []

    def machine() -> None:
        async def use() -> None:
            own = Store(agent_database)
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
    for status in (Status.PARKED, Status.DELIVERED, Status.WAITING):  # What was delivered does not wait any more.
        await store.set_delivery("CA1", {"a": 1}, status, anew=False)
    assert [row.call_id for row in await store.deliveries(Status.DELIVERED)] == ["CA1"]
    assert await store.delivery("CA3") is None


async def test_one_posts_at_a_time(agent_database: str) -> None:
    """Until it gives the right back or its time is over; a clock that was ahead keeps nobody out."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    assert await store.begin_posting("CA1", "the service", 60)
    assert not await store.begin_posting("CA1", "by hand", 60)
    assert await store.begin_posting("CA2", "by hand", 60)
    assert await store.begin_posting("CA1", "the service", 60)  # It was killed, and is at it again.
    await store.end_posting("CA1", "by hand")  # It is not theirs to give.
    assert not await store.begin_posting("CA1", "by hand", 60)
    await store.end_posting("CA1", "the service")
    assert await store.begin_posting("CA1", "by hand", 60)
    clock[0] += timedelta(seconds=61)
    assert await store.begin_posting("CA1", "the service", 60)
    clock[0] -= timedelta(hours=1)
    assert await store.begin_posting("CA1", "by hand", 60)
    await store.close()


async def test_one_of_many_posts(store: Store) -> None:
    """Whoever asks at the same time."""
    taken = await asyncio.gather(*(store.begin_posting("CA1", f"by hand {number}", 60) for number in range(20)))
    assert sum(taken) == 1


async def test_what_later_calls_left_of_a_job(store: Store) -> None:
    """The last of them counts, by when they began; a call that only speaks of another one does not."""

    def job(call_id: str, at: str) -> dict[str, str]:
        return {"call_id": call_id, "scheduled_at": at}

    def began(minutes: int) -> dict[str, str]:
        return {"started_at": (NOW + timedelta(minutes=minutes)).isoformat()}

    async def left() -> list[tuple[str, dict[str, str]]]:
        return [(left.call_id, left.job) for left in await store.left_by_later("CA1", NOW)]

    await store.add_delivery("CA1", {"job": job("CA1", "first")}, Status.PARKED)
    assert await left() == []
    for call_id, part, at, minutes in (("CA3", "withdrawn", "third", 2), ("CA2", "moved", "second", 1)):
        known = {"call": began(minutes), "job": job(call_id, "own"), part: job("CA1", at)}
        await store.add_delivery(call_id, known, Status.DELIVERED)
    await store.add_delivery("CA4", {"note": '"call_id": "CA1"', "alert": job("CA1", "none")}, Status.DELIVERED)
    await store.add_delivery("CA5", {"moved": job("CA11", "another")}, Status.DELIVERED)
    assert await left() == [("CA3", job("CA1", "third")), ("CA2", job("CA1", "second"))]
    assert await store.left_by_later("CA%", NOW) == []
    assert await store.left_by_later("CA1", store.now() + timedelta(days=1)) == []


async def test_a_lead_is_not_written_over_its_visit(store: Store) -> None:
    """Nothing of a visit is changed by the outcome of the lead before it; what a caller said makes no visit."""
    said = {"said": '"behind_a_lead": true', "behind_a_lead": False}
    visit = said | {"behind_a_lead": True}
    for record, status in ((said, Status.WAITING), (said, Status.PARKED), (visit, Status.WAITING)):
        await store.set_delivery("CA1", record, status, anew=record is visit)
    await store.set_delivery("CA1", said, Status.DELIVERED, anew=False)
    assert [(row.record, row.status) for row in await store.deliveries()] == [(visit, Status.WAITING)]
    await store.set_delivery("CA1", visit, Status.DELIVERED, anew=False)
    assert [(row.record, row.status) for row in await store.deliveries()] == [(visit, Status.DELIVERED)]


async def test_times_of_a_delivery(agent_database: str) -> None:
    """`created_at` stays while `updated_at` follows the changes."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    await store.add_delivery("CA1", {}, Status.WAITING)
    clock[0] += timedelta(hours=1)
    await store.set_delivery("CA1", {}, Status.DELIVERED)
    [row] = await store.deliveries()
    await store.close()
    assert (row.created_at, row.updated_at) == (NOW, NOW + timedelta(hours=1))


async def test_what_is_not_delivered(store: Store) -> None:
    """By status, without the records themselves: they may be many."""
    for call_id, status in (("CA1", Status.KEPT), ("CA2", Status.PARKED), ("CA3", Status.WAITING)):
        await store.add_delivery(call_id, {}, status)
    assert await store.undelivered(Status.KEPT, Status.WAITING) == ["CA1", "CA3"]
    assert await store.undelivered(Status.DELIVERED) == []
    assert await store.count_deliveries() == {
        Status.KEPT: 1,
        Status.WAITING: 1,
        Status.DELIVERED: 0,
        Status.PARKED: 1,
    }


async def test_the_machines_that_live(agent_database: str) -> None:
    """Each with its newest process; one that has been quiet since then is not among them."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    await store.beat("b", "b:1", draining=False)
    clock[0] += timedelta(seconds=30)
    await store.beat("a", "a:1", draining=False)
    await store.beat("a", "a:2", draining=True)
    found = [(row.machine, row.owner, row.draining, row.beat_at) for row in await store.machines(NOW)]
    assert found == [("a", "a:2", True, clock[0]), ("b", "b:1", False, NOW)]
    assert [row.machine for row in await store.machines(NOW + timedelta(seconds=1))] == ["a"]
    await store.close()


async def test_purge(agent_database: str) -> None:
    """What is older goes, what is younger stays: tokens, snapshots and records."""
    clock = [NOW - timedelta(days=40)]
    store = Store(agent_database, now=lambda: clock[0], clock=lambda: clock[0].timestamp())
    await store.open()
    for call_id in ("OLD", "NEW"):
        await store.use_token(call_id, clock[0])
        await store.calls.expect(CallSession(call_id=call_id, started_at=clock[0]), clock[0])
        await store.beat(call_id, "owner", draining=False)
        await store.add_delivery(call_id, {}, Status.KEPT)
        await store.add_delivery(f"{call_id} DELIVERED", {}, Status.DELIVERED)
        clock[0] = NOW
    assert await store.purge(NOW - timedelta(days=30)) == ["OLD"]
    assert await store.calls.find("OLD") is None
    assert await store.calls.find("NEW") is not None
    assert [row.machine for row in await store.machines(NOW - timedelta(days=60))] == ["NEW"]
    assert [row.call_id for row in await store.deliveries()] == ["NEW", "NEW DELIVERED"]
    assert await store.use_token("OLD", SOON)
    assert not await store.use_token("NEW", SOON)
    await store.close()


async def test_a_start_with_a_clock_that_is_ahead_deletes_nothing_that_waits(agent_database: str) -> None:
    """A month ahead, minutes later; what is done goes. Who was off for so long deletes a day later."""
    before = Store(agent_database, now=lambda: NOW)
    await before.open()
    for call_id in ("WAITS", "DONE"):
        await before.calls.expect(CallSession(call_id=call_id, started_at=NOW), NOW)
        await before.messages.add(call_id, "+15125550177", "a text")
    await before.calls.done("DONE")
    (done,) = [row for row in await before.messages.listed({Sending.WAITING}) if row.message_id == "DONE"]
    assert await before.messages.drop(done, NOW, "not needed")
    await before.add_delivery("WAITS", {}, Status.PARKED)
    await before.add_delivery("DONE", {}, Status.DELIVERED)
    await before.close()

    clock = [NOW + timedelta(days=31)]
    store = Store(agent_database, now=lambda: clock[0], clock=lambda: clock[0].timestamp())
    await store.open()
    assert await store.purge(clock[0] - timedelta(days=30)) == []
    assert [row.call_id for row in await store.deliveries()] == ["WAITS"]
    assert [row.message_id for row in await store.messages.listed(set(Sending))] == ["WAITS"]
    assert await store.calls.find("WAITS") is not None
    assert await store.calls.find("DONE") is None
    clock[0] += timedelta(days=1)
    assert await store.purge(clock[0] - timedelta(days=30)) == ["WAITS"]
    assert await store.messages.listed(set(Sending)) == []
    assert await store.calls.find("WAITS") is None
    await store.close()


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("back", [True, False])
@pytest.mark.parametrize("running", [timedelta(hours=3), timedelta(days=20)])
async def test_a_clock_that_leaps_while_the_service_runs_deletes_nothing_that_waits(
    agent_database: str, running: timedelta, back: bool, told: bool
) -> None:
    """Whether a beat has seen it first or not. One that stays so for a day is right."""
    clock, seconds = [NOW], [0.0]
    store = Store(agent_database, now=lambda: clock[0], clock=lambda: seconds[0])

    async def goes_on(passes: timedelta) -> None:
        for _ in range(passes // timedelta(hours=1)):
            clock[0] += timedelta(hours=1)
            seconds[0] += 3600
            await store.beat("m", "m:1", draining=False)

    await store.open()
    await store.beat("m", "m:1", draining=False)
    await goes_on(running)
    await store.add_delivery("WAITS", {}, Status.WAITING)
    await store.add_delivery("DONE", {}, Status.DELIVERED)
    clock[0] += timedelta(days=400)
    if told:
        await store.beat("m", "m:1", draining=False)
    assert await store.purge(clock[0] - timedelta(days=90)) == []
    assert [row.call_id for row in await store.deliveries()] == ["WAITS"]
    if back:
        clock[0] -= timedelta(days=400)
        await goes_on(timedelta(hours=25))
        assert await store.purge(clock[0] - timedelta(days=90)) == []
        clock[0] += timedelta(days=90)
        seconds[0] += timedelta(days=90).total_seconds()
    else:
        await goes_on(timedelta(hours=23))
        assert await store.purge(clock[0] - timedelta(days=90)) == []
        await goes_on(timedelta(hours=1))
    assert await store.purge(clock[0] - timedelta(days=90)) == ["WAITS"]
    await store.close()


async def test_daily_restarts_of_a_quiet_service_keep_nothing_for_ever(agent_database: str) -> None:
    """Its beats tell that the clock has gone on; of one that is ahead they do not, however often it starts."""
    clock = [NOW]

    async def a_day(starts: int = 1) -> list[str]:
        """What is deleted at the last of so many starts within a day, behind a beat of each."""
        deleted: list[str] = []
        for _ in range(starts):
            store = Store(agent_database, now=lambda: clock[0])
            await store.open()
            await store.beat("m", "m:1", draining=False)
            deleted = await store.purge(clock[0] - timedelta(days=30))
            for _ in range(23 // starts):
                clock[0] += timedelta(hours=1)
                await store.beat("m", "m:1", draining=False)
            await store.close()
        clock[0] += timedelta(hours=1)
        return deleted

    first = Store(agent_database, now=lambda: clock[0])
    await first.open()
    await first.add_delivery("WAITS", {}, Status.PARKED)
    await first.close()
    assert [await a_day() for _ in range(20)] == [[]] * 20
    clock[0] += timedelta(days=40)  # It is wrong for less than a day.
    assert await a_day(starts=4) == []
    clock[0] -= timedelta(days=41)
    assert [await a_day() for _ in range(11)] == [[]] * 11
    assert await a_day() == ["WAITS"]


async def test_everything_survives_a_restart(agent_database: str) -> None:
    """What was written is there for the next process."""
    first = Store(agent_database)
    await first.open()
    await first.use_token("a", SOON)
    await first.calls.expect(CallSession(call_id="CA1", started_at=NOW), SOON)
    await first.close()
    second = Store(agent_database)
    await second.open()
    assert not await second.use_token("a", SOON)
    assert await second.calls.find("CA1") is not None
    await second.close()


async def test_the_loop_never_waits(url: str) -> None:
    """While another process holds the database, the loop goes on and the write follows."""
    store = Store(url)
    await store.open()
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    save = asyncio.create_task(store.use_token("a", SOON))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not save.done()
    other.execute("COMMIT")
    other.close()
    assert await save
    await store.close()


async def test_a_table_of_an_older_version_gets_its_new_columns(url: str) -> None:
    """Its rows stay; a call that an older version has written is over."""
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE calls (call_id VARCHAR(64) PRIMARY KEY, snapshot TEXT, updated_at DOUBLE)")
        connection.execute("INSERT INTO calls VALUES ('CA1', '{}', 5.0)")
        connection.commit()
    for _ in range(2):
        store = Store(url)
        await store.open()
        row = await store.calls.find("CA1")
        assert row is not None
        assert (row.phase, row.run, row.due_at) == (Phase.OVER, 0, None)
        session = CallSession(call_id="CA1", started_at=NOW)
        assert await store.calls.begin(session, "me", SOON) is None
        await store.close()


async def test_a_table_that_is_missing_is_noticed(agent_database: str, store: Store) -> None:
    """R89: opening makes every table; one that is gone fails loudly where it is used, and is there after a restart."""
    engine = sa.create_engine(agent_database, poolclass=sa.NullPool)
    assert {"calls", "stream_tokens", "deliveries", "machines"} <= set(sa.inspect(engine).get_table_names())
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE calls")
    with pytest.raises(StoreError):
        await store.calls.expect(CallSession(call_id="CA1", started_at=NOW), NOW)
    again = Store(agent_database)
    await again.open()
    await again.calls.expect(CallSession(call_id="CA1", started_at=NOW), NOW)
    assert await again.calls.find("CA1") is not None
    await again.close()


async def test_a_database_that_fails(tmp_path: Path) -> None:
    """A file that is no database raises an error that callers can catch, and that says of what kind it is."""
    (tmp_path / "agent.db").write_bytes(b"this is no database" * 100)
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}")
    with pytest.raises(StoreError):
        await store.open()
    await store.close()


async def test_an_error_tells_nothing_of_the_row(url: str, store: Store) -> None:
    """Errors go into the log, and a row is a conversation."""
    store._engine, before = sa.create_engine("sqlite://", hide_parameters=True), store._engine
    try:
        with pytest.raises(StoreError) as failed:
            await store.calls.expect(CallSession(call_id="CA1", started_at=NOW, name="Jonas Weber"), SOON)
        assert "Jonas" not in str(failed.value)
    finally:
        store._engine.dispose()
        store._engine = before


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


async def test_trying_to_write_leaves_nothing(tmp_path: Path) -> None:
    """No table and no file; a database that is none, or that somebody else writes, says so."""
    file = tmp_path / "agent.db"
    database = Database(f"sqlite:///{file}", statement_seconds=0.2)
    assert (await database.try_to_write(), file.exists()) == (False, False)
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (number INTEGER)")
        assert await database.try_to_write()
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    file.write_bytes(b"no database at all" * 99)
    with pytest.raises(StoreError):
        await database.try_to_write()
    await database.close()
