"""`python -m tests.support.page_pictures`: the README's pictures of the pages, out of calls that it places itself.

`--all FOLDER` draws them in the dark and on a phone as well, for whoever changes how they look.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Route

from server.page_html import FOLDER
from tests.support.call_page import Pages, pages_of
from tests.support.chromium import PHONE, chromium
from tests.support.layout import ROOT

DOCS: Final = ROOT / "docs"
SHOWN: Final = 2  # Which of the calls has its page drawn
CALLS: Final = (
    ("gas_leak", ""),
    ("vendor", ""),
    ("booking", "openai:slow"),
    ("wants_a_callback", "dashboard:400"),
    ("hangs_up", ""),
    ("booking", "v2:500"),
    ("out_of_area", ""),
    ("price_then_books", ""),
)
WIDE: Final[Mapping[str, Any]] = {"viewport": {"width": 1120, "height": 860}}
LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "light": WIDE,
    "dark": {**WIDE, "color_scheme": "dark"},
    "phone": PHONE,
}
ORIGIN: Final = "http://pages.test"


async def draw(browser: Browser, html: str, path: Path, looks: Mapping[str, Any], *, whole: bool) -> None:
    """What a window shows of a page; `whole`: however long it is."""
    answers = {"/": (html, "text/html; charset=utf-8"), "/calls/style.css": (_style(), "text/css")}
    context = await browser.new_context(**looks)

    async def answered(route: Route) -> None:
        body, kind = answers.get(route.request.url.removeprefix(ORIGIN), ("", "text/plain"))
        await route.fulfill(body=body, content_type=kind)

    await context.route("**", answered)
    page = await context.new_page()
    await page.goto(ORIGIN)
    await page.screenshot(path=path, full_page=whole)
    await context.close()


def _style() -> str:
    return (FOLDER / "style.css").read_text()


async def _draw_all(pages: Pages, folder: Path | None) -> None:
    drawn = {"calls": pages.calls, "call": pages.each[SHOWN]}
    async with chromium() as browser:
        for name, html in drawn.items():
            if folder is None:
                await draw(browser, html, DOCS / f"page-of-{name}.png", WIDE, whole=False)
            else:
                for look, how in LOOKS.items():
                    await draw(browser, html, folder / f"{name}-{look}.png", how, whole=True)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.page_pictures", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="draw every look of them into this folder instead")
    folder = parser.parse_args().all
    with tempfile.TemporaryDirectory(prefix="pages-") as log:
        pages = pages_of(CALLS, Path(log), pace=1.0)
    asyncio.run(_draw_all(pages, folder))


if __name__ == "__main__":
    main()
