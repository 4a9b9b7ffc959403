"""An operator's first day: from a fresh copy to a booked call and back (`make first-day`)."""

from pathlib import Path

import pytest

from simulator.drills.first_day import Day, filled_in, live_through
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls


@side_by_side.placed
async def place(folder: Path) -> Day:
    """The whole day."""
    return await live_through(folder)


def test_the_first_day_goes_as_its_page_says(few_calls: FewCalls) -> None:
    """`.env`, doctor, number, a ring that books, the person's number in the dashboard's row, the number as it was."""
    day = few_calls[place]
    assert day.problems == []
    assert "Traceback" not in "".join(day.told.values())


def test_no_key_is_in_anything_that_was_printed(few_calls: FewCalls) -> None:
    """Neither by a command nor by the service."""
    day = few_calls[place]
    lines = (day.folder / ".env").read_text().splitlines()
    secret = ("_KEY=", "_TOKEN=", "_SECRET=")
    keys = [
        line.partition("=")[2].strip('"') for line in lines if any(name in line for name in secret) and line[0] != "#"
    ]
    assert len(keys) == 6
    assert [key for key in keys for said in day.told.values() if key in said] == []


def test_a_line_of_the_example_is_filled_in_where_it_stands() -> None:
    """Commented out or not, once; a name that it does not have is a mistake of ours."""
    example = 'A_KEY=""  # A key\n# B_URL=x  # An address\nAB_URL=y\n'
    assert filled_in(example, {"A_KEY": "k", "B_URL": "u"}) == 'A_KEY="k"\nB_URL="u"\nAB_URL=y\n'
    with pytest.raises(KeyError):
        filled_in(example, {"C": "c"})
