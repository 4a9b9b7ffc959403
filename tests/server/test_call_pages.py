"""The pages about calls, as a browser gets them from the real service; and from its routes alone, where others ask."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from call.session import CallSession, EntryKind, State
from config import Settings, load
from dashboard_sync import DashboardClient
from records.posting import RecordPoster
from records.recordings import Recordings
from records.rows import Phase, Status
from records.store import Store
from server import call_pages, page_access
from server.call_pages import COOKIE, CallPages
from simulator.rig.locked import locked
from tests.support.html_page import HtmlPage
from tests.support.stored_calls import NUMBER, booked, keep, keep_all, long_call, owed, silent
from tests.support.twilio_client import Twilio, another, twilio_client, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TOKEN = "operators-token-of-the-tests"
EVIL = """</pre><script>alert(1)</script><img src=x onerror=alert(1)>"'><a href="javascript:alert(1)">x</a>{{ 7*7 }}"""


@dataclass
class Browser:
    """A browser at the service, with its cookies; it follows no redirect by itself."""

    url: str
    http: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, HtmlPage, Mapping[str, str]]:
        async with self.http.get(self.url + path, allow_redirects=False, headers=headers) as answer:
            return answer.status, HtmlPage(await answer.text()), answer.headers

    async def post(self, path: str, **fields: str) -> tuple[int, HtmlPage, Mapping[str, str]]:
        async with self.http.post(self.url + path, allow_redirects=False, data=fields) as answer:
            return answer.status, HtmlPage(await answer.text()), answer.headers

    async def log_in(self) -> "Browser":
        status, _, headers = await self.post("/calls/login", token=TOKEN, next="/calls")
        assert (status, headers["Location"]) == (303, "/calls")
        return self


@contextlib.asynccontextmanager
async def browser(url: str) -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as http:
        yield Browser(url, http)


@dataclass
class Service:
    """The service, an operator at it, and its database."""

    twilio: Twilio
    operator: Browser
    store: Store


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("pages")
    async with contextlib.AsyncExitStack() as opened:
        settings = {"OPERATOR_TOKEN": TOKEN, "LIVENESS_SECONDS": "0.3", "DATABASE_SECONDS": "1"}
        twilio = await opened.enter_async_context(twilio_client(folder, folder / "data", **settings))
        store = Store(f"sqlite:///{twilio.database}")
        await store.open()
        opened.push_async_callback(store.close)
        operator = await (await opened.enter_async_context(browser(twilio.url))).log_in()
        yield Service(twilio, operator, store)


# Login


async def test_nobody_sees_a_call_without_a_login(service: Service) -> None:
    """Whatever is asked for: the login comes first, and leads there afterwards."""
    await keep(service.store, booked("CAlogin"), status=Status.DELIVERED)
    async with browser(service.twilio.url) as stranger:
        for path in ("/calls", "/calls/CAlogin", "/calls?find=Dana", "/calls/nothing"):
            status, page, headers = await stranger.get(path)
            assert (status, page.words) == (303, "")
            assert headers["Location"].startswith("/calls/login?next=%2Fcalls")
        status, page, _ = await stranger.post("/calls/CAlogin/resend", form="x")
        assert (status, page.words) == (303, "")
        status, page, _ = await stranger.get("/calls/login?next=/calls/CAlogin")
        assert (status, page.field("next"), page.wrong()) == (200, "/calls/CAlogin", [])
        status, _, headers = await stranger.post("/calls/login", token=TOKEN, next="/calls/CAlogin")
        assert (status, headers["Location"]) == (303, "/calls/CAlogin")
        assert (await stranger.get("/calls/CAlogin"))[0] == 200


async def test_the_cookie_is_for_these_pages_alone(service: Service) -> None:
    """No script reads it, no other site sends it; over HTTPS, nothing but HTTPS does."""
    async with browser(service.twilio.url) as one:
        _, _, headers = await one.post("/calls/login", token=TOKEN)
        cookie = headers["Set-Cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/calls", "max-age=43200"))
    assert "secure" not in cookie
    assert TOKEN not in cookie


async def test_logging_out(service: Service) -> None:
    async with browser(service.twilio.url) as one:
        await one.log_in()
        assert (await one.get("/calls"))[0] == 200
        assert (await one.post("/calls/logout"))[0] == 303
        assert (await one.get("/calls"))[0] == 303


async def test_a_forged_or_old_session_is_none(service: Service) -> None:
    """Of another token, of yesterday, of nobody."""
    key, now = TOKEN.encode(), time.time()
    good = page_access.new_session(key, now)
    old = page_access.new_session(key, now - page_access.SESSION_SECONDS - 1)
    async with browser(service.twilio.url) as one:
        assert (await one.get("/calls", Cookie=f"{COOKIE}={good}"))[0] == 200
        for cookie in (page_access.new_session(b"another", now), old, good[:-1], f"9{good}", "x", ""):
            assert (await one.get("/calls", Cookie=f"{COOKIE}={cookie}"))[0] == 303


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/calls", "//evil.example/calls", "/\\evil.example", "/ready", "javascript:alert(1)", ""],
)
async def test_a_login_leads_nowhere_else(service: Service, there: str) -> None:
    async with browser(service.twilio.url) as one:
        _, _, headers = await one.post("/calls/login", token=TOKEN, next=there)
        assert headers["Location"] == "/calls"


async def test_a_browser_that_does_not_keep_the_login_is_told_where_to_go(service: Service, tmp_path: Path) -> None:
    """Over plain http it drops the cookie of a service that is reached over https; it says what led it where."""
    settings = {"DATA_DIR": str(tmp_path / "data"), "OPERATOR_TOKEN": TOKEN, "PUBLIC_URL": "https://phone.example.com"}
    async with (
        another(service.twilio, tmp_path / "log", **settings) as twilio,
        browser(twilio.url) as one,
    ):
        form = twilio.url + "/calls/login?next=%2Fcalls"
        _, page, headers = await one.get("/calls", Referer=twilio.url + "/calls/CA1")
        _, page, _ = await one.get(headers["Location"], Referer=twilio.url + "/calls/CA1")
        assert "not kept" not in page.words
        status, _, headers = await one.post("/calls/login", token=TOKEN)
        assert (status, "secure" in headers["Set-Cookie"].lower()) == (303, True)
        status, _, headers = await one.get(headers["Location"], Referer=form)
        assert status == 303
        status, page, _ = await one.get(headers["Location"], Referer=form)
        assert status == 200
        assert "your browser has not kept the login. Open https://phone.example.com/calls: " in page.words


async def test_wrong_tokens_are_refused_and_then_not_looked_at(service: Service, tmp_path: Path) -> None:
    """Five in a minute; then the right one has to wait as well. Nothing of a token is in the log."""
    settings = {"DATA_DIR": str(tmp_path / "data"), "OPERATOR_TOKEN": TOKEN, "PUBLIC_URL": "https://phone.example.com"}
    async with (
        another(service.twilio, tmp_path / "log", **settings) as twilio,
        browser(twilio.url) as one,
    ):
        status, _, headers = await one.post("/calls/login", token=TOKEN)
        assert (status, "secure" in headers["Set-Cookie"].lower()) == (303, True)
        for _ in range(page_access.MOST_TRIES):
            status, page, headers = await one.post("/calls/login", token="wr0ng-token", next="/calls/CA1")
            assert (status, page.field("next"), page.wrong()) == (401, "/calls/CA1", [])
            assert "That is not the OPERATOR_TOKEN" in page.words
            assert "Set-Cookie" not in headers
        status, page, headers = await one.post("/calls/login", token=TOKEN)
        assert (status, "wait a minute" in page.words, "Set-Cookie" in headers) == (429, True, False)
        log = twilio.bot.log()
    assert log.count("a wrong OPERATOR_TOKEN") == 1
    assert "wr0ng-token" not in log


async def test_without_a_token_only_this_machine_sees_them(service: Service, tmp_path: Path) -> None:
    """Said loudly on each page and in the start's screen; through a tunnel or a proxy they are not there."""
    settings = {"DATA_DIR": str(tmp_path / "data"), "OPERATOR_TOKEN": ""}
    async with (
        another(service.twilio, tmp_path / "log", **settings) as twilio,
        browser(twilio.url) as one,
    ):
        status, page, _ = await one.get("/calls")
        assert (status, page.wrong()) == (200, [])
        assert "Nobody is asked for a token here" in page.words
        for headers in (
            {"Host": "phone.example.com"},
            {"X-Forwarded-For": "192.0.2.1"},
            {"Forwarded": "for=192.0.2.1"},
        ):
            status, page, _ = await one.get("/calls", **headers)
            assert (status, "Set OPERATOR_TOKEN" in page.words) == (403, True)
        assert "SHOWS EVERY CALL TO WHOEVER USES THIS MACHINE" in twilio.bot.log()


# Pages


async def test_every_page_is_locked_up(service: Service) -> None:
    """From nowhere else, with no script, in no cache and no frame; none of it is kept open."""
    await keep(service.store, booked("CAlocked"), status=Status.DELIVERED)
    for path, status in (
        ("/calls", 200),
        ("/calls/CAlocked", 200),
        ("/calls/none", 404),
        ("/calls/login", 200),
        ("/calls/style.css", 200),
        ("/calls/icon.svg", 200),
    ):
        told, page, headers = await service.operator.get(path)
        assert (told, page.wrong() if "html" in headers["Content-Type"] else []) == (status, [])
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'")
        assert "frame-ancestors 'none'" in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Connection"] == "close"


async def test_the_list_and_its_views(service: Service) -> None:
    """Nobody's name or number; words for how each ended; the ready views and the search are links and a form."""
    await keep(service.store, booked("CAlist1"), status=Status.DELIVERED)
    await keep(service.store, owed("CAlist2"), status=Status.PARKED, detail="job: 400 no such user +15125550142")
    _, page, _ = await service.operator.get("/calls")
    assert "D. W., ***0142" in page.words
    assert "5550142" not in page.words
    assert "Whitfield" not in page.words
    assert "booked for Tuesday, November 24 at 2:00 PM" in page.words
    assert "no such user ***0142" in page.words

    async def shown(query: str) -> set[str]:
        _, found, _ = await service.operator.get(f"/calls?{query}")
        assert found.wrong() == []
        calls = {attributes["href"].removeprefix("/calls/") for attributes in found.all("a")}
        return calls & {"CAlist1", "CAlist2"}

    assert await shown("show=owed") == {"CAlist2"}
    assert await shown("show=parked") == {"CAlist2"}
    assert await shown("show=not-understood") == {"CAlist1"}
    assert await shown("find=Whitfield") == {"CAlist1"}
    assert await shown("find=0142") == {"CAlist1", "CAlist2"}
    assert await shown("find=nobody%00") == set()
    assert await shown("show=nonsense&before=nonsense") == {"CAlist1", "CAlist2"}


async def test_one_call(service: Service) -> None:
    """Who, what was played and heard, what was cut off, the way, tools and faults, the record."""
    await keep(service.store, booked("CAone"), status=Status.PARKED, detail="job: 400 no")
    status, page, _ = await service.operator.get("/calls/CAone")
    assert (status, page.wrong()) == (200, [])
    for words in (
        "Used OpenAI: 900 tokens asked (512 cached) and 31 answered in 2 answers; Inworld: 240 characters",
        "A visit was booked", "Dana Whitfield", NUMBER, "Turn 2", "service area, answered after 1500 ms",
        "390 ms for V2", "ms at most", "199 ms for the voice",
        "understood by the rules: problem: the furnace blows cold air", "by the second reader, the model: name: Dana",
        "asked with: starts at: Tue 24 Nov 2026 14:00; customer name: Dana Whitfield",
        "answered: appointment id: cal-1",
        "Not understood: “the what” The same was asked again.", "The dashboard did not accept the job: 400 no",
        "Not understood: the same was asked again.", "What's the ZIP code where", "you need service?",
        "lookup_caller: ok, 80 ms", "the first voice (Inworld): no audio in time", "not certain that this was heard",
        "There is a dog.", "job: not accepted: 400 no", '"customer_name": "Dana Whitfield"', "welcome → lookup",
    ):  # fmt: skip
        assert words in page.words, words
    assert page.all("del")
    assert len(page.all("rect")) == len(State) + 5
    assert not [m for m in page.all("meta") if m.get("http-equiv") == "refresh"]


async def test_calls_of_no_turn_and_of_thirty(service: Service) -> None:
    await keep(service.store, silent("CAnone"), status=Status.KEPT)
    await keep(service.store, long_call("CAthirty"), status=Status.DELIVERED)
    _, page, _ = await service.operator.get("/calls/CAnone")
    assert "Nothing was said." in page.words
    _, page, _ = await service.operator.get("/calls/CAthirty")
    assert [s["id"] for s in page.all("section")] == [f"turn-{number}" for number in range(31)]


async def test_what_others_say_is_never_markup(service: Service) -> None:
    """In every field that comes from outside: of callers, of providers, of the dashboard, of the address line."""
    session = booked("CAevil")
    for entry, number in zip(session.timeline, range(len(session.timeline)), strict=True):
        detail = EVIL if entry.kind is not EntryKind.AGENT else entry.detail
        text = EVIL if entry.kind is not EntryKind.STATE else entry.text
        session.timeline[number] = entry.model_copy(update={"text": text, "detail": detail})
    for name in ("name", "problem", "address", "zip_code", "appointment_id", "fault", "caller_number"):
        setattr(session, name, EVIL)
    session.notes = [EVIL]
    record: dict[str, Any] = {"call": {"customer_name": EVIL, "phone_number": EVIL}, "job": {EVIL: EVIL}}
    await keep(service.store, session)
    await service.store.set_delivery("CAevil", record, Status.PARKED, f"job: 400 {EVIL}")
    await service.store.set_delivery("CAevil2", record, Status.PARKED, EVIL)
    for path in ("/calls", "/calls/CAevil", "/calls/CAevil2", "/calls?find=%3Cscript%3E&show=parked"):
        status, page, _ = await service.operator.get(path)
        assert (status, page.wrong()) == (200, [])
        assert "<script>alert(1)</script>" in page.words or path == "/calls?find=%3Cscript%3E&show=parked"
        assert "{{ 7*7 }}" in page.words or "<script" in str(page.all("input"))
    status, page, _ = await service.operator.get("/calls/%3Cscript%3E")
    assert (status, page.wrong()) == (404, [])


async def test_five_hundred_calls_page_by_page(service: Service, tmp_path: Path) -> None:
    """Every one is on a page, and none on two."""
    store = Store(f"sqlite:///{tmp_path / 'data' / 'agent.db'}")
    await store.open()
    await keep_all(store, (booked(f"CA{number:03}") for number in range(500)))
    await store.close()
    settings = {"DATA_DIR": str(tmp_path / "data")}
    async with another(service.twilio, tmp_path / "log", **settings) as twilio, browser(twilio.url) as one:
        await one.log_in()
        found: list[str] = []
        path: str | None = "/calls"
        while path:
            _, page, _ = await one.get(path)
            links = page.all("a")
            found += [link["href"].removeprefix("/calls/") for link in links if link["href"].startswith("/calls/CA")]
            path = next((link["href"] for link in links if link.get("rel") == "next"), None)
    assert found == [f"CA{number:03}" for number in reversed(range(500))]


async def test_a_live_call_is_read_again_until_it_is_over(service: Service) -> None:
    """While it goes on, as it happens; its page then stays."""

    async def refreshes(call_id: str) -> bool:
        status, page, _ = await service.operator.get(f"/calls/{call_id}")
        return status == 200 and any(m.get("http-equiv") == "refresh" for m in page.all("meta"))

    async with service.twilio.call() as call_id:
        await until(lambda: refreshes(call_id))

        async def greeted() -> bool:
            return "How can I help you today?" in (await service.operator.get(f"/calls/{call_id}"))[1].words

        await until(greeted)
    await service.twilio.quiet()

    async def over() -> bool:
        return not await refreshes(call_id)

    await until(over)
    assert "The caller hung up at the greeting" in (await service.operator.get(f"/calls/{call_id}"))[1].words


# Sending again


async def test_a_parked_record_is_sent_again(service: Service) -> None:
    """With the button of its page; then nothing is left to send."""
    await keep(service.store, booked("CAparked"), status=Status.PARKED, detail="job: 400 no")
    _, page, _ = await service.operator.get("/calls/CAparked")
    status, _, headers = await service.operator.post("/calls/CAparked/resend", form=page.field("form"))
    assert (status, headers["Location"]) == (303, "/calls/CAparked")

    async def sent() -> bool:
        row = await service.store.delivery("CAparked")
        return row is not None and row.status is Status.DELIVERED

    await until(sent)
    assert len(service.twilio.world.office.rows("CAparked").jobs) == 1
    _, page, _ = await service.operator.get("/calls/CAparked")
    assert "job: accepted" in page.words
    assert not [form for form in page.all("form") if form["action"].endswith("/resend")]


async def test_a_form_of_nobody_sends_nothing(service: Service) -> None:
    """None, another session's, one that is too long; what is not there is not sent either."""
    await keep(service.store, booked("CAforged"), status=Status.PARKED, detail="job: 400 no")
    async with browser(service.twilio.url) as other:
        await other.log_in()
        _, page, _ = await other.get("/calls/CAforged")
        theirs = page.field("form")
    for fields in ({}, {"form": ""}, {"form": theirs}):
        status, page, _ = await service.operator.post("/calls/CAforged/resend", **fields)
        assert (status, page.wrong()) == (403, [])
    row = await service.store.delivery("CAforged")
    assert row is not None
    assert row.status is Status.PARKED
    _, page, _ = await service.operator.get("/calls/CAforged")
    status, _, _ = await service.operator.post("/calls/CAnothing/resend", form=page.field("form"))
    assert status == 404


# The database away


async def test_a_database_that_is_away_is_a_page_that_says_so(service: Service) -> None:
    """At once, since those who live on it know; and the list when it is back."""

    async def list_is(code: int) -> bool:
        return (await service.operator.get("/calls"))[0] == code

    with locked(service.twilio.database):
        await until(lambda: list_is(503))
        _, page, headers = await service.operator.get("/calls/CAone")
        assert "The database is away" in page.words
        assert headers["Cache-Control"] == "no-store"
    await until(lambda: list_is(200))


# Whoever else may ask


@contextlib.asynccontextmanager
async def routes(
    folder: Path, environ: dict[str, str], address: str = "127.0.0.1"
) -> AsyncIterator[tuple[httpx.AsyncClient, CallPages]]:
    """The pages' own routes in this process, asked from an address."""
    settings: Settings = load(environ)
    store = Store(f"sqlite:///{folder / 'agent.db'}")
    await store.open()
    async with httpx.AsyncClient() as http:
        poster = RecordPoster(settings, DashboardClient(settings, http), store)
        pages = CallPages(settings, store, poster, Recordings(str(folder)), away=lambda: False)
        app = Starlette(routes=call_pages.routes(lambda: pages))
        transport = httpx.ASGITransport(app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8765") as client:
            yield client, pages
        await pages.close()
    await store.close()


@pytest.mark.parametrize("address", ["192.168.1.7", "172.17.0.1", "2001:db8::1"])
async def test_without_a_token_no_other_machine_sees_them(
    tmp_path: Path, environ: dict[str, str], address: str
) -> None:
    """It is told what to set, for every page; and nothing is sent for it."""
    async with routes(tmp_path, environ, address) as (client, pages):
        await keep(pages.store, booked("CA1"), status=Status.PARKED)
        form = page_access.form_token(pages.key, "")
        for answer in (
            await client.get("/calls"),
            await client.get("/calls/CA1"),
            await client.post("/calls/CA1/resend", data={"form": form}),
        ):
            assert (answer.status_code, "Set OPERATOR_TOKEN" in answer.text) == (403, True)
        assert "Dana" not in (await client.get("/calls/CA1")).text


async def test_a_store_that_fails_unexpectedly(tmp_path: Path, environ: dict[str, str]) -> None:
    """Whoever lives on the database knows of nothing yet: the page says so all the same."""
    async with routes(tmp_path, environ) as (client, pages):
        pages.store.too_slow()
        answer = await client.get("/calls")
        assert (answer.status_code, "The database is away" in answer.text) == (503, True)


async def test_what_is_being_sent_is_sent_once(tmp_path: Path, environ: dict[str, str]) -> None:
    """However often the button is pressed; with no dashboard there is no button, and a press sends nothing."""
    dashboard = {f"DASHBOARD_{name}_URL": f"http://127.0.0.1:9/{name}" for name in ("JOBS", "CALLS", "ALERTS")}
    dashboard |= {"DASHBOARD_WEBHOOK_SECRET": "s3cret-of-tests", "DASHBOARD_USER_EMAIL": "owner@example.com"}
    async with routes(tmp_path, environ | dashboard) as (client, pages):
        await keep(pages.store, booked("CA1"), status=Status.PARKED, detail="job: 400 no")
        posted: list[str] = []
        answered = asyncio.Event()

        async def post(part: str, record: object, ids: object, *, by: str) -> Any:
            posted.append(part)
            await answered.wait()
            raise AssertionError("never answered")

        pages.poster.post = post  # type: ignore[method-assign]
        form = {"form": page_access.form_token(pages.key, "")}
        presses = [asyncio.create_task(client.post("/calls/CA1/resend", data=form)) for _ in range(2)]
        while not posted:
            await asyncio.sleep(0.01)
        page = (await client.get("/calls/CA1")).text
        assert "is being sent again" in page
        assert "Send it again" not in page
        answered.set()
        assert [(await press).status_code for press in presses] == [303, 303]
        assert posted == ["job"]
        assert "Send it again" in (await client.get("/calls/CA1")).text
        del pages.poster.post
        assert await pages.store.begin_posting("CA1", "the service", 60)
        told = await client.post("/calls/CA1/resend", data=form)
        assert (told.status_code, "The service is just sending it" in told.text) == (409, True)
    async with routes(tmp_path, environ) as (client, pages):
        assert "Send it again" not in (await client.get("/calls/CA1")).text
        form = {"form": page_access.form_token(pages.key, "")}
        assert (await client.post("/calls/CA1/resend", data=form)).status_code == 409


async def test_a_call_of_another_version_has_its_page(tmp_path: Path, environ: dict[str, str]) -> None:
    """What can be told of it; of a call that waits for its stream as well."""
    async with routes(tmp_path, environ) as (client, pages):
        unknown: CallSession = booked("CA1")
        await keep(pages.store, unknown, Phase.BROKEN)
        assert "may come back" in (await client.get("/calls/CA1")).text
        await pages.store.calls.purge(pages.store.now())
        assert (await client.get("/calls/CA1")).status_code == 404
