"""How soon a visit is needed, in the words of callers; the id of a case is the rule."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from call.session import Question, Urgency
from understanding.turn import understand

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
FIRST, WHEN = Question.HOW_CAN_I_HELP, Question.WHEN


@pytest.mark.parametrize(
    ("question", "right", "texts"),
    [
        pytest.param(
            WHEN, Urgency.URGENT,
            ("as soon as possible", "today if you can", "right away", "it's urgent", "the sooner the better",
             "soonest you've got", "first available", "ASAP please", "we need somebody today", "tonight if possible",
             "whatever's earliest", "I can't wait we've got a newborn", "as quick as y'all can", "now",
             "this afternoon", "lo antes posible"),
            id="R11, X9 soonest is urgent",
        ),
        pytest.param(
            WHEN, Urgency.ROUTINE,
            ("whenever", "no rush", "sometime next week", "it's not urgent", "not today",
             "it's not an emergency, this week is fine", "whenever you have an opening", "any time is fine",
             "it can wait till next week", "I'm flexible", "doesn't matter to me", "cuando puedan"),
            id="X8 not today is not urgent",
        ),
        pytest.param(
            WHEN, None,
            ("tomorrow at two", "Friday morning", "next Tuesday", "what times do you have", "the 5th"),
            id="a time is no urgency",
        ),
        pytest.param(
            FIRST, Urgency.EMERGENCY,
            ("no heat and it's thirty degrees outside", "the heater quit and it's below freezing",
             "our AC is out and it's a hundred and five out here", "my furnace is out and it's twenty eight degrees",
             "water is pouring out of the ceiling under the AC", "there's water everywhere from the air handler",
             "it's snowing and we have no heat", "it's 104 outside and the air conditioner quit",
             "flooding in the utility closet from the AC", "no heat, it's 25 degrees"),
            id="tier 2",
        ),
        pytest.param(
            FIRST, Urgency.URGENT,
            ("my AC is out and I need somebody today", "I need someone out here right away", "can you come tonight",
             "it's urgent my heat's out", "I need emergency service"),
            id="urgent in the first words",
        ),
        pytest.param(
            FIRST, Urgency.ROUTINE,
            ("it's not an emergency but my AC is making noise", "no rush but I'd like a tune up"),
            id="X8 no hurry in the first words",
        ),
        pytest.param(
            FIRST, None,
            ("my AC is out", "it broke today", "this morning my furnace quit", "it's seventy degrees in here",
             "no heat", "it quit last night", "my AC started leaking freon", "it's been out since today"),
            id="when it broke is not when to come",
        ),
    ],
)  # fmt: skip
def test_urgency(question: Question, right: Urgency | None, texts: tuple[str, ...]) -> None:
    """Urgent, routine or nothing said; tier 2 is what the weather makes of a failure, or water."""
    assert {text: understand(text, question=question, now=NOW).urgency for text in texts} == dict.fromkeys(texts, right)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("no heat and they say a hard freeze tonight", Urgency.EMERGENCY),
        ("the heater won't come on and it's in the single digits", Urgency.EMERGENCY),
        ("our heater's dead and it's snowing", Urgency.EMERGENCY),
        ("no air and there's a heat advisory", Urgency.EMERGENCY),
        ("AC's out and it's over a hundred", Urgency.EMERGENCY),
        ("it was in the twenties last week, now I just need a tune-up", None),
        ("no heat but it's in the sixties so no rush", Urgency.ROUTINE),
    ],
)
def test_weather_without_a_number(text: str, urgency: Urgency | None) -> None:
    """L10: cold and heat as people tell them."""
    now = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("America/Chicago"))
    assert understand(text, question=None, now=now).urgency is urgency
