"""A process is killed (SIGKILL) while it texts the owner about a gas leak, or a caller what was promised: the next one
finds out, and one arrives.
"""

import asyncio
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from server.messenger import CLAIM_SECONDS
from simulator.calls.run import conduct
from simulator.drills.chaos_cells import CALLERS
from simulator.faults import Faults
from simulator.phone.twilio_messages import TextMessage
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
TEXTED = {
    "smells_gas": ("+15125550177", ("EMERGENCY", "+15125550138")),
    "is_texted": ("+15125550139", ("call you back", "STOP")),
}
"""Who calls, who is texted, and what."""


@dataclass(frozen=True)
class Texted:
    """What phones got before the kill, and in the end."""

    before: list[TextMessage]
    got: list[TextMessage]


@side_by_side.placed
async def place(folder: Path) -> dict[tuple[str, str], Texted]:
    """A call for each way, killed when Twilio has been asked for the text."""
    speaker = Speaker(PACE)
    async with BotHost() as host:
        (folder / "rendering").mkdir()
        rendered = await render(folder / "rendering", speaker, host)

        async def one(name: str, mode: str) -> Texted:
            place = folder / f"{name}-{mode}"
            place.mkdir()
            faults = Faults()
            faults.set("messages", mode)
            caller = load(name, CALLERS)
            async with World[BotProcess](
                place,
                settings=UNHURRIED | caller.settings,
                faults=faults,
                speaker=speaker,
                host=host,
                rendered=rendered,
                now=caller.starts_at,  # By day: at night no caller is texted.
            ) as world:
                await conduct(world, caller, FaultCase(), f"messages:{mode}")
                await until(lambda: any(hit.part == "messages" for hit in faults.hits))
                await world.bot.kill()
                before = [*world.twilio.messages.delivered]
                faults.set("messages", None)
                world.clock = PinnedClock(world.clock.ahead_seconds + 2 * CLAIM_SECONDS)
                await world.next_bot()
                await until(lambda: LOG[mode] in world.bot.log())
                return Texted(before, [*world.twilio.messages.delivered])

        ways = [*product(TEXTED, LOG)]
        return dict(zip(ways, await asyncio.gather(*(one(*way) for way in ways)), strict=True))


@pytest.mark.parametrize("mode", LOG)
@pytest.mark.parametrize("name", TEXTED)
def test_a_process_that_is_killed_while_it_texts(few_calls: FewCalls, name: str, mode: str) -> None:
    """Whether or not the text had gone out by then, the phone gets one, about that call."""
    texted: Texted = few_calls[place][name, mode]
    recipient, words = TEXTED[name]
    assert len(texted.before) == (mode == "hang_body")
    (text,) = texted.got
    assert text.recipient == recipient
    assert all(part in text.body for part in words)
