"""CallEnd: the end of one call, from the last line to the hang-up, and the caller turn that may stop it.

It is carried out once. How long the last line is waited for is farewell.py's.
"""

import asyncio
from collections.abc import Awaitable, Callable

from pipecat.frames.frames import EndWorkerFrame, Frame
from pipecat.processors.frame_processor import FrameProcessor

from call.actions import EndCall
from call.session import END_STATES, CallSession, EndedBy
from config import Settings
from logs import CallLogger
from turns.farewell import Farewell, Line
from turns.who_speaks import SpeechWatch


class CallEnd:
    """Ends the call.

    Args:
        session: The call's record.
        settings: Deadlines.
        speech: Told that the call is ending.
        line: The telephone line, or None where there are no marks: then the hang-up follows the last line at once.
        push: Sends a frame downstream.
        hang_up: Ends the call at Twilio; called once, before the stream is closed.
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
        on_end: Callable[[EndCall], None],
        on_fault: Callable[[str, str], None],
        tasks: FrameProcessor,
        clock: Callable[[], float],
        log: CallLogger,
    ) -> None:
        self._session, self._speech, self._push, self._log = session, speech, push, log
        self._hang_up, self._on_end, self._tasks = hang_up, on_end, tasks
        self._farewell = Farewell(line, settings, speech, self.finish, on_fault, clock) if line else None
        self._end: EndCall | None = None
        self._waiting: asyncio.Task[None] | None = None
        self.finished = False

    async def begin(self, end: EndCall) -> None:
        """Hangs up once the last line was heard to its end."""
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
        """The hang-up."""
        if self.finished:
            return
        self.finished = True
        session = self._session
        if self._end:
            self._on_end(self._end)
        session.ended_by = session.ended_by or EndedBy.BOT
        if self._hang_up:
            await self._hang_up()
        await self._push(EndWorkerFrame(reason=session.outcome))

    async def cleanup(self) -> None:
        """Ends the wait for the last line."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await self._tasks.cancel_task(waiting)
