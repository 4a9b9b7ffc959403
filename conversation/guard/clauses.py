"""What a clause of the model is that states no fact: about the caller, a thing not known, or handed on. Pure.

A clause with no word that only a record may say (words.py) claims nothing where the caller, the caller's life or our
sympathy is its subject. One whose main claim is that it is not known, or is somebody else's to tell, states nothing
whatever it is about, as long as all of that is inside it.
"""

import re
from functools import lru_cache

from conversation.guard import words as w
from conversation.guard.known import Spoken
from conversation.guard.spanish import ENGLISH
from understanding.danger.hazards import read_hazard
from understanding.facts import Hazard


def pattern(text: str) -> re.Pattern[str]:
    """A pattern over whole words, in which `<name>` stands for a part."""
    for _ in range(3):  # A part may have a part
        text = re.sub(r"<(\w+)>", lambda part: f"(?:{PARTS[part[1]]})", text)
    return re.compile(rf"(?<!\S)(?:{text})(?!\S)")


_DANGER = re.compile(
    r"\b(?:outlets?|electric\w*|breakers?|wir(?:e|es|ing)|turn (?:it|that|this|the \w+) off|beep\w*|chirp\w*|gas"
    r"|smells?|smelling|smok\w+|burn\w*|spark\w*|fire|alarm|detector|monoxide|dizzy|headaches?|shock\w*|safe"
    r"|danger\w*|evacuat\w+|leave the|get out|hurt\w*|hazard\w*|explo\w+|toxic|faint\w*|gas|humo|olor|huele"
    r"|peligro\w*|quemad\w+)\b"
)
PARTS = {
    "tech": "technicians?|whoever (?:comes|looks at it|sees it)|(?:one|person) who (?:comes|looks at it|has seen it"
    "|sees it)",
    "team": "team|advisors?|someone|somebody|they|person|office|people|whoever calls",
    "can": "can|could|would|will|should|may|might|does|has to|have to|needs to|need to|is able to|be able to|is happy"
    " to|be happy to|be glad to|knows to|wants to",
    "mod": "be able to|have to|need to|want to|then|only|best|be the one to|be happy to|be glad to|surely|first|you|it",
    "tell": r"tell|(?:talk|go|walk|run|look) (?:\w+ ){0,2}(?:about|over|through|into)|say|answer|explain|judge"
    r"|determine|decide|name|quote|go over|go through|walk you|talk you|speak to|discuss|talk (?:about|over|through)"
    r"|know|estimate|weigh in|clarify|address|help you with|give|figure|find out|see|look|check|inspect|assess"
    r"|diagnose|price|have an answer|take a (?:\w+ )?look|have a (?:\w+ )?look|examine|evaluate|confirm|show|sort"
    r" out|point|advise",
    "tells": "tells|says|answers|explains|judges|determines|decides|names|quotes|goes over|goes through|knows|gives"
    "|finds out|figures out|sees|looks|checks|inspects|assesses|diagnoses|prices|takes a look|speaks to|sets",
    "known": r"know|say|tell|guess|judge|speak|promise|answer|predict|sure|certain|estimate|compare|speculate"
    r"|comment|confirm|quote|advise|recommend|vouch|assure|argue|go lower|budge|commit|explain|diagnose"
    r"|swear|weigh in|take sides|transfer|put"
    r" you through|connect you|text|email|pretend|venture|respond|clarify|guarantee|gauge|determine|give an? \w+|put"
    r" a|look (?:into|up|that up|it up)|check(?: on)?|track|pull (?:that|it) up|calculate|price|assess|reply|see that"
    r"|see yet|see from here|choose|decide|settle|pin|specify|figure",
    "figure": "prices?|pricing|figures?|number|quote|answers?|estimate|idea|guess|promise|costs?|amount|news|range"
    "|ballpark|diagnosis|opinion|information|details?|list|update|way|insight|clue|word|window|time|hour|date|name"
    "|facts|knowledge|sense|view|certainty|picture|record|rates?|policy|exceptions?|guarantees?|assurance|explanations?"
    "|excuse",
}
_ADVANCE = r"(?:really |honestly |just |still |simply |even |yet |quite |exactly |here |also |only )*"
_UNKNOWN = pattern(
    rf"(?:i|we) (?:can not xxtheirs(?! you)|(?:would )?know not)|(?:i|we) have not (?:\w+ ){{0,2}}<figure>|(?:i"
    rf"|we) (?:can|could|do) not"
    rf" (?:see|find) anything (?:about|on)|(?:i|we) (?:can|could|do|would|am|are|might|will|may|should|did) not"
    rf" (?:{_ADVANCE}(?:be able to|able to|want to|like to|dare|in a position to|the (?:right )?one to|going to"
    rf"|allowed to|have to|care to|be the one to|possibly|want|wish to|try to|be) ?)*<known>|(?:i|we)(?: \w+)? not"
    rf" (?:sure|certain|aware|familiar)|wish i (?:could|knew|had)|(?:i|we) (?:would|could|can) (?:only|just) (?:be"
    rf" guessing|guess|speculate)|(?:i|we) would (?:be guessing|have to guess|rather not|not want to|hate to|need to"
    rf" (?:guess|know))|no (?:idea|clue|way (?:of|to|for me to) (?:know\w*|tell\w*|say\w*))|not (?:something"
    rf"|anything|one|a thing|known|what|a question|an? \w+|for me|mine|up to me|my (?:call|place|field|area))(?:"
    rf" that)?(?: \w+)? (?:i|we) (?:can|could|have|know|would|am)(?: \w+){{0,4}}|not (?:for me|mine|up to me|my"
    rf" (?:call|place))|unknown|not known|anyone is guess|(?:hard|difficult|tough|impossible|too early|too soon"
    rf"|tricky|not possible|not easy)(?: for me)? to <known>|(?:beyond|more than|outside|past|above)(?: what)? (?:me"
    rf"|i (?:can|could|know|am able to)(?: <known>)?|my (?:knowledge|reach))|(?:nobody|no one|none of us|neither of"
    rf" us) (?:(?:can|could|would|will)(?: <known>)|knows|is able to)|(?:can|could) (?:only |not |really )*be"
    rf" (?:said|told|known|judged|answered|priced|named|quoted|determined|decided|worked out)|have nothing(?:"
    rf" \w+){{0,3}} (?:say|tell|give|offer|add)|unsure|not (?:i|me|know|sure)|not (?:be )?(?:me|the one) (?:who |to"
    rf" )?\w+|(?:i|we) could not$|(?:i|we) lack|(?:i|we) (?:do|can|could|would|did|have) not(?: yet)?(?: (?:have"
    rf"|give|make|put|name|quote|offer|got|find|been (?:told|given)|heard|seen))(?: \w+){{0,4}} (?:<figure>"
    rf"|anything)|(?:have|had|has|see|is|are|there is|got) (?:no|not an?y?)(?: \w+){{0,3}} <figure>|nothing(?:"
    rf" \w+){{0,2}} (?:that )?(?:i|we) can (?:give|offer|promise)|no(?:"
    rf" \w+){{0,3}} (?:<figure>|fee|cheaper \w+) (?:that )?(?:i|we|to)|(?:not have|no|nothing)(?: \w+){{0,4}} to"
    rf" (?:share|give|offer"
    rf"|tell|name|quote|say|go by)|not (?:in a|my) (?:position|place)|<figure>(?: \w+){{0,4}} (?:is|are) not"
    rf" (?:something|anything|one|what)"
)
_TECH = r"(?:the |our |a |any |one of our |your )?(?:<tech>|<team>)"
_HANDED = pattern(
    rf"(?:<tech>|<team>)(?: (?:on|of|from|in) (?:the |our )?(?:team|office|site))?(?: who \w+(?: \w+){{0,3}})?"
    rf" (?:(?:<can>)(?: (?:<mod>))* )?(?:<tell>|<tells>)|<tech>(?: who \w+(?: \w+){{{{0,3}}}})? (?:does|can|could"
    rf"|would|will|might|may)(?=$|,| , )|(?:question|thing|something|matter|one)(?: \w+){{0,6}} (?:for|to|with)"
    rf" {_TECH}|(?:is|are) for {_TECH}(?: to <tell>|$)|takes {_TECH}|(?:best|up|left|better|(?:is|are|be|gets?) (?:\w+"
    rf" )?(?:asked|told|given|set|decided"
    rf"|determined|answered|explained|judged|priced|quoted|named|heard|said)|hear(?: \w+)?|learn(?: \w+)?|(?:prices?"
    rf"|it|figure|answer|that|number) (?:\w+ )?comes?)(?: \w+){{0,2}} (?:for|to|with|by|from|than) {_TECH}|(?:ask"
    rf"|question for|leave (?:\w+ ){{1,3}}to|up to|depends? on|best|defer to|rests with|belongs to|waits? for|takes"
    rf"|needs|requires) {_TECH}|(?:depends?|varies|vary|comes? down|hinges|is based|goes by)(?: (?:on|to|by|with))?"
    rf"|only (?:the |our |a )?(?:<tech>)|one for (?:the |our |a )?(?:<tech>)|you (?:can|could|may|are (?:free"
    rf"|welcome) to|will be able to) (?:always )?(?:ask|tell|put|raise|mention|bring)|(?:<tech>|<team>) (?:is|are"
    rf"|would be|will be) (?:the |your |our )?(?:best |right )?(?:person|one|ones|people|best)(?: to (?:ask|tell"
    rf"|answer|talk to|judge|say|know))?|(?:<can> )?(?:<tell>|<tells>) (?:you )?(?:it )?(?:the|our|a) technician"
    rf"|technician (?:it |you )*(?:<can> )?(?:<tell>|<tells>)"
)
_NEVER_UNKNOWN = pattern(
    r"(?:know|aware|see|say|think|find|have) (?:of )?(?:any|no|much|a) (?:reason|problem|issue|danger|need|harm|risk"
    r"|cause)\b.*|(?:it|that|this) is (?:any|no)thing|to worry|wait to|say enough|say no|help but|not (?:only|just)"
    r"|tell you (?:enough|how (?:easy|quick|safe|good|lucky|simple|glad))|how to|what to do|first thing|figure out"
    r" how to|no longer|no matter|(?:do|would) not worry|without (?:a|any) (?:doubt|problem|question)|no (?:trouble"
    r"|problem|charge|cost|fee|way (?!to|of|for))|for sure that|is not (?:anything|something) to|not (?:mind|hurt"
    r"|last|need|cost)"
    r"|you (?:can|could|may)(?: \w+)? tell (?!(?:the |our |a )?technician|them|us|me|somebody|someone)\w+"
)
_BREAKS = frozenset(", and but so though because since although while except plus".split())
_WEAK = frozenset(", and".split())
_EMBEDS = frozenset(
    "whether what how why where when whenever who which whose if that before until unless without or nor for in on"
    " at from to with about than of by not neither either as once after should".split()
)
_SUBJECTS = frozenset(
    "i we he she they it you there this these those technician team someone somebody everything".split()
)
# What a clause that tells the caller what to do begins with.
_COMMANDS = frozenset(
    "go step hang get open close shut turn keep leave stay call run put wait move try make let bring grab wear drink"
    " switch unplug press hold pull push set have check look crack head walk sit rest relax air stop start avoid be"
    " do use evacuate ventilate dial lower raise flip reset crank cover clear clean wrap warm cool".split()
)
_ONLY_THAT = re.compile(r"\bonly (?:that )?(?=(?:it|they|he|she|will)\b)")
_WHETHER = re.compile(r"\b(?:whether|if|what|how|which|when|who|why|where|any|anything|or)\b")
_PEOPLE_COME = re.compile(
    r"\b(?:technicians?|someone|somebody|they|he|she|we|team|crew) (?:will|is|are)\b(?!.*\bcall)|\b(?:is|are) (?:coming"
    r"|on the)\b|\bwe (?:will|are)\b"
)
_BESIDE = pattern(
    "(?:<tells>) you .*|(?:i|we) (?:can )?(?:understand|know|see|hear) (?:that )?you (?:would like|want|need|asked) .*"
)
# Of these only the technician's word is one of what a visit shows; of others it is that somebody is at it.
_AT_IT = pattern(
    r"(?:<team>)(?: \w+){0,3} (?:know|see|look|check|inspect|find out|figure out|sort out|decide|knows|sees|looks"
    r"|checks|decides)(?: into)?|technicians? knows(?! (?:what|whether|how|best|for|why))"
)
_OURS_TELL = pattern("(?:<tech>|<team>) .*")
# What comes before "the technician can tell" as a claim of its own, not as what is told.
_CLAIMS_FIRST = re.compile(
    r"^(?!(?:(?:and|but|so|,) )*(?:whether|what|how|why|where|when|who|which|if|that|this|it|before|until"
    r"|once)\b)(?:(?!,|but|and|so).)*\b(?:is|are|was|were|will|can|has|have)\b(?! (?:\w+ ){0,2}(?:something|what|one"
    r"|where|when|thing|question|up)\b)(?:(?! , | but | and ).)*$"
)
_A_SPAN = re.compile(
    r"(?:^|, |\b(?:about|around|roughly|only|is|takes?|be|within|like|for|than|in) )(?:an?|one|half"
    r" an?|couple of|few) (?:\w+ )?(?:hour|minute|day|week|month|year)s?\b(?! that)"
)
_FROM_US = re.compile(r"(\w+) (?:from|with|at|in|of|on) (?:the |our )?$")
_HARMLESS = frozenset("fine okay nothing problem problems run thermostat".split())
_PARTS_OF_A_DAY = frozenset("morning mornings afternoon afternoons evening evenings night tonight".split())
_TELLABLE = frozenset(
    "unit look repair price unit day call promise visit team tech ours booked come area credit".split()
)
_ASKABLE = _TELLABLE | frozenset("state cash company time danger part held workings people contact sent advice".split())
_FEEL = pattern(
    "(?:(?:oh|well|and|believe me|yes|no|,) )*(?:with (?:all|an?|the|your) (?:\\w+ ){1,3})?(?:(?:nobody|no one)"
    " (?:likes|enjoys|wants|deserves) |i can wait|do not (?:be (?!afraid|scared|alarmed|worried|concerned"
    "|nervous)|feel bad|apologi[sz]e|blame yourself)|(?:i|we) (?:(?:can|do|would|could|did|certainly|will|only|fully"
    "|am|are|is|was|have|had|feel|been|really|also|too|very|so|not|be|even|myself|both|all|must|say) )*(?:sorry|glad"
    "|happy|sad|touched|moved|grateful|thankful|hope|wish|understand|imagine|(?:know (?:how|it|you|the feeling|that"
    "|what (?:you mean|it is like|that is like))|(?:hear|see|get|can tell) (?:you|how|what|why|that|it|the feeling"
    "|this))|appreciate|thank|apologi[sz]e|reali[sz]e|sympathi[sz]e|feel|love|like|hate|admire|mean|blame|mind|upset"
    "|frustrated|annoyed|mad|angry|furious|same|dream|take (?:that|it) as|leave (?:that|it) (?:to|between|with|up"
    " to)|laugh|keep you|listening|impressed|miss|honored|welcome|remember you are|with|beside|here|relate|catch"
    "|respect|envy))|you (?:should (?:not|never) have (?:had|been|to (?:call|wait|chase|deal|put|go|repeat|ask|live"
    "|sit|be))|deserved?)"
)
_SORRY = pattern(
    r"congratulations|congrats|condolences|happy|enjoy|bless|what an?|how (?:good|kind|nice|sweet|thoughtful"
    r"|generous|lovely"
    r"|wonderful|awful|hard|frustrating|sad|awkward)|such an?|quite an?|sorry|apolog\w+|hope|wish|understand|imagine"
    r"|hear|hate|poor|shame|pity|thanks?|thank|appreciate"
)
_NICE = (
    "(?:sweet|lovely|tempting|kind|nice|wonderful|adorable|generous|thoughtful|dear|special|delicious|precious|good"
    "|beautiful|fun|brave|handful|to resist)"
)
_PRAISED = re.compile(
    r"(?:(?:your|the|those|that|a|what) )*(\w+)(?: xxtheirs)? (?:is|are|sounds?|must be|seems?)(?: (?:like|such|a|an"
    r"|hard|so))*"
    rf" {_NICE}|(?:what|how)(?: an?)? {_NICE} (?:is )?(?:of )?(?:your |the )(\w+)"
)
_WONT = re.compile(r"(?<=\byou )(?:will|can|could|would) not (\w+)")
_DENIES = re.compile(r"n't\b|\bnot\b|\bnever\b|\bno\b")
# A habit of ours, where the clause would be about the caller's trouble.
_DOES = re.compile(r"\w+ (?!is|are|was|were|must|can|should|trouble|problem|question|issue|mix)\w+")
_HEARD = pattern("(?:understand|know|see|hear|get) (?:that )?(?:you|it|the|your|this) \\w+ .*")
_SUBJECT = re.compile(
    r"(?:(?:oh|well|wow|my|goodness|dear|gosh|bless|xxname|,|yes|no|and|so|what|how|such|quite|even|especially) )*"
    r"(?:you|your|it|that|this|those|these|what|there|nobody|nothing|no|anyone|anybody|who|which|everyone|life)\b"
)
_MODAL = pattern(
    r"(?:will|shall|can|could|might|may|gonna)|(?<!should not )(?<!should never )(?<!you do not )have to|^there"
    r" (?!is no need).*|^(?:nobody|no one|anyone|anybody)(?: else)? (?!should|would|likes?|wants?|enjoys?|deserves?"
    r"|expects?|blames?|needs?|minds?)\w+|ought to|(?:you|he|she|they) (?:should(?! not have| never have)|need(?!"
    r" not)|have"
    r" to|has to|better|want to)|(?<!not )(?<!no )needs? to|(?:sounds|seems|looks|feels) like (?!you\b|a (?:lot|long"
    r"|hard|rough|tough|full|big|good|nice|fun)\b|quite|such|it has been|one of|no|too)\w+|like (?:that|those|this"
    r"|these|yours) (?!is|must|are|would|makes)\w+|is going to|are going to|(?:it|that|this) (?:must|has to) be"
    r" (?:the|from|your)|(?:is|are|was) (?:just|only|because|due|from|the|merely|caused|that the)|by (?:then|the"
    r" time)|(?:is|are|was|were|been|be) (?:in|on|at|under|through|up|over|more(?! than (?:patient|kind|generous"
    r"|gracious|fair|understanding|reasonable|welcome))|less)"
)
_POOR_OLD = re.compile(r"\b(?:poor|dear|good) old\b")
_SOUNDS = re.compile(r"\b((?:sounds|seems) like you) will\b")
_IT_DOES = pattern(
    r"(?<!.)(?:it|that|this|there) (?!is|was|must|has|sounds?|seems?|feels?|makes?|would (?:be|make|feel|drive|wear"
    r"|have|upset|worry|bother)|should (?:not|never)|does not (?:help|make)|does sound|did not help|takes (?:\w+"
    r" )?(?:patience|courage|heart)|goes without|means)\w+"
)
_IT_IS = pattern(
    r"(?:it|that|this) (?:is|was) (?!(?:\w+ing|good|kind|nice|sweet|thoughtful|fair|true|funny|wonderful|lovely"
    r"|great|sad|generous|brave|smart|wise|right|clear|understandable|natural|helpful|hilarious|adorable|cute"
    r"|impressive|dear|mine|all|it|beautiful)\b)\w+$"
)
_YOU_DO = pattern(
    r"(?<!when )(?<!while )(?<!that )you (?!(?:have|has|are|were|was|had|must|sound|seem|feel|deserve|did|do|should"
    r"|said|told|asked|mentioned|too|both|all|poor|and|on|in|to|with|for|at|from|when|if|after|about|as|so|not|of"
    r"|xx\w+|can say that again)\b)\w+"
)
_STARTS = frozenset(
    "congratulations congrats happy best bless poor especially such what how quite many condolences warm cheers oh"
    " wow my goodness gosh xxname good nice kind sweet brave".split()
)
_LEADING = frozenset("to for on in at of from and or until before after your the his her our my".split())
_LIFE = frozenset(
    "kids children family baby twins wedding birthday mother mom father dad son daughter wife husband brother sister"
    " grandson granddaughter grandma grandpa grandmother grandfather grandkids grandchildren dog cat pets life move"
    " moving school work surgery hospital knee house home anniversary retirement vacation trip travel storm holiday"
    " holidays christmas thanksgiving party guests studying exams traffic flight marriage loss funeral"
    " patience story loved ones neighbor newborn dogs cats puppy".split()
)
Found = re.Match[str] | None
# Of what is felt for, and what the caller did.
_FELT = re.compile(
    r"systems?|company|units?|furnaces?|heaters?|acs?|heat|heating|cooling|air|conditioner|noises?|appliance|days?"
    r"|weeks?|again|hope\w*|service|look\w*|see|seeing|check\w*|us|bearing|bills?|invoices?|charge|moments?|two"
    r"|three|four|twice|works?|problems?|repair"
)
# Of a life as well as of ours; with nobody of ours, no unit and no promise beside them they claim nothing.
_TURNS = frozenset("but so though although because since except plus".split())
_EVERYDAY = re.compile(
    r"days?|weeks?|months?|years?|experience|come|comes|coming|came|out|wait\w*|again|never"
    r"|always|people|person|work\w*|phone|calls?|called|company|service|holidays?|expects?|extra"
    r"|long|state|line|line|business|made|done|show|notes?|count"
)
_HOPED = pattern("hope|wish|you would (?:want|like|need|prefer)")
_SOON = re.compile(r"soon|sooner|now|quick\w*|fast|better|easily|will|works?|out")
_YOU_CALLED = pattern(
    r"(?:thanks|thank you|appreciate)(?: \w+)* (?:calling|call)|(?:why|when|how|that|sorry) you .*|calls|you \w+"
    r" .*call(?:ed|ing)?"
)
_DENYING = re.compile(r"\b(?:(?:not|hardly|never|nothing|neither|nor|rarely|no reason)(?: \w+){0,3}|no(?: \w+)?) $")
_BACK = re.compile(r"(?<!checking )(?<!calling )(?<!getting )\bback\b")


_GRAVE = (Hazard.PRESENT, Hazard.POSSIBLE)


def calm(spoken: Spoken) -> bool:
    """The caller's last words were not about danger: "that's fine" would be an answer to it."""
    return _DANGER.search(spoken.last) is None and read_hazard(spoken.last, None) not in _GRAVE


@lru_cache(maxsize=256)  # Every fact asks for them
def claims(text: str) -> tuple[str, ...]:
    """The parts of a text that claim something of their own: not what is embedded or only a noun more."""
    pieces: list[list[str]] = [[","]]
    for word in _ONLY_THAT.sub("except ", text).split():
        if word in _BREAKS:
            if len(pieces[-1]) == 1:
                pieces.pop()
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return tuple(" ".join(words) for mark, *words in pieces if words and _stands_alone(words, mark in _WEAK))


def _commands(words: list[str]) -> bool:
    if words[:1] == ["air"] and words[1:2] != ["out"]:
        return False
    return next((word for word in words if word not in ("please", "just", "then", "first")), "") in _COMMANDS


def _stands_alone(piece: list[str], weakly: bool) -> bool:
    if _commands(piece) or piece[0] in ("maybe", "perhaps", "possibly", "say", "roughly"):
        return True
    if not weakly:
        return piece[0] in _SUBJECTS or not w.FINITE.isdisjoint(piece)
    if piece[0] in _EMBEDS and not (piece[0] == "that" and w.FINITE.intersection(piece[1:2])):
        return False
    verbal = piece[0] not in w.FINITE and not w.FINITE.isdisjoint(piece)
    return piece[0] in _SUBJECTS or verbal or any(w.kind_of(p) == "tech" for p in piece)


def not_known(text: str, spoken: Spoken) -> bool:
    """Whether the clause says that something is not known here, or whose it is to tell, and nothing beside it."""
    head = _UNKNOWN.search(text)
    told = None if head else _HANDED.search(text)
    foreign = spoken.session.language == "es" and not all(map(_english, text.split()))
    said = head or told
    at_it = told and _AT_IT.search(text)
    if said is None or foreign or at_it or _NEVER_UNKNOWN.search(text):
        return False
    if any(not (_UNKNOWN.search(claim) or _HANDED.search(claim) or _BESIDE.match(claim)) for claim in claims(text)):
        return False
    around = f"{text[: said.start()]} {text[said.end() :]}"
    stranger = told and _FROM_US.search(text[: told.start()])
    if stranger and not w.known(stranger[1]) and not spoken.is_theirs(stranger[1]):
        return False
    if (told and _OURS_TELL.match(told[0]) and _CLAIMS_FIRST.search(text[: told.start()])) or _A_SPAN.search(around):
        return False
    if _PEOPLE_COME.search(around):
        return False
    return not any(_supposed(word, spoken, around, unknown=head is not None) for word in around.split())


def _supposed(word: str, spoken: Spoken, text: str, *, unknown: bool) -> bool:
    """Whether a word inside what is not known supposes more than the caller did."""
    kind = w.kind_of(word)
    open_ended = _WHETHER.search(text) is not None
    if kind in ("danger", "advice") and word not in _HARMLESS:
        asked = rf"\b(?:whether|if|what|how|why|about|on|any)\b(?:(?! and | but |,).)*\b{word}\b"
        return re.search(asked, text) is None
    if not unknown and word.startswith("xxt") and word != "xxtheirs":
        return True
    if (
        (not kind and word not in _PARTS_OF_A_DAY)
        or kind in _TELLABLE
        or word in ("hour", "hours", "moment", "year", "month")
        or spoken.is_theirs(word)
        or re.fullmatch(r"xxt(?:[wf1]*[ws]\w*|w?f\w*)", word)
    ):
        return False
    if kind == "mark" or word.startswith("xxt") or word in _PARTS_OF_A_DAY:
        return word not in ("xxasap", "xxfee", "xxhalf", "xxbiz", "xxphone", "xxaddr", "xxzip")
    return kind not in _ASKABLE or (not unknown and not open_ended)


def about_the_caller(text: str, spoken: Spoken) -> bool:
    """Whether the clause is about the caller or what we feel for them, and touches nothing that is ours to state."""
    text = _POOR_OLD.sub("poor", _SOUNDS.sub(r"\1", text))
    if (praised := _PRAISED.fullmatch(text)) and calm(spoken) and _of_a_life(praised[1] or praised[2], spoken):
        return True
    if _DENIES.search(spoken.last):  # What the caller refused may be granted
        text = _WONT.sub(lambda refused: refused[0] if w.kind_of(refused[1]) else "said", text)
    words = text.split()
    foreign = spoken.session.language == "es" and not all(map(_english, words))
    claimed = claims(text)
    back = _BACK.search(text) and not _BACK.search(spoken.last)
    if foreign or len(claimed) > 1 or not _TURNS.isdisjoint(words) or back:
        return False
    core = claimed[0] if claimed else text
    feeling = _FEEL.match(core) or _SORRY.match(core)
    hard = w.HARD.search(text)
    if any(_touches(word, text, feeling, hard, spoken) for word in words):
        return False
    if feeling:
        return not _HEARD.search(text) or all(_of_theirs(word, spoken) or (hard and word in hard[0]) for word in words)
    of_you = words[0] == "you" and words[2:3] == ["not"] and calm(spoken)
    if hard and not of_you and not hard[0].startswith(("no", "without")) and _DENYING.search(text[: hard.start()]):
        return False
    if not hard and (_IT_DOES.search(text) or _IT_IS.search(text) or not calm(spoken)):
        return False
    if _commands(words) or _MODAL.search(text) or _YOU_DO.search(text):
        return False
    verb = next((i for i, word in enumerate(words) if word in w.FINITE), None)
    if verb is None:
        opens = (
            words[0] in w.GLUE
            or words[0] in ("sounds", "seems")
            or spoken.is_theirs(words[0])
            or words[0] == "xxtheirs"
        )
        felt = hard is not None and (opens or hard.start() == 0)
        return words[0] in _STARTS or felt or (opens and _names(words, spoken))
    return bool(_SUBJECT.match(text) or hard or not _LIFE.isdisjoint(words[:verb]))


def _english(word: str) -> bool:
    return w.known(word) or word in _LIFE or word in ENGLISH


def _names(words: list[str], spoken: Spoken) -> bool:
    """Whether a clause without a verb names a thing of the caller's, and nothing is said of it."""
    theirs = any(word == "xxtheirs" or word in _LIFE or spoken.is_theirs(word) for word in words)
    return theirs and words[0] not in _LEADING


def _of_a_life(word: str, spoken: Spoken) -> bool:
    return word in _LIFE or ((word == "xxtheirs" or spoken.is_theirs(word)) and not w.kind_of(word))


def _of_theirs(word: str, spoken: Spoken) -> bool:
    ours = word in w.NEUTRAL or word in _LIFE or w.kind_of(word) == "call"
    return ours or word == "xxtheirs" or spoken.is_theirs(word)


def _touches(word: str, text: str, feeling: Found, hard: Found, spoken: Spoken) -> bool:
    """Whether the word is one of a class of which only the record speaks, and nothing here makes it harmless."""
    kind = w.kind_of(word)
    felt = bool(feeling or hard)
    said = f"{hard[0] if hard else ''} {f'us {feeling[0]}' if feeling else ''}".split()
    if not kind or word in _LIFE or word in said:
        return False
    if text.startswith(f"{word} ") and kind in ("price", "people", "company", "area", "workings") and _DOES.match(text):
        return True
    theirs = kind in w.OF_THE_CALLER or (kind == "mark" and word.isdigit())
    if spoken.is_theirs(word) and ((theirs and (felt or "?" not in spoken.last)) or (felt and kind in w.FELT_WITH)):
        return False
    of_life = felt or "xxtheirs" in text or text.startswith("you")
    if of_life and _EVERYDAY.fullmatch(word):
        return False
    called = kind == "call" and _YOU_CALLED.search(text)
    hoped = _SOON.fullmatch(word) and _HOPED.search(text)
    return not (felt and (called or hoped or _FELT.fullmatch(word)))
