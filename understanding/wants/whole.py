"""What leads into a clause, what ends it, and the clause that says one thing and nothing else.

One rule for every reader of a wish: a turn is cut into clauses, what leads into one and what ends it falls away, and
the rest has to be one of the reader's phrases as a whole. "My husband fixed it" is one, "he said my husband fixed it
wrong" is none. Plain text.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from understanding.answers.harmless import POLITE
from understanding.text.clauses import Clause, cut
from understanding.text.lexicon import CLASSES, HARMLESS, LEAD, NO_WORDS
from understanding.text.plain import Words, phrase, said
from understanding.text.utterance import Utterance

NOW = r"now|right now|then|today|tonight|yet|at this (?:time|point)|for now|first|again"
_LEADS = LEAD | {*"ah hey but no wait just first also because really listen goodness gosh wow remember".split()} - {"i"}
_MAY_ANSWER = CLASSES["agreement"] | CLASSES["courtesy"] | CLASSES["thanks"] | NO_WORDS
_ENDS = CLASSES["courtesy"] | {
    *"thanks though so already anymore actually really right correct ok okay yes yeah huh instead anyway".split()
}
_BESIDE = (HARMLESS | CLASSES["negator"]).union(
    "bother bothering trouble for about wasting time your anyway though but know what got go gotta have having night"
    " day one now that at help huh then checking making make set".split()
)


def _one_of(words: frozenset[str]) -> str:
    return "|".join(sorted(words))


# What leads in and is no word that may answer what was asked
INTRO = (
    rf"(?:{_one_of(_LEADS - _MAY_ANSWER)}|excuse me|sorry|(?:hold|hang) on|on second thought|you know what|by the way"
    r"|for the record|in that case|to be clear|i (?:think|guess|mean|said|assume|take it)|like i said|i told you"
    r"|(?:it )?(?:looks|turns) (?:like|out)|never mind|my apologies|(?:can|could|may) i ask(?: you)?(?: something)?"
    r"|i have a question|(?:real |one )?quick(?: question)?|one (?:more )?(?:question|thing|time)"
    r"|(?:just )?(?:out of curiosity|curious)|before (?:i|we) (?:start|begin|go on|continue|say anything))"
)
_BEFORE = rf"(?:{INTRO}|{_one_of(_MAY_ANSWER)}|thank you)"
_BEHIND = (
    rf"(?:{_one_of(_ENDS)}|thank you|any longer|after all|by the way|at all|for (?:me|sure)|or (?:what|not|something))"
)
_LEADS_IN = phrase(rf"^{_BEFORE}(?: {_BEFORE})*$")


class Told(NamedTuple):
    """What the clauses of a turn say: their meanings, whether nothing else is said, whether the last one has one."""

    meanings: frozenset[str]
    covers: bool
    last: bool


def whole(*said: str, behind: str = NOW) -> Words:
    """A clause that says this and nothing else; `behind`: what else may end it."""
    return phrase(*(rf"^(?:{_BEFORE} )*(?:{clause})(?: (?:{_BEHIND}|{behind}))*$" for clause in said))


def read_whole(text: str, table: Mapping[str, Words]) -> Told:
    """What the plain `text` says of a table of whole clauses, by their meanings."""
    meanings: set[str] = set()
    covers, last = True, False
    for clause in _joined(cut(text), table):
        found = {name for name, words in table.items() if said(words, clause)}
        meanings |= found
        if found or not _says_nothing(clause):
            covers, last = covers and bool(found), bool(found)
    return Told(frozenset(meanings), covers, last)


def _joined(clauses: Iterable[Clause], table: Mapping[str, Words]) -> list[str]:
    """The clauses; where two say something of the table together, they were one."""
    found: list[str] = []
    for clause in clauses:
        both = f"{found[-1]} {clause.text}" if found else ""
        if any(said(words, both) for words in table.values()):
            found[-1] = both
        else:
            found.append(clause.text)
    return found


def _says_nothing(clause: str) -> bool:
    return said(_LEADS_IN, clause) or not Utterance(clause, clause).left(POLITE, _BESIDE)
