"""What later calls have made of a job by the time at which a record posts it: the one rule, for the service's own tries
and for those by hand.

What a later call has moved or closed is posted as the last of them has left it, and by no call before that one. A job
is not changed beside the record that makes it. A visit that a later call has cancelled or moved, or may have, without
a record that tells of it, is not posted: the dashboard would show it again.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any

from call.session import CallSession, Reason
from call.tool_calls import ManageAppointment
from dashboard_sync import Delivered, Delivery
from records.rows import OF_AN_EARLIER_CALL, Status
from records.store import Store

JOBS = ("job", *OF_AN_EARLIER_CALL)
"""The parts of a record that post a job: its own call's, or another one's."""

_DAY = re.compile(r"[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}")  # As V2 words it (contract.md 1.2)


async def as_it_stands(store: Store, record: Mapping[str, Any], part: str) -> Mapping[str, Any] | Delivered:
    """What is to be posted of a job by now, or what becomes of it without a post.

    Raises:
        StoreError: nobody knows.
    """
    ours, began = record["call_id"], datetime.fromisoformat(record["call"]["started_at"])
    job: Mapping[str, Any] = record[part]
    whose = job.get("call_id") or ours
    own = await store.delivery(whose)
    if part in OF_AN_EARLIER_CALL and own and own.status in (Status.KEPT, Status.WAITING):
        return Delivered(Delivery.LATER, detail=f"the record of call {whose} is still on its way")
    first = (own.record.get("job") if own else None) or job
    newer = list(takewhile(lambda left: left.call_id != ours, await store.left_by_later(whose, began)))
    if part in OF_AN_EARLIER_CALL and newer:
        return Delivered(Delivery.NOT_NEEDED, detail=f"call {newer[0].call_id} has changed it since")
    if part in OF_AN_EARLIER_CALL and first.get("scheduled_at") and not job.get("scheduled_at"):
        return Delivered(Delivery.NOT_NEEDED, detail="a visit has come behind that lead")
    for left in newer:
        if left.job.get("scheduled_at") or not job.get("scheduled_at"):  # A visit is not closed as the lead before it.
            job, began = left.job, left.began
            break
    if not job.get("scheduled_at"):
        return job
    days = {_day(each["scheduled_at"]) for each in (first, job) if each.get("scheduled_at")}
    return await _changed_untold(store, {**record, part: job}, part, began, days) or job


async def _changed_untold(
    store: Store, record: Mapping[str, Any], part: str, began: datetime, days: Collection[str]
) -> Delivered | None:
    """What becomes of a visit that a call after `began` has changed, or may have, and of which no record tells.

    As long as that call has no record of its own, it may tell yet.
    """
    row = await store.calls.find(record["call_id"])
    session = row.session() if row else None
    numbers = {
        record["call"].get("phone_number"),
        record[part].get("customer_phone"),
        session.caller_number if session else None,
    }
    for later in await store.calls.from_numbers({number for number in numbers if number}, began):
        if later.started_at <= began or not _may_have_changed(later, days):
            continue
        theirs = await store.delivery(later.call_id)
        if theirs and theirs.record.get("moved"):  # It tells which visit that was: this one, as it stands, or another.
            continue
        if theirs and session and _has_cancelled(later, session):
            return Delivered(Delivery.NOT_NEEDED, detail=f"its visit was cancelled by phone in call {later.call_id}")
        why = f"its visit was cancelled or moved by phone, or may have been, in call {later.call_id}"
        return Delivered(Delivery.REFUSED if theirs else Delivery.LATER, detail=why)
    return None


def _may_have_changed(later: CallSession, days: Collection[str]) -> bool:
    """Whether a call has changed a visit, or may have, that is on one of these days as far as V2 told."""
    if later.reason not in (Reason.CANCELLED, Reason.RESCHEDULED) and not isinstance(later.in_doubt, ManageAppointment):
        return False
    day = later.appointment.date if later.appointment else later.appointment_date
    return not _DAY.fullmatch(day) or day in days


def _has_cancelled(later: CallSession, booked: CallSession) -> bool:
    """Whether it was for certain the visit that was booked there."""
    uid = later.appointment.uid if later.appointment else ""
    return later.reason is Reason.CANCELLED and later.in_doubt is None and uid == booked.appointment_id != ""


def _day(scheduled_at: str) -> str:
    at = datetime.fromisoformat(scheduled_at)
    return f"{at:%A, %B} {at.day}"
