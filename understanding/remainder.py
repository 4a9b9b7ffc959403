"""What of a turn nobody has read: the words that no fact of it and no harmless class of the lexicon explains.

A covered turn has none. What is left over makes the rules' reading doubtful where much depends on it: an end of the
call, an answer, a danger. Pure; an approval judges its own remainder (answers/approvals.py).
"""

from call.session import Intent
from understanding.answers.harmless import POLITE
from understanding.danger.lookalikes import without_lookalikes
from understanding.facts import Answer, Understanding, VisitWish
from understanding.text.lexicon import CLASSES, HARMLESS, LEAD, NO_WORDS
from understanding.text.numbers import ORDINALS, is_number, ordinal
from understanding.text.plain import MARKS
from understanding.text.utterance import Utterance, parse
from understanding.text.weekdays import DAY_NAMES

WITH_ANY = HARMLESS | LEAD | MARKS
# What stands beside a fact and belongs to it.
_BESIDE = {
    "name": "name called first last spelled calling speaking",
    "address": "address live lives located street place apartment over house at on in",
    "zip_code": "zip code",
    "phone": "phone number cell reach call",
    "visit": "anytime time day date around about after before between by any free available come out earliest soonest"
    " first soon asap possible next this at on in for of",
}
_CHOICE = frozenset("or either no not sorry meant wait".split())
_TIMES = CLASSES["time"] - ORDINALS.keys()
# The words by which an end of the call is said, and which a turn may therefore hold beside it; the first of any end.
_OF_ANY_END = "call called calling talk have has got get can could not no there here in from about for of want on"
_OF_ENDS = {
    "goodbye": "day night evening weekend afternoon one nice later soon see take care hang hanging up go going run off"
    " let set another time know what everything else nothing rest need needed today luego hasta",
    "person": "person human being someone somebody anyone anybody representative rep agent operator manager supervisor"
    " owner office speak speaking talking connect transfer real live actual back number give need may today later robot"
    " machine hablar alguien persona llame",
    Intent.WRONG_NUMBER: "wrong number dialed misdialed looking meant mistake accident think must equivocado numero"
    " never mind",
    Intent.VENDOR: "behalf sell selling offer offering marketing advertising business company owner partner sales rep"
    " speak whoever handles charge help",
    Intent.APPLICANT: "hiring job jobs apply applying application position opening working resume looking technician"
    " technicians installer tech any see if saw ad",
}


def places(heard: Understanding) -> dict[str, frozenset[int]]:
    """The words that say each fact of the turn, by their places; a problem is whatever was said, and explains none."""
    turn = parse(heard.text)
    told = ("name", "address", "zip_code", "zip_partial")
    found = {name: turn.where(value) for name in told if (value := getattr(heard, name))}
    if heard.phone:
        found["phone"] = turn.where_numbers({heard.phone[1:], heard.phone[2:]})
    if heard.visit:
        found["visit"] = _says_time(turn, heard.visit)
    return found


def remainder(heard: Understanding) -> tuple[str, ...]:
    """The words that nothing explains, in their order."""
    return tuple(parse(heard.text).words[i] for i in sorted(unexplained(heard)))


def unexplained(heard: Understanding) -> frozenset[int]:
    """The words that nothing explains, by their places."""
    turn, said = parse(heard.text), places(heard)
    covered = frozenset().union(*said.values(), *(turn.places(pattern) for pattern in POLITE))
    words = WITH_ANY.union(*(_BESIDE.get(name, "").split() for name in said))
    if heard.answer in (Answer.YES, Answer.NO):
        words |= NO_WORDS
    return frozenset(i for i, word in enumerate(turn.words) if i not in covered and word not in words)


def is_said_by(end: str, left: tuple[str, ...]) -> bool:
    """Whether what is left of the turn are the words of this end of the call, and no more."""
    own = _OF_ENDS.get(end)
    return not left or bool(own and {*left} <= {*_OF_ANY_END.split(), *own.split()})


def competes(fact: str, heard: Understanding, left: tuple[str, ...]) -> bool:
    """Whether the turn holds another one of a fact that was found: another weekday, or a number beside a choice."""
    if fact == "visit":
        return not DAY_NAMES.keys().isdisjoint(left)
    return fact == "address" and any(map(is_number, left)) and not _CHOICE.isdisjoint(parse(heard.text).words)


def is_strange(heard: Understanding) -> bool:
    """Whether something is told beside a no that is neither denied nor asked, and of no system, house or visit."""
    left = set(remainder(heard)) - CLASSES["service"] - CLASSES["relative"] - CLASSES["wanting"] - NO_WORDS
    return any(
        not (clause.denies or clause.asks or left.isdisjoint(clause.words)) for clause in parse(heard.text).clauses
    )


def mentions_danger(heard: Understanding) -> bool:
    """Whether a word of danger stands where nothing denies it, and is no lookalike ("gas furnace")."""
    turn = Utterance(heard.text, without_lookalikes(parse(heard.text).plain))
    return any(not clause.denies and not CLASSES["danger"].isdisjoint(clause.words) for clause in turn.clauses)


def _says_time(turn: Utterance, wish: VisitWish) -> frozenset[int]:
    """The words that say this time: another weekday or number beside it is left over."""
    times = [wish.starts_at] + ([wish.latest] if wish.latest else [])
    numbers = {f"{hour}{minutes}" for time in times for hour in _hours(time.hour) for minutes in ("", f"{time:%M}")}
    days = {time.day for time in times}
    return turn.where_numbers(numbers | {str(day) for day in days}) | frozenset(
        i
        for i, word in enumerate(turn.words)
        if word in _TIMES or ordinal(word) in days or DAY_NAMES.get(word) in {time.weekday() for time in times}
    )


def _hours(hour: int) -> set[str]:
    return {str(hour % 12 or 12), str(hour)}
