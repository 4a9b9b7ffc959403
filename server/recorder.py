"""Recorder: records one stream of a call, once its caller has heard that it is recorded, and as long as they let it.

It takes what passes on the line as it passes (two_sides.py), and has it written each second on another thread
(recordings.py). A disk that is full, slow or gone ends the recording, never the call. Another stream of the same call
goes on in the same file, behind a silence as long as the one between them.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from call.session import CallSession, EntryKind
from logs import CallLogger
from providers.two_sides import SAMPLE_RATE, TwoSides
from records.errors import kind_of
from records.recordings import Recordings
from records.wave_file import SILENCE, WaveFile
from understanding.wants.recording import without_objection

BATCH_SAMPLES = SAMPLE_RATE  # Written at once
MOST_WAITING_BYTES = 2 * 20 * SAMPLE_RATE  # Of a disk that is slower than speech
MOST_BETWEEN_SECONDS = 600.0  # From one stream of a call to the next
DELETE_SECONDS = 0.5  # Longest that a caller waits for it
CLOSE_SECONDS = 2.0
NOTE = "recording"  # Of the timeline


class Recorder:
    """Of one stream. What it is told by the line costs no wait.

    Args:
        session: The call's record: whether its caller knows, and from when on it is recorded.
        recordings: The files.
        save: Writes a snapshot of the session, so that another process knows as well; must not wait.
        now: The aware time.
        log: The call's log.
    """

    def __init__(
        self,
        session: CallSession,
        recordings: Recordings,
        save: Callable[[CallSession], object],
        now: Callable[[], datetime],
        log: CallLogger,
    ) -> None:
        self._session, self._recordings, self._save, self._now, self._log = session, recordings, save, now, log
        self._sides = TwoSides()
        self._waiting, self._more = bytearray(), asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._deleting: asyncio.Future[None] | None = None
        self._over = session.recording_declined
        self._closing = False
        if session.recorded_from is not None and not self._over:
            seconds = (now() - session.recorded_from).total_seconds()
            self._begin(partial(_go_on, round(seconds * SAMPLE_RATE)))

    def heard(self, audio: bytes, timestamp: object) -> None:
        """The caller's next mu-law audio, with Twilio's timestamp."""
        if self._over:
            return
        self._sides.heard(audio, timestamp)
        if self._sides.samples >= BATCH_SAMPLES:
            self._take()

    def sent(self, audio: bytes) -> None:
        """The bot's next mu-law audio leaves."""
        if not self._over:
            self._sides.sent(audio)

    def marked(self, name: str) -> None:
        """A mark leaves behind it."""
        if not self._over:
            self._sides.marked(name)

    def cleared(self) -> None:
        """Twilio is told to drop what it has not played."""
        if not self._over:
            self._sides.cleared()

    def echoed(self, name: str) -> None:
        """A mark is back. That of the line which says so begins the recording: nothing before it is kept."""
        if self._over:
            return
        self._sides.echoed(name)
        if self._writing is None and self._session.knows_of_recording:
            self._sides.take()
            self._session.recorded_from = self._now()
            self._session.note(EntryKind.NOTE, NOTE, self._session.recorded_from, detail="began")
            self._begin(WaveFile.create)
            self._save(self._session)

    def heed(self, words: str) -> None:
        """The caller says this: if it asks not to record them, the recording has ended and is being deleted.

        Whatever else is under way, since the line may end before anybody answers.
        """
        if without_objection(words)[1]:
            self._drop()

    async def drop(self) -> None:
        """Ends it and deletes it, since the caller does not want it; a disk that is slow goes on with that alone."""
        await asyncio.wait({self._drop()}, timeout=DELETE_SECONDS)

    def _drop(self) -> "asyncio.Future[None]":
        """Also where no file is known of: a process that was killed may have begun it behind its last snapshot."""
        if self._deleting is not None:
            return self._deleting
        session, was_on = self._session, self._session.recorded_from is not None
        session.recording_declined, session.recorded_from = True, None
        self._end()
        self._deleting = self._recordings.delete(session.call_id)
        self._deleting.add_done_callback(partial(self._deleted, was_on=was_on))
        self._save(session)
        return self._deleting

    async def close(self) -> None:
        """The stream is over: what was said by now is written, or deleted, within CLOSE_SECONDS."""
        self._closing = True
        if self._deleting is not None:
            await asyncio.wait({self._deleting}, timeout=CLOSE_SECONDS)
        if self._writing is None or self._over:
            return
        self._take()
        self._over = True
        self._more.set()
        await asyncio.wait({self._writing}, timeout=CLOSE_SECONDS)
        if not self._writing.done():
            self._fail("the disk is too slow")

    def _take(self) -> None:
        piece = self._sides.take()
        if self._writing is None:  # Nobody has said yet that it is recorded.
            return
        self._waiting += piece
        self._more.set()
        if len(self._waiting) > MOST_WAITING_BYTES:
            self._fail("the disk is too slow")

    def _begin(self, opened: Callable[[WaveFile], None]) -> None:
        self._writing = asyncio.create_task(self._write(opened), name=f"{self._session.call_id} recording")

    async def _write(self, opened: Callable[[WaveFile], None]) -> None:
        file = self._recordings.begin(self._session.call_id)
        try:
            await self._recordings.on_thread(partial(opened, file))
            while self._waiting or not self._closing:
                await self._more.wait()
                self._more.clear()
                piece, self._waiting = bytes(self._waiting), bytearray()
                await self._recordings.on_thread(partial(file.append, piece))
        except (OSError, ValueError) as error:
            self._fail(getattr(error, "strerror", None) or str(error) or kind_of(error))
        except Exception:
            self._log.exception("the recording broke")
            self._fail("a defect of ours")
        finally:
            self._recordings.end(self._session.call_id, file)

    def _fail(self, why: str) -> None:
        self._log.error("the recording has ended, and the call goes on: %s", why)
        self._session.note(EntryKind.NOTE, NOTE, self._now(), detail=f"ended: {why}")
        self._end()

    def _end(self) -> None:
        self._over = True
        self._waiting.clear()
        if self._writing is not None and self._writing is not asyncio.current_task():
            self._writing.cancel()

    def _deleted(self, deleted: "asyncio.Future[None]", *, was_on: bool) -> None:
        """The timeline tells of it once it is so; behind the stream whoever hands the call over writes that."""
        if deleted.cancelled():
            return
        if (error := deleted.exception()) is not None:
            path = self._recordings.path(self._session.call_id)
            self._log.error(
                "THE CALLER DOES NOT WANT TO BE RECORDED, AND IT WAS NOT DELETED: delete %s: %s",
                path,
                error,
            )
            why = getattr(error, "strerror", None) or kind_of(error)
            self._note(f"not deleted, though the caller did not want it: {why}")
        elif was_on:
            self._note("deleted: the caller did not want it")

    def _note(self, detail: str) -> None:
        self._session.note(EntryKind.NOTE, NOTE, self._now(), detail=detail)
        if not self._closing:
            self._save(self._session)


def _go_on(samples: int, file: WaveFile) -> None:
    """Goes on with a file as if so many samples had been recorded by now: what is missing was silence."""
    file.go_on()
    missing = samples - file.samples
    if missing > MOST_BETWEEN_SECONDS * SAMPLE_RATE:
        raise ValueError("the call was away for too long")
    file.append(SILENCE * max(0, missing))
