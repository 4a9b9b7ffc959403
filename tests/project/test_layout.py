"""The walls: the tables of the root modules hold, and what breaks a wall makes the commands of `make lint` red."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import chain, pairwise
from pathlib import Path

import pytest

from tests.support import layout

ROOT = layout.ROOT


def test_the_root_folder_and_its_modules_keep_the_layout() -> None:
    """Ten modules, eight packages, what is beside them, the project's files; each imports what its row allows."""
    assert layout.misplaced(ROOT) + layout.forbidden(ROOT) + layout.impure(ROOT) + layout.unseen(ROOT) == []


def test_root_modules_import_only_what_stands_below_them() -> None:
    """The table is in their order, and knows no name but ours."""
    order = list(layout.MODULES)
    for name, allowed in layout.MODULES.items():
        above = order[: order.index(name) + 1]
        assert allowed & set(above) == set()
        assert allowed <= layout.MODULES.keys() | layout.PACKAGES.keys()
    assert all(allowed <= layout.MODULES.keys() for allowed in layout.PACKAGES.values())


def test_packages_and_root_modules_together_have_no_circle() -> None:
    """With all that the tables and the layers allow."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = ([layer.split(" | ") for layer in c["layers"]] for c in contracts if c["id"] == "layers")
    assert sorted(chain(*layers)) == sorted(layout.PACKAGES)
    allowed = {name: set(names) for name, names in (layout.MODULES | layout.PACKAGES).items()}
    for upper, lower in pairwise(layers):
        for name in upper:
            allowed[name] |= set(lower)
    assert len(list(TopologicalSorter(allowed).static_order())) == len(layout.MODULES) + len(layout.PACKAGES)


def test_every_import_statement_is_read() -> None:
    """In a function and for types alone as well; what a package imports of itself is its own affair."""
    source = """
import bot, tools.x as x
from call import session
from . import near
if TYPE_CHECKING:
    from server.drain import Drain
def late():
    import simulator
"""
    assert sorted(layout.imports(source)) == [
        (2, "bot"),
        (2, "tools.x"),
        (3, "call"),
        (3, "call.session"),
        (6, "server.drain"),
        (6, "server.drain.Drain"),
        (8, "simulator"),
    ]


def git(folder: Path, *arguments: str) -> str:
    """What git says there, whichever repository a hook runs this for."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    ran = subprocess.run(["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that git has here, in a repository of their own."""
    folder = tmp_path_factory.mktemp("walls")
    for name in filter(None, git(ROOT, "ls-files", "-z").split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    return folder


@pytest.fixture
def copy(repository: Path) -> Iterator[Path]:
    """That repository, which is afterwards as it was."""
    tree = git(repository, "write-tree")
    yield repository
    git(repository, "read-tree", tree)
    git(repository, "checkout-index", "--all", "--force")
    git(repository, "clean", "-fdq")


def lint(folder: Path) -> tuple[bool, str]:
    """Whether the walls' two commands of `make lint` are content with a folder, and what they said."""
    command = [shutil.which("make") or "make", "-n", "lint", f"VENV={sys.prefix}"]
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "GIT_"))}
    planned = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True).stdout
    commands = [line for line in planned.splitlines() if "lint-imports" in line or "tests.support.layout" in line]
    assert len(commands) == 2
    ran = [
        subprocess.run(line.split(), cwd=folder, env=environ | {"COLUMNS": "500"}, capture_output=True, text=True)
        for line in commands
    ]
    return not any(r.returncode for r in ran), "".join(r.stdout + r.stderr for r in ran)


@pytest.mark.slow
def test_an_untouched_copy_is_green(copy: Path) -> None:
    """So what turns it red below is what was planted."""
    green, out = lint(copy)
    assert green, out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("call/session.py", "import understanding.turn", "call.session -> understanding.turn"),
        ("understanding/turn.py", "from conversation import script", "understanding.turn -> conversation.script"),
        ("turns/speaker.py", "import records.store", "turns.speaker -> records.store"),
        ("turns/speaker.py", "from conversation import moment", "turns.speaker -> conversation.moment"),
        ("turns/speaker.py", "import providers.voices", "turns.speaker -> providers.voices"),
        ("records/payloads.py", "import providers.voices", "records.payloads -> providers.voices"),
        (
            "conversation/guard/judge.py",
            "import conversation.script",
            "conversation.guard.judge -> conversation.script",
        ),
        ("conversation/script.py", "from pipecat.frames import frames", "conversation.script -> pipecat"),
        ("records/summary.py", "def late():\n    import httpx", "records.summary -> httpx"),
        ("server/drain.py", "import sqlalchemy", "server.drain -> sqlalchemy"),
        ("turns/hang_up.py", "from dbos import DBOS", "turns.hang_up -> dbos"),
        ("understanding/text/plain.py", "import understanding.who.names", ".text -> .who (1 import)"),
        ("understanding/who/zip_codes.py", "from understanding import turn", ".who -> .turn (1 import)"),
        ("server/drain.py", "import simulator.faults", "server.drain -> simulator"),
        ("call/session.py", "from tests.support import layout", "call.session -> tests"),
        ("server/drain.py", "import bot", ": server may not import bot"),
        ("turns/speaker.py", "def late():\n    import processor", ": turns may not import processor"),
        ("conversation/script.py", "import config", ": conversation may not import config"),
        ("logs.py", "import config", ": logs may not import config"),
        ("tools.py", "import conversation.script", ": tools may not import conversation"),
        ("post_call.py", "from pipecat.frames import frames", "post_call.py: reaches pipecat"),
        ("post_call.py", "import records.store", "post_call.py: reaches sqlalchemy (post_call > records.store"),
        ("records/summary.py", "import dashboard_sync", "records/summary.py: reaches httpx (records.summary > dash"),
        ("state_machine.py", "import socket", "state_machine.py: reaches socket (state_machine)"),
        ("understanding/turn.py", "import urllib.request", "understanding/turn.py: reaches urllib.request"),
        ("server/drain.py", "import sqlite3", "server.drain -> sqlite3"),
        ("conversation/script.py", '__import__("bot")', "script.py: __import__ imports what nobody sees"),
        ("server/drain.py", "from importlib import import_module", "drain.py: importlib imports what nobody sees"),
        ("call/session.py", "import docs.helper", "session.py: call.session may not import docs"),
        ("processor.py", "from sqlalchemy.exc import SQLAlchemyError", ": processor may not import sqlalchemy"),
        ("bot.py", "import simulator.faults", ": bot may not import simulator"),
    ],
)
def test_an_import_through_a_wall_is_red(copy: Path, file: str, line: str, said: str) -> None:
    """Upward, sideways, into a library, in a circle, to a root module, to what tests it: named as it is."""
    with (copy / file).open("a") as module:
        module.write(f"\n{line}\n")
    green, out = lint(copy)
    assert not green
    assert said in out


@pytest.mark.slow
def test_a_folder_that_is_no_package_is_red(copy: Path) -> None:
    """import-linter looks past it, whatever is in it."""
    (copy / "understanding/extra").mkdir()
    (copy / "understanding/extra/thing.py").write_text("import pipecat\n")
    green, out = lint(copy)
    assert not green
    assert "understanding/extra: has no __init__.py" in out
    assert "understanding/extra/thing.py: reaches pipecat" in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "kept", "said"),
    [
        ("rates.py", False, "rates.py: does not belong in the root folder"),
        ("helpers/__init__.py", False, "helpers/: does not belong in the root folder"),
        ("notes.txt", True, "notes.txt: does not belong in the root folder"),
    ],
)
def test_what_is_new_in_the_root_folder_is_red(copy: Path, file: str, kept: bool, said: str) -> None:
    """A module or a package at once, anything else when git has it; and a module that is gone."""
    (copy / file).parent.mkdir(exist_ok=True)
    (copy / file).touch()
    if kept:
        assert said not in lint(copy)[1]
        git(copy, "add", file)
    green, out = lint(copy)
    assert (green, said in out) == (False, True), out


@pytest.mark.slow
def test_what_is_gone_from_the_root_folder_is_red(copy: Path) -> None:
    """A module that was moved away is a change of the layout as well."""
    git(copy, "rm", "-qf", "tools.py")
    green, out = lint(copy)
    assert (green, "tools.py: is missing in the root folder" in out) == (False, True), out
