"""FairLoop: an event loop on whose clock the time does not count in which this process was held up.

Who waits for somebody else, and for how long, is reckoned in time that this process had: to hear, to answer, to look at
what has come. While others have its core, while one step of its own takes too long, or while the whole machine stood
still, no deadline passes, no silence grows and no call gets older. So nobody is hung up on for our slowness, and no
vendor is given up for it. What is late is measured all the same (lateness.py), on the machine's clock.
"""

import asyncio
import os
import selectors
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

GRACE_SECONDS = 0.05  # What one step of ours may take, and the system may wake us late: that much is nobody's fault.
SHORT_SECONDS = 0.001  # A shorter step was not held up, or not for long: the system is not asked.


class FairTime:
    """The time that this process had, from what its loop did: it works, and then it sleeps.

    Args:
        clock: Monotonic seconds.
        held_up: For how many seconds in all this thread was ready to run, and others had its core.

    Attributes:
        lost_seconds: What did not count so far.
    """

    def __init__(self, clock: Callable[[], float], held_up: Callable[[], float]) -> None:
        self._clock, self._held_up = clock, held_up
        self.lost_seconds = 0.0
        self._told = self._woke_at = self._slept_at = clock()
        self._held_before = held_up()

    def now(self) -> float:
        """Monotonic seconds, without those that were lost; where some were lost just now it stands still."""
        self._told = max(self._told, self._clock() - self.lost_seconds)
        return self._told

    def sleeps(self) -> None:
        """The loop has done what there was to do."""
        self._slept_at = self._clock()

    def woke(self, seconds: float | None) -> None:
        """The loop goes on; it wanted to sleep for so long at most, or until something happens (None)."""
        now = self._clock()
        worked, slept = self._slept_at - self._woke_at, now - self._slept_at
        late = worked + (max(0.0, slept - seconds) if seconds is not None else 0.0)
        if late > SHORT_SECONDS or (seconds is None and slept > SHORT_SECONDS):
            held = self._held_up()
            by_others, self._held_before = min(held - self._held_before, worked + slept), held
            self.lost_seconds += by_others + max(0.0, late - by_others - GRACE_SECONDS)
        self._woke_at = now


class _Selector(selectors.DefaultSelector):
    def __init__(self, fair: FairTime) -> None:
        super().__init__()
        self._fair = fair

    def select(self, timeout: float | None = None) -> Sequence[tuple[selectors.SelectorKey, int]]:  # type: ignore[override]
        self._fair.sleeps()
        ready = super().select(timeout)
        self._fair.woke(None if timeout is None else max(0.0, timeout))
        return ready


class FairLoop(asyncio.SelectorEventLoop):
    """See the module; made on the thread on which it will run. `clock`: monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._waits = Waits()
        self._fair = FairTime(clock, self._waits.seconds)
        super().__init__(_Selector(self._fair))

    def time(self) -> float:
        """The time that this process had, in monotonic seconds."""
        return self._fair.now()

    def close(self) -> None:
        """See the base class."""
        super().close()
        self._waits.close()


class Waits:
    """For how long others had the core of this thread while it was ready to run: Linux alone tells (schedstat)."""

    def __init__(self) -> None:
        self._file: int | None = None
        with suppress(OSError):
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)

    def seconds(self) -> float:
        """Since the thread began; 0 where nobody tells."""
        return int(os.pread(self._file, 64, 0).split()[1]) / 1e9 if self._file is not None else 0.0

    def close(self) -> None:
        """Nobody asks any more."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
