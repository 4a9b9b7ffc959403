"""Tools: what carries out a call's tool calls, as those know it who ask; no frames, no transport."""

from typing import Protocol

from call.session import CallSession
from call.tool_calls import ToolRequest, ToolResult


class Tools(Protocol):
    """What carries out tool calls; never raises but for cancellation."""

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult: ...
