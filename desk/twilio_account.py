"""Our account at Twilio over its REST API: the account, our number with its three addresses, calls and texts of ours.

(Twilio: Account, IncomingPhoneNumber, Call and Message resources.) Whatever goes wrong is said in words, with what to
do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from config import Settings
from desk.terminal import DeskError
from providers.http import json_object

REQUEST_SECONDS = 8.0
NO_NUMBER = "TWILIO_PHONE_NUMBER is not set"
SET_NUMBER = "Set it to your number at Twilio, as +15125550100."
WAIT = "Try again; status.twilio.com tells."
BELONG_TOGETHER = "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the first page of console.twilio.com."


class TwilioError(DeskError):
    """Raised when Twilio does not do what is asked."""


@dataclass(frozen=True)
class Addresses:
    """What Twilio asks about calls to a number: each an address and its method; empty where there is none."""

    voice_url: str
    voice_method: str
    voice_fallback_url: str
    voice_fallback_method: str
    status_callback: str
    status_callback_method: str

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> Self:
        """Those of a number, or of what was kept of one."""
        return cls(**{name: str(resource.get(name) or "") for name in cls.__dataclass_fields__})

    @classmethod
    def ours(cls, settings: Settings) -> Self:
        """Those that bring calls to this service. A first answer that fails is asked for once more."""
        twiml = settings.origin + "/twiml"
        return cls(twiml, "POST", twiml, "POST", twiml + "/status", "POST")


@dataclass(frozen=True)
class Number:
    """A number of the account. An application or a trunk takes its calls away from its addresses.

    `may_text`: whether texts can be sent from it at all.
    """

    sid: str
    number: str
    addresses: Addresses
    taken_by: str
    may_text: bool


class Account:
    """The account of the settings. `token` is another one than TWILIO_AUTH_TOKEN."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient, token: str = "") -> None:
        self._settings, self._http = settings, http
        self._token = token or settings.twilio_auth_token.get_secret_value()

    async def status(self) -> str:
        """`active`, `suspended` or `closed`."""
        return str((await self._ask("GET", "")).get("status"))

    async def number(self) -> Number:
        """Our number.

        Raises:
            TwilioError: TWILIO_PHONE_NUMBER is not set, or the account has no such number.
        """
        wanted = self._settings.twilio_phone_number
        if not wanted:
            raise TwilioError(NO_NUMBER, SET_NUMBER)
        if found := await self.find(wanted):
            return found
        advice = "Correct TWILIO_PHONE_NUMBER, or TWILIO_ACCOUNT_SID if the number is another account's."
        raise TwilioError(f"The account has no number {wanted}", advice)

    async def find(self, wanted: str) -> Number | None:
        """A number of the account; None if it is none."""
        found = await self._ask("GET", "/IncomingPhoneNumbers", params={"PhoneNumber": wanted})
        numbers = found.get("incoming_phone_numbers") or []
        return next((_number(resource) for resource in numbers if resource.get("phone_number") == wanted), None)

    async def point(self, number: Number, addresses: Addresses) -> Number:
        """The number with these addresses instead of its own."""
        form = {
            "VoiceUrl": addresses.voice_url,
            "VoiceMethod": addresses.voice_method or "POST",
            "VoiceFallbackUrl": addresses.voice_fallback_url,
            "VoiceFallbackMethod": addresses.voice_fallback_method or "POST",
            "StatusCallback": addresses.status_callback,
            "StatusCallbackMethod": addresses.status_callback_method or "POST",
        }
        return _number(await self._ask("POST", f"/IncomingPhoneNumbers/{number.sid}", data=form))

    async def ring(self, to: str) -> str:
        """Rings somebody and connects whoever answers with this service; the CallSid."""
        ours, from_ = Addresses.ours(self._settings), self._settings.twilio_phone_number
        if not from_:
            raise TwilioError(NO_NUMBER, SET_NUMBER)
        form = {
            "To": to,
            "From": from_,
            "Url": ours.voice_url,
            "Method": "POST",
            "FallbackUrl": ours.voice_fallback_url,
            "StatusCallback": ours.status_callback,
        }
        return str((await self._ask("POST", "/Calls", data=form))["sid"])

    async def call(self, call_id: str) -> tuple[str, int]:
        """Status and seconds of a call."""
        call = await self._ask("GET", f"/Calls/{call_id}")
        return str(call.get("status")), int(call.get("duration") or 0)

    async def last_text(self, to: str) -> tuple[str, int]:
        """Status of the last text to a number, and the error that it met; empty and 0 where there is none."""
        found = await self._ask("GET", "/Messages", params={"To": to, "PageSize": "1"})
        last: Mapping[str, Any] = next(iter(found.get("messages") or []), {})
        return str(last.get("status") or ""), int(last.get("error_code") or 0)

    async def _ask(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, data: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        sid, origin = self._settings.twilio_account_sid, self._settings.twilio_api_base_url
        url = f"{origin}/2010-04-01/Accounts/{sid}{path}.json"
        try:
            answer = await self._http.request(
                method, url, params=params, data=data, auth=(sid, self._token), timeout=REQUEST_SECONDS
            )
        except httpx.TimeoutException as error:
            raise TwilioError("Twilio does not answer", WAIT) from error
        except httpx.HTTPError as error:
            cause = f"Twilio cannot be reached ({type(error).__name__})"
            raise TwilioError(cause, f"May this machine connect to {origin}?") from error
        body = json_object(answer.content)
        if answer.is_success and body is not None:
            return body
        raise _refusal(answer.status_code, body or {})


def _number(resource: Mapping[str, Any]) -> Number:
    taken_by = str(resource.get("voice_application_sid") or resource.get("trunk_sid") or "")
    may_text = bool((resource.get("capabilities") or {}).get("sms"))
    return Number(str(resource["sid"]), str(resource["phone_number"]), Addresses.of(resource), taken_by, may_text)


def _refusal(status: int, body: Mapping[str, Any]) -> TwilioError:
    if status == 401:
        return TwilioError("Twilio refuses the account and its token (401)", BELONG_TOGETHER)
    if status == 429 or status >= 500:
        return TwilioError(f"Twilio answers {status}", WAIT)
    code = f", error {body['code']}" if body.get("code") else ""
    said = f": {body['message']}" if body.get("message") else ""
    more = f"See {body['more_info']}." if body.get("more_info") else "Is TWILIO_API_BASE_URL right?"
    return TwilioError(f"Twilio refuses ({status}{code}){said}".rstrip("."), more)
