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
            w.among(word, w.NEUTRAL)
            or (own and not word.startswith("xxt") and spoken.is_theirs(word))
            or word == "xxtheirs"
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


def _given(spoken: Spoken) -> bool:
    """The caller has told something of theirs, and asks nothing."""
    s = spoken.session
    return "?" not in spoken.last and any((s.name, s.zip_code, s.zip_unconfirmed, s.address, s.phone))


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
    fact("(?:good|nice|welcome|hello|hi|thanks|thank you).* (?:again|back)", may="call", backed=
         lambda s: s.session.known_caller or s.session.calls_today > 1, answers=False),
    fact("^(?:(?:okay|alright|got (?:it|that)|gotcha|understood|noted|i see|hello|hi|hey|good (?:morning|afternoon"
         "|evening)|goodbye|bye|have an? (?:good|nice|great|lovely|wonderful) (?:day|evening|night|one|weekend)"
         "|(?:you are )?(?:very )?welcome|take care|my pleasure|maam|sir|right|xxname|ouch|oh"
         " no|oh|(?:my )?goodness|wow|yikes|oof|agreed|(?:i can )?hear you|i get (?:it|that)|i am afraid|that is"
         " (?:all|it)|you are (?:right|correct)(?: about (?:that|it))?|no|please|yes|(?:i am|we are) (?:listening"
         "|still here|with you|here)|(?:only )?(?:that|it) helps|so|then|there|to (?:ask|say|ask that|want that)"
         "|thanks for calling(?: us| xxbiz)?|you (?:have reached|are through to) xxbiz|(?:this|here) is xxbiz(?: in"
         " austin)?|of heating and (?:air conditioning|cooling)|welcome to austin|that may be|none taken|no offense"
         " taken|to you|thank you for calling(?: us| xxbiz)?|(?:it|that|this) should (?:not|never) (?:happen|have"
         " happened|be (?:like )?(?:that|this)(?: way)?))(?: |$))+$", may="*", never="^(?:so|then|there|to(?! you).*)$"
         "|^(?:right|no|okay|so) (?:there|so|then)", answers=False),
    fact(r"(?:that|this|which|it) (?:is|would be|sounds|makes)(?: \w+)* (?:fine|okay|alright|problem|trouble|bother"
         r"|fair|question|point|thing|good to know|sense|reasonable|understandable|natural|clear|helpful|useful"
         r"|choice|enough|concern|wise|sensible)|understandable|reasonable|is (?:perfectly )?fair|(?:no|not a)"
         r" (?:pressure|problem|trouble|bother|worries|harm(?: done)?|apology|apologies|offense)|fine (?:by|with) me"
         r"|^no"
         r" (?:rush|hurry)$|do not worry|not to worry|never mind|sure|gladly|of course|certainly|absolutely|by all"
         r" means|with pleasure|happy to|glad to|makes sense|good to know|fair enough|^(?:great|perfect|wonderful"
         r"|lovely|excellent|fantastic|awesome|nice|fine|good)(?: (?:question|point|news))?$|(?:that|it) (?:comes"
         r"|goes) first|take (?:all )?(?:the|your) time|(?:no need|no reason|nothing) to (?:apologize|explain"
         r"|be sorry|be embarrassed|feel bad|worry about that"
         r"|rush)|(?:either|any|whichever|whatever)(?: \w+)* (?:is fine|works|is okay|will do|suits you|you prefer"
         r"|you like|is (?:good|easi\w+|best|better))", may="day comparing checking worrying problems",
         never=r"is it|what .* is|(?<!that )(?<!this )(?<!it )(?:is|are) no|problem (?!at all|there|with that"
         r"|asking)\w+|(?:it|this|that) (?:is|works) (?:the|an?) (?!fair|good|reasonable|question|point|natural"
         r"|sensible|perfectly|very)\w+|make .*", backed=_undemanding, answers=False),
    fact(r"^(?:thanks|thank you)(?: so much| very much)? for (?:giving (?:me )?)?(?:the|your|that"
    r"|all the) (?:\w+ )?(?:zip|zip code"
         r"|address|street|name|number|details|information)$", may="zip", backed=_given, answers=False),
    fact(r"^(?:(?:i|we) (?:understand|see|know|hear|get) )?(?:that )?you (?:need|want|would like) (?:it|this|that"
    r"|someone|help|heat|air"
         r"|to be (?:warm|cool))(?: \w+)? (?:soon|sooner|quickly|fast|now"
         r"|right away)$", may="team unit", backed=lambda s: calm(s)
         and "?" not in s.last, answers=False),
    fact(r"^(?:(?:your|the|a) )?xxtheirs(?: \w+)? is dear$", may="is dear practice", backed=calm, answers=False),
    fact(r"^(?:enjoy|good luck (?:with|at|on|to)|have fun (?:at|with)) .*", never="us|we|our|visit|technician|unit"
    "|system|it",
         may="xxt xxts xxtw xxtws xxtf xxtfs", backed=calm, answers=False),
    fact("^(?:that|it|this) is (?:only |just )?(?:a wish|a request|what you (?:asked|wished) for)(?:(?: so)? far| for"
    " now)?$",
         may="far now", backed=lambda s: s.nothing_booked and s.session.visit_at is not None),
    fact("^(?:that|it|this) is (?:one of (?:the|those)|the (?:first|second|other))(?: (?:two|three|times"
    "|ones?))?$", may="two three",
         backed=lambda s: len(s.session.slots) > 1),
    fact("^(?:that|it|this) (?:is|comes|would be) (?:only )?(?:after|once|when|from) (?:\\w+ ){0,3}(?:seeing|seen"
    "|looking|looked|look)\\b.*",
         may="look tech team"),
    fact("^(?:real )?(?:quick|quickly"
    "|briefly)$", may="quick quickly", backed=lambda s: "?" not in s.last, answers=False),
    fact("(?:i|we) (?:missed|did not (?:quite )?(?:catch|hear|get)|could not (?:quite )?(?:hear|make out|catch))"
         "|(?:line|connection|it) (?:is|was) .*(?:unclear|noisy|bad|rough|choppy|breaking up)",
         may="ours made", never="call|visit", answers=False),
    # The caller may speak; what is asked for
    fact(r"tell me|give me|take (?:all )?(?:the|your) time|go (?:right )?ahead|share|spell|repeat|start with|begin"
         r" with|(?:let me|may i|can i|i (?:have|need|want|would like) to|^please|^) ask|ask away|let me (?:know"
         r"|have|ask)|(?:walk|take) me through|describe|(?:take|pick|choose|name) (?:a|any|whichever|whatever"
         r"|another) (?:day|time)|whenever|(?:i|we|all i|all we)(?: \w+){0,3} (?:need|want|am missing|ask|like)(?:"
         r" \w+){0,6} (?:zip|name|address|street|number|details?|information|questions?|thing|day|know|right)|(?:i"
         r"|we) have (?:\w+ ){0,3}(?:questions?|thing)|(?:one|another)(?: \w+){0,2} (?:thing|question)|(?:i|we)"
         r" (?:can|will|would) (?:be happy to )?take (?:down )?(?:your|the|some) (?:details|information)|(?:i|we)"
         r" have (?:that|it)|^(?:the|your) (?:name|address|zip|number|street|day)|(?:make|be) sure|be (?:clear"
         r"|honest)|rephrase|double check|(?:i|we) (?:only )?(?:mean|meant|am asking for|was asking for)|let us"
         r" (?:try|pick|find|choose) (?:another|a different|some other) (?:day|time|one)|let us (?:start|begin)|you"
         r" (?:can|could|may|are free to) (?:choose|pick"
         r"|change|decide|think|name)", may="day look unit noise door area two five come moment quick simple visit made"
         " ours", never=r"him|them|will make|today|asap|calls|open|new|covers?|come(?! (?:after|before|behind))|set"
         r"|fix|back|off|book|booked"
         r"|works?|next|move|xxt\w+|you will|will (?!take)|made (?!sure)|give me a moment|look|" + _BRINGS,
         answers=False),
    fact("^(?:(?:just|only|but|and|then|or|so) )*(?:to|so that|before|if|once|when|whenever|until|unless|after|as"
         " long as|as soon as|in case|should|for|while)", may="sub look visit booked tech team come repair day zip"
         " sure call unit open door two ready ours reached work works area off opening quick",
         never=r"(?:will|no|now|first|off|same|within|over|under|more|another|xxt\w+|today|tonight)|" + _BRINGS +
         r"|(?:technician|it|he|they) (?:comes|fix\w*|is (?!not))|to help you (?:get|find)|(?:is|are|be) (?:booked"
         r"|scheduled|done|fixed|repaired|open|right|set)(?<!get booked)|^(?:if|when|once) you (?:are|have) (?!ready"
         r"|okay|sure|any|decided|not|the|a |seen|chosen|more)|^to (?!get|set|be (?:sure|clear|honest)|do that|start"
         r"|help|book|schedule|find|begin|open|say|make sure).*|^for (?!the|a|your|that|which|what|who).*",
         answers=False),
    # Help
    fact(r"(?:(?:i|we) )?(?:can|could|would (?:like|love) to|would be (?:happy|glad) to|(?:am|are) (?:happy|glad"
         r"|here) to|(?:do )?want to|happy to|glad to) (?:help|assist)|let us (?:start|find|see|figure out|begin|get"
         r" (?:that|it|this) (?:looked at|checked|seen|right)|take|talk about)|(?:i|we) (?:can|could|should|would"
         r" like to) (?:get|have) (?:that|it|this|your \w+|the \w+) (?:looked at|checked|seen|scheduled|looked into"
         r"|set up|started)|(?:i|we) (?:can|could) (?:set (?:that|it|a visit|one) up|set up (?:a visit|one|that)"
         r"|schedule (?:a visit|one|that)|find (?:you )?a (?:time|day))|what (?:i am|we are) here for|(?:we are"
         r" )?here to help", may="look visit unit day zip problem ours works", never=r"with \w+ too|also|out (?!what"
         r"|when|with)\w+|let us get (?:you|it|that|this) (?!looked|what|checked|seen|right$)\w+|for you on|up on|in"
         r" on|xxt\w+|again|no|not", answers=False),
    # The caller's data, read back
    fact("(?:xxname|xxaddr|xxzip|xxphone)", may="only zip got heard understood name address code number street down"
         " under right calling wrote house line i have is and at in as on for the your that this it so of with what"
         " a an", answers=False, never=r"hi|hello|hey|thanks?|(?:.* )?you (?!are calling|are at|gave|said)\w+|in"
         r" xxaddr|can|could|will|would|do|does|did|not|no|they|we|he|he|any|(?:is|are) (?!xx|the number|your|at"
         r"|what)\w+|late\w*|serve.*|best|out"),
    # The fee and what becomes of it
    fact("xxfee", may="price credit visit look repair team come tech free diagnostic extra booked stays covers stay"
         " alone remains ours money", never=r"starts?|starting|begin\w*|from|least|minimum"
         r"|(?:and|with|or|plus) (?:the |a |your )?repair|repairs? (?:is|are"
         r"|costs?|will|would|comes?)|for (?:the |a |any |your )?repairs?|each|every|nothing|else|no|not(?! (?:free"
         r"|lose|more|on top|extra|separate|gone|lost|wasted))|unless|keep|(?<!not )free|(?<!not )extra|up front"
         r"|technician (?:is|has|will)|another|within|only if (?!you)|back (?:if|when|unless)(?! (?:you|the repair))"
         r"|both|full|put|pay\w* (?:back|by|with)|first|" + _BRINGS + r"|^(?!.*\b(?:repair\w*|ahead|fixed"
         r"|it)\b).*\b(?:credit\w*|count\w*|taken|toward|off|against|back)\b.*"),
    fact(r"credit\w*|(?:come|comes|goes?|go|taken|counts?|counted|applied|applies|deducted|subtracted|put)(?: \w+)?"
         r" (?:off|toward|towards|against|to|from)|off (?:the|your) (?:repair|bill)", "repairs?|repaired|ahead|fixed"
         "|it (?:done|fixed)|do it", may="price credit repair visit diagnostic ours xxfee booked look",
         never="no|not|nothing|unless|without|keep|visit is|technician|any|another|each|every|only if (?!you|the)|card"
         "|account|both|repairs? (?:is|are|costs?|would|comes?)|within|same|full|" + _BRINGS),
    fact(r"(?:visit|fee|it|that|xxfee) (?:is|are) not (?:on top|extra|additional|separate|lost|gone|wasted|free)"
         r"|repairs? (?:is|are|would be|gets?) (?:\w+ )?(?:separate|extra|on top|quoted|priced)",
         may="visit repair price"),
    # The business
    fact("xxdays", may="serve service visit day come tech ours booked open available hours made fine",
         never=r"xxdays (?:.* )?(?:is|are) (?:open|available|free)|no|not|later|all(?! day)|any(?! day)|before"
         r"|after(?!noon)|earlier|extra|more|for (?!visits?)|by xxdays|else|xxt\w*|only|around|free|sooner|same"
         r"|today|now|tonight|minutes?|until (?!xxlast).*"),
    fact(r"(?:between|from)?(?: |^)xxopen (?:and|to|until|through) xxlast|(?:open|work|hours|available|visits are).*"
         r" xxopen (?:to|until|through|and) xxclose|xxopen(?!.*(?:xxlast|xxclose))(?=.*\b(?:starts?|starting|begins?"
         r"|beginning|first|earliest|early|opens?|on)\b)|(?:starts?|starting|begins?|beginning|first|earliest|early"
         r"|opens?|from|with)(?: .*)? xxopen|(?:last|latest|late)(?: .*)? xxlast|xxlast.* (?:last|latest|late)",
         may="xxdays visit day come tech ours booked hour", never=r"no|not|before|after(?!noon)|any|else|around"
         r"|(?:last|latest).*xxopen(?!.*xxlast).*|(?:first|earliest).*xxlast|until xxlast|(?:last|latest|late"
         r"|start\w*|begin\w*).*xxclose"),
    fact(_HVAC, "only|do|does|work|works|all|both|company|handle|handles|service|services|repair|repairs|specialize"
         "|just|strictly|field|trade|here", may="unit ours serving repair company business austin team equipment",
         never="you|your|it(?! is (?:only|just|strictly|heating and))|for you|(?:water|pool|xxtheirs) heaters?|(?:is"
         "|are) (?!what|all|our|the only"
         "|a|an|only)"
         "|that works|this works|technician|every|new|always|since|out|come|we have"),
    fact(rf"^(?!.*(?:{_HVAC}))\w+ (?:is|are) (?:outside|beyond|not (?:in|part of)) (?:of )?(?:our"
         r" (?:work|field|line|trade)|what we do)$", may="ours repair unit"),
    fact("visits? (?:is|are)|^(?:this is|you have reached) xxbiz in", "austin", may="ours area visit reached",
         never="not|no|near|around|outside|technician|today|all|any|free|booked"),
    fact("(?:i|we) can (?:not )?help|(?:i|we) (?:have to|must|would have to) (?:pass on|decline)|^xxtheirs (?:is|are"
    "|would be) for (?:somebody|someone) else$|we (?:only )?(?:do"
    "|work on|handle|service|fix|look at|take on)|our (?:field"
         "|line|trade|thing|specialty)|what we do|part of what", "not|no|outside|beyond|only|neither|pass on|decline"
         "|(?:somebody|someone) else",
         may="any ours look repair unit business", never=f"(?:.* )?(?<!water )(?<!pool )(?:{_HVAC})(?! only).*|it"
         f"|(?<!help )you|there|units?|systems?|homes?|houses?|charge|only|visits?|go|drive|travel|highway|side|town"
         f"|come|need|technician|today|time|yet"),
    fact("virtual receptionist|receptionist virtual", may="company ours human line reached business",
         never=r"not (?:a|the|just a|only a) virtual|(?:i am|is) a (?:person|human|real|live)|will|can|could|our"
         r"|person (?!i|but|and|just)\w+"),
    fact("not a (?:real |live )?(?:person|human)", may="", never="will|can"),
    fact("xxhalf", "ahead|before|beforehand|advance|earlier|prior|notice", "call|calls|phone|phones|ring|rings|get"
         "|hear|contact|heads", may="call tech team come visit usually always arriving ours",
         never=r"text\w*|is (?:coming|calling)|comes? (?:xxhalf|in)|arrives? (?:xxhalf|in)|not|no|again|twice|and"
         r"|nobody|xxt\w*|today"),
    # A visit: nothing is booked, a time is wished or offered
    fact("nothing|no|not|none|neither|until|before|unless|only|without|yet|unbooked", _BOOKED + "|not yet|not so far"
         "|nothing yet", may="visit booked now cancel moment yours xxtws xxts xxtw xxtwf xxtf xxtf1 xxtwf1 xxtwf1s"
         " xxtfs xxtf1s xxtwfs ours day call two", backed=lambda s: s.nothing_booked, never=r"(?:but|and) (?:will|it"
         r"|that|you)|in a"
         r" moment|(?<!will )need|not only|not (?:need|have to|go|agree|say|tell|open|only|be|worry|take)|can not|to"
         r" be booked|would not|will not|as good as|you are|you (?:do )?(?:not )?have|no longer|come|coming|only"
         r" (?!(?:once|when|after|the|a|if))\w+|only .*(?<!say so)(?<!say"
         r" yes)(?<!agree)(?<!agreed)(?<!yes)(?<!confirm)(?<!okay)$|will|held|no (?:problem|need|one)|nobody|nothing"
         r" to (?!cancel|move|change)\w+|before (?:(?:the|your|xxt\w+) )*(?:visit|appointment)"),
    fact(r"xxt(?:[wf1]*[ws]\w*)", _WISHED + r"|would be|i have(?= xxt\S*$)", may="xxtw xxtws xxtwf xxtwfs xxtwf1"
         " xxtwf1s xxts xxtfs xxtf1s visit day count booked works", never=r"(?:that|it) is (?!(?:the|what|xxt\w+"
         r" (?:that )?you|when|not)).*|booked|confirmed|set|works|can|is on|to be|have you|you have it|free|open"
         r"|will|xxt\w+ it is|got you|good"),
    fact(r"xxtw?f\w*", may="day visit open available openings opening slot slots two now free show xxtf xxtf1 xxtwf"
         " xxtwf1 xxtfs xxtf1s xxtwfs xxtwf1s soonest next count moment", backed=_offered,
         never=r"(?:only|left|not|no|have you|you (?:are|have)|works? for (?:us|me)|needs?|will|yours|mine"
         r"|technician|(?:it|this|that) is (?!one|the|still|what).*)|xxt\w+ (?:it is|is for|is the one|works|is"
         r" good)|xxt(?!w?f)\w*|(?<!\S)(?!.*f1).*(?:nearest|closest|first|soonest|earliest|next).*"),
    fact(r"(?:neither|none|those|these|that|they|times|both|two|xxt\w+)", "(?:neither|none|not|out)", "suits?|fit"
         "|fits|work|works|do|does|did|right|good|out|convenient", may="xxtf xxtf1 xxtfs xxtf1s xxtwf day count"
         " booked", backed=_offered, answers=False, never="will|open|available|come|reserved|it"),
    fact("(?:did|could|would|was|has|were|do) not|failed|fell through|unable", "through|work out|work|book|booked"
         "|set up|made|reserve[d]?|failed", "booking|visit|it|that|this|appointment|i|we|book|booked",
         may="visit booked ours reserved", backed=_failed, never="will|nobody|one|technician"),
    fact("(?:there is|you have|i see).* visit .*(?:file|books)", may="visit now look already xxphone",
         backed=lambda s: s.session.has_appointment),
    fact("if|whether|otherwise", "xxprefix|otherwise|serve|cover|area|come|reach", may="area come ours look zip",
         never=r"not (?!know|sure)\w+|xxtheirs|will|technician"),
    # What is owed
    fact("we (?:have )?(?:let you down|left you (?:waiting|hanging)|kept you waiting)", may="ours",
         backed=_owed),
    fact("owe|owed|promised|waiting|waited|heard|gotten|got|gets?|did not|never|nobody|no one|not|overdue|late",
         "call|called|back|us|hear|heard|touch", may="call team soon come came count two three",
         backed=_owed, never="will|(?:we|they) (?:are|have (?!not))|today|now|can|could|because|visit|technician"),
    # The area
    fact(_SERVE + "|everything|anything", "austin|xxprefix", may="area come ours look day visit",
         never=r"xxtheirs(?! xxtheirs)|any(?! zip)|anywhere|far|all over|you are|(?<!if )(?<!whether )your (?:zip"
         r"|area|address)(?: code)? (?:is|starts|begins)|it is|also|near\w*|xxzip|outside|not|in front|technician"
         r"|today"),
    fact("xxzip|xxaddr|it|that|one|your|you|yours", "area|served|covered|ours|included|serve|cover|inside|including"
         "|too", may="area ours xxdays xxprefix zip", backed=lambda s: s.served is True, never=r"^(?:that|it) is"
         r" included|not|no|near|outside|beyond|past|out"
         r"|our(?! area| service)|austin|will|and|technician|you (?!are)\w+|come|today"),
    fact("outside (?:of )?(?:the )?(?:austin|xxprefix)", "(?:do|can|are) not", may="area come ours zip",
         never="will|technician|visit|today|xxtheirs"),
    # A call back
    fact("call|calls|called|calling|callback|xxasap|touch|hear|^(?:only )?will be (?:someone|somebody)|(?:it|that)"
         " (?:will|would) be (?:the |our |a |one of (?:our |the )?)?(?:team|someone|somebody|person)|reach",
         may="call return team come xxphone ours repair price unit day visit part booked sure promise next count"
         " human free", backed=lambda s: s.callback_due, never=r"i am sure|i (?:will|can) call|(?:it|that) (?:can"
         r"|could)|wait|no one|nobody|no (?!idea|exact)\w+|never|now|already|moment|(?<!exact )(?<!the )(?<!what"
         r" )hour|visit (?!is not)|(?<!^)first(?! ,)|not (?!know|say|tell|have|sure|promise|who|when|what|exactly|yet"
         r"|want"
         r"|a ).*|will (?:find|arrange|set|fix|take|help(?! you)|have (?!an answer)).*|com(?:e|es|ing)(?! from)|(?:i"
         r"|we) (?:have|will) .*(?:told|asked|booked)|today|right away|free|repaired|fixed|before|has been called"
         r"|(?:they|team) (?:is|are|have|has)|technician|within|should (?!you)|if you (?!have|want|need)|(?:on|up)"
         r" (?:the|your) (?:way|list)|may call|last|xxname (?:will|is)|booked(?<!not booked)(?<!nothing is"
         r" booked)(?<!no visit is booked)"),
    fact("(?:comfort )?advisors?|they", "(?:that|it) (?:would|will) be (?:a|our|one of our)|call|calls|talks?"
    "|goes? over|handles?",
         may="call unit team", backed=lambda s: s.callback_due and s.session.high_ticket,
         never=r"today|soon|now|already|moment|not|no|never|xxt\w*|is|has|have|first|again|" + _BRINGS),
    fact(r"^(?:a |an |so |and )*(?:team|advisors?|someone|somebody)(?: from (?:the|our) (?:team|office))?$|(?:i|we)"
         r" (?:can|could|will) (?:have|ask|get) (?:the |our )?(?:team|someone|somebody) (?:to )?call|(?:team|someone"
         r"|somebody|they) (?:can|could|will know where to|knows where to|is able to|should) (?:call|reach|get back"
         r" to|contact)|(?:i|we) (?:do|can) not (?:see|have) (?:your|the|a|any) (?:number|phone)|number (?:does|did"
         r"|is) not (?:show|come|visible)|(?:need|a|any|best|which\w*|whatever|good) (?:\w+ )?number",
         may="call team ours look xxasap come", backed=lambda s: s.callback_wanted, never=r"no one|nobody|no|never"
         r"|now|already|moment|hour|visit|soon|will (?!know|do|have|ask|get|need)\w+|(?:someone|they|team|he|she)"
         r" (?:is|are|has)|today"),
)
# fmt: on
