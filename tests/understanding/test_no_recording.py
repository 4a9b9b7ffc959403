"""Whether a caller does not want to be recorded, and what else their turn says."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.session import APPROVALS, Question
from understanding.turn import Answer, Hazard, Understanding, understand

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
OBJECTIONS = (
    "Please don't record this.", "don't record me", "No, don't record this call", "I don't want to be recorded",
    "Stop recording.", "Can you stop recording please?", "could you please not record this", "turn off the recording",
    "Please turn the recorder off", "I do not consent to being recorded", "I don't consent to this call being recorded",
    "I'd rather not be recorded", "I would prefer not to be recorded", "no recording please", "Hey, stop recording me!",
    "I'm not comfortable with being recorded", "I am not okay with you recording this", "I object to being recorded",
    "I refuse to be recorded", "delete the recording", "Please delete that recording now", "I don't want this recorded",
    "I don't want you to record me", "uh, sorry, I don't like being recorded", "do not tape this conversation",
    "I never agreed to be recorded", "I'd like to opt out of the recording", "stop taping me",
    "I didn't give you permission to record this", "Well, okay, but don't record anything I say",
    "No me grabe, por favor", "no quiero que me graben", "No quiero ser grabado", "Por favor deje de grabar",
    "no autorizo que graben esta llamada", "apague la grabación",
)  # fmt: skip
NONE = (
    "Are you recording this?", "Is this call recorded?", "This call is recorded. Esta llamada se graba.", "record",
    "don't record that number, it's my wife's", "I don't have any records", "It doesn't record the temperature",
    "the thermostat does not record anything", "for the record, I called yesterday", "it was a record heat",
    "I don't want a recording, I want a person", "do you keep my records", "You can record this", "I don't mind",
    "my name is Tapia", "the tape came off the duct", "don't tape the duct", "stop the leak", "no", "no thanks",
    "agarra el agua", "they don't record the visits", "turn off the furnace", "I never recorded the serial number",
    "the recording said to press one", "please record that I called",
    "we do not record that", "the recording is not on", "no record of my visit", "don't worry about it",
    "you should not have to record the pressure", "stop calling me", "", "...",
)  # fmt: skip


def read(text: str, question: Question | None = None) -> Understanding:
    return understand(text, question=question, now=NOW, visit_at=NOW + timedelta(days=1), known_name="Jon Smith")


@pytest.mark.parametrize("text", OBJECTIONS)
def test_an_objection_answers_no_question(text: str) -> None:
    """Neither its "no" nor its "okay": whatever is open is asked again."""
    for question in (None, *Question):
        heard = read(text, question)
        assert heard.declines_recording
        assert (heard.text, heard.hazard, heard.goodbye, heard.wants_person) == (text, Hazard.NONE, False, False)
        told = (heard.answer, heard.visit, heard.address, heard.name, heard.zip_code, heard.problem, heard.intent)
        assert told == (None, None, "", "", "", "", None)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_objection(text: str) -> None:
    """A question about it, another wish, or words that only look like it."""
    assert not read(text).declines_recording


@pytest.mark.parametrize("objection", ["don't record this", "and I don't want to be recorded", "stop recording me"])
def test_what_is_said_beside_it_counts(objection: str) -> None:
    """A danger, a problem, a ZIP, a yes: as if the objection had not been said."""
    for said, question in (
        ("I smell gas", None),
        ("My furnace blows cold air", Question.HOW_CAN_I_HELP),
        ("It's 78704", Question.ZIP),
        ("no, I don't smell any gas", Question.SAFETY),
        *(("Yes please", question) for question in APPROVALS),
    ):
        alone = read(said, question)
        for text in (f"{said}, {objection}", f"{said}. {objection.capitalize()}, please."):
            heard = read(text, question)
            assert heard.declines_recording
            for name in ("hazard", "problem", "zip_code", "answer", "remainder", "doubt"):
                assert getattr(heard, name) == getattr(alone, name), (text, name)


def test_a_hold_beside_it() -> None:
    """Both are heard."""
    heard = read("Please don't record this. Hold on one second.")
    assert (heard.declines_recording, heard.hold) == (True, True)


def test_it_is_no_answer_to_the_safety_question() -> None:
    """The "no" in front of it denies no danger."""
    heard = read("No, no, don't record me", Question.SAFETY)
    assert (heard.hazard, heard.answer) == (Hazard.NONE, None)
    heard = read("No. I smell nothing. Stop recording.", Question.SAFETY)
    assert (heard.hazard, heard.answer) == (Hazard.DENIED, Answer.NO)
