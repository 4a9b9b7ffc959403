"""What git commit runs once `make hooks` has installed it: the commands of `make lint`, on what is committed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def test_the_hooks_are_what_make_lint_runs() -> None:
    """In its order, all local, from the environment of the project."""
    assert [repository["repo"] for repository in HOOKS] == ["local"]
    entries = [hook["entry"] for hook in HOOKS[0]["hooks"]]
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "VENV"))}
    command = [shutil.which("make") or "make", "-n", "lint", "VENV=.venv", "STAMP="]
    planned = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout
    assert [line.removesuffix(" .") for line in planned.splitlines()] == entries
    assert {hook["language"] for hook in HOOKS[0]["hooks"]} == {"system"}


def test_a_commit_is_judged_by_what_it_has(tmp_path: Path) -> None:
    """A badly formatted module is refused; what is not staged neither counts nor is lost."""
    # Those left out judge the whole project, which is not here.
    environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environ |= {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "SKIP": "packages,layout,mypy"}

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=A", "-c", "user.email=a@b.test"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )

    git("init", "-q")
    for name in (".pre-commit-config.yaml", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    install = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(install, cwd=tmp_path, env=environ, capture_output=True, check=True)

    module = tmp_path / "module.py"
    module.write_text("x  =  1\n")
    git("add", ".pre-commit-config.yaml", "pyproject.toml", ".gitignore", "module.py")
    refused = git("commit", "-m", "one")
    assert (refused.returncode, "make fmt mends it" in refused.stderr) == (1, True), refused.stderr
    module.write_text("x = 1\n")
    git("add", "module.py")
    module.write_text("x  =  1\n")
    taken = git("commit", "-m", "one")
    assert taken.returncode == 0, taken.stderr
    assert git("show", "HEAD:module.py").stdout == "x = 1\n"
    assert module.read_text() == "x  =  1\n"
