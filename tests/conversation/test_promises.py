"""A call is promised only with a number to call: in every line, at every end, in both languages."""

import pytest

from call.actions import Word
from call.business import Business
from call.session import CallSession, Question, Reason, State
from conversation import endings, script
from conversation.moment import Talk
from tests.support.driven_call import END_STATES, NOW, PROMISES, TURNS, Conversation, first_result

LANGUAGES = {"en": script._EN, "es": script._ES}
SLOTS = {name: "X" for name in "time name address zip date clock slots about".split()}
PROMISING = [
    (language, key)
    for language, lines in LANGUAGES.items()
    for key, variants in lines.items()
    if any(PROMISES.search(variant) for variant in variants) and key != "no_number" and not key.endswith(":no_number")
]
CALLBACKS = [reason for reason in Reason if f"callback:{reason}" in script._EN or "limit" in reason]


def talk(language: str, number: str) -> Talk:
    session = CallSession(call_id="CA1", caller_number=number, started_at=NOW, state=State.SAFETY)
    session.language = "es" if language == "es" else "en"
    return Talk(session, Business(), NOW)


@pytest.mark.parametrize(("language", "key"), PROMISING)
def test_a_line_that_promises_a_call_has_another_for_whom_we_cannot_call(language: str, key: str) -> None:
    """Said in its place as long as no number is known."""
    assert PROMISES.search(talk(language, "+15125550100").line(key, **SLOTS))
    assert not PROMISES.search(talk(language, "").line(key, **SLOTS))


def test_the_lines_that_promise_are_found() -> None:
    """Those that a caller hears most, in both languages."""
    assert {
        ("en", "callback_promise"),
        ("en", "callback:caller_wish"),
        ("en", "booked"),
        ("es", "callback:limit"),
    } <= set(PROMISING)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("may_ask", [True, False])
@pytest.mark.parametrize("reason", CALLBACKS)
def test_every_callback_asks_for_the_number_first(reason: Reason, may_ask: bool, language: str) -> None:
    """Or says that without one nobody can call."""
    withheld = talk(language, "")
    lines = [getattr(action, "text", "") for action in endings.callback(withheld, reason, may_ask=may_ask)]
    assert [text for text in lines if PROMISES.search(text)] == []
    asked = withheld.session.question is Question.PHONE
    assert asked is may_ask
    assert asked or lines[-2] == withheld.line("no_number")


@pytest.mark.parametrize("reason", CALLBACKS)
def test_with_a_number_the_call_is_promised_in_the_end(reason: Reason) -> None:
    """Nothing is taken from those whom we can call."""
    conversation = Conversation(first_result)
    conversation.start()
    conversation._run(endings.callback(Talk(conversation.session, Business(), NOW), reason))
    assert PROMISES.search(conversation.said[-1])


def test_the_number_is_asked_for_and_then_the_call_is_promised() -> None:
    """On a withheld line; no model words anything before it."""
    conversation = Conversation(first_result, CallSession(call_id="CA1", started_at=NOW))
    conversation.start()
    conversation.feed(TURNS["person"])
    assert conversation.said[-2:] == ["Of course.", "What's the best number to reach you at?"]
    conversation.feed(TURNS["phone"])
    assert PROMISES.search(conversation.said[-1])


def test_a_question_after_no_number_is_not_left_to_the_model() -> None:
    """It would speak of a call that nobody can make."""
    conversation = Conversation(first_result, CallSession(call_id="CA1", started_at=NOW))
    conversation.start()
    for name in ("person", "mumble", "mumble", "question"):
        conversation.feed(TURNS[name])
    assert conversation.session.state in END_STATES
    session = conversation.session.model_copy(deep=True)
    actions = endings.step(Talk(session, Business(), NOW, TURNS["question"]))
    assert not [action for action in actions if isinstance(action, Word)]
