"""The deterministic state machine of a call: events in, actions out.

Pure: no framework, no I/O, no clock; the time comes with each event. Every move is one of transitions.TRANSITIONS,
every answer one of actions.Action, and the session is the only state. The states themselves are in main_line.py,
side_lines.py and endings.py. `wait` and the limits never leave a call without something to say.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from call.actions import Action, CallTool, DialPerson, EndCall, Say
from call.business import Business
from call.session import APPROVALS, END_STATES, CallSession, Intent, ManageAction, Question, Reason, State
from call.tool_calls import (
    BookAppointment,
    CallerFound,
    CheckCalendarAvailability,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    ToolRequest,
    ToolResult,
)
from conversation import (
    doubted_ends,
    endings,
    identity,
    main_line,
    recording,
    resumption,
    same_caller,
    side_lines,
    texting,
    told_beside,
    transfer,
    visit_offer,
    visit_on_file,
)
from conversation.learning import learn
from conversation.moment import Talk
from conversation.transitions import move
from understanding.answers.answers import denies_presence, tells_presence
from understanding.text.language import asks_for_spanish
from understanding.text.plain import plain
from understanding.turn import Answer, Ask, Hazard, Understanding

STILL_THERE_TIMES = 2
_NON_SERVICE = frozenset({Intent.BILLING, Intent.WARRANTY, Intent.PRICING, Intent.VENDOR, Intent.APPLICANT})
_BESIDE_THE_MAIN_LINE = frozenset({State.NON_SERVICE, State.FOLLOW_UP, State.MANAGE_BOOKING})
# A yes is no answer to most of these, and how they are asked depends on what was told; the others are for the state.
_ASKED_AGAIN_BY_THEIR_STATE = APPROVALS | {
    None, Question.SAFETY, Question.ZIP, Question.NAME, Question.BOOKING_NAME, Question.ADDRESS, Question.PHONE,
    Question.WHEN,
}  # fmt: skip
_OPEN_AT_THE_END = frozenset({Question.ANYTHING_ELSE, Question.TEXT, Question.PHONE})
_SAID_AS_WORDS = frozenset({Question.NAME, Question.BOOKING_NAME, Question.ADDRESS})


@dataclass(frozen=True)
class Turn:
    """One whole caller turn as understood; `now` is aware, in the business's zone.

    `question_heard`: whether its caller had heard the open question.
    """

    heard: Understanding
    now: datetime
    question_heard: bool = True


@dataclass(frozen=True)
class StateMachine:
    """The rules of the conversation for one business; holds nothing of a call."""

    business: Business

    def start(self, session: CallSession, now: datetime) -> list[Action]:
        """The greeting."""
        return self._talk(session, now).greet()

    def resumed(self, session: CallSession, now: datetime) -> list[Action]:
        """The call broke off and is back: says so and asks the open question again; an end state ends."""
        talk = self._talk(session, now)
        if not (lost := resumption.lost_tool(talk)):
            return resumption.resumed(talk)
        following = self.after_tool(session, lost, ToolResult(Outcome.UNKNOWN, resumption.LOST), now)
        return [talk.say("cut_off"), *following, *([] if following else resumption.end(talk))]

    def step(self, session: CallSession, turn: Turn) -> list[Action]:
        """Handles one caller turn. Hazards come before everything (conversation.md 5)."""
        heard = turn.heard
        asks = heard.asks_recording and session.state is not State.SAFETY_EXIT
        if not (heard.declines_recording or asks) or heard.hazard is Hazard.PRESENT:
            return self._step(session, turn)
        talk = Talk(session, self.business, turn.now, heard)
        following = recording.asked_again(talk)
        if following is None:
            following = self._step(session, turn)
        session.silence_count = 0
        return [*recording.told(talk), *following]

    def _step(self, session: CallSession, turn: Turn) -> list[Action]:
        heard = turn.heard
        asked_if_there = session.silence_count > 0
        words = plain(heard.text)
        is_there = asked_if_there and (tells_presence(words) or denies_presence(words))
        if is_there or (asked_if_there and session.question in APPROVALS and heard.answer is Answer.YES):
            heard = _without_answer(session, heard)
        session.silence_count = 0
        if heard.hold and _may_wait(session) and not _tells_new_danger(session, heard):
            talk, again = self._talk(session, turn.now), not turn.question_heard and session.state not in END_STATES
            return [talk.say("take_your_time"), *(resumption.ask_open(talk) if again else [])]
        if session.state in END_STATES:
            changed = self._take_at_the_end(session, heard)
            talk = Talk(session, self.business, turn.now, heard, changed)
            if transfer.wished_behind_a_visit(talk):
                return transfer.dial(talk)
            return side_lines.go_on(talk) if visit_on_file.take_wish_behind_it(talk) else endings.step(talk)
        turned = _turns_to_spanish(session, heard)
        if turned:
            session.language = "es"
        changed = learn(session, heard, self.business)
        talk = Talk(session, self.business, turn.now, heard, changed)
        if heard.hazard is Hazard.PRESENT:
            return endings.safety_exit(talk)
        if heard.hazard is Hazard.POSSIBLE and (session.question is not Question.SAFETY or talk.digressed):
            _note_danger(talk)
        told_beside.note(talk)
        if session.state is State.TRANSFER:
            return self._before_the_dial(talk)
        if is_there and not turned and session.question not in _ASKED_AGAIN_BY_THEIR_STATE:
            return resumption.ask_open(talk)
        if session.doubted_end:
            talk, ended = doubted_ends.answered(talk)
            heard = talk.heard
        else:
            ended = doubted_ends.step(talk)
        if ended:
            return ended
        if turned and (session.safety_cleared or session.state in _BESIDE_THE_MAIN_LINE):
            return endings.callback(talk, Reason.SPANISH)
        if heard.hazard is Hazard.POSSIBLE and session.state in _BESIDE_THE_MAIN_LINE:
            session.safety_cleared = False  # Of another matter, if the call was on the main line before.
            session.intent = Intent.SERVICE if heard.intent is Intent.SERVICE else session.intent
            return main_line.enter_safety(talk)
        if billed := side_lines.take_bill(talk):
            return billed
        match session.state:
            case State.WELCOME:
                return _welcome(talk)
            case State.LOOKUP:
                return (same_caller.step(talk) or _after_lookup(talk)) if session.looked_up else _lookup(talk)
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
            case CheckCalendarAvailability():
                further = visit_offer.learn_slots(talk, request, result)
                about_a_visit = session.state is State.MANAGE_BOOKING
                return further or (side_lines.go_on(talk) if about_a_visit else main_line.advance(talk))
            case LookupBooking() if session.state is State.BOOKING:
                return main_line.after_second_look(talk, result)
            case LookupBooking():
                return side_lines.after_booking_lookup(talk, result)
            case ManageAppointment():
                return side_lines.after_change(talk, request, result)
            case BookAppointment():
                return main_line.after_booking(talk, result)
        return endings.after_callback_tool(talk, request, result)

    def after_call(
        self, session: CallSession, request: ToolRequest, result: ToolResult, now: datetime
    ) -> list[CallTool]:
        """The same once nobody is on the line: only tools can follow, and nothing was asked."""
        offered = session.text_offered
        following = self.after_tool(session, request, result, now)
        if session.text_offered and not offered:
            texting.take_back(session)
        return [action for action in following if isinstance(action, CallTool)]

    def unanswered(self, session: CallSession, heard: Understanding, now: datetime) -> list[CallTool]:
        """What a caller said whom nobody can answer any more; a danger of now ends the call as if it were answered."""
        if heard.hazard is not Hazard.PRESENT or session.state is State.SAFETY_EXIT:
            return []
        following = endings.safety_exit(Talk(session, self.business, now, heard))
        return [action for action in following if isinstance(action, CallTool)]

    def turn_limit(
        self, session: CallSession, now: datetime, *, whole_call: bool, heard: Understanding | None = None
    ) -> list[Action]:
        """The sixth turn of a state, or the thirty-first of the call: a person calls back. End states just end.

        A possible danger that a state's turn tells (`heard`) is asked about first, once.
        """
        talk = self._talk(session, now)
        if not whole_call and heard and session.state is not State.SAFETY_EXIT and _tells_new_danger(session, heard):
            return replace(talk, heard=heard).ask_again(Question.SAFETY)
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

    def silence(self, session: CallSession, now: datetime, *, soon: bool = False) -> list[Action]:
        """The caller has been silent for too long: asked twice, then let go; in an end state it is the end.

        `soon`: asked once, since others need the line.
        """
        talk = self._talk(session, now)
        if session.state in END_STATES:
            return endings.close(talk)
        session.silence_count += 1
        if session.silence_count <= (1 if soon else STILL_THERE_TIMES):
            return [talk.say("still_there")]
        return [talk.say("goodbye:silence", must_hear=True), EndCall(goodbye=Reason.SILENCE)]

    def hang_up(self, session: CallSession, end: EndCall, now: datetime) -> None:
        """The moment of the hang-up: a call that ends by silence is in goodbye from here on."""
        if end.goodbye and session.state not in END_STATES:
            move(session, State.GOODBYE, now, end.goodbye)

    def wait(self, session: CallSession) -> Say:
        """A filler line for a tool that takes long."""
        return self._talk(session, session.started_at).say("filler")

    def given_up(self, session: CallSession, now: datetime, *, person: bool = False) -> list[Action]:
        """No stream of the call comes any more: its last words and tools; a callback unless it had ended already.

        `person`: somebody is dialled behind the words, so nothing is promised and nobody is told.
        """
        talk = self._talk(session, now)
        following: list[Action] = []
        offered, lost = session.text_offered, resumption.lost_tool(talk)
        if person:
            return [talk.say("to_a_person")]
        if lost:
            following = self.after_tool(session, lost, ToolResult(Outcome.UNKNOWN, resumption.LOST), now)
        if session.text_offered and not offered:  # Nobody could answer: the last words tell it all.
            texting.take_back(session)
            following = [action for action in following if isinstance(action, CallTool)]
        if session.state is State.BOOKING:  # Nobody waits for a second look; the record has its own.
            following = main_line.not_booked(talk)
        if session.state is State.TRANSFER:
            following = endings.callback(talk, Reason.NOT_CONNECTED, may_ask=False)
        elif session.state not in END_STATES:
            following = self.fault(session, "line", now)
        return resumption.last_words(talk, following)

    def _before_the_dial(self, talk: Talk) -> list[Action]:
        """A turn while the last words before the dial are heard; it goes on after them."""
        if talk.heard.hazard is Hazard.POSSIBLE:
            transfer.put_off(talk.session)
            return main_line.enter_safety(talk)
        if talk.heard.goodbye:
            return endings.goodbye(talk, Reason.DONE)
        return [DialPerson()]

    def _take_at_the_end(self, session: CallSession, heard: Understanding) -> frozenset[str]:
        """In an end state only whom to call and where, and what is corrected after a booking or wanted after all."""
        after_all = endings.wants_us_after_all(session, heard, self.business)
        if after_all or session.question is Question.PHONE or heard.borrowed_phone:
            return learn(session, heard, self.business)
        if session.state is State.CALLBACK and (heard.phone or heard.name or heard.address):
            told = Understanding(
                text=heard.text, phone=heard.phone, extension=heard.extension,
                name=heard.name, address=heard.address, corrects=heard.corrects,
            )  # fmt: skip
            return learn(session, told, self.business)
        if session.reason is Reason.BOOKED and heard.corrects:
            told = replace(heard, visit=None, zip_code="", zip_partial="", problem="", high_ticket=False, urgency=None)
            return learn(session, told, self.business)
        return frozenset()

    def _talk(self, session: CallSession, now: datetime) -> Talk:
        return Talk(session, self.business, now)


def _may_wait(session: CallSession) -> bool:
    """Whether a hold is no turn: something is open, and the last words are not being said."""
    if session.state in END_STATES:
        return not session.closing and session.question in _OPEN_AT_THE_END
    return session.state is not State.TRANSFER


def _tells_new_danger(session: CallSession, heard: Understanding) -> bool:
    """Whether there may be a danger that is not being asked about already."""
    asked = session.question is Question.SAFETY
    return heard.hazard is Hazard.PRESENT or (heard.hazard is Hazard.POSSIBLE and not asked)


def _note_danger(talk: Talk) -> None:
    """A possible danger is for the team, whatever is answered when it is asked about.

    While it is asked about, it may be an answer that is not clear, and no more.
    """
    if talk.session.question is Question.SAFETY:
        talk.note(f'Asked about a danger, the caller said: "{talk.heard.text}".')
        return
    talk.session.danger_told = talk.session.danger_told or talk.heard.text
    talk.note(f'The caller told of a possible danger: "{talk.heard.text}".')


def _without_answer(session: CallSession, heard: Understanding) -> Understanding:
    """The turn without its yes or no to "Are you still there?"; danger that it would mean or deny is asked about."""
    danger = session.question is Question.SAFETY and heard.hazard in (Hazard.PRESENT, Hazard.DENIED)
    return replace(heard, answer=None, hazard=Hazard.POSSIBLE if danger else heard.hazard)


def _turns_to_spanish(session: CallSession, heard: Understanding) -> bool:
    """Whether the caller speaks Spanish from here on; where names and streets are asked for, only who says so does."""
    if heard.language == "en" or session.language == "es":
        return False
    if session.question is Question.SITE_CONTACT:  # It is of somebody else: "Juan, he only speaks Spanish".
        return False
    return session.question not in _SAID_AS_WORDS or asks_for_spanish(plain(heard.text))


def _welcome(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    if heard.asks is Ask.ROBOT and heard.intent is None and not session.problem:
        return [talk.say("robot"), *talk.ask(Question.HOW_CAN_I_HELP)]
    if heard.asks is Ask.DAYS and not heard.problem:
        return [talk.say("open_days"), *talk.ask(Question.HOW_CAN_I_HELP)]
    of_a_visit = visit_on_file.may_be_about_one(heard)
    if heard.asks is Ask.OTHER and heard.intent is None and not (talk.changed or of_a_visit):
        return talk.ask(Question.HOW_CAN_I_HELP)  # "Are you open on Sundays?": answered, and then what it is about.
    session.intent = heard.intent or Intent.SERVICE
    if heard.hazard is Hazard.POSSIBLE:
        session.intent = Intent.SERVICE  # Asked about before a bill, a price or a visit on file.
    session.manage_action = heard.manage_action
    session.move_said = heard.text if heard.manage_action is ManageAction.RESCHEDULE else ""
    if session.language == "es" and session.intent in (Intent.BILLING, Intent.WARRANTY, Intent.PRICING):
        return endings.callback(talk, Reason.SPANISH)
    return side_lines.enter_non_service(talk) if session.intent in _NON_SERVICE else _lookup(talk)


def _lookup(talk: Talk) -> list[Action]:
    if talk.session.state is not State.LOOKUP:
        talk.go(State.LOOKUP)
    return [CallTool(LookupCaller())]


def _learn(session: CallSession, result: ToolResult) -> None:
    """Takes over what V2 knows; what only a stranger's booking vouches for stays unused (R40)."""
    session.looked_up = True
    session.calendar_answers = result.outcome is Outcome.OK  # A V2 that is down is not waited for once more.
    if session.borrowed_phone:
        return
    if not isinstance(result, CallerFound) or result.outcome is not Outcome.OK or not result.found:
        return
    cancelled = session.visits_cancelled
    gone = result.appointment_date in cancelled if result.appointment_date else bool(cancelled)
    if session.vouched_for and not gone:
        session.has_appointment, session.appointment_date = result.has_appointment, result.appointment_date
        session.appointment_job = result.appointment_job
    session.callback_owed = result.callback_owed
    session.callback_issue = result.callback_issue if session.vouched_for else ""
    session.calls_today = result.calls_today
    if result.verified:
        session.zip_on_file = result.zip_code
        if session.vouched_for:
            session.known_caller = True
            session.name = session.name or identity.name_on_file(result.name)


def _after_lookup(talk: Talk) -> list[Action]:
    session = talk.session
    if session.zip_code or not talk.business.serves(session.zip_on_file):
        session.zip_on_file = ""
    session.zip_code = session.zip_code or session.zip_on_file
    opening: list[Say] = []
    if session.known_caller and session.name and not session.name_from_caller and session.language == "en":
        opening.append(talk.say("known_caller", name=session.name.split()[0]))
    if session.calls_today >= 2:
        opening.append(talk.say("several_calls"))
    elif session.upset:
        opening.append(talk.say("sorry_upset"))
    about_it = visit_on_file.is_told_first(talk)
    if session.language == "es" and session.intent in (Intent.FOLLOW_UP, Intent.MANAGE):
        return endings.callback(talk, Reason.SPANISH)
    if about_it:
        return [*opening, *visit_on_file.enter(talk)]
    if asked := same_caller.ask(talk):
        return [*opening, *asked]
    if visit_on_file.is_moved_by_the_first_words(session):
        session.intent = Intent.MANAGE
    match session.intent:
        case Intent.FOLLOW_UP:
            return side_lines.enter_follow_up(talk, *opening)
        case Intent.MANAGE:
            return [*opening, *visit_on_file.enter(talk)]
    if session.has_appointment:
        opening.append(talk.say("has_appointment"))
    if not opening and session.problem and session.language == "en":
        opening.append(talk.say("sorry_to_hear"))
    return main_line.enter_safety(talk, *opening)


__all__ = ["StateMachine", "Turn"]
