"""WaveFile: a recording as a file that is whole at every moment, however its process or its disk ends.

Two sides as mu-law at 8,000 Hz, the caller's left, the bot's right. Sound is written behind what is there, and only
then counted in the header: whoever reads up to that count finds nothing torn. (Microsoft: Multimedia Standards Update,
WAVE_FORMAT_MULAW.) It blocks as a disk does: a thread is for that.
"""

import audioop
import contextlib
import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SAMPLE_RATE = 8000
SILENCE = b"\xff\xff"  # Of both sides
HEADER_BYTES = 58
_SIZES = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
_MULAW, _SIDES = 7, 2
LEAST_STEP_SECONDS = 0.25
LEAST_FREE_BYTES = 200_000_000  # Of the disk: they are the database's and the journal's


def header(samples: int) -> bytes:
    """The header of so many samples of each side."""
    size = _SIDES * samples
    format_ = 18, _MULAW, _SIDES, SAMPLE_RATE, _SIDES * SAMPLE_RATE, _SIDES, 8, 0
    return _SIZES.pack(
        b"RIFF", HEADER_BYTES - 8 + size, b"WAVE", b"fmt ", *format_, b"fact", 4, samples, b"data", size
    )  # fmt: skip


def samples_of(path: Path) -> int:
    """How many samples of each side a file holds for certain.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no file of this kind.
    """
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        size = os.fstat(file.fileno()).st_size
    if len(head) < HEADER_BYTES:
        raise ValueError("no recording")
    samples = int(_SIZES.unpack(head)[-1]) // _SIDES
    if head != header(samples):
        raise ValueError("no recording")
    return min(samples, (size - HEADER_BYTES) // _SIDES)


class WaveFile:
    """One recording while it is written; only its owner may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.samples = 0

    def create(self) -> None:
        """Begins it, in the place of what was there.

        Raises:
            OSError: the disk does not take it.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = self._open(os.O_CREAT | os.O_TRUNC)
        self._write_at(0, header(0))

    def go_on(self) -> None:
        """Goes on behind what is certain of it.

        Raises:
            OSError: it is not there, or the disk does not give it.
            ValueError: it is no recording.
        """
        self.samples = samples_of(self._path)
        self._file = self._open(0)
        os.ftruncate(self._file, HEADER_BYTES + _SIDES * self.samples)
        self._write_at(0, header(self.samples))

    def append(self, both: bytes) -> None:
        """Writes what was said next, sample by sample the caller's and the bot's.

        Raises:
            OSError: the disk does not take it; what was there stays whole.
        """
        self._write_at(HEADER_BYTES + _SIDES * self.samples, both)
        self.samples += len(both) // _SIDES
        self._write_at(0, header(self.samples))

    def close(self) -> None:
        """Ends it; more than once is once."""
        if self._file is not None:
            file, self._file = self._file, None
            with contextlib.suppress(OSError):  # Of what is counted in the header nothing is lost.
                os.close(file)

    def _open(self, how: int) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | how, 0o600)

    def _write_at(self, place: int, content: bytes) -> None:
        if self._file is None:
            raise OSError("it is closed")
        disk = os.fstatvfs(self._file)
        if disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES:
            raise OSError(errno.ENOSPC, f"less than {LEAST_FREE_BYTES // 1_000_000} MB of the disk are free")
        left = memoryview(content)
        while left:
            done = os.pwrite(self._file, left, place)
            left, place = left[done:], place + done


@dataclass(frozen=True)
class Loudness:
    """How loud each side is, 0 to 1, one figure for every `step_seconds` of `seconds` in all."""

    seconds: float
    step_seconds: float
    caller: tuple[float, ...]
    bot: tuple[float, ...]


def loudness(path: Path, most: int) -> Loudness:
    """The loudest of every quarter of a second, or of as much more that there are no more than `most` figures.

    Raises:
        OSError, ValueError: as `samples_of`.
    """
    samples = samples_of(path)
    step = max(round(LEAST_STEP_SECONDS * SAMPLE_RATE), -(-samples // most))
    caller: list[float] = []
    bot: list[float] = []
    for piece in _pieces(path, samples, step):
        for side, figures in ((0, caller), (1, bot)):
            figures.append(audioop.max(audioop.ulaw2lin(piece[side::_SIDES], 2), 2) / 32768)
    return Loudness(samples / SAMPLE_RATE, step / SAMPLE_RATE, tuple(caller), tuple(bot))


def _pieces(path: Path, samples: int, step: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        for place in range(0, samples, step):
            piece = file.read(_SIDES * min(step, samples - place))
            if len(piece) < _SIDES:
                return
            yield piece[: len(piece) // _SIDES * _SIDES]
