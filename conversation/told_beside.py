"""What a caller tells beside what was asked: noted for the team once, in the caller's words, wherever it is said."""

from call.session import ADDED, END_STATES, Intent, Question, State
from conversation.moment import Talk
from understanding.remainder import remainder
from understanding.told_beside import tells_beside

# Whose whole turn is taken, or noted by the state itself.
_TAKEN_WHOLE = frozenset({Question.DETAILS, Question.END_DOUBT})
_OF_SUBSTANCE = 3  # Words that are left of a Spanish turn
_OUTSIDERS = frozenset({Intent.VENDOR, Intent.APPLICANT, Intent.WRONG_NUMBER, Intent.OTHER_TRADE})


def note(talk: Talk) -> bool:
    """Notes the turn if it tells something beside its facts and its answer; whether it does."""
    if not _is_worth_it(talk):
        return False
    said = ADDED if _is_at_the_end(talk) else "The caller also said:"
    talk.note(f'{said} "{talk.heard.text}".')
    return True


def _is_worth_it(talk: Talk) -> bool:
    session, heard = talk.session, talk.heard
    at_the_end = _is_at_the_end(talk)
    if session.intent in _OUTSIDERS or heard.doubted_end:
        return False
    if session.language == "es":  # What carries nothing is known of English alone.
        return at_the_end and not heard.goodbye and len(remainder(heard)) >= _OF_SUBSTANCE
    taken = session.question in _TAKEN_WHOLE and not heard.wants_person
    if not at_the_end and (taken or (_is_first(talk) and not session.problem)):
        return False
    if session.question is Question.SITE_CONTACT and not (heard.name or heard.phone):
        return False
    return tells_beside(heard, session.question, _known(talk), at_the_end=at_the_end)


def _is_at_the_end(talk: Talk) -> bool:
    """Whether nobody has been told of the turn yet; a number that is asked for comes before the callback."""
    return talk.session.state in END_STATES and talk.session.question is not Question.PHONE


def _is_first(talk: Talk) -> bool:
    return talk.session.state in (State.WELCOME, State.LOOKUP) or talk.session.question is Question.HOW_CAN_I_HELP


def _known(talk: Talk) -> tuple[str, ...]:
    """What the record, or everybody, has already."""
    session, business = talk.session, talk.business
    facts = (session.name, session.address, session.zip_code, session.problem, session.on_site, session.danger_told)
    return (*facts, *session.notes, business.name, business.city, business.state)
