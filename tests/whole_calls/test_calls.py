"""Whole calls: the real bot, real audio, the vendors' protocols, the strict dashboard; each on virtual time.

Each scenario's own file says what must hold: final state, tools with their arguments, visits, rows, who ended the call.
Every scenario is placed with the model and with the model down, and the booking with single parts broken. (`make test`
places a dozen of them: test_dozen_calls.py.)
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from server import admission
from simulator.calls.batch import SEED, Case, Placing, both_ways, place, run_cases
from simulator.calls.screen import Verdict
from simulator.providers.stand_ins import Vendors
from simulator.rig import fixed_lines
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import RealModel
from simulator.scenarios.scenario import load, names
from simulator.virtual_time import process
from simulator.virtual_time.process import Job

pytestmark = pytest.mark.calls

FAULTS = (
    "inworld:500",
    "openai:hang",
    "v2:down",
    "dashboard:400",
    "dashboard:503",
    "inworld:500,aura:500",
)
TEXTED = (
    "gas_leak_owner",
    "owner_is_told_of_a_callback",
    "owner_is_told_of_a_refused_record",
    "text_is_agreed_to",
)
NOBODY_TALKS = ("no_answer", "busy", "voicemail", "refused", "hangs_up")
CASES = [
    *(Case("booking", fault) for fault in FAULTS),
    *(Case("transfer", f"transfer:{mode}") for mode in NOBODY_TALKS),
    *(Case("staff_first", f"transfer:{mode}") for mode in ("no_answer", "busy", "voicemail", "refused")),
    *(Case(name, fault) for name in TEXTED for fault in load(name).fault_expect),
    *both_ways(names()),
]
KEY = "sk-somebody-elses"  # What only OpenAI itself would take.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls and the bots' logs are kept."""
    return tmp_path_factory.mktemp("calls")


@pytest.fixture(scope="module")
def verdicts(folder: Path) -> dict[Case, Verdict]:
    """All calls, placed once."""
    return dict(zip(CASES, asyncio.run(run_cases(CASES, folder)), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.faults or 'all_well'}")
def test_the_call_ends_as_its_scenario_says(
    verdicts: dict[Case, Verdict], case: Case, record_property: Callable[[str, object], None]
) -> None:
    """Final state, tools, visits, rows and who ended it are the scenario's; nobody waits in silence."""
    verdict = verdicts[case]
    record_property("cpu_seconds", verdict.cpu_seconds)
    assert list(verdict.failures) == [], verdict.command


async def with_another_model(folder: Path, lines: Path) -> tuple[Verdict, set[str]]:
    """The booking with another model than the world's, and which parts of that one's vendors were asked; a job."""
    async with Vendors(openai_key=KEY) as other:
        model = RealModel(KEY, other.openai_url, "gpt-4.1")
        verdict = await place(Case("booking"), Placing(folder, lines, PACE, SEED), model)
        return verdict, {request.part for request in other.requests}


def test_the_real_model_is_asked_with_its_own_key(tmp_path: Path) -> None:
    """The model is asked at the address that was given, with its key; the rest of the world stands in."""
    arguments = (tmp_path, fixed_lines.kept(PACE))
    verdict, asked = process.run(Job(with_another_model, load("booking").starts_at, SEED, arguments)).result
    assert list(verdict.failures) == []
    assert asked == {"openai"}


async def with_a_bot_that_believes_the_line(folder: Path, lines: Path) -> Verdict:
    """A call on the shop's own line, to a bot that takes it for the customer who has that number on file; a job."""
    with patch.object(admission, "own_number", lambda fields: fields["From"]):
        return await place(Case("shops_own_number"), Placing(folder, lines, PACE, SEED))


def test_w7_a_name_that_nobody_has_proved_turns_a_call_red(tmp_path: Path) -> None:
    """The judgement of what was heard unproved finds a planted greeting, in the audio of a whole call."""
    arguments = (tmp_path, fixed_lines.kept(PACE))
    job = Job(with_a_bot_that_believes_the_line, load("shops_own_number").starts_at, SEED, arguments)
    assert (
        "the caller heard 'arthur' of 'Arthur Bell', and has not proved to be that" in process.run(job).result.failures
    )


def test_no_log_line_tells_who_called_or_what_was_said(verdicts: dict[Case, Verdict], folder: Path) -> None:
    """At INFO: no name, address or word of a caller, and no whole phone number."""
    logs = [path.read_text().lower() for path in folder.rglob("bot.log")]
    assert len(logs) == len(verdicts) == len(CASES)
    for name in names():
        persona = load(name).persona
        facts = [persona.facts[fact] for fact in ("name", "address", "problem") if fact in persona.facts]
        private = [piece for fact in facts for piece in persona.pieces(fact, "") if len(piece) > 2]
        for text in (*private, persona.number.removeprefix("+1")):
            assert text == "anonymous" or not any(text.lower() in log for log in logs), f"{name}: {text!r} is in a log"
