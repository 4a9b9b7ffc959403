"""The end of a call: the last line is heard to its end, a breath, then the hang-up; a caller who speaks stops it once.

Twilio echoes a mark when everything before it was played. No echo within the deadline is a fault, and the end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from pipecat.frames.frames import OutputTransportMessageFrame

from config import Settings
from speech_watch import WATCH_SECONDS, SpeechWatch


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
        on_fault: Told (part, what) when the line was never reported as played.
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
        self._played = asyncio.Event()

    def mark(self) -> OutputTransportMessageFrame:
        """The mark to send behind the last line."""
        self._marks += 1
        self._played.clear()
        name = f"goodbye-{self._marks}"
        message = {"event": "mark", "streamSid": self._line.stream_sid, "mark": {"name": name}}
        frame = OutputTransportMessageFrame(message=message)
        frame.interruptible = False
        return frame

    def echoed(self, name: str) -> None:
        """Twilio has played everything before the mark `name`."""
        if name == f"goodbye-{self._marks}":
            self._played.set()

    async def run(self, *, may_be_stopped: bool) -> None:
        """Ends the call once the last line was heard; a caller who begins to speak then is waited for, if it may be."""
        waited_since = self._clock()
        while not self._played.is_set():
            try:
                async with asyncio.timeout(WATCH_SECONDS):
                    await self._played.wait()
            except TimeoutError:
                if self._speech.bot_speaking:
                    waited_since = self._clock()
                if self._clock() - waited_since > self._settings.goodbye_mark_seconds:
                    self._on_fault("twilio", "the last line was not reported as played")
                    break
        self._line.protect = False
        await asyncio.sleep(self._settings.hangup_pause_seconds)
        until = self._clock() + self._settings.caller_silence_seconds
        while may_be_stopped and self._speech.caller_speaking and self._clock() < until:
            await asyncio.sleep(WATCH_SECONDS)
        await self._finish()
