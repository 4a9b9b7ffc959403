"""The recogniser: Deepgram Flux, never deaf or stuck for long, and nothing lost that the caller said.

A connection is lost when it drops, when it is deaf (audio goes out, no event comes back) or when it neither ends a turn
that is over nor can be told to. The next one is first sent everything that had not become words (hearing_watch.py), and
the caller's turn goes on there: its words are those of both. A Flux that is deaf twice in a row, or loses three
connections in one turn, is given up. How connections are made is flux_connection.py's.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from pipecat.services.deepgram.flux.stt_base import DeepgramFluxSTTSettings
from pipecat.transcriptions.language import Language
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from call.usage import Usage
from config import Settings
from providers.flux_connection import ConnectedFlux, GivenUpError
from providers.flux_messages import FLUX_MODEL, unsure
from providers.hearing_watch import FluxHealth, HearingWatch

_KEYTERMS = ["furnace", "heat pump", "air conditioner", "thermostat", "compressor", "condenser", "ZIP code"]

# Silence after which Flux ends a turn that it is not sure of (its default: 5000). Below `stuck_turn_seconds`, so that a
# turn still open then is a fault.
EOT_TIMEOUT_MS = 1800
# With which Flux says that a turn may be over (docs/flux/configuration: 0.3 to 0.9, at most that of the end, 0.7).
EAGER_CONFIDENCE = 0.5
# Voice that must have gone unanswered before a connection is deaf, while it is not known that Flux answers silence.
VOICE_SECONDS = 0.5
# A turn in whose rest the next connection finds no words is over after this silence of the caller.
HELD_SECONDS = 1.0
# What Flux has yet to report on when it is not behind: an event comes for every 0.25 s, a little later.
BEHIND_SECONDS = 1.0
# With each message of the line (20 ms), so that what was kept is sent eight times as fast as it was said.
PIECES_AT_ONCE = 2
MOST_WAITING_BYTES = 16_000  # A second of audio that the socket has not taken; what follows is kept (hearing_watch.py).
LOST_IN_TURN = 3  # Connections; a Flux that breaks them as soon as somebody speaks is no use.
IN_A_TURN = ("Update", "EagerEndOfTurn", "TurnResumed")  # Each may bring new words.
DEAF, STUCK = "deaf, connecting anew", "a turn did not end"


class BoundedFlux(ConnectedFlux):
    """Deepgram Flux with our deadlines.

    A connection is deaf after `deaf_seconds` of audio without an event; one that follows a deaf one has
    `stt_connect_seconds`, since it is sent much at once. A turn that is open `stuck_turn_seconds` after the caller's
    last sound is ended by a ForceEndTurn, because then Flux still gives out its best transcript and the connection
    stays; one without an answer after `force_end_seconds` more is lost. So a caller may pause for `EOT_TIMEOUT_MS`
    inside a sentence, and is answered 3 s after the last sound even if every turn has to be ended by us.

    Attributes:
        on_eager_end: Told the words of a turn that may be over, and None when it goes on. Must not block.
    """

    def __init__(
        self,
        settings: Settings,
        health: FluxHealth,
        on_fault: Callable[[str, str], None],
        usage: Usage,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hears English and Spanish.

        Args:
            settings: Key, address, deadlines.
            health: What the process knows of Flux.
            on_fault: Called with "deepgram" and what happened in few words, once in a call for each thing that can.
            usage: The call's, to which the audio is added that Flux is sent.
            clock: Monotonic seconds.
        """
        self._usage = usage
        self.unsure: tuple[str, ...] = ()  # Of the turn that ended last: the words that Flux doubted.
        self._health, self._watch = health, HearingWatch(clock)
        self._was_deaf = False  # The last connection was, and this one has not proved otherwise.
        self._turn_here = False  # Flux has a turn open on this connection.
        self._forced = False  # ForceEndTurn was sent for it.
        self._ended_index: float | None = None  # The turn that ended last on this connection.
        self._held, self._lost_in_turn = "", 0  # The open turn's words of earlier connections, and how many were lost.
        flux = DeepgramFluxSTTSettings(
            model=FLUX_MODEL,
            language_hints=[Language.EN, Language.ES],
            keyterm=_KEYTERMS,
            eot_timeout_ms=EOT_TIMEOUT_MS,
            eager_eot_threshold=EAGER_CONFIDENCE,
        )
        self.on_eager_end: Callable[[str | None], object] = lambda _: None
        super().__init__(settings, health.breaker, on_fault, flux)

    @property
    def open_words(self) -> str:
        """What was heard of a turn that has not ended; empty between turns."""
        return self._turn_transcript or self._held if self._user_is_speaking else ""

    @property
    def voiced_at(self) -> float | None:
        """When the caller's voice was heard last, by the level of the audio; None before the first time."""
        return self._watch.voiced_at

    # Connections

    def _opened(self) -> None:
        self._turn_here = self._forced = False
        self._ended_index = None  # Each connection counts anew.
        self._watch.connected()

    async def _closed(self, why: str) -> None:
        if why == STUCK or not (self._user_is_speaking and self._turn_transcript):
            await self._end_turn()
        else:
            self._held, self._lost_in_turn = self._turn_transcript, self._lost_in_turn + 1
        if self._lost_in_turn == LOST_IN_TURN:
            raise GivenUpError("a connection dropped again and again")
        if why == DEAF:
            if self._was_deaf:
                raise GivenUpError("deaf again")
            self._was_deaf = True
            # The caller has waited for these seconds already; one handshake is always worth its time.
            left = self._recovery_left - self._deadlines.deaf_seconds
            self._recovery_left = max(left, self._deadlines.stt_connect_seconds)

    async def _end_turn(self) -> None:
        self._held, self._lost_in_turn = "", 0
        await self._end_turn_cut_short()  # type: ignore[no-untyped-call]

    # Audio

    async def hear(self, audio: bytes) -> None:
        """The line's next 16-bit samples: sent, or kept while no connection takes them. Waits for nobody."""
        if not self.is_usable:
            return
        self._line_open.set()
        self._last_stt_time = time.monotonic()
        self._last_audio_chunk_duration = len(audio) / (2 * self.sample_rate)
        await self._transport_send_audio(audio)

    async def _transport_send_audio(self, audio: bytes) -> None:
        """Everything that Flux hears passes here, Pipecat's silence for a line that has stalled included."""
        self._watch.take(audio, self.sample_rate)
        with contextlib.suppress(ConnectionClosed):  # `_listen` meets the same.
            for _ in range(PIECES_AT_ONCE):
                if (websocket := self._with_room()) and (piece := self._watch.next_piece()):
                    await self._send(websocket, piece)
            if self._listening:
                await self._judge()

    async def _send(self, websocket: ClientConnection, piece: bytes) -> None:
        """Without Pipecat's deadline, which it does not need; it is on its way also if this is cancelled."""
        seconds = len(piece) / (2 * self.sample_rate)
        self._usage.recogniser_seconds += seconds
        try:
            await ClientConnection.send(websocket, piece)
        except ConnectionClosed:
            self._usage.recogniser_seconds -= seconds
            raise

    def _with_room(self) -> ClientConnection | None:
        """The connection, if it takes audio at once; one that has stalled, or is being closed, keeps whoever sends."""
        websocket = self._websocket
        if not self._listening or websocket is None or websocket.state is not State.OPEN:
            return None
        return websocket if websocket.transport.get_write_buffer_size() < MOST_WAITING_BYTES else None

    async def _judge(self) -> None:
        limits, unanswered, quiet = self._deadlines, self._watch.unanswered_seconds, self._watch.quiet_seconds
        if self._watch.behind_seconds > BEHIND_SECONDS:
            quiet -= limits.stuck_turn_seconds  # The caller has been silent for longer than Flux knows.
        audible = self._health.answers_silence or self._watch.voiced_seconds >= VOICE_SECONDS
        if audible and unanswered >= (limits.stt_connect_seconds if self._was_deaf else limits.deaf_seconds):
            self._lose(DEAF)
        elif self._held and not self._turn_here:
            if quiet >= HELD_SECONDS:
                await self._end_turn()
        elif self._user_is_speaking and quiet >= limits.stuck_turn_seconds + limits.force_end_seconds:
            self._lose(STUCK)
        elif self._user_is_speaking and quiet >= limits.stuck_turn_seconds and not self._forced:
            self._forced = True
            self._fault(STUCK)
            if self._with_room():
                await self._transport_send_json({"type": "ForceEndTurn"})

    # Events

    async def _handle_turn_info(self, data: dict[str, Any]) -> None:
        index, event = data.get("turn_index"), data.get("event")
        if index is not None and self._ended_index is not None and index <= self._ended_index:
            return  # Of a turn that is over: its words would begin the next one (W4).
        transcript, before = data.get("transcript"), (self._user_is_speaking, self._turn_transcript)
        if event == "EndOfTurn":
            self.unsure = unsure(data)
            self._ended_index = index if index is not None else self._ended_index
            if transcript is None:  # The last update's words are better than none (W3).
                transcript, self._held = self._turn_transcript, ""
        if not (transcript or self._user_is_speaking or self._watch.voiced_seconds):
            self._health.answers_silence = True
        if transcript and not self._user_is_speaking and event in IN_A_TURN:
            await self._handle_start_of_turn(transcript)  # A connection that begins inside a sentence may leave it out.
        self._turn_here = self._turn_here or bool(transcript) or event == "StartOfTurn"
        words = " ".join(filter(None, (self._held, transcript)))
        await super()._handle_turn_info({**data, "transcript": words})
        if self._user_is_speaking and transcript:  # Whatever the event: the line may end before the turn does.
            self._turn_transcript, self._turn_language = words, self._primary_detected_language(data)
        if not self._user_is_speaking:
            self._held, self._forced, self._turn_here, self._lost_in_turn = "", False, False, 0
        self._watch.answered(data)
        if before != (self._user_is_speaking, self._turn_transcript):
            self._watch.caller_heard()
        self._was_deaf = False
        self._proved_good()

    async def _handle_eager_end_of_turn(self, transcript: str, data: dict[str, Any]) -> None:
        """In the place of Pipecat's frames, which would run the model."""
        self.on_eager_end(transcript)

    async def _handle_turn_resumed(self, event: str) -> None:
        self.on_eager_end(None)
