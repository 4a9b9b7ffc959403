"""A call whose row cannot be read in time when Twilio asks about it: it goes on, and is begun anew by nobody."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from call.actions import Say
from call.business import Business
from call.session import (
    BookingStatus,
    CallSession,
    EndedBy,
    EntryKind,
    Question,
    Reason,
    State,
    Transfer,
    TransferEnd,
)
from conversation import resumption
from records.journal import Journal
from state_machine import StateMachine
from tests.support.after_desk import FIELDS, ME, NOW, OTHER, Desk, call, desks, late, takes_nothing, verbs, xml

PERSON = "+15125550177"
WHISPER = {"call": "CA1", "CallSid": "CA2", "ParentCallSid": "CA1"}
LEAD: dict[str, Any] = {"name": "Jonas Weber", "problem": "heater is out", "called_number": "+15125550199"}
BOOKED: dict[str, Any] = {
    "state": State.CONFIRM,
    "reason": Reason.BOOKED,
    "question": Question.ANYTHING_ELSE,
    "visit_at": NOW + timedelta(days=1),
    "booked_at": NOW + timedelta(days=1),
    "booking_status": BookingStatus.CONFIRMED,
    "booking_attempted": True,
}
LEFT: dict[str, Any] = {"state": State.TRANSFER, "transfer": Transfer(asked_at=NOW), "ended_by": EndedBy.BOT}
DANGER: dict[str, Any] = {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True}
NOBODY = {"stream": "1", "CallStatus": "in-progress", "DialCallStatus": "no-answer", "DialBridged": "false"}
SOMEBODY = NOBODY | {"DialCallStatus": "completed", "DialBridged": "true"}


@pytest.fixture
async def desk(tmp_path: Path, environ: dict[str, str]) -> AsyncIterator[Desk]:
    async for made in desks(
        tmp_path, config.load(environ | {"TRANSFER_NUMBER": PERSON}), Journal(tmp_path / "journal")
    ):
        yield made


async def comes(desk: Desk) -> tuple[int, CallSession, list[str]]:
    """The next stream of the call: its number, its session, and the lines that it begins with."""
    fresh = CallSession(call_id="CA1", caller_number=FIELDS["From"], started_at=desk.clock[0])
    begun = await desk.store.calls.begin(fresh, ME, desk.closing.due_at())
    assert begun is not None
    run, session = begun
    machine = StateMachine(Business())
    if not session.timeline:
        actions = machine.start(session, desk.clock[0])
    else:
        resumption.restore(session, desk.clock[0])
        actions = machine.resumed(session, desk.clock[0])
    said = [action for action in actions if isinstance(action, Say)]
    for action in said:
        session.note(EntryKind.AGENT, action.text, desk.clock[0], detail=action.line, heard=1.0)
    return run, session, [action.line for action in said]


async def hangs_up(desk: Desk, run: int, session: CallSession) -> str:
    """The caller does, and the beats do what they do: how the one record tells that it ended."""
    desk.clock[0] += timedelta(seconds=4)
    session.ended_by, session.ended_at = EndedBy.CALLER, desk.clock[0]
    assert await desk.store.calls.end(session, run, desk.closing.due_at())
    await desk.closing.hand_over(session)
    await desk.closing.write_back()
    await desk.closing.catch_up()
    (record,) = desk.records
    row = await desk.store.calls.find("CA1")
    kept = row.session() if row else None
    assert kept is not None
    assert (kept.name, kept.problem) == ("Jonas Weber", "heater is out")
    assert record.job is not None
    assert record.job.customer_name == "Jonas Weber"
    return record.ended_as


@pytest.mark.parametrize(
    ("facts", "first", "ended_as"),
    [({}, "cut_off", "hangup:discovery"), (BOOKED, "cut_off", "confirm:booked")],
)
@pytest.mark.parametrize("back", [True, False])
async def test_a_call_that_broke_off_goes_on(
    desk: Desk, facts: dict[str, Any], first: str, ended_as: str, *, back: bool
) -> None:
    """With all that was told, whether the database is back before the stream comes or not."""
    await desk.broke(call(**LEAD | facts))
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | {"stream": "1"}))) == ["Connect", "Redirect"]
        if not back:
            run, session, said = await comes(desk)
    if back:
        run, session, said = await comes(desk)
    assert said[0] == first
    assert (await hangs_up(desk, run, session)).startswith(ended_as)


async def test_no_more_streams_than_ever(desk: Desk) -> None:
    """Each that is given without the database counts as well."""
    await desk.broke(call(**LEAD))
    with late():
        for number in range(1, desk.settings.max_resumes + 1):
            stream = {"stream": str(number)}
            assert verbs(xml(await desk.resume.after(FIELDS | stream))) == ["Connect", "Redirect"]
            run, session, _ = await comes(desk)
            session.ended_by = EndedBy.INTERRUPTED
            assert await desk.store.calls.broke(session, run, desk.closing.due_at())
        last = {"stream": str(desk.settings.max_resumes + 1)}
        assert verbs(xml(await desk.resume.after(FIELDS | last))) == ["Say", "Hangup"]
        await desk.resume.close()


@pytest.mark.parametrize("closes_later", [True, False])
@pytest.mark.parametrize(
    ("facts", "said", "asked", "ended_as"),
    [
        ({}, "will call you back as soon as possible", "create_callback", "fault:line"),
        (DANGER, "call 911", "send_emergency_alert", "safety_exit:emergency"),
    ],
)
async def test_the_last_words_are_said_without_the_database(
    desk: Desk, facts: dict[str, Any], said: str, asked: str, ended_as: str, *, closes_later: bool
) -> None:
    """It takes no write when the call broke off too often: whatever becomes of what was asked of it, one record."""
    await desk.broke(call(**LEAD | facts))
    for _ in range(desk.settings.max_resumes):
        assert verbs(await desk.after()) == ["Connect", "Redirect"]
    with takes_nothing(closes_later=closes_later):
        answers = [await desk.after() for _ in range(2)]
        await desk.resume.close()
    for answer in answers:
        assert verbs(answer) == ["Say", "Hangup"]
        assert said in (answer[0].text or "")
    assert [request.tool for request in desk.asked] == [asked]
    await desk.closing.write_back()
    await desk.closing.catch_up()
    (record,) = desk.records
    assert record.ended_as.startswith(ended_as)
    assert await desk.store.calls.not_handed_over() == []
    assert verbs(await desk.after()) == ["Say", "Hangup"]


async def test_a_call_that_was_hung_up_ends(desk: Desk) -> None:
    """Its end was written: nobody is greeted behind the goodbye."""
    session = call(**LEAD)
    begun = await desk.store.calls.begin(session, ME, desk.closing.due_at())
    assert begun is not None
    assert await desk.store.calls.end(session, begun[0], desk.closing.due_at())
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | {"stream": "1"}))) == ["Hangup"]


async def test_nobody_has_picked_up(desk: Desk) -> None:
    """The caller is told so, and is called back."""
    await desk.broke(call(**LEAD | LEFT))
    assert verbs(await desk.after()) == ["Dial"]
    desk.clock[0] = NOW + timedelta(seconds=25)
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | NOBODY))) == ["Connect", "Redirect"]
    run, session, said = await comes(desk)
    assert said[0] == "callback:not_connected"
    assert session.transfer is not None
    assert session.transfer.ended is TransferEnd.NOT_TAKEN
    assert await hangs_up(desk, run, session) == "callback:not_connected"


async def test_a_person_is_dialled_for(desk: Desk) -> None:
    """The call has left its stream; that somebody is dialled stands in the row afterwards."""
    await desk.broke(call(**LEAD | LEFT))
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | {"stream": "1"}))) == ["Dial"]
    await desk.closing.write_back()
    row = await desk.store.calls.find("CA1")
    session = row.session() if row else None
    assert session is not None
    assert session.transfer is not None
    assert session.transfer.dialled_at == NOW


async def test_they_have_talked(desk: Desk) -> None:
    """For ten minutes: a goodbye, and the call is over; one record, without a lead."""
    await desk.broke(call(**LEAD | LEFT))
    assert verbs(await desk.after()) == ["Dial"]
    assert verbs(xml(await desk.transfers.key(WHISPER | {"Digits": "1"}))) == []
    desk.clock[0] = NOW + timedelta(minutes=10)
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | SOMEBODY))) == ["Say", "Hangup"]
        await desk.resume.close()
    await desk.closing.write_back()
    await desk.closing.catch_up()
    await desk.closing.status("CA1", "completed")
    assert [record.ended_as for record in desk.records] == ["goodbye:transferred"]


async def test_they_have_talked_though_the_row_tells_of_an_earlier_stream(desk: Desk) -> None:
    """Every key that takes a call is remembered: whoever has hung up with a person wants no agent."""
    await desk.broke(call(**LEAD | LEFT))
    assert verbs(xml(await desk.transfers.key(WHISPER | {"Digits": "1"}))) == []
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | SOMEBODY | {"stream": "2"}))) == ["Say", "Hangup"]


# Another process had the call


async def had_it(desk: Desk, folder: Path, **facts: Any) -> None:
    """The call as a process left it of which this one knows nothing."""
    async for other in desks(folder, desk.settings):
        await other.broke(call(**LEAD | facts), OTHER)


@pytest.mark.parametrize("facts", [{}, BOOKED], ids=["a lead", "a visit"])
async def test_the_row_is_read_when_the_stream_comes(desk: Desk, tmp_path: Path, facts: dict[str, Any]) -> None:
    """It was late for no longer than the question."""
    await had_it(desk, tmp_path, **facts)
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | {"stream": "1"}))) == ["Connect", "Redirect"]
    run, session, said = await comes(desk)
    assert said[0] == "cut_off"
    assert run > 0
    await hangs_up(desk, run, session)


@pytest.mark.parametrize(
    ("facts", "ended_as"),
    [({}, "hangup:discovery"), (BOOKED, "confirm:booked"), (LEFT, "callback:not_connected")],
    ids=["a lead", "a visit", "on its way"],
)
async def test_nothing_of_it_is_lost_behind_a_greeting(
    desk: Desk, tmp_path: Path, facts: dict[str, Any], ended_as: str
) -> None:
    """The row cannot be read until the stream is over: what it knew is in the one record."""
    await had_it(desk, tmp_path, **facts)
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | {"stream": "1"}))) == ["Connect", "Redirect"]
        run, session, said = await comes(desk)
        assert said == ["greeting"]
    assert (await hangs_up(desk, run, session)).startswith(ended_as)


async def test_a_row_of_an_earlier_stream_dials_nobody(desk: Desk, tmp_path: Path) -> None:
    """Another process has gone on with the call since it left for a person: what was written here is too old."""
    await desk.broke(call(**LEAD | LEFT))
    async for other in desks(tmp_path, desk.settings):
        assert verbs(await other.after()) == ["Dial"]
        assert verbs(xml(await other.resume.after(FIELDS | NOBODY))) == ["Connect", "Redirect"]
    with late():
        assert verbs(xml(await desk.resume.after(FIELDS | {"stream": "2"}))) == ["Connect", "Redirect"]
    _, session, said = await comes(desk)
    assert said[0] == "callback:not_connected"
    assert session.name == "Jonas Weber"
