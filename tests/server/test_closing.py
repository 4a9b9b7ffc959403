"""Whose record is handed over, when, and that it is one."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Never, cast

import pytest
import sqlalchemy as sa

import config
import post_call
from call.session import (
    Appointment,
    BookingStatus,
    CallSession,
    CameOf,
    EarlierCall,
    EndedBy,
    EntryKind,
    Intent,
    Reason,
    State,
)
from call.tool_calls import (
    BookAppointment,
    BookingFound,
    CreateCallback,
    LookupBooking,
    Outcome,
    ToolRequest,
    ToolResult,
    untold,
)
from config import Settings
from records.call_rows import Phase
from records.errors import StoreError
from records.handover import Handover
from records.payloads import CallRecord
from records.store import Status, Store
from server import closing
from server.closing import CallClosing

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
ME, OTHER = "a:1", "b:2"
PATIENCE_SECONDS = 60.0


@dataclass
class Desk:
    """The closing with a real store, a clock and a place for what is handed over."""

    store: Store
    settings: Settings
    clock: list[datetime]
    records: list[CallRecord] = field(default_factory=list)
    broken: bool = False
    told: list[str] = field(default_factory=list)
    untold: bool = False
    asked: list[ToolRequest] = field(default_factory=list)
    answer: Outcome = Outcome.OK
    shows: BookingFound = field(default_factory=lambda: BookingFound(Outcome.OK))

    def __post_init__(self) -> None:
        deliveries = cast(Handover, self)
        self.closing = CallClosing(
            self.settings, self.store, deliveries, self, tell=self.tell, now=lambda: self.clock[0]
        )

    async def deliver(self, record: CallRecord) -> None:
        """Stands in for Deliveries."""
        if self.broken:
            raise OSError("no space left")
        self.records.append(record)

    async def tell(self, session: CallSession) -> None:
        """Stands in for the messages to the owner."""
        if self.untold:
            raise StoreError("away")
        self.told.append(session.call_id)

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult:
        """Stands in for V2."""
        self.asked.append(request)
        return self.shows if isinstance(request, LookupBooking) else ToolResult(self.answer)

    async def begin(self, session: CallSession, owner: str = ME) -> int:
        begun = await self.store.calls.begin(session, owner, self.closing.due_at())
        assert begun is not None
        return begun[0]

    def wait(self, seconds: float) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    async def phase(self, call_id: str = "CA1") -> tuple[Phase, datetime | None]:
        row = await self.store.calls.find(call_id)
        assert row is not None
        return row.phase, row.due_at


@pytest.fixture
async def desk(tmp_path: Path, settings: Settings) -> AsyncIterator[Desk]:
    clock = [NOW]
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}", now=lambda: clock[0])
    await store.open()
    yield Desk(store, settings, clock)
    await store.close()


def call(call_id: str = "CA1") -> CallSession:
    session = CallSession(call_id=call_id, started_at=NOW, caller_number="+15125550100", state=State.DISCOVERY)
    session.note(EntryKind.CALLER, "my heater is out", NOW)
    return session


async def test_an_ended_call_hands_its_record_over(desk: Desk) -> None:
    """At once; from then on nothing is due."""
    session = call()
    run = await desk.begin(session)
    await desk.store.calls.end(session, run, desk.closing.due_at())
    await desk.closing.hand_over(session)
    assert [record.call_id for record in desk.records] == ["CA1"]
    assert await desk.phase() == (Phase.OVER, None)
    desk.wait(1000)
    await desk.closing.sweep()
    assert len(desk.records) == 1


async def test_a_record_is_written_by_one_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever catches up meanwhile leaves it: the team is told once, and the record is handed over once."""
    lets, build = threading.Event(), post_call.build_record

    def held(*given: Any, **named: Any) -> CallRecord:
        lets.wait(PATIENCE_SECONDS)
        return build(*given, **named)

    monkeypatch.setattr(post_call, "build_record", held)
    first = asyncio.create_task(desk.closing.hand_over(changed(Reason.CANCELLED)))
    await asyncio.sleep(0)
    await desk.closing.catch_up()
    lets.set()
    await first
    assert (len(desk.records), len(desk.asked)) == (1, 1)


async def test_a_stream_that_ends_while_the_other_ones_record_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hung at V2's answer, and the call went on without it: the visit that it has booked is told as well."""
    lets, build, built = threading.Event(), post_call.build_record, list[str]()

    def held(session: CallSession, *given: Any, **named: Any) -> CallRecord:
        lets.wait(PATIENCE_SECONDS)
        built.append(session.outcome)
        return build(session, *given, **named)

    monkeypatch.setattr(post_call, "build_record", held)
    first, hung = call(), call()
    first.ended_by = hung.ended_by = EndedBy.CALLER
    first.note(EntryKind.CALLER, "I will call later", NOW + timedelta(seconds=30))
    booked = {"booking_status": BookingStatus.CONFIRMED, "booking_attempted": True, "booked_at": NOW, "visit_at": NOW}
    for name, value in (booked | {"state": State.CONFIRM, "reason": Reason.BOOKED}).items():
        setattr(hung, name, value)
    hung.note(EntryKind.TOOL, "book_appointment", NOW + timedelta(seconds=20), detail="ok")
    writing = asyncio.create_task(desk.closing.hand_over(first))
    await asyncio.sleep(0)
    await desk.closing.hand_over(hung)
    lets.set()
    await writing
    assert built == ["hangup:discovery", "confirm:booked"]
    before, behind = (record.job for record in desk.records)
    assert before is not None
    assert behind is not None
    assert (before.scheduled_at, behind.scheduled_at) == (None, NOW)
    assert "I will call later" in str(behind.call_transcript)
    await desk.closing.catch_up()
    assert len(desk.records) == 2


@pytest.mark.parametrize("fails", [True, False])
async def test_what_the_log_cannot_tell_keeps_no_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, fails: bool
) -> None:
    """Another version's way of noting a state, or a last line that cannot be made: its record and others are made."""
    for call_id in ("CA1", "CA2"):
        session = call(call_id)
        session.note(EntryKind.STATE, "discovery" if call_id == "CA1" else "discovery -> urgency", NOW)
        await desk.store.calls.broke(session, await desk.begin(session), desk.closing.due_at())
    desk.wait(desk.settings.resume_window_seconds + 1)

    def unreadable(session: CallSession) -> Never:
        raise ValueError("not to be read")

    if fails:
        monkeypatch.setattr(closing, "used", unreadable)
    await desk.closing.sweep()
    assert sorted(record.call_id for record in desk.records) == ["CA1", "CA2"]
    assert caplog.text.count("the log does not tell how it ended") == 2 * fails


async def test_a_record_that_is_not_built_in_time_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds up neither its own call nor another's, and is written when it can be."""
    lets, build = threading.Event(), post_call.build_record

    def hangs(session: CallSession, *given: Any, **named: Any) -> CallRecord:
        if session.call_id == "CA1" and not lets.is_set():
            lets.wait(PATIENCE_SECONDS)
        return build(session, *given, **named)

    monkeypatch.setattr(post_call, "build_record", hangs)
    with monkeypatch.context() as impatient:
        impatient.setattr(closing, "BUILD_SECONDS", 0.0)
        await desk.closing.hand_over(call())
    await desk.closing.hand_over(call("CA2"))
    assert [record.call_id for record in desk.records] == ["CA2"]
    lets.set()
    await desk.closing.catch_up()
    assert [record.call_id for record in desk.records] == ["CA2", "CA1"]


async def test_the_owner_is_told_before_a_call_is_done_with(desk: Desk) -> None:
    """A message that could not be kept is kept later, as a record is; the record itself does not wait for it."""
    desk.untold = True
    session = call()
    await desk.begin(session)
    await desk.closing.hand_over(session)
    assert (len(desk.records), desk.told) == (1, [])
    desk.untold = False
    await desk.closing.catch_up()
    await desk.closing.catch_up()
    assert desk.told == ["CA1"]


async def test_a_call_whose_row_is_gone_hands_its_record_over_once(desk: Desk) -> None:
    """Its end is written all the same, and nothing is due behind it."""
    session = call()
    run = await desk.begin(session)
    await desk.store.execute(sa.text("DELETE FROM calls"))
    assert await desk.store.calls.end(session, run, desk.closing.due_at())
    await desk.closing.hand_over(session)
    assert await desk.phase() == (Phase.OVER, None)
    desk.wait(1000)
    await desk.closing.sweep()
    assert [record.call_id for record in desk.records] == ["CA1"]


async def test_a_broken_call_is_a_lead_after_the_window(desk: Desk) -> None:
    """Not before: it may still come back. Interrupted, with what is known, once."""
    session = call()
    await desk.store.calls.broke(session, await desk.begin(session), desk.closing.due_at())
    desk.wait(desk.settings.resume_window_seconds - 1)
    await desk.closing.sweep()
    assert desk.records == []
    desk.wait(2)
    await desk.closing.sweep()
    await desk.closing.sweep()
    (record,) = desk.records
    assert record.ended_as == "interrupted:discovery (fault: line)"
    assert record.call.ended_at == NOW
    assert record.job is not None
    assert record.job.end_call_reason == "customer_hangup"
    assert await desk.phase() == (Phase.OVER, None)


async def test_a_call_whose_process_died_is_a_lead_after_the_window(desk: Desk) -> None:
    """Nobody wrote that it broke off; nobody puts it off either."""
    await desk.begin(call())
    desk.wait(desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    assert [record.ended_as for record in desk.records] == ["interrupted:discovery (fault: line)"]


async def test_a_call_that_came_back_is_not_due(desk: Desk) -> None:
    """Each stream that begins gives it the whole window."""
    session = call()
    await desk.store.calls.broke(session, await desk.begin(session), desk.closing.due_at())
    desk.wait(desk.settings.resume_window_seconds - 1)
    await desk.store.calls.resume("CA1", 2, desk.closing.due_at())
    desk.wait(desk.settings.resume_window_seconds - 1)
    await desk.closing.sweep()
    assert desk.records == []


async def test_a_record_that_cannot_be_written_is_written_later(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The disk is full, the database away: logged, kept, and tried again until it works."""
    session = call()
    run = await desk.begin(session)
    await desk.store.calls.end(session, run, desk.closing.due_at())
    desk.broken = True
    await desk.closing.hand_over(session)
    await desk.closing.catch_up()
    assert desk.records == []
    assert "CA1 THE RECORD WAS NOT HANDED OVER" in caplog.text
    desk.broken = False
    await desk.closing.catch_up()
    await desk.closing.catch_up()
    assert len(desk.records) == 1
    assert await desk.phase() == (Phase.OVER, None)


async def test_an_end_that_was_written_without_its_record(desk: Desk) -> None:
    """The process died between the hang-up and the record: the record tells how it ended, not that it broke off."""
    session = call()
    run = await desk.begin(session)
    session.ended_by = EndedBy.BOT
    await desk.store.calls.end(session, run, desk.closing.due_at())
    desk.wait(desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    assert [record.ended_as for record in desk.records] == ["hangup:discovery"]


async def test_a_tool_without_an_answer_is_told(desk: Desk) -> None:
    """Dead while booking: the lead says that a visit may exist."""
    session = call()
    session.booking_attempted, session.visit_at = True, NOW + timedelta(days=1)
    session.tool_under_way, session.tool_asked_at = untold("book_appointment"), NOW
    await desk.begin(session)
    desk.wait(desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    (record,) = desk.records
    assert record.job is not None
    assert record.job.booking_status == "attempted_failed"
    assert "a visit may exist on Thursday, November 26 at 12:00 PM" in (record.job.ai_summary or "")


# Twilio's status callback


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "answered", "", "unheard-of"])
async def test_a_call_that_is_not_over(desk: Desk, status: str) -> None:
    """Nothing happens."""
    await desk.store.calls.expect(call(), desk.closing.due_at())
    await desk.closing.status("CA1", status)
    assert desk.records == []
    assert (await desk.phase())[0] is Phase.EXPECTED


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
async def test_a_broken_call_that_is_over_is_a_lead_at_once(desk: Desk, status: str) -> None:
    """Twilio says that it cannot come back: nothing is waited for, and a second callback changes nothing."""
    session = call()
    await desk.store.calls.broke(session, await desk.begin(session), desk.closing.due_at())
    await desk.closing.status("CA1", status)
    await desk.closing.status("CA1", status)
    assert [record.ended_as for record in desk.records] == ["interrupted:discovery (fault: line)"]
    assert await desk.phase() == (Phase.OVER, None)


async def test_a_caller_who_left_before_the_stream(desk: Desk) -> None:
    """/twiml was answered, and no stream came: a call of somebody who hung up, and no lead."""
    session = CallSession(call_id="CA1", started_at=NOW, caller_number="+15125550100")
    await desk.store.calls.expect(session, desk.closing.due_at())
    await desk.closing.status("CA1", "completed")
    (record,) = desk.records
    assert (record.ended_as, record.job) == ("hangup:welcome (fault: caller)", None)


async def test_a_stream_that_never_came_and_nobody_told(desk: Desk) -> None:
    """Without a word from Twilio it is our fault or the line's: a lead with the number."""
    session = CallSession(call_id="CA1", started_at=NOW, caller_number="+15125550100")
    await desk.store.calls.expect(session, desk.closing.due_at())
    desk.wait(desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    (record,) = desk.records
    assert record.job is not None
    assert record.ended_as == "interrupted:welcome (fault: line)"


async def test_a_live_call_of_a_process_that_lives(desk: Desk) -> None:
    """Its own end tells more; the process puts it off, and nothing is handed over."""
    await desk.begin(call(), OTHER)
    await desk.closing.status("CA1", "completed")
    for _ in range(20):
        desk.wait(desk.settings.liveness_seconds)
        await desk.store.calls.renew(OTHER, desk.closing.due_at())
        await desk.closing.sweep()
    assert desk.records == []


async def test_a_live_call_of_a_process_that_is_gone(desk: Desk) -> None:
    """As soon as it is certain that nobody puts it off, long before the window."""
    await desk.begin(call(), OTHER)
    await desk.closing.status("CA1", "completed")
    assert desk.records == []
    desk.wait(3 * desk.settings.liveness_seconds)
    await desk.closing.sweep()
    assert len(desk.records) == 1


async def test_unknown_and_ended_calls(desk: Desk) -> None:
    """A call that was refused has no row, and one that is over has its record."""
    await desk.closing.status("CA9", "completed")
    session = call()
    run = await desk.begin(session)
    await desk.store.calls.end(session, run, desk.closing.due_at())
    await desk.closing.hand_over(session)
    await desk.closing.status("CA1", "completed")
    assert len(desk.records) == 1


async def test_the_log_names_the_call_and_not_the_caller(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Why it was closed from outside, and the last line that every call has."""
    caplog.set_level(logging.INFO)
    session = call()
    await desk.store.calls.broke(session, await desk.begin(session), desk.closing.due_at())
    await desk.closing.status("CA1", "completed")
    assert "CA1 closed: Twilio says that it is completed" in caplog.text
    assert "CA1 ended interrupted:discovery by interrupted, blame line, 0 s" in caplog.text
    assert "heater" not in caplog.text


# What the team is told when the dashboard would not show a change (contract.md 0.5)

DASHBOARD = {
    **{f"DASHBOARD_{name}_URL": f"http://127.0.0.1:1/{name}" for name in ("JOBS", "CALLS", "ALERTS")},
    "DASHBOARD_WEBHOOK_SECRET": "hush-hush",
    "DASHBOARD_USER_EMAIL": "owner@example.com",
}
FRIDAY = Appointment(uid="cal_1", date="Friday, November 27", time="10:00 AM", attendee_name="Sam Whitaker")
MOVED_TO = datetime(2026, 11, 30, 16, tzinfo=UTC)
CHANGED: dict[str, Any] = {"state": State.CONFIRM, "appointment": FRIDAY, "caller_number": "+15125550100"}
OLD_JOB = {
    "call_id": "CA0",
    "customer_name": "Sam Whitaker",
    "customer_phone": "+15125550100",
    "customer_address": "45 Pecan Street, 78702",
    "urgency": "low",
    "end_call_reason": "completed",
    "booking_status": "confirmed",
    "scheduled_at": "2026-11-27T10:00:00-06:00",
}


def changed(reason: Reason, **more: Any) -> CallSession:
    return CallSession(call_id="CA1", started_at=NOW, reason=reason, **CHANGED, **more)


async def test_0_5_a_visit_cancelled_by_phone_is_told_to_the_team_once(desk: Desk) -> None:
    """The webhooks cannot take it out, and a technician would drive."""
    await desk.closing.hand_over(changed(Reason.CANCELLED))
    (told,) = desk.asked
    assert isinstance(told, CreateCallback)
    assert "Cancelled by phone: the visit of Sam Whitaker on Friday, November 27 at 10:00 AM" in told.reason
    await desk.closing.catch_up()
    assert len(desk.asked) == 1


async def test_0_5_the_team_is_told_once_whatever_is_killed(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Between V2's text and the call's end in its row: whoever hands the record over then does not know of the text."""
    session = changed(Reason.CANCELLED)
    run = await desk.begin(session)
    await desk.store.calls.end(session, run, desk.closing.due_at())
    desk.untold = True
    await desk.closing.hand_over(session)
    assert len(desk.asked) == 1
    after = Desk(desk.store, desk.settings, desk.clock)
    desk.wait(desk.settings.resume_window_seconds + 1)
    await after.closing.sweep()
    assert (after.asked, after.told) == ([], ["CA1"])
    assert caplog.text.count("CA1 THE TEAM WAS NOT TOLD FOR CERTAIN") == 1


@pytest.mark.parametrize("dashboard", [True, False])
async def test_0_5_a_visit_moved_by_phone_is_posted_again_under_its_own_call(
    desk: Desk, environ: dict[str, str], *, dashboard: bool
) -> None:
    """The same row with the new time; nobody has to be told, unless there is no dashboard that shows it."""
    if dashboard:
        desk = Desk(desk.store, config.load(environ | DASHBOARD), desk.clock)
    await desk.store.add_delivery("CA0", {"call_id": "CA0", "job": OLD_JOB, "call": {}}, Status.DELIVERED)
    session = changed(
        Reason.RESCHEDULED, moved_to=MOVED_TO, appointment_job="CA0", appointment_date="Friday, November 27"
    )
    await desk.closing.hand_over(session)
    moved = desk.records[0].moved
    assert moved is not None
    assert (moved.call_id, moved.scheduled_at, moved.customer_address) == ("CA0", MOVED_TO, "45 Pecan Street, 78702")
    assert [type(told) for told in desk.asked] == ([] if dashboard else [CreateCallback])


@pytest.mark.parametrize(
    "known",
    [
        {"appointment_job": "CA9", "appointment_date": "Friday, November 27"},  # No call of ours
        {"appointment_job": "CA0", "appointment_date": "Monday, November 30"},  # Another visit
        {},
    ],
)
async def test_0_5_a_moved_visit_that_we_do_not_know_is_told_to_the_team(desk: Desk, known: dict[str, str]) -> None:
    """Nothing is posted on a guess."""
    await desk.store.add_delivery("CA0", {"call_id": "CA0", "job": OLD_JOB, "call": {}}, Status.DELIVERED)
    await desk.closing.hand_over(changed(Reason.RESCHEDULED, moved_to=MOVED_TO, **known))
    assert desk.records[0].moved is None
    (told,) = desk.asked
    assert isinstance(told, CreateCallback)
    assert "is now on Monday, November 30 at 10:00 AM" in told.reason


@pytest.mark.parametrize(("heard", "told"), [(0.0, False), (0.4, False), (None, False), (1.0, True)])
@pytest.mark.parametrize("reason", [Reason.CANCELLED, Reason.RESCHEDULED])
async def test_the_team_is_told_that_the_caller_may_not_know(
    desk: Desk, reason: Reason, heard: float | None, *, told: bool
) -> None:
    """Whoever hangs up at "One moment" may still wait at home."""
    session = changed(reason, moved_to=MOVED_TO)
    session.note(EntryKind.AGENT, "Your visit is changed by now.", NOW, detail=reason, heard=heard)
    await desk.closing.hand_over(session)
    (request,) = desk.asked
    assert isinstance(request, CreateCallback)
    assert ("The caller may not have heard so: please call." in request.reason) is not told


@pytest.mark.parametrize("reason", [Reason.CANCELLED, Reason.STATUS_TOLD])
async def test_what_was_noted_behind_a_visit_is_a_lead_and_is_told_to_the_team_once(desk: Desk, reason: Reason) -> None:
    """The caller heard that it is noted for the team, and no state acts on it any more."""
    await desk.closing.hand_over(changed(reason, notes=['At the end the caller said: "my heater is dead".']))
    (told,) = desk.asked
    assert isinstance(told, CreateCallback)
    assert told.reason.endswith('At the end the caller said: "my heater is dead".')
    assert "the visit of Sam Whitaker on Friday, November 27 at 10:00 AM" in told.reason
    job = desk.records[0].job
    assert job is not None
    assert job.end_call_reason == "callback_later"
    await desk.closing.catch_up()
    assert len(desk.asked) == 1


async def test_a_visit_that_was_only_told_leaves_nothing_to_tell(desk: Desk) -> None:
    session = changed(Reason.STATUS_TOLD)
    session.note(EntryKind.AGENT, "Your visit is on Friday.", NOW, detail="status", heard=1)
    await desk.closing.hand_over(session)
    assert (desk.asked, desk.records[0].job) == ([], None)


async def test_what_the_team_was_not_told_is_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """V2 is down: an operator finds it, and the record is handed over all the same."""
    desk.answer = Outcome.UNAVAILABLE
    await desk.closing.hand_over(changed(Reason.CANCELLED))
    assert "CA1 THE TEAM WAS NOT TOLD FOR CERTAIN: confirm:cancelled" in caplog.text
    assert "Whitaker" not in caplog.text
    assert len(desk.records) == 1


# The same caller again (E1): the lead of the call before is closed by this one's

EARLIER = EarlierCall(call_id="CA0", at=NOW - timedelta(minutes=5), came_of=CameOf.OPEN, name="Sam Whitaker")
OLD_LEAD = {name: value for name, value in OLD_JOB.items() if name != "scheduled_at"} | {
    "booking_status": "not_requested",
    "end_call_reason": "customer_hangup",
    "ai_summary": "Sam Whitaker called about: no heat.",
}


def again(**facts: Any) -> CallSession:
    session = call("CA1")
    for name, value in ({"earlier": EARLIER, "started_at": NOW + timedelta(minutes=2)} | facts).items():
        setattr(session, name, value)
    return session


async def test_0_15_the_lead_of_the_call_before_is_closed(desk: Desk) -> None:
    """E1: under its own call, and both say where the other is; what was told there alone is in the second."""
    await desk.store.add_delivery("CA0", {"call_id": "CA0", "job": OLD_LEAD, "call": {}}, Status.DELIVERED)
    await desk.closing.hand_over(again())
    (record,) = desk.records
    closed, job = record.withdrawn, record.job
    assert closed is not None
    assert job is not None
    assert (closed.call_id, closed.end_call_reason, closed.scheduled_at) == ("CA0", "out_of_area", None)
    assert closed.ai_summary == "Nothing to do here: the caller rang again, see call CA1. " + OLD_LEAD["ai_summary"]
    assert "Rang again after call CA0 of Wednesday, November 25 at 11:55 AM, and this stands for both." in (
        job.ai_summary or ""
    )
    assert "There the caller said: name Sam Whitaker." in (job.ai_summary or "")


@pytest.mark.parametrize(
    "facts",
    [
        {"earlier": None},
        {"name": "Priya Nair", "name_from_caller": True},
        {"intent": Intent.BILLING},
        {"earlier": EARLIER.model_copy(update={"came_of": CameOf.BOOKED})},
    ],
)
async def test_e1_another_matter_leaves_it_open(desk: Desk, facts: dict[str, Any]) -> None:
    """Another person's, another one's business; a visit is never taken back."""
    await desk.store.add_delivery("CA0", {"call_id": "CA0", "job": OLD_LEAD, "call": {}}, Status.DELIVERED)
    await desk.closing.hand_over(again(**facts))
    assert [record.withdrawn for record in desk.records] == [None]


async def test_e1_a_promised_callback_is_still_owed(desk: Desk) -> None:
    """The second call was cut off: its lead is the promised callback, and not an abandoned call."""
    lead = OLD_LEAD | {"end_call_reason": "callback_later"}
    await desk.store.add_delivery("CA0", {"call_id": "CA0", "job": lead, "call": {}}, Status.DELIVERED)
    await desk.closing.hand_over(again())
    job = desk.records[0].job
    assert job is not None
    assert job.end_call_reason == "callback_later"


async def test_e1_a_call_that_has_not_come_back_is_over(desk: Desk) -> None:
    """Its record goes first, and is closed at once by the one of the call that rang again."""
    first = call("CA0")
    await desk.store.calls.broke(first, await desk.begin(first), desk.closing.due_at())
    desk.wait(30)

    async def deliver(record: CallRecord) -> None:
        desk.records.append(record)
        await desk.store.add_delivery(record.call_id, record.model_dump(mode="json"), Status.WAITING)

    desk.deliver = deliver  # type: ignore[method-assign]
    await desk.closing.hand_over(again(started_at=NOW + timedelta(seconds=10)))
    assert [record.call_id for record in desk.records] == ["CA0", "CA1"]
    assert desk.records[1].withdrawn is not None
    assert await desk.phase("CA0") == (Phase.OVER, None)


@pytest.mark.parametrize("broke_after", [20, None])
async def test_e1_a_call_that_may_still_come_back_is_left_alone(desk: Desk, broke_after: float | None) -> None:
    """It runs on another line, or broke off after this one began."""
    first = call("CA0")
    run = await desk.begin(first)
    if broke_after is not None:
        desk.wait(broke_after)
        await desk.store.calls.broke(first, run, desk.closing.due_at())
    await desk.closing.hand_over(again(started_at=NOW + timedelta(seconds=10)))
    assert [record.call_id for record in desk.records] == ["CA1"]
    assert (await desk.phase("CA0"))[0] is not Phase.OVER


@pytest.mark.parametrize("fails", [True, False], ids=["fails", "hangs"])
async def test_e1_a_store_that_fails_costs_the_link_alone(
    desk: Desk, fails: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """This call's own record goes all the same, and waits for nothing for long."""

    async def find(call_id: str) -> None:
        if fails:
            raise StoreError("OperationalError")
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(desk.store.calls, "find", find)
    monkeypatch.setattr(desk.closing, "_settings", desk.settings.model_copy(update={"memory_seconds": 0}))
    await desk.closing.hand_over(again())
    assert [(record.call_id, record.withdrawn) for record in desk.records] == [("CA1", None)]
    assert "CA0 its lead may stand beside that of a later call" in caplog.text


# What is in doubt is looked up once more before the record is made (contract.md 0.2)

VISIT_AT = datetime(2026, 11, 26, 18, tzinfo=UTC)
ASKED = BookAppointment(VISIT_AT, "Sam Whitaker", "+15125550100", "45 Pecan Street", "heater is out")
FOUND = BookingFound(
    Outcome.OK,
    found=True,
    booking_uid="cal_7",
    date="Thursday, November 26",
    time="12:00 PM",
    attendee_name="Sam Whitaker",
)


def uncertain(**more: Any) -> CallSession:
    session = call()
    told: dict[str, Any] = {
        "state": State.CALLBACK, "reason": Reason.BOOKING_UNCERTAIN, "booking_attempted": True, "visit_at": VISIT_AT,
        "booking_status": BookingStatus.ATTEMPTED_FAILED, "booking_uncertain": True, "in_doubt": ASKED,
    } | more  # fmt: skip
    return CallSession.model_validate(session.model_dump() | told)


async def test_0_2_a_visit_that_is_there_by_now_is_recorded_as_one(desk: Desk) -> None:
    """The caller was promised a call, and that is recorded as well."""
    desk.shows = FOUND
    await desk.closing.hand_over(uncertain())
    assert desk.asked == [LookupBooking()]
    (record,) = desk.records
    assert record.job is not None
    assert (record.job.scheduled_at, record.job.booking_status) == (VISIT_AT, "confirmed")
    assert record.call.outcome == "callback_later"


@pytest.mark.parametrize(
    ("shows", "told"),
    [
        (BookingFound(Outcome.OK), "no visit was found when it was looked up"),
        (BookingFound(Outcome.UNAVAILABLE), "a visit may exist on Thursday, November 26 at 12:00 PM"),
        (replace(FOUND, attendee_name="Bo Tran"), "a visit may exist on Thursday, November 26 at 12:00 PM"),
    ],
)
async def test_0_2_a_visit_that_is_not_shown_is_a_lead_to_check(desk: Desk, shows: BookingFound, told: str) -> None:
    """No date is made up."""
    desk.shows = shows
    await desk.closing.hand_over(uncertain())
    (record,) = desk.records
    assert record.job is not None
    assert (record.job.scheduled_at, record.job.booking_status) == (None, "attempted_failed")
    assert told in (record.job.ai_summary or "")


async def test_0_2_it_is_looked_up_once(desk: Desk) -> None:
    """Also when the record cannot be written at once."""
    desk.broken = True
    await desk.closing.hand_over(uncertain())
    await desk.closing.catch_up()
    desk.broken = False
    await desk.closing.catch_up()
    assert desk.asked == [LookupBooking()]
    assert len(desk.records) == 1


@pytest.mark.parametrize("more", [{"in_doubt": None}, {"caller_number": ""}])
async def test_nothing_in_doubt_or_no_number_is_not_looked_up(desk: Desk, more: dict[str, Any]) -> None:
    """V2 finds visits by a number."""
    await desk.closing.hand_over(uncertain(**more))
    assert desk.asked == []
    assert len(desk.records) == 1


async def test_0_2_a_booking_that_died_with_its_process_is_looked_up_by_whoever_closes_the_call(desk: Desk) -> None:
    """The visit stands; nobody was told anything."""
    desk.shows = FOUND
    died = {"state": State.BOOKING, "reason": None, "tool_under_way": ASKED, "tool_asked_at": NOW}
    await desk.begin(uncertain(**died, booking_status=BookingStatus.NOT_REQUESTED, booking_uncertain=False))
    desk.wait(desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    assert desk.asked == [LookupBooking()]
    (record,) = desk.records
    assert record.job is not None
    assert record.job.scheduled_at == VISIT_AT
    assert "the caller was not told that it is booked" in (record.job.ai_summary or "")


@pytest.mark.parametrize(("alert_id", "loud"), [("SM1", False), ("alert_1", True), ("", True)])
async def test_0_8_an_emergency_of_which_nobody_was_texted_is_loud(
    desk: Desk, caplog: pytest.LogCaptureFixture, alert_id: str, loud: bool
) -> None:
    """An error in the log, by which an operator is woken; who called is in the record."""
    emergency = {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True}
    await desk.closing.hand_over(call().model_copy(update={**emergency, "emergency_alert_id": alert_id}))
    assert ("CA1 AN EMERGENCY, AND NO TEXT WENT OUT FOR CERTAIN" in caplog.text) is loud
    assert [r.levelname for r in caplog.records if "EMERGENCY" in r.getMessage()] == ["ERROR"] * loud
