"""What stands beside a "no" to the safety question: something near danger that nobody explains is asked about."""

import pytest

from call.session import Question
from tests.support.utterance_tables import NOW
from understanding.facts import Hazard
from understanding.remainder import is_strange
from understanding.turn import understand

OPEN = [
    "no, I don't smell it anymore, I think my nose got used to it",
    "no the fire department just cleared it",
    "no except at night when my throat burns",
    "no I turned the gas off at the street myself",
    "nope but the wall behind the furnace is hot enough to fry an egg",
    "no but the lights flicker and something in the attic pops every time it kicks on",
    "no smoke just a little bit of white stuff drifting out of the vents",
    "no I can't smell since covid but my husband keeps saying there's something",
    "no but the little box in the hall keeps saying move to fresh air",
    "no, well, there's a hint of something but I might be imagining",
    "no gas smell or anything the exhaust pipe fell off the furnace though and it's blowing inside",
    "no but I did get a jolt off the metal box outside",
    "no smell but the vent's dripping black gunk",
    "no it stopped beeping when I pushed the button",
    "no I put a fan in the window and it got better",
    "no worse than yesterday",
    "no not in this room",
    "no sparks today",
    "no but we're standing in the driveway to be safe",
    "no, I mean, faintly",
    "I smelled something like burning when it first came on, then it went away",
    "it smelled burnt when the heat kicked on, but that went away",
    "there was some smoke the first time it ran, it went away",
]
CLEAR = [
    "nope, all good on that front, it's just freezing in here",
    "no and I've got one of those detectors and it's quiet",
    "no, it smells fine, it's just loud",
    "nope. the breaker tripped once but I flipped it back and it's holding",
    "no I'd have called the fire department if there was",
    "no, that was last winter, they fixed that, this is just the AC",
    "no it's a gas furnace but no smell",
    "nothing like that, the flame's blue and all, it just short cycles",
    "no, the only thing burning is my patience",
    "no, the furnace light's blinking three times but there's no smell",
    "no, my carbon monoxide detector is plugged in and says zero",
    "no, it used to squeal and now it's dead silent",
    "uh no. it's 85 in here",
    "no señor, nada de eso, solo que no enfría",
]


@pytest.mark.parametrize("said", OPEN)
def test_what_is_near_danger_takes_the_no_back(said: str) -> None:
    assert understand(said, question=Question.SAFETY, now=NOW).hazard in (Hazard.POSSIBLE, Hazard.PRESENT)


@pytest.mark.parametrize("said", CLEAR)
def test_what_explains_itself_does_not(said: str) -> None:
    assert understand(said, question=Question.SAFETY, now=NOW).hazard is Hazard.DENIED


@pytest.mark.parametrize(
    ("said", "strange"),
    [
        ("no", False),
        ("no ma'am, the fan runs but it never heats", False),
        ("no, there's no smell and no smoke, my wife checked", False),
        ("no but the wallpaper behind it is curling", True),
        ("nope, my canary fell off its perch is all", True),
    ],
)
def test_what_nobody_can_place_is_strange(said: str, *, strange: bool) -> None:
    """Then a second reader is asked, where there is one."""
    assert is_strange(understand(said, question=Question.SAFETY, now=NOW)) is strange
