"""The README's pictures of the pages about calls are what those pages say now."""

from pathlib import Path

import pytest

from tests.support.layout import ROOT
from tests.support.page_pictures import drawn_from, source, source_in

pytestmark = pytest.mark.calls

MOST_BYTES = 150_000


def test_the_pictures_are_of_these_pages(tmp_path: Path) -> None:
    """After a change of what they say, or of how they look: .venv/bin/python -m tests.support.page_pictures"""
    for name, html in drawn_from(tmp_path).items():
        picture = (ROOT / "docs" / name).read_bytes()
        assert source_in(picture) == source(html), name
        assert len(picture) <= MOST_BYTES
