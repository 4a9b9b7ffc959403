"""The Pipecat pipeline of one stream of a call: built and run to its end.

Whatever happens, `finally` writes how it ended (stream_end.py): that is the only hook that every end passes (pipecat.md
1.6). A stream that ends without a hang-up falls through to `/twiml/after`, which may bring the call back (resume.py).
"""

import asyncio
import contextlib
from datetime import UTC, datetime

from fastapi import WebSocket
from pipecat.frames.frames import ErrorFrame, Frame, InputTransportMessageFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.services.stt_service import STTService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from call.session import CallSession, EndedBy, EntryKind
from config import Settings
from conversation.directives import persona
from logs import call_lines, call_logger
from processor import StateMachineProcessor
from providers.extraction import Extractor
from providers.language_model import BoundedOpenAI
from providers.media_stream import MarkSerializer
from providers.recogniser import BoundedFlux
from server.live_calls import LiveCall, Stream
from server.shared_parts import Services
from server.stream_end import after_stream
from tts_fallback import FallbackTTSService
from turns.line import CallEventFrame, Event
from turns.tool_journal import AskedTools
from turns.wording import WordingProcessor

SAMPLE_RATE = 8000  # Hz; Twilio's rate end to end, so nothing is resampled (R96)
STOP_SECONDS = 0.5  # Twilio closes the socket right behind its `stop`.
IDLE_SECONDS = 90.0  # a backstop; the processor's own watch ends silent calls long before
LEAST_SECONDS = 60.0  # What a call that has come back may still last, however long it had lasted before.


async def run_call(
    websocket: WebSocket, stream: Stream, session: CallSession, services: Services, live: LiveCall
) -> None:
    """Runs one stream of a call over an accepted websocket, until it is over and all of it is written."""
    with call_lines(session.call_id):
        log = call_logger(__name__, session.call_id)
        if stream.resumed:
            log.info("resumed in %s, run %d", session.state, stream.run)
        else:
            log.info("started from %s", session.caller_number or "a withheld number")
        call = _Call(websocket, stream, session, services)
        live.end, live.tool_under_way = call.end, lambda: bool(session.tool_under_way)
        try:
            await call.run()
        except Exception:
            log.exception("the call broke")
        finally:  # Shielded, so that no shutdown loses it.
            await asyncio.shield(after_stream(call, services))


class _Call:
    """The processors of one call and how they are joined."""

    def __init__(self, websocket: WebSocket, stream: Stream, session: CallSession, services: Services) -> None:
        settings = services.settings
        self.session, self.stream, self._services, self._settings = session, stream, services, settings
        self._log = call_logger(__name__, session.call_id)
        self.serializer = MarkSerializer(stream.sid, session.call_id)
        self.transport = FastAPIWebsocketTransport(
            websocket,
            FastAPIWebsocketParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                serializer=self.serializer,
                audio_out_end_silence_secs=0,
                audio_out_write_timeout_secs=settings.line_silent_seconds,
            ),
        )
        extractor = Extractor(
            services.model,
            settings.openai_model,
            settings.extraction_seconds,
            services.breakers["openai"],
            on_fault=lambda part, what: self.processor.fault(part, what),
        )
        self.processor = StateMachineProcessor(
            session,
            services.machine,
            AskedTools(services.v2, self._save, settings.snapshot_seconds, self._now, self._log),
            extractor,
            services.breakers["openai"],
            _time_left(settings, session),
            line=_Line(self.serializer, stream.sid),
            hang_up=self._hang_up,
            on_turn=self._snapshot,
            now=self._now,
        )
        self.recogniser = BoundedFlux(settings, services.flux, self.processor.fault)
        model = BoundedOpenAI(settings, persona(services.business), services.model)
        wording = WordingProcessor(
            session,
            services.business,
            settings,
            on_spoken=self.processor.spoken,
            on_fault=self.processor.fault,
            give_up=model.give_up,
            waited=lambda: extractor.waited_seconds,
        )
        voice = FallbackTTSService(
            services.first_voice,
            services.second_voice,
            services.breakers["inworld"],
            services.lines,
            settings,
            call_id=session.call_id,
            on_fault=self.processor.fault,
            on_both_failed=self._both_voices_failed,
        )
        # No voice activity model: Flux proposes the turns, and a turn without words is none (pipecat.md 1.5).
        user, assistant = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                user_turn_strategies=ExternalUserTurnStrategies(),
                empty_user_turn=None,
                user_turn_stop_timeout=settings.empty_turn_seconds,
            ),
        )
        self.worker = PipelineWorker(
            Pipeline(
                [
                    self.transport.input(),
                    self.recogniser,
                    user,
                    self.processor,
                    model,
                    wording,
                    voice,
                    self.transport.output(),
                    assistant,
                ]
            ),
            params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
            enable_rtvi=False,
            setup_timeout_secs=settings.pipeline_setup_seconds,
            idle_timeout_secs=IDLE_SECONDS,
        )
        self._saving: set[asyncio.Future[bool]] = set()
        self._stream_ended = asyncio.Event()
        self.transport.event_handler("on_client_connected")(self._connected)
        self.transport.event_handler("on_client_disconnected")(self._disconnected)
        self.worker.event_handler("on_pipeline_error")(self._pipeline_error)
        self.worker.set_reached_upstream_filter((InputTransportMessageFrame,))
        self.worker.event_handler("on_frame_reached_upstream")(self._message_arrived)

    async def run(self) -> None:
        runner = WorkerRunner(handle_sigint=False, force_gc=True)
        await runner.add_workers(self.worker)
        watch = asyncio.create_task(self._watch_line(), name=f"{self.session.call_id} line")
        try:
            await runner.run()
        finally:
            watch.cancel()

    async def end(self, ended_by: EndedBy) -> None:
        """The stream is over: by its own messages, or as somebody knows who sees it from outside."""
        if self._stream_ended.is_set():
            return
        self._stream_ended.set()
        if self.session.ended_by is None:
            self.session.ended_by = ended_by
            if words := self.recogniser.open_words:  # In the middle of a sentence; it is part of the lead.
                self.session.note(EntryKind.CALLER, words, datetime.now(UTC), detail="cut off by the end of the line")
            if ended_by is EndedBy.INTERRUPTED:  # As soon as the socket closes, another machine may take the call over.
                self._snapshot(self.session)
                await asyncio.wait(self._saving, timeout=self._settings.snapshot_seconds)
        await self.worker.cancel(reason="the stream ended")

    async def _watch_line(self) -> None:
        """A stream that sends nothing any more is broken, though its socket may stay open for minutes."""
        limit = self._settings.line_silent_seconds
        while self.serializer.silent_seconds < limit:
            await asyncio.sleep(limit - self.serializer.silent_seconds)
        if not self._stream_ended.is_set():
            self.processor.fault("line", f"nothing came for {limit:g} s")
            await self.end(EndedBy.INTERRUPTED)

    async def saved(self) -> None:
        """Waits for snapshots under way."""
        await asyncio.gather(*self._saving, return_exceptions=True)

    async def _connected(self, *_: object) -> None:
        await self.worker.queue_frame(CallEventFrame(Event.RESUMED if self.stream.resumed else Event.START))

    async def _message_arrived(self, _: PipelineWorker, frame: Frame) -> None:
        """Twilio's `stop` is the end of the call, whether the socket closes behind it or stays open."""
        if isinstance(frame, InputTransportMessageFrame) and frame.message.get("event") == "stop":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):  # Two who close one socket at once get an error.
                    await self._stream_ended.wait()
            await self._disconnected()

    async def _disconnected(self, *_: object) -> None:
        await self.end(EndedBy.CALLER if self.serializer.stopped else EndedBy.INTERRUPTED)

    async def _pipeline_error(self, _: PipelineWorker, frame: ErrorFrame) -> None:
        """A recogniser that has given up ends the call in words; a line that takes no audio breaks the stream off.

        Every other part has its own way around.
        """
        if frame.processor is None or frame.processor.is_usable:
            return
        if isinstance(frame.processor, STTService):
            await self.worker.queue_frame(CallEventFrame(Event.FAULT, "deepgram"))
        elif frame.processor is self.transport.output():
            self.processor.fault("line", "our audio is not taken")
            await self.end(EndedBy.INTERRUPTED)

    async def _both_voices_failed(self, text: str) -> None:
        """First the callback, whose lines are recorded; if not even those can be spoken, Twilio speaks and ends it."""
        if not self.session.fault:
            await self.worker.queue_frame(CallEventFrame(Event.FAULT, "voices"))
        elif self.session.closing:
            self.session.ended_by = EndedBy.BOT  # Twilio's `stop` comes before its answer.
            if await self._still_ours():
                await self._services.twilio.say_and_hang_up(self.session.call_id, text)

    async def _hang_up(self) -> None:
        """By REST, then Twilio ends the stream; if it does not in time, we do, which brings it to `/twiml/after`."""
        services, call_id = self._services, self.session.call_id
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.hangup_request_seconds):
                if not await self._still_ours():
                    return
                if await services.twilio.hang_up(call_id):
                    await self._stream_ended.wait()
        if not self._stream_ended.is_set():
            self.processor.fault("twilio", "the hang-up was not confirmed")

    async def _still_ours(self) -> bool:
        """Writes that the call ends on purpose; False if another stream has it: then its line must not be cut."""
        try:
            async with asyncio.timeout(self._settings.snapshot_seconds):
                ours = await self._services.store.calls.end(
                    self.session, self.stream.run, self._services.closing.due_at()
                )
        except Exception as error:
            self._log.error("the end was not written: %s", type(error).__name__)
            return True
        if not ours:
            self._log.warning("not hung up: another stream has the call")
        return ours

    def _now(self) -> datetime:
        return datetime.now(self._services.business.zone)

    def _save(self, session: CallSession) -> "asyncio.Future[bool]":
        """Writes the session as it is now; on its way, in its turn, when this returns."""
        saving = self._services.store.calls.save(session, self.stream.run)
        self._saving.add(saving)
        saving.add_done_callback(self._saving.discard)
        return saving

    def _snapshot(self, session: CallSession) -> None:
        self._save(session).add_done_callback(self._snapshot_written)

    def _snapshot_written(self, saving: "asyncio.Future[bool]") -> None:
        if not saving.cancelled() and (error := saving.exception()):
            self._log.error("a snapshot was not written: %s", type(error).__name__)


def _time_left(settings: Settings, session: CallSession) -> Settings:
    """The settings with what is left of the call's time: a call that comes back is no new one."""
    lasted = (datetime.now(UTC) - session.started_at).total_seconds()
    left = max(LEAST_SECONDS, settings.max_call_seconds - max(0.0, lasted))
    return settings.model_copy(update={"max_call_seconds": min(left, settings.max_call_seconds)})


class _Line:
    """What the conversation needs of the telephone line."""

    def __init__(self, serializer: MarkSerializer, stream_sid: str) -> None:
        self._serializer, self.stream_sid = serializer, stream_sid

    @property
    def protect(self) -> bool:
        return self._serializer.protect

    @protect.setter
    def protect(self, value: bool) -> None:
        self._serializer.protect = value
