"""Inworld's stand-in: `POST /tts/v1/voice:stream` (one JSON object a line), `/tts/v1/voice` (one object) and
`GET /voices/v1/voices`.

Speaks the protocol that Pipecat's InworldHttpTTSService expects: base64 audio in
`result.audioContent`, word times in `timestampInfo`. PCM comes bare; LINEAR16 would carry a WAV
header in every piece, so does here. 8,000 Hz only.
"""

import base64
import json
import struct
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from simulator.faults import Faults, abort, hang, hang_body, refuse
from simulator.providers.bill import Bill
from simulator.providers.voice import Answered, Asked, Voice, json_body
from simulator.sound.audio import SAMPLE_RATE

INWORLD_VOICE: Final = "en-us+f1"
MAX_CHARACTERS: Final = 2000
VOICES: Final = ("Alex", "Ashley", "Dennis")


def wav_header(length: int) -> bytes:
    """The 44 bytes in front of `length` bytes of 8 kHz mono PCM16."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + length, b"WAVE", b"fmt ", 16, 1, 1),
        *(SAMPLE_RATE, SAMPLE_RATE * 2, 2, 16, b"data", length),
    )


def _refusal(status: int, code: int, reason: str) -> web.Response:
    return web.json_response({"code": code, "message": reason, "details": []}, status=status)


def word_alignment(text: str, duration_seconds: float) -> dict[str, Any]:
    """Inworld's `wordAlignment`, the time shared out by letters."""
    words = text.split()
    letters = sum(map(len, words)) or 1
    starts, ends, done = [], [], 0
    for word in words:
        starts.append(round(duration_seconds * done / letters, 3))
        done += len(word)
        ends.append(round(duration_seconds * done / letters, 3))
    return {"words": words, "wordStartTimeSeconds": starts, "wordEndTimeSeconds": ends}


class Inworld:
    """Inworld text to speech by HTTP."""

    def __init__(
        self, *, api_key: str, faults: Faults, voice: Voice, asked: Asked, answered: Answered, bill: Bill
    ) -> None:
        self._bill = bill
        self._api_key = api_key
        self._faults = faults
        self._voice = voice
        self._asked = asked
        self._answered = answered

    async def voices(self, request: web.Request) -> web.StreamResponse:
        """The voices that the key may use."""
        mode = self._faults.take("inworld")
        self._asked("inworld", request.path, "", mode)
        if refused := await refuse(self._faults, mode, request) or self._stranger(request):
            return refused
        listed = [{"voiceId": name, "displayName": name, "langCode": "EN_US", "source": "SYSTEM"} for name in VOICES]
        return web.json_response({"voices": listed})

    def _stranger(self, request: web.Request) -> web.Response | None:
        known = request.headers.get("Authorization") == f"Basic {self._api_key}"
        return None if known else _refusal(401, 16, "Invalid authorization credentials")

    async def speak(self, request: web.Request) -> web.StreamResponse:
        """Both paths; which one decides the form of the answer."""
        asked_at = time.monotonic()
        mode = self._faults.take("inworld")
        payload = await json_body(request)
        text = str(payload.get("text", "")).strip()
        self._asked("inworld", request.path, text, mode)
        self._bill.characters["inworld"] += len(text)
        refused = await refuse(self._faults, mode, request) or self._refuse(request, payload, text)
        if refused is not None:
            self._bill.characters["inworld"] -= len(text) * (refused.status >= HTTPStatus.BAD_REQUEST)
            return refused
        spanish = str(payload.get("language", "")).lower().startswith("es")
        pcm = await self._voice.synthesize(text, spanish, mute=mode == "mute")
        wav = payload["audioConfig"]["audioEncoding"] == "LINEAR16"
        timed = payload.get("timestampType") == "WORD"
        info = {"wordAlignment": word_alignment(text, self._voice.seconds(pcm))} if timed else None
        await self._voice.think()
        if request.path.endswith(":stream"):
            answered = partial(self._answered, "inworld", text, "", asked_at)
            return await self._stream(request, mode, pcm, wav, info, answered)
        return await self._whole(request, mode, pcm, info)

    async def _stream(
        self, request: web.Request, mode: str | None, pcm: bytes, wav: bool, info: Any, answered: Callable[[], None]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        if mode == "hang_body":
            await hang()
        elif mode == "empty":
            await response.write(self._line(b"", False))
        elif mode == "garbage":
            await response.write(b"\x7f{]garbage\n" * 9)
        else:
            first = True
            async for chunk in self._voice.stream(pcm, half=mode in ("stall", "die")):
                # The times of all words come with the first piece.
                await response.write(self._line(chunk, wav, info if first else None))
                if first:
                    answered()
                first = False
            if mode == "stall":
                await hang()
            if mode == "die":
                return abort(request)
        await response.write_eof()
        return response

    @staticmethod
    def _line(chunk: bytes, wav: bool, info: Any = None) -> bytes:
        audio = (wav_header(len(chunk)) if wav else b"") + chunk
        result: dict[str, Any] = {"audioContent": base64.b64encode(audio).decode()}
        if info:
            result["timestampInfo"] = info
        return json.dumps({"result": result}).encode() + b"\n"

    async def _whole(self, request: web.Request, mode: str | None, pcm: bytes, info: Any) -> web.StreamResponse:
        if mode in ("hang_body", "stall"):
            await hang_body(request, "application/json")
        if mode == "die":
            return abort(request)
        if mode == "garbage":
            return web.Response(body=b"\x7f{]garbage", content_type="application/json")
        audio = b"" if mode == "empty" else wav_header(len(pcm)) + pcm
        answer: dict[str, Any] = {"audioContent": base64.b64encode(audio).decode()}
        return web.json_response(answer | ({"timestampInfo": info} if info else {}))

    def _refuse(self, request: web.Request, payload: dict[str, Any], text: str) -> web.Response | None:
        config = payload.get("audioConfig")
        config = config if isinstance(config, dict) else {}
        if stranger := self._stranger(request):
            return stranger
        if not text or not payload.get("voiceId") or not payload.get("modelId"):
            return _refusal(400, 3, "text, voiceId and modelId are required")
        if len(text) > MAX_CHARACTERS:
            return _refusal(400, 3, "text is longer than 2000 characters")
        if config.get("audioEncoding") not in ("PCM", "LINEAR16"):
            return _refusal(400, 3, f"audioEncoding {config.get('audioEncoding')!r}")
        if config.get("sampleRateHertz") != SAMPLE_RATE:
            return _refusal(400, 3, f"sampleRateHertz {config.get('sampleRateHertz')!r}")
        return None
