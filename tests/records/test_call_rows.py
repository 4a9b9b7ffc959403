"""The calls' rows, on SQLite and on Postgres: who may write a call, when its record is due, what a snapshot keeps."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

import config
from call.session import BookingStatus, CallSession, EndedBy, EntryKind, Reason, State
from records.call_rows import LONGEST_WINDOW, MOST_REMEMBERED, CallRow, CallRows, Phase, read_snapshot
from records.store import Store

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LATER = NOW + timedelta(seconds=120)
ME, OTHER = "a:1", "b:2"


@pytest.fixture
async def rows(agent_database: str) -> AsyncIterator[CallRows]:
    store = Store(agent_database, now=lambda: NOW)
    await store.open()
    yield store.calls
    await store.close()


def call(call_id: str = "CA1", **facts: object) -> CallSession:
    return CallSession.model_validate({"call_id": call_id, "started_at": NOW, **facts})


async def found(rows: CallRows, call_id: str = "CA1") -> CallRow:
    row = await rows.find(call_id)
    assert row is not None
    return row


async def begun(rows: CallRows, session: CallSession | None = None, owner: str = ME) -> tuple[int, CallSession]:
    taken = await rows.begin(session or call(), owner, LATER)
    assert taken is not None
    return taken


async def test_a_snapshot_comes_back_whole(rows: CallRows) -> None:
    """Everything in a session survives, its timeline and its times included."""
    run, session = await begun(rows, call(name="José", state=State.DISCOVERY))
    session.note(EntryKind.CALLER, "my AC is out", NOW, milliseconds=12)
    session.visit_at, session.booking_status = LATER, BookingStatus.ATTEMPTED_FAILED
    assert await rows.save(session, run)
    assert (await begun(rows))[1] == session
    assert await rows.find("CA2") is None


async def test_half_a_character_keeps_no_call_open(rows: CallRows) -> None:
    """Whoever brought it into a danger: the call is saved, ends, and its record is handed over."""
    run, session = await begun(rows)
    session.name, session.emergency = "Maria Alvarez \ud83d", True
    assert await rows.save(session, run)
    assert await rows.end(session, run, LATER)
    await rows.done("CA1", session)
    known = (await found(rows)).session()
    assert known is not None
    assert (known.name, known.emergency) == ("Maria Alvarez ", True)


async def test_saves_keep_their_order(rows: CallRows) -> None:
    """Saves that are under way together end with the last one, each as the session was then; nobody has to wait."""
    run, session = await begun(rows)
    saves = []
    for turn in range(20):
        session.turn_count = turn
        saves.append(rows.save(session, run))
    session.turn_count = 99
    assert all(await asyncio.gather(*saves))
    assert json.loads((await found(rows)).snapshot)["turn_count"] == 19


WRITERS = ["a snapshot", "a snapshot behind the end", "broken off", "over", "its record", "a newer run"]


@pytest.mark.parametrize("writer", WRITERS)
async def test_who_wants_no_recording_has_none_whoever_writes(rows: CallRows, writer: str) -> None:
    """One who began before the objection, on another machine, and knows nothing of it; all else is as they know it."""
    run, session = await begun(rows, call(recorded_from=NOW))
    stale = session.model_copy(update={"turn_count": 7})
    session.recording_declined, session.recorded_from = True, None
    assert await rows.save(session, run)
    match writer:
        case "a snapshot":
            assert await rows.save(stale, run)
        case "a snapshot behind the end":
            assert await rows.broke(session, run, LATER)
            assert await rows.save(stale, run)
        case "broken off":
            assert await rows.broke(stale, run, LATER)
        case "over":
            assert await rows.end(stale, run, LATER)
        case "its record":
            assert await rows.end(session, run, LATER)
            await rows.done("CA1", stale)
        case _:
            assert await rows.end(stale, run + 1, LATER)
    known = (await found(rows)).session()
    assert known is not None
    assert (known.recording_declined, known.recorded_from, known.turn_count) == (True, None, 7)


async def test_the_calls_whose_callers_want_no_recording(agent_database: str) -> None:
    """Those written since a moment, whether a stream has written it or nothing else of the call."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    await ended(store.calls, "CA-before", recording_declined=True)
    clock[0] = LATER
    for call_id in ("CA1", "CA2", "CA3"):
        await ended(store.calls, call_id, recording_declined=call_id == "CA1")
    await store.calls.decline("CA2")
    assert sorted(await store.calls.declined(LATER)) == ["CA1", "CA2"]
    await store.close()


async def test_words_are_no_objection(rows: CallRows) -> None:
    """What is said in a call says nothing of its recording, however it reads in a snapshot."""
    run, session = await begun(rows, call(recorded_from=NOW))
    session.note(EntryKind.CALLER, '"recording_declined":true', NOW, detail='x","recording_declined":true')
    assert await rows.save(session, run)
    assert await rows.save(session, run)
    known = (await found(rows)).session()
    assert known is not None
    assert (known.recording_declined, known.recorded_from) == (False, NOW)


async def test_a_stream_takes_over_what_was_expected(rows: CallRows) -> None:
    """What /twiml wrote is what the first stream begins with; a second /twiml changes nothing."""
    await rows.expect(call(caller_number="+15125550100"), LATER)
    await rows.expect(call(caller_number="+15125550199"), LATER)
    row = await found(rows)
    assert (row.phase, row.run, row.resumes, row.due_at) == (Phase.EXPECTED, 0, 0, LATER)
    run, session = await begun(rows, call())
    assert (run, session.caller_number) == (1, "+15125550100")
    row = await found(rows)
    assert (row.phase, row.owner) == (Phase.LIVE, ME)


async def test_an_older_stream_writes_nothing(rows: CallRows) -> None:
    """From the moment that the next stream begins: no snapshot, no break, no end. Its own writes count."""
    first, session = await begun(rows)
    second, _ = await begun(rows, owner=OTHER)
    assert (first, second) == (1, 2)
    session.turn_count = 7
    assert not await rows.save(session, first)
    assert not await rows.broke(session, first, LATER)
    assert not await rows.end(session, first, LATER)
    row = await found(rows)
    assert (row.phase, row.owner, json.loads(row.snapshot)["turn_count"]) == (Phase.LIVE, OTHER, 0)
    assert await rows.save(session, second)
    assert await rows.end(session, second, LATER)
    assert (await found(rows)).phase is Phase.OVER


@pytest.fixture
async def store(agent_database: str) -> AsyncIterator[Store]:
    opened = Store(agent_database, now=lambda: NOW)
    await opened.open()
    yield opened
    await opened.close()


OLDER = ["DELETE FROM calls", "UPDATE calls SET run = 0, phase = 'expected', owner = '', due_at = 0, resumes = 0"]


@pytest.mark.parametrize("happens", OLDER)
async def test_a_row_that_is_gone_is_nobody_elses(store: Store, happens: str) -> None:
    """Also one as it was before the stream began: what it saves is the row, and its process puts it off as before."""
    rows = store.calls
    await begun(rows, call(caller_number=NUMBER))
    await rows.broke(call(caller_number=NUMBER), 1, LATER)
    assert await rows.resume("CA1", 2, LATER)
    run, session = await begun(rows)
    await store.execute(sa.text(happens))
    session.turn_count = 7
    assert await rows.save(session, run)
    row = await found(rows)
    assert (row.phase, row.run, row.resumes, row.owner, row.due_at) == (Phase.LIVE, 2, 1, ME, LATER)
    assert json.loads(row.snapshot)["turn_count"] == 7
    assert [known.call_id for known in await rows.of_caller(call("CA2", caller_number=NUMBER))] == ["CA1"]
    await rows.renew(ME, LATER + timedelta(seconds=60))
    assert await rows.due(LATER + timedelta(seconds=59), LATER) == []


@pytest.mark.parametrize("happens", OLDER)
@pytest.mark.parametrize("phase", [Phase.BROKEN, Phase.OVER])
async def test_the_end_of_a_call_whose_row_is_gone(store: Store, happens: str, phase: Phase) -> None:
    """It is written and due, whether its stream broke off or ended; one that ended does not live again."""
    rows = store.calls
    run, session = await begun(rows)
    write = rows.broke if phase is Phase.BROKEN else rows.end
    for _ in range(2):  # Who hangs up writes the end, and so does who sees it.
        await store.execute(sa.text(happens))
        assert await write(session, run, LATER)
        row = await found(rows)
        assert (row.phase, row.run, row.due_at) == (phase, 1, LATER)
    assert await rows.due(LATER + timedelta(seconds=1), LATER) == ["CA1"]
    await store.execute(sa.text("DELETE FROM calls"))
    assert not await rows.save(session, run)
    assert await rows.find("CA1") is None


async def test_of_two_streams_whose_row_is_gone_the_newer_has_it(store: Store) -> None:
    """Whichever writes first."""
    rows = store.calls
    first, session = await begun(rows)
    second, _ = await begun(rows, owner=OTHER)
    await store.execute(sa.text("DELETE FROM calls"))
    assert await rows.save(session, first)  # Nobody else is known of.
    assert await rows.save(session, second)
    assert not await rows.save(session, first)
    assert not await rows.end(session, first, LATER)
    row = await found(rows)
    assert (row.phase, row.run, row.owner) == (Phase.LIVE, second, OTHER)


async def test_a_row_without_a_snapshot(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """The call begins with what its stream knows."""
    await store.calls.expect(call(), LATER)
    await store.execute(sa.text("UPDATE calls SET snapshot = NULL"))
    assert await begun(store.calls, call(name="Dana")) == (1, call(name="Dana"))
    assert "CA1 the snapshot cannot be read" in caplog.text


async def test_of_two_streams_at_once_one_is_newer(rows: CallRows) -> None:
    """Whoever begins at the same time gets a number of its own."""
    taken = await asyncio.gather(*(rows.begin(call(), f"m:{n}", LATER) for n in range(10)))
    assert sorted(run for run, _ in filter(None, taken)) == list(range(1, 11))


async def test_a_call_that_is_over_never_comes_back(rows: CallRows) -> None:
    """No stream, no resume, no late snapshot; its own stream may still write how it ended."""
    run, session = await begun(rows)
    assert await rows.end(session, run, LATER)
    assert await rows.begin(call(), ME, LATER) is None
    assert not await rows.resume("CA1", 2, LATER)
    assert not await rows.save(session, run)
    assert not await rows.broke(session, run, LATER)
    session.ended_by = EndedBy.BOT
    assert await rows.end(session, run, LATER)
    last = (await found(rows)).session()
    assert last is not None
    assert last.ended_by is EndedBy.BOT


async def test_a_call_comes_back_only_so_often(rows: CallRows) -> None:
    """Each answer with another stream is counted, also if that stream never comes; of many at once none is too many."""
    run, session = await begun(rows)
    await rows.broke(session, run, NOW)
    counted = await asyncio.gather(*(rows.resume("CA1", 2, LATER) for _ in range(6)))
    assert sorted(counted) == [False] * 4 + [True] * 2
    row = await found(rows)
    assert (row.phase, row.resumes, row.due_at) == (Phase.BROKEN, 2, LATER)
    assert not await rows.resume("CA9", 2, LATER)


async def test_a_process_that_lives_puts_its_calls_off(rows: CallRows) -> None:
    """Its live ones alone: not another process's, not those that broke off, not those that are over."""
    soon = NOW + timedelta(seconds=1)
    for call_id, owner in (("LIVE", ME), ("OTHER", OTHER), ("BROKE", ME), ("OVER", ME)):
        await rows.begin(call(call_id), owner, soon)
    await rows.broke(call("BROKE"), 1, soon)
    await rows.end(call("OVER"), 1, soon)
    await rows.renew(ME, LATER)
    assert set(await rows.due(NOW + timedelta(seconds=2), LATER)) == {"OTHER", "BROKE", "OVER"}


def test_no_window_is_longer_than_the_longest(environ: dict[str, str]) -> None:
    """What is due later than that was written by a clock that was wrong."""
    seconds = LONGEST_WINDOW.total_seconds()
    assert config.load(environ | {"RESUME_WINDOW_SECONDS": str(seconds)}).resume_window_seconds == seconds
    with pytest.raises(config.ConfigError, match="RESUME_WINDOW_SECONDS"):
        config.load(environ | {"RESUME_WINDOW_SECONDS": str(seconds + 1)})


@pytest.mark.parametrize(
    ("written", "window", "due"),
    [
        (timedelta(0), timedelta(minutes=15), False),
        (timedelta(minutes=-30), timedelta(minutes=45), False),
        (timedelta(minutes=9), timedelta(minutes=15), False),
        (timedelta(0), timedelta(hours=2), True),
        (timedelta(hours=1), timedelta(minutes=2), True),
        (timedelta(days=400), timedelta(minutes=15), True),
    ],
)
@pytest.mark.parametrize("broke", [True, False])
async def test_what_is_due_much_later_than_it_should_be(
    agent_database: str, written: timedelta, window: timedelta, due: bool, broke: bool
) -> None:
    """What a clock that was ahead has written is due; the call of a machine with a longer window is not."""
    clock = [NOW + written]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    until = max(NOW, clock[0]) + window
    begun = await store.calls.begin(call(), ME, until)
    assert begun is not None
    if broke:
        assert await store.calls.broke(begun[1], begun[0], until)
    clock[0] = NOW
    assert await store.calls.due(NOW, LATER) == (["CA1"] if due else [])
    assert (await store.calls.close_due("CA1", NOW, LATER) is not None) is due
    await store.close()


async def test_a_due_record_is_handed_over_by_one(rows: CallRows) -> None:
    """Of many who look at once one gets the row; if it dies on the way, the next look finds it again."""
    run, session = await begun(rows)
    session.name = "Dana"
    await rows.broke(session, run, NOW - timedelta(seconds=1))
    assert await rows.due(NOW, LATER) == ["CA1"]
    closed = [row for row in await asyncio.gather(*(rows.close_due("CA1", NOW, LATER) for _ in range(5))) if row]
    assert len(closed) == 1
    kept = closed[0].session()
    assert kept is not None
    assert (closed[0].phase, kept.name) == (Phase.OVER, "Dana")
    assert await rows.due(NOW, LATER) == []
    assert await rows.due(LATER + timedelta(seconds=1), LATER) == ["CA1"]
    await rows.done("CA1")
    assert await rows.due(LATER + timedelta(days=1), LATER) == []
    assert not await rows.resume("CA1", 2, LATER)


async def test_a_resume_and_a_delivery_exclude_each_other(rows: CallRows) -> None:
    """What has come back is not due; what was handed over does not come back."""
    for call_id in ("BACK", "GONE"):
        await rows.begin(call(call_id), ME, NOW - timedelta(seconds=1))
    assert await rows.resume("BACK", 2, LATER)
    assert await rows.close_due("BACK", NOW, LATER) is None
    assert await rows.close_due("GONE", NOW, LATER) is not None
    assert not await rows.resume("GONE", 2, LATER)


async def test_closing_happens_once(rows: CallRows) -> None:
    """Twilio's word that a call is over ends it for the first who hears it; an unknown call has no end."""
    await rows.expect(call(), LATER)
    assert await rows.close("CA1", LATER) is not None
    assert await rows.close("CA1", LATER) is None
    assert await rows.close("CA9", LATER) is None


async def test_a_stream_that_still_believes_in_a_call_that_was_closed(rows: CallRows) -> None:
    """It can write nothing any more: not that it goes on, not that it broke off, and not how it ended."""
    begun = await rows.begin(call(), ME, NOW)
    assert begun is not None
    run, session = begun
    closed = await rows.close_due("CA1", LATER, LATER)
    assert closed is not None
    session.name = "Bo"
    assert not await rows.save(session, run)
    assert not await rows.broke(session, run, LATER)
    assert not await rows.end(session, run, LATER)
    row = await found(rows)
    assert (row.phase, row.run, row.snapshot) == (Phase.OVER, run + 1, closed.snapshot)


async def test_hastening_never_delays(rows: CallRows) -> None:
    """A record may become due earlier, and one that is handed over stays so."""
    await rows.begin(call(), ME, LATER)
    await rows.hasten("CA1", NOW)
    assert (await found(rows)).due_at == NOW
    await rows.hasten("CA1", LATER)
    assert (await found(rows)).due_at == NOW
    await rows.done("CA1")
    await rows.hasten("CA1", NOW)
    assert (await found(rows)).due_at is None


async def test_the_calls_without_a_record_are_known(rows: CallRows) -> None:
    """Those that go on, that may still come back and that are over, for the operator; not what is handed over."""
    for call_id in ("CA1", "CA2", "CA3", "CA4"):
        await rows.begin(call(call_id), ME, LATER)
    await rows.broke(call("CA2"), 1, LATER)
    for call_id in ("CA3", "CA4"):
        await rows.end(call(call_id), 1, LATER)
    await rows.done("CA4")
    phases = {row.call_id: row.phase for row in await rows.not_handed_over()}
    assert phases == {"CA1": Phase.LIVE, "CA2": Phase.BROKEN, "CA3": Phase.OVER}


def test_another_versions_snapshot_is_read_as_far_as_possible(caplog: pytest.LogCaptureFixture) -> None:
    """A field that this version does not know is nothing; one that it reads differently is left out; the lead stays."""
    session = call(name="Dana", problem="no heat", caller_number="+15125550100")
    content = json.loads(session.model_dump_json()) | {"state": "a_new_state", "brand_new": {"a": 1}, "slots": ["?"]}
    read = read_snapshot(json.dumps(content), "CA1")
    assert read == session
    assert "CA1 the snapshot is read without slots, state" in caplog.text


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "7", "{}", '{"state": "gone"}', '{"call_id": "CA1"}'])
def test_what_is_no_snapshot(text: str, caplog: pytest.LogCaptureFixture) -> None:
    """Without a call and its start there is nothing to tell: none, and logged."""
    assert read_snapshot(text, "CA1") is None
    assert "CA1 the snapshot cannot be read" in caplog.text


ASKED = {"tool": "manage_appointment", "action": "cancel", "booking_uid": "u1", "reason": ""}


@pytest.mark.parametrize(
    "asked",
    [
        ASKED | {"action": "postpone"},  # A word that this version does not know
        {"tool": "manage_appointment", "what": "cancel"},  # Fields of another name
        {"tool": "book_appointment", "starts_at": "2026-11-26T10:00:00", "customer_name": "Dana"},  # Naive, and too few
        ASKED,
    ],
)
def test_what_v2_was_asked_is_never_forgotten(asked: dict[str, str]) -> None:
    """However another version writes it: a tool that acts is not asked twice."""
    content = json.loads(call().model_dump_json()) | {"tool_under_way": asked}
    read = read_snapshot(json.dumps(content), "CA1")
    assert read is not None
    assert read.tool_under_way is not None
    assert read.tool_under_way.tool == asked["tool"]


def test_one_entry_of_another_version_costs_itself_alone() -> None:
    """The rest of the transcript is the lead."""
    session = call()
    session.note(EntryKind.CALLER, "my heater is out", NOW)
    session.note(EntryKind.CALLER, "twelve Oak Street", NOW)
    content = json.loads(session.model_dump_json())
    content["timeline"].insert(1, content["timeline"][0] | {"kind": "weather"})
    read = read_snapshot(json.dumps(content), "CA1")
    assert read is not None
    assert [entry.text for entry in read.timeline] == ["my heater is out", "twelve Oak Street"]


def test_a_field_that_no_text_can_be_costs_itself_alone() -> None:
    """Half a character, or a number without end."""
    content = json.loads(call(name="Dana").model_dump_json())
    text = (
        json.dumps(content | {"problem": "@", "turn_count": "#"}).replace('"@"', '"\\ud800"').replace('"#"', "9" * 400)
    )
    read = read_snapshot(text, "CA1")
    assert read is not None
    assert read.name == "Dana"


def test_another_calls_snapshot_is_none() -> None:
    """And so is one that nests without end."""
    assert read_snapshot(call("CA2").model_dump_json(), "CA1") is None
    assert read_snapshot("[" * 100_000, "CA1") is None


# What is remembered of a number

NUMBER = "+15125550100"


async def ended(rows: CallRows, call_id: str, **facts: object) -> CallSession:
    run, session = await begun(rows, call(call_id, **({"caller_number": NUMBER} | facts)))
    await rows.end(session, run, LATER)
    return session


async def test_a_call_is_found_by_its_callers_number(rows: CallRows) -> None:
    """Over or not, as it was last written; not the call itself, nor another number's, nor one that is withheld."""
    await ended(rows, "CA1", name="Owen")
    run, second = await begun(rows, call("CA2", caller_number=NUMBER))
    second.problem = "no heat"
    await rows.save(second, run)
    await ended(rows, "CA3", caller_number="+15125550199")
    await ended(rows, "CA4", caller_number="")
    me = call("CA5", caller_number=NUMBER)
    await rows.expect(me, LATER)
    known = {session.call_id: (session.name, session.problem) for session in await rows.of_caller(me)}
    assert known == {"CA1": ("Owen", ""), "CA2": ("", "no heat")}


async def test_the_newest_calls_of_a_number(agent_database: str) -> None:
    """The last few, newest first: whoever rings all day does not make the look-up long."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0], clock=lambda: clock[0].timestamp())
    await store.open()
    for number in range(MOST_REMEMBERED + 5):
        clock[0] = NOW + timedelta(minutes=number)
        await ended(store.calls, f"CA{number}")
    found = [session.call_id for session in await store.calls.of_caller(call("ME", caller_number=NUMBER))]
    assert found == [f"CA{number}" for number in range(MOST_REMEMBERED + 4, 4, -1)]
    await store.purge(clock[0] + timedelta(seconds=1))
    assert await store.calls.of_caller(call("ME", caller_number=NUMBER)) == []
    await store.close()


async def test_the_calls_from_some_numbers_since_a_moment(agent_database: str) -> None:
    """Of any of these, however many; none of before, and no other's."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    for number in range(MOST_REMEMBERED + 5):
        clock[0] = NOW + timedelta(minutes=number)
        await ended(store.calls, f"CA{number}", caller_number=NUMBER if number % 2 else "+15125550143")
    await ended(store.calls, "CA-another", caller_number="+15125550144")
    known = await store.calls.from_numbers({NUMBER, "+15125550143"}, NOW + timedelta(minutes=2))
    assert [session.call_id for session in known] == [f"CA{number}" for number in range(MOST_REMEMBERED + 4, 1, -1)]
    assert await store.calls.from_numbers(set(), NOW) == []
    await store.close()


async def test_the_calls_that_no_stream_has(agent_database: str) -> None:
    """Those written since a moment; none that goes on, is expected or is over."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    for number in range(4):
        clock[0] = NOW + timedelta(minutes=number)
        run, session = await begun(store.calls, call(f"CA{number}"))
        await store.calls.broke(session, run, LATER)
    await store.calls.expect(call("CA-new"), LATER)
    await begun(store.calls, call("CA-live"))
    await ended(store.calls, "CA-over")
    known = await store.calls.broken_off(NOW + timedelta(minutes=2))
    assert [session.call_id for session in known] == ["CA3", "CA2"]
    await store.close()


async def test_what_a_call_was_at_its_end_is_kept(rows: CallRows) -> None:
    """A callback that was arranged after the last snapshot is known to the next call."""
    session = await ended(rows, "CA1")
    session.state, session.reason = State.CALLBACK, Reason.FAULT
    await rows.done("CA1", session)
    (known,) = await rows.of_caller(call("CA2", caller_number=NUMBER))
    assert known.reason is Reason.FAULT


async def test_s1_failed_proofs_are_counted_over_the_calls_of_a_number(agent_database: str) -> None:
    """Of a day; another number's are its own, and a call that an older version wrote has none."""
    clock = [NOW]
    store = Store(agent_database, now=lambda: clock[0])
    await store.open()
    await ended(store.calls, "CA1", failed_proofs=2)
    clock[0] = NOW + timedelta(hours=20)
    await ended(store.calls, "CA2", failed_proofs=1)
    await ended(store.calls, "CA3", failed_proofs=2, caller_number="+15125550199")
    me = call("ME", caller_number=NUMBER)
    assert await store.calls.failed_proofs(me, NOW - timedelta(hours=1)) == 3
    assert await store.calls.failed_proofs(me, NOW + timedelta(hours=4)) == 1
    assert await store.calls.failed_proofs(me, NOW + timedelta(hours=21)) == 0
    await store.close()


async def test_s1_calls_at_the_same_time_have_no_more_tries(rows: CallRows) -> None:
    """One that is not over counts with all that it may still fail; it gives back what it did not use."""
    me = call("ME", caller_number=NUMBER)
    assert await rows.failed_proofs(me, NOW) == 0
    await rows.expect(call("CA1", caller_number=NUMBER), LATER)
    run, second = await begun(rows, call("CA2", caller_number=NUMBER))
    assert await rows.failed_proofs(me, NOW) == 4
    second.failed_proofs = 1
    await rows.save(second, run)
    await rows.end(second, run, LATER)
    assert await rows.failed_proofs(me, NOW) == 3
