"""The Pipecat pipeline of one stream of a call: built from below, and run to its end.

Whatever happens, `finally` writes how it ended (stream_end.py): that is the only hook that every end passes (pipecat.md
1.6). A stream that ends without a hang-up falls through to `/twiml/after`, which may bring the call back (resume.py).
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies
from starlette.websockets import WebSocket

from call.event import tell
from call.events import CallResumed, CallStarted
from call.session import CallSession
from config import Settings
from conversation.directives import persona
from logs import CallLogger, call_lines, call_logger
from processor import StateMachineProcessor
from providers.kept_speech import TRANSPORT_PIECE_SECONDS
from providers.language_model import BoundedOpenAI
from providers.media_stream import MarkSerializer
from providers.pace import media_transport
from providers.recogniser import BoundedFlux
from providers.second_reader import SecondReader
from server.call_parts import CallParts
from server.lateness import LATE
from server.live_calls import LiveCall, Stream
from server.memory import recall
from server.one_stream import HangUp, OneStream
from server.recorder import Recorder
from server.snapshots import Snapshots
from server.stream_end import after_stream
from state_machine import Turn
from tts_fallback import FallbackTTSService
from turns.faults import Faults
from turns.foresight import Foresight
from turns.tool_journal import AskedTools
from turns.wording import WordingProcessor

SAMPLE_RATE = 8000  # Hz; Twilio's rate end to end, so nothing is resampled (R96)
KEEP_MOMENTS = 3  # Of a caller, before V2 is asked: the database's, then the journal's, and a little
LEAST_SECONDS = 60.0  # What a call that has come back may still last, however long it had lasted before.


async def run_call(
    websocket: WebSocket, stream: Stream, session: CallSession, parts: CallParts, live: LiveCall
) -> None:
    """Runs one stream of a call over an accepted websocket, until it is over and all of it is written."""
    with call_lines(session.call_id):
        log = call_logger(__name__, session.call_id)
        if stream.resumed:
            tell(log, CallResumed(session.state, stream.run))
        else:
            tell(log, CallStarted(session.caller_number or "a withheld number"))
        one = _one_stream(websocket, stream, session, parts, log)
        live.end, live.tool_under_way = one.end, lambda: bool(session.tool_under_way)
        live.fault = one.faults.note
        if parts.lateness.late:
            one.faults.note(*LATE)
        recalling = asyncio.create_task(
            recall(session, parts.rows, parts.settings, datetime.now(UTC), log), name=f"{session.call_id} memory"
        )
        try:
            await one.run()
        except Exception:
            log.exception("the call broke")
        finally:  # Shielded, so that no shutdown loses it.
            recalling.cancel()
            ending = after_stream(one, parts.rows, parts.closing, parts.calls)
            await asyncio.shield(asyncio.gather(ending, one.line.close()))


def _one_stream(
    websocket: WebSocket, stream: Stream, session: CallSession, parts: CallParts, log: CallLogger
) -> OneStream:
    """Each part is given what it uses, which is there already; who hears of what happens is joined last."""
    settings, machine, outside = parts.settings, parts.machine, parts.outside
    openai, voices = outside.model, outside.voices
    now, clock = partial(datetime.now, machine.business.zone), asyncio.get_running_loop().time
    faults, snapshots, ended = Faults(session, now), Snapshots(parts.rows, stream.run, log), asyncio.Event()
    hang_up = HangUp(settings, session, stream.run, parts.rows, parts.closing, outside.twilio, ended, faults, log)
    recogniser = BoundedFlux(settings, outside.flux, faults.note, session.usage, clock)
    line = MarkSerializer(stream.sid, session.call_id, recogniser.hear, clock)
    recorder = None
    if settings.record_calls or session.recorded_from:
        recorder = Recorder(session, parts.recordings, snapshots.save, now, log)
    line.recorder = recorder
    transport = _transport(websocket, line, settings, clock)
    second_reader = SecondReader(
        openai.client,
        settings.openai_model,
        settings.second_reader_seconds,
        openai.breaker,
        on_fault=faults.note,
        usage=session.usage,
        effort=settings.openai_reasoning_effort,
    )
    processor = StateMachineProcessor(
        session,
        machine,
        AskedTools(outside.v2, snapshots.save, KEEP_MOMENTS * settings.snapshot_seconds, now, log),
        second_reader,
        openai.breaker,
        _time_left(settings, session),
        line=line,
        hang_up=hang_up.hang_up,
        leave=hang_up.leave,
        recording=recorder,
        on_turn=snapshots.save,
        on_fault=faults.note,
        voiced_at=lambda: recogniser.voiced_at,
        unsure=lambda: recogniser.unsure,
        scarce=lambda: parts.calls.scarce,
        now=now,
        clock=clock,
    )
    model = BoundedOpenAI(settings, persona(machine.business), openai.client, session.usage)
    wording = WordingProcessor(
        session,
        machine.business,
        settings,
        spoken=processor.spoken,
        on_fault=faults.note,
        give_up=model.give_up,
        second_reader=second_reader,
    )
    voice = FallbackTTSService(
        voices.first,
        voices.second,
        voices.breaker,
        voices.lines,
        settings,
        call_id=session.call_id,
        usage=session.usage,
        on_fault=faults.note,
    )
    processor.foresight = Foresight(
        session,
        lambda foreseen, heard, at: machine.step(foreseen, Turn(heard, at)),
        machine.business,
        settings,
        reader=second_reader,
        model=model,
        voice=voice,
        breaker=openai.breaker,
        log=log,
        now=now,
    )
    recogniser.on_eager_end = processor.turn_may_be_over
    user, assistant = _whole_turns(settings)
    worker = PipelineWorker(
        Pipeline(
            [transport.input(), recogniser, user, processor, model, wording, voice, transport.output(), assistant]
        ),
        params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
        enable_rtvi=False,
        enable_turn_tracking=False,  # An observer is told of every frame, in a task of its own: a tenth of all work.
        setup_timeout_secs=settings.pipeline_setup_seconds,
        idle_timeout_secs=None,  # The same; `OneStream` watches the line itself.
    )
    one = OneStream(
        settings,
        session,
        stream,
        line,
        transport,
        recogniser,
        recorder,
        processor,
        worker,
        snapshots,
        hang_up,
        faults,
        ended,
    )
    one.listen(voice)
    return one


def _transport(
    websocket: WebSocket, line: MarkSerializer, settings: Settings, clock: Callable[[], float]
) -> FastAPIWebsocketTransport:
    params = FastAPIWebsocketParams(
        audio_in_enabled=False,  # The recogniser has it from the line itself (media_stream.py).
        audio_out_enabled=True,
        serializer=line,
        audio_out_end_silence_secs=0,
        audio_out_10ms_chunks=round(100 * TRANSPORT_PIECE_SECONDS),
        audio_out_write_timeout_secs=settings.line_silent_seconds,
    )
    return media_transport(websocket, params, clock)


def _whole_turns(settings: Settings) -> LLMContextAggregatorPair:
    """No voice activity model: Flux proposes the turns, and a turn without words is none (pipecat.md 1.5)."""
    return LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(
            user_turn_strategies=ExternalUserTurnStrategies(),
            empty_user_turn=None,
            user_turn_stop_timeout=settings.empty_turn_seconds,
        ),
    )


def _time_left(settings: Settings, session: CallSession) -> Settings:
    """The settings with what is left of the call's time: a call that comes back is no new one."""
    lasted = (datetime.now(UTC) - session.started_at).total_seconds()
    left = max(LEAST_SECONDS, settings.max_call_seconds - max(0.0, lasted))
    return settings.model_copy(update={"max_call_seconds": min(left, settings.max_call_seconds)})
