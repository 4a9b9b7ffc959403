"""A cut of `make crash`: the bot is killed at a few moments of whole calls; and that the judgement can fail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.drills.chaos_cells import CALLERS
from simulator.drills.crash import Crash, run_crashes, table
from simulator.drills.crash_plan import CUT, MOMENTS, Rows, rows_for, untrue, wrong_rows
from simulator.scenarios.scenario import load
from simulator.sound.recording import Event
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls

PLAN = [moment for moment in MOMENTS if moment.name in CUT]


@side_by_side.placed
async def place(folder: Path) -> dict[str, Crash]:
    """The calls of the cut."""
    return {crash.moment.name: crash for crash in await run_crashes(PLAN, folder, seed=1, at_once=len(PLAN))}


@pytest.fixture(scope="module")
def crashes(few_calls: FewCalls) -> dict[str, Crash]:
    return few_calls[place]


@pytest.mark.parametrize("name", CUT)
def test_nothing_is_lost_and_nothing_doubled(crashes: dict[str, Crash], name: str) -> None:
    """The call came back or left its lead, the rows are those of its ending, nothing was asked for twice."""
    assert crashes[name].problems == []
    assert crashes[name].kills >= 1


@pytest.mark.parametrize("name", ["before the greeting", "in the second turn", "twice"])
def test_a_call_that_comes_back_is_booked(crashes: dict[str, Crash], name: str) -> None:
    """The caller stays on the line, and gets what was called for."""
    assert crashes[name].resumed >= 1
    assert crashes[name].outcome.startswith("confirm:booked")


def test_a_booking_under_way_is_looked_up(crashes: dict[str, Crash]) -> None:
    """Killed while V2 books: never booked again, and told as booked once it is found."""
    assert crashes["while V2 books"].outcome.startswith("confirm:booked")


def test_a_person_takes_the_call_of_a_process_that_is_gone(crashes: dict[str, Crash]) -> None:
    """Killed while it rings: the next one tells the person who calls, and takes the key."""
    assert crashes["while a person's phone rings"].outcome == "goodbye:transferred"


def test_a_dial_that_nobody_takes_comes_back_to_the_next_process(crashes: dict[str, Crash]) -> None:
    """It goes on in the same call, which ends in the callback."""
    assert crashes["while nobody picks up"].outcome.startswith("callback:not_connected")
    assert crashes["while nobody picks up"].resumed == 1


def test_the_plan_is_whole() -> None:
    """Twenty moments and more, each name once, each caller there; the cut is a part of it."""
    names = [moment.name for moment in MOMENTS]
    assert len(names) == len(set(names)) >= 20
    assert set(CUT) <= set(names)
    for moment in MOMENTS:
        load(moment.caller, CALLERS)


def test_a_moment_is_an_event() -> None:
    """By source, kind and text; another event is none."""
    moment = next(moment for moment in MOMENTS if moment.name == "while V2 books")
    assert moment.fits(Event(5, "office", "ToolCall", "book_appointment"))
    assert not moment.fits(Event(5, "office", "ToolCall", "lookup_caller"))
    assert not moment.fits(Event(5, "office", "RowAccepted", "book_appointment"))


ENDINGS = [
    ("confirm:booked (despite: line)", True, Rows(jobs=1)),
    ("confirm:cancelled", True, Rows()),
    ("callback:booking_uncertain (fault: v2)", True, Rows(leads=1)),
    ("fault:line (fault: line)", False, Rows(leads=1)),
    ("safety_exit:emergency", True, Rows(jobs=1, alerts=(1, 2))),
    ("interrupted:welcome (fault: line)", False, Rows(leads=1)),
    ("hangup:welcome (fault: caller)", False, Rows()),
    ("goodbye:transferred", True, Rows()),
    ("callback:not_connected", True, Rows(leads=1)),
    ("hangup:discovery (fault: caller)", True, Rows(leads=1)),
]


@pytest.mark.parametrize(("outcome", "spoke", "rows"), ENDINGS)
def test_what_an_ending_calls_for(outcome: str, spoke: bool, rows: Rows) -> None:
    """design.md, "How a call ends"."""
    assert rows_for(outcome, spoke) == rows


Held = tuple[dict[str, list[Mapping[str, Any]]], str]


def held(outcome: str, **numbers: int) -> Held:
    """The rows of a call, and how it ended."""
    call = {"transcript_object": [{"role": "user", "content": "hello"}]}
    row: Mapping[str, Any] = {"posted": {"ai_summary": "A visit may exist on Friday."}}
    rows = {name: [row] * numbers.get(name, 0) for name in ("leads", "jobs", "alerts")}
    return {**rows, "calls": [call] * numbers.get("calls", 1)}, outcome


WRONG = [
    (held("confirm:booked"), "LOST"),
    (held("confirm:booked", jobs=2), "DOUBLED"),
    (held("confirm:booked", jobs=1, leads=1), "DOUBLED"),
    (held("confirm:booked", jobs=1, calls=0), "LOST"),
    (held("confirm:booked", jobs=1, calls=2), "DOUBLED"),
    (held("interrupted:safety", leads=0), "LOST"),
    (held("safety_exit:emergency", jobs=1), "alerts"),
    (held("callback:booking_uncertain", jobs=1), "LOST"),
]


@pytest.mark.parametrize(("call", "word"), WRONG)
def test_what_is_lost_or_doubled_is_found(call: Held, word: str) -> None:
    """One row too few or too many of any kind."""
    assert any(word in problem for problem in wrong_rows(*call))


def test_good_rows_are_good() -> None:
    """The judgement is no alarm that always rings."""
    found = held("callback:booking_uncertain", jobs=1)
    found[0]["jobs"] = [{**found[0]["jobs"][0], "scheduled_at": "2026-11-24T14:00:00-06:00"}]
    assert list(untrue(*found, 1, "")) == []
    assert any("there is no visit" in problem for problem in untrue(*found, 0, ""))
    for call in (held("confirm:booked", jobs=1), held("interrupted:safety", leads=1), found):
        assert list(wrong_rows(*call)) == []
    assert list(untrue(*held("confirm:booked", jobs=1), 1, "You're booked for Friday.")) == []
    assert list(untrue(*held("callback:booking_uncertain", leads=1), 1, "")) == []


@pytest.mark.parametrize(
    ("call", "visits", "heard", "word"),
    [
        (held("confirm:booked", jobs=1), 2, "", "TWICE"),
        (held("confirm:booked", jobs=1), 0, "", "there is no visit"),
        (held("callback:booking_failed", leads=1), 0, "You're booked for Friday.", "there is no visit"),
        (held("hangup:urgency", jobs=0), 1, "", "there is a visit"),
    ],
)
def test_what_is_not_true_is_found(call: Held, visits: int, heard: str, word: str) -> None:
    """A visit too many, one that is told and is not there, one that is there and told nowhere."""
    assert any(word in problem for problem in untrue(*call, visits, heard))


def test_the_table_counts() -> None:
    """One row for each moment."""
    crash = Crash(MOMENTS[0], 1, kills=1, resumed=1, outcome="confirm:booked", problems=["x"])
    assert table([crash, crash]).row_count == 1
    assert crash.completed
    assert not Crash(MOMENTS[0], 1, outcome="interrupted:safety").completed
