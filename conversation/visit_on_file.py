"""The visit on file as the matter of a call: to be cancelled, moved or told, or with a message for whoever comes.

Nothing is done with it here: who calls is proved, and a yes to what is read back changes it (side_lines.py). A message
is noted without a proof: nothing is told of the visit for it.
"""

from call.actions import Action, CallTool
from call.session import FOR_THE_VISIT, CallSession, EntryKind, Intent, ManageAction, Question, Reason, State
from call.tool_calls import LookupBooking
from conversation import endings, visit_offer
from conversation.moment import Talk
from understanding.text.plain import plain
from understanding.text.weekdays import DAY_NAMES
from understanding.turn import Hazard, Understanding, understand
from understanding.wants import asked_after, messages
from understanding.wants.intents import names_visit_on_file, read_intent
from understanding.wants.problems import describes_problem
from understanding.when.opening_hours import as_open

_CHANGES = (ManageAction.CANCEL, ManageAction.RESCHEDULE)
_BEFORE_A_TIME_IS_ASKED = frozenset({State.SAFETY, State.SERVICE_AREA, State.DISCOVERY})
_WISHED_IN = frozenset({State.SAFETY, State.SERVICE_AREA, State.DISCOVERY, State.URGENCY, State.PRE_CONFIRM})
_ASKED_IN = _WISHED_IN | {State.LOOKUP}  # Whether a second visit is wanted (same_caller.py)


_OF_A_NEW_VISIT = frozenset({"zip_code", "address"})


def enter(talk: Talk) -> list[Action]:
    """Finds the visit on file; the number that calls decides, not one that is told, and who calls is proved after."""
    talk.go(State.MANAGE_BOOKING)
    if talk.session.manage_action is ManageAction.MESSAGE:
        return _message_taken(talk)
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


def take_matter(talk: Talk) -> bool:
    """Whether the turn asks when the visit on file is, or tells something for it; then the call is about that.

    Where a new visit is in the making only a turn that names the one on file is about it.
    """
    session, heard, words = talk.session, talk.heard, plain(talk.heard.text)
    if not session.has_appointment or session.state not in _ASKED_IN or session.booking_attempted:
        return False
    if heard.hazard is Hazard.POSSIBLE or heard.manage_action in _CHANGES or heard.high_ticket:
        return False
    new_one = (bool(session.problem) and "problem" not in talk.changed) or bool(talk.changed & _OF_A_NEW_VISIT)
    if new_one and not _names_the_one_on_file(talk, words):
        return False
    if not _take(talk, heard.text, heard.intent, heard.manage_action):
        return False
    if "problem" in talk.changed:  # What is told of the visit answered the question what is broken.
        session.problem = ""
    if not new_one or "visit_at" in talk.changed:
        _no_other_visit(session)
    if "callback_phone" in talk.changed and messages.tells_number_of_another(words):
        session.callback_phone = ""
    return True


def may_be_about_one(heard: Understanding) -> bool:
    """Whether words from before the lookup are about a visit, if there is one."""
    words = plain(heard.text)
    return messages.leaves_message(words) or asked_after.asks_when(words)


def is_told_first(talk: Talk) -> bool:
    """Whether the words before the lookup, which has found a visit on file, were about that one."""
    session = talk.session
    said = [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER]
    if not (said and session.has_appointment) or session.danger_told or session.manage_action in _CHANGES:
        return False
    intent = read_intent(plain(said[-1]), Question.HOW_CAN_I_HELP)
    if session.intent is Intent.FOLLOW_UP or not _take(talk, said[-1], intent, session.manage_action):
        return False
    if session.manage_action:
        _no_other_visit(session)
    if session.manage_action is ManageAction.MESSAGE:
        session.problem = ""  # It is what the message tells.
    return True


def take_message(talk: Talk) -> list[Action] | None:
    """Notes what a turn about the visit tells for whoever comes; the end if nothing else is wanted of the visit."""
    session, words = talk.session, plain(talk.heard.text)
    if not messages.leaves_message(words):
        return None
    _note(talk, talk.heard.text)
    if "callback_phone" in talk.changed and messages.tells_number_of_another(words):
        session.callback_phone = ""
    asks = talk.heard.manage_action or session.manage_action not in (None, ManageAction.MESSAGE)
    answers = session.question is Question.BOOKING_NAME and (talk.heard.name or talk.heard.address)
    return None if asks or answers else _message_taken(talk)


def _take(talk: Talk, text: str, intent: Intent | None, action: ManageAction | None) -> bool:
    session, words = talk.session, plain(text)
    is_one = asked_after.says_there_is_one(words) or (intent is Intent.MANAGE and action is None)
    if describes_problem(words) and not (is_one and messages.is_for_whoever_comes(words)):
        return False
    asks = action is ManageAction.STATUS and not asked_after.wishes_for_a_new_one(words)
    asks = asks or asked_after.asks_when(words)
    tells = messages.leaves_message(words) and (is_one or intent is not Intent.SERVICE)
    if not (is_one or asks or tells):
        return False
    if tells:
        _note(talk, text)
    session.intent = Intent.MANAGE
    session.manage_action = ManageAction.STATUS if asks else ManageAction.MESSAGE if tells else None
    return True


def _names_the_one_on_file(talk: Talk, words: str) -> bool:
    if asked_after.names_the_other(words, offered=talk.session.state is State.PRE_CONFIRM):
        return True
    on_file = {DAY_NAMES[word] for word in plain(talk.session.appointment_date).split() if word in DAY_NAMES}
    named = {DAY_NAMES[word] for word in words.split() if word in DAY_NAMES}
    return talk.session.state is not State.PRE_CONFIRM and messages.leaves_message(words) and bool(named & on_file)


def _no_other_visit(session: CallSession) -> None:
    """The day that was named is that of the visit there is."""
    session.visit_at, session.visit_latest, session.visit_asap = None, None, False


def _note(talk: Talk, text: str) -> None:
    """Notes the words for that visit, and not beside it as something that was told (told_beside.py)."""
    talk.session.notes[:] = [note for note in talk.session.notes if not note.endswith(f'"{text}".')]
    talk.note(f'{FOR_THE_VISIT} "{text}".')


def _message_taken(talk: Talk) -> list[Action]:
    """It is noted; who has only said that there is something to tell is heard out."""
    if any(not messages.only_wishes_to_leave_one(plain(note)) for note in talk.session.added):
        return endings.confirm(talk, Reason.MESSAGE_TAKEN, talk.say("noted", must_hear=True))
    talk.go(State.CONFIRM, Reason.MESSAGE_TAKEN)
    talk.session.question = Question.ANYTHING_ELSE
    return [talk.say("go_on")]


def has_another_called(talk: Talk) -> bool:
    """Whether the turn wants somebody else called about the visit on file, which is a message and no callback."""
    session, words = talk.session, plain(talk.heard.text)
    is_about_one = session.has_appointment or session.appointment is not None
    return is_about_one and messages.tells_number_of_another(words) and messages.leaves_message(words)


def is_wished(talk: Talk) -> bool:
    """Whether the visit on file waits as the matter of the call until a danger is cleared."""
    return talk.session.intent is Intent.MANAGE


def step(talk: Talk) -> list[Action]:
    """Goes on with that wish; a visit that V2 did not find once is left to a person."""
    if "no_appointment" in talk.session.said_count:
        return endings.callback(talk, Reason.MANAGE_FAILED)
    return enter(talk)
