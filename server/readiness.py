"""Readiness: whether this process takes calls, and what an operator is told of everything that it depends on.

The answer to anybody is one word; the details need OPERATOR_TOKEN and hold neither numbers nor keys. Reading them asks
nobody outside: breakers and successes are those of real calls, so a dependency that was not needed has no news.
"""

import hmac
import logging
from typing import Any

from pydantic import SecretStr

from circuit_breaker import CircuitBreaker, LastSuccess
from records.errors import StoreError
from server.live_calls import LiveCalls
from server.shared_parts import Services

logger = logging.getLogger(__name__)

_BEARER = "bearer "


def is_operator(authorization: str | None, token: SecretStr | None) -> bool:
    """Whether the Authorization header carries OPERATOR_TOKEN; never without one. Takes as long for any wrong token."""
    if token is None or authorization is None or not authorization.lower().startswith(_BEARER):
        return False
    given = authorization[len(_BEARER) :].strip()
    return hmac.compare_digest(given.encode(errors="replace"), token.get_secret_value().encode())


def status(calls: LiveCalls) -> str:
    """The one word: "ready", or "draining" while the process lets its last calls end."""
    return "draining" if calls.draining else "ready"


async def details(services: Services) -> dict[str, Any]:
    """Calls, records and each dependency: its breaker, and how many seconds ago it last did what it was asked."""
    calls = services.calls
    dependencies = {name: _guarded(breaker) for name, breaker in services.breakers.items()}
    dependencies |= {
        "aura": _plain(services.second_voice.last_success),
        "dashboard": _plain(services.dashboard.last_success),
        "twilio": _plain(services.twilio.last_success),
        "database": _plain(services.store.last_success),
    }
    records: dict[str, int] | None = None
    try:
        records = {status.value: number for status, number in (await services.store.count_deliveries()).items()}
    except StoreError as error:
        logger.error("the records could not be counted: %s", error)
    return {
        "status": status(calls),
        "machine": services.settings.fly_machine_id,
        "machines": [row.machine for row in services.liveness.machines],
        "calls": len(calls),
        "max_calls": services.settings.max_calls,
        "refused": calls.refused,
        "records": records,
        "dependencies": dependencies,
    }


def _guarded(breaker: CircuitBreaker) -> dict[str, Any]:
    return {"breaker": breaker.state.value, **_plain(breaker.last_success)}


def _plain(last_success: LastSuccess) -> dict[str, Any]:
    seconds = last_success.seconds_ago
    return {"seconds_since_success": None if seconds is None else round(seconds, 1)}
