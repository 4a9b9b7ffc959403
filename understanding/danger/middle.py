"""The wide middle: what is no danger that was named, and yet nothing to go past without a question.

A hot or buzzing electrical part (L9), an alarm of which something is told, a smell or smoke that nobody explains.
`unexplained` says so of a turn in which nothing else was found; a "no" beside it does not clear it. Takes plain text
without lookalikes; who cooks, what is over and what was long ago is told by picture.py's words.
"""

import re

from understanding.danger.named import (
    CHIRPS,
    DEVICE,
    ODD_SMELL,
    PLAIN_SMELL,
    SOUNDS,
    Kind,
    dangers,
    device_kind,
)
from understanding.danger.picture import HARMLESS_CAUSE, OVER
from understanding.text.clauses import NEGATORS, Clause, Reach, cut, reach
from understanding.text.plain import Words, phrase, said

_PART = phrase(
    r"thermostat(?= (?:\w+ ){1,3}to the touch)|breakers?(?: box)?"
    r"|(?:breaker|fuse|electric(?:al)?|junction|disconnect) (?:box|panel)|disconnect|outlets?|plugs?"
    r"|sockets?|(?:the|a|that|light|this|my) switch|wires?|wiring|cords?|capacitor|contactor|transformer|panel"
    r"|circuit board|control board|interruptor|enchufe|cables?|breakers|caja de fusibles|toma ?corriente"
)
_CONDITION = phrase(
    r"(?:hot|warm|caliente)(?! (?:in|air|out|outside|inside|water|today|day|as|enough|house|weather|upstairs|again"
    r"|here|and cold)(?!\S))|hums?|humming|buzz\w*|crackl\w+|sizzl\w+|popping|hiss\w*|vibrat\w+|zapping|zumb\w+"
    r"|chisporrot\w+|(?:turned|turning|gone|is|are|looks?) (?:\w+ )?(?:brown|black)"
    r"|(?:burn|scorch|black|brown) (?:marks?|spots?)"
    r"|discolou?red|charred|tingl\w+"
)
_ELSE = frozenset(
    "when if because house room air outside weather upstairs blows blowing trip trips tripped tripping reset flipped"
    " unless home place temperature says reads pipe".split()
)
_AIR_MACHINE = phrase(r"air (?:handlers?|conditioners?|conditioning|compressor)")
_HANDLED = phrase(r"reset|flipp\w+|trip\w*|checked|turned|switched|replaced")
_URINE = phrase(r"urine|pee|piss|ammonia|orines?")
_ABOUT_IT = re.compile(r"(?:(?:and|but|so|now) )?(?:it|they|that) (?:is|are|feels?|gets?|keeps)(?!\S)")
_FISH = phrase(r"fish|fishy|pescado")
_SMELL = phrase(r"smell\w*|odou?rs?|stink\w*|reeks?|whiff|huele|olor")
_EXPLAINED = phrase(
    r"died|cigarettes?|cigars?|smok(?:ed|ers?)|cook\w*|sense of smell|(?:because|since|when|from) (?:i|we|my \w+) _"
)
_OTHERS_DO = phrase(
    r"^(?:but |though )?(?:my \w+|he|she|they|the kids|(?:every|some)(?:one|body)(?: else)?|others) (?:do|does"
    r"|did|can|(?:says?|thinks?|swears?|claims?|insists?|said|told me)(?: that)?(?: (?:so|(?:it|there|he|she|they"
    r"|you can) ?(?:do|does|did|can|is|smells?|sees?)?(?: (?:it|smell it|some|something))?))?)$"
)
_HISS = phrase(r"hiss\w*")
_FUEL_CARRIER = phrase(r"appliance|pipes?|lines?|meter|valves?|tank|hoses?|fittings?|connector")
_ALARM_EVENT = phrase(
    r"(?:came|come|comes|coming|is|was|been|kicked|turned|lit|lights|light) (?:back )?(?:on|up)"
    r"(?! (?:the|my|our|a|every)(?!\S))|flash\w*|blink\w*|red"
    r"|acting (?:up|weird|funny|crazy)|start(?:s|ed)?|keeps?|kept|woke|talking|yells?|voice|noises?|again|will not"
)
_ALARM_IS_FINE = phrase(
    r"(?:have|has|had|got|get|own|bought|buy|need|needs|want|wants|install\w*|replac\w*|sell|put|mount\w*|test\w*"
    r"|check\w*|works?|working|quiet|silent|fine|good|normal|okay|ok|green|clear|batter(?:y|ies)|new|fell|look\w*"
    r"|tengo|tenemos|instal\w+|bien|bateria|pila)"
)
# An alarm that somebody made quiet has told of something.
_SILENCED = phrase(
    r"(?:pull\w*|took|take|taking|yank\w*|ripp?\w*|remov\w+|unplug\w*|disconnect\w*|silenc\w+|unhook\w*) (?:\w+ ){0,3}?"
    r"(?:batter(?:y|ies)|alarms?|detectors?|it|them)(?: (?:out|off|down))*"
)
_IT = (("it",), ("that",), ("which",), ("they",))
# It was there, and what somebody did about it, or got used to, is no sign that it is gone.
_UNDONE = phrase(
    r"(?:open(?:ed)?|propp?ed) (?:\w+ ){0,3}?(?:windows?|doors?)(?: \w+)?|air(?:ed|ing) (?:it|the \w+|everything|us)"
    r"(?: all)? out|(?:put|stamped|stomped) (?:it|them|the (?:fire|flames?)) out|(?:smothered|doused) (?:it|them|the)"
    r"|(?:turned|turn|shut|cut) (?:off )?(?:the |our |my )?(?:gas|propane)(?: off)?"
    r"|(?:gotten|got|getting|am|are|is) used to (?:it|the smell|that)(?! being)"
    r"|so bad (?:that )?(?:i|we|she|he|they) (?:\w+ )?(?:slept|left|went|stayed|moved|had|got|could)"
)
_SAYS_BOTH = re.compile(r"(?:no|nope|nah|not|negative)(?: \S+){3,}? (?:yes|yeah|yep|yup|si)[ .]*")
_LEFT = phrase(
    r"soot|puffs? of (?:\w+ )?(?:black|gray|grey|dark|something|stuff)|black (?:stuff|cloud|puff)"
    r"|smoke|smoky|smokey|haz[ey]|monoxide|humo"
    r"|(?:a|big|bright|blue) flash(?: of \w+)?"
)
_GAS = phrase(r"gas|propane")
_GAS_THERE = phrase(
    r"there|everywhere|in (?:here|the house|my house|the air)|coming|think|maybe|hear\w*|hiss\w*|por todos lados"
)
_FUEL = phrase(
    r"us(?:e|es|ing)|pressure|getting|gets?|fill\w*|convert\w*|ran out|run out|natural|low|burners?|everything|factura"
    r"|bills?|not|company"
)
_WENT_OFF = phrase(
    r"(?:it|that|this|they|something|thing(?: (?:in|on|by|near) (?:the|my|our) \w+)?) (?:just |has |have |is |was )*"
    r"(?:(?:going|gone|went|goes) off|screaming|screeching|blaring|beeping)"
)
_TOO_HOT = phrase(r"hot to the touch")
_NOT_NOW = phrase(
    r"last (?:year|month|week|summer|winter|fall|spring)|(?:years?|months?|weeks?) ago|(?:back )?in (?:19|20)\d\d"
    r"|used to|neighbors?|news|hace (?:\w+ )?(?:anos?|meses|semanas)"
)


def hot_part(text: str) -> bool:
    """L9: whether the plain `text` tells of an electrical part that is hot, makes a noise or smells."""
    clauses = cut(text)
    return any(_hot(clauses, i) for i in range(len(clauses)))


def unexplained(text: str, *, asked: bool) -> bool:
    """Whether the plain `text`, without lookalikes, mentions what must be asked about; `asked`: about danger."""
    return hot_part(text) or unexplained_but_for_a_part(text, asked=asked)


def unexplained_but_for_a_part(text: str, *, asked: bool) -> bool:
    """The same without electrical parts."""
    clauses = cut(text)
    if said(_SILENCED, text) and any(device_kind(clause.text) for clause in clauses):
        return True
    if asked and (
        (said(_TOO_HOT, text) or (said(_UNDONE, text) and not said(OVER, text))) or _SAYS_BOTH.fullmatch(text)
    ):
        return True
    return any(
        _alarm(clause, before, after, text, asked) or _smell(clause, text, asked) or _left(clause, asked)
        for before, clause, after in zip((Clause(()), *clauses), clauses, (*clauses[1:], Clause(())), strict=False)
        if not clause.asks and not said(OVER, clause.text) and not said(_NOT_NOW, clause.text)
    )


def _hot(clauses: list[Clause], i: int) -> bool:
    clause = clauses[i]
    if _SMELL.search(clause.text) and NEGATORS.isdisjoint(clause.words):
        of_a_part = said(_URINE, clause.text) and any(said(_PART, each.text) for each in clauses[: i + 1])
        if of_a_part or said(_FISH, clause.text):
            return True
    part, condition = _PART.search(clause.text), _last(_CONDITION, clause.text)
    if condition is None or _denied(clause, condition):
        return False
    if part is None:
        before = clauses[i - 1] if i else Clause(())
        return bool(_ABOUT_IT.match(clause.text) and said(_PART, before.text) and not said(_HANDLED, before.text))
    between = clause.text[min(part.end(), condition.end()) : max(part.start(), condition.start())]
    words = _AIR_MACHINE.sub("unit", between).split()
    return len(words) <= 8 and _ELSE.isdisjoint(words)


def _alarm(clause: Clause, before: Clause, after: Clause, text: str, asked: bool) -> bool:
    kind = device_kind(clause.text)
    if not NEGATORS.isdisjoint(clause.words):
        return False
    if kind is None:  # "That alarm on the wall | it's flashing red"
        told = device_kind(before.text) is not None
        return told and clause.words[:1] in _IT and said(_ALARM_EVENT, clause.text)
    if said(CHIRPS, clause.text):
        return asked and kind is Kind.CO
    if said(_ALARM_EVENT, clause.text):
        return not (said(_EXPLAINED, text) or said(HARMLESS_CAUSE, text))
    fine = said(_ALARM_IS_FINE, clause.text) or (after.words[:1] in _IT and said(_ALARM_IS_FINE, after.text))
    if fine or said(_EXPLAINED, text) or said(HARMLESS_CAUSE, text):
        return False
    return asked or said(SOUNDS, clause.text)


def _smell(clause: Clause, text: str, asked: bool) -> bool:
    return (
        said(ODD_SMELL, clause.text)
        and NEGATORS.isdisjoint(clause.words)
        and not dangers(clause, asked=asked)
        and not {*PLAIN_SMELL.findall(clause.text)} - {"old"}
        and not said(_EXPLAINED, text)
        and not said(HARMLESS_CAUSE, text)
    )


def _left(clause: Clause, asked: bool) -> bool:
    if dangers(clause, asked=asked):
        return False  # Judged with its clause.
    if (said(_HISS, clause.text) and said(_FUEL_CARRIER, clause.text)) or (asked and said(_OTHERS_DO, clause.text)):
        return True
    text = DEVICE.sub("_", clause.text)
    found = _LEFT.search(text) or (asked and _WENT_OFF.search(text)) or None
    if found is None and (asked or said(_GAS_THERE, text)) and not said(_FUEL, text):
        found = _GAS.search(text)
    return found is not None and reach(tuple(text.split()), text.count(" ", 0, found.start())) is not Reach.DENIES


def _denied(clause: Clause, found: re.Match[str]) -> bool:
    return reach(clause.words, clause.text.count(" ", 0, found.start())) is Reach.DENIES


def _last(pattern: Words, text: str) -> re.Match[str] | None:
    return next(iter([*pattern.finditer(text)][-1:]), None)
