"""`python -m simulator.talk`: a page to talk to the bot, served by Pipecat's development runner.

Whatever of the outside has its keys in .env or in the environment is itself, the rest stands in; the page and the
terminal say which. All other arguments are the runner's. Exit code 0: it was told to end. 2: the settings cannot be
read, or are wrong. Another one is the server's: it could not start.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import logs

logs.setup_logging()

from loguru import logger as loguru  # noqa: E402
from pipecat.runner.types import RunnerArguments, SmallWebRTCRunnerArguments  # noqa: E402
from starlette.applications import Starlette  # noqa: E402

from call.business import Business  # noqa: E402
from config import ConfigError, load_some, take_in  # noqa: E402
from simulator.calls.screen import Screen  # noqa: E402
from simulator.rig.bot_host import ROOT  # noqa: E402
from simulator.rig.bot_under_test import BotError  # noqa: E402
from simulator.rig.world import World  # noqa: E402
from simulator.talk.page import page  # noqa: E402
from simulator.talk.talk import Talk  # noqa: E402
from simulator.talk.vendors import DEEPGRAM, Cast  # noqa: E402

UNUSABLE = 2
PORT = 7860  # The runner's own.
LIMIT_SECONDS = 1800.0  # Twice the limit of the bot's own: people type slowly.
RUNNER = "pipecat.runner.run"


async def bot(runner_args: RunnerArguments) -> None:
    """What Pipecat's runner calls for each page that connects.

    Raises:
        TypeError: it came another way than over WebRTC.
    """
    from pipecat.runner.run import app

    if not isinstance(runner_args, SmallWebRTCRunnerArguments):
        raise TypeError("a talk is over WebRTC")
    talk: Talk = app.state.talk
    await talk.call(runner_args.webrtc_connection)


@asynccontextmanager
async def opened(cast: Cast, screen: Screen, now: datetime | None) -> AsyncIterator[Talk]:
    """The bot and whatever stands in, while the page is served; it is `now` for them, or what it is."""
    logs.set_level("WARNING")  # The terminal shows the call.
    loguru.enable(RUNNER)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.getLogger("pipecat.transports.smallwebrtc").setLevel(logging.ERROR)  # It misses pictures, and goodbyes.
    with TemporaryDirectory(prefix="talk-") as folder:
        try:
            async with World(
                Path(folder), settings=cast.settings(), call_limit_seconds=LIMIT_SECONDS, now=now
            ) as world:
                talk = Talk(world, screen, by_recordings=cast.stands_in(DEEPGRAM))
                screen.say("\n".join(("", *cast.lines(), f"The calls as an operator sees them: {world.bot.url}/calls")))
                with hanging_up(talk):
                    yield talk
        except BotError as error:
            screen.error(str(error))
            raise


@contextmanager
def hanging_up(talk: Talk) -> Iterator[None]:
    """A signal that ends the server ends the calls as well, which it would wait for."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def told(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(talk.hang_up)
        if callable(server := before[signal.Signals(number)]):
            server(number, frame)

    for number in before:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number, server in before.items():
            signal.signal(number, server)


def moment(text: str) -> datetime:
    """Of a command line; without an offset it is of this machine's zone.

    Raises:
        ValueError: it is none.
    """
    return datetime.fromisoformat(text).astimezone()


def main() -> int:
    """Serves until it is told to end."""
    ours = argparse.ArgumentParser(add_help=False)
    ours.add_argument("--env", type=Path, default=ROOT / ".env", metavar="FILE", help="the settings (default: .env)")
    ours.add_argument(
        "--at", type=moment, metavar="TIME", help="when the talk begins, as 2026-07-14T10:00-05:00 (default: now)"
    )
    ahead = argparse.ArgumentParser("python -m simulator.talk", add_help=False, parents=[ours])
    ahead.add_argument("--port", type=int, default=PORT)
    options, _ = ahead.parse_known_args()
    screen, environ = Screen(), dict(os.environ)
    try:
        take_in(environ, options.env)
        cast = Cast(environ)
        load_some(cast.settings(), cast.settings())
    except ConfigError as error:
        screen.error(str(error))
        return UNUSABLE

    # It reads .env over the environment when it is imported: behind our own reading.
    from fastapi.responses import HTMLResponse
    from pipecat.runner import run

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened(cast, screen, options.at) as app.state.talk:
            yield

    @run.app.get("/", response_class=HTMLResponse)
    async def front() -> str:
        name = environ.get("BUSINESS_NAME", "").strip() or Business().name
        return page(name, cast.lines(), run.app.state.talk.known)

    run.app.router.lifespan_context = lifespan
    loguru.disable(RUNNER)  # It misses its prebuilt page (page.py).
    # What other pages ask in a browser is not answered: a call may cost something.
    sys.argv[1:1] = ["--transport", "webrtc", "--allowed-origins", f"http://localhost:{options.port}"]
    run.main(argparse.ArgumentParser(prog="python -m simulator.talk", parents=[ours]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
