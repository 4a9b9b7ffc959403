"""A small run of `make bench`, in which nothing is judged by the time it took."""

import math
from pathlib import Path

import pytest

from bench.calls import OURS, PEER, measure
from simulator.calls.screen import Screen

CALLS = 2


@pytest.mark.calls
async def test_both_bots_are_called_and_every_figure_is_there(tmp_path: Path) -> None:
    """All that were placed are booked and ended as they should; each figure is a number."""
    measured = await measure(tmp_path, [OURS, PEER], [CALLS], 0.3, 1, Screen())
    for bot, by_calls in measured.items():
        (found,) = by_calls[CALLS]
        missing = {name for name, value in found.items() if value is None or not math.isfinite(value)}
        # The model words every line of the canonical bot.
        assert missing <= ({"added_ms_p50_fixed", "added_ms_p50_slots"} if bot == PEER else set())
        assert found["calls"] == CALLS
        assert found["dropped"] == 0
    assert not list(tmp_path.rglob("call.wav"))  # Of a call that did not end as it should.
