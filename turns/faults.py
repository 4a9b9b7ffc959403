"""Faults: what failed during a call, in its timeline and in its log; whatever it was, the call goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from call.event import tell
from call.events import PartFailed
from call.session import CallSession, EntryKind
from logs import call_logger

LOGGER = "processor"  # In the log they stand with the turns and the states.


class OnFault(Protocol):
    """Told of a part that failed; see `Faults.note`."""

    def __call__(self, part: str, what: str, refused: str = "") -> None: ...


@dataclass(frozen=True)
class Faults:
    """The faults of one call, whose every part tells them here; `now` gives the aware time."""

    session: CallSession
    now: Callable[[], datetime]

    def note(self, part: str, what: str, refused: str = "") -> None:
        """`part` (a vendor, or a part of ours) failed; `what` tells in few words how.

        `refused`: the model's sentence that the reply guard did not let pass; it is in no log.
        """
        self.session.note(EntryKind.FAULT, part, self.now(), detail=what, refused=refused)
        tell(call_logger(LOGGER, self.session.call_id), PartFailed(part, what))
