"""Our frames behind the processor: an announced reply, an answer that broke off, a mark that no barge-in removes."""

from dataclasses import dataclass, field

from pipecat.frames.frames import DataFrame, LLMFullResponseEndFrame, OutputTransportMessageFrame

from circuit_breaker import Attempt

STEP_SECONDS = 0.25  # Of a line's audio, from one mark inside it to the next


@dataclass
class WordReplyFrame(DataFrame):
    """Announces a reply that the model is about to word: what to say instead, and the breaker's attempt.

    `arrived` is set by who words it, and from then on gives the attempt its verdict.
    """

    fallback: str
    attempt: Attempt
    arrived: bool = False


@dataclass
class MarkFrame(OutputTransportMessageFrame):
    """A mark of Media Streams, in order with the audio. `sent` is set when it leaves, behind all audio before it."""

    sent: bool = False
    interruptible: bool = field(default=False, init=False)


@dataclass
class BrokenReplyFrame(LLMFullResponseEndFrame):
    """The end of an answer that the model did not finish, why, and whether it is down; None: it refuses our words."""

    what: str = "broke off"
    outage: bool | None = True
