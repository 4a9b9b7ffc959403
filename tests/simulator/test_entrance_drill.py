"""Who is not Twilio at the door, against a server of the test's own: what is counted, and that nothing is left."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from simulator.drills.entrance import HEAD_LINES, flood, replay, slowloris

CONTROLLED_CLOCK = True

ANSWER = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


class Door:
    """Refuses every request once its head is there; knows who is connected."""

    def __init__(self) -> None:
        self.url = ""
        self.open: set[asyncio.StreamWriter] = set()
        self.heads: list[bytes] = []

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(ANSWER)
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    server = await asyncio.start_server(door.meet, "127.0.0.1", 0, limit=100_000)
    door.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield door


async def nobody_is_left(door: Door) -> None:
    while door.open:
        await asyncio.sleep(0.1)


async def test_a_flood_is_counted_and_ends(door: Door) -> None:
    """So many each second, each with its answer; a third each of large forms, long heads and many chunks."""
    async with flood(door.url, each_second=50) as tally:
        await asyncio.sleep(2)
        assert 90 <= tally.answers[403] <= 101
    kinds = [
        sum(b"Content-Length: 16384" in head for head in door.heads),
        sum(head.count(b"\n") > HEAD_LINES for head in door.heads),
        sum(b"chunked" in head for head in door.heads),
    ]
    assert sum(kinds) == len(door.heads)
    assert max(kinds) - min(kinds) <= 1
    await nobody_is_left(door)


@pytest.mark.parametrize("trickle", [False, True])
async def test_connections_that_are_closed_come_again(door: Door, trickle: bool) -> None:
    """All are there from the start, also after some were closed."""
    async with slowloris(door.url, 20, trickle=trickle) as tally:
        assert tally.held == 20
        while len(door.open) < 20:
            await asyncio.sleep(0.1)
        for writer in tuple(door.open)[:5]:
            writer.transport.abort()
        while tally.dropped < 5 or tally.held < 20:
            await asyncio.sleep(0.1)
    await nobody_is_left(door)


async def test_a_replay_counts_what_it_is_answered(door: Door) -> None:
    """Both webhooks in turn; without a token there is no stream."""
    async with replay(door.url, {"CallSid": "CA1"}, "token") as tally:
        while tally.answers[403] < 4:
            await asyncio.sleep(0.1)
        assert (tally.tokens, tally.let_in) == (0, 0)
    await nobody_is_left(door)


@pytest.mark.parametrize("url", ["http://192.0.2.1:80", "http://example.com:80", "http://127.0.0.1"])
async def test_nobody_else_is_attacked(url: str) -> None:
    """Only what listens on this machine, at a port that was named."""
    for drill in (flood(url), slowloris(url), replay(url, {}, "token")):
        with pytest.raises(ValueError, match="not on this machine"):
            async with drill:
                pass
