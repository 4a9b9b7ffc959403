"""A back office with a client that knows its key and its secret, and the payloads that its tests begin with."""

from datetime import UTC, datetime
from typing import Any

import httpx
import yaml

from simulator.back_office.office import BackOffice, BackOfficeEvent, Seed
from simulator.faults import Faults

Json = dict[str, Any]

# A Wednesday, 8:30 in Chicago.
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
EMAIL = "owner@example.com"
ANNA, BEN = "+15125550001", "+15125550002"
BOOKED_AT = "2026-12-01T15:00:00-06:00"

JOB: Json = {
    "customer_name": "Anna Weber",
    "customer_phone": ANNA,
    "customer_address": "12 Elm Street, Austin, TX 78745",
    "service_type": "hvac",
    "urgency": "low",
    "user_email": EMAIL,
    "call_id": "CA1",
}
CALL: Json = {
    "call_id": "CA1",
    "phone_number": ANNA,
    "user_email": EMAIL,
    "started_at": "2026-11-25T14:30:00+00:00",
}
ALERT: Json = {
    "phone_number": ANNA,
    "problem_description": "gas smell",
    "user_email": EMAIL,
    "sms_sent_at": "2026-11-25T14:30:00Z",
    "callback_promised_minutes": 15,
}
BOOKING: Json = {
    "date_time": BOOKED_AT,
    "customer_name": "Anna Weber",
    "customer_phone": ANNA,
    "service_address": "12 Elm Street",
    "problem_description": "AC blows warm",
}


class Clock:
    """Shows `now`, which a test may move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Office:
    """A back office and a client that knows its key and its secret."""

    def __init__(self, back_office: BackOffice, client: httpx.AsyncClient, faults: Faults, clock: Clock) -> None:
        self.back = back_office
        self.client = client
        self.faults = faults
        self.clock = clock
        self.events: list[BackOfficeEvent] = []
        back_office.on_event = self.events.append

    async def tool(self, tool: str, args: Json | None = None, call_id: str = "CA1", number: str = ANNA) -> Json:
        call = {"call_id": call_id, "from_number": number}
        response = await self.raw(tool, {"call": call, "args": args or {}})
        assert response.status_code == 200
        body: Json = response.json()
        return body

    async def raw(self, tool: str, body: object) -> httpx.Response:
        return await self.client.post(
            f"{self.back.v2_url}/webhook/retell/{tool}", json=body, headers={"X-API-Key": "key"}
        )

    async def post(self, url: str, body: object) -> httpx.Response:
        return await self.client.post(url, json=body, headers={"X-Webhook-Secret": "secret"})

    async def record(self, **fields: object) -> Json:
        response = await self.post(self.back.calls_url, CALL | fields)
        assert response.status_code == 200, response.text
        body: Json = response.json()
        return body

    async def job(self, **fields: object) -> Json:
        response = await self.post(self.back.jobs_url, JOB | fields)
        assert response.status_code == 200, response.text
        body: Json = response.json()
        return body


SEED = Seed.model_validate(
    yaml.safe_load("""
customers:
  - {name: Anna Weber, phone: "+15125550001", address: "12 Elm Street, Austin", zip: "78745"}
calls:
  - {phone: "+15125550001", days_ago: 1, end_call_reason: callback_later, issue: no cooling}
  - {phone: "+15125550001", days_ago: 0, minutes_ago: 20, end_call_reason: customer_hangup}
bookings:
  - {name: Anna Weber, phone: "+15125550001", start: {days_ahead: 2, hour: 9}, problem: noise}
notes:
  - {phone: "+15125550001", text: prefers mornings}
""")
)

TAKEN = Seed.model_validate(
    {
        "bookings": [{"name": "Sam Hale", "start": "2026-12-01T10:30:00-06:00", "uid": "cal_sam"}],
        "taken": [
            {"days_ahead": 0},
            {"days_ahead": 1, "hour": 9, "until": 15},
            {"days_ahead": 6, "hour": 16},
        ],
    }
)
