"""Who is not Twilio at the door: floods, connections that say nothing, and what was seen on the wire, again.

Each goes on for as long as its block lasts, against a bot on this machine and no other, and counts what came of it.
Guarantees that nothing of it is left when the block ends, and that it never has more than AT_ONCE requests or as many
connections as it was told under way. Leaves out what must hold meanwhile.
"""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import aiohttp
from twilio.request_validator import RequestValidator

FORM_BYTES = 16_384
"""What a form may have (server/raw_requests.py)."""
HEAD_LINES, CHUNKS = 12_500, 40_000  # One byte each: what a parser is longest at
AT_ONCE = 100
ANSWER_SECONDS = 120.0  # Ends the wait for what never comes; how soon it does is no matter here.
REPEAT_SECONDS = 0.5
LETTER_SECONDS = 2.0
REOPEN_SECONDS = 5.0  # After it was closed: thousands that come again at once would be a drill of this process
PATHS = ("/twiml", "/twiml/after")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_GONE = (OSError, TimeoutError, aiohttp.ClientError, asyncio.IncompleteReadError)


@dataclass
class Tally:
    """What came of it.

    Attributes:
        answers: How many of each status; 0: none came.
        held: Connections that are open now and have said nothing.
        dropped: How many of those the bot has closed.
        tokens: How many tokens a repeated request was given.
        let_in: How many streams with such a token were sent anything.
    """

    answers: Counter[int] = field(default_factory=Counter)
    held: int = 0
    dropped: int = 0
    tokens: int = 0
    let_in: int = 0


@asynccontextmanager
async def flood(url: str, each_second: float = 100.0, form_bytes: int = FORM_BYTES) -> AsyncIterator[Tally]:
    """Webhooks without a signature, so many each second.

    In turn one with a form of this size, one with a head of very many lines, and one with a body of very many chunks.
    """
    host, port = _on_this_machine(url)
    tally = Tally()
    form = b"CallSid=".ljust(form_bytes, b"x")
    head = f"POST /twiml HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n".encode()
    requests = cycle(
        (
            head + b"Content-Length: %d\r\n\r\n" % len(form) + form,
            head + b"a:b\r\n" * HEAD_LINES + b"Content-Length: 0\r\n\r\n",
            head + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * CHUNKS + b"0\r\n\r\n",
        )
    )

    async def ask(request: bytes) -> None:
        status = 0
        with contextlib.suppress(*_GONE):
            async with asyncio.timeout(ANSWER_SECONDS), _connected(host, port) as (reader, writer):
                writer.write(request)
                words = (await reader.readline()).split(b" ")
                status = int(words[1]) if len(words) > 1 else 0
        tally.answers[status] += 1

    async def ask_on() -> None:
        async with asyncio.TaskGroup() as asking:
            under_way: set[asyncio.Task[None]] = set()
            while True:
                if len(under_way) < AT_ONCE:
                    task = asking.create_task(ask(next(requests)))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                await asyncio.sleep(1 / each_second)

    async with _going_on(ask_on):
        yield tally


@asynccontextmanager
async def slowloris(url: str, connections: int = 200, *, trickle: bool = False) -> AsyncIterator[Tally]:
    """So many connections that are never a request; one that the bot closes is opened again. The block begins with all.

    With `trickle` each begins one, and goes on with it, line by line.
    """
    host, port = _on_this_machine(url)
    tally = Tally()
    all_there = asyncio.Event()

    async def hold() -> None:
        while True:
            with contextlib.suppress(*_GONE):
                async with _connected(host, port) as (reader, writer):
                    tally.held += 1
                    if tally.held + tally.dropped >= connections:
                        all_there.set()
                    with contextlib.suppress(*_GONE):
                        await _say_little(reader, writer) if trickle else await reader.read()
                    tally.held -= 1
                    tally.dropped += 1
            await asyncio.sleep(REOPEN_SECONDS)

    async def hold_all() -> None:
        async with asyncio.TaskGroup() as holding:
            for _ in range(connections):
                holding.create_task(hold())

    async with _going_on(hold_all):
        async with asyncio.timeout(ANSWER_SECONDS):
            await all_there.wait()
        yield tally


async def _say_little(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST /twiml HTTP/1.1\r\n")
    while not reader.at_eof():
        writer.write(b"X: y\r\n")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LETTER_SECONDS):
                await reader.read(1)


@asynccontextmanager
async def replay(
    url: str, fields: Mapping[str, str], auth_token: str, *, origin: str = "", paths: tuple[str, ...] = PATHS
) -> AsyncIterator[Tally]:
    """The webhooks of a call, as somebody has seen them on the wire, again and again; and a stream with every token.

    `fields` are the call's: CallSid, From, To. They are signed with `auth_token` for `origin`, which is `url` unless
    the bot is known by another address.
    """
    _on_this_machine(url)
    tally, seen, origin = Tally(), RequestValidator(auth_token), origin or url
    stream_url = f"ws{origin.removeprefix('http')}/ws/twilio"
    handshake = {"X-Twilio-Signature": seen.compute_signature(stream_url, {})}

    async def ask(http: aiohttp.ClientSession, path: str) -> str:
        signature = seen.compute_signature(origin + path, dict(fields))
        async with http.post(url + path, data=dict(fields), headers={"X-Twilio-Signature": signature}) as answer:
            tally.answers[answer.status] += 1
            return await answer.text() if answer.status == 200 else ""

    async def try_stream(http: aiohttp.ClientSession, parameters: Mapping[str, str]) -> None:
        start = {"streamSid": "MZreplay", "callSid": fields["CallSid"], "customParameters": dict(parameters)}
        async with http.ws_connect(f"{url}/ws/twilio", headers=handshake) as socket:
            await socket.send_str(json.dumps({"event": "start", "streamSid": "MZreplay", "start": start}))
            tally.let_in += (await socket.receive()).type is aiohttp.WSMsgType.TEXT

    async def repeat() -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                for path in paths:
                    with contextlib.suppress(*_GONE):
                        async with asyncio.timeout(ANSWER_SECONDS):
                            parameters = _parameters(await ask(http, path))
                            if "token" in parameters:
                                tally.tokens += 1
                                await try_stream(http, parameters)
                await asyncio.sleep(REPEAT_SECONDS)

    async with _going_on(repeat):
        yield tally


def _parameters(answer: str) -> dict[str, str]:
    """Those of the stream in an answer of the bot's, if there is one."""
    if not answer:
        return {}
    found = ET.fromstring(answer).iterfind("Connect/Stream/Parameter")  # noqa: S314 - the bot under test wrote it
    return {str(parameter.get("name")): str(parameter.get("value")) for parameter in found}


def _on_this_machine(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK or parts.port is None:
        raise ValueError(f"{url} is not on this machine")
    return parts.hostname, parts.port


@asynccontextmanager
async def _connected(host: str, port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


@asynccontextmanager
async def _going_on(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Beside the block; when that ends it is over, and what it failed of is told."""
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        (came,) = await asyncio.gather(task, return_exceptions=True)
        if not isinstance(came, asyncio.CancelledError) and isinstance(came, BaseException):
            raise came
