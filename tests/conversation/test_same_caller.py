"""The same caller again (E1): what is asked because of the call before, what is taken over, and what is never said."""

from datetime import timedelta
from typing import Any

import pytest

from call.session import CallSession, CameOf, EarlierCall, Intent, ManageAction, Question, Reason, State
from call.tool_calls import BookAppointment, BookingFound, LookupBooking, Outcome, ToolRequest, ToolResult
from conversation import same_caller
from tests.support.driven_call import NOW, TUESDAY_TWO, Conversation, first_result
from understanding.turn import Answer, Hazard, Understanding, VisitWish

EARLIER = EarlierCall(
    call_id="CA0",
    at=NOW - timedelta(minutes=5),
    came_of=CameOf.OPEN,
    name="Owen Barrett",
    address="1611 Kinney Avenue",
    zip_code="78704",
    problem="furnace is rattling",
)
BOOKED = EARLIER.model_copy(update={"came_of": CameOf.BOOKED})
ON_FILE = BookingFound(
    Outcome.OK, found=True, booking_uid="u1", date="Friday, November 27", time="9:00 AM", attendee_name="Owen Barrett"
)

CUT_OFF = Understanding(text="hi we got cut off")
HEATER = Understanding(text="my heater is out", intent=Intent.SERVICE, problem="heater is out")
AIR = Understanding(text="my AC is out", intent=Intent.SERVICE, problem="my AC is out")
YES, NO = Understanding(text="yes", answer=Answer.YES), Understanding(text="no", answer=Answer.NO)
SAFE = Understanding(text="no gas", hazard=Hazard.DENIED, answer=Answer.NO)
OWEN = Understanding(text="Owen Barrett", name="Owen Barrett")
PERSONAL = ("Owen", "Barrett", "1611", "Kinney", "7 8 7 0 4", "78704", "Friday", "9:00", "rattling")


def answer(request: ToolRequest) -> ToolResult:
    return ON_FILE if isinstance(request, LookupBooking) else first_result(request)


def call(*turns: Understanding, earlier: EarlierCall | None = EARLIER, **facts: Any) -> Conversation:
    about: dict[str, Any] = {"call_id": "CA1", "caller_number": "+15125550100", "started_at": NOW, "vouched_for": True}
    conversation = Conversation(answer, CallSession(**(about | {"earlier": earlier} | facts)))
    conversation.start()
    for turn in turns:
        conversation.feed(turn)
    return conversation


def asked(conversation: Conversation) -> Question | None:
    return conversation.session.question


def personal(conversation: Conversation) -> list[str]:
    return [text for text in conversation.said for word in PERSONAL if word in text]


@pytest.mark.parametrize("turn", [CUT_OFF, HEATER, Understanding(text="I called before", intent=Intent.FOLLOW_UP)])
def test_e1_the_call_before_is_offered(turn: Understanding) -> None:
    """By the system that it was about, and nothing personal."""
    conversation = call(turn)
    assert asked(conversation) is Question.GO_ON
    assert "about your heating" in conversation.said[-1]
    assert personal(conversation) == []


@pytest.mark.parametrize(
    ("turn", "facts"),
    [
        (CUT_OFF, {"vouched_for": False}),
        (CUT_OFF, {"earlier": None}),
        (AIR, {}),
        (Understanding(text="it's Priya Nair", name="Priya Nair"), {}),
        (Understanding(text="cancel it", intent=Intent.MANAGE, manage_action=ManageAction.CANCEL), {}),
        (Understanding(text="no hay", language="es"), {}),
    ],
)
def test_e1_nobody_is_asked_whom_it_does_not_concern(turn: Understanding, facts: dict[str, Any]) -> None:
    """A number that nobody vouches for, another system, another person, another matter: asked as usual."""
    conversation = call(turn, **facts)
    assert asked(conversation) is not Question.GO_ON
    assert not [text for text in conversation.said if "little while ago" in text]


def test_e1_only_what_is_missing_is_asked() -> None:
    """The safety question always; the name is the proof, then the address is known; read back before it is booked."""
    conversation = call(CUT_OFF, YES)
    assert asked(conversation) is Question.SAFETY
    conversation.feed(SAFE)
    assert asked(conversation) is Question.NAME
    assert personal(conversation) == []
    conversation.feed(OWEN)
    assert asked(conversation) is Question.WHEN
    conversation.feed(Understanding(text="Tuesday at two", visit=VisitWish(TUESDAY_TWO)))
    assert asked(conversation) is Question.READ_BACK
    assert "Owen Barrett at 1 6 1 1 Kinney Avenue" in conversation.said[-1]
    conversation.feed(YES)
    (booking,) = [request for request in conversation.requests if isinstance(request, BookAppointment)]
    assert booking.service_address == "1611 Kinney Avenue, 78704"
    assert booking.problem_description == "furnace is rattling"


def test_e1_a_wish_is_taken_over_and_read_back() -> None:
    """Approved it is by this call's yes alone."""
    conversation = call(CUT_OFF, YES, SAFE, OWEN, earlier=EARLIER.model_copy(update={"visit_at": TUESDAY_TWO}))
    assert asked(conversation) is Question.READ_BACK
    assert not conversation.session.approved


@pytest.mark.parametrize("name", ["Priya Nair", "Owen Clark", "Jim Barrett"])
def test_e1_another_person_gets_nothing_of_the_first(name: str) -> None:
    """A yes is no proof: with another name the ZIP is asked, and name and address stay unsaid."""
    conversation = call(CUT_OFF, YES, SAFE, Understanding(text=name, name=name))
    session = conversation.session
    assert asked(conversation) is Question.ZIP
    assert (session.address, session.problem, session.goes_on) == ("", "", False)
    conversation.feed(Understanding(text="78705", zip_code="78705"))
    conversation.feed(Understanding(text="out", problem="heater is out"))
    assert asked(conversation) is Question.ADDRESS
    assert personal(conversation) == []
    assert not same_caller.is_about_the_same(session)


def test_e1_who_says_another_name_at_once_is_asked_for_the_zip() -> None:
    """ "Yes, this is Priya": before anything is asked that follows from the first caller's."""
    conversation = call(
        CUT_OFF, Understanding(text="yes this is Priya Nair", answer=Answer.YES, name="Priya Nair"), SAFE
    )
    assert asked(conversation) is Question.ZIP
    assert not conversation.session.goes_on


def test_e1_a_part_of_the_name_proves_nothing() -> None:
    """It may be the same caller, who is asked for the address all the same."""
    conversation = call(CUT_OFF, YES, SAFE, Understanding(text="Owen", name="Owen"))
    assert asked(conversation) is Question.ADDRESS
    assert personal(conversation) == []
    assert same_caller.is_about_the_same(conversation.session)


def test_e1_a_no_is_a_new_matter() -> None:
    """Nothing is taken over, and the first lead stays."""
    conversation = call(CUT_OFF, NO)
    assert asked(conversation) is Question.SAFETY
    conversation.feed(SAFE)
    assert asked(conversation) is Question.ZIP
    assert not same_caller.is_about_the_same(conversation.session)


def test_e1_no_answer_is_asked_once_more_and_then_left() -> None:
    """The call goes on without."""
    mumble = Understanding(text="well")
    conversation = call(CUT_OFF, mumble)
    assert asked(conversation) is Question.GO_ON
    conversation.feed(mumble)
    assert asked(conversation) is Question.SAFETY
    assert not conversation.session.goes_on


def test_e1_a_danger_comes_before_it() -> None:
    """Whatever is asked."""
    conversation = call(CUT_OFF, Understanding(text="I smell gas", hazard=Hazard.PRESENT))
    assert conversation.session.state is State.SAFETY_EXIT
    conversation = call(CUT_OFF, Understanding(text="maybe a little gas", hazard=Hazard.POSSIBLE))
    assert asked(conversation) is Question.SAFETY


@pytest.mark.parametrize("came_of", [CameOf.BOOKED, CameOf.UNCERTAIN])
def test_e1_a_second_visit_is_asked_about(came_of: CameOf) -> None:
    """Nothing of the first is told but that it is there; only a yes makes it a service call."""
    conversation = call(HEATER, earlier=BOOKED.model_copy(update={"came_of": came_of}))
    assert asked(conversation) is Question.SECOND_VISIT
    assert personal(conversation) == []
    conversation.feed(Understanding(text="hm"))
    assert asked(conversation) is Question.SECOND_VISIT
    conversation.feed(YES)
    assert (conversation.session.state, conversation.session.intent) == (State.SAFETY, Intent.SERVICE)


def test_e1_the_first_visit_is_changed_by_whom_it_belongs_to() -> None:
    """A no leads to the visit on file, and there the full name is asked."""
    conversation = call(HEATER, NO, earlier=BOOKED)
    assert asked(conversation) is Question.MANAGE_WHAT
    conversation.feed(Understanding(text="move it", manage_action=ManageAction.RESCHEDULE, intent=Intent.MANAGE))
    assert asked(conversation) is Question.BOOKING_NAME
    assert personal(conversation) == []
    conversation.feed(OWEN)
    assert asked(conversation) is Question.NEW_TIME


@pytest.mark.parametrize("turns", [(HEATER,), (HEATER, NO)])
@pytest.mark.parametrize("answer", [None, Answer.NO])
def test_e1_a_possible_danger_beside_the_answer_is_asked_about_first(
    turns: tuple[Understanding, ...], answer: Answer | None
) -> None:
    """ "No, but the breaker is hot and buzzing": the visits come after it."""
    hot = Understanding(text="no but the breaker is hot and buzzing", answer=answer, hazard=Hazard.POSSIBLE)
    conversation = call(*turns, hot, earlier=BOOKED)
    assert (conversation.session.state, asked(conversation)) == (State.SAFETY, Question.SAFETY)


def test_e1_neither_a_second_nor_a_change() -> None:
    """A goodbye, and no lead beside the job."""
    conversation = call(HEATER, NO, NO, earlier=BOOKED)
    assert (conversation.session.reason, conversation.session.intent) == (Reason.DONE, Intent.MANAGE)


def test_e1_a_visit_for_another_system_is_another_matter() -> None:
    """The furnace is booked, the AC is out: a visit as usual."""
    assert asked(call(AIR, earlier=BOOKED)) is Question.SAFETY


FACTS = (
    SAFE,
    Understanding(text="78704", zip_code="78704"),
    OWEN,
    Understanding(text="12 Oak Street", address="12 Oak Street"),
    Understanding(text="Tuesday at two", visit=VisitWish(TUESDAY_TWO)),
)


@pytest.mark.parametrize(
    ("came_of", "words"), [(CameOf.BOOKED, "You already have a visit"), (CameOf.UNCERTAIN, "may have set up a visit")]
)
def test_e1_nobody_vouches_and_the_name_proves_it(came_of: CameOf, words: str) -> None:
    """A second visit for the same is no silent one: the read-back says so, and not before the full name was said."""
    conversation = call(HEATER, *FACTS, earlier=BOOKED.model_copy(update={"came_of": came_of}), vouched_for=False)
    assert asked(conversation) is Question.READ_BACK
    assert [words in text for text in conversation.said].index(True) == len(conversation.said) - 1


@pytest.mark.parametrize(
    ("turns", "facts"),
    [
        ((HEATER, YES, *FACTS), {}),  # It was asked about, and a second one is wanted.
        ((AIR, *FACTS), {"vouched_for": False}),
        ((HEATER, *FACTS[:2], Understanding(text="Mia Long", name="Mia Long"), *FACTS[3:]), {"vouched_for": False}),
    ],
)
def test_e1_an_ordinary_read_back(turns: tuple[Understanding, ...], facts: dict[str, Any]) -> None:
    """Another system, another person, or said already."""
    conversation = call(*turns, earlier=BOOKED, **facts)
    assert asked(conversation) is Question.READ_BACK
    assert not [text for text in conversation.said if "already have a visit" in text]


@pytest.mark.parametrize(
    ("facts", "same"),
    [
        ({}, True),  # Hung up before a name: nothing speaks against it.
        ({"name": "Owen", "name_from_caller": True}, True),
        ({"name": "Priya Nair", "name_from_caller": True}, False),
        ({"name": "Rosa Barrett", "name_from_caller": True, "address": "1611 Kinney Ave"}, True),
        ({"name": "Owen Barrett", "name_from_caller": True, "address": "12 Oak Street"}, False),
        ({"name": "Owen Barrett", "name_from_caller": True, "address": "12 Oak Street", "goes_on": True}, True),
        ({"problem": "my AC is out"}, False),
        ({"intent": Intent.BILLING}, False),
        ({"vouched_for": False, "name": "Owen Barrett", "name_from_caller": True}, True),
        ({"earlier": BOOKED}, False),
    ],
)
def test_e1_which_calls_are_one_matter(facts: dict[str, Any], same: bool) -> None:
    """For the team, who is not to see two open leads of one person; nothing of it is said."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, **({"earlier": EARLIER} | facts))
    assert same_caller.is_about_the_same(session) is same
