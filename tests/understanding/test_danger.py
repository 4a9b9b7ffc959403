"""Danger in whole families of wordings, beside the sentences of the tables (test_utterances.py).

A family is the product of the ways to say it and the things to say, so that no rule can know a sentence by heart.
"""

import re
from collections.abc import Iterable
from itertools import product

import pytest

from call.session import Question
from tests.support.utterance_tables import Part, load
from understanding.answers.answers import without_presence
from understanding.danger.hazards import read_hazard
from understanding.facts import Hazard
from understanding.text.plain import plain

FIRST, SAFETY = Question.HOW_CAN_I_HELP, Question.SAFETY
PRESENT, POSSIBLE, DENIED, NONE, RETRACTED = (
    Hazard.PRESENT,
    Hazard.POSSIBLE,
    Hazard.DENIED,
    Hazard.NONE,
    Hazard.RETRACTED,
)


def hazard(text: str, question: Question) -> Hazard:
    """What the rules make of one turn's danger; that `understand` says the same, the tables insist on."""
    return read_hazard(without_presence(plain(text)), question)


def misread(texts: Iterable[str], question: Question, *right: Hazard) -> list[str]:
    """Every text that is not read as one of `right`, with what it is read as."""
    read = ((text, hazard(text, question)) for text in texts)
    return [f"{text}: {found}" for text, found in read if found not in right]


def said(ways: Iterable[str], things: Iterable[str]) -> list[str]:
    """Each way to say it with each thing."""
    return [way.format(thing) for way, thing in product(ways, things)]


SMELLS = (
    "gas", "propane", "rotten eggs", "burning plastic", "smoke", "burnt rubber", "something burning", "sulfur",
    "electrical burning", "natural gas",
)  # fmt: skip
SIGHTS = ("smoke", "flames", "sparks", "black smoke", "fire")
ALARMS = (
    "carbon monoxide alarm", "CO detector", "smoke detector", "smoke alarm", "fire alarm", "carbon monoxide detector",
    "C O alarm", "gas detector", "alarm",
)  # fmt: skip
APPLIANCES = (
    "gas furnace", "gas heater", "gas stove", "gas water heater", "gas fireplace", "propane furnace", "gas boiler",
    "natural gas furnace", "gas dryer", "gas pack unit", "gas wall heater", "gas range", "gas oven",
)  # fmt: skip

IT_SMELLS = (
    "it smells like {} in here", "I smell {}", "I can smell {}", "there's a smell of {}", "my house smells like {}",
    "we're smelling {} again", "there's a strong {} smell", "the furnace smells like {}",
    "I've been smelling {} since last night", "my AC quit and it smells like {}", "no heat and I smell {}",
    "no heat it smells like {}", "my furnace won't start and I'm smelling {}", "not cooling, smells like {}",
    "I don't know why but it smells like {}", "I'm not sure what to do I smell {}",
    "can you send someone out it smells like {}", "hi this is Maria Lopez I smell {} in my kitchen",
    "it's not working and there's a {} smell coming out of the vents", "my kids say it smells like {}",
    "I keep smelling {}", "when the heat kicks on it smells like {}", "every time it runs I smell {}",
    "it smells really strongly of {}", "there's this awful {} smell", "I got home and the whole place reeks of {}",
    "I think I smell {}", "it started smelling like {} an hour ago", "it still smells like {}",
    "it won't stop smelling like {}", "oh and I smell {} too", "I can't stand the smell of {} any longer please hurry",
)  # fmt: skip
NO_SMELL = (
    "I don't smell {}", "no I don't smell any {}", "there's no {} smell", "there is no smell of {}",
    "it doesn't smell like {}", "nobody smells {}", "I haven't smelled any {}", "we're not smelling {}",
    "I can't smell {}", "never smelled {}", "no smell of {} or anything", "I don't think I smell {}",
    "I don't believe it's {}", "it's not {}", "no {} here", "without any {} smell", "my wife doesn't smell {} either",
    "I'm not smelling any {} or anything like that", "not smelling {} no", "no {} whatsoever",
    "I didn't notice any {} smell", "there isn't any {} odor",
)  # fmt: skip
IT_SHOWS = (
    "I see {}", "there's {} coming out of the furnace", "there is {} in the attic", "I'm seeing {} by the unit",
    "my AC stopped working and there's {}", "it's not cooling and I see {}", "we've got {} coming from the vent",
    "{} is coming out of the outlet", "help there's {}", "I opened the closet and there's {}",
)  # fmt: skip
NOTHING_SHOWS = (
    "I don't see any {}", "there's no {}", "no {} no", "I don't see {} or anything", "there isn't any {}",
    "I didn't see {}", "no {} or anything like that", "not seeing any {}", "never saw any {}", "there aren't any {}",
)  # fmt: skip
IT_SOUNDS = (
    "my {} is going off", "the {} keeps beeping", "the {} just went off", "our {} won't stop beeping",
    "I've got a {} going off", "the {} has been going off all morning", "the {} started beeping and won't quit",
    "no smell but the {} is going off", "the {} is screaming", "I have a {} and it keeps going off",
    "my {} went off and I don't know what to do", "the {} is sounding",
)  # fmt: skip
IT_IS_SILENT = (
    "the {} isn't going off", "no the {} hasn't gone off", "the {} is not beeping", "my {} never went off",
    "no {} going off", "the {} didn't go off", "there's no {} going off",
)  # fmt: skip
ONLY_THE_DEVICE = (
    "my {} is chirping", "the {} chirps once a minute", "my {} needs a new battery", "the {} has a low battery",
    "can you install a {}", "do you sell a {}", "my {} fell off the wall", "I need to replace my {}",
    "the {} battery is dead", "I bought a new {} last week",
)  # fmt: skip
ONLY_THE_APPLIANCE = (
    "my {} is broken", "my {} won't light", "the {} isn't working", "I have a {} that quit", "{} not heating",
    "the {} is making noise", "can you install a {}", "how much is a new {}", "the pilot is out on my {}",
    "we need our {} serviced", "my {} is leaking water", "I've got a {} and it keeps shutting off", "it's a {}",
    "does your company work on {}s", "the {} won't turn off", "I want to replace my {} with electric",
    "my {} is about ten years old", "no hot air from my {}", "my {} is on the fritz",
)  # fmt: skip
IT_SMELLED = (
    "it smelled like {} yesterday", "there was a {} smell last week", "I smelled {} last night",
    "it smelled like {} this morning", "there was a smell of {} earlier", "we had a {} smell a few days ago",
)  # fmt: skip
NOT_NOW = (
    " but not now", " but not anymore", " but it's gone", " but it went away", " but it stopped",
    " but I don't smell it now", " but it's fine now",
)  # fmt: skip
AGAIN = (
    " and it's doing it again", " and it still does", " and now it's back", " and I smell it again now",
    " and it's still there",
)  # fmt: skip
MAYBE = (
    "maybe {}", "it might be {}", "could be {}", "possibly {}", "I'm not sure if it's {}", "I don't know if that's {}",
    "it's hard to say if it's {}", "perhaps a {} smell", "it might smell like {} a little", "I wonder if it's {}",
)  # fmt: skip
TAKEN_BACK = (
    " never mind", " oh never mind", " just kidding", " scratch that", " but never mind", " sorry false alarm",
    " no I'm kidding",
)  # fmt: skip
EMERGENCIES = (
    "I smell gas", "it smells like burning", "there's a gas leak", "my CO alarm is going off",
    "there's smoke coming from the furnace", "my furnace smells like gas", "it smells like rotten eggs",
)  # fmt: skip
BESIDE_IT = (
    " and my furnace quit", " it quit this morning", " and my AC stopped working", " and the heat is gone",
    " but we're all fine", " everyone is okay", " the kids are fine", " and no heat", " I need somebody today",
    " can you come out today", " I don't have an appointment", " my address is 1204 Oak Street", " I turned it off",
    " and it's not working anymore", " I called yesterday", " the last guy fixed it last year", " thank you", " sorry",
    " and the heater went out", " it went out last night", " I don't know what to do", " what should I do",
    " is that normal", " should I be worried", " and it's getting worse", " I'm not kidding",
    " so I opened the windows", " I already called the gas company", " the gas company isn't answering",
    " and I have a gas furnace", " my neighbor told me to call you", " we have a newborn",
    " and I don't have heat either", " no one else is here",
    " nothing is working", " my bill was high too", " it's been like that since yesterday",
    " I'm scared", " it's an emergency", " yes it is", " please hurry", " I'm at work right now",
    " my husband smokes but it's not that", " it's not the stove", " I checked the stove and it's off",
    " maybe it's the furnace", " I think it's coming from the water heater", " I'm not sure where it's coming from",
    " could you send someone", " not sure what to do", " it comes and goes", " on and off",
    " and now the AC won't turn on", " I haven't had service in years", " but the thermostat works fine",
    " the stove is fine", " and it's cold in here", " since you guys came out",
)  # fmt: skip
BEFORE_IT = (
    "no heat and ", "my furnace won't turn on and ", "hi yes my name is John and ", "I don't have an appointment but ",
    "I called earlier nobody called me back and now ", "my AC isn't cooling, ", "okay so ",
    "I'm not sure who to call but ", "I don't want to bother you but ", "sorry to call so late but ",
    "it's not an emergency but ", "I turned on the heater and ", "I just got home and ",
    "my neighbor said to call you because ", "is this the HVAC company ", "hello can you hear me ",
    "nobody is home but ", "I never call but ", "I can't get the heat to come on and ", "nothing works and ",
    "last week you fixed my AC and now ", "I have a gas furnace and ", "it's not cold it's not hot ",
    "the AC stopped and ",
)  # fmt: skip
SERVICE = (
    "my furnace quit", "my AC is broken", "I need a tune up", "no heat", "it's blowing hot air",
    "my thermostat is blank", "I want to cancel my appointment", "how much do you charge",
    "my gas furnace won't light", "it's leaking water", "the AC stopped", "my heater isn't working",
    "the house is freezing", "I need somebody today", "it's making a loud noise", "my AC is frozen",
    "can I talk to a person", "I have a question about my bill", "the pilot light is out", "it's not cooling",
)  # fmt: skip
YES = (
    "yes", "yeah", "yep", "yes ma'am", "yes sir", "yeah I do", "yes there is", "yes we do", "I do", "there is",
    "uh yeah", "um yes", "oh yes", "yes it does", "absolutely", "yes definitely", "yes unfortunately",
    "yes please hurry", "yes it's strong", "yes in the kitchen", "yes by the furnace", "yes really bad",
    "yes I smell it", "yes right now", "yes since this morning", "yeah for about an hour", "yes my wife smells it too",
    "yes it's coming from the vents", "yes a bit",
)  # fmt: skip
NO = (
    "no", "nope", "nah", "no ma'am", "no sir", "no I don't", "no there isn't", "no we don't", "I don't", "we do not",
    "there isn't", "uh no", "um no", "oh no", "no not at all", "no nothing", "nope nothing", "no thank you",
    "no thanks", "none", "not that I know of", "not that I can tell", "I don't think so", "no I don't think so",
    "absolutely not", "definitely not", "of course not", "negative", "no none of that", "nothing like that",
    "no all good", "no we're good", "no everything's fine", "no it's fine", "no just no heat", "no just hot air",
    "no it just quit", "no my AC is just out", "no it's just making noise", "nope just cold", "no no",
    "no that's not it", "none of those", "neither", "nothing at all", "no smells no smoke", "no it's fine thanks",
    "nah it's all good", "no I'm okay", "no, but it's really cold in here", "no but can you hurry",
)  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "question", "right"),
    [
        pytest.param(said(IT_SMELLS, SMELLS), FIRST, {PRESENT}, id="X2 smelt"),
        pytest.param(said(IT_SMELLS, SMELLS), SAFETY, {PRESENT}, id="X2 smelt when asked"),
        pytest.param(said(IT_SHOWS, SIGHTS), FIRST, {PRESENT}, id="seen"),
        pytest.param(said(IT_SOUNDS, ALARMS), FIRST, {PRESENT}, id="X2 an alarm sounds"),
        pytest.param(said(NO_SMELL, SMELLS), SAFETY, {DENIED}, id="X1 no smell"),
        pytest.param(said(NO_SMELL, SMELLS), FIRST, {DENIED, NONE}, id="X1 no smell in the first words"),
        pytest.param(said(NOTHING_SHOWS, SIGHTS), SAFETY, {DENIED}, id="X1 nothing to see"),
        pytest.param(said(IT_IS_SILENT, ALARMS), SAFETY, {DENIED}, id="X1 no alarm sounds"),
        pytest.param(said(ONLY_THE_DEVICE, ALARMS), FIRST, {NONE, POSSIBLE}, id="a device is no alarm"),
        pytest.param(said(ONLY_THE_APPLIANCE, APPLIANCES), FIRST, {NONE}, id="X1 an appliance is no smell"),
        pytest.param(said(ONLY_THE_APPLIANCE, APPLIANCES), SAFETY, {NONE, POSSIBLE}, id="R49 nor is it an answer"),
        pytest.param(said(IT_SMELLED, SMELLS), SAFETY, {POSSIBLE}, id="R46 past"),
        pytest.param(said(IT_SMELLED, SMELLS), FIRST, {POSSIBLE}, id="R46 past in the first words"),
        pytest.param([a + b for a, b in product(said(IT_SMELLED, SMELLS), NOT_NOW)], SAFETY, {DENIED}, id="X1 not now"),
        pytest.param([a + b for a, b in product(said(IT_SMELLED, SMELLS), AGAIN)], SAFETY, {PRESENT}, id="again"),
        pytest.param(said(MAYBE, SMELLS), SAFETY, {POSSIBLE}, id="hedged"),
        pytest.param([a + b for a, b in product(EMERGENCIES[:2], TAKEN_BACK)], FIRST, {RETRACTED}, id="R49 taken back"),
        pytest.param([a + b for a, b in product(EMERGENCIES, TAKEN_BACK)], SAFETY, {RETRACTED}, id="R49 when asked"),
        pytest.param([a + b for a, b in product(EMERGENCIES, BESIDE_IT)], FIRST, {PRESENT}, id="and more"),
        pytest.param([f"{a}.{b}" for a, b in product(EMERGENCIES, BESIDE_IT)], SAFETY, {PRESENT}, id="and then more"),
        pytest.param([a + b for a, b in product(BEFORE_IT, EMERGENCIES)], FIRST, {PRESENT}, id="X3 something in front"),
        pytest.param([a + b for a, b in product(BEFORE_IT, EMERGENCIES)], SAFETY, {PRESENT}, id="X3 when asked"),
        pytest.param([a + b for a, b in product(BEFORE_IT, SERVICE)], FIRST, {NONE}, id="nothing about danger"),
        pytest.param([a + b for a, b in product(BEFORE_IT, SERVICE)], SAFETY, {NONE, POSSIBLE}, id="X3 no answer"),
        pytest.param(YES, SAFETY, {PRESENT}, id="X2 a plain yes"),
        pytest.param(NO, SAFETY, {DENIED}, id="R1 a plain no"),
        pytest.param([t for t in YES + NO if "smell" not in t], FIRST, {NONE, DENIED}, id="X3 no question, no answer"),
        pytest.param([t for t in YES if "smell" in t], FIRST, {POSSIBLE}, id="a smell of nothing told is asked about"),
        pytest.param(said(("no {}", "no, {}"), SERVICE), SAFETY, {DENIED, NONE}, id="R1 no and the problem"),
        pytest.param(said(("yes {}", "yeah, {}"), SERVICE), SAFETY, {POSSIBLE, NONE}, id="R1 yes and the problem"),
    ],
)  # fmt: skip
def test_families_of_wordings(texts: list[str], question: Question, right: set[Hazard]) -> None:
    """Every way to say it, with everything it may be said of."""
    assert misread(texts, question, *right) == []


def test_turns_about_something_else_are_no_emergency() -> None:
    """X3: names, addresses, ZIPs, times and wishes are none, nor are they a yes to the safety question."""
    tables = [table for part in Part for name, table in load(part).items() if name not in ("safety", "answers")]
    others = [entry for table in tables for entry in table if "hazard" not in entry.expect.model_fields_set]
    turns = [(entry.say, entry.question or FIRST) for entry in others]
    agreed = re.compile(r"\b(?:yes|yeah|yep)\b", re.I)
    assert [turn for turn in turns if turn[1] is not SAFETY and hazard(*turn) is PRESENT] == []
    assert [text for text, _ in turns if hazard(text, SAFETY) is PRESENT and not agreed.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "I can't get up on the roof anymore, can y'all look at it",
        "my husband can't get up there with his knee",
        "he won't come up to the attic for that price",
        "my mother can't get up the stairs so use the side door",
    ],
)
def test_who_cannot_climb_is_in_no_danger(text: str) -> None:
    """L8: a roof, stairs and an attic are where one gets up to; who has fallen just cannot get up."""
    assert hazard(text, FIRST) is not PRESENT
    assert hazard("my mother fell and can't get up", FIRST) is PRESENT


@pytest.mark.parametrize(
    "text",
    [
        "no, the alarm quit after I pulled the battery",
        "nope, I unplugged the detector so it's quiet",
        "no, the fire department just left, they aired it out",
        "no, the firemen were here this morning",
        "negative, only the furnace makes a puff of black stuff when it lights",
        "no but there's soot all around the vent",
        "no, but my son swears he does",
        "I don't, the neighbor said she could smell it",
    ],
)
def test_what_was_made_quiet_or_left_to_others_is_asked_about(text: str) -> None:
    """An alarm without its battery, the fire department, soot, another's nose: a no does not clear them."""
    assert hazard(text, SAFETY) in (Hazard.POSSIBLE, PRESENT)


@pytest.mark.parametrize(
    "text",
    [
        "the fire alarm company needs the unit off during their test",
        "the smoke detector guy said I should get my furnace checked",
        "the detectors got new batteries, that's not it",
        "it's like a house on fire in here, so hot",
        "the kids get along like a house on fire, anyway the AC is out",
    ],
)
def test_who_comes_about_an_alarm_is_none(text: str) -> None:
    """X3: a trade and a turn of phrase are no danger."""
    assert hazard(text, FIRST) is not PRESENT


def test_gasoline_on_the_hands_is_asked_about() -> None:
    """A smell with its cause in the same breath ends no call."""
    assert hazard("smells of gas but I just spilled some filling the mower", SAFETY) is Hazard.POSSIBLE
    assert hazard("it smells of gas by the furnace", SAFETY) is PRESENT


def test_a_face_down_father_is_in_danger() -> None:
    """L8: wherever he lies."""
    assert hazard("my dad's face down on the kitchen floor and the AC's been out", FIRST) is PRESENT
