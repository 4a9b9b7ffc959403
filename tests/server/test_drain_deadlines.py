"""The drain of a process in which something hangs: every wait has its end, and no call waits for another."""

import asyncio
from dataclasses import dataclass
from typing import cast

import pytest

from call.session import EndedBy
from config import Settings
from server.drain import ENDING_SECONDS, drain
from server.live_calls import LiveCalls
from server.liveness import Liveness

CONTROLLED_CLOCK = True


@dataclass
class Others:
    """The liveness of a machine whose database hangs, or not; nobody else is there."""

    hang: bool = True
    others_ready: bool = False

    async def tell(self) -> bool:
        if self.hang:
            await asyncio.get_running_loop().create_future()
        return True


def calls_of(number: int, told: list[str], *, hangs: str = "") -> LiveCalls:
    """So many live calls; of what `hangs` names nothing comes: a tool, an end."""
    calls = LiveCalls(number)
    for place in range(number):
        live = calls.add(f"CA{place}")

        async def end(by: EndedBy, call_id: str = live.call_id) -> None:
            assert by is EndedBy.INTERRUPTED
            told.append(call_id)
            if hangs == "end":
                await asyncio.get_running_loop().create_future()
            if live := calls.get(call_id):
                calls.discard(live)

        live.end, live.tool_under_way = end, lambda: hangs == "tool"
    return calls


async def drained_after(calls: LiveCalls, settings: Settings, others: Others | None = None) -> float:
    began = asyncio.get_running_loop().time()
    await drain(calls, cast(Liveness, others or Others()), settings, lambda: False)
    return asyncio.get_running_loop().time() - began


@pytest.mark.parametrize("hangs", ["", "tool", "end"])
async def test_ten_calls_end_as_one(settings: Settings, hangs: str) -> None:
    """Whatever hangs, every call is told, and what is left of the deadline is enough to close the rest."""
    told: list[str] = []
    took = await drained_after(calls_of(10, told, hangs=hangs), settings)
    assert sorted(told) == [f"CA{place}" for place in range(10)]
    assert took < settings.drain_seconds + ENDING_SECONDS


async def test_without_a_call_only_the_others_are_told(settings: Settings) -> None:
    """A database that hangs is waited for a moment, one that answers not at all."""
    assert 0 < await drained_after(LiveCalls(1), settings) < ENDING_SECONDS
    assert await drained_after(LiveCalls(1), settings, Others(hang=False)) == 0


async def test_one_that_fails_keeps_nobody(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """The calls beside it are handed over, and it is named."""
    told: list[str] = []
    calls = calls_of(3, told)

    async def fails(_: EndedBy) -> None:
        raise RuntimeError("no end")

    bad = calls.get("CA0")
    assert bad is not None
    bad.end = fails
    await drained_after(calls, settings)
    assert sorted(told) == ["CA1", "CA2"]
    assert "CA0 could not be handed over" in caplog.text
