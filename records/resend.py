"""A record that has not arrived, sent again by its operator: at once and whole, from a command or from a page.

What a later call has moved or closed is sent as that call has left it. A visit that a later call has cancelled, or may
have changed, is not sent: the dashboard would show it again. The service's own later tries find what became of it. One
that is not accepted stays as it was, and so does one that the service is sending at this moment.
"""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from call.session import CallSession, Reason
from call.tool_calls import ManageAppointment
from dashboard_sync import Delivery
from records.posting import POSTED_ELSEWHERE, RecordPoster
from records.store import DeliveryRow, Status, Store

_DAY = re.compile(r"[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}")  # As V2 words it (contract.md 1.2)


@dataclass(frozen=True)
class Resent:
    """What became of it: where it stands now, the parts that were posted, and what was not accepted, and why.

    Without parts nothing was posted, and the detail says why not.
    """

    status: Status
    parts: tuple[str, ...]
    detail: str

    @property
    def unsent(self) -> str:
        """Why nothing was sent; empty if it was."""
        if not self.parts:
            return self.detail
        return "The service is just sending it." if POSTED_ELSEWHERE in self.detail else ""


async def resend(store: Store, poster: RecordPoster, row: DeliveryRow) -> Resent:
    """Posts every part of the record and writes what became of it.

    Raises:
        StoreError: nothing was sent, or that could not be written.
    """
    left = await store.left_by_later(row.call_id) if row.record.get("job") else {}
    job = next(iter(left.values()), None)
    if changed_by := await _changed_by(store, row, job, left):
        why = f"its visit was cancelled or moved by phone, or may have been, in call {changed_by}"
        return Resent(row.status, (), f"Nothing was sent: {why}.")
    record = {**row.record, **({"job": job} if job else {})}
    posted = await poster.post_all(record, by=f"by hand {secrets.token_hex(8)}")
    refused = {part: d.detail for part, d in posted.items() if d.delivery is not Delivery.ACCEPTED}
    detail = "; ".join(f"{part}: {why}" for part, why in refused.items())
    status = row.status if refused else Status.DELIVERED
    if POSTED_ELSEWHERE not in refused.values():  # Else that one writes what becomes of it.
        await store.set_delivery(row.call_id, row.record, status, detail, anew=False)
    return Resent(status, tuple(posted), detail)


async def _changed_by(store: Store, row: DeliveryRow, left: Mapping[str, Any] | None, known: Collection[str]) -> str:
    """The later call that has changed the visit, or may have, and of which no record tells; empty: none."""
    jobs = [job for job in (row.record.get("job"), left) if job]
    days = {_day(datetime.fromisoformat(job["scheduled_at"])) for job in jobs if job.get("scheduled_at")}
    if not days:
        return ""
    call = row.record["call"]
    own = await store.calls.find(row.call_id)
    session = own.session() if own else None
    numbers = {call.get("phone_number"), jobs[-1].get("customer_phone"), session.caller_number if session else None}
    began = datetime.fromisoformat(call["started_at"])
    for later in await store.calls.from_numbers({number for number in numbers if number}, began):
        if later.started_at > began and later.call_id not in (row.call_id, *known) and _may_have_changed(later, days):
            return later.call_id
    return ""


def _may_have_changed(later: CallSession, days: Collection[str]) -> bool:
    """Whether a call has changed a visit, or may have, that is on one of these days as far as V2 told."""
    if later.reason not in (Reason.CANCELLED, Reason.RESCHEDULED) and not isinstance(later.in_doubt, ManageAppointment):
        return False
    day = later.appointment.date if later.appointment else later.appointment_date
    return not _DAY.fullmatch(day) or day in days


def _day(at: datetime) -> str:
    return f"{at:%A, %B} {at.day}"
