"""A call as its operator sees it, out of what the database holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.session import EntryKind, State
from records.call_rows import read_snapshot
from records.call_view import Wanted, call_line, call_story, digits_of, fits, masked
from records.rows import MessageRow, Phase, Sending, Status
from records.turn_view import turns_of
from tests.support.driven_call import FAULT, SILENCE, TIME_UP, TURNS, Conversation, results_for
from tests.support.stored_calls import NUMBER, START, VISIT, begun, booked, delivery_of, later, long_call, owed, silent

REFUSED = 'job: 400 {"path": "urgency"; "alert: no"}; alert: 500 +15125550142'


def test_the_line_of_a_call() -> None:
    """When, who, how it ended, what came of it, whose fault, how long, how slow."""
    session = booked()
    line = call_line("CA1", session, Phase.OVER, delivery_of(session, Status.DELIVERED))
    assert (line.at, line.name, line.number) == (START, "Dana Whitfield", "+15125550142")
    assert (line.ended, line.outcome) == ("A visit was booked", "confirm:booked (despite: inworld)")
    assert (line.booked_at, line.owed, line.blame, line.lead) == (VISIT, "", "", False)
    assert (line.seconds, line.turns, line.slowest_ms, line.not_understood) == (61, 3, 2000, 1)
    assert (line.live, line.delivery, line.delivery_words) == (False, Status.DELIVERED, "delivered")


@pytest.mark.parametrize(
    ("status", "detail", "tried"),
    [
        (Status.KEPT, "", False),
        (Status.KEPT, REFUSED, True),  # Sent by hand.
        (Status.WAITING, "", False),
        (Status.WAITING, REFUSED, True),
        (Status.PARKED, REFUSED, True),
        (Status.DELIVERED, "", True),
    ],
)
def test_only_a_record_that_was_posted_was_tried(status: Status, detail: str, tried: bool) -> None:
    """Its row is written when it is kept as well."""
    session = booked()
    row = delivery_of(session, status, detail)
    story = call_story("CA1", session, Phase.OVER, row)
    assert (story.recorded_at, story.tried_at) == (row.created_at, row.updated_at if tried else None)


def test_a_call_that_is_owed_a_callback() -> None:
    """With whose fault it was, and the dashboard's words why nobody there knows."""
    session = owed()
    line = call_line("CA2", session, Phase.OVER, delivery_of(session, Status.PARKED, REFUSED))
    assert (line.owed, line.blame, line.lead) == ("A callback was promised", "v2", True)
    assert (line.delivery, line.why) == (Status.PARKED, REFUSED)


def test_a_live_call_has_no_end_yet() -> None:
    """Nothing is owed, nobody is to blame, no record is there."""
    line = call_line("CA1", owed(), Phase.LIVE, None)
    assert line.live
    assert (line.ended, line.owed, line.blame, line.seconds) == ("Live, after a callback was arranged", "", "", None)
    assert line.delivery_words == "no record yet"


def test_a_list_shows_nobody() -> None:
    """Initials and four digits, in the dashboard's words as well."""
    session = booked()
    line = masked(call_line("CA1", session, Phase.OVER, delivery_of(session, Status.PARKED, REFUSED)))
    assert (line.name, line.number) == ("D. W.", "***0142")
    assert "5550142" not in line.why


@pytest.mark.parametrize(
    ("facts", "status", "told"),
    [
        ({}, None, ""),
        ({"text_offered": True}, None, "offered, and not agreed to"),
        ({"text_offered": True, "text_to": NUMBER}, None, "agreed to"),
        ({"text_offered": True, "text_to": NUMBER}, Sending.WAITING, "agreed to; waits, quiet hours"),
        ({"text_offered": True, "text_to": NUMBER}, Sending.SENT, "agreed to; sent, quiet hours"),
        ({"text_offered": True, "text_to": NUMBER}, Sending.DROPPED, "agreed to; not sent any more, quiet hours"),
    ],
)
def test_what_became_of_a_text(facts: dict[str, Any], status: Sending | None, told: str) -> None:
    """Whether the caller wanted one, and where it stands; the owner's beside it."""
    times = (None, None, None)
    texts = [MessageRow("CA1:caller", NUMBER, "", status, "", 1, *times, "", "quiet hours", START)] if status else []
    texts.append(MessageRow("CA1:owner", "+15125550177", "", Sending.PARKED, "", 1, *times, "", "400 21211", START))
    story = call_story("CA1", booked().model_copy(update=facts), Phase.OVER, None, texts)
    known = dict(story.facts)
    assert known.get("text to the caller", "") == told
    assert known["text to the owner"] == "not sent, 400 21211"


def test_the_story_turn_by_turn() -> None:
    """What was really heard and played, the way, tools and faults; what was cut off is told apart."""
    session = booked()
    story = call_story("CA1", session, Phase.OVER, delivery_of(session, Status.WAITING))
    assert story.path == (State.WELCOME, State.LOOKUP, State.SERVICE_AREA, State.BOOKING, State.CONFIRM)
    assert [(turn.number, turn.state, turn.answer_ms, turn.understood) for turn in story.turns] == [
        (0, State.WELCOME, None, True),
        (1, State.WELCOME, 900, True),
        (2, State.SERVICE_AREA, 1500, False),
        (3, State.SERVICE_AREA, 2000, True),
    ]
    events = [event for turn in story.turns for event in turn.events]
    assert len(events) == len(session.timeline)
    cut = next(event for event in events if event.cut_off)
    assert (cut.text, cut.cut_off) == ("What's the ZIP code where", "you need service?")
    assert [event.text for event in events if not event.certain] == ["Goodbye."]
    tools = [(event.text, event.detail, event.milliseconds) for event in events if event.kind is EntryKind.TOOL]
    assert tools == [("lookup_caller", "ok", 80), ("book_appointment", "ok", 950)]
    assert (story.faults, story.notes) == (("inworld",), ("There is a dog.",))
    assert dict(story.facts)["address"] == "1204 Barton Springs Road, 78704"


def test_a_turn_is_told_in_the_order_in_which_it_was_heard() -> None:
    """A line that was decided on before a tool was asked began to sound behind it."""
    session = begun()
    session.note(EntryKind.CALLER, "yes", later(10))
    session.note(EntryKind.AGENT, "I'm sorry.", later(13), heard=1)
    session.note(EntryKind.TOOL, "create_callback", later(11), detail="ok")
    assert [event.text for event in turns_of(session.timeline)[1].events] == ["yes", "create_callback", "I'm sorry."]
    assert turns_of(session.timeline)[1].answer_ms == 3000


def test_what_a_turn_waited_for() -> None:
    """Step by step, in words; what another version wrote goes by its own name, and a turn without steps has none."""
    session = begun()
    session.note(EntryKind.CALLER, "yes", later(10))
    session.answered(0.9, {"turn": 300, "reading": 310, "tool": 700, "dreaming": 710, "words": 700})
    session.answered(5.0, {})  # Told once for each.
    session.note(EntryKind.CALLER, "and", later(20), milliseconds=400)
    _, first, second = turns_of(session.timeline)
    assert tuple((wait.what, wait.milliseconds) for wait in first.waits) == (
        ("until the turn was over", 300), ("to read it", 10), ("for V2", 390), ("until dreaming", 10),
        ("for the words", 0), ("for the voice", 200),
    )  # fmt: skip
    assert (first.answer_ms, second.waits) == (900, ())


def test_what_became_of_each_message() -> None:
    """As it is sent; the dashboard's words stay its words, whatever is in them."""
    session = booked()
    delivery = delivery_of(session, Status.PARKED, 'job: 400 {"a": "b; c"}')
    parts = {part.name: part for part in call_story("CA1", session, Phase.OVER, delivery).record}
    assert list(parts) == ["job", "call"]
    assert parts["job"].became == 'not accepted: 400 {"a": "b; c"}'
    assert parts["call"].became == "accepted"
    assert parts["job"].payload["customer_name"] == "Dana Whitfield"
    assert None not in parts["job"].payload.values()


@pytest.mark.parametrize(
    ("status", "became"),
    [(Status.KEPT, "kept"), (Status.WAITING, "on its way"), (Status.DELIVERED, "accepted")],
)
def test_a_record_that_nobody_refused(status: Status, became: str) -> None:
    session = booked()
    story = call_story("CA1", session, Phase.OVER, delivery_of(session, status))
    assert {part.became for part in story.record} == {became}


def test_a_call_without_turns() -> None:
    """Nothing was said: no turn, no answer, and the way is the greeting."""
    story = call_story("CA3", silent(), Phase.OVER, None)
    assert (story.turns, story.path, story.record) == ((), (State.WELCOME,), ())
    assert (story.line.slowest_ms, story.line.ended) == (None, "The caller hung up at the greeting")


def test_a_call_of_thirty_turns() -> None:
    """Each is there, in order; asked for the same again and again, they were not understood, and so was the limit."""
    session = long_call()
    assert [turn.number for turn in turns_of(session.timeline)] == list(range(31))
    assert call_line("CA30", session, Phase.OVER, None).not_understood == 30


def test_a_line_that_nobody_heard_is_no_answer() -> None:
    """Cut off before its first word, or nobody knows."""
    session = begun()
    for heard in (0, None):
        session.note(EntryKind.CALLER, "hello", START)
        session.note(EntryKind.AGENT, "Okay.", START, heard=heard)
    assert [turn.answer_ms for turn in turns_of(session.timeline)] == [None, None, None]
    assert turns_of(session.timeline)[1].events[1].cut_off == "Okay."


def test_what_cannot_be_read_is_told_by_its_record() -> None:
    """Another version's session, or one that is deleted; without a record nothing is known."""
    session = booked()
    assert read_snapshot("{}", "CA1") is None
    story = call_story("CA1", None, Phase.OVER, delivery_of(session, Status.PARKED, "job: 400"))
    assert (story.line.name, story.line.number, story.line.at) == ("Dana Whitfield", "+15125550142", START)
    assert (story.turns, len(story.record), story.line.why) == ((), 2, "job: 400")
    with pytest.raises(ValueError, match="CA1"):
        call_line("CA1", None, Phase.OVER, None)


def test_a_state_of_another_version_is_left_out_of_the_way() -> None:
    session = begun()
    session.note(EntryKind.STATE, "welcome -> limbo", START)
    assert call_story("CA1", session, Phase.OVER, None).path == (State.WELCOME,)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), "CA1 CA2 CA30"),
        (Wanted(owed=True), "CA2 CA30"),
        (Wanted(parked=True), "CA2"),
        (Wanted(not_understood=True), "CA1 CA30"),
        (Wanted(owed=True, not_understood=True), "CA30"),
        (Wanted(find="0142"), "CA1 CA2 CA30"),
        (Wanted(find="(512) 555-0142"), "CA1 CA2 CA30"),
        (Wanted(find="512"), ""),
        (Wanted(find="whitfield"), "CA1"),
        (Wanted(find="COLD air"), "CA1"),
        (Wanted(find="it is cold"), "CA2"),
        (Wanted(find="1204"), "CA1"),
        (Wanted(find="booking_failed"), "CA2"),
        (Wanted(find="ca30"), "CA30"),
        (Wanted(find="  "), "CA1 CA2 CA30"),
    ],
)
def test_which_calls_are_looked_for(wanted: Wanted, found: str) -> None:
    """The ready views, a number's last digits, a name, words of either side, a code."""
    sessions = {"CA1": booked(), "CA2": owed(), "CA30": long_call()}
    matching = []
    for call_id, session in sessions.items():
        delivery = delivery_of(session, Status.PARKED if call_id == "CA2" else Status.DELIVERED)
        line = call_line(call_id, session, Phase.OVER, delivery)
        if fits(wanted, line, session, delivery):
            matching.append(call_id)
    assert matching == found.split()


def test_a_call_that_cannot_be_read_is_found_by_its_record() -> None:
    delivery = delivery_of(booked(), Status.PARKED)
    line = call_line("CA1", None, Phase.OVER, delivery)
    assert fits(Wanted(find="barton springs"), line, None, delivery)
    assert not fits(Wanted(find="elm street"), line, None, delivery)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("0142", "0142"), ("+1 (512) 555-0142", "15125550142"), ("12", ""), ("12 Oak", ""), ("é123", "")],
)
def test_what_may_be_the_end_of_a_number(text: str, digits: str) -> None:
    assert digits_of(text) == digits


def test_a_session_of_the_service_reads_the_same_after_its_trip_through_the_database() -> None:
    session = booked()
    again = read_snapshot(json.dumps(json.loads(session.model_dump_json())), "CA1")
    assert call_story("CA1", again, Phase.OVER, None) == call_story("CA1", session, Phase.OVER, None)


@given(
    st.lists(st.sampled_from([*TURNS, SILENCE, TIME_UP, FAULT]), max_size=20),
    st.integers(0, 5),
    st.sampled_from(Phase),
)
def test_every_call_that_the_state_machine_can_make_has_its_page(given: list[str], result: int, phase: Phase) -> None:
    """None of its entries is lost, and each turn begins with the caller's words."""
    conversation = Conversation(answer=lambda request: (known := results_for(request))[result % len(known)])
    conversation.start()
    for turn in given:
        conversation.feed(TURNS.get(turn, turn))
    session = conversation.session
    story = call_story(session.call_id, session, phase, None)
    assert [event.at for turn in story.turns for event in turn.events] == [entry.at for entry in session.timeline]
    assert all(turn.events[0].kind is EntryKind.CALLER for turn in story.turns if turn.number)
    assert story.path[-1] is session.state
    assert story.line.ended
    assert bool(story.line.outcome) is (phase is Phase.OVER)
