"""Deepgram's stand-in: Flux (`/v2/listen`, websocket), Aura (`POST /v1/speak`) and what a key is
(`GET /v1/auth/token`), on one origin as with the real one.

Speaks the protocol that Pipecat's DeepgramFluxSTTService and DeepgramHttpTTSService expect, refuses
what Deepgram refuses (key, model, encoding) with the `dg-error` header, and recognises speech only
from audio that arrived. It hears 8,000 Hz linear16 only.
"""

import json
import re
import time
import uuid
from http import HTTPStatus
from typing import Any, Final

from aiohttp import WSMsgType, web

from simulator.faults import STATUS, Faults, abort, hang, refuse
from simulator.providers.bill import Bill
from simulator.providers.flux_turns import FluxTurns, TurnSettings
from simulator.providers.voice import Answered, Asked, Voice, json_body
from simulator.sound.acoustics import Acoustics

FLUX_MODELS: Final = ("flux-general-en", "flux-general-multi")
AURA_VOICE: Final = "en-us+f4"
MAX_AURA_CHARACTERS: Final = 2000
DROP_AFTER_SECONDS: Final = 0.5
IN_CALL_MODES: Final = frozenset({"garbage", "deaf", "no_end"})
"""They work on a connection that was made; a counted one belongs to the connection that used it up."""


def _refusal(status: int, code: str, reason: str) -> web.Response:
    body = {"err_code": code, "err_msg": reason, "request_id": str(uuid.uuid4())}
    return web.json_response(body, status=status, headers={"dg-error": reason})


class Flux:
    """Flux speech to text: one `FluxTurns` per connection."""

    def __init__(
        self,
        *,
        api_key: str,
        faults: Faults,
        acoustics: Acoustics,
        asked: Asked,
        answered: Answered,
        bill: Bill,
        settings: TurnSettings | None = None,
    ) -> None:
        self.bill = bill
        self.settings = settings or TurnSettings()
        self._api_key = api_key
        self._faults = faults
        self._acoustics = acoustics
        self._asked = asked
        self._answered = answered

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """`GET /v2/listen`: the handshake, then audio in and TurnInfo out."""
        mode = self._faults.mode("deepgram")
        if mode == "drop":  # Counted when a turn is dropped.
            mode = None
        elif mode is not None:
            self._faults.take("deepgram", hits=mode not in IN_CALL_MODES)
        self._asked("deepgram", request.path, "", mode)
        if mode is not None and STATUS.fullmatch(mode):
            return _refusal(int(mode), "SIMULATED_FAULT", f"simulated fault {mode}")
        refused = await refuse(self._faults, mode, request) or self._refuse(request)
        if refused is not None:
            return refused
        socket = web.WebSocketResponse(max_msg_size=1 << 20)
        await socket.prepare(request)
        if mode == "hang_body":
            async for _ in socket:
                pass
            return socket
        await _Connection(self, socket, request, mode).run()
        return socket

    def _refuse(self, request: web.Request) -> web.Response | None:
        query = request.query
        if request.headers.get("Authorization") != f"Token {self._api_key}":
            return _refusal(401, "INVALID_AUTH", "Invalid credentials.")
        if query.get("model") not in FLUX_MODELS:
            return _refusal(400, "INVALID_QUERY_PARAMETER", f"no model {query.get('model')!r}")
        if query.get("encoding") != "linear16" or query.get("sample_rate") != "8000":
            return _refusal(400, "INVALID_QUERY_PARAMETER", "linear16 at 8000 Hz is needed")
        if "language_hint" in query and query["model"] != "flux-general-multi":
            return _refusal(400, "INVALID_QUERY_PARAMETER", "language_hint needs flux-general-multi")
        for name, least, default in (("eot_threshold", 0.5, "0.7"), ("eager_eot_threshold", 0.3, "0.3")):
            if not re.fullmatch(r"0?\.\d+", value := query.get(name, default)) or not least <= float(value) <= 0.9:
                return _refusal(400, "INVALID_QUERY_PARAMETER", f"{name} is no number from {least} to 0.9")
        if float(query.get("eager_eot_threshold", 0.0)) > float(query.get("eot_threshold", 0.7)):
            return _refusal(400, "INVALID_QUERY_PARAMETER", "eager_eot_threshold is above eot_threshold")
        return None


class _Connection:
    """One open Flux websocket."""

    def __init__(self, flux: Flux, socket: web.WebSocketResponse, request: web.Request, met: str | None) -> None:
        """`met`: the fault of the handshake."""
        self._flux = flux
        self._socket = socket
        self._request = request
        self._faults = flux._faults
        self._met = met
        self._own = met if met in IN_CALL_MODES and self._faults.mode("deepgram") is None else None
        self._request_id = str(uuid.uuid4())
        self._sequence = 0
        multilingual = request.query["model"] == "flux-general-multi"
        eager = "eager_eot_threshold" in request.query
        self._turns = FluxTurns(flux._acoustics, flux.settings, multilingual, eager=eager)
        self._hints: list[str] = request.query.getall("language_hint", [])
        self._keyterms: list[str] = request.query.getall("keyterm", [])
        self._thresholds: dict[str, Any] = {}

    async def run(self) -> None:
        await self._send({"type": "Connected"})
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                await self._audio(message.data)
            elif message.type is WSMsgType.TEXT:
                await self._control(message.data)
            if self._socket.closed:
                break

    def _mode(self) -> str | None:
        # A mode that is set while the call runs counts for the connections that are open.
        return self._own or self._faults.mode("deepgram")

    async def _audio(self, pcm: bytes) -> None:
        self._flux.bill.audio_bytes += len(pcm)
        mode = self._mode()
        if mode != self._met:
            self._met = None
            if mode is not None and mode not in IN_CALL_MODES | {"drop"}:
                self._faults.hit("deepgram", mode)
                abort(self._request)
                return
        withheld = self._turns.ends_withheld
        events = self._turns.feed(pcm, end_turns=mode != "no_end")
        if self._turns.ends_withheld > withheld:
            self._faults.hit("deepgram", "no_end")
        await self._turn_infos(events)
        if mode == "drop" and self._turns.open and self._turns.seconds_in_turn >= DROP_AFTER_SECONDS:
            self._faults.take("deepgram")
            abort(self._request)

    async def _turn_infos(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if self._mode() != "deaf":
                await self._turn_info(event)
            else:
                self._faults.hit("deepgram", "deaf")

    async def _control(self, text: str) -> None:
        try:
            message = json.loads(text)
            kind = message["type"]
        except (ValueError, KeyError, TypeError):
            kind = None
        if kind == "CloseStream":
            await self._turn_infos(self._turns.force_end())
            await self._socket.close()
        elif kind == "ForceEndTurn":
            await self._turn_infos(self._turns.force_end())
        elif kind == "Configure":
            self._keyterms = message.get("keyterms", self._keyterms)
            self._hints = message.get("language_hints", self._hints)
            self._thresholds |= message.get("thresholds", {})
            await self._send(
                {
                    "type": "ConfigureSuccess",
                    "thresholds": self._thresholds,
                    "keyterms": self._keyterms,
                    "language_hints": self._hints,
                }
            )
        else:
            error = {"code": "UNPARSABLE_CLIENT_MESSAGE", "description": "Unknown message."}
            await self._send({"type": "Error"} | error)
            await self._socket.close(code=1008)

    async def _turn_info(self, event: dict[str, Any]) -> None:
        if self._hints:
            event = event | {"languages_hinted": self._hints}
        if event["event"] == "EndOfTurn":
            self._flux._asked("deepgram", "/v2/listen EndOfTurn", event["transcript"], None)
        await self._send({"type": "TurnInfo"} | event)
        if event["event"] == "StartOfTurn":
            self._flux._answered("deepgram", "StartOfTurn", "", time.monotonic())

    async def _send(self, message: dict[str, Any]) -> None:
        numbered = message | {"request_id": self._request_id, "sequence_id": self._sequence}
        self._sequence += 1
        garbage = self._mode() == "garbage"
        if garbage:
            self._faults.hit("deepgram", "garbage")
        try:
            await self._socket.send_str("\x00{]garbage" if garbage else json.dumps(numbered))
        except ConnectionError:
            abort(self._request)


class Aura:
    """Aura text to speech by HTTP: the body of the answer is the audio itself."""

    def __init__(self, *, api_key: str, faults: Faults, voice: Voice, asked: Asked, bill: Bill) -> None:
        self._bill = bill
        self._api_key = api_key
        self._faults = faults
        self._voice = voice
        self._asked = asked

    async def token(self, request: web.Request) -> web.StreamResponse:
        """`GET /v1/auth/token`: whether the key is one, and what it may do."""
        mode = self._faults.take("aura")
        self._asked("aura", request.path, "", mode)
        if refused := await refuse(self._faults, mode, request):
            return refused
        if request.headers.get("Authorization") != f"Token {self._api_key}":
            return _refusal(401, "INVALID_AUTH", "Invalid credentials.")
        return web.json_response({"api_key_id": str(uuid.uuid4()), "scopes": ["usage:write"]})

    async def speak(self, request: web.Request) -> web.StreamResponse:
        """`POST /v1/speak?model=aura-...&encoding=linear16&sample_rate=8000&container=none`."""
        mode = self._faults.take("aura")
        text = str((await json_body(request)).get("text", "")).strip()
        self._asked("aura", request.path, text, mode)
        self._bill.characters["aura"] += len(text)
        refused = await refuse(self._faults, mode, request) or self._refuse(request, text)
        if refused is not None:
            self._bill.characters["aura"] -= len(text) * (refused.status >= HTTPStatus.BAD_REQUEST)
            return refused
        pcm = await self._voice.synthesize(text, mute=mode == "mute")
        response = web.StreamResponse(
            headers={"Content-Type": "audio/l16;rate=8000", "dg-request-id": str(uuid.uuid4())}
        )
        response.enable_chunked_encoding()
        await self._voice.think()
        await response.prepare(request)
        if mode == "hang_body":
            await hang()
        if mode == "garbage":
            await response.write(b"\x00\xff{]garbage" * 99)
        elif mode != "empty":
            async for chunk in self._voice.stream(pcm, half=mode in ("stall", "die")):
                await response.write(chunk)
            if mode == "stall":
                await hang()
            if mode == "die":
                return abort(request)
        await response.write_eof()
        return response

    def _refuse(self, request: web.Request, text: str) -> web.Response | None:
        query = request.query
        if request.headers.get("Authorization") != f"Token {self._api_key}":
            return _refusal(401, "INVALID_AUTH", "Invalid credentials.")
        if not query.get("model", "").startswith("aura-"):
            return _refusal(400, "INVALID_QUERY_PARAMETER", f"no model {query.get('model')!r}")
        if (query.get("encoding"), query.get("sample_rate")) != ("linear16", "8000"):
            return _refusal(400, "UNSUPPORTED_AUDIO_FORMAT", "linear16 at 8000 Hz is needed")
        if query.get("container") != "none":
            return _refusal(400, "UNSUPPORTED_AUDIO_FORMAT", "container=none is needed")
        if not text:
            return _refusal(400, "BAD_REQUEST", "There is no text.")
        if len(text) > MAX_AURA_CHARACTERS:
            return _refusal(413, "INPUT_TEXT_TOO_LONG", "More than 2000 characters.")
        return None
