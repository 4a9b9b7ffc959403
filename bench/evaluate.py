"""How much of what callers say the rules read right, class by class, every miss, and what a reading costs: `make eval`.

Exit code 1: an entry about safety is missed, in either part. 0: none is, whatever else is.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from tests.support.utterance_tables import Entry, Part, Score, TableError, evaluate, judge, load

PLAIN_WIDTH = 120  # columns of a file or a pipe, which have none


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    try:
        parts = {part: evaluate(part) for part in Part}
    except TableError as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return 1
    for part, scores in parts.items():
        _show(console, part, scores)
    console.print(_cost([entry for part in Part for entries in load(part).values() for entry in entries]))
    missed = sum(len(scores["safety"].misses) for scores in parts.values() if "safety" in scores)
    if missed:
        console.print(f"[bold red]{missed} about safety missed[/]")
    return 1 if missed else 0


def _show(console: Console, part: Part, scores: Mapping[str, Score]) -> None:
    """The part's table, which labels were confused, then every miss."""
    numbers = (Column(name, justify="right") for name in ("right", "total", "percent"))
    table = Table("class", *numbers, title=part)
    for name, score in scores.items():
        table.add_row(name, *_figures(score.right, score.total))
    right, total = sum(score.right for score in scores.values()), sum(score.total for score in scores.values())
    table.add_section()
    table.add_row("all", *_figures(right, total), style="bold")
    console.print(table)
    for score in scores.values():
        for confusion, times in score.confusions.items():
            console.print(f"{times} x {escape(confusion)}")
    for name, score in scores.items():
        for entry, differences in score.misses:
            asked = f" [dim](asked: {entry.question})[/]" if entry.question else ""
            console.print(f"[red]{name}:[/] {escape(entry.say)}{asked}")
            for difference in differences:
                console.print(f"    {escape(str(difference))}")
    console.print()


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
