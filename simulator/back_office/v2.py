"""V2 at the wire: its routes, its key, its errors (contract.md 1.1).

Guarantees the status and body of every refusal, tool by tool, and remembers every request to a
tool, answered or not. Leaves out what the tools do (v2_tools.py).
"""

import asyncio
import hmac
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from simulator.back_office.store import BackOfficeEvent, Json, Store, ToolCall
from simulator.back_office.v2_lookup import digits
from simulator.back_office.v2_tools import MODES, Tools
from simulator.faults import STATUS, abort
from simulator.jitter import Jitter

_TOOL_MODES = frozenset(MODES) | {"success_false", "lost_answer"}

MAX_BODY_BYTES = 1024**2
REST_LIMIT = 100
REST_WINDOW = timedelta(minutes=15)
_ANSWERS_200 = frozenset({"lookup_caller", "create_callback", "manage_appointment"})
"""Tools whose own failures are a 200."""

Process = Callable[[web.Request], Awaitable[web.StreamResponse]]


class V2:
    """Routes over the tools. `on_event` hears of every tool call."""

    def __init__(
        self,
        store: Store,
        tools: Tools,
        *,
        api_key: str,
        answer_delay_seconds: float,
        jitter: Jitter,
        take_fault: Callable[[frozenset[str]], str | None],
        apply_fault: Callable[[str, web.Request, Process], Awaitable[web.StreamResponse]],
        on_event: Callable[[BackOfficeEvent], None],
    ) -> None:
        """`take_fault` gives the fault of a request unless it is one of the given modes, which leave it alone;
        `apply_fault` answers a request in one of the modes that every part has.
        """
        self._store = store
        self._tools = tools
        self._api_key = api_key
        self._delay_seconds, self._jitter = answer_delay_seconds, jitter
        self._take_fault = take_fault
        self._apply_fault = apply_fault
        self._on_event = on_event
        self._rest_calls: deque[datetime] = deque()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/webhook/retell/{tool}", self._tool)
        app.router.add_get("/api/bookings/lookup", self._booking_lookup)
        app.router.add_get("/health", self._health)
        app.router.add_get("/health/detailed", self._health_detailed)
        app.router.add_route("*", "/{anything:.*}", self._not_found)
        return app

    # Tools

    async def _tool(self, request: web.Request) -> web.StreamResponse:
        tool = request.match_info["tool"]
        mode = self._take_fault(frozenset(mode for mode, tools in MODES.items() if tool not in tools))
        at = self._store.clock()
        body = await request.read()

        def answer(status: int, answer: Mapping[str, Any] | str = "") -> None:
            self._record(tool, body, status, answer, at, mode)

        async def process(request: web.Request) -> web.StreamResponse:
            status, said, seconds = self._run(request, body, mode)
            answer(status, said if isinstance(said, dict) else "")
            if isinstance(said, str):
                return _html(status, said)
            await asyncio.sleep(seconds)
            return await self._say(said, status)

        if mode is None or mode in MODES:
            return await process(request)
        if mode == "lost_answer":
            await process(request)
            return abort(request)
        if mode == "success_false" or STATUS.fullmatch(mode):
            status, refusal = _simulated(tool, mode)
            answer(status, refusal)
            return await self._say(refusal, status)
        if mode in ("down", "hang", "html"):
            answer(200 if mode == "html" else 0)
        return await self._apply_fault(mode, request, process)

    def _run(self, request: web.Request, body: bytes, mode: str | None) -> tuple[int, Json | str, float]:
        """Status, JSON or the text of an HTML page, and the seconds it takes: body, key, tool, in V2's order."""
        tool = request.match_info["tool"]
        fields: Any = {}
        if request.content_type == "application/json":
            try:
                fields = json.loads(body or b"{}")
            except ValueError:
                fields = None
            if not isinstance(fields, (dict, list)):
                return 400, "SyntaxError: Unexpected token in JSON", 0.0
        refused = self._refused(request)
        if refused is not None:
            return 401, refused, 0.0
        if tool not in self._tools.names:
            return 404, _no_route(request), 0.0
        fields = fields if isinstance(fields, dict) else {}
        try:
            return 200, *self._tools.run(tool, fields.get("call"), fields.get("args"), mode)
        except Exception:
            # Whatever a tool throws, V2 has one answer for it (contract.md 1.1).
            if tool not in _ANSWERS_200:
                return 500, {"error": "Tool execution failed"}, 0.0
            key = "found" if tool == "lookup_caller" else "success"
            return 200, {key: False, "message": "I'm having trouble with that."}, 0.0

    async def _say(self, body: Mapping[str, Any], status: int = 200) -> web.Response:
        await asyncio.sleep(self._jitter(self._delay_seconds))
        return web.json_response(body, status=status)

    def _record(
        self,
        tool: str,
        body: bytes,
        status: int,
        response: Mapping[str, Any] | str,
        at: datetime,
        fault: str | None,
    ) -> None:
        try:
            fields = json.loads(body or b"{}")
        except ValueError:
            fields = {}
        fields = fields if isinstance(fields, dict) else {}
        call, args = _object(fields.get("call")), _object(fields.get("args"))
        done = ToolCall(tool, args, call, status, response, at, fault)
        record = {"tool": tool, "args": args, "call": call, "status": status, "fault": fault}
        record |= {"response": response, "at": at.isoformat()}
        self._store.put("tool_call", record, call_id=done.call_id)
        self._on_event(done)

    def _refused(self, request: web.Request) -> Json | None:
        """A signature, if there is one, is all that counts; nobody but Retell can make one."""
        key = request.headers.get("X-API-Key", "")
        if "X-Retell-Signature" in request.headers:
            why = "Invalid signature"
        elif not key:
            why = "Missing API key"
        elif not hmac.compare_digest(key.encode(), self._api_key.encode()):
            why = "Invalid API key"
        else:
            return None
        return {"error": f"Unauthorized: {why}"}

    # The rest of V2

    async def _booking_lookup(self, request: web.Request) -> web.StreamResponse:
        async def process(request: web.Request) -> web.StreamResponse:
            now = self._store.clock()
            while self._rest_calls and now - self._rest_calls[0] > REST_WINDOW:
                self._rest_calls.popleft()
            if len(self._rest_calls) >= REST_LIMIT:
                return web.json_response({"error": "Too many requests"}, status=429)
            self._rest_calls.append(now)
            refused = self._refused(request)
            if refused is not None:
                return web.json_response(refused, status=401)
            number = digits(request.query.get("phone", ""))
            if re.fullmatch(r"\+?\d{10,15}", number) is None:
                return web.json_response({"error": "Invalid phone number"}, status=400)
            return await self._say(self._tools.booking_of(number))

        return await self._with_fault(request, process)

    async def _health(self, request: web.Request) -> web.StreamResponse:
        async def process(_: web.Request) -> web.StreamResponse:
            timestamp = self._store.clock().isoformat()
            return web.json_response({"status": "healthy", "timestamp": timestamp})

        return await self._with_fault(request, process)

    async def _health_detailed(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "unhealthy"}, status=503)

    async def _with_fault(self, request: web.Request, process: Process) -> web.StreamResponse:
        """The modes that every part has; those of tools leave other routes alone."""
        mode = self._take_fault(_TOOL_MODES)
        if mode is None:
            return await process(request)
        return await self._apply_fault(mode, request, process)

    async def _not_found(self, request: web.Request) -> web.Response:
        return _html(404, _no_route(request))


def _simulated(tool: str, mode: str) -> tuple[int, Json]:
    """Status and body of a fault that keeps V2 from doing anything."""
    if mode == "500":
        return 500, {"error": "Tool execution failed"}
    if mode != "success_false":
        return int(mode), {"error": f"simulated fault {mode}"}
    key = "found" if tool.startswith("lookup_") else "success"
    return 200, {key: False, "message": "Something went wrong."}


def _no_route(request: web.Request) -> str:
    return f"Cannot {request.method} {request.path}"


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _html(status: int, text: str) -> web.Response:
    page = f"<!DOCTYPE html><html><body><pre>{text}</pre></body></html>"
    return web.Response(text=page, status=status, content_type="text/html")
