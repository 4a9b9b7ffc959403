"""The line between a page and the call: what the browser sends is said on the telephone, what is heard there is played.

A Pipecat processor between a transport's two ends. It knows no vendor and no rule of a call. While Deepgram stands in
it says the recordings that it recognises in place of the microphone's sound, and tells of what it does not know.
"""

import asyncio
from collections.abc import Awaitable, Callable

from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    OutputAudioRawFrame,
    TranscriptionFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.processors.frameworks.rtvi.frames import RTVISendTextFrame, RTVIServerMessageFrame
from pipecat.utils.text.base_text_aggregator import TextType
from pipecat.utils.time import time_now_iso8601

from simulator.sound.audio import SAMPLE_RATE, Acoustics, Ear, Heard, HeardKind
from simulator.sound.recording import Timeline
from simulator.talk.headset import Headset
from simulator.talk.recordings import Pieces, Recordings

CALLER = "caller"
NOT_UNDERSTOOD = "The stand-in recogniser does not know what was said: type it."


class PageLine(FrameProcessor):
    """One page's end of one call.

    What is typed is spoken by `speak` and said. What the voices say is written under the picture, so far as `voices`
    has it: of the stand-ins every word, of real voices none.
    """

    def __init__(
        self,
        headset: Headset,
        speak: Callable[[str], Awaitable[bytes]],
        voices: Acoustics,
        recordings: Recordings | None,
        timeline: Timeline,
    ) -> None:
        """`recordings` None: the microphone's sound goes to the call as it is. `timeline` is told what is said."""
        super().__init__()
        self._headset, self._speak, self._recordings, self._timeline = headset, speak, recordings, timeline
        self._ear, self._pieces = Ear(voices), Pieces()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """See the base class. The microphone's sound goes no further than here."""
        await super().process_frame(frame, direction)
        match frame:
            case InputAudioRawFrame():
                await self._hear(frame.audio)
                return
            case RTVISendTextFrame():
                await self._say(frame.text)
            case InputDTMFFrame():
                self._headset.press(str(frame.button.value))
        await self.push_frame(frame, direction)

    async def play(self) -> None:
        """Sends the browser what the telephone hears, until there is no more of it."""
        began_ms = 0
        while (pcm := await self._headset.heard.get()) is not None:
            await self.push_frame(OutputAudioRawFrame(pcm, SAMPLE_RATE, 1))
            for heard in self._ear.feed(pcm):
                if heard.kind is HeardKind.START:
                    began_ms = self._timeline.add("bot", "speaks", heard.utterance).ms
                elif heard.kind is HeardKind.END and heard.text:
                    await self._write(heard, began_ms)

    async def _write(self, heard: Heard, began_ms: int) -> None:
        told = {"complete": heard.complete, "full": heard.utterance, "began_ms": began_ms}
        self._timeline.add("bot", "said", heard.text, **told)
        written = AggregatedTextFrame(heard.text, TextType.SENTENCE)
        written.skip_tts = True  # Else it waits for a voice of the pipeline's own.
        await self.push_frame(written)

    async def _hear(self, pcm: bytes) -> None:
        if self._recordings is None:
            self._headset.sounds(pcm)
            return
        for piece in self._pieces.feed(pcm):
            known = await asyncio.to_thread(self._recordings.recognise, piece)
            if known is None:
                self._timeline.add("caller", "is_not_understood", "by the stand-in recogniser")
                await self.push_frame(RTVIServerMessageFrame(NOT_UNDERSTOOD))
            else:
                await self.push_frame(TranscriptionFrame(known, CALLER, time_now_iso8601()))
                self._timeline.add("caller", "says", known)
                self._headset.say(self._recordings.sentences[known])

    async def _say(self, text: str) -> None:
        self._timeline.add("caller", "says", text)
        self._headset.say(await self._speak(text))
