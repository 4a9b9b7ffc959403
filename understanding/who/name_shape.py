"""What a name looks like: which words at the start of a text are one, and whether a value can be one.

A mark or an ordinary word ends a name; an ordinary word that is a surname too ("Mia Long") belongs to it where a name
may end. `Doubt` says how much a word must show to be believed. How names are introduced is not known here.
"""

import re
from enum import IntEnum
from itertools import dropwhile

from understanding.text.numbers import is_number
from understanding.text.plain import fold, title
from understanding.who.first_names import FIRST_NAMES
from understanding.who.name_words import (
    BRANDS,
    FIRST_NAMES_ALONE,
    FIRST_NAMES_TOO,
    NOT_BEHIND_A_NAME,
    NOT_NAMES,
    ORDINARY_ENDINGS,
    PARTICLES,
    SENTINEL_PHRASES,
    SENTINELS,
    SURNAMES_TOO,
    TITLES,
)

WORD = r"[^\W\d_][\w'\u2019]*(?:-[^\W\d_][\w'\u2019]*)*"
AFTER_NAME = frozenset(
    "and at is my from with here speaking calling i i'm that's it's without in over on about but not who he she his"
    " her thank thanks please".split()
)
_INITIALS = re.compile(r"\W*(?!i\b)([^\W\d_])(?:\. ?| )([^\W\d_])\.? +(?=([^\W\d_]{2}[\w'\u2019-]*)\W*$)", re.I)
_SPELLED = re.compile(r"[a-z](?:['-][a-z])+", re.I)
_CONTRACTION = re.compile(r"(?:i|we|you|he|she|it|they|that|there|here|what|who|let|can|won|don)'")
_MAX_WORDS = 4
_MAX_CHARACTERS = 50


class Doubt(IntEnum):
    """How much it takes to believe that a word is a name."""

    INTRODUCED = -1  # "My name is ...": also an ordinary word in front of a last name
    NONE = 0  # Asked for: any word that is no ordinary one
    ORDINARY = 1  # "This is ...": no word that ends like an adjective, unless it has a capital
    FIRST_NAME = 2  # "It's ...": a common first name, or a capital in the middle of the sentence
    COMMON = 3  # "It's for ...": a common first name alone


def valid_name(value: str) -> bool:
    """Whether `value` can be a person's name: letters, no sentinel, no number, no sentence (conversation.md 4)."""
    words = [word for word in (w.strip(".,'\u2019") for w in fold(value).split()) if word]
    if len(words) > _MAX_WORDS + 2 or len(value) > _MAX_CHARACTERS or len("".join(words)) < 2:
        return False
    if " ".join(words) in SENTINEL_PHRASES or not SENTINELS.isdisjoint(words):
        return False
    words = list(dropwhile(TITLES.__contains__, words))
    letters = all(re.fullmatch(r"[^\W\d_](?:[^\W\d]|['-])*", word) for word in words)
    alone = len(words) == 1 and words[0] in NOT_NAMES - FIRST_NAMES_ALONE
    return letters and bool(words) and not alone and all(len(w) == 1 or _can_be_name(w, i) for i, w in enumerate(words))


def leading_name(text: str, doubt: Doubt = Doubt.NONE) -> str:
    """The words at the start of `text` that can be a name; a mark or an ordinary word ends it."""
    names: list[str] = []
    tokens = re.findall(rf"{WORD}|\S", text[: 4 * _MAX_CHARACTERS])
    ordinary = ordinary_first_name(tokens, lower=doubt is Doubt.INTRODUCED)
    initials = _INITIALS.match(text)
    if initials:
        names, tokens = [initials[1].upper(), initials[2].upper()], re.findall(rf"{WORD}|\S", text[initials.end() :])
    for i, token in enumerate(tokens):
        following = fold(tokens[i + 1]) if i + 1 < len(tokens) else "."
        if (names or not ordinary) and not _belongs(token, following, names, doubt):
            break
        names.append(token)
    while len(names) > 1 and (fold(names[-1]) in PARTICLES or len(names[-1]) == 1):
        names.pop()
    return " ".join(title(n) if fold(n) not in PARTICLES or not i else n for i, n in enumerate(names))


def ordinary_first_name(tokens: list[str], lower: bool = False) -> bool:
    """Whether a text begins with an ordinary word that is a first name to a last one: "Long Tran", "So Young Park"."""
    if len(tokens) < 2 or fold(tokens[0]) not in FIRST_NAMES_TOO - FIRST_NAMES_ALONE:
        return False
    ends = (i for i, t in enumerate(tokens) if i and (not re.fullmatch(WORD, t) or fold(t) in AFTER_NAME))
    name = tokens[: next(ends, len(tokens))]
    written = {t[:1].isupper() for t in name}
    if not 2 <= len(name) <= 3 or len(written) > 1 or not (lower or True in written):
        return False
    return not any(fold(t) in NOT_NAMES or _CONTRACTION.match(fold(t)) for t in name[1:])


def said_last(names: list[str]) -> list[str]:
    """A name that begins again is what was said last: "Owen Owen Hart", "Delgado Rosa Delgado"."""
    for i in range(len(names) - 1, 0, -1):
        if (before := [fold(n) for n in names[:i]]).count(fold(names[i])):
            return names[1:] if i == len(names) - 1 and before[-1] != fold(names[i]) else names[i:]
    return names


def ends_here(rest: str) -> bool:
    """Whether a name may end before `rest`."""
    word = fold(rest).split(maxsplit=1)[0] if rest.strip() else ""
    return len(word) < 2 or not word[0].isalpha() or word.strip(",.") in AFTER_NAME


def _belongs(token: str, following: str, names: list[str], doubt: Doubt) -> bool:
    """Whether a word belongs to the name that the words before it are, or begins one."""
    word = fold(token)
    counted = sum(fold(name) not in PARTICLES for name in names)
    if not re.fullmatch(WORD, token) or not _can_be_name(word, len(names)) or counted == _MAX_WORDS:
        return False
    if _SPELLED.fullmatch(token) or word.endswith("'s"):
        return False
    if not names:
        alone = word not in NOT_NAMES or (word in FIRST_NAMES_ALONE and following not in NOT_BEHIND_A_NAME)
        return len(word) > 1 and alone and _believed(word, token[:1].isupper(), doubt)
    if len(word) == 1 and len(following) == 1 != len(names[-1]):
        return False
    return word not in NOT_NAMES or not following.isalpha() or following in AFTER_NAME


def _can_be_name(word: str, place: int) -> bool:
    """Whether a folded word can stand at that place of a name."""
    if (is_number(word) and word not in PARTICLES) or _CONTRACTION.match(word):
        return False
    return word not in NOT_NAMES or word in (SURNAMES_TOO if place else FIRST_NAMES_TOO)


def _believed(word: str, capital: bool, doubt: Doubt) -> bool:
    if doubt <= Doubt.NONE or word in FIRST_NAMES:
        return True
    if word in BRANDS or doubt is Doubt.COMMON:
        return False
    return capital or (doubt == Doubt.ORDINARY and not word.endswith(ORDINARY_ENDINGS))
