"""The words that need backing by the record, as data: what they are, and what in the session makes them true.

A rule refuses a claim, not a word: "shall I get that booked?" and "nothing is booked yet" claim nothing. The reasons
are in conversation.md 5 and in the R numbers. Pure; times, prices and names are judged in reply_guard.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from business import Business
from session import BookingStatus, CallbackStatus, CallSession, EntryKind, Question, Reason, State
from speech_text import clean


@dataclass(frozen=True)
class Spoken:
    """A sentence with what it is judged against."""

    text: str
    session: CallSession
    facts: Business
    lower: str = field(init=False)
    caller: str = field(init=False)  # What the caller said and meant, lower case

    def __post_init__(self) -> None:
        session = self.session
        said = [e.text for e in session.timeline if e.kind is EntryKind.CALLER]
        known = [*said, session.problem, session.callback_issue, session.address]
        object.__setattr__(self, "lower", self.text.lower())
        object.__setattr__(self, "caller", clean(" . ".join(known)).lower())

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
        return known and bool(
            s.appointment
            or re.search(
                r"\b(?:already|existing|on file"
                r"|on the books)\b",
                self.lower,
            )
        )

    @property
    def changed(self) -> bool:
        """The visit on file was cancelled or moved."""
        return self.session.reason in (Reason.CANCELLED, Reason.RESCHEDULED) or self.session.moved_to is not None

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
    r"\b(?:shall|should (?:i|we)|would you|do you (?:want|need)|did you|when you|want me|like (?:me|us) to"
    r"|can i|could i"
    r"|may i|once(?! again| more)|before (?:i|we)|until|unless|if|whether|in case|to get|let's get|happy to"
    r"|(?:i|we) can (?:get|have|book|schedule|set|arrange|go|also|then|send|move|cancel|help)"
    r"|not|nothing|haven't|hasn't|isn't|aren't|didn't|don't|can't|couldn't|wasn't|no (?:visit|appointment|booking))\b"
)
_HOLLOW = re.compile(r"don't worry|can't wait|no (?:worries|problem)|not only|if (?:you|that) (?:don't mind|helps)")
_CLAUSE = re.compile(r"[,;:.!?](?:\s|$)|\b(?:and|but|so) (?=(?:you|your|i|we|it|that|the|they|someone|a)\b)")


def _only_offers(lower: str, match: re.Match[str]) -> bool:
    head = _CLAUSE.split(lower[: match.start()])[-1]
    return bool(_OFFER.search(_HOLLOW.sub(" ", head + match.group())))


_WILL = r"(?:\w+'ll|will|going to)"
_IN_CLAUSE = r"[^,.;:?!]"
_PEOPLE = r"(?:someone|somebody|technician|tech|team|crew|guys?|he|she|we|they|i)"
_SPAN = (
    r"(?:\d+|an?|one|two|three|four|five|ten|fifteen|twenty|thirty|forty|sixty|half an|few|couple of"
    r"|the next|next|the)"
)
_UNITS_OF_TIME = r"(?:minutes?|mins?|hours?|days?|weeks?)"
_DEVICE = (
    r"(?:breakers?|gas|valves?|pilot|windows?|thermostat|filters?|furnace|unit|system|power|electricity"
    r"|lights?|coils?|drain|panel|switch)"
)

# Order matters only for the reason that is logged.
RULES = (
    Rule(
        "process talk",
        r"transition\w*|moving (?:forward|on)|mov(?:e|ing) (?:this|that|things|us|it) (?:forward|along)"
        r"|process(?:ing)?"
        r"|next (?:step|state|phase|stage)s?|(?:ready to )?proceed\w*|state machine|prompts?|directives?"
        r"|my instructions"
        r"|tool call|function|json|database|\bapi\b|back ?end|webhook|placeholder|pre[ _]confirm|noted\. noted"
        r"|(?:safety|discovery|urgency|callback|booking|confirm|welcome|lookup) (?:state|phase|stage|mode)"
        r"|(?:my|our) (?:system|programming|records? system)|in the system|language model|openai|chat ?gpt|as an ai"
        r"|(?:i'm|i am) (?:just |only |actually )?(?:an? )?(?:ai|robot|bot|chatbot|machine|human|real person|person)"
        r"|(?:look|pull)\w* (?:that|you|this|it) up|insert",
        offers_pass=False,
    ),
    Rule(
        "unsafe advice",
        r"(?:it's|it is|you're|you are|that's|should be|perfectly|totally|is) (?:perfectly |totally )?safe"
        r"|(?:not|isn't|nothing) (?:dangerous|to worry about)|no (?:need to (?:leave|worry|call)|danger)"
        r"|don't worry about"
        rf"|(?:try|make sure|please|you (?:can|could|should|might)|you may want to|go ahead and|just"
        rf"|start by)\b{_IN_CLAUSE}{{0,12}}"
        rf"\b(?:turn|reset|switch|flip|check|open|shut|replac|clean|pour|unplug|light|relight|clos|adjust|chang"
        rf"|remov)\w*"
        rf"{_IN_CLAUSE}{{0,15}}\b{_DEVICE}"
        r"|(?:turn|shut|switch)(?:ing)? (?:it|everything|the \w+|your \w+|that) (?:off|on)|(?:turn|shut"
        r"|switch) off the",
        offers_pass=False,
    ),
    Rule(
        "not booked",
        r"booked|scheduled|reserved|confirmed|all set|good to go|locked in|pencil\w*|squared away|taken care of"
        r"|(?:got|have|put|putting) you (?:all )?(?:down|in|set|on)"
        r"|(?:got|have|put|putting) (?:that|it|this) (?:all )?(?:in for|set|down for|on (?:the|our))"
        r"|see(?:ing)? you (?:on|at|then|there|soon|tomorrow|today|tonight|this|next|in|around|\w+day)"
        r"|look(?:ing)? forward to (?:see|meet|your|help)\w*|(?:on|to|in) (?:the|our|your) (?:schedule|calendar|books)"
        r"|(?:spot|slot|place|time)(?:'s| is) (?:yours|secured|held|saved|taken)|is yours"
        r"|secured|finali[sz]ed|went through"
        r"|(?:that's|it's|consider it|all) done|made (?:the|an|your|that) (?:appointment|booking)"
        r"|(?:put|sent|placed) in (?:the|a|an|your) (?:request|order|booking)|submitted|you'll have"
        r"|(?:your|the|an?) (?:appointment|visit|booking)(?:'s| is| has been| will be| was)"
        r"(?! (?:only |just |for (?:diag|the diag))?(?:\$|\d|[\w-]+ (?:[\w-]+ )?dollars|credited))"
        r"|you (?:already )?have an? (?:\w+ )?(?:appointment|visit|booking)"
        rf"|{_PEOPLE}(?:'ll| will| is going to| are going to|'s going to) (?:be (?:there|out|over|by|at|arriving"
        rf"|coming|with)"
        r"|come|arrive|visit|stop by|swing by|head|show up)"
        r"|(?:i|we)(?:'ll| will|'m| am|'re| are)(?: going to)? (?:now |just |go ahead and )?(?:book|schedul"
        r"|reserv|lock)\w*"
        r"|let me (?:just |go ahead and )?(?:book|schedule|reserve)"
        r"|(?:i'll|i will|we'll|we will|let me|i'm|we're)\b[^,.;:?!]{0,15}\bget(?:ting)? (?:you|that|it|this)"
        r" (?:all )?(?:set|in|on|down)"
        r"|reservad[ao]|agendad[ao]|programad[ao]|confirmad[ao]|nos vemos|su (?:cita|visita) (?:es|está|queda)",
        unless=lambda s: s.booked or s.visit_on_file or (s.changed and not re.search(r"\bbooked\b"
        r"|\bschedul", s.lower)),
    ),
    Rule("asks again after booking",
          r"does that (?:work|sound)|would that work|shall i (?:book|schedule|go ahead)"
          r"|would you like (?:me )?to (?:book|schedule)",
          unless=lambda s: not s.booked, offers_pass=False),
    Rule(
        "nobody was sent",
        r"(?:send|sending|dispatch\w*) (?:someone|somebody|an? \w+|our \w+|out)|on (?:the|his|her|their|our"
        r"|its) way(?! out)"
        r"|heading (?:out|over|your way)",
    ),
    Rule("cancel not done",
          r"cancell?ed|(?:i|we)(?:'ll| will|'m| am|'re)(?: going to)? (?:now |just |go ahead and )?cancel\w*"
          r"|let me cancel",
          unless=lambda s: s.session.reason is Reason.CANCELLED),
    Rule(
        "move not done",
        r"rescheduled|(?<!you )(?:moved|changed|switched|pushed) (?:it|that|your|the (?:visit|appointment)|to)"
        r"|(?:it|that|visit|appointment)(?:'s| is| has been) (?:now )?(?:moved|changed|switched)"
        r"|(?:i|we)(?:'ll| will|'m| am|'re)(?: going to)? (?:now |just |go ahead and )?(?:mov|reschedul|switch"
        r"|push)\w*"
        r"|let me (?:move|reschedule|switch)",
        unless=lambda s: s.session.moved_to is not None or s.session.reason is Reason.RESCHEDULED,
    ),
    Rule(
        "callback not promised",
        rf"(?:{_WILL}|have (?:someone|somebody|them|(?:an?|our|the|one of our) \w+(?: \w+)?)"
        rf"|getting someone to){_IN_CLAUSE}{{0,30}}"
        r"\b(?:call|phone|ring|contact|reach out|get back|follow up|be in touch|touch base)\b"
        r"(?!.*\b(?:ahead|before|beforehand|prior|on the way|911)\b)"
        rf"|you(?:'ll| will) (?:get|receive|hear|be (?:hearing|getting|contacted|called)){_IN_CLAUSE}{{0,20}}"
        r"\b(?:call|back|from)|expect (?:a|our|the) call|call ?back (?:is|has been|was|will be|request)"
        r"|(?:arrang|set up|setting up|creat|request|log)\w* (?:a|that|your|the) call ?back|calling you back"
        r"|(?:i|we)(?:'ve| have)? (?:already |just )?(?:notified|alerted|informed|told (?:the|our)|escalated"
        r"|messaged)"
        r"|(?:le|te) (?:llamará|llamaremos|llamarán)",
        unless=lambda s: s.callback_due,
    ),
    Rule(
        "cannot be done",
        r"transfer\w*|put(?:ting)? you through|patch(?:ing)? you|connect(?:ing)? you|hold (?:on )?while"
        rf"|(?:{_WILL}|i've|we've|i){_IN_CLAUSE}{{0,25}}\b(?:text|texted|sent|sms|e-?mail(?:ed)?)\b"
        r"|confirmation (?:text|e-?mail|number|code)",
        offers_pass=False,
    ),
    Rule(
        "promise",
        r"guarantee\w*|i promise|we promise|100 percent|a hundred percent|for sure|rest assured|24/7|around the clock"
        r"|same[- ]day|no later than"
        rf"|within (?:{_SPAN} ?){{1,3}}{_UNITS_OF_TIME}|(?<!ago )in (?:about |just |under |less than |as little as )?"
        rf"(?:{_SPAN} ?){{1,3}}(?:to \w+ )?{_UNITS_OF_TIME}"
        rf"|{_WILL}{_IN_CLAUSE}*\b(?:right away|immediately|shortly|right now|momentarily|in no time|first thing)"
        r"|(?:be there|out there|come|out to you|help you) (?:right away|immediately|right now|in no time)"
        rf"|{_WILL} (?:definitely |certainly |be able to )?(?:fix|solve|repair|resolve|have (?:it|that|you"
        rf"|your)|get (?:it|that|your \w+)"
        r" (?:fixed|running|working|cooling|sorted|resolved))|will be (?:fixed|repaired|resolved|solved)"
        r"|licensed|insured|family[- ]owned|years of experience|best in|garantiz\w+",
        offers_pass=False,
    ),
    Rule(
        "not a price of ours",
        r"no (?:extra |additional )?(?:charge|cost|fee)s?|free of charge|for free"
        r"|free (?:\w+ )?(?:estimate|visit|quote|inspection|service|diagnos\w+)|it's free|complimentary|discount\w*"
        r"|\w+ percent|percent off|waive\w*|on the house|covered (?:by|under)|(?:is|are|it's|that's"
        r"|be) (?:fully )?covered"
        r"|under warranty|financing|gratis",
        unless=lambda s: "?" in s.text and bool(re.match(r"(?:and |so |okay,? )?(?:is|are|do|does|was)\b", s.lower)),
        offers_pass=False,
    ),
    Rule("not a known caller", r"welcome back|good to hear from you again|calling (?:us )?(?:again|back)"
    r"|you've called (?:us )?before",
          unless=lambda s: s.session.known_caller or s.session.calls_today > 1, offers_pass=False),
    Rule("no callback is owed", r"owe you an? call|promised you an? call|waiting (?:for|on) (?:a|our) call ?back",
          unless=lambda s: s.session.callback_owed, offers_pass=False),
    Rule("no address is known", r"address (?:we have )?on file|same address|(?:your|the) address (?:as|is"
    r"|we have)(?! correct| right)|have your address",
          unless=lambda s: bool(s.session.address) and "on file" not in s.lower),
    Rule("mood", r"^(?:perfect|awesome|great|wonderful|fantastic|excellent|amazing|lovely)\b",
          unless=lambda s: not _glum(s), offers_pass=False),
)  # fmt: skip

_GLUM = re.compile(r"^\W*(?:fine|whatever|ok fine|okay fine|if i have to|i guess|great, just great|ugh|come on)\b")


def _glum(spoken: Spoken) -> bool:
    """Whether cheer would be out of place: an emergency, a failed booking, a curt caller (R69)."""
    session = spoken.session
    last = next((e.text.lower() for e in reversed(session.timeline) if e.kind is EntryKind.CALLER), "")
    failed = session.booking_status is BookingStatus.ATTEMPTED_FAILED
    return session.emergency or failed or bool(_GLUM.search(last))
