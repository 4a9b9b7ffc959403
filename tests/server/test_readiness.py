"""Who is told how the service is."""

import pytest
from pydantic import SecretStr

from server import readiness
from server.live_calls import LiveCalls

TOKEN = SecretStr("operators-token")


@pytest.mark.parametrize("header", ["Bearer operators-token", "bearer operators-token", "BEARER  operators-token "])
def test_the_operators_token_opens(header: str) -> None:
    """The scheme's letter case does not count (RFC 9110 11.1)."""
    assert readiness.is_operator(header, TOKEN)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer operators-toke", "Bearer operators-tokens", "operators-token", "Bearer ü"],
)
def test_anything_else_does_not(header: str | None) -> None:
    """No header, no token, a part of it, more than it, no scheme, no text."""
    assert not readiness.is_operator(header, TOKEN)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer x"])
def test_without_a_token_nobody_is_the_operator(header: str | None) -> None:
    """OPERATOR_TOKEN unset: no header opens, the empty one least of all."""
    assert not readiness.is_operator(header, None)


def test_draining_is_for_ever_and_leaves_no_room() -> None:
    """A process that is told to end takes no more calls, however few there are."""
    calls = LiveCalls(room=2)
    one = calls.add("CA1")
    assert (calls.full, len(calls)) == (False, 1)
    two = calls.add("CA2")
    assert calls.full
    calls.discard(two)
    calls.discard(two)
    calls.draining = True
    assert (calls.full, list(calls)) == (True, [one])


@pytest.mark.parametrize(("room", "from_here"), [(1, 1), (3, 3), (4, 3), (16, 12)])
def test_lines_are_scarce_from_three_quarters_on(room: int, from_here: int) -> None:
    """Of MAX_CALLS."""
    calls = LiveCalls(room)
    for number in range(room):
        assert calls.scarce is (number >= from_here)
        calls.add(f"CA{number}")
    assert calls.scarce
