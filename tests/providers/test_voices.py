"""What the two voices ask of their vendors, and what they make of every answer."""

import asyncio
import base64
import json
import logging
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import aclosing

import aiohttp
import httpx
import pytest
from pipecat.services.deepgram.tts import DeepgramHttpTTSService
from pipecat.services.inworld.tts import InworldHttpTTSService
from pipecat.services.tts_service import TTSService

from providers.voices import AuraVoice, InworldVoice, Voice, VoiceError, voice_client
from tests.support.voice_server import SAMPLE, VoiceServer, speech, voice_server

CONTROLLED_CLOCK = True

TEXT = "Your visit is 10:15 – 11:00 — é, ok?"
VENDORS = ("inworld", "aura")


@pytest.fixture
async def server() -> AsyncIterator[VoiceServer]:
    async with voice_server() as running:
        yield running


@pytest.fixture
async def client(server: VoiceServer) -> AsyncIterator[httpx.AsyncClient]:
    async with voice_client(server.settings()) as running:
        yield running


def voice(server: VoiceServer, client: httpx.AsyncClient, vendor: str, **changes: str) -> Voice:
    settings = server.settings(**changes)
    return InworldVoice(client, settings) if vendor == "inworld" else AuraVoice(client, settings)


async def said(speaker: Voice, rate: int = 8000) -> bytes:
    return await said_of(speaker, TEXT, rate)


async def said_of(speaker: Voice, text: str, rate: int = 8000) -> bytes:
    pieces = []
    async with aclosing(speaker.stream(text, rate)) as stream:
        async for piece in stream:
            assert piece
            assert len(piece) % 2 == 0
            pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_audio_arrives_whole(server: VoiceServer, client: httpx.AsyncClient, vendor: str) -> None:
    """The pieces are the vendor's audio, all of it and nothing else."""
    assert await said(voice(server, client, vendor)) == speech(vendor)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_same_request_as_pipecat(server: VoiceServer, client: httpx.AsyncClient, vendor: str) -> None:
    """Body, query and credentials are those that Pipecat's own HTTP service sends."""
    async with aiohttp.ClientSession() as session:
        theirs: TTSService
        if vendor == "inworld":
            theirs = InworldHttpTTSService(api_key="inworld-key", aiohttp_session=session)
            theirs._base_url = server.url + "/tts/v1/voice:stream"
            theirs._audio_sample_rate = 8000
        else:
            theirs = DeepgramHttpTTSService(api_key="deepgram-key", aiohttp_session=session, base_url=server.url)
        theirs._sample_rate = 8000
        async for _ in theirs.run_tts(TEXT, "context"):
            pass
    await said(voice(server, client, vendor))
    expected, ours = server.asked
    assert (ours.body, ours.query) == (expected.body, expected.query)
    assert ours.headers["Authorization"] == expected.headers["Authorization"]
    assert ours.headers["Content-Type"] == expected.headers["Content-Type"]


async def test_voice_and_rate_are_asked_for(server: VoiceServer, client: httpx.AsyncClient) -> None:
    """The configured speakers and the rate of the call reach the vendors."""
    await said_of(voice(server, client, "inworld", INWORLD_VOICE_ID="Dennis"), "Hello.", 16000)
    await said_of(voice(server, client, "aura", DEEPGRAM_TTS_VOICE="aura-2-zeus-en"), "Hello.", 16000)
    inworld, aura = server.asked
    assert (inworld.body["voiceId"], inworld.body["audioConfig"]["sampleRateHertz"]) == ("Dennis", 16000)
    assert (aura.query["model"], aura.query["sample_rate"]) == ("aura-2-zeus-en", "16000")


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("fault", ["400", "401", "429", "500", "503", "empty", "die"])
async def test_no_audio_is_an_error(server: VoiceServer, client: httpx.AsyncClient, vendor: str, fault: str) -> None:
    """Refusals, empty answers and answers that break off raise; a refusal names its status."""
    server.fault[vendor] = fault
    with pytest.raises(VoiceError) as caught:
        await said(voice(server, client, vendor))
    assert caught.value.status == (int(fault) if fault.isdigit() else None)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_refused_connection(server: VoiceServer, client: httpx.AsyncClient, vendor: str) -> None:
    """A vendor whose port is closed raises."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(VoiceError, match="ConnectError"):
            await said(voice(server, client, vendor))


async def test_neither_key_nor_text_is_logged(
    server: VoiceServer, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors and the log hold neither the key nor the text nor the vendor's words."""
    caplog.set_level(logging.INFO)
    for vendor in VENDORS:
        server.fault[vendor] = "401"
        with pytest.raises(VoiceError) as caught:
            await said(voice(server, client, vendor))
        seen = str(caught.value) + caplog.text
        assert not [
            word for word in ("inworld-key", "deepgram-key", "Your visit", "secret of the vendor") if word in seen
        ]


ONE = json.dumps({"result": {"audioContent": base64.b64encode(SAMPLE["inworld"] * 2400).decode()}})


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('{"error": {"code": 3, "message": "no"}}', "error 3 in the stream"),
        ('{"error": "no"}', "error in the stream"),
        ("{]", "undecodable line"),
        ("[]", "undecodable line"),
        ("\udcff\udcfe", "undecodable line"),
        ('{"result": {"audioContent": "%%%"}}', "undecodable audio"),
        ('{"result": {"audioContent": 7}}', "undecodable audio"),
        (ONE[:-9], "undecodable line"),
        ('{"result": {"timestampInfo": {}}}\n{"result": null}\n{}', "empty answer"),
    ],
)
async def test_bad_lines_of_inworld(server: VoiceServer, client: httpx.AsyncClient, lines: str, reason: str) -> None:
    """After good audio too, a line that says or means an error is one."""
    server.fault["inworld"] = "raw"
    server.raw = lines.encode(errors="surrogateescape")
    for before in ("", ONE + "\n"):
        if before and reason == "empty answer":
            continue
        server.raw = before.encode() + lines.encode(errors="surrogateescape")
        with pytest.raises(VoiceError, match=reason):
            await said(voice(server, client, "inworld"))


async def test_lines_without_audio_are_skipped(server: VoiceServer, client: httpx.AsyncClient) -> None:
    """Word times, blank lines, Unicode line separators and a last line without its end lose no audio."""
    times = json.dumps({"result": {"timestampInfo": {"wordAlignment": {"words": ["a\u2028b"]}}}}, ensure_ascii=False)
    server.fault["inworld"] = "raw"
    server.raw = f"{ONE}\r\n\n{times}\n{ONE}".encode()
    assert await said(voice(server, client, "inworld")) == SAMPLE["inworld"] * 4800


def wav(samples: bytes, rate: int = 8000, channels: int = 1, extra: bytes = b"") -> bytes:
    """A WAV file as vendors stream it: its sizes are not known."""
    form = struct.pack("<HHIIHH", 1, channels, rate, 2 * rate * channels, 2 * channels, 16)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + extra + b"data\xff\xff\xff\xff" + samples


@pytest.mark.parametrize("extra", [b"", b"LIST\x03\x00\x00\x00abc\x00"])
async def test_wav_header_is_stripped(server: VoiceServer, client: httpx.AsyncClient, extra: bytes) -> None:
    """A header in front of the samples is not played, however long it is."""
    server.fault["inworld"] = "raw"
    content = base64.b64encode(wav(SAMPLE["inworld"] * 5000, extra=extra)).decode()
    server.raw = json.dumps({"result": {"audioContent": content}}).encode()
    assert await said(voice(server, client, "inworld")) == SAMPLE["inworld"] * 5000


@pytest.mark.parametrize(
    "content", [wav(b"ab" * 9, rate=48000), wav(b"ab" * 9, channels=2), b"RIFF\x00\x00\x00\x00WAVE"]
)
async def test_wrong_rate_is_refused(server: VoiceServer, client: httpx.AsyncClient, content: bytes) -> None:
    """Audio of another rate or shape is an error, not a garbled sentence (R96)."""
    server.fault["inworld"] = "raw"
    server.raw = json.dumps({"result": {"audioContent": base64.b64encode(content).decode()}}).encode()
    with pytest.raises(VoiceError):
        await said(voice(server, client, "inworld"))


@pytest.mark.parametrize("kind", ["text/html", "application/json", "audio/mpeg", "audio/ogg;codecs=opus"])
async def test_aura_must_answer_raw_audio(server: VoiceServer, client: httpx.AsyncClient, kind: str) -> None:
    """A page or compressed audio with status 200 is never played as samples."""
    server.content_type = kind
    with pytest.raises(VoiceError, match="not audio"):
        await said(voice(server, client, "aura"))


@pytest.mark.parametrize("kind", ["audio/l16;rate=8000;channels=1", "application/octet-stream"])
async def test_aura_raw_audio_by_any_name(server: VoiceServer, client: httpx.AsyncClient, kind: str) -> None:
    """Raw audio is accepted under the names that servers give it."""
    server.content_type = kind
    assert await said(voice(server, client, "aura")) == speech("aura")


async def test_split_sample_is_joined(server: VoiceServer, client: httpx.AsyncClient) -> None:
    """A sample whose bytes come in two pieces is one sample (R96)."""
    halves = (base64.b64encode(half).decode() for half in (b"abc", b"d", b"efgh" * 3000, b"ijk", b"l"))
    server.fault["inworld"] = "raw"
    server.raw = "\n".join(json.dumps({"result": {"audioContent": half}}) for half in halves).encode()
    assert await said(voice(server, client, "inworld")) == b"abcd" + b"efgh" * 3000 + b"ijkl"


async def test_odd_byte_is_dropped(server: VoiceServer, client: httpx.AsyncClient) -> None:
    """Half a sample at the end does not become a piece of its own."""
    server.fault["aura"] = "raw"
    server.raw = b"ab" * 5000 + b"c"
    assert await said(voice(server, client, "aura")) == b"ab" * 5000


@pytest.mark.parametrize("vendor", VENDORS)
async def test_less_audio_than_the_text_takes(server: VoiceServer, client: httpx.AsyncClient, vendor: str) -> None:
    """Sixty characters a second are too fast for any voice: an answer that ends well before that is an error."""
    speaker = voice(server, client, vendor)
    for characters in (3, 45):
        assert await said_of(speaker, "a" * characters) == speech(vendor)
    for characters in (46, 400):
        with pytest.raises(VoiceError, match="less audio than the text takes"):
            await said_of(speaker, "a" * characters)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_endless_audio_ends(
    server: VoiceServer, client: httpx.AsyncClient, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream longer than any text of ours is an error."""
    monkeypatch.setattr("providers.voices.MAX_SPEECH_SECONDS", 0.01)
    server.fault[vendor] = "endless_silence"
    with pytest.raises(VoiceError, match="audio without end"):
        await said(voice(server, client, vendor))


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("fault", ["hang", "hang_after_headers", "stall"])
async def test_no_socket_waits_for_ever(
    server: VoiceServer, client: httpx.AsyncClient, vendor: str, fault: str
) -> None:
    """Behind the deadlines of whoever drives a voice there is one of the connection."""
    server.fault[vendor] = fault
    begun_at = asyncio.get_running_loop().time()
    with pytest.raises(VoiceError, match="ReadTimeout"):
        await said(voice(server, client, vendor))
    assert asyncio.get_running_loop().time() - begun_at == pytest.approx(30)


async def test_endless_line_ends(
    server: VoiceServer, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that does not end is an error before it fills the memory."""
    monkeypatch.setattr("providers.voices.MAX_LINE_BYTES", 1000)
    server.fault["inworld"] = "raw"
    server.raw = b"x" * 2000
    with pytest.raises(VoiceError, match="a line without end"):
        await said(voice(server, client, "inworld"))


@pytest.mark.parametrize("vendor", VENDORS)
async def test_closing_the_stream_frees_the_connection(
    server: VoiceServer, client: httpx.AsyncClient, vendor: str
) -> None:
    """Leaving a stream in its middle closes its request at once."""
    server.fault[vendor] = "stall"
    stream = voice(server, client, vendor).stream(TEXT)
    assert await anext(stream)
    await stream.aclose()
    await asyncio.wait_for(server.left.wait(), 5)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_refusals_leak_no_connection(server: VoiceServer, client: httpx.AsyncClient, vendor: str) -> None:
    """A vendor that refuses all day does not use the pool up."""
    server.fault[vendor] = "500"
    for _ in range(5):
        with pytest.raises(VoiceError):
            await said(voice(server, client, vendor))
    pool = client._transport._pool  # type: ignore[attr-defined]
    assert not [connection for connection in pool.connections if not (connection.is_idle() or connection.is_closed())]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_connection_is_used_again(server: VoiceServer, client: httpx.AsyncClient, vendor: str) -> None:
    """A second sentence needs no second handshake."""
    await said(voice(server, client, vendor))
    await said(voice(server, client, vendor))
    pool = client._transport._pool  # type: ignore[attr-defined]
    assert len(pool.connections) == 1
