"""The messages' rows, on SQLite and on Postgres: one for each id, one claim at a time."""

import asyncio
from datetime import datetime, timedelta

import pytest

from records.database import CLOCKS_APART
from records.message_rows import MOST_AT_ONCE
from records.rows import MessageRow, Sending
from records.store import Store

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)


async def due(store: Store, now: datetime) -> list[MessageRow]:
    """What is due then; nothing is written that waits longer than a day."""
    return await store.messages.due(now, now + timedelta(days=1))


async def only(store: Store) -> MessageRow:
    """The one that is due within the next hour."""
    (row,) = await due(store, store.now() + 60 * MINUTE)
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
    assert await due(store, now + MINUTE / 2) == []
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
    assert await due(store, now + 1000 * MINUTE) == []
    assert await store.messages.count() == {
        Sending.WAITING: 0,
        Sending.ACCEPTED: 0,
        Sending.SENT: 1,
        Sending.PARKED: 1,
        Sending.DROPPED: 0,
    }


async def test_the_longest_due_come_first(store: Store) -> None:
    """No more at once than are sent side by side."""
    for number in range(MOST_AT_ONCE + 2):
        await store.messages.add(f"CA{number}:owner", "+15125550177", "a text")
    found = await due(store, store.now())
    assert [row.message_id for row in found] == [f"CA{number}:owner" for number in range(MOST_AT_ONCE)]


async def test_what_a_wrong_clock_has_put_off_is_due(store: Store) -> None:
    """Clocks that differ a little put nothing off that is not due."""
    now = store.now()
    latest = now + 60 * MINUTE
    await store.messages.add("CA1:owner", "+15125550177", "a text", due_at=latest + CLOCKS_APART)
    await store.messages.add("CA2:owner", "+15125550177", "a text", due_at=latest + CLOCKS_APART + MINUTE)
    assert [row.message_id for row in await store.messages.due(now, latest)] == ["CA2:owner"]


async def test_the_owner_comes_before_callers(store: Store) -> None:
    """A danger told in the morning waits for no backlog of the night."""
    for number in range(MOST_AT_ONCE):
        await store.messages.add(f"CA{number}:caller", "+15125550177", "a text")
    await store.messages.add("CA99:owner", "+15125550100", "gas")
    assert (await due(store, store.now()))[0].message_id == "CA99:owner"


async def test_what_may_be_under_way_is_not_dropped(store: Store) -> None:
    """It would go out all the same; once its time is over it can be."""
    now = store.now()
    await store.messages.add("CA1:caller", "+15125550177", "a text")
    assert await store.messages.claim(await only(store), "m0", now, now + MINUTE)
    (claimed,) = await store.messages.listed({Sending.WAITING})
    assert not await store.messages.drop(claimed, now, "by hand")
    assert await store.messages.drop(claimed, now + 2 * MINUTE, "by hand")


async def test_old_ones_are_deleted(store: Store) -> None:
    """With everything else that is older than RETENTION_DAYS."""
    await store.messages.add("CA1:owner", "+15125550177", "a text")
    await store.purge(store.now() - MINUTE)
    assert sum((await store.messages.count()).values()) == 1
    await store.purge(store.now() + MINUTE)
    assert sum((await store.messages.count()).values()) == 0


async def test_what_is_kept_for_later(store: Store) -> None:
    """It is due then, tells until when it is of use, and is found by its id."""
    now = store.now()
    terms = {"due_at": now + 10 * MINUTE, "useful_until": now + 60 * MINUTE}
    await store.messages.add("CA1:caller", "+15125550177", "a text", **terms)
    assert await due(store, now + 9 * MINUTE) == []
    row = await only(store)
    assert (row.due_at, row.useful_until) == (now + 10 * MINUTE, now + 60 * MINUTE)
    assert (row.to_caller, row.call_id) == (True, "CA1")
    assert await store.messages.find("CA1:caller") == row
    assert await store.messages.find("CA2:caller") is None


async def parked(store: Store, *, tried: bool = False, sid: str = "") -> MessageRow:
    """A message that is parked after one claim, as it is listed."""
    now = store.now()
    await store.messages.add("CA1:caller", "+15125550177", "a text")
    row = await only(store)
    await store.messages.claim(row, "m0", now, now)
    await store.messages.settle(row, Sending.PARKED, tried_at=now if tried else None, sid=sid, detail="why")
    (found,) = await store.messages.listed({Sending.PARKED})
    return found


@pytest.mark.parametrize(("tried", "sid", "in_doubt"), [(False, "", False), (True, "", True), (True, "SM1", False)])
async def test_what_is_sent_again_is_due_at_once(store: Store, tried: bool, sid: str, in_doubt: bool) -> None:
    """What may have been sent is looked for first; what a carrier has refused was not."""
    row = await parked(store, tried=tried, sid=sid)
    assert await store.messages.send_again(row, store.now())
    again = await only(store)
    assert (again.status, again.sid, again.tried_at is not None) == (Sending.WAITING, "", in_doubt)


async def test_what_may_be_under_way_is_not_sent_again(store: Store) -> None:
    """Whoever has claimed it may be asking Twilio just now: a second try beside it would be a second text."""
    now = store.now()
    await store.messages.add("CA1:caller", "+15125550177", "a text")
    assert await store.messages.claim(await only(store), "m0", now, now + MINUTE)
    claimed = await only(store)
    assert not await store.messages.send_again(claimed, now)
    assert await due(store, now + MINUTE / 2) == []


async def test_what_is_dropped_is_not_due(store: Store) -> None:
    """It says why, and cannot be dropped or sent again any more."""
    row = await parked(store)
    assert await store.messages.drop(row, store.now(), "not needed")
    (dropped,) = await store.messages.listed(set(Sending))
    assert (dropped.status, dropped.detail) == (Sending.DROPPED, "not needed")
    assert await due(store, store.now() + 1000 * MINUTE) == []
    assert not await store.messages.drop(dropped, store.now(), "again")
    assert not await store.messages.send_again(dropped, store.now())


async def test_of_an_operator_and_a_sender_one_comes_first(store: Store) -> None:
    """Whoever read the row before the other wrote it changes nothing."""
    now = store.now()
    await store.messages.add("CA1:caller", "+15125550177", "a text")
    row = await only(store)
    assert await store.messages.claim(row, "m0", now, now)
    assert not await store.messages.drop(row, now, "too late")
    claimed = await only(store)
    assert await store.messages.drop(claimed, now, "in time")
    await store.messages.settle(row, Sending.ACCEPTED, due_at=now, sid="SM1")
    (dropped,) = await store.messages.listed(set(Sending))
    assert (dropped.status, dropped.sid) == (Sending.DROPPED, "")
