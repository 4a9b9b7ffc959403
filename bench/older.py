"""`python -m bench.older COMMIT ...`: how versions of the rules read turns that none of them was tuned on.

The turns are those that stand in tests/utterances/dev at `--until`, and did not at the last of the commits. Each
version reads them in a tree of its own, with today's tables and harms put into it; a turn whose labels a version does
not know is left out there. Lines are those of understanding/ and of the reply guard, whose words are the same.
docs/decisions/0027-as-many-lines-as-harm-nobody.md says what follows from it.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from tests.support.harms import Harm, counted
from tests.support.utterance_tables import LOADER, Entry, scores_of
from understanding.facts import Understanding

ROOT = Path(__file__).parent.parent
TABLES, MESSY = "tests/utterances/dev", "several.yaml"
LANGUAGE = ("understanding/", "conversation/guard/")
OURS = ("bench/older.py", "tests/support/utterance_tables.py", "tests/support/harms.py")
# Fields that versions before they were there do not have, and what their rules told of them.
LATER: Mapping[str, Any] = {"doubted_end": None, "borrowed_phone": False, "manages_property": False, "asks": None}


def git(*arguments: str) -> str:
    """What git prints; raises CalledProcessError with its words if it fails."""
    command = [shutil.which("git") or "git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def rows_at(commit: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of dev's tables at a commit, by file."""
    names = git("ls-tree", "-r", "--name-only", commit, TABLES).split()
    return {Path(name).name: yaml.load(git("show", f"{commit}:{name}"), LOADER) for name in names}  # noqa: S506


def new_rows(until: str, since: str) -> dict[str, list[dict[str, Any]]]:
    """Those that were not there at `since`, whatever their labels were."""
    said = {(row["say"], row.get("question")) for rows in rows_at(since).values() for row in rows}
    return {
        name: [row for row in rows if (row["say"], row.get("question")) not in said]
        for name, rows in rows_at(until).items()
    }


def lines_at(commit: str) -> int:
    """The lines of the language code."""
    names = [name for name in git("ls-tree", "-r", "--name-only", commit, *LANGUAGE).split() if name.endswith(".py")]
    return sum(git("show", f"{commit}:{name}").count("\n") for name in names)


def known(rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Those whose labels this version has."""
    found = []
    for row in rows:
        try:
            found.append(Entry.model_validate(row))
        except ValidationError:
            continue
    return found


def read_here(path: Path) -> dict[str, int]:
    """What this version makes of the turns in a file."""
    for field, value in LATER.items():
        if not hasattr(Understanding, field):
            setattr(Understanding, field, value)
    tables = {name: known(rows) for name, rows in json.loads(path.read_text()).items()}
    scores = scores_of(tables)
    messy = scores.pop(MESSY, None)
    right = {"messy": messy.right, "of messy": messy.total} if messy else {}
    return counted(scores | ({MESSY: messy} if messy else {})) | right


def read_at(commit: str, turns: Path) -> dict[str, int]:
    """What the version at `commit` makes of the turns in a file, in a tree of its own."""
    tree = turns.parent / commit
    git("worktree", "add", "--detach", str(tree), commit)
    try:
        for name in OURS:
            shutil.copy(ROOT / name, tree / name)
        command = [sys.executable, "-m", "bench.older", "--read", str(turns)]
        done = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True)  # noqa: S603
        return dict(json.loads(done.stdout))
    finally:
        git("worktree", "remove", "--force", str(tree))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.older", description=__doc__)
    parser.add_argument("commit", nargs="*", help="versions, the last one the newest")
    parser.add_argument("--until", default="HEAD", help="whose tables are read (HEAD)")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.read:
        print(json.dumps(read_here(options.read)))
        return 0
    if not options.commit:
        parser.error("name at least one commit")
    table = Table("version", "lines", "turns", "right", "of messy", *map(str, Harm))
    try:
        with tempfile.TemporaryDirectory() as folder:
            turns = Path(folder) / "turns.json"
            turns.write_text(json.dumps(new_rows(options.until, options.commit[-1]), default=str))
            for commit in options.commit:
                found = read_at(commit, turns)
                messy = f"{found.get('messy', 0)} of {found.get('of messy', 0)}"
                harms = (str(found[str(harm)]) for harm in Harm)
                table.add_row(commit, str(lines_at(commit)), str(found["total"]), str(found["right"]), messy, *harms)
    except subprocess.CalledProcessError as error:
        print(error.stderr.strip(), file=sys.stderr)
        return 1
    Console(soft_wrap=True).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
