"""How much of what callers say the rules read right, every miss and the harm it does, and what a reading costs.

`make eval` scores the tables of this repository and tells what changed since figures.yaml was written, which
`ARGS=--write` does. `ARGS="--batch DIR"` scores a folder of new turns that `ARGS="--freeze DIR"` froze before they were
read. Exit code 1: an entry about safety is missed, in either part. 0: none is, whatever else is.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from tests.support.harms import Harm, counted, harms
from tests.support.utterance_batches import freeze, load_frozen
from tests.support.utterance_tables import (
    FOLDER,
    MISSES,
    Entry,
    Part,
    Score,
    TableError,
    evaluate,
    judge,
    load,
    misread,
    scores_of,
)

PLAIN_WIDTH = 120  # columns of a file or a pipe, which have none
FIGURES = FOLDER / "figures.yaml"
MESSY = "several"  # The class of turns that say everything at once


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--batch", type=Path, metavar="DIR", help="score the frozen tables of a folder instead")
    choice.add_argument("--freeze", type=Path, metavar="DIR", help="freeze the tables of a folder, unread")
    choice.add_argument("--write", action="store_true", help="the figures are what the next run is compared with")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    try:
        if chosen.freeze:
            freeze(chosen.freeze)
            return 0
        if chosen.batch:
            _show_batch(console, chosen.batch)
            return 0
        return _show_parts(console, write=chosen.write)
    except TableError as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return 1


def _show_parts(console: Console, *, write: bool) -> int:
    parts = {part: evaluate(part) for part in Part}
    for part, scores in parts.items():
        _show(console, part, scores)
    figures = {str(part): counted(scores) for part, scores in parts.items()}
    before = yaml.safe_load(FIGURES.read_text()) if FIGURES.exists() else {}
    _show_figures(console, figures, before)
    if write:
        FIGURES.write_text(yaml.safe_dump(figures, sort_keys=False))
        MISSES.write_text(yaml.safe_dump(misread(parts[Part.DEV]), sort_keys=False, allow_unicode=True, width=1000))
    console.print(_cost([entry for part in Part for entries in load(part).values() for entry in entries]))
    missed = sum(len(scores["safety"].misses) for scores in parts.values() if "safety" in scores)
    if missed:
        console.print(f"[bold red]{missed} about safety missed[/]")
    return 1 if missed else 0


def _show_batch(console: Console, folder: Path) -> None:
    """The batch, single turns and messy ones, and the harm of each; nothing is kept."""
    scores = scores_of(load_frozen(folder))
    _show(console, folder.name, scores)
    single = counted({name: score for name, score in scores.items() if name != MESSY})
    messy = counted({name: score for name, score in scores.items() if name == MESSY})
    _show_figures(console, {"single": single, "messy": messy}, {})


def _show(console: Console, title: str, scores: Mapping[str, Score]) -> None:
    """The class table, which labels were confused, then every miss by the harm it does."""
    numbers = (Column(name, justify="right") for name in ("right", "total", "percent"))
    table = Table("class", *numbers, title=title)
    for name, score in scores.items():
        table.add_row(name, *_figures(score.right, score.total))
    right, total = sum(score.right for score in scores.values()), sum(score.total for score in scores.values())
    table.add_section()
    table.add_row("all", *_figures(right, total), style="bold")
    console.print(table)
    for score in scores.values():
        for confusion, times in score.confusions.items():
            console.print(f"{times} x {escape(confusion)}")
    classes = {id(entry): name for name, score in scores.items() for entry in _told(score)}
    for harm, found in harms(scores.values()).items():
        for entry, differences in found:
            asked = f" [dim](asked: {entry.question})[/]" if entry.question else ""
            console.print(f"[red]{harm}: {classes[id(entry)]}:[/] {escape(entry.say)}{asked}")
            for difference in differences:
                console.print(f"    {escape(str(difference))}")
    console.print()


def _told(score: Score) -> list[Entry]:
    return [*(entry for entry, _ in score.misses), *score.asked]


def _show_figures(
    console: Console, figures: Mapping[str, Mapping[str, int]], before: Mapping[str, Mapping[str, int]]
) -> None:
    """What is right and what harm is done, and the difference to `before`."""
    table = Table("", *(Column(name, justify="right") for name in ("total", "right", *Harm)))
    for part, counts in figures.items():
        table.add_row(part, *(_beside(n, before.get(part, {}).get(name, n)) for name, n in counts.items()))
    console.print(table)


def _beside(now: int, before: int) -> str:
    return str(now) if now == before else f"{now} ({now - before:+})"


def _cost(entries: Sequence[Entry]) -> str:
    """How long a turn takes on this machine, in milliseconds of its CPU; each the better of two readings."""
    costs = sorted(min(_milliseconds(entry) for _ in range(2)) for entry in entries)
    return f"a turn: {median(costs):.1f} ms at the median, {costs[-1]:.1f} ms at the worst, of {len(costs)}"


def _milliseconds(entry: Entry) -> float:
    begun = time.process_time()
    judge(entry)
    return 1000 * (time.process_time() - begun)


def _figures(right: int, total: int) -> tuple[str, str, str]:
    return str(right), str(total), f"{100 * right / total:.0f} %" if total else "-"


if __name__ == "__main__":
    sys.exit(main())
