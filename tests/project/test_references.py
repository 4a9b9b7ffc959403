"""Every reference resolves: catalogue numbers, pages and sections, links, paths, settings, scenarios, faults, commands.

Looked at is every tracked text of the kinds in READ; of a module's text, where code may look the same, its docstrings
and remarks. Each check takes texts and returns what it missed, one line for each, so that it can be shown to miss
something. This module is left out: what it plants is wrong on purpose. CHANGELOG.md may name what was.

Left out, since it would need guessing: in docstrings of tests a file's name without its folder (they make files of
their own); in docstrings a setting, and a path outside the folders of ours; in pages a name in capitals without an
underscore or not in backticks; `--scenario` and `--fault` of a command line; strings of the code that are no
docstrings; what the Makefile runs, which ends with an error by itself; whether a heading still says what it was
referred to for.
"""

import ast
import io
import posixpath
import re
import subprocess
import tokenize
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

from simulator.faults import Faults
from simulator.scenarios import scenario

ROOT = Path(__file__).parent.parent.parent
READ = ("*.py", "*.md", "*.yaml", "*.sh", "Makefile", "Dockerfile", "fly.toml", "pyproject.toml", ".env.example")
CATALOGUE = "docs/catalogue.md"
AT_THE_ROOT = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
PAGES_WITH_PATHS = ("docs/*.md", "README.md", "CONTRIBUTING.md")
# What pages name in backticks and the repository does not hold: what is made or private, and what is no path.
NOT_OURS = (".env", ".git", ".venv", ".venv/*", "calls", "calls/*", "data", "data/*", "America/*", "*.local")

# A capital R or X and a number without a leading zero, as a word of its own. So R0, R22_RETROFIT, R410A and digits of a
# hash are none. In YAML only remarks are looked at: what callers say there may be the name of a refrigerant or a model.
_NUMBER = re.compile(r"(?<!\w)[RX][1-9]\d{0,2}(?!\w)")
_ENTRY = re.compile(r"^- \*\*([RX]\d+)\*\*", re.MULTILINE)
_REMARK = re.compile(r"(?:^|\s)#.*")

# A page, and what of it is meant: "contract.md 1.3, 1.4 and 1.8", "contract.md part 1", "section 1.3 of contract.md",
# 'design.md, "How a call ends"'; in backticks and behind a link too, and over the end of a line, of a remark's as well.
_GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:# ?)?)"
_SECTION = r"\d+(?:\.\d+)*"
_SEVERAL = rf"{_SECTION}(?:(?:/|(?:,|{_GAP}and|{_GAP}or|{_GAP}to){_GAP}){_SECTION})*"
_SECTIONS = rf"(?:(?:part|sections?){_GAP})?(?P<sections>{_SEVERAL})"
_PAGE = r"[\w./-]*\w\.md"
_MENTION = re.compile(
    rf"(?:\b[Ss]ections?{_GAP}(?P<before>{_SEVERAL}){_GAP}of{_GAP}[`\[]{{0,2}})?"
    rf"(?<![\w./:*-])(?P<page>{_PAGE})\b`?(?:\]\([^)\n]*\))?"
    rf'(?:{_GAP}{_SECTIONS}|,?{_GAP}"(?P<words>[^"]+)")?'
)
# Of a page, a section of its own: "see section 6".
_OWN = re.compile(rf"(?<!\.md )(?<!\.md` )\b[Ss]ections?{_GAP}(?P<sections>{_SEVERAL})(?!\.?\d)(?!{_GAP}of\b)")
_DECISION = re.compile(rf"\bdecisions?(?:/|{_GAP})(0\d{{3}})(?![\w-])")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1[^\n]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]: +(\S+)", re.MULTILINE)
_PATH_ENDS = (".py", ".md", ".yaml", ".toml", ".sh", ".svg", ".lock")
_PATH = re.compile(r"(?<![\w./:*<>{}$~-])(?:[\w-]+/)+(?:[\w-]+\.(?:py|md|yaml|toml|sh|svg)\b|(?![\w/*<{]|\.\w))")
_BARE = re.compile(r"(?<![\w./:*<>{}$~-])[a-z_]\w*\.(?:py|sh|svg)\b(?![\w/])")
_SETTING = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`\n]*)?`")
_WORD = re.compile(r"\w+")
_CHOICE = re.compile(r"(?<![\w$(])(SCENARIO|FAULT)='?(\w[\w:,]*)")
_MODULE = re.compile(r"python -m ([a-z_]\w*(?:\.\w+)*)")
_MAKE = re.compile(r"`make ([a-z][a-z-]*)")
_MAKE_INDENTED = re.compile(r"^ {4,}make ([a-z][a-z-]*)", re.MULTILINE)

Texts = Mapping[str, str]
"""Path from the root, and what is in the file."""


def miss(path: str, text: str, at: int, what: str, why: str) -> str:
    """One line: where, what, and why it does not resolve."""
    return f"{path}:{text.count(chr(10), 0, at) + 1}: {' '.join(what.split())}: {why}"


def without_fences(text: str) -> str:
    """A page without its blocks of code; every line stays where it is."""
    return _FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)


@cache
def prose(path: str, text: str) -> str:
    """A text in which everything is blank that is for no reader: of a module, all but docstrings and remarks."""
    if not path.endswith(".py"):
        return text
    said = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr))
    rows = {node.lineno for node in said if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)}
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    kept = list(re.sub(r"[^\n]", " ", text))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        (row, column), (last, end) = token.start, token.end
        docstring = token.type == tokenize.STRING and row in rows and not lines[row - 1][:column].strip()
        if docstring or token.type == tokenize.COMMENT:
            span = slice(starts[row - 1] + column, starts[last - 1] + end)
            kept[span] = text[span]
    return "".join(kept)


def about_now(texts: Texts, *more: str) -> Iterator[tuple[str, str]]:
    """The pages that say what is so, and of every module what is for readers; `more` are names of other files."""
    for path, text in texts.items():
        if path.endswith(".py") or any(fnmatchcase(path, pattern) for pattern in (*PAGES_WITH_PATHS, *more)):
            yield path, prose(path, text)


def headings(text: str) -> list[str]:
    """The headings of a page as they are read: without backticks, stars and addresses of links."""
    found = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h) for h in _HEADING.findall(without_fences(text)))
    return [re.sub(r"[`*]", "", heading).strip() for heading in found]


def slugs(text: str) -> set[str]:
    """The anchors of a page by GitHub's rule: lower case, signs gone, blanks to hyphens, repeats numbered."""
    seen: dict[str, int] = {}
    anchors = set()
    for heading in headings(text):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        times = seen[slug] = seen.get(slug, -1) + 1
        anchors.add(f"{slug}-{times}" if times else slug)
    return anchors


def numbers(path: str, text: str) -> Iterator[tuple[int, str]]:
    """The numbers of the catalogue that a text names, and where."""
    parts = _REMARK.finditer(text) if path.endswith(".yaml") else re.finditer(r"[^\n]+", text)
    for part in parts:
        for found in _NUMBER.finditer(part[0]):
            yield part.start() + found.start(), found[0]


def unknown_numbers(texts: Texts) -> list[str]:
    """Numbers that the catalogue has no entry for."""
    known = set(_ENTRY.findall(texts.get(CATALOGUE, "")))
    return [
        miss(path, text, at, number, "no entry of the catalogue")
        for path, text in texts.items()
        for at, number in numbers(path, text)
        if number not in known
    ]


def page_of(mention: str, path: str, texts: Texts) -> str | None:
    """The file that a page's name means in `path`: beside it, from the root, or in docs/; letters' case is free."""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), mention))
    at_the_root = "/" in mention or mention in AT_THE_ROOT
    wanted = (mention, beside) if at_the_root else (f"docs/{mention}", beside)
    by_lower_case = {name.lower(): name for name in texts}
    return next((found for name in wanted if (found := by_lower_case.get(name.lower()))), None)


def missing_sections(page: str, text: str, sections: str | None) -> list[str]:
    """Those of the sections that a page does not have."""
    begins = {s: re.compile(rf"{re.escape(s)}(?!\.?\d)") for s in re.findall(_SECTION, sections or "")}
    return [s for s, begin in begins.items() if not any(begin.match(heading) for heading in headings(text))]


def unresolved_pages(texts: Texts) -> list[str]:
    """Mentions of a page that does not exist, or of a section that it does not have."""
    missed = []
    for path, text in texts.items():
        for found in _MENTION.finditer(text):
            page = page_of(found["page"], path, texts)
            if page is None:
                missed.append(miss(path, text, found.start(), found[0], "no such page"))
                continue
            for sections in (found["before"], found["sections"]):
                for section in missing_sections(page, texts[page], sections):
                    missed.append(miss(path, text, found.start(), found[0], f"{page} has no section {section}"))
            words = re.sub(r"\s+(?:# )?", " ", found["words"] or "")
            if words and not any(words in heading for heading in headings(texts[page])):
                missed.append(miss(path, text, found.start(), found[0], f"{page} has no such heading"))
        for found in _OWN.finditer(text) if path.endswith(".md") else ():
            for section in missing_sections(path, text, found["sections"]):
                missed.append(miss(path, text, found.start(), found[0], f"it has no section {section}"))
    return missed


def unknown_decisions(texts: Texts, files: Collection[str]) -> list[str]:
    """Decisions by a number that no page has."""
    return [
        miss(path, text, found.start(), found[0], "no such decision")
        for path, text in texts.items()
        for found in _DECISION.finditer(text)
        if not exists(f"docs/decisions/{found[1]}-*.md", files)
    ]


def exists(path: str, files: Collection[str]) -> bool:
    """Whether it is a tracked file or folder; a pattern: whether any fits."""
    path = posixpath.normpath(path)
    if any(c in path for c in "*?["):
        return any(fnmatchcase(file, path) for file in files)
    return path == "." or path in files or any(file.startswith(f"{path}/") for file in files)


def broken_links(texts: Texts, files: Collection[str]) -> list[str]:
    """Links of Markdown pages to a file that is not there, or to an anchor that it does not have."""
    missed = []
    for path, text in texts.items():
        if not path.endswith(".md"):
            continue
        plain = _CODE.sub(lambda code: " " * len(code[0]), without_fences(text))
        for found in _LINK.finditer(plain):
            target = found[1] or found[2]
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if name else path
            if not exists(page, files):
                missed.append(miss(path, plain, found.start(), target, "no such file"))
            elif anchor and anchor not in slugs(texts.get(page, "")):
                missed.append(miss(path, plain, found.start(), target, "no such anchor"))
    return missed


def named_paths(text: str) -> Iterator[tuple[int, str]]:
    """What a page names in backticks that looks like a path of ours; no command, address, placeholder or route."""
    plain = without_fences(text)
    for found in _CODE.finditer(plain):
        name = found[1]
        if re.search(r"\s|://|[<>{}$=()|…]", name) or name.startswith(("/", "-")) or "..." in name:
            continue
        if "/" in name or name.endswith(_PATH_ENDS):
            yield found.start(), name


def missing_paths(texts: Texts, files: Collection[str]) -> list[str]:
    """Paths named by the pages that are not there: from the root, from the page, or a file's bare name."""
    missed = []
    bare = {posixpath.basename(file) for file in files}
    for path, text in texts.items():
        if not any(fnmatchcase(path, pattern) for pattern in PAGES_WITH_PATHS):
            continue
        for at, name in named_paths(text):
            beside = posixpath.join(posixpath.dirname(path), name)
            known = name in bare or exists(name, files) or exists(beside, files)
            if not known and not any(fnmatchcase(name.rstrip("/"), pattern) for pattern in NOT_OURS):
                missed.append(miss(path, text, at, name, "no such path"))
    return missed


def missing_paths_of_modules(texts: Texts, files: Collection[str]) -> list[str]:
    """Paths in folders of ours that docstrings and remarks name and that are not there; bare names outside of tests."""
    missed = []
    folders = {file.split("/")[0] for file in files if "/" in file}
    bare = {posixpath.basename(file) for file in files}
    for path, text in texts.items():
        if not path.endswith(".py"):
            continue
        for found in _PATH.finditer(prose(path, text)):
            name = found[0]
            beside = posixpath.join(posixpath.dirname(path), name)
            if name.split("/")[0] in folders and not exists(name, files) and not exists(beside, files):
                missed.append(miss(path, text, found.start(), name, "no such path"))
        for found in _BARE.finditer(prose(path, text)) if not path.startswith("tests/") else ():
            if found[0] not in bare:
                missed.append(miss(path, text, found.start(), found[0], "no such file"))
    return missed


def unknown_settings(texts: Texts) -> list[str]:
    """Names in capitals that pages have in backticks and that no other text has: no setting, and no name of ours."""
    known = {word for path, text in texts.items() if not path.endswith(".md") for word in _WORD.findall(text)}
    return [
        miss(path, text, found.start(), found[1], "no such setting")
        for path, text in texts.items()
        if any(fnmatchcase(path, pattern) for pattern in PAGES_WITH_PATHS)
        for found in _SETTING.finditer(text)
        if found[1] not in known
    ]


def unknown_choices(texts: Texts, scenarios: Collection[str]) -> list[str]:
    """SCENARIO=... and FAULT=... that the simulator would not take."""
    missed = []
    for path, text in about_now(texts, "Makefile"):
        for found in _CHOICE.finditer(text):
            what, value = found[1], found[2].rstrip(":,")
            try:
                why = "" if what == "FAULT" or value in scenarios else "no such scenario"
                if what == "FAULT":
                    Faults.parse(value)
            except ValueError as error:
                why = str(error)
            if why:
                missed.append(miss(path, text, found.start(), f"{what}={value}", why))
    return missed


def unknown_commands(texts: Texts, files: Collection[str]) -> list[str]:
    """`make x` without a target x, `python -m x` without a module x."""
    phony = re.findall(r"^\.PHONY: (.+)$", texts.get("Makefile", ""), re.MULTILINE)
    targets = {target for names in phony for target in names.split()}
    missed = []
    for path, text in about_now(texts):
        makes = [_MAKE] if path.endswith(".py") else [_MAKE, _MAKE_INDENTED]
        for found in (found for pattern in makes for found in pattern.finditer(text)):
            if found[1] not in targets:
                missed.append(miss(path, text, found.start(), f"make {found[1]}", "no such target"))
        for found in _MODULE.finditer(text):
            module = found[1].replace(".", "/")
            if f"{module}.py" not in files and f"{module}/__main__.py" not in files:
                missed.append(miss(path, text, found.start(), found[0], "no such module"))
    return missed


@pytest.fixture(scope="module")
def files() -> frozenset[str]:
    """The tracked files that are there."""
    ran = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(name for name in ran.stdout.split("\0") if name and (ROOT / name).is_file())


@pytest.fixture(scope="module")
def texts(files: frozenset[str]) -> Texts:
    """The texts that are looked at."""
    mine = Path(__file__).relative_to(ROOT).as_posix()
    read = [file for file in sorted(files) if any(fnmatchcase(file.rpartition("/")[2], pattern) for pattern in READ)]
    return {file: (ROOT / file).read_text() for file in read if file != mine}


def assert_none(missed: list[str]) -> None:
    """All that was missed is shown, one line for each."""
    assert not missed, f"{len(missed)} do not resolve:\n" + "\n".join(missed)


def test_every_number_is_in_the_catalogue(texts: Texts) -> None:
    """R and X numbers, wherever they stand."""
    assert_none(unknown_numbers(texts))


def test_the_catalogue_has_each_number_once(texts: Texts) -> None:
    """An entry begins its line."""
    entries = _ENTRY.findall(texts[CATALOGUE])
    assert entries
    assert sorted(entries) == sorted(set(entries))


def test_every_page_and_section_exists(texts: Texts) -> None:
    """Pages by their names, sections by number or words."""
    assert_none(unresolved_pages(texts))


def test_every_link_leads_somewhere(texts: Texts, files: frozenset[str]) -> None:
    """Files and anchors."""
    assert_none(broken_links(texts, files))


def test_every_path_that_a_page_names_exists(texts: Texts, files: frozenset[str]) -> None:
    """In docs/, README.md and CONTRIBUTING.md."""
    assert_none(missing_paths(texts, files))


def test_every_path_that_a_docstring_names_exists(texts: Texts, files: frozenset[str]) -> None:
    """And a remark."""
    assert_none(missing_paths_of_modules(texts, files))


def test_every_setting_that_a_page_names_exists(texts: Texts) -> None:
    """Or is another name in capitals that stands in the code."""
    assert_none(unknown_settings(texts))


def test_every_scenario_and_fault_can_be_chosen(texts: Texts) -> None:
    """In pages, docstrings, remarks and the Makefile."""
    assert_none(unknown_choices(texts, {*scenario.names(), "all"}))


def test_every_decision_has_its_page(texts: Texts, files: frozenset[str]) -> None:
    """By number."""
    assert_none(unknown_decisions(texts, files))


def test_every_command_exists(texts: Texts, files: frozenset[str]) -> None:
    """Each `make` with a target of the Makefile, each `python -m` with a module."""
    assert_none(unknown_commands(texts, files))


PAGE = """# The page
# 1. First
## 1.2 `lookup` of *callers*
### 1.10 Last
## When things break
```
# 7 no heading
```
"""
TEXTS = {CATALOGUE: "- **R1** A. Code: b.\n- **X3** C, like R1.\n", "docs/page.md": PAGE, "README.md": "# Top\n# Top\n"}
FILES = frozenset({*TEXTS, "call/session.py", "tests/test_a.py"})


def planted(path: str, text: str) -> dict[str, str]:
    """The texts above with one more."""
    return {**TEXTS, path: text}


@pytest.mark.parametrize(
    ("path", "text", "missed"),
    [
        pytest.param("a.py", '"""As in R1, X3 and R2."""', ["R2"], id="a docstring"),
        pytest.param("a.py", "# R1\nx = 1  # R4-R6", ["R4", "R6"], id="a remark, a span"),
        pytest.param("a.yaml", "# R7\n- {say: R22 and X9}  # X4", ["R7", "X4"], id="in YAML only remarks"),
        pytest.param("a.py", "R0 R22_RETROFIT R410A XR15 X-Key 0x1R3 deadR1 R1000", [], id="no number"),
        pytest.param("docs/page.md", "(R3)", ["R3"], id="a page"),
        pytest.param("bench/a.sh", "# R9", ["R9"], id="a script"),
        pytest.param("pyproject.toml", "# R9", ["R9"], id="the project file"),
    ],
)
def test_a_number_that_is_not_in_the_catalogue_is_found(path: str, text: str, missed: list[str]) -> None:
    """By file and line; what only looks like one is none."""
    found = unknown_numbers(planted(path, text))
    assert [line.split(": ")[1] for line in found] == missed
    assert all(line.startswith(f"{path}:") for line in found)


@pytest.mark.parametrize(
    "text",
    [
        "page.md", "docs/page.md", "Page.md 1", "page.md 1.2", "page.md 1.10.", "page.md 1 and 1.2", "page.md part 1",
        "`page.md` 1.2", "section 1.2 of page.md", "section 1 or 1.2 of `page.md`", "page.md sections 1, 1.2",
        "page.md 1/1.2", "page.md 1, 1.2 and 1.10", "page.md 1.2 to 1.10: all", "(page.md\n1.2)", "# a page.md\n# 1.2",
        "page.md 1, R1",
        'page.md, "When things break"', 'page.md, "When things\nbreak"', "[page.md](docs/page.md) 1.2", "README.md",
        'page.md, "lookup of callers"', "https://x.test/other.md 3", "docs/*.md", '("page.md", "other")',
    ],
)  # fmt: skip
def test_a_page_that_exists_is_no_miss(text: str) -> None:
    """In all the ways in which one is referred to."""
    assert unresolved_pages(planted("a.py", text)) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("other.md", "no such page"),
        ("see docs/other.md 1", "no such page"),
        ("page.md 2", "has no section 2"),
        ("page.md 1.1", "has no section 1.1"),
        ("page.md 1.2, 1.3 and 1.10", "has no section 1.3"),
        ("page.md 1.2 to 1.4", "has no section 1.4"),
        ("page.md part 3", "has no section 3"),
        ("(page.md\n9)", "has no section 9"),
        ("page.md 7", "has no section 7"),
        ("[page.md](docs/page.md) 8", "has no section 8"),
        ('page.md, "When nothing breaks"', "has no such heading"),
        ("page.md section 9.9", "has no section 9.9"),
        ("section 9.9 of page.md", "has no section 9.9"),
        ("sections 1.2\n# and 9.9 of [`page.md`](docs/page.md)", "has no section 9.9"),
        ("`page.md` 9.9", "has no section 9.9"),
        ("page.md 1.2 or 9.9", "has no section 9.9"),
        ("page.md 1.2/9.9", "has no section 9.9"),
    ],
)
def test_a_page_or_section_that_is_not_there_is_found(text: str, why: str) -> None:
    """With its line, and why it does not resolve."""
    (line,) = unresolved_pages(planted("a.py", f"# a\n{text}"))
    assert line.startswith("a.py:2: ")
    assert line.endswith(why)


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        pytest.param("[a](page.md) [b](page.md#12-lookup-of-callers) [c](#here)\n# Here", [], id="good"),
        pytest.param("[a](../README.md#top-1) [b](../call/) [c](https://x.test/y#z) ![d](../README.md)", [], id="too"),
        pytest.param("`[a](no.md)`\n```\n[a](no.md)\n```\n", [], id="code is no link"),
        pytest.param("[a](no.md)", ["no.md"], id="a file"),
        pytest.param("[a](page.md#nowhere) [b](#there)", ["page.md#nowhere", "#there"], id="anchors"),
        pytest.param("[a](../README.md#top-2)", ["../README.md#top-2"], id="a repeated heading"),
        pytest.param("[a]: no.md\n", ["no.md"], id="a reference"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_found(text: str, missed: list[str]) -> None:
    """From the folder of its page, by GitHub's rule for anchors."""
    found = broken_links(planted("docs/new.md", text), FILES | {"docs/new.md"})
    assert [line.split(": ")[1] for line in found] == missed


@pytest.mark.parametrize(
    ("path", "text", "missed"),
    [
        pytest.param("docs/new.md", "`call/session.py` `call/` `session.py` `page.md` `call/*.py`", [], id="good"),
        pytest.param("README.md", "`calls/x.wav` `.env` `/health` `a://b` `make X=a/b` `calls/<id>`", [], id="foreign"),
        pytest.param("docs/new.md", "```\n`call/no.py`\n```", [], id="a block of code"),
        pytest.param("docs/new.md", "`call/no.py`, `no.yaml`", ["call/no.py", "no.yaml"], id="files"),
        pytest.param("docs/new.md", "`nope.sh`, `nope.svg`", ["nope.sh", "nope.svg"], id="scripts, pictures"),
        pytest.param("README.md", "`nowhere/` `call/*.toml`", ["nowhere/", "call/*.toml"], id="a folder, a pattern"),
        pytest.param("CHANGELOG.md", "`call/no.py`", [], id="what was"),
    ],
)  # fmt: skip
def test_a_path_that_is_not_there_is_found(path: str, text: str, missed: list[str]) -> None:
    """In the pages that are about now."""
    found = missing_paths(planted(path, text), FILES)
    assert [line.split(": ")[1] for line in found] == missed


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        pytest.param("As section 1.2 says, and section 1.10.", [], id="good"),
        pytest.param("Section 3.", ["Section 3"], id="a section"),
        pytest.param("sections 1 to 4", ["sections 1 to 4"], id="one of two"),
        pytest.param("section 3 of the law", [], id="of something else"),
    ],
)
def test_a_section_of_the_page_itself_that_is_not_there_is_found(text: str, missed: list[str]) -> None:
    """As "see section 6"."""
    found = unresolved_pages(planted("docs/new.md", f"{PAGE}\n{text}\n"))
    assert [line.split(": ")[1] for line in found] == missed


def test_only_what_a_reader_of_a_module_sees_is_looked_at() -> None:
    """Docstrings and remarks, each where it was."""
    text = '"""Says é."""\nx = "# no"  # why\n\n\ndef f():\n    """Does\n    it."""\n    return "no"\n'
    kept = prose("a.py", text)
    assert kept.split() == ['"""Says', 'é."""', "#", "why", '"""Does', 'it."""']
    assert [kept.index(word) for word in ("why", "it.")] == [text.index(word) for word in ("why", "it.")]
    assert prose("docs/page.md", text) == text


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        pytest.param('"""call/session.py, docs/page.md, call/ and x/no.py"""\nx = "call/no.py"', [], id="good"),
        pytest.param('"""See call/nope.py."""', ["call/nope.py"], id="a docstring"),
        pytest.param("x = 1  # docs/nope.md, call/nope.py", ["docs/nope.md", "call/nope.py"], id="a remark"),
        pytest.param('"""Of call/nope/."""', ["call/nope/"], id="a folder"),
        pytest.param('"""As session.py\'s, nope.py\'s."""', ["nope.py"], id="a name"),
    ],
)
def test_a_path_of_a_docstring_that_is_not_there_is_found(text: str, missed: list[str]) -> None:
    """If its first folder is one of ours."""
    found = missing_paths_of_modules(planted("a.py", text), FILES)
    assert [line.split(": ")[1] for line in found] == missed


def test_a_setting_that_is_not_there_is_found() -> None:
    """In the pages that are about now; a name that stands in the code is one."""
    texts = planted(".env.example", "REAL_SECONDS=1  # how long") | {"a.py": "OUR_NAME = 1"}
    page = "`REAL_SECONDS`, `REAL_SECONDS=2`, `OUR_NAME`, `NO_SUCH_SECONDS`, `NO_SUCH=1`, UNQUOTED_NAME, `GET`"
    found = unknown_settings(texts | {"docs/new.md": page, "CHANGELOG.md": "`OLD_NAME`"})
    assert [line.split(": ")[1] for line in found] == ["NO_SUCH_SECONDS", "NO_SUCH"]


@pytest.mark.parametrize(
    ("path", "text", "missed"),
    [
        pytest.param(
            "docs/new.md", "`make call SCENARIO=one FAULT=v2:down,openai:500:2`, SCENARIO=<name>", [], id="good"
        ),
        pytest.param("docs/new.md", "    make call SCENARIO=no_such", ["SCENARIO=no_such"], id="a page"),
        pytest.param("Makefile", "# FAULT=nope:down\n\t$(SCENARIO) $(if $(FAULT),x)", ["FAULT=nope:down"], id="make"),
        pytest.param("a.py", '"""FAULT=v2:nope"""\nx = "SCENARIO=no_such"', ["FAULT=v2:nope"], id="a docstring"),
        pytest.param("CHANGELOG.md", "SCENARIO=no_such", [], id="what was"),
    ],
)
def test_a_scenario_or_a_fault_that_is_not_there_is_found(path: str, text: str, missed: list[str]) -> None:
    """A part or a mode of the fault."""
    found = unknown_choices(planted(path, text), {"one"})
    assert [line.split(": ")[1] for line in found] == missed


def test_a_decision_that_is_not_there_is_found() -> None:
    """By its number, over the end of a line as well."""
    text = "# decision 0001, decisions/0001, decision\n# 0099, decisions/0098, decision 12"
    found = unknown_decisions(planted("a.py", text), FILES | {"docs/decisions/0001-first.md"})
    assert [line.split(": ")[1] for line in found] == ["decision # 0099", "decisions/0098"]


@pytest.mark.parametrize(
    ("path", "text", "missed"),
    [
        pytest.param("README.md", "`make call X=1`, `python -m call.session`\n    make call\nmake sure", [], id="good"),
        pytest.param("a.py", '"""To\n    make sure: `make call`."""\nx = "`make no`"', [], id="a module"),
        pytest.param(
            "docs/decisions/0001-a.md", "`make no`, `python -m call`", ["make no", "python -m call"], id="both"
        ),
        pytest.param("a.py", '"""`make no`."""  # python -m no.way', ["make no", "python -m no.way"], id="in a module"),
        pytest.param("README.md", "    make no", ["make no"], id="a block"),
    ],
)
def test_a_command_that_is_not_there_is_found(path: str, text: str, missed: list[str]) -> None:
    """In pages, docstrings and remarks."""
    found = unknown_commands(planted(path, text) | {"Makefile": ".PHONY: call test\n"}, FILES)
    assert [line.split(": ")[1] for line in found] == missed
