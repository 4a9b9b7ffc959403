"""The grade of a call: what is known about it, and what of that is not as the scenario says.

Guarantees that a grade names in plain words what was expected and what happened. What always holds, such as words that
are never spoken, is asked of every call. Leaves out running the call (run.py) and what an expectation can say
(scenario.py).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.back_office.dashboard_schemas import END_CALL_REASONS, parse
from simulator.back_office.office import Booking
from simulator.back_office.store import CHICAGO
from simulator.back_office.texts import LONGEST_TEXT
from simulator.calls.proof import OnFile, Said, unproved
from simulator.calls.transcript import agent_lines, unheard, unlike
from simulator.calls.truth import Line, unkept, untrue
from simulator.scenarios.scenario import BookingExpectation, Expect, JobExpectation

NEVER_SAID = {
    r"[{}\[\]<>]": "brackets and braces (R65)",
    r"[–—]": "dashes (R97)",
    r"\w_\w": "a tool's name or a template (R39, R43)",
    r"invalid date": "V2's own words for a time (R63)",
    r"\btransition|\bmov(?:e|ing) (?:this |us )?forward|\bproceed(?:ing)? to the next": "the process (R82)",
    r"\b(?:within|in the next) (?:the |an? |\d+ |\w+ )?(?:hours?|minutes?)\b": "a promise of time (R81)",
}
"""What no caller ever hears, and why."""
MAX_LAG_MS = 250.0
"""A call during which this machine was later than that is not judged by its silences: they may be the machine's."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One call of a V2 tool, as V2 saw it."""

    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Silences:
    """The waits of a call on virtual time, and how long they may be; in milliseconds.

    Attributes:
        first_word_ms: From the answer to the bot's first; None: it never spoke.
        longest_ms: The longest in which nobody spoke, from the answer to the end of the line, whoever ended it.
    """

    first_word_ms: float | None
    longest_ms: float
    first_word_limit_ms: float
    limit_ms: float


@dataclass(slots=True)
class Evidence:
    """What is known about a call after it. Times in milliseconds."""

    call_sid: str = ""
    ended_by: str = ""
    caller_failure: str | None = None
    states: Sequence[str] = ()
    tools: Sequence[Tool] = ()
    bookings: Sequence[Booking] = ()
    """Every visit in Cal.com, those of before the call too."""
    changed: frozenset[str] = frozenset()
    """What V2 says it has done to visits on file: cancelled, rescheduled."""
    jobs: Sequence[Mapping[str, Any]] = ()
    """Rows of leads and jobs; each has `kind` lead or job."""
    calls: Sequence[Mapping[str, Any]] = ()
    ended_as: str = ""
    alerts: Sequence[Mapping[str, Any]] = ()
    texts: Sequence[str] = ()
    """What the owner was texted about this call, or should have been."""
    messages: Sequence[str] = ()
    """What Twilio passed on to phones of our own texts since the call began."""
    refusals: Sequence[str] = ()
    posted: Sequence[tuple[str, str]] = ()
    """Endpoint and body of all that the dashboard was sent, whatever it made of it."""
    lines: Sequence[Line] = ()
    """What the caller heard, line by line."""
    by_twilio: frozenset[str] = frozenset()
    """What Twilio's own voice said."""
    dialogue: Sequence[Said] = ()
    """Both sides, in the order in which they were heard."""
    on_file: Sequence[OnFile] = ()
    """Who was known before the call."""
    vouched: str = ""
    """The line's number, if the network vouches that it is the caller's."""
    turns: int = 0
    longest_wait_ms: float = 0.0
    lag_ms: float = 0.0
    """How late this machine was at its worst during the call."""
    silences: "Silences | None" = None
    """On virtual time: what nobody's machine can have lengthened."""
    asked: frozenset[str] = frozenset()
    log: str = ""
    protocol_errors: Sequence[str] = ()
    faults: bool = False
    """Whether a part was broken whose faults Twilio or the dashboard may see."""
    extra: list[str] = field(default_factory=list)
    """Failures that were found on the way."""

    @property
    def heard(self) -> str:
        """All that the caller heard."""
        return " ".join(" ".join(line.heard for line in self.lines).split())


def grade(expect: Expect, run: Evidence) -> list[str]:
    """What was not as expected, in plain words; empty when all was."""
    return [
        *run.extra,
        *_how_it_ended(expect, run),
        *_what_was_said(expect, run),
        *_what_was_done(expect, run),
        *grade_records(expect, run),
    ]


def grade_records(expect: Expect, run: Evidence) -> list[str]:
    """The part of a grade that may still change after the call: the dashboard's rows and the log."""
    return [*_payloads(run), *_records(expect, run), *_messages(expect, run), *_logged(expect, run)]


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
    longest = expect.max_wait_ms if run.lag_ms <= MAX_LAG_MS else None
    if longest is not None and run.longest_wait_ms > longest:
        yield f"the caller waited {run.longest_wait_ms:.0f} ms in silence, more than {longest}"
    if run.silences is not None:
        yield from _exact(run.silences, run.ended_by)


def _exact(silences: Silences, ended_by: str) -> Iterator[str]:
    first, longest = silences.first_word_ms, silences.longest_ms
    if first is None and ended_by != "caller":
        yield "the caller never heard a word"
    if first is not None and first > silences.first_word_limit_ms:
        yield f"the first word came after {first:.0f} ms, more than {silences.first_word_limit_ms:.0f}"
    if longest > silences.limit_ms:
        yield f"nobody spoke for {longest:.0f} ms, more than {silences.limit_ms:.0f}"


def _what_was_said(expect: Expect, run: Evidence) -> Iterator[str]:
    for pattern in expect.heard:
        if not re.search(pattern, run.heard, re.IGNORECASE):
            yield f"the caller never heard /{pattern}/"
    for pattern in expect.not_heard:
        if found := re.search(pattern, run.heard, re.IGNORECASE):
            yield f"the caller heard {found.group()!r}, which must not be said (/{pattern}/)"
    for pattern, what in NEVER_SAID.items():
        if found := re.search(pattern, run.heard, re.IGNORECASE):
            yield f"the caller heard {found.group()!r}: {what}"
    yield from untrue(run.lines, _own(run), run.changed)
    yield from unproved(run.on_file, run.dialogue, run.vouched)


def _what_was_done(expect: Expect, run: Evidence) -> Iterator[str]:
    for wanted in expect.tools:
        called = [tool for tool in run.tools if tool.name == wanted.tool]
        fitting = [tool for tool in called if not mismatches(wanted.args, tool.args)]
        if not called:
            yield f"tool {wanted.tool} was not called"
        elif not fitting:
            yield f"tool {wanted.tool}: " + "; ".join(mismatches(wanted.args, called[-1].args))
        elif wanted.times is not None and len(called) != wanted.times:
            yield f"tool {wanted.tool} was called {len(called)} times, not {wanted.times}"
    for name in expect.tools_absent:
        if any(tool.name == name for tool in run.tools):
            yield f"tool {name} was called and must not be"
    for part in expect.asked:
        if part not in run.asked:
            yield f"{part} was never asked"
    yield from _texts(run.texts)
    if expect.bookings is not None:
        yield from visits_differ(expect.bookings, run.bookings)


def _texts(texts: Sequence[str]) -> Iterator[str]:
    """What always holds of texts to the owner."""
    for text in texts:
        if "undefined" in text:
            yield f"the owner is texted 'undefined', for something that V2 was not sent (contract.md 0.7): {text!r}"
        if len(text) > LONGEST_TEXT:
            yield f"a text of {len(text)} characters never reaches the owner (contract.md 0.13)"


def visits_differ(wanted: Sequence[BookingExpectation], found: Sequence[Booking]) -> Iterator[str]:
    """The visits of the calendar, to the last one."""
    found = sorted(found, key=lambda visit: visit.start)
    wanted = sorted(wanted, key=lambda visit: visit.start)
    if len(wanted) != len(found) or any(_differs(w, f) for w, f in zip(wanted, found, strict=True)):
        shown = "; ".join(map(_visit, found)) or "none"
        yield f"the calendar holds {shown}; expected {'; '.join(map(str, wanted)) or 'none'}"


def _differs(wanted: BookingExpectation, found: Booking) -> bool:
    fits = (
        wanted.start == found.start.astimezone(CHICAGO).replace(tzinfo=None),
        re.fullmatch(wanted.name, found.name, re.IGNORECASE),
        re.fullmatch(wanted.address + r"(?:, \d{5})?", found.address, re.IGNORECASE),  # contract.md 0.11
        wanted.status == found.status,
        wanted.phone in (None, found.customer_phone),
    )
    return not all(fits)


def _visit(visit: Booking) -> str:
    start = visit.start.astimezone(CHICAGO)
    return f"{start:%Y-%m-%dT%H:%M} {visit.name}, {visit.address}, {visit.customer_phone}, {visit.status}"


def _own(run: Evidence) -> list[Booking]:
    return [visit for visit in run.bookings if visit.call_id == run.call_sid and visit.status == "accepted"]


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
    if expect.outcome is not None and run.calls and not run.ended_as.startswith(expect.outcome):
        yield f"the call ended as {run.ended_as!r}, not as {expect.outcome!r}"
    for row in run.calls:
        yield from unlike(run.lines, run.by_twilio, agent_lines(row), may_be_unsure=run.faults)
    yield from unheard(run.lines, [row.get("posted") or row for row in run.jobs])
    if expect.alert is not None and len(run.alerts) != expect.alert:
        yield f"the dashboard has {len(run.alerts)} alerts, not {expect.alert}"
    if not run.refusals:
        yield from unkept(run.lines, _own(run), run.jobs)
    if expect.job is not None:
        yield from _job(expect.job, run)


def _messages(expect: Expect, run: Evidence) -> Iterator[str]:
    for text, times in Counter(run.messages).items():
        if times > 1:
            yield f"a phone got the same text {times} times: {text!r}"
    if expect.messages is None:
        return
    if len(run.messages) != len(expect.messages):
        yield f"phones got {len(run.messages)} texts, not {len(expect.messages)}"
    for pattern, text in zip(expect.messages, run.messages, strict=False):
        if not re.search(pattern, text, re.IGNORECASE):
            yield f"a phone got {text!r}, not /{pattern}/"


def _payloads(run: Evidence) -> Iterator[str]:
    """What always holds of a payload, also of one that a broken dashboard never looked at: its schema takes all of it,
    and the outcome of a call is one of the eleven (contract.md 0.3).
    """
    for endpoint, body in dict.fromkeys(run.posted):
        try:
            payload = json.loads(body)
        except ValueError:
            yield f"what was posted to {endpoint} is no JSON"
            continue
        accepted, problems = parse(endpoint, payload)
        yield from (f"the dashboard's schema of {endpoint} refuses {p.path}: {p.message}" for p in problems)
        if lost := sorted(set(payload) - set(accepted)) if isinstance(payload, dict) else []:
            yield f"the dashboard's schema of {endpoint} drops {', '.join(lost)}"
        if endpoint == "calls" and accepted.get("outcome") not in END_CALL_REASONS:
            yield f"the call record's outcome {accepted.get('outcome')!r} is none that V2 and the dashboard know"


def _job(expect: JobExpectation, run: Evidence) -> Iterator[str]:
    kinds = [str(row.get("kind")) for row in run.jobs]
    if expect.kind == "none":
        if kinds:
            yield f"the dashboard has a {' and a '.join(kinds)}, and should have none"
        return
    if kinds != [expect.kind] and not (expect.kind == "any" and len(kinds) == 1):
        yield f"the dashboard has {' and '.join(kinds) or 'no lead and no job'}, not one {expect.kind}"
        return
    yield from (f"{expect.kind}: {problem}" for problem in mismatches(expect.fields, run.jobs[0]))


def mismatches(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The fields that are not as wanted: text is a regular expression, the rest is compared."""
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
