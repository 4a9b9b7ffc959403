"""How soon a visit is needed, from the caller's words.

Emergency is tier 2, which is urgent and no 911: no heat below 40 F, no cooling above 100 F, in figures or as weather is
told ("a freeze warning", "triple digits", L10), a water leak. An electrical part that is hot is urgent (L9), and so are
people whom the system may make ill. Negations count ("not today", "it's not an emergency", X8), and "today" is a wish
only when it is one ("it broke today" is none).
"""

import re

from call.session import Question, Urgency
from understanding.danger.signs import has_sign
from understanding.danger.unexplained import hot_part
from understanding.danger.unwell import ill_by_the_system
from understanding.facts import VisitWish
from understanding.text.numbers import join, runs
from understanding.text.plain import Words, affirmed, phrase, said
from understanding.when.visit_times import ASAP, SOONEST, TIME_QUESTIONS

_COLD_BELOW, _HOT_ABOVE = 40, 100

_WATER = phrase(
    r"water (?:\w+ ){0,3}?(?:leak|leaks|leaking|everywhere|pouring|gushing|coming (?:through|out|down|from)|all over"
    r"|damage|dripping (?:from|through))|leak(?:ing|s)? (?:\w+ )?water"
    r"|(?:raining|pouring) (?:in|into|through|out of) (?:the|my|our|a) (?:closet|house|attic|garage|kitchen|hall\w*"
    r"|ceiling|living|bed\w*|vents?|unit)|(?:pipe|line) (?:\w+ )?burst|burst pipe|flood(?:ed|ing)",
)
_NO = r"(?:no|without|lost|not have(?: any)?|have no)"
_FAILED = r"(?:out|not working|broken|broke|quit|died|dead|gone|stopped|down|not (?:come|turn|work|kick|fire|start)\w*)"


def _fails(system: str, working: str, sistema: str) -> Words:
    """That a system, by its names in English and Spanish, is not there or does not work."""
    return phrase(
        rf"{_NO} (?:\w+ )?{system}|{system} (?:\w+ ){{0,2}}?(?:{_FAILED}|not {working})|not {working}"
        rf"|(?:no|sin) (?:\w+ ){{0,2}}{sistema}|{sistema} (?:\w+ )?no"
    )


_NO_HEAT = _fails("(?:heat(?:er|ing)?|furnace|boiler)", "heating", "(?:calefaccion|calentador|calefactor)")
_NO_COOLING = _fails("(?:ac|air|cooling|air condition(?:er|ing))", r"cool\w*", "aire(?: acondicionado)?")
# Weather without a number (L10).
_HOT_WEATHER = phrase(
    r"(?:over|above|past) (?:a |one )?hundred(?: degrees)?",
    r"hundred (?:and )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen)(?= degrees| out| outside| in| here| today| right| [,.?]|$)",
    r"triple digits?|heat (?:advisory|warning|wave|alert|dome|index)|(?:excessive|extreme|dangerous) heat"
    r"|ola de calor|tres digitos",
)
_LOW = r"(?:low|mid|high|upper)"
_COLD_WEATHER = phrase(
    r"(?:below|sub) ?(?:freezing|zero)|freezing (?:outside|out there|temperatures?|rain|tonight)|snow\w*|blizzard"
    rf"|(?<!built )(?:in|into|to|hit|{_LOW}) (?:the )?(?:{_LOW} )?(?:teens|twenties|thirties)|single digits?"
    r"|(?:hard|deep|first|big) freeze|freeze (?:warning|watch|advisory|alert|tonight|is)|(?:ice|winter|snow) storm"
    r"|(?:going to|will|supposed to) freeze|wind ?chill|arctic \w+|polar vortex|sleet|va a helar|hela(?:da|ndo)"
    r"|bajo cero|pipes? (?:\w+ ){0,3}?(?:freez\w+|frozen|froze)|nev(?:ando|ada)|congel\w+"
)
_ROUTINE = phrase(
    r"no (?:rush|hurry)|not (?:(?:really |that |super |too |very |terribly )*)(?:urgent|(?:an? )?emergency"
    r"|in a (?:rush|hurry)|pressing)|when(?:ever)? you (?:can|get a chance|have (?:time|a chance|an opening))"
    r"|(?:it )?can wait|flexible|any ?time(?: .*)?|routine",
    r"not (?:have|need) to be (?:today|right away|now|soon)|whenever(?: (?:is|works|you|it)\b.*)?(?= [,.?]|$)"
    r"|does not matter|just (?:a )?(?:maintenance|checkup)|sometime|some time (?:this|next)",
    r"(?:some time |any ?time |any day )?(?:this|next) week(?: .*)?|next month|not (?:today|tonight)",
    r"cuando (?:puedan?|quieran?|tengan tiempo)|sin prisa|no hay prisa",
)
_URGENCY_WORDS = phrase(r"urgent|emergency|rush|hurry|routine|wait|flexible|when(?:ever)? you.*|any ?time.*")
_URGENT_ALWAYS = phrase(
    rf"{SOONEST}|urgent(?:ly|e)?|emergency|emergencia|(?:as )?(?:soon|quick|quickly|fast) as"
    r" (?:(?:y'?all|you all|he|they) can|it gets)|sooner the better|can not wait|desperate\w*"
)
_TODAY = phrase(r"today|tonight|this (?:morning|afternoon|evening)|right now|hoy")


def read_urgency(text: str, question: Question | None, visit: VisitWish | None) -> Urgency | None:
    """The urgency in the plain `text`; `visit` is the wish in it, if any."""
    if _tier_two(text):
        return Urgency.EMERGENCY
    asked = question in TIME_QUESTIONS
    urgent = affirmed(_URGENT_ALWAYS, text, 4) or (visit is not None and visit.asap)
    if asked and question in (Question.WHEN, Question.NEW_TIME):
        urgent = urgent or affirmed(ASAP, text, 4)
    urgent = urgent or hot_part(text) or ill_by_the_system(text) or has_sign(text)
    if urgent or (affirmed(_TODAY, text, 3) and visit is not None):
        return Urgency.URGENT
    if said(_ROUTINE, text) and (asked or said(_URGENCY_WORDS, text)):
        return Urgency.ROUTINE
    return None


def _tier_two(text: str) -> bool:
    if affirmed(_WATER, text, 3):
        return True
    degrees = _degrees(text)
    if said(_NO_HEAT, text) and (any(d < _COLD_BELOW for d in degrees) or affirmed(_COLD_WEATHER, text, 1)):
        return True
    over = affirmed(_HOT_WEATHER, text, 1)
    return said(_NO_COOLING, text) and (over or any(d > _HOT_ABOVE for d in degrees))


def _degrees(text: str) -> list[int]:
    """Temperatures in the text: numbers with "degrees", or behind "it is" and the like."""
    words = text.split()
    found = []
    for run in runs(words):
        before = " ".join(words[max(0, run.start - 2) : run.start])
        behind = words[run.end] if run.end < len(words) else ""
        weather = behind in ("degrees", "out", "outside", "in", "inside") or re.search(
            r"(?:it is|is like|below|above|over|hit|almost)$", before
        )
        if weather and behind not in ("am", "pm", "oclock", "units") and len(run.digits) <= 3:
            found.append(int(join(words[run.start : run.end]) or 0))
    return found
