"""Tracing: each call that is over as one trace, for a collector of OpenTelemetry (OTLP over HTTP); the extra `otel`.

Made of the call's timeline when its record is kept first, so that no live call does anything for it. Pipecat's own
switch stays off: its spans carry what was said, know nothing of our voices, and cost an observer of every frame
(docs/decisions/0024). Without OTEL_EXPORTER_OTLP_ENDPOINT nothing of it is imported. A collector that is away, slow or
wrong costs its traces alone: spans wait in a queue of bounded length, and a thread that nobody waits for sends them.
"""

import asyncio
import contextlib
import logging
import threading
from datetime import datetime
from typing import TYPE_CHECKING

from call.session import CallSession
from config import Settings
from records.spans import Span, call_span

if TYPE_CHECKING:
    from opentelemetry.context import Context

logger = logging.getLogger(__name__)

SERVICE_NAME = "phone-agent"  # Unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say another
CLOSING_SECONDS = 2.0  # Longest that the end of the process waits for the last spans
NOT_INSTALLED = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the extra otel is not installed: no traces"


def open_tracing(settings: Settings) -> "Tracing | None":
    """What sends traces, or None: it is not wanted, or not installed, which a warning tells."""
    if settings.otel_exporter_otlp_endpoint is None:
        return None
    try:
        return Tracing(settings.otel_exporter_otlp_endpoint)
    except ImportError:
        logger.warning(NOT_INSTALLED)
    except (
        Exception
    ) as error:  # A variable that the SDK does not take, for one: calls are worth more than their traces.
        logger.warning("no traces: %s: %s", type(error).__name__, error)
    return None


class Tracing:
    """Sends the traces of one process.

    All but the address is set by the standard variables, which the SDK reads: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER,
    OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TIMEOUT and their like.
    """

    def __init__(self, endpoint: str) -> None:
        """Raises ImportError if the extra is not installed. `endpoint`: the collector's address, without /v1/traces."""
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create()
        if str(resource.attributes.get("service.name", "")).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": SERVICE_NAME}))
        self._provider: TracerProvider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(SERVICE_NAME)

    def call_ended(self, session: CallSession) -> None:
        """Hands over the trace of a call whose record is kept for the first time; raises nothing, waits for nothing."""
        try:
            self._send(call_span(session), None)
        except Exception:
            logger.exception("%s has no trace", session.call_id)

    async def close(self) -> None:
        """Sends what is left, if that takes no longer than CLOSING_SECONDS."""
        loop, closed = asyncio.get_running_loop(), asyncio.Event()

        def shut_down() -> None:
            self._provider.shutdown()
            with contextlib.suppress(RuntimeError):  # Nobody waits any more: the loop is gone.
                loop.call_soon_threadsafe(closed.set)

        # No thread of a pool: the process would wait for it.
        threading.Thread(target=shut_down, name="last traces", daemon=True).start()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await closed.wait()
        except TimeoutError:
            logger.warning("the collector did not take the last traces within %g s", CLOSING_SECONDS)

    def _send(self, span: Span, around: "Context | None") -> None:
        from opentelemetry.trace import set_span_in_context

        sent = self._tracer.start_span(
            span.name, context=around, attributes=dict(span.attributes), start_time=_nanoseconds(span.start)
        )
        for moment in span.moments:
            sent.add_event(moment.name, dict(moment.attributes), _nanoseconds(moment.at))
        within = set_span_in_context(sent)
        for part in span.inside:
            self._send(part, within)
        sent.end(_nanoseconds(span.end))


def _nanoseconds(at: datetime) -> int:
    return round(at.timestamp() * 1e6) * 1000
