"""Twilio's media stream as Pipecat reads and writes it."""

import audioop
import base64
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from pipecat.frames.frames import AudioRawFrame, Frame, InputTransportMessageFrame, InterruptionFrame
from pipecat.serializers.twilio import TwilioFrameSerializer

from providers.frames import MarkFrame
from providers.playback import Playback, SpeakLineFrame

logger = logging.getLogger(__name__)


class Recorder(Protocol):
    """Who is told of all that passes, as it passes; none of it may wait."""

    def heard(self, audio: bytes, timestamp: object) -> None:
        """The caller's next mu-law audio, and Twilio's timestamp of it, whatever that is."""

    def sent(self, audio: bytes) -> None:
        """The bot's next mu-law audio leaves."""

    def marked(self, name: str) -> None:
        """A mark leaves."""

    def echoed(self, name: str) -> None:
        """A mark is back."""

    def cleared(self) -> None:
        """Twilio is told to drop what it has not played."""

    async def close(self) -> None:
        """The stream is over."""


class MarkSerializer(TwilioFrameSerializer):
    """Media Streams with marks: tells when audio was played, and keeps a must-hear line from being cleared.

    While `protect` is set, a barge-in does not clear what Twilio has buffered. A message that makes no sense is dropped
    and counted (`malformed`), and does not end the call. `silent_seconds` tells for how long nothing at all has come.
    `playback` knows how much of each line was played. `recorder`, if there is one, is told of what passes.

    The caller's audio becomes no frame: in Pipecat each would pass three queues and as many tasks on its way to the one
    that listens, fifty times a second in every call.
    """

    def __init__(
        self,
        stream_sid: str,
        call_sid: str,
        hear: Callable[[bytes], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hangs up nothing by itself: `TwilioCalls.hang_up` does, with a deadline.

        Args:
            stream_sid: Twilio's name of the stream.
            call_sid: Twilio's name of the call.
            hear: Awaited with the caller's audio, 16-bit samples at 8,000 a second, 20 ms each time. What comes behind
                it on the line waits for it.
            clock: Monotonic seconds.
        """
        super().__init__(stream_sid, call_sid=call_sid, params=TwilioFrameSerializer.InputParams(auto_hang_up=False))
        self.stream_sid = stream_sid
        self.playback = Playback(stream_sid, clock)
        self.recorder: Recorder | None = None
        self.protect = False
        self.stopped = False
        self.malformed = 0
        self._hear, self._clock = hear, clock
        self._heard_at = clock()

    @property
    def silent_seconds(self) -> float:
        """How long Twilio has sent nothing: audio comes fifty times a second, whether somebody speaks or not."""
        return self._clock() - self._heard_at

    @property
    def echoed_at(self) -> float:
        """See `turns.line.Line`."""
        return self.playback.echoed_at

    @property
    def behind_seconds(self) -> float | None:
        """See `turns.line.Line`."""
        return self.playback.behind_seconds

    def speech(self, text: str, tell: Callable[[float | None], None]) -> SpeakLineFrame:
        """See `turns.line.Line`."""
        return SpeakLineFrame(text, line=self.playback.line(text, tell))

    async def close(self) -> None:
        """The stream is over."""
        if self.recorder is not None:
            await self.recorder.close()

    async def serialize(self, frame: Frame) -> str | bytes | None:
        """See the base class; no `clear` while a must-hear line plays."""
        if isinstance(frame, MarkFrame):
            frame.sent = True
            self.playback.sent(frame)
        if isinstance(frame, InterruptionFrame):
            if self.protect:
                return None
            self.playback.cleared()
        if self.recorder is not None:
            _tell(self.recorder, frame)
        return await super().serialize(frame)

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Marks of whole lines and stop become transport messages; everything unreadable is dropped. See `hear`."""
        self._heard_at, audio = self._clock(), b""
        try:
            message = json.loads(data)
            match message.get("event"):
                case "mark" if isinstance(message["mark"]["name"], str):
                    return self._echoed(message["mark"]["name"], message)
                case "stop":
                    self.stopped = True
                    return InputTransportMessageFrame(message=message)
                case "media":
                    audio = self._sound(message["media"])
                case "dtmf":
                    if key := await super().deserialize(data):
                        return key
                    self._count("no key of a telephone")
                case "start":
                    self._count("a second start")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self._count(type(error).__name__)
        if audio:
            await self._hear(audio)
        return None

    def _echoed(self, name: str, message: dict[str, Any]) -> Frame | None:
        ours = self.playback.echoed(name)
        if self.recorder is not None:
            self.recorder.echoed(name)
        return None if ours else InputTransportMessageFrame(message=message)

    def _sound(self, media: dict[str, Any]) -> bytes:
        sound = base64.b64decode(media["payload"])
        audio = audioop.ulaw2lin(sound, 2)
        if self.recorder is not None:
            self.recorder.heard(sound, media.get("timestamp"))
        return audio

    def _count(self, what: str) -> None:
        self.malformed += 1
        if self.malformed in (1, 100):
            logger.warning("stream message no. %d that makes no sense: %s", self.malformed, what)


def _tell(recorder: Recorder, frame: Frame) -> None:
    match frame:
        case AudioRawFrame():
            recorder.sent(audioop.lin2ulaw(frame.audio, 2))
        case MarkFrame():
            recorder.marked(frame.message["mark"]["name"])
        case InterruptionFrame():
            recorder.cleared()
