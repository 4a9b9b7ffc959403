"""Pace: when the next piece of the bot's audio leaves, so that not every moment that we are late is a gap in it.

Audio goes out as fast as it plays. What this process was held up for is made up for: the pieces that are late go at
once, and from then on Twilio has that much in hand, which hides as much of what we are late for next.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketOutputTransport,
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)
from starlette.websockets import WebSocket

AHEAD_SECONDS = 1.0  # Most that Twilio gets ahead of what plays: a hearing of our lines is reckoned by their pace.


@dataclass
class Pace:
    """The pace of one stream.

    Args:
        clock: Monotonic seconds of the machine.
        had: The monotonic seconds that this process had: what is missing of the machine's it was held up for.
    """

    clock: Callable[[], float]
    had: Callable[[], float]
    _due: float = field(default=0.0, init=False)
    _owed: float = field(default=0.0, init=False)
    _lost: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._lost = self.clock() - self.had()

    def next(self, seconds: float) -> float:
        """How long to wait behind a piece that plays for so long."""
        now = self.clock()
        lost = now - self.had()
        owed = min(AHEAD_SECONDS, self._owed + max(0.0, lost - self._lost))
        due = max(self._due, now - owed)
        self._due, self._lost = due + seconds, lost
        self._owed = max(0.0, now - self._due)
        return max(0.0, due - now)

    def restart(self) -> None:
        """What was on its way is dropped: what comes next plays at once."""
        self._due = self._owed = 0.0


class _Output(FastAPIWebsocketOutputTransport):
    """In the place of Pipecat's, which takes up the pace anew behind every piece that was late (pipecat.md 8)."""

    def __init__(
        self, transport: FastAPIWebsocketTransport, params: FastAPIWebsocketParams, had: Callable[[], float]
    ) -> None:
        super().__init__(transport, transport._client, params)
        self._pace = Pace(time.monotonic, had)

    async def _write_audio_sleep(self) -> None:
        if self._next_send_time == 0:  # A barge-in.
            self._pace.restart()
        self._next_send_time = 1
        await asyncio.sleep(self._pace.next(self._send_interval))


def media_transport(
    websocket: WebSocket, params: FastAPIWebsocketParams, had: Callable[[], float]
) -> FastAPIWebsocketTransport:
    """Pipecat's transport, at our pace; `had` as for `Pace`."""
    transport = FastAPIWebsocketTransport(websocket, params)
    transport._output = _Output(transport, params, had)
    return transport
