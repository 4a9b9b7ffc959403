"""One address for machines that come and go."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator.rig.front import LOOK_SECONDS, Front

CONTROLLED_CLOCK = True


@dataclass
class Machine:
    """Answers with its name; ready or not."""

    name: str
    ready: bool = True

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator[int]:
        app = web.Application()
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/", self._name)
        app.router.add_get("/ws", self._socket)
        async with TestServer(app) as server:
            assert server.port
            yield server.port

    async def _ready(self, _: web.Request) -> web.Response:
        return web.Response(status=200 if self.ready else 503)

    async def _name(self, _: web.Request) -> web.Response:
        return web.Response(text=self.name)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            await ws.send_str(f"{self.name} {message.data}")
        return ws


async def ask(front: Front) -> str:
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as http, http.get(front.url) as answer:
        return await answer.text()


async def looked() -> None:
    await asyncio.sleep(3 * LOOK_SECONDS)


async def test_new_connections_go_to_a_machine_that_is_ready() -> None:
    """The first of them; one that drains gets nothing new; if none is ready, one that still answers."""
    one, two = Machine("one"), Machine("two")
    async with Front() as front, one.up() as first, two.up() as second:
        front.ports = [first, second]
        await looked()
        assert await ask(front) == "one"
        one.ready = False
        await looked()
        assert await ask(front) == "two"
        two.ready = False
        await looked()
        assert await ask(front) == "one"


async def test_an_open_connection_stays_where_it_is() -> None:
    """While its machine drains, and with both directions."""
    one, two = Machine("one"), Machine("two")
    async with Front() as front, one.up() as first, two.up() as second, aiohttp.ClientSession() as http:
        front.ports = [first, second]
        await looked()
        async with http.ws_connect(front.url + "/ws") as ws:
            await ws.send_str("a")
            assert await ws.receive_str() == "one a"
            one.ready = False
            await looked()
            await ws.send_str("b")
            assert await ws.receive_str() == "one b"
            assert await ask(front) == "two"


async def test_a_connection_waits_for_a_machine() -> None:
    """None is up: it is held until one is."""
    one = Machine("one")
    async with Front() as front:
        asking = asyncio.create_task(ask(front))
        await looked()
        assert not asking.done()
        async with one.up() as port:
            front.ports = [port]
            assert await asking == "one"


async def test_it_does_not_wait_for_ever() -> None:
    """Then it is closed without an answer."""
    async with Front(hold_seconds=0.1) as front:
        with contextlib.suppress(aiohttp.ClientError):
            assert await ask(front) == "never"
