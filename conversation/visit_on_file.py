"""The visit on file as the matter of a call: where a wish to cancel or move it leads, from the main line too.

Nothing is done with it here: who calls is proved, and a yes to what is read back changes it (side_lines.py).
"""

from call.actions import Action, CallTool
from call.session import CallSession, Intent, ManageAction, Question, Reason, State
from call.tool_calls import LookupBooking
from conversation import endings, visit_offer
from conversation.moment import Talk
from understanding.text.plain import plain
from understanding.text.weekdays import DAY_NAMES
from understanding.turn import Hazard, Understanding, understand
from understanding.wants.intents import names_visit_on_file
from understanding.when.opening_hours import as_open

_CHANGES = (ManageAction.CANCEL, ManageAction.RESCHEDULE)
_BEFORE_A_TIME_IS_ASKED = frozenset({State.SAFETY, State.SERVICE_AREA, State.DISCOVERY})
_WISHED_IN = frozenset({State.SAFETY, State.SERVICE_AREA, State.DISCOVERY, State.URGENCY, State.PRE_CONFIRM})


def enter(talk: Talk) -> list[Action]:
    """Finds the visit on file; the number that calls decides, not one that is told, and who calls is proved after."""
    talk.go(State.MANAGE_BOOKING)
    if not talk.session.own_number or talk.session.proofs_left <= 0:
        return endings.callback(talk, Reason.MANAGE_UNVERIFIED)
    return [CallTool(LookupBooking())]


def take_wish(talk: Talk) -> bool:
    """Whether the turn wants the visit on file cancelled or moved, in a call about service; then it is about that."""
    session, heard = talk.session, talk.heard
    offered = session.state is State.PRE_CONFIRM
    if not session.has_appointment or heard.manage_action not in _CHANGES or heard.hazard is Hazard.POSSIBLE:
        return False
    if session.state not in _WISHED_IN or session.booking_attempted:
        return False
    if not (names_visit_on_file(plain(heard.text), offered=offered) or _names_its_day(session, heard)):
        return False
    session.intent, session.manage_action, session.move_said = Intent.MANAGE, heard.manage_action, heard.text
    if heard.manage_action is ManageAction.CANCEL or not ("visit_at" in talk.changed or offered):
        session.visit_at = None  # A wish for the new visit, and not for the one on file
    return True


def take_wish_behind_it(talk: Talk) -> bool:
    """Whether the visit that was just told is to be cancelled or moved; then the call is about that."""
    session, heard = talk.session, talk.heard
    told = session.reason is Reason.STATUS_TOLD and session.appointment_proved and not session.closing
    if not told or heard.manage_action not in _CHANGES or heard.hazard is not Hazard.NONE:
        return False
    talk.go(State.MANAGE_BOOKING)
    session.manage_action, session.move_said = heard.manage_action, heard.text
    session.visit_at = session.visit_latest = None
    read_the_move(talk)
    return True


def _names_its_day(session: CallSession, heard: Understanding) -> bool:
    """Whether a wish that is no new one only where a visit is on file names its day: "can we do Friday later"."""
    named = {DAY_NAMES[word] for word in plain(heard.text).split() if word in DAY_NAMES}
    on_file = {DAY_NAMES[word] for word in plain(session.appointment_date).split() if word in DAY_NAMES}
    only_if = heard.intent is not Intent.MANAGE and session.state in _BEFORE_A_TIME_IS_ASKED
    return only_if and not named.isdisjoint(on_file)


def is_moved_by_the_first_words(session: CallSession) -> bool:
    """Whether the caller who is looked up has a visit, and wants it moved without having named one."""
    may_be = session.intent is Intent.SERVICE and session.manage_action is ManageAction.RESCHEDULE
    return may_be and session.has_appointment and not session.problem


def read_the_move(talk: Talk) -> None:
    """The new time in the words that want the visit moved, now that it is known from when: "back two hours"."""
    session = talk.session
    start = session.appointment.starts_at(talk.now) if session.appointment else None
    if session.manage_action is not ManageAction.RESCHEDULE or not session.move_said or start is None:
        return
    wish = understand(
        session.move_said,
        question=Question.NEW_TIME,
        now=talk.now,
        opening_hour=talk.business.opening_hour,
        closing_hour=talk.business.closing_hour,
        visit_at=start,
        visit_latest=start,
    ).visit
    session.move_said = ""
    if wish:
        visit_offer.take(session, as_open(wish, talk.business))


def is_wished(talk: Talk) -> bool:
    """Whether such a wish waits until a danger is cleared."""
    return talk.session.intent is Intent.MANAGE and talk.session.manage_action in _CHANGES


def step(talk: Talk) -> list[Action]:
    """Goes on with that wish; a visit that V2 did not find once is left to a person."""
    if "no_appointment" in talk.session.said_count:
        return endings.callback(talk, Reason.MANAGE_FAILED)
    return enter(talk)
