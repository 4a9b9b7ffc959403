"""Twilio's REST API, as far as a live call needs it."""

import asyncio
import logging
from typing import TYPE_CHECKING

from call.session import CallSession
from circuit_breaker import LastSuccess
from config import Settings
from providers.twiml import twiml_last_words

if TYPE_CHECKING:
    from twilio.rest import Client

    from providers.twilio_client import BaseUrlClient

logger = logging.getLogger(__name__)


class TwilioCalls:
    """The REST requests that a live call needs, each with a deadline; one per process.

    Attributes:
        last_success: When Twilio last confirmed one.
    """

    def __init__(self, settings: Settings) -> None:
        """Opens its connection at first use."""
        self._settings = settings
        self.last_success = LastSuccess()
        self._http: BaseUrlClient | None = None
        self._client: Client | None = None

    def _calls(self) -> "Client":
        if self._client is None:
            from providers.twilio_client import BaseUrlClient, twilio_client

            settings = self._settings
            self._http = BaseUrlClient(settings.twilio_api_base_url, timeout=settings.hangup_request_seconds)
            self._client = twilio_client(settings, self._http)
        return self._client

    async def hang_up(self, call_id: str) -> bool:
        """Ends the call; False when Twilio did not confirm it in time. Then the end of the stream ends the call."""
        return await self._update(call_id, status="completed")

    async def say_and_hang_up(self, session: CallSession) -> bool:
        """Lets Twilio speak the call's last words and end it: the last voice when both of ours are down."""
        return await self._update(session.call_id, twiml=twiml_last_words(self._settings, session))

    async def _update(self, call_id: str, **what: str) -> bool:
        started = self.last_success.clock()
        try:
            async with asyncio.timeout(self._settings.hangup_request_seconds):
                await self._calls().calls(call_id).update_async(**what)
        except Exception as error:
            logger.warning("%s Twilio did not confirm the update: %s", call_id, type(error).__name__)
            return False
        self.last_success.mark(self.last_success.clock() - started)
        return True

    async def close(self) -> None:
        """Closes the connection."""
        if self._http is not None:
            await self._http.close()
