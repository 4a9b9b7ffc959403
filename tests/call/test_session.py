"""The record of a call as a snapshot: it survives as JSON, what was asked of V2 included."""

from datetime import UTC, datetime

import pytest

from call.session import CallSession, EntryKind
from call.tool_calls import (
    BookAppointment,
    CheckCalendarAvailability,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    ToolRequest,
    untold,
)

NOW = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
REQUESTS = (
    LookupCaller(),
    CheckCalendarAvailability("Urgent"),
    BookAppointment(NOW, "Dana Reed", "+15125550100", "12 Oak Street", "no heat", "Urgent"),
    CreateCallback("turn limit; name Dana Reed", "billing", urgent=True),
    LookupBooking(),
    ManageAppointment("reschedule", "uid-1", new_time=NOW),
    SendSalesLeadAlert("+15125550100", notes="a new system"),
    SendEmergencyAlert("+15125550100", "gas", "12 Oak Street"),
)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.tool)
def test_what_is_under_way_comes_back_as_it_was_asked(request_: ToolRequest) -> None:
    """Every tool, with all that was sent: whoever brings the call back knows what may have been done."""
    session = CallSession(call_id="CA1", started_at=NOW, tool_under_way=request_, tool_asked_at=NOW)
    read = CallSession.model_validate_json(session.model_dump_json())
    assert read.tool_under_way == request_
    assert type(read.tool_under_way) is type(request_)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.tool)
def test_the_snapshot_of_an_older_version_still_tells_which_tool(request_: ToolRequest) -> None:
    """It kept the name alone; what is asked once must not be asked again by the next version."""
    old = CallSession(call_id="CA1", started_at=NOW).model_dump(mode="json") | {"tool_under_way": request_.tool}
    read = CallSession.model_validate(old).tool_under_way
    assert type(read) is type(request_)
    assert read == untold(request_.tool)


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_is_under_way(nothing: str | None) -> None:
    """In both versions' words."""
    old = CallSession(call_id="CA1", started_at=NOW).model_dump(mode="json") | {"tool_under_way": nothing}
    assert CallSession.model_validate(old).tool_under_way is None


def test_what_was_understood_and_asked_survives_as_json() -> None:
    """And takes no room where there is nothing, or where an older version wrote: each turn writes all of it again."""
    session = CallSession(call_id="CA1", started_at=NOW)
    session.was_read({"answer": "yes"})  # Nobody has said anything yet.
    session.note(EntryKind.CALLER, "hello", NOW)
    (plain,) = session.model_dump(mode="json")["timeline"]
    session.note(EntryKind.TOOL, "lookup_caller", NOW, asked={"a": "b"}, answered={"c": "d"})
    session.note(EntryKind.FAULT, "openai", NOW, refused="You are booked.")
    session.note(EntryKind.CALLER, "yes", NOW, unsure=("yes",))
    session.was_read({}, {"answer": "yes"})
    assert plain.keys() == {"at", "kind", "text", "detail", "milliseconds", "heard", "steps"}
    assert CallSession.model_validate_json(session.model_dump_json()) == session
    assert (session.timeline[0].read, session.timeline[-1].read) == (None, {})


def test_half_a_character_costs_itself_alone() -> None:
    """No database takes one: a call that could not be written would never end, and a danger in it never be told."""
    session = CallSession(call_id="CA1", started_at=NOW, name="Maria \ud83d", recording_declined=True)
    session.note(EntryKind.CALLER, "\udd25 it smells like gas, señor \N{FIRE}", NOW)
    session.notes.append("\udc00")
    snapshot = session.as_json()
    snapshot.encode()
    assert '"recording_declined":true' in snapshot  # As the rows look for it
    read = CallSession.model_validate_json(snapshot)
    assert (read.name, read.notes) == ("Maria ", [""])
    assert read.timeline[0].text == " it smells like gas, señor \N{FIRE}"
    assert read.as_json() == read.model_dump_json() == snapshot


def test_each_tool_has_its_own_name() -> None:
    """V2's, by which a snapshot tells them apart."""
    assert len({request.tool for request in REQUESTS}) == len(REQUESTS)
