"""What can be heard somewhere: utterances, findable by any ten milliseconds of their samples.

Samples are kept as mu-law, the form that survives PCM to mu-law to PCM unchanged. Words are given
their share of the samples by their letters. Finding a place costs one look-up, however much was
registered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from simulator.sound.mulaw import QUIET, pcm_to_mulaw

ANCHOR_SAMPLES: Final = 16
ANCHOR_STRIDE_SAMPLES: Final = 64
"""Each utterance is indexed by 2 ms of its samples every 8 ms: 10 ms of any voiced part find it."""
WORD_TOLERANCE_SAMPLES: Final = 320
"""A word whose first 40 ms are missing still counts as heard."""


@dataclass(frozen=True, eq=False)
class Utterance:
    """What is heard: the text, its samples in mu-law, the language (ISO 639-1) of the text, and what was really said.

    A word that was not said is doubted by whoever hears it.
    """

    text: str
    mulaw: bytes
    language: str = "en"
    said: str = ""
    words: tuple[str, ...] = field(init=False)
    ends: tuple[int, ...] = field(init=False)
    """For each word the sample at which it is over, in proportion to the letters."""

    def __post_init__(self) -> None:
        words = tuple(self.text.split())
        letters = sum(len(word) + 1 for word in words)
        done, ends = 0, []
        for word in words:
            done += len(word) + 1
            ends.append(done * len(self.mulaw) // letters)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "ends", tuple(ends))

    def doubted(self, word: int) -> bool:
        """Whether a word was misheard."""
        return bool(self.said) and self.words[word] not in self.said.split()

    def begin(self, word: int) -> int:
        """The sample at which a word starts."""
        return self.ends[word - 1] if word else 0

    def first_word(self, offset: int) -> int:
        """The first word that is still whole for somebody who listens from this sample on."""
        return sum(self.begin(i) + WORD_TOLERANCE_SAMPLES < offset for i in range(len(self.words)))

    def words_until(self, offset: int) -> int:
        """How many words are over at this sample."""
        return sum(end <= offset for end in self.ends)


class Acoustics:
    """All that can be heard somewhere. Registering is cheap; not thread-safe."""

    def __init__(self) -> None:
        self._utterances: dict[bytes, Utterance] = {}
        self._anchors: dict[bytes, list[tuple[bytes, int]]] = {}

    def register(self, text: str, pcm8k: bytes, language: str = "en", said: str = "") -> Utterance:
        """Make speech recognisable as `text`, which may differ from what is `said` (a mishearing).

        The same samples registered again are the same utterance; the text given last counts.
        """
        mulaw = pcm_to_mulaw(pcm8k)
        utterance = Utterance(" ".join(text.split()), mulaw, language, said)
        if mulaw not in self._utterances:
            for start in range(0, len(mulaw) - ANCHOR_SAMPLES + 1, ANCHOR_STRIDE_SAMPLES):
                anchor = mulaw[start : start + ANCHOR_SAMPLES]
                if len(set(anchor)) >= 6 and len(anchor.translate(None, QUIET)) >= 12:
                    self._anchors.setdefault(anchor, []).append((mulaw, start))
        self._utterances[mulaw] = utterance
        return utterance

    @property
    def utterances(self) -> list[Utterance]:
        """Everything registered, oldest first."""
        return list(self._utterances.values())

    def find(self, anchor: bytes) -> Iterator[tuple[Utterance, int]]:
        """The places that sound like this anchor: utterance and sample."""
        for mulaw, start in self._anchors.get(anchor, ()):
            yield self._utterances[mulaw], start
