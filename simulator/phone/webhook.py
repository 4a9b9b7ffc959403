"""How Twilio asks a web server for instructions: signed requests, its timeouts, its retries, the fallback URL.

Guarantees Twilio's defaults (connect 5 s, read 15 s, 15 s in all, one retry when the connection failed) and the
overrides in the URL's fragment (`#rc=2&rp=5xx,rt`). Leaves out cookies, edge locations and TLS checks.
(Twilio: Webhooks (HTTP callbacks): Connection Overrides; Security: Validating Requests.)
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag

import aiohttp
from twilio.request_validator import RequestValidator
from yarl import URL

HTTP_RETRIEVAL_FAILURE = 11200
CONNECTION_FAILURE = 11205


class WebhookError(Exception):
    """Raised when Twilio would give up on a URL; `code` is Twilio's error number."""

    def __init__(self, code: int, message: str, url: str) -> None:
        super().__init__(f"{code} {message} ({url})")
        self.code = code
        self.url = url


@dataclass(frozen=True, slots=True)
class Rules:
    """Connection overrides of one URL; seconds and counts."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, fragment: str, default: "Rules | None" = None) -> "Rules":
        """Read `rc`, `rp`, `ct`, `rt` and `tt` (times in ms) out of a URL's fragment."""
        given = {name: values[-1] for name, values in parse_qs(fragment).items()}
        default = default or cls()
        return cls(
            connect_seconds=int(given.get("ct", default.connect_seconds * 1000)) / 1000,
            read_seconds=int(given.get("rt", default.read_seconds * 1000)) / 1000,
            total_seconds=int(given.get("tt", default.total_seconds * 1000)) / 1000,
            retries=int(given.get("rc", default.retries)),
            retry_on=frozenset(given["rp"].split(",")) if "rp" in given else default.retry_on,
        )

    def may_retry(self, cause: str) -> bool:
        """Tell whether `cause` (ct, rt, 4xx, 5xx) is one that is tried again."""
        return cause in self.retry_on or "all" in self.retry_on


class Webhooks:
    """Sends Twilio's requests; one client session for all calls of a stand-in."""

    def __init__(self, http: aiohttp.ClientSession, auth_token: str, rules: Rules | None = None) -> None:
        """`rules` of URLs that name none: Twilio's, or more patient ones where a machine's slowness must not count."""
        self._http = http
        self._rules = rules or Rules()
        self._validator = RequestValidator(auth_token)

    def signature(self, url: str, params: Mapping[str, str]) -> str:
        """X-Twilio-Signature over the exact URL and the sorted form parameters."""
        return str(self._validator.compute_signature(url, dict(params)))

    async def fetch(self, url: str, params: Mapping[str, str], method: str = "POST") -> str:
        """Return the body of a 2xx answer; raises `WebhookError` after the retries the URL allows."""
        target, fragment = urldefrag(url)
        rules = Rules.of(fragment, self._rules)
        try:
            async with asyncio.timeout(rules.total_seconds):
                return await self._attempts(target, params, method, rules)
        except TimeoutError as error:
            raise WebhookError(HTTP_RETRIEVAL_FAILURE, "total timeout", target) from error

    async def _attempts(self, url: str, params: Mapping[str, str], method: str, rules: Rules) -> str:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=rules.connect_seconds, sock_read=rules.read_seconds)
        attempt = 0
        while True:
            attempt += 1
            try:
                status, body = await self._once(url, params, method, timeout)
            except (TimeoutError, aiohttp.ClientError) as error:
                connecting = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
                cause, message = ("ct" if connecting else "rt"), type(error).__name__
                code = CONNECTION_FAILURE if connecting else HTTP_RETRIEVAL_FAILURE
            else:
                if 200 <= status < 300:
                    return body
                cause, message = f"{status // 100}xx", f"HTTP {status}"
                code = HTTP_RETRIEVAL_FAILURE
            if attempt > rules.retries or not rules.may_retry(cause):
                raise WebhookError(code, message, url)

    async def _once(
        self, url: str, params: Mapping[str, str], method: str, timeout: aiohttp.ClientTimeout
    ) -> tuple[int, str]:
        if method == "GET":
            full = str(URL(url).update_query(params))
            request = self._http.get(full, timeout=timeout, headers={"X-Twilio-Signature": self.signature(full, {})})
        else:
            request = self._http.post(
                url,
                data=dict(params),
                timeout=timeout,
                headers={"X-Twilio-Signature": self.signature(url, params)},
            )
        async with request as response:
            return response.status, await response.text()
