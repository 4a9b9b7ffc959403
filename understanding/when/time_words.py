"""All that a caller said of a time, put together: days, part of the day, clock time, how far from the wish so far.

Works on plain text with numbers as digits ("friday at 2 30"). First the many ways to say the same become one ("no later
than 2" is "by 2", "away until Friday" is "from Friday"), then days and clock times are read. Decides nothing.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from understanding.text.plain import phrase
from understanding.when.calendar_days import Days
from understanding.when.clock_words import Clock, ClockSaid, read_clock, read_part
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
            merged = replace(merged, clock=later.clock, shift=None)  # "Two hours later, so eleven"
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
    text = _GLUED.sub(r"\1:\2", text) if bare else text
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
    (phrase(pattern), instead)
    for pattern, instead in (
        (r"(\d{1,2}) (?:oh|o) (\d)", r"\1 0\2"),
        (rf"(?:at|by|until|till|around|about) ({_T})((?: \S+){{0,4}}?)(?<! day) (before|after) (?:that|then)",
         r"\2 \3 \1"),
        (r"primero(?= de \w)", "1"),
        (r"a la una", "a la 1"),
        (r"a las once", "a las 11"),
        (r"(\d+) y media", r"\1 30"),
        (r"(\d+) y cuarto", r"\1 15"),
        (r"(\d+) y ([1-5]\d)", r"\1 \2"),
        (r"(\d+) menos cuarto", r"quarter to \1"),
        (r"(\d{1,2}(?:[: ]\d\d)?) ?ish", r"\1"),
        (r"(at|by) (1[0-2]|[1-9])([0-5]\d)", r"\1 \2:\3"),
        (r"(1[0-2]|[1-9])([0-5]\d) (am|pm)", r"\1:\2 \3"),
        (r"(?:not|no) (?:\w+ ){0,3}?(?:before|until|till|earlier than|sooner than)(?= \w)", "from"),
        (r"(?:not|no) (?:any )?(?:after|later than|past)(?= \w)", "by"),
        (r"(?:out of town|gone|away|busy|tied up|traveling|working|at work|(?:i|we) work)(?: \w+)? (?:until|till)",
         "_ from"),
        (r"(?:busy|gone|away|out of town) through", "_ after"),
        (r"(?:get|gets) (?:off|out|home|back|done)(?: (?:work|from work))? (?:at|around|by)|(?:off"
         r"|home from) work (?:at|by)", "_ after"),
        (r"(?:any ?time|some ?time) (after|before|between|from)", r"\1"),
        (rf"(?:i|we) work(?: from)? {_T} (?:to|till|until) ({_T})", r"after \1"),
        (rf"(?:from|after) ({_T}) (?:and|but) (?:by|before) ({_T})", r"between \1 and \2"),
        (r"(after|before|by|from) (?:like|around|about|maybe|say)", r"\1"),
        (r"(?:(?:at|around|about) )?(?:noon|midday|mediodia)(?: ?ish)?", "12 pm"),
        (r"(?<!after )(?:(?:at|around|about|over) )?lunch ?(?:time|hour)?", "12 pm"),
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
