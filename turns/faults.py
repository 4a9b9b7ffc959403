"""Faults: what failed during a call, in its timeline and in its log; whatever it was, the call goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from call.session import CallSession, EntryKind
from logs import call_logger

LOGGER = "processor"  # In the log they stand with the turns and the states.


@dataclass(frozen=True)
class Faults:
    """The faults of one call, whose every part tells them here; `now` gives the aware time."""

    session: CallSession
    now: Callable[[], datetime]

    def note(self, part: str, what: str) -> None:
        """`part` (a vendor, or a part of ours) failed; `what` tells in few words how."""
        self.session.note(EntryKind.FAULT, part, self.now(), detail=what)
        call_logger(LOGGER, self.session.call_id).warning("fault %s: %s", part, what)
