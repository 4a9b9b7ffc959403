"""Traces over the wire: a real exporter, a collector on a socket, and what a collector can do to a service."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from config import Settings, load
from server import tracing
from server.tracing import Tracing, open_tracing
from tests.support.otlp_receiver import Collector, Received, collector
from tests.support.stored_calls import KEYS, booked
from tests.support.twilio_client import CALLER, twilio_client, until

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.slow


def call_of(told: Collector) -> Received:
    """The span of the call."""
    (call,) = (span for span in told.spans if not span.parent)
    return call


async def test_a_call_is_one_trace() -> None:
    """The call, its turns and what is inside of them; sent when the process ends at the latest."""
    async with collector() as told:
        sender = Tracing(told.url)
        sender.call_ended(booked())
        await sender.close()
        call = call_of(told)
        assert (call.name, call.service, call.attributes["call.id"]) == ("call", "phone-agent", booked().call_id)
        assert {span.trace for span in told.spans} == {call.trace}
        assert "turn" in {span.name for span in told.inside(call)}
        assert all(call.start <= span.start <= span.end for span in told.spans)
        assert "state_changed" in {name for name, _ in call.moments}


async def test_the_standard_variables_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's name, what the collector asks for, which calls are traced; an address may end in a slash."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "front-desk")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20let-me-in")
    async with collector() as told:
        sender = Tracing(told.url + "/")
        sender.call_ended(booked())
        await sender.close()
        assert call_of(told).service == "front-desk"
        assert told.authorization == "Bearer let-me-in"
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
        nobody = Tracing(told.url)
        nobody.call_ended(booked())
        await nobody.close()
        assert told.asked == 1


def test_a_variable_that_makes_no_sense_costs_the_traces_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The service starts all the same, and says why there are none."""
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "x")
    settings = load(KEYS | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
    assert open_tracing(settings) is None
    assert "no traces: ValueError" in caplog.text


@pytest.mark.parametrize("mode", ["hang", "500", "400", "away"])
async def test_a_collector_that_fails_holds_nothing(
    mode: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Handing over raises nothing; the end waits no longer than its own deadline, whatever the exporter still does."""
    monkeypatch.setattr(tracing, "CLOSING_SECONDS", 0.05)
    async with collector() as told:
        told.mode = mode
        sender = Tracing("http://127.0.0.1:9" if mode == "away" else told.url)
        for _ in range(50):
            sender.call_ended(booked())
        closing = asyncio.create_task(sender.close())
        if mode == "hang":
            await told.came.wait()
        await closing
        assert told.spans == []
        told.release.set()
        if mode != "away":  # Else it would connect once more while the collector goes.
            await until(lambda: not any("OtelBatch" in thread.name for thread in threading.enumerate()))
        assert ("did not take the last traces" in caplog.text) or mode != "hang"


def test_off_nothing_is_imported(settings: Settings) -> None:
    """Not the SDK, and not its exporter."""
    assert open_tracing(settings) is None
    listed = "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    asked = [sys.executable, "-c", f"import sys, bot; {listed}"]
    told = subprocess.run(asked, cwd=ROOT, env=KEYS, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_without_the_extra_a_warning_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the service starts."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    wanted = settings.model_copy(update={"otel_exporter_otlp_endpoint": "http://127.0.0.1:9"})
    assert open_tracing(wanted) is None
    assert tracing.NOT_INSTALLED in caplog.text


async def test_the_calls_of_a_service_are_traced(tmp_path: Path) -> None:
    """Once each, behind their record, and without the number of whoever called."""
    async with collector() as told:
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": told.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        async with twilio_client(tmp_path, tmp_path / "data", **settings) as twilio:
            async with twilio.call() as call_id:
                pass
            await until(lambda: any(not span.parent for span in told.spans))
            call = call_of(told)
            assert call.attributes["call.id"] == call_id
            assert call.attributes["call.outcome"] == "hangup:welcome"
            assert call.attributes["call.used.line_minutes"] == 1
            assert CALLER.removeprefix("+") not in repr(told.spans)
