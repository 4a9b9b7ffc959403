"""What the database tells of a call besides its session, as data: where it stands, and what became of its record and
its messages. Pure.

How it is read and written is call_rows.py's, store.py's and message_rows.py's.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where a call stands for those who do not run it."""

    EXPECTED = "expected"  # /twiml has answered; no stream has come yet.
    LIVE = "live"
    BROKEN = "broken"  # Its stream is gone, and another one may come.
    OVER = "over"  # It ended, and never comes back; with `due_at`, its record may not have been handed over.


class Status(StrEnum):
    """Where the delivery of a record stands."""

    KEPT = "kept"  # No dashboard is configured.
    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"  # Refused for good, or not accepted after the last pause.


@dataclass(frozen=True)
class DeliveryRow:
    """A call's record and where its delivery stands; the times are aware, UTC."""

    call_id: str
    record: dict[str, Any]
    status: Status
    detail: str
    created_at: datetime
    updated_at: datetime

    @property
    def tried_at(self) -> datetime | None:
        """When it was last posted; None if it never was: then its row was only kept, or waits without an answer."""
        answered = self.detail or self.status in (Status.PARKED, Status.DELIVERED)
        return self.updated_at if answered else None


class Sending(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"  # Not sent; if it was tried, nobody knows whether it was.
    ACCEPTED = "accepted"  # Twilio has it, and has not said yet what became of it.
    SENT = "sent"
    PARKED = "parked"  # Refused for good, or not accepted after the last pause.
    DROPPED = "dropped"  # Of no use any more, or its operator took it out.


@dataclass(frozen=True)
class LeftJob:
    """The job of an earlier call as this one has left it, moved or closed; `began`: when this call did, aware."""

    call_id: str
    began: datetime
    job: dict[str, Any]


OF_AN_EARLIER_CALL = ("moved", "withdrawn")
"""The parts of a record that post another call's job once more."""
TO_CALLER = ":caller"
"""How the id of a text to the caller of a call ends; behind the call's own."""
TO_OWNER = ":owner"


@dataclass(frozen=True)
class MessageRow:
    """A text to somebody's phone; the times are aware, UTC.

    `tried_at` is the first try of which nobody knows what came; of one that Twilio has, when it was seen to have it.
    `claims` counts who has taken it up, `owner` is the process that did so last. `due_at` is when somebody has to look
    at it next, `useful_until` when nobody needs it any more; None: never.
    """

    message_id: str
    recipient: str
    body: str
    status: Sending
    owner: str
    claims: int
    tried_at: datetime | None
    due_at: datetime | None
    useful_until: datetime | None
    sid: str
    detail: str
    created_at: datetime

    @property
    def to_caller(self) -> bool:
        """Whether a caller gets it; else the owner."""
        return self.message_id.endswith(TO_CALLER)

    @property
    def call_id(self) -> str:
        """The call that it is about; empty for one about the service itself."""
        call_id, about, _ = self.message_id.rpartition(TO_CALLER if self.to_caller else TO_OWNER)
        return call_id if about else ""
