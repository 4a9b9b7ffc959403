"""The state machine, proven: what holds after every sequence of turns, events and tool results."""

import json

import pytest
from conversation import (
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
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import Say
from session import BookingStatus, CallbackStatus, CallSession, Question, Reason, State
from state_machine import Turn
from tool_calls import (
    BookAppointment,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolResult,
    tool_name,
)
from transitions import TRANSITIONS, TransitionError, diagram, move

INPUTS = [*TURNS.values(), SILENCE, TIME_UP, FAULT]


def call(*names, answer=first_result, number="+15125550100"):
    """A call with these turns, by name."""
    conversation = Conversation(answer, CallSession(call_id="CA1", caller_number=number, started_at=NOW))
    conversation.start()
    for name in names:
        conversation.feed(TURNS.get(name, name))
    return conversation


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_every_sequence_ends_within_the_limits(data):
    """Whatever is said and whatever the tools answer: every check of Conversation holds, and the call ends."""
    number = data.draw(st.sampled_from(["+15125550100", ""]))
    conversation = Conversation(
        lambda request: data.draw(st.sampled_from(results_for(request))),
        CallSession(call_id="CA1", caller_number=number, started_at=NOW),
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


@settings(max_examples=600, deadline=None)
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


def abstract(session):
    """What of a session decides its future; counters of turns and texts left out."""
    fields = session.model_dump(
        mode="json", exclude={"timeline", "said_count", "turn_count", "state_turn_count", "problem", "zip_partial"}
    )
    return json.dumps(
        {**fields, "problem": bool(session.problem), "later": session.state_turn_count > 1}, sort_keys=True
    )


def continued(session):
    """A call that goes on from a copy of `session`, with fresh counters."""
    copy = session.model_copy(deep=True, update={"timeline": [], "turn_count": 0})
    copy.state_turn_count = min(copy.state_turn_count, 2)
    return Conversation(first_result, copy)


def test_every_reachable_state_is_left_by_the_call_limit_and_by_silence():
    """Exhaustive over the main line's inputs: each reachable session is ended by the call limit, and by silence."""
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
        for name in names:
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
    """The README's diagram comes from the table."""
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
    assert [tool_name(r) for r in conversation.requests] == [
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
    assert [tool_name(r) for r in conversation.requests] == ["lookup_caller"]


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
    conversation.feed(TURNS["no"])
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
        (("billing", "name"), "callback:billing"),
        (("warranty", "name"), "callback:warranty"),
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
