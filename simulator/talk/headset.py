"""Whoever holds the telephone in a talk: what the browser brings is said, what is heard goes to the browser.

Guarantees that neither side waits for the other: the call takes 20 ms at a time, and silence where nothing is said.
Leaves out how sound gets to a browser and back (page_line.py).
"""

import asyncio
from collections import deque

from simulator.sound.mulaw import mulaw_to_pcm, pcm_to_mulaw
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SILENCE

MOST_SAID_SECONDS = 20.0  # Of speech that waits to be said: a browser that sends faster than time passes is cut short.
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
        self._says: deque[bytes] = deque(maxlen=round(1000 * MOST_SAID_SECONDS / FRAME_MS))
        self._rest = b""
        self._keys: list[str] = []
        self._quiet_ms = PAUSE_MS

    def say(self, pcm: bytes) -> None:
        """Says it as soon as all before it is said: 16-bit samples at 8,000 a second, however many."""
        mulaw = self._rest + pcm_to_mulaw(pcm)
        whole = len(mulaw) // FRAME_BYTES * FRAME_BYTES
        self._says.extend(mulaw[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES))
        self._rest = mulaw[whole:]

    def say_alone(self, pcm: bytes) -> None:
        """The same for a whole sentence: the end of its last 20 ms is silence."""
        self.say(pcm + bytes(2 * (FRAME_BYTES - 1)))
        self._rest = b""

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
        return self._says.popleft() if self._says else SILENCE
