"""Snapshots and the loop on which every call's audio is paced. What they cost in milliseconds: `make snapshot-cost`."""

import asyncio
import threading

import pytest

from bench import snapshot_cost
from bench.snapshot_cost import LATER, Measured, long_call
from records.store import Store


async def test_the_loop_goes_on_meanwhile(store: Store) -> None:
    """While the thread writes, the loop goes round: it is not held."""
    session, written = long_call("CA1"), threading.Event()
    assert await store.calls.begin(session, "a:1", LATER)
    store._thread.submit(written.wait)  # A disk that does not answer.
    saves = [store.calls.save(session, 1) for _ in range(50)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert not any(save.done() for save in saves)
    written.set()
    assert all(await asyncio.gather(*saves))


async def test_what_is_measured_is_written(agent_database: str) -> None:
    """Every turn of every round that writes is measured, and is in the database in the end."""
    measured = await snapshot_cost.measure(agent_database, calls=2, rounds=1)
    assert len(measured.turns) == len(measured.held) == len(measured.durable) == 2 * snapshot_cost.TURNS_A_ROUND
    assert len(measured.late) == len(measured.late_without) == 1
    store = Store(agent_database)
    await store.open()
    row = await store.calls.find("CA1")
    await store.close()
    assert row is not None
    assert row.session() == long_call("CA1")


@pytest.mark.parametrize(
    ("turns", "held", "good"), [(0.004, 0.019, True), (0.006, 0.001, False), (0.001, 0.021, False)]
)
def test_the_limits(turns: float, held: float, good: bool) -> None:
    """Less than 5 ms at the median of the turns, less than 20 ms at the longest hold."""
    assert Measured(turns=[turns, turns, 1.0], held=[held, 0.001]).good is good
