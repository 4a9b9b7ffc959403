"""Which second record of a call is posted, and what of it."""

from pathlib import Path
from typing import Any

import pytest

from records.keeping import keep, what_it_adds
from records.store import Store
from tests.records.test_delivery import record

UNKNOWN = {"customer_name": "Unknown caller", "customer_address": "Not provided", "end_call_reason": "customer_hangup"}
NAMED = UNKNOWN | {"customer_name": "Jonas Weber"}
AT_HOME = UNKNOWN | {"customer_address": "12 Elm St"}
PROMISED = UNKNOWN | {"end_call_reason": "callback_later"}
ADVISED = UNKNOWN | {"end_call_reason": "sales_lead"}
VISIT = NAMED | {"end_call_reason": "completed", "scheduled_at": "2026-11-27T16:00:00+00:00"}
DANGER = {"job": UNKNOWN | {"end_call_reason": "safety_emergency"}, "alert": {"alert_id": "SM1"}}


@pytest.mark.parametrize(
    ("before", "record", "adds"),
    [
        ({"job": UNKNOWN}, {"job": VISIT}, "A VISIT"),
        ({}, {"job": VISIT}, "A VISIT"),
        (DANGER, {"job": VISIT}, "A VISIT"),
        ({"job": VISIT}, {"job": VISIT}, ""),
        ({"job": UNKNOWN}, DANGER, "A DANGER"),
        ({}, DANGER, "A DANGER"),
        (DANGER, DANGER, ""),
        (DANGER, {"job": NAMED}, ""),
        ({"job": UNKNOWN}, {"job": PROMISED}, "A PROMISED CALL"),
        ({}, {"job": ADVISED}, "A PROMISED CALL"),
        ({"job": ADVISED}, {"job": PROMISED}, ""),
        ({"job": UNKNOWN}, {"job": NAMED}, "A NAME"),
        ({"job": NAMED}, {"job": UNKNOWN}, ""),
        ({"job": NAMED}, {"job": UNKNOWN | {"customer_name": "Dana Wu"}}, ""),
        ({"job": UNKNOWN}, {"job": AT_HOME}, "AN ADDRESS"),
        ({"job": NAMED}, {"job": AT_HOME}, "AN ADDRESS"),
        ({}, {"job": NAMED}, ""),  # The first made no lead of it, and knew why.
        ({"job": NAMED}, {}, ""),
        ({}, {}, ""),
    ],
)
def test_what_a_second_record_adds(before: dict[str, Any], record: dict[str, Any], adds: str) -> None:
    """What somebody has to act on, and not of which nobody knows whether it is better."""
    assert what_it_adds(record, before) == adds


async def test_a_danger_takes_no_visit_back(tmp_path: Path) -> None:
    """It is posted beside the job as the first record has it."""
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}")
    await store.open()
    first = record(alert=False).model_dump(mode="json")
    first["job"] |= {"scheduled_at": "2026-11-27T16:00:00Z", "booking_status": "confirmed"}
    first["job"]["end_call_reason"] = "completed"
    known = record(alert=False).model_validate(first)
    assert (await keep(store, known, configured=True))[0]
    is_first, content = await keep(store, record(), configured=True)
    assert not is_first
    assert content is not None
    assert content["alert"]
    assert content["job"] == known.model_dump(mode="json")["job"]
    await store.close()
