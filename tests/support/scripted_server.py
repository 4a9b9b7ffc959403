"""An HTTP server on loopback that answers each request as its script says, the last one for ever.

It speaks just enough HTTP/1.1 to show a client everything that can go wrong on the wire.
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal["hang", "drop", "reset", "dribble", "truncate"]
DRIBBLE_SECONDS = 0.2
HTML = "<!DOCTYPE html><html><body><pre>Cannot POST</pre></body></html>"


@dataclass(frozen=True)
class Answer:
    """A status with a body (a JSON value, or text as it is), after some seconds of the loop's clock."""

    status: int = 200
    body: Any = field(default_factory=dict)
    after_seconds: float = 0.0
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        content = self.body if isinstance(self.body, str) else json.dumps(self.body)
        about = f"Content-Type: {self.content_type}\r\nContent-Length: {len(content.encode())}"
        head = f"HTTP/1.1 {self.status} X\r\n{about}\r\n\r\n"
        return (head + content).encode()


@dataclass(frozen=True)
class Request:
    """A request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    json: Any


@dataclass
class ScriptedServer:
    """`script` may be changed at any time, `by_path` holds scripts of single paths.

    `requests` holds what arrived, in order.
    """

    script: list[Answer | Fault]
    by_path: dict[str, list[Answer | Fault]] = field(default_factory=dict)
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.connections.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.connections.discard(task)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        parsed = json.loads(content) if content else None
        self.requests.append(Request(lines[0].split(" ")[1], headers, parsed))
        self.arrived.set()
        script = self.by_path.get(self.requests[-1].path, self.script)
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Answer):
            await asyncio.sleep(answer.after_seconds)
            writer.write(answer.encoded())
            await writer.drain()
            return True
        match answer:
            case "hang":
                await reader.read()  # Until the client gives up.
            case "dribble":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not reader.at_eof() and not writer.is_closing():
                    writer.write(b" ")
                    await asyncio.sleep(DRIBBLE_SECONDS)
            case "truncate":
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"success": true')
                await writer.drain()
            case "reset":
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return False


@contextlib.asynccontextmanager
async def scripted_server(
    script: Sequence[Answer | Fault] = (Answer(),),
) -> AsyncIterator[ScriptedServer]:
    """A server that runs for the block."""
    scripted = ScriptedServer(list(script))
    server = await asyncio.start_server(scripted.connection, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        for task in tuple(scripted.connections):
            task.cancel()
        await asyncio.gather(*scripted.connections, return_exceptions=True)


def refused_url() -> str:
    """An address on loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
