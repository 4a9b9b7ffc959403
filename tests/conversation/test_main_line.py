"""The main line of a call: real times, corrections anywhere, who is on site, and how a caller is reacted to."""

from datetime import datetime, timedelta

import pytest

from call.actions import Action, Say, Word
from call.session import CallSession, Question, Reason, State, Urgency
from call.tool_calls import (
    BookAppointment,
    Booked,
    CallerFound,
    CheckCalendarAvailability,
    CreateCallback,
    LookupCaller,
    Outcome,
    SlotsFound,
    ToolRequest,
    ToolResult,
)
from state_machine import Turn
from tests.support.driven_call import FRIDAY_NINE, MACHINE, NOW, TUESDAY_TWO, TURNS, Conversation, first_result
from understanding.turn import Answer, Ask, Hazard, Understanding, VisitWish, understand

DISCOVERED = ("problem", "no", "zip_in", "name", "address")
TUESDAY_FOUR = TUESDAY_TWO + timedelta(hours=2)


def call(
    *turns: str | Understanding, slots: tuple[datetime, ...] | None = None, caller: CallerFound | None = None
) -> Conversation:
    """A call with these turns; `slots` are V2's free visits (None: it has no calendar)."""

    def answer(request: ToolRequest) -> ToolResult:
        match request:
            case CheckCalendarAvailability():
                return SlotsFound(Outcome.REFUSED, "404") if slots is None else SlotsFound(Outcome.OK, slots=slots)
            case LookupCaller() if caller:
                return caller
        return first_result(request)

    conversation = Conversation(
        answer, CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    )
    conversation.start()
    for turn in turns:
        conversation.feed(TURNS[turn] if isinstance(turn, str) else turn)
    return conversation


def said(text: str, question: Question | None, session: CallSession) -> Understanding:
    """What the rules make of these words."""
    return understand(text, question=question, now=NOW, visit_at=session.visit_at, known_name=session.name)


def booked(conversation: Conversation) -> list[datetime]:
    """What V2 was asked to book."""
    return [request.starts_at for request in conversation.requests if isinstance(request, BookAppointment)]


# Real times


def test_a_free_wish_is_read_back_and_booked() -> None:
    """V2 is asked once, between the wish and the read-back."""
    conversation = call(*DISCOVERED, "tuesday", slots=(TUESDAY_TWO,))
    asked = [request for request in conversation.requests if isinstance(request, CheckCalendarAvailability)]
    assert asked == [CheckCalendarAvailability("Urgent")]
    assert "Tuesday, November 24 at 2 PM" in conversation.said[-1]
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == [TUESDAY_TWO]


def test_a_taken_wish_gets_the_nearest_real_visit_and_is_told_so() -> None:
    """The one agreed on is the one booked; that it is another one is said before (R55)."""
    wish = Understanding(text="Tuesday at two", visit=VisitWish(TUESDAY_TWO, latest=TUESDAY_TWO))
    conversation = call(*DISCOVERED, wish, slots=(TUESDAY_FOUR, FRIDAY_NINE))
    assert "no opening then" in conversation.said[-1]
    assert "Tuesday, November 24 at 4 PM" in conversation.said[-1]
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == [TUESDAY_FOUR]
    assert conversation.session.outcome == "confirm:booked"


def test_a_wish_outside_opening_hours_is_told_to_be_moved() -> None:
    """ "At eight in the evening" becomes five, and the caller hears that it is another time."""
    wish = Understanding(text="Tuesday at eight", visit=VisitWish(TUESDAY_FOUR, latest=TUESDAY_FOUR, moved=True))
    conversation = call(*DISCOVERED, wish, slots=())
    assert "no opening then" in conversation.said[-1]
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == [TUESDAY_FOUR]


def test_a_declined_offer_names_the_other_openings_and_one_is_picked() -> None:
    """No dead end: what else is free, or another day; "the first one" is enough of an answer."""
    wish = Understanding(text="Tuesday at two", visit=VisitWish(TUESDAY_TWO, latest=TUESDAY_TWO))
    thursday = TUESDAY_FOUR + timedelta(days=2)
    conversation = call(*DISCOVERED, wish, "no", slots=(TUESDAY_FOUR, thursday, FRIDAY_NINE))
    assert (conversation.session.state, conversation.session.question) == (State.URGENCY, Question.WHEN)
    assert "Thursday, November 26 at 4 PM or Friday, November 27 at 9 AM" in conversation.said[-1]
    conversation.feed(Understanding(text="the second one please", place_of_two=1))
    assert conversation.session.visit_at == FRIDAY_NINE
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == [FRIDAY_NINE]


def test_a_new_wish_asks_v2_again() -> None:
    """Another day may be in another window."""
    conversation = call(*DISCOVERED, "tuesday", "friday", "yes", slots=())
    asked = [request.urgency for request in conversation.requests if isinstance(request, CheckCalendarAvailability)]
    assert asked == ["Urgent", "Routine"]
    assert booked(conversation) == [FRIDAY_NINE]


def test_a_backend_without_a_calendar_is_asked_once() -> None:
    """The wish is then read back as it is; whether it exists shows in the booking."""
    conversation = call(*DISCOVERED, "tuesday", "friday", "yes", slots=None)
    asked = [request for request in conversation.requests if isinstance(request, CheckCalendarAvailability)]
    assert len(asked) == 1
    assert booked(conversation) == [FRIDAY_NINE]


def test_a_v2_that_did_not_know_the_caller_is_not_waited_for_again() -> None:
    """A lookup that failed costs its three seconds once."""
    conversation = call(*DISCOVERED, "tuesday", caller=CallerFound(Outcome.UNAVAILABLE, "timeout"))
    assert not [request for request in conversation.requests if isinstance(request, CheckCalendarAvailability)]


def test_visits_outside_opening_hours_are_not_offered() -> None:
    """V2's calendar may know more than the business wants."""
    wish = Understanding(text="Tuesday at two", visit=VisitWish(TUESDAY_TWO, latest=TUESDAY_TWO))
    conversation = call(*DISCOVERED, wish, slots=(TUESDAY_TWO + timedelta(hours=6), FRIDAY_NINE))
    assert conversation.session.slots == [FRIDAY_NINE]


def test_an_emergency_of_the_second_tier_is_not_asked_how_soon() -> None:
    """No heat in the cold is as soon as possible; the read-back still asks."""
    conversation = call(
        Understanding(text="no heat and it is 20 degrees", problem="no heat", urgency=Urgency.EMERGENCY),
        *DISCOVERED[1:],
    )
    assert conversation.session.question is Question.READ_BACK
    assert conversation.session.visit_asap


def test_a_second_visit_on_the_same_day_is_named_before_it_is_booked() -> None:
    """R59, R60: the visit on file is mentioned, and booked beside only if the caller wants both."""
    known = CallerFound(
        Outcome.OK,
        found=True,
        verified=True,
        name="Jonas Weber",
        zip_code="78701",
        has_appointment=True,
        appointment_date="Tuesday, November 24",
    )
    conversation = call("problem", "no", "address", "tuesday", caller=known)
    assert any("already a visit on the books" in text for text in conversation.said)
    assert "already a visit that day" in conversation.said[-1]
    assert not booked(conversation)
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == [TUESDAY_TWO]


# Corrections


@pytest.mark.parametrize("moment", [DISCOVERED, ("problem", "no", "address"), ("address", "problem")])
def test_a_correction_counts_wherever_it_comes(moment: tuple[str, ...]) -> None:
    """ "Actually it's 45 Elm Street": changed and said so, and the open question is asked again."""
    conversation = call(*moment)
    question = conversation.session.question
    conversation.feed(TURNS["correction"])
    assert conversation.session.address == "45 Elm Street"
    assert any("changed that" in text or "corrected that" in text for text in conversation.said)
    assert conversation.session.question is question


def test_an_address_that_is_only_repeated_replaces_nothing() -> None:
    """What is known changes only when it is asked for or corrected (R9)."""
    conversation = call(*DISCOVERED, Understanding(text="near 9 Pine Road", address="9 Pine Road"))
    assert conversation.session.address == "12 Oak Street"


@pytest.mark.parametrize("name", ["12 Oak", "Jon"])
def test_the_read_back_is_read_again_after_a_change(name: str) -> None:
    """Every change is heard before it is booked."""
    change = Understanding(text=f"no it is {name}", name="Jon Weber", answer=Answer.NO, corrects=True)
    conversation = call(*DISCOVERED, "tuesday", change)
    assert conversation.session.question is Question.READ_BACK
    assert "Jon Weber" in conversation.said[-1]
    assert not booked(conversation)


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("yeah but the address is wrong", Question.ADDRESS),
        ("no the name is wrong", Question.NAME),
        ("yes but a different time", Question.WHEN),
        ("no wrong zip code", Question.ZIP),
        ("no that's not right", Question.CHANGE_WHAT),
    ],
)
def test_the_part_that_is_wrong_is_asked_for(words: str, question: Question) -> None:
    """X7: no approval, and not "what would you like to change" when the caller has just said it."""
    conversation = call(*DISCOVERED, "tuesday")
    conversation.feed(said(words, Question.READ_BACK, conversation.session))
    assert conversation.session.question is question
    assert not booked(conversation)


@pytest.mark.parametrize("words", ["Nothing, that's all fine.", "Nothing.", "Yes, book it.", "No changes."])
def test_who_has_nothing_to_change_is_asked_whether_to_book(words: str) -> None:
    """It books nothing by itself, and promises no call: the question of the read-back comes again."""
    conversation = call(*DISCOVERED, "tuesday")
    for text, question in (("no that's not right", Question.READ_BACK), (words, Question.CHANGE_WHAT)):
        conversation.feed(said(text, question, conversation.session))
    assert conversation.session.question is Question.READ_BACK
    assert not booked(conversation)
    conversation.feed(said("yes", Question.READ_BACK, conversation.session))
    assert booked(conversation)


def test_what_is_taken_back_before_the_read_back_is_asked_for() -> None:
    """ "Wait, the address is wrong", in answer to another question: asked at once, and then that question again."""
    conversation = call("address", "problem", "no", "zip_in")
    asked = [conversation.session.question]
    conversation.feed(said("wait the address is wrong", Question.NAME, conversation.session))
    asked.append(conversation.session.question)
    conversation.feed(Understanding(text="45 Elm Street", address="45 Elm Street"))
    asked.append(conversation.session.question)
    assert asked == [Question.NAME, Question.ADDRESS, Question.NAME]
    assert conversation.session.address == "45 Elm Street"


def test_the_same_address_once_more_brings_the_read_back_back() -> None:
    """Asked anew and answered with what was known: nobody is asked a third time."""
    wrong = Understanding(text="yeah but the address is wrong", answer=Answer.YES_BUT)
    conversation = call(*DISCOVERED, "tuesday", wrong, "address")
    assert conversation.session.question is Question.READ_BACK


def test_a_number_beside_the_yes_does_not_hold_up_the_booking() -> None:
    """ "Yes, and call me at ..." approves what was read back, which names no number."""
    yes = Understanding(text="yes and my cell is 512 555 0188", answer=Answer.YES, phone="+15125550188")
    conversation = call(*DISCOVERED, "tuesday", yes)
    assert booked(conversation) == [TUESDAY_TWO]
    assert conversation.session.phone == "+15125550188"


@pytest.mark.parametrize("moment", [DISCOVERED, (*DISCOVERED, "tuesday")])
def test_a_zip_corrected_to_one_outside_the_area_is_not_booked(moment: tuple[str, ...]) -> None:
    """Confirmed as ever, then declined; a ZIP inside goes on where the call was."""
    conversation = call(*moment, "zip_correction")
    assert conversation.session.question is Question.ZIP_CONFIRM
    conversation.feed(TURNS["yes"])
    assert conversation.session.reason is Reason.OUT_OF_AREA
    conversation = call(*moment, "zip_correction", "zip_in")
    assert conversation.session.question in (Question.WHEN, Question.READ_BACK)


def test_what_is_changed_after_the_booking_goes_to_the_team() -> None:
    """No state can change a booked visit: the record says it, and nothing else is claimed."""
    conversation = call(*DISCOVERED, "tuesday", "yes", "correction")
    assert conversation.session.address == "45 Elm Street"
    assert conversation.session.notes == ['At the end the caller said: "actually it is 45 Elm Street".']
    assert any("our team will see to it" in text for text in conversation.said)
    assert conversation.session.booked_at == TUESDAY_TWO


# Danger that comes up late


@pytest.mark.parametrize("moment", [("problem", "no"), DISCOVERED[:4], DISCOVERED, (*DISCOVERED, "tuesday")])
def test_a_possible_danger_is_asked_about_wherever_it_comes_up(moment: tuple[str, ...]) -> None:
    """ "Maybe I smell a little gas" at the address: one question, and a no goes on with what was open."""
    conversation = call(*moment)
    open_question = conversation.session.question
    conversation.feed(TURNS["maybe_gas"])
    asked = conversation.session.question
    conversation.feed(TURNS["no_gas"])
    assert (asked, conversation.session.question) == (Question.SAFETY, open_question)
    conversation.feed(TURNS["maybe_gas"])
    conversation.feed(TURNS["gas"])
    assert conversation.session.state is State.SAFETY_EXIT


@pytest.mark.parametrize("first", ["billing", "pricing", "follow_up"])
def test_a_possible_danger_beside_the_main_line_comes_before_the_matter(first: str) -> None:
    """Safety before everything, for callers who want no visit too."""
    assert call(first, "maybe_gas").session.question is Question.SAFETY


# Who is on site, and the manner


def test_a_property_manager_is_asked_once_who_is_on_site() -> None:
    """conversation.md 4: that person's name and number go into the problem; the caller's own stay theirs."""
    tenant = Understanding(text="Maria Lopez, 512 555 0188", name="Maria Lopez", phone="+15125550188")
    conversation = call("manager", *DISCOVERED)
    assert conversation.session.question is Question.SITE_CONTACT
    conversation.feed(tenant)
    session = conversation.session
    assert (session.name, session.phone) == ("Jonas Weber", "+15125550100")
    assert session.problem == "furnace is out. On site: Maria Lopez, +15125550188"
    assert session.question is Question.WHEN


def test_a_property_manager_who_does_not_know_is_not_asked_again() -> None:
    """Asked once."""
    conversation = call("manager", *DISCOVERED, Understanding(text="not sure", answer=Answer.UNCLEAR))
    assert conversation.session.on_site == "to be arranged"
    assert conversation.session.question is Question.WHEN


def test_a_joke_of_a_name_is_asked_for_once_more() -> None:
    """conversation.md 4, R43: then it is taken as said."""
    joke = Understanding(text="Gator Breath", name="Gator Breath")
    conversation = call("problem", "no", "zip_in", joke)
    assert (conversation.session.name, conversation.session.question) == ("", Question.NAME)
    conversation.feed(joke)
    assert (conversation.session.name, conversation.session.question) == ("Gator Breath", Question.ADDRESS)


def test_a_no_to_the_greeting_clears_no_danger() -> None:
    """R40, X3: "No, this is Gregory" is said to the name; the safety question is asked again."""
    known = CallerFound(Outcome.OK, found=True, verified=True, name="Maria Alvarez", zip_code="78701")
    no = Understanding(text="no this is Gregory", answer=Answer.NO, name="Gregory")
    conversation = call("problem", no, caller=known)
    session = conversation.session
    assert (session.name, session.question, session.safety_cleared) == ("Gregory", Question.SAFETY, False)


def test_a_wish_for_a_new_system_is_not_asked_what_is_wrong() -> None:
    """There is nothing to repair: the wish is what the advisor is told."""
    conversation = call("new_system", "no", "zip_in")
    assert conversation.session.question is Question.NAME
    assert conversation.session.problem == "I want a new system"


def test_an_upset_caller_gets_one_apology() -> None:
    """Plain, once, and then the matter."""
    conversation = call("problem", "ridiculous", "ridiculous")
    assert sum("sorry about the trouble" in text for text in conversation.said) == 1


def test_acknowledgements_take_turns_with_none() -> None:
    """conversation.md 4: not every time."""
    conversation = call(*DISCOVERED)
    assert sum(text in ("Okay.", "Thank you.", "Got it.") for text in conversation.said) in (1, 2)


def test_a_question_beside_an_answer_is_answered() -> None:
    """What was told is taken, and the model words the answer with the next question behind it."""
    conversation = call("problem", "no", "zip_in", "name")
    heard = Understanding(text="12 Oak Street, do you have parking", address="12 Oak Street", asks=Ask.OTHER)
    actions = conversation_step(conversation, heard)
    assert [type(action) for action in actions] == [Word]
    assert conversation.session.question is Question.WHEN


def test_a_question_before_anything_else_is_answered_first() -> None:
    """ "Are you open on Sundays?" is no reason yet to ask about gas."""
    conversation = call(Understanding(text="are you open on sundays", asks=Ask.OTHER))
    assert (conversation.session.state, conversation.session.question) == (State.WELCOME, Question.HOW_CAN_I_HELP)
    conversation.feed(TURNS["problem"])
    assert conversation.session.state is State.SAFETY


def conversation_step(conversation: Conversation, heard: Understanding) -> list[Action]:
    """What the machine asks for in answer to one turn."""
    conversation.session.turn_count += 1
    return MACHINE.step(conversation.session, Turn(heard, NOW))


@pytest.mark.parametrize("moment", [("problem",), ("problem", "no"), DISCOVERED, ("billing",), ("follow_up",)])
def test_spanish_is_heard_at_any_moment(moment: tuple[str, ...]) -> None:
    """A caller who changes to Spanish is asked about danger in Spanish, or called back by somebody who speaks it."""
    conversation = call(*moment, "spanish")
    session = conversation.session
    assert session.language == "es"
    asked = session.question is Question.SAFETY
    assert asked is (moment == ("problem",))
    assert asked or session.outcome == "callback:spanish"


def booked_otherwise() -> Conversation:
    """A call that is asked whether the other time is fine that V2 booked."""

    def answer(request: ToolRequest) -> ToolResult:
        if isinstance(request, BookAppointment):
            return Booked(Outcome.OK, starts_at=TUESDAY_FOUR, appointment_id="cal_1")
        return first_result(request)

    conversation = Conversation(
        answer, CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    )
    conversation.start()
    for name in (*DISCOVERED, "tuesday", "yes"):
        conversation.feed(TURNS[name])
    return conversation


def test_another_time_than_asked_is_a_question() -> None:
    """R55: what V2 booked instead is confirmed by the caller, and only then by us."""
    conversation = booked_otherwise()
    assert conversation.session.question is Question.OTHER_TIME
    assert "4 PM instead" in conversation.said[-1]


@pytest.mark.parametrize("detour", [("maybe_gas", "no_gas"), ("zip_correction",)])
def test_after_a_detour_the_visit_that_stands_is_asked_about(detour: tuple[str, ...]) -> None:
    """A danger is asked about first, a ZIP is for the team; neither leads back to the visit that V2 did not book."""
    conversation = booked_otherwise()
    for name in detour:
        conversation.feed(TURNS[name])
    assert conversation.session.question is Question.OTHER_TIME
    assert "4 PM instead" in conversation.said[-1]
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == [TUESDAY_TWO]
    assert (conversation.session.outcome, conversation.session.visit_at) == ("confirm:booked", TUESDAY_FOUR)
    notes = " ".join(conversation.session.notes)
    assert ("ZIP" in notes, "danger" in notes) == ("zip_correction" in detour, "maybe_gas" in detour)


def test_nothing_is_booked_twice() -> None:
    """Whatever led back to the read-back: of a second booking a person has to decide."""
    conversation = call(*DISCOVERED, "tuesday")
    conversation.session.booking_attempted = True
    conversation.feed(TURNS["yes"])
    assert booked(conversation) == []
    assert conversation.session.outcome == "callback:booking_uncertain"


def test_a_new_system_that_is_told_late_is_an_advisors() -> None:
    """Also when a time is asked for already: never a visit that looks for a fault."""
    conversation = call(*DISCOVERED)
    assert conversation.session.state is State.URGENCY
    conversation.feed(Understanding(text="Actually I want a quote for a whole new system", high_ticket=True))
    assert conversation.session.reason is Reason.HIGH_TICKET


@pytest.mark.parametrize("answer", [None, Answer.YES, Answer.YES_BUT])
def test_a_new_system_that_is_asked_for_at_the_read_back_is_an_advisors(answer: Answer | None) -> None:
    """No yes beside it books a visit that looks for a fault."""
    conversation = call(*DISCOVERED, "tuesday")
    assert conversation.session.state is State.PRE_CONFIRM
    words = "Yes, but it's for an estimate for a whole new system"
    conversation.feed(Understanding(text=words, answer=answer, high_ticket=True))
    assert conversation.session.reason is Reason.HIGH_TICKET
    assert booked(conversation) == []


@pytest.mark.parametrize("turns", [(), DISCOVERED, (*DISCOVERED, "tuesday")])
def test_a_possible_danger_beside_a_hold_is_asked_about(turns: tuple[str, ...]) -> None:
    """Also where something else was open: "hold on, I think I smell something"."""
    conversation = call(*turns)
    conversation.feed(Understanding(text="Hold on, I think I smell something", hold=True, hazard=Hazard.POSSIBLE))
    assert conversation.session.question is Question.SAFETY


def test_a_possible_danger_past_the_turns_of_a_state_is_asked_about_once() -> None:
    """Whatever else is said then is the end of the state."""
    conversation = call(*DISCOVERED)
    doubt = Understanding(text="I think I smell something", hazard=Hazard.POSSIBLE)
    asked = conversation.machine.turn_limit(conversation.session, NOW, whole_call=False, heard=doubt)
    assert conversation.session.question is Question.SAFETY
    assert isinstance(asked[-1], Say)
    conversation.machine.turn_limit(conversation.session, NOW, whole_call=False, heard=doubt)
    assert conversation.session.reason is Reason.TURN_LIMIT


def test_whoever_says_neither_yes_nor_no_is_told_what_is_needed() -> None:
    """With all that is approved, so that a yes to it books."""
    conversation = Conversation(first_result)
    conversation.start()
    for name in ("problem", "no", "zip_in", "name", "address", "tuesday", "mumble"):
        conversation.feed(TURNS[name])
    asked = (
        "Just so I have it right, yes or no: shall I book Tuesday, November 24 at 2 PM for Jonas Weber at 12 Oak Street"
    )
    assert conversation.said[-1].startswith(asked)
    conversation.feed(TURNS["unclear"])
    assert conversation.said[-1].endswith("yes or no?")
    conversation.feed(TURNS["yes"])
    assert conversation.session.reason is Reason.BOOKED


def test_of_several_zips_the_right_one_is_asked_for_once() -> None:
    """Whoever cannot tell goes on, with a note for the team."""
    several = Understanding(text="one in 78702 and one in 78745", several_zips=True)
    conversation = Conversation(first_result)
    conversation.start()
    for given in (TURNS["problem"], TURNS["no"], several):
        conversation.feed(given)
    assert conversation.said[-1] == "And which one is the ZIP code of the place where you need service?"
    conversation.feed(several)
    assert conversation.session.question is Question.NAME
    assert f'The caller named several ZIPs: "{several.text}".' in conversation.session.notes


def test_in_spanish_the_callback_has_all_that_was_said() -> None:
    """The first words are often no more than a greeting, and nothing is asked any more."""
    conversation = Conversation(first_result)
    conversation.start()
    for text in ("Hola, \u00bfhay alguien que hable espa\u00f1ol?", "No huele a nada, el aire acondicionado tira agua"):
        conversation.feed(understand(text, question=conversation.session.question, now=NOW))
    (callback,) = (request for request in conversation.requests if isinstance(request, CreateCallback))
    assert "el aire acondicionado tira agua" in callback.reason
