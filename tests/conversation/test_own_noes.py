"""A no to danger in people's own words goes on; and at a limit what was said is what somebody calls back about."""

from datetime import timedelta

import pytest

from call.session import CallSession, EntryKind, Question, State
from call.tool_calls import CreateCallback
from tests.support.driven_call import NOW, Conversation, first_result
from understanding.turn import Hazard, understand

OPENING = "my house is ninety degrees and I've got a newborn"


def called(*words: str) -> Conversation:
    """A call in which these words were said, each read at the open question and noted, as the processor does."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session)
    conversation.start()
    for i, turn in enumerate(words):
        session.note(EntryKind.CALLER, turn, NOW + timedelta(seconds=i))
        conversation.feed(understand(turn, question=session.question, now=NOW))
    return conversation


@pytest.mark.parametrize(
    "answer",
    [
        "Not that she told me",
        "I'm not in the building, she didn't say anything about a smell, no",
        "Are you kidding me? No.",
        "What the hell does gas have to do with it? No!",
        "Not that I've heard of.",
        "The tenant hasn't said anything like that.",
        "nobody's told me about one",
        "she never said anything about gas",
        "Not according to my husband.",
        "Did I say gas? No! My AC is broken.",
        "How should I know? No.",
        "Come on, really? Nope.",
        "Is this a joke? No, sir.",
        "They haven't mentioned any smoke or anything",
    ],
)
def test_a_no_in_ones_own_words_goes_on(answer: str) -> None:
    """Behind a question back, and of those who have told the caller nothing."""
    conversation = called("my AC is out", answer)
    assert (conversation.session.safety_cleared, conversation.session.question) == (True, Question.ZIP)


@pytest.mark.parametrize(
    "answer",
    [
        "Smoke? From an air conditioner? No.",
        "You mean the gas smell I told you about? No.",
        "Is it gas? No, wait, I do smell it",
        "What does it matter? No it smells awful",
        "She never said anything about the gas smell until today",
        "She didn't say anything about a smell, but I smell smoke",
        "Nobody told me about the gas leak",
        "I can't tell. No",
        "I can't tell you anything about a smell",
        "It has, what's it called? No. Heat.",
        "It's not that bad",
    ],
)
def test_what_may_be_a_danger_is_no_such_no(answer: str) -> None:
    """It is asked about again, or a danger."""
    conversation = called("my AC is out", answer)
    assert not conversation.session.safety_cleared
    assert understand(answer, question=Question.SAFETY, now=NOW).hazard is not Hazard.DENIED


def test_at_the_limit_the_first_words_are_the_problem() -> None:
    """Somebody calls back who knows what was said, where, and when it was wished for."""
    conversation = called(OPENING, *["well you know how it is"] * 6)
    assert conversation.session.state is State.CALLBACK
    made = next(request for request in conversation.requests if isinstance(request, CreateCallback))
    assert made.issue_description == OPENING
    assert f"problem: {OPENING}" in made.reason


def test_a_callback_tells_all_that_was_taken_down() -> None:
    """The ZIP, the time wished for and the notes are in its reason."""
    told = ("there's an odd smell from the vents, and my AC is out", "no", "78704", "Ana Cruz", "2204 South Lamar")
    conversation = called(*told, "tomorrow at ten", "just have somebody call me back")
    made = next(request for request in conversation.requests if isinstance(request, CreateCallback))
    for part in ("ZIP 78704", "wished for Tuesday, November 24 at 10 AM", "possible danger", "AC is out"):
        assert part in made.reason
