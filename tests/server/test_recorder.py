"""A stream is recorded once its caller has heard so, as long as they let it and the disk takes it."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from call.session import RECORDED, CallSession, EntryKind
from logs import call_logger
from records import wave_file
from records.recordings import Recordings
from records.wave_file import HEADER_BYTES, SAMPLE_RATE, samples_of
from server.recorder import MOST_BETWEEN_SECONDS, MOST_WAITING_BYTES, Recorder

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
FRAME = 160
CALLER, BOT = b"\x11" * FRAME, b"\x22" * FRAME
FRAMES_A_SECOND = 50


class Call:
    """A call whose clock the test moves: 20 ms with each frame."""

    def __init__(self, recordings: Recordings) -> None:
        self.recordings = recordings
        self.session = CallSession(call_id="CA1", started_at=NOW)
        self.session.note(EntryKind.AGENT, "This call is recorded.", NOW, detail=RECORDED, heard=0.0)
        self.frames = 0
        self.saved: list[tuple[datetime | None, bool]] = []
        self.recorder = self.stream()

    def _save(self, session: CallSession) -> None:
        self.saved.append((session.recorded_from, session.recording_declined))

    def stream(self) -> Recorder:
        """The next stream of the call."""
        self.timestamp = 0
        log = call_logger("test", "CA1")
        self.recorder = Recorder(self.session, self.recordings, self._save, self.now, log)
        return self.recorder

    def now(self) -> datetime:
        return NOW + timedelta(milliseconds=20 * self.frames)

    def pass_by(self, seconds: float, bot: bytes = b"") -> None:
        """So long the caller speaks, and the bot if it has something to say."""
        for _ in range(round(seconds * FRAMES_A_SECOND)):
            if bot:
                self.recorder.sent(bot)
            self.recorder.heard(CALLER, str(self.timestamp))
            self.timestamp += 20
            self.frames += 1

    def told(self, share: float = 1.0) -> None:
        """So much of the line that says so was played, as a mark tells."""
        self.session.was_heard(0, share, self.now())
        self.recorder.echoed("played-1")

    @property
    def path(self) -> Path:
        return self.recordings.path("CA1")

    def sides(self) -> tuple[bytes, bytes]:
        both = self.path.read_bytes()[HEADER_BYTES : HEADER_BYTES + 2 * samples_of(self.path)]
        return both[::2], both[1::2]

    @property
    def notes(self) -> list[str]:
        return [entry.detail for entry in self.session.timeline if entry.kind is EntryKind.NOTE]


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    recordings = Recordings(str(tmp_path))
    yield Call(recordings)
    await recordings.close(5)


async def test_nothing_is_recorded_before_the_caller_knows(call: Call) -> None:
    """Not a sample of what was said until the line was heard to its last word."""
    call.pass_by(3, bot=b"\x33" * FRAME)
    call.told(0.99)
    call.pass_by(3, bot=b"\x33" * FRAME)
    assert call.session.recorded_from is None
    call.told()
    assert call.session.recorded_from == call.now()
    call.pass_by(2.5, bot=BOT)
    await call.recorder.close()
    assert call.sides() == (CALLER * 125, BOT * 125)
    assert call.notes == ["began"]


async def test_a_line_that_nobody_knows_to_be_heard_begins_nothing(call: Call) -> None:
    """Twilio that sends no marks leaves a call without a recording, and without a file."""
    call.session.was_heard(0, None, NOW)
    call.recorder.echoed("farewell")
    call.pass_by(5)
    await call.recorder.close()
    assert not call.path.parent.exists()
    assert call.session.recorded_from is None


async def test_another_stream_goes_on_behind_the_silence(call: Call) -> None:
    """As long as the call was away: so that each moment stands where it was."""
    call.told()
    call.pass_by(1)
    await call.recorder.close()
    call.frames += 100
    call.stream()
    call.pass_by(1, bot=BOT)
    await call.recorder.close()
    caller, bot = call.sides()
    assert caller == CALLER * 50 + b"\xff" * 100 * FRAME + CALLER * 50
    assert bot == b"\xff" * 150 * FRAME + BOT * 50
    assert call.notes == ["began"]


async def test_a_call_that_was_away_for_too_long(call: Call) -> None:
    """Its recording ends where it broke off."""
    call.told()
    call.pass_by(1)
    await call.recorder.close()
    call.frames += round((MOST_BETWEEN_SECONDS + 1) * FRAMES_A_SECOND)
    call.stream()
    call.pass_by(2)
    await call.recorder.close()
    assert samples_of(call.path) == SAMPLE_RATE
    assert call.notes == ["began", "ended: the call was away for too long"]


async def test_a_recording_that_is_gone_is_not_begun_again(call: Call) -> None:
    """Somebody has deleted it, or the call comes back to another machine."""
    call.told()
    call.pass_by(1)
    await call.recorder.close()
    call.path.unlink()
    call.stream()
    call.told()
    call.pass_by(3)
    await call.recorder.close()
    assert not call.path.exists()
    assert call.notes == ["began", "ended: No such file or directory"]


async def test_a_caller_who_does_not_want_it(call: Call) -> None:
    """It is deleted before they are told, and no later stream records them."""
    call.told()
    call.pass_by(2.5)
    await asyncio.sleep(0)
    await call.recorder.drop()
    assert not call.path.exists()
    call.pass_by(2)
    call.told()
    await call.recorder.close()
    call.stream()
    call.told()
    call.pass_by(2)
    await call.recorder.close()
    assert not call.path.exists()
    assert (call.session.recorded_from, call.session.recording_declined) == (None, True)
    assert call.notes == ["began", "deleted: the caller did not want it"]


async def test_a_caller_who_objects_while_they_are_told(call: Call) -> None:
    """There is nothing to delete, and there will be nothing."""
    call.pass_by(1)
    await call.recorder.drop()
    call.told()
    call.pass_by(2)
    await call.recorder.close()
    assert not call.path.parent.exists()
    assert call.notes == []


async def test_a_recording_that_no_snapshot_knows_of(call: Call) -> None:
    """Its process was killed before the first one behind its beginning: whoever objects then is rid of it too."""
    call.told()
    call.pass_by(1)
    await call.recorder.close()
    assert call.path.exists()
    call.session = CallSession(call_id="CA1", started_at=NOW)
    call.stream()
    await call.recorder.drop()
    assert not call.path.exists()
    assert (call.session.recording_declined, call.notes) == (True, [])


async def test_what_another_process_has_to_know_is_written_at_once(call: Call) -> None:
    """That a file has begun, that its caller does not want it, and that it is gone: no turn has to come first."""
    call.told()
    assert call.saved == [(NOW, False)]
    call.recorder.heed("please don't record me")
    assert call.saved == [(NOW, False), (None, True)]
    assert call.notes == ["began"]
    await call.recorder.drop()
    assert call.saved == [(NOW, False), (None, True), (None, True)]
    assert call.notes == ["began", "deleted: the caller did not want it"]


async def test_a_recording_that_cannot_be_deleted(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    """The operator is told which file to delete; the call's page plays it no more, and does not say that it is gone."""
    call.told()
    call.pass_by(1)
    await call.recorder.close()
    call.path.unlink()
    call.path.mkdir()
    call.stream()
    await call.recorder.drop()
    assert call.session.recorded_from is None
    (told,) = [one.getMessage() for one in caplog.records if "WAS NOT DELETED" in one.getMessage()]
    assert str(call.path) in told
    assert call.notes == ["began", "not deleted, though the caller did not want it: Is a directory"]
    assert call.saved[-1] == (None, True)


async def test_a_stream_that_ends_as_its_recording_is_deleted(call: Call) -> None:
    """Its end waits for that, so that the record tells what became of it."""
    call.told()
    call.pass_by(1)
    call.recorder.heed("please don't record me")
    await call.recorder.close()
    assert not call.path.exists()
    assert call.notes == ["began", "deleted: the caller did not want it"]


async def test_a_full_disk_ends_the_recording_alone(
    call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With one line in the log, whatever is still said; what was recorded until then stays."""
    call.told()
    call.pass_by(1)
    while not (call.path.exists() and samples_of(call.path)):
        await call.recordings.on_thread(lambda: None)
    monkeypatch.setattr(wave_file, "LEAST_FREE_BYTES", 1 << 60)
    for _ in range(5):
        call.pass_by(1)
        await call.recordings.on_thread(lambda: None)
        await asyncio.sleep(0)
    await call.recorder.close()
    assert samples_of(call.path) == SAMPLE_RATE
    told = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert len(told) == 1
    assert "the recording has ended, and the call goes on" in told[0].getMessage()
    assert call.notes[1].startswith("ended: less than")


async def test_a_disk_that_hangs_ends_the_recording(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing waits for it, and what is kept for it is bounded: a pipe that nobody reads hangs as it does."""
    call.path.parent.mkdir()
    os.mkfifo(call.path)
    call.told()
    await asyncio.sleep(0)
    call.pass_by(MOST_WAITING_BYTES / 2 / SAMPLE_RATE)
    assert call.notes == ["began"]
    call.pass_by(1)
    assert call.notes == ["began", "ended: the disk is too slow"]
    call.pass_by(1)
    await call.recorder.close()
    assert len([one for one in caplog.records if one.levelno >= logging.ERROR]) == 1
    await asyncio.to_thread(call.path.read_bytes)
