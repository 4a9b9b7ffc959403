"""What is written before V2 is asked, and what happens when it cannot be."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from call.session import CallSession
from call.tool_calls import (
    BookAppointment,
    Booked,
    CallerFound,
    CreateCallback,
    LookupCaller,
    Outcome,
    ToolRequest,
    ToolResult,
)
from logs import call_logger
from turns.tool_journal import AskedTools

CONTROLLED_CLOCK = True
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
BOOK = BookAppointment(NOW, "Dana", "+15125550100", "12 Oak Street", "no heat")


class Office:
    """The store and V2 in one: keeps the order in which they are asked."""

    def __init__(self, session: CallSession) -> None:
        self.session = session
        self.happened: list[str] = []
        self.saving: asyncio.Future[bool] | None = None

    def save(self, session: CallSession) -> "asyncio.Future[bool]":
        asked = session.tool_under_way.tool if session.tool_under_way else "nothing"
        self.happened.append(f"saved {asked} {session.tool_asked_at == NOW}")
        if self.saving is None:
            self.saving = asyncio.get_running_loop().create_future()
            self.saving.set_result(True)
        return self.saving

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult:
        self.happened.append(f"asked {type(request).__name__}")
        return ToolResult(Outcome.OK)


@pytest.fixture
def office() -> Office:
    return Office(CallSession(call_id="CA1", started_at=NOW))


def tools(office: Office) -> AskedTools:
    return AskedTools(office, office.save, 0.5, lambda: NOW, call_logger("tests", "CA1"))


@pytest.mark.parametrize("request_", [BOOK, CreateCallback(reason="x"), LookupCaller()])
async def test_it_is_written_before_it_is_asked(office: Office, request_: ToolRequest) -> None:
    """The snapshot names the tool and when it was asked; with the answer both are forgotten."""
    result = await tools(office).call(request_, office.session)
    assert result.outcome is Outcome.OK
    saved, asked = office.happened
    assert saved == f"saved {request_.tool} True"
    assert asked == f"asked {type(request_).__name__}"
    assert (office.session.tool_under_way, office.session.tool_asked_at) == (None, None)


async def test_what_acts_waits_until_it_is_written(office: Office) -> None:
    """Nothing is asked before the snapshot is durable."""
    office.saving = asyncio.get_running_loop().create_future()
    asking = asyncio.create_task(tools(office).call(BOOK, office.session))
    await asyncio.sleep(0.1)
    assert office.happened == ["saved book_appointment True"]
    office.saving.set_result(True)
    await asking
    assert office.happened[-1] == "asked BookAppointment"


async def test_what_reads_does_not_wait(office: Office) -> None:
    """A lookup changes nothing: no caller waits for the disk because of it."""
    office.saving = asyncio.get_running_loop().create_future()
    await tools(office).call(LookupCaller(), office.session)
    assert office.happened == ["saved lookup_caller True", "asked LookupCaller"]


@pytest.mark.parametrize("error", [None, OSError("disk full")])
async def test_a_store_that_fails_keeps_nobody_from_a_visit(
    office: Office, error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Slow for half a second, which is logged, or broken, which is logged by who writes: asked all the same."""
    office.saving = asyncio.get_running_loop().create_future()
    if error:
        office.saving.set_exception(error)
    with caplog.at_level(logging.WARNING):
        begun = asyncio.get_running_loop().time()
        assert (await tools(office).call(BOOK, office.session)).outcome is Outcome.OK
    assert asyncio.get_running_loop().time() - begun <= 0.6
    assert ("the store is slow" in caplog.text) is (error is None)
    office.saving.cancel()


@pytest.mark.parametrize(("request_", "kind"), [(BOOK, Booked), (CreateCallback(reason="x"), ToolResult)])
async def test_a_stream_that_lost_its_call_asks_for_nothing(
    office: Office, request_: ToolRequest, kind: type[Any]
) -> None:
    """Another stream has the call: it was surely not carried out, and the result is of the request's class."""
    office.saving = asyncio.get_running_loop().create_future()
    office.saving.set_result(False)
    result = await tools(office).call(request_, office.session)
    assert (type(result), result.outcome) == (kind, Outcome.UNAVAILABLE)
    assert len(office.happened) == 1


async def test_one_that_is_cancelled_stays_under_way(office: Office) -> None:
    """Nobody knows what came of it: the snapshot must go on saying so."""
    started = asyncio.Event()

    async def hang(request: ToolRequest, session: CallSession) -> ToolResult:
        started.set()
        await asyncio.Event().wait()
        return CallerFound(Outcome.OK)

    office.call = hang  # type: ignore[method-assign]
    asking = asyncio.create_task(tools(office).call(BOOK, office.session))
    await started.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert office.session.tool_under_way == BOOK
