"""Several calls of one world: the second hears what the first left, and the end is held against the file."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from simulator.calls.batch import Case, run_cases
from simulator.calls.end import grade_end
from simulator.scenarios.scenario import End
from tests.simulator.back_office.conftest import office
from tests.simulator.back_office.support import BOOKED_AT, BOOKING, Office

CONTROLLED_CLOCK = True
__all__ = ["office"]

END = End.model_validate(
    {
        "bookings": [{"start": "2026-12-01T15:00", "name": "Anna Weber", "address": "12 Elm Street"}],
        "jobs": [{"customer_name": "^Anna", "status": "new"}],
        "leads": [],
        "calls": [{"outcome": "^completed$"}],
        "alerts": [],
        "callbacks": [{"reason": "billing", "urgent": False}],
        "texts": ["callback.*billing"],
        "texts_absent": ["Abandoned"],
    }
)


@pytest.fixture
async def left(office: Office) -> Office:
    """What a booking and a callback leave."""
    await office.tool("book_appointment", BOOKING)
    await office.tool("create_callback", {"reason": "billing"})
    await office.job(scheduled_at=BOOKED_AT)
    await office.record(outcome="completed")
    return office


def test_an_end_as_it_should_be(left: Office) -> None:
    """Nothing is reported, and nothing is asked for that is not given."""
    assert grade_end(END, left.back) == []
    assert grade_end(End(), left.back) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bookings": []}, "the calendar holds"),
        ({"jobs": []}, "1 jobs, not 0"),
        ({"jobs": [{"status": "scheduled"}]}, "number 1 of the jobs: status is 'new'"),
        ({"leads": [{}]}, "0 leads, not 1"),
        ({"calls": [{"outcome": "^callback_later$"}]}, "call records: outcome is 'completed'"),
        ({"alerts": [{}]}, "0 alerts"),
        ({"callbacks": [{"urgent": True}]}, "callbacks: urgent is False"),
        ({"texts": ["Abandoned"]}, "never texted /Abandoned/"),
        ({"texts_absent": ["billing"]}, "must not be"),
    ],
)
def test_an_end_that_is_not(left: Office, changes: dict[str, Any], words: str) -> None:
    """Each part fails by itself and in plain words."""
    given = {field: getattr(END, field) for field in END.model_fields_set}
    (failure,) = grade_end(End.model_validate(given | changes), left.back)
    assert words in failure


@pytest.mark.calls
def test_a_later_call_hears_what_the_first_one_left(tmp_path: Path) -> None:
    """Greeted by the name of a week ago; and all of it is the same every time, to the byte."""
    found = []
    for number in range(2):
        (verdict,) = asyncio.run(run_cases([Case("comes_back_a_week_later")], tmp_path / str(number)))
        assert list(verdict.failures) == []
        calls = sorted((tmp_path / str(number)).rglob("timeline.json"))
        assert [path.parent.name for path in calls] == ["call-1", "call-2"]
        assert ["calling again, Ingrid" in path.read_text() for path in calls] == [False, True]
        found.append([path.read_bytes() for path in calls])
    assert found[0] == found[1]
