"""Numbers the way callers say them: "seven eight seven oh one", "fifty three eleven", "twelve hundred", "2 thirty".

Digits are joined as they are heard, which is how people say ZIP codes, house numbers and phone numbers. A leading
"oh" is a word and no digit (X4). What the digits mean is decided elsewhere.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from understanding.text.weekdays import DAY_NAMES, MONTH_NAMES


def _count(first: int, words: str, step: int = 1) -> dict[str, int]:
    """The words with the numbers that they say, from `first` on."""
    return {word: first + i * step for i, word in enumerate(words.split())}


UNITS = _count(0, "zero one two three four five six seven eight nine")
UNITS |= _count(0, "cero uno dos tres cuatro cinco seis siete ocho nueve")
TEENS = _count(10, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen") | {"diez": 10}
TEENS |= _count(12, "doce trece catorce quince dieciseis diecisiete dieciocho diecinueve")  # "Once" is English too
TENS = _count(20, "twenty thirty forty fifty sixty seventy eighty ninety", 10) | {"fourty": 40}
TENS |= _count(20, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 10)
_TWENTIES = "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_HUNDREDS = _count(
    100,
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    100,
) | {"cien": 100}
ORDINALS = _count(
    1,
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth",
) | {"thirtieth": 30}
OH = frozenset({"oh", "o"})
_LONGEST = 24  # Words of a number that is begun again
_REPEAT = {"double": 2, "triple": 3}
_NO_DATE = frozenset(
    "thing available opening open one slot appointment time of name floor house door building gate left right".split()
)
_BEFORE_A_THING = frozenset("old new other another wrong right same last previous this that which".split())
_SMALL = UNITS | TEENS | _count(21, _TWENTIES)
_CARDINALS = _SMALL.keys() | TENS.keys() | _HUNDREDS.keys()
_SCALES = {"hundred": 100, "thousand": 1000, "mil": 1000}


@dataclass(frozen=True)
class Run:
    """Neighbouring words that are one number as heard: `words[start:end]`, and its digits."""

    start: int
    end: int
    digits: str


def is_number(word: str) -> bool:
    """Whether a plain word is a cardinal number, in digits or in letters ("oh" alone is not)."""
    return word in _CARDINALS or (word.isdigit() and word.isascii())


def at(words: Sequence[str], i: int) -> str:
    """Word `i`; "" before the first and behind the last."""
    return words[i] if 0 <= i < len(words) else ""


def runs(words: Sequence[str]) -> list[Run]:
    """The numbers in a list of plain words; a mark (`,` `.` `?`) ends one."""
    found = []
    i = 0
    while i < len(words):
        if words[i] == "one" and at(words, i - 1) in _BEFORE_A_THING:  # "I still write the old one, 4405 Avenue F"
            i += 1
            continue
        if not (is_number(words[i]) or _repeats(words, i) or (words[i] == "mil" and is_number(at(words, i + 1)))):
            i += 1
            continue
        start, end = i, i + 1
        i = end
        while i < len(words):
            if is_number(words[i]) or words[i] in OH or words[i] in _SCALES:
                end = i + 1
            elif not (_repeats(words, i) or _adds(words, i)):
                break
            i += 1
        found.append(Run(start, end, join(words[start:end])))
        i = end
    return found


def with_oh(words: Sequence[str], run: Run) -> Run:
    """A number that goes on behind others: an "oh" before it is its zero."""
    start = run.start
    while start and words[start - 1] in OH:
        start -= 1
    return Run(start, run.end, "0" * (run.start - start) + run.digits)


def join(words: Sequence[str], apart: bool = False) -> str:
    """The digits of a run of number words: ["fifty", "three", "eleven"] -> "5311".

    `apart`: nothing is added to a hundred, as in telephone numbers: "four hundred ten ten" is 4001010.
    """
    words = [w for w in words if w not in (",", ".", "and", "y")]
    for half in range(1, len(words)) if len(words) <= _LONGEST else ():
        first, again = words[:half], words[half:]
        if first != again and len(said := _joined(first, apart)) > 1 and said == _joined(again, apart):
            return said  # Said once more in other words: "77, seven seven", "fifty, five oh"
    return _joined(words, apart)


def _joined(words: list[str], apart: bool) -> str:
    digits = ""
    i = 0
    while i < len(words):
        word = words[i]
        if word in OH:
            digits, i = digits + "0", i + 1
        elif word in _REPEAT:  # At the end of a run that was cut in two it has nothing to repeat.
            digits, i = digits + _joined(words[i + 1 : i + 2], apart) * _REPEAT[word], i + 2
        elif word in ("hundred", "thousand"):  # Of which nothing was said how many
            digits, i = digits + str(_SCALES[word])[1:], i + 1
        else:
            text, i = _number(words, i, apart)
            digits += text
    return digits


def restarted(words: list[str], lengths: Collection[int]) -> str:
    """The digits of a run that is too long, because the caller began again: "seven eight, seven eight seven two two".

    "" if there is no such place, or if nobody can tell which digits are meant.
    """
    if len(words) > _LONGEST:
        return ""
    made = {
        join(words[:start] + words[again:])
        for again in range(1, len(words))
        for start in range(again)
        if len(said := join(words[start:again])) > 1
        and (words[start:again] == words[again : 2 * again - start] or join(words[again:]).startswith(said))
    }
    fits = [digits for digits in made if len(digits) in lengths]
    return fits[0] if len(fits) == 1 else ""


def ordinal(word: str) -> int | None:
    """The number of an ordinal word or of "5th"; None for anything else."""
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", word):
        return int(match[1])
    return ORDINALS.get(word)


def with_digits(text: str) -> str:
    """Plain text with its numbers as digits, a token each: "two thirty on the twenty fifth" -> "2 30 on the 25th"."""
    out: list[str] = []
    words = text.split()
    i = 0
    while i < len(words):
        word = words[i]
        if word in TENS and (day := ORDINALS.get(at(words, i + 1), 10)) < 10:
            out.append(f"{TENS[word] + day}th")
            i += 2
        elif word in TENS or word in _SMALL:
            value, i = _below_hundred(words, i)
            out.append(str(value))
        else:
            out.append(f"{ORDINALS[word]}th" if word in ORDINALS and _is_date(words, i) else word)
            i += 1
    return " ".join(out)


def _is_date(words: list[str], i: int) -> bool:
    """ "Fifth", "second of May", "Monday the second"; not "first one", "a second", but "first one pm" is one."""
    before, behind = words[max(0, i - 2) : i], words[i + 1 : i + 3]
    if (behind[:1] in (["of"], ["de"]) and behind[1:] and behind[1] in MONTH_NAMES) or MONTH_NAMES.keys() & {*before}:
        return True
    if words[i] == "second":
        return before[-1:] == ["the"] and before[0] in DAY_NAMES
    return behind[:1] == [] or behind[0] not in _NO_DATE or behind[1:] in (["am"], ["pm"], ["oclock"])


def _repeats(words: Sequence[str], i: int) -> bool:
    """Whether word `i` says that the digit behind it is there more than once."""
    return words[i] in _REPEAT and (is_number(at(words, i + 1)) or at(words, i + 1) in OH)


def _adds(words: Sequence[str], i: int) -> bool:
    """Whether word `i` joins two parts of a number: "two hundred and five", "treinta y cinco"."""
    behind = at(words, i + 1)
    return (words[i] == "and" and words[i - 1] in _SCALES and is_number(behind)) or (
        words[i] == "y" and words[i - 1] in TENS and behind in UNITS
    )


def _below_hundred(words: list[str], i: int) -> tuple[int, int]:
    """The value of the words at `i` that make one number below 100, or a Spanish one below 1000, and the next index."""
    word, behind = words[i], at(words, i + 1)
    if word in _HUNDREDS:
        rest, end = _below_hundred(words, i + 1) if behind in _SMALL or behind in TENS else (0, i + 1)
        return _HUNDREDS[word] + rest, end
    if word not in TENS:
        return _SMALL[word], i + 1
    end = i + 1 + (behind == "y")
    unit = UNITS.get(at(words, end), 0)
    return TENS[word] + unit, end + 1 if unit else i + 1


def _number(words: list[str], i: int, apart: bool) -> tuple[str, int]:
    if words[i].isdigit():
        if at(words, i + 1) not in ("hundred", "thousand"):
            return words[i], i + 1
        value, i = int(words[i][:9]), i + 1
    elif words[i] in ("zero", "cero"):
        return "0", i + 1
    else:
        value, i = (1, i) if words[i] == "mil" else _below_hundred(words, i)
    name = at(words, i)
    if name not in _SCALES:
        return str(value), i
    value, i = value * _SCALES[name], i + 1
    if apart:
        return str(value), i
    if name == "thousand" and at(words, i) in UNITS and at(words, i + 1) == "hundred":
        value, i = value + UNITS[words[i]] * 100, i + 2
    behind = at(words, i)
    if behind.isdigit() and len(behind) < len(str(_SCALES[name])):
        value, i = value + int(behind), i + 1
    elif behind in _CARDINALS and (name == "mil" or behind not in _HUNDREDS):
        rest, i = _below_hundred(words, i)
        value += rest
    return str(value), i
