"""The pages about calls that were just placed on virtual time, as the service itself answers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from simulator.calls.batch import SEED
from simulator.calls.run import conduct, records_arrive
from simulator.faults import Faults
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker
from simulator.virtual_time import clock, process
from simulator.virtual_time.process import Job

TOKEN: Final = "operators-token-of-the-tests"
BETWEEN_SECONDS: Final = 2100.0  # From one call to the next: long enough that none goes on from the one before.


@dataclass(frozen=True)
class Pages:
    """The list, and the page of each call in the order in which they were placed, as HTML."""

    calls: str
    each: tuple[str, ...]


def pages_of(placed: Sequence[tuple[str, str]], folder: Path, pace: float = PACE) -> Pages:
    """Calls of these scenarios to one service, each with what is broken during it."""
    starts_at = load(placed[0][0]).starts_at
    job = Job(_pages, starts_at, SEED, (tuple(placed), folder, fixed_lines.kept(pace), pace))
    return process.run(job).result


async def _pages(placed: Sequence[tuple[str, str]], folder: Path, lines: Path, pace: float) -> Pages:
    settings = {"OPERATOR_TOKEN": TOKEN}
    for name, faults in placed:
        settings |= load(name).settings | load(name).case(faults).settings
    world = World(
        folder, settings=settings, speaker=Speaker(pace), rendered=fixed_lines.load(lines), make_bot=BotInProcess
    )
    async with world:
        addresses = [await _placed(world, name, faults, pace) for name, faults in placed]
        async with aiohttp.ClientSession(world.bot.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            async with http.post("/calls/login", data={"token": TOKEN}) as answer:
                assert answer.status == 200
            return Pages(await _read(http, "/calls"), tuple([await _read(http, address) for address in addresses]))


async def _placed(world: World[BotInProcess], name: str, faults: str, pace: float) -> str:
    """The address of the page of a call that is over, and whose record is where it can be."""
    scenario = load(name)
    specs = ",".join(filter(None, (scenario.faults, faults)))
    for part, (mode, count) in Faults.parse(specs).parts().items():
        world.faults.set(part, mode, count)
    call = await conduct(world, scenario, scenario.case(faults), faults, pace=pace)
    await records_arrive(world, call)
    for part in Faults.parse(specs).parts():
        world.faults.set(part, None)
    clock.CLOCK.jump(BETWEEN_SECONDS)
    return f"/calls/{call.call.sid}"


async def _read(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as answer:
        assert answer.status == 200
        return await answer.text()
