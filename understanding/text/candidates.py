"""Which of several facts of one kind a caller means: the one behind "no, I meant", "now" or "mine", else nobody knows.

A fact that nobody knows is left open, so that it is asked. And where what is said instead of one begins.
"""

from collections.abc import Sequence

from understanding.text.numbers import runs, with_oh

_MEANT = frozenset(
    "no sorry wait actually mean meant rather make say now mine instead scratch so but not correction use try do"
    " moved new live living home perdon digo ahora".split()
)
_OVER = frozenset("old used previous former last was were neighbor's neighbors".split())
_TAKES_BACK = frozenset("no sorry mean meant wait rather oops actually make scratch hold hang perdon digo".split())
TAKEN_BACK = _TAKES_BACK | frozenset("i that it is on up not , .".split())  # Between a fact and its correction
_AHEAD = 3  # words before a fact in which it is said to be over


def meant(words: Sequence[str], found: Sequence[tuple[str, tuple[int, int]]]) -> int | None:
    """The place in `found` (values and where they are, in their order) of the one that is meant; None: open."""
    if len({value for value, _ in found}) == 1:
        return len(found) - 1
    for i in range(len(found) - 1, 0, -1):
        if not _MEANT.isdisjoint(words[found[i - 1][1][1] : found[i][1][0]]):
            return i
    left = [i for i, (_, (start, _)) in enumerate(found) if _OVER.isdisjoint(words[max(0, start - _AHEAD) : start])]
    return left[0] if len(left) == 1 else None


def correction(words: Sequence[str], end: int) -> int | None:
    """Where the words that correct a fact begin, which ends before `end`; None: nothing takes it back."""
    start = end
    while start < len(words) and words[start] in TAKEN_BACK:
        start += 1
    return None if _TAKES_BACK.isdisjoint(words[end:start]) else start


def corrected_end(words: Sequence[str], digits: str, end: int) -> tuple[str, int]:
    """A number whose last digits are taken back, and where that ends: "512 555 0134, no wait, 0143"."""
    start = correction(words, end)
    run = next((with_oh(words, run) for run in runs(words) if run.start >= end), None)
    if start is None or run is None or run.start != start:
        return digits, end
    least = 1 if run.end == len(words) else 2  # "No, 3 units" corrects none.
    return (digits[: -len(run.digits)] + run.digits, run.end) if least <= len(run.digits) <= 4 else (digits, end)
