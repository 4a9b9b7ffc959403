"""Utterance: one caller turn, read once: plain words, their places in the caller's text, their classes, clauses.

With and without the recogniser's marks: where a comma stands is a guess of the recogniser's, so what acts is read from
both. Says nothing about meaning.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

from understanding.text.clauses import Clause, cut
from understanding.text.lexicon import classes_of
from understanding.text.numbers import is_number, join, runs
from understanding.text.plain import MARKS, Token, Words, plain, tokens

_MARK = re.compile(r"(?!(?<=\d).\d)[,;:!.?\u00bf\u00a1\u2026\u2013\u2014]")  # Not inside "5:30" and "1,200"


@dataclass(frozen=True)
class Utterance:
    """A turn's text and its plain words; marks are words too."""

    text: str
    plain: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The plain words."""
        return tuple(self.plain.split())

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses, cut at marks and where a new one begins."""
        return tuple(cut(self.plain))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The plain words with their places in the caller's text."""
        return tuple(tokens(self.text))

    def places(self, pattern: Words) -> frozenset[int]:
        """The words that a phrase matches, by their places."""
        found: set[int] = set()
        for match in pattern.finditer(self.plain):
            first = self.plain.count(" ", 0, match.start())
            found |= set(range(first, first + len(match[0].split())))
        return frozenset(found)

    def left(self, phrases: Iterable[Words], words: Set[str]) -> tuple[str, ...]:
        """The words that neither a phrase covers nor are among `words`, in their order."""
        covered = frozenset().union(*(self.places(pattern) for pattern in phrases))
        return tuple(word for i, word in enumerate(self.words) if i not in covered and word not in words)

    def where(self, value: str) -> frozenset[int]:
        """The words that say something of a value, by their places: of "5311 Oak Road" also "fifty three eleven"."""
        words, numbers = words_and_numbers(value)
        return frozenset(i for i, word in enumerate(self.words) if word in words) | self.where_numbers(numbers)

    def where_numbers(self, numbers: Set[str]) -> frozenset[int]:
        """The words that are these numbers, in digits, and no other; "two eighty nine" is also 2 and 89."""
        found = {i for i, word in enumerate(self.words) if ":" in word and word.replace(":", "") in numbers}
        for run in runs(list(self.words)):
            if _made_of(self.words[run.start : run.end], numbers):
                found |= set(range(run.start, run.end))
        return frozenset(found)

    def without(self, spans: Sequence[tuple[int, int]]) -> str:
        """The caller's text with a full stop in the place of each span of words, so that nothing joins across it."""
        text = self.text
        for start, end in sorted(spans, reverse=True):
            text = f"{text[: self.tokens[start].start]} . {text[self.tokens[end - 1].end :]}"
        return text

    def classes(self, i: int) -> frozenset[str]:
        """The word classes of the word at `i`; "mark" for a mark."""
        return frozenset({"mark"}) if self.words[i] in MARKS else classes_of(self.words[i])


@lru_cache(maxsize=16)
def parse(text: str) -> Utterance:
    """Reads a caller's text."""
    return Utterance(text, plain(text))


@lru_cache(maxsize=16)
def unmarked(text: str) -> Utterance:
    """The same words without the recogniser's marks; every character keeps its place."""
    return parse(_MARK.sub(" ", text))


def words_and_numbers(value: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a value consists of as it may be said: plain words, and numbers as digits ("2:00" is 2 and 200)."""
    said = [word for word in plain(value).split() if word not in MARKS]
    clocks = {word for word in said if ":" in word}
    numbers = {run.digits for run in runs(said)} | {word.replace(":", "") for word in clocks}
    numbers |= {word.removesuffix(":00") for word in clocks if word.endswith(":00")}
    return frozenset(word for word in said if not is_number(word) and word not in clocks), frozenset(numbers)


def _made_of(words: Sequence[str], numbers: Set[str]) -> bool:
    """Whether the number words are one of the numbers, or several of them in a row."""
    words = [word for word in words if word not in MARKS]
    longest = 2 * max(map(len, numbers), default=0) + 2  # Words of one number: "seven hundred and five"
    ends = {0}  # How many words are read so far
    for end in range(1, len(words) + 1):
        if any(join(words[start:end]) in numbers for start in ends if end - start <= longest):
            ends.add(end)
    return len(words) in ends
