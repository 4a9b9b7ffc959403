"""The doctor's checks of Deepgram and Inworld: the keys, the ears, the voices, and the ears against each voice.

Each voice says a line, and Flux has to read it back: whatever of the two is wrong, callers would not be understood, or
not understand.
"""

import asyncio
import json
import re
from contextlib import aclosing
from difflib import SequenceMatcher
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from config import Settings
from desk.checks import Check, Finding, Site, failed, ok, skipped, warning
from providers.flux_messages import FLUX_MODEL
from providers.voices import AuraVoice, InworldVoice, Voice, VoiceError, voice_client

LINE = "Thank you for calling. How can I help you today?"
SAMPLE_RATE = 8000
PIECE_BYTES = SAMPLE_RATE * 2 * 80 // 1000
PIECE_SECONDS = 0.02  # Four times as fast as it is said; a recogniser that catches up hears even faster.
ALIKE, SOMEWHAT = 0.8, 0.5
DEEPGRAM_KEY = "Set DEEPGRAM_API_KEY to a key of console.deepgram.com."
INWORLD_KEY = "Set INWORLD_API_KEY to the Basic credential of platform.inworld.ai."


async def deepgram_key(site: Site) -> Finding:
    """Whether Deepgram knows the key (Deepgram: Authenticating, Test Request)."""
    settings = site.settings
    answer = await site.http.get(
        settings.deepgram_tts_base_url + "/v1/auth/token", headers={"Authorization": _token(settings)}
    )
    if answer.status_code == 200:
        return ok("is known to Deepgram")
    if answer.status_code in (401, 403):
        return failed(f"the key is refused ({answer.status_code})", DEEPGRAM_KEY)
    return failed(
        f"Deepgram answers {answer.status_code}", "Wait: status.deepgram.com tells; is DEEPGRAM_TTS_BASE_URL right?"
    )


async def flux(site: Site) -> Finding:
    """Whether the recogniser is there for a call."""
    try:
        async with _flux(site.settings) as connection:
            await _connected(connection)
    except InvalidStatus as refusal:
        return _flux_refused(refusal)
    except WebSocketException as error:
        return failed(
            f"no websocket ({type(error).__name__})", "Is DEEPGRAM_BASE_URL right? status.deepgram.com tells."
        )
    return ok("the recogniser is ready")


async def inworld_key(site: Site) -> Finding:
    """Whether Inworld knows the key."""
    status, _ = await _voices(site)
    if status in (401, 403):
        return failed(f"the key is refused ({status})", INWORLD_KEY)
    return ok("is known to Inworld") if status == 200 else failed(f"Inworld answers {status}", "Wait, and try again.")


async def inworld_voice(site: Site) -> Finding:
    """Whether the voice is one of those that the key may use."""
    (status, voices), wanted = await _voices(site), site.settings.inworld_voice_id
    if status != 200:
        return skipped(f"not asked: Inworld answers {status}", "See inworld key.")
    if wanted in voices:
        return ok(f"{wanted} is there")
    return failed(f"there is no voice {wanted}", f"Set INWORLD_VOICE_ID to one of: {', '.join(sorted(voices)[:6])}.")


async def inworld_speaks(site: Site) -> Finding:
    """Whether the first voice says a line."""
    async with voice_client(site.settings) as client:
        return await _speaks(InworldVoice(client, site.settings), INWORLD_KEY, "INWORLD_VOICE_ID")


async def aura_speaks(site: Site) -> Finding:
    """Whether the second voice says a line."""
    async with voice_client(site.settings) as client:
        return await _speaks(AuraVoice(client, site.settings), DEEPGRAM_KEY, "DEEPGRAM_TTS_VOICE")


async def inworld_heard(site: Site) -> Finding:
    """Whether the ears understand the first voice."""
    async with voice_client(site.settings) as client:
        return await _read_back(site.settings, InworldVoice(client, site.settings), "INWORLD_VOICE_ID")


async def aura_heard(site: Site) -> Finding:
    """Whether the ears understand the second voice."""
    async with voice_client(site.settings) as client:
        return await _read_back(site.settings, AuraVoice(client, site.settings), "DEEPGRAM_TTS_VOICE")


CHECKS = (
    Check("deepgram key", "DEEPGRAM_TTS_BASE_URL", deepgram_key),
    Check("deepgram hears (flux)", "DEEPGRAM_BASE_URL", flux),
    Check("deepgram speaks (aura)", "DEEPGRAM_TTS_BASE_URL", aura_speaks),
    Check("inworld key", "INWORLD_BASE_URL", inworld_key),
    Check("inworld voice", "INWORLD_BASE_URL", inworld_voice),
    Check("inworld speaks", "INWORLD_BASE_URL", inworld_speaks),
    Check("ears against inworld", "DEEPGRAM_BASE_URL", inworld_heard),
    Check("ears against aura", "DEEPGRAM_BASE_URL", aura_heard),
)


async def _voices(site: Site) -> tuple[int, set[str]]:
    """Inworld's status, and the voices that the key may use (Inworld: Voices API, List voices)."""
    settings = site.settings
    answer = await site.http.get(
        settings.inworld_base_url + "/voices/v1/voices",
        headers={"Authorization": f"Basic {settings.inworld_api_key.get_secret_value()}"},
    )
    voices = answer.json()["voices"] if answer.status_code == 200 else []
    return answer.status_code, {str(voice["voiceId"]) for voice in voices}


async def _spoken(voice: Voice) -> bytes:
    async with aclosing(voice.stream(LINE, SAMPLE_RATE)) as pieces:
        return b"".join([piece async for piece in pieces])


async def _speaks(voice: Voice, key: str, setting: str) -> Finding:
    try:
        pcm = await _spoken(voice)
    except VoiceError as error:
        if error.status in (401, 403):
            return failed(f"the key is refused ({error.status})", key)
        return failed(f"no speech: {error}", f"Is {setting} a voice of the vendor's? Else wait, and try again.")
    if not any(pcm):
        return failed("every sample is silence", f"Set {setting} to another voice.")
    return ok(f"{voice.voice_id} says {len(pcm) / 2 / SAMPLE_RATE:.1f} s")


async def _read_back(settings: Settings, voice: Voice, setting: str) -> Finding:
    try:
        pcm = await _spoken(voice)
    except VoiceError as error:
        return skipped(f"{voice.voice_id} does not speak ({error})", "See the voice above.")
    try:
        heard = await _heard(settings, pcm)
    except InvalidStatus as refusal:
        return skipped(f"Flux refuses ({refusal.response.status_code})", "See deepgram hears.")
    except WebSocketException as error:
        return skipped(f"Flux has gone ({type(error).__name__})", "See deepgram hears.")
    alike = SequenceMatcher(None, _words(LINE), _words(heard)).ratio()
    if alike >= ALIKE:
        return ok(f'Flux reads back "{heard}"')
    advice = f"Listen to {voice.voice_id}, and set {setting} to a voice that speaks clearly."
    cause = f'said "{LINE}", and Flux heard "{heard}"' if heard else f'said "{LINE}", and Flux heard nothing'
    return warning(cause, advice) if alike >= SOMEWHAT else failed(cause, advice)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def _token(settings: Settings) -> str:
    return f"Token {settings.deepgram_api_key.get_secret_value()}"


def _flux(settings: Settings) -> connect:
    query = urlencode({"model": FLUX_MODEL, "sample_rate": SAMPLE_RATE, "encoding": "linear16", "language_hint": "en"})
    return connect(
        f"{settings.deepgram_base_url}/v2/listen?{query}",
        additional_headers={"Authorization": _token(settings)},
        compression=None,
        proxy=None,
        open_timeout=None,  # The check has a deadline of its own.
        close_timeout=0.2,
    )


async def _connected(connection: ClientConnection) -> None:
    while json.loads(await connection.recv()).get("type") != "Connected":
        pass


async def _heard(settings: Settings, pcm: bytes) -> str:
    """What Flux makes of the audio, with the silence behind it that ends a turn; empty if it ends none."""
    said: list[str] = []
    async with _flux(settings) as connection:
        await _connected(connection)
        speaking = asyncio.create_task(_speak(connection, pcm))
        try:
            async for message in connection:
                event = json.loads(message)
                if event.get("event") == "EndOfTurn":
                    said.append(str(event.get("transcript") or ""))
                    if len(_words(" ".join(said))) >= len(_words(LINE)):
                        break
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
    return " ".join(filter(None, said))


async def _speak(connection: ClientConnection, pcm: bytes) -> None:
    """The line, two seconds of silence, and the wish to be done, upon which Flux ends what is open and leaves."""
    audio = pcm + bytes(2 * SAMPLE_RATE * 2)
    try:
        for at in range(0, len(audio), PIECE_BYTES):
            await connection.send(audio[at : at + PIECE_BYTES])
            await asyncio.sleep(PIECE_SECONDS)
        await connection.send(json.dumps({"type": "CloseStream"}))
    except ConnectionClosed:
        return


def _flux_refused(refusal: InvalidStatus) -> Finding:
    status = refusal.response.status_code
    if status in (401, 403):
        return failed(f"the key is refused ({status})", DEEPGRAM_KEY)
    return failed(f"Flux answers {status}", "Is DEEPGRAM_BASE_URL right? Else wait: status.deepgram.com tells.")
