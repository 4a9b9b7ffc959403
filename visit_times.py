"""When the caller wants the visit: words -> the start of a visit in the business's zone; and a time -> words.

Day, part of day and clock time are all kept (R57, X10), corrections replace what they correct, and what is not said
comes from the wish so far ("make it 3", "same time the following day", R11). Always inside opening hours and in the
future. Narrated times ("it broke yesterday") are no wishes. `speak_time` is the only place that words a time.
"""

import re
from datetime import date, datetime, timedelta

from heard import VisitWish
from opening_hours import asap, at, inside, is_after
from session import Question
from spoken_numbers import with_digits
from time_words import Said, read_said
from words import affirmed, phrase, said

TIME_QUESTIONS = (Question.WHEN, Question.NEW_TIME, Question.OTHER_TIME, Question.READ_BACK, Question.MOVE_CONFIRM,
                  Question.CHANGE_WHAT)  # fmt: skip
_OPEN_TIME_QUESTIONS = (Question.WHEN, Question.NEW_TIME)
ASAP = phrase(
    r"(?:as )?(?:soon|quick|quickly|early|fast) as (?:you (?:can|guys can|possibly can|are able)|possible|it gets"
    r"|they can|y all can)|asap|a s a p|as soon as",
    r"(?:the |your )?(?:very )?(?:soonest|earliest)(?: (?:one|available|possible|time|opening|slot|appointment"
    r"|you (?:have|can|got)).*)?|(?:right away|immediately|at once|straight away|sooner the better|urgent(?:ly)?)",
    r"(?:first|next) (?:available|opening|open|slot|thing available|one (?:available|you have))|soon|emergency"
    r"|(?<!from )(?:right )?now|within (?:the|an) hour|lo antes posible|cuanto antes|ahora mismo",
    r"(?:any|some) ?(?:one|time|body) (?:today|now)|can not wait|how soon.*",
)
_ASAP_ANYWHERE = phrase(
    r"(?:as )?(?:soon|quick|quickly|early|fast) as (?:you (?:can|guys can|possibly can)|possible)|asap|a s a p"
    r"|(?:soonest|earliest)(?: \w+){0,2}|right away|immediately|first available|next available|lo antes posible"
    r"|cuanto antes",
)
_ANY_TIME = phrase(
    r"whenever(?: (?:you|works|is|it|that|they|your?)\b.*)?|any ?time(?: .*)?|any day(?: .*)?|(?:i am |we are "
    r"|pretty )?flexible|(?:it )?does not matter|no rush|no hurry|not urgent|not an? emergency"
    r"|(?:up to you|you (?:pick|choose|decide))|i do not care|no preference|(?:it )?can wait|either|open",
)
_WISH = phrase(
    r"come(?: out| by| over)?|send|schedul\w+|book\w*|available|availability|can (?:you|we|i|someone|somebody|they)"
    r"|could (?:you|we|i|someone|somebody)|do you have|would like|need|want|get (?:someone|somebody|a)"
    r"|fit me in|works?|would be|is (?:good|fine|best|great|perfect)|prefer\w*|make it|how about|what about|move"
    r"|reschedule|looking for|possible|instead|rather|let us|best for",
)
_NARRATED = phrase(
    r"since|ago|yesterday|last (?:night|week|month|year|time|winter|summer|\w+day)|stopped|broke|broken since|quit"
    r"|been|started|went|died|happened|began|noticed|called|was|were|had|did not|installed|bought|woke|came out"
    r"|just turned|degrees",
)
_OWN_APPOINTMENT = phrase(
    r"(?:my|an|the|have|had|our|that) (?:\w+ )?(?:appointment|visit|service|booking)|what time is|when is"
    r"|supposed to (?:come|be)|cancel",
)
_TO = phrase(r"(?:move|reschedule|change|switch|push|bump)\b.*? (?:to|for|until)")
_CORRECTION = re.compile(
    r"(?<!\S)(?:no wait|wait no|actually|i mean|i meant|make that|make it|rather|sorry|scratch that|or rather"
    r"|on second thought|instead of that)(?!\S)"
)
_SAME_TIME = phrase(r"same (?:time|hour)")
_BARE_WORDS = 6  # At a read-back "no, make it 3" is a time; a longer turn has other numbers.
_PARTS = {
    "morning": 9,
    "noon": 12,
    "afternoon": 14,
    "evening": 17,
    "late morning": 11,
    "early afternoon": 13,
    "late afternoon": 16,
}


def read_visit(
    text: str,
    question: Question | None,
    now: datetime,
    opening_hour: int,
    closing_hour: int,
    visit_at: datetime | None = None,
) -> VisitWish | None:
    """The wish in the plain `text`, resolved; None when it names no time.

    Args:
        text: Plain text without phone number, address and ZIP.
        question: What was asked last; only time questions take a bare "Friday".
        now: Aware, in the business's zone.
        opening_hour: First visit, local hour.
        closing_hour: Visits end; the last one starts an hour before.
        visit_at: The wish so far, which a correction completes.
    """
    asked = question in TIME_QUESTIONS
    text = re.sub(r"(?<!\S)any(?:thing|time| day) (?:but|except)(?!\S)", "not", text)
    hours = (opening_hour, closing_hour)
    parts = [p for p in re.split(r"(?<!\S)(?:[,.?]|so|but|because)(?!\S)", text) if p.strip()]
    wished = [part for part in parts if _is_wish(part, asked, text)]
    if not wished:
        return None
    bare = question in _OPEN_TIME_QUESTIONS or (asked and len(text.split()) <= _BARE_WORDS)
    heard = _merge(" , ".join(wished), now, bare)
    soon = affirmed(ASAP if question in _OPEN_TIME_QUESTIONS else _ASAP_ANYWHERE, text, 3)
    if heard.empty:
        if soon:
            return VisitWish(asap(now, *hours), asap=True)
        if question in _OPEN_TIME_QUESTIONS and said(_ANY_TIME, text):
            return VisitWish(at(now.date() + timedelta(days=1), opening_hour, 0, now))
        if asked and visit_at and said(_SAME_TIME, text):
            return VisitWish(visit_at) if is_after(visit_at, now) else None
        return None
    return _resolve(heard, now, hours, visit_at, soon, said(_SAME_TIME, text), clock_asked=asked)


def speak_time(when: datetime, now: datetime, language: str = "en") -> str:
    """`when` in words, in the zone of `now`: "Wednesday, November 25 at 2:30 PM"; never "today" (R16, R66)."""
    local = when.astimezone(now.tzinfo)
    hour, half = local.hour % 12 or 12, "PM" if local.hour >= 12 else "AM"
    clock = f"{hour}:{local.minute:02}" if local.minute else str(hour)
    if language == "es":
        part = "de la mañana" if local.hour < 12 else "de la tarde" if local.hour < 20 else "de la noche"
        article = "a la" if hour == 1 else "a las"
        return f"{_DIAS[local.weekday()]} {local.day} de {_MESES[local.month - 1]} {article} {clock} {part}"
    return f"{_DAYS[local.weekday()]}, {_MONTHS[local.month - 1]} {local.day} at {clock} {half}"


_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_DIAS = "lunes martes miércoles jueves viernes sábado domingo".split()
_MESES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()


def _is_wish(part: str, asked: bool, text: str) -> bool:
    """Whether a clause may wish for a time, or only tells of one."""
    if said(_NARRATED, part) and not affirmed(_ASAP_ANYWHERE, part, 3):
        return (
            asked and said(_WISH, part) and not said(phrase("since|ago|yesterday|stopped|broke|quit|been|died"), part)
        )
    if asked:
        return True
    if said(_OWN_APPOINTMENT, part) and not said(_TO, part):
        return False
    return said(_WISH, text) or affirmed(_ASAP_ANYWHERE, part, 3)


def _merge(text: str, now: datetime, bare: bool) -> Said:
    """What is said, with later corrections over what they correct; of two choices the first."""
    if match := _TO.search(text):
        target = read_said(with_digits(text[match.end() :]), now, bare)
        if not target.empty:
            return target
    merged = Said()
    for piece in _CORRECTION.split(text):
        said_here = read_said(with_digits(piece.strip(" ,")), now, bare)
        merged = merged.corrected_by(said_here)
    return merged


def _resolve(
    heard: Said,
    now: datetime,
    hours: tuple[int, int],
    visit_at: datetime | None,
    soon: bool,
    same_time: bool,
    clock_asked: bool,
) -> VisitWish | None:
    before = visit_at.astimezone(now.tzinfo) if visit_at else None
    day = heard.day
    if heard.following:
        day = (before or now).date() + timedelta(days=1)
    if day is None and before and clock_asked and is_after(before, now):
        day = before.date()
    keep_clock = before is not None and clock_asked and heard.part == "" and heard.clock is None
    clock = (before.hour, before.minute) if before and (same_time or keep_clock) and heard.clock is None else None
    if heard.clock is not None:
        clock = heard.clock.on(heard.part)
    elif clock is None and heard.part:
        clock = (_PARTS[heard.part], 0)
    today = now.date()
    if day is not None and day < today:
        return None
    if day is None or day == today:
        return _today_or_next(heard, clock, day, now, hours, soon)
    start = inside(day, *(clock or (hours[0], 0)), now, hours)
    return VisitWish(start or asap(now, *hours))


def _today_or_next(
    heard: Said,
    clock: tuple[int, int] | None,
    day: date | None,
    now: datetime,
    hours: tuple[int, int],
    soon: bool,
) -> VisitWish:
    """A wish for today, or for a time of no particular day: the next time that it can be."""
    first = asap(now, *hours)
    if clock is None:
        return VisitWish(first, asap=soon)
    opens, last = hours[0], hours[1] - 1
    wished = at(now.date(), min(max(clock[0], 0), 23), clock[1], now)
    if heard.clock is None and day is not None:
        # "This afternoon": its start, or what is left of it.
        start = inside(now.date(), *clock, now, hours)
        if start and not is_after(first, start):
            return VisitWish(start)
        return VisitWish(first)
    if is_after(wished, now) and (start := inside(now.date(), *clock, now, hours)):
        return VisitWish(start)
    if day is not None and opens <= now.hour < last:
        return VisitWish(first)
    start = inside(now.date() + timedelta(days=1), *clock, now, hours)
    return VisitWish(start or first)


__all__ = ["ASAP", "TIME_QUESTIONS", "asap", "read_visit", "speak_time"]
