"""Yes or no, read in the light of the question asked.

A "no" inside "not" or "no heat" is no answer (X3, R46); a yes with a correction, a refusal or a doubt beside it is no
approval (X7), whichever comes first: "perfect, oh wait, not Tuesday". When no yes/no question was asked, only a turn
that is nothing but an answer counts. What is corrected is read by the other rules; the safety question has its own
(safety_answers.py).
"""

from call.session import APPROVALS, Question
from understanding.answers import answer_words as phrases
from understanding.facts import Answer
from understanding.text.clauses import cut
from understanding.text.lexicon import ALONE_YES, COURTESY, FIRM_YES, LEAD, NO_WORDS, SOFT_YES, YES_WORDS
from understanding.text.plain import MARKS, affirmed, clauses, negated, phrase, said

YES_NO_QUESTIONS = APPROVALS | {
    Question.ZIP_CONFIRM,
    Question.ANYTHING_ELSE,
    Question.SCHEDULE_OFFER,
    Question.GO_ON,
    Question.SECOND_VISIT,
    Question.END_DOUBT,
}


# They take back nothing of a yes.
_ACTS = {Question.MOVE_CONFIRM: phrases.MOVE_YES, Question.CANCEL_CONFIRM: phrases.NOT_NEEDED}
_BIDS = {
    Question.CANCEL_CONFIRM: phrases.CANCEL_YES,
    Question.MOVE_CONFIRM: phrases.MOVE_YES,
    Question.SCHEDULE_OFFER: phrases.SCHEDULE_YES,
}
_ON_CONDITION = phrase(r"(?:could|would|will|might|can) (?:work|do)(?: \S+){0,3}? (?:if|unless|as long as)")
_TAG = phrase("(?:is|was|did) (?:it|that|i)$")  # "That's not what I asked for, is it"
_UNSURE = phrase(r"not (?:\w+ )?(?:sure|know)")
# What follows a yes and denies all of it: "yeah no that's not for us"
_DENIES = phrase(r"no (?:i|we|it|there) .*\bnot .*", r"no .*\b(?:nothing|none|not)\b.*")
_I_AM = phrase(r"(?:i am|we are|i can|we can)$")
_NO_TROUBLE = phrase("no (?:problem|trouble|bother)|not a (?:problem|bother)")
_DOES_NOT_HEAR = phrase(
    r"(?:no )*(?:sorry )?(?:i |we )?(?:can|could|do|did) (?:not|barely|hardly)(?: (?:really|even))*"
    r"(?: hear(?: (?:you|anything|it|that|very|so|too|well|good|at|all|now|anymore))*)?(?: sorry)?"
)
_WHO_AND_WHY = frozenset("who why where which whose".split())


def without_presence(text: str) -> str:
    """The plain `text` without "yes, I'm here": the answer to "are you still there?", and to nothing else."""
    return " ".join(phrases.HERE.sub(" ", text).split())


def tells_presence(text: str) -> bool:
    """Whether the plain `text` may be the answer to "are you still there?" and says nothing else: "yes", "I'm here"."""
    rest = _I_AM.sub(" ", " ".join(word for word in without_presence(text).split() if word not in MARKS))
    return bool(text) and (_bare(rest) is Answer.YES or all(word in YES_WORDS for word in rest.split()))


def denies_presence(text: str) -> bool:
    """Whether the plain `text` is a mere "no", or "no, I can't hear you": it may answer "can you hear me?"."""
    words = " ".join(word for word in text.split() if word not in MARKS)
    return _bare(text) is Answer.NO or _DOES_NOT_HEAR.fullmatch(words) is not None


def read_answer(text: str, question: Question | None) -> Answer | None:
    """The answer in the plain `text` to `question`; None when there is none."""
    if question is None or question is Question.HOW_CAN_I_HELP or not text:
        return None
    if question not in YES_NO_QUESTIONS:
        return _bare(text)
    if question is Question.READ_BACK:
        text = phrases.FAULTLESS.sub("yes", text)
    text = phrases.HAS_NOTHING.sub("_", text)
    if question is Question.ANYTHING_ELSE:
        return _anything_else(text, _first_particle(text)[0])
    text = phrases.TAKES_NOTE.sub("_", text)
    first, rest = _first_particle(text)
    return _yes_or_no(text, question, first, rest)


def is_bare_yes_or_no(text: str) -> bool:
    """Whether the plain `text` says nothing beyond a yes or a no."""
    return _bare(text) is not None


def no_stands_alone(text: str) -> bool:
    """Whether a "no" in the plain `text` is an answer of its own, not part of "no heat"."""
    words = text.split()
    for i, word in enumerate(words):
        if word in NO_WORDS:
            after = words[i + 1] if i + 1 < len(words) else "."
            before = words[i - 1] if i else "."
            starts = before in MARKS or before in LEAD or before in NO_WORDS or before in YES_WORDS
            if after in MARKS or after in NO_WORDS or (starts and after not in phrases.NOUNS_AFTER_NO):
                return True
    return False


def _first_particle(text: str) -> tuple[str, str]:
    """ "yes", "soft", "no" or "" by how the plain text begins, and what follows that word."""
    words = text.split()
    i = 0
    while i < len(words) and (words[i] in MARKS or words[i] in LEAD):
        follows = words[i + 1 : i + 3]
        if words[i] in ("ok", "okay") and (follows[:1] == [] or not _is_particle(*follows)):
            break
        i += 1
    if i == len(words):
        return "", text
    word = words[i]
    after = words[i + 1] if i + 1 < len(words) else "."
    rest = " ".join(words[i + 1 :])
    if word in NO_WORDS and _is_particle(word, after):
        return "no", rest
    if word in FIRM_YES:
        return ("no" if after == "not" else "yes"), rest
    if word in ALONE_YES:
        alone = after in MARKS or (after in YES_WORDS | LEAD | {"thank", "thanks", "for"} and after != "now")
        return ("soft", rest) if alone else ("", text)
    return ("soft", rest) if word in SOFT_YES else ("", text)


def _is_particle(word: str, after: str = "") -> bool:
    return word in YES_WORDS or (word in NO_WORDS and after not in phrases.NOUNS_AFTER_NO)


def _bare(text: str) -> Answer | None:
    words = [w for w in text.split() if w not in MARKS and w not in LEAD]
    if not words:
        return None
    joined = " ".join(words)
    if words[0] in NO_WORDS and all(w in NO_WORDS | COURTESY for w in words):
        return Answer.NO
    if words[0] in YES_WORDS and all(w in YES_WORDS | COURTESY for w in words):
        return Answer.YES
    for pattern, answer in ((phrases.HEDGE, Answer.UNCLEAR), (phrases.YES, Answer.YES), (phrases.NO, Answer.NO)):
        if (match := pattern.match(joined)) and match.end() == len(joined):
            return answer
    return None


def _anything_else(text: str, first: str) -> Answer | None:
    if first == "no":
        return Answer.YES_BUT if said(phrases.MORE, text) else Answer.NO
    if said(phrases.MORE, text):
        return Answer.YES
    if said(phrases.NO, text) or said(phrases.DONE, text):
        return Answer.NO
    return Answer.YES if first in ("yes", "soft") else None


def _yes_or_no(text: str, question: Question, first: str, rest: str) -> Answer | None:
    if said(phrase("never mind", "forget it"), text):
        return Answer.NO
    if question in (Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM) and said(phrases.KEEP, text):
        return Answer.NO
    if question is not Question.CANCEL_CONFIRM and affirmed(phrases.CANCEL_YES, text):
        return Answer.NO
    approves = _approves(rest if first == "no" else text, question)
    yes = bool(first) or approves
    rest, text = _without_act(rest, question), _without_act(text, question)
    told = " , ".join(phrases.REMARK.sub(" ", clause.text) for clause in cut(text))
    wrong = affirmed(phrases.WRONG, told, 2)
    takes_back = wrong or affirmed(phrases.CHANGE, told, 1)
    if first == "no":
        takes_back = takes_back or said(phrases.CHANGE, rest)
        turned = not takes_back and (approves or _starts_yes(rest))
        if not turned:
            return Answer.UNCLEAR if _hedged(rest) and _starts_yes(rest) else Answer.NO
        agrees = _starts_yes(rest) or said(_NO_TROUBLE, rest)
        return Answer.YES if agrees and approves and not _hedged(rest) else Answer.UNCLEAR
    takes_back = takes_back or (yes and _contradicts(rest if first else text))
    if yes:
        return _qualified_yes(first, rest if first else text, approves=approves, takes_back=takes_back, wrong=wrong)
    if all(clause.words[0] in _WHO_AND_WHY for clause in cut(text)):
        return None  # "Who moved it": a question, and no answer.
    if (
        _hedged(text)
        and not wrong
        and not said(phrases.NO, text)
        and (len(text.split()) <= 16 or said(_ON_CONDITION, text))
    ):
        return Answer.UNCLEAR
    if no_stands_alone(text) or wrong or said(phrases.NO, text):
        return Answer.NO
    return Answer.NO if takes_back and question in APPROVALS else None


def _without_act(text: str, question: Question) -> str:
    act = _ACTS.get(question)
    return " ".join(act.sub(" _ ", text).split()) if act else text


def _qualified_yes(first: str, rest: str, *, approves: bool, takes_back: bool, wrong: bool) -> Answer:
    """A yes, by what stands beside it; `rest` is what follows its first word."""
    turns_to_no = first and _first_particle(rest)[0] == "no"
    if takes_back and ((turns_to_no and (wrong or said(phrases.NO, rest))) or (wrong and said(_TAG, rest))):
        return Answer.NO
    if takes_back:
        return Answer.UNCLEAR if _hedged(rest.rpartition(" but ")[2]) and " but " in rest else Answer.YES_BUT
    if turns_to_no or no_stands_alone(rest):
        return Answer.NO if said(_DENIES, rest) else Answer.UNCLEAR
    if said(phrases.NO, rest) and not said(phrases.REMARK, rest):
        return Answer.UNCLEAR
    if _hedged(phrases.GUESS.sub(" ", rest) if approves else rest):
        return Answer.UNCLEAR
    if first == "soft" and not said(phrases.YES, rest) and _asks_back(rest):
        return Answer.UNCLEAR
    return Answer.YES


def _approves(text: str, question: Question) -> bool:
    if question in _BIDS and affirmed(_BIDS[question], text):
        return True
    if question is Question.CANCEL_CONFIRM and said(phrases.NOT_NEEDED, text):
        return True
    if phrases.LAST_YES.search(text) or (question in APPROVALS and affirmed(phrases.CONTENT, text)):
        return True
    for match in phrases.YES.finditer(text):
        if negated(text, match.start(), 3) and not match[0].startswith(("no ", "not ")):
            continue
        after = text[match.end() :].split()
        if not phrases.SHORT_YES.fullmatch(match[0]) or not after or after[0] in MARKS:
            return True
    return any(_first_particle(clause)[0] == "yes" for clause in clauses(text))


def _contradicts(rest: str) -> bool:
    """Whether what follows a yes denies something of it: "perfect, oh wait, not Tuesday"."""
    return any(
        {"not", "never"} & set(clause.words)
        and not said(phrases.REMARK, clause.text)
        and not said(_UNSURE, clause.text)
        for clause in cut(rest)
    )


def _starts_yes(text: str) -> bool:
    return _first_particle(text)[0] in ("yes", "soft")


def _hedged(text: str) -> bool:
    return any(not negated(text, m.start(), 1) or m[0].startswith("not ") for m in phrases.HEDGE.finditer(text))


def _asks_back(text: str) -> bool:
    return text.endswith("?") or any(phrases.QUESTION.match(clause) for clause in clauses(text))
