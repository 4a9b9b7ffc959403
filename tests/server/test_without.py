"""The real service with keys that nobody takes any more: it says so, and answers whoever calls."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.twilio_client import Twilio, another, twilio_client, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TOKEN = "operators-token-of-the-tests"


@pytest_asyncio.fixture(loop_scope="module")
async def refused(tmp_path: Path) -> AsyncIterator[Twilio]:
    """A service whose keys for both voices and for the ears are dead from its start on."""
    async with twilio_client(tmp_path, tmp_path / "data") as first:
        for vendor in ("inworld", "aura", "deepgram"):
            first.world.faults.set(vendor, "401")
        settings = {"DATA_DIR": str(tmp_path / "fresh"), "OPERATOR_TOKEN": TOKEN}
        async with another(first, tmp_path / "refused.log", **settings) as twilio:
            yield twilio


async def ready(twilio: Twilio, **headers: str) -> tuple[int, dict[str, Any]]:
    async with twilio.http.get(twilio.url + "/ready", headers=headers) as answer:
        return answer.status, await answer.json()


async def test_what_is_refused_is_told_and_calls_are_answered(refused: Twilio) -> None:
    """The voices without a call, since lines are rendered ahead, and until one speaks again; the ears by a call."""

    async def without(*parts: str) -> bool:
        return await ready(refused) == (200, {"status": "ready"} | ({"without": [*parts]} if parts else {}))

    await until(lambda: without("voices"))
    for vendor in ("inworld", "aura"):
        refused.world.faults.set(vendor, None)
    async with refused.call():
        await until(lambda: without("ears"))
    _, told = await ready(refused, Authorization=f"Bearer {TOKEN}")
    assert told["dependencies"]["deepgram"] == {"breaker": "closed", "seconds_since_success": None, "last": "refused"}
    await refused.quiet()
