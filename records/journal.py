"""Journal: what the database did not take of each call, in a file of its own in DATA_DIR, until it does.

The newest of each call only, written through to the disk before it counts, so that it outlives the process. It has a
thread of its own: the loop never waits for a disk. It holds what callers said, so nobody else may read it. A file that
makes no sense is set aside and kept, as long as records are: it costs no other call its way back.
"""

import asyncio
import hashlib
import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from logs import mask

logger = logging.getLogger(__name__)

T = TypeVar("T")

UNREADABLE = ".unreadable"  # Behind the name of a file that is set aside
HALF_WRITTEN = ".new"  # Behind the name of one that is being written


class Journal:
    """One file for each call in `folder`, which is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    def write(self, call_id: str, content: dict[str, Any]) -> "asyncio.Future[None]":
        """The newest of this call, in place of what was there; on its way when this returns, on the disk when it ends.

        A disk that takes nothing is logged: then this process alone knows of it.
        """
        writing = self._on_thread(lambda: self._write(call_id, content))
        writing.add_done_callback(_log_failure)
        return writing

    def remove(self, call_id: str) -> None:
        """The database has it; on its way when this returns, behind what was written before."""
        self._on_thread(lambda: self._path(call_id).unlink(missing_ok=True)).add_done_callback(_log_failure)

    async def read(self, parse: Callable[[Any], T]) -> list[T]:
        """What an earlier process left, as `parse` reads each one's content, oldest first.

        One that cannot be read, or of which `parse` makes nothing (TypeError, ValueError), is set aside, loudly; it
        costs no other. A file that the disk does not give stays for the next start.
        """
        return await self._on_thread(lambda: self._read(parse))

    def set_aside(self, call_id: str) -> None:
        """What stands there of this call is of no use, and kept for whoever looks; on its way when this returns."""
        aside = self._on_thread(lambda: _set_aside(self._path(call_id), "it tells of no call"))
        aside.add_done_callback(_log_failure)

    async def purge(self, older_than: datetime) -> None:
        """Deletes what was set aside, or left half written, and is of before an aware time; each is logged."""
        await self._on_thread(lambda: self._purge(older_than.timestamp()))

    async def close(self, seconds: float) -> None:
        """Waits for what is on its way, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._on_thread(lambda: None)
        except TimeoutError:
            logger.error("the journal was not written to its end within %g s", seconds)
        self._thread.shutdown(wait=False)

    def _on_thread(self, function: Callable[[], T]) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(self._thread, function)

    def _path(self, call_id: str) -> Path:
        return self._folder / f"{hashlib.sha256(call_id.encode(errors='replace')).hexdigest()[:32]}.json"

    def _write(self, call_id: str, content: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(call_id)
        written = path.with_suffix(HALF_WRITTEN)
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self, parse: Callable[[Any], T]) -> list[T]:
        found = []
        for path in sorted(self._folder.glob("*.json"), key=_written_at):
            try:
                found.append(parse(json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, TypeError, ValueError, OverflowError, RecursionError) as error:
                if isinstance(error, OSError) and path.is_file():
                    logger.error("%s IN THE JOURNAL WAS NOT READ: %s", mask(path.name), type(error).__name__)
                else:
                    _set_aside(path, type(error).__name__)
        return found

    def _purge(self, seconds: float) -> None:
        for path in (*self._folder.glob(f"*{UNREADABLE}"), *self._folder.glob(f"*{HALF_WRITTEN}")):
            if not 0 < _written_at(path) < seconds:
                continue
            try:
                path.unlink()
            except OSError as error:
                logger.error("%s in the journal is too old, and stays: %s", mask(path.name), error.strerror)
            else:
                logger.error("%s IN THE JOURNAL IS DELETED FOR ITS AGE: it was not delivered", mask(path.name))


def _written_at(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _set_aside(path: Path, why: str) -> None:
    """Under a name of its own, which no start reads and nothing replaces."""
    names = (path.with_name(f"{path.name}{number or ''}{UNREADABLE}") for number in count())
    aside = next(name for name in names if not os.path.lexists(name))
    try:
        path.rename(aside)
    except OSError as error:
        logger.error("%s IN THE JOURNAL IS NOT DELIVERED: %s, and it stays: %s", mask(path.name), why, error.strerror)
    else:
        logger.error("%s IN THE JOURNAL IS NOT DELIVERED: %s; kept as %s", mask(path.name), why, mask(aside.name))


def _log_failure(done: "asyncio.Future[Any]") -> None:
    if not done.cancelled() and (error := done.exception()):
        logger.error("THE JOURNAL WAS NOT WRITTEN, this process alone knows of a call: %s", error)
