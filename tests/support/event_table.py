"""The table of events in docs/operating.md: `python -m tests.support.event_table` prints the page with it as it is.

Each row is an event of the code: its name, the level of its line, its fields, and the first paragraph of its docstring.
"""

import inspect
import logging
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

from call import events, service_events
from call.event import Event

PAGE: Final = Path(__file__).parent.parent.parent / "docs" / "operating.md"
MODULES: Final = (events, service_events)
HEADING: Final = "## Events of the log"
HEAD: Final = f"""\
{HEADING}

With `LOG_FORMAT=json` the line of each of these has its name as `event` and its fields beside `message`, to be
filtered for: `jq 'select(.event == "tool_answered" and .milliseconds > 1000)'`. Every line of a call has its `call_id`.
Other lines have words alone. Made from the code by `.venv/bin/python -m tests.support.event_table`.

| event | level | fields | what happened |
|---|---|---|---|
"""


def all_events() -> tuple[type[Event], ...]:
    """The closed list, in its order."""
    return tuple(
        kind
        for module in MODULES
        for name, kind in vars(module).items()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and not name.startswith("_")
    )


def row(kind: type[Event]) -> str:
    """One event."""
    named = ", ".join(f"`{field.name}`" for field in fields(kind))
    named = "those of `used` in `desk calls show --json`" if kind is events.CallUsed else named
    said = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    return f"| `{kind.name()}` | {logging.getLevelName(kind.level)} | {named} | {said} |"


def section() -> str:
    """The heading, and the table."""
    return HEAD + "".join(f"{row(kind)}\n" for kind in all_events())


def page(text: str) -> str:
    """The page with this section in the place of the one that it has."""
    before, _, behind = text.partition(HEADING)
    _, heading, rest = behind.partition("\n## ")
    return before + section() + (f"\n{heading.lstrip()}{rest}" if heading else "")


if __name__ == "__main__":
    sys.stdout.write(page(PAGE.read_text(encoding="utf-8")))
