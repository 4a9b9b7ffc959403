"""A stored call played again: what differs by today's rules is told, and what was never asked then is not made up."""

from dataclasses import replace as changed
from datetime import timedelta

import pytest

from call.business import Business
from call.session import CallSession, EndedBy, EntryKind, Reason, State
from desk.as_scenario import as_scenario
from desk.replay import Replayed, replay
from tests.support.stored_calls import NUMBER, START, begun, later

BUSINESS = Business()


def again(session: CallSession, business: Business = BUSINESS, *, most: int = 5) -> list[Replayed]:
    return replay(session, business, most_in_a_state=most, most_in_a_call=30)


def asked_for_the_zip() -> CallSession:
    """The caller tells a fault, that there is no danger, and a ZIP code."""
    session = begun(name="Dana Whitfield", zip_code="78704", ended_by=EndedBy.CALLER)
    note = session.note
    note(EntryKind.CALLER, "my furnace blows cold air", later(10))
    note(EntryKind.STATE, "welcome -> lookup", later(10))
    note(EntryKind.TOOL, "lookup_caller", later(10.1), detail="ok")
    note(EntryKind.STATE, "lookup -> safety", later(10.2))
    note(EntryKind.AGENT, "Do you smell gas?", later(11), detail="ask:safety", heard=1)
    note(EntryKind.CALLER, "no, nothing like that", later(20))
    note(EntryKind.STATE, "safety -> service_area", later(20))
    note(EntryKind.AGENT, "What's the ZIP code?", later(21), detail="ask:zip", heard=1)
    note(EntryKind.CALLER, "78704", later(30))
    note(EntryKind.STATE, "service_area -> discovery", later(30))
    note(EntryKind.AGENT, "May I have your name, please?", later(31), detail="ask:name", heard=1)
    return session


def test_a_call_by_the_same_rules() -> None:
    """Each turn comes to what it came to."""
    assert [(moment.what, moment.same) for moment in again(asked_for_the_zip())] == [
        ("the greeting", True),
        ("my furnace blows cold air", True),
        ("no, nothing like that", True),
        ("78704", True),
    ]


def test_a_call_by_other_rules() -> None:
    """The area has changed: the turn that comes to something else is told, with what it came to then and now."""
    elsewhere = changed(BUSINESS, zip_prefixes=("100",))
    *_, last = again(asked_for_the_zip(), elsewhere)
    assert not last.same
    assert str(last.then) == "to discovery, ask:name"
    assert str(last.now) == "ask:zip_confirm"


def test_what_the_model_asked_is_no_difference() -> None:
    """It words the question itself, and its words have no key."""
    session = asked_for_the_zip()
    session.timeline[-1] = session.timeline[-1].model_copy(update={"detail": ""})
    assert all(moment.same for moment in again(session))


def test_silence_a_broken_line_and_the_limit() -> None:
    """What happened besides the caller's words happens again."""
    session = begun()
    session.note(EntryKind.NOTE, "caller silent", later(9))
    session.note(EntryKind.AGENT, "Are you still there?", later(9), detail="still_there", heard=1)
    session.note(EntryKind.AGENT, "Sorry, we got cut off.", later(12), detail="cut_off", heard=1)
    for turn in range(4):
        session.note(EntryKind.CALLER, "well", later(20 + turn))
    session.note(EntryKind.FAULT, "deepgram", later(30), detail="the call cannot go on")
    found = again(session, most=2)
    assert [moment.what for moment in found] == [
        "the greeting", "caller silent", "the line is back", "well", "well", "well", "well", "deepgram fails",
    ]  # fmt: skip
    assert "callback" in found[6].now.states, "the limit of turns in a state"


def test_what_v2_was_not_asked_then_is_not_made_up() -> None:
    """A lookup that never was is one that cannot be done: the call goes on without."""
    session = asked_for_the_zip()
    session.timeline = [entry for entry in session.timeline if entry.kind is not EntryKind.TOOL]
    found = again(session)
    assert [moment.number for moment in found if not moment.same] == [1]
    assert found[1].now.tools == ("lookup_caller",)


def test_nothing_is_left_of_the_person() -> None:
    """Name, street, ZIP and every number are others', however they were said."""
    session = begun(name="Ottilie Quist", zip_code="78745", address="77 Juniper Bend", callback_phone="+15125550166")
    session.reason, session.state = Reason.CALLER_WISH, State.CALLBACK
    for said in (
        "This is ottilie, Ottilie Quist.",
        "seven eight seven four five",
        "77 juniper bend, the house number is seventy seven",
        "call me at 512 555 0166 or five one two, five five five, zero one four two",
    ):
        session.note(EntryKind.CALLER, said, START + timedelta(seconds=len(session.timeline)))
    text = as_scenario(session, BUSINESS).lower().split("rules:")[1]
    for known in ("ottilie", "quist", "juniper", "78745", "seven four five", "0166", "zero one four two", NUMBER[-4:]):
        assert known not in text, known
    assert "dana" in text


def test_a_call_without_words_is_no_scenario() -> None:
    """There is nobody to play."""
    with pytest.raises(ValueError, match="said nothing"):
        as_scenario(begun(), BUSINESS)
