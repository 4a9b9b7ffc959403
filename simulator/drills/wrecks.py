"""What all calls share, broken for as long as a block lasts: a bot's store, its machine, its entrance.

Guarantees that what is broken is what would break in production: Postgres's own processes are stopped or gone, its
tables and SQLite's file are locked by another connection, writes of the bot's process to files fail. A disk that is
full needs a disk of its own, and so root; here the process alone may write no byte more to any file, journal and
SQLite alike (RLIMIT_FSIZE: EFBIG in place of ENOSPC). Leaves out which call meets it (chaos_shared.py).
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from typing import Final

from simulator.rig.locked import locked
from simulator.rig.postgres import Postgres
from simulator.rig.world import World


@dataclass(frozen=True)
class Stage:
    """A bot in its world, and its Postgres if it has one."""

    world: World
    postgres: Postgres | None = None

    @property
    def pid(self) -> int:
        """The bot's process."""
        if self.world.bot.pid is None:
            raise RuntimeError("the bot is not running")
        return self.world.bot.pid


Wreck = Callable[[Stage], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def hang(stage: Stage) -> AsyncIterator[None]:
    """Postgres is stopped: it takes what it is asked, and answers nothing."""
    async with _in_thread(_postgres(stage).hanging()):
        yield


@asynccontextmanager
async def refuse(stage: Stage) -> AsyncIterator[None]:
    """Postgres is not there."""
    async with _in_thread(_postgres(stage).refusing()):
        yield


@asynccontextmanager
async def restart(stage: Stage) -> AsyncIterator[None]:
    """Postgres dies and is started again at once."""
    postgres = _postgres(stage)
    await asyncio.to_thread(postgres.stop)
    starting = asyncio.create_task(asyncio.to_thread(postgres.start))
    try:
        yield
    finally:
        await starting


@asynccontextmanager
async def lock(stage: Stage) -> AsyncIterator[None]:
    """Somebody else holds every table, or the files."""
    async with _in_thread(stage.postgres.locked() if stage.postgres else _files_locked(stage)):
        yield


@asynccontextmanager
async def full(stage: Stage) -> AsyncIterator[None]:
    """No file of the process grows, and none is written anew."""
    soft, hard = resource.prlimit(stage.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(stage.pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(stage.pid, resource.RLIMIT_FSIZE, (soft, hard))


def away(stage: Stage) -> AbstractAsyncContextManager[None]:
    """It is not there: for an outage that the bot's process does not outlive."""
    return refuse(stage) if stage.postgres else lock(stage)


WRECKS: Final[Mapping[str, Mapping[str, Wreck]]] = {
    "database": {
        "hang": hang,
        "refuse": refuse,
        "locked": lock,
        "full": full,
        "restart": restart,
        "away_at_the_end": away,
    },
}
"""Part -> mode -> what breaks it."""


def _postgres(stage: Stage) -> Postgres:
    if stage.postgres is None:
        raise ValueError("this needs a Postgres")
    return stage.postgres


@contextmanager
def _files_locked(stage: Stage) -> Iterator[None]:
    with ExitStack() as holding:
        for database in sorted(stage.world.data.glob("*.db")):
            holding.enter_context(locked(database))
        yield


@asynccontextmanager
async def _in_thread(blocking: AbstractContextManager[None]) -> AsyncIterator[None]:
    """Begins and ends beside the loop, on which calls are running."""
    await asyncio.to_thread(blocking.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(blocking.__exit__, None, None, None)
