"""Street addresses as callers say them, written down: "fifty three eleven Izzical Road" -> "5311 Izzical Road" (R33).

Refused: a choice ("4599 Mustang or Franklin Road", R35), a number without a street (R32), sentinels (R36),
whereabouts ("just off Lamar", X23). City, state and ZIP are left out. `valid_address` is the last word on every
address, also on a model's.
"""

import re

from call.session import Question
from understanding.text.candidates import correction, meant
from understanding.text.language import read_language
from understanding.text.numbers import ORDINALS, TEENS, TENS, UNITS, Run, is_number, join, ordinal, restarted, runs
from understanding.text.plain import fold, phrase, plain, said, title

_SUFFIXES = {
    "st": "Street", "rd": "Road", "ave": "Avenue", "av": "Avenue", "dr": "Drive", "ln": "Lane", "blvd": "Boulevard",
    "ct": "Court", "cir": "Circle", "pkwy": "Parkway", "hwy": "Highway", "trl": "Trail", "pl": "Place",
    "ter": "Terrace", "cv": "Cove", "lp": "Loop", "expy": "Expressway", "sq": "Square",
}  # fmt: skip
_SURE = frozenset(
    "street road avenue boulevard lane court circle parkway highway trail terrace cove loop expressway freeway".split()
) | frozenset(_SUFFIXES)
_ALSO = frozenset(
    "drive way place path pass run bend ridge hollow view crossing square plaza row walk bluff canyon creek hill"
    " hills glen"
    " park point valley springs meadow meadows oaks landing crest heights grove harbor alley commons".split()
)
_UNITS = frozenset("apt apartment unit suite ste lot building bldg number #".split())
_ROUTES = frozenset("highway hwy fm rr interstate route rm i ih us sh loop".split())
_ROADS_WITH_NUMBERS = frozenset("ranch county farm rural".split())  # "Ranch Road 620"
_DIRECTIONS = frozenset("north south east west n s e w northwest northeast southwest southeast".split())
_STOP = frozenset(
    "meant mean said and is the my zip code codigo postal es mi y en in at austin texas tx it that this please degrees minutes hours dollars years year days"
    " day weeks"
    " week months people times pm am oclock percent tons ton units but or with i we you he she was were are has have"
    " had to"
    " for of on by off near so because then thank thanks yes no not yeah okay ok phone number name which would be do"
    " does don't didn't just like um uh can could will old kids bedroom bedrooms story stories floor floors new unit"
    " system systems feet square miles mile here there what when where who how call me from right left between"
    " monday tuesday wednesday thursday friday saturday sunday tomorrow today tonight morning afternoon evening noon"
    " that's it's there's here's what's he's she's works work block rooms room guys dogs bucks sorry actually wait mean , . ?".split()
)
_ZIP_DIGITS = 5
_FEW_WORDS = 6
_POINTS = frozenset("at on in it's its is the mine's over by".split())
_OWNS = frozenset("my our the have has had got are about with these those there's see all".split())
_CITY = frozenset({"austin", "texas"})
_FIRST_STOP = frozenset(
    "box to doors houses homes sorry wait mean meant actually make rather scratch and is the my zip it that this but or with for of on by off near degrees not no monday tuesday wednesday"
    " thursday friday saturday sunday tomorrow today tonight works , . ?".split()
) | (_UNITS - {"lot"})
_CONTRACTED = re.compile(r"(?:'|\u2019)(?:re|ll|m|ve|t|d)$")
_TO_MARKET = re.compile(r"\b(ranch|farm) to market\b(?: road\b)?", re.I)
_SPELLED = re.compile(r"\b([^\W\d_]{3,})(?: +[^\W\d_]\b){3,}", re.I)  # "Barton B A R T O N"
_INTRODUCED = phrase(
    r"address(?: is| was| would be)?|(?:i|we) (?:live|stay|am|are) (?:at|on)|(?:i am|we are) (?:over "
    r"|located )?(?:at|on)|located (?:at|on)|house is (?:at|on)",
    r"place is (?:at|on)|come (?:out )?to|direccion(?: es)?|vivo en|street is|it is at",
)
_VAGUE = phrase(
    r"not (?:really |quite )?sure|(?:do|does) not (?:know|have|remember|want)|(?:just |right )?off(?: of)?|near"
    r"|nearby|close to|next to|behind|across from"
    r"|somewhere|around|corner|by the|intersection|same (?:address|place|one|as)|on file|you have it|should have"
    r"|what|why",
)
_SENTINELS = frozenset("unknown tbd none auto null nil address home here same na unspecified undefined".split()) | {
    "n/a",
    "n a",
    "not provided",
    "not given",
    "not available",
    "not specified",
    "no address",
    "my house",
    "my home",
    "street address",
}
_QUESTIONS = (Question.ADDRESS,)


def valid_address(value: str) -> bool:
    """Whether `value` can be a street address: letters, five characters, one place and no sentinel (conversation.md 4)."""
    text = plain(value)
    words = text.split()
    if len(value.strip()) < 5 or not any(c.isalpha() for c in value) or "or" in words:
        return False
    if fold(value).strip(" .") in _SENTINELS or text.strip(" .") in _SENTINELS or any(c in value for c in "{}[]<>@"):
        return False
    letters = [w for w in words if w.isalpha() and not runs([w])]
    return bool(letters) and len(words) <= 12 and not said(_VAGUE, text)


def read_address(raw: str, question: Question | None) -> tuple[str, str, tuple[str, ...]]:
    """The street address in a turn without marks ("" for none), its text with full stops instead, and all that it may be.

    Of several the one that is meant; if nobody can tell there is none, and the last of the result has them all.
    """
    tokens = _said_once(_tokens(raw))
    words = [fold(t) for t in tokens]
    text = plain(raw)
    if read_language(text) == "es":  # "El 2215, no 2250"
        words = [
            "not" if w == "no" and words[i + 1 : i + 2] and words[i + 1].isdigit() else w for i, w in enumerate(words)
        ]
    introduced = question in _QUESTIONS or said(_INTRODUCED, text)
    found: list[tuple[str, tuple[int, int]]] = []
    numbers = _numbers(tokens, words)
    for house in numbers:
        if any(start <= house.start < end for _, (start, end) in found):
            continue
        behind = house
        if words[house.end : house.end + 1] == ["not"] and (other := [r for r in numbers if r.start == house.end + 1]):
            behind = other[0]  # "1904 not 1940 Alta Vista Avenue"
        start, end, sure = _street_of(words, behind, introduced or question is Question.BOOKING_NAME)
        placed = _at_a_number(words, house, end) or behind is not house or _not_another(words, end)
        if end is None or not (sure or introduced or placed or question is Question.BOOKING_NAME):
            continue
        if words[end - 1] not in _SURE | {"drive"} and _counts(words, house, sure):
            continue
        if len(house.digits.split()[0]) > 6 or "not" in words[max(0, house.start - 2) : house.start]:
            continue
        around = {words[house.start - 1] if house.start else "", words[end] if end < len(words) else ""}
        if "or" in around:
            return "", raw, ()
        street_end, unit = end, ""
        while (one := _unit(tokens, words, runs(words), end))[0]:
            unit, end = f"{unit} {one[0]}", one[1]
        if again := _number_taken_back(words, numbers, end):
            house, end = Run(house.start, again.end, again.digits), again.end
        address = f"{house.digits} {_written(tokens, words, start, street_end)}{unit}"
        if valid_address(address):
            found.append((address, (house.start, end)))
    if not found:
        street = _without_number(tokens, words) if introduced and "or" not in words and not said(_VAGUE, text) else ""
        return street if valid_address(street) else "", raw, ()
    found = [(a, span) for i, (a, span) in enumerate(found) if not any(_in_full(a, b) for b, _ in found[i + 1 :])]
    places = tuple(dict.fromkeys(address for address, _ in found))
    place = meant(words, [span for _, span in found]) if len(places) > 1 else -1
    for _, (a, b) in found:
        tokens[a:b] = ["."] * (b - a)
    return found[place][0] if place is not None else "", " ".join(tokens), places if place is None else ()


def _counts(words: list[str], house: Run, sure: bool) -> bool:
    """ "My three horses", "there's twelve chickens": things that are counted, with no kind of street behind them."""
    before = words[house.start - 1] if house.start else ""
    return (len(house.digits) == 1 and not sure) or (len(house.digits) < 3 and before in _OWNS)


def _said_once(tokens: list[str]) -> list[str]:
    """The tokens without what is said again at once: "1211 Alta Vista Alta Vista Avenue", "twelve thirty twelve thirty"."""
    words = [fold(t) for t in tokens]
    i = 0
    while i < len(words):
        for n in range(min(_FEW_WORDS, (len(words) - i) // 2), 0, -1):
            if words[i : i + n] == words[i + n : i + 2 * n] and _is_again(words, i, n):
                del words[i : i + n], tokens[i : i + n]
                break
        else:
            i += 1
    return tokens


def _is_again(words: list[str], i: int, n: int) -> bool:
    """Whether `n` words that are there twice were only said twice: not "five five" and "Bora Bora", but a whole number."""
    number = runs(words[i : i + n])
    if number and number[0].end - number[0].start == n:
        return len(number[0].digits) > 2
    if n == 1 and len(words[i]) == 1 and words[i].isalpha():
        return True  # "Avenue H, H like hotel"
    return n > 1 or (i > 0 and words[i + 2 : i + 3] != [] and words[i + 2] in _SURE | {"drive"})


def _in_full(short: str, full: str) -> bool:
    """Whether one address is another that was not said in full: "320 Live Oak" and "320 West Live Oak Street"."""
    said, more = short.split(), full.split()
    return said != more and said[0] == more[0] and set(said) <= set(more)


def _numbers(tokens: list[str], words: list[str]) -> list[Run]:
    """The numbers that may be a house's, as they are written: "4510", "7005B", "1105 1/2"."""
    lettered = [
        Run(i, i + 1, word.upper())
        for i, word in enumerate(words)
        if re.fullmatch(r"\d{1,5}[a-z]", word) and words[i - 1] not in _UNITS
    ]
    return [_house(tokens, words, run) for run in sorted([*runs(words), *lettered], key=lambda run: run.start)]


def _begun_anew(words: list[str]) -> str:
    """ "2200, um, 2216 Parker Lane": the second of two whole numbers of one street."""
    first, second = words if len(words) == 2 else ("", "")
    whole = all(re.fullmatch(rf"\d{{3,{_ZIP_DIGITS}}}", word) for word in (first, second))
    return second if whole and len(first) == len(second) and first[:2] == second[:2] else ""


def _house(tokens: list[str], words: list[str], run: Run) -> Run:
    """The house's number in a run: without a ZIP or a unit before it and the number that its street begins with."""
    start, end, digits = run.start, run.end, run.digits
    if end - start > 1 and (re.fullmatch(r"\d{5}", words[start]) or (start and words[start - 1] in _UNITS)):
        start += 1
    if _begins_a_street(tokens, words, start, end):
        end -= 1
    if (start, end) != (run.start, run.end):
        digits = join(words[start:end])
    if len(digits) > _ZIP_DIGITS:
        digits = restarted(words[start:end], range(3, _ZIP_DIGITS + 1)) or _begun_anew(words[start:end]) or digits
    if words[end : end + 1] == ["half"] and end - start > 1 and words[end - 1] in ("one", "1"):
        return Run(start, end + 1, f"{join(words[start : end - 1])} 1/2")
    for half in (["1/2"], ["and", "a", "half"], ["and", "1/2"]):
        if words[end : end + len(half)] == half:
            return Run(start, end + len(half), f"{digits} 1/2")
    return Run(start, end, digits)


def _begins_a_street(tokens: list[str], words: list[str], start: int, end: int) -> bool:
    """Whether the last word of a number is its street's: "1200 Seven Oaks", "forty five ten One Oak Road"."""
    last, before = end - 1, words[start : end - 1]
    if not before or words[last] not in UNITS | TEENS or before[-1] in TENS or _street(words, last, False)[0] is None:
        return False
    if all(word.isdigit() for word in before):
        return len("".join(before)) > (1 if words[last] in UNITS else 2)
    if any(word.isdigit() for word in before):
        return False
    if tokens[last][:1].isupper() and tokens[last - 1][:1].islower():
        return True
    plural = re.fullmatch(r"[a-z]+[^s']s", words[end] if end < len(words) else "") is not None
    pairs = len(join(before)) == 4 and (before[-1] in TEENS | TENS or (before[-2:-1] and before[-2] in TENS))
    whole = plural and (before[-1] == "hundred" or len(before) > 2)
    return words[last] in UNITS and words[last] != "zero" and bool(whole or pairs)


def _tokens(raw: str) -> list[str]:
    """Words, numbers and marks; "fifty first" is one token, a highway's number in digits, a short form without its dot."""
    raw = re.sub(r"(?<=\d)[,.](?=\d{3}(?!\d))", "", raw.replace("\u00bd", " 1/2"))
    raw = re.sub(rf"\b({'|'.join(_SUFFIXES)}|apt|ste|bldg|n|s|e|w)\.(?= )", r"\1", raw.replace("-", " "), flags=re.I)
    raw = re.sub(r"(?<!\S)u[hm]+(?!\S)", " ", raw, flags=re.I)
    raw = _SPELLED.sub(r"\1", _TO_MARKET.sub(lambda m: f"{m[1][0]}M", raw))
    tokens = re.findall(r"\d+(?:st|nd|rd|th|[A-Za-z])\b|\d[\d:/]*|[^\W\d_][\w'\u2019]*|[,.?#]", raw)
    words = [fold(t) for t in tokens]
    for i in range(len(tokens) - 2, -1, -1):
        if words[i] in TENS and words[i + 1] in ORDINALS and ORDINALS[words[i + 1]] < 10:
            number = TENS[words[i]] + ORDINALS[words[i + 1]]
            tokens[i : i + 2] = [f"{number}{_ENDINGS.get(number % 10, 'th')}"]
            words[i : i + 2] = [tokens[i]]
    for run in reversed(runs(words)):
        before = words[max(0, run.start - 2) : run.start]
        if before and (before[-1] in _ROUTES or (before[-1] == "road" and before[0] in _ROADS_WITH_NUMBERS)):
            tokens[run.start : run.end] = [run.digits]
    return tokens


def _not_another(words: list[str], end: int | None) -> bool:
    """ "1220 Broadmoor, not 1200"."""
    behind = [w for w in words[end : end + 3] if w != ","] if end is not None else []
    return behind[:1] == ["not"] and bool(runs(behind[1:2]))


def _number_taken_back(words: list[str], numbers: list[Run], end: int) -> Run | None:
    """The number alone that takes back the house number before it: "1200 Broadmoor Drive, I meant 1220"."""
    start = correction(words, end)
    return next((r for r in numbers if r.start == start and words[r.end : r.end + 1] in ([], ["."], [","])), None)


def _at_a_number(words: list[str], house: Run, end: int | None) -> bool:
    """ "At 810 Nile", and nothing behind it, or "it's 4410 Windmill Run": a place, though its street may be no street."""
    if end is None or not (house.start and 3 <= len(house.digits) <= _ZIP_DIGITS):
        return False
    behind = words[end] if end < len(words) else "."
    alone = behind in (",", ".", "?", "and") or behind.isdigit()
    before = words[house.start - 1]
    return (before == "at" and alone) or (before in _POINTS and words[end - 1] in _ALSO and end - house.end > 1)


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def _street_of(words: list[str], house: Run, introduced: bool) -> tuple[int, int | None, bool]:
    """Where the street of a house number begins and ends (None: no street), the last one if it is taken back."""
    if words[house.end : house.end + 2] == ["de", "la"]:
        house = Run(house.start, house.end + 2, house.digits)  # "El 700 de la calle Nueces"
    if _is_clock(words, house.end):
        return house.end, None, False
    end, sure = _street(words, house.end, introduced)
    start = house.end
    while words[start : start + 1] and words[start] in _DIRECTIONS:
        start += 1  # "910 West no wait East 30th Street"
    behind = (
        end
        if end is not None
        else next((i for i in range(start, min(start + 3, len(words))) if words[i] == ","), start)
    )
    again = correction(words, behind)
    if again is not None and again < len(words) and not is_number(words[again]):
        new_end, new_sure = _street(words, again, introduced)
        if new_end is not None and new_sure:
            return again, new_end, True
    return house.end, end, sure


def _is_clock(words: list[str], i: int) -> bool:
    """Whether what follows a number makes it a clock time."""
    return words[i : i + 1] in (["am"], ["pm"], ["oclock"], ["o'clock"]) or words[i : i + 2] in (["a", "m"], ["p", "m"])


def _street(words: list[str], start: int, introduced: bool) -> tuple[int | None, bool]:
    """Where the street behind a house number ends, and whether its kind ("Road") was said; None: no street."""
    i = start
    while i < len(words) and i - start < 6:
        word = words[i]
        if word in _ROUTES and i + 1 < len(words) and words[i + 1].isdigit() and len(words[i + 1]) < 5:
            i += 2
            return i + (i < len(words) and words[i] in _DIRECTIONS), True
        if (
            word == "and"
            and words[i : i + 3] == ["and", "a", "half"]
            and i > start
            and ordinal(words[i - 1]) is not None
        ):
            i += 3  # "East 38th and a half Street"
            continue
        if word in _CITY and i > start and words[i + 1 : i + 2] and words[i + 1] in _SURE | {"drive"}:
            i += 1  # "Stephen F Austin Drive"
            continue
        if word in (_STOP - {"square"} if i > start else _FIRST_STOP) or _CONTRACTED.search(word):
            break
        if word in _SURE and i > start:
            i += 1
            numbered = word == "road" and words[i - 2] in _ROADS_WITH_NUMBERS
            if numbered and i < len(words) and words[i].isdigit() and len(words[i]) < 5:
                i += 1
            if i < len(words) and words[i] in _DIRECTIONS:
                i += 1
            return i, True
        if (
            word in _ALSO
            and i > start
            and (
                i + 1 == len(words)
                or words[i + 1] in _STOP | _UNITS
                or words[i + 1].isdigit()
                or len(words[i + 1]) == 1
            )
        ):
            return i + 1, introduced or len(words) <= i + 4
        if not word.replace("'", "").isalpha() and ordinal(word) is None:
            break
        if word in _UNITS and i > start:
            break
        i += 1
    if i == start or (i - start == 1 and words[start] in _DIRECTIONS | _STOP):
        return None, False
    if i - start > 3 or words[start] in _STOP - {"new", "left", "right", "old"}:
        return None, False
    return i, False


def _without_zip(words: list[str], run: Run) -> Run:
    """The number of a unit without the ZIP that follows it: "unit two oh one seven eight seven oh four"."""
    ends = (i for i in range(run.start + 1, run.end) if len(join(words[i : run.end])) == _ZIP_DIGITS)
    end = next(ends, run.end) if len(run.digits) > _ZIP_DIGITS else run.end
    return Run(run.start, end, join(words[run.start : end]))


def _unit(tokens: list[str], words: list[str], numbers: list[Run], i: int) -> tuple[str, int]:
    """ "Apt 4" behind a street, and where it ends."""
    start = i + 1 if i < len(words) and words[i] == "," else i
    if start + 1 < len(words) and words[start] in _UNITS:
        number = [_without_zip(words, r) for r in numbers if r.start == start + 1]
        letter = re.fullmatch(r"\d*[a-z]", words[start + 1])
        value = number[0].digits if number else tokens[start + 1].upper() if letter else ""
        if value:
            end = number[0].end if number else start + 2
            kind = "" if words[start] in ("number", "#") else f"{title(words[start])} "
            return f"{kind}{'' if kind else '#'}{value}", end
    return "", i


def _written(tokens: list[str], words: list[str], start: int, end: int) -> str:
    out: list[str] = []
    for token, word in zip(tokens[start:end], words[start:end], strict=True):
        if word in (",", ".") or word in _UNITS:
            break
        last = len(out) == end - start - 1
        out.append(
            _SUFFIXES[word]
            if word in _SUFFIXES and (last or out) and word != "st"
            else "Street"
            if word == "st" and out
            else title(token)
        )
    return " ".join(out)


def _without_number(tokens: list[str], words: list[str]) -> str:
    """A street named without a house number: "Combat Road"."""
    for i in range(len(words) - 1, 0, -1):
        written = words[i] in ("way", "place") and all(token[:1].isupper() for token in tokens[i - 1 : i + 1])
        if not (written or words[i] in _SURE | {"drive"}):
            continue
        start = i
        while start > 0 and i - start < 3 and words[start - 1].isalpha() and words[start - 1] not in _STOP - {"new"}:
            start -= 1
        numbered = start > 0 and bool(runs(words[start - 1 : start]))
        numbers = words[i - 1] in _ROADS_WITH_NUMBERS and words[i + 1 : i + 2] and words[i + 1].isdigit()
        if start < i and not numbered and words[start:i] != ["oh"]:
            return _written(tokens, words, start, i + 2 if numbers else i + 1)
    return ""
