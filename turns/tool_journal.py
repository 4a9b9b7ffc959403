"""AskedTools: a tool that acts is written down before V2 is asked, so that no crash makes a call ask twice.

Whoever brings a call back finds in its snapshot which tool was asked and never answered: that one is uncertain for ever
(contract.md 1.3: V2 knows no duplicates). The two lookups are written down too,
but V2 is asked before that is done. The calendar only reads as well, and waits all the same.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from call import v2_messages
from call.session import CallSession
from call.tool_calls import LookupBooking, LookupCaller, Outcome, ToolRequest, ToolResult
from logs import CallLogger
from turns.tool_protocol import Tools

_LOOKUPS = (LookupCaller, LookupBooking)


class AskedTools:
    """The tools of one stream of a call.

    Args:
        tools: Carries out tool calls.
        save: Writes the session; False when another stream has the call. What fails is logged there.
        keep_seconds: Longest wait for it; a store that fails or is slow must not keep a caller from a visit.
        now: The aware time.
        log: The call's log.
    """

    def __init__(
        self,
        tools: Tools,
        save: Callable[[CallSession], "asyncio.Future[bool]"],
        keep_seconds: float,
        now: Callable[[], datetime],
        log: CallLogger,
    ) -> None:
        self._tools, self._save, self._keep_seconds, self._now, self._log = tools, save, keep_seconds, now, log

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult:
        """Carries out one tool, if the call is still this stream's. One that is cancelled stays under way for ever."""
        session.tool_under_way, session.tool_asked_at = request, self._now()
        if await self._kept(session, wait=not isinstance(request, _LOOKUPS)):
            result = await self._tools.call(request, session)
        else:
            self._log.warning("tool %s is not asked: another stream has the call", request.tool)
            result = v2_messages.failed(request, Outcome.UNAVAILABLE, "another stream has the call")
        session.tool_under_way, session.tool_asked_at = None, None
        return result

    async def _kept(self, session: CallSession, *, wait: bool) -> bool:
        saving = asyncio.ensure_future(self._save(session))
        if not wait:
            return True
        await asyncio.wait({saving}, timeout=self._keep_seconds)
        if not saving.done():
            self._log.warning("a tool is asked before its snapshot was written: the store is slow")
            return True
        return saving.cancelled() or saving.exception() is not None or saving.result()
