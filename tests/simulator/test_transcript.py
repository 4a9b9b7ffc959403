"""The record's transcript against the recording: what must be found, and what is no difference."""

import pytest

from simulator.calls.transcript import CUT_OFF, NOT_CERTAIN, phantoms, unheard, unlike
from simulator.calls.truth import Line

HELLO = Line("Thanks for calling.", "Thanks for calling.", True)
ASKED = Line("What is the address for the visit?", "What is the address for the visit?", True)
CUT = Line("What is the address for the visit?", "What is the", False)
ALMOST = Line("What is the address for the visit?", "What is the address for the", False)
APOLOGY = Line("Sorry. We call you.", "Sorry. We call you.", True)


def found(heard: list[Line], told: list[str], *, by_twilio: set[str] | None = None, may_be_unsure: bool = False) -> int:
    return len(list(unlike(heard, by_twilio or set(), told, may_be_unsure=may_be_unsure)))


BACK = "Sorry, we got cut off."


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ([HELLO, ASKED], [HELLO.full, ASKED.full]),
        ([HELLO, CUT], [HELLO.full, f"What is the {CUT_OFF}"]),
        ([HELLO, CUT], [HELLO.full, f"What is the address {CUT_OFF}"]),
        ([HELLO, ALMOST], [HELLO.full, ASKED.full]),
        ([HELLO, ALMOST], [HELLO.full, f"What is the address for the {CUT_OFF}"]),
        ([HELLO, CUT, ASKED], [HELLO.full, ASKED.full]),  # The other voice said it again.
        ([HELLO, CUT, ASKED], [HELLO.full, f"What is the {CUT_OFF}", ASKED.full]),
        ([CUT, Line(ASKED.full, "What is the address for", False)], [f"What is the address for {CUT_OFF}"]),
        ([Line(ASKED.full, "What is the address for", False), CUT], [f"What is the address for {CUT_OFF}"]),
        ([Line(ASKED.full, "What", False), HELLO], [HELLO.full]),  # Broke off at once
        ([CUT, Line(BACK, BACK, True), ASKED], [BACK, ASKED.full]),  # With its stream
        ([], []),
    ],
)
def test_the_same_lines_are_the_same(heard: list[Line], told: list[str]) -> None:
    assert found(heard, told) == 0


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ([], [HELLO.full]),  # A greeting that never sounded
        ([HELLO], []),
        ([HELLO], [HELLO.full, ASKED.full]),
        ([HELLO, ASKED], [HELLO.full]),
        ([HELLO, ASKED], [ASKED.full, HELLO.full]),
        ([HELLO, CUT], [HELLO.full, ASKED.full]),  # Cut by more than its last word, and not marked
        ([HELLO, CUT], [HELLO.full]),
        ([HELLO, ASKED], [HELLO.full, f"What is the {CUT_OFF}"]),
        ([HELLO, CUT], [f"Thanks for {CUT_OFF}", f"What is the {CUT_OFF}"]),
        ([Line(ASKED.full, "What is the", False)], [f"What is the address for the visit? {CUT_OFF}"]),
        ([HELLO], [f"{HELLO.full} {NOT_CERTAIN}"]),  # Nothing was broken.
    ],
)
def test_a_difference_is_found(heard: list[Line], told: list[str]) -> None:
    assert found(heard, told) > 0


def test_what_twilio_said_is_in_the_record_line_by_line_or_not_at_all() -> None:
    said = {APOLOGY.full}
    assert found([HELLO, APOLOGY], [HELLO.full, "Sorry.", "We call you."], by_twilio=said) == 0
    unsure = [f"Sorry. {NOT_CERTAIN}", f"We call you. {NOT_CERTAIN}"]
    assert found([HELLO, APOLOGY], [HELLO.full, *unsure], by_twilio=said) == 0
    assert found([HELLO, APOLOGY], [f"{HELLO.full} {NOT_CERTAIN}", *unsure], by_twilio=said) == 1
    assert found([HELLO, APOLOGY], [HELLO.full], by_twilio=said) == 0
    assert found([HELLO, APOLOGY], [HELLO.full]) == 1


def test_where_marks_are_lost_a_line_may_be_uncertain() -> None:
    unsure = f"{ASKED.full} {NOT_CERTAIN}"
    assert found([HELLO, ASKED], [HELLO.full, unsure], may_be_unsure=True) == 0
    assert found([HELLO], [HELLO.full, unsure], may_be_unsure=True) == 0


@pytest.mark.parametrize(
    ("summary", "heard", "problems"),
    [
        ("A callback was promised and V2 was told.", "Someone will call you back.", 0),
        ("A callback was promised and V2 was told.", "Sorry.", 1),
        ("A callback is due, the caller did not hear it promised and V2 was told.", "Sorry.", 0),
        ("Safety emergency: the caller heard that they should leave the house and call 911.", "Sorry.", 1),
        (
            "Safety emergency: the caller heard that they should leave the house and call 911.",
            "Please leave the house",
            0,
        ),
    ],
)
def test_a_summary_claims_only_what_was_heard(summary: str, heard: str, problems: int) -> None:
    assert len(list(unheard([Line(heard, heard, True)], [{"ai_summary": summary}]))) == problems


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ([HELLO.full, f"{ASKED.full} {NOT_CERTAIN}"], 0),
        ([f"{ASKED.full} {NOT_CERTAIN}"], 0),
        ([f"What is the {CUT_OFF}"], 0),
        ([ASKED.full], 1),
        (["We call you."], 1),
    ],
)
def test_a_bot_that_died_is_certain_of_nothing_that_was_not_heard(told: list[str], number: int) -> None:
    assert len(list(phantoms([HELLO, CUT], told))) == number
