"""What can be made to fail, and how: one switchboard for all stand-ins.

A fault names a part of the outside world and a mode: `inworld:500`, `openai:hang`, or `v2:down:2`
for the next two requests only. It can be changed while calls are running. Modes that need no
knowledge of the answer are applied here (`refuse`, `answer_with`); stand-ins that stream apply
`stall`, `die`, `garbage` and the like themselves. Every time a fault really hit is remembered.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

STATUS: Final = re.compile(r"[45]\d\d")
"""Any of these numbers is a mode of every part but `stream` and `transfer`: answered with that HTTP status."""

HTTP_MODES: Final = {
    "down": "the connection is aborted",
    "hang": "the request is accepted and never processed or answered",
    "hang_body": "the request is processed; headers come, the body never",
    "slow": "processed and answered, but only after slow_seconds",
    "html": "status 200 with an HTML page, not processed",
    "empty": "processed; status 200 with nothing in it",
    "stall": "processed; the answer stops in the middle, the connection stays",
    "die": "processed; the connection is dropped in the middle of the answer",
    "garbage": "processed; status 200 with bytes that mean nothing",
}
_VOICE_MODES: Final = HTTP_MODES | {"mute": "status 200, in time, every sample is silence"}
MODES: Final[dict[str, dict[str, str]]] = {
    "inworld": _VOICE_MODES,
    "aura": _VOICE_MODES,
    # Those that concern the handshake drop a connection that is open when they are set, as when a vendor restarts or a
    # key is revoked; the next handshake meets them. So does a status.
    "deepgram": {
        "down": "no connection is made, and those that are open are dropped",
        "hang": "the handshake is never answered; open connections are dropped",
        "hang_body": "the handshake is answered, Connected never comes; open connections are dropped",
        "slow": "the handshake takes slow_seconds; open connections are dropped",
        "html": "the handshake is answered with an HTML page; open connections are dropped",
        "garbage": "messages that are not JSON",
        "deaf": "connects, and no event ever comes",
        "no_end": "turns start and never end",
        "drop": "the connection is dropped half a second into the caller's turn",
    },
    "openai": HTTP_MODES
    | {
        "dribble": "a word every 0.9 s",
        "late": "the answer begins at once, its first word comes after 3 s",
        "lies": "a fluent reply that promises what never happened; the second reader finds what nobody said",
    },
    "v2": HTTP_MODES
    | {
        "success_false": "not processed; status 200 with success: false (a lookup finds nobody)",
        "lost_answer": "processed; the connection is aborted instead of an answer",
        "apt": "Cal.com refuses: book_appointment books nothing and answers with an apt_ id, at once",
        "apt_late": "Cal.com books and answers 5xx: V2 asks again, is refused, and answers with an apt_ id after 1 s",
        "apt_timeout": "Cal.com books and does not answer: the same, after 6 s",
        "second_try": "Cal.com neither books nor answers, and books when V2 asks again after 6 s",
        "other_time": "book_appointment books two hours later than asked",
        "no_time": "book_appointment books, and answers without appointment_time",
        "already_cancelled": "Cal.com cancels or moves the visit, and V2 answers that it was cancelled already",
        "cal_500": "Cal.com answers 5xx to everything: V2 finds nothing after 3 s, and changes nothing",
        "no_text": "Twilio refuses V2's texts: success, and an id of alert_ or lead_ if there is one",
    },
    "dashboard": HTTP_MODES
    | {
        "drop_after_store": "stored; the connection is aborted instead of an answer",
        "500_after_store": "stored; answered 500",
        "slow_db": "each of a request's three queries takes query_seconds (15 s); at 60 s it is ended and answered 504",
        "users_fail": "the query for the user fails: 500 on jobs, 404 on the others",
        "owner_deletes": "a job or lead is stored and answered, and the owner deletes it at once",
    },
    "twilio": HTTP_MODES,
    # The person who is dialled for a caller.
    "transfer": {
        "no_answer": "nobody picks up",
        "busy": "the line is busy",
        "voicemail": "a voicemail picks up after 15 s, and presses no key",
        "refused": "Twilio cannot dial the number",
        "hangs_up": "the person takes the call, and hangs up at once",
    },
    "messages": HTTP_MODES
    | {
        "lost_answer": "the text goes out; the connection is aborted instead of an answer",
        "invalid": "a text is refused: 21211, no such number",
        "unsubscribed": "a text is refused: 21610, whoever has the number wants none",
        "unregistered": "a text is accepted, and the carrier refuses it: 30034, our number is not registered",
    },
    # Twilio's Media Stream of a call. Each strikes once a stream, five seconds after its start or later; `no_marks` as
    # long as it is set, `media_first` at the start alone.
    "stream": {
        "drop": "the TCP connection is cut, without stop and without a close frame; the call goes on behind <Connect>",
        "stop_open": "the caller is gone: stop comes, and the websocket stays open and silent",
        "no_marks": "marks never come back",
        "malformed": "messages that cannot be read: no JSON, no event, wrong types, bad base64, nulls",
        "oversized": "one message of 1 MB",
        "media_first": "media comes before start",
        "two_starts": "start comes a second time",
        "binary": "a binary message",
        "stalled": "our audio is not read for 3 s",
        "dtmf_junk": "keys that no telephone has, and 50 digits at once",
    },
}
"""Part -> mode -> what it does."""
PARTS: Final = frozenset(MODES)
_WITHOUT_STATUS: Final = frozenset({"stream", "transfer"})


def allowed_modes(part: str) -> frozenset[str]:
    """The named modes of a part; most have every HTTP status from 400 to 599 besides."""
    return frozenset(MODES[part])


def describe() -> str:
    """The parts and their modes, one part a line, for a command line's help."""
    return "\n".join(f"{part}: {_choices(part)}" for part in MODES)


def _choices(part: str) -> str:
    return ", ".join(MODES[part]) + ("" if part in _WITHOUT_STATUS else ", or an HTTP status from 400 to 599")


def _known(part: str, mode: str) -> bool:
    return mode in MODES[part] or (part not in _WITHOUT_STATUS and STATUS.fullmatch(mode) is not None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault that took effect, at `at` seconds of time.monotonic()."""

    part: str
    mode: str
    at: float


@dataclass
class _Setting:
    mode: str
    left: int | None = None  # how many requests; None: all


@dataclass
class Faults:
    """The faults in force, and those that took effect. Shared by every stand-in of a simulation; belongs to one event
    loop.
    """

    slow_seconds: float = 6.0
    hits: list[Hit] = field(default_factory=list)
    query_seconds: float = 15.0
    _settings: dict[str, _Setting] = field(default_factory=dict)

    @classmethod
    def parse(cls, spec: str, slow_seconds: float = 6.0) -> "Faults":
        """Read "part:mode" or "part:mode:count", comma separated; nothing is no fault.

        Raises:
            ValueError: A part, a mode or a count makes no sense; the message names what is allowed.
        """
        faults = cls(slow_seconds)
        for item in (piece.strip() for piece in spec.split(",") if spec.strip()):
            if not item:
                raise ValueError(f"faults {spec!r}: one of them is empty")
            part, _, rest = item.partition(":")
            mode, counted, count = rest.partition(":")
            if counted and not (count.isdecimal() and int(count) > 0):
                raise ValueError(f"fault {item!r}: {count!r} is no number of requests")
            faults.set(part, mode, int(count) if counted else None)
        return faults

    def set(self, part: str, mode: str | None, count: int | None = None) -> None:
        """From now on, or for the next `count` requests, the part is in this mode; None heals it.

        Raises:
            ValueError: There is no such part or mode.
        """
        if part not in MODES:
            raise ValueError(f"no part {part!r}: choose from {', '.join(sorted(MODES))}")
        if mode is None:
            self._settings.pop(part, None)
            return
        if not _known(part, mode):
            raise ValueError(f"{part} has no mode {mode!r}: choose from {_choices(part)}")
        self._settings[part] = _Setting(mode, count)

    def parts(self) -> dict[str, tuple[str, int | None]]:
        """Every part that is broken: its mode, and for how many requests; None: for all."""
        return {part: (setting.mode, setting.left) for part, setting in self._settings.items()}

    def mode(self, part: str) -> str | None:
        """What a request to this part would meet now; uses nothing up."""
        setting = self._settings.get(part)
        return setting.mode if setting else None

    def take(self, part: str, *, hits: bool = True) -> str | None:
        """What this request meets; counts it. `hits` is false when the fault works later, or not at all: see `hit`."""
        setting = self._settings.get(part)
        if setting is None:
            return None
        if hits:
            self.hit(part, setting.mode)
        if setting.left is not None:
            setting.left -= 1
            if setting.left <= 0:
                del self._settings[part]
        return setting.mode

    def hit(self, part: str, mode: str) -> None:
        """Remember that a fault took effect now."""
        self.hits.append(Hit(part, mode, time.monotonic()))

    def __str__(self) -> str:
        return ", ".join(f"{part}:{setting.mode}" for part, setting in self._settings.items())


def abort(request: web.Request) -> web.Response:
    """Drop the connection without a word; the returned response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def hang() -> None:
    """Wait until the client goes away or the server stops: `vendors.serve` cancels handlers."""
    await asyncio.Event().wait()


async def hang_body(request: web.Request, content_type: str) -> None:
    """Send the headers of a good answer, then nothing."""
    response = web.StreamResponse(headers={"Content-Type": content_type})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await hang()


async def refuse(faults: Faults, mode: str | None, request: web.Request) -> web.StreamResponse | None:
    """Apply the modes that keep a request from being processed; None: process it now.

    `slow` waits here. `hang_body`, `empty`, `stall`, `die` and `garbage` come after the processing.
    """
    if mode is None:
        return None
    if STATUS.fullmatch(mode):
        body = {"error": {"message": f"simulated fault {mode}", "type": "simulated_fault"}}
        return web.json_response(body, status=int(mode))
    if mode == "down":
        return abort(request)
    if mode == "hang":
        await hang()
    if mode == "slow":
        await asyncio.sleep(faults.slow_seconds)
    if mode == "html":
        page = "<!doctype html><title>It works</title><h1>It works</h1>"
        return web.Response(text=page, content_type="text/html")
    return None


async def answer_with(
    faults: Faults,
    part: str,
    request: web.Request,
    process: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Process a request and answer as the mode wants it; for answers that come in one piece."""
    mode = faults.take(part)
    refused = await refuse(faults, mode, request)
    if refused is not None:
        return refused
    response = await process(request)
    if mode in (None, "slow") or not isinstance(response, web.Response):
        return response
    content_type = response.content_type
    if mode == "hang_body":
        await hang_body(request, content_type)
    if mode == "empty":
        return web.Response(status=200, content_type=content_type)
    if mode == "garbage":
        return web.Response(body=b"\x00\xff{]garbage", content_type=content_type)
    if mode in ("stall", "die"):
        body = response.body if isinstance(response.body, bytes) else b""
        half = web.StreamResponse(headers={"Content-Type": content_type})
        half.content_length = max(len(body), 2)
        await half.prepare(request)
        await half.write(body[: len(body) // 2] or b"{")
        if mode == "stall":
            await hang()
        return abort(request)
    return response


def fault_middleware(faults: Faults, part: str) -> Middleware:
    """`answer_with` for every route of an application: `web.Application(middlewares=[...])`."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await answer_with(faults, part, request, handler)

    return middleware
