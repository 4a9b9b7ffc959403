"""Refusals: requests that are not let in, counted by their likely cause, and told in one line a minute.

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
    """Why a request is refused."""

    UNSIGNED = "it has no signature of Twilio's form"
    ANOTHER_ADDRESS = "it is signed for another address: is PUBLIC_URL what Twilio asks?"
    FOREIGN = "its signature is wrong: is TWILIO_AUTH_TOKEN the account's, or was it rotated?"
    FORM = "its form is too large, too slow or none"


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

    def note(self, cause: Cause, where: str) -> None:
        """A request to `where`, the address that it was checked against, is refused."""
        self.counted[cause] += 1
        told_at, told = self._told.get(cause, (-LINE_SECONDS, 0))
        if self.clock() - told_at < LINE_SECONDS:
            return
        more = self.counted[cause] - told - 1
        self._told[cause] = self.clock(), self.counted[cause]
        logger.warning("request refused, checked against %s: %s%s", where, cause, f" ({more} more)" if more else "")
