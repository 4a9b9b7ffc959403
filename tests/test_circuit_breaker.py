"""The whole life of a circuit breaker, by a clock that only the tests move."""

import logging
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from circuit_breaker import Attempt, BreakerState, CircuitBreaker, Verdict
from tests.support.property_examples import examples

THRESHOLD = 3
COOLDOWN = 60.0


@dataclass
class Clock:
    """Monotonic seconds."""

    now: float = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker("v2", failure_threshold=THRESHOLD, cooldown_seconds=COOLDOWN, clock=clock)


def allowed(breaker: CircuitBreaker) -> Attempt:
    attempt = breaker.attempt()
    assert attempt is not None
    return attempt


def state_of(breaker: CircuitBreaker) -> BreakerState:
    """The state read anew: a type checker takes a property for what it last was."""
    return breaker.state


def open_it(breaker: CircuitBreaker) -> None:
    for _ in range(THRESHOLD):
        allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.OPEN


def test_defaults_are_three_failures_and_a_minute() -> None:
    """Three failures in a row open a breaker for sixty seconds."""
    breaker = CircuitBreaker("v2")
    assert (breaker.failure_threshold, breaker.cooldown_seconds) == (3, 60)


def test_the_last_success_is_known(breaker: CircuitBreaker, clock: Clock) -> None:
    """Seconds since the dependency last answered; failures and cancelled requests are no answers."""
    assert breaker.last_success.seconds_ago is None
    allowed(breaker).failure()
    allowed(breaker).abandon()
    assert breaker.last_success.seconds_ago is None
    allowed(breaker).success()
    clock.now += 12
    allowed(breaker).failure()
    assert breaker.last_success.seconds_ago == 12


def test_who_refuses_is_neither_down_nor_well(breaker: CircuitBreaker, clock: Clock) -> None:
    """A key that is wrong opens nothing and closes nothing: it is told, until there is an answer."""
    for _ in range(2 * THRESHOLD):
        allowed(breaker).refused()
    assert state_of(breaker) is BreakerState.CLOSED
    assert (breaker.last_success.verdict, breaker.last_success.seconds_ago) == (Verdict.REFUSED, None)
    open_it(breaker)
    clock.now += COOLDOWN
    allowed(breaker).refused()
    assert state_of(breaker) is BreakerState.HALF_OPEN
    allowed(breaker).success()
    assert (state_of(breaker), breaker.last_success.verdict) == (BreakerState.CLOSED, Verdict.ANSWERED)
    allowed(breaker).abandon()
    assert breaker.last_success.verdict is Verdict.ANSWERED


def test_closed_lets_everything_through(breaker: CircuitBreaker) -> None:
    """While closed, any number of requests may be under way at once."""
    assert all(breaker.attempt() for _ in range(50))
    assert state_of(breaker) is BreakerState.CLOSED


def test_third_failure_in_a_row_opens(breaker: CircuitBreaker) -> None:
    """Two failures change nothing, the third lets nothing more through."""
    for _ in range(THRESHOLD - 1):
        allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.CLOSED
    allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.OPEN
    assert breaker.attempt() is None


def test_success_starts_the_count_again(breaker: CircuitBreaker) -> None:
    """Only failures in a row count."""
    for _ in range(10):
        for _ in range(THRESHOLD - 1):
            allowed(breaker).failure()
        allowed(breaker).success()
    assert state_of(breaker) is BreakerState.CLOSED


def test_abandoned_request_is_no_verdict(breaker: CircuitBreaker) -> None:
    """A cancelled request neither counts as a failure nor ends a row of failures."""
    for _ in range(10):
        allowed(breaker).abandon()
    assert state_of(breaker) is BreakerState.CLOSED
    allowed(breaker).failure()
    allowed(breaker).failure()
    allowed(breaker).abandon()
    allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.OPEN


def test_open_until_the_cooldown_is_over(breaker: CircuitBreaker, clock: Clock) -> None:
    """Nothing passes before the last moment of the cool-down, a trial at it."""
    open_it(breaker)
    clock.now += COOLDOWN - 0.001
    assert breaker.attempt() is None
    clock.now += 0.001
    assert state_of(breaker) is BreakerState.HALF_OPEN
    allowed(breaker)


def test_one_trial_at_a_time(breaker: CircuitBreaker, clock: Clock) -> None:
    """While a trial is under way nothing else passes, however long it takes (X19)."""
    open_it(breaker)
    clock.now += COOLDOWN
    trial = allowed(breaker)
    assert breaker.attempt() is None
    clock.now += 10 * COOLDOWN
    assert breaker.attempt() is None
    trial.success()
    assert breaker.attempt() is not None


def test_good_trial_closes(breaker: CircuitBreaker, clock: Clock) -> None:
    """After a good trial it takes three new failures to open again."""
    open_it(breaker)
    clock.now += COOLDOWN
    allowed(breaker).success()
    assert state_of(breaker) is BreakerState.CLOSED
    allowed(breaker).failure()
    allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.CLOSED
    allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.OPEN


def test_failed_trial_opens_for_a_full_cooldown(breaker: CircuitBreaker, clock: Clock) -> None:
    """Each failed trial costs a whole cool-down from its end, time after time (X19)."""
    open_it(breaker)
    for _ in range(4):
        clock.now += COOLDOWN
        trial = allowed(breaker)
        clock.now += 7
        trial.failure()
        assert state_of(breaker) is BreakerState.OPEN
        clock.now += COOLDOWN - 0.001
        assert breaker.attempt() is None
        clock.now -= COOLDOWN - 0.001


def test_cancelled_trial_frees_its_place(breaker: CircuitBreaker, clock: Clock) -> None:
    """A cancelled trial neither closes nor opens; the next request is the trial, at once."""
    open_it(breaker)
    clock.now += COOLDOWN
    allowed(breaker).abandon()
    assert state_of(breaker) is BreakerState.HALF_OPEN
    second = allowed(breaker)
    assert breaker.attempt() is None
    second.success()
    assert state_of(breaker) is BreakerState.CLOSED


@pytest.mark.parametrize("verdict", ["success", "failure", "abandon"])
def test_answers_from_before_the_opening_are_ignored(breaker: CircuitBreaker, clock: Clock, verdict: str) -> None:
    """A late answer neither closes an open breaker, nor prolongs it, nor ends the trial."""
    late = [allowed(breaker) for _ in range(4)]
    open_it(breaker)
    clock.now += COOLDOWN / 2
    getattr(late[0], verdict)()
    assert state_of(breaker) is BreakerState.OPEN
    clock.now += COOLDOWN / 2
    getattr(late[1], verdict)()
    assert state_of(breaker) is BreakerState.HALF_OPEN
    trial = allowed(breaker)
    getattr(late[2], verdict)()
    assert breaker.attempt() is None
    assert state_of(breaker) is BreakerState.HALF_OPEN
    trial.success()
    assert state_of(breaker) is BreakerState.CLOSED


def test_answers_from_before_the_opening_are_ignored_after_it_too(breaker: CircuitBreaker, clock: Clock) -> None:
    """Requests sent before the outage that fail after the recovery do not open the breaker again."""
    late = [allowed(breaker) for _ in range(THRESHOLD)]
    open_it(breaker)
    clock.now += COOLDOWN
    allowed(breaker).success()
    for attempt in late:
        attempt.failure()
    assert state_of(breaker) is BreakerState.CLOSED


def test_a_verdict_counts_once(breaker: CircuitBreaker) -> None:
    """An attempt has one outcome, the first that it was told."""
    attempt = allowed(breaker)
    for _ in range(5):
        attempt.failure()
    assert state_of(breaker) is BreakerState.CLOSED
    allowed(breaker).failure()
    attempt.success()
    allowed(breaker).failure()
    assert state_of(breaker) is BreakerState.OPEN


def test_second_call_profits(breaker: CircuitBreaker, clock: Clock) -> None:
    """What one call learnt keeps the next from waiting, and what its trial learnt serves all (X19)."""

    def call(works: bool) -> int:
        """Asks five times; returns how many requests left."""
        left = 0
        for _ in range(5):
            if attempt := breaker.attempt():
                left += 1
                (attempt.success if works else attempt.failure)()
        return left

    assert [call(works=False), call(works=False)] == [3, 0]
    clock.now += COOLDOWN
    assert [call(works=False), call(works=False)] == [1, 0]
    clock.now += COOLDOWN
    assert [call(works=True), call(works=True)] == [5, 5]


def test_log_tells_the_life(breaker: CircuitBreaker, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Opening, trial and closing are one line each, with the name of the dependency."""
    caplog.set_level(logging.INFO)
    open_it(breaker)
    clock.now += COOLDOWN
    allowed(breaker).success()
    lines = [record.getMessage() for record in caplog.records]
    assert [line.split(":")[0] for line in lines] == ["breaker v2 open for 60 s", "breaker v2", "breaker v2 closed"]


def test_a_trial_each_second_fills_no_log(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """One line when it opens, one when it closes, and one trial with its failure a minute in between."""
    caplog.set_level(logging.INFO)
    breaker = CircuitBreaker("database", failure_threshold=1, cooldown_seconds=1, clock=clock)
    allowed(breaker).failure()
    for _ in range(179):
        clock.now += 1
        allowed(breaker).failure()
    clock.now += 0.9
    assert len(caplog.records) == 1 + 2 * 2
    clock.now += 0.1
    allowed(breaker).success()
    assert caplog.records[-1].getMessage().startswith("breaker database closed")


class Life(RuleBasedStateMachine):
    """Any order of requests, answers and waiting, against docs/decisions/0006-one-trial-at-a-time.md."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = CircuitBreaker("x", failure_threshold=THRESHOLD, cooldown_seconds=COOLDOWN, clock=self.clock)
        self.under_way: list[tuple[Attempt, int]] = []
        self.trial: Attempt | None = None
        self.era = 0  # Grows with each opening and closing; answers of another era are no news.
        self.row = 0
        self.opened_at: float | None = None

    @property
    def cooled(self) -> bool:
        return self.opened_at is not None and self.clock.now >= self.opened_at + COOLDOWN

    @rule(seconds=st.sampled_from([0.5, 29.0, 30.0, 59.5, 60.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def ask(self) -> None:
        attempt = self.breaker.attempt()
        may_leave = self.opened_at is None or (self.cooled and self.trial is None)
        assert (attempt is not None) == may_leave
        if attempt:
            self.under_way.append((attempt, self.era))
            if self.opened_at is not None:
                self.trial = attempt

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), verdict=st.sampled_from(["success", "failure", "abandon"]))
    def answer(self, data: st.DataObject, verdict: str) -> None:
        attempt, era = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
        getattr(attempt, verdict)()
        if era != self.era:
            return
        trial = attempt is self.trial
        self.trial = None if trial else self.trial
        if verdict == "failure":
            self.row += 1
            if trial or self.row >= THRESHOLD:
                self.opened_at, self.era = self.clock.now, self.era + 1
        elif verdict == "success":
            if trial:
                self.era += 1
            self.row, self.opened_at = 0, None

    @invariant()
    def state_is_as_told(self) -> None:
        closed = self.opened_at is None
        expected = BreakerState.CLOSED if closed else BreakerState.HALF_OPEN if self.cooled else BreakerState.OPEN
        assert self.breaker.state is expected


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=examples(300), stateful_step_count=40, deadline=None, derandomize=True)
