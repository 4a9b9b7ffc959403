"""docs/layout.md, made from the code: `python -m tests.support.layout_page > docs/layout.md`.

Each line is the first paragraph of a module's docstring, each import is one that is there, so the page cannot say what
is not so. What it says around them is the text at the end.
"""

import ast
import sys
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
BESIDE: Final = ("bench", "simulator", "tests")
WIDTH: Final = 120


def what_it_is(path: Path) -> str:
    """The first paragraph of a module's docstring, or of a package's; of a folder of other files, its page's heading.

    Raises:
        ValueError: there is none.
    """
    if path.is_dir() and not (path / "__init__.py").is_file():
        said = (path / "README.md").read_text().split("\n")[0].removeprefix("# ") + "."
    else:
        module = path / "__init__.py" if path.is_dir() else path
        said = (ast.get_docstring(ast.parse(module.read_text())) or "").split("\n\n")[0]
    if not said:
        raise ValueError(f"{path} does not say what it is: it has no docstring")
    return " ".join(said.split())


def named(folder: Path) -> list[Path]:
    """What stands in a folder and has a line of its own: modules, packages, and folders with a page."""
    return sorted(
        path
        for path in folder.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__")
        or (path.is_dir() and any((path / name).is_file() for name in ("__init__.py", "README.md")))
    )


def product() -> dict[str, Path]:
    """The root modules and the packages of the service, by name."""
    modules = {path.stem: path for path in ROOT.glob("*.py")}
    packages = {path.parent.name: path.parent for path in ROOT.glob("*/__init__.py")}
    return {name: path for name, path in sorted((modules | packages).items()) if name not in BESIDE}


def imports(name: str, parts: Mapping[str, Path]) -> set[str]:
    """Which of the others a root module or a package imports, in functions and for types as well."""
    files = parts[name].rglob("*.py") if parts[name].is_dir() else [parts[name]]
    found: set[str] = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {module.split(".")[0] for module in found} & parts.keys() - {name}


def floors(parts: Mapping[str, Path]) -> list[tuple[int, str, set[str]]]:
    """Each part with its floor, one above the highest that it imports, and what it imports; the highest first.

    Raises:
        RecursionError: they import each other in a circle.
    """
    below = {name: imports(name, parts) for name in parts}

    @cache
    def floor(name: str) -> int:
        return max((floor(other) + 1 for other in below[name]), default=0)

    return sorted(((floor(name), name, below[name]) for name in parts), key=lambda part: (-part[0], part[1]))


def line(path: Path) -> str:
    """A module or a package, and what it is, on as many lines as it takes."""
    name = path.relative_to(ROOT).as_posix() + "/" * path.is_dir()
    return textwrap.fill(
        f"- `{name}`: {what_it_is(path)}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def package(path: Path, *more: str) -> Iterator[str]:
    """A package with all its modules, then its own packages in the same way; `more` is said behind what it is."""
    said = " ".join((what_it_is(path), *more))
    yield f"\n{'##' if path.parent == ROOT else '###'} {path.relative_to(ROOT).as_posix()}/\n\n{said}\n"
    inside = [p for p in named(path) if p.is_dir()]
    yield from (line(p) for p in named(path) if not p.is_dir())
    for folder in inside:
        yield from package(folder)


def page() -> str:
    """The whole page."""
    parts = product()
    rows = floors(parts)
    floor_lines = []
    for number, group in groupby(rows, key=lambda row: row[0]):
        for _, name, below in group:
            shown = f"`{name}/`" if parts[name].is_dir() else f"`{name}.py`"
            floor_lines.append(f"| {number} | {shown} | {', '.join(sorted(below)) or 'nothing of ours'} |")
    packages = [name for _, name, _ in reversed(rows) if parts[name].is_dir()]
    lines = [
        HEAD,
        "## What imports what\n",
        FLOORS,
        "| floor | part | imports |\n|---|---|---|",
        *floor_lines,
        "\n## Root modules\n",
        *(line(path) for path in parts.values() if not path.is_dir()),
        *(text for name in packages for text in package(parts[name])),
        *package(ROOT / "simulator", "Nothing of it is in the image."),
        "\n## tests/\n",
        TESTS,
        *(line(path) for path in named(ROOT / "tests") if path.is_dir()),
        *package(ROOT / "bench"),
    ]
    return "\n".join(lines) + "\n"


HEAD: Final = """\
# Layout

Which module does what. Ten modules stand in the root folder, the rest of the service in eight packages; `simulator/`,
`tests/` and `bench/` stand beside it, and the service imports none of them. How they work together on a call is
[design.md](design.md).

Made by `python -m tests.support.layout_page` from the modules' own docstrings; do not edit.
"""
FLOORS: Final = """\
Each part imports only parts of lower floors, so a change can reach what stands above it and nothing else. A new module
belongs into the lowest package that has everything it needs.
"""
TESTS: Final = """\
The rooms are those of the code: the tests of a root module are `tests/test_*.py` with its name, those of a package are
in the room with the package's name.
"""

if __name__ == "__main__":
    sys.stdout.write(page())
