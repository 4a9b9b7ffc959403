"""What the model may say, sentence by sentence, each with the session it is judged against."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.session import CallSession, EntryKind, State
from conversation import script
from conversation.guard.judge import Facts, check, clean, split_sentences
from tests.support.model_sentences import FALSE, FINE, FRESH, MONDAY, TRUE, WISHED, session

FACTS = Facts()


@pytest.mark.parametrize(("sentence", "judged_against"), FALSE)
def test_refuses_what_the_record_does_not_back(sentence: str, judged_against: CallSession) -> None:
    """No false sentence passes."""
    verdict = check(sentence, judged_against, FACTS)
    assert (verdict.allowed, bool(verdict.reason)) == (False, True), verdict


@pytest.mark.parametrize(("sentence", "judged_against"), TRUE)
def test_lets_true_sentences_pass(sentence: str, judged_against: CallSession) -> None:
    """No true sentence is refused, and none is changed."""
    verdict = check(sentence, judged_against, FACTS)
    assert (verdict.allowed, verdict.reason, verdict.text) == (True, "", clean(sentence))


@pytest.mark.parametrize(
    "caller",
    ["I smell gas in the house.", "Is it safe to stay?", "My carbon monoxide alarm is beeping.",
     "Water is dripping on the outlet. Should I turn it off?"],
)  # fmt: skip
@pytest.mark.parametrize("state", ["discovery", "urgency", "callback"])
def test_danger_is_neither_soothed_nor_advised_on(caller: str, state: str) -> None:
    """Whatever is said beside a danger that has no word of it is an answer to it."""
    call = session(caller, state=State(state))
    said = ["I'm sorry, step outside.", "I can't say, but turn it off.", "I can't say it's dangerous.", "That's good.",
            "Take your time.", "It's just dust.", "You did the right thing.", "You're right to stay in the house.",
            "No hurry.", "Stay warm, and stay inside.", "The technician can tell you that it's safe.", "Sit tight.",
            "I'm sorry, get everyone out of the house.", "I'd wait outside if I were you.", "I hope it's nothing.",
            "You should not have to leave the house.", "I'm not sure it's anything to worry about."]  # fmt: skip
    assert [sentence for sentence in said if check(sentence, call, FACTS).allowed] == []
    assert check("I'm sorry, that must be frightening.", call, FACTS).allowed
    assert check("I can't judge whether it's dangerous.", call, FACTS).allowed


def test_the_table_is_as_long_as_it_must_be() -> None:
    """At least 60 sentences, of both kinds, none twice."""
    cases = [(case.values[0], id(case.values[1])) for case in FALSE + TRUE]
    assert len(cases) == len(set(cases))
    assert min(len(FALSE), len(TRUE)) >= 120


@pytest.mark.parametrize("key", [key for key in script._EN if key.startswith("ask:")])
def test_the_questions_that_the_model_is_told_to_ask_pass(key: str) -> None:
    """A reply ends with the state's own question, so the guard lets each of them through, word for word."""
    slots = {"name": "Gregory Weber", "address": "5311 Izzical Road", "time": "Thursday, December 3 at 10:30 AM",
             "fee": "89", "zip": "7 8 7 0 1", "date": "Wednesday, November 25", "clock": "7:55 AM",
             "business": "ACE Cooling"}  # fmt: skip
    for variant in script._EN[key]:
        line = re.sub(r"{(\w+)}", lambda slot: slots.get(slot[1], "x"), variant)
        sentences, rest = split_sentences(line)
        already: list[str] = []
        for sentence in filter(None, [*sentences, rest]):
            verdict = check(sentence, FRESH, FACTS, already, line)
            assert (verdict.allowed, verdict.text) == (True, clean(sentence)), verdict
            already.append(sentence)


@pytest.mark.parametrize("sentence", ["You're booked. What's your name?", "What's your name, and the address?"])
def test_only_the_states_own_words_are_not_judged(sentence: str) -> None:
    """More than the line, or another question, is judged as ever."""
    assert check("What's your name?", FINE, FACTS, (), "What's your name?").allowed
    assert not check(sentence, FINE, FACTS, (), "What's your name?").allowed
    assert not check("What's your name?", FINE, FACTS, ("How long?",), "What's your name?").allowed


def in_a_call(*lines: str) -> CallSession:
    """A call whose lines alternate, the caller's first."""
    made = session(name="Gregory Weber")
    for number, line in enumerate(lines):
        made.note(EntryKind.AGENT if number % 2 else EntryKind.CALLER, line, MONDAY)
    return made


@pytest.mark.parametrize(
    ("before", "caller", "sentence", "spoken"),
    [
        ("Okay. What's your name?", "Gregory Weber", "Got it, what's the address?", "What's the address?"),
        ("Got it. What's your name?", "Gregory Weber", "Thanks, Gregory.", ""),
        ("Thank you, Gregory. When?", "Gregory Weber", "Okay, great. And when?", "And when?"),
        ("I'm sorry to hear that. What's your name?", "Weber", "I'm so sorry.", ""),
        ("I'm sorry to hear that. What's your name?", "Weber", "Thanks, the address?", "Thanks, the address?"),
        ("What's your name?", "Gregory Weber", "Thanks, Gregory.", "Thanks, Gregory."),
        ("Okay. What's your name?", "can you come today?", "Okay, what's your name?", "Okay, what's your name?"),
        ("Okay. What's your name?", "Weber", "Thanks for telling me.", "Thanks for telling me."),
        ("Thanks for calling ACE Cooling.", "my name is Weber", "Thanks, Gregory.", "Thanks, Gregory."),
    ],
)  # fmt: skip
def test_an_acknowledgement_is_not_given_every_time(before: str, caller: str, sentence: str, spoken: str) -> None:
    """Two replies in a row do not begin with the same kind of acknowledgement: it is left out (conversation.md 4)."""
    verdict = check(sentence, in_a_call("hi", before, caller), FACTS)
    assert (verdict.allowed, verdict.text) == (True, spoken)


def test_a_later_sentence_keeps_its_acknowledgement() -> None:
    """Only the beginning of a reply is one."""
    call = in_a_call("hi", "Okay. What's your name?", "Gregory Weber")
    assert check("Okay, what's the address?", call, FACTS, ["Hello."]).text == "Okay, what's the address?"


def test_the_reply_as_a_whole_has_one_question_and_two_sentences() -> None:
    """What was said before counts; a short acknowledgement is no sentence."""
    assert check("What's your name?", FRESH, FACTS, ["I'm sorry to hear that."]).allowed
    assert check("What's your name?", FRESH, FACTS, ["Got it.", "I'm sorry to hear that."]).allowed
    assert check("What's your name?", FRESH, FACTS, ["How long has it been out?"]).reason == "more than one question"
    said = ["I'm sorry to hear that.", "That is a lot of noise."]
    assert check("The technician can tell you more.", FRESH, FACTS, said).reason == "more than two sentences"
    long = ["I'm sorry that it has been like that for so long, that must be hard in this weather for all of you."]
    assert (
        check("Could you please tell me the name of the street that it's on?", FRESH, FACTS, long).reason == "too long"
    )


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
        ("Hello there.", ["Hello there."], ""),
        ("Is it Elm Street?", ["Is it Elm Street?"], ""),
        ("It is on Elm St.", [], "It is on Elm St."),
        ("It's $89.", [], "It's $89."),
        ("Well...", [], "Well..."),
        ("! Yes. No", ["! Yes."], "No"),
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
