"""Who is let in: Twilio's signatures, stream tokens, and what a call begins with.

Everything that enters is checked here, fail closed. A stream token ties a websocket to the call that `/twiml` answered:
it carries the CallSid, an expiry and which stream of the call it is for, and is signed. Each stream begins once,
however many tokens were given out for it (the store records it).
"""

import base64
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import phonenumbers
from twilio.request_validator import RequestValidator

from call.errors import AgentError
from call.session import CallSession
from config import Settings

logger = logging.getLogger(__name__)


# Anonymous, restricted, blocked, unknown and unavailable as keypad letters (Twilio: calls from unexpected numbers).
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


PROBE = "probe"  # A stream's parameter that no TwiML of ours has.
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{27}=")


class BadTokenError(AgentError):
    """Raised when a stream token is forged, expired, or another call's."""


class ProbeError(AgentError):
    """Raised when a stream with a good token only asks whether it would be let in (PROBE among its parameters)."""


@dataclass(frozen=True)
class StreamToken:
    """What a good token says; `nonce` is to be used once, until `expires_at` (Unix seconds).

    `number` is the stream's among those of the call.
    """

    nonce: str
    expires_at: float
    number: int


class Entrance:
    """Checks that what claims to be Twilio is Twilio."""

    def __init__(self, settings: Settings) -> None:
        """Signatures are built from the public origin in `settings`, with the account's auth token."""
        self._settings = settings
        known = (settings.twilio_auth_token, settings.twilio_second_auth_token)
        tokens = [token.get_secret_value() for token in known if token is not None]
        self._validators = [RequestValidator(token) for token in tokens]
        self._keys = [hashlib.sha256(b"stream-token:" + token.encode()).digest() for token in tokens]

    def may_be_signed(self, signature: str | None) -> bool:
        """Whether it has the form of a signature at all (HMAC-SHA1 in base64): asked before anything else is read."""
        return not self._settings.verify_twilio or bool(signature and _SIGNATURE.fullmatch(signature))

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
        return bool(signature) and any(known.validate(url, params, signature) for known in self._validators)

    def signed_elsewhere(
        self, rest: str, params: Mapping[str, str], signature: str, hosts: Iterable[str], schemes: Iterable[str]
    ) -> str:
        """The address that a wrong signature was made for, of `rest` at one of the hosts it says it asks; else ""."""
        addresses = (f"{scheme}://{host}{rest}" for host in hosts if host for scheme in schemes)
        return next((address for address in addresses if self._signed(address, dict(params), signature)), "")

    def issue_token(self, call_id: str, now: float | None = None, number: int = 1) -> str:
        """A token for a stream of `call_id`, good for `stream_token_seconds`."""
        expires = (time.time() if now is None else now) + self._settings.stream_token_seconds
        body = f"{call_id}.{expires:.0f}.{number}"
        return f"{body}.{_sign(self._keys[0], body)}"

    def stream_parameters(self, fields: Mapping[str, str], number: int = 1) -> dict[str, str]:
        """What a stream of a call brings along in its start message; `fields` are the webhook's."""
        numbers = {"from_number": own_number(fields), "to_number": fields.get("To", "")}
        return {**numbers, "token": self.issue_token(fields["CallSid"], number=number)}

    def read_token(self, token: str, call_id: str, now: float | None = None) -> StreamToken:
        """The token's content.

        Raises:
            BadTokenError: it is forged, expired or was issued for another call.
        """
        body, _, signature = token.rpartition(".")
        if not any(_same(_sign(key, body), signature) for key in self._keys):
            raise BadTokenError("forged")
        owner, expires, number = body.rsplit(".", 2)
        if not _same(owner, call_id):
            raise BadTokenError("another call's")
        if float(expires) < (time.time() if now is None else now):
            raise BadTokenError("expired")
        return StreamToken(f"{owner}.{number}", float(expires), int(number))


def _sign(key: bytes, body: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, _bytes(body), "sha256")).decode().rstrip("=")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # JSON may carry halves of a character


def new_session(
    call_id: str, caller: object, called: object, now: datetime, *, vouched_for: bool = False
) -> CallSession:
    """What a call begins with; `caller` is the caller's own number or empty, `called` Twilio's To."""
    number = _number(caller)
    return CallSession(
        call_id=call_id,
        caller_number=number,
        called_number=_number(called),
        started_at=now,
        vouched_for=vouched_for and bool(number),
        failed_before=None,
    )


def as_caller(fields: Mapping[str, str]) -> dict[str, str]:
    """The webhook's fields as if whoever is rung had called us.

    Of a call that was placed by REST, From is our number and To the person's (Twilio: Direction, outbound-api). Nobody
    vouches for who has picked up there, and nothing was forwarded to us.
    """
    if not fields.get("Direction", "").startswith("outbound"):
        return dict(fields)
    theirs = {"From": fields.get("To", ""), "To": fields.get("From", "")}
    return {name: value for name, value in fields.items() if name not in ("StirVerstat", "ForwardedFrom")} | theirs


def own_number(fields: Mapping[str, str]) -> str:
    """The caller's own number, by the webhook's fields; empty when none is known.

    A line that shows every caller with the shop's own number (From is To, or ForwardedFrom) tells nothing of them, and
    neither does what nobody can be called on, such as +1911.
    """
    number = _number(fields.get("From"))
    shared = number in (_number(fields.get("To")), _number(fields.get("ForwardedFrom")))
    return "" if shared else number


def vouches(fields: Mapping[str, str], greet: Literal["attested", "always", "never"]) -> bool:
    """Whether what is on file for the caller's number may be said to whoever calls from it.

    The network vouches for a number with the full attestation of STIR/SHAKEN, and for none that was forwarded (Twilio:
    the webhook's StirVerstat and ForwardedFrom).
    """
    attested = fields.get("StirVerstat") == "TN-Validation-Passed-A" and not fields.get("ForwardedFrom")
    return greet == "always" or (greet == "attested" and attested)


def _number(value: object) -> str:
    """An E.164 number, or empty when it is withheld or too short or long for one."""
    text = str(value or "")
    if not text.startswith("+") or not (text.isascii() and text[1:].isdigit()) or text in WITHHELD:
        return ""
    try:
        return text if phonenumbers.is_possible_number(phonenumbers.parse(text)) else ""
    except phonenumbers.NumberParseException:
        return ""
