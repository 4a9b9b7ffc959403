"""What a recogniser has been sent and has not answered, what of it is still to be heard, how long the caller is silent.

Everything is computed from the audio of the line and the recogniser's events; no socket, no task. Durations are the
lesser of the audio and of the time it has had, so that a line that stalls and then delivers all at once accuses nobody.
What follows from them is the recogniser's to say (recogniser.py).
"""

import audioop
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from circuit_breaker import CircuitBreaker

WINDOWS_PER_SECOND = 50
# Level of 16-bit samples, -42 dB of full scale. Speech on a telephone line lies between -35 and -15 dB, the noise of an
# idle line below -50.
SPEECH_RMS = 260
# The floor is the quietest window of the last two seconds: speech has a pause or a soft consonant in any two seconds, a
# fan, a motor or a bad line has not. What is not 8 dB above it is that noise, however loud.
FLOOR_WINDOWS = 2 * WINDOWS_PER_SECOND
SPEECH_OVER_FLOOR = 2.5

KEPT_SECONDS = 10.0  # Of audio that was not heard; what is older is lost.
ONSET_SECONDS = 1.0  # Before an event without words: a word may have begun there that shows only in the next events.
PIECE_SECONDS = 0.08  # Flux's recommended message.


@dataclass
class FluxHealth:
    """What all calls of the process know of Flux.

    Attributes:
        breaker: Whether it may be tried.
        answers_silence: An event came while nobody spoke: from then on, no event means deaf, with or without a voice.
            Deepgram says so (docs/flux/state: an Update for about every 0.25 s of audio); a Flux that did otherwise
            would be found deaf in every pause.
    """

    breaker: CircuitBreaker
    answers_silence: bool = False


class VoiceMeter:
    """Tells a voice from the noise of a line by its level; steady noise counts as voice for two seconds at most."""

    def __init__(self) -> None:
        self._levels: deque[int] = deque(maxlen=FLOOR_WINDOWS)

    def voiced(self, window: bytes) -> bool:
        """Whether these 20 ms of 16-bit samples, the next ones of the line, are voice."""
        level = audioop.rms(window, 2)
        self._levels.append(level)
        return level > max(SPEECH_RMS, SPEECH_OVER_FLOOR * min(self._levels))


class Stretch:
    """Audio since some moment, in seconds: at no time more than there was, nor than there was time for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock`: monotonic seconds."""
        self._clock = clock
        self.restart()

    def restart(self, audio_seconds: float = 0.0) -> None:
        """Begins now, with audio that is there already."""
        self._audio, self._counted, self._at = audio_seconds, 0.0, self._clock()

    def add(self, audio_seconds: float) -> None:
        """More audio, now."""
        self._audio, self._counted = self._audio + audio_seconds, self.seconds

    @property
    def seconds(self) -> float:
        """How long it is."""
        now = self._clock()
        self._counted, self._at = min(self._audio, self._counted + now - self._at), now
        return self._counted


class HearingWatch:
    """The caller's audio on its way through one recogniser and the connections that it has one after the other.

    Attributes:
        voiced_seconds: Voice since the last event.
        voiced_at: When the caller's voice was heard last; None before the first time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock`: monotonic seconds."""
        self._clock = clock
        self.voiced_at: float | None = None
        self._meter, self._rest, self._bytes_per_second = VoiceMeter(), b"", 0
        self._kept = bytearray()  # What is still to be heard; its last `_unsent` bytes were not sent either.
        self._sent = self._reported = self._unsent = 0  # Bytes, of the connection's stream; those that it waits for.
        self._unanswered, self._quiet = Stretch(clock), Stretch(clock)
        self.voiced_seconds = 0.0

    def take(self, audio: bytes, sample_rate: int) -> None:
        """The line's next 16-bit samples."""
        self._bytes_per_second = 2 * sample_rate
        self._kept += audio
        self._unsent += len(audio)
        excess = len(self._kept) - round(KEPT_SECONDS * self._bytes_per_second)
        if excess > 0:
            del self._kept[:excess]
            self._unsent = min(self._unsent, len(self._kept))
        self._unanswered.add(len(audio) / self._bytes_per_second)
        self._measure(audio)

    def _measure(self, audio: bytes) -> None:
        size = self._bytes_per_second // WINDOWS_PER_SECOND
        audio = self._rest + audio
        whole = len(audio) - len(audio) % size
        self._rest = audio[whole:]
        for start in range(0, whole, size):
            if self._meter.voiced(audio[start : start + size]):
                self.voiced_seconds += 1 / WINDOWS_PER_SECOND
                self.voiced_at = self._clock()
                self.caller_heard()
            else:
                self._quiet.add(1 / WINDOWS_PER_SECOND)

    def next_piece(self) -> bytes:
        """What the connection is to be sent next; empty when it has everything."""
        start = len(self._kept) - self._unsent
        piece = bytes(self._kept[start : start + round(PIECE_SECONDS * self._bytes_per_second)])
        self._unsent -= len(piece)
        self._sent += len(piece)
        return piece

    def connected(self) -> None:
        """A new connection: it is sent everything that was not heard, and has its own time to answer that."""
        self._sent, self._reported, self._unsent = 0, 0, len(self._kept)
        self._unanswered.restart(len(self._kept) / max(1, self._bytes_per_second))

    def answered(self, turn_info: Mapping[str, Any]) -> None:
        """An event of the connection; forgets the audio that it reports on.

        Heard is what has become words, and everything up to the end of a turn. Sound of which nothing was reported yet
        stays, so that a word that a connection breaks is heard whole by the next one, and none twice.
        """
        self._unanswered.restart()
        self.voiced_seconds = 0.0
        until = turn_info.get("audio_window_end", self._sent / max(1, self._bytes_per_second))
        self._reported = self._position(until)
        words = turn_info.get("words")
        if turn_info.get("event") != "EndOfTurn":
            until = words[-1].get("end") or until if words else until - ONSET_SECONDS
        sent_and_kept = len(self._kept) - self._unsent
        heard = sent_and_kept - (self._sent - self._position(until))
        if heard > 0:
            del self._kept[: min(heard, sent_and_kept)]

    def _position(self, seconds: float) -> int:
        return 2 * round(seconds * self._bytes_per_second / 2)

    def caller_heard(self) -> None:
        """The caller is speaking: by the level of the audio, or because the recogniser has new words."""
        self._quiet.restart()

    @property
    def behind_seconds(self) -> float:
        """How much of the line's audio is yet to be reported on."""
        return (self._sent - self._reported + self._unsent) / max(1, self._bytes_per_second)

    @property
    def unanswered_seconds(self) -> float:
        """Audio since the last event, or since the connection began: then with what it was sent anew."""
        return self._unanswered.seconds

    @property
    def quiet_seconds(self) -> float:
        """How long the caller has been silent."""
        return self._quiet.seconds
