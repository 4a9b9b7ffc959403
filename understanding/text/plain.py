"""Text as the rules see it: plain words, clause marks, phrases that match whole words, and negation.

`plain()` gives lower-case words without accents or contractions, one space apart, with the marks `,` `.` `?` as
words of their own, so that every rule is a phrase over words and never a substring (R46, R90). It says nothing
about meaning.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

# Whose -ing is said -in': "it ain't coolin", "I smell burnin".
_STEMS = (
    "ask|bang|be|beep|blow|book|break|bring|burn|buzz|call|check|chirp|click|com|cook|cool|cycl|do|drip|driv|fall|feel"
    "|figur|fill|fix|flood|freez|gett|giv|go|grind|hav|hear|heat|help|hir|hiss|hold|hop|humm|kick|know|leak|leav|lett|liv"
    "|look|los|mak|melt|mess|mov|need|pay|pour|pull|putt|quitt|rattl|roast|runn|say|see|sell|send|show|sitt|sleep"
    "|smell|smok|spark|spinn|squeal|stand|start|stay|stopp|sweat|tak|talk|tell|think|tripp|try|turn|us|visit|wait|walk"
    "|want|watch|wonder|work|worry|noth|someth|anyth|everyth"
)
_CONTRACTIONS = [(re.compile(said), meant) for said, meant in (
    (r"\bcan't\b|\bcant\b|\bcannot\b", "can not"),
    (r"\bwon't\b|\bwont\b", "will not"),
    (r"\bain't\b|\baint\b", "is not"),
    (r"\b(do|does|did|is|are|was|were|have|has|had|could|would|should)n'?t\b", r"\1 not"),
    (r"\blet's\b|\blets\b", "let us"),
    (r"\b(that|there|what|it|he|she|who|where|how|here|everything|something)s\b", r"\1 is"),
    (r"\bi'?m\b", "i am"),
    (r"\bive\b", "i have"),
    (r"\b(you|we|they)'?re\b(?<!\bwere)", r"\1 are"),
    (r"\bo'? ?clock\b", "oclock"),
    (r"\bma'am\b", "maam"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"'d\b", " would"),
    (r"'s\b", " is"),
    (r"\bgonna\b", "going to"),
    (r"\bwanna\b", "want to"),
    (r"\bkinda\b", "kind of"),
    (r"\bsorta\b", "sort of"),
    (r"\bnevermind\b", "never mind"),
    (r"\bgood ?bye\b", "goodbye"),
    (r"\bm+ ?h+m+\b|\bu+h ?hu+h\b|\bm+ hm+\b", "mhmm"),
    (r"\ba[./ ]?c\b\.?", "ac"),
    (r"\bc\.? ?o\b\.?(?= ?(?:2 )?(?:alarm|detector|monitor|sensor|leak|poison))", "co"),
    (r"\b(a|p)\.? ?m\b\.?", r"\1m"),
    (r"(?<=\d)(am|pm)\b", r" \1"),
    (r"\ball right\b", "alright"),
    (r"\bany more\b", "anymore"),
    (r"\btune ?ups?\b", "tune up"),
    (r"\bnoon thirty\b", "twelve thirty pm"),
    (r"^(?:ten|10)[ -](?:four|4)\b(?! \w+ \w+)", "roger"),
    (rf"\b({_STEMS})in\b'?", r"\1ing"),
    (r"\b(noon|six|(?:\w+)(?:ty|teen)|one|two|three|four|five|seven|eight|nine|ten|eleven|twelve|\d+)ish\b", r"\1"),
)]  # fmt: skip
_HEADSHAKE = re.compile(r"\bnuh[ -]?uh\b|\b(?:uh|unh|mm)-(?:uh|unh|mm)\b")  # A no, where "uh uh" is a stammer.
_FILLERS = r"(?<!\S)(?:, )*(?:um+|uh+|er+|erm|ah+|hm+|like i said|you know)(?: +[,.])*(?!\S)"
_STEPS = [
    (re.compile(r"\s+"), " "),
    (_HEADSHAKE, "no"),
    (re.compile("-"), " "),
    (re.compile("[\u2013\u2014]"), " , "),
    (re.compile(r"(?<=\d)[,.](?=\d{3}\b)|(?<=\d{3})\.(?=\d{4}\b)"), ""),
    *_CONTRACTIONS,
    (re.compile(r"\?"), " ? "),
    (re.compile(r"[!;]|\.(?!\d)"), " . "),
    (re.compile(r",|:(?!\d)"), " , "),
    (re.compile(r"[^\w\s:,.?/']|_"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(_FILLERS), " "),
    (re.compile(r"\s+"), " "),
]

MARKS = frozenset({",", ".", "?"})
PRONOUNS = frozenset("i it we there they he she you this that my our the what is".split())
_NEGATORS = frozenset("not no never without none neither nor nobody nothing hardly except".split())
_BREAKERS = frozenset("but because so though although however then just until only".split())


def fold(text: str) -> str:
    """Lower case, no accents, straight apostrophes."""
    if text.isascii():
        return text.replace("`", "'").lower()
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("`", "'"))
    return "".join(c.lower() for c in folded if not unicodedata.combining(c))


@lru_cache(maxsize=32)  # Several rules ask for the same words of a turn.
def plain(text: str) -> str:
    """The words of `text`, one space apart; punctuation becomes the words `,`, `.` and `?`."""
    text = fold(text)
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text.strip()


@dataclass(frozen=True)
class Token:
    """A word of plain text, and what of the caller's text it stands for: `text[start:end]`."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of `plain(text)` with their places in `text`; of "don't" both words have the whole of it."""
    folded = ""
    at: list[tuple[int, int]] = []
    for i, char in enumerate(text):
        kept = fold(char)
        folded, at = folded + kept, at + [(i, i + 1)] * len(kept)
    for pattern, replacement in _STEPS:
        folded, at = _substituted(pattern, replacement, folded, at)
    return [Token(m[0], at[m.start()][0], at[m.end() - 1][1]) for m in re.finditer(r"\S+", folded)]


def _substituted(
    pattern: re.Pattern[str], replacement: str, text: str, at: list[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]]:
    """`pattern.sub` that keeps what every character stands for; of a replaced text each has the whole."""
    made, places, done = "", [], 0
    for match in pattern.finditer(text):
        new = match.expand(replacement)
        span = (at[match.start()][0], at[match.end() - 1][1]) if match[0] else (0, 0)
        made += text[done : match.start()] + new
        places += at[done : match.start()] + [span] * len(new)
        done = match.end()
    return made + text[done:], places + at[done:]


Words = re.Pattern[str]
"""What is looked for in a text."""


class _Later:
    """A pattern that is compiled when it is first used: hundreds of them are a tenth of a start."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    @cached_property
    def _compiled(self) -> Words:
        return re.compile(self.pattern, self.flags)

    def __getattr__(self, name: str) -> object:
        """As a pattern's; each is looked up once, and costs no more than a pattern's own then."""
        self.__dict__[name] = found = getattr(self._compiled, name)
        return found


_phrases: list[Words] = []


def pattern(text: str, flags: int = 0) -> Words:
    """A pattern that is compiled when it is first used, or by `compile_phrases`."""
    _phrases.append(cast("Words", _Later(text, flags)))
    return _phrases[-1]


def phrase(*alternatives: str) -> Words:
    """A pattern that matches any of the alternatives (regular expressions over `plain` text) as whole words."""
    return pattern(r"(?<!\S)(?:" + "|".join(alternatives) + r")(?!\S)")


def compile_phrases() -> None:
    """Ahead of the first turn that needs them: those of every module that is imported."""
    for one in _phrases:
        _ = one.search


def said(pattern: Words, text: str) -> bool:
    """Whether the plain `text` contains the phrase, negated or not."""
    return pattern.search(text) is not None


def affirmed(pattern: Words, text: str, window: int = 4) -> bool:
    """Whether the plain `text` contains the phrase at least once without a negation before it."""
    return any(not negated(text, match.start(), window) for match in pattern.finditer(text))


def negated(text: str, start: int, window: int = 4) -> bool:
    """Whether a negation governs what begins at `start` of the plain `text`: in its clause, at most `window` words before.

    A bare "no" in front of a pronoun ("no it's broken") answers something else and negates nothing.
    """
    before = text[:start].split()
    following = text[start:].split(maxsplit=1)[0] if text[start:].strip() else ""
    for steps, word in enumerate(reversed(before)):
        if steps >= window or word in MARKS or word in _BREAKERS:
            return False
        after = before[len(before) - steps] if steps else following
        if word in _NEGATORS and not (word == "no" and after in PRONOUNS):
            return True
    return False


def clauses(text: str) -> list[str]:
    """The plain `text` cut at its marks; empty clauses are left out."""
    return [clause for clause in (part.strip() for part in re.split(r"(?<!\S)[,.?](?!\S)", text)) if clause]


def title(word: str) -> str:
    """A name's word as written: the caller's own capitals stay, all lower case gets a capital ("o'brien" -> "O'Brien")."""
    if word != word.lower():
        return word
    return (
        re.sub(r"(^|['\u2019\-])(\w)", lambda m: m[1] + m[2].upper(), word) if "'s" not in word else word.capitalize()
    )
