"""Speech cut into clauses without the help of punctuation, and how far a negation in one reaches.

The recogniser's marks only help; a clause also begins with a new subject or a "but" ("no heat it smells like gas").
A negation denies what follows as long as only words lie between that can lie there; the word that it is about ("no
heat", "won't light") uses it up, and an unknown one leaves it open. What is said is none of this module's business.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from understanding.text.numbers import at
from understanding.text.plain import MARKS

_I = frozenset("i we he she they".split())
_IT = frozenset(
    "it this something everything nothing everyone everybody nobody somebody someone there hay that".split()
)
_THE = frozenset("the my our his her their your one another".split())
_FINITE = frozenset(
    "is are was were has have had does did do will would can could might may must should smells smelled smelt"
    " stinks reeks keeps kept started starts stopped stops just really still also always never only looks looked"
    " sounds sounded feels seems went goes comes came got gets makes made turned blows runs ran quit died caught"
    " detects says un una mucho humo olor fuego".split()
)
_THE_FINITE = frozenset(
    "is are was were has keeps kept smells stinks reeks started stopped caught went will did does quit died says"
    " sounds looks came".split()
)
_BREAKS = frozenset(
    "but though although however except besides because cause cuz so then until while unless if pero porque"
    " aunque nope yes yeah".split()
)
_LINKS = frozenset(
    "think thinks thought believe believes suppose guess say says said know knows tell tells hope sure afraid"
    " scared worried maybe if whether that what where why how when whenever who which as like than because and or"
    " but so since after before until while once time minute moment day way y que si cuando porque pero creo _".split()
)
_IT_LINKS = _LINKS | frozenset("to of for with at from about by let smell see hear notice".split())
_THE_LINKS = _IT_LINKS | frozenset(
    "in on off out over under near through into inside behind is are was were do does did have has had get got"
    " smelling seeing hearing noticed check fix turn turned any all both only just not no".split()
)
_INVERTS = frozenset("do does did is are am was were can could would will should have has had may might".split())
_ASKS = frozenset("is are was do does did can could would will should".split())
_BIDS = frozenset({("do", "it"), ("do", "that"), ("do", "this"), ("have", "a")})  # "Let's do that", "have a good day"
_QUESTION_WORDS = frozenset("what why how when where who which".split())
_BEFORE_INVERSION = _QUESTION_WORDS | frozenset("and but so or then yes no yeah well hey hi hello ok okay".split())
_PERCEIVE = frozenset("smell smelling smelled see seeing saw hear hearing heard noticed noticing".split())
_PHRASAL = frozenset("go goes going went gone come comes coming came turn turns turned shut kick kicks kicked".split())
_SO_WHAT = frozenset("bad strong much many hot cold far loud long badly high".split())
_OR_SO = frozenset("anything nothing something".split())
_AND_THEN = frozenset(
    "smells smell smelled smelling stinks reeks making makes is has keeps now then there huele hay my our the"
    " that everything nothing".split()
)

NEGATORS = frozenset(
    "not no never without none neither nor nobody nothing zero sin ni ningun ninguna tampoco nunca nada".split()
)
_OF_NOBODY = frozenset("tiene esta con le mareado mareada".split())  # Behind "nadie", which else begins what is told
_YES = frozenset("yes yeah yep yup yea si".split())
_ANSWERED = frozenset(
    "i it we there they he she you this that my our the is a an some just only yes yeah yep actually wait si una"
    " un maam sir".split()
)
_STOPS = _YES | frozenset(
    "just only but with from because due plus mostly mainly more except besides however though still now solo".split()
)
_REOPENS = frozenset("or nor ni either o neither".split())
_USES_UP = frozenset(
    "heat heating heater heaters ac air cooling cool cold warm hot water power working work works blowing blow"
    " turning turn come running run starting start kicking kick shutting shut keeping keep kept putting doing"
    " functioning responding longer idea rush lights light electricity airflow lit igniting ignite spinning moving"
    " draining luck money appointment answer answering help want need care mind worry panic hang hurry wait take"
    " stand live sleep stay afford pay remember use used using touch open call called find figure fix charge"
    " furnace unit thermostat system matter fan lower raise sit breathe cook leave left prende enfria calienta"
    " funciona sirve aire calor frio calefaccion luz quiero necesito".split()
)
_BETWEEN = frozenset(
    "i we you he she they it that this there me us him her them a an the any some no none my our your in on of to"
    " for at by like as or nor and either neither do does did be is are was were been being am have has had having"
    " can could will would should may might get getting got gotten think believe feel say see seeing seen smell"
    " smelling smelled smells smelly hear hearing heard notice noticing noticed detect detecting sense sensing"
    " find catch catching pick picking really actually even ever all anything anyone anybody nothing something"
    " else kind sort type sign signs trace traces hint whiff bit amount little visible noticeable obvious actual"
    " such thing strange weird funny odd bad saw black white gray grey thick heavy big dark strong unusual foul"
    " odor odors scent scents gas gassy propane natural smoke smoking smoky burning burnt burned fire flames flame"
    " sparks sparking fumes carbon monoxide dioxide co alarm alarms detector detectors sensor leak leaks leaking"
    " rotten egg eggs sulfur sulphur electrical plastic rubber wire wires one body person house home place here"
    " going off went gone beeping sounding up out around right now currently today yet so far ni o de del el la"
    " los las que un una ningun ninguna huele huelo oler olor hay veo ver se y quemado humo fuego monoxido nada"
    " algo".split()
)


class Reach(Enum):
    """What the negations before a word do to it."""

    NONE = "none"
    DENIES = "denies"
    OPEN = "open"  # A word between that is not known: it may be denied or not


@dataclass(frozen=True)
class Clause:
    """The words of one clause, the mark behind it ("", ",", "." or "?"), and which word of the text it begins with."""

    words: tuple[str, ...]
    mark: str = ""
    at: int = 0

    @property
    def text(self) -> str:
        """The words as plain text."""
        return " ".join(self.words)

    @property
    def denies(self) -> bool:
        """Whether a negator is in it; what it reaches is `reach`."""
        return not NEGATORS.isdisjoint(self.words)

    @property
    def asks(self) -> bool:
        """Whether it is a question by its mark or its word order."""
        words = [w for w in self.words[:4] if w not in ("and", "but", "so", "well", "hey", "hi", "hello", "ok", "okay")]
        if self.mark == "?" or not words:
            return bool(words)
        follows = at(words, 1)
        if words[0] in ("define", "explain", "describe"):
            return True
        if (words[0], follows) in _BIDS:
            return False
        if words[0] in _QUESTION_WORDS:
            return follows in _INVERTS | {"if", "about", "to", "kind", "happens", "causes", "come", "much"}
        return words[0] in _INVERTS and follows in _I | _IT | _THE | {"you", "any", "anyone", "a", "these"}


def cut(text: str) -> list[Clause]:
    """The clauses of the plain `text`, none of them empty."""
    return list(_cut(text))


@lru_cache(maxsize=32)  # Several readers ask for the same words of a turn.
def _cut(text: str) -> tuple[Clause, ...]:
    words = text.split()
    found: list[Clause] = []
    current: list[str] = []
    for i, word in enumerate(words):
        if word in MARKS:
            if current:
                found.append(Clause(tuple(current), word, i - len(current)))
            current = []
            continue
        if current and _begins(words, i, current):
            found.append(Clause(tuple(current), at=i - len(current)))
            current = []
        current.append(word)
    if current:
        found.append(Clause(tuple(current), at=len(words) - len(current)))
    return tuple(found)


def _begins(words: list[str], i: int, current: list[str]) -> bool:
    """Whether a clause begins at word `i`, behind the `current` words of the one before."""
    word, before = words[i], words[i - 1]
    after = at(words, i + 1)
    if current[-2:-1] == ["or"] and before in _OR_SO and word in _I | _IT | _THE | _BREAKS:
        return True  # "No smell or anything the ..."
    if word in _BREAKS:
        if (word, before) in (("if", "as"), ("while", "a")):
            return False
        if word == "so":
            return after not in _SO_WHAT and before not in ("think", "believe", "guess", "hope", "afraid", "say")
        return not (word in _YES and after in ("", ",", ".", "?"))
    if word == "and" or word == "y":
        return after in _I | _AND_THEN or (after in _IT and at(words, i + 2) in _FINITE)
    if word == "now":
        return after in _I | _IT | _THE | _AND_THEN and before not in ("right", "and", "but", "not")
    if word == "maybe":
        return after in _I | _IT
    if word in _ASKS and after in ("that", "this", "it", "there", "you", "someone", "somebody", "anyone"):
        states = at(words, i + 2) in _I | _IT | _THE | _FINITE  # "The problem is that it smells"
        return not states and before not in _LINKS | _I | _IT | {"you", "not", "no"} and len(current) > 1
    inverted = before in _INVERTS and (len(current) == 1 or current[-2] in _BEFORE_INVERSION)
    if inverted:
        return False
    if word in _I:
        k = 2 if after in ("am", "are", "can", "keep", "do") else 1
        names_it = at(words, i + k) in _PERCEIVE and at(words, i + k + 1) in MARKS | {""}  # "gas I smell"
        return before not in _LINKS and not names_it
    if word == "you":
        return before not in _IT_LINKS | _INVERTS and after in ("can", "could", "smell", "see", "know")
    if word == "hay" and before == "no":
        return False
    if word in _IT:
        closes = before == "all" and at(words, i + 2) in MARKS | {""}  # "That's all it is"
        return before not in _IT_LINKS and after in _FINITE and not closes
    if word in _THE:
        phrasal = before in ("off", "on", "out", "up", "down", "back", "over") and current[-2:-1] != []
        linked = before in _THE_LINKS and not (phrasal and current[-2] in _PHRASAL)
        return not linked and any(at(words, i + k) in _THE_FINITE for k in (2, 3, 4))
    return False


def word_at(text: str, found: re.Match[str]) -> int:
    """Which word of the plain `text` a match in it begins with."""
    return text.count(" ", 0, found.start())


def reach(words: tuple[str, ...], i: int) -> Reach:
    """What the negations before word `i` of a clause do to it."""
    for j in range(i - 1, -1, -1):
        word = words[j]
        nobody = word == "nadie" and words[j + 1] in _OF_NOBODY
        if nobody or (word in NEGATORS and not (word == "no" and words[j + 1] in _ANSWERED)):
            return _over(words[j + 1 : i])
        if word in _STOPS or (word == "no" and j + 1 < i):
            return Reach.NONE
    return Reach.NONE


def _over(between: tuple[str, ...]) -> Reach:
    """What a negation does beyond the words `between`."""
    result = Reach.DENIES
    for k, word in enumerate(between):
        if word in _REOPENS:
            result = Reach.DENIES
        elif (word in ("and", "y") and any(w not in _BETWEEN for w in between[:k])) or word in _USES_UP:
            result = Reach.NONE
        elif word not in _BETWEEN and result is Reach.DENIES:
            result = Reach.OPEN
    return result
