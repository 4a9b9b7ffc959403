"""Parts of the day and clock times in a caller's words, as the first and last start that fit them on a day.

Works on plain text with numbers as digits ("between 2 and 4 30"). A visit lasts about an hour: "before 3" and "between
1 and 3" end with a start at 2, the morning with one at 11, the afternoon with one at 4. Knows no opening hours.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from understanding.text.plain import phrase
from understanding.when.day_words import denied_before, in_order
from understanding.when.no_clock import COUNTS, stands_with_a_time, without_numbers_of_things

_VISIT = timedelta(hours=1)
TimeOfDay = tuple[int, int]  # hour of 24, minute

_CODE_BEFORE = re.compile(
    r"(?<!\S)(?:code|number|apt|apartment|unit|suite|gate|floor|extension|box|#|building|bldg|room|lot|space|spot|door"
    r"|zone|option|line|model|version|level|story|block|route|highway|exit|pin|size|error|setting|speed|stage|e)"
    r"(?: is| would be)?$"
)
_COUNTING = frozenset(
    "the only just have has had got get gets are were both these those all there own owns with of".split()
)
_BEHIND_A_CLOCK = (  # What may follow a number that is a clock time without a word of clocks
    r"[,.?]|or|and|to|till|until|in|on|at|if|is|would|will|works?|sounds?|should|might|please|then|instead|there|though"
    r"|today|tomorrow|tonight|this|next|that|the|for|with|i|we|not|but|so|because|maybe|thanks|thank|sharp|again|also"
    r"|ok|okay|yes|yeah|no|(?:after)?noon|mornings?|afternoons?|evenings?|\w+day|works|better|best|por|de|el|la"
)


@dataclass(frozen=True)
class Window:
    """The first and the last start on a day; None: as early, or as late, as visits are made."""

    first: TimeOfDay | None = None
    last: TimeOfDay | None = None

    @property
    def exact(self) -> bool:
        """Whether it is one clock time."""
        return self.first is not None and self.first == self.last

    def moved(self, by: timedelta) -> "Window":
        """The same hours later in the day, which they do not leave."""
        first, last = (time and _later(time, by) for time in (self.first, self.last))
        return Window(first, last)


_PARTS_SAID = (  # Of two that begin at the same word the first counts.
    ("mid morning", Window((10, 0), (11, 0)), r"mid ?morning|middle of the morning"),
    ("late morning", Window((11, 0), (11, 0)), r"late(?:r)? (?:in the )?morning"),
    ("early morning", Window(None, (10, 0)), r"(?:first thing|early)(?: in the| this)? morning"
     r"|first thing(?! (?:you|y'?all) )|(?<!too )(?:bright and )?early(?! (?:in the )?afternoon)|a primera hora"),
    ("morning", Window(None, (11, 0)), r"in the am|mornings?|(?:por|en|de) la manana"),
    ("early afternoon", Window((13, 0), (14, 0)), r"early (?:in the )?afternoon"),
    ("after lunch", Window((13, 0), (16, 0)), r"(?:right |any ?time )?after lunch"),
    ("mid afternoon", Window((15, 0), (16, 0)), r"mid ?afternoon|middle of the afternoon"),
    ("late afternoon", Window((16, 0), (17, 0)), r"late(?:r)? (?:in the )?afternoon"),
    ("afternoon", Window((14, 0), (16, 0)), r"in the pm|afternoons?|(?:por|en|de) la tarde"),
    ("evening", Window((17, 0), None), r"(?:this )?evenings?|(?:at )?nights?|tonight|after (?:work|school|hours)"
     r"|end of (?:the )?day|(?:por|en|de) la noche"),
)  # fmt: skip
_PART_RULES = tuple((phrase(pattern), part) for part, _, pattern in _PARTS_SAID)
PARTS = {part: window for part, window, _ in _PARTS_SAID} | {
    "no morning": Window((12, 0), None),
    "no afternoon": Window(None, (11, 0)),
    "no evening": Window(None, (16, 0)),
}


@dataclass(frozen=True)
class Clock:
    """A clock time as said; without am or pm it is completed by the part of the day, else by working hours."""

    hour: int
    minute: int = 0
    half: str = ""  # "am", "pm" or ""

    def on(self, part: str) -> TimeOfDay:
        """(hour of 24, minute): "4" is 16:00, "9" is 9:00, "8 in the evening" is 20:00."""
        if self.hour > 12:
            return self.hour, self.minute
        half = self.half
        if not half and part and not part.startswith("no "):
            half = "am" if part.endswith("morning") else "pm"
        if not half:
            half = "pm" if self.hour == 12 or self.hour < 7 else "am"
        return self.hour % 12 + (12 if half == "pm" else 0), self.minute


@dataclass(frozen=True)
class ClockSaid:
    """A clock time and what was said about it: at, after, before, by it, between two of them, or one or the other."""

    start: Clock
    end: Clock | None = None
    relation: str = "at"

    def window(self, part: str) -> Window:
        """The starts that fit, on a day's part when one was said."""
        start = self.start.on(part)
        within = PARTS.get(part, Window())
        match self.relation:
            case "after":
                return Window(start, max(start, within.last) if within.last else None)
            case "before":
                return Window(within.first, max(_later(start, -_VISIT), within.first or (0, 0)))
            case "by":
                return Window(within.first, max(start, within.first or (0, 0)))
        if self.end is None:
            return Window(start, start)
        end = self.end.on(part)
        if end <= start and end[0] < 12:
            end = end[0] + 12, end[1]
        return Window(start, max(start, end if self.relation == "or" else _later(end, -_VISIT)))


def read_part(text: str) -> tuple[str, str]:
    """The first part of the day, "" for none, and the text without it."""
    text = _PART_THAT_DOES_NOT.sub(lambda match: f"not {match[1] or match[2]}", text)
    for said, part in in_order(_PART_RULES, text)[:1]:
        return part, text[: said.start()] + " " + text[said.end() :]
    if match := _NOT_PART.search(text):
        part = match[1].removesuffix("s")
        return f"no {'evening' if part in ('night', 'evening') else part}", text
    return "", text


def read_clock(text: str, bare: bool) -> ClockSaid | None:
    """The first clock time: "2:30 pm", "at 4", "half past 2", "between 2 and 4"; bare numbers only if `bare`."""
    text = " ".join(without_numbers_of_things(text).split())
    if said := _past_or_to(text):
        return said
    for pattern, sure in _CLOCK_RULES:
        for match in pattern.finditer(text):
            if said := _checked_match(match, text, bare, sure):
                return said
    return None


_PART_THAT_DOES_NOT = phrase(  # "Mornings aren't good", "nights are out"
    r"(mornings?|afternoons?|evenings?|nights?)(?: (?:just|really|usually|generally|never|always))*"
    r" (?:(?:are|is|do|does|will|would) not|never)(?: (?:be|going|to|so|really|too|very|a|an|the|good|great|well|best"
    r"|ideal|possible|work|suit|fit|happen|option|convenient))+",
    r"(mornings?|afternoons?|evenings?|nights?) (?:are|is) (?:just |really |always |usually |pretty )*(?:out|bad|tough"
    r"|hard|rough|impossible|terrible|no good|busy|taken|crazy|hectic)",
)
_NOT_PART = re.compile(
    r"(?<!\S)(?:not|except|but) (?:in |for |on )?(?:the )?(mornings?|afternoons?|evenings?|nights?)(?!\S)"
)

_TIME = (
    rf"(?P<h>\d{{1,2}})(?::(?P<t>\d\d)| (?P<u>00|[1-5]\d|0\d)(?! (?:{COUNTS}|(?:to|or) \d+ {COUNTS})(?!\S))(?!\S))?"
    r"(?: (?P<a>am|pm|oclock))?"
)
_END = r"(?P<h2>\d{1,2})(?::(?P<t2>\d\d)| (?P<u2>00|[0-5]\d)(?!\S))?(?: (?P<z>am|pm|oclock))?"
_OPEN_END = r"(?P<j> (?:or|and) (?:later|after|earlier|before)| ?onwards?)?"
_RELATIONS = {
    "after": "after|past|from|starting(?: at| around)?|beginning(?: at)?|since",
    "before": "before|until|till",
    "by": "by",
    "at": "at|around|about|like|maybe|say|said|meant|for|make it|to|a las?",
}
_BEFORE = "|".join(_RELATIONS.values())
_CLOCK_RULES = (
    (phrase(rf"(?P<r>between|from )? ?{_TIME},? (?P<j>and|to|till|until|or) {_END}"), True),
    (phrase(rf"(?P<r>{_BEFORE}) {_TIME}{_OPEN_END}(?! {COUNTS}(?!\S))"), True),
    (phrase(rf"{_TIME}{_OPEN_END}(?! (?:or|to|and) \d{{1,2}} {COUNTS}(?!\S))"), False),
)  # fmt: skip
_PAST_OR_TO = re.compile(r"(?<!\S)(half|quarter|\d{1,2}) (past|to|till|of|after|before) (\d{1,2})(?!\S)(?: (am|pm))?")


def _checked_match(match: re.Match[str], text: str, bare: bool, sure: bool) -> ClockSaid | None:
    """The clock time of a match, unless the number is a count, a code, negated or no time of day."""
    groups = match.groupdict()
    half = next((h for h in (groups.get("a"), groups.get("z")) if h in ("am", "pm")), "")
    marked = bool(half or groups.get("t") or "oclock" in match[0])
    plain = not marked and not (
        sure and re.match(r"(?:at|between|around|after|before|by|a las?|i said|said|meant) ", match[0])
    )
    if plain and not (bare and _may_be_bare(match, text)):
        return None
    if not marked and re.match(rf"{COUNTS}(?!\S)", text[match.end() :].lstrip()):
        return None
    if _CODE_BEFORE.search(text[: match.start()].rstrip()) or denied_before(text, match.start()):
        return None
    if groups.get("z") in ("am", "pm") and not groups.get("a"):
        half = "am" if half == "pm" and int(groups["h"]) % 12 > int(groups["h2"]) % 12 else half
    start = _clock(groups["h"], groups.get("t") or groups.get("u"), half)
    if start is None:
        return None
    if start.hour > 12 and not (marked or groups.get("u") or re.match(r"(?:at|between|a las) ", match[0])):
        return None  # Nobody says "twenty" for eight at night.
    if groups.get("h2"):
        end = _clock(groups["h2"], groups.get("t2") or groups.get("u2"), groups.get("z") or "")
        return ClockSaid(start, end, "or" if groups["j"] == "or" else "between")
    return ClockSaid(start, None, _relation(groups.get("r") or "", groups.get("j") or ""))


def _may_be_bare(match: re.Match[str], text: str) -> bool:
    """Whether a number without a word of clocks may be one: not "one moment", not "we have two"."""
    surely = bool(match.groupdict().get("u"))  # "Nine thirty"
    if not stands_with_a_time("" if surely else text[: match.start("h")], text[match.end() :]):
        return False
    after = text[match.end() :].split(maxsplit=1)
    before = text[: match.start()].split()[-1:]
    behind = not after or surely or re.fullmatch(_BEHIND_A_CLOCK, after[0]) is not None
    counted = _COUNTING if match.groupdict().get("h2") else _COUNTING | {"a", "an"}
    if before and before[0].isdigit() and not denied_before(text, text.rindex(before[0], 0, match.start())):
        return False  # "9 10 years"; of "not 2 3" the second one counts.
    return bool(behind) and not (before and before[0] in counted)


def _relation(before: str, behind: str) -> str:
    if behind:
        return "by" if re.search("earlier|before", behind) else "after"
    return next((name for name, words in _RELATIONS.items() if before and re.fullmatch(words, before)), "at")


def _past_or_to(text: str) -> ClockSaid | None:
    """ "Half past 2", "quarter to 3", "10 past 4"."""
    match = _PAST_OR_TO.search(text)
    if match is None or not (match[1] in ("half", "quarter") or match[2] == "past"):
        return None
    minutes = {"half": 30, "quarter": 15}.get(match[1]) or int(match[1]) % 60
    hour = int(match[3])
    if match[2] in ("to", "till", "of", "before"):
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    clock = _clock(str(hour), str(minutes), match[4] or "")
    return ClockSaid(clock) if clock else None


def _clock(hours: str, minutes: str | None, half: str) -> Clock | None:
    hour, minute, half = int(hours), int(minutes or 0), half if half in ("am", "pm") else ""
    if not (0 < hour < 24 and minute < 60) or (hour > 12 and half == "am"):
        return None
    return Clock(hour, minute, "" if hour > 12 else half)


def _later(time: TimeOfDay, by: timedelta) -> TimeOfDay:
    """On the same day; a visit that is over at a time starts the length of one before it."""
    minutes = min(max(time[0] * 60 + time[1] + int(by.total_seconds()) // 60, 0), 24 * 60 - 1)
    return minutes // 60, minutes % 60
