"""What stands beside a "no" to the safety question: near danger, it is explained where it is said, or asked about.

The no is taken only if the rest of the turn leaves nothing near danger open. Which words are near is a wide list on
purpose, since all that it costs is a question; what explains one is narrow. Takes plain text without lookalikes, of
which picture.py has judged every clause that names a danger.
"""

from collections.abc import Sequence

from understanding.danger.named import DEVICE, PLAIN_SMELL, dangers
from understanding.danger.picture import HARMLESS_CAUSE, OVER
from understanding.text.clauses import Clause, Reach, cut, reach
from understanding.text.plain import Words, phrase, said

_NEAR = phrase(
    r"smell\w*|smelt|odou?rs?|scents?|whiffs?|sniff\w*|stink\w*|reek\w*|nose|fumes?|gas|gassy|propane|rotten|sulfur"
    r"|smok\w+|haz[ey]|soot\w*|burn(?:s|ed|ing|t)?|fire|flames?|spark\w*|melt\w*|scorch\w*|sing(?:ed|eing)"
    r"|glow\w*|crackl\w*"
    r"|hiss\w*|zap\w*|arc(?:s|ed|ing)|flicker\w*|flash\w*|explo\w+|bubbling|blister\w*|hot (?:to the touch|enough)"
    r"|too hot to|black stuff|white (?:stuff|powder|cloud)|huele\w*|olor\w*|humo|quemad\w+|fuego|chispas?",
    rf"{DEVICE.pattern}|monoxide|co|monoxido|box (?:\w+ ){{0,4}}?(?:keeps?|says?|saying|went|going)|fresh air"
    r"|exhaust|flue|vent pipe|chimney",
    r"throats?|eyes|headaches?|head hurts|dizz\w+|light ?headed|nause\w+|woozy|groggy|drowsy|throwing up|vomit\w*"
    r"|pass(?:ed|ing|es) out|faint(?:ed|ing)?|mareado\w*|mareada\w*",
    r"jolt\w*|shock(?:ed|s)?|electrocut\w*|beep\w*|chemical\w*|black (?!and(?!\S))\w+|yellow"
    r"|(?:turn(?:ed|ing|s)?|gone|going) (?:\w+ )?(?:brown|black)|faint\w*|slight\w*"
    r"|(?:it|that) (?:is |was |got |gets |has |gotten |seems |feels )+(?:\w+ )?(?:better|worse|stronger|milder|weaker)"
    r"|(?:standing|waiting|sitting|staying|stepped|went|are|am|all) (?:\w+ )?(?:outside|out front|in (?:the|our|my)"
    r" (?:driveway|yard|car|truck|street))",
    r"there (?:is|was) something(?: \w+)?|(?:a )?(?:hint|trace|touch|whisper) of (?:something|it)",
    r"(?:it|that) is (?:only|just|mostly|really|more|pretty|still)? ?(?:bad|strong|stronger|worse|faint|slight"
    r"|noticeable|there) (?:in|by|near|when|if|at|around|over|once|down|up)",
)
_FINE = phrase(
    r"fine|normal|good|okay|ok|clean|clear|nothing|zero|quiet|silent|working|works?|new|blue|lit|checked|in every"
    r"|every room|(?:not|never) (?:\w+ ){0,2}?(?:peep|beep\w*|sound\w*|go(?:ne|ing)? off|went off)|would have"
    r"|would not have"
    r"|batter(?:y|ies)|(?:nobody|no one) (?:\w+ )?complain\w*|bien"
)
# A no to a part of it: of here, of today, of more than before.
_LIMITED = phrase(
    r"^(?:(?:no|nope|nah|uh|well) )*not (?:in|on|at) (?:this|my|the|our)(?! (?:moment|time|least)(?!\S))(?: \w+){1,2}$"
    r"|(?:no|not|nothing) (?:\w+ )?(?:worse|more|stronger|different) than"
    r"|(?:stopped|quit) (?:beeping|chirping|going off|sounding|screaming)|(?:no|not)(?: \w+){0,3} (?:today|tonight)$"
)
# Known by the whole text: "the gas" that somebody turned off is an appliance to the other readers.
_SEEN_TO = phrase(
    r"fire ?(?:fighters?|department|dept|men|man|marshal|truck)s?|911|paramedics?|ambulance|utility \w+|capped"
    r"|shut ?off|red ?tag\w*|evacuat\w*|bomberos"
    r"|(?:shut|shutting|turn(?:ed|ing)?|cut|clos\w+) (?:off )?(?:the |our |my )*(?:\w+ )?(?:valve|meter|main|gas"
    r"|propane)"
)
_LONG_AGO = phrase(
    r"last (?:year|month|week|summer|winter|fall|spring)|(?:years?|months?|weeks?) ago|back in \w+|used to(?! it"
    r"| that| the)|once|one time"
)
_NOT_SO = phrase(_LONG_AGO.pattern, r"would|if")
_ABOUT_IT = (("it",), ("they",), ("that",), ("those",), ("because",))
_ILL = phrase(r"fever|flu|cold|covid|asthma|allerg\w+|migraines?|chemo|stomach|pregnan\w+")


def is_open(text: str, whole: str) -> bool:
    """Whether a turn in which a no was found leaves something near danger that nothing in it explains.

    Args:
        text: Its plain text without lookalikes.
        whole: The same with them.
    """
    clauses = cut(text)
    near = any(_says(_NEAR, clause) and not _explained(clause, clauses[i + 1 :]) for i, clause in enumerate(clauses))
    near = near or any(said(_LIMITED, clause.text) for clause in clauses)
    return near or any(_says(_SEEN_TO, clause) and not said(_NOT_SO, clause.text) for clause in cut(whole))


def _says(words: Words, clause: Clause) -> bool:
    """Whether the clause says it and does not deny it."""
    if clause.words[-1] in ("no", "nope", "nah"):  # "Gas smell? No."
        return False
    places = (clause.text.count(" ", 0, found.start()) for found in words.finditer(clause.text))
    return any(reach(clause.words, place) is not Reach.DENIES for place in places)


def _explained(clause: Clause, behind: Sequence[Clause]) -> bool:
    """By its own words, by the clause about it that follows, or by the picture, which judges a danger that is named."""
    if clause.asks or any(danger.denied is not Reach.DENIES for danger in dangers(clause, asked=True)):
        return True
    goes_on = behind and (behind[0].words[:1] in _ABOUT_IT or behind[0].words[1:2] in _ABOUT_IT)
    told = " ".join(each.text for each in (clause, *(behind[:2] if goes_on else ())))
    return any(said(words, told) for words in (_FINE, OVER, _LONG_AGO, HARMLESS_CAUSE, PLAIN_SMELL, _ILL))
