"""What both text-to-speech stand-ins share: a voice, its pace, and the register of what it said."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from aiohttp import web

from simulator.jitter import Jitter
from simulator.sound.audio import SAMPLE_RATE, Acoustics, Speaker, chunks

Asked = Callable[[str, str, str, str | None], None]
"""Told of every request: part, path, text, and the fault it met."""

Answered = Callable[[str, str, str, float], None]
"""Told when what the bot waits for has left: the part, its text, the caller's words if the part was told them, a line
each, and when it was asked (seconds of time.monotonic()).
"""

CHUNK_SECONDS: Final = 0.1
CHUNK_PAUSE_SECONDS: Final = 0.02
"""Audio comes five times faster than it plays."""

_SPANISH_LETTERS: Final = frozenset("ñ¿¡áéíóúÑÁÉÍÓÚ")


async def json_body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was posted; empty when it is none."""
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def speaks_spanish(text: str) -> bool:
    """Whether the spelling gives Spanish away."""
    return not _SPANISH_LETTERS.isdisjoint(text)


class Voice:
    """One voice of the bot. Everything it says is registered before the first byte leaves."""

    def __init__(
        self,
        speaker: Speaker,
        acoustics: Acoustics,
        name: str,
        first_byte_seconds: float,
        pause_seconds: float = CHUNK_PAUSE_SECONDS,
        jitter: Jitter | None = None,
    ) -> None:
        self._first_byte_seconds = first_byte_seconds
        self._jitter = jitter or Jitter()
        self._pause_seconds = pause_seconds
        self._speaker = speaker
        self._acoustics = acoustics
        self._name = name

    async def synthesize(self, text: str, spanish: bool = False, mute: bool = False) -> bytes:
        """8 kHz PCM16 of the text; `mute` gives silence of the same length."""
        spanish = spanish or speaks_spanish(text)
        _, _, variant = self._name.partition("+")
        pcm = await self._speaker.speak_async(text, f"es+{variant}" if spanish else self._name)
        if mute:
            return bytes(len(pcm))
        self._acoustics.register(text, pcm, "es" if spanish else "en")
        return pcm

    async def think(self) -> None:
        """The time until the first byte."""
        await asyncio.sleep(self._jitter(self._first_byte_seconds))

    async def stream(self, pcm: bytes, half: bool = False) -> AsyncIterator[bytes]:
        """The audio in pieces of 0.1 s, `pause_seconds` apart; `half` stops in the middle."""
        if half:
            pcm = pcm[: len(pcm) // 4 * 2]
        for chunk in chunks(pcm, CHUNK_SECONDS):
            yield chunk
            await asyncio.sleep(self._pause_seconds)

    @staticmethod
    def seconds(pcm: bytes) -> float:
        """How long PCM plays."""
        return len(pcm) / 2 / SAMPLE_RATE
