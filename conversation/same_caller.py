"""The same caller again: whether this call goes on from the one before, and what it takes over of it.

Pure. Said of that call is only which system it was about, and that a visit is on file, and that only to whom the
network vouches for; its name and address are used when the caller has said the full name. What is taken over is read
back before anything is done with it, as everything is.
"""

from call.actions import Action
from call.session import CallSession, CameOf, EarlierCall, Intent, Question, Reason
from conversation import endings, identity, main_line, visit_on_file
from conversation.moment import Talk
from conversation.script import question_key
from understanding.turn import Answer, Hazard
from understanding.wants.systems import other_system, system_of

ASKED_AT_MOST = 2
_MATTERS = frozenset({None, Intent.SERVICE, Intent.FOLLOW_UP})


def ask(talk: Talk) -> list[Action] | None:
    """What the call before makes one ask ahead of everything else; None: nothing."""
    session, earlier = talk.session, talk.session.earlier
    if not (earlier and session.vouched_for and session.language == "en" and _same_system(session, earlier)):
        return None
    if earlier.came_of is not CameOf.OPEN:
        if session.intent is not Intent.SERVICE:
            return None
        session.intent = Intent.MANAGE  # Until a second visit is wanted.
        told = "has_appointment" if earlier.came_of is CameOf.BOOKED else "visit_perhaps"
        session.has_appointment = session.has_appointment or earlier.came_of is CameOf.BOOKED
        return [talk.say(told), *talk.ask(Question.SECOND_VISIT)]
    if session.intent not in _MATTERS or not _same_name(session, earlier):
        return None
    return talk.ask(Question.GO_ON, **slots(session))


def step(talk: Talk) -> list[Action] | None:
    """The answer; None when it was none of these questions, or none is open any more."""
    match talk.session.question:
        case Question.SECOND_VISIT | Question.MANAGE_WHAT if talk.heard.hazard is Hazard.POSSIBLE:
            return _as_usual(talk)  # Asked about before anything else.
        case Question.GO_ON:
            return _go_on(talk)
        case Question.SECOND_VISIT:
            return _second_visit(talk)
        case Question.MANAGE_WHAT:
            return _manage(talk)
    return None


def slots(session: CallSession) -> dict[str, str]:
    """What the question names: "your heating"."""
    system = system_of(session.earlier.problem) if session.earlier else ""
    return {"about": f" about your {system}" if system else ""}


def is_about_the_same(session: CallSession) -> bool:
    """Whether this call is about what the one before left open: it was said so, or nothing speaks against it."""
    earlier = session.earlier
    if earlier is None or earlier.came_of is not CameOf.OPEN:
        return False
    at_home = bool(session.address and earlier.address) and identity.same_street(session.address, earlier.address)
    if not _same_name(session, earlier) and not at_home:
        return False
    elsewhere = bool(session.address and earlier.address) and not at_home
    return session.goes_on or (session.intent in _MATTERS and _same_system(session, earlier) and not elsewhere)


def _go_on(talk: Talk) -> list[Action]:
    session, heard, earlier = talk.session, talk.heard, talk.session.earlier
    if heard.answer is Answer.NO or earlier is None or not _same_system(session, earlier):
        session.earlier = None
        return _as_usual(talk)
    if heard.answer in (Answer.YES, Answer.YES_BUT):
        _take_over(session, earlier, talk)
        return _as_usual(talk)
    asked = session.said_count.get(question_key(Question.GO_ON), 0)
    if talk.changed or heard.hazard is not Hazard.NONE or asked >= ASKED_AT_MOST:
        return _as_usual(talk)
    return talk.ask_again(Question.GO_ON, **slots(session))


def _take_over(session: CallSession, earlier: EarlierCall, talk: Talk) -> None:
    session.goes_on = True
    session.problem = session.problem or earlier.problem
    session.urgency = session.urgency or earlier.urgency
    session.high_ticket = session.high_ticket or earlier.high_ticket
    if not session.zip_code and talk.business.serves(earlier.zip_code):
        session.zip_code = earlier.zip_code
    if not session.visit_at and earlier.visit_at and earlier.visit_at > talk.now:
        session.visit_at, session.visit_latest = earlier.visit_at, earlier.visit_latest


def _as_usual(talk: Talk) -> list[Action]:
    talk.session.intent = Intent.SERVICE
    return main_line.enter_safety(talk, *talk.acknowledge())


def _second_visit(talk: Talk) -> list[Action]:
    heard = talk.heard
    if visit_on_file.take_matter(talk):
        return visit_on_file.step(talk)
    if heard.manage_action:
        return _manage(talk)
    if heard.answer in (Answer.NO, Answer.YES_BUT):
        return talk.ask(Question.MANAGE_WHAT)
    if heard.answer is Answer.YES or heard.place_of_two == 1 or heard.hazard is not Hazard.NONE:
        return _as_usual(talk)
    return talk.ask_again(Question.SECOND_VISIT)


def _manage(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    if visit_on_file.take_matter(talk):
        return visit_on_file.step(talk)
    if heard.manage_action:
        session.manage_action = heard.manage_action
        return visit_on_file.enter(talk)
    if heard.answer is Answer.NO:
        return endings.goodbye(talk, Reason.DONE)
    return talk.ask_again(Question.MANAGE_WHAT)


def _same_system(session: CallSession, earlier: EarlierCall) -> bool:
    return not other_system(session.problem, earlier.problem)


def _same_name(session: CallSession, earlier: EarlierCall) -> bool:
    return identity.may_be(session.name if session.name_from_caller else "", earlier.name)
