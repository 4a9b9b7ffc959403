"""The bot under test inside of this process, on virtual time: the real `bot.py`, served by the loop that runs the call.

Guarantees that its log is kept and understood line by line, and that it sees the environment that a process of its own
would see. One in a process's life, since `bot.py` reads the environment as it is imported. Leaves out its end: the
process goes when the call has been judged (process.py). What ends bots, or kills them, needs real processes.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from simulator.rig.bot_under_test import BotError, BotLog, LogLine, environment
from simulator.virtual_time import threads
from simulator.virtual_time.clock import installed

if TYPE_CHECKING:
    import bot

PORT = 20_000  # Of the virtual loop alone: every process may have the same.
POLL_SECONDS = 0.01


class _Written:
    """The stream of the log's handler, and of what the process says beside it."""

    def __init__(self, log: BotLog) -> None:
        self._log, self._file, self._rest = log, log.open(), ""

    def write(self, text: str) -> int:
        """As a stream does; whole lines are understood at once."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._log.add(line, self._file)
        return len(text)

    def flush(self) -> None:
        """As a stream does; a line is in the file as soon as it is whole."""


class BotInProcess:
    """Use as an async context manager; see `MakeBot`."""

    def __init__(self, settings: Mapping[str, str], log_file: Path, *, ahead_seconds: float = 0.0) -> None:
        if not installed() or ahead_seconds:
            raise ValueError("a bot in this process lives on its virtual clock")
        self.port = PORT
        self.url = f"http://127.0.0.1:{PORT}"
        self.gone = asyncio.Event()
        self._settings = settings
        self._log = BotLog(log_file)
        self._server: bot.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> dict[str, Callable[[LogLine], None]]:
        """Who hears of the log's lines, by call sid."""
        return self._log.listeners

    def check(self) -> None:
        """Raise `BotError` if the bot is dead."""
        if self._serving is not None and self._serving.done() and not self._server_ends:
            raise BotError(self._log.last_words("the bot has ended"))

    def log(self) -> str:
        """Everything the bot has logged."""
        return self._log.text()

    @property
    def _server_ends(self) -> bool:
        return self._server is not None and self._server.should_exit

    async def __aenter__(self) -> Self:
        surroundings = environment(self._settings, self.port)
        if "TZ" in os.environ:  # The virtual clock's; who reads it anew (strptime does) must find the same.
            surroundings["TZ"] = os.environ["TZ"]
        os.environ.clear()
        os.environ.update(surroundings)
        if "bot" in sys.modules:
            raise BotError("there was a bot in this process already")
        sys.stderr = _Written(self._log)  # where bot.py makes its log's handler
        import bot

        self._server = bot.server()
        self._server.capture_signals = nullcontext  # type: ignore[assignment, method-assign] # Not our process's.
        self._serving = asyncio.create_task(self._server.serve())
        self._serving.add_done_callback(lambda _: self.gone.set())
        with threads.waiting():  # DBOS waits for its threads as it starts; no call is live yet.
            while not self._server.started or not bot.app.state.services.settling.settled.is_set():
                self.check()
                await asyncio.sleep(POLL_SECONDS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves it running: it ends with the process."""
