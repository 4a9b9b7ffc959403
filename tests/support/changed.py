"""The test modules that depend on what changed: `python -m tests.support.changed` prints them for `make quick`.

Changed is what differs from where the branch left main: commits that main does not have, the index, the working tree
and new files; on main itself, what is not committed. A test module depends on what it imports, directly or not. Nothing
is printed, and so everything runs, when nothing changed that a test depends on, and when something changed that imports
cannot tell of: a file that is no module (its Markdown apart), a module that is gone, tests/conftest.py or what that
imports itself. What a test reads or starts by name is not seen: `make test` runs everything.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import grimp

from tests.support import layout

CONFTEST: Final = "tests.conftest"


def _git(root: Path, *arguments: str) -> str | None:
    ran = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return ran.stdout if ran.returncode == 0 else None


def base(root: Path) -> str:
    """The commit that changes are told from."""
    return (_git(root, "merge-base", "HEAD", "main") or "HEAD").strip()


def changed(root: Path) -> set[str]:
    """Paths that differ from the base, those that are gone and those that are new as well."""
    differing = _git(root, "diff", "-z", "--name-only", "--no-renames", base(root)) or ""
    new = _git(root, "ls-files", "-z", "--others", "--exclude-standard") or ""
    return {path for path in (differing + new).split("\0") if path}


def graph(root: Path) -> grimp.ImportGraph:
    """Who imports whom: the packages as grimp reads them, and the root modules, which it takes for someone else's."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    names = sorted(layout.PACKAGES.keys() | layout.BESIDE)
    found = grimp.build_graph(*names, include_external_packages=True, cache_dir=None)
    for name in layout.MODULES:
        found.add_module(name, is_squashed=True)
    for name in layout.MODULES:
        reached = {module for _, module in layout.imports((root / f"{name}.py").read_text())}
        for module in reached & found.modules:
            found.add_import(importer=name, imported=module)
    return found


def module_of(path: str) -> str:
    """The name that a file is imported by."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def dependents(paths: Iterable[str], imported: grimp.ImportGraph) -> set[str] | None:
    """The test modules that depend on these files; None if that may be any."""
    for_all = {CONFTEST} | imported.find_modules_directly_imported_by(CONFTEST)
    reached: set[str] = set()
    for path in paths:
        if path.endswith(".md"):
            continue
        module = module_of(path)
        if not path.endswith(".py") or module not in imported.modules or module in for_all:
            return None
        package = path.endswith("/__init__.py")  # Every import from a package runs it.
        reached |= {module} | imported.find_downstream_modules(module, as_package=package)
        reached |= imported.find_descendants(module) if package else set()
    return {module for module in reached if module.startswith("tests.") and ".test_" in module}


def main() -> int:
    """Prints the paths of the test modules, each on a line; on stderr, what that was decided by."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="python -m tests.support.changed",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", nargs="+", metavar="FILE", help="as if these had changed, and nothing else")
    paths = set(parser.parse_args().files or changed(layout.ROOT))
    tests = dependents(paths, graph(layout.ROOT))
    print("\n".join(f"{module.replace('.', '/')}.py" for module in sorted(tests or ())))
    told = f"{len(tests)} test modules depend on the {len(paths)} changed files" if tests else "every unit test"
    print(f"To run: {told}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
