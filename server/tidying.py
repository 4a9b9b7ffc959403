"""Tidying: what is too old is deleted, and the recordings that their callers do not want.

Each machine has its own disk. What it recorded of a call until that went on elsewhere it deletes itself, once a caller
has objected there: that they have stands in the call's row.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from config import Settings
from logs import Seldom
from records.database import CLOCKS_APART
from records.errors import StoreError
from records.handover import Handover
from records.recordings import Recordings
from records.store import Store

logger = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600
UNWANTED_SECONDS = 60  # From one look for recordings that their callers do not want to the next


async def delete_unwanted(store: Store, recordings: Recordings, calm: Callable[[], Awaitable[None]]) -> None:
    """Deletes what is here of the calls whose callers have lately objected to being recorded, wherever that was."""
    looked_at, due = store.now(), Seldom()
    while True:
        await asyncio.sleep(UNWANTED_SECONDS)
        await calm()
        now = store.now()
        try:
            await recordings.delete_unwanted(await store.calls.declined(looked_at - CLOCKS_APART))
        except StoreError as error:
            if due("declined"):
                logger.error("who wants no recording is not known: %s; asked again every minute", error)
        except Exception:
            logger.exception("recordings that their callers do not want could not be deleted; tried again in a minute")
        else:
            looked_at = now


async def tidy(
    settings: Settings,
    store: Store,
    deliveries: Handover,
    recordings: Recordings,
    settled: asyncio.Event,
    calm: Callable[[], Awaitable[None]],
) -> None:
    """Deletes what is too old, and what `delete_unwanted` has missed: once `settled`, and once a day, when it is calm.

    A recording is deleted no later than its call.
    """
    kept, recorded = timedelta(days=settings.retention_days), timedelta(days=settings.recording_days)

    async def declined(call_id: str) -> bool:
        row = await store.calls.find(call_id)
        session = row.session() if row else None
        return session is not None and session.recording_declined

    steps: Mapping[str, Callable[[], Awaitable[object]]] = {
        "old recordings": lambda: recordings.purge(datetime.now(UTC) - min(kept, recorded)),
        "recordings that their callers do not want": lambda: recordings.delete_declined(declined),
        "old records": lambda: deliveries.purge(datetime.now(UTC) - kept),
    }
    await settled.wait()
    while True:
        await calm()
        for what, delete in steps.items():  # One that fails costs no other.
            try:
                await delete()
            except StoreError as error:
                logger.error("%s could not be deleted: %s; tried again tomorrow", what, error)
            except Exception:
                logger.exception("%s could not be deleted; tried again tomorrow", what)
        await asyncio.sleep(DAY_SECONDS)
