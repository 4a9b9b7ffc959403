"""Danger to life, tier 1: gas, burning, smoke, fire, carbon monoxide, from the first utterance on.

A hazard counts when it is said to be there now. Negations, appliances ("gas furnace"), the past ("yesterday but not
now") and figures of speech ("I'm burning up") do not; what stays open is POSSIBLE and asked again, never dropped
(X1-X3, R46, R49). English and Spanish. A plain yes or no counts only as the answer to the safety question.
"""

import re

from answers import no_stands_alone
from heard import Answer, Hazard
from session import Question
from words import MARKS, PRONOUNS, phrase, said

_APPLIANCE = (
    r"gas (?:furnaces?|stoves?|heaters?|ranges?|water|unit|pack|fireplace|bill|company|logs?|heat|heating|system"
    r"|boiler"
    r"|dryer|grill|oven|powered|fired|appliances?|hvac|meter|line|lines|valve|pipe|tank|station|pedal|burner|one)"
)
_LEAKS = r"(?:is |are |was |might be |may be |could be |started |keeps )?(?:leak|leaks|leaking|leaked|broken|broke|hissing|ruptured|burst)"

# Stated danger, by what is smelt, seen or heard.
_HAZARD = phrase(
    r"smell(?:s|ed|ing|y)? (?:\w+ ){0,4}?(?:gas|propane|rotten eggs?|sulfur|sulphur|burning|burnt|burned|smoke"
    r"|smoky)(?! (?:furnace|stove|heater|range|unit|company|bill))",
    r"(?:gas|gassy|propane|burning|burnt|burned|smoky|electrical|rotten egg|sulfur|sulphur"
    r"|smoke) (?:\w+ )?(?:smells?|odors?|scent|stench|fumes)",
    r"(?:natural )?gas (?:leak|leaks|leaking)|leak(?:s|ing|y|ed)? (?:some |of |natural )*(?:gas|propane"
    r"|carbon monoxide)",
    rf"(?:gas|propane) (?:line|pipe|valve|meter|tank|main|stove|furnace|heater|range) {_LEAKS}",
    r"(?:smell|odor|scent|stench|whiff) of (?:\w+ ){0,2}?(?:gas|propane|smoke|burning|something burning|sulfur"
    r"|rotten eggs?)",
    r"(?:there is|full of|filled with|hear|heard) (?:\w+ )?(?:gas|propane|fumes)(?: (?:in|everywhere|all|coming"
    r"|hissing).*)?(?= [,.?]|$)",
    r"gas (?:in|all over|filling|everywhere|coming (?:out|from|through|in))",
    r"rotten eggs?|burning (?:plastic|rubber|wires?|wiring|electrical|hair|oil|something)|(?:something|it|house"
    r"|wires?|outlet|furnace|unit|attic|basement|motor|thermostat) (?:is|are) (?:\w+ )?burning(?! up| gas| hot"
    r"| fuel| through)",
    r"(?:burning|burned|burnt) up in the (?:attic|wall|unit|furnace)|melting (?:plastic|wires?)|(?:wires?"
    r"|plastic) (?:is|are) melting",
    r"smoke(?! (?:detector|alarm|test|signal|sensor)s?)|smoking|smokes|smoky",
    r"(?:on|caught|catching|catch) fire|(?:a|the|some|any|see|there is|there was|small|big"
    r"|electrical) fire(?! (?:department|place|truck|fighters?|drill|alarm|extinguisher|up|off|sale|station))"
    r"|house fire|electrical fire|flames?|fire (?:in|coming|inside|at|everywhere)|fire$",
    r"sparks?|sparking|arcing|explosion|exploded|blew up",
    r"(?:carbon )?monoxide(?! (?:detectors?|alarms?|monitors?|sensors?))|co (?:leak|poisoning)",
    r"(?:(?:carbon monoxide|monoxide|co 2|co2|co|smoke|fire|gas) )?(?:detectors?|alarms?|monitors?"
    r"|sensors?) (?:(?!not |no )\w+ ){0,3}?(?:go(?:es|ing)? off|went off|gone off|going crazy|beeping|beeps|beeped"
    r"|sounding|sounded|screaming|blaring|ringing|alarming|triggered|tripped|detect(?:s|ed|ing))",
    r"(?:beeping|screaming|blaring) (?:carbon monoxide|co|smoke) (?:detector|alarm)",
    # Spanish
    r"(?:huele|oler|huelo|olor|oliendo|olia) (?:\w+ ){0,3}?(?:gas|quemado|quemada|humo|huevos? podridos?|quema)",
    r"(?:fuga|escape) de (?:gas|monoxido)|humo|quemandose|se (?:esta )?quema(?:ndo)?|quemando|fuego|incendio"
    r"|incendiando|llamas|chispas|huevos? podridos?",
    r"(?:alarma|detector) de (?:monoxido|humo|gas|co)(?: de carbono)?(?: .*)?|monoxido(?: de carbono)?",
)
# At the safety question the bare thing is an answer: "yeah, the burning".
_NAMED = phrase(r"gas|burning|burnt|smoke|smoky|fire|fumes|alarms?|carbon monoxide|monoxide|sulfur|quemado|humo")
_ALARM_ALONE = re.compile(r"^(?!.*\b(?:co|co2|monoxide|monoxido)\b).*\b(?:alarm|detector)")
_ODD_SMELL = phrase(
    r"(?:weird|strange|funny|bad|odd|horrible|awful|chemical|some|a|strong) (?:kind of )?(?:smell|odor)s?",
    r"smells? (?:\w+ )?(?:weird|strange|funny|bad|odd|horrible|awful|off|terrible|hot|chemical\w*|like something)",
    rf"smells?(?:ing)? (?:\w+ ){{0,4}}?{_APPLIANCE}",
    r"(?:feel|feeling|everyone is|we are all|kids are|getting) (?:\w+ )?(?:dizzy|lightheaded|nauseous|nauseated)",
    r"headaches?",
)
# Words that look like danger and are none.
_HARMLESS = re.compile(
    r"(?<!\S)(?:"
    r"(?:cigarette|cigar|barbecue|bbq|grill|secondhand|weed) smok(?:e|ing)|smok(?:e|ing|es) (?:cigarettes?|cigars?"
    r"|a cigarette|weed|outside)|(?:i|we|he|she|they) (?:\w+ )?smokes?(?! (?:coming|from))|(?:quit|stopped) smoking"
    r"|smoke test|no smoking"
    r"|(?:i am|we are|it is|she is|he is|kids are|everyone is|everybody is|house is|been"
    r"|us) (?:\w+ )?burning up(?: in here)?|burning hot|burning (?:through|gas|fuel|money|up)|burns? (?:up|hot"
    r"|through)"
    r"|fire(?:s|d)? (?:up|off|right up)|(?:not|to|will|would) fire(?! in)|fire place|fire (?:department|extinguisher"
    r"|sale|truck|station|inspector|code)|under fire|misfir\w+"
    r"|spark (?:plug|ignit\w+)s?|(?:low )?batter(?:y|ies)"
    r"|smell(?:s|ed|ing)? (?:\w+ )?(?:like )?(?:mold|mildew|must|musty|moldy|dusty|dirty socks|wet dog|socks)"
    r")(?!\S)"
)
# Doubt is no denial: "I'm not sure if it's gas".
_DOUBT = re.compile(
    r"(?<!\S)(?:not (?:\w+ )?sure|(?:do|does) not (?:\w+ )?know|can not tell) (?:if|whether|that|about)(?!\S)"
)
# "not" that belongs to something else than the hazard behind it.
_SPENT = re.compile(
    r"(?<!\S)(?:"
    r"(?:no|not|without) (?:any |much |enough )?(?:hot |cold |cool )?(?:heat|heating|ac|air|cooling|cool|hot|cold"
    r"|water|power|airflow|working|blowing|turning|turn|coming|come|running|run|starting|start|kicking|kick|shutting"
    r"|shut|keeping|putting|getting|doing|functioning|responding|longer|matter|idea|lights?|electricity)(?: (?:on"
    r"|off|out|up|down|at all|air|heat|right))?"
    r"|not (?:sure|know|certain|see|tell|figure out|find|find out|understand) (?:exactly )?(?:where|what|why|how|who)"
    r"|not (?:stop|get rid|stand|breathe|believe (?:the|this|that|how)|go away|going away|gone away|want|take|wait"
    r"|ignore|handle|deal|only|just|even|like (?:that|the|this)|supposed|feel (?:good|safe|well|right)|safe|good"
    r"|normal|right(?! now)|okay|ok|smart)"
    r"|no (?:joke|kidding|doubt|question|wonder)|why not|if not|or not"
    r")(?!\S)"
)
_NEGATORS = frozenset(
    "not no never without none neither nor nobody nothing zero sin ni ningun ninguna tampoco nunca".split()
)
_BREAKERS = frozenset(
    "but because so though although however then until it i we there they he she now today when after while since"
    " pero y"
    " porque ahora hay".split()
)
_THINK = frozenset("think believe suppose feel say mean that thinks if know believe".split())
_DANGER_WORDS = frozenset(
    "gas smoke burning smell smells odor odors fire fumes alarm alarms anything nothing monoxide flames sparks like"
    " that"
    " leak leaks eggs humo gas quemado fuego".split()
)
_LIST_WORDS = _DANGER_WORDS | frozenset("or nor and any no a the of carbon co electrical rotten ni o y".split())
_AFTER_NOT = re.compile(
    r"^(?: (?:smells?|odors?|here|there|now|right))*(?: (?:is|are|was|has|have|did|does|do) not| no| none"
    r"| nope)(?! (?:going|gone|go|stop|get|let|clear|leav|dissipat))(?!\S* (?:away|off))\b"
)
_HEDGE = phrase(
    r"maybe|perhaps|might(?: be)?|possibly|could (?:it |that |there )?be|not (?:really |completely |entirely |too "
    r"|100 percent )?sure(?: if| whether| about)?",
    r"(?:do|does) not know(?: if| whether)|wonder(?:ing)? if|worried (?:about|that)|afraid|concerned|scared"
    r"|hard to (?:tell|say)|unsure|quizas|tal vez|creo",
)
_ASKED = phrase(
    r"(?:do|does|is|are|any|what|could|would|how|if|can) (?:you |it |there |that |we |a |the |i |fix |handle "
    r"|repair |deal |do |does )*.*"
)
_PAST = phrase(
    r"yesterday|last (?:night|week|month|year|time|winter|summer|\w+day)|(?:\w+ )?(?:days?|weeks?|months?|years?"
    r"|hours?) ago|earlier|the other (?:day|night)|used to|this morning"
    r"|before|a while (?:ago|back)|previously|once|back in \w+|ayer|antes|anoche",
)
_ONGOING = phrase(
    r"since|started|still|keeps?|keep|again|been|getting worse|right now|now|today|continues|ongoing|and today"
    r"|todavia|ahora",
)
_NOT_NOW = phrase(
    r"not (?:right )?(?:now|anymore|at this time|today|currently|at the moment|any longer|happening)|no longer|(?:is"
    r"|it|has|was"
    r"|have|already)(?: all| since)? (?:gone|went|stopped|cleared|disappeared)(?: away| up)?",
    r"went away|gone away|cleared (?:up|out)|stopped(?: now)?(?= [,.?]|$)|gone now|is gone|(?:is|it|all"
    r"|are) (?:fine|okay|ok|good|clear) now|not (?:do|doing|does) (?:it|that) (?:anymore|now)|ya no",
    r"(?:do|does) not (?:smell|see|have|notice)(?: \w+){0,3} (?:now|anymore)|but not (?:right )?now|(?:is|are"
    r"|it) (?:not|no) (?:\w+ )?(?:now|anymore)",
)
_RETRACT = phrase(
    r"never mind|forget (?:it|about it|that|i said)|just kidding|i am (?:just )?kidding|only kidding|false alarm"
    r"|just joking|i am joking|scratch that|strike that|my mistake|olvidelo",
    r"i (?:mean|meant) no|actually no|no wait|wait no|no no",
)
_ALL_CLEAR = phrase(
    r"not that i (?:know of|can tell|am aware of|have (?:noticed|seen|smelled)|noticed|see|smell|think)|(?:do|does"
    r"|did) not (?:think|believe) so|not at all|nothing(?: like that| of the sort| unusual| weird| strange"
    r"| at all)?",
    r"none(?: of (?:that|those|the above|them|it))?|neither(?: one)?|no such thing|negative|not (?:smell|smelling"
    r"|see|seeing|notice|noticing|noticed|smelled|seen)(?: \w+)? (?:anything|nothing|any of (?:that|those|it)|it"
    r"|that|smells?|odors?)(?: .*)?",
    r"(?:does|do) not smell|no (?:weird |strange |funny |bad |odd )?(?:smells?|odors?|signs?)(?: .*)?|(?:everything"
    r"|everyone|everybody|we|all|it|i)(?: is| are| am| all)* (?:fine|okay|ok|good|safe|clear)(?! .*but)|all (?:good"
    r"|clear|fine)",
    r"(?:absolutely|definitely|of course|certainly|really) not|not (?:really|at this time|yet)|nada(?: de eso)?"
    r"|ninguno|ninguna|para nada|tampoco",
)
_PLAIN_YES_WORDS = frozenset(
    "yes yeah yep yup yea ya si sure absolutely definitely correct affirmative right exactly certainly i do we it"
    " does there is are"
    " am can could a an the smell smelling strong really very bad now right in my house kitchen attic garage basement"
    " everywhere all of them both that think so me please help sir maam oh god my there's afraid unfortunately"
    " actually and"
    " think believe just coming from unit living room bedroom hallway closet one some have noticed notice today"
    " little bit"
    " stronger worse hurry ok okay well uh um mhmm like yes, what smells".split()
)
_WEAK_YES = frozenset("mhmm ok okay alright right".split())


def read_hazard(text: str, question: Question | None, answer: Answer | None) -> Hazard:
    """What the plain `text`, said in reply to `question` and read as `answer`, says about danger now."""
    text = _HARMLESS.sub(" _ ", " " + text + " ").strip() if text else ""
    text = _DOUBT.sub("maybe", text)
    text = " ".join(_SPENT.sub(" _ ", " " + text + " ").split())
    at_safety = question is Question.SAFETY
    stated = _statements(text, _HAZARD)
    if at_safety and not stated[0] and not said(phrase(_APPLIANCE), text):
        named = _statements(text, _NAMED)
        stated = (named[0], stated[1] or named[1])
    present, denied = stated
    if said(_RETRACT, text) and (present or (at_safety and _has_yes(text))):
        return Hazard.RETRACTED
    if present:
        if denied and all(_ALARM_ALONE.match(part) for part in present):
            return Hazard.POSSIBLE
        return _weigh(text, at_safety, answer, present)
    odd = bool(_statements(text, _ODD_SMELL)[0])
    if at_safety:
        return _at_safety(text, answer, denied, odd)
    if denied:
        return Hazard.DENIED
    return (
        Hazard.POSSIBLE if odd and said(phrase("gas", r"dizzy|lightheaded|nauseous|nauseated"), text) else Hazard.NONE
    )


def _weigh(text: str, at_safety: bool, answer: Answer | None, present: list[str]) -> Hazard:
    """A hazard is mentioned without a negation: is it there now?"""
    if said(_NOT_NOW, text):
        return Hazard.DENIED
    if said(_PAST, text) and not said(_ONGOING, text):
        return Hazard.POSSIBLE
    if at_safety and answer is Answer.NO and no_stands_alone(text) and all(_is_bare(part) for part in present):
        return Hazard.DENIED
    if said(_HEDGE, text) or all(_asks(part) for part in present):
        return Hazard.POSSIBLE
    return Hazard.PRESENT


def _at_safety(text: str, answer: Answer | None, denied: list[str], odd: bool) -> Hazard:
    """No hazard is stated: the plain answers to the safety question."""
    yes = _has_yes(text)
    no = no_stands_alone(text)
    clear = bool(denied) or said(_ALL_CLEAR, text)
    if said(_NOT_NOW, text):
        return Hazard.DENIED
    if said(_PAST, text) and (yes or odd):
        return Hazard.POSSIBLE
    if odd:
        return Hazard.POSSIBLE
    if yes and not no and not clear:
        words = [w for w in text.split() if w not in MARKS]
        if answer is Answer.UNCLEAR or all(w in _WEAK_YES for w in words):
            return Hazard.POSSIBLE
        return Hazard.PRESENT if all(w in _PLAIN_YES_WORDS for w in words) else Hazard.POSSIBLE
    if clear:
        return Hazard.POSSIBLE if said(_HEDGE, text) and not no else Hazard.DENIED
    if yes and no:
        return Hazard.POSSIBLE
    if no:
        return Hazard.POSSIBLE if said(_HEDGE, text) else Hazard.DENIED
    return Hazard.POSSIBLE if answer is Answer.UNCLEAR or answer is Answer.YES else Hazard.NONE


def _statements(text: str, pattern: re.Pattern[str]) -> tuple[list[str], list[str]]:
    """The clauses in which `pattern` is said and not negated, and those in which it is negated."""
    present: list[str] = []
    denied: list[str] = []
    for match in pattern.finditer(text):
        begin = max((m.end() for m in re.finditer(r"(?<!\S)[,.?] ", text[: match.start()])), default=0)
        clause = text[begin : match.end()] + re.split(r" [,.](?!\S)", text[match.end() :])[0]
        (denied if _negated(text, match) else present).append(clause.strip())
    return present, denied


def _negated(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()].split()
    if _AFTER_NOT.match(text[match.end() :]):
        return True
    following = match[0].split()[0]
    i = len(before) - 1
    steps = 0
    while i >= 0 and steps < 8:
        word = before[i]
        after = before[i + 1] if i + 1 < len(before) else following
        if word in (".", "?"):
            return False
        if word in (",", "and"):
            between = before[i + 1 :]
            if i == 0 or before[i - 1] not in _DANGER_WORDS or any(w not in _LIST_WORDS for w in between):
                return False
        elif word in _NEGATORS:
            return not (word == "no" and after in PRONOUNS)
        elif word in _BREAKERS and not (i and before[i - 1] in _THINK) and word != "y":
            return False
        i, steps = i - 1, steps + 1
    return False


def _has_yes(text: str) -> bool:
    return said(
        phrase(
            "yes|yeah|yep|yup|yea|ya|si|sure(?! if)|(?:absolutely|definitely)(?! not)|affirmative|mhmm|correct"
            "|(?:i do|it does"
            "|there is)(?! not| no| _)"
        ),
        text,
    )


def _asks(clause: str) -> bool:
    return bool(_ASKED.match(clause)) or clause.endswith("?")


def _is_bare(clause: str) -> bool:
    """Whether a clause only names the thing ("gas smell") and does not state it ("I smell gas")."""
    return not said(phrase(r"i|we|it|there|smells|is|coming|see|off"), clause)
