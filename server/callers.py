"""Callers: how many calls one number has here, and how many it had in the last hour.

Whoever holds lines without a word, or rings all day, takes them from everybody else. A number that is withheld, or the
shop's own on a forwarded line, is no one's, so it is not counted (`own_number`). Each machine counts its own calls.
"""

import time
from collections import defaultdict
from collections.abc import Callable

from server.live_calls import LiveCalls

HOUR_SECONDS = 3600.0
RINGING_SECONDS = 10.0  # From `/twiml` to the stream: so long a call counts as live without being it.


class Callers:
    """Who called when.

    Args:
        most_live: Calls of one number at once.
        most_an_hour: Calls of one number in an hour; those that were refused do not count.
        calls: The live ones.
        clock: Monotonic seconds.
    """

    def __init__(
        self, most_live: int, most_an_hour: int, calls: LiveCalls, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most_live, self._most_an_hour, self._calls, self._clock = most_live, most_an_hour, calls, clock
        self._rang: defaultdict[str, dict[str, float]] = defaultdict(dict)  # By number, then by call

    def may_call(self, number: str, call_id: str) -> bool:
        """Whether there is room for this call of the number; then it counts."""
        if not number:
            return True
        now = self._clock()
        self._forget(now - HOUR_SECONDS)
        others = {other: at for other, at in self._rang[number].items() if other != call_id}
        live = [other for other, at in others.items() if self._calls.get(other) or now - at < RINGING_SECONDS]
        if len(live) >= self._most_live or len(others) >= self._most_an_hour:
            return False
        self._rang[number].setdefault(call_id, now)
        return True

    def _forget(self, before: float) -> None:
        for number, rang in tuple(self._rang.items()):
            self._rang[number] = {one: at for one, at in rang.items() if at >= before or self._calls.get(one)}
            if not self._rang[number]:
                del self._rang[number]
