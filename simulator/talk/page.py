"""The page of a talk: a telephone, who stands in, and what the stand-in recogniser understands.

A page of our own and not Pipecat's prebuilt one, which loads code from another company's servers and reports to a
third: this one asks nobody but us, and works without a network.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined

_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    Path(__file__).with_name("page.html").read_text(encoding="utf-8")
)


def page(business: str, cast: Iterable[str], sentences: Sequence[str]) -> str:
    """As HTML. `sentences` are what the stand-in recogniser knows; none of them when Deepgram itself hears."""
    return _PAGE.render(business=business, cast=cast, sentences=sentences)
