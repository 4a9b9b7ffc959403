"""RecordPoster: the parts of one call's record, each to its own webhook.

The order is job, call, alert, because the call carries the ids of the job's answer. What the dashboard keeps of one
call is posted by one at a time, of whatever process: a repeat beside a post makes a second row (contract.md 0.10). A
part that cannot be built for the dashboard (a wrong user, an older version's record) is refused here and not sent. When
a part is sent, and what becomes of one that was not accepted, is delivery.py's.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from config import Settings
from dashboard_sync import DashboardClient, Delivered, Delivery
from records.errors import StoreError, kind_of
from records.later_calls import JOBS, as_it_stands
from records.payloads import PARTS, CallRecord, JobPayload
from records.store import Store

logger = logging.getLogger(__name__)

SPARE_SECONDS = 10.0  # More than two tries and the pause between them take
POSTED_ELSEWHERE = "it is just being sent from elsewhere"


class RecordPoster:
    """Posts records, as `CallRecord.model_dump(mode="json")` keeps them.

    Args:
        settings: The dashboard's user, and how long a post takes at most.
        dashboard: Posts one payload, with its one retry.
        store: Tells what others are posting.
    """

    def __init__(self, settings: Settings, dashboard: DashboardClient, store: Store) -> None:
        self._settings, self._dashboard, self._store = settings, dashboard, store
        self._longest_seconds = (
            2 * settings.dashboard_timeout_seconds + settings.dashboard_retry_seconds + SPARE_SECONDS
        )

    async def post(self, part: str, record: Mapping[str, Any], ids: Mapping[str, str], *, by: str) -> Delivered:
        """Posts one part as it stands by now (later_calls.py), or leaves it for later while it is posted `by` another.

        `ids` are the job's, for the call.
        """
        async with self._turn(record[part].get("call_id") or record["call_id"], by) as ours:
            if not ours:
                return Delivered(Delivery.LATER, detail=POSTED_ELSEWHERE)
            if part in JOBS:
                try:
                    stands = await as_it_stands(self._store, record, part)
                except StoreError as error:
                    logger.error("%s dashboard %s: how it stands is not known: %s", record["call_id"], part, error)
                    return Delivered(Delivery.LATER, detail=f"how it stands is not known: {kind_of(error)}")
                if isinstance(stands, Delivered):
                    return stands
                record = {**record, part: stands}
            return await self._post(part, record, ids)

    @contextlib.asynccontextmanager
    async def _turn(self, call_id: str, by: str) -> AsyncIterator[bool]:
        """Whether this one may post what the dashboard keeps of the call; a store that is away stops nobody."""
        try:
            ours = await self._store.begin_posting(call_id, by, self._longest_seconds)
        except StoreError as error:
            logger.error("%s is posted, whoever else may be at it: %s", call_id, kind_of(error))
            ours = True
        yield ours
        if ours:  # A post that was cut off may go on at the dashboard: then its time has to pass.
            with contextlib.suppress(StoreError):
                await self._store.end_posting(call_id, by)

    async def _post(self, part: str, record: Mapping[str, Any], ids: Mapping[str, str]) -> Delivered:
        email = self._settings.dashboard_user_email or ""
        try:
            parsed = CallRecord.model_validate(record)
            payload = parsed.call.with_ids(**ids) if part == "call" else getattr(parsed, part)
            body = payload.to_json(email)
        except ValueError as error:  # A wrong address of the user, or an older version's record.
            logger.error("%s dashboard %s: cannot be sent: %s", record["call_id"], part, _why(error))
            return Delivered(Delivery.REFUSED, detail=f"cannot be sent: {type(error).__name__}")
        if part in JOBS:
            return await self._dashboard.post_job(body)
        if part == "call":
            return await self._dashboard.post_call(body)
        return await self._dashboard.post_alert(body)

    async def post_all(self, record: Mapping[str, Any], *, by: str) -> dict[str, Delivered]:
        """Posts every part that the record has, once and in order, until another one is at it; what became of each."""
        ids: dict[str, str] = {}
        posted: dict[str, Delivered] = {}
        for part in due_parts(record):
            posted[part] = await self.post(part, record, ids, by=by)
            if posted[part].detail == POSTED_ELSEWHERE:  # A call without its job's ids would lose them.
                break
            if part == "job":
                ids = ids_of(posted[part])
        return posted


def _why(error: ValueError) -> str:
    """For the log: what is wrong and where, and nothing of what a caller said."""
    if not isinstance(error, ValidationError):
        return str(error)
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return ", ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found)


def due_parts(record: Mapping[str, Any]) -> list[str]:
    """The parts that a record has, in the order in which they are posted."""
    return [part for part in PARTS if record.get(part)]


def moved(job: Mapping[str, Any], to: datetime) -> JobPayload | None:
    """The job of an earlier call with its new time, by which the dashboard finds its row; None if it had no visit."""
    try:
        return JobPayload.model_validate({**job, "scheduled_at": to}) if job.get("scheduled_at") else None
    except ValueError:  # An older version's record.
        return None


def standing_for(record: CallRecord, before: Mapping[str, Any] | None) -> CallRecord:
    """The record of a call that goes on from another one, whose job `before` was: the lead of that one is closed by it.

    A callback that was promised there is still owed when this call came to nothing.
    """
    job, closed = record.job, _closed(before, record.call_id) if before else None
    if job is None or closed is None or before is None:
        return record
    owed = before.get("end_call_reason")
    if job.end_call_reason == "customer_hangup" and owed in ("callback_later", "sales_lead"):
        job = job.model_copy(update={"end_call_reason": owed})
    return record.model_copy(update={"job": job, "withdrawn": closed})


def _closed(job: Mapping[str, Any], by: str) -> JobPayload | None:
    """A lead once more, closed, with the call that stands for it; None if it was a visit.

    Of the reasons that make leads only this one's are closed and cold (contract.md 2.2); a repeat changes the status
    and leaves the reason as it was (contract.md 0.15).
    """
    if job.get("scheduled_at"):
        return None
    told = f"Nothing to do here: the caller rang again, see call {by}. {job.get('ai_summary') or ''}".strip()
    try:
        return JobPayload.model_validate({**job, "end_call_reason": "out_of_area", "ai_summary": told})
    except ValueError:  # An older version's record.
        return None


def ids_of(posted: Delivered) -> dict[str, str]:
    """The ids of the rows that a job's answer named: they belong into the call (contract.md 2.3)."""
    return {key: value for key in ("lead_id", "job_id") if (value := getattr(posted, key))}


def described(details: Mapping[str, str]) -> str:
    """What was not accepted, and why, part by part."""
    return "; ".join(f"{part}: {detail}" for part, detail in details.items())
