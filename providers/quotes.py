"""Whether a value is what the caller said, and said of themselves: the last check on what a model read out of a call.

The words have to stand together in one turn of the caller's, numbers as they were heard. Not a quote: what is denied,
asked, a choice, taken back, said of somebody else ("my neighbor is Dave Miller") or of another place ("across from 12
Oak Street"), and a name that the caller only repeats after us. In doubt it is none. Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from understanding.text.numbers import ORDINALS, TENS, ordinal, runs
from understanding.text.plain import MARKS, fold, phrase, plain

# Between the words of one name: "Jonas with the surname of Weber".
_LINKS = frozenset("with the my surname of last first middle family name is initial".split())
_ZIP_DIGITS = 5
_SHORT = {
    "street": "st", "road": "rd", "avenue": "ave", "drive": "dr", "lane": "ln", "boulevard": "blvd", "court": "ct",
    "circle": "cir", "parkway": "pkwy", "highway": "hwy", "trail": "trl", "apartment": "apt", "place": "pl",
    "terrace": "ter", "cove": "cv", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
_SOMEBODY = (
    r"(?:husband|wife|son|daughter|father|mother|dad|mom|brother|sister|tenants?|renter|neighbou?r|landlord|landlady"
    r"|boss|manager|friend|roommate|partner|plumber|electrician|contractor|technician|tech|guy|man|lady|woman|dog|cat"
    r"|doctor|realtor|agent|owner|driver|dispatcher|receptionist)"
)
# Right before a name that is not the caller's; "under my wife's name" is where the visit is looked for.
_OF_SOMEBODY = re.compile(
    rf"\b(?:(?:my|his|her|their|our|your|the|a|this|that|another) (?:\w+ )?{_SOMEBODY}(?: is| was| s| name| named"
    rf"| called"
    r"| ,)*|(?:his|her|their) name(?: is| was| ,)*|(?:spoke|talked|speak|talk|dealt|spoken) (?:to|with)"
    r"|(?:ask|asked|asking|look|looking|call|waiting) for|sent(?: us| me| out| over)?(?: a)?"
    r"|(?:like|from|by|met|know|told|see|saw|thank|thanks|hi|hello|hey)|not|never|or)$"
)
_SOMEBODY_DOES = re.compile(
    r"(?:told|said|says|came|fixed|called|calls|installed|looked|from (?:your|the)|who|lives|is (?:my|the|a|not|your)"
    r"|was (?:here|supposed|the|my)|did|has|had|never|or)\b"
)
_ANOTHER_PLACE = re.compile(
    r"\b(?:used to (?:live|be)(?: at| on)?|moved (?:from|out of)|near|behind|(?<!come )(?<!stop )(?<!swing )by|off"
    r"|at your|between|past|(?<!calling )from|or|(?:next|close) to|across(?: the street)? from|corner of"
    r"|neighbou?r\w*(?: is| s| lives| house)*(?: at| on)?|not(?: at| on)?|your (?:\w+ )?(?:is )?(?:at|on)"
    r"|(?:old|other|mailing|billing|previous|former|office|work)(?: (?:address|house|place|one))?(?: is| was)?(?: at"
    r"| on)?"
    r"|(?:mother|father|mom|dad|son|daughter|friend)(?: is| lives| s)(?: at| on)?)$"
)
_NO_PLACE_OF_OURS = re.compile(
    r"(?:is (?:my |the |our )?(?:old|billing|mailing|office|where i work)|was (?:my|our|the)|used to|or)\b"
)
_TAKEN_BACK = phrase(
    r"(?:no )?wait|no (?:it|that|not|make|sorry|actually|\d+)|i mean|i meant|actually|scratch that|correction|or rather"
    r"|rather|instead|not (?:that|there)|forget (?:that|it)|never mind|i take that back",
)
_NO_PROBLEM = phrase(r"no wait|i meant|scratch that|forget (?:that|it)|never mind|(?:is|was) (?:fixed|fine) now")
_QUESTION = re.compile(
    r"(?:(?:and|so|but|hi|hello|wait) )*(?:is|are|was|do|does|did|can|could|will|would|who|what|where|which|why|how"
    r"|when)\b"
)


@dataclass(frozen=True)
class _Turn:
    """A caller turn: its plain words with their marks, numbers as digits."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str, *, streets: bool = False) -> "_Turn":
        """`streets`: ordinals are street names, so that "thirty fifth" is "35th"."""
        words = _with_ordinals(plain(fold(text)).split()) if streets else plain(fold(text)).split()
        for run in reversed(runs(words)):
            words[run.start : run.end] = [run.digits]
        return cls(tuple(_SHORT.get(word, word) for word in words))

    def before(self, place: int) -> str:
        """The words of the sentence before the place."""
        start = max((i + 1 for i, word in enumerate(self.words[:place]) if word in (".", "?")), default=0)
        return " ".join(self.words[start:place]).rstrip(" ,")

    def after(self, place: int) -> str:
        """All the words behind the place."""
        return " ".join(self.words[place:])

    def asks(self, start: int, end: int) -> bool:
        """Whether what stands there is asked: "do you know Dave?", "Dave?"."""
        mark = next((word for word in self.words[end:] if word in (".", "?")), "")
        clause = self.before(start).rpartition(" , ")[2]
        return mark == "?" and (self.words[end] == "?" or _QUESTION.match(clause) is not None)


def quoted(field: str, value: str, turns: Sequence[str], ours: Sequence[str] = ()) -> bool:
    """Whether the caller said `value` for this field.

    Args:
        field: `name`, `address`, `problem` or `visit`.
        value: As it will be stored.
        turns: The caller's turns, the last one last.
        ours: What we have said; a name that is in it is only repeated.
    """
    streets, exact = field == "address", field != "name"
    wanted = [word for word in _Turn.of(value, streets=streets).words if word not in MARKS]
    if not wanted or (field == "name" and any(_names(value, line) for line in ours)):
        return False
    for number in range(len(turns) - 1, -1, -1):
        turn = _Turn.of(turns[number], streets=streets)
        if places := _places(wanted, turn, exact=exact):
            taken_back = _NO_PROBLEM if field == "problem" else _TAKEN_BACK
            later = [turn.after(places[-1][1]), *(_Turn.of(text).after(0) for text in turns[number + 1 :])]
            return not any(taken_back.search(text) for text in later) and _stands(field, turn, *places[-1])
    return False


def said_here(words: str, turn: str) -> bool:
    """Whether the words stand together in the turn, its marks left aside."""
    wanted, heard = ([word for word in _Turn.of(text).words if word not in MARKS] for text in (words, turn))
    return bool(wanted) and any(heard[i : i + len(wanted)] == wanted for i in range(len(heard) - len(wanted) + 1))


def _with_ordinals(words: list[str]) -> list[str]:
    out: list[str] = []
    for word in words:
        number = ordinal(word)
        if number and number < 10 and out and out[-1] in TENS and word in ORDINALS:
            out[-1] = f"{TENS[out[-1]] + number}th"
        else:
            out.append(f"{number}th" if number else word)
    return out


def _names(name: str, line: str) -> bool:
    """Whether our line names somebody so, in whatever letters ("ACE"); the first word of a sentence is no name."""
    found = re.finditer(rf"(?<![.!?] )(?<!^)\b{re.escape(name)}\b", line, re.I)
    return any(match[0][0].isupper() for match in found)


def _places(wanted: list[str], turn: _Turn, *, exact: bool) -> list[tuple[int, int]]:
    """Where the words stand together: in their order, or of a name in any order with links between them."""
    between = MARKS - {"?"} if exact else {",", *_LINKS}
    found = []
    for start, word in enumerate(turn.words):
        left, end = list(wanted), start
        while word in wanted and left and end < len(turn.words):
            here = turn.words[end]
            if here in left and (not exact or here == left[0]):
                left.remove(here)
            elif here not in between:
                break
            end += 1
        if not left:
            found.append((start, end))
    return found


def _stands(field: str, turn: _Turn, start: int, end: int) -> bool:
    """Whether what stands there is said of the caller, and as it is."""
    before, after = turn.before(start), turn.after(end).lstrip(" ,")
    if turn.asks(start, end):
        return False
    match field:
        case "name":
            under = re.search(r"\bunder\b", before) is not None
            return (under or not _OF_SOMEBODY.search(before)) and not _SOMEBODY_DOES.match(after)
        case "address":
            number, following = turn.words[start], turn.words[start + 1 : start + 2]
            if len(number) == _ZIP_DIGITS and number.isdigit() and set(following) & MARKS:
                return False  # "78701, Oak Street"
            return not (_ANOTHER_PLACE.search(before) or _NO_PLACE_OF_OURS.match(after))
    return not re.search(r"\b(?:not|no|never|without|nothing)(?: \w+){0,2}$", before)
