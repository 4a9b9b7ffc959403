"""Journal: what the database did not take of each call, in a file of its own in DATA_DIR, until it does.

The newest of each call only, written through to the disk before it counts, so that it outlives the process. It has a
thread of its own: the loop never waits for a disk. It holds what callers said, so nobody else may read it.
"""

import asyncio
import hashlib
import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


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

    async def read(self) -> list[dict[str, Any]]:
        """What an earlier process left, oldest first; what cannot be read is logged, and stays where it is."""
        return await self._on_thread(self._read)

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
        written = path.with_suffix(".new")
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

    def _read(self) -> list[dict[str, Any]]:
        found = []
        for path in sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                logger.error("%s in the journal cannot be read: %s", path.name, type(error).__name__)
                continue
            if isinstance(content, dict):
                found.append(content)
        return found


def _log_failure(done: "asyncio.Future[Any]") -> None:
    if not done.cancelled() and (error := done.exception()):
        logger.error("THE JOURNAL WAS NOT WRITTEN, this process alone knows of a call: %s", error)
