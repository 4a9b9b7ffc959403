"""What a call has used: each thing once, whatever becomes of it."""

import pytest

from call.session import CallSession
from call.usage import AskedAnswer, AskedSpeech, Usage
from tests.support.stored_calls import START


def test_an_answer_counts_when_it_is_asked_for() -> None:
    """Until its tokens are told, and for ever if they never are."""
    usage = Usage()
    AskedAnswer(usage)
    told = AskedAnswer(usage)
    told.told(100, 64, 7)
    assert usage == Usage(answers=2, answers_untold=1, prompt_tokens=100, cached_tokens=64, completion_tokens=7)


def test_the_last_word_on_an_answers_tokens_counts() -> None:
    """Some tell them with every piece of it."""
    usage = Usage()
    asked = AskedAnswer(usage)
    asked.told(100, 0, 1)
    asked.told(100, 0, 8)
    assert usage == Usage(answers=1, prompt_tokens=100, completion_tokens=8)


@pytest.mark.parametrize("early", [False, True])
def test_what_was_refused_costs_nothing(early: bool) -> None:
    """Whether it was needed or not."""
    usage = Usage()
    AskedAnswer(usage, early=early).refused()
    AskedSpeech(usage, "inworld", "Hello.", early=early).refused()
    assert usage == Usage()


def test_what_was_asked_early_is_in_vain_until_it_is_used() -> None:
    """And is paid for in either case."""
    usage = Usage()
    answer, speech = AskedAnswer(usage, early=True), AskedSpeech(usage, "aura", "Hello.", early=True)
    AskedSpeech(usage, "aura", "Bye.")
    in_vain = Usage(answers=1, answers_untold=1, answers_unused=1)
    in_vain.characters, in_vain.characters_unused = {"aura": 10}, {"aura": 6}
    assert usage == in_vain
    for asked in (answer, speech):
        asked.used()
        asked.used()
    assert usage == Usage(answers=1, answers_untold=1, characters={"aura": 10})


def test_it_survives_in_the_snapshot() -> None:
    """A call that comes back goes on counting; one that has used nothing takes no room for it."""
    session = CallSession(call_id="CA1", started_at=START)
    assert "usage" not in session.model_dump_json()
    AskedSpeech(session.usage, "inworld", "Hello.")
    back = CallSession.model_validate_json(session.model_dump_json())
    AskedSpeech(back.usage, "inworld", "Bye.")
    assert back.usage == Usage(characters={"inworld": 10})


def test_a_copy_of_a_call_counts_for_itself() -> None:
    """What is foreseen on it is no part of the call."""
    session = CallSession(call_id="CA1", started_at=START)
    AskedSpeech(session.copy_of_now().usage, "inworld", "Hello.")
    assert session.usage == Usage()


def test_two_parts_of_a_call_are_added() -> None:
    """Voice by voice."""
    one = Usage(answers=1, characters={"inworld": 4}, recogniser_seconds=1.5)
    other = Usage(answers=2, characters={"inworld": 6, "aura": 2}, recogniser_seconds=2.0, dial_seconds=9)
    both = Usage(answers=3, characters={"inworld": 10, "aura": 2}, recogniser_seconds=3.5, dial_seconds=9)
    assert one.plus(other) == both
