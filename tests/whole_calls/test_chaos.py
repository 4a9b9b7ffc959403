"""A cut of `make chaos` and the way back of every breaker: whole calls while something is broken, on virtual time."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from simulator.drills.chaos import run_matrix
from simulator.drills.chaos_cells import CALLERS, Moment, cells, cut
from simulator.drills.chaos_report import Result, markdown
from simulator.drills.mutations import MUTATIONS, mutated
from simulator.drills.recovery import RECOVERIES, run_recoveries
from simulator.faults import MODES, STATUS
from simulator.scenarios.scenario import load

CUT = cut()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """The cut of the matrix."""
    return {result.cell.name: result for result in asyncio.run(run_matrix(CUT, tmp_path_factory.mktemp("chaos")))}


@pytest.fixture(scope="module")
def ways_back(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What did not hold of each recovery."""
    found = asyncio.run(run_recoveries(tmp_path_factory.mktemp("recovery")))
    return {recovery.part: wrong for recovery, wrong in zip(RECOVERIES, found, strict=True)}


@pytest.mark.parametrize("name", [cell.name for cell in CUT])
@pytest.mark.calls
def test_the_call_survives(measured: dict[str, Result], name: str) -> None:
    """Nobody waits in silence, the call ends, its record names the fault, nothing false is said."""
    assert list(measured[name].failures) == [], f"seed {measured[name].seed}"


@pytest.mark.parametrize("part", [recovery.part for recovery in RECOVERIES])
@pytest.mark.calls
def test_a_mended_part_is_used_again(ways_back: dict[str, list[str]], part: str) -> None:
    """While its breaker is open nothing is asked of it; after the cool-down the next call uses it."""
    assert ways_back[part] == []


def test_the_matrix_is_whole() -> None:
    """At least 150 cells of vendors, every fault that a part can show, every moment, each name once."""
    matrix = cells()
    assert sum(cell.real for cell in matrix) >= 150
    assert len({cell.name for cell in matrix}) == len(matrix)
    for part, modes in MODES.items():
        shown = {cell.mode for cell in matrix if part in cell.parts}
        missing = set(modes) - shown
        assert part == "aura" or not missing, f"{part}: {missing}"
    for group, moments in Counter(
        (c.group, c.moment) for c in matrix if c.group in ("OpenAI", "Inworld", "Deepgram")
    ).items():
        assert moments >= 12, group
    assert {cell.moment for cell in matrix} == set(Moment)


def test_every_cell_can_be_run() -> None:
    """Its caller exists, and the switchboard knows its fault."""
    for cell in cells():
        load(cell.caller, CALLERS)
        assert all(cell.mode in MODES[part] or STATUS.fullmatch(cell.mode) for part in cell.parts), cell.name


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_mutations_fit_the_code(mutation: object) -> None:
    """`make chaos-mutations` removes what is there, and runs cells that there are."""
    assert mutated(mutation)  # type: ignore[arg-type]


def test_the_page_shows_what_was_measured() -> None:
    cell = next(c for c in cells() if c.name == "openai:hang@middle")
    late = Result(replace(cell, moment=Moment.BOOKING), [], silence_ms=1949, outcome="confirm:booked (despite: openai)")
    page = markdown([Result(cell, [], silence_ms=1321, outcome="confirm:booked", heard_next="When is it?"), late])
    assert "| `hang` | - | 1.3 | 1.9 | - | When is it? | `confirm:booked` |" in page
