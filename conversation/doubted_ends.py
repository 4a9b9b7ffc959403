"""What would end a call: done if the turn is sure of it, else asked about in one question.

"Did you want us to look at your heating or cooling?" costs a caller with the wrong number five seconds; without it a
customer who says "the last company I called was the wrong one" is hung up on. A goodbye in doubt is none: the open
question follows.
"""

from dataclasses import replace

from call.actions import Action
from call.session import Intent, Question, Reason, State
from conversation import endings, resumption, transfer, visit_on_file
from conversation.moment import Talk
from understanding.facts import Answer, End

_REASONS = {
    End.WRONG_NUMBER: Reason.WRONG_NUMBER,
    End.OTHER_TRADE: Reason.OTHER_TRADE,
    End.VENDOR: Reason.VENDOR,
    End.APPLICANT: Reason.APPLICANT,
    End.PERSON: Reason.CALLER_WISH,
    End.NO_VISIT: Reason.DONE,
}
_OF_CUSTOMERS = (End.PERSON, End.NO_VISIT)
_SAID_GOODBYE_TO = {Intent.WRONG_NUMBER: Reason.WRONG_NUMBER, Intent.OTHER_TRADE: Reason.OTHER_TRADE}


def step(talk: Talk) -> list[Action] | None:
    """The end that the turn means, or the question about it; None if it means none."""
    if talk.heard.withdraws and _may_withdraw(talk):
        return endings.withdrawn(talk)
    if ending := _sure(talk, known=_is_known(talk)):
        return _end(talk, ending)
    doubted = talk.heard.doubted_end
    if doubted is None or (doubted not in _OF_CUSTOMERS and _is_known(talk)):
        return None
    if doubted is End.NO_VISIT and not _may_withdraw(talk):
        return None
    if doubted in (End.VENDOR, End.APPLICANT) and talk.session.state is not State.WELCOME:
        return None
    return _ask(talk, _REASONS[doubted])


def answered(talk: Talk) -> tuple[Talk, list[Action] | None]:
    """The answer to that question: the end, the open question again, or None: the turn itself tells what is wanted."""
    session, heard = talk.session, talk.heard
    ending, session.doubted_end = session.doubted_end, None
    session.question, session.question_before = session.question_before, None
    leave, stay = (Answer.YES, Answer.NO) if ending is Reason.CALLER_WISH else (Answer.NO, Answer.YES)
    told = bool(heard.intent is Intent.SERVICE or talk.changed)
    said_again = heard.doubted_end is not None and _REASONS[heard.doubted_end] is ending
    withdraws = heard.withdraws and ending is not Reason.CALLER_WISH  # "I don't need anybody" wants no person.
    if (withdraws and _may_withdraw(talk)) or (ending is Reason.DONE and heard.answer is Answer.NO and not told):
        return talk, endings.withdrawn(talk, asked=True)
    if ending and ((heard.answer is leave and not told) or said_again or _sure(talk, known=False) is ending):
        if ended := _end(talk, ending):
            return talk, ended
        return replace(talk, heard=replace(heard, answer=None)), None
    talk = replace(talk, heard=replace(heard, answer=None))
    if session.state is State.WELCOME or told or heard.answer is not stay:
        return talk, step(talk) if not heard.doubted_end else None
    return talk, resumption.ask_open(talk)


def _is_known(talk: Talk) -> bool:
    """Whether an earlier turn has told what is broken: then it is a customer."""
    return bool(talk.session.problem) and "problem" not in talk.changed


def _sure(talk: Talk, *, known: bool) -> Reason | None:
    """The end that the turn means for sure; `known`: whether it is a customer whose problem is known."""
    session, heard = talk.session, talk.heard
    if heard.recording and not known:
        session.intent = Intent.VENDOR
        return Reason.VENDOR
    if heard.wants_person and not (heard.wants_callback and visit_on_file.has_another_called(talk)):
        return Reason.CALLER_WISH
    reason = _SAID_GOODBYE_TO.get(heard.intent) if heard.intent and not known else None
    if reason is None and heard.goodbye and not talk.changed and heard.answer is not Answer.YES:
        return Reason.DONE
    return reason


def _ask(talk: Talk, ending: Reason) -> list[Action]:
    session = talk.session
    session.doubted_end, session.question_before = ending, session.question
    return talk.ask(Question.END_DOUBT)


def _may_withdraw(talk: Talk) -> bool:
    """Whether there is something to leave: no visit that may stand, and none on file that is to be cancelled."""
    session = talk.session
    asks_price = session.state is State.NON_SERVICE and session.intent is Intent.PRICING
    offers = asks_price or session.state not in (State.WELCOME, State.NON_SERVICE, State.FOLLOW_UP)
    on_file = visit_on_file.take_wish(talk) or visit_on_file.take_matter(talk)
    return offers and not session.booking_attempted and not on_file


def _end(talk: Talk, ending: Reason) -> list[Action] | None:
    if ending is Reason.CALLER_WISH:
        return transfer.wished(talk)
    return endings.goodbye(talk, ending)
