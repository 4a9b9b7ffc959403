"""How a chaos run is shown: a table for the terminal, and a page with what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from rich.table import Table

from simulator.calls.grading import Evidence
from simulator.calls.run import Placed, longest_silence_ms
from simulator.calls.screen import Verdict
from simulator.drills.chaos_cells import Cell, Moment

NO_CELL = "-"
_INTRODUCTION = """\
# What breaks, what the caller hears, after how long

Written by `make chaos`, which breaks every part in every way at every moment of whole calls, and measures; do not edit.

The numbers are the longest silence of the call in seconds, by the moment at which the fault begins: from the last
voiced sample of one side to the first of the other, whoever ended it. The fault stays until the call is over. "Heard
next" is what the caller heard first once the fault had been hit, at one moment or the other.

Postgres, SQLite, the machine and the entrance are what all calls share. Those calls are in real time, on a process of
their own, and a new caller rings while the fault lasts. `full`: no file of the process grows, as on a disk without
space. `away_at_the_end`: the database is back only when the process has been told to end and the next one begins.
"""


@dataclass(frozen=True)
class Result:
    """What one cell has shown.

    Attributes:
        failures: What did not hold, in plain words.
        silence_ms: The longest silence of the call.
        outcome: The end reason in the dashboard's record.
        heard_next: The first line that the caller heard to its end after the first hit; empty when there was none.
        seed: Of the stand-ins' delays.
        cpu_seconds: Of the processor: bot, callers, stand-ins and verdict together.
    """

    cell: Cell
    failures: Sequence[str]
    silence_ms: float = 0.0
    seconds: float = 0.0
    outcome: str = ""
    heard_next: str = ""
    seed: int = 0
    cpu_seconds: float = 0.0

    @classmethod
    def of(
        cls, cell: Cell, verdict: Verdict, placed: Placed, evidence: Evidence, hit_at: float | None, seed: int
    ) -> Self:
        """The result of a call that was judged; `hit_at` of time.monotonic(): when the fault was hit first."""
        outcome = evidence.ended_as if evidence.calls else ""
        timeline = placed.call.timeline
        hit_ms = timeline.ms_of(hit_at) if hit_at is not None else 0
        said = (event.text for event in timeline.of("bot", "said") if event.ms > hit_ms and event.detail["complete"])
        return cls(cell, verdict.failures, longest_silence_ms(placed), verdict.seconds, outcome, next(said, ""), seed)


def table(results: Sequence[Result]) -> Table:
    """One row for each fault, one column for each moment: the longest silence in seconds, or what failed."""
    shown = Table(title="longest silence in seconds, by the moment at which the fault begins", title_justify="left")
    for name in ("part", "fault", *Moment, "ends as"):
        shown.add_column(name, overflow="fold")
    for group, fault, cells in _rows(results):
        by_moment = [_cell_text([r for r in cells if r.cell.moment is moment]) for moment in Moment]
        shown.add_row(group, fault, *by_moment, ", ".join(_ends(cells)))
    return shown


def _rows(results: Iterable[Result]) -> list[tuple[str, str, list[Result]]]:
    rows: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        rows.setdefault((result.cell.group, result.cell.mode), []).append(result)
    return [(group, mode, cells) for (group, mode), cells in rows.items()]


def _cell_text(results: list[Result]) -> str:
    if not results:
        return NO_CELL
    if any(result.failures for result in results):
        return "[bold red]FAIL[/]"
    return f"[green]{max(result.silence_ms for result in results) / 1000:.1f}[/]"


def _ends(results: Iterable[Result]) -> list[str]:
    return list(dict.fromkeys(result.outcome.partition(" (")[0] or "no record" for result in results))


def markdown(results: Sequence[Result]) -> str:
    """The page: the table again, for readers."""
    lines = _INTRODUCTION.splitlines()
    group = ""
    for part, fault, cells in _rows(results):
        if part != group:
            group = part
            lines += [
                "",
                f"## {part}",
                "",
                f"| fault | {' | '.join(Moment)} | heard next | the call ends as |",
                "|---|" + "---|" * 6,
            ]
        by_moment = [_plain([r for r in cells if r.cell.moment is moment]) for moment in Moment]
        heard = (
            " / ".join(dict.fromkeys(r.heard_next.replace("|", " ") for r in cells if r.heard_next))
            or "nothing: it is over"
        )
        ends = ", ".join(f"`{end}`" for end in _ends(cells))
        lines.append(f"| `{fault}` | {' | '.join(by_moment)} | {heard} | {ends} |")
    return "\n".join(lines) + "\n"


def _plain(results: list[Result]) -> str:
    return f"{max(result.silence_ms for result in results) / 1000:.1f}" if results else NO_CELL
