"""A whole call with LOG_FORMAT=json: its events can be filtered for, and no field has what no line may have."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from call import events, service_events
from call.event import Event
from simulator.calls.run import conduct, records_arrive
from simulator.faults import Faults
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker
from simulator.virtual_time import process
from simulator.virtual_time.process import Job

pytestmark = pytest.mark.slow

FEWEST_WORDS = 4  # Shorter lines ("Yes, please.") may stand in any sentence.


@dataclass(frozen=True)
class Logged:
    """The lines of the log; what was said on the line by either side; whose numbers are known."""

    lines: list[str]
    said: list[str]
    numbers: list[str]
    call_id: str


async def place(name: str, fault: str, folder: Path, lines: Path) -> Logged:
    """One call; a job."""
    scenario = load(name)
    world = World(
        folder,
        settings=scenario.settings | {"LOG_FORMAT": "json"},
        faults=Faults.parse(fault),
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        make_bot=BotInProcess,
    )
    async with world:
        placed = await conduct(world, scenario, scenario.case(fault), fault)
        await records_arrive(world, placed, None)
        timeline = placed.call.timeline
        said = [event.text for event in (*timeline.of("caller", "says"), *timeline.of("bot", "said"))]
        return Logged(world.bot.log().splitlines(), said, [scenario.persona.number], placed.call.sid)


def logged(name: str, fault: str, folder: Path) -> Logged:
    """Such a call."""
    result = process.run(Job(place, load(name).starts_at, 0, (name, fault, folder, fixed_lines.kept(PACE)))).result
    assert isinstance(result, Logged)
    return result


@pytest.mark.parametrize(
    ("name", "fault"), [("booking", ""), ("booking", "inworld:500,openai:500"), ("gas_leak", "v2:500")]
)
def test_every_line_is_an_object_and_tells_of_nobody(name: str, fault: str, tmp_path: Path) -> None:
    """No number but its last digits, and none of the words that were said."""
    call = logged(name, fault, tmp_path)
    assert len([said for said in call.said if len(said.split()) >= FEWEST_WORDS]) > 2
    for line in call.lines:
        told = json.dumps(json.loads(line), ensure_ascii=False)
        assert not [number for number in call.numbers if number.removeprefix("+1") in told]
        assert not [said for said in call.said if len(said.split()) >= FEWEST_WORDS and said in told]


def test_a_call_is_told_in_events(tmp_path: Path) -> None:
    """From its beginning to what it has used, each with its call; what failed is told with whom it was."""
    call = logged("booking", "inworld:500", tmp_path)
    objects = [json.loads(line) for line in call.lines]

    def of(kind: type[Event]) -> list[dict[str, Any]]:
        return [one for one in objects if one.get("event") == kind.name()]

    (ended,) = of(events.CallEnded)
    moves = [(one["state_from"], one["state_to"]) for one in of(events.StateChanged)]
    assert ended["path"] == ["welcome", *(to for _, to in moves)]
    assert [was for was, _ in moves] == ended["path"][:-1]
    assert (ended["outcome"], ended["ended_by"], ended["turns"]) == ("confirm:booked", "bot", len(of(events.TurnTaken)))
    assert {one["tool"] for one in of(events.ToolAnswered)} >= {"lookup_caller", "book_appointment"}
    assert all(isinstance(one["milliseconds"], int) for one in of(events.ToolAnswered))
    assert {one["provider"] for one in of(service_events.VoiceLeft)} == {"inworld"}
    assert {one["part"] for one in of(service_events.DashboardAccepted)} == {"jobs", "calls"}
    (used,) = of(events.CallUsed)
    assert used["characters"].keys() == {"aura"}
    told = (events.CallStarted, events.TurnTaken, events.PartFailed, events.CallEnded, events.CallUsed)
    assert {one["call_id"] for kind in told for one in of(kind)} == {call.call_id}
