"""The dashboard's webhooks at the wire: who may post, what is refused, and how long its database takes.

Guarantees the answers of contract.md part 2, and remembers every refusal and all that was posted, whatever became of
it. A request goes on when its client gives up, until the dashboard's own limit ends it; it asks its database three
times, one after the other, and between them others go on (contract.md 0.10). Leaves out what a payload may contain
(dashboard_schemas.py), what is stored (dashboard_rows.py) and the screens.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import NoReturn

from aiohttp import web

from simulator.back_office.dashboard_rows import Answer, Rows
from simulator.back_office.dashboard_schemas import parse
from simulator.back_office.store import BackOfficeEvent, Json, Refusal, Store
from simulator.faults import STATUS, abort

MAX_BODY_BYTES = 4_500_000
LIMIT_SECONDS = 60.0
"""The dashboard's own: what has not answered by then is ended and answered 504."""

_AFTER_STORE = frozenset({"drop_after_store", "500_after_store"})
_OF_ROWS = frozenset({"slow_db", "users_fail", "owner_deletes"})
"""Modes that are about the rows, which a probe leaves alone."""

Process = Callable[[web.Request], Awaitable[web.StreamResponse]]
GoesOn = Callable[[Awaitable[web.StreamResponse]], Awaitable[web.StreamResponse]]


class Dashboard:
    """The routes. `on_event` hears of every refusal."""

    def __init__(
        self,
        store: Store,
        rows: Rows,
        *,
        webhook_secret: str,
        user_email: str,
        query_seconds: Callable[[], float],
        take_fault: Callable[[frozenset[str]], str | None],
        apply_fault: Callable[[str, web.Request, Process], Awaitable[web.StreamResponse]],
        goes_on: GoesOn,
        on_event: Callable[[BackOfficeEvent], None],
    ) -> None:
        """`query_seconds` is how long a slow database takes for one query; `take_fault` gives the fault of a request
        unless it is one of the given modes; `apply_fault` answers in one of the modes that every part has; `goes_on`
        carries out what is not cut off with its client.
        """
        self._store = store
        self._rows = rows
        self._secret = webhook_secret
        self._user_email = user_email
        self._query_seconds = query_seconds
        self._take_fault = take_fault
        self._apply_fault = apply_fault
        self._goes_on = goes_on
        self._on_event = on_event

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        for endpoint in ("jobs", "calls", "emergency-alerts"):
            app.router.add_post(f"/api/webhook/{endpoint}", self._post)
            app.router.add_get(f"/api/webhook/{endpoint}", self._probe)
        return app

    def alert_from_v2(self, payload: Json) -> None:
        """The alert that V2 itself posts; not subject to this simulation's faults."""
        self._rows.write_alert(payload | {"user_email": self._user_email})

    async def _probe(self, request: web.Request) -> web.StreamResponse:
        async def process(_: web.Request) -> web.StreamResponse:
            return web.json_response({"status": "ok"})

        mode = self._take_fault(_AFTER_STORE | _OF_ROWS)
        if mode is None:
            return await process(request)
        return await self._apply_fault(mode, request, process)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        is_job = request.path.endswith("/jobs")
        mode = self._take_fault(frozenset() if is_job else frozenset({"owner_deletes"}))
        # Read before anything waits: a request whose client is gone is processed all the same.
        posted = (await request.read()).decode(errors="replace")
        self._store.put("posted", {"path": request.path, "body": posted})
        if mode is None or mode in _OF_ROWS:
            return await self._goes_on(self._limited(request, mode))
        if mode in _AFTER_STORE:
            response = await self._process(request)
            if response.status != 200:
                return response
            if mode == "drop_after_store":
                return abort(request)
            return self._refuse(request, 500, {"error": "Internal server error"}, fault=mode)
        if mode == "404":
            return self._refuse(request, 404, {"error": "User not found"}, fault=mode)
        if STATUS.fullmatch(mode):
            body = {"error": "Internal server error"} if mode >= "500" else {"error": mode}
            return self._refuse(request, int(mode), body, fault=mode)
        return await self._apply_fault(mode, request, self._process)

    async def _limited(self, request: web.Request, mode: str | None) -> web.Response:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                return await self._process(request, mode)
        except TimeoutError:
            return self._refuse(request, 504, {"error": "FUNCTION_INVOCATION_TIMEOUT"}, fault=mode)

    async def _process(self, request: web.Request, mode: str | None = None) -> web.Response:
        given = request.headers.get("X-Webhook-Secret", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            why = "Invalid webhook secret" if given else "Missing X-Webhook-Secret header"
            return self._refuse(request, 401, {"error": "Unauthorized", "message": why})
        try:
            payload = json.loads(await request.read(), parse_constant=_no_json)
        except ValueError:
            return self._refuse(request, 500, {"error": "Internal server error"})
        call_id = str(payload.get("call_id") or "") if isinstance(payload, dict) else ""
        endpoint = request.path.rsplit("/", 1)[-1]
        accepted, problems = parse(endpoint, payload)
        if problems:
            details = [{"path": problem.path, "message": problem.message} for problem in problems]
            body: Json = {"error": "Validation failed", "details": details}
            return self._refuse(request, 400, body, call_id)
        await self._query(mode)
        if mode == "users_fail" and endpoint == "jobs":
            # jobs alone tells a query that failed from a user who is not there (contract.md 0.16).
            return self._refuse(request, 500, {"error": "Internal server error"}, call_id, mode)
        if mode == "users_fail" or accepted["user_email"] != self._user_email:
            return self._refuse(request, 404, {"error": "User not found"}, call_id, mode)
        status, answer = await self._write(endpoint, accepted, mode)
        if status != 200:
            return self._refuse(request, status, answer, call_id)
        return web.json_response(answer)

    async def _write(self, endpoint: str, accepted: Json, mode: str | None) -> Answer:
        """The look-up, and then what is written, as if nothing had happened in between."""
        rows, table = self._rows, self._rows.table_of(accepted)
        await self._query(mode)
        old = rows.of_call(table, accepted) if endpoint == "jobs" else None
        await self._query(mode)
        if endpoint != "jobs":
            return rows.write_call(accepted) if endpoint == "calls" else rows.write_alert(accepted)
        status, answer = rows.write_job(accepted, old)
        if mode == "owner_deletes":
            rows.delete(table, answer["job_id" if table == "jobs" else "lead_id"])
        return status, answer

    async def _query(self, mode: str | None) -> None:
        """The database's time for one query."""
        if mode == "slow_db":
            await asyncio.sleep(self._query_seconds())

    def _refuse(
        self,
        request: web.Request,
        status: int,
        body: Json,
        call_id: str = "",
        fault: str | None = None,
    ) -> web.Response:
        refusal = Refusal(request.path, status, body, self._store.clock(), call_id, fault)
        record = {"path": request.path, "status": status, "body": body, "fault": fault}
        self._store.put(
            "refusal",
            record | {"at": refusal.at.isoformat(), "call_id": call_id},
            call_id=call_id,
        )
        self._on_event(refusal)
        return web.json_response(body, status=status)


def _no_json(constant: str) -> NoReturn:
    """NaN and Infinity, which Python reads and JavaScript does not."""
    raise ValueError(constant)


__all__ = ["Dashboard"]
