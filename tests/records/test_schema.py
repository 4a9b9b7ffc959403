"""The schema's steps, on SQLite and on Postgres: every shape that the tables ever had, machines that start at once."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from call.session import CallSession
from records import database, schema
from records.call_rows import Phase
from records.database import METADATA
from records.errors import SchemaError
from records.schema import SCHEMA_LOCK, Step, add_column, add_table, bring_up_to_date
from records.schema_steps import STEPS
from records.store import Status, Store

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 28, 18, tzinfo=UTC)
BEFORE = datetime(2026, 11, 26, 18, tzinfo=UTC)
DONE: Final = [step.number for step in STEPS]
DEADLINE_SECONDS = 20  # Ends a wait that would be for ever; nothing takes it when all is well.
SNAPSHOT = CallSession(call_id="CA1", started_at=BEFORE, name="Jonas Weber").model_dump_json()

# Every column that a released version made, with what the tests' row has in it.
RELEASED: dict[str, dict[str, tuple[Callable[[], sa.Column[Any]], Any]]] = {
    "stream_tokens": {
        "nonce": (lambda: sa.Column("nonce", sa.String(128), primary_key=True), "used"),
        "expires_at": (lambda: sa.Column("expires_at", sa.Double, nullable=False, index=True), BEFORE.timestamp()),
    },
    "calls": {
        "call_id": (lambda: sa.Column("call_id", sa.String(64), primary_key=True), "CA1"),
        "snapshot": (lambda: sa.Column("snapshot", sa.Text), SNAPSHOT),
        "ended_on_purpose": (lambda: sa.Column("ended_on_purpose", sa.Boolean), True),
        "phase": (lambda: sa.Column("phase", sa.String(16)), "broken"),
        "run": (lambda: sa.Column("run", sa.Integer), 2),
        "resumes": (lambda: sa.Column("resumes", sa.Integer), 1),
        "owner": (lambda: sa.Column("owner", sa.String(192), index=True), "m:1"),
        "due_at": (lambda: sa.Column("due_at", sa.Double, index=True), NOW.timestamp()),
        "updated_at": (lambda: sa.Column("updated_at", sa.Double, nullable=False, index=True), BEFORE.timestamp()),
    },
    "deliveries": {
        "call_id": (lambda: sa.Column("call_id", sa.String(64), primary_key=True), "CA0"),
        "record": (lambda: sa.Column("record", sa.Text, nullable=False), '{"job": "ü"}'),
        "status": (lambda: sa.Column("status", sa.String(16), nullable=False, index=True), "parked"),
        "detail": (lambda: sa.Column("detail", sa.Text, nullable=False), "job: 400"),
        "created_at": (lambda: sa.Column("created_at", sa.Double, nullable=False), BEFORE.timestamp()),
        "updated_at": (lambda: sa.Column("updated_at", sa.Double, nullable=False, index=True), BEFORE.timestamp()),
    },
    "machines": {
        "machine": (lambda: sa.Column("machine", sa.String(128), primary_key=True), "m"),
        "owner": (lambda: sa.Column("owner", sa.String(192), nullable=False), "m:1"),
        "draining": (lambda: sa.Column("draining", sa.Boolean, nullable=False), False),
        "beat_at": (lambda: sa.Column("beat_at", sa.Double, nullable=False), BEFORE.timestamp()),
    },
}
ALL: Final = {table: tuple(columns) for table, columns in RELEASED.items()}
FIRST_CALLS = ("call_id", "snapshot", "ended_on_purpose", "updated_at")
NEW_CALLS = ("phase", "run", "resumes", "owner", "due_at")
FIRST = {"stream_tokens": ALL["stream_tokens"], "calls": FIRST_CALLS, "deliveries": ALL["deliveries"]}

# The tables and their columns, in their order, as there were before the steps had numbers.
SHAPES = {
    "of November 22": FIRST,
    "of November 26": ALL | {"calls": tuple(name for name in ALL["calls"] if name != "ended_on_purpose")},
    "of November 22, opened by that of November 26": ALL | {"calls": FIRST_CALLS + NEW_CALLS},
    "killed while it got its columns": FIRST | {"calls": (*FIRST_CALLS, "phase", "run")},
    "killed before the machines": FIRST | {"calls": FIRST_CALLS + NEW_CALLS},
    "killed at its first start": {"calls": FIRST_CALLS},
}


def open_engine(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool)


def make(url: str, shape: dict[str, tuple[str, ...]], *, indexes: bool = True) -> None:
    """A database of that shape, with a row in each table."""
    path = sa.make_url(url).database or ""
    if url.startswith("sqlite"):
        Path(path).parent.mkdir(parents=True)
    metadata = sa.MetaData()
    for table, names in shape.items():
        sa.Table(table, metadata, *(RELEASED[table][name][0]() for name in names))
    with open_engine(url).begin() as connection:
        for made in metadata.sorted_tables:
            if not indexes:
                made.indexes.clear()
            made.create(connection)
            values = {name: RELEASED[made.name][name][1] for name in shape[made.name]}
            connection.execute(made.insert().values(values))


def shown(url: str) -> dict[str, Any]:
    """Each table's columns, key and indexes, without their order."""
    with open_engine(url).connect() as connection:
        inspector = sa.inspect(connection)
        return {
            table: (
                {(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)},
                inspector.get_pk_constraint(table)["constrained_columns"],
                {(i["name"], *i["column_names"]) for i in inspector.get_indexes(table)},
            )
            for table in inspector.get_table_names()
        }


def query(url: str, text: str) -> list[tuple[Any, ...]]:
    with open_engine(url).begin() as connection:
        found = connection.exec_driver_sql(text)
        return [tuple(row) for row in found] if found.returns_rows else []


def numbers(url: str) -> list[int]:
    return [number for (number,) in query(url, "SELECT number FROM schema_version ORDER BY number")]


async def opened(url: str) -> Store:
    store = Store(url, now=lambda: NOW)
    try:
        await store.open()
    except BaseException:
        await store.close()
        raise
    return store


async def open_once(url: str) -> None:
    await (await opened(url)).close()


async def use(url: str, call_id: str) -> None:
    """Everything that is written in a call's life, and read again."""
    store = await opened(url)
    assert await store.use_token(call_id, NOW)
    session = CallSession(call_id=call_id, started_at=NOW)
    await store.calls.expect(session, NOW)
    assert (await store.calls.begin(session, "m:2", NOW)) == (1, session)
    assert await store.calls.end(session, 1, NOW)
    assert await store.add_delivery(call_id, {}, Status.KEPT)
    await store.beat("m", "m:2", draining=True)
    row = await store.calls.find(call_id)
    assert row is not None
    assert (row.owner, row.phase) == ("m:2", Phase.OVER)
    assert call_id in [delivery.call_id for delivery in await store.deliveries()]
    assert [machine.owner for machine in await store.machines(NOW)] == ["m:2"]
    await store.close()


def with_steps(monkeypatch: pytest.MonkeyPatch, *runs: Callable[[sa.Connection], None]) -> None:
    """The version of the service that has these steps as well."""
    added = (Step(len(STEPS) + place, f"Change {place}.", run) for place, run in enumerate(runs, 1))
    monkeypatch.setattr(database, "STEPS", (*STEPS, *added))


def test_the_steps_are_numbered_and_told() -> None:
    """From 1 without a gap, each with a sentence of its own."""
    assert [step.number for step in STEPS] == list(range(1, len(STEPS) + 1))
    assert len({step.changes for step in STEPS}) == len(STEPS)
    assert all(step.changes.endswith(".") for step in STEPS)


async def test_a_fresh_database(agent_database: str) -> None:
    """The steps make the tables that the modules use, to the last index, and write down which were done when."""
    await open_once(agent_database)
    stepped = shown(agent_database)
    expected = [(step.number, step.changes, NOW.timestamp()) for step in STEPS]
    assert query(agent_database, "SELECT number, changes, applied_at FROM schema_version ORDER BY number") == expected
    await use(agent_database, "CA2")
    engine = open_engine(agent_database)
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    assert stepped == shown(agent_database)


@pytest.mark.parametrize("indexes", [True, False], ids=["", "without indexes"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
async def test_a_database_from_before_the_numbers(
    agent_database: str, shape: dict[str, tuple[str, ...]], indexes: bool
) -> None:
    """Every shape that it can have becomes that of a fresh one; no row and no value is lost, and it can be used."""
    make(agent_database, shape, indexes=indexes)
    for _ in range(2):  # A second start changes nothing.
        await open_once(agent_database)
        for table, names in shape.items():
            values = tuple(RELEASED[table][name][1] for name in names)
            assert query(agent_database, f"SELECT {', '.join(names)} FROM {table}") == [values]  # noqa: S608
        found = shown(agent_database)
        assert found.pop("schema_version")
        for wanted in METADATA.sorted_tables:
            columns, key, indexed = found.pop(wanted.name)
            assert {name for name, *_ in columns} - {"ended_on_purpose"} == set(wanted.columns.keys())
            assert key == [column.name for column in wanted.primary_key]
            assert indexed == {(f"ix_{wanted.name}_{c.name}", c.name) for c in wanted.columns if c.index}
        assert found == {}
        assert numbers(agent_database) == DONE
    store = await opened(agent_database)
    row = await store.calls.find("CA1")
    assert row is not None
    assert row.phase == ("broken" if "phase" in shape["calls"] else "over")
    assert row.updated_at == BEFORE
    session = row.session()
    assert session is not None
    assert session.name == "Jonas Weber"
    assert await store.use_token("used", NOW) is ("stream_tokens" not in shape)
    assert [d.record for d in await store.deliveries()] == [{"job": "ü"}] * ("deliveries" in shape)
    assert [m.owner for m in await store.machines(BEFORE)] == ["m:1"] * ("machines" in shape)
    await store.close()
    await use(agent_database, "CA2")


def test_machines_that_start_at_once(agent_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen that a step is to do: one does it, and the other waits for it and finds it done."""
    asyncio.run(open_once(agent_database))
    asking, runs, failed = threading.Semaphore(0), list[list[int]](), list[BaseException]()
    take_turn = schema._take_turn

    def ask(connection: sa.Connection) -> None:
        asking.release()
        take_turn(connection)

    def slow(connection: sa.Connection) -> None:
        assert asking.acquire(timeout=DEADLINE_SECONDS)
        assert asking.acquire(timeout=DEADLINE_SECONDS)  # The other one has asked as well, and has to wait.
        locks = "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
        postgres = connection.dialect.name == "postgresql"
        runs.append([row[0] for row in connection.exec_driver_sql(locks)] if postgres else [])
        sa.Table("extra", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True)).create(connection)

    def machine() -> None:
        try:
            asyncio.run(open_once(agent_database))
        except BaseException as error:
            failed.append(error)

    monkeypatch.setattr(schema, "_take_turn", ask)
    with_steps(monkeypatch, slow)
    threads = [threading.Thread(target=machine) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * DEADLINE_SECONDS)
    assert failed == []
    # The number that versions without steps lock while they make their tables: they take turns as well.
    assert runs == [[0x70686F6E65] if agent_database.startswith("postgresql") else []]
    assert numbers(agent_database) == [*DONE, len(STEPS) + 1]


async def test_a_turn_that_does_not_come(agent_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for another machine has a deadline; what then fails is named, and the next start is as good."""
    monkeypatch.setattr(database, "START_STATEMENT_SECONDS", 0.4)
    if agent_database.startswith("sqlite"):
        make(agent_database, {})
        holder: Any = sqlite3.connect(sa.make_url(agent_database).database or "", isolation_level=None)
        holder.execute("PRAGMA journal_mode=WAL")
        holder.execute("BEGIN IMMEDIATE")
    else:
        holder = open_engine(agent_database).connect()
        holder.execute(sa.select(sa.func.pg_advisory_lock(SCHEMA_LOCK)))
    with pytest.raises(SchemaError, match=r"step 1 .* failed: .*(locked|timeout)"):
        await open_once(agent_database)
    holder.close()
    await use(agent_database, "CA2")


def by_statement(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE nowhere ADD COLUMN x INTEGER")


def by_rule(connection: sa.Connection) -> None:
    add_column(connection, "calls", sa.Column("x", sa.Integer, nullable=False))


@pytest.mark.parametrize("fail", [by_statement, by_rule])
async def test_a_step_that_fails_half_way(
    agent_database: str, monkeypatch: pytest.MonkeyPatch, fail: Callable[[sa.Connection], None]
) -> None:
    """It is undone as a whole and named, no later one is tried, the old version goes on, and the next try is whole."""
    make(agent_database, FIRST)
    healthy: list[bool] = []

    def half(connection: sa.Connection) -> None:
        add_table(connection, "extra", sa.Column("id", sa.Integer, primary_key=True))
        add_column(connection, "calls", sa.Column("extra", sa.Integer))
        connection.exec_driver_sql("UPDATE deliveries SET status = 'kept'")
        if not healthy:
            fail(connection)

    def later(connection: sa.Connection) -> None:
        add_table(connection, "later", sa.Column("id", sa.Integer, primary_key=True))

    with monkeypatch.context() as newer:
        with_steps(newer, half, later)
        told = rf'step {len(STEPS) + 1} of the database \("Change 1\."\) failed: \w+: .*undone'
        with pytest.raises(SchemaError, match=told):
            await open_once(agent_database)
        assert numbers(agent_database) == DONE
        found = shown(agent_database)
        assert set(found) == {
            "schema_version",
            "stream_tokens",
            "calls",
            "deliveries",
            "machines",
            "messages",
            "postings",
            "incidents",
        }
        assert "extra" not in {name for name, *_ in found["calls"][0]}
        assert query(agent_database, "SELECT status FROM deliveries") == [("parked",)]
    await use(agent_database, "CA2")
    healthy.append(True)
    with_steps(monkeypatch, half, later)
    await use(agent_database, "CA3")
    assert numbers(agent_database) == [*DONE, len(STEPS) + 1, len(STEPS) + 2]
    assert {"extra", "later"} <= set(shown(agent_database))


async def test_a_failing_first_start(agent_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps before the one that failed stay done; the table of versions is no half-made thing."""
    monkeypatch.setattr(database, "STEPS", (Step(1, "It fails.", by_statement), *STEPS[1:]))
    with pytest.raises(SchemaError, match="step 1"):
        await open_once(agent_database)
    assert shown(agent_database) == {}
    monkeypatch.setattr(database, "STEPS", (STEPS[0], Step(2, "It fails.", by_statement), *STEPS[2:]))
    with pytest.raises(SchemaError, match="step 2"):
        await open_once(agent_database)
    assert numbers(agent_database) == [1]


async def test_a_newer_database(
    agent_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In a deploy the old version starts beside the new one, and after it: it says so and works."""

    def columns(connection: sa.Connection) -> None:
        add_column(connection, "calls", sa.Column("language", sa.String(8), index=True))
        add_column(connection, "deliveries", sa.Column("tries", sa.Integer, nullable=False, server_default="0"))

    def tables(connection: sa.Connection) -> None:
        add_table(connection, "extra", sa.Column("id", sa.Integer, primary_key=True))

    old = await opened(agent_database)  # It runs already while the new one starts.
    with monkeypatch.context() as newer:
        with_steps(newer, columns, tables)
        await open_once(agent_database)
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert await old.add_delivery("CA2", {}, Status.KEPT)
    await old.close()
    await use(agent_database, "CA3")
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == 1
    assert "newer version" in warned[0]
    assert f"(steps {len(STEPS) + 1}, {len(STEPS) + 2})" in warned[0]
    assert query(agent_database, "SELECT tries FROM deliveries") == [(0,), (0,)]
    assert numbers(agent_database) == [*DONE, len(STEPS) + 1, len(STEPS) + 2]


FOREIGN = ("DROP TABLE schema_version", "CREATE TABLE schema_version (version VARCHAR(9))")


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (["DELETE FROM schema_version WHERE number = 2"], "the steps 1, 3, 4,"),
        (["DELETE FROM schema_version"], "the steps none,"),
        (["UPDATE schema_version SET number = 0 WHERE number = 1"], "the steps 0, 2, 3, 4,"),
        (FOREIGN, "the columns version,"),
    ],
)
async def test_a_version_that_is_broken(agent_database: str, breaks: Iterable[str], told: str) -> None:
    """The start ends with what is wrong and what to do, and that helps: no row is lost by it."""
    await use(agent_database, "CA2")
    for statement in breaks:
        query(agent_database, statement)
    before = shown(agent_database)
    with pytest.raises(SchemaError, match=f"schema_version is broken: it has {told}") as failed:
        await open_once(agent_database)
    assert shown(agent_database) == before
    assert "DROP TABLE schema_version" in str(failed.value)
    query(agent_database, "DROP TABLE schema_version")
    await use(agent_database, "CA3")
    assert query(agent_database, "SELECT call_id FROM calls ORDER BY call_id") == [("CA2",), ("CA3",)]
    assert numbers(agent_database) == DONE


@pytest.mark.parametrize(
    ("loses", "told"),
    [("DROP TABLE machines", "lost machines:"), ("ALTER TABLE calls DROP COLUMN run", "lost calls.run:")],
)
async def test_what_is_lost_is_made_anew(
    agent_database: str, loses: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A service that does not start answers nobody; the log tells what was lost, and what was done stays noted once."""
    await use(agent_database, "CA2")
    query(agent_database, loses)
    await use(agent_database, "CA3")
    assert [told in r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [True]
    assert query(agent_database, "SELECT call_id FROM calls ORDER BY call_id") == [("CA2",), ("CA3",)]
    assert numbers(agent_database) == DONE


def test_a_table_that_no_step_makes(agent_database: str) -> None:
    """A module's column without a step is found at the first start, not in a call."""
    make(agent_database, {})
    wanted = sa.MetaData()
    sa.Table("machines", wanted, sa.Column("machine", sa.String), sa.Column("color", sa.String))
    sa.Table("extra", wanted, sa.Column("id", sa.Integer))
    for _ in range(2):
        with pytest.raises(SchemaError, match=r"no step .* makes extra, machines\.color, "):
            bring_up_to_date(open_engine(agent_database), STEPS, wanted, lambda: NOW)


def test_a_column_that_older_versions_cannot_write() -> None:
    """A step may add what they need not know: NULL, or a default of the database; not one that Python would fill in."""
    with sa.create_engine("sqlite://").begin() as connection:
        add_table(connection, "calls", sa.Column("call_id", sa.String, primary_key=True))
        for column in (
            sa.Column("a", sa.Integer, nullable=False),
            sa.Column("a", sa.Integer, nullable=False, default=1),
        ):
            with pytest.raises(ValueError, match=r"calls\.a has to allow NULL"):
                add_column(connection, "calls", column)
        connection.exec_driver_sql("INSERT INTO calls VALUES ('CA1')")
        add_column(connection, "calls", sa.Column("a", sa.Integer, nullable=False, server_default="7"))
        assert connection.exec_driver_sql("SELECT a FROM calls").scalar() == 7


async def test_a_table_without_its_key_ends_the_start(agent_database: str) -> None:
    """Every write of a call would fail; the start says so instead."""
    engine = sa.create_engine(agent_database, poolclass=sa.NullPool)
    if agent_database.startswith("sqlite"):
        Path(agent_database.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    with engine.begin() as connection:
        columns = ", ".join(f"{column.name} TEXT" for column in METADATA.tables["calls"].columns)
        connection.exec_driver_sql(f"CREATE TABLE calls ({columns})")
    opened = Store(agent_database)
    with pytest.raises(SchemaError, match="the primary key of calls"):
        await opened.open()
    await opened.close()
