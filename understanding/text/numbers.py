"""Numbers the way callers say them: "seven eight seven oh one", "fifty three eleven", "twelve hundred", "2 thirty".

Digits are joined as they are heard, which is how people say ZIP codes, house numbers and phone numbers. A leading
"oh" is a word and no digit (X4). What the digits mean is decided elsewhere.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from understanding.text.weekdays import DAY_NAMES, MONTH_NAMES

UNITS = {w: i for i, w in enumerate("zero one two three four five six seven eight nine".split())} | {
    w: i for i, w in enumerate("cero uno dos tres cuatro cinco seis siete ocho nueve".split())
}
TEENS = {
    w: i + 10
    for i, w in enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())
}
TENS = {w: (i + 2) * 10 for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
TENS["fourty"] = 40
TEENS |= {"diez": 10, "doce": 12, "trece": 13, "catorce": 14, "quince": 15}  # Not "once", which is English too
TEENS |= {w: i + 16 for i, w in enumerate("dieciseis diecisiete dieciocho diecinueve".split())}
TENS |= {
    w: (i + 2) * 10 for i, w in enumerate("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split())
}
_TWENTIES = {f"veinti{w}": i + 21 for i, w in enumerate("uno dos tres cuatro cinco seis siete ocho nueve".split())}
_HUNDREDS = {"cien": 100} | {
    f"{w}to{end}": (i + 1) * 100
    for i, w in enumerate("cien doscien trescien cuatrocien quinien seiscien setecien ochocien novecien".split())
    for end in ("s" if i else "",)
}
ORDINALS = {
    w: i + 1
    for i, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
        " fifteenth sixteenth seventeenth eighteenth nineteenth".split()
    )
} | {"twentieth": 20, "thirtieth": 30}
_OH = frozenset({"oh", "o"})
_LONGEST = 24  # Words of a number that is begun again
_REPEAT = {"double": 2, "triple": 3}
_NO_DATE = frozenset("thing available opening open one slot appointment time of name floor".split())
_SMALL = UNITS | TEENS | _TWENTIES
_CARDINALS = _SMALL.keys() | TENS.keys() | _HUNDREDS.keys()
_THOUSANDS = frozenset({"thousand", "mil"})
_SCALES = frozenset({"hundred"}) | _THOUSANDS


@dataclass(frozen=True)
class Run:
    """Neighbouring words that are one number as heard: `words[start:end]`, and its digits."""

    start: int
    end: int
    digits: str


def is_number(word: str) -> bool:
    """Whether a plain word is a cardinal number, in digits or in letters ("oh" alone is not)."""
    return word in _CARDINALS or (word.isdigit() and word.isascii())


def runs(words: list[str]) -> list[Run]:
    """The numbers in a list of plain words; a mark (`,` `.` `?`) ends one."""
    found = []
    i = 0
    while i < len(words):
        starts = (words[i] in _REPEAT and _digit_at(words, i + 1)) or (words[i] == "mil" and _number_at(words, i + 1))
        if not (starts or is_number(words[i])):
            i += 1
            continue
        end = i + 1
        j = i + 1
        while j < len(words):
            if is_number(words[j]) or words[j] in _OH or words[j] in _SCALES:
                j += 1
                end = j
            elif (words[j] in _REPEAT and _digit_at(words, j + 1)) or (
                _number_at(words, j + 1)
                and (
                    (words[j] == "and" and words[j - 1] in _SCALES)
                    or (words[j] == "y" and words[j - 1] in TENS and words[j + 1] in UNITS)
                )
            ):
                j += 1
            else:
                break
        found.append(Run(i, end, join(words[i:end])))
        i = end
    return found


def join(words: list[str], apart: bool = False) -> str:
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
        if word in _OH:
            digits, i = digits + "0", i + 1
        elif word in _REPEAT:  # At the end of a run that was cut in two it has nothing to repeat.
            digits, i = digits + "".join(map(_digit, words[i + 1 : i + 2])) * _REPEAT[word], i + 2
        elif word in ("hundred", "thousand"):  # Of which nothing was said how many
            digits, i = digits + ("00" if word == "hundred" else "000"), i + 1
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
        if word in TENS and i + 1 < len(words) and (day := ORDINALS.get(words[i + 1], 10)) < 10:
            out.append(f"{TENS[word] + day}th")
            i += 2
        elif (
            word in TENS and UNITS.get(behind := " ".join(words[i + 1 : i + 3]).removeprefix("y ").split(" ")[0], 0) > 0
        ):
            out.append(str(TENS[word] + UNITS[behind]))
            i += 3 if words[i + 1] == "y" else 2
        else:
            if word in TENS:
                out.append(str(TENS[word]))
            elif word in _SMALL:
                out.append(str(_SMALL[word]))
            elif word in ORDINALS and _is_date(words, i):
                out.append(f"{ORDINALS[word]}th")
            else:
                out.append(word)
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


def _number_at(words: list[str], i: int) -> bool:
    return i < len(words) and is_number(words[i])


def _digit_at(words: list[str], i: int) -> bool:
    return _number_at(words, i) or (i < len(words) and words[i] in _OH)


def _digit(word: str) -> str:
    if word in _OH:
        return "0"
    return word if word.isdigit() else str(_SMALL.get(word, TENS.get(word, "")))


def _below_hundred(words: list[str], i: int) -> tuple[int, int]:
    """The value of the words at `i` that make one number below 100, or a Spanish one below 1000, and the next index."""
    if words[i] in _HUNDREDS:
        rest, end = (
            _below_hundred(words, i + 1) if words[i + 1 : i + 2] and words[i + 1] in _SMALL | TENS else (0, i + 1)
        )
        return _HUNDREDS[words[i]] + rest, end
    if words[i] in TENS:
        if i + 1 < len(words) and UNITS.get(words[i + 1], 0) > 0:
            return TENS[words[i]] + UNITS[words[i + 1]], i + 2
        return TENS[words[i]], i + 1
    return _SMALL[words[i]], i + 1


def _number(words: list[str], i: int, apart: bool) -> tuple[str, int]:
    if words[i].isdigit():
        text, i = words[i], i + 1
        if i >= len(words) or words[i] not in ("hundred", "thousand"):
            return text, i
        value = int(text[:9])
    else:
        zero = words[i] in ("zero", "cero")
        value, i = _below_hundred(words, i) if words[i] != "mil" else (1, i)
        if zero:
            return "0", i
    for scale, name in ((1000, "thousand"), (1000, "mil"), (100, "hundred")):
        if i < len(words) and words[i] == name:
            value, i = value * scale, i + 1
            if apart:
                break
            if name == "thousand" and i + 1 < len(words) and words[i + 1] == "hundred" and words[i] in UNITS:
                value, i = value + UNITS[words[i]] * 100, i + 2
            if i < len(words) and words[i].isdigit() and len(words[i]) < len(str(scale)):
                value, i = value + int(words[i]), i + 1
            elif i < len(words) and words[i] in _CARDINALS and (name == "mil" or words[i] not in _HUNDREDS):
                rest, i = _below_hundred(words, i)
                value += rest
            break
    return str(value), i
