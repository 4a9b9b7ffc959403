"""The messages' rows, on SQLite and on Postgres: one for each id, one claim at a time."""

import asyncio
from datetime import timedelta

import pytest

from records.message_rows import MOST_AT_ONCE
from records.rows import MessageRow, Sending
from records.store import Store

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)


async def only(store: Store) -> MessageRow:
    """The one that is due within the next hour."""
    (row,) = await store.messages.due(store.now() + 60 * MINUTE)
    return row


async def test_an_id_has_one_message(store: Store) -> None:
    """Of many who add it at once one does, and its words stay."""
    added = await asyncio.gather(*(store.messages.add("CA1:owner", "+15125550177", f"number {n}") for n in range(10)))
    assert sorted(added) == [False] * 9 + [True]
    assert (await only(store)).body == f"number {added.index(True)}"
    assert await store.messages.add("CA2:owner", "+15125550177", "another call")


async def test_one_claim_at_a_time(store: Store) -> None:
    """Of ten who have read the same row one gets it; it is due again when the claim is over, and counts as tried."""
    now = store.now()
    await store.messages.add("CA1:owner", "+15125550177", "a text")
    row = await only(store)
    assert row.tried_at is None
    claimed = [await store.messages.claim(row, f"m{n}", now, now + MINUTE) for n in range(10)]
    assert claimed == [True] + [False] * 9
    assert await store.messages.due(now + MINUTE / 2) == []
    again = await only(store)
    assert (again.owner, again.claims, again.tried_at) == ("m0", 1, now)


async def test_what_is_not_known_stays_so(store: Store) -> None:
    """A claim of a message that may have been sent keeps the first try of which nobody knows."""
    now = store.now()
    await store.messages.add("CA1:owner", "+15125550177", "a text")
    await store.messages.claim(await only(store), "m0", now, now)
    await store.messages.claim(await only(store), "m1", now + MINUTE, now + MINUTE)
    assert (await only(store)).tried_at == now


async def test_an_older_claim_writes_nothing(store: Store) -> None:
    """Who was held up and comes late changes nothing of what somebody else has found out meanwhile."""
    now = store.now()
    await store.messages.add("CA1:owner", "+15125550177", "a text")
    first = await only(store)
    await store.messages.claim(first, "m0", now, now)
    second = await only(store)
    await store.messages.claim(second, "m1", now, now)
    await store.messages.settle(second, Sending.ACCEPTED, due_at=now, tried_at=now, sid="SM1")
    await store.messages.settle(first, Sending.PARKED, detail="too late")
    row = await only(store)
    assert (row.status, row.sid) == (Sending.ACCEPTED, "SM1")


async def test_what_is_settled_is_not_due(store: Store) -> None:
    """Sent and parked ones are counted, and nobody looks at them again; the sid stays with the message."""
    now = store.now()
    for name, status in (("CA1:owner", Sending.SENT), ("CA2:owner", Sending.PARKED)):
        await store.messages.add(name, "+15125550177", name)
        row = await only(store)
        await store.messages.claim(row, "m0", now, now)
        await store.messages.settle(row, status)
    assert await store.messages.due(now + 1000 * MINUTE) == []
    assert await store.messages.count() == {
        Sending.WAITING: 0,
        Sending.ACCEPTED: 0,
        Sending.SENT: 1,
        Sending.PARKED: 1,
    }


async def test_the_longest_due_come_first(store: Store) -> None:
    """No more at once than are sent side by side."""
    for number in range(MOST_AT_ONCE + 2):
        await store.messages.add(f"CA{number}:owner", "+15125550177", "a text")
    due = await store.messages.due(store.now())
    assert [row.message_id for row in due] == [f"CA{number}:owner" for number in range(MOST_AT_ONCE)]


async def test_old_ones_are_deleted(store: Store) -> None:
    """With everything else that is older than RETENTION_DAYS."""
    await store.messages.add("CA1:owner", "+15125550177", "a text")
    await store.purge(store.now() - MINUTE)
    assert sum((await store.messages.count()).values()) == 1
    await store.purge(store.now() + MINUTE)
    assert sum((await store.messages.count()).values()) == 0
