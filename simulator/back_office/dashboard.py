"""The dashboard's webhooks at the wire: who may post, what is refused, which row it becomes.

Guarantees the answers, routing, dedup and update rules of contract.md part 2, and remembers every
refusal. Leaves out what a payload may contain (dashboard_schemas.py) and the screens.
"""

import hmac
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NoReturn

from aiohttp import web

from simulator.back_office.dashboard_schemas import parse
from simulator.back_office.store import (
    BackOfficeEvent,
    Json,
    Refusal,
    RowAccepted,
    Store,
    Table,
)
from simulator.faults import STATUS, abort

CONFLICT_WINDOW = timedelta(hours=1)
MAX_BODY_BYTES = 4_500_000

_LEADS: Mapping[str | None, tuple[str, str]] = {
    None: ("abandoned", "hot"),
    "customer_hangup": ("abandoned", "hot"),
    "callback_later": ("callback_requested", "hot"),
    "sales_lead": ("sales_opportunity", "hot"),
    "out_of_area": ("lost", "cold"),
    "waitlist_added": ("deferred", "cold"),
}
"""end_call_reason without a time -> status and warmth of the lead; every other reason is a job."""

_NOT_IN_JOBS = frozenset({"end_call_reason", "booking_status", "caller_type"})
_NOT_UPDATED = frozenset({"urgency", "end_call_reason", "status_color", "property_type", "created_at", "id", "status"})
_CALL_COLUMNS = (
    "ended_at",
    "duration_seconds",
    "direction",
    "transcript_object",
    "revenue_tier_signals",
    "customer_name",
    "outcome",
    "urgency_tier",
    "hvac_issue_type",
    "problem_description",
    "revenue_tier_label",
    "retell_call_id",
    "job_id",
    "lead_id",
)

Answer = tuple[int, Json]
Process = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Dashboard:
    """Routes and rows. `on_event` hears of every row and refusal."""

    def __init__(
        self,
        store: Store,
        *,
        webhook_secret: str,
        user_email: str,
        take_fault: Callable[[], str | None],
        apply_fault: Callable[[str, web.Request, Process], Awaitable[web.StreamResponse]],
        on_event: Callable[[BackOfficeEvent], None],
    ) -> None:
        """`apply_fault` answers a request in one of the modes that every part has."""
        self._store = store
        self._secret = webhook_secret
        self._user_email = user_email
        self._take_fault = take_fault
        self._apply_fault = apply_fault
        self._on_event = on_event

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        for endpoint in ("jobs", "calls", "emergency-alerts"):
            app.router.add_post(f"/api/webhook/{endpoint}", self._post)
            app.router.add_get(f"/api/webhook/{endpoint}", self._probe)
        return app

    def alert_from_v2(self, payload: Json) -> None:
        """The alert that V2 itself posts; not subject to this simulation's faults."""
        self._store_alert(payload | {"user_email": self._user_email})

    async def _probe(self, request: web.Request) -> web.StreamResponse:
        async def process(_: web.Request) -> web.StreamResponse:
            return web.json_response({"status": "ok"})

        mode = self._take_fault()
        if mode is None or mode.endswith("_after_store"):
            return await process(request)
        return await self._apply_fault(mode, request, process)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        mode = self._take_fault()
        # Read before anything waits: a request whose client is gone is processed all the same.
        await request.read()
        if mode is None:
            return await self._process(request)
        if mode in ("drop_after_store", "500_after_store"):
            response = await self._process(request)
            if response.status != 200:
                return response
            if mode == "drop_after_store":
                return abort(request)
            return self._refuse(request, 500, {"error": "Internal server error"}, fault=mode)
        if mode == "404":
            # The users query failed in the database (contract.md 2.1).
            return self._refuse(request, 404, {"error": "User not found"}, fault=mode)
        if STATUS.fullmatch(mode):
            body = {"error": "Internal server error"} if mode >= "500" else {"error": mode}
            return self._refuse(request, int(mode), body, fault=mode)
        return await self._apply_fault(mode, request, self._process)

    async def _process(self, request: web.Request) -> web.Response:
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
        if accepted["user_email"] != self._user_email:
            return self._refuse(request, 404, {"error": "User not found"}, call_id)
        store = {"jobs": self._store_job, "calls": self._store_call}.get(endpoint, self._store_alert)
        status, answer = store(accepted)
        if status != 200:
            return self._refuse(request, status, answer, call_id)
        return web.json_response(answer)

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

    def _save(self, table: Table, row: Json, old: Json | None, payload: Json) -> Json:
        now = self._store.clock()
        row = {
            "id": old["id"] if old else str(uuid.uuid4()),
            "created_at": old["created_at"] if old else now.isoformat(),
            **row,
            "updated_at": now.isoformat(),
            "posted": payload,
        }
        call_id = row.get("call_id") or ""
        self._store.put(table, row, id=row["id"], call_id=call_id)
        action: Literal["created", "updated"] = "updated" if old else "created"
        self._on_event(RowAccepted(table, action, call_id, row, now))
        return row

    def _of_call(self, table: Table, call_id: str | None) -> Json | None:
        """The row of (user, call_id); a payload without call_id never has one."""
        return next(iter(self._store.all(table, call_id)), None) if call_id else None

    # The three endpoints

    def _store_job(self, payload: Json) -> Answer:
        is_job = "scheduled_at" in payload or payload.get("end_call_reason") not in _LEADS
        table: Table = "jobs" if is_job else "leads"
        old = self._of_call(table, payload.get("call_id"))
        row = {key: value for key, value in payload.items() if key != "priority_color"}
        commercial = payload.get("property_type") == "commercial"
        row["status_color"] = "green" if commercial else payload.get("status_color", "blue")
        if is_job:
            row = {key: value for key, value in row.items() if key not in _NOT_IN_JOBS}
            row |= {"status": "scheduled" if "scheduled_at" in row else "new", "is_ai_booked": True}
        else:
            row["status"], row["warmth"] = _LEADS[payload.get("end_call_reason")]
        if old:
            changed = {key: value for key, value in row.items() if key not in _NOT_UPDATED}
            row = old | changed
            if is_job and "scheduled_at" in row:
                row["status"] = "scheduled"
        conflict = is_job and self._conflicts(row, old)
        row["needs_action"] = conflict
        row = self._save(table, row, old, payload)
        notify = not is_job and row["status"] == "abandoned" and old is None
        if notify:
            text = f"Abandoned call: {row['customer_name']}, {row['customer_phone']}"
            self._store.put_sms("dashboard", text, row.get("call_id") or "")
        answer: Json = {"success": True, "notification": {"sent": notify}}
        if is_job:
            answer |= {"job_id": row["id"], "type": "job", "conflict_detected": conflict}
        else:
            answer |= {"lead_id": row["id"], "type": "lead", "status": row["status"]}
        return 200, answer | ({"action": "updated"} if old else {})

    def _conflicts(self, row: Json, old: Json | None) -> bool:
        """Another open job within one hour."""
        if "scheduled_at" not in row:
            return False
        start = _moment(row["scheduled_at"])
        return any(
            "scheduled_at" in other
            and (old is None or other["id"] != old["id"])
            and abs(_moment(other["scheduled_at"]) - start) <= CONFLICT_WINDOW
            for other in self._store.all("jobs")
        )

    def _store_call(self, payload: Json) -> Answer:
        old = self._of_call("calls", payload["call_id"])
        # What is missing is overwritten with null, on updates too (contract.md 2.3).
        row: Json = {**dict.fromkeys(_CALL_COLUMNS), **payload}
        row["duration_seconds"] = payload.get("duration_seconds") or None
        for table, key in (("jobs", "job_id"), ("leads", "lead_id")):
            if row[key] is not None and self._store.get(table, row[key]) is None:
                # A foreign key in the real database.
                return 500, {"error": f"Failed to {'update' if old else 'create'} call"}
        row = self._save("calls", row, old, payload)
        return 200, {
            "success": True,
            "call_id": row["id"],
            "action": "updated" if old else "created",
        }

    def _store_alert(self, payload: Json) -> Answer:
        """Known only by alert_id: without one, a retry is a second alert (contract.md 2.4)."""
        alert_id = payload.get("alert_id")
        rows = self._store.all("alerts") if alert_id else []
        old = next((row for row in rows if row.get("alert_id") == alert_id), None)
        promised = timedelta(minutes=payload["callback_promised_minutes"])
        row = {"urgency_tier": "Urgent"} | payload
        row["callback_promised_at"] = (_moment(payload["sms_sent_at"]) + promised).isoformat()
        row = self._save("alerts", (old or {}) | row, old, payload)
        return 200, {
            "success": True,
            "alert_id": row["id"],
            "action": "updated" if old else "created",
        }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _no_json(constant: str) -> NoReturn:
    """NaN and Infinity, which Python reads and JavaScript does not."""
    raise ValueError(constant)


__all__ = ["Dashboard"]
