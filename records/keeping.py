"""A record is kept before anything of it is posted: from then on it survives the process, whoever goes on with it."""

import logging
from collections.abc import Mapping
from typing import Any

from call.event import tell
from call.service_events import RecordKept
from records.payloads import CallRecord
from records.rows import Status
from records.store import Store

logger = logging.getLogger(__name__)


async def keep(store: Store, record: CallRecord, *, configured: bool) -> tuple[bool, dict[str, Any] | None]:
    """Writes the record; a call's second one changes nothing, unless it alone knows of a visit.

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
        if not await _adds_a_visit(store, content):
            logger.info("%s delivery: there is a record already", record.call_id)
            return first, None
        logger.error("%s A VISIT IS POSTED BEHIND A LEAD: two machines ended the call", record.call_id)
        content = {**content, "behind_a_lead": True}
        await store.set_delivery(record.call_id, content, status)
    if not configured:
        tell(logger, RecordKept(), record.call_id)
        return first, None
    return first, content


async def _adds_a_visit(store: Store, content: Mapping[str, Any]) -> bool:
    known = await store.delivery(content["call_id"])
    booked = bool((content.get("job") or {}).get("scheduled_at"))
    return booked and known is not None and not (known.record.get("job") or {}).get("scheduled_at")
