"""Twilio's stand-in: the REST API that the bot and its operator call, and the network that places calls to the bot.

Guarantees basic auth, Twilio's JSON and error codes, and that a REST update acts on the live call at once.
Leaves out every resource but the account, its numbers, Calls and Messages, and prices, recordings and queues.
(Twilio: Voice API: Calls resource; Error dictionary.)
"""

import asyncio
import base64
import contextlib
import secrets
from collections.abc import Callable
from email.utils import formatdate
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.faults import Faults, fault_middleware
from simulator.phone.phone_call import CallEnd, Handset, Network, PhoneCall
from simulator.phone.rest_errors import not_found, refused
from simulator.phone.twilio_messages import Messages
from simulator.phone.twilio_numbers import IncomingNumber
from simulator.phone.twiml import TwimlError, parse
from simulator.phone.webhook import Rules, Webhooks
from simulator.sound.recording import Timeline


class TwilioStandIn:
    """One Twilio account on loopback. Use as an async context manager.

    Attributes:
        numbers: Those that the account has bought.
        messages: Those that it was asked for.
        status: Of the account.
        second_token: Another token that it knows, while tokens are rotated.
        behind_seconds: How much later than it is sent a stream is played, if it is set before the account is entered.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        voice: Callable[[str], bytes],
        faults: Faults | None = None,
        answer: Callable[[str], Handset] | None = None,
        limit_seconds: float = 600.0,
        webhook_rules: Rules | None = None,
    ) -> None:
        """`voice` speaks a `<Say>` as mu-law; `answer` picks up outbound calls; `faults` hit the REST API (parts
        "twilio" and "messages") and the media streams (part "stream").
        """
        self.account_sid = account_sid
        self.base_url = ""
        self.calls: dict[str, PhoneCall] = {}
        self.numbers: list[IncomingNumber] = []
        self.status = "active"
        self.second_token = ""
        self.behind_seconds = 0.0
        self._auth_token = auth_token
        self._voice = voice
        self._faults = faults or Faults()
        self.messages = Messages(account_sid, self._faults)
        self._answer = answer
        self._limit_seconds = limit_seconds
        self._webhook_rules = webhook_rules
        self._stack = contextlib.AsyncExitStack()
        self._outbound: dict[str, asyncio.Task[CallEnd]] = {}
        self._network: Network | None = None

    async def __aenter__(self) -> Self:
        http = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                headers={"User-Agent": "TwilioProxy/1.1"},
                connector=aiohttp.TCPConnector(force_close=True),
            )
        )
        webhooks = Webhooks(http, self._auth_token, self._webhook_rules)
        self._network = Network(
            self.account_sid, webhooks, self._voice, self._limit_seconds, self._faults, self.behind_seconds
        )
        app = web.Application(middlewares=[fault_middleware(self._faults, "twilio"), self._authenticate])
        app.router.add_get("/2010-04-01/Accounts/{account}.json", self._account)
        numbers = "/2010-04-01/Accounts/{account}/IncomingPhoneNumbers"
        app.router.add_get(numbers + ".json", self._list_numbers)
        app.router.add_post(numbers + "/{number}.json", self._change_number)
        calls = "/2010-04-01/Accounts/{account}/Calls"
        app.router.add_post(calls + ".json", self._create)
        app.router.add_post(calls + "/{call}.json", self._modify)
        app.router.add_get(calls + "/{call}.json", self._fetch)
        self.messages.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._outbound.values():
            task.cancel()
        await asyncio.gather(*self._outbound.values(), return_exceptions=True)
        await self._stack.aclose()

    def new_call(
        self,
        handset: Handset,
        *,
        from_: str,
        to: str,
        direction: str = "inbound",
        attestation: str = "A",
        timeline: Timeline | None = None,
    ) -> PhoneCall:
        """A call that is known to the REST API; the caller of this runs it.

        `attestation` is how far the network vouches for the number: A, B, C, or not at all.
        """
        if self._network is None:
            raise RuntimeError("enter the stand-in first")
        call = PhoneCall(
            self._network,
            handset,
            from_=from_,
            to=to,
            direction=direction,
            attestation=attestation,
            timeline=timeline,
        )
        self.calls[call.sid] = call
        return call

    async def outbound_end(self, call_sid: str) -> CallEnd:
        """Wait for the end of a call that the REST API placed."""
        return await self._outbound[call_sid]

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._authorised(request):
            return refused(401, 20003, "Authenticate")
        return await handler(request)

    def _authorised(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        return request.match_info.get("account") == self.account_sid and any(
            secrets.compare_digest(given, base64.b64encode(f"{self.account_sid}:{token}".encode()).decode())
            for token in filter(None, (self._auth_token, self.second_token))
        )

    async def _account(self, request: web.Request) -> web.Response:
        body = {"sid": self.account_sid, "friendly_name": "A business", "status": self.status, "type": "Full"}
        return web.json_response(body)

    async def _list_numbers(self, request: web.Request) -> web.Response:
        wanted = request.query.get("PhoneNumber", "")
        found = [number.resource(self.account_sid) for number in self.numbers if wanted in number.number]
        return web.json_response({"incoming_phone_numbers": found, "page": 0, "page_size": 50, "next_page_uri": None})

    async def _change_number(self, request: web.Request) -> web.Response:
        number = next((one for one in self.numbers if one.sid == request.match_info["number"]), None)
        if number is None:
            return not_found(request)
        if wrong := number.change({name: str(value) for name, value in (await request.post()).items()}):
            return refused(400, 21502, f"{wrong} is not valid")
        return web.json_response(number.resource(self.account_sid))

    async def _fetch(self, request: web.Request) -> web.Response:
        call = self.calls.get(request.match_info["call"])
        return self._json(call) if call else not_found(request)

    async def _modify(self, request: web.Request) -> web.Response:
        call = self.calls.get(request.match_info["call"])
        if call is None:
            return not_found(request)
        form = await request.post()
        status, twiml, url = (str(form.get(key, "")) for key in ("Status", "Twiml", "Url"))
        call.timeline.add("twilio", "rest", f"Status={status}" if status else "new instructions")
        if status in ("completed", "canceled"):
            call.end("bot", "rest")
            return self._json(call)
        if status:
            return refused(400, 21218, f"Invalid call status {status}")
        if not twiml and not url:
            return refused(400, 20001, "Url, Twiml or Status is required")
        if call.over:
            return refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        try:
            call.redirect(parse(twiml) if twiml else url)
        except TwimlError as error:
            return refused(400, error.code, str(error))
        return self._json(call)

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        to, from_, url = (str(form.get(key, "")) for key in ("To", "From", "Url"))
        if not to:
            return refused(400, 21201, "No 'To' number is specified")
        if not from_:
            return refused(400, 21213, "No 'From' number is specified")
        if not url.startswith(("http://", "https://")):
            return refused(400, 21205, "Url is not a valid URL")
        if self._answer is None:
            return refused(400, 21214, "'To' phone number cannot be reached")
        call = self.new_call(self._answer(to), from_=from_, to=to, direction="outbound-api")
        fallback, status = (str(form[key]) if form.get(key) else None for key in ("FallbackUrl", "StatusCallback"))
        self._outbound[call.sid] = asyncio.create_task(call.run(url, fallback, status))
        return self._json(call, status=201)

    def _json(self, call: PhoneCall, status: int = 200) -> web.Response:
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Calls/{call.sid}.json"
        body = {
            "sid": call.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "from": call.from_,
            "to": call.to,
            "status": "completed" if call.over else call.status,
            "direction": call.direction,
            "date_created": formatdate(call.started_at),
            "start_time": formatdate(call.started_at),
            "duration": str(round(call.duration_seconds)) if call.over else None,
            "price": None,
            "uri": uri,
        }
        return web.json_response(body, status=status)
