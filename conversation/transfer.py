"""A person, when the caller wants one: the wish, the turn before the dial, and what a dial that is over has come to.

Pure, like the states. A wish is honoured at once while somebody is there to be dialled, and once in a call; else, and
when nobody has taken the call, it ends in a callback. A danger never waits for a dial: a possible one is asked about
first, and the wish is kept until it is cleared. Who dials, and who tells how that ended, is server/transfers.py.
"""

from datetime import datetime, timedelta

from call.actions import Action, DialPerson
from call.session import CallSession, EndedBy, Question, Reason, State, Transfer, TransferEnd, Urgency
from conversation import endings
from conversation.moment import Talk
from conversation.transitions import move
from understanding.turn import Hazard

SHORT_TALK = timedelta(seconds=10)  # Whoever is gone sooner than this has helped nobody.
LISTENING = timedelta(seconds=60)  # Longest that a person takes from picking up to the key: they hear it all twice.
_MAY_FOLLOW = frozenset({Reason.BOOKED, Reason.STATUS_TOLD})
DIAL_IS_OVER = "the dial is over"  # The note of it, with a `TransferEnd`
_URGENT = {Urgency.EMERGENCY: "an emergency", Urgency.URGENT: "urgent"}


def wished(talk: Talk) -> list[Action] | None:
    """A person is wished for: dialled, or called back; None if a possible danger has to be asked about first."""
    if _may_dial(talk) and _in_doubt_about_danger(talk):
        talk.session.person_wished = True
        return None
    return dial(talk)


def dial(talk: Talk) -> list[Action]:
    """The last words before the dial; a callback if nobody is there to be dialled."""
    session = talk.session
    session.person_wished = False
    if not _may_dial(talk):
        return endings.callback(talk, Reason.CALLER_WISH)
    session.transfer = Transfer(asked_at=talk.now)
    session.hangup_stopped = False  # What is said before the dial is read, also behind a goodbye that was stopped.
    talk.go(State.TRANSFER)
    return [talk.say("transfer", must_hear=True), DialPerson()]


def wished_behind_a_visit(talk: Talk) -> bool:
    """Whether a person is wished for, and can be dialled, once a visit is booked or was told.

    Behind a change the team has to hear of it, by how the call ended (owed.py): there the wish is noted for them.
    """
    session, hazard = talk.session, talk.heard.hazard
    safe = hazard is Hazard.DENIED or (hazard is Hazard.NONE and session.question is not Question.SAFETY)
    settled = session.state is State.CONFIRM and session.reason in _MAY_FOLLOW and session.shown is None
    return settled and safe and talk.heard.wants_person and _may_dial(talk)


def put_off(session: CallSession) -> None:
    """A possible danger was told before the dial: it is asked about first."""
    session.person_wished, session.transfer, session.safety_cleared = True, None, False


def back(talk: Talk) -> list[Action]:
    """The call is back from a dial that led to no talk: somebody calls back."""
    ended = talk.session.transfer.ended if talk.session.transfer else None
    line = "callback:cut_short" if ended is TransferEnd.CUT_SHORT else ""
    return endings.callback(talk, Reason.NOT_CONNECTED, line=line)


def over(
    transfer: Transfer, now: datetime, *, bridged: bool | None, lasted: timedelta | None, caller_is_gone: bool
) -> Transfer:
    """What a dial that is over has come to. `bridged`, and how long its leg `lasted`, as Twilio says; None: nothing.

    Nobody has talked who had not pressed the key: a voicemail may be connected as well as a person.
    """
    ended = TransferEnd.NOT_TAKEN
    if transfer.taken_at is not None and bridged is not False:
        talked = now - transfer.taken_at
        if lasted is not None:  # Our clock may have been set meanwhile.
            talked = min(max(talked, lasted - LISTENING), lasted)
        short = talked < SHORT_TALK and not caller_is_gone
        ended = TransferEnd.CUT_SHORT if short else TransferEnd.TALKED
    return transfer.model_copy(update={"ended_at": now, "ended": ended})


def conclude(session: CallSession, now: datetime) -> None:
    """A call that is over on its way to a person goes to its end state: they have talked, or somebody calls back."""
    wanted = session.transfer
    if session.state is not State.TRANSFER and not (wanted and wanted.staff_first and session.state is State.WELCOME):
        return
    # Of one that took the call just now, and of which Twilio has not told, nobody knows whether they have talked.
    sure = wanted is None or wanted.ended is not None or wanted.taken_at is None or now - wanted.taken_at >= SHORT_TALK
    if wanted is not None and wanted.talked and sure:
        move(session, State.GOODBYE, now, Reason.TRANSFERRED)
        session.ended_by = EndedBy.BOT if session.ended_by is EndedBy.BOT else EndedBy.CALLER
    elif session.state is State.TRANSFER:
        move(session, State.CALLBACK, now, Reason.NOT_CONNECTED)


def whisper(session: CallSession | None, business_name: str) -> str:
    """What the person hears before the caller: who it is, what it is about, how urgent it is."""
    if session is None:
        return f"A caller of {business_name} would like to speak with you."
    parts = [f"{session.name or 'A caller'} is on the line for {business_name}."]
    if session.problem:
        parts.append(f"It is about: {session.problem.rstrip('.')}.")
    if session.urgency in _URGENT:
        parts.append(f"It is {_URGENT[session.urgency]}.")
    if session.language == "es":
        parts.append("The caller speaks Spanish.")
    return " ".join(parts)


def _may_dial(talk: Talk) -> bool:
    """Whether somebody is there to be dialled, and was not in this call; to be called back is another wish."""
    return talk.session.transfer is None and not talk.heard.wants_callback and talk.business.person_at(talk.now)


def _in_doubt_about_danger(talk: Talk) -> bool:
    """Whether a possible danger was told and is not cleared: then the safety question was not asked as ever."""
    session = talk.session
    asked_again = bool(session.said_count.get("safety_follow_up")) or session.state is not State.SAFETY
    open_doubt = session.question is Question.SAFETY and asked_again
    return talk.heard.hazard is Hazard.POSSIBLE or session.person_wished or open_doubt
