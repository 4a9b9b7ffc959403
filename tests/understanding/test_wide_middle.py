"""The wide middle of danger (L7 to L9): asked about, never cleared by a "no" beside it, and never by a comma."""

from collections.abc import Iterator
from itertools import product

import pytest

from call.session import Question
from tests.support.utterance_tables import NOW, ZONE, Part, load
from understanding.facts import Hazard, Understanding
from understanding.turn import understand

FIRST, SAFETY = Question.HOW_CAN_I_HELP, Question.SAFETY
PRESENT, POSSIBLE, DENIED, NONE = Hazard.PRESENT, Hazard.POSSIBLE, Hazard.DENIED, Hazard.NONE


def read(text: str, question: Question | None = FIRST) -> Understanding:
    """The turn as the service reads it."""
    return understand(text, question=question, now=NOW.replace(tzinfo=ZONE))


def misread(texts: list[str], question: Question, *right: Hazard) -> list[str]:
    """Every text that is not read as one of `right`."""
    return [f"{text}: {found}" for text in texts if (found := read(text, question).hazard) not in right]


def said(*parts: tuple[str, ...]) -> list[str]:
    """Every way to put one of each part together."""
    return [" ".join(words) for words in product(*parts)]


WHO = ("my mother", "my husband", "our tenant", "she", "the technician")
FELL = (
    "passed out", "just collapsed", "is unconscious", "isn't breathing", "won't wake up", "has heat stroke",
    "is having chest pains", "can hardly breathe", "got electrocuted", "is having a seizure",
)  # fmt: skip
ALSO = (
    "", "and the AC is dead", "and we have no heat", "by the furnace", "please send somebody",
    ", no gas or smoke though",
)  # fmt: skip
THINGS = ("the deck", "the thermostat", "the unit", "the ductwork")
THEY_DO = ("collapsed", "won't wake up", "isn't responding", "went limp", "collapsed last week")
FIGURES = (
    "this heat is killing me", "I about passed out when I saw the bill", "I nearly had a heart attack at that price",
    "I was shocked how much they charged", "my AC died", "I passed out early on the couch", "it's a sticker shock",
    "nobody passed out or anything", "no one has fainted", "she didn't collapse", "we're dying over here",
)  # fmt: skip
COME_THROUGH = (
    "she passed out yesterday", "my dad fainted this morning but he's okay now", "I almost fainted in here",
    "I'm afraid she'll get heat stroke", "he collapsed, he's at the hospital now", "what if my mother passes out",
)  # fmt: skip
PARTS = (
    "the breaker", "the outlet by the furnace", "the plug", "the disconnect box", "the electrical panel",
    "the wires at the thermostat",
)  # fmt: skip
ARE_HOT = (
    "is hot", "are really hot", "feels warm to the touch", "keeps buzzing", "is humming", "smells like fish",
    "is crackling",
    "smells a bit like urine", "has a burn mark",
)  # fmt: skip
NO = ("No.", "no,", "no, but", "nope, just", "No smell, no smoke,", "nothing like that, although")
HARMLESS_PARTS = (
    "the breaker keeps tripping", "I flipped the breaker and it's still hot in here", "the compressor hums",
    "the AC is blowing hot air", "the breaker is fine, the house is hot", "I switched it to heat",
    "my cat peed on the unit",
)  # fmt: skip
MENTIONS = (
    "my carbon monoxide alarm came on", "the detector went off a while ago", "there's a funny smell",
    "some alarm's been beeping", "it got smoky earlier", "the smoke alarm is blinking", "my wife smells something",
    "the CO alarm keeps talking", "the alarm was on last night", "there's a haze in the hall",
)  # fmt: skip
AUTHORITIES = ("the gas company", "the fire department", "a firefighter", "the police", "the gas man")
ORDERS = (
    "told us to get out", "told us to leave the house", "said to evacuate", "made everybody leave",
    "says nobody can go back in", "ordered us to get out of the house",
)  # fmt: skip
NO_ORDERS = (
    "my landlord told us to leave by the first", "you told me you'd get out here by noon",
    "your guy told us to leave the system off", "my boss told me to leave early",
    "the gas company said they can't come in until Friday", "the gas company says my meter is fine",
)  # fmt: skip
SHUT_OFF = (
    "found a gas leak and shut it off", "came out for a gas leak and red-tagged my furnace",
    "shut the gas off because of a leak", "found a leak, turned it off at the meter",
)  # fmt: skip


def test_l8_a_person_in_danger_is_danger_whoever_it_is_and_whatever_else_is_said() -> None:
    """And it is told apart from a danger of the house."""
    texts = said(WHO, FELL, ALSO)
    assert misread(texts, FIRST, PRESENT) == []
    assert misread(texts, SAFETY, PRESENT) == []
    assert [text for text in texts if not read(text).person_in_danger] == []
    assert not read("my mother passed out and it smells like gas in here").person_in_danger
    assert not read("there's smoke coming out of the furnace").person_in_danger


def test_l8_things_figures_of_speech_and_denials_are_no_person_in_danger() -> None:
    """What a deck does is the deck's; a bill is no cause of fainting."""
    assert misread(said(THINGS, THEY_DO), FIRST, NONE) == []
    assert misread(list(FIGURES), FIRST, NONE) == []


def test_l8_what_is_feared_or_over_is_asked_about() -> None:
    """Any collapse is at least a question."""
    assert misread(list(COME_THROUGH), FIRST, POSSIBLE) == []
    assert misread([f"no, {text}" for text in COME_THROUGH], SAFETY, POSSIBLE) == []


def test_l9_a_hot_electrical_part_is_asked_about_and_urgent() -> None:
    """Whatever part, whatever it does, and whatever "no" stands before it."""
    texts = said(PARTS, ARE_HOT)
    assert misread(texts, FIRST, POSSIBLE) == []
    assert misread(said(NO, tuple(texts)), SAFETY, POSSIBLE) == []
    assert {str(read(text).urgency) for text in texts} == {"urgent"}
    assert misread(list(HARMLESS_PARTS), FIRST, NONE) == []


def test_l9_a_no_beside_nothing_but_the_part_is_known() -> None:
    """So that it is asked about once more and not for ever."""
    assert read("no, just the breaker is hot", SAFETY).only_a_hot_part
    assert not read("the breaker is hot", SAFETY).only_a_hot_part
    assert not read("no, but the breaker is hot and my CO alarm came on", SAFETY).only_a_hot_part


def test_a_no_beside_a_mention_never_clears() -> None:
    """ "No smell, but my carbon monoxide alarm came on" is no "no"."""
    assert misread(said(NO, MENTIONS), SAFETY, POSSIBLE, PRESENT) == []


def test_l7_who_is_told_to_leave_is_in_danger() -> None:
    """An order of those who know is as good as the danger."""
    assert misread(said(AUTHORITIES, ORDERS), FIRST, PRESENT) == []
    assert misread(["They told us to evacuate, there's a leak."], FIRST, PRESENT) == []
    assert misread(["they said we had to get out", "we were told to evacuate for the storm"], FIRST, POSSIBLE) == []
    assert misread(list(NO_ORDERS), FIRST, NONE) == []


def test_l7_a_leak_that_the_utility_has_shut_off_is_a_question() -> None:
    """And danger again as soon as something is noticed."""
    texts = said(AUTHORITIES[:1] + AUTHORITIES[4:], SHUT_OFF)
    assert misread(texts, FIRST, POSSIBLE) == []
    assert misread([f"{text}, but I still smell gas" for text in texts], FIRST, PRESENT) == []


@pytest.mark.parametrize(
    "text",
    [
        "the CEO thing has gone off", "the whole place just wreaks of gas", "there is a strong guess smell",
        "I smell guess in the kitchen", "my common monoxide alarm is going off", "it smells like rotten ache",
        "the unit is drawing sparse",
    ],
)  # fmt: skip
def test_a_misheard_danger_is_at_least_asked_about(text: str) -> None:
    """What a recogniser made of gas, sparks and carbon monoxide."""
    assert read(text, SAFETY).hazard in (PRESENT, POSSIBLE)
    assert read(text).hazard in (PRESENT, POSSIBLE)


@pytest.mark.parametrize(
    "text", ["I guess so", "our CEO called you", "guess what, it's broken", "nothing smells, I guess"]
)
def test_a_lookalike_of_a_mishearing_is_no_danger(text: str) -> None:
    """Only its neighbours make it one."""
    assert read(text).hazard in (NONE, DENIED)


@pytest.mark.parametrize("text", ["it's", "It's, uh", "well there's", "uh it\u2019s..."])
def test_a_sentence_that_broke_off_is_no_yes(text: str) -> None:
    """Nobody ends on "it's"."""
    assert read(text, SAFETY).hazard is NONE
    assert read("there is", SAFETY).hazard is PRESENT


def one_comma_apart(text: str) -> Iterator[str]:
    """The text with one comma more, at each place, and with one less."""
    words = text.split()
    for i, word in enumerate(words[:-1]):
        if word[-1].isalnum():
            yield " ".join([*words[:i], word + ",", *words[i + 1 :]])
    for i, character in enumerate(text):
        if character == ",":
            yield text[:i] + text[i + 1 :]


def test_one_comma_more_or_less_changes_danger_only_toward_a_question() -> None:
    """A recogniser sets them at pauses: none loses a danger, none clears one, and none alone hangs up on a caller."""
    changed = [
        f"{before} -> {after}: {text}"
        for entry in load(Part.TEST)["safety"]
        for text in one_comma_apart(entry.say)
        if (before := read(entry.say, entry.question).hazard) is not (after := read(text, entry.question).hazard)
        and not (after in (POSSIBLE, Hazard.RETRACTED) or (before, after) == (DENIED, NONE))
    ]
    assert changed == []


@pytest.mark.parametrize(
    "text",
    [
        "no, I aired it out already so it's better",
        "nope, I propped the doors open so it's breathable",
        "no flames now I put it out",
        "I smothered it with a towel, so no",
        "no smell now that I've gotten used to it I guess",
        "no, but it was so bad we slept in the car",
        "no only when the furnace runs then I get a whiff",
        "nah unless you stand right by the heater then it stinks",
        "no besides a little smoke out of the return",
        "no but I hear a hiss by the pipe",
        "no gas no hot plastic smell yes",
        "no flames in the house, in the yard unit yes",
        "negative, but the meter guy said don't relight it",
        "the technician told me never to run it",
    ],
)
def test_a_no_beside_what_was_there_clears_nothing(text: str) -> None:
    """What somebody did about it, an exception, a yes at the end, a ban of those who know: with and without commas."""
    for said in (text, text.replace(",", "")):
        assert understand(said, question=Question.SAFETY, now=NOW).hazard in (Hazard.POSSIBLE, Hazard.PRESENT), said


@pytest.mark.parametrize(
    "text",
    [
        "no just no heat",
        "no it only runs when I hit the reset",
        "nope we just opened the house for the season",
        "no but it leaks water when it rains",
        "no unless you count my husband's cooking",
        "no I'm used to it being cold but not this cold",
        "there was smoke but we opened the windows and it's gone",
        "no, it's only that it smells musty, like an old basement",
        "no, but can somebody come today",
    ],
)
def test_a_no_beside_the_trouble_itself_is_one(text: str) -> None:
    """Remarks about the system, the house or what is over cost no second question."""
    for said in (text, text.replace(",", "")):
        assert understand(said, question=Question.SAFETY, now=NOW).hazard is Hazard.DENIED, said
