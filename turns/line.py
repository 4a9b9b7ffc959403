"""The telephone line as the turns know it, and what happens on it beside the caller's words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pipecat.frames.frames import DataFrame, TTSSpeakFrame


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


BEHIND_SECONDS = 10.0  # Longest that a line is played behind its mark; seen were 3.5 s.


class Line(Protocol):
    """The telephone line: while `protect` is set, a barge-in does not clear what is about to be heard.

    `echoed_at`: when Twilio told last that it has played something, in monotonic seconds; 0 before it did.
    `behind_seconds`: the furthest that it was behind what it was sent, as far as it has told; None when it tells
    nothing any more.
    """

    protect: bool
    stream_sid: str

    @property
    def echoed_at(self) -> float: ...

    @property
    def behind_seconds(self) -> float | None: ...

    def speech(self, text: str, tell: Callable[[float | None], None]) -> TTSSpeakFrame:
        """The frame that has `text` spoken.

        `tell` is told how much of it was played, 0 to 1, whenever that changes; None when nobody can know it any more.
        """


def played_by(line: Line, sent_at: float) -> float:
    """When what was sent by `sent_at` should have been played, in monotonic seconds, whether its mark comes or not.

    As far behind as Twilio was seen to be, and as long as it tells of playing, but BEHIND_SECONDS at most.
    """
    return min(sent_at + BEHIND_SECONDS, max(sent_at + (line.behind_seconds or 0.0), line.echoed_at))
