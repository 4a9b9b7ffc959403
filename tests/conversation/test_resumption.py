"""A call that broke off at any moment and came back: nothing is asked of V2 twice, and the call goes on or ends."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.actions import Action, CallTool, EndCall, Say
from call.session import (
    Appointment,
    BookingStatus,
    CallbackStatus,
    CallSession,
    EndedBy,
    EntryKind,
    Question,
    Reason,
    State,
)
from call.tool_calls import (
    BookAppointment,
    CheckCalendarAvailability,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolRequest,
    ToolResult,
)
from conversation import resumption, script
from conversation.script import question_key
from records.end_reason import outcome_of
from tests.support.driven_call import (
    END_STATES,
    MACHINE,
    MAX_PER_CALL,
    NOW,
    TUESDAY_TWO,
    TURNS,
    Conversation,
    Input,
    first_result,
    results_for,
)
from tests.support.property_examples import examples

SORRY = "Sorry, we got cut off."
INPUTS: list[Input] = [*TURNS.values(), "silence", "time_up", "fault"]


class CrashError(Exception):
    """The process dies while V2 is being asked."""


@dataclass
class Crashing(Conversation):
    """A conversation whose process may die at rest, or when its next tool was asked and has not answered."""

    dies_in_tool: bool = False

    def _run(self, actions: list[Action]) -> None:
        answer = self.answer

        def asked(request: ToolRequest) -> ToolResult:
            session = self.session
            session.tool_under_way, session.tool_asked_at = request, NOW
            if self.dies_in_tool:
                self.dies_in_tool = False
                raise CrashError
            result = answer(request)
            session.note(EntryKind.TOOL, request.tool, NOW, detail=result.outcome)
            session.tool_under_way, session.tool_asked_at = None, None
            return result

        said = len(self.said)
        self.answer = asked
        try:
            super()._run(actions)
        finally:
            self.answer = answer
            for text in self.said[said:]:
                self.session.note(EntryKind.AGENT, text, NOW)

    def come_back(self) -> list[str]:
        """Another process goes on with the snapshot; what it says first."""
        self.session = CallSession.model_validate_json(self.session.model_dump_json())
        resumption.restore(self.session, NOW)
        said = len(self.said)
        self._run(MACHINE.resumed(self.session, NOW))
        self._check()
        return self.said[said:]


def call(session: CallSession | None = None, *names: str) -> Crashing:
    conversation = Crashing(
        first_result, session or CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW)
    )
    if session is None:
        conversation.start()
    for name in names:
        conversation.feed(TURNS[name])
    return conversation


@settings(max_examples=examples(1000), deadline=None)
@given(st.data())
def test_every_call_survives_two_crashes_anywhere(data: st.DataObject) -> None:
    """Whatever is said, whatever V2 answers, whenever it dies: all checks of Conversation hold, and the call ends."""
    number = data.draw(st.sampled_from(["+15125550100", ""]))
    conversation = Crashing(
        lambda request: data.draw(st.sampled_from(results_for(request))),
        CallSession(call_id="CA1", caller_number=number, started_at=NOW),
    )
    conversation.start()
    crashes, turns = 2, 0
    path = data.draw(st.lists(st.sampled_from(INPUTS), max_size=15))
    while not conversation.over and (path or not conversation.session.closing):
        given_input = path.pop(0) if path else data.draw(st.sampled_from(INPUTS))
        how = data.draw(st.sampled_from(["lives", "lives", "at rest", "in a tool"])) if crashes else "lives"
        conversation.dies_in_tool = how == "in a tool"
        try:
            conversation.feed(given_input)
            if how == "at rest":
                crashes -= 1
                assert conversation.come_back()
        except CrashError:
            crashes -= 1
            assert conversation.come_back()
        conversation.dies_in_tool = False
        turns += 1
        assert turns <= 3 * MAX_PER_CALL, "the call does not end"
    if not conversation.over:
        conversation.hang_up()
    assert conversation.session.state in END_STATES
    kinds = [type(request) for request in conversation.requests]
    for once in (BookAppointment, CreateCallback, SendSalesLeadAlert, SendEmergencyAlert):
        assert kinds.count(once) <= 1, once


def test_nothing_was_said_yet() -> None:
    """A call that died before its greeting begins with it, and without an apology."""
    conversation = call(CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW))
    (greeting,) = conversation.come_back()
    assert greeting.startswith("Thanks for calling")
    assert conversation.session.question is Question.HOW_CAN_I_HELP


SLOTS: dict[str, object] = {
    "name": "Jonas Weber",
    "address": "12 Oak Street",
    "problem": "no heat",
    "visit_at": TUESDAY_TWO,
    "booked_at": TUESDAY_TWO + timedelta(hours=1),
    "zip_unconfirmed": "78613",
    "appointment": Appointment(uid="u1", date="Friday", time="9:00 AM", attendee_name="Jonas Weber"),
}
ASKED = [q for q in Question if q is not Question.ANYTHING_ELSE and question_key(q) in script._EN]
STATES = {
    Question.SAFETY: State.SAFETY,
    Question.ZIP: State.SERVICE_AREA,
    Question.ZIP_CONFIRM: State.SERVICE_AREA,
    Question.WHEN: State.URGENCY,
    Question.READ_BACK: State.PRE_CONFIRM,
    Question.CHANGE_WHAT: State.PRE_CONFIRM,
    Question.OTHER_TIME: State.PRE_CONFIRM,
    Question.DETAILS: State.NON_SERVICE,
    Question.SCHEDULE_OFFER: State.NON_SERVICE,
    Question.PHONE: State.DISCOVERY,
    **dict.fromkeys(
        (
            Question.MANAGE_WHAT,
            Question.BOOKING_NAME,
            Question.CANCEL_CONFIRM,
            Question.NEW_TIME,
            Question.MOVE_CONFIRM,
        ),
        State.MANAGE_BOOKING,
    ),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("question", ASKED)
def test_the_open_question_is_asked_again(question: Question, language: str) -> None:
    """An apology, then the same question with the same facts; it stays the open one."""
    state = STATES.get(question, State.DISCOVERY)
    facts = SLOTS | {"state": state, "question": question, "language": language}
    session = CallSession.model_validate({"call_id": "CA1", "started_at": NOW, **facts})
    session.note(EntryKind.AGENT, "...", NOW)
    before = dict(session.said_count)
    conversation = call(session)
    sorry, *asked = conversation.come_back()
    assert sorry == (SORRY if language == "en" else "Perdone, se cortó la llamada.")
    assert len(asked) == 1
    assert "{" not in asked[0]
    assert conversation.session.question is question
    assert conversation.session.said_count.get(question_key(question), 0) == before.get(question_key(question), 0) + 1
    assert (conversation.session.state, conversation.requests) == (state, [])


def test_another_zip_is_asked_about_again_as_it_was() -> None:
    """A served one is not said to be outside the area."""
    facts = {"state": State.DISCOVERY, "question": Question.ZIP_CONFIRM, "zip_unconfirmed": "78703"}
    session = CallSession.model_validate({"call_id": "CA1", "started_at": NOW, **facts})
    session.note(EntryKind.AGENT, "...", NOW)
    assert "another ZIP now, 7 8 7 0 3" in call(session).come_back()[-1]


def test_the_read_back_is_whole_and_approves_nothing_by_itself() -> None:
    """Name, address and time are said again; a visit is booked only after a yes to that."""
    conversation = call(None, "everything", "no_gas")
    assert conversation.session.question is Question.READ_BACK
    _, read_back = conversation.come_back()
    assert all(fact in read_back for fact in ("Jonas Weber", "12 Oak Street", "2 PM"))
    assert not any(isinstance(request, BookAppointment) for request in conversation.requests)
    conversation.feed(TURNS["yes"])
    assert conversation.session.booking_status is BookingStatus.CONFIRMED


def dies_in(conversation: Crashing, name: str) -> list[str]:
    """The process dies in the tool that this turn asks for; what the next one says first."""
    conversation.dies_in_tool = True
    with pytest.raises(CrashError):
        conversation.feed(TURNS[name])
    return conversation.come_back()


def test_a_booking_under_way_is_uncertain_and_never_repeated() -> None:
    """The caller is told so, a callback is made with the time, and no second visit can come of it."""
    conversation = call(None, "everything", "no_gas")
    said = dies_in(conversation, "yes")
    session = conversation.session
    assert said[:2] == [SORRY, "I'm sorry, I couldn't make sure that the visit went through."]
    assert (session.state, session.reason) == (State.CALLBACK, Reason.BOOKING_UNCERTAIN)
    assert session.booking_uncertain
    assert session.booking_status is BookingStatus.ATTEMPTED_FAILED
    assert [type(request) for request in conversation.requests] == [
        LookupCaller,
        CheckCalendarAvailability,
        BookAppointment,
        LookupBooking,
        CreateCallback,
    ]
    assert "a visit may already exist" in conversation.requests[-1].reason  # type: ignore[union-attr]
    assert session.tool_under_way is None


def test_a_lookup_under_way_makes_the_caller_a_stranger() -> None:
    """The call goes on with the safety question, and looks up no more."""
    conversation = call()
    said = dies_in(conversation, "problem")
    assert said[0] == SORRY
    assert "smell gas" in said[-1]
    assert (conversation.session.looked_up, conversation.session.known_caller) == (True, False)


def test_a_calendar_under_way_is_asked_again() -> None:
    """It only reads: no visit is read back that V2 was not asked about, and nobody is asked what the call is about."""
    conversation = call(None, "everything")
    said = dies_in(conversation, "no_gas")
    assert said[0] == SORRY
    assert conversation.session.question is Question.READ_BACK
    assert [type(request) for request in conversation.requests] == [LookupCaller, *[CheckCalendarAvailability] * 2]
    conversation = call(None, "problem", "no_gas", "zip_in", "name", "address")
    dies_in(conversation, "tuesday")
    conversation.feed(TURNS["tuesday"])
    assert conversation.session.question is Question.READ_BACK
    assert [type(request) for request in conversation.requests][-2:] == [CheckCalendarAvailability] * 2


def test_a_callback_under_way_is_promised_by_the_record() -> None:
    """V2 is not told twice; the promise stands, because the dashboard's record carries it."""
    conversation = call()
    said = dies_in(conversation, "person")
    assert said == [SORRY, "Someone from our team will call you back as soon as possible. Thank you, goodbye."]
    assert conversation.session.callback_status is CallbackStatus.NOT_CREATED
    assert conversation.session.closing
    assert len(conversation.requests) == 1


def test_a_change_under_way_is_not_told_as_done() -> None:
    """A visit that may have been moved or not: a callback, and the team is told to check."""
    conversation = Crashing(lambda request: results_for(request)[1 if request.tool == "lookup_booking" else 0])
    conversation.start()
    for name in ("cancel", "name"):
        conversation.feed(TURNS[name])
    assert conversation.session.question is Question.CANCEL_CONFIRM
    said = dies_in(conversation, "yes")
    assert said[1] == "I'm sorry, I couldn't make sure of that change."
    assert sum(isinstance(request, ManageAppointment) for request in conversation.requests) == 1


def test_an_alert_under_way_is_not_repeated_but_the_warning_is() -> None:
    """Leave and 911 once more, then the end."""
    conversation = call()
    said = dies_in(conversation, "gas")
    assert said[0] == SORRY
    assert "911" in said[1]
    assert conversation.session.closing
    assert sum(isinstance(request, SendEmergencyAlert) for request in conversation.requests) == 1


def test_an_alert_that_was_never_asked_for_is_sent() -> None:
    """Dead between the warning and the alert: a doubled alarm would beat a lost one, and here none is doubled."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, state=State.SAFETY_EXIT)
    session.reason, session.emergency = Reason.EMERGENCY, True
    session.note(EntryKind.AGENT, "...", NOW)
    session.note(EntryKind.CALLER, "it smells like gas", NOW)
    conversation = call(session)
    conversation.come_back()
    (alert,) = conversation.requests
    assert isinstance(alert, SendEmergencyAlert)
    assert (alert.caller_phone, alert.urgency_description) == ("+15125550100", "it smells like gas")


def ended(state: State, reason: Reason, **facts: object) -> Crashing:
    given = {"call_id": "CA1", "caller_number": "+15125550100", "started_at": NOW, "state": state, "reason": reason}
    session = CallSession.model_validate(given | SLOTS | facts)
    session.note(EntryKind.AGENT, "...", NOW)
    return call(session)


BOOKED: dict[str, object] = {"booking_status": "confirmed", "booked_at": TUESDAY_TWO, "approved": True}
ENDS = [
    (State.GOODBYE, Reason.OUT_OF_AREA, {}, "don't serve that area"),
    (State.GOODBYE, Reason.WRONG_NUMBER, {}, "wrong number"),
    (State.CALLBACK, Reason.CALLER_WISH, {"callback_status": "created"}, "will call you back"),
    (State.CALLBACK, Reason.HIGH_TICKET, {"callback_status": "created"}, "comfort advisor will call you"),
    (State.CALLBACK, Reason.CALLER_WISH, {"callback_status": "none"}, "will call you back"),
    (State.CALLBACK, Reason.CALLER_WISH, {"callback_status": "none", "caller_number": ""}, "Without a number"),
    (State.CONFIRM, Reason.BOOKED, BOOKED | {"closing": True}, "We'll see you"),
    (State.CONFIRM, Reason.CANCELLED, {"closing": True}, "Thank you for calling"),
]


@pytest.mark.parametrize(("state", "reason", "facts", "heard"), ENDS)
def test_an_end_ends(state: State, reason: Reason, facts: dict[str, object], heard: str) -> None:
    """An end state says once more what was decided, and the call ends."""
    conversation = ended(state, reason, **facts)
    said = conversation.come_back()
    assert said[0] == SORRY
    assert heard in " ".join(said)
    assert conversation.session.closing
    assert conversation.session.state is state


@pytest.mark.parametrize(("state", "reason", "facts", "heard"), ENDS)
def test_an_end_that_asks_about_a_danger_asks_it_again(
    state: State, reason: Reason, facts: dict[str, object], heard: str
) -> None:
    """A possible danger was told there: the line that is back ends nothing before the answer."""
    conversation = ended(state, reason, **facts | {"question": Question.SAFETY, "closing": False})
    said = conversation.come_back()
    assert "carbon monoxide" in said[-1]
    assert heard not in " ".join(said)
    assert not conversation.session.closing


CONFIRMED = [
    (Reason.BOOKED, BOOKED, "You're booked for"),
    (Reason.CANCELLED, {}, "Your visit is cancelled."),
    (Reason.RESCHEDULED, {"moved_to": TUESDAY_TWO}, "Your visit is moved to"),
    (Reason.STATUS_TOLD, {}, "Your visit is on Friday at 9:00 AM."),
    (Reason.MESSAGE_TAKEN, {}, "I've noted that for the team."),
]


@pytest.mark.parametrize(("reason", "facts", "heard"), CONFIRMED)
def test_what_was_done_is_told_again(reason: Reason, facts: dict[str, object], heard: str) -> None:
    """It may not have been heard; then the open question, and the call goes on."""
    conversation = ended(State.CONFIRM, reason, question=Question.ANYTHING_ELSE, **facts)
    said = conversation.come_back()
    assert said[0] == SORRY
    assert said[1].startswith(heard)
    assert said[2] == "Is there anything else I can help with?"
    assert not conversation.session.closing
    conversation.feed(TURNS["no"])
    assert conversation.session.closing


def test_a_callback_that_waits_for_a_number_asks_for_it() -> None:
    """The one end state that needs something of the caller."""
    conversation = ended(State.CALLBACK, Reason.CALLER_WISH, question=Question.PHONE, caller_number="")
    assert conversation.come_back()[1] == "What's the best number to reach you at?"
    conversation.feed(TURNS["phone"])
    assert conversation.session.callback_status is CallbackStatus.CREATED


def test_what_comes_back_is_no_ended_call() -> None:
    """How the stream before it ended is forgotten; the timeline tells that there was one."""
    session = CallSession(call_id="CA1", started_at=NOW, ended_at=NOW, ended_by=EndedBy.INTERRUPTED, silence_count=2)
    resumption.restore(session, NOW)
    assert (session.ended_by, session.ended_at, session.silence_count) == (None, None, 0)
    assert [(entry.kind, entry.text) for entry in session.timeline] == [(EntryKind.NOTE, "resumed")]


def test_a_process_that_died_is_named() -> None:
    """Nobody wrote that the stream broke off: whoever ran it was gone."""
    session = CallSession(call_id="CA1", started_at=NOW)
    resumption.restore(session, NOW)
    assert [(entry.kind, entry.text) for entry in session.timeline] == [
        (EntryKind.FAULT, "us"),
        (EntryKind.NOTE, "resumed"),
    ]
    session.state, session.reason = State.CONFIRM, Reason.BOOKED
    assert outcome_of(session) == "confirm:booked (despite: us)"


def test_only_these_actions_come_of_it() -> None:
    """Nothing that is worded by the model: what is said after a break starts at once."""
    conversation = call(None, "problem")
    actions = MACHINE.resumed(conversation.session, NOW)
    assert all(isinstance(action, Say | CallTool | EndCall) for action in actions)


PATHS = [
    (),
    ("everything",),
    ("everything", "no_gas", "whenever", "yes"),
    ("person",),
    ("new_system",),
    ("gas",),
    ("bye",),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("number", ["+15125550100", ""])
@pytest.mark.parametrize("dies_in_tool", [False, True])
def test_a_call_that_is_given_up_ends_in_words(path: tuple[str, ...], number: str, dies_in_tool: bool) -> None:
    """Wherever it was: it is said how it ends and nothing is asked; a callback is promised to whom it can be made."""
    conversation = call(CallSession(call_id="CA1", caller_number=number, started_at=NOW), *path[:-1])
    conversation.dies_in_tool = dies_in_tool
    with contextlib.suppress(CrashError):
        for name in path[-1:]:
            conversation.feed(TURNS[name])
    session = conversation.session
    actions = MACHINE.given_up(session, NOW)
    said = [action.text for action in actions if isinstance(action, Say)]
    assert said
    assert not any("?" in text for text in said)
    assert session.state in END_STATES
    assert session.tool_under_way is None
    if any(isinstance(action, CallTool) for action in actions) and session.state is State.CALLBACK:
        assert session.phone
        assert "call you" in said[-1]
