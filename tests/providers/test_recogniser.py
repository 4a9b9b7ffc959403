"""The recogniser against Flux's stand-in: deaf, stuck, dropped, unreachable; and that a healthy one is left alone.

Audio takes its time, by a clock that jumps over waiting, so that minutes of a line take a moment; the deadlines are
production's.
"""

import asyncio
import json
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
from call.usage import Usage
from circuit_breaker import BreakerState, CircuitBreaker
from providers.hearing_watch import KEPT_SECONDS, FluxHealth, HearingWatch, VoiceMeter
from providers.recogniser import BoundedFlux
from simulator.providers.stand_ins import Vendors
from simulator.sound.audio import SAMPLE_RATE, chunks, mulaw_to_pcm, pcm_to_mulaw, seconds, silence

pytestmark = pytest.mark.slow

CONTROLLED_CLOCK = True

REQUIRED = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9") | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
FRAME_SECONDS = 0.02
UPDATE_SECONDS = 0.26  # The stand-in has something to say about every quarter of a second.
PROBLEM = "My furnace is blowing cold air."
ADDRESS = "1204 Barton Springs Road, on the second floor."
DEAF_SECONDS, STUCK_SECONDS, FORCE_SECONDS, CONNECT_SECONDS, RETRY_SECONDS, RECOVERY_SECONDS = (
    float(config.Settings.model_fields[name].default)
    for name in (
        "deaf_seconds",
        "stuck_turn_seconds",
        "force_end_seconds",
        "stt_connect_seconds",
        "stt_retry_seconds",
        "stt_recovery_seconds",
    )
)
PATIENCE_SECONDS = 20.0


def now() -> float:
    """Seconds of the loop's clock."""
    return asyncio.get_running_loop().time()


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
    """The recogniser, and what happens before it connects."""

    connecting: Callable[[], object] = staticmethod(lambda: None)
    tell: Callable[[dict[str, str]], object] | None = None  # Instead of what we tell Flux

    async def _websocket_connect(self, uri: str, **kwargs: Any) -> Any:
        self.connecting()
        return await super()._websocket_connect(uri, **kwargs)

    async def _transport_send_json(self, message: dict[str, str]) -> None:
        if self.tell:
            self.tell(message)
        else:
            await super()._transport_send_json(message)

    async def accept_and_drop(self, websocket: object) -> str:
        """In place of `_listen`."""
        assert websocket is self._websocket
        self._lose("connection dropped")
        return self._lost


class Sink(FrameProcessor):
    """What the rest of the call sees: its turns, and whether the caller speaks."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[str] = []
        self.speaking: list[bool] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case LLMContextUserTurnFrame():
                self.turns.append(frame.text)
            case UserStartedSpeakingFrame() | UserStoppedSpeakingFrame():
                self.speaking.append(isinstance(frame, UserStartedSpeakingFrame))
        await self.push_frame(frame, direction)


class Line:
    """The recogniser and the aggregator of a call."""

    def __init__(self, vendors: Vendors, health: FluxHealth | None, **changes: float) -> None:
        values: dict[str, object] = {
            "deepgram_base_url": vendors.deepgram_ws_url,
            "deepgram_api_key": vendors.deepgram_key,
        }
        settings = config.load({**REQUIRED, **{name.upper(): str(value) for name, value in (values | changes).items()}})
        self.connected, self.connected_at = 0, 0.0
        self.errors: list[tuple[str, bool]] = []
        self.faults: list[str] = []
        self.usage = Usage()
        self.health = health or FluxHealth(CircuitBreaker("deepgram", clock=now))
        self.flux = Flux(settings, self.health, self._fault, self.usage, clock=now)
        self.sink, self._vendors = Sink(), vendors
        user, _ = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                user_turn_strategies=ExternalUserTurnStrategies(),
                empty_user_turn=None,
                user_turn_stop_timeout=settings.empty_turn_seconds,
            ),
        )
        self.worker = PipelineWorker(
            Pipeline([self.flux, user, self.sink]),
            params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
            enable_rtvi=False,
            enable_turn_tracking=False,
        )
        self.started = asyncio.Event()
        self.worker.add_event_handler("on_pipeline_started", self._start)
        self.worker.add_event_handler("on_pipeline_error", self._error)
        self.flux.add_event_handler("on_connected", self._connected)

    async def _start(self, *_: object) -> None:
        self.started.set()

    async def _error(self, _: PipelineWorker, frame: ErrorFrame) -> None:
        self.errors.append((frame.error, bool(frame.processor and frame.processor.is_usable)))

    async def _connected(self, _: Flux) -> None:
        self.connected, self.connected_at = self.connected + 1, now()

    def _fault(self, part: str, what: str) -> None:
        assert part == "deepgram"
        self.faults.append(what)

    @property
    def connections(self) -> int:
        """How often the stand-in was asked for one."""
        return sum(request.path == "/v2/listen" for request in self._vendors.requests)

    async def until(self, true: Callable[[], object]) -> None:
        """Waits without audio."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not true():
                await asyncio.sleep(FRAME_SECONDS)

    async def silence_until(self, true: Callable[[], object]) -> None:
        """Feeds silence until something is true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not true():
                await self.hear(silence(FRAME_SECONDS))

    async def hear(self, pcm: bytes) -> None:
        """Feeds audio for as long as it lasts."""
        for piece in chunks(pcm, UPDATE_SECONDS):
            for chunk in chunks(piece, FRAME_SECONDS):
                await self.flux.hear(chunk)
            await asyncio.sleep(seconds(piece))


@asynccontextmanager
async def line(vendors: Vendors, health: FluxHealth | None = None, **changes: float) -> AsyncIterator[Line]:
    """A line that is open; the pipeline must end within its deadline."""
    made = Line(vendors, health, **changes)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(made.worker)
    running = asyncio.create_task(runner.run())
    try:
        await made.started.wait()  # Before that Twilio is not listened to.
        yield made
    finally:
        await made.worker.queue_frame(EndFrame())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


def knowing() -> FluxHealth:
    """What a process knows whose calls have been heard before."""
    return FluxHealth(CircuitBreaker("deepgram", clock=now), answers_silence=True)


# What is voice.


def voiced_seconds(pcm: bytes) -> float:
    meter = VoiceMeter()
    return sum(meter.voiced(window) for window in chunks(pcm, FRAME_SECONDS)) * FRAME_SECONDS


@pytest.mark.parametrize("voice", ["en-us+m3", "en-us+f1", "en-gb"])
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
    """Audio that comes all at once counts no more than the time that it has had; slow audio no more than itself."""
    now = 100.0
    watch = HearingWatch(lambda: now)
    loud = struct.pack("<160h", *([5000, -5000] * 80))
    watch.take(silence(0.02), SAMPLE_RATE)
    now += 30
    watch.take(loud * 75, SAMPLE_RATE)
    assert watch.unanswered_seconds == pytest.approx(0.02)
    now += 1
    assert watch.unanswered_seconds == pytest.approx(1.02)
    now += 60
    assert watch.unanswered_seconds == pytest.approx(1.52)
    watch.answered({})
    assert (watch.unanswered_seconds, watch.voiced_seconds) == (0, 0)
    watch.take(silence(9), SAMPLE_RATE)
    assert watch.quiet_seconds == 0
    now += 1
    assert watch.quiet_seconds == pytest.approx(1)
    now += 60
    assert watch.quiet_seconds == pytest.approx(9)


# What is sent anew.


def sent(watch: HearingWatch) -> bytes:
    """What the connection is sent now."""
    return b"".join(iter(watch.next_piece, b""))


@pytest.mark.parametrize(
    ("event", "heard_seconds"),
    [
        ({"event": "Update", "audio_window_end": 2.5, "words": [{"word": "my", "end": 1.2}]}, 1.2),
        ({"event": "Update", "audio_window_end": 2.5, "words": [{"word": "my"}]}, 2.5),
        ({"event": "Update", "audio_window_end": 2.5, "words": []}, 1.5),
        ({"event": "StartOfTurn", "audio_window_end": 0.5}, 0),
        ({"event": "EndOfTurn", "audio_window_end": 2.5, "words": [{"word": "my", "end": 1.2}]}, 2.5),
        ({"event": "EndOfTurn", "audio_window_end": 99.0}, 3.0),
        ({"event": "EndOfTurn"}, 3.0),
    ],
)
def test_a_new_connection_is_sent_what_was_not_heard(event: dict[str, Any], heard_seconds: float) -> None:
    """Heard is what became words and what a turn ended with; positions are those of the connection."""
    before, audio, later = hiss(4, 900), hiss(3, 700), hiss(2, 500)
    watch = HearingWatch(lambda: 0.0)
    watch.take(before, SAMPLE_RATE)
    assert sent(watch) == before
    watch.answered({"event": "EndOfTurn", "audio_window_end": 4.0})
    watch.connected()
    watch.take(audio, SAMPLE_RATE)
    assert sent(watch) == audio
    watch.answered(event)
    watch.take(later, SAMPLE_RATE)
    watch.connected()
    assert sent(watch) == audio[len(silence(heard_seconds)) :] + later


def test_the_last_ten_seconds_are_kept() -> None:
    """However long there is no connection; and what was cut away counts for no position."""
    audio = hiss(25, 700)
    watch = HearingWatch(lambda: 0.0)
    for piece in chunks(audio, FRAME_SECONDS):
        watch.take(piece, SAMPLE_RATE)
    watch.connected()
    assert sent(watch) == audio[-len(silence(10)) :]
    watch.answered({"event": "EndOfTurn", "audio_window_end": 8.0})
    watch.connected()
    assert sent(watch) == audio[-len(silence(2)) :]


def test_all_is_kept_until_it_is_given_up() -> None:
    """By default: deaf twice and then unreachable, it is given up before the first word that it missed is too old."""
    limits = {name: config.Settings.model_fields[name].default for name in ("deaf_seconds", "stt_recovery_seconds")}
    assert 2 * limits["deaf_seconds"] + limits["stt_recovery_seconds"] < KEPT_SECONDS


# Deaf.


async def test_a_deaf_recogniser_is_given_up(vendors: Vendors) -> None:
    """In silence too; a second connection is tried once and for less time, then one error says that it is unusable."""
    vendors.faults.set("deepgram", "deaf")
    async with line(vendors, knowing()) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(DEAF_SECONDS - 0.3))
        assert call.connections == 1
        await call.hear(silence(0.6))
        await call.until(lambda: call.connected == 2)
        assert call.errors == []
        await call.hear(silence(CONNECT_SECONDS + 0.3))
        await call.until(lambda: call.errors)
        await call.hear(silence(5))
        assert [usable for _, usable in call.errors] == [False]
        assert call.connections == 2
        assert call.faults == ["deaf, connecting anew", "deaf again"]
        assert (call.sink.turns, call.sink.speaking) == ([], [])


async def test_a_connection_that_takes_nothing_keeps_nobody_waiting(
    vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes behind audio on the line, a pressed key or the end, is read although Flux's end does not read."""
    async with line(vendors, knowing()) as call:
        await call.until(lambda: call.connected == 1)
        websocket = call.flux._websocket
        assert websocket is not None
        monkeypatch.setattr(websocket.transport, "get_write_buffer_size", lambda: 1_000_000)
        websocket.transport.pause_reading()
        monkeypatch.setattr(websocket, "paused", True)  # Whoever sends now waits for its socket.
        for chunk in chunks(said(vendors, PROBLEM), FRAME_SECONDS):
            async with asyncio.timeout(0):
                await call.flux.hear(chunk)
        monkeypatch.undo()
        call.flux._lose("the test has seen enough")
        await call.silence_until(lambda: call.sink.turns)
        assert call.sink.turns == [PROBLEM]


async def test_words_that_come_with_an_early_end_are_kept(vendors: Vendors) -> None:
    """The line may end before the turn does: a number, or a danger, must not be lost then."""
    told: list[str | None] = []
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        call.flux.on_eager_end = told.append
        event = {"turn_index": 0, "words": [], "audio_window_end": 1.0}
        await call.flux._handle_turn_info({"event": "StartOfTurn", "transcript": "my number is", **event})
        await call.flux._handle_turn_info({"event": "EagerEndOfTurn", "transcript": "my number is 512 555", **event})
        assert call.flux.open_words == "my number is 512 555"
        await call.flux._handle_turn_info({"event": "TurnResumed", "transcript": "my number is 512 555 0142", **event})
        assert told == ["my number is 512 555", None]
        assert call.flux.open_words == "my number is 512 555 0142"


@pytest.mark.parametrize("event", ["Update", "EagerEndOfTurn", "TurnResumed"])
async def test_whatever_brings_a_turns_first_words_begins_it(vendors: Vendors, event: str) -> None:
    """A connection whose audio begins inside a sentence may begin with any of them."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        words = {"words": [], "audio_window_end": 0.5, "transcript": "on the second"}
        await call.flux._handle_turn_info({"event": event, **words})
        assert call.flux.open_words == "on the second"
        await call.flux._handle_turn_info({"event": "EndOfTurn", **words})
        await call.until(lambda: call.sink.turns)
        assert call.sink.turns == ["on the second"]


async def test_what_is_no_json_is_no_event(vendors: Vendors) -> None:
    """A connection that sends garbage is deaf, and one that begins with it is none."""
    async with line(vendors, knowing()) as call:
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "garbage")
        await call.silence_until(lambda: call.errors)
        assert [usable for _, usable in call.errors] == [False]
        assert (call.connected, call.faults[0]) == (1, "deaf, connecting anew")


async def test_a_deaf_recogniser_that_nobody_has_heard_before(vendors: Vendors) -> None:
    """While it is not known that Flux answers silence, half a second of voice is needed; then it is the same."""
    vendors.faults.set("deepgram", "deaf")
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(60) + hiss(60, 150))
        assert (call.connections, call.errors, call.faults) == (1, [], [])
        await call.hear(said(vendors, PROBLEM))
        await call.silence_until(lambda: call.errors)
        assert call.connections == 2
        assert [usable for _, usable in call.errors] == [False]


async def test_a_flux_that_answers_silence_is_known_to(vendors: Vendors) -> None:
    """One call learns it, from an event without words in silence; the next one knows, and needs no voice."""
    health = FluxHealth(CircuitBreaker("deepgram", clock=now))
    async with line(vendors, health) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(said(vendors, PROBLEM))
        known = [health.answers_silence]
        await call.hear(silence(2))
        assert [*known, health.answers_silence] == [False, True]
    vendors.faults.set("deepgram", "deaf")
    async with line(vendors, health) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(DEAF_SECONDS + UPDATE_SECONDS))
        assert call.connections == 2


async def test_which_words_it_doubts(vendors: Vendors) -> None:
    """Of the turn that ended last, those of which Flux itself was not sure; none of a turn that it heard well."""
    doubted = said(vendors, "on the second floor")
    vendors.caller_acoustics.register("on the section floor", doubted, said="on the second floor")
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(doubted)
        await call.silence_until(lambda: call.sink.turns)
        assert (call.sink.turns, call.flux.unsure) == (["on the section floor"], ("section",))
        await call.hear(said(vendors, PROBLEM))
        await call.silence_until(lambda: len(call.sink.turns) == 2)
        assert call.flux.unsure == ()


async def test_what_a_deaf_connection_was_told_is_heard(vendors: Vendors) -> None:
    """The next connection hears it, once; and later trouble gets a new connection too."""
    vendors.faults.set("deepgram", "deaf", 1)
    async with line(vendors, knowing()) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.5) + said(vendors, PROBLEM) + silence(1))
        await call.until(lambda: call.connected == 2)
        await call.silence_until(lambda: call.sink.turns)
        await call.hear(silence(1) + said(vendors, ADDRESS) + silence(1))
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns == [PROBLEM, ADDRESS]
        vendors.faults.set("deepgram", "deaf")
        call.flux.connecting = lambda: vendors.faults.set("deepgram", None)
        await call.hear(silence(0.5) + said(vendors, "No.") + silence(1))
        await call.silence_until(lambda: len(call.sink.turns) > 2)
        assert call.sink.turns == [PROBLEM, ADDRESS, "No."]
        assert (call.connected, call.errors) == (3, [])
        assert call.faults == ["deaf, connecting anew"]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
async def test_deaf_in_the_middle_of_a_turn(vendors: Vendors, share: float) -> None:
    """The turn goes on with the next connection, the word that was being said included, and ends once."""
    speech = said(vendors, PROBLEM)
    half = round(len(speech) * share) & ~1
    async with line(vendors, knowing()) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + speech[:half])
        vendors.faults.set("deepgram", "deaf")
        call.flux.connecting = lambda: vendors.faults.set("deepgram", None)
        await call.hear(speech[half:])
        await call.silence_until(lambda: call.connected == 2)
        await call.silence_until(lambda: call.sink.turns)
        await call.hear(silence(3))
        assert (call.sink.turns, call.sink.speaking) == ([PROBLEM], [True, False])
        assert call.errors == []


# Stuck.


async def test_a_turn_that_never_ends_is_ended(vendors: Vendors) -> None:
    """By Flux when we tell it to: each turn once, however long the silence; the connection stays."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors, force_end_seconds=60) as call:
        await call.until(lambda: call.connected == 1)
        for count, text in enumerate((PROBLEM, ADDRESS, "No."), start=1):
            await call.hear(silence(0.52) + said(vendors, text) + silence(STUCK_SECONDS - 0.5))
            assert len(call.sink.turns) == count - 1
            await call.silence_until(lambda count=count: len(call.sink.turns) == count)  # type: ignore[misc]
            await call.hear(silence(2 * STUCK_SECONDS))
            assert call.sink.turns[count - 1 :] == [text]
        assert call.sink.speaking == [True, False] * 3
        assert (call.connections, call.errors) == (1, [])
        assert call.faults == ["a turn did not end"]


async def test_a_flux_that_cannot_be_told_is_replaced(vendors: Vendors) -> None:
    """Each turn is handed on with its last transcript, once, a little later; the next one is its own."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors) as call:
        told: list[dict[str, str]] = []
        call.flux.tell = told.append
        for count, text in enumerate((PROBLEM, ADDRESS, "No."), start=1):
            await call.until(lambda count=count: call.connected == count)  # type: ignore[misc]
            await call.hear(silence(0.52) + said(vendors, text) + silence(STUCK_SECONDS))
            assert len(call.sink.turns) == count - 1
            await call.silence_until(lambda count=count: call.connected == count + 1)  # type: ignore[misc]
            await call.hear(silence(2 * STUCK_SECONDS))
            assert call.sink.turns[count - 1 :] == [text]
        assert told == [{"type": "ForceEndTurn"}] * 3
        assert call.sink.speaking == [True, False] * 3
        assert (call.errors, call.faults) == ([], ["a turn did not end"])


async def test_a_caller_who_goes_on_is_told_from_one_who_is_done(vendors: Vendors) -> None:
    """A pause below the limit ends no turn, and one above it that turn alone."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors, force_end_seconds=60) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(STUCK_SECONDS - 0.3) + said(vendors, ADDRESS))
        assert call.sink.turns == []
        await call.silence_until(lambda: call.sink.turns)
        assert call.sink.turns == [f"{PROBLEM} {ADDRESS}"]


@pytest.mark.parametrize("told", [True, False])
async def test_an_endless_turn_without_words_is_closed(vendors: Vendors, *, told: bool) -> None:
    """A noise that began a turn leaves no open turn behind, and no words."""
    vendors.flux.settings.noise_is_turn = True
    vendors.faults.set("deepgram", "no_end")
    noise = vendors.speaker.speak("The television.", "en-gb")
    async with line(vendors) as call:
        if not told:
            call.flux.tell = lambda message: None
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + noise)
        await call.silence_until(lambda: call.sink.speaking == [True, False])
        assert call.sink.turns == []


@pytest.mark.parametrize("early_frames", [1, 2, 4, 8])
@pytest.mark.parametrize("told", [True, False])
async def test_a_late_end_is_not_heard_twice(vendors: Vendors, early_frames: int, *, told: bool) -> None:
    """Flux ends the turn around the moment at which we do: one turn."""
    limit = STUCK_SECONDS if told else STUCK_SECONDS + FORCE_SECONDS
    async with line(vendors, force_end_seconds=60 if told else FORCE_SECONDS) as call:
        if not told:
            call.flux.tell = lambda message: None
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "no_end")
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(0.52))
        while call.flux._watch.quiet_seconds < limit - FRAME_SECONDS * (early_frames + 0.5):
            await call.hear(silence(FRAME_SECONDS))
        assert call.sink.turns == []
        vendors.faults.set("deepgram", None)
        await call.hear(silence(4))
        await call.until(lambda: call.sink.turns)
        await call.hear(said(vendors, ADDRESS) + silence(2))
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns == [PROBLEM, ADDRESS]


async def test_an_end_that_comes_while_a_connection_is_left(vendors: Vendors) -> None:
    """Flux ends the turn when we have just given it up: one turn."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "no_end")
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(0.52))
        vendors.faults.set("deepgram", "hang")
        call.flux._lose("a turn did not end")
        await call.flux._handle_turn_info({"event": "EndOfTurn", "transcript": PROBLEM, "audio_window_end": 3.0})
        await call.until(lambda: call.sink.turns)
        await call.hear(silence(1))
        assert call.sink.turns == [PROBLEM]


async def test_a_stuck_turn_does_not_wait_for_the_next_connection(vendors: Vendors) -> None:
    """What was heard is handed on, whether there will be one or not."""
    vendors.faults.set("deepgram", "no_end")
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        call.flux.tell = lambda message: None
        call.flux.connecting = lambda: vendors.faults.set("deepgram", "hang")
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(0.52))
        await call.silence_until(lambda: call.sink.turns)
        assert (call.sink.turns, call.connected, call.errors) == ([PROBLEM], 1, [])


# Dropped.


@pytest.mark.parametrize("drops", [1, 2])
async def test_a_turn_goes_on_over_connections_that_drop(vendors: Vendors, drops: int) -> None:
    """All words come, in their order, none twice, and as one turn."""
    vendors.faults.set("deepgram", "drop", drops)
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        for piece in chunks(silence(0.52) + said(vendors, PROBLEM), FRAME_SECONDS):
            await call.hear(piece)
        await call.silence_until(lambda: call.sink.turns)
        await call.hear(silence(1) + said(vendors, ADDRESS) + silence(1))
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns == [PROBLEM, ADDRESS]
        assert call.sink.speaking == [True, False] * 2
        assert (call.connections, call.errors, call.faults) == (1 + drops, [], ["connection dropped"])


async def test_a_turn_whose_rest_is_silence_ends_soon(vendors: Vendors) -> None:
    """Dropped after the last word and before the end: the next connection has no turn to end."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "no_end")
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(0.52))
        vendors.faults.set("deepgram", None)
        call.flux._lose("connection dropped")
        await call.until(lambda: call.connected == 2)
        assert call.sink.turns == []
        await call.hear(silence(1.3))
        await call.until(lambda: call.sink.turns)
        assert call.sink.turns == [PROBLEM]
        await call.hear(silence(1) + said(vendors, ADDRESS) + silence(1))
        await call.until(lambda: len(call.sink.turns) > 1)
        assert call.sink.turns == [PROBLEM, ADDRESS]


async def test_a_flux_that_drops_whoever_speaks_is_given_up(vendors: Vendors) -> None:
    """Three connections in one turn; the words that came are handed on."""
    vendors.faults.set("deepgram", "drop")
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + said(vendors, ADDRESS) + silence(1))
        await call.silence_until(lambda: call.errors)
        assert [usable for _, usable in call.errors] == [False]
        assert call.faults == ["connection dropped", "a connection dropped again and again"]
        assert len(call.sink.turns) == 1


async def test_a_turn_that_begins_with_an_update_is_a_turn(vendors: Vendors) -> None:
    """As it may on a connection whose audio begins inside a sentence."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52))
        event = {"audio_window_end": 0.5, "words": []}
        await call.flux._handle_turn_info({"event": "Update", "transcript": "on the", **event})
        await call.until(lambda: call.sink.speaking == [True])
        await call.flux._handle_turn_info({"event": "EndOfTurn", "transcript": "on the second floor.", **event})
        await call.until(lambda: call.sink.turns)
        assert (call.sink.turns, call.sink.speaking) == (["on the second floor."], [True, False])


def turn_info(event: str, index: object, transcript: object, more: dict[str, object] | None = None) -> str:
    known = {"audio_window_end": 0.5, "words": [], "turn_index": index, "transcript": transcript}
    return json.dumps({"type": "TurnInfo", "event": event, **known} | (more or {}))


@pytest.mark.parametrize(
    "odd",
    [
        {"audio_window_end": None},
        {"audio_window_end": "0.5"},
        {"audio_window_end": float("nan")},
        {"audio_window_end": -1},
        {"words": [None]},
        {"words": "none"},
        {"words": [{"word": "on", "end": None}, {"word": "the", "end": "0.4"}]},
        {"languages": [None]},
        {"languages": "en"},
        {"turn_index": "0"},
        {"end_of_turn_confidence": {}},
        {"event": None},
        {"event": 7},
        {"type": None},
        {"transcript": ["on"]},
    ],
    ids=str,
)
async def test_w3_one_odd_message_costs_no_hearing(vendors: Vendors, odd: dict[str, object]) -> None:
    """It is counted, and the turn is heard on the same connection; the next call hears as well."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52))
        await call.flux._process_message(turn_info("Update", 0, "on the"))
        await call.flux._process_message(turn_info("Update", 0, "on the second", odd))
        await call.flux._process_message(turn_info("EndOfTurn", 0, "on the second floor."))
        await call.until(lambda: call.sink.turns)
        assert call.sink.turns == ["on the second floor."]
        assert (call.connected, call.errors) == (1, [])
        assert call.faults == ["messages that make no sense"]
    assert call.health.breaker.state is BreakerState.CLOSED


@pytest.mark.parametrize("message", ["null", "[]", "7", '"TurnInfo"', "{}", "[" * 100_000])
async def test_w3_what_is_no_message_is_dropped(vendors: Vendors, message: str) -> None:
    """Whatever it is: nothing happens."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.flux._process_message(message)
        await call.hear(silence(0.52))
        assert (call.connected, call.errors, call.sink.turns) == (1, [], [])


async def test_half_a_character_is_not_heard(vendors: Vendors) -> None:
    """JSON can escape one, and no snapshot could hold it."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52))
        await call.flux._process_message(turn_info("Update", 0, "I smell gas"))
        await call.flux._process_message(turn_info("EndOfTurn", 0, "I smell gas \ud83d"))
        await call.until(lambda: call.sink.turns)
        assert [turn.strip() for turn in call.sink.turns] == ["I smell gas"]


async def test_w3_an_end_without_words_has_those_of_the_last_update(vendors: Vendors) -> None:
    """`transcript: null` at the end of a turn loses nothing that was heard."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52))
        await call.flux._process_message(turn_info("Update", 0, "my furnace is out"))
        await call.flux._process_message(turn_info("EndOfTurn", 0, None))
        await call.until(lambda: call.sink.turns)
        assert (call.sink.turns, call.sink.speaking) == (["my furnace is out"], [True, False])


async def test_w4_a_turn_ends_once(vendors: Vendors) -> None:
    """An end that comes twice, or late, and what else is of an older turn: dropped; the next turn has its own words."""
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52))
        ended = turn_info("EndOfTurn", 0, "my furnace is out")
        for message in (turn_info("Update", 0, "my furnace"), ended):
            await call.flux._process_message(message)
        await call.until(lambda: call.sink.turns)
        for message in (
            ended,
            turn_info("Update", 0, "my furnace is out"),
            turn_info("StartOfTurn", 1, "seven"),
            ended,
            turn_info("Update", 1, "seven eight"),
            turn_info("EndOfTurn", 1, "seven eight seven oh four"),
        ):
            await call.flux._process_message(message)
        await call.until(lambda: len(call.sink.turns) == 2)
        assert call.sink.turns == ["my furnace is out", "seven eight seven oh four"]


# Unreachable.


@pytest.mark.parametrize(
    ("fault", "try_seconds"),
    [("hang", CONNECT_SECONDS), ("hang_body", CONNECT_SECONDS), ("slow", CONNECT_SECONDS), ("503", 0.0), ("down", 0.0)],
)
async def test_no_call_waits_for_a_connection(vendors: Vendors, fault: str, try_seconds: float) -> None:
    """The call starts at once; the third try connects, and what was said before it is heard."""
    vendors.faults.set("deepgram", fault, 2)
    begun_at, speech = now(), said(vendors, PROBLEM)
    async with line(vendors) as call:
        await call.hear(speech[: len(silence(0.4))])
        assert call.connected == 0
        await call.hear(speech[len(silence(0.4)) :])
        await call.silence_until(lambda: call.sink.turns)
        assert call.sink.turns == [PROBLEM]
        assert (call.connections, call.errors, len(call.faults)) == (3, [], 1)
    assert call.connected_at - begun_at == pytest.approx(2 * (try_seconds + RETRY_SECONDS))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 402])
async def test_a_refusal_for_good_gives_up_at_once(vendors: Vendors, status: int) -> None:
    """Without a second try; it is no outage; and nobody is told before the line is open."""
    vendors.faults.set("deepgram", str(status))
    async with line(vendors) as call:
        await call.until(lambda: call.faults)
        await asyncio.sleep(PATIENCE_SECONDS)
        assert call.errors == []
        await call.hear(silence(FRAME_SECONDS))
        await call.until(lambda: call.errors)
        await call.hear(silence(1))
        assert [usable for _, usable in call.errors] == [False]
        assert (call.connections, call.faults) == (1, [f"refused ({status})"])
        assert call.health.breaker._failures == 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("down", "no connection"),
        ("html", "refused (200)"),
        ("garbage", "no answer"),
        ("429", "refused (429)"),
        ("503", "refused (503)"),
        ("hang", "no answer"),
        ("hang_body", "no answer"),
        ("slow", "no answer"),
    ],
)
@pytest.mark.parametrize("dropped", [False, True])
async def test_an_outage_is_given_up_in_time(vendors: Vendors, fault: str, told: str, *, dropped: bool) -> None:
    """After several tries and `stt_recovery_seconds`, from the loss on; one entry for what happened, one failure."""
    if not dropped:
        vendors.faults.set("deepgram", fault)
    async with line(vendors) as call:
        if dropped:
            await call.until(lambda: call.connected == 1)
            await call.hear(silence(1))
            vendors.faults.set("deepgram", fault)
            call.flux._lose("connection dropped")
        lost_at = now()
        await call.silence_until(lambda: call.errors)
        assert now() - lost_at == pytest.approx(RECOVERY_SECONDS, abs=2 * FRAME_SECONDS)
        assert call.connections > 2
        assert [usable for _, usable in call.errors] == [False]
        assert call.faults == ([*["connection dropped"] * dropped, told])
        assert call.health.breaker._failures == 1


async def test_connections_that_drop_before_an_event_end_too(vendors: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor that accepts and drops is tried for as long as one that does not accept, with the same pauses."""
    monkeypatch.setattr(Flux, "_listen", Flux.accept_and_drop)
    async with line(vendors) as call:
        await call.silence_until(lambda: call.errors)
        assert 3 < call.connections < RECOVERY_SECONDS / RETRY_SECONDS + 2
        assert call.faults == ["connection dropped", "no connection"]


async def test_deaf_and_then_unreachable_is_one_outage(vendors: Vendors) -> None:
    """As when the network is gone: the seconds of deafness are not waited for again."""
    async with line(vendors, knowing()) as call:
        await call.until(lambda: call.connected == 1)
        vendors.faults.set("deepgram", "deaf")
        call.flux.connecting = lambda: vendors.faults.set("deepgram", "hang")
        await call.silence_until(lambda: call.faults)
        lost_at = now()
        await call.silence_until(lambda: call.errors)
        assert now() - lost_at == pytest.approx(RECOVERY_SECONDS - DEAF_SECONDS, abs=2 * FRAME_SECONDS)
        assert call.faults == ["deaf, connecting anew", "no connection"]


async def test_a_call_may_end_during_a_reconnection(vendors: Vendors) -> None:
    """A handshake that hangs holds no call back, and no connection outlives it; nobody is blamed."""
    async with line(vendors, stt_connect_seconds=60, stt_recovery_seconds=60) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + said(vendors, PROBLEM))
        vendors.faults.set("deepgram", "hang")
        await call.silence_until(lambda: call.connections == 2)
        connecting: Any = call.flux._receive_task
    assert connecting.done()
    assert not call.flux._transport_is_active()
    assert call.health.breaker._failures == 0


# The breaker.


async def test_calls_learn_from_one_another(vendors: Vendors) -> None:
    """Given up in three calls: the next one asks nobody and says so at once; after the cool-down one hears."""
    health = FluxHealth(CircuitBreaker("deepgram", clock=now))
    states: list[BreakerState] = []
    vendors.faults.set("deepgram", "503")
    for _ in range(3):
        states.append(health.breaker.state)
        async with line(vendors, health) as call:
            await call.silence_until(lambda call=call: call.errors)  # type: ignore[misc]
    states.append(health.breaker.state)
    vendors.faults.set("deepgram", None)
    asked = call.connections
    async with line(vendors, health) as call:
        await call.hear(silence(FRAME_SECONDS))
        await call.until(lambda: call.errors)
        assert call.faults == ["not tried, it has failed before"]
        assert [usable for _, usable in call.errors] == [False]
        assert call.connections == asked
    await asyncio.sleep(61)
    async with line(vendors, health) as call:
        await call.until(lambda: call.connected == 1)
        states.append(health.breaker.state)
        async with line(vendors, health) as other:
            await other.hear(silence(FRAME_SECONDS))
            await other.until(lambda: other.errors)
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(1))
        await call.until(lambda: call.sink.turns)
        states.append(health.breaker.state)
        assert call.sink.turns == [PROBLEM]
        assert call.connections == asked + 1
    assert states == ["closed"] * 3 + ["open", "half_open", "closed"]


async def test_a_call_that_ends_before_a_verdict_gives_none(vendors: Vendors) -> None:
    """A trial's place is free again."""
    health = FluxHealth(CircuitBreaker("deepgram", failure_threshold=1, clock=now))
    attempt = health.breaker.attempt()
    assert attempt
    attempt.failure()
    await asyncio.sleep(61)
    async with line(vendors, health) as call:
        await call.until(lambda: call.connected == 1)
        assert health.breaker.attempt() is None
    trial = health.breaker.attempt()
    assert trial
    trial.abandon()


async def test_a_short_outage_blames_nobody(vendors: Vendors) -> None:
    """Many calls may drop at once and fail a first time: as long as they recover, nobody else goes without."""
    health = FluxHealth(CircuitBreaker("deepgram", clock=now))
    async with line(vendors, health) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(1))
        vendors.faults.set("deepgram", "down", 5)
        await call.silence_until(lambda: call.connected == 2)
        await call.hear(silence(0.52) + said(vendors, PROBLEM) + silence(1))
        await call.until(lambda: call.sink.turns)
        assert health.breaker._failures == 0


async def test_a_deaf_recogniser_fails(vendors: Vendors) -> None:
    """Deaf twice in a row is a failure, as is an outage."""
    vendors.faults.set("deepgram", "deaf")
    async with line(vendors, knowing()) as call:
        await call.silence_until(lambda: call.errors)
        assert call.health.breaker._failures == 1


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
        assert (call.connections, call.errors, call.faults) == (1, [], [])


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(("Okay. It's", "seven eight", "four three two nine", "Franklin Street,", "Franklin."), id="R2"),
        pytest.param(("Yeah. I'm", "currently having a problem with my air conditioning."), id="R3"),
        pytest.param(("I have a problem with my", "air conditioner."), id="R4 R5"),
        pytest.param(("I am having a problem with my air", "conditioning unit."), id="R6 R7"),
    ],
)
async def test_a_turn_in_pieces_is_one_turn(vendors: Vendors, pieces: tuple[str, ...]) -> None:
    """Pauses for thought end no turn, that is the recogniser's to judge; partial transcripts are no turns (R27)."""
    vendors.flux.settings.end_of_turn_seconds = 1.3
    async with line(vendors) as call:
        await call.until(lambda: call.connected == 1)
        await call.hear(silence(0.52) + b"".join(said(vendors, text) + silence(1.1) for text in pieces) + silence(1))
        await call.until(lambda: call.sink.turns)
        assert call.sink.turns == [" ".join(pieces)]
        assert (call.sink.speaking, call.faults) == ([True, False], [])


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
