"""What is deleted when nobody asks for it: on which machine, and whatever fails meanwhile."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import config
from call.session import CallSession
from records.errors import StoreError
from records.recordings import Recordings
from records.store import Store
from records.wave_file import SAMPLE_RATE
from server import tidying

CONTROLLED_CLOCK = True
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LATER = NOW + timedelta(seconds=120)


class Disk:
    """Of a machine that has recorded the calls "CA1" and "CA2", and looks for what their callers do not want."""

    def __init__(self, folder: Path) -> None:
        self.clock = [NOW]
        self.store = Store(f"sqlite:///{folder / 'agent.db'}", now=lambda: self.clock[0])
        self.recordings = Recordings(str(folder))

    async def calm(self) -> None:
        """It is."""

    async def minutes(self, number: int) -> None:
        """Pass, and what is done in them is done."""
        for _ in range(number):
            self.clock[0] += timedelta(minutes=1)
            await asyncio.sleep(tidying.UNWANTED_SECONDS)
        await self.store.count_deliveries()
        await self.recordings.on_thread(lambda: None)

    @property
    def files(self) -> list[str]:
        return [call_id for call_id in ("CA1", "CA2") if self.recordings.find(call_id)]


@asynccontextmanager
async def looking(disk: Disk) -> AsyncIterator[None]:
    rounds = asyncio.create_task(tidying.delete_unwanted(disk.store, disk.recordings, disk.calm))
    await asyncio.sleep(1)  # Behind its rounds from now on
    yield
    assert not rounds.done()
    rounds.cancel()


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    made = Disk(tmp_path)
    await made.store.open()
    for call_id in ("CA1", "CA2"):
        begun = await made.store.calls.begin(CallSession(call_id=call_id, started_at=NOW), "a:1", LATER)
        assert begun is not None
        file = made.recordings.begin(call_id)
        await made.recordings.on_thread(file.create)
        await made.recordings.on_thread(partial(file.append, b"\x10\x90" * SAMPLE_RATE))
        made.recordings.end(call_id, file)
    yield made
    await made.recordings.close(5)
    await made.store.close()


async def objects(disk: Disk, call_id: str = "CA1") -> None:
    """On another machine, where the call has gone on."""
    begun = await disk.store.calls.begin(CallSession(call_id=call_id, started_at=NOW), "b:2", LATER)
    assert begun is not None
    run, session = begun
    session.recording_declined = True
    assert await disk.store.calls.save(session, run)


async def test_what_a_caller_does_not_want_is_deleted_where_it_was_recorded(disk: Disk) -> None:
    """Within a minute, wherever they said so; what others let us record stays."""
    async with looking(disk):
        await disk.minutes(20)
        assert disk.files == ["CA1", "CA2"]
        await objects(disk)
        await disk.minutes(1)
        assert disk.files == ["CA2"]


async def test_what_a_caller_does_not_want_while_the_database_is_away(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is deleted once that is back, however long it took; the log has one line of it."""

    async def away(since: datetime) -> list[str]:
        raise StoreError("OperationalError")

    async with looking(disk):
        with monkeypatch.context() as outage:
            outage.setattr(disk.store.calls, "declined", away)
            await objects(disk)
            await disk.minutes(60)
        assert disk.files == ["CA1", "CA2"]
        await disk.minutes(1)
        assert disk.files == ["CA2"]
    assert caplog.text.count("who wants no recording is not known") == 1


async def test_what_a_disk_does_not_delete_is_tried_again(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    """The operator is told which file to delete, and no other has to wait for it."""
    path = disk.recordings.path("CA1")
    path.unlink()
    path.mkdir()
    await objects(disk)
    await objects(disk, "CA2")
    async with looking(disk):
        await disk.minutes(1)
        assert disk.files == []
        assert f"CA1 ITS CALLER DOES NOT WANT A RECORDING: delete {path}" in caplog.text
        path.rmdir()
        path.write_bytes(b"")
        await disk.minutes(1)
        assert not path.exists()


@pytest.mark.parametrize("broken", ["old recordings", "recordings that their callers do not want", "old records"])
async def test_what_cannot_be_tidied_keeps_nothing_else(
    tmp_path: Path,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    """A disk that fails under one of the three steps: the others are done, and so is the next day's round."""
    done: list[str] = []
    last = asyncio.Event()

    def step(what: str) -> Any:
        async def work(*_: object) -> None:
            if what == broken:
                raise OSError(errno.EIO, "input/output error")
            done.append(what)

        return work

    async def calm() -> None:
        if done:  # A second round, a day later.
            last.set()
            await asyncio.Event().wait()

    recordings, settled = Recordings(str(tmp_path)), asyncio.Event()
    settled.set()
    monkeypatch.setattr(recordings, "purge", step("old recordings"))
    monkeypatch.setattr(recordings, "delete_declined", step("recordings that their callers do not want"))
    monkeypatch.setattr(tidying, "DAY_SECONDS", 0)
    records = SimpleNamespace(purge=step("old records"))
    settings = config.load({**environ, "DATA_DIR": str(tmp_path)})
    rounds = asyncio.create_task(tidying.tidy(settings, cast(Any, None), cast(Any, records), recordings, settled, calm))
    reached = asyncio.create_task(last.wait())
    await asyncio.wait({rounds, reached}, return_when=asyncio.FIRST_COMPLETED)
    assert not rounds.done()
    rounds.cancel()
    every = ["old recordings", "recordings that their callers do not want", "old records"]
    assert done == [what for what in every if what != broken]
    assert f"{broken} could not be deleted" in caplog.text
    await recordings.close(5)
