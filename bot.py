"""The service: Twilio's webhooks and media stream in, one pipeline per call, health and readiness out.

Order matters here: logging first, then `.env`, then the format of the log, then the check of the environment, then the
level, and only then anything that can log or fail. `python bot.py` runs it.
"""

import gc
import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is no traceback, however early.
    gc.disable()  # What imports make stays: looking through it for garbage is a quarter of the start.

import logging
import os
import sys

logging.basicConfig(level=logging.INFO, format="%(asctime)s | %(levelname)s | %(name)s | %(message)s")

import logs  # noqa: E402

logs.setup_logging()

from config import secret_values, validate_config  # noqa: E402

settings = validate_config(file=".env", log_format=logs.set_format)
logs.set_level(settings.log_level)
logs.hide_secrets(secret_values(settings))

os.umask(0o077)  # What callers said and who they are is in the files of DATA_DIR.

import asyncio  # noqa: E402
import faulthandler  # noqa: E402
import json  # noqa: E402
import socket  # noqa: E402
from collections.abc import AsyncIterator, Mapping  # noqa: E402
from contextlib import AsyncExitStack, asynccontextmanager  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from types import FrameType  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

import uvicorn  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.requests import ClientDisconnect, HTTPConnection, Request  # noqa: E402
from starlette.responses import JSONResponse, Response  # noqa: E402
from starlette.routing import Route, WebSocketRoute  # noqa: E402
from starlette.types import Message, Receive, Scope, Send  # noqa: E402
from starlette.websockets import WebSocket, WebSocketDisconnect  # noqa: E402

from call.event import tell  # noqa: E402
from call.events import StreamRefused  # noqa: E402
from call.service_events import ServiceReady  # noqa: E402
from call.session import EndedBy, EntryKind  # noqa: E402
from desk.machine import not_well  # noqa: E402
from providers.twiml import twiml_again, twiml_reject, twiml_stream  # noqa: E402
from records.errors import StoreError  # noqa: E402
from server import call_pages, metrics, page_access, readiness, start  # noqa: E402
from server.closing import FINAL_STATUSES  # noqa: E402
from server.connections import BACKLOG, RequestDoor, StreamDoor  # noqa: E402
from server.drain import ENDING_SECONDS, drain  # noqa: E402
from server.entrance import BadTokenError, ProbeError, as_caller, own_number  # noqa: E402
from server.forms import read_form  # noqa: E402
from server.refusals import Cause  # noqa: E402
from server.resume import stream_that_is_gone  # noqa: E402
from server.settling import RunCall  # noqa: E402
from server.shared_parts import Services, open_services  # noqa: E402
from server.transfers import BEFORE_THE_TALK_SECONDS  # noqa: E402

logger = logging.getLogger("bot")

NORMAL_CLOSURE, POLICY_VIOLATION = 1000, 1008
NO_CLOSE_CODE = 1005
STARTUP_FAILED = "Application startup failed. Exiting."  # What uvicorn says of it.
LOOP_SECONDS = 2.0  # What the loop may be late behind the deadline of its end: then the process goes all the same
REQUESTS_SECONDS = 3  # Longest wait at the end for requests under way
MOST_TOLD_CHARACTERS = 200
MOST_HOST_CHARACTERS = 253  # RFC 1035


def import_call() -> RunCall:
    """What runs a stream: Pipecat and the model's library, imported behind `ready`."""
    from server.pipeline import run_call

    return run_call


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
    """Opens what all calls share; yields what the protocols of the connections know."""
    async with AsyncExitStack() as opened:
        try:
            await asyncio.to_thread(start.try_to_write, settings.data_dir)
        except OSError as error:
            app.state.exit_code = start.without_a_folder(error, settings)
            raise
        try:
            app.state.services = await opened.enter_async_context(open_services(settings, import_call))
            for line in not_well(settings, datetime.now(UTC)):
                logger.warning("%s", line)
        except Exception as error:
            app.state.exit_code = start.failed(error, settings)
            raise
        yield {"connections": app.state.services.connections}


async def health(_: Request) -> Response:
    """The process is up; how many calls are live."""
    services: Services = app.state.services
    return JSONResponse({"status": "ok", "calls": len(services.calls)})


async def ready(request: Request) -> Response:
    """Whether new calls are taken here: 200, or 503. With OPERATOR_TOKEN, what it all depends on.

    503 while draining or late, if another machine is there for the calls; alone, it takes none but answers them, so
    that each is a lead. Without its database, model, ears or voices it answers as well, and says what it lacks.
    """
    services: Services = app.state.services
    code = 200 if services.readiness.ready else 503
    authorization = request.headers.get("authorization")
    if authorization is None:
        return JSONResponse(services.readiness.in_short(), code)
    if not readiness.is_operator(authorization, settings.operator_token):
        return JSONResponse({"error": "wrong token"}, 401, {"WWW-Authenticate": "Bearer"})
    return JSONResponse(await services.readiness.details(), code)


async def numbers(request: Request) -> Response:
    """What Prometheus is told: for the operator, as /calls is; on METRICS_PORT for whoever reaches it."""
    services: Services = app.state.services
    client, headers = request.client, request.headers
    if settings.operator_token:
        let_in = readiness.is_operator(headers.get("authorization"), settings.operator_token)
    else:
        host = headers.get("host", "")
        let_in = page_access.is_at_home(client.host if client else "", host, headers.keys(), settings)
    if not let_in and not _on_metrics_port(request.scope):
        said = "for Authorization: Bearer OPERATOR_TOKEN, or for the service's own machine where none is set\n"
        return Response(said, 401, {"WWW-Authenticate": "Bearer"}, "text/plain")
    kept = {"Cache-Control": "no-store", "Content-Type": metrics.CONTENT_TYPE}
    return Response(services.metrics.text(), headers=kept)


def _on_metrics_port(scope: Scope) -> bool:
    """Whether a connection came to METRICS_PORT: by the address that the socket has here, whatever its head says."""
    return settings.metrics_port is not None and (scope.get("server") or ("", 0))[1] == settings.metrics_port


async def twiml(request: Request) -> Response:
    """Twilio's voice webhook: connects the call to our stream, or apologises when there is no room."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    services: Services = app.state.services
    call_id = fields["CallSid"]
    if live := services.calls.get(call_id):
        return _asked_again(call_id, live.number)
    if await services.transfers.comes_back(fields):
        logger.warning("%s is our own dial, forwarded back to us: not answered", call_id)
        return _xml(twiml_reject())
    # Whoever was let in already, and asks again since our answer was lost, is not asked to find room beside themselves.
    if not services.calls.is_coming(call_id) and (why := services.turned_away.why()):
        return _xml(await services.turned_away.answer(fields, why))
    if not services.callers.may_call(own_number(fields), call_id):  # Its other calls are records: no lead is lost.
        services.calls.refused += 1
        services.refusals.note(Cause.ONE_NUMBER, f"{call_id} refused")
        return _xml(services.turned_away.apology())
    services.calls.let_in(call_id)
    if before := await services.admission.expect(fields):
        return _asked_again(call_id, before)
    if rings := await services.transfers.staff_first(fields):
        services.calls.let_in(call_id, settings.staff_first_seconds + BEFORE_THE_TALK_SECONDS)
        return _xml(rings)
    await services.settling.run_call()  # So that it rings for that long, and nobody hears a silence at the beginning.
    services.call_parts.outside.ahead.now()
    return _xml(twiml_stream(settings, services.entrance.stream_parameters(fields)))


def _asked_again(call_id: str, number: int) -> Response:
    """For a call that has begun there is no other beginning: what becomes of it is asked about its last stream."""
    services: Services = app.state.services
    services.refusals.note(Cause.REPEATED, f"{call_id} is asked about again")
    return _xml(twiml_again(number))


async def twiml_after(request: Request) -> Response:
    """What Twilio asks when a stream ended without a hang-up: another stream; the end, if it was meant; or words."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    call_id = fields["CallSid"]
    services: Services = app.state.services
    try:
        return _xml(await services.resume.after(fields))
    except StoreError as error:  # It failed between two questions: another stream asks again.
        logger.error("%s the store failed: %s", call_id, error)
    number = stream_that_is_gone(fields) + 1
    return _xml(twiml_stream(settings, services.entrance.stream_parameters(fields, number), number))


async def twiml_whisper(request: Request) -> Response:
    """What a person hears who is dialled for a caller, before the two are connected."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    services: Services = app.state.services
    return _xml(await services.transfers.whisper(fields))


async def twiml_key(request: Request) -> Response:
    """The person has pressed a key: they take the call, or they do not."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    services: Services = app.state.services
    return _xml(await services.transfers.key(fields))


async def twiml_status(request: Request) -> Response:
    """Twilio's status callback: a call that is over ends here too, if its socket has not told us."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    call_id, status = fields["CallSid"], fields.get("CallStatus", "")
    services: Services = app.state.services
    live = services.calls.get(call_id)
    if status in FINAL_STATUSES:
        services.calls.gone(call_id)
    if live and status in FINAL_STATUSES:
        await live.end_within(EndedBy.CALLER, settings.resume_wait_seconds)
    try:
        await services.closing.status(call_id, status)
    except StoreError as error:  # What it would have told is found out by the watch.
        logger.error("%s the store failed: %s", call_id, error)
    return Response(status_code=204)


async def media_stream(websocket: WebSocket) -> None:
    """Twilio's media stream: one stream of a call, from its start message to its end."""
    services: Services = app.state.services
    signature = websocket.headers.get("x-twilio-signature")
    signed = services.entrance.signed_handshake(signature)
    if not signed and signature:
        path, hosts = websocket.url.path, _hosts(websocket)
        elsewhere = services.entrance.signed_elsewhere(path, {}, signature, hosts, ("wss", "ws"))
        services.refusals.note_signature(settings.stream_url, elsewhere)
    elif not signed:
        services.refusals.note_request(Cause.UNSIGNED, settings.stream_url)
    if services.calls.draining or not signed:
        await websocket.close(POLICY_VIOLATION)  # before accept: HTTP 403
        return
    await websocket.accept()
    try:
        async with asyncio.timeout(settings.stream_start_seconds):
            start, dropped = await _start_message(websocket)
        live = await services.admission.admit(start)
    except ProbeError:
        await _close(websocket, NORMAL_CLOSURE)
        return
    except (KeyError, TypeError, ValueError, RecursionError, TimeoutError, WebSocketDisconnect, BadTokenError) as error:
        services.refusals.note(Cause.STREAM, f"stream refused: {type(error).__name__} {error}"[:MOST_TOLD_CHARACTERS])
        await _close(websocket)
        return
    websocket.state.connection.vouched_for = True
    try:
        stream, session = await services.admission.begin(live, start)
        if dropped:
            session.note(EntryKind.FAULT, "twilio", datetime.now(UTC), detail=f"{dropped} messages before the start")
        run_call = await services.settling.run_call()
        await run_call(websocket, stream, session, services.call_parts, live)
    except BadTokenError as error:
        tell(logger, StreamRefused(str(error)), live.call_id)
        await _close(websocket)
    finally:
        services.calls.discard(live)


async def _signed_fields(request: Request) -> Mapping[str, str] | Response:
    """The fields of a webhook about a call, or what is answered when Twilio did not sign it or names no call.

    Nothing of it is read before its header has the form of a signature: whoever sent it is not known yet.
    """
    refused = Response("signature missing or wrong", status_code=403)
    services: Services = app.state.services
    entrance, path, query = services.entrance, request.url.path, request.url.query
    signature = request.headers.get("x-twilio-signature", "")
    if not entrance.may_be_signed(signature):
        services.refusals.note_request(Cause.UNSIGNED, settings.origin + path)
        return refused
    try:
        async with asyncio.timeout(settings.stream_start_seconds):
            form = await read_form(request) if request.method == "POST" else {}
    except (ValueError, TimeoutError, ClientDisconnect):
        services.refusals.note_request(Cause.FORM, settings.origin + path)
        return refused
    if not entrance.signed_request(path, query, form, signature):
        rest = path + (f"?{query}" if query else "")
        elsewhere = entrance.signed_elsewhere(rest, form, signature, _hosts(request), ("https", "http"))
        services.refusals.note_signature(settings.origin + path, elsewhere)
        return refused
    request.state.connection.vouched_for = True  # Until it is answered.
    fields = as_caller({**request.query_params, **form})
    return fields if fields.get("CallSid") else Response("CallSid missing", status_code=400)


def _hosts(connection: HTTPConnection) -> list[str]:
    """The hosts that a request says it asks: to us, and to whatever stands before us."""
    return [connection.headers.get(name, "")[:MOST_HOST_CHARACTERS] for name in ("host", "x-forwarded-host")]


async def _start_message(websocket: WebSocket) -> tuple[dict[str, Any], int]:
    """Reads up to the start message, and counts what is dropped on the way: all but `connected` makes no sense there.

    (Twilio: Media Streams, WebSocket messages.)

    Raises:
        KeyError, TypeError, ValueError: the start message has no content, or the stream ends before it began.
        WebSocketDisconnect: the socket was closed.
    """
    dropped = 0
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", NO_CLOSE_CODE))
        try:
            message = json.loads(received.get("text") or received.get("bytes") or "")
            event = message.get("event")
        except (ValueError, AttributeError, RecursionError):
            dropped += 1
            continue
        if event == "start":
            return dict(message["start"]), dropped
        if event == "stop":
            raise ValueError("'stop' before start")
        dropped += event != "connected"


async def _close(websocket: WebSocket, code: int = POLICY_VIOLATION) -> None:
    try:
        await websocket.close(code)
    except RuntimeError:
        logger.debug("the socket was closed already")


def _xml(text: str) -> Response:
    return Response(text, media_type="text/xml")


app: Starlette = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/health", health),
        Route("/ready", ready),
        Route("/metrics", numbers),
        Route("/twiml", twiml, methods=["GET", "POST"]),
        Route("/twiml/after", twiml_after, methods=["POST"]),
        Route("/twiml/whisper", twiml_whisper, methods=["POST"]),
        Route("/twiml/whisper/key", twiml_key, methods=["POST"]),
        Route("/twiml/status", twiml_status, methods=["POST"]),
        WebSocketRoute("/ws/twilio", media_stream),
        *call_pages.routes(lambda: app.state.services.pages),
    ],
)


async def by_port(scope: Scope, receive: Receive, send: Send) -> None:
    """The application; on METRICS_PORT nothing of it is there but /metrics."""
    if scope["type"] == "lifespan" or scope["path"] == "/metrics" or not _on_metrics_port(scope):
        await app(scope, receive, send)
    elif scope["type"] == "http":
        await Response("only /metrics is here\n", 404, media_type="text/plain")(scope, receive, send)
    else:
        await send({"type": "websocket.close"})  # Before accept: HTTP 403


async def told_once(scope: Scope, receive: Receive, send: Send) -> None:
    """The application; a start that fails has said why in a line of its own, and brings no traceback to uvicorn."""

    async def without_traceback(message: Message) -> None:
        failed = message["type"] == "lifespan.startup.failed"
        await send({"type": message["type"]} if failed else message)

    await by_port(scope, receive, without_traceback if scope["type"] == "lifespan" else send)


class Server(uvicorn.Server):
    """uvicorn, but live calls come before its own shutdown, which closes their sockets at once (pipecat.md 11)."""

    starting: asyncio.Task[Any] | None = None
    told_by = signal.SIGTERM

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.last_resort = start.LastResort()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says what is on and off, and only when callers are served that it is ready; any signal ends it at once."""
        self.starting = asyncio.current_task()
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # A terminal that is closed ends no call at once.
            signal.signal(signal.SIGHUP, self.handle_exit)
        self.last_resort.start()
        try:
            if self.should_exit:  # The signal came before.
                raise asyncio.CancelledError
            await super().startup(sockets)
        except OSError as error:
            self._leave(start.without_a_port(error, settings))
        except SystemExit:
            self._leave(getattr(app.state, "exit_code", start.EXIT_FAILED))
        finally:
            self.starting = None
        self.last_resort.not_needed()
        for line in start.lines(settings):
            logger.info("%s", line)
        tell(logger, ServiceReady(settings.port, settings.origin))
        services: Services = app.state.services
        services.settling.begin()

    def _leave(self, code: int) -> NoReturn:
        self.last_resort.within(start.LEAVING_SECONDS, code)
        sys.exit(code)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal that ends the process; it waits for no start."""
        super().handle_exit(sig, frame)
        self.told_by = signal.Signals(sig)
        if self.starting is not None:
            why = f"told to end by {self.told_by.name} while it started"
            self.last_resort.within(start.LEAVING_SECONDS, 128 + sig, why)
            self.starting.get_loop().call_soon_threadsafe(self.starting.cancel)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets live calls end, or hands them over (drain.py), under one deadline; a second SIGINT leaves at once."""
        services: Services = app.state.services
        seconds = ENDING_SECONDS + (settings.drain_seconds if services.calls else 0)
        faulthandler.dump_traceback_later(seconds + LOOP_SECONDS, exit=True)
        try:
            async with asyncio.timeout(seconds):
                await drain(services.calls, services.liveness, settings, lambda: self.force_exit)
                await super().shutdown(sockets)
        except TimeoutError:
            logger.error("not everything was closed within %g s: the next start goes on with what is left", seconds)


def server() -> Server:
    """The server, as it is configured."""
    # Why a start failed is said in a line of our own.
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != STARTUP_FAILED)
    config = uvicorn.Config(
        told_once,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=REQUESTS_SECONDS,
        http=RequestDoor,
        ws=StreamDoor,
        backlog=BACKLOG,
        loop="server.fair_loop:FairLoop",
        ws_max_size=settings.max_message_bytes,
        ws_per_message_deflate=False,  # 50 small messages a second each way: packing them costs more than it saves
    )
    return Server(config)


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    bound = []
    for name, port in (("PORT", settings.port), ("METRICS_PORT", settings.metrics_port)):
        try:
            bound += [start.listening_on(settings.host, port)] if port else []
        except OSError as error:
            sys.exit(start.without_a_port(error, settings, name))
    serving = server()
    try:
        serving.run(bound)
    except asyncio.CancelledError:  # By a signal, while it started.
        logger.info("told to end by %s while it started", serving.told_by.name)
        start.end_by(serving.told_by)


if __name__ == "__main__":
    main()
