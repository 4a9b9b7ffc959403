"""Turns as Flux sees them: start, update and end, computed from the audio alone.

Time is the audio that arrived, silence included: with no audio nothing happens, as with the real service. The rules are
Deepgram's (docs/flux/state): an Update every 0.25 s, StartOfTurn with the first words, `turn_index` rises after
EndOfTurn. To whoever sets `eager_eot_threshold` goes an EagerEndOfTurn, whose transcript is that of the EndOfTurn that
follows unless a TurnResumed comes between. Text comes from an `Ear`, so only what was really sent is recognised. No
network here.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from simulator.jitter import Jitter
from simulator.sound.acoustics import Acoustics
from simulator.sound.hearing import Ear, Heard, HeardKind

SAMPLE_RATE: Final = 8000
SURE, DOUBTED = 0.99, 0.31
STEP_BYTES: Final = 320
"""20 ms: how exact the moment of an event is, however large the messages are."""
START_SAMPLES: Final = 1600
"""Voice for 200 ms makes a turn."""
UPDATE_SAMPLES: Final = 2000


@dataclass
class TurnSettings:
    """How a stand-in behaves; may be changed while it runs."""

    end_of_turn_seconds: float = 0.3
    """From the last voiced sample of the utterance to EndOfTurn."""
    noise_is_turn: bool = False
    """Whether sound that is no known speech makes a turn without words."""
    jitter: Jitter = field(default_factory=Jitter)
    eager_share: float = 0.5
    """Of `end_of_turn_seconds`, behind which EagerEndOfTurn comes to whoever asks for it."""


class FluxTurns:
    """The turns of one connection."""

    def __init__(
        self, acoustics: Acoustics, settings: TurnSettings, multilingual: bool, *, eager: bool = False
    ) -> None:
        """`eager`: whether to tell that a turn may be over, and that it goes on."""
        self._eager, self._foretold = eager, False
        self._ear = Ear(acoustics)
        self._settings = settings
        self._multilingual = multilingual
        self.turn_index = 0
        self._pieces: list[Heard] = []  # stretches of this turn that are over
        self._current: Heard | None = None
        self._began: int | None = None  # sample of the first voice of this turn
        self._open = False
        self._voice_ended = 0
        self._reported_at = 0
        self._withheld = self._foretold = False
        self._patience = settings.jitter(1.0)
        self.ends_withheld = 0
        """How many turns have been kept open beyond their end."""

    @property
    def open(self) -> bool:
        """Whether StartOfTurn was reported and EndOfTurn was not."""
        return self._open

    @property
    def seconds_in_turn(self) -> float:
        """How much audio has arrived since the first voice of this turn; 0.0 between turns."""
        return 0.0 if self._began is None else (self._ear.position - self._began) / SAMPLE_RATE

    def feed(self, pcm: bytes, end_turns: bool = True) -> list[dict[str, Any]]:
        """Take in 8 kHz PCM16 and return the TurnInfo events that it causes.

        They lack `type`, `request_id` and `sequence_id`. With `end_turns` false, turns stay open.
        """
        events = []
        for start in range(0, len(pcm), STEP_BYTES):
            for heard in self._ear.feed(pcm[start : start + STEP_BYTES]):
                self._take(heard)
            event = self._judge(end_turns)
            if event is not None:
                events.append(event)
        return events

    def force_end(self) -> list[dict[str, Any]]:
        """End the turn that is open, as `ForceEndTurn` and `CloseStream` do."""
        for heard in self._ear.finish():
            self._take(heard)
        return [self._end("manual")] if self._open else []

    def _take(self, heard: Heard) -> None:
        if heard.unknown and not self._settings.noise_is_turn:
            return
        if heard.kind is not HeardKind.END:
            self._current = heard
            if self._began is None:
                self._began = heard.started_at_sample
            return
        self._current = None
        self._voice_ended = heard.ended_at_sample
        self._pieces.append(heard)
        if not self._open and not self._text() and heard.ended_at_sample - self._start() < START_SAMPLES:
            self._reset()

    def _judge(self, end_turns: bool) -> dict[str, Any] | None:
        position = self._ear.position
        if self._began is not None and not self._open:
            if self._current is None or position - self._began >= START_SAMPLES:
                self._open = True
                return self._event("StartOfTurn", 0.01)
        elif self._open and self._current is not None and self._foretold:
            self._foretold = False
            return self._event("TurnResumed", 0.1)
        elif self._open and self._current is None and not self._ear.undecided:
            quiet = position - self._voice_ended
            patience = self._settings.end_of_turn_seconds * self._patience * SAMPLE_RATE
            if quiet >= patience:
                if end_turns:
                    return self._end("model")
                self.ends_withheld += not self._withheld
                self._withheld = True
            elif self._eager and not self._foretold and quiet >= self._settings.eager_share * patience:
                self._foretold = True
                return self._event("EagerEndOfTurn", 0.6)
        if position - self._reported_at >= UPDATE_SAMPLES:
            return self._event("Update", 0.05 if self._current else 0.4)
        return None

    def _end(self, trigger: str) -> dict[str, Any]:
        event = self._event("EndOfTurn", 0.9) | {"trigger": trigger}
        self.turn_index += 1
        self._reset()
        return event

    def _reset(self) -> None:
        self._pieces, self._current, self._began, self._open = [], None, None, False
        self._withheld = self._foretold = False
        self._patience = self._settings.jitter(1.0)

    def _start(self) -> int:
        return self._ear.position if self._began is None else self._began

    def _stretches(self) -> list[Heard]:
        return self._pieces + ([self._current] if self._current else [])

    def _text(self) -> str:
        return " ".join(heard.text for heard in self._stretches() if heard.text)

    def _event(self, event: str, confidence: float) -> dict[str, Any]:
        self._reported_at = self._ear.position
        stretches = self._stretches()
        words = [
            {
                "word": word,
                "confidence": DOUBTED if doubted else SURE,
                "start": round(start / SAMPLE_RATE, 3),
                "end": round(end / SAMPLE_RATE, 3),
            }
            for heard in stretches
            for word, (start, end), doubted in zip(heard.text.split(), heard.spans, heard.doubts, strict=True)
        ]
        message: dict[str, Any] = {
            "event": event,
            "turn_index": self.turn_index,
            "audio_window_start": round(self._start() / SAMPLE_RATE, 3),
            "audio_window_end": round(self._ear.position / SAMPLE_RATE, 3),
            "transcript": self._text(),
            "words": words,
            "end_of_turn_confidence": confidence,
        }
        if self._multilingual:
            spoken = Counter(heard.language for heard in stretches for _ in heard.spans)
            message["languages"] = [language for language, _ in spoken.most_common()]
        return message
