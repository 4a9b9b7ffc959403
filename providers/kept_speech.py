"""KeptSpeechService: Pipecat's voice, with every line that must be heard heard whole, whenever a barge-in comes.

Two things take lines away in Pipecat 1.14. A barge-in notes which lines are to be kept and then waits for the one that
plays to be cut off, while the next begins: that one is not among the noted, and is dropped. And the transport forgets
what does not fill one of its pieces whenever a line ends, though it may be the beginning of the next. So the noting
comes after the waiting here, and audio goes out in whole pieces.

Behind every part of a line goes a mark, by which it is known how much of it was played (playback.py).
"""

from collections.abc import AsyncGenerator

from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.tts_service import TTSService

from providers.frames import STEP_SECONDS
from providers.playback import PlayedLine, SpeakLineFrame, Take

TRANSPORT_PIECE_SECONDS = 0.08  # One message to Twilio each; 0.04, Pipecat's own, is twice the work for nothing heard.


class KeptSpeechService(TTSService):
    """A voice of which `TTSSpeakFrame.interruptible = False` is true; for voices that speak inside `run_tts`."""

    _line: PlayedLine | None = None  # What is being spoken, and by which voice's audio
    _take: Take | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """See the base class."""
        if isinstance(frame, SpeakLineFrame):
            self._line = frame.line
        await super().process_frame(frame, direction)

    def begin_take(self) -> None:
        """What comes now is the whole line, by one voice."""
        self._take = self._line.take() if self._line else None

    def end_take(self) -> None:
        """What comes now is nothing of the line."""
        self._take = None

    async def tts_process_generator(self, context_id: str, generator: AsyncGenerator[Frame | None, None]) -> None:
        """See the base class."""
        self._take = None
        size = 2 * round(TRANSPORT_PIECE_SECONDS * self.sample_rate)
        context = self._tts_contexts.get(context_id)
        marked = self._with_marks(_in_pieces(generator, size), interruptible=context is None or context.interruptible)
        await super().tts_process_generator(context_id, marked)
        self._line = None

    async def _with_marks(
        self, frames: AsyncGenerator[Frame | None, None], *, interruptible: bool
    ) -> AsyncGenerator[Frame | None, None]:
        """The frames of one line; a mark behind every step of its audio, and behind the last of it."""
        take, seconds, marked = self._take, 0.0, 0.0
        async for frame in frames:
            yield frame
            if self._take is not take:
                take, seconds, marked = self._take, 0.0, 0.0
            if take is None or not isinstance(frame, TTSAudioRawFrame):
                continue
            seconds += len(frame.audio) / 2 / frame.sample_rate
            if seconds - marked >= STEP_SECONDS:
                marked = seconds
                yield take.line.playback.mark(take, seconds, interruptible=interruptible)
        if take is not None and seconds > 0:
            take.seconds = seconds
            if seconds > marked:
                yield take.line.playback.mark(take, seconds, interruptible=interruptible)

    async def _interrupt_audio_contexts(self) -> None:
        playing = self._tts_contexts.get(self._audio_context_manager.playing_context_id or "")
        if playing is None or playing.interruptible:
            await self._stop_audio_context_task()  # type: ignore[no-untyped-call]
        await super()._interrupt_audio_contexts()  # type: ignore[no-untyped-call]  # Waits for nothing any more.


async def _in_pieces(frames: AsyncGenerator[Frame | None, None], size: int) -> AsyncGenerator[Frame | None, None]:
    """Audio in multiples of `size` bytes but for the last, which is followed by the end of the line."""
    rest, last = b"", None
    async for frame in frames:
        if not isinstance(frame, TTSAudioRawFrame):
            yield frame
            continue
        audio, last = rest + frame.audio, frame
        whole = len(audio) - len(audio) % size
        rest = audio[whole:]
        if whole:
            yield _like(frame, audio[:whole])
    if rest and last:
        yield _like(last, rest)


def _like(frame: TTSAudioRawFrame, audio: bytes) -> TTSAudioRawFrame:
    return TTSAudioRawFrame(audio, frame.sample_rate, frame.num_channels, context_id=frame.context_id)
