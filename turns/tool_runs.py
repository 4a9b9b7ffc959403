"""The tools of one call: run one at a time and to their end, with a line while they take long, and named when V2 fails.

A tool is a task of its own: neither a barge-in nor the end of the call cancels it, since what V2 was asked may be done.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from call.actions import CallTool
from call.session import CallSession, EntryKind
from call.told import told
from call.tool_calls import (
    AlertSent,
    CheckCalendarAvailability,
    CreateCallback,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolRequest,
    ToolResult,
)
from config import Settings
from turns.tool_protocol import Tools
from turns.who_speaks import SpeechWatch

_POLL_SECONDS = 0.05


class ToolRuns:
    """Runs the tools of one call.

    Args:
        tools: Carries out tool calls.
        session: The call's record: each tool becomes an entry.
        settings: When a filler line is due.
        speech: Who is speaking: a filler line breaks a silence, and no speech.
        say_filler: Says a filler line.
        on_fault: Told ("v2", tool and detail) of each tool that V2 failed.
        now: The aware time.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        tools: Tools,
        session: CallSession,
        settings: Settings,
        speech: SpeechWatch,
        *,
        say_filler: Callable[[], Awaitable[None]],
        on_fault: Callable[[str, str], None],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._tools, self._session, self._settings, self._speech = tools, session, settings, speech
        self._say_filler, self._on_fault, self._now, self._clock = say_filler, on_fault, now, clock
        self._under_way: asyncio.Task[tuple[ToolRequest, ToolResult]] | None = None

    async def run(self, call: CallTool) -> ToolResult:
        """Runs the tool to its end even if the call is cut; filler lines while it takes long and nobody speaks."""
        started = self._clock()
        tool = self._under_way = self._start(call.request)
        silence_allowed = self._settings.filler_first_seconds
        while not tool.done():
            await asyncio.wait({tool}, timeout=_POLL_SECONDS)
            silent_for = min(self._speech.quiet_for(), self._clock() - started)
            if tool.done() or call.quiet or silent_for < silence_allowed:
                continue
            await self._say_filler()
            started, silence_allowed = self._clock(), self._settings.filler_again_seconds
        self._under_way = None
        return tool.result()[1]

    @property
    def under_way(self) -> bool:
        """Whether V2 is being asked something."""
        return self._under_way is not None

    async def settle(
        self, after_tool: Callable[[ToolRequest, ToolResult], list[CallTool]], due: Sequence[CallTool] = ()
    ) -> None:
        """After the call: finishes a tool that was under way, what is `due`, and the tools that follow, without a word.

        So the record tells what really happened, and a booking that failed still gets its callback (R70).
        Bounded by the tools' own deadlines.
        """
        under_way, self._under_way = self._under_way, None
        waiting = deque(due)
        while under_way is not None or waiting:
            under_way = under_way or self._start(waiting.popleft().request)
            waiting.extend(after_tool(*await under_way))
            under_way = None

    def _start(self, request: ToolRequest) -> asyncio.Task[tuple[ToolRequest, ToolResult]]:
        return asyncio.create_task(self._carry_out(request), name=f"{self._session.call_id} {request.tool}")

    async def _carry_out(self, request: ToolRequest) -> tuple[ToolRequest, ToolResult]:
        started, name = self._clock(), request.tool
        result = await self._tools.call(request, self._session)
        took = round((self._clock() - started) * 1000)
        self._session.note(
            EntryKind.TOOL,
            name,
            self._now(),
            detail=result.outcome,
            milliseconds=took,
            asked={key: text for key, text in told(request).items() if key != "tool"},
            answered={key: text for key, text in told(result).items() if key != "outcome"},
        )
        if _v2_failed(request, result):
            self._on_fault("v2", f"{name} {result.detail}".strip())
        elif isinstance(result, AlertSent) and result.outcome is Outcome.OK and not result.texted:
            self._on_fault("v2", f"{name}: no text went out")  # It says success all the same (contract.md 0.8).
        return request, result


def _v2_failed(request: ToolRequest, result: ToolResult) -> bool:
    """Whether V2 gave no answer, none that can be read, or an HTTP status in place of one.

    Its own no to a visit is none of it, but what it is told (a callback, an alert) it has no reason to refuse. A
    backend without a calendar tool (404) lacks nothing that a call needs.
    """
    if isinstance(request, CheckCalendarAvailability) and result.detail == "404":
        return False
    if result.outcome in (Outcome.UNAVAILABLE, Outcome.UNKNOWN):
        return True
    told = isinstance(request, CreateCallback | SendEmergencyAlert | SendSalesLeadAlert)
    return result.outcome is Outcome.REFUSED and (told or result.detail.isdecimal())
