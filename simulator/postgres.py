"""A Postgres of one's own on loopback, in a temporary folder, for as long as a block lasts.

Uses Debian's `postgresql`; initdb refuses root, so that as root everything runs as the user postgres. Without fsync: it
has to be quick, and the machine does not lose power. Leaves out everything that a real installation needs.
"""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

USER = "postgres"
START_SECONDS = 20.0
POLL_SECONDS = 0.05


class NoPostgresError(Exception):
    """Raised when there is no Postgres that can be started; the message says what is missing."""


def program(name: str) -> str:
    """The path of one of Postgres's programs.

    Raises:
        NoPostgresError: it is not installed.
    """
    found = shutil.which(name) or next(iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))), None)
    if found is None:
        raise NoPostgresError(f"there is no {name}: install Debian's postgresql (make postgres)")
    return found


class Postgres:
    """Use as an async context manager; `url` is for DATABASE_URL."""

    def __init__(self) -> None:
        self.url = ""
        self._folder = ""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        initdb, postgres = program("initdb"), program("postgres")
        if os.geteuid() == 0:
            try:
                pwd.getpwnam(USER)
            except KeyError:
                raise NoPostgresError(f"there is no user {USER}: install Debian's postgresql (make postgres)") from None
        self._folder = tempfile.mkdtemp(prefix="postgres-")
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER)
        data = f"{self._folder}/data"
        await self._run(initdb, "-D", data, "-U", "agent", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        listen = ("-c", "listen_addresses=127.0.0.1", "-k", self._folder, "-p", str(port))
        quick = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
        self._process = await self._start(postgres, "-D", data, *listen, *quick)
        try:
            await self._answers(port)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self.url = f"postgresql://agent@127.0.0.1:{port}/postgres"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)  # Postgres: fast shutdown.
            try:
                await asyncio.wait_for(self._process.wait(), START_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _answers(self, port: int) -> None:
        async with asyncio.timeout(START_SECONDS):
            while self._process is not None and self._process.returncode is None:
                if await self._code(program("pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-q") == 0:
                    return
                await asyncio.sleep(POLL_SECONDS)
        raise NoPostgresError("postgres ended at its start")

    async def _start(self, *command: str) -> asyncio.subprocess.Process:
        """As the user postgres if this is root."""
        user = USER if os.geteuid() == 0 else None
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )

    async def _code(self, *command: str) -> int:
        process = await self._start(*command)
        return await process.wait()

    async def _run(self, *command: str) -> None:
        if code := await self._code(*command):
            raise NoPostgresError(f"{command[0]} ended with exit code {code}")
