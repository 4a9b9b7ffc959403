"""Telephone audio: mu-law, and speech made on this machine by espeak-ng.

Everything here is 8,000 Hz mono; PCM is signed 16-bit little-endian, mu-law is what Twilio's Media
Streams carry. The same text in the same voice always gives the same bytes, in every process and whatever was said
before, so that `simulator.sound.hearing` can recognise what arrives and a call can be placed again to the
millisecond. It knows nothing of calls. `Acoustics`, `Ear` and `Heard` are offered from here too.
"""

import _ctypes
import asyncio
import ctypes
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import espeakng_loader
import numpy as np
import soxr

from simulator.sound.acoustics import Acoustics, Utterance
from simulator.sound.hearing import Ear, Heard, HeardKind
from simulator.sound.mulaw import mulaw_to_pcm, pcm_to_mulaw

__all__ = [
    "SAMPLE_RATE",
    "Acoustics",
    "Ear",
    "Heard",
    "HeardKind",
    "Speaker",
    "Utterance",
    "chunks",
    "hiss",
    "mulaw_to_pcm",
    "pcm_to_mulaw",
    "seconds",
    "silence",
]

SAMPLE_RATE: Final = 8000
NOISE_LEVEL: Final = 2500
"""Effective, of 32767: as loud as speech on the line."""
QUIET_AMPLITUDE: Final = 64
"""Samples up to this are trimmed from both ends: espeak-ng appends 0.26 s of silence."""

# espeak-ng calls British English "en"; "en-gb" is not a name that its voices are found by.
_VOICE_ALIASES: Final = {"en-gb": "en"}

# Constants of espeak-ng's speak_lib.h.
_AUDIO_OUTPUT_RETRIEVAL: Final = 2
_INITIALIZE_DONT_EXIT: Final = 0x8000
_CHARS_UTF8: Final = 1
_RATE: Final = 1

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def silence(duration_seconds: float) -> bytes:
    """PCM of nothing."""
    return bytes(2 * round(duration_seconds * SAMPLE_RATE))


def hiss() -> bytes:
    """A second of white noise as mu-law, as loud as a voice; the same every time."""
    samples = np.random.default_rng(1).normal(0, NOISE_LEVEL, SAMPLE_RATE).clip(-32768, 32767)
    return pcm_to_mulaw(samples.astype("<i2").tobytes())


def seconds(pcm: bytes) -> float:
    """How long PCM takes to say."""
    return len(pcm) / 2 / SAMPLE_RATE


class _Espeak:
    """espeak-ng, loaded anew: what it says depends on all that it has said since it was loaded.

    Its state is global, so there is one at a time. Use as a context manager.
    """

    def __init__(self) -> None:
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
        self._variants = data / "voices" / "!v"
        rate = self._library.espeak_Initialize(_AUDIO_OUTPUT_RETRIEVAL, 0, str(data).encode(), _INITIALIZE_DONT_EXIT)
        if rate <= 0:
            raise RuntimeError(f"espeak-ng did not start with the voices in {data}")
        self._rate: int = rate
        self._parts: list[bytes] = []
        self._callback = _Callback(self._receive)  # kept: the library holds only the pointer
        self._library.espeak_SetSynthCallback(self._callback)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._library.espeak_Terminate()
        _ctypes.dlclose(self._library._handle)

    def _receive(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, count * 2))
        return 0

    def synthesize(self, text: str, voice: str, words_per_minute: int) -> bytes:
        name, _, variant = voice.partition("+")
        known = not variant or (self._variants / variant).is_file()
        name = _VOICE_ALIASES.get(name, name) + (f"+{variant}" if variant else "")
        if not known or self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._parts.clear()
        data = text.encode() + b"\0"
        failed = self._library.espeak_Synth(data, len(data), 0, 1, 0, _CHARS_UTF8, None, None)
        if failed or self._library.espeak_Synchronize():
            raise RuntimeError("espeak-ng could not say the text")
        return self._to_telephone(b"".join(self._parts))

    def _to_telephone(self, pcm: bytes) -> bytes:
        if not pcm:
            return b""
        samples = soxr.resample(np.frombuffer(pcm, dtype=np.int16), self._rate, SAMPLE_RATE)
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET_AMPLITUDE)
        if not loud.size:
            return b""
        return bytes(samples[loud[0] : loud[-1] + 1].astype("<i2").tobytes())


_engine_lock = threading.Lock()


class Speaker:
    """Turns text into telephone speech, in some ten milliseconds, and remembers what it said.

    `pace` above 1 makes every voice brisker, for calls that nobody listens to.
    """

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._said: dict[tuple[str, str, int], bytes] = {}

    def speak(self, text: str, voice: str = "en-us", words_per_minute: int = 190) -> bytes:
        """PCM of the text, without silence at either end; empty when there is nothing to pronounce.

        `voice` is an espeak-ng language with an optional variant: "en-us", "en-gb+m3", "es+f4". Variants with breath
        (f2, f3, f5) differ from process to process: espeak-ng reads memory that it has not written. Thread-safe.

        Raises:
            ValueError: There is no such voice.
        """
        key = (" ".join(text.split()), voice, round(words_per_minute * self._pace))
        with _engine_lock:
            if key not in self._said:
                with _Espeak() as engine:
                    self._said[key] = engine.synthesize(*key)
            return self._said[key]

    async def speak_async(self, text: str, voice: str = "en-us", words_per_minute: int = 190) -> bytes:
        """As `speak`, in a thread, so that the audio of running calls is not held up."""
        return await asyncio.to_thread(self.speak, text, voice, words_per_minute)


def chunks(pcm: bytes, duration_seconds: float) -> list[bytes]:
    """PCM cut into pieces of a duration, the last one shorter."""
    size = 2 * round(duration_seconds * SAMPLE_RATE)
    return [pcm[start : start + size] for start in range(0, len(pcm), size)]
