"""A small run of `make bench`, in which nothing is judged by the time it took."""

import math
from pathlib import Path

import pytest

from bench.calls import OURS, PEER, measure
from simulator.calls.screen import Screen

CALLS = 2


@pytest.mark.calls
async def test_both_bots_are_called_and_every_figure_is_there(tmp_path: Path) -> None:
    """All of ours are booked and each of their figures is a number; the other bot is measured."""
    measured = await measure(tmp_path, [OURS, PEER], [CALLS], 0.3, 1, Screen())
    (ours,), (peer,) = measured[OURS][CALLS], measured[PEER][CALLS]
    assert not {name for name, value in ours.items() if value is None or not math.isfinite(value)}
    assert (ours["calls"], ours["dropped"]) == (CALLS, 0)
    # The canonical bot words every line by its model; on a slow machine its callers may give up.
    assert peer["calls"] == CALLS
    assert {name for name in peer if peer[name] is not None} >= {"cpu_seconds_per_call_minute", "memory_mb_per_call"}
