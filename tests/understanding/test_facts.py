"""The facts in the labelled turns to tune on: what is read right stays right."""

import pytest

from tests.support.utterance_tables import Part, judge, load

MISSED = {
    # Without a full stop the greeting and the symptom are one sentence.
    "hi my name is mia long i live at fifty three eleven manchaca road seven eight seven four five and my furnace quit",
    # "Before that" points at another clause.
    "kids get home at three so before that, Thursday",
}
"""What is not read right, and why."""

MISSED_OF_THE_FIRST_BATCH = {
    # A person on oxygen makes a visit urgent: nothing reads that yet.
    "hello hello can you hear me yes hi the ac it's out since this morning and my husband is on the oxygen",
    # A question that the caller answers themselves is asked again.
    "is that in the morning or the afternoon oh afternoon okay yes that works",
    # House numbers and streets beside another number
    "I used to be at 300 Oakmont but now it's 18 Three Forks Road",
    "Ninety-two and a half Comal Street.",
    "vivo en el 700 de la calle Nueces",
    # Names that are words, and names in pieces
    "So Young Park",
    "Friday. Joe Friday, like on the TV.",
    "My wife's Susan but put it under me, Greg Holt.",
    "not Steven, Stephen with a P H, Stephen Marsh",
    "sandy uh sandra sandra kim but everybody says sandy",
    "oh me I'm uh June, like the month, June Castleberry",
    "it could be under my maiden name Clara Voss or my married name Clara Engel, try Engel",
    # Days and hours that are set against others
    "the day after tomorrow ten thirty",
    "Saturday's our anniversary, so any other day.",
    "I work nine to five.",
    "Wednesday. No, Thursday. No wait, that's Thanksgiving, so Wednesday.",
    "tomorrow at three Mountain time",
    "not before ten and not after two tomorrow",
    "as soon as humanly possible my mother's coming thursday",
    "well not this friday the one after that at nine",
    "that's right but I said eleven not ten didn't I",
    "let's say friday no friday's black friday I'll be at target do saturday at one",
    # Digits with words between them, and Spanish in digits alone
    "siete ocho siete cero cinco",
    "cinco uno dos, cinco cinco cinco, cero uno cuatro siete",
    "seven eight seven uh what is it oh yeah four five",
    "it's uh five one two five five five wait let me look it up oh one six three",
}
"""The same, of turns that were read once before any rule was changed for them."""


@pytest.mark.parametrize("name", ["addresses", "names", "several", "times", "zips"])
def test_facts_stay_right(name: str) -> None:
    """Every entry but the known misses."""
    wrong = {entry.say: differences for entry in load(Part.DEV)[name] if (differences := judge(entry))}
    assert {
        say: differences for say, differences in wrong.items() if say not in MISSED | MISSED_OF_THE_FIRST_BATCH
    } == {}
