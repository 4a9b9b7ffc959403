"""Numbers in a caller's words that are no clock time: an age, a size, a count, a price, "the old one".

A number that is taken for a clock moves a visit that nobody wanted moved. So one without a word of clocks counts, where
a visit stands already, only in a turn that is about a time and nothing else. Plain text, with numbers as digits where
it says so.
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
    rf"(?:people|feet|foot|children|men|women|stor(?:y|ies)|half (?:a )?(?:tons?|years?|baths?)|percent|degree|dollar"
    r"|buck|grand|cents?|year|month|week|day|hour|minute|ton|tonne|pound|inch|gallon|mile|block|amp|volt|watt|btu|seer"
    r"|zone|stage|speed|unit|system|filter|floor|bedroom|bathroom|bed|bath|room|window|car|dog|cat|pet|guy|person|kid"
    r"|time|of|odd|some|something|plus|hundred(?! hours)|thousand|million|k|x|square|sq|more(?! or less)|others?"
    r"|different|separate|new|old|big|little|small|bad|lousy"
    rf"|(?!(?:{_VERBS_AND_SUCH})(?!\S))[a-z]{{2,}}s)"
)
_NUMBER = r"\d+(?:\.\d+)?"
_PERSON = "|".join(sorted(CLASSES["relative"] | {"baby", "grandson", "granddaughter", "child", "boy", "girl"}))
_NUMBERS = rf"{_NUMBER}(?: (?:or|to|and) {_NUMBER})?"
_ABOUT = r"(?:(?:like|only|just|about|around|almost|nearly|maybe|probably|at least|over|under|going on|already|now) )*"
_NO_CLOCK = tuple(
    phrase(pattern)
    for pattern in (
        # "Two thousand and six", "22 hundred": nobody tells a time so.
        rf"(?:{_NUMBER} (?:or|to) )?{_NUMBER}(?: (?:hundred|thousand|million|grand)(?! hours(?!\S)))+"
        rf"(?: (?:and )?{_NUMBER})*|(?:a|one) (?:hundred|thousand)(?: and)? {_NUMBER}",
        rf"{_NUMBER}(?: (?:by|x) {_NUMBER})+(?: (?:filter|inch|air|return|vent|register|size|by|x))*(?<!by)(?<!x)",
        rf"{_NUMBER} and an? (?:half|quarter)",
        r"(?:is|was|are|thermostat|we have it|i have it|it) set (?:at|to|on) \d+|set (?:to|on) \d+"
        r"|(?:thermostat|dial|speed|temperature|temp|setting)(?: is| was)?(?: at| on| to| says| reads| shows)+ \d+",
        rf"(?:blink|flash|beep|click|chirp)\w*(?: at)? {_ABOUT}{_NUMBER}(?: (?:(?:and|or|then) )+{_NUMBER})*",
        rf"(?:{_NUMBER} )?out of {_NUMBER}|scale (?:of|from)(?: {_NUMBER})? (?:to|through) {_NUMBER}",
        # An age: of a person, of what stands in the house.
        rf"(?:(?:my|our|his|her|the|a) )?(?:{_PERSON}|he|she)(?: is|are| turned| turns| just turned)?"
        rf" {_ABOUT}{_NUMBERS}(?= (?:[,.?]|and|so|but|now|or|by|years?)|$)",
        rf"(?:{SYSTEM}|house|home|building|equipment|it(?= is| turned| will))(?: is| are| turned| turns| will be)?"
        rf" (?:almost|nearly|over|under|going on|at least|more than|less than|pushing) {_NUMBERS}",
        rf"(?:{SYSTEM}|house|equipment|{'|'.join(sorted(BRANDS))})(?: is| are)?"
        rf" {_ABOUT}{_NUMBERS}(?= (?:[,.?]|and|so|but|now|or|by)|$)",
    )
)
# What stands before a "one" that is an hour; behind anything else it is a thing: "an old one", "we have one".
_BEFORE_AN_HOUR = (
    r"at|around|about|by|after|before|until|till|past|from|to|between|and|or|for|like|say|says|said|maybe|perhaps"
    r"|possibly|probably|meant|mean|make|it|be|than|do|try|with|then|so|but|no|nope|not|yes|yeah|ok|okay|sure|actually"
    r"|sorry|wait|instead|rather|really|ish|early|earliest|latest|am|pm|noon|oclock|today|tomorrow|tonight|morning|afternoon"
    rf"|evening|works|prefer|rather|half|quarter|{WEEKDAY}|{WEEKDAY}s|(?<!there )is|\S*\d\S*|ten|eleven|twelve|nine"
    r"|please|well|um|uh|oh|on|in|_|[,.?]"
)
_THING = re.compile(
    rf"(?<!\S)(?:(?!(?:{_BEFORE_AN_HOUR}) one(?!\S))|(?:(?<=the )|(?<=that ))(?={WEEKDAY} one))(\S+) one(?!\S)"
    r"(?! (?:oclock|am|pm|thirty|fifteen|forty|slot))"
    r"|(?<!\S)one (?:(?:more|other|of|thing|upstairs|downstairs|outside|inside)(?!\S)"
    r"|(?:in|on) (?:(?:the|my|our|each|every) (?!morning|afternoon|evening)|two|three|four|five|six|ten|\d))"
    r"|(?<!\S)one (?:\S+ ){1,4}?(?:and|but) (?:the )?(?:other|one)(?!\S)(?! (?:oclock|am|pm|thirty|fifteen|forty))"
)
# Words that may stand beside a bare number that is an hour, where a visit stands already.
_OF_A_TIME = frozenset(
    "at around about by after before between until till from past say said meant mean instead rather better best"
    " bit little not day days bump push put earlier earliest later latest sooner wait actually hold hang on in can"
    " could should possible possibly available availability free open opening slot appointment visit time anything"
    " something some or but than for of prefer how what back move moved switch change reschedule try go going if any"
    " guys there work maybe like see ish sharp fits suits suit fit happen only even ever same other another"
    " different more exactly preferably early late lunch hours hour reads says doable idea think thinking guess"
    " suppose wanted fine digo mejor sino a las perdon puede podria ser antes despues".split()
)
_CLASSES_OF_A_TIME = ("agreement", "negator", "hedge", "thanks", "courtesy", "filler", "question", "wanting", "time",
                      "weekday")  # fmt: skip
_BESIDE = _OF_A_TIME.union(*(CLASSES[name] for name in _CLASSES_OF_A_TIME))


def without_numbers_of_other_things(text: str) -> str:
    """Plain text with digits, without the numbers that are ages, sizes, amounts and years."""
    for pattern in _NO_CLOCK:
        text = pattern.sub(" _ ", text)
    return text


def without_one_as_a_thing(text: str) -> str:
    """Plain `text` without a "one" that is no number of a clock: "the old one", "one of them", "one in the attic"."""

    def thing(match: re.Match[str]) -> str:
        return f"{match[1]} floor" if match[1] and ordinal(match[1]) else match[1] or " _ "

    return _THING.sub(thing, text)


def is_about_a_time(text: str) -> bool:
    """Whether nothing in the plain `text` is about anything but a time."""
    words = re.findall(r"[^\s,.?]+", text)
    return all(word in _BESIDE or is_number(word.split(":")[0]) or ordinal(word) is not None for word in words)
