"""A process is killed (SIGKILL) while it texts the owner about a gas leak: the next one finds out, and one arrives."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.messenger import CLAIM_SECONDS
from simulator.calls.run import conduct
from simulator.drills.chaos_cells import CALLERS
from simulator.faults import Faults
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_process import BotProcess
from simulator.rig.machines import UNHURRIED
from simulator.rig.pinned_clock import PinnedClock
from simulator.rig.world import World, render
from simulator.scenarios.scenario import FaultCase, load
from simulator.sound.audio import Speaker
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls
from tests.support.twilio_client import until

pytestmark = pytest.mark.calls

PACE = 1.8  # Nobody listens.
LOG = {"hang": "Twilio has it", "hang_body": "it had been sent before"}
"""How Twilio broke when the process was killed, and what the next one says: the text had not gone out, or it had."""


@dataclass(frozen=True)
class Texted:
    """What the owner's phone got before the kill, and in the end."""

    before: list[str]
    got: list[str]


@side_by_side.placed
async def place(folder: Path) -> dict[str, Texted]:
    """A call for each way, killed when Twilio has been asked for the text."""
    speaker = Speaker(PACE)
    async with BotHost() as host:
        (folder / "rendering").mkdir()
        rendered = await render(folder / "rendering", speaker, host)

        async def one(mode: str) -> Texted:
            (folder / mode).mkdir()
            faults = Faults()
            faults.set("messages", mode)
            caller = load("smells_gas", CALLERS)
            async with World[BotProcess](
                folder / mode,
                settings=UNHURRIED | caller.settings,
                faults=faults,
                speaker=speaker,
                host=host,
                rendered=rendered,
            ) as world:
                await conduct(world, caller, FaultCase(), f"messages:{mode}")
                await until(lambda: any(hit.part == "messages" for hit in faults.hits))
                await world.bot.kill()
                before = [message.body for message in world.twilio.messages.delivered]
                faults.set("messages", None)
                world.clock = PinnedClock(2 * CLAIM_SECONDS)
                await world.next_bot()
                await until(lambda: LOG[mode] in world.bot.log())
                return Texted(before, [message.body for message in world.twilio.messages.delivered])

        return dict(zip(LOG, await asyncio.gather(*map(one, LOG)), strict=True))


@pytest.mark.parametrize("mode", LOG)
def test_a_process_that_is_killed_while_it_texts(few_calls: FewCalls, mode: str) -> None:
    """Whether or not the text had gone out by then, the owner's phone gets one, about that danger."""
    texted: Texted = few_calls[place][mode]
    assert len(texted.before) == (mode == "hang_body")
    (text,) = texted.got
    assert "EMERGENCY" in text
    assert "+15125550138" in text
