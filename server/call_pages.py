"""The pages about calls: GET /calls and GET /calls/{call_sid}, a login before them, and sending a parked record again.

Callers come first. What is read, is read from the database on a connection and a thread that no call writes with, in
small pieces, and made into HTML on another thread; with the database away, a page says so at once. Nothing is kept of
who has logged in (page_access.py). No page comes from a cache, or loads from anywhere else. None has a script, but for
that of a call with its recording: one file of ours, which plays it from a turn on.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from call.event import tell
from call.service_events import RecordResent
from config import Settings
from logs import Seldom
from records import plain_words
from records.call_search import Place, find_call, find_calls
from records.call_view import CallStory, Wanted, came_of, masked
from records.errors import StoreError
from records.posting import RecordPoster
from records.recordings import Recordings
from records.resend import Resent, resend
from records.store import DeliveryRow, Status, Store
from records.turn_view import Limits
from records.wave_file import loudness
from server import page_access, page_html, state_figure
from server.forms import read_form
from server.waveform import Waveform, waveform

if TYPE_CHECKING:
    from jinja2 import Environment

T = TypeVar("T")

logger = logging.getLogger(__name__)

COOKIE = "calls_session"
REFRESH_SECONDS = 3
RESEND_SECONDS = 5.0  # A page waits so long for what becomes of a record; then it is sent all the same.
MOST_FOUND_CHARACTERS = 200
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Connection": "close",  # A browser would keep it open, and count as somebody who brings no request.
}
RECORDING_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}
WITH_RECORDING = "; script-src 'self'; media-src 'self'"  # Added to the policy of the page that plays one
MOST_COLUMNS = 1200  # Of a waveform
VIEWS = {"": "All", "owed": "Owed a callback", "parked": "Parked", "not-understood": "Not understood"}
NOT_HERE = (
    "These pages are about callers, so they are for the operator alone. Set OPERATOR_TOKEN, start again, and log in"
    " with it; without one they are there only for a browser on the machine that the service runs on, never at Fly."
)

LOGIN = "/calls/login"
NOT_KEPT = (
    "The token was right, but your browser has not kept the login. Open {origin}/calls: under another name over plain"
    " http no login is kept. If that is where you are, let the browser keep cookies."
)


@dataclass(frozen=True)
class Visitor:
    """Whoever may see the pages; `session` is their cookie, empty on this machine without a token."""

    session: str


class CallPages:
    """What the pages need.

    Args:
        settings: The token, the origin, the zone.
        store: A connection of its own, on which nobody waits but whoever reads a page.
        poster: Sends records.
        recordings: Those of this machine.
        away: Whether the database is away, as those know who live on it.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        poster: RecordPoster,
        recordings: Recordings,
        away: Callable[[], bool],
    ) -> None:
        self.settings, self.store, self.poster, self.away = settings, store, poster, away
        self.recordings = recordings
        self.limits = Limits.of(settings)
        self.tries = page_access.WrongTries()
        self.told = Seldom()
        token = settings.operator_token
        self.token = token.get_secret_value() if token else ""
        self.key = self.token.encode() or secrets.token_bytes(32)
        self.resending: dict[str, asyncio.Task[Resent | None]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")

    def let_in(self, request: Request) -> Visitor | None:
        """Who asks; None for whoever may not."""
        if not self.token:
            headers, host = request.headers.keys(), request.headers.get("host", "")
            at_home = page_access.is_at_home(_address(request), host, headers, self.settings)
            return Visitor("") if at_home else None
        cookie = request.cookies.get(COOKIE, "")
        return Visitor(cookie) if page_access.is_session(cookie, self.key, time.time()) else None

    async def html(self, name: str, status: int = 200, /, **known: Any) -> Response:
        """A page; made beside the loop, which calls live on."""
        known = {"refresh_seconds": 0, "without_token": not self.token, "session": "", **known}
        text = await self.beside(partial(self._rendered, name, known))
        headers = dict(HEADERS)
        if known.get("waveform"):
            headers["Content-Security-Policy"] += WITH_RECORDING
        return Response(text, status, headers, "text/html; charset=utf-8")

    def beside(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Done on the pages' own thread."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _rendered(self, name: str, known: Mapping[str, Any]) -> str:
        return self._templates.get_template(name).render(**known)

    @cached_property
    def _templates(self) -> "Environment":
        return page_html.templates(self.settings.zone)

    async def message(self, status: int, title: str, text: str, back: str = "") -> Response:
        """A page of a few words."""
        return await self.html("message.html", status, title=title, text=text, back=back)

    async def read(self, asked: Callable[[], Awaitable[T]]) -> T:
        """What the database says.

        Raises:
            StoreError: it is away; known at once, if those who live on it know.
        """
        if self.away():
            raise StoreError("away")
        return await asked()

    async def close(self) -> None:
        """What is being sent is left to the next start."""
        tasks = tuple(self.resending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _whose(request: Request, settings: Settings) -> str:
    """The address that counts for wrong tokens: behind Fly's proxy, every connection has the proxy's."""
    return (settings.behind_fly and request.headers.get("fly-client-ip", "")[:64]) or _address(request)


def _moved(where: str) -> Response:
    return Response(status_code=303, headers=HEADERS | {"Location": where})


def _ours(path: str) -> str:
    """Where a login leads: a page of ours, whatever a link has said."""
    parts = urlsplit(path)
    ours = not parts.scheme and not parts.netloc and (parts.path == "/calls" or parts.path.startswith("/calls/"))
    return path if ours and path.isprintable() and "\\" not in path else "/calls"


Answer = Callable[[Request, CallPages, Visitor], Awaitable[Response]]


def routes(pages: Callable[[], CallPages]) -> list[Route]:
    """The routes; `pages` are asked for with each request."""

    def guarded(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def guard(request: Request) -> Response:
            known = pages()
            visitor = known.let_in(request)
            if visitor is not None:
                return await _answered(answer, request, known, visitor)
            if not known.token:
                return await known.message(403, "Not here", NOT_HERE)
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return _moved(f"{LOGIN}?" + urlencode({"next": wanted if request.method == "GET" else "/calls"}))

        return guard

    def still(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
        content = (page_html.FOLDER / name).read_bytes()

        async def send(_: Request) -> Response:
            return Response(content, 200, HEADERS, kind)

        return send

    async def login_form(request: Request) -> Response:
        return await _login_form(request, pages())

    async def login(request: Request) -> Response:
        return await _login(request, pages())

    async def logout(_: Request) -> Response:
        left = _moved("/calls")
        left.delete_cookie(COOKIE, path="/calls")
        return left

    return [
        Route("/calls/style.css", still("style.css", "text/css"), methods=["GET"]),
        Route("/calls/player.js", still("player.js", "text/javascript"), methods=["GET"]),
        Route("/calls/icon.svg", still("icon.svg", "image/svg+xml"), methods=["GET"]),
        Route(LOGIN, login_form, methods=["GET"]),
        Route(LOGIN, login, methods=["POST"]),
        Route("/calls/logout", logout, methods=["POST"]),
        Route("/calls", guarded(_list), methods=["GET"]),
        Route("/calls/{call_id}", guarded(_call), methods=["GET"]),
        Route("/calls/{call_id}/recording", guarded(_recording), methods=["GET"]),
        Route("/calls/{call_id}/resend", guarded(_resend), methods=["POST"]),
    ]


async def _answered(answer: Answer, request: Request, pages: CallPages, visitor: Visitor) -> Response:
    try:
        return await answer(request, pages, visitor)
    except StoreError as error:
        logger.warning("a page about calls was not made: the database: %s", error)
        why = "The database does not answer. Calls go on without it; try again in a moment."
        return await pages.message(503, "The database is away", why, "/calls")


# Login


async def _login_form(request: Request, pages: CallPages) -> Response:
    if not pages.token:
        return _moved("/calls")
    # Whoever the login itself leads here has given the right token, and came back without its cookie.
    lost = urlsplit(request.headers.get("referer", "")).path == LOGIN
    wrong = NOT_KEPT.format(origin=pages.settings.origin) if lost else ""
    return await pages.html("login.html", wrong=wrong, next=_ours(request.query_params.get("next", "")))


async def _login(request: Request, pages: CallPages) -> Response:
    if not pages.token:
        return _moved("/calls")
    form = await _form(request, pages)
    there, whose, now = _ours(form.get("next", "")), _whose(request, pages.settings), time.monotonic()
    if pages.tries.too_many(whose, now):
        return await pages.html("login.html", 429, wrong="Too many wrong tokens: wait a minute.", next=there)
    if not page_access.is_token(form.get("token", ""), pages.token):
        pages.tries.note(whose, now)
        if pages.told("wrong token"):
            logger.warning("somebody gave a wrong OPERATOR_TOKEN to the pages about calls")
        return await pages.html("login.html", 401, wrong="That is not the OPERATOR_TOKEN of this service.", next=there)
    welcome = _moved(there)
    welcome.set_cookie(
        COOKIE,
        page_access.new_session(pages.key, time.time()),
        max_age=page_access.SESSION_SECONDS,
        path="/calls",
        secure=pages.settings.origin.startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return welcome


async def _form(request: Request, pages: CallPages) -> Mapping[str, str]:
    """The form; one that is too large, too slow or none has no fields."""
    try:
        async with asyncio.timeout(pages.settings.stream_start_seconds):
            return await read_form(request)
    except (ValueError, TimeoutError, ClientDisconnect):
        return {}


# The list


async def _list(request: Request, pages: CallPages, visitor: Visitor) -> Response:
    asked = request.query_params
    show = asked.get("show", "") if asked.get("show", "") in VIEWS else ""
    find = "".join(filter(str.isprintable, asked.get("find", ""))).strip()[:MOST_FOUND_CHARACTERS]
    wanted = Wanted(show == "owed", show == "parked", show == "not-understood", find)
    after = _place(asked.get("before", ""))
    page = await pages.read(lambda: find_calls(pages.store, wanted, after))
    older = f"{page.older.written_at!r}:{page.older.call_id}" if page.older else ""
    return await pages.html(
        "list.html",
        session=visitor.session,
        lines=[masked(line) for line in page.lines],
        views=[
            {"name": name, "address": _there(show=view, find=find), "here": view == show}
            for view, name in VIEWS.items()
        ],
        show=show,
        find=find,
        later_page=after is not None,
        newest=_there(show=show, find=find),
        older=_there(show=show, find=find, before=older) if older else "",
    )


def _there(**asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return "/calls" + (f"?{query}" if query else "")


def _place(text: str) -> Place | None:
    """Where a page begins; at the newest call, if that says nothing."""
    written_at, _, call_id = text.partition(":")
    try:
        at = float(written_at)
    except ValueError:
        return None
    return Place(at, call_id) if 0 <= at < 1e11 and call_id.isprintable() else None


# A call


async def _call(request: Request, pages: CallPages, visitor: Visitor) -> Response:
    call_id = request.path_params["call_id"]
    story = await _story(pages, call_id)
    if story is None:
        return await pages.message(404, "No such call", "Nothing is known of it, or it is deleted already.", "/calls")
    line, sending = story.line, call_id in pages.resending
    may_resend = line.delivery not in (None, Status.DELIVERED) and pages.settings.dashboard_configured and not sending
    return await pages.html(
        "call.html",
        session=visitor.session,
        refresh_seconds=REFRESH_SECONDS if line.live or sending else 0,
        line=line,
        story=story,
        about=[(name, value) for name, value in _about(story, pages.settings) if value],
        said="The record is being sent again." if sending else "",
        waveform=await _waveform(story, pages),
        resend_token=page_access.form_token(pages.key, visitor.session) if may_resend else "",
        picture=state_figure.figure(story.path, live=line.live),
        box_width=state_figure.BOX_WIDTH,
        box_height=state_figure.BOX_HEIGHT,
    )


async def _waveform(story: CallStory, pages: CallPages) -> Waveform | None:
    """Of a call that is over, and whose recording is on this machine."""
    if story.recorded_from is None or story.line.live:
        return None
    path = pages.recordings.path(story.line.call_id)
    try:
        loud = await pages.beside(lambda: loudness(path, MOST_COLUMNS))
    except (OSError, ValueError):
        return None
    return waveform(loud, story.turns, story.recorded_from) if loud.seconds else None


async def _recording(request: Request, pages: CallPages, visitor: Visitor) -> Response:
    """The recording, or the range of it that the browser asks for."""
    call_id = request.path_params["call_id"]
    story = await _story(pages, call_id)
    recorded = story is not None and story.recorded_from is not None
    path = await pages.beside(lambda: pages.recordings.find(call_id)) if recorded else None
    if path is None:
        return await pages.message(404, "No recording", "It is not on this machine, or deleted already.", "/calls")
    return FileResponse(path, headers=RECORDING_HEADERS, media_type="audio/wav")


async def _story(pages: CallPages, call_id: str) -> CallStory | None:
    return await pages.read(lambda: find_call(pages.store, call_id, pages.limits)) if call_id.isprintable() else None


def _about(story: CallStory, settings: Settings) -> list[tuple[str, str]]:
    line = story.line
    return [
        ("Call", line.call_id),
        ("Began", f"{line.at.astimezone(settings.zone):%a, %b %d %Y, %H:%M:%S}"),
        ("Booked, or owed a call", came_of(line, settings.zone)),
        ("Blame", plain_words.part(line.blame) if line.blame else ""),
        ("Length", "" if line.seconds is None else f"{line.seconds} s, {line.turns} turns"),
        ("Slowest answer", "" if line.slowest_ms is None else f"{line.slowest_ms} ms"),
        ("Failed on the way", ", ".join(map(plain_words.part, story.faults))),
        ("End reason", line.outcome),
        ("Used", "; ".join(f"{who}: {text}" for who, text in story.used.words()) if story.used else ""),
        *((name[0].upper() + name[1:], value) for name, value in story.facts),
        *(("For the team", note) for note in story.notes),
    ]


async def _resend(request: Request, pages: CallPages, visitor: Visitor) -> Response:
    call_id = request.path_params["call_id"]
    there = f"/calls/{quote(call_id, safe='')}"
    form = await _form(request, pages)
    if not page_access.is_form_token(form.get("form", ""), pages.key, visitor.session):
        return await pages.message(403, "Not sent", "That form is none of this page: open the call again.", "/calls")
    if not pages.settings.dashboard_configured:
        return await pages.message(409, "Not sent", "No dashboard is configured.", "/calls")
    row = await pages.read(lambda: pages.store.delivery(call_id)) if call_id.isprintable() else None
    if row is None:
        return await pages.message(404, "Not sent", "There is no record of that call.", "/calls")
    if row.status is not Status.DELIVERED and call_id not in pages.resending:
        pages.resending[call_id] = asyncio.create_task(_send(pages, row), name=f"{call_id} resend")
    if sending := pages.resending.get(call_id):
        done, _ = await asyncio.wait({sending}, timeout=RESEND_SECONDS)
        if done and (resent := sending.result()) and resent.unsent:
            return await pages.message(409, "Not sent", resent.unsent, there)
    return _moved(there)


async def _send(pages: CallPages, row: DeliveryRow) -> Resent | None:
    """Sends a record again; None if that failed."""
    try:
        resent = await resend(pages.store, pages.poster, row)
        tell(logger, RecordResent(resent.status, resent.detail), row.call_id)
        return resent
    except StoreError as error:
        logger.error("%s sent again by hand; what became of it could not be written: %s", row.call_id, error)
    except Exception:
        logger.exception("%s could not be sent again", row.call_id)
    finally:
        pages.resending.pop(row.call_id, None)
    return None
