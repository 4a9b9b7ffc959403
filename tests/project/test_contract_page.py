"""docs/contract.md: every rule of the two services names the tests that show it, and each of these is there.

Section 0 is held both ways: a test whose name begins with a point's number is in its table. Left out is whether a test
shows what the page says: it has to be read for that, and `make contract` asks the services themselves.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent
CONTRACT = (TESTS.parent / "docs" / "contract.md").read_text()
POINTS = range(1, 21)
NOT_OURS = {"1.9", "2.5"}
"""Sections about what we do not use."""

_NAMED = re.compile(r"`(test_\w+)`")


def there() -> set[str]:
    """The name of every test."""
    trees = (ast.parse(path.read_text()) for path in TESTS.rglob("test_*.py"))
    functions = (
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {function.name for function in functions if function.name.startswith("test_")}


def sections(text: str) -> dict[str, str]:
    """The sections of the page by number."""
    parts = re.split(r"^##? (\d(?:\.\d+)?) ?.*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def without_tests(text: str) -> Iterator[str]:
    """The sections of parts 1 and 2, and their points, that name no test."""
    for number, section in sections(text).items():
        if number[0] == "0" or "." not in number or number in NOT_OURS:
            continue
        points = re.findall(r"^- (?:.+\n)(?:(?:  .*)?\n)*", section, re.MULTILINE)
        yield from (f"{number}: {rule.splitlines()[0]}" for rule in points if not _NAMED.search(rule))
        if not _NAMED.search(section):
            yield number


def test_every_test_that_is_named_is_there() -> None:
    """No rule is shown by a test that was renamed or taken out."""
    named = set(_NAMED.findall(CONTRACT))
    assert len(named) > 100
    assert sorted(named - there()) == []


def test_every_measured_point_is_named_with_its_tests() -> None:
    """All tests of 0.1 to 0.20 are in the table of 0.21, each beside its point, and each point has one at least."""
    table = sections(CONTRACT)["0.21"]
    shown = {
        (point, name)
        for point, tests in re.findall(r"^\| 0\.(\d+) (\|.*)$", table, re.M)
        for name in _NAMED.findall(tests)
    }
    measured = {(name.split("_")[2], name) for name in there() if re.match(r"test_0_\d+_", name)}
    assert shown == measured
    assert {int(point) for point, _ in shown} == set(POINTS)


def test_every_rule_names_a_test() -> None:
    """Each point of a list in parts 1 and 2, and each section."""
    assert list(without_tests(CONTRACT)) == []


def test_a_rule_without_a_test_is_found() -> None:
    """In a list, behind other points, over several lines; and a section without any."""
    listed = "- a\n  b `test_a`\n- c\n  d\n  - e\n"
    page = f"# 1 One\n\n## 1.1 A\n\n{listed}\n## 1.2 B\n\nx\n\n## 1.9 C\n\n- y\n\n## 2.1 D\n\n`test_d`\n"
    assert list(without_tests(page)) == ["1.1: - c", "1.2"]
