"""What was heard as digits is read back before anything is booked or promised on it, right or misheard.

tests/utterances/heard_pairs.yaml: how a recogniser wrote down the numbers that callers spoke over a telephone line.
"""

import re

import pytest
import yaml

from call.business import Business
from call.session import CallSession, Question
from call.tool_calls import BookAppointment, CreateCallback
from tests.support.driven_call import NOW, TURNS, Conversation, first_result
from tests.support.utterance_tables import FOLDER
from turns.turn_reading import Hearing, read_turn

DICTATED = (Question.ZIP, Question.ADDRESS, Question.PHONE)
ANSWERS = {
    Question.HOW_CAN_I_HELP: "problem",
    Question.SAFETY: "no_gas",
    Question.ZIP: "zip_in",
    Question.ZIP_CONFIRM: "no",
    Question.PROBLEM: "problem",
    Question.NAME: "name",
    Question.ADDRESS: "address",
    Question.PHONE: "phone",
    Question.WHEN: "tuesday",
    Question.READ_BACK: "yes",
}
MOST_LINES = 60
HEARD = sorted(
    {
        (row["question"], row["heard"])
        for row in yaml.safe_load((FOLDER / "heard_pairs.yaml").read_text())
        if row["question"] in DICTATED
    }
)


def digits(text: str) -> str:
    """All of them, in their order."""
    return re.sub(r"\D", "", text)


def done(call: Conversation) -> bool:
    """Whether somebody is sent out or is to call back."""
    return any(isinstance(request, BookAppointment | CreateCallback) for request in call.requests)


def booked_on(heard: str, asked: Question) -> Conversation:
    """A call in which one question is answered so, as often as it is asked at most once, and all others plainly."""
    withheld = CallSession(call_id="CA1", started_at=NOW)
    call = Conversation(first_result, withheld)
    call.start()
    dictated = False
    while not done(call) and len(call.said) < MOST_LINES:
        assert call.session.question
        if call.session.question is asked and not dictated:
            dictated = True
            call.feed(read_turn(heard, Hearing(asked, may_approve=True), call.session, Business(), NOW))
        else:
            call.feed(TURNS[ANSWERS[call.session.question]])
    assert dictated
    return call


@pytest.mark.parametrize(("question", "heard"), HEARD)
def test_digits_are_read_back_before_anything_is_done_on_them(question: str, heard: str) -> None:
    """House number, ZIP and telephone number, in what is booked and in whom a call is promised."""
    call = booked_on(heard, Question(question))
    assert done(call)
    said = [digits(text) for text in call.said]
    for number in (call.session.address.partition(" ")[0], call.session.zip_code, call.session.phone):
        assert any(digits(number).removeprefix("1") in text for text in said), number
