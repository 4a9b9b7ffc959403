"""`make quick` runs the test modules that depend on what changed, and all of them when it cannot tell."""

import os
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.support import changed, layout


@pytest.fixture(scope="module")
def imported() -> grimp.ImportGraph:
    """Who imports whom in this project."""
    return changed.graph(layout.ROOT)


@pytest.mark.parametrize(
    ("path", "among", "not_among"),
    [
        ("tools.py", "tests.test_tools", "tests.understanding.test_names"),
        ("understanding/who/names.py", "tests.understanding.test_turn", "tests.test_tools"),
        ("understanding/who/names.py", "tests.test_state_machine", "tests.test_circuit_breaker"),
        ("understanding/who/__init__.py", "tests.understanding.test_names", "tests.test_tools"),
        ("tests/test_tools.py", "tests.test_tools", "tests.test_config"),
        ("simulator/sound/audio.py", "tests.simulator.test_audio", "tests.understanding.test_names"),
        ("tests/support/voice_server.py", "tests.providers.test_voices", "tests.test_tools"),
    ],
)
def test_who_depends_on_a_file(imported: grimp.ImportGraph, path: str, among: str, not_among: str) -> None:
    """Through packages and root modules alike, a test module on itself, and no more than those."""
    found = changed.dependents([path], imported)
    assert found is not None
    assert (among in found, not_among in found) == (True, False)


def test_several_files_are_taken_together(imported: grimp.ImportGraph) -> None:
    """Markdown adds nothing."""
    one, other = (changed.dependents([path], imported) for path in ("tools.py", "providers/voices.py"))
    assert one is not None
    assert other is not None
    assert changed.dependents(["README.md", "tools.py", "providers/voices.py"], imported) == one | other
    assert changed.dependents(["README.md"], imported) == set()


@pytest.mark.parametrize(
    "path",
    ["pyproject.toml", "Makefile", "tests/conftest.py", "tests/support/real_waiting.py", "gone.py", "x/scenario.yaml"],
)
def test_what_imports_cannot_tell_of_runs_everything(imported: grimp.ImportGraph, path: str) -> None:
    """Also beside a file that they can tell of."""
    assert changed.dependents(["tools.py", path], imported) is None


@pytest.mark.slow
def test_changed_is_what_main_does_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits of the branch, the index, the working tree, new and deleted files; not what main has done since."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@b.test"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, capture_output=True, check=True)

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

    git("init", "-q", "-b", "main")
    for name in ("committed.py", "staged.py", "edited.py", "gone.py", "same.py", "main's.py", ".gitignore"):
        write(name, "ignored.py" if name == ".gitignore" else "")
    git("add", "--all")
    git("commit", "-q", "-m", "one")
    assert changed.changed(tmp_path) == set()
    git("checkout", "-q", "-b", "branch")
    write("committed.py", "1")
    git("commit", "-q", "-a", "-m", "two")
    git("checkout", "-q", "main")
    write("main's.py", "1")
    git("commit", "-q", "-a", "-m", "three")
    assert changed.changed(tmp_path) == set()
    git("checkout", "-q", "branch")
    write("staged.py", "1")
    git("add", "--all")
    write("edited.py", "1")
    write("new.py", "1")
    write("ignored.py", "1")
    (tmp_path / "gone.py").unlink()
    assert changed.changed(tmp_path) == {"committed.py", "staged.py", "edited.py", "new.py", "gone.py"}


@pytest.mark.slow
def test_the_command_prints_paths() -> None:
    """One to a line for pytest, none for everything; what it means is on stderr, and --help says how it decides."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.support.changed", *arguments]
        return subprocess.run(command, cwd=layout.ROOT, capture_output=True, text=True, check=True)

    some = run("--files", "tools.py")
    assert "tests/test_tools.py" in some.stdout.splitlines()
    assert "test modules depend on" in some.stderr
    every = run("--files", "pyproject.toml")
    assert (every.stdout.strip(), every.stderr) == ("", "To run: every unit test.\n")
    assert "left main" in run("--help").stdout
