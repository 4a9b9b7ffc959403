"""Yes or no, read in the light of the question asked.

A "no" inside "not" or "no heat" is no answer (X3, R46); a yes with a correction, a refusal or a doubt beside it is no
approval (X7), whichever comes first: "perfect, oh wait, not Tuesday". When no yes/no question was asked, only a turn
that is nothing but an answer counts. What is corrected is read by the other rules; the safety question has its own
(safety_answers.py).
"""

import re

from heard import Answer
from session import APPROVALS, Question
from words import MARKS, PRONOUNS, affirmed, clauses, negated, phrase, said

YES_NO_QUESTIONS = APPROVALS | {Question.ZIP_CONFIRM, Question.ANYTHING_ELSE, Question.SCHEDULE_OFFER}

_FIRM_YES = frozenset(
    "yes yep yup yessir absolutely definitely certainly affirmative correct exactly perfect si claro totally".split()
)
_SOFT_YES = frozenset("yeah yea ya ye sure ok okay alright mhmm great wonderful awesome right fine please".split())
_ALONE_YES = frozenset("right good great fine please cool wonderful awesome excellent lovely".split())
_YES_WORDS = _FIRM_YES | _SOFT_YES
_NO_WORDS = frozenset("no nope nah negative naw incorrect".split())
_LEAD = frozenset("oh well so hm hmm and okay ok actually hi hello honestly i mean uh um sorry now like then".split())
_COURTESY = frozenset("thank thanks you sir maam please that is it fine good correct senor senora gracias".split())
_NOUNS_AFTER_NO = frozenset(
    "heat heating ac air cooling cool hot cold warm power water airflow one name longer matter luck idea rush"
    " hurry gas smoke smell smells burning fire problem problems worries problemo more sign signs odor odors alarm"
    " alarms co carbon fumes flames sparks preference lights electricity electric pressure sound noise thermostat"
    " unit furnace money appointment doubt answer leak leaks change changes question questions need big issue"
    " issues complaints later earlier".split()
)

_GOOD = r"(?:right|correct|fine|good|great|perfect|okay|ok|alright|wonderful|excellent|awesome|lovely|ideal)"
_VERY = r"(?:all |just |so |very |really |totally |absolutely |still |actually |pretty |perfectly |honestly )*"
_YES = phrase(
    rf"that (?:is|sounds|would be|will be|all sounds|looks|should be) {_VERY}(?:{_GOOD}|it|great)",
    r"(?<!what )(?<!which )(?:\w+day|tomorrow|am|pm|noon|oclock|\d[\d:]*|time|two|three|four|five|ten|eleven|nine"
    r"|one|twelve|morning|afternoon|then|everything|all|it|all of that|one|date|day) (?:is|would be|will be|sounds"
    rf"|looks|should be) {_VERY}{_GOOD}",
    r"(?:that|it|this|which|any of that|either|morning|afternoon|time|one|day|\w+day|tomorrow|am|pm|noon|oclock"
    r"|\d[\d:]*) (?:all |will |would |should |still |definitely "
    r"|totally )*works?(?: (?:great|fine|well|perfectly|for (?:me|us)))*",
    r"works (?:great|fine|well|perfectly|for (?:me|us)|by me)|make (?:that|it) work|can make (?:it|that)"
    r"|(?:will|would) (?:have to )?do(?= [,.?]|$)|have to do",
    rf"(?:sounds?|looks?) (?:{_GOOD}|like a plan)|(?:fine|good|okay|ok|great|works|cool) (?:by|with|for) (?:me|us)",
    r"go (?:right )?ahead|go for it|do (?:it|that)|do so|please do"
    r"|let us (?:do|go|book|schedule)(?: (?:it|that|with (?:it|that)))?",
    r"(?:book|schedule|confirm|lock|set|put) (?:it|that|me|us)(?: (?:in|up|down))?",
    r"of course|for sure|sure thing|you bet|you got it(?: right)?|why not|might as well|by all means|i guess(?: so)?"
    r"|i suppose(?: so)?|i would (?:like|love) (?:to|that)(?= [,.?]|$)",
    rf"(?:i am|we are) {_VERY}(?:fine|okay|ok|happy|good) with (?:that|it)|i am good with (?:that|it)"
    r"|that is (?:my|our|the|me|us)(?: \w+)?(?= (?:yes|yeah|yep))",
    r"no problem|no worries|not a problem|esta bien|de acuerdo|por favor|asi es|por supuesto|correcto|perfecto"
    r"|me parece bien",
    r"i agree|i confirm|i approve|i do|we do|it is|it does|there is|i am|we are|he is|she does|i can|i would"
    r"|they are",
)
_SHORT_YES = phrase(r"i (?:do|am|can|would)|we (?:do|are)|it (?:is|does)|there is|they are|he is|she does")
_LAST_YES = re.compile(r"(?<!\S)(?<!not )(?:yes|yeah|yep|yup|correct)(?= [,.?]|$)")
_CANCEL_YES = phrase(
    r"(?:need to|want to|please|go ahead and|would like to) cancel"
    r"|cancel (?:it|that|the (?:appointment|visit)|my (?:appointment|visit))|please cancel"
)
_MOVE_YES = phrase(r"move (?:it|that)|please move|change it")
_KEEP = phrase(
    r"keep (?:it|that|the (?:appointment|visit)|my (?:appointment|visit)|things)|leave it"
    r"|do not (?:cancel|move|touch)"
)
_SCHEDULE_YES = phrase(
    r"(?:schedule|book|set up|make|get) (?:an?|the|that|it|one|me|somebody|someone)\b.*|come out"
    r"|send (?:someone|somebody)"
)
_WRONG = phrase(
    r"wrong|incorrect|mistake|misspelled|mixed up|messed up|mostly|almost|close but|esta mal|equivocado",
    r"not (?:quite|exactly|entirely)|not (?:right|correct|it|what i (?:said|want(?:ed)?|asked)|good|okay|ok|my|the"
    r"|gonna work|going to work)",
    r"(?:does|do|will|would|can|is) not (?:really )?(?:work|do|make|good|fine)(?: (?:it|that))?",
    r"(?:did not|never) (?:say|said|confirm|confirmed|agree|agreed|ask|asked|want|wanted)(?: (?:to|that|it|for))?",
)
_NOTHING_WRONG = phrase(r"nothing (?:is )?wrong|no mistakes?|not wrong")
_CHANGE = phrase(
    r"but|except|instead|rather|change|different|another (?:day|time|date)"
    r"|(?<!can )(?<!not )make (?:it|that)(?! work)|can (?:we|you|i) (?:do|make|change|move"
    r"|get)(?! (?:that|it)(?= [,.?]|$))",
    r"could (?:we|you|i|it) (?:do|make|change|move|get|be)|actually(?! (?:yes|yeah|that (?:works|is|sounds)|perfect"
    r"|sounds|it is (?:fine|good|perfect)|i am good|go ahead|no))|however|although|though|only thing|one thing"
    r"|should be(?! (?:fine|good|great|okay|ok|perfect|alright|all|home|here|there|able))",
    r"supposed to be|pero|only (?:make|can|at|on)|moved|old (?:address|name|number)|new (?:address|number)",
    r"earlier|(?<!see you )(?<!to you )later|sooner(?! the better)",
    r"(?:how|what) about (?:\w+day|tomorrow|today|next|the (?:next|following|morning|afternoon|day|first|second|\d)"
    r"|in the|at|around|after|before|noon|\d|a different|another|one|two|three|four|five|nine|ten|eleven)",
    r"(?:is|at|on|said|for|it is) (?:\w+ ){1,4}not (?!a problem|bad|sure|too|that|going|at all|right|to|need|home)\w+",
)
_NO = phrase(
    r"not really|not yet|i do not think so|do not think so|not (?:right )?now|not (?:today|tonight)"
    r"|no (?:thanks?|thank you|sir|maam|way|gracias)",
    r"do not (?:book|schedule|do|want|bother|confirm)(?: .*)?|do not need (?:it|that|to|an?|any\w*)(?: .*)?"
    r"|nothing(?: else)?|no more|not at all|neither|none of (?:that|those|it)",
    r"not (?:interested|that i (?:know of|can tell|am aware of|have noticed|noticed))|i would rather not"
    r"|(?:absolutely|of course|definitely|certainly) not",
    r"never mind|forget it|hold off|para nada|tampoco",
    r"(?:i|we) (?:can not|could not|will not|would not|am not|are not) (?:be |going to be |able to )*(?:do|make|be"
    r"|get|take|come|available|home|free|there|in town|around|here|work|able)(?! late)(?: .*)?",
    r"^not (?:that|this|then|in|at|on|before|after|until|for|\w+day|tomorrow|the)(?! bad| i )(?: .*)?",
)
# A "not" behind a yes that takes nothing of it back.
_REMARK = phrase(
    r"(?:dogs?|cats?|pets?|bell|doorbell|gate|door|buzzer|intercom|key|stairs|elevator|he|she|kids?|baby|wife"
    r"|husband|neighbors?|car|driveway|sign|phone) (?:\w+ ){0,4}?(?:not|no"
    r"|never)(?:(?! (?:but|and|except|though) ).)*",
    r"not (?:a problem|an issue|matter|mind|care|forget|worry|need|be late|bite|picky|particular|worried"
    r"|going anywhere|at all|in a (?:rush|hurry)|ring|knock|park|call|let)(?:(?! (?:but|and|except|though) ).)*"
    r"|why not|can not (?:wait|complain|thank)(?:(?! (?:but|and|except|though) ).)*"
    r"|no (?:problem|worries|rush|hurry|questions?|need|big deal|changes?|thanks|issues?|doubt|complaints)"
    r"|nothing(?: else| to change)?|not bad",
)
_HEDGE = phrase(
    r"maybe|perhaps|possibly|probably|not (?:really |completely |entirely |too )?sure|i do not know|do not know"
    r"|dunno|could be|might(?: be)?(?! as well)",
    r"a (?:little|bit|tiny bit|little bit)|kind of|sort of|i think so|i believe so|i hope so|i think"
    r"|let me (?:think|check|see|look|ask|talk)|(?:have|need|want) to (?:check|think|ask|see|look|talk)",
    r"hold (?:on|up)|hang on|wait|(?:one|a) (?:second|sec|moment|minute)|i have no idea|no idea|hard to (?:say|tell)"
    r"|sometimes|depends|depending|more or less|as long as|unless|quizas|tal vez|un poco|no se",
    r"(?<!know )(?<!see )(?<!ask )(?<!him )(?<!them )(?<!her )if(?! (?:possible|you|he|she|they|that is|anything|not"
    r"|need))",
)
_GUESS = phrase(r"i think|i guess(?: so)?|i suppose(?: so)?|i believe")
_DONE = phrase(
    r"that is (?:it|all|everything)|that (?:will|would|should) (?:be all|do it|do|be it|cover it)"
    r"|(?:i am|i think i am) (?:good|all set|fine|done|okay)|we are (?:good|all set|fine|done)|all set|all good",
    r"(?:thanks|thank you)(?: (?:so|very) much)?|goodbye|bye|eso es todo|gracias|i think (?:so|that is (?:it|all))"
    r"|not today",
)
_MORE = phrase(r"one (?:more|other) (?:thing|question)|actually .*|i (?:also|have a question|was wondering).*")
_QUESTION = re.compile(
    r"(?:(?:so|and|but|well|oh|ok|okay) )*(?:how|what|when|where|who|why|which|do you|does|can you|could you|will"
    r"|is (?:there|it|that)|are you|cuanto)(?!\S)"
)


_HERE = phrase(
    r"(?:(?:yes|yeah|yea|yep|yup|hello|hi|hey|oh|no|sorry|sure|ok|okay)(?: [,.?])? )*(?:(?:i am|we are) (?:still "
    r"|right )*(?:here|there|listening|on the (?:line|phone))|still here|i can (?:still )?hear you|estoy aqui"
    r"|aqui estoy|sigo aqui)(?: [,.?])*",
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
            starts = before in MARKS or before in _LEAD or before in _NO_WORDS or before in _YES_WORDS
            if after in MARKS or after in _NO_WORDS or (starts and after not in _NOUNS_AFTER_NO):
                return True
    return False


def _first_particle(text: str) -> tuple[str, str]:
    """ "yes", "soft", "no" or "" by how the plain text begins, and what follows that word."""
    words = text.split()
    i = 0
    while i < len(words) and (words[i] in MARKS or words[i] in _LEAD):
        follows = words[i + 1 : i + 3]
        if words[i] in ("ok", "okay") and (follows[:1] == [] or not _is_particle(*follows)):
            break
        i += 1
    if i == len(words):
        return "", text
    word = words[i]
    after = words[i + 1] if i + 1 < len(words) else "."
    rest = " ".join(words[i + 1 :])
    if word in _NO_WORDS and _is_particle(word, after):
        return "no", rest
    if word in _FIRM_YES:
        return ("no" if after == "not" else "yes"), rest
    if word in _ALONE_YES:
        alone = after in MARKS or (after in _YES_WORDS | _LEAD | {"thank", "thanks", "for"} and after != "now")
        return ("soft", rest) if alone else ("", text)
    return ("soft", rest) if word in _SOFT_YES else ("", text)


def _is_particle(word: str, after: str = "") -> bool:
    return word in _YES_WORDS or (word in _NO_WORDS and after not in _NOUNS_AFTER_NO)


def _bare(text: str) -> Answer | None:
    words = [w for w in text.split() if w not in MARKS and w not in _LEAD]
    if not words:
        return None
    joined = " ".join(words)
    if words[0] in _NO_WORDS and all(w in _NO_WORDS | _COURTESY for w in words):
        return Answer.NO
    if words[0] in _YES_WORDS and all(w in _YES_WORDS | _COURTESY for w in words):
        return Answer.YES
    for pattern, answer in ((_HEDGE, Answer.UNCLEAR), (_YES, Answer.YES), (_NO, Answer.NO)):
        if (match := pattern.match(joined)) and match.end() == len(joined):
            return answer
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
    if said(phrase("never mind", "forget it"), text):
        return Answer.NO
    if question in (Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM) and said(_KEEP, text):
        return Answer.NO
    approves = _approves(rest if first == "no" else text, question)
    yes = bool(first) or approves
    told = _REMARK.sub(" ", text)
    wrong = affirmed(_WRONG, told, 2) and not said(_NOTHING_WRONG, told)
    takes_back = wrong or affirmed(_CHANGE, told, 1)
    if first == "no":
        takes_back = takes_back or said(_CHANGE, rest)
        turned = not takes_back and (approves or _starts_yes(rest))
        if not turned:
            return Answer.UNCLEAR if _hedged(rest) and _starts_yes(rest) else Answer.NO
        return Answer.YES if _starts_yes(rest) and approves and not _hedged(rest) else Answer.UNCLEAR
    takes_back = takes_back or (yes and _contradicts(rest if first else text))
    if yes:
        return _qualified_yes(first, rest if first else text, approves=approves, takes_back=takes_back, wrong=wrong)
    if _hedged(text) and not wrong and not said(_NO, text) and len(text.split()) <= 16:
        return Answer.UNCLEAR
    if no_stands_alone(text) or wrong or said(_NO, text):
        return Answer.NO
    return Answer.NO if takes_back and question in APPROVALS else None


def _qualified_yes(first: str, rest: str, *, approves: bool, takes_back: bool, wrong: bool) -> Answer:
    """A yes, by what stands beside it; `rest` is what follows its first word."""
    turns_to_no = first and _first_particle(rest)[0] == "no"
    if takes_back:
        return Answer.NO if wrong and turns_to_no else Answer.YES_BUT
    if turns_to_no or no_stands_alone(rest):
        return Answer.NO if _denies(rest) else Answer.UNCLEAR
    if said(_NO, rest) and not said(_REMARK, rest):
        return Answer.UNCLEAR
    if _hedged(_GUESS.sub(" ", rest) if approves else rest):
        return Answer.UNCLEAR
    if first == "soft" and not said(_YES, rest) and _asks_back(rest):
        return Answer.UNCLEAR
    return Answer.YES


def _approves(text: str, question: Question) -> bool:
    if question is Question.CANCEL_CONFIRM and affirmed(_CANCEL_YES, text):
        return True
    if question is Question.MOVE_CONFIRM and affirmed(_MOVE_YES, text):
        return True
    if question is Question.SCHEDULE_OFFER and affirmed(_SCHEDULE_YES, text):
        return True
    if _LAST_YES.search(text):
        return True
    for match in _YES.finditer(text):
        if negated(text, match.start(), 3) and not match[0].startswith(("no ", "not ")):
            continue
        after = text[match.end() :].split()
        if not _SHORT_YES.fullmatch(match[0]) or not after or after[0] in MARKS:
            return True
    return any(_first_particle(clause)[0] == "yes" for clause in clauses(text))


def _contradicts(rest: str) -> bool:
    """Whether what follows a yes denies something of it: "perfect, oh wait, not Tuesday"."""
    return any(
        re.search(r"(?<!\S)(?:not|never)(?!\S)", clause) and not said(_REMARK, clause) and not _doubts(clause)
        for clause in clauses(rest)
    )


def _doubts(clause: str) -> bool:
    return said(phrase(r"not (?:\w+ )?(?:sure|know)"), clause)


def _starts_yes(text: str) -> bool:
    return _first_particle(text)[0] in ("yes", "soft")


def _denies(text: str) -> bool:
    """Whether what follows a yes is a whole denial: "yeah no that's not for us"."""
    return said(phrase(r"no (?:i|we|it|there) .*\bnot .*", r"no .*\b(?:nothing|none|not)\b.*"), text)


def _hedged(text: str) -> bool:
    return any(not negated(text, m.start(), 1) or m[0].startswith("not ") for m in _HEDGE.finditer(text))


def _asks_back(text: str) -> bool:
    return any(_QUESTION.match(clause) for clause in clauses(text)) or text.endswith("?") or bool(_QUESTION.match(text))


__all__ = ["PRONOUNS", "YES_NO_QUESTIONS", "is_bare_yes_or_no", "no_stands_alone", "read_answer", "without_presence"]
