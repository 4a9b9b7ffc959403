"""A line between one machine and a server that all share, which can be cut: as a network fails between two rooms.

Guarantees that while it is cut nothing passes either way, and nobody is told: what is open stays open and silent, who
connects anew is taken and never answered. Behind that, what was sent meanwhile arrives, as what TCP sends again does.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CHUNK_BYTES = 1 << 16


class CutLine:
    """Use as an async context manager; `url` is the server's address by way of this line."""

    def __init__(self, url: str) -> None:
        """`url` is that of the server, as DATABASE_URL: its host and its port are in it."""
        self._there = urlsplit(url)
        self.url = ""
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._left: int | None = None
        self._is_cut = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        user = f"{self._there.username}@" if self._there.username else ""
        self.url = self._there._replace(netloc=f"{user}127.0.0.1:{port}").geturl()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """For the length of a block nothing passes."""
        self._whole.clear()
        try:
            yield
        finally:
            self._whole.set()

    def cut_behind(self, sendings: int) -> asyncio.Event:
        """Behind so many further sendings of the machine's nothing passes; the event is set when the next one is held.

        So it is cut off in the middle of what it is at.
        """
        self._left = sendings
        return self._is_cut

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with suppress(OSError):
            try:
                await self._whole.wait()
                there, back = await asyncio.open_connection(self._there.hostname, self._there.port)
                await asyncio.gather(self._pump(reader, back, ours=True), self._pump(there, writer))
            finally:
                writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, ours: bool = False) -> None:
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                if ours and self._left is not None:
                    if self._left == 0:
                        self._whole.clear()
                        self._is_cut.set()
                    self._left -= 1
                await self._whole.wait()
                writer.write(chunk)
                await writer.drain()
            await self._whole.wait()
        finally:
            writer.close()
