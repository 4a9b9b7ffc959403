"""Signs of carbon monoxide without an alarm, and of water where current is: one question each, and an urgent visit."""

import pytest

from call.session import Question, Urgency
from tests.understanding.test_wide_middle import NONE, POSSIBLE, PRESENT, misread, read, said
from understanding.danger.signs import has_sign
from understanding.facts import Answer, Hazard
from understanding.text.plain import plain

ASKED = (
    Question.HOW_CAN_I_HELP, Question.SAFETY, Question.ZIP, Question.NAME, Question.ADDRESS, Question.WHEN,
    Question.ANYTHING_ELSE,
)  # fmt: skip
FLUES = said(
    ("the flue", "our furnace's exhaust pipe", "the vent pipe on the water heater", "the chimney"),
    ("came apart", "has come loose", "is disconnected", "fell off in the attic", "has a hole in it", "is blocked"),
)
FIRES = said(
    ("we're using", "my husband's got", "we've been running"),
    ("the charcoal grill going", "a generator", "a kerosene heater", "the camp stove"),
    ("running in the garage", "burning inside", "lit in the living room to keep the kids warm"),
)
WARMED = (
    "we have the oven on to keep the house warm",
    "I'm heating the place with the gas stove",
    "oven's on for heat",
)
UNWELL = said(
    (
        "everybody gets sleepy",
        "the dog throws up",
        "my wife gets a headache",
        "my kids fall asleep",
        "we're all drowsy",
    ),
    ("when the furnace runs", "every time the heat kicks on", "since we started the heater", "whenever the heat's on"),
)
WATER = said(
    ("water is running", "it's dripping", "the unit leaks", "rain's coming"),
    ("into the breaker box", "onto the light fixture", "down by the outlet", "through the wiring"),
)
SPANISH = (
    "el tubo de la calefaccion se solto", "la chimenea esta tapada", "metimos el asador de carbon a la sala",
    "tenemos el generador prendido adentro", "los ninos estan mareados", "hay agua en la caja de fusibles",
    "todos tenemos sueno cuando prende la calefaccion", "prendimos el horno para calentarnos",
)  # fmt: skip
OTHERS = (
    "the alarm's been chirping all night", "it tingles when I touch the unit",
    "the thing in the hall keeps going off so we pulled it off the wall", "the outlet by the air handler is soaked",
    "since we turned the furnace on the cat's been walking around drunk", "there's a bird stuck in the flue",
    "the breaker box has water in it", "my mother can't stay awake when the heater runs", "se cayo el tubo de escape",
)  # fmt: skip
TOLD_OF_SEVERAL = (
    "our heater's running and my wife and I both feel sleepy and weak", "the heater's going and my mom's real drowsy",
    "all our windows are sweating and we all feel sleepy", "everybody's so sleepy in here",
    "the heater makes me sleepy",
    "the kids are groggy and the furnace is on", "I've had this headache for three days now",
    "I've had headaches every day this week",
    "mi calentador esta prendido y a todos nos duele la cabeza y tenemos mareo", "todos tenemos mucho sueño desde ayer",
    "la calefaccion no calienta bien y mi mama esta mareada", "cada vez que prende la calefaccion me da mareo",
    "desde que prendimos la calefaccion mi esposo y mis hijos se sienten mal, con vomito y dolor de cabeza",
    "mi esposa y yo nos sentimos debiles con la calefaccion prendida", "a mis hijos les duele mucho la cabeza",
    "the AC is leaking in the attic, water's coming through the ceiling around the light",
)  # fmt: skip
SIGNS = [*TOLD_OF_SEVERAL, *FLUES, *FIRES, *WARMED, *UNWELL, *WATER, *SPANISH, *OTHERS]
LOOKALIKES = (
    "we had the flue cleaned last year", "the AC vent came loose from the ceiling", "the dryer vent pipe fell off",
    "the bathroom exhaust fan is broken", "the chimney's fine, it's the unit that's off", "the chimney sweep came by",
    "the flue hasn't come loose or anything", "the neighbors' flue fell off", "the grill is outside by the unit",
    "I keep the charcoal in the garage", "the generator won't run the furnace", "the truck is in the garage",
    "we were grilling in the backyard", "the oven works, it's just the heat", "we have a wood stove to keep us warm",
    "the dog is always sleepy", "we're sick and tired of this furnace kicking on", "nobody falls asleep when it runs",
    "the thermostat goes to sleep", "the water heater is leaking in the garage", "the drip pan's full",
    "1200 Chimney Rock Road, the gate is broken", "the vent pipe for the dryer is clogged",
    "we have a wood burning stove to stay warm", "my kid can't sleep when it's cold", "the outlet temperature is low",
    "my car is in the garage, I'm using it later",
    "the water shut-off is next to the breaker box", "water is under the unit and the light is blinking",
    "there's no water in the breaker box", "my lips are chapped from the dry air", "the light on the unit turned blue",
    "the flame turned blue", "the wires are fine and it's leaking outside", "el calentador de agua no prende",
    "the air feels weak when the heat's on", "the heat is really weak and we're all cold", "my dog is sleepy",
    "we feel the air is weak upstairs", "we're at 12 Sleepy Hollow Road and the heat is out", "nobody's sleepy",
    "it's been a headache for three weeks", "there's a stain on the ceiling and the light on the thermostat blinks",
    "este calentador es un dolor de cabeza", "la calefaccion ha sido un dolor de cabeza", "el aire sale debil",
    "no puedo conciliar el sueno por el ruido del aire", "a nadie le duele la cabeza", "nadie esta mareado",
)  # fmt: skip
BLUE = (
    "the baby's lips are blue",
    "her lips look a little blue",
    "he's turning blue",
    "el bebe tiene los labios morados",
)
NOT_BLUE = ("it's so cold my lips are blue", "we're freezing, our lips are turning purple")


@pytest.mark.parametrize("question", ASKED)
def test_a_sign_is_asked_about(question: Question) -> None:
    """At every question, and 911 is for what is there."""
    assert not misread(SIGNS, question, POSSIBLE)


def test_what_only_sounds_like_a_sign_is_none() -> None:
    """It costs no question; in answer to the one about danger it is no sign either."""
    assert not misread([*LOOKALIKES], Question.PROBLEM, NONE)
    assert not [text for text in LOOKALIKES if has_sign(plain(f"No, {text}"))]


@pytest.mark.parametrize("no", ["No, I don't smell anything, but", "No smell, no smoke.", "Nope,"])
def test_no_smell_clears_no_sign(no: str) -> None:
    """Carbon monoxide has none."""
    assert not misread([f"{no} {sign}" for sign in SIGNS], Question.SAFETY, POSSIBLE, PRESENT)


@pytest.mark.parametrize(
    "no",
    [
        "No, nadie tiene mareos.", "No, nadie con mareos.", "No, ni olor ni mareos.", "No, sin mareos.",
        "No, no huele y nadie está mareado.", "No, a nadie le duele la cabeza.", "No, no estamos mareados.",
        "No, no tenemos mareos.", "No, nobody's sleepy.", "No, we don't feel weak.", "no one's drowsy, no",
    ],
)  # fmt: skip
def test_a_symptom_that_is_denied_is_none(no: str) -> None:
    """In both languages; "nadie" denies only what it is said of."""
    assert read(no, Question.SAFETY).hazard is Hazard.DENIED


@pytest.mark.parametrize("text", ["No viene nadie huele a gas", "Nadie contesta, huele a gas.", "nadie huele gas"])
def test_nobody_clears_no_smell(text: str) -> None:
    """Whoever does not come says nothing of it."""
    assert not misread([text], Question.SAFETY, POSSIBLE, PRESENT)


def test_a_sign_makes_the_visit_urgent() -> None:
    """Whatever is said to the question."""
    assert [sign for sign in SIGNS if read(sign).urgency not in (Urgency.URGENT, Urgency.EMERGENCY)] == []
    assert read("my carbon monoxide thing went off last night so we pulled the battery out").urgency is Urgency.URGENT


def test_a_sign_of_long_ago_is_none() -> None:
    """Nor one that is over."""
    assert not has_sign(plain("The flue fell off last year, and it was put back."))
    assert has_sign(plain("We had it checked last year. Now the flue fell off."))


def test_no_to_all_but_a_hot_part_is_no_to_no_sign() -> None:
    """L9 goes on behind the second no; a flue does not."""
    assert read("no, just the breaker is hot", Question.SAFETY).only_a_hot_part
    assert not read("no, just the breaker is hot and the flue fell off", Question.SAFETY).only_a_hot_part


def test_blue_lips_are_a_person_in_danger() -> None:
    """One's own are as a rule a figure of speech, and asked about."""
    assert not [text for text in BLUE if not read(text).person_in_danger]
    assert not misread([*NOT_BLUE], Question.HOW_CAN_I_HELP, POSSIBLE)


@pytest.mark.parametrize("away", ["I wouldn't know, I'm not there", "I can't tell, because we're not home"])
def test_who_is_not_there_can_say_no(away: str) -> None:
    """It is no doubt; without the no it is no answer."""
    assert read(f"{away}, no", Question.SAFETY).answer is Answer.NO
    assert read(away, Question.SAFETY).answer is None
