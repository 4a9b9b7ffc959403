"""A cut of `make overload`: a dozen callers ring in the same moment, at a machine with room for a few."""

from pathlib import Path

import pytest

from simulator.drills.deploy_drill import Moved
from simulator.drills.overload import Drill, run_drill, table
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls

CALLS = 12
CORE_SHARE = "0.1"
MOST = 5  # As many as fill that, as it is guessed before any call has been measured


@side_by_side.placed
async def place(folder: Path) -> Drill:
    """Nobody else is on the core: how busy this machine is, is enough."""
    return await run_drill(folder, calls=CALLS, loops=0, core_share=CORE_SHARE)


@pytest.fixture(scope="module")
def drill(few_calls: FewCalls) -> Drill:
    return few_calls[place]


def test_who_is_let_in_is_served(drill: Drill) -> None:
    """No more than there is room for, though all of them rang before the first stream began."""
    assert 1 <= len(drill.served) <= MOST
    assert [call.problems for call in drill.served] == [[]] * len(drill.served)


def test_the_others_are_told_and_are_leads(drill: Drill) -> None:
    """Each of them once, and the operator is told how many."""
    assert len(drill.served) + len(drill.ringing_ms) == CALLS
    assert drill.problems == []


def test_what_did_not_hold_is_shown() -> None:
    """A drill in which somebody was cut, waited in silence or rang for long is not held; nor one that served nobody."""
    well = Moved(0, "confirm:booked", "bot", 60.0, 900.0, answers_ms=[300.0] * 9)
    cut = Moved(0, "interrupted:safety", "twilio", 9.0, 900.0, problems=["the call was ended by twilio"])
    silent = Moved(0, "confirm:booked", "bot", 60.0, 4500.0, answers_ms=[300.0] * 9)
    assert Drill([well], [], 0.0).held
    assert Drill([well], [1900.0], 0.0).held
    assert not Drill([well, cut], [], 0.0).held
    assert not Drill([well, silent], [], 0.0).held
    assert not Drill([well], [2100.0], 0.0).held
    assert not Drill([], [100.0], 0.0).held
    assert not Drill([well], [], 0.0, ["the log has 'Traceback'"]).held
    assert table(Drill([well, cut], [], 0.0)).row_count == 2
