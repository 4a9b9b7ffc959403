"""A cut of `make crash-away`: the bot is killed while its database is away; and that its plan is what it should be."""

import random
from pathlib import Path

import pytest

from simulator.drills.crash_away import AROUND_THE_BOOKING_SECONDS, CALL_SECONDS, KILLS, Killed, plan, run_kills
from simulator.rig.postgres import there_is_postgres
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls

PLAN = plan(random.Random(1), 3)


@side_by_side.placed
async def place(folder: Path) -> list[Killed]:
    """None without a Postgres."""
    return await run_kills(PLAN, folder) if there_is_postgres() else []


@pytest.mark.parametrize("number", range(len(PLAN)))
def test_every_visit_is_a_job(few_calls: FewCalls, number: int) -> None:
    """Killed around the booking and anywhere: nothing is lost or doubled once the database is back."""
    if not few_calls[place]:
        pytest.skip("there is no Postgres")
    killed: Killed = few_calls[place][number]
    assert killed.problems == [], killed.kill.name
    assert killed.visits == 1


def test_the_plan_is_random_and_the_same_for_a_seed() -> None:
    """Both ways of being away, with kills around the booking and anywhere, from the first word to behind the end."""
    kills = plan(random.Random(7))
    assert kills == plan(random.Random(7)) != plan(random.Random(8))
    assert len({kill.name for kill in kills}) == KILLS
    assert {(kill.way, kill.at_booking) for kill in kills} == {
        (w, at) for w in ("hang", "refuse") for at in (True, False)
    }
    for kill in kills:
        longest = AROUND_THE_BOOKING_SECONDS if kill.at_booking else CALL_SECONDS
        assert 0 <= kill.killed_after <= longest
        assert 0 <= kill.away_after <= CALL_SECONDS
