"""Whether a sentence of the model is covered by frames, clause by clause, from its first word to its last. Pure."""

import re

from conversation.guard import words as w
from conversation.guard.frames import FRAMES, Frame, always, asks_for_more, calm
from conversation.guard.known import Spoken, words_of
from conversation.guard.stated import MONTHS, WEEKDAYS

_CONNECTOR = Frame((), None, re.compile(""), re.compile(""), always, fact=False)
_LEXICON = frozenset(f"{w.GLUE} hi hello hey water".split()).union(
    *(frame.words for frame in FRAMES if frame.words),
    *(re.findall("[a-z]+", head.pattern) for frame in FRAMES for head in frame.heads),
)
_CONNECTORS = frozenset("and but or because since while though although plus so oh ah okay ok alright , .".split())
_STARTS = frozenset(
    "and but or because since while though although plus if when once until unless before after so which that as i we"
    " you they it the this those these he she your our a someone somebody at for to in with without not nobody no"
    " nothing what whether how why where who neither only except credited".split()
)
_ADVERBS = re.compile(
    r"\b(?:really|very|truly|certainly|quite|pretty|definitely|absolutely|completely|totally|actually|honestly|simply"
    r"|just|also|still|of course|please|then|well|at all|a bit|a little|though|unfortunately|happily|gladly|indeed"
    r"|either way|for sure|frankly|sadly|surely|as well|basically|naturally|always|usually|i am afraid|kind of"
    r"|perfectly|exactly|directly|properly|in fact|to be honest|for that matter|to be sure"
    r"|so(?! (?:i|we|you|that|it|they|the|far|a|an|what|how|your|long|xx\w+)\b))\b(?! as\b)"
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
_NAME = re.compile(r"(?:(?<=[\w,;'] )|(?<=(?:Mr|Ms|Dr)\. )|(?<=Mrs\. ))[A-Z][\w']+")
_NO_NAMES = frozenset("austin zip ac hvac i i'm i've i'd i'll texas mr mrs ms dr am pm ace cooling yes no".split())

_ASKED = frozenset(f"{w.GLUE} {w.ASKING}".split())
_IN_QUESTIONS = re.compile(r"xx(?:name|theirs|asap|biz|addr|zip|phone|t[wf]\w*)|,")
_W = frozenset("whereabouts what who whom whose where when which how why".split())
_ASKS = _W | frozenset("is are was do does did can could may might shall should would will".split())
_BEFORE_W = frozenset("in at to on under about for by from with".split())
_GIVE_ME = re.compile(r"me (?:can|gives?)\b")  # What a question in Spanish begins with
_THEN_ASKS = re.compile(rf", (?!or\b)(?:\w+ )?(?:{'|'.join(_ASKS)})\b")
# With these a question supposes something beyond what words.RISK has: a reason, what was done, a condition.
_SUPPOSES = re.compile(
    r"so|because|since|while|until|once|after|now|already|my|our|we|will|(?!need|red)\w{2,}ed|put|hold|slot|stay\w*|kept|got"
    r"|gave|if|set|book|best|open\w*|team|cards?|week|leav\w+|clos\w+|xxt"
)
_VERBS = frozenset(w.FINITE.split())


def formless(spoken: Spoken) -> str:
    """Why the sentence says what no record can back, "" when all its clauses have a frame."""
    if _strangers(spoken):
        return "a name that nobody gave"
    words = _WHETHER.sub(r"\1 whether", words_of(spoken, _LEXICON))
    affirmed = _AFFIRMS.match(words)
    covering = _covering(_ADVERBS.sub(" ", words[affirmed.end() :] if affirmed else words).split(), spoken)
    if covering is None:
        return "nothing that we know"
    soft = _SOFTLY.match(words) and (asks_for_more(spoken) or not calm(spoken))
    answers = _ECHO.match(words) or ("?" in spoken.last and (affirmed or soft))
    return "answers what nobody knows" if answers and not any(frame.fact for frame in covering) else ""


def _strangers(spoken: Spoken) -> set[str]:
    """Names in the sentence that neither the caller nor the record has."""
    said = {*re.findall(r"\w+", f"{spoken.caller} {spoken.session.name} {spoken.facts.name}".lower())}
    names = {name.lower().removesuffix("'s") for name in _NAME.findall(spoken.text)}
    days = {name for day in WEEKDAYS for name in (day, f"{day}s")}
    return names - said - _NO_NAMES - days - {*MONTHS}


def _covering(words: list[str], spoken: Spoken) -> list[Frame] | None:
    """Frames that cover all the words, each from one clause's beginning to another's; None when none do."""
    ends = [0, *(i for i in range(1, len(words)) if _begins(words, i)), len(words)]
    covered: dict[int, list[Frame]] = {0: []}  # Up to which word, and by what
    for start, end in ((start, end) for i, end in enumerate(ends) for start in ends[:i]):
        if start in covered and end not in covered:
            clause = _stripped(words[start:end])
            frame = _frame_of(clause, spoken) if clause else _CONNECTOR
            if frame:
                covered[end] = [*covered[start], frame]
    return covered.get(len(words))


_WHO_IS_SAID = frozenset("one ones person people technician technicians team advisor someone somebody they".split())
_KNOWS = re.compile(r"(?:i|we|can|do|could) (?:know|see|understand|hear)")


def _begins(words: list[str], at: int) -> bool:
    """Whether a clause may begin here: not in "the one | who does it", nor in "I know | what that is"."""
    if words[at] in ("who", "which") and words[at - 1] in _WHO_IS_SAID:
        return False
    known = words[at] in _W and _KNOWS.fullmatch(" ".join(words[max(at - 2, 0) : at]))
    if known and "not" not in words[max(at - 4, 0) : at]:
        return False
    return words[at] in _STARTS or words[at - 1] in _CONNECTORS


def _stripped(clause: list[str]) -> list[str]:
    while clause and (clause[0] in _CONNECTORS or clause[0] == "as"):
        clause = clause[1:]
    while clause and clause[-1] in (",", ".", "and", "but", "so"):
        clause = clause[:-1]
    return clause


def _frame_of(clause: list[str], spoken: Spoken) -> Frame | None:
    if clause[-1] == "?":
        asked = clause[:-1]
        return _CONNECTOR if _supposes_nothing(asked) else _frame_of(asked or ["?!"], spoken)
    text = " ".join(clause)
    return next((frame for frame in FRAMES if _holds(frame, text, spoken)), None)


def _holds(frame: Frame, text: str, spoken: Spoken) -> bool:
    if frame.never.fullmatch(text) or not frame.backed(spoken):
        return False
    rests = [_rest(text, head) for pattern in frame.heads for head in pattern.finditer(text)]
    if frame.is_theirs:  # Then something of it has to be
        rests = [rest for rest in rests if not {*rest} <= (frame.words or {*()})]
    return any(all(_harmless(word, frame, spoken) for word in rest) for rest in rests)


def _rest(text: str, head: re.Match[str]) -> list[str]:
    return " ".join([text[: head.start()], *filter(None, head.groups()), text[head.end() :]]).split()


def _harmless(word: str, frame: Frame, spoken: Spoken) -> bool:
    """Whether a word of the rest claims nothing: of the frame's own, the caller's, or, where all may be, no risk."""
    risky = w.RISK.fullmatch(word) is not None
    theirs = spoken.is_theirs(word) and (not risky or w.OF_THE_CALLER.fullmatch(word) is not None)
    if frame.words is not None:
        own_words = frame.is_theirs or ("xxtheirs" in frame.words and risky)
        return word in frame.words or (theirs and own_words and word not in _VERBS)
    if frame.free.fullmatch(word):
        return True
    known = spoken.session.language == "en" or word in _LEXICON or word.startswith("xx")
    return known and word not in _VERBS and word not in ("not", "but", ",") and (theirs or not risky)


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
    if all(word in _ASKED or _IN_QUESTIONS.fullmatch(word) for word in asked):
        last = len(asked) < 6 and re.search(r" (?:is|would be)$", text)  # "And your name is?"
        return asks or bool(last) or _VERBS.isdisjoint(asked)
    return asks and "," not in asked and not any(_supposes(word) for word in asked)


def _supposes(word: str) -> bool:
    asked = word in _ASKED or _IN_QUESTIONS.fullmatch(word)
    return _SUPPOSES.fullmatch(word) is not None or (not asked and w.RISK.fullmatch(word) is not None)
