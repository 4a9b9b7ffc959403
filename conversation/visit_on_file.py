"""The visit on file as the matter of a call: where a wish to cancel or move it leads, from the main line too.

Nothing is done with it here: who calls is proved, and a yes to what is read back changes it (side_lines.py).
"""

from call.actions import Action, CallTool
from call.session import Intent, ManageAction, Reason, State
from call.tool_calls import LookupBooking
from conversation import endings
from conversation.moment import Talk
from understanding.text.plain import plain
from understanding.turn import Hazard
from understanding.wants.intents import names_visit_on_file

_CHANGES = (ManageAction.CANCEL, ManageAction.RESCHEDULE)
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
    if not names_visit_on_file(plain(heard.text), offered=offered):
        return False
    session.intent, session.manage_action = Intent.MANAGE, heard.manage_action
    if heard.manage_action is ManageAction.CANCEL or not ("visit_at" in talk.changed or offered):
        session.visit_at = None  # A wish for the new visit, and not for the one on file
    return True


def is_wished(talk: Talk) -> bool:
    """Whether such a wish waits until a danger is cleared."""
    return talk.session.intent is Intent.MANAGE and talk.session.manage_action in _CHANGES


def step(talk: Talk) -> list[Action]:
    """Goes on with that wish; a visit that V2 did not find once is left to a person."""
    if "no_appointment" in talk.session.said_count:
        return endings.callback(talk, Reason.MANAGE_FAILED)
    return enter(talk)
