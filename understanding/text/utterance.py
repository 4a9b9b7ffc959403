"""Utterance: one caller turn, read once: plain words, their places in the caller's text, their classes, clauses.

With and without the recogniser's marks: where a comma stands is a guess of the recogniser's, so what acts is read from
both. Says nothing about meaning.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from understanding.text.clauses import Clause, cut
from understanding.text.lexicon import classes_of
from understanding.text.numbers import is_number, runs
from understanding.text.plain import MARKS, Token, plain, tokens

_MARK = re.compile(r"(?!(?<=\d).\d)[,;:!.?\u00bf\u00a1\u2026\u2013\u2014]")  # Not inside "5:30" and "1,200"


@dataclass(frozen=True)
class Utterance:
    """A turn's text and its plain words; marks are words too."""

    text: str
    plain: str

    @property
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

    def places(self, pattern: re.Pattern[str]) -> frozenset[int]:
        """The words that a phrase matches, by their places."""
        found: set[int] = set()
        for match in pattern.finditer(self.plain):
            first = self.plain.count(" ", 0, match.start())
            found |= set(range(first, first + len(match[0].split())))
        return frozenset(found)

    def where(self, value: str) -> frozenset[int]:
        """The words that say something of a value, by their places: of "5311 Oak Road" also "fifty three eleven"."""
        known = plain(value).split()
        said = {word for word in known if not is_number(word) and word not in MARKS}
        digits = {run.digits for run in runs(known)} | {word.replace(":", "") for word in known if ":" in word}
        digits |= {word.removesuffix(":00") for word in known if word.endswith(":00")}
        found = {i for i, word in enumerate(self.words) if word in said}
        for run in runs(list(self.words), across_marks=True):
            if run.digits in digits:
                found |= set(range(run.start, run.end))
        return frozenset(found)

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
