"""Strangers in numbers at the real service, while a call is live: that goes on, and whoever rings is let in."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection

from simulator.drills import entrance
from simulator.rig.world import AUTH_TOKEN, OUR_NUMBER, RENDERED
from tests.support.twilio_client import (
    CALLER,
    PATIENCE_SECONDS,
    Twilio,
    another,
    ending,
    greeting,
    incoming,
    new_call,
    silent_line,
    start,
    twilio_client,
    until,
)

REQUESTS, MOST_LINES = 300, 100
START_SECONDS = 0.5
REFUSED = 1008
OPERATOR_TOKEN = "operators-token-of-the-tests"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twilio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """One service for the module."""
    folder, data = (tmp_path_factory.mktemp(name) for name in ("floods", "data"))
    async with twilio_client(folder, data, OPERATOR_TOKEN=OPERATOR_TOKEN) as client:
        await client.logged(RENDERED)
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient(twilio: Twilio, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """One that waits for the head of a request no longer than START_SECONDS."""
    folder = tmp_path_factory.mktemp("impatient")
    settings = {"DATA_DIR": str(folder), "STREAM_START_SECONDS": str(START_SECONDS)}
    async with another(twilio, folder / "bot.log", **settings) as client:
        yield client


@asynccontextmanager
async def live_call(twilio: Twilio) -> AsyncIterator[ClientConnection]:
    """A call whose line is open and silent, as long as the block lasts; it is heard at the end as at the beginning."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        line = asyncio.create_task(silent_line(socket, PATIENCE_SECONDS))
        try:
            yield socket
            assert not line.done()
        finally:
            line.cancel()
        await socket.send(json.dumps({"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": "0"}}))
        await greeting(socket)
    await twilio.quiet()


async def refused(twilio: Twilio) -> Counter[str]:
    """What the operator is told, by cause."""
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    async with twilio.http.get(twilio.url + "/ready", headers=headers) as answer:
        return Counter((await answer.json())["refused_requests"])


async def one_more(twilio: Twilio) -> None:
    """Whoever rings is greeted, beside the call that is live."""
    async with twilio.call():
        assert await twilio.live() == 2
    await twilio.quiet(but_for=1)
    assert await twilio.live() == 1


def lines(twilio: Twilio) -> int:
    return len(twilio.bot.log().splitlines())


async def test_a_flood_of_requests(twilio: Twilio) -> None:
    """Hundreds, unsigned, of the largest size or of what is dear to parse: new callers are greeted meanwhile."""
    async with live_call(twilio):
        before = lines(twilio)
        async with entrance.flood(twilio.url) as tally:
            while tally.answers.total() < REQUESTS:
                await one_more(twilio)
        assert set(tally.answers) <= {403, 411, 431, 0}
        assert tally.answers[0] == 0
        assert lines(twilio) - before < MOST_LINES


@pytest.mark.parametrize(("number", "trickle"), [(2000, False), (1200, True)], ids=["silent", "line by line"])
async def test_thousands_of_connections_that_are_no_request(twilio: Twilio, number: int, trickle: bool) -> None:
    """Far more than may be open: the oldest of them go, callers come in, the log stays short."""
    async with live_call(twilio):
        before = lines(twilio)
        async with entrance.slowloris(twilio.url, number, trickle=trickle) as tally:
            await one_more(twilio)
            await until(lambda: tally.dropped > number // 2)
            await one_more(twilio)
        assert lines(twilio) - before < MOST_LINES


HEAD = b"GET /health HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("whole", "half"),
    [
        (b"", b""),
        (b"", b"POST /twiml HT"),
        (b"", HEAD),
        (b"", b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"),
        (HEAD + b"\r\n", HEAD),
    ],
    ids=["nothing", "a word", "half a head", "a body that nobody reads", "half of a second request"],
)
async def test_half_a_request_is_not_waited_for(impatient: Twilio, whole: bytes, half: bytes) -> None:
    """Whatever it lacks: the connection is closed, with or without an answer."""
    before = await refused(impatient)
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.bot.port)
    writer.write(whole)
    if whole:
        assert b" 200 " in await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
    writer.write(half)
    with suppress(ConnectionResetError):
        await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    assert await refused(impatient) - before == Counter(slow=1)


FORM = b"POST /twiml HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("sent", "answer", "cause"),
    [
        (FORM + b"a:b\r\n" * 12_500 + b"\r\n", b" 431 ", "head"),
        (FORM + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 40_000, b" 411 ", "length"),
        (FORM + b"Content-Length: 16385\r\n\r\n" + b"x" * 300_000, b" 413 ", "form"),
        (FORM + b"Content-Length: 1\r\n\r\n" + b"x" * 300_000, b"", "length"),
        (HEAD + b"\r\n" + HEAD + b"\r\n", b"", "length"),
    ],
    ids=["lines", "chunks", "a large form", "more than its length", "two at once"],
)
async def test_what_is_dear_to_parse_is_not_parsed(twilio: Twilio, sent: bytes, answer: bytes, cause: str) -> None:
    """Answered and closed, and counted once; nothing of it is served."""
    before = await refused(twilio)
    reader, writer = await asyncio.open_connection("127.0.0.1", twilio.bot.port)
    writer.write(sent)
    came = b""
    with suppress(ConnectionResetError):
        came = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    assert answer in came.partition(b"\r\n")[0]
    assert bool(came) is bool(answer)
    assert await refused(twilio) - before == Counter({cause: 1})


async def test_one_request_after_another_on_one_connection(twilio: Twilio) -> None:
    """Each is served, whatever was before; also one that comes with what was left of a body that nobody read."""
    before = await refused(twilio)
    reader, writer = await asyncio.open_connection("127.0.0.1", twilio.bot.port)
    for sent, status in (
        (HEAD + b"\r\n", b" 200 "),
        (FORM + b"Content-Length: 10\r\n\r\nCallSid=CA", b" 403 "),
        (FORM + b"Content-Length: 10\r\n\r\nCall", b" 403 "),
        (b"Sid=CA" + HEAD + b"\r\n", b" 200 "),
    ):
        writer.write(sent)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
        assert status in head
        length = re.search(rb"content-length: (\d+)", head)
        assert length
        await reader.readexactly(int(length[1]))
    writer.close()
    assert await refused(twilio) - before == Counter(unsigned=2)


async def test_what_is_no_http_is_counted(twilio: Twilio) -> None:
    """One line for all of them."""
    before, counted = lines(twilio), await refused(twilio)
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", twilio.bot.port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
        assert b" 400 " in await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
        writer.close()
    await twilio.logged("it is no HTTP")
    assert lines(twilio) - before == 1
    assert await refused(twilio) - counted == Counter(no_http=20)


async def test_what_was_seen_on_the_wire_again(twilio: Twilio) -> None:
    """The signed webhooks of a live call, repeated, and its handshake: no token, no stream, and the call goes on."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        line = asyncio.create_task(silent_line(socket, PATIENCE_SECONDS))
        before = lines(twilio)
        async with entrance.replay(twilio.url, incoming(call_id), AUTH_TOKEN) as tally:
            await until(lambda: tally.answers[200] >= 2 * len(entrance.PATHS))
            assert (tally.tokens, tally.let_in) == (0, 0)
            assert await twilio.live() == 1
            await one_more(twilio)
        assert set(tally.answers) == {200}
        assert not line.done()
        line.cancel()
        assert lines(twilio) - before < MOST_LINES
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1"}))
        await ending(socket)
    await twilio.quiet()
    assert f"{call_id} broke off" not in twilio.bot.log()


async def test_an_answer_of_twiml_that_was_lost(twilio: Twilio) -> None:
    """Twilio asks again before a stream has begun: it is served, and of both tokens one is good, once."""
    call_id = new_call()
    first, second = await twilio.invite(call_id), await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, second)
        await greeting(socket)
        async with twilio.stream() as other:
            await start(other, call_id, first)
            assert await ending(other) == (REFUSED, [])
        assert await twilio.live() == 1
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1"}))
        await ending(socket)
    await twilio.quiet()


async def test_many_silent_calls_of_one_number(twilio: Twilio, tmp_path: Path) -> None:
    """Three of eighteen are let in, the others hear that the lines are busy, and are connected with FALLBACK_NUMBER.

    Whoever else rings is greeted.
    """
    settings = {"DATA_DIR": str(tmp_path), "MAX_CALLS_PER_NUMBER": "3", "OPERATOR_TOKEN": OPERATOR_TOKEN}
    settings |= {"FALLBACK_NUMBER": "+15125550111"}
    async with another(twilio, tmp_path / "bot.log", **settings) as guarded, AsyncExitStack() as calls:
        before = lines(guarded)
        refused_calls = [incoming(new_call()) for _ in range(15)]
        for _ in range(3):
            await calls.enter_async_context(guarded.call())
        for fields in refused_calls:
            status, text = await guarded.ask("/twiml", fields)
            assert (status, "<Stream" in text, "busy" in text) == (200, False, True)
            assert ("call again" in text, "connect you" in text, "<Dial" in text) == (False, True, True)
        assert await guarded.live() == 3
        for number in ("+15125550177", "anonymous", "anonymous", "anonymous", "anonymous", OUR_NUMBER):
            fields = incoming(new_call()) | {"From": number}
            status, text = await guarded.ask("/twiml", fields)
            assert (status, "<Stream" in text) == (200, True)
        assert (await refused(guarded))["one_number"] == 15
        assert lines(guarded) - before < MOST_LINES
        assert CALLER.removeprefix("+1") not in guarded.bot.log()
