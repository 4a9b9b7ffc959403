"""A caller for whom there is no room: what they hear, and the lead that is kept before they hear it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

import config
from call.session import CallSession, Reason
from config import Settings
from records.errors import StoreError
from records.handover import Handover
from records.payloads import CallRecord
from records.store import MachineRow, Store
from server.closing import CallClosing
from server.lateness import Lateness
from server.live_calls import LiveCalls
from server.liveness import Liveness
from server.turned_away import TurnedAway
from turns.tool_protocol import Tools

FIELDS = {"CallSid": "CA1", "From": "+15125550100", "To": "+15125550199"}


@dataclass
class Door:
    """What decides, with a real store."""

    store: Store
    settings: Settings
    records: list[CallRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls = LiveCalls(1)
        self.lateness = Lateness(self.settings.max_late_seconds, self.calls)
        deliveries = cast(Handover, self)
        in_a_while = lambda: datetime.now(UTC) + timedelta(minutes=1)  # noqa: E731
        self.closing = CallClosing(self.settings, self.store, deliveries, cast(Tools, None), now=in_a_while)
        self.liveness = Liveness(self.settings, self.store, deliveries, self.closing, self.calls, "a:1")
        self.turned_away = TurnedAway(self.settings, self.store, self.calls, self.liveness, self.lateness)

    async def deliver(self, record: CallRecord) -> None:
        """Stands in for Deliveries."""
        self.records.append(record)


@pytest.fixture
async def door(tmp_path: Path, settings: Settings) -> AsyncIterator[Door]:
    async for made in doors(tmp_path, settings):
        yield made


async def doors(folder: Path, settings: Settings) -> AsyncIterator[Door]:
    store = Store(f"sqlite:///{folder / 'agent.db'}")
    await store.open()
    yield Door(store, settings)
    await store.close()


async def test_why(door: Door) -> None:
    """All lines are busy, or the process is late; not while it drains and another machine takes the call."""
    turned_away = door.turned_away
    assert turned_away.why() is None
    door.lateness.late = True
    assert turned_away.why() is Reason.TOO_LATE
    door.calls.add("CA2")
    assert turned_away.why() is Reason.NO_ROOM
    door.calls.draining = True
    assert turned_away.why() is Reason.NO_ROOM
    door.liveness.machines = [MachineRow("b", "b:1", draining=False, beat_at=datetime.now(UTC))]
    assert turned_away.why() is None


@pytest.mark.parametrize("why", [Reason.NO_ROOM, Reason.TOO_LATE])
async def test_whose_number_is_known_is_a_lead(door: Door, why: Reason) -> None:
    """Once, however often Twilio asks; due at once, for whoever looks; ours to answer for; nobody is to call again."""
    for _ in range(2):
        text = await door.turned_away.answer(FIELDS, why)
        assert ("will call you back" in text, "again" in text) == (True, False)
    await door.closing.sweep()
    await door.closing.sweep()
    (record,) = door.records
    assert record.ended_as == f"callback:{why} (fault: us)"
    assert record.job is not None
    assert (record.job.customer_phone, record.call.outcome) == ("+15125550100", "callback_later")
    assert "A callback is due, it is not certain that the caller heard it promised" in str(record.job.ai_summary)
    assert door.turned_away.counted == {why: 2}


async def test_who_was_let_in_by_a_process_that_is_gone_is_a_lead_too(door: Door) -> None:
    """Twilio asks again, and there is no room any more: the row of before tells of a callback that was promised."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=datetime.now(UTC))
    await door.store.calls.expect(session, datetime.now(UTC) + timedelta(hours=1))
    assert "will call you back" in await door.turned_away.answer(FIELDS, Reason.NO_ROOM)
    await door.closing.sweep()
    (record,) = door.records
    assert (record.ended_as, record.job is not None) == ("callback:no_room (fault: us)", True)


@pytest.mark.parametrize("number", ["", "anonymous", FIELDS["To"]])
async def test_whose_number_is_not_known(door: Door, number: str) -> None:
    """Nobody could call them back, so nobody says so; there is nothing to keep."""
    text = await door.turned_away.answer({**FIELDS, "From": number}, Reason.NO_ROOM)
    assert ("call you back" in text, "call again" in text) == (False, True)
    await door.closing.sweep()
    assert door.records == []


async def test_a_person_takes_over(tmp_path: Path, environ: dict[str, str]) -> None:
    """With FALLBACK_NUMBER no callback is promised, and the lead is kept all the same."""
    async for door in doors(tmp_path, config.load({**environ, "FALLBACK_NUMBER": "+15125550111"})):
        text = await door.turned_away.answer(FIELDS, Reason.TOO_LATE)
        assert ("<Dial" in text, "call you back" in text, "again" in text) == (True, False, False)
        await door.closing.sweep()
        (record,) = door.records
        assert record.job is not None
        assert "the caller did not hear it promised" in str(record.job.ai_summary)


@pytest.mark.parametrize("fallback", ["", "+15125550111"])
async def test_whose_number_has_its_calls(tmp_path: Path, environ: dict[str, str], fallback: str) -> None:
    """Told to call again, or connected: never both."""
    settings = config.load(environ | ({"FALLBACK_NUMBER": fallback} if fallback else {}))
    async for door in doors(tmp_path, settings):
        text = door.turned_away.apology()
        assert "busy" in text
        assert ("call again" in text, "connect you" in text, "<Dial" in text) == (
            not fallback,
            bool(fallback),
            bool(fallback),
        )


async def test_what_is_not_kept_is_not_promised(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the database nor the journal takes it."""

    async def fails(*_: object) -> None:
        raise StoreError("full")

    monkeypatch.setattr(door.store.calls, "expect", fails)
    text = await door.turned_away.answer(FIELDS, Reason.NO_ROOM)
    assert ("call you back" in text, "call again" in text) == (False, True)
