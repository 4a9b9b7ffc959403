"""A scenario: who calls, when, what the world looks like, and how the call has to end. Read from YAML and checked.

Guarantees that a mistake in a file is reported with the file and the field. Leaves out running the call (run.py) and
judging it (grading.py).
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError

from simulator.back_office.office import Seed
from simulator.back_office.store import CHICAGO
from simulator.faults import Faults
from simulator.scenarios.persona import Pattern, Persona

FOLDER = Path(__file__).parent
MAX_WAIT_MS = 4000
NOW = datetime(2026, 11, 23, 10, 15)  # Local, Austin: an ordinary Monday morning.
MODEL_DOWN = "openai:down"

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


class BookingExpectation(_Strict):
    """A visit as the calendar holds it after the call; name and address are regular expressions for the whole text."""

    start: NaiveDatetime
    """Local, Austin."""
    name: Pattern
    address: Pattern
    phone: str | None = None
    """Whose visit it is, E.164; not asked for without."""
    status: Literal["accepted", "cancelled"] = "accepted"

    def __str__(self) -> str:
        whose = f", {self.phone}" if self.phone else ""
        return f"{self.start:%Y-%m-%dT%H:%M} {self.name}, {self.address}{whose}, {self.status}"


class Expect(_Strict):
    """How a call has to end; what is not given is not asked for."""

    final_state: Pattern | None = None
    states_visited: list[str] = []
    """A subset of the states, in order."""
    ended_by: Literal["bot", "caller", "twilio"] | None = None
    outcome: str | None = None
    """How the call's own end reason begins, as the bot's log tells it."""
    tools: list[ToolExpectation] = []
    tools_absent: list[str] = []
    bookings: list[BookingExpectation] | None = None
    """Every visit of the calendar, those of before the call and cancelled ones too; [] is: nothing was booked."""
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
    now: NaiveDatetime = NOW
    """When the call is placed, local, Austin; the clocks of the bot and of the back office start there."""
    persona: Persona
    seed: Seed = Field(default_factory=Seed)
    settings: dict[str, str] = {}
    faults: str = ""
    expect: Expect
    fault_expect: dict[str, FaultCase] = {}
    name: str = ""

    @property
    def starts_at(self) -> datetime:
        """`now`, aware."""
        return self.now.replace(tzinfo=CHICAGO)

    def case(self, faults: str) -> FaultCase:
        """What is expected with these faults: the file's word, else what holds for any fault.

        With the model down a call goes as ever, but for what the file takes back: an answer that only it can word.
        """
        given = self.fault_expect.get(faults, FaultCase() if faults in ("", MODEL_DOWN) else None)
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
    if name not in names(folder):
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
