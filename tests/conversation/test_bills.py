"""Callers about a bill who name the visit that it is for, and those whose bill is beside what they call for."""

import pytest

from call.session import Intent, ManageAction, Question, Reason, State
from call.tool_calls import CreateCallback, LookupBooking
from tests.conversation.test_no_clock import hear
from tests.conversation.test_visit_on_file import call, changes
from tests.support.driven_call import NOW, Conversation, first_result
from understanding.turn import understand

OF_A_VISIT = [
    "Hi, I got charged twice for my visit on the fourteenth.",
    "Hi, y'all charged me twice for my last visit.",
    "I got double charged for my service call.",
    "I have a question about the bill for my appointment.",
    "I have a question about charges on my visit.",
    "I'm calling about my service call charge.",
    "I never got a receipt for my visit last week.",
    "I'd like a refund for my appointment, the guy never showed up.",
    "I had a service call last week and I got overcharged.",
]
OF_THE_VISIT = [
    ("I need to move my appointment, and I have a question about my bill.", ManageAction.RESCHEDULE),
    ("Can you reschedule my visit? I have to pay a bill first.", ManageAction.RESCHEDULE),
    ("I want to cancel my appointment and get a refund.", ManageAction.CANCEL),
    ("What time is my appointment? I need to arrange payment.", ManageAction.STATUS),
    ("I'd like to check on my appointment and the bill.", ManageAction.STATUS),
    ("I have an appointment tomorrow, tell him the payment is under the mat.", None),
    ("I have an appointment tomorrow.", None),
]
OF_A_REPAIR = [
    "My AC is broken again and I still have the receipt from my visit.",
    "My heater quit again after my visit, I want a refund.",
    "The unit you serviced is leaking, I was charged twice for my visit",
    "I've got the receipt here, the furnace won't start.",
    "My electric bill is too high and the AC runs all day",
]


def callbacks(conversation: Conversation) -> list[str]:
    """What V2 was told that a callback is about."""
    return [request.issue_description for request in conversation.requests if isinstance(request, CreateCallback)]


@pytest.mark.parametrize("words", OF_A_VISIT)
def test_a_bill_for_a_visit_is_about_the_bill(words: str) -> None:
    """Nobody looks for the visit, and nobody asks for gas."""
    conversation = call()
    hear(conversation, words)
    assert (conversation.session.intent, conversation.session.question) == (Intent.BILLING, Question.DETAILS)
    assert not any(isinstance(request, LookupBooking) for request in conversation.requests)


@pytest.mark.parametrize(("words", "action"), OF_THE_VISIT)
def test_a_bill_beside_a_wish_for_the_visit_leaves_it_that(words: str, action: ManageAction | None) -> None:
    """A move is a move."""
    heard = understand(words, question=Question.HOW_CAN_I_HELP, now=NOW)
    assert (heard.intent, heard.manage_action) == (Intent.MANAGE, action)


@pytest.mark.parametrize("words", OF_A_REPAIR)
def test_a_bill_beside_what_is_broken_is_a_repair(words: str) -> None:
    """A receipt in the hand is no question about it."""
    assert understand(words, question=Question.HOW_CAN_I_HELP, now=NOW).intent is Intent.SERVICE


@pytest.mark.parametrize(
    "words",
    [
        "No, I don't need a visit. I was charged twice.",
        "No gas smell, I'm calling about a charge on my card.",
        "No, I don't need service, it's a billing question.",
    ],
)
@pytest.mark.parametrize("before", [(), ("no",), ("no", "78701")])
def test_who_was_taken_for_a_repair_gets_the_callback_about_the_bill(before: tuple[str, ...], words: str) -> None:
    """At the safety question, the ZIP and the problem."""

    conversation = Conversation(first_result)
    conversation.start()
    for said in ("I had an appointment with y'all", *before):
        hear(conversation, said)
    assert conversation.session.state in (State.SAFETY, State.SERVICE_AREA, State.DISCOVERY)
    hear(conversation, words)
    assert (conversation.session.reason, callbacks(conversation)) == (Reason.BILLING, [words])
    assert conversation.session.notes == []


def test_at_the_question_what_to_do_with_the_visit_too() -> None:
    """There it is none of what is offered."""
    conversation = call()
    for said in ("I have an appointment", "Jonas Weber"):
        hear(conversation, said)
    assert conversation.session.question is Question.MANAGE_WHAT
    hear(conversation, "It's about the charge, I was charged twice.")
    assert (conversation.session.reason, changes(conversation)) == (Reason.BILLING, [])


@pytest.mark.parametrize("words", ["No, but I was charged twice last time.", "No. It's about my bill as well."])
def test_a_bill_beside_a_wish_for_somebody_to_come_costs_no_visit(words: str) -> None:
    """It is asked on the way."""
    conversation = Conversation(first_result)
    conversation.start()
    for said in ("I need somebody to come out", words):
        hear(conversation, said)
    assert conversation.session.question is Question.ZIP


def test_a_bill_beside_a_cancel_leaves_it_to_be_confirmed() -> None:
    """The visit is what the call is about."""
    conversation = call()
    for said in ("I need to cancel my appointment", "Jonas Weber, and I was charged twice"):
        hear(conversation, said)
    assert conversation.session.question is Question.CANCEL_CONFIRM


def test_a_turn_that_tells_nothing_leaves_the_first_words() -> None:
    """ "Thanks" is no matter of a bill."""
    conversation = call()
    for said in ("Hi, y'all charged my card twice.", "Olivia Hart.", "Thanks."):
        hear(conversation, said)
    assert callbacks(conversation) == ["Hi, y'all charged my card twice."]


def test_what_is_told_of_the_bill_is_what_it_is_about() -> None:
    """The first words are for want of better."""
    conversation = call()
    for said in ("I have a question about my bill.", "Olivia Hart.", "The invoice of May is wrong."):
        hear(conversation, said)
    assert callbacks(conversation) == ["The invoice of May is wrong."]
