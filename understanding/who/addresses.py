"""Street addresses as callers say them, written down: "fifty three eleven Izzical Road" -> "5311 Izzical Road" (R33).

Refused: a choice ("4599 Mustang or Franklin Road", R35), a number without a street (R32), sentinels (R36),
whereabouts ("just off Lamar", X23). City, state and ZIP are left out. `valid_address` is the last word on every
address, also on a model's.
"""

import re

from call.session import Question
from understanding.text.candidates import correction, meant
from understanding.text.language import read_language
from understanding.text.numbers import ORDINALS, TEENS, TENS, UNITS, Run, at, is_number, join, ordinal, restarted, runs
from understanding.text.plain import fold, phrase, plain, said, title
from understanding.text.weekdays import DAY_NAMES
from understanding.who.name_words import SENTINEL_PHRASES, SENTINELS

_SUFFIXES = {
    "st": "Street", "rd": "Road", "ave": "Avenue", "av": "Avenue", "dr": "Drive", "ln": "Lane", "blvd": "Boulevard",
    "ct": "Court", "cir": "Circle", "pkwy": "Parkway", "hwy": "Highway", "trl": "Trail", "pl": "Place",
    "ter": "Terrace", "cv": "Cove", "lp": "Loop", "expy": "Expressway", "sq": "Square",
}  # fmt: skip
_SURE = frozenset(
    "street road avenue boulevard lane court circle parkway highway trail terrace cove loop expressway freeway".split()
) | frozenset(_SUFFIXES)
_KINDS = _SURE | {"drive"}
_ALSO = frozenset(
    "drive way place path pass run bend ridge hollow view crossing square plaza row walk bluff canyon creek hill hills"
    " glen park point valley springs meadow meadows oaks landing crest heights grove harbor alley commons".split()
)
_UNITS = frozenset("apt apartment unit suite ste lot building bldg number #".split())
_ROUTES = frozenset("highway hwy fm rr interstate route rm i ih us sh loop".split())
_ROADS_WITH_NUMBERS = frozenset("ranch county farm rural".split())  # "Ranch Road 620"
_DIRECTIONS = frozenset("north south east west n s e w northwest northeast southwest southeast".split())
# Words that are in no street; behind its first word; in the place of it.
_NEVER = frozenset(day for day in DAY_NAMES if day.endswith("day")) | frozenset(
    "meant mean and is the my zip it that this degrees but or with to for of on by off near no not tomorrow today"
    " tonight works sorry actually wait , . ?".split()
)
_STOP = _NEVER | frozenset(
    "said code codigo postal es mi y en in at austin texas tx please minutes hours dollars years year days day weeks"
    " week months people times pm am oclock percent tons ton units i we you he she was were are has have had so"
    " because then thank thanks yes yeah okay ok phone number name which would be do does just like um uh can could"
    " will old kids bedroom bedrooms story stories floor floors new unit system systems feet miles mile here there"
    " what when where who how call me from right left between morning afternoon evening noon work block rooms room"
    " guys dogs bucks".split()
)
_FIRST_STOP = (
    _NEVER | (_UNITS - {"lot"}) | frozenset("o'clock square box doors houses homes make rather scratch".split())
)
_ZIP_DIGITS = 5
_POINTS = frozenset("at on in it's its is the mine's over by".split())
_OWNS = frozenset("my our the have has had got are about with these those there's see all".split())
_NAMES_NUMBER = frozenset({"number", "#"})
_TO_ITS_NUMBER = _NAMES_NUMBER | frozenset(". the house and it is it's".split())
_GOES_ON = frozenset("and the it it's but with no sorry that my there".split())
_ENDS_NUMBER = _UNITS | _GOES_ON | frozenset({"", ".", "in", "austin", "please"})
_BILL = frozenset("bill bills billing invoice invoices receipt receipts mail mailing".split())
_TO_ITS_ZIP = frozenset("in austin texas tx zip code is the and that's .".split())
_OTHERWISE = frozenset("no not sorry wait mean meant actually same".split())
_CITY = frozenset({"austin", "texas"})
_CONTRACTED = re.compile(r"'(?:re|ll|m|ve|t|d)$|^(?:that|it|there|here|what|he|she)'s$")
_TO_MARKET = re.compile(r"\b(ranch|farm) to market\b(?: road\b)?", re.I)
_SPELLED = re.compile(r"\b([^\W\d_]{3,})(?: +[^\W\d_]\b){3,}", re.I)  # "Barton B A R T O N"
_AGAIN = re.compile(r"(?<!\S)((?:\S+ ){1,6})\1+", re.I)
_INTRODUCED = phrase(
    r"address(?: is| was| would be)?|(?:i|we) (?:live|stay|am|are) (?:at|on)|(?:i am|we are) (?:over "
    r"|located )?(?:at|on)|located (?:at|on)|house is (?:at|on)",
    r"place is (?:at|on)|come (?:out )?to|direccion(?: es)?|vivo en|street is|it is at",
)
_VAGUE = phrase(
    r"not (?:really |quite )?sure|(?:do|does) not (?:know|have|remember|want)|(?:just |right )?off(?: of)?|near"
    r"|nearby|close to|next to|behind|across from|somewhere|around|corner|by the"
    r"|intersection|same (?:address|place|one|as)|on file|you have it|should have"
    r"|what|why",
)
_SENTINELS = SENTINELS | SENTINEL_PHRASES | {"address", "no address", "my house", "my home", "street address"}
_NEW = frozenset("new left right old".split())  # They begin a street only in front of its name.


def valid_address(value: str) -> bool:
    """Whether `value` can be a street address: letters, five characters, one place and no sentinel (conversation.md 4)."""
    text = plain(value)
    words = text.split()
    if len(value.strip()) < 5 or "or" in words or text.strip(" .") in _SENTINELS or any(c in value for c in "{}[]<>@"):
        return False
    letters = any(word.isalpha() and not is_number(word) for word in words)
    return letters and len(words) <= 12 and not said(_VAGUE, text)


def read_address(raw: str, question: Question | None) -> tuple[str, str, tuple[str, ...]]:
    """The street address in a turn without marks ("" for none), its text with full stops instead, and all that it may be.

    Of several the one that is meant; if nobody can tell there is none, and the last of the result has them all.
    """
    tokens = _said_once(_tokens(raw))
    words = [fold(t) for t in tokens]
    text = plain(raw)
    if read_language(text) == "es":  # "El 2215, no 2250"
        words = ["not" if w == "no" and at(words, i + 1).isdigit() else w for i, w in enumerate(words)]
    introduced = question is Question.ADDRESS or said(_INTRODUCED, text)
    found: list[tuple[str, tuple[int, int]]] = []
    numbers = _numbers(words)
    for house in numbers:
        if found and house.start < found[-1][1][1]:
            continue
        place = _place(words, house, numbers, introduced or question is Question.BOOKING_NAME)
        if place is None:
            continue
        start, street_end = place
        if "or" in (at(words, house.start - 1), at(words, street_end)):
            return "", raw, ()
        unit, end = _unit(tokens, words, street_end)
        if again := _number_taken_back(words, numbers, end):
            house, end = Run(house.start, again.end, again.digits), again.end
        address = f"{house.digits} {_written(tokens, words, start, street_end)}{unit}"
        if valid_address(address):
            found.append((address, (house.start, end)))
    if not found and introduced and not said(_VAGUE, text):
        found = _street_first(tokens, words)
    return _meant(tokens, words, found, question is Question.ADDRESS) if found else ("", raw, ())


def _meant(
    tokens: list[str], words: list[str], found: list[tuple[str, tuple[int, int]]], asked: bool
) -> tuple[str, str, tuple[str, ...]]:
    """What `read_address` tells of the addresses that were found; where only a bill goes, nobody drives."""
    spans = [(0, 0), *(span for _, span in found)]
    bills = {i for i in range(len(found)) if _is_for_the_bill(words, spans[i][1], spans[i + 1][0])}
    if not asked or len(bills) == len(found):  # A complaint about a bill names the house.
        bills = set()
    blank = [(a, _behind_its_zip(words, b) if i in bills else b) for i, (_, (a, b)) in enumerate(found)]
    found = [place for i, place in enumerate(found) if i not in bills]
    found = [(a, span) for i, (a, span) in enumerate(found) if not any(_in_full(a, b) for b, _ in found[i + 1 :])]
    places = tuple(dict.fromkeys(address for address, _ in found))
    chosen = meant(words, found)
    for a, b in blank:
        tokens[a:b] = ["."] * (b - a)
    return found[chosen][0] if chosen is not None else "", " ".join(tokens), places if chosen is None else ()


def _place(words: list[str], house: Run, numbers: list[Run], asked: bool) -> tuple[int, int] | None:
    """Where the street of a number begins and ends; None when the number is no house's."""
    behind = house
    if at(words, house.end) == "not":  # "1904 not 1940 Alta Vista Avenue"
        behind = next((run for run in numbers if run.start == house.end + 1), house)
    start, end, sure = _street_of(words, behind, asked)
    if end is None or len(house.digits.split()[0]) > 6 or "not" in words[max(0, house.start - 2) : house.start]:
        return None
    if not (sure or asked or behind is not house or _at_a_number(words, house, end) or _not_another(words, end)):
        return None
    few = (len(house.digits) == 1 and not sure) or (len(house.digits) < 3 and at(words, house.start - 1) in _OWNS)
    return None if few and words[end - 1] not in _KINDS else (start, end)  # "My three horses"


def _said_once(tokens: list[str]) -> list[str]:
    """The tokens without what is said again at once: "1211 Alta Vista Alta Vista Avenue", "twelve thirty twelve thirty"."""
    text = "".join(f"{token} " for token in tokens)
    return _AGAIN.sub(lambda match: match[1] if _is_again(match) else match[0], text).split()


def _is_again(match: re.Match[str]) -> bool:
    """Whether words that are there twice were only said twice: not "five five" and "Bora Bora", but a whole number."""
    words = fold(match[1]).split()
    number = runs(words)
    if number and number[0].end - number[0].start == len(words):
        return len(number[0].digits) > 2
    letter = len(words[0]) == 1 and words[0].isalpha()  # "Avenue H, H like hotel"
    return len(words) > 1 or letter or fold(match.string[match.end() :]).split(" ")[0] in _KINDS


def _in_full(short: str, full: str) -> bool:
    """Whether one address is another that was not said in full: "320 Live Oak" and "320 West Live Oak Street"."""
    return short != full and {*short.split()} <= {*full.split()}


def _numbers(words: list[str]) -> list[Run]:
    """The numbers that may be a house's, as they are written: "4510", "7005B", "1105 1/2"."""
    lettered = [
        Run(i, i + 1, word.upper())
        for i, word in enumerate(words)
        if re.fullmatch(r"\d{1,5}[a-z]", word) and words[i - 1] not in _UNITS
    ]
    return [_house(words, run) for run in sorted([*runs(words), *lettered], key=lambda run: run.start)]


def _house(words: list[str], run: Run) -> Run:
    """The house's number in a run: without a ZIP or a unit before it and the number that its street begins with."""
    start, end, digits = run.start, run.end, run.digits
    if end - start > 1 and (re.fullmatch(r"\d{5}", words[start]) or (start and words[start - 1] in _UNITS)):
        start += 1
    if _begins_a_street(words, start, end):
        end -= 1
    if (start, end) != (run.start, run.end):
        digits = join(words[start:end])
    if len(digits) > _ZIP_DIGITS:
        anew = re.fullmatch(r"(\d\d)\d{1,3} (\1\d{1,3})", " ".join(words[start:end]))  # "2200, um, 2216 Parker Lane"
        digits = restarted(words[start:end], range(3, _ZIP_DIGITS + 1)) or (anew[2] if anew else digits)
    for half in (["1/2"], ["and", "a", "half"], ["and", "1/2"]):
        if words[end : end + len(half)] == half:
            return Run(start, end + len(half), f"{digits} 1/2")
    return Run(start, end, digits)


def _begins_a_street(words: list[str], start: int, end: int) -> bool:
    """Whether the last word of a number is its street's: "1200 Seven Oaks", "forty five ten One Oak Road"."""
    last, before = end - 1, words[start : end - 1]
    if not before or words[last] not in UNITS | TEENS or before[-1] in TENS or _street(words, last, False)[0] is None:
        return False
    if all(word.isdigit() for word in before):
        return len("".join(before)) > (1 if words[last] in UNITS else 2)
    plural = re.fullmatch(r"[a-z]+[^s']s", at(words, end)) is not None
    pairs = len(join(before)) == 4 and not {*before[-2:]}.isdisjoint(TEENS | TENS)
    return words[last] in UNITS and (pairs or (plural and (before[-1] == "hundred" or len(before) > 2)))


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


def _not_another(words: list[str], end: int) -> bool:
    """ "1220 Broadmoor, not 1200"."""
    behind = [word for word in words[end : end + 3] if word != ","]
    return at(behind, 0) == "not" and is_number(at(behind, 1))


def _number_taken_back(words: list[str], numbers: list[Run], end: int) -> Run | None:
    """The number alone that takes back the house number before it: "1200 Broadmoor Drive, I meant 1220"."""
    start = correction(words, end)
    return next((r for r in numbers if r.start == start and words[r.end : r.end + 1] in ([], ["."], [","])), None)


def _at_a_number(words: list[str], house: Run, end: int) -> bool:
    """ "At 810 Nile", and nothing behind it, or "it's 4410 Windmill Run": a place, though its street may be no street."""
    before, behind = at(words, house.start - 1), at(words, end)
    if not 3 <= len(house.digits) <= _ZIP_DIGITS:
        return False
    alone = behind in ("", ",", ".", "?", "and") or behind.isdigit()
    return (before == "at" and alone) or (before in _POINTS and words[end - 1] in _ALSO)


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def _street_of(words: list[str], house: Run, asked: bool) -> tuple[int, int | None, bool]:
    """Where the street of a house number begins and ends (None: no street), the last one if it is taken back."""
    begin = house.end + 2 * (words[house.end : house.end + 2] == ["de", "la"])  # "El 700 de la calle Nueces"
    if words[begin : begin + 2] in (["a", "m"], ["p", "m"]):
        return begin, None, False
    end, sure = _street(words, begin, asked)
    start = begin
    while at(words, start) in _DIRECTIONS:
        start += 1  # "910 West no wait East 30th Street"
    comma = next((i for i in range(start, min(start + 3, len(words))) if words[i] == ","), start)
    again = correction(words, end or comma)
    if again is not None and not is_number(at(words, again)):
        new_end, new_sure = _street(words, again, asked)
        if new_sure:
            return again, new_end, True
    return begin, end, sure


def _street(words: list[str], start: int, asked: bool) -> tuple[int | None, bool]:
    """Where the street behind a house number ends, and whether its kind ("Road") was said; None: no street."""
    i = start
    while i < min(len(words), start + 6):
        word, behind = words[i], at(words, i + 1)
        if word in _ROUTES and behind.isdigit() and len(behind) < 5:
            return i + 2 + (at(words, i + 2) in _DIRECTIONS), True
        if i > start and words[i : i + 3] == ["and", "a", "half"]:
            i += 3  # "East 38th and a half Street"
            continue
        if i > start and word in _CITY and behind in _KINDS:
            i += 1  # "Stephen F Austin Drive"
            continue
        if word in (_STOP if i > start else _FIRST_STOP) or _CONTRACTED.search(word):
            break
        if i > start and word in _SURE:
            i += 1 + (words[i - 1] in _ROADS_WITH_NUMBERS and behind.isdigit() and len(behind) < 5)
            return i + (at(words, i) in _DIRECTIONS), True
        ends = behind in _STOP | _UNITS or behind.isdigit() or len(behind) < 2
        if i > start and word in _ALSO and ends:
            return i + 1, asked or len(words) <= i + 4
        if word in _UNITS or not (word.replace("'", "").isalpha() or ordinal(word) is not None):
            break
        i += 1
    no_name = _STOP - _NEW if i - start > 1 else _STOP | _DIRECTIONS
    return (i, False) if start < i < start + 4 and words[start] not in no_name else (None, False)


def _unit(tokens: list[str], words: list[str], i: int) -> tuple[str, int]:
    """ " Apt 4" behind a street, " Bldg 2 Apt 4", and where it ends."""
    start = i + (at(words, i) == ",")
    number = next((run for run in runs(words) if run.start == start + 1), None)
    if at(words, start) not in _UNITS or not (number or re.fullmatch(r"\d*[a-z]", at(words, start + 1))):
        return "", i
    end = start + 2
    if number:  # "Unit two oh one seven eight seven oh four": without the ZIP
        ends = (end for end in range(start + 2, number.end) if len(join(words[end : number.end])) == _ZIP_DIGITS)
        end = next(ends, number.end)
    kind = " #" if words[start] in ("number", "#") else f" {title(words[start])} "
    more, last = _unit(tokens, words, end)
    return f"{kind}{join(words[start + 1 : end]) if number else tokens[start + 1].upper()}{more}", last


def _written(tokens: list[str], words: list[str], start: int, end: int) -> str:
    """A street in full: "oak rd" is "Oak Road"."""
    return " ".join(
        _SUFFIXES.get(words[i], title(tokens[i])) if i > start else title(tokens[i]) for i in range(start, end)
    )


def _is_for_the_bill(words: list[str], start: int, end: int) -> bool:
    """Whether the words in front of an address, behind the one before, send only the bill there.

    "1200 Congress is where the bill goes, 3309 Menchaca" tells of the one before, and a correction of both.
    """
    before = words[start:end]
    return not _BILL.isdisjoint(before) and _OTHERWISE.isdisjoint(before) and at(before, 0) not in ("is", "that's")


def _behind_its_zip(words: list[str], end: int) -> int:
    """Where an address ends with the ZIP behind it."""
    number = next((run for run in runs(words) if run.start >= end), None)
    if number is None or len(number.digits) != _ZIP_DIGITS or not _TO_ITS_ZIP.issuperset(words[end : number.start]):
        return end
    return number.end


def _street_first(tokens: list[str], words: list[str]) -> list[tuple[str, tuple[int, int]]]:
    """A street without a house number in front, and where it is: its number may stand behind it."""
    span = None if "or" in words else _without_number(tokens, words)
    if span is None:
        return []
    start, end = span
    address = _written(tokens, words, start, end)
    if number := _number_behind(words, end):
        unit, end = _unit(tokens, words, number.end)
        address = f"{number.digits} {address}{unit}"
    return [(address, (start, end))] if valid_address(address) else []


def _without_number(tokens: list[str], words: list[str]) -> tuple[int, int] | None:
    """Where a street begins and ends that is named without a house number in front of it: "Combat Road"."""
    for i in range(len(words) - 1, 0, -1):
        written = words[i] in ("way", "place") and all(token[:1].isupper() for token in tokens[i - 1 : i + 1])
        if not (written or words[i] in _KINDS):
            continue
        start = i
        while start > 0 and i - start < 3 and words[start - 1].isalpha() and words[start - 1] not in _STOP - {"new"}:
            start -= 1
        numbers = words[i - 1] in _ROADS_WITH_NUMBERS and at(words, i + 1).isdigit()
        if start < i and not is_number(at(words, start - 1)) and words[start:i] != ["oh"]:
            return start, i + 2 if numbers else i + 1
    return None


def _number_behind(words: list[str], end: int) -> Run | None:
    """The house number behind its street, and nothing that it counts: "Shoal Creek Boulevard, 4402".

    Five digits are a ZIP there, unless they are called a number.
    """
    start = end
    while at(words, start) in _TO_ITS_NUMBER:
        start += 1
    run = next((run for run in runs(words) if run.start == start), None)
    if run is None or (words[run.start : run.end] == ["one"] and start == end):  # "The Lake Street one"
        return None
    zips = (i for i in range(start + 1, run.end) if len(join(words[i : run.end])) == _ZIP_DIGITS)
    last = next(zips, run.end)  # "4402 78757"
    digits = join(words[start:last])
    named = not _NAMES_NUMBER.isdisjoint(words[end:start])
    ends = _ENDS_NUMBER if named or len(digits) > 2 else _ENDS_NUMBER - _GOES_ON  # "Two and a half blocks down"
    alone = last < run.end or at(words, last) in ends
    if not alone or len(digits) > (_ZIP_DIGITS if named else _ZIP_DIGITS - 1):
        return None
    again = _number_taken_back(words, runs(words), last)
    return Run(start, again.end, again.digits) if again else Run(start, last, digits)
