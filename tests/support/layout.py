"""The root folder: what stands in it, what its modules import, and who imports them.

`make lint` runs `python -m tests.support.layout`, which names every file that is too much or missing and every import
that the tables below do not allow. import-linter sees packages alone, so this is its other half: pyproject.toml has the
walls between the packages, and this the root modules, and what pure modules reach over them. Every import statement
counts, in a function and for types as well; imports by name are refused.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent

# A root module and what of ours it may import. They stand in their order: each imports only root modules below it.
MODULES: Final = {
    "bot": {"call", "conversation", "desk", "providers", "records", "server", "config", "logs"},
    "processor": {"call", "understanding", "turns", "state_machine", "circuit_breaker", "config", "logs"},
    "post_call": {"call", "records", "config"},
    "tts_fallback": {"call", "providers", "circuit_breaker", "config", "logs"},
    "state_machine": {"call", "understanding", "conversation"},
    "tools": {"call", "providers", "circuit_breaker", "config", "logs"},
    "dashboard_sync": {"call", "providers", "circuit_breaker", "config", "logs"},
    "circuit_breaker": {"call"},
    "config": {"config_forms"},
    "logs": set(),
}
# A package and the root modules that it may import; the packages that it may import are in pyproject.toml.
PACKAGES: Final = {
    "config_forms": set(),
    "call": {"config", "logs"},
    "understanding": {"logs"},
    "conversation": {"logs"},
    "providers": {"circuit_breaker", "config", "logs"},
    "turns": {"circuit_breaker", "config", "logs"},
    "records": {"dashboard_sync", "circuit_breaker", "config", "logs"},
    "server": set(MODULES) - {"bot"},
    "desk": set(MODULES) - {"bot"},
}
# What tests and measures the service; nothing of the service imports it.
BESIDE: Final = {"bench", "simulator", "tests"}
# These decide, word and tell: whatever they import, directly or not, none of it is in the contract `pure`. The contract
# itself ends at the root modules, which import-linter takes for somebody else's.
PURE: Final = (
    "call",
    "understanding",
    "conversation",
    "state_machine",
    "post_call",
    "circuit_breaker",
    "config",
    "config_forms",
    "logs",
)
PURE_PARTS: Final = (
    "records.payloads",
    "records.summary",
    "records.end_reason",
    "records.classification",
    "records.rows",
    "records.plain_words",
    "records.call_view",
    "records.owner_text",
    "records.turn_view",
    "records.happened",
    "records.used",
    "records.spans",
)
# Imports that no table can see.
UNSEEN: Final = {"importlib", "runpy", "__import__", "exec", "eval"}

# All that git keeps in the root folder besides the modules: a new file there is a decision, taken here.
FILES: Final = {
    ".dockerignore",
    ".env.example",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "Makefile",
    "README.md",
    "fly.toml",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements.lock",
}
FOLDERS: Final = {".ci", "docs", *BESIDE, *PACKAGES}


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a module imports: `from a import b` is both `a` and `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def contract(root: Path, name: str) -> set[str]:
    """What a contract of pyproject.toml forbids."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    (found,) = (c for c in project["tool"]["importlinter"]["contracts"] if c["id"] == name)
    return set(found["forbidden_modules"])


def _listed(root: Path, *which: str) -> list[str]:
    listing = ["git", "ls-files", "-z", "--exclude-standard", *which]
    ran = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True)
    return [path for path in ran.stdout.split("\0") if path]


def misplaced(root: Path) -> list[str]:
    """What the root folder has too much or too little, of the files in git and of modules on the way there."""
    paths = _listed(root, "--cached") + [path for path in _listed(root, "--others") if path.endswith(".py")]
    there = {path.split("/")[0] + "/" * ("/" in path) for path in paths}
    wanted = {f"{name}.py" for name in MODULES} | FILES | {f"{name}/" for name in FOLDERS}
    return [f"{name}: does not belong in the root folder" for name in sorted(there - wanted)] + [
        f"{name}: is missing in the root folder" for name in sorted(wanted - there)
    ]


def forbidden(root: Path) -> list[str]:
    """The imports that the tables do not allow, each with its place."""
    ours = MODULES.keys() | PACKAGES.keys() | BESIDE
    database = contract(root, "database")
    barred = {name: (ours | database) - MODULES[name] - {name} for name in MODULES}
    found = []
    for name, walled in (barred | {name: MODULES.keys() - PACKAGES[name] for name in PACKAGES}).items():
        for path in [root / f"{name}.py"] if name in MODULES else sorted((root / name).rglob("*.py")):
            if path.exists():
                reached = {(line, module.split(".")[0]) for line, module in imports(path.read_text())}
                found += [
                    f"{path.relative_to(root)}:{line}: {name} may not import {module}"
                    for line, module in sorted(reached)
                    if module in walled
                ]
    return found


def _modules(root: Path) -> dict[str, Path]:
    """Every module of the service by name; a folder counts if it has an __init__.py or not."""
    files = [path for name in PACKAGES for path in (root / name).rglob("*.py")] + [root / f"{m}.py" for m in MODULES]
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
        if path.exists()
    }


def impure(root: Path) -> list[str]:
    """Where a pure module reaches what it may not, and over which modules."""
    barred, files = contract(root, "pure") | {"urllib.request"}, _modules(root)
    reached = {name: {module for _, module in imports(path.read_text())} for name, path in files.items()}
    found = []
    for name in sorted(files):
        if name.split(".")[0] not in PURE and not name.startswith(PURE_PARTS):
            continue
        ways = {name: name}
        waiting = [name]
        while waiting:
            here = waiting.pop()
            for module in sorted(reached[here]):
                if barred & {module, module.split(".")[0]}:
                    found.append(f"{files[name].relative_to(root)}: reaches {module} ({ways[here]})")
                elif module in files and module not in ways:
                    ways[module] = f"{ways[here]} > {module}"
                    waiting.append(module)
    return found


def unseen(root: Path) -> list[str]:
    """What would escape the tables: imports by name, folders that are no package, modules beside the known ones."""
    found = []
    for name, path in _modules(root).items():
        where = path.relative_to(root)
        if path.name != "__init__.py" and path.parent != root and not (path.parent / "__init__.py").exists():
            found.append(f"{where.parent}: has no __init__.py, so that import-linter does not see it")
        source = path.read_text()
        called = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        by_name = UNSEEN & (called | {module.split(".")[0] for _, module in imports(source)})
        found += [f"{where}: {what} imports what nobody sees" for what in sorted(by_name)]
        ours = {module.split(".")[0] for _, module in imports(source)} - {*MODULES, *PACKAGES, *BESIDE}
        beside = [top for top in sorted(ours) if (root / top).is_dir() or (root / f"{top}.py").exists()]
        found += [f"{where}: {name} may not import {top}, which is no part of the service" for top in beside]
    return found


def main() -> int:
    """Prints what is wrong; 1 if anything is."""
    wrong = misplaced(ROOT) + forbidden(ROOT) + impure(ROOT) + unseen(ROOT)
    print("\n".join(wrong) or "The root folder keeps its layout.")
    if wrong:
        print("What may be there, and what may import what: tests/support/layout.py.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
