"""The bot under test: the real `bot.py`, started as a process with settings that point at the stand-ins.

Guarantees that it is up (`/health`) or the start fails with its last words, that its log is kept and read line by
line, and that it is gone at the end (SIGTERM, then a deadline, then kill by its pid). Leaves out what the settings
are.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from simulator.rig import pinned_clock
from simulator.rig.bot_host import ROOT, BotHost
from simulator.rig.bot_under_test import BotError, BotLog, LogLine, environment
from simulator.rig.lifeline import end_with

START_SECONDS = 300.0  # Of patience: a bot that cannot start says so by its end.
STOP_SECONDS = 20.0
POLL_SECONDS = 0.1
FIRST_PORT, LAST_PORT = 20_000, 32_000  # Below what Linux gives to outgoing connections (32768 to 60999).
LONGEST_LINE_BYTES = 1 << 20

_given: set[int] = set()


def free_port() -> int:
    """A port that was free a moment ago: none that an outgoing connection may get meanwhile, and none twice."""
    while True:
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if port in _given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


class BotProcess:
    """Use as an async context manager."""

    def __init__(
        self,
        settings: Mapping[str, str],
        log_file: Path,
        *,
        script: Path = ROOT / "bot.py",
        start_seconds: float = START_SECONDS,
        host: BotHost | None = None,
        ahead_seconds: float = 0.0,
    ) -> None:
        """`settings` is the bot's whole configuration: nothing of this environment or of `.env` reaches it.

        With a `host` the bot starts in a third of a second; without, in an interpreter of its own. `ahead_seconds`
        moves its wall clock.
        """
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.gone = asyncio.Event()
        self._settings = settings
        self._log = BotLog(log_file)
        self._script = script
        self._start_seconds = start_seconds
        self._host = host
        self._ahead_seconds = ahead_seconds
        self._exit: asyncio.Future[int] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._stopping = False
        self.pid: int | None = None

    @property
    def listeners(self) -> dict[str, Callable[[LogLine], None]]:
        """Who hears of the log's lines, by call sid."""
        return self._log.listeners

    def check(self) -> None:
        """Raise `BotError` if the bot is dead."""
        if self.gone.is_set() and not self._stopping:
            code = self._exit.result() if self._exit and self._exit.done() else None
            raise BotError(self._log.last_words(f"the bot died with exit code {code}"))

    async def __aenter__(self) -> Self:
        output, bots_end = os.pipe()
        try:
            self.pid, self._exit = await self._spawn(bots_end)
        finally:
            os.close(bots_end)
        self._reader = asyncio.create_task(self._read(output, self._exit))
        try:
            await self._healthy()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def _spawn(self, output: int) -> tuple[int, asyncio.Future[int]]:
        if self._host is not None:
            return await self._host.start(
                self._script, environment(self._settings, self.port), output, self._ahead_seconds
            )
        launcher = ("-m", pinned_clock.__name__, str(self._ahead_seconds)) if self._ahead_seconds else ()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *launcher,
            str(self._script),
            cwd=ROOT,
            env=environment(self._settings, self.port),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=partial(end_with, os.getpid()),
        )
        return process.pid, asyncio.ensure_future(process.wait())

    async def _healthy(self) -> None:
        timeout = aiohttp.ClientTimeout(total=1.0)
        try:
            async with asyncio.timeout(self._start_seconds), aiohttp.ClientSession() as http:
                while not self.gone.is_set():
                    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                        async with http.get(self.url + "/health", timeout=timeout) as answer:
                            if answer.status == 200:
                                return
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.gone.wait(), POLL_SECONDS)
        except TimeoutError:
            message = f"the bot was not healthy within {self._start_seconds:.0f} s"
            raise BotError(self._log.last_words(message)) from None
        self.check()

    async def _read(self, output: int, exit_code: asyncio.Future[int]) -> None:
        lines = asyncio.StreamReader(limit=LONGEST_LINE_BYTES)
        protocol = asyncio.StreamReaderProtocol(lines)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(output, "rb"))
        try:
            with self._log.open() as file:
                async for raw in lines:
                    self._log.add(raw.decode(errors="replace").rstrip("\n"), file)
        finally:
            transport.close()
        await asyncio.shield(exit_code)
        self.gone.set()

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.strike()
        await self.gone.wait()

    def strike(self) -> None:
        """SIGKILL now; the process does nothing more."""
        self._stopping = True
        self._signal(signal.SIGKILL)

    def tell(self, number: signal.Signals) -> None:
        """Sends a signal that tells the process to end."""
        self._stopping = True
        self._signal(number)

    async def terminate(self, seconds: float, number: signal.Signals = signal.SIGTERM) -> int:
        """SIGTERM, and its exit code once it is gone; raises TimeoutError if it takes longer."""
        self.tell(number)
        if self._exit is None:
            raise RuntimeError("it was not started")
        return await asyncio.wait_for(asyncio.shield(self._exit), seconds)

    def log(self) -> str:
        """Everything the bot has logged."""
        return self._log.text()

    async def _stop(self) -> None:
        self._stopping = True
        if self._exit is not None:
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(asyncio.shield(self._exit), STOP_SECONDS)
            except TimeoutError:
                self._signal(signal.SIGKILL)
                await self._exit
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=STOP_SECONDS)
            self._reader.cancel()

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None and self._exit is not None and not self._exit.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
