"""A text for the caller: offered once, where what it tells stands already, and agreed to by nothing but a yes to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.actions import CallTool, Say
from call.business import Business
from call.session import BookingStatus, CallSession, EndedBy, EntryKind, Question, Reason, State
from call.tool_calls import BookingFound, LookupBooking, Outcome, ToolRequest, ToolResult
from conversation import script
from conversation.resumption import restore
from state_machine import StateMachine, Turn
from tests.support.driven_call import (
    FAULT,
    NOW,
    SILENCE,
    TIME_UP,
    TURNS,
    Conversation,
    Input,
    first_result,
    results_for,
)
from tests.support.property_examples import examples
from turns.turn_reading import Hearing, read_turn
from understanding.turn import Answer, Understanding

BUSINESS = Business(texts_callers=True)
TEXTS, TEXTS_NOT = StateMachine(BUSINESS), StateMachine(Business())
NUMBER = "+15125550100"
ASKED, ASKED_IN_SPANISH = "Shall I text that to this number?", "¿Se lo mando por mensaje de texto a este número?"
AGREED = "Okay, I'll text it to you."
BOOKED = ("everything", "no", "yes")


def finds_a_visit(request: ToolRequest) -> ToolResult:
    if isinstance(request, LookupBooking):
        return BookingFound(
            Outcome.OK, found=True, booking_uid="u1", date="Friday", time="9:00 AM", attendee_name="J W"
        )
    return first_result(request)


def called(*turns: str, machine: StateMachine = TEXTS, answer: Any = first_result, **facts: Any) -> Conversation:
    """A call to which these turns were fed, each by its name in TURNS."""
    known: dict[str, Any] = {"call_id": "CA1", "caller_number": NUMBER, "started_at": NOW, "vouched_for": True}
    conversation = Conversation(answer, CallSession(**(known | facts)), machine=machine)
    conversation.start()
    for turn in turns:
        conversation.feed(TURNS[turn])
    return conversation


def say(conversation: Conversation, words: str, *, heard_it: bool = True) -> None:
    """These words, read as the call's next turn."""
    hearing = Hearing(conversation.session.question, may_approve=heard_it)
    conversation.feed(read_turn(words, hearing, conversation.session, conversation.machine.business, NOW))


# Where it is offered

WHOLE = [
    (BOOKED, first_result),
    (("person",), first_result),
    (("billing", "name", "mumble"), first_result),
    (("follow_up", "mumble"), first_result),
    (("new_system", "no", "zip_in", "name", "address"), first_result),
]


@pytest.mark.parametrize(("turns", "answer"), WHOLE)
def test_it_is_offered_behind_what_stands(turns: tuple[str, ...], answer: Any) -> None:
    """A visit that is booked, a callback that is arranged: V2 was asked by then, and nothing waits for the answer."""
    conversation = called(*turns, answer=answer)
    assert conversation.said[-1] == ASKED
    assert conversation.session.question is Question.TEXT
    assert not conversation.session.closing
    assert conversation.session.text_to == ""
    assert conversation.session.booking_status is BookingStatus.CONFIRMED or conversation.session.callback_status


@pytest.mark.parametrize(("action", "reason"), [("cancel", Reason.CANCELLED), ("reschedule", Reason.RESCHEDULED)])
def test_it_is_offered_behind_a_change(action: str, reason: Reason) -> None:
    """Of a visit that was cancelled or moved."""
    session = CallSession(call_id="CA1", caller_number=NUMBER, started_at=NOW, vouched_for=True)
    conversation = Conversation(finds_a_visit, session, machine=TEXTS)
    conversation.start()
    conversation.feed(TURNS[action])
    conversation.feed(Understanding(text="J W", name="J W"))
    if action == "reschedule":
        conversation.feed(TURNS["tuesday"])
    conversation.feed(TURNS["yes"])
    assert session.reason is reason
    assert conversation.said[-1] == ASKED


@pytest.mark.parametrize(("turns", "answer"), WHOLE)
def test_without_the_setting_nothing_is_asked(turns: tuple[str, ...], answer: Any) -> None:
    """TEXT_CALLERS is off by default: the call is as it was, word for word."""
    conversation = called(*turns, answer=answer, machine=TEXTS_NOT)
    assert ASKED not in conversation.said
    assert not conversation.session.text_offered
    assert Question.TEXT is not conversation.session.question


@pytest.mark.parametrize("turns", [("gas",), ("ridiculous", "person"), ("wrong_number",), ("status",)])
def test_it_is_not_offered_to_everybody(turns: tuple[str, ...]) -> None:
    """Not in danger, not to somebody who is upset, not where nothing was done."""
    assert ASKED not in called(*turns).said


@pytest.mark.parametrize("end", [FAULT, TIME_UP])
def test_it_is_not_offered_at_an_end_that_nobody_wished_for(end: str) -> None:
    """A fault, a limit: the promise and the goodbye, as ever."""
    conversation = called("problem")
    conversation.feed(end)
    assert conversation.session.closing
    assert ASKED not in conversation.said


@pytest.mark.parametrize("number", ["", "+18005550147", "+442071234567", "+19005550147"])
def test_it_is_offered_only_to_a_number_that_can_take_one(number: str) -> None:
    """Not to a withheld number, a toll-free one, one from abroad or a dear one."""
    conversation = called("person", caller_number=number)
    assert ASKED not in conversation.said


def test_a_number_that_was_dictated_is_told_with_the_question() -> None:
    """So that a yes is one to that number, and to no other."""
    conversation = called("person", "phone", caller_number="")
    assert conversation.said[-1] == "Shall I text that to 5 1 2, 5 5 5, 0 1 8 8?"
    say(conversation, "Yes, please.")
    assert conversation.session.text_to == "+15125550188"


def test_somebody_elses_phone_is_texted_nothing() -> None:
    """Whoever calls on a neighbour's phone is called back on it, and texted on it nothing."""
    conversation = called("problem")
    conversation.feed(Understanding(text="it is my neighbor's phone", borrowed_phone=True))
    conversation.session.callback_phone = NUMBER
    conversation.feed(TURNS["person"])
    assert conversation.session.reason is Reason.CALLER_WISH
    assert not conversation.session.text_offered


@pytest.mark.parametrize(
    ("now", "visit", "offered"),
    [
        (NOW.replace(hour=23), NOW.replace(hour=9) + timedelta(days=1), True),
        (NOW.replace(hour=6), NOW.replace(hour=7), False),
        (NOW.replace(hour=6), NOW.replace(hour=8, minute=0), False),
    ],
)
def test_a_text_that_would_come_behind_the_visit_is_not_offered(now: datetime, visit: datetime, offered: bool) -> None:
    """Before eight none goes out."""
    conversation = called("everything", "no")
    session = conversation.session
    session.visit_at, session.slots_asked = visit, True
    actions = TEXTS.step(session, Turn(TURNS["yes"], now))
    request = actions[-1].request  # type: ignore[union-attr]
    TEXTS.after_tool(session, request, first_result(request), now)
    assert session.reason is Reason.BOOKED
    assert session.text_offered is offered


# What counts as consent

YES = [
    "Yes.", "Yes, please.", "Sure, text me.", "Yeah, that'd be great, thanks.", "Yes, this number is fine.",
    "Sure, send it to this number.", "Yes, that is my cell.", "Please do, yes.", "Sí, por favor.",
    "Yes, I'd like that.", "Okay, go ahead.", "Absolutely, text it to me.",
    "Okay.", "Okay, thank you.", "That would be helpful.", "Perfect, thanks.", "Sure, no problem.",
]  # fmt: skip
NO = [
    "No.", "No, thank you.", "No, I'm good.", "Maybe.", "I don't know.", "What did you say?", "Hello?", "Uh, what?",
    "Yes, but not to this number.", "Yes, to my wife's phone.", "Can you email it?", "Yes, how long will it take?",
    "I don't have a cell phone.", "Text my husband instead.", "Is that free?", "Yeah no.", "Tuesday at two?",
    "Yes, text it to 512 555 0177.", "It's a landline.", "Bye.", "Just great.",
    "I'm good, thanks.", "That's fine.", "No worries.", "Okay, that's it.", "Okay, thank you. Bye.", "Yes, that's all.",
    "Estoy bien, gracias.",
]  # fmt: skip


@pytest.mark.parametrize("words", YES)
def test_a_yes_that_covers_its_turn_is_consent(words: str) -> None:
    """To the number on the line; said so, and the call goes on as ever."""
    conversation = called(*BOOKED)
    say(conversation, words)
    assert conversation.session.text_to == NUMBER
    assert conversation.said[-2:] == [AGREED, "Is there anything else I can help with?"]
    say(conversation, "No, that's all.")
    assert conversation.said[-1].startswith("Thank you. We'll see you Tuesday")
    assert conversation.session.closing


@pytest.mark.parametrize("words", NO)
def test_whatever_else_is_said_is_none(words: str) -> None:
    """It is asked once, and the call ends as it would without; the visit stands."""
    conversation = called(*BOOKED)
    say(conversation, words)
    for _ in range(2):
        say(conversation, "No, that's all.")
    session = conversation.session
    assert session.text_to == ""
    assert conversation.said.count(ASKED) == 1
    assert (session.reason, session.closing) == (Reason.BOOKED, True)


@pytest.mark.parametrize("words", NO)
def test_whatever_else_is_said_behind_a_promise_is_none(words: str) -> None:
    """The call says goodbye."""
    conversation = called("person")
    say(conversation, words)
    session = conversation.session
    assert session.text_to == ""
    assert conversation.said.count(ASKED) == 1
    assert (session.reason, session.closing) == (Reason.CALLER_WISH, True)


def test_a_yes_before_the_question_was_heard_is_none() -> None:
    """It answers what was said before."""
    conversation = called(*BOOKED)
    say(conversation, "Yes.", heard_it=False)
    assert conversation.session.text_to == ""


def test_a_yes_behind_a_promise_ends_the_call() -> None:
    """The promise was told; what is left is the goodbye."""
    conversation = called("person")
    assert conversation.said[-2:] == ["Someone from our team will call you back as soon as possible.", ASKED]
    say(conversation, "Yes, please.")
    assert conversation.said[-2:] == [AGREED, "Thank you. Goodbye."]
    assert (conversation.session.text_to, conversation.session.closing) == (NUMBER, True)


def test_a_yes_with_a_goodbye_ends_the_call() -> None:
    """Nobody who says goodbye is kept."""
    conversation = called(*BOOKED)
    conversation.feed(Understanding(text="yes thanks bye", answer=Answer.YES, goodbye=True))
    assert (conversation.session.text_to, conversation.session.closing) == (NUMBER, True)


def test_in_spanish() -> None:
    """Asked, agreed to and told in the language of the call."""
    conversation = called("spanish", "no_gas")
    assert conversation.said[-1] == ASKED_IN_SPANISH
    say(conversation, "Sí, por favor.")
    assert conversation.session.text_to == NUMBER
    assert conversation.said[-2:] == ["De acuerdo, se lo mando por mensaje.", "Gracias. Adiós."]


def test_at_night_it_is_said_when_it_comes() -> None:
    """Nobody waits for it in vain."""
    conversation = called("person")
    conversation._run(TEXTS.step(conversation.session, Turn(TURNS["yes"], NOW.replace(hour=21))))
    assert "Okay, I'll text it to you after eight in the morning." in conversation.said


def test_anything_else_is_still_asked_twice() -> None:
    """What is added behind the offer is taken as ever, and the visit's time is told again."""
    conversation = called(*BOOKED, "yes", "yes")
    assert conversation.said[-1] == "Sure, go ahead."
    conversation = called(*BOOKED, "no")
    assert conversation.said[-1] == "Is there anything else I can help with?"
    conversation = called(*BOOKED, "status")
    assert conversation.said[-2].startswith("You're booked for Tuesday")
    assert conversation.said[-1] == "Is there anything else I can help with?"


# What may come in between


def test_a_danger_at_the_question_comes_first() -> None:
    """Leave, 911; nothing was agreed to."""
    conversation = called(*BOOKED, "gas")
    assert (conversation.session.state, conversation.session.text_to) == (State.SAFETY_EXIT, "")


@pytest.mark.parametrize("turns", [BOOKED, ("person",)])
@pytest.mark.parametrize("end", [SILENCE, TIME_UP, FAULT])
@pytest.mark.parametrize("words", ["Okay, thank you. Bye.", "Yes. Thanks, bye."])
def test_what_is_said_to_our_goodbye_is_no_consent(turns: tuple[str, ...], end: Any, words: str) -> None:
    """Nobody answered the question; a word behind the goodbye is one to that."""
    conversation = called(*turns)
    conversation.feed(end)
    say(conversation, words)
    assert conversation.session.text_to == ""


@pytest.mark.parametrize(("turns", "request_"), [(BOOKED[:2], "yes"), ((), "person")])
def test_nobody_on_the_line_is_asked_nothing(turns: tuple[str, ...], request_: str) -> None:
    """What V2 answers once the caller is gone offers no text."""
    session = CallSession(call_id="CA1", caller_number=NUMBER, started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session, machine=TEXTS)
    conversation.start()
    for turn in turns:
        conversation.feed(TURNS[turn])
    actions = TEXTS.step(session, Turn(TURNS[request_], NOW))
    (tool,) = [action.request for action in actions if isinstance(action, CallTool)]
    assert TEXTS.after_call(session, tool, first_result(tool), NOW) == []
    assert (session.text_offered, session.question is Question.TEXT) == (False, False)


def test_the_last_words_of_a_call_ask_nothing() -> None:
    """No stream comes any more: the callback is promised, and nothing is asked of somebody who cannot answer."""
    session = CallSession(call_id="CA1", caller_number=NUMBER, started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session, machine=TEXTS)
    conversation.start()
    actions = TEXTS.step(session, Turn(TURNS["person"], NOW))
    (session.tool_under_way,) = [action.request for action in actions if isinstance(action, CallTool)]
    said = [action for action in TEXTS.given_up(session, NOW) if isinstance(action, Say)]
    assert said
    assert all("?" not in line.text for line in said)
    assert not session.text_offered


def test_silence_at_the_question_is_the_goodbye() -> None:
    """As at any end; and no consent."""
    conversation = called(*BOOKED)
    conversation.feed(SILENCE)
    assert conversation.session.closing
    assert conversation.session.text_to == ""


def test_a_phone_that_turns_out_to_be_anothers_takes_the_consent_back() -> None:
    """The text would tell a stranger."""
    conversation = called(*BOOKED, "yes")
    assert conversation.session.text_to == NUMBER
    conversation.feed(Understanding(text="oh this is my neighbor's phone by the way", borrowed_phone=True))
    assert conversation.session.text_to == ""


def test_a_call_that_comes_back_is_not_asked_again() -> None:
    """It hears once more what was done, and whether there is anything else; a promise, and the goodbye."""
    conversation = called(*BOOKED)
    conversation.session.note(EntryKind.AGENT, conversation.said[0], NOW, detail="greeting", heard=1)
    conversation.session.ended_by = EndedBy.INTERRUPTED
    restore(conversation.session, NOW)
    conversation._run(TEXTS.resumed(conversation.session, NOW))
    assert conversation.said[-2].startswith("You're booked for Tuesday")
    assert conversation.said[-1] == "Is there anything else I can help with?"
    assert conversation.said.count(ASKED) == 1


def test_what_is_said_of_texts_is_rendered_ahead_only_where_they_are() -> None:
    """A business that texts nobody renders nothing for it."""
    ours, others = (set(script.pre_renderable(business)) for business in (BUSINESS, Business()))
    assert {ASKED, ASKED_IN_SPANISH, AGREED} <= ours - others
    assert not others - ours


@settings(max_examples=examples(600), deadline=None)
@given(st.data())
def test_every_sequence_is_asked_once_and_agrees_by_a_yes_alone(data: st.DataObject) -> None:
    """Whatever is said and whatever the tools answer: consent follows from a yes to that question, in its own turn."""
    conversation = Conversation(
        lambda request: data.draw(st.sampled_from(results_for(request))),
        CallSession(call_id="CA1", caller_number=NUMBER, started_at=NOW, vouched_for=True),
        machine=TEXTS,
    )
    conversation.start()
    for name in data.draw(st.sampled_from([(), ("everything", "no"), ("everything", "no", "yes"), ("person",)])):
        conversation.feed(TURNS[name])
    inputs: list[Input] = [*TURNS.values(), SILENCE]
    for turn in data.draw(st.lists(st.sampled_from(inputs), max_size=12)):
        session = conversation.session
        asked, before, silent = session.question, session.text_to, session.silence_count
        conversation.feed(turn)
        if session.text_to and not before:
            assert isinstance(turn, Understanding)
            assert (asked, turn.answer, silent) == (Question.TEXT, Answer.YES, 0)
            assert session.text_to == session.phone
    assert conversation.said.count(ASKED) + sum("Shall I text that to 5" in text for text in conversation.said) <= 1


def test_the_second_turn_of_the_end_is_its_last_with_the_offer_too() -> None:
    """A yes to the offer, a remark, another one: the call closes."""
    conversation = called(*BOOKED, "yes", "mumble", "mumble")
    assert conversation.session.closing
