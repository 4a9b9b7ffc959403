"""Recordings: one file for each call that is recorded, on the disk of the machine that had its stream.

All that touches these files while calls are live is done on one thread, in order: the loop never waits for a disk, and
what is deleted is not written again. They hold what callers said, so nobody else may read them.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from math import inf
from pathlib import Path
from typing import TypeVar

from records.wave_file import WaveFile, samples_of

T = TypeVar("T")

logger = logging.getLogger(__name__)

FOLDER = "recordings"  # In DATA_DIR
_PLAIN = re.compile(r"[0-9A-Za-z]{1,64}")


class Recordings:
    """The files in `folder`, which is made when it is needed."""

    def __init__(self, data_dir: str) -> None:
        self._folder = Path(data_dir) / FOLDER
        self._written: dict[str, WaveFile] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recordings")

    def path(self, call_id: str) -> Path:
        """Where the call's is, or would be: under its name, or under a digest of one that Twilio does not give."""
        plain = _PLAIN.fullmatch(call_id) is not None
        name = call_id if plain else hashlib.sha256(call_id.encode(errors="replace")).hexdigest()
        return self._folder / f"{name}.wav"

    def find(self, call_id: str) -> Path | None:
        """The call's, if there is one with sound in it; blocks as a disk does."""
        path = self.path(call_id)
        try:
            return path if samples_of(path) else None
        except (OSError, ValueError):
            return None

    def on_thread(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Behind all that was to be done before; on its way when this returns."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def begin(self, call_id: str) -> WaveFile:
        """The call's file, for one stream; the stream before it writes no more."""
        if before := self._written.get(call_id):
            self.on_thread(before.close)
        file = self._written[call_id] = WaveFile(self.path(call_id))
        return file

    def end(self, call_id: str, file: WaveFile) -> None:
        """The stream writes no more."""
        self.on_thread(file.close)
        if self._written.get(call_id) is file:
            del self._written[call_id]

    def delete(self, call_id: str) -> "asyncio.Future[None]":
        """Deletes the call's, if there is one, behind what is being written; the future fails as the disk does."""
        return self.on_thread(lambda: self.path(call_id).unlink(missing_ok=True))

    async def purge(self, older_than: datetime) -> None:
        """Deletes what was written last before an aware time; what the disk keeps is logged."""
        for path in await self.on_thread(lambda: self._older(older_than.timestamp())):
            try:
                await self.on_thread(path.unlink)
            except OSError as error:
                logger.error("a recording that is too old could not be deleted: %s", error.strerror)

    async def delete_declined(self, declined: Callable[[str], Awaitable[bool]]) -> None:
        """Deletes all whose callers did not want them, as `declined` knows by the call."""
        for path in await self.on_thread(lambda: self._older(inf)):
            if await declined(path.stem):
                await self.delete_unwanted([path.stem])

    async def delete_unwanted(self, call_ids: Iterable[str]) -> None:
        """Deletes those of these calls, if there are any: their callers do not want them."""
        for call_id in call_ids:
            try:
                await self.delete(call_id)
            except OSError as error:
                path = self.path(call_id)
                logger.error("%s ITS CALLER DOES NOT WANT A RECORDING: delete %s: %s", call_id, path, error)

    def _older(self, seconds: float) -> list[Path]:
        found = []
        for path in self._folder.glob("*.wav"):
            try:
                if path.lstat().st_mtime < seconds:
                    found.append(path)
            except OSError:  # Deleted meanwhile.
                continue
        return found

    async def close(self, seconds: float) -> None:
        """Waits for what is on its way, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.on_thread(lambda: None)
        except TimeoutError:
            logger.error("recordings were not written to their ends within %g s", seconds)
        self._thread.shutdown(wait=False)
