"""Lateness: how late this process does what is due, all the time, and what it leaves undone while it is too late.

A process that gets too little of its core, or has too much to do, is late for everything at once. Then no new call
begins here, so that those that are live stay good; work in the background waits, for some minutes at most, since a
record must not wait for ever; and the calls that are live are noted to have suffered it, so that nobody who hangs up
is blamed for that.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from call.event import tell
from call.service_events import LateNoMore, TooLate
from server.live_calls import LiveCalls

logger = logging.getLogger(__name__)

BEAT_SECONDS = 0.25
SMOOTHED_SECONDS = 3.0  # One step that takes too long, or one pass of the garbage collector, is not yet late.
MOST_SECONDS = 3.0  # For how late one beat counts at most: a machine that stood still for hours is not late for hours.
OVER_SHARE = 0.25  # Of the limit: below this much it is over, so that it does not begin anew at once.
LONGEST_STAND_BACK_SECONDS = 120.0
LATE = ("us", "too late for everything")  # The fault of the calls that it happens to.


@dataclass(eq=False)
class Lateness:
    """Of this process; `run` measures it.

    Attributes:
        limit_seconds: What is too late, on average (MAX_LATE_SECONDS).
        calls: Those that are live.
        clock: Monotonic seconds of the machine.
        seconds: How late it is, on average.
        late: Whether that is too late.
    """

    limit_seconds: float
    calls: LiveCalls
    clock: Callable[[], float] = time.monotonic
    seconds: float = field(default=0.0, init=False)
    late: bool = field(default=False, init=False)
    _began_at: float = field(default=0.0, init=False)
    _calm: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        self._calm.set()

    async def run(self) -> None:
        """Measures until it is cancelled."""
        while True:
            due = self.clock() + BEAT_SECONDS
            await asyncio.sleep(BEAT_SECONDS)
            self.note(self.clock() - due)

    def note(self, late_seconds: float) -> None:
        """What was due behind a beat was done so late."""
        late_seconds = min(max(0.0, late_seconds), MOST_SECONDS)
        weight = -math.expm1(-(BEAT_SECONDS + late_seconds) / SMOOTHED_SECONDS)
        self.seconds += weight * (late_seconds - self.seconds)
        if not self.late and self.seconds > self.limit_seconds:
            self._begin()
        elif self.late and self.seconds < OVER_SHARE * self.limit_seconds:
            self.late = False
            self._calm.set()
            tell(logger, LateNoMore(round(self.clock() - self._began_at)))

    def _begin(self) -> None:
        self.late, self._began_at = True, self.clock()
        self._calm.clear()
        tell(logger, TooLate(round(self.seconds * 1000), len(self.calls)))
        for live in self.calls:
            live.fault(*LATE)

    @property
    def stands_back(self) -> bool:
        """Whether work on which nobody on the line waits is to wait."""
        return self.late and self.clock() - self._began_at < LONGEST_STAND_BACK_SECONDS

    async def calm(self) -> None:
        """Waits until work in the background may go on."""
        if self.stands_back:
            try:
                async with asyncio.timeout(LONGEST_STAND_BACK_SECONDS):
                    await self._calm.wait()
            except TimeoutError:
                logger.warning("work in the background goes on, though we are late: it has waited for long enough")
