"""Places one call of a scenario and collects what came of it.

Guarantees that a verdict rests on what was heard on the line, what V2 was asked and holds, what the dashboard holds and
what the bot logged. Leaves out the wiring (world.py), many calls side by side (batch.py) and the rules of a grade
(grading.py).
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from simulator.back_office.office import BackOfficeEvent, Refusal, RowAccepted
from simulator.calls.grading import Evidence, Silences, Tool, grade, grade_records
from simulator.calls.proof import OnFile, dialogue, on_file
from simulator.calls.screen import Verdict
from simulator.calls.truth import Line
from simulator.phone.caller import Caller
from simulator.phone.phone_call import CallEnd, PhoneCall
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_under_test import BotError, LogLine, ended_as, read_line
from simulator.rig.world import OUR_NUMBER, World
from simulator.scenarios.scenario import FaultCase, Scenario
from simulator.sound.recording import Event, Silence, Timeline
from simulator.virtual_time import clock

# On virtual time: how long nobody may speak. Measured are 1.1 s with all well, behind the last word (`make call
# SCENARIO=all`); with the model broken 2 s are allowed, with anything else broken 4 s (design.md, "When things break").
SILENCE_MS = 1500.0
SILENCE_WITHOUT_MODEL_MS = 2000.0
SILENCE_WITH_FAULTS_MS = 4000.0
FIRST_WORD_MS = 500.0
FIRST_WORD_WITH_FAULTS_MS = 1500.0
CALLER_SILENCE_SECONDS = 8.0  # The bot's own default: what it waits for a caller who says nothing.
KEYPAD_SECONDS = 2.0  # The bot's own default
RECORDS_SECONDS = 15.0
HEALED_SECONDS = 30.0
SETTLE_SECONDS = 0.5  # a record too many comes right behind the one that was waited for
# On virtual time all that may still come is waited for: retries, the resume window, the next beats.
SETTLE_VIRTUALLY_SECONDS = 150.0
POLL_SECONDS = 0.05
CHANGED = {"cancel": "cancelled", "reschedule": "rescheduled"}
"""V2's `action_taken`, and what has become of the visit."""
HARMLESS = frozenset({"openai"})  # Parts whose faults are no error of ours and reach neither Twilio nor the dashboard.


@dataclass(slots=True)
class Placed:
    """A call and what was collected around it."""

    scenario: Scenario
    case: FaultCase
    faults: str
    caller: Caller
    call: PhoneCall
    states: list[str]
    problems: list[str]
    end: CallEnd | None = None
    lag_ms: float = 0.0
    on_file: Sequence[OnFile] = ()
    """Whom the back office knew when the call was placed."""
    refused_before: int = 0
    """How often the dashboard had refused before this call, the first of several perhaps."""
    texted_before: int = 0
    """How many texts of ours phones had got before."""

    @property
    def disturbed(self) -> bool:
        """Whether a part was broken whose faults others may notice."""
        specs = ",".join(filter(None, (self.scenario.faults, self.faults)))
        return not HARMLESS.issuperset(spec.partition(":")[0].strip() for spec in specs.split(",") if spec)


def new_folder(name: str) -> Path:
    """`calls/<timestamp>-<name>`, created; with a number behind it when another command has just made that one."""
    stem = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{name}"
    for number in count(1):
        folder = ROOT / "calls" / (stem if number == 1 else f"{stem}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise AssertionError("there is always another number")


async def conduct(
    world: World[Any],
    scenario: Scenario,
    case: FaultCase,
    faults: str,
    listener: Callable[[Event], None] = lambda _: None,
    *,
    pace: float = 1.0,
) -> Placed:
    """One call from the first ring to its end; raises `BotError` when the bot dies. `pace`: see `Caller`."""
    timeline = Timeline()
    timeline.listeners.append(listener)
    caller = Caller(
        scenario.persona,
        speak=world.speaker.speak,
        caller_acoustics=world.vendors.caller_acoustics,
        bot_acoustics=world.vendors.bot_acoustics,
        timeline=timeline,
        pace=pace,
    )
    person = scenario.persona
    call = world.twilio.new_call(
        caller, from_=person.number, to=OUR_NUMBER, attestation=person.attestation, timeline=timeline
    )
    placed = Placed(scenario, case, faults, caller, call, [], [], refused_before=len(world.office.refusals()))
    placed.texted_before = len(world.twilio.messages.delivered)
    world.office.seed(scenario.seed)
    known = world.office.rows()
    placed.on_file = on_file(world.office.bookings(), known.jobs + known.leads)
    world.bot.listeners[call.sid] = lambda line: _logged(placed, line)
    world.listeners[call.sid] = lambda event: tell_of_the_office(timeline, event)
    placed.end = await until_over(world, call)
    caller.line_cut()
    return placed


async def settle(world: World[Any], placed: Placed, folder: Path, until: datetime | None = None) -> Verdict:
    """Wait for the records of a call that is over, and judge it; at the latest `until`, when the next one begins.

    The world is the call's own.
    """
    if placed.case.heal:
        await _heal(world, placed)
    await records_arrive(world, placed, until)
    return await keep(world, placed, folder, grade(placed.case.expect, evidence_of(world, placed)))


async def keep(world: World[Any], placed: Placed, folder: Path, failures: Sequence[str]) -> Verdict:
    """Writes the recording and the timeline of a judged call."""
    call, end = placed.call, placed.end
    verdict = Verdict(
        placed.scenario.name,
        placed.faults,
        failures,
        end.seconds if end else 0.0,
        placed.caller.turns,
        call.recording.response_times(),
        placed.states[-1] if placed.states else "-",
        _rows(world, call.sid),
        folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder,
        placed.lag_ms,
        ended_as=_ended_as(world, call.sid),
        states=tuple(placed.states),
        tools=tuple(tool.tool for tool in world.office.tool_calls(call.sid)),
    )
    about = {
        "scenario": placed.scenario.name,
        "faults": placed.faults,
        "call_sid": call.sid,
        "passed": verdict.passed,
        "failures": list(failures),
        "ended_by": end.by if end else "",
        "response_ms": [round(ms) for ms in verdict.response_ms],
        "records": verdict.records,
    }
    await asyncio.to_thread(call.recording.write, folder, call.timeline, about)
    return verdict


async def until_over(world: World[Any], call: PhoneCall) -> CallEnd:
    """Places the call and stays until it is over; raises `BotError` when the bot dies."""
    running = asyncio.create_task(call.run(world.bot.url + "/twiml"))
    gone = asyncio.create_task(world.bot.gone.wait())
    try:
        await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            world.bot.check()
        return await running
    finally:
        for task in (running, gone):
            task.cancel()
        await asyncio.gather(running, gone, return_exceptions=True)


def _logged(placed: Placed, line: LogLine) -> None:
    if line.level in ("ERROR", "CRITICAL") and not placed.disturbed:
        placed.problems.append(f"the bot logged {line.level}: {line.text}")
    if line.kind == "state":
        if not placed.states:
            placed.states.append(str(line.detail["was"]))
        placed.states.append(line.text)
    tell_of_the_bot(placed.call.timeline, line)


def tell_of_the_bot(timeline: Timeline, line: LogLine) -> None:
    """What a line of the bot's log tells of a call: its states, its tools, its end, and what went wrong."""
    if line.kind == "state":
        timeline.add("state", "state", line.text, **line.detail)
    elif line.kind == "tool":
        timeline.add("tool", "tool", line.text, **line.detail)
    elif line.kind == "ended" or line.level in ("WARNING", "ERROR", "CRITICAL"):
        timeline.add("log", line.level.lower() if line.kind == "log" else "ended", line.text)


def tell_of_the_office(timeline: Timeline, event: BackOfficeEvent) -> None:
    """What the dashboard took, or refused."""
    match event:
        case RowAccepted():
            timeline.add("office", "row", f"dashboard {event.action} {event.table}", row=event.row)
        case Refusal():
            text = f"dashboard refused {event.path}: {event.status} {event.body}"
            timeline.add("office", "refusal", text)


async def _heal(world: World[Any], placed: Placed) -> None:
    """Let the dashboard refuse the first try and its retry, then make it well."""
    try:
        async with asyncio.timeout(RECORDS_SECONDS):
            while len(world.office.refusals()) < placed.refused_before + 2:
                world.bot.check()
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        placed.problems.append("the dashboard was not asked a second time after its refusal")
    for part in placed.faults.split(","):
        world.faults.set(part.partition(":")[0].strip(), None)
    placed.call.timeline.add("office", "healed", "the fault is over")


async def records_arrive(world: World[Any], placed: Placed, until: datetime | None = None) -> None:
    """Wait until the records are as expected, or as long as the dashboard's retry may take; then for those too many."""
    seconds = HEALED_SECONDS if placed.case.heal else RECORDS_SECONDS
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        world.bot.check()
        if not grade_records(placed.case.expect, evidence_of(world, placed)):
            break
        await asyncio.sleep(POLL_SECONDS)
    seconds = SETTLE_VIRTUALLY_SECONDS if clock.installed() else SETTLE_SECONDS
    left = (until - datetime.now(UTC)).total_seconds() if until else seconds
    await asyncio.sleep(max(0.0, min(seconds, left)))


def _rows(world: World[Any], call_sid: str) -> dict[str, list[dict[str, Any]]]:
    rows = world.office.rows(call_sid)
    return {"lead": rows.leads, "job": rows.jobs, "call": rows.calls, "alert": rows.alerts}


def evidence_of(world: World[Any], placed: Placed) -> Evidence:
    """What is known about a call now; its records may still be on their way."""
    call, caller = placed.call, placed.caller
    rows = _rows(world, call.sid)
    tools = world.office.tool_calls(call.sid)
    answers = [t.response for t in tools if t.tool == "manage_appointment" and isinstance(t.response, Mapping)]
    asked = {request.part for request in world.vendors.requests} | ({"openai"} if world.model else set())
    return Evidence(
        call_sid=call.sid,
        ended_by=placed.end.by if placed.end else "",
        caller_failure=caller.failure,
        states=placed.states,
        tools=[Tool(t.tool, t.args) for t in tools],
        bookings=world.office.bookings(),
        changed=frozenset(CHANGED.get(str(a.get("action_taken")), "") for a in answers if a.get("success") is True),
        jobs=[{**row, "kind": kind} for kind in ("lead", "job") for row in rows[kind]],
        calls=rows["call"],
        ended_as=_ended_as(world, call.sid),
        alerts=rows["alert"],
        texts=[str(sms["body"]) for sms in world.office.sms() + world.office.lost_sms() if sms["call_id"] == call.sid],
        messages=[text.body for text in world.twilio.messages.delivered[placed.texted_before :]],
        refusals=[f"{r.path} {r.status} {r.body}" for r in world.office.refusals()[placed.refused_before :]],
        posted=world.office.posted(),
        lines=[Line(line.full, line.text, line.complete) for line in caller.heard],
        by_twilio=frozenset(event.text for event in call.timeline.of("twilio", "say")),
        dialogue=dialogue(call.timeline.events),
        on_file=placed.on_file,
        vouched=_vouched(placed),
        turns=caller.turns,
        lag_ms=placed.lag_ms,
        silences=_silences(placed) if clock.installed() else None,
        longest_wait_ms=call.recording.longest_wait_ms(but_for=_excuse(placed)),
        asked=frozenset(asked),
        log=world.bot.log(),
        protocol_errors=placed.end.protocol_errors if placed.end else (),
        faults=placed.disturbed,
        extra=placed.problems,
    )


def _vouched(placed: Placed) -> str:
    """The number on the line, if it is the caller's own by the network's word and the caller's."""
    person = placed.scenario.persona
    own = person.attestation == "A" and person.own_phone and person.number not in ("anonymous", OUR_NUMBER)
    return person.number if own else ""


def _ended_as(world: World[Any], call_sid: str) -> str:
    lines = filter(None, map(read_line, world.bot.log().splitlines()))
    return ended_as(line for line in lines if line.call_sid == call_sid)


def longest_silence_ms(placed: Placed) -> float:
    """The longest time in which neither spoke, but for what the caller chose; see `Recording.joint_silences`.

    Behind keys of the telephone the bot has to wait whether more come: that wait is not its silence.
    """
    pressed = [event.ms for event in placed.call.timeline.of("caller", "presses")]
    chosen = _chosen(placed)
    return max(
        (
            silence.ms
            - KEYPAD_SECONDS * 1000 * any(silence.at_ms - silence.ms <= ms <= silence.at_ms for ms in pressed)
            for silence in placed.call.recording.joint_silences()
            if not any(silence.at_ms - silence.ms <= ms <= silence.at_ms for ms in chosen)
        ),
        default=0.0,
    )


def _chosen(placed: Placed) -> list[int]:
    """When the caller chose to say nothing, and when a ringback tone pauses: such a silence is nobody's fault."""
    timeline = placed.call.timeline
    return [event.ms for event in (*timeline.of("caller", "stays_silent"), *timeline.of("twilio", "rings"))]


def _silences(placed: Placed) -> Silences:
    broken = bool(placed.scenario.faults or placed.faults)
    limit = SILENCE_WITH_FAULTS_MS if placed.disturbed else SILENCE_WITHOUT_MODEL_MS if broken else SILENCE_MS
    if placed.scenario.persona.manner.silent:
        settings = placed.scenario.settings | placed.case.settings
        limit += float(settings.get("CALLER_SILENCE_SECONDS", CALLER_SILENCE_SECONDS)) * 1000
    first_limit = FIRST_WORD_WITH_FAULTS_MS if placed.disturbed else FIRST_WORD_MS
    return Silences(placed.call.recording.first_bot_ms, longest_silence_ms(placed), first_limit, limit)


def _excuse(placed: Placed) -> Callable[[Silence], bool]:
    """Tell silences that are the caller's own: it was his turn, and he said nothing."""
    silent = placed.scenario.persona.manner.silent
    chosen = _chosen(placed)

    def excuse(silence: Silence) -> bool:
        began = silence.at_ms - silence.ms
        return silence.after == "bot" and (silent or any(began <= ms <= silence.at_ms for ms in chosen))

    return excuse


__all__ = ["BotError", "Placed", "conduct", "new_folder", "settle"]
