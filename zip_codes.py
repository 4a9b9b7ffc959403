"""ZIP codes as callers say them: digits, words, mixtures, corrections, over two turns.

Code only, never a model (R28). Five digits make a ZIP; four never do, nor do house numbers, phone numbers and the
leading "oh" of a sentence (R30, X4, X5). Whether a ZIP is served is decided elsewhere.
"""

import re

from session import Question
from spoken_numbers import Run, runs
from words import MARKS, phrase, said

_ZIP_QUESTIONS = (Question.ZIP, Question.ZIP_CONFIRM)
_NAMED = phrase(r"zip(?: ?code)?s?|postal(?: code)?|zipcode|codigo postal|area code")
_PLACE_BEFORE = frozenset("in at near from texas tx austin to is zip code here".split())
_FILLER = frozenset(
    "it is the my zip code i am in at so okay ok yes yeah sure well and that would be oh um uh sorry wait actually"
    " no i"
    " mean here live we are postal please of course austin texas tx , . ?".split()
)
_COUNTED = frozenset(
    "dollars bucks miles degrees model serial square feet btu btus invoice account number order".split()
)
_PARTIAL_DIGITS = 3


def read_zip(text: str, question: Question | None, partial: str = "", placed: bool = False) -> tuple[str, str]:
    """The ZIP in the plain `text`, or the digits that may begin one.

    Args:
        text: Plain text without the caller's phone number and street address.
        question: What was asked last.
        partial: Digits kept from the turn before (X6).
        placed: Whether the turn also held a street address, so that five digits beside it are its ZIP.

    Returns:
        (five digits, ""), or ("", up to four digits to keep), or ("", "").
    """
    words = text.split()
    asked = question in _ZIP_QUESTIONS
    found = [c for c in _candidates(words) if not _refused(words, c)]
    if asked or placed or said(_NAMED, text):
        chosen = found
    else:
        alone = all(w in _FILLER for i, w in enumerate(words) if not any(c.start <= i < c.end for c in found))
        chosen = [
            c for c in found
            if question is not Question.PHONE and (alone or (c.start > 0 and words[c.start - 1] in _PLACE_BEFORE))
        ]  # fmt: skip
    if chosen:
        return chosen[-1].digits, ""
    if not (asked or partial):
        return "", ""
    return _over_turns(words, partial if asked or partial else "")


def _candidates(words: list[str]) -> list[Run]:
    found = [c for run in runs(words) for c in _five(words, run)]
    if found:
        return found
    return [c for run in runs(words, across_marks=True) for c in _five(words, run)]


def _five(words: list[str], run: Run) -> list[Run]:
    """The ZIPs in a run: the whole of it, a ZIP+4, one said twice, or tokens that are five digits by themselves."""
    if len(run.digits) == 5:
        return [run]
    half = len(run.digits) // 2
    if len(run.digits) == 10 and run.digits[:half] == run.digits[half:]:
        return [Run(run.start, run.end, run.digits[:5])]
    tokens = [i for i in range(run.start, run.end) if re.fullmatch(r"\d{5}", words[i])]
    if len(run.digits) == 9 and tokens == [run.start]:
        return [Run(run.start, run.end, run.digits[:5])]
    if all(re.fullmatch(r"\d{5}", words[i]) or words[i] in MARKS for i in range(run.start, run.end)):
        return [Run(i, i + 1, words[i]) for i in tokens]
    return []


def _refused(words: list[str], run: Run) -> bool:
    before = words[max(0, run.start - 3) : run.start]
    after = words[run.end : run.end + 1]
    return "not" in before[-2:] or (any(w in _COUNTED for w in (*before, *after)) and "zip" not in before)


def _over_turns(words: list[str], partial: str) -> tuple[str, str]:
    pieces = [run for run in runs(words, across_marks=True) if not _refused(words, run)]
    if not pieces:
        return "", partial
    run = pieces[-1]
    if not all(w in _FILLER for i, w in enumerate(words) if not run.start <= i < run.end) and not said(
        _NAMED, " ".join(words)
    ):
        return "", ""
    digits = run.digits
    if words[0] in ("oh", "o") and run.start == 1 and partial and len(partial + digits) == 4:
        digits = "0" + digits  # "seven eight seven" / "oh one": here the oh continues a number.
    joined = partial + digits
    if partial and len(joined) == 5:
        return joined, ""
    if partial and len(joined) < 5 and not digits.startswith(partial):
        return "", joined
    return "", digits if len(digits) <= _PARTIAL_DIGITS else ""
