"""A record that has not arrived, sent again by its operator: at once and whole, from a command or from a page.

The service's own later tries find what became of it. One that is not accepted stays as it was.
"""

from dataclasses import dataclass

from dashboard_sync import Delivery
from records.posting import RecordPoster
from records.store import DeliveryRow, Status, Store


@dataclass(frozen=True)
class Resent:
    """What became of it: where it stands now, the parts that were posted, and what was not accepted, and why."""

    status: Status
    parts: tuple[str, ...]
    detail: str


async def resend(store: Store, poster: RecordPoster, row: DeliveryRow) -> Resent:
    """Posts every part of the record and writes what became of it.

    Raises:
        StoreError: that could not be written; it was posted all the same.
    """
    posted = await poster.post_all(row.record)
    refused = {part: d.detail for part, d in posted.items() if d.delivery is not Delivery.ACCEPTED}
    detail = "; ".join(f"{part}: {why}" for part, why in refused.items())
    status = row.status if refused else Status.DELIVERED
    await store.set_delivery(row.call_id, row.record, status, detail, anew=False)
    return Resent(status, tuple(posted), detail)
