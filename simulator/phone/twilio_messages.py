"""The texts of Twilio's stand-in: one is made, listed, asked after. (Twilio: Messages resource; Error dictionary.)

As Twilio does, it makes a second message of a second request, whatever the first one's answer was; it accepts what a
carrier then refuses; and a message that no carrier has yet has no `date_sent`. What was made stays, so that whoever
counts them sees what a phone got. Faults are of the part "messages".
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from email.utils import formatdate

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.faults import HTTP_MODES, STATUS, Faults, abort, answer_with
from simulator.phone.rest_errors import not_found, refused

LONGEST_BODY = 1600
DELIVERED_SECONDS = 3.0
UNREGISTERED = 30034
# Of a request for a message alone: number of the error and Twilio's words.
_REFUSALS = {
    "invalid": (21211, "The 'To' number is not a valid phone number."),
    "unsubscribed": (21610, "Attempt to send to unsubscribed recipient"),
}


@dataclass
class TextMessage:
    """A text that Twilio has made; `error_code` 0: the phone gets it."""

    sender: str
    recipient: str
    body: str
    error_code: int = 0
    delivered_seconds: float = DELIVERED_SECONDS
    sid: str = field(default_factory=lambda: "SM" + secrets.token_hex(16))
    made_at: float = field(default_factory=time.time)
    _made: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    @property
    def status(self) -> str:
        """Where it is on its way, by the loop's clock."""
        if asyncio.get_running_loop().time() - self._made < self.delivered_seconds:
            return "queued"
        return "undelivered" if self.error_code else "delivered"

    def resource(self, account_sid: str) -> dict[str, object]:
        """What the API answers."""
        on_its_way = self.status == "queued"
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "from": self.sender,
            "to": self.recipient,
            "body": self.body,
            "status": self.status,
            "direction": "outbound-api",
            "error_code": None if on_its_way or not self.error_code else self.error_code,
            "error_message": None,
            "num_segments": str(-(-len(self.body) // 153)),
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "messaging_service_sid": None,
            "date_created": formatdate(self.made_at),
            "date_updated": formatdate(self.made_at),
            "date_sent": None if on_its_way else formatdate(self.made_at),
            "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}.json",
        }


class Messages:
    """The messages of one account.

    Attributes:
        made: All that Twilio has made, the oldest first.
    """

    def __init__(self, account_sid: str, faults: Faults) -> None:
        self.made: list[TextMessage] = []
        self._account_sid, self._faults = account_sid, faults

    @property
    def delivered(self) -> list[TextMessage]:
        """Those that a phone gets."""
        return [message for message in self.made if not message.error_code]

    def add_routes(self, app: web.Application) -> None:
        """Answers at an account's address."""
        messages = "/2010-04-01/Accounts/{account}/Messages"
        app.router.add_post(messages + ".json", self._asked_for_one)
        app.router.add_get(messages + ".json", self._asked_for_all)
        app.router.add_get(messages + "/{message}.json", self._asked_about_one)

    async def _asked_for_one(self, request: web.Request) -> web.StreamResponse:
        mode = self._faults.mode("messages")
        if mode in HTTP_MODES or mode is None or STATUS.fullmatch(mode):
            return await answer_with(self._faults, "messages", request, self._create)
        self._faults.take("messages")
        if mode in _REFUSALS:
            return refused(400, *_REFUSALS[mode])
        answer = await self._create(request)
        if mode == "unregistered" and answer.status == 201:
            self.made[-1].error_code = UNREGISTERED
        return abort(request) if mode == "lost_answer" else answer

    async def _asked_for_all(self, request: web.Request) -> web.StreamResponse:
        return await self._broken(request, self._list)

    async def _asked_about_one(self, request: web.Request) -> web.StreamResponse:
        return await self._broken(request, self._fetch)

    async def _broken(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What is no request for a message meets only what the whole resource does."""
        mode = self._faults.mode("messages")
        if mode in HTTP_MODES or (mode and STATUS.fullmatch(mode)):
            return await answer_with(self._faults, "messages", request, handler)
        return await handler(request)

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        recipient, sender, body = (str(form.get(key, "")) for key in ("To", "From", "Body"))
        if not recipient:
            return refused(400, 21604, "A 'To' phone number is required.")
        if not sender:
            return refused(400, 21603, "A 'From' phone number is required.")
        if not body:
            return refused(400, 21602, "Message body is required.")
        if recipient == sender:
            return refused(400, 21266, "'To' and 'From' number cannot be the same")
        if len(body) > LONGEST_BODY:
            return refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        message = TextMessage(sender, recipient, body)
        self.made.append(message)
        return web.json_response(message.resource(self._account_sid), status=201)

    async def _list(self, request: web.Request) -> web.Response:
        wanted, size = request.query.get("To", ""), int(request.query.get("PageSize", "50"))
        found = [message.resource(self._account_sid) for message in self.made if wanted in ("", message.recipient)]
        body = {"messages": found[::-1][:size], "page": 0, "page_size": size, "next_page_uri": None}
        return web.json_response(body)

    async def _fetch(self, request: web.Request) -> web.Response:
        sid = request.match_info["message"]
        found = next((message for message in self.made if message.sid == sid), None)
        if found is None:
            return not_found(request)
        return web.json_response(found.resource(self._account_sid))
