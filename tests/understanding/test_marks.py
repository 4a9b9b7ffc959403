"""A recogniser sets a comma at a pause and leaves one out: that makes no act, no danger and no yes, and loses none."""

import re
from collections.abc import Iterator

import pytest

from call.session import APPROVALS, Intent, Question
from tests.support.property_examples import part
from tests.support.utterance_tables import Entry, Part, load, read
from understanding.facts import Answer, Hazard, Understanding

CLASSES = ("safety", "answers", "intents", "wishes")
OF = 3  # Each run tries every third mark, the thorough one all.
_YES_ACTS = APPROVALS | {
    Question.SCHEDULE_OFFER,
    Question.ZIP_CONFIRM,
    Question.GO_ON,
    Question.SECOND_VISIT,
    Question.END_DOUBT,
}
_ENDS = (Intent.WRONG_NUMBER, Intent.VENDOR, Intent.APPLICANT, Intent.OTHER_TRADE)
_DANGER = {"danger", "asked about danger"}


def marked_otherwise(text: str) -> Iterator[str]:
    """The turn with one comma more at each gap, and with each of its marks left out."""
    for gap in re.finditer(r"(?<=[\w']) (?=\w)", text):
        yield f"{text[: gap.start()]},{text[gap.start() :]}"
    for mark in re.finditer(r"(?!(?<=\d).\d)[,.;:!?\u2026]", text):
        yield text[: mark.start()] + text[mark.end() :]


def deeds(heard: Understanding, question: Question | None) -> set[str]:
    """What a turn does; what is asked about first does nothing yet."""
    found = {
        "yes": heard.answer is Answer.YES and question in _YES_ACTS,
        "danger": heard.hazard is Hazard.PRESENT,
        "asked about danger": heard.hazard is Hazard.POSSIBLE,
        "clears": heard.hazard is Hazard.DENIED and question is Question.SAFETY,
        "new system": heard.high_ticket,
        f"{heard.manage_action} the visit": heard.manage_action is not None,
    }
    found |= {str(intent): heard.intent is intent for intent in _ENDS}
    found |= {"person": heard.wants_person, "goodbye": heard.goodbye, "recording": heard.recording}
    return {deed for deed, so in found.items() if so}


def differences(entry: Entry, turn: int) -> dict[str, tuple[set[str], set[str]]]:
    """The ways of setting marks that make the entry do something else, with what it did and does."""
    did = deeds(read(entry), entry.question)
    found = {}
    for text in part(list(marked_otherwise(entry.say)), turn, OF):
        does = deeds(read(entry.model_copy(update={"say": text})), entry.question)
        asked_again = entry.question is Question.SAFETY and "clears" not in does
        lost = bool(did & _DANGER) and not (does & _DANGER or asked_again)
        if does - did - {"asked about danger"} or lost:
            found[text] = (did, does)
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_a_mark_changes_no_act_but_into_a_question(name: str) -> None:
    """Must-hold 2: for every turn that was labelled before the rules were tuned."""
    wrong: dict[str, tuple[set[str], set[str]]] = {}
    for turn, entry in enumerate(load(Part.TEST)[name]):
        wrong |= differences(entry, turn)
    assert wrong == {}
