"""LiveCalls: which calls this process serves, whether there is room for another, and how a stream is told of its end.

One for the process. Everything that decides about letting a call in asks here; what a call is, is pipeline.py's.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from call.session import EndedBy


@dataclass(frozen=True)
class Stream:
    """One stream of a call.

    Attributes:
        sid: Twilio's StreamSid.
        run: Its number among the streams of the call; the store takes nothing from any but the newest.
        resumed: Whether the call broke off before.
    """

    sid: str
    run: int
    resumed: bool


@dataclass(eq=False)
class LiveCall:
    """One stream of one call, while this process runs it.

    Attributes:
        call_id: Twilio's CallSid.
        number: The stream's among those that the call was given.
        end: Ends the stream from outside, as the line would: by the caller, or as a break. None before it began.
        tool_under_way: Tells whether V2 is being asked something.
        fault: Told (part, what) of what fails for all calls at once.
        over: Set when the stream is over and everything of it is written.
        asked: Whether Twilio has asked what to do with the call, now that this stream is gone.
        held_since: When its caller was first asked to hold on, since it was not over yet; None: never.
    """

    call_id: str
    number: int = 1
    end: Callable[[EndedBy], Awaitable[None]] | None = None
    tool_under_way: Callable[[], bool] = lambda: False
    fault: Callable[[str, str], None] = lambda part, what: None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    asked: bool = False
    held_since: datetime | None = None

    async def end_within(self, ended_by: EndedBy, seconds: float) -> bool:
        """Ends it, and waits; whether it is over by then."""
        if self.end is not None:
            await self.end(ended_by)
        try:
            async with asyncio.timeout(seconds):
                await self.over.wait()
        except TimeoutError:
            return False
        return True


COMING_SECONDS = 10.0  # Twilio connects the stream of a call within one or two


class LiveCalls:
    """The calls of this process, and those that it has told Twilio to connect here.

    Attributes:
        draining: Set for ever when the process is told to end: no new calls.
        refused: How many callers were sent away for lack of room, since the start.
    """

    def __init__(
        self, most: int, learnt: Callable[[], int] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """How many calls there may be at once.

        Args:
            most: At no time more (MAX_CALLS).
            learnt: As many as this machine can serve now (room.py).
            clock: Monotonic seconds.
        """
        self.draining = False
        self.refused = 0
        self._most, self._learnt, self._clock = most, learnt or (lambda: most), clock
        self._coming: dict[str, float] = {}  # Let in, and not here yet: until when they are counted
        self._calls: dict[str, LiveCall] = {}
        self._last: dict[str, LiveCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[LiveCall]:
        return iter(tuple(self._calls.values()))

    def get(self, call_id: str) -> LiveCall | None:
        """The call's stream, if this process runs one."""
        return self._calls.get(call_id)

    def asked(self, call_id: str) -> None:
        """Twilio asks what to do with a call whose stream is gone."""
        if last := self._last.pop(call_id, None):
            last.asked = True

    @property
    def room(self) -> int:
        """How many calls there may be at once."""
        return min(self._most, self._learnt())

    @property
    def full(self) -> bool:
        """Whether no further call may be let in."""
        now = self._clock()
        for call_id in [call_id for call_id, until in self._coming.items() if until < now]:
            del self._coming[call_id]
        return self.draining or len(self._calls) + len(self._coming) >= self.room

    @property
    def overfull(self) -> bool:
        """Whether not even one may begin that was let in: there are as many as there may ever be."""
        return self.draining or len(self._calls) >= self._most

    @property
    def scarce(self) -> bool:
        """Whether three quarters of the lines are taken, or more: then nobody holds one without a word for long."""
        return 4 * len(self._calls) >= 3 * self.room

    def let_in(self, call_id: str, seconds: float = 0.0) -> None:
        """Its stream is to come, and not before so many seconds: until then, and not for long, it takes a place."""
        self._coming[call_id] = self._clock() + seconds + COMING_SECONDS

    def is_coming(self, call_id: str) -> bool:
        """Whether it was let in, and its stream is yet to come."""
        until = self._coming.get(call_id)
        return until is not None and until >= self._clock()

    def gone(self, call_id: str) -> None:
        """Whoever was let in has hung up: their stream does not come."""
        self._coming.pop(call_id, None)

    def add(self, call_id: str, number: int = 1) -> LiveCall:
        """A stream begins; the one that the call had here before is over, or as good as that."""
        self._coming.pop(call_id, None)
        live = self._calls[call_id] = LiveCall(call_id, number)
        return live

    def discard(self, live: LiveCall) -> None:
        """A stream is over."""
        live.over.set()
        if self.draining:
            self._last[live.call_id] = live
        if self._calls.get(live.call_id) is live:
            del self._calls[live.call_id]
