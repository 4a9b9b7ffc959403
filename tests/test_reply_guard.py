"""What the model may say, sentence by sentence, each with the session it is judged against."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from reply_guard import Facts, check, clean, split_sentences
from session import (
    Appointment,
    BookingStatus,
    CallbackStatus,
    CallSession,
    EntryKind,
    Intent,
    Question,
    Reason,
    State,
)

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=CHICAGO)
THURSDAY = datetime(2026, 12, 3, 10, 30, tzinfo=CHICAGO)
FRIDAY = datetime(2026, 12, 4, 15, 45, tzinfo=CHICAGO)
FACTS = Facts()


def session(*said: str, **fields: Any) -> CallSession:
    made = CallSession(call_id="CA1", caller_number="+15125550101", started_at=MONDAY, **fields)
    for line in said:
        made.note(EntryKind.CALLER, line, MONDAY)
    return made


FRESH = session("Hi, my AC is not cooling.", state=State.DISCOVERY, problem="AC is not cooling")
NAMED = session(
    "My AC is making a grinding noise.",
    "It's Gregory Weber, 5311 Izzical Road, seven eight seven oh one.",
    state=State.URGENCY,
    name="Gregory Weber",
    address="5311 Izzical Road",
    zip_code="78701",
    problem="grinding noise",
)
WISHED = NAMED.model_copy(
    update={"state": State.PRE_CONFIRM, "visit_at": THURSDAY.astimezone(UTC), "question": Question.READ_BACK}
)
BOOKED = WISHED.model_copy(
    update={
        "state": State.CONFIRM,
        "reason": Reason.BOOKED,
        "booking_status": BookingStatus.CONFIRMED,
        "booked_at": THURSDAY.astimezone(UTC),
        "question": Question.ANYTHING_ELSE,
    }
)
OTHER_TIME = WISHED.model_copy(
    update={
        "booking_status": BookingStatus.CONFIRMED,
        "booked_at": FRIDAY,
        "question": Question.OTHER_TIME,
    }
)
FAILED = WISHED.model_copy(
    update={
        "state": State.CALLBACK,
        "reason": Reason.BOOKING_FAILED,
        "booking_status": BookingStatus.ATTEMPTED_FAILED,
        "callback_status": CallbackStatus.CREATED,
    }
)
CALLBACK = session("I want to talk to a person.", state=State.CALLBACK, reason=Reason.CALLER_WISH)
NO_NUMBER = session("Can someone call me?", state=State.CALLBACK).model_copy(update={"caller_number": ""})
KNOWN = session("Hi, my heater is out.", state=State.DISCOVERY, known_caller=True, name="Maria", zip_code="78704")
OWED = session("Hello?", state=State.LOOKUP, known_caller=True, callback_owed=True, callback_issue="being really loud")
ON_FILE = session("My unit leaks.", state=State.DISCOVERY, has_appointment=True)
MANAGE = session(
    "I need to move my appointment.",
    state=State.MANAGE_BOOKING,
    intent=Intent.MANAGE,
    has_appointment=True,
    appointment=Appointment(uid="u", date="Wednesday, November 25", time="7:55 AM", attendee_name="Maria"),
)
MOVED = MANAGE.model_copy(update={"state": State.CONFIRM, "reason": Reason.RESCHEDULED, "moved_to": THURSDAY})
CANCELLED = MANAGE.model_copy(update={"state": State.CONFIRM, "reason": Reason.CANCELLED})
SINCE_TUESDAY = session("It went out on Tuesday, since about 3 pm.", state=State.DISCOVERY, problem="AC went out")
FINE = session("Fine.", state=State.DISCOVERY)
OUTSIDE = session("seven eight six one three", state=State.GOODBYE, reason=Reason.OUT_OF_AREA, zip_code="78613")
COMPRESSOR = session("They told me the compressor is bad.", state=State.DISCOVERY, problem="compressor is bad")

FALSE: list[tuple[str, CallSession]] = [
    # Booked before success (R52, R53, R55, R64)
    ("I'll get that scheduled for Thursday at 10:30.", NAMED),
    ("I'll get that scheduled.", WISHED),
    ("You're all set.", WISHED),
    ("You're booked for Thursday, December 3 at 10:30 AM.", WISHED),
    ("So you're booked?", WISHED),
    ("You're all set for Thursday, does that work for you?", WISHED),
    ("I've got you down.", NAMED),
    ("I have you down for a visit.", NAMED),
    ("Great, your appointment is confirmed.", WISHED),
    ("See you Thursday!", WISHED),
    ("We look forward to seeing you.", WISHED),
    ("A technician will be there.", WISHED),
    ("Someone will come out.", FRESH),
    ("Our technician is on the way.", BOOKED),
    ("I'm booking that for you now.", WISHED),
    ("Let me book that for you.", FRESH),
    ("No problem, you're booked.", WISHED),
    ("Don't worry you're booked.", WISHED),
    ("I can help with that and you're booked.", WISHED),
    ("You're good to go.", FAILED),
    ("Once again you're all set.", NAMED),
    ("You're booked for Friday at 3:45 PM.", BOOKED),
    ("You're booked for Thursday at 3 PM.", BOOKED),
    ("You're booked for tomorrow at 10:30 AM.", BOOKED),
    ("Does that work for you?", BOOKED),
    ("You're booked for Friday at 3:45 PM.", OTHER_TIME),
    ("You have an appointment.", NAMED),
    ("Su cita está confirmada.", session("Hola", language="es")),
    ("You'll have the technician there Thursday at 10:30.", WISHED),
    ("Thursday at 10:30 is yours.", WISHED),
    ("The visit is set for Thursday at 10:30.", WISHED),
    ("We'll take care of it Thursday at 10:30.", WISHED),
    ("That's done.", WISHED),
    ("Your spot is secured.", WISHED),
    ("I went ahead and made the appointment.", WISHED),
    ("I've added you to the calendar.", WISHED),
    ("Your booking went through.", WISHED),
    ("He'll be by Thursday.", WISHED),
    # Times that are not in the record
    ("We can come tomorrow at 4:30 PM.", FRESH),
    ("Would Thursday or Friday work for you?", FRESH),
    ("The next opening is at noon.", NAMED),
    ("How about between 9 and 11 on Thursday?", WISHED),
    ("So that's Thursday at three thirty, shall I book it?", WISHED),
    ("So that's December 4 at 10:30 AM, shall I book it?", WISHED),
    ("Thursday afternoon it is.", WISHED),
    ("A technician can come on Tuesday.", SINCE_TUESDAY),
    ("We can get someone out today.", FRESH),
    ("We have openings next week.", FRESH),
    ("Your appointment is on Wednesday, November 25 at 8:55 AM.", MANAGE),
    # Prices
    ("The visit is $99.", FRESH),
    ("It's $89.50 for the visit.", FRESH),
    ("The visit is ninety nine dollars.", FRESH),
    ("A repair costs about three hundred.", FRESH),
    ("It usually runs a few hundred dollars.", FRESH),
    ("The visit is 89 to 150 dollars.", FRESH),
    ("There's no charge for the visit.", FRESH),
    ("We offer a free estimate.", FRESH),
    ("That's covered under warranty.", FRESH),
    ("We can give you a 10 percent discount.", FRESH),
    # Promises (R81)
    ("Someone will call you back within the hour.", CALLBACK),
    ("They'll call you within 30 minutes.", CALLBACK),
    ("They will reach you in an hour.", CALLBACK),
    ("The technician can look at it in 30 minutes.", BOOKED),
    ("I guarantee it.", FRESH),
    ("We'll have it fixed in no time.", FRESH),
    ("We're available 24/7.", FRESH),
    # Markup, placeholders, tools (R39, R43, R65, R97)
    ("Your visit is [insert available time here].", BOOKED),
    ("Hi {{customer_name}}, how can I help?", FRESH),
    ('{"name": "book_appointment"}', WISHED),
    ("Let me call book_appointment.", WISHED),
    ("**Great** news.", FRESH),
    ("The time is Invalid Date at Invalid Date.", BOOKED),
    ("- Your name", FRESH),
    ("Assistant: What's your name?", FRESH),
    # Process talk (R82)
    ("Noted. Moving forward.", FRESH),
    ("Transitioning now.", FRESH),
    ("Let me move this forward.", FRESH),
    ("Let me process that.", FRESH),
    ("As an AI language model, I can't say.", FRESH),
    ("I'm a real person.", FRESH),
    ("My system is a bit slow.", FRESH),
    ("We're in the discovery phase.", FRESH),
    ("Are you ready to proceed?", WISHED),
    # Names (R40, R42)
    ("Thanks, Jonas.", NAMED),
    ("Jonas, what's your address?", NAMED),
    ("What's your address, Jonas?", FRESH),
    ("This is Alex from ACE Cooling.", FRESH),
    ("Thanks Mr. Smith.", NAMED),
    ("Our technician Dave is excellent.", NAMED),
    # Callbacks (R77, X14)
    ("I'll have someone call you back.", FRESH),
    ("Someone from our team will call you.", FRESH),
    ("You'll get a call from our office.", NAMED),
    ("I've notified the team.", FRESH),
    ("Someone will call you back.", OUTSIDE),
    ("Someone will call you back.", NO_NUMBER),
    ("I'll transfer you now.", CALLBACK),
    ("I'll text you a confirmation.", BOOKED),
    # Appointments
    ("Your visit is cancelled.", MANAGE),
    ("I've rescheduled it.", MANAGE),
    ("I'll cancel it for you.", MANAGE),
    ("I moved your appointment to Thursday at 10:30.", MANAGE),
    ("It's moved to Friday at 3:45 PM.", MOVED),
    ("Your visit is cancelled.", MOVED),
    # Addresses, numbers, area
    ("Is the visit at 1200 Oak Street?", KNOWN),
    ("I have your address on file.", KNOWN),
    ("Same address as last time?", KNOWN),
    ("I have 78745 as your ZIP.", KNOWN),
    ("We'll use 512-555-9999.", FRESH),
    ("We serve your area.", OUTSIDE),
    ("We don't serve that area.", NAMED),
    ("Welcome back.", FRESH),
    ("I see that we owe you a call back.", FRESH),
    # Danger, diagnosis
    ("Please turn off the gas valve.", FRESH),
    ("You can open the windows.", FRESH),
    ("It's safe to stay inside.", FRESH),
    ("Try resetting the breaker.", FRESH),
    ("It sounds like your compressor is bad.", FRESH),
    # Style, mood
    ("What's your name and what's your address?", FRESH),
    ("What's your name? What's your address?", FRESH),
    ("Perfect, what's your name?", FINE),
    ("Great, thanks for waiting.", FAILED),
    ("I understand that this must be really hard for you and your family in this weather and I want you to know that we"
     " are here to help you with it.", FRESH),
    ("...", FRESH),
]  # fmt: skip

TRUE: list[tuple[str, CallSession]] = [
    ("I'm sorry to hear that.", FRESH),
    ("That sounds uncomfortable.", FRESH),
    ("May I have your name, please?", FRESH),
    ("What's the street address for the visit?", FRESH),
    ("How can I help you today?", FRESH),
    ("Good morning, how can I help?", FRESH),
    ("Is the system running at all?", FRESH),
    ("How long has it been like that?", FRESH),
    ("Okay, and is the system running?", FRESH),
    ("Could you tell me your name and what it's about?", FRESH),
    ("Of course, I can help with that.", FRESH),
    ("The technician will take a look at it.", FRESH),
    ("I'll note that down for the technician.", FRESH),
    ("I can't give you a time yet.", FRESH),
    ("Sure, Thursday works.", WISHED),
    ("I'm sorry you've had to wait.", OWED),
    # The fee
    ("The diagnostic visit is 89 dollars.", FRESH),
    ("The diagnostic visit is $89, and that's credited if you go ahead with the repair.", FRESH),
    ("It's eighty-nine dollars for the visit.", FRESH),
    ("The visit is $89.00.", FRESH),
    ("The fee is eighty nine dollars.", FRESH),
    ("The technician can answer that.", FRESH),
    ("The technician calls thirty minutes ahead.", BOOKED),
    ("The technician will call 30 minutes ahead.", FRESH),
    ("Visits are possible seven days a week.", FRESH),
    ("Visits are from 9 AM to 6 PM, every day.", FRESH),
    # Offers and denials claim nothing
    ("Would you like to schedule a visit?", FRESH),
    ("Shall I go ahead and get that booked?", WISHED),
    ("Nothing is booked yet.", WISHED),
    ("I haven't booked anything yet.", WISHED),
    ("To get you scheduled, what's your address?", FRESH),
    ("I can get that scheduled once I have your address.", FRESH),
    ("Before I can get you booked, what's your ZIP code?", FRESH),
    ("I'm sorry, I couldn't get that booked.", FAILED),
    ("Would you like someone to call you back?", FRESH),
    ("Would you like me to have someone call you?", FRESH),
    ("Which name did you give when you booked it?", MANAGE),
    ("Do you want to cancel it or move it?", MANAGE),
    ("Shall I cancel it?", MANAGE),
    ("It hasn't been cancelled.", MANAGE),
    # Times of the record
    ("So that's Thursday at 10:30, shall I book it?", WISHED),
    ("So that's Gregory Weber at 5311 Izzical Road, Thursday, December 3 at 10:30 AM.", WISHED),
    ("That would be Thursday morning at ten thirty.", WISHED),
    ("You're booked for Thursday, December 3rd at 10:30 AM.", BOOKED),
    ("You're all set.", BOOKED),
    ("See you Thursday!", BOOKED),
    ("Your visit is confirmed for Thursday at ten thirty.", BOOKED),
    ("The time I could get is Friday, December 4 at 3:45 PM, does that work for you?", OTHER_TIME),
    ("Your appointment is on Wednesday, November 25 at 7:55 AM.", MANAGE),
    ("I can move it to Thursday at 10:30, shall I do that?", MANAGE.model_copy(update={"visit_at": THURSDAY})),
    ("Your visit is moved to Thursday, December 3 at 10:30 AM.", MOVED),
    ("Your visit is cancelled.", CANCELLED),
    ("I see there's already a visit on the books for this number.", ON_FILE),
    ("So it has been out since Tuesday, I'm sorry.", SINCE_TUESDAY),
    ("How soon do you need someone: as soon as possible, or is there a day that works best?", NAMED),
    # Names and numbers of the record
    ("Thanks, Gregory.", NAMED),
    ("Thank you, Mr. Weber.", NAMED),
    ("Gregory, how soon do you need a visit?", NAMED),
    ("Okay, is it 5311 Izzical Road?", NAMED),
    ("I have 7 8 7 0 1 as the ZIP, right?", NAMED),
    ("Is 512-555-0101 the best number?", CALLBACK),
    ("Thanks for calling again, Maria.", KNOWN),
    ("Welcome back.", KNOWN),
    ("I'm sorry, we owe you a call back about that.", OWED),
    ("I'm sorry about the compressor.", COMPRESSOR),
    ("I'm sorry, we don't serve that area.", OUTSIDE),
    ("I'm the virtual receptionist of ACE Cooling.", FRESH),
    ("We serve Austin, what's your ZIP code?", FRESH),
    # Callbacks that are due
    ("Someone from our team will call you back as soon as possible.", CALLBACK),
    ("I'll have someone call you.", FAILED),
    ("They can go over that with you when they call.", CALLBACK),
    # Safety and the voice
    ("Do you smell gas or anything burning right now?", FRESH),
    ("If you smell gas, please leave the house and call 911.", FRESH),
    ("Is it the upstairs unit \u2014 or the whole house?", FRESH),
    ("I\u2019m sorry, that\u2019s frustrating.", FRESH),
    ("Perfect, thank you.", FRESH),
    ("Okay, fine, what's your name?", FINE),
    ("Lo siento, \u00bfcu\u00e1l es su nombre?", session("Hola", language="es")),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "judged_against"), FALSE, ids=[f"{i}-{s[:40]}" for i, (s, _) in enumerate(FALSE)])
def test_refuses_what_the_record_does_not_back(sentence: str, judged_against: CallSession) -> None:
    """No false sentence passes."""
    verdict = check(sentence, judged_against, FACTS)
    assert (verdict.allowed, bool(verdict.reason)) == (False, True), verdict


@pytest.mark.parametrize(("sentence", "judged_against"), TRUE, ids=[f"{i}-{s[:40]}" for i, (s, _) in enumerate(TRUE)])
def test_lets_true_sentences_pass(sentence: str, judged_against: CallSession) -> None:
    """No true sentence is refused."""
    verdict = check(sentence, judged_against, FACTS)
    assert (verdict.allowed, verdict.reason) == (True, ""), verdict


def test_the_table_is_as_long_as_it_must_be() -> None:
    """At least 60 sentences, of both kinds, none twice."""
    cases = [(sentence, id(judged)) for sentence, judged in FALSE + TRUE]
    assert len(cases) == len(set(cases))
    assert min(len(FALSE), len(TRUE)) >= 60


@pytest.mark.parametrize("key", [key for key in prompts._EN if key.startswith("ask:")])
def test_the_questions_that_the_model_is_told_to_ask_pass(key: str) -> None:
    """A reply ends with the state's own question, so the guard must let each of them through."""
    for variant in prompts._EN[key]:
        slots = {"name": "Gregory Weber", "address": "5311 Izzical Road", "time": "Thursday, December 3 at 10:30 AM",
                 "slots": "Thursday, December 3 at 10:30 AM",
                 "fee": "89", "zip": "7 8 7 0 1", "date": "Wednesday, November 25", "clock": "7:55 AM"}  # fmt: skip
        managing = "{date}" in variant or "move" in key
        judged = MANAGE.model_copy(update={"visit_at": THURSDAY}) if managing else WISHED
        verdict = check(variant.format(business="ACE Cooling", **slots), judged, FACTS)
        whole = [check(s, judged, FACTS) for s in [*split_sentences(verdict.text)[0], split_sentences(verdict.text)[1]]]
        if key == "ask:zip_confirm":
            continue  # Says that an area is not served, which is so only for the ZIP that was heard.
        assert all(v.allowed for v in whole), whole


def test_the_reply_as_a_whole_has_one_question_and_two_sentences() -> None:
    """What was said before counts; a short acknowledgement is no sentence."""
    assert check("What's your name?", FRESH, FACTS, ["I'm sorry to hear that."]).allowed
    assert check("What's your name?", FRESH, FACTS, ["Got it.", "I'm sorry to hear that."]).allowed
    assert check("What's your name?", FRESH, FACTS, ["How long has it been out?"]).reason == "more than one question"
    said = ["I'm sorry to hear that.", "That is a lot of noise."]
    assert check("The technician can tell you more.", FRESH, FACTS, said).reason == "more than two sentences"


def test_another_business_has_another_price_and_name() -> None:
    """Facts come from the settings, not from the code."""
    other = Facts(name="Lone Star Air", diagnostic_fee=120)
    assert check("The visit is $120.", FRESH, other).allowed
    assert not check("The visit is $89.", FRESH, other).allowed
    assert check("This is the virtual receptionist of Lone Star Air.", FRESH, other).allowed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Got it \u2014 one moment", "Got it, one moment"),
        ("Got it -", "Got it."),
        ("9\u201311", "9 to 11"),
        ("a follow-up visit", "a follow-up visit"),
        ("Okay -- thanks.", "Okay, thanks."),
        ("well\u2026 okay.", "well, okay."),
        ("Let me see...", "Let me see."),
        ("It\u2019s \u201cfine\u201d.", 'It\'s "fine".'),
        ("The fee (89 dollars) is credited.", "The fee, 89 dollars, is credited."),
        ("Heating & cooling", "Heating and cooling"),
        ("Thanks! \U0001f600", "Thanks!"),
        ("  two   spaces\n", "two spaces"),
        ("No problem \u2013.", "No problem."),
        ("$89", "$89"),
    ],
)
def test_text_is_made_fit_for_a_voice(text: str, expected: str) -> None:
    """Dashes, parentheses and signs are replaced in one place (R97)."""
    assert clean(text) == expected


@given(st.text(max_size=80))
def test_no_dash_or_parenthesis_reaches_a_voice(text: str) -> None:
    """Whatever the model writes, and cleaning twice changes nothing more."""
    cleaned = clean(text)
    assert not re.search("[\u2010-\u2015\u2212]", cleaned)
    assert clean(cleaned) == cleaned


@given(st.text(max_size=120))
def test_any_text_gets_a_verdict(text: str) -> None:
    """The guard never fails on what a model writes, and an allowed sentence has words."""
    verdict = check(text, WISHED, FACTS)
    assert not verdict.allowed or any(c.isalnum() for c in verdict.text)


@pytest.mark.parametrize(
    ("buffer", "sentences", "rest"),
    [
        ("Hello there. How are", ["Hello there."], "How are"),
        ("Hello there.", [], "Hello there."),
        ("Hello there. ", ["Hello there."], ""),
        ("Thanks, Mr. Weber. What", ["Thanks, Mr. Weber."], "What"),
        ("It's $89. 5", ["It's $89."], "5"),
        ("It's $89.50 for", [], "It's $89.50 for"),
        ("At 5 p.m. on Thursday. Okay", ["At 5 p.m. on Thursday."], "Okay"),
        ("At 5 p.m. Thursday works. ", ["At 5 p.m. Thursday works."], ""),
        ("See you at 5 p.m. The technician calls", ["See you at 5 p.m."], "The technician calls"),
        ("See you at 5 p.m. ", [], "See you at 5 p.m. "),
        ("Really?! Yes. No", ["Really?!", "Yes."], "No"),
        ('He said "stop." Then', ['He said "stop."'], "Then"),
        ("One line\nanother", ["One line"], "another"),
        ("J. Weber lives there. Ok", ["J. Weber lives there."], "Ok"),
        ("", [], ""),
    ],
)
def test_whole_sentences_leave_the_stream(buffer: str, sentences: list[str], rest: str) -> None:
    """Whole sentences go to the voice, the rest waits (R21)."""
    assert split_sentences(buffer) == (sentences, rest)


@given(st.text(alphabet="ab .!?\n5pm$", max_size=60))
def test_splitting_loses_no_word(text: str) -> None:
    """Whatever arrives: every character that is no white space is in a sentence or in the rest."""
    sentences, rest = split_sentences(text)
    assert "".join("".join([*sentences, rest]).split()) == "".join(text.split())
