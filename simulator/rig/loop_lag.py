"""How late this process's event loop runs: what a slow or shared machine does to measured silences."""

import asyncio
import gc
import time
from collections import deque
from types import TracebackType
from typing import Self

PERIOD_SECONDS = 0.05
REMEMBERED = 20_000
THRESHOLDS = gc.get_threshold()
NEVER = 1_000_000_000


class LagMeter:
    """Use as an async context manager around calls; `worst_ms` tells the worst delay since a moment.

    Meanwhile the garbage collector makes no full pass: through everything that hundreds of calls leave, one takes long
    enough to be heard in all calls that are live. What it would free is freed in the end.
    """

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        gc.collect()
        gc.set_threshold(*THRESHOLDS[:2], NEVER)
        self._task = asyncio.create_task(self._measure())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        gc.set_threshold(*THRESHOLDS)

    def worst_ms(self, since: float) -> float:
        """The longest delay since this moment of `time.monotonic()`."""
        return max((late * 1000 for at, late in self._late if at >= since), default=0.0)

    async def _measure(self) -> None:
        while True:
            due = time.monotonic() + PERIOD_SECONDS
            await asyncio.sleep(PERIOD_SECONDS)
            now = time.monotonic()
            if now - due > PERIOD_SECONDS / 5:
                self._late.append((now, now - due))
