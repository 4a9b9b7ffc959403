"""A call as a picture of the terminal on which it was watched, in SVG.

Guarantees that the same call gives the same picture: it has nothing of this machine, of the day on which it was placed
or of how long that took. Nothing is cut off: what is longer than a line goes on below itself. Leaves out the records.
"""

import io
import json
import re
from pathlib import Path

from rich.console import Console

from simulator.calls.screen import Screen, Verdict
from simulator.rig.bot_host import ROOT
from simulator.scenarios.scenario import load
from simulator.sound.recording import Event

COLUMNS = 108
# Rich's own form, without the fonts that it would fetch: any monospaced one will do.
_FORM = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-family: Helvetica, Arial, sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


class PictureError(Exception):
    """Raised when a call came to no end, so that there is nothing to draw."""


def picture(verdict: Verdict) -> str:
    """The SVG of a call that was watched to its end.

    Raises:
        PictureError: the call came to no end.
    """
    timeline = ROOT / verdict.folder / "timeline.json" if verdict.folder else None
    if timeline is None or not timeline.is_file():
        raise PictureError("the call came to no end: there is nothing to draw")
    console = Console(file=io.StringIO(), record=True, width=COLUMNS, highlight=False, force_terminal=True)
    screen = Screen(console)
    screen.head(load(verdict.scenario).title, verdict.faults)
    for event in json.loads(timeline.read_text())["events"]:
        screen.event(Event(**event))
    screen.response(verdict)
    screen.word(verdict)
    screen.say("")
    svg = console.export_svg(title=_command(verdict), code_format=_FORM, unique_id="call")
    svg = re.sub(r"<text [^>]*>\s*</text>", "", svg).replace("</text>", "</text>\n")
    return "\n".join(line.strip() for line in svg.splitlines() if line.strip()) + "\n"


def save_picture(verdict: Verdict, path: Path) -> None:
    """Writes the picture; see `picture`."""
    path.write_text(picture(verdict))


def _command(verdict: Verdict) -> str:
    """What a reader types to see this call."""
    scenario = "" if verdict.scenario == "booking" else f" SCENARIO={verdict.scenario}"
    return f"make call{scenario}" + (f" FAULT={verdict.faults}" if verdict.faults else "")
