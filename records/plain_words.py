"""How a call ended, whose fault it was, who is owed a call, and what became of its record: in words for people. Pure.

The tables have a sentence for every reason, state, phase and status that there is; a part that nobody has named yet
goes by its own name. The codes themselves are call/session.py's, end_reason.py's and rows.py's.
"""

from call.session import END_STATES, CallbackStatus, CallSession, EndedBy, EntryKind, Reason, State
from call.tool_calls import ManageAppointment
from records.end_reason import Ending
from records.rows import Phase, Sending, Status
from records.summary import PROMISES, phone_of

REASONS: dict[Reason, str] = {
    Reason.BOOKED: "A visit was booked",
    Reason.CANCELLED: "A visit was cancelled",
    Reason.RESCHEDULED: "A visit was moved",
    Reason.STATUS_TOLD: "The caller was told when their visit is",
    Reason.MESSAGE_TAKEN: "A message for the visit on file was noted",
    Reason.CALLER_WISH: "The caller wanted a person: to be called back",
    Reason.NOT_CONNECTED: "The caller wanted a person, and nobody took the call: to be called back",
    Reason.BILLING: "About a bill: to be called back",
    Reason.WARRANTY: "About a warranty: to be called back",
    Reason.FOLLOW_UP: "About an earlier call: to be called back",
    Reason.HIGH_TICKET: "About a new system: an advisor is to call",
    Reason.SPANISH: "The caller speaks Spanish: to be called back",
    Reason.BOOKING_FAILED: "The booking failed: to be called back",
    Reason.BOOKING_UNCERTAIN: "It is not certain that the booking succeeded: to be called back",
    Reason.MANAGE_FAILED: "The visit could not be changed: to be called back",
    Reason.MANAGE_UNVERIFIED: "The visit was not touched, since nothing proved whose it is: to be called back",
    Reason.NO_AGREEMENT: "No time was agreed on: to be called back",
    Reason.TURN_LIMIT: "One step took too many turns: to be called back",
    Reason.CALL_TURN_LIMIT: "The call took too many turns: to be called back",
    Reason.TIME_LIMIT: "The call took too long: to be called back",
    Reason.NO_ROOM: "Turned away, since all lines were busy: to be called back",
    Reason.TOO_LATE: "Turned away, since the service was late for everything: to be called back",
    Reason.FAULT: "The call could not go on",  # The part that failed follows.
    Reason.OUT_OF_AREA: "Outside the service area",
    Reason.WRONG_NUMBER: "A wrong number",
    Reason.VENDOR: "Somebody who wanted to sell something",
    Reason.APPLICANT: "Somebody who was looking for a job",
    Reason.OTHER_TRADE: "Something that is not our trade",
    Reason.DONE: "The caller wanted nothing more, and said goodbye",
    Reason.SILENCE: "The caller fell silent",
    Reason.TRANSFERRED: "The caller was connected with a person",
    Reason.EMERGENCY: "Danger: the caller was told to leave the house and call 911",
    Reason.PERSON_IN_DANGER: "A person in danger: the caller was told to call 911",
}
_WARNING_OF = {Reason.EMERGENCY: "safety_exit", Reason.PERSON_IN_DANGER: "safety_exit:person"}
WARNINGS = frozenset(_WARNING_OF.values())
"""The fixed lines that warn of a danger."""
_UNWARNED = {
    Reason.EMERGENCY: "Danger: the caller may not have heard that they should leave the house and call 911",
    Reason.PERSON_IN_DANGER: "A person in danger: the caller may not have heard that they should call 911",
}
TEXTS: dict[Sending, str] = {
    Sending.WAITING: "waits",
    Sending.ACCEPTED: "Twilio has it",
    Sending.SENT: "sent",
    Sending.PARKED: "not sent",
    Sending.DROPPED: "not sent any more",
}
AUDIO = "audio"
WAITS = {
    "turn": "until the turn was over",
    "reading": "to read it",
    "tool": "for V2",
    "words": "for the words",
    AUDIO: "for the voice",
}
"""What a caller waits for, by the steps of `Entry`."""
_FIXED, _SECOND = "the fixed line was said in its place", "second"
MODEL_FAILURES = {
    "late": f"did not begin in time: {_FIXED}",
    "dribbled": f"stopped in the middle of its reply: {_FIXED}",
    "broke off": f"broke off in the middle of its reply: {_FIXED}",
    "empty": f"said nothing: {_FIXED}",
    "unreachable": f"could not be reached: {_FIXED}",
    "its breaker is open": f"was not asked, since it had failed again and again (its breaker is open): {_FIXED}",
    "reply refused": f"said what the reply guard refused ({{}}): {_FIXED}",
    _SECOND: "did not read the turn a second time ({}): it stayed as the rules had read it",
}
"""By what of the model failed; `{}` is the reason behind it."""
V2_FAILURES = {
    "timeout": "no answer came in time",
    "breaker open": "it was not asked, since it had failed again and again (its breaker is open)",
}
STATES: dict[State, str] = {
    State.WELCOME: "at the greeting",
    State.LOOKUP: "while their number was looked up",
    State.NON_SERVICE: "at a question that was about no repair",
    State.FOLLOW_UP: "at the question about an earlier call",
    State.MANAGE_BOOKING: "at a question about their visit",
    State.SAFETY: "at the safety question",
    State.SERVICE_AREA: "at the ZIP code",
    State.DISCOVERY: "at name, problem and address",
    State.URGENCY: "at the time of the visit",
    State.PRE_CONFIRM: "at the read-back",
    State.BOOKING: "while the visit was booked",
    State.TRANSFER: "on the way to a person",
    State.CONFIRM: "after the visit was settled",
    State.CALLBACK: "after a callback was arranged",
    State.GOODBYE: "at the goodbye",
    State.SAFETY_EXIT: "after the warning of a danger",
}
PARTS: dict[str, str] = {
    "openai": "the model (OpenAI)",
    "inworld": "the first voice (Inworld)",
    "aura": "the second voice (Aura)",
    "voices": "both voices",
    "deepgram": "the ears (Deepgram)",
    "v2": "V2",
    "twilio": "Twilio",
    "line": "the line",
    "us": "our own service",
    "caller": "the caller, who left",
}
PHASES: dict[Phase, str] = {
    Phase.EXPECTED: "It rings: no word has come yet",
    Phase.LIVE: "Live",
    Phase.BROKEN: "It broke off, and may come back",
    Phase.OVER: "Over",
}
DELIVERIES: dict[Status, str] = {
    Status.KEPT: "kept: no dashboard is configured",
    Status.WAITING: "waiting: it is tried again by itself",
    Status.DELIVERED: "delivered",
    Status.PARKED: "parked: nobody tries again before you do",
}
NO_DELIVERY = "no record yet"
UNREADABLE = "This version cannot read what is kept of the call"


def ended(session: CallSession, phase: Phase) -> str:
    """How it ended; of a call that is not over, where it stands."""
    if phase is Phase.BROKEN and session.on_its_way:
        talks = session.transfer is not None and session.transfer.talked
        return "With a person" if talks else "A person is dialled"
    if phase is not Phase.OVER:
        where = f", {_where(session)}" if phase is Phase.LIVE else ""
        return PHASES[phase] + where
    if session.reason is Reason.FAULT:
        return f"{REASONS[Reason.FAULT]}: {part(session.fault or 'us')} failed"
    where = _where(session)
    if session.state is State.CONFIRM and session.reason is Reason.STATUS_TOLD and not session.told("status"):
        where = "before they had heard when their visit is"
    elif session.state in END_STATES and session.reason:
        return (REASONS if _is_warned(session) else _UNWARNED)[session.reason]
    who = {EndedBy.CALLER: "The caller hung up", EndedBy.BOT: "We hung up"}
    return f"{who.get(session.ended_by or EndedBy.INTERRUPTED, 'The call broke off')} {where}"


def _where(session: CallSession) -> str:
    is_changed = session.state is State.MANAGE_BOOKING and isinstance(session.in_doubt, ManageAppointment)
    return "while their visit was changed" if is_changed else STATES[session.state]


def _is_warned(session: CallSession) -> bool:
    """Whether the caller heard the warning, if there was one to hear."""
    line = _WARNING_OF.get(session.reason) if session.reason else None
    return line is None or bool(session.told(line))


def part(name: str) -> str:
    """A part that fails or is to blame, in words."""
    return PARTS.get(name, name)


def owed(session: CallSession, ending: Ending) -> str:
    """Why somebody of the team has to call, of a call that is over; empty when nobody has to."""
    reasons = [*_owed_for(session, ending)]
    if reasons and not phone_of(session.phone or session.caller_number):
        reasons.append("No number is known to call")
    return ". ".join(reasons)


def _owed_for(session: CallSession, ending: Ending) -> list[str]:
    due = []
    if ending.end_call_reason == "safety_emergency":
        unwarned = "" if _is_warned(session) else ", and the caller may not have heard the warning"
        due.append(f"A danger was reported: see that somebody is safe{unwarned}")
    if ending.uncertain:
        due.append("A visit may exist: look into the calendar")
    if isinstance(session.in_doubt, ManageAppointment):
        due.append("Whether a visit was changed is not certain: look into the calendar")
    if session.state is State.CALLBACK:
        told = session.told(*PROMISES)
        heard = "was promised" if told else "is due, though the caller may not have heard so"
        known = "" if session.callback_status is CallbackStatus.CREATED else ", and V2 was not told for certain"
        due.append(f"A callback {heard}{known}")
    elif ending.end_call_reason == "callback_later":
        due.append("The caller wanted more behind what was done: it is noted for the team")
    elif ending.scheduled_at and not session.told("booked", "booked_close") and not due:
        due.append("A visit is booked, and the caller may not know it")
    elif not session.change_told and not due:
        done = "cancelled" if session.reason is Reason.CANCELLED else "moved"
        due.append(f"A visit was {done}, and the caller may not know it")
    return due


def faults(session: CallSession) -> tuple[str, ...]:
    """The parts that failed on the way, by name, each once and in the order in which they did."""
    return tuple(dict.fromkeys(e.text for e in session.timeline if e.kind is EntryKind.FAULT))


def failure(name: str, what: str) -> str:
    """What a part did not do, and what came in its place: a sentence."""
    who = part(name) or "a part"
    told = f"failed: {what}" if what else "failed"
    if name == "v2":
        tool, _, why = what.partition(" ")
        told = f"failed at {tool.rstrip(':')}: {V2_FAILURES.get(why, f'it answered {why}' if why.isdecimal() else why)}"
    if name == "openai":
        kind, _, why = what.partition(" reading " if what.startswith(_SECOND) else ": ")
        told = MODEL_FAILURES[kind].format(why) if kind in MODEL_FAILURES else told
    return f"{who[0].upper()}{who[1:]} {told}."


def wait(step: str) -> str:
    """What was waited for until that step; one of another version goes by its own name."""
    return WAITS.get(step, f"until {step}")
