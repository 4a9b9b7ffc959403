"""Whether a yes covers its turn: what no agreement, no thanks, no equal fact and no harmless remark explains.

A yes that changes something in the world counts only if nothing is left. Read without the recogniser's marks: where a
comma stands is the recogniser's guess.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from call.session import Question
from understanding.answers import harmless
from understanding.answers.answer_words import AGREEMENT, CANCEL_YES, CONTENT, FAULTLESS, MOVE_YES, PUTS_OFF
from understanding.answers.answers import read_answer, without_presence
from understanding.answers.harmless import OF_THE_ACT, POLITE
from understanding.answers.notes import without_notes
from understanding.answers.remarks import remarks, spanish_remark
from understanding.facts import Answer
from understanding.text.lexicon import CLASSES, HARMLESS, NO_WORDS, tells_time
from understanding.text.numbers import ordinal
from understanding.text.plain import Words, phrase, plain, said
from understanding.text.utterance import Utterance, parse, unmarked, words_and_numbers
from understanding.text.weekdays import DAY_NAMES


@dataclass(frozen=True)
class Decision:
    """The answer to an approval, and what spoke against a yes: words that nothing covers, or how the turn looks."""

    answer: Answer | None
    remainder: tuple[str, ...] = ()
    doubt: str = ""  # "question", "irony", "listens", "put off", "two readings"; empty: none


def read_approval(
    text: str,
    question: Question,
    answer: Answer | None,
    same_time: datetime | None,
    read_back: Iterable[str],
    renames: bool = False,
) -> Decision:
    """The answer to one of APPROVALS: a yes only if it covers the turn, with the recogniser's marks and without.

    Args:
        text: The turn as the recogniser wrote it.
        question: One of APPROVALS.
        answer: The answer in it as read with its marks.
        same_time: The time that was read back, local, if the time in the turn is that; else None.
        read_back: What else was read back: name, address, ZIP, fee, the visit on file.
        renames: Whether the turn changes the name: "Weber with two b's".
    """
    decision = _decide(text, question, answer, same_time, read_back, renames)
    rest = without_notes(text)
    if decision.answer in (Answer.YES, Answer.NO) or rest == text or question in _OF_NO_VISIT_TO_BE:
        return decision
    if not any(said(each, plain(rest)) for each in (AGREEMENT, CONTENT, _PLAIN_YES, harmless.SENDS)):
        return decision
    answer = read_answer(without_presence(plain(rest)), question)
    without = _decide(rest, question, answer, same_time, read_back, renames)
    return without if without.answer is Answer.YES else decision


def _decide(
    text: str,
    question: Question,
    answer: Answer | None,
    same_time: datetime | None,
    read_back: Iterable[str],
    renames: bool,
) -> Decision:
    first = _ASKED_FIRST.match(text)
    agrees = first and any(said(each, plain(first["rest"])) for each in (AGREEMENT, harmless.SENDS))
    if first and agrees and _asks_beside(first["asked"], read_back):
        text = first["rest"]
        answer = read_answer(without_presence(plain(text)), question)
    bare = unmarked(text)
    reply = without_presence(bare.plain)
    if answer not in (Answer.YES, None) or not reply:
        return Decision(None if answer is Answer.YES else answer)
    other = read_answer(reply, question)
    if not _agrees(bare, question):
        return Decision(None)
    left = _remainder(bare, question, same_time, read_back)
    if other not in (Answer.YES, None):
        doubt = "two readings"
    else:
        doubt = "another name" if renames else _doubt(parse(text), bare)
        if question not in _NOT_PUT_OFF and said(PUTS_OFF, bare.plain):
            doubt = PUT_OFF
        if question is Question.CANCEL_CONFIRM and said(_SUITS, bare.plain):
            doubt = "the visit suits"
        if question is Question.CANCEL_CONFIRM and _only_repeats_the_visit(bare, same_time, read_back):
            doubt = "only the visit"
        if question is Question.TEXT and said(harmless.NEEDS_NOTHING, bare.plain):
            doubt = "nothing is needed"
    if Answer.YES not in (answer, other) and (left or doubt or reply != bare.plain):
        return Decision(answer)
    return Decision(Answer.UNCLEAR if left or doubt else Answer.YES, left, doubt)


# "What about my bill? Oh, never mind, book it": who does not wait for an answer has agreed
_ASKED_FIRST = re.compile(r"(?P<asked>.+\?)\s+(?:(?:oh|well)?[\s,]*never ?mind[\s,.]*)?(?P<rest>[^?]+)$", re.I)
_EXCLAIMS = phrase(r"(?:are you )?(?:serious(?:ly)?|kidding(?: me)?|joking|for real)")
_OTHER_MATTERS = frozenset("bill bills billing invoice receipt refund balance payment warranty".split())


def _asks_beside(asked: str, read_back: Iterable[str]) -> bool:
    """Whether a question names what was read back or a matter that is none of the visit, and nothing else."""
    bare = unmarked(asked)
    covered = _facts(bare, None, read_back) | bare.places(_EXCLAIMS)
    left = {word for i, word in enumerate(bare.words) if i not in covered}
    named = bool(covered) or not left.isdisjoint(_OTHER_MATTERS)
    return named and left <= HARMLESS | CLASSES["question"] | _OTHER_MATTERS | {"about", "wait"}


def _facts(bare: Utterance, same_time: datetime | None, read_back: Iterable[str]) -> frozenset[int]:
    """The places of the words that say what was read back; another day or number beside it is none of it."""
    parts = [words_and_numbers(value) for value in read_back]
    words, numbers = (frozenset().union(*each) for each in zip(*parts, _time_parts(same_time), strict=True))
    said = {i for i, word in enumerate(bare.words) if word in words}
    if same_time:
        said |= {i for i, word in enumerate(bare.words) if ordinal(word) in (same_time.day, same_time.day % 10)}
        said |= {i for i, word in enumerate(bare.words) if DAY_NAMES.get(word) == same_time.weekday()}
    return bare.where_numbers(numbers) | said


def _time_parts(time: datetime | None) -> tuple[frozenset[str], frozenset[str]]:
    """The words of parts of days, and the numbers of this time, as they may be said."""
    if time is None:
        return frozenset(), frozenset()
    hours = str(time.hour % 12 or 12), str(time.hour)
    minutes = {f"{hour}{time:%M}" for hour in hours} | {f"{hour}{time.minute}" for hour in hours if time.minute}
    return CLASSES["time"], frozenset({*hours, *minutes, str(time.day), f"{time.day // 10}0"})


_BIDS = phrase("please|go ahead|do (?:it|that|so)|por favor")


def _only_repeats_the_visit(bare: Utterance, same_time: datetime | None, read_back: Iterable[str]) -> bool:
    """ "Correct, Wednesday at nine": whether a yes tells when the visit is, and nothing of what to do with it."""
    told = any(tells_time(bare.words[i]) for i in _facts(bare, same_time, read_back))
    return told and not any(said(act, bare.plain) for act in (_BIDS, CANCEL_YES, *harmless.CANCELS))


_SUITS = phrase(  # Said of a visit that is to be, also at the question whether to cancel it
    r"(?:that|it|this|time|day|then|still) works|works (?:for|great|fine|well)|(?:time|day) is \w+|(?:i am"
    r"|we are) (?:all |still )*(?:good|set|fine)|good to go",
)
_ACTS = {
    Question.READ_BACK: (harmless.SENDS,),
    Question.CANCEL_CONFIRM: (CANCEL_YES, *harmless.CANCELS),
    Question.MOVE_CONFIRM: (MOVE_YES,),
}
_I_DO = phrase(r"(?:i|we) (?:do|would|can)|it (?:does|would)")


def _agrees(bare: Utterance, question: Question) -> bool:
    """Whether there is a word of agreement; "it is" and "there is" alone answer something else.

    A text needs a clear one: "I'm good", "that's fine" and "no worries" are also how one declines.
    """
    if question is Question.TEXT:
        return _consents(bare)
    said_so = any(said(pattern, bare.plain) for pattern in (AGREEMENT, CONTENT, _I_DO, *_ACTS.get(question, ())))
    return said_so or not CLASSES["agreement"].isdisjoint(bare.words)


def _consents(bare: Utterance) -> bool:
    """Whether there is a clear yes to an offer, or an "okay" with nothing but thanks: with a goodbye it only closes."""
    if said(harmless.CLEAR_YES, bare.plain):
        return True
    beside = bare.places(harmless.THANKS) | {i for i, word in enumerate(bare.words) if word in _BESIDE_AN_OKAY}
    okay = bare.places(harmless.OKAY)
    return bool(okay) and len(okay | beside) == len(bare.words)


def _remainder(
    bare: Utterance, question: Question, same_time: datetime | None, read_back: Iterable[str]
) -> tuple[str, ...]:
    """The words that nothing covers."""
    words = bare.words
    facts = _facts(bare, same_time, read_back)
    not_agreed = CLASSES["wanting"] if question is Question.CANCEL_CONFIRM else frozenset()
    covered = {i for i in bare.places(AGREEMENT) if not tells_time(words[i]) and words[i] not in not_agreed}
    covered |= {i for i, word in enumerate(words) if word in HARMLESS - not_agreed} | facts
    covered |= _places(POLITE + OF_THE_ACT[question], bare)
    if question is Question.READ_BACK and (faultless := bare.places(FAULTLESS)):
        covered |= faultless | {i for i, word in enumerate(words[:1]) if word in NO_WORDS}
    told = _remarks(bare) if question not in _OF_NO_VISIT_TO_BE else frozenset()
    covered |= told | {i for i, word in enumerate(words) if word == "but" and i + 1 in told}
    own = remarks(bare, frozenset(covered), at_a_cancel=question is Question.CANCEL_CONFIRM)
    if own and question is not Question.TEXT and _is_firm(bare, question, told, own):
        covered |= own | {i for i, word in enumerate(words) if word in _BESIDE_STORIES}
    for i in range(len(words) - 1):
        behind = i + 1 + (words[i + 1] in _ARTICLES)
        if words[i] in _PREPOSITIONS and behind in facts | told:
            covered.add(i)
    left = [i for i in range(len(words)) if i not in covered]
    at_a_cancel = question is Question.CANCEL_CONFIRM
    if said(_SPANISH_YES, bare.plain) and spanish_remark(bare, left, at_a_cancel=at_a_cancel):
        return ()
    return tuple(words[i] for i in left)


_OF_NO_VISIT_TO_BE = frozenset({Question.CANCEL_CONFIRM, Question.TEXT})
_BESIDE_AN_OKAY = CLASSES["courtesy"] - frozenset("sorry bye goodbye adios".split()) | {"oh", "well"}
_PREPOSITIONS = frozenset("on at in for by of de en a para por".split())  # Covered before what is covered: "at two"
_ARTICLES = frozenset("the my el la las los".split())
_BESIDE_STORIES = frozenset("but whatever because cause".split())
_SPANISH_YES = phrase(
    r"si|claro|perfecto|correcto|de acuerdo|esta bien|orale|andale|andele|cancelel[ao]|muevala|cambiela"
)
_STILL_BROKEN = phrase(r"(?:not|no) (?:\w+ )?(?:working|cooling|heating|heat|ac|air)|broken|out again|dead|leaking")
_TWICE = phrase(r"(?:okay|ok|oh|alright|but) (?:yes|yeah|yep)|(?:yes|yeah|yep) (?:please|okay|ok|sure)")
_PLAIN_YES = phrase(r"yes|yeah|yea|yep|yup|sure|absolutely|definitely|si|mhmm")


def _is_firm(bare: Utterance, question: Question, told: frozenset[int], own: frozenset[int]) -> bool:
    """Whether the turn says what it agrees to outside of `own` remarks: a nod may only show that somebody listens."""
    if question is Question.CANCEL_CONFIRM:
        return bool(_places(harmless.CANCELS, bare) - own) and not said(_STILL_BROKEN, bare.plain)
    acts = _ACTS.get(question, ())
    return bool(_places((AGREEMENT, CONTENT, _TWICE, *acts), bare) - own) or (
        bool(told) and said(_PLAIN_YES, bare.plain)
    )


def _remarks(bare: Utterance) -> frozenset[int]:
    """The places of what is told for the visit and changes nothing of it."""
    places = _places(harmless.PRESENCE, bare)
    if said(harmless.ACCESS_WORD, bare.plain):
        places |= _places(harmless.ACCESS, bare) | {i for i, word in enumerate(bare.words) if word in CLASSES["access"]}
    return places | _places(harmless.DISCOMFORT, bare) if said(_PLAIN_YES, bare.plain) else places


def _places(patterns: Iterable[Words], bare: Utterance) -> frozenset[int]:
    return frozenset().union(*(bare.places(pattern) for pattern in patterns))


_REQUEST = phrase(
    r"(?:can|could|will|would) you (?:please |just )*(?:make sure|have|tell|ask|let|text|call|ring|knock|remind"
    r"|go ahead|book|schedule|put)"
)
_NO_QUESTION = phrase(_REQUEST.pattern, r"please do|do (?:it|that|this)|thank you|it sure is")
_INVERTED = phrase(
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|has|have|may)(?= (?:not )?(?:i|we|you|y'?all|he"
    r"|she|they|it|that|this|there|these|those|the|my|our|your|anyone|someone|somebody|anybody)(?!\S))"
)
_BEFORE_QUESTION = (
    CLASSES["agreement"] | CLASSES["courtesy"] | frozenset("and so but oh well then or um thanks".split())
)
_IRONY = phrase(
    r"just (?:great|wonderful|lovely|fantastic|terrific|awesome|brilliant|peachy|dandy|super|beautiful)",
    r"^(?:oh|well|wow)(?: well| how)? (?:great|wonderful|lovely|fantastic|terrific|brilliant|super)$",
    r"^(?:oh |well )*sure (?:you|they|he|she) (?:are|is|do|does|will)$",
    r"^(?:oh |well )*yeah (?:right|sure|okay|ok|whatever)$",
)
PUT_OFF = "put off"
_NOT_PUT_OFF = frozenset({Question.CANCEL_CONFIRM, Question.TEXT})
_CUT_OFF = re.compile(r"\w['\u2019](?:s|m|re|ll|d|ve)\W*$", re.I)  # "It's": nobody ends so
_OPEN_END = frozenset("and also the a an my our your to at for with i we or but y el la mi de".split())
_WAITS_FOR_MORE = (("and", "then"), ("so", "then"), ("and", "so"))
_LISTENS = re.compile(  # "Oh good, he calls ahead, I like that": of what was told, and no word about booking it
    r"^(?:(?:oh|ah|well|okay|ok) )+(?:good|nice|great|wonderful|cool|perfect|neat) "
    r"(?=(?:he|she|they|you|it|so) )"
)
_SAYS_SO = phrase(
    _PLAIN_YES.pattern,
    r"(?:book|schedule|move|change|cancel) (?:it|that|me)|go (?:right )?ahead|do (?:it|that)|let us|please|works"
    r"|(?:i|we) (?:will|would) (?:take|do|go with|like|love) (?:it|that)|sounds \w+|fine by me|put me down",
)
_TAG = phrase(r"(?:right|correct|huh|eh|yeah|okay|ok)$")
_WHY_NOT = phrase("why not")


def _doubt(marked: Utterance, bare: Utterance) -> str:
    """What a turn looks like whose words are all harmless and which still is no yes."""
    if said(_IRONY, bare.plain):
        return "irony"
    open_end = bare.words[-1] in _OPEN_END or bare.words[-2:] in _WAITS_FOR_MORE
    if _CUT_OFF.search(marked.text) or (open_end and bare.words[-2:] != ("over", "with")):
        return "cut off"
    if _LISTENS.match(bare.plain) and not said(_SAYS_SO, bare.plain):
        return "listens"
    if any(
        clause.asks and not said(_REQUEST, clause.text) and not said(_WHY_NOT, clause.text) for clause in marked.clauses
    ):
        return "question"
    told = Utterance("", _NO_QUESTION.sub("thanks", bare.plain))
    if any(i == 0 or told.words[i - 1] in _BEFORE_QUESTION for i in told.places(_INVERTED)):
        return "question"
    words = bare.words
    tag = said(_TAG, bare.plain) and len(words) > 2 and tells_time(words[-2]) and words[0] not in CLASSES["agreement"]
    return "question" if tag or words[-2:] == ("and", "you") else ""


__all__ = ["PUT_OFF", "Decision", "read_approval"]
