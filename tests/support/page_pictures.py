"""`python -m tests.support.page_pictures`: the README's pictures of the pages, out of calls that it places itself.

Each has in it what it was drawn from, so that a test can tell whether the pages still say so. `--all FOLDER` draws them
in the dark and on a phone as well, for whoever changes how they look.
"""

import argparse
import asyncio
import hashlib
import re
import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Route

from server.page_html import FOLDER
from tests.support.call_page import pages_of
from tests.support.chromium import PHONE, chromium
from tests.support.html_page import HtmlPage
from tests.support.layout import ROOT

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
SHOWN: Final = 2
"""Which of the calls has its page drawn."""
WIDE: Final[Mapping[str, Any]] = {"viewport": {"width": 1120, "height": 860}}
LOOKS: Final = {"light": WIDE, "dark": {**WIDE, "color_scheme": "dark"}, "phone": PHONE}
ORIGIN: Final = "http://pages.test"
_SIGNATURE_AND_HEAD: Final = 8 + 25  # PNG: its signature and IHDR
_KEY: Final = b"Source\0"


def drawn_from(folder: Path) -> dict[str, str]:
    """The HTML of each page that has a picture, by the picture's name; `folder` gets the log of the calls."""
    pages = pages_of(CALLS, folder)
    return {"page-of-calls.png": pages.calls, "page-of-call.png": pages.each[SHOWN]}


def source(html: str) -> bytes:
    """What a picture of this page was drawn from: its words but for ids and figures, and how they look."""
    words = " ".join(word for word in HtmlPage(html).words.split() if not re.search(r"\d", word))
    return hashlib.sha256(f"{words}\n{_style()}".encode()).hexdigest().encode()


def source_in(picture: bytes) -> bytes:
    """What a picture of ours says that it was drawn from."""
    return picture.partition(_KEY)[2][:64]


async def _draw(browser: Browser, html: str, looks: Mapping[str, Any], *, whole: bool = False) -> bytes:
    """What a window shows of a page; `whole`: however long it is."""
    answers = {"/": (html, "text/html; charset=utf-8"), "/calls/style.css": (_style(), "text/css")}
    context = await browser.new_context(**looks)

    async def answered(route: Route) -> None:
        body, kind = answers.get(route.request.url.removeprefix(ORIGIN), ("", "text/plain"))
        await route.fulfill(body=body, content_type=kind)

    await context.route("**", answered)
    page = await context.new_page()
    await page.goto(ORIGIN)
    picture = await page.screenshot(full_page=whole)
    await context.close()
    return _with_source(picture, html)


def _with_source(picture: bytes, html: str) -> bytes:
    """PNG: a tEXt chunk behind the head."""
    content = b"tEXt" + _KEY + source(html)
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return picture[:_SIGNATURE_AND_HEAD] + chunk + picture[_SIGNATURE_AND_HEAD:]


def _style() -> str:
    return (FOLDER / "style.css").read_text()


async def _draw_all(pages: Mapping[str, str], folder: Path | None) -> None:
    async with chromium() as browser:
        for name, html in pages.items():
            if folder is None:
                (ROOT / "docs" / name).write_bytes(await _draw(browser, html, WIDE))
                continue
            for look, how in LOOKS.items():
                (folder / f"{look}-{name}").write_bytes(await _draw(browser, html, how, whole=True))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.page_pictures", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="draw every look of them into this folder instead")
    folder = parser.parse_args().all
    with tempfile.TemporaryDirectory(prefix="pages-") as log:
        pages = drawn_from(Path(log))
    asyncio.run(_draw_all(pages, folder))


if __name__ == "__main__":
    main()
