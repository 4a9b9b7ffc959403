"""When the caller wants the visit: words -> the start of a visit in the business's zone.

Day, part of day and clock time are all kept (R57, X10), corrections replace what they correct, and what is not said
comes from the wish so far ("make it 3", "same time the following day", R11). Always inside opening hours and in the
future. Narrated times ("it broke yesterday") are no wishes. A time becomes words in call/spoken_time.py. Of the
wishes in tests/utterances, dateparser, parsedatetime and recurrent get the day of about half right: none replaces this.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from call.session import APPROVALS, Question
from understanding.answers.corrections import corrects
from understanding.facts import VisitWish
from understanding.text.numbers import with_digits
from understanding.text.parts import NICE, SOMEONE, VISIT
from understanding.text.plain import affirmed, phrase, said
from understanding.text.weekdays import MONTH_NAMES, WEEKDAY
from understanding.when.calendar_days import Days
from understanding.when.clock_words import PARTS, Window
from understanding.when.day_words import denied_weekdays, named_weekdays
from understanding.when.no_clock import is_about_a_time, without_one_as_a_thing
from understanding.when.opening_hours import asap, at, fit, is_after
from understanding.when.time_words import Said, read_said
from understanding.when.time_zones import without_zone

_OPEN_TIME_QUESTIONS = (Question.WHEN, Question.NEW_TIME)
TIME_QUESTIONS = (*_OPEN_TIME_QUESTIONS, Question.OTHER_TIME, Question.READ_BACK, Question.MOVE_CONFIRM,
                  Question.CHANGE_WHAT)  # fmt: skip
_DAY = rf"(?:{WEEKDAY}|today|tomorrow|hoy|manana)"
_HOUR = r"(?:one|two|three|four|five|nine|ten|eleven|twelve|noon)"
_AS_CAN_BE = r"as (?:you (?:can|guys can|possibly can)|(?:\w+ )?possible)"
SOONEST = (
    rf"(?:as )?(?:soon|quick|quickly|fast) {_AS_CAN_BE}|asap|a s a p"
    r"|(?:soonest|earliest)(?: \w+){0,2}|right away|immediately|(?:first|next) available"
    r"|lo (?:antes|mas (?:pronto|rapido)) (?:posible|que pued\w+)|cuanto antes"
)
_ASAP_ANYWHERE = phrase(rf"{SOONEST}|(?:as )?early {_AS_CAN_BE}")
ASAP = phrase(
    _ASAP_ANYWHERE.pattern,
    r"(?:as )?(?:quick|quickly|early|fast) as (?:you are able|it gets|they can|y all can)|(?:as )?soon(?: as)?|at once"
    r"|straight away|sooner the better|urgent(?:ly)?|emergency|(?<!from )(?<!i have )(?:right )?now|how soon"
    r"|(?:first|next) (?:opening|open|slot|\w+ (?:available|(?:that )?you (?:have|can)))|ahora mismo|can not wait"
    r"|(?:any|some) ?(?:one|time|body) (?:today|now)|within (?:the|an) hour|whatever (?:is|comes) (?:up )?(?:first|next"
    r"|open|free|available)",
)
_ANY_TIME = phrase(
    r"whenever|any ?time|any(?: other)? day|anything (?:but|except|works|is fine|you have)|flexible|does not matter"
    r"|no (?:rush|hurry|preference)|not (?:urgent|an? emergency)|up to you|you (?:pick|choose|decide)|i do not care"
    r"|can wait|either|open",
)
_THEY = rf"(?:you|we|i|they|{SOMEONE})"
_WISH = phrase(
    rf"come|send|schedul\w+|book\w*|available|availability|(?:can|could) {_THEY}|do you have|would like|need|want"
    r"|get (?:someone|somebody|a)|fit me in|works?|would be|is (?:good|fine|best|great|perfect)|prefer\w*|make it"
    r"|(?:how|what) about|move|reschedule|i said|i meant|looking for|possible|instead|rather|let us|best for"
    r"|put (?:me|us)|thinking|hoping|wondering",
)
_PAST = phrase(r"since|ago|yesterday|stopped|broke|quit|been|died")
_NARRATED = phrase(
    _PAST.pattern,
    r"last (?:night|week|month|year|time|winter|summer|\w+day)|started|went|happened|began|noticed|called|was|were|had"
    r"|did not|installed|bought|woke|came out|just turned|degrees",
)
_AS_A_REASON = phrase(  # "Wednesday at two works since I'm off", not "since I got home"
    rf"(?P<wish>(?:{_DAY}|week|weekend|morning|afternoon|evening)(?: .*?)?) since"
    rf"(?= (?:i|we|you|s?he|it|they|there|(?:the|my|our|your) (?:(?!{_DAY})\w+ ){{1,2}}?)"
    r" ?(?:am|is|are|does|do|can|will|need|needs|works?|gets?|(?:have|has)(?! (?:had|been|\w+ed)))(?! been)(?!\S))"
)
_OWN_APPOINTMENT = phrase(
    rf"my \w+(?: \w+)? (?:oclock|am|pm)|(?:my|an|the|have|had|our|that) (?:\w+ )?(?:{VISIT}|service)"
    r"|(?:what time|when) is|supposed to (?:come|be)|cancel",
)
_NAMED_DAY = (
    rf"(?:{WEEKDAY}|tomorrow|the weekend|thanksgiving|christmas"
    rf"|(?:{'|'.join(MONTH_NAMES)}|the) (?:\w+ )?\w+(?:st|nd|rd|th))"
)
_THEN = re.compile(  # "I leave on Thursday, so before that": counted from the day
    rf"(?<!\S)(?:(?:on|for|until|till|by) )?(?P<day>{_NAMED_DAY})(?: (?:morning|afternoon|evening|night))?"
    rf"(?P<between>(?: (?!at(?!\S)|{_NAMED_DAY}(?!\S))\S+){{0,10}}?)"
    r"(?<! week)(?<! weeks)(?<! hour)(?<! hours)(?<! days) (?P<side>(?<!day )before|after|by) (?:that|then)"
    r"(?= (?:[,.?]|would|is|works|please|if|or|so|and|but|because)(?!\S)|$)"
)
_CLOCK = (
    r"(?:\d[\d:]*|noon|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"(?: (?:thirty|fifteen|forty five|oclock|am|pm|\d\d))*"
)
# "Move my Friday visit from nine to eleven": the first hour is the one that it has
_FROM_TO = re.compile(
    r"(?<!\S)(?P<move>(?:mov|reschedul|chang|switch|shift|push|bump)(?:e|ing)? (?:(?!to(?!\S))\S+ ){0,8}?)"
    rf"from (?:at )?{_CLOCK} to (?:at )?(?P<to>{_CLOCK})(?!\S)"
)
_TO = phrase(r"(?:moved?|reschedule|change|switch|shift|push|bump|swap|slide)\b.*? (?:to|for|until)")
_CORRECTION = re.compile(
    r"(?<!\S)(?:no wait|wait no|wait|actually|i mean|i meant|make that|make it|rather|sorry|scratch that|or rather"
    r"|never mind|forget (?:it|that)"
    r"|on second thought|instead of that|mejor|sino|digo|perdon)(?!\S)"
    r"|(?:(?<=\S )no|so|(?<!not )(?<!really )do|try|go with|how about|let us (?:say|do|make it|go with|try)|then)"
    r"(?= (?:, )?(?:it is |at |on |the |this |next |in the |around |let us |maybe )?"
    rf"(?:{WEEKDAY}|tomorrow|today|morning|afternoon|evening|\d|{_HOUR}|day after)(?!\S))"
)
_CLAUSES = re.compile(
    rf"(?<!\S)(?:[,.?]|but)(?!\S)|(?=(?<!\S)(?:so|because|porque|(?:can|could|would) {_THEY}"
    rf"|let us (?:say|do|make|go|try)|how about|make it|(?<!not )(?<!really )do (?:{WEEKDAY}|tomorrow))(?!\S))"
    r"|(?<!\S)and(?= (?:put|book|move|schedule|make|get|come|send|can|could|i (?:need|want|would))(?!\S))"
)
_PART_OF_DAY = r"(?:morning|afternoon|evening|night|day)"
_GOOD_DAY = phrase(  # Wished or thanked for: no wish for a visit
    rf"(?:have|enjoy|has) (?:a |an |your )?(?:\w+ )?{NICE}(?: ,)? (?:{_PART_OF_DAY}|weekend|tomorrow|today|one)",
    r"(?:thank you|thanks|help|helping me|time|patience)(?: ,)? (?:today|tonight)",
    rf"good(?: ,)? (?!day){_PART_OF_DAY}|(?:rest of|enjoy) your (?:{_PART_OF_DAY}|weekend)",
)
_THERE_ALL_DAY = phrase(rf"(?:all|the whole|any time all) (?!night){_PART_OF_DAY}(?: long)?")
_ABBREVIATED = re.compile(r"(?<!\S)(jan|feb|mar|apr|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|fri|sat|sun) \.(?= )")
_BUT = phrase(r"any(?:thing|time| time| day)? (?:but|except)(?: for)?")
_TIMES = rf"(?:at|around|about|morning|afternoon|evening|noon|am|pm|\d[\d:]*|{_HOUR}|thirty|fifteen)"
_ONLY_TIME = re.compile(
    rf"^(?:(?:{_TIMES}|on|in|the|this|next|and|oclock|{WEEKDAY}|\d+(?:th|st|nd|rd)|tomorrow) )*?"
    rf"(?:tomorrow|(?:on|next|this) {WEEKDAY})(?: (?:{_TIMES}|please))*$"
)
_TOMORROW = phrase(r"tomorrow|manana(?! por la manana)")
_BEFORE_DAWN = 5  # Who is awake at two calls the day that has begun tomorrow
_NOT_TODAY = phrase(r"not (?:today|tonight|this (?:morning|afternoon|evening))")
_SAME_TIME = phrase(r"same (?:time|hour)")
_BARE_WORDS = 8  # At a read-back "no, make it 3" is a time; a longer turn has other numbers.
_FREE = r"(?! (?:\w+ )?(?:free|open|off|available|clear|home|here|there|around|fine|good|ok|okay|both))"
_REST = rf"(?: .*?)??(?=$| (?:[,.?]|so|but|(?:on |{WEEKDAY} )?the \w+(?:th|st|nd|rd)|{WEEKDAY}|tomorrow)(?!\S))"
_A_HOLIDAY = "(?:thanksgiving|christmas|new year|easter|black friday|a holiday)"
_BUSY = phrase(  # "Tuesdays I have bridge club", "I work Fridays": a day that does not fit, and what is told of it.
    rf"\w+ (?:meets?|gathers?|practices?) (?:on )?{WEEKDAY}{_REST}",
    rf"{WEEKDAY} (?:i|we|they|he|she|(?:my|our) \w+) (?:have|has|am|are|is|works?|teach|play|volunteer|go|got|needs"
    rf"|always){_FREE}{_REST}",
    rf"i (?:work|teach|play|volunteer|am (?:busy|out|gone|away|working|booked)|have (?:an? |the |my )?\w+(?: \w+)?)"
    rf" (?:on )?{WEEKDAY}{_FREE}{_REST}",
    rf"(?<!after )(?<!before )(?:church|practice|rehearsal|bowling|bingo|chemo|dialysis|class|court|golf)"
    rf" (?:on )?{WEEKDAY}{_REST}",
    rf"(?:\d+|{_HOUR}) is (?:my|our|his|her)(?: \w+){{1,2}}|{_DAY} (?:trabajo|tengo|voy|salgo){_REST}",
    rf"(?:{WEEKDAY}|that|it) is (?:our|my|his|her|their|the)"
    rf" (?!day off|best|first|only|preferred|choice|earliest|one|day)\w+{_REST}",
    rf"{WEEKDAY} is (?!a |an |my |our |the |good |best )\w+ (?:day|night){_REST}",
    rf"(?:that|it) is {_A_HOLIDAY}{_REST}",
)
_HOLIDAY = re.compile(rf"(?:that|it) is {_A_HOLIDAY}(?!.* (?:not|or|if|and)(?!\S))")
_OTHERS_PLANS = phrase(  # "My mother is coming Thursday": no day of the visit
    r"(?:my|our) \w+(?: \w+)? (?:(?:is|are) (?:coming|visiting|arriving|flying in|getting in|due)|comes|visits|arrives"
    rf"|gets|lands)(?: over| in| home| down| to town)?(?: (?:on|this|next|by))? (?:{_DAY}|tonight)",
)
_HAS_BEEN = phrase(  # "The last tech came on a Thursday": a subject, a verb of the past that wishes nothing, its day
    r"(?:he|she|it|they|we|i|(?:the|my|our|your|a|some|one|another) (?:\w+ ){0,2}?\w+) (?:just |only |also )?"
    r"(?:came|left|did|ran|took|made|put|sent|saw|showed|\w{2,}(?<!e)ed"
    r"(?<!asked|hoped|liked|saved)(?<!needed|wanted|wished|picked|booked|agreed)(?<!decided|planned|figured|cleared)"
    r"(?<!wondered)(?<!preferred|scheduled|requested|suggested|mentioned))"
    rf"(?: (?!(?:so|but|and|can|could|would|is|are|{_DAY})(?!\S))\S+){{0,5}}? on (?:a |the )?{WEEKDAY}",
)
_TAKEN_BACK = re.compile(  # "Tomorrow no my shift changed Wednesday": the comma may be anywhere.
    rf"(?<!\S)(?:(?:on|this|the|el) )?(?P<day>{_DAY})(?: at \w+)? (?:[,.] )?no(?! (?:later|earlier|sooner|problem|rush"
    rf"|hurry|worries|matter|preference|more|less|el|los)(?!\S))(?= (?:\S+ ){{0,6}}?(?!(?P=day)(?!\S)){_DAY}(?!\S))"
)
_ANY_DAY = re.compile(
    rf"(?<!\S)(?:(?:on|el|next|this) )?{_DAY}(?= (?P<clock>at|around|about|a las?|in the|por la)(?!\S))?(?!\S)"
)
_TAKES_BACK = phrase(
    r"no|not|sorry|wait|hang on|hold on|actually|but|i mean|i meant|never mind|forget (?:it|that)|perdon|digo"
)
_SECOND_BEST = re.compile(  # "Today would be best, but if you can't, then tomorrow"
    r"(?<!\S)(?:(?:but|and|or|pero|y|o) )?(?:if (?:\S+ ){0,4}?(?:not|full|booked|gone|taken)(?: \S+){0,3}?|otherwise"
    rf"|si no(?: \S+){{0,2}}?)(?: ,)?(?: then)?(?: maybe| perhaps)?(?: on| el| this| next)? {_DAY}(?!\S)"
)
_NOT_THAT_DAY = re.compile(r"(?<!\S)(?:not|for|until|than|works?|do|make|no) $")


def read_visit(
    text: str,
    question: Question | None,
    now: datetime,
    opening_hour: int,
    closing_hour: int,
    visit_at: datetime | None = None,
    visit_latest: datetime | None = None,
) -> VisitWish | None:
    """The wish in the plain `text`, resolved; None when it names no time.

    Args:
        text: Plain text without phone number, address and ZIP.
        question: What was asked last; only time questions take a bare "Friday".
        now: Aware, in the business's zone.
        opening_hour: First visit, local hour.
        closing_hour: Visits end; the last one starts an hour before.
        visit_at: The wish so far, which a correction completes.
        visit_latest: The last start that fits the wish so far.
    """
    asked = question in TIME_QUESTIONS
    completes = asked or corrects(text)
    open_question = question in _OPEN_TIME_QUESTIONS
    hours = (opening_hour, closing_hour)
    text = _without_second_best(_AS_A_REASON.sub(r"\g<wish> because", text))
    text, from_to = _FROM_TO.subn(r"\g<move>to at \g<to>", text)
    text = _THEN.sub(r"\g<between> , \g<side> \g<day>", _from_the_day_said_last(text))
    text = _TAKEN_BACK.sub(" ", without_one_as_a_thing(_ABBREVIATED.sub(r"\1", _GOOD_DAY.sub(" ", text))))
    text, zone, ahead = without_zone(_HAS_BEEN.sub(" ", _OTHERS_PLANS.sub(" ", _without_busy(text))), now)
    if question in APPROVALS:
        text = _THERE_ALL_DAY.sub(" ", text)
    parts = _without_denied([part for piece in _CLAUSES.split(_BUT.sub("not", text)) if (part := piece.strip())])
    wished = [part for part in parts if _is_wish(part, asked, completes, text)]
    told = [part for part in wished if not part.startswith(("because ", "porque "))]
    if not wished:
        return None
    bare = open_question or (asked and len(re.findall(r"\w+", text)) <= _BARE_WORDS and is_about_a_time(text))
    heard = _merge(" , ".join(told), now, bare, asked, relative=visit_at is not None)
    if heard.empty:  # A reason is a wish only where nothing else is one.
        heard = _merge(" , ".join(wished), now, bare, asked, relative=visit_at is not None)
    so_far = _SoFar.of(visit_at, visit_latest, now) if completes else None
    soon = affirmed(ASAP if open_question else _ASAP_ANYWHERE, text, 3)
    if heard.empty:
        if soon:
            later = _not_before(text, now)
            return VisitWish(at(later, opening_hour, 0, now) if later else asap(now, *hours), asap=True)
        if open_question and said(_ANY_TIME, text):
            return VisitWish(_whenever(text, now, opening_hour))
        if asked and so_far and said(_SAME_TIME, text):
            return VisitWish(so_far.starts_at, latest=visit_latest)
        return None
    if from_to and so_far is None and heard.days is None:
        return None  # On the day of a visit that is not known here
    wish = _resolve(heard, now, hours, so_far, soon, said(_SAME_TIME, text), ahead)
    which_day = now.hour < _BEFORE_DAWN and said(_TOMORROW, text) and not re.search(rf"(?<!\S){WEEKDAY}(?!\S)", text)
    return replace(wish, zone=zone if heard.clock else "", which_day=which_day) if wish else None


def _is_wish(part: str, asked: bool, corrected: bool, text: str) -> bool:
    """Whether a clause may wish for a time, or only tells of one."""
    if said(_NARRATED, part) and not affirmed(_ASAP_ANYWHERE, part, 3):
        return asked and said(_WISH, part) and not said(_PAST, part)
    if asked:
        return True
    if said(_OWN_APPOINTMENT, part) and not said(_TO, part):
        return False
    return corrected or said(_WISH, text) or affirmed(_ASAP_ANYWHERE, part, 3) or said(_ONLY_TIME, part)


def _from_the_day_said_last(text: str) -> str:
    """The plain `text` from its last day on, if that has a clock and takes back one before."""
    *before, last = _ANY_DAY.finditer(text) if _ANY_DAY.search(text) else (None,)
    if not before or last is None or not last["clock"] or _NOT_THAT_DAY.search(text[: last.start()]):
        return text
    return text[last.start() :] if said(_TAKES_BACK, text[before[0].end() : last.start()]) else text


def _without_second_best(text: str) -> str:
    """The plain `text` up to the day that is only for the case that the one before it is taken."""
    second = _SECOND_BEST.search(text)
    first = text[: second.start()] if second else ""
    return first if _ANY_DAY.search(first) or said(ASAP, first) else text


def _without_busy(text: str) -> str:
    """The plain `text` without the days that do not fit, and without what was said of them before."""
    while match := _BUSY.search(text):
        before = text[: match.start()]
        for day in re.findall(rf"(?<!\S){WEEKDAY}(?!\S)", match[0])[:1]:
            before = re.sub(rf"(?<!\S)(?:on )?{day}(?!\S)", " ", before)
        behind = text[match.end() :]
        text = f"{before} {'make it' if _HOLIDAY.match(match[0]) and _ANY_DAY.match(behind.lstrip()) else ','} {behind}"
    return text


def _without_denied(parts: list[str]) -> list[str]:
    """The parts without the days that are denied behind; "so not Tuesday" makes a mere reason of what is before it."""
    kept: list[str] = []
    for part in parts:
        for day, at_day in denied_weekdays(part).items():
            named = re.compile(rf"(?<!\S)(?<!next )(?:on )?{day}(?!\S)")
            if part.startswith("so "):
                kept = [one for one in kept if not named.search(one)]
            kept = [named.sub(" ", one) for one in kept]
            part = named.sub(" ", part[:at_day]) + part[at_day:]
        kept.append(part)
    return kept


def _merge(text: str, now: datetime, bare: bool, asked: bool, relative: bool) -> Said:
    """What is said, with later corrections over what they correct; of two choices the first.

    `bare`: whether a number alone is a clock time; behind a correction it is one where a time was asked for.
    """
    if match := _TO.search(text):
        target = read_said(with_digits(text[match.end() :]), now, bare, relative)
        hours = target.clock or target.part
        if hours and target.days is None and target.days_ahead is None:  # "Move my Friday visit to two PM"
            return replace(target, days=read_said(with_digits(match[0]), now, bare, relative=False).days)
        if not target.empty:
            return target
    merged, later = Said(), False
    for piece in _CORRECTION.split(text):
        piece = piece.strip(" ,")
        bare = bare or (asked and later and is_about_a_time(piece.split(" , ")[0]))
        merged = merged.corrected_by(read_said(with_digits(piece), now, bare, relative))
        later = True
    return merged


@dataclass(frozen=True)
class _SoFar:
    """The wish so far, local: what a correction leaves out comes from here."""

    starts_at: datetime
    window: Window

    @classmethod
    def of(cls, visit_at: datetime | None, latest: datetime | None, now: datetime) -> "_SoFar | None":
        """None when there is none, or when it is over."""
        if visit_at is None or not is_after(visit_at, now):
            return None
        start = visit_at.astimezone(now.tzinfo)
        end = latest.astimezone(now.tzinfo) if latest else None
        same_day = end is not None and end.date() == start.date()
        last = (end.hour, end.minute) if end and same_day else None
        return cls(start, Window((start.hour, start.minute), last))


def _resolve(
    heard: Said,
    now: datetime,
    hours: tuple[int, int],
    so_far: _SoFar | None,
    soon: bool,
    same_time: bool,
    ahead: timedelta,
) -> VisitWish | None:
    if heard.shift is not None:
        return _shifted(heard.shift, so_far, now, hours) if so_far else None
    days = heard.days
    if heard.days_ahead is not None:
        days = Days.one((so_far.starts_at if so_far else now).date() + timedelta(days=heard.days_ahead))
    if days is None and so_far:
        days = Days.one(so_far.starts_at.date())
    if heard.clock is not None:
        window = heard.clock.window(heard.part).moved(ahead)
    elif so_far and (same_time or not heard.part):
        window = so_far.window
    else:
        window = PARTS.get(heard.part, Window())
    wish = fit(days, window, now, hours, soon=soon)
    return replace(wish, moved=not _as_said(wish.starts_at, days, window)) if wish else None


def _as_said(start: datetime, days: Days | None, window: Window) -> bool:
    """Whether a start is on one of the days and in the hours that were said."""
    clock = (start.hour, start.minute)
    in_hours = (window.first is None or clock >= window.first) and (window.last is None or clock <= window.last)
    return in_hours and (days is None or days.last is None or start.date() <= days.last)


def _shifted(by: timedelta, so_far: _SoFar, now: datetime, hours: tuple[int, int]) -> VisitWish | None:
    """The wish so far, moved; by days its hours stay."""
    when = so_far.starts_at + by  # On the wall clock: "a day later" is the same hour, over daylight saving too.
    clock = (when.hour, when.minute)
    window = Window(clock, so_far.window.last if by.seconds == 0 else clock)
    return fit(Days.one(when.date()), window, now, hours) if when.date() >= now.date() else None


def _not_before(text: str, now: datetime) -> date | None:
    """The first day of "as soon as possible, but not today"."""
    return now.date() + timedelta(days=1) if said(_NOT_TODAY, text) else None


def _whenever(text: str, now: datetime, opening_hour: int) -> datetime:
    """The next day's opening; "any day but Tuesday" leaves that day out."""
    day = now.date() + timedelta(days=1)
    excluded = named_weekdays(text, now.date())
    while day in excluded:
        day += timedelta(days=1)
    return at(day, opening_hour, 0, now)


__all__ = ["ASAP", "SOONEST", "TIME_QUESTIONS", "asap", "read_visit"]
