"""Readiness: whether this process takes calls, and what an operator is told of everything that it depends on.

The answer to anybody is one word, and what callers have to do without; the details need OPERATOR_TOKEN and hold neither
numbers nor keys. Reading them asks nobody outside: what is known is from real calls and from rendering lines ahead, so
a dependency that was not needed has no news.

Not ready is only who has another machine beside it that takes the calls. No vendor's failure is a reason: it is the
same from every machine, and a caller whom nobody can hear, or nobody can speak to, is still told that somebody calls
back, and is a lead. One who is not let in is neither.
"""

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from circuit_breaker import BreakerState, CircuitBreaker, LastSuccess, Verdict
from config import Settings
from records.errors import StoreError
from records.store import Store
from server.live_calls import LiveCalls
from server.liveness import Liveness
from server.refusals import Refusals
from server.turned_away import TurnedAway

logger = logging.getLogger(__name__)

VOICES = "voices"
PARTS = {"ears": "deepgram", "model": "openai", "v2": "v2", "dashboard": "dashboard", "database": "database"}
"""What one does without, and the dependency that it is."""

_BEARER = "bearer "


def is_operator(authorization: str | None, token: SecretStr | None) -> bool:
    """Whether the Authorization header carries OPERATOR_TOKEN; never without one. Takes as long for any wrong token."""
    if token is None or authorization is None or not authorization.lower().startswith(_BEARER):
        return False
    given = authorization[len(_BEARER) :].strip()
    return hmac.compare_digest(given.encode(errors="replace"), token.get_secret_value().encode())


@dataclass(frozen=True)
class Readiness:
    """What an operator is told; of each of the `dependencies` its breaker, or its last success where none guards it.

    The `voices` are one part: callers are without it when both are lost.
    """

    settings: Settings
    calls: LiveCalls
    liveness: Liveness
    store: Store
    dependencies: Mapping[str, CircuitBreaker | LastSuccess]
    refusals: Refusals
    turned_away: TurnedAway
    voices: tuple[LastSuccess, ...]

    @property
    def late(self) -> bool:
        """Whether this process is too late for new calls."""
        return self.turned_away.lateness.late

    @property
    def ready(self) -> bool:
        """Whether new calls are to come here."""
        return not (self.liveness.others_ready and (self.calls.draining or self.late))

    @property
    def without(self) -> list[str]:
        """What the next caller has to do without, as the last requests went."""
        lost = {VOICES: all(voice.lost for voice in self.voices)}
        lost |= {part: _lost(self.dependencies[name]) for part, name in PARTS.items()}
        lost["database"] = lost["database"] or self.store.file_is_lost
        return [part for part, is_lost in lost.items() if is_lost]

    def seconds_since_success(self, part: str) -> float | None:
        """How long ago a part last did as it was asked; None: not since the start of this process."""
        if part == VOICES:
            return min((ago for voice in self.voices if (ago := voice.seconds_ago) is not None), default=None)
        dependency = self.dependencies[PARTS[part]]
        return (dependency.last_success if isinstance(dependency, CircuitBreaker) else dependency).seconds_ago

    def in_short(self) -> dict[str, Any]:
        """For anybody: the one word, and what this process has to do without."""
        calls = self.calls
        status = "draining" if calls.draining else "late" if self.late else "full" if calls.full else "ready"
        return {"status": status} | ({"without": without} if (without := self.without) else {})

    async def details(self) -> dict[str, Any]:
        """Calls, records, messages and each dependency: its breaker, and how many seconds ago it last did as asked."""
        dependencies = {name: _told(dependency) for name, dependency in self.dependencies.items()}
        records: dict[str, int] | None = None
        messages: dict[str, int] | None = None
        try:
            records = {status.value: number for status, number in (await self.store.count_deliveries()).items()}
            messages = {status.value: number for status, number in (await self.store.messages.count()).items()}
        except StoreError as error:
            logger.error("the records could not be counted: %s", error)
        return {
            **self.in_short(),
            "machine": self.settings.fly_machine_id,
            "machines": [row.machine for row in self.liveness.machines],
            "calls": len(self.calls),
            "max_calls": self.settings.max_calls,
            "room": self.calls.room,
            "refused": self.calls.refused,
            "turned_away": {why.value: number for why, number in self.turned_away.counted.items()},
            "late_ms": round(self.turned_away.lateness.seconds * 1000),
            "refused_requests": {cause.name.lower(): number for cause, number in self.refusals.counted.items()},
            "records": records,
            "messages": messages,
            "dependencies": dependencies,
        }


def _lost(dependency: CircuitBreaker | LastSuccess) -> bool:
    """Whether it did not do what it was last asked, or is not asked any more."""
    if isinstance(dependency, CircuitBreaker):
        return dependency.state is not BreakerState.CLOSED or dependency.last_success.verdict is Verdict.REFUSED
    return dependency.lost


def _told(dependency: CircuitBreaker | LastSuccess) -> dict[str, Any]:
    if isinstance(dependency, CircuitBreaker):
        return {"breaker": dependency.state.value, **_told(dependency.last_success)}
    seconds, verdict = dependency.seconds_ago, dependency.verdict
    return {
        "seconds_since_success": None if seconds is None else round(seconds, 1),
        "last": verdict and verdict.value,
    }
