"""Whether a sentence of the model is covered by known forms, clause by clause, from its first word to its last. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conversation.guard import forms, spanish_forms
from conversation.guard.known import Spoken, words_of


@dataclass(frozen=True)
class Form:
    """Clauses that may be said, as far as the record `backed` says; a `fact` answers a question of the caller's."""

    pattern: re.Pattern[str]
    backed: Callable[[Spoken], bool]
    fact: bool


# Behind these a clause of its own begins, which no tail of another covers.
_NEW_CLAUSE = r"(?:and|but|so|,|y|pero) (?:i|we|you|they|it|he|she|that|this|someone|somebody|nobody|everything|nothing|(?:the|our|a) technicians?)\b"


def _made(groups: forms.Groups, parts: Mapping[str, str], tails: Mapping[str, str], *, fact: bool) -> list[Form]:
    made = []
    for backed, texts in groups:
        for text in texts:
            for name, part in parts.items():
                text = text.replace(f"<{name}>", part)
            for name, words in tails.items():
                one = f"(?!{_NEW_CLAUSE})(?:{'|'.join(sorted({*words.split()})).replace('_', ' ')}|xxtheirs|xxname|xxbiz|,)(?![a-z])"
                text = text.replace(f"(?:{name})", one).replace(f" {name}", f"(?: {one})*")
            made.append(Form(re.compile(text), backed, fact))
    return made


_FORMS = {
    language: (
        *_made(told.HARMLESS, told.PARTS, told.TAILS, fact=False),
        *_made(told.FACTS, told.PARTS, told.TAILS, fact=True),
    )
    for language, told in (("en", forms), ("es", spanish_forms))
}
_MARK = re.compile("^xxt[wf1s]+$")
_TOPICS = [
    (
        Form(re.compile(must), backed, fact),
        frozenset(words.split()) | {",", "xxtheirs", "xxname", "xxbiz"},
        re.compile(never),
    )
    for backed, fact, words, must, never in forms.TOPICS
]
_CONNECTOR = Form(re.compile(""), forms.always, fact=False)
_ASKED = {
    "en": frozenset([*forms.ASKING.split(), "will", "shall", "someone", "out", "now"]),
    "es": frozenset(spanish_forms.ASKING.split()),
}
_IN_QUESTIONS = re.compile(r"xx(?:name|theirs|asap|biz|addr|zip|phone|t[wf]\w*)|,")
_ASKS = frozenset(
    "what who where when which why how is are was do does did can could may shall should would will whose whereabouts cual que me a donde como puede podria tiene".split()
)
_W = frozenset("que whereabouts what who where when which how cual donde".split())
# What a question may suppose nothing with: a reason, what was done or will be, a time or number that nobody backs.
_SUPPOSES = re.compile(
    r"so|because|since|while|until|once|after|now|already|our|my|we|xxt|xxopen|xxlast|xxclose|xx(?:fee|asap|half)|.*\d.*|will|(?!need|red)\w{2,}ed|done|sent|set|put|send|free"
    r"|safe\w*|danger\w*|gas|smoke|best|guarante\w+|discount\w*|repair\w*|price\w*|cost\w*|pay\w*|cheap\w*|technicians|crew|team|manager|supervisor|text|email|e|mail|card|cards|warranty"
    r"|soonest|fast\w*|quick\w*|hour|hours|minutes|week|today|tonight|tomorrow|turn\w*|reset\w*|breaker\w*|valve\w*|filter\w*|thermostat\w*|open\w*|clos\w+|leav\w+|stay\w*|hold|slot|book"
)
_BEFORE_W = frozenset("in at to on under about for en".split())
_NO_NAMES = frozenset("austin zip ac hvac i texas".split())
_VERBS = frozenset(
    "is are was were be been am have has do does did can could may might shall should would will book schedule come set".split()
)
_MEANT = (
    "safe danger dangerous serious harmful harmless normal urgent emergency toxic guaranteed free fixed okay fine sure someone nobody come"
    " coming tomorrow today tonight leave stay off open close reset flip"
)
_LEXICONS = {
    language: frozenset(re.findall(r"[a-z]+", " ".join(form.pattern.pattern for form in made)))
    | _ASKED[language]
    | frozenset(_MEANT.split())
    for language, made in _FORMS.items()
}  # A word that has a meaning here never passes as one of the caller's
_ADVERBS = re.compile(
    r"\b(?:really|very|truly|certainly|quite|pretty|definitely|absolutely|completely|totally|actually|honestly|simply|just|also|still"
    r"|of course|please|then|well|at all|a bit|a little|though|unfortunately|happily|gladly|indeed|either way|for sure|frankly|sadly|surely"
    r"|as well|basically|naturally|always|usually|i am afraid|kind of|perfectly|exactly"
    r"|directly|properly|so(?! (?:i|we|you|that|it|they|the|far|a|an|what|how|your|xx\w+)\b)|in fact|to be honest|for that matter|to be sure)\b(?! as\b)"
)
_CONNECTORS = frozenset(
    "and but or because since while though although plus so oh ah y pero pues bueno porque okay ok alright , .".split()
)
_STARTS = frozenset(
    "and but or because since while though although plus if when once until unless before after so which that as i we you they it the"
    " he she your our a someone somebody at for to in with without not y pero que para si cuando porque solo el se le nobody no nothing".split()
)
_AFFIRMS = re.compile(
    r"(?:oh |well |and |okay )*(?:yes|si(?= [,.])|yeah|yep|yup|no(?= [,.])|nope|absolutely|definitely|correct|exactly|indeed|for sure)\b[ ,.]*"
)
_SOFTLY = re.compile(r"(?:oh |well |and |okay )*(?:sure|certainly|of course)\b")


def formless(spoken: Spoken) -> str:
    """Why the sentence says what no record can back, "" when all its clauses have a known form."""
    words = words_of(spoken, _LEXICONS[spoken.session.language])
    affirmed = _AFFIRMS.match(words)
    plainly = _ADVERBS.sub(" ", words[affirmed.end() :] if affirmed else words).split()
    covering = _covering(plainly, spoken)
    if covering is None:
        return "nothing that we know"
    soft = _SOFTLY.match(words) and (forms.asks_for_more(spoken) or not forms.calm(spoken))
    if "?" in spoken.last and (affirmed or soft) and not any(form.fact for form in covering):
        return "answers what nobody knows"
    return ""


def _covering(words: list[str], spoken: Spoken) -> list[Form] | None:
    """Forms that cover all the words, each from one clause's beginning to another's; None when none do."""
    ends = [0, *(i for i in range(1, len(words)) if words[i] in _STARTS or words[i - 1] in _CONNECTORS), len(words)]
    covered: dict[int, list[Form]] = {0: []}  # Up to which word, and by what
    for start, end in ((start, end) for i, end in enumerate(ends) for start in ends[:i]):
        if start in covered and end not in covered:
            clause = _stripped(words[start:end])
            form = _form_of(clause, spoken) if clause else _CONNECTOR
            if form:
                covered[end] = [*covered[start], form]
    return covered.get(len(words))


def _stripped(clause: list[str]) -> list[str]:
    while clause and clause[0] in _CONNECTORS:
        clause = clause[1:]
    while clause and clause[-1] in (",", ".", "and", "but", "so"):
        clause = clause[:-1]
    return clause


def _form_of(clause: list[str], spoken: Spoken) -> Form | None:
    if clause[-1] == "?":
        return _question(clause, spoken) or _form_of(clause[:-1] or ["?!"], spoken)
    text, language = " ".join(clause), spoken.session.language
    known = (form for form in _FORMS[language] if form.pattern.fullmatch(text) and form.backed(spoken))
    return next(known, None) or (_topic_of(clause, text, spoken) if language == "en" else None)


def _topic_of(clause: list[str], text: str, spoken: Spoken) -> Form | None:
    """The topic whose vocabulary has every word of the clause."""
    for form, words, never in _TOPICS:
        about = all(word in words or _MARK.sub("xxtime", word) in words for word in clause)
        if about and form.pattern.search(text) and not never.search(text) and form.backed(spoken):
            return form
    return None


def _question(clause: list[str], spoken: Spoken) -> Form | None:
    """A question supposes nothing that is not known; whether it is the state's is judged in questions.py."""
    names = {name.lower() for name in re.findall(r"(?<=[a-z,] )[A-Z]\w+", spoken.text)} - _NO_NAMES
    if all(word in _ASKED[spoken.session.language] or _IN_QUESTIONS.fullmatch(word) for word in clause[:-1]):
        return _CONNECTOR if _ASKS & {*clause[:1], *_W & {*clause}} or not _VERBS & {*clause} else None
    asks = clause[0] in _ASKS or (clause[0] in _BEFORE_W and clause[1] in _W)
    plain = asks and "," not in clause and not any(_SUPPOSES.fullmatch(word) or word in names for word in clause[:-1])
    return _CONNECTOR if plain else None
