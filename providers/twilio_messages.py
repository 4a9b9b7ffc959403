"""TwilioMessages: texts by Twilio's REST API: one is sent, looked for, asked after. (Twilio: Messages resource.)

Twilio has no key that makes a request for a message harmless to repeat. So what came of one is told in four words, and
`UNKNOWN` is one of them: the request may have been carried out, and has to be looked for before it is made again. What
Twilio has accepted may still be refused by a carrier later: that is told by what became of the message.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import ModuleType
from typing import TYPE_CHECKING

from call.errors import AgentError
from config import Settings
from logs import loggable

if TYPE_CHECKING:
    from twilio.rest import Client

    from providers.twilio_client import BaseUrlClient

REQUEST_SECONDS = 15.0  # Longest request; nobody on a line waits for it.
MOST_LOOKED_AT = 200  # Messages to one number among which one is looked for, the newest first
QUEUE_IS_FULL = 21611  # Of the number that sends, for the moment
# Of the phone that is texted, whoever texts it: no number, STOP, no way there, a landline, switched off, gone, blocked
_OF_THE_PHONE = frozenset({21211, 21217, 21610, 21612, 21614, 21635, 30003, 30004, 30005, 30006})
# Of every message alike, until somebody mends the account: the message itself is not to blame.
_OF_THE_ACCOUNT = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class Answer(StrEnum):
    """What came of the request for a message."""

    ACCEPTED = "accepted"
    NOT_SENT = "not sent"  # For certain, and it may be tried again.
    REFUSED = "refused"  # For certain, and for good: such as 21211 (no number), 21610 (whoever has it wants no texts).
    UNKNOWN = "unknown"


class Fate(StrEnum):
    """What became of a message that Twilio has."""

    ON_ITS_WAY = "on its way"
    DELIVERED = "delivered"
    FAILED = "failed"  # Such as 30034: our number is not registered for texts in the United States.


# Twilio: Message status values. The carrier may say nothing more behind `sent`.
_FATES = {
    "delivered": Fate.DELIVERED,
    "read": Fate.DELIVERED,
    "failed": Fate.FAILED,
    "undelivered": Fate.FAILED,
    "canceled": Fate.FAILED,
}


@dataclass(frozen=True)
class Sent:
    """What came of a request, with the message's name at Twilio, or with Twilio's words; numbers masked.

    `of_the_phone`: whether the phone that is texted is why it was refused, and nothing of ours.
    """

    answer: Answer
    sid: str = ""
    detail: str = ""
    of_the_phone: bool = False


@dataclass(frozen=True)
class Became:
    """What became of a message, Twilio's word for it with the number of the error, and whose that is; see `Sent`."""

    fate: Fate
    detail: str
    of_the_phone: bool = False


class NoAnswerError(AgentError):
    """Raised when Twilio does not tell what is asked; the message says how it went, numbers masked."""


class TwilioMessages:
    """One per process; opens its connection at first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http: BaseUrlClient | None = None
        self._client: Client | None = None

    async def _twilio(self) -> "Client":
        if self._client is None:
            library = await asyncio.to_thread(_library)  # As slow as its imports, with callers on the line.
            if self._client is None:  # Nor has another message made it meanwhile.
                self._http = library.BaseUrlClient(self._settings.twilio_api_base_url, timeout=REQUEST_SECONDS)
                self._client = library.twilio_client(self._settings, self._http)
        return self._client

    async def send(self, recipient: str, body: str) -> Sent:
        """One request for a text from our number, within REQUEST_SECONDS."""
        messages, ours = (await self._twilio()).messages, self._settings.twilio_phone_number
        from aiohttp import ClientConnectorError
        from twilio.base.exceptions import TwilioRestException

        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                made = await messages.create_async(to=recipient, from_=ours, body=body)
        except ClientConnectorError as error:  # No connection was made, so nothing was asked.
            return Sent(Answer.NOT_SENT, detail=type(error).__name__)
        except TwilioRestException as error:
            answer = _meaning(error.status, error.code)
            return Sent(answer, detail=_told(error), of_the_phone=error.code in _OF_THE_PHONE)
        except Exception as error:
            return Sent(Answer.UNKNOWN, detail=type(error).__name__)
        return Sent(Answer.ACCEPTED, str(made.sid)) if made.sid else Sent(Answer.UNKNOWN, detail="an empty answer")

    async def find(self, recipient: str, body: str) -> str:
        """The name of a message with these words, which no other one has; empty if Twilio has none that may arrive.

        Not by DateSent: what Twilio has not passed on yet has none. A trial account's has words before ours.

        Raises:
            NoAnswerError: Twilio did not tell.
        """
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                listed = await (await self._twilio()).messages.list_async(to=recipient, limit=MOST_LOOKED_AT)
            made = [one for one in listed if body in (one.body or "") and _fate(str(one.status)) is not Fate.FAILED]
        except Exception as error:
            raise NoAnswerError(_told(error)) from error
        return str(made[0].sid) if made else ""

    async def fate(self, sid: str) -> Became:
        """What became of a message.

        Raises:
            NoAnswerError: Twilio did not tell.
        """
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                message = await (await self._twilio()).messages(sid).fetch_async()
        except Exception as error:
            raise NoAnswerError(_told(error)) from error
        status, code = str(message.status), message.error_code
        return Became(_fate(status), f"{status} {code or ''}".strip(), code in _OF_THE_PHONE)

    async def close(self) -> None:
        """Closes the connection."""
        if self._http is not None:
            await self._http.close()


def _library() -> ModuleType:
    import twilio.rest.api.v2010.account  # noqa: F401 - imported at the first request otherwise

    from providers import twilio_client

    return twilio_client


def _fate(status: str) -> Fate:
    return _FATES.get(status, Fate.ON_ITS_WAY)


def _meaning(status: int, code: int | None) -> Answer:
    if status in _OF_THE_ACCOUNT or code == QUEUE_IS_FULL:
        return Answer.NOT_SENT
    return Answer.REFUSED if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR else Answer.UNKNOWN


def _told(error: Exception) -> str:
    """Status, number of the error and Twilio's words, as far as it said anything."""
    told = (getattr(error, "status", ""), getattr(error, "code", ""), getattr(error, "msg", ""))
    said = " ".join(str(part) for part in told if part) or f"{type(error).__name__} {error}".strip()
    return loggable(said)
