"""The caller's name: introduced ("my name is Jonas"), answered bare, spelled ("J O N A S"), or an amendment of the one known.

Only the name is taken, not the sentence around it (X23); sentinels, phone numbers and templates are refused (R36,
R39). Whether a name can only be a joke is not judged here. `valid_name` is the last word on every name, also on a
model's. Asked who will be on site, it is that person's name.
"""

import re
from collections.abc import Set
from itertools import dropwhile

from call.session import Question
from understanding.text.numbers import is_number
from understanding.text.plain import fold, title
from understanding.text.utterance import unmarked
from understanding.who.first_names import FIRST_NAMES
from understanding.who.name_shape import (
    AFTER_NAME,
    WORD,
    Doubt,
    ends_here,
    leading_name,
    ordinary_first_name,
    said_last,
    valid_name,
)
from understanding.who.name_spelling import (
    amended,
    each_spelled,
    replaced,
    spelled_words,
    with_spelling,
    without_spelling,
)
from understanding.who.name_words import ORDINARY_ENDINGS, PARTICLES, SURNAMES_TOO, TITLES

NAME_QUESTIONS = (Question.NAME, Question.BOOKING_NAME, Question.DETAILS, Question.SITE_CONTACT)
_NAMES_OF_OTHERS = (*NAME_QUESTIONS, Question.READ_BACK)
_OPEN = (None, Question.HOW_CAN_I_HELP)
_CORRECTIONS = (Question.READ_BACK, Question.CHANGE_WHAT)
_IS = r"(?: is|'s)"
_IT = rf"(?:it|that)(?:{_IS}|s)"
_OFFICIALLY = r"the (?:account|appointment|bill|booking|file|lease|visit)"
_KIN = (
    "husband|wife|spouse|brother|sister|mom|mother|dad|father|son|daughter|uncle|aunt|cousin|nephew|niece|neighbor"
    "|friend|roommate|partner"
)
_RELATION = (
    rf"(?:(?:my|our|the|his|her|their|a) )?(?:\w+ )?(?:tenants?|renters?|{_KIN}"
    r"|assistant|manager|super(?:intendent)?|handyman|contractor|cleaner"
    r"|maintenance (?:guy|man|person|tech)|guy|gentleman|lady|person)"
)


_WHOSE = rf"(?:his|her|their|\w+'s) (?:\w+ )?(?:{_KIN})"  # "I'm his older sister Ana"


def _opening(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w'])(?:" + "|".join(alternatives) + r")[ ,:.]+", re.I)


_MY_NAME = _opening(
    rf"(?<!last )\b(?:full |first )?name{_IS}(?: under)?",
    r"name (?:will|would|should) be(?: under)?",
    rf"name (?:on|for|of) {_OFFICIALLY}{_IS}?(?: under)?",
    rf"first(?: name)?{_IS}|first name|first and last{_IS}",
    r"call me(?! back)|i go by|me llamo|mi nombre es|(?:le )?habla",
    r"(?:under|change|put) (?:the |my )?name (?:of|to|as|in)|(?<!company )name of|under the name",
)
_OTHERS_NAME = re.compile(
    rf"(?<![\w'])(?:his|her|their|(?!what|that|it|name|here|there|who)\w+'s) (?:full |first )?name{_IS}[ ,:]+", re.I
)
_UNDER = _opening(
    r"a nombre de",
    rf"under(?: (?:me|{_RELATION}(?:'s name)?)(?: instead)?)?|try",
    r"put (?:it |that |me )?(?:down )?(?:for|as)|you can put|name to|should be",
)
_THIS_IS = _opening(
    rf"it(?:{_IS}|s) me(?:,? again)?(?:,? it's)?",
    rf"(?:this is|it's|it is) {_WHOSE}|this is|this's|you(?: are|'re) (?:speaking|talking) (?:with|to)|speaking with",
)
_I_AM = _opening(rf"(?:i am|i'm|im)(?: {_WHOSE})?|soy")
_OF_THE_OTHER = re.compile(rf"\b(?:i am|i'm) {_WHOSE}\b", re.I)  # "My name is Dave, I'm her husband"
_IT_IS = _opening(_IT, "it should be|sure|yes|yeah|no")
_WOULD_BE = _opening("that(?: would|'d|'ll) be")
_I_SAID = _opening(r"i meant|i said|make (?:that|it)")
_HELLO = r"^\W*(?:(?:hi|hello|hey|yeah|yes|oh|good (?:morning|afternoon|evening)|there)\W+)*"
_HERE_IS = re.compile(rf"{_HELLO}it(?:{_IS}|s) (?:again[ ,]+)?", re.I)
_NOT_THIS = re.compile(rf"\bnot ({WORD})[,.]+ (?:it's |but |it is )?({WORD})\W*$", re.I)
_LISTED = _opening(
    rf"(?:{_IT}|(?:account|appointment|booking|visit) is|booked(?: it)?|listed|goes) (?:under|as)",
    rf"\band {_IT}(?! under| for| as)",
)
_IT_IS_FOR = _opening(rf"(?:{_IT}|(?:account|appointment|booking|visit) is|booked(?: it)?|listed|goes) for")
_SOMEBODY_IS = _opening(rf"(?:(?:the |my )?(?:owner|landlord|boss)|{_RELATION})(?:'s name)?{_IS}")
_ON_SITE = _opening(
    r"(?:ask for|call|reach|contact|talk to|speak (?:to|with)|look for|that(?:'ll| will| would) be|it(?:'ll"
    rf"| will) be|it's)(?: {_RELATION})?",
    rf"{_RELATION}(?:'s name)?{_IS}?(?: named| called)?",
)
_SPEAKING = re.compile(rf"(?:^|[.,!?]) ?({WORD}(?: {WORD}){{0,4}}) (?:speaking|here)\b", re.I)
_LAST_NAME = re.compile(
    rf"\b(?:last name|surname){_IS}?(?: (?:spelled|wrong[ ,]+it's))?[ ,:]+(?!wrong|spelled|not\b)({WORD})", re.I
)
_IS_LAST_NAME = re.compile(rf"(?<![\w'])({WORD}) is (?:the|my) last name", re.I)
_FIRST_NAME = re.compile(rf"\bfirst name{_IS}?[ ,:]+({WORD})", re.I)
_TITLE = re.compile(
    rf"(?<![\w'])(?:(?:(?:el|la) )?se[n\u00f1]or(?:a|ita)?|{'|'.join(sorted(TITLES))})\b\.? +(?=[^\W\d_])", re.I
)
_FILLER = re.compile(r"(?<![\w'])(?:u+[hm]+|e+r+m?|hm+)(?![\w'])[\s,.]*+", re.I)
_APOSTROPHE = re.compile(r"(?<![\w'])([odl])[\s,.-]+apostrophe[\s,.-]+(?=[a-z](?![a-z]))", re.I)
_THE_THIRD = re.compile(r"(?<=\w),? the (?:second|third|fourth)(?=\W|$)(?! \w)", re.I)
_SURNAME_FIRST = re.compile(rf"\W*({WORD})[,.]* ({WORD} \1)(?![\w'])", re.I)  # "Friday. Joe Friday"
_TAKEN_BACK = re.compile(r"^(?:\W*\b(?:sorry|i mean|no|actually|make that|or rather)\b)*\W+", re.I)
# A question of the caller's holds no bare name: "do you work on Trane systems".
_ASKS = re.compile(
    r"\b(?:do|does|did|can|could|are|is|was|will|would|have|has|should)\s+(?:you|y'all|i|we|they|it|he|she|that"
    r"|this|there|the|your)\b"
    r"|^\W*(?:(?:and|so|but|well|oh|okay|first|before that)\W+)*(?:what|when|where|why|how|which|whose)\b",
    re.I,
)
# Of places that callers name in front of their ZIP: "Round Rock, 78664".
_PLACES = frozenset(
    "north south east west austin texas round rock cedar park branch cave springs valley hills creek ranch lake lakeway"
    " county city mall plaza center church school clinic apartments office san marcos travis kyle buda hyde barton".split()
)
_LEAD = frozenset(
    "um uh oh well so hi hello hey yeah yes yep sure ok okay right and please just actually sorry no sir maam ma'am it"
    " is its it's that that's that'd that'll would be name my first you can put under for this thanks alright let's"
    " see huh mhmm hmm yea".split()
)
_GREETING = _LEAD | {"there", "good", "morning", "afternoon", "evening"}


def read_name(raw: str, question: Question | None, known: str = "") -> str:
    """The name in the caller's words, "" for none; capitals are set where the recogniser left them out.

    `known` is the name so far, which "without the h", "with a K" or "my last name is Smyth" changes in one word. Read
    with the recogniser's marks and without: "Kyle, Jennings" is one name, and nothing behind one becomes a part of it.
    """
    marked, bare = (_reading(text, question, known) for text in (raw, unmarked(raw).text))
    if not marked or known or not {*fold(marked).split()} < {*fold(bare).split()}:
        return marked or bare
    written, more = {*re.findall(WORD, raw)}, {*fold(bare).split()} - {*fold(marked).split()} - PARTICLES
    if marked.split()[0] in written and more & written:
        return marked  # "Ofelia Zurita, y vivo en": whoever writes capitals gives every part of a name one.
    text = fold(unmarked(raw).text)
    return bare if ends_here(min((text.rpartition(word)[2] for word in fold(bare).split()), key=len)) else marked


def _reading(raw: str, question: Question | None, known: str) -> str:
    """The name as one reading of the turn has it."""
    raw = _APOSTROPHE.sub(r"\1'", _FILLER.sub(" ", raw.replace("\u2019", "'")))
    raw = _THE_THIRD.sub("", _TITLE.sub("", " ".join(raw.replace("\u2014", ", ").split())))
    if known and (name := amended(raw, known)):
        return name
    asked = question in NAME_QUESTIONS
    said = without_spelling(raw)
    name = _read(said, question, asked)
    if asked and name and " " not in name and " " in (full := _introduced(said, _UNDER)):
        name = full  # "I go by Bubba, it's under Robert Hargrove"
    last = _last_name(said)
    if asked and not last and name and " " not in name and (first := _FIRST_NAME.search(said)):
        last = _read(said[: first.start()], question, asked)  # "It's Lo, first name Wing"
    if name and last and fold(last) not in fold(name):
        name = f"{name} {last}"
    spelled = spelled_words(raw)
    if known:
        return _in_known(raw, known, name, last, spelled, question)
    name = _in_full(" ".join(said_last(name.split())), raw)
    if spelled and (asked or name):
        name = with_spelling(name, spelled)
    if asked and " " not in name and (full := _said_in_full(raw)):
        name = with_spelling(full, spelled) if spelled else full
    return _if_valid(name)


def name_as_said(raw: str) -> str:
    """What was said as the name, when it was asked for again and no rule finds one (L3): up to three words."""
    words = re.findall(rf"{WORD}|[^\W_]+", raw)
    words = _begun(words, _LEAD | {"i", "said", "told"})
    refused = {"please", "not", "don't", "no", "why", "what", "you", "your", "i", "the"}
    if not 1 <= len(words) <= 3 or refused & {*map(fold, words)} or not all(word.isalpha() for word in words):
        return ""
    return " ".join(map(title, words))


def _in_full(name: str, raw: str) -> str:
    """The name with its last name, when it is said again with one: "June, like the month, June Castleberry"."""
    for match in re.finditer(rf"(?<![\w']){re.escape(name)} ", raw, re.I) if name else ():
        full = leading_name(raw[match.start() :])
        if len(full) > len(name) and ends_here(raw[match.start() + len(full) :]):
            name = full
    return name


def _said_in_full(raw: str) -> str:
    """A first and a last name with capitals that are the turn's last clause: "everybody says Zeke, Zeke Tatum"."""
    clause = re.split(r"[.,!?;]\s*", raw.strip(" .,!?"))[-1]
    words = clause.split()
    named = len(words) in (2, 3) and all(word[:1].isupper() and len(word) > 1 for word in words)
    return clause if named and leading_name(clause) == clause and not _PLACES & {*map(fold, words)} else ""


def tells_who_calls(raw: str, name: str, known: str) -> bool:
    """Whether `name` is who calls, beside the known one whom the visit is for: "I'm Patty", "this is her son Ed"."""
    if not (name and known) or {*fold(name).split()} & {*fold(known).split()}:
        return False
    introduced = _introduced(raw, _I_AM, Doubt.NONE) or _introduced(raw, _THIS_IS, Doubt.NONE)
    return name in introduced or _OF_THE_OTHER.search(raw) is not None


def changes_name(name: str, known: str) -> bool:
    """Whether `name` is the known name with some of its words changed or added."""
    return bool(name and known) and name != known and bool({*fold(name).split()} & {*fold(known).split()})


def _read(raw: str, question: Question | None, asked: bool) -> str:
    """The name as it is introduced or answered, spellings left aside."""
    named = asked or re.search(r"\bname\b", raw, re.I) is not None
    others = _OTHERS_NAME.search(raw)
    if others and question not in _NAMES_OF_OTHERS:
        return _introduced(raw[: others.start()], _MY_NAME, Doubt.INTRODUCED)
    return (
        _introduced(raw, _MY_NAME, Doubt.INTRODUCED)
        or _introduced(raw, _THIS_IS, Doubt.NONE if asked else Doubt.ORDINARY)
        or _introduced(raw, _I_AM, Doubt.ORDINARY if asked else Doubt.FIRST_NAME)
        or _speaking(raw)
        or (_introduced(raw, _HERE_IS, Doubt.FIRST_NAME) if question in _OPEN else "")
        or _introduced(raw, _LISTED, Doubt.NONE if asked else Doubt.FIRST_NAME, full=True)
        or _introduced(raw, _IT_IS_FOR, Doubt.NONE if asked else Doubt.COMMON, full=True)
        or (_introduced(raw, _ON_SITE) if question is Question.SITE_CONTACT else "")
        or (_introduced(raw, _UNDER) if named else "")
        or (_bare(raw, question) if asked else "")
        or (_introduced(raw, _SOMEBODY_IS, Doubt.FIRST_NAME, full=True) if asked else "")
        or (_introduced(raw, _IT_IS) or _introduced(raw, _WOULD_BE) if named else "")
        or (_in_front_of_number(raw) if question in _OPEN else "")
    )


def _in_known(raw: str, known: str, name: str, last: str, spelled: list[str], question: Question | None) -> str:
    """What the turn makes of the known name: one word of it changes, or another name takes its place."""
    if spelled and any(replaced(known, word) for word in each_spelled(known, spelled)):
        return _if_valid(with_spelling(known, spelled))
    words = known.split()
    if last and len(words) > 1 and last not in words and name in ("", last, *(f"{n} {last}" for n in words)):
        return _if_valid(" ".join([*words[:-1], last]))
    if (first := _FIRST_NAME.search(raw)) and len(words) > 1 and not last and (given := leading_name(first[1])):
        return _if_valid(" ".join([given, *words[1:]]))
    if (match := _NOT_THIS.search(raw)) and replaced(known, match[1]):
        return _if_valid(replaced(known, match[1]).replace(match[1], leading_name(match[2]) or match[1]))
    name = name or _corrected_to(raw, known, question)
    if not name:
        return ""
    if " " not in name and len(words) > 1:
        if name in words:
            return known
        name = replaced(known, name) or name
    elif spelled:
        name = with_spelling(name, spelled)
    return _if_valid(name)


def _corrected_to(raw: str, known: str, question: Question | None) -> str:
    """The name in "it's Jon": one like the known name, or a first name where corrections are expected."""
    for match in (m for opening in (_IT_IS, _I_SAID, _UNDER) for m in opening.finditer(raw)):
        rest = raw[match.end() :]
        name = leading_name(rest, Doubt.ORDINARY)
        if not name or not ends_here(rest[len(name) :]):
            continue
        name = _corrected(name, rest)
        first = question in _CORRECTIONS and fold(name.split()[0]) in FIRST_NAMES
        if first or replaced(known, name) or changes_name(name, known):
            return name
    return ""


def _if_valid(name: str) -> str:
    return name if valid_name(name) else ""


def _last_name(raw: str) -> str:
    match = _IS_LAST_NAME.search(raw) or _LAST_NAME.search(raw)
    if match and (fold(match[1]) in SURNAMES_TOO or (match[1][:1].isupper() and "'s" in match[0])):
        return title(match[1])
    return leading_name(match[1]) if match else ""


def _introduced(raw: str, opening: re.Pattern[str], doubt: Doubt = Doubt.NONE, *, full: bool = False) -> str:
    """The last name behind an opening, when it is not negated ("my name is not Gregory"); the first "I'm ...".

    `full`: a first and a last name, and nothing else.
    """
    found = list(opening.finditer(raw))
    for match in found if opening is _I_AM else reversed(found):
        rest = raw[match.end() :]
        name = leading_name(rest, doubt)
        ends = ends_here(rest[len(name) :]) or not (full or (doubt is Doubt.FIRST_NAME and rest[:1].islower()))
        if name and ends and (" " in name or not full):
            return _corrected(name, rest)
    return ""


def _corrected(name: str, behind: str) -> str:
    """ "Owen, Owen Hart" and "Kim, sorry, Kimberly Tran": the later one, when it is the same name or the first is taken back."""
    rest = behind[len(name) :] if fold(behind).startswith(fold(name)) else ""
    match = _TAKEN_BACK.match(rest)
    if not match or not re.match(r"\W*[,.\w]", rest):
        return name
    later = leading_name(rest[match.end() :])
    back = {*re.findall(r"\w+", fold(match[0]))}
    if back == {"no"} and not (rest[match.end()].isupper() or fold(later.split(" ")[0]) in FIRST_NAMES):
        return name  # "Maricela Duarte, no calienta la ..."
    same = bool({*fold(name).split()} & {*fold(later).split()})
    return later if later and (back or (same and len(later) > len(name))) else name


def _speaking(raw: str) -> str:
    """ "Maria here": behind a greeting, and every word of it a name."""
    match = _SPEAKING.search(raw)
    words = _begun(match[1].split()) if match else []
    name = leading_name(" ".join(words), Doubt.FIRST_NAME)
    ordinary = len(words) == 1 and fold(name).endswith(ORDINARY_ENDINGS)
    sure = fold(name).split(" ")[0] in FIRST_NAMES or (name == " ".join(words) and not ordinary)
    return name if sure and len(name.split()) == len(words) else ""


def _begun(words: list[str], lead: Set[str] = _GREETING) -> list[str]:
    """The words without those that a sentence begins with."""
    return list(dropwhile(lambda word: fold(word).strip(",.") in lead, words))


def _bare(raw: str, question: Question | None) -> str:
    """A name as the whole first clause of an answer: "Jonas", "yeah, Jonas Weber, and my number is ..."."""
    behind = AFTER_NAME | ({"will", "can", "should", "lives"} if question is Question.SITE_CONTACT else frozenset())
    if (match := _SURNAME_FIRST.match(raw)) and len((name := leading_name(match[2])).split()) == 2:
        return name
    position = 0
    for clause in re.split(r"[.,!?;]", raw):
        position += len(clause) + 1
        words = clause.split()
        if fold(clause).strip().startswith("not ") or _ASKS.search(clause):
            continue
        while words and fold(words[0]) in _LEAD - PARTICLES and not ordinary_first_name(words):
            words.pop(0)
        if not words:
            continue
        name = leading_name(" ".join(words))
        if raw[:1].isupper() and " ".join(words).islower() and fold(name) not in FIRST_NAMES:
            return ""  # "Please hurry": whoever writes capitals gives a name one.
        rest = words[len(name.split()) :]
        if name and (not rest or fold(rest[0]) in behind or not rest[0].isalpha() or len(rest[0]) == 1):
            return _corrected(name, " ".join(words) + raw[position - 1 :])
        if not re.search(r"\bname\b", clause, re.I):
            return ""
    return ""


def _in_front_of_number(raw: str) -> str:
    """A common first name and a last one at the start of the call, before a ZIP or an address: "yeah so Maria Lopez, 78704"."""
    words = _begun(raw.split())
    name = leading_name(" ".join(words), Doubt.FIRST_NAME)
    count = len(name.split())
    behind = fold(words[count]).strip(",.") if 1 < count < len(words) else ""
    if not is_number(behind) or _PLACES & {*fold(name).split()}:
        return ""
    return name if fold(words[0]) in FIRST_NAMES or all(word[:1].isupper() for word in words[:count]) else ""


__all__ = ["NAME_QUESTIONS", "changes_name", "read_name", "valid_name"]
