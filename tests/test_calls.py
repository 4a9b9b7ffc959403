"""Whole calls: the real bot, real audio in real time, the vendors' protocols, the strict dashboard; side by side.

Each scenario's own file says what must hold: final state, tools with their arguments, visits, rows, who ended the call.
`make call SCENARIO=all` places every one of them, with the model and with the model down. Here half are placed, every
other one with the model down: what is left out differs from one of these in a few words of the caller.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.batch import AT_ONCE, Case, run_cases
from simulator.scenario import MODEL_DOWN, load, names
from simulator.screen import Verdict
from simulator.vendors import Vendors
from simulator.world import RealModel

pytestmark = pytest.mark.calls

FAULTS = (
    "inworld:500",
    "openai:hang",
    "v2:down",
    "dashboard:400",
    "dashboard:503",
    "inworld:500,aura:500",
)
LEFT_OUT = frozenset(
    """
    angry_caller another_at_the_same_number applicant asap_before_dawn asap_in_the_evening asap_in_the_morning
    booking_fails called_three_times clocks_go_forward co_alarm corrects_address_early corrects_name_at_read_back
    corrects_name_early day_is_full day_of_the_month dead_rat follow_up_books gas_furnace has_an_appointment
    hedged_about_danger high_ticket high_ticket_pushed house_number_for_a_zip no_answer_about_danger noisy_room
    phone_number_for_a_zip price_at_the_read_back price_then_books repair_or_new robot_question saturday_call
    second_visit_on_a_day smelled_gas_yesterday spelled_name strangers_booking vendor wants_a_person warranty
    warranty_but_broken water_leak whenever withheld_number yes_but_never_mind zip_787_alone zip_corrected
    zip_in_words
    """.split()
)
ONCE = [Case(name, MODEL_DOWN if i % 2 else "") for i, name in enumerate(n for n in names() if n not in LEFT_OUT)]
CASES = [*(Case("booking", fault) for fault in FAULTS), *ONCE]
KEY = "sk-somebody-elses"  # What only OpenAI itself would take.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls and the bots' logs are kept."""
    return tmp_path_factory.mktemp("calls")


@dataclass(frozen=True)
class Placed:
    """All calls, placed once; beside them one with another model, and which parts of its vendors were asked."""

    verdicts: dict[Case, Verdict]
    with_other_model: Verdict
    asked: set[str]


@pytest.fixture(scope="module")
def placed(folder: Path) -> Placed:
    async def other_model() -> tuple[Verdict, set[str]]:
        own = folder / "other-model"
        own.mkdir()
        async with Vendors(openai_key=KEY) as openai:
            model = RealModel(KEY, openai.openai_url, "gpt-4.1")
            (verdict,) = await run_cases([Case("booking")], own, model=model)
            return verdict, {request.part for request in openai.requests}

    async def everything() -> tuple[list[Verdict], tuple[Verdict, set[str]]]:
        return await asyncio.gather(run_cases(CASES, folder, AT_ONCE - 1), other_model())

    verdicts, (with_other_model, asked) = asyncio.run(everything())
    return Placed(dict(zip(CASES, verdicts, strict=True)), with_other_model, asked)


@pytest.fixture(scope="module")
def verdicts(placed: Placed) -> dict[Case, Verdict]:
    return placed.verdicts


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case.name)
def test_the_call_ends_as_its_scenario_says(verdicts: dict[Case, Verdict], case: Case) -> None:
    """Final state, tools, visits, rows and who ended it are the scenario's, whether there is a model or none."""
    assert list(verdicts[case].failures) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_booking_call_survives(verdicts: dict[Case, Verdict], fault: str) -> None:
    """The caller is served, or promised a callback that the dashboard holds; nobody waits in silence."""
    assert list(verdicts[Case("booking", fault)].failures) == []


def test_the_real_model_is_asked_with_its_own_key(placed: Placed) -> None:
    """The model is asked at the address that was given, with its key; the rest of the world stands in."""
    assert list(placed.with_other_model.failures) == []
    assert placed.asked == {"openai"}


def test_what_is_left_out_exists() -> None:
    """A scenario that is renamed is not forgotten; more than half are placed."""
    assert set(names()) >= LEFT_OUT
    assert len(ONCE) > len(names()) / 2


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
