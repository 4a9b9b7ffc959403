"""What stands between Twilio and the machines: one address that stays while machines come and go, as Fly's proxy does.

Guarantees that a new connection goes to a machine whose /ready says 200, if there is one, else to one that accepts
connections at all, and waits for one up to HOLD_SECONDS; a connection that is open stays where it is. Leaves out TLS,
balancing and HTTP: bytes pass as they are. It looks at /ready more often than Fly (seconds), so a drill may be short.
"""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

LOOK_SECONDS = 0.2
HOLD_SECONDS = 12.0  # Twilio itself gives up after 15.
CHUNK_BYTES = 1 << 16


class Front:
    """Use as an async context manager; `url` is where Twilio calls.

    Attributes:
        ports: The machines' ports, the one that is asked first in front.
    """

    def __init__(self, hold_seconds: float = HOLD_SECONDS) -> None:
        self._hold_seconds = hold_seconds
        self.url = ""
        self.ports: list[int] = []
        self._ready: dict[int, bool] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._tasks.add(asyncio.create_task(self._look()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            self._ready = {port: await _is_ready(port) for port in self.ports}
            await asyncio.sleep(LOOK_SECONDS)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            if there := await self._machine():
                await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        finally:
            writer.close()

    async def _machine(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        deadline = asyncio.get_running_loop().time() + self._hold_seconds
        while asyncio.get_running_loop().time() < deadline:
            for port in sorted(self.ports, key=lambda port: not self._ready.get(port)):
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(LOOK_SECONDS / 4)
        return None


async def _is_ready(port: int) -> bool:
    try:
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(b"GET /ready HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n")
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes from one side to the other until one of them is gone; then both are."""
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        writer.transport.abort()
    finally:
        writer.close()
