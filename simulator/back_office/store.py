"""What the back office remembers, in one SQLite file: sessions, visits, texts, and the dashboard's rows.

V2 has no memory of its own: it reads the dashboard's rows (contract.md 0). Statements are short and run on the event
loop; the clock comes from outside. Records leave as frozen dataclasses or plain dicts of JSON. Leaves out every rule:
who is found, what is routed and what is refused is decided in v2_tools.py and dashboard.py.
"""

import json
import sqlite3
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

CHICAGO = ZoneInfo("America/Chicago")

Table = Literal["leads", "jobs", "calls", "alerts"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One request to a tool of V2, and what V2 answered or would have answered.

    `fault` names what the request met, so that the answer may never have arrived; `status` 0 means
    that V2 did nothing with it. `response` is "" when it is no JSON object.
    """

    tool: str
    args: Mapping[str, Any]
    call: Mapping[str, Any]
    status: int
    response: Mapping[str, Any] | str
    at: datetime
    fault: str | None = None

    @property
    def call_id(self) -> str:
        """The session that the request named, "" for none."""
        return str(self.call.get("call_id") or "")


@dataclass(frozen=True, slots=True)
class RowAccepted:
    """A payload that the dashboard stored; `row` as it stands afterwards."""

    table: Table
    action: Literal["created", "updated"]
    call_id: str
    row: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of the dashboard other than 2xx; `fault` names the fault if one caused it."""

    path: str
    status: int
    body: Mapping[str, Any] | str
    at: datetime
    call_id: str = ""
    fault: str | None = None


BackOfficeEvent = ToolCall | RowAccepted | Refusal


@dataclass(frozen=True, slots=True)
class Booking:
    """A visit in Cal.com. `phone` is the attendee's: empty for every visit booked through V2. A moved one is another
    visit with another uid; the old one is cancelled.

    `customer_phone` is whose visit it is, as V2 was told; V2 itself never looks for it.
    """

    uid: str
    name: str
    phone: str
    start: datetime
    address: str
    problem: str
    status: Literal["accepted", "cancelled"]
    call_id: str
    """The call that booked it, "" when it was seeded."""
    customer_phone: str = ""


@dataclass(frozen=True, slots=True)
class DashboardRows:
    """The dashboard's rows of one call; `posted` in each is the last accepted payload."""

    leads: list[Json]
    jobs: list[Json]
    calls: list[Json]
    alerts: list[Json]


_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT NOT NULL, kind TEXT NOT NULL, call_id TEXT NOT NULL DEFAULT '',
    sort INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS documents_by_call ON documents (kind, call_id);
"""


class Store:
    """JSON documents by kind and id, in the order in which they were first put."""

    def __init__(self, database: str, clock: Callable[[], datetime]) -> None:
        """`database` is a file's path or ":memory:"; `clock` gives aware times."""
        self.clock = clock
        self._db = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def put(self, kind: str, body: Mapping[str, Any], id: str = "", call_id: str = "") -> str:
        """Add a document, or replace the one of this kind and id; returns its id."""
        id = id or str(uuid.uuid4())
        self._db.execute(
            "INSERT INTO documents (id, kind, call_id, at, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, id)"
            " DO UPDATE SET call_id = excluded.call_id, body = excluded.body",
            (id, kind, call_id, self.clock().isoformat(), json.dumps(body)),
        )
        return id

    def get(self, kind: str, id: str) -> Json | None:
        found = self._db.execute("SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return json.loads(found[0]) if found else None

    def all(self, kind: str, call_id: str | None = None) -> list[Json]:
        """Every document of a kind, oldest first; of one call when `call_id` is given."""
        rows = self._db.execute(
            "SELECT body FROM documents WHERE kind = ? AND (? IS NULL OR call_id = ?) ORDER BY sort",
            (kind, call_id, call_id),
        )
        return [json.loads(row[0]) for row in rows]

    def delete(self, kind: str, id: str) -> None:
        self._db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, id))

    # Visits in Cal.com

    def put_booking(self, booking: Booking) -> None:
        body = {
            "uid": booking.uid,
            "name": booking.name,
            "phone": booking.phone,
            "start": booking.start.isoformat(),
            "address": booking.address,
            "problem": booking.problem,
            "status": booking.status,
            "call_id": booking.call_id,
            "customer_phone": booking.customer_phone,
        }
        self.put("booking", body, id=booking.uid, call_id=booking.call_id)

    def bookings(self) -> list[Booking]:
        """Every visit, cancelled ones too, in the order in which they were made."""
        return [_booking(body) for body in self.all("booking")]

    def booking(self, uid: str) -> Booking | None:
        body = self.get("booking", uid)
        return _booking(body) if body else None

    def taken(self) -> list[tuple[datetime, datetime]]:
        """Spans in which Cal.com has nothing free, beside the visits."""
        spans = self.all("taken")
        return [(datetime.fromisoformat(span["first"]), datetime.fromisoformat(span["after"])) for span in spans]

    @property
    def calendar(self) -> str:
        """What check_calendar_availability does: open, empty or absent."""
        return str((self.get("calendar", "mode") or {"mode": "open"})["mode"])


def _booking(body: Json) -> Booking:
    return Booking(**{**body, "start": datetime.fromisoformat(body["start"])})
