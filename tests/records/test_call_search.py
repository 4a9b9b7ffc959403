"""The calls of the database, looked for; of each kind that the service knows."""

import pytest
import sqlalchemy as sa

from records.call_search import MOST_READ, PIECE, find_call, find_calls
from records.call_view import Wanted
from records.errors import StoreError
from records.rows import Phase, Status
from records.store import Store
from tests.support.stored_calls import booked, keep, keep_all, long_call, owed, record_of, silent

WORDS = (
    "whitfield",
    "BARTON",
    "0142",
    "555-0142",
    "cold air",
    "ca1",
    "booking_failed",
    "dog",
    "timeout",
    'a "b"',
    "é",
    "%",
)


async def ids(store: Store, wanted: Wanted) -> list[str]:
    return [line.call_id for line in (await find_calls(store, wanted)).lines]


async def test_newest_first_and_those_that_are_looked_for(store: Store) -> None:
    """The live one too; the ready views; words and digits."""
    await keep(store, booked("CA1"), status=Status.DELIVERED)
    await keep(store, owed("CA2"), status=Status.PARKED, detail="job: 400 no such user")
    await keep(store, silent("CA3"), status=Status.KEPT)
    await keep(store, long_call("CA4"), Phase.LIVE)
    assert await ids(store, Wanted()) == ["CA4", "CA3", "CA2", "CA1"]
    assert await ids(store, Wanted(owed=True)) == ["CA2"]
    assert await ids(store, Wanted(parked=True)) == ["CA2"]
    assert await ids(store, Wanted(not_understood=True)) == ["CA4", "CA1"]
    assert await ids(store, Wanted(find="whitfield")) == ["CA1"]
    assert await ids(store, Wanted(find="0142", parked=True)) == ["CA2"]
    assert await ids(store, Wanted(find="no such user")) == ["CA2"]
    (first, *_) = (await find_calls(store, Wanted())).lines
    assert (first.live, first.phase) == (True, Phase.LIVE)


async def test_the_database_leaves_out_nothing_that_fits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is asked for is only quicker than reading all."""
    awkward = booked("CA1", name='Zoé "a "b" %')
    awkward.problem = "back\\slash\nnew line"
    await keep(store, awkward, status=Status.DELIVERED)
    await keep(store, owed("CA2"), status=Status.PARKED, detail="job: 400")
    words = (*WORDS, "back\\slash", "slash", "new line", "zoé", 'a "b"', "é", "jobs", "job: 400")
    quick = [await ids(store, Wanted(find=word)) for word in words]
    monkeypatch.setattr("records.call_search._as_written", lambda text: [])
    assert [await ids(store, Wanted(find=word)) for word in words] == quick
    assert ["CA1"] in quick
    assert [] in quick


async def test_page_by_page(store: Store) -> None:
    """Each call once, in order, also of those that were written at the same moment."""
    now = store.now()
    store.now = lambda: now
    await keep_all(store, (booked(f"CA{number:03}") for number in range(PIECE + 7)))
    first = await find_calls(store, Wanted(), most=20)
    found, page = [*first.lines], first
    while page.older is not None:
        page = await find_calls(store, Wanted(), page.older, most=20)
        found += page.lines
    assert [line.call_id for line in found] == [f"CA{number:03}" for number in reversed(range(PIECE + 7))]
    exactly = await find_calls(store, Wanted(), most=PIECE + 7)
    assert (len(exactly.lines), exactly.older) == (PIECE + 7, None)


async def test_one_page_reads_only_so_much(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few fit; the next page goes on behind it."""
    monkeypatch.setattr("records.call_search.MOST_READ", PIECE)
    assert MOST_READ > PIECE
    await keep(store, owed("CA_first"), status=Status.PARKED)
    await keep_all(store, (booked(f"CA{number:03}") for number in range(PIECE)))
    page = await find_calls(store, Wanted(owed=True))
    assert page.lines == ()
    assert page.older is not None
    assert [line.call_id for line in (await find_calls(store, Wanted(owed=True), page.older)).lines] == ["CA_first"]


async def test_a_call_has_its_story(store: Store) -> None:
    """Turns, and its record with what became of it; of an unknown call there is none."""
    await keep(store, booked("CA1"), status=Status.PARKED, detail="job: 400 no")
    story = await find_call(store, "CA1")
    assert story is not None
    assert (len(story.turns), [part.became for part in story.record]) == (4, ["not accepted: 400 no", "accepted"])
    assert await find_call(store, "CA2") is None


async def test_the_texts_about_a_call_are_in_its_story(store: Store) -> None:
    """Its own, and no other call's."""
    await keep(store, booked("CA1").model_copy(update={"text_offered": True, "text_to": "+15125550142"}))
    await store.messages.add("CA1:caller", "+15125550142", "a text")
    await store.messages.add("CA10:owner", "+15125550177", "a text")
    story = await find_call(store, "CA1")
    assert story is not None
    facts = dict(story.facts)
    assert (facts["text to the caller"], "text to the owner" in facts) == ("agreed to; waits", False)


async def test_a_record_whose_call_is_deleted_is_found(store: Store) -> None:
    """A parked one is younger than its call's row: nobody may overlook it."""
    await store.set_delivery("CA1", record_of(booked("CA1")), Status.PARKED, "job: 400")
    await keep(store, owed("CA2"), status=Status.DELIVERED)
    assert await ids(store, Wanted(parked=True)) == ["CA1"]
    assert await ids(store, Wanted(find="Whitfield")) == ["CA1"]
    story = await find_call(store, "CA1")
    assert story is not None
    assert (story.line.name, story.turns, len(story.record)) == ("Dana Whitfield", (), 2)


async def test_what_cannot_be_read_is_not_in_the_way(store: Store) -> None:
    """A row that says nothing, and has no record, is left out."""
    await keep(store, booked("CA1"))
    await store.execute(sa.text("UPDATE calls SET snapshot = '[1]'"))
    await keep(store, owed("CA2"))
    assert await ids(store, Wanted()) == ["CA2"]
    assert await find_call(store, "CA1") is None


async def test_a_store_that_is_away_says_so(store: Store) -> None:
    store.too_slow()
    with pytest.raises(StoreError):
        await find_calls(store, Wanted())
    with pytest.raises(StoreError):
        await find_call(store, "CA1")
