"""The recordings of a machine: their names, their age, and whose turn it is to write."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from records.recordings import FOLDER, Recordings
from records.wave_file import SAMPLE_RATE, WaveFile, samples_of

SECOND = b"\x10\x90" * SAMPLE_RATE


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(str(tmp_path))


async def record(recordings: Recordings, call_id: str) -> Path:
    file = recordings.begin(call_id)
    await recordings.on_thread(file.create)
    await recordings.on_thread(partial(file.append, SECOND))
    recordings.end(call_id, file)
    return recordings.path(call_id)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", ".", "..", "CA\0", "x" * 300, "ü", "\ud800", "CA 1"])
async def test_no_name_leads_elsewhere(recordings: Recordings, tmp_path: Path, name: str) -> None:
    """Whatever a call is called, its file is in the folder, and is no other call's."""
    path = await record(recordings, name)
    assert [one.name for one in (tmp_path / FOLDER).iterdir()] == [path.name]
    assert recordings.find(name) == path != recordings.path(name + "1")
    assert recordings.path("CA" + "0f" * 16).name == "CA" + "0f" * 16 + ".wav"
    await recordings.close(5)


async def test_what_is_too_old_is_deleted(recordings: Recordings) -> None:
    """By when it was written last; what is no recording stays."""
    now = datetime.now(UTC)
    old, new = [await record(recordings, call_id) for call_id in ("CA1", "CA2")]
    other = old.with_name("notes.txt")
    other.write_text("an operator's")
    for path in (old, other):
        os.utime(path, (now.timestamp() - 90_000,) * 2)
    await recordings.purge(now - timedelta(days=1))
    assert sorted(path.name for path in old.parent.iterdir()) == sorted((new.name, other.name))
    assert (recordings.find("CA1"), recordings.find("CA2")) == (None, new)
    await recordings.close(5)


async def test_before_the_first_recording(recordings: Recordings) -> None:
    """There is no folder, and nothing to do."""
    await recordings.purge(datetime.now(UTC))
    await recordings.delete("CA1")
    assert recordings.find("CA1") is None
    await recordings.close(5)


async def test_a_stream_that_comes_back_takes_the_file_over(recordings: Recordings) -> None:
    """The stream before it, which may not know yet that it is over, writes no more."""
    first = recordings.begin("CA1")
    await recordings.on_thread(first.create)
    second = recordings.begin("CA1")
    await recordings.on_thread(second.go_on)
    with pytest.raises(OSError, match="closed"):
        await recordings.on_thread(partial(first.append, SECOND))
    recordings.end("CA1", first)
    await recordings.on_thread(partial(second.append, SECOND))
    assert samples_of(recordings.path("CA1")) == SAMPLE_RATE
    await recordings.close(5)


async def test_what_is_deleted_is_not_written_again(recordings: Recordings) -> None:
    """What is on its way to the disk goes first."""
    file = recordings.begin("CA1")
    writing = [recordings.on_thread(file.create), recordings.on_thread(partial(file.append, SECOND))]
    await recordings.delete("CA1")
    assert all(one.done() for one in writing)
    assert not recordings.path("CA1").exists()
    with pytest.raises(FileNotFoundError):
        await recordings.on_thread(WaveFile(recordings.path("CA1")).go_on)
    await recordings.close(5)
