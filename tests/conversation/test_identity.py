"""What is said of a number's owner, and to whom: nothing personal to a caller who has not proved who they are."""

from collections.abc import Mapping

import pytest

from call.session import CallSession, Intent, ManageAction, Question, Reason, State, VisitBooked
from call.tool_calls import BookingFound, CallerFound, LookupBooking, LookupCaller, Outcome, ToolRequest, ToolResult
from conversation.identity import same_person, same_street
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


VISITS = (VisitBooked(name="Jonas Weber", address="45 Pecan Street Apt 2"),)
FULL_NAME = Understanding(text="Jonas Weber", name="Jonas Weber")
BOB = Understanding(text="Bob Ray", name="Bob Ray")


def cancelling(*turns: Understanding, **facts: object) -> Conversation:
    session = CallSession.model_validate(
        {"call_id": "CA1", "caller_number": "+15125550100", "started_at": NOW, "visits_booked": VISITS, **facts}
    )
    conversation = Conversation(answer, session)
    conversation.start()
    for turn in (CANCEL, *turns):
        conversation.feed(turn)
    return conversation


def street(address: str) -> Understanding:
    return Understanding(text=address, address=address)


@pytest.mark.parametrize(
    ("said", "proves"),
    [
        ("45 Pecan Street", True),
        ("45 Pecan St", True),
        ("45 pecan", True),
        ("45 Pecan Street Apt 9", True),
        ("46 Pecan Street", False),
        ("45 Pecan Court", False),
        ("45 Oak Street", False),
        ("45 Street", False),
        ("45", False),
        ("Pecan Street", False),
        ("78702", False),
        ("", False),
    ],
)
def test_the_street_with_its_house_number_is_a_proof(said: str, proves: bool) -> None:
    """Its kind may be short or left out; a house number, a street or a ZIP alone proves nothing."""
    assert same_street(said, "45 Pecan Street Apt 2") is proves


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 N Lamar Blvd", "12 North Lamar Boulevard"),
        ("7 St Johns Ave", "7 St Johns Avenue"),
    ],
)
def test_a_street_is_the_same_long_and_short(one: str, other: str) -> None:
    """Directions and kinds; "St Johns" is a name."""
    assert same_street(one, other)
    assert same_street(other, one)


def test_the_street_is_asked_for_when_the_name_did_not_match() -> None:
    """It proves what the full name proves; until then nothing of the visit is said."""
    conversation = cancelling(BOB)
    assert "or the street address" in conversation.said[-1]
    assert personal(conversation) == []
    conversation.feed(street("45 Pecan St"))
    assert conversation.session.question is Question.CANCEL_CONFIRM


def test_a_street_in_the_first_words_is_a_proof() -> None:
    """ "Cancel the visit at 45 Pecan Street": nothing is asked."""
    told = Understanding(
        text="cancel it", intent=Intent.MANAGE, manage_action=ManageAction.CANCEL, address="45 Pecan Street"
    )
    conversation = call(told)
    assert conversation.session.question is Question.BOOKING_NAME  # We have booked nothing for that name.
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, visits_booked=VISITS)
    conversation = Conversation(answer, session)
    conversation.start()
    conversation.feed(told)
    assert conversation.session.question is Question.CANCEL_CONFIRM


@pytest.mark.parametrize("visits", [(), (VisitBooked(name="Mia Long", address="45 Pecan Street"),)])
def test_a_street_that_we_do_not_know_proves_nothing(visits: tuple[VisitBooked, ...]) -> None:
    """Nor one of another name's visit; it is not asked for either."""
    conversation = cancelling(BOB, visits_booked=visits)
    assert "street" not in conversation.said[-1]
    conversation.feed(street("45 Pecan Street"))
    assert conversation.session.question is Question.BOOKING_NAME
    assert personal(conversation) == []


def test_a_wrong_street_is_a_failed_proof() -> None:
    """Two of whatever kind are all that a call has."""
    conversation = cancelling(BOB, street("46 Pecan Street"))
    assert conversation.session.reason is Reason.MANAGE_UNVERIFIED
    assert conversation.session.failed_proofs == 2
    assert personal(conversation) == []


def test_a_name_in_the_first_words_that_does_not_match_counts() -> None:
    """ "This is Bob Ray, cancel my visit": one more try."""
    told = Understanding(text="cancel it", intent=Intent.MANAGE, manage_action=ManageAction.CANCEL, name="Bob Ray")
    conversation = call(told)
    assert conversation.session.question is Question.BOOKING_NAME
    conversation.feed(BOB)
    assert conversation.session.reason is Reason.MANAGE_UNVERIFIED


@pytest.mark.parametrize(("failed_before", "tries"), [(0, 2), (3, 2), (4, 1)])
def test_a_number_has_five_failed_proofs_a_day(failed_before: int, tries: int) -> None:
    """What is left of them in this call."""
    conversation = cancelling(*[BOB] * tries, failed_before=failed_before)
    assert conversation.session.reason is Reason.MANAGE_UNVERIFIED
    assert conversation.session.failed_proofs == tries
    proved = cancelling(*[BOB] * (tries - 1), FULL_NAME, failed_before=failed_before)
    assert proved.session.question is Question.CANCEL_CONFIRM


@pytest.mark.parametrize("failed_before", [5, 9, None])
def test_after_five_failed_proofs_none_is_asked_for(failed_before: int | None) -> None:
    """Straight to a callback, the visit is not even looked up; the same when nobody can tell how many have failed."""
    conversation = cancelling(failed_before=failed_before)
    assert conversation.session.reason is Reason.MANAGE_UNVERIFIED
    assert not [request for request in conversation.requests if isinstance(request, LookupBooking)]
    assert not [text for text in conversation.said if "name" in text]
    assert personal(conversation) == []
