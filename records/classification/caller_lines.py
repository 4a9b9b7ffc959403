"""What the caller said in a finished call, to look for words in: whole words, negation aware.

Matched on the caller's lines only: the agent's own safety question says gas, burning and smoke (R90). What words mean
for the dashboard is classify.py's.
"""

import re
from collections.abc import Iterator
from functools import cache

from call.session import CallSession, EntryKind

NEGATION_REACH = 40  # Characters before a match in which a negation of the same clause cancels it (conversation.md 6)

_NEGATION = re.compile(
    r"\b(?:not|never|none|nothing|neither|without|any|sin|ning[uú]n|\w+n't|no hay"
    r"|no(?! (?:it|it's|its|i|i'm|we|my|the|that's|there's|this|they|sir|ma'am|problem)\b))\b"
)
_CANT_BELIEVE = re.compile(r"can't (?:believe|stand)")
_CLAUSE_END = re.compile(r"[,.;:?!]|\b(?:but|and|because|so|pero|porque)\b")
_RETRACTED = re.compile(
    r"never ?mind|false alarm|(?:not|n't|no longer|no more)\b.{0,20}\b(?:now|anymore|any more)\b|ya no"
)
_PAST_ONLY = re.compile(r"\b(?:yesterday|last (?:week|month|year|summer|winter)|used to|years? ago|months? ago)\b")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Whole words; a word that may stand between them ("two big dogs") is no negation ("I have no dogs")."""
    between = pattern.replace(r"\w+ ", r"(?!(?:no|not|any|never|without)\b)\w+ ")
    return re.compile(rf"(?<!\w)(?:{between})(?!\w)")


class CallerLines:
    """The caller's lines, lower case, one after another."""

    def __init__(self, session: CallSession) -> None:
        lines = [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER]
        lines += [session.problem] if session.problem else []
        self.lines = [" ".join(line.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()) for line in lines]

    def matches(self, pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Matches of whole words that are not negated in their own clause, each with its line."""
        for line in self.lines:
            for match in _compiled(pattern).finditer(line):
                before = line[max(0, match.start() - NEGATION_REACH) : match.start()]
                clause = _CANT_BELIEVE.sub("", _CLAUSE_END.split(before)[-1])
                if not _NEGATION.search(clause):
                    yield line, match

    def has(self, pattern: str) -> bool:
        """Whether the caller said it."""
        return next(self.matches(pattern), None) is not None

    def count(self, pattern: str) -> int:
        """How many different words the caller said it with."""
        return len({match.group() for _, match in self.matches(pattern)})

    def hazard(self, pattern: str) -> bool:
        """Whether the caller reported it as a danger of now (X1)."""
        return any(not _RETRACTED.search(line) and not _PAST_ONLY.search(line) for line, _ in self.matches(pattern))
