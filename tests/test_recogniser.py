"""The recogniser against Flux's stand-in: deaf, stuck, dropped; and that a healthy one is left alone.

The clock is the audio itself, so that minutes of a line take a moment.
"""

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    LLMContextUserTurnFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies
from pipecat.workers.runner import WorkerRunner

import config
from recogniser import BoundedFlux, SilenceWatch, VoiceMeter
from simulator.audio import SAMPLE_RATE, chunks, mulaw_to_pcm, pcm_to_mulaw, seconds, silence
from simulator.vendors import Vendors

REQUIRED = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9")
FRAME_SECONDS = 0.02
UPDATE_SECONDS = 0.26  # The stand-in has something to say about every quarter of a second.
PROBLEM = "My furnace is blowing cold air."
ADDRESS = "1204 Barton Springs Road, on the second floor."
DEAF_SECONDS = STUCK_SECONDS = 1.5
PATIENCE_SECONDS = 10.0


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with Vendors() as running:
        yield running


def said(vendors: Vendors, text: str, voice: str = "en-us+m3") -> bytes:
    """The samples of a caller as they leave the telephone line, recognised by the stand-in."""
    pcm = vendors.speaker.speak(text, voice)
    vendors.caller_acoustics.register(text, pcm)
    return mulaw_to_pcm(pcm_to_mulaw(pcm))


def hiss(duration_seconds: float, level: int) -> bytes:
    """White noise of an effective level."""
    source = random.Random(1)
    noise = [max(-32768, min(32767, round(source.gauss(0, level)))) for _ in range(SAMPLE_RATE)]
    pcm = mulaw_to_pcm(pcm_to_mulaw(struct.pack(f"<{SAMPLE_RATE}h", *noise)))
    wanted = len(silence(duration_seconds))
    return (pcm * (wanted // len(pcm) + 1))[:wanted]


def over(pcm: bytes, noise: bytes) -> bytes:
    """Both at once."""
    count = len(pcm) // 2
    pairs = zip(struct.unpack(f"<{count}h", pcm), struct.unpack(f"<{count}h", noise[: len(pcm)]), strict=True)
    return struct.pack(f"<{count}h", *(max(-32768, min(32767, a + b)) for a, b in pairs))


class Flux(BoundedFlux):
    """The recogniser, how many events it was sent, and what happens before it connects."""

    events = 0
    connecting: Callable[[], object] = staticmethod(lambda: None)

    async def _connect_websocket(self) -> None:
        self.connecting()
        await super()._connect_websocket()

    async def _handle_turn_info(self, data: dict[str, Any]) -> None:
        await super()._handle_turn_info(data)
        self.events += 1


class Sink(FrameProcessor):
    """What the rest of the call sees: its turns, and whether the caller speaks."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[str] = []
        self.speaking: list[bool] = []
        self.frames = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputAudioRawFrame():
                self.frames += 1
            case LLMContextUserTurnFrame():
                self.turns.append(frame.text)
            case UserStartedSpeakingFrame() | UserStoppedSpeakingFrame():
                self.speaking.append(isinstance(frame, UserStartedSpeakingFrame))
        await self.push_frame(frame, direction)


class Line:
    """The recogniser and the aggregator of a call."""

    def __init__(self, vendors: Vendors, empty_turn_seconds: float, **changes: float) -> None:
        values: dict[str, object] = {"deaf_seconds": DEAF_SECONDS, "stuck_turn_seconds": STUCK_SECONDS, **changes}
        values |= {"deepgram_base_url": vendors.deepgram_ws_url, "deepgram_api_key": vendors.deepgram_key}
        settings = config.load({**REQUIRED, **{name.upper(): str(value) for name, value in values.items()}})
        self.fed = self.connected = 0
        self.errors: list[tuple[str, bool]] = []
        self.flux, self.sink, self._vendors = Flux(settings, clock=lambda: self.fed * FRAME_SECONDS), Sink(), vendors
        user, _ = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                user_turn_strategies=ExternalUserTurnStrategies(),
                empty_user_turn=None,
                user_turn_stop_timeout=empty_turn_seconds,
            ),
        )
        self.worker = PipelineWorker(
            Pipeline([self.flux, user, self.sink]),
            params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
            enable_rtvi=False,
        )
        self.worker.add_event_handler("on_pipeline_error", self._error)
        self.flux.add_event_handler("on_connected", self._connected)

    async def _error(self, _: PipelineWorker, frame: ErrorFrame) -> None:
        self.errors.append((frame.error, bool(frame.processor and frame.processor.is_usable)))

    async def _connected(self, _: Flux) -> None:
        self.connected += 1

    @property
    def connections(self) -> int:
        """How often the stand-in was asked for one."""
        return sum(request.path == "/v2/listen" for request in self._vendors.requests)

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not true():
                await asyncio.sleep(0.001)

    async def silence_until(self, true: Callable[[], object]) -> None:
        """Feeds silence until something is true: the last words may still be on their way when it begins."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not true():
                await self.hear(silence(FRAME_SECONDS), answered=False)
                await asyncio.sleep(0.001)

    async def hear(self, pcm: bytes, *, answered: bool = True) -> None:
        """Feeds audio, as fast as the recogniser answers it; with `answered` false, as fast as it takes it."""
        for piece in chunks(pcm, UPDATE_SECONDS):
            events = self.flux.events
            for chunk in chunks(piece, FRAME_SECONDS):
                self.fed += 1
                await self.worker.queue_frame(InputAudioRawFrame(audio=chunk, sample_rate=SAMPLE_RATE, num_channels=1))
            fed = self.fed
            await self.until(lambda fed=fed: self.sink.frames >= fed)  # type: ignore[misc]
            if answered and seconds(piece) >= UPDATE_SECONDS:
                await self.until(lambda events=events: self.flux.events > events)  # type: ignore[misc]


@asynccontextmanager
async def line(vendors: Vendors, empty_turn_seconds: float = 5.0, **changes: float) -> AsyncIterator[Line]:
    """A line that is open; the pipeline must end within its deadline."""
    made = Line(vendors, empty_turn_seconds, **changes)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(made.worker)
    running = asyncio.create_task(runner.run())
    try:
        yield made
    finally:
        await made.worker.queue_frame(EndFrame())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


# What is voice.


def voiced_seconds(pcm: bytes) -> float:
    meter = VoiceMeter()
    return sum(meter.voiced(window) for window in chunks(pcm, FRAME_SECONDS)) * FRAME_SECONDS


@pytest.mark.parametrize("voice", ["en-us+m3", "en-us+f3", "en-gb"])
@pytest.mark.parametrize("noise_level", [0, 60, 250])
def test_speech_is_voice(vendors: Vendors, voice: str, noise_level: int) -> None:
    """Most of a sentence is voice, on a clean line as on a noisy one."""
    pcm = silence(1) + said(vendors, PROBLEM, voice) + silence(1)
    pcm = over(pcm, hiss(seconds(pcm), noise_level)) if noise_level else pcm
    spoken = seconds(pcm) - 2
    assert 0.7 * spoken < voiced_seconds(pcm) <= spoken + 0.1


def test_the_noise_of_a_line_is_no_voice() -> None:
    """Silence and hiss never are; a loud steady noise that sets in is for two seconds, then it is the line's."""
    assert voiced_seconds(silence(60)) == 0
    assert voiced_seconds(hiss(60, 150)) == 0
    assert voiced_seconds(hiss(60, 2500)) == 0
    assert voiced_seconds(silence(5) + hiss(60, 2500)) <= 2.0


def test_a_burst_leaves_the_recogniser_its_time() -> None:
    """Audio that comes all at once counts no more than the time that has passed; slow audio no more than itself."""
    now = 100.0
    watch = SilenceWatch(lambda: now)
    loud = struct.pack("<160h", *([5000, -5000] * 80))
    watch.sent(silence(0.02), SAMPLE_RATE)
    watch.sent(loud * 75, SAMPLE_RATE)
    assert watch.unanswered_seconds == 0
    now += 1
    assert watch.unanswered_seconds == 1
    watch.sent(silence(9), SAMPLE_RATE)
    assert watch.quiet_seconds == 1
    now += 60
    assert watch.unanswered_seconds == 1.5
    assert watch.quiet_seconds == 9
    watch.answered()
    assert watch.unanswered_seconds == 0


# Deaf.


@pytest.mark.parametrize("fault", ["deaf", "garbage", "hang_body"])
async def test_a_deaf_recogniser_is_given_up(vendors: Vendors, fault: str) -> None:
    """A second connection is tried once, then one error says that the service cannot be used."""
    vendors.faults.set("deepgram", fault)
    speech = silence(0.5) + said(vendors, PROBLEM) + silence(1)
    async with line(vendors) as call:
        await call.until(lambda: call.connections == 1)
        await call.hear(speech * 2, answered=False)
        await call.until(lambda: call.connections == 2)
        assert call.errors == []
        assert call.flux.is_usable
        await call.until(lambda: call.flux._transport_is_active())
        await call.hear(speech * 2, answered=False)
        await call.until(lambda: call.errors)
        await call.hear(speech * 2, answered=False)
        assert [usable for _, usable in call.errors] == [False]
        assert call.connections == 2
        assert call.sink.turns == []


async def test_a_new_connection_may_hear_again(vendors: Vendors) -> None:
    """Only the first connection was deaf: the next sentence is heard, and later trouble gets a new connection too."""
    vendors.faults.set("deepgram", "deaf", 1)
    speech = silence(0.5) + said(vendors, PROBLEM) + silence(1)
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(speech * 2, answered=False)
        await call.until(lambda: call.connected == 2)
        await call.hear(silence(1) + said(vendors, ADDRESS) + silence(1))
        await call.until(lambda: call.sink.turns)
        assert call.sink.turns[-1] == ADDRESS
        vendors.faults.set("deepgram", "deaf")
        await call.hear(speech * 2, answered=False)
        await call.until(lambda: call.connected == 3)
        assert call.errors == []


async def test_only_voice_makes_a_recogniser_deaf(vendors: Vendors) -> None:
    """Two minutes of silence and noise without any event are no fault."""
    vendors.faults.set("deepgram", "deaf")
    async with line(vendors, deaf_seconds=4, stuck_turn_seconds=3) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(30) + hiss(60, 150) + hiss(30, 2500), answered=False)
        assert (call.connections, call.errors) == (1, [])


async def test_deaf_in_the_middle_of_a_turn(vendors: Vendors) -> None:
    """The turn ends with the words that came, once; a new connection hears the next ones."""
    speech, more = said(vendors, PROBLEM), vendors.speaker.speak("And this is what Flux will not know.", "en-us+m3")
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + speech[: len(speech) // 2 & ~1])
        vendors.faults.set("deepgram", "deaf")
        call.flux.connecting = lambda: vendors.faults.set("deepgram", None)
        await call.hear((more + silence(0.4)) * 2, answered=False)
        await call.until(lambda: call.connected == 2 and call.sink.turns)
        assert len(call.sink.turns) == 1
        assert PROBLEM.startswith(call.sink.turns[0])
        await call.hear(silence(1) + said(vendors, ADDRESS) + silence(4))
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns[1:] == [ADDRESS]
        assert call.errors == []


# Stuck.


async def test_a_turn_that_never_ends_is_ended(vendors: Vendors) -> None:
    """Each turn is handed on with its last transcript, once, however long the silence; the next one is its own."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors) as call:
        for count, text in enumerate((PROBLEM, ADDRESS, "No."), start=1):
            await call.until(lambda count=count: call.connected == count)  # type: ignore[misc]
            await call.hear(silence(0.52) + said(vendors, text) + silence(STUCK_SECONDS - 0.5))
            assert len(call.sink.turns) == count - 1
            await call.silence_until(lambda count=count: call.connected == count + 1)  # type: ignore[misc]
            await call.hear(silence(2 * STUCK_SECONDS))
            assert call.sink.turns[count - 1 :] == [text]
        assert call.sink.speaking == [True, False] * 3
        assert call.errors == []


async def test_an_endless_turn_without_words_is_closed(vendors: Vendors) -> None:
    """A noise that began a turn leaves no open turn behind, and no words."""
    vendors.flux.settings.noise_is_turn = True
    vendors.faults.set("deepgram", "no_end")
    noise = vendors.speaker.speak("The television.", "en-gb")
    async with line(vendors, empty_turn_seconds=0.05) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + noise)
        await call.silence_until(lambda: call.sink.speaking == [True, False])
        assert call.sink.turns == []


@pytest.mark.parametrize("early_frames", [1, 2, 4, 8])
async def test_a_late_end_is_not_heard_twice(vendors: Vendors, early_frames: int) -> None:
    """Flux ends the turn around the moment at which we do: one turn."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "no_end")
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(0.52))
        while call.flux._watch.quiet_seconds < STUCK_SECONDS - FRAME_SECONDS * (early_frames + 0.5):
            await call.hear(silence(FRAME_SECONDS), answered=False)
        assert call.sink.turns == []
        vendors.faults.set("deepgram", None)
        await call.hear(silence(4), answered=False)
        await call.until(lambda: call.sink.turns)
        await call.hear(said(vendors, ADDRESS) + silence(2), answered=False)
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns == [PROBLEM, ADDRESS]


async def test_what_the_old_connection_says_is_not_heard(vendors: Vendors) -> None:
    """Flux ends the turn after we did, while the new connection is not there yet: no second turn."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "no_end")
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(STUCK_SECONDS - 0.5))
        call.flux._reconnect = asyncio.Event().wait  # type: ignore[method-assign]
        await call.silence_until(lambda: call.sink.turns)
        vendors.faults.set("deepgram", None)
        await call.hear(silence(3) + said(vendors, ADDRESS) + silence(1))
        assert [r.text for r in vendors.requests if r.path.endswith("EndOfTurn")] == [PROBLEM, ADDRESS]
        assert call.sink.turns == [PROBLEM]


# Dropped.


@pytest.mark.parametrize("then", [None, "no_end"])
async def test_a_turn_that_is_dropped_is_not_doubled(vendors: Vendors, then: str | None) -> None:
    """What came before the drop is one turn, what came after it another, and silence makes none of them again."""
    vendors.faults.set("deepgram", "drop", 1)
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + said(vendors, "My furnace")[:9600], answered=False)
        await call.until(lambda: call.connected == 2)
        vendors.faults.set("deepgram", then)
        before = list(call.sink.turns)
        assert len(before) <= 1
        await call.hear(silence(2 * STUCK_SECONDS) + said(vendors, ADDRESS) + silence(1))
        await call.hear(silence(2 * STUCK_SECONDS), answered=False)
        await call.until(lambda: len(call.sink.turns) > len(before))
        assert call.sink.turns == [*before, ADDRESS]
        assert call.flux.is_usable
        assert call.connections == (3 if then else 2)


# Healthy.


async def test_a_healthy_recogniser_is_left_alone(vendors: Vendors) -> None:
    """Pauses inside a turn, a long turn, noise and a long silence: no reconnection, no error, every turn whole."""
    vendors.flux.settings.end_of_turn_seconds = 1.3
    sentences = (PROBLEM, ADDRESS, "It started on Monday.", "The filter is new.")
    long_turn = b"".join(said(vendors, text) + silence(1.1) for text in sentences)
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(10) + hiss(10, 150) + hiss(10, 2500) + silence(1))
        await call.hear(long_turn + silence(10) + long_turn + silence(2))
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns == [" ".join(sentences)] * 2
        assert (call.connections, call.errors) == (1, [])


async def test_a_soft_voice_is_not_cut_off(vendors: Vendors) -> None:
    """A caller under our level is still speaking while Flux has new words."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors, stuck_turn_seconds=1) as call:
        await call.until(lambda: call.connected == 1)
        call.flux._watch._meter.voiced = lambda window: False  # type: ignore[method-assign]
        await call.hear(silence(3) + said(vendors, ADDRESS))
        assert call.sink.turns == []
        await call.silence_until(lambda: call.sink.turns)
        assert call.sink.turns == [ADDRESS]


async def test_a_call_may_end_during_a_reconnection(vendors: Vendors) -> None:
    """A handshake that hangs holds no call back, and no connection outlives it."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors, stt_connect_seconds=60) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + said(vendors, PROBLEM))
        vendors.faults.set("deepgram", "hang")
        await call.silence_until(lambda: call.connections == 2)
        replacement = call.flux._replacement
        assert call.sink.turns == [PROBLEM]
    assert replacement is not None
    assert replacement.done()
    assert not call.flux._transport_is_active()
