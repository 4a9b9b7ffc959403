"""Lines that must be heard, from the processor to Twilio's ear, with barge-ins at every moment.

The processor, the voice and the transport are the real ones. The voices make their audio and Twilio plays it at so many
steps of the event loop, so that a barge-in can come between any two of them and no time passes.
"""

import asyncio
import audioop
import base64
import contextlib
import json
from collections import deque
from collections.abc import AsyncGenerator, Collection
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pipecat.frames.frames import InterruptionFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner
from starlette.websockets import WebSocketState

from call.actions import Action, Say
from call.business import Business
from call.session import CallSession
from circuit_breaker import CircuitBreaker, LastSuccess
from config import Settings
from processor import StateMachineProcessor
from providers.media_stream import MarkSerializer
from providers.prerendered import PrerenderedLines
from state_machine import StateMachine
from tts_fallback import FallbackTTSService
from turns.faults import Faults
from turns.line import CallEventFrame, Event

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
PIECES, PIECE_SAMPLES = 8, 240  # Not the transport's 320 samples, as no vendor's pieces are.
LINE_SAMPLES = PIECES * PIECE_SAMPLES
STEPS_PER_MESSAGE = 6  # Slower than the transport sends, so that Twilio always has something buffered.
LAST_STEP = 2500
A, B, C = (Say(text, must_hear=True) for text in ("A", "B", "C"))
ordinary, question = Say("ordinary"), Say("question?")
ORDERS = [(A, B, C), (ordinary, A, B, question), (ordinary, question, A, ordinary, B)]


class Twilio:
    """The far end of the websocket: buffers, plays, echoes marks, clears."""

    client_state = application_state = WebSocketState.CONNECTED

    def __init__(self) -> None:
        self.buffer: deque[bytes | str] = deque()
        self.played = bytearray()
        self._messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def send_text(self, text: str) -> None:
        match json.loads(text):
            case {"event": "media", "media": media}:
                self.buffer.append(base64.b64decode(media["payload"]))
            case {"event": "mark", "mark": mark}:
                self.buffer.append(mark["name"])
            case {"event": "clear"}:
                marks = [item for item in self.buffer if isinstance(item, str)]
                self.buffer.clear()
                self._echo(marks)

    async def receive(self) -> dict[str, str]:
        return await self._messages.get()

    async def close(self) -> None:
        self.client_state = WebSocketState.DISCONNECTED

    def play(self) -> bool:
        """One message; whether there was one."""
        match self.buffer.popleft() if self.buffer else None:
            case bytes() as audio:
                self.played += audio
            case str() as mark:
                self._echo([mark])
            case _:
                return False
        return True

    def _echo(self, marks: list[str]) -> None:
        for name in marks:
            text = json.dumps({"event": "mark", "mark": {"name": name}})
            self._messages.put_nowait({"type": "websocket.receive", "text": text})


class Voice:
    """Says each text as samples of one value."""

    voice_id = "v"

    def __init__(self, name: str, levels: dict[str, int], wait: int) -> None:
        self.name, self._levels, self._wait = name, levels, wait
        self.last_success = LastSuccess()

    async def stream(self, text: str, sample_rate: int = 8000) -> AsyncGenerator[bytes, None]:
        for _ in range(self._wait):
            await asyncio.sleep(0)
        for _ in range(PIECES):
            yield self._levels[text].to_bytes(2, "little") * PIECE_SAMPLES
            await asyncio.sleep(0)


class Kept(FallbackTTSService):
    """The voice of a call."""


class Line:
    """The telephone line of a call."""

    stream_sid = "MZ1"

    def __init__(self, serializer: MarkSerializer) -> None:
        self._serializer, self.speech = serializer, serializer.speech

    @property
    def echoed_at(self) -> float:
        return self._serializer.echoed_at

    @property
    def behind_seconds(self) -> float | None:
        return self._serializer.behind_seconds

    @property
    def protect(self) -> bool:
        return self._serializer.protect

    @protect.setter
    def protect(self, value: bool) -> None:
        self._serializer.protect = value


class Machine(StateMachine):
    """Starts with the lines of the test."""

    lines: Collection[Action] = ()

    def start(self, session: CallSession, now: datetime) -> list[Action]:
        return list(self.lines)


class Heard:
    """What the caller heard of each line, in order, and whether the line was still protected at the end."""

    def __init__(self, twilio: Twilio, levels: dict[str, int], line: Line) -> None:
        names = {audioop.lin2ulaw(level.to_bytes(2, "little"), 2)[0]: text for text, level in levels.items()}
        runs = [(names.get(byte), len(list(run))) for byte, run in groupby(twilio.played)]
        self.lines = [(text, samples) for text, samples in runs if text]
        self.protected = line.protect

    @property
    def whole(self) -> list[str]:
        return [text for text, samples in self.lines if samples == LINE_SAMPLES]

    def must_hear(self) -> list[tuple[str, int]]:
        return [(text, samples) for text, samples in self.lines if text in "ABC"]


async def unheard(_: bytes) -> None:
    """Nobody listens to the caller."""


async def call(
    lines: Collection[Say], barge_ins: Collection[int], settings: Settings, folder: Path, *, wait: int = 20
) -> Heard:
    """Says the lines, with a barge-in at each of these steps."""
    levels = {say.text: 3000 * (number + 1) for number, say in enumerate(lines)}
    twilio, serializer, machine = Twilio(), MarkSerializer("MZ1", "CA1", unheard), Machine(Business())
    object.__setattr__(machine, "lines", lines)
    websocket: Any = twilio
    params = FastAPIWebsocketParams(
        audio_in_enabled=True, audio_out_enabled=True, serializer=serializer, audio_out_end_silence_secs=0
    )
    transport, line = FastAPIWebsocketTransport(websocket, params), Line(serializer)
    unused: Any = None
    session = CallSession(call_id="CA1", started_at=NOW)
    processor = StateMachineProcessor(
        session,
        machine,
        unused,
        None,
        CircuitBreaker("openai"),
        settings,
        line=line,
        on_fault=Faults(session, lambda: NOW).note,
        now=lambda: NOW,
    )
    voices = Voice("inworld", levels, wait), Voice("aura", levels, wait)
    voice = Kept(
        *voices, CircuitBreaker("inworld"), PrerenderedLines(folder, ()), settings, call_id="CA1", usage=session.usage
    )
    worker = PipelineWorker(
        Pipeline([transport.input(), processor, voice, transport.output()]),
        params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
        enable_rtvi=False,
    )
    connected = asyncio.Event()

    async def on_connected(*_: object) -> None:
        connected.set()

    transport.event_handler("on_client_connected")(on_connected)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(20):
        await connected.wait()
        transport.output()._send_interval = 0
        await processor.queue_frame(CallEventFrame(Event.START))
        quiet_since = max(barge_ins, default=0) + 3 * wait
        for step in range(LAST_STEP):
            if step in barge_ins:
                await processor.queue_frame(InterruptionFrame())
            if step % STEPS_PER_MESSAGE == 0 and twilio.play():
                quiet_since = max(quiet_since, step)
            if step > quiet_since + 3 * wait + 150:
                break
            await asyncio.sleep(0)
        await worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    return Heard(twilio, levels, line)


@pytest.mark.parametrize("lines", ORDERS)
async def test_without_a_barge_in_every_line_is_heard_whole(
    lines: tuple[Say, ...], settings: Settings, tmp_path: Path
) -> None:
    """Once each, in order."""
    heard = await call(lines, [], settings, tmp_path)
    assert heard.whole == [text for text, _ in heard.lines] == [say.text for say in lines]


@pytest.mark.parametrize("wait", [0, 20])
@pytest.mark.parametrize("lines", ORDERS)
async def test_one_barge_in_at_any_moment_takes_nothing_from_a_line_that_must_be_heard(
    lines: tuple[Say, ...], wait: int, settings: Settings, tmp_path: Path
) -> None:
    """Before the first audio, during each line, between two, while the next waits: whole, once, in order."""
    must_hear = [(say.text, LINE_SAMPLES) for say in lines if say.must_hear]
    for step in range(0, 160, 3):
        heard = await call(lines, [step], settings, tmp_path, wait=wait)
        assert heard.must_hear() == must_hear, f"barge-in at step {step}"
        assert not heard.protected, f"barge-in at step {step}"


@pytest.mark.parametrize("lines", ORDERS)
async def test_a_caller_who_never_stops_barging_in_hears_it_too(
    lines: tuple[Say, ...], settings: Settings, tmp_path: Path
) -> None:
    """Again and again, at whatever distance."""
    must_hear = [(say.text, LINE_SAMPLES) for say in lines if say.must_hear]
    for apart in (2, 5, 11, 23):
        for first in (10, 30, 60):
            heard = await call(lines, range(first, 400, apart), settings, tmp_path)
            assert heard.must_hear() == must_hear, f"from step {first}, every {apart}"
            assert not heard.protected, f"from step {first}, every {apart}"


@pytest.mark.parametrize("lines", [(ordinary,), (A, ordinary)])
async def test_a_barge_in_cuts_an_ordinary_line_off(lines: tuple[Say, ...], settings: Settings, tmp_path: Path) -> None:
    """Not begun, or broken off in the middle; behind a line that must be heard too, once that was played."""
    heard = [await call(lines, [step], settings, tmp_path) for step in range(10, 150, 4)]
    samples = [dict(each.lines).get("ordinary", 0) for each in heard]
    assert samples[0] == 0
    assert any(0 < each < LINE_SAMPLES for each in samples)
    assert not any(each.protected for each in heard)
