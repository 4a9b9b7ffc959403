"""Which days and times a sentence names, found by rules: material for the reply guard.

Finds, does not judge. A time is a `Mention` that knows which moments it fits; a vague one ("later today", "by the
weekend") fits none. Works on lower-case text whose punctuation is plain
(`sentences.clean`). Pure.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from call import spoken_time
from understanding.text.numbers import ORDINALS, TEENS, TENS, UNITS, join

WEEKDAYS, MONTHS = (tuple(name.lower() for name in names) for names in (spoken_time.WEEKDAYS, spoken_time.MONTHS))
NUMBER_WORDS = UNITS | TEENS | TENS
_WORD = "|".join([*NUMBER_WORDS, "hundred", "thousand"])
SPELLED = rf"(?:{_WORD})(?:(?:[ -]|[ -]and[ -])(?:{_WORD}))*"

_WEEKDAY = "|".join(WEEKDAYS) + r"|tues|thurs?"
_MONTH = "|".join(MONTHS) + r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
_ORDINAL = "|".join(ORDINALS)

_HOUR = r"(?:1[0-2]|0?[1-9]|" + "|".join(word for word, n in NUMBER_WORDS.items() if 0 < n < 13) + ")"
_MINUTE_WORDS = {
    "": 0, "o'clock": 0, "oh five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty five": 25, "thirty": 30,
    "thirty five": 35, "forty": 40, "forty five": 45, "fifty": 50, "fifty five": 55,
}  # fmt: skip
_ANY_MINUTES = "|".join(w.replace(" ", "[ -]") for w in sorted(_MINUTE_WORDS, key=len, reverse=True) if w)
_BEFORE_HALF = r"(?:half past|quarter (?:past|after|to|of|till|before))"
_AM_PM = r"(?P<half>a\.? ?m\b\.?|p\.? ?m\b\.?)"
_AFTER_HOUR = (
    r"(?= *(?:[,.?!;]|$|(?:at|on|or|nor|and|as|to|is|are|was|works|would|sharp|today|tomorrow|tonight)\b"
    r"|in the (?:morning|afternoon|evening)|" + "|".join(WEEKDAYS) + "))"
)
_CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<before>{_BEFORE_HALF}) (?P<hour>{_HOUR})\b(?: ?{_AM_PM})?",
        rf"\b(?P<hour>{_HOUR})(?:[:.](?P<minute>\d\d)|[ -](?P<spoken>{_ANY_MINUTES}))? ?{_AM_PM}",
        rf"\b(?P<hour>{_HOUR})(?::(?P<minute>\d\d)|[ -](?P<spoken>{_ANY_MINUTES}))?"
        r" (?P<part>in the (?:morning|afternoon|evening)|at night)\b",
        r"\b(?P<hour>\d{1,2}):(?P<minute>\d\d)\b",
        rf"\b(?P<hour>{_HOUR})[ -](?P<spoken>fifteen|thirty|forty[ -]five|o'clock)\b",
        rf"\b(?:at|by|around|about|before|after|until|till) (?P<hour>{_HOUR})[ -](?P<spoken>{_ANY_MINUTES})\b",
        rf"\b(?:between|from) (?P<hour>{_HOUR})(?= (?:(?:and|to) {_HOUR}|on(?:wards?)?)\b)",
        rf"(?<=and )(?!one (?:on )?(?:{'|'.join(WEEKDAYS)}))(?P<hour>{_HOUR}){_AFTER_HOUR}"
        rf"|(?<=\bto )(?P<second>{_HOUR}){_AFTER_HOUR}",
        rf"\b(?:at|by|around|about|before|after|until|till|(?<=early )as|(?<=late )as)"
        rf" (?P<hour>{_HOUR})(?:ish\b|{_AFTER_HOUR})",
        rf"(?:(?<=start is )|(?<=visit is ))(?P<hour>{_HOUR}){_AFTER_HOUR}",
        rf"\b(?P<hour>{_HOUR})-?ish\b",
        r"\b(?P<word>noon|midday|midnight)\b",
    )
)
_DATES = re.compile(
    rf"\b(?P<month>{_MONTH}) (?:the )?(?P<day>\d{{1,2}}|{_ORDINAL})(?:st|nd|rd|th)?\b"
    rf"|\b(?:the )?(?P<before>\d{{1,2}}|{_ORDINAL})(?:st|nd|rd|th)? of (?P<of>{_MONTH})"
    rf"|\bthe (?P<only>\d{{1,2}})(?:st|nd|rd|th)\b|\b(?:on|(?:{'|'.join(WEEKDAYS)}),?) the (?P<word>{_ORDINAL})\b"
    r"|\b(?P<m>\d{1,2})/(?P<d>\d{1,2})\b(?!/)"
)
_DAYS = re.compile(rf"\b(?P<weekday>{_WEEKDAY})\b|\b(?P<plural>{'|'.join(WEEKDAYS)})s\b"
                   r"|\b(?:day after )?tomorrow\b")  # fmt: skip
_NOW = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b")
# Each is a time, and none of a visit: what V2 books has a day and an hour.
_VAGUE = re.compile(
    rf"\b(?:this|next|the|coming|following) (?:week(?:end)?|month)\b(?<!\bof the week)"
    rf"|\b(?:{_WEEKDAY}) (?:week|after next)\b|\b(?:week|month)s? (?:from|after)\b|\bfrom now\b"
    r"|\b(?:by |before |at )?(?:the )?end of (?:the )?(?:day|week|month|business)\b|\bclose of business\b"
    r"|\blater (?:today|on|this \w+)\b|\b(?:around|at|after|before|by) (?:lunch|dinner)(?: ?time)?\b|\bafter work\b"
    r"|\bcrack of dawn\b|\bbright and early\b"
)
_FIRST_THING = re.compile(rf"\bfirst thing(?= (?:in the morning|tomorrow|on |this |{'|'.join(WEEKDAYS)}))")
_PART = re.compile(r"(?<!good )\b(?:mid-?)?(?P<part>morning|afternoon|evening)s?\b|(?<!good )\b(?P<night>at night)\b")


@dataclass(frozen=True)
class Mention:
    """A day or a time that a sentence names. `label` is the same for the same moment however it is written."""

    label: str
    is_day: bool
    span: tuple[int, int]
    fits: Callable[[datetime, date], bool]  # A local moment, and the day of the call


def mentions(text: str, *, parts: bool = False) -> list[Mention]:
    """Every day and time that `text` names, in order; parts of a day only beside a day, or with `parts`."""
    found: list[Mention] = []
    for mention in [*_clocks(text), *_days(text)]:
        if not any(mention.span[0] < other.span[1] and other.span[0] < mention.span[1] for other in found):
            found.append(mention)
    if parts or any(mention.is_day for mention in found):
        found += [
            Mention(m["part"] or "night", False, m.span(), _part_of_day(m["part"] or "night"))
            for m in _PART.finditer(text)
            if not any(other.span[0] <= m.start() < other.span[1] for other in found)
        ]
    return sorted(found, key=lambda mention: mention.span)


def _clocks(text: str) -> Iterator[Mention]:
    for pattern in _CLOCKS:
        for m in pattern.finditer(text):
            groups = m.groupdict()
            if groups.get("word"):
                hour, minute, half = (0 if m["word"] == "midnight" else 12), 0, "24"
            else:
                word = groups.get("hour") or groups.get("second") or ""
                hour = int(word) if word.isdigit() else NUMBER_WORDS[word]
                spoken = (groups.get("spoken") or "").replace("-", " ")
                minute = int(groups.get("minute") or 0) or _MINUTE_WORDS[spoken]
                half = (groups.get("half") or "")[:1] or _half_of(groups.get("part") or "")
                if before := groups.get("before"):
                    hour, minute = _before(before, hour)
                half = "24" if hour > 12 or hour == 0 else half
            yield Mention(f"{hour}:{minute:02}{half}", False, m.span(), _clock(hour, minute, half))


def _half_of(part: str) -> str:
    return "" if not part else "a" if "morning" in part else "p"


def _before(words: str, hour: int) -> tuple[int, int]:
    """ "Half past ten" is 10:30, "quarter to ten" 9:45."""
    if words.startswith("half"):
        return hour, 30
    return (hour, 15) if words.endswith(("past", "after")) else ((hour - 2) % 12 + 1, 45)


def _clock(hour: int, minute: int, half: str) -> Callable[[datetime, date], bool]:
    def fits(at: datetime, today: date) -> bool:
        if half == "24":
            return (at.hour, at.minute) == (hour, minute)
        same = (at.hour % 12, at.minute) == (hour % 12, minute)
        return same and (not half or (at.hour < 12) == (half == "a"))

    return fits


def _days(text: str) -> Iterator[Mention]:
    for m in _VAGUE.finditer(text):
        yield Mention(m.group(), True, m.span(), _never)
    for m in _FIRST_THING.finditer(text):
        yield Mention(m.group(), False, m.span(), lambda at, today: at.hour < 10)
    for m in _DATES.finditer(text):
        name = m["month"] or m["of"]
        month = _index(MONTHS, name) + 1 if name else int(m["m"] or 0)
        word = m["day"] or m["before"] or m["only"] or m["word"] or m["d"]
        day = int(word) if word.isdigit() else ORDINALS[word]
        yield Mention(f"{month or ''}/{day}", True, m.span(), _date(month, day))
    for m in _DAYS.finditer(text):
        name = m["weekday"] or m["plural"]
        if name:
            number = _index(WEEKDAYS, name)
            yield Mention(WEEKDAYS[number], True, m.span(), _weekday(number))
        else:
            yield Mention(m.group(), True, m.span(), _in_days(2 if m.group().startswith("day") else 1))
    for m in _NOW.finditer(text):
        yield Mention(m.group(), True, m.span(), _in_days(0))


def _index(names: tuple[str, ...], name: str) -> int:
    """The place of a name that may be shortened: "dec." is the last month."""
    return next(i for i, whole in enumerate(names) if whole.startswith(name[:3]))


def _never(at: datetime, today: date) -> bool:
    return False


def _date(month: int, day: int) -> Callable[[datetime, date], bool]:
    return lambda at, today: at.day == day and month in (0, at.month)


def _weekday(number: int) -> Callable[[datetime, date], bool]:
    return lambda at, today: at.weekday() == number


def _in_days(days: int) -> Callable[[datetime, date], bool]:
    return lambda at, today: at.date() == today + timedelta(days=days)


def _part_of_day(part: str) -> Callable[[datetime, date], bool]:
    first, last = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24), "night": (18, 24)}[part]
    return lambda at, today: first <= at.hour < last


def number(words: str) -> float:
    """`89`, `1,200.50`, `eighty-nine` and `twelve hundred and five` as numbers."""
    if words[0].isdigit():
        return float(words.replace(",", "").rstrip("."))
    spelled = re.sub("^(?=hundred|thousand)", "one ", words)
    return float(join([word for word in re.split("[ -]", spelled) if word != "and"]))
