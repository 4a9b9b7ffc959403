"""The two voices over plain HTTP: Inworld (the first) and Deepgram Aura (the second).

A voice turns one text into a stream of PCM as it arrives. It guarantees that whatever is no audio, ends before its end
or is too short to be the text, raises `VoiceError` instead of ending quietly (X20), and that no piece splits a sample
(R96, R97). It has no deadline but that of the connection: tts_fallback.py and prerendered.py, which drive it, own
theirs.
"""

import base64
import json
import logging
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final, Protocol

import httpx

from call.errors import AgentError
from circuit_breaker import LastSuccess
from config import Settings

logger = logging.getLogger(__name__)

INWORLD_MODEL: Final = "inworld-tts-2"
MAX_SPEECH_SECONDS: Final = 120  # No text of ours is longer; a stream that never ends is broken.
MAX_LINE_BYTES: Final = 4_000_000  # One NDJSON line; base64 of MAX_SPEECH_SECONDS at 8 kHz is 2.6 MB.
READ_BACKSTOP_SECONDS: Final = 30.0  # Behind the users' own deadlines, so that no socket waits for ever.
KEEPALIVE_SECONDS: Final = 30.0  # Shorter than common idle limits of 60 s: a pooled connection is still open when used.
FASTEST_CHARACTERS_PER_SECOND: Final = 60  # People read aloud about 15; no voice reaches four times that.
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_COMPRESSED: Final = ("mpeg", "mp3", "ogg", "opus", "flac", "aac", "basic", "mulaw")


class VoiceError(AgentError):
    """Raised when a voice gave no audio, or not all of it.

    Attributes:
        reason: What went wrong, fit for a log: neither the text nor a key is in it.
        status: The HTTP status, when there was one.
        taken: Whether the voice may have taken the text, and so be paid for it: it has neither refused it nor never
            been reached.
    """

    def __init__(self, reason: str, status: int | None = None, *, taken: bool = True) -> None:
        super().__init__(reason if status is None else f"{reason} (HTTP {status})")
        self.reason = reason
        self.status = status
        self.taken = taken


class Voice(Protocol):
    """Turns text into speech."""

    @property
    def name(self) -> str:
        """The vendor, for the log and the record: "inworld" or "aura"."""

    @property
    def voice_id(self) -> str:
        """The vendor's name of the speaker."""

    @property
    def last_success(self) -> LastSuccess:
        """How it last went: whoever waits for `stream` in vain has to say so, all else it knows itself."""

    def stream(self, text: str, sample_rate: int = 8000) -> AsyncGenerator[bytes, None]:
        """Yields PCM16 mono, little-endian, without header, in pieces of whole samples as they arrive.

        Raises:
            VoiceError: for anything that is no audio; what was yielded before is then incomplete.
        """


def least_bytes(text: str, sample_rate: int) -> int:
    """PCM16 of fewer bytes than this cannot be all of `text`, whoever speaks it."""
    return 2 * sample_rate * len(text) // FASTEST_CHARACTERS_PER_SECOND


def voice_client(settings: Settings) -> httpx.AsyncClient:
    """The HTTP client that all calls share; close it with the process."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(
            READ_BACKSTOP_SECONDS,
            connect=settings.tts_connect_seconds,
            pool=settings.tts_connect_seconds,
        ),
        limits=httpx.Limits(
            max_connections=4 * settings.max_calls,
            max_keepalive_connections=20,
            keepalive_expiry=KEEPALIVE_SECONDS,
        ),
        trust_env=False,  # A proxy of the environment must not carry loopback calls or keys.
    )


class InworldVoice:
    """Inworld's streaming speech: one JSON object a line, each with base64 audio (POST /tts/v1/voice:stream)."""

    name = "inworld"

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.voice_id = settings.inworld_voice_id
        self.last_success = LastSuccess()
        self._client = client
        self._url = settings.inworld_base_url + "/tts/v1/voice:stream"
        self._key = settings.inworld_api_key

    def stream(self, text: str, sample_rate: int = 8000) -> AsyncGenerator[bytes, None]:
        """See `Voice.stream`. The request is the one that Pipecat's InworldHttpTTSService sends."""
        body = {
            "text": text,
            "voiceId": self.voice_id,
            "modelId": INWORLD_MODEL,
            "audioConfig": {"audioEncoding": "PCM", "sampleRateHertz": sample_rate},
            "timestampType": "WORD",
            "timestampTransportStrategy": "ASYNC",
        }
        headers = {
            "Authorization": f"Basic {self._key.get_secret_value()}",
            "X-Request-Id": str(uuid.uuid4()),
        }
        request = self._client.build_request("POST", self._url, json=body, headers=headers)
        return _noted(_whole_samples(self._audio(request, sample_rate), text, sample_rate), self.last_success)

    async def _audio(self, request: httpx.Request, sample_rate: int) -> AsyncGenerator[bytes, None]:
        async with aclosing(_lines(_answer(self._client, request))) as lines:
            async for line in lines:
                if audio := _inworld_audio(line, sample_rate):
                    yield audio


class AuraVoice:
    """Deepgram Aura: the body of the answer is the audio (POST /v1/speak)."""

    name = "aura"

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.voice_id = settings.deepgram_tts_voice
        self.last_success = LastSuccess()
        self._client = client
        self._url = settings.deepgram_tts_base_url + "/v1/speak"
        self._key = settings.deepgram_api_key

    def stream(self, text: str, sample_rate: int = 8000) -> AsyncGenerator[bytes, None]:
        """See `Voice.stream`."""
        request = self._client.build_request(
            "POST",
            self._url,
            params={
                "model": self.voice_id,
                "encoding": "linear16",
                "sample_rate": sample_rate,
                "container": "none",
            },
            json={"text": text},
            headers={"Authorization": f"Token {self._key.get_secret_value()}"},
        )
        pieces = _whole_samples(_answer(self._client, request, raw_audio=True), text, sample_rate)
        return _noted(pieces, self.last_success)


async def _noted(pieces: AsyncGenerator[bytes, None], last_success: LastSuccess) -> AsyncGenerator[bytes, None]:
    """The pieces, and a note of how they ended: whole, or not."""
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
    except VoiceError:
        last_success.miss()
        raise
    last_success.mark()


async def _answer(
    client: httpx.AsyncClient, request: httpx.Request, *, raw_audio: bool = False
) -> AsyncGenerator[bytes, None]:
    """The body of the answer as it arrives; with `raw_audio` it has to be uncompressed audio."""
    try:
        response = await client.send(request, stream=True)
        try:
            if response.status_code != httpx.codes.OK:
                if logger.isEnabledFor(logging.DEBUG):
                    logger.debug(
                        "%s refused: %.300s",
                        request.url.host,
                        (await response.aread()).decode(errors="replace"),
                    )
                raise VoiceError("refused", response.status_code, taken=False)
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if raw_audio and not _is_raw_audio(kind):
                raise VoiceError(f"answered {kind[:40]}, not audio", response.status_code)
            async for chunk in response.aiter_bytes():
                yield chunk
        finally:
            await response.aclose()
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise VoiceError(type(error).__name__, taken=not isinstance(error, _NEVER_SENT)) from error


async def _lines(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Lines of bytes, the last one with or without its end. Chunks may cut anywhere, inside a character too (R97)."""
    rest = bytearray()
    async with aclosing(chunks):
        async for chunk in chunks:
            rest += chunk
            if b"\n" in chunk:
                *lines, tail = bytes(rest).split(b"\n")
                rest = bytearray(tail)
                for line in lines:
                    if line.strip():
                        yield line
            if len(rest) > MAX_LINE_BYTES:
                raise VoiceError("a line without end")
    if rest.strip():
        yield bytes(rest)


def _inworld_audio(line: bytes, sample_rate: int) -> bytes:
    """The PCM of one line; empty for a line without audio, such as word times."""
    try:
        message: Any = json.loads(line)
    except ValueError:
        raise VoiceError("undecodable line") from None
    if not isinstance(message, dict):
        raise VoiceError("undecodable line")
    if error := message.get("error"):
        logger.debug("inworld error: %s", str(error)[:300])
        code = error.get("code") if isinstance(error, dict) else None
        raise VoiceError(f"error {code} in the stream" if isinstance(code, int) else "error in the stream")
    result = message.get("result")
    content = result.get("audioContent") if isinstance(result, dict) else None
    if not content:
        return b""
    try:
        audio = base64.b64decode(content, validate=True)
    except (ValueError, TypeError):
        raise VoiceError("undecodable audio") from None
    return _without_wav_header(audio, sample_rate) if audio.startswith(b"RIFF") else audio


def _without_wav_header(audio: bytes, sample_rate: int) -> bytes:
    """The samples of a WAV file whose sizes may be unset, as in a stream; another format than asked for is refused."""
    position = 12
    while position + 8 <= len(audio):
        name, size = (
            audio[position : position + 4],
            int.from_bytes(audio[position + 4 : position + 8], "little"),
        )
        position += 8
        if name == b"data":
            return audio[position:]
        if name == b"fmt ":
            channels, rate = (int.from_bytes(audio[position + a : position + b], "little") for a, b in ((2, 4), (4, 8)))
            if (channels, rate) != (1, sample_rate):
                raise VoiceError(f"{channels} channels at {rate} Hz instead of one at {sample_rate} Hz")
        position += size + size % 2
    raise VoiceError("broken WAV header")


async def _whole_samples(
    chunks: AsyncGenerator[bytes, None], text: str, sample_rate: int
) -> AsyncGenerator[bytes, None]:
    """Pieces of whole samples; raises for an answer without any, without end, or with too few for the text."""
    longest, carried, size = MAX_SPEECH_SECONDS * sample_rate * 2, b"", 0
    async with aclosing(chunks):
        async for chunk in chunks:
            data = carried + chunk
            whole = len(data) - len(data) % 2
            carried = data[whole:]
            if whole:
                if (size := size + whole) > longest:
                    raise VoiceError("audio without end")
                yield data[:whole]
    if not size:
        raise VoiceError("empty answer")
    if size < least_bytes(text, sample_rate):
        raise VoiceError("less audio than the text takes")


def _is_raw_audio(kind: str) -> bool:
    if kind in ("", "application/octet-stream"):
        return True
    return kind.startswith("audio/") and not any(name in kind for name in _COMPRESSED)
