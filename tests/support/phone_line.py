"""The telephone line as the turns know it, without a line."""

from collections.abc import Callable
from dataclasses import dataclass

from pipecat.frames.frames import TTSSpeakFrame


@dataclass(eq=False)
class PhoneLine:
    """Protects what it is told to, and plays nothing."""

    protect: bool = False
    stream_sid: str = "MZ1"
    echoed_at: float = 0.0
    behind_seconds: float | None = None

    def speech(self, text: str, tell: Callable[[float | None], None]) -> TTSSpeakFrame:
        """A frame of which nobody knows what became."""
        return TTSSpeakFrame(text)
