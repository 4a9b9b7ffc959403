"""A dozen and some whole calls that pass every state, tool, kind of ending and fallback, each on virtual time.

What each call is here for is said with it, and asserted; test_calls.py places every call.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, get_args

import pytest

from call.session import END_STATES, State
from call.tool_calls import ToolRequest
from simulator.calls.batch import Case, Placing, place
from simulator.calls.screen import Verdict
from simulator.jitter import seed_of
from simulator.rig import fixed_lines
from simulator.rig.fixed_lines import PACE
from simulator.scenarios.scenario import load
from simulator.virtual_time import process
from simulator.virtual_time.process import Job

pytestmark = pytest.mark.slow

DOZEN: Final[dict[Case, str]] = {
    Case("booking"): "confirm:booked lookup lookup_caller discovery urgency pre_confirm booking book_appointment job",
    Case("barge_in"): "confirm:booked check_calendar_availability",
    Case("cancels"): "confirm:cancelled manage_booking lookup_booking manage_appointment",
    Case("follow_up_books"): "confirm:booked follow_up",
    Case("high_ticket"): "callback:high_ticket send_sales_lead_alert lead",
    Case("goes_in_circles"): "callback:turn_limit create_callback",
    Case("gas_in_the_middle"): "safety_exit:emergency send_emergency_alert alert",
    Case("vendor"): "goodbye:done non_service",
    Case("out_of_area"): "goodbye:out_of_area service_area",
    Case("silent_caller"): "goodbye:silence",
    Case("hangs_up"): "hangup:",
    Case("spanish"): "callback:spanish",
    Case("transfer"): "goodbye:transferred transfer",
    Case("transfer", "transfer:voicemail"): "callback:not_connected transfer create_callback lead",
    Case("booking", "openai:hang"): "confirm:booked despite: openai",
    Case("booking", "inworld:stall"): "confirm:booked despite: inworld",
    Case("booking", "inworld:500,aura:500"): "fault: voices",
    Case("booking", "deepgram:deaf"): "fault: deepgram",
    Case("booking", "v2:down"): "callback:booking_uncertain fault: v2",
    Case("booking", "dashboard:503"): "confirm:booked job",
    Case("booking", "dashboard:slow_db"): "confirm:booked job",
    Case("wants_a_callback", "dashboard:slow_db"): "callback:caller_wish create_callback lead",
    Case("gas_leak_owner", "messages:lost_answer:1"): "safety_exit:emergency alert",
    Case("booking", "stream:drop:1"): "confirm:booked despite: line",
}
FALLBACKS: Final = {"openai", "inworld", "voices", "deepgram", "v2", "line"}
KINDS_OF_ENDING: Final = {*END_STATES, "hangup"}
SEED: Final = 1


@pytest.mark.parametrize("case", DOZEN, ids=lambda case: f"{case.name}-{case.faults or 'all_well'}")
def test_a_call_of_the_dozen(case: Case, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """It ends as its scenario says, nobody waits in silence, and it passes what it is here for."""
    seed = seed_of(SEED, str(case))
    placing = Placing(tmp_path, fixed_lines.kept(PACE), PACE, seed)
    done = process.run(Job(place, load(case.name).starts_at, seed, (case, placing)))
    verdict = done.result
    record_property("cpu_seconds", done.cpu_seconds)
    assert list(verdict.failures) == [], verdict.command
    assert done.waited_seconds == 0
    assert [thing for thing in things(DOZEN[case]) if thing not in passed(verdict)] == []


def things(what: str) -> list[str]:
    """ "despite: openai" is one thing."""
    return what.replace(": ", ":").split()


def passed(verdict: Verdict) -> str:
    """States, tools, kinds of rows and outcome, each between spaces."""
    rows = [kind for kind, found in verdict.records.items() if found]
    return " ".join((*verdict.states, *verdict.tools, *rows, verdict.ended_as.replace(": ", ":")))


def test_the_dozen_passes_everything() -> None:
    """Every state that is not passed by every call, every tool, kind of ending and fallback is asserted of one."""
    asserted = {thing for what in DOZEN.values() for thing in things(what)}
    endings = {thing.partition(":")[0] for thing in asserted if ":" in thing}
    faults = {thing.partition(":")[2] for thing in asserted if thing.startswith(("despite:", "fault:"))}
    ordinary = {State.WELCOME, State.SAFETY}
    assert set(State) - END_STATES - ordinary <= asserted
    assert {re.sub(r"\B(?=[A-Z])", "_", tool.__name__).lower() for tool in get_args(ToolRequest)} <= asserted
    assert endings >= KINDS_OF_ENDING
    assert faults >= FALLBACKS
