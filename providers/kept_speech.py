"""KeptSpeechService: Pipecat's voice, with every line that must be heard heard whole, whenever a barge-in comes.

Two things take lines away in Pipecat 1.14. A barge-in notes which lines are to be kept and then waits for the one that
plays to be cut off, while the next begins: that one is not among the noted, and is dropped. And the transport forgets
what does not fill one of its pieces whenever a line ends, though it may be the beginning of the next. So the noting
comes after the waiting here, and audio goes out in whole pieces.
"""

from collections.abc import AsyncGenerator

from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.services.tts_service import TTSService

TRANSPORT_PIECE_SECONDS = 0.04  # `TransportParams.audio_out_10ms_chunks` is 4.


class KeptSpeechService(TTSService):
    """A voice of which `TTSSpeakFrame.interruptible = False` is true; for voices that speak inside `run_tts`."""

    async def tts_process_generator(self, context_id: str, generator: AsyncGenerator[Frame | None, None]) -> None:
        """See the base class."""
        size = 2 * round(TRANSPORT_PIECE_SECONDS * self.sample_rate)
        await super().tts_process_generator(context_id, _in_pieces(generator, size))

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
