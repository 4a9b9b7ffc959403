"""What a misread turn does to a caller: it acts wrongly, stores wrongly, asks needlessly, or something is missed.

A turn in which an end is asked about that was none asks needlessly, though it is read right. Leaves out
what is right: utterance_tables.py says that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from call.session import APPROVALS, Question
from tests.support.utterance_tables import Difference, Entry, Score, read
from understanding.facts import Answer, Hazard


class Harm(StrEnum):
    """The gravest first."""

    ACTS = "acts wrongly"  # Books, cancels, moves, clears or misses a danger, hangs up, sends a customer away
    STORES = "stores wrongly"  # A fact other than the one that was said
    ASKS = "asks needlessly"  # The answer was there
    MISSES = "misses"


_ENDS = frozenset({"wrong_number", "vendor", "applicant", "other_trade"})
_ENDING_FLAGS = frozenset({"goodbye", "wants_person", "high_ticket"})
_FACTS = frozenset("name address zip_code zip_partial phone visit latest asap problem problem_has".split())
_CLEARS = frozenset({Hazard.NONE, Hazard.DENIED})
_NOTHING = "nothing"


def harms(scores: Iterable[Score]) -> dict[Harm, list[tuple[Entry, Sequence[Difference]]]]:
    """The misread entries by their gravest harm; those that are read right and only asked about have no difference."""
    found: dict[Harm, list[tuple[Entry, Sequence[Difference]]]] = {harm: [] for harm in Harm}
    for score in scores:
        for entry, differences in score.misses:
            found[harm_of(entry, differences)].append((entry, differences))
        for entry in score.asked:
            found[Harm.ASKS].append((entry, ()))
    return found


def counted(scores: Mapping[str, Score]) -> dict[str, int]:
    """How many turns are right, and how many do each harm."""
    found = harms(scores.values())
    total = {"total": sum(score.total for score in scores.values())}
    right = {"right": sum(score.right for score in scores.values())}
    return total | right | {str(harm): len(entries) for harm, entries in found.items()}


def harm_of(entry: Entry, differences: Sequence[Difference]) -> Harm:
    """The gravest harm of a misread entry."""
    asked = read(entry).doubted_end is not None
    found = Counter(_harm(entry, each, end_asked=asked) for each in differences)
    return next(harm for harm in Harm if found[harm])


def _harm(entry: Entry, difference: Difference, *, end_asked: bool) -> Harm:
    field, expected, got = difference.field, difference.expected.split(" or "), difference.got
    match field:
        case "hazard":
            return _of_danger(expected, got, asked=entry.question is Question.SAFETY)
        case "answer" if got == Answer.YES and entry.question in APPROVALS:
            return Harm.ACTS
        case "answer" if got in (_NOTHING, Answer.UNCLEAR):
            return Harm.ASKS
        case "intent" | "wants_person" if end_asked:
            return Harm.ASKS
        case "intent" if got in _ENDS:
            return Harm.ACTS
        case _ if field in _ENDING_FLAGS and got == "True":
            return Harm.ACTS
        case _ if field in _FACTS:
            return Harm.ASKS if got in (_NOTHING, "False") else Harm.STORES
    return Harm.MISSES


def _of_danger(expected: Sequence[str], got: str, *, asked: bool) -> Harm:
    """`asked`: about danger; what is no answer then is asked again."""
    if got == Hazard.PRESENT or (asked and got == Hazard.DENIED):
        return Harm.ACTS
    missed = got in _CLEARS and not _CLEARS & set(expected)
    return Harm.ACTS if missed and not asked else Harm.ASKS
