"""Both voices fail on the last words or before a dial, and no fixed line is rendered yet: Twilio says them."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from providers.prerendered import PAUSE_SECONDS
from simulator.calls.run import conduct, evidence_of, records_arrive
from simulator.drills.chaos import SETTINGS
from simulator.drills.chaos_cells import CALLERS, FIRST_WORDS, Cell, Moment
from simulator.drills.chaos_verdict import expected, judge
from simulator.faults import Faults
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import FaultCase, load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event
from simulator.virtual_time import process
from simulator.virtual_time.process import Job, JobError

pytestmark = pytest.mark.calls

MODES: Final = ("500", "hang", "mute", "stall")
REST_AWAY: Final = (("500", "500"), ("500", "hang"))  # The voices, and Twilio's REST API
VOICES: Final = ("inworld", "aura")
TOLD: Final = 2  # Errors in the log, ours and Pipecat's: an operator is told of a sentence that nobody could speak.


async def fails(caller: str, mode: str, rest: str | None, folder: Path) -> tuple[list[str], list[str]]:
    """What did not hold in a call whose last line meets two broken voices, and what the caller heard; a job.

    While the machine started they failed too, and what is missing is rendered a minute later. `rest`: how Twilio's REST
    API fails beside them; None: it works.
    """
    scenario, faults = load(caller, CALLERS), Faults.parse("inworld:500,aura:500")
    cell = Cell("both voices", VOICES, mode, Moment.GOODBYE, caller, FIRST_WORDS)
    expect = expected(cell, scenario.expect)
    world = World(
        folder, settings=SETTINGS | scenario.settings, faults=faults, speaker=Speaker(PACE), make_bot=BotInProcess
    )

    def watch(event: Event) -> None:
        if FIRST_WORDS.fits(event):
            for voice in VOICES:
                faults.set(voice, mode)
            faults.set("twilio", rest)

    async with world:
        while "pre-rendered lines: 0 from disk" not in world.bot.log():
            await asyncio.sleep(PAUSE_SECONDS / 100)
        for voice in VOICES:
            faults.set(voice, None)
        placed = await conduct(world, scenario, FaultCase(expect=expect), "", watch)
        faults.set("twilio", None)  # It takes the text to the owner, too.
        await records_arrive(world, placed)
        evidence = evidence_of(world, placed)
        heard = [event.text for event in placed.call.timeline.events if (event.who, event.what) == ("bot", "said")]
        return judge(cell, expect, placed, evidence, world), heard


@pytest.mark.parametrize(("caller", "words"), [("smells_gas", "911"), ("is_connected", "I'm connecting you")])
def test_what_neither_voice_can_say(caller: str, words: str, tmp_path: Path) -> None:
    """Nobody waits in silence for it, and the caller hears it, whichever way the voices and Twilio's REST API fail."""
    now = load(caller, CALLERS).starts_at
    broken: list[tuple[str, str | None]] = [*((mode, None) for mode in MODES), *REST_AWAY]
    folders = [tmp_path / f"{mode}-{rest}" for mode, rest in broken]
    jobs = [Job(fails, now, 1, (caller, *parts, folder)) for parts, folder in zip(broken, folders, strict=True)]
    for folder in folders:
        folder.mkdir()
    for parts, done in zip(broken, asyncio.run(process.run_all(jobs)), strict=True):
        assert not isinstance(done, JobError), (parts, str(done))
        failures, heard = done.result
        assert [failure for failure in failures if "both voices failed" not in failure] == [], parts
        assert len(failures) == TOLD, parts
        assert any(words in text for text in heard), (parts, heard)
