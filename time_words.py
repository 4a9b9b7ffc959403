"""Days, parts of the day and clock times in a caller's words, before anything is decided about them.

Works on plain text with numbers as digits ("friday at 2 30"). Knows the calendar (`now` gives today) but no opening
hours. Negated days ("not friday", "tuesday does not work") are left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

_Resolve = Callable[[re.Match[str]], date | None]

_DAY_NAMES = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3,
    "thurs": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sunday": 6,
    "lunes": 0, "martes": 1, "miercoles": 2, "jueves": 3, "viernes": 4, "sabado": 5, "domingo": 6,
}  # fmt: skip
_MONTH_NAMES = {
    m: i + 1
    for i, m in enumerate(
        "january february march april may june july august september october november december".split()
    )
} | {
    "jan": 1,
    "feb": 2,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sept": 9,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_DAY = "|".join(_DAY_NAMES)
_MONTH = "|".join(_MONTH_NAMES)
_B, _E = r"(?<!\S)", r"(?!\S)"
_NOT_BEFORE = re.compile(
    r"(?:not|except|but|than|can not (?:do|make)|not (?:on|for|this|next|do|make|available)|instead of|rather than"
    r"|other than|anything but|of)(?: (?:on|for|this|next|the|do|make|until))*$"
)
_NOT_AFTER = re.compile(
    r"^(?: \w+)? (?:does not|will not|would not|is not|is no|is bad|do not|can not|is out|is terrible"
    r"|is impossible)(?: \w+)?"
)
_CODE_BEFORE = re.compile(r"(?:code|number|apt|apartment|unit|suite|gate|floor|extension|box|#)(?: is| would be)?$")
_COUNTS = (
    r"days?|weeks?|months?|years?|hours?|minutes?|units?|people|kids|degrees|dollars"
    r"|bucks|percent|tons?|feet|times|floors?|stories|bedrooms?|systems?|dogs?"
)


@dataclass(frozen=True)
class Clock:
    """A clock time as said; without am or pm it is completed by the part of the day, else by working hours."""

    hour: int
    minute: int = 0
    half: str = ""  # "am", "pm" or ""

    def on(self, part: str) -> tuple[int, int]:
        """(hour of 24, minute): "4" is 16:00, "9" is 9:00, "8 in the evening" is 20:00."""
        if self.hour > 12:
            return self.hour, self.minute
        half = self.half
        if not half and part:
            half = "am" if part.endswith("morning") else "pm"
        if not half:
            half = "pm" if self.hour == 12 or self.hour < 7 else "am"
        return self.hour % 12 + (12 if half == "pm" else 0), self.minute


@dataclass(frozen=True)
class Said:
    """What was said of a time; None and "" mean: nothing."""

    day: date | None = None
    part: str = ""
    clock: Clock | None = None
    following: bool = False  # "The next day": counted from the wish so far

    @property
    def empty(self) -> bool:
        """Whether no time was said at all."""
        return self == Said()

    def corrected_by(self, later: "Said") -> "Said":
        """This with what `later` says instead; a new part of the day drops the old clock time."""
        merged = self
        if later.day is not None or later.following:
            merged = replace(merged, day=later.day, following=later.following)
        if later.part:
            merged = replace(merged, part=later.part, clock=None)
        if later.clock:
            merged = replace(merged, clock=later.clock)
        return merged


def read_said(text: str, now: datetime, bare: bool) -> Said:
    """The first day, part of the day and clock time in plain `text` with digits.

    Args:
        text: Plain text with numbers as digits (spoken_numbers.with_digits).
        now: Aware; its date is today.
        bare: Whether a bare number is a clock time.
    """
    if in_hours := _in_hours(text, now):
        return in_hours
    day, following, text = _day(text, now.date())
    part, text, clock = _part(text)
    clock = clock or _clock(text, bare)
    return Said(day, part, clock, following)


def _find(pattern: str, text: str) -> re.Match[str] | None:
    """The first match that is not negated."""
    for match in re.finditer(_B + "(?:" + pattern + ")" + _E, text):
        if not _NOT_BEFORE.search(text[: match.start()].rstrip()) and not _NOT_AFTER.match(text[match.end() :]):
            return match
    return None


def _day(text: str, today: date) -> tuple[date | None, bool, str]:
    """The day, whether it is "the following day", and the text without it."""
    rules = (
        (r"day after tomorrow|pasado manana|not tomorrow(?: ,)? (?:but |maybe )?(?:the )?day after",
         lambda m: today + timedelta(days=2)),
        (r"(?:the )?(?:next|following) day|(?:the )?day after(?: that)?(?=$| [,.?])", None),
        (rf"(?:next week,? (?:on )?(?P<a>{_DAY})"
         rf"|(?P<b>{_DAY}) (?:of )?next week|(?:a )?week from (?P<c>{_DAY}))", _next_week(today)),
        (rf"next (?P<d>{_DAY})", _next_week(today)),
        (rf"this (?:coming |week,? (?:on )?)?(?P<d>{_DAY})|(?P<e>{_DAY}) this week", _this(today)),
        (rf"(?:(?:{_DAY})(?: ,)? )?(?P<m>{_MONTH}) (?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)?", _month_day(today)),
        (rf"(?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m>{_MONTH})", _month_day(today)),
        (r"(?P<m>\d{1,2})/(?P<n>\d{1,2})(?:/\d{2,4})?", _month_day(today)),
        (rf"(?:on |next )?(?:{_DAY})?,? ?(?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)"
         r"(?! (?:floor|street|avenue|ave|st|time|unit|call))", _day_of_month(today)),
        (rf"(?P<d>{_DAY})(?:s)?", _weekday(today)),
        (r"in (?:the next |a )?(?P<k>couple|few|\d+|(?<=in )a|(?<=in a )(?=week|day))(?: of)? ?(?P<u>days?|weeks?)"
         r"|(?P<k2>\d+|a|couple|few) (?P<u2>days?|weeks?) from (?:now|today)", _in_days(today)),
        (r"tomorrow(?! night)|manana|tomorrow", lambda m: today + timedelta(days=1)),
        (r"today|tonight|hoy|this (?=morning|afternoon|evening)|later this (?=afternoon|evening)", lambda m: today),
        (r"(?:this |the |on the )?weekend",
         lambda m: today + timedelta(days=(5 - today.weekday()) % 7 or 7)),
        (r"(?:the )?end of (?:the |this )?week", lambda m: today + timedelta(days=(4 - today.weekday()) % 7 or 7)),
        (r"(?:sometime |some time |early |later )?next week", lambda m: today + timedelta(days=7 - today.weekday())),
        (r"(?:sometime |some time |later |any ?time |any day )?this week", lambda m: today + timedelta(days=1)),
    )  # fmt: skip
    found: list[tuple[int, int, re.Match[str], date | None]] = []
    for rank, (pattern, resolve) in enumerate(rules):
        match = _find(pattern, text)
        day = resolve(match) if match and resolve else None
        if match and (day is not None or resolve is None):
            vague = "week" in match[0] and not re.search(_DAY, match[0])
            found.append((len(text) if vague else match.start(), rank, match, day))
    if not found:
        return None, False, text
    _, _, match, day = min(found, key=lambda f: f[:2])
    evening = " evening " if match[0] == "tonight" else " "
    return day, day is None, text[: match.start()] + evening + text[match.end() :]


def _in_hours(text: str, now: datetime) -> Said | None:
    """ "In about two hours": the next full hour after that time."""
    match = _find(r"in (?:about |around |like )?(?P<k>an|a couple|a few|couple|\d{1,2})(?: of)? hours?", text)
    if match is None:
        return None
    hours = {"an": 1, "couple": 2, "few": 3}.get(match["k"].removeprefix("a ")) or int(match["k"])
    then = now + timedelta(hours=hours, minutes=59 if now.minute else 0)
    return Said(then.date(), clock=Clock(then.hour % 12 or 12, 0, "pm" if then.hour >= 12 else "am"))


def _part(text: str) -> tuple[str, str, Clock | None]:
    """The part of the day, the text without it, and a clock time if it is one ("noon")."""
    rules = (
        (r"(?:at |around |about )?(?:noon|midday|lunch ?time|lunch)", "noon"),
        (r"late morning", "late morning"),
        (r"(?:first thing(?: in the)? morning|early morning|first thing|in the am|mornings?|por la manana)", "morning"),
        (r"early (?:in the )?afternoon|(?:right )?after lunch", "early afternoon"),
        (r"late(?:r)? (?:in the )?afternoon", "late afternoon"),
        (r"in the pm|afternoons?|por la tarde", "afternoon"),
        (r"(?:this )?evenings?|(?:at )?night|tonight|after work|end of (?:the )?day|por la noche", "evening"),
    )  # fmt: skip
    for pattern, part in rules:
        if match := _find(pattern, text):
            if part == "noon":
                if re.search(r"(?:before|by)$", text[: match.start()].rstrip()):
                    return "morning", text.replace(match[0], " ", 1), None
                if re.search(r"after$", text[: match.start()].rstrip()):
                    return "early afternoon", text.replace(match[0], " ", 1), None
            return part, text[: match.start()] + " " + text[match.end() :], None
    return "", text, None


def _clock(text: str, bare: bool) -> Clock | None:
    """The first clock time: "2:30 pm", "at 4", "half past 2", "between 2 and 4"; bare numbers only if `bare`."""
    text = re.sub(r"(?<!\S)(\d{1,2}) (?:oh|o) (\d)(?!\S)", r"\1 0\2", text)
    if clock := _past_or_to(text):
        return clock
    range_of = (
        r"(?P<h>\d{1,2})(?::(?P<t>\d\d))?(?: (?P<a>am|pm))?,? (?:and|to|till|until|or) \d{1,2}(?::\d\d)?"
        r"(?: (?P<z>am|pm|oclock))?"
    )
    single = (
        r"(?P<h>\d{1,2})(?::(?P<t>\d\d)| (?P<u>00|[0-5]\d)(?=(?: am| pm|$| [,.?]| in| on| would| works| tomorrow"
        r"| today| is| please| if| or)))?(?: (?P<a>am|pm|oclock))?"
    )
    before = r"(?:at|by|around|about|after|before|between|from|like|maybe|say|past|until|for|make it|to|a las)"
    clocked = (
        (range_of, True),
        (rf"{before} {single}(?! (?:{_COUNTS}){_E})", True),
        (single, False),
    )
    for pattern, sure in clocked:
        for match in re.finditer(_B + "(?:" + pattern + ")" + _E, text):
            groups = match.groupdict()
            half = next((h for h in (groups.get("a"), groups.get("z")) if h in ("am", "pm")), "")
            marked = bool(half or groups.get("t") or "oclock" in match[0])
            after = text[match.end() :].split()
            if not (marked or bare or (sure and re.match(r"(?:at|between|around) ", match[0]))):
                continue
            if after and re.fullmatch(_COUNTS, after[0]) and not marked:
                continue
            ahead = text[: match.start()].rstrip()
            if _CODE_BEFORE.search(ahead) or (_NOT_BEFORE.search(ahead) and not match[0].startswith(("at", "by"))):
                continue
            hour, minute = int(groups["h"]), int(groups.get("t") or groups.get("u") or 0)
            if groups.get("z") in ("am", "pm") and not groups.get("a"):
                half = _range_half(hour, match[0], groups["z"])
            if clock := _checked(hour, minute, half):
                return clock
    return None


def _past_or_to(text: str) -> Clock | None:
    """ "Half past 2", "quarter to 3", "10 past 4"."""
    words = rf"{_B}(half|quarter|\d{{1,2}}) (past|to|till|after|before) (\d{{1,2}}){_E}(?: (am|pm))?"
    match = re.search(words, text)
    if match is None or not (match[1] in ("half", "quarter") or match[2] == "past"):
        return None
    minutes = {"half": 30, "quarter": 15}.get(match[1]) or int(match[1]) % 60
    hour = int(match[3])
    if match[2] in ("to", "till", "before"):
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    return _checked(hour, minutes, match[4] or "")


def _range_half(hour: int, text: str, half: str) -> str:
    """ "10 to 2 pm" starts in the morning, "2 to 4 pm" in the afternoon."""
    end = int(re.findall(r"\d{1,2}(?=(?::\d\d)? (?:am|pm))", text)[-1])
    return "am" if half == "pm" and hour % 12 > end % 12 else half


def _checked(hour: int, minute: int, half: str) -> Clock | None:
    if not (0 < hour < 24 and minute < 60) or (hour > 12 and half == "am"):
        return None
    return Clock(hour, minute, "" if hour > 12 else half)


def _name(match: re.Match[str]) -> int:
    return next(_DAY_NAMES[v] for v in match.groupdict().values() if v in _DAY_NAMES)


def _next_week(today: date) -> _Resolve:
    return lambda m: today + timedelta(days=7 - today.weekday() + _name(m))


def _this(today: date) -> _Resolve:
    return lambda m: today + timedelta(days=(_name(m) - today.weekday()) % 7)


def _weekday(today: date) -> _Resolve:
    return lambda m: today + timedelta(days=(_name(m) - today.weekday()) % 7 or 7)


def _month_day(today: date) -> _Resolve:
    def resolve(match: re.Match[str]) -> date | None:
        month = _MONTH_NAMES.get(match["m"]) or int(match["m"])
        for year in (today.year, today.year + 1):
            try:
                day = date(year, month, int(match["n"]))
            except ValueError:
                continue
            if day >= today:
                return day
        return None

    return resolve


def _day_of_month(today: date) -> _Resolve:
    def resolve(match: re.Match[str]) -> date | None:
        if match.start() and not re.search(rf"(?:on|the|{_DAY})(?!\S)", match[0]):
            return None  # "I need help first": no date.
        for ahead in range(62):
            day = today + timedelta(days=ahead)
            if day.day == int(match["n"]):
                return day
        return None

    return resolve


def _in_days(today: date) -> _Resolve:
    def resolve(match: re.Match[str]) -> date | None:
        count = match["k"] or match["k2"]
        days = {"couple": 2, "few": 3, "a": 1, "": 1, None: 1}.get(count) or int(count[:3])
        return today + timedelta(days=min(days, 365) * (7 if (match["u"] or match["u2"]).startswith("week") else 1))

    return resolve
