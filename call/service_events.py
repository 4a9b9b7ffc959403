"""The events of providers, of delivery and of the process."""

import logging
from dataclasses import dataclass

from call.event import Event

# Providers


@dataclass(frozen=True)
class VoiceFailed(Event):
    """A voice did not speak a sentence."""

    level = logging.WARNING
    line = "voice {provider} failed: {why}"
    provider: str
    why: str


@dataclass(frozen=True)
class VoiceLeft(Event):
    """A call leaves the first voice for the second."""

    level = logging.WARNING
    line = "voice {provider}: {why}; the call goes on with {follows}"
    provider: str
    why: str
    follows: str


@dataclass(frozen=True)
class VoiceTaken(Event):
    """A call has changed its voice."""

    level = logging.WARNING
    line = "the call goes on with voice {provider}"
    provider: str


@dataclass(frozen=True)
class RecordingSpoke(Event):
    """Neither voice spoke, and a line that was rendered ahead did."""

    level = logging.WARNING
    line = "both voices failed: a recorded line speaks"


@dataclass(frozen=True)
class SentenceLost(Event):
    """Neither voice spoke, and there is no recording."""

    level = logging.ERROR
    line = "both voices failed: a sentence is lost"


@dataclass(frozen=True)
class ModelRefused(Event):
    """OpenAI refuses what we ask: the model's name or the key may be wrong."""

    level = logging.WARNING
    line = "OpenAI refuses our requests ({status}): are OPENAI_MODEL and OPENAI_API_KEY right?"
    status: int


@dataclass(frozen=True)
class BreakerOpened(Event):
    """A provider failed again and again, and is asked nothing for a while."""

    level = logging.WARNING
    line = "breaker {provider} open for {seconds:g} s: {failures} failures in a row"
    provider: str
    seconds: float
    failures: int


@dataclass(frozen=True)
class BreakerClosed(Event):
    """A provider whose breaker was open has answered."""

    line = "breaker {provider} closed: it answers again"
    provider: str


# Delivery


@dataclass(frozen=True)
class DashboardAccepted(Event):
    """The dashboard has taken a part of a record: `jobs`, `calls` or `alerts`."""

    line = "dashboard {part} accepted {milliseconds} ms"
    part: str
    milliseconds: int


@dataclass(frozen=True)
class DashboardAskedAgain(Event):
    """The dashboard did not take a part of a record at once."""

    level = logging.WARNING
    line = "dashboard {part}: {why}; again in {seconds:g} s"
    part: str
    why: str
    seconds: float


@dataclass(frozen=True)
class DashboardRefused(Event):
    """The dashboard did not take a part of a record; it is tried later, or parked."""

    level = logging.ERROR
    line = "dashboard {part}: {why}; not accepted"
    part: str
    why: str


@dataclass(frozen=True)
class RecordStands(Event):
    """Where the delivery of a record stands: delivered, or waiting for another try."""

    status: str
    detail: str = ""

    def __str__(self) -> str:
        return f"delivery {self.status}" + (f": {self.detail}" if self.detail else "")


@dataclass(frozen=True)
class RecordParked(RecordStands):
    """The dashboard does not take a record, and nobody tries again before you do."""

    level = logging.ERROR


@dataclass(frozen=True)
class RecordDeleted(Event):
    """A record that never reached the dashboard was too old to be kept."""

    level = logging.ERROR
    line = "A RECORD THAT NEVER REACHED THE DASHBOARD IS DELETED: it is too old"


@dataclass(frozen=True)
class RecordKept(Event):
    """A record is kept, since no dashboard is configured."""

    level = logging.WARNING
    line = "delivery: kept, no dashboard is configured"


@dataclass(frozen=True)
class RecordWaits(Event):
    """The record of a call that is over could not be written yet."""

    level = logging.ERROR
    line = "its record waits for the database: {why}"
    why: str


@dataclass(frozen=True)
class RecordResent(Event):
    """The operator has sent a record again."""

    line = "sent again by hand: {status} {detail}"
    status: str
    detail: str


@dataclass(frozen=True)
class CallInJournal(Event):
    """The database does not take a call, which is written to the journal of this machine."""

    level = logging.ERROR
    line = "stands in the journal: the database does not take it"


# The process


@dataclass(frozen=True)
class ServiceReady(Event):
    """The service takes calls."""

    line = "ready on port {port} for {origin}"
    port: int
    origin: str


@dataclass(frozen=True)
class Draining(Event):
    """The process was told to end; live calls may go on for so long."""

    line = "draining: {calls} calls may go on for {seconds:g} s"
    calls: int
    seconds: float


@dataclass(frozen=True)
class TooLate(Event):
    """The process is late for everything, and takes no new calls."""

    level = logging.ERROR
    line = "TOO LATE by {milliseconds} ms, with {calls} calls: no new ones are taken"
    milliseconds: int
    calls: int


@dataclass(frozen=True)
class LateNoMore(Event):
    """The process was late, and takes calls again."""

    level = logging.WARNING
    line = "not late any more, after {seconds} s: new calls are taken"
    seconds: int
