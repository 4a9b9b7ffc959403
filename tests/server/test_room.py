"""How many calls a machine can serve, as it is learnt: of cores that a test makes up, and once of this one."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server import room
from server.room import FIRST_GUESS, MEASURED_SECONDS, UNLIMITED, Cores, Room, read_cores

CONTROLLED_CLOCK = True
SHARE = 0.45


@dataclass
class Machine:
    """One core, of which a call takes `each`, and others what they want, but no more than half of it if we want it."""

    each: float = 0.01
    others: float = 0.0
    taken: float = 0.0
    quota: float | None = None
    calls: list[int] = field(default_factory=list)
    now: float = 0.0
    ours: float = 0.0
    idle: float = 0.0
    stolen: float = 0.0

    def passes(self, seconds: float) -> None:
        wanted = self.each * len(self.calls)
        here = 1.0 - self.taken
        others = min(self.others, max(here / 2, here - wanted))
        ours = min(wanted, here - others)
        self.now += seconds
        self.ours += ours * seconds
        self.stolen += self.taken * seconds
        self.idle += (here - others - ours) * seconds

    def cores(self) -> Cores | None:
        return Cores(self.idle, self.stolen, self.quota)


@pytest.fixture
def learns(monkeypatch: pytest.MonkeyPatch) -> Callable[[Machine, int, float], Room]:
    """What is learnt of a machine with so many calls for so long."""
    monkeypatch.setattr(room, "_core_count", lambda: 1)

    def of(machine: Machine, calls: int, seconds: float, made: Room | None = None) -> Room:
        machine.calls[:] = range(calls)
        made = made or Room(
            SHARE,
            machine.calls,
            cores=machine.cores,
            clock=lambda: machine.now,
            thread=lambda: machine.ours,
            process=lambda: machine.ours,
        )
        for _ in range(round(seconds / MEASURED_SECONDS)):
            before = made._now()
            machine.passes(MEASURED_SECONDS)
            made._learn(before, made._now())
        return made

    return of


def test_before_any_call_it_is_guessed(learns: Callable[..., Room]) -> None:
    """And carefully: a machine of a slower kind has room for as many."""
    made = learns(Machine(), 0, 600)
    assert made.share_of_a_call == FIRST_GUESS
    assert made.calls == int(SHARE / FIRST_GUESS)


@pytest.mark.parametrize("each", [0.004, 0.01, 0.03, 0.1])
def test_it_is_learnt_from_the_calls_that_run(each: float, learns: Callable[..., Room]) -> None:
    """After some minutes of calls there is room for as many as fill their part of the core, at any number of them."""
    machine = Machine(each=each)
    made = learns(machine, 5, 600)
    assert made.calls == pytest.approx(SHARE / each, rel=0.1, abs=1)
    learns(machine, 0, 3600, made)
    assert made.calls == pytest.approx(SHARE / each, rel=0.1, abs=1)


def test_a_machine_that_slows_down_has_less_room(learns: Callable[..., Room]) -> None:
    """Somebody else computes there, or the hypervisor takes half of it: within seconds nobody more is let in."""
    machine = Machine(each=0.01)
    made = learns(machine, 20, 300)
    assert made.calls > 40
    machine.others = 1.0
    learns(machine, 20, 15, made)
    assert 20 <= made.calls <= 0.66 * 45
    machine.others, machine.taken = 0.0, 0.5
    learns(machine, 20, 15, made)
    assert made.calls == pytest.approx(22, abs=2)
    machine.taken = 0.0
    learns(machine, 20, 30, made)
    assert made.calls > 40


def test_calls_that_fill_what_they_can_have_are_slower_ones(learns: Callable[..., Room]) -> None:
    """A machine of which each call takes a tenth is full with four, whatever was guessed."""
    assert learns(Machine(each=0.1), 8, 300).calls == 4


def test_a_quota_counts(learns: Callable[..., Room]) -> None:
    """What a container may not have is not there, though the core be idle."""
    assert learns(Machine(quota=0.25), 2, 400).calls == pytest.approx(0.25 * SHARE / 0.01, abs=2)


def test_there_is_always_room_for_one(learns: Callable[..., Room]) -> None:
    """Or nobody would ever be served on a machine that is slow for a while."""
    assert learns(Machine(each=0.9, others=1.0), 1, 300).calls == 1


def test_without_a_limit(learns: Callable[..., Room]) -> None:
    """MAX_CORE_SHARE=0: then MAX_CALLS alone counts."""
    assert Room(0.0, []).calls == UNLIMITED


def test_a_system_that_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its calls take is known all the same."""
    monkeypatch.setattr(room, "STAT", Path("/nowhere"))
    assert read_cores() is None


@pytest.mark.parametrize(("text", "quota"), [("50000 100000", 0.5), ("max 100000", None), ("", None)])
def test_the_quota_of_a_control_group(
    text: str, quota: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cgroup v2's cpu.max."""
    (tmp_path / "cpu.max").write_text(text)
    monkeypatch.setattr(room, "QUOTA", tmp_path / "cpu.max")
    made = read_cores()
    assert made is not None
    assert made.quota == quota


async def test_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cores tell of themselves, and a loop that measures learns of them."""
    cores = read_cores()
    assert cores is not None
    assert cores.idle > 0
    made = Room(SHARE, [1], clock=asyncio.get_running_loop().time)
    running = asyncio.create_task(made.run())
    await asyncio.sleep(3.5 * MEASURED_SECONDS)
    running.cancel()
    assert made.calls >= 1
    assert 0 < made.available <= 1
    assert len(os.sched_getaffinity(0)) == room._core_count()


async def test_a_measure_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """What was learnt holds, and it is said once."""
    asked = 0

    def cores() -> Cores | None:
        nonlocal asked
        asked += 1
        if asked < 4:
            raise IndexError
        return None

    made = Room(SHARE, [1], cores=cores, clock=asyncio.get_running_loop().time)
    running = asyncio.create_task(made.run())
    await asyncio.sleep(6.5 * MEASURED_SECONDS)
    running.cancel()
    assert asked >= 6
    assert made.calls >= 1
    assert caplog.text.count("could not be measured") == 1
