"""What one call leaves behind: the timeline, the meter of silences, and a stereo recording.

Guarantees that both channels (caller left, bot right, 8 kHz) and every event share one clock: milliseconds since the
call was placed. Leaves out what the sounds mean: that is the caller's ear, and the grader.
"""

import json
import time
import wave
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.sound.audio import mulaw_to_pcm

SAMPLE_RATE = 8000
FRAME_BYTES = 160  # 20 ms of mu-law
FRAME_MS = 20
SILENCE = b"\xff" * FRAME_BYTES
PAUSE_SAMPLES = SAMPLE_RATE * 3 // 10
OVERLAP_SAMPLES = SAMPLE_RATE // 10
VOICED_AMPLITUDE = 400  # of 32767; under the softest vowel of the voices, over the codec's noise


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, `ms` after the call was placed."""

    ms: int
    who: str  # caller, bot, state, tool, twilio, office, log
    what: str
    text: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class Timeline:
    """The events of one call in order; whoever listens gets each one as it is added."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.events: list[Event] = []
        self.listeners: list[Callable[[Event], None]] = []
        self._clock = clock
        self._start = clock()

    @property
    def ms(self) -> int:
        """Milliseconds since the call was placed."""
        return round((self._clock() - self._start) * 1000)

    def ms_of(self, moment: float) -> int:
        """The same for a moment of the clock."""
        return round((moment - self._start) * 1000)

    def add(self, who: str, what: str, text: str = "", **detail: Any) -> Event:
        """Append an event and tell the listeners."""
        event = Event(self.ms, who, what, text, detail)
        self.events.append(event)
        for listener in self.listeners:
            listener(event)
        return event

    def rename(self, event: Event, text: str) -> Event:
        """What was told too early to be sure of its text gets the right one, in its place; listeners hear no more."""
        right = replace(event, text=text)
        self.events = [right if each is event else each for each in self.events]
        return right

    def of(self, who: str, what: str | None = None) -> list[Event]:
        """All events of one source, optionally of one kind."""
        return [e for e in self.events if e.who == who and what in (None, e.what)]


def voiced_span(frame: bytes) -> tuple[int, int] | None:
    """First and last voiced sample of a mu-law frame, or None when it is silent."""
    if frame == SILENCE:
        return None
    samples = np.frombuffer(mulaw_to_pcm(frame), dtype=np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= VOICED_AMPLITUDE)
    return None if loud.size == 0 else (int(loud[0]), int(loud[-1]))


def _voiced(track: bytes) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """For each sample of a mu-law track, whether it is voiced."""
    samples = np.frombuffer(mulaw_to_pcm(track), dtype=np.int16)
    return np.abs(samples.astype(np.int32)) >= VOICED_AMPLITUDE


@dataclass(frozen=True, slots=True)
class Silence:
    """A wait that the bot ended: from the last voiced sample of `after` to the bot's first, in ms."""

    ms: float
    after: str  # caller, bot
    at_ms: float


class Recording:
    """Both directions of one call, frame by frame, and the silences in them."""

    def __init__(self) -> None:
        self._caller = bytearray()
        self._bot = bytearray()
        self._last: dict[str, int] = {}
        self.silences: list[Silence] = []
        self.first_bot_ms: float | None = None

    @property
    def ms(self) -> int:
        """Length so far."""
        return len(self._caller) * 1000 // SAMPLE_RATE

    def add(self, caller: bytes, bot: bytes) -> Silence | None:
        """Record 20 ms of both sides (mu-law); returns the silence that the bot ended in this frame."""
        start = len(self._caller)
        self._caller += caller
        self._bot += bot
        ended = self._bot_spoke(start, bot)
        if span := voiced_span(caller):
            self._last["caller"] = start + span[1]
        return ended

    def _bot_spoke(self, start: int, frame: bytes) -> Silence | None:
        span = voiced_span(frame)
        if span is None:
            return None
        first, ended = start + span[0], None
        if self.first_bot_ms is None:
            self.first_bot_ms = first * 1000 / SAMPLE_RATE
        if self._last and first - self._last.get("bot", -SAMPLE_RATE) >= PAUSE_SAMPLES:
            after = max(self._last, key=lambda who: self._last[who])
            samples = first - self._last[after]
            # A bot that starts while the caller is talking has ended no silence; nor does a breath.
            if samples >= (OVERLAP_SAMPLES if after == "caller" else SAMPLE_RATE):
                ended = Silence(samples * 1000 / SAMPLE_RATE, after, first * 1000 / SAMPLE_RATE)
                self.silences.append(ended)
        self._last["bot"] = start + span[1]
        return ended

    def response_times(self) -> list[float]:
        """Milliseconds from the caller's last voiced sample to the bot's first, one for each bot turn."""
        return [silence.ms for silence in self.silences if silence.after == "caller"]

    def longest_wait_ms(self, *, but_for: Callable[[Silence], bool] = lambda _: False) -> float:
        """The longest silence that the bot ended, without those `but_for` excuses."""
        return max((s.ms for s in self.silences if not but_for(s)), default=0.0)

    def joint_silences(self) -> list[Silence]:
        """Every half second and more in which nobody spoke, from the answer to the end of the line, whoever ended it.

        The longest of them is the measure of glossary.md ("Silence"): no bot audio while the caller is not speaking.
        """
        bot, caller = (_voiced(bytes(track)) for track in (self._bot, self._caller))
        edges = np.concatenate(([0], np.flatnonzero(bot | caller), [len(bot)]))
        gaps = np.flatnonzero(np.diff(edges) >= SAMPLE_RATE // 2)
        return [
            Silence(
                float(edges[i + 1] - edges[i]) * 1000 / SAMPLE_RATE,
                "caller" if caller[edges[i]] else "bot",
                float(edges[i + 1]) * 1000 / SAMPLE_RATE,
            )
            for i in gaps
        ]

    def longest_silence_ms(self) -> float:
        """The longest of `joint_silences`."""
        return max((silence.ms for silence in self.joint_silences()), default=0.0)

    def write(self, folder: Path, timeline: Timeline, about: dict[str, Any]) -> None:
        """Write `call.wav` (stereo, 16 bit) and `timeline.json` into `folder`."""
        left = np.frombuffer(mulaw_to_pcm(bytes(self._caller)), dtype=np.int16)
        right = np.frombuffer(mulaw_to_pcm(bytes(self._bot)), dtype=np.int16)
        with wave.open(str(folder / "call.wav"), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(np.column_stack((left, right)).tobytes())
        content = {**about, "events": [asdict(event) for event in timeline.events]}
        (folder / "timeline.json").write_text(json.dumps(content, indent=1, default=str) + "\n")
