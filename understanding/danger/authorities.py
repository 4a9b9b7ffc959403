"""What those who know told the caller (L7): to leave the house, or that the gas is shut off.

An order of the gas company or the fire department is as good as the danger itself; a leak that they have shut off is
one to ask about. Takes the turn's plain text.
"""

from understanding.facts import Hazard
from understanding.text.clauses import NEGATORS, cut
from understanding.text.plain import phrase, said

_WHO = (
    r"(?:fire ?(?:fighters?|department|dept|men|man|marshal|chief|guys?|truck)|firefighters?"
    r"|gas (?:company|man|guys?|people|service|utility|tech\w*|inspector)|utility(?: company| guy| man)?|utilities"
    r"|(?:power|electric) company|texas gas|atmos|centerpoint|inspectors?|police|cops?|officers?|sheriff"
    r"|paramedics?|911|first responders|bomberos?|(?:compania|empresa|gente) (?:de|del) gas|policia)"
)
_AUTHORITY = phrase(_WHO)
_NO_MACHINE = r"(?! (?:the |your |my |our |out )?(?:system|lines?|unit|ac|refrigerant|freon|it|coils?)(?!\S))"
_TO_LEAVE = (
    r"(?:(?:(?<!had )(?<!have )(?<!has )(?<!want )(?<!wants )(?<!wanted )(?<!about )to|us|everyone|everybody|them|me"
    r"|(?:we|i|you|y all|everyone|everybody|people) (?:all )?(?:had to|have to|need to|must|should|better)) (?:\w+ )?"
    r"(?:get (?:everyone |everybody |the kids )?out"
    r"(?: (?:of (?:the|there|here|our|my)|now|right|immediately|and|because|asap)(?!\S)|(?= [,.?]|$))"
    r"|leave(?: (?:the|our|my) (?:house|home|building|apartment|place|property|premises|area)| right| immediately| now"
    r"| and| because| cause| asap| until|(?= [,.?]|$))(?!\S)"
    r"|(?:go )?outside(?= [,.?]|$| (?:now|until|because|and)(?!\S))|vacate|stay out(?:side)?)"
    r"|(?:not|nobody|no one|never)(?: can| should| could| to| is allowed)?(?: to)?"
    r" (?:(?:go|come) back|(?:go|be|stay)(?: back)? (?:in|inside)(?: (?:the|there|here|until)| [,.?]|$)))"
)
_ORDERED = phrase(
    rf"(?:told|tell|tells|telling|made|make|making|ordered|asked|instructed|advised|warned|said|says|say|saying|got"
    rf"|want(?:s|ed)?) (?:\w+ ){{0,6}}?{_TO_LEAVE}",
    rf"(?:had|have|were told|been told|told \w+|said) to evacuate{_NO_MACHINE}"
    r"|evacuat(?:ed|ing|e) (?:us|everyone|everybody|(?:the|our|my) (?:house|home|building|apartments?|place|floor))"
    rf"|(?:we|i|they|everyone|everybody|people) (?:just |all |have |are |were |got |being |been |already )*evacuated"
    rf"{_NO_MACHINE}",
    r"(?:says?|saying|said|yell\w*|shout\w*|holler\w*|scream\w*) (?:for )?(?:everyone|everybody|people|y'?all|us|you)"
    r" (?:to )?(?:\w+ )?(?:get )?out(?! (?:there|back|front|here|of (?:gas|power|work))(?!\S))",
    r"(?:dijo|dijeron|ordeno|ordenaron|pidieron|pidio|hicieron)(?: \w+){0,3}? (?:salir|saliera\w*|salgamos|salga\w*"
    r"|evacua\w+|desaloj\w+)",
)
_DANGER = phrase(r"leak\w*|gas|propane|monoxide|co|smoke|fire|fuga|monoxido|humo|incendio")
_NOT_THIS = phrase(
    r"hurricane|flood\w*|storm|tornado|wild ?fires?|last (?:week|month|year|summer|winter|spring|fall)"
    r"|(?:days?|weeks?|months?|years?) (?:ago|back)|landlord|huracan"
)
_LEAK = phrase(r"leak\w*|fuga")
_WATER = phrase(r"water|coolant|freon|refrigerant|roof|agua|(?:years?|months?) ago|last (?:year|summer|winter|month)")
_RESCUE = phrase(r"fire ?(?:fighters?|department|dept|men|man|truck)s?|firefighters?|911|paramedics?|bomberos?")
_WERE_HERE = phrase(
    r"just left|(?:aired|air) (?:it|us|the \w+|everything)(?: all)? out|ventilat\w+"
    r"|(?:was|were|are|is|been) (?:just )?here"
    r"|came (?:out )?(?:today|tonight|this morning|already|and)|on (?:the|their|its) way"
)
_OVER = phrase(
    r"(?:let|allowed) (?:us|me|everyone|everybody) (?:to (?:go|come) )?back|safe to (?:go|come|return)|all clear"
    r"|cleared|yesterday|last night|back (?:in|inside|home) now|earlier|false alarm"
)
_SHUT_OFF = phrase(
    r"(?:shut|turned|turn|cut|switched) (?:\w+ ){0,4}?off|(?:shut|turned|cut) off|(?:shut|closed|capped|locked|plugged"
    r"|disconnected|sealed) (?:it|the|our|my|off|out)|shut the gas|red ?tag\w*|(?:cerr|cort)(?:o|aron) (?:el|la)"
)
_BY_SOMEBODY = phrase(_WHO, r"plumbers?|landlord|maintenance|city")
_FORBIDDEN = phrase(
    rf"(?:{_WHO}|guys?|man|tech\w*|plumber|inspector) (?:\w+ )?(?:said|says|told (?:me|us)|warned (?:me|us))"
    r" (?:\w+ ){0,2}?(?:not|never) (?:to )?(?:\w+ )?(?:re ?light|light|turn|use|run|touch|start) (?:it|that|the)"
)
_STILL_THERE = phrase(
    r"smell\w*|smok\w*|alarms?|detectors?|fire|burn\w*|still|again|hiss\w*|huele|humo|sigue|not (?:\w+ )?shut"
)


def told_to_leave(text: str) -> Hazard:
    """Whether somebody ordered the people out of the plain `text`: PRESENT, POSSIBLE or NONE."""
    if not any(said(_ORDERED, clause.text) for clause in cut(text)):
        return Hazard.NONE
    if said(_NOT_THIS, text) or said(_OVER, text):
        return Hazard.POSSIBLE
    return Hazard.PRESENT if said(_AUTHORITY, text) or said(_DANGER, text) else Hazard.POSSIBLE


def leak_found(text: str) -> bool:
    """Whether the plain `text` tells of a leak that those who know have found, of their visit, or of their ban."""
    if said(_WERE_HERE, text) and said(_RESCUE, text):
        return True
    if said(_FORBIDDEN, text):
        return True
    told = any(said(_LEAK, clause.text) and NEGATORS.isdisjoint(clause.words) for clause in cut(text))
    return told and said(_AUTHORITY, text) and not said(_WATER, text)


def shut_off(text: str) -> bool:
    """Whether somebody who knows has shut off what the plain `text` tells of, and nothing is noticed any more."""
    return said(_SHUT_OFF, text) and said(_BY_SOMEBODY, text) and not said(_STILL_THERE, text)
