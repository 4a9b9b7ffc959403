"""Yes or no, read in the light of the question asked.

A "no" inside "not" or "no heat" is no answer (X3, R46); a yes with a correction beside it is no approval (X7); a
hedge is neither. When no yes/no question was asked, only a turn that is nothing but an answer counts. What is
corrected is read by the other rules.
"""

import re

from heard import Answer
from session import Question
from words import MARKS, PRONOUNS, affirmed, clauses, negated, phrase, said

YES_NO_QUESTIONS = frozenset(
    {
        Question.SAFETY,
        Question.ZIP_CONFIRM,
        Question.READ_BACK,
        Question.OTHER_TIME,
        Question.ANYTHING_ELSE,
        Question.SCHEDULE_OFFER,
        Question.CANCEL_CONFIRM,
        Question.MOVE_CONFIRM,
    }
)
_APPROVALS = frozenset({Question.READ_BACK, Question.OTHER_TIME, Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM})

_FIRM_YES = frozenset(
    "yes yep yup yessir absolutely definitely certainly affirmative correct exactly perfect si claro totally".split()
)
_SOFT_YES = frozenset("yeah yea ya ye sure ok okay alright mhmm great wonderful awesome right fine please".split())
_ALONE_YES = frozenset("right good great fine please cool wonderful awesome excellent lovely".split())
_NO_WORDS = frozenset("no nope nah negative naw incorrect".split())
_LEAD = frozenset("oh well so hm hmm and okay ok actually hi hello honestly i mean uh um sorry now like then".split())
_NOUNS_AFTER_NO = frozenset(
    "heat heating ac air cooling cool hot cold warm power water airflow one name longer matter luck idea rush hurry"
    " gas"
    " smoke smell smells burning fire problem problems worries problemo more sign signs odor odors alarm alarms co"
    " carbon"
    " fumes flames sparks preference lights electricity electric pressure sound noise thermostat unit furnace money"
    " appointment doubt answer leak leaks".split()
)

_YES = phrase(
    r"that (?:is|sounds|would be|will be|all sounds|looks) (?:all |just |so |very |really |totally |absolutely )?"
    r"(?:right|correct|fine|good|great|perfect|okay|ok|alright|wonderful|excellent|awesome|it|lovely)",
    r"(?:\w+day|tomorrow|am|pm|noon|oclock|\d[\d:]*) (?:is|would be|sounds) (?:fine|good|great|perfect|okay|ok"
    r"|alright)",
    r"(?:that|it|this|which|any of that|either|morning|afternoon|\w+day|tomorrow|am|pm|noon|oclock"
    r"|\d[\d:]*) (?:all |will |would |should )?works?(?: (?:great|fine|well|perfectly|for (?:me|us)))*",
    r"works (?:great|fine|well|perfectly|for (?:me|us))",
    r"(?:sounds?|looks?) (?:good|great|fine|perfect|right|okay|ok|wonderful|like a plan)",
    r"go (?:right )?ahead|go for it|do (?:it|that)|do so|please do|let us (?:do|go|book|schedule)(?: (?:it|that"
    r"|with (?:it|that)))?",
    r"(?:book|schedule|confirm|lock|set|put) (?:it|that|me|us)(?: (?:in|up|down))?",
    r"of course|for sure|sure thing|you bet|you got it|why not|by all means|i guess(?: so)?|i suppose(?: so)?"
    r"|i would (?:like|love) (?:to|that)(?= [,.?]|$)",
    r"(?:everything|it) is (?:all )?(?:right|correct|good|fine|perfect)|(?:i am|we are) (?:good|fine|okay|ok"
    r"|happy) with (?:that|it)",
    r"no problem|no worries|not a problem|esta bien|de acuerdo|por favor|asi es|por supuesto|correcto|perfecto",
    r"i agree|i confirm|i approve|i do|we do|it is|it does|there is|i am|we are|he is|she does|i can|i would"
    r"|they are",
)
_SHORT_YES = phrase(r"i (?:do|am|can|would)|we (?:do|are)|it (?:is|does)|there is|they are|he is|she does")
_CANCEL_YES = phrase(r"cancel (?:it|that|the (?:appointment|visit)|my (?:appointment|visit))|please cancel")
_MOVE_YES = phrase(r"move (?:it|that)|please move|change it")
_KEEP = phrase(
    r"keep (?:it|that|the (?:appointment|visit)|my (?:appointment|visit)|things)|leave it|do not (?:cancel|move"
    r"|touch)"
)
_SCHEDULE_YES = phrase(
    r"(?:schedule|book|set up|make|get) (?:an?|the|that|it|one|me)\b.*|come out|send (?:someone|somebody)"
)
_WRONG = phrase(
    r"wrong|incorrect|mistake|misspelled|mixed up|messed up",
    r"not (?:quite )?(?:right|correct|it|what i (?:said|want(?:ed)?|asked)|good|okay|ok|my|the|exactly|gonna work"
    r"|going to work)",
    r"(?:does|do|will|would|can|is) not (?:really )?(?:work|do|make|good|fine)(?: (?:it|that))?",
    r"did not (?:say|confirm|agree|ask|want)(?: (?:to|that|it|for))?",
)
_CHANGE = phrase(
    r"but|except|instead|rather|change|different|another (?:day|time|date)|make (?:it|that)|can (?:we|you|i) (?:do"
    r"|make|change|move|get)",
    r"could (?:we|you|i) (?:do|make|change|move|get)|actually|however|although|only thing|one thing|should be"
    r"|supposed to be|pero",
    r"(?:earlier|later|sooner)",
)
_NO = phrase(
    r"not really|not yet|i do not think so|do not think so|not (?:right )?now|not (?:today|tonight)|no (?:thanks?"
    r"|thank you|sir|maam|way|gracias)",
    r"do not (?:book|schedule|do|want|need|bother|confirm)(?: .*)?|nothing(?: else)?|no more|not at all|neither"
    r"|none of (?:that|those|it)",
    r"not (?:interested|that i (?:know of|can tell|am aware of|have noticed|noticed))|i would rather not"
    r"|absolutely not|of course not|definitely not",
    r"never mind|forget it|hold off|para nada|tampoco",
)
_HEDGE = phrase(
    r"maybe|perhaps|possibly|probably|not (?:really |completely |entirely |too )?sure|i do not know|do not know"
    r"|dunno|could be|might(?: be)?",
    r"a (?:little|bit|tiny bit|little bit)|kind of|sort of|i think so|i believe so|i think|let me (?:think|check"
    r"|see)|have to (?:check|think|ask)",
    r"hold on|wait|i have no idea|no idea|hard to (?:say|tell)|sometimes|depends|more or less|quizas|tal vez"
    r"|un poco|no se",
)
_DONE = phrase(
    r"that is (?:it|all|everything)|that will be all|i am (?:good|all set|fine|done|okay)|we are (?:good|all set"
    r"|fine|done)|all set|all good",
    r"(?:thanks|thank you)(?: (?:so|very) much)?|goodbye|bye|eso es todo|gracias|i think (?:so|that is (?:it|all))"
    r"|not today",
)
_MORE = phrase(r"one (?:more|other) (?:thing|question)|actually .*|i (?:also|have a question|was wondering).*")
_QUESTION = phrase(
    r"how|what|when|where|who|why|which|do you|does|can you|could you|will|is (?:there|it|that)|are you|cuanto"
)


_HERE = phrase(
    r"(?:(?:yes|yeah|yea|yep|yup|hello|hi|hey|oh|no|sorry|sure|ok|okay)(?: [,.?])? )*"
    r"(?:(?:i am|we are) (?:still |right )*(?:here|there|listening|on the (?:line|phone))|still here"
    r"|i can (?:still )?hear you|estoy aqui|aqui estoy|sigo aqui)(?: [,.?])*",
    r"(?:yes|yeah) (?:[,.] )?hello(?: [,.?])*",
)


def without_presence(text: str) -> str:
    """The plain `text` without "yes, I'm here": the answer to "are you still there?", and to nothing else."""
    return " ".join(_HERE.sub(" ", text).split())


def read_answer(text: str, question: Question | None) -> Answer | None:
    """The answer in the plain `text` to `question`; None when there is none."""
    if question is None or question is Question.HOW_CAN_I_HELP or not text:
        return None
    if question not in YES_NO_QUESTIONS:
        return _bare(text)
    first, rest = _first_particle(text)
    if question is Question.ANYTHING_ELSE:
        return _anything_else(text, first)
    return _yes_or_no(text, question, first, rest)


def is_bare_yes_or_no(text: str) -> bool:
    """Whether the plain `text` says nothing beyond a yes or a no."""
    return _bare(text) is not None


def no_stands_alone(text: str) -> bool:
    """Whether a "no" in the plain `text` is an answer of its own, not part of "no heat"."""
    words = text.split()
    for i, word in enumerate(words):
        if word in _NO_WORDS:
            after = words[i + 1] if i + 1 < len(words) else "."
            before = words[i - 1] if i else "."
            starts = before in MARKS or before in _LEAD or before in _NO_WORDS or before in _SOFT_YES | _FIRM_YES
            if after in MARKS or after in _NO_WORDS or (starts and after not in _NOUNS_AFTER_NO):
                return True
    return False


def _first_particle(text: str) -> tuple[str, str]:
    """ "yes", "soft", "no" or "" by how the plain text begins, and what follows that word."""
    words = text.split()
    i = 0
    while i < len(words) and (words[i] in MARKS or words[i] in _LEAD):
        if words[i] in ("ok", "okay") and (
            i + 1 == len(words) or words[i + 1] not in _FIRM_YES | _SOFT_YES | _NO_WORDS
        ):
            break
        i += 1
    if i == len(words):
        return "", text
    word = words[i]
    after = words[i + 1] if i + 1 < len(words) else "."
    rest = " ".join(words[i + 1 :])
    if word in _NO_WORDS and not (word == "no" and after in _NOUNS_AFTER_NO):
        return "no", rest
    if word in _FIRM_YES:
        return "yes", rest
    if word in _ALONE_YES:
        alone = after in MARKS or after in _FIRM_YES | _SOFT_YES | _LEAD | {
            "thank",
            "thanks",
            "for",
        }
        return ("soft", rest) if alone else ("", text)
    return ("soft", rest) if word in _SOFT_YES else ("", text)


def _bare(text: str) -> Answer | None:
    words = [w for w in text.split() if w not in MARKS and w not in _LEAD]
    if not words:
        return None
    joined = " ".join(words)
    courtesy = {
        "thank",
        "thanks",
        "you",
        "sir",
        "maam",
        "please",
        "that",
        "is",
        "it",
        "fine",
        "good",
        "correct",
    }
    if words[0] in _NO_WORDS and all(w in _NO_WORDS | courtesy for w in words):
        return Answer.NO
    if words[0] in _FIRM_YES | _SOFT_YES and all(w in _FIRM_YES | _SOFT_YES | courtesy for w in words):
        return Answer.YES
    if (match := _HEDGE.match(joined)) and match.end() == len(joined):
        return Answer.UNCLEAR
    if (match := _YES.match(joined)) and match.end() == len(joined):
        return Answer.YES
    if (match := _NO.match(joined)) and match.end() == len(joined):
        return Answer.NO
    return None


def _anything_else(text: str, first: str) -> Answer | None:
    if first == "no":
        return Answer.YES_BUT if said(_MORE, text) else Answer.NO
    if said(_MORE, text):
        return Answer.YES
    if said(_NO, text) or said(_DONE, text):
        return Answer.NO
    return Answer.YES if first in ("yes", "soft") else None


def _yes_or_no(text: str, question: Question, first: str, rest: str) -> Answer | None:
    approves = _approves(text, question)
    wrong = (
        question is not Question.SAFETY
        and affirmed(_WRONG, text, 2)
        and not re.search(r"\bnothing (?:is )?wrong\b", text)
    )
    keeps = question in (Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM) and said(_KEEP, text)
    alone = no_stands_alone(text)
    changes = said(_CHANGE, text)
    if said(phrase("never mind", "forget it"), text) or keeps:
        return Answer.NO
    if first == "no":
        if not wrong and not changes and (approves or _starts_yes(rest)):
            return Answer.UNCLEAR
        return Answer.NO
    if first:
        if alone and not changes and not wrong:
            return Answer.NO if _denies(rest) else Answer.UNCLEAR
        if wrong or changes:
            return (
                Answer.NO if wrong and first == "soft" and not changes and said(phrase("no"), rest) else Answer.YES_BUT
            )
        if said(_NO, rest):
            return Answer.UNCLEAR
        if _hedged(rest):
            return Answer.YES if approves and not said(phrase("maybe", "not sure"), rest) else Answer.UNCLEAR
        if first == "soft" and not approves and _asks_back(rest):
            return Answer.UNCLEAR
        return Answer.YES
    if alone or (not approves and (wrong or said(_NO, text))):
        return Answer.NO
    if approves:
        return Answer.YES_BUT if changes or wrong or said(_NO, text) else Answer.YES
    if changes and question in _APPROVALS and affirmed(_CHANGE, text):
        return Answer.NO
    return Answer.UNCLEAR if _hedged(text) and len(text.split()) <= 12 else None


def _approves(text: str, question: Question) -> bool:
    if question is Question.CANCEL_CONFIRM and affirmed(_CANCEL_YES, text):
        return True
    if question is Question.MOVE_CONFIRM and affirmed(_MOVE_YES, text):
        return True
    if question is Question.SCHEDULE_OFFER and affirmed(_SCHEDULE_YES, text):
        return True
    for match in _YES.finditer(text):
        if negated(text, match.start(), 3):
            continue
        after = text[match.end() :].split()
        if not _SHORT_YES.fullmatch(match[0]) or not after or after[0] in MARKS:
            return True
    return any(_first_particle(clause)[0] == "yes" for clause in clauses(text))


def _starts_yes(text: str) -> bool:
    return _first_particle(text)[0] in ("yes", "soft")


def _denies(text: str) -> bool:
    """Whether what follows a yes is a whole denial: "yeah no I don't smell anything"."""
    return said(phrase(r"no (?:i|we|it|there) .*\bnot .*", r"no .*\b(?:nothing|none|not)\b.*"), text)


def _hedged(text: str) -> bool:
    return any(not negated(text, m.start(), 1) for m in _HEDGE.finditer(text))


def _asks_back(text: str) -> bool:
    return any(_QUESTION.match(clause) for clause in clauses(text)) or text.endswith("?") or bool(_QUESTION.match(text))


__all__ = ["PRONOUNS", "YES_NO_QUESTIONS", "is_bare_yes_or_no", "no_stands_alone", "read_answer", "without_presence"]
