"""What a reading, a request or an answer says, as text."""

from dataclasses import dataclass
from datetime import UTC, datetime

from call.told import MOST_CHARACTERS, changes, told
from call.tool_calls import BookAppointment, CallerFound, Outcome, SlotsFound
from understanding.facts import Answer, Hazard, Understanding, VisitWish

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_what_says_nothing_is_left_out() -> None:
    """What is empty, and what everybody would have."""
    heard = Understanding("yes, 78704", answer=Answer.YES, zip_code="78704", wants_person=True)
    assert told(heard, Understanding(text=heard.text)) == {
        "answer": "yes",
        "zip_code": "78704",
        "wants_person": "yes",
    }
    assert told(CallerFound(Outcome.OK, "nobody")) == {"outcome": "ok", "detail": "nobody", "calls_today": "0"}


def test_times_and_lists_are_text() -> None:
    wish = Understanding(visit=VisitWish(NOON, latest=NOON), remainder=("but", "Friday"))
    assert told(wish, Understanding()) == {
        "visit": "starts at Tue 24 Nov 2026 12:00, latest Tue 24 Nov 2026 12:00",
        "remainder": "but, Friday",
    }
    found = SlotsFound(Outcome.OK, "2 free", slots=(NOON, NOON))
    assert told(found)["slots"] == "Tue 24 Nov 2026 12:00, Tue 24 Nov 2026 12:00"
    request = BookAppointment(NOON, "Dana", "+15125550142", "", "no heat")
    assert told(request) == {
        "starts_at": "Tue 24 Nov 2026 12:00",
        "customer_name": "Dana",
        "customer_phone": "+15125550142",
        "problem_description": "no heat",
        "urgency": "Routine",
        "tool": "book_appointment",
    }


def test_no_fact_is_endless() -> None:
    @dataclass
    class Long:
        words: str = "x" * 1000
        several: tuple[str, ...] = ("y" * 200, "z" * 200)

    assert [len(text) for text in told(Long()).values()] == [MOST_CHARACTERS, MOST_CHARACTERS]


def test_what_another_reader_made_of_it() -> None:
    """New, otherwise, or no more."""
    before = told(Understanding(answer=Answer.YES, name="Dana"), Understanding())
    after = told(Understanding(name="Donna", hazard=Hazard.POSSIBLE), Understanding())
    assert changes(before, after) == {"answer": "", "name": "Donna", "hazard": "possible"}
    assert changes(before, before) == {}
