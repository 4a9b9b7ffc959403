"""What the state machine can ask for: say a line, word a reply, call a tool, end the call, have a person dialled."""

from dataclasses import dataclass, field

from call.session import Reason
from call.tool_calls import ToolRequest


@dataclass(frozen=True)
class Say:
    """Speak a fixed line. A line that must be heard is not cut by barge-in.

    `line` is its key in conversation/script.py; empty when it is said again as it was.
    """

    text: str
    must_hear: bool = False
    line: str = field(default="", compare=False)


@dataclass(frozen=True)
class Word:
    """Let the model word one reply; `fallback` is spoken when it is late, down, empty or refused by the reply guard.

    `line` is the key of the fixed line that is worded.
    """

    directive: str
    fallback: str
    line: str = field(default="", compare=False)


@dataclass(frozen=True)
class CallTool:
    """Call a tool now, in this turn. A quiet call has no filler lines."""

    request: ToolRequest
    quiet: bool = False


@dataclass(frozen=True)
class EndCall:
    """Hang up once everything said has been heard. `goodbye` moves the call to goodbye at that moment."""

    goodbye: Reason | None = None


@dataclass(frozen=True)
class DialPerson:
    """Leave the call to a person once everything said has been heard: its stream ends, and Twilio dials."""


Action = Say | Word | CallTool | EndCall | DialPerson
