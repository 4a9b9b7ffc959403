"""Two machines have one call: the one that had it is cut off from the database, the other one closes it meanwhile."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from call.session import CallSession, EndedBy, EntryKind, Reason, State
from config import Settings
from records.journal import Journal
from records.payloads import CallRecord
from tests.support.after_desk import ME, NOW, OTHER, Desk, call, desks, late

GAS: dict[str, Any] = {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True}
PROMISED: dict[str, Any] = {"state": State.CALLBACK, "reason": Reason.BILLING}


@pytest.fixture
async def cut_off(tmp_path: Path, settings: Settings) -> AsyncIterator[Desk]:
    async for made in desks(tmp_path, settings, Journal(tmp_path / "journal")):
        yield made


@pytest.fixture
async def other(tmp_path: Path, settings: Settings) -> AsyncIterator[Desk]:
    async for made in desks(tmp_path, settings):
        yield made


async def closes(other: Desk, at: timedelta = timedelta(hours=1)) -> CallRecord:
    """The record of the call that the other machine has not heard of for too long."""
    other.clock[0] = NOW + at
    await other.closing.sweep()
    (record,) = other.records
    return record


async def goes_on(cut_off: Desk, session: CallSession, facts: dict[str, Any]) -> None:
    """What its caller says meanwhile."""
    cut_off.clock[0] = NOW + timedelta(minutes=5)
    session.note(EntryKind.CALLER, "there is one thing more", cut_off.clock[0])
    for name, value in facts.items():
        setattr(session, name, value)
    session.ended_by, session.ended_at = EndedBy.CALLER, cut_off.clock[0]


async def beat(desk: Desk) -> None:
    await desk.closing.write_back()
    await desk.closing.catch_up()
    await desk.closing.sweep()


@pytest.mark.parametrize("back", ["behind its end", "before its end", "in another process"])
@pytest.mark.parametrize(
    "facts",
    [GAS, PROMISED, {"name": "Jonas Weber"}, {"address": "12 Elm St"}],
    ids=["a danger", "a callback", "a name", "an address"],
)
async def test_what_the_caller_goes_on_to_say_is_told(
    cut_off: Desk, other: Desk, tmp_path: Path, facts: dict[str, Any], back: str
) -> None:
    """The call's record was handed over without it: it is once more, once and whole."""
    session = call(problem="heater is out")
    begun = await cut_off.store.calls.begin(session, ME, cut_off.closing.due_at())
    assert begun is not None
    run, session = begun
    with late(cut_off.store):
        assert await cut_off.store.calls.save(session, run)
        assert (await closes(other)).alert is None
        await goes_on(cut_off, session, facts)
        if back != "before its end":
            assert await cut_off.store.calls.end(session, run, cut_off.closing.due_at())
        if back == "behind its end":
            await cut_off.closing.hand_over(session)
            assert cut_off.records == []
    if back == "in another process":
        async for again in desks(tmp_path, cut_off.settings, Journal(tmp_path / "journal")):
            await again.store.calls.take_up(again.closing.due_at())
            await beat(again)
            cut_off.records += again.records
    elif back == "before its end":
        assert not await cut_off.store.calls.end(session, run, cut_off.closing.due_at())
        await cut_off.closing.taken(session)
    for _ in range(2):
        await beat(cut_off)
    (record,) = cut_off.records
    kept = await other.store.delivery("CA1")
    assert kept is not None
    assert CallRecord.model_validate(kept.record | {"behind_a_lead": False}) == record
    job = record.job
    assert job is not None
    assert "one thing more" in str(job.call_transcript)
    assert str(job.call_transcript).count("my heater is out") == 1
    assert (record.alert is not None) is (facts == GAS)
    assert (job.end_call_reason == "callback_later") is (facts == PROMISED)
    assert job.customer_name == facts.get("name", "Unknown caller")
    assert job.customer_address == facts.get("address", "Not provided")


async def test_who_has_nothing_to_add_adds_nothing(cut_off: Desk, other: Desk) -> None:
    """The record stays as it was handed over."""
    session = call(name="Jonas Weber")
    begun = await cut_off.store.calls.begin(session, ME, cut_off.closing.due_at())
    assert begun is not None
    run, session = begun
    with late(cut_off.store):
        await closes(other)
        await goes_on(cut_off, session, {})
        assert await cut_off.store.calls.end(session, run, cut_off.closing.due_at())
        await cut_off.closing.hand_over(session)
    await beat(cut_off)
    assert cut_off.records == []


async def test_what_both_have_heard_is_one_call(cut_off: Desk, other: Desk) -> None:
    """Its line broke here, another stream went on with it there: the record has what either was told."""
    session = call()
    begun = await cut_off.store.calls.begin(session, ME, cut_off.closing.due_at())
    assert begun is not None
    run, session = begun
    with late(cut_off.store):
        await goes_on(cut_off, session, {"name": "Jonas Weber"})
        assert await cut_off.store.calls.broke(session, run, cut_off.closing.due_at())
        begun = await other.store.calls.begin(call(), OTHER, other.closing.due_at())
        assert begun is not None
        there, at = begun[1], NOW + timedelta(minutes=7)
        there.note(EntryKind.CALLER, "12 Elm Street", at)
        there.address, there.ended_by, there.ended_at = "12 Elm Street", EndedBy.CALLER, at
        assert await other.store.calls.end(there, begun[0], other.closing.due_at())
        await other.closing.hand_over(there)
    await beat(cut_off)
    (record,) = cut_off.records
    assert record.job is not None
    assert (record.job.customer_name, record.job.customer_address) == ("Jonas Weber", "12 Elm Street")
    said = str(record.job.call_transcript)
    assert said.index("my heater is out") < said.index("one thing more") < said.index("12 Elm Street")


@pytest.mark.parametrize("over", [True, False])
@pytest.mark.parametrize("facts", [GAS, {"name": "Jonas Weber"}], ids=["a danger", "a name"])
async def test_of_a_call_that_goes_on_elsewhere_a_danger_alone_is_told(
    cut_off: Desk, other: Desk, facts: dict[str, Any], *, over: bool
) -> None:
    """All else is that stream's to tell, which will end as well; behind its end nobody else does."""
    begun = await cut_off.store.calls.begin(call(), ME, cut_off.closing.due_at())
    assert begun is not None
    run, session = begun
    theirs = await other.store.calls.begin(call(), OTHER, other.closing.due_at())
    assert theirs is not None
    if over:
        assert await other.store.calls.end(theirs[1], theirs[0], other.closing.due_at())
    await goes_on(cut_off, session, facts)
    assert not await cut_off.store.calls.end(session, run, cut_off.closing.due_at())
    await cut_off.closing.taken(session)
    assert len(cut_off.records) == int(over or facts == GAS)
