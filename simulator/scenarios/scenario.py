"""A scenario: who calls, when, what the world looks like, and how the call has to end. Read from YAML and checked.

A file is one call, or several of one world (`calls`), so that a later one hears what an earlier one left. Guarantees
that a mistake in a file is reported with the file and the field. Leaves out running the calls (run.py, several.py) and
judging them (grading.py, end.py).
"""

import difflib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError, model_validator

from simulator.back_office.office import Seed
from simulator.back_office.store import CHICAGO
from simulator.faults import Faults
from simulator.scenarios.persona import Pattern, Persona

FOLDER = Path(__file__).parent
MAX_WAIT_MS = 4000
NOW = datetime(2026, 11, 23, 10, 15)  # Local, Austin: an ordinary Monday morning.
MODEL_DOWN = "openai:down"
BETWEEN_CALLS = timedelta(minutes=2)  # A short call, and what its records need before it is judged.

JobKind = Literal["lead", "job", "any", "none"]
Fields = dict[str, str | int | float | bool | None]
"""Of a row or of a tool's arguments: text is a regular expression, the rest is compared."""


NEAR_NAMES = 3


class ScenarioError(Exception):
    """Raised when a scenario file cannot be used; the message names the file and every wrong field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolExpectation(_Strict):
    """A tool that was called, with these arguments; text is a regular expression, the rest is compared."""

    tool: str
    args: Fields = {}
    times: int | None = None


class JobExpectation(_Strict):
    """What the dashboard's jobs webhook made of the call; `any`: one of the two."""

    kind: JobKind
    fields: Fields = {}


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
    messages: list[Pattern] | None = None
    """Every text of ours that Twilio passed on to a phone since the call began, in order; [] is: none."""
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


class End(_Strict):
    """What V2 and the dashboard hold after the last of several calls, what was there before included; what is not given
    is not asked for. A list names every row, in the order in which they were made, by some of its fields.
    """

    bookings: list[BookingExpectation] | None = None
    jobs: list[Fields] | None = None
    leads: list[Fields] | None = None
    calls: list[Fields] | None = None
    alerts: list[Fields] | None = None
    callbacks: list[Fields] | None = None
    """As V2 was asked for them: reason, urgent, callback_type and the like."""
    texts: list[Pattern] = []
    """Each is in a text that the owner got."""
    texts_absent: list[Pattern] = []
    """None is in a text that the owner got."""


class _Call(_Strict):
    now: NaiveDatetime = NOW
    """When the call is placed, local, Austin; the clocks of the bot and of the back office show it."""
    persona: Persona
    seed: Seed = Field(default_factory=Seed)
    """What is known; of a later one of several: what was added since the call before, such as a note of the owner."""
    faults: str = ""
    """Of this call and of its records alone."""
    expect: Expect
    fault_expect: dict[str, FaultCase] = {}


class _Several(_Strict):
    """A file with two to four calls: one back office, one bot, and a clock that jumps from each call to the next."""

    title: str
    seed: Seed = Field(default_factory=Seed)
    """What is known before the first call."""
    settings: dict[str, str] = {}
    calls: list[_Call] = Field(min_length=2, max_length=4)
    expect: End

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if "seed" in self.calls[0].model_fields_set:
            raise ValueError("what is known before the first call is the file's own seed")
        for before, after in pairwise(self.calls):
            if after.now - before.now < BETWEEN_CALLS:
                raise ValueError(f"the call at {after.now} is not {BETWEEN_CALLS} after the one at {before.now}")
        return self


class _Single(_Call):
    """A file with one call."""

    title: str
    settings: dict[str, str] = {}


class Scenario(_Single):
    """One file of simulator/scenarios. Of several calls it is the first; the others are `later`."""

    name: str = ""
    later: tuple["Scenario", ...] = ()
    end: End | None = None

    @classmethod
    def read(cls, content: dict[str, Any], name: str) -> Self:
        """A file's content.

        Raises:
            ValidationError: It is none.
        """
        if "calls" not in content:
            _Single.model_validate(content)
            return cls.model_validate({**content, "name": name})
        several = _Several.model_validate(content)
        about: dict[str, Any] = {"title": several.title, "settings": several.settings, "name": name}
        calls = [about | {field: getattr(call, field) for field in _Call.model_fields} for call in several.calls]
        calls[0]["seed"] = several.seed
        first, *later = [cls(**call) for call in calls]
        return first.model_copy(update={"later": tuple(later), "end": several.expect})

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
        near = difflib.get_close_matches(name.lower(), names(folder), NEAR_NAMES)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise ScenarioError(f"there is no scenario {name!r}.{meant} All of them: python -m simulator --list")
    try:
        content = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path}: not YAML: {error}") from error
    try:
        scenario = Scenario.read(content or {}, name)
        for call in (scenario, *scenario.later):
            for spec in (call.faults, *call.fault_expect):
                Faults.parse(spec)
    except ValidationError as error:
        problems = [f"  {'.'.join(str(part) for part in e['loc']) or 'the file'}: {e['msg']}" for e in error.errors()]
        raise ScenarioError("\n".join([f"{path}:", *problems])) from error
    except (ValueError, TypeError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    return scenario
