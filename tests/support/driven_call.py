"""Drives the state machine as the processor does, without Pipecat, and checks after every event what must hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from call.actions import Action, CallTool, DialPerson, EndCall, Say, Word
from call.business import Business
from call.session import END_STATES, CallSession, EntryKind, Intent, ManageAction, Question, Reason, State, Urgency
from call.tool_calls import (
    AlertSent,
    BookAppointment,
    Booked,
    BookingFound,
    CallerFound,
    CheckCalendarAvailability,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    Outcome,
    SendEmergencyAlert,
    SlotsFound,
    ToolRequest,
    ToolResult,
)
from conversation.transitions import TRANSITIONS
from state_machine import StateMachine, Turn
from understanding.facts import End
from understanding.turn import Answer, Ask, Hazard, Understanding, VisitWish

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
TUESDAY_TWO = NOW + timedelta(days=1, hours=4)
FRIDAY_NINE = NOW + timedelta(days=4, hours=-1)
MACHINE = StateMachine(Business())
MAX_PER_STATE, MAX_PER_CALL = 5, 30

SILENCE, TIME_UP, FAULT = "silence", "time_up", "fault"
Input = Understanding | str

# What a turn can be to the machine. `text` has as many words as matters: from four on it may be a digression.
TURNS: dict[str, Understanding] = {
    "hello": Understanding(text="hello"),
    "mumble": Understanding(text="well you see it is like this"),
    "yes": Understanding(text="yes", answer=Answer.YES),
    "no": Understanding(text="no", answer=Answer.NO),
    "yes_but": Understanding(text="yes but that is wrong", answer=Answer.YES_BUT),
    "unclear": Understanding(text="maybe", answer=Answer.UNCLEAR),
    "gas": Understanding(text="it smells like gas", hazard=Hazard.PRESENT),
    "maybe_gas": Understanding(text="a little maybe", hazard=Hazard.POSSIBLE),
    "no_gas": Understanding(text="no gas smell", hazard=Hazard.DENIED, answer=Answer.NO),
    "zip_in": Understanding(text="78701", zip_code="78701"),
    "zip_out": Understanding(text="78613", zip_code="78613"),
    "name": Understanding(text="Jonas Weber", name="Jonas Weber"),
    "other_name": Understanding(text="no it is Mia", name="Mia Long", answer=Answer.NO),
    "address": Understanding(text="12 Oak Street", address="12 Oak Street"),
    "problem": Understanding(text="my furnace is out", problem="furnace is out"),
    "phone": Understanding(text="512 555 0188", phone="+15125550188"),
    "tuesday": Understanding(text="Tuesday at two", visit=VisitWish(TUESDAY_TWO)),
    "friday": Understanding(text="Friday morning", visit=VisitWish(FRIDAY_NINE)),
    "yes_friday": Understanding(text="yes but make it Friday", answer=Answer.YES_BUT, visit=VisitWish(FRIDAY_NINE)),
    "urgent": Understanding(text="right away", urgency=Urgency.URGENT),
    "whenever": Understanding(text="whenever", urgency=Urgency.ROUTINE),
    "everything": Understanding(
        text="my furnace is out",
        problem="furnace is out",
        name="Jonas Weber",
        zip_code="78701",
        address="12 Oak Street",
        visit=VisitWish(TUESDAY_TWO),
        intent=Intent.SERVICE,
    ),
    "correction": Understanding(text="actually it is 45 Elm Street", address="45 Elm Street", corrects=True),
    "zip_correction": Understanding(text="sorry the zip is 78613", zip_code="78613", corrects=True),
    "manager": Understanding(text="I manage the building", manages_property=True),
    "ridiculous": Understanding(text="this is ridiculous", upset=True),
    "person": Understanding(text="a person please", wants_person=True),
    "new_system": Understanding(text="I want a new system", high_ticket=True),
    "no_recording": Understanding(text="don't record this", declines_recording=True),
    "asks_recording": Understanding(text="are you recording me", asks_recording=True),
    "withdraws": Understanding(text="we do not need a visit", answer=Answer.NO, withdraws=True),
    "may_withdraw": Understanding(text="never mind", answer=Answer.NO, doubted_end=End.NO_VISIT),
    "bye": Understanding(text="bye", goodbye=True),
    "price": Understanding(text="what does it cost", asks=Ask.PRICE),
    "robot": Understanding(text="are you a robot", asks=Ask.ROBOT),
    "question": Understanding(text="do you also do pools", asks=Ask.OTHER),
    "spanish": Understanding(text="no hay calefacción", language="es"),
    **{intent.value: Understanding(text=f"about {intent}", intent=intent) for intent in Intent},
    **{
        action.value: Understanding(text=f"I want to {action} it", intent=Intent.MANAGE, manage_action=action)
        for action in ManageAction
    },
}

# What promises a call of ours, or speaks of one that is to come; "call us again" and "we can't call you" are none.
PROMISES = re.compile(
    r"(?<!can't )\bcall(?:ing)? you\b|\bthey call\b|advisors? will|someone will|will call|le llamar(?:á|an)|le llamen",
    re.IGNORECASE,
)

Answerer = Callable[[ToolRequest], ToolResult]


def results_for(request: ToolRequest) -> list[ToolResult]:
    """Every kind of result that a tool can have."""
    bad = [Outcome.REFUSED, Outcome.UNAVAILABLE, Outcome.UNKNOWN]
    match request:
        case LookupCaller():
            return [
                CallerFound(Outcome.OK),
                *[CallerFound(o) for o in bad],
                CallerFound(
                    Outcome.OK,
                    found=True,
                    verified=True,
                    name="Jonas Weber",
                    zip_code="78701",
                    has_appointment=True,
                    callback_owed=True,
                    callback_issue="noise",
                    calls_today=3,
                ),
                CallerFound(Outcome.OK, found=True, name="Somebody Else", has_appointment=True),
            ]
        case BookAppointment():
            return [
                Booked(Outcome.OK, starts_at=request.starts_at, appointment_id="cal_1"),
                Booked(Outcome.OK, starts_at=request.starts_at + timedelta(hours=1), appointment_id="cal_1"),
                *[Booked(o) for o in bad],
            ]
        case CheckCalendarAvailability():
            return [
                SlotsFound(Outcome.OK),
                SlotsFound(Outcome.OK, slots=(TUESDAY_TWO, FRIDAY_NINE)),
                SlotsFound(Outcome.OK, slots=(TUESDAY_TWO + timedelta(hours=2), FRIDAY_NINE)),
                *[SlotsFound(o) for o in bad],
            ]
        case LookupBooking():
            found = BookingFound(
                Outcome.OK, found=True, booking_uid="u1", date="Friday", time="9:00 AM", attendee_name="Jonas Weber"
            )
            asked = replace(found, booking_uid="u2", date="Tuesday, November 24", time="2:00 PM")
            return [BookingFound(Outcome.OK), found, asked, *[BookingFound(o) for o in bad]]
        case SendEmergencyAlert():
            return [AlertSent(Outcome.OK, alert_id="SM1"), *[AlertSent(o) for o in bad]]
    return [ToolResult(Outcome.OK), *[ToolResult(o) for o in bad]]


@dataclass
class Conversation:
    """One call; `answer` decides what comes of each tool."""

    answer: Answerer
    session: CallSession = field(
        default_factory=lambda: CallSession(
            call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True
        )
    )
    said: list[str] = field(default_factory=list)
    requests: list[ToolRequest] = field(default_factory=list)
    over: bool = False
    started: bool = False
    machine: StateMachine = MACHINE
    dials: int = 0

    def start(self) -> None:
        """The greeting."""
        self._run(self.machine.start(self.session, NOW))

    def feed(self, given: Input) -> None:
        """One event of the call, as the processor handles it; nothing after the end."""
        session = self.session
        if self.over or (isinstance(given, str) and session.closing):
            return
        before = len(self.said)
        self.booked_before = any(isinstance(r, BookAppointment) for r in self.requests)
        approval = (
            isinstance(given, Understanding)
            and session.state is State.PRE_CONFIRM
            and session.question is Question.READ_BACK
            and given.answer is Answer.YES
            and not session.silence_count  # That yes answers "Are you still there?".
        )
        if isinstance(given, str):
            actions = self._event(given)
        else:
            if session.closing and session.hangup_stopped and given.hazard is not Hazard.PRESENT:
                self.over = True
                return
            if session.closing:
                session.hangup_stopped = session.state in END_STATES
            actions = self._turn(given)
        self._run(actions)
        if isinstance(given, Understanding):
            dials = session.state is State.TRANSFER and session.closing  # Then it rings.
            assert len(self.said) > before or dials, f"silence after {given.text!r} in {session.state}"
        booked_now = any(isinstance(r, BookAppointment) for r in self.requests) and not self.booked_before
        assert not booked_now or approval, "booked without an explicit yes to the read-back"
        self._check()

    def _turn(self, heard: Understanding) -> list[Action]:
        session = self.session
        session.note(EntryKind.CALLER, heard.text or "?", NOW)
        session.turn_count += 1
        session.state_turn_count += 1
        danger = heard.hazard is Hazard.PRESENT
        if not danger and session.turn_count > MAX_PER_CALL:
            return self.machine.turn_limit(session, NOW, whole_call=True)
        if not danger and session.state_turn_count > MAX_PER_STATE:
            return self.machine.turn_limit(session, NOW, whole_call=False, heard=heard)
        return self.machine.step(session, Turn(heard, NOW))

    def _event(self, event: str) -> list[Action]:
        match event:
            case "silence":
                return self.machine.silence(self.session, NOW)
            case "time_up":
                return self.machine.time_limit(self.session, NOW)
        return self.machine.fault(self.session, "deepgram", NOW)

    def _run(self, actions: list[Action]) -> None:
        waiting, ended = list(actions), False
        while waiting:
            action = waiting.pop(0)
            match action:
                case Say(text=text, line=line) | Word(fallback=text, line=line):
                    promised = PROMISES.search(text)
                    assert not promised or self.session.phone, f"a call is promised without a number: {text!r}"
                    self.said.append(text)
                    if line:  # As the speaker counts.
                        self.session.said_count[line] = self.session.said_count.get(line, 0) + 1
                case CallTool(request=request):
                    self.requests.append(request)
                    waiting[:0] = self.machine.after_tool(self.session, request, self.answer(request), NOW)
                case EndCall() as end:
                    ended = True
                    self.session.closing, self.end = True, end
                case DialPerson():
                    ended = self.session.closing = True
                    self.dials += 1
        if not ended:
            self.session.closing = False

    def hang_up(self) -> None:
        """The last line was heard and nobody spoke."""
        self.machine.hang_up(self.session, self.end, NOW)
        self.over = True

    def _check(self) -> None:
        session = self.session
        moves = [entry.text.split(" -> ") for entry in session.timeline if entry.kind is EntryKind.STATE]
        path = [State(moves[0][0]), *(State(to) for _, to in moves)] if moves else []
        for a, b in pairwise(path):
            assert b in TRANSITIONS[a], f"{a} -> {b} is not in the table"
        assert sum(isinstance(r, CreateCallback) for r in self.requests) <= 1, "a second callback"
        assert sum(isinstance(r, BookAppointment) for r in self.requests) <= 1, "a second booking"
        if session.state in (State.CALLBACK, State.GOODBYE, State.SAFETY_EXIT):
            asked = session.question in (Question.PHONE, Question.TEXT)
            waits = session.question is Question.SAFETY or (session.state is State.CALLBACK and asked)
            assert session.closing or waits, f"{session.state} does not end the call"
        claims = [text for text in self.said if "booked for" in text or "see you" in text]
        assert not claims or session.booking_status == "confirmed", f"said without success: {claims}"
        if session.reason is Reason.BOOKED:
            assert session.approved
            assert session.booked_at == session.visit_at


def first_result(request: ToolRequest) -> ToolResult:
    """Everything works, nobody is known."""
    return results_for(request)[0]


__all__ = ["END_STATES", "FAULT", "NOW", "SILENCE", "TIME_UP", "TURNS", "Conversation", "first_result", "results_for"]
