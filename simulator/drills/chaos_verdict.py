"""What must hold in every cell of the chaos matrix, whatever was broken; see design.md, "When things break".

Judges what was heard on the line, what V2 and the dashboard hold and what the bot logged. Guarantees that a failure
names in plain words what happened. Leaves out running the call (chaos.py, chaos_shared.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from simulator.calls.grading import Evidence, grade
from simulator.calls.run import CALLER_SILENCE_SECONDS, Placed, longest_silence_ms
from simulator.drills.chaos_cells import Cell
from simulator.drills.crash_plan import untrue, wrong_rows
from simulator.rig.bot_under_test import read_line
from simulator.rig.world import World
from simulator.scenarios.scenario import Expect, JobExpectation

MAX_CALL_SECONDS = 120.0
MAX_GREETING_MS = 1500.0  # A second for a vendor that hangs, half of one for everything else.

MAX_NEWCOMER_MS = 2000.0
MAX_TOLD_SECONDS = 5.0
MAX_ENDING_SECONDS = 20.0
MAX_LINES = 100
OF_A_START = frozenset({"config", "bot", "records.schema"})
"""What each start says of itself, once."""
JOURNAL_LOST = "THE JOURNAL WAS NOT WRITTEN"
STRAINS = frozenset({"starved", "flood", "slowloris"})
"""They take the processor from the simulated telephone as well: a line may come in pieces; silences are judged."""
BOOKED = "confirm:booked"

_BROKEN_CODE = ("Traceback (most recent call last)", "Task exception was never retrieved", "was never awaited")


def parked(cell: Cell) -> bool:
    """Whether the dashboard refuses for good: then the record is kept for a command, and not delivered by itself."""
    return "dashboard" in cell.parts and cell.mode in ("400", "401")


def expected(cell: Cell, own: Expect) -> Expect:
    """What the caller's file expects, and what this cell makes of it."""
    if parked(cell):
        return Expect(records="refused")
    changes: dict[str, Any] = {"call_record": 1}
    if cell.mode == "owner_deletes":
        changes["job"] = None
    if "messages" in cell.parts and cell.mode in ("invalid", "unsubscribed", "unregistered"):
        changes["messages"] = []
    if "transfer" in cell.parts:  # Nobody talks with the caller: the lead of before the dial.
        changes["job"] = JobExpectation(kind="lead")
    if own.alert and _late_alarm(cell):
        changes["alert"] = None
    return own.model_copy(update=changes)


def _late_alarm(cell: Cell) -> bool:
    """V2 has told of the emergency, and answers later than we wait: ours may double it, and must (contract.md 1.7)."""
    return "dashboard" in cell.parts and cell.mode in ("slow", "slow_db", "hang", "hang_body", "stall")


def judge(cell: Cell, expect: Expect, placed: Placed, evidence: Evidence, world: World[Any]) -> list[str]:
    """What did not hold; empty when all did."""
    return [
        *_hit(cell, world),
        *_silence(cell, placed),
        *_over(placed),
        *_broken_code(world),
        *_named(cell, evidence),
        *_alarms(cell, placed, evidence),
        *_graded(expect, evidence),
    ]


@dataclass(frozen=True)
class Beside:
    """What was seen beside a call while something was broken that all calls share.

    Attributes:
        newcomer: A call that began in the middle of it.
        told_after: Seconds until /ready told; None: it never did.
        ended_after: Seconds from SIGTERM to the end of the process, if that was told to end; infinite: it was killed.
        drain_seconds: How long it may have let calls go on.
    """

    newcomer: Placed
    told_after: float | None
    ended_after: float | None
    drain_seconds: float


def judge_shared(cell: Cell, placed: Placed, beside: Beside, evidence: Evidence, world: World[Any]) -> list[str]:
    """What is lost, doubled or left, though no seconds are judged: it holds on any machine."""
    return [
        *_booked(evidence),
        *_broken_code(world),
        *_rows(placed, evidence, world),
        *_newcomer(beside, world),
        *_journal(world),
        *_loud(world),
        *(_said_loudly(world) if cell.mode == "full" else ()),
        *(_told(beside, float("inf")) if _tells(cell) else ()),
        *(_process_ended(beside, float("inf")) if cell.outlives else ()),
    ]


def judge_heard(
    cell: Cell, expect: Expect, placed: Placed, beside: Beside, evidence: Evidence, late_ms: float
) -> list[str]:
    """What was not heard as it should be, or too late; the simulation itself ran `late_ms` late."""
    patient = replace(cell, max_silence_ms=cell.max_silence_ms + late_ms)
    return [
        *_silence(patient, placed, MAX_GREETING_MS + late_ms),
        *_over(placed),
        *(_graded(expect, evidence) if cell.mode not in STRAINS else ()),
        # A process that is starved may turn a new caller away, in words.
        *(_newcomer_waits(beside, late_ms) if cell.mode != "starved" else ()),
        *(_told(beside, late_ms) if _tells(cell) else ()),
        *(_process_ended(beside, late_ms) if cell.outlives else ()),
    ]


def _graded(expect: Expect, evidence: Evidence) -> list[str]:
    return grade(expect.model_copy(update={"max_wait_ms": None}), replace(evidence, silences=None))


def _tells(cell: Cell) -> bool:
    return cell.parts == ("database",) and cell.mode != "restart"


def _booked(evidence: Evidence) -> Iterator[str]:
    if not evidence.ended_as.startswith(BOOKED):
        yield f"the call ended as {evidence.ended_as!r}, not as {BOOKED!r}"


def _rows(placed: Placed, evidence: Evidence, world: World[Any]) -> Iterator[str]:
    """One record, no lead beside a job, and a visit is a job."""
    leads, jobs = ([row for row in evidence.jobs if row["kind"] == kind] for kind in ("lead", "job"))
    rows = {"leads": leads, "jobs": jobs, "calls": [*evidence.calls], "alerts": [*evidence.alerts]}
    visits = sum(v.call_id == placed.call.sid and v.status == "accepted" for v in world.office.bookings())
    heard = " ".join(line.full for line in placed.caller.heard)
    yield from wrong_rows(rows, evidence.ended_as)
    yield from untrue(rows, evidence.ended_as, visits, heard)


def _newcomer(beside: Beside, world: World[Any]) -> Iterator[str]:
    call = beside.newcomer.call
    if call.recording.first_bot_ms is None:
        yield "a new caller heard nothing"
    if (records := len(world.office.rows(call.sid).calls)) != 1:
        yield f"the dashboard has {records} call records of the new caller, not 1"


def _newcomer_waits(beside: Beside, late_ms: float) -> Iterator[str]:
    first = beside.newcomer.call.recording.first_bot_ms
    if first is not None and first > MAX_NEWCOMER_MS + late_ms:
        yield f"a new caller heard the first word after {first:.0f} ms"


def _told(beside: Beside, late_ms: float) -> Iterator[str]:
    if beside.told_after is None:
        yield "/ready never told of it"
    elif beside.told_after > MAX_TOLD_SECONDS + late_ms / 1000:
        yield f"/ready told of it after {beside.told_after:.1f} s"


def _process_ended(beside: Beside, late_ms: float) -> Iterator[str]:
    if beside.ended_after is None or beside.ended_after == float("inf"):
        yield "the process did not end by itself"
    elif beside.ended_after > beside.drain_seconds + MAX_ENDING_SECONDS + late_ms / 1000:
        yield f"the process ended {beside.ended_after:.1f} s after SIGTERM"


def _journal(world: World[Any]) -> Iterator[str]:
    left = len(list((world.data / "journal").glob("*.json")))
    if left:
        yield f"{left} calls stand in the journal still"


def _said_loudly(world: World[Any]) -> Iterator[str]:
    if JOURNAL_LOST not in world.bot.log():
        yield f"the log never says {JOURNAL_LOST!r}"


def _loud(world: World[Any]) -> Iterator[str]:
    told = map(read_line, world.bot.log().splitlines())
    lines = sum(line is not None and not line.call_sid and line.logger not in OF_A_START for line in told)
    if lines > MAX_LINES:
        yield f"the log has {lines} lines that are no call's"


def _hit(cell: Cell, world: World[Any]) -> Iterator[str]:
    hit = {hit.part for hit in world.faults.hits}
    yield from (f"does not count: {part} was never hit while it was broken" for part in cell.parts if part not in hit)


def _silence(cell: Cell, placed: Placed, greeting_ms: float = MAX_GREETING_MS) -> Iterator[str]:
    own_ms = CALLER_SILENCE_SECONDS * 1000 if placed.scenario.persona.manner.silent else 0.0
    silence = longest_silence_ms(placed)
    if silence > cell.max_silence_ms + own_ms:
        yield f"{silence:.0f} ms of silence, more than {cell.max_silence_ms + own_ms:.0f}"
    first = placed.call.recording.first_bot_ms
    if first is not None and first > greeting_ms:
        yield f"the first word came after {first:.0f} ms"
    if first is None and placed.end and placed.end.by != "caller":
        yield "the caller never heard a word"


def _over(placed: Placed) -> Iterator[str]:
    end = placed.end
    if end is None or end.how == "time limit of the simulation" or end.seconds > MAX_CALL_SECONDS:
        yield f"the call did not end within {MAX_CALL_SECONDS:.0f} s"


def _broken_code(world: World[Any]) -> Iterator[str]:
    log = world.bot.log()
    yield from (f"the bot's log has {words!r}" for words in _BROKEN_CODE if words in log)


def _alarms(cell: Cell, placed: Placed, evidence: Evidence) -> Iterator[str]:
    if placed.scenario.expect.alert and _late_alarm(cell) and len(evidence.alerts) not in (1, 2):
        yield f"the dashboard has {len(evidence.alerts)} alerts: V2's and perhaps ours were expected"


def _named(cell: Cell, evidence: Evidence) -> Iterator[str]:
    if "dashboard" in cell.parts and not re.search(r"dashboard|delivery", evidence.log):
        yield "the log tells nothing of the dashboard"  # It fails when the record is complete: not its end reason.
    if not cell.named:
        return
    if not any(name in evidence.ended_as for name in cell.named):
        yield f"the log's last line of the call, {evidence.ended_as!r}, does not name {' or '.join(cell.named)}"
    summaries = [str(row["posted"].get("ai_summary")) for row in evidence.jobs]
    for summary in summaries:
        if not any(name in summary for name in cell.named):
            yield f"the summary {summary!r} does not name {' or '.join(cell.named)}"
