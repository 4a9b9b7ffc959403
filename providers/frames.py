"""The frames of our own in a call's pipeline; an event is never lost to a barge-in, an announced reply is."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipecat.frames.frames import DataFrame, OutputTransportMessageFrame

from circuit_breaker import Attempt


class Event(StrEnum):
    """What happens to a call beside the caller's words."""

    START = "start"
    RESUMED = "resumed"  # The call broke off, and this is another stream of it.
    KEYPAD = "keypad"
    SILENCE = "silence"
    CUT_OFF = "cut_off"  # The last line was cut off, and no turn came of it.
    TIME_LIMIT = "time_limit"
    FAULT = "fault"


@dataclass
class CallEventFrame(DataFrame):
    """An event, handled in turn with the caller's turns. `detail`: the keypad's digits, or the part that failed."""

    event: Event
    detail: str = ""
    interruptible: bool = field(default=False, init=False)


@dataclass
class WordReplyFrame(DataFrame):
    """Announces a reply that the model is about to word: what to say instead, and the breaker's attempt."""

    fallback: str
    attempt: Attempt


@dataclass
class MarkFrame(OutputTransportMessageFrame):
    """A mark of Media Streams, in order with the audio. `sent` is set when it leaves, behind all audio before it."""

    sent: bool = False
    interruptible: bool = field(default=False, init=False)
