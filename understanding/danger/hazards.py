"""Danger to life, tier 1: gas, burning, smoke, fire, carbon monoxide, from the first utterance on.

What is stated as there now is PRESENT; what is denied, over, someone else's or a figure of speech is not; what stays
open is POSSIBLE and asked again, never dropped (X1-X3, R46, R49). The last word counts: "no wait yes there is", "yes
but never mind". A plain yes or no counts only as the answer to the safety question.
"""

import re

from call.session import Question
from understanding.danger import beside_a_danger
from understanding.danger.authorities import leak_found, shut_off, told_to_leave
from understanding.danger.lookalikes import without_lookalikes
from understanding.danger.misheard import as_meant
from understanding.danger.named import ODD_SMELL, dangers
from understanding.danger.people import person_in_danger
from understanding.danger.picture import OVER, PRESENT_VERB, SEEN, picture_of
from understanding.danger.safety_answers import Plain, has_own_no, has_yes, plain_answer, without_hearsay
from understanding.danger.signs import has_sign
from understanding.danger.unexplained import beside_a_no, hot_part, unexplained, unexplained_but_for_a_part
from understanding.danger.unwell import AS_IT_RUNS, feels_ill, ill_by_the_system
from understanding.facts import Hazard
from understanding.text.clauses import NEGATORS, cut
from understanding.text.plain import MARKS, phrase, said

_GRAVITY = (Hazard.DENIED, Hazard.NONE, Hazard.RETRACTED, Hazard.POSSIBLE, Hazard.PRESENT)

# A later word takes an earlier one back; the second kind does so only where it begins something new.
_RETRACTS = phrase(
    r"never mind(?! (?:the|my|your) (?!\w*(?:smell|gas|smok|alarm|fire)))|(?<!not )forget (?:it|about it|that"
    r"|i said(?: that| anything)?|what i said)|(?:i am |just |only )*(?:just|only) kidding|i am kidding|(?:just"
    r"|only) joking|i am joking|(?:messing|playing|kidding|joking) with you|pulling your leg|scratch that|strike that"
    r"|my mistake|my bad|take (?:that|it) back|(?<!not )(?<!not a )false alarm|disregard(?: that)?|olvide(?:lo|se)"
    r"|olvidalo|es broma|era broma",
)
_TRAILING = re.compile(r"(?:(?:^| )(?:no|nope|nah|oh|wait|but|and|well|sorry|ha|haha|[,.?]))+ *$")
_CORRECTS = re.compile(
    r"(?:(?<!\S)(?:no|yes|yeah|nope|yep|oh|but|well|sorry|wait|actually|[,.?]) "
    r"|^)(?P<word>(?:no )?wait(?: (?:a (?:second|minute)|no))?(?! for| until| time| on)|actually|sorry|i mean(?:t)?"
    r"|correction|hold on|hang on|perdon|digo)(?!\S)"
)
_YES_FIRST = re.compile(r"(?:(?:oh|well|um|,) )*(?:yes|yeah|yep|yup|si)(?!\S)(?! no(?!\S))")
_NAMES = (Question.NAME, Question.BOOKING_NAME, Question.SITE_CONTACT)
_SPELT = phrase(r"(?:like|as in) (?:in )?(?:(?:a|an|the) )?\w+(?: \w+)?(?= [,.?]|$)")  # "Burns, like a fire burns"
_NO_FIRST = re.compile(
    r"(?:(?:oh|well|uh|um|,) )*(?:no|nope|nah|naw)(?= (?:[,.?]|sir|maam|honey|i|it|we|the|there|just|only)(?!\S)|$)"
)
_NO_LAST = phrase(r"(?:but|and|so) no (?:, )?(?:there is (?:none|nothing|no)|(?:i|we) do not|nothing|none|not now).*")
_OTHER_WORD = phrase(  # "I smell gas, I mean grass"
    r"(?:gas|smoke|fire|burning) (?:, )?(?:i mean|i meant|no|sorry|not) (?:, )?(?:the )?(?!but |and "
    r"|so )\w+(?= (?:[,.?]|they|it|he|she|we|i|from|the|my|some\w+)(?!\S)|$)"
)
_STATED = phrase(  # "No, I smell gas": nobody remarks that.
    r"(?:i|we|it|there|they|you) (?:\w+ )?(?:can )?(?:smells?|sees?|is|are|have|hear|smelled"
    r"|feel) (?:(?!not )\w+ ){0,4}?(?:gas|smok\w+|burn\w*|fire|flames|sparks?|monoxide|fumes|rotten|sulfur)"
)
_TURNS = phrase(
    r"but|though|although|except|actually|yes|yeah|yep|si|wait|hold on|well|sorry|mean|pero|sino|instead|it is not \w+"
    r"|do not smell \w+ i|help"
)
_FILLED_UP = phrase(  # Gasoline, on somebody's hands
    r"(?:spill\w*|fill\w*|pour\w*|splash\w*|gass\w*) (?:\w+ ){0,6}?(?:mowers?|lawn ?mower|gas can|car|truck|generator"
    r"|weed ?(?:eater|whacker)|edger|leaf blower|chain ?saw|boat|motorcycle)"
)
_STUTTER = re.compile(r"(?<!\S)((?:it|there|that|i|we|he|she|they) (?:is|are|was|am|do|does|have)) (?:, )?(?=\1(?!\S))")
_LEAK = phrase(r"leak(?:s|ing)?")
_WATER = phrase(r"water|dripping|drip|condensation|freon|refrigerant|roof|ceiling|drain|pipe|fluid|oil")


def read_hazard(text: str, question: Question | None) -> Hazard:
    """What the plain `text`, said in reply to `question`, says about danger now.

    A recogniser sets a mark at every pause: the turn is read with and without, and the graver danger counts. Only with
    its marks a danger is asked about; a plain yes needs both, and so does a plain no that is no sentence of its own.
    """
    if not text:
        return Hazard.NONE
    asked, text = question is Question.SAFETY, _STUTTER.sub("", text)
    if question in _NAMES:
        text = _SPELT.sub(" ", text)
    if asked:
        text = without_hearsay(text)
    unmarked = as_meant(_unmarked(text))
    now = person_in_danger(text) is not Hazard.NONE or PRESENT_VERB.search(text) or said(SEEN, text)
    with_marks, without = _whole(as_meant(text), asked), _whole(unmarked, asked)
    if question in _NAMES and not now and Hazard.PRESENT in (with_marks, without):
        return Hazard.POSSIBLE
    if with_marks is without:
        return without
    if asked and with_marks is Hazard.DENIED and has_own_no(text):  # "Are you kidding me? No."
        return Hazard.POSSIBLE if without is Hazard.PRESENT else Hazard.DENIED
    if Hazard.PRESENT not in (with_marks, without):
        return max(with_marks, without, key=_GRAVITY.index)
    stated = without is Hazard.PRESENT and (not asked or _whole(unmarked, asked=False) is Hazard.PRESENT)
    return Hazard.PRESENT if stated else Hazard.POSSIBLE


def of_a_person_alone(text: str, question: Question | None) -> bool:
    """Whether the danger that the plain `text` states is a person's, and nothing in it says to leave the house."""
    asked = question is Question.SAFETY
    in_danger = Hazard.PRESENT in (person_in_danger(text), person_in_danger(_unmarked(text)))
    return in_danger and Hazard.PRESENT not in (_house(as_meant(text), asked), told_to_leave(text))


def only_a_hot_part(text: str, question: Question | None) -> bool:
    """L9: whether the plain `text` says no to the safety question, but for an electrical part that is hot or buzzes."""
    if question is not Question.SAFETY:
        return False
    plain_words = without_lookalikes(as_meant(text))
    return (
        hot_part(plain_words)
        and _read(plain_words, asked=True) is Hazard.DENIED
        and not (unexplained_but_for_a_part(plain_words, asked=True) or has_sign(text))
    )


def _unmarked(text: str) -> str:
    return " ".join(word for word in text.split() if word not in MARKS)


def _whole(text: str, asked: bool) -> Hazard:
    """The gravest that the whole text says: of the house, of a person, by order; what is left over is asked about."""
    plain_words = without_lookalikes(text)
    found = _house(text, asked)
    for other in (person_in_danger(text), told_to_leave(text)):
        found = found if other is Hazard.NONE else max(found, other, key=_GRAVITY.index)
    told = has_sign(text) or leak_found(text) or unexplained(plain_words, asked=asked)
    if told and found in (Hazard.NONE, Hazard.DENIED):
        return Hazard.POSSIBLE
    if asked and found is Hazard.DENIED and beside_a_no(plain_words, text):
        return Hazard.POSSIBLE
    return found


def _house(text: str, asked: bool) -> Hazard:
    plain_words = without_lookalikes(text)
    found = _read(plain_words, asked)
    if found is Hazard.PRESENT and not (asked and has_yes(text)) and beside_a_danger.is_a_story(plain_words, text):
        return Hazard.POSSIBLE
    remarked = asked and _is_a_remark(text) and not said(_STATED, text)
    explained = remarked or shut_off(text) or said(_FILLED_UP, text) or said(_OTHER_WORD, text)
    return Hazard.POSSIBLE if found is Hazard.PRESENT and explained else found


def _is_a_remark(text: str) -> bool:
    """Whether a no frames it, and nothing says that it is not meant: "naw, the only smoke is the brisket's"."""
    return said(_NO_LAST, text) or (_NO_FIRST.match(text) is not None and not said(_TURNS, text))


def _read(text: str, asked: bool) -> Hazard:
    if said(_RETRACTS, text):
        *_, last = _RETRACTS.finditer(text)
        return _after_correction(_TRAILING.sub("", text[: last.start()]), text[last.end() :], asked, retracted=True)
    corrections = list(_CORRECTS.finditer(text)) if asked else []
    if corrections:
        before, after = text[: corrections[-1].start("word")], text[corrections[-1].end() :]
        if _judge(after, asked) in (Hazard.PRESENT, Hazard.DENIED):
            return _after_correction(before, after, asked, retracted=False)
    return _judge(text, asked)


def _after_correction(before: str, after: str, asked: bool, *, retracted: bool) -> Hazard:
    """The last word counts; what it takes back was a yes or a danger, or there is nothing to take back."""
    first = _read(before.strip(" ,.?"), asked)
    last = _judge(after.strip(" ,.?"), asked)
    claimed = first in (Hazard.PRESENT, Hazard.RETRACTED, Hazard.POSSIBLE) or (asked and has_yes(before))
    if last is Hazard.PRESENT:
        return last
    if claimed and (retracted or last is Hazard.DENIED):
        return Hazard.RETRACTED
    if last is Hazard.NONE:
        return first
    return last


def _judge(text: str, asked: bool) -> Hazard:
    """The hazard of a text in which nothing is taken back."""
    picture = picture_of(text, asked=asked)
    hazard = picture.hazard()
    plain = plain_answer(text) if asked else Plain.NONE
    only_asked = picture.asked and not (picture.now or picture.open or picture.past)
    if only_asked and (plain in (Plain.YES, Plain.NO) or picture.denied or picture.over):
        return Hazard.PRESENT if plain is Plain.YES else Hazard.DENIED
    if hazard is Hazard.PRESENT and plain is Plain.NO and all(d.bare for d in picture.now):
        return Hazard.POSSIBLE
    if hazard is Hazard.PRESENT or (hazard is Hazard.POSSIBLE and not (picture.asked and asked)):
        return hazard
    if not asked:
        smells = said(ODD_SMELL, text) and "appliance" in text.split()
        worrying = smells or ill_by_the_system(text)
        return Hazard.POSSIBLE if hazard is Hazard.NONE and worrying else hazard
    if picture.ended and hazard is Hazard.DENIED and plain is not Plain.NO and said(AS_IT_RUNS, text):
        return Hazard.POSSIBLE  # It went away, and is back when the system runs.
    return _answered(text, hazard, plain)


def _answered(text: str, hazard: Hazard, plain: Plain) -> Hazard:
    """No danger is stated: the plain answers to the safety question, and what is no answer."""
    sick = feels_ill(text) and _YES_FIRST.match(text) and NEGATORS.isdisjoint(text.split())
    if (plain is Plain.YES or sick) and hazard is not Hazard.DENIED:
        return Hazard.PRESENT
    if hazard is Hazard.DENIED and _YES_FIRST.match(text) and NEGATORS.isdisjoint(text.split()):
        return Hazard.RETRACTED  # "Yes, that was last week, they fixed the leak."
    if plain is Plain.YES:
        return Hazard.PRESENT if re.search(r"(?<!\S)but(?!\S)", text) else Hazard.DENIED
    if hazard is Hazard.DENIED or plain is Plain.NO or (said(OVER, text) and hazard is not Hazard.POSSIBLE):
        return Hazard.POSSIBLE if feels_ill(text) else Hazard.DENIED  # The rest beside a no: unexplained.py
    leaks = said(_LEAK, text) and not said(_WATER, text)
    open_ = plain is Plain.OPEN or leaks or _smells_odd(text) or feels_ill(text)
    return Hazard.POSSIBLE if open_ else hazard


def _smells_odd(text: str) -> bool:
    """Whether some smell is told that is not named, asked for or denied."""
    return any(
        said(ODD_SMELL, clause.text) and not clause.asks and not clause.denies and not dangers(clause, asked=True)
        for clause in cut(text)
    )
