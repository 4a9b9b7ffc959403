"""Refusals: requests and connections that are not let in, counted by likely cause, and told in one line a minute.

An operator whose every call is refused reads here why; a stranger who floods the entrance fills no log with it.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

logger = logging.getLogger(__name__)

LINE_SECONDS = 60.0


class Cause(StrEnum):
    """Why a request, a stream or a connection is refused."""

    UNSIGNED = "it has no signature of Twilio's form"
    ANOTHER_ADDRESS = "it is signed for another address: is PUBLIC_URL what Twilio asks?"
    FOREIGN = "it is signed with another token: is TWILIO_AUTH_TOKEN the account's, or was it rotated?"
    FORM = "its form is too large, too slow or none"
    REPEATED = "what Twilio has signed for an earlier stream of the call, or for none, gives no other stream"
    ONE_NUMBER = "its number has MAX_CALLS_PER_NUMBER calls, or had MAX_HOURLY_CALLS_PER_NUMBER in an hour"
    STREAM = "it is a stream that never began"
    SLOW = "it brought no whole request in time"
    TOO_MANY = "too many are open: the oldest that brought nothing of Twilio's was closed"
    NO_HTTP = "it is no HTTP"
    HEAD = "its head is too long or has too many lines"
    LENGTH = "it does not tell the length of its body (Content-Length), or goes on beyond that"


@dataclass(eq=False)
class Refusals:
    """How many there were of each cause, since the start.

    Attributes:
        clock: Monotonic seconds.
        counted: The numbers.
    """

    clock: Callable[[], float] = time.monotonic
    counted: Counter[Cause] = field(default_factory=Counter)
    _told: dict[Cause, tuple[float, int]] = field(default_factory=dict, init=False)

    def note_request(self, cause: Cause, where: str) -> None:
        """A request to `where`, the address that it was checked against, is refused."""
        self.note(cause, f"request refused, checked against {where}")

    def note_signature(self, where: str, elsewhere: str) -> None:
        """The same for one with a wrong signature, which was made for the address `elsewhere`, if that is known."""
        if elsewhere:
            self.note_request(Cause.ANOTHER_ADDRESS, f"{where} and signed for {elsewhere.partition('?')[0]}")
        else:
            self.note_request(Cause.FOREIGN, where)

    def note(self, cause: Cause, what: str) -> None:
        """Something was refused; `what`, in words, is told of the first one in a minute."""
        self.counted[cause] += 1
        told_at, told = self._told.get(cause, (-LINE_SECONDS, 0))
        if self.clock() - told_at < LINE_SECONDS:
            return
        more = self.counted[cause] - told - 1
        self._told[cause] = self.clock(), self.counted[cause]
        logger.warning("%s: %s%s", what, cause, f" ({more} more)" if more else "")
