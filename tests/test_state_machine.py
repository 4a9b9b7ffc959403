"""The state machine, proven: what holds after every sequence of turns, events and tool results."""

from datetime import timedelta
from operator import attrgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.actions import CallTool, EndCall, Say, Word
from call.session import (
    BookingStatus,
    CallbackStatus,
    CallSession,
    CameOf,
    EarlierCall,
    EntryKind,
    Question,
    Reason,
    State,
    Urgency,
)
from call.tool_calls import (
    BookAppointment,
    Booked,
    CallerFound,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolResult,
)
from conversation import script
from conversation.transitions import TRANSITIONS, TransitionError, diagram, move
from state_machine import Turn
from tests.support.driven_call import (
    END_STATES,
    FAULT,
    MACHINE,
    MAX_PER_CALL,
    NOW,
    SILENCE,
    TIME_UP,
    TUESDAY_TWO,
    TURNS,
    Conversation,
    first_result,
    results_for,
)
from tests.support.property_examples import examples, part
from turns.turn_reading import Hearing, read_turn
from understanding.turn import Hazard, understand

INPUTS = [*TURNS.values(), SILENCE, TIME_UP, FAULT]


def call(*names, answer=first_result, number="+15125550100"):
    """A call with these turns, by name."""
    conversation = Conversation(
        answer, CallSession(call_id="CA1", caller_number=number, started_at=NOW, vouched_for=True)
    )
    conversation.start()
    for name in names:
        conversation.feed(TURNS.get(name, name))
    return conversation


# What the call before can have left.
EARLIER = [None] + [
    EarlierCall(call_id="CA0", at=NOW, came_of=came_of, name=name, problem="furnace is out", **facts)
    for came_of in CameOf
    for name, facts in (("Jonas Weber", {"zip_code": "78701", "address": "1 Elm Street"}), ("", {"high_ticket": True}))
]


@settings(max_examples=examples(1500), deadline=None)
@given(st.data())
def test_every_sequence_ends_within_the_limits(data):
    """Whatever is said and whatever the tools answer: every check of Conversation holds, and the call ends."""
    number = data.draw(st.sampled_from(["+15125550100", ""]))
    conversation = Conversation(
        lambda request: data.draw(st.sampled_from(results_for(request))),
        CallSession(
            call_id="CA1",
            caller_number=number,
            started_at=NOW,
            vouched_for=True,
            earlier=data.draw(st.sampled_from(EARLIER)) if number else None,
            failed_before=data.draw(st.sampled_from([0, 4, 5, None])),
        ),
    )
    conversation.start()
    # A bias towards the answer that leads on, so that sequences reach the late states.
    for given_input in data.draw(st.lists(st.sampled_from(INPUTS), max_size=20)):
        conversation.feed(given_input)
    turns = 0
    while not conversation.over and not conversation.session.closing:
        conversation.feed(data.draw(st.sampled_from(INPUTS)))
        turns += 1
        assert turns <= 2 * MAX_PER_CALL, "the call does not end"
    if not conversation.over:
        conversation.hang_up()
    assert conversation.session.state in END_STATES
    assert conversation.session.reason is not None


@settings(max_examples=examples(600), deadline=None)
@given(st.data())
def test_no_sequence_from_the_read_back_breaks_the_booking_rules(data):
    """From the read-back on, every sequence: booked only after a yes to it, told only after success, once."""
    conversation = Conversation(
        lambda request: (
            first_result(request)
            if isinstance(request, LookupCaller)
            else data.draw(st.sampled_from(results_for(request)))
        )
    )
    conversation.start()
    for name in ("everything", "no_gas"):
        conversation.feed(TURNS[name])
    assert conversation.session.state is State.PRE_CONFIRM
    for given_input in data.draw(st.lists(st.sampled_from(INPUTS), min_size=1, max_size=12)):
        conversation.feed(given_input)


APART = {"timeline", "said_count", "turn_count", "state_turn_count", "problem", "zip_partial", "notes", "slots"}
APART |= {"usage"}  # Nothing of a conversation depends on it.
MOST_STATES = 40_000
DECIDING = attrgetter(*(name for name in CallSession.model_fields if name not in APART))


def abstract(session):
    """What of a session decides its future; counters of turns and texts left out."""
    lists = bool(session.notes), tuple(session.slots)  # What was noted decides at most whether it is noted again.
    return *DECIDING(session), *lists, bool(session.problem), session.state_turn_count > 1


def continued(session):
    """A call that goes on from a copy of `session`, with fresh counters; only what can change in place is copied."""
    own = {"said_count": dict(session.said_count), "notes": list(session.notes), "slots": list(session.slots)}
    counters = {"timeline": [], "turn_count": 0, "state_turn_count": min(session.state_turn_count, 2)}
    return Conversation(first_result, session.model_copy(update={**own, **counters}))


def test_every_reachable_state_is_left_by_the_call_limit_and_by_silence():
    """Each session is ended by the call limit, and by silence: all that the main line's inputs reach when thorough.

    Else each goes on with every fourth input, which reaches most kinds of them.
    """
    names = [
        "yes",
        "no",
        "yes_but",
        "mumble",
        "no_gas",
        "zip_in",
        "zip_out",
        "name",
        "address",
        "problem",
        "tuesday",
        "person",
        "other_name",
        "unclear",
        "yes_friday",
        "whenever",
        "maybe_gas",
        "everything",
        "phone",
        "new_system",
    ]
    start = call().session
    seen, frontier = {abstract(start)}, [start]
    while frontier:
        assert len(seen) <= MOST_STATES, f"more than {MOST_STATES} states: what tells them apart does not end"
        session = frontier.pop()
        if session.closing:
            continue
        limited, silent = continued(session), continued(session)
        limited.session.turn_count = MAX_PER_CALL
        limited.feed(TURNS["mumble"])
        assert limited.session.closing, f"the call limit does not end {session.state}"
        for _ in range(3):
            silent.feed(SILENCE)
        assert silent.session.closing, f"silence does not end {session.state}"
        for name in part(names, len(seen), 4):
            trial = continued(session)
            trial.feed(TURNS[name])
            key = abstract(trial.session)
            if key not in seen:
                seen.add(key)
                frontier.append(trial.session)
    assert len(seen) > 1000


def test_the_table_is_the_only_way_to_move():
    """A move that is not in the table raises; so does an end without a reason."""
    session = CallSession(call_id="CA1", started_at=NOW)
    with pytest.raises(TransitionError):
        move(session, State.BOOKING, NOW)
    with pytest.raises(TransitionError):
        move(session, State.CALLBACK, NOW)
    assert all(State.CALLBACK in nexts for state, nexts in TRANSITIONS.items() if state not in END_STATES)


def test_the_diagram_names_every_state():
    """The diagram of docs/conversation.md comes from the table."""
    assert all(state in diagram() for state in State)


def test_an_ordinary_booking():
    """Repair, no hazard, ZIP, name, address, time, yes: booked once, at the time read back."""
    conversation = call("problem", "no", "zip_in", "name", "address", "tuesday", "yes", "no")
    session = conversation.session
    assert (session.state, session.reason, session.booking_status) == (
        State.CONFIRM,
        Reason.BOOKED,
        BookingStatus.CONFIRMED,
    )
    assert [r.tool for r in conversation.requests] == [
        "lookup_caller",
        "check_calendar_availability",
        "book_appointment",
    ]
    assert conversation.requests[2].starts_at == TUESDAY_TWO
    assert session.closing
    assert session.turn_count == 8


def test_everything_at_once_needs_three_more_turns():
    """Nothing that was told is asked again: hazard, read-back, anything else."""
    conversation = call("everything", "no", "yes", "no")
    assert conversation.session.reason is Reason.BOOKED
    assert conversation.session.closing


@pytest.mark.parametrize("moment", [(), ("problem",), ("problem", "no"), ("everything", "no")])
def test_a_hazard_ends_every_state_at_once(moment):
    """Leave, 911, one alert, the end; from the first utterance on."""
    conversation = call(*moment, "gas")
    assert conversation.session.state is State.SAFETY_EXIT
    assert "911" in conversation.said[-1]
    assert [type(r) for r in conversation.requests].count(SendEmergencyAlert) == 1
    assert conversation.session.closing


def test_a_hazard_after_the_booking_is_still_a_hazard():
    """Safety before everything, in an end state too."""
    assert call("everything", "no", "yes", "gas").session.state is State.SAFETY_EXIT


@pytest.mark.parametrize("index", range(len(results_for(BookAppointment(TUESDAY_TWO, "", "", "", "")))))
def test_what_came_of_the_booking_is_what_is_told(index):
    """R53, R55, R70: booked as asked, otherwise, refused, unavailable, unknown."""

    def answer(request):
        return results_for(request)[index] if isinstance(request, BookAppointment) else first_result(request)

    conversation = call("everything", "no", "yes", answer=answer)
    session = conversation.session
    if index == 0:
        assert session.state is State.CONFIRM
    elif index == 1:
        assert session.state is State.PRE_CONFIRM
        assert session.booking_status == "attempted_failed"
        conversation.feed(TURNS["yes"])
        assert session.booking_status == "confirmed"
    else:
        assert session.state is State.CALLBACK
        assert session.booking_status is BookingStatus.ATTEMPTED_FAILED
        assert session.booking_uncertain is (index == 4)
        assert session.callback_status is CallbackStatus.CREATED


def test_out_of_area_is_asked_once_and_declined():
    """78613 is confirmed, then declined politely; no booking, no callback."""
    conversation = call("problem", "no", "zip_out", "yes")
    assert conversation.session.reason is Reason.OUT_OF_AREA
    assert [r.tool for r in conversation.requests] == ["lookup_caller"]


def test_a_corrected_zip_goes_on():
    """X5: the later full ZIP counts."""
    assert call("problem", "no", "zip_out", "zip_in").session.state is State.DISCOVERY


def test_high_ticket_is_an_advisor_and_one_callback():
    """X13: sales alert once, callback once, never a diagnostic visit."""
    conversation = call("new_system", "no", "zip_in", "name", "address")
    assert conversation.session.reason is Reason.HIGH_TICKET
    assert [type(r) for r in conversation.requests][1:] == [SendSalesLeadAlert, CreateCallback]


def test_a_withheld_number_is_asked_for_before_a_callback():
    """No lead without a way to reach it."""
    conversation = call("person", number="")
    assert conversation.session.callback_status == "none"
    conversation.feed(TURNS["phone"])
    assert conversation.session.callback_status == "created"


def test_the_sixth_turn_of_a_state_becomes_a_callback():
    """Five turns a state; the machine's answer to the sixth is the design's sentence."""
    conversation = call("problem", *["mumble"] * 6)
    assert conversation.session.reason is Reason.TURN_LIMIT
    assert any("Let me have someone from the team call you back." in text for text in conversation.said)


def test_speech_during_the_goodbye_stops_the_hang_up_once():
    """R14: answered once; the second time the call ends."""
    conversation = call("person", "question")
    assert not conversation.over
    conversation.feed(TURNS["question"])
    assert conversation.over


def test_silence_is_asked_twice_then_goodbye_and_speech_brings_the_call_back():
    """The state is left only at the hang-up itself."""
    conversation = call("problem", SILENCE, SILENCE, SILENCE)
    assert (conversation.session.state, conversation.session.closing) == (State.SAFETY, True)
    conversation.feed(TURNS["no_gas"])
    assert (conversation.session.state, conversation.session.closing) == (State.SERVICE_AREA, False)
    for _ in range(3):
        conversation.feed(SILENCE)
    conversation.hang_up()
    assert (conversation.session.state, conversation.session.reason) == (State.GOODBYE, Reason.SILENCE)


def test_a_yes_to_are_you_still_there_approves_nothing():
    """The read-back is read again, and its own yes books."""
    conversation = call("problem", "no", "zip_in", "name", "address", "tuesday")
    assert conversation.session.question is Question.READ_BACK
    conversation.feed(SILENCE)
    conversation.feed(TURNS["yes"])
    assert not conversation.session.booking_attempted
    conversation.feed(TURNS["yes"])
    assert conversation.session.outcome == "confirm:booked"


OF_BEFORE: dict[str, object] = {"call_id": "CA0", "at": NOW, "problem": "furnace is out"}
AT_HOME: dict[str, object] = {
    "problem": "no heat",
    "zip_code": "78701",
    "name": "Jonas Weber",
    "address": "1 Elm Street",
}
OPEN_QUESTIONS: list[tuple[State, Question, dict[str, object]]] = [
    (State.WELCOME, Question.HOW_CAN_I_HELP, {}),
    (State.WELCOME, Question.END_DOUBT, {"doubted_end": "caller_wish", "question_before": "how_can_i_help"}),
    (State.LOOKUP, Question.SECOND_VISIT, {"looked_up": True, "earlier": {**OF_BEFORE, "came_of": CameOf.BOOKED}}),
    (State.LOOKUP, Question.GO_ON, {"looked_up": True, "earlier": {**OF_BEFORE, "came_of": CameOf.OPEN}}),
    (State.SERVICE_AREA, Question.ZIP_CONFIRM, {"zip_unconfirmed": "78613"}),
    (State.DISCOVERY, Question.SITE_CONTACT, {**AT_HOME, "manages_property": True}),
    (State.DISCOVERY, Question.NAME, {"problem": "no heat", "zip_code": "78701"}),
    (State.NON_SERVICE, Question.SCHEDULE_OFFER, {"intent": "pricing"}),
    (State.NON_SERVICE, Question.DETAILS, {"intent": "billing"}),
    (State.FOLLOW_UP, Question.SCHEDULE_OFFER, {"intent": "follow_up"}),
    (State.PRE_CONFIRM, Question.CHANGE_WHAT, {**AT_HOME, "visit_at": TUESDAY_TWO}),
]


@pytest.mark.parametrize(
    "said", ["Yes.", "Okay.", "Yes, I'm here.", "Yes, I am.", "No.", "Nope.", "No, I can't hear you."]
)
@pytest.mark.parametrize(("state", "question", "facts"), OPEN_QUESTIONS)
def test_a_yes_or_no_to_are_you_still_there_answers_no_question(state, question, facts, said):
    """What is open is asked again, and nothing else comes of it: no end, no second visit, no fact."""
    given = {"call_id": "CA1", "caller_number": "+15125550100", "vouched_for": True, "started_at": NOW, **facts}
    session = CallSession.model_validate({**given, "state": state, "question": question})
    before = session.model_copy(deep=True)
    MACHINE.silence(session, NOW)
    heard = read_turn(said, Hearing(question, may_approve=True), session, MACHINE.business, NOW)
    actions = MACHINE.step(session, Turn(heard, NOW))
    assert session == before
    said_last = actions[-1]
    assert isinstance(said_last, Say | Word)
    assert "?" in (said_last.text if isinstance(said_last, Say) else said_last.fallback)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Yes.", State.SAFETY),
        ("Yes, I am.", State.SAFETY),
        ("Okay.", State.SAFETY),
        ("Yes, I smell gas.", State.SAFETY_EXIT),
        ("Yes, I do.", State.SAFETY_EXIT),
        ("No.", State.SAFETY),  # It may be "No, I can't hear you".
        ("No, I can't hear you.", State.SAFETY),
        ("Sorry, I can barely hear you.", State.SAFETY),
        ("No, I don't smell gas.", State.SERVICE_AREA),
    ],
)
def test_danger_behind_are_you_still_there(said, state):
    """A yes alone is asked about, and the next one is danger; danger in words is danger at once."""
    conversation = call("problem", SILENCE)
    session = conversation.session

    def answer(text):
        conversation.feed(read_turn(text, Hearing(Question.SAFETY, may_approve=True), session, MACHINE.business, NOW))

    answer(said)
    assert session.state is state
    if state is State.SAFETY:
        assert conversation.said[-1] in script._EN["safety_follow_up"]
        answer("Yes.")
        assert session.state is State.SAFETY_EXIT


def found_visit(request):
    """A visit of Jonas Weber's is on file."""
    return results_for(request)[1] if isinstance(request, LookupBooking) else first_result(request)


def test_a_visit_is_cancelled_only_after_the_name_and_a_yes():
    """contract.md 1.8: who is on the appointment first, then an explicit yes, then V2; told only when V2 did it."""
    conversation = call("cancel", answer=found_visit)
    assert conversation.session.question is Question.BOOKING_NAME
    conversation.feed(TURNS["name"])
    assert not [r for r in conversation.requests if isinstance(r, ManageAppointment)]
    conversation.feed(TURNS["yes"])
    assert conversation.session.outcome == "confirm:cancelled"
    assert [r.action for r in conversation.requests if isinstance(r, ManageAppointment)] == ["cancel"]


def test_a_stranger_touches_no_visit():
    """A name that does not match is asked for once more, then a person calls back."""
    conversation = call("cancel", "other_name", answer=found_visit)
    assert conversation.session.question is Question.BOOKING_NAME
    conversation.feed(TURNS["other_name"])
    assert conversation.session.outcome == "callback:manage_unverified"
    assert not [r for r in conversation.requests if isinstance(r, ManageAppointment)]


def test_a_change_that_v2_did_not_confirm_is_not_told():
    """X12: refused or unanswered, a move is a callback."""

    def refused(request):
        return ToolResult(Outcome.REFUSED) if isinstance(request, ManageAppointment) else found_visit(request)

    conversation = call("reschedule", "name", "friday", "yes", answer=refused)
    assert conversation.session.outcome == "callback:manage_failed"
    assert not any("moved to" in text for text in conversation.said)


def test_without_an_appointment_it_goes_on_as_service():
    """conversation.md 3: nothing to manage is a service call, safety question included."""
    assert call("cancel").session.state is State.SAFETY


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        (("vendor", "no"), "goodbye:vendor"),
        (("vendor", "mumble"), "goodbye:vendor"),
        (("applicant", "no"), "goodbye:applicant"),
        (("wrong_number",), "goodbye:wrong_number"),
        (("pricing", "no"), "goodbye:done"),
        (("billing", "name", "mumble"), "callback:billing"),
        (("warranty", "name", "mumble"), "callback:warranty"),
        (("follow_up", "mumble"), "callback:follow_up"),
        (("bye",), "goodbye:done"),
        (("spanish", "no"), "callback:spanish"),
    ],
)
def test_every_other_wish_has_its_end(names, outcome):
    """conversation.md 3: who wants no visit is not asked about danger and ZIP."""
    assert call(*names).session.outcome == outcome


@pytest.mark.parametrize("first", ["vendor", "applicant", "pricing", "follow_up"])
def test_a_misread_caller_can_still_get_service(first):
    """X21: a wrong guess about the first words costs a turn and no lead."""
    assert call(first, "service").session.state is State.SAFETY


@pytest.mark.parametrize("text", ["And is that on top of the repair?", "do you fix heaters?", "Okay good to know"])
def test_a_question_about_the_price_is_no_wish_for_a_visit(text):
    """It is answered, and the visit offered once more."""
    conversation = call("pricing")
    conversation.feed(understand(text, question=conversation.session.question, now=NOW))
    assert (conversation.session.state, conversation.session.question) == (State.NON_SERVICE, Question.SCHEDULE_OFFER)


def test_the_safety_question_is_never_left_to_a_model():
    """Every time it is asked it is a fixed line."""
    actions = MACHINE.step(call("problem").session, Turn(TURNS["mumble"], NOW))
    assert all(isinstance(action, Say) for action in actions)


def test_a_word_before_anything_else_does_not_end_the_call():
    """A "hello?" from before the confirmation is no answer to "anything else?"."""
    conversation = call("everything", "no", "yes", "hello")
    assert not conversation.session.closing
    conversation.feed(TURNS["no"])
    assert conversation.session.closing


def test_a_known_caller_is_not_asked_again():
    """R38: name and ZIP on file count; the address, which V2 keeps to itself, is asked."""

    def known(request):
        return results_for(request)[4] if isinstance(request, LookupCaller) else first_result(request)

    conversation = call("problem", "no", answer=known)
    assert conversation.session.question is Question.ADDRESS
    assert any("Jonas" in text for text in conversation.said)


def test_a_strangers_booking_names_nobody():
    """R40: what only an upcoming booking vouches for is not used."""

    def trap(request):
        return results_for(request)[5] if isinstance(request, LookupCaller) else first_result(request)

    conversation = call("problem", answer=trap)
    assert conversation.session.name == ""
    assert not any("Somebody" in text for text in conversation.said)


def test_a_hazard_in_the_last_goodbye_is_heard():
    """Even the second time that the caller speaks during a goodbye."""
    assert call("person", "question", "gas").session.state is State.SAFETY_EXIT


# What real callers said, read by the real rules. The numbers are those of the calls that went wrong.

CONDITIONING = "Hi, my air conditioner is not cooling."
DETAILS = (CONDITIONING, "No, nothing like that.", "seven eight seven oh one", "Gregory Weber", "5311 Izzical Road")
SOONEST = "I was looking for the soonest available appointment"


def spoken_to(conversation, *texts):
    """The call goes on with these turns, each read in the light of the question that was asked."""
    for text in texts:
        session = conversation.session
        hearing = Hearing(session.question, may_approve=True)
        conversation.feed(read_turn(text, hearing, session, MACHINE.business, NOW))
    return conversation


def talk(*texts, answer=first_result, number="+15125550100"):
    """A call with these turns."""
    conversation = Conversation(
        answer, CallSession(call_id="CA1", caller_number=number, started_at=NOW, vouched_for=True)
    )
    conversation.start()
    return spoken_to(conversation, *texts)


def known(request):
    """Jonas Weber of 78701 has called before, has a visit on file, and waits for a call about a noise."""
    return results_for(request)[4] if isinstance(request, LookupCaller) else first_result(request)


def tools(conversation):
    return [request.tool for request in conversation.requests]


def lines_with(conversation, *words):
    return [text for text in conversation.said if any(word in text.lower() for word in words)]


def test_the_soonest_is_urgent():
    """R11: it leads to the read-back at once."""
    session = talk(*DETAILS, SOONEST).session
    assert (session.question, session.urgency) == (Question.READ_BACK, "urgent")


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param("tomorrow at two", id="R11"),
        pytest.param(
            SOONEST,
            id="R11 after the soonest",
        ),
    ],
)
def test_the_following_day_is_a_time(wish):
    """R11: "the following day, same time" is read back, a day later than what was read back before."""
    call_ = talk(*DETAILS, wish)
    first = call_.session.visit_at
    spoken_to(call_, "the following day, same time")
    assert (call_.session.question, call_.session.visit_at - first) == (Question.READ_BACK, timedelta(days=1))


@pytest.mark.parametrize(
    ("answer", "details", "text", "ends"),
    [
        pytest.param(
            known, (DETAILS[0], DETAILS[1], DETAILS[4]), "Can I reschedule for something later?", True, id="R11"
        ),
        pytest.param(first_result, DETAILS, "Can I reschedule for something later?", False, id="R11 none on file"),
        pytest.param(known, (DETAILS[0], DETAILS[1], DETAILS[4]), SOONEST, False, id="R11 soonest wins"),
    ],
)
def test_rescheduling_is_for_whom_has_a_visit(answer, details, text, ends):
    """With a visit on file a person calls back; without one, and for who wants the soonest, the booking goes on."""
    call_ = talk(*details, answer=answer)
    assert call_.session.question is Question.WHEN
    spoken_to(call_, text)
    assert (call_.session.outcome == "callback:follow_up") is ends
    assert call_.session.closing is ends


def test_the_question_after_the_last_detail_is_ours_and_comes_at_once():
    """R13: no recap by a model: fixed lines, the last of which asks when."""
    session = talk(*DETAILS[:-1]).session
    heard = read_turn(DETAILS[-1], Hearing(session.question, may_approve=True), session, MACHINE.business, NOW)
    actions = MACHINE.step(session, Turn(heard, NOW))
    lines = [action.text for action in actions if isinstance(action, Say)]
    assert len(lines) == len(actions)
    assert lines[-1] in script._EN["ask:when"]


def test_a_callback_that_is_owed_is_told_once_before_the_urgency_question():
    """R15: by us, with what it was about."""
    call_ = talk(CONDITIONING, "No.", "5311 Izzical Road", "tomorrow at ten", "yes", "no", answer=known)
    told = lines_with(call_, "owe you a call")
    assert len(told) == 1
    assert "noise" in told[0]
    assert call_.said[call_.said.index(told[0]) + 1] in script._EN["ask:when"]


def test_the_confirmation_is_the_details_and_one_question():
    """R16, R64: the exact day, no price, no advice, nobody is asked whether it works; then it stops."""
    call_ = talk(*DETAILS, "tomorrow at two in the afternoon")
    before = len(call_.said)
    spoken_to(call_, "yes")
    details, question = call_.said[before + 1 :]  # Behind "One moment while I book that."
    assert "Tuesday, November 24 at 2 PM" in details
    assert "?" not in details
    assert question in script._EN["ask:anything_else"]
    assert not lines_with(call_, "today,", "work for you")


@pytest.mark.parametrize("name", ["{{customer_name}}", "+1 512 555 0100", "unknown", "N/A"])
def test_what_cannot_be_a_name_is_not_one_because_v2_says_so(name):
    """R39: never spoken, never booked."""

    def odd(request):
        if isinstance(request, LookupCaller):
            return CallerFound(Outcome.OK, found=True, verified=True, name=name, zip_code="78701")
        return first_result(request)

    call_ = talk(CONDITIONING, "hello?", "hello?", "No.", answer=odd)
    assert not lines_with(call_, name.lower().split()[0])
    assert call_.session.question is Question.NAME


def test_v2_is_asked_once_who_calls():
    """R39, R6: whatever is said, in however many pieces."""
    call_ = talk("I am having a problem with my air", "conditioning unit.", "hello?", "No.", "hello?")
    assert tools(call_) == ["lookup_caller"]


def test_a_caller_who_was_greeted_by_another_name_corrects_it():
    """R40: "Gregory" it is from then on, and Jonas's danger is not cleared by that no."""
    call_ = talk(CONDITIONING, "No, this is Gregory Weber.", answer=known)
    assert (call_.session.name, call_.session.safety_cleared) == ("Gregory Weber", False)
    spoken_to(call_, "No, nothing like that.")
    assert not [text for text in call_.said[-2:] if "Jonas" in text]


def test_a_name_that_can_only_be_a_joke_is_asked_for_once_more():
    """R43: then it is taken as said."""
    call_ = talk(*DETAILS[:3], "Gator Breath")
    assert (call_.session.name, call_.session.question) == ("", Question.NAME)
    spoken_to(call_, "Gator Breath")
    assert (call_.session.name, call_.session.question) == ("Gator Breath", Question.ADDRESS)


def test_a_caller_with_an_appointment_is_not_asked_for_a_zip():
    """R45: managing it is a wish of its own."""
    call_ = talk("I have an appointment tomorrow and need to move it.", "Jonas Weber", answer=found_visit)
    assert call_.session.state is State.MANAGE_BOOKING
    assert not lines_with(call_, "zip")


@pytest.mark.parametrize("text", ["It's not it doesn't come on all the time", "I noticed some smoke earlier"])
def test_what_is_no_answer_clears_no_danger(text):
    """R46: asked again."""
    call_ = talk(CONDITIONING, text)
    assert (call_.session.state, call_.session.safety_cleared) == (State.SAFETY, False)


@pytest.mark.parametrize("answer", [first_result, known])
def test_every_service_caller_is_asked_about_danger(answer):
    """R47: an appointment on file ends nothing and skips nothing."""
    call_ = talk(CONDITIONING, answer=answer)
    assert (call_.session.state, call_.session.question) == (State.SAFETY, Question.SAFETY)
    assert "smell" in call_.said[-1]
    assert not call_.session.closing


def test_a_visit_on_file_is_mentioned_and_left_alone():
    """R59, R60: told before a second one is read back; a booking cancels and moves nothing."""
    call_ = talk(CONDITIONING, "No.", "5311 Izzical Road", "tomorrow at two", answer=known)
    told = [number for number, text in enumerate(call_.said) if "already a visit on the books" in text]
    read = [number for number, text in enumerate(call_.said) if "Izzical Road" in text]
    assert told
    assert read
    assert told[0] < read[0]
    spoken_to(call_, "yes", "no")
    assert "book_appointment" in tools(call_)
    assert "manage_appointment" not in tools(call_)
    assert call_.session.has_appointment


def test_nobody_is_booked_in_a_callback():
    """R68: who asks for a visit after all gets one answer at most, then the end."""
    call_ = talk("Let me talk to a person.", "Can you not just book me for Thursday at ten?")
    assert tools(call_) == ["create_callback"]
    assert call_.session.closing
    spoken_to(call_, "So book me for Thursday then.")
    assert (call_.over, tools(call_)) == (True, ["create_callback"])


@pytest.mark.parametrize(("outcome", "reason"), [(Outcome.REFUSED, "failed"), (Outcome.UNKNOWN, "uncertain")])
def test_a_booking_that_fails_is_a_plain_apology_and_a_callback_in_the_same_turn(outcome, reason):
    """R69, R70, R78, X14: made before it is promised, nothing about systems, and not once more when they speak."""

    def failing(request):
        return Booked(outcome) if isinstance(request, BookAppointment) else first_result(request)

    call_ = talk(*DETAILS, "tomorrow at two", answer=failing)
    before = len(call_.said)
    spoken_to(call_, "yes")
    looked = ["lookup_booking"] if outcome is Outcome.UNKNOWN else []
    assert tools(call_)[-2 - len(looked) :] == ["book_appointment", *looked, "create_callback"]
    assert f"booking {reason}" in call_.requests[-1].reason
    assert "sorry" in " ".join(call_.said[before:])
    assert not lines_with(call_, "system", "error", "technical", "booked for")
    spoken_to(call_, "Fine.")
    assert tools(call_).count("create_callback") == 1


def test_out_of_area_is_declined_without_a_callback():
    """X14: nothing is promised."""
    call_ = talk(CONDITIONING, "No.", "seven eight six one three", "yes that's right")
    assert call_.session.outcome == "goodbye:out_of_area"
    assert tools(call_) == ["lookup_caller"]
    assert not lines_with(call_, "call you", "callback")


def test_the_way_out_of_danger_waits_for_nothing():
    """X15: a fixed line first, the alert behind it, then the hang-up; no model, and never an ordinary callback."""
    session = talk(CONDITIONING).session
    heard = read_turn("yes", Hearing(session.question, may_approve=True), session, MACHINE.business, NOW)
    say, alert, end = MACHINE.step(session, Turn(heard, NOW))
    assert isinstance(say, Say)
    assert "911" in say.text
    assert say.must_hear
    assert isinstance(alert, CallTool)
    assert isinstance(alert.request, SendEmergencyAlert)
    assert isinstance(end, EndCall)
    call_ = talk(CONDITIONING, "yes", *["what do you mean"] * 8)
    assert call_.session.outcome == "safety_exit:emergency"
    assert tools(call_) == ["lookup_caller", "send_emergency_alert"]


def test_l8_a_person_in_danger_is_sent_to_911_and_not_out_of_the_house():
    """At once, with an alert; said again as long as the caller is there, and after the line broke off."""
    call_ = talk("My mother passed out, the AC has been dead since yesterday.", "what?")
    lines = script._EN["safety_exit:person"]
    assert [line for line in call_.said if "911" in line] == [*lines, *lines]
    assert call_.session.outcome == "safety_exit:person_in_danger"
    assert tools(call_) == ["send_emergency_alert"]
    call_.session.note(EntryKind.AGENT, lines[0], NOW)
    resumed = MACHINE.resumed(call_.session, NOW)
    assert [action.text for action in resumed if isinstance(action, Say)][-1] == lines[0]


def test_l9_a_hot_part_beside_a_no_is_asked_about_once_more_and_then_urgent():
    """Not for ever: the caller has said no to all the rest, twice."""
    call_ = talk("My AC keeps shutting off", "No, but the breaker is hot and humming.")
    assert call_.session.state is State.SAFETY
    spoken_to(call_, "no, like I said, just the breaker is hot")
    assert call_.session.safety_cleared
    assert call_.session.urgency is Urgency.URGENT


def test_e2_a_yes_to_a_question_of_ours_about_danger_is_danger():
    """Whatever question is open; to another question of the model's, and to our read-back, it is none."""
    session = talk(CONDITIONING, "no").session
    assert session.question is Question.ZIP

    def hazard(line, said):
        session.note(EntryKind.AGENT, line, NOW)
        return read_turn(said, Hearing(session.question, may_approve=True), session, MACHINE.business, NOW).hazard

    assert hazard("Do you smell gas at all?", "Yes, I do.") is Hazard.PRESENT
    assert hazard("Is the alarm going off?", "Maybe a little.") is Hazard.POSSIBLE
    assert hazard("Do you smell gas at all?", "no, 7 8 7 0 4") is not Hazard.PRESENT
    for line in (
        "Is it a gas furnace?",
        "So that's Dana Whitfield at 12 Burnet Road. Shall I book it?",
        "Is it running?",
    ):
        assert hazard(line, "Yes, I do.") is Hazard.NONE


def test_the_thirty_first_turn_makes_one_callback():
    """X16: and no turn after it another."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, turn_count=MAX_PER_CALL)
    session.state, session.question = State.DISCOVERY, Question.NAME
    call_ = spoken_to(Conversation(first_result, session), *["hm"] * 5)
    assert session.reason is Reason.CALL_TURN_LIMIT
    assert tools(call_) == ["create_callback"]


@pytest.mark.parametrize(
    ("text", "state", "outcome"),
    [
        pytest.param(
            "Sorry, I have the wrong number.", State.GOODBYE, "goodbye:wrong_number", id="X21 wrong number ends"
        ),
        pytest.param("I want to speak to a human.", State.CALLBACK, "callback:caller_wish", id="X21 a human"),
        pytest.param("Is my compressor still under warranty, it quit cooling.", State.SAFETY, "", id="X21 service"),
        pytest.param("There is a dead rat in the air vent.", State.SAFETY, "", id="R74 goes on"),
        pytest.param("I have no heat at all.", State.SAFETY, "", id="X3 no heat is no answer"),
        pytest.param("My AC is broken, I want a new system.", State.SAFETY, "", id="X22 the wish"),
    ],
)
def test_where_the_first_words_lead(text, state, outcome):
    """A lead is not lost to a word in it."""
    session = talk(text).session
    assert session.state is state
    assert outcome in ("", session.outcome)
    assert not session.safety_cleared


def test_a_zip_in_pieces_and_wrong_and_corrected_leads_on():
    """R28, R30, X5, X6: four digits are none, a house number is none, the later full ZIP counts."""
    call_ = talk(CONDITIONING, "No.", "seven eight zero one", "Five two one one")
    assert (call_.session.zip_code, call_.session.question) == ("", Question.ZIP)
    spoken_to(call_, "Seven eight seven", "zero one")
    assert (call_.session.zip_code, call_.session.state) == ("78701", State.DISCOVERY)


AT_THE_READ_BACK = (*DETAILS, "tomorrow at two")


@pytest.mark.parametrize(
    "text",
    [
        "oh great, just great, two more days of freezing",
        "and what's that gonna set me back",
        "one moment",
        "okay, at my mother's place",
        "yes, and thanks for nothing, bye",
    ],
)
def test_what_is_no_plain_yes_books_nothing_and_moves_nothing(text):
    """X7, L12b: it is asked again, for the same time, and the plain yes behind it books."""
    call_ = spoken_to(talk(*AT_THE_READ_BACK), text)
    wished = NOW.replace(hour=14) + timedelta(days=1)
    assert (call_.session.question, call_.session.visit_at) == (Question.READ_BACK, wished)
    assert "book_appointment" not in tools(call_)
    spoken_to(call_, "yes please")
    assert [request.starts_at for request in call_.requests if request.tool == "book_appointment"] == [wished]


def test_a_yes_may_repeat_all_that_was_read_back():
    """X7: name, address, ZIP, fee, day and time, in the caller's words."""
    everything = (
        "yes, Gregory Weber, fifty three eleven Izzical Road, 78701, Tuesday at two, eighty nine dollars is fine"
    )
    assert "book_appointment" in tools(spoken_to(talk(*AT_THE_READ_BACK), everything))


def test_a_fact_that_differs_beside_a_yes_is_read_back_anew():
    """X7: what was said is learned, and nothing is booked yet."""
    call_ = spoken_to(talk(*AT_THE_READ_BACK), "yes, Wednesday at two")
    assert call_.session.visit_at == NOW.replace(hour=14) + timedelta(days=2)
    assert "book_appointment" not in tools(call_)
    assert "wednesday" in call_.said[-1].lower()


def test_another_time_is_agreed_to_in_its_own_words():
    """R55: the hour that is asked about may be repeated, another one is no yes."""
    later = NOW.replace(hour=16) + timedelta(days=1)

    def answer(request):
        booked = Booked(Outcome.OK, starts_at=later, appointment_id="cal_1")
        return booked if isinstance(request, BookAppointment) else first_result(request)

    for text, outcome in (
        ("yes, four is fine", "confirm:booked"),
        ("okay, at three then", "callback:booking_uncertain"),
    ):
        call_ = talk(*AT_THE_READ_BACK, "yes", answer=answer)
        assert call_.session.question is Question.OTHER_TIME
        assert spoken_to(call_, text).session.outcome == outcome


@pytest.mark.parametrize(
    ("text", "cancels"),
    [
        ("yes I still want y'all to come out", False),
        ("please don't, cancel it", False),
        ("yes, see you then", False),
        ("yes please cancel it, we got it fixed", True),
    ],
)
def test_a_wish_for_the_visit_cancels_none(text, cancels):
    """X7: at the cancel question a word of wanting is no yes, whatever agrees beside it."""

    def answer(request):
        return results_for(request)[1] if isinstance(request, LookupBooking) else known(request)

    call_ = talk("I need to cancel my appointment", "Jonas Weber", answer=answer)
    assert call_.session.question is Question.CANCEL_CONFIRM
    assert ("manage_appointment" in tools(spoken_to(call_, text))) is cancels


@pytest.mark.parametrize(
    "texts",
    [
        ("I want to check on my appointment", "No no, my furnace is not heating, I need somebody to come out"),
        ("It's about my appointment", "Jonas Weber", "No, my heater is dead, I need somebody"),
        ("I need to reschedule my appointment", "Jonas Weber", "Friday at ten", "My furnace is broken, send somebody"),
        ("I have a question about my bill", "Forget the bill, my furnace is not heating and I need a technician"),
        ("I have a question about my bill", "My furnace is out, please send somebody"),
    ],
)
def test_what_is_broken_becomes_a_service_call(texts):
    """Told beside a visit on file or a bill: danger is asked about, and a wish to move that visit is dropped."""
    call_ = talk(*texts, answer=found_visit)
    session = call_.session
    assert (session.state, session.question, session.intent) == (State.SAFETY, Question.SAFETY, "service")
    assert session.problem
    assert session.visit_at is None
    assert "manage_appointment" not in tools(call_)


@pytest.mark.parametrize(
    ("texts", "question"),
    [
        (("I need to cancel my appointment", "Jonas Weber, my furnace is not heating"), Question.CANCEL_CONFIRM),
        (
            ("I need to reschedule my appointment", "Jonas Weber", "As soon as possible, my furnace is broken"),
            Question.MOVE_CONFIRM,
        ),
    ],
)
def test_what_answers_about_the_visit_on_file_stays_there(texts, question):
    """The trouble that the visit is for may be told beside what was asked."""
    assert talk(*texts, answer=found_visit).session.question is question


@pytest.mark.parametrize(
    "text",
    [
        "It is about the repair of my furnace, it was broken last week",
        "The furnace is still not heating after you came and I paid for it",
        "You overcharged me and the AC is still broken, I want someone to explain it",
    ],
)
def test_a_bill_about_something_broken_stays_one(text):
    """Most bills are about a repair; billing calls back."""
    assert talk("I have a question about my bill", text).session.outcome == "callback:billing"


@pytest.mark.parametrize("before", [DETAILS[:3], DETAILS[:4], ("I want to check on my appointment",)])
@pytest.mark.parametrize(
    "text",
    [
        "No hablo inglés, ¿habla español?",
        "Necesito alguien que hable español por favor",
        "No entiendo, español por favor",
        "No le entiendo",
        "Español.",
    ],
)
def test_spanish_where_a_name_or_a_street_is_asked_for(before, text):
    """Who says that they need Spanish is called back by somebody who speaks it, and is not named after their words."""
    call_ = talk(*before, answer=found_visit)
    known_before = call_.session.name
    spoken_to(call_, text)
    assert call_.session.outcome == "callback:spanish"
    assert call_.session.name == known_before


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (DETAILS[:3], "Juan Domingo"),
        (DETAILS[:3], "Maria Ingles"),
        (DETAILS[:4], "5311 Agua Fria"),
        (("I manage the building and a tenant's furnace is out", *DETAILS[1:]), "Juan, he only speaks Spanish"),
    ],
)
def test_a_spanish_name_or_street_turns_no_call(before, text):
    """They are said in the words of any language; so is who will be on site, of whom it may be told what they speak."""
    session = talk(*before, text).session
    assert (session.language, session.reason) == ("en", None)


def test_words_about_the_language_are_no_name_that_was_asked_for_twice():
    """L3 takes what is said then as it is."""
    call_ = talk(*DETAILS[:3], "Why do you ask?")
    assert call_.session.question is Question.NAME
    assert spoken_to(call_, "Español.").session.name == ""
