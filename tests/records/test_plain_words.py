"""How a call ended, in words."""

from enum import StrEnum

import pytest

from call.session import END_STATES, CallbackStatus, CallSession, EndedBy, EntryKind, Reason, State
from call.tool_calls import ManageAppointment
from records import plain_words
from records.end_reason import ending_of
from records.rows import Phase, Status
from tests.support.stored_calls import VISIT, begun, booked, later, owed, silent


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (plain_words.REASONS, Reason),
        (plain_words.STATES, State),
        (plain_words.PHASES, Phase),
        (plain_words.DELIVERIES, Status),
    ],
)
def test_everything_has_its_words(table: dict[str, str], known: type[StrEnum]) -> None:
    """No reason, state, phase or status that nobody has words for, and none of them the same as another's."""
    assert set(table) == set(known)
    assert len(set(table.values())) == len(table)
    assert all(words.strip() == words and len(words) > 3 for words in table.values())


@pytest.mark.parametrize("reason", Reason)
def test_every_outcome_is_a_sentence(reason: Reason) -> None:
    """Whatever state goes with the reason."""
    for state in END_STATES:
        session = begun(state=state, reason=reason, fault="deepgram", ended_by=EndedBy.BOT)
        for line in ("status", "safety_exit", "safety_exit:person"):
            session.note(EntryKind.AGENT, "It is so.", later(9), detail=line, heard=1)
        assert plain_words.ended(session, Phase.OVER).startswith(plain_words.REASONS[reason])


def test_a_fault_names_the_part() -> None:
    """One that has no words yet goes by its own name."""
    session = begun(state=State.CALLBACK, reason=Reason.FAULT, fault="deepgram")
    assert plain_words.ended(session, Phase.OVER) == "The call could not go on: the ears (Deepgram) failed"
    assert plain_words.part("brake") == "brake"


@pytest.mark.parametrize(
    ("ended_by", "words"),
    [
        (EndedBy.CALLER, "The caller hung up at the ZIP code"),
        (EndedBy.INTERRUPTED, "The call broke off at the ZIP code"),
        (EndedBy.BOT, "We hung up at the ZIP code"),
        (None, "The call broke off at the ZIP code"),
    ],
)
def test_a_call_without_an_end_tells_where_it_was(ended_by: EndedBy | None, words: str) -> None:
    assert plain_words.ended(begun(state=State.SERVICE_AREA, ended_by=ended_by), Phase.OVER) == words


def test_a_visit_is_changed_only_once_that_is_asked_of_v2() -> None:
    """Whoever hangs up at the question whether to cancel has changed nothing."""
    session = begun(state=State.MANAGE_BOOKING, ended_by=EndedBy.CALLER)
    assert plain_words.ended(session, Phase.OVER) == "The caller hung up at a question about their visit"
    session.in_doubt = ManageAppointment("cancel", "uid-1")
    assert plain_words.ended(session, Phase.OVER) == "The caller hung up while their visit was changed"
    assert plain_words.ended(session, Phase.LIVE) == "Live, while their visit was changed"


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (1.0, "The caller was told when their visit is"),
        (0.3, "The caller hung up before they had heard when their visit is"),
        (None, "The caller hung up before they had heard when their visit is"),
    ],
)
def test_nobody_was_told_what_they_did_not_hear(heard: float | None, words: str) -> None:
    """The reason is set when the line is decided on."""
    session = begun(state=State.CONFIRM, reason=Reason.STATUS_TOLD, ended_by=EndedBy.CALLER)
    session.note(EntryKind.AGENT, "Your visit is on Friday at 9 AM.", later(9), detail="status", heard=heard)
    assert plain_words.ended(session, Phase.OVER) == words


def test_a_call_that_goes_on_has_no_end() -> None:
    assert plain_words.ended(booked(), Phase.LIVE) == "Live, after the visit was settled"
    assert "may come back" in plain_words.ended(booked(), Phase.BROKEN)


def test_who_is_owed_a_call() -> None:
    """A promise, whether it was heard, and whether V2 knows; a visit that its caller may not know of; a danger."""

    def due(session: CallSession) -> str:
        return plain_words.owed(session, ending_of(session))

    assert due(booked()) == ""
    assert due(silent()) == ""
    promised = owed()
    assert due(promised) == "A callback was promised"
    promised.callback_status = CallbackStatus.NOT_CREATED
    assert due(promised) == "A callback was promised, and V2 was not told for certain"
    promised.timeline = []
    promised.caller_number = ""
    assert due(promised) == (
        "A callback is due, though the caller may not have heard so, and V2 was not told for certain."
        " No number is known to call"
    )
    untold = booked()
    untold.timeline = []
    assert due(untold) == "A visit is booked, and the caller may not know it"
    uncertain = owed()
    uncertain.booking_uncertain = True
    assert due(uncertain) == "A visit may exist: look into the calendar. A callback was promised"
    more = begun(state=State.CONFIRM, reason=Reason.CANCELLED, notes=['At the end the caller said: "no heat".'])
    assert due(more) == "The caller wanted more behind what was done: it is noted for the team"
    for reason, done in ((Reason.CANCELLED, "cancelled"), (Reason.RESCHEDULED, "moved")):
        changed = begun(state=State.CONFIRM, reason=reason, moved_to=VISIT)
        assert due(changed) == f"A visit was {done}, and the caller may not know it"
        changed.note(EntryKind.AGENT, "Your visit is changed.", later(9), detail=reason, heard=1)
        assert due(changed) == ""
    danger = begun(state=State.SAFETY_EXIT, reason=Reason.EMERGENCY, emergency=True)
    safe = "A danger was reported: see that somebody is safe"
    assert due(danger) == f"{safe}, and the caller may not have heard the warning"
    danger.note(EntryKind.AGENT, "Please leave the house now.", later(9), detail="safety_exit", heard=1)
    assert due(danger) == safe


@pytest.mark.parametrize(
    ("reason", "line"), [(Reason.EMERGENCY, "safety_exit"), (Reason.PERSON_IN_DANGER, "safety_exit:person")]
)
@pytest.mark.parametrize("heard", [0.0, 0.5, None])
def test_nobody_was_warned_who_did_not_hear_it(reason: Reason, line: str, heard: float | None) -> None:
    session = begun(state=State.SAFETY_EXIT, reason=reason, emergency=True)
    session.note(EntryKind.AGENT, "Please leave the house and call 911.", later(9), detail=line, heard=heard)
    assert "the caller may not have heard that they should" in plain_words.ended(session, Phase.OVER)
