"""Keys of the telephone (field cases W1, W2)."""

import pytest

from call.session import APPROVALS, Question
from understanding.keys import are_whole, read_keys
from understanding.turn import Hazard, Understanding


@pytest.mark.parametrize("keys", ["5125550147", "15125550147"])
def test_w1_ten_keys_are_one_number(keys: str) -> None:
    """None of its beginnings is taken for anything, and nobody waits behind the last."""
    assert not any(are_whole(keys[:end], Question.PHONE) for end in range(1, len(keys)))
    assert are_whole(keys, Question.PHONE)
    assert read_keys(keys, Question.PHONE) == Understanding(text=keys, phone="+15125550147")


@pytest.mark.parametrize("keys", ["1234567890", "5120550147", "512555014", "00000", "51255501478"])
def test_w1_what_can_be_no_number_is_none(keys: str) -> None:
    assert read_keys(keys, Question.PHONE) == Understanding(text=keys)


@pytest.mark.parametrize("question", [Question.ZIP, Question.ZIP_CONFIRM])
def test_w2_five_keys_are_a_zip_where_one_is_asked_for(question: Question) -> None:
    assert [are_whole("78704"[:end], question) for end in range(1, 6)] == [False] * 4 + [True]
    assert read_keys("78704", question) == Understanding(text="78704", zip_code="78704")
    assert read_keys("00000", question) == Understanding(text="00000")


@pytest.mark.parametrize("question", [None, *Question])
def test_w2_zero_is_a_person_and_911_is_danger(question: Question | None) -> None:
    assert read_keys("0", question) == Understanding(text="0", wants_person=True)
    assert read_keys("911", question) == Understanding(text="911", hazard=Hazard.PRESENT)


@pytest.mark.parametrize("question", sorted({None, *Question} - {Question.ZIP, Question.ZIP_CONFIRM}, key=str))
@pytest.mark.parametrize("keys", ["1", "2", "9", "12", "78704", "1111"])
def test_w2_other_keys_say_nothing(keys: str, question: Question | None) -> None:
    """Neither yes nor no, no hour, and no ZIP where none was asked for."""
    assert read_keys(keys, question) == Understanding(text=keys)


def test_w2_no_key_approves_anything() -> None:
    for question in APPROVALS:
        assert all(read_keys(key, question).answer is None for key in "1234567890*#")
