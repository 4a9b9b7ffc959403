"""OneStream: one stream of a call while it runs, and what ends it.

It is over when Twilio says so, when its socket closes, when nothing comes on it any more, when it takes no audio, or
when somebody outside knows better. Whatever ends it, that it ended is noted once, and before the socket closes.
"""

import asyncio
import contextlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipecat.frames.frames import ErrorFrame, Frame, InputTransportMessageFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.services.stt_service import STTService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

from call.session import CallSession, EndedBy, Entry, EntryKind
from config import Settings
from logs import CallLogger
from processor import StateMachineProcessor
from providers.media_stream import MarkSerializer
from providers.recogniser import BoundedFlux
from providers.twilio_rest import TwilioCalls
from records.call_rows import CallRows
from records.errors import kind_of
from server.closing import CallClosing
from server.live_calls import Stream
from server.recorder import Recorder
from server.snapshots import Snapshots
from tts_fallback import FallbackTTSService
from turns.faults import Faults
from turns.line import CallEventFrame, Event

IDLE_SECONDS = 90.0  # A backstop: the processor's own watch asks, and ends a silent call, long before.
IDLE = ("us", f"nobody spoke for {IDLE_SECONDS:g} s")
STOP_SECONDS = 0.5  # Twilio closes the socket right behind its `stop`.


@dataclass(eq=False)
class HangUp:
    """Ends the call of one stream at Twilio, unless another stream has it by then; or leaves it to a person.

    Attributes:
        run: The number of the stream.
        stream_ended: Set as soon as the stream is over.
        left: Whether it is written that the call has left the stream for a person.
        lost: The lines that neither voice could say.
    """

    settings: Settings
    session: CallSession
    run: int
    rows: CallRows
    closing: CallClosing
    twilio: TwilioCalls
    stream_ended: asyncio.Event
    faults: Faults
    log: CallLogger
    left: bool = False
    lost: set[str] = field(default_factory=set)

    async def leave(self) -> None:
        """Writes the call as it leaves its stream for a person: as soon as the socket closes, Twilio asks about it.

        What our voices could not say of the last words, Twilio speaks before it dials.
        """
        self.session.last_words = " ".join(self._unsaid())
        try:
            self.left = await self.rows.broke(self.session, self.run, self.closing.due_at())
        except Exception as error:  # It is written again behind the stream.
            self.log.error("the way to a person was not written: %s", kind_of(error))

    async def hang_up(self) -> None:
        """By REST, then Twilio ends the stream; if it does not in time, we do, which brings it to `/twiml/after`.

        What our voices could not say of the last words, Twilio speaks before it ends the call: told by REST, or as it
        asks.
        """
        unsaid = self._unsaid()
        self.session.last_words = " ".join(unsaid)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.hangup_request_seconds):
                if not await self._still_ours():
                    return
                if await (self._say_and_hang_up(unsaid) if unsaid else self.twilio.hang_up(self.session.call_id)):
                    await self.stream_ended.wait()
        if not self.stream_ended.is_set():
            self.faults.note("twilio", "the hang-up was not confirmed")

    def _unsaid(self) -> list[str]:
        """Of the agent's last words those from the first lost line on that were not heard.

        They begin behind the caller's last words, and behind whatever moved the call on: of what an apology took the
        place of, nothing is said any more.
        """
        said: list[Entry] = []
        for entry in reversed(self.session.timeline):
            if entry.kind is EntryKind.AGENT:
                said.insert(0, entry)
            elif entry.kind is EntryKind.CALLER or (said and entry.kind is EntryKind.STATE):
                break
        from_lost = itertools.dropwhile(lambda one: one.text not in self.lost, said)
        return [entry.text for entry in from_lost if entry.text in self.lost or entry.heard == 0]

    async def _say_and_hang_up(self, lines: list[str]) -> bool:
        taken_on = await self.twilio.say_and_hang_up(self.session)
        for line in lines if taken_on else ():
            self.session.was_said(line, datetime.now(UTC))
        return taken_on

    async def _still_ours(self) -> bool:
        """Writes that the call ends on purpose; False if another stream has it: then its line must not be cut."""
        try:
            async with asyncio.timeout(self.settings.snapshot_seconds):
                ours = await self.rows.end(self.session, self.run, self.closing.due_at())
        except Exception as error:
            self.log.error("the end was not written: %s", kind_of(error))
            return True
        if not ours:
            self.log.warning("not hung up: another stream has the call")
        return ours


@dataclass(eq=False)
class OneStream:
    """The parts of a stream that have to do with its end; `ended` is set as soon as it is over.

    `recorder`: None where nothing is recorded.
    """

    settings: Settings
    session: CallSession
    stream: Stream
    line: MarkSerializer
    transport: FastAPIWebsocketTransport
    recogniser: BoundedFlux
    recorder: Recorder | None
    processor: StateMachineProcessor
    worker: PipelineWorker
    snapshots: Snapshots
    hang_up: HangUp
    faults: Faults
    ended: asyncio.Event

    def listen(self, voice: FallbackTTSService) -> None:
        """From now on it hears what happens to the line, the pipeline and the voice."""
        voice.on_both_failed = self._both_voices_failed
        self.transport.event_handler("on_client_connected")(self._connected)
        self.transport.event_handler("on_client_disconnected")(self._disconnected)
        self.worker.event_handler("on_pipeline_error")(self._pipeline_error)
        self.worker.set_reached_upstream_filter((InputTransportMessageFrame,))
        self.worker.event_handler("on_frame_reached_upstream")(self._message_arrived)

    async def run(self) -> None:
        """Runs the pipeline to its end."""
        runner = WorkerRunner(handle_sigint=False, force_gc=True)
        await runner.add_workers(self.worker)
        watch = asyncio.create_task(self._watch_line(), name=f"{self.session.call_id} line")
        try:
            await runner.run()
        finally:
            watch.cancel()

    async def end(self, ended_by: EndedBy) -> None:
        """The stream is over: by its own messages, or as somebody knows who sees it from outside."""
        if self.ended.is_set():
            return
        self.ended.set()
        self.line.playback.over()
        words = self.recogniser.open_words
        if self.recorder is not None:
            self.recorder.heed(words)
        self.processor.line_gone(words)
        if ended_by is EndedBy.CALLER:
            self.processor.line_over()
        if self.session.ended_by is None:
            self.session.ended_by = ended_by
            if ended_by is EndedBy.INTERRUPTED:  # As soon as the socket closes, another machine may take the call over.
                await self.snapshots.save_within(self.session, self.settings.snapshot_seconds)
        await self.worker.cancel(reason="the stream ended")

    async def _watch_line(self) -> None:
        """A stream that sends nothing any more is broken, though its socket may stay open for minutes.

        So is one on which neither side says a word: whoever should have asked does not work any more.
        """
        limit, now = self.settings.line_silent_seconds, asyncio.get_running_loop().time
        began_at = now()
        while True:
            spoke_at = max(began_at, self.line.echoed_at, self.recogniser.voiced_at or began_at)
            left, idle_left = limit - self.line.silent_seconds, IDLE_SECONDS - (now() - spoke_at)
            if left <= 0 or idle_left <= 0:
                break
            await asyncio.sleep(min(left, idle_left))
        if not self.ended.is_set():
            self.faults.note(*(("line", f"nothing came for {limit:g} s") if left <= 0 else IDLE))
            await self.end(EndedBy.INTERRUPTED)

    async def _connected(self, *_: object) -> None:
        await self.worker.queue_frame(CallEventFrame(Event.RESUMED if self.stream.resumed else Event.START))

    async def _message_arrived(self, _: PipelineWorker, frame: Frame) -> None:
        """Twilio's `stop` is the end of the call, whether the socket closes behind it or stays open."""
        if isinstance(frame, InputTransportMessageFrame) and frame.message.get("event") == "stop":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):  # Two who close one socket at once get an error.
                    await self.ended.wait()
            await self._disconnected()

    async def _disconnected(self, *_: object) -> None:
        await self.end(EndedBy.CALLER if self.line.stopped else EndedBy.INTERRUPTED)

    async def _pipeline_error(self, _: PipelineWorker, frame: ErrorFrame) -> None:
        """A recogniser that has given up ends the call in words; a line that takes no audio breaks the stream off.

        Every other part has its own way around.
        """
        if frame.processor is None or frame.processor.is_usable:
            return
        if isinstance(frame.processor, STTService):
            await self.worker.queue_frame(CallEventFrame(Event.FAULT, "deepgram"))
        elif frame.processor is self.transport.output():
            self.faults.note("line", "our audio is not taken")
            await self.end(EndedBy.INTERRUPTED)

    async def _both_voices_failed(self, text: str) -> None:
        """The callback, whose lines are recorded; of the last words Twilio says what cannot be spoken, at once."""
        self.hang_up.lost.add(text)
        if self.session.closing:
            await self.processor.end_now()
        elif not self.session.fault:
            await self.worker.queue_frame(CallEventFrame(Event.FAULT, "voices"))
