"""Whole calls in which a number is told that is no clock: the visit stays where it is."""

from datetime import timedelta

import pytest

from call.session import Question, Reason, State
from call.tool_calls import (
    BookAppointment,
    Booked,
    BookingFound,
    LookupBooking,
    ManageAppointment,
    Outcome,
    ToolRequest,
    ToolResult,
)
from tests.support.driven_call import NOW, TUESDAY_TWO, TURNS, Conversation, first_result
from understanding.turn import understand

TO_THE_READ_BACK = ("problem", "no", "zip_in", "name", "address", "tuesday")
ON_FILE = BookingFound(
    Outcome.OK, found=True, booking_uid="u1", date="Friday", time="9:00 AM", attendee_name="Jonas Weber"
)
NO_CLOCK = [
    "my system is twenty years old",
    "it's like twenty years old by the way",
    "oh by the way it's the old one, like twenty years",
    "it's about twenty",
    "there's one in the attic",
    "it's around five miles off the highway",
    "somebody said around ten thousand dollars",
    "it's from two thousand and six",
    "the filter is a twenty by twenty",
    "my son is like two",
    "we're in building six",
    "the Trane's around twelve",
    "it's around three tons I think",
    "the thermostat is set at three",
    "there's around five people living here",
    "it's the first one on the right",
    "the attic is like a hundred and ten",
    "it's at nine percent humidity",
]


def call(answer: Booked | None = None) -> Conversation:
    """A call of somebody whose visit may be on file; `answer`: what V2 says to a booking."""

    def result(request: ToolRequest) -> ToolResult:
        match request:
            case BookAppointment() if answer:
                return answer
            case LookupBooking():
                return ON_FILE
        return first_result(request)

    conversation = Conversation(result)
    conversation.start()
    return conversation


def hear(conversation: Conversation, words: str) -> None:
    """One turn as the rules read it."""
    session = conversation.session
    conversation.feed(
        understand(
            words,
            question=session.question,
            now=NOW,
            visit_at=session.visit_at,
            visit_latest=session.visit_latest,
            known_name=session.name,
        )
    )


@pytest.mark.parametrize("words", NO_CLOCK)
def test_a_number_that_is_no_clock_moves_no_visit_at_the_read_back(words: str) -> None:
    """The same time is read back, and a yes books it."""
    conversation = call()
    for turn in TO_THE_READ_BACK:
        conversation.feed(TURNS[turn])
    hear(conversation, words)
    assert conversation.session.question in (Question.READ_BACK, Question.CHANGE_WHAT)
    assert conversation.session.visit_at == TUESDAY_TWO
    conversation.session.question = Question.READ_BACK
    hear(conversation, "yes")
    assert [r.starts_at for r in conversation.requests if isinstance(r, BookAppointment)] == [TUESDAY_TWO]


@pytest.mark.parametrize("words", NO_CLOCK)
def test_a_number_that_is_no_clock_answers_nothing_at_another_time(words: str) -> None:
    """V2 booked another time: no number sends the caller to a callback, and a yes still takes it."""
    other = TUESDAY_TWO + timedelta(hours=1)
    conversation = call(Booked(Outcome.OK, starts_at=other, appointment_id="cal_1"))
    for turn in (*TO_THE_READ_BACK, "yes"):
        conversation.feed(TURNS[turn])
    assert conversation.session.question is Question.OTHER_TIME
    hear(conversation, words)
    assert conversation.session.question is Question.OTHER_TIME
    hear(conversation, "yes that works")
    assert (conversation.session.reason, conversation.session.visit_at) == (Reason.BOOKED, other)


@pytest.mark.parametrize("words", NO_CLOCK[1:])  # The first one tells of trouble with a system: a call of its own.
def test_a_number_that_is_no_clock_is_no_new_time_of_a_visit_on_file(words: str) -> None:
    """It is moved to the time that was read back, and to no other."""
    conversation = call()
    session = conversation.session
    for turn in ("reschedule", "name", "tuesday"):
        conversation.feed(TURNS[turn])
    assert session.question is Question.MOVE_CONFIRM
    hear(conversation, words)
    assert (session.state, session.visit_at) == (State.MANAGE_BOOKING, TUESDAY_TWO)
    session.question = Question.MOVE_CONFIRM
    hear(conversation, "yes")
    assert [r.new_time for r in conversation.requests if isinstance(r, ManageAppointment)] == [TUESDAY_TWO]


@pytest.mark.parametrize("words", NO_CLOCK)
def test_a_number_that_is_no_clock_is_no_wish_for_a_time(words: str) -> None:
    """The question how soon is asked again."""
    conversation = call()
    for turn in TO_THE_READ_BACK[:-1]:
        conversation.feed(TURNS[turn])
    assert conversation.session.question is Question.WHEN
    hear(conversation, words)
    assert (conversation.session.question, conversation.session.visit_at) == (Question.WHEN, None)


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("no, make it three", 15),
        ("four's better for me", 16),
        ("one is better", 13),
        ("sorry, I said eleven", 11),
        ("around three, my son gets home then", 15),
        ("can we push it to four", 16),
        ("not two, three", 15),
        ("could it be ten instead", 10),
    ],
)
def test_a_number_that_is_a_clock_still_moves_the_visit(words: str, hour: int) -> None:
    """Beside words that are about a time."""
    conversation = call()
    for turn in TO_THE_READ_BACK:
        conversation.feed(TURNS[turn])
    hear(conversation, words)
    assert conversation.session.visit_at == TUESDAY_TWO.replace(hour=hour)
