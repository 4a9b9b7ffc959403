"""Pre-rendered lines: the fixed lines that need no facts but the business's, spoken ahead by each voice that is up.

A call plays them at once, without a request, and they survive both voices being down. Rendered in the background,
kept on disk, held in memory. Only whole audio is kept; what could not be rendered is missing until a later pass.
"""

import asyncio
import hashlib
import logging
import os
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from providers.voices import Voice, VoiceError, least_bytes

logger = logging.getLogger(__name__)

LINE_SECONDS: Final = 15.0  # Longest rendering of one line; nobody waits for it.
PAUSE_SECONDS: Final = 60.0  # Between passes of `keep_rendering`.
CONCURRENCY: Final = 2  # Small, so that live calls keep the vendors' and the loop's attention.


class PrerenderedLines:
    """Audio of fixed lines: PCM16 mono of `sample_rate`, one for each text and voice."""

    def __init__(
        self,
        folder: Path,
        voices: Sequence[Voice],
        *,
        sample_rate: int = 8000,
        line_seconds: float = LINE_SECONDS,
        concurrency: int = CONCURRENCY,
    ) -> None:
        """Starts empty; `folder` is made when the first line is kept.

        Args:
            folder: Where the lines are kept, for example `data_dir/lines`.
            voices: Who renders, the preferred one first.
            sample_rate: In Hz.
            line_seconds: Deadline of one whole line.
            concurrency: Lines rendered at once.
        """
        self._folder = folder
        self._voices = tuple(voices)
        self.sample_rate = sample_rate
        self._line_seconds = line_seconds
        self._concurrency = concurrency
        self._audio: dict[tuple[str, str], bytes] = {}
        self._one_pass = asyncio.Lock()
        self._calm: Callable[[], Awaitable[None]] | None = None

    def get(self, text: str, voice_name: str) -> bytes | None:
        """The line in this voice, or None when it is not rendered."""
        return self._audio.get((text.strip(), voice_name))

    def any_voice(self, text: str) -> bytes | None:
        """The line in whichever voice has it, the preferred one first."""
        return next((audio for voice in self._voices if (audio := self.get(text, voice.name))), None)

    def missing(self, texts: Iterable[str]) -> int:
        """How many renderings of `texts` are not there yet, all voices counted."""
        return len(self._to_do(texts))

    async def render(self, texts: Iterable[str]) -> None:
        """One pass: loads from disk and renders what is missing. May be called again at any time.

        A voice that fails is left alone for the rest of the pass. Never raises for a voice or a disk.
        """
        async with self._one_pass:
            found = await asyncio.to_thread(self._load, self._to_do(texts))
            self._audio.update(found)
            jobs, failed = deque(self._to_do(texts)), set[str]()
            if not jobs:
                return
            total = len(jobs)
            async with asyncio.TaskGroup() as group:
                for _ in range(self._concurrency):
                    group.create_task(self._work(jobs, failed))
            logger.info(
                "pre-rendered lines: %d from disk, %d of %d rendered",
                len(found),
                total - self.missing(texts),
                total,
            )

    async def keep_rendering(
        self,
        texts: Iterable[str],
        pause_seconds: float = PAUSE_SECONDS,
        calm: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Renders until every voice has every line, with a pause between passes; a task for the background.

        Before each line it waits until it is `calm`.
        """
        self._calm = calm
        wanted = tuple(texts)
        await self.render(wanted)
        while self.missing(wanted):
            await asyncio.sleep(pause_seconds)
            await self.render(wanted)

    def _to_do(self, texts: Iterable[str]) -> list[tuple[Voice, str]]:
        wanted = dict.fromkeys(text.strip() for text in texts)
        return [(voice, text) for text in wanted if text for voice in self._voices if not self.get(text, voice.name)]

    async def _work(self, jobs: deque[tuple[Voice, str]], failed: set[str]) -> None:
        while jobs:
            voice, text = jobs.popleft()
            if voice.name in failed:
                continue
            if self._calm is not None:
                await self._calm()
            try:
                audio = await self._speak(voice, text)
            except TimeoutError:
                failed.add(voice.name)
                logger.warning(
                    "pre-rendered lines: %s took longer than %g s, later again",
                    voice.name,
                    self._line_seconds,
                )
            except VoiceError as error:
                failed.add(voice.name)
                logger.warning("pre-rendered lines: %s failed, later again: %s", voice.name, error)
            except Exception:
                failed.add(voice.name)
                logger.exception("pre-rendered lines: %s failed, later again", voice.name)
            else:
                self._audio[text, voice.name] = audio
                await self._keep(self._path(voice, text), audio)

    async def _speak(self, voice: Voice, text: str) -> bytes:
        audio = bytearray()
        async with (
            asyncio.timeout(self._line_seconds),
            aclosing(voice.stream(text, self.sample_rate)) as chunks,
        ):
            async for chunk in chunks:
                audio += chunk
        if not self._is_speech(bytes(audio), text):
            raise VoiceError("silence")
        return bytes(audio)

    async def _keep(self, path: Path, audio: bytes) -> None:
        try:
            await asyncio.to_thread(_write, path, audio)
        except OSError as error:
            logger.warning("pre-rendered lines: kept in memory alone, %s", error.strerror)

    def _load(self, wanted: Sequence[tuple[Voice, str]]) -> dict[tuple[str, str], bytes]:
        found = {}
        for voice, text in wanted:
            try:
                audio = self._path(voice, text).read_bytes()
            except OSError:
                continue
            if self._is_speech(audio, text):
                found[text, voice.name] = audio
        return found

    def _is_speech(self, audio: bytes, text: str) -> bool:
        whole = len(audio) % 2 == 0 and len(audio) >= least_bytes(text, self.sample_rate)
        return whole and audio.count(0) < len(audio)

    def _path(self, voice: Voice, text: str) -> Path:
        key = "\0".join((text, voice.name, voice.voice_id, str(self.sample_rate)))
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.pcm"


def _write(path: Path, audio: bytes) -> None:
    """Writes all of it or nothing: a file that is there is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(audio)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
