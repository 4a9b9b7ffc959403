"""Connections are open before a call needs them; nobody waits for them, and what fails is nobody's fault."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web

from providers.http import http_client
from providers.open_ahead import LONGEST_SECONDS, OPEN_SECONDS, OpenAhead, head


@dataclass
class Vendor:
    """A server that knows its connections, and what it was asked."""

    url: str = ""
    connections: set[object] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.connections.add(request.transport)
        self.asked.append(f"{request.method} {request.path}")
        return web.Response(status=404)


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    made, app = Vendor(), web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


async def settled(ahead: OpenAhead) -> None:
    await asyncio.gather(*ahead._asking)


async def test_a_tool_finds_its_connection_open(vendor: Vendor) -> None:
    """What a call asks first goes over the connection that was made when it rang; another call makes no second one."""
    clock = [100.0]
    async with http_client() as http:
        ahead = OpenAhead({"v2": head(http, vendor.url)}, lambda: clock[0])
        ahead.now()
        ahead.now()
        await settled(ahead)
        await http.post(vendor.url + "/webhook/retell/lookup_caller", json={})
        assert (len(vendor.connections), vendor.asked) == (1, ["HEAD /", "POST /webhook/retell/lookup_caller"])
        clock[0] += OPEN_SECONDS
        ahead.now()
        await settled(ahead)
        assert vendor.asked[2:] == ["HEAD /"]


async def test_a_vendor_that_fails_or_hangs_is_met_by_whoever_needs_it() -> None:
    """Neither the call nor the end of the process waits for it."""
    asked = asyncio.Event()

    async def fails() -> None:
        raise httpx.ConnectError("no route")

    async def hangs() -> None:
        asked.set()
        await asyncio.Event().wait()

    ahead = OpenAhead({"v2": fails, "openai": hangs})
    ahead.now()
    await asked.wait()
    async with asyncio.timeout(LONGEST_SECONDS / 2):
        await ahead.close()
