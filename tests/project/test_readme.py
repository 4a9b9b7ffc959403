"""Every statement of README.md names what shows it: readme_statements.yaml, beside this module.

A statement is a sentence of prose, a row of a table, a line of an indented block (a command, or a line of the figure),
or a picture; headings, and the first row of a table, say nothing. An entry finds its statement by its first words
(`says`), and has either `shown_by`, tests and commands, or `about: other page`, for a mere pointer to another page,
which test_references.py looks up. Left out is whether a test shows what the sentence says: it has to be read for that.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
ENTRIES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "readme_statements.yaml").read_text())
OTHER_PAGE = "other page"

_WHOLE = re.compile(r"`[^`]*`|!\[[^\]]*\]\([^)]*\)")
_SENTENCE_ENDS = re.compile(r"[.?!][\"')*]* +(?=[\"'(*]*[A-Z0-9]|[`\[])")
_LIST_ITEM = re.compile(r"(?:[-*]|\d+\.) +")
_NODE = re.compile(r"(tests/[\w/]+\.py)::(\w+)(\[.+\])?")
_MAKE = re.compile(r"make ([a-z][a-z-]*)\b.*")
_MODULE = re.compile(r"python -m ([a-z_]\w*(?:\.\w+)*)\b.*")


def statements(page: str) -> list[str]:
    """What a page says, in its order; each on one line."""
    said: list[str] = []
    for block in re.split(r"\n\s*\n", page):
        lines = [line for line in block.splitlines() if line.strip()]
        while lines and lines[0].startswith("#"):
            del lines[0]
        if not lines:
            continue
        if lines[0].startswith("    "):
            said += [one_line(line) for line in lines]
        elif lines[0].startswith("|"):
            said += [one_line(row) for row in rows(lines)]
        else:
            for paragraph in paragraphs(lines):
                said += sentences(paragraph)
    return said


def one_line(text: str) -> str:
    """Its words with one blank between them."""
    return " ".join(text.split())


def rows(table: list[str]) -> list[str]:
    """All but the heads of the columns and the rule below them."""
    ruled = len(table) > 1 and re.fullmatch(r"[|:\- ]+", table[1])
    return table[2:] if ruled else table


def paragraphs(lines: list[str]) -> Iterator[str]:
    """A list's items one by one, with what goes on below them; anything else is one."""
    begun: list[str] = []
    for line in lines:
        if begun and _LIST_ITEM.match(line):
            yield one_line(" ".join(begun))
            begun = []
        begun.append(_LIST_ITEM.sub("", line, count=1) if _LIST_ITEM.match(line) else line)
    yield one_line(" ".join(begun))


def sentences(paragraph: str) -> list[str]:
    """Cut behind a sign that ends one, before what begins another; never inside of backticks or of a picture."""
    plain = _WHOLE.sub(lambda whole: "`" + "x" * (len(whole[0]) - 2) + "`", paragraph)
    ends = [found.end() for found in _SENTENCE_ENDS.finditer(plain)]
    return [paragraph[a:b].strip() for a, b in zip([0, *ends], [*ends, len(paragraph)], strict=True)]


def uncovered(said: list[str], entries: list[dict[str, Any]]) -> list[str]:
    """Statements without an entry or with two, entries without a statement or with two."""
    missed = []
    for statement in said:
        if (found := sum(statement.startswith(entry["says"]) for entry in entries)) != 1:
            missed.append(f"{found} entries: {statement}")
    for entry in entries:
        if (found := sum(statement.startswith(entry["says"]) for statement in said)) != 1:
            missed.append(f"{found} statements: {entry['says']}")
    return missed


def without_showing(said: list[str], entries: list[dict[str, Any]]) -> list[str]:
    """Entries that name nothing, both, or another page where the statement has no link to one."""
    missed = []
    for entry in entries:
        linked = any(statement.startswith(entry["says"]) and "](" in statement for statement in said)
        pointer = set(entry) == {"says", "about"} and entry["about"] == OTHER_PAGE and linked
        shown = set(entry) == {"says", "shown_by"} and isinstance(entry["shown_by"], list) and entry["shown_by"]
        if not (pointer or shown):
            missed.append(entry["says"])
    return missed


@cache
def functions(path: Path) -> Mapping[str, bool]:
    """The tests of a module, and whether each has cases."""
    tree = ast.parse(path.read_text())
    return {
        node.name: any("parametrize" in ast.unparse(decorator) for decorator in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def not_there(shown_by: str, root: Path = ROOT) -> str:
    """Why what is to show a statement does not exist; empty if it does."""
    if node := _NODE.fullmatch(shown_by):
        path, name, case = node.groups()
        if not (root / path).is_file():
            return "no such module"
        tests = functions(root / path)
        if name not in tests:
            return "no such test"
        return "it has no cases" if case and not tests[name] else ""
    if make := _MAKE.fullmatch(shown_by):
        phony = re.findall(r"^\.PHONY: (.+)$", (root / "Makefile").read_text(), re.MULTILINE)
        return "" if make[1] in {target for names in phony for target in names.split()} else "no such target"
    if module := _MODULE.fullmatch(shown_by):
        path = root / module[1].replace(".", "/")
        return "" if path.with_suffix(".py").is_file() or (path / "__main__.py").is_file() else "no such module"
    return "neither a test nor a command"


def shown(entries: list[dict[str, Any]]) -> list[str]:
    """All that is named, each once, in order."""
    return list(dict.fromkeys(one for entry in entries for one in entry.get("shown_by", ())))


def collected(nodes: list[str], root: Path = ROOT) -> set[str]:
    """What pytest finds in the modules of these."""
    modules = sorted({node.partition("::")[0] for node in nodes})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *modules]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines())


def test_every_statement_has_one_entry() -> None:
    """And every entry one statement: what is new, changed at its beginning or gone is found."""
    assert uncovered(statements(README), ENTRIES) == []


def test_every_entry_names_what_shows_it() -> None:
    """Or that it only points to another page."""
    assert without_showing(statements(README), ENTRIES) == []


def test_what_is_named_is_there() -> None:
    """Each test, each target of the Makefile, each module."""
    assert {one: why for one in shown(ENTRIES) if (why := not_there(one))} == {}


@pytest.mark.slow
def test_each_case_that_is_named_is_collected() -> None:
    """A single case of a test is one that pytest finds."""
    cases = [one for one in shown(ENTRIES) if one.endswith("]")]
    assert cases
    assert sorted(set(cases) - collected(cases)) == []


PAGE = """# A page. No statement

One. Two "three." Four `a. B` and
five? `Six` 1.2 and ... seven!

    make one    # a remark. Another
      > a line of a figure

## Another heading

| what | how |
|---|---|
| a. B | c |
| d | e |

![A picture. Of it](a.svg)

- [a](README.md): an item
  goes on. It ends
- another **one.** And more
"""
SAID = [
    "One.", 'Two "three."', "Four `a. B` and five?", "`Six` 1.2 and ... seven!", "make one # a remark. Another",
    "> a line of a figure", "| a. B | c |", "| d | e |", "![A picture. Of it](a.svg)",
    "[a](README.md): an item goes on.",
    "It ends", "another **one.**", "And more",
]  # fmt: skip


def entry(says: str, **more: Any) -> dict[str, Any]:
    """One of the file."""
    return {"says": says, **more}


def test_a_page_is_cut_into_what_it_says() -> None:
    """Headings say nothing; a sentence does not end in backticks, in a number or before a small letter."""
    assert statements(PAGE) == SAID


@pytest.mark.parametrize("gone", SAID)
def test_a_statement_that_nothing_covers_is_found(gone: str) -> None:
    """Whichever it is."""
    assert uncovered(SAID, [entry(says) for says in SAID]) == []
    assert uncovered(SAID, [entry(says) for says in SAID if says != gone]) == [f"0 entries: {gone}"]


def test_an_entry_for_none_or_for_two_is_found() -> None:
    """And a statement that two are for."""
    entries = [entry("It is"), entry("It was"), entry("Gone"), entry("It was so")]
    assert uncovered(["It is so.", "It is not.", "It was so."], entries) == [
        "2 entries: It was so.", "2 statements: It is", "0 statements: Gone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    [
        entry("A"), entry("A", shown_by=[]), entry("A", shown_by="make test"), entry("A", about="nothing"),
        entry("A", about=OTHER_PAGE, shown_by=["make test"]), entry("A", shown_by=["make test"], why="so"),
        entry("B", about=OTHER_PAGE),
    ],
)  # fmt: skip
def test_an_entry_that_shows_nothing_is_found(bad: dict[str, Any]) -> None:
    """Nothing, an empty list, both, a word too much, or a page where there is no link."""
    said = ["A: [a](README.md)", "B without a link."]
    assert without_showing(said, [entry("A", about=OTHER_PAGE), entry("B", shown_by=["make test"])]) == []
    assert without_showing(said, [bad]) == [bad["says"]]


@pytest.mark.parametrize(
    ("shown_by", "why"),
    [
        ("tests/test_a.py::test_one", ""),
        ("tests/test_a.py::test_many", ""),
        ("tests/test_a.py::test_many[a-b]", ""),
        ("make call SCENARIO=a", ""),
        ("python -m tests.test_a --x", ""),
        ("tests/test_a.py::test_one[a]", "it has no cases"),
        ("tests/test_a.py::test_none", "no such test"),
        ("tests/test_a.py::helper", "no such test"),
        ("tests/test_a.py::test_inside", "no such test"),
        ("tests/test_b.py::test_one", "no such module"),
        ("make calls", "no such target"),
        ("python -m tests.test_b", "no such module"),
        ("tests/test_a.py", "neither a test nor a command"),
        ("somebody looked", "neither a test nor a command"),
    ],
)
def test_what_is_not_there_is_found(tmp_path: Path, shown_by: str, why: str) -> None:
    """A test is a function of its module, with cases or without."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "Makefile").write_text(".PHONY: call test\n")
    (tmp_path / "tests/test_a.py").write_text(
        "def test_one():\n    def test_inside(): ...\n\ndef helper(): ...\n\n"
        "@pytest.mark.parametrize('x', [])\nasync def test_many(x): ...\n"
    )
    assert not_there(shown_by, tmp_path) == why


@pytest.mark.slow
def test_a_case_that_is_not_there_is_found(tmp_path: Path) -> None:
    """By what pytest itself collects."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text(
        "import pytest\n\n@pytest.mark.parametrize('x', ['a:b'])\ndef test_many(x): ...\n"
    )
    found = collected(["tests/test_a.py::test_many[c]"], tmp_path)
    assert "tests/test_a.py::test_many[a:b]" in found
    assert "tests/test_a.py::test_many[c]" not in found
