"""The end of a call: the last line is heard to its end, a breath, then the hang-up; a caller who speaks stops it once.

A call that a person is to take over leaves its stream in the same way, and is not hung up.

Twilio echoes a mark when everything before it was played. The mark leaves behind the audio, which goes out at the pace
at which it plays; Twilio may be seconds behind, and tells so by the marks inside the lines. When it should have played
by then and no echo at all has come for a moment, that is a fault, and the end.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from pipecat.frames.frames import EndWorkerFrame, Frame
from pipecat.processors.frame_processor import FrameProcessor

from call.actions import DialPerson, EndCall
from call.session import END_STATES, CallSession, EndedBy
from config import Settings
from logs import CallLogger
from providers.frames import MarkFrame
from turns.line import Line, played_by
from turns.who_speaks import WATCH_SECONDS, SpeechWatch

_POLL_SECONDS = 0.05


class CallEnd:
    """Ends the call.

    Args:
        session: The call's record.
        settings: Deadlines.
        speech: Told that the call is ending.
        line: The telephone line, or None where there are no marks: then the hang-up follows the last line at once.
        push: Sends a frame downstream.
        hang_up: Ends the call at Twilio; called once, before the stream is closed.
        leave: Keeps what is known of a call that leaves its stream for a person; called once, before that is closed.
        on_end: Told of the hang-up that is now carried out.
        on_fault: Told (part, what) when the last line was not heard.
        tasks: Starts and ends the tasks of the call.
        clock: Monotonic seconds.
        log: The call's log.

    Attributes:
        finished: Whether the call is over.
    """

    def __init__(
        self,
        session: CallSession,
        settings: Settings,
        speech: SpeechWatch,
        line: Line | None,
        *,
        push: Callable[[Frame], Awaitable[None]],
        hang_up: Callable[[], Awaitable[object]] | None,
        leave: Callable[[], Awaitable[object]] | None,
        on_end: Callable[[EndCall], None],
        on_fault: Callable[[str, str], None],
        tasks: FrameProcessor,
        clock: Callable[[], float],
        log: CallLogger,
    ) -> None:
        self._session, self._speech, self._push, self._log = session, speech, push, log
        self._hang_up, self._leave, self._on_end, self._tasks = hang_up, leave, on_end, tasks
        self._farewell = Farewell(line, settings, speech, self.finish, on_fault, clock) if line else None
        self._end: EndCall | DialPerson | None = None
        self._waiting: asyncio.Task[None] | None = None
        self.finished = False

    async def begin(self, end: EndCall | DialPerson) -> None:
        """Hangs up, or leaves the stream, once the last line was heard to its end."""
        self._session.closing = self._speech.ending = True
        self._end = end
        if self._farewell is None:
            await self.finish()
            return
        await self._push(self._farewell.mark())
        if self._waiting is None:
            may_be_stopped = not self._session.hangup_stopped
            self._waiting = self._tasks.create_task(self._farewell.run(may_be_stopped=may_be_stopped), "farewell")

    def echoed(self, name: str) -> None:
        """Twilio has played everything before the mark `name`."""
        if self._farewell:
            self._farewell.echoed(name)

    async def stop(self) -> None:
        """A caller turn during the goodbye stops the hang-up, once; one after silence brings the call back."""
        if self._session.closing:
            self._session.hangup_stopped = self._session.state in END_STATES
            self._log.info("the caller spoke during the goodbye: the hang-up waits")
        await self.cleanup()

    async def finish(self) -> None:
        """The hang-up; behind a stream that is left Twilio asks what to do (`/twiml/after`)."""
        if self.finished:
            return
        self.finished = True
        session, leaves = self._session, isinstance(self._end, DialPerson)
        if isinstance(self._end, EndCall):
            self._on_end(self._end)
        session.ended_by = session.ended_by or EndedBy.BOT
        if then := self._leave if leaves else self._hang_up:
            await then()
        await self._push(EndWorkerFrame(reason=session.outcome))

    def line_over(self) -> None:
        """The caller hung up while the last line was on its way to them: that is our hang-up, some words early."""
        if isinstance(self._end, EndCall) and self._session.closing and not self.finished:
            self._on_end(self._end)
            self._session.ended_by = self._session.ended_by or EndedBy.BOT

    async def cleanup(self) -> None:
        """Ends the wait for the last line."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await self._tasks.cancel_task(waiting)


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
            waited = self._clock() - (played_by(self._line, waited_since) if sent else waited_since)
            if sent and waited >= settings.goodbye_mark_seconds:
                self._on_fault("twilio", "the last line was not reported as played")
                return
            if not sent and waited >= voices + settings.goodbye_mark_seconds:
                self._on_fault("us", "the last line was not sent")
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._played.wait()
