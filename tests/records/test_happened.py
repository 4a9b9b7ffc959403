"""What went wrong in a call, in sentences."""

import pytest

from call.session import CallSession, Entry, EntryKind
from config import Settings, load
from records import plain_words
from records.call_view import call_story
from records.happened import Happening, happened
from records.rows import Phase, Status
from records.turn_view import Limits, turns_of
from tests.support.stored_calls import KEYS, begun, booked, delivery_of, later, owed


@pytest.fixture
def limits() -> Limits:
    settings: Settings = load(KEYS)
    return Limits.of(settings)


def told(session: CallSession, limits: Limits | None = None) -> list[tuple[int | None, str]]:
    return [(one.turn, one.text) for one in happened(turns_of(session.timeline, limits))]


def test_a_call_in_which_all_went_well() -> None:
    session = begun()
    session.note(EntryKind.CALLER, "my furnace is cold", later(5), milliseconds=400)
    session.note(EntryKind.AGENT, "Sorry to hear that.", later(6), detail="sorry", heard=1)
    assert told(session) == []


def test_why_somebody_is_owed_a_call() -> None:
    """What failed, with its turn, and what came of it."""
    assert told(owed()) == [
        (1, "V2 failed at book_appointment: no answer came in time."),
        (1, "The booking failed: to be called back."),
    ]


def test_what_was_not_understood_and_not_heard() -> None:
    session = booked()
    session.note(EntryKind.AGENT, "And now?", later(51), heard=0)
    session.note(EntryKind.AGENT, "Nobody knows.", later(52))
    assert told(session) == [
        (2, "Not understood: “the what” The same was asked again."),
        (2, "The first voice (Inworld) failed: no audio in time."),
        (3, "The caller did not hear: “And now?”"),
    ]


def test_a_warning_that_was_broken_off() -> None:
    session = begun()
    session.note(EntryKind.CALLER, "I smell gas", later(5))
    session.note(EntryKind.AGENT, "Leave the house now", later(6), detail="safety_exit", heard=0.5)
    assert told(session) == [(1, "The caller did not hear: “house now”")]


def read_back(session: CallSession, asked: str = "ask:read_back") -> None:
    session.note(EntryKind.STATE, "urgency -> pre_confirm", later(3))
    session.note(EntryKind.AGENT, "At 1204 Barton Springs Road, is that right?", later(4), detail=asked, heard=1)


@pytest.mark.parametrize(
    ("correction", "asked"),
    [
        ({"corrects": "yes"}, "ask:read_back"),
        ({"names_part": "address", "answer": "no"}, "ask:read_back"),
        ({"names_part": "address", "answer": "yes_but"}, "ask:read_back:other"),
        ({"names_part": "address"}, "ask:change_what"),
    ],
)
def test_what_was_heard_wrongly(correction: dict[str, str], asked: str) -> None:
    """By the caller's word, or by the recogniser's own doubt."""
    session = begun()
    read_back(session, asked)
    session.note(EntryKind.CALLER, "no, it is fifty-five", later(5))
    session.was_read(correction, {})
    entry: Entry = session.timeline[-1]
    session.timeline[-1] = entry.model_copy(update={"unsure": ("fifty-five",)})
    assert told(session) == [
        (1, "The caller corrected what had been heard: “no, it is fifty-five”"),
        (1, "Heard, but not for certain: “fifty-five”"),
    ]


def test_what_is_named_for_the_first_time_corrects_nothing() -> None:
    """ "My last name is Whitfield" names a part of the read-back, as does a question about one."""
    session = begun()
    session.note(EntryKind.CALLER, "no, my last name is Whitfield", later(2))
    session.was_read({"names_part": "name", "answer": "no", "name": "Whitfield"}, {})
    read_back(session)
    session.note(EntryKind.CALLER, "what was the address again", later(5))
    session.was_read({"names_part": "address"}, {})
    assert told(session) == []


@pytest.mark.parametrize(
    ("steps", "seconds", "slow"),
    [
        ({"turn": 300, "reading": 300, "words": 300}, 0.5, ""),
        ({"turn": 300, "reading": 900, "words": 900}, 1.0, "600 ms to read it, of 600 ms that it may take"),
        ({"turn": 300, "reading": 300, "words": 1700}, 1.7, "1400 ms for the words, 100 ms more than it may take"),
        ({"turn": 300, "reading": 300, "tool": 3400}, 3.5, "3100 ms for V2, of 3500 ms that it may take"),
        ({"turn": 2100, "reading": 2100}, 2.2, "2100 ms until the turn was over, of 2200 ms that it may take"),
        ({"turn": 300, "reading": 300}, 1.4, "1100 ms for the voice, of 1200 ms that it may take"),
    ],
)
def test_the_slow_part_of_an_answer(limits: Limits, steps: dict[str, int], seconds: float, slow: str) -> None:
    """Which, by how much, and what all else took; none that is far from what it may take."""
    session = begun()
    session.note(EntryKind.CALLER, "hello", later(5))
    session.note(EntryKind.TOOL, "lookup_caller", later(6), detail="ok")
    session.answered(seconds, steps)
    waited = round(seconds * 1000)
    all_else = waited - int(slow.partition(" ")[0] or 0)
    expected = [(1, f"Answered after {waited} ms. The slow part: {slow}; all else took {all_else} ms.")]
    assert told(session, limits) == (expected if slow else [])
    assert told(session) == []  # Nobody knows what it may take.


def test_two_voices_may_take_longer(limits: Limits) -> None:
    """And each tool of a turn as long as its own kind may."""
    session = begun()
    session.note(EntryKind.CALLER, "yes", later(5))
    session.note(EntryKind.TOOL, "book_appointment", later(6), detail="ok")
    session.note(EntryKind.TOOL, "create_callback", later(6), detail="ok")
    session.note(EntryKind.FAULT, "inworld", later(6), detail="silence")
    session.answered(9.0, {"turn": 300, "tool": 8000, "dreams": 8000})
    assert [wait.most for wait in turns_of(session.timeline, limits)[1].waits] == [2200, 13000, None, 2700]


def test_what_the_dashboard_refused() -> None:
    """With its own words, behind the call; of a call whose row is gone as well."""
    session = owed()
    delivery = delivery_of(session, Status.PARKED, 'job: 400 {"path": "urgency"}')
    last = Happening(None, 'The dashboard did not accept the job: 400 {"path": "urgency"}')
    assert call_story("CA2", session, Phase.OVER, delivery).happened[-1] == last
    assert call_story("CA2", None, Phase.OVER, delivery).happened == (last,)


@pytest.mark.parametrize(
    ("part", "what", "sentence"),
    [
        ("v2", "lookup_caller 500", "V2 failed at lookup_caller: it answered 500."),
        (
            "v2",
            "create_callback breaker open",
            "V2 failed at create_callback: it was not asked, since it had failed again and again (its breaker is"
            " open).",
        ),
        ("v2", "send_emergency_alert: no text went out", "V2 failed at send_emergency_alert: no text went out."),
        ("openai", "late", "The model (OpenAI) did not begin in time: the fixed line was said in its place."),
        (
            "openai",
            "reply refused: a time that is not known",
            "The model (OpenAI) said what the reply guard refused (a time that is not known): the fixed line was"
            " said in its place.",
        ),
        (
            "openai",
            "second reading late",
            "The model (OpenAI) did not read the turn a second time (late): it stayed as the rules had read it.",
        ),
        ("openai", "refused 401", "The model (OpenAI) failed: refused 401."),
        ("aura", "silence", "The second voice (Aura) failed: silence."),
        ("of another version", "x", "Of another version failed: x."),
        ("", "", "A part failed."),
    ],
)
def test_every_failure_is_a_sentence(part: str, what: str, sentence: str) -> None:
    assert plain_words.failure(part, what) == sentence
