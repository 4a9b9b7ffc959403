"""What is said of a number's owner, and to whom: nothing personal to a caller who has not proved who they are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from call.business import Business
from call.earlier import call_before, visits_booked, visits_cancelled
from call.session import (
    Appointment,
    BookingStatus,
    CallSession,
    CameOf,
    EarlierCall,
    Intent,
    ManageAction,
    Question,
    Reason,
    State,
    VisitBooked,
)
from call.tool_calls import (
    BookAppointment,
    BookingFound,
    CallerFound,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SendEmergencyAlert,
    ToolRequest,
    ToolResult,
)
from conversation.identity import name_on_file, same_person, same_street
from server.entrance import as_caller, new_session, own_number, vouches
from tests.support.driven_call import NOW, TURNS, Conversation
from turns.turn_reading import Hearing, read_turn
from understanding.turn import Answer, Hazard, Understanding

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
PERSONAL = ("Jonas", "Weber", "Friday", "9:00", "nursery", "appointment on", "on the books")


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


def test_the_surname_on_file_is_not_read_back() -> None:
    """Whoever holds the phone hears no more than the first name that they were greeted by."""
    conversation = call(SERVICE, TURNS["no_gas"], TURNS["address"], TURNS["tuesday"])
    assert "So that's Jonas at 12 Oak Street" in conversation.said[-1]
    assert not [text for text in conversation.said if "Weber" in text]
    conversation.feed(TURNS["yes"])
    (booked,) = [request for request in conversation.requests if isinstance(request, BookAppointment)]
    assert booked.customer_name == "Jonas Weber"


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
        ("Jonas P. Weber", True),
        ("Mr. Jonas Peter Weber", True),
        ("Weber Jonas", True),
        ("John Jonas Weber Smith", False),
        ("Jonas Weber Smith", False),
        ("Ann Jonas Weber", False),
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


# A number that is not the caller's (W7, L13)

SHOP = "+15125550199"
ANSWERS = {
    Question.SAFETY: "no_gas",
    Question.ZIP: "zip_in",
    Question.NAME: "other_name",
    Question.ADDRESS: "address",
    Question.PHONE: "phone",
    Question.WHEN: "tuesday",
    Question.READ_BACK: "yes",
    Question.CHANGE_WHAT: "other_name",
}
BORROWED = Understanding(text="My phone is dead, I am on my neighbor's", borrowed_phone=True)
THIS_ONE = Understanding(text="this one is fine", this_number=True)


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"From": "+15125550100", "To": SHOP}, "+15125550100"),
        ({"From": "+15125550100", "To": SHOP, "ForwardedFrom": SHOP}, "+15125550100"),
        ({"From": SHOP, "To": SHOP}, ""),
        ({"From": SHOP, "To": "+15125550190", "ForwardedFrom": SHOP}, ""),
        ({"From": "+1911", "To": SHOP}, ""),
        ({"From": "+911", "To": SHOP}, ""),
        ({"From": "anonymous", "To": SHOP}, ""),
        ({"To": SHOP}, ""),
        ({}, ""),
    ],
)
def test_w7_a_number_that_every_caller_has_is_nobodys(fields: dict[str, str], number: str) -> None:
    """The shop's own number, by which a customer is on file, and what nobody can be called on: no number is known."""
    assert own_number(fields) == number
    session = new_session("CA1", own_number(fields), fields.get("To"), NOW, vouched_for=vouches(fields, "always"))
    assert session.vouched_for is bool(number)


@pytest.mark.parametrize("direction", ["outbound-api", "outbound-dial"])
def test_whoever_is_rung_is_the_caller(direction: str) -> None:
    """Of a call that was placed by REST, From is ours: the person is the caller, and nobody vouches for them."""
    placed = {"From": SHOP, "To": "+15125550100", "Direction": direction, "StirVerstat": "TN-Validation-Passed-A"}
    fields = as_caller({**placed, "ForwardedFrom": "+15125550100", "CallSid": "CA1"})
    assert (own_number(fields), fields["To"], fields["CallSid"]) == ("+15125550100", SHOP, "CA1")
    assert not vouches(fields, "attested")
    coming_in = {**placed, "Direction": "inbound"}
    assert as_caller(coming_in) == coming_in


def test_l13_on_a_neighbours_phone_nothing_of_its_owner_is_said_or_used() -> None:
    """V2 is not asked, and the number is asked for as that of a withheld line."""
    told = Understanding(text=BORROWED.text, borrowed_phone=True, intent=Intent.SERVICE, problem="heater quit")
    conversation = call(told, TURNS["no_gas"], TURNS["zip_in"], TURNS["other_name"], TURNS["address"])
    session = conversation.session
    assert session.question is Question.PHONE
    conversation.feed(TURNS["phone"])
    conversation.feed(TURNS["tuesday"])
    conversation.feed(TURNS["yes"])
    (booked,) = [request for request in conversation.requests if isinstance(request, BookAppointment)]
    assert (booked.customer_name, booked.customer_phone) == ("Mia Long", "+15125550188")
    assert personal(conversation) == []


@pytest.mark.parametrize("at", range(1, 5))
def test_l13_what_was_known_of_the_number_is_forgotten_whenever_it_is_said(at: int) -> None:
    """Name, ZIP and visit on file go; the number is asked for before the visit is read back."""
    turns = [SERVICE, TURNS["no_gas"], TURNS["address"], TURNS["tuesday"]]
    conversation = call(*turns[:at], BORROWED)
    session = conversation.session
    left = (session.name, session.zip_code, session.zip_on_file, session.appointment_date, session.callback_issue)
    assert left == ("", "", "", "", "")
    held = (session.vouched_for, session.known_caller, session.has_appointment, session.callback_owed, session.phone)
    assert held == (False, False, False, False, "")
    before = len(conversation.said)
    for _ in range(8):
        asked = {
            Question.SAFETY: "no_gas",
            Question.ZIP: "zip_in",
            Question.NAME: "other_name",
            Question.WHEN: "tuesday",
        }
        asked |= {Question.ADDRESS: "address", Question.PHONE: "phone", Question.READ_BACK: "yes"}
        asked |= {Question.CHANGE_WHAT: "other_name"}
        if session.question not in asked:
            break
        conversation.feed(TURNS[asked[session.question]])
    (booked,) = [request for request in conversation.requests if isinstance(request, BookAppointment)]
    assert booked.customer_phone == "+15125550188"
    assert [text for text in conversation.said[before:] for word in PERSONAL if word in text] == []


def test_l13_the_borrowed_phone_may_be_called_if_the_caller_says_so() -> None:
    """It is no more than a number to call."""
    conversation = call(BORROWED, TURNS["no_gas"], TURNS["person"], THIS_ONE)
    session = conversation.session
    assert (session.state, session.phone, session.vouched_for) == (State.CALLBACK, "+15125550100", False)
    assert session.closing


def test_l13_a_yes_beside_it_books_nothing_until_there_is_a_number() -> None:
    """At the read-back, when all else is known."""
    yes = replace(TURNS["yes"], text="yes but this is my boss's phone", borrowed_phone=True)
    conversation = call(TURNS["everything"], TURNS["no_gas"], yes)
    asked = [conversation.session.question]
    assert not [request for request in conversation.requests if isinstance(request, BookAppointment)]
    conversation.feed(TURNS["phone"])
    assert [*asked, conversation.session.question] == [Question.PHONE, Question.READ_BACK]


def test_l13_no_visit_is_touched_from_a_borrowed_phone() -> None:
    """Also when the visit was found before it was said."""
    for turns in ((replace(CANCEL, borrowed_phone=True),), (CANCEL, BORROWED)):
        conversation = call(*turns)
        assert [text for text in personal(conversation) if "calling again" not in text] == []
        assert conversation.session.appointment is None
        assert conversation.session.reason is Reason.MANAGE_UNVERIFIED


@pytest.mark.parametrize("at_the_end", [("person",), ("everything", "no_gas", "yes")])
def test_l13_said_after_the_promise_the_number_is_asked_for(at_the_end: tuple[str, ...]) -> None:
    """A callback, or a visit, that would reach the owner of the phone."""
    conversation = call(*(TURNS[name] for name in at_the_end), BORROWED)
    assert conversation.session.question is Question.PHONE
    conversation.feed(TURNS["phone"])
    assert conversation.session.phone == "+15125550188"


def test_l13_in_danger_it_does_not_matter_whose_phone_it_is() -> None:
    """That is where they are."""
    conversation = call(
        Understanding(text="gas, I am on my neighbor's phone", hazard=Hazard.PRESENT, borrowed_phone=True)
    )
    (alert,) = [request for request in conversation.requests if isinstance(request, SendEmergencyAlert)]
    assert alert.caller_phone == "+15125550100"


def test_l13_what_was_taken_over_of_the_call_before_is_given_back() -> None:
    """It was the call of whoever owns the phone."""
    earlier = EarlierCall(
        call_id="CA0", at=NOW, came_of=CameOf.OPEN, name="Jonas Weber", zip_code="78704", problem="no heat"
    )
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, earlier=earlier, goes_on=True)
    session.zip_code, session.problem, session.visits_booked = "78704", "no heat", VISITS
    conversation = Conversation(answer, session)
    conversation.start()
    conversation.feed(BORROWED)
    assert (session.earlier, session.goes_on, len(session.visits_booked), session.zip_code) == (None, False, 0, "")


def test_l13_a_call_on_a_borrowed_phone_is_not_the_owners() -> None:
    """Neither goes on from it, nor does its visit prove the owner's."""
    session = CallSession(call_id="CA0", caller_number="+15125550100", started_at=NOW, borrowed_phone=True)
    session.name, session.address, session.problem = "Mia Long", "12 Oak Street", "no heat"
    session.booking_status, session.booked_at = BookingStatus.CONFIRMED, NOW + timedelta(days=1)
    assert call_before([session], NOW, timedelta(minutes=30)) is None
    assert visits_booked([session]) == ()


# A part of a name, read as callers say it (fresh eyes)


def saying(conversation: Conversation, *words: str) -> Conversation:
    """The caller's words themselves, each read as the answer to the open question."""
    for text in words:
        session = conversation.session
        heard = read_turn(text, Hearing(session.question, may_approve=True), session, Business(), NOW)
        conversation.feed(heard)
    return conversation


@pytest.mark.parametrize(
    "words",
    [
        ("Jonas.",),
        ("Weber.",),
        ("it's Jonas with a K",),
        ("yes that's me", "the name you just said", "yes Jonas"),
        ("my name is Jonah", "Jonas"),
        ("it's the first name you said, Jonas", "Jonas please"),
    ],
)
def test_s1_a_part_of_the_name_on_file_is_not_made_whole_by_us(words: tuple[str, ...]) -> None:
    """What we said ourselves is the very word that would open the door."""
    conversation = saying(call(CANCEL), *words)
    assert [text for text in personal(conversation) if "calling again" not in text] == []
    assert conversation.session.question in (Question.BOOKING_NAME, None)


def test_s1_a_first_name_at_a_service_call_is_not_given_the_surname_on_file() -> None:
    """ "My name is Jonah" of whoever holds the phone of a Jonas Weber."""
    conversation = saying(call(SERVICE), "no gas", "my name is Jonah")
    assert conversation.session.name == "Jonah"


@pytest.mark.parametrize(
    ("on_file", "known"),
    [
        ("Weber, Jonas", "Jonas Weber"),
        ("Jonas Weber", "Jonas Weber"),
        ("Weber", ""),
        ("Weber,", ""),
        ("Mr. Weber", ""),
        ("unknown", ""),
    ],
)
def test_the_first_name_is_the_first_name(on_file: str, known: str) -> None:
    """One word may be the last name, which is nobody's to hear."""
    assert name_on_file(on_file) == known


@pytest.mark.parametrize("question", sorted({None, *Question} - {Question.BOOKING_NAME}, key=str))
def test_no_question_stands_for_the_proof(question: Question | None) -> None:
    """A call that broke off and is back may ask anything: a visit is touched and told of only behind the proof."""
    conversation = call(CANCEL)
    session = conversation.session
    session.question = question
    conversation.feed(Understanding(text="yes", answer=Answer.YES, manage_action=ManageAction.CANCEL))
    assert not [request for request in conversation.requests if isinstance(request, ManageAppointment)]
    assert [text for text in personal(conversation) if "calling again" not in text] == []


def test_a_visit_that_was_cancelled_by_phone_is_not_announced_by_us() -> None:
    """V2 goes on announcing it; our own store has the call in which it went."""
    cancelled = CallSession(call_id="CA0", caller_number="+15125550100", started_at=NOW, reason=Reason.CANCELLED)
    cancelled.appointment = Appointment(uid="u1", date=KNOWN.appointment_date, time="9:00 AM", attendee_name="Jonas")
    days = visits_cancelled([cancelled])
    for visits, announced in ((days, False), (("Friday, January 2",), True), ((), True)):
        session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
        session.visits_cancelled = visits
        conversation = Conversation(answer, session)
        conversation.start()
        conversation.feed(SERVICE)
        assert session.has_appointment is announced
