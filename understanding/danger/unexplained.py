"""The wide middle: what is no danger that was named, and yet nothing to go past without a question.

A hot or buzzing electrical part (L9), an alarm of which something is told, a smell or smoke that nobody explains;
behind a "no" also whatever is near danger. Which words are near is a wide list on purpose, since all that it costs is
a question; what explains one is narrow. Takes plain text without lookalikes, of which picture.py judges every clause
that names a danger.
"""

import re
from collections.abc import Sequence

from understanding.danger.authorities import RESCUE
from understanding.danger.named import CHIRPS, DEVICE, ODD_SMELL, PLAIN_SMELL, SMELL, SOUNDS, Kind, dangers, device_kind
from understanding.danger.picture import HARMLESS_CAUSE, OVER
from understanding.danger.unwell import SYMPTOMS
from understanding.text.clauses import Clause, Reach, cut, reach, word_at
from understanding.text.parts import IS, LONG_AGO
from understanding.text.plain import Words, phrase, said

_PART = phrase(
    r"(?:thermostat|wall)(?= (?:\w+ ){1,6}to the touch)|breakers?(?: box)?|(?:breaker|fuse|electric(?:al)?|junction"
    r"|disconnect) (?:box|panel)|disconnect|outlets?|plugs?|sockets?|(?:the|a|that|light|this|my) switch|wires?|wiring"
    r"|cords?|capacitor|contactor|transformer|panel|(?:circuit|control) board|interruptor|enchufe|cables?"
    r"|caja de fusibles|toma ?corriente"
)
_BLACK = r"(?:turn(?:ed|ing|s)?|gone|going) (?:\w+ )?(?:brown|black)"
_CONDITION = phrase(
    r"(?:hot|warm|caliente)(?! (?:in|air|out|outside|inside|water|today|day|as|enough|house|weather|upstairs|again"
    r"|here|and cold)(?!\S))|hums?|humming|buzz\w*|crackl\w+|sizzl\w+|popping|hiss\w*|vibrat\w+|zapping|zumb\w+"
    rf"|chisporrot\w+|{_BLACK}|(?:is|are|looks?) (?:\w+ )?(?:brown|black)|(?:burn|scorch|black|brown) (?:marks?"
    r"|spots?)|discolou?red|charred|tingl\w+"
)
_ELSE = frozenset(
    "when if because house room air outside weather upstairs blows blowing trip trips tripped tripping reset flipped"
    " unless home place temperature says reads pipe".split()
)
_AIR_MACHINE = phrase(r"air (?:handlers?|conditioners?|conditioning|compressor)")
_HANDLED = phrase(r"reset|flipp\w+|trip\w*|checked|turned|switched|replaced")
_URINE = phrase(r"urine|pee|piss|ammonia|orines?")
_FISH = phrase(r"fish|fishy|pescado")
_ABOUT_IT = re.compile(r"(?:(?:and|but|so|now) )?(?:it|they|that) (?:is|are|feels?|gets?|keeps)(?!\S)")
_EXPLAINED = phrase(
    r"died|cigarettes?|cigars?|smok(?:ed|ers?)|cook\w*|sense of smell|(?:because|since|when|from) (?:i|we|my \w+) _"
)
_OTHERS_DO = phrase(
    r"^(?:but |though )?(?:my \w+|he|she|they|the kids|(?:every|some)(?:one|body)(?: else)?|others) (?:do|does|did|can"
    r"|is|are|feels?|(?:says?|thinks?|swears?|claims?|insists?|said|told me)(?: that)?(?: (?:so|(?:it|there|he|she|they"
    r"|you can) ?(?:do|does|did|can|is|smells?|sees?)?(?: (?:it|smell it|some|something))?))?)$"
)
_HISS = phrase(r"hiss\w*")
_FUEL_CARRIER = phrase(r"appliance|pipes?|lines?|meter|valves?|tank|hoses?|fittings?|connector")
_ALARM_EVENT = phrase(
    r"(?:came|comes?|coming|is|was|been|kicked|turned|lit|lights?) (?:back )?(?:on|up)(?! (?:the|my|our|a"
    r"|every)(?!\S))|flash\w*|blink\w*|red|acting (?:up|weird|funny|crazy)|start(?:s|ed)?|keeps?|kept|woke|talking"
    r"|yells?|voice|noises?|again|will not"
)
_ALARM_IS_FINE = phrase(
    r"(?:ha(?:ve|s|d)|got|get|own|bought|buy|needs?|wants?|install\w*|replac\w*|sell|put|mount\w*|test\w*|check\w*"
    r"|works?|working|quiet|silent|fine|good|normal|okay|ok|green|clear|batter(?:y|ies)|new|fell|look\w*|tengo|tenemos"
    r"|instal\w+|bien|bateria|pila)"
)
# An alarm that somebody made quiet has told of something.
_SILENCED = phrase(
    r"(?:pull\w*|took|take|taking|yank\w*|ripp?\w*|remov\w+|unplug\w*|disconnect\w*|silenc\w+"
    r"|unhook\w*) (?:\w+ ){0,3}?(?:batter(?:y|ies)|alarms?|detectors?|it|them)(?: (?:out|off|down))*"
)
_IT = (("it",), ("that",), ("which",), ("they",))
# It was there, and what somebody did about it, or got used to, is no sign that it is gone.
_UNDONE = phrase(
    r"(?:open(?:ed)?|propp?ed) (?:\w+ ){0,3}?(?:windows?|doors?)(?: \w+)?|air(?:ed|ing) (?:it|the \w+|everything"
    r"|us)(?: all)? out|(?:put|stamped|stomped) (?:it|them|the (?:fire|flames?)) out|(?:smothered|doused) (?:it|them"
    rf"|the)|(?:turned|turn|shut|cut) (?:off )?(?:the |our |my )?(?:gas|propane)(?: off)?|{IS}used to (?:it|the smell"
    r"|that)(?! being)|so bad (?:that )?(?:i|we|she|he|they) (?:\w+ )?(?:slept|left|went|stayed|moved|had|got|could)"
)
_SAYS_BOTH = re.compile(r"(?:no|nope|nah|not|negative)(?: \S+){3,}? (?:yes|yeah|yep|yup|si)[ .]*")
_LEFT = phrase(
    r"soot|puffs? of (?:\w+ )?(?:black|gr[ae]y|dark|something|stuff)|black (?:stuff|cloud|puff)|haz[ey]|monoxide|(?:a"
    r"|big|bright|blue) flash(?: of \w+)?"
)
_GAS = phrase(r"gas|propane")
_GAS_THERE = phrase(
    r"there|everywhere|in (?:here|the house|my house|the air)|coming|think|maybe|hear\w*|hiss\w*|por todos lados"
)
_FUEL = phrase(
    r"us(?:e|es|ing)|pressure|getting|gets?|fill\w*|convert\w*|r[au]n out|natural|low|burners?|everything|factura"
    r"|bills?|not|company"
)
_WENT_OFF = phrase(
    r"(?:it|that|this|they|something|thing(?: (?:in|on|by|near) (?:the|my|our) \w+)?) (?:just |has |have |is "
    r"|was )*(?:(?:going|gone|went|goes) off|screaming|screeching|blaring|beeping)"
)
_TOO_HOT = phrase(r"hot to the touch")
_NOT_NOW = phrase(LONG_AGO, r"used to|neighbors?|news")
_NEAR = phrase(
    SMELL.pattern,
    DEVICE.pattern,
    SYMPTOMS.pattern,
    r"sniff\w*|nose|gas|gassy|propane|rotten|sulfur|smok\w+|haz[ey]|soot\w*|burn(?:s|ed|ing|t)?|fire|flames?|spark\w*"
    r"|melt\w*|scorch\w*|sing(?:ed|eing)|glow\w*|crackl\w*|hiss\w*|zap\w*|arc(?:s|ed|ing)|flicker\w*|flash\w*|explo\w+"
    r"|bubbling|blister\w*|hot (?:to the touch|enough)|too hot to|white (?:stuff|powder|cloud)|humo|quemad\w+|fuego"
    r"|chispas?|monoxide|co|monoxido|box (?:\w+ ){0,4}?(?:keeps?|says?|saying|went|going)|fresh air|exhaust|flue"
    r"|vent pipe|chimney",
    r"throats?|eyes|dizz\w+|light ?headed|nause\w+|woozy|groggy|drowsy|vomit\w*|pass(?:ed|ing|es) out|faint\w*"
    rf"|maread[oa]\w*|jolt\w*|shock(?:ed|s)?|electrocut\w*|beep\w*|chemical\w*|black (?!and(?!\S))\w+|yellow|{_BLACK}"
    rf"|slight\w*|(?:it|that) {IS}+(?:\w+ )?(?:better|worse|stronger|milder|weaker)|(?:standing|waiting|sitting"
    r"|staying|stepped|went|are|am|all) (?:\w+ )?(?:outside|out front|in (?:the|our|my) (?:driveway|yard|car|truck"
    r"|street))|there (?:is|was) something(?: \w+)?|(?:hint|trace|touch|whisper) of (?:something|it)|(?:it"
    r"|that) is (?:only|just|mostly|really|more|pretty|still)? ?(?:bad|strong|stronger|worse|faint|noticeable"
    r"|there) (?:in|by|near|when|if|at|around|over|once|down|up)",
)
_FINE = phrase(
    r"fine|normal|good|okay|ok|clean|clear|nothing|zero|quiet|silent|working|works?|new|blue|lit|checked|in every"
    r"|every room|(?:not|never) (?:\w+ ){0,2}?(?:peep|beep\w*|sound\w*|go(?:ne|ing)? off|went off)|would (?:not )?have"
    r"|batter(?:y|ies)|(?:nobody|no one) (?:\w+ )?complain\w*|bien"
)
# A no to a part of it: of here, of today, of more than before.
_LIMITED = phrase(
    r"^(?:(?:no|nope|nah|uh|well) )*not (?:in|on|at) (?:this|my|the|our)(?! (?:moment|time|least)(?!\S))(?: \w+){1,2}$"
    r"|(?:no|not|nothing) (?:\w+ )?(?:worse|more|stronger|different) than|(?:stopped|quit) (?:beeping|chirping"
    r"|going off|sounding|screaming)|(?:no|not)(?: \w+){0,3} (?:today|tonight)$"
)
# Known by the whole text: "the gas" that somebody turned off is an appliance to the other readers.
_SEEN_TO = phrase(
    RESCUE.pattern,
    r"ambulance|utility \w+|capped|shut ?off|red ?tag\w*|evacuat\w*|(?:shut|shutting|turn(?:ed|ing)?|cut"
    r"|clos\w+) (?:off )?(?:the |our |my )*(?:\w+ )?(?:valve|meter|main|gas|propane)",
)
_LONG_AGO = phrase(LONG_AGO, r"back in \w+|used to(?! it| that| the)|once|one time")
_NOT_SO = phrase(_LONG_AGO.pattern, r"would|if")
_GOES_ON = (("it",), ("they",), ("that",), ("those",), ("because",))
_ILL = phrase(r"fever|flu|cold|covid|asthma|allerg\w+|migraines?|chemo|stomach|pregnan\w+")


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
    if asked and (said(_TOO_HOT, text) or _SAYS_BOTH.fullmatch(text) or _is_undone(text)):
        return True
    return any(
        _alarm(clause, before, after, text, asked) or _smell(clause, text, asked) or _left(clause, asked)
        for before, clause, after in zip((Clause(()), *clauses), clauses, (*clauses[1:], Clause(())), strict=False)
        if not clause.asks and not said(OVER, clause.text) and not said(_NOT_NOW, clause.text)
    )


def _is_undone(text: str) -> bool:
    """Whether somebody did something about it; that gas is gone where a window is open says nothing of its leak."""
    return said(_UNDONE, text) and (said(_GAS, text) or not said(OVER, text))


def beside_a_no(text: str, whole: str) -> bool:
    """Whether a turn in which a no was found leaves something near danger that nothing in it explains.

    Args:
        text: Its plain text without lookalikes.
        whole: The same with them.
    """
    clauses = cut(text)
    return (
        any(_says(_NEAR, clause) and not _is_explained(clause, clauses[i + 1 :]) for i, clause in enumerate(clauses))
        or any(said(_LIMITED, clause.text) for clause in clauses)
        or any(_says(_SEEN_TO, clause) and not said(_NOT_SO, clause.text) for clause in cut(whole))
    )


def _hot(clauses: list[Clause], i: int) -> bool:
    clause = clauses[i]
    if said(SMELL, clause.text) and not clause.denies:
        of_a_part = said(_URINE, clause.text) and any(said(_PART, each.text) for each in clauses[: i + 1])
        if of_a_part or said(_FISH, clause.text):
            return True
    part, condition = _PART.search(clause.text), next(iter([*_CONDITION.finditer(clause.text)][-1:]), None)
    if condition is None or _denied(clause, condition):
        return False
    if part is None:
        before = clauses[i - 1] if i else Clause(())
        return bool(_ABOUT_IT.match(clause.text) and said(_PART, before.text) and not said(_HANDLED, before.text))
    between = clause.text[min(part.end(), condition.end()) : max(part.start(), condition.start())]
    words = _AIR_MACHINE.sub("unit", between).split()
    return len(words) <= 8 and _ELSE.isdisjoint(words)


def _alarm(clause: Clause, before: Clause, after: Clause, text: str, asked: bool) -> bool:
    if clause.denies:
        return False
    kind, event = device_kind(clause.text), said(_ALARM_EVENT, clause.text)
    if kind is None:  # "That alarm on the wall | it's flashing red"
        return event and clause.words[:1] in _IT and device_kind(before.text) is not None
    if said(CHIRPS, clause.text):
        return asked and kind is Kind.CO
    fine = said(_ALARM_IS_FINE, clause.text) or (after.words[:1] in _IT and said(_ALARM_IS_FINE, after.text))
    if (fine and not event) or said(_EXPLAINED, text) or said(HARMLESS_CAUSE, text):
        return False
    return event or asked or said(SOUNDS, clause.text)


def _smell(clause: Clause, text: str, asked: bool) -> bool:
    if not said(ODD_SMELL, clause.text) or clause.denies or dangers(clause, asked=asked):
        return False
    explained = {*PLAIN_SMELL.findall(clause.text)} - {"old"} or said(_EXPLAINED, text) or said(HARMLESS_CAUSE, text)
    return not explained


def _left(clause: Clause, asked: bool) -> bool:
    if dangers(clause, asked=asked):
        return False  # Judged with its clause.
    if (said(_HISS, clause.text) and said(_FUEL_CARRIER, clause.text)) or (asked and said(_OTHERS_DO, clause.text)):
        return True
    clause = Clause(tuple(DEVICE.sub("_", clause.text).split()))
    found = _LEFT.search(clause.text) or (asked and _WENT_OFF.search(clause.text)) or None
    if found is None and (asked or said(_GAS_THERE, clause.text)) and not said(_FUEL, clause.text):
        found = _GAS.search(clause.text)
    return found is not None and not _denied(clause, found)


def _denied(clause: Clause, found: re.Match[str]) -> bool:
    return reach(clause.words, word_at(clause.text, found)) is Reach.DENIES


def _says(words: Words, clause: Clause) -> bool:
    """Whether the clause says it and does not deny it: "Gas smell? No." """
    denied = clause.words[-1] in ("no", "nope", "nah")
    return not denied and any(not _denied(clause, found) for found in words.finditer(clause.text))


def _is_explained(clause: Clause, behind: Sequence[Clause]) -> bool:
    """By its own words, by the clause about it that follows, or by the picture, which judges a danger that is named."""
    if clause.asks or any(danger.denied is not Reach.DENIES for danger in dangers(clause, asked=True)):
        return True
    goes_on = behind and (behind[0].words[:1] in _GOES_ON or behind[0].words[1:2] in _GOES_ON)
    told = " ".join(each.text for each in (clause, *(behind[:2] if goes_on else ())))
    return any(said(words, told) for words in (_FINE, OVER, _LONG_AGO, HARMLESS_CAUSE, PLAIN_SMELL, _ILL))
