"""Whether a caller does not want to be recorded, and what else their turn says."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from call.session import APPROVALS, Question
from understanding.turn import Answer, Hazard, Understanding, understand
from understanding.wants.recording import MOST, without_objection

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
OBJECTIONS = (
    "Hey, you don't get to record this", "Please quit recording our conversation",
    "I'm revoking my permission for you to record me", "You are not authorized to record me",
    "There's no way you're recording me", "I don't approve of recording this call",
    "I'd feel better if this wasn't recorded", "I'd rather this wasn't recorded", "Recording? No, I don't want that.",
    "This call may be recorded? I don't agree.", "You're recording? Stop that.", "I won't allow you to record this",
    "I will not consent to recording", "Nobody asked me if they could record me", "I never said you could record me",
    "You never asked if you could record me", "Not recorded please", "please no recordings",
    "Don't save a recording of me", "Please don't keep the recording", "Throw away that recording",
    "I wish you wouldn't record me", "No me graben", "No me grabes por favor", "No acepto ser grabada",
    "Apague esa grabación", "No quiero grabaciones", "No consiento la grabación", "Dejen de grabarme",
    "I don't want none of this recorded", "don't be recording me",
    "Is this call recorded? I don't want it to be.", "Are you recording? I don't want to be.",
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
    "You don't have my permission to record.", "You can't record me.", "You may not record me.",
    "You're not allowed to record me.", "I don't want any recording.", "I withdraw my consent to record.",
    "I'm not giving you permission to record.", "I would like this call not to be recorded.",
    "Can we do this without being recorded?", "Please do it without recording.",
    "Is this recorded? I don't want that.", "Why are you recording me? Stop it.", "Please erase what you recorded.",
    "Prefiero que no se grabe", "Sin grabar por favor", "No doy mi consentimiento para grabar",
    "You have no right to record me.", "Nobody gets to record me.",
    "I never gave you permission to record this call.", "I can't be recorded.", "I won't be recorded.",
    "I revoke my consent to being recorded.", "I'm against being recorded.", "I hate being recorded.",
    "I do mind being recorded.", "Are you recording this? Please stop.", "Am I being recorded? I don't like that.",
    "You're recording this without my permission.", "Delete everything you recorded.", "Get rid of the recording.",
    "Skip the recording, please.", "Can you turn that recording off?", "You shouldn't be recording me.",
    "I want you to stop recording me.", "You need to delete the recording.",
    "I'd appreciate it if you didn't record this.", "I'd like to not be recorded.", "This call must not be recorded.",
    "Let's not record this.", "Don't you dare record me.", "I want no recording of this call.",
    "I don't want my voice recorded.", "I don't want to be taped.", "Don't tape me.",
    "We don't want this call taped.", "You are not to record this.", "I have a problem with being recorded.",
    "If you're recording this, stop.", "I haven't agreed to be recorded.", "No recording me.",
    "Recording me is not okay.", "Without recording, please.", "I refuse to have this call recorded.",
    "I forbid you to record me.", "No tiene mi permiso para grabar.", "No pueden grabarme.",
    "No quiero ninguna grabación.", "Borre lo que grabó.", "Retiro mi consentimiento para grabar.",
    "Que no me graben, por favor.", "No estoy de acuerdo con que me graben.", "Sin grabación, por favor.",
    "Don't keep recording me.", "This is being recorded? No, I don't want that.",
    "I don't feel comfortable being recorded.", "I do not give my permission to be recorded.",
    "You do not have permission to record this call.", "I did not consent to any recording.",
    "Don't make a recording of this.", "I'm asking you not to record me.", "I don't authorize this recording.",
    "You have to stop recording right now.", "Would you mind not recording this?",
    "Can you delete that, the recording?", "Can I ask you to not record this?",
    "I would really prefer this not be recorded.", "Please turn off your recorder.", "Stop the tape.",
    "Is there any way not to be recorded?", "Please make sure this isn't recorded.", "I don't want it recorded.",
    "I don't want this conversation on tape.", "I take back my consent to be recorded.",
    "Do you record calls? I don't want that.", "You said it's recorded, I don't agree to that.",
    "My wife doesn't want to be recorded.", "I'd rather you didn't record.", "I'd rather you don't record this call.",
    "You can't record this without my consent.", "It's illegal to record me without my consent.",
    "Don't you record me!", "Take the recording down.", "Who said you could record me? Stop.",
    "I'm not going to let you record me.", "Please, no recording.", "I don't like that you're recording this.",
    "I'm not ok with this being recorded.", "I don't want you guys recording my call.",
    "Why is this being recorded? I didn't agree to that.", "Can we not record this?", "Could this not be recorded?",
    "I don't want a recording of this call.", "I don't want a recording made.",
    "This call is recorded? Then I don't want it.", "So you record this. Please don't.",
    "You are recording me and I don't want that", "I do not permit recording.", "Recording is not okay with me.",
    "I said no recording!", "you cannot record this conversation", "No grabe esta llamada.",
    "No quiero que se grabe.", "¿Me están grabando? No quiero eso.", "¿Por qué me graba? Pare.",
    "No les doy permiso de grabarme.", "No deseo que graben mi llamada.", "Por favor no graben.",
    "Preferiría no ser grabado.", "Quiero que borren la grabación.", "Yo no autoricé que me grabaran.",
    "Hablemos sin que me graben.", "Me niego a que me graben.", "No me siento cómodo con la grabación.",
    "erase me from the recording", "Please keep this off the record", "I decline to be recorded",
    "I opt out of recording", "I want the recording deleted", "I want that recording turned off",
)  # fmt: skip
NONE = (
    "The recording told me nobody asked you", "you never told me the recorded address",
    "No way, the thermostat recorded ninety", "you never said anything was recorded on my bill",
    "I got no recording when I called", "The tech never told me if he recorded the serial number",
    "nobody told me what the record is",
    "Are you recording this?", "Is this call recorded?", "This call is recorded. Esta llamada se graba.", "record",
    "don't record that number, it's my wife's", "I don't have any records", "It doesn't record the temperature",
    "the thermostat does not record anything", "for the record, I called yesterday", "it was a record heat",
    "I don't want a recording, I want a person", "do you keep my records", "You can record this", "I don't mind",
    "my name is Tapia", "the tape came off the duct", "don't tape the duct", "stop the leak", "no", "no thanks",
    "Can you remove the tape?", "I don't want the tape on the duct", "get rid of that tape please",
    "agarra el agua", "they don't record the visits", "turn off the furnace", "I never recorded the serial number",
    "the recording said to press one", "please record that I called",
    "we do not record that", "the recording is not on", "no record of my visit", "don't worry about it",
    "you should not have to record the pressure", "stop calling me", "", "...",
    "The vent is taped and I don't want it taped", "we don't want it taped, we want it replaced",
    "my thermostat doesn't record the temperature", "the DVR stopped recording since the power went out",
    "I don't have any record of that", "no record of the last visit", "I don't want the duct taped",
    "Stop the leak, the tape isn't holding", "The duct tape came off, I don't want that",
    "My camera won't stop recording", "I don't mind being recorded.", "I don't care if you record this.",
    "You don't have a record of my visit?", "You didn't record my appointment.", "I don't know if this is recorded.",
    "I couldn't hear the recording.", "The recording hung up on me.", "I never got a recording.",
    "I have no record of it.", "It never recorded the humidity.", "My smart thermostats do not record anything.",
    "I'm not recording this.", "We can't record the temperature.", "I have no problem being recorded.",
    "Record heat and no air.", "Is this recorded?", "Why are you recording me?", "I'm calling without my records.",
    "Don't tape it, replace it.", "I'd rather not tape the pipe again.", "They taped it and we don't want that.",
    "Please don't tape it up again.", "Stop taping the vents.",
    "Can you check your records, I don't want to pay twice.", "the tape recorder broke",
    "I don't want to talk to a recording", "I don't want a recording", "¿Están grabando?", "Sí, puede grabar.",
    "no sé si graban", "El termostato no graba la temperatura", "You may record this.",
    "I don't remember what you recorded.", "There is no record heat today",
    "we set a record, I don't want that again", "my recorder shows the temperature isn't recorded",
    "the thermostat should not be recording that high", "I don't want to be on hold",
    "I never recorded the model number", "do you have a recording of my last call", "can't you see the record",
    "the record player is on the same breaker and it stopped", "there's no record of my payment",
    "I have the serial number recorded", "the security camera was not recording and the AC is out",
    "my DVR and the AC stopped recording and cooling",
    "the tech recorded the pressure wrong, I don't want that again", "You never recorded my address.",
    "the vent tape is not holding", "I don't want duct tape on it", "stop the tape from peeling",
    "we don't have it on record", "I am not on record as the owner", "I was told you'd record the reading",
    "it did not record any error codes", "don't use tape", "you can't tape a leak like that",
    "Please don't tape the filter", "nobody taped the duct", "my nest doesn't record anything anymore",
    "the last tech didn't record it", "can you not just tape it", "I don't have the record here",
    "the system is not recording usage", "is it on record that I paid", "You're breaking a record, I don't want that",
    "they should not have taped this", "the coil needs a recording thermometer I don't want that",
    "I heard a recording, I don't want that, I want a person",
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


@pytest.mark.parametrize(
    "objection",
    [
        "don't record this", "and I don't want to be recorded", "stop recording me", "you can't record me",
        "can we do this without being recorded?", "why are you recording me? Stop it",
        "I withdraw my consent to record", "and I would like this call not to be recorded", "erase what you recorded",
        "prefiero que no se grabe",
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("You can't record me I smell gas", "I smell gas"),
        ("I don't want you to record this there is smoke everywhere", "there is smoke everywhere"),
        ("don't record me the furnace smells like smoke", "the furnace smells like smoke"),
        ("I don't want any of this recorded it is getting worse", "it is getting worse"),
        ("I do please don't record this", "I do"),
        ("stop recording it's 78704", "it's 78704"),
        ("I'd like to book a visit for Tuesday without being recorded", "I'd like to book a visit for Tuesday"),
    ],
)
def test_it_ends_where_something_else_begins_without_a_mark(text: str, rest: str) -> None:
    """The recogniser's marks are a guess: what tells of a danger or answers a question is never cut with it."""
    assert without_objection(text) == (rest, True)


@pytest.mark.parametrize("text", ["The vent is taped and I don't want it taped", "we don't want it taped, replace it"])
def test_a_taped_duct_stays_a_problem(text: str) -> None:
    """Its words stay in the turn."""
    assert without_objection(text) == (text, False)


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


def test_a_turn_of_nothing_but_objections_is_read_a_few_times() -> None:
    """Each one that is taken out is a pass over the rest: a turn of two hundred must not hold up every call."""
    rest, objects = without_objection("not recorded, " * 200)
    assert objects
    assert rest.count("not recorded") == 200 - MOST
