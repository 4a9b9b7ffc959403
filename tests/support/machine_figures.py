"""What each test run tells of the machine it ran on: how late it was, and what a whole call cost it.

Figures for people, and for comparing machines; nothing is judged by them.
"""

import threading
import time
from statistics import median

PERIOD_SECONDS = 0.05

_monotonic = time.monotonic


class Lateness(threading.Thread):
    """How late this process wakes up from short sleeps: `worst_ms` so far."""

    def __init__(self) -> None:
        super().__init__(name="lateness", daemon=True)
        self.worst_ms = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end`."""
        due = _monotonic() + PERIOD_SECONDS
        while not self._ended.wait(PERIOD_SECONDS):
            now = _monotonic()
            self.worst_ms = max(self.worst_ms, (now - due) * 1000)
            due = now + PERIOD_SECONDS

    def end(self) -> None:
        """No more figures."""
        self._ended.set()


def told(worst_ms: float, cpu_seconds: list[float]) -> str:
    """One line for the end of a run; `cpu_seconds` of each whole call on virtual time."""
    line = f"this machine: {worst_ms:.0f} ms late at the worst"
    if not cpu_seconds:
        return line
    return f"{line}; {median(cpu_seconds):.1f} processor seconds a whole call (median of {len(cpu_seconds)})"
