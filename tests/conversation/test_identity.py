"""What is said of a number's owner, and to whom: nothing personal to a caller who has not proved who they are."""

from collections.abc import Mapping

import pytest

from call.session import CallSession, Intent, ManageAction, Reason, State
from call.tool_calls import BookingFound, CallerFound, LookupBooking, LookupCaller, Outcome, ToolRequest, ToolResult
from conversation.side_lines import same_person
from server.entrance import vouches
from tests.support.driven_call import NOW, Conversation
from understanding.turn import Understanding

KNOWN = CallerFound(
    Outcome.OK,
    found=True,
    verified=True,
    name="Jonas Weber",
    zip_code="78701",
    has_appointment=True,
    appointment_date="Friday, November 27",
    appointment_job="CA7",
    callback_owed=True,
    callback_issue="the leak in the nursery",
)
ON_FILE = BookingFound(
    Outcome.OK, found=True, booking_uid="u1", date="Friday, November 27", time="9:00 AM", attendee_name="Jonas Weber"
)
PERSONAL = ("Jonas", "Weber", "Friday", "9", "nursery", "appointment on")


def answer(request: ToolRequest) -> ToolResult:
    match request:
        case LookupCaller():
            return KNOWN
        case LookupBooking():
            return ON_FILE
    return ToolResult(Outcome.OK)


def call(*turns: Understanding, number: str = "+15125550100", vouched_for: bool = True) -> Conversation:
    session = CallSession(call_id="CA1", caller_number=number, started_at=NOW, vouched_for=vouched_for)
    conversation = Conversation(answer, session)
    conversation.start()
    for turn in turns:
        conversation.feed(turn)
    return conversation


SERVICE = Understanding(text="my furnace is out", intent=Intent.SERVICE, problem="furnace is out")
CANCEL = Understanding(text="cancel my visit", intent=Intent.MANAGE, manage_action=ManageAction.CANCEL)


def personal(conversation: Conversation) -> list[str]:
    return [text for text in conversation.said for word in PERSONAL if word in text]


@pytest.mark.parametrize(
    ("fields", "attested"),
    [
        ({"StirVerstat": "TN-Validation-Passed-A"}, True),
        ({"StirVerstat": "TN-Validation-Passed-A", "ForwardedFrom": "+15125550199"}, False),
        ({"StirVerstat": "TN-Validation-Passed-B"}, False),
        ({"StirVerstat": "TN-Validation-Failed-A"}, False),
        ({"StirVerstat": "No-TN-Validation"}, False),
        ({}, False),
    ],
)
def test_the_network_vouches_with_its_full_attestation(fields: Mapping[str, str], attested: bool) -> None:
    """A number can be set to anything by whoever calls; a forwarded one is not the caller's."""
    assert vouches(fields, "attested") is attested
    assert vouches(fields, "always")
    assert not vouches(fields, "never")


def test_a_number_that_nobody_vouches_for_hears_nothing_of_its_owner() -> None:
    """No name, no visit, no issue; the caller is asked as anybody is."""
    assert personal(call(SERVICE, vouched_for=False)) == []
    assert personal(call(SERVICE)) != []


def test_a_dictated_number_finds_no_visit() -> None:
    """On a withheld line, a number is for calling back."""
    dictated = Understanding(
        text="cancel it", intent=Intent.MANAGE, manage_action=ManageAction.CANCEL, phone="+15125550100"
    )
    conversation = call(dictated, number="", vouched_for=False)
    assert not [request for request in conversation.requests if isinstance(request, LookupBooking)]
    assert conversation.session.reason is Reason.MANAGE_UNVERIFIED
    assert personal(conversation) == []


@pytest.mark.parametrize(
    ("said", "proves"),
    [
        ("Jonas Weber", True),
        ("it's Jonas P. Weber", True),
        ("Weber, Jonas", True),
        ("Jonas", False),
        ("Weber", False),
        ("Jonas Webster", False),
        ("", False),
    ],
)
def test_the_full_name_is_the_proof(said: str, proves: bool) -> None:
    """A part of a name proves nothing."""
    assert same_person(said, "Jonas Weber") is proves
    assert not same_person(said, "Jonas")


def test_two_failed_proofs_are_a_callback() -> None:
    """And nothing of the visit was told."""
    conversation = call(
        CANCEL, Understanding(text="Jonas", name="Jonas"), Understanding(text="Bob", name="Bob"), vouched_for=False
    )
    assert (conversation.session.state, conversation.session.reason) == (State.CALLBACK, Reason.MANAGE_UNVERIFIED)
    assert personal(conversation) == []
