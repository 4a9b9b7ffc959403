"""Whole calls: the real bot, real audio in real time, the vendors' protocols, the strict dashboard; side by side.

Each scenario's own file says what must hold: final state, tools with their arguments, rows, who ended the call.
"""

import asyncio
from pathlib import Path

import pytest

from simulator.run import run_cases
from simulator.scenario import load, names
from simulator.screen import Verdict

FAULTS = (
    "inworld:500",
    "openai:hang",
    "v2:down",
    "dashboard:400",
    "dashboard:503",
    "inworld:500,aura:500",
)
LONG = ("booking", "returning_caller", "zip_by_keypad", "high_ticket", "reschedule")
# The long calls first, so that none of them begins when the others end.
CASES = [("booking", fault) for fault in FAULTS] + [(name, "") for name in sorted(names(), key=lambda n: n not in LONG)]

PACE = 1.35  # Everybody talks faster than one would listen to.
AT_ONCE = 12  # As many as two cores carry without gaps in the audio.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls and the bots' logs are kept."""
    return tmp_path_factory.mktemp("calls")


@pytest.fixture(scope="module")
def verdicts(folder: Path) -> dict[tuple[str, str], Verdict]:
    """All calls, placed once."""
    return dict(zip(CASES, asyncio.run(run_cases(CASES, folder, at_once=AT_ONCE, pace=PACE)), strict=True))


@pytest.mark.parametrize("name", names())
def test_the_call_ends_as_its_scenario_says(verdicts: dict[tuple[str, str], Verdict], name: str) -> None:
    """Final state, tools, rows and who ended it are the scenario's."""
    assert list(verdicts[name, ""].failures) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_booking_call_survives(verdicts: dict[tuple[str, str], Verdict], fault: str) -> None:
    """The caller is served, or promised a callback that the dashboard holds; nobody waits in silence."""
    assert list(verdicts["booking", fault].failures) == []


def test_no_log_line_tells_who_called_or_what_was_said(verdicts: dict[tuple[str, str], Verdict], folder: Path) -> None:
    """At INFO: no name, address or word of a caller, and no whole phone number."""
    logs = [path.read_text() for path in folder.rglob("bot.log")]
    assert len(logs) > len(FAULTS)
    for name in names():
        persona = load(name).persona
        private = [persona.facts[fact] for fact in ("name", "address", "problem") if fact in persona.facts]
        for text in (*private, persona.number.removeprefix("+1")):
            assert not any(text.lower() in log.lower() for log in logs), f"{name}: {text!r} is in a log"
