"""Starts bots quickly: a process that has already imported what `bot.py` imports, and forks for each one.

Guarantees that a forked bot is `bot.py` run as a script, with exactly the environment and the output it was given.
Only the imports are saved (a second and a half each); for one bot alone BotProcess starts its own interpreter.
"""

import asyncio
import contextlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulator.rig.lifeline import end_with
from simulator.rig.pinned_clock import shift

ROOT = Path(__file__).resolve().parent.parent.parent
MAX_REQUEST_BYTES = 1 << 16
STOP_SECONDS = 60.0


class BotHost:
    """Use as an async context manager."""

    def __init__(self) -> None:
        self._requests: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._exits: dict[int, asyncio.Future[int]] = {}
        self._started: asyncio.Queue[int] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        ours, theirs = socket.socketpair()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __spec__.name,
            str(theirs.fileno()),
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=partial(end_with, os.getpid()),
        )
        theirs.close()
        self._requests = ours
        reader, self._writer = await asyncio.open_connection(sock=ours.dup())
        self._reader = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._requests is not None:
            self._requests.shutdown(socket.SHUT_RDWR)
            self._requests.close()
        if self._writer is not None:
            self._writer.close()
        if self._process is not None:
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        self._end_orphans()

    def _end_orphans(self) -> None:
        """A bot that outlived its host is ended, and whoever waits for it is told: nobody else can any more."""
        for pid, exit_code in self._exits.items():
            if not exit_code.done():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                exit_code.set_result(-signal.SIGKILL)

    async def start(
        self, script: Path, environment: Mapping[str, str], output: int, ahead_seconds: float = 0.0
    ) -> tuple[int, asyncio.Future[int]]:
        """Runs `script` with nothing but this environment, its wall clock `ahead_seconds` ahead of ours.

        `output` is the descriptor of its stdout and stderr.

        Returns:
            The process id, and a future of its exit code (negative: the signal that ended it).

        Raises:
            ConnectionError: the host is gone.
        """
        if self._requests is None:
            raise ConnectionError("the host is not running")
        wanted = {"script": str(script), "environment": dict(environment), "ahead_seconds": ahead_seconds}
        request = json.dumps(wanted).encode()
        async with self._one_at_a_time:
            socket.send_fds(self._requests, [request], [output])
            pid = await self._started.get()
        if not pid:
            raise ConnectionError("the host of the bots is gone")
        return pid, self._exits[pid]

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            async for line in reader:
                message = json.loads(line)
                pid = message["pid"]
                if "code" in message:
                    self._exits[pid].set_result(message["code"])
                else:
                    self._exits[pid] = asyncio.get_running_loop().create_future()
                    self._started.put_nowait(pid)
        finally:
            self._started.put_nowait(0)


def _serve(descriptor: int) -> dict[str, Any] | None:
    """Forks a process for each request, until the other end is closed; returns the request in each child."""
    requests = socket.socket(fileno=descriptor)
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno())
    while True:
        readable, _, _ = select.select([requests, wake], [], [])
        if wake in readable:
            wake.recv(4096)
            _report_exits(requests)
        if requests not in readable:
            continue
        data, descriptors, _, _ = socket.recv_fds(requests, MAX_REQUEST_BYTES, 1)
        if not data:
            return None
        host = os.getpid()
        pid = os.fork()
        if pid == 0:
            end_with(host)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (wake, woken, requests):
                end.close()
            for standard in (1, 2):
                os.dup2(descriptors[0], standard)
            os.close(descriptors[0])
            request: dict[str, Any] = json.loads(data)
            return request
        os.close(descriptors[0])
        requests.sendall(json.dumps({"pid": pid}).encode() + b"\n")


def _report_exits(requests: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        code = os.waitstatus_to_exitcode(status)
        requests.sendall(json.dumps({"pid": pid, "code": code}).encode() + b"\n")


def _main() -> None:
    from server import (
        pipeline,  # noqa: F401 - all that a call needs
        settling,
        shared_parts,  # noqa: F401
    )

    settling.import_ahead()

    request = _serve(int(sys.argv[1]))
    if request is None:
        return
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["script"]]
    shift(request["ahead_seconds"])
    runpy.run_path(request["script"], run_name="__main__")


if __name__ == "__main__":
    _main()
