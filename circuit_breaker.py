"""One circuit breaker, for every dependency that can be down: the first voice, V2, the model.

Closed: requests pass. After `failure_threshold` consecutive failures it opens for `cooldown_seconds`: nothing passes,
so that no caller waits for what is known to be down. Then exactly one trial at a time passes: its success closes the
breaker, its failure opens it for another full cool-down, its cancellation is no verdict. One breaker per dependency for
the whole process, so that each call profits from what the last one learnt. What is a failure is for the user to say;
who refuses us, for a key that is wrong, is neither down nor well. The log tells the opening, the closing, and in
between at most once a minute that it is still open.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from call.event import tell
from call.service_events import BreakerClosed, BreakerOpened

logger = logging.getLogger(__name__)

LINE_SECONDS = 60.0


class BreakerState(StrEnum):
    """Where a breaker is in its life."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Verdict(StrEnum):
    """How one request went. REFUSED: the dependency is up, and does not take what we ask, such as our key."""

    ANSWERED = "answered"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(eq=False)
class LastSuccess:
    """When a dependency last answered as it should, and how it last went; for those without a breaker too.

    Attributes:
        verdict: How the last request went; None: none has ended since the start of the process.
        told: Told how many seconds each answer took, where that is measured.
    """

    clock: Callable[[], float] = time.monotonic
    told: Callable[[float], None] = lambda seconds: None
    verdict: Verdict | None = field(default=None, init=False)
    _at: float | None = field(default=None, init=False)

    def mark(self, seconds: float | None = None) -> None:
        """It has answered now, after so long, if that is known."""
        self._at, self.verdict = self.clock(), Verdict.ANSWERED
        if seconds is not None:
            self.told(seconds)

    def miss(self, verdict: Verdict = Verdict.FAILED) -> None:
        """It has not."""
        self.verdict = verdict

    @property
    def lost(self) -> bool:
        """Whether it did not do what it was last asked."""
        return self.verdict in (Verdict.FAILED, Verdict.REFUSED)

    @property
    def seconds_ago(self) -> float | None:
        """How long ago it last answered; None: not since the start of the process."""
        return None if self._at is None else self.clock() - self._at


@dataclass(eq=False)
class Attempt:
    """One request that may leave; tell it how the request went, once. Later verdicts are ignored."""

    _breaker: "CircuitBreaker"
    _era: int
    _asked_at: float
    _seconds: float | None = field(default=None, init=False)
    _settled: bool = field(default=False, init=False)

    def began(self) -> None:
        """The answer begins: what it took is told up to here, if it proves to be one."""
        if self._seconds is None:
            self._seconds = self._breaker.clock() - self._asked_at

    def success(self) -> None:
        """The dependency answered."""
        self._settle(Verdict.ANSWERED)

    def failure(self) -> None:
        """The dependency failed: unreachable, timed out, 5xx, 429, silence."""
        self._settle(Verdict.FAILED)

    def refused(self) -> None:
        """The dependency refuses what we ask: no outage, and no answer either; a trial's place is free again."""
        self._settle(Verdict.REFUSED)

    def abandon(self) -> None:
        """The request was cancelled: no verdict; a trial's place is free again."""
        self._settle(None)

    def _settle(self, verdict: Verdict | None) -> None:
        if not self._settled:
            self._settled = True
            self.began()
            self._breaker._verdict(self, verdict)


@dataclass
class CircuitBreaker:
    """Decides whether a request to one dependency may leave now.

    Attributes:
        name: The dependency, for the log.
        failure_threshold: Consecutive failures that open the breaker.
        cooldown_seconds: How long nothing passes before a trial.
        clock: Monotonic seconds.
        last_success: When the dependency last answered, and how it last went.
    """

    name: str
    failure_threshold: int = 3
    cooldown_seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    last_success: LastSuccess = field(init=False)
    _failures: int = field(default=0, init=False)
    _opened_at: float | None = field(default=None, init=False)
    _trial: Attempt | None = field(default=None, init=False)
    _told_at: float | None = field(default=None, init=False)
    _era: int = field(
        default=0, init=False
    )  # Counts openings and closings: a verdict belongs to the era it was asked in.

    def __post_init__(self) -> None:
        self.last_success = LastSuccess(self.clock)

    @property
    def state(self) -> BreakerState:
        """Closed, open, or half open: cooled down, with a trial due or under way."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        cooled = self.clock() - self._opened_at >= self.cooldown_seconds
        return BreakerState.HALF_OPEN if cooled else BreakerState.OPEN

    def attempt(self) -> Attempt | None:
        """Permission for one request, or None when none may leave."""
        state = self.state
        if state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._trial):
            return None
        attempt = Attempt(self, self._era, self.clock())
        if state is BreakerState.HALF_OPEN:
            self._trial = attempt
            logger.log(logging.INFO if self._due else logging.DEBUG, "breaker %s: one trial", self.name)
        return attempt

    @property
    def _due(self) -> bool:
        return self._told_at is None or self.clock() - self._told_at >= LINE_SECONDS

    def _verdict(self, attempt: Attempt, verdict: Verdict | None) -> None:
        if verdict is Verdict.ANSWERED:
            self.last_success.mark(attempt._seconds)
        if attempt._era != self._era:
            return  # Sent before the breaker opened or closed: only what was asked since is news.
        if verdict in (Verdict.FAILED, Verdict.REFUSED):
            self.last_success.miss(verdict)
        trial = attempt is self._trial
        if trial:
            self._trial = None
        if verdict in (None, Verdict.REFUSED):
            return
        if verdict is Verdict.ANSWERED:
            if trial:
                tell(logger, BreakerClosed(self.name))
                self._era += 1
            self._failures, self._opened_at = 0, None
            return
        self._failures += 1
        if trial or self._failures >= self.failure_threshold:
            self._opened_at = self.clock()
            self._era += 1
            if not trial or self._due:
                self._told_at = self._opened_at
                tell(logger, BreakerOpened(self.name, self.cooldown_seconds, self._failures))
