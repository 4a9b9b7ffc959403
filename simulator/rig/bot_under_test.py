"""The bot as the simulation knows it: an address, a log that is understood line by line, and whether it lives.

What both kinds have in common: the process (bot_process.py) and the bot inside of this process (bot_in_process.py).
"""

import asyncio
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO, TypeVar

from config import Settings

LAST_LINES = 15

_LINE = re.compile(r"^(?P<at>[\d-]+ [\d:,]+) \| (?P<level>\w+) +\| (?P<name>\S+) +\| (?P<message>.*)$")
_CALL = re.compile(r"^(?P<call>CA[0-9a-f]{32})\b:? *(?P<rest>.*)$")
_STATE = re.compile(r"^state (?P<a>\w+) -> (?P<b>\w+)(?: \((?P<reason>.*)\))?")
_TOOL = re.compile(r"^tool (?P<tool>\w+) (?P<outcome>\w+) (?P<ms>\d+) ms *(?P<detail>.*)")
_WHY = re.compile(r"blame (?P<blame>\S+),.*, faults (?P<faults>.+)$")
_ENDED = re.compile(r"^ended (?P<reason>\S+) *(?P<detail>.*)")


class BotError(Exception):
    """Raised when the bot does not start, or dies; the message ends with its last log lines."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the bot's log; `kind` is state, tool, ended or log. For state: `text` is the new state."""

    level: str
    logger: str
    call_sid: str
    kind: str
    text: str
    detail: Mapping[str, str | int]


def read_line(line: str) -> LogLine | None:
    """Understand a line of the log; None when it is not one (a traceback, say)."""
    match = _LINE.match(line)
    if match is None:
        return None
    call = _CALL.match(match["message"])
    sid, rest = (call["call"], call["rest"]) if call else ("", match["message"])
    level, name = match["level"], match["name"]
    if state := _STATE.match(rest):
        detail: dict[str, str | int] = {"was": state["a"], "reason": state["reason"] or ""}
        return LogLine(level, name, sid, "state", state["b"], detail)
    if tool := _TOOL.match(rest):
        detail = {"outcome": tool["outcome"], "ms": int(tool["ms"]), "detail": tool["detail"]}
        return LogLine(level, name, sid, "tool", tool["tool"], detail)
    if ended := _ENDED.match(rest):
        return LogLine(level, name, sid, "ended", ended["reason"], {"detail": ended["detail"]})
    return LogLine(level, name, sid, "log", rest, {})


def ended_as(lines: Iterable[LogLine]) -> str:
    """How the bot says that a call ended: `confirm:booked (fault: v2; despite: openai)`; empty while it has not.

    The dashboard's record has only one of eleven reasons (contract.md 0.3).
    """
    ends = [line for line in lines if line.kind == "ended"]
    if not ends:
        return ""
    told = _WHY.search(str(ends[-1].detail["detail"]))
    fault = told["blame"] if told and told["blame"] != "nobody" else ""
    failed = {part.split()[0] for part in told["faults"].split("; ")} if told and told["faults"] != "none" else set()
    despite = ", ".join(sorted(failed - {fault}))
    notes = "; ".join(filter(None, (fault and f"fault: {fault}", despite and f"despite: {despite}")))
    return ends[-1].text + (f" ({notes})" if notes else "")


class BotLog:
    """What the bot writes, kept in a file; whoever listens to a call hears of each of its lines as it comes."""

    def __init__(self, path: Path) -> None:
        self.listeners: dict[str, Callable[[LogLine], None]] = {}
        self._path = path
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    def open(self) -> TextIO:
        """The file, behind what an earlier process wrote; for `add`."""
        return self._path.open("a", encoding="utf-8")

    def add(self, line: str, file: TextIO) -> None:
        """One line, without its end."""
        file.write(line + "\n")
        file.flush()
        self._last.append(line)
        known = read_line(line)
        if known is not None and known.call_sid in self.listeners:
            self.listeners[known.call_sid](known)

    def text(self) -> str:
        """All of it."""
        return self._path.read_text(encoding="utf-8") if self._path.exists() else ""

    def last_words(self, message: str) -> str:
        """The message, and the last lines."""
        return "\n".join([message + "; its last lines:", *(f"  {line}" for line in self._last)])


class Bot(Protocol):
    """A running bot.

    Attributes:
        port: Where it listens on 127.0.0.1.
        url: The same as an origin.
        listeners: Who hears of the log's lines, by call sid.
        gone: Set once it has ended, by itself or not.
    """

    port: int
    url: str
    gone: asyncio.Event

    @property
    def listeners(self) -> dict[str, Callable[[LogLine], None]]:
        """See the class."""

    def check(self) -> None:
        """Raise `BotError` if the bot is dead."""

    def log(self) -> str:
        """Everything the bot has logged."""


B_co = TypeVar("B_co", bound=Bot, covariant=True)


class MakeBot(Protocol[B_co]):
    """Makes a bot; it runs while the context lasts. `ahead_seconds` moves its wall clock."""

    def __call__(
        self, settings: Mapping[str, str], log_file: Path, *, ahead_seconds: float = 0.0
    ) -> AbstractAsyncContextManager[B_co]:
        """`settings` is the bot's whole configuration: nothing of this environment or of `.env` reaches it."""


def environment(settings: Mapping[str, str], port: int) -> dict[str, str]:
    """The whole environment of a bot on this port of 127.0.0.1."""
    # A blank value counts as missing for the bot, and keeps a developer's .env out of the simulation.
    blank = {name.upper(): "" for name in Settings.model_fields}
    inherited = {k: os.environ[k] for k in ("PATH", "HOME", "LANG", "TMPDIR") if k in os.environ}
    own = {"HOST": "127.0.0.1", "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return inherited | blank | own | {"PYTHONUNBUFFERED": "1"} | dict(settings)


__all__ = ["Bot", "BotError", "BotLog", "LogLine", "MakeBot", "ended_as", "environment", "read_line"]
