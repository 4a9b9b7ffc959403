"""Which visit is offered, table by table; the day of the tests is a Monday, 10:15 in Austin."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.session import Question
from conversation.open_slots import nearest, picked, window
from understanding.turn import understand

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=CHICAGO)


def at(day: int, hour: int) -> datetime:
    """That hour of a day of November, local; V2's own answers come in UTC, which compares equal."""
    return datetime(2026, 11, day, hour, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("wish", "latest", "expected"),
    [
        (at(23, 13), None, "Urgent"),  # as soon as possible
        (at(24, 14), at(24, 14), "Urgent"),
        (at(25, 9), at(25, 9), "Urgent"),  # within two days to the hour
        (at(25, 9), at(25, 17), "Routine"),  # "Wednesday": most of it is behind the two days
        (at(27, 9), at(27, 17), "Routine"),
        (at(30, 9), at(30, 17), "Routine"),
        (at(30, 11), at(30, 11), None),  # beyond a week
    ],
)
def test_each_wish_is_asked_for_where_v2_looks(wish: datetime, latest: datetime | None, expected: str | None) -> None:
    """contract.md 1.4: urgent is within two days, routine from day two to day seven."""
    assert window(wish, latest, NOW) == expected


TUE_WED_THU = [at(24, 9), at(25, 9), at(26, 9)]


@pytest.mark.parametrize(
    ("slots", "wish", "latest", "expected"),
    [
        ([], at(24, 14), at(24, 14), at(24, 14)),  # V2 says nothing: as wished
        (TUE_WED_THU, at(24, 9), at(24, 9), at(24, 9)),  # named as free
        (TUE_WED_THU, at(24, 14), at(24, 14), at(24, 14)),  # behind the first free one: may be free
        ([at(24, 15), at(25, 9)], at(24, 14), at(24, 14), at(24, 15)),  # before it: taken
        ([at(24, 15), at(25, 9)], at(24, 9), at(24, 17), at(24, 15)),  # any time that day
        ([at(24, 15), at(25, 9)], at(24, 9), at(24, 11), at(24, 15)),  # that morning is full
        ([at(25, 9), at(26, 9)], at(24, 14), at(24, 14), at(25, 9)),  # V2 passed the day over
        ([at(25, 9)], at(23, 13), None, at(25, 9)),  # as soon as possible
        ([at(23, 11), at(24, 9)], at(23, 13), None, at(23, 13)),  # today has room
        ([at(27, 9), at(28, 9), at(30, 9)], at(26, 13), at(26, 13), at(27, 9)),  # routine, day passed over
        (TUE_WED_THU, at(28, 14), at(28, 14), at(28, 14)),  # a day that V2 did not come to
        ([at(28, 9), at(29, 9), at(30, 9)], at(25, 9), at(25, 17), at(25, 9)),  # before the window: not looked at
        ([at(23, 9)], at(24, 14), at(24, 14), at(24, 14)),  # past
    ],
)
def test_what_is_not_ruled_out_is_offered_as_wished(
    slots: list[datetime], wish: datetime, latest: datetime | None, expected: datetime
) -> None:
    """A wish gives way to a real visit only if V2's answer rules it out, or leaves it open which hour it is."""
    assert nearest([slot.astimezone(ZoneInfo("UTC")) for slot in slots], wish, latest, NOW) == expected


def test_the_nearest_real_visit_is_offered() -> None:
    """Of what is left, the one with the least between it and the wish; earlier ones count too."""
    slots = [at(27, 9), at(30, 9)]
    assert nearest(slots, at(29, 14), at(29, 14), NOW + timedelta(hours=0)) == at(30, 9)
    assert nearest(slots, at(28, 9), at(28, 9), NOW) == at(27, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The first one, please.", at(24, 9)),
        ("um the earlier one works", at(24, 9)),
        ("the second", at(25, 9)),
        ("Let's do the later one.", at(25, 9)),
        ("first or second, I don't know", None),
        ("neither", None),
    ],
)
def test_one_of_two_is_picked_by_its_place(text: str, expected: datetime | None) -> None:
    """ "The first one" is a time only beside two that were offered."""
    place = understand(text, question=Question.WHEN, now=NOW).place_of_two
    assert picked(place, [at(24, 9), at(25, 9)]) == expected
    assert picked(place, [at(24, 9)]) is None
