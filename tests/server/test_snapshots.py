"""The snapshots of one stream, and its end at Twilio: what is written, waited for, and told when it is not."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from call.session import CallSession, EntryKind
from config import Settings
from logs import call_logger
from records.errors import StoreError, kind_of
from server.one_stream import HangUp
from server.snapshots import Snapshots
from turns.faults import Faults

CONTROLLED_CLOCK = True
LOG = call_logger("tests", "CA1")


class Rows:
    """The calls' rows: each answer comes when a test gives it."""

    def __init__(self) -> None:
        self.saving: list[asyncio.Future[bool]] = []
        self.ended: bool | Exception = True

    def save(self, session: CallSession, run: int) -> "asyncio.Future[bool]":
        self.saving.append(asyncio.get_running_loop().create_future())
        return self.saving[-1]

    async def end(self, session: CallSession, run: int, due_at: datetime) -> bool:
        self.last_words = session.last_words
        if isinstance(self.ended, Exception):
            raise self.ended
        return self.ended

    def due_at(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def session() -> CallSession:
    return CallSession(call_id="CA1", started_at=datetime.now(UTC))


async def test_one_that_fails_is_told_once_and_stops_nobody(
    session: CallSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody may be waiting for it; what failed is named, what was in it is not."""
    rows = Rows()
    snapshots = Snapshots(cast(Any, rows), 1, LOG)
    for _ in range(3):
        snapshots.save(session)
    failed, cancelled, written = rows.saving
    failed.set_exception(OSError("disk full"))
    cancelled.cancel()
    written.set_result(True)
    await snapshots.saved()
    assert [record.getMessage() for record in caplog.records] == ["CA1 a snapshot was not written: OSError"]
    await snapshots.saved()


async def test_the_last_one_is_waited_for_with_those_before_it_but_not_for_ever(session: CallSession) -> None:
    """As long as the caller of `save_within` allows."""
    rows, now = Rows(), asyncio.get_running_loop().time
    snapshots = Snapshots(cast(Any, rows), 1, LOG)
    snapshots.save(session)
    waiting = asyncio.create_task(snapshots.save_within(session, 1.0))
    await asyncio.sleep(0.1)
    rows.saving[1].set_result(True)
    await asyncio.sleep(0.1)
    assert not waiting.done()
    rows.saving[0].set_result(True)
    await waiting
    begun_at = now()
    await snapshots.save_within(session, 1.0)
    assert now() - begun_at == pytest.approx(1.0)


class Twilio:
    """Confirms, or not."""

    def __init__(self, stream_ended: asyncio.Event) -> None:
        self.asked: list[str] = []
        self.confirms = True
        self._stream_ended = stream_ended

    async def hang_up(self, call_id: str) -> bool:
        self.asked.append("hang up")
        if self.confirms:
            self._stream_ended.set()
        return self.confirms

    async def say_and_hang_up(self, session: CallSession) -> bool:
        self.asked.append(session.last_words)
        if self.confirms:
            self._stream_ended.set()
        return self.confirms


@pytest.mark.parametrize(
    ("ended", "confirms", "asked", "told"),
    [
        (True, True, True, []),
        (True, False, True, ["the hang-up was not confirmed"]),
        (OSError("disk full"), True, True, []),
        (False, True, False, []),
    ],
)
async def test_only_who_has_the_call_hangs_up(
    settings: Settings,
    session: CallSession,
    ended: bool | Exception,
    confirms: bool,
    asked: bool,
    told: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A store that fails keeps nobody on the line; another stream's line is not cut."""
    rows, over = Rows(), asyncio.Event()
    twilio = Twilio(over)
    rows.ended, twilio.confirms = ended, confirms
    faults = Faults(session, lambda: datetime.now(UTC))
    hang_up = HangUp(settings, session, 1, cast(Any, rows), cast(Any, rows), cast(Any, twilio), over, faults, LOG)
    with caplog.at_level(logging.WARNING):
        await hang_up.hang_up()
        assert twilio.asked == (["hang up"] if asked else [])
        assert [entry.detail for entry in session.timeline] == told
    assert ("another stream has the call" in caplog.text) is not asked
    assert "disk full" not in caplog.text


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ((), []),
        (("Leave the house.",), ["Leave the house.", "Goodbye."]),
        (("Goodbye.",), ["Goodbye."]),
        (("Sorry.", "One moment."), ["Sorry.", "Goodbye."]),
        (("One moment.",), []),
    ],
)
@pytest.mark.parametrize("confirms", [True, False])
@pytest.mark.parametrize("apologised", [True, False])
async def test_what_our_voices_could_not_say_of_the_last_words_is_said_by_twilio(
    settings: Settings,
    session: CallSession,
    lost: tuple[str, ...],
    says: list[str],
    *,
    confirms: bool,
    apologised: bool,
) -> None:
    """From the first lost line on, since it cuts off whatever of ours is still to come; it counts as heard then."""
    rows, over, now = Rows(), asyncio.Event(), session.started_at
    twilio = Twilio(over)
    twilio.confirms = confirms
    heard = {"One moment.": 0.0, "Sorry.": 1.0, "Leave the house.": 1.0, "Goodbye.": 0.0} | dict.fromkeys(lost, 0.0)
    session.note(EntryKind.AGENT, "One moment.", now, heard=0.0)
    if apologised:  # A fault took the lost line's place.
        session.note(EntryKind.STATE, "urgency -> callback", now)
    else:
        session.note(EntryKind.CALLER, "I smell gas.", now)
    for text in ("Sorry.", "Leave the house.", "Goodbye."):
        session.note(EntryKind.AGENT, text, now, heard=heard[text])
    session.note(EntryKind.STATE, "callback -> goodbye", now)  # Of the hang-up itself.
    faults = Faults(session, lambda: now)
    hang_up = HangUp(settings, session, 1, cast(Any, rows), cast(Any, rows), cast(Any, twilio), over, faults, LOG)
    hang_up.lost.update(lost)
    await hang_up.hang_up()
    assert twilio.asked == [" ".join(says) or "hang up"]
    assert rows.last_words == " ".join(says)  # For Twilio's own question, if its REST API answers nothing.
    heard |= dict.fromkeys(says, 1.0) if confirms else {}
    assert {entry.text: entry.heard for entry in session.timeline if entry.kind is EntryKind.AGENT} == heard


@pytest.mark.parametrize(
    ("error", "kind"),
    [(StoreError("OperationalError"), "OperationalError"), (TimeoutError("Dana Reed"), "TimeoutError")],
)
def test_the_log_has_the_databases_own_word_and_nothing_of_a_row(error: Exception, kind: str) -> None:
    """An operator tells a locked database from a lost one."""
    assert kind_of(error) == kind
