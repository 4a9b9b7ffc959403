"""Whole calls on a line that plays 3.5 s behind what it is sent: the bot goes by what the caller has heard, too.

On virtual time, so that the caller speaks when all of a line has left, and part of it is still to be played.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from simulator.calls.run import conduct
from simulator.drills.chaos_cells import CALLERS
from simulator.phone.caller import Line
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.persona import Rule
from simulator.scenarios.scenario import FaultCase, load
from simulator.sound.audio import Speaker
from simulator.virtual_time import process
from simulator.virtual_time.process import Job, JobError

pytestmark = pytest.mark.calls

BEHIND_SECONDS = 3.5  # As it has been seen
WARNING: Final = re.compile("call 911")
READ_BACK: Final = re.compile("book it|shall I book")
OVER_THE_READ_BACK: Final = "over the read-back"
OVER_THE_WARNING: Final = tuple(f"{ms} ms into the warning" for ms in (500, 1500, 2000))
"""All of it has left by then, and plays for 2, 1 and half a second more."""


def _speaks_over(which: re.Pattern[str], words: str, delay_ms: int) -> Rule:
    return Rule(when=which.pattern, say=words, interrupt=True, once=True, delay_ms=delay_ms)


CALLS: Final = {
    **{name: ("smells_gas", _speaks_over(WARNING, "But my cat.", int(name.split()[0]))) for name in OVER_THE_WARNING},
    OVER_THE_READ_BACK: ("books", _speaks_over(READ_BACK, "Yes, please.", 1500)),
}


@dataclass(frozen=True)
class Heard:
    """What the caller heard and said, in order, and how many visits stand."""

    lines: list[Line]
    said: list[str]
    bookings: int

    def of(self, which: re.Pattern[str]) -> list[bool]:
        """Whether each line of this kind was heard to its end."""
        return [line.complete for line in self.lines if which.search(line.full)]


async def heard(name: str, rule: Rule, folder: Path, lines: Path) -> Heard:
    """One call by a caller who has this rule too; a job."""
    scenario = load(name, CALLERS)
    persona = scenario.persona.model_copy(update={"rules": [rule, *scenario.persona.rules]})
    world = World(
        folder,
        settings=scenario.settings,
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        make_bot=BotInProcess,
    )
    world.twilio.behind_seconds = BEHIND_SECONDS
    async with world:
        placed = await conduct(
            world, scenario.model_copy(update={"persona": persona}), FaultCase(expect=scenario.expect), ""
        )
        assert "Traceback" not in world.bot.log()
        said = [event.text for event in placed.call.timeline.of("caller", "says")]
        return Heard(placed.caller.heard, said, len(world.office.bookings()))


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Heard]:
    """All of them, placed once."""
    lines = fixed_lines.kept(PACE)
    jobs = [
        Job(heard, load(name, CALLERS).starts_at, 1, (name, rule, tmp_path_factory.mktemp("call"), lines))
        for name, rule in CALLS.values()
    ]
    done = asyncio.run(process.run_all(jobs))
    failed = [str(one) for one in done if isinstance(one, JobError)]
    assert not failed, failed
    return {what: one.result for what, one in zip(CALLS, done, strict=True) if not isinstance(one, JobError)}


@pytest.mark.parametrize("when", OVER_THE_WARNING)
def test_a_caller_who_speaks_over_the_warning_hears_it_to_its_end(calls: dict[str, Heard], when: str) -> None:
    """W5: no barge-in clears what is still to be played of it."""
    call = calls[when]
    assert "But my cat." in call.said
    assert all(call.of(WARNING))


def test_a_yes_over_a_read_back_that_was_hardly_begun_books_nothing(calls: dict[str, Heard]) -> None:
    """R53: all of it was sent, a third was played. It is asked again, and a yes behind its end books."""
    call = calls[OVER_THE_READ_BACK]
    assert call.of(READ_BACK) == [False, True]
    assert call.bookings == 1
