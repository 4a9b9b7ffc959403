"""Recordings as a browser gets them from the real service: who gets them, which part, and of which calls."""

import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from records.recordings import Recordings
from records.rows import Status
from records.store import Store
from records.wave_file import HEADER_BYTES, SAMPLE_RATE
from tests.support.html_page import HtmlPage
from tests.support.stored_calls import booked, keep, recorded
from tests.support.twilio_client import Twilio, twilio_client, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TOKEN = "operators-token-of-the-tests"
SECONDS = 6
BYTES = HEADER_BYTES + 2 * SECONDS * SAMPLE_RATE


@dataclass
class Service:
    """The service, an operator at it, somebody else, and its database."""

    twilio: Twilio
    operator: aiohttp.ClientSession
    stranger: aiohttp.ClientSession
    store: Store

    @property
    def data(self) -> Path:
        return self.twilio.database.parent

    async def page(self, call_id: str) -> tuple[HtmlPage, str]:
        """A call's page, and its policy."""
        async with self.operator.get(f"/calls/{call_id}") as answer:
            assert answer.status == 200
            return HtmlPage(await answer.text()), answer.headers["Content-Security-Policy"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("recordings")
    for call_id, days in (("CAold", 31), ("CAyoung", 29)):
        recorded(call_id, folder / "data", 1)
        os.utime(Recordings(str(folder / "data")).path(call_id), (time.time() - days * 24 * 3600,) * 2)
    before = Store(f"sqlite:///{folder / 'data' / 'agent.db'}")
    await before.open()
    objected = recorded("CAobjected", folder / "data", 1)
    objected.recorded_from, objected.recording_declined = None, True
    await keep(before, objected, status=Status.DELIVERED)
    await before.close()
    async with contextlib.AsyncExitStack() as opened:
        twilio = await opened.enter_async_context(twilio_client(folder, folder / "data", OPERATOR_TOKEN=TOKEN))
        store = Store(f"sqlite:///{twilio.database}")
        await store.open()
        opened.push_async_callback(store.close)
        operator, stranger = [
            await opened.enter_async_context(
                aiohttp.ClientSession(
                    twilio.url,
                    cookie_jar=aiohttp.CookieJar(unsafe=True),
                    connector=aiohttp.TCPConnector(force_close=True),
                )
            )
            for _ in range(2)
        ]
        await (await operator.post("/calls/login", data={"token": TOKEN}, allow_redirects=False)).release()
        yield Service(twilio, operator, stranger, store)


async def test_a_recording_is_for_the_operator_alone(service: Service) -> None:
    """Whoever has not logged in is led to the login, and gets not a byte of it."""
    await keep(service.store, recorded("CAheard", service.data, SECONDS), status=Status.DELIVERED)
    for headers in ({}, {"Range": "bytes=0-99"}, {"Cookie": "calls_session=1.x.y"}):
        async with service.stranger.get("/calls/CAheard/recording", headers=headers, allow_redirects=False) as answer:
            assert (answer.status, await answer.read()) == (303, b"")
            assert answer.headers["Location"].startswith("/calls/login?")


async def test_a_browser_gets_the_part_that_it_asks_for(service: Service) -> None:
    """So that it can jump; no cache keeps any of it, and it is nothing but sound."""
    await keep(service.store, recorded("CAparts", service.data, SECONDS), status=Status.DELIVERED)
    whole = Recordings(str(service.data)).path("CAparts").read_bytes()
    assert len(whole) == BYTES
    for asked, status, sent, place in (
        ("", 200, whole, None),
        ("bytes=0-99", 206, whole[:100], f"bytes 0-99/{BYTES}"),
        ("bytes=50000-", 206, whole[50000:], f"bytes 50000-{BYTES - 1}/{BYTES}"),
        ("bytes=-10", 206, whole[-10:], f"bytes {BYTES - 10}-{BYTES - 1}/{BYTES}"),
        (f"bytes={BYTES}-", 416, None, f"bytes */{BYTES}"),
    ):
        headers = {"Range": asked} if asked else {}
        async with service.operator.get("/calls/CAparts/recording", headers=headers) as answer:
            assert (answer.status, answer.headers.get("Content-Range")) == (status, place)
            if sent is None:
                continue
            assert await answer.read() == sent
            assert answer.headers["Content-Type"] == "audio/wav"
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; media-src 'self'")


async def test_the_page_of_a_call_with_its_recording(service: Service) -> None:
    """Its policy allows our one script and our sound, and nothing else more than that of every other page."""
    await keep(service.store, recorded("CAshown", service.data, SECONDS), status=Status.DELIVERED)
    await keep(service.store, booked("CAplain"), status=Status.DELIVERED)
    page, policy = await service.page("CAshown")
    plain, common = await service.page("CAplain")
    assert policy == f"{common}; script-src 'self'; media-src 'self'"
    assert "script-src" not in common
    assert [one["src"] for one in page.all("audio")] == ["/calls/CAshown/recording"]
    assert [one["src"] for one in page.all("script")] == ["/calls/player.js"]
    assert plain.all("audio") == plain.all("script") == []
    jumps = [one for one in page.all("a") if "data-seconds" in one]
    assert [one["aria-label"] for one in jumps] == [
        "Play from the beginning", "Play from turn 1", "Play from turn 2", "Play from turn 3",
    ]  # fmt: skip
    assert all(one["href"] == f"/calls/CAshown/recording#t={one['data-seconds']}" for one in jumps)
    async with service.stranger.get("/calls/player.js") as answer:
        assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, "text/javascript")


@pytest.mark.parametrize("case", ["none", "gone", "torn", "empty", "declined", "elsewhere"])
async def test_a_call_without_a_recording(service: Service, case: str) -> None:
    """Its page has none, and whoever asks for it is told so: a file whose call is not recorded is no recording."""
    call_id = f"CA{case}"
    session = booked(call_id) if case == "none" else recorded(call_id, service.data, SECONDS)
    path = Recordings(str(service.data)).path(call_id)
    match case:
        case "gone":
            path.unlink()
        case "torn":
            path.write_bytes(b"RIFF")
        case "empty":
            path.write_bytes(path.read_bytes()[:HEADER_BYTES])
        case "declined":
            session.recorded_from, session.recording_declined = None, True
        case "elsewhere":
            path.rename(path.with_name("CAother.wav"))
    await keep(service.store, session, status=Status.DELIVERED)
    page, policy = await service.page(call_id)
    assert page.all("audio") == page.all("script") == []
    assert "script-src" not in policy
    async with service.operator.get(f"/calls/{call_id}/recording") as answer:
        assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (404, "text/html")


@pytest.mark.parametrize("name", ["..%2f..%2fagent", "%2e%2e", "CAnobody", "%00", "agent.db", "x" * 500])
async def test_no_other_file_is_played(service: Service, name: str) -> None:
    """Whatever is asked for."""
    async with service.operator.get(f"/calls/{name}/recording") as answer:
        assert answer.status == 404


async def test_a_recording_that_is_too_old_is_deleted(service: Service) -> None:
    """After RECORDING_DAYS, without anybody asking for it."""
    old, young = [Recordings(str(service.data)).path(call_id) for call_id in ("CAold", "CAyoung")]
    await until(lambda: not old.exists())
    assert young.exists()


async def test_what_a_caller_did_not_want_is_deleted_later(service: Service) -> None:
    """On the machine that has it, if they objected on another one; or if the disk did not delete it then."""
    path = Recordings(str(service.data)).path("CAobjected")
    await until(lambda: not path.exists())
