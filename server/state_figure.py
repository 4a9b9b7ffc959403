"""The state machine as a picture: its states, what leads from one to the other, and the way of a call. Pure.

Drawn from the table that the conversation itself keeps to. What every state leads to (a danger, a person, a goodbye) is
drawn only where the call went that way: the picture would be nothing but those lines.
"""

from dataclasses import dataclass
from itertools import pairwise

from call.session import END_STATES, State
from conversation.transitions import TRANSITIONS

WIDTH, ROW, TOP, BOX_WIDTH, BOX_HEIGHT = 560, 58, 24, 118, 30


@dataclass(frozen=True)
class Box:
    """A state; `x` and `y` are its middle. `steps`: which of the call's steps led there, the first one being 0.

    `here`: a call that goes on is in it.
    """

    state: State
    x: int
    y: int
    steps: tuple[int, ...] = ()
    here: bool = False


@dataclass(frozen=True)
class Arrow:
    """What leads from one state to another, as the path of an SVG; whether the call went that way."""

    path: str
    taken: bool


@dataclass(frozen=True)
class Figure:
    """The picture in units of its own; `everywhere`: the states that every other one leads to."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    everywhere: tuple[State, ...]


def figure(path: tuple[State, ...] = (), *, live: bool = False) -> Figure:
    """The picture, with the way of a call on it; `live`: the call is still in the last of its states."""
    rows = _rows()
    places = {
        state: (WIDTH * (2 * number + 1) // (2 * len(row)), TOP + ROW * depth)
        for depth, row in enumerate(rows)
        for number, state in enumerate(row)
    }
    steps = {state: tuple(number for number, at in enumerate(path) if at is state) for state in places}
    taken = set(pairwise(path))
    here, everywhere = path[-1] if path and live else None, _everywhere()
    drawn = {(a, b) for a, nexts in TRANSITIONS.items() for b in nexts if b not in everywhere}
    arrows = [
        Arrow(_curve(places[a], places[b]), (a, b) in taken)
        for a, b in sorted(drawn | {(a, b) for a, b in taken if a is not b})
    ]
    return Figure(
        WIDTH,
        TOP + ROW * (len(rows) - 1) + TOP,
        tuple(Box(state, x, y, steps[state], state is here) for state, (x, y) in places.items()),
        tuple(sorted(arrows, key=lambda arrow: arrow.taken)),
        tuple(state for state in State if state in everywhere),
    )


def _everywhere() -> frozenset[State]:
    nexts = (nexts | {state} for state, nexts in TRANSITIONS.items() if state not in END_STATES)
    return frozenset.intersection(*nexts)


def _rows() -> list[list[State]]:
    """The states by how many steps they are away from the greeting; the ends are the last row."""
    depth = {State.WELCOME: 0}
    waiting = [State.WELCOME]
    for state in waiting:
        for following in sorted(TRANSITIONS[state] - END_STATES - depth.keys(), key=list(State).index):
            depth[following] = depth[state] + 1
            waiting.append(following)
    rows: list[list[State]] = [[] for _ in range(max(depth.values()) + 1)]
    for state in waiting:
        rows[depth[state]].append(state)
    return [*rows, [state for state in State if state in END_STATES]]


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """From the lower edge of a box to the upper one of another; beside the boxes, if there are some between."""
    (x1, y1), (x2, y2) = start, end
    half = BOX_HEIGHT // 2
    if y2 - y1 == ROW:
        return f"M{x1} {y1 + half} L{x2} {y2 - half}"
    side = 1 if y2 < y1 or x2 >= x1 else -1
    reach = BOX_WIDTH // 2 + 14 * (1 + abs(y2 - y1) // ROW)
    edge1, edge2 = x1 + side * BOX_WIDTH // 2, x2 + side * BOX_WIDTH // 2
    bend1, bend2 = (min(max(x + side * reach, 0), WIDTH) for x in (x1, x2))
    return f"M{edge1} {y1} C{bend1} {y1} {bend2} {y2} {edge2} {y2}"
