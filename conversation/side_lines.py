"""The lines beside the main one: no service wanted, a callback awaited, an appointment to manage.

Each can turn into a service call, because the first words of a caller are often misread and a lead is worth a question.
An appointment is touched only after the caller has proved to be whose it is (identity.py); two proofs may fail in a
call and five in a day for a number, then it is left to a person.
"""

from call.actions import Action, CallTool, Say
from call.session import Appointment, CallSession, EntryKind, Intent, ManageAction, Question, Reason, State
from call.tool_calls import BookingFound, ManageAppointment, Outcome, ToolResult
from conversation import endings, identity, main_line, visit_offer, visit_on_file
from conversation.moment import Talk
from conversation.script import DETAILS_ABOUT
from understanding.remainder import remainder
from understanding.text.plain import plain
from understanding.turn import Answer, Ask, Hazard, Understanding
from understanding.wants.bills import is_about_a_bill, leaves_the_bill
from understanding.wants.intents import read_intent
from understanding.wants.problems import describes_problem
from understanding.wants.withdrawals import leaves_it_there

_CALLBACK_REASONS = {Intent.BILLING: Reason.BILLING, Intent.WARRANTY: Reason.WARRANTY}
_MAY_BE_A_BILL = frozenset({State.MANAGE_BOOKING, State.SAFETY, State.SERVICE_AREA, State.DISCOVERY})
_GOODBYE_REASONS = {Intent.VENDOR: Reason.VENDOR, Intent.APPLICANT: Reason.APPLICANT}


def enter_non_service(talk: Talk) -> list[Action]:
    """Billing and warranty get a callback, the fee is told, vendors and applicants get a short no."""
    talk.go(State.NON_SERVICE)
    match talk.session.intent:
        case Intent.BILLING | Intent.WARRANTY as intent:
            return [talk.say(f"{intent}_intro"), *talk.ask(Question.DETAILS)]
        case Intent.PRICING:
            return [talk.say("price"), *talk.ask(Question.SCHEDULE_OFFER)]
        case intent:
            talk.session.question = Question.SCHEDULE_OFFER
            return [talk.say("applicant" if intent is Intent.APPLICANT else "vendor")]


def non_service(talk: Talk) -> list[Action]:
    """One turn: the details of a callback, or whether service is wanted after all."""
    session, heard = talk.session, talk.heard
    if session.question is Question.DETAILS:
        if _is_broken(heard) and leaves_the_bill(plain(heard.text)):
            session.notes.append(f"The call began with a question about {session.intent}.")
            return _service_after_all(talk)
        if not session.problem and _is_only_a_name(talk) and DETAILS_ABOUT not in session.said_count:
            return talk.ask(Question.DETAILS, DETAILS_ABOUT)
        session.problem = session.problem or _told_of_it(talk)
        return endings.callback(talk, _CALLBACK_REASONS[session.intent or Intent.BILLING])
    only_asks = heard.asks is Ask.OTHER and not heard.problem  # "Is that on top of the repair?"
    if heard.answer is Answer.YES or (heard.intent is Intent.SERVICE and not only_asks):
        return _service_after_all(talk)
    reason = _GOODBYE_REASONS.get(session.intent or Intent.PRICING)
    if session.high_ticket and not reason:  # "I need no diagnostic, I want to put one in"
        return endings.callback(talk, Reason.HIGH_TICKET)
    if reason or heard.answer is Answer.NO:
        return endings.goodbye(talk, reason or Reason.DONE)
    fixed = main_line.digression(talk)
    return [*fixed, *talk.ask(Question.SCHEDULE_OFFER)] if fixed else talk.ask_again(Question.SCHEDULE_OFFER)


def _told_of_it(talk: Talk) -> str:
    """What the matter is; a turn that tells nothing ("thanks") leaves it at what the call began with."""
    text, session = talk.heard.text, talk.session
    if remainder(talk.heard):
        return text
    said = (entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER)
    return next((words for words in said if read_intent(plain(words), None) is session.intent), text)


def take_bill(talk: Talk) -> list[Action] | None:
    """A callback for a call that is about a bill and was taken for another; a wish for service or a change keeps it."""
    session, heard, words = talk.session, talk.heard, plain(talk.heard.text)
    if session.state not in _MAY_BE_A_BILL or session.manage_action or session.danger_told or session.visit_at:
        return None
    if (session.problem and "problem" not in talk.changed) or describes_problem(words):
        return None
    if heard.manage_action or heard.hazard is Hazard.POSSIBLE or not is_about_a_bill(words):
        return None
    said = (entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER)
    if any(read_intent(plain(before), None) is Intent.SERVICE for before in said):
        return None
    session.intent, session.problem = Intent.BILLING, heard.text
    session.notes[:] = [note for note in session.notes if not note.endswith(f'"{heard.text}".')]  # It is the matter.
    return endings.callback(talk, Reason.BILLING)


def enter_follow_up(talk: Talk, *opening: Say) -> list[Action]:
    """A caller who waits for us; the callback we owe is acknowledged without excuses."""
    session = talk.session
    talk.go(State.FOLLOW_UP)
    session.question = Question.SCHEDULE_OFFER
    if session.callback_owed:
        session.callback_owed_said = True
        about = f" about {session.callback_issue}" if session.callback_issue else ""
        opening = (*opening, talk.say("callback_owed", about=about))
    return [*opening, talk.say("follow_up")]


def follow_up(talk: Talk) -> list[Action]:
    """A visit now, or a callback; anything unclear is a callback, which loses nothing."""
    if talk.heard.intent is Intent.SERVICE or talk.heard.visit:
        return main_line.enter_safety(talk, *talk.acknowledge())
    return endings.callback(talk, Reason.FOLLOW_UP)


def after_booking_lookup(talk: Talk, result: ToolResult) -> list[Action]:
    """A visit was found, none was found (then it is a service call), or nobody knows."""
    session = talk.session
    if result.outcome is not Outcome.OK or not isinstance(result, BookingFound):
        return endings.callback(talk, Reason.MANAGE_FAILED)
    if not result.found or not result.booking_uid:
        session.intent, session.visit_at = Intent.SERVICE, None
        return main_line.enter_safety(talk, talk.say("no_appointment"))
    session.appointment = Appointment(
        uid=result.booking_uid, date=result.date, time=result.time, attendee_name=result.attendee_name
    )
    session.appointment_proved = False
    visit_on_file.read_the_move(talk)
    if session.name_from_caller or identity.is_proved(session, session.address):
        return _verified(talk, session.address)
    return talk.ask(Question.BOOKING_NAME)


def manage_booking(talk: Talk) -> list[Action]:
    """A turn about the visit on file."""
    session, heard = talk.session, talk.heard
    if not session.own_number:
        return endings.callback(talk, Reason.MANAGE_UNVERIFIED)
    if session.appointment is None:
        return endings.callback(talk, Reason.MANAGE_FAILED)
    if session.manage_action in (ManageAction.STATUS, ManageAction.MESSAGE):
        session.visit_at = session.visit_latest = None  # The day that was named is that of the visit there is.
    if taken := visit_on_file.take_message(talk):
        return taken
    if _is_broken(heard) and not _tells_what_was_asked(talk):
        if "visit_at" not in talk.changed:
            session.visit_at = None  # A wish for the visit on file, which stays as it is.
        return _service_after_all(talk)
    if _leaves_it_there(talk):
        return endings.withdrawn(talk)
    if session.question is Question.MANAGE_WHAT and _names_another_day(talk):
        session.manage_action = ManageAction.RESCHEDULE
    return _about_the_visit(talk)


def _leaves_it_there(talk: Talk) -> bool:
    """Whether the visit stays on the day it has: "leave it on Wednesday"."""
    session, heard = talk.session, talk.heard
    if session.question not in (Question.MOVE_CONFIRM, Question.NEW_TIME):
        return False
    on_file = session.appointment.starts_at(talk.now) if session.appointment else None
    there = heard.visit is not None and on_file is not None and heard.visit.starts_at.date() == on_file.date()
    return there and leaves_it_there(heard.text)


def _names_another_day(talk: Talk) -> bool:
    """Whether the turn is a day that is not the one of the visit on file, and no question."""
    heard, appointment = talk.heard, talk.session.appointment
    on_file = appointment.starts_at(talk.now) if appointment else None
    if heard.visit is None or on_file is None or heard.manage_action or heard.text.rstrip().endswith("?"):
        return False
    return heard.visit.starts_at.date() != on_file.date() and not remainder(heard)


def after_change(talk: Talk, request: ManageAppointment, result: ToolResult) -> list[Action]:
    """Done and said so, or a callback: a change that V2 did not confirm is never told as done."""
    session = talk.session
    if result.outcome is not Outcome.UNKNOWN:
        session.in_doubt = None
    if result.outcome is not Outcome.OK:
        return endings.callback(talk, Reason.MANAGE_FAILED)
    if request.action == "cancel":
        return endings.confirm(talk, Reason.CANCELLED, talk.say("cancelled", must_hear=True))
    session.moved_to = request.new_time
    moved_to = talk.time(request.new_time or talk.now)
    return endings.confirm(talk, Reason.RESCHEDULED, talk.say("rescheduled", must_hear=True, time=moved_to))


def _about_the_visit(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    match session.question:
        case Question.BOOKING_NAME:
            told = session.name_from_caller or (heard.address and identity.streets_on_file(session))
            return _verified(talk, heard.address) if told else talk.ask_again(Question.BOOKING_NAME)
        case _ if not session.appointment_proved:
            return talk.ask(Question.BOOKING_NAME)
        case Question.CANCEL_CONFIRM if heard.answer is Answer.YES:
            return [talk.say("moving_filler"), CallTool(_change(session, ManageAction.CANCEL))]
        case Question.MOVE_CONFIRM if heard.answer is Answer.YES and "visit_at" not in talk.changed:
            return [talk.say("moving_filler"), CallTool(_change(session, ManageAction.RESCHEDULE))]
        # "Two hours later, so eleven": the time that was offered is no refusal of it.
        case Question.MOVE_CONFIRM if heard.answer is Answer.NO and heard.visit is None:
            visit_offer.decline(session)
        case Question.CANCEL_CONFIRM if heard.answer is Answer.NO and not heard.manage_action:
            session.manage_action = None
        case Question.MANAGE_WHAT if heard.answer is Answer.NO and not heard.manage_action:
            if session.safety_cleared:  # It came from the main line, where something is broken.
                return _service_after_all(talk)
            return endings.goodbye(talk, Reason.DONE)
    return go_on(talk)


def _is_only_a_name(talk: Talk) -> bool:
    """Whether the turn tells who calls and not what about."""
    return bool(talk.heard.name) and not remainder(talk.heard)


def _is_broken(heard: Understanding) -> bool:
    """Whether the turn is about something that is broken, and not about the matter that the call is in."""
    return heard.intent is Intent.SERVICE and bool(heard.problem)


def _service_after_all(talk: Talk) -> list[Action]:
    talk.session.intent = Intent.SERVICE
    return main_line.enter_safety(talk, *talk.acknowledge())


def _tells_what_was_asked(talk: Talk) -> bool:
    """Whether a turn about the visit on file answers the open question, whatever else it tells."""
    heard = talk.heard
    match talk.session.question:
        case Question.BOOKING_NAME:
            return bool(heard.name or heard.address)
        case Question.NEW_TIME:
            return heard.visit is not None
        case Question.MOVE_CONFIRM | Question.CANCEL_CONFIRM:
            return heard.answer is not None or heard.visit is not None
    return False


def _verified(talk: Talk, address: str) -> list[Action]:
    """Goes on only for the person on the appointment; V2's match by number alone may be a stranger's visit.

    What does not match may have been misheard: it is asked for once more, the street as well if we know it.
    """
    session = talk.session
    session.appointment_proved = identity.is_proved(session, address)
    if session.appointment_proved:
        return go_on(talk)
    session.failed_proofs += 1
    if session.proofs_left <= 0:
        return endings.callback(talk, Reason.MANAGE_UNVERIFIED)
    session.name_from_caller = False
    return talk.ask(Question.BOOKING_NAME, "ask:booking_name:street" if identity.streets_on_file(session) else "")


def go_on(talk: Talk) -> list[Action]:
    """What is to be done with the visit, as far as that is known."""
    session = talk.session
    appointment = session.appointment
    if appointment is None:
        return endings.callback(talk, Reason.MANAGE_FAILED)
    match session.manage_action:
        case ManageAction.STATUS:
            told = talk.say("status", must_hear=True, date=appointment.date, clock=appointment.time)
            if session.safety_cleared and session.problem:  # It was asked on the way to another visit.
                session.intent, session.manage_action = Intent.SERVICE, None
                return main_line.enter_safety(talk, told)
            return endings.confirm(talk, Reason.STATUS_TOLD, told)
        case ManageAction.CANCEL:
            return talk.ask(Question.CANCEL_CONFIRM, date=appointment.date, clock=appointment.time)
        case ManageAction.RESCHEDULE:
            return _another_time(talk)
    return talk.ask(Question.MANAGE_WHAT)


def _another_time(talk: Talk) -> list[Action]:
    """Offers the new time once V2 was asked whether it is free; the one that the visit has is none."""
    session = talk.session
    if visit_offer.asks_for_openings(talk):
        return visit_offer.openings(talk)
    if session.question is Question.NEW_TIME and not session.visit_at:
        visit_offer.take_wish(talk)
    on_file = session.appointment.starts_at(talk.now) if session.appointment else None
    if session.visit_at in (None, on_file):
        session.visit_at = session.visit_latest = None
        return visit_offer.ask_when(talk, Question.NEW_TIME)
    if check := visit_offer.calendar_check(talk):
        return [check]
    visit_offer.settle(talk)
    key = "ask:move_confirm:other" if session.offers_other else ""
    return talk.ask(Question.MOVE_CONFIRM, key, time=talk.time(visit_offer.known(session.visit_at)))


def _change(session: CallSession, action: ManageAction) -> ManageAppointment:
    uid = session.appointment.uid if session.appointment else ""
    if action is ManageAction.CANCEL:
        request = ManageAppointment("cancel", uid, reason="Cancelled by the caller")
    else:
        request = ManageAppointment("reschedule", uid, reason="Moved by the caller", new_time=session.visit_at)
    session.in_doubt = request
    return request
