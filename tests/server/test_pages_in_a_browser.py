"""The pages about calls in a real browser: what is seen, what is reached, and that nothing of it runs or leaves."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from call.session import CallSession, EntryKind
from records.rows import Status
from records.store import Store
from server import page_access
from tests.support import chromium
from tests.support.chromium import PHONE, NoChromiumError, window
from tests.support.stored_calls import booked, keep, keep_all, long_call, owed, recorded, silent
from tests.support.twilio_client import PATIENCE_SECONDS, POLL_SECONDS, Twilio, another, twilio_client

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TOKEN = "operators-token-of-the-tests"
EVIL = """</pre></title><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"'>{{ 7*7 }}"""
AT_KEYS = "document.activeElement"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FAINTEST = 4.5  # Of letters beside their ground: WCAG 2.2, 1.4.3
CONTRASTS = """(least) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *:not(svg *)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least) faint.push(`${element.tagName} ${contrast.toFixed(1)} ${element.textContent.trim()}`);
  }
  return faint;
}"""

expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@dataclass
class Service:
    """The service, its database, and a browser."""

    twilio: Twilio
    store: Store
    browser: Browser

    def window(self, *refusals: int, **looks: Any) -> "contextlib.AbstractAsyncContextManager[Page]":
        return window(self.browser, self.twilio.url, refusals, **looks)

    @contextlib.asynccontextmanager
    async def operator(self, *refusals: int, **looks: Any) -> AsyncIterator[Page]:
        """A window of somebody who has logged in."""
        async with self.window(*refusals, **looks) as page:
            await log_in(page)
            yield page


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("pages")
    async with contextlib.AsyncExitStack() as opened:
        try:
            browser = await opened.enter_async_context(chromium.chromium())
        except NoChromiumError as error:
            pytest.skip(str(error))
        twilio = await opened.enter_async_context(twilio_client(folder, folder / "data", OPERATOR_TOKEN=TOKEN))
        store = Store(f"sqlite:///{twilio.database}")
        await store.open()
        opened.push_async_callback(store.close)
        yield Service(twilio, store, browser)


async def log_in(page: Page) -> None:
    await page.goto("/calls/login")
    await page.get_by_label("OPERATOR_TOKEN").fill(TOKEN)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("searchbox")).to_be_visible()
    await page.wait_for_load_state()


async def follow(link: Locator) -> None:
    """Click it, and wait for the whole of the page that it leads to: a click alone waits for none of it."""
    address = await link.get_attribute("href") or ""
    await link.click()
    await link.page.wait_for_url(lambda url: url.endswith(address))


async def test_what_goes_wrong_in_a_window_fails(service: Service) -> None:
    """A console error, a script that breaks, a dialog, a request to another origin: each is told."""
    with pytest.raises(AssertionError) as failed:
        async with service.window() as page:
            await page.set_content(
                "<script>console.error('an error'); alert('a dialog'); throw new Error('broken')</script>"
                "<img src='http://127.0.0.1:9/elsewhere.png'>"
            )
    told = str(failed.value)
    assert all(what in told for what in ("an error", "dialog: a dialog", "broken", "elsewhere.png")), told


# Login


async def test_a_login_with_a_wrong_token_first(service: Service) -> None:
    """The page that was asked for waits behind it; logging out closes it again."""
    await keep(service.store, booked("CAlogin"), status=Status.DELIVERED)
    async with service.window(401) as page:
        await page.goto("/calls/CAlogin")
        await expect(page.get_by_label("OPERATOR_TOKEN")).to_be_focused()
        await page.keyboard.type("wr0ng-token")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("That is not the OPERATOR_TOKEN of this service.")
        await page.get_by_label("OPERATOR_TOKEN").fill(TOKEN)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("A visit was booked")
        await page.get_by_role("button", name="Log out").click()
        await expect(page).to_have_url(re.compile("/calls/login"))


# The list


async def test_five_hundred_calls_from_page_to_page(service: Service, tmp_path: Path) -> None:
    """By its links alone every call is reached, newest first, and the first page again from the last."""
    store = Store(f"sqlite:///{tmp_path / 'data' / 'agent.db'}")
    await store.open()
    await keep_all(store, (booked(f"CA{number:03}") for number in range(500)))
    await store.close()
    found: list[str] = []
    settings = {"DATA_DIR": str(tmp_path / "data")}
    async with (
        another(service.twilio, tmp_path / "log", **settings) as twilio,
        window(service.browser, twilio.url) as page,
    ):
        await log_in(page)
        while True:
            links = await page.locator("tbody a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
            found += [link.removeprefix("/calls/") for link in links]
            older = page.get_by_role("link", name="Older")
            if not await older.count():
                break
            await follow(older)
        await follow(page.get_by_role("link", name="Newest"))
        await expect(page.locator("tbody a").first).to_have_attribute("href", "/calls/CA499")
    assert found == [f"CA{number:03}" for number in reversed(range(500))]


async def test_a_search_and_a_view_lead_to_a_call(service: Service) -> None:
    """And from the call back to the list."""
    await keep(service.store, booked("CAfound", name="Zoe Quill"), status=Status.DELIVERED)
    await keep(service.store, owed("CAparked", name="Zoe Quill"), status=Status.PARKED, detail="job: 400 no such user")
    async with service.operator() as page:
        await page.get_by_role("searchbox").fill("Zoe Quill")
        await page.get_by_role("button", name="Find").click()
        await expect(page.locator("tbody tr")).to_have_count(2)
        await page.get_by_role("link", name="Parked").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.locator("tbody")).to_contain_text("job: 400 no such user")
        await page.locator("tbody a").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("The booking failed: to be called back")
        await page.get_by_role("link", name="All calls").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Calls")


# A call


async def test_calls_of_no_turn_and_of_thirty(service: Service) -> None:
    await keep(service.store, silent("CAnone"), status=Status.KEPT)
    await keep(service.store, long_call("CAthirty"), status=Status.DELIVERED)
    async with service.operator() as page:
        await page.goto("/calls/CAnone")
        await expect(page.get_by_text("Nothing was said.")).to_be_visible()
        await page.goto("/calls/CAthirty")
        await expect(page.locator("section")).to_have_count(31)
        await expect(page.locator("#turn-30")).to_contain_text("words of turn 30")


async def test_a_live_call_is_followed(service: Service) -> None:
    """The page reads itself again while the call goes on, and stays when it is over; nobody presses anything."""
    async with service.operator() as page:
        async with service.twilio.call() as call_id:
            await page.goto(f"/calls/{call_id}")
            await expect(page.get_by_role("status")).to_contain_text("This call goes on")
            await expect(page.locator(".event.agent").first).to_contain_text("How can I help you today?")
        await expect(page.get_by_role("heading", level=1)).to_have_text("The caller hung up at the greeting")
        await expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)


async def test_a_parked_record_is_sent_again_with_its_button(service: Service) -> None:
    await keep(service.store, booked("CAresent"), status=Status.PARKED, detail="job: 400 no")
    async with service.operator() as page:
        await page.goto("/calls/CAresent")
        await expect(page.get_by_text("job: not accepted: 400 no")).to_be_visible()
        await page.get_by_role("button", name="Send it again now").click()
        await expect(page.get_by_text("job: accepted")).to_be_visible()
        await expect(page.get_by_role("button", name="Send it again now")).to_have_count(0)
    assert len(service.twilio.world.office.rows("CAresent").jobs) == 1


# What others say


def evil(call_id: str) -> CallSession:
    """A call in which everybody says what a browser might run."""
    session = booked(call_id)
    for number, entry in enumerate(session.timeline):
        changed = {"text": EVIL} if entry.kind is not EntryKind.STATE else {}
        changed |= {"detail": EVIL} if entry.kind is not EntryKind.AGENT else {}
        session.timeline[number] = entry.model_copy(update=changed)
    for name in ("name", "problem", "address", "zip_code", "appointment_id", "fault", "caller_number"):
        setattr(session, name, EVIL)
    session.notes = [EVIL]
    return session


async def test_what_others_say_never_runs(service: Service) -> None:
    """Of callers, of providers, of the dashboard, of the address line: all of it is text, and is seen as such."""
    await keep(service.store, evil("CAevil"))
    record: dict[str, Any] = {"call": {"customer_name": EVIL, "phone_number": EVIL}, "job": {EVIL: EVIL}}
    await service.store.set_delivery("CAevil", record, Status.PARKED, f"job: 400 {EVIL}")
    async with service.operator(404) as page:
        for path in ("/calls?find=<script>alert(9)</script>&show=parked", "/calls", "/calls/CAevil"):
            await page.goto(path)
            assert await page.locator("script, img, iframe, object, embed, svg[onload]").count() == 0
        for summary in await page.locator("summary").all():
            await summary.click()
        for place in (".event.caller", ".event.fault", "summary", "pre", "dd"):
            await expect(page.locator(place).filter(has_text="<script>alert(1)</script>").first).to_be_visible()
        await page.goto("/calls/<img src=x onerror=alert(8)>")
        await expect(page.get_by_role("heading", level=1)).to_have_text("No such call")


# A recording

PLAYED = "document.querySelector('audio').currentTime"
LOADED = "document.querySelector('audio').duration > 0"
AUDIO = "() => { const audio = document.querySelector('audio'); return [audio.paused, audio.duration, audio.error]; }"


async def comes_true(page: Page, expression: str) -> None:
    """Playwright's own wait makes a function of a text, which the page's policy does not let anybody do."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await page.evaluate(expression):
            await asyncio.sleep(POLL_SECONDS)


def evil_and_recorded(service: Service, call_id: str) -> CallSession:
    session = evil(call_id)
    session.recorded_from = recorded(call_id, service.twilio.database.parent).recorded_from
    return session


async def test_a_recording_is_played_from_a_turn_on(service: Service) -> None:
    """Chromium plays what the line carried as it is: by a click on a turn's time, and anywhere on the waveform."""
    await keep(service.store, recorded("CAplayed", service.twilio.database.parent), status=Status.DELIVERED)
    async with service.operator() as page:
        await page.goto("/calls/CAplayed")
        await comes_true(page, LOADED)
        assert await page.evaluate(AUDIO) == [True, 60, None]
        assert await page.locator(".waveform .turn").count() == 4
        jump = page.get_by_label("Play from turn 3")
        seconds = float(await jump.get_attribute("data-seconds") or "")
        assert 30 < seconds < 40
        await jump.click()
        await comes_true(page, f"{PLAYED} > {seconds} + 0.2")
        assert (await page.evaluate(AUDIO))[::2] == [False, None]
        await comes_true(page, "document.querySelector('.waveform .now').x1.baseVal.value > 120")
        box = await page.locator(".waveform").bounding_box()
        assert box
        await page.locator(".waveform").click(position={"x": box["width"] / 4, "y": box["height"] / 2})
        await comes_true(page, f"{PLAYED} > 14.9 && {PLAYED} < 25")
        assert page.url.endswith("/calls/CAplayed")


async def test_a_recording_is_played_with_the_keyboard(service: Service) -> None:
    """Each turn's time is a link: Tab leads there, Enter plays."""
    await keep(service.store, recorded("CAplayedkeys", service.twilio.database.parent), status=Status.DELIVERED)
    async with service.operator() as page:
        await page.goto("/calls/CAplayedkeys")
        await comes_true(page, LOADED)
        for _ in range(100):
            await page.keyboard.press("Tab")
            if await page.evaluate(f"{AT_KEYS}.getAttribute('aria-label')") == "Play from turn 2":
                break
        assert await page.evaluate(f"getComputedStyle({AT_KEYS}).outlineStyle") == "solid"
        seconds = float(await page.evaluate(f"{AT_KEYS}.dataset.seconds"))
        await page.keyboard.press("Enter")
        await comes_true(page, f"{PLAYED} > {seconds} + 0.2")


async def test_without_its_script_a_recording_is_played_as_well(service: Service) -> None:
    """The same link opens the recording itself, at the same second."""
    await keep(service.store, recorded("CAplain", service.twilio.database.parent), status=Status.DELIVERED)
    async with service.operator(java_script_enabled=False) as page:
        await page.goto("/calls/CAplain")
        link = await page.get_by_label("Play from turn 3").get_attribute("href")
        assert re.fullmatch(r"/calls/CAplain/recording#t=3\d\.\d", link or "")
        await expect(page.locator("audio")).to_be_visible()


async def test_what_others_say_never_runs_beside_a_recording(service: Service) -> None:
    """The one script of the page is ours."""
    await keep(service.store, evil_and_recorded(service, "CAevilplayed"), status=Status.DELIVERED)
    async with service.operator() as page:
        await page.goto("/calls/CAevilplayed")
        await comes_true(page, LOADED)
        sources = await page.locator("script").evaluate_all("all => all.map(one => one.getAttribute('src'))")
        assert sources == ["/calls/player.js"]
        assert await page.locator("img, iframe, object, embed, svg[onload]").count() == 0


# Looks


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_every_letter_can_be_read(service: Service, colours: str) -> None:
    """In both colours each text stands out from its ground as far as the standard asks."""
    await keep(service.store, booked(f"CA{colours}"), status=Status.PARKED, detail="job: 400 no")
    await keep(service.store, owed(f"CAowed{colours}"), status=Status.WAITING)
    await keep(service.store, recorded(f"CAplayed{colours}", service.twilio.database.parent), status=Status.DELIVERED)
    async with service.operator(color_scheme=colours) as page:
        for path in ("/calls", *(f"/calls/CA{one}{colours}" for one in ("", "owed", "played")), "/calls/login"):
            await page.goto(path)
            assert await page.evaluate(CONTRASTS, FAINTEST) == [], path
            assert await page.evaluate(CONTRASTS, 22) != [], "nothing was looked at"


async def test_a_phone_shows_all_of_it(service: Service) -> None:
    """Nothing is wider than the window, the longest words of others neither; records scroll in their own box."""
    session = booked("CAphone", name="Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamter Jones")
    session.note(EntryKind.FAULT, "deepgram", session.timeline[-1].at, detail="x" * 200)
    await keep(service.store, session, status=Status.PARKED, detail=f"job: 400 {'y' * 200}")
    await keep(service.store, recorded("CAphoned", service.twilio.database.parent), status=Status.DELIVERED)
    async with service.operator(**PHONE) as page:
        for path in ("/calls", "/calls/CAphone", "/calls/CAphoned", "/calls/login", "/calls?find=nobody"):
            await page.goto(path)
            for summary in await page.locator("summary").all():
                await summary.click()
            assert await page.evaluate(SIDEWAYS) == 0, path


async def test_the_keyboard_is_enough(service: Service) -> None:
    """From the login to a record that is sent again; whatever has the keys is marked."""
    await keep(service.store, booked("CAkeys", name="Kay Keys"), status=Status.PARKED, detail="job: 400 no")

    async def tab_to(page: Page, words: str) -> None:
        """With the tabulator, as far as there is something on the page, of which all is there."""
        await page.wait_for_load_state()
        for _ in range(200):
            await page.keyboard.press("Tab")
            if words in await page.evaluate(f"{AT_KEYS}.textContent + {AT_KEYS}.id"):
                break
        assert words in await page.evaluate(f"{AT_KEYS}.textContent + {AT_KEYS}.id")
        assert await page.evaluate(f"getComputedStyle({AT_KEYS}).outlineStyle") == "solid"

    async with service.window() as page:
        await page.goto("/calls")
        await expect(page.get_by_label("OPERATOR_TOKEN")).to_be_focused()
        await page.keyboard.type(TOKEN)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("searchbox")).to_be_visible()
        await tab_to(page, "find")
        await page.keyboard.type("Kay Keys")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await tab_to(page, "Nov")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("A visit was booked")
        await tab_to(page, "job: not accepted")
        await page.keyboard.press("Enter")
        await expect(page.locator("pre").first).to_be_visible()
        await page.goto(page.url)
        await tab_to(page, "Send it again now")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("job: accepted")).to_be_visible()


async def test_the_session_of_a_browser_ends(service: Service) -> None:
    """One that is too old leads to the login, as none does."""
    async with service.window() as page:
        old = page_access.new_session(TOKEN.encode(), 0.0)
        cookie: Any = {"name": "calls_session", "value": old, "url": f"{service.twilio.url}/calls"}
        await page.context.add_cookies([cookie])
        await page.goto("/calls")
        await expect(page.get_by_label("OPERATOR_TOKEN")).to_be_visible()
