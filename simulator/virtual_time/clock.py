"""A process whose time jumps: its monotonic clocks and its wall clock move together, and only when told to.

`install()` comes before everything that reads a clock is imported: what was taken from `time` by name, or as a default
argument, stays what it was then. So `threading` and `queue`, which are always there before, keep the machine's time,
and what waits in a thread waits for real. Leaves out when the clock jumps: that is the loop's (loop.py).
"""

import time
from datetime import datetime

import time_machine

real_monotonic = time.monotonic
"""The machine's own clock: for figures about the machine, and for patience."""
BEGINNING_SECONDS = 1_000_000.0  # Where the monotonic clocks begin, in every process: all roundings are the same.


class VirtualClock:
    """Monotonic seconds and the wall clock of this process."""

    def __init__(self) -> None:
        self.now = BEGINNING_SECONDS
        self._wall: time_machine.Traveller | None = None

    def set_wall(self, moment: datetime) -> None:
        """The wall clock shows `moment` (aware) and goes on with this clock."""
        if self._wall is not None:
            raise RuntimeError("the wall clock is set once in a process")
        # time.time, datetime.now and their kind are C; time-machine moves all of them.
        self._wall = time_machine.travel(moment, tick=False).start()

    def jump(self, seconds: float) -> None:
        """That much later, at once."""
        self.now += seconds
        if self._wall is not None:
            self._wall.shift(seconds)


CLOCK = VirtualClock()


def install() -> None:
    """From now on `time.monotonic` and `time.perf_counter` of this process are `CLOCK`."""
    time.monotonic = time.perf_counter = lambda: CLOCK.now
    time.monotonic_ns = time.perf_counter_ns = lambda: round(CLOCK.now * 1e9)


def installed() -> bool:
    """Whether this process is on virtual time."""
    return time.monotonic is not real_monotonic
