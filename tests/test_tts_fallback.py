"""FallbackTTSService in Pipecat's pipeline, with vendors on loopback that fail in every way a vendor can."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import run_test
from pipecat.workers.runner import WorkerRunner

from call.usage import Usage
from circuit_breaker import BreakerState, CircuitBreaker, LastSuccess
from providers.prerendered import PrerenderedLines
from providers.voices import AuraVoice, InworldVoice, Voice, voice_client
from tests.support.voice_server import SAMPLE, VoiceServer, speech, voice_server
from tts_fallback import FallbackTTSService

CONTROLLED_CLOCK = True

TEXT = "Someone will be there tomorrow."
PARAMS = PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000)
# A fault of the first voice, and how long a caller waits for the second because of it.
FAULTS = [
    ("401", 0.0),
    ("500", 0.0),
    ("refused", 0.0),
    ("hang", 1.2),
    ("hang_after_headers", 1.2),
    ("empty", 0.0),
    ("zeros", 0.0),
    ("endless_silence", 1.2),
    ("stall", 1.0),
    ("trickle", 2.0),
    ("die", 0.0),
]


def now() -> float:
    """Seconds of the loop's clock."""
    return asyncio.get_running_loop().time()


@dataclass
class Office:
    """What one process shares between calls, and what its calls reported."""

    server: VoiceServer
    client: httpx.AsyncClient
    lines: PrerenderedLines
    faults: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    lost_at: float = 0.0
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        self.breaker = CircuitBreaker("inworld", failure_threshold=3, cooldown_seconds=60, clock=now)

    def state(self) -> BreakerState:
        return self.breaker.state

    def voices(self, **changes: str) -> tuple[Voice, Voice]:
        settings = self.server.settings(**changes)
        return InworldVoice(self.client, settings), AuraVoice(self.client, settings)

    def call(self, *, reverse: bool = False, **changes: str) -> FallbackTTSService:
        """The voice of one call; `reverse` lets Aura be the first."""
        first, second = self.voices(**changes)
        if reverse:
            first, second = second, first
        made = FallbackTTSService(
            first,
            second,
            self.breaker,
            self.lines,
            self.server.settings(**changes),
            call_id="CA1",
            usage=self.usage,
            on_fault=lambda part, what: self.faults.append((part, what)),
        )
        made.on_both_failed = self._help
        return made

    async def _help(self, text: str) -> None:
        self.lost.append(text)
        self.lost_at = now()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with voice_server() as server, voice_client(server.settings()) as client:
        settings = server.settings()
        voices = (InworldVoice(client, settings), AuraVoice(client, settings))
        yield Office(server, client, PrerenderedLines(tmp_path, voices))


def audio(frames: Sequence[Frame]) -> bytes:
    pieces = [frame for frame in frames if isinstance(frame, TTSAudioRawFrame)]
    assert all(piece.sample_rate == 8000 and len(piece.audio) <= 3200 for piece in pieces)
    return b"".join(piece.audio for piece in pieces)


def texts(frames: Sequence[Frame]) -> list[tuple[str, bool]]:
    """What went towards the history, and whether it counts as said."""
    return [(frame.text, frame.append_to_context) for frame in frames if isinstance(frame, TTSTextFrame)]


async def hear(service: FallbackTTSService, *lines: str) -> tuple[bytes, Sequence[Frame], Sequence[Frame]]:
    down, up = await run_test(
        service, frames_to_send=[TTSSpeakFrame(line) for line in lines or (TEXT,)], pipeline_params=PARAMS
    )
    return audio(down), down, up


def break_voice(office: Office, vendor: str, fault: str) -> dict[str, str]:
    """Makes a vendor fail; returns the settings that it takes."""
    if fault != "refused":
        office.server.fault[vendor] = fault
        return {}
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
    return {"INWORLD_BASE_URL" if vendor == "inworld" else "DEEPGRAM_TTS_BASE_URL": closed}


@pytest.mark.parametrize(("broken", "speaks"), [("", "inworld"), ("inworld", "aura")])
async def test_the_voice_that_speaks_tells_how_long_it_took(office: Office, broken: str, speaks: str) -> None:
    """Once for each sentence, and nobody else does: to the first audio, whatever was before it."""
    told: list[str] = []
    if broken:
        break_voice(office, broken, "500")
    call = office.call()
    for voice in (call._first_voice, call._second_voice):
        voice.last_success.told = lambda seconds, name=voice.name: told.append(name)  # type: ignore[misc]
    await hear(call, "One.", "Two.")
    assert told == [speaks] * 2


@pytest.mark.parametrize("reverse", [False, True])
async def test_first_voice_speaks(office: Office, reverse: bool) -> None:
    """R95: in a started pipeline the first voice alone is asked while it works, and it is what the caller hears."""
    service = office.call(reverse=reverse)
    heard, down, up = await hear(service)
    first = "aura" if reverse else "inworld"
    assert heard == speech(first)
    assert office.server.vendors == [first]
    assert (service.voice_name, office.faults, up, texts(down)) == (first, [], [], [(TEXT, True)])
    assert isinstance(down[-1], TTSStoppedFrame)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("fault", "wait_seconds"), FAULTS)
async def test_same_sentence_by_the_second(office: Office, fault: str, wait_seconds: float, reverse: bool) -> None:
    """Whatever the first voice does wrong, the second speaks the whole sentence, once, in time; it is told (R95)."""
    first, second = ("aura", "inworld") if reverse else ("inworld", "aura")
    service = office.call(reverse=reverse, **break_voice(office, first, fault))
    begun_at = now()
    heard, down, up = await hear(service)
    assert office.server.asked[-1].at - begun_at == pytest.approx(wait_seconds)
    assert heard.endswith(speech(second))
    begun = heard.removesuffix(speech(second))
    assert not begun.strip(SAMPLE[first])
    assert bool(begun) == (fault in ("stall", "trickle", "die"))
    assert office.server.vendors == ([second] if fault == "refused" else [first, second])
    assert office.server.asked[-1].body["text"] == TEXT
    assert [part for part, _ in office.faults] == [first]
    assert (texts(down), up, service.voice_name) == ([(TEXT, True)], [], second)


async def test_garbage_is_not_played(office: Office) -> None:
    """Bytes that are no answer of the vendor are a failure."""
    office.server.fault["inworld"] = "garbage"
    heard, *_ = await hear(office.call())
    assert heard == speech("aura")


@pytest.mark.parametrize("times", [1, 3])
async def test_cut_sentence_is_spoken_again(office: Office, times: int) -> None:
    """A first voice that says a part only and ends well has failed: the second says it all, and the breaker counts."""
    long = TEXT * 3
    for _ in range(times):
        office.server.fault["aura"] = "whole"
        service = office.call()
        assert (await hear(service, long))[0] == speech("inworld") + speech("aura", 12)
        assert service.voice_name == "aura"
    assert office.faults[-1] == ("inworld", "less audio than the text takes")
    assert office.state() is (BreakerState.OPEN if times == 3 else BreakerState.CLOSED)


async def test_call_that_switched_stays(office: Office) -> None:
    """After a failure the call never asks the first voice again, although it is well and the breaker closed."""
    office.server.fault["inworld"] = "500"
    service = office.call()
    await hear(service)
    office.server.fault["inworld"] = ""
    rest = [b"".join([f.audio async for f in service.run_tts(TEXT, "c") if isinstance(f, TTSAudioRawFrame)])]
    assert rest == [speech("aura")]
    assert office.state() is BreakerState.CLOSED
    assert office.server.vendors == ["inworld", "aura", "aura"]


async def test_breaker_serves_the_next_call(office: Office) -> None:
    """Once three calls found the first voice failing, a new call does not contact it."""
    office.server.fault["inworld"] = "500"
    for _ in range(3):
        assert (await hear(office.call()))[0] == speech("aura")
    assert office.state() is BreakerState.OPEN
    office.server.asked.clear()
    service = office.call()
    assert (await hear(service))[0] == speech("aura")
    assert (office.server.vendors, service.voice_name) == (["aura"], "aura")
    assert office.faults[-1] == ("inworld", "its breaker is open")


async def test_way_back(office: Office) -> None:
    """After the cool-down a new call tries the first voice: failing, it opens again in full; well, all use it."""
    office.server.fault["inworld"] = "500"
    for _ in range(3):
        await hear(office.call())
    await asyncio.sleep(60.001)
    await hear(office.call())
    opened_at = now()
    assert office.server.vendors.count("inworld") == 4
    office.server.fault["inworld"] = ""
    await asyncio.sleep(59)
    assert (await hear(office.call()))[0] == speech("aura")
    await asyncio.sleep(opened_at + 60.001 - now())
    trial = office.call()
    assert (await hear(trial, TEXT, "And more."))[0] == speech("inworld") * 2
    assert (office.state(), trial.voice_name) == (BreakerState.CLOSED, "inworld")
    assert (await hear(office.call()))[0] == speech("inworld")


@pytest.mark.parametrize("fault", ["stall", "die"])
async def test_broken_stream_is_no_success(office: Office, fault: str) -> None:
    """Audio that broke off counts towards the breaker like any failure (X20)."""
    office.server.fault["inworld"] = fault
    for _ in range(3):
        await hear(office.call())
    assert office.state() is BreakerState.OPEN


async def test_recorded_line_needs_no_request(office: Office) -> None:
    """A line recorded in the call's voice plays at once; a call that switched plays the other voice's."""
    await office.lines.render([TEXT])
    office.server.asked.clear()
    service = office.call()
    assert (await hear(service))[0] == speech("inworld")
    service = office.call()
    service.voice_name = "aura"
    assert (await hear(service))[0] == speech("aura")
    assert office.server.vendors == []


async def test_recorded_line_follows_the_open_breaker(office: Office) -> None:
    """While the breaker is open even a recorded first line comes in the second voice, so that the voice stays one."""
    await office.lines.render([TEXT])
    for _ in range(3):
        attempt = office.breaker.attempt()
        assert attempt
        attempt.failure()
    assert (await hear(office.call(), TEXT, "And more."))[0] == speech("aura") * 2


async def test_both_down_plays_any_recording(office: Office) -> None:
    """With both voices down a line recorded in the other voice is spoken, and counts as said."""
    office.server.fault["aura"] = "500"
    await office.lines.render([TEXT])
    service = office.call()
    service.voice_name = "aura"
    office.server.fault["inworld"] = "500"
    heard, down, up = await hear(service)
    assert (heard, texts(down), up, office.lost) == (speech("inworld"), [(TEXT, True)], [], [])


@pytest.mark.parametrize("fault", ["500", "hang"])
async def test_both_down_goes_on(office: Office, fault: str) -> None:
    """A sentence nobody can speak is told, kept out of the history, and the next one and the end get through."""
    office.server.fault.update(inworld=fault, aura=fault)
    service = office.call()
    heard, down, up = await hear(service, "One.", "Two.", "Three.", "Four.")
    assert not heard.strip(b"\0")
    assert heard
    assert texts(down) == [(text, False) for text in ("One.", "Two.", "Three.", "Four.")]
    assert office.lost == ["One.", "Two.", "Three.", "Four."]
    assert [part for part, _ in office.faults][:3] == ["inworld", "aura", "voices"]
    assert len([frame for frame in up if isinstance(frame, ErrorFrame)]) == 4
    office.server.fault["aura"] = ""
    assert service.is_usable
    assert not any(TEXT in str(frame) or "One." in str(frame) for frame in up)


async def test_two_voices_that_hang_are_waited_for_once(office: Office) -> None:
    """The lines behind a long loss come at once, recorded or not at all; ten seconds later the voices may be back."""
    await office.lines.render([TEXT])
    office.server.asked.clear()
    office.server.fault.update(inworld="hang", aura="hang")
    service = office.call()

    async def say(text: str) -> bytes:
        return audio([frame async for frame in service.run_tts(text, "context") if frame])

    async with on_the_line(service) as line:
        await line.send(TTSSpeakFrame("One."))
        await line.ear.until(lambda frames: any(isinstance(frame, TTSStoppedFrame) for frame in frames))
        assert [round(request.at - office.server.asked[0].at, 3) for request in office.server.asked] == [0, 1.2]
        assert office.lost_at == pytest.approx(office.server.asked[0].at + 2.7)
        lost_at, asked = office.lost_at, office.server.vendors
        assert not (await say("Two.")).strip(b"\0")
        assert await say(TEXT) == speech("aura")
        office.server.fault.update(inworld="", aura="")
        await asyncio.sleep(lost_at + 9.9 - now())
        assert not (await say("Three.")).strip(b"\0")
        assert office.server.vendors == asked
        await asyncio.sleep(lost_at + 10.1 - now())
        assert await say("Four.") == speech("aura")
        assert office.lost == ["One.", "Two.", "Three."]


async def test_history_of_a_reply_with_a_lost_sentence(office: Office) -> None:
    """In one reply only the lost sentence is kept out of the history."""
    service = office.call()
    frames: list[Frame] = [LLMFullResponseStartFrame()]
    frames += [LLMTextFrame(part) for part in ("One is said. ", "Two is lost. ", "Three is said. ")]
    down = await scripted(service, [*frames, LLMFullResponseEndFrame()], office, {2: "500"})
    assert [(text.strip(), counts) for text, counts in texts(down)] == [
        ("One is said.", True),
        ("Two is lost.", False),
        ("Three is said.", True),
    ]


async def scripted(
    service: FallbackTTSService, frames: Sequence[Frame], office: Office, faults: dict[int, str]
) -> Sequence[Frame]:
    """Runs a reply whose n-th sentence meets a fault of both vendors."""
    synthesize, count = service.run_tts, 0

    def counted(text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        nonlocal count
        count += 1
        office.server.fault.update(inworld=faults.get(count, ""), aura=faults.get(count, ""))
        return synthesize(text, context_id)

    service.run_tts = counted  # type: ignore[method-assign]
    down, _ = await run_test(service, frames_to_send=frames, pipeline_params=PARAMS)
    return down


async def test_second_failing_goes_back_to_a_first_that_was_skipped(office: Office) -> None:
    """A switched call whose voice fails asks the other one for the sentence, and stays there when that works."""
    service = office.call()
    service.voice_name = "aura"
    office.server.fault["aura"] = "500"
    assert (await hear(service, TEXT, "And more."))[0] == speech("inworld") * 2
    assert office.server.vendors == ["aura", "inworld", "inworld"]
    assert service.voice_name == "inworld"


async def test_first_is_not_asked_twice(office: Office) -> None:
    """When both fail, each was asked once."""
    office.server.fault.update(inworld="500", aura="500")
    await hear(office.call())
    assert office.server.vendors == ["inworld", "aura"]


async def test_unexpected_exception_is_a_failure(office: Office) -> None:
    """A bug in a voice costs no sentence."""

    class Buggy:
        name = "inworld"
        voice_id = "x"
        last_success = LastSuccess()

        async def stream(self, text: str, sample_rate: int = 8000) -> AsyncGenerator[bytes, None]:
            yield b""
            raise KeyError("surprise")

    service = office.call()
    service._first_voice = Buggy()
    assert (await hear(service))[0] == speech("aura")


async def test_other_rate_plays_no_recording(office: Office) -> None:
    """A recording of another rate than the pipeline's is never played (R96)."""
    await office.lines.render([TEXT])
    office.server.asked.clear()
    down, _ = await run_test(
        office.call(),
        frames_to_send=[TTSSpeakFrame(TEXT)],
        pipeline_params=PipelineParams(audio_out_sample_rate=16000),
    )
    assert office.server.asked[0].body["audioConfig"]["sampleRateHertz"] == 16000
    assert {frame.sample_rate for frame in down if isinstance(frame, TTSAudioRawFrame)} == {16000}


async def test_log_names_the_call_and_no_text(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Every line begins with the call id, and none holds what was said."""
    caplog.set_level(logging.INFO)
    office.server.fault.update(inworld="500", aura="500")
    await hear(office.call())
    ours = [record.getMessage() for record in caplog.records if record.name == "tts_fallback"]
    assert len(ours) == 3
    assert all(line.startswith("CA1 ") and TEXT not in line for line in ours)


class Ear(FrameProcessor):
    """The end of the pipeline: keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []
        self.arrived = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.frames.append(frame)
        self.arrived.set()
        await self.push_frame(frame, direction)

    async def until(self, met: Callable[[list[Frame]], bool]) -> None:
        async with asyncio.timeout(5):
            while not met(self.frames):
                self.arrived.clear()
                await self.arrived.wait()


@dataclass
class Line:
    """A running call."""

    worker: PipelineWorker
    ear: Ear

    async def send(self, *frames: Frame) -> None:
        for frame in frames:
            await self.worker.queue_frame(frame)

    async def interrupted(self) -> None:
        await self.send(InterruptionFrame())
        await self.ear.until(lambda frames: any(isinstance(frame, InterruptionFrame) for frame in frames))


@asynccontextmanager
async def on_the_line(service: FallbackTTSService) -> AsyncIterator[Line]:
    """A call whose frames a test sends as it goes; it ends with an EndFrame that has to get through."""
    ear = Ear()
    worker = PipelineWorker(Pipeline([service, ear]), params=PARAMS, enable_rtvi=False, cancel_on_idle_timeout=False)
    started = asyncio.Event()

    async def note_start(*_: object) -> None:
        started.set()

    worker.event_handler("on_pipeline_started")(note_start)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        await wait(started)
        yield Line(worker, ear)
        await worker.queue_frame(EndFrame())
        await asyncio.wait_for(running, 5)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def wait(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 5)


# What is asked for before the turn is over


async def test_a_line_foreseen_is_asked_for_once(office: Office) -> None:
    """Its voice has begun when it is said; another line is asked for anew, and the foreseen one is ended."""
    service = office.call()
    async with on_the_line(service) as line:
        assert service.foresee(TEXT)
        async with asyncio.timeout(5):
            while not office.server.asked:
                await asyncio.sleep(0.01)
        await line.send(TTSSpeakFrame(TEXT))
        await line.ear.until(lambda frames: audio(frames) == speech("inworld"))
        assert [asked.body["text"] for asked in office.server.asked] == [TEXT]
        line.ear.frames.clear()
        office.server.fault["inworld"] = "stall"
        assert service.foresee("Not that.")
        await wait(office.server.waiting)
        office.server.fault["inworld"] = ""
        await line.send(TTSSpeakFrame("But this."))
        await line.ear.until(lambda frames: audio(frames) == speech("inworld"))
        await wait(office.server.left)
        assert [asked.body["text"] for asked in office.server.asked] == [TEXT, "Not that.", "But this."]
        assert (office.faults, office.state()) == ([], BreakerState.CLOSED)
        paid = sum(len(asked.body["text"]) for asked in office.server.asked)
        in_vain = {"inworld": len("Not that.")}
        assert office.usage == Usage(characters={"inworld": paid}, characters_unused=in_vain)


@pytest.mark.parametrize("fault", ["500", "hang", "stall", "empty"])
async def test_a_line_whose_early_voice_fails_is_spoken_by_the_other(office: Office, fault: str) -> None:
    """As one that was not foreseen, with the first voice's whole deadline behind the end of the turn."""
    office.server.fault["inworld"] = fault
    service = office.call()
    async with on_the_line(service) as line:
        assert service.foresee(TEXT)
        await asyncio.sleep(0.3)
        await line.send(TTSSpeakFrame(TEXT))
        await line.ear.until(lambda frames: audio(frames).endswith(speech("aura")))
        assert office.server.vendors == ["inworld", "aura"]
        assert [part for part, _ in office.faults] == ["inworld"]
        taken = {} if fault == "500" else {"inworld": len(TEXT)}  # What was refused costs nothing.
        assert office.usage.characters == {"aura": len(TEXT)} | taken


async def test_a_voice_that_cannot_be_reached_is_not_paid(office: Office) -> None:
    """Nothing was sent to it; a recorded line costs nothing either."""
    await hear(office.call(reverse=False, **break_voice(office, "inworld", "refused")))
    assert office.usage == Usage(characters={"aura": len(TEXT)})
    await office.lines.render([TEXT])
    await hear(office.call())
    assert office.usage == Usage(characters={"aura": len(TEXT)})


async def test_nobody_is_asked_early_for_what_is_recorded_or_broken(office: Office) -> None:
    """And the caller who goes on has asked for nothing."""
    await office.lines.render([TEXT])
    office.server.asked.clear()
    for _ in range(3):
        attempt = office.breaker.attempt()
        assert attempt
        service = office.call()
        async with on_the_line(service):
            assert not service.foresee(TEXT)
        attempt.failure()
    assert office.state() is BreakerState.OPEN
    service = office.call()
    async with on_the_line(service):
        assert not service.foresee("Another.")
        assert office.server.asked == []


@pytest.mark.parametrize("fault", ["hang", "hang_after_headers", "stall"])
async def test_barge_in_is_no_verdict(office: Office, fault: str) -> None:
    """A caller who interrupts says nothing about the voice; its request is closed, and the next sentence is spoken."""
    office.breaker.failure_threshold = 1
    office.server.fault["inworld"] = fault
    service = office.call(TTS_STALL_SECONDS="3")
    async with on_the_line(service) as line:
        await line.send(TTSSpeakFrame(TEXT))
        await wait(office.server.waiting)
        if fault == "stall":
            await line.ear.until(lambda frames: any(isinstance(frame, TTSAudioRawFrame) for frame in frames))
            await asyncio.sleep(2)
        await line.interrupted()
        await wait(office.server.left)
        assert (office.breaker.state, service.voice_name, office.faults) == (BreakerState.CLOSED, "inworld", [])
        office.server.fault["inworld"] = ""
        line.ear.frames.clear()
        await line.send(TTSSpeakFrame("Sure."))
        await line.ear.until(lambda frames: audio(frames) == speech("inworld"))


@pytest.mark.parametrize(("silent_seconds", "failed"), [(0.9, False), (1.1, True)])
async def test_barge_in_into_long_silence_is_a_failure(office: Office, silent_seconds: float, failed: bool) -> None:
    """After a second without audio, an interruption counts: else a hanging voice would never open the breaker."""
    office.breaker.failure_threshold = 1
    office.server.fault["inworld"] = "hang"
    service = office.call()
    async with on_the_line(service) as line:
        await line.send(TTSSpeakFrame(TEXT))
        await wait(office.server.waiting)
        await asyncio.sleep(silent_seconds)
        await line.interrupted()
        assert office.state() is (BreakerState.OPEN if failed else BreakerState.CLOSED)
        assert service.voice_name == ("aura" if failed else "inworld")


async def test_interrupted_trial_frees_its_place(office: Office) -> None:
    """A trial that a caller interrupts is no verdict, and the next call may try."""
    for _ in range(3):
        attempt = office.breaker.attempt()
        assert attempt
        attempt.failure()
    await asyncio.sleep(60.001)
    office.server.fault["inworld"] = "hang"
    async with on_the_line(office.call()) as line:
        await line.send(TTSSpeakFrame(TEXT))
        await wait(office.server.waiting)
        assert office.breaker.attempt() is None
        await line.interrupted()
    assert office.state() is BreakerState.HALF_OPEN
    office.server.fault["inworld"] = ""
    assert (await hear(office.call()))[0] == speech("inworld")
    assert office.state() is BreakerState.CLOSED


async def test_uninterruptible_sentence_is_finished(office: Office) -> None:
    """An interruption neither cuts nor cancels a sentence that must be heard, across the change of voice too."""
    office.server.fault["inworld"] = "hang"
    service = office.call()
    goodbye = TTSSpeakFrame(TEXT)
    goodbye.interruptible = False
    async with on_the_line(service) as line:
        await line.send(goodbye)
        await wait(office.server.waiting)
        await line.interrupted()
        await line.ear.until(lambda frames: any(isinstance(frame, TTSStoppedFrame) for frame in frames))
        assert audio(line.ear.frames) == speech("aura")
        assert all(not f.interruptible for f in line.ear.frames if isinstance(f, TTSAudioRawFrame))


async def test_end_of_the_call_waits_for_nobody(office: Office) -> None:
    """A call that ends while both vendors hang ends within their deadlines."""
    office.server.fault.update(inworld="hang", aura="hang")
    async with on_the_line(office.call()) as line:
        await line.send(TTSSpeakFrame(TEXT))
        await wait(office.server.waiting)
        asked_at = now()
    assert office.lost == [TEXT]
    assert now() - asked_at == pytest.approx(2.7)


async def test_closed_sentence_settles_at_once(office: Office) -> None:
    """A sentence that is left between two pieces has closed its request and freed the trial's place when it returns."""
    for _ in range(3):
        attempt = office.breaker.attempt()
        assert attempt
        attempt.failure()
    await asyncio.sleep(60.001)
    office.server.fault["inworld"] = "stall"
    service = office.call()
    service._sample_rate = 8000
    sentence = service.run_tts(TEXT, "context")
    assert await anext(sentence)
    assert office.breaker.attempt() is None
    await sentence.aclose()
    assert office.breaker.attempt() is not None
    await wait(office.server.left)


async def test_cancelled_call_closes_its_request(office: Office) -> None:
    """A hang-up in the middle of a sentence leaves no request behind and is no verdict."""
    office.breaker.failure_threshold = 1
    office.server.fault["inworld"] = "hang"
    async with on_the_line(office.call()) as line:
        await line.send(TTSSpeakFrame(TEXT))
        await wait(office.server.waiting)
        await line.worker.cancel()
        await wait(office.server.left)
    assert office.state() is BreakerState.CLOSED


@pytest.mark.parametrize(("outcome", "wait_seconds"), [("works", 1.4), ("raises", 0.0), ("hangs", 1.5)])
async def test_help_outlives_the_pipeline_within_its_deadline(
    office: Office, outcome: str, wait_seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    """The call for help may end the call: it is not cut off by that end, and cannot hold it up for long."""
    office.server.fault.update(inworld="500", aura="500")
    begun, finished, cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def ask(_text: str) -> None:
        begun.set()
        if outcome == "raises":
            raise RuntimeError("no help")
        try:
            await asyncio.sleep(1.4 if outcome == "works" else 60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        finished.set()

    service, begun_at = office.call(), now()
    service.on_both_failed = ask
    await hear(service)
    assert now() - begun_at == pytest.approx(wait_seconds)
    assert begun.is_set()
    assert finished.is_set() == (outcome == "works")
    if outcome == "hangs":
        await wait(cancelled)
    assert ("no help after both voices failed" in caplog.text) == (outcome == "raises")


async def test_long_recording_lets_others_run(office: Office) -> None:
    """A minute of recorded speech is handed over in pieces between which the other calls get their turn."""
    office.lines._audio[TEXT, "inworld"] = speech("inworld", 240)
    service = office.call()
    service._sample_rate = 8000
    turns = 0

    async def other_call() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other: asyncio.Task[Any] = asyncio.create_task(other_call())
    pieces = [frame async for frame in service.run_tts(TEXT, "context")]
    other.cancel()
    assert audio([frame for frame in pieces if frame]) == speech("inworld", 240)
    assert turns >= len(pieces) > 200
