"""A call that broke off and is back: what is said first, and what became of a tool whose answer nobody lived to see.

Pure, like the states. A tool that was asked of V2 and has no answer counts as uncertain and is not asked again, but for
the calendar, which only reads; the call goes on from there. The open question is asked again as it was; an end state
says once more what was decided, and ends. What was never said (no greeting yet) begins the call.
"""

from datetime import datetime

from call.actions import Action, CallTool, EndCall, Say
from call.session import CallbackStatus, CallSession, EntryKind, Question, Reason, State
from call.tool_calls import CheckCalendarAvailability, SendEmergencyAlert, ToolRequest
from conversation import endings, main_line, same_caller, transfer
from conversation.moment import Talk

LOST = "the answer was lost"
_ALERT = "send_emergency_alert"


def restore(session: CallSession, now: datetime) -> None:
    """Makes a snapshot the session of a call that goes on; the timeline tells that it broke off, and who is to blame.

    A stream that broke off says so in its last snapshot; one that says nothing died with its process.
    """
    if session.ended_by is None:
        session.note(EntryKind.FAULT, "us", now, detail="the stream left no word of its end")
    session.ended_by = session.ended_at = None
    session.last_words = ""
    session.silence_count = 0
    session.note(EntryKind.NOTE, "resumed", now)


def lost_tool(talk: Talk) -> ToolRequest | None:
    """The tool that was under way when the call broke off; from here on it has been answered by nobody."""
    session = talk.session
    request, session.tool_under_way, session.tool_asked_at = session.tool_under_way, None, None
    if request is not None:
        session.note(EntryKind.TOOL, request.tool, talk.now, detail=f"unknown: {LOST}")
    if isinstance(request, CheckCalendarAvailability):
        session.slots_asked = False  # The calendar can be asked again.
        return None
    return request


def resumed(talk: Talk) -> list[Action]:
    """What is said first when the call is back."""
    session = talk.session
    if session.state is State.TRANSFER:
        return transfer.back(talk)
    if not any(entry.kind is EntryKind.AGENT and entry.words_heard for entry in session.timeline):
        return talk.greet()
    sorry = talk.say("cut_off")
    if session.state in (State.CONFIRM, State.CALLBACK, State.GOODBYE, State.SAFETY_EXIT):
        return [sorry, *end(talk)]
    return [sorry, *talk.recorded(), *ask_open(talk)]


def ask_open(talk: Talk) -> list[Action]:
    """The open question once more, as it was."""
    if talk.session.state is State.FOLLOW_UP:
        return [talk.say("follow_up")]
    if talk.session.state is State.URGENCY and talk.session.question is None:  # The calendar was being asked.
        return main_line.advance(talk)
    question = talk.session.question or Question.HOW_CAN_I_HELP
    return talk.ask(question, **_slots(talk, question))


def end(talk: Talk) -> list[Action]:
    """What an end state says when the call is back, and its end."""
    session = talk.session
    if session.question is Question.SAFETY:
        return talk.ask_again(Question.SAFETY)
    match session.state:
        case State.CONFIRM if session.closing or session.question not in (Question.ANYTHING_ELSE, Question.TEXT):
            return endings.close(talk)
        case State.CONFIRM:
            return [*_details(talk), *talk.ask(Question.ANYTHING_ELSE)]
        case State.CALLBACK if session.question is Question.PHONE and not session.phone:
            return talk.ask(Question.PHONE)
        case State.CALLBACK if not session.phone:
            return [talk.say("no_number", must_hear=True), EndCall()]
        case State.CALLBACK if session.callback_status is CallbackStatus.NONE:
            return endings.close(talk)
        case State.CALLBACK:
            return [_promise(talk), EndCall()]
        case State.SAFETY_EXIT:
            return [endings.emergency_line(talk), *_alert(talk), EndCall()]
    return [talk.say(f"goodbye:{session.reason or Reason.DONE}", must_hear=True), EndCall()]


def last_words(talk: Talk, following: list[Action]) -> list[Action]:
    """What an end state still says and does when no stream comes any more: nothing is asked, no answer is waited for.

    `following` is what was decided already. A callback is promised before V2 is told of it.
    """
    session = talk.session
    if session.state is State.CONFIRM:
        return endings.close(talk)
    session.question = None
    actions = following or end(talk)
    if session.state is State.CALLBACK and any(isinstance(action, CallTool) for action in actions):
        actions = [*actions, _promise(talk)]
    return actions


def _promise(talk: Talk) -> Say:
    key = "advisor_promise" if talk.session.reason is Reason.HIGH_TICKET else "callback_promise"
    return talk.say(key, must_hear=True)


def _details(talk: Talk) -> list[Action]:
    """What was done, once more: it may not have been heard."""
    session, appointment = talk.session, talk.session.appointment
    match session.reason:
        case Reason.BOOKED if session.booked_at:
            return [talk.say("booked", must_hear=True, time=talk.time(session.booked_at))]
        case Reason.CANCELLED:
            return [talk.say("cancelled", must_hear=True)]
        case Reason.RESCHEDULED if session.moved_to:
            return [talk.say("rescheduled", must_hear=True, time=talk.time(session.moved_to))]
        case Reason.MESSAGE_TAKEN:
            return [talk.say("noted", must_hear=True)]
        case Reason.STATUS_TOLD if appointment:
            return [talk.say("status", must_hear=True, date=appointment.date, clock=appointment.time)]
    return []


def _alert(talk: Talk) -> list[Action]:
    """The alert, if it was never asked for: a doubled alarm beats a lost one, but it is not repeated without need."""
    session = talk.session
    if any(entry.kind is EntryKind.TOOL and entry.text == _ALERT for entry in session.timeline):
        return []
    said = [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER]
    words = said[-1] if said else "Hazard reported by the caller"
    return [
        CallTool(
            SendEmergencyAlert(session.phone or session.caller_number or "unknown", words, session.address), quiet=True
        )
    ]


def _slots(talk: Talk, question: Question) -> dict[str, str]:
    """The slots of the line that asks `question`."""
    session, appointment = talk.session, talk.session.appointment
    match question:
        case Question.READ_BACK if session.visit_at:
            return {"name": session.spoken_name, "address": session.address, "time": talk.time(session.visit_at)}
        case Question.MOVE_CONFIRM if session.visit_at:
            return {"time": talk.time(session.visit_at)}
        case Question.OTHER_TIME if session.booked_at:
            return {"time": talk.time(session.booked_at)}
        case Question.ZIP_CONFIRM:
            return {"zip": " ".join(session.zip_unconfirmed)}
        case Question.GO_ON:
            return same_caller.slots(session)
        case Question.CANCEL_CONFIRM if appointment:
            return {"date": appointment.date, "clock": appointment.time}
    return {}
