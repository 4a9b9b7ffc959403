"""The events of calls: from the first stream to the last line, and who was dialled for them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from call.event import Event


@dataclass(frozen=True)
class CallStarted(Event):
    """A call's first stream has begun."""

    line = "started from {caller}"
    caller: str


@dataclass(frozen=True)
class CallResumed(Event):
    """A call has come back, in another stream."""

    line = "resumed in {state}, run {run}"
    state: str
    run: int


@dataclass(frozen=True)
class TurnTaken(Event):
    """The caller has said something, or pressed keys: which turn of the call it is, and which of its state."""

    line = "turn {turn} ({state} {turn_in_state})"
    turn: int
    state: str
    turn_in_state: int


@dataclass(frozen=True)
class StateChanged(Event):
    """The conversation has moved on."""

    state_from: str
    state_to: str
    reason: str = ""

    def __str__(self) -> str:
        return f"state {self.state_from} -> {self.state_to}" + (f" ({self.reason})" if self.reason else "")


@dataclass(frozen=True)
class ToolAnswered(Event):
    """V2 was asked; the outcome is that of contract.md, or `cancelled`."""

    tool: str
    outcome: str
    milliseconds: int
    detail: str = ""

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"tool {self.tool} {self.outcome} {self.milliseconds} ms{detail}"


@dataclass(frozen=True)
class PartFailed(Event):
    """A provider, or a part of ours, failed during a call, which goes on."""

    level = logging.WARNING
    line = "fault {part}: {what}"
    part: str
    what: str


@dataclass(frozen=True)
class _End(Event):
    outcome: str
    ended_by: str
    blame: str
    seconds: int
    turns: int
    slowest_answer_ms: int
    path: tuple[str, ...]
    faults: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            f"{self.outcome} by {self.ended_by}",
            f"blame {self.blame}",
            f"{self.seconds} s",
            f"{self.turns} turns",
            f"slowest answer {self.slowest_answer_ms} ms",
            "path " + " ".join(self.path),
            "faults " + ("; ".join(self.faults) or "none"),
        ]
        return ", ".join(parts)


@dataclass(frozen=True)
class CallEnded(_End):
    """A call is over: how, by whom, whose fault, the states on the way, what failed."""

    def __str__(self) -> str:
        return "ended " + super().__str__()


@dataclass(frozen=True)
class CallBrokeOff(_End):
    """A stream is over that nobody wanted to end, or that leads to a person; the call may come back."""

    def __str__(self) -> str:
        return "broke off " + super().__str__()


@dataclass(frozen=True)
class CallUsed(Event):
    """What a call that is over has used of those who bill for it; the fields are those of `desk calls show --json`."""

    words: str
    used: Mapping[str, Any]

    def fields(self) -> Mapping[str, Any]:
        return self.used

    def __str__(self) -> str:
        return f"used {self.words}"


@dataclass(frozen=True)
class CallClosed(Event):
    """A call is closed whose stream never told that it ended."""

    line = "closed: {why}"
    why: str


@dataclass(frozen=True)
class CallTurnedAway(Event):
    """There was no place for a call, which is a lead all the same."""

    level = logging.WARNING
    line = "is turned away ({reason}), {calls} calls are live"
    reason: str
    calls: int


@dataclass(frozen=True)
class StreamRefused(Event):
    """A media stream was not let in."""

    level = logging.ERROR
    line = "stream refused: {why}"
    why: str


@dataclass(frozen=True)
class StreamFollows(Event):
    """Twilio is told to open another stream for a call that broke off."""

    line = "broke off in run {run}: another stream"
    run: int


@dataclass(frozen=True)
class CallTaken(Event):
    """A stream is over whose call another one has by then."""

    line = "over in run {run}: another stream has the call"
    run: int


@dataclass(frozen=True)
class CallGivenUp(Event):
    """A call gets no further stream, and ends in words of Twilio's own voice."""

    level = logging.WARNING
    line = "is given up, since {why}: it ends as {outcome}"
    why: str
    outcome: str


@dataclass(frozen=True)
class CallHandedOver(Event):
    """A process that drains gives a live call to the next machine."""

    line = "is handed over to the next machine"


@dataclass(frozen=True)
class CallLeft(Event):
    """A call has left its stream for a person."""

    line = "left its stream for a person"


@dataclass(frozen=True)
class PersonDialled(Event):
    """A person is dialled for a caller."""

    line = "a person is dialled"


@dataclass(frozen=True)
class PersonTook(Event):
    """A person has pressed the key that takes the call."""

    line = "a person took the call"


@dataclass(frozen=True)
class DialOver(Event):
    """A dial is over, and what came of it."""

    line = "the dial is over: {ended}"
    ended: str


@dataclass(frozen=True)
class EmergencyNotTexted(Event):
    """A caller was in danger, and nobody knows whether the team was texted: call them."""

    level = logging.ERROR
    line = "AN EMERGENCY, AND NO TEXT WENT OUT FOR CERTAIN: call {caller}"
    caller: str


@dataclass(frozen=True)
class TeamNotTold(Event):
    """A visit was cancelled or moved, and V2 did not confirm the text about it."""

    level = logging.ERROR
    line = "THE TEAM WAS NOT TOLD FOR CERTAIN: {outcome}"
    outcome: str
