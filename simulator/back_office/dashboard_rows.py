"""The dashboard's rows: which one a payload becomes, what it stores, and what a repeat changes (contract.md part 2).

Guarantees what was measured: neither jobs nor leads are unique by their call id, so that what was looked up before the
row was there is inserted again, and a row that is there twice is found by nobody (contract.md 0.10). Each method is one
query and takes no time; how long the database needs is dashboard.py's.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from simulator.back_office.store import BackOfficeEvent, Json, RowAccepted, Store, Table
from simulator.back_office.texts import Texts

CONFLICT_WINDOW = timedelta(hours=1)

_LEADS: Mapping[str | None, tuple[str, str]] = {
    None: ("abandoned", "hot"),
    "customer_hangup": ("abandoned", "hot"),
    "callback_later": ("callback_requested", "hot"),
    "sales_lead": ("sales_opportunity", "hot"),
    "out_of_area": ("lost", "cold"),
    "waitlist_added": ("deferred", "cold"),
}
"""end_call_reason without a time -> status and warmth of the lead; every other reason is a job."""

NOT_IN_JOBS = frozenset(
    "end_call_reason booking_status caller_type issue_description primary_intent equipment_type equipment_age "
    "equipment_age_bracket sales_lead_notes priority_reason".split()
)
"""What a job does not store (contract.md 0.14)."""
_NOT_UPDATED = frozenset({"urgency", "end_call_reason", "status_color", "property_type", "created_at", "id", "status"})
_UPDATED_IN_LEADS = frozenset({"status", "status_color", "urgency"})
"""Status and priority of a lead do change (contract.md 0.15)."""
CALL_COLUMNS = (
    "ended_at duration_seconds direction transcript_object revenue_tier_signals customer_name outcome urgency_tier "
    "hvac_issue_type problem_description revenue_tier_label retell_call_id job_id lead_id"
).split()
_ERASED_IN_ALERTS = ("sms_message_sid", "customer_name", "customer_address")
"""What an alert loses when a repeat does not send it (contract.md 0.9)."""

Answer = tuple[int, Json]


class Rows:
    """Rows of one user. `on_event` hears of every row that was stored."""

    def __init__(self, store: Store, texts: Texts, on_event: Callable[[BackOfficeEvent], None]) -> None:
        self._store = store
        self._texts = texts
        self._on_event = on_event

    @staticmethod
    def table_of(payload: Json) -> Table:
        """Whether a post to /jobs becomes a job or a lead (contract.md 2.2)."""
        return "jobs" if "scheduled_at" in payload or payload.get("end_call_reason") not in _LEADS else "leads"

    def of_call(self, table: Table, payload: Json) -> Json | None:
        """The row that a repeat updates: the only one of its call; none when there are two (contract.md 0.10)."""
        call_id = payload.get("call_id")
        rows = self._store.all(table, call_id) if call_id else []
        return rows[0] if len(rows) == 1 else None

    def write_job(self, payload: Json, old: Json | None) -> Answer:
        """A new job or lead, or `old` changed, which was looked up before; the owner is texted of abandoned calls."""
        if self.table_of(payload) == "jobs":
            return self._write_job(payload, old)
        status, warmth = _LEADS[payload.get("end_call_reason")]
        row = _columns(payload) | {"status": status, "warmth": warmth}
        row = self._save("leads", _changed(old, row, _NOT_UPDATED - _UPDATED_IN_LEADS), old, payload)
        text = f"Abandoned call: {row['customer_name']}, {row['customer_phone']}"
        sent = status == "abandoned" and old is None and self._texts.from_dashboard(text, row.get("call_id") or "")
        answer = {
            "success": True,
            "lead_id": row["id"],
            "type": "lead",
            "status": status,
            "notification": {"sent": sent},
        }
        return 200, answer | _updated(old)

    def _write_job(self, payload: Json, old: Json | None) -> Answer:
        row = {key: value for key, value in _columns(payload).items() if key not in NOT_IN_JOBS}
        customer = customer_id(self._store, row["customer_phone"], row["customer_name"], row["customer_address"])
        row = _changed(old, row | {"status": "new", "is_ai_booked": True, "customer_id": customer}, _NOT_UPDATED)
        row["needs_action"] = conflict = self._conflicts(row)
        row = self._save("jobs", row, old, payload)
        answer = {"success": True, "job_id": row["id"], "type": "job", "conflict_detected": conflict}
        return 200, answer | {"notification": {"sent": False}} | _updated(old)

    def _conflicts(self, row: Json) -> bool:
        """Another job from an hour before it until less than an hour after."""
        if "scheduled_at" not in row:
            return False
        start = _moment(row["scheduled_at"])
        others = [job for job in self._store.all("jobs") if "scheduled_at" in job and job["id"] != row.get("id")]
        return any(-CONFLICT_WINDOW <= _moment(job["scheduled_at"]) - start < CONFLICT_WINDOW for job in others)

    def write_call(self, payload: Json) -> Answer:
        """The record of a call; what is missing is overwritten with null, on updates too (contract.md 2.3)."""
        old = next(iter(self._store.all("calls", payload["call_id"])), None)
        row: Json = {**dict.fromkeys(CALL_COLUMNS), **payload}
        row["duration_seconds"] = payload.get("duration_seconds") or None
        for table, key in (("jobs", "job_id"), ("leads", "lead_id")):
            if row[key] is not None and self._store.get(table, row[key]) is None:
                # A foreign key: for ever, if the owner has deleted the row (contract.md 0.18).
                return 500, {"error": f"Failed to {'update' if old else 'create'} call"}
        row = self._save("calls", row, old, payload)
        return 200, {"success": True, "call_id": row["id"], "action": "updated" if old else "created"}

    def write_alert(self, payload: Json) -> Answer:
        """An emergency; known only by alert_id: without one, a retry is a second alert (contract.md 2.4)."""
        alert_id = payload.get("alert_id")
        rows = self._store.all("alerts") if alert_id else []
        old = next((row for row in rows if row.get("alert_id") == alert_id), None)
        promised = timedelta(minutes=payload["callback_promised_minutes"])
        row = dict.fromkeys(_ERASED_IN_ALERTS) | {"urgency_tier": "Urgent"} | payload
        row["callback_promised_at"] = (_moment(payload["sms_sent_at"]) + promised).isoformat()
        row = self._save("alerts", (old or {}) | row, old, payload)
        return 200, {"success": True, "alert_id": row["id"], "action": "updated" if old else "created"}

    def delete(self, table: Table, id: str) -> None:
        """What the owner can do in the dashboard."""
        self._store.delete(table, id)

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


def customer_id(store: Store, phone: str, name: str, address: str) -> str:
    """Of the customer with this number, made with the first job's name and address and not changed by later ones: so
    all jobs without a number have one customer, "unknown" (contract.md 0.20).
    """
    known = next((row for row in store.all("customers") if row["phone"] == phone), None)
    if known:
        return str(known["id"])
    customer = {"id": str(uuid.uuid4()), "phone": phone, "name": name, "address": address}
    return store.put("customers", customer, id=customer["id"])


def _columns(payload: Json) -> Json:
    """`priority_color` is validated and then ignored: the colour is status_color's (contract.md 2.2)."""
    row = {key: value for key, value in payload.items() if key != "priority_color"}
    commercial = payload.get("property_type") == "commercial"
    return row | {"status_color": "green" if commercial else payload.get("status_color", "blue")}


def _changed(old: Json | None, row: Json, kept: frozenset[str]) -> Json:
    return old | {key: value for key, value in row.items() if key not in kept} if old else row


def _updated(old: Json | None) -> Json:
    return {"action": "updated"} if old else {}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
