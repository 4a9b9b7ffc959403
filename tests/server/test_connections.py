"""Who stands at the door: how long, how many, and who has to go for whom."""

import asyncio
import logging
import resource
from typing import Any, cast

import pytest

from server import connections
from server.connections import GRACE_SECONDS, Connection, Connections
from server.refusals import LINE_SECONDS, Cause, Refusals

CONTROLLED_CLOCK = True

HEAD_SECONDS = 5.0


class Line:
    """A transport that notes its end."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


class Door:
    """Connections with a clock of their own."""

    def __init__(self, most: int, each: int | None) -> None:
        self.now = 0.0
        self.refusals = Refusals(self.clock)
        self.all = Connections(most, each, HEAD_SECONDS, self.refusals, self.clock)

    def clock(self) -> float:
        return self.now

    def opens(self, address: str = "192.0.2.1") -> Connection:
        return self.all.opened(cast(asyncio.Transport, Line()), address)


def gone(*some: Connection) -> list[bool]:
    return [cast(Any, one.transport).aborted for one in some]


async def test_above_the_ceiling_the_oldest_that_never_asked_goes() -> None:
    """Not one that has asked, while there is one that has not; and never one that Twilio vouches for."""
    door = Door(most=3, each=None)
    call, asking, silent = (door.opens() for _ in range(3))
    call.vouched_for = asking.asked = True
    new = door.opens()
    assert gone(call, asking, silent, new) == [False, False, True, False]
    new.asked = True
    newest = door.opens()
    assert gone(call, asking, new, newest) == [False, False, False, True]
    assert len(door.all) == 3
    assert door.refusals.counted == {Cause.TOO_MANY: 2}


async def test_a_process_full_of_calls_closes_none() -> None:
    """Whatever comes on top of them is closed at once."""
    door = Door(most=2, each=1)
    calls = [door.opens(), door.opens()]
    for call in calls:
        call.vouched_for = True
    assert gone(*calls, door.opens()) == [False, False, True]


async def test_one_address_has_its_share() -> None:
    """Its own oldest goes, once their first bytes have had the time to come; of another address none."""
    door = Door(most=100, each=2)
    other = door.opens("192.0.2.2")
    first, *following = (door.opens() for _ in range(5))
    assert gone(other, first, *following) == [False] * 6
    door.now += GRACE_SECONDS
    first.asked = True
    last = door.opens()
    assert gone(other, first, *following, last) == [False, False, True, True, True, True, False]


async def test_what_twilio_asks_next_counts_for_no_address() -> None:
    """A connection that brought its signature waits for the next request, whatever else comes from there at once."""
    door = Door(most=100, each=2)
    kept = door.opens()
    kept.known = True
    door.now += GRACE_SECONDS
    assert gone(kept, *(door.opens() for _ in range(50))) == [False] * 51


async def test_behind_a_proxy_addresses_tell_nothing() -> None:
    """All come from one."""
    door = Door(most=100, each=None)
    some = [door.opens() for _ in range(50)]
    door.now += GRACE_SECONDS
    assert gone(*some, door.opens()) == [False] * 51


async def test_a_head_that_does_not_come() -> None:
    """Closed by the deadline, which no letter of it puts off."""
    door = Door(most=10, each=None)
    begun = asyncio.get_running_loop().time()
    silent, whole = door.opens(), door.opens()
    door.all.whole(whole)
    while not all(gone(silent)):
        await asyncio.sleep(0.25)
        door.all.waits(silent)
    assert asyncio.get_running_loop().time() - begun >= HEAD_SECONDS
    assert gone(whole) == [False]
    assert (len(door.all), door.refusals.counted) == (1, {Cause.SLOW: 1})


async def test_who_is_gone_is_not_closed_again() -> None:
    """Nor counted."""
    door = Door(most=10, each=None)
    one = door.opens()
    door.all.closed(one)
    await asyncio.sleep(2 * HEAD_SECONDS)
    assert (gone(one), len(door.all), door.refusals.counted) == ([False], 0, {})


async def test_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """However many are closed."""
    caplog.set_level(logging.INFO)
    door = Door(most=1, each=None)
    for _ in range(500):
        door.opens()
    assert len(caplog.messages) == 1
    door.now += LINE_SECONDS
    door.opens()
    assert caplog.messages[1:] == [f"connection closed: {Cause.TOO_MANY} (498 more)"]


@pytest.mark.parametrize(("files", "most"), [(1_048_576, 1000), (1024, 640), (300, 64), (20, 64)])
def test_the_ceiling_leaves_descriptors_free(files: int, most: int, caplog: pytest.LogCaptureFixture) -> None:
    """For 16 calls, the store, and what is accepted at once; with too few of them it says so."""
    assert connections.ceiling(files, 16) == most
    assert bool(caplog.messages) is (files < 384 + 64)


@pytest.mark.parametrize(
    ("limits", "raised"), [((256, 4096), 4096), ((512, 512), 512), ((-1, -1), 1128), ((256, -1), 1128)]
)
def test_the_process_takes_what_it_may(limits: tuple[int, int], raised: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The soft limit on open files becomes the hard one."""
    limit = [limits]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limit[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: limit.append(both))
    assert connections.raise_file_limit() == raised
    assert limit[-1] == (limits[1], limits[1])


def test_a_limit_that_cannot_be_raised_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is worked with as it is."""

    def refuse(*_: object) -> None:
        raise ValueError("not here")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert connections.raise_file_limit() == 256
