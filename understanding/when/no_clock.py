"""Numbers in a caller's words that are no clock time: an age, a size, a count, a price, "the old one".

A number that is taken for a clock moves a visit that nobody wanted moved. So one without a word of clocks counts only
among words that are about a time, and where a visit stands already only in a turn of nothing else. Plain text, with
numbers as digits where it says so.
"""

import re

from understanding.text.lexicon import CLASSES
from understanding.text.numbers import is_number, ordinal
from understanding.text.parts import SYSTEM
from understanding.text.plain import phrase
from understanding.text.weekdays import WEEKDAY
from understanding.who.name_words import BRANDS

_VERBS_AND_SUCH = (  # End in "s" and are no plural
    r"as|also|always|appears|does|fits|gets|goes|has|his|is|its|looks|perhaps|plus|seems|sounds|suits|thanks|this|thus"
    rf"|unless|us|was|works|yes|mornings|afternoons|evenings|nights|weekdays|weekends|{WEEKDAY}|{WEEKDAY}s"
)
COUNTS = (
    r"(?:people|feet|foot|children|men|women|story|half (?:a )?\w+|percent|degree|dollar|grand|year|month|week|day|hour"
    r"|minute|ton|inch|mile|block|zone|unit|floor|bedroom|bath|person|time|of|odd|some|something|plus|hundred(?! hours)"
    r"|thousand|million|k|x|square|more(?! or less)|others?|different|old|new"
    rf"|(?!(?:{_VERBS_AND_SUCH})(?!\S))[a-z]{{2,}}s)"
)
_OF_A_THING = phrase(  # "The thermostat is set at three"
    rf"(?:{SYSTEM}|thermostat|house|home|{'|'.join(sorted(BRANDS))})"
    r" (?:is|are|was|set|says|reads|shows)(?: (?:set|at|on|to|around|about|like|almost|nearly|over))* \d+"
    r"(?! (?:am|pm|oclock)(?!\S))"
)
# What makes a "one" a thing and no hour: "the old one", "we have one", "one of them".
_THING = re.compile(
    r"(?<!\S)((?:the|this|that|which|what|other|another|same|first|second|third|last|later|earlier|next|new|old|good|best|back"
    rf"|different|right|young|one|an?|any|no|each|need|have|had|got|want|take|book|schedule|(?<=the ){WEEKDAY}"
    rf"|(?<=that ){WEEKDAY})) one(?!\S)(?! (?:oclock|am|pm|thirty|fifteen|forty|slot))"
    r"|(?<!\S)one (?:(?:more|other|or the other|of|thing|upstairs|downstairs|outside|inside)(?!\S)"
    r"|(?:in|on) (?:(?:the|my|our|each|every) (?!morning|afternoon|evening)|two|three|four|five|six|ten|\d))"
    r"|(?<!\S)one (?:\S+ ){1,4}?(?:and|but) (?:the )?(?:other|one)(?!\S)(?! (?:oclock|am|pm|thirty|fifteen|forty))"
)
_PART = re.compile(r"(?<!\S)[,.?](?!\S)")
# Words that may stand beside a bare number that is an hour.
_OF_A_TIME = frozenset(
    "at around about by after before between until till from past say said meant mean instead rather better best"
    " bit little not day days weekend week bump push put earlier earliest later latest sooner wait actually hold"
    " hang on in can could should possible possibly available availability free open opening slot appointment visit"
    " time anything something some or but than for of prefer how what back move moved switch change reschedule try"
    " go going if any guys there work maybe like see ish sharp fits suits suit fit happen only even ever same other"
    " another different more exactly preferably early late lunch hours hour reads says doable idea think thinking"
    " guess suppose wanted fine let reckon round down done digo mejor sino a las perdon puede podria ser antes"
    " despues".split()
)
_CLASSES_OF_A_TIME = ("agreement", "negator", "hedge", "thanks", "courtesy", "filler", "question", "wanting", "time",
                      "weekday")  # fmt: skip
_BESIDE = _OF_A_TIME.union(*(CLASSES[name] for name in _CLASSES_OF_A_TIME))


def without_numbers_of_things(text: str) -> str:
    """Plain text with digits, without the number that a system or a house is set to, or is old."""
    return _OF_A_THING.sub(" _ ", text)


def without_one_as_a_thing(text: str) -> str:
    """Plain `text` without a "one" that is no number of a clock: "the old one", "one of them", "one in the attic"."""

    def thing(match: re.Match[str]) -> str:
        return f"{match[1]} floor" if match[1] and ordinal(match[1]) else match[1] or " _ "

    return _THING.sub(thing, text)


def is_about_a_time(text: str) -> bool:
    """Whether nothing in the plain `text` is about anything but a time."""
    words = re.findall(r"[^\s,.?]+", text)
    return all(word in _BESIDE or is_number(word.split(":")[0]) or ordinal(word) is not None for word in words)


def stands_with_a_time(before: str, behind: str) -> bool:
    """Whether the plain text around a number is about a time: three words before it and one behind."""
    around = _PART.split(before)[-1].replace("call it", "make it").split()[-3:] + _PART.split(behind)[0].split()[:1]
    return is_about_a_time(" ".join(around))
