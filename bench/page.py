"""`python -m bench.page docs/bench.json`: the figures of `make bench` as the table that the README shows."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OURS, PEER = "ours", "peer"
# What is shown of each number of calls, by the figure's name: its words, and how it is written.
ROWS = {
    "response_ms_p50": ("first audio after the caller's last word, p50", "{:.0f} ms"),
    "response_ms_p95": ("first audio after the caller's last word, p95", "{:.0f} ms"),
    "added_ms_p50": ("added to what the vendors took, p50", "{:.0f} ms"),
    "cpu_seconds_per_call_minute": ("processor seconds per call-minute", "{:.2f}"),
    "memory_mb_per_call": ("memory per live call", "{:.1f} MB"),
    "lines_with_gap": ("lines with a gap in them", "{:.1%}"),
    "dropped": ("calls dropped", "{:.0f}"),
}


def markdown(found: Mapping[str, Any]) -> str:
    """What `make bench --json` has written, as a table: for each number of calls both bots and their ratio."""
    ours, peer = found["medians"][OURS], found["medians"].get(PEER, {})
    columns = [(calls, bot) for calls in ours for bot in (OURS, PEER) if bot == OURS or calls in peer]
    head = [f"{calls} {'call' if int(calls) == 1 else 'calls'}: {bot}" for calls, bot in columns]
    lines = [f"| | {' | '.join(head)} |", f"|---|{'---|' * len(columns)}"]
    for name, (words, form) in ROWS.items():
        values = [found["medians"][bot][calls][name] for calls, bot in columns]
        lines.append(f"| {words} | {' | '.join('-' if v is None else form.format(v) for v in values)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(markdown(json.loads(Path(sys.argv[1]).read_text())), end="")
