"""Whole calls: the real bot, real audio in real time, the vendors' protocols, the strict dashboard; side by side.

Each scenario's own file says what must hold: final state, tools with their arguments, visits, rows, who ended the call.
`make call SCENARIO=all` places every one of them both with the model and with the model down; here each one is placed
once, every other one with the model down.
"""

import asyncio
from pathlib import Path

import pytest

from simulator.batch import Case, run_cases
from simulator.scenario import MODEL_DOWN, load, names
from simulator.screen import Verdict
from simulator.vendors import Vendors
from simulator.world import RealModel

FAULTS = (
    "inworld:500",
    "openai:hang",
    "v2:down",
    "dashboard:400",
    "dashboard:503",
    "inworld:500,aura:500",
)
ONCE = [Case(name, MODEL_DOWN if index % 2 else "") for index, name in enumerate(names())]
CASES = [*(Case("booking", fault) for fault in FAULTS), *ONCE]
KEY = "sk-somebody-elses"  # What only OpenAI itself would take.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls and the bots' logs are kept."""
    return tmp_path_factory.mktemp("calls")


@pytest.fixture(scope="module")
def verdicts(folder: Path) -> dict[Case, Verdict]:
    """All calls, placed once."""
    return dict(zip(CASES, asyncio.run(run_cases(CASES, folder)), strict=True))


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case.name)
def test_the_call_ends_as_its_scenario_says(verdicts: dict[Case, Verdict], case: Case) -> None:
    """Final state, tools, visits, rows and who ended it are the scenario's, whether there is a model or none."""
    assert list(verdicts[case].failures) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_booking_call_survives(verdicts: dict[Case, Verdict], fault: str) -> None:
    """The caller is served, or promised a callback that the dashboard holds; nobody waits in silence."""
    assert list(verdicts[Case("booking", fault)].failures) == []


def test_the_real_model_is_asked_with_its_own_key(tmp_path: Path) -> None:
    """The model's words and the extraction come from the address that was given; the rest of the world stands in."""

    async def call() -> tuple[list[Verdict], list[str]]:
        async with Vendors(openai_key=KEY) as openai:
            model = RealModel(KEY, openai.openai_url, "gpt-4.1")
            verdicts = await run_cases([Case("booking")], tmp_path, model=model)
            return verdicts, [request.part for request in openai.requests]

    verdicts, asked = asyncio.run(call())
    assert [list(verdict.failures) for verdict in verdicts] == [[]]
    assert set(asked) == {"openai"}


def test_no_log_line_tells_who_called_or_what_was_said(verdicts: dict[Case, Verdict], folder: Path) -> None:
    """At INFO: no name, address or word of a caller, and no whole phone number."""
    logs = [path.read_text().lower() for path in folder.rglob("bot.log")]
    assert len(logs) > len(CASES)
    for name in names():
        persona = load(name).persona
        facts = [persona.facts[fact] for fact in ("name", "address", "problem") if fact in persona.facts]
        private = [piece for fact in facts for piece in persona.pieces(fact, "") if len(piece) > 2]
        for text in (*private, persona.number.removeprefix("+1")):
            assert text == "anonymous" or not any(text.lower() in log for log in logs), f"{name}: {text!r} is in a log"
