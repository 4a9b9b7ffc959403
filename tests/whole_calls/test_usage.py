"""Whole calls: what a call says that it has used is what the stand-ins have counted, exactly."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from call.session import CallSession
from call.usage import Usage
from records.store import Store
from simulator.calls.run import conduct, settle
from simulator.faults import Faults
from simulator.jitter import Jitter
from simulator.providers.bill import Bill
from simulator.providers.openai_api import CACHE_STEP_TOKENS
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

HASTY = 0.2  # Of the silence that ends a turn: so soon Flux says that it may be over.
SHORT_PAUSE_MS = 200  # It ends no turn, and may end one.
BYTES_A_SECOND = 16_000


@dataclass(frozen=True)
class Placed:
    """What a call has used by itself and by the vendors, how often it was resumed, and the log."""

    usage: Usage
    bill: Bill
    log: str


async def place(scenario: Scenario, fault: str, share: float, folder: Path, lines: Path) -> Placed:
    """One call; a job."""
    world = World(
        folder,
        settings=scenario.settings,
        faults=Faults.parse(fault),
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        delays=VendorDelays(jitter=Jitter(0), eager_share=share),
        make_bot=BotInProcess,
    )
    async with world:
        world.vendors.openai.cached_from_tokens = CACHE_STEP_TOKENS
        placed = await conduct(world, scenario, scenario.case(fault), fault, lambda _: None)
        await settle(world, placed, folder)
        store = Store(f"sqlite:///{world.data / 'agent.db'}")
        await store.open()
        try:
            row = await store.calls.find(placed.call.sid)
        finally:
            await store.close()
        session = row.session() if row else None
        assert isinstance(session, CallSession)
        return Placed(session.usage, world.vendors.bill, world.bot.log())


def placed(name: str, folder: Path, fault: str = "", share: float = 0.5) -> Placed:
    """The call of a scenario, whose caller makes short pauses."""
    scenario = load(name)
    manner = scenario.persona.manner.model_copy(update={"pause_ms": SHORT_PAUSE_MS})
    scenario = scenario.model_copy(update={"persona": scenario.persona.model_copy(update={"manner": manner})})
    job = Job(place, scenario.starts_at, 0, (scenario, fault, share, folder, fixed_lines.kept(PACE)))
    result = process.run(job).result
    assert isinstance(result, Placed)
    return result


@pytest.mark.parametrize(
    ("name", "fault", "share", "waste"),
    [
        ("booking", "", 0.5, ""),
        ("goes_in_circles", "", HASTY, "cached_tokens"),
        ("hesitant_caller", "", HASTY, "answers_unused"),
        ("barge_in", "", HASTY, "characters_unused"),
        ("booking", "inworld:500", 0.5, ""),
        ("booking", "inworld:stall", 0.5, ""),
        ("barge_in", "inworld:hang", HASTY, ""),
        ("booking", "inworld:die,aura:die", 0.5, ""),
        ("booking", "openai:stall", 0.5, "answers_untold"),
        ("chatty_caller", "openai:late", 0.5, "answers_untold"),
        ("booking", "openai:429", 0.5, ""),
        ("booking", "openai:down", 0.5, ""),
        ("booking", "stream:drop:1", 0.5, ""),
    ],
)
def test_what_a_call_has_used_is_what_the_vendors_count(
    name: str, fault: str, share: float, waste: str, tmp_path: Path
) -> None:
    """With early ends, barge-ins, voices and answers that fail, and a stream that breaks off and is resumed."""
    call = placed(name, tmp_path, fault, share)
    assert call.bill.audio_bytes > 0
    assert not waste or getattr(call.usage, waste)
    assert ("resumed in" in call.log) == fault.startswith("stream:")
    usage, bill = call.usage, call.bill
    assert (usage.prompt_tokens, usage.cached_tokens) == (bill.prompt_tokens, bill.cached_tokens)
    assert usage.completion_tokens == bill.completion_tokens
    assert (usage.answers, usage.answers_untold) == (bill.answers, bill.answers - bill.told)
    assert usage.characters == +bill.characters
    assert round(usage.recogniser_seconds * BYTES_A_SECOND) == bill.audio_bytes


def test_a_dial_has_minutes_of_its_own(tmp_path: Path) -> None:
    """Those that Twilio tells, behind the stream that has counted the rest."""
    call = placed("transfer", tmp_path)
    assert call.usage.dial_seconds > 0
    assert call.usage.recogniser_seconds > 0
    assert " min, and 1 min of a dial" in call.log


def test_the_last_lines_of_a_call_tell_it(tmp_path: Path) -> None:
    """In words, once, behind how it ended."""
    call = placed("booking", tmp_path)
    ended, used = (line for line in call.log.splitlines() if " ended " in line or " used " in line)
    assert " | CA" in ended
    usage = call.usage
    assert f" used OpenAI: {usage.prompt_tokens} tokens asked" in used
    assert f"Inworld: {usage.characters['inworld']} characters" in used
    assert used.endswith(" min")
