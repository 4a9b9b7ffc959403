"""The words that need backing by the record, as data: what they are, and what in the session makes them true.

A rule refuses a claim, not a word: "shall I get that booked?" and "nothing is booked yet" claim nothing. The reasons
are in conversation.md 5 and in the R numbers. Pure; how something is said is judged in manner.py, times, prices
and names in judge.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from call.business import Business
from call.session import BookingStatus, CallbackStatus, CallSession, EntryKind, Question, Reason, State
from conversation.guard.sentences import clean


@dataclass(frozen=True)
class Spoken:
    """A sentence with what it is judged against."""

    text: str
    session: CallSession
    facts: Business
    lower: str = field(init=False)
    caller: str = field(init=False)  # What the caller said and meant, lower case
    last: str = field(init=False)  # The caller's last turn, lower case

    def __post_init__(self) -> None:
        session = self.session
        said = [e.text for e in session.timeline if e.kind is EntryKind.CALLER]
        known = [*said, session.problem, session.callback_issue, session.address, session.on_site]
        object.__setattr__(self, "lower", self.text.lower())
        object.__setattr__(self, "caller", clean(" . ".join(known)).lower())
        object.__setattr__(self, "last", clean(said[-1]).lower() if said else "")

    @property
    def booked(self) -> bool:
        """A visit is booked, and at the time that was agreed on."""
        s = self.session
        return s.booking_status is BookingStatus.CONFIRMED and s.question is not Question.OTHER_TIME

    @property
    def visit_on_file(self) -> bool:
        """An earlier visit exists and the sentence is about that one."""
        s = self.session
        known = s.has_appointment or s.appointment is not None
        named = re.search(r"\b(?:already|existing|on file|on the books)\b", self.lower)
        return known and bool(s.appointment or named)

    @property
    def moved(self) -> bool:
        """The visit on file was moved."""
        return self.session.reason is Reason.RESCHEDULED or self.session.moved_to is not None

    @property
    def changed(self) -> bool:
        """The visit on file was cancelled or moved."""
        return self.session.reason is Reason.CANCELLED or self.moved

    @property
    def callback_due(self) -> bool:
        """A callback is being arranged or was."""
        s = self.session
        arranging = s.state is State.CALLBACK and bool(s.phone)
        return arranging or s.callback_status is CallbackStatus.CREATED


@dataclass(frozen=True)
class Rule:
    """Words that need backing: refused unless the session has it, or the clause only asks, offers, denies or waits."""

    reason: str
    pattern: str
    unless: Callable[[Spoken], bool] = lambda _: False
    offers_pass: bool = True
    compiled: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", re.compile(rf"(?<!\w)(?:{self.pattern})(?!\w)"))

    def breaks(self, spoken: Spoken) -> bool:
        """Whether the sentence claims what the session does not have."""
        hits = [
            m for m in self.compiled.finditer(spoken.lower) if not (self.offers_pass and _only_offers(spoken.lower, m))
        ]
        return bool(hits) and not self.unless(spoken)


# In the same clause as the words: a question, an offer, a condition or a denial, which claims nothing.
_OFFER = re.compile(
    r"\b(?:shall|should (?:i|we)|would you|do you (?:want|need)|did you|when (?:you|the|we|they|he|she|our)|want me"
    r"|like (?:me|us) to|can i|could i|may i|once(?! again| more)|before (?:i|we)|until(?! \w+day| then)|unless|if"
    r"|whether|in case|to get|let's get|happy to|(?:i|we) can (?:get|have|book|schedule|set|arrange|go|send|move|cancel"
    r"|help)|not|nothing|haven't|hasn't|isn't|aren't|didn't|don't|can't|couldn't|wasn't"
    r"|no (?:visit|appointment|booking)|quiere|gustaría|desea|puedo|podemos"
    r"|no (?:se|está|hay|he|hemos|puedo|podemos))\b"
)
_HOLLOW = re.compile(
    r"don't (?:you )?worry|can't wait|no (?:worries|problem)|not only|not to worry|if (?:you|that) (?:don't mind|helps)"
)
_CLAUSE = re.compile(
    r"[,;:.!?](?:\s|$)|\b(?:and|but|so) (?=(?:you|your|i|we|it|that|the|they|someone|a)\b)"
    r"|\bthat (?=(?:you're|you are|your|it's|we've|the)\b)"
)


def _only_offers(lower: str, match: re.Match[str]) -> bool:
    head = _CLAUSE.split(lower[: match.start()])[-1]
    return bool(_OFFER.search(_HOLLOW.sub(" ", head + match.group())))


WILL = r"(?:\w+'ll|will|going to)"
IN_CLAUSE = r"[^,.;:?!]"
_PEOPLE = r"(?:someone|somebody|technicians?|tech|team|crew|guys?|he|she|we|they|i)"
_I_AM = r"(?:i|we)(?:'ll| will|'m| am|'re| are)(?: going to)? (?:now |just |go ahead and )?"
_VISIT = r"(?:appointment|visit|booking)"
_REACHES = (
    r"\b(?:calls?|phones?|rings?|contacts?|reach(?:es)? out|gets? back|follows? up|be in touch|touch(?:es)? base)\b"
    r"(?!.*\b(?:ahead|before|beforehand|prior|on the way|911)\b)"
)
_AVAILABLE = (
    r"(?:have|has|got|is|are|there's|\w+'ve) (?:got )?(?:plenty of |lots of |some |several |an? |no |a few |good )?"
    r"(?:\w+ )?(?:openings?|slots?|availability|spots?)"
    r"|(?:is|are|\w+'s|\w+'re) (?:still |wide |pretty )?(?:available(?! (?:seven|every|any|on week))|free(?! to)"
    r"|wide open|still open)"
    rf"|(?:next|first|earliest|soonest) (?:available |open |free )?(?:opening|slot|time|{_VISIT})(?:'s| is| would be"
    r"| i have| we have)|fully booked|booked (?:solid|up|out)|wide open"
)
AVAILABLE = re.compile(rf"\b(?:{_AVAILABLE})\b")

# Order matters only for the reason that is logged.
VISITS_AND_CALLS = (
    # What is so: also said of a visit on file, and of one that was moved.
    Rule(
        "not booked",
        r"booked|scheduled|reserved|confirmed|arranged|assigned|lined up|set aside|now active|all (?:set|good)"
        r"|good to go"
        r"|locked|pencil\w*|squared away|taken care of"
        r"|see(?:ing)? you (?:on|at|then|there|soon|tomorrow|today|tonight|this|next|in|around|\w+day)"
        r"|look(?:ing)? forward to (?:see|meet|your|help)\w*|(?:on|to|in) (?:the|our|your) (?:schedule|calendar|books"
        r"|board|list)"
        r"|you(?:'re| are) (?:now |all )?(?:set|on for|in for|down for|covered|good for|in(?=[.!,]|$))|(?:got"
        r"|have) you (?:\w+ )?covered"
        r"|(?:everything|it|that)(?:'s| is) (?:all )?(?:in place|sorted|settled|set)"
        r"|(?:spot|slot|place|time)(?:'s| is) (?:yours|secured|held|saved|taken)|(?:is|be) (?:all )?yours"
        r"|belongs to you"
        r"|secured|finali[sz]ed|went through|you'll have|can expect|expect (?:him|her|them|us|our|(?:the|a) tech\w*)"
        rf"|(?:your|the|an?) {_VISIT}(?:'s| is| has been| will be| was)"
        r"(?! (?:only |just |for (?:diag|the diag))?(?:\$|\d|[\w-]+ (?:[\w-]+ )?dollars|credited))"
        rf"|you (?:already )?have an? (?:\w+ )?{_VISIT}"
        rf"|{_PEOPLE}(?:'ll| will| is going to| are going to|'s going to) (?:be (?:there|out|over|by|at|arriving"
        rf"|coming|with)|come|arrive|visit|stop by|swing by|head|show up|get to you|make it)"
        rf"|{_PEOPLE} (?:comes|visits|arrives|is coming|are coming|stops by)(?! (?:with|from))"
        r"|reservad[ao]s?|agend\w+|programad[ao]|confirmad[ao]|nos vemos|su (?:cita|visita) (?:es|está|queda|fue)"
        r"|(?:todo|está|queda) listo|(?:llegará|vendrá|irá|pasará|estará (?:allí|ahí))",
        unless=lambda s: s.booked or s.visit_on_file or (s.changed and not re.search(r"\b(?:book|schedul)", s.lower)),
    ),
    # What we do or did: a visit on file is no excuse.
    Rule(
        "not booked",
        r"(?:got|have|put|putting) you (?:all )?(?:down|in|set|on)"
        r"|(?:got|have|put|putting) (?:that|it|this) (?:all )?(?:in for|set|down for|on (?:the|our))"
        r"|(?:that's|it's|consider it|all|and|^) ?done(?= and|[.!,]|$)"
        r"|made (?:the|an|your|that) (?:appointment|booking)"
        r"|(?:put|sent|placed) in (?:the|a|an|your) (?:request|order|booking)|submitted"
        r"|(?:request|order|booking|reservation) (?:(?:was|has been|is) )?(?:received|in(?! )|made|placed|submitted"
        r"|processed|complete\w*)"
        rf"|{_I_AM}(?:book|schedul|reserv|lock|arrang|confirm|hold|sav)\w*"
        r"|(?:i|we)(?: can| do|'ve| have)? confirm(?:ed)? (?:that|you|your visit|\w+day|the (?:visit|time|appointment))"
        r"|let me (?:just |go ahead and )?(?:book|schedule|reserve|get you (?:on|in|down))"
        r"|(?:i'll|i will|we'll|we will|let me|i'm|we're)\b[^,.;:?!]{0,15}\bget(?:ting)? (?:you|that|it|this)"
        r" (?:all )?(?:set|in|on|down)|thank(?:s| you) for (?:booking|scheduling)"
        r"|(?:am|pm|a\.m\.|p\.m\.|\w+day|tomorrow|morning|afternoon|o'clock|\d\d|thirty|fifteen)"
        r" (?:it is|is a go|is on|should (?:still )?work)(?=[.!,]|$)",
        unless=lambda s: s.booked or s.moved,
    ),
    Rule(
        "asks again after booking",
        r"does that (?:work|sound)|would that work|shall i (?:book|schedule|go ahead)"
        r"|would you like (?:me )?to (?:book|schedule)",
        unless=lambda s: not s.booked,
        offers_pass=False,
    ),
    Rule(
        "nobody was sent",
        r"(?:send|sending|dispatch\w*) (?:someone|somebody|an? \w+|our \w+|out)|on (?:the|his|her|their|our"
        r"|its) way(?! out)|heading (?:out|over|your way)|en camino|(?:mand|envi)[éa]\w* a (?:alguien|un)"
        r"|va para allá|(?:ya )?sale ahora",
    ),
    Rule("availability is not known", _AVAILABLE, unless=lambda s: bool(s.session.slots)),
    Rule(
        "cancel not done",
        rf"cancell?ed|{_I_AM}cancel\w*|let me cancel|off (?:the|our|your) (?:calendar|schedule|books)"
        rf"|(?:removed|deleted|taken out|called off) (?:it|that|your|the {_VISIT})"
        r"|(?:it|that)(?:'s| is) (?:removed|off)"
        r"|(?:free|freed|freeing) up|cancell?ation (?:fee|charge|policy|is)|cancelad[ao]",
        unless=lambda s: s.session.reason is Reason.CANCELLED,
    ),
    Rule(
        "move not done",
        rf"rescheduled|(?<!you )(?:moved|changed|switched|pushed|bumped) (?:it|that|you|your|the {_VISIT}|to)"
        rf"|(?:it|that|{_VISIT})(?:'s| is| has been) (?:now )?(?:moved|changed|switched|replaced)"
        rf"|{_I_AM}(?:mov|reschedul|switch|push|replac)\w*|let me (?:move|reschedule|switch)"
        rf"|replac\w+ (?:your|the) (?:\w+ )?{_VISIT}",
        unless=lambda s: s.moved,
    ),
    Rule(
        "a visit may exist",
        rf"(?:don't|do not|can't|couldn't) (?:see|find|have) (?:an?|any|your) (?:\w+ )?{_VISIT}s?"
        rf"|(?:is|there's|have) no {_VISIT}s? (?:on file|under|for you|in)",
        unless=lambda s: s.session.looked_up and not (s.session.has_appointment or s.session.appointment),
        offers_pass=False,
    ),
    Rule(
        "callback not promised",
        rf"(?:{WILL}|have (?:someone|somebody|them|(?:an?|our|the|one of our) \w+(?: \w+)?)"
        rf"|getting someone to|make sure (?:someone|somebody|they|the \w+)){IN_CLAUSE}{{0,30}}{_REACHES}"
        rf"|(?:our|the) (?:team|office|manager) (?:calls|gets back|reaches out|follows up)"
        rf"|you(?:'ll| will) (?:get|receive|hear|be (?:hearing|getting|contacted|called)){IN_CLAUSE}{{0,20}}"
        r"\b(?:call|back|from)(?!.*\b(?:ahead|before)\b)|(?:expect|count on|look out for) (?:an?|our|the) call"
        r"|expect to hear"
        r"|call ?back (?:is|has been|was|will be|request)"
        r"|(?:arrang|set up|setting up|creat|request|log)\w* (?:a|that|your|the) call ?back|calling you back"
        r"|(?:i|we)(?:'ve| have)? (?:already |just )?(?:notified|alerted|informed|told (?:the|our)|escalated"
        r"|messaged)|escalat(?:e|ing) (?:this|that|it)"
        r"|(?:le|te) (?:llamará|llamaremos|llamarán|devolver\w+ la llamada)|se (?:comunicará|pondrá en contacto)"
        r"|recibirá una llamada",
        unless=lambda s: s.callback_due,
    ),
    Rule(
        "cannot be done",
        r"transfer\w*|put(?:ting)? you (?:through|on hold)|patch(?:ing)? you|connect(?:ing)? you"
        r"|hold (?:on )?while|hold the line|stay on the line|please hold|be right back"
        rf"|(?:{WILL}|i've|we've|i){IN_CLAUSE}{{0,25}}\b(?:text|texted|sent|sms|e-?mail(?:ed)?)\b"
        r"|confirmation (?:text|e-?mail|number|code)|(?:let me|i'll|i will|while i) (?:just |quickly |go ahead and )?"
        r"(?:check|look(?! forward)|find out|verify|pull|search|see(?! you)|ask (?:the|our|my|a))"
        r"|(?:ask|check with|talk to) (?:the|our|my|a) (?:manager|team|office|dispatch\w*|boss|owner)"
        r"|(?:i'm|i am) (?:just )?(?:checking|looking|searching)"
        r"|updated (?:your|the)|website|online|(?:e-?mail|text|visit) us|(?:to|on|in) your (?:account|file|record"
        r"|profile)"
        r"|le (?:transfiero|comunico con|paso con)",
        offers_pass=False,
    ),
    Rule(
        "not a known caller",
        r"welcome back|good to hear from you again|calling (?:us )?(?:again|back)|you've called (?:us )?before"
        r"|i (?:can )?see (?:that )?you(?:'ve|'re| called| had| have)|(?:our|my) (?:records|files?) (?:show|say)\w*"
        r"|according to (?:our|my)|(?:valued|loyal|long[- ]?time) customer",
        unless=lambda s: s.session.known_caller or s.session.calls_today > 1,
        offers_pass=False,
    ),
    Rule(
        "nobody told of that",
        r"we (?:fixed|repaired|installed|serviced|replaced|looked at|came out)",
        unless=lambda s: (
            re.search(r"\byou (?:guys )?(?:fix|repair|install|servic|replac|look|came)", s.caller) is not None
        ),
        offers_pass=False,
    ),
    Rule(
        "no callback is owed",
        r"owe you an? call|promised you an? call|waiting (?:for|on) (?:a|our) call ?back",
        unless=lambda s: s.session.callback_owed,
        offers_pass=False,
    ),
    Rule(
        "no address is known",
        r"address (?:we have )?on file|same address|(?:your|the) address (?:as|is|we have)(?! correct| right)"
        r"|have your address",
        unless=lambda s: bool(s.session.address) and "on file" not in s.lower,
    ),
)
