"""Everything that Twilio can do to the real service, and everything that somebody else can try."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import aiohttp
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import config
from server.entrance import Entrance
from simulator.providers.stand_ins import VendorDelays
from simulator.rig.bot_host import ROOT, BotHost
from simulator.rig.bot_process import BotProcess
from simulator.rig.bot_under_test import ended_as, read_line
from simulator.rig.machines import UNHURRIED
from simulator.rig.world import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, World
from simulator.sound.recording import FRAME_MS

CALLER = "+15125550142"
PATIENCE_SECONDS = 120.0
"""Longest wait for what has to come. It ends a test that hangs, and judges nothing: on no machine is it short."""
POLL_SECONDS = 0.02
PATIENT = UNHURRIED | dict.fromkeys(("CALLER_SILENCE_SECONDS", "MACHINE_LOST_SECONDS", "RESUME_WINDOW_SECONDS"), "600")
"""What a slow machine would be late for, longer than any test: a test shortens the one deadline that it is about.

So what a deadline would have done has not been done by it: that it happened at all shows that nothing was waited for.
"""


@dataclass
class Twilio:
    """Twilio, and whoever pretends to be it, with one service."""

    world: World
    http: aiohttp.ClientSession
    entrance: Entrance
    """Makes tokens as the service does: it has the same auth token."""
    bot: BotProcess
    database: Path
    bots: list[BotProcess] = field(default_factory=list)
    """Every process of the service, those that have ended as well."""
    validator: RequestValidator = field(default_factory=lambda: RequestValidator(AUTH_TOKEN))

    @property
    def url(self) -> str:
        return self.bot.url

    @property
    def stream_url(self) -> str:
        return "ws" + self.url.removeprefix("http") + "/ws/twilio"

    async def ask(
        self, path: str, fields: dict[str, str], *, method: str = "POST", signed: bool = True, **given: str
    ) -> tuple[int, str]:
        """A webhook: status and body. `signature` replaces the right one.

        An answer that is a redirect and nothing else is followed, as Twilio does, if what was asked was signed.
        """
        url = self.url + path
        if method == "GET":
            url += f"?{urlencode(fields)}"
            fields = {}
        signature = given.get("signature", self.validator.compute_signature(url, fields))
        headers = {"X-Twilio-Signature": signature} if signed else {}
        request = self.http.request(method, url, data=fields or None, headers=headers)
        async with asyncio.timeout(PATIENCE_SECONDS), request as answer:
            status, text = answer.status, await answer.text()
        if signed and "signature" not in given and (there := redirected(text)):
            return await self.ask(there, fields)
        return status, text

    async def invite(self, call_id: str, method: str = "POST") -> dict[str, str]:
        """The stream parameters of the TwiML for a call."""
        return await self.invited("/twiml", incoming(call_id), method=method)

    async def invited(self, path: str, fields: dict[str, str], method: str = "POST") -> dict[str, str]:
        """The stream parameters of the TwiML that answers this webhook."""
        status, text = await self.ask(path, fields, method=method)
        assert status == 200
        stream = ET.fromstring(text).find("Connect/Stream")  # noqa: S314 - the service under test wrote it
        assert stream is not None
        assert stream.get("url") == self.stream_url
        return {str(p.get("name")): str(p.get("value")) for p in stream}

    @contextlib.asynccontextmanager
    async def stream(self, signature: str | None = None) -> AsyncIterator[ClientConnection]:
        """A media stream with Twilio's signature, or the one given."""
        if signature is None:
            signature = self.validator.compute_signature(self.stream_url, {})
        headers = {"X-Twilio-Signature": signature} if signature else {}
        unhurried: dict[str, Any] = {"open_timeout": PATIENCE_SECONDS, "ping_interval": None, "max_size": None}
        async with connect(self.stream_url, additional_headers=headers, proxy=None, **unhurried) as socket:
            yield socket

    @contextlib.asynccontextmanager
    async def call(self) -> AsyncIterator[str]:
        """A good call, from the webhook to the greeting, as long as the block lasts."""
        call_id = new_call()
        parameters = await self.invite(call_id)
        async with self.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            yield call_id
            await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": call_id}}))
            await ending(socket)

    async def live(self) -> int:
        """How many calls the service says are live."""
        async with self.http.get(self.url + "/health") as answer:
            assert answer.status == 200
            return int((await answer.json())["calls"])

    async def recorded(self, call_id: str, ended: str) -> dict[str, Any]:
        """Waits for the call's row in the dashboard, and gives it; whoever closed the call says how it ended."""
        await until(lambda: bool(self.world.office.rows(call_id).calls))
        lines = [read_line(line) for bot in self.bots for line in bot.log().splitlines()]
        assert ended_as(line for line in lines if line and line.call_sid == call_id).startswith(ended)
        return dict(self.world.office.rows(call_id).calls[0])

    async def logged(self, words: str) -> None:
        """Waits until the service's log has these words."""
        await until(lambda: words in self.bot.log())

    async def quiet(self, but_for: int = 0) -> None:
        """Waits until no call is live, or no more than these."""

        async def few() -> bool:
            return await self.live() <= but_for

        await until(few)


@contextlib.asynccontextmanager
async def twilio_client(
    folder: Path, data: Path, host: BotHost | None = None, /, **settings: str
) -> AsyncIterator[Twilio]:
    """A service with these settings and stand-ins around it; `folder` gets its log, `data` its databases."""
    own = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    required = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9") | own
    known = PATIENT | settings | {"DATA_DIR": str(data)}
    async with contextlib.AsyncExitStack() as stack:
        host = host or await stack.enter_async_context(BotHost())
        # A kept connection may be closed by its other end just as the next request goes out, and no POST is sent again.
        each_its_own = aiohttp.TCPConnector(force_close=True)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=each_its_own))
        at_once = VendorDelays(first_byte_seconds=0.0, voice_pause_seconds=0.0)
        world = await stack.enter_async_context(World(folder, settings=known, host=host, delays=at_once))
        yield Twilio(world, http, Entrance(config.load(required)), world.bot, data / "agent.db", [world.bot])


@contextlib.asynccontextmanager
async def another(
    twilio: Twilio, log: Path, script: Path = ROOT / "bot.py", /, **settings: str
) -> AsyncIterator[Twilio]:
    """One more process among the same stand-ins, with these settings over those of the first."""
    world = twilio.world
    environment = world._environment(str(world.data)) | settings
    async with BotProcess(environment, log, script=script, host=world._host) as bot:
        twilio.bots.append(bot)
        yield replace(twilio, bot=bot, database=Path(environment["DATA_DIR"]) / "agent.db")


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Waits for what another process does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            held = condition()
            if held if isinstance(held, bool) else await held:
                return
            await asyncio.sleep(POLL_SECONDS)


def redirected(text: str) -> str:
    """Where TwiML leads that does nothing else; empty for all other."""
    verbs = list(ET.fromstring(text)) if text.startswith("<?xml") else []  # noqa: S314 - the service under test wrote it
    alone = verbs[0] if len(verbs) == 1 and verbs[0].tag == "Redirect" else None
    return (alone.text or "").partition("#")[0] if alone is not None else ""


def new_call() -> str:
    return "CA" + secrets.token_hex(16)


def incoming(call_id: str) -> dict[str, str]:
    """The fields of Twilio's voice webhook that matter, an empty one among them."""
    return {"CallSid": call_id, "AccountSid": ACCOUNT_SID, "From": CALLER, "To": OUR_NUMBER, "CallerName": ""}


def start_message(call_id: str, parameters: object) -> dict[str, Any]:
    """Twilio: Media Streams, start."""
    inside = {"streamSid": "MZ1", "accountSid": ACCOUNT_SID, "callSid": call_id, "customParameters": parameters}
    return {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": inside}


async def start(socket: ClientConnection, call_id: str, parameters: object) -> None:
    await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
    await socket.send(json.dumps(start_message(call_id, parameters)))


async def silent_line(socket: ClientConnection, seconds: float) -> None:
    """The line as Twilio sends it while nobody speaks."""
    message = json.dumps({"event": "media", "streamSid": "MZ1", "media": {"payload": "//////////////////////////8="}})
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        await socket.send(message)
        await asyncio.sleep(FRAME_MS / 1000)


async def greeting(socket: ClientConnection) -> None:
    """Waits for the first audio."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while json.loads(await socket.recv())["event"] != "media":
            pass


async def plays(socket: ClientConnection, marks: int) -> None:
    """Waits for so many marks between the pieces of a line, and says of each that all before it was played."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while marks:
            message = json.loads(await socket.recv())
            if message["event"] == "mark":
                await socket.send(json.dumps(message))
                marks -= 1


async def ending(socket: ClientConnection) -> tuple[int | None, list[str | bytes]]:
    """How the service closed the stream, and all that it sent before."""
    heard: list[str | bytes] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            while True:
                heard.append(await socket.recv())
        except ConnectionClosed:
            return socket.close_code, heard
