"""`python -m simulator.drills.mutations`: the chaos matrix can fail. Each mutation takes one protection away.

Exit code 0: every mutation turned cells red. 1: with one of them all stayed green. The mutated bot is a copy in a
temporary folder; this checkout is not touched.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.calls.screen import Screen
from simulator.drills.chaos_cells import cells
from simulator.rig.bot_host import ROOT

CELLS_SECONDS = 3600  # Of patience: a busy machine takes its time.


@dataclass(frozen=True)
class Mutation:
    """One protection less.

    Attributes:
        what: Which protection is taken away.
        file: The module that has it.
        old: Its code, which occurs exactly once.
        new: What stands there instead.
        cells: The cells that must turn red, as `--only` takes them.
    """

    name: str
    what: str
    file: str
    old: str
    new: str
    cells: str


MUTATIONS = (
    Mutation(
        "voice_without_deadline",
        "the deadline of a voice for its first audio, and for what comes after it",
        "tts_fallback.py",
        "async with asyncio.timeout_at(deadline):",
        "async with asyncio.timeout_at(None):",
        "inworld:hang@*",
    ),
    Mutation(
        "recogniser_never_deaf",
        "the watch over a recogniser that is connected and sends nothing",
        "providers/recogniser.py",
        "if audible and unanswered >= (",
        "if not audible and unanswered < 0 and unanswered >= (",
        "deepgram:deaf@*",
    ),
    Mutation(
        "model_without_fixed_line",
        "the fixed line in place of a reply that did not come",
        "turns/wording.py",
        "        self._give_up(reply, 0.0)\n        if not self._asked:\n",
        "        self._give_up(reply, 0.0)\n        if self._asked:\n",
        "openai:500@*",
    ),
    Mutation(
        "caller_waits_for_the_store",
        "the moment after which nobody who rings waits for the database",
        "records/kept_calls.py",
        "async with asyncio.timeout(self._patience_seconds):",
        "async with asyncio.timeout(None):",
        "database:hang@greeting",
    ),
    Mutation(
        "journal_not_written",
        "the journal of what the database does not take",
        "records/journal.py",
        "written.replace(path)",
        "written.unlink()",
        "database:away_at_the_end@booking*",
    ),
    Mutation(
        "door_without_ceiling",
        "the ceiling on connections, and on those of one address",
        "server/connections.py",
        "        if not self._crowded:\n",
        "        if not self._crowded or self._all:\n",
        "entrance:slowloris@middle",
    ),
)


def mutated(mutation: Mutation) -> str:
    """The module's text without the protection.

    Raises:
        ValueError: the code is not there exactly once, or no cell would run: the mutation no longer fits.
    """
    text = (ROOT / mutation.file).read_text()
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: {mutation.file} has its code {text.count(mutation.old)} times, not once")
    if not any(fnmatchcase(cell.name, mutation.cells) for cell in cells()):
        raise ValueError(f"{mutation.name}: no cell is called {mutation.cells!r}")
    return text.replace(mutation.old, mutation.new)


def copy_project(folder: Path) -> None:
    """The project's modules and files, in a folder that is not there yet; without what commands leave in it."""

    def left_out(where: str, names: list[str]) -> set[str]:
        own = {"calls", "data"} if Path(where) == ROOT else set()
        return {name for name in names if name.startswith(".") or name in own | {"__pycache__"}}

    shutil.copytree(ROOT, folder, ignore=left_out)


def run(mutation: Mutation) -> tuple[int, str]:
    """Runs the mutation's cells on a mutated copy; the exit code of the run, and its output."""
    with TemporaryDirectory(prefix="mutated-bot-") as folder:
        copy = Path(folder) / "bot"
        copy_project(copy)
        (copy / mutation.file).write_text(mutated(mutation))
        result = subprocess.run(
            [sys.executable, "-m", "simulator.drills.chaos", "--only", mutation.cells],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=CELLS_SECONDS,
            check=False,
        )
    return result.returncode, result.stdout + result.stderr


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator.drills.mutations", description=(__doc__ or "").partition("\n")[0]
    )
    parser.parse_args(arguments)
    screen = Screen()
    green = 0
    for mutation in MUTATIONS:
        screen.say(f"{mutation.name}: {mutation.what} ({mutation.file}), cells {mutation.cells}")
        code, output = run(mutation)
        red = [line for line in output.splitlines() if "FAIL" in line and "@" in line]
        for line in red:
            screen.say(f"  {line}")
        if code != 1 or not red:
            green += 1
            screen.error(f"  stayed green:\n{output}")
    screen.say(f"{len(MUTATIONS) - green} of {len(MUTATIONS)} mutations turned cells red")
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main())
