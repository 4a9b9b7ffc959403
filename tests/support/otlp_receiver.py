"""A collector of OpenTelemetry on loopback: takes traces by OTLP over HTTP (protobuf), or fails as a collector can.

Protocol: opentelemetry.io/docs/specs/otlp (OTLP/HTTP): POST /v1/traces, an ExportTraceServiceRequest.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Received:
    """One span as it came; times in nanoseconds since the epoch."""

    name: str
    trace: bytes
    span: bytes
    parent: bytes
    start: int
    end: int
    attributes: dict[str, Any]
    moments: tuple[tuple[str, dict[str, Any]], ...]
    service: str


@dataclass
class Collector:
    """`mode`: "" well, "hang", or an HTTP status; `asked` counts requests, `came` is set when one came.

    `authorization` is what the last one had.
    """

    url: str = ""
    mode: str = ""
    asked: int = 0
    authorization: str = ""
    spans: list[Received] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def traces(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked, self.authorization = self.asked + 1, request.headers.get("Authorization", "")
        self.came.set()
        if self.mode == "hang":
            await self.release.wait()
        if self.mode.isdigit():
            return web.Response(status=int(self.mode))
        assert request.content_type == "application/x-protobuf"
        told = ExportTraceServiceRequest.FromString(body)
        for resource in told.resource_spans:
            service = _values(resource.resource.attributes).get("service.name", "")
            for scope in resource.scope_spans:
                self.spans += [_received(span, service) for span in scope.spans]
        return web.Response(
            body=ExportTraceServiceResponse().SerializeToString(), content_type="application/x-protobuf"
        )

    def inside(self, parent: Received) -> list[Received]:
        """What is directly inside of a span, in time."""
        return sorted((s for s in self.spans if s.parent == parent.span), key=lambda span: span.start)


def _received(span: Any, service: str) -> Received:
    moments = tuple((event.name, _values(event.attributes)) for event in span.events)
    return Received(
        span.name,
        span.trace_id,
        span.span_id,
        span.parent_span_id,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _values(span.attributes),
        moments,
        service,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    """One, as long as the block lasts."""
    made, app = Collector(), web.Application()
    app.router.add_post("/v1/traces", made.traces)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        made.release.set()
        await runner.cleanup()
