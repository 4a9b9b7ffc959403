"""Speech becomes text only if its audio really arrived.

Whoever speaks registers the utterance (text and samples) with an `Acoustics`; an `Ear` listens to a
stream of samples and reports which words of which utterance it has received. Samples are compared
as mu-law, the form that survives PCM to mu-law to PCM unchanged. Cut, joined, padded and unknown
audio is reported as what it is. No clock: time is counted in samples of 8,000 Hz.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulator.sound.acoustics import ANCHOR_SAMPLES, WORD_TOLERANCE_SAMPLES, Acoustics, Utterance
from simulator.sound.mulaw import QUIET, VOICED, pcm_to_mulaw

MATCH_SAMPLES: Final = 80
"""Fewer equal samples in a row than this (10 ms) may be chance."""
NOISE_SAMPLES: Final = 480
"""Voice that is nowhere to be found for this long (60 ms) is reported as unknown."""
NOISE_GAP_SAMPLES: Final = 240
"""Quiet for this long (30 ms) ends unknown sound."""


class HeardKind(StrEnum):
    """What happened in the stream."""

    START = "start"
    """Voice was recognised (or, when unknown, went on for 60 ms without being recognised)."""
    PROGRESS = "progress"
    """One more word is complete."""
    END = "end"
    """The utterance is over, or broke off."""


@dataclass(frozen=True)
class Heard:
    """One stretch of sound as far as it was heard. Samples count from the start of the stream."""

    kind: HeardKind
    text: str = ""
    """The whole words of this stretch so far."""
    utterance: str = ""
    """The full text of what is being said; empty when unknown."""
    complete: bool = False
    """Whether the last sample of the utterance arrived. True only at the end."""
    started_at_sample: int = 0
    ended_at_sample: int = 0
    """One past the last voiced sample so far."""
    unknown: bool = False
    """Voice that is nowhere registered: noise."""
    language: str = "en"
    spans: tuple[tuple[int, int], ...] = ()
    """First and last sample of each word of `text`, in the stream."""
    doubts: tuple[bool, ...] = ()
    """Of each word of `text`, whether it was misheard."""


@dataclass
class _Place:
    """Somewhere in an utterance that fits all that was received."""

    utterance: Utterance
    start: int
    """Its sample that was heard first."""
    offset: int
    """Its sample that is expected next."""
    first_word: int

    @property
    def words(self) -> range:
        """The words that were heard whole."""
        return range(self.first_word, self.utterance.words_until(self.offset))

    @property
    def finished(self) -> bool:
        return self.offset == len(self.utterance.mulaw)


def _common(a: bytes, start: int, b: bytes) -> int:
    """How many samples of `a` from `start` on equal the samples of `b`."""
    low, high = 0, min(len(a) - start, len(b))
    if a[start : start + high] == b[:high]:
        return high
    while high - low > 1:  # equal up to low, different before high
        middle = (low + high) // 2
        if a[start + low : start + middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _common_before(a: bytes, start: int, b: bytes, stop: int) -> int:
    """How many samples of `a` before `start` equal the samples of `b` before `stop`."""
    count = 0
    while count < min(start, stop) and a[start - count - 1] == b[stop - count - 1]:
        count += 1
    return count


class Ear:
    """Listens to one stream of 8 kHz PCM16 and tells which registered words it contains.

    Feed it in pieces of any size, odd ones included. Memory is bounded by the piece plus 60 ms.
    """

    def __init__(self, acoustics: Acoustics) -> None:
        self._acoustics = acoustics
        self._odd = b""
        self._buffer = b""  # mu-law that is not attributed yet
        self._base = 0  # the number of the buffer's first sample
        self._scan = 0  # where in the buffer to look for the next anchor
        self._places: list[_Place] = []
        self._shorter: tuple[_Place, int] | None = None  # one that is over, and at which sample
        self._began = 0
        self._voiced_until = 0
        self._words = 0
        # The utterance that was heard last, the sample and the word at which it broke off.
        self._last: tuple[Utterance, int, int] | None = None
        self._noise: int | None = None  # where unlocated voice began
        self._noise_told = False

    @property
    def position(self) -> int:
        """Samples received."""
        return self._base + len(self._buffer)

    @property
    def hearing(self) -> bool:
        """Whether an utterance is being followed, its own pauses included."""
        return bool(self._places)

    @property
    def undecided(self) -> bool:
        """Whether there is fresh voice that is neither recognised nor long enough to be noise."""
        return self._noise is not None and not self._noise_told

    def feed(self, pcm: bytes) -> list[Heard]:
        """Take in PCM and say what it completed, in order."""
        data = self._odd + pcm
        self._odd = data[len(data) & ~1 :]
        self._buffer += pcm_to_mulaw(data[: len(data) & ~1])
        events: list[Heard] = []
        while self._buffer and (self._follow(events) if self._places else self._search(events)):
            pass
        return events

    def finish(self) -> list[Heard]:
        """The stream is over: end whatever is being heard."""
        events: list[Heard] = []
        if self._places:
            self._end(events)
        self._end_noise(events)
        return events

    def _consume(self, count: int) -> bytes:
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        self._base += count
        self._scan = 0
        return taken

    # Following a known utterance.

    def _follow(self, events: list[Heard]) -> bool:
        matched = [_common(p.utterance.mulaw, p.offset, self._buffer) for p in self._places]
        best = max(matched)
        going_on: list[_Place] = []
        for place, count in zip(self._places, matched, strict=True):
            place.offset += count
            if count == best:
                going_on.append(place)
            elif place.finished:
                self._shorter = (place, self._base + count)
        self._places = going_on
        exhausted = best == len(self._buffer)
        self._mark_voice(self._consume(best))
        if exhausted and any(not place.finished for place in self._places):
            self._progress(events)
            return False
        self._end(events)
        return True

    def _mark_voice(self, taken: bytes) -> None:
        quiet_tail = len(taken) - len(taken.rstrip(QUIET))
        if quiet_tail < len(taken):
            self._voiced_until = self._base - quiet_tail

    def _heard(self, kind: HeardKind, place: _Place, complete: bool = False) -> Heard:
        utterance = place.utterance
        shift = self._began - place.start
        return Heard(
            kind=kind,
            text=" ".join(utterance.words[i] for i in place.words),
            utterance=utterance.text,
            complete=complete,
            started_at_sample=self._began,
            ended_at_sample=self._voiced_until,
            language=utterance.language,
            spans=tuple((max(self._began, shift + utterance.begin(i)), shift + utterance.ends[i]) for i in place.words),
            doubts=tuple(map(utterance.doubted, place.words)),
        )

    def _progress(self, events: list[Heard]) -> None:
        place = self._places[0]
        if len(place.words) != self._words:
            self._words = len(place.words)
            events.append(self._heard(HeardKind.PROGRESS, place))

    def _end(self, events: list[Heard]) -> None:
        # Of several that fit, one that is finished is what was said, even if another went on for
        # a while in silence; else all of them broke off here.
        place = next((p for p in self._places if p.finished), self._places[0])
        if not place.finished and self._shorter and self._voiced_until <= self._shorter[1]:
            place = self._shorter[0]
        events.append(self._heard(HeardKind.END, place, complete=place.finished))
        self._last = (place.utterance, place.offset, max(place.first_word, place.words.stop))
        self._places = []

    # Looking for one.

    def _search(self, events: list[Heard]) -> bool:
        if self._noise is None:
            voice = VOICED.search(self._buffer)
            if voice is None:
                self._consume(len(self._buffer))
                return False
            self._consume(voice.start())
            self._noise = self._base
        for at in range(self._scan, len(self._buffer) - ANCHOR_SAMPLES + 1):
            self._scan = at
            found = list(self._acoustics.find(self._buffer[at : at + ANCHOR_SAMPLES]))
            if found:
                verdict = self._locate(events, found, at)
                if verdict is not None:
                    return verdict
        self._scan = max(self._scan, len(self._buffer) - ANCHOR_SAMPLES + 1)
        self._note_noise(events)
        return False

    def _locate(self, events: list[Heard], found: list[tuple[Utterance, int]], at: int) -> bool | None:
        """Settle on the places that fit best. None: none does; False: too early to tell."""
        backs = [_common_before(u.mulaw, offset, self._buffer, at) for u, offset in found]
        furthest = max(backs)
        ahead = self._buffer[at:]
        places: list[_Place] = []
        for (utterance, offset), back in zip(found, backs, strict=True):
            length = _common(utterance.mulaw, offset, ahead)
            over = offset + length == len(utterance.mulaw)
            if back < furthest:
                continue
            if back + length >= MATCH_SAMPLES or over:
                start = offset - back
                places.append(_Place(utterance, start, start, self._first_word(utterance, start)))
            elif length == len(ahead):
                self._note_noise(events)
                return False
        if not places:
            return None
        before = self._consume(at - furthest)
        self._note_quiet(before)
        self._end_noise(events)
        self._begin(events, places)
        return True

    def _begin(self, events: list[Heard], places: list[_Place]) -> None:
        self._places = places
        self._shorter = None
        self._began = self._voiced_until = self._base
        self._words = 0
        events.append(self._heard(HeardKind.START, places[0]))

    def _first_word(self, utterance: Utterance, start: int) -> int:
        if self._last is not None:
            last, offset, words = self._last
            missing = last.mulaw[min(offset, start) : max(offset, start)].translate(None, QUIET)
            if last.mulaw == utterance.mulaw and len(missing) <= WORD_TOLERANCE_SAMPLES:
                # The stream was interrupted, perhaps in a pause: the word that was split is heard.
                return words
        return utterance.first_word(start)

    # Sound that is nowhere registered.

    def _note_quiet(self, taken: bytes) -> None:
        voiced = len(taken.rstrip(QUIET))
        if voiced:
            self._voiced_until = self._base - len(taken) + voiced

    def _note_noise(self, events: list[Heard]) -> None:
        """Keep enough of the unlocated sound to place it later, and tell of it when it lasts."""
        if self._noise is None:
            return
        voiced = self._base + len(self._buffer.rstrip(QUIET))
        quiet = self.position - voiced
        if not self._noise_told and voiced - self._noise >= NOISE_SAMPLES:
            self._noise_told = True
            events.append(
                Heard(
                    HeardKind.START,
                    started_at_sample=self._noise,
                    ended_at_sample=voiced,
                    unknown=True,
                )
            )
        if quiet >= NOISE_GAP_SAMPLES:
            self._note_quiet(self._consume(len(self._buffer)))
            self._end_noise(events)
        elif len(self._buffer) > NOISE_SAMPLES:
            excess = len(self._buffer) - NOISE_SAMPLES
            scan = self._scan
            self._note_quiet(self._consume(excess))
            self._scan = max(0, scan - excess)

    def _end_noise(self, events: list[Heard]) -> None:
        if self._noise is not None and self._noise_told:
            events.append(
                Heard(
                    HeardKind.END,
                    started_at_sample=self._noise,
                    ended_at_sample=self._voiced_until,
                    unknown=True,
                )
            )
        self._noise = None
        self._noise_told = False
