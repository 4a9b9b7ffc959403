"""`python -m bench.page docs/bench.json`: the figures of `make bench` as the table that the README shows."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

OURS, PEER = "ours", "peer"
NAMES = {OURS: "this service", PEER: "canonical Pipecat"}
# What is shown, by the figures' names: its words, and how it is written.
COLUMNS = {
    ("response_ms_p50", "response_ms_p95"): ("first audio p50 / p95", "{:.0f} / {:.0f} ms"),
    ("added_ms_p50",): ("added p50", "{:.0f} ms"),
    ("cpu_seconds_per_call_minute",): ("processor s a call-minute", "{:.2f}"),
    ("memory_mb_per_call",): ("memory a call", "{:.1f} MB"),
    ("lines_with_gap",): ("lines with a gap", "{:.1%}"),
    ("dropped",): ("dropped", "{:.0f}"),
}


def markdown(found: Mapping[str, Any]) -> str:
    """What `make bench --json` has written, as a table: a row for each number of calls and each bot."""
    ours, peer = found["medians"][OURS], found["medians"].get(PEER, {})
    lines = [f"| calls | | {' | '.join(words for words, _ in COLUMNS.values())} |", f"|---|---|{'---|' * len(COLUMNS)}"]
    for calls, bot in ((calls, bot) for calls in ours for bot in (OURS, PEER)):
        if bot == PEER and calls not in peer:
            continue
        figures = found["medians"][bot][calls]
        cells = [_cell([figures[name] for name in names], form) for names, (_, form) in COLUMNS.items()]
        lines.append(f"| {calls} | {NAMES[bot]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(values: Sequence[float | None], form: str) -> str:
    return "-" if None in values else form.format(*values)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(markdown(json.loads(Path(sys.argv[1]).read_text())), end="")
