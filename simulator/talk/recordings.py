"""Which recording a microphone plays: the ear of a talk while Deepgram stands in, which knows nothing but recordings.

The stand-in recogniser compares samples, and none survives a browser: its echo canceller, its levels, its codec. So
what comes from the microphone is cut at its pauses, each piece is compared with the known sentences by its spectrum
over time, and the recording itself is said in its place. Guarantees that nothing is taken for a sentence that does not
sound like it; leaves out everything a recogniser does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.sound.audio import SAMPLE_RATE

Floats = NDArray[np.float64]

HOP: Final = SAMPLE_RATE // 100
WINDOW: Final = SAMPLE_RATE // 40
BANDS: Final = 20
LOWEST_HZ, HIGHEST_HZ = 150, 3600
"""What every codec and every loudspeaker leaves of a voice."""
FLOOR: Final = 1e4
"""Of the energy of a band: what is quieter is silence, whatever it is made of."""
ALIKE: Final = 0.75
"""A sentence that came through a browser is like its recording by more, and like any other sentence by less."""
MOST_SHIFT: Final = 30
"""Hundredths of a second by which the pieces may be cut otherwise than the recordings."""
LOUD: Final = 250.0
"""Effective value of 20 ms in which somebody speaks, of 32767."""
PAUSE_SECONDS: Final = 0.7
"""Longer than any pause inside of a sentence."""
SHORTEST_SECONDS: Final = 0.2


def spectrum(pcm: bytes) -> Floats:
    """Each hundredth of a second as the loudness of each band, in logarithms above its mean: shape (n, bands)."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    samples = np.pad(samples, (0, max(0, WINDOW - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1) * WINDOW / SAMPLE_RATE
    limits = np.unique(np.round(edges).astype(int))
    bands = np.log(np.add.reduceat(power, limits[:-1], axis=1) + FLOOR)
    return np.asarray(bands - bands.mean(axis=0))


def likeness(one: Floats, other: Floats) -> float:
    """From -1 to 1, at the shift at which they are most alike; what one has and the other lacks counts against them."""
    best = -1.0
    for shift in range(-MOST_SHIFT, MOST_SHIFT + 1):
        a, b = one[max(0, shift) :], other[max(0, -shift) :]
        length = min(len(a), len(b))
        product = float((a[:length] * b[:length]).sum())
        best = max(best, product / (float(np.linalg.norm(one)) * float(np.linalg.norm(other)) or 1.0))
    return best


class Recordings:
    """Sentences and how they sound: 16-bit samples at 8,000 a second."""

    def __init__(self, sentences: Mapping[str, bytes]) -> None:
        self.sentences = dict(sentences)
        self._spectra = {text: spectrum(pcm) for text, pcm in sentences.items()}

    def recognise(self, pcm: bytes) -> str | None:
        """The sentence that this sounds like; None if it is like none of them."""
        heard = spectrum(pcm)
        near = {
            text: likeness(heard, known)
            for text, known in self._spectra.items()
            if abs(len(known) - len(heard)) <= 2 * MOST_SHIFT
        }
        best = max(near, key=lambda text: near[text], default=None)
        return best if best is not None and near[best] >= ALIKE else None


@dataclass
class Pieces:
    """Speech cut at its pauses. Feed it in pieces of any size."""

    _rest: bytes = b""
    _piece: bytes = b""
    _until: int = 0
    """Bytes of the piece up to its last loud 20 ms."""

    def feed(self, pcm: bytes) -> Iterator[bytes]:
        """The stretches of speech that are over, without the silence around them."""
        frame = 2 * SAMPLE_RATE // 50
        data = self._rest + pcm
        whole = len(data) // frame * frame
        self._rest = data[whole:]
        for at in range(0, whole, frame):
            yield from self._frame(data[at : at + frame])

    def _frame(self, frame: bytes) -> Iterator[bytes]:
        samples = np.frombuffer(frame, dtype="<i2").astype(np.float64)
        loud = float(np.sqrt((samples**2).mean())) >= LOUD
        if loud or self._piece:
            self._piece += frame
        if loud:
            self._until = len(self._piece)
        elif self._piece and len(self._piece) - self._until >= 2 * PAUSE_SECONDS * SAMPLE_RATE:
            if self._until >= 2 * SHORTEST_SECONDS * SAMPLE_RATE:
                yield self._piece[: self._until]
            self._piece, self._until = b"", 0
