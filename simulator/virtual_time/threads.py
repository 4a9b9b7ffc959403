"""Who may wait, and who is waited for, in a process on virtual time.

The loop's thread blocks for nobody: sleeping, waiting for a lock's condition or an event, and starting a process raise
`StuckError` there, since with a blocked loop every call stalls, and virtual time would not show it. A thread that the
loop's thread starts is waited for before the clock jumps, so that it misses no deadline; but for those that work for
an executor, which are waited for on the spot, and DBOS's own, which poll for as long as the process lives.
"""

import concurrent.futures.thread
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

POLLERS = ("dbos",)
"""Packages whose threads go on for ever; what they find reaches the loop through executors."""

_sleep, _wait, _start, _popen = (
    time.sleep,
    threading.Condition.wait,
    threading.Thread.start,
    subprocess.Popen.__init__,
)
_started: list[threading.Thread] = []
_allowed = 1  # Until `watch`: imports may do what they like.


class StuckError(Exception):
    """Raised when the loop is blocked, or when nothing can go on."""


def install() -> None:
    """For this process, before anything takes `sleep` by its name."""
    time.sleep = _guarded_sleep  # type: ignore[assignment]
    threading.Condition.wait = _guarded_wait  # type: ignore[method-assign]
    threading.Thread.start = _noted_start  # type: ignore[method-assign]
    subprocess.Popen.__init__ = _guarded_popen  # type: ignore[method-assign]


def watch() -> None:
    """The imports are over: from now on the loop's thread may not block."""
    global _allowed
    _allowed = 0
    _started.clear()


def under_way() -> bool:
    """Whether a thread works that the loop's thread has started."""
    _started[:] = [thread for thread in _started if thread.is_alive()]
    return bool(_started)


@contextmanager
def waiting() -> Iterator[None]:
    """In here the loop's thread may wait."""
    global _allowed
    _allowed += 1
    try:
        yield
    finally:
        _allowed -= 1


def _refuse(what: str) -> None:
    if threading.current_thread() is threading.main_thread() and not _allowed:
        raise StuckError(f"{what} blocks the loop, and with it every call")


def _guarded_sleep(seconds: float) -> None:
    _refuse(f"time.sleep({seconds:g})")
    _sleep(seconds)


def _guarded_wait(self: threading.Condition, timeout: float | None = None) -> bool:
    if timeout != 0:
        _refuse("waiting for a thread")
    return _wait(self, timeout)


def _noted_start(self: threading.Thread) -> None:
    mine = threading.current_thread() is threading.main_thread()
    with waiting():  # Until it runs.
        _start(self)
    work = getattr(self, "_target", None)
    package = getattr(work, "__module__", type(self).__module__).partition(".")[0]
    if mine and work is not concurrent.futures.thread._worker and package not in POLLERS:
        _started.append(self)


def _guarded_popen(self: Any, *args: Any, **kwargs: Any) -> None:
    _refuse("starting a process")
    _popen(self, *args, **kwargs)
