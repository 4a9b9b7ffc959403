"""A recording is a whole file at every moment: while it grows, when its process or its disk ends, and afterwards."""

import audioop
import math
import os
import stat
import wave
from pathlib import Path

import pytest

from records import wave_file
from records.wave_file import HEADER_BYTES, SAMPLE_RATE, WaveFile, header, loudness, samples_of

SECOND = b"\x10\x90" * SAMPLE_RATE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "CA1.wav"


def made(path: Path, seconds: int) -> WaveFile:
    file = WaveFile(path)
    file.create()
    for _ in range(seconds):
        file.append(SECOND)
    return file


def test_a_file_that_others_read(path: Path) -> None:
    """Format 7 with two sides at 8,000 Hz, for its owner alone; whole at every moment."""
    file = made(path, 0)
    assert path.read_bytes() == header(0)
    for seconds in (1, 2):
        file.append(SECOND)
        assert path.read_bytes() == header(seconds * SAMPLE_RATE) + SECOND * seconds
        assert samples_of(path) == seconds * SAMPLE_RATE
    head = path.read_bytes()[:HEADER_BYTES]
    assert (head[:4], head[8:16], head[20:22], head[22:24]) == (b"RIFF", b"WAVEfmt ", b"\x07\0", b"\x02\0")
    assert int.from_bytes(head[4:8], "little") == path.stat().st_size - 8
    assert int.from_bytes(head[-4:], "little") == 2 * 2 * SAMPLE_RATE
    with pytest.raises(wave.Error, match="unknown format: 7"), wave.open(str(path)):
        pass  # So far the standard library has read the header.
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("torn", [1, 2, 7, 15_999])
def test_a_write_that_was_torn(path: Path, torn: int) -> None:
    """What was not counted in the header yet is not there: another stream goes on behind what is certain."""
    made(path, 2).close()
    with path.open("ab") as file:
        file.write(b"\x01" * torn)
    assert samples_of(path) == 2 * SAMPLE_RATE
    again = WaveFile(path)
    again.go_on()
    again.append(SECOND)
    assert path.read_bytes() == header(3 * SAMPLE_RATE) + SECOND * 3


@pytest.mark.parametrize("left", [0, 1, 5, 15_999])
def test_a_disk_that_lost_the_end(path: Path, left: int) -> None:
    """A header that counts more than there is, as after a loss of power: what is there counts."""
    made(path, 2).close()
    os.truncate(path, HEADER_BYTES + left)
    assert samples_of(path) == left // 2
    again = WaveFile(path)
    again.go_on()
    assert path.read_bytes() == header(left // 2) + SECOND[: left // 2 * 2]


@pytest.mark.parametrize("content", [b"", b"RIFF", header(5)[:-1], b"x" * 100, header(1)[:20] + b"\1" + header(1)[21:]])
def test_what_is_no_recording(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no recording"):
        samples_of(path)
    with pytest.raises(ValueError, match="no recording"):
        WaveFile(path).go_on()
    assert path.read_bytes() == content


def test_nothing_goes_on_that_is_not_there(path: Path) -> None:
    """A recording that was deleted is not begun again."""
    with pytest.raises(FileNotFoundError):
        WaveFile(path).go_on()
    assert not path.exists()


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        WaveFile(path).create()
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_is_nearly_full(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of it is the database's; what was recorded stays whole."""
    file = made(path, 1)
    disk = os.statvfs(path)
    monkeypatch.setattr(wave_file, "LEAST_FREE_BYTES", disk.f_blocks * disk.f_frsize + 1)
    with pytest.raises(OSError, match="of the disk are free"):
        file.append(SECOND)
    assert path.read_bytes() == header(SAMPLE_RATE) + SECOND
    file.close()
    file.close()
    with pytest.raises(OSError, match="closed"):
        file.append(SECOND)


def tone(level: float, samples: int) -> bytes:
    """Of so loud a sine, as mu-law."""
    wave_ = (round(32767 * level * math.sin(number / 3)) for number in range(samples))
    return audioop.lin2ulaw(b"".join(value.to_bytes(2, "little", signed=True) for value in wave_), 2)


def test_how_loud_both_sides_were(path: Path) -> None:
    """A quarter of a second each, the last one as long as it is."""
    file, both = made(path, 0), bytearray(b"\xff" * 2 * 5000)
    both[0 : 2 * 2000 : 2] = tone(0.5, 2000)
    both[2 * 4000 + 1 :: 2] = tone(0.25, 1000)
    file.append(bytes(both))
    loud = loudness(path, 100)
    assert (loud.seconds, loud.step_seconds) == (0.625, 0.25)
    assert loud.caller == pytest.approx((0.5, 0, 0), abs=0.03)
    assert loud.bot == pytest.approx((0, 0, 0.25), abs=0.03)


def test_a_long_call_has_no_more_figures(path: Path) -> None:
    """A figure stands for more of it."""
    made(path, 60).close()
    loud = loudness(path, 50)
    assert len(loud.caller) == len(loud.bot) == 50
    assert loud.step_seconds == 60 / 50
