"""The deterministic state machine of a call: events in, actions out.

Pure: no framework, no I/O, no clock; the time comes with each event. Every move is one of transitions.TRANSITIONS,
every answer one of actions.Action, and the session is the only state. The states themselves are in main_line.py,
side_lines.py and endings.py. `wait` and the limits never leave a call without something to say.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import coming_back
import endings
import main_line
import side_lines
from actions import Action, CallTool, EndCall, Say
from business import Business
from session import APPROVALS, END_STATES, CallSession, Intent, Question, Reason, State
from talk import Talk
from tool_calls import (
    BookAppointment,
    CallerFound,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    ToolRequest,
    ToolResult,
)
from transitions import move
from understanding import Answer, Ask, Hazard, Understanding

STILL_THERE_TIMES = 2
_NON_SERVICE = frozenset({Intent.BILLING, Intent.WARRANTY, Intent.PRICING, Intent.VENDOR, Intent.APPLICANT})
_CORRECTABLE = frozenset({Question.READ_BACK, Question.CHANGE_WHAT})


@dataclass(frozen=True)
class Turn:
    """One whole caller turn as understood; `now` is aware, in the business's zone."""

    heard: Understanding
    now: datetime


@dataclass(frozen=True)
class StateMachine:
    """The rules of the conversation for one business; holds nothing of a call."""

    business: Business

    def start(self, session: CallSession, now: datetime) -> list[Action]:
        """The greeting."""
        session.question = Question.HOW_CAN_I_HELP
        return [self._talk(session, now).say("greeting")]

    def resumed(self, session: CallSession, now: datetime) -> list[Action]:
        """The call broke off and is back: says so and asks the open question again; an end state ends."""
        talk = self._talk(session, now)
        if not (lost := coming_back.lost_tool(talk)):
            return coming_back.resumed(talk)
        following = self.after_tool(session, lost, ToolResult(Outcome.UNKNOWN, coming_back.LOST), now)
        return [talk.say("cut_off"), *following, *([] if following else coming_back.end(talk))]

    def step(self, session: CallSession, turn: Turn) -> list[Action]:
        """Handles one caller turn. Hazards come before everything (conversation.md 5)."""
        heard = turn.heard
        if session.silence_count and session.question in APPROVALS and heard.answer is Answer.YES:
            heard = replace(heard, answer=None)  # The yes to "Are you still there?" approves nothing.
        session.silence_count = 0
        if session.state in END_STATES:
            changed = _take(session, heard, self.business) if session.question is Question.PHONE else frozenset[str]()
            return endings.step(Talk(session, self.business, turn.now, heard, changed))
        if session.state is State.WELCOME and heard.language == "es":
            session.language = "es"
        changed = _take(session, heard, self.business)
        talk = Talk(session, self.business, turn.now, heard, changed)
        if heard.hazard is Hazard.PRESENT:
            return endings.safety_exit(talk)
        if heard.wants_person:
            return endings.callback(talk, Reason.CALLER_WISH)
        if heard.intent is Intent.WRONG_NUMBER and not session.problem:
            return endings.goodbye(talk, Reason.WRONG_NUMBER)
        if heard.goodbye and not changed and heard.answer is not Answer.YES:
            return endings.goodbye(talk, Reason.DONE)
        match session.state:
            case State.WELCOME:
                return _welcome(talk)
            case State.LOOKUP:
                return _after_lookup(talk) if session.looked_up else _lookup(talk)
            case State.NON_SERVICE:
                return side_lines.non_service(talk)
            case State.FOLLOW_UP:
                return side_lines.follow_up(talk)
            case State.MANAGE_BOOKING:
                return side_lines.manage_booking(talk)
        return main_line.step(talk)

    def after_tool(self, session: CallSession, request: ToolRequest, result: ToolResult, now: datetime) -> list[Action]:
        """Handles what came of a tool; always ends in speech or in the actions that were already planned."""
        talk = self._talk(session, now)
        match request:
            case LookupCaller():
                _learn(session, result)
                return _after_lookup(talk)
            case LookupBooking():
                return side_lines.after_booking_lookup(talk, result)
            case ManageAppointment():
                return side_lines.after_change(talk, request, result)
            case BookAppointment():
                return main_line.after_booking(talk, result)
        return endings.after_callback_tool(talk, request, result)

    def turn_limit(self, session: CallSession, now: datetime, *, whole_call: bool) -> list[Action]:
        """The sixth turn of a state, or the thirty-first of the call: a person calls back. End states just end."""
        talk = self._talk(session, now)
        if session.state in END_STATES:
            return endings.close(talk)
        reason = Reason.CALL_TURN_LIMIT if whole_call else Reason.TURN_LIMIT
        return endings.callback(talk, reason, may_ask=not whole_call)

    def time_limit(self, session: CallSession, now: datetime) -> list[Action]:
        """The call has lasted too long."""
        talk = self._talk(session, now)
        return (
            endings.close(talk)
            if session.state in END_STATES
            else endings.callback(talk, Reason.TIME_LIMIT, may_ask=False)
        )

    def fault(self, session: CallSession, part: str, now: datetime) -> list[Action]:
        """A part that the call cannot go on without has failed; `part` is a vendor's name or `us`."""
        session.fault = session.fault or part
        talk = self._talk(session, now)
        return (
            endings.close(talk) if session.state in END_STATES else endings.callback(talk, Reason.FAULT, may_ask=False)
        )

    def silence(self, session: CallSession, now: datetime) -> list[Action]:
        """The caller has been silent for too long: asked twice, then let go; in an end state it is the end."""
        talk = self._talk(session, now)
        if session.state in END_STATES:
            return endings.close(talk)
        session.silence_count += 1
        if session.silence_count <= STILL_THERE_TIMES:
            return [talk.say("still_there")]
        return [talk.say("goodbye:silence", must_hear=True), EndCall(goodbye=Reason.SILENCE)]

    def hang_up(self, session: CallSession, end: EndCall, now: datetime) -> None:
        """The moment of the hang-up: a call that ends by silence is in goodbye from here on."""
        if end.goodbye and session.state not in END_STATES:
            move(session, State.GOODBYE, now, end.goodbye)

    def wait(self, session: CallSession) -> Say:
        """A filler line for a tool that takes long."""
        return self._talk(session, session.started_at).say("filler")

    def _talk(self, session: CallSession, now: datetime) -> Talk:
        return Talk(session, self.business, now)


def _welcome(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    if heard.asks is Ask.ROBOT and heard.intent is None and not session.problem:
        return [talk.say("robot"), *talk.ask(Question.HOW_CAN_I_HELP)]
    session.intent = heard.intent or Intent.SERVICE
    session.manage_action = heard.manage_action
    return side_lines.enter_non_service(talk) if session.intent in _NON_SERVICE else _lookup(talk)


def _lookup(talk: Talk) -> list[Action]:
    if talk.session.state is not State.LOOKUP:
        talk.go(State.LOOKUP)
    return [CallTool(LookupCaller())]


def _learn(session: CallSession, result: ToolResult) -> None:
    """Takes over what V2 knows; what only a stranger's booking vouches for stays unused (R40)."""
    session.looked_up = True
    if not isinstance(result, CallerFound) or result.outcome is not Outcome.OK or not result.found:
        return
    session.has_appointment = result.has_appointment and result.verified
    session.callback_owed, session.callback_issue = result.callback_owed, result.callback_issue
    session.calls_today = result.calls_today
    if result.verified:
        session.known_caller = True
        session.name = session.name or result.name
        session.zip_on_file = result.zip_code


def _after_lookup(talk: Talk) -> list[Action]:
    session = talk.session
    if not session.zip_code and talk.business.serves(session.zip_on_file):
        session.zip_code = session.zip_on_file
    opening: list[Say] = []
    if session.known_caller and session.name and not session.name_from_caller and session.language == "en":
        opening.append(talk.say("known_caller", name=session.name.split()[0]))
    if session.calls_today >= 2:
        opening.append(talk.say("several_calls"))
    match session.intent:
        case Intent.FOLLOW_UP:
            return side_lines.enter_follow_up(talk, *opening)
        case Intent.MANAGE:
            return [*opening, *side_lines.enter_manage_booking(talk)]
    if session.has_appointment:
        opening.append(talk.say("has_appointment"))
    if not opening and session.problem and session.language == "en":
        opening.append(talk.say("sorry_to_hear"))
    return main_line.enter_safety(talk, *opening)


def _take(session: CallSession, heard: Understanding, business: Business) -> frozenset[str]:
    """Writes the facts of a turn into the session and names those that changed.

    What is empty is filled; what is known changes only when it is being asked for or corrected.
    """
    before = session.model_dump(include={"name", "address", "problem", "callback_phone", "visit_at", "zip_code"})
    open_to_change = session.question in _CORRECTABLE
    if heard.name and (
        not session.name_from_caller or open_to_change or session.question in (Question.NAME, Question.BOOKING_NAME)
    ):
        session.name, session.name_from_caller = heard.name, True
    if heard.address and (not session.address or open_to_change or session.question is Question.ADDRESS):
        session.address = heard.address
    if heard.problem and (not session.problem or session.question is Question.PROBLEM):
        session.problem = heard.problem
    if heard.phone:
        session.callback_phone = heard.phone
    if heard.zip_code and session.state not in (State.PRE_CONFIRM, State.BOOKING):
        served = business.serves(heard.zip_code)
        session.zip_code = heard.zip_code if served else ""
        session.zip_unconfirmed = "" if served else heard.zip_code
    session.zip_partial = heard.zip_partial
    if heard.visit and session.question is not Question.OTHER_TIME:
        session.visit_at, session.visit_asap = heard.visit.starts_at, heard.visit.asap
        session.approved = False
    session.urgency = heard.urgency or session.urgency
    session.high_ticket = session.high_ticket or heard.high_ticket
    if session.state is State.MANAGE_BOOKING:
        session.manage_action = heard.manage_action or session.manage_action
    after = session.model_dump(include=set(before))
    return frozenset(name for name in before if before[name] != after[name])


__all__ = ["StateMachine", "Turn"]
