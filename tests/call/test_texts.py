"""When a text may go out to a caller, and which numbers can take one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.texts import is_quiet, takes_texts, when_not_quiet

AUSTIN = ZoneInfo("America/Chicago")


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=AUSTIN)


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (at(8), at(8)),
        (at(19, 59), at(19, 59)),
        (at(20), at(8, day=24)),
        (at(23, 30), at(8, day=24)),
        (at(0), at(8)),
        (at(7, 59), at(8)),
        (at(20, day=30), datetime(2026, 12, 1, 8, tzinfo=AUSTIN)),
        # The clocks are changed in between: eight stays eight.
        (datetime(2026, 3, 7, 21, tzinfo=AUSTIN), datetime(2026, 3, 8, 8, tzinfo=AUSTIN)),
        (datetime(2026, 10, 31, 21, tzinfo=AUSTIN), datetime(2026, 11, 1, 8, tzinfo=AUSTIN)),
    ],
)
def test_from_eight_to_eight_in_the_zone_of_the_business(moment: datetime, sent: datetime) -> None:
    """What comes outside waits for the next morning, wherever the clock that tells is."""
    for told in (moment, moment.astimezone(UTC)):
        assert when_not_quiet(told, AUSTIN) == sent
        assert is_quiet(told, AUSTIN) is (moment != sent)


def test_nothing_ever_waits_for_longer_than_twelve_hours() -> None:
    """And what has waited may go out."""
    for minutes in range(0, 3 * 24 * 60, 7):
        moment = datetime(2026, 10, 30, 5, tzinfo=UTC) + timedelta(minutes=minutes)
        sent = when_not_quiet(moment, AUSTIN)
        assert timedelta() <= sent - moment <= timedelta(hours=13)  # One night has an hour more.
        assert not is_quiet(sent, AUSTIN)


@pytest.mark.parametrize("number", ["+15125550147", "+15145550100", "+17875550100"])
def test_a_number_that_may_be_a_mobiles(number: str) -> None:
    """At home, Canada and Puerto Rico included; a landline looks the same."""
    assert takes_texts(number)


@pytest.mark.parametrize(
    "number", ["", "unknown", "+18005550147", "+18885550100", "+19005550147", "+12425550100", "+442071234567", "+1911"]
)
def test_a_number_that_takes_none(number: str) -> None:
    """None at all, toll-free, dear, from abroad."""
    assert not takes_texts(number)
