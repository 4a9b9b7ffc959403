"""An event loop whose clock jumps over waiting: a deadline of eight seconds takes no time, and passes at its second.

Time stands still while anything happens, however busy the machine is, and jumps to the next timer when nothing else can
happen: no callback is due, and what sockets there are have had nothing to read for a grace, so that what is in flight
on loopback arrives first. A test module runs on it that says `CONTROLLED_CLOCK = True`; the clocks it passes in have to
be the loop's. While the loop's executor works, as for the name of a host, waiting is real. Not for tests with other
threads or processes: they would not be waited for.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tests.support.real_waiting import CountingSelector

# Real time for each second that is skipped. Loopback is as good as at once, but a kernel that is late to hand over what
# was sent must not look like a deadline that has passed.
GRACE_PER_SECOND = 0.005
SHORTEST_GRACE_SECONDS = 0.001  # epoll knows no shorter wait, so short jumps share one.
LONGEST_GRACE_SECONDS = 0.005

STANDSTILL_SECONDS = 10.0  # Of work in which no time passes: something goes round in circles.

T = TypeVar("T")


class _Selector(selectors.BaseSelector):
    """A real selector that waits no longer than the grace; what it did not wait for is the loop's to skip."""

    def __init__(self, now: float) -> None:
        self._real = CountingSelector()
        self._owed = 0.0  # Grace, for jumps that were too short to have one.
        self.now = now
        self.working = 0  # Calls under way in the executor.
        self._stood_since = time.process_time()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if time.process_time() - self._stood_since > STANDSTILL_SECONDS:
            self._stood_since = time.process_time()
            raise RuntimeError(f"{STANDSTILL_SECONDS:g} s of work, and none of it waits: no time passes")
        if timeout is None or timeout <= 0:
            return self._real.select(timeout)
        ready = self._real.select(timeout) if self.working else self._real.look(self._grace(timeout))
        if not ready:
            self.now += timeout
            self._stood_since = time.process_time()
        return ready

    def _grace(self, jump_seconds: float) -> float:
        if len(self._real.get_map()) == 1:
            return 0.0  # The loop's own socket, on which its threads wake it; `working` knows of them.
        self._owed = min(self._owed + jump_seconds * GRACE_PER_SECOND, LONGEST_GRACE_SECONDS)
        if self._owed < SHORTEST_GRACE_SECONDS:
            return 0.0
        grace, self._owed = self._owed, 0.0
        return grace

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


class ControlledClockLoop(asyncio.SelectorEventLoop):
    """See the module."""

    def __init__(self) -> None:
        self._skipping = _Selector(super().time())
        super().__init__(self._skipping)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """See the base class."""
        future = super().run_in_executor(executor, func, *args)
        self._skipping.working += 1
        future.add_done_callback(self._worked)
        return future

    def _worked(self, _: object) -> None:
        self._skipping.working -= 1

    def time(self) -> float:
        """Seconds that have passed in the test."""
        return self._skipping.now
