"""Whether an answer to what is to be changed leaves all as it is: "nothing, that's fine", "no changes", "yes, book it".

Such a turn is a yes to the read-back, read as strictly as one; it leads back to its question and books nothing.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from call.session import Question
from understanding.answers.answers import read_answer, without_presence
from understanding.answers.approvals import read_approval
from understanding.answers.notes import without_notes
from understanding.facts import Answer
from understanding.text.plain import plain

_NOTHING = re.compile(  # To be changed
    r"\b(?:no\W+)?(?:nothing|none|no changes)(?: (?:at all|else|really|to change|needed|necessary))*(?=\W*(?:$|[,.;!]))"
    r"|\b(?:leave|keep) (?:it|everything) (?:like that|(?:just )?(?:as|the way) it is|as is)"
    r"|^no\W+(?=(?:it|that|everything|all)\b)",
    re.I,
)


def read_change(
    text: str,
    question: Question | None,
    answer: Answer | None,
    same_time: datetime | None,
    read_back: Iterable[str],
) -> Answer | None:
    """The answer in a turn: at CHANGE_WHAT a yes if it leaves all as it is, else `answer`.

    Args: as of `read_approval`.
    """
    if question is not Question.CHANGE_WHAT:
        return answer
    kept = _NOTHING.sub(" yes ", without_notes(text))
    agreed = read_answer(without_presence(plain(kept)), Question.READ_BACK)
    decision = read_approval(kept, Question.READ_BACK, agreed, same_time, read_back)
    return Answer.YES if decision.answer is Answer.YES else answer
