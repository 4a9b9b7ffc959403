"""Several calls of one world: the same back office, the same bot, and a clock that jumps from each call to the next.

Guarantees that each call begins at its own time, is judged before the next one begins, by what was said and by what was
there then, and that the end is judged by what V2 and the dashboard hold. On virtual time alone: a bot in a process of
its own cannot be moved to tomorrow.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.calls.end import grade_end
from simulator.calls.run import conduct, settle
from simulator.calls.screen import Verdict
from simulator.faults import Faults
from simulator.rig.world import World
from simulator.scenarios.scenario import MODEL_DOWN, Scenario
from simulator.sound.recording import Event
from simulator.virtual_time import clock


async def conduct_all(
    world: World[Any],
    scenario: Scenario,
    faults: str,
    folder: Path,
    listener: Callable[[Event], None] = lambda _: None,
    *,
    pace: float = 1.0,
) -> Verdict:
    """Every call of a scenario, one after the other, and one verdict; `faults` is broken in all of them.

    Raises:
        ValueError: There are several, and this process is not on virtual time.
    """
    if scenario.later and not clock.installed():
        raise ValueError(f"{scenario.name} has several calls: only on virtual time can the clock jump to the next one")
    verdicts = []
    begins = [*(later.starts_at for later in scenario.later), None]
    for number, (call, next_begins) in enumerate(zip((scenario, *scenario.later), begins, strict=True), 1):
        if number > 1:
            _jump_to(call.starts_at)
        own = folder / f"call-{number}" if scenario.later else folder
        own.mkdir(parents=True, exist_ok=True)
        before = world.faults.parts()
        own_faults = Faults.parse(call.faults).parts() if scenario.later else {}
        for part, broken in own_faults.items():
            world.faults.set(part, *broken)
        placed = await conduct(world, call, call.case(faults), faults, listener, pace=pace)
        verdicts.append(await settle(world, placed, own, next_begins))
        for part in own_faults:
            world.faults.set(part, *before.get(part, (None,)))
    if not scenario.later:
        return verdicts[0]
    asked = faults in ("", MODEL_DOWN)
    return _joined(verdicts, grade_end(scenario.end, world.office) if asked and scenario.end else [], folder)


def _jump_to(moment: datetime) -> None:
    seconds = (moment - datetime.now(UTC)).total_seconds()
    if seconds < 0:
        raise ValueError(f"the call before has lasted beyond {moment}")
    clock.CLOCK.jump(seconds)


def _joined(verdicts: list[Verdict], end: list[str], folder: Path) -> Verdict:
    last = verdicts[-1]
    tables = {table: [row for verdict in verdicts for row in verdict.records[table]] for table in last.records}
    return replace(
        last,
        failures=[
            *(
                f"call {number}: {failure}"
                for number, verdict in enumerate(verdicts, 1)
                for failure in verdict.failures
            ),
            *end,
        ],
        seconds=sum(verdict.seconds for verdict in verdicts),
        turns=sum(verdict.turns for verdict in verdicts),
        response_ms=[ms for verdict in verdicts for ms in verdict.response_ms],
        records=tables,
        folder=last.folder.parent if last.folder else folder,
        states=[state for verdict in verdicts for state in verdict.states],
        tools=[tool for verdict in verdicts for tool in verdict.tools],
    )
