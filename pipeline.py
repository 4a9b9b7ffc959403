"""The Pipecat pipeline of one call: built, run to its end, and turned into a record.

Whatever happens, the record is handed to the delivery in `finally`: that is the only hook that every end passes
(pipecat.md 1.6). A stream that ends without a hang-up falls through to `/twiml/after`.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

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

import post_call
from call_frames import CallEventFrame, Event
from extraction import Extractor
from logs import CallLogger, call_lines, call_logger
from processor import StateMachineProcessor
from recogniser import BoundedFlux
from services import Services
from session import CallSession, EndedBy, EntryKind
from telephony import MarkSerializer
from tts_fallback import FallbackTTSService
from vendors import BoundedOpenAI
from wording import WordingProcessor

SAMPLE_RATE = 8000  # Hz; Twilio's rate end to end, so nothing is resampled (R96)
STOP_SECONDS = 0.5  # Twilio closes the socket right behind its `stop`.
IDLE_SECONDS = 90.0  # a backstop; the processor's own watch ends silent calls long before


async def run_call(websocket: WebSocket, stream_sid: str, session: CallSession, services: Services) -> None:
    """Runs one call over an accepted Media Streams websocket, until it is over and its record is on its way."""
    with call_lines(session.call_id):
        log = call_logger(__name__, session.call_id)
        log.info("started from %s", session.caller_number or "a withheld number")
        call = _Call(websocket, stream_sid, session, services)
        try:
            await call.run()
        except Exception:
            log.exception("the call broke")
        finally:
            await _afterwards(call, session, services)


class _Call:
    """The processors of one call and how they are joined."""

    def __init__(self, websocket: WebSocket, stream_sid: str, session: CallSession, services: Services) -> None:
        settings = services.settings
        self.session, self._services, self._settings = session, services, settings
        self.serializer = MarkSerializer(stream_sid, session.call_id)
        self.transport = FastAPIWebsocketTransport(
            websocket,
            FastAPIWebsocketParams(
                audio_in_enabled=True, audio_out_enabled=True, serializer=self.serializer, audio_out_end_silence_secs=0
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
            services.v2,
            extractor,
            services.breakers["openai"],
            settings,
            line=_Line(self.serializer, stream_sid),
            hang_up=self._hang_up,
            on_turn=self._snapshot,
            now=lambda: datetime.now(services.business.zone),
        )
        self.recogniser = BoundedFlux(settings, services.flux, self.processor.fault)
        model = BoundedOpenAI(settings, services.business, services.model)
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
        self._saving: set[asyncio.Task[None]] = set()
        self._stream_ended = asyncio.Event()
        self.transport.event_handler("on_client_connected")(self._connected)
        self.transport.event_handler("on_client_disconnected")(self._disconnected)
        self.worker.event_handler("on_pipeline_error")(self._pipeline_error)
        self.worker.set_reached_upstream_filter((InputTransportMessageFrame,))
        self.worker.event_handler("on_frame_reached_upstream")(self._message_arrived)

    async def run(self) -> None:
        runner = WorkerRunner(handle_sigint=False, force_gc=True)
        await runner.add_workers(self.worker)
        await runner.run()

    async def saved(self) -> None:
        """Waits for snapshots under way."""
        await asyncio.gather(*self._saving, return_exceptions=True)

    async def _connected(self, *_: object) -> None:
        await self.worker.queue_frame(CallEventFrame(Event.START))

    async def _message_arrived(self, _: PipelineWorker, frame: Frame) -> None:
        """Twilio's `stop` is the end of the call, whether the socket closes behind it or stays open."""
        if isinstance(frame, InputTransportMessageFrame) and frame.message.get("event") == "stop":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):  # Two who close one socket at once get an error.
                    await self._stream_ended.wait()
            await self._disconnected()

    async def _disconnected(self, *_: object) -> None:
        if self._stream_ended.is_set():
            return
        self._stream_ended.set()
        if self.session.ended_by is None:
            self.session.ended_by = EndedBy.CALLER if self.serializer.stopped else EndedBy.INTERRUPTED
            if words := self.recogniser.open_words:  # In the middle of a sentence; it is part of the lead.
                self.session.note(EntryKind.CALLER, words, datetime.now(UTC), detail="cut off by the end of the line")
        await self.worker.cancel(reason="the stream ended")

    async def _pipeline_error(self, _: PipelineWorker, frame: ErrorFrame) -> None:
        """A recogniser that has given up ends the call in words; every other part has its own way around."""
        if isinstance(frame.processor, STTService) and not frame.processor.is_usable:
            await self.worker.queue_frame(CallEventFrame(Event.FAULT, "deepgram"))

    async def _both_voices_failed(self, text: str) -> None:
        """First the callback, whose lines are recorded; if not even those can be spoken, Twilio speaks and ends it."""
        if not self.session.fault:
            await self.worker.queue_frame(CallEventFrame(Event.FAULT, "voices"))
        elif self.session.closing:
            self.session.ended_by = EndedBy.BOT  # Twilio's `stop` comes before its answer.
            await self._services.twilio.say_and_hang_up(self.session.call_id, text)

    async def _hang_up(self) -> None:
        """By REST, then Twilio ends the stream; if it does not in time, we do, which brings it to `/twiml/after`."""
        call_id = self.session.call_id
        log = call_logger(__name__, call_id)
        written = _try("the end was not written", self._services.store.mark_ended(call_id, on_purpose=True), log)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.hangup_request_seconds):
                _, confirmed = await asyncio.gather(written, self._services.twilio.hang_up(call_id))
                if confirmed:
                    await self._stream_ended.wait()
        if not self._stream_ended.is_set():
            self.processor.fault("twilio", "the hang-up was not confirmed")

    def _snapshot(self, session: CallSession) -> None:
        copy = session.model_copy(deep=True)
        task = asyncio.create_task(self._services.store.save_snapshot(copy), name=f"{session.call_id} snapshot")
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)


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


async def _afterwards(call: _Call, session: CallSession, services: Services) -> None:
    """Waits for what is under way, then hands the record over; shielded, so that no shutdown loses it."""
    await asyncio.shield(_hand_over(call, session, services))


async def _hand_over(call: _Call, session: CallSession, services: Services) -> None:
    """What fails on the way costs itself and not the record."""
    log = call_logger(__name__, session.call_id)
    await _try("a tool under way was not waited for", call.processor.settle(), log)
    await _try("snapshots under way were not waited for", call.saved(), log)
    if senseless := call.serializer.malformed:
        call.processor.fault("twilio", f"{senseless} messages that make no sense")
    session.ended_at = datetime.now(UTC)
    session.ended_by = session.ended_by or EndedBy.INTERRUPTED
    log.info("ended %s", _last_line(session, call.processor.slowest_answer_seconds))
    await _try("the snapshot was not written", services.store.save_snapshot(session), log)
    if session.ended_by is not EndedBy.INTERRUPTED:
        await _try("the end was not written", services.store.mark_ended(session.call_id, on_purpose=True), log)
    record = post_call.build_record(session, services.settings, now=session.ended_at)
    await _try("THE RECORD WAS NOT HANDED OVER", services.deliveries.deliver(record), log)


async def _try(what: str, step: Coroutine[Any, Any, None], log: CallLogger) -> None:
    try:
        await step
    except Exception:
        log.exception("%s", what)


def _last_line(session: CallSession, slowest_answer_seconds: float) -> str:
    """How the call ended, whose fault it was, how long it took, the way it went, and what failed."""
    ended_at = session.ended_at or session.started_at
    moves = [entry.text.split(" -> ")[1] for entry in session.timeline if entry.kind is EntryKind.STATE]
    faults = sorted({f"{entry.text} {entry.detail}" for entry in session.timeline if entry.kind is EntryKind.FAULT})
    parts = [
        f"{session.outcome} by {session.ended_by}",
        f"blame {post_call.blame(session) or 'nobody'}",
        f"{(ended_at - session.started_at).total_seconds():.0f} s",
        f"{session.turn_count} turns",
        f"slowest answer {slowest_answer_seconds * 1000:.0f} ms",
        "path " + " ".join(["welcome", *moves]),
        "faults " + ("; ".join(faults) or "none"),
    ]
    return ", ".join(parts)
