"""The pages about calls as HTML: what a caller, a provider or the dashboard has said is text on them, and never markup.

The templates are in server/pages/; every value is escaped by their engine, in one place, and none is taken out of that.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from call.session import State
from records import plain_words
from records.call_view import CallLine, came_of

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "pages"


def templates(zone: ZoneInfo) -> "Environment":
    """The templates; times are shown in this zone."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def local(form: str) -> Any:
        return lambda when: when.astimezone(zone).strftime(form)

    def visit(line: CallLine) -> str:
        return came_of(line, zone)

    made.filters |= {
        "short": local("%b %d %H:%M"),
        "long": local("%a, %b %d %Y, %H:%M:%S"),
        "clock": local("%H:%M:%S"),
        "came_of": visit,
        "part": plain_words.part,
        "state": _state,
        "duration": _duration,
        "pretty": _pretty,
    }
    return made


def _state(state: State) -> str:
    return state.replace("_", " ")


def _duration(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def _pretty(payload: Any) -> str:
    return json.dumps(payload, indent=2, ensure_ascii=False, default=lambda value: _iso(value))


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
