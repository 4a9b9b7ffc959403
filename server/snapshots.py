"""Snapshots: the session of one stream of a call, written again and again, so that another stream can go on with it."""

import asyncio
from dataclasses import dataclass, field

from call.session import CallSession
from logs import CallLogger
from records.call_rows import CallRows
from records.errors import kind_of


@dataclass(eq=False)
class Snapshots:
    """Writes them; nothing counts that the stream number `run` writes when another one has the call."""

    rows: CallRows
    run: int
    log: CallLogger
    _under_way: set[asyncio.Future[bool]] = field(default_factory=set, init=False)

    def save(self, session: CallSession) -> "asyncio.Future[bool]":
        """Writes the session as it is now; on its way, in its turn, when this returns.

        False when another stream has the call. One that fails is logged here, whether anybody waits for it or not.
        """
        saving = self.rows.save(session, self.run)
        self._under_way.add(saving)
        saving.add_done_callback(self._done)
        return saving

    async def save_within(self, session: CallSession, seconds: float) -> None:
        """The same, and waits for it and for what was under way before; at most so long."""
        self.save(session)
        await asyncio.wait(self._under_way, timeout=seconds)

    async def saved(self) -> None:
        """Waits for those under way; what fails raises nothing."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _done(self, saving: "asyncio.Future[bool]") -> None:
        self._under_way.discard(saving)
        if not saving.cancelled() and (error := saving.exception()):
            self.log.error("a snapshot was not written: %s", kind_of(error))
