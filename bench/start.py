"""`python -m bench.start`: how long the service takes from its start to `ready`, and what it has imported by then.

Beside each start one of the canonical Pipecat bot (canonical.py). Both on warm bytecode, on loopback, with made-up
keys and nobody at the providers' addresses; one start of each goes ahead and is not counted.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from config import REQUIRED
from desk.deploy import made_up
from simulator.rig.bot_process import free_port
from simulator.rig.bot_under_test import environment

ROOT = Path(__file__).resolve().parent.parent
READY = "ready on port"
NOBODY = "127.0.0.1:9"  # The discard port
LONGEST_SECONDS = 120.0
POLL_SECONDS = 0.005
_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
# Runs bot.py, and tells what is imported when it says that it is ready.
_WATCHED = f"""
import json, logging, runpy, sys
class Watch(logging.Handler):
    def emit(self, record):
        if record.getMessage().startswith({READY!r}):
            print(json.dumps(sorted(sys.modules)), flush=True)
logging.getLogger("bot").addHandler(Watch())
runpy.run_path({str(ROOT / "bot.py")!r}, run_name="__main__")
"""


@dataclass(frozen=True)
class Start:
    """One start; seconds since the process was begun."""

    healthy_seconds: float
    ready_seconds: float = 0.0


def settings(folder: Path, port: int) -> dict[str, str]:
    """The whole environment of a service whose providers are nowhere."""
    names = ("OPENAI_BASE_URL", "INWORLD_BASE_URL", "DEEPGRAM_TTS_BASE_URL", "TWILIO_API_BASE_URL", "V2_BACKEND_URL")
    nowhere = dict.fromkeys(names, f"http://{NOBODY}") | {"DEEPGRAM_BASE_URL": f"ws://{NOBODY}"}
    return environment(made_up(REQUIRED) | nowhere | {"DATA_DIR": str(folder)}, port)


def modules_at_ready(folder: Path) -> tuple[list[str], Counter[str]]:
    """What the service has imported when it is ready, and the microseconds that went into each package of it."""
    command = [sys.executable, "-X", "importtime", "-c", _WATCHED]
    with (folder / "import-times").open("w+") as told:
        with _process(command, settings(folder, free_port()), subprocess.PIPE, told) as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            modules: list[str] = json.loads(process.stdout.readline())
        told.seek(0)
        spent, known = Counter[str](), frozenset(modules)
        for microseconds, name in _IMPORTED.findall(told.read()):
            if name in known:  # Not what comes behind `ready`.
                spent[name.partition(".")[0]] += int(microseconds)
    return modules, spent


def start_ours(folder: Path) -> Start:
    """Starts the service until it is ready, and ends it."""
    port, begun = free_port(), time.monotonic()
    with _process([sys.executable, str(ROOT / "bot.py")], settings(folder, port), error=subprocess.PIPE) as process:
        assert process.stderr is not None  # noqa: S101 - it is a pipe
        if not any(READY in line for line in process.stderr):
            raise RuntimeError("the service did not start")
        ready = time.monotonic() - begun
        _healthy(port)
        return Start(time.monotonic() - begun, ready)


def start_peer(folder: Path) -> Start:
    """Starts the canonical bot until it answers, and ends it."""
    port, begun = free_port(), time.monotonic()
    command = [sys.executable, "-m", "bench.canonical"]
    with _process(command, settings(folder, port) | {"PYTHONPATH": str(ROOT)}):
        _healthy(port)
        return Start(time.monotonic() - begun)


@contextmanager
def _process(
    command: list[str], environ: Mapping[str, str], out: int = subprocess.DEVNULL, error: object = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - fixed commands
        command,
        cwd=ROOT,
        env=dict(environ),
        stdout=out,
        stderr=error,
        text=True,  # type: ignore[call-overload]
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _healthy(port: int) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health"):
                return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise RuntimeError("nobody answers")


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.start", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7, help="starts of each that count")
    parser.add_argument("--packages", type=int, default=15, help="how many of the dearest packages are shown")
    options = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = [(start_ours(folder), start_peer(folder)) for _ in range(options.rounds + 1)][1:]
        modules, spent = modules_at_ready(folder)
    _show(console, rounds)
    numbers = Counter(module.partition(".")[0] for module in modules)
    table = Table("package", "modules", "ms", title=f"{len(modules)} modules at ready")
    for package, microseconds in spent.most_common(options.packages):
        table.add_row(package, str(numbers[package]), f"{microseconds / 1000:.0f}")
    console.print(table)
    console.print(
        "as -X importtime has it, which makes all a little dearer: what each module took without those that it imports"
    )
    return 0


def _show(console: Console, rounds: list[tuple[Start, Start]]) -> None:
    ours = [one.ready_seconds for one, _ in rounds]
    healthy = [one.healthy_seconds for one, _ in rounds]
    peers = [peer.healthy_seconds for _, peer in rounds]
    table = Table("from the start of the process", "median", "least", "most", title=f"{len(rounds)} starts; seconds")
    for name, seconds in (
        ("service: ready", ours),
        ("service: /health", healthy),
        ("canonical Pipecat bot: /health", peers),
    ):
        table.add_row(name, *(f"{figure(seconds):.2f}" for figure in (statistics.median, min, max)))
    console.print(table)
    ratio = statistics.median(one.ready_seconds / peer.healthy_seconds for one, peer in rounds)
    console.print(f"ready after {ratio:.2f} of the canonical bot's time, by the median of the pairs")


if __name__ == "__main__":
    sys.exit(main())
