"""ZIP codes as callers say them: digits, words, mixtures, corrections, over two turns.

Code only, never a model (R28). Five digits make a ZIP; four never do, nor do house numbers, phone numbers and the
leading "oh" of a sentence (R30, X4, X5). Whether a ZIP is served is decided elsewhere.
"""

import re
from dataclasses import dataclass

from call.session import Question
from understanding.text.candidates import TAKEN_BACK, corrected_end, meant
from understanding.text.numbers import OH, Run, at, is_number, restarted, runs, with_oh
from understanding.text.plain import MARKS, phrase, plain, said

ZIP_QUESTIONS = (Question.ZIP, Question.ZIP_CONFIRM)
_NAMED = phrase(r"zip(?: ?code)?s?|postal(?: code)?|zipcode|codigo(?: postal)?|area code")
_NOT_KNOWN = phrase(
    r"(?:do|does|did) not (?:know|remember|recall|have|got)|(?:can|could) not (?:remember|tell you|say|think)|no idea"
    r"|no clue|not (?:really |quite |too |so )?sure|dunno|forgot|forget|beats me|new here|who knows"
    r"|no (?:lo )?se|ni idea",
)
_PLACE_BEFORE = frozenset("in at near from texas tx austin to is zip code here service serve cover into so".split())
_FILLER = frozenset(
    "it is the my zip code i am in at so okay ok yes yeah sure well and that would be oh um uh sorry wait actually no i"
    " mean here live we are postal please of course austin texas tx starts start begins with then rest last first ends"
    " ending digits numbers part said meant not what see let me think , . ?".split()
)
_COUNTED = frozenset(
    "dollars bucks miles degrees model serial square feet btu btus invoice account number order error ticket".split()
)
_UNIT = frozenset("apt apartment unit suite lot building bldg number # box".split())
_DIGITS_OF = phrase(r"(?:last|first|other) (?:two|three|four|2|3|4)", r"(?:after|behind) (?:the |that )?\w+")
_SOUND_ALIKE = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1"}
_PARTIAL_DIGITS = 3
_FEW_WORDS = 6
_REGION = "78"  # What the ZIPs of central and southern Texas begin with
_CODES = frozenset("code gate alarm lock lockbox door garage confirmation policy reference case po".split())


@dataclass(frozen=True)
class ZipSaid:
    """Five digits, or up to four that may begin a ZIP; and the text without the ZIP's words."""

    code: str = ""
    partial: str = ""
    rest: str = ""
    several: bool = False  # Of which nobody can tell the one that is meant


def read_zip(text: str, question: Question | None, partial: str = "", placed: bool = False) -> ZipSaid:
    """The ZIP in `text`, or the digits that may begin one.

    Args:
        text: A turn without marks; a full stop stands for the caller's phone number and street address.
        question: What was asked last.
        partial: Digits kept from the turn before (X6).
        placed: Whether the turn also held a street address, so that five digits beside it are its ZIP.
    """
    text = plain(text)
    words = [_with_zeros(word) for word in text.split()]
    asked = question in ZIP_QUESTIONS
    found = _candidates(words)
    if not found and asked and (found := _candidates(heard := _by_sound(words))):
        words = heard
    if not found and asked and not partial:
        found = _in_pieces(words)
    if asked or said(_NAMED, text):
        chosen = found
    elif placed:
        chosen = [c for c in found if c.digits.startswith(_REGION) or not _is_code(words, c)]
    else:
        alone = all(word in _FILLER for word in _without(words, found))
        chosen = [
            c for c in found
            if question is not Question.PHONE
            and not _is_code(words, c)
            and (alone or c.digits.startswith(_REGION) or at(words, c.start - 1) in _PLACE_BEFORE)
        ]  # fmt: skip
    if chosen:
        place = _of_the_house(words, chosen)
        if place is None:
            place = meant(words, [(c.digits, (c.start, c.end)) for c in chosen])
        code, end = _corrected(words, chosen[-1 if place is None else place])
        code = code if place is not None else ""  # Nobody can tell which: asked again
        return ZipSaid(code, several=not code, rest=" ".join(_without(words[:end], chosen) + words[end:]))
    if not (asked or partial):
        return ZipSaid(rest=text)
    return ZipSaid(*_over_turns(_DIGITS_OF.sub(" ", text).split(), partial), text)


def is_not_known(spoken: str) -> bool:
    """Whether the plain answer to the question about the ZIP is that the caller does not know it."""
    return said(_NOT_KNOWN, spoken)


def _without(words: list[str], found: list[Run]) -> list[str]:
    return [word for i, word in enumerate(words) if not any(run.start <= i < run.end for run in found)]


_PLACE = r"(?:house|home|place|property|rental|unit|ac|furnace|job|shop|store|building|apartment|condo|visit|tenant)"
_OF_THE_HOUSE = phrase(  # "I'm in 78701 but the house is 78704"
    rf"(?:(?:the|my|our|this|that) (?:(?!z\d)\w+ )?{_PLACE}|it is for (?:my|our|the) \w+)"
    r"(?: (?!(?:but|and|i|my|we|not|z\d)(?!\S))\w+){0,6}? z(\d)",
    rf"z(\d) (?:is )?(?:for|is|at|where) (?:the|my|our|this|that) (?:\w+ )?{_PLACE}",
)
_CORRECTS = frozenset("no sorry wait mean meant rather actually oops now old used was".split())


def _of_the_house(words: list[str], found: list[Run]) -> int | None:
    """The place in `found` of the one that is said of the house, if one alone is and none is taken back."""
    at_start = {run.start: f"z{i}" for i, run in enumerate(found)}
    text = " ".join(at_start.get(i, word) for i, word in enumerate(words))
    told = {int(match[1] or match[2]) for match in _OF_THE_HOUSE.finditer(text)}
    return told.pop() if len(told) == 1 and len(found) > 1 and _CORRECTS.isdisjoint(words) else None


def _is_code(words: list[str], run: Run) -> bool:
    """Whether it is the code of a gate or the number of a case."""
    return not _CODES.isdisjoint(words[max(0, run.start - _FEW_WORDS) : run.start])


def _with_zeros(word: str) -> str:
    """ "787o4" as "78704"."""
    return word.replace("o", "0") if re.fullmatch(r"\d[\do]*", word) else word


def _candidates(words: list[str]) -> list[Run]:
    return [c for run in runs(words) for c in _five(words, run) if not _refused(words, c)]


def _five(words: list[str], run: Run) -> list[Run]:
    """The ZIPs in a run: the whole of it, a ZIP+4, one said twice, or tokens that are five digits by themselves."""
    if len(run.digits) == 5:
        return [run]
    whole = [Run(i, i + 1, words[i]) for i in range(run.start, run.end) if re.fullmatch(r"\d{5}", words[i])]
    if len(whole) == 1 and whole[0].digits.endswith(run.digits.replace(whole[0].digits, "", 1)):
        return [Run(run.start, run.end, whole[0].digits)]  # "78727, two seven"; "sorry, four nine, 78749"
    if len(run.digits) == 9 and (run.end == run.start + 1 or (len(whole) == 1 and whole[0].start == run.start)):
        return [Run(run.start, run.end, run.digits[:5])]
    if len(whole) == sum(word not in MARKS for word in words[run.start : run.end]):
        return whole
    if again := restarted(words[run.start : run.end], {5}):
        return [Run(run.start, run.end, again)]
    if at(words, run.start - 1) in _UNIT:
        inner = runs(words[run.start + 1 : run.end])
        return [Run(r.start + run.start + 1, r.end + run.start + 1, r.digits) for r in inner if len(r.digits) == 5]
    return []


def _in_pieces(words: list[str]) -> list[Run]:
    """A ZIP whose pieces only fillers part: "seven eight seven and then oh three"."""
    pieces = [with_oh(words, run) if i else run for i, run in enumerate(runs(words))]
    others = {*_without(words, pieces)}
    digits = "".join(p.digits for p in pieces)
    if len(pieces) != 2 or len(digits) != 5 or not others <= _FILLER - TAKEN_BACK | {",", ".", "that", "it", "is"}:
        return []
    return [Run(pieces[0].start, pieces[1].end, digits)]


def _refused(words: list[str], run: Run) -> bool:
    before = words[max(0, run.start - _FEW_WORDS) : run.start]
    before = before[max((i + 1 for i, w in enumerate(before) if w in MARKS), default=0) :]
    if before and before[-1].isdigit():
        before = before[:-2]  # "Not 78613 78630" takes back the first one alone.
    return "not" in before[-2:] or not ("zip" in before or _COUNTED.isdisjoint([*before, at(words, run.end)]))


def _by_sound(words: list[str]) -> list[str]:
    """Words that sound like a digit are one between digits: "seven eight seven to three"."""
    heard = list(words)
    for i, word in enumerate(words):
        before, behind = at(heard, i - 1), at(words, i + 1)
        joins = is_number(behind) or behind in OH | MARKS | {""}
        if word in _SOUND_ALIKE and joins and (is_number(before) or before in OH):
            heard[i] = _SOUND_ALIKE[word]
    return heard


def _corrected(words: list[str], found: Run) -> tuple[str, int]:
    """The ZIP with its last digits corrected, or all of it ("no, 27, 78727"), and where that ends."""
    last = runs(words)[-1]
    if last.start >= found.end and len(last.digits) > 5 and last.digits[-5:].startswith(found.digits[:3]):
        return last.digits[-5:], last.end
    return corrected_end(words, found.digits, found.end)


def _with_oh(words: list[str], run: Run, continues: bool) -> Run:
    """The digits of a piece of a ZIP: an oh before it continues a number, one behind it is a sigh."""
    if continues and len(run.digits) == 1:
        return with_oh(words, run)
    sighs = run.end < len(words) and words[run.end - 1] in OH
    return Run(run.start, run.end - sighs, run.digits[: len(run.digits) - sighs])


def _over_turns(words: list[str], partial: str) -> tuple[str, str]:
    pieces = [_with_oh(words, run, bool(partial)) for run in runs(words) if not _refused(words, run)]
    if not pieces:
        return "", partial
    begun = [] if partial else [piece for piece in pieces if piece.digits.startswith(_REGION)]
    run = (begun or pieces)[-1]
    joined = partial + run.digits
    others = _without(words, [run])
    at_an_end = len(joined) == 5 and len(pieces) == 1 and len(others) < _FEW_WORDS
    if not (begun or at_an_end or all(w in _FILLER for w in others) or said(_NAMED, " ".join(words))):
        return "", ""
    if len(joined) == 5:
        return joined, ""
    if partial and len(joined) < 5 and not run.digits.startswith(partial):
        return "", joined
    return "", run.digits if len(run.digits) <= _PARTIAL_DIGITS else ""
