"""DashboardClient: one record to one of the dashboard's three webhooks (contract.md part 2).

Three addresses from three settings, none derived from another. Every failure of any kind is tried
again exactly once, after DASHBOARD_RETRY_SECONDS (2 s); the body of a refusal is logged. The result
says what is to become of the record; keeping it and delivering it later is delivery.py's.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import httpx

from call.event import tell
from call.service_events import DashboardAccepted, DashboardAskedAgain, DashboardRefused
from circuit_breaker import LastSuccess, Verdict
from config import Settings
from logs import loggable
from providers.http import json_object

logger = logging.getLogger(__name__)

REFUSED_FOR_GOOD = (400, 401)  # They never get better by themselves (contract.md 2.1).


class Delivery(StrEnum):
    """What became of one record after its two tries."""

    ACCEPTED = "accepted"  # 2xx, also if its body cannot be read; an object has to say success.
    REFUSED = "refused"  # 400 or 401: to be parked until somebody fixes the cause.
    LATER = "later"  # Anything else: the dashboard may get better.
    NOT_NEEDED = "not_needed"  # Not sent: a later call has made something else of it (later_calls.py).


@dataclass(frozen=True)
class Delivered:
    """The result of a delivery; the ids are the dashboard's rows, empty when it named none.

    `detail` is the status and body of the last answer, or the error; numbers masked.
    """

    delivery: Delivery
    lead_id: str = ""
    job_id: str = ""
    detail: str = ""


@dataclass(frozen=True)
class _Answer:
    status: int | None  # None: there was no answer.
    text: str


class DashboardClient:
    """Posts records to the dashboard.

    Args:
        settings: The three addresses, the secret, the timeout and the pause before the retry.
        http: The process's client.
        sleep: Waits before the retry.

    Attributes:
        last_success: When the dashboard last accepted something.
    """

    def __init__(
        self,
        settings: Settings,
        http: httpx.AsyncClient,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._http = http
        self._sleep = sleep
        self.last_success = LastSuccess()

    async def post_job(self, payload: Mapping[str, Any]) -> Delivered:
        """Posts a job or lead (contract.md 2.2); the result has the id of its row."""
        return await self._post("jobs", self._settings.dashboard_jobs_url, payload)

    async def post_call(self, payload: Mapping[str, Any]) -> Delivered:
        """Posts a call record (contract.md 2.3): whole, an update erases what it lacks."""
        return await self._post("calls", self._settings.dashboard_calls_url, payload)

    async def post_alert(self, payload: Mapping[str, Any]) -> Delivered:
        """Posts an emergency (contract.md 2.4): with `alert_id`, or a repeat is a second alarm."""
        return await self._post("alerts", self._settings.dashboard_alerts_url, payload)

    async def _post(self, what: str, url: str | None, payload: Mapping[str, Any]) -> Delivered:
        call_id = payload.get("call_id", "-")
        started = time.monotonic()
        if url is None:
            logger.warning("%s dashboard %s: no address is configured", call_id, what)
            return Delivered(Delivery.LATER, detail="no address is configured")
        answer = await self._try(url, payload)
        if not _accepted(answer):
            pause = self._settings.dashboard_retry_seconds
            said = _described(answer)
            tell(logger, DashboardAskedAgain(what, said, pause), call_id)
            await self._sleep(pause)
            answer = await self._try(url, payload)
        if not _accepted(answer):
            refused = answer.status in REFUSED_FOR_GOOD
            said = _described(answer)
            tell(logger, DashboardRefused(what, said), call_id)
            if answer.status != HTTPStatus.BAD_REQUEST:  # That is this record's fault.
                self.last_success.miss(Verdict.REFUSED if refused else Verdict.FAILED)
            return Delivered(Delivery.REFUSED if refused else Delivery.LATER, detail=said)
        seconds = time.monotonic() - started
        self.last_success.mark(seconds)
        tell(logger, DashboardAccepted(what, round(seconds * 1000)), call_id)
        body = json_object(answer.text) or {}
        return Delivered(Delivery.ACCEPTED, _id(body, "lead_id"), _id(body, "job_id"), str(answer.status))

    async def _try(self, url: str, payload: Mapping[str, Any]) -> _Answer:
        secret = self._settings.dashboard_webhook_secret
        try:
            async with asyncio.timeout(self._settings.dashboard_timeout_seconds):
                response = await self._http.post(
                    url,
                    json=payload,
                    headers={"X-Webhook-Secret": secret.get_secret_value()} if secret else {},
                    timeout=None,  # Ours is for the whole request, httpx's are for each read.
                    follow_redirects=False,
                )
        except (TimeoutError, httpx.TimeoutException):
            return _Answer(None, "timeout")
        except (httpx.RequestError, httpx.InvalidURL, OSError) as error:
            return _Answer(None, f"{type(error).__name__} {error}".strip())
        return _Answer(response.status_code, response.content.decode(errors="replace"))  # Whatever charset it claims.


def _accepted(answer: _Answer) -> bool:
    """2xx; but a page, or an object without the dashboard's `success`, is of whatever stands before one that is down.

    Then nobody has the record. The dashboard says `success: true` of each that it took (contract.md 2.2 to 2.4).
    """
    if answer.status is None or not 200 <= answer.status < 300 or answer.text.lstrip().startswith("<"):
        return False
    body = json_object(answer.text)
    return body is None or body.get("success") is True


def _described(answer: _Answer) -> str:
    text = loggable(answer.text)
    return text if answer.status is None else f"{answer.status} {text}".rstrip()


def _id(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""
