"""What a clause of the model may state: courtesy, what is asked for, and the facts of the record. Data; pure.

A fact has slots, all of which must be filled in whatever order, the classes of words.py that may stand beside them,
and what it may not be: another class, a denial where there is none. Times, prices, names and numbers are the marks of
known.py, so a wrong one is a word that no fact has.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from call.session import BookingStatus
from conversation.guard import words as w
from conversation.guard.clauses import calm, claims, pattern
from conversation.guard.known import Spoken

Backed = Callable[[Spoken], bool]


def always(spoken: Spoken) -> bool:
    return True


@dataclass(frozen=True)
class Fact:
    """What a clause may say, as far as the record `backed` it; one that `answers` is an answer to the caller."""

    slots: tuple[re.Pattern[str], ...]
    may: frozenset[str]  # Classes
    words: frozenset[str]
    never: re.Pattern[str]
    backed: Backed
    answers: bool

    def says(self, text: str, spoken: Spoken) -> bool:
        """Whether the clause says this and nothing else."""
        return (
            all(slot.search(text) for slot in self.slots)
            and len(claims(text)) <= ("sub" not in self.may)
            and not self.never.search(text)
            and self.backed(spoken)
            and all(self._harmless(word, spoken) for word in text.split())
        )

    def _harmless(self, word: str, spoken: Spoken) -> bool:
        kind = w.kind_of(word)
        if "*" in self.may or word in self.words or kind in self.may or (not kind and "any" in self.may):
            return True
        if "only" in self.may:
            return False
        own = not kind or kind in w.OF_THE_CALLER
        return (
            word in w.NEUTRAL or (own and not word.startswith("xxt") and spoken.is_theirs(word)) or word == "xxtheirs"
        )


def fact(*slots: str, may: str = "", never: str = "", backed: Backed = always, answers: bool = True) -> Fact:
    """`slots` and `never` are patterns over whole words; `may` has classes and words besides those of the slots."""
    filled = frozenset([*may.split(), *re.findall("[a-z]+", " ".join(slots))])
    return Fact(tuple(map(pattern, slots)), frozenset(may.split()), filled, pattern(never or "(?!)"), backed, answers)


_MORE = re.compile(
    r"\b(?:today|tonight|tomorrow|now|come|be here|get here|send|free|promise|guarantee|\w+day|morning|afternoon)\b"
)


def asks_for_more(spoken: Spoken) -> bool:
    """The caller's last words ask for what only the calendar knows: a mere "sure" would promise it."""
    return _MORE.search(spoken.last) is not None


def _undemanding(spoken: Spoken) -> bool:
    return calm(spoken) and not ("?" in spoken.last and asks_for_more(spoken))


def _failed(spoken: Spoken) -> bool:
    s = spoken.session
    return s.booking_status is BookingStatus.ATTEMPTED_FAILED and not s.booking_uncertain


def _owed(spoken: Spoken) -> bool:
    return spoken.session.callback_owed or (spoken.session.upset and "owe" not in spoken.text)


def _offered(spoken: Spoken) -> bool:
    return bool(spoken.session.slots)


_BOOKED = (
    "booked|book|booking|schedule[ds]?|scheduling|reserve[ds]?|confirm(?:ed)?|visit|appointment|set(?: up)?|final"
    "|fixed|arranged|decided|settled|in stone|made|definite|agreed|locked|down|changed|unbooked|reservation|slot"
)
_WISHED = (
    "asked|ask|said|mentioned|wanted|want|like|prefer|preferred|wished|wish|hoping|asking|after|told|picked|chose|mind"
    "|requested|request|named|gave|looking|heard|understood|got|preference"
)
_SERVE = "serve|serves|served|cover|covers|covered|service|come|comes|go|work|get|reach|stick|stay|keep|operate"
"|limited|are in|area"
_HVAC = "heating|cooling|air conditioning|acs?|air conditioners?|furnaces?|heaters?|heat pumps?|heat|hvac|heats|cools"
_OURS = "our|we|us|xxbiz"
_BRINGS = r"(?:we|they|he|she|technician|it|team) (?:will|are)"

# fmt: off
FACTS: tuple[Fact, ...] = (
    # Courtesy
    fact("(?:good|nice|welcome|hello|hi|thanks|thank you).* (?:again|back)", may="again call",
         backed=lambda s: s.session.known_caller or s.session.calls_today > 1, answers=False),
    fact("^(?:(?:okay|alright|got (?:it|that)|gotcha|understood|noted|i see|hello|hi|hey|good (?:morning|afternoon"
         "|evening)|goodbye|bye|(?:you are )?(?:very )?welcome|take care|my pleasure|maam|sir|right|xxname|ouch|oh no"
         "|oh|(?:my )?goodness|wow|yikes|oof|agreed|(?:i can )?hear you|i get (?:it|that)|i am afraid|that is (?:all"
         "|it)|you are (?:right|correct)(?: about (?:that|it))?|no|please|yes|(?:i am|we are) (?:listening|still here"
         "|with you|here)|(?:only )?(?:that|it) helps|so|then|there|to (?:ask|say|ask that|want that)|thanks for"
         " calling(?: us| xxbiz)?|you (?:have reached|are through to) xxbiz|(?:this|here) is xxbiz(?: in austin)?|of"
         " heating and (?:air conditioning|cooling)|welcome to austin|that may be|none taken|no offense taken|to you"
         "|thank you for calling(?: us| xxbiz)?|(?:it|that|this) should (?:not|never) (?:happen|have happened|be"
         " (?:like )?(?:that|this)(?: way)?))(?: |$))+$", may="*", never="^(?:so|then|there|to.*)$|^(?:right|no|okay"
         "|so) (?:there|so|then)", answers=False),
    fact(r"(?:that|this|which|it) (?:is|would be|sounds|makes)(?: \w+)* (?:fine|okay|alright|problem|trouble|bother"
         r"|fair|question|point|thing|good to know|sense|reasonable|understandable|natural|clear|helpful|useful"
         r"|choice|enough|concern|wise|sensible)|understandable|reasonable|is (?:perfectly )?fair|(?:no|not a)"
         r" (?:problem|trouble|bother|worries|harm(?: done)?|apology|apologies|offense)|fine (?:by|with) me|^no (?:rush|hurry)$|do not worry|not to worry|never mind|sure|gladly"
         r"|of course|certainly|absolutely|by all means|with pleasure|happy to|glad to|makes sense|good to know|fair"
         r" enough|^(?:great|perfect|wonderful|lovely|excellent|fantastic|awesome|nice|fine|good)(?: (?:question"
         r"|point|news))?$|(?:that|it) (?:comes|goes) first|take (?:all )?(?:the|your) time|no need to (?:apologize"
         r"|explain|be sorry|worry about that|rush)|(?:either|any|whichever|whatever)(?: \w+)* (?:is fine|works|is"
         r" okay|will do|suits you|you prefer|you like|is (?:good|easi\w+|best|better))", may="fine okay alright harm done problem trouble bother hurry"
         " rush worry worries sure certainly never works absolutely day comes goes reasonable understandable natural"
         " apologize sensible helpful useful concern great perfect wonderful lovely excellent fantastic awesome nice"
         " gladly comparing wondering checking worrying problems will do question",
         never=r"is it|what .* is|(?<!that )(?<!this )(?<!it )(?:is|are) no|problem (?!at all|there|with that"
         r"|asking)\w+|(?:it|this|that) (?:is|works) (?:the|an?) (?!fair|good|reasonable|question|point|natural"
         r"|sensible|perfectly|very)\w+|make .*", backed=_undemanding, answers=False),
    fact("(?:i|we) (?:missed|did not (?:quite )?(?:catch|hear|get)|could not (?:quite )?(?:hear|make out|catch))"
         "|(?:line|connection|it) (?:is|was) .*(?:unclear|noisy|bad|rough|choppy|breaking up)",
         may="ours line unclear noisy bad rough choppy breaking connection missed catch made",
         never="call|visit", answers=False),
    # The caller may speak; what is asked for
    fact(r"tell me|give me|take (?:all )?(?:the|your) time|go (?:right )?ahead|share|spell|repeat|start with|begin"
         r" with|(?:let me|may i|can i|i (?:have|need|want|would like) to|^please|^) ask|ask away|let me (?:know|have"
         r"|ask)|(?:walk|take) me through|describe|(?:take|pick|choose|name) (?:a|any|whichever|whatever|another)"
         r" (?:day|time)|whenever|(?:i|we|all i|all we)(?: \w+){0,3} (?:need|want|am missing|ask|like)(?: \w+){0,6}"
         r" (?:zip|name|address|street|number|details?|information|questions?|thing|day|know|right)|(?:i|we) have"
         r" (?:\w+ ){0,3}(?:questions?|thing)|(?:one|another)(?: \w+){0,2} (?:thing|question)|(?:i|we) (?:can|will"
         r"|would) (?:be happy to )?take (?:down )?(?:your|the|some) (?:details|information)|(?:i|we) have (?:that"
         r"|it)|^(?:the|your) (?:name|address|zip|number|street|day)|(?:make|be) sure|be (?:clear|honest)|rephrase"
         r"|double check|let us (?:start|begin)|you (?:can|could|may|are free to) (?:choose|pick|change|decide|think"
         r"|name)", may="day zip look sure unit noise door area two five moment quick simple visit made ours will",
         never=r"him|them|will make|today|asap|calls|open|new|covers?|come|set|fix|back|off|book|booked|works?|next"
         r"|move|xxt\w+|you will|will (?!take)|made (?!sure)|give me a moment|look|" + _BRINGS, answers=False),
    fact("^(?:(?:just|only|but|and|then|or|so) )*(?:to|so that|before|if|once|when|whenever|until|unless|after|as"
         " long as|as soon as|in case|should|for|while)", may="sub look visit booked tech team come repair day zip"
         " sure call unit open door two ready ours day reached work works possible home area right off door opening"
         " quick", never=r"(?:will|no|now|first|off|same|within|over|under|more|another|xxt\w+|today|tonight)|"
         + _BRINGS + r"|(?:technician|it|he|they) (?:comes|fix\w*|is (?!not))|to help you (?:get|find)|(?:is|are|be)"
         r" (?:booked|scheduled|done|fixed|repaired|open|right|set)(?<!get booked)|^(?:if|when|once) you (?:are|have)"
         r" (?!ready|okay|sure|any|decided|not|the|a |seen|chosen|more)|^to (?!get|set|be (?:sure|clear|honest)|do"
         r" that|start|help|book|schedule|find|begin|open|say|make sure).*|^for (?!the|a|your|that|which|what|who).*",
         answers=False),
    # Help
    fact(r"(?:(?:i|we) )?(?:can|could|would (?:like|love) to|would be (?:happy|glad) to|(?:am|are) (?:happy|glad"
         r"|here) to|(?:do )?want to|happy to|glad to) (?:help|assist)|let us (?:start|find|see|figure out|begin|get"
         r" (?:that|it|this) (?:looked at|checked|seen|right)|take|talk about)|(?:i|we) (?:can|could|should|would like to)"
         r" (?:get|have) (?:that|it|this|your \w+|the \w+) (?:looked at|checked|seen|scheduled|looked into|set up"
         r"|started)|(?:i|we) (?:can|could) (?:set (?:that|it|a visit|one) up|set up (?:a visit|one|that)|schedule"
         r" (?:a visit|one|that)|find (?:you )?a (?:time|day))|what (?:i am|we are) here for|(?:we are )?here to help",
         may="look visit unit day zip problem will ours schedule scheduled set trouble works happy",
         never=r"out (?!what|when|with)\w+|let us get (?:you|it|that|this) (?!looked|what|checked|seen|right$)\w+|for you on"
         r"|up on|in on|xxt\w+|again|no|not", answers=False),
    # The caller's data, read back
    fact("(?:xxname|xxaddr|xxzip|xxphone)", may="only xxaddr xxzip xxphone xxname zip got heard understood name"
         " address code number street down under right calling wrote house line i have is and at in as on for the"
         " your that this it so of with what , a an", answers=False, never=r"hi|hello|hey|thanks?|(?:.* )?you (?!are"
         r" calling|are at|gave|said)\w+|in xxaddr|can|could|will|would|do|does|did|not|no|they|we|he|he|any|(?:is"
         r"|are) (?!xx|the number|your|at|what)\w+|late\w*|serve.*|best|out"),
    # The fee and what becomes of it
    fact("xxfee", may="xxfee price credit visit look repair team come tech free diagnostic extra booked stays covers"
         " stay alone remains still ours money", never=r"(?:and|with|or|plus) (?:the |a |your )?repair|repairs? (?:is|are"
         r"|costs?|will|would|comes?)|for (?:the |a |any |your )?repairs?|each|every|nothing|else|no|not(?! (?:free"
         r"|lose|more|on top|extra|separate|gone|lost|wasted))|unless|keep|(?<!not )free|(?<!not )extra|up front"
         r"|technician (?:is|has|will)|another|within|only if (?!you)|back (?:if|when|unless)(?! (?:you|the repair))"
         r"|both|full|put|pay\w* (?:back|by|with)|first|" + _BRINGS + r"|^(?!.*\b(?:repair\w*|ahead|fixed"
         r"|it)\b).*\b(?:credit\w*|count\w*|taken|toward|off|against|back)\b.*"),
    fact(r"credit\w*|(?:come|comes|goes?|go|taken|counts?|counted|applied|applies|deducted|subtracted|put)(?: \w+)?"
         r" (?:off|toward|towards|against|to|from)|off (?:the|your) (?:repair|bill)", "repairs?|repaired|ahead|fixed"
         "|it (?:done|fixed)|do it", may="price credit repair visit diagnostic ours xxfee booked look done",
         never="no|not|nothing|unless|without|keep|visit is|technician|any|another|every|only if (?!you|the)|card"
         "|account|both|repairs? (?:is|are|costs?|would|comes?)|within|same|full|" + _BRINGS),
    fact(r"(?:visit|fee|it|that|xxfee) (?:is|are) not (?:on top|extra|additional|separate|lost|gone|wasted|free)"
         r"|repairs? (?:is|are|would be|gets?) (?:\w+ )?(?:separate|extra|on top|quoted|priced)",
         may="visit repair price extra free fee xxfee additional separate lost gone wasted"),
    # The business
    fact("xxdays", may="serve service xxdays visit day come tech ours booked open available hours possible included made time fine",
         never=r"xxdays (?:.* )?(?:is|are) (?:open|available|free)|no|not|later|all(?! day)|any(?! day)|before"
         r"|after(?!noon)|earlier|extra|more|for (?!visits?)|by xxdays|else|xxt\w*|only|around|free|sooner|same|today"
         r"|now|tonight|minutes?|until (?!xxlast).*"),
    fact(r"(?:between|from)?(?: |^)xxopen (?:and|to|until|through) xxlast|(?:open|work|hours|available|visits are).*"
         r" xxopen (?:to|until|through|and) xxclose|xxopen(?!.*(?:xxlast|xxclose))(?=.*\b(?:starts?|starting|begins?"
         r"|beginning|first|earliest|early|opens?|on)\b)|(?:starts?|starting|begins?|beginning|first|earliest|early"
         r"|opens?|from|with)(?: .*)? xxopen|(?:last|latest|late)(?: .*)? xxlast|xxlast.* (?:last|latest|late)",
         may="xxdays xxopen xxlast xxclose visit day come tech ours booked open available hours hour time possible",
         never=r"no|not|before|after(?!noon)|any|else|around|(?:last|latest).*xxopen(?!.*xxlast).*|(?:first"
         r"|earliest).*xxlast|until xxlast|(?:last|latest|late|start\w*|begin\w*).*xxclose"),
    fact(_HVAC, "only|do|does|work|works|all|both|company|handle|handles|service|services|repair|repairs|specialize"
         "|just|strictly|field|trade|here", may="unit ours service services serving repair work works company"
         " business trade austin home team do pumps equipment austin heating", never="you|your|it|for you|(?:water"
         "|pool|xxtheirs) heaters?|(?:is|are) (?!what|all|our|the only|a|an|only)|that works|this works|technician"
         "|every|new|always|since|out|come|we have"),
    fact("(?:i|we) can (?:not )?help|we (?:only )?(?:do|work on|handle|service|fix|look at|take on)|our (?:field|line|trade|thing|specialty)"
         "|what we do|part of what", "not|no|outside|beyond|only|neither", may="any ours look service repair unit"
         " work trade business", never=f"(?:.* )?(?<!water )(?<!pool )(?:{_HVAC})(?! only).*|it|(?<!help )you|there|units?"
         f"|systems?|homes?|houses?|charge|only|visits?|go|drive|travel|highway|side|town|come|need|technician|today|time|yet"),
    fact("virtual receptionist|receptionist virtual", may="virtual receptionist company ours human line reached"
         " business still", never=r"not (?:a|the|just a|only a) virtual|(?:i am|is) a (?:person|human|real|live)|will"
         r"|can|could|our|person (?!i|but|and|just)\w+"),
    fact("not a (?:real |live )?(?:person|human)", may="human person", never="will|can"),
    fact("xxhalf", "ahead|before|beforehand|advance|earlier|prior|notice", "call|calls|phone|phones|ring|rings|get"
         "|hear|contact|heads", may="xxhalf call tech team come visit will usually always arriving ours",
         never=r"text\w*|is (?:coming|calling)|comes? (?:xxhalf|in)|arrives? (?:xxhalf|in)|not|no|again|twice|and"
         r"|nobody|xxt\w*|today"),
    # A visit: nothing is booked, a time is wished or offered
    fact("nothing|no|not|none|neither|until|before|unless|only|without|yet|unbooked", _BOOKED
         + "|not yet|not so far|nothing yet", may="visit booked nothing now cancel move final moment yours xxtws xxts"
         " xxtw xxtwf xxtf xxtf1 xxtwf1 xxtwf1s unbooked ours day call two settled changed arranged",
         backed=lambda s: s.nothing_booked, never=r"(?:but|and) (?:will|it|that|you)|in a moment|(?<!will )need|not"
         r" only|not (?:need|have to|go|agree|say|tell|open|only|be|worry|take)|can not|to be booked|would not|will"
         r" not|as good as|you are|you (?:do )?(?:not )?have|no longer|come|coming|only (?!(?:once|when|after|the|a"
         r"|if))\w+|only .*(?<!say so)(?<!say yes)(?<!agree)(?<!agreed)(?<!yes)(?<!confirm)(?<!okay)$|will|held|no"
         r" (?:problem|need|one)|nobody|nothing to (?!cancel|move|change)\w+|before (?:the )?visit"),
    fact(r"xxt(?:[wf1]*[ws]\w*)", _WISHED + r"|would be|i have(?= xxt\S*$)", may="xxtw xxtws xxtwf xxtwfs xxtwf1"
         " xxtwf1s xxts xxtfs xxtf1s visit day time count booked works", never=r"(?:that|it) is (?!(?:the|what|xxt\w+"
         r" (?:that )?you|when|not)).*|booked|confirmed|set|works|can|is on|to be|have you|you have it|free|open|will"
         r"|xxt\w+ it is|got you|good"),
    fact(r"xxtw?f\w*", may="day time visit open available openings opening slot slots two both offer now options free"
         " show xxtf xxtf1 xxtwf xxtwf1 xxtfs xxtf1s xxtwfs xxtwf1s soonest next count moment", backed=_offered,
         never=r"(?:only|left|not|no|have you|you (?:are|have)|works? for (?:us|me)|needs?|will|yours|mine|technician"
         r"|(?:it|this|that) is (?!one|the|still|what).*)|xxt\w+ (?:it is|is for|is the one|works|is good)"
         r"|xxt(?!w?f)\w*|(?<!\S)(?!.*f1).*(?:nearest|closest|first|soonest|earliest|next).*"),
    fact(r"(?:neither|none|those|these|that|they|times|both|two|xxt\w+)", "(?:neither|none|not|out)",
         "suits?|fit|fits|work|works|do|does|did|right|good|out|convenient", may="xxtf xxtf1 xxtfs xxtf1s xxtwf day"
         " time work works count out booked", backed=_offered, answers=False, never="will|open|available|come"
         "|reserved|it"),
    fact("(?:did|could|would|was|has|were|do) not|failed|fell through|unable", "through|work out|work|book|booked|set"
         " up|made|reserve[d]?|failed", "booking|visit|it|that|this|appointment|i|we|book|booked",
         may=r"visit booked ours fail\w* failed reserved reserve work made", backed=_failed,
         never="will|nobody|one|technician"),
    fact("(?:there is|you have|i see).* visit .*(?:file|books)", may="file visit now books look already number",
         backed=lambda s: s.session.has_appointment),
    fact("^(?:i am|we are) (?:still )?here$",
         backed=lambda s: re.search(r"\b(?:there|hello|hear me)\b", s.last) is not None),
    fact("if|whether|otherwise", "xxprefix|otherwise|serve|cover|area|come|reach", may="area come ours xxprefix look"
         " zip out", never=r"not (?!know|sure)\w+|xxtheirs|will|technician"),
    # What is owed
    fact("we (?:have )?(?:let you down|left you (?:waiting|hanging)|kept you waiting)",
         may="ours", backed=_owed),
    fact("owe|owed|promised|waiting|waited|heard|gotten|got|gets?|did not|never|nobody|no one|not|overdue|late",
         "call|called|back|us|hear|heard|touch", may="call team us we nobody never soon promised long yet still"
         " overdue waiting come came count two three", backed=_owed, never="will|(?:we|they) (?:are|have (?!not))"
         "|today|now|can|could|because|visit|technician"),
    # The area
    fact(_SERVE + "|everything|anything", "austin|xxprefix", may="area come ours xxprefix look home day visit"
         " everything keep anything out stick limited", never=r"xxtheirs(?! xxtheirs)|any(?! zip)|anywhere|far|all"
         r" over|you are|(?<!if )(?<!whether )your (?:zip|area|address)(?: code)? (?:is|starts|begins)|it is|also"
         r"|near\w*|xxzip|outside|not|in front|technician|today"),
    fact("xxzip|xxaddr|it|that|one|your|you|yours", "area|served|covered|ours|included|serve|cover|inside|including"
         "|too", may="area ours yours xxzip xxaddr xxdays included xxprefix zip", backed=lambda s: s.served is True,
         never=r"^(?:that|it) is included|not|no|near|outside|our(?! area| service)|austin|will|and|technician|you"
         r" (?!are)\w+|come|today"),
    fact("outside (?:of )?(?:the )?(?:austin|xxprefix)", "(?:do|can|are) not", may="area come ours xxprefix zip",
         never="will|technician|visit|today|xxtheirs"),
    # A call back
    fact("call|calls|called|calling|callback|xxasap|touch|hear|^(?:only )?will be (?:someone|somebody)|(?:it|that)"
         " (?:will|would) be (?:the |our |a |one of (?:our |the )?)?(?:team|someone|somebody|person)|reach",
         may="call return team come xxasap xxphone ours will repair price unit day know yet visit nothing part booked sure"
         " promise hear next count human free", backed=lambda s: s.callback_due, never=r"i am sure|i (?:will|can)"
         r" call|(?:it|that) (?:can|could)|wait|no one|nobody|no (?!idea|exact)\w+|never|now|already|moment|(?<!exact"
         r" )(?<!the )(?<!what )hour|visit (?!is not)|first(?! ,)|not (?!know|say|tell|have|sure|promise|who|when"
         r"|what|exactly|yet|want|a ).*|will (?:find|arrange|set|fix|take|help(?! you)|have (?!an answer)).*|com(?:e"
         r"|es|ing)(?! from)|(?:i|we) (?:have|will) .*(?:told|asked|booked)|today|right away|free|repaired|fixed"
         r"|before|has been called|(?:they|team) (?:is|are|have|has)|technician|within|should (?!you)|if you (?!have"
         r"|want|need)|(?:on|up) (?:the|your) (?:way|list)|may call|last|xxname (?:will|is)|booked(?<!not"
         r" booked)(?<!nothing is booked)(?<!no visit is booked)"),
    fact(r"^(?:a |an |so |and )*(?:team|advisors?|someone|somebody)(?: from (?:the|our) (?:team|office))?$|(?:i|we)"
         r" (?:can|could|will) (?:have|ask|get) (?:the |our )?(?:team|someone|somebody) (?:to )?call|(?:team|someone"
         r"|somebody|they) (?:can|could|will know where to|knows where to|is able to|should) (?:call|reach|get back"
         r" to|contact)|(?:i|we) (?:do|can) not (?:see|have) (?:your|the|a|any) (?:number|phone)|number (?:does|did"
         r"|is) not (?:show|come|visible)|(?:need|a|any|best|which\w*|whatever|good) (?:\w+ )?number",
         may="call team ours look will show number xxasap visible know come", backed=lambda s: s.callback_wanted,
         never=r"no one|nobody|no|never|now|already|moment|hour|visit|soon|will (?!know|do|have|ask|get|need)\w+"
         r"|(?:someone|they|team|he|she) (?:is|are|has)|today"),
)
# fmt: on
