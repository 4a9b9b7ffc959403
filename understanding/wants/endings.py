"""Whether a caller is done (R14), and whether what would end a call is all that its turn says or is asked about first.

A short ending (a wrong number, a goodbye) is sure if it covers its turn: what is left are words that go with any
ending. A long one (a seller's or an applicant's speech, a wish for a person) is sure if nothing beside it asks for
service. All of them only if the recogniser's marks do not make them: they are read with and without.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from call.session import Intent, Question
from understanding.answers.harmless import POLITE
from understanding.facts import End
from understanding.text.lexicon import CLASSES, HARMLESS
from understanding.text.parts import NICE, SYSTEM
from understanding.text.plain import Words, affirmed, negated, phrase, said
from understanding.text.utterance import Utterance
from understanding.wants.asked_for import ASKED_FOR
from understanding.wants.intents import APPLICANT, VENDOR, WRONG_NUMBER, read_intent
from understanding.wants.other_trades import is_other_trade, may_be_ours
from understanding.wants.problems import SERVICE_WORDS, describes_problem
from understanding.wants.requests import CALLBACK, PERSON, ROBOT, asks_for_person

_GOODBYE = phrase(
    r"(?<!says )(?<!say )(?<!said )goodbye|(?<!and )bye(?: bye)?(?! the way)|and bye$"
    rf"|have (?:a|an) (?:\w+ )?{NICE}? ?(?:day|one|night|evening|weekend"
    r"|afternoon|rest of your day)|talk to you (?:later|soon|then)|see you(?: then| later| tomorrow)?|take care"
    r"|(?:i am|going to|will) hang(?:ing)? up|i will (?:call|try|find|go with) (?:someone|somebody) else"
    r"|(?:i will|let me|i am going to|i can) (?:just )?(?:call|try|ring|phone)(?: (?:back|again|you|y'?all|guys"
    r"|all))* (?:later|tomorrow|(?:another|some other) (?:day|time)|again)(?: on)?|(?:got to|gotta|have to|need to"
    r"|better) (?:go|run|hang up)(?= [,.?]|$| now| bye)|(?:going to|gotta|will) let you go|adios|hasta luego"
    r"|(?:eso|ya) es todo|nos vemos|(?:que )?(?:les?|te) vaya (?:muy )?bien|que tenga[ns]? (?:un "
    r"|una )?(?:muy )?buen\w* \w+",
)
_ALL_DONE = phrase(
    r"that is (?:it|all|everything)(?: (?:i need\w*|for (?:now|today|me)|thanks|thank you))?|that (?:will|would) be all"
    r"|nothing else|i am done|all set"
)
_LAST_WORD = re.compile(r"(?<!\S)(?:bye(?: bye| now)?|goodbye|adios)(?: (?:thanks|thank you|now))?(?: [,.])*$")
_THANKS = phrase(r"thanks?|thank you")
_FEW = 9  # words: a longer turn with "all set" in it says more.
_WITH_ANY = (HARMLESS | CLASSES["negator"]).union(
    "must have had think thought guess believe call called calling dialed dialled reach reached number mistake bad oops"
    " whoops shoot dang darn apologies apologize trying looking meant was were but about bother bothering got gotta go"
    " going need needed want let now anyway mind forget help time here someone somebody else other another can at for"
    " from of in on who what".split()
)
_OURS = phrase(
    rf"(?:my|our|her|his|their|the) (?:\w+ )?(?:{SYSTEM}|heat|heating|thermostats?|ducts?|vents?)"
    r"(?! (?:people|company|place|guys?|folks)(?!\S))"
)
_COME = phrase(r"come|fix|send|schedule|book|look at|check")
_BID = phrase(r"(?<!not )(?<!to )(?<!never )(?:connect|transfer|put|get|give) me")  # Begins a clause without a comma
_OUTRIGHT = phrase(
    r"i (?:think|guess|believe|must|probably|just|might|may|have)(?: (?:i|have|just))* (?:dial(?:l?ed)?|got|have|called"
    r"|hit|reached|misdialed)(?: (?:the|a))? wrong (?:number|contact|place)|misdialed|dialed wrong"
    r"|wrong number(?: (?:i (?:guess|think)|sorry|my (?:bad|mistake)|oops|apologies))*$"
    r"|(?:calling|trying to (?:reach|call|get)) (?:\w+ ){1,6}?wrong number"
)
_REPORTED = phrase(r"last time|last (?:week|month|year)|yesterday|the other day|before|earlier")


def read_goodbye(text: str, question: Question | None) -> bool:
    """Whether the caller is done; a bare "no" never is (R14)."""
    if said(_GOODBYE, text):
        return True
    short = len([w for w in text.split() if w.isalpha()]) <= _FEW
    asked = question in (Question.ANYTHING_ELSE, None)
    return short and said(_ALL_DONE, text) and (asked or said(_THANKS, text))


class Wants(NamedTuple):
    """What a turn calls for as far as it is sure, and what it would end with otherwise."""

    intent: Intent | None
    person: bool
    goodbye: bool
    doubted: End | None = None


def settle(bare: Utterance, marked: str, question: Question | None, found: Wants) -> Wants:
    """Keeps the endings that are sure. One that is not gives way to what else the turn calls for, or is doubted.

    Args:
        bare: The turn without the recogniser's marks.
        marked: The plain words with them.
        question: What was asked.
        found: What was read with the marks.
    """
    intent, person, goodbye, doubted = found
    ending = _OF_INTENTS.get(intent) if intent else None
    if intent and ending and ending.is_unsure(bare):
        intent = read_intent(ending.words.sub(" _ ", marked), question) if ending.words else None
        doubted = None if intent else ending.end
    if person and _person(bare, marked):
        person, doubted = False, End.PERSON
    return Wants(intent, person, goodbye and not _goodbye(bare, question), doubted)


_NO_SERVICE = phrase(r"(?:do|did) not (?:need|want) (?:any |a )?(?:service|repairs?|visit|appointment|technician)")


def _wrong_number(bare: Utterance) -> bool:
    """A wrong number that is said outright needs no cover, only nothing that asks for service beside it."""
    bare = Utterance(bare.text, _NO_SERVICE.sub("no", bare.plain))
    outright = said(_OUTRIGHT, bare.plain) and not _asks_for_service(WRONG_NUMBER.sub(" _ ", bare.plain))
    return (bool(_left(bare)) and not outright) or said(_REPORTED, bare.plain)


def _goodbye(bare: Utterance, question: Question | None) -> bool:
    if question is Question.ANYTHING_ELSE and said(_LAST_WORD, bare.plain) and said(_ALL_DONE, bare.plain):
        return _asks_for_service(bare.plain)  # "That's all, oh, tell him the gate sticks, bye"
    return bool(_left(bare)) or not (said(_GOODBYE, bare.plain) or said(_ALL_DONE, bare.plain))


def _outsider(pattern: Words) -> Callable[[Utterance], bool]:
    return lambda bare: not affirmed(pattern, bare.plain) or _asks_for_service(pattern.sub(" _ ", bare.plain))


def _person(bare: Utterance, marked: str) -> bool:
    """Denied as well as wished, wished only by a comma, or a visit is asked for beside it."""
    if said(ROBOT, bare.plain) or not (asks_for_person(bare.plain) or said(_BID, bare.plain)):
        return True
    marked = ASKED_FOR.sub(" _ ", marked)
    if any(negated(marked, match.start()) for match in PERSON.finditer(marked)):
        return True
    return said(_COME, CALLBACK.sub(" _ ", PERSON.sub(" _ ", bare.plain)))


class _Ending(NamedTuple):
    end: End
    is_unsure: Callable[[Utterance], bool]
    words: Words | None = None  # Without them the turn may call for something else.


_OF_INTENTS = {
    Intent.WRONG_NUMBER: _Ending(End.WRONG_NUMBER, _wrong_number, WRONG_NUMBER),
    Intent.VENDOR: _Ending(End.VENDOR, _outsider(VENDOR), VENDOR),
    Intent.APPLICANT: _Ending(End.APPLICANT, _outsider(APPLICANT), APPLICANT),
    Intent.OTHER_TRADE: _Ending(
        End.OTHER_TRADE, lambda bare: may_be_ours(bare.plain) or not is_other_trade(bare.plain)
    ),
}


def _asks_for_service(text: str) -> bool:
    return said(_OURS, text) or said(SERVICE_WORDS, text) or describes_problem(text)


def _left(bare: Utterance) -> tuple[str, ...]:
    """The words that neither an ending nor what goes with any covers."""
    return bare.left((WRONG_NUMBER, _GOODBYE, _ALL_DONE, *POLITE), _WITH_ANY)
