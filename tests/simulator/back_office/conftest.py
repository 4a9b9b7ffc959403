"""What every test of the back office begins with."""

from collections.abc import AsyncIterator

import httpx
import pytest

from simulator.back_office.office import BackOffice
from simulator.faults import Faults
from tests.simulator.back_office.support import EMAIL, Clock, Office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Empty, on a clock that stands still until a test moves it."""
    faults, clock = Faults(slow_seconds=0.05), Clock()
    back_office = BackOffice(
        api_key="key",
        webhook_secret="secret",
        user_email=EMAIL,
        clock=clock,
        faults=faults,
        answer_delay_seconds=0,
    )
    async with back_office, httpx.AsyncClient(timeout=2) as client:
        yield Office(back_office, client, faults, clock)
    back_office.close()
