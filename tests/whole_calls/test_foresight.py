"""Whole calls whose recogniser says early that a turn may be over: what is heard and done is the same as without."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.calls.run import conduct, settle
from simulator.faults import Faults
from simulator.jitter import Jitter
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import Scenario, load
from simulator.sound.audio import Speaker
from simulator.virtual_time import process
from simulator.virtual_time.process import Job

pytestmark = pytest.mark.slow

NEVER, USUAL, HASTY = 2.0, 0.5, 0.2  # Of the silence that ends a turn
SHORT_PAUSE_MS = 200  # It ends no turn, and may end one.


@dataclass(frozen=True)
class Placed:
    """What a call was: `heard` are the lines of both sides, `asked` what was asked of model and voices."""

    failures: list[str]
    heard: list[tuple[str, str]]
    tools: list[str]
    asked: list[tuple[str, str]]
    waited_ms: float


async def place(scenario: Scenario, share: float, folder: Path, lines: Path) -> Placed:
    """One call; a job."""
    world = World(
        folder,
        settings=scenario.settings,
        faults=Faults.parse(scenario.faults),
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        delays=VendorDelays(jitter=Jitter(0), eager_share=share),
        make_bot=BotInProcess,
    )
    async with world:
        placed = await conduct(world, scenario, scenario.case(""), "", lambda _: None)
        verdict = await settle(world, placed, folder)
        timeline = placed.call.timeline
        said = [*timeline.of("caller", "says"), *timeline.of("bot", "said")]
        heard = [(event.who, event.text) for event in said]
        asked = [(r.part, r.text) for r in world.vendors.requests if r.part in ("openai", "inworld", "aura")]
        return Placed(list(verdict.failures), heard, list(verdict.tools), asked, sum(verdict.response_ms))


@pytest.mark.parametrize("name", ["hesitant_caller", "chatty_caller", "corrects_time_at_read_back"])
def test_what_is_foreseen_changes_when_and_never_what(name: str, tmp_path: Path) -> None:
    """The same words, tools and ending; nothing more is asked of the vendors but where the caller went on."""
    scenario = load(name)
    manner = scenario.persona.manner.model_copy(update={"pause_ms": SHORT_PAUSE_MS})
    scenario = scenario.model_copy(update={"persona": scenario.persona.model_copy(update={"manner": manner})})
    found = {}
    for share in (NEVER, USUAL, HASTY):
        folder = tmp_path / str(share)
        folder.mkdir()
        job = Job(place, scenario.starts_at, 0, (scenario, share, folder, fixed_lines.kept(PACE)))
        found[share] = process.run(job).result
    without, usual, hasty = found[NEVER], found[USUAL], found[HASTY]
    assert without.failures == usual.failures == hasty.failures == []
    assert without.heard == usual.heard == hasty.heard
    assert without.tools == usual.tools == hasty.tools
    for foreseen in (usual, hasty):
        assert {*without.asked} <= {*foreseen.asked}
        assert len(foreseen.asked) >= len(without.asked)
        assert foreseen.waited_ms < without.waited_ms
