"""What a caller objects to behind a visit that was just booked: no state can change it any more, so it is the team's.

What is sure is told as that: to be cancelled, to be moved. Anything else that speaks against it (a correction, another
address, nobody at home) is to be checked, in the caller's words. Pure.
"""

from call.session import Intent, ManageAction, Reason
from conversation.moment import Talk
from understanding.text.plain import plain
from understanding.wants.booked_visits import (
    agrees,
    asks_for_a_fact,
    calls_off,
    may_be_against_it,
    objects,
    speaks_against_it,
    wants_another_time,
    wishes_for_a_time,
)
from understanding.wants.messages import leaves_message
from understanding.wants.withdrawals import may_take_it_back

_SURE = (ManageAction.CANCEL, ManageAction.RESCHEDULE)


def take_objection(talk: Talk, *, offered: bool) -> bool:
    """Takes over what is to be done with the visit that was just booked; whether the turn objects to it.

    `offered`: whether a text was, so that "I don't want that" is an answer.
    """
    session = talk.session
    if session.reason is not Reason.BOOKED or not (wish := _wish(talk, offered=offered)):
        return False
    if wish in _SURE or session.manage_action not in _SURE:  # What is sure is not put in doubt again.
        session.manage_action = wish
    return True


def _wish(talk: Talk, *, offered: bool) -> ManageAction | None:
    """To cancel it, to move it, or a message: what it is about is for the team to see."""
    heard, words = talk.heard, plain(talk.heard.text)
    if heard.manage_action in _SURE:
        return heard.manage_action
    if calls_off(words) or (objects(words) and not offered):
        return ManageAction.CANCEL
    elsewhen = _is_of_another_time(talk)
    if wants_another_time(words) or (elsewhen and (heard.corrects or wishes_for_a_time(words))):
        return ManageAction.RESCHEDULE
    if leaves_message(words) or asks_for_a_fact(words):
        return None
    corrects = heard.corrects and not agrees(words)
    against = speaks_against_it(words) or (not offered and (may_be_against_it(words) or may_take_it_back(words)))
    return ManageAction.MESSAGE if elsewhen or corrects or _is_of_another_place(talk) or against else None


def _is_of_another_time(talk: Talk) -> bool:
    visit, booked = talk.heard.visit, talk.session.booked_at
    if visit is None or booked is None:
        return False
    return not visit.starts_at <= booked <= (visit.latest or visit.starts_at)


def _is_of_another_place(talk: Talk) -> bool:
    """Whether it tells another address than the booked one; where a bill goes is none."""
    heard = talk.heard
    told = "address" in talk.changed or (heard.address and heard.address != talk.session.address)
    return bool(told) and heard.intent is not Intent.BILLING
