"""What was heard of the bot's lines: which question, how much of an approval, and what must not be cut off now.

A mark goes out behind each line. When it leaves us, the line was sent to its end; when Twilio echoes it, it was played.
A barge-in ends every line but those that must be heard, which are protected from the moment they are said until they
were played, however far behind Twilio is. How much of a line is heard while it plays is reckoned from its length, and
is no more than Twilio says it has played.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterruptionFrame,
)

from call.session import APPROVALS, CallSession, EntryKind, Question
from call.speech import CHARACTERS_PER_SECOND
from config import Settings
from providers.frames import STEP_SECONDS, MarkFrame
from turns.line import Line, played_by
from turns.turn_reading import Hearing

APPROVAL_SHARE = 0.6  # A yes that begins before this much of what it approves was heard approves nothing (R53).
_ECHO_WORDS = 3
_ECHO_LINES = 6


@dataclass(eq=False)
class SpokenLine:
    """One line, or one reply of the model, on its way to the caller. Times are monotonic seconds.

    Attributes:
        text: What is said; of a reply of the model, the fixed line in its place.
        must_hear: Whether a barge-in leaves it alone.
        question: What it asks; None when it asks nothing.
        mark: Goes out behind it; None where there are no marks.
        said_at: When it was handed to the voice.
        began_at: When its audio began; None before.
        over_at: When it ended or was cut off; None before.
        whole: Whether it ended by itself.
        told: When Twilio told how much of it was played, and how much, from 0 to 1; in order.
    """

    text: str
    must_hear: bool
    question: Question | None
    mark: MarkFrame | None
    said_at: float
    began_at: float | None = None
    over_at: float | None = None
    whole: bool = False
    told: list[tuple[float, float]] = field(default_factory=list)

    @property
    def approval(self) -> bool:
        """Whether a yes to it changes something in the world."""
        return self.question in APPROVALS and "?" in self.text

    def share_sent(self, at: float) -> float:
        """How much of it, from 0 to 1, had been sent at that time, and heard where Twilio plays it at once."""
        if self.whole and self.over_at is not None and at >= self.over_at:
            return 1.0
        if self.began_at is None:
            return 0.0
        until = at if self.over_at is None else min(at, self.over_at)
        return min(1.0, self._share_in(until - self.began_at))

    def share_played(self, at: float) -> float:
        """How much of it, from 0 to 1, had been played at that time: what Twilio had told, and the time since then."""
        told_at, share = next((told for told in reversed(self.told) if told[0] <= at), (at, 0.0))
        until = at if self.over_at is None or self.whole else min(at, self.over_at)
        return min(1.0, share + self._share_in(min(until - told_at, STEP_SECONDS)))

    def _share_in(self, seconds: float) -> float:
        return max(0.0, seconds) * CHARACTERS_PER_SECOND / max(1, len(self.text))


class SpokenLines:
    """The lines of one call, in the order in which they are said.

    Args:
        line: The telephone line, whose `protect` is set here; None where there are no marks.
        settings: Deadlines.
        clock: Monotonic seconds.
    """

    def __init__(self, line: Line | None, settings: Settings, clock: Callable[[], float]) -> None:
        self._line, self._clock = line, clock
        self._echo_seconds = settings.goodbye_mark_seconds
        self._voice_seconds = settings.tts_first_audio_seconds + settings.tts_second_first_audio_seconds
        self._marks = 0
        self._coming: deque[SpokenLine] = deque()  # Said and not over.
        self._unplayed: deque[SpokenLine] = deque()  # Must be heard, and were not reported as played.
        self._last: SpokenLine | None = None
        self._approval: SpokenLine | None = None
        self._question_heard: Question | None = None
        self._bot_speaking, self._sound_at = False, clock()

    def say(self, text: str, *, must_hear: bool = False, question: Question | None = None) -> SpokenLine:
        """A line that is being handed to the voice; its mark is to follow it."""
        line = SpokenLine(text, must_hear, question, self._mark(must_hear), self._clock())
        self._coming.append(line)
        self._last = line
        if line.approval:
            self._approval = line
        if must_hear and self._line:
            self._unplayed.append(line)
            self._line.protect = True
        return line

    def _mark(self, must_hear: bool) -> MarkFrame | None:
        if self._line is None:
            return None
        self._marks += 1
        name = f"line-{self._marks}"
        mark = MarkFrame(message={"event": "mark", "streamSid": self._line.stream_sid, "mark": {"name": name}})
        mark.interruptible = not must_hear
        return mark

    def follow(self, frame: Frame) -> None:
        """Takes note of the bot's voice and of barge-ins; every other frame is nothing to it."""
        match frame:
            case BotStartedSpeakingFrame():
                self._bot_speaking = True
                self._settle()
                self._begin(anew=True)
            case BotSpeakingFrame():
                self._bot_speaking = True
                self._begin(anew=False)
            case BotStoppedSpeakingFrame():
                self._bot_speaking, self._sound_at = False, self._clock()
                self._settle()
                if self._coming and self._coming[0].mark is None and self._coming[0].began_at is not None:
                    self._end(self._coming.popleft(), whole=True)
            case InterruptionFrame():
                self._settle()
                for line in [line for line in self._coming if not line.must_hear]:
                    self._coming.remove(line)
                    self._end(line, whole=False)

    def _begin(self, *, anew: bool) -> None:
        if not self._coming:
            return
        line = self._coming[0]
        if anew or line.began_at is None:
            line.began_at = self._clock()
        self._question_heard = line.question or self._question_heard

    def _settle(self) -> None:
        """A line whose mark has left is over: all of it was sent, at the pace at which it plays, and all before it."""
        while any(line.mark and line.mark.sent for line in self._coming):
            line = self._coming.popleft()
            sent = line.mark is not None and line.mark.sent
            if sent and line.question:
                self._question_heard = line.question
            self._end(line, whole=sent)

    def _end(self, line: SpokenLine, *, whole: bool) -> None:
        line.over_at, line.whole = self._clock(), whole

    def played(self, line: SpokenLine, share: float | None) -> None:
        """Twilio has told how much of a line it has played; None is no news."""
        if share is not None:
            line.told.append((self._clock(), share))

    # Protection

    def echoed(self, name: str) -> None:
        """Twilio has played everything before the mark `name`."""
        played = [line for line in self._unplayed if line.mark and line.mark.message["mark"]["name"] == name]
        while played and self._unplayed[0] is not played[0]:
            self._unplayed.popleft()
        if played:
            self._unplayed.popleft()
            self._release_if_played()

    def release_overdue(self) -> None:
        """Ends the protection of lines whose marks do not come back, long enough after they should have been played."""
        if self._line is None or not self._unplayed or self._bot_speaking:
            return
        last = self._unplayed[-1]
        longest = self._echo_seconds if last.mark and last.mark.sent else self._echo_seconds + self._voice_seconds
        if self._clock() - played_by(self._line, max(self._sound_at, last.said_at)) > longest:
            self._unplayed.clear()
            self._release_if_played()

    def _release_if_played(self) -> None:
        if self._line and not self._unplayed:
            self._line.protect = False

    # What follows from it

    def hearing(self, at: float) -> Hearing:
        """What a caller whose turn began at that time, and has ended now, had heard."""
        self._settle()
        return Hearing(self._question_heard, self._approval is not None and self._heard(self._approval, at))

    def _heard(self, approval: SpokenLine, at: float) -> bool:
        """Whether enough of it was heard by then; where Twilio tells nothing, what was sent has to do."""
        tells = self._line is not None and self._line.behind_seconds is not None
        share = min(approval.share_sent(at), approval.share_played(at)) if tells else approval.share_sent(at)
        return share >= APPROVAL_SHARE

    def reading(self, question: Question | None) -> bool:
        """Whether this approval is being read, or about to be, in a line that must be heard."""
        self._settle()
        line = self._approval
        return line is not None and line.must_hear and line.over_at is None and line.question is question

    @property
    def unfinished(self) -> bool:
        """Whether a line that may be cut off has not ended."""
        self._settle()
        return any(not line.must_hear for line in self._coming)

    @property
    def cut_off(self) -> SpokenLine | None:
        """The last line that was said, if it was cut off."""
        return self._last if self._last and self._last.over_at is not None and not self._last.whole else None


def is_echo(text: str, session: CallSession) -> bool:
    """Whether these words of the caller are three or more in a row of what the bot said lately (R24)."""
    said = [entry.text for entry in session.timeline[-_ECHO_LINES:] if entry.kind is EntryKind.AGENT]
    words = _words(text)
    return len(words) >= _ECHO_WORDS and any(f" {' '.join(words)} " in f" {' '.join(_words(line))} " for line in said)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())
