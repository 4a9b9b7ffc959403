"""Debian's Chromium without a screen, and windows of it that watch what a page does.

Playwright drives the system's program and downloads nothing. A window that has seen a console error, a script that ran
on, a dialog or a request to another origin fails the test that has opened it.
"""

import contextlib
import re
import shutil
from collections.abc import AsyncIterator, Collection
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, async_playwright

from tests.support.twilio_client import PATIENCE_SECONDS

PHONE: Final[dict[str, Any]] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}
_STATUS: Final = re.compile(r"the server responded with a status of (\d+)")


class NoChromiumError(Exception):
    """Raised when there is no Chromium; the message says what is missing."""


def program() -> str:
    """Its path.

    Raises:
        NoChromiumError: it is not installed.
    """
    found = shutil.which("chromium")
    if found is None:
        raise NoChromiumError("there is no chromium: install Debian's chromium (make chromium)")
    return found


@contextlib.asynccontextmanager
async def chromium(*switches: str) -> AsyncIterator[Browser]:
    """A browser without a screen, as long as the block lasts; `switches` are those of Chromium's command line.

    Raises:
        NoChromiumError: there is none.
    """
    path = program()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=switches)
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def window(browser: Browser, origin: str, refusals: Collection[int] = (), **looks: Any) -> AsyncIterator[Page]:
    """A window with cookies of its own; `looks` are those of Playwright's `new_context`.

    Args:
        browser: Of `chromium()`.
        origin: The only one that may be asked for anything.
        refusals: Statuses of answers that are meant to refuse; Chromium tells of each as an error.
        looks: Its size, its colours.

    Raises:
        AssertionError: at its end, of all that has gone wrong in it.
    """
    context = await browser.new_context(base_url=origin, **looks)
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    wrong = _watched(context, origin, refusals)
    try:
        yield await context.new_page()
    finally:
        await context.close()
    assert wrong == [], wrong


def _watched(context: BrowserContext, origin: str, refusals: Collection[int]) -> list[str]:
    """What goes wrong from now on."""
    wrong: list[str] = []

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != origin:
            wrong.append(f"asked for {request.url}")

    def told(message: ConsoleMessage) -> None:
        status = _STATUS.search(message.text)
        if message.type in ("error", "warning") and not (status and int(status[1]) in refusals):
            wrong.append(f"console {message.type}: {message.text}")

    async def opened(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    context.on("request", asked)
    context.on("console", told)
    context.on("weberror", lambda error: wrong.append(f"script: {error.error}"))
    context.on("dialog", opened)
    return wrong
