"""What the store knows of a number, and a call whose store does not tell."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from call.session import CallSession, State
from config import Settings
from logs import call_logger
from records.errors import StoreError
from server.memory import recall

CONTROLLED_CLOCK = True
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LOG = call_logger("tests", "CA2")
NUMBER = "+15125550100"


class Rows:
    """The calls' rows of one number; `fails` is how the store fails, or that it never answers."""

    def __init__(self, fails: Exception | str = "") -> None:
        self.fails, self.asked = fails, 0

    async def failed_proofs(self, session: CallSession, since: datetime) -> int:
        self.asked += 1
        if isinstance(self.fails, Exception):
            raise self.fails
        if self.fails:
            await asyncio.get_running_loop().create_future()
        assert since == NOW - timedelta(hours=24)
        return 3

    async def of_caller(self, session: CallSession) -> list[CallSession]:
        return [CallSession(call_id="CA1", started_at=NOW - timedelta(minutes=5), problem="no heat")]


def call(**facts: Any) -> CallSession:
    about: dict[str, Any] = {"call_id": "CA2", "started_at": NOW, "caller_number": NUMBER, "failed_before": None}
    return CallSession(**(about | facts))


async def recalled(session: CallSession, settings: Settings, rows: Rows) -> CallSession:
    await recall(session, cast(Any, rows), settings, NOW, LOG)
    return session


async def test_e1_the_call_before_and_the_failed_proofs_are_known(settings: Settings) -> None:
    """As plain data in the session."""
    session = await recalled(call(), settings, Rows())
    assert session.earlier is not None
    assert (session.earlier.call_id, session.failed_before) == ("CA1", 3)


async def test_e1_a_number_that_is_withheld_is_nobodys(settings: Settings) -> None:
    """The store is not even asked."""
    rows = Rows()
    session = await recalled(call(caller_number=""), settings, rows)
    assert (session.earlier, rows.asked) == (None, 0)


@pytest.mark.parametrize("fails", [StoreError("OperationalError"), OSError("disk full"), "hangs"])
async def test_o2_a_store_that_does_not_tell_knows_nothing(
    fails: Exception | str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """The call goes on as a stranger's, and no proof of who calls is taken; the number is not in the log."""
    session = await recalled(call(), settings, Rows(fails))
    assert (session.earlier, session.visits_booked, session.proofs_left) == (None, (), 0)
    assert "CA2 nothing is known of the number" in caplog.text
    assert NUMBER[-7:] not in caplog.text


async def test_a_call_that_came_back_is_asked_nothing_anew(settings: Settings) -> None:
    """Behind the look-up it is too late to go on from another call; what failed on other lines counts."""
    session = await recalled(call(state=State.DISCOVERY), settings, Rows())
    assert (session.earlier, session.failed_before) == (None, 3)


async def test_e1_it_can_be_switched_off(settings: Settings) -> None:
    """SAME_CALLER_MINUTES=0."""
    session = await recalled(call(), settings.model_copy(update={"same_caller_minutes": 0}), Rows())
    assert session.earlier is None
