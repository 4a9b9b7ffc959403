"""A text about what was done or promised: whether the caller is offered one, and whether they want it.

Pure, like the states. It is offered once, behind a visit that was booked, moved or cancelled and behind a callback that
was arranged in good order: what it tells stands by then, so whoever hangs up loses nothing. A yes that covers its turn
is consent, and nothing else is. What the text says is records/caller_text.py's, when it goes out server/messenger.py's.
"""

from call.actions import Action
from call.session import CallSession, Question, Reason, State
from call.texts import is_quiet, takes_texts, when_not_quiet
from conversation.moment import Talk
from conversation.script import speak_number
from understanding.turn import Answer

# Behind a fault, a limit, a dial, a doubt about who calls or a failed booking, one question more is one too many.
_OFFERED = frozenset({
    Reason.BOOKED, Reason.RESCHEDULED, Reason.CANCELLED, Reason.CALLER_WISH, Reason.BILLING, Reason.WARRANTY,
    Reason.FOLLOW_UP, Reason.HIGH_TICKET, Reason.SPANISH, Reason.NO_AGREEMENT,
})  # fmt: skip


def may_offer(talk: Talk) -> bool:
    """Whether the caller is offered a text about what was just done or arranged."""
    session, business = talk.session, talk.business
    if not business.texts_callers or session.text_offered or session.reason not in _OFFERED:
        return False
    if session.upset or session.fault or session.emergency or not _number(session):
        return False
    visit = session.moved_to or session.booked_at
    return visit is None or when_not_quiet(talk.now, business.zone) < visit


def offer(talk: Talk) -> list[Action]:
    """The question; a number that was dictated is told with it, so that a yes is one to that number."""
    session = talk.session
    session.text_offered = True
    if session.callback_phone:
        return talk.ask(Question.TEXT, "ask:text:number", number=speak_number(session.callback_phone))
    return talk.ask(Question.TEXT)


def answered(talk: Talk) -> list[Action]:
    """Takes a consent, and says so; nothing where the turn is none."""
    session = talk.session
    if session.question is not Question.TEXT or talk.heard.answer is not Answer.YES or talk.changed:
        return []
    session.text_to = _number(session)
    return [talk.say("text_agreed:later" if is_quiet(talk.now, talk.business.zone) else "text_agreed")]


def leave_open(session: CallSession) -> None:
    """The offer is not waited for any more: a yes from now on is to something else."""
    if session.question is Question.TEXT:
        session.question = Question.ANYTHING_ELSE if session.state is State.CONFIRM else None


def take_back(session: CallSession) -> None:
    """It was decided on and will not be said: nobody was asked."""
    session.text_offered = False
    leave_open(session)


def _number(session: CallSession) -> str:
    """The caller's number that a text would go to; empty if there is none that can take it."""
    number = session.phone
    anothers = session.borrowed_phone and number == session.caller_number
    return "" if anothers or number == session.called_number or not takes_texts(number) else number
