"""A part of the address told alone, behind its read-back: "it's 3340, not 3304", "apartment B".

A number alone may be many things: it is the house's only if it is set against the one that was read back, is called so,
stands in front of that street, or is all that a no goes on with. The result is read back in any case. Pure.
"""

import re

from understanding.text.lexicon import LEAD, NO_WORDS, YES_WORDS
from understanding.text.numbers import Run, at, runs
from understanding.text.plain import MARKS, plain

_KINDS = {"apt": "Apt", "ste": "Suite", "bldg": "Building"} | {
    kind: kind.capitalize() for kind in ("apartment", "unit", "suite", "building", "lot")
}
_BEFORE_ITS_NAME = frozenset("number letter is it to , .".split())
_NOT_ITS_OWN = frozenset("behind by near past to from of beside before parking a next".split())
_TELLS_OF_A_SYSTEM = frozenset("is was has does will not quit stopped too and".split())
_UNIT = re.compile(r"(?: (?:Apt|Apartment|Unit|Suite|Building|Lot)| #) ?\S+")
_HOUSE_NUMBER = re.compile(r"\d+[A-Z]?(?= )")
_CALLED = (("house", "number"), ("street", "number"), ("the", "number"))
_BESIDE = LEAD | NO_WORDS | YES_WORDS | MARKS | frozenset("it's its actually should be at number house 's".split())
_FEWEST_ALONE, _MOST_DIGITS = 3, 5


def amended_address(text: str, known: str) -> str:
    """The known address with the house number or the unit that the turn tells; "" where it tells neither."""
    words = plain(text).split() if known else []
    if number := _house_number(words, known):
        return _HOUSE_NUMBER.sub(number, known, count=1)
    if unit := _unit(words):
        return f"{_UNIT.sub('', known)} {unit}"
    return ""


def _unit(words: list[str]) -> str:
    for i, word in enumerate(words):
        if word not in _KINDS or at(words, i - 1) in _NOT_ITS_OWN:
            continue
        start = i + 1
        while at(words, start) in _BEFORE_ITS_NAME:
            start += 1
        run = next((run for run in runs(words) if run.start == start), None)
        end = run.end if run else start + 1
        letter = re.fullmatch(r"[a-z]|\d+[a-z]", at(words, start)) and at(words, end) in MARKS | {"", "please"}
        if (run or letter) and not (word == "unit" and at(words, end) in _TELLS_OF_A_SYSTEM):
            return f"{_KINDS[word]} {run.digits if run else at(words, start).upper()}"
    return ""


def _house_number(words: list[str], known: str) -> str:
    """The house number that is told in the place of the known one."""
    before = _HOUSE_NUMBER.match(known)
    if not before:
        return ""
    found = [run for run in runs(words) if len(run.digits) <= _MOST_DIGITS]
    others = [run for run in found if run.digits != before[0]]
    if len(others) != 1 or len(found) > 2:
        return ""
    number = others[0]
    against = len(found) > 1 and "not" in words and at(words, number.start - 1) != "not"
    if against or _is_called_so(words, number) or _stands_alone(words, number, plain(known).split()[1:]):
        return number.digits
    return ""


def _is_called_so(words: list[str], number: Run) -> bool:
    start = number.start - (at(words, number.start - 1) == "is")
    return tuple(words[max(0, start - 2) : start]) in _CALLED


def _stands_alone(words: list[str], number: Run, street: list[str]) -> bool:
    """Whether nothing but a no, or the street that was read back, is beside the number."""
    beside = {*words[: number.start], *words[number.end :]}
    named = not beside.isdisjoint(street) and at(words, number.end) in street
    alone = len(number.digits) >= _FEWEST_ALONE and not beside.isdisjoint(NO_WORDS)
    return beside <= _BESIDE.union(street) and (named or alone)
