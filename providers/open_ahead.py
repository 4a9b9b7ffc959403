"""Connections that are open before they are needed: else the first answer of a call waits for a handshake as well.

Calls are minutes or hours apart, and a connection that nobody uses is closed within half a minute. So when Twilio tells
of a call, each vendor's address is asked for something that costs nothing, behind the greeting. What comes of it
does not matter, and nobody waits for it: whoever needs the vendor finds out.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import httpx

OPEN_SECONDS = 20.0  # For so long a connection counts as open (voices.py, http.py: kept for 30 s).
LONGEST_SECONDS = 3.0


class OpenAhead:
    """The connections of one process."""

    def __init__(
        self, ask: Mapping[str, Callable[[], Awaitable[object]]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`ask`: how each vendor is asked, by its name; `clock`: monotonic seconds."""
        self._ask, self._clock = ask, clock
        self._opened_at: dict[str, float] = {}
        self._asking: set[asyncio.Task[None]] = set()

    def now(self) -> None:
        """A call is coming: opens what is not open."""
        now = self._clock()
        for name, ask in self._ask.items():
            if now - self._opened_at.get(name, -OPEN_SECONDS) >= OPEN_SECONDS:
                self._opened_at[name] = now
                task = asyncio.create_task(_asked(ask), name=f"connection to {name}")
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)

    async def close(self) -> None:
        """Ends what is under way."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)


async def _asked(ask: Callable[[], Awaitable[object]]) -> None:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await ask()
    except Exception:  # noqa: S110 - whoever needs the vendor finds out, and tells.
        pass


def head(client: httpx.AsyncClient, address: str) -> Callable[[], Awaitable[object]]:
    """Asks an address for its headers, whatever they are."""
    return lambda: client.head(address, timeout=LONGEST_SECONDS)
