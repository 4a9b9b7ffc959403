"""What those who know told the caller (L7): to leave the house, or that the gas is shut off.

An order of the gas company or the fire department is as good as the danger itself; a leak that they have shut off is
one to ask about. Takes the turn's plain text.
"""

from understanding.facts import Hazard
from understanding.text.clauses import cut
from understanding.text.parts import END, HOUSE, IS, LONG_AGO, PEOPLE
from understanding.text.plain import phrase, said

_FIRE = r"(?:fire ?(?:fighters?|department|dept|men|man|marshal|chief|guys?|trucks?)|911|paramedics?|bomberos?)"
RESCUE = phrase(_FIRE)
_WHO = (
    rf"(?:{_FIRE}|(?:gas|power|electric|utility) (?:company|man|guys?|people|service|utility|tech\w*|inspector)"
    r"|utility|utilities|texas gas|atmos|centerpoint|inspectors?|police|cops?|officers?|sheriff|first responders"
    r"|(?:compania|empresa|gente) (?:de|del) gas|policia)"
)
_AUTHORITY = phrase(_WHO)
_NO_MACHINE = r"(?! (?:the |your |my |our |out )?(?:system|lines?|unit|ac|refrigerant|freon|it|coils?)(?!\S))"
_AT_ONCE = rf"(?: (?:right|immediately|now|and|because|cause|asap|until)(?!\S)|{END})"
_TO_LEAVE = (
    rf"(?:(?:(?<!had )(?<!have )(?<!has )(?<!want )(?<!wants )(?<!wanted )(?<!about )to|{PEOPLE}|(?:we|i"
    rf"|{PEOPLE}) (?:all )?(?:had to|have to|need to|must|should"
    rf"|better)) (?:\w+ )?(?:get (?:{PEOPLE} )?out(?: of (?:the|there|here|our|my)(?!\S)|{_AT_ONCE})|leave(?: (?:the"
    rf"|our|my) {HOUSE}(?!\S)|{_AT_ONCE})|(?:go )?outside{_AT_ONCE}|vacate|stay out(?:side)?)|(?:not|nobody|no one"
    r"|never)(?: can| should| could| to| is allowed)?(?: to)? (?:(?:go|come) back|(?:go|be|stay)(?: back)? (?:in"
    rf"|inside)(?: (?:the|there|here|until)|{END})))"
)
_ORDERED = phrase(
    r"(?:told|tell(?:s|ing)?|made|mak(?:e|ing)|ordered|asked|instructed|advised|warned|sa(?:id|ys?|ying)|got|want(?:s"
    rf"|ed)?) (?:\w+ ){{0,6}}?{_TO_LEAVE}",
    rf"(?:had|have|were told|been told|told \w+|said) to evacuate{_NO_MACHINE}|evacuat(?:ed|ing|e) (?:{PEOPLE}|(?:the"
    rf"|our|my) {HOUSE})|(?:we|i|they|{PEOPLE}) {IS}*evacuated{_NO_MACHINE}",
    r"(?:sa(?:id|ys?|ying)|yell\w*|shout\w*|holler\w*"
    rf"|scream\w*) (?:for )?{PEOPLE} (?:to )?(?:\w+ )?(?:get )?out(?! (?:there|back|front|here|of (?:gas|power"
    r"|work))(?!\S))",
    r"(?:dijo|dijeron|ordeno|ordenaron|pidieron|pidio|hicieron)(?: \w+){0,3}? (?:sal(?:ir|ga|ie)\w*|evacua\w+"
    r"|desaloj\w+)",
)
_DANGER = phrase(r"leak\w*|gas|propane|monoxide|co|smoke|fire|fuga|monoxido|humo|incendio")
_NOT_THIS = phrase(LONG_AGO, r"hurricane|flood\w*|storm|tornado|wild ?fires?|days? (?:ago|back)|landlord|huracan")
_LEAK = phrase(r"leak\w*|fuga")
_WATER = phrase(LONG_AGO, r"water|coolant|freon|refrigerant|roof|agua")
_WERE_HERE = phrase(
    r"just left|air(?:ed)? (?:it|us|the \w+|everything)(?: all)? out|ventilat\w+|(?:was|were|are|is"
    r"|been) (?:just )?here|came (?:out )?(?:today|tonight|this morning|already|and)|on (?:the|their|its) way"
)
_OVER = phrase(
    rf"(?:let|allowed) {PEOPLE} (?:to (?:go|come) )?back|safe to (?:go|come|return)|all clear|cleared|back (?:in"
    r"|inside|home) now|false alarm|earlier|yesterday|last night",
)
_SHUT_OFF = phrase(
    r"(?:shut|turn(?:ed)?|cut|switched) (?:\w+ ){0,4}?off|(?:shut|closed|capped|locked|plugged|disconnected"
    r"|sealed) (?:it|the|our|my|off|out)|red ?tag\w*|(?:cerr|cort)(?:o|aron) (?:el|la)"
)
_BY_SOMEBODY = phrase(_WHO, r"plumbers?|landlord|maintenance|city")
_FORBIDDEN = phrase(
    rf"(?:{_WHO}|guys?|man|tech\w*|plumber|inspector) (?:\w+ )?(?:said|says|told (?:me|us)|warned (?:me"
    r"|us)) (?:\w+ ){0,2}?(?:not|never) (?:to )?(?:\w+ )?(?:re ?light|light|turn|use|run|touch|start) (?:it|that|the)"
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
    if said(_FORBIDDEN, text) or (said(_WERE_HERE, text) and said(RESCUE, text)):
        return True
    told = any(said(_LEAK, clause.text) and not clause.denies for clause in cut(text))
    return told and said(_AUTHORITY, text) and not said(_WATER, text)


def shut_off(text: str) -> bool:
    """Whether somebody who knows has shut off what the plain `text` tells of, and nothing is noticed any more."""
    return said(_SHUT_OFF, text) and said(_BY_SOMEBODY, text) and not said(_STILL_THERE, text)
