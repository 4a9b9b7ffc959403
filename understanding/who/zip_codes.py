"""ZIP codes as callers say them: digits, words, mixtures, corrections, over two turns.

Code only, never a model (R28). Five digits make a ZIP; four never do, nor do house numbers, phone numbers and the
leading "oh" of a sentence (R30, X4, X5). Whether a ZIP is served is decided elsewhere.
"""

import re
from dataclasses import dataclass

from call.session import Question
from understanding.text.candidates import TAKEN_BACK, corrected_end, meant
from understanding.text.numbers import OH, Run, is_number, restarted, runs, with_oh
from understanding.text.plain import MARKS, phrase, plain, said

_ZIP_QUESTIONS = (Question.ZIP, Question.ZIP_CONFIRM)
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
    asked = question in _ZIP_QUESTIONS
    found = _candidates(words)
    if not found and asked:
        words, found = _by_sound(words)
    if not found and asked and not partial:
        found = _in_pieces(words)
    if asked or placed or said(_NAMED, text):
        chosen = found
    else:
        alone = all(w in _FILLER for i, w in enumerate(words) if not any(c.start <= i < c.end for c in found))
        chosen = [
            c for c in found
            if question is not Question.PHONE
            and _CODES.isdisjoint(words[max(0, c.start - _FEW_WORDS) : c.start])
            and (alone or c.digits.startswith(_REGION) or (c.start > 0 and words[c.start - 1] in _PLACE_BEFORE))
        ]  # fmt: skip
    if chosen:
        place = meant(words, [(c.start, c.end) for c in chosen]) if len({c.digits for c in chosen}) > 1 else -1
        code, end = _corrected(words, chosen[-1 if place is None else place])
        code = code if place is not None else ""  # Nobody can tell which: asked again
        rest = [w for i, w in enumerate(words[:end]) if not any(c.start <= i < c.end for c in chosen)] + words[end:]
        return ZipSaid(code, "", " ".join(rest))
    if not (asked or partial):
        return ZipSaid(rest=text)
    return ZipSaid(*_over_turns(_DIGITS_OF.sub(" ", text).split(), partial), text)


def is_not_known(spoken: str) -> bool:
    """Whether the plain answer to the question about the ZIP is that the caller does not know it."""
    return said(_NOT_KNOWN, spoken)


def _with_zeros(word: str) -> str:
    """ "787o4" as "78704"."""
    return word.replace("o", "0") if re.fullmatch(r"\d[\do]*", word) else word


def _candidates(words: list[str]) -> list[Run]:
    return [c for run in runs(words) for c in _five(words, run) if not _refused(words, c)]


def _five(words: list[str], run: Run) -> list[Run]:
    """The ZIPs in a run: the whole of it, a ZIP+4, one said twice, or tokens that are five digits by themselves."""
    if len(run.digits) == 5:
        return [run]
    half = len(run.digits) // 2
    if len(run.digits) == 10 and run.digits[:half] == run.digits[half:]:
        return [Run(run.start, run.end, run.digits[:5])]
    tokens = [i for i in range(run.start, run.end) if re.fullmatch(r"\d{5}", words[i])]
    if tokens == [run.start] and len(run.digits) < 9 and run.digits[:5].endswith(run.digits[5:]):
        return [Run(run.start, run.end, run.digits[:5])]  # "78727, two seven"
    if tokens == [run.end - 1] and len(run.digits) < 9 and run.digits.endswith(run.digits[:-5]):
        return [Run(run.end - 1, run.end, run.digits[-5:])]  # "Sorry, four nine, 78749"
    if len(run.digits) == 9 and (tokens == [run.start] or run.end == run.start + 1):
        return [Run(run.start, run.end, run.digits[:5])]
    if all(re.fullmatch(r"\d{5}", words[i]) or words[i] in MARKS for i in range(run.start, run.end)):
        return [Run(i, i + 1, words[i]) for i in tokens]
    if len(run.digits) > 5 and (again := restarted(words[run.start : run.end], {5})):
        return [Run(run.start, run.end, again)]
    if words[max(0, run.start - 1)] in _UNIT and run.end - run.start > 1:
        return [Run(r.start + run.start + 1, r.end + run.start + 1, r.digits)
                for r in runs(words[run.start + 1 : run.end]) if len(r.digits) == 5]  # fmt: skip
    return []


def _in_pieces(words: list[str]) -> list[Run]:
    """A ZIP whose pieces only fillers part: "seven eight seven and then oh three"."""
    pieces = [with_oh(words, run) if i else run for i, run in enumerate(runs(words))]
    others = {w for i, w in enumerate(words) if not any(p.start <= i < p.end for p in pieces)}
    digits = "".join(p.digits for p in pieces)
    if len(pieces) != 2 or len(digits) != 5 or not others <= _FILLER - TAKEN_BACK | {",", ".", "that", "it", "is"}:
        return []
    return [Run(pieces[0].start, pieces[1].end, digits)]


def _refused(words: list[str], run: Run) -> bool:
    before = words[max(0, run.start - 6) : run.start]
    before = before[max((i + 1 for i, w in enumerate(before) if w in MARKS), default=0) :]
    after = words[run.end : run.end + 1]
    if before[-1:] and before[-1].isdigit():
        before = before[:-2]  # "Not 78613 78630" takes back the first one alone.
    return "not" in before[-2:] or (any(w in _COUNTED for w in (*before, *after)) and "zip" not in before)


def _by_sound(words: list[str]) -> tuple[list[str], list[Run]]:
    """Words that sound like a digit are one between digits, if that makes a ZIP: "seven eight seven to three"."""
    heard = list(words)
    for i, word in enumerate(words):
        behind = words[i + 1] if i + 1 < len(words) else "."
        joins = is_number(behind) or behind in OH | MARKS
        if word in _SOUND_ALIKE and i and joins and (is_number(heard[i - 1]) or heard[i - 1] in OH):
            heard[i] = _SOUND_ALIKE[word]
    found = _candidates(heard)
    return (heard, found) if found else (words, [])


def _corrected(words: list[str], found: Run) -> tuple[str, int]:
    """The ZIP with its last digits corrected ("seven eight seven oh one, sorry, oh two"), and where that ends."""
    following = [run for run in runs(words) if run.start >= found.end]
    if following and (whole := _then_whole(found.digits, following[-1].digits)):
        return whole, following[-1].end
    return corrected_end(words, found.digits, found.end)


def _then_whole(before: str, digits: str) -> str:
    """The ZIP in digits that correct the end of one and then say all of it: "no, 27, 78727"."""
    tail, whole = digits[:-5], digits[-5:]
    return whole if tail and whole.startswith(before[:3]) and whole.endswith(tail) else ""


def _with_oh(words: list[str], run: Run, continues: bool) -> Run:
    """The digits of a piece of a ZIP: an oh before it continues a number, one behind it is a sigh."""
    if continues and len(run.digits) == 1:
        return with_oh(words, run)
    if run.end < len(words) and run.end - run.start > 1 and words[run.end - 1] in OH:
        return Run(run.start, run.end - 1, run.digits[:-1])
    return run


def _over_turns(words: list[str], partial: str) -> tuple[str, str]:
    pieces = [_with_oh(words, run, bool(partial)) for run in runs(words) if not _refused(words, run)]
    if not pieces:
        return "", partial
    run = pieces[-1]
    if not partial and (begun := [p for p in pieces if len(p.digits) > 1 and p.digits.startswith(_REGION)]):
        run = begun[-1]
    others = [w for i, w in enumerate(words) if not run.start <= i < run.end]
    at_an_end = partial and len(pieces) == 1 and len(others) < _FEW_WORDS and len(partial + run.digits) == 5
    begins = not partial and run.digits.startswith(_REGION)
    if not (at_an_end or begins or all(w in _FILLER for w in others) or said(_NAMED, " ".join(words))):
        return "", ""
    digits = run.digits
    joined = partial + digits
    if partial and len(joined) == 5:
        return joined, ""
    if partial and len(joined) < 5 and not digits.startswith(partial):
        return "", joined
    return "", digits if len(digits) <= _PARTIAL_DIGITS else ""
