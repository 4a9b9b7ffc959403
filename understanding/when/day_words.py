"""The days in a caller's words: "Friday", "the 5th", "early next week", "by Thursday", "not Monday".

Works on plain text with numbers as digits and knows the calendar, no opening hours. "Next Friday" is next week's,
"by Friday" begins today. Negated days are left out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from understanding.text.plain import Words, phrase
from understanding.text.weekdays import DAY_NAMES, MONTH_NAMES, WEEKDAY
from understanding.when.calendar_days import (
    Days,
    next_date,
    next_holiday,
    next_monday,
    sunday_after,
    week_of,
    weekend_of,
    work_days,
)

_MONTH = "(?:" + "|".join(MONTH_NAMES) + ")"
_LOOK_BACK = 60  # characters before a day in which its negation stands
_NOT_BEFORE = re.compile(
    r"(?<!\S)(?:i work|working|busy|booked|away|out of town|tied up|not|no(?= (?:el|los|por|en|para))|except|but|than"
    r"|neither|nor|can not (?:do|make)|instead of|rather than|not(?: (?:really|even|want|need|like|think|going|looking"
    r"|trying|ready|to|book|booking|schedule|scheduling|set up|come|coming|making|doing|an?|appointment|visit|anything"
    r"|anyone|anybody|it|you))+)(?: (?:on|in|for|this|next|the|do|make|until|available"
    r"|free|home|here|go|at|el|los|por|en|para|la))*"
    rf"(?: {WEEKDAY}(?: (?:or|and|nor))(?: on)?)*$"
)
_NOT_AFTER = re.compile(
    r"^ no(?: [,.]|$)"
    r"|^ no (?:puedo|podemos|se puede|me|mejor)"
    r"|^(?: \w+)? (?:does not|will not|would not|is not|is no|is bad|do not|can not|is out|is terrible|is impossible"
    r"|is full|is booked)(?: \w+)?"
)
_DENIED_WHOLE = re.compile(  # "Not Tuesday", and not "not this Tuesday", "not Tuesday morning"
    rf"(?<!\S)(?<!next )(?<!this )(?<!after )(?<!before )(?P<day>{WEEKDAY})(?! (?:morning|afternoon|evening|night|at"
    r"|around|about|before|after|by|from|until|till|of|next|this|the|in|\S*\d\S*)(?!\S))(?!\S)"
)


@dataclass(frozen=True)
class DaysSaid:
    """What was said of days: the days, or how far from the wish so far ("the next day"); and the text without it."""

    days: Days | None
    ahead: int | None
    rest: str


_Resolve = Callable[[re.Match[str], date], Days | None]
_Meant = TypeVar("_Meant")


def read_days(text: str, today: date) -> DaysSaid:
    """The first days in plain `text` with digits; a bare week counts only when no day of it is named."""
    text = _holidays(text, today)
    for match, resolve in [*in_order(_RULES, text), *in_order(_WEEKS, text)]:
        if days := resolve if isinstance(resolve, int) else resolve(match, today):
            between = " evening " if match[0] == "tonight" else " morning " if "manana por" in match[0] else " "
            rest = text[: match.start()] + between + text[match.end() :]
            return DaysSaid(None, days, rest) if isinstance(days, int) else DaysSaid(days, None, rest)
    return DaysSaid(None, None, text)


def named_weekdays(text: str, today: date) -> frozenset[date]:
    """The next date of every weekday in the plain `text`, negated or not, and tomorrow's if it is there."""
    days = {_coming(today, m[0]) for m in re.finditer(rf"(?<!\S){WEEKDAY}(?!\S)", text)}
    return frozenset(days | ({today + timedelta(days=1)} if "tomorrow" in text.split() else set()))


def in_order(rules: Sequence[tuple[Words, _Meant]], text: str) -> list[tuple[re.Match[str], _Meant]]:
    """The first match of each rule that is not negated, and what it means; as they come, then as the rules do."""
    found = [(match, meant) for pattern, meant in rules if (match := find(pattern, text))]
    return sorted(found, key=lambda one: one[0].start())


def find(pattern: Words, text: str) -> re.Match[str] | None:
    """The first match that is not negated."""
    for match in pattern.finditer(text):
        behind = text[match.end() : match.end() + _LOOK_BACK]
        if not denied_before(text, match.start()) and not _NOT_AFTER.match(behind):
            return match
    return None


def denied_before(text: str, start: int) -> bool:
    """Whether the time that begins at `start` of the plain `text` is one that does not fit: "not", "busy on"."""
    return _NOT_BEFORE.search(text[max(0, start - _LOOK_BACK) : start].rstrip()) is not None


def denied_weekdays(text: str) -> dict[str, int]:
    """The weekdays that the plain `text` says do not fit, whatever the hour or the week, and where it says so."""
    return {m["day"]: m.start() for m in _DENIED_WHOLE.finditer(text) if denied_before(text, m.start())}


_COUNTED = {"half": 0.5, "couple": 2.0, "few": 3.0}
_MONTHS = list(MONTH_NAMES)[:12]
_HOLIDAY = phrase(r"(?P<name>thanksgiving|christmas|new year)(?:s| is)?(?:(?P<eve>(?<!thanksgiving) eve)| day)?")


def _holidays(text: str, today: date) -> str:
    """Holidays as their dates: "the day after thanksgiving" -> "the day after november 26"."""

    def dated(match: re.Match[str]) -> str:
        name = match["name"].replace("year", "years") + (match["eve"] or "")
        day = next_holiday(name, today)
        return f"{_MONTHS[day.month - 1]} {day.day}"

    return _HOLIDAY.sub(dated, text)


def _weekday(name: str) -> int:
    return DAY_NAMES[name if name in DAY_NAMES else name.removesuffix("s")]


def _coming(today: date, name: str) -> date:
    return today + timedelta(days=(_weekday(name) - today.weekday()) % 7 or 7)


def _day(name: str, today: date) -> date:
    """The date of a weekday that comes, of tomorrow, or of today, however that is called."""
    if re.fullmatch(WEEKDAY, name):
        return _coming(today, name)
    return today + timedelta(days=name == "tomorrow")


def _dated(match: re.Match[str], today: date) -> date | None:
    """The date of a match with the groups `m` and `n`, a month and a day."""
    month = MONTH_NAMES.get(match["m"]) or int(match["m"])
    return next_date(today, month, int(match["n"]))


def _by_date(match: re.Match[str], today: date) -> Days | None:
    day = _dated(match, today)
    return Days.one(day) if day else None


def _after_date(match: re.Match[str], today: date) -> Days | None:
    """ "The day after November 26", "the Monday after December 25", "after December 25"."""
    day = _dated(match, today)
    if day is None:
        return None
    which = match["w"] or ""
    if re.fullmatch(WEEKDAY, which):
        return Days.one(_coming(day, which))
    after = day + timedelta(days=1)
    if which.endswith("day"):
        return Days.one(after)
    return week_of(next_monday(day)) if which.endswith("week") else Days(after, None)


def _before_date(match: re.Match[str], today: date) -> Days | None:
    day = _dated(match, today)
    return Days.one(day - timedelta(days=1)) if day and day > today else None


def _until_date(resolve: _Resolve) -> _Resolve:
    """ "By December 3rd" ends with the day that `resolve` reads, "before the 28th" the day before; both begin today."""

    def until(match: re.Match[str], today: date) -> Days | None:
        day = resolve(match, today)
        last = day.first - timedelta(days=match[0].startswith("before")) if day else None
        return Days(today, last) if last and last >= today else None

    return until


def _day_of_month(match: re.Match[str], today: date) -> Days | None:
    if match.start() and not re.search(rf"(?:on|the|el|{WEEKDAY})(?!\S)", match[0]):
        return None  # "I need help first": no date.
    for ahead in range(62):
        day = today + timedelta(days=ahead)
        if day.day == int(match["n"]):
            return Days.one(day)
    return None


def counted(words: str) -> float:
    """How many: "a couple of" is 2, "few" 3, "half an" 0.5, "a" and "an" 1."""
    return next((_COUNTED.get(word) or float(word) for word in words.split() if word in _COUNTED or word.isdigit()), 1)


def _ahead_by(match: re.Match[str]) -> timedelta:
    return timedelta(days=min(counted(match["k"]), 365) * (7 if "week" in (match["u"] or "") else 1))


def _counted_from(match: re.Match[str], today: date) -> Days:
    """ "Two weeks from now", "a week from Friday"."""
    return Days.one(_day(match["d"], today) + _ahead_by(match))


def _week_of(match: re.Match[str], today: date) -> Days:
    """Next week, or a part of it: early is Monday and Tuesday, the middle Wednesday, late Thursday and Friday."""
    monday = next_monday(today)
    for words, first, last in (("early beginning start first", 0, 1), ("mid middle", 2, 3), ("late later end", 3, 4)):
        if set(match[0].split()) & set(words.split()):
            return Days(monday + timedelta(days=first), monday + timedelta(days=last))
    return Days(monday, sunday_after(monday))


def _this_week(match: re.Match[str], today: date) -> Days:
    """From tomorrow, "later this week" from the day after; on Sunday it is the week that comes."""
    tomorrow = today + timedelta(days=1)
    end = sunday_after(tomorrow)
    return Days(min(tomorrow + timedelta(days="later" in match[0].split()), end), end)


def _span(match: re.Match[str], today: date) -> Days:
    first = _coming(today, match["a"])
    return Days(first, _coming(first, match["b"]))


def _weekend(match: re.Match[str], today: date) -> Days:
    days = weekend_of(today)
    week = timedelta(weeks=1)
    return Days(days.first + week, (days.last or days.first) + week) if "next" in match[0].split() else days


def _until(match: re.Match[str], today: date) -> Days | None:
    """ "By Friday" ends with Friday, "before Friday" the day before; both begin today."""
    return Days(today, _day(match["d"], today) - timedelta(days=match[0].startswith("before")))


def _named(ahead_weeks: int) -> _Resolve:
    return lambda m, today: Days.one(_coming(today, m["d"]) + timedelta(weeks=ahead_weeks))


def _next_week_day(match: re.Match[str], today: date) -> Days:
    return Days.one(next_monday(today) + timedelta(days=_weekday(match["d"])))


def _this_day(match: re.Match[str], today: date) -> Days:
    return Days.one(today + timedelta(days=(_weekday(match["d"]) - today.weekday()) % 7))


def _ahead(days: int) -> _Resolve:
    return lambda m, today: Days.one(today + timedelta(days=days))


def _rules(*rows: tuple[str, _Resolve | int]) -> tuple[tuple[Words, _Resolve | int], ...]:
    return tuple((phrase(pattern), resolve) for pattern, resolve in rows)


_DATE = rf"(?P<m>{_MONTH}) (?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)?"
_D = rf"(?P<d>{WEEKDAY})"
_RULES = _rules(
    (r"(?:the )?day after tomorrow|pasado manana|not tomorrow (?:but |maybe )?(?:the )?day after", _ahead(2)),
    (rf"(?:the )?(?:(?P<w>day|week|{WEEKDAY}) )?after {_DATE}", _after_date),
    (rf"(?:the )?day before {_DATE}", _before_date),
    (r"(?:the )?(?:next|following) day|(?:the )?day after(?: that)?(?=$| [,.?]| instead)|(?:a|one) day later", 1),
    (rf"(?P<k>(?=week )|(?:a|one|couple(?: of)?|few|\d+) )(?P<u>days?|weeks?) from (?P<d>now|today|tomorrow|{WEEKDAY})",
     _counted_from),
    (r"tomorrow week", _ahead(8)),
    (r"(?:by|before) (?:the |this )?weekend",
     lambda m, today: Days(today, weekend_of(today).first - timedelta(days=1))),
    (r"(?:with)?in the next (?P<k>day or 2|couple(?: of)?|few|\d+)(?: (?P<u>days|weeks))?",
     lambda m, today: Days(today, today + _ahead_by(m))),
    (rf"not this {_D}(?: but)?(?: the)?(?: next| following)?(?: one| week| {WEEKDAY})? after(?: that)?", _named(1)),
    (r"(?:the )?week after next", lambda m, today: week_of(next_monday(today) + timedelta(weeks=1))),
    (rf"next (?:week,? (?:on )?)?{_D}", _next_week_day),
    (rf"{_D} (?:of )?next week", _next_week_day),
    (rf"this (?:coming |week,? (?:on )?)?{_D}", _this_day),
    (rf"{_D} this week", _this_day),
    (rf"(?:between |from )(?P<a>{WEEKDAY}) (?:and|to|until|till) (?P<b>{WEEKDAY})", _span),
    (rf"(?P<a>{WEEKDAY}) (?:through|thru) (?P<b>{WEEKDAY})", _span),
    (rf"(?:any ?time )?(?:between )?(?:now|today|tomorrow) (?:and|through|until|till) {_D}", _until),
    (rf"(?:by|before) (?P<d>{WEEKDAY}|tomorrow)", _until),
    (rf"(?:by|before) {_DATE}", _until_date(_by_date)),
    (r"(?:by|before) the (?P<n>\d{1,2})(?:st|nd|rd|th)(?! floor)", _until_date(_day_of_month)),
    (rf"after {_D}", lambda m, today: Days(_coming(today, m["d"]) + timedelta(days=1), None)),
    (rf"(?:from|starting|beginning) (?:on )?{_D}(?: on)?", lambda m, today: Days(_coming(today, m["d"]), None)),
    (rf"(?:(?:{WEEKDAY})(?: ,)? )?{_DATE}", _by_date),
    (rf"(?:(?:{WEEKDAY})(?: ,)? )?(?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)? (?:of |de )?(?P<m>{_MONTH})", _by_date),
    (r"(?P<m>\d{1,2})/(?P<n>\d{1,2})(?:/\d{2,4})?", _by_date),
    (rf"(?:on |next )?(?:{WEEKDAY})?,? ?(?:the |el )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)"
     r"(?! (?:floor|street|avenue|ave|st|time|unit|call))", _day_of_month),
    (_D, _named(0)),
    (r"in (?:a )?(?P<k>couple|few|\d+|(?<=in )a|(?<=in a )(?=week|day))(?: of)? ?(?P<u>days?|weeks?)",
     lambda m, today: Days.one(today + _ahead_by(m))),
    (r"manana por la manana|tomorrow|(?<!la )manana", _ahead(1)),
    (r"today|tonight|hoy|(?:later )?this(?= (?:early |late |mid )?(?:morning|afternoon|evening)(?!\S))", _ahead(0)),
    (r"(?:the )?end of (?:the |this )?week",
     lambda m, today: Days.one(today + timedelta(days=(4 - today.weekday()) % 7 or 7))),
    (r"(?:this |the |on the |over the |next )*weekend|(?:este |el )?fin de semana", _weekend),
)  # fmt: skip
_WEEKS = _rules(  # They count only where no day is named.
    (r"(?:(?:a|any|some|on|during the) )*week ?days?", lambda m, today: work_days(today)),
    (r"(?:(?:sometime|some time|early|late|later|mid|(?:any ?time|any day)|the|beginning|start|middle|end"
     r"|first part|of) )*(?:in |on )?next week", _week_of),
    (r"(?:(?:sometime|some time|later|any ?time|any day) )?this week", _this_week),
)  # fmt: skip
