"""V2Client: the tools of the V2 backend during a call, over HTTP (contract.md part 1).

Every tool ends within its deadline with a typed result that says what is surely known; what may
have been carried out is never repeated. One breaker for the process keeps callers from waiting for
a V2 that is down. The meaning of the messages is v2_messages.py's, what follows is the machine's.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from call import v2_messages
from call.event import tell
from call.events import ToolAnswered
from call.session import CallSession
from call.tool_calls import (
    BookAppointment,
    CallerFound,
    CheckCalendarAvailability,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolRequest,
    ToolResult,
)
from circuit_breaker import Attempt, CircuitBreaker
from config import Settings
from logs import loggable
from providers.http import json_object

logger = logging.getLogger(__name__)

CALLBACK_RETRY_PAUSE_SECONDS = 0.3
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


@dataclass(frozen=True)
class _Answer:
    """What came of one request: a JSON object to be read, or an outcome and why."""

    body: Mapping[str, Any] | None = None
    outcome: Outcome = Outcome.UNKNOWN
    detail: str = ""
    never_sent: bool = False


class _Wire:
    """httpx's trace hook: tells a request that got no connection from one V2 may have seen."""

    def __init__(self) -> None:
        self._connecting = self._sending = False

    async def __call__(self, event: str, _info: Mapping[str, Any]) -> None:
        self._connecting |= event.startswith("connection.")
        self._sending |= ".send_request_headers." in event

    @property
    def never_sent(self) -> bool:
        return self._connecting and not self._sending


class V2Client:
    """Calls V2's tools.

    Args:
        settings: Origin, key and deadlines.
        breaker: V2's breaker, one for the process. Network errors, timeouts, 5xx and 429 are
            failures; any other answer is one, also if it refuses or cannot be read (X19).
        http: The process's client, see `http_client()`.
        sleep: Waits between the two tries of a callback.
    """

    def __init__(
        self,
        settings: Settings,
        breaker: CircuitBreaker,
        http: httpx.AsyncClient,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._breaker = breaker
        self._http = http
        self._sleep = sleep

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult:
        """Carries out one tool; the result has the class that belongs to the request.

        Raises nothing but CancelledError. A lookup without an answer is UNAVAILABLE, since nothing
        can have happened; what acts is UNKNOWN once V2 may have seen it. Only create_callback is
        tried a second time, and only if the first surely never left (R77).
        """
        started = time.monotonic()
        name = request.tool
        outcome, detail = "cancelled", ""
        try:
            result = await self._result(request, name, session)
            outcome, detail = str(result.outcome), result.detail
        finally:
            milliseconds = round((time.monotonic() - started) * 1000)
            tell(logger, ToolAnswered(name, outcome, milliseconds, detail), session.call_id)
        return result

    async def _result(self, request: ToolRequest, name: str, session: CallSession) -> ToolResult:
        if isinstance(request, LookupCaller) and not session.own_number:
            # V2 keeps the number of a call's first tool: an empty one would stay (contract.md 1.1).
            return CallerFound(Outcome.OK, "no number of the caller's, V2 not asked")
        zone, allow_mock = self._settings.zone, self._settings.allow_mock_bookings
        try:
            payload = v2_messages.payload(request, session, zone)
        except ValueError as error:
            logger.error("%s tool %s: our request is wrong: %s", session.call_id, name, error)
            return v2_messages.failed(request, Outcome.REFUSED, "not asked: our request is wrong")
        try:
            asked_at = asyncio.get_running_loop().time()
            answer = await self._ask(request, name, payload, session.call_id)
            if answer.body is None:
                return v2_messages.failed(request, answer.outcome, answer.detail)
            seconds = asyncio.get_running_loop().time() - asked_at
            return v2_messages.read(request, answer.body, zone, seconds=seconds, allow_mock=allow_mock)
        except Exception as error:
            logger.exception("%s tool %s: our own fault", session.call_id, name)
            return v2_messages.failed(request, Outcome.UNKNOWN, type(error).__name__)

    async def _ask(self, request: ToolRequest, name: str, payload: Mapping[str, Any], call_id: str) -> _Answer:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _deadline_seconds(request, self._settings)
        answer = await self._try(request, name, payload, call_id, deadline)
        again_at = loop.time() + CALLBACK_RETRY_PAUSE_SECONDS
        if isinstance(request, CreateCallback) and answer.never_sent and again_at < deadline:
            await self._sleep(CALLBACK_RETRY_PAUSE_SECONDS)
            answer = await self._try(request, name, payload, call_id, deadline)
        return answer

    async def _try(
        self,
        request: ToolRequest,
        name: str,
        payload: Mapping[str, Any],
        call_id: str,
        deadline: float,
    ) -> _Answer:
        attempt = self._breaker.attempt()
        if attempt is None:
            return _Answer(outcome=Outcome.UNAVAILABLE, detail="breaker open")
        wire = _Wire()
        key = self._settings.v2_api_key
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._http.post(
                    f"{self._settings.v2_backend_url}/webhook/retell/{name}",
                    json=payload,
                    headers={"X-API-Key": key.get_secret_value()} if key else {},
                    timeout=None,  # Ours is for the whole request, httpx's are for each read.
                    follow_redirects=False,
                    extensions={"trace": wire},
                )
        except (TimeoutError, httpx.RequestError, httpx.InvalidURL, OSError) as error:
            attempt.failure()
            late = isinstance(error, TimeoutError | httpx.TimeoutException)
            never_sent = isinstance(error, _NEVER_SENT) or wire.never_sent
            return _silence(request, "timeout" if late else type(error).__name__, never_sent)
        else:
            _settle(attempt, response.status_code)
            return _sort(request, name, call_id, response)
        finally:
            attempt.abandon()  # Cancelled, or our own fault: no verdict. After a verdict: nothing.


def _deadline_seconds(request: ToolRequest, settings: Settings) -> float:
    match request:
        case LookupCaller() | LookupBooking() | CheckCalendarAvailability():
            return settings.lookup_seconds
        case BookAppointment() | ManageAppointment():
            return settings.booking_seconds
        case CreateCallback() | SendSalesLeadAlert() | SendEmergencyAlert():
            return settings.callback_seconds


def _settle(attempt: Attempt, status: int) -> None:
    if status >= 500 or status == 429:
        attempt.failure()
    elif status in (401, 403):
        attempt.refused()
    else:
        attempt.success()


def _silence(request: ToolRequest, why: str, never_sent: bool = False) -> _Answer:
    """No answer: harmless for a lookup and for what never left, unknown for everything else."""
    harmless = never_sent or isinstance(request, LookupCaller | LookupBooking | CheckCalendarAvailability)
    outcome = Outcome.UNAVAILABLE if harmless else Outcome.UNKNOWN
    return _Answer(outcome=outcome, detail=why, never_sent=never_sent)


def _sort(request: ToolRequest, name: str, call_id: str, response: httpx.Response) -> _Answer:
    """Sorts an answer by status and form; bodies are not always JSON (contract.md 1.1)."""
    status = response.status_code
    body = json_object(response.content)
    if 200 <= status < 300 and body is not None:
        return _Answer(body)
    logger.warning("%s tool %s answered %d: %s", call_id, name, status, loggable(response.text))
    if 200 <= status < 300:
        return _silence(request, f"{status} unreadable")
    if status == 429:  # Refused before it ran.
        return _Answer(outcome=Outcome.UNAVAILABLE, detail="429")
    if status < 500:  # Our bug, or a wrong key: trying again changes nothing.
        return _Answer(outcome=Outcome.REFUSED, detail=str(status))
    if status == 500 and isinstance(request, BookAppointment) and body and "error" in body:
        # V2's own 500 comes before its Cal.com step (contract.md 1.3); a proxy's page says nothing.
        return _Answer(outcome=Outcome.REFUSED, detail="500")
    return _silence(request, str(status))
