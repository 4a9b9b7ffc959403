"""Yes and no in families of wordings: what approves, what corrects, what refuses, what hesitates.

The products keep the rules honest: no rule can know every yes with every correction behind it by heart (X7, R53).
"""

from collections.abc import Iterable
from itertools import product

import pytest

from call.session import APPROVALS, Question
from understanding.answers.answers import read_answer, without_presence
from understanding.facts import Answer
from understanding.text.plain import plain

YES = (
    "yes", "yeah", "yep", "Yes.", "uh yeah", "sure", "okay", "perfect", "sounds good", "that works", "that's fine",
    "yes please", "yes that's right", "that's correct", "go ahead", "yes go ahead and book it", "that'll work",
    "absolutely", "great", "works for me", "yes sir", "yeah that's good", "alright", "book it", "fine",
    "yes ma'am that works", "let's do it", "right", "that would be great", "sure thing", "I guess that works",
    "yup sounds good to me", "ok perfect thank you", "yes that sounds great", "um sure that's fine", "looks good",
    "yeah I can do that", "correct", "you bet", "of course", "fine by me", "yeah tomorrow at two works",
    "Tuesday at two, yes", "it sure is", "sounds about right", "you've got it", "we're good", "good to go",
    "everything looks right", "confirmed", "works", "deal", "no objections", "I don't see why not", "please do",
    "couldn't be better", "ok great let's do that", "yes and can you make sure he calls before he gets here",
)  # fmt: skip
REMARKS = (
    " and please have him call first", " thank you so much", " and the dog is friendly", " and the gate code is 4412",
    " tell him to knock", " I'll be home all day", " appreciate it", " that's perfect", " see you then",
    " see you later", " I'll be there", " and he can park in the driveway", " the doorbell doesn't work",
    " my dog doesn't bite", " no problem", " can't wait", " no rush", " don't worry about the mess", " have a good day",
)  # fmt: skip
CORRECTIONS = (
    " but the address is wrong", " but make it Thursday", " but the name is wrong", " except the time",
    " but can we do it later", " oh wait not Tuesday", " actually Thursday would be better", " but not that day",
    " no wait I can't do Tuesday", " could we do the morning instead", " but my name is Jon",
    " only the street is wrong", " hang on that's not my address", " except it's 1402 not 1204",
    " but I need it earlier", " oh no that's the wrong day", " wait that's not right", " but it should be Oak Street",
    " the zip is wrong though", " I won't be home though", " but I won't be there until five",
    " can you change the name", " how about Friday", " however the number is different", " but I moved",
    " just change the name", " oh that's my old address",
)  # fmt: skip
NO = (
    "no", "nope", "no that's wrong", "no that's not right", "that's not correct", "the address is wrong", "wrong day",
    "I can't do that", "that doesn't work", "that won't work for me", "no I said Thursday", "don't book it", "not yet",
    "absolutely not", "I don't want that", "no thank you", "I didn't say that", "I never said Tuesday", "no don't",
    "I'm not available then", "I won't be there", "no way", "that's not what I asked for", "nah", "negative", "no sir",
    "I'd rather not", "never mind", "forget it", "not Tuesday", "not that one", "no no no", "hold off on that",
    "I need a different time", "can we do another day", "make it Friday", "I can't make it that day",
    "that's too early can we go later", "we're not home on Tuesdays", "I changed my mind",
    "that's too early", "that's too expensive", "I can't afford that", "cancel that", "let's not",
    "I don't think that's gonna work", "nobody said Tuesday", "no wait",
)  # fmt: skip
HESITATIONS = (
    "maybe", "I'm not sure", "let me check", "hold on", "hmm let me think", "I don't know", "possibly", "I think so",
    "wait", "let me ask my husband", "I'd have to check", "it depends", "one second", "give me a minute", "probably",
    "yeah maybe", "yes maybe", "sure maybe", "okay maybe", "yes if my wife is home", "I guess maybe",
    "yeah I'm not sure", "yes I don't know", "um let me see", "yes hold on", "okay wait", "yes wait a second",
    "no yes I don't know",
)  # fmt: skip
NO_ANSWERS = (
    "what time was that", "how much is it", "who's coming", "which address", "what", "huh", "can you repeat that",
    "what day", "is that in the morning", "how long will it take", "do I need to be home", "will he call first",
    "what was the address you have", "when is that", "are you a robot", "hello",
    "I have a gate and the code's four four one two",
)  # fmt: skip


def misread(texts: Iterable[str], question: Question, *right: Answer | None) -> list[str]:
    """Every text that is not read as one of `right`, with what it is read as; the tables insist on `understand`."""
    read = ((text, read_answer(without_presence(plain(text)), question)) for text in texts)
    return [f"{text}: {answer}" for text, answer in read if answer not in right]


@pytest.mark.parametrize("question", sorted(APPROVALS - {Question.CANCEL_CONFIRM}))
def test_a_yes_approves(question: Question) -> None:
    """X7, R23: a yes in any wording is one."""
    assert misread(YES, question, Answer.YES) == []


def test_a_remark_behind_a_yes_takes_nothing_back() -> None:
    """A dog, a doorbell and a thank-you are no correction."""
    texts = ["".join(both) for both in product(YES[:11], REMARKS)]
    assert misread(texts, Question.READ_BACK, Answer.YES) == []


@pytest.mark.parametrize("question", [Question.READ_BACK, Question.OTHER_TIME, Question.MOVE_CONFIRM])
def test_a_correction_behind_a_yes_approves_nothing(question: Question) -> None:
    """X7, R53: whatever the yes, what follows it takes it back."""
    texts = ["".join(both) for both in product(YES, CORRECTIONS)]
    assert misread(texts, question, Answer.YES_BUT, Answer.NO, Answer.UNCLEAR) == []


@pytest.mark.parametrize("question", [Question.READ_BACK, Question.OTHER_TIME])
def test_a_no_refuses(question: Question) -> None:
    """X7: a refusal is one without the word no, too."""
    assert misread(NO, question, Answer.NO) == []


def test_a_hesitation_is_neither() -> None:
    """It is asked again."""
    assert misread(HESITATIONS, Question.READ_BACK, Answer.UNCLEAR) == []


def test_a_question_is_no_answer() -> None:
    """The caller wants to know something first."""
    assert misread(NO_ANSWERS, Question.READ_BACK, None) == []


@pytest.mark.parametrize("question", [Question.NAME, Question.PROBLEM, Question.ADDRESS, Question.WHEN])
def test_a_no_inside_a_statement_answers_nothing(question: Question) -> None:
    """X3: "no heat" is no no."""
    texts = ["no heat at all", "no AC since Sunday", "not cooling upstairs", "no hot air just cold", "it's not working"]
    assert misread(texts, question, None) == []


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (Question.CANCEL_CONFIRM, "yes cancel it", Answer.YES),
        (Question.CANCEL_CONFIRM, "yes I want to cancel", Answer.YES),
        (Question.CANCEL_CONFIRM, "no don't cancel", Answer.NO),
        (Question.CANCEL_CONFIRM, "yeah no keep it", Answer.NO),
        (Question.SCHEDULE_OFFER, "I would yes", Answer.YES),
        (Question.SCHEDULE_OFFER, "yeah send somebody out", Answer.YES),
        (Question.SCHEDULE_OFFER, "no thanks I just wanted the price", Answer.NO),
        (Question.ANYTHING_ELSE, "yeah one more question", Answer.YES),
        (Question.ANYTHING_ELSE, "that should do it thanks", Answer.NO),
        (Question.ANYTHING_ELSE, "nope I think that's it", Answer.NO),
    ],
)
def test_what_the_question_makes_of_it(question: Question, text: str, answer: Answer) -> None:
    """Cancelling, an offer and "anything else?" have words of their own."""
    assert misread([text], question, answer) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Okay good to know", None),
        ("Okay, thanks, that's good to know.", None),
        ("Alright, that's what I wanted to know", None),
        ("Oh okay that's really helpful", None),
        ("Yeah, nice to know", None),
        ("Right, that's all I needed to know", None),
        ("Okay that's good to know, let's book it", Answer.YES),
        ("good to know, yes please", Answer.YES),
        ("No, but good to know", Answer.NO),
        ("Okay", Answer.YES),
    ],
)
def test_who_takes_note_of_what_was_told_agrees_to_no_visit(text: str, expected: Answer | None) -> None:
    assert read_answer(plain(text), Question.SCHEDULE_OFFER) is expected
