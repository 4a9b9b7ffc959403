"""CHANGELOG.md has the form of Keep a Changelog, and its newest version is the one that pyproject.toml names."""

import re
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
RELEASE = re.compile(r"## \[(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\] - (\d{4}-\d\d-\d\d)")


def complaints(text: str, version: str) -> list[str]:
    """What is wrong with a changelog of a project that has that version."""
    title, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    if not title.startswith("# Changelog\n"):
        return ["no title"]
    if not sections or not sections[0].startswith("## [Unreleased]\n"):
        return ["[Unreleased] is not on top"]
    found, numbers, dates = list[str](), list[tuple[int, ...]](), list[date]()
    for section in sections:
        heading, _, body = section.partition("\n")
        if section is not sections[0]:
            if not (release := RELEASE.fullmatch(heading)):
                return [f"no heading of a version: {heading}"]
            numbers.append(tuple(map(int, release.groups()[:3])))
            dates.append(date.fromisoformat(release[4]))
            if not body.strip():
                found.append(f"nothing below: {heading}")
        found += [f"{complaint} below: {heading}" for complaint in _of_body(body)]
    if any(newer <= older for newer, older in pairwise(numbers)):
        found.append("versions do not descend")
    if any(newer < older for newer, older in pairwise(dates)):
        found.append("dates do not descend")
    newest = ".".join(map(str, numbers[0])) if numbers else "none"
    if newest != version:
        found.append(f"the newest version is {newest}, pyproject.toml has {version}")
    return found


def _of_body(body: str) -> list[str]:
    """Kinds with entries: each kind once, in the usual order, and nothing outside of them."""
    before, *groups = re.split(r"^### ", body, flags=re.MULTILINE)
    found = ["text without a kind"] if before.strip() else []
    kinds = []
    for group in groups:
        kind, _, entries = group.partition("\n")
        kinds.append(kind)
        lines = [line for line in entries.splitlines() if line]
        if not lines or not lines[0].startswith("- ") or any(not line.startswith(("- ", "  ")) for line in lines):
            found.append(f"no list of entries: {kind}")
    if kinds != [kind for kind in KINDS if kind in kinds]:
        found.append("kinds of change, or their order")
    return found


def test_the_changelog() -> None:
    """Ours has the form, and names the version that pyproject.toml has."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert complaints((ROOT / "CHANGELOG.md").read_text(), version) == []


RIGHT = """# Changelog

## [Unreleased]

## [0.10.0] - 2026-02-02

### Added

- One.
- Two, on
  two lines.

### Fixed

- Three.

## [0.9.0] - 2026-02-02

### Changed

- Four.
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("", "", None),
        ("## [Unreleased]\n", "## [Unreleased]\n\n### Changed\n\n- Five.\n", None),
        ("# Changelog", "# Changes", "no title"),
        ("## [Unreleased]\n\n", "", "[Unreleased] is not on top"),
        ("## [Unreleased]", "## Unreleased", "[Unreleased] is not on top"),
        ("[0.10.0] - ", "[0.10.0] ", "no heading of a version: ## [0.10.0] 2026-02-02"),
        ("[0.10.0]", "0.10.0", "no heading of a version: ## 0.10.0 - 2026-02-02"),
        ("[0.9.0]", "[v0.9]", "no heading of a version: ## [v0.9] - 2026-02-02"),
        ("[0.9.0]", "[0.10.0]", "versions do not descend"),
        ("[0.9.0]", "[0.11.0]", "versions do not descend"),
        ("[0.9.0] - 2026-02-02", "[0.9.0] - 2026-02-03", "dates do not descend"),
        ("[0.10.0]", "[0.10.1]", "the newest version is 0.10.1, pyproject.toml has 0.10.0"),
        ("### Changed\n\n- Four.\n", "", "nothing below: ## [0.9.0] - 2026-02-02"),
        ("### Changed", "### News", "kinds of change, or their order below: ## [0.9.0] - 2026-02-02"),
        ("### Fixed", "### Added", "kinds of change, or their order below: ## [0.10.0] - 2026-02-02"),
        ("### Changed\n\n", "", "text without a kind below: ## [0.9.0] - 2026-02-02"),
        ("- Four.", "Four.", "no list of entries: Changed below: ## [0.9.0] - 2026-02-02"),
        ("- Four.\n", "", "no list of entries: Changed below: ## [0.9.0] - 2026-02-02"),
    ],
)
def test_what_a_changelog_may_not_be(old: str, new: str, complaint: str | None) -> None:
    """The check finds each mistake, and that one alone."""
    assert complaints(RIGHT.replace(old, new, 1), "0.10.0") == ([complaint] if complaint else [])


def test_a_date_that_is_none() -> None:
    """The calendar decides."""
    with pytest.raises(ValueError, match="day is out of range"):
        complaints(RIGHT.replace("2026-02-02", "2026-02-30"), "0.10.0")
