"""A yes to an approval acts only if it covers the turn; a plain yes is one with the recogniser's marks and without."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.session import APPROVALS, Question
from tests.support.property_examples import examples
from tests.support.utterance_tables import Part, load
from tests.understanding.covered_turns import NO_YES, YES
from understanding.facts import Answer, End, Understanding
from understanding.turn import understand

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZONE)  # A Monday
TUESDAY_TWO = datetime(2026, 11, 24, 14, tzinfo=ZONE)
ADDRESS = ("5311 Izzical Road", "78704", "89 dollars")
ON_FILE = ("Tuesday, November 24 2:00 PM",)
MARKS = re.compile(r"[,.!¿]")
SAID = sorted({entry.say for part in Part for table in load(part).values() for entry in table}) + [
    text for texts in (*YES.values(), *NO_YES.values()) for text in texts
]


def read(text: str, question: Question, visit_at: datetime | None = TUESDAY_TWO) -> Understanding:
    """The turn as an answer to an approval of Jonas Weber's visit."""
    told = ON_FILE if question in (Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM) else ADDRESS
    return understand(
        text,
        question=question,
        now=NOW,
        visit_at=visit_at,
        visit_latest=visit_at,
        known_name="Jonas Weber",
        read_back=told,
    )


def each(turns: dict[Question, tuple[str, ...]]) -> list[tuple[Question, str]]:
    """The turns, each with its question."""
    return [(question, text) for question, texts in turns.items() for text in texts]


@pytest.mark.parametrize(("question", "text"), each(YES))
def test_a_plain_yes_acts(question: Question, text: str) -> None:
    """X7: whoever agrees, thanks, repeats what was read back or says that the dog is friendly is not asked again."""
    assert read(text, question).answer is Answer.YES
    assert read(MARKS.sub(" ", text), question).answer is Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "Wait, what about my bill? Yes book it.",
        "What about the bill? Oh never mind, yes, book it.",
        "Eighty nine dollars? Are you serious? Fine. Whatever. Just send somebody.",
    ],
)
def test_who_does_not_wait_for_an_answer_has_agreed(text: str) -> None:
    """A question that names nothing of the visit takes nothing back of the agreement behind it."""
    assert read(text, Question.READ_BACK).answer is Answer.YES


@pytest.mark.parametrize(("question", "text"), each(NO_YES))
def test_what_is_not_all_yes_does_not_act(question: Question, text: str) -> None:
    """Words that nothing covers, a question, irony, a wish at a cancel: asked again, whatever else agrees."""
    assert read(text, question).answer is not Answer.YES
    assert "?" in text or read(MARKS.sub(" ", text), question).answer is not Answer.YES


@pytest.mark.parametrize("question", sorted(APPROVALS))
@pytest.mark.parametrize(
    "text", ["yes, and my neighbor needs one too", "sure, but who is this", "yes the fee is fine and so is Wednesday"]
)
def test_what_was_said_beside_a_yes_is_asked_about(question: Question, text: str) -> None:
    """It is no refusal either: the caller is asked again."""
    assert read(text, question).answer in (Answer.UNCLEAR, Answer.YES_BUT)


PUTS_OFF = (
    "Okay, I'll call you.",
    "Sounds good, I'll ask my husband.",
    "Sounds good, I'm shopping around, I'll let you know.",
    "Okay thanks, I'll think about it.",
    "Right, I'm calling a couple of other places too.",
    "Great, I'll text my roommate and see.",
    "Fine, we'll discuss it tonight.",
    "Yeah okay, we'll be in touch.",
    "Está bien, yo le llamo luego.",
)


@pytest.mark.parametrize("question", [Question.READ_BACK, Question.OTHER_TIME, Question.MOVE_CONFIRM])
@pytest.mark.parametrize("text", PUTS_OFF)
def test_who_has_to_ask_or_think_first_has_not_agreed(question: Question, text: str) -> None:
    """Politely said it is a yes in every word: "okay, I'll call you"."""
    assert read(text, question).answer is not Answer.YES


@pytest.mark.parametrize("text", ["Oh good, he calls ahead, I like that.", "mm hmm okay and then", "okay, so then"])
def test_who_only_listens_has_not_agreed(text: str) -> None:
    """They like what they heard, or wait for more."""
    assert read(text, Question.READ_BACK).answer is not Answer.YES


@pytest.mark.parametrize("text", PUTS_OFF[:3])
def test_who_puts_it_off_is_asked_whether_a_visit_is_wanted(text: str) -> None:
    """Or is let go, where nothing else is said."""
    heard = read(text, Question.READ_BACK)
    assert heard.withdraws or heard.doubted_end is End.NO_VISIT


@pytest.mark.parametrize(
    "text",
    ["Yes, I'll see you then.", "Yes, book it, I'll be waiting.", "Sounds good, I'll tell my tenant to let him in."],
)
def test_who_tells_what_they_will_do_for_the_visit_has_agreed(text: str) -> None:
    """It is decided, and they say so."""
    assert read(text, Question.READ_BACK).answer is Answer.YES


NOTED = (
    "Yes please, and there's a big dog but he's friendly.",
    "Yes, go ahead and book it, but just so he knows about the dog.",
    "Sounds good, but call my husband when you're on the way, not me.",
    "Yes, but the doorbell doesn't work.",
    "Sounds good, but my husband will be there, not me.",
    "That's fine, just call when you're on the way.",
    "Yes, and please don't park in the driveway.",
    "Yes, he should bring a ladder.",
    "Okay yes, the unit's on the roof though.",
    "Yes ma'am, and I'd appreciate a call first.",
    "Yes, and the buzzer's broken so just knock.",
    "Go ahead, but the dog's in the yard.",
)
NOT_ONLY_NOTED = (
    "There's a big dog but he's friendly.",
    "Sure, as long as he wears shoe covers.",
    "Yes, if my husband will be there.",
    "Yes, unless there's a dog.",
    "Sure, but only if the gate is open.",
    "Yes, but my husband will be there at three.",
    "Sounds good, but my husband will be there only after five.",
    "Yes, but call my husband first.",
    "Okay, but let me call my husband.",
    "Sounds good but my tenant will be there, let me check with him.",
    "Yes, but there's a big dog and I need to ask my wife.",
    "Yes, but my husband won't be there.",
    "Yes but my wife will be home Thursday.",
    "Okay, but the doorbell doesn't work so make it ten.",
    "Yes, but the doorbell doesn't work and it's Oak Lane, not Elm.",
    "Yes, but the unit is on the roof of my neighbor's house.",
    "Yes, but there's a dog at the other house.",
    "Okay but the AC is back on.",
    "No, the doorbell doesn't work.",
)


@pytest.mark.parametrize("question", [Question.READ_BACK, Question.OTHER_TIME, Question.MOVE_CONFIRM])
@pytest.mark.parametrize("text", NOTED)
def test_a_note_for_the_technician_takes_nothing_back(question: Question, text: str) -> None:
    """Also behind a "but": the rest is a yes by itself."""
    assert read(text, question).answer is Answer.YES
    assert read(MARKS.sub(" ", text), question).answer is Answer.YES


@pytest.mark.parametrize("text", NOT_ONLY_NOTED)
def test_a_note_hides_no_condition_and_no_other_fact(text: str) -> None:
    """Nor a put-off, and where nothing agrees it is no yes."""
    assert read(text, Question.READ_BACK).answer is not Answer.YES
    assert read(MARKS.sub(" ", text), Question.READ_BACK).answer is not Answer.YES


@pytest.mark.parametrize("text", ["Yes, but is there a dog fee?", "Yes, but the unit's on the roof, can you do that?"])
def test_a_question_beside_a_note_is_no_yes(text: str) -> None:
    """It is answered first."""
    assert read(text, Question.READ_BACK).answer is not Answer.YES


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Nothing, that's all fine.", Answer.YES),
        ("Nothing.", Answer.YES),
        ("No changes. Just tell him about the dog.", Answer.YES),
        ("Yes, book it.", Answer.YES),
        ("No, it's fine, go ahead.", Answer.YES),
        ("Nothing, the time is fine.", Answer.YES),
        ("Leave it like that.", Answer.YES),
        ("No.", Answer.NO),
        ("The time.", None),
        ("Yes, Thursday.", None),
        ("Nothing but the name.", None),
        ("Nothing works for me.", None),
        ("No, nothing's right.", None),
        ("The address is fine but the time isn't.", None),
    ],
)
def test_who_has_nothing_to_change_says_so(text: str, answer: Answer | None) -> None:
    """Asked what to change: all stays as it was read back."""
    assert read(text, Question.CHANGE_WHAT).answer is answer


def test_a_goodbye_behind_a_yes_that_does_not_act_ends_nothing() -> None:
    """The caller takes the visit for booked: it is asked again before anybody hangs up."""
    heard = read("yes at my mother's place, have a good day, bye", Question.READ_BACK)
    assert (heard.answer, heard.goodbye) == (Answer.UNCLEAR, False)


@pytest.mark.parametrize(
    ("text", "visit_at", "answer"),
    [
        ("Thursday works", TUESDAY_TWO + timedelta(days=2), Answer.YES),
        ("Thursday works", TUESDAY_TWO, Answer.UNCLEAR),
        ("yes tomorrow at 10", TUESDAY_TWO - timedelta(hours=4), Answer.YES),
        ("yes tomorrow at 10", TUESDAY_TWO, Answer.UNCLEAR),
        ("yes, the twenty fourth at two thirty", TUESDAY_TWO + timedelta(minutes=30), Answer.YES),
        ("yes Tuesday and Thursday", TUESDAY_TWO, Answer.UNCLEAR),
        ("yes at two or three", TUESDAY_TWO, Answer.UNCLEAR),
        ("yeah noon is fine", TUESDAY_TWO - timedelta(hours=2), Answer.YES),
    ],
)
def test_a_time_beside_a_yes_is_the_one_that_was_read_back(text: str, visit_at: datetime, answer: Answer) -> None:
    """Another day or hour is no approval of this one."""
    assert read(text, Question.READ_BACK, visit_at).answer is answer


@pytest.mark.parametrize(
    "text",
    [
        "one moment", "hang on one sec", "just one second please", "no, there are two houses", "we have two dogs",
        "one more thing", "hold on for one moment", "give me two minutes", "no I only have the one",
        "I've got three of them", "one question", "uno momento",
    ],
)  # fmt: skip
@pytest.mark.parametrize("question", [Question.READ_BACK, Question.OTHER_TIME, Question.MOVE_CONFIRM, Question.WHEN])
def test_a_small_number_is_no_clock(question: Question, text: str) -> None:
    """L12b: a count moves no visit."""
    assert read(text, question).visit is None


@pytest.mark.parametrize(
    ("text", "hour"),
    [("no, three", 15), ("make it three", 15), ("say four", 16), ("not two, three", 15), ("ten would be better", 10)],
)
def test_a_number_that_answers_is_a_clock(text: str, hour: int) -> None:
    """Alone, or with the words of a clock."""
    visit = read(text, Question.READ_BACK).visit
    assert visit is not None
    assert visit.starts_at == TUESDAY_TWO.replace(hour=hour)


@pytest.mark.parametrize(
    "text",
    [
        "yes, I'll be home all morning", "yes I'm here all day", "thanks for your help today",
        "yes, have a nice evening", "yes you have a good afternoon",
    ],
)  # fmt: skip
def test_who_is_at_home_when_moves_no_visit(text: str) -> None:
    """What a caller tells of the day, and the good day that is wished, are no wish for another time."""
    visit = read(text, Question.READ_BACK, TUESDAY_TWO + timedelta(days=1)).visit
    assert visit is None


@settings(max_examples=examples(400), deadline=None)
@given(
    text=st.sampled_from(SAID),
    question=st.sampled_from(sorted(APPROVALS)),
    place=st.integers(0, 40),
    removes=st.booleans(),
)
def test_a_comma_makes_no_yes(text: str, question: Question, place: int, removes: bool) -> None:
    """Where a recogniser sets a comma is a guess: one more or one fewer turns nothing into a yes."""
    commas = [match.start() for match in re.finditer(",", text)]
    gaps = [match.start() for match in re.finditer(r"(?<=\w) ", text)]
    places = commas if removes else gaps
    if not places:
        return
    at = places[place % len(places)]
    other = text[:at] + text[at + 1 :] if removes else text[:at] + "," + text[at:]
    if read(other, question).answer is Answer.YES:
        assert read(text, question).answer is Answer.YES, other
