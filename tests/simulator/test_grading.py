"""The grade of a call: every expectation fails by itself and in plain words, and nothing untrue passes."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from simulator.back_office.store import CHICAGO, Booking
from simulator.calls.grading import Evidence, Silences, Tool, grade
from simulator.calls.truth import Line
from simulator.scenarios.scenario import Expect

AT = datetime(2026, 11, 24, 14, tzinfo=CHICAGO)
VISIT = Booking("cal_1", "Dana Whitfield", "", AT, "12 Elm Street", "warm air", "accepted", "CA1", "+15125550147")
OLD = replace(VISIT, uid="cal_0", name="Sam Hale", start=AT.replace(hour=9), call_id="", customer_phone="")
JOB = {"kind": "job", "customer_name": "Dana Whitfield", "scheduled_at": "2026-11-24T20:00:00+00:00"}


def said(*lines: str) -> list[Line]:
    """What was heard, whole."""
    return [Line(line, line, True) for line in lines]


def evidence(**changes: Any) -> Evidence:
    """A call that went as `EXPECT` wants it, but for `changes`."""
    good: dict[str, Any] = {
        "call_sid": "CA1",
        "ended_by": "bot",
        "states": ["welcome", "lookup", "safety", "confirm"],
        "tools": [Tool("book_appointment", {"date_time": "2026-11-24T14:00:00-06:00", "n": 2})],
        "bookings": [VISIT, OLD],
        "jobs": [JOB],
        "calls": [{"outcome": "completed"}],
        "posted": [("calls", json.dumps(CALL | {"outcome": "completed"}))],
        "ended_as": "confirm:booked (by bot)",
        "lines": said("How can I help?", "You're booked for Tuesday at 2 PM. Goodbye."),
        "turns": 8,
        "longest_wait_ms": 900.0,
        "asked": frozenset({"inworld"}),
        "log": "INFO ended completed",
    }
    made = good | changes
    told = [{"role": "agent", "content": line.full} for line in made["lines"]]
    made["calls"] = [{"transcript_object": told} | call for call in made["calls"]]
    return Evidence(**made)


CALL = {
    "call_id": "CA1",
    "phone_number": "+15125550147",
    "user_email": "a@example.com",
    "started_at": "2026-11-24T14:00Z",
}
EXPECT = Expect.model_validate(
    {
        "final_state": "confirm",
        "states_visited": ["lookup", "confirm"],
        "ended_by": "bot",
        "outcome": "confirm",
        "tools": [{"tool": "book_appointment", "args": {"date_time": "T14:00", "n": 2}, "times": 1}],
        "tools_absent": ["create_callback"],
        "bookings": [
            {"start": "2026-11-24T14:00", "name": "dana whitfield", "address": "12 Elm .*", "phone": "+15125550147"},
            {"start": "2026-11-24T09:00", "name": "Sam Hale", "address": "12 Elm Street"},
        ],
        "job": {"kind": "job", "fields": {"customer_name": "^dana"}},
        "alert": 0,
        "call_record": 1,
        "heard": ["booked.*2"],
        "not_heard": ["call you back"],
        "asked": ["inworld"],
        "log": ["ended"],
        "max_turns": 8,
        "max_wait_ms": 1000,
    }
)


def test_a_record_that_tells_another_call_is_none() -> None:
    """The transcript is compared in every call, whatever its scenario expects."""
    told = [{"outcome": "completed", "transcript_object": [{"role": "agent", "content": "We will call you back."}]}]
    assert len(grade(EXPECT, evidence(calls=told))) == 1


def test_a_good_call_passes() -> None:
    """Nothing is reported when everything is as expected."""
    assert grade(EXPECT, evidence()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended_by": "caller"}, "ended by caller"),
        ({"states": ["welcome", "lookup", "callback"]}, "final state is callback"),
        ({"states": ["welcome", "confirm", "lookup", "confirm"], "turns": 9}, "9 times"),
        ({"states": ["confirm"]}, "lookup was not reached"),
        ({"tools": []}, "book_appointment was not called"),
        ({"tools": [Tool("book_appointment", {"date_time": "soon", "n": 2})]}, "'soon'"),
        ({"tools": [*evidence().tools, *evidence().tools]}, "2 times"),
        ({"tools": [*evidence().tools, Tool("create_callback", {})]}, "must not be"),
        ({"jobs": []}, "no lead and no job"),
        ({"jobs": [{"kind": "lead"}]}, "lead, not one job"),
        ({"jobs": [{"kind": "job", "customer_name": "Sam"}]}, "customer_name is 'Sam'"),
        ({"jobs": [{"kind": "lead"}, {"kind": "job"}]}, "lead and job"),
        ({"calls": []}, "0 call records"),
        ({"ended_as": "goodbye:done (by bot)"}, "ended as 'goodbye:done"),
        (
            {"posted": [("calls", json.dumps(CALL | {"outcome": "confirm:booked"}))]},
            "none that V2 and the dashboard know",
        ),
        ({"posted": [("calls", json.dumps(CALL))]}, "outcome None is none that V2"),
        (
            {"posted": [("calls", json.dumps(CALL | {"outcome": "completed", "lead_id": None}))]},
            "calls refuses lead_id",
        ),
        ({"posted": [("jobs", json.dumps({"is_ai_booked": True}))]}, "jobs drops is_ai_booked"),
        ({"posted": [("emergency-alerts", "{'a'}")]}, "what was posted to emergency-alerts is no JSON"),
        ({"alerts": [{}]}, "1 alerts"),
        ({"refusals": ["/jobs 400 x"]}, "refused: /jobs 400"),
        ({"lines": said("Goodbye.")}, "never heard"),
        ({"lines": [*evidence().lines, *said("We call you back.")]}, "must not be said"),
        ({"texts": ["URGENT: gas\nAddress: undefined"]}, "texted 'undefined'"),
        ({"texts": ["x" * 1601]}, "1601 characters never reaches"),
        ({"asked": frozenset()}, "inworld was never asked"),
        ({"log": ""}, "log never says"),
        ({"longest_wait_ms": 4100.0}, "waited 4100 ms"),
        ({"caller_failure": "no rule"}, "gave up: no rule"),
        ({"protocol_errors": ["31951"]}, "31951"),
        ({"extra": ["odd"]}, "odd"),
    ],
)
def test_what_was_wrong_is_named(changes: dict[str, Any], words: str) -> None:
    """Each expectation fails by itself, in plain words."""
    failures = grade(EXPECT, evidence(**changes))
    assert re.search(words, "\n".join(failures)), failures


@pytest.mark.parametrize(
    "visits",
    [
        [],
        [VISIT],
        [OLD, VISIT, replace(VISIT, uid="cal_2", start=AT.replace(hour=16))],
        [OLD, replace(VISIT, start=AT.replace(minute=30))],
        [OLD, replace(VISIT, name="Dana Whitfield Junior")],
        [OLD, replace(VISIT, address="1 Oak Street")],
        [OLD, replace(VISIT, customer_phone="+15125550148")],
        [OLD, replace(VISIT, status="cancelled")],
        [replace(OLD, status="cancelled"), VISIT],
    ],
)
def test_the_calendar_is_compared_to_the_last_visit(visits: list[Booking]) -> None:
    """One too few, one too many, another time, name, address, number or status: all of it is told."""
    failures = grade(EXPECT, evidence(bookings=visits))
    assert [failure for failure in failures if failure.startswith("the calendar holds")], failures


def test_nothing_was_booked() -> None:
    """An empty list is an expectation, no list is none."""
    nothing, anything = EXPECT.model_copy(update={"bookings": []}), EXPECT.model_copy(update={"bookings": None})
    assert "the calendar holds" in grade(nothing, evidence())[0]
    assert grade(anything, evidence()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bookings": [OLD]}, 'booked"?, and there is no visit'),
        ({"lines": said("I'm sorry, I couldn't book that visit.")}, "couldn't book.*there is a visit"),
        ({"lines": said("You're booked for Tuesday at 3 PM.")}, "'3 PM', and the visit is at"),
        ({"lines": said("Your visit is moved to Friday.")}, "'is moved', and the visit is as it was"),
        ({"lines": said("Your visit is cancelled."), "changed": frozenset({"rescheduled"})}, "'is cancelled'"),
        ({"bookings": [VISIT, replace(VISIT, uid="cal_2", start=AT.replace(hour=9))]}, "2 visits were booked"),
        ({"lines": said("We'll call you back."), "jobs": []}, "neither lead nor job"),
        ({"jobs": [JOB | {"scheduled_at": "2026-11-24T21:00:00+00:00"}]}, "no such visit"),
        ({"lines": said("Visit for {customer}.")}, "R65"),
        ({"lines": said("I'll use book_appointment.")}, "R43"),
        ({"lines": said("Booked for Invalid Date.")}, "R63"),
        ({"lines": said("Somebody is there within 30 minutes.")}, "R81"),
        ({"lines": said("Let me move this forward.")}, "R82"),
    ],
)
def test_what_always_holds(changes: dict[str, Any], words: str) -> None:
    """Whatever a file expects: nothing is said that did not happen, and nothing that is never said."""
    failures = grade(Expect(), evidence(**changes))
    assert re.search(words, "\n".join(failures)), failures


def test_what_is_true_may_be_said() -> None:
    """A visit that V2 says it has moved or cancelled, and the technician's call ahead, which is no promise of time."""
    lines = said("Your visit is moved to Friday at 2 PM.", "Your visit is cancelled.", "He calls thirty minutes ahead.")
    changed = frozenset({"rescheduled", "cancelled"})
    assert grade(Expect(), evidence(lines=lines, changed=changed)) == []


def test_no_job_and_refused_records() -> None:
    """`none` refuses any row; `records: refused` wants refusals, no rows, and payloads without fault."""
    none = Expect.model_validate({"job": {"kind": "none"}})
    assert grade(none, evidence(jobs=[])) == []
    assert grade(none, evidence()) == ["the dashboard has a job, and should have none"]
    refused = Expect.model_validate({"records": "refused"})
    assert len(grade(refused, evidence(faults=True))) == 2
    parked = evidence(faults=True, refusals=["400"], jobs=[], calls=[])
    assert grade(refused, parked) == []
    assert len(grade(refused, replace(parked, posted=[("calls", json.dumps(CALL))]))) == 1


@pytest.mark.parametrize(
    ("wanted", "got", "told"),
    [
        (["EMERGENCY"], ["EMERGENCY. Gas."], []),
        ([], ["EMERGENCY. Gas."], ["phones got 1 texts, not 0"]),
        (["EMERGENCY"], [], ["phones got 0 texts, not 1"]),
        (["EMERGENCY"], ["CALL BACK. Ann."], ["a phone got 'CALL BACK. Ann.', not /EMERGENCY/"]),
        (None, ["Gas.", "Gas."], ["a phone got the same text 2 times: 'Gas.'"]),
        (None, ["Gas.", "Smoke."], []),
    ],
)
def test_what_the_owners_phone_got(wanted: list[str] | None, got: list[str], told: list[str]) -> None:
    """As many as the file says, each as it says; and never the same twice, whatever it says."""
    assert grade(Expect(messages=wanted), evidence(messages=got)) == told


@pytest.mark.parametrize(
    ("silences", "told"),
    [
        (Silences(88.0, 1100.0, 500.0, 1500.0), ""),
        (Silences(6088.0, 1100.0, 500.0, 1500.0), "the first word came after 6088 ms, more than 500"),
        (Silences(88.0, 3390.0, 500.0, 1500.0), "nobody spoke for 3390 ms, more than 1500"),
        (Silences(None, 0.0, 500.0, 1500.0), "the caller never heard a word"),
    ],
)
def test_silences_on_virtual_time(silences: Silences, told: str) -> None:
    """From the answer to the end of the line, whoever ended it: no machine can have lengthened them."""
    assert grade(Expect(), Evidence(silences=silences, ended_by="bot")) == [told] * bool(told)
