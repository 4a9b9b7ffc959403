"""What a process opens at its start is closed at its end, and when the start fails."""

from pathlib import Path

import httpx
import pytest

import config
from config import Settings
from providers.twilio_rest import TwilioCalls
from records.errors import StoreError
from records.handover import Handover
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
