"""A second judge of a sentence, learnt from labelled ones: how likely it claims what only a record may say.

The rules (cover.py) know what they name; this knows what is like it. It lets pass what no rule knows if it is almost
surely harmless, and refuses what only looks like sympathy if it is almost surely a claim. It never judges a sentence
that states a time, a number, a price, a ZIP code or an address, nor one that is said to somebody who speaks of danger:
those are the rules' alone. `python -m bench.learn_guard` learns the weights anew and says how good they are. Pure.
"""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from conversation.guard.words import DOUBTFUL, kind_of

WEIGHTS = Path(__file__).with_name("learned.bin")
PLACES = 1 << 18
HARMLESS_BELOW, SURELY_HARMLESS_BELOW, CLAIM_ABOVE = 0.01, 0.001, 0.95
LEAST_WORDS = 4
WORDS_IN_A_ROW = 3
LETTERS_IN_A_ROW = (3, 4, 5)

_TOKEN = re.compile(r"[\w']+|[,.?!$]")
_ASKS = re.compile(
    r"(?:^|,)(?: (?:and|so|but|now|then|first|tell me))* ?(?:(?:in|at|to|on|under|about|for|by|from|with) )?"
    r"(?:whereabouts|what|who|whom|whose|where|when|which|how|why|is|are|was|do|does|did|can|could|may|might|shall"
    r"|should|would|will)\b[^,]*(?:, [^,]*)?\?$"
)
_STATED = re.compile(r"xx(?!name|theirs|biz|days|asap)|\d")


def states(words: str) -> bool:
    """Whether a sentence, as `known.words_of` has it, states a time, a number or a place."""
    return _STATED.search(words) is not None


def harmless(text: str, words: str) -> bool:
    """Whether a sentence that no rule knows almost surely claims nothing.

    Args:
        text: The sentence as the voice would say it.
        words: The same, what the record backs as marks.
    """
    doubtful = any(kind_of(word) in DOUBTFUL for word in words.split())
    return likelihood(text, words) < (SURELY_HARMLESS_BELOW if doubtful else HARMLESS_BELOW)


def claims(text: str, words: str) -> bool:
    """Whether a sentence that the rules take for sympathy almost surely claims something; a bare question does not."""
    said = _before_it_asks(text.lower())
    return len(said.split()) >= LEAST_WORDS and likelihood(text, words) > CLAIM_ABOVE


def likelihood(text: str, words: str) -> float:
    """How likely the sentence, or what it says before it asks, claims what only a record may say: from 0 to 1."""
    scale, weights = _used
    scores = (
        sum(weights[place] * value for place, value in pieces.items()) * scale for pieces in both_pieces(text, words)
    )
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, max(scores)))))


def both_pieces(text: str, words: str) -> tuple[dict[int, float], dict[int, float]]:
    """Of each piece of the sentence, and of what it says before it asks, its place among the weights and how much it
    counts."""
    text = text.lower()
    return _pieces(text, words), _pieces(_before_it_asks(text), _before_it_asks(words))


def _before_it_asks(text: str) -> str:
    asks = _ASKS.search(text)
    return text[: asks.start()] if asks and asks.start() else text


def _pieces(text: str, words: str) -> dict[int, float]:
    found: dict[int, float] = {}
    said = ["<", *_TOKEN.findall(text), ">"]
    kinds = (
        {f"w {run}" for run in _runs(said)},
        {f"m {run}" for run in _runs(["<", *words.split(), ">"])},
        {f"c {part}" for word in said for part in _parts(f" {word} ")},
    )
    for kind in kinds:
        value = 1 / math.sqrt(len(kind))
        for piece in kind:
            place = zlib.crc32(piece.encode()) % PLACES
            found[place] = found.get(place, 0.0) + value
    return found


def _runs(words: Sequence[str]) -> Iterator[str]:
    return (
        " ".join(words[i : i + size]) for size in range(1, WORDS_IN_A_ROW + 1) for i in range(len(words) - size + 1)
    )


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
