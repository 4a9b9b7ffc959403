"""What a sentence states about time, money and numbers, found by rules: material for the reply guard.

Finds, does not judge. A time is a `Mention` that knows which moments it fits; money is in dollars. Works on lower-case
text whose punctuation is plain (`reply_guard.clean`). Pure.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
_UNIT_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_ORDINALS, _UNITS = _ORDINAL_WORDS.split(), _UNIT_WORDS.split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBER_WORDS = {word: n for n, word in enumerate(_UNITS)} | _TENS
_SCALES = {"hundred": 100, "thousand": 1000}
_WORD = "|".join([*NUMBER_WORDS, *_SCALES])
_SPELLED = rf"(?:{_WORD})(?:(?:[ -]|[ -]and[ -])(?:{_WORD}))*"
_NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?|{_SPELLED})"

_HOUR = r"(?:1[0-2]|0?[1-9]|" + "|".join(_UNITS[1:13]) + ")"
_MINUTE_WORDS = {"fifteen": 15, "thirty": 30, "forty five": 45, "forty-five": 45, "o'clock": 0, "": 0}
_AM_PM = r"(?P<half>a\.? ?m\b\.?|p\.? ?m\b\.?)"
_AFTER_HOUR = (
    r"(?= *(?:[,.?!;]|$|(?:on|or|and|to|sharp|today|tomorrow|tonight)\b|in the (?:morning|afternoon|evening)|"
    + "|".join(WEEKDAYS)
    + "))"
)
_CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<hour>{_HOUR})(?::(?P<minute>\d\d)|[ -](?P<spoken>fifteen|thirty|forty[ -]five))? ?{_AM_PM}",
        r"\b(?P<hour>\d{1,2}):(?P<minute>\d\d)\b",
        rf"\b(?P<hour>{_HOUR})[ -](?P<spoken>fifteen|thirty|forty[ -]five|o'clock)\b",
        rf"\b(?:between|from) (?P<hour>{_HOUR})(?= (?:and|to) {_HOUR}\b)",
        rf"(?<=and )(?P<hour>{_HOUR}){_AFTER_HOUR}|(?<=\bto )(?P<second>{_HOUR}){_AFTER_HOUR}",
        rf"\b(?:at|by|around|about|before|after|until|till) (?P<hour>{_HOUR}){_AFTER_HOUR}",
        r"\b(?P<word>noon|midnight)\b",
    )
)
_DATES = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)}) (?:the )?(?P<day>\d{{1,2}}|{'|'.join(_ORDINALS)})(?:st|nd|rd|th)?\b"
    rf"|\bthe (?P<only>\d{{1,2}})(?:st|nd|rd|th)\b|\bon the (?P<word>{'|'.join(_ORDINALS)})\b"
    r"|\b(?P<m>\d{1,2})/(?P<d>\d{1,2})\b(?!/)"
)
_DAYS = re.compile(rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b|\b(?:day after )?tomorrow\b")
_NOW = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b")
_VAGUE = re.compile(r"\b(?:this|next|the|coming) (?:week(?:end)?|month)\b")
_PART = re.compile(r"\b(?:morning|afternoon|evening)\b")


@dataclass(frozen=True)
class Mention:
    """A day or a time that a sentence names. `label` is the same for the same moment however it is written."""

    label: str
    is_day: bool
    span: tuple[int, int]
    fits: Callable[[datetime, date], bool]  # A local moment, and the day of the call


def mentions(text: str) -> list[Mention]:
    """Every day and time that `text` names, parts of a day only beside a day."""
    found: list[Mention] = []
    for mention in [*_clocks(text), *_days(text)]:
        if not any(mention.span[0] < other.span[1] and other.span[0] < mention.span[1] for other in found):
            found.append(mention)
    if any(mention.is_day for mention in found):
        found += [
            Mention(m.group(), False, m.span(), _part_of_day(m.group()))
            for m in _PART.finditer(text)
            if not any(other.span[0] <= m.start() < other.span[1] for other in found)
        ]
    return found


def _clocks(text: str) -> Iterator[Mention]:
    for pattern in _CLOCKS:
        for m in pattern.finditer(text):
            groups = m.groupdict()
            if groups.get("word"):
                hour, minute, half = (12 if m["word"] == "noon" else 0), 0, "24"
            else:
                word = groups.get("hour") or groups.get("second") or ""
                hour = int(word) if word.isdigit() else NUMBER_WORDS[word]
                minute = int(groups.get("minute") or 0) or _MINUTE_WORDS[groups.get("spoken") or ""]
                half = (groups.get("half") or "")[:1]
                half = "24" if hour > 12 or hour == 0 else half
            yield Mention(f"{hour}:{minute:02}{half}", False, m.span(), _clock(hour, minute, half))


def _clock(hour: int, minute: int, half: str) -> Callable[[datetime, date], bool]:
    def fits(at: datetime, today: date) -> bool:
        if half == "24":
            return (at.hour, at.minute) == (hour, minute)
        same = (at.hour % 12, at.minute) == (hour % 12, minute)
        return same and (not half or (at.hour < 12) == (half == "a"))

    return fits


def _days(text: str) -> Iterator[Mention]:
    for m in _DATES.finditer(text):
        month = MONTHS.index(m["month"]) + 1 if m["month"] else int(m["m"] or 0)
        word = m["day"] or m["only"] or m["word"] or m["d"]
        day = int(word) if word.isdigit() else _ORDINALS.index(word) + 1
        yield Mention(f"{month or ''}/{day}", True, m.span(), _date(month, day))
    for m in _DAYS.finditer(text):
        if m["weekday"]:
            yield Mention(m.group(), True, m.span(), _weekday(WEEKDAYS.index(m["weekday"])))
        else:
            yield Mention(m.group(), True, m.span(), _in_days(2 if m.group().startswith("day") else 1))
    for m in _NOW.finditer(text):
        yield Mention(m.group(), True, m.span(), _in_days(0))
    for m in _VAGUE.finditer(text):
        yield Mention(m.group(), True, m.span(), lambda at, today: False)


def _date(month: int, day: int) -> Callable[[datetime, date], bool]:
    return lambda at, today: at.day == day and month in (0, at.month)


def _weekday(number: int) -> Callable[[datetime, date], bool]:
    return lambda at, today: at.weekday() == number


def _in_days(days: int) -> Callable[[datetime, date], bool]:
    return lambda at, today: at.date() == today + timedelta(days=days)


def _part_of_day(part: str) -> Callable[[datetime, date], bool]:
    first, last = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}[part]
    return lambda at, today: first <= at.hour < last


_MONEY = (
    re.compile(rf"\$ ?(?P<n>{_NUMBER})"),
    re.compile(rf"\b(?P<n>{_NUMBER}) (?:dollars?|bucks)\b"),
    re.compile(
        rf"\b(?:costs?|prices?|fees?|charges?|runs?|total|pays?|starts? at|only|about)\b[^.?!,]{{0,25}}?"
        rf"\b(?P<n>\d[\d,]*(?:\.\d+)?"
        rf"|(?:{_WORD})(?:[ -]and)?[ -](?:{_WORD})(?:[ -](?:and[ -])?(?:{_WORD}))*|{'|'.join(_TENS)})"
        r"\b(?! (?:minutes?|hours?|days?|years?|degrees))"
    ),
)
_LOOSE_MONEY = re.compile(r"\b(?:couple|few|several) (?:hundred|thousand)\b|\b(?:hundreds|thousands|cents)\b|\bgrand\b")


def amounts(text: str, *, skip: list[Mention]) -> list[float | None]:
    """Every sum of money in dollars, None for one without a number ("a few hundred"). `skip` are times: no money."""
    text = blank(text, skip)
    found: list[float | None] = [None for _ in _LOOSE_MONEY.finditer(text)]
    for pattern in _MONEY:
        found += [number(m["n"]) for m in pattern.finditer(text)]
    return found


def blank(text: str, found: list[Mention]) -> str:
    """`text` with its times blanked out, positions kept."""
    for mention in found:
        text = text[: mention.span[0]] + " " * (mention.span[1] - mention.span[0]) + text[mention.span[1] :]
    return text


def number(words: str) -> float:
    """`89`, `1,200.50`, `eighty-nine` and `twelve hundred and five` as numbers."""
    if words[0].isdigit():
        return float(words.replace(",", "").rstrip("."))
    total = current = 0
    for word in re.split(r"[ -]", words):
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if word == "thousand":
                total, current = total + current, 0
        else:
            current += NUMBER_WORDS.get(word, 0)
    return float(total + current)


def digit_runs(text: str) -> list[str]:
    """Runs of digits as a voice reads them: `7 8 6 1 3` and `512-555-0101` are one run each."""
    return [re.sub(r"\D", "", m.group()) for m in re.finditer(r"\+?\d(?:[ ().-]{0,2}\d)*", text)]
