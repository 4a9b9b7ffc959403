"""LiveCalls: which calls this process serves, whether there is room for another, and whether it may take any.

One for the process. Everything that decides about letting a call in asks here; what a call is, is pipeline.py's.
"""

from collections.abc import Iterator


class LiveCalls:
    """The calls of this process.

    Attributes:
        draining: Set for ever when the process is told to end: no new calls.
        refused: How many callers were sent away for lack of room, since the start.
    """

    def __init__(self, room: int) -> None:
        """`room`: how many calls there may be at once (MAX_CALLS)."""
        self.draining = False
        self.refused = 0
        self._room = room
        self._calls: set[str] = set()

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._calls))

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._calls

    @property
    def full(self) -> bool:
        """Whether no further call may begin here."""
        return self.draining or len(self._calls) >= self._room

    def add(self, call_id: str) -> None:
        """A call begins."""
        self._calls.add(call_id)

    def discard(self, call_id: str) -> None:
        """A call is over."""
        self._calls.discard(call_id)
