"""A record that has not arrived, sent again by its operator: at once and whole, from a command or from a page.

What a later call has moved or closed is sent as that call has left it. The service's own later tries find what became
of it. One that is not accepted stays as it was, and so does one that the service is sending at this moment.
"""

import secrets
from dataclasses import dataclass

from dashboard_sync import Delivery
from records.posting import POSTED_ELSEWHERE, RecordPoster
from records.store import DeliveryRow, Status, Store


@dataclass(frozen=True)
class Resent:
    """What became of it: where it stands now, the parts that were posted, and what was not accepted, and why."""

    status: Status
    parts: tuple[str, ...]
    detail: str

    @property
    def elsewhere(self) -> bool:
        """Whether it was just being sent by another, so that it was not by this one."""
        return POSTED_ELSEWHERE in self.detail


async def resend(store: Store, poster: RecordPoster, row: DeliveryRow) -> Resent:
    """Posts every part of the record and writes what became of it.

    Raises:
        StoreError: nothing was sent, or that could not be written.
    """
    job = await store.left_by_later(row.call_id) if row.record.get("job") else None
    record = {**row.record, **({"job": job} if job else {})}
    posted = await poster.post_all(record, by=f"by hand {secrets.token_hex(8)}")
    refused = {part: d.detail for part, d in posted.items() if d.delivery is not Delivery.ACCEPTED}
    detail = "; ".join(f"{part}: {why}" for part, why in refused.items())
    status = row.status if refused else Status.DELIVERED
    if POSTED_ELSEWHERE not in refused.values():  # Else that one writes what becomes of it.
        await store.set_delivery(row.call_id, row.record, status, detail, anew=False)
    return Resent(status, tuple(posted), detail)
