"""Twilio's media stream as Pipecat reads and writes it."""

import audioop
import base64
import json
import logging
import time
from collections.abc import Awaitable, Callable

from pipecat.frames.frames import Frame, InputTransportMessageFrame, InterruptionFrame
from pipecat.serializers.twilio import TwilioFrameSerializer

from providers.frames import MarkFrame
from providers.playback import Playback, SpeakLineFrame

logger = logging.getLogger(__name__)


class MarkSerializer(TwilioFrameSerializer):
    """Media Streams with marks: tells when audio was played, and keeps a must-hear line from being cleared.

    While `protect` is set, a barge-in does not clear what Twilio has buffered. A message that makes no sense is dropped
    and counted (`malformed`), and does not end the call. `silent_seconds` tells for how long nothing at all has come.
    `playback` knows how much of each line was played.

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

    def speech(self, text: str, tell: Callable[[float | None], None]) -> SpeakLineFrame:
        """See `turns.line.Line`."""
        return SpeakLineFrame(text, line=self.playback.line(text, tell))

    async def serialize(self, frame: Frame) -> str | bytes | None:
        """See the base class; no `clear` while a must-hear line plays."""
        if isinstance(frame, MarkFrame):
            frame.sent = True
            self.playback.sent(frame)
        if isinstance(frame, InterruptionFrame):
            if self.protect:
                return None
            self.playback.cleared()
        return await super().serialize(frame)

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Marks of whole lines and stop become transport messages; everything unreadable is dropped. See `hear`."""
        self._heard_at, audio = self._clock(), b""
        try:
            message = json.loads(data)
            match message.get("event"):
                case "mark" if isinstance(message["mark"]["name"], str):
                    ours = self.playback.echoed(message["mark"]["name"])
                    return None if ours else InputTransportMessageFrame(message=message)
                case "stop":
                    self.stopped = True
                    return InputTransportMessageFrame(message=message)
                case "media":
                    audio = audioop.ulaw2lin(base64.b64decode(message["media"]["payload"]), 2)
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

    def _count(self, what: str) -> None:
        self.malformed += 1
        if self.malformed in (1, 100):
            logger.warning("stream message no. %d that makes no sense: %s", self.malformed, what)
