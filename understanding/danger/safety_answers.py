"""Plain yes and no to the safety question, in every wording, without a word about the danger itself.

A yes counts only if what stands around it fits one ("yes, in the kitchen"): "yeah, it's a broken cover" answers
something else and stays open (R1). A "no" inside "no heat" or "not" is none (X3, R46).
"""

import re
from enum import Enum

from understanding.answers.answer_words import NOUNS_AFTER_NO
from understanding.answers.answers import no_stands_alone
from understanding.danger.lookalikes import without_lookalikes
from understanding.text.clauses import Clause, cut
from understanding.text.lexicon import CLASSES, NO_WORDS
from understanding.text.parts import HEDGE
from understanding.text.plain import MARKS, phrase, said


class Plain(Enum):
    """What the turn answers, the danger's own words aside."""

    NONE = "none"
    YES = "yes"
    NO = "no"
    OPEN = "open"


_YES = phrase(
    r"yes|yeah|yep|yup|yea|(?<!for )(?<!tell )(?<!to )(?<!see )ya|yessir|si|correct|affirmative|for sure|sure(?: do"
    r"| does| is)(?! not)|(?:absolutely|definitely|certainly)(?! not)|claro(?: que si)?|asi es|aja|simon|por supuesto",
    r"(?:afraid|believe me|unfortunately|sadly) (?:so|yes)|you bet|(?<!had )(?<!have )"
    r"(?<!got )(?:all|both|one|some|each) of (?:the above|them"
    r"|those|it|that|these)(?! \w+s(?!\S))|all three|both|^(?:\w+ ){0,3}?(?:first|second|third|last) (?:one|thing"
    r"|two)$|just the (?:first|second|last)(?: one)?",
    r"(?:i|we|he|she|they|you|husband|wife|kids|everyone|everybody) (?:all |can |do |did |sure )*(?:smells?|sees?"
    r"|notices?) (?:it|that|something|them|some|one of them|all of them)",
)
_BEFORE = r"(?:oh|well|uh|um|and|but|now|actually|yes|yeah|no|nope|nah|so|honestly|at first)"
_WHO = r"(?:i|we|it|there|he|she|they|you|none of us|my (?:wife|husband))"
_DO = r"(?:do|does|did|is|are|am|can|have|has)"
_SHORT_YES = re.compile(
    rf"^(?:{_BEFORE} )*{_WHO} (?:sure |really |actually |definitely |kind of |still |always )*{_DO}(?: (?:yes|yeah|yep"
    r"|indeed|actually|now|too|right now|sir|maam|smell (?:it|that|them|something)|notice it|see it|unfortunately))*$"
)
_SHORT_NO = re.compile(
    rf"^(?:{_BEFORE} )*{_WHO} (?:really |actually |honestly |just |definitely )*(?:{_DO}|would)(?: really"
    r"| actually)? not(?: (?:no|sir|maam|really|at all|any|right now|think so|believe so|yet|either|anything"
    r"|that i know of|thank you|thanks|thank god))*$"
)
_ODD = r"(?:unusual|weird|strange|funny|odd|out of the ordinary|abnormal)"
_NONE_HERE = (
    rf"(?:like that|at all|right now|{_ODD}|bad|off|here|yet|burning|no|sir|maam|in here|so far|either|of that"
    r"|of the sort)"
)
_CLEAR = phrase(
    r"(?:nobody|no one)(?: here| else)? (?:is |has |feels )?(?:complained|complaining|said|told|mentioned|noticed"
    r"|reported|sick|ill|unwell)(?: .*)?",
    r"(?:do|does|did|would) not (?:think|believe|say|reckon) (?:so|there (?:is|are|was)(?: any(?:thing)?)?$|(?:i"
    r"|we) (?:do|smell|see)(?: anything| any| it| that)?$|it (?:is|does)$)|not at all|nothing (?:like that|of the sort"
    rf"|of that sort|of that|{_ODD}|at all|that i \w+|here|on my end|(?:on|from|with) (?:the|my|our|any) (?:\w+ ?)+)",
    r"none(?! of your)(?: (?:of (?:that|those|the above|them|it|these)|whatsoever|here|at all))?|neither(?: one)?"
    r"|no such thing|negative|negativo|not a (?:thing|bit|one|chance|whiff|hint|trace|sniff|speck|sign)(?= [,.?]|$"
    r"| here| at all)|zero(?= (?:smells?|smoke|gas|of)|$)|^(?:no |nope |yeah |yes |uh )?nothing(?= just|$)",
    r"not (?:smell(?:ing|ed)?|see(?:ing|n)?|notic(?:e|ing|ed)|detect|hav(?:e|ing)|get(?:ting)?|sense|find)(?: (?:or"
    r"|nor|and) (?:smell|see|hear|notice|feel)\w*)* (?:any )?(?:anything|nothing|none|it|that|them|those"
    rf"|any of (?:that|those|it|them|these)|any|(?:a |any )?(?:smells?|odors?|signs?)|a thing)(?: {_NONE_HERE})*$",
    r"(?:smell|see|notice|hear) (?:absolutely )?nothing(?: .*)?|(?:does|do|is) not (?:smell"
    rf"|smelling)(?: (?:like (?:anything|that)|at all|anything|it|that|bad|{_ODD}))*$|no (?:(?:bad"
    rf"|{_ODD}) )?(?:smells?|odors?|signs?)(?: .*)?",
    r"(?:everything|everyone|everybody|we|all|it|air|i) ?(?:is|are|am|smells?|looks?|seems?)?(?: all| still| just"
    r"| totally| perfectly)* (?:fine|okay|ok|good|safe|clear|normal|clean)(?! (?:morning|afternoon|evening|until|till"
    r"|before))(?: (?:here|now|there|thanks|thank you))*$|all (?:good|clear|fine|safe)",
    r"(?:absolutely|definitely|of course|certainly|really|thankfully|hopefully) not|not (?:really|at this time)"
    r"|^(?:\w+ )?not (?:yet|today|here)$|not (?:have )?(?:any )?gas(?: .*)?|no (?:gas|smoke)(?: .*)?|all electric",
    r"nada(?: de (?:eso|nada))?|ningun[oa]?|para nada|tampoco|todo (?:esta )?(?:bien|normal)|no que yo sepa|no senora?"
    r"|no gracias|it is not any of (?:that|those|them)|^not (?:that|as far as|according to|from what) (?:i|we|he|she"
    r"|they|any\w+|my|our|the) .*",
)
_TELL = r"(?:sa(?:y|id)|t(?:ell|old)|mention(?:ed)?|report(?:ed)?|complain(?:ed)?)"
# Of a place where the caller is not: "she didn't say anything about a smell"; not "about the smell", which is there.
_NOTHING_TOLD = phrase(
    r"(?:(?:he|she|they|it|(?:my|the|our) \w+) )?(?:(?:is|has|have|had|did|does|do) )?(?<!can )(?<!could )(?:not|never"
    rf"|nobody|no one|none of them)(?: (?:is|has|have|had|ever|really|even|actually))* {_TELL}(?: (?:me|us|to))*"
    r"(?: (?:anything|nothing|a (?:thing|word)|an?|any|about|of|it|one|like that|or|smells?|odors?|smelling|smoke|gas"
    r"|burning|alarms?))+(?= (?:[,.?]|but|and|so|because|no|i|we)(?!\S)|$)"
)
# A no that begins a sentence of its own: behind a question back, or the last word.
_OWN_NO = re.compile(
    rf"\? (?:\w+ )?(?:no|nope|nah)(?= [.,])(?! [.,] (?:{'|'.join(sorted(NOUNS_AFTER_NO))})(?!\S))"
    r"|[.?] (?:(?:oh|well|so|and|um) )*(?:no|nope|nah)(?: (?:sir|maam|thanks|thank you|[.,]))*$"
)
_OPEN = phrase(
    HEDGE,
    r"(?:you )?could say (?:that|so)|something (?:is |smells |seems )?(?:off|weird|funny|strange|fishy)(?= [,.?]|$)",
    r"could be|(?:i )?(?:guess|suppose)(?: so)?|(?:i |we )?(?:think|believe) so|(?:kind|sort) of(?! \w+(?:ful|ous|oid"
    r"|ed)(?!\S))|a (?:little|bit|tiny|slight)(?: bit)?|slight(?:ly)?|somewhat|hope (?:not|so)|wonder|hopefully"
    r"|comes and goes|on and off|off and on|once in a while|sometimes|occasionally|every (?:now and then"
    r"|time|so often)|only (?:when|sometimes)|when (?:it|i|we|the)|intermittent\w*|depends|more or less|doubt|un poco"
    r"|no se|creo|a veces|mas o menos",
    r"have a cold|no (?:problems?|issues?|worries)$|stuffy|stuffed up|covid|(?:no "
    r"|not any )?more than usual|same as (?:always|usual)|something(?: smells?)?$|^(?:some|a lot|lots"
    r"|plenty|quite a bit)$",
)
_EARLIER = r"(?:in the past|earlier|yesterday|this morning|last (?:night|week)|ayer|anoche)"
_WAS = phrase(
    _EARLIER,
    r"(?:it|there|we|i|that|they) (?:did|was|were|had|used to)(?! not)|it is (?:doing|happening)(?: it)?(?: again| now"
    r"| right now)?",
)
_NOW = phrase(
    r"(?:it|that) is (?:doing|happening) (?:it |that )?(?:again|now|right now)|and it is (?:back|(?:doing"
    r"|happening) (?:it )?(?:again|now))|now i do|(?:still|now) (?:do|does|is)(?! not)"
)
_DID = phrase(_EARLIER, r"did(?: not)?|was|were|at first|yes|yeah")
_WHEN = phrase(
    r"(?:only |just )?(?:when|whenever|while|as soon as|every time|each time)(?! is| was) [^,.?]*"
    r"|what (?:should|do) (?:i|we) do|that is why i am calling|why i called"
)
_NODS = frozenset("mhmm ok okay alright right sure great good fine".split())
_WEAK = _NODS | frozenset("please hello hi".split())

# What may stand around a yes that means yes: how much, where, since when, who smells it, what to do.
_AROUND = (
    CLASSES["alarmed"]
    | CLASSES["relative"]
    | frozenset(
        "like this yes yeah yep yup yea ya si sure absolutely definitely correct affirmative right exactly certainly i"
        " do we it does there is are am a an the that these those smell smells smelling smelled really very now in my"
        " our your house home all of both think so me please sir maam oh actually and just coming from unit some have"
        " has had today ok okay well uh um mhmm see getting gets been since starts for about hour hours day days week"
        " weeks morning last yesterday pretty place too also she he they says said problem still third indeed stinks"
        " out here know where only it'd be was senor senora claro que la el en as reeks evacuated got told you always"
        " making makes dizzy guys kitchen room bedroom attic garage closet".split()
    )
)
_PLACE = phrase(
    r"(?:in|by|near|around|behind|beside|next to|under|underneath|inside|outside|at|from|through|out of|over|above"
    r"|below|throughout|close to|coming from) (?:the |my |our |this |that |one of |back of |front of |top of "
    r"|where )*(?!morning|afternoon|evening)[a-z]+(?: (?:room|heater|closet|unit|furnace|vents?|bathroom|hallway"
    r"|bedroom|area|tank|stove|door|handler|alarm|system|panel|floor|house|pump|yard|side|of|and))*"
)
_HOW_MUCH = phrase(r"when|every|think|(?:a )?(?:little|bit|tiny|slight|slightly)")
_LEAD = frozenset("oh huh ha well so and uh um hmm honestly but like god because".split())
_DANGER_ASKED = phrase(
    r"smell(?:s|ing)?|gas leak|burning|burnt|smok(?:e|ing)|on fire|flames?|sparks?|monoxide|alarms?|detectors?"
    r"|unconscious|anyone hurt|anybody hurt|in danger|huele|humo|quemado|monoxido"
)
_ELSEWHERE = phrase(  # Of words that may stand around a yes, and answer something else
    r"(?:is|are|went|been) (?:out|down)|(?:one|a) (?:second|sec|moment|minute)|this is (?:she|he|him|her)"
)


def asks_about_danger(text: str) -> bool:
    """Whether the plain `text`, a line of ours, asks about danger: a yes to it is one, whatever question is open."""
    return any(clause.mark == "?" and said(_DANGER_ASKED, clause.text) for clause in cut(without_lookalikes(text)))


def has_yes(text: str) -> bool:
    """Whether the plain `text` has a word of yes in it."""
    return said(_YES, text)


def without_hearsay(text: str) -> str:
    """The plain `text` with a no in place of what nobody told the caller: "she didn't say anything about a smell"."""
    return _NOTHING_TOLD.sub("no ,", text)


def has_own_no(text: str) -> bool:
    """Whether a no in the plain `text` is a sentence of its own, to which no word behind a pause belongs."""
    return _OWN_NO.search(text) is not None


def plain_answer(text: str) -> Plain:
    """The answer in the plain `text`, the last of several if they contradict each other without a "no" of its own."""
    found = [(_of(clause), clause) for clause in cut(text)]
    kinds = [kind for kind, _ in found if kind is not Plain.NONE]
    if not kinds:
        nods = any(w in _NODS for w in text.split()) and all(w in _NODS or w in MARKS for w in text.split())
        return Plain.OPEN if nods else Plain.NONE
    if said(_NOW, text) and said(_DID, text) and Plain.NO not in kinds[-1:]:
        return Plain.YES
    if Plain.YES in kinds and Plain.NO in kinds:
        return _both(text, [(kind, clause) for kind, clause in found if kind is not Plain.NONE])
    if Plain.YES in kinds:
        first = next(i for i, (kind, _) in enumerate(found) if kind is Plain.YES)
        told = [clause.text for i, (_, clause) in enumerate(found) if i >= first or not clause.asks]
        return _yes(" , ".join(told)) if Plain.OPEN not in kinds else Plain.OPEN
    if Plain.NO in kinds:
        hedges = [clause for kind, clause in found if kind is Plain.OPEN and not said(_WAS, clause.text)]
        hedged = bool(hedges) and not no_stands_alone(text)
        return Plain.OPEN if hedged or "maybe" in text.split() else Plain.NO
    return Plain.OPEN


def _of(clause: Clause) -> Plain:
    """What one clause answers."""
    text = clause.text
    if clause.asks and len(clause.words) > 2:
        return Plain.NONE
    bare = [w for w in clause.words if w not in _LEAD]
    if _SHORT_NO.match(text) and text != "it is not":
        return Plain.NO
    if _SHORT_YES.match(text):
        return Plain.OPEN if re.search(r"(?<!\S)(?:did|kind of)(?!\S)", text) else Plain.YES
    if bare[:1] and bare[0] in NO_WORDS and no_stands_alone(text):
        return Plain.YES if len(bare) > 1 and bare[1] in ("yes", "yeah") and len(bare) > 2 else Plain.NO
    if said(_YES, text):
        if no_stands_alone(text) or said(_CLEAR, text):
            return Plain.NO if said(_CLEAR, text) else Plain.OPEN
        return Plain.OPEN if said(_OPEN, text) and not said(_HOW_MUCH, text) else Plain.YES
    if said(_CLEAR, text):
        return Plain.OPEN if said(_OPEN, text) else Plain.NO
    if no_stands_alone(text):
        return Plain.NO
    if said(_OPEN, text) or said(_WAS, text):
        return Plain.OPEN
    return Plain.NONE


def _both(text: str, found: list[tuple[Plain, Clause]]) -> Plain:
    """Yes and no in one turn: "yeah no I don't smell anything" is a no, "no, yes there is" a yes, "yeah no" neither."""
    last, clause = found[-1]
    bare = {"yes", "yeah", "yep", "no", "nope", "nah"}
    if last is Plain.NO and clause.words[0] == "but":  # "My wife does, but I don't."
        return Plain.OPEN
    if all(w in bare for w in clause.words) and all(w in bare | MARKS for w in text.split()):
        return Plain.OPEN
    return last if len(clause.words) > 1 and last is not Plain.OPEN else Plain.OPEN


def _yes(text: str) -> Plain:
    """A yes, judged by what stands around it."""
    words = [w for w in text.split() if w not in MARKS]
    if all(w in _WEAK for w in words) or words in (["yes", "please"], ["yeah", "please"]):
        return Plain.OPEN
    if said(_ELSEWHERE, " ".join(words)):
        return Plain.OPEN
    rest = _PLACE.sub(" ", _WHEN.sub(" ", text.replace("all three", "all"))).split()
    return Plain.YES if all(w in _AROUND or w in MARKS for w in rest) else Plain.OPEN
