"""Whether a caller asks if the call is recorded, or does not want it to be. English and Spanish.

What is said of recording the call becomes one word; a negation, a stop or an unwilling word before it in its clause,
or an objection right behind it ("are you recording? I don't want that"), asks not to. That, and a question whether it
is recorded, is cut out of the turn before anything else is read, with the "no" in front of it: it answers nothing that
is open, and is no problem, no name and no wish. What is to be written down or not ("don't record that number"), and a
voice that is a recording, are something else.
"""

import re

from understanding.answers.answer_words import SHORT_YES
from understanding.text.lexicon import CLASSES
from understanding.text.parts import SOMEONE, YOU
from understanding.text.plain import MARKS, Token, phrase, said, tokens
from understanding.wants.whole import INTRO, NOW

_HINTS = ("record", "taping", "tape", "grab")
_CALL = r"(?:this|the|my|our)(?: phone| whole| entire)? (?:call|conversation|voice)"
_SAYING = r"(?:i|we) (?:am |are )?say(?:ing)?"
_PARTY = rf"(?:me|us|{_CALL}|(?:my |our )?calls?)"
_WHAT = rf"(?: (?:of )?(?:{_PARTY}|this|it|any of (?:this|it)|anything(?: {_SAYING})?|what {_SAYING}))?"
_END = (  # Nothing else is what is not to be recorded.
    r"(?= (?:[,.?]|please|and|but|or|because|i|so|okay|ok|thanks|thank|sir|maam|while|for|today|anymore|now|at all"
    r"|right now|either|ever|without|at any|in any|by|then|until|if|you|y'?all|though|here|there|no i|it (?:is|has"
    r"|smells|just|keeps)|we|(?:my|the) (?:\w+ ){1,2}(?:is|was|has|does|quit|keeps|blows|smells|stopped|will))(?!\S)|$)"
)
_DUCTS = "".join(rf"(?<!{it} )(?<!{it} to )" for it in ("it", "this", "that", "them"))
_GONE = r"(?: to be)?(?: turned| switched| shut)? (?:off|down|deleted|erased|removed|stopped|destroyed|gone)"
# The words of recording the call, each as the word that it becomes. "Any record of that" is a thing; a tape is a duct's
# unless it is said who is on it.
_RECORDING = phrase(
    rf"(?P<tape>(?:the|that|your) tape{_END})",
    r"(?P<recording>off (?:of )?(?:the |any )?record|a recording (?:made|of (?:me|us|it|this)(?: call)?)"
    r"|(?:(?:the|that|this|your|any|all|my|our) (?:call )?(?:recordings?|recorder)|recordings)"
    rf"{_WHAT}(?:(?={_GONE}| is not )|{_END}))",
    r"(?P<record>(?<!a )(?<!the )(?<!my )(?<!our )(?<!your )(?:(?<!any )(?<!of )(?<!on )(?<!no )(?<!for )record"
    rf"|recording)(?: {_PARTY}|{_WHAT}(?:(?= is not )|{_END}))|(?:tape|taping) {_PARTY})",
    rf"(?P<recorded>recorded{_END}|{_PARTY} (?:(?:to )?(?:be|being|get|getting) )?(?:taped|on tape)"
    rf"|{_DUCTS}(?:be|being) (?:taped|on tape){_END})",
    r"(?P<graba>graban?)|(?P<grabar>(?:(?:la|el|esa|las) )?grab\w+)(?: (?:esta|la|mi) llamada| esto| nada)*",
)
_ANY = r"(?:_record|(?:(?:be|being|get|getting) )?_recorded)"
_ANYTHING = rf"(?:{_ANY}|_recording)"
# What records by itself, and whatever it does not do, is no part of an objection; neither is what is dangerous.
_DEVICES = frozenset(
    "thermostat thermostats meter meters gauge gauges camera cameras dvr dvrs doorbell doorbells tv tvs temperature"
    " temperatures unit units system systems vent vents duct ducts pipe pipes line lines furnace boxes box termostato"
    " camara temperatura".split()
)
_DOES = frozenset("do does did is are was were will would can could should have has had not never".split())
_GAP = (  # What may stand between: no mark and no new clause
    r"(?: (?:(?:if|whether|that|before|me|said) (?:they|i|we)(?!\S)|(?!(?:i|we|they|he|she|who|but|because|and|so|when"
    r"|since|while|know|knew|remember|hear|heard|see|saw|tell|sure|understand|mind|care|object|problems?|issues?|si|y"
    r"|pero|porque)(?!\S))[a-z']+(?!\S)))"
)
_AUX = r"(?:can|may|must|should|could|will|would|shall|are|am|do|did|have|had better|had|better|ought|need to|is to)"
_THIS = rf"(?:this|it|{_CALL})"
_SUBJECT = rf"(?:i|we|you|y'?all|they|he|she|my \w+|{_THIS})(?: guys)?(?: \w+ly| just| still| also)*"
_WANT = r"(?:want|like|wish|need|consent\w*|agreed?|permit|allow|authorize|accept|approve|okay|giv\w*)"
_STOP = (
    r"(?<!not )(?<!not/ )(?<!not to )(?:stop|quit|end|cancel|pause|skip|avoid|turn off|switch off|shut off|cut off"
    r"|delete|erase|remove|destroy|discard|scrap|wipe|trash|get rid of|throw (?:away|out)|(?:(?:i"
    r"|we) would like to )?opt out of)"
)
_UNWILLING = (
    r"(?:withdraw\w*|revok\w+|rescind|retract|deny\w*|refus\w+|decline|object\w*|oppos\w+|hate|mind|protest|forbid"
    r"|prohibit|dislike|against|uncomfortable|tak(?:e|ing) back|an? (?:problem|issue) with)"
)
_PERMIT = r"(?:permission|consent|approval|authorization|right|authority|okay)"
_FINE = r"(?:okay|ok|alright|fine|cool|acceptable|allowed)"
_THAT = r"(?:that|this|it|any of (?:that|this|it))"
_BARE = (  # An objection to what was said before it
    rf"(?:(?:i|we) (?:really )?{_AUX} not {_WANT}(?: to)?(?: {_THAT})?(?: to be| to)?(?: at all| either"
    r"| please)*(?= [,.?]|$| thank| thanks| because| i | my )|(?:please |just )*(?:stop|quit|cancel|delete|erase"
    r"|end) (?:that|it|this|now|please|doing that)|(?:please )?(?:stop|do not)(?= [,.?]|$)"
    r"|(?:please )?do not do (?:that|it|this)|(?:turn|switch|shut) (?:that|it) off|(?:i"
    rf"|we) would rather (?:you (?:do|did) )?not|(?:i|we) (?:object|refuse)(?: to {_THAT})?"
    rf"|{_THAT} is not {_FINE}(?: with (?:me|us))?|(?:i|we) (?:am|are) not (?:comfortable|happy"
    rf"|{_FINE})(?: (?:with|about) {_THAT})?|no (?:lo |la )?(?:quiero|quisiera|deseo|acepto|autorizo|permito|consiento"
    r"|me gusta|estoy de acuerdo|haga[ns]?)(?: (?:que|eso|con|lo|hagan?))*|pare(?:n|lo|nlo)?"
    r"|(?:deje[ns]?|pare[ns]?) de hacerlo|quitelo|apaguel[oa])"
)
_WHO = (
    r"(?:i|we|you|y'?all|they|this|it|the|somebody|someone|anybody|anyone|me|nos|se|esta|ustedes)(?: call"
    r"| conversation)?(?: (?:am|is|are|was|were|may|might|will|can|could|have|been|all|really|just|going|to|said"
    r"|estan))*"
)
_FORBIDS = (  # What stands before it and says by itself that it must not be
    rf"nobody|no one|(?:there is )?no way|who (?:said|told|gave|allowed|asked|let|lets)|(?:no|zero) {_PERMIT}|{_STOP}"
    rf"|(?:(?:do|have) {_THIS} )?without|(?:{_THIS} is )?(?:illegal|unlawful|against the law|not (?:legal|right|fair"
    rf"|nice|{_FINE})) to|(?:i|we) (?:am |are |would |do |must |want to |like to |hereby |have (?:to )?)*{_UNWILLING}"
    r"|(?:i|we) (?:would |do |will |am )?(?:really |much |just )*(?:rather|prefer|like|love|want|wish|need|ask|asking"
    rf"|request|hope|insist|feel better|appreciate){_GAP}{{0,7}}? (?:not|no)"
)
_OBJECTION = phrase(
    # An objection behind it
    rf"(?:(?:{_WHO} )?(?:{_ANY}|_recording|_grabar?)(?: [,.?])+|{_WHO} {_ANY}(?: (?:right )?now)?)"
    rf"(?: (?:well|no|nope|because|please|and|but|then|oh|okay|so|hey|pues|pero|entonces|yo?|[,.]))* {_BARE}",
    rf"{_BARE} [,.] _recording|{_ANY} without{_GAP}{{0,3}}? (?:{_PERMIT}|asking|knowledge)(?: me)?",
    rf"_record(?:ing)? is (?:not (?:legal|right|nice|{_FINE})(?: with (?:me|us))?|illegal|wrong|against\b.*)"
    r"(?= [,.?]|$)",
    # It may not be done
    rf"(?:{_SUBJECT} (?:(?:{_AUX}|does) )?)?(?:not|never)(?:(?! (?:going|trying|planning|able) to _record| (?:being"
    rf"|getting) ){_GAP}{{1,8}}? {_ANY}|{_GAP}{{0,2}}? (?:{_WANT}|keep|save|store|share|sell|make){_GAP}{{0,4}}?"
    r" _recording)",
    rf"(?:(?:you|y'?all|they|{_THIS})(?: guys)? {_AUX}|{_AUX} (?:you|we|i|{_THIS})|(?<!i )(?<!we )(?<!they )do|let us"
    rf"|better|please|mind|^|(?<=[,.?])|me|us|{_THIS}|sure (?:that )?(?:i|we|{_THIS}) \w+) ?(?<!\S)(?:not|never)"
    rf" {_ANY}",
    rf"(?:{_FORBIDS}){_GAP}{{0,7}}? {_ANYTHING}(?:(?: [,.?])+ {_BARE})?",
    r"(?:no|zero) _record(?:ing)?",
    r"(?:stop|pause|erase|turn off|shut off|switch off) _tape",
    rf"(?:want|need|like|turn|switch|shut|keep|leave|take|pull) _recording{_GONE}",
    rf"(?:keep|leave) (?:that|me|us|{_THIS}) _recording",
    # In Spanish
    rf"(?:no|sin|tampoco|ninguna|nada de|niego|negamos|opongo|oponemos|retiro|revoco|quito){_GAP}{{0,8}}? _grabar"
    rf"|(?:no|tampoco)(?! se ){_GAP}{{1,4}}? que{_GAP}{{0,3}}? _graba|(?:deje[ns]?|deja|pare[ns]?|para) de _grabar"
    rf"|(?:apague[ns]?|apaga|borre[ns]?|borra|detengan?|quite[ns]?|elimine[ns]?|cancele[ns]?){_GAP}{{0,5}}? _grabar",
)
# In front of it or behind it, they belong to it.
_BESIDE = frozenset(
    "no nope hey hi hello wait oh um uh please actually sorry excuse me and but so well ok okay first thanks thank you"
    " sir maam now today anymore por favor hola oiga perdon".split()
)
# What its clause begins with, or may wholly consist of behind it
_AROUND = _BESIDE | frozenset(
    "i you we it this that they can could would will may do does did is are am was be to want need like ask asking tell"
    " telling told said say says any there way if know let us make right away without my your our consent permission"
    " sure have got just also then at all hablemos por que yo le les pido digo quiero prefiero preferiria para why"
    " continue talk".split()
)
MOST = 4  # Objections that are taken out of one turn: more often nobody says it, and each is a pass over the rest.


def without_objection(text: str, most: int = MOST) -> tuple[str, bool]:
    """The turn, as it was written, without what asks not to record it, so often at most; and whether anything did."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text, False
    found = tokens(text)
    words = [token.word for token in found]
    span = _objection(words)
    if span is None:
        return text, False
    first, last = span
    own = first
    while own and words[own - 1] in _AROUND:
        own -= 1
    if _is_of_it(words[own:first]):
        first = own
    while first and words[first - 1] in _BESIDE | MARKS:
        first -= 1
    while last + 1 < len(words) and words[last + 1] in _BESIDE | MARKS:
        last += 1
    start = next((i + 1 for i in range(first - 1, -1, -1) if words[i] in MARKS), 0)
    end = next((i for i in range(last + 1, len(words)) if words[i] in MARKS), len(words))
    if _is_of_it(words[start:first]):
        first = start
    if words[last] not in MARKS and _is_of_it(words[last + 1 : end]):
        last = end - 1
    before, after = _around(text, found, first, last)
    rest = without_objection(after, most - 1)[0] if most > 1 else after
    return " ".join(filter(None, (before, rest.strip(" ,.?!")))), True


def _objection(words: list[str]) -> tuple[int, int] | None:
    """The first and the last word of what asks not to record the call."""
    text = " ".join(words)
    told: list[str] = []  # The words; those of recording as one, those that nothing reaches across with a slash
    at: list[int] = []  # The first word that each stands for
    done = 0
    for match in _RECORDING.finditer(text):
        first = text.count(" ", 0, match.start())
        told += [*_marked(words[done:first]), f"_{match.lastgroup}"]
        at += range(done, first + 1)
        done = first + len(match[0].split())
    if not done:
        return None
    told += _marked(words[done:])
    at += range(done, len(words) + 1)
    objection = _OBJECTION.search(" ".join(told))
    if objection is None:
        return None
    first = objection.string.count(" ", 0, objection.start())
    return at[first], at[first + len(objection[0].split())] - 1


def _marked(words: list[str]) -> list[str]:
    made: list[str] = []
    for word in words:
        device = word in _DEVICES or (word in _DOES and made[-1:] != [] and made[-1].endswith("/"))
        made.append(f"{word}/" if device else f"/{word}" if word in CLASSES["danger"] else word)
    return made


def _is_of_it(words: list[str]) -> bool:
    """Whether the rest of its clause says nothing of its own; "I do" may answer what was asked."""
    return _AROUND.issuperset(words) and not said(SHORT_YES, " ".join(words))


# Whether it is recorded
_SPOKEN = (
    r"(?:(?:this|these|the|my|our|your)(?: phone| whole| entire)? (?:calls?|conversations?|line)|(?:everything|what)"
    r" (?:i|we) (?:say|said|am saying)|this|it)"
)
_PARTIES = rf"(?:{YOU}|they|we|i|{SOMEONE}|(?:the|your) company|{_SPOKEN})"
_ALSO = r"(?: (?:all|also|still|currently|actually|even|always|really|by any chance|going to|be|being|getting|ever))*"
_US = rf"(?: (?:me|us|{_SPOKEN}|(?:all |of |your |the |these |my |our |phone )*calls|everything))?"
_TAPED = (
    rf"(?:(?:monitored (?:or|and) )?(?:recorded|taped)|(?:recording|taping){_US}|(?:on )?an? recorded (?:line|call)"
    r"|on (?:tape|a recording))"
)
_LATER = (
    rf"(?: (?:{NOW}|too|or (?:what|not|something)|by (?:the way|you|anyone|any chance)|here|somehow|at all|as we speak"
    r"|please|sir|maam|though|for (?:quality|training)(?: purposes)?))*"
)
_CLOSE = rf"{_LATER}(?= [,.?]|$| (?:because|and|but|cause)(?!\S))"
_LEADS = rf"(?:(?:{INTRO}|ok|okay)(?: ,)? )*"
_IF = (
    r"(?:(?:(?:can|could|would) you (?:please |just )*)?(?:tell me|let me know)|do(?: you know)?|(?:i )?(?:am |was )?"
    r"(?:just )?(?:wondering|curious|asking)|i (?:just )?(?:want|wanted|would like|need) to (?:know|ask)"
    r"|(?:may|can) i ask) (?:if|whether)"
)
_ASKED = phrase(
    rf"{_LEADS}(?:why |how come )?(?:is|are|am|was|will|does) {_PARTIES}{_ALSO} {_TAPED}{_CLOSE}",
    rf"{_LEADS}(?:why )?(?:do|does|will) {_PARTIES}{_ALSO} (?:record|tape){_US}{_CLOSE}",
    rf"{_LEADS}{_IF} {_PARTIES}(?: (?:is|are|am|will))?{_ALSO} (?:{_TAPED}|(?:record|tape){_US}){_CLOSE}",
    rf"{_LEADS}{_PARTIES} (?:is|are|am){_ALSO} {_TAPED}{_LATER}(?: ,)?(?: (?:right|huh|correct|yes|no))?(?= \?)",
    rf"(?:^|(?<=[,.?] )){_LEADS}(?:{_SPOKEN} )?(?:being )?(?:recorded|recording){_LATER}(?= \?)",
    r"(?:(?:oiga|disculpe|perdon|hola)(?: ,)? )*(?:(?:se|me|nos) )?(?:esta|estan|estas)? ?(?:siendo )?(?:graba\w*)"
    r"(?: (?:esto|esta|la|mi|llamada|conversacion|todo|lo que digo))*(?= \?)",
    r"(?:esta|la) llamada (?:se |esta )(?:siendo )?(?:graba\w*)(?= \?)",
)


def without_question_of_recording(text: str) -> tuple[str, bool]:
    """The turn, as it was written, without the question whether the call is recorded; and whether it was asked."""
    if not any(hint in text.lower() for hint in _HINTS):
        return text, False
    found = tokens(text)
    words = " ".join(token.word for token in found)
    asked = _ASKED.search(words)
    if asked is None:
        return text, False
    first = words.count(" ", 0, asked.start())
    last = first + len(asked[0].split()) - 1
    while last + 1 < len(found) and found[last + 1].word in MARKS:
        last += 1
    return " ".join(part for part in _around(text, found, first, last) if re.search(r"\w", part)), True


def _around(text: str, found: list[Token], first: int, last: int) -> tuple[str, str]:
    """What of the `text` is before the word `first` and behind the word `last`."""
    after = text[found[last + 1].start :] if last + 1 < len(found) else ""
    return text[: found[first].start].strip() if first else "", after.strip()
