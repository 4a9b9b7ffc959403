"""The limits that only tighten: the coverage's floor, and the list of files with a function that is too complex."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent


def floor(project: dict[str, Any]) -> float:
    """The percentage that `make coverage` asks for."""
    return float(project["tool"]["coverage"]["report"]["fail_under"])


def complex_files(project: dict[str, Any]) -> list[str]:
    """The files whose functions may be more complex than the limit."""
    ignores = project["tool"]["ruff"]["lint"]["per-file-ignores"]
    listed = [names.strip("{}").split(",") for names, rules in ignores.items() if "C901" in rules]
    return [name for names in listed for name in names]


def now() -> dict[str, Any]:
    """pyproject.toml as it is."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def before(line: str) -> Iterator[dict[str, Any]]:
    """pyproject.toml as it was in every commit that changed such a line and left one."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    for commit in git("log", "--format=%H", f"-G{line}", "--", "pyproject.toml").split():
        text = git("show", f"{commit}:pyproject.toml")
        if line in text:
            yield tomllib.loads(text)


def test_the_floor_of_coverage_only_rises() -> None:
    """It is measured in branches, and not below what any commit before asked for."""
    assert now()["tool"]["coverage"]["run"]["branch"] is True
    assert floor(now()) >= max(map(floor, before("fail_under")), default=0)


def test_the_list_of_complex_files_only_shrinks() -> None:
    """It is not longer than in any commit before."""
    assert len(complex_files(now())) <= min(
        (len(complex_files(p)) for p in before("C901")), default=len(complex_files(now()))
    )


def test_no_file_may_be_complex_without_need() -> None:
    """Each file of the list is there, and has a function above the limit: one that was divided leaves the list."""
    listed = complex_files(now())
    limit = now()["tool"]["ruff"]["lint"]["mccabe"]["max-complexity"]
    assert [name for name in listed if not (ROOT / name).is_file()] == []
    options = ["--isolated", "--select=C901", f"--config=lint.mccabe.max-complexity={limit}", "--output-format=concise"]
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *options, *listed],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert {line.split(":")[0] for line in ran.stdout.splitlines() if "C901" in line} == set(listed)
