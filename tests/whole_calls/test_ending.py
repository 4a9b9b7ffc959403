"""A cut of `make ending`: the process is told to end while Postgres or V2 hangs; no seconds are judged here."""

from pathlib import Path

import pytest

from simulator.drills.deploy_drill import DRAIN_SECONDS
from simulator.drills.ending import ENDS_WITHIN_SECONDS, SETTINGS, Ended, run_endings
from simulator.rig.machines import UNHURRIED
from simulator.rig.postgres import there_is_postgres
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls

PLAN = (("postgres", 0), ("postgres", 2), ("v2", 2))
STORE = {"DATABASE_SECONDS": "3", "SNAPSHOT_SECONDS": "0.5", "BOOKING_SECONDS": "8", "LOOKUP_SECONDS": "3.5"}


@side_by_side.placed
async def place(folder: Path) -> list[Ended]:
    """None without a Postgres."""
    return await run_endings(PLAN, folder, settings=UNHURRIED | SETTINGS | STORE) if there_is_postgres() else []


@pytest.mark.parametrize("number", range(len(PLAN)), ids=lambda number: "-".join(map(str, PLAN[number])))
def test_it_ends_and_nothing_is_lost(few_calls: FewCalls, number: int) -> None:
    """By itself, and the next process brings every call to its end and its record."""
    if not few_calls[place]:
        pytest.skip("there is no Postgres")
    ended: Ended = few_calls[place][number]
    assert ended.problems == []


def test_seconds_are_judged() -> None:
    """Without a call, with some, and what the drill itself was late."""
    late = ENDS_WITHIN_SECONDS + 1
    assert Ended("v2", 0, late).wrong == [f"ended after {late:.1f} s"]
    assert Ended("v2", 10, late).wrong == []
    assert Ended("v2", 10, late + DRAIN_SECONDS).wrong
    assert Ended("v2", 0, late, late_ms=1000).wrong == []
    assert Ended("v2", 0, 1.0, problems=["lost"]).wrong == ["lost"]
