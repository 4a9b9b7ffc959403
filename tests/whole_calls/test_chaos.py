"""A cut of `make chaos` and the way back of every breaker: whole calls while something is broken."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.drills.chaos import run_matrix
from simulator.drills.chaos_cells import CALLERS, SQLITE, Moment, cells, cut
from simulator.drills.chaos_report import Result, markdown
from simulator.drills.chaos_shared import run_shared
from simulator.drills.mutations import MUTATIONS, copy_project, mutated
from simulator.drills.recovery import RECOVERIES, run_recoveries
from simulator.drills.wrecks import WRECKS
from simulator.faults import MODES, STATUS
from simulator.rig.bot_host import ROOT
from simulator.rig.postgres import there_is_postgres
from simulator.scenarios.scenario import load
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

CUT = cut()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """The cut of the matrix, but for what all calls share."""
    virtual = [cell for cell in CUT if not cell.shared]
    return {result.cell.name: result for result in asyncio.run(run_matrix(virtual, tmp_path_factory.mktemp("chaos")))}


@side_by_side.placed
async def place(folder: Path) -> dict[str, Result]:
    """Those of what all calls share: processes of their own, whose seconds nobody judges here."""
    shared = [cell for cell in CUT if cell.shared and (cell.store == SQLITE or there_is_postgres())]
    return {result.cell.name: result for result in await run_shared(shared, folder, timed=False)}


@pytest.fixture(scope="module")
def shared_measured(few_calls: FewCalls) -> dict[str, Result]:
    return few_calls[place]


@pytest.fixture(scope="module")
def ways_back(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What did not hold of each recovery."""
    found = asyncio.run(run_recoveries(tmp_path_factory.mktemp("recovery")))
    return {recovery.part: wrong for recovery, wrong in zip(RECOVERIES, found, strict=True)}


@pytest.mark.parametrize("name", [cell.name for cell in CUT if cell.shared])
@pytest.mark.calls
def test_what_all_calls_share_costs_none(shared_measured: dict[str, Result], name: str) -> None:
    """The visit is booked and is a job, a new caller is answered, the process ends, nothing is left in the journal."""
    if name not in shared_measured:
        pytest.skip("there is no Postgres")
    assert list(shared_measured[name].failures) == []
    assert shared_measured[name].outcome.startswith("confirm:booked")


@pytest.mark.parametrize("name", [cell.name for cell in CUT if not cell.shared])
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
    shared = Counter((cell.parts, cell.mode, cell.store) for cell in matrix if cell.shared)
    assert {mode for _, mode, _ in shared} == {mode for modes in WRECKS.values() for mode in modes}
    assert set(shared.values()) == {len(Moment)}


def test_every_cell_can_be_run() -> None:
    """Its caller exists, and somebody knows how to break what is broken."""
    for cell in cells():
        load(cell.caller, CALLERS)
        for part in cell.parts:
            known = WRECKS[part] if cell.shared else MODES[part]
            assert cell.mode in known or (not cell.shared and STATUS.fullmatch(cell.mode)), cell.name


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_mutations_fit_the_code(mutation: object) -> None:
    """`make chaos-mutations` removes what is there, and runs cells that there are."""
    assert mutated(mutation)  # type: ignore[arg-type]


def test_a_mutated_bot_has_all_its_modules(tmp_path: Path) -> None:
    """Whatever a package is called; recordings, databases and the environment stay behind."""
    copy_project(tmp_path / "bot")
    own = {path.relative_to(ROOT) for path in ROOT.glob("*/**/*.py") if path.relative_to(ROOT).parts[0][0] != "."}
    assert {path for path in own if path.parts[0] not in ("calls", "data")} == {
        path.relative_to(tmp_path / "bot") for path in (tmp_path / "bot").glob("*/**/*.py")
    }
    assert not list((tmp_path / "bot").glob(".*"))


def test_the_page_shows_what_was_measured() -> None:
    cell = next(c for c in cells() if c.name == "openai:hang@middle")
    late = Result(replace(cell, moment=Moment.BOOKING), [], silence_ms=1949, outcome="confirm:booked (despite: openai)")
    page = markdown([Result(cell, [], silence_ms=1321, outcome="confirm:booked", heard_next="When is it?"), late])
    assert "| `hang` | - | 1.3 | 1.9 | - | When is it? | `confirm:booked` |" in page
