"""The waveform of a recording: how loud both sides were, and where each turn begins, as what a page draws. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from call.session import EntryKind
from call.speech import CHARACTERS_PER_SECOND, spoken_length
from records.turn_view import Turn
from records.wave_file import Loudness

HALF = 30  # Of the picture's height, the middle line left out
BEFORE_SECONDS = 1.0  # From the last word of a turn to its entry, and a breath in front of its first


@dataclass(frozen=True)
class Start:
    """Where a turn begins: seconds of the recording, and its place in the picture."""

    number: int
    seconds: float
    x: float


@dataclass(frozen=True)
class Waveform:
    """The picture in units of its own, a column for each figure: the caller above the middle, the agent below."""

    width: int
    height: int
    caller: str
    bot: str
    starts: tuple[Start, ...]

    def start(self, number: int) -> Start | None:
        """Where the turn of this number begins."""
        return next((start for start in self.starts if start.number == number), None)


def waveform(loud: Loudness, turns: Sequence[Turn], recorded_from: datetime) -> Waveform:
    """The picture of a recording that began at an aware time."""
    width = max(1, len(loud.caller))
    seconds = loud.step_seconds * width
    starts = tuple(
        Start(turn.number, begins, round(begins * width / seconds, 1))
        for turn in turns
        for begins in (_begins(turn, recorded_from, loud.seconds),)
    )
    return Waveform(width, 2 * HALF + 2, _columns(loud.caller, -1), _columns(loud.bot, 1), starts)


def _columns(figures: Sequence[float], side: int) -> str:
    """One stroke for each, from the middle to its side."""
    high = ((number, side * round(HALF * loud, 1)) for number, loud in enumerate(figures))
    return "".join(f"M{number}.5 {HALF + 1}v{stroke:g}" for number, stroke in high if stroke)


def _begins(turn: Turn, recorded_from: datetime, seconds: float) -> float:
    """When its caller begins to speak: an entry is made behind the last word. What lies outside is at an end."""
    first = turn.events[0]
    spoken = BEFORE_SECONDS + spoken_length(first.text) / CHARACTERS_PER_SECOND
    ago = timedelta(seconds=spoken if first.kind is EntryKind.CALLER else 0.0)
    return round(min(max(0.0, (first.at - ago - recorded_from).total_seconds()), seconds), 1)
