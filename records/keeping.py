"""A record is kept before anything of it is posted: from then on it survives the process, whoever goes on with it."""

import logging
from collections.abc import Mapping
from typing import Any

from call.event import tell
from call.service_events import RecordKept
from call.session import NO_ADDRESS
from records.payloads import UNKNOWN_NAME, CallRecord
from records.rows import Status
from records.store import Store

logger = logging.getLogger(__name__)

_PROMISED = frozenset({"callback_later", "sales_lead"})


async def keep(store: Store, record: CallRecord, *, configured: bool) -> tuple[bool, dict[str, Any] | None]:
    """Writes the record; a call's second one changes nothing, unless it alone knows of what somebody has to act on.

    Args:
        store: Where it is written.
        record: The record.
        configured: Whether there is a dashboard.

    Returns:
        Whether it is the call's first one, and what is to be posted; None if nothing is.

    Raises:
        StoreError: It could not be written.
    """
    content = record.model_dump(mode="json")
    status = Status.WAITING if configured else Status.KEPT
    first = await store.add_delivery(record.call_id, content, status)
    if not first:
        known = await store.delivery(record.call_id)
        before = known.record if known else {}
        if known is None or not (added := what_it_adds(content, before)):
            logger.info("%s delivery: there is a record already", record.call_id)
            return first, None
        logger.error("%s %s IS POSTED BEHIND A LEAD: two machines ended the call", record.call_id, added)
        job = before.get("job") if _loses(content, before) else content["job"]
        content = {**content, "job": job, "behind_a_lead": True}
        await store.set_delivery(record.call_id, content, status)
    if not configured:
        tell(logger, RecordKept(), record.call_id)
        return first, None
    return first, content


def what_it_adds(record: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """What the record of a call knows that the one before does not, and somebody has to act on; empty: nothing."""
    job, known = record.get("job") or {}, before.get("job") or {}
    if job.get("scheduled_at") and not known.get("scheduled_at"):
        return "A VISIT"
    if record.get("alert") and not before.get("alert"):
        return "A DANGER"
    if before.get("alert"):  # Whoever calls back for that learns the rest.
        return ""
    if job.get("end_call_reason") in _PROMISED and known.get("end_call_reason") not in _PROMISED:
        return "A PROMISED CALL"
    if known and job.get("customer_name", UNKNOWN_NAME) != UNKNOWN_NAME == known.get("customer_name"):
        return "A NAME"
    if known and job.get("customer_address", NO_ADDRESS) != NO_ADDRESS == known.get("customer_address"):
        return "AN ADDRESS"
    return ""


def _loses(record: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether the job would take a visit back that the one before has."""
    job, known = record.get("job") or {}, before.get("job") or {}
    return bool(known.get("scheduled_at") and not job.get("scheduled_at"))
