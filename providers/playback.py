"""Playback: how much of each line was played to the caller, by the marks that Twilio echoes.

A mark follows every quarter of a second of a line's audio. Twilio echoes it when all before it was played, and returns
all that are under way when its buffer is cleared: those were not played (Twilio: Media Streams, mark and clear
messages). A line that two voices began counts as far as the better of the two came.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pipecat.frames.frames import TTSSpeakFrame

from call.speech import CHARACTERS_PER_SECOND, spoken_length
from providers.frames import MarkFrame

# Twilio has been seen to play 3.5 s behind what it was sent: a mark that is much later than that is lost.
LOST_SECONDS = 6.0
RETURN_SECONDS = 2.0  # A mark that was cleared comes back at once.
MOST_OF_A_GUESS = 0.99  # A line whose length is not known was not heard to its end, for certain.
_PREFIX = "played-"


@dataclass(eq=False)
class PlayedLine:
    """One line on its way to the caller.

    Attributes:
        text: What is said.
        tell: Told how much of it was played, 0 to 1, whenever that changes; None when nobody can know it any more.
    """

    text: str
    playback: "Playback"
    tell: Callable[[float | None], None]
    takes: "list[Take]" = field(default_factory=list)

    def take(self) -> "Take":
        """The audio of one voice for the whole line, from its beginning."""
        self.takes.append(Take(self))
        return self.takes[-1]


@dataclass(eq=False)
class Take:
    """The audio of one voice for a line, in seconds: what it is in all, once that is known, and what was played."""

    line: PlayedLine
    seconds: float | None = None
    played: float = 0.0

    def share(self, characters_per_second: float) -> float:
        """How much of the line was played, 0 to 1; while its length is not known, a guess, and never all."""
        if self.seconds:
            return min(1.0, self.played / self.seconds)
        whole = spoken_length(self.line.text) / characters_per_second
        return min(MOST_OF_A_GUESS, self.played / whole) if whole else 0.0


@dataclass
class SpeakLineFrame(TTSSpeakFrame):
    """A line for the voice, and who is told how much of it was played."""

    line: PlayedLine | None = None


@dataclass(eq=False)
class _Mark:
    frame: MarkFrame
    take: Take
    seconds: float
    sent_at: float | None = None
    cleared_at: float | None = None

    def lost(self, now: float) -> bool:
        """Whether it should have come back long ago."""
        if self.cleared_at is not None:
            return now - self.cleared_at > RETURN_SECONDS
        return self.sent_at is not None and now - self.sent_at > LOST_SECONDS


class Playback:
    """The lines of one stream.

    Args:
        stream_sid: Twilio's name of the stream.
        clock: Monotonic seconds.

    Attributes:
        echoed_at: When a mark came back last, by the clock.
    """

    def __init__(self, stream_sid: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream_sid, self._clock = stream_sid, clock
        self._marks: dict[str, _Mark] = {}  # Not echoed yet, in the order in which they were made
        self._lines: list[PlayedLine] = []
        self._number = 0
        self._played_at: float | None = None  # When the last echo came, and of which take
        self._playing: Take | None = None
        self.echoed_at = 0.0
        self._behind_seconds = 0.0
        self._over = False

    @property
    def behind_seconds(self) -> float | None:
        """The furthest that a mark came back behind its leaving; None when none comes back any more."""
        return None if self._lost_all(self._lost()) else self._behind_seconds

    def line(self, text: str, tell: Callable[[float | None], None]) -> PlayedLine:
        """A line that is being handed to the voice; after the end of the stream nobody hears it."""
        line = PlayedLine(text, self, tell)
        if self._over:
            tell(0.0)
        else:
            self._lines.append(line)
        return line

    def mark(self, take: Take, seconds: float, *, interruptible: bool) -> MarkFrame:
        """The mark to send behind the first `seconds` of a take's audio."""
        self._number += 1
        name = f"{_PREFIX}{self._number}"
        frame = MarkFrame(message={"event": "mark", "streamSid": self._stream_sid, "mark": {"name": name}})
        frame.interruptible = interruptible
        self._marks[name] = _Mark(frame, take, seconds)
        return frame

    def sent(self, frame: MarkFrame) -> None:
        """A mark leaves, behind the audio before it."""
        if mark := self._marks.get(frame.message["mark"]["name"]):
            mark.sent_at = self._clock()

    def echoed(self, name: str) -> bool:
        """Twilio has played everything before the mark `name`; False when it is none of these."""
        self.echoed_at = self._clock()
        if (mark := self._marks.pop(name, None)) and mark.cleared_at is None:
            self._played(mark.take, mark.seconds)
            self._behind_seconds = max(self._behind_seconds, self.echoed_at - (mark.sent_at or self.echoed_at))
        return name.startswith(_PREFIX)

    def cleared(self) -> None:
        """Twilio is told to drop what it has not played: what of that is not echoed yet, was not played."""
        under_way = [mark for mark in self._marks.values() if mark.sent_at is not None and mark.cleared_at is None]
        if under_way and self._playing is under_way[0].take and self._played_at is not None:
            since = self._clock() - self._played_at
            self._played(self._playing, min(under_way[0].seconds, self._playing.played + since))
        for mark in under_way:
            mark.cleared_at = self._clock()

    def over(self) -> None:
        """The stream has ended: what was not played by now never will be.

        Where marks are overdue that should have come back, nobody knows what was played.
        """
        if self._over:
            return
        self._over = True
        lost = self._lost()
        if self._lost_all(lost):
            lost = [mark for mark in self._marks.values() if mark.sent_at is not None]
        unsure = {mark.take.line for mark in lost}
        for line in self._lines:
            line.tell(None if line in unsure else self._share(line))

    def _lost(self) -> list[_Mark]:
        now = self._clock()
        return [mark for mark in self._marks.values() if mark.lost(now)]

    def _lost_all(self, lost: list[_Mark]) -> bool:
        """Whether no mark comes back any more: none has since these left."""
        return bool(lost) and not any(self.echoed_at > (mark.sent_at or 0.0) for mark in lost)

    def _played(self, take: Take, seconds: float) -> None:
        take.played = max(take.played, seconds)
        self._playing, self._played_at = take, self._clock()
        take.line.tell(self._share(take.line))

    def _share(self, line: PlayedLine) -> float:
        return round(max((take.share(self._rate()) for take in line.takes), default=0.0), 3)

    def _rate(self) -> float:
        """How fast this stream's lines were read so far, in characters a second."""
        whole = [take for line in self._lines for take in line.takes if take.seconds]
        seconds = sum(take.seconds or 0.0 for take in whole)
        return sum(spoken_length(take.line.text) for take in whole) / seconds if seconds else CHARACTERS_PER_SECOND
