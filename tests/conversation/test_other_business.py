"""Another business than that of the defaults: other days, another city, other promises, in all that is said."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.actions import Action, Say
from call.business import Business
from call.session import CallSession, Question
from call.tool_calls import CheckCalendarAvailability, Outcome, SlotsFound
from config import load
from conversation import script, visit_offer
from conversation.directives import persona
from conversation.guard.judge import check
from conversation.moment import Talk
from state_machine import StateMachine, Turn
from tests.support.driven_call import NOW
from turns.turn_reading import Hearing, read_turn
from understanding.facts import Ask
from understanding.turn import Understanding

ZONE = ZoneInfo("America/Chicago")
WEEKDAYS_ONLY = Business(open_days=("mon", "tue", "wed", "thu", "fri"), holidays=("thanksgiving", "12-25"))
FRIDAY_AFTERNOON = datetime(2026, 11, 27, 16, 30, tzinfo=ZONE)


def read(text: str, business: Business, now: datetime = NOW, question: Question = Question.WHEN) -> Understanding:
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=now)
    session.question = question
    return read_turn(text, Hearing(question, may_approve=True), session, business, now)


@pytest.mark.parametrize(
    ("text", "day", "hour", "moved"),
    [
        ("Saturday at ten", date(2026, 11, 30), 10, True),
        ("Sunday afternoon", date(2026, 11, 30), 14, True),
        ("Thursday morning", date(2026, 11, 27), 9, True),  # Thanksgiving
        ("Tuesday at ten", date(2026, 11, 24), 10, False),
    ],
)
def test_a_wish_for_a_closed_day_becomes_the_next_open_one(text: str, day: date, hour: int, moved: bool) -> None:
    """The hour stays, and the read-back says that it is another time; an open day is taken as it was said."""
    wish = read(text, WEEKDAYS_ONLY).visit
    assert wish is not None
    assert (wish.starts_at.date(), wish.starts_at.hour, wish.moved) == (day, hour, moved)
    assert wish.latest is None or wish.latest >= wish.starts_at


def test_as_soon_as_possible_is_the_first_hour_of_the_next_open_day() -> None:
    """On a Friday evening that is Monday at nine, and no other time than was wished for."""
    wish = read("as soon as possible", WEEKDAYS_ONLY, FRIDAY_AFTERNOON).visit
    assert wish is not None
    assert wish.starts_at == datetime(2026, 11, 30, 9, tzinfo=ZONE)
    assert wish.asap
    assert not wish.moved


def test_as_soon_as_possible_of_the_urgent_is_an_open_day() -> None:
    """Where the call itself makes the wish, too."""
    talk = Talk(
        CallSession(call_id="CA1", caller_number="+15125550100", started_at=FRIDAY_AFTERNOON),
        WEEKDAYS_ONLY,
        FRIDAY_AFTERNOON,
    )
    visit_offer.wish_asap(talk)
    assert talk.session.visit_at == datetime(2026, 11, 30, 9, tzinfo=ZONE)


def test_what_v2_calls_free_on_a_closed_day_is_not_offered() -> None:
    """V2's calendar may know more than the business wants."""
    talk = Talk(CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW), WEEKDAYS_ONLY, NOW)
    wednesday, saturday = datetime(2026, 11, 25, 10, tzinfo=ZONE), datetime(2026, 11, 28, 10, tzinfo=ZONE)
    thanksgiving = wednesday + timedelta(days=1)
    found = SlotsFound(Outcome.OK, slots=(wednesday, thanksgiving, saturday))
    visit_offer.learn_slots(talk, CheckCalendarAvailability("Urgent"), found)
    assert talk.session.slots == [wednesday]


@pytest.mark.parametrize(
    "text",
    ["Do you work Sundays?", "Are you open on the weekend?", "Are you guys open on Thanksgiving?",
     "What days are you open?", "Do you come out on Saturdays?"],
)  # fmt: skip
def test_which_days_are_open_is_answered_by_us(text: str) -> None:
    """In a line of ours, which names days and holidays; a business that is always open leaves it to the model."""
    heard = read(text, WEEKDAYS_ONLY, question=Question.PROBLEM)
    assert (heard.asks, heard.visit) == (Ask.DAYS, None)
    assert read(text, Business(), question=Question.PROBLEM).asks is not Ask.DAYS
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW)
    said = StateMachine(WEEKDAYS_ONLY).step(session, Turn(heard, NOW))
    assert "We make visits Monday to Friday, but not on Thanksgiving or December 25." in texts(said)


def texts(actions: list[Action]) -> list[str]:
    return [action.text for action in actions if isinstance(action, Say)]


def test_can_you_come_sunday_is_a_wish() -> None:
    """It asks for a visit, not for the days."""
    assert read("can you come out Sunday", WEEKDAYS_ONLY).asks is not Ask.DAYS


def test_what_the_model_is_told_is_of_this_business() -> None:
    """City, days and credit come from the settings."""
    other = Business(city="Denver", state="Colorado", open_days=("mon", "wed"), fee_is_credited=False)
    text = persona(other)
    assert "in Denver, Colorado" in text
    assert "Visits are possible Monday and Wednesday." in text
    assert "credited" not in text
    assert "Austin" not in text


def test_the_words_of_the_defaults_stay() -> None:
    """What callers of the first business hear."""
    known = Business()
    assert "in Austin, Texas" in persona(known)
    assert persona(known).endswith("credited if the repair goes ahead. Visits are possible seven days a week.")
    assert (
        script.line("booked", "en", known, time="X")
        == "You're booked for X. The technician will call thirty minutes ahead."
    )
    assert "credited if you go ahead" in script.line("price", "en", known)
    assert not [line for line in script.pre_renderable(known) if "We make visits" in line]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "You're booked for X."), (45, "You're booked for X. The technician will call forty-five minutes ahead."),
     (60, "You're booked for X. The technician will call an hour ahead."),
     (120, "You're booked for X. The technician will call two hours ahead.")],
)  # fmt: skip
def test_how_long_ahead_the_technician_calls(minutes: int, said: str) -> None:
    """Nothing is promised where nobody calls ahead."""
    assert script.line("booked", "en", Business(calls_ahead_minutes=minutes), time="X") == said


def test_callers_are_told_what_they_talk_with() -> None:
    """Where DISCLOSURE is set: in the first line, which is spoken ahead."""
    says, plain = Business(discloses=True), Business()
    (greeting,) = StateMachine(says).start(CallSession(call_id="CA1", started_at=NOW), NOW)
    assert isinstance(greeting, Say)
    assert greeting.text == "Thanks for calling ACE Cooling. I'm an automated assistant. How can I help you today?"
    assert script.pre_renderable(says)[0] == greeting.text
    assert script.pre_renderable(plain)[0] == "Thanks for calling ACE Cooling. How can I help you today?"
    assert len(script.pre_renderable(says)) == len(script.pre_renderable(plain))


def test_a_fee_that_is_not_credited_is_not_said_to_be() -> None:
    """In the line, and in what is spoken ahead."""
    other = Business(fee_is_credited=False)
    assert script.line("price", "en", other) == "The diagnostic visit is 89 dollars."
    assert not [line for line in script.pre_renderable(other) if "credited" in line]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Visits are possible seven days a week.", WEEKDAYS_ONLY),
        ("We come out on Saturdays and Sundays.", WEEKDAYS_ONLY),
        ("The fee is credited if you go ahead with the repair.", Business(fee_is_credited=False)),
        ("That goes toward the repair if you go ahead.", Business(fee_is_credited=False)),
        ("We serve Austin.", Business(city="Denver")),
        ("The technician will call thirty minutes ahead.", Business(calls_ahead_minutes=15)),
    ],
)
def test_the_guard_refuses_what_is_true_of_another_business(text: str, other: Business) -> None:
    """What the model may say of days, credit, city and the call ahead is what the settings say."""
    assert not check(text, CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW), other).allowed


def test_the_guard_knows_the_city() -> None:
    """What is true of Austin by default is true of the city that is set."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW)
    assert check("We serve Austin.", session, Business()).allowed
    assert check("We serve Denver.", session, Business(city="Denver")).allowed
    assert not check("We serve Denver.", session, Business()).allowed


def test_all_of_it_comes_from_the_settings(environ: dict[str, str]) -> None:
    """Each fact is a setting; spans of days and names of holidays are understood."""
    known = {
        "BUSINESS_CITY": "Denver",
        "BUSINESS_STATE": "Colorado",
        "OPEN_DAYS": "Mon-Thu, saturday",
        "HOLIDAYS": "Thanksgiving, 2026-12-24",
        "FEE_IS_CREDITED": "false",
        "TECHNICIAN_CALLS_AHEAD_MINUTES": "15",
    }
    business = Business.of(load(environ | known))
    assert (business.city, business.state, business.fee_is_credited) == ("Denver", "Colorado", False)
    assert business.open_days == ("mon", "tue", "wed", "thu", "sat")
    assert business.calls_ahead_minutes == 15
    closed = (date(2026, 11, 26), date(2026, 12, 24), date(2026, 11, 27), date(2026, 11, 29))
    assert [day for day in closed if business.is_open(day)] == []
    assert business.is_open(date(2026, 11, 28))
    assert business.is_open(date(2029, 12, 24))
    assert Business.of(load(environ)) == Business()


def test_a_business_that_never_opens_gets_the_wish_as_it_is() -> None:
    """No search without end: a year of holidays is a mistake, and not a call that hangs."""
    never = Business(open_days=("mon",), holidays=tuple(f"{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 32)))
    assert never.on_an_open_day(NOW) == NOW
