"""A cut of `make chaos` and the way back of every breaker: whole calls while something is broken, side by side."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.audio import Speaker
from simulator.bot_host import BotHost
from simulator.chaos import AT_ONCE, PACE, run_matrix
from simulator.chaos_matrix import CALLERS, Moment, cells, cut
from simulator.chaos_report import Result, markdown
from simulator.faults import MODES, STATUS
from simulator.mutations import MUTATIONS, mutated
from simulator.recovery import RECOVERIES, run_recovery
from simulator.scenario import load
from simulator.world import render

pytestmark = pytest.mark.calls

CUT = cut()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Result], dict[str, list[str]]]:
    """The cut of the matrix, and beside it the recoveries: all calls, placed once."""
    folder = tmp_path_factory.mktemp("chaos")

    async def both() -> tuple[list[Result], Sequence[list[str]]]:
        return await asyncio.gather(run_matrix(CUT, folder, at_once=AT_ONCE - len(RECOVERIES)), recoveries(folder))

    results, ways_back = asyncio.run(both())
    return {r.cell.name: r for r in results}, {r.part: w for r, w in zip(RECOVERIES, ways_back, strict=True)}


async def recoveries(folder: Path) -> list[list[str]]:
    speaker, own = Speaker(PACE), folder / "recovery"
    async with BotHost() as host:
        for name in ("rendering", *(recovery.part for recovery in RECOVERIES)):
            (own / name).mkdir(parents=True)
        rendered = await render(own / "rendering", speaker, host)
        return await asyncio.gather(*(run_recovery(r, own / r.part, speaker, host, rendered) for r in RECOVERIES))


@pytest.mark.parametrize("name", [cell.name for cell in CUT])
def test_the_call_survives(measured: tuple[dict[str, Result], dict[str, list[str]]], name: str) -> None:
    """Nobody waits in silence, the call ends, its record names the fault, nothing false is said."""
    assert list(measured[0][name].failures) == []


@pytest.mark.parametrize("part", [recovery.part for recovery in RECOVERIES])
def test_a_mended_part_is_used_again(measured: tuple[dict[str, Result], dict[str, list[str]]], part: str) -> None:
    """While its breaker is open nothing is asked of it; after the cool-down the next call uses it."""
    assert measured[1][part] == []


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
