"""Twilio Media Streams from Twilio's end: the websocket, the messages, and the buffer that plays the bot's audio.

Guarantees one inbound media message per `send_frame` (20 ms), that a mark comes back only when everything sent
before it was played (or cleared), and `stop` at the end, unless a fault of the part "stream" says otherwise. Leaves
out the clock: whoever owns the call ticks it. (Twilio: Media Streams: WebSocket Messages.)
"""

import asyncio
import base64
import contextlib
import json
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from simulator.faults import Faults
from simulator.phone import stream_faults
from simulator.sound.mulaw import VOICED
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SILENCE

HANDSHAKE_SECONDS = 5.0
CLOSE_SECONDS = 2.0
MAX_WAITING_BYTES = 64 * 1024  # a bot that does not read loses audio, as on a real line


class StreamRefusedError(Exception):
    """Raised when the websocket could not be opened (Twilio error 31920)."""


class Passing(NamedTuple):
    """What passed over the wire, at which second of time.monotonic().

    `what`: start, clear, voice (20 ms of the caller with voice in them), audio (of the bot's, which plays for `ms`).
    """

    at: float
    what: str
    ms: float = 0.0


class Playout:
    """Audio on its way to the caller's ear, with the marks between its bytes.

    What comes while nothing waits begins to play `behind_seconds` later.
    """

    def __init__(self, behind_seconds: float = 0.0) -> None:
        self._behind_frames = round(behind_seconds * 1000 / FRAME_MS)
        self._held_frames = 0
        self._buffer = bytearray()
        self._marks: deque[tuple[int, str]] = deque()
        self._played = 0

    @property
    def waiting_ms(self) -> int:
        """Length of what was not played yet."""
        return len(self._buffer) // 8

    def add(self, payload: bytes) -> None:
        """Queue mu-law audio."""
        if not self._buffer:
            self._held_frames = self._behind_frames
        self._buffer += payload

    def mark(self, name: str) -> None:
        """Queue a mark behind all audio that was added so far."""
        self._marks.append((self._played + len(self._buffer), name))

    def clear(self) -> list[str]:
        """Drop everything; returns the names of the pending marks, which Twilio sends back at once."""
        self._buffer.clear()
        names = [name for _, name in self._marks]
        self._marks.clear()
        return names

    def next_frame(self) -> bytes:
        """The next 20 ms that the caller hears; the end of what is there is padded."""
        if self._held_frames:
            self._held_frames -= 1
            return SILENCE
        frame = bytes(self._buffer[:FRAME_BYTES])
        del self._buffer[:FRAME_BYTES]
        self._played += len(frame)
        return frame.ljust(FRAME_BYTES, b"\xff")

    def passed_marks(self) -> list[str]:
        """Names of the marks whose audio has been played since the last call."""
        names = []
        while self._marks and self._marks[0][0] <= self._played:
            names.append(self._marks.popleft()[1])
        return names


class MediaStream:
    """One bidirectional stream of one call.

    Attributes:
        closed: Set once the websocket is gone.
        stopped: `stop` was sent because the caller is gone, and the websocket was left open: the fault `stop_open`.
            (For a bidirectional stream the end of the call is the only reason of a `stop`.)
        wire: What has passed, in order.
    """

    def __init__(
        self,
        account_sid: str,
        call_sid: str,
        report: Callable[..., object] | None = None,
        faults: Faults | None = None,
        behind_seconds: float = 0.0,
    ) -> None:
        self.sid = "MZ" + secrets.token_hex(16)
        self.playout = Playout(behind_seconds)
        self.closed = asyncio.Event()
        self.stopped = False
        self.wire: list[Passing] = []
        self.protocol_errors: list[str] = []
        self.dropped_frames = 0
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._report = report or (lambda *_, **__: None)
        self._ws: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._sequence = 0
        self._chunk = 0
        self._start: dict[str, Any] = {}
        self._faults = faults or Faults()
        self._struck: str | None = None  # The fault that has struck this stream, while it is in force
        self._strikes: dict[str, Callable[[ClientConnection], Awaitable[None]]] = {
            "drop": self._drop,
            "stop_open": self._stop_open,
            "malformed": self._malformed,
            "oversized": self._oversized,
            "two_starts": self._start_again,
            "binary": self._binary,
            "stalled": self._stall,
            "dtmf_junk": self._junk_keys,
        }

    async def open(self, url: str, signature: str, parameters: dict[str, str]) -> None:
        """Connect, then send `connected` and `start`; raises `StreamRefusedError`."""
        try:
            self._ws = await connect(
                url,
                additional_headers={"X-Twilio-Signature": signature},
                user_agent_header="Twilio.TmeWs/1.0",
                open_timeout=HANDSHAKE_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,
                compression=None,
                max_size=None,
                proxy=None,
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise StreamRefusedError(f"31920 stream handshake failed: {error}") from error
        await self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        if self._faults.mode("stream") == "media_first":
            self._struck = self._faults.take("stream")
            self._report("fault", "media_first")
            await self._media(SILENCE)
        self._start = {
            "streamSid": self.sid,
            "accountSid": self._account_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "customParameters": parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        await self._event("start", self._start)
        self._passed("start")
        self._reader = asyncio.create_task(self._read(self._ws))

    async def send_frame(self, frame: bytes) -> None:
        """Send 20 ms of the caller's mu-law audio, and the marks that have been played."""
        if self._ws is None or self.closed.is_set():
            return
        await self._strike(self._ws)
        if self.stopped or self.closed.is_set():
            return
        await self._echo(self.playout.passed_marks())
        if self._ws.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            self.dropped_frames += 1
        else:
            await self._media(frame)
            if VOICED.search(frame):
                self._passed("voice", FRAME_MS)
        self._chunk += 1

    def _passed(self, what: str, ms: float = 0.0) -> None:
        self.wire.append(Passing(time.monotonic(), what, ms))

    async def _media(self, frame: bytes) -> None:
        # The hot path of a call: fifty of these a second, so no json.dumps.
        self._sequence += 1
        payload = base64.b64encode(frame).decode()
        await self._send_text(
            f'{{"event":"media","sequenceNumber":"{self._sequence}","media":{{"track":"inbound",'
            f'"chunk":"{self._chunk + 1}","timestamp":"{self._chunk * FRAME_MS}",'
            f'"payload":"{payload}"}},"streamSid":"{self.sid}"}}'
        )

    async def send_dtmf(self, digit: str) -> None:
        """Send one pressed key."""
        await self._event("dtmf", {"track": "inbound_track", "digit": digit})

    async def close(self) -> None:
        """Send `stop`, close the websocket and end the reader; safe to call twice."""
        if self.stopped:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(stream_faults.LEFT_OPEN_SECONDS):
                    await self.closed.wait()
        if self._ws is not None and not self.closed.is_set():
            await self._send_stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._ws.close()
        self.closed.set()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self, ws: ClientConnection) -> None:
        try:
            async for message in ws:
                await self._received(message)
        except ConnectionClosed:
            pass
        finally:
            self.closed.set()

    async def _received(self, text: str | bytes) -> None:
        try:
            message = json.loads(text)
            event = message["event"]
            if message["streamSid"] != self.sid:
                raise ValueError("streamSid of another stream")
            if event == "media":
                audio = base64.b64decode(message["media"]["payload"], validate=True)
                self.playout.add(audio)
                self._passed("audio", len(audio) / 8)
            elif event == "mark":
                self.playout.mark(str(message["mark"]["name"]))
                self._report("mark", message["mark"]["name"])
            elif event == "clear":
                cut = self.playout.waiting_ms
                pending = self.playout.clear()
                self._passed("clear")
                self._report("clear", "", cut_ms=cut, marks=pending)
                await self._echo(pending)
            else:
                raise ValueError(f"unknown event {event!r}")
        except (ValueError, KeyError, TypeError) as error:
            # 31951: Twilio reports an invalid message and goes on with the call.
            self.protocol_errors.append(f"31951 invalid message: {error!r}: {str(text)[:120]}")
            self._report("protocol_error", self.protocol_errors[-1])

    async def _echo(self, names: list[str]) -> None:
        for name in names:
            if self._faults.mode("stream") == "no_marks":
                self._faults.take("stream")
            else:
                await self._event("mark", {"name": name})

    async def _send_stop(self) -> None:
        await self._event("stop", {"accountSid": self._account_sid, "callSid": self._call_sid})

    # Faults

    async def _strike(self, ws: ClientConnection) -> None:
        mode = self._faults.mode("stream")
        if mode is None:
            self._struck = None
        elif mode != self._struck and self._chunk * FRAME_MS >= stream_faults.EARLIEST_SECONDS * 1000:
            strike = self._strikes.get(mode)
            if strike is not None:
                self._struck = self._faults.take("stream")
                self._report("fault", mode)
                await strike(ws)

    async def _drop(self, ws: ClientConnection) -> None:
        ws.transport.abort()
        self.closed.set()

    async def _stop_open(self, ws: ClientConnection) -> None:
        await self._send_stop()
        self.stopped = True

    async def _malformed(self, ws: ClientConnection) -> None:
        for text in stream_faults.malformed(self.sid):
            await self._send_text(text)

    async def _oversized(self, ws: ClientConnection) -> None:
        await self._send_text("x" * stream_faults.OVERSIZED_BYTES)

    async def _start_again(self, ws: ClientConnection) -> None:
        await self._event("start", self._start)

    async def _binary(self, ws: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await ws.send(stream_faults.BINARY)

    async def _stall(self, ws: ClientConnection) -> None:
        stream_faults.shrink_receive_buffer(ws.transport)
        ws.transport.pause_reading()
        asyncio.get_running_loop().call_later(stream_faults.STALL_SECONDS, ws.transport.resume_reading)

    async def _junk_keys(self, ws: ClientConnection) -> None:
        for key in stream_faults.JUNK_KEYS:
            await self._event("dtmf", {"track": "inbound_track", "digit": key})

    async def _event(self, event: str, content: dict[str, Any]) -> None:
        self._sequence += 1
        await self._send(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                event: content,
                "streamSid": self.sid,
            }
        )

    async def _send(self, message: dict[str, Any]) -> None:
        await self._send_text(json.dumps(message))

    async def _send_text(self, text: str) -> None:
        if self._ws is None:
            return
        try:
            await self._ws.send(text)
        except ConnectionClosed:
            self.closed.set()
