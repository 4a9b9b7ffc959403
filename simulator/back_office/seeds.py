"""What is known before a call: rows of the dashboard, visits in Cal.com and notes, as a scenario's `seed` lists them.

Guarantees that what was there before looks like what calls leave behind: V2 reads the same rows either way (contract.md
0). Numbers are as the tables hold them (+1...).
"""

import uuid
from datetime import datetime, time, timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from simulator.back_office.dashboard_rows import CALL_COLUMNS, customer_id
from simulator.back_office.store import CHICAGO, Booking, Json, Store

LAST_VISIT = timedelta(days=60)


class _SeedModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeededCustomer(_SeedModel):
    """Somebody who had a visit two months ago: a job of the dashboard, and so V2's name and ZIP (contract.md 0.1)."""

    name: str
    phone: str
    address: str
    zip: str = ""


class DaysAhead(_SeedModel):
    """A time of the business's own zone, counted from today."""

    days_ahead: int
    hour: int
    minute: int = 0


class SeededBooking(_SeedModel):
    """A visit in Cal.com alone, by whatever way it came there; without `phone` it matches every number (contract.md
    1.2).
    """

    name: str
    start: AwareDatetime | DaysAhead
    phone: str = ""
    address: str = ""
    problem: str = ""
    uid: str = ""


class SeededVisit(_SeedModel):
    """A visit that an earlier call booked, `days_ago` days ago: in Cal.com without a phone, in the dashboard as a job
    and as the record of the call `call_id`.
    """

    name: str
    phone: str
    address: str
    start: AwareDatetime | DaysAhead
    zip: str = ""
    issue: str = ""
    uid: str = ""
    call_id: str = ""
    days_ago: int = Field(default=3, ge=1)


class SeededTaken(_SeedModel):
    """Local hours of a day in which Cal.com has nothing free: `hour` alone is one visit, no hour the whole day."""

    days_ahead: int
    hour: int | None = Field(default=None, ge=0, le=23)
    until: int | None = Field(default=None, ge=1, le=24)

    @model_validator(mode="after")
    def _hours_in_order(self) -> Self:
        if self.until is not None and (self.hour is None or self.until <= self.hour):
            raise ValueError("until comes after hour")
        return self

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Its first moment, and the one after its last."""
        day = now.astimezone(CHICAGO).date() + timedelta(days=self.days_ahead)
        midnight = datetime.combine(day, time(), CHICAGO)
        first, after = (0, 24) if self.hour is None else (self.hour, self.until or self.hour + 1)
        return midnight + timedelta(hours=first), midnight + timedelta(hours=after)


class SeededCall(_SeedModel):
    """An earlier call, `days_ago` days and `minutes_ago` minutes before now. Its reason is its outcome: V2 sees a
    promised callback only if that is `callback_later`, and says `issue` as it is (contract.md 0.3, 0.4).
    """

    phone: str
    end_call_reason: str
    days_ago: int = 0
    minutes_ago: int = 0
    issue: str = ""


class SeededNote(_SeedModel):
    """What the operator wrote down about a number."""

    phone: str
    text: str


class Seed(_SeedModel):
    """What the back office knows before the call: `Seed.model_validate(yaml.safe_load(text))`."""

    customers: list[SeededCustomer] = []
    visits: list[SeededVisit] = []
    bookings: list[SeededBooking] = []
    taken: list[SeededTaken] = []
    calendar: Literal["open", "empty", "absent"] = "open"
    """What check_calendar_availability does: lists free visits, never any, or is a tool that V2 does not have."""
    calls: list[SeededCall] = []
    notes: list[SeededNote] = []


def plant(store: Store, seed: Seed) -> None:
    """Adds what a scenario wants to be known."""
    now = store.clock()
    for customer in seed.customers:
        at = now - LAST_VISIT
        _job(store, f"CA{uuid.uuid4().hex}", customer, start=at, at=at)
    for visit in seed.visits:
        call_id = visit.call_id or f"CA{uuid.uuid4().hex}"
        start, at = _start(visit.start, now), now - timedelta(days=visit.days_ago)
        store.put_booking(_booking(visit.uid, visit.name, start, visit.address, visit.issue, call_id, visit.phone))
        job = _job(store, call_id, visit, start=start, at=at)
        _call(store, call_id, visit.phone, at, "completed", visit.issue, job)
    for booking in seed.bookings:
        start = _start(booking.start, now)
        visit_on_file = _booking(
            booking.uid, booking.name, start, booking.address, booking.problem, "", booking.phone, booking.phone
        )
        store.put_booking(visit_on_file)
    for span in seed.taken:
        first, after = span.span(now)
        store.put("taken", {"first": first.isoformat(), "after": after.isoformat()})
    if seed.calendar != "open":
        store.put("calendar", {"mode": seed.calendar}, id="mode")
    for call in seed.calls:
        at = now - timedelta(days=call.days_ago, minutes=call.minutes_ago)
        _call(store, f"CA{uuid.uuid4().hex}", call.phone, at, call.end_call_reason, call.issue)
    for note in seed.notes:
        store.put("note", {"phone": note.phone, "text": note.text})


def _start(start: datetime | DaysAhead, now: datetime) -> datetime:
    if not isinstance(start, DaysAhead):
        return start
    day = now.astimezone(CHICAGO).date() + timedelta(days=start.days_ahead)
    return datetime.combine(day, time(start.hour, start.minute), CHICAGO)


def _booking(
    uid: str, name: str, start: datetime, address: str, problem: str, call_id: str, customer: str, phone: str = ""
) -> Booking:
    uid = uid or f"cal_{uuid.uuid4().hex[:12]}"
    return Booking(uid, name, phone, start, address, problem, "accepted", call_id, customer)


def _job(store: Store, call_id: str, who: SeededCustomer | SeededVisit, *, start: datetime, at: datetime) -> str:
    address = f"{who.address}, Austin, TX {who.zip}" if who.zip and who.zip not in who.address else who.address
    row = _stored(at) | {
        "call_id": call_id,
        "customer_name": who.name,
        "customer_phone": who.phone,
        "customer_address": address,
        "scheduled_at": start.isoformat(),
        "status": "new",
        "is_ai_booked": True,
        "customer_id": customer_id(store, who.phone, who.name, address),
    }
    return store.put("jobs", row, id=row["id"], call_id=call_id)


def _call(store: Store, call_id: str, phone: str, at: datetime, outcome: str, issue: str, job_id: str = "") -> None:
    known: Json = {"call_id": call_id, "phone_number": phone, "started_at": at.isoformat(), "outcome": outcome}
    known |= {"hvac_issue_type": issue or None, "job_id": job_id or None}
    row = _stored(at) | dict.fromkeys(CALL_COLUMNS) | known
    store.put("calls", row, id=row["id"], call_id=call_id)


def _stored(at: datetime) -> Json:
    return {"id": str(uuid.uuid4()), "created_at": at.isoformat(), "updated_at": at.isoformat(), "posted": {}}
