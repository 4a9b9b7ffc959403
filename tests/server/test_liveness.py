"""The beat of a machine: what it puts off, what it takes over, and what it leaves alone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

import config
from call.session import CallSession
from config import Settings
from records.errors import StoreError
from records.handover import Handover
from records.payloads import CallRecord
from records.store import Store
from server.closing import CallClosing
from server.live_calls import LiveCalls
from server.liveness import Liveness
from turns.tool_protocol import Tools

CONTROLLED_CLOCK = True
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


@dataclass
class Machine:
    """One machine of several: its liveness on the store that all share."""

    name: str
    store: Store
    environ: dict[str, str]
    clock: list[datetime]
    passed: list[float]
    adopted: list[set[str]] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    begun: int = 0
    late: bool = False

    def __post_init__(self) -> None:
        self.settings: Settings = config.load({**self.environ, "FLY_MACHINE_ID": self.name, "FLY_APP_NAME": "ace"})
        deliveries, self.calls = cast(Handover, self), LiveCalls(5)
        now = lambda: self.clock[0]  # noqa: E731
        self.closing = CallClosing(self.settings, self.store, deliveries, cast(Tools, None), now=now)
        self.liveness = Liveness(
            self.settings,
            self.store,
            deliveries,
            self.closing,
            self.calls,
            f"{self.name}:1",
            late=lambda: self.late,
            now=now,
            clock=lambda: self.passed[0],
        )

    async def deliver(self, record: CallRecord) -> None:
        self.records.append(record.call_id)

    async def take_up(self) -> None:
        self.begun += 1

    async def adopt(self, machines: Collection[str]) -> None:
        self.adopted.append(set(machines))

    async def runs(self, call_id: str) -> None:
        session = CallSession(call_id=call_id, started_at=NOW)
        assert await self.store.calls.begin(session, f"{self.name}:1", self.closing.due_at())

    @property
    def alive(self) -> list[str]:
        return [row.machine for row in self.liveness.machines]


@dataclass
class Fleet:
    """Machines a and b."""

    store: Store
    clock: list[datetime]
    passed: list[float]
    a: Machine
    b: Machine

    async def pass_(self, seconds: float, *beating: Machine) -> None:
        """Time goes by in beats of ten seconds."""
        until = self.passed[0] + seconds
        while self.passed[0] < until:
            self.passed[0] += 10
            self.clock[0] += timedelta(seconds=10)
            for machine in beating:
                await machine.liveness.beat()


@pytest.fixture
async def fleet(tmp_path: Path, environ: dict[str, str]) -> AsyncIterator[Fleet]:
    clock, passed = [NOW], [0.0]
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}", now=lambda: clock[0])
    await store.open()
    a, b = (Machine(name, store, environ, clock, passed) for name in "ab")
    for machine in (a, b):
        await machine.liveness.beat()
    await a.liveness.beat()
    yield Fleet(store, clock, passed, a, b)
    await store.close()


async def test_each_knows_the_others(fleet: Fleet) -> None:
    """Who lives, which process it is, and whether another one takes new calls."""
    assert fleet.a.alive == fleet.b.alive == ["a", "b"]
    assert fleet.a.liveness.lives("a:1")
    assert fleet.a.liveness.lives("b:1")
    assert not fleet.a.liveness.lives("b:0")
    ready = [fleet.a.liveness.others_ready]
    fleet.b.calls.draining = True
    await fleet.pass_(10, fleet.b, fleet.a)
    assert [*ready, fleet.a.liveness.others_ready, fleet.b.liveness.others_ready] == [True, False, True]


async def test_two_machines_that_are_too_late_do_not_leave_the_calls_to_each_other(fleet: Fleet) -> None:
    """Else the proxy would find nobody to ask, and callers would hear an error in place of the apology."""
    fleet.a.late = fleet.b.late = True
    for machine in (fleet.a, fleet.b, fleet.a):
        await machine.liveness.beat()
    assert (fleet.a.liveness.others_ready, fleet.b.liveness.others_ready) == (False, False)
    fleet.b.late = False
    await fleet.b.liveness.beat()
    await fleet.a.liveness.beat()
    assert fleet.a.liveness.others_ready


async def test_the_calls_of_a_machine_that_lives_are_never_due(fleet: Fleet) -> None:
    """However long they last."""
    await fleet.a.runs("CA1")
    await fleet.b.runs("CA2")
    await fleet.pass_(900, fleet.a, fleet.b)
    assert fleet.a.records + fleet.b.records == []


async def test_the_calls_of_a_machine_that_never_comes_back(fleet: Fleet) -> None:
    """Another one hands its records over, once, a window and a beat after its last sign."""
    await fleet.b.runs("CA1")
    await fleet.b.runs("CA2")
    await fleet.a.runs("CA3")
    await fleet.pass_(110, fleet.a)
    assert fleet.a.records == []
    await fleet.pass_(30, fleet.a)
    assert sorted(fleet.a.records) == ["CA1", "CA2"]
    await fleet.pass_(300, fleet.a)
    assert sorted(fleet.a.records) == ["CA1", "CA2"]


async def test_one_machine_adopts_what_a_lost_one_left(fleet: Fleet) -> None:
    """The first of the living, and it names all that live; a lost one is none of them."""
    assert fleet.a.adopted[-1] == {"a", "b"}
    assert fleet.b.adopted == []
    await fleet.pass_(70, fleet.b)
    assert fleet.b.alive == ["b"]
    assert fleet.b.adopted[-1] == {"b"}


async def test_a_machine_that_is_back_is_left_alone(fleet: Fleet) -> None:
    """Its own start goes on with what it left."""
    await fleet.pass_(70, fleet.b)
    await fleet.a.liveness.beat()
    await fleet.b.liveness.beat()
    adopted = len(fleet.b.adopted)
    await fleet.pass_(20, fleet.a, fleet.b)
    assert fleet.b.alive == ["a", "b"]
    assert len(fleet.b.adopted) == adopted


async def test_a_store_that_was_away_accuses_nobody(fleet: Fleet, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody could tell that they live: all get the time to, before anything is handed over for them."""
    await fleet.b.runs("CA1")
    beat = fleet.store.beat

    async def away(*_: object, **__: object) -> None:
        raise StoreError("OperationalError")

    fleet.store.beat = away  # type: ignore[method-assign]
    with caplog.at_level(logging.ERROR):
        await fleet.pass_(300, fleet.a, fleet.b)
    assert "the beat was not written" in caplog.text
    fleet.store.beat = beat  # type: ignore[method-assign]
    await fleet.a.liveness.beat()
    await fleet.b.liveness.beat()
    await fleet.pass_(60, fleet.a, fleet.b)
    assert fleet.a.records + fleet.b.records == []


async def test_what_was_recorded_and_never_begun_is_begun(fleet: Fleet) -> None:
    """With every beat: a process may have died between the two."""
    begun = fleet.a.begun
    await fleet.pass_(30, fleet.a)
    assert fleet.a.begun == begun + 3


async def test_one_step_that_fails_stops_no_other(fleet: Fleet) -> None:
    """Each is tried again with the next beat."""
    await fleet.a.runs("CA1")

    async def broken() -> None:
        raise RuntimeError("a defect")

    fleet.a.take_up = fleet.a.closing.sweep = broken  # type: ignore[method-assign]
    adopted = len(fleet.a.adopted)
    await fleet.pass_(20, fleet.a)
    assert len(fleet.a.adopted) == adopted + 2


async def test_a_step_that_never_ends_keeps_no_later_beat_from_telling(fleet: Fleet) -> None:
    """DBOS waits for a dead connection: the machine lives all the same, and nobody takes its call away."""
    await fleet.a.runs("CA1")

    async def never() -> None:
        await asyncio.Event().wait()

    fleet.a.take_up = fleet.a.closing.catch_up = never  # type: ignore[method-assign, assignment]
    beating = asyncio.create_task(fleet.a.liveness.run())
    for _ in range(30):
        await asyncio.sleep(10)
        await fleet.pass_(10, fleet.b)
    assert fleet.b.alive == ["a", "b"]
    assert fleet.b.records == []
    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating


async def test_a_step_that_waits_for_dbos_is_broken_off(fleet: Fleet, caplog: pytest.LogCaptureFixture) -> None:
    """It is told in a line, and the steps behind it come."""
    adopted = len(fleet.a.adopted)

    async def never() -> None:
        await asyncio.Event().wait()

    fleet.a.take_up = never  # type: ignore[method-assign]
    async with asyncio.timeout(3600):
        await fleet.a.liveness.beat()
    assert len(fleet.a.adopted) == adopted + 1
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "what was recorded could not be begun: TimeoutError; tried again every 10 s"
    ]


async def test_beats_are_frequent_enough_for_the_window(environ: dict[str, str], fleet: Fleet) -> None:
    """A short window makes them more frequent: a living machine's calls are put off in time."""
    machine = Machine("c", fleet.store, {**environ, "RESUME_WINDOW_SECONDS": "2"}, fleet.clock, fleet.passed)
    assert machine.liveness._pause == 0.5
    assert fleet.a.liveness._pause == 10


async def test_a_clock_that_is_set_back_holds_up_no_record(fleet: Fleet) -> None:
    """By an hour: what is then due, and what was written by the clock that was ahead, come as soon as ever."""
    await fleet.b.runs("CA1")
    fleet.clock[0] -= timedelta(hours=1)
    assert fleet.b.alive == ["a", "b"]
    await fleet.pass_(10, fleet.a)
    assert fleet.a.alive == ["a"]
    assert fleet.a.adopted[-1] == {"a"}
    assert fleet.a.records == ["CA1"]
    await fleet.b.runs("CA2")
    await fleet.pass_(110, fleet.a)
    assert fleet.a.records == ["CA1"]
    await fleet.pass_(30, fleet.a)
    assert fleet.a.records == ["CA1", "CA2"]


async def test_a_clock_that_is_set_back_takes_no_call_from_a_machine_that_lives(fleet: Fleet) -> None:
    """Each puts its calls off by the new time before anything is due; what is a little ahead is another's clock."""
    await fleet.a.runs("CA1")
    await fleet.b.runs("CA2")
    fleet.clock[0] -= timedelta(minutes=5)
    await fleet.pass_(300, fleet.a, fleet.b)
    assert fleet.a.records + fleet.b.records == []
