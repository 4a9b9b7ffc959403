"""A real test call: Twilio's REST API rings a phone and connects it with the deployed bot.

Guarantees that nothing is dialled unless every setting is there and the number is one; says all that is missing at
once. Leaves out everything simulated: this is the one command that needs keys.
"""

from collections.abc import Mapping
from typing import Any

import phonenumbers
from requests import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

NEEDED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER", "PUBLIC_URL")
REQUEST_SECONDS = 15.0
TWILIO_ORIGIN = "https://api.twilio.com"


class OutboundError(Exception):
    """Raised when no call was placed; the message says why, and never holds a secret."""


class _OtherOrigin(TwilioHttpClient):  # type: ignore[misc]
    """Sends the library's requests to `TWILIO_API_BASE_URL`, which it has no setting for (pipecat.md 11)."""

    def __init__(self, origin: str) -> None:
        super().__init__(timeout=REQUEST_SECONDS)
        self._origin = origin.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace(TWILIO_ORIGIN, self._origin, 1), *args, **kwargs)


def e164(number: str) -> str:
    """The number in E.164, American if it has no country; raises `OutboundError`."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise OutboundError(f"{number!r} is no phone number; write it as +15125550123")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def place_call(number: str, environ: Mapping[str, str]) -> str:
    """Ring `number` and return the CallSid; raises `OutboundError`."""
    settings = {name: environ.get(name, "").strip() for name in NEEDED}
    if not settings["PUBLIC_URL"] and (app := environ.get("FLY_APP_NAME", "").strip()):
        settings["PUBLIC_URL"] = f"https://{app}.fly.dev"
    missing = [name for name, value in settings.items() if not value]
    if missing:
        raise OutboundError(f"a real call needs {', '.join(missing)}: set them in .env")
    to = e164(number)
    origin = environ.get("TWILIO_API_BASE_URL", "").strip() or TWILIO_ORIGIN
    client = Client(
        settings["TWILIO_ACCOUNT_SID"],
        settings["TWILIO_AUTH_TOKEN"],
        http_client=_OtherOrigin(origin),
    )
    url = settings["PUBLIC_URL"].rstrip("/") + "/twiml"
    status_url = url + "/status"
    try:
        number = settings["TWILIO_PHONE_NUMBER"]
        call = client.calls.create(to=to, from_=number, url=url, status_callback=status_url)
    except (TwilioException, RequestException) as error:
        raise OutboundError(f"Twilio did not place the call: {error}") from error
    return str(call.sid)
