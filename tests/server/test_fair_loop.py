"""The time that a process had: what it was held up for does not count, whatever it was."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.fair_loop import GRACE_SECONDS, FairLoop, FairTime, Waits


@dataclass
class Machine:
    """Its clock, and for how long our thread had to wait for its core."""

    at: float = 100.0
    waited: float = 0.0
    fair: FairTime = field(init=False)

    def __post_init__(self) -> None:
        self.fair = FairTime(lambda: self.at, lambda: self.waited)

    def works(self, seconds: float, *, waits: float = 0.0) -> None:
        """A step of ours takes so long, some of it without a core; nothing is slept behind it."""
        self.at += seconds + waits
        self.waited += waits
        self.fair.sleeps()
        self.fair.woke(0.0)

    def sleeps(self, seconds: float | None, slept: float, *, waits: float = 0.0) -> None:
        self.fair.sleeps()
        self.at += slept
        self.waited += waits
        self.fair.woke(seconds)

    @property
    def had(self) -> float:
        return round(self.fair.now() - 100.0, 6)


def test_work_and_sleep_count() -> None:
    """Of a process that is never late every second does."""
    machine = Machine()
    for _ in range(100):
        machine.works(0.01)
        machine.sleeps(0.04, 0.04)
    machine.sleeps(None, 3.0)
    assert (machine.had, machine.fair.lost_seconds) == (8.0, 0.0)


def test_what_others_had_our_core_for_does_not_count() -> None:
    """In the middle of a step, and when it is time to wake up."""
    machine = Machine()
    machine.works(0.01, waits=0.03)
    machine.sleeps(0.1, 0.13, waits=0.03)
    machine.sleeps(None, 1.5, waits=0.5)
    assert machine.had == pytest.approx(0.01 + 0.1 + 1.0)


def test_a_step_that_takes_too_long_counts_no_more_than_its_grace() -> None:
    """One of our own, and a machine that stood still while we slept."""
    machine = Machine()
    machine.works(2.0)
    assert machine.had == GRACE_SECONDS
    machine.sleeps(0.1, 30.0)
    assert machine.had == pytest.approx(0.1 + 2 * GRACE_SECONDS)


def test_it_never_goes_back() -> None:
    """What was told inside of a step that turns out to be late stands until it is true again."""
    machine = Machine()
    machine.at += 5.0
    told = machine.fair.now()
    machine.works(0.0)
    assert machine.fair.now() == told
    machine.sleeps(10.0, 10.0)
    assert machine.had == pytest.approx(10.0 + GRACE_SECONDS)


@pytest.mark.parametrize("fair", [True, False])
def test_no_deadline_passes_while_we_are_held_up(fair: bool) -> None:
    """An answer that comes in five late steps is in time for a wait of half a second; by the machine it is not."""
    clock = [100.0]

    class MachinesLoop(asyncio.SelectorEventLoop):
        def time(self) -> float:
            return clock[0]

    async def answer(steps: int) -> str:
        for _ in range(steps):
            clock[0] += 2.0
            await asyncio.sleep(0)
        return "answer"

    async def asks() -> str:
        try:
            async with asyncio.timeout(0.5):
                return await asyncio.create_task(answer(5))
        except TimeoutError:
            return "too late"

    loop = FairLoop(lambda: clock[0]) if fair else MachinesLoop()
    try:
        assert loop.run_until_complete(asks()) == ("answer" if fair else "too late")
    finally:
        loop.close()


@pytest.mark.skipif(not Path("/proc/thread-self/schedstat").exists(), reason="nobody tells")
def test_what_the_system_tells() -> None:
    """A number that only grows; nothing any more behind the end, and the file is given back."""
    files = len(os.listdir("/proc/self/fd"))
    waits = Waits()
    first, second = waits.seconds(), waits.seconds()
    assert 0.0 <= first <= second
    waits.close()
    assert (waits.seconds(), len(os.listdir("/proc/self/fd"))) == (0.0, files)
