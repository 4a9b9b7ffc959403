"""Every failure of a real call, and every trap that an earlier bot fell into, has a test that names its number.

R: happened in a real test call; X: found by running an earlier bot; some numbers do not exist. A number counts as named
in the name or the docstring of a test, in the id of one of its cases, or in the table that they come from; not in a
comment, a module's docstring or the body of a test. What the test shows is for its reader to judge. The numbers are the
entries of docs/catalogue.md.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
CATALOGUE = TESTS.parent / "docs/catalogue.md"
_ENTRY = re.compile(r"^- \*\*([RX]\d+)\*\*", re.MULTILINE)
_NUMBER = re.compile(r"(?<!\w)[RX]\d{1,3}(?!\w)")
_SPAN = re.compile(r"(?<!\w)([RX])(\d{1,3}) to \1(\d{1,3})(?!\w)")


FAILURES = _ENTRY.findall(CATALOGUE.read_text())


def named_in(text: str) -> set[str]:
    """The numbers in a text; "R3 to R7" are five."""
    spans = ((m[1], range(int(m[2]), int(m[3]) + 1)) for m in _SPAN.finditer(text))
    return {*_NUMBER.findall(text), *(f"{letter}{n}" for letter, span in spans for n in span)}


def texts_of(module: ast.Module) -> Iterator[str]:
    """What a module says of its tests: their names and docstrings, their cases, and the tables of the module."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name
            yield ast.get_docstring(node) or ""
            for decorator in node.decorator_list:
                yield from strings(decorator)
    for statement in module.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            yield from strings(statement.value)


def strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def named() -> dict[str, list[str]]:
    """Where each number is named."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("*.py")):
        if path.name in (Path(__file__).name, "test_references.py"):  # What these name is wrong on purpose.
            continue
        said = {number for text in texts_of(ast.parse(path.read_text())) for number in named_in(text)}
        for number in said:
            found.setdefault(number, []).append(path.name)
    return found


def test_the_list_is_whole() -> None:
    """100 entries, none twice."""
    assert len(FAILURES) == len(set(FAILURES)) == 100


@pytest.mark.parametrize("text", ["# R10", "R10 in a body", "the module's R10"])
def test_what_is_no_name(text: str) -> None:
    """A comment, a body and a module's docstring name nothing."""
    module = f'"""{text}"""\ndef test_a():\n    """A rule."""\n    x = "{text}"  # {text}\n'
    assert not {number for said in texts_of(ast.parse(module)) for number in named_in(said)}


def test_what_is_a_name() -> None:
    """Name, docstring, case and table."""
    module = 'T = [("R1", 1)]\n@mark(("R2",))\ndef test_a_R3_b():\n    """R4 to R6, X1."""\n'
    said = {number for text in texts_of(ast.parse(module)) for number in named_in(text)}
    assert said == {"R1", "R2", "R4", "R5", "R6", "X1"}


def test_every_failure_is_named_in_a_test() -> None:
    """And no test names one that does not exist."""
    found = named()
    assert [number for number in FAILURES if number not in found] == []
    assert sorted(set(found) - set(FAILURES)) == []
