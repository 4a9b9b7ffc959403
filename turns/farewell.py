"""The end of a call: the last line is heard to its end, a breath, then the hang-up; a caller who speaks stops it once.

Twilio echoes a mark when everything before it was played. The mark leaves behind the audio, which goes out at the pace
at which it plays: an echo that has not come soon after is a fault, and the end.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from config import Settings
from providers.frames import MarkFrame
from turns.who_speaks import WATCH_SECONDS, SpeechWatch

_POLL_SECONDS = 0.05


class Line(Protocol):
    """The telephone line: while `protect` is set, a barge-in does not clear what is about to be heard."""

    protect: bool
    stream_sid: str


class Farewell:
    """Waits for the last line, then calls `finish`.

    Args:
        line: The telephone line.
        settings: Deadlines.
        speech: Who is speaking.
        finish: Ends the call.
        on_fault: Told (part, what) when the line was never reported as played, or never sent.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        line: Line,
        settings: Settings,
        speech: SpeechWatch,
        finish: Callable[[], Awaitable[None]],
        on_fault: Callable[[str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self._line, self._settings, self._speech = line, settings, speech
        self._finish, self._on_fault, self._clock = finish, on_fault, clock
        self._marks = 0
        self._mark: MarkFrame | None = None
        self._played = asyncio.Event()

    def mark(self) -> MarkFrame:
        """The mark to send behind the last line."""
        self._marks += 1
        self._played.clear()
        name = f"goodbye-{self._marks}"
        message = {"event": "mark", "streamSid": self._line.stream_sid, "mark": {"name": name}}
        self._mark = MarkFrame(message=message)
        return self._mark

    def echoed(self, name: str) -> None:
        """Twilio has played everything before the mark `name`."""
        if name == f"goodbye-{self._marks}":
            self._played.set()

    async def run(self, *, may_be_stopped: bool) -> None:
        """Ends the call once the last line was heard; a caller who begins to speak then is waited for, if it may be."""
        await self._heard()
        self._line.protect = False
        await asyncio.sleep(self._settings.hangup_pause_seconds)
        until = self._clock() + self._settings.caller_silence_seconds
        while may_be_stopped and self._speech.caller_speaking and self._clock() < until:
            await asyncio.sleep(WATCH_SECONDS)
        await self._finish()

    async def _heard(self) -> None:
        """Waits until the last line was played, or should have been."""
        settings = self._settings
        voices = settings.tts_first_audio_seconds + settings.tts_second_first_audio_seconds + settings.tts_stall_seconds
        waited_since, was_sent = self._clock(), False
        while not self._played.is_set():
            sent = self._mark is not None and self._mark.sent
            if sent is not was_sent or (not sent and self._speech.bot_speaking):
                waited_since, was_sent = self._clock(), sent
            waited = self._clock() - waited_since
            if sent and waited >= settings.goodbye_mark_seconds:
                self._on_fault("twilio", "the last line was not reported as played")
                return
            if not sent and waited >= voices + settings.goodbye_mark_seconds:
                self._on_fault("us", "the last line was not sent")
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._played.wait()
