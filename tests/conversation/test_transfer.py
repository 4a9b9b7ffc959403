"""A person, when the caller wants one: honoured at once, once in a call, and never before a danger."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.actions import Say
from call.business import Business
from call.session import CallSession, EndedBy, EntryKind, Question, Reason, State, Transfer, TransferEnd, Urgency
from call.tool_calls import CreateCallback
from config_forms.hours import spans
from conversation import transfer
from records.end_reason import ending_of
from state_machine import StateMachine
from tests.support.driven_call import (
    FAULT,
    NOW,
    SILENCE,
    TIME_UP,
    TURNS,
    Conversation,
    Input,
    first_result,
    results_for,
)
from tests.support.property_examples import examples
from understanding.turn import Hazard, Understanding, understand

ALWAYS = Business(person_hours=spans(("0-24",)))
THERE = StateMachine(ALWAYS)
CONNECTING = "I'm connecting you with someone from our team now. If nobody picks up, I'll be right back."


def called(*turns: str, then: tuple[str, ...] = (), machine: StateMachine = THERE) -> Conversation:
    """A call to which `turns` of TURNS were fed, then these words, each read at the open question."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    conversation = Conversation(first_result, session, machine=machine)
    conversation.start()
    for name in turns:
        conversation.feed(TURNS[name])
    for words in then:
        conversation.feed(understand(words, question=session.question, now=NOW))
    return conversation


WAYS = [
    (),
    ("problem",),
    ("problem", "no_gas"),
    ("problem", "no_gas", "zip_in"),
    ("everything", "no_gas"),
    ("billing",),
    ("pricing",),
    ("follow_up",),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", ["Let me talk to a real person", "Can I speak to somebody please?"])
def test_a_wish_is_honoured_at_once_wherever_the_call_is(way: tuple[str, ...], words: str) -> None:
    """In the same turn: one line that is true, and the dial; V2 is asked for no callback."""
    conversation = called(*way, then=(words,))
    assert conversation.session.state is State.TRANSFER
    assert conversation.said[-1].endswith(CONNECTING)
    assert conversation.dials == 1
    assert not any(isinstance(request, CreateCallback) for request in conversation.requests)


def test_a_wish_in_spanish_is_honoured_in_spanish() -> None:
    """The line is in the caller's language."""
    conversation = called(then=("Quiero hablar con una persona, por favor",))
    assert conversation.session.state is State.TRANSFER
    assert "Le comunico ahora" in conversation.said[-1]


def test_the_key_for_a_person_is_a_wish() -> None:
    """0, wherever it is pressed."""
    conversation = called("problem")
    conversation.feed(Understanding(text="0", wants_person=True))
    assert conversation.session.state is State.TRANSFER


def test_a_doubtful_wish_is_asked_about_first() -> None:
    """A yes to that question dials; a no goes on."""
    words = "come fix my heater or let me talk to somebody"
    assert called(then=(words,)).session.question is Question.END_DOUBT
    assert called(then=(words, "Yes please")).session.state is State.TRANSFER
    assert called(then=(words, "No")).session.state is not State.TRANSFER


@pytest.mark.parametrize(
    "words", ["Just have somebody call me back", "Can you call me back later?", "Que me llamen, por favor"]
)
def test_who_wants_to_be_called_back_is_called_back(words: str) -> None:
    """That is another wish, and nobody is dialled for it."""
    conversation = called("problem", then=(words,))
    assert (conversation.session.state, conversation.session.reason) == (State.CALLBACK, Reason.CALLER_WISH)
    assert conversation.dials == 0


MONDAY_TEN = NOW


@pytest.mark.parametrize(
    ("hours", "now", "there"),
    [
        (("8-17",), MONDAY_TEN, True),
        (("mon-fri 8-17",), MONDAY_TEN, True),
        (("tue-fri 8-17",), MONDAY_TEN, False),
        (("mon 10:01-12",), MONDAY_TEN, False),
        (("mon 8-10",), MONDAY_TEN, False),
        (("mon 8-9", "mon 9:30-12"), MONDAY_TEN, True),
        ((), MONDAY_TEN, False),
        (("0-24",), MONDAY_TEN.replace(hour=23, minute=59), True),
        (("0-24",), datetime(2026, 11, 26, 10, tzinfo=NOW.tzinfo), False),  # Thanksgiving
    ],
)
def test_outside_of_the_hours_it_is_a_callback(hours: tuple[str, ...], now: datetime, there: bool) -> None:
    """Local hours of local days, the last minute not included, and never on a holiday."""
    business = Business(person_hours=spans(hours), holidays=("thanksgiving",))
    assert business.person_at(now) is there
    assert business.person_at(now.astimezone(tz=None)) is there
    if now is MONDAY_TEN:
        conversation = called("problem", then=("I want a real person",), machine=StateMachine(business))
        assert conversation.session.state is (State.TRANSFER if there else State.CALLBACK)


# Danger


@pytest.mark.parametrize("way", WAYS)
def test_a_danger_beside_the_wish_is_never_dialled_for(way: tuple[str, ...]) -> None:
    """Leave, 911, the alert: no person comes before that."""
    conversation = called(*way)
    conversation.feed(replace(TURNS["gas"], wants_person=True))
    assert conversation.session.state is State.SAFETY_EXIT
    assert conversation.dials == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_possible_danger_is_asked_about_first_and_the_wish_is_kept(way: tuple[str, ...]) -> None:
    """Nobody is dialled before it is cleared; as soon as it is, somebody is."""
    conversation = called(*way)
    conversation.feed(replace(TURNS["maybe_gas"], wants_person=True))
    assert conversation.session.question is Question.SAFETY
    assert conversation.dials == 0
    conversation.feed(TURNS["person"])  # Insisting clears nothing.
    assert conversation.dials == 0
    conversation.feed(TURNS["no_gas"])
    assert (conversation.session.state, conversation.dials) == (State.TRANSFER, 1)


def test_a_possible_danger_that_is_one_is_not_dialled_for() -> None:
    """Asked about, and confirmed."""
    conversation = called("problem")
    conversation.feed(replace(TURNS["maybe_gas"], wants_person=True))
    conversation.feed(TURNS["gas"])
    assert (conversation.session.state, conversation.dials) == (State.SAFETY_EXIT, 0)


@pytest.mark.parametrize(
    ("turn", "state"),
    [
        ("gas", State.SAFETY_EXIT),
        ("maybe_gas", State.SAFETY),
        ("bye", State.GOODBYE),
        ("yes", State.TRANSFER),
        ("mumble", State.TRANSFER),
        ("name", State.TRANSFER),
    ],
)
def test_what_is_said_before_the_dial_is_read(turn: str, state: State) -> None:
    """A danger and a goodbye stop it; anything else is learned, and the dial follows."""
    conversation = called("problem", "no_gas", "person", turn)
    assert conversation.session.state is state
    assert conversation.session.closing is (state is not State.SAFETY)
    if turn == "name":
        assert conversation.session.name == "Jonas Weber"


INPUTS: list[Input] = [
    *TURNS.values(),
    *(replace(turn, wants_person=True) for turn in TURNS.values()),
    SILENCE,
    TIME_UP,
    FAULT,
]


@settings(max_examples=examples(300))
@given(st.data())
def test_no_sequence_dials_twice_or_into_a_danger(data: st.DataObject) -> None:
    """Whatever is said: a person is dialled once, for a wish, and never by a turn that tells of a danger."""
    conversation = Conversation(lambda request: data.draw(st.sampled_from(results_for(request))), machine=THERE)
    conversation.start()
    for _ in range(data.draw(st.integers(0, 12))):
        given_input = data.draw(st.sampled_from(INPUTS))
        before = conversation.dials
        conversation.feed(given_input)
        if conversation.dials > before and isinstance(given_input, Understanding):
            assert given_input.hazard not in (Hazard.PRESENT, Hazard.POSSIBLE)
    moves = [entry.text for entry in conversation.session.timeline if entry.kind is EntryKind.STATE]
    # Before the dial it may be put off for a danger, and comes after that.
    put_off = sum(text == "transfer -> safety" for text in moves)
    assert sum(text.endswith("-> transfer") for text in moves) <= 1 + put_off


# The dial is over


def dialled(**known: object) -> CallSession:
    """A call whose person was dialled."""
    session = called("problem", "no_gas", "person").session
    session.closing = False
    session.transfer = Transfer(asked_at=NOW, dialled_at=NOW, **known)  # type: ignore[arg-type]
    return session


@pytest.mark.parametrize(
    ("taken_after", "talked", "bridged", "gone", "ended"),
    [
        (None, 0, None, False, TransferEnd.NOT_TAKEN),
        (None, 60, True, False, TransferEnd.NOT_TAKEN),  # A voicemail that was connected after all
        (15, 60, True, False, TransferEnd.TALKED),
        (15, 60, None, False, TransferEnd.TALKED),
        (15, 60, False, False, TransferEnd.NOT_TAKEN),
        (15, 9, True, False, TransferEnd.CUT_SHORT),
        (15, 9, True, True, TransferEnd.TALKED),  # The caller has hung up: it was enough for them.
        (None, 5, None, True, TransferEnd.NOT_TAKEN),
    ],
)
def test_what_a_dial_has_come_to(
    taken_after: int | None, talked: int, bridged: bool | None, gone: bool, ended: TransferEnd
) -> None:
    """They have talked only if the person pressed the key, whatever Twilio says besides."""
    taken_at = NOW + timedelta(seconds=taken_after) if taken_after is not None else None
    now = (taken_at or NOW) + timedelta(seconds=talked)
    dialled = Transfer(asked_at=NOW, taken_at=taken_at)
    came_to = transfer.over(dialled, now, bridged=bridged, lasted=None, caller_is_gone=gone)
    assert (came_to.ended, came_to.ended_at) == (ended, now)
    lasted = timedelta(seconds=talked + 12)
    assert transfer.over(dialled, now, bridged=bridged, lasted=lasted, caller_is_gone=gone) == came_to


@pytest.mark.parametrize("hours", [-1, 0, 1])
@pytest.mark.parametrize(
    ("talked", "lasted", "ended"),
    [
        (600, 620, TransferEnd.TALKED),
        (75, 90, TransferEnd.TALKED),
        (2, 9, TransferEnd.CUT_SHORT),
        (0, 5, TransferEnd.CUT_SHORT),
    ],
)
def test_a_clock_that_is_set_during_a_talk(hours: int, talked: int, lasted: int, ended: TransferEnd) -> None:
    """Twilio tells how long the person was on."""
    now = NOW + timedelta(hours=hours, seconds=talked)
    came_to = transfer.over(
        Transfer(asked_at=NOW, taken_at=NOW),
        now,
        bridged=True,
        lasted=timedelta(seconds=lasted),
        caller_is_gone=False,
    )
    assert came_to.ended is ended


@pytest.mark.parametrize(
    ("ended", "words"),
    [(TransferEnd.NOT_TAKEN, "nobody could pick up"), (TransferEnd.CUT_SHORT, "that connection was lost")],
)
def test_a_call_that_nobody_took_ends_in_the_callback(ended: TransferEnd, words: str) -> None:
    """Back in the same call: said so, V2 asked once with what is known, promised, the end."""
    conversation = Conversation(first_result, dialled(ended=ended), machine=THERE)
    conversation._run(THERE.resumed(conversation.session, NOW))
    assert words in conversation.said[0]
    assert "call you back" in conversation.said[-1]
    assert conversation.session.outcome == "callback:not_connected"
    (asked,) = [request for request in conversation.requests if isinstance(request, CreateCallback)]
    assert "furnace" in asked.reason
    assert ending_of(conversation.session).end_call_reason == "callback_later"


def test_without_a_number_it_is_asked_for() -> None:
    """A caller whose number is withheld is promised nothing before that."""
    session = dialled(ended=TransferEnd.NOT_TAKEN)
    session.caller_number = ""
    actions = THERE.resumed(session, NOW)
    assert next(action.text for action in actions if isinstance(action, Say)).endswith("nobody could pick up just now.")
    assert session.question is Question.PHONE


def test_who_asks_for_a_person_again_is_called_back() -> None:
    """Nobody rings twice for one call."""
    conversation = Conversation(first_result, dialled(ended=TransferEnd.NOT_TAKEN), machine=THERE)
    conversation.session.caller_number = ""
    conversation._run(THERE.resumed(conversation.session, NOW))
    conversation.feed(TURNS["person"])
    assert (conversation.session.state, conversation.dials) == (State.CALLBACK, 0)


EARLIER = NOW - timedelta(seconds=30)


@pytest.mark.parametrize(
    ("known", "outcome", "reason", "lead"),
    [
        ({"taken_at": EARLIER}, "goodbye:transferred", "completed", False),
        ({"taken_at": NOW}, "callback:not_connected", "callback_later", True),
        ({"taken_at": NOW, "ended": TransferEnd.TALKED}, "goodbye:transferred", "completed", False),
        ({"taken_at": NOW, "ended": TransferEnd.CUT_SHORT}, "callback:not_connected", "callback_later", True),
        ({"ended": TransferEnd.NOT_TAKEN}, "callback:not_connected", "callback_later", True),
        ({}, "callback:not_connected", "callback_later", True),
    ],
)
def test_a_call_that_is_over_on_its_way_is_told_as_what_it_was(
    known: dict[str, object], outcome: str, reason: str, lead: bool
) -> None:
    """A talk leaves no lead and nothing owed; anything else leaves the lead of a callback."""
    session = dialled(**known)
    session.ended_by = EndedBy.CALLER
    transfer.conclude(session, NOW)
    ending = ending_of(session)
    assert (session.outcome, ending.end_call_reason, ending.posts_job) == (outcome, reason, lead)


def test_nothing_is_concluded_of_another_call() -> None:
    """Only of one that is on its way to a person."""
    session = called("problem").session
    transfer.conclude(session, NOW)
    assert session.state is State.SAFETY


def test_the_person_hears_who_it_is_what_about_and_how_urgent() -> None:
    """As far as it is known; and no address, no number."""
    session = dialled()
    session.name, session.urgency, session.language = "Jonas Weber", Urgency.EMERGENCY, "es"
    session.address = "12 Oak Street"
    said = transfer.whisper(session, "ACE Cooling")
    assert said == (
        "Jonas Weber is on the line for ACE Cooling. It is about: furnace is out. It is an emergency. "
        "The caller speaks Spanish."
    )
    assert transfer.whisper(None, "ACE Cooling") == "A caller of ACE Cooling would like to speak with you."


# Behind a visit


BOOKED = ("everything", "no_gas", "yes")


def test_a_wish_behind_a_booked_visit_is_honoured_and_the_visit_stands() -> None:
    """ "Anything else?" "Yes, let me talk to somebody": whoever takes it, the record has the visit."""
    conversation = called(*BOOKED, then=("Yes, can I talk to a real person?",))
    session = conversation.session
    assert (session.state, conversation.dials) == (State.TRANSFER, 1)
    for taken_at, outcome, reason in (
        (EARLIER, "goodbye:transferred", "completed"),
        (None, "callback:not_connected", "callback_later"),
    ):
        over = session.model_copy(deep=True)
        over.transfer = Transfer(asked_at=NOW, taken_at=taken_at)
        transfer.conclude(over, NOW)
        ending = ending_of(over)
        assert (over.outcome, ending.end_call_reason, ending.posts_job) == (outcome, reason, True)
        assert ending.scheduled_at == session.booked_at is not None


def test_behind_a_visit_that_was_cancelled_the_wish_is_noted_as_ever() -> None:
    """The team is told of the change by how the call ended."""
    session = called("problem").session
    session.state, session.reason, session.question = State.CONFIRM, Reason.CANCELLED, Question.ANYTHING_ELSE
    conversation = Conversation(first_result, session, machine=THERE)
    conversation.feed(TURNS["person"])
    assert (session.state, session.reason, conversation.dials) == (State.CONFIRM, Reason.CANCELLED, 0)


def test_a_possible_danger_behind_a_visit_is_never_dialled_for() -> None:
    """Insisting on a person clears nothing there either."""
    conversation = called(*BOOKED, "maybe_gas", "person")
    assert (conversation.session.state, conversation.dials) == (State.CONFIRM, 0)


@pytest.mark.parametrize(("turn", "state"), [("maybe_gas", State.SAFETY), ("bye", State.GOODBYE)])
def test_what_is_said_before_a_dial_behind_a_stopped_goodbye_is_read(turn: str, state: State) -> None:
    """The goodbye after the booking was playing when the wish came: the dial may be stopped as any other."""
    conversation = called(*BOOKED, "no", then=("Wait, can I speak to a real person?",))
    assert (conversation.session.state, conversation.dials) == (State.TRANSFER, 1)
    conversation.feed(TURNS[turn])
    assert conversation.session.state is state
    assert not conversation.over


def test_a_danger_behind_a_visit_is_never_dialled_for() -> None:
    """The warning, as ever."""
    conversation = called(*BOOKED)
    conversation.feed(replace(TURNS["gas"], wants_person=True))
    assert (conversation.session.state, conversation.dials) == (State.SAFETY_EXIT, 0)


def test_in_every_other_end_it_is_as_ever() -> None:
    """A callback that was promised is not taken back for a dial."""
    conversation = called("problem", then=("have somebody call me back",))
    conversation.feed(TURNS["person"])
    assert (conversation.session.state, conversation.dials) == (State.CALLBACK, 0)
