"""The doctor's checks of the way of a call: Twilio's account and number, and our public address as Twilio sees it.

What is sent to the public address is signed like Twilio's own, and begins no call: a webhook that names none, and a
stream that only asks whether its token lets it in.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from desk.checks import Check, Finding, Site, failed, ok, reached, skipped, warning
from desk.twilio_account import Account, Addresses, Number, TwilioError
from providers.http import json_object
from server.entrance import PROBE, Entrance

POINT = "Point the number here: make number-point."
OUR_ADDRESS = "Is PUBLIC_URL this service's address, and is it running?"
SAME_TOKEN = "Is TWILIO_AUTH_TOKEN here the one that the running service has, and PUBLIC_URL its address?"  # noqa: S105
WHY_NOT = "See twilio.com/docs/errors/{}; 30034: register the number for texts in the United States (A2P 10DLC)."
SKEW_SECONDS, LOST_SECONDS = 5, 30  # A stream's token is good for a minute.
CERTIFICATE_DAYS = 14
LET_IN, TURNED_AWAY = 1000, 1008  # How the service closes a stream that asks whether it would be let in
NO_CALL = "CA" + "0" * 32
BAD_TOKEN = "Is it the token of the running service, and is the clock of both machines right?"  # noqa: S105


async def account(site: Site) -> Finding:
    """Whether the account may place and take calls."""
    try:
        status = await Account(site.settings, site.http).status()
    except TwilioError as error:
        return failed(error.cause, error.advice)
    if status == "active":
        return ok("the account is active")
    return failed(f"the account is {status}", "Look at console.twilio.com what it waits for.")


async def second_token(site: Site) -> Finding:
    """Whether the token that is rotated in is the account's, if one is set."""
    token = site.settings.twilio_second_auth_token
    if token is None:
        return skipped("none is set: one is needed only while the first is rotated")
    try:
        await Account(site.settings, site.http, token.get_secret_value()).status()
    except TwilioError as error:
        advice = "Correct TWILIO_SECOND_AUTH_TOKEN, or unset it once the rotation is over."
        return failed(error.cause, advice if "(401)" in error.cause else error.advice)
    return ok("is the account's too")


async def owned(site: Site) -> Finding:
    """Whether the number is the account's."""
    number = await _number(site)
    return number if isinstance(number, Finding) else ok(f"{number.number} is the account's")


async def voice_url(site: Site) -> Finding:
    """Whether calls to the number come here."""
    number = await _number(site)
    if isinstance(number, Finding):
        return _unasked(number)
    ours, there = Addresses.ours(site.settings), number.addresses
    if number.taken_by:
        advice = "Take the application or trunk off the number at console.twilio.com."
        return failed(f"{number.taken_by} takes the number's calls, whatever its addresses are", advice)
    if there.voice_url != ours.voice_url:
        return failed(f"calls go to {there.voice_url or 'nobody'}, not to {ours.voice_url}", POINT)
    if there.voice_method != ours.voice_method:
        return warning(f"asked with {there.voice_method}, not with POST", POINT)
    return ok(f"calls come to {there.voice_url}")


async def fallback_url(site: Site) -> Finding:
    """Whether a call has a second try when the first fails."""
    number = await _number(site)
    if isinstance(number, Finding):
        return _unasked(number)
    there = number.addresses.voice_fallback_url
    if not there:
        return warning("a first answer that fails ends the call", POINT)
    ours = Addresses.ours(site.settings).voice_fallback_url
    return ok("a second try comes here" if there == ours else f"a call that fails here goes to {there}")


async def status_url(site: Site) -> Finding:
    """Whether we are told that a call is over."""
    number = await _number(site)
    if isinstance(number, Finding):
        return _unasked(number)
    ours, there = Addresses.ours(site.settings).status_callback, number.addresses.status_callback
    if there == ours:
        return ok("the end of a call is told here")
    return warning(f"the end of a call is told to {there or 'nobody'}: leads of broken calls come late", POINT)


async def person(site: Site) -> Finding:
    """Whether a caller who wants a person reaches one, and not ourselves."""
    wanted = site.settings.transfer_number
    if wanted is None:
        return skipped("TRANSFER_NUMBER is not set: a caller who wants a person is called back")
    try:
        number = await Account(site.settings, site.http).find(wanted)
    except TwilioError as error:
        return failed(error.cause, error.advice)
    if number and number.addresses.voice_url == Addresses.ours(site.settings).voice_url:
        return failed("TRANSFER_NUMBER comes back to this service", "Set it to the phone of a person.")
    return reached("TRANSFER_NUMBER", wanted, "a caller who wants a person is connected with one")


async def texts(site: Site) -> Finding:
    """Whether our number can text; and whether the last text to the owner arrived. None is sent."""
    owner = site.settings.owner_phone
    if owner is None and not site.settings.text_callers:
        return skipped("neither OWNER_PHONE nor TEXT_CALLERS is set: nobody is texted")
    number = await _number(site)
    if isinstance(number, Finding):
        return _unasked(number)
    if not number.may_text:
        return failed(
            f"{number.number} sends no texts", "Buy a number that does, or unset OWNER_PHONE and TEXT_CALLERS."
        )
    if owner is None:
        return ok(f"{number.number} sends texts to callers")
    try:
        status, code = await Account(site.settings, site.http).last_text(owner)
    except TwilioError as error:
        return failed(error.cause, error.advice)
    if status in ("failed", "undelivered"):
        return failed(f"the last text to the owner did not arrive ({status}, {code})", WHY_NOT.format(code))
    return reached("OWNER_PHONE", owner, f"the last text to the owner: {status or 'none was sent yet'}")


async def health(site: Site) -> Finding:
    """Whether this service answers at its public address."""
    answer = await site.http.get(site.settings.origin + "/health")
    told = json_object(answer.content) or {}
    if answer.status_code == 200 and told.get("status") == "ok" and "calls" in told:
        return ok(f"{site.settings.origin} is this service")
    return failed(f"{site.settings.origin} answers {answer.status_code}, and is not this service", OUR_ADDRESS)


async def ready(site: Site) -> Finding:
    """Whether it takes calls."""
    answer = await site.http.get(site.settings.origin + "/ready")
    return ready_found(answer.status_code, json_object(answer.content) or {})


def ready_found(code: int, told: Mapping[str, object]) -> Finding:
    """What /ready tells with this code (server/readiness.py): whether it takes calls, and then what it lacks."""
    status, without = told.get("status"), told.get("without")
    lacks = f"without {', '.join(map(str, without))}" if without and isinstance(without, list) else ""
    if status in ("draining", "late", "full"):
        also = f", and {lacks}" if lacks else ""
        return warning(f"takes no new calls: {status}{also}", "Wait until the deploy, or the rush, is over.")
    if code != 200 or status != "ready":
        return failed(f"/ready answers {code}", OUR_ADDRESS)
    if lacks:
        return warning(f"takes calls, {lacks}", "Mend it: see the check of that name.")
    return ok("takes calls")


async def signed(site: Site) -> Finding:
    """Whether what Twilio signs is let in: the address and the token of the running service are these."""
    status = await _webhook(site, sign=True)
    if status == 400:  # It was let in, and names no call.
        return ok("what Twilio signs is let in")
    if status == 403:
        return failed("what Twilio signs is refused (403)", SAME_TOKEN)
    return failed(f"/twiml/status answers {status}", OUR_ADDRESS)


async def unsigned(site: Site) -> Finding:
    """Whether what nobody signed stays out."""
    status = await _webhook(site, sign=False)
    if status == 403:
        return ok("what Twilio did not sign is refused")
    if status == 400:
        return warning(
            "what nobody signed is let in", "Unset VERIFY_TWILIO, unless nobody else can reach this machine."
        )
    return failed(f"/twiml/status answers {status}", OUR_ADDRESS)


async def websocket(site: Site) -> Finding:
    """Whether Twilio's stream gets through to this service, and is let in by the token that `/twiml` gives it."""
    url = site.settings.stream_url
    parameters = {"token": Entrance(site.settings).issue_token(NO_CALL, site.now().timestamp()), PROBE: "doctor"}
    start = {"callSid": NO_CALL, "streamSid": "MZ" + "0" * 32, "customParameters": parameters}
    headers = {"X-Twilio-Signature": _signature(site, url, {})}
    try:
        async with connect(url, additional_headers=headers, proxy=None, open_timeout=None, close_timeout=0.2) as socket:
            await socket.send(json.dumps({"event": "start", "start": start}))
            while True:
                await socket.recv()
    except InvalidStatus as refusal:
        status = refusal.response.status_code
        if status == 403:
            return failed("the signed stream is refused (403)", SAME_TOKEN)
        return failed(f"{url} answers {status}", "Let what stands before the service pass websockets on.")
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd is not None else 0
        if code == LET_IN:
            return ok("a signed stream gets through, and its token lets it in")
        if code == TURNED_AWAY:
            return failed("the stream gets through, and its token does not let it in", BAD_TOKEN)
        return failed("the stream was cut", "Let what stands before the service pass websockets on.")
    except WebSocketException as error:
        return failed(f"{url} is no websocket ({type(error).__name__})", OUR_ADDRESS)


async def certificate(site: Site) -> Finding:
    """How long the certificate of the public address is good."""
    parts = urlsplit(site.settings.origin)
    if parts.scheme != "https":
        return skipped(f"{site.settings.origin} has none")
    advice = f"Renew the certificate of {parts.hostname}; on Fly: fly certs check {parts.hostname}."
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=site.tls)
    except ssl.SSLCertVerificationError as error:
        return failed(f"is not trusted: {error.verify_message}", advice)
    try:
        return certificate_found(writer.get_extra_info("peercert"), site.now(), advice)
    finally:
        writer.close()


def certificate_found(told: Mapping[str, object], now: datetime, advice: str) -> Finding:
    """What the end of a certificate's time means."""
    days = int((ssl.cert_time_to_seconds(str(told["notAfter"])) - now.timestamp()) // 86400)
    if days < 0:
        return failed("has expired", advice)
    cause = f"is good for {days} days"
    return warning(cause, advice) if days < CERTIFICATE_DAYS else ok(cause)


async def clock(site: Site) -> Finding:
    """Whether this machine and the world agree what time it is."""
    answer = await site.http.get(site.settings.openai_base_url)
    if not (told := answer.headers.get("date")):
        return skipped("nobody told the time")
    seconds = (site.now() - parsedate_to_datetime(told)).total_seconds()
    cause = f"it is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
    if abs(seconds) > LOST_SECONDS:
        return failed(f"{cause}: tokens of streams expire at once", "Set the machine's clock (NTP).")
    return warning(cause, "Set the machine's clock (NTP).") if abs(seconds) > SKEW_SECONDS else ok("is right")


CHECKS = (
    Check("twilio account", "TWILIO_API_BASE_URL", account),
    Check("twilio second token", "TWILIO_API_BASE_URL", second_token),
    Check("twilio number", "TWILIO_API_BASE_URL", owned),
    Check("transfer", "TWILIO_API_BASE_URL", person),
    Check("twilio voice url", "TWILIO_API_BASE_URL", voice_url),
    Check("twilio fallback url", "TWILIO_API_BASE_URL", fallback_url),
    Check("twilio status url", "TWILIO_API_BASE_URL", status_url),
    Check("twilio texts", "TWILIO_API_BASE_URL", texts),
    Check("public health", "PUBLIC_URL", health),
    Check("public readiness", "PUBLIC_URL", ready),
    Check("public webhook", "PUBLIC_URL", signed),
    Check("public door", "PUBLIC_URL", unsigned),
    Check("public stream", "PUBLIC_URL", websocket),
    Check("certificate", "PUBLIC_URL", certificate),
    Check("clock", "OPENAI_BASE_URL", clock),
)


async def _number(site: Site) -> Number | Finding:
    try:
        return await Account(site.settings, site.http).number()
    except TwilioError as error:
        return failed(error.cause, error.advice)


def _unasked(number: Finding) -> Finding:
    return skipped(f"not asked: {number.cause}", "See twilio number.")


def _signature(site: Site, url: str, form: dict[str, str]) -> str:
    return str(RequestValidator(site.settings.twilio_auth_token.get_secret_value()).compute_signature(url, form))


async def _webhook(site: Site, *, sign: bool) -> int:
    """What a status callback that names no call is answered."""
    url, form = Addresses.ours(site.settings).status_callback, {"CallStatus": "completed"}
    headers = {"X-Twilio-Signature": _signature(site, url, form)} if sign else {}
    answer: httpx.Response = await site.http.post(url, data=form, headers=headers)
    return answer.status_code
