"""Room: how many calls this process can serve, learnt from those that it serves.

A call takes some of the thread that serves them all; how much depends on the machine, and is measured all the time. How
much of a core the thread can have depends on what else runs there: of what others take half is theirs, what the
hypervisor takes is gone. Of what it can have calls fill a part (MAX_CORE_SHARE), by default less than half: their work
comes at the same moments, and a machine that slows down to half must still serve those that it has.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from logs import Seldom

logger = logging.getLogger(__name__)

MEASURED_SECONDS = 1.0
# Of the thread's time that a call takes before any has been measured: twice that of the machine of `make bench`.
FIRST_GUESS = 0.02
GUESS_CALL_SECONDS = 60.0  # As many seconds of calls as the guess counts for
REMEMBERED_CALL_SECONDS = 1200.0  # Behind so many seconds of calls, what was measured before counts for a third
SMOOTHED_SECONDS = 5.0
LEAST = 0.001  # Of a core; nobody divides by less
UNLIMITED = 1_000_000
HERTZ = os.sysconf("SC_CLK_TCK")
STAT = Path("/proc/stat")
QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True)
class Cores:
    """Seconds since the machine began, of the cores that this process may run on (proc(5), /proc/stat).

    `taken`: by the hypervisor. `quota`: of a core, what the control group allows; None: no limit.
    """

    idle: float
    taken: float
    quota: float | None = None


def read_cores() -> Cores | None:
    """The cores now; None on a system that does not tell."""
    try:
        mine = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        rows = [line.split() for line in STAT.read_text().splitlines()]
    except (OSError, AttributeError):
        return None
    fields = [[int(value) / HERTZ for value in row[1:]] for row in rows if row and row[0] in mine]
    idle, taken = sum(row[3] + row[4] for row in fields), sum(row[7] for row in fields)
    return Cores(idle, taken, _quota())


def _quota() -> float | None:
    """Of a core, what the control group allows (the kernel's docs: cgroup-v2, cpu.max)."""
    try:
        most, period = QUOTA.read_text().split()
        return int(most) / int(period)
    except (OSError, ValueError):  # There is none, or it says "max".
        return None


class Live(Protocol):
    """The calls of the process."""

    def __len__(self) -> int: ...


@dataclass(eq=False)
class Room:
    """Of this process; `run` measures, in the thread that serves the calls.

    Attributes:
        core_share: Of the core that the thread can have, how much calls may fill; 0: there is no limit.
        live: The calls that run.
        cores: The cores now.
        clock: Monotonic seconds.
        thread: Seconds of a core that this thread has had.
        process: The same of all threads.
        share_of_a_call: Of a core that one call takes.
        available: Of a core that the thread can have, 0 to 1.
    """

    core_share: float
    live: Live
    cores: Callable[[], Cores | None] = read_cores
    clock: Callable[[], float] = time.monotonic
    thread: Callable[[], float] = time.thread_time
    process: Callable[[], float] = time.process_time
    share_of_a_call: float = field(default=FIRST_GUESS, init=False)
    available: float = field(default=1.0, init=False)
    _spent: float = field(default=FIRST_GUESS * GUESS_CALL_SECONDS, init=False)
    _call_seconds: float = field(default=GUESS_CALL_SECONDS, init=False)
    _measured: bool = field(default=False, init=False)
    _seldom: Seldom = field(default_factory=Seldom, init=False)

    @property
    def calls(self) -> int:
        """How many there may be at once; never fewer than one."""
        if not self.core_share:
            return UNLIMITED
        return max(1, int(self.core_share * self.available / max(LEAST, self.share_of_a_call)))

    async def run(self) -> None:
        """Measures until it is cancelled."""
        before = None
        while True:
            try:
                now = self._now()
                if before is not None:
                    self._learn(before, now)
                before = now
            except Exception:  # What was learnt holds; it is tried again.
                if self._seldom("measure"):
                    logger.exception("what calls take could not be measured")
                before = None
            await asyncio.sleep(MEASURED_SECONDS)

    def _now(self) -> "_Measured":
        return _Measured(self.clock(), self.thread(), self.process(), len(self.live), self.cores())

    def _learn(self, before: "_Measured", now: "_Measured") -> None:
        seconds = now.at - before.at
        if seconds <= 0:
            return
        call_seconds = seconds * min(before.calls, now.calls)  # Whoever has just come or gone would thin it out.
        if call_seconds:
            kept = REMEMBERED_CALL_SECONDS / (REMEMBERED_CALL_SECONDS + call_seconds)
            self._spent = kept * (self._spent + now.thread - before.thread)
            self._call_seconds = kept * (self._call_seconds + call_seconds)
            self.share_of_a_call = self._spent / self._call_seconds
        weight = min(1.0, seconds / SMOOTHED_SECONDS) if self._measured else 1.0
        self._measured = True
        self.available += weight * (_available(before, now) - self.available)


@dataclass(frozen=True)
class _Measured:
    at: float
    thread: float
    process: float
    calls: int
    cores: Cores | None


def _available(before: _Measured, now: _Measured) -> float:
    """Of a core that the thread could have had: what was idle, what we had, and half of what others had."""
    if before.cores is None or now.cores is None:
        return 1.0
    seconds, count = now.at - before.at, _core_count()
    idle = max(0.0, now.cores.idle - before.cores.idle) / seconds
    taken = max(0.0, now.cores.taken - before.cores.taken) / seconds
    ours = (now.process - before.process) / seconds
    others = max(0.0, count - idle - taken - ours)
    quota = 1.0 if now.cores.quota is None else now.cores.quota
    return max(LEAST, min(1.0, quota, idle + ours + others / 2))


def _core_count() -> int:
    return len(os.sched_getaffinity(0))
