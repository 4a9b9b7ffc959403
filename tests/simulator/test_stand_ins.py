"""The vendors' stand-ins, asked by the clients that the bot uses; and each way to fail."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest
import websockets
from aiohttp import web
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.tts import DeepgramHttpTTSService
from pipecat.services.inworld.tts import InworldHttpTTSService
from pipecat.transcriptions.language import Language
from pipecat.workers.runner import WorkerRunner

from simulator import faults
from simulator.faults import Faults, fault_middleware
from simulator.providers import model_answers, openai_api
from simulator.providers.flux_turns import FluxTurns, TurnSettings
from simulator.providers.stand_ins import VendorDelays, Vendors
from simulator.serving import serve
from simulator.sound.audio import Ear, HeardKind, mulaw_to_pcm, pcm_to_mulaw, silence

CONTROLLED_CLOCK = True

HURRY = VendorDelays(first_token_seconds=0.02, first_byte_seconds=0.02)
FLUX = "/v2/listen?model=flux-general-multi&sample_rate=8000&encoding=linear16"
PROBLEM = "My furnace is blowing cold air."
PROMISE = "We can be there on Thursday."


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with Vendors(delays=HURRY, faults=Faults(slow_seconds=0.05)) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


def caller_says(vendors: Vendors, text: str) -> bytes:
    """The samples of a caller as they leave the telephone line."""
    pcm = vendors.speaker.speak(text, "en-us+m3")
    vendors.caller_acoustics.register(text, pcm)
    return mulaw_to_pcm(pcm_to_mulaw(pcm))


class Sink(FrameProcessor):
    """Keeps what comes out of a service."""

    def __init__(self) -> None:
        super().__init__()
        self.audio = b""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.audio += frame.audio
        await self.push_frame(frame, direction)


async def through(service: FrameProcessor, frames: list[Frame], sink: Sink | None = None) -> list[str]:
    """Run a service of Pipecat over frames until it is done; gives the errors."""
    errors: list[str] = []
    worker = PipelineWorker(
        Pipeline([service, sink or Sink()]),
        params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
        enable_rtvi=False,
    )

    async def on_pipeline_error(_worker: PipelineWorker, frame: ErrorFrame) -> None:
        errors.append(frame.error)

    worker.add_event_handler("on_pipeline_error", on_pipeline_error)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await worker.queue_frames(frames)
    async with asyncio.timeout(10):
        await runner.run()
    return errors


# Flux.


async def test_flux_with_pipecat(vendors: Vendors) -> None:
    """Pipecat's Flux client connects, hears the turn, its words and its language."""
    stt = DeepgramFluxSTTService(
        api_key=vendors.deepgram_key,
        url=f"{vendors.deepgram_ws_url}/v2/listen",
        settings=DeepgramFluxSTTService.Settings(
            model="flux-general-multi", language_hints=[Language.EN, Language.ES], keyterm=["air"]
        ),
    )
    seen: list[tuple[str, str]] = []
    done = asyncio.Event()
    connected = asyncio.Event()

    async def on_connected(_stt: Any) -> None:
        connected.set()

    async def on_start_of_turn(_stt: Any, transcript: str) -> None:
        seen.append(("start", transcript))

    async def on_end_of_turn(_stt: Any, transcript: str) -> None:
        seen.append(("end", transcript))
        done.set()

    for handler in (on_connected, on_start_of_turn, on_end_of_turn):
        stt.add_event_handler(handler.__name__, handler)
    sink = Sink()
    worker = PipelineWorker(
        Pipeline([stt, sink]),
        params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
        enable_rtvi=False,
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(10):
        await connected.wait()
        pcm = caller_says(vendors, PROBLEM) + silence(0.5)
        for start in range(0, len(pcm), 640):
            chunk = pcm[start : start + 640]
            await worker.queue_frame(InputAudioRawFrame(audio=chunk, sample_rate=8000, num_channels=1))
        await done.wait()
        await worker.queue_frame(EndFrame())
        await running
    assert seen[-1] == ("end", PROBLEM)
    assert seen[0][0] == "start"
    assert [r.text for r in vendors.requests if r.path.endswith("EndOfTurn")] == [PROBLEM]


async def flux_messages(
    vendors: Vendors, audio: bytes, key: str | None = None, until: str = "EndOfTurn"
) -> list[dict[str, Any]]:
    """All messages until an event of this name, or until the connection breaks."""
    headers = {"Authorization": f"Token {key or vendors.deepgram_key}"}
    messages: list[dict[str, Any]] = []
    url = f"{vendors.deepgram_ws_url}{FLUX}"
    async with asyncio.timeout(5), websockets.connect(url, additional_headers=headers) as socket:
        try:
            for start in range(0, len(audio), 640):
                await socket.send(audio[start : start + 640])
            async for text in socket:
                messages.append(json.loads(text))
                if messages[-1].get("event") == until:
                    break
        except websockets.ConnectionClosed:
            messages.append({"event": "closed"})
    return messages


async def test_flux_messages(vendors: Vendors) -> None:
    """Messages are numbered and carry the fields of Flux multi; the turn ends 300 ms after it."""
    said = caller_says(vendors, PROBLEM)
    messages = await flux_messages(vendors, silence(0.5) + said + silence(1))
    assert [m["sequence_id"] for m in messages] == list(range(len(messages)))
    assert messages[0]["type"] == "Connected"
    assert len({m["request_id"] for m in messages}) == 1
    turn = [m for m in messages if m.get("event") in ("StartOfTurn", "EndOfTurn")]
    assert [m["event"] for m in turn] == ["StartOfTurn", "EndOfTurn"]
    assert turn[0]["audio_window_end"] == pytest.approx(0.7, abs=0.03)
    over = 0.5 + len(said) / 16000
    assert turn[1]["audio_window_end"] == pytest.approx(over + 0.3, abs=0.03)
    assert [word["word"] for word in turn[1]["words"]] == PROBLEM.split()
    assert turn[1]["words"][-1]["end"] == pytest.approx(over, abs=0.03)
    assert (turn[1]["languages"], turn[1]["trigger"], turn[1]["turn_index"]) == (["en"], "model", 0)


def turns_of(vendors: Vendors, pcm: bytes, **settings: Any) -> list[str]:
    turns = FluxTurns(vendors.caller_acoustics, TurnSettings(**settings), multilingual=True)
    return [e["transcript"] for e in turns.feed(pcm) if e["event"] == "EndOfTurn"]


async def test_a_short_pause_is_one_turn(vendors: Vendors) -> None:
    """Speech that goes on within 300 ms is one turn with one transcript; later it is another."""
    first, second = caller_says(vendors, "I have a problem"), caller_says(vendors, "with my air.")
    for pause in (0.0, 0.1, 0.28):
        pcm = first + silence(pause) + second + silence(0.5)
        assert turns_of(vendors, pcm) == ["I have a problem with my air."]
    apart = first + silence(0.4) + second + silence(0.5)
    assert turns_of(vendors, apart) == ["I have a problem", "with my air."]
    assert len(turns_of(vendors, apart, end_of_turn_seconds=0.6)) == 0
    assert turns_of(vendors, apart + silence(0.2), end_of_turn_seconds=0.6) == ["I have a problem with my air."]


async def test_an_end_that_is_foretold(vendors: Vendors) -> None:
    """Who asks for it hears early that a turn may be over, with the transcript of its end, or that it goes on."""
    first, second = caller_says(vendors, "I have a problem"), caller_says(vendors, "with my air.")

    def told(pause: float, *, eager: bool) -> list[tuple[str, str]]:
        turns = FluxTurns(vendors.caller_acoustics, TurnSettings(), multilingual=True, eager=eager)
        events = turns.feed(first + silence(pause) + second + silence(0.5))
        return [(event["event"], event["transcript"]) for event in events if event["event"] not in ("Update",)]

    whole = "I have a problem with my air."
    end = [("EagerEndOfTurn", whole), ("EndOfTurn", whole)]
    started = told(0.1, eager=False)[:1]
    assert told(0.1, eager=False) == [*started, ("EndOfTurn", whole)]
    assert told(0.1, eager=True) == [*started, *end]
    early, resumed, *rest = told(0.28, eager=True)[1:]
    assert (early, resumed[0], rest) == (("EagerEndOfTurn", "I have a problem"), "TurnResumed", end)


async def test_noise_is_no_turn_unless_wanted(vendors: Vendors) -> None:
    """Unknown sound makes a turn without words only when the setting is on."""
    pcm = vendors.speaker.speak("The television.", "en-gb") + silence(0.5)
    assert turns_of(vendors, pcm) == []
    assert turns_of(vendors, pcm, noise_is_turn=True) == [""]


async def test_short_answer(vendors: Vendors) -> None:
    """The shortest answer is a turn too."""
    pcm = caller_says(vendors, "No.") + silence(0.5)
    assert turns_of(vendors, pcm) == ["No."]


async def test_flux_control_messages(vendors: Vendors) -> None:
    """Configure is confirmed, CloseStream ends the turn and the connection, nonsense is refused."""
    headers = {"Authorization": f"Token {vendors.deepgram_key}"}
    url = f"{vendors.deepgram_ws_url}{FLUX}"
    async with asyncio.timeout(5), websockets.connect(url, additional_headers=headers) as socket:
        await socket.send(json.dumps({"type": "Configure", "keyterms": ["furnace"]}))
        await socket.send(caller_says(vendors, PROBLEM))
        await socket.send(json.dumps({"type": "CloseStream"}))
        messages = [json.loads(text) async for text in socket]
    assert messages[1]["type"] == "ConfigureSuccess"
    assert messages[1]["keyterms"] == ["furnace"]
    assert (messages[-1]["event"], messages[-1]["transcript"]) == ("EndOfTurn", PROBLEM)
    async with asyncio.timeout(5), websockets.connect(url, additional_headers=headers) as socket:
        await socket.send("{}")
        assert json.loads(await socket.recv())["type"] == "Connected"
        assert json.loads(await socket.recv())["code"] == "UNPARSABLE_CLIENT_MESSAGE"
        with pytest.raises(websockets.ConnectionClosedError):
            await socket.recv()


async def test_flux_refuses(vendors: Vendors) -> None:
    """A wrong key or an unknown model fails the handshake with Deepgram's reason."""
    with pytest.raises(websockets.InvalidStatus) as refused:
        await flux_messages(vendors, b"", key="wrong")
    assert refused.value.response.status_code == 401
    assert refused.value.response.headers["dg-error"]
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(
            f"{vendors.deepgram_ws_url}{FLUX.replace('multi', 'xx')}",
            additional_headers={"Authorization": f"Token {vendors.deepgram_key}"},
        )
    assert refused.value.response.status_code == 400


async def test_flux_faults_of_the_handshake(vendors: Vendors) -> None:
    """down, hang, a status and html keep the connection from being made; hang_body is silent."""
    for mode in ("503", "html", "down"):
        vendors.faults.set("deepgram", mode, 1)
        with pytest.raises((websockets.InvalidHandshake, OSError, EOFError)):
            await flux_messages(vendors, b"")
    for mode in ("hang", "hang_body"):
        vendors.faults.set("deepgram", mode, 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await flux_messages(vendors, silence(1))
    assert vendors.faults.mode("deepgram") is None
    vendors.faults.set("deepgram", "slow", 1)
    assert (await flux_messages(vendors, silence(1), until="Update"))[0]["type"] == "Connected"


async def test_flux_faults_in_the_call(vendors: Vendors) -> None:
    """deaf hears nothing, no_end never ends, drop breaks off in the turn, garbage is no JSON."""
    audio = caller_says(vendors, PROBLEM) + silence(1)
    vendors.faults.set("deepgram", "deaf")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await flux_messages(vendors, audio, until="Update")
    vendors.faults.set("deepgram", "drop", 1)
    messages = await flux_messages(vendors, audio)
    assert messages[-1] == {"event": "closed"}
    assert "StartOfTurn" in [m.get("event") for m in messages]
    assert (await flux_messages(vendors, audio))[-1]["transcript"] == PROBLEM
    vendors.faults.set("deepgram", "garbage")
    with pytest.raises(ValueError, match="Expecting"):
        await flux_messages(vendors, audio)
    turns = FluxTurns(vendors.caller_acoustics, TurnSettings(), multilingual=True)
    events = turns.feed(audio + silence(5), end_turns=False)
    assert events[-1]["transcript"] == PROBLEM
    assert "EndOfTurn" not in {event["event"] for event in events}
    assert turns.feed(silence(0.02))[0]["event"] == "EndOfTurn"


async def test_flux_fault_set_in_the_call(vendors: Vendors) -> None:
    """A fault that is set while a connection is open meets that connection."""
    headers = {"Authorization": f"Token {vendors.deepgram_key}"}
    url = f"{vendors.deepgram_ws_url}{FLUX}"
    async with asyncio.timeout(5), websockets.connect(url, additional_headers=headers) as socket:
        assert json.loads(await socket.recv())["type"] == "Connected"
        vendors.faults.set("deepgram", "down")
        await socket.send(silence(0.02))
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()


def met(switch: Faults) -> list[str]:
    return [f"{hit.part}:{hit.mode}" for hit in switch.hits]


@pytest.mark.parametrize("mode", ["hang", "hang_body", "slow", "html", "401", "429", "500", "down"])
async def test_flux_fault_of_the_handshake_set_in_the_call(vendors: Vendors, mode: str) -> None:
    """It drops the connection that is open, uses nothing up by that, and the next handshake meets it."""
    headers = {"Authorization": f"Token {vendors.deepgram_key}"}
    url = f"{vendors.deepgram_ws_url}{FLUX}"
    async with asyncio.timeout(5), websockets.connect(url, additional_headers=headers) as socket:
        assert json.loads(await socket.recv())["type"] == "Connected"
        vendors.faults.set("deepgram", mode, 1)
        assert vendors.faults.hits == []
        await socket.send(silence(0.02))
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    assert vendors.faults.mode("deepgram") == mode
    with contextlib.suppress(TimeoutError, websockets.InvalidHandshake, OSError, EOFError):
        async with asyncio.timeout(0.15), websockets.connect(url, additional_headers=headers):
            pass
    assert vendors.faults.mode("deepgram") is None
    assert met(vendors.faults) == [f"deepgram:{mode}"] * 2


async def test_flux_slow_connection_stays(vendors: Vendors) -> None:
    """Who has waited for a slow handshake is not dropped for it."""
    vendors.faults.set("deepgram", "slow")
    audio = caller_says(vendors, PROBLEM) + silence(1)
    assert (await flux_messages(vendors, audio))[-1]["transcript"] == PROBLEM


async def test_flux_deafness_heals_in_the_call(vendors: Vendors) -> None:
    """Events that are swallowed are hits; once healed, the same connection hears the next turn."""
    headers = {"Authorization": f"Token {vendors.deepgram_key}"}
    url = f"{vendors.deepgram_ws_url}{FLUX}"
    vendors.faults.set("deepgram", "deaf")
    async with asyncio.timeout(5), websockets.connect(url, additional_headers=headers) as socket:
        assert json.loads(await socket.recv())["type"] == "Connected"
        await socket.send(caller_says(vendors, PROBLEM) + silence(1))
        while not vendors.faults.hits:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        vendors.faults.set("deepgram", None)
        await socket.send(caller_says(vendors, "No.") + silence(1))
        async for text in socket:
            message = json.loads(text)
            assert message.get("transcript") in ("", "No.")
            if message.get("event") == "EndOfTurn":
                break
    assert set(met(vendors.faults)) == {"deepgram:deaf"}


async def test_flux_counted_deafness_belongs_to_one_connection(vendors: Vendors) -> None:
    """`deaf:1` is the first connection, to its end, and no other."""
    audio = caller_says(vendors, PROBLEM) + silence(1)
    vendors.faults.set("deepgram", "deaf", 1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await flux_messages(vendors, audio, until="Update")
    assert (await flux_messages(vendors, audio))[-1]["transcript"] == PROBLEM


async def test_flux_hits(vendors: Vendors) -> None:
    """A hit is an end withheld, a message spoilt, a turn dropped: never the connection alone."""
    audio = caller_says(vendors, PROBLEM)
    vendors.faults.set("deepgram", "no_end")
    await flux_messages(vendors, silence(1), until="Update")
    assert vendors.faults.hits == []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await flux_messages(vendors, audio + silence(2))
    assert met(vendors.faults) == ["deepgram:no_end"]
    vendors.faults.set("deepgram", "garbage")
    with pytest.raises(ValueError, match="Expecting"):
        await flux_messages(vendors, b"")
    assert met(vendors.faults)[1:] == ["deepgram:garbage"]
    vendors.faults.set("deepgram", "drop", 1)
    await flux_messages(vendors, audio + silence(1))
    assert met(vendors.faults)[2:] == ["deepgram:drop"]


# Voices.


def inworld_client(vendors: Vendors, http: aiohttp.ClientSession, key: str = "") -> Any:
    tts = InworldHttpTTSService(
        api_key=key or vendors.inworld_key,
        aiohttp_session=http,
        stop_frame_timeout_s=0.05,
        settings=InworldHttpTTSService.Settings(voice="Ashley", model="inworld-tts-2"),
    )
    tts._base_url = f"{vendors.inworld_url}/tts/v1/voice:stream"
    return tts


def aura_client(vendors: Vendors, http: aiohttp.ClientSession, key: str = "") -> Any:
    return DeepgramHttpTTSService(
        api_key=key or vendors.deepgram_key,
        aiohttp_session=http,
        base_url=vendors.deepgram_http_url,
        stop_frame_timeout_s=0.05,
        settings=DeepgramHttpTTSService.Settings(voice="aura-2-helena-en"),
    )


CLIENTS = {"inworld": inworld_client, "aura": aura_client}


@pytest.mark.parametrize("part", ["inworld", "aura"])
async def test_voice_with_pipecat(vendors: Vendors, http: aiohttp.ClientSession, part: str) -> None:
    """Pipecat's client gets the whole sentence, and what it plays is recognised on the phone."""
    sink = Sink()
    frames = [TTSSpeakFrame(PROMISE), EndFrame()]
    assert await through(CLIENTS[part](vendors, http), frames, sink) == []
    heard = Ear(vendors.bot_acoustics).feed(mulaw_to_pcm(pcm_to_mulaw(sink.audio)))
    assert [(h.text, h.complete) for h in heard if h.kind is HeardKind.END] == [(PROMISE, True)]
    assert [(r.part, r.text) for r in vendors.requests] == [(part, PROMISE)]


@pytest.mark.parametrize("part", ["inworld", "aura"])
async def test_voice_refuses_a_wrong_key(vendors: Vendors, http: aiohttp.ClientSession, part: str) -> None:
    """A wrong key is an error and no audio."""
    sink = Sink()
    frames = [TTSSpeakFrame(PROMISE), EndFrame()]
    assert await through(CLIENTS[part](vendors, http, "wrong"), frames, sink)
    assert sink.audio == b""


async def voice_answer(
    vendors: Vendors, http: aiohttp.ClientSession, part: str, timeout_seconds: float = 3
) -> tuple[int, bytes]:
    """Status and body as far as it came; a body that never ends is cut by the time limit."""
    if part == "inworld":
        url, auth = f"{vendors.inworld_url}/tts/v1/voice:stream", f"Basic {vendors.inworld_key}"
    else:
        query = "model=aura-2-helena-en&encoding=linear16&sample_rate=8000&container=none"
        url, auth = f"{vendors.deepgram_http_url}/v1/speak?{query}", f"Token {vendors.deepgram_key}"
    config = {"audioEncoding": "PCM", "sampleRateHertz": 8000}
    body = {"text": "On Thursday.", "voiceId": "A", "modelId": "m", "audioConfig": config}
    got = b""
    async with http.post(url, json=body, headers={"Authorization": auth}) as response:
        try:
            async with asyncio.timeout(timeout_seconds):
                async for chunk in response.content.iter_any():
                    got += chunk
        except TimeoutError:
            return -response.status, got
        return response.status, got


@pytest.mark.parametrize("part", ["inworld", "aura"])
async def test_voice_faults(vendors: Vendors, http: aiohttp.ClientSession, part: str) -> None:
    """Each mode of a voice fails in the way that its name says."""
    status, whole = await voice_answer(vendors, http, part)
    assert status == 200

    async def meet(mode: str, timeout_seconds: float = 3) -> tuple[int, bytes]:
        vendors.faults.set(part, mode, 1)
        return await voice_answer(vendors, http, part, timeout_seconds)

    assert (await meet("500"))[0] == 500
    assert (await meet("429"))[0] == 429
    assert b"<html" in (await meet("html"))[1] or b"<h1" in (await meet("html"))[1]
    assert len((await meet("empty"))[1]) < 50
    assert b"garbage" in (await meet("garbage"))[1]
    assert await meet("hang_body", 0.1) == (-200, b"")
    status, body = await meet("stall", 0.6)
    assert status == -200
    assert 0 < len(body) < 0.8 * len(whole)
    with pytest.raises(aiohttp.ClientPayloadError):
        await meet("die")
    with pytest.raises(aiohttp.ClientConnectionError):
        await meet("down")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await meet("hang")
    status, body = await meet("mute")
    assert status == 200
    assert len(body) > 0.8 * len(whole)
    assert body != whole
    assert await meet("slow") == (200, whole)
    assert await voice_answer(vendors, http, part) == (200, whole)


async def test_inworld_containers(vendors: Vendors, http: aiohttp.ClientSession) -> None:
    """The path without stream answers one object with a WAV file."""
    sink = Sink()
    tts = InworldHttpTTSService(
        api_key=vendors.inworld_key,
        aiohttp_session=http,
        streaming=False,
        settings=InworldHttpTTSService.Settings(voice="Ashley", model="inworld-tts-2"),
    )
    tts._base_url = f"{vendors.inworld_url}/tts/v1/voice"
    assert await through(tts, [TTSSpeakFrame(PROMISE), EndFrame()], sink) == []
    assert sink.audio == vendors.speaker.speak(PROMISE, "en-us+f1")


# The model.


def client(vendors: Vendors, key: str = "") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        api_key=key or vendors.openai_key,
        base_url=vendors.openai_url,
        max_retries=0,
        timeout=openai.Timeout(0.25),
    )


MESSAGES: list[Any] = [
    {"role": "system", "content": 'You are "Alex".'},
    {"role": "user", "content": "This is Maria Lopez. My furnace is broken."},
    {"role": "developer", "content": 'Be brief. Then ask: "What is your ZIP code?" No "prices".'},
]


async def streamed(vendors: Vendors) -> tuple[list[str], list[Any]]:
    """The words and the chunks of a streamed answer, as far as they came."""
    words: list[str] = []
    chunks: list[Any] = []
    async with client(vendors) as asking:
        stream = await asking.chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        async with stream:
            async for chunk in stream:
                chunks.append(chunk)
                if chunk.choices and chunk.choices[0].delta.content:
                    words.append(chunk.choices[0].delta.content)
    return words, chunks


async def test_openai_stream(vendors: Vendors) -> None:
    """The SDK gets role, words, the reason of the end and the usage, in this order."""
    words, chunks = await streamed(vendors)
    assert "".join(words).endswith(". What is your ZIP code?")
    assert len(words) > 5
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens == len(words)
    assert chunks[-1].choices == []
    assert vendors.requests[0].text == MESSAGES[-1]["content"]


async def test_openai_answers_tell_how_long_the_bot_waited(vendors: Vendors) -> None:
    """Once, at the end of the first sentence, with the words that it answers."""
    await streamed(vendors)
    (answer,) = vendors.answers
    assert (answer.part, answer.said) == ("openai", MESSAGES[1]["content"])
    assert answer.text.endswith(". What is your ZIP code?")
    assert answer.began <= answer.at
    assert vendors.openai.tokens > 0


async def test_openai_agent_calls_a_tool(vendors: Vendors) -> None:
    """Once it is there, for whoever offers tools; the SDK puts name and arguments together."""
    vendors.openai.agent = lambda messages: openai_api.ToolWish("look_up", {"name": messages[1]["content"]})
    tools: list[Any] = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]
    async with client(vendors) as asking:
        asked = asking.chat.completions.stream(model="gpt-4.1", messages=MESSAGES, tools=tools)
        async with asked as stream:
            (choice,) = (await stream.get_final_completion()).choices
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls or []
    assert call.function.name == "look_up"
    assert json.loads(call.function.arguments) == {"name": MESSAGES[1]["content"]}
    words, _ = await streamed(vendors)
    assert "".join(words).endswith("What is your ZIP code?")


async def test_openai_wrong_key(vendors: Vendors) -> None:
    """A wrong key is OpenAI's 401."""
    async with client(vendors, "wrong") as asking:
        with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
            await asking.chat.completions.create(model="m", messages=MESSAGES)


async def test_openai_schema(vendors: Vendors) -> None:
    """A strict schema is satisfied with what the caller said, and null for the rest."""
    nullable = {"type": ["string", "null"]}
    schema = {
        "type": "object",
        "properties": {
            "customer_name": nullable,
            "problem": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "zip_code": nullable,
            "urgency": {"enum": ["today", "unknown"]},
        },
        "required": ["customer_name", "problem", "zip_code", "urgency"],
        "additionalProperties": False,
    }
    wanted: Any = {"name": "facts", "schema": schema, "strict": True}
    async with client(vendors) as asking:
        completion = await asking.chat.completions.create(
            model="gpt-4.1",
            messages=MESSAGES,
            response_format={"type": "json_schema", "json_schema": wanted},
        )
    assert json.loads(completion.choices[0].message.content or "") == {
        "customer_name": "Maria Lopez",
        "problem": "My furnace is broken",
        "zip_code": None,
        "urgency": "unknown",
    }


async def test_openai_faults(vendors: Vendors) -> None:
    """Each mode of the model fails in the way that its name says."""

    async def meet(mode: str) -> tuple[list[str], list[Any]]:
        vendors.faults.set("openai", mode, 1)
        return await streamed(vendors)

    modes: dict[str, type[Exception]] = {
        "500": openai.InternalServerError,
        "429": openai.RateLimitError,
        "down": openai.APIConnectionError,
        "hang": openai.APITimeoutError,
        "dribble": openai.APITimeoutError,
        "stall": openai.APITimeoutError,
        "hang_body": openai.APITimeoutError,
        "die": openai.APIConnectionError,
        "garbage": json.JSONDecodeError,
    }
    for mode, error in modes.items():
        with pytest.raises(error):
            await meet(mode)
    assert (await meet("empty"))[0] == []
    assert (await meet("html"))[0] == []
    assert (await meet("slow"))[0]
    assert (await streamed(vendors))[0]
    assert met(vendors.faults) == [f"openai:{mode}" for mode in (*modes, "empty", "html", "slow")]


async def test_openai_lies(vendors: Vendors) -> None:
    """Whatever is asked, the model promises what never happened, in fluent words."""
    vendors.faults.set("openai", "lies")
    assert "".join((await streamed(vendors))[0]) == model_answers.LIE


async def test_openai_invents(vendors: Vendors) -> None:
    """In a structured answer it lies in form: every value is of its kind, and none was said."""
    nullable = {"type": ["string", "null"]}
    schema = {"type": "object", "properties": {"name": nullable, "address": nullable, "problem": nullable}}
    wanted: Any = {"name": "facts", "schema": schema, "strict": True}
    vendors.faults.set("openai", "lies")
    async with client(vendors) as asking:
        completion = await asking.chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, response_format={"type": "json_schema", "json_schema": wanted}
        )
    found = json.loads(completion.choices[0].message.content or "")
    assert found == {fact: model_answers.INVENTED[fact] for fact in ("name", "address", "problem")}


async def test_openai_late(vendors: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer begins at once, its first word is late, the rest comes as ever."""
    monkeypatch.setattr(openai_api, "LATE_SECONDS", 0.15)
    vendors.faults.set("openai", "late", 1)
    now = asyncio.get_running_loop().time
    began = now()
    words, chunks = await streamed(vendors)
    assert words
    assert chunks[0].choices[0].delta.content == ""
    assert now() - began > 0.15
    monkeypatch.setattr(openai_api, "LATE_SECONDS", 0.5)
    vendors.faults.set("openai", "late", 1)
    with pytest.raises(openai.APITimeoutError):
        await streamed(vendors)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Hi, my name is John Smith.", {"name": "John Smith"}),
        ("I'm having trouble.", {}),
        ("It's 4599 Franklin Road, 78701.", {"address": "4599 Franklin Road", "zip": "78701"}),
        ("78701", {"zip": "78701"}),
        ("10250 Oak Hill Drive", {"address": "10250 Oak Hill Drive"}),
        ("Hello. The AC is leaking, I think.", {"problem": "The AC is leaking, I think"}),
        ("Agent: This is Alex.\nCaller: Me llamo Ana.", {"name": "Ana"}),
    ],
)
def test_facts(said: str, known: dict[str, str]) -> None:
    """Names, ZIPs, addresses and problems are taken from the caller's words only."""
    agent = {"role": "assistant", "content": "This is Alex, 12345."}
    assert model_answers.facts([agent, {"role": "user", "content": said}]) == known


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("Oh, I must have misdialed.", {"intent": {"is": "wrong_number", "words": "misdialed"}}),
        ("Can I talk to a real person?", {"intent": {"is": "person", "words": "real person"}}),
        ("There was smoke in the hall.", {"danger": {"is": "possible", "words": "There was smoke in the hall"}}),
        ("Agent: Do you smell gas?\nCaller: Yes, sure.", {"answer": {"is": "yes", "words": "Yes"}}),
        ("Caller: goodbye\nCaller: It's Dana.", {}),
    ],
)
def test_claims(said: str, claims: dict[str, dict[str, str]]) -> None:
    """What the caller wants, answers and says of danger is in their last line alone, with the words that say it."""
    assert model_answers.claims([{"role": "user", "content": said}]) == claims
    properties = {"properties": {"is": {"type": "string"}, "words": {"type": "string"}}}
    nullable = {"anyOf": [{"type": "object", **properties}, {"type": "null"}]}
    schema = {"type": "object", "properties": dict.fromkeys(("intent", "answer", "danger"), nullable)}
    filled = model_answers.extract(schema, [{"role": "user", "content": said}])
    assert filled == {"intent": None, "answer": None, "danger": None, **claims}


@pytest.mark.parametrize(
    ("order", "end"),
    [
        ('Say "yes". Then ask: "Is it an emergency?" Never "promise".', "Is it an emergency?"),
        ('Answer, and go on with "Which ZIP code?"', "Which ZIP code?"),
        ("Then ask: “¿Cuál es su código?”", "Claro. ¿Cuál es su código?"),
        ("Be kind.", model_answers.NEUTRAL_REPLY),
    ],
)
def test_reply(order: str, end: str) -> None:
    """The model conveys the sentence that the directive asks for."""
    assert model_answers.reply([{"role": "system", "content": order}]).endswith(end)


# Faults.


def test_faults_are_parsed_and_counted() -> None:
    """A specification names part, mode and count; counted faults heal by themselves."""
    switch = Faults.parse(" inworld:500, openai:hang:2 ")
    assert str(switch) == "inworld:500, openai:hang"
    assert [switch.take("openai") for _ in range(3)] == ["hang", "hang", None]
    assert [switch.take("inworld") for _ in range(3)] == ["500"] * 3
    switch.set("inworld", None)
    assert switch.mode("inworld") is None
    assert Faults.parse("").take("v2") is None


def test_faults_remember_what_they_hit() -> None:
    """When, what and in which order: a request that met a mode, or what a stand-in tells; a look is no hit."""
    switch = Faults.parse("openai:hang:1, deepgram:deaf")
    before = time.monotonic()
    switch.mode("openai")
    switch.take("openai")
    switch.take("openai")
    switch.take("deepgram", hits=False)
    switch.hit("deepgram", "deaf")
    assert met(switch) == ["openai:hang", "deepgram:deaf"]
    assert before <= switch.hits[0].at <= switch.hits[1].at <= time.monotonic()


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("moon:down", "deepgram"),
        ("openai:deaf", "dribble"),
        ("openai", "hang"),
        ("v2:200", "from 400 to 599"),
        ("stream:500", "stop_open"),
        ("v2:down:0", "number"),
        ("v2:down:x", "number"),
    ],
)
def test_wrong_faults(spec: str, told: str) -> None:
    """What makes no sense is refused with what would."""
    with pytest.raises(ValueError, match=told):
        Faults.parse(spec)


def test_faults_are_described() -> None:
    """The help names every part and every mode."""
    for part in faults.PARTS:
        assert part in faults.describe()
        assert all(mode in faults.describe() for mode in faults.allowed_modes(part))


async def test_fault_middleware(http: aiohttp.ClientSession) -> None:
    """An ordinary JSON service fails in each way; only some ways let the request take effect."""
    switch = Faults(slow_seconds=0.01)
    processed = 0

    async def book(_request: web.Request) -> web.Response:
        nonlocal processed
        processed += 1
        return web.json_response({"booked": True, "id": "appointment"})

    app = web.Application(middlewares=[fault_middleware(switch, "v2")])
    app.router.add_post("/book", book)

    async def meet(mode: str) -> Any:
        nonlocal processed
        processed = 0
        switch.set("v2", mode, 1)
        try:
            async with asyncio.timeout(0.15), http.post(url) as response:
                return response.status, await response.read(), processed
        except (TimeoutError, aiohttp.ClientError) as error:
            return type(error).__name__, processed

    async with serve(app) as port:
        url = f"http://127.0.0.1:{port}/book"
        good = b'{"booked": true, "id": "appointment"}'
        assert await meet("slow") == (200, good, 1)
        assert (await meet("503"))[::2] == (503, 0)
        assert (await meet("html"))[::2] == (200, 0)
        assert await meet("empty") == (200, b"", 1)
        assert (await meet("garbage"))[::2] == (200, 1)
        assert await meet("down") == ("ServerDisconnectedError", 0)
        assert await meet("hang") == ("TimeoutError", 0)
        assert await meet("hang_body") == ("TimeoutError", 1)
        assert await meet("stall") == ("TimeoutError", 1)
        assert await meet("die") == ("ClientPayloadError", 1)
