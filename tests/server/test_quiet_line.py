"""No call for as long as is unusual: learnt from the calls, in open hours alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.business import Business
from server.quiet_line import FEWEST_CALLS, open_time, unusually_quiet

CHICAGO = ZoneInfo("America/Chicago")
WEEKDAYS = Business(open_days=("mon", "tue", "wed", "thu", "fri"), holidays=("2026-11-26",))


def at(day: int, hour: float, month: int = 11) -> datetime:
    return datetime(2026, month, day, tzinfo=CHICAGO) + timedelta(hours=hour)


def calls(every_hours: float = 2, until: int = 24) -> list[datetime]:
    """From Monday the 2nd to before that day of November, on open days, with that gap from nine to five."""
    found = []
    for day in range(2, until):
        hour = 9.0
        while WEEKDAYS.is_open(at(day, 0).date()) and hour <= 17:
            found.append(at(day, hour))
            hour += every_hours
    return found


def test_a_night_a_week_end_and_a_holiday_are_no_gap() -> None:
    """From Wednesday at five in the afternoon to Friday at ten, with Thanksgiving between: one hour, and one."""
    assert open_time(at(25, 17), at(27, 10), WEEKDAYS) == timedelta(hours=2)
    assert open_time(at(20, 18), at(23, 9), WEEKDAYS) == timedelta()
    assert open_time(at(21, 3), at(21, 23), WEEKDAYS) == timedelta()


def test_a_day_on_which_the_clock_is_changed() -> None:
    """Open as long as on any other, whatever the time of the two moments."""
    business = Business()
    assert open_time(at(31, 0, 10), at(2, 0), business) == timedelta(hours=18)
    assert open_time(at(31, 0, 10).astimezone(UTC), at(2, 0).astimezone(UTC), business) == timedelta(hours=18)


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        (at(23, 17.5), False),  # Half an hour behind the last call
        (at(24, 13.9), False),  # An hour of that evening, and not quite five of this day
        (at(24, 14.1), True),
        (at(25, 9.5), True),
        (at(25, 18.5), False),  # Closed
        (at(26, 12), False),  # A holiday
        (at(27, 12), True),
    ],
)
def test_three_times_the_longest_gap_is_unusual(now: datetime, quiet: bool) -> None:
    """Two hours are the longest: more than six are told, and not while the business is closed."""
    assert unusually_quiet(calls(), now, WEEKDAYS) is quiet


def test_a_line_on_which_it_rings_all_day_is_told_sooner() -> None:
    """Half an hour between calls: but never before three hours."""
    busy = calls(every_hours=0.5)
    assert not unusually_quiet(busy, at(24, 10.5), WEEKDAYS)
    assert unusually_quiet(busy, at(24, 12), WEEKDAYS)


def without(found: list[datetime], *outages: tuple[datetime, datetime]) -> list[datetime]:
    return [call for call in found if not any(begin < call < end for begin, end in outages)]


def test_an_outage_is_not_learnt() -> None:
    """A day on which the line or the service was down is no reason to wait for three such days the next time."""
    since_an_outage = without(calls(), (at(12, 12), at(13, 14)))
    assert not unusually_quiet(since_an_outage, at(24, 13.9), WEEKDAYS)
    assert unusually_quiet(since_an_outage, at(24, 14.1), WEEKDAYS)


def test_what_happens_twice_is_usual() -> None:
    """Two slow days of some weeks: the third one is told to nobody."""
    slow = without(calls(), (at(12, 9), at(13, 9)), (at(19, 9), at(20, 9)))
    assert not unusually_quiet(slow, at(25, 16), WEEKDAYS)


def test_few_calls_tell_nothing() -> None:
    """Neither a first week, nor many calls of one day, nor none."""
    assert not unusually_quiet([], at(24, 16), WEEKDAYS)
    assert not unusually_quiet(calls(until=7), at(24, 16), WEEKDAYS)
    one_day = [at(20, 9) + timedelta(minutes=number) for number in range(2 * FEWEST_CALLS)]
    assert not unusually_quiet(one_day, at(24, 16), WEEKDAYS)
