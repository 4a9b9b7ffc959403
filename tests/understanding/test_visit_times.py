"""Times as callers say them, at a pinned now: Wednesday, November 25, 2026, 14:20 in Austin."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.session import Question
from call.spoken_time import speak_time
from tests.support.property_examples import examples
from understanding.turn import VisitWish, understand
from understanding.when.visit_times import asap

AUSTIN = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 25, 14, 20, tzinfo=AUSTIN)
FRIDAY_HALF_TWO = datetime(2026, 11, 27, 14, 30, tzinfo=AUSTIN)
Q = Question


def wish(
    text: str,
    question: Question | None = Q.WHEN,
    now: datetime = NOW,
    visit_at: datetime | None = None,
) -> VisitWish | None:
    return understand(text, question=question, now=now, visit_at=visit_at).visit


def when(
    text: str,
    question: Question | None = Q.WHEN,
    now: datetime = NOW,
    visit_at: datetime | None = None,
) -> str:
    found = wish(text, question, now, visit_at)
    return found.starts_at.strftime("%m-%d %H:%M") if found else ""


def span(found: VisitWish | None) -> str:
    """A wish in words: its best start, and its latest."""
    if found is None:
        return ""
    latest = found.latest.strftime("%m-%d %H:%M") if found.latest else "any"
    return f"{found.starts_at:%m-%d %H:%M} to {latest}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Friday afternoon", "11-27 14:00", id="X10 weekday and part"),
        pytest.param("Tomorrow at 4:30 PM", "11-26 16:30", id="X10 R55 day and minutes"),
        pytest.param("tomorrow at four thirty", "11-26 16:30", id="X10 in words"),
        pytest.param("Monday, February 9 at 2:45 PM", "02-09 14:45", id="R57 minutes"),
        pytest.param("tonight", "11-25 17:00", id="X8 tonight"),
        pytest.param("the 5th", "12-05 09:00", id="X8 the 5th"),
        pytest.param("the fifth at two", "12-05 14:00", id="X8 the fifth"),
        pytest.param("not today", "", id="X8 not today"),
        pytest.param("not today, tomorrow", "11-26 09:00", id="X8 not today but tomorrow"),
        pytest.param("January 5th", "01-05 09:00", id="next year"),
        pytest.param("November 27th at 10", "11-27 10:00", id="month and day"),
        pytest.param("11/30 at 9", "11-30 09:00", id="slashed"),
        pytest.param("the twenty eighth", "11-28 09:00", id="ordinal in words"),
        pytest.param("tomorrow", "11-26 09:00", id="tomorrow"),
        pytest.param("day after tomorrow in the morning", "11-27 09:00", id="day after tomorrow"),
        pytest.param("in two days", "11-27 09:00", id="in two days"),
        pytest.param("in a week", "12-02 09:00", id="in a week"),
        pytest.param("in the next day or two", "11-25 17:00", id="in the next day or two"),
        pytest.param("two weeks from tomorrow", "12-10 09:00", id="weeks from tomorrow"),
        pytest.param("four weeks from Friday", "12-25 09:00", id="weeks from a weekday"),
        pytest.param("a couple of weeks from Monday", "12-14 09:00", id="a couple of weeks from a weekday"),
        pytest.param("two days from Friday", "11-29 09:00", id="days from a weekday"),
        pytest.param("next Tuesday", "12-01 09:00", id="next Tuesday"),
        pytest.param("next Tuesday at three", "12-01 15:00", id="next Tuesday at three"),
        pytest.param("next week", "11-30 09:00", id="next week"),
        pytest.param("this weekend", "11-28 09:00", id="weekend"),
        pytest.param("this week is fine", "11-26 09:00", id="this week"),
        pytest.param("whenever", "11-26 09:00", id="whenever"),
        pytest.param("today at 4", "11-25 16:00", id="today at four"),
        pytest.param("today at 2", "11-25 17:00", id="past hour of today"),
        pytest.param("this evening", "11-25 17:00", id="this evening"),
        pytest.param("tomorrow night", "11-26 17:00", id="tomorrow night"),
        pytest.param("Thursday at noon", "11-26 12:00", id="noon"),
        pytest.param("before noon Friday", "11-27 09:00", id="before noon"),
        pytest.param("late afternoon on Friday", "11-27 16:00", id="late afternoon"),
        pytest.param("half past two", "11-25 14:30", id="half past"),
        pytest.param("quarter to three tomorrow", "11-26 14:45", id="quarter to"),
        pytest.param("2 o'clock", "11-26 14:00", id="o'clock, past today"),
        pytest.param("two thirty", "11-25 14:30", id="bare minutes"),
        pytest.param("maybe around three", "11-25 15:00", id="around"),
        pytest.param("10 am Friday", "11-27 10:00", id="clock before day"),
        pytest.param("between 2 and 4", "11-26 14:00", id="range"),
        pytest.param("tomorrow between 10 and 12", "11-26 10:00", id="range with day"),
        pytest.param("10 to 2 pm", "11-26 10:00", id="range over noon"),
        pytest.param("after five", "11-25 17:00", id="after five"),
        pytest.param("Friday after 2", "11-27 14:00", id="after two"),
        pytest.param("at 8 pm", "11-25 17:00", id="after hours becomes the last visit"),
        pytest.param("8 in the morning", "11-26 09:00", id="before hours becomes the opening"),
        pytest.param("Tuesday no wait Thursday", "11-26 09:00", id="corrected day"),
        pytest.param("Friday at 2, no wait, 3", "11-27 15:00", id="corrected hour"),
        pytest.param("Thursday at 2 or Friday at 3", "11-26 14:00", id="choice: the first"),
        pytest.param("Friday doesn't work, Saturday", "11-28 09:00", id="negated day"),
        pytest.param("anything but Monday, maybe Tuesday", "12-01 09:00", id="anything but"),
        pytest.param("I can't do Thursday", "", id="only negated"),
        pytest.param("it broke yesterday so as soon as possible", "11-25 17:00", id="told and wished"),
        pytest.param("tomorrow or Friday", "11-26 09:00", id="choice of days: the first"),
        pytest.param("not tomorrow, the day after", "11-27 09:00", id="the day after"),
        pytest.param("in about two hours", "11-25 17:00", id="in hours"),
        pytest.param("within the hour", "11-25 17:00", id="within the hour"),
        pytest.param("two weeks from now", "12-09 09:00", id="from now"),
        pytest.param("first thing tomorrow", "11-26 09:00", id="first thing"),
        pytest.param("I have 2 units", "", id="a count is no hour"),
        pytest.param("yes", "", id="no time"),
    ],
)
def test_time_when_asked(text: str, expected: str) -> None:
    """Day, part of day and clock time are all kept, inside hours, never in the past."""
    assert when(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Friday at two", "11-27 14:00 to 11-27 14:00", id="a clock time is exact"),
        pytest.param("Friday", "11-27 09:00 to 11-27 17:00", id="day"),
        pytest.param("Friday morning", "11-27 09:00 to 11-27 11:00", id="the morning ends at noon"),
        pytest.param("Friday afternoon", "11-27 14:00 to 11-27 16:00", id="the afternoon ends at five"),
        pytest.param("Friday evening", "11-27 17:00 to 11-27 17:00", id="evening"),
        pytest.param("late morning Friday", "11-27 11:00 to 11-27 11:00", id="late morning"),
        pytest.param("early afternoon on Friday", "11-27 13:00 to 11-27 14:00", id="early afternoon"),
        pytest.param("Friday after lunch", "11-27 13:00 to 11-27 16:00", id="after lunch"),
        pytest.param("Friday at noon", "11-27 12:00 to 11-27 12:00", id="noon"),
        pytest.param("Friday between 2 and 4", "11-27 14:00 to 11-27 15:00", id="a visit of an hour is over at 4"),
        pytest.param("Friday between 2 and 2 30", "11-27 14:00 to 11-27 14:00", id="less than a visit"),
        pytest.param("Friday at 2 or 3", "11-27 14:00 to 11-27 15:00", id="one or the other"),
        pytest.param("Friday after three", "11-27 15:00 to 11-27 17:00", id="after"),
        pytest.param("Friday 3 or later", "11-27 15:00 to 11-27 17:00", id="or later"),
        pytest.param("Friday before noon", "11-27 09:00 to 11-27 11:00", id="before noon"),
        pytest.param("Friday by two", "11-27 09:00 to 11-27 14:00", id="by"),
        pytest.param("Friday before 7 am", "11-27 09:00 to 11-27 09:00", id="before hours"),
        pytest.param("Friday after 8 pm", "11-27 17:00 to 11-27 17:00", id="after hours"),
        pytest.param("today", "11-25 17:00 to 11-25 17:00", id="what is left of today"),
        pytest.param("this afternoon", "11-25 17:00 to 11-25 17:00", id="what is left of it is nothing"),
        pytest.param("tomorrow", "11-26 09:00 to 11-26 17:00", id="tomorrow"),
        pytest.param("this weekend", "11-28 09:00 to 11-29 17:00", id="weekend"),
        pytest.param("next week", "11-30 09:00 to 12-06 17:00", id="a week ends on Sunday"),
        pytest.param("any morning next week", "11-30 09:00 to 12-06 11:00", id="mornings of a week"),
        pytest.param("by Friday", "11-25 17:00 to 11-27 17:00", id="by a day"),
        pytest.param("after Friday", "11-28 09:00 to any", id="after a day"),
        pytest.param("Thursday or Friday", "11-26 09:00 to 11-26 17:00", id="of two days the first"),
        pytest.param("as soon as possible", "11-25 17:00 to any", id="ASAP"),
        pytest.param("whenever", "11-26 09:00 to any", id="whenever"),
        pytest.param("any day but Thursday", "11-27 09:00 to any", id="any day but"),
        pytest.param("Tuesday at two, no, Thursday morning", "11-26 09:00 to 11-26 11:00", id="corrected"),
        pytest.param("Friday afternoon, or actually at three", "11-27 15:00 to 11-27 15:00", id="made exact"),
    ],
)
def test_how_long_a_wish_holds(text: str, expected: str) -> None:
    """The last start that still fits: the end of what was said, a visit before its end."""
    assert span(wish(text)) == expected


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("Friday at 8 pm", True),
        ("Friday at 7 in the morning", True),
        ("Friday after 8 pm", True),
        ("Friday before 7 am", True),
        ("today at 9 am", True),  # it is afternoon
        ("Friday at 5 pm", False),
        ("Friday evening", False),
        ("Friday", False),
        ("Friday after three", False),
        ("tomorrow at noon", False),
        ("as soon as possible", False),
        ("whenever", False),
        ("next week", False),
    ],
)
def test_a_wish_that_no_visit_can_meet_is_marked(text: str, moved: bool) -> None:
    """Moved into opening hours or to another day: another time than the caller's, and to be said so (R55)."""
    heard = wish(text)
    assert heard is not None
    assert heard.moved is moved


FRIDAY_AFTERNOON = datetime(2026, 11, 27, 16, 0, tzinfo=AUSTIN)


@pytest.mark.parametrize(
    ("text", "latest", "expected"),
    [
        pytest.param("make it Thursday", FRIDAY_HALF_TWO, "11-26 14:30 to 11-26 14:30", id="exact stays exact"),
        pytest.param("make it Thursday", FRIDAY_AFTERNOON, "11-26 14:30 to 11-26 16:00", id="the afternoon stays"),
        pytest.param("make it Thursday", None, "11-26 14:30 to 11-26 17:00", id="any later one that day"),
        pytest.param("make it 3", FRIDAY_AFTERNOON, "11-27 15:00 to 11-27 15:00", id="made exact"),
        pytest.param("the morning is better", FRIDAY_HALF_TWO, "11-27 09:00 to 11-27 11:00", id="another part"),
        pytest.param("an hour later", FRIDAY_HALF_TWO, "11-27 15:30 to 11-27 15:30", id="moved by an hour"),
        pytest.param("push it back a day", FRIDAY_AFTERNOON, "11-28 14:30 to 11-28 16:00", id="moved by a day"),
        pytest.param("the next day", FRIDAY_HALF_TWO, "11-28 14:30 to 11-28 14:30", id="the next day"),
        pytest.param("same time", FRIDAY_AFTERNOON, "11-27 14:30 to 11-27 16:00", id="the same"),
    ],
)
def test_a_correction_keeps_how_long_the_wish_held(text: str, latest: datetime | None, expected: str) -> None:
    """Only what is corrected changes, at both ends."""
    heard = understand(text, question=Q.READ_BACK, now=NOW, visit_at=FRIDAY_HALF_TWO, visit_latest=latest)
    assert span(heard.visit) == expected


@pytest.mark.parametrize("day", ["2026-11-01", "2026-03-08"])
def test_a_span_over_daylight_saving(day: str) -> None:
    """Both ends are local hours on the day that the clocks change."""
    sunday = datetime.fromisoformat(day)
    found = wish("tomorrow afternoon", now=(sunday - timedelta(hours=10)).replace(tzinfo=AUSTIN))
    assert found is not None
    assert found.latest is not None
    assert [t.astimezone(UTC).astimezone(AUSTIN).hour for t in (found.starts_at, found.latest)] == [14, 16]


@pytest.mark.parametrize(
    "text",
    [
        "as soon as possible",
        "the soonest available appointment",
        "right away",
        "ASAP please",
        "now",
        "your earliest opening",
        "as soon as you can",
    ],
)
def test_asap_words(text: str) -> None:
    """X9, R11, R63: every way to say soonest is the first full hour at least two hours ahead."""
    assert wish(text) == VisitWish(datetime(2026, 11, 25, 17, 0, tzinfo=AUSTIN), asap=True)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        pytest.param(14, 20, "11-25 17:00", id="14:20 is 17:00"),
        pytest.param(14, 0, "11-25 16:00", id="a full hour counts"),
        pytest.param(5, 0, "11-25 09:00", id="X11 early morning is today"),
        pytest.param(0, 5, "11-25 09:00", id="X11 after midnight is today"),
        pytest.param(15, 0, "11-25 17:00", id="the last visit"),
        pytest.param(15, 1, "11-26 09:00", id="too late for the last visit"),
        pytest.param(23, 30, "11-26 09:00", id="across midnight"),
    ],
)
def test_asap(hour: int, minute: int, expected: str) -> None:
    """The first full hour at least two hours ahead that is inside hours, else the next opening."""
    assert asap(NOW.replace(hour=hour, minute=minute), 9, 18).strftime("%m-%d %H:%M") == expected


def test_asap_counts_real_hours_over_daylight_saving() -> None:
    """In the night when clocks go forward, two hours are two real hours."""
    now = datetime(2026, 3, 8, 1, 30, tzinfo=AUSTIN)
    assert asap(now, 0, 24) == datetime(2026, 3, 8, 5, 0, tzinfo=AUSTIN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("the following day, same time", "11-28 14:30", id="R11 following day"),
        pytest.param("yes but make it Thursday", "11-26 14:30", id="X7 other day, hour kept"),
        pytest.param("make it 3", "11-27 15:00", id="other hour, day kept"),
        pytest.param("3 pm instead", "11-27 15:00", id="instead"),
        pytest.param("no, the morning", "11-27 09:00", id="other part, day kept"),
        pytest.param("Saturday morning", "11-28 09:00", id="all new"),
        pytest.param("yes", "", id="no time"),
        pytest.param("that works", "", id="no time in words"),
        pytest.param("yes and the gate code is 12", "", id="a code is no hour"),
        pytest.param("yes please there are 2 systems in the house", "", id="a count is no hour"),
    ],
)
def test_correction_completes_the_wish_so_far(text: str, expected: str) -> None:
    """R11, X7: what a correction leaves out comes from the time that was read back."""
    assert when(text, Q.READ_BACK, visit_at=FRIDAY_HALF_TWO) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("I need someone to come out tomorrow at 2", "11-26 14:00", id="wish"),
        pytest.param("can someone come today", "11-25 17:00", id="today wished"),
        pytest.param("I need help as soon as possible", "11-25 17:00", id="asap"),
        pytest.param("can you move my appointment from Tuesday to Friday", "11-27 09:00", id="moved from to"),
        pytest.param("reschedule my Tuesday appointment to Friday at 10", "11-27 10:00", id="moved with hour"),
        pytest.param("my AC broke yesterday", "", id="told"),
        pytest.param("it stopped working this morning", "", id="told of today"),
        pytest.param("it's been out since Tuesday", "", id="since"),
        pytest.param("I have an appointment tomorrow at 2", "", id="the one on file"),
        pytest.param("what time is my appointment tomorrow", "", id="asked about"),
        pytest.param("my furnace is 15 years old", "", id="age"),
        pytest.param("my AC is not cooling", "", id="no time"),
        pytest.param("I need help first", "", id="first is no date"),
    ],
)
def test_time_unasked(text: str, expected: str) -> None:
    """Out of turn only a wish counts, not what is told."""
    assert when(text, Q.HOW_CAN_I_HELP) == expected


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        pytest.param(datetime(2026, 10, 31, 12, 0, tzinfo=AUSTIN), "tomorrow at 10", "2026-11-01T10:00:00-06:00",
        id="clocks back"),
        pytest.param(datetime(2026, 3, 7, 12, 0, tzinfo=AUSTIN), "tomorrow at 10", "2026-03-08T10:00:00-05:00",
        id="clocks forward"),
        pytest.param(datetime(2026, 12, 31, 23, 50, tzinfo=AUSTIN), "tomorrow", "2027-01-01T09:00:00-06:00",
        id="new year"),
        pytest.param(datetime(2026, 11, 29, 12, 0, tzinfo=AUSTIN), "next Tuesday", "2026-12-01T09:00:00-06:00",
        id="Sunday's next Tuesday"),
        pytest.param(datetime(2026, 11, 30, 12, 0, tzinfo=AUSTIN), "next Tuesday", "2026-12-08T09:00:00-06:00",
        id="Monday's next Tuesday"),
        pytest.param(datetime(2026, 11, 25, 0, 30, tzinfo=AUSTIN), "today at 10", "2026-11-25T10:00:00-06:00",
        id="after midnight"),
        pytest.param(datetime(2027, 1, 31, 12, 0, tzinfo=AUSTIN), "the 31st", "2027-01-31T14:00:00-06:00",
        id="today by its number"),
    ],
)  # fmt: skip
def test_calendar(now: datetime, text: str, expected: str) -> None:
    """Days are counted in the business's zone, over daylight saving, months and years."""
    found = wish(text, now=now)
    assert found is not None
    assert found.starts_at.isoformat() == expected


@pytest.mark.parametrize(
    ("at", "language", "expected"),
    [
        (datetime(2026, 11, 25, 14, 30, tzinfo=AUSTIN), "en", "Wednesday, November 25 at 2:30 PM"),
        (datetime(2026, 11, 26, 9, 0, tzinfo=AUSTIN), "en", "Thursday, November 26 at 9 AM"),
        (datetime(2026, 11, 26, 12, 0, tzinfo=AUSTIN), "en", "Thursday, November 26 at 12 PM"),
        (datetime(2026, 11, 26, 15, 0, tzinfo=UTC), "en", "Thursday, November 26 at 9 AM"),
        (
            datetime(2026, 11, 27, 14, 30, tzinfo=AUSTIN),
            "es",
            "viernes 27 de noviembre a las 2:30 de la tarde",
        ),
        (
            datetime(2026, 11, 27, 13, 0, tzinfo=AUSTIN),
            "es",
            "viernes 27 de noviembre a la 1 de la tarde",
        ),
    ],
)
def test_speak_time(at: datetime, language: str, expected: str) -> None:
    """R16, R66: the exact day and the local hour, whatever zone the time came in."""
    assert speak_time(at, NOW, language) == expected


PIECES = (
    "today tonight tomorrow monday friday next this week weekend morning afternoon evening noon night at by"
    " after before between"
    " and or to"
    " 1 2 3 5 8 9 10 12 17 30 2:30 4:45 25:99 pm am o'clock the 5th 31st january february 30 in two days weeks"
    " not no wait"
    " actually same time"
    " following day later"
    " an hour earlier push it back a week until out of town no than weekday thanksgiving asap"
    " soon as possible whenever half past quarter thirty first thing , . ?"
).split()


@given(
    words=st.lists(st.sampled_from(PIECES), min_size=1, max_size=8),
    question=st.sampled_from([None, *Question]),
    now=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2032, 1, 1)),
    hours=st.tuples(st.integers(4, 22), st.integers(5, 24)).filter(lambda h: h[0] < h[1]),
    ahead=st.one_of(st.none(), st.integers(-100, 500)),
    holds=st.one_of(st.none(), st.integers(0, 100)),
)
@settings(max_examples=examples(600), deadline=None)
def test_every_wish_can_be_visited(
    words: list[str],
    question: Question | None,
    now: datetime,
    hours: tuple[int, int],
    ahead: int | None,
    holds: int | None,
) -> None:
    """Whatever is said, the visit starts in the future and inside opening hours, in the zone of the business."""
    local = now.replace(tzinfo=UTC).astimezone(AUSTIN)
    visit_at = None if ahead is None else local + timedelta(hours=ahead)
    heard = understand(
        " ".join(words),
        question=question,
        now=local,
        opening_hour=hours[0],
        closing_hour=hours[1],
        visit_at=visit_at,
        visit_latest=visit_at + timedelta(hours=holds) if visit_at and holds is not None else None,
    )
    if heard.visit is None:
        return
    starts_at, latest = heard.visit.starts_at, heard.visit.latest
    assert starts_at.astimezone(UTC) > local.astimezone(UTC)
    for time in (starts_at, latest or starts_at):
        assert time.tzinfo is AUSTIN
        assert (hours[0], 0) <= (time.hour, time.minute) <= (hours[1] - 1, 0)
        assert time.astimezone(UTC) >= starts_at.astimezone(UTC)


def test_fixed_offset_zone() -> None:
    """`now` may carry any zone; the wish is in it."""
    zone = timezone(timedelta(hours=-6))
    found = wish("tomorrow at 3", now=datetime(2026, 11, 25, 14, 20, tzinfo=zone))
    assert found is not None
    assert found.starts_at == datetime(2026, 11, 26, 15, 0, tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "expected", "zone"),
    [
        ("tomorrow at two Pacific", "11-26 16:00", "Pacific"),
        ("Friday at noon Eastern time", "11-27 11:00", "Eastern"),
        ("Friday at 10 a.m. mountain standard time", "11-27 11:00", "Mountain"),
        ("Friday at eleven Denver time", "11-27 12:00", "Mountain"),
        ("Friday at three central", "11-27 15:00", ""),
        ("Friday at three, we're on Pacific Avenue", "11-27 15:00", ""),
    ],
)
def test_l11_a_clock_time_in_another_zone_is_ours(text: str, expected: str, zone: str) -> None:
    """Converted, and kept whose it is; a street is no zone."""
    found = wish(text)
    assert found is not None
    assert (when(text), found.zone) == (expected, zone)


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [("tomorrow morning", True), ("tomorrow", True), ("Thursday morning", False), ("today", False)],
)
def test_l11_tomorrow_behind_midnight_may_be_today(text: str, doubtful: bool) -> None:
    """Until five in the morning."""
    for hour, so in ((1, doubtful), (4, doubtful), (6, False)):
        found = wish(text, now=NOW.replace(hour=hour))
        assert found is not None
        assert found.which_day is so


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday, no, that's the parade, so Saturday", "11-28 09:00"),
        ("Monday, no Monday is our holiday party, let's do Tuesday at one", "12-01 13:00"),
        ("not this Friday, the one after that, at ten", "12-04 10:00"),
        ("as soon as humanly possible, my sister is coming Saturday", "11-25 17:00"),
        ("Friday is my birthday so any other day", "11-26 09:00"),
        ("I work eight to three on Friday", "11-27 15:00"),
        ("the day after tomorrow two thirty", "11-27 14:30"),
        ("I can't do Friday or Saturday", ""),
        ("my son gets in tomorrow", ""),
        ("Thursday at noon? Oh that's Thanksgiving, do Friday at noon.", "11-27 12:00"),
        ("Thursday at noon? Oh, that's Thanksgiving. Friday then.", "11-27 12:00"),
        ("Thursday at noon? Oh that's Thanksgiving, do Friday at ten.", "11-27 10:00"),
        ("Thursday at noon, I know that's Thanksgiving.", "11-26 12:00"),
        ("Thursday at noon, that's Thanksgiving, Friday is my birthday", "11-26 12:00"),
        ("Thursday at noon, that's Thanksgiving, not Friday", "11-26 12:00"),
        ("Thursday at noon if it's a holiday or Friday", "11-26 12:00"),
    ],
)
def test_of_several_days_the_one_that_is_meant_counts(text: str, expected: str) -> None:
    """Behind "so", "let's do", "no"; a day with a reason against it, or of somebody else's plans, is none."""
    assert when(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday at two. Please have him text me before since the doorbell doesn't work.", "11-27 14:00"),
        ("Friday at two works since I'm off.", "11-27 14:00"),
        ("Friday at two since I have to work tomorrow", "11-27 14:00"),
        ("Since I have to work tomorrow, Friday at two", ""),
        ("Tomorrow at ten since my wife works Friday", "11-26 10:00"),
        ("It's been out since Friday", ""),
        ("not working since I got home Friday at two", ""),
        ("it hasn't run since the storm Friday it does nothing", ""),
        ("Ever since Friday the heat's been going off", ""),
    ],
)
def test_since_is_a_reason_or_a_time(text: str, expected: str) -> None:
    """A reason takes no wish away; what has been so since a day wishes none."""
    assert when(text) == expected


def test_between_two_ends_that_are_told_as_what_does_not_fit() -> None:
    """ "Not before ten and not after two"."""
    assert span(wish("Friday not before ten and not after two")) == "11-27 10:00 to 11-27 13:00"


def test_a_number_behind_i_said_is_a_clock_time() -> None:
    """Of the time that was read back wrong."""
    assert (
        when("that's right but I said eleven not ten didn't I", Q.READ_BACK, visit_at=FRIDAY_HALF_TWO) == "11-27 11:00"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My son takes me to the doctor Tuesday, so not Tuesday. Wednesday maybe", "12-02 09:00 to 12-02 17:00"),
        ("The plumber is here Monday so not Monday, maybe Tuesday afternoon", "12-01 14:00 to 12-01 16:00"),
        ("We babysit on Tuesday, definitely not Tuesday, Wednesday is good", "12-02 09:00 to 12-02 17:00"),
        ("the kids have school pictures Friday so not Friday monday would be good", "11-30 09:00 to 11-30 17:00"),
        ("They pour the driveway on Monday, so I don't want Monday. Tuesday at ten.", "12-01 10:00 to 12-01 10:00"),
        ("They're delivering on Tuesday, so not Tuesday", ""),
        ("Next Tuesday, not this Tuesday", "12-01 09:00 to 12-01 17:00"),
        ("Tuesday at nine, not Tuesday at two", "12-01 09:00 to 12-01 09:00"),
        ("I'm not booking today", ""),
        ("I don't want to schedule anything today", ""),
        ("I'm not looking to have anyone, not today. Friday.", "11-27 09:00 to 11-27 17:00"),
        ("I don't need it tomorrow, Friday", "11-27 09:00 to 11-27 17:00"),
        ("I'm not working Friday, so Friday", "11-27 09:00 to 11-27 17:00"),
    ],
)
def test_a_day_that_is_denied_anywhere_in_the_turn_is_no_wish(text: str, expected: str) -> None:
    assert span(wish(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I leave for Dallas on Monday so before that", "11-25 17:00 to 11-29 17:00"),
        ("We fly out Saturday morning, so sometime before then", "11-25 17:00 to 11-27 17:00"),
        ("My in-laws get here on Tuesday and I need it done before that", "11-25 17:00 to 11-30 17:00"),
        ("Monday I have surgery so before that please", "11-25 17:00 to 11-29 17:00"),
        ("I'm out of town until Monday, any time after that works", "12-01 09:00 to any"),
        ("I can't do Friday, the day after that", "11-28 09:00 to any"),
        ("Before Christmas", "11-25 17:00 to 12-24 17:00"),
        ("any time before December 3rd", "11-25 17:00 to 12-02 17:00"),
        ("by December 3rd", "11-25 17:00 to 12-03 17:00"),
        ("before the 28th", "11-25 17:00 to 11-27 17:00"),
        ("the day before Christmas", "12-24 09:00 to 12-24 17:00"),
    ],
)
def test_a_wish_before_a_day_ends_before_it(text: str, expected: str) -> None:
    assert span(wish(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The last tech came on a Thursday. Can you come Friday?", "11-27 09:00"),
        ("it worked fine on Tuesday, Friday would be good", "11-27 09:00"),
        ("They put it in on a Monday. I'd like Friday", "11-27 09:00"),
        ("my husband changed the filter on Saturday, tomorrow is good", "11-26 09:00"),
        ("the compressor seized up on Sunday so Monday at ten", "11-30 10:00"),
        ("Your guy left a mess on Tuesday. Friday at nine.", "11-27 09:00"),
        ("it failed on a Saturday", ""),
        ("I wanted it on Friday", "11-27 09:00"),
        ("my husband asked for on Monday", "11-30 09:00"),
        ("I hoped to have it on Saturday", "11-28 09:00"),
    ],
)
def test_a_day_of_the_past_is_no_wish(text: str, expected: str) -> None:
    assert when(text) == expected


@pytest.mark.parametrize("question", [Q.WHEN, Q.NEW_TIME, Q.READ_BACK, Q.OTHER_TIME, Q.CHANGE_WHAT])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let's go back to the Friday one", "11-27"),
        ("I'd rather take that Friday one", "11-27"),
        ("Friday or Monday, either one", "11-27"),
        ("either one, Friday or Monday", "11-27"),
    ],
)
def test_a_day_one_is_a_visit_and_no_hour(text: str, expected: str, question: Question) -> None:
    for visit_at in (None, datetime(2026, 11, 30, 10, 0, tzinfo=AUSTIN)):
        assert when(text, question, visit_at=visit_at) in (f"{expected} 09:00", f"{expected} 10:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Move my Friday visit from nine to eleven", "11-27 11:00"),
        ("Can you move my Monday appointment from nine to eleven?", "11-30 11:00"),
        ("I need to change my appointment on Friday from nine a.m. to two", "11-27 14:00"),
        ("reschedule my visit Friday from ten to three please", "11-27 15:00"),
        ("could you push my Tuesday appointment from ten to twelve thirty", "12-01 12:30"),
        ("can you switch my visit tomorrow from two to four", "11-26 16:00"),
        ("can we move the appointment on the 27th from one to three", "11-27 15:00"),
        ("Move my Friday visit to two PM", "11-27 14:00"),
        ("move my appointment from Friday to Monday", "11-30 09:00"),
        ("move my appointment from Friday at nine to Monday at two", "11-30 14:00"),
        ("move my appointment to Friday between nine and eleven", "11-27 09:00"),
        ("I want to move my visit from nine to eleven", ""),
    ],
)
def test_a_move_from_one_hour_to_another_is_to_the_other(text: str, expected: str) -> None:
    assert when(text, Q.HOW_CAN_I_HELP) == expected
    assert wish("move it from nine to eleven", Q.NEW_TIME) is None
    assert when("move it from nine to eleven", Q.MOVE_CONFIRM, visit_at=FRIDAY_HALF_TWO) == "11-27 11:00"
