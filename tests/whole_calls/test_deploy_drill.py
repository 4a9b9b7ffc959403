"""A cut of `make deploy-drill`: a few live calls, two machines on one database."""

from pathlib import Path

import pytest

from simulator.drills.deploy_drill import Drill, Moved, run_drill, table
from simulator.rig.postgres import NoPostgresError, program
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls

CALLS = 3


@side_by_side.placed
async def place(folder: Path) -> Drill:
    """On Postgres where there is one: .ci/run sees to it."""
    try:
        program("initdb")
        sqlite = False
    except NoPostgresError:
        sqlite = True
    return await run_drill(folder, calls=CALLS, sqlite=sqlite)


@pytest.fixture(scope="module")
def drill(few_calls: FewCalls) -> Drill:
    return few_calls[place]


def test_nobody_is_hung_up_on(drill: Drill) -> None:
    """Every call moved, was completed, and has its record once; the first machine ended by itself."""
    assert [call.problems for call in drill.calls] == [[]] * CALLS
    assert drill.problems == []
    assert all(call.resumed == 1 for call in drill.calls)


def test_nobody_hears_silence(drill: Drill) -> None:
    """No more than the same run, on the same machine, lets one expect."""
    assert drill.silences == []


def test_a_deploy_is_nobodys_fault(drill: Drill) -> None:
    """The end reason names no fault."""
    assert {call.outcome for call in drill.calls} == {"confirm:booked"}


def test_what_did_not_hold_is_shown() -> None:
    """A drill in which a call was cut is not held."""
    cut = Moved(1, "interrupted:safety", "twilio", 9.0, 900.0, problems=["the call was ended by twilio"])
    assert not Drill([cut], 4.0, 0, "SQLite").held
    assert not Drill([], 4.0, 1, "SQLite", problems=["the first machine ended with exit code 1"]).held
    assert table(Drill([cut], 4.0, 0, "SQLite")).row_count == 1


@pytest.mark.parametrize(
    ("silence_ms", "answers_ms", "lag_ms", "held"),
    [
        (5900.0, [500.0], 0.0, True),
        (6100.0, [500.0], 0.0, False),
        (6100.0, [500.0], 200.0, True),
        (14_300.0, [600.0, 1200.0, 1300.0], 0.0, True),
        (14_500.0, [600.0, 1200.0, 1300.0], 0.0, False),
        (9000.0, [500.0, 500.0, 9000.0], 0.0, False),
    ],
)
def test_a_silence_is_measured_by_the_answers_beside_it(
    silence_ms: float, answers_ms: list[float], lag_ms: float, held: bool
) -> None:
    """A slow machine is slow in all of them, a late line is to blame itself, and one long wait is no excuse."""
    call = Moved(1, "confirm:booked", "bot", 40.0, silence_ms, answers_ms)
    assert Drill([call], 4.0, 0, "SQLite", lag_ms).held is held
