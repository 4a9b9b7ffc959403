"""FallbackTTSService: the voice of one call, which speaks whatever fails.

The first voice speaks, the second when the first fails, recorded lines when both do. Every wait has a deadline. What
failed is spoken again, whole, by the other voice, and the call stays with that one. One breaker for all calls guards
the first voice. The next sentence and the end of the call always get through. Making the recorded lines is left to
prerendered.py.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.services.settings import TTSSettings

from call.event import tell
from call.service_events import RecordingSpoke, SentenceLost, VoiceFailed, VoiceLeft, VoiceTaken
from call.usage import AskedSpeech, Usage
from circuit_breaker import Attempt, BreakerState, CircuitBreaker
from config import Settings
from providers.asked_early import AskedEarly
from providers.kept_speech import TRANSPORT_PIECE_SECONDS, KeptSpeechService
from providers.prerendered import PrerenderedLines
from providers.voices import Voice, VoiceError

logger = logging.getLogger(__name__)

PIECE_SECONDS: Final = 2 * TRANSPORT_PIECE_SECONDS  # Of audio in one frame; between two the other calls get their turn.
SILENT_CANCEL_SECONDS: Final = 1.0  # A caller who interrupts after this much silence interrupted a failure.
LONG_LOSS_SECONDS: Final = 1.0  # Two voices that kept the caller waiting this long for nothing ...
NOT_ASKED_SECONDS: Final = 10.0  # ... are not waited for again so soon; two that refuse at once cost nothing.
LOST_PAUSE_SECONDS: Final = 0.1  # Zero audio in place of a lost sentence: it ends the wait of the pipeline.

_Begun = tuple[bytes, AsyncGenerator[bytes, None]]


async def _begin(chunks: AsyncGenerator[bytes, None]) -> _Begun:
    """The first piece of a line's audio, and whatever gives the rest."""
    return await anext(chunks), chunks


class FallbackTTSService(KeptSpeechService):
    """Speaks the sentences of one call.

    Attributes:
        voice_name: Name of the voice the call speaks with now; changes when that voice fails.
        on_both_failed: Awaited in a task of its own with the text of each sentence that nobody could speak.
    """

    def __init__(
        self,
        first: Voice,
        second: Voice,
        breaker: CircuitBreaker,
        lines: PrerenderedLines,
        settings: Settings,
        *,
        call_id: str,
        usage: Usage,
        on_fault: Callable[[str, str], None] | None = None,
        **kw: Any,
    ) -> None:
        """Builds the voice of one call; only HTTP voices, which deliver inside `run_tts`, fit.

        Args:
            first: Speaks as long as it works.
            second: Speaks when it does not.
            breaker: Guards `first`, one for the process.
            lines: Recorded lines, one for the process.
            settings: Deadlines.
            call_id: Begins every line of the log.
            usage: The call's, to which each text is added that a voice is sent.
            on_fault: Told (part, what) about each fault; part is a voice's name, or "voices" for a lost sentence.
            kw: For TTSService.
        """
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            push_text_frames=True,
            max_consecutive_zero_audio_contexts=0,  # Two dead voices must not end the service: they may come back.
            settings=TTSSettings(model="fallback", voice=None, language=None),
            **kw,
        )
        self.voice_name = first.name
        self.on_both_failed: Callable[[str], Awaitable[None]] | None = None
        self._first_voice, self._second_voice = first, second
        self._breaker = breaker
        self._fixed_lines = lines
        self._call_id, self._usage = call_id, usage
        self._on_fault = on_fault
        self._first_audio_seconds = {
            first.name: settings.tts_first_audio_seconds,
            second.name: settings.tts_second_first_audio_seconds,
        }
        self._stall_seconds = settings.tts_stall_seconds
        self._farewell_seconds = settings.hangup_request_seconds
        self._not_asked_until = 0.0  # By the breaker's clock
        self._unsaid_context: str | None = None
        self._calls_for_help: set[asyncio.Task[None]] = set()
        self._early: AskedEarly[_Begun] = AskedEarly(lambda begun: begun[1].aclose())

    def foresee(self, text: str) -> bool:
        """Has the call's voice begin with a line that is about to be said; False if it is to ask nobody for it."""
        voice = self._first_voice if self.voice_name == self._first_voice.name else self._second_voice
        trusted = voice is not self._first_voice or self._breaker.state is BreakerState.CLOSED
        if not trusted or self._recorded(text, voice.name):
            return False
        asked = AskedSpeech(self._usage, voice.name, text, early=True)
        self._early.ask((voice.name, text), _begin(self._asked(voice, text, asked)), asked.used)
        return True

    def drop_early(self) -> None:
        """What was asked early is not needed."""
        self._early.drop()

    def can_generate_metrics(self) -> bool:
        """Time to first byte and characters are measured."""
        return True

    async def cleanup(self) -> None:
        """Lets a call for help finish: hanging up is what it may have asked for."""
        if self._calls_for_help:
            _, late = await asyncio.wait(self._calls_for_help, timeout=self._farewell_seconds)
            for task in late:
                task.cancel()
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Yields the audio of one sentence, by whoever can speak it."""
        async with aclosing(self._sentence(text, context_id)) as chunks:
            async for chunk in chunks:
                size = int(self.sample_rate * PIECE_SECONDS) * 2
                for start in range(0, len(chunk), size):
                    yield TTSAudioRawFrame(chunk[start : start + size], self.sample_rate, 1, context_id=context_id)
                    await asyncio.sleep(0)

    async def _sentence(self, text: str, context_id: str) -> AsyncGenerator[bytes, None]:
        """The audio of one sentence: recorded, by the voices in turn, recorded by either, or a short nothing."""
        self._forget_loss(context_id)
        first = self._first_voice
        if self.voice_name == first.name and self._breaker.state is BreakerState.OPEN:
            self._leave_first("its breaker is open")
        if line := self._recorded(text, self.voice_name):
            self.begin_take()
            yield line
            return
        began = self._breaker.clock()
        for voice in self._asked_in_turn(began):
            attempt = self._breaker.attempt() if voice is first else None
            if voice is first and attempt is None:
                if self.voice_name == first.name:
                    self._leave_first("its breaker is open")
                continue
            try:
                async with aclosing(self._spoken_by(voice, text, attempt)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except VoiceError:
                continue
            await self.start_tts_usage_metrics(text)
            return
        if (now := self._breaker.clock()) - began >= LONG_LOSS_SECONDS:
            self._not_asked_until = now + NOT_ASKED_SECONDS
        if line := self._recorded(text):
            tell(logger, RecordingSpoke(), self._call_id)
            self.begin_take()
            yield line
            return
        self.end_take()
        await self._lose(text, context_id)
        yield bytes(int(self.sample_rate * LOST_PAUSE_SECONDS) * 2)

    def _asked_in_turn(self, now: float) -> tuple[Voice, ...]:
        """The voice of the call, then the other; nobody shortly after both kept a sentence waiting for nothing."""
        if now < self._not_asked_until:
            return ()
        first, second = self._first_voice, self._second_voice
        return (first, second) if self.voice_name == first.name else (second, first)

    async def _spoken_by(self, voice: Voice, text: str, attempt: Attempt | None) -> AsyncGenerator[bytes, None]:
        """The sentence by one voice, with the verdict for the breaker. Raises VoiceError when it is not whole."""
        clock = self._breaker.clock
        started = clock()
        first_audio_at: float | None = None
        self.begin_take()
        try:
            async with aclosing(self._audible(voice, text)) as chunks:
                async for chunk in chunks:
                    first_audio_at = clock() if first_audio_at is None else first_audio_at
                    yield chunk
        except Exception as error:
            if not isinstance(error, VoiceError):
                logger.exception("%s voice %s failed unexpectedly", self._call_id, voice.name)
            self._failed(voice, attempt, str(error) or type(error).__name__)
            raise VoiceError("failed") from error
        except BaseException:  # Cancelled or closed: the caller interrupted, or the call ended.
            waited = clock() - started
            if attempt and first_audio_at is None and waited >= SILENT_CANCEL_SECONDS:
                self._failed(voice, attempt, f"interrupted after {waited:.1f} s without audio")
            elif attempt:
                attempt.abandon()
            raise
        if attempt:
            attempt.success()
        if first_audio_at is not None:
            voice.last_success.mark(first_audio_at - started)
        if self.voice_name != voice.name:
            tell(logger, VoiceTaken(voice.name), self._call_id)
            self.voice_name = voice.name

    async def _audible(self, voice: Voice, text: str) -> AsyncGenerator[bytes, None]:
        """What the voice says, from its first sample that is not zero, within the deadlines."""
        now = asyncio.get_running_loop().time
        longest_wait = self._first_audio_seconds[voice.name]
        deadline, plays_until = now() + longest_wait, None
        async with aclosing(self._stream(voice, text)) as chunks:
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    what = f"no audio within {longest_wait:g} s" if plays_until is None else "stalled"
                    raise VoiceError(what) from None
                if plays_until is None:
                    if chunk.count(0) == len(chunk):
                        continue  # Silence ends no waiting.
                    plays_until = now()
                plays_until += len(chunk) / 2 / self.sample_rate
                yield chunk
                # A gap, or a trickle that falls behind the listener's ear by as much.
                deadline = min(now(), plays_until) + self._stall_seconds
        if plays_until is None:
            raise VoiceError("silence")

    async def _stream(self, voice: Voice, text: str) -> AsyncGenerator[bytes, None]:
        """What the voice says, also if it has begun already."""

        async def not_begun() -> _Begun:
            return b"", self._asked(voice, text, AskedSpeech(self._usage, voice.name, text))

        first, chunks = await self._early.answer((voice.name, text), not_begun)
        async with aclosing(chunks):
            if first:
                yield first
            async for chunk in chunks:
                yield chunk

    async def _asked(self, voice: Voice, text: str, asked: AskedSpeech) -> AsyncGenerator[bytes, None]:
        """What the voice says; what it has refused is not paid for."""
        try:
            async with aclosing(voice.stream(text, self.sample_rate)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except VoiceError as error:
            if not error.taken:
                asked.refused()
            raise

    def _recorded(self, text: str, voice_name: str | None = None) -> bytes | None:
        if self._fixed_lines.sample_rate != self.sample_rate:
            return None  # At another rate it would be garbled (R96).
        return self._fixed_lines.get(text, voice_name) if voice_name else self._fixed_lines.any_voice(text)

    def _failed(self, voice: Voice, attempt: Attempt | None, what: str) -> None:
        voice.last_success.miss()
        if attempt:
            attempt.failure()
        if voice.name == self.voice_name and voice is self._first_voice:
            self._leave_first(what)
        else:
            tell(logger, VoiceFailed(voice.name, what), self._call_id)
            self._report(voice.name, what)

    def _leave_first(self, why: str) -> None:
        """The call stays with the second voice from here on."""
        first, second = self._first_voice.name, self._second_voice.name
        tell(logger, VoiceLeft(first, why, second), self._call_id)
        self.voice_name = second
        self._report(first, why)

    async def _lose(self, text: str, context_id: str) -> None:
        """Nobody can speak this sentence: it stays out of the history, and whoever can help is told."""
        context = self._tts_contexts.get(context_id)
        if context and context.append_to_context:
            context.append_to_context = False
            self._unsaid_context = context_id
        tell(logger, SentenceLost(), self._call_id)
        self._report("voices", "a sentence was not spoken")
        if self.on_both_failed:
            task = asyncio.create_task(self._call_for_help(self.on_both_failed, text))
            self._calls_for_help.add(task)
            task.add_done_callback(self._calls_for_help.discard)
        await self.push_error("both voices failed")

    def _forget_loss(self, context_id: str) -> None:
        """A later sentence of the same reply belongs into the history again."""
        if self._unsaid_context == context_id and (context := self._tts_contexts.get(context_id)):
            context.append_to_context = True
        self._unsaid_context = None

    async def _call_for_help(self, on_both_failed: Callable[[str], Awaitable[None]], text: str) -> None:
        try:
            await on_both_failed(text)
        except Exception:
            logger.exception("%s no help after both voices failed", self._call_id)

    def _report(self, part: str, what: str) -> None:
        if self._on_fault:
            self._on_fault(part, what)
