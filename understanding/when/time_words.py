"""All that a caller said of a time, put together: days, part of the day, clock time, how far from the wish so far.

Works on plain text with numbers as digits ("friday at 2 30"). First the many ways to say the same become one ("no later
than 2" is "by 2", "away until Friday" is "from Friday"), then days and clock times are read. Decides nothing.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from understanding.text.plain import phrase
from understanding.when.calendar_days import Days
from understanding.when.clock_words import Clock, ClockSaid, noon_as_clock, read_clock, read_part
from understanding.when.day_words import counted, find, read_days


@dataclass(frozen=True)
class Said:
    """What was said of a time; None and "" mean: nothing."""

    days: Days | None = None
    part: str = ""
    clock: ClockSaid | None = None
    days_ahead: int | None = None  # "The next day": counted from the wish so far
    shift: timedelta | None = None  # "An hour later": from the wish so far

    @property
    def empty(self) -> bool:
        """Whether no time was said at all."""
        return self == Said()

    def corrected_by(self, later: "Said") -> "Said":
        """This with what `later` says instead; a new part of the day drops the old clock time."""
        merged = self
        if later.days is not None or later.days_ahead is not None:
            merged = replace(merged, days=later.days, days_ahead=later.days_ahead)
        if later.part:
            merged = replace(merged, part=later.part, clock=None)
        if later.clock:
            merged = replace(merged, clock=later.clock)
        return replace(merged, shift=later.shift) if later.shift else merged


def read_said(text: str, now: datetime, bare: bool, relative: bool) -> Said:
    """The first days, part of the day and clock time in plain `text` with digits.

    Args:
        text: Plain text with numbers as digits (spoken_numbers.with_digits).
        now: Aware; its date is today.
        bare: Whether a bare number is a clock time.
        relative: Whether there is a wish so far, which "an hour later" moves.
    """
    for pattern, instead in _ONE_WAY:
        text = pattern.sub(instead, text)
    text = noon_as_clock(_GLUED.sub(r"\1:\2", text) if bare else text)
    wished = _OWN_HOURS.sub(" ", text)
    text = wished if read_clock(wished, bare) else text.replace("_ ", "")
    if relative and (shift := _shift(text)):
        return Said(shift=shift)
    if in_hours := _in_hours(text, now):
        return in_hours
    days = read_days(text, now.date())
    part, rest = read_part(days.rest)
    clock = read_clock(rest, bare)
    return Said(days.days, part if days.days or not part.startswith("no ") else "", clock, days.ahead)


_T = r"\d{1,2}(?:[: ]\d\d)?(?: [ap]m)?"
_ONE_WAY = tuple(
    (phrase(pattern) if whole else re.compile(pattern), instead)
    for whole, pattern, instead in (
        (False, r"(?<!\S)(\d{1,2}) (?:oh|o) (\d)(?!\S)", r"\1 0\2"),
        (False, rf"(?<!\S)(?:at|by|until|till|around|about) ({_T})((?: \S+){{0,4}}?)(?<! day) (before|after)"
         r" (?:that|then)(?!\S)", r"\2 \3 \1"),
        (True, r"primero(?= de \w)", "1"),
        (True, r"a la una", "a la 1"),
        (True, r"a las once", "a las 11"),
        (False, r"(?<=\d) y media(?!\S)", " 30"),
        (False, r"(?<=\d) y cuarto(?!\S)", " 15"),
        (False, r"(?<=\d) y (?=[1-5]\d(?!\S))", " "),
        (False, r"(\d+) menos cuarto(?!\S)", r"quarter to \1"),
        (False, r"(?<!\S)(\d{1,2}) ?ish(?!\S)", r"\1"),
        (False, r"(?<!\S)(\d{1,2}[: ]\d\d) ?ish(?!\S)", r"\1"),
        (False, r"(?<=\b(?:at|by) )(1[0-2]|[1-9])([0-5]\d)(?!\S)", r"\1:\2"),
        (False, r"(?<!\S)(1[0-2]|[1-9])([0-5]\d)(?= (?:am|pm)(?!\S))", r"\1:\2"),
        (True, r"(?:not|no) (?:\w+ ){0,3}?(?:before|until|till|earlier than|sooner than)(?= \w)", "from"),
        (True, r"(?:not|no) (?:any )?(?:after|later than|past)(?= \w)", "by"),
        (True, r"(?:out of town|gone|away|busy|tied up|traveling|working|at work|i work"
         r"|we work)(?: \w+)? (?:until|till)",
         "_ from"),
        (True, r"(?:busy|gone|away|out of town) through", "_ after"),
        (True, r"(?:get|gets) (?:off|out|home|back|done)(?: (?:work|from work))? (?:at|around|by)|(?:off"
         r"|home from) work (?:at|by)",
         "_ after"),
        (True, r"(?:any ?time|some ?time|sometime) (after|before|between|from)", r"\1"),
        (False, rf"(?<!\S)(?:i|we) work(?: from)? {_T} (?:to|till|until) (?={_T}(?!\S))", "after "),
        (False, rf"(?<!\S)(?:from|after) ({_T}) (?:and|but) (?:by|before) (?={_T}(?!\S))", r"between \1 and "),
        (True, r"(after|before|by|from) (?:like|around|about|maybe|say)", r"\1"),
    )
)  # fmt: skip
_OWN_HOURS = re.compile(rf"(?<!\S)_ (?:after|from) {_T}(?!\S)")  # "I get off at 3": no wish beside one, else the wish
_GLUED = re.compile(r"(?<!\S)(?<!code )(?<!is )(?<!number )(1[0-2]|[1-9])([0-5]\d)(?!\S)")  # "1030" for "10:30"
_NUMBER = (
    r"(?P<n>an?|one|half an?|a half|an? (?:hour|day) and a half|couple(?: of)?|a couple(?: of)?|few|a few|\d{1,2})"
)
_LATER_OR_EARLIER = phrase(
    rf"{_NUMBER} (?P<u>hours?|days?|weeks?|minutes?) (?P<d>later|after that|earlier|sooner|before that)"
)
_PUSHED = phrase(
    rf"(?P<d>push|move|bump|back|forward|up|out)(?: \w+){{0,3}}? (?:by )?{_NUMBER} (?P<u>hours?|days?|weeks?|minutes?)"
)
_IN_HOURS = phrase(r"in (?:about |around |like )?(?P<k>an|a couple|a few|couple|\d{1,2})(?: of)? hours?")


def _shift(text: str) -> timedelta | None:
    """ "An hour later", "push it back two days": how far from the wish so far."""
    match = find(_LATER_OR_EARLIER, text) or find(_PUSHED, text)
    if match is None:
        return None
    count = counted(match["n"])
    unit = match["u"].removesuffix("s") + "s"
    back = match["d"] in ("earlier", "sooner", "before that") or re.search(r"(?<!\S)(?:up|forward)(?!\S)", match[0])
    return timedelta(**{unit: -count if back else count})


def _in_hours(text: str, now: datetime) -> Said | None:
    """ "In about two hours": the next full hour after that time."""
    match = find(_IN_HOURS, text)
    if match is None:
        return None
    then = now + timedelta(hours=counted(match["k"]), minutes=59 if now.minute else 0)
    clock = Clock(then.hour % 12 or 12, 0, "pm" if then.hour >= 12 else "am")
    return Said(Days.one(then.date()), clock=ClockSaid(clock))
