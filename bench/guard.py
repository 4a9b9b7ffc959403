"""How many false sentences of a model the reply guard lets pass, how many true ones it refuses, and which.

`python -m bench.guard` scores the tables of this repository; `--batch DIR` one folder of new sentences, which
`--freeze DIR` froze before they were read and which is refused if it was changed. Exit code 1: more than one false
sentence of a folder passes, or more than four true ones are refused.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from tests.support.guard_tables import FOLDER, Sentence, load
from tests.support.utterance_batches import as_frozen, freeze_tables
from tests.support.utterance_tables import TableError

FALSE_PASSED = 1  # Of the 60 false sentences of a batch
TRUE_REFUSED = 4  # Of the 40 true ones


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.guard", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--batch", type=Path, metavar="DIR", help="score the frozen tables of a folder instead")
    choice.add_argument("--freeze", type=Path, metavar="DIR", help="freeze the tables of a folder, unread")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    try:
        if chosen.freeze:
            freeze_tables(chosen.freeze)
            return 0
        folders = [chosen.batch] if chosen.batch else sorted(path.parent for path in FOLDER.glob("*/FROZEN"))
        return max(_show(console, folder) for folder in folders)
    except TableError as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return 1


def _show(console: Console, folder: Path) -> int:
    as_frozen(folder)
    entries = load(folder)
    wrong = [entry for entry in entries if entry.verdict.allowed != entry.expect]
    passed, refused = (sum(entry.expect is right for entry in wrong) for right in (False, True))
    for entry in wrong:
        console.print(f"[red]{'refused' if entry.expect else 'passed'}:[/] {escape(_told(entry))}")
    false = sum(not entry.expect for entry in entries)
    console.print(
        f"{folder.name}: {passed} of {false} false pass, {refused} of {len(entries) - false} true are refused"
    )
    return int(passed > FALSE_PASSED or refused > TRUE_REFUSED)


def _told(entry: Sentence) -> str:
    reason = f" [{entry.verdict.reason}]" if entry.verdict.reason else ""
    return f"{entry.say} ({entry.state}, {entry.question}; caller: {entry.caller[-1]}){reason}"


if __name__ == "__main__":
    sys.exit(main())
