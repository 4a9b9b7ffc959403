"""A Postgres of one's own on loopback, in a temporary folder, for as long as a block lasts.

Uses Debian's `postgresql`; initdb refuses root, so that as root everything runs as the user postgres. Without fsync: it
has to be quick, and the machine does not lose power. Leaves out everything that a real installation needs.
"""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from simulator.rig.bot_process import free_port

USER = "postgres"
START_SECONDS = "120"  # Ends the wait for one that does not come up.
_TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


class NoPostgresError(Exception):
    """Raised when there is no Postgres that can be started; the message says what is missing."""


def program(name: str) -> str:
    """The path of one of Postgres's programs.

    Raises:
        NoPostgresError: it is not installed, or there is nobody who may run it.
    """
    found = shutil.which(name) or next(iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))), None)
    if found is None:
        raise NoPostgresError(f"there is no {name}: install Debian's postgresql (make postgres)")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            message = f"there is no user {USER}, and {name} refuses root: install Debian's postgresql (make postgres)"
            raise NoPostgresError(message) from None
    return found


def there_is_postgres() -> bool:
    """Whether one can be started here."""
    try:
        program("initdb")
    except NoPostgresError:
        return False
    return True


@contextlib.asynccontextmanager
async def own_postgres() -> "AsyncIterator[Postgres]":
    """One whose start and end nobody on the loop waits for; raises as it does."""
    postgres = Postgres()
    await asyncio.to_thread(postgres.__enter__)
    try:
        yield postgres
    finally:
        await asyncio.to_thread(postgres.__exit__, None, None, None)


class Postgres:
    """Use as a context manager; `url` is for DATABASE_URL."""

    def __init__(self) -> None:
        self.url = ""
        self._folder = self._options = ""
        self._databases = 0

    def __enter__(self) -> Self:
        """Takes about a second.

        Raises:
            NoPostgresError: there is none that can be started.
        """
        initdb, control = program("initdb"), program("pg_ctl")
        self._folder = tempfile.mkdtemp(prefix="postgres-")
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER)
        port = free_port()
        quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._options = f"-c listen_addresses=127.0.0.1 -k {self._folder} -p {port} {quick}"
        try:
            self._run(initdb, "-D", self._data, "-U", "agent", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale")
            self._start(control)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.url = f"postgresql://agent@127.0.0.1:{port}/postgres"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(NoPostgresError):  # It did not start.
            self._run(program("pg_ctl"), "-D", self._data, "-w", "-m", "fast", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """For the length of a block it is not there: what was open is gone, and nobody is let in."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def stop(self) -> None:
        """It is gone at once, and with it what was open; `start` brings it back."""
        self._run(program("pg_ctl"), "-D", self._data, "-w", "-m", "immediate", "stop")

    def start(self) -> None:
        """After a `stop`."""
        self._start(program("pg_ctl"))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """For the length of a block somebody else holds every table, to read and to write."""
        with psycopg.connect(self.url) as holder:
            tables = holder.execute(_TABLES).fetchall()
            names = sql.SQL(", ").join(sql.Identifier(schema, table) for schema, table in tables)
            holder.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
            yield
            holder.rollback()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """For the length of a block no process of it does anything: what is asked is taken, and never answered."""
        processes = self._processes()
        try:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):  # It served a connection that was closed just now.
                    os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in reversed(processes):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """The first of all, then those that it has started."""
        first = int(Path(self._data, "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def _start(self, control: str) -> None:
        self._run(control, "-D", self._data, "-w", "-t", START_SECONDS, "-o", self._options, "start")

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def new_database(self) -> str:
        """The address of another database, empty."""
        self._databases += 1
        name = f"agent{self._databases}"
        self._run(program("psql"), "-q", self.url, "-c", f"CREATE DATABASE {name}")
        return f"{self.url.rpartition('/')[0]}/{name}"

    def _as_user(self) -> dict[str, Any]:
        """As the user postgres if this is root."""
        root = os.geteuid() == 0
        who = {"user": USER, "group": USER, "extra_groups": []} if root else {}
        return {"cwd": self._folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}

    def _run(self, *command: str) -> None:
        ended = subprocess.run(command, check=False, **self._as_user())
        if ended.returncode:
            raise NoPostgresError(f"{command[0]} ended with exit code {ended.returncode}")
