"""Twilio at the edge: signatures, stream tokens, TwiML, the media serializer and the REST requests.

Everything that enters is checked here, fail closed. A stream token ties a websocket to the call that `/twiml` answered:
it carries the CallSid and an expiry, is signed, and is good once (the store records its use).
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from pipecat.frames.frames import Frame, InputTransportMessageFrame, InterruptionFrame
from pipecat.serializers.twilio import TwilioFrameSerializer
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

from call.session import CallSession
from circuit_breaker import LastSuccess
from config import Settings
from providers.frames import MarkFrame

logger = logging.getLogger(__name__)


# Anonymous, restricted, blocked, unknown and unavailable as keypad letters (Twilio: calls from unexpected numbers).
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
# It has to answer, or the call is lost: with the retries that Twilio allows, for a machine that is being replaced
# (Twilio: Webhooks, Connection Overrides).
AFTER = "/twiml/after#rc=5&rp=ct,rt,5xx"
HOLD_PAUSE_SECONDS = 3
_SAY_LANGUAGES = {"en": "en-US", "es": "es-MX"}


class BadTokenError(ValueError):
    """Raised when a stream token is forged, expired, or another call's."""


@dataclass(frozen=True)
class StreamToken:
    """What a good token says; `nonce` is to be used once, until `expires_at` (Unix seconds)."""

    nonce: str
    expires_at: float


class Entrance:
    """Checks that what claims to be Twilio is Twilio."""

    def __init__(self, settings: Settings) -> None:
        """Signatures are built from the public origin in `settings`, with the account's auth token."""
        self._settings = settings
        self._validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
        self._key = hashlib.sha256(b"stream-token:" + settings.twilio_auth_token.get_secret_value().encode()).digest()

    def signed_request(self, path: str, query: str, params: Mapping[str, str], signature: str | None) -> bool:
        """Whether an HTTP request carries Twilio's signature (Twilio: Webhooks Security). Form fields for POST."""
        url = self._settings.origin + path + (f"?{query}" if query else "")
        return self._signed(url, dict(params), signature)

    def signed_handshake(self, signature: str | None) -> bool:
        """Whether a websocket handshake is Twilio's: exactly the wss address of the TwiML (pipecat.md 11)."""
        return self._signed(self._settings.stream_url, {}, signature)

    def _signed(self, url: str, params: dict[str, str], signature: str | None) -> bool:
        if not self._settings.verify_twilio:
            return True
        return bool(signature) and bool(self._validator.validate(url, params, signature))

    def issue_token(self, call_id: str, now: float | None = None) -> str:
        """A token for the stream of `call_id`, good for `stream_token_seconds`."""
        expires = (time.time() if now is None else now) + self._settings.stream_token_seconds
        body = f"{call_id}.{expires:.0f}.{secrets.token_urlsafe(12)}"
        return f"{body}.{self._sign(body)}"

    def read_token(self, token: str, call_id: str, now: float | None = None) -> StreamToken:
        """The token's content.

        Raises:
            BadTokenError: it is forged, expired or was issued for another call.
        """
        body, _, signature = token.rpartition(".")
        if not _same(self._sign(body), signature):
            raise BadTokenError("forged")
        owner, expires, nonce = body.rsplit(".", 2)
        if not _same(owner, call_id):
            raise BadTokenError("another call's")
        if float(expires) < (time.time() if now is None else now):
            raise BadTokenError("expired")
        return StreamToken(nonce, float(expires))

    def _sign(self, body: str) -> str:
        return base64.urlsafe_b64encode(hmac.digest(self._key, _bytes(body), "sha256")).decode().rstrip("=")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # JSON may carry halves of a character


def twiml_stream(settings: Settings, parameters: Mapping[str, str]) -> str:
    """Connects the call to our websocket; behind it, what happens when the stream ends without a hang-up.

    From and To travel as parameters, because the websocket knows neither (R93).
    """
    response = VoiceResponse()
    connect = Connect()
    stream = connect.stream(url=settings.stream_url)
    for name, value in parameters.items():
        stream.parameter(name=name, value=value)
    response.append(connect)
    response.redirect(AFTER, method="POST")
    return str(response)


def twiml_hold(lines: Sequence[str], language: str = "en") -> str:
    """Lets the caller wait, with a pause behind each line, and then asks `/twiml/after` again."""
    response = VoiceResponse()
    for line in lines:
        response.say(line, language=_SAY_LANGUAGES[language])
        response.pause(length=HOLD_PAUSE_SECONDS if len(lines) > 1 else 1)
    response.redirect(AFTER, method="POST")
    return str(response)


def twiml_hangup() -> str:
    """Ends the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def twiml_apology(settings: Settings, text: str, language: str = "en", *, forward: bool = True) -> str:
    """Speaks `text` in Twilio's own voice; then a person if there is one and `forward` allows it, else the end."""
    response = VoiceResponse()
    response.say(text, language=_SAY_LANGUAGES[language])
    if settings.fallback_number and forward:
        response.append(Dial(settings.fallback_number))
    response.hangup()
    return str(response)


def new_session(call_id: str, caller: object, called: object, now: datetime) -> CallSession:
    """What a call begins with; `caller` and `called` are Twilio's From and To."""
    return CallSession(call_id=call_id, caller_number=_number(caller), called_number=_number(called), started_at=now)


def _number(value: object) -> str:
    """An E.164 number, or empty when it is withheld."""
    text = str(value or "")
    return text if text.startswith("+") and text[1:].isdigit() and text not in WITHHELD else ""


class MarkSerializer(TwilioFrameSerializer):
    """Media Streams with marks: tells when audio was played, and keeps a must-hear line from being cleared.

    While `protect` is set, a barge-in does not clear what Twilio has buffered. A message that makes no sense is dropped
    and counted (`malformed`), and does not end the call. `silent_seconds` tells for how long nothing at all has come.
    """

    def __init__(self, stream_sid: str, call_sid: str) -> None:
        """Hangs up nothing by itself: `TwilioCalls.hang_up` does, with a deadline."""
        super().__init__(stream_sid, call_sid=call_sid, params=TwilioFrameSerializer.InputParams(auto_hang_up=False))
        self.protect = False
        self.stopped = False
        self.malformed = 0
        self._heard_at = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long Twilio has sent nothing: audio comes fifty times a second, whether somebody speaks or not."""
        return time.monotonic() - self._heard_at

    async def serialize(self, frame: Frame) -> str | bytes | None:
        """See the base class; no `clear` while a must-hear line plays."""
        if isinstance(frame, MarkFrame):
            frame.sent = True
        if self.protect and isinstance(frame, InterruptionFrame):
            return None
        return await super().serialize(frame)

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Marks and stop become transport messages; everything unreadable is dropped."""
        self._heard_at = time.monotonic()
        try:
            message = json.loads(data)
            match message.get("event"):
                case "mark" if isinstance(message["mark"]["name"], str):
                    return InputTransportMessageFrame(message=message)
                case "stop":
                    self.stopped = True
                    return InputTransportMessageFrame(message=message)
                case "media":
                    return await super().deserialize(data)
                case "dtmf":
                    if key := await super().deserialize(data):
                        return key
                    self._count("no key of a telephone")
                case "start":
                    self._count("a second start")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self._count(type(error).__name__)
        return None

    def _count(self, what: str) -> None:
        self.malformed += 1
        if self.malformed in (1, 100):
            logger.warning("stream message no. %d that makes no sense: %s", self.malformed, what)


class _BaseUrlClient(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Sends the library's requests to another origin: the library has no setting for it (pipecat.md 11).

    Signs them itself too: the library does it with an aiohttp class that is deprecated.
    """

    def __init__(self, base_url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._base_url = base_url

    async def request(
        self, method: str, url: str, *, auth: tuple[str, str], headers: dict[str, str], **kwargs: Any
    ) -> Any:
        headers = {**headers, "Authorization": aiohttp.encode_basic_auth(*auth)}
        url = url.replace("https://api.twilio.com", self._base_url, 1)
        return await super().request(method, url, headers=headers, **kwargs)


class TwilioCalls:
    """The REST requests that a live call needs, each with a deadline; one per process.

    Attributes:
        last_success: When Twilio last confirmed one.
    """

    def __init__(self, settings: Settings) -> None:
        """Opens its connection at first use."""
        self._settings = settings
        self.last_success = LastSuccess()
        self._http: _BaseUrlClient | None = None
        self._client: Client | None = None

    def _calls(self) -> Client:
        if self._client is None:
            settings = self._settings
            self._http = _BaseUrlClient(settings.twilio_api_base_url, timeout=settings.hangup_request_seconds)
            token = settings.twilio_auth_token.get_secret_value()
            self._client = Client(settings.twilio_account_sid, token, http_client=self._http)
        return self._client

    async def hang_up(self, call_id: str) -> bool:
        """Ends the call; False when Twilio did not confirm it in time. Then the end of the stream ends the call."""
        return await self._update(call_id, status="completed")

    async def say_and_hang_up(self, call_id: str, text: str) -> bool:
        """Lets Twilio speak `text` and end the call: the last voice when both of ours are down."""
        return await self._update(call_id, twiml=twiml_apology(self._settings, text))

    async def _update(self, call_id: str, **what: str) -> bool:
        try:
            async with asyncio.timeout(self._settings.hangup_request_seconds):
                await self._calls().calls(call_id).update_async(**what)
        except Exception as error:
            logger.warning("%s Twilio did not confirm the update: %s", call_id, type(error).__name__)
            return False
        self.last_success.mark()
        return True

    async def close(self) -> None:
        """Closes the connection."""
        if self._http is not None:
            await self._http.close()


__all__ = [
    "BadTokenError",
    "Entrance",
    "MarkSerializer",
    "StreamToken",
    "TwilioCalls",
    "new_session",
    "twiml_apology",
    "twiml_hangup",
    "twiml_hold",
    "twiml_stream",
]
