"""Twilio's own library, sent to the address that the settings name.

A module of its own: the library and what it brings are a part of the start that nobody needs before a call is hung up.
"""

from typing import Any

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from config import Settings


class BaseUrlClient(AsyncTwilioHttpClient):  # type: ignore[misc]
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


def twilio_client(settings: Settings, http: BaseUrlClient) -> Client:
    """The library's client over `http`."""
    return Client(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), http_client=http)
