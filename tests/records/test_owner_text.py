"""What the owner is texted about a call, and of which calls nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.session import CallbackStatus, CallSession, EntryKind, Reason, State, Urgency
from config import load
from records.owner_text import LONGEST_TEXT, about_call, plain
from tests.support.stored_calls import KEYS, begun, booked, later, owed, silent

SETTINGS = load(KEYS)
GSM = set(map(chr, range(0x20, 0x7F))) - set("`^{}[]~\\|")
"""What is one character of a text message (GSM 03.38, basic table) and of ASCII as well."""


def in_danger(**facts: Any) -> CallSession:
    """Somebody who smelled gas and heard that they should leave."""
    known: dict[str, Any] = {"emergency": True, "state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY}
    session = begun("CA0000000012345678", **(known | facts))
    session.note(EntryKind.CALLER, "I smell gas in my kitchen", later(5))
    session.note(EntryKind.STATE, "welcome -> safety_exit: emergency", later(5))
    session.note(EntryKind.AGENT, "Please leave the house. Call 911.", later(6), detail="safety_exit", heard=1)
    session.note(EntryKind.CALLER, "okay thanks", later(12))
    return session


def untaken(status: CallbackStatus = CallbackStatus.NOT_CREATED, **facts: Any) -> CallSession:
    session = owed().model_copy(update={"callback_status": status, **facts})
    return session


def test_a_danger_is_told_whole() -> None:
    """Who, the number, where with a map, their words, what they heard, whether V2 has texted the team, which call."""
    session = in_danger(name="Dana Whitfield", address="1204 Barton Springs Road", zip_code="78704")
    assert about_call(session, SETTINGS) == (
        "ACE Cooling: EMERGENCY. Dana Whitfield, +15125550142. 1204 Barton Springs Road, 78704"
        " https://www.google.com/maps/search/?api=1&query=1204+Barton+Springs+Road%2C+78704"
        ' "I smell gas in my kitchen" Safety emergency: the caller heard that they should leave the house and call 911.'
        " It is not certain that the team was texted: please call. Call of Nov 23, 10:00 AM, 12345678"
    )


def test_what_is_not_known_is_said_so() -> None:
    """A danger is told with nothing but the danger."""
    session = in_danger()
    session.caller_number = ""
    assert "Name not known, number withheld. Address not known" in about_call(session, SETTINGS)


@pytest.mark.parametrize("status", [CallbackStatus.NONE, CallbackStatus.REQUESTED, CallbackStatus.NOT_CREATED])
def test_a_callback_that_v2_may_not_know_of_is_told(status: CallbackStatus) -> None:
    """The office does not know of it for certain otherwise."""
    told = about_call(untaken(status), SETTINGS)
    assert told.startswith("ACE Cooling: CALL BACK. Ann Owed, +15125550142.")
    assert '"no heat" A callback was promised' in told


def test_how_urgent_a_callback_is() -> None:
    """By what the caller said."""
    assert "CALL BACK, URGENT." in about_call(untaken(urgency=Urgency.URGENT), SETTINGS)
    assert "CALL BACK." in about_call(untaken(urgency=Urgency.ROUTINE), SETTINGS)


@pytest.mark.parametrize("reason", [Reason.NO_ROOM, Reason.TOO_LATE])
def test_who_was_turned_away_is_no_text_of_their_own(reason: Reason) -> None:
    """They come many at once."""
    assert about_call(untaken(CallbackStatus.NONE, reason=reason), SETTINGS) == ""


@pytest.mark.parametrize("session", [booked(), owed(), silent()], ids=["booked", "V2 knows", "silent"])
def test_of_other_calls_nothing_is_told(session: CallSession) -> None:
    """The office knows of them, or nobody has to call."""
    assert about_call(session, SETTINGS) == ""


def test_the_words_are_cut_first() -> None:
    """A long story leaves everything else whole, and ends at a word."""
    session = in_danger(name="Dana Whitfield", address="1204 Barton Springs Road", zip_code="78704")
    whole = about_call(session, SETTINGS)
    before, behind = whole.split(' "I smell gas in my kitchen" ')
    session.timeline[1] = session.timeline[1].model_copy(update={"text": "gas and smoke " * 100})
    told = about_call(session, SETTINGS)
    assert told.startswith(before + ' "gas and smoke')
    assert told.endswith('..." ' + behind)
    assert len(told) <= LONGEST_TEXT
    assert len(told) > LONGEST_TEXT - len("smoke gas ")


@given(
    name=st.text(max_size=300),
    address=st.text(st.characters(max_codepoint=255), max_size=300),
    words=st.text(min_size=1),
)
def test_a_text_is_four_segments_at_most(name: str, address: str, words: str) -> None:
    """Whatever was said: in letters of which each is one, with the number and which call it was."""
    session = in_danger(name=name, address=address)
    session.timeline[1] = session.timeline[1].model_copy(update={"text": words * 30})
    told = about_call(session, SETTINGS)
    assert len(told) <= LONGEST_TEXT
    assert set(told) <= GSM
    assert "+15125550142" in told
    assert told.endswith("12345678")


def test_a_link_that_does_not_fit_is_left_out() -> None:
    """What the caller said and which call it was is worth more."""
    told = about_call(in_danger(address="#" * 120), SETTINGS)
    assert "https" not in told
    assert '"I smell gas in my kitchen"' in told
    assert told.endswith("12345678")


def test_letters_of_other_alphabets() -> None:
    """Accents are taken off, quotation marks made plain; of what has no plain letter nothing is left."""
    assert plain("Jos\u00e9 \u201cPepe\u201d Nu\u00f1ez \u2013 \u4e16 {x}") == 'Jose "Pepe" Nunez - x'
