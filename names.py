"""The caller's name: introduced ("my name is Jonas"), answered bare, or spelled ("J O N A S").

Only the name is taken, not the sentence around it (X23); sentinels, phone numbers and templates are refused (R36,
R39). Whether a name can only be a joke is not judged here. `valid_name` is the last word on every name, also on a
model's.
"""

import re

from session import Question
from spoken_numbers import is_number
from words import fold, title

NAME_QUESTIONS = (Question.NAME, Question.BOOKING_NAME, Question.DETAILS)
_WORD = r"[^\W\d_][\w'\u2019]*(?:-[^\W\d_][\w'\u2019]*)*"
_MY_NAME = re.compile(
    r"\b(?:my (?:full |first )?name(?: is|'s|\u2019s)|(?<!last )\bname(?: is|'s|\u2019s| will be"
    r"| would be)(?: under)?|first name(?: is|'s|\u2019s)?|call me|me llamo|mi nombre es|under the name(?: of)?"
    r"|in the name of|name of)[ ,:]+",
    re.I,
)
_UNDER = re.compile(r"\bunder[ ,]+", re.I)
_THIS_IS = re.compile(r"\b(?:this is|this's|you're speaking with|speaking with)[ ,]+", re.I)
_I_AM = re.compile(r"\b(?:i am|i'm|i\u2019m|im|soy)[ ,]+", re.I)
_IT_IS = re.compile(
    r"\b(?:it is|it's|it\u2019s|its|that's|that\u2019s|that is|that would be|sure|yes|yeah|no)[ ,.]+",
    re.I,
)
_SPEAKING = re.compile(rf"(?:^|[.,!?]) ?({_WORD}(?: {_WORD}){{0,2}}) (?:speaking|here)\b", re.I)
_LAST_NAME = re.compile(rf"\b(?:last name|surname)(?: is|'s|\u2019s)?[ ,:]+({_WORD})", re.I)
_WITHOUT = re.compile(r"\b(?:without|with|no)\b", re.I)
_PARTICLES = frozenset("de la del van von der den st mc mac o da dos bin al el san".split())
_NOT_NAMES = frozenset(
    "a guys folks about above address after again air all alone already alright also am an and any anyone anything"
    " apartment"
    " appointment are"
    " around as ask asking at awesome away back bad be because been before being best better broken but by call"
    " called"
    " caller calling can cancel chance check cold come coming completely cool cooling correct could crazy customer"
    " day dead"
    " definitely did do does doing done don't down drive either else emergency enough even ever every everything"
    " exactly"
    " experiencing fan fed few fine first for freezing from full furnace gas get getting give go going gonna good"
    " got great"
    " had hang hanging happy has have having he hear heat heater hello help her here hey hi him his hold home hot"
    " house how"
    " human i if in inside interested is isn't it it's its job just kind know last late later leaking let life like"
    " little"
    " live living located long looking lot love mad made make maybe me mean message might mine minute moment more"
    " morning"
    " my name near need needing never new next nice no nobody none nope not nothing now number of off oh ok okay old"
    " on once"
    " one only open or our out outside over owner past perfect person phone place please pretty problem put question"
    " quick"
    " quite ready real really regarding renting right robot running said sales same say saying see seeing sending"
    " service"
    " she shoot should sick since sir sitting so some somebody someone something sometimes sorry speak speaking spell"
    " spelled spells started still stuck stupid sure sweating system take talk talking tell tenant than thank thanks"
    " that"
    " that's the their them then there there's these they thing think this those though three time tired to today"
    " tomorrow"
    " too totally trouble try trying two uh um under unit up update upset urgent us using very visit waiting wait"
    " want"
    " wanted wanting was water way we we're weekend weird well went were what when where which who whom why will with"
    " without won't wondering work working worried would wrong ya yeah yep yes yesterday yet you your zip"
    " afternoon evening night noon asap whenever anytime monday tuesday wednesday thursday friday saturday sunday"
    " street road avenue drive lane court boulevard ridiculous unacceptable unfortunately information private"
    " absolutely actually already basically honestly literally probably mister mr mrs ms miss dr maam ma'am"
    " heating conditioner conditioning ac thermostat compressor hvac goodbye bye nevermind pardon excuse repeat".split()
)
# A question of the caller's holds no bare name: "do you work on Trane systems".
_ASKS = re.compile(
    r"\b(?:do|does|did|can|could|are|is|was|will|would|have|has|should)\s+(?:you|y'all|i|we|they|it|he|she|that|this|there|the|your)\b"
    r"|^\W*(?:(?:and|so|but|well|oh|okay|first|before that)\W+)*(?:what|when|where|why|how|which|whose)\b",
    re.I,
)
_AFTER_NAME = frozenset("and at is my from with here speaking i that's it's without".split())
_CONTRACTION = re.compile(r"(?:i|we|you|he|she|it|they|that|there|here|what|who|let|can|won|don)'")
_TITLES = frozenset("mr mrs ms miss mister doctor dr".split())
_SENTINELS = frozenset(
    "unknown tbd none auto null nil anonymous customer caller user test guest na unspecified undefined withheld".split()
)
_SENTINEL_PHRASES = frozenset(
    {
        "n/a",
        "n a",
        "not provided",
        "not given",
        "no name",
        "not specified",
        "not available",
        "unknown caller",
    }
)
_MAX_WORDS = 4
_MAX_CHARACTERS = 50


def valid_name(value: str) -> bool:
    """Whether `value` can be a person's name: letters, no sentinel, no number, no sentence (conversation.md 4)."""
    words = [w.strip(".,'\u2019") for w in fold(value).split()]
    words = [w for w in words if w]
    if not words or len(words) > _MAX_WORDS + 1 or len(value) > _MAX_CHARACTERS or len("".join(words)) < 2:
        return False
    if " ".join(words) in _SENTINEL_PHRASES or any(w in _SENTINELS for w in words):
        return False
    if not all(re.fullmatch(r"[^\W\d_][\w'\-]*", w) and not re.search(r"\d", w) for w in words):
        return False
    return not any(w in _NOT_NAMES - _TITLES or is_number(w) or _CONTRACTION.match(w) for w in words)


def read_name(raw: str, question: Question | None, known: str = "") -> str:
    """The name in the caller's words, "" for none; capitals are set where the recogniser left them out.

    `known` is the name so far, which "without the h" or "with a K" changes.
    """
    raw = " ".join(raw.replace("\u2014", ", ").split())
    asked = question in NAME_QUESTIONS
    named = asked or re.search(r"\bname\b", raw, re.I) is not None
    name = _introduced(raw, _MY_NAME)
    name = name or _introduced(raw, _THIS_IS) or _i_am(raw, asked)
    if not name and (match := _SPEAKING.search(raw)):
        name = _leading_name(" ".join(w for w in match[1].split() if fold(w) not in _NOT_NAMES))
    if not name and named:
        name = _introduced(raw, _UNDER)
    if not name and asked:
        name = _bare(raw)
    if not name and named:
        name = _introduced(raw, _IT_IS)
    if name and (last := _LAST_NAME.search(raw)) and fold(last[1]) not in fold(name):
        name = " ".join(part for part in (name, _leading_name(last[1])) if part)
    if spelled := _spelled(raw):
        name = _with_spelling(name, spelled) if asked or name else name
    return name if valid_name(name) else ""


def _introduced(raw: str, opening: re.Pattern[str]) -> str:
    """The last name behind an opening, when it is not negated ("my name is not Gregory")."""
    for match in reversed(list(opening.finditer(raw))):
        if name := _leading_name(raw[match.end() :]):
            return name
    return ""


def _i_am(raw: str, asked: bool) -> str:
    """ "I'm Maria": only a word with a capital, or the answer to the question for the name; "I'm freezing" is none."""
    for match in _I_AM.finditer(raw):
        rest = raw[match.end() :]
        name = _leading_name(rest)
        first = name.split(" ")[0] if name else ""
        if name and (asked or rest[:1].isupper()) and not first.lower().endswith(("ing", "ed")):
            return name
    return ""


def _leading_name(text: str) -> str:
    """The words at the start of `text` that can be a name; a mark or an ordinary word ends it."""
    names: list[str] = []
    for token in re.findall(rf"{_WORD}|\S", text):
        word = fold(token)
        if word in _TITLES and not names:
            continue
        if (
            not re.fullmatch(_WORD, token)
            or word in _NOT_NAMES
            or _CONTRACTION.match(word)
            or is_number(word)
            or len(names) == _MAX_WORDS
        ):
            break
        if len(word) == 1 and (not names or names[-1:] == [] or len(names[-1]) == 1):
            break
        if word.endswith("'s"):
            break
        names.append(token)
    while len(names) > 1 and (fold(names[-1]) in _PARTICLES or len(names[-1]) == 1):
        names.pop()
    return " ".join(title(n) if fold(n) not in _PARTICLES or not i else n for i, n in enumerate(names))


def _bare(raw: str) -> str:
    """A name as the whole first clause of an answer: "Jonas", "yeah, Jonas Weber, and my number is ..."."""
    for clause in re.split(r"[.,!?;]", raw):
        words = clause.split()
        if fold(clause).startswith("not ") or _ASKS.search(clause):
            continue
        while words and fold(words[0]) in _NOT_NAMES | {"it's", "its", "that's"} - _PARTICLES:
            words.pop(0)
        if not words:
            continue
        name = _leading_name(" ".join(words))
        rest = words[len(name.split()) :]
        if name and (not rest or fold(rest[0]) in _AFTER_NAME or not rest[0].isalpha() or len(rest[0]) == 1):
            return name
        if not re.search(r"\bname\b", clause, re.I):
            return ""
    return ""


def _spelled(raw: str) -> list[str]:
    """Words that were spelled letter by letter: "J O N A S" or "J-O-N-A-S"."""
    letters = re.findall(r"(?<![\w'])((?:[A-Za-z][ .,\-]+){2,}[A-Za-z])(?![\w'])", raw)
    return ["".join(re.findall(r"[A-Za-z]", group)).capitalize() for group in letters]


def _with_spelling(name: str, spelled: list[str]) -> str:
    """The name with the spelled word in the place of the word it spells (the one with the same first letter)."""
    words = name.split()
    for spelling in spelled:
        places = [i for i, w in enumerate(words) if fold(w)[:1] == fold(spelling)[:1]]
        if places:
            words[places[-1]] = spelling
        else:
            words.append(spelling)
    return " ".join(words)
