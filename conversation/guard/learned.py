"""A second judge of a sentence, learnt from labelled ones: how likely it claims what only a record may say.

The rules (cover.py) know what they name; this knows what is like it, in the words of the sentence, the marks of what
the record backs, and the classes of words. It lets pass what no rule knows if it is almost surely true or harmless, and
refuses what a rule lets pass if it is likely a claim. How sure it must be depends on what the rules make of the rest
(`Cover` and whether the caller asked something). It is never asked about a number that the record does not back, nor
about what is said to somebody who speaks of danger. `python -m bench.learn_guard` learns the weights anew and says how
good they are. Pure.
"""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from conversation.guard.known import Spoken
from conversation.guard.words import NEUTRAL, among, kind_of

WEIGHTS = Path(__file__).with_name("learned.bin")
PLACES = 1 << 18
WORDS_IN_A_ROW, CLASSES_IN_A_ROW, WORDS_APART = 3, 4, 5
LETTERS_IN_A_ROW = (3, 4, 5)

_TOKEN = re.compile(r"[\w']+|[,.?!$]")
# They are told apart within their classes: what they do to a statement is most of it.
_THEMSELVES = frozenset(
    "not no never nothing nobody none only if unless until and but or yes you we i they he she it that the technician"
    " , . ?".split()
)
_UNTRUE = re.compile(r"(?<!\S)(?!xx)\S*\d|xx(?:line|untrue|uncredited|elsewhere)")


def states(word: str, spoken: Spoken) -> bool:
    """Whether a word, as `known.words_of` has it, is a time or a number that nobody gave."""
    return word == "xxt" or (kind_of(word) == "count" and not spoken.is_theirs(word))


def untrue(words: str) -> bool:
    """Whether a number stands there in digits that the record does not back, or what is not so of this business."""
    return _UNTRUE.search(words) is not None


def likelihood(spoken: Spoken, words: str) -> float:
    """How likely the sentence claims what only a record may say: from 0 to 1.

    Args:
        spoken: The sentence, and what it is judged against.
        words: The same, what the record backs as marks: `known.words_of`.
    """
    scale, weights = _used
    score = sum(weights[place] * value for place, value in pieces(spoken, words).items()) * scale
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


def pieces(spoken: Spoken, words: str) -> dict[int, float]:
    """Of each piece of the sentence its place among the weights and how much it counts."""
    found: dict[int, float] = {}
    said = ["<", *_TOKEN.findall(spoken.text.lower()), ">"]
    marked = ["<", *words.split(), ">"]
    classes = ["<", *(_class(word, spoken) for word in words.split()), ">"]
    asked = "a" if "?" in spoken.last else "t"
    kinds = (
        {f"w {run}" for run in _runs(said, WORDS_IN_A_ROW)},
        {f"m {run}" for run in _runs(marked, WORDS_IN_A_ROW)},
        {f"c {part}" for word in said for part in _parts(f" {word} ")},
        {f"s {first} {second}" for first, second in _pairs(marked)},
        {f"k {run}" for run in _runs(classes, CLASSES_IN_A_ROW)},
        {f"{asked} {run}" for run in _runs(marked, 2)},
    )
    for kind in kinds:
        value = 1 / math.sqrt(max(1, len(kind)))
        for piece in kind:
            place = zlib.crc32(piece.encode()) % PLACES
            found[place] = found.get(place, 0.0) + value
    return found


def _class(word: str, spoken: Spoken) -> str:
    """What a word is like: its class, and whether the caller has said it."""
    if word.startswith("xx") or word in _THEMSELVES:
        return word
    return (kind_of(word) or ("_" if among(word, NEUTRAL) else "?")) + ("T" if spoken.is_theirs(word) else "")


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    return (" ".join(words[i : i + size]) for size in range(1, longest + 1) for i in range(len(words) - size + 1))


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((words[i], word) for i in range(len(words)) for word in words[i + 2 : i + WORDS_APART + 1])


def _parts(word: str) -> Iterator[str]:
    return (word[i : i + size] for size in LETTERS_IN_A_ROW for i in range(len(word) - size + 1))


def use(scale: float, weights: bytes) -> None:
    """Judge by these from now on: `scale` is what one step of a weight is; each is a byte with a sign."""
    global _used
    _used = scale, memoryview(weights).cast("b")


def learnt_from() -> str:
    """The digest of the sentences from which the kept weights were learnt."""
    return WEIGHTS.read_bytes().partition(b"\n")[0].split()[1].decode()


def _kept() -> tuple[float, memoryview]:
    head, _, body = WEIGHTS.read_bytes().partition(b"\n")
    if len(body) != PLACES:
        raise ValueError(f"{WEIGHTS.name} is not whole: python -m bench.learn_guard --write")
    return float(head.split()[0]), memoryview(body).cast("b")


_used = _kept()
