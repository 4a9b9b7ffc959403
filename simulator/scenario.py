"""A scenario: who calls, what the world looks like, and how the call has to end. Read from YAML, checked, graded.

Guarantees that a mistake in a file is reported with the file and the field, and that a grade names in plain words
what was expected and what happened. Leaves out running the call (run.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.back_office import Seed
from simulator.faults import Faults
from simulator.persona import Pattern, Persona

FOLDER = Path(__file__).parent / "scenarios"
MAX_WAIT_MS = 4000

JobKind = Literal["lead", "job", "any", "none"]


class ScenarioError(Exception):
    """Raised when a scenario file cannot be used; the message names the file and every wrong field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolExpectation(_Strict):
    """A tool that was called, with these arguments; text is a regular expression, the rest is compared."""

    tool: str
    args: dict[str, str | int | float | bool | None] = {}
    times: int | None = None


class JobExpectation(_Strict):
    """What the dashboard's jobs webhook made of the call; `any`: one of the two."""

    kind: JobKind
    fields: dict[str, str | int | float | bool | None] = {}


class Expect(_Strict):
    """How a call has to end; what is not given is not asked for."""

    final_state: Pattern | None = None
    states_visited: list[str] = []
    """A subset of the states, in order."""
    ended_by: Literal["bot", "caller", "twilio"] | None = None
    outcome: str | None = None
    """How the call record's `outcome` begins."""
    tools: list[ToolExpectation] = []
    tools_absent: list[str] = []
    job: JobExpectation | None = None
    alert: int | None = None
    call_record: int | None = None
    heard: list[Pattern] = []
    not_heard: list[Pattern] = []
    asked: list[str] = []
    """Parts of the outside world (inworld, aura, openai ...) that must have been asked."""
    log: list[Pattern] = []
    """What the bot's log must say during the call or after it."""
    max_turns: int | None = None
    max_wait_ms: int | None = None
    """The longest the caller may wait in silence for the bot."""
    records: Literal["accepted", "refused"] = "accepted"
    """Whether the dashboard takes what it is sent."""


class FaultCase(_Strict):
    """The same call with something broken; `expect` replaces single fields of the scenario's own."""

    settings: dict[str, str] = {}
    heal: bool = False
    """The fault ends when the call is over and the dashboard has refused; the records must still arrive."""
    expect: Expect = Expect()


class Scenario(_Strict):
    """One file of simulator/scenarios."""

    title: str
    persona: Persona
    seed: Seed = Field(default_factory=Seed)
    settings: dict[str, str] = {}
    faults: str = ""
    alone: bool = False
    """Visits that other callers book would be found for this one too (contract.md 1.2): a world of its own."""
    expect: Expect
    fault_expect: dict[str, FaultCase] = {}
    name: str = ""

    @property
    def own_world(self) -> bool:
        """Whether it cannot share its bot and its back office."""
        return bool(self.settings or self.faults or self.alone)

    def case(self, faults: str) -> FaultCase:
        """What is expected with these faults: the file's word, else what holds for any fault."""
        if not faults:
            return FaultCase(expect=self.expect)
        given = self.fault_expect.get(faults)
        if given is None:
            records = None if "dashboard" in faults else 1
            return FaultCase(expect=Expect(max_wait_ms=MAX_WAIT_MS, call_record=records))
        changed = {name: getattr(given.expect, name) for name in given.expect.model_fields_set}
        return given.model_copy(update={"expect": self.expect.model_copy(update=changed)})


def names(folder: Path = FOLDER) -> list[str]:
    """All scenarios by name."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load(name: str, folder: Path = FOLDER) -> Scenario:
    """Read one scenario; raises `ScenarioError`."""
    path = folder / f"{name}.yaml"
    if not path.is_file():
        raise ScenarioError(f"there is no scenario {name!r}: {', '.join(names(folder))}")
    try:
        content = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path}: not YAML: {error}") from error
    try:
        scenario = Scenario.model_validate({**(content or {}), "name": name})
        for spec in (scenario.faults, *scenario.fault_expect):
            Faults.parse(spec)
    except ValidationError as error:
        problems = [f"  {'.'.join(str(part) for part in e['loc']) or 'the file'}: {e['msg']}" for e in error.errors()]
        raise ScenarioError("\n".join([f"{path}:", *problems])) from error
    except (ValueError, TypeError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    return scenario


@dataclass(frozen=True, slots=True)
class Tool:
    """One call of a V2 tool, as V2 saw it."""

    name: str
    args: Mapping[str, Any]


@dataclass(slots=True)
class Evidence:
    """What is known about a call after it. Times in milliseconds."""

    ended_by: str = ""
    caller_failure: str | None = None
    states: Sequence[str] = ()
    tools: Sequence[Tool] = ()
    jobs: Sequence[Mapping[str, Any]] = ()
    """Rows of leads and jobs; each has `kind` lead or job."""
    calls: Sequence[Mapping[str, Any]] = ()
    alerts: Sequence[Mapping[str, Any]] = ()
    refusals: Sequence[str] = ()
    heard: str = ""
    turns: int = 0
    longest_wait_ms: float = 0.0
    asked: frozenset[str] = frozenset()
    log: str = ""
    protocol_errors: Sequence[str] = ()
    faults: bool = False
    extra: list[str] = field(default_factory=list)
    """Failures that were found on the way."""


def grade(expect: Expect, run: Evidence) -> list[str]:
    """What was not as expected, in plain words; empty when all was."""
    return [
        *run.extra,
        *_how_it_ended(expect, run),
        *_what_was_said(expect, run),
        *grade_records(expect, run),
    ]


def grade_records(expect: Expect, run: Evidence) -> list[str]:
    """The part of a grade that may still change after the call: the dashboard's rows and the log."""
    return [*_records(expect, run), *_logged(expect, run)]


def _how_it_ended(expect: Expect, run: Evidence) -> Iterator[str]:
    if run.caller_failure:
        yield f"the caller gave up: {run.caller_failure}"
    if not run.faults:
        yield from (f"Twilio would object: {error}" for error in run.protocol_errors)
    final = run.states[-1] if run.states else "none"
    if expect.final_state and not re.fullmatch(expect.final_state, final):
        yield f"final state is {final}, not {expect.final_state}"
    missing = _first_missing(expect.states_visited, run.states)
    if missing:
        yield f"state {missing} was not reached in order; visited: {' -> '.join(run.states)}"
    if expect.ended_by and run.ended_by != expect.ended_by:
        yield f"the call was ended by {run.ended_by}, not by {expect.ended_by}"
    if expect.max_turns is not None and run.turns > expect.max_turns:
        yield f"the caller spoke {run.turns} times, more than {expect.max_turns}"
    if expect.max_wait_ms is not None and run.longest_wait_ms > expect.max_wait_ms:
        yield f"the caller waited {run.longest_wait_ms:.0f} ms in silence, more than {expect.max_wait_ms}"


def _what_was_said(expect: Expect, run: Evidence) -> Iterator[str]:
    for pattern in expect.heard:
        if not re.search(pattern, run.heard, re.IGNORECASE):
            yield f"the caller never heard /{pattern}/"
    for pattern in expect.not_heard:
        if found := re.search(pattern, run.heard, re.IGNORECASE):
            yield f"the caller heard {found.group()!r}, which must not be said (/{pattern}/)"
    for wanted in expect.tools:
        called = [tool for tool in run.tools if tool.name == wanted.tool]
        fitting = [tool for tool in called if not _mismatches(wanted.args, tool.args)]
        if not called:
            yield f"tool {wanted.tool} was not called"
        elif not fitting:
            yield f"tool {wanted.tool}: " + "; ".join(_mismatches(wanted.args, called[-1].args))
        elif wanted.times is not None and len(called) != wanted.times:
            yield f"tool {wanted.tool} was called {len(called)} times, not {wanted.times}"
    for name in expect.tools_absent:
        if any(tool.name == name for tool in run.tools):
            yield f"tool {name} was called and must not be"
    for part in expect.asked:
        if part not in run.asked:
            yield f"{part} was never asked"


def _logged(expect: Expect, run: Evidence) -> Iterator[str]:
    for pattern in expect.log:
        if not re.search(pattern, run.log, re.IGNORECASE):
            yield f"the bot's log never says /{pattern}/"


def _records(expect: Expect, run: Evidence) -> Iterator[str]:
    if expect.records == "accepted" and not run.faults:
        yield from (f"the dashboard refused: {refusal}" for refusal in run.refusals)
    if expect.records == "refused":
        if not run.refusals:
            yield "the dashboard was expected to refuse and was never asked"
        if run.jobs or run.calls:
            yield "the dashboard was expected to refuse and has rows of the call"
        return
    if expect.call_record is not None and len(run.calls) != expect.call_record:
        yield f"the dashboard has {len(run.calls)} call records, not {expect.call_record}"
    if expect.outcome is not None and run.calls:
        outcome = str(run.calls[-1].get("outcome") or "")
        if not outcome.startswith(expect.outcome):
            yield f"the call record's outcome is {outcome!r}, not {expect.outcome!r}"
    if expect.alert is not None and len(run.alerts) != expect.alert:
        yield f"the dashboard has {len(run.alerts)} alerts, not {expect.alert}"
    if expect.job is not None:
        yield from _job(expect.job, run)


def _job(expect: JobExpectation, run: Evidence) -> Iterator[str]:
    kinds = [str(row.get("kind")) for row in run.jobs]
    if expect.kind == "none":
        if kinds:
            yield f"the dashboard has a {' and a '.join(kinds)}, and should have none"
        return
    if kinds != [expect.kind] and not (expect.kind == "any" and len(kinds) == 1):
        yield f"the dashboard has {' and '.join(kinds) or 'no lead and no job'}, not one {expect.kind}"
        return
    yield from (f"{expect.kind}: {problem}" for problem in _mismatches(expect.fields, run.jobs[0]))


def _mismatches(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, value in wanted.items():
        found = given.get(name)
        if isinstance(value, str) and found is not None:
            fits = bool(re.search(value, str(found), re.IGNORECASE))
        else:
            fits = found == value
        if not fits:
            problems.append(f"{name} is {found!r}, not {value!r}")
    return problems


def _first_missing(wanted: Sequence[str], visited: Sequence[str]) -> str | None:
    rest = iter(visited)
    return next((state for state in wanted if state not in rest), None)
