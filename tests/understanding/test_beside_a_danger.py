"""A danger told beside a story of something else is asked about before anybody hears the 911 line."""

import pytest

from call.session import Question
from tests.support.utterance_tables import NOW
from understanding.facts import Hazard
from understanding.turn import understand

STORIES = [
    "we've got a bonfire going so there's smoke all over the yard, but I'm calling about the AC",
    "the lady across from us had smoke coming out her windows last night",
    "my son's video game has an alarm going off, hang on, my furnace won't light",
    "the plane smelled like gas when we landed and now my heat's out at home",
    "the wood stove smokes when the wind blows from the north",
    "it blew a big puff of smoke out the tailpipe, oh sorry, that's my truck, the AC just clicks",
    "sounds like something's on fire in the ducts but it's just loud",
    "I could smell gas when I moved in, the plumber capped it, I want a tune up",
    "my smoker's on fire at the moment I'm doing ribs, so after three",
    "the news said there's a gas leak on Fifth street but that's across town",
    "my truck is smoking and my AC at home is out",
    "en la fábrica hay humo, pero en mi casa lo que pasa es que no enfría",
    "there's smoke in the house in this movie I'm watching, sorry, my AC is out",
    "my mother's kitchen caught fire in 2019 and they put in this furnace",
    "me huele a gas el coche y la calefacción no prende",
]
HOUSES = [
    "hey so I was cooking and went to the garage and I smell gas out there real bad",
    "there's smoke pouring out of the vents",
    "my carbon monoxide thing is screaming",
    "something is burning in the attic I think it's the motor",
    "wait wait there's smoke coming from the closet",
    "I'm at my daughter's and it reeks of gas in here",
    "we got a strong gas odor by the water heater",
    "I run a barbecue place and there's smoke coming out of the furnace closet",
    "I called earlier nobody called me back and now I smell gas",
    "hay un olor a gas muy fuerte en la cocina",
]


@pytest.mark.parametrize("text", STORIES)
def test_a_danger_told_beside_a_story_is_asked_about(text: str) -> None:
    """It is neither taken at its word nor dropped."""
    heard = understand(text, question=Question.HOW_CAN_I_HELP, now=NOW)
    assert heard.hazard in (Hazard.POSSIBLE, Hazard.NONE)
    unmarked = understand(text.replace(",", ""), question=Question.HOW_CAN_I_HELP, now=NOW)
    assert unmarked.hazard in (Hazard.POSSIBLE, Hazard.NONE)


@pytest.mark.parametrize("text", HOUSES)
def test_a_danger_in_the_house_is_taken_at_its_word(text: str) -> None:
    """Whatever else is told: nobody in danger is asked twice."""
    assert understand(text, question=Question.HOW_CAN_I_HELP, now=NOW).hazard is Hazard.PRESENT
