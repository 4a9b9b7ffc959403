"""The telephone line as the turns know it, without a line."""

from dataclasses import dataclass, field

from providers.playback import Playback


@dataclass(eq=False)
class PhoneLine:
    """Protects what it is told to, and plays nothing."""

    protect: bool = False
    stream_sid: str = "MZ1"
    playback: Playback = field(default_factory=lambda: Playback("MZ1"))
