"""Batches of new turns: written without sight of the rules, frozen before they are read, and scored once.

`freeze` writes the sha256 of every table into a file beside them; `load_frozen` refuses tables that do not match it.
"""

import hashlib
from pathlib import Path

from tests.support.utterance_tables import Entry, TableError, load_folder

FROZEN = "FROZEN"
_HASH = 64  # Hex digits of a sha256


def freeze(folder: Path) -> None:
    """Writes down what the tables of `folder` hold.

    Raises:
        TableError: a table cannot be read, there is none, or the folder is frozen already.
    """
    load_folder(folder)
    freeze_tables(folder)


def freeze_tables(folder: Path) -> None:
    """The same for tables of any format.

    Raises:
        TableError: there is none, or the folder is frozen already.
    """
    if (folder / FROZEN).exists():
        raise TableError(f"{folder} is frozen already")
    if not _hashes(folder):
        raise TableError(f"{folder} holds no table")
    lines = [f"{hashed}  {name}\n" for name, hashed in _hashes(folder).items()]
    (folder / FROZEN).write_text("".join(lines))


def load_frozen(folder: Path) -> dict[str, list[Entry]]:
    """The entries of each class of a frozen folder.

    Raises:
        TableError: it is not frozen, or a table is not the one that was.
    """
    as_frozen(folder)
    return load_folder(folder)


def as_frozen(folder: Path) -> None:
    """Refuses a folder whose tables are not those that were frozen.

    Raises:
        TableError: it is not frozen, or a table is not the one that was.
    """
    if not (folder / FROZEN).exists():
        raise TableError(f"{folder} is not frozen: --freeze {folder} before anybody reads it")
    rows = [line.split() for line in (folder / FROZEN).read_text().splitlines()]
    frozen = {row[1]: row[0] for row in rows if len(row) > 1 and len(row[0]) == _HASH}
    now = _hashes(folder)
    changed = sorted(name for name in frozen.keys() | now.keys() if frozen.get(name) != now.get(name))
    if changed:
        raise TableError(f"{folder} is not as it was frozen: {', '.join(changed)}")


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.yaml"))}
