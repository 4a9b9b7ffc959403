"""An event loop whose clock jumps over waiting: a deadline of eight seconds takes no time, and passes at its second.

Time passes when nothing else can happen: no callback is due, and no socket has anything to read for `GRACE_SECONDS`,
so that what is in flight on loopback arrives first. A test module runs on it that says `CONTROLLED_CLOCK = True`; the
clocks it passes in have to be the loop's. While the loop's executor works, as for the name of a host, time is real. Not
for tests with other threads or processes: they would not be waited for.
"""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

GRACE_SECONDS = 0.001

T = TypeVar("T")


class _Selector(selectors.BaseSelector):
    """A real selector that waits no longer than the grace; what it did not wait for is the loop's to skip."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.skipped_seconds = 0.0
        self.working = 0  # Calls under way in the executor.

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= GRACE_SECONDS or self.working:
            return self._real.select(timeout)
        ready = self._real.select(GRACE_SECONDS)
        if not ready:
            self.skipped_seconds += timeout - GRACE_SECONDS
        return ready

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
        self._skipping = _Selector()
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
        """Real seconds and those that were skipped."""
        return super().time() + self._skipping.skipped_seconds
