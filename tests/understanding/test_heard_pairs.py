"""What a recogniser makes of a caller's words loses no danger, invents no yes and ends no call.

tests/utterances/heard_pairs.yaml: turns as spoken and as a small recogniser heard synthetic voices say them over a
telephone line. What is expected of each is what the words as spoken mean, or a question.
"""

from dataclasses import dataclass

import pytest
import yaml

from call.session import APPROVALS, Question
from tests.support.utterance_tables import FOLDER, NOW, ZONE, Part, load
from tests.understanding.test_marks import deeds
from understanding.answers.answers import YES_NO_QUESTIONS
from understanding.facts import Answer, Hazard, Understanding
from understanding.turn import understand

_GRAVE = (Hazard.PRESENT, Hazard.POSSIBLE)
_LABELS = {entry.key: entry for each in Part for table in load(each).values() for entry in table}


@dataclass(frozen=True)
class Pair:
    """A turn as it was spoken and as it was heard."""

    question: Question
    spoken: str
    heard: str


def meant(text: str, question: Question) -> Understanding:
    """A turn as the rules read it."""
    return understand(text, question=question, now=NOW.replace(tzinfo=ZONE))


PAIRS = [
    Pair(Question(row["question"]), row["spoken"], row["heard"])
    for row in yaml.safe_load((FOLDER / "heard_pairs.yaml").read_text())
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.heard)
def test_what_was_heard_does_nothing_that_was_not_meant(pair: Pair) -> None:
    """No yes, no end, no cleared danger; what is asked about first is no deed."""
    did, does = (deeds(meant(text, pair.question), pair.question) for text in (pair.spoken, pair.heard))
    assert does - did - {"asked about danger"} == set()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.heard)
def test_no_danger_is_lost_without_a_question(pair: Pair) -> None:
    """A danger is still one, or it is asked about; a caller who tells what they need is asked in any case."""
    if meant(pair.spoken, pair.question).hazard not in _GRAVE:
        return
    heard = meant(pair.heard, pair.question)
    ends = heard.wants_person or heard.goodbye or heard.recording
    asked_next = pair.question is Question.HOW_CAN_I_HELP and not ends
    asked_again = pair.question is Question.SAFETY and heard.hazard is Hazard.NONE and heard.answer is not Answer.NO
    assert heard.hazard in _GRAVE or asked_next or asked_again


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.heard)
def test_no_yes_is_invented(pair: Pair) -> None:
    """A yes that was not spoken is none, whatever it is taken for."""
    if pair.question in YES_NO_QUESTIONS and meant(pair.spoken, pair.question).answer is not Answer.YES:
        assert meant(pair.heard, pair.question).answer is not Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "It's",
        "it's, um",
        "yes, that's",
        "that's",
        "yeah and my",
        "okay so the",
        "well, it's the",
        "I",
        "yes but",
        "and",
    ],
)
@pytest.mark.parametrize("question", sorted(APPROVALS))
def test_a_turn_that_broke_off_is_no_yes(text: str, question: Question) -> None:
    """Half a sentence approves nothing and cancels nothing."""
    assert meant(text, question).answer is not Answer.YES


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I don't think so but the CEO alarm went off again", "safety"),
        ("no, it's just that something's gone off twice by the furnace", "safety"),
        ("No. There's a little see oh thing beeping.", "safety"),
        ("no but the hallway reaks of gus", "safety"),
        ("no smells, the common oxide alarm, is screaming", "safety"),
        ("There's a smell like rotten ex in here", "name"),
        ("it's throwing sparse out the side", "problem"),
        ("Kids say it smells like guess in the garage", "zip"),
        ("the whole place is full of smoked", "problem"),
    ],
)
def test_a_misheard_danger_is_at_least_asked_about(text: str, question: str) -> None:
    """The danger's words as a recogniser writes them, in turns of our own."""
    assert meant(text, Question(question)).hazard in _GRAVE


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("the CEO of our company wants it fixed today", "how_can_i_help"),
        ("I guess the unit is out", "problem"),
        ("we have guests coming Friday", "when"),
        ("No, and my guess is it's the fan.", "safety"),
        ("the ex-husband installed it", "problem"),
    ],
)
def test_a_word_that_sounds_like_a_danger_is_none(text: str, question: str) -> None:
    """A guess is no gas, and a chief executive has no alarm."""
    assert meant(text, Question(question)).hazard not in _GRAVE
