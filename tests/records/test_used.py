"""What a call has used, as it is shown: every number, and minutes as Twilio bills them."""

from datetime import timedelta

import pytest

from call.session import CallSession, EntryKind
from call.usage import Usage
from records.used import Used, used
from tests.support.stored_calls import START


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (1, 1), (60, 1), (61, 2), (3600, 60)])
def test_a_minute_that_has_begun_is_a_whole_one(seconds: int, minutes: int) -> None:
    """Of the caller's leg; of a dial that was never picked up there is none."""
    session = CallSession(call_id="CA1", started_at=START, ended_at=START + timedelta(seconds=seconds))
    assert (used(session).line_minutes, used(session).dial_minutes) == (minutes, 0)
    session.usage.dial_seconds = seconds
    assert used(session).dial_minutes == (minutes if seconds else 0)


def test_a_call_that_goes_on_has_lasted_to_its_last_entry() -> None:
    """Nobody knows more."""
    session = CallSession(call_id="CA1", started_at=START)
    session.note(EntryKind.CALLER, "hello", START + timedelta(seconds=61))
    assert used(session).line_minutes == 2


def test_in_words_is_who_is_paid_for_what() -> None:
    """And what was in vain, and what nobody knows."""
    usage = Usage(
        answers=4,
        answers_untold=2,
        answers_unused=1,
        prompt_tokens=1500,
        cached_tokens=1024,
        completion_tokens=60,
        characters={"inworld": 300, "aura": 40},
        characters_unused={"inworld": 25},
        recogniser_seconds=61.46,
        dial_seconds=61,
    )
    told = Used(usage, 3, 2)
    assert told.words() == (
        (
            "OpenAI",
            "1500 tokens asked (1024 cached) and 60 answered in 2 answers; 2 answers of which it told no tokens;"
            " 1 answer asked for early in vain",
        ),
        ("Inworld", "300 characters, 25 of them asked for early in vain"),
        ("Aura", "40 characters"),
        ("Deepgram", "61.5 s of audio heard"),
        ("Twilio", "3 min, and 2 min of a dial"),
    )
    assert Used(Usage(), 1).words() == (("Twilio", "1 min"),)


def test_for_programs_everything_has_its_name() -> None:
    """Also what is 0."""
    assert set(Used().plain()) == {*Usage.model_fields, "line_minutes", "dial_minutes"}
