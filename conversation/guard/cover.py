"""Whether every clause of a sentence of the model claims nothing or says what the record backs. Pure."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from conversation.guard import learned
from conversation.guard import words as w
from conversation.guard.clauses import about_the_caller, calm, not_known, pattern
from conversation.guard.facts import FACTS, asks_for_more
from conversation.guard.known import Spoken, words_of
from conversation.guard.stated import MONTHS, WEEKDAYS

_CONNECTORS = frozenset("and but or because since while though although plus so oh ah okay ok alright as , .".split())
_STARTS = frozenset(
    "and but or because since while though although plus if when once until unless before after so which that as to"
    " what whether how why where who only except credited should".split()
)
_ADVERBS = re.compile(
    r"\b(?:really|very|truly|certainly|quite|pretty|definitely|absolutely|completely|totally|actually|honestly"
    r"|simply|just|also|still|of course|please|then|well|at all|a bit(?! of)|a little(?! of)|though|unfortunately"
    r"|happily|gladly|indeed|either way|for sure|frankly|sadly|surely|as well|basically|naturally|always|usually|i"
    r" am afraid|kind of(?! you)|perfectly|exactly|directly|properly|in fact|to be honest|for that matter|to be sure"
    r"|that said|at the moment|so(?! (?:i|we|you|that|it|they|the|far|a|an|what|how|your|long|xx\w+)\b))\b(?! as\b)"
)
_ECHO = re.compile(
    r"(?:it|we|they|that|you|i|he or she) (?:would|does|do|did|can|could|will|is|are|am)(?: not)?(?: indeed)?(?= [,.])"
)  # "It does, ...": a yes to whatever was asked
_AFFIRMS = re.compile(
    r"(?:oh |well |and |okay )*(?:yes|si(?= [,.])|yeah|yep|yup|not?(?= [,.])|nope|absolutely|definitely|correct|exactly"
    rf"|indeed|for sure|{_ECHO.pattern})\b(?: indeed)?[ ,.]*"
)
_SOFTLY = re.compile(r"(?:oh |well |and |okay )*(?:sure|certainly|of course|gladly)\b")
_WHETHER = re.compile(r"\b(know|say|tell|tell you|sure|certain|judge|see) if\b")
_PHRASES = re.compile(r"\b(?:look(?:ing|s|ed)? (?:after|out for|forward)|tak(?:e|es|ing) care of (?:your|her|him"
r"|them|the|a|my)|(?:put|kept|been)? ?on hold|com(?:e|ing) up on|reach(?:ed|ing)? out(?: to us)?)\b")  # fmt: skip
_FIRST = re.compile(r"\bcomes? first\b")
# Said to somebody who speaks of danger these would be an answer to it.
_SOOTHES = re.compile(
    r"\b(?:tak(?:e|ing) (?:your|all the|the) time|no (?:rush|hurry|problem|trouble|bother)|(?:is|are|be|^|okay ,)"
    r" (?:just |quite |all )?(?:good|fine|okay|alright|great|nothing|nice|normal|common)|^(?:good|great|fine)|not to"
    r" worry|not worry|nothing to|right to)\b"
)
_NAME = re.compile(r"(?:(?<=[\w,;'] )|(?<=(?:Mr|Ms|Dr)\. )|(?<=Mrs\. ))[A-Z][\w']+")
_DOCTOR = re.compile(r"\b(?:dr|doctor|doc)\b")
_NO_NAMES = frozenset("zip ac hvac i i'm i've i'd i'll texas mr mrs ms am pm ace cooling yes no".split())
# Idioms that promise, soothe or advise without a word of it.
_IDIOMS = pattern(
    r"(?:starts?|starting|begins?|from|at least)(?: at| from)? xxfee|"
    r"(?:front|top|head) of (?:the|our) (?:line|list|queue)|all set|good to go|(?:in )?(?:good|great|best|safe"
    r"|capable) hands|(?:in|takes?|taking|be|for) no time|no time at all|done deal|as good as|taken care of|take"
    r" care of (?:it|that|this|you)|piece of cake|(?:rest|sleep|breathe) easy|sleep (?:well|tight|tranquil)|lose"
    r" sleep|in two shakes|(?<!family )(?<!guests )(?<!relatives )on (?:the|his|her|their|its|our|my) way|all good"
    r"|looks good|look no further|you are (?:good|set|covered|in|on|next)(?=$| [,.])|got you covered|word of honor"
    r"|my word|have a deal|you can count on|count on (?:us|me|it)|right up our alley|nothing to it|on the case"
    r"|(?:am|are|is|be|get|getting|right|straight|already|jump|hop|all) on it(?= [,.]|$)|(?<!congratulations"
    r" )(?<!congrats )on the house|in the books|as i (?:said|mentioned|told)|on us|luck would have it|borrowed"
    r" time|in (?:a|one) (?:jiffy|flash|snap)|as we speak|before you know it|no big deal|not a big deal|up and"
    r" running|good as new|(?:is|are|am|be|stay\w*|right) on top of it|around the corner|in the works|on the"
    r" books(?=$)|have you down|got you down|put you (?:down|in|on|through(?! (?:it|that|this|all)\b))"
    r"|pull\w* (?:a few )?strings|one way or another|make it right|the best of the best|second to none|why"
    r" not(?= [,.])|(?:first|next) in line|see what (?:i|we) can|being with us|going around|not the (?:first|only)"
    r"|close by|closer than|near us|not far|right (?:place|people)|a breeze|if i were you|if it were (?:me|my"
    r" \\w+)|right thing|did everything right|sit tight|hang in there|(?:got|have|has|is) (?:plenty of |lots of "
    r"|all the |some |enough )?time(?= [,.]|$)|par for the course|to the front|straight to|a cinch|best bet|better"
    r" off|in no (?:danger|rush)|light at the end|(?:got|get|been|was|were) (?:just )?(?:taken|snapped up|grabbed"
    r"|filled|snatched)|(?:i|we) (?:have|'ve) (?:been (?:doing|at|in)|done|seen|heard) (?:this|it|that|them|those"
    r"|all)"
)
_BEFORE_ANY = frozenset("sorry know understand hear realize afraid appreciate course apologize say".split())
_HARD_ENDS = _CONNECTORS | {"if", "when", "which", "who", "?"}
_WHO_IS_SAID = frozenset("one ones person people technician technicians team advisor someone somebody they".split())
LEAST_SAID = 4  # Words that do more than ask: fewer claim nothing but to somebody who asks.
_W = frozenset("whereabouts what who whom whose where when which how why".split())
_ASKS = _W | frozenset("is are was do does did can could may might shall should would will".split())
_BEFORE_W = frozenset("in at to on under about for by from with".split())
_IN_QUESTIONS = re.compile(r"xx(?:name|theirs|days|asap|biz|addr|zip|phone|t[wfs]\w*)|,")
_TELL_ME = re.compile(r"(?:certainly |sure |just |please |now |then |so )*(?:tell|give) me |let me (?:know|have) ")
_GIVE_ME = re.compile(r"me (?:can|could|gives?)\b")  # What a question in Spanish begins with
_THEN_ASKS = re.compile(rf", (?!or\b)(?:\w+ )?(?:{'|'.join(_ASKS)})\b|\blast (?!name)\w+")
# With these a question supposes something beyond what the classes have: a reason, what was done, a condition.
_SUPPOSES = re.compile(
    r"so|same|because|since|while|until|once|after|now|already|my|our|we|will|(?!need|red)\w{2,}ed|put|hold|slot"
    r"|stay\w*|kept|got|gave|if|set|book|best|open\w*|team|cards?|week|leav\w+|clos\w+|xxt"
)
# What would be, if the caller says so, is not: "when should we send someone".
_WOULD_BE = re.compile(
    rf"(?:{'|'.join(_W)})(?: \w+){{0,2}} (?:should|would|could|can|may|shall)\b(?! (?:be|have) \w+ed\b)"
)
_OF_A_VISIT = frozenset("ours sent come tech team visit look day unit".split())


class Cover(Enum):
    """What lets a clause pass."""

    TOUCHES = auto()  # Nothing does yet, and it touches what only a record may say
    UNKNOWN = auto()  # Nothing does yet: no rule knows it
    ASKS = auto()  # And supposes nothing
    CLAIMS_NOTHING = auto()  # It is about the caller
    BACKED = auto()  # The record backs it
    ANSWERS = auto()  # And it answers the caller; or it says that the answer is not known


def formless(spoken: Spoken) -> str:
    """Why the sentence says what no record can back, "" when all its clauses may be said."""
    if _strangers(spoken):
        return "a name that nobody gave"
    marked = words_of(spoken, w.NEUTRAL)
    words = _FIRST.sub("is dear", _PHRASES.sub("care", _WHETHER.sub(r"\1 whether", marked)))
    if _IDIOMS.search(words):
        return "a promise"
    if not calm(spoken) and _SOOTHES.search(words):
        return "soothes"
    affirmed = _AFFIRMS.match(words)
    covering = _covering(_ADVERBS.sub(" ", words[affirmed.end() :] if affirmed else words).split(), spoken)
    likely = learned.likelihood(spoken, marked)
    if covering.unknown:
        known = calm(spoken) and not learned.untrue(marked) and likely < _sure_below(covering, spoken, marked)
        return "" if known else "nothing that we know"
    if covering.said and likely > _claim_above(covering, spoken):
        return "claims something"
    soft = _SOFTLY.match(words) and (asks_for_more(spoken) or not calm(spoken))
    answers = _ECHO.match(words) or (affirmed and not calm(spoken)) or ("?" in spoken.last and (affirmed or soft))
    return "answers what nobody knows" if answers and not covering.answers else ""


def _sure_below(covering: "Covering", spoken: Spoken, marked: str) -> float:
    """How unlikely it must be that a sentence claims something of which no rule knows a part."""
    asked = "?" in spoken.last
    if any(learned.states(word, spoken) for word in marked.split()):
        return 0.001
    if covering.touches:
        return 0.003 if asked else 0.01
    if covering.answers:
        return 0.015
    return 0.005 if asked else 0.03


def _claim_above(covering: "Covering", spoken: Spoken) -> float:
    """How likely it must be that a sentence claims something that the rules let pass."""
    short = covering.said < LEAST_SAID
    if covering.answers:
        return 0.99
    if "?" in spoken.last:
        return 0.1 if short else 0.5
    return 1.0 if short else 0.99 if covering.backed else 0.85


def _strangers(spoken: Spoken) -> set[str]:
    """Names in the sentence that neither the caller nor the record has."""
    said = {
        *re.findall(r"\w+", f"{spoken.caller} {spoken.session.name} {spoken.facts.name} {spoken.facts.city}".lower())
    }
    names = {name.lower().removesuffix("'s") for name in _NAME.findall(spoken.text)}
    names |= {"dr"} if "Dr." in spoken.text else set()
    said |= {"dr"} if _DOCTOR.search(spoken.caller) else set()
    days = {name for day in WEEKDAYS for name in (day, f"{day}s")}
    return names - said - _NO_NAMES - days - {*MONTHS}


@dataclass(frozen=True)
class Covering:
    """What lets the clauses of a sentence pass: those that no rule knows, how many words do more than ask, and whether
    some touch a record, are backed or answer."""

    said: int = 0
    unknown: tuple[str, ...] = ()
    touches: bool = False
    backed: bool = False
    answers: bool = False

    @property
    def worth(self) -> tuple[int, bool, bool]:
        """The less is unknown the better, then whether it touches no record, then whether it answers."""
        return -sum(len(clause.split()) for clause in self.unknown), not self.touches, self.answers

    def and_then(self, clause: list[str], cover: Cover) -> "Covering":
        """With one clause more."""
        unknown = (*self.unknown, " ".join(clause)) if cover in (Cover.UNKNOWN, Cover.TOUCHES) else self.unknown
        return Covering(
            self.said + (0 if cover is Cover.ASKS else len(clause)),
            unknown,
            self.touches or cover is Cover.TOUCHES,
            self.backed or cover is Cover.BACKED,
            self.answers or cover is Cover.ANSWERS,
        )


def _covering(words: list[str], spoken: Spoken) -> Covering:
    """What lets the clauses pass that make up the words."""
    ends = [0, *(i for i in range(1, len(words)) if _begins(words, i)), len(words)]
    covered = {0: Covering()}  # Up to which word
    for start, end in ((start, end) for i, end in enumerate(ends) for start in ends[:i]):
        if start in covered and (end not in covered or covered[end].worth < (0, True, True)):
            clause = _stripped(words[start:end])
            ended = (
                end == len(words)
                or not _HARD_ENDS.isdisjoint(words[end - 1 : end + 1])
                or words[end - 1] in ("right", *_BEFORE_ANY)
            )
            one = covered[start].and_then(clause, _cover(clause, spoken, ended) if clause else Cover.CLAIMS_NOTHING)
            if end not in covered or one.worth > covered[end].worth:
                covered[end] = one
    return covered[len(words)]


def _begins(words: list[str], at: int) -> bool:
    """Whether a clause may begin here: not in "the one | who does it"."""
    if words[at] in ("who", "which") and words[at - 1] in _WHO_IS_SAID:
        return False
    return words[at] in _STARTS or words[at - 1] in _CONNECTORS or words[at - 1] in _BEFORE_ANY


def _stripped(clause: list[str]) -> list[str]:
    while clause and clause[0] in _CONNECTORS:
        clause = clause[1:]
    while clause and clause[-1] in (",", ".", "and", "but", "so"):
        clause = clause[:-1]
    return clause


def _cover(clause: list[str], spoken: Spoken, ended: bool) -> Cover:
    """What lets the clause pass."""
    if clause[-1] == "?":
        asked = _stripped(clause[:-3] if clause[-3:-1] == [",", "xxname"] else clause[:-1])
        told = (
            asked
            and asked[0] not in _ASKS
            and "," not in asked
            and any(fact.says(" ".join(asked), spoken) for fact in FACTS)
        )
        if told:
            return Cover.BACKED
        return Cover.ASKS if _supposes_nothing(asked) else _unknown(asked)
    request = _TELL_ME.match(" ".join(clause))
    if request and _supposes_nothing(_stripped(" ".join(clause)[request.end() :].removesuffix(", please").split())):
        return Cover.CLAIMS_NOTHING
    asks = clause[0] in _ASKS and not w.FINITE.isdisjoint(clause[:2]) and spoken.text.endswith("?")
    text = " ".join(clause)
    if asks and w.ASKED.issuperset(clause) and not _THEN_ASKS.search(text):
        return Cover.ASKS
    if not_known(text, spoken):
        return Cover.ANSWERS
    said = [fact.answers for fact in FACTS if (ended or fact.answers) and fact.says(text, spoken)]
    if said:
        return Cover.ANSWERS if any(said) else Cover.BACKED
    return Cover.CLAIMS_NOTHING if ended and about_the_caller(text, spoken) else _unknown(clause)


def _unknown(clause: list[str]) -> Cover:
    return Cover.UNKNOWN if w.RECORDS.isdisjoint(map(w.kind_of, clause)) else Cover.TOUCHES


def _supposes_nothing(asked: list[str]) -> bool:
    """A question supposes nothing that is not known; whether it is the state's is judged in questions.py."""
    text = " ".join(asked)
    if _THEN_ASKS.search(text):
        return False  # More than one clause
    asks = bool(asked) and (
        asked[0] in _ASKS
        or (asked[0] in _BEFORE_W and not _W.isdisjoint(asked[1:3]))
        or (asked[:2] == ["you", "are"] and not _W.isdisjoint(asked[2:4]))
        or _GIVE_ME.match(text) is not None
    )
    if _WOULD_BE.match(text) and all(_asked(word) or w.kind_of(word) in _OF_A_VISIT for word in asked):
        return True
    if all(map(_asked, asked)):
        last = len(asked) < 6 and re.search(r" (?:is|would be)$", text)  # "And your name is?"
        return asks or bool(last) or w.FINITE.isdisjoint(asked)
    return asks and "," not in asked and not any(_supposes(word) for word in asked)


def _asked(word: str) -> bool:
    return w.among(word, w.ASKED) or _IN_QUESTIONS.fullmatch(word) is not None


def _supposes(word: str) -> bool:
    asked = _asked(word) or w.kind_of(word) in ("look", "day", "unit")
    return _SUPPOSES.fullmatch(word) is not None or (not asked and bool(w.kind_of(word)))
