"""Whether a caller wants no visit any more, or not yet, or leaves the one on file as it is.

Read clause by clause, each as a whole: "my husband fixed it" is one, "he said my husband fixed it wrong" is none. It is
sure if such clauses and what goes with any ending are all that the turn says; one that may be meant otherwise
("never mind", "it's working now") needs a second of another kind. What is not sure is asked about.
"""

from enum import StrEnum

from call.session import Question
from understanding.text.parts import RELATIVE, SOMEONE, SYSTEM, VISIT, YOU
from understanding.text.plain import phrase, plain, said
from understanding.text.weekdays import WEEKDAY
from understanding.wants.whole import NOW, read_whole, whole


class Withdrawal(StrEnum):
    """How certain it is."""

    SURE = "sure"
    DOUBTED = "doubted"


_I = r"(?:i|we|i am|we are|i have|we have|i will|we will|i would|we would|let me|let us)"
_COMING = rf"(?:(?:an? |any )?(?:{VISIT}|service)|{SOMEONE}|(?:an? |any |the |your )?(?:technician|tech)|{YOU})"
_TO_COME = r"(?: to)?(?: come| send (?:\w+))?(?: out| over| by)?"
_IT = rf"(?:it|that|everything|the problem|(?:the|my|our) (?:\w+ )?(?:{SYSTEM}|heat|heating|air|cooling|thermostat))"
_WHO = rf"(?:i|we|he|she|they|{SOMEONE}|(?:my|our|the|her|his) (?:{RELATIVE}|\w+))"
_HIM = r"(?:(?:my|our|his|her|their) (?:\w+ )?\w+|him|her|them)"
_DAY = (
    rf"(?:tomorrow|tonight|(?:next )?{WEEKDAY}|(?:in )?the morning|next week)"
    r"(?: (?:morning|afternoon|evening|night))?"
)
_BACK = (
    rf"(?:(?:call|ring|phone)(?: {YOU}(?! if(?!\S))| (?:{YOU} )?(?:back|again|later|(?={_DAY})))"
    rf"|get back to {YOU}|give {YOU} a (?:call|ring)(?: back)?)"
    rf"(?: (?:on )?{_DAY})?(?: (?:later|tomorrow|when|once|after|if|in|this|next)(?: \w+){{0,5}})?"
)
_BACK_ON_THAT = rf"get back (?:to|with) {YOU} (?:on|about) (?:that|this|it)"
_CONSULT = (
    r"(?:(?:double )?check|talk|speak|discuss|clear|run)(?: (?:it|this|that|things))?(?: (?:over|by|through))?"
    rf"(?: (?:with|to|past))? {_HIM}|ask {_HIM}|think (?:about it|it over|on it)|sleep on it"
    rf"|see what {_HIM} (?:says|thinks|wants)"
)
_GOING_TO = rf"{_I}(?: (?:just|really|first|got|gotta|going|have|need|want|better|rather|like|should|got))*(?: to)?"


# Of a visit that is to be: what says by itself that it is not wanted, and what may say something else.
_SURE = {
    "fixed": whole(
        rf"{_WHO}(?: (?:just|already|actually|finally|has|have|had|got|ended up|went ahead and|was able to|managed"
        r" to))* (?:fix|fixed|fixing|repair|repaired|took care of|taken care of)"
        rf" {_IT}",
        rf"{_WHO}(?: (?:just|already|finally))* (?:got|had) {_IT} (?:fixed|repaired|working|going|running)",
        behind="now|again|myself|himself|herself|ourselves",
    ),
    "unwanted": whole(
        r"(?:(?:i|we) )?(?:do|did|will|would) not (?:really |actually |even )?(?:need|want|be needing)"
        rf" (?:{_COMING}{_TO_COME}|(?:it|that|this) (?:anymore|any longer|after all))",
        rf"(?:i|we) do not think (?:i|we) (?:will |would )?(?:need|want) {_COMING}{_TO_COME}",
        rf"(?:{_I} )?no longer (?:need|want|interested)(?: (?:{_COMING}{_TO_COME}|it|in it))?",
        rf"no (?:{VISIT}|need (?:to come|for (?:it|that|you|a {VISIT})))(?: out)?",
        rf"(?:do not|no need to) send(?: {_COMING})?",
        rf"{_I}(?: have)? (?:already )?(?:found|got|hired|went with|going with) {SOMEONE} else",
        behind="out|again",  # "I don't need it today" may be about the day.
    ),
    "unbooked": whole(
        rf"{_I} (?:not|no longer) (?:going to )?(?:book|booking|schedule|scheduling)(?: (?:it|anything))?",
    ),
    "later": whole(
        rf"(?:{_GOING_TO}|(?:can|could|may) (?:i|we)(?: just)?) {_BACK}",
        rf"(?:{_GOING_TO} )?(?:{_CONSULT})(?: first)? (?:and|then)(?: then| i will| we will)*"
        rf" (?:{_BACK}|{_BACK_ON_THAT}|let {YOU} know)",
        rf"{_GOING_TO} (?:hold off(?: on (?:it|this|that))?|wait on (?:it|this|that))",
    ),
}
_DOUBTED = {
    "works": whole(
        rf"{_IT}(?: (?:is|has|just|all|actually|already|finally|came|come|kicked|started|went|got|been|now|back"
        r"|turned))+ (?:on|up|fixed|working|running|cooling|heating|blowing|itself|resolved)"
        r"(?: (?:back|up|on|itself|by itself|on its own|fine|okay|cold|hot|air))*",
    ),
    "never_mind": whole(r"never mind(?: (?:it|that|then|about (?:it|that)))?", r"forget (?:it|about it|that|this)"),
    "cancels": whole(
        rf"(?:{_GOING_TO} |can you |could you |go ahead and )?(?:just |please )?cancel"
        rf"(?: (?:it|that|this|everything|the (?:whole |entire )?(?:thing|{VISIT})))?"
    ),
    "back_on_that": whole(rf"{_GOING_TO} {_BACK_ON_THAT}"),  # Perhaps on the fact that was asked for
    "asks_first": whole(rf"{_GOING_TO} (?:{_CONSULT})"),
    "not_booked": whole(rf"do not (?:book|schedule|set up)(?: (?:it|that|anything|{_COMING}))?"),
    "changed": whole(
        rf"{_I}(?: have)? changed (?:my|our) minds?", rf"{_I}(?: have)? decided (?:not to(?: do it)?|against it)"
    ),
}
_NOT_YET = {"not_yet": whole(rf"(?:{_I} )?not (?:ready|sure|right|just|quite ready)? ?(?:yet|now)(?: to book)?")}
# Of the visit on file
_KEEP = {
    "keep": whole(
        r"(?:(?:i|we) (?:just )?(?:will|would|want to|would like to|would rather|(?:would |had )?better|am going to"
        r"|guess) )?(?:just |please )*(?:let us (?:just )?)?(?:keep|leave) (?:it|everything|things|(?:the|my|our)"
        rf" (?:\w+ )?(?:{VISIT}|one)(?: (?:that )?(?:i|we) have(?: got)?| on file)?)"
        r"(?: (?:on|alone|like that|as is|as it is|as it was|be|there|(?:just )?(?:the way|how|where|like) (?:it|that)"
        r" (?:is|was)|as (?:scheduled|planned)))?",
        r"(?:do not|no need to) (?:cancel|move|change|touch) (?:it|that|anything|my \w+)",
    ),
}
_STAYS = {"neither": whole(r"neither(?: (?:one|of (?:them|those|these)))?", r"none of (?:them|those|that)", "nothing")}

_NOTHING = {
    "nothing": whole(
        r"that (?:is|will be|would be) (?:it|all|everything)",
        r"(?:i am|we are) (?:good|fine|okay|all set|done)|all (?:good|set)",
        r"nothing(?: else)?|neither|none of (?:them|those|these|that)",
        r"(?:i|we) do not (?:need|want) (?:anything|any of (?:them|those|these|that))(?: else)?",
        behind=f"{NOW}|i need|i needed|i wanted",
    )
}

_AT_THE_OFFER = frozenset({Question.READ_BACK, Question.CHANGE_WHAT, Question.SCHEDULE_OFFER, Question.END_DOUBT})
_OF_A_NEW_VISIT = _AT_THE_OFFER | {
    Question.ZIP, Question.ZIP_CONFIRM, Question.NAME, Question.ADDRESS, Question.WHEN,
}  # fmt: skip
_OF_ONE_ON_FILE = frozenset({
    Question.MANAGE_WHAT, Question.BOOKING_NAME, Question.CANCEL_CONFIRM, Question.NEW_TIME, Question.MOVE_CONFIRM,
})  # fmt: skip


def read_withdrawal(text: str, question: Question | None) -> Withdrawal | None:
    """Whether the caller's `text`, an answer to `question`, takes a visit back."""
    if question in _OF_A_NEW_VISIT:
        sure, doubted = _SURE, _DOUBTED | (_NOT_YET if question in _AT_THE_OFFER else {})
    elif question in _OF_ONE_ON_FILE:
        sure, doubted = _KEEP | {"later": _SURE["later"]}, _STAYS | {"never_mind": _DOUBTED["never_mind"]}
    else:
        return None
    told = read_whole(plain(text), sure | doubted)
    if told.covers and (told.meanings & sure.keys() or len(told.meanings) > 1):
        return Withdrawal.SURE
    if told.meanings == {"asks_first"} and question not in _AT_THE_OFFER | {Question.WHEN}:
        return None  # "I'll ask my wife" is said of a fact.
    return Withdrawal.DOUBTED if told.last and question in _OF_A_NEW_VISIT else None


def wants_nothing(text: str) -> bool:
    """Whether the caller's `text`, at the question what to do with a visit, says nothing but that nothing is to be."""
    told = read_whole(plain(text), _NOTHING)
    return told.covers and bool(told.meanings)


_LEAVES_IT = phrase(rf"(?<!not )(?:keep|leave) (?:it|that|things) (?:on|for) (?:{WEEKDAY}|tomorrow|today)")


def leaves_it_there(text: str) -> bool:
    """Whether the caller's `text` leaves a visit on a day; it stays as it is if that is the day it has."""
    return said(_LEAVES_IT, plain(text))


def may_take_it_back(text: str) -> bool:
    """Whether the plain `text`, behind a booking, is one of these and nothing else; "never mind" alone is none."""
    told = read_whole(text, {name: words for name, words in (_SURE | _DOUBTED).items() if name != "later"})
    return told.covers and bool(told.meanings - {"never_mind"})
