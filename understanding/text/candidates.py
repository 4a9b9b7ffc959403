"""Which of several facts of one kind a caller means: the one behind "no, I meant", "now" or "mine", else nobody knows.

A fact that nobody knows is left open, so that it is asked.
"""

from collections.abc import Sequence

_MEANT = frozenset(
    "no sorry wait actually mean meant rather make say now mine instead scratch so but not correction use try do"
    " moved new live living home perdon digo ahora".split()
)
_OVER = frozenset("old used previous former last was were neighbor's neighbors".split())
TAKES_BACK = frozenset("no sorry mean meant wait rather oops actually make scratch hold hang perdon digo".split())
TAKEN_BACK = TAKES_BACK | frozenset(
    "i that it is on up , .".split()
)  # What may stand between a fact and its correction
_AHEAD = 3  # words before a fact in which it is said to be over


def meant(words: Sequence[str], spans: Sequence[tuple[int, int]]) -> int | None:
    """The place in `spans` (in their order in `words`) of the one that is meant; None: open."""
    for i in range(len(spans) - 1, 0, -1):
        end, start = spans[i - 1][1], spans[i][0]
        if not _MEANT.isdisjoint(words[end:start]):
            return i
    over = [not _OVER.isdisjoint(words[max(0, start - _AHEAD) : start]) for start, _ in spans]
    left = [i for i, gone in enumerate(over) if not gone]
    return left[0] if len(left) == 1 else None
