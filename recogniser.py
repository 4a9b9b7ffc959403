"""The recogniser: Deepgram Flux, and a watch over the two ways in which it fails without an error.

Deaf: the caller speaks and no event comes. Stuck: a turn has begun, the caller has fallen silent and the turn does not
end. Either way the turn ends with what was heard of it, once, and a new connection takes over. If that one is deaf too,
the service is marked unusable, which ends the call in words (pipeline.py). Reported errors and dropped connections are
Pipecat's to mend: it gives out what it has of the turn, and reconnects.
"""

import asyncio
import audioop
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from loguru import logger
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.transcriptions.language import Language

from config import Settings

_KEYTERMS = ["furnace", "heat pump", "air conditioner", "thermostat", "compressor", "condenser", "ZIP code"]

# Silence after which Flux ends a turn that it is not sure of (its default: 5000). Below `stuck_turn_seconds`, so that a
# turn still open then is a fault.
EOT_TIMEOUT_MS = 2500
WINDOWS_PER_SECOND = 50
# Level of 16-bit samples, -42 dB of full scale. Speech on a telephone line lies between -35 and -15 dB, the noise of an
# idle line below -50.
SPEECH_RMS = 260
# The floor is the quietest window of the last two seconds: speech has a pause or a soft consonant in any two seconds, a
# fan, a motor or a bad line has not. What is not 8 dB above it is that noise, however loud.
FLOOR_WINDOWS = 2 * WINDOWS_PER_SECOND
SPEECH_OVER_FLOOR = 2.5


class VoiceMeter:
    """Tells a voice from the noise of a line by its level; steady noise counts as voice for two seconds at most."""

    def __init__(self) -> None:
        self._levels: deque[int] = deque(maxlen=FLOOR_WINDOWS)

    def voiced(self, window: bytes) -> bool:
        """Whether these 20 ms of 16-bit samples, the next ones of the line, are voice."""
        level = audioop.rms(window, 2)
        self._levels.append(level)
        return level > max(SPEECH_RMS, SPEECH_OVER_FLOOR * min(self._levels))


class SilenceWatch:
    """How long the caller has spoken unanswered, and how long they have been silent.

    Both are the lesser of the audio that was sent and the time that has passed: audio that arrives late and all at once
    leaves the recogniser its time to answer.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock`: monotonic seconds."""
        self._clock, self._meter, self._rest = clock, VoiceMeter(), b""
        self._unanswered = self._quiet = 0  # Windows.
        self._unanswered_since = self._quiet_since = clock()

    def sent(self, audio: bytes, sample_rate: int) -> None:
        """Takes note of 16-bit samples that went to the recogniser."""
        size = 2 * (sample_rate // WINDOWS_PER_SECOND)
        audio = self._rest + audio
        whole = len(audio) - len(audio) % size
        self._rest = audio[whole:]
        for start in range(0, whole, size):
            if self._meter.voiced(audio[start : start + size]):
                if not self._unanswered:
                    self._unanswered_since = self._clock()
                self._unanswered += 1
                self.heard()
            else:
                self._quiet += 1

    def answered(self) -> None:
        """The recogniser has sent an event, or is a new one."""
        self._unanswered = 0

    def heard(self) -> None:
        """The caller is speaking: by the level of the audio, or because the recogniser has new words."""
        self._quiet, self._quiet_since = 0, self._clock()

    @property
    def unanswered_seconds(self) -> float:
        """How much voice has gone out since the last event; the pauses between do not count."""
        if not self._unanswered:
            return 0.0
        return min(self._unanswered / WINDOWS_PER_SECOND, self._clock() - self._unanswered_since)

    @property
    def quiet_seconds(self) -> float:
        """How long the caller has been silent."""
        return min(self._quiet / WINDOWS_PER_SECOND, self._clock() - self._quiet_since)


class BoundedFlux(DeepgramFluxSTTService):
    """Deepgram Flux that never leaves the caller hanging.

    A handshake that hangs delays the greeting by `stt_connect_seconds`, not by ten (pipecat.md 11). A connection that
    is deaf for `deaf_seconds` is replaced once; a turn is ended `stuck_turn_seconds` after the caller's last sound.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        """Hears English and Spanish. `clock`: monotonic seconds."""
        self._handshake_seconds = settings.stt_connect_seconds
        self._deaf_seconds, self._stuck_turn_seconds = settings.deaf_seconds, settings.stuck_turn_seconds
        self._watch = SilenceWatch(clock)
        self._was_deaf = False  # The last connection was, and this one has not proved otherwise.
        self._replacing = False  # What the old connection still says is not heard.
        self._replacement: asyncio.Task[None] | None = None
        super().__init__(
            api_key=settings.deepgram_api_key.get_secret_value(),
            url=settings.deepgram_base_url + "/v2/listen",
            settings=DeepgramFluxSTTService.Settings(
                model="flux-general-multi",
                language_hints=[Language.EN, Language.ES],
                keyterm=_KEYTERMS,
                eot_timeout_ms=EOT_TIMEOUT_MS,
            ),
        )

    async def cleanup(self) -> None:
        """Ends a replacement that is under way, so that no connection outlives the call."""
        if self._replacement is not None:
            await self.cancel_task(self._replacement)
            self._replacement = None
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def _websocket_connect(self, uri: str, **kwargs: Any) -> Any:
        deadlines = {"open_timeout": self._handshake_seconds, "close_timeout": self._handshake_seconds}
        return await super()._websocket_connect(uri, **{**kwargs, **deadlines, "compression": None})

    async def _connect_websocket(self) -> None:
        self._replacing = False
        self._watch.answered()
        await super()._connect_websocket()  # type: ignore[no-untyped-call]

    async def _transport_send_audio(self, audio: bytes) -> None:
        """Everything that Flux hears passes here, Pipecat's silence for a line that has stalled included."""
        await super()._transport_send_audio(audio)
        if self._replacing:
            return
        self._watch.sent(audio, self.sample_rate)
        if self._watch.unanswered_seconds >= self._deaf_seconds:
            await self._deaf()
        elif self._user_is_speaking and self._watch.quiet_seconds >= self._stuck_turn_seconds:
            await self._start_over("a turn did not end")

    async def _handle_turn_info(self, data: dict[str, Any]) -> None:
        if self._replacing:
            return
        self._was_deaf = False
        self._watch.answered()
        before = (self._user_is_speaking, self._turn_transcript)
        await super()._handle_turn_info(data)
        if before != (self._user_is_speaking, self._turn_transcript):
            self._watch.heard()

    async def _deaf(self) -> None:
        self._watch.answered()
        if not self._was_deaf:
            self._was_deaf = True
            await self._start_over("no event although the caller speaks")
            return
        await self._end_turn_cut_short()  # type: ignore[no-untyped-call]
        await self.push_error("Deepgram hears nothing, on a new connection either", force_treat_as_permanent=True)

    async def _start_over(self, why: str) -> None:
        """Ends the turn that is open with the words that came, and replaces the connection: a turn lives in one.

        Pipecat keeps the audio that arrives meanwhile for the new connection.
        """
        self._replacing = True
        logger.warning(f"{self}: {why}, connecting anew")
        await self._end_turn_cut_short()  # type: ignore[no-untyped-call]
        self._replacement = self.create_task(self._reconnect(), "replacement")  # type: ignore[no-untyped-call]
