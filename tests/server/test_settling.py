"""What comes behind `ready`."""

import asyncio
import gc
import sys
import threading
from collections.abc import Iterator
from typing import cast

import pytest

from circuit_breaker import CircuitBreaker
from config import load
from records.handover import Handover
from server import settling
from server.call_parts import Model
from server.settling import TURN_SECONDS, RunCall, Settling


class Deliveries:
    """Starts when it is told to."""

    def __init__(self) -> None:
        self.may_start, self.started = asyncio.Event(), False

    async def start(self) -> None:
        await self.may_start.wait()
        self.started = True


class Imports:
    """Imports when it is let; a thread waits for that."""

    def __init__(self) -> None:
        self.lets, self.number = threading.Event(), 0
        self.error: Exception | None = None

    def __call__(self) -> RunCall:
        self.number += 1
        self.lets.wait()
        if self.error:
            raise self.error
        return cast(RunCall, "run_call")


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries()


@pytest.fixture
def imports() -> Iterator[Imports]:
    made = Imports()
    yield made
    made.lets.set()


@pytest.fixture
def settles(
    imports: Imports, deliveries: Deliveries, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Settling:
    monkeypatch.setattr(settling, "import_ahead", lambda: None)
    monkeypatch.setattr(gc, "freeze", lambda: None)  # The garbage of other tests would stay for ever.
    return Settling(imports, cast(Handover, deliveries), Model(load(environ), CircuitBreaker("openai", 3, 30)), {})


async def test_a_call_waits_for_what_it_is_made_of(settles: Settling, imports: Imports) -> None:
    """However many ask, it is imported once; nobody waits for the deliveries."""
    asked = [asyncio.ensure_future(settles.run_call()) for _ in range(3)]
    settles.begin()
    imports.lets.set()
    assert [str(found) for found in await asyncio.gather(*asked)] == ["run_call"] * 3
    assert imports.number == 1
    assert not settles.settled.is_set()
    await settles.stop()


async def test_it_has_settled_once_the_deliveries_run(
    settles: Settling, imports: Imports, deliveries: Deliveries
) -> None:
    """Garbage is collected by then, and until the end no thread keeps the loop waiting for longer than a short turn."""
    usual = sys.getswitchinterval()
    imports.lets.set()
    settles.begin()
    deliveries.may_start.set()
    await settles.settled.wait()
    assert (deliveries.started, gc.isenabled(), sys.getswitchinterval()) == (True, True, TURN_SECONDS)
    await settles.stop()
    assert sys.getswitchinterval() == usual


async def test_a_service_that_can_run_no_call_ends(
    settles: Settling, imports: Imports, caplog: pytest.LogCaptureFixture
) -> None:
    """As a start that fails does: a deploy of it is taken back."""
    imports.error = ImportError("no module")
    imports.lets.set()
    with pytest.raises(SystemExit) as ended:
        await settles._settle()
    assert ended.value.code == 1
    assert "what calls need cannot be imported" in caplog.text


async def test_work_that_breaks_is_not_missed_in_silence(
    deliveries: Deliveries, environ: dict[str, str], imports: Imports, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told by its name; work that was ended is not."""

    async def breaks() -> None:
        raise IndexError

    async def goes_on() -> None:
        await asyncio.Event().wait()

    imports.lets.set()
    deliveries.may_start.set()
    model = Model(load(environ), CircuitBreaker("openai"))
    made = Settling(imports, cast(Handover, deliveries), model, {"room": breaks, "lateness": goes_on})
    made.begin()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await made.stop()
    await asyncio.sleep(0)
    assert [record.message for record in caplog.records if record.levelname == "CRITICAL"] == ["room does not go on"]
