"""A call as spans: what its pages tell, and nothing that anybody said."""

from datetime import timedelta

from call.session import CallSession, EntryKind, State
from call.usage import Usage
from records.spans import Span, call_span
from tests.support.stored_calls import START, booked

SECOND = timedelta(seconds=1)


def flat(span: Span) -> list[Span]:
    """It, and all inside."""
    return [span, *(one for part in span.inside for one in flat(part))]


def answered() -> CallSession:
    """A turn that waited for its reading, for V2 and for the voice."""
    session = CallSession(call_id="CA1", started_at=START, state=State.LOOKUP)
    session.note(EntryKind.TOOL, "lookup_caller", START + SECOND, detail="ok", milliseconds=80)
    session.note(EntryKind.CALLER, "It is 78701", START + 10 * SECOND)
    session.note(EntryKind.TOOL, "book_appointment", START + 10.6 * SECOND, detail="ok", milliseconds=400)
    session.answered(1.5, {"turn": 300, "reading": 500, "tool": 900})
    session.ended_at = START + 20 * SECOND
    return session


def test_a_turn_is_from_the_last_voice_to_the_first_audio() -> None:
    """Its waits lie end to end, and its tools within."""
    call = call_span(answered())
    assert (call.start, call.end) == (START, START + 20 * SECOND)
    assert [span.name for span in call.inside] == ["tool", "turn"]
    turn = call.inside[1]
    assert (turn.start, turn.end) == (START + 9.7 * SECOND, START + 11.2 * SECOND)
    waits = [span for span in turn.inside if span.name.startswith("wait.")]
    assert [span.name for span in waits] == ["wait.turn", "wait.reading", "wait.tool", "wait.audio"]
    assert [span.start for span in waits] == [turn.start, *(span.end for span in waits[:-1])]
    assert waits[-1].end == turn.end
    (tool,) = (span for span in turn.inside if span.name == "tool")
    assert (tool.start, tool.end) == (START + 10.2 * SECOND, START + 10.6 * SECOND)
    assert tool.attributes == {"tool.name": "book_appointment", "tool.outcome": "ok"}
    assert turn.attributes == {"turn.number": 1, "turn.state": "welcome", "turn.understood": True}


def test_the_call_tells_how_it_ended_and_what_it_used() -> None:
    """Each number under a name of its own."""
    session = answered()
    session.usage = Usage(answers=2, prompt_tokens=10, characters={"inworld": 30})
    told = call_span(session).attributes
    assert (told["call.id"], told["call.turns"], told["call.used.prompt_tokens"]) == ("CA1", 0, 10)
    assert (told["call.used.characters.inworld"], told["call.used.line_minutes"]) == (30, 1)


def test_states_and_faults_are_moments_of_the_call() -> None:
    """In their order."""
    names = [moment.name for moment in call_span(booked()).moments]
    assert {"state_changed", "part_failed"} <= {*names}
    assert all(moment.at >= START for moment in call_span(booked()).moments)


def test_nothing_that_was_said_is_in_it() -> None:
    """No line of either side, no name, no number, no argument of a tool."""
    session = booked()
    told = repr(call_span(session))
    said = [entry.text for entry in session.timeline if entry.kind in (EntryKind.CALLER, EntryKind.AGENT)]
    assert len(said) > 2
    for text in (*said, session.name, session.address, session.caller_number.removeprefix("+")):
        assert not text or text not in told
