"""How late a process is: when that is too late, when it is over, and what waits meanwhile."""

import asyncio
import logging
from itertools import pairwise

import pytest

from server.lateness import BEAT_SECONDS, LONGEST_STAND_BACK_SECONDS, Lateness
from server.live_calls import LiveCalls

CONTROLLED_CLOCK = True

LIMIT = 0.25


def made(calls: LiveCalls | None = None, at: list[float] | None = None) -> Lateness:
    clock = at or [100.0]
    return Lateness(LIMIT, calls or LiveCalls(5), lambda: clock[0])


def beats(lateness: Lateness, late_seconds: float, number: int) -> list[bool]:
    told = []
    for _ in range(number):
        lateness.note(late_seconds)
        told.append(lateness.late)
    return told


def test_one_step_that_takes_too_long_is_not_late() -> None:
    """Nor are many that are a little late."""
    lateness = made()
    assert not any(beats(lateness, 0.0, 50) + beats(lateness, 0.8, 1) + beats(lateness, 0.0, 10))
    assert not any(beats(lateness, 0.9 * LIMIT, 500))


def test_it_begins_and_ends_once(caplog: pytest.LogCaptureFixture) -> None:
    """Each is one line; around the limit it does not flap. The calls that are live are told once."""
    calls, told = LiveCalls(5), list[tuple[str, str]]()
    calls.add("CA1").fault = lambda part, what: told.append((part, what))
    lateness = made(calls)
    with caplog.at_level(logging.WARNING):
        states = beats(lateness, 0.5, 40)
        for _ in range(20):
            states += beats(lateness, 1.1 * LIMIT, 10) + beats(lateness, 0.6 * LIMIT, 10)
        states += beats(lateness, 0.0, 100)
    changes = [(before, after) for before, after in pairwise(states) if before is not after]
    assert changes == [(False, True), (True, False)]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert told == [("us", "too late for everything")]


async def test_work_in_the_background_waits() -> None:
    """Until it is over; if it never is, for some minutes."""
    clock = [100.0]
    lateness = made(at=clock)
    await lateness.calm()
    beats(lateness, 1.0, 20)
    waiting = asyncio.create_task(lateness.calm())
    await asyncio.sleep(LONGEST_STAND_BACK_SECONDS / 2)
    assert not waiting.done()
    beats(lateness, 0.0, 100)
    await waiting
    beats(lateness, 1.0, 20)
    for_ever = asyncio.create_task(lateness.calm())
    await asyncio.sleep(LONGEST_STAND_BACK_SECONDS - 1)
    assert (for_ever.done(), lateness.stands_back) == (False, True)
    await for_ever
    clock[0] += LONGEST_STAND_BACK_SECONDS
    assert (lateness.late, lateness.stands_back) == (True, False)
    await lateness.calm()


async def test_it_is_measured_on_the_machines_clock() -> None:
    """What the loop's own clock leaves out is counted; on a clock that jumps over waiting nothing is ever late."""
    loop = asyncio.get_running_loop()
    held_up = [0.0]
    lateness = Lateness(LIMIT, LiveCalls(5), lambda: loop.time() + held_up[0])
    measuring = asyncio.create_task(lateness.run())
    await asyncio.sleep(40 * BEAT_SECONDS)
    assert lateness.seconds == pytest.approx(0.0, abs=1e-6)
    for _ in range(40):
        held_up[0] += 1.0
        await asyncio.sleep(BEAT_SECONDS)
    assert lateness.late
    measuring.cancel()
