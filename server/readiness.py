"""Readiness: whether this process takes calls, and what an operator is told of everything that it depends on.

The answer to anybody is one word; the details need OPERATOR_TOKEN and hold neither numbers nor keys. Reading them asks
nobody outside: breakers and successes are those of real calls, so a dependency that was not needed has no news.
"""

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from circuit_breaker import BreakerState, CircuitBreaker, LastSuccess
from config import Settings
from records.errors import StoreError
from records.store import Store
from server.live_calls import LiveCalls
from server.liveness import Liveness
from server.refusals import Refusals
from server.turned_away import TurnedAway

logger = logging.getLogger(__name__)

_BEARER = "bearer "


def is_operator(authorization: str | None, token: SecretStr | None) -> bool:
    """Whether the Authorization header carries OPERATOR_TOKEN; never without one. Takes as long for any wrong token."""
    if token is None or authorization is None or not authorization.lower().startswith(_BEARER):
        return False
    given = authorization[len(_BEARER) :].strip()
    return hmac.compare_digest(given.encode(errors="replace"), token.get_secret_value().encode())


@dataclass(frozen=True)
class Readiness:
    """What an operator is told; of each of the `dependencies` its breaker, or its last success where none guards it."""

    settings: Settings
    calls: LiveCalls
    liveness: Liveness
    store: Store
    dependencies: Mapping[str, CircuitBreaker | LastSuccess]
    refusals: Refusals
    turned_away: TurnedAway

    @property
    def late(self) -> bool:
        """Whether this process is too late for new calls."""
        return self.turned_away.lateness.late

    @property
    def ready(self) -> bool:
        """Whether new calls are to come here."""
        return not self.calls.draining and not (self.late and self.liveness.others_ready)

    def in_short(self) -> dict[str, Any]:
        """For anybody: the one word, and what this process has to do without."""
        away = self.store.breaker.state is not BreakerState.CLOSED
        status = "draining" if self.calls.draining else "late" if self.late else "ready"
        return {"status": status} | ({"without": ["database"]} if away else {})

    async def details(self) -> dict[str, Any]:
        """Calls, records and each dependency: its breaker, and how many seconds ago it last did what it was asked."""
        dependencies = {name: _told(dependency) for name, dependency in self.dependencies.items()}
        records: dict[str, int] | None = None
        try:
            records = {status.value: number for status, number in (await self.store.count_deliveries()).items()}
        except StoreError as error:
            logger.error("the records could not be counted: %s", error)
        return {
            **self.in_short(),
            "machine": self.settings.fly_machine_id,
            "machines": [row.machine for row in self.liveness.machines],
            "calls": len(self.calls),
            "max_calls": self.settings.max_calls,
            "refused": self.calls.refused,
            "turned_away": {why.value: number for why, number in self.turned_away.counted.items()},
            "late_ms": round(self.turned_away.lateness.seconds * 1000),
            "refused_requests": {cause.name.lower(): number for cause, number in self.refusals.counted.items()},
            "records": records,
            "dependencies": dependencies,
        }


def _told(dependency: CircuitBreaker | LastSuccess) -> dict[str, Any]:
    if isinstance(dependency, CircuitBreaker):
        return {"breaker": dependency.state.value, **_told(dependency.last_success)}
    seconds = dependency.seconds_ago
    return {"seconds_since_success": None if seconds is None else round(seconds, 1)}
