"""What would end a call is done when it is sure, asked about in one question when it is not, and lost neither way."""

import pytest

from call.actions import Say
from call.business import Business
from call.session import CallSession, Intent, Question, Reason, State
from call.tool_calls import CreateCallback
from conversation import resumption
from conversation.moment import Talk
from records.end_reason import ending_of
from tests.support.driven_call import NOW, TURNS, Conversation, first_result
from understanding.turn import understand


def called(*turns: str, then: tuple[str, ...] = ()) -> Conversation:
    """A call to which `turns` of TURNS were fed, then these words, each read at the open question."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session)
    conversation.start()
    for name in turns:
        conversation.feed(TURNS[name])
    for words in then:
        conversation.feed(understand(words, question=session.question, now=NOW))
    return conversation


@pytest.mark.parametrize(
    ("words", "answer", "reason"),
    [
        ("I called the wrong place yesterday, they were rude", "No.", Reason.WRONG_NUMBER),
        ("my freezer isn't cooling", "no, just the freezer", Reason.OTHER_TRADE),
        ("my freezer isn't cooling", "it's the freezer, my freezer is not cooling", Reason.OTHER_TRADE),
    ],
)
def test_a_doubted_end_is_asked_about_once_and_then_the_end(words: str, answer: str, reason: Reason) -> None:
    """One question, and who confirms it or says it again is let go."""
    conversation = called(then=(words,))
    assert conversation.session.question is Question.END_DOUBT
    assert conversation.said[-1] == "Did you want us to look at your heating or cooling?"
    conversation.feed(understand(answer, question=Question.END_DOUBT, now=NOW))
    assert (conversation.session.state, conversation.session.reason) == (State.GOODBYE, reason)


@pytest.mark.parametrize(
    "words",
    ["I'm in marketing and I work from home so I need this AC fixed", "are you hiring, and can y'all look at the heat"],
)
def test_who_also_asks_for_service_is_not_asked_about_it(words: str) -> None:
    """The turn answers the question itself."""
    assert called(then=(words,)).session.state is State.SAFETY


@pytest.mark.parametrize("answer", ["yes please", "Yeah my heat pump quit", "no, my AC is out", "well hello to you"])
def test_anything_else_is_a_customer(answer: str) -> None:
    """Whatever the caller says but no: the safety question follows, as for everybody who needs us."""
    conversation = called(then=("I called the wrong company last time and they botched it", answer))
    assert (conversation.session.state, conversation.session.intent) == (State.SAFETY, Intent.SERVICE)


def test_danger_in_the_answer_comes_first() -> None:
    """A danger told in reply to any question is a danger."""
    conversation = called(then=("I called the wrong company last time", "yes, and I smell gas in here right now"))
    assert conversation.session.state is State.SAFETY_EXIT


def test_a_wish_for_a_person_in_doubt_is_asked_about() -> None:
    """The question is theirs: a call back, or on with the visit."""
    words = "I'd like to talk to someone about talking to someone ha ha no just come fix my heat"
    conversation = called("everything", "no_gas", then=(words,))
    assert conversation.said[-1] == "Would you rather speak with someone from our team?"
    conversation.feed(understand("no, just book it", question=Question.END_DOUBT, now=NOW))
    assert (conversation.session.state, conversation.session.question) == (State.PRE_CONFIRM, Question.READ_BACK)


def test_a_wish_for_a_person_that_is_confirmed_is_one() -> None:
    """A yes, or the wish in plain words: the callback."""
    doubtful = "my brother said get a person but I don't want a person, or do I, get me a person"
    for answer in ("yes", "Operator."):
        conversation = called(then=(doubtful, answer))
        assert conversation.session.reason is Reason.CALLER_WISH
        assert any(isinstance(request, CreateCallback) for request in conversation.requests)


def test_a_yes_to_that_question_approves_nothing() -> None:
    """Behind it the visit is read back again before anything is booked."""
    conversation = called("everything", "no_gas", then=("don't get me a person just come, or get me a person", "no"))
    assert not conversation.session.booking_attempted
    assert conversation.session.question is Question.READ_BACK


def test_a_goodbye_in_doubt_is_none() -> None:
    """The open question follows; a plain goodbye ends the call."""
    conversation = called("problem", "no_gas", then=("I gotta say bye to my kids real quick",))
    assert conversation.session.question is Question.ZIP
    conversation.feed(understand("okay thanks bye", question=Question.ZIP, now=NOW))
    assert conversation.session.reason is Reason.DONE


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("This is about your vehicle's warranty, press one to speak with a representative.", Reason.VENDOR),
        ("my refrigerator isn't cooling", Reason.OTHER_TRADE),
        ("sorry, wrong number", Reason.WRONG_NUMBER),
    ],
)
def test_a_sure_end_leaves_no_lead(words: str, reason: Reason) -> None:
    """S2, U2: no callback, no lead, and the line ends."""
    conversation = called(then=(words,))
    assert (conversation.session.closing, conversation.session.reason, conversation.requests) == (True, reason, [])
    assert not ending_of(conversation.session).posts_job


def test_no_end_is_taken_from_a_caller_whose_problem_is_known() -> None:
    """Who has told what is broken does not have the wrong number."""
    conversation = called("problem", "no_gas", then=("the tech had the wrong number last time",))
    assert conversation.session.state is State.SERVICE_AREA


def test_what_was_asked_survives_a_broken_line() -> None:
    """The question about the end is asked again as it was."""
    conversation = called(
        then=("don't give me a machine, I don't want a person either, just come, or get me a person",)
    )
    asked = resumption.ask_open(Talk(conversation.session, Business(), NOW))
    assert asked == [Say(conversation.said[-1], line="ask:end_doubt:person")]
