"""A record that has not arrived, sent again by its operator: at once and whole, from a command or from a page.

Each job is sent as it stands by now (later_calls.py). Nothing is sent of a record whose own job is not to be sent any
more, or that has to wait for another one: the rest would be sent twice. The service's own later tries find what became
of it. One that is not accepted stays as it was, and so does one that the service is sending at this moment.
"""

import secrets
from dataclasses import dataclass

from dashboard_sync import Delivered, Delivery
from records.later_calls import JOBS, as_it_stands
from records.posting import POSTED_ELSEWHERE, RecordPoster, described, due_parts
from records.store import DeliveryRow, Status, Store


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
    for part in due_parts(row.record):
        job = await as_it_stands(store, row.record, part) if part in JOBS else None
        if isinstance(job, Delivered) and (part == "job" or job.delivery is Delivery.LATER):
            return Resent(row.status, (), f"Nothing was sent: {job.detail}.")
    posted = await poster.post_all(row.record, by=f"by hand {secrets.token_hex(8)}")
    dropped = {part: d.detail for part, d in posted.items() if d.delivery is Delivery.NOT_NEEDED}
    settled = (Delivery.ACCEPTED, Delivery.NOT_NEEDED)
    refused = {part: d.detail for part, d in posted.items() if d.delivery not in settled}
    status = row.status if refused else Status.DELIVERED
    if POSTED_ELSEWHERE not in refused.values():  # Else that one writes what becomes of it.
        await store.set_delivery(row.call_id, row.record, status, described(refused | dropped), anew=False)
    return Resent(status, tuple(part for part in posted if part not in dropped), described(refused))
