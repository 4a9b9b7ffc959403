"""Inworld and Aura on loopback, each answering well or with one of the faults that a vendor can have.

Each vendor's speech is one repeated sample of its own, so that a test sees in the audio who spoke. It is as long for
every text, and four times as long in the mode `whole`.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from config import Settings, load

SAMPLE = {"inworld": b"\x11\x01", "aura": b"\x22\x02"}
CHUNK_SAMPLES = 2000  # A quarter of a second at 8 kHz.
CHUNKS = 3
TRICKLE_SAMPLES, TRICKLE_SECONDS = 200, 0.05  # Half as fast as it is listened to.
ENVIRONMENT = {
    "OPENAI_API_KEY": "openai-key",
    "DEEPGRAM_API_KEY": "deepgram-key",
    "INWORLD_API_KEY": "inworld-key",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "V2_BACKEND_URL": "http://127.0.0.1:9",
}


def speech(vendor: str, chunks: int = CHUNKS) -> bytes:
    """What a vendor says to any text."""
    return SAMPLE[vendor] * CHUNK_SAMPLES * chunks


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    vendor: str
    headers: dict[str, str]
    query: dict[str, str]
    body: Any
    at: float
    """By the loop's clock."""


@dataclass
class VoiceServer:
    """`fault` says how each vendor answers ("" well); `asked` holds the requests in order."""

    url: str = ""
    fault: dict[str, str] = field(default_factory=lambda: {"inworld": "", "aura": ""})
    asked: list[Asked] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    raw: bytes = b""
    content_type: str = "application/octet-stream"

    @property
    def vendors(self) -> list[str]:
        return [request.vendor for request in self.asked]

    def settings(self, **changes: str) -> Settings:
        """Settings that lead here, with production's deadlines unless a test changes one."""
        here = {"INWORLD_BASE_URL": self.url, "DEEPGRAM_TTS_BASE_URL": self.url}
        return load(ENVIRONMENT | here | changes)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        vendor = "inworld" if request.path.startswith("/tts") else "aura"
        now = asyncio.get_running_loop().time()
        self.asked.append(Asked(vendor, dict(request.headers), dict(request.query), await request.json(), now))
        try:
            return await self._play(request, vendor, self.fault[vendor])
        except asyncio.CancelledError:  # The client hung up on us.
            self.left.set()
            raise

    async def _play(self, request: web.Request, vendor: str, fault: str) -> web.StreamResponse:
        if fault.isdigit():
            return web.json_response({"message": "secret of the vendor"}, status=int(fault))
        if fault == "hang":
            await self._wait()
        response = web.StreamResponse(headers={"Content-Type": self.content_type})
        await response.prepare(request)
        if fault == "hang_after_headers":
            await self._wait()
        if fault == "raw":
            await response.write(self.raw)
        elif fault == "garbage":
            await response.write(b"\x00\xff<html>\n{]\n")
        elif fault == "endless_silence":
            while True:
                await response.write(self._wire(vendor, bytes(320)))
                await asyncio.sleep(0.05)
        elif fault == "trickle":
            while True:
                await response.write(self._wire(vendor, SAMPLE[vendor] * TRICKLE_SAMPLES))
                await asyncio.sleep(TRICKLE_SECONDS)
        elif fault != "empty":
            sound = bytes(2 * CHUNK_SAMPLES) if fault == "zeros" else SAMPLE[vendor] * CHUNK_SAMPLES
            for _ in range(4 * CHUNKS if fault == "whole" else CHUNKS):
                await response.write(self._wire(vendor, sound))
                if fault == "stall":
                    await self._wait()
                if fault == "die" and request.transport:
                    request.transport.abort()
        await response.write_eof()
        return response

    async def _wait(self) -> None:
        self.waiting.set()
        await self.release.wait()

    def _wire(self, vendor: str, sound: bytes) -> bytes:
        if vendor == "aura":
            return sound
        return json.dumps({"result": {"audioContent": base64.b64encode(sound).decode()}}).encode() + b"\n"


@asynccontextmanager
async def voice_server() -> AsyncIterator[VoiceServer]:
    server = VoiceServer()
    app = web.Application()
    app.router.add_post("/tts/v1/voice:stream", server.answer)
    app.router.add_post("/v1/speak", server.answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.release.set()
        await runner.cleanup()
