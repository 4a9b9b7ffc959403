"""The state machine as a picture."""

from itertools import combinations

from call.session import State
from conversation.transitions import TRANSITIONS
from server.state_figure import BOX_HEIGHT, BOX_WIDTH, figure

WAY = (State.WELCOME, State.LOOKUP, State.SAFETY, State.SAFETY_EXIT)


def test_every_state_has_its_place() -> None:
    """Inside the picture, and none over another."""
    drawn = figure()
    assert {box.state for box in drawn.boxes} == set(State)
    for box in drawn.boxes:
        assert BOX_WIDTH // 2 <= box.x <= drawn.width - BOX_WIDTH // 2
        assert BOX_HEIGHT // 2 <= box.y <= drawn.height - BOX_HEIGHT // 2
    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT


def test_the_arrows_are_the_table() -> None:
    """But for what every state leads to: that is told in words."""
    drawn = figure()
    assert drawn.everywhere == (State.TRANSFER, State.CALLBACK, State.GOODBYE, State.SAFETY_EXIT)
    told = sum(len(nexts - set(drawn.everywhere)) for nexts in TRANSITIONS.values())
    assert len(drawn.arrows) == told
    assert not any(arrow.taken for arrow in drawn.arrows)
    assert not any(box.steps for box in drawn.boxes)


def test_the_way_of_a_call_is_on_it() -> None:
    """Each step with its number, and what led there, also to what every state leads to; over all other arrows."""
    drawn = figure(WAY)
    assert {box.state: box.steps for box in drawn.boxes if box.steps} == {at: (n,) for n, at in enumerate(WAY)}
    assert [arrow.taken for arrow in drawn.arrows][-3:] == [True] * 3
    assert sum(arrow.taken for arrow in drawn.arrows) == 3


def test_a_way_that_no_table_has_is_drawn_as_well() -> None:
    """An older version's, and a state twice."""
    drawn = figure((State.WELCOME, State.CONFIRM, State.CONFIRM, State.WELCOME))
    assert {box.state: box.steps for box in drawn.boxes if box.steps} == {
        State.WELCOME: (0, 3),
        State.CONFIRM: (1, 2),
    }


def test_a_call_that_goes_on_is_in_one_of_them() -> None:
    """The last that it came to; one that is over is in none, and one that is not known to have begun in none either."""
    assert [box.state for box in figure(WAY[:3], live=True).boxes if box.here] == [State.SAFETY]
    assert not any(box.here for drawn in (figure(WAY[:3]), figure(live=True)) for box in drawn.boxes)
