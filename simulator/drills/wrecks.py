"""What all calls share, broken for as long as a block lasts: a bot's store, its machine, its entrance.

Guarantees that what is broken is what would break in production: Postgres's own processes are stopped or gone, its
tables and SQLite's file are locked by another connection, writes of the bot's process to files fail. A disk that is
full needs a disk of its own, and so root; here the process alone may write no byte more to any file, journal and
SQLite alike (RLIMIT_FSIZE: EFBIG in place of ENOSPC). Leaves out which call meets it (chaos_shared.py).
"""

import asyncio
import resource
import sys
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

from simulator.drills.entrance import flood, replay, slowloris
from simulator.rig.bot_host import ROOT
from simulator.rig.cut_line import CutLine
from simulator.rig.locked import locked
from simulator.rig.postgres import Postgres
from simulator.rig.starvation import starved
from simulator.rig.world import AUTH_TOKEN, World

POLL_SECONDS: Final = 0.05
SILENT_CONNECTIONS: Final = 2000
BOTS_FILES: Final = 1536
ENDS_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Stage:
    """A bot in its world, and its Postgres if it has one.

    Attributes:
        number: Whose call it is about.
        line: Between the bot and its Postgres.
    """

    world: World
    number: str
    postgres: Postgres | None = None
    line: CutLine | None = None

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


@asynccontextmanager
async def starve(stage: Stage) -> AsyncIterator[None]:
    """Busy loops leave the process a quarter of its core."""
    async with starved(stage.pid):
        yield


@asynccontextmanager
async def cut_off(stage: Stage) -> AsyncIterator[None]:
    """Nothing passes between this machine and Postgres; another one, beside it, has its own line."""
    if stage.line is None:
        raise ValueError("this needs a line to Postgres")
    async with stage.line.cut():
        yield


@asynccontextmanager
async def flooded(stage: Stage) -> AsyncIterator[None]:
    """A hundred webhooks a second that nobody signed, with the largest form."""
    async with _from_outside("flood", stage.world.bot.url):
        yield


@asynccontextmanager
async def held(stage: Stage) -> AsyncIterator[None]:
    """Two thousand connections that say nothing."""
    # Fewer than there are connections, and enough for the ceiling that the bot keeps.
    _, hard = resource.prlimit(stage.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(stage.pid, resource.RLIMIT_NOFILE, (min(BOTS_FILES, hard), hard))
    async with _from_outside("slowloris", stage.world.bot.url):
        yield


@asynccontextmanager
async def replayed(stage: Stage) -> AsyncIterator[None]:
    """The call's own webhooks come again and again, with a stream for every token that is answered."""

    async def once_it_rings() -> None:
        calls = stage.world.twilio.calls
        while not (found := [call for call in calls.values() if call.from_ == stage.number]):
            await asyncio.sleep(POLL_SECONDS)
        fields = {"CallSid": found[0].sid, "From": found[0].from_, "To": found[0].to}
        async with replay(stage.world.bot.url, fields, AUTH_TOKEN):
            await asyncio.get_running_loop().create_future()

    replaying = asyncio.create_task(once_it_rings())
    try:
        yield
    finally:
        replaying.cancel()
        await asyncio.gather(replaying, return_exceptions=True)


WRECKS: Final[Mapping[str, Mapping[str, Wreck]]] = {
    "database": {
        "hang": hang,
        "refuse": refuse,
        "locked": lock,
        "full": full,
        "restart": restart,
        "away_at_the_end": away,
    },
    "machine": {"starved": starve, "cut_off": cut_off},
    "entrance": {"flood": flooded, "slowloris": held, "replay": replayed},
}
"""Part -> mode -> what breaks it."""


@asynccontextmanager
async def _from_outside(what: str, url: str) -> AsyncIterator[None]:
    """From a process of its own: who opens thousands of connections has no time to be a telephone. It ends with us."""
    pipe = asyncio.subprocess.PIPE
    stranger = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, what, url, stdin=pipe, stdout=pipe, cwd=ROOT
    )
    try:
        if stranger.stdin is None or stranger.stdout is None or not await stranger.stdout.readline():
            raise RuntimeError(f"{what} did not begin")
        yield
        stranger.stdin.close()
        async with asyncio.timeout(ENDS_SECONDS):
            await stranger.wait()
    finally:
        if stranger.returncode is None:
            stranger.kill()
            await stranger.wait()


async def _stranger(what: str, url: str) -> None:
    """Begins, says so, and goes on until nobody holds the other end of its stdin."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2 * SILENT_CONNECTIONS), hard), hard))
    async with flood(url) if what == "flood" else slowloris(url, SILENT_CONNECTIONS):
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


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


if __name__ == "__main__":
    asyncio.run(_stranger(*sys.argv[1:]))
