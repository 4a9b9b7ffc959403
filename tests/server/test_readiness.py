"""Who is told how the service is."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr

from circuit_breaker import CircuitBreaker, LastSuccess, Verdict
from server import readiness
from server.live_calls import COMING_SECONDS, LiveCalls

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
    calls = LiveCalls(2)
    one = calls.add("CA1")
    assert (calls.full, len(calls)) == (False, 1)
    two = calls.add("CA2")
    assert calls.full
    calls.discard(two)
    calls.discard(two)
    calls.draining = True
    assert (calls.full, list(calls)) == (True, [one])


def test_who_is_let_in_takes_a_place_before_their_stream_comes() -> None:
    """Forty who ring at once are not forty who find room; who hangs up, or whose stream never comes, gives it back."""
    now = [0.0]
    calls = LiveCalls(2, clock=lambda: now[0])
    calls.let_in("CA1")
    calls.add("CA1")
    calls.let_in("CA2")
    calls.let_in("CA2")
    told = [(calls.full, calls.overfull, len(calls))]
    assert calls.is_coming("CA2")
    calls.gone("CA2")
    assert not calls.is_coming("CA2")
    told.append((calls.full, calls.overfull, len(calls)))
    calls.let_in("CA2")
    told.append((calls.full, calls.overfull, len(calls)))
    now[0] = COMING_SECONDS + 0.1
    told.append((calls.full, calls.overfull, len(calls)))
    calls.add("CA2")
    told.append((calls.full, calls.overfull, len(calls)))
    assert told == [(True, False, 1), (False, False, 1), (True, False, 1), (False, False, 1), (True, True, 2)]


def test_what_the_machine_can_serve_counts_below_max_calls() -> None:
    """Of those that were let in nobody is sent away because it has become less since."""
    learnt = [5]
    calls = LiveCalls(3, lambda: learnt[0])
    assert calls.room == 3
    calls.add("CA1")
    learnt[0] = 1
    assert (calls.room, calls.full, calls.overfull, calls.scarce) == (1, True, False, True)


@pytest.mark.parametrize(("room", "from_here"), [(1, 1), (3, 3), (4, 3), (16, 12)])
def test_lines_are_scarce_from_three_quarters_on(room: int, from_here: int) -> None:
    """Of MAX_CALLS."""
    calls = LiveCalls(room)
    for number in range(room):
        assert calls.scarce is (number >= from_here)
        calls.add(f"CA{number}")
    assert calls.scarce


def told(*, draining: bool = False, late: bool = False, others: bool = False) -> readiness.Readiness:
    """How a process stands, alone or beside another one, whose dependencies have no news yet."""
    calls = LiveCalls(2)
    calls.draining = draining
    breakers = {name: CircuitBreaker(name) for name in ("openai", "deepgram", "v2", "database")}
    no_one: Any = None
    return readiness.Readiness(
        settings=no_one,
        calls=calls,
        liveness=cast(Any, SimpleNamespace(others_ready=others)),
        store=cast(Any, SimpleNamespace(file_is_lost=False)),
        dependencies=breakers | {"dashboard": LastSuccess()},
        refusals=no_one,
        turned_away=cast(Any, SimpleNamespace(lateness=SimpleNamespace(late=late))),
        voices=(LastSuccess(), LastSuccess()),
    )


@pytest.mark.parametrize(("draining", "late"), [(True, False), (False, True), (True, True)])
def test_only_beside_another_machine_is_one_not_ready(draining: bool, late: bool) -> None:
    """Alone, it answers whoever calls, so that they are a lead: no proxy is told to keep them away."""
    word = "draining" if draining else "late"
    for others in (False, True):
        stands = told(draining=draining, late=late, others=others)
        assert (stands.ready, stands.in_short()) == (not others, {"status": word})
    assert told(others=True).ready


@pytest.mark.parametrize(
    ("name", "part"), [("deepgram", "ears"), ("openai", "model"), ("v2", "v2"), ("database", "database")]
)
def test_a_dependency_that_is_down_or_refuses_us_is_told(name: str, part: str) -> None:
    """A breaker that is open, and a key that is wrong; never as a reason to take no calls."""
    for verdicts in ("failure",) * 3, ("refused",):
        stands = told(others=True)
        breaker = stands.dependencies[name]
        assert isinstance(breaker, CircuitBreaker)
        for verdict in verdicts:
            attempt = breaker.attempt()
            assert attempt
            getattr(attempt, verdict)()
        assert (stands.ready, stands.in_short()) == (True, {"status": "ready", "without": [part]})


def test_callers_are_without_a_voice_when_both_are_lost() -> None:
    """One is enough; so is one that speaks again."""
    stands = told()
    first, second = stands.voices
    first.miss()
    assert stands.without == []
    second.miss(Verdict.REFUSED)
    assert stands.without == ["voices"]
    first.mark()
    assert stands.without == []


def test_when_a_part_last_answered_is_known_from_this_process_alone() -> None:
    """Nothing before it was asked; of two voices the one that spoke last; a failure is no answer."""
    stands, now = told(), [100.0]
    voices, v2, dashboard = stands.voices, stands.dependencies["v2"], stands.dependencies["dashboard"]
    assert isinstance(v2, CircuitBreaker)
    assert isinstance(dashboard, LastSuccess)
    for one in (*voices, v2.last_success, dashboard):
        one.clock = lambda: now[0]
    voices[0].mark()
    now[0] = 103.0
    voices[1].mark()
    dashboard.mark()
    for verdict in ("failure", "success", "refused"):
        attempt = v2.attempt()
        assert attempt
        getattr(attempt, verdict)()
    now[0] = 105.0
    parts = ("voices", "v2", "dashboard", "model")
    assert [stands.seconds_since_success(part) for part in parts] == [2.0, 2.0, 2.0, None]


def test_a_database_whose_file_is_gone_is_one_that_we_do_without() -> None:
    """It does all that it is asked, and keeps nothing."""
    standing = told()
    assert standing.without == []
    cast(Any, standing.store).file_is_lost = True
    assert standing.in_short() == {"status": "ready", "without": ["database"]}
