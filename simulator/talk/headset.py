"""Whoever holds the telephone in a talk: what the browser brings is said, what is heard goes to the browser.

Guarantees that neither side waits for the other: the call takes 20 ms at a time, and silence where nothing is said.
Leaves out how sound gets to a browser and back (page_line.py).
"""

import asyncio
from collections import deque
from collections.abc import Iterator

from simulator.sound.mulaw import mulaw_to_pcm, pcm_to_mulaw
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SILENCE

LATEST_SECONDS = 0.2  # What a microphone brought may wait for so long: two clocks that differ never add up to more.
PAUSE_MS = 1000  # So long a silence is one of the call, and not of a sentence: it is not sent.


class Headset:
    """A `Handset` with a browser on it.

    Attributes:
        hung_up: Set it, and the call ends.
        heard: What the caller hears, in pieces of 20 ms, 16-bit samples at 8,000 a second; None is the end of it.
    """

    def __init__(self) -> None:
        self.hung_up = False
        self.heard: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._sentences = deque[bytes]()
        self._sound = deque[bytes](maxlen=round(1000 * LATEST_SECONDS / FRAME_MS))
        self._rest = b""
        self._keys: list[str] = []
        self._quiet_ms = PAUSE_MS

    def sounds(self, pcm: bytes) -> None:
        """What a microphone brings as time passes: 16-bit samples at 8,000 a second, however many."""
        mulaw = self._rest + pcm_to_mulaw(pcm)
        whole = len(mulaw) // FRAME_BYTES * FRAME_BYTES
        self._sound.extend(_frames(mulaw[:whole]))
        self._rest = mulaw[whole:]

    def say(self, pcm: bytes) -> None:
        """A whole sentence, said as soon as those before it are, over what the microphone brings meanwhile."""
        self._sentences.extend(_frames(pcm_to_mulaw(pcm)))

    def press(self, key: str) -> None:
        """Presses a key of the telephone."""
        self._keys.append(key)

    def pressed(self) -> list[str]:
        """See `Handset`."""
        keys, self._keys = self._keys, []
        return keys

    def tick(self, heard: bytes) -> bytes:
        """See `Handset`. A pause of the call is not passed on, so that what was late is not late for ever."""
        self._quiet_ms = self._quiet_ms + FRAME_MS if heard == SILENCE else 0
        if self._quiet_ms < PAUSE_MS:
            self.heard.put_nowait(mulaw_to_pcm(heard))
        said = self._sentences or self._sound
        return said.popleft() if said else SILENCE


def _frames(mulaw: bytes) -> Iterator[bytes]:
    for at in range(0, len(mulaw), FRAME_BYTES):
        yield mulaw[at : at + FRAME_BYTES].ljust(FRAME_BYTES, SILENCE[:1])
