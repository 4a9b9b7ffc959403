"""When the bot is killed: the moments of a call, and what its record has to be afterwards.

Guarantees that every moment is found by what happened in the call, and not by a clock alone. Data and pure judgement;
leaves out killing and calling (crash.py).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.sound.recording import Event

BOOKS, PERSON, GAS, CONNECTED = "books", "wants_a_person", "smells_gas", "is_connected"


@dataclass(frozen=True)
class Moment:
    """A moment of a call.

    Attributes:
        name: How it is called in the table.
        caller: Who calls: a file of simulator/drills/callers.
        who: Source of the event with which it begins, as the timeline names it.
        what: Kind of that event.
        text: What its text must match.
        nth: The event's number among those that match.
        within_seconds: The bot is killed at random so long after it; 0: before the event is over.
        times: How often in one call, each time the event comes again behind the last kill.
        faults: What else is broken in that call.
    """

    name: str
    caller: str
    who: str
    what: str
    text: str = ""
    nth: int = 1
    within_seconds: float = 0.0
    times: int = 1
    faults: str = ""

    def fits(self, event: Event) -> bool:
        """Whether this is such an event."""
        return event.who == self.who and event.what == self.what and re.search(self.text, event.text) is not None


MOMENTS = (
    Moment("before the stream", BOOKS, "twilio", "answered", within_seconds=0.1),
    Moment("before the greeting", BOOKS, "twilio", "stream", within_seconds=0.4),
    Moment("in the greeting", BOOKS, "bot", "speaks", within_seconds=2.0),
    Moment("in the first turn", BOOKS, "caller", "says", within_seconds=4.0),
    Moment("while V2 looks up", BOOKS, "office", "ToolCall", "lookup_caller"),
    Moment("in the second turn", BOOKS, "caller", "says", nth=2, within_seconds=3.0),
    Moment("in the read-back", BOOKS, "log", "state", "pre_confirm", within_seconds=4.0),
    Moment("in the approval", BOOKS, "caller", "says", "Yes, please", within_seconds=1.5),
    Moment("while V2 books", BOOKS, "office", "ToolCall", "book_appointment"),
    Moment("when V2 has booked", BOOKS, "log", "tool", "book_appointment", within_seconds=0.2),
    Moment("in the confirmation", BOOKS, "log", "state", "confirm", within_seconds=5.0),
    Moment("at the hang-up", BOOKS, "twilio", "rest"),
    Moment("when the job is stored", BOOKS, "office", "RowAccepted", "jobs"),
    Moment("between job and call", BOOKS, "log", "log", "dashboard jobs accepted", within_seconds=0.01),
    Moment("when the call is stored", BOOKS, "office", "RowAccepted", "calls"),
    Moment("while V2 makes a callback", PERSON, "office", "ToolCall", "create_callback"),
    Moment("in the promise", PERSON, "log", "state", "callback", within_seconds=4.0),
    Moment("when the lead is stored", PERSON, "office", "RowAccepted", "leads"),
    Moment("while V2 sends the alert", GAS, "office", "ToolCall", "send_emergency_alert"),
    Moment("before a person is dialled", CONNECTED, "log", "state", "transfer", within_seconds=6.0),
    Moment("while a person's phone rings", CONNECTED, "twilio", "dials", within_seconds=4.0),
    Moment("while nobody picks up", CONNECTED, "twilio", "dials", within_seconds=9.0, faults="transfer:no_answer"),
    Moment("in the whisper to a person", CONNECTED, "twilio", "picked_up", within_seconds=4.0),
    Moment("in the talk with a person", CONNECTED, "twilio", "bridged", within_seconds=8.0),
    Moment("any time", BOOKS, "twilio", "answered", within_seconds=28.0),
    Moment("twice", BOOKS, "twilio", "stream", within_seconds=10.0, times=2),
    Moment("three times", BOOKS, "twilio", "stream", within_seconds=5.0, times=3),
)
CUT = ("before the greeting", "in the second turn", "while V2 books", "between job and call", "at the hang-up", "twice",
       "while a person's phone rings", "while nobody picks up")  # fmt: skip
"""The few that `make test-calls` has."""


IN_DOUBT = frozenset({"callback:booking_uncertain", "interrupted:booking", "hangup:booking"})
"""Endings of a call whose booking was never answered."""


@dataclass(frozen=True)
class Rows:
    """How many rows of a kind an ending calls for (design.md, "How a call ends")."""

    leads: int = 0
    jobs: int = 0
    alerts: tuple[int, int] = (0, 0)
    """From, to: a doubled alarm beats a lost one, so that two are allowed when V2's answer was lost."""


def rows_for(outcome: str, spoke: bool, *, found: bool = False) -> Rows:
    """What the dashboard must hold for a call that ended so.

    `spoke`: the caller was heard; `found`: a visit in doubt stood when it was looked up after the call.
    """
    ending = outcome.partition(" ")[0]
    if ending.startswith("confirm:booked") or (found and ending in IN_DOUBT):
        return Rows(jobs=1)
    if ending.startswith("safety_exit:"):
        return Rows(jobs=1, alerts=(1, 2))
    if ending.startswith(("confirm:", "goodbye:done", "goodbye:transferred")):
        return Rows()
    if ending.startswith("hangup:") and not spoke:
        return Rows()
    return Rows(leads=1)


def wrong_rows(rows: Mapping[str, list[Mapping[str, Any]]], outcome: str) -> Iterator[str]:
    """What is lost or doubled; `rows`: leads, jobs, calls and alerts of one call, which ended as `outcome`."""
    calls = rows["calls"]
    if len(calls) != 1:
        yield f"LOST: no call record, {_counts(rows)}" if not calls else f"DOUBLED: {len(calls)} call records"
        return
    spoke = any(line.get("role") == "user" for line in calls[0].get("transcript_object") or ())
    wanted = rows_for(outcome, spoke, found=_dated(rows))
    for name, number in (("leads", wanted.leads), ("jobs", wanted.jobs)):
        if len(rows[name]) != number:
            word = "LOST" if len(rows[name]) < number else "DOUBLED"
            yield f"{word}: {outcome!r} calls for {number} {name}, and there are {len(rows[name])}"
    least, most = wanted.alerts
    if not least <= len(rows["alerts"]) <= most:
        yield f"{outcome!r} calls for {least} to {most} alerts, and there are {len(rows['alerts'])}"


def untrue(rows: Mapping[str, list[Mapping[str, Any]]], outcome: str, visits: int, heard: str) -> Iterator[str]:
    """What the record or the bot said that did not happen, and what happened and is told nowhere."""
    booked = outcome.startswith("confirm:booked") or _dated(rows)
    if visits > 1:
        yield f"BOOKED TWICE: {visits} visits"
    if booked and not visits:
        yield "the record says booked, and there is no visit"
    if not visits and re.search(r"you're booked|we'll see you", heard, re.IGNORECASE):
        yield "the caller heard that it is booked, and there is no visit"
    summary = " ".join(str(row["posted"].get("ai_summary")) for row in rows["leads"])
    if visits and not booked and "may exist" not in summary:
        yield f"there is a visit, and neither outcome {outcome!r} nor summary tells of it: {summary!r}"


def _dated(rows: Mapping[str, list[Mapping[str, Any]]]) -> bool:
    return any(row.get("scheduled_at") for row in rows["jobs"])


def _counts(rows: Mapping[str, list[Mapping[str, Any]]]) -> str:
    return ", ".join(f"{len(found)} {name}" for name, found in rows.items())
