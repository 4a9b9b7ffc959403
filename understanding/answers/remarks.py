"""What a caller tells beside a yes in words of their own, and what of it changes nothing.

A remark is harmless by its build, not by its words: somebody does something, or is to be told something, and it names
no fact of the visit that may differ, no condition, no doubt, no question and no wish. A fragment without a verb ("the
brick one") may be a correction and is no remark. Pure; what covers a turn is for approvals.py.
"""

import re
from collections.abc import Iterable

from understanding.answers.answer_words import HAS_NOTHING
from understanding.text.clauses import cut
from understanding.text.language import read_language
from understanding.text.lexicon import CLASSES, tells_time
from understanding.text.parts import RELATIVE
from understanding.text.plain import phrase, said
from understanding.text.utterance import Utterance

# Others do something once or later; what they always do may speak against it ("he naps").
_SUBJECT = (
    r"(?:i|we|(?:he|she|they|somebody|someone|everybody|everyone|(?:my|our|the|his|her|their) (?:\w+ ){1,3}?) ?(?:is"
    r"|are|was|has|have|had|will|would|can|just|really|already|never|came|got|took|told|went|said|gave|put|owes"
    r"|\w+ed))"
)
_TELLS = re.compile(
    rf"(?<!\S)(?:{_SUBJECT}|(?:(?:that|this|it)(?: day| time| one)?) (?:will |just |sure |really )*(?:gives?|lets?"
    r"|suits?|helps?|saves?))(?!\S)(?!$)"
)
_BIDS = re.compile(
    r"(?<!\S)(?:(?:can|could|will|would) you (?:please |just )*)?(?:tell|let|remind|warn|ask|have) (?:him|her|them"
    r"|who ?ever|the \w+|that \w+)(?: comes)?(?: know)?(?!\S)"
)
_IT_IS_OVER = re.compile(
    r"(?<!\S)(?:it|everything|(?:the|my|our) \w+) (?:is|has|just|came|got|started|went|was|turned)(?!\S)"
)
# What keeps a yes from being one, whatever is asked: a condition, a contrast, a doubt, a wish, a threat, a question.
_DOUBTS = (
    frozenset(
        "if unless until till once when whenever provided assuming as only except but though although however rather"
        " also too both more add plus still yet hate nor guess suppose hope hopefully think thought believe sure"
        " unsure hear heard told talked say says said want wants wanted need needs needed wish prefer like liked"
        " should must supposed against hates object objects mind minds waiting decide decides decided deciding tried"
        " try mean meant mistaken confused mess closed refuse refuses upset mad allow allowed doubt regret resent"
        " dread sleep nap complain unfortunately promise promised pray check look call called calling calls move"
        " change charge charged keep keeping kept send sending come coming bring hold wait stop agree agreed forget"
        " listening writing lie kidding freeze freezing sweat leaking leaks broke broken quit die you your y'all yall"
        " yours".split()
    )
    | CLASSES["hedge"]
    | CLASSES["question"]
) - {"who"}
# What a visit that is to be may be told otherwise in, and what speaks against it.
_FACTS = frozenset(
    "instead other another different else better back again already then cancel cancelled moved cost costs pay pays"
    " paid price fee dollars bucks free quote include includes covered discount fix fixed works worked no none not"
    " never neither without name names named spelled spelling address street road drive avenue lane court boulevard"
    " zip code number phone email house place apartment unit rental property building home live lives living belongs"
    " owner owns wrong right incorrect mistake real actually meant mean old new next sooner later earlier late first"
    " second last remember know busy gone away appointment meeting surgery vacation funeral they're".split()
)
_ELSEWHERE = phrase(
    r"(?:in|at|on|near|by|from) (?!the|a|an|my|our|it|that|this|here|there|him|her|them|me|us|work|for|to)\w+"
)
_FOR_WHOM = phrase(rf"(?:for|of) (?:(?:my|our|his|her|their|the) )?{RELATIVE}")
_FREE = frozenset("off free suits _".split())
# Somebody has something else to do: "I have chemo that day", "he works then"
_ENGAGED = phrase(
    r"(?:i|we|he|she|they|(?:my|our|the) \w+) (?:have|has|have got|got) (?!to(?!\S)|the(?!\S)|been|already|_)\w+",
    r"(?:i|we|he|she) (?:am |are |is )?work(?:s|ing)?(?= that| then| on| at|$)|ha(?:ve|s|d) to be|leav(?:e|es"
    r"|ing)(?! work)|fl(?:y|ying|ies)|travel\w*|driv(?:e|es|ing)|out of",
)
_WHO_I_AM = re.compile(r"(?<!\S)i am (?!\w+(?:ing|ed)(?!\S)|so|glad|happy|off|home|free|sorry|done|here)\w+")


_SPANISH_RISK = frozenset(
    "pero otro otra antes despues cuando hasta solo mejor calle nombre numero direccion quiero quisiera necesito"
    " todavia no ni nunca tampoco mal equivocado equivocada vieja viejo anterior cuanto gratis cobran cuesta aunque"
    " quizas tal creo pensar pensarlo dejeme espere venga vengan mande deje cambiar mama papa hermano hermana vecino"
    " vecina para".split()
)
_SPANISH_IF = phrase(r"si (?:me|no|se|puede\w*|hay|es|le|el|viene\w*|llueve|usted\w*)")


def spanish_remark(turn: Utterance, left: Iterable[int], *, at_a_cancel: bool) -> bool:
    """Whether what is `left` of a Spanish turn holds no word that may take a yes back."""
    if read_language(turn.plain) != "es" or said(_SPANISH_IF, turn.plain):
        return False
    words = [turn.words[i] for i in left]
    allowed = {"no", "para"} if at_a_cancel else {"para"}
    return not any(tells_time(word) or word in (_SPANISH_RISK - allowed) | _DOUBTS for word in words)


def remarks(turn: Utterance, covered: frozenset[int], *, at_a_cancel: bool) -> frozenset[int]:
    """The places of the words of all harmless remarks in a turn that are not `covered` without them.

    `at_a_cancel`: of reasons, which touch no visit.
    """
    places: set[int] = set()
    at = 0
    for clause in cut(turn.plain):
        first = next(
            (i for i in range(at, len(turn.words)) if turn.words[i : i + len(clause.words)] == clause.words), at
        )
        at = first + len(clause.words)
        left = next((i for i in range(first, at) if i not in covered), at)
        tells = (_TELLS, _IT_IS_OVER) if at_a_cancel else (_TELLS, _BIDS)
        starts = [first + clause.text.count(" ", 0, m.start()) for each in tells for m in each.finditer(clause.text)]
        start = max((i for i in starts if i <= left < at), default=None)
        if start is None:
            continue
        text = " ".join(turn.words[min(starts) : at])
        if not (_is_doubtful(text) if at_a_cancel else _is_risky(text)):
            places |= set(range(start, at))
    return frozenset(places)


def _is_doubtful(text: str) -> bool:
    return not _DOUBTS.isdisjoint(text.split()) or said(_FOR_WHOM, text)


def _is_risky(text: str) -> bool:
    told = _BIDS.sub("_", HAS_NOTHING.sub("_", text))
    words = told.replace("i am ", "i ").split()  # Where "am" is no hour
    named = not _FACTS.isdisjoint(words) or any(tells_time(word) for word in words)
    if not {"day", "hour"}.isdisjoint(words) and _FREE.isdisjoint(words):
        return True  # What is on that day may speak against it.
    return named or _is_doubtful(told) or any(p.search(told) for p in (_ELSEWHERE, _WHO_I_AM, _ENGAGED))
