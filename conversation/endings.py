"""The four ends of a call: confirm, callback, goodbye, safety_exit. Each speaks, may answer the caller once, hangs up.

A promise of a callback is true by construction: V2 is told in the same turn, and the dashboard's record carries it in
any case. What V2 answers decides the record, not the words.
"""

from call.actions import Action, CallTool, EndCall, Say
from call.business import Business
from call.dear_numbers import DEAR
from call.session import (
    ADDED,
    BookingStatus,
    CallbackStatus,
    CallSession,
    EntryKind,
    Intent,
    ManageAction,
    Question,
    Reason,
    State,
)
from call.tool_calls import (
    AlertSent,
    CreateCallback,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolRequest,
    ToolResult,
)
from conversation import behind_booking, texting, told_beside
from conversation.directives import closing_directive
from conversation.moment import Talk
from conversation.script import callback_key
from understanding.text.numbers import is_number
from understanding.text.plain import plain
from understanding.text.weekdays import DAY_NAMES
from understanding.turn import Answer, Hazard, Understanding
from understanding.wants.done_changes import asks_whether_done, doubts_it, wants_it_back
from understanding.wants.messages import leaves_message

_CALLBACK_TYPES = {
    Reason.BILLING: "billing",
    Reason.WARRANTY: "warranty",
    Reason.HIGH_TICKET: "estimate",
    Reason.FOLLOW_UP: "follow_up",
}
_CHANGES = {Reason.CANCELLED: ManageAction.CANCEL, Reason.RESCHEDULED: ManageAction.RESCHEDULE}
_MOST_OF_A_TURN = 300  # characters
_OUTSIDERS = frozenset({Intent.VENDOR, Intent.APPLICANT, Intent.WRONG_NUMBER, Intent.OTHER_TRADE})
_SORRY_FAULTS = frozenset({"deepgram"})  # Faults whose line already says that we cannot hear.


def safety_exit(talk: Talk) -> list[Action]:
    """Leave, 911, the alert, the end; nothing waits for anything (X15)."""
    session = talk.session
    talk.go(State.SAFETY_EXIT, Reason.PERSON_IN_DANGER if talk.heard.person_in_danger else Reason.EMERGENCY)
    session.emergency = True
    alert = SendEmergencyAlert(
        # Whose phone it is does not matter: that is where they are.
        caller_phone=session.phone or session.caller_number or "unknown",
        urgency_description=talk.heard.text or "Hazard reported by the caller",
        address=session.address,
    )
    return [emergency_line(talk), CallTool(alert, quiet=True), EndCall()]


def emergency_line(talk: Talk) -> Say:
    """To call 911, and to leave the house unless the danger is a person's alone (L8)."""
    alone = talk.session.reason is Reason.PERSON_IN_DANGER
    return talk.say("safety_exit:person" if alone else "safety_exit", must_hear=True)


def callback(talk: Talk, reason: Reason, *, may_ask: bool = True, line: str = "") -> list[Action]:
    """Arranges a callback; asks for a number first when there is none and the call may still ask.

    `line`: the key of what is said first, if it is not the reason's own.
    """
    talk.go(State.CALLBACK, reason)
    key = line or callback_key(reason)
    if reason is Reason.FAULT and talk.session.fault not in _SORRY_FAULTS:
        key = "callback:sorry"
    opening: list[Action] = [talk.say(key, must_hear=True)]
    if talk.session.phone:
        return [*opening, *_arrange(talk)]
    if may_ask:
        return [*opening, *talk.ask(Question.PHONE)]
    return [*opening, *_no_number(talk)]


def goodbye(talk: Talk, reason: Reason) -> list[Action]:
    """A polite end without a callback."""
    talk.go(State.GOODBYE, reason)
    return [talk.say(f"goodbye:{reason}", must_hear=True), EndCall()]


def withdrawn(talk: Talk, *, asked: bool = False) -> list[Action]:
    """The end of a call whose caller wants no visit, or nothing changed of the one on file; what was wished is none.

    `asked`: whether the turn answers the question about it, so that its reason is in the one before.
    """
    session = talk.session
    on_file = session.state is State.MANAGE_BOOKING or session.question is Question.MANAGE_WHAT
    session.visit_at, session.visit_asap = None, False
    if not on_file:
        words = f"{_said_before(talk)} {talk.heard.text}" if asked else talk.heard.text
        session.notes.append(f'The caller wants no visit for now: "{words.strip()}".')
    talk.go(State.GOODBYE, Reason.DONE)
    return [
        talk.say("goodbye:as_it_is" if on_file or session.has_appointment else "goodbye:no_visit", must_hear=True),
        EndCall(),
    ]


def _said_before(talk: Talk) -> str:
    """The caller's turn before this one."""
    said = [entry.text for entry in talk.session.timeline if entry.kind is EntryKind.CALLER]
    return next((text for text in reversed(said) if text != talk.heard.text), "")


def confirm(talk: Talk, reason: Reason, details: Say) -> list[Action]:
    """What was done, word for word, and one question (R16)."""
    talk.go(State.CONFIRM, reason)
    return [details, *(texting.offer(talk) if texting.may_offer(talk) else talk.ask(Question.ANYTHING_ELSE))]


def after_callback_tool(talk: Talk, request: ToolRequest, result: ToolResult) -> list[Action]:
    """The callback's next tool, then the promise and the end; one callback per call, whatever comes (X13, X16)."""
    session = talk.session
    match request:
        case SendSalesLeadAlert():
            session.sales_alert_sent = isinstance(result, AlertSent) and result.texted
            return [_create(talk)]
        case SendEmergencyAlert():
            session.emergency_alert_id = result.alert_id if isinstance(result, AlertSent) else ""
            return []
    session.callback_status = CallbackStatus.CREATED if result.outcome is Outcome.OK else CallbackStatus.NOT_CREATED
    promise = "advisor_promise" if session.reason is Reason.HIGH_TICKET else "callback_promise"
    if texting.may_offer(talk):
        return [talk.say(f"{promise}:open", must_hear=True), *texting.offer(talk)]
    return [talk.say(promise, must_hear=True), EndCall()]


def step(talk: Talk) -> list[Action]:
    """A turn in an end state: one answer at most, then the end."""
    session = talk.session
    if session.state is not State.SAFETY_EXIT:
        if talk.heard.hazard is Hazard.PRESENT:
            return safety_exit(talk)
        if doubt := _doubt_about_danger(talk):
            return doubt
    if session.state in (State.CALLBACK, State.CONFIRM) and "borrowed_phone" in talk.changed and not session.phone:
        return talk.ask(Question.PHONE)  # The number that was to be called is somebody else's.
    match session.state:
        case State.SAFETY_EXIT:
            return [emergency_line(talk), EndCall()]
        case State.CALLBACK if session.question is Question.PHONE:
            told_beside.note(talk)
            return _phone_given(talk)
        case State.CALLBACK:
            noted = _noted(talk) if told_beside.note(talk) or _tells_who_or_where(talk) else []
            return [*_callback_turn(talk, noted), talk.say("goodbye:again", must_hear=True), EndCall()]
        case State.CONFIRM:
            return _confirm_turn(talk)
        case State.GOODBYE if wants_us_after_all(session, talk.heard, talk.business):
            return callback(talk, Reason.CALLER_WISH)
    return [talk.say("goodbye:again", must_hear=True), EndCall()]


def wants_us_after_all(session: CallSession, heard: Understanding, business: Business) -> bool:
    """Whether a turn behind the goodbye to a customer tells of something to do: a person takes it up from there.

    Of who was outside of the area, only a ZIP inside does.
    """
    if session.state is not State.GOODBYE or heard.goodbye:
        return False
    if session.reason is Reason.OUT_OF_AREA:
        return bool(heard.zip_code) and business.serves(heard.zip_code)
    wanted = heard.intent is Intent.SERVICE or heard.wants_person or heard.visit or heard.manage_action
    return session.reason is Reason.DONE and session.intent not in _OUTSIDERS and bool(wanted)


def close(talk: Talk) -> list[Action]:
    """The end after silence or a limit in an end state: what is answered to it is no answer to an offer before it."""
    texting.leave_open(talk.session)
    if talk.session.question is Question.SAFETY:  # A yes to the goodbye is no danger.
        talk.session.question = None
    if talk.session.state is State.CALLBACK and talk.session.callback_status is CallbackStatus.NONE:
        return _arrange(talk) if talk.session.phone else _no_number(talk)
    return [_last_words(talk), EndCall()]


def _doubt_about_danger(talk: Talk) -> list[Action] | None:
    """A possible danger is asked about first, and again while it is one; what was open comes after it."""
    session, heard = talk.session, talk.heard
    asked = session.question is Question.SAFETY
    if not asked and heard.hazard is not Hazard.POSSIBLE:
        return None
    if not asked:
        _note(talk)
    unclear = heard.hazard in (Hazard.POSSIBLE, Hazard.RETRACTED) and not heard.only_a_hot_part
    if not asked or unclear or heard.hold:
        return talk.ask_again(Question.SAFETY)
    session.question = None
    if session.state is State.CONFIRM:
        return [talk.say("noted", must_hear=True), _last_words(talk), EndCall()]
    if session.state is State.CALLBACK and not session.phone:
        return talk.ask(Question.PHONE)
    if session.state is State.CALLBACK and session.callback_status is CallbackStatus.NONE:
        return _arrange(talk)
    return [talk.say("goodbye:again", must_hear=True), EndCall()]


def _tells_who_or_where(talk: Talk) -> bool:
    """Whether a turn behind the promise tells a number, a name or an address that the text about the call lacks."""
    session, heard = talk.session, talk.heard
    other = (heard.name and heard.name != session.name) or (heard.address and heard.address != session.address)
    return bool(other or talk.changed & {"name", "address", "callback_phone"})


def _callback_turn(talk: Talk, noted: list[Action]) -> list[Action]:
    """A turn behind the promise: the answer to the offer of a text, another number to call, or something to answer.

    `noted`: what is said of what it tells beside that.
    """
    session = talk.session
    if agreed := texting.answered(talk):
        session.question = None
        return [*agreed, *noted]
    offered, session.question = session.question is Question.TEXT, None
    if taken := talk.number_taken():
        return taken
    if (noted and not talk.heard.asks) or (offered and talk.heard.answer is Answer.NO):
        return noted
    return _answer(talk, "callback_answer")  # A question is noted and answered.


def _confirm_turn(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    if offered := session.question is Question.TEXT:
        agreed, session.question = texting.answered(talk), Question.ANYTHING_ELSE
        if agreed:
            return [*agreed, *_once_more(talk, not heard.goodbye)]
    # The turn that answered the offer of a text was none of the two.
    first = session.state_turn_count - session.text_offered <= 1 and not session.closing
    if heard.manage_action is ManageAction.STATUS and (told := session.booked_at or session.moved_to):
        key = "booked" if session.reason is Reason.BOOKED else "rescheduled"
        return [talk.say(key, must_hear=True, time=talk.time(told)), *_once_more(talk, first)]
    if done := _done_already(talk):
        return [done, *_once_more(talk, first and not heard.goodbye)]
    if line := _for_the_team(talk, offered=offered):
        return [*_noted(talk, line), *_once_more(talk, first and not heard.goodbye)]
    if offered and heard.answer is Answer.NO and not (heard.goodbye or heard.asks):
        return talk.ask(Question.ANYTHING_ELSE)
    if first and not talk.digressed and not heard.goodbye and heard.answer is not Answer.NO:
        # "Yes" to "anything else?", or a word from before that question was heard.
        return [talk.say("go_on")] if heard.answer is Answer.YES else talk.ask(Question.ANYTHING_ELSE)
    if session.closing or heard.answer is Answer.NO or heard.goodbye or not talk.digressed:
        return [_last_words(talk), EndCall()]
    noted = _noted(talk)  # A question too: the technician can go over it, and is to know of it.
    return [*(_answer(talk, "answer_later") if heard.asks else noted), *_once_more(talk, first)]


def _done_already(talk: Talk) -> Say | None:
    """What was done, once more, for who asks whether it was; of a visit on another day nothing is known."""
    session, words = talk.session, plain(talk.heard.text)
    change = _CHANGES.get(session.reason) if session.reason else None
    if change is None or not asks_whether_done(words, change):
        return None
    told = session.appointment.date if change is ManageAction.CANCEL and session.appointment else ""
    known = talk.time(session.moved_to) if session.moved_to else told
    days = {DAY_NAMES[word] for word in words.split() if word in DAY_NAMES}
    if not days <= {DAY_NAMES[word] for word in plain(known).split() if word in DAY_NAMES}:
        return None
    slots = {"time": known} if session.moved_to else {}
    return talk.say(str(session.reason), must_hear=True, **slots)  # The line has the reason's name.


def _for_the_team(talk: Talk, *, offered: bool) -> str:
    """The line by which a turn is noted that adds or changes something; empty for one that does neither.

    `offered`: whether a text was, so that "I don't want that" is an answer.
    """
    heard = talk.heard
    if behind_booking.take_objection(talk, offered=offered):
        return "noted:visit"
    words = plain(heard.text)
    told = heard.corrects or heard.manage_action or heard.phone or leaves_message(words) or doubts_it(words)
    changes = talk.changed or told or _is_to_be_undone(talk)
    return "noted" if changes or told_beside.note(talk) else ""


def _is_to_be_undone(talk: Talk) -> bool:
    changes = talk.session.reason in _CHANGES or talk.session.manage_action in _CHANGES.values()
    return changes and wants_it_back(plain(talk.heard.text))


def _once_more(talk: Talk, first: bool) -> list[Action]:
    """ "Anything else?" in the first turn of the end, the close in the second."""
    return talk.ask(Question.ANYTHING_ELSE) if first else [_last_words(talk), EndCall()]


def _noted(talk: Talk, line: str = "noted") -> list[Action]:
    """What a caller adds or changes behind what was done is for the team: no state can act on it any more."""
    _note(talk)
    return [talk.say(line, must_hear=True)]


def _note(talk: Talk) -> None:
    talk.note(f'{ADDED} "{talk.heard.text}".')


def _answer(talk: Talk, line: str) -> list[Action]:
    fallback = talk.line(line)
    if talk.session.state is State.CALLBACK and not talk.session.phone:  # A model would promise what nobody can keep.
        return [talk.say(line)] if talk.digressed else []
    return [talk.word(closing_directive(fallback), fallback, line)] if talk.digressed else []


def _last_words(talk: Talk) -> Say:
    session = talk.session
    stands = session.booking_status is BookingStatus.CONFIRMED and session.manage_action is None
    if session.state is State.CONFIRM and stands and session.booked_at:
        return talk.say("booked_close", must_hear=True, time=talk.time(session.booked_at))
    return talk.say("close" if session.state is State.CONFIRM else "goodbye:again", must_hear=True)


def _phone_given(talk: Talk) -> list[Action]:
    if talk.session.phone:
        return [*talk.number_taken(), *_arrange(talk)]
    if talk.session.phone_partial:
        return talk.ask(Question.PHONE, "ask:phone:rest")
    if talk.session.state_turn_count > 1:
        return _no_number(talk)
    return [*([talk.say("number_hidden")] if talk.misses_number else []), *talk.ask(Question.PHONE)]


def _no_number(talk: Talk) -> list[Action]:
    talk.session.question = None
    return [talk.say("no_number", must_hear=True), EndCall()]


def _arrange(talk: Talk) -> list[Action]:
    session = talk.session
    session.question = None
    if session.callback_status is not CallbackStatus.NONE:
        return [talk.say("callback_promise", must_hear=True), EndCall()]
    session.callback_status = CallbackStatus.REQUESTED
    if session.reason is Reason.HIGH_TICKET:
        lead = SendSalesLeadAlert(
            customer_phone=session.phone, customer_name=session.name, address=session.address, notes=session.problem
        )
        return [CallTool(lead)]
    return [_create(talk)]


def _create(talk: Talk) -> CallTool:
    session = talk.session
    reason = session.reason or Reason.CALLER_WISH
    facts = [reason.replace("_", " ")]
    facts += [f"name {session.name}"] if session.name else []
    facts += [f"number {session.callback_phone}"] if session.callback_phone else []
    facts += [DEAR] if session.dear_to_call else []
    facts += [f"address {session.address}"] if session.address else []
    facts += [f"ZIP {session.zip_code}"] if session.zip_code else []
    problem = session.problem or _first_said(talk)
    facts += [f"problem: {problem}"] if problem else []
    if session.booking_uncertain and session.visit_at:
        facts.append(f"a visit may already exist at {talk.time(session.booked_at or session.visit_at)}")
    elif session.visit_at:
        facts.append(f"wished for {talk.time(session.visit_at)}")
    facts += session.notes
    return CallTool(
        CreateCallback(
            reason="; ".join(facts),
            callback_type=_CALLBACK_TYPES.get(reason, "service"),  # type: ignore[arg-type]
            urgent=session.urgency not in (None, "routine") and not session.dear_to_call,
            customer_name=session.name,
            issue_description=problem,
        )
    )


def _first_said(talk: Talk) -> str:
    """The caller's first words of substance: the matter where no rule has found it; in Spanish all."""
    said = [entry.text for entry in talk.session.timeline if entry.kind is EntryKind.CALLER]
    if talk.session.language == "es":
        words = {text: sum(not is_number(word) for word in plain(text).split()) for text in said}
        return " ".join(text for text in said if words[text] >= 3)[:_MOST_OF_A_TURN]
    return next((text[:_MOST_OF_A_TURN] for text in said if len(text.split()) >= 4), "")
