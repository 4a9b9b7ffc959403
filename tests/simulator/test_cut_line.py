"""A line that is cut: nothing passes and nobody is told; behind that what was sent arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from simulator.rig.cut_line import CutLine

CONTROLLED_CLOCK = True


@asynccontextmanager
async def echo() -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"postgresql://agent@127.0.0.1:{server.sockets[0].getsockname()[1]}/postgres"
    server.close()


async def connected(line: CutLine) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    there = urlsplit(line.url)
    assert (there.username, there.path) == ("agent", "/postgres")
    return await asyncio.open_connection(there.hostname, there.port)


async def test_nothing_passes_while_it_is_cut() -> None:
    """On what was open before, and for whoever connects meanwhile; both get their answers in the end."""
    async with echo() as url, CutLine(url) as line:
        reader, writer = await connected(line)
        writer.write(b"before\n")
        assert await reader.readline() == b"before\n"
        async with line.cut():
            writer.write(b"meanwhile\n")
            anew, other = await connected(line)
            other.write(b"anew\n")
            waiting = [asyncio.create_task(one.readline()) for one in (reader, anew)]
            await asyncio.sleep(60)
            assert not any(task.done() for task in waiting)
        assert await asyncio.gather(*waiting) == [b"meanwhile\n", b"anew\n"]
        for end in (writer, other):
            end.close()


async def test_who_gives_up_meanwhile() -> None:
    """The server hears of it behind the cut; the line still serves others."""
    async with echo() as url, CutLine(url) as line:
        _, writer = await connected(line)
        async with line.cut():
            writer.write(b"lost\n")
            writer.close()
            await asyncio.sleep(1)
        reader, writer = await connected(line)
        writer.write(b"after\n")
        assert await reader.readline() == b"after\n"
        writer.close()
