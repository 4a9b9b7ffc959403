"""Facts that come in two turns, of which there are two, or that the caller does not have, by the field cases."""

import pytest

from call.dear_numbers import DEAR
from call.session import CallSession, Question, State, Urgency
from call.tool_calls import BookAppointment, CreateCallback
from tests.support.driven_call import NOW, TURNS, Conversation, first_result
from understanding.turn import understand


def call(*said: str, number: str = "+15125550100") -> Conversation:
    """A call in which the caller says these words, each read as an answer to what was asked last."""
    conversation = Conversation(
        first_result, CallSession(call_id="CA1", caller_number=number, started_at=NOW, vouched_for=True)
    )
    conversation.start()
    for words in said:
        session = conversation.session
        heard = TURNS.get(words) or understand(
            words, question=session.question, now=NOW, zip_partial=session.zip_partial,
            phone_partial=session.phone_partial, visit_at=session.visit_at, known_name=session.name,
        )  # fmt: skip
        conversation.feed(heard)
    return conversation


NO_NUMBER = ("my furnace is out", "no gas", "78701", "Jonas Weber", "12 Oak Street")


def test_u1_a_zip_that_is_not_known_is_no_end() -> None:
    """Twice not known: the address decides, the team checks the area, and the visit is booked."""
    conversation = call("my furnace is out", "no gas", "I don't know the zip", "I have no idea, we just moved in")
    assert conversation.session.question is Question.NAME
    assert any("check the area" in line for line in conversation.said)
    for words in ("Jonas Weber", "12 Oak Street", "tomorrow at two", "yes"):
        session = conversation.session
        conversation.feed(understand(words, question=session.question, now=NOW, visit_at=session.visit_at))
    assert [r.service_address for r in conversation.requests if isinstance(r, BookAppointment)] == ["12 Oak Street"]
    assert any("does not know the ZIP" in note for note in conversation.session.notes)


def test_u1_once_is_asked_again_and_a_zip_outside_still_counts() -> None:
    """The first time it is asked again; one that is told after all is taken."""
    assert call("my furnace is out", "no gas", "not sure").session.question is Question.ZIP
    late = call("my furnace is out", "no gas", "not sure", "oh it's 78613")
    assert (late.session.question, late.session.zip_unconfirmed) == (Question.ZIP_CONFIRM, "78613")


def test_u3_of_two_places_one_is_asked_for_and_the_other_noted() -> None:
    """Both are said back; "the Lake Street one" and "the first one" choose."""
    told = (
        "my heat is out",
        "no gas",
        "78701",
        "Jonas Weber",
        "one's at 31 Birch Court and the other at 9 Lake Street",
    )
    conversation = call(*told)
    assert "31 Birch Court or 9 Lake Street" in conversation.said[-1]
    for answer, address, other in (
        ("the Lake Street one", "9 Lake Street", "31 Birch Court"),
        ("the first one", "31 Birch Court", "9 Lake Street"),
    ):
        chosen = call(*told, answer).session
        assert (chosen.address, chosen.question) == (address, Question.WHEN)
        assert chosen.notes == [f"The caller also named another place: {other}."]


def test_u3_what_chooses_none_is_asked_again() -> None:
    """No place is taken by itself."""
    told = ("my heat is out", "no gas", "78701", "Jonas Weber", "31 Birch Court and 9 Lake Street")
    again = call(*told, "well you know both of them really").session
    assert (again.address, again.question) == ("", Question.ADDRESS)


def test_l3_what_answers_the_second_question_about_the_name_is_the_name() -> None:
    """A name of ordinary words, which no rule takes for one."""
    conversation = call("my heat is out", "no gas", "78701", "her so")
    assert conversation.session.question is Question.NAME
    conversation.session.said_count["ask:name"] = 2
    conversation.feed(understand("her so", question=Question.NAME, now=NOW))
    assert (conversation.session.name, conversation.session.question) == ("Her So", Question.ADDRESS)


def test_l6_a_number_comes_in_two_turns() -> None:
    """The digits of the first turn are kept, and the rest is asked for."""
    conversation = call(*NO_NUMBER, "seven three seven, five five five", number="")
    assert "rest of the number" in conversation.said[-1]
    assert (
        call(*NO_NUMBER, "seven three seven, five five five", "oh one six two", number="").session.phone
        == "+17375550162"
    )


def test_l6_a_number_in_two_turns_saves_the_callback() -> None:
    """Also where it is asked for before a callback."""
    conversation = call("person", "seven three seven", "five five five oh one six two", number="")
    assert conversation.session.phone == "+17375550162"
    assert any(isinstance(request, CreateCallback) for request in conversation.requests)


def test_l6_a_withheld_number_is_told_to_be_hidden() -> None:
    """ "The number I'm calling from" cannot be seen: said so, and asked again."""
    conversation = call(*NO_NUMBER, "just use the number I'm calling from", number="")
    assert conversation.session.question is Question.PHONE
    assert "can't see the number" in " ".join(conversation.said[-2:])
    before_a_callback = call("person", "the number I'm calling from", number="")
    assert before_a_callback.session.state is State.CALLBACK
    assert "can't see the number" in " ".join(before_a_callback.said[-2:])


def test_l6_an_extension_is_kept_for_the_team() -> None:
    """It stands beside the number, which stays one that can be dialled."""
    session = call(*NO_NUMBER, "737 555 0162, extension 40", number="").session
    assert session.phone == "+17375550162"
    assert session.notes == ["The number +17375550162 has the extension 40."]


def test_a_number_beside_the_address_changes_no_zip() -> None:
    """Nor is a house number of five digits one."""
    told = call("my heat is out", "no gas", "78701", "Jonas Weber", "1-1-2-0-5, Tom Adams")
    assert told.session.zip_code == "78701"


KNOWN = ("my heat is out", "no gas", "78701", "Jonas Weber", "12 Oak Street")


def test_l11_a_time_in_another_zone_is_read_back_with_ours() -> None:
    """Two o'clock in Denver is three here, and said to be Central."""
    conversation = call(*KNOWN, "tomorrow at two Mountain time")
    assert "Tuesday, November 24 at 3 PM Central time" in conversation.said[-1]
    assert "time" not in call(*KNOWN, "tomorrow at two").said[-1]


def test_l11_behind_midnight_the_day_of_tomorrow_is_asked() -> None:
    """And the part of the day stays; a weekday needs no question."""
    night = NOW.replace(day=24, hour=1)
    conversation = call(*KNOWN)
    conversation.feed(understand("tomorrow morning", question=Question.WHEN, now=night))
    assert conversation.session.question is Question.WHEN
    assert "past midnight" in conversation.said[-1]
    wish = conversation.session.visit_at
    today = understand(
        "today", question=Question.WHEN, now=night, visit_at=wish, visit_latest=conversation.session.visit_latest
    )
    assert today.visit is not None
    assert (today.visit.starts_at.day, today.visit.starts_at.hour) == (24, 9)
    conversation.feed(today)
    assert conversation.session.state is State.PRE_CONFIRM


def test_the_read_back_says_digits_one_by_one() -> None:
    """The house number, the ZIP, and a dictated number when it is taken; a ZIP on file is not told to who calls."""
    conversation = call("my heat is out", "no gas", "78701", "Jonas Weber", "4512C Oak Street", "tomorrow at two")
    assert "Jonas Weber at 4 5 1 2 C Oak Street, 7 8 7 0 1, Tuesday" in conversation.said[-1]
    conversation.session.zip_on_file = "78701"
    assert conversation.session.spoken_address == "4 5 1 2 C Oak Street"


def test_l6_a_dictated_number_is_read_back_once() -> None:
    """When it is taken, else with the visit."""
    taken = call(*NO_NUMBER, "737 555 0162", number="")
    assert any("7 3 7, 5 5 5, 0 1 6 2" in line for line in taken.said[-2:])
    told = call(
        "my heat is out, my number is 737 555 0162",
        "no gas",
        "78701",
        "Jonas Weber",
        "12 Oak Street",
        "tomorrow at two",
    )
    assert "with the number 7 3 7, 5 5 5, 0 1 6 2" in told.said[-1]
    assert told.said[-1].count("7 3 7") == 1


@pytest.mark.parametrize(("number", "dear"), [("+18765550142", True), ("+15125550142", False)])
def test_s3_a_callback_to_a_dear_number_is_flagged_and_not_urgent(number: str, dear: bool) -> None:
    """It is kept all the same."""
    conversation = call("my heat is out and it is freezing in here", "no gas", "urgent", "person", number=number)
    (asked,) = [request for request in conversation.requests if isinstance(request, CreateCallback)]
    assert conversation.session.phone == number
    assert conversation.session.urgency is Urgency.URGENT
    assert (asked.urgent, DEAR in asked.reason) == (not dear, dear)
