"""Calls while the database is away: nobody waits for it, nothing is forgotten, and what another has settled stays."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from call.session import CallSession, EntryKind, State
from circuit_breaker import BreakerState
from records.call_rows import CallRows, Phase
from records.errors import StoreError
from records.journal import Journal
from records.store import Store
from simulator.rig.locked import locked
from simulator.rig.postgres import Postgres

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LATER = NOW + timedelta(seconds=120)
OWNER = "machine:1"
PATIENCE_SECONDS = 3.0  # Passes in these tests; a machine on which a statement takes as long is away.


def session(call_id: str = "CA1", *said: str) -> CallSession:
    made = CallSession(call_id=call_id, caller_number="+15125550142", started_at=NOW)
    for text in said:
        made.note(EntryKind.CALLER, text, NOW)
    return made


def words(known: CallSession | None) -> list[str]:
    return [entry.text for entry in known.timeline] if known else []


@pytest.fixture
def away(agent_database: str, request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[None]]:
    """Takes the database away for the length of a block: Postgres hangs, SQLite is locked."""
    if agent_database.startswith("sqlite"):
        return lambda: locked(Path(sa.make_url(agent_database).database or ""))
    running: Postgres = request.getfixturevalue("postgres")
    return running.hanging


@pytest.fixture
async def kept(agent_database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store with a journal."""
    journal = Journal(tmp_path / "journal")
    limits: dict[str, Any] = {"patience_seconds": PATIENCE_SECONDS, "statement_seconds": 2 * PATIENCE_SECONDS}
    opened = Store(agent_database, journal=journal, now=lambda: NOW, **limits)
    await opened.open()
    yield opened
    await opened.close()


async def back(store: Store) -> None:
    """Until a trial has succeeded."""
    async with asyncio.timeout(60):
        while store.breaker.state is not BreakerState.CLOSED:
            with contextlib.suppress(StoreError):
                await store.count_deliveries()
            await asyncio.sleep(0.05)


async def at_another(agent_database: str) -> Store:
    other = Store(agent_database, now=lambda: NOW)
    await other.open()
    return other


async def told(store: Store, call_id: str = "CA1") -> tuple[Phase, list[str]]:
    """Where a call stands for those who ask the store, and what was said in it."""
    row = await store.calls.find(call_id)
    assert row is not None
    return row.phase, words(row.session())


async def test_a_call_without_the_database(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """Expected, begun, broken off, brought back, ended while it is away: and all of it is there afterwards."""
    with away():
        await kept.calls.expect(session(), LATER)
        assert await kept.use_token("t", LATER)
        assert not await kept.use_token("t", LATER)
        begun = await kept.calls.begin(session(), OWNER, LATER)
        assert begun is not None
        run, talking = begun
        talking.note(EntryKind.CALLER, "my heater quit", NOW)
        assert await kept.calls.save(talking, run)
        assert await kept.calls.broke(talking, run, LATER)
        assert await told(kept) == (Phase.BROKEN, ["my heater quit"])
        assert await kept.calls.resume("CA1", 1, LATER)
        assert not await kept.calls.resume("CA1", 1, LATER)
        again = await kept.calls.begin(session(), OWNER, LATER)
        assert again is not None
        assert words(again[1]) == ["my heater quit"]
        assert kept.breaker.state is not BreakerState.CLOSED
        assert await kept.calls.end(again[1], again[0], LATER)
        assert await kept.calls.begin(session(), OWNER, LATER) is None
    await back(kept)
    assert await kept.calls.write_back() == []
    other = await at_another(agent_database)
    row = await other.calls.find("CA1")
    assert row is not None
    assert (row.phase, words(row.session()), row.due_at) == (Phase.OVER, ["my heater quit"], LATER)
    await other.close()


async def test_nobody_waits_for_it(kept: Store, away: Callable[[], AbstractContextManager[None]]) -> None:
    """The first waits for its moment, and from then on nobody does, until it answers again."""
    with away():
        for number in range(20):
            await kept.calls.expect(session(f"CA{number}"), LATER)
        assert kept.breaker.state is not BreakerState.CLOSED
        with pytest.raises(StoreError):
            await kept.count_deliveries()
    await back(kept)
    assert await kept.calls.write_back() == []
    assert await kept.calls.due(LATER + timedelta(seconds=1), LATER) == [f"CA{number}" for number in range(20)]


async def test_the_calls_that_no_stream_has(kept: Store, away: Callable[[], AbstractContextManager[None]]) -> None:
    """Those kept here are known without the database, and stand against its rows."""
    for call_id in ("CA1", "CA2", "CA3"):
        begun = await kept.calls.begin(session(call_id), OWNER, LATER)
        assert begun is not None
        await kept.calls.broke(begun[1], begun[0], LATER)
    with away():
        await kept.calls.broke(session("CA1", "a person, please"), 1, LATER)
        await kept.calls.end(session("CA2"), 1, LATER)
        assert [words(known) for known in await kept.calls.broken_off(NOW)] == [["a person, please"]]
        with pytest.raises(StoreError):  # Of none that is kept.
            await kept.calls.broken_off(LATER)
    await back(kept)
    found = {known.call_id: words(known) for known in await kept.calls.broken_off(NOW)}
    assert found == {"CA1": ["a person, please"], "CA3": []}


async def test_a_call_that_had_begun_before(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """It keeps its number: what is said meanwhile and how it ended are written under it."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    run, talking = begun
    with away():
        talking.note(EntryKind.CALLER, "no heat", NOW)
        assert await kept.calls.save(talking, run)
        talking.note(EntryKind.CALLER, "bye", NOW)
        assert await kept.calls.end(talking, run, LATER)
    await back(kept)
    assert await kept.calls.write_back() == []
    other = await at_another(agent_database)
    row = await other.calls.find("CA1")
    assert row is not None
    assert (row.phase, row.run, words(row.session())) == (Phase.OVER, run, ["no heat", "bye"])
    await other.close()


async def test_it_goes_on_under_its_new_number(kept: Store, away: Callable[[], AbstractContextManager[None]]) -> None:
    """A call that began without it is an ordinary one as soon as it is back."""
    with away():
        begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    run, talking = begun
    await back(kept)
    await kept.calls.write_back()
    talking.note(EntryKind.CALLER, "no heat", NOW)
    assert await kept.calls.save(talking, run)
    assert await kept.calls.end(talking, run, LATER)
    row = await kept.calls.find("CA1")
    assert row is not None
    assert (row.phase, row.run > 0, words(row.session())) == (Phase.OVER, True, ["no heat"])


async def test_what_is_saved_outlives_a_kill(
    kept: Store, away: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    """V2 is asked once a snapshot is saved: it is on the disk by then, also the first one that the database missed."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    run, talking = begun
    with away():
        for said in ("no heat", "book it"):
            talking.note(EntryKind.CALLER, said, NOW)
            assert await kept.calls.save(talking, run)
            assert any(said in path.read_text() for path in (tmp_path / "journal").glob("*.json"))


async def test_a_live_call_is_not_due_when_it_is_written(agent_database: str, tmp_path: Path) -> None:
    """Whether it began before the outage or in it, however long that was: else a watch would take it for abandoned."""
    clock = [NOW]
    limits: dict[str, Any] = {"patience_seconds": PATIENCE_SECONDS, "statement_seconds": 2 * PATIENCE_SECONDS}
    store = Store(agent_database, journal=Journal(tmp_path / "journal"), now=lambda: clock[0], **limits)
    await store.open()
    before = await store.calls.begin(session("BEFORE"), OWNER, LATER)
    store.too_slow()
    during = await store.calls.begin(session("DURING"), OWNER, LATER)
    assert before
    assert during
    assert during[0] < 0 < before[0]
    for run, talking in (before, during):
        assert await store.calls.save(talking, run)
    clock[0] = NOW + timedelta(hours=1)
    await back(store)
    await store.calls.renew(OWNER, clock[0] + timedelta(seconds=120))
    assert await store.calls.write_back() == []
    assert await store.calls.due(clock[0] + timedelta(seconds=119), clock[0]) == []
    assert sorted(await store.calls.due(clock[0] + timedelta(seconds=121), clock[0])) == ["BEFORE", "DURING"]
    await store.close()


async def test_what_is_newer_in_the_database_stays(
    kept: Store, away: Callable[[], AbstractContextManager[None]]
) -> None:
    """A snapshot that was kept is not written over one that the database took later."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    run, talking = begun
    with away():
        talking.note(EntryKind.CALLER, "no", NOW)
        await kept.calls.save(talking, run)
    await back(kept)
    talking.note(EntryKind.CALLER, "heat", NOW)
    assert await kept.calls.save(talking, run)
    assert await kept.calls.write_back() == []
    assert await told(kept) == (Phase.LIVE, ["no", "heat"])


async def test_a_stream_of_a_kept_call_that_was_closed(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """As in the database: what it still writes counts for nothing, here and in what is written back."""
    with away():
        begun = await kept.calls.begin(session(), OWNER, LATER)
        assert begun is not None
        run, talking = begun
        assert await kept.calls.close("CA1", LATER)
        talking.note(EntryKind.CALLER, "book it", NOW)
        assert not await kept.calls.broke(talking, run, LATER)
        assert not await kept.calls.end(talking, run, LATER)
    await back(kept)
    assert await kept.calls.write_back() == []
    other = await at_another(agent_database)
    assert await told(other) == (Phase.OVER, [])
    await other.close()


async def test_what_its_caller_wished_before_it_came_here(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """No recording, and a text: told in a stream of which only the database knew, and in no other."""
    other = await at_another(agent_database)
    before = await other.calls.begin(session("CA1", "no heat"), "other:1", LATER)
    assert before is not None
    before[1].recording_declined = before[1].text_offered = True
    before[1].text_to = "+15125550142"
    assert await other.calls.broke(before[1], before[0], LATER)
    with away():
        begun = await kept.calls.begin(session(), OWNER, LATER)
        assert begun is not None
        begun[1].note(EntryKind.CALLER, "book it", NOW + timedelta(seconds=9))
        begun[1].recorded_from = NOW
        assert await kept.calls.end(begun[1], begun[0], LATER)
    await back(kept)
    assert await kept.calls.write_back() == []
    assert await told(other) == (Phase.OVER, ["no heat", "book it"])
    row = await other.calls.find("CA1")
    known = row.session() if row else None
    assert known is not None
    assert (known.recording_declined, known.recorded_from) == (True, None)
    assert (known.text_offered, known.text_to) == (True, "+15125550142")
    await other.close()


async def test_who_wants_no_recording_without_the_database(
    kept: Store, away: Callable[[], AbstractContextManager[None]]
) -> None:
    """An older stream of the call, which knows nothing of it, writes over what is kept."""
    with away():
        first = await kept.calls.begin(session(), OWNER, LATER)
        assert first is not None
        stale = first[1].model_copy(update={"recorded_from": NOW})
        first[1].recording_declined = True
        await kept.calls.save(first[1], first[0])
        await kept.calls.save(stale, first[0])
        row = await kept.calls.find("CA1")
        known = row.session() if row else None
        assert known is not None
        assert (known.recording_declined, known.recorded_from) == (True, None)
    await back(kept)


async def test_it_goes_on_with_what_was_last_written(
    kept: Store, away: Callable[[], AbstractContextManager[None]]
) -> None:
    """The row is well written, and cannot be read in time when the stream is gone: the call is no new one."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    begun[1].note(EntryKind.CALLER, "no heat", NOW)
    assert await kept.calls.broke(begun[1], begun[0], LATER)
    with away():
        row = kept.calls.last_written("CA1")
        assert row is not None
        assert (row.phase, row.run, words(row.session())) == (Phase.BROKEN, begun[0], ["no heat"])
        assert await kept.calls.resume("CA1", 1, LATER)
        assert not await kept.calls.resume("CA1", 1, LATER)
        again = await kept.calls.begin(session(), OWNER, LATER)
        assert again is not None
        assert words(again[1]) == ["no heat"]
        again[1].note(EntryKind.CALLER, "bye", NOW)
        assert await kept.calls.end(again[1], again[0], LATER)
        assert await kept.calls.begin(session(), OWNER, LATER) is None
    await back(kept)
    assert await kept.calls.write_back() == []
    assert await told(kept) == (Phase.OVER, ["no heat", "bye"])


async def test_a_call_that_ended_begins_no_more(kept: Store, away: Callable[[], AbstractContextManager[None]]) -> None:
    """Also while the database cannot say so."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    assert await kept.calls.end(begun[1], begun[0], LATER)
    with away():
        assert await kept.calls.begin(session(), OWNER, LATER) is None


async def test_what_another_has_taken_over_is_known_no_more(kept: Store, agent_database: str) -> None:
    """What was written here last is older than the row."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    other = await at_another(agent_database)
    assert begun is not None
    assert await other.calls.begin(session(), "other:1", LATER)
    await other.close()
    assert kept.calls.last_written("CA1")
    assert not await kept.calls.broke(begun[1], begun[0], LATER)
    assert kept.calls.last_written("CA1") is None


async def elsewhere(agent_database: str) -> None:
    """A call whose first stream was another process's, and broke off."""
    other = await at_another(agent_database)
    begun = await other.calls.begin(session("CA1", "no heat"), "other:1", LATER)
    assert begun is not None
    begun[1].name, begun[1].state = "Jonas Weber", State.DISCOVERY
    assert await other.calls.broke(begun[1], begun[0], LATER)
    await other.close()


async def test_who_knows_nothing_of_a_call_reads_its_row_as_soon_as_it_can(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """What was expected in its place is worth nothing beside it, also before it could be written back."""
    await elsewhere(agent_database)
    with away():
        assert await kept.calls.expect(session(), LATER)
        assert await kept.calls.resume("CA1", 1, LATER)
    await back(kept)
    assert await told(kept) == (Phase.BROKEN, ["no heat"])
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    assert (begun[0] > 0, words(begun[1]), begun[1].name) == (True, ["no heat"], "Jonas Weber")
    assert await kept.calls.write_back() == []
    assert await told(kept) == (Phase.LIVE, ["no heat"])


async def test_what_was_only_expected_is_written_over_nothing(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str, tmp_path: Path
) -> None:
    """By the next start, which takes it up from the journal."""
    await elsewhere(agent_database)
    with away():
        assert await kept.calls.expect(session(), LATER)
        assert await kept.calls.resume("CA1", 1, LATER)
    await back(kept)
    other = Store(agent_database, journal=Journal(tmp_path / "journal"), now=lambda: NOW)
    await other.open()
    await other.calls.take_up(LATER)
    assert await told(other) == (Phase.BROKEN, ["no heat"])
    assert await other.calls.write_back() == []
    assert await told(other) == (Phase.BROKEN, ["no heat"])
    await other.close()


async def test_a_stream_that_knew_nothing_of_its_call(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """It goes on while the row is back: what the row knew is in every snapshot, and in what the record is made of."""
    await elsewhere(agent_database)
    with away():
        begun = await kept.calls.begin(session(), OWNER, LATER)
        assert begun is not None
        run, talking = begun
        talking.note(EntryKind.CALLER, "hello?", NOW + timedelta(seconds=9))
        assert await kept.calls.save(talking, run)
    await back(kept)
    for _ in range(2):  # Before it is written back, and behind that
        whole = await kept.calls.whole(talking)
        assert (words(whole), whole.name) == (["no heat", "hello?"], "Jonas Weber")
        assert await kept.calls.write_back() == []
    talking.note(EntryKind.CALLER, "bye", NOW + timedelta(seconds=12))
    assert await kept.calls.save(talking, run)
    assert await told(kept) == (Phase.LIVE, ["no heat", "hello?", "bye"])
    assert await kept.calls.end(talking, run, LATER)
    await kept.calls.done("CA1", talking)
    row = await kept.calls.find("CA1")
    known = row.session() if row else None
    assert known is not None
    assert words(known) == ["no heat", "hello?", "bye"]
    assert (known.name, known.outcome) == ("Jonas Weber", "hangup:discovery")


async def test_the_end_of_a_stream_is_not_waited_for(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a statement that takes however long: when the moment is over, it is kept as any other write."""
    streams = {}
    for call_id in ("BROKE", "ENDED"):
        begun = await kept.calls.begin(session(call_id), OWNER, LATER)
        assert begun is not None
        streams[call_id] = begun
    with monkeypatch.context() as patched:
        patched.setattr(Store, "ask", lambda *_: asyncio.get_running_loop().create_future())
        async with asyncio.timeout(60):
            (broke, talked), (ended, hung_up) = streams.values()
            written = kept.calls.broke(talked, broke, LATER), kept.calls.end(hung_up, ended, LATER)
            assert all(await asyncio.gather(*written))
        assert [await told(kept, call_id) for call_id in streams] == [(Phase.BROKEN, []), (Phase.OVER, [])]
    await back(kept)
    assert await kept.calls.write_back() == []
    assert [await told(kept, call_id) for call_id in streams] == [(Phase.BROKEN, []), (Phase.OVER, [])]


async def test_settled_elsewhere(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str
) -> None:
    """Another machine has closed the call meanwhile: its row stays, and what this one knows is handed out.

    That the caller wants no recording is written all the same: the other one may have recorded a part of the call.
    """
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    run, talking = begun
    with away():
        talking.note(EntryKind.CALLER, "book it", NOW)
        talking.recording_declined = True
        await kept.calls.broke(talking, run, LATER)
    other = await at_another(agent_database)
    assert await other.calls.close("CA1", LATER)
    await back(kept)
    assert [words(known) for known in await kept.calls.write_back()] == [["book it"]]
    assert await kept.calls.write_back() == []
    assert (await told(other))[0] is Phase.OVER
    row = await other.calls.find("CA1")
    known = row.session() if row else None
    assert known is not None
    assert known.recording_declined
    await other.close()


async def test_it_outlives_the_process(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str, tmp_path: Path
) -> None:
    """What is in the journal is taken up by the next start: a call that lived has broken off, one that ended has."""
    with away():
        for call_id in ("CA1", "CA2"):
            begun = await kept.calls.begin(session(call_id), OWNER, LATER)
            assert begun is not None
            begun[1].note(EntryKind.CALLER, "no heat", NOW)
            await kept.calls.save(begun[1], begun[0])
        assert begun
        await kept.calls.end(begun[1], begun[0], LATER)
    journal = Journal(tmp_path / "journal")
    async with asyncio.timeout(60):  # The first one's own thread writes.
        while not {"live", "over"} <= {entry["phase"] for entry in await journal.read(dict[str, object])}:
            await asyncio.sleep(0.01)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "journal").iterdir()} == {0o600}
    await back(kept)  # What it had asked before it gave up is done by now: a process that is gone asks nothing later.
    other = Store(agent_database, journal=journal, now=lambda: NOW)
    await other.open()
    await other.calls.take_up(LATER)
    assert await other.calls.write_back() == []
    assert await told(other) == (Phase.BROKEN, ["no heat"])
    assert await told(other, "CA2") == (Phase.OVER, ["no heat"])
    async with asyncio.timeout(60):
        while await journal.read(dict[str, object]):
            await asyncio.sleep(0.01)
    await other.close()


def entry(call_id: str = "CA1") -> dict[str, object]:
    """What stands in the journal of a call that has ended."""
    snapshot, at = session(call_id, "no heat").model_dump_json(), NOW.timestamp()
    stands = {"phase": "over", "run": -3, "resumes": 0, "owner": OWNER, "due_at": at, "updated_at": at, "at": 5}
    return {"call_id": call_id, "snapshot": snapshot, **stands}


NONSENSE = {
    "half a file": '{"call_id": "CA1", "pha',
    "a list": "[]",
    "too little": '{"call_id": "CA1"}',
    "nested without end": "[" * 100_000,
    **{
        f"{name} {value!r:.9}": json.dumps(entry() | {name: value})
        for name, value in [
            *((name, None) for name in entry()),
            ("call_id", ["x"]),
            ("call_id", "CA2"),  # Not the snapshot's
            ("call_id", "C" * 65),
            ("snapshot", "{}"),
            ("snapshot", session("CA1").model_copy(update={"caller_number": "+" * 33}).model_dump_json()),
            ("phase", "gone"),
            ("run", 2**40),
            ("resumes", "many"),
            ("owner", "\0"),
            ("due_at", "soon"),
            ("due_at", float("inf")),
            ("due_at", float("nan")),
            ("updated_at", 1e300),
        ]
    },
}


async def started(folder: Path, journal: Journal) -> Store:
    """A process that has taken up what is in the journal, and has written it back as far as it goes."""
    store = Store(f"sqlite:///{folder / 'agent.db'}", journal=journal, now=lambda: NOW)
    await store.open()
    await store.calls.take_up(LATER)
    assert await store.calls.write_back() == []
    return store


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE.keys())
async def test_an_entry_that_makes_no_sense_costs_itself_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """It is named once and kept as it was, and no later start reads it; the others go on."""
    folder, journal = tmp_path / "journal", Journal(tmp_path / "journal")
    folder.mkdir()
    (folder / "a.json").write_text(text)
    await journal.write("GOOD", entry("GOOD"))
    for _ in range(2):
        store = await started(tmp_path, journal)
        assert await told(store, "GOOD") == (Phase.OVER, ["no heat"])
        await store.close()
    await journal.close(60)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.json.unreadable": text}
    assert caplog.text.count("a.json IN THE JOURNAL IS NOT DELIVERED") == 1


async def test_what_was_set_aside_is_deleted_for_its_age(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It holds what a caller said. Nothing is deleted while the clock is in doubt, and a folder stays."""
    folder, journal = tmp_path / "journal", Journal(tmp_path / "journal")
    folder.mkdir()
    for name in ("old.json.unreadable", "old.json1.unreadable", "half.new", "waits.json", "new.json.unreadable"):
        (folder / name).write_text("{")
    (folder / "folder.json.unreadable").mkdir()
    for path in folder.iterdir():
        age = timedelta(days=29 if path.name.startswith("new") else 31)
        os.utime(path, ((NOW - age).timestamp(),) * 2)
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}", journal=journal, now=lambda: NOW)
    await store.open()
    await store.calls.purge(NOW - timedelta(days=30), only_done=True)
    assert len(list(folder.iterdir())) == 6
    await store.purge(NOW - timedelta(days=30))
    await store.purge(NOW - timedelta(days=30))
    names = ["folder.json.unreadable", "new.json.unreadable", "waits.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert caplog.text.count("IN THE JOURNAL IS DELETED FOR ITS AGE") == 3
    await store.close()
    await journal.close(60)


async def test_what_is_no_file_costs_itself_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A link to nowhere, a folder, and one whose name was given before; its number is masked."""
    folder, journal = tmp_path / "journal", Journal(tmp_path / "journal")
    await journal.write("GOOD", entry("GOOD"))
    (folder / "b.json").mkdir()
    (folder / "+15125550142.json").symlink_to("/nowhere/at/all")
    (folder / "b.json.unreadable").write_text("of an earlier start")
    store = await started(tmp_path, journal)
    assert await told(store, "GOOD") == (Phase.OVER, ["no heat"])
    await store.close()
    await journal.close(60)
    names = ["+15125550142.json.unreadable", "b.json.unreadable", "b.json1.unreadable"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert "***0142.json IN THE JOURNAL IS NOT DELIVERED" in caplog.text
    assert "5125550142" not in caplog.text


async def test_one_that_cannot_be_written_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with it: the others are written, it stays where it is, and that is said once."""
    journal = Journal(tmp_path / "journal")
    for call_id in ("BAD", "GOOD"):
        await journal.write(call_id, entry(call_id))
    begin = CallRows.begin

    async def fails(rows: CallRows, known: CallSession, *rest: Any) -> Any:
        if known.call_id == "BAD":
            raise OverflowError("a number too large for the database")
        return await begin(rows, known, *rest)

    monkeypatch.setattr(CallRows, "begin", fails)
    store = await started(tmp_path, journal)
    assert await store.calls.write_back() == []
    assert await told(store, "GOOD") == (Phase.OVER, ["no heat"])
    await store.close()
    left = await journal.read(dict[str, object])
    await journal.close(60)
    assert [kept["call_id"] for kept in left] == ["BAD"]
    assert caplog.text.count("BAD CANNOT BE WRITTEN") == 1


async def test_what_others_have_settled_is_told_though_the_database_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept no longer, so nobody would tell of it later; the rest is written the next time."""
    journal = Journal(tmp_path / "journal")
    for call_id in ("CA1", "CA2"):
        await journal.write(call_id, entry(call_id))
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}", journal=journal, now=lambda: NOW)
    await store.open()
    await store.calls.expect(session("CA1"), LATER)
    assert await store.calls.close("CA1", LATER)
    await store.calls.take_up(LATER)
    begin = CallRows.begin

    async def fails(rows: CallRows, known: CallSession, *rest: Any) -> Any:
        if known.call_id == "CA2":
            raise StoreError("away")
        return await begin(rows, known, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(CallRows, "begin", fails)
        assert [known.call_id for known in await store.calls.write_back()] == ["CA1"]
        with pytest.raises(StoreError):
            await store.calls.write_back()
    assert await store.calls.write_back() == []
    assert await told(store, "CA2") == (Phase.OVER, ["no heat"])
    await store.close()
    await journal.close(60)


# Rows that are gone


async def delete_rows(store: Store) -> None:
    await store.execute(sa.text("DELETE FROM calls"))


@pytest.mark.parametrize("end", ["broke", "end"])
async def test_what_was_kept_of_a_row_that_is_gone(
    kept: Store, away: Callable[[], AbstractContextManager[None]], agent_database: str, end: str
) -> None:
    """The database comes back as an older one: nobody has settled the call, so it is written, and due."""
    begun = await kept.calls.begin(session(), OWNER, LATER)
    assert begun is not None
    run, talking = begun
    with away():
        talking.note(EntryKind.CALLER, "no heat", NOW)
        assert await getattr(kept.calls, end)(talking, run, NOW)
    await back(kept)
    await delete_rows(kept)
    assert await kept.calls.write_back() == []
    other = await at_another(agent_database)
    assert await told(other) == (Phase.BROKEN if end == "broke" else Phase.OVER, ["no heat"])
    assert await other.calls.due(LATER, LATER) == ["CA1"]
    await other.close()


async def test_the_end_waits_for_nobody(postgres: Postgres, tmp_path: Path) -> None:
    """A database that hangs is left without a good-bye."""
    url = postgres.new_database().replace("postgresql:", "postgresql+psycopg:")
    store = Store(url, journal=Journal(tmp_path / "journal"), patience_seconds=PATIENCE_SECONDS, statement_seconds=6)
    await store.open()
    with postgres.hanging():
        await store.calls.expect(session(), LATER)
        await store.close()  # Comes back while the other still hangs.


async def test_a_disk_that_takes_nothing_costs_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the database nor the journal can be written: the call is run from memory, and that is said loudly."""
    (tmp_path / "journal").write_text("a file where the folder should be")
    url = f"sqlite:///{tmp_path / 'agent.db'}"
    limits: dict[str, Any] = {"patience_seconds": PATIENCE_SECONDS, "statement_seconds": 2 * PATIENCE_SECONDS}
    store = Store(url, journal=Journal(tmp_path / "journal"), now=lambda: NOW, **limits)
    await store.open()
    with locked(tmp_path / "agent.db"):
        begun = await store.calls.begin(session(), OWNER, LATER)
        assert begun is not None
        begun[1].note(EntryKind.CALLER, "no heat", NOW)
        assert await store.calls.end(begun[1], begun[0], LATER)
    await back(store)
    assert await store.calls.write_back() == []
    assert await told(store) == (Phase.OVER, ["no heat"])
    await store.close()
    assert "THE JOURNAL WAS NOT WRITTEN" in caplog.text
