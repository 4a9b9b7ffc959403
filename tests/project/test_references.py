"""Every reference resolves: numbers of the catalogue, pages and their sections, links, and the paths that pages name.

Looked at is every tracked text of the kinds in READ. Each check takes texts and returns what it missed, one line for
each, so that it can be shown to miss something. This module is left out: what it plants is wrong on purpose.
"""

import posixpath
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
READ = ("*.py", "*.md", "*.yaml", "Makefile", "Dockerfile", "fly.toml", ".env.example")
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

# A page, and what of it is meant: "contract.md 1.3, 1.4 and 1.8", "contract.md part 1", 'design.md, "How a call ends"';
# behind a link too, and over the end of a line, of a remark's as well.
_GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:# ?)?)"
_SECTION = r"\d+(?:\.\d+)*"
_SECTIONS = rf"(?:part{_GAP})?(?P<sections>{_SECTION}(?:(?:,|{_GAP}and|{_GAP}to){_GAP}{_SECTION})*)"
_MENTION = re.compile(
    rf"(?<![\w./:*-])(?P<page>[\w./-]*\w\.md)\b(?:\]\([^)\n]*\))?"
    rf'(?:{_GAP}{_SECTIONS}|,?{_GAP}"(?P<words>[^"]+)")?'
)
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1[^\n]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]: +(\S+)", re.MULTILINE)
_PATH_ENDS = (".py", ".md", ".yaml", ".toml")

Texts = Mapping[str, str]
"""Path from the root, and what is in the file."""


def miss(path: str, text: str, at: int, what: str, why: str) -> str:
    """One line: where, what, and why it does not resolve."""
    return f"{path}:{text.count(chr(10), 0, at) + 1}: {' '.join(what.split())}: {why}"


def without_fences(text: str) -> str:
    """A page without its blocks of code; every line stays where it is."""
    return _FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)


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


def unresolved_pages(texts: Texts) -> list[str]:
    """Mentions of a page that does not exist, or of a section that it does not have."""
    missed = []
    for path, text in texts.items():
        for found in _MENTION.finditer(text):
            page = page_of(found["page"], path, texts)
            if page is None:
                missed.append(miss(path, text, found.start(), found[0], "no such page"))
                continue
            for section in re.findall(_SECTION, found["sections"] or ""):
                begins = re.compile(rf"{re.escape(section)}(?!\.?\d)")
                if not any(begins.match(heading) for heading in headings(texts[page])):
                    missed.append(miss(path, text, found.start(), found[0], f"{page} has no section {section}"))
            words = re.sub(r"\s+(?:# )?", " ", found["words"] or "")
            if words and not any(words in heading for heading in headings(texts[page])):
                missed.append(miss(path, text, found.start(), found[0], f"{page} has no such heading"))
    return missed


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
        "page.md 1, 1.2 and 1.10", "page.md 1.2 to 1.10: all", "(page.md\n1.2)", "# a page.md\n# 1.2", "page.md 1, R1",
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
        pytest.param("README.md", "`nowhere/` `call/*.toml`", ["nowhere/", "call/*.toml"], id="a folder, a pattern"),
        pytest.param("CHANGELOG.md", "`call/no.py`", [], id="what was"),
    ],
)  # fmt: skip
def test_a_path_that_is_not_there_is_found(path: str, text: str, missed: list[str]) -> None:
    """In the pages that are about now."""
    found = missing_paths(planted(path, text), FILES)
    assert [line.split(": ")[1] for line in found] == missed
