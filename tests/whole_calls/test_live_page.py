"""The page of a call while it goes on: the picture of the states moves with it."""

import asyncio
import re
from itertools import groupby
from pathlib import Path

import aiohttp
import pytest

from simulator.calls.run import conduct, records_arrive
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker
from simulator.virtual_time import process
from simulator.virtual_time.process import Job
from tests.support.html_page import HtmlPage

pytestmark = pytest.mark.slow

TOKEN = "operators-token-of-the-tests"
LOOK_SECONDS = 0.5
_HERE = re.compile(r'<rect class="been here".*?/>\s*<text[^>]*>([a-z ]+?) *[(<]', re.DOTALL)


async def watched(name: str, folder: Path, lines: Path) -> tuple[list[str], list[str], str]:
    """One call; a job. Where its page said that it was, each time; the states of its log; its page at last."""
    scenario = load(name)
    world = World(
        folder,
        settings=scenario.settings | {"OPERATOR_TOKEN": TOKEN},
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        make_bot=BotInProcess,
    )
    async with world:
        seen: list[str] = []
        placing = asyncio.create_task(conduct(world, scenario, scenario.case(""), ""))
        async with aiohttp.ClientSession(world.bot.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            async with http.post("/calls/login", data={"token": TOKEN}) as answer:
                assert answer.status == 200
            while not placing.done():
                async with http.get("/calls") as answer:
                    links = re.findall(r"/calls/CA[0-9a-f]{32}", await answer.text())
                if links:
                    async with http.get(links[0]) as answer:
                        page = await answer.text()
                    assert HtmlPage(page).wrong() == []
                    seen += _HERE.findall(page)
                await asyncio.sleep(LOOK_SECONDS)
            placed = await placing
            await records_arrive(world, placed, None)
            async with http.get(f"/calls/{placed.call.sid}") as answer:
                return seen, placed.states, await answer.text()


def test_the_picture_moves_while_the_call_goes_on(tmp_path: Path) -> None:
    """It is in one state at a time, in the order in which the call went; once it is over it is in none."""
    job = Job(watched, load("booking").starts_at, 0, ("booking", tmp_path, fixed_lines.kept(PACE)))
    seen, states, last = process.run(job).result
    shown = [state for state, _ in groupby(seen)]
    went = [state.replace("_", " ") for state in states]
    assert len(shown) > 4
    rest = iter(went)
    assert all(state in rest for state in shown), (shown, went)
    assert _HERE.findall(last) == []
    assert 'class="been"' in last
