"""TwoSides: what passes on a media stream as two sides of one sound, each where the telephone has it. Pure.

The caller's audio stands where Twilio's timestamps put it. The bot's is sent ahead of what plays: behind what waits at
Twilio, or now if nothing waits. A barge-in drops what has not been played, and a mark that comes back late shows that
Twilio plays behind what it was sent (Twilio: Media Streams, media, mark and clear messages). Samples are mu-law, one
byte each.
"""

SAMPLE_RATE = 8000
SILENCE = b"\xff"
LATE_SAMPLES = SAMPLE_RATE // 2  # A mark is no later than this by the way that it comes.
MOST_GAP_SAMPLES = 10 * SAMPLE_RATE  # A longer one is no gap: its timestamp makes no sense.
_MOST_DIGITS = 10


class TwoSides:
    """Both sides from the beginning of a stream on; `take` hands over what is certain, 20 ms after it was said."""

    def __init__(self) -> None:
        self._caller, self._bot = bytearray(), bytearray()  # What was not taken yet; the bot's goes on beyond now
        self._taken = 0
        self._marks: dict[str, int] = {}  # Not echoed yet, and where they stand

    @property
    def _now(self) -> int:
        return self._taken + len(self._caller)

    @property
    def samples(self) -> int:
        """How many can be taken."""
        return len(self._caller)

    def heard(self, audio: bytes, timestamp: object) -> None:
        """The caller's next audio. `timestamp`: Twilio's, milliseconds as text; one that makes no sense is none."""
        if isinstance(timestamp, str) and timestamp.isdecimal() and len(timestamp) <= _MOST_DIGITS:
            gap = int(timestamp) * SAMPLE_RATE // 1000 - self._now
            if gap <= MOST_GAP_SAMPLES:
                self._caller += SILENCE * gap
        self._caller += audio

    def sent(self, audio: bytes) -> None:
        """The bot's next audio leaves."""
        self._bot += SILENCE * (len(self._caller) - len(self._bot)) + audio

    def marked(self, name: str) -> None:
        """A mark leaves, behind all of that."""
        self._marks[name] = self._taken + max(len(self._bot), len(self._caller))

    def echoed(self, name: str) -> None:
        """All before the mark was played by now; if it had to be long before, what follows plays later as well."""
        stood = self._marks.pop(name, None)
        if stood is None or (late := self._now - stood) <= LATE_SAMPLES:
            return
        at = max(0, stood - self._taken)
        if at >= len(self._bot):
            return
        self._bot[at:at] = SILENCE * late
        self._marks = {other: place + late if place >= stood else place for other, place in self._marks.items()}

    def cleared(self) -> None:
        """Twilio drops what it has not played."""
        del self._bot[len(self._caller) :]
        self._marks.clear()

    def take(self) -> bytes:
        """What was said up to now and not taken yet, sample by sample: the caller's, the bot's."""
        count = len(self._caller)
        both = bytearray(2 * count)
        both[::2] = self._caller
        both[1::2] = self._bot[:count].ljust(count, SILENCE)
        self._taken += count
        self._caller.clear()
        del self._bot[:count]
        return bytes(both)
