"""What a process opens at its start is closed at its end, and when the start fails."""

import asyncio
import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

import config
from config import Settings
from providers.twilio_rest import TwilioCalls
from records.errors import StoreError
from records.handover import Handover
from records.recordings import Recordings
from records.store import Store
from server import shared_parts
from server.liveness import Liveness
from server.settling import RunCall
from server.shared_parts import open_services


def imports_nothing() -> RunCall:
    """No stream begins here."""
    raise ImportError


class Happened:
    """What was opened and closed, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.order: list[str] = []
        self.clients: list[httpx.AsyncClient] = []
        for name in ("http_client", "voice_client"):
            monkeypatch.setattr(shared_parts, name, self._client)
        for kind, name in ((Store, "close"), (Handover, "stop"), (TwilioCalls, "close")):
            self._follow(monkeypatch, kind, name)

    def _client(self, *_: Settings) -> httpx.AsyncClient:
        self.clients.append(httpx.AsyncClient())
        return self.clients[-1]

    def _follow(self, monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> None:
        real = getattr(kind, name)

        async def followed(*args: object) -> None:
            self.order.append(f"{kind.__name__}.{name}")
            await real(*args)

        monkeypatch.setattr(kind, name, followed)


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> Happened:
    return Happened(monkeypatch)


async def test_a_start_whose_database_cannot_be_opened_leaves_nothing_open(
    happened: Happened, tmp_path: Path, environ: dict[str, str]
) -> None:
    """The HTTP clients are closed, and the store's thread ends."""
    (tmp_path / "agent.db").mkdir()
    with pytest.raises(StoreError):
        async with open_services(config.load({**environ, "DATA_DIR": str(tmp_path)}), imports_nothing):
            pytest.fail("it cannot start")
    assert len(happened.clients) == 3
    assert all(client.is_closed for client in happened.clients)
    assert happened.order == ["TwilioCalls.close", "Store.close"]


async def test_a_start_that_fails_behind_the_database_leaves_nothing_open(
    happened: Happened, tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has begun is stopped; then everything that it uses is closed."""

    async def fails(_: Liveness) -> None:
        raise OSError("no thread")

    monkeypatch.setattr(Liveness, "beat", fails)
    with pytest.raises(OSError, match="no thread"):
        async with open_services(config.load({**environ, "DATA_DIR": str(tmp_path)}), imports_nothing):
            pytest.fail("it cannot start")
    assert all(client.is_closed for client in happened.clients)
    assert happened.order == ["Handover.stop", "TwilioCalls.close", "Store.close"]


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
    monkeypatch.setattr(shared_parts, "DAY_SECONDS", 0)
    records, begun = SimpleNamespace(purge=step("old records")), SimpleNamespace(settled=settled)
    settings = config.load({**environ, "DATA_DIR": str(tmp_path)})
    tidying = asyncio.create_task(
        shared_parts._tidy(settings, cast(Any, None), cast(Any, records), recordings, cast(Any, begun), calm)
    )
    reached = asyncio.create_task(last.wait())
    await asyncio.wait({tidying, reached}, return_when=asyncio.FIRST_COMPLETED)
    assert not tidying.done()
    tidying.cancel()
    every = ["old recordings", "recordings that their callers do not want", "old records"]
    assert done == [what for what in every if what != broken]
    assert f"{broken} could not be deleted" in caplog.text
    await recordings.close(5)
