"""What a reply of the model may consist of: every clause has one of these forms, or all its words are of one topic.

There is no list of what may not be said. A clause is feeling or courtesy, hands a question to the technician or the
team, denies knowing, offers help, or states a fact of the business or the session, whose times, prices, names and
numbers are marks of known.py. A word that no form has makes the sentence one that no record can back. Data; pure.

The forms are written over the words of `plain()`, adverbs without meaning left out. `<name>` is a part of PARTS, and
"head ..tail" is the head and any words of a vocabulary.
"""

import re
from collections.abc import Callable

from call.session import BookingStatus
from conversation.guard.known import Spoken

# Vocabularies: what may follow a head in any order. None has a word that a visit, a time, a price, a person or a danger
# could be claimed with on its own.
_FUNCTION = (
    "where neither either a an the this that these those it you your yours my me i we our us them she he or but if when while with without in"
    " of to for at about from by as than like how what why which who are is was were be been being am have has had"
    " do does did not no can could would should must might any some more most much many both each every other another"
    " having something somebody itself yours ours mine whose itself whom perhaps maybe except than then ever once quite begin further by somehow somewhat whichever whatever whoever such same own between among toward per those here"
    " again after during all on and too so because even up down out through there"
)
_SYMPATHY = _FUNCTION + (
    " sorry hear hearing deal dealing go going gone through trouble hassle waiting waited sound sounds feel feeling feels"
    " frustrating frustration uncomfortable hard rough tough stressful difficult heat cold hot warm cool cooling heating"
    " heater ac air conditioning conditioner furnace unit system weather summer winter house home place working work worked"
    " works happen happened happening happens family kids little ones baby day days night nights week long late"
    " explain explaining tell telling told ask asking asked know knowing question questions concern concerns worry"
    " worried wondering want wanted need needed hope like feel upset annoyed anyone anybody nobody wants fun sleep"
    " put keep kept repeat repeating say said mean inconvenience experience situation way sense bad lot issue problem"
    " fit fits wait times confusion mix mixup bill invoice call calls calling frustrated tired exhausted stuck stress family mother father parents husband wife tenant tenants kid child elderly dog evening morning sleep rest awake important comfort ready reach reaching reason understandable relief able anything everything start beginning enough course best ahead one two three more than once noise leaking leak loud things thing especially handle side right now time"
)
_KNOWING = _FUNCTION + (
    " site on needs requires something into time heater ac furnace air conditioner conditioning heating cooling price prices cost costs exact exactly amount number quote depends part parts phone over here see seen seeing look"
    " looked looking sure certain yet needs need needed involved work works system unit problem issue cause first once until"
    " before person someone they he come comes coming repair repairs detail details information answer"
    " answers question questions tell say explain know help find finds found out takes take long guess promise speak for"
    " hand further specific specifics options option best honest fair figure without whether kind sort type that much"
    " invoice invoices bill bills billing account warranty records history showing show shows front of end file range fee condition at_the_visit after_the_visit during_the_visit at_a_visit for_a_visit for_the_visit at_that_visit without_a_visit state underneath cover decide decision decides assess  checked check checking inspect inspected inspection explained told given quoted based down whatever whoever whichever matter topic timing length duration size old  worth it wrong going happening causing make making noise equipment brand model age technician technicians there house home"
    " proper closer diagnose then anything else everything able job done beforehand upfront front figures ballpark"
    " inside itself actual full whole picture idea accurate reliable safely really rest ahead go along"
)
ASKING = _FUNCTION + (
    " chance be put moment information required needed needs want wants wanted sorry hear hearing understand understood okay alright interested decide sometime somewhere anywhere specific particular certain ideal ideally preferred preference open another others option options possible reachable callback handy letters numbers between early earlier late later part exact full complete residence house building home office property place floor gate cross town neighborhood side located nearest corner tenant owner landlord expecting charge answering door access still instead last_name"
    " name names first full spell spelled spelling zip code codes five digit digits area address street house number"
    " unit apartment located live city day days week weekend morning mornings afternoon afternoons time times best better"
    " suit suits work works good date prefer soon asap sooner need help going doing happening wrong problem issue trouble"
    " happened system heating cooling ac furnace heater tell give say share mind get may let know get have please could"
    " speaking speak talking talk calling call reach phone best person property site contact who there"
    " visit visits technician schedule set book set up arrange setting scheduling come out us see look details"
    " about change correct fix part wrong different go ahead else other want like ready start first one ask asking once"
    " more again repeat where should happen describe bit little regarding billing warranty bill invoice matter under"
    " account appointment rather callback back catch missed hear line quick thing whole just so we can find where to"
    " find check tells whether serve serves right you cover covers team knows know info information"
    " confirm double sure easiest convenient for you your schedule place located home seems seem exactly into"
    " meet meeting renter tenant building mentioned said"
)
_CONDITION = (
    "you that i we it would like want prefer are is ready okay decide to rather helps suits suit works have know tell me"
    " need your a an the name zip address number day time details go ahead with say yes okay confirm agree"
    " can get booked scheduled of few more one which best us and all what where no questions question until any other from for"
    " team technician looked at seen see sees has it in"
)
_REPAIR = (
    "you we it the a that this your repair repairs go goes going ahead with decide decided to have us do done is get"
    " getting and choose want through done on doing"
)
TAILS = {"..sympathy": _SYMPATHY, "..knowing": _KNOWING, "..asking": ASKING, "..condition": _CONDITION,
          "..repair": _REPAIR}  # fmt: skip

Groups = tuple[tuple[Callable[[Spoken], bool], tuple[str, ...]], ...]  # What backs the forms, and the forms

PARTS = {
    "is": r"(?:is|was|must be|must have been|has been|can be|could be|sounds|does sound|has to be|has got to be|would be"
          r"|seems|feels|can feel|must feel|may be|can not be|is not|was not|should not be|will be)",
    "it": r"(?:it|that|this|which|these things|those|all of (?:this|that)|all that|everything|so)",
    "bad": r"(?:frustrating|uncomfortable|rough|hard|tough|annoying|stressful|awful|terrible|horrible|(?:no|not) fun"
           r"|unpleasant|painful|a (?:real )?(?:pain|lot|hassle|nuisance|shame|pity|headache|bother)|too (?:bad|long|many)"
           r"|long|miserable|inconvenient|upsetting|worrying|disappointing|sad|difficult|confusing|exhausting|tiring"
           r"|not (?:easy|right|okay|acceptable|good enough|what you want)|no way|never (?:easy|fun)|unfortunate"
           r"|understandable|a (?:long|hard|rough|tough|difficult) (?:time|wait|day|week|night|situation|spot)|the last thing"
           r"|nothing (?:anyone|anybody) wants|too much|many|draining|distressing|aggravating|not ideal|cold|hot|loud"
           r"|unbearable|irritating|brutal|the worst|lousy|a bad (?:time|day)|hard on)",
    "fine": r"(?:(?:a|an) (?:very )?(?:fair|good|great|reasonable|important|sensible|common|natural|fair enough)"
            r" (?:question|point|thing|one|concern)|fair|good to know|helpful|useful|no (?:problem|trouble|bother)|okay|fine"
            r"|alright|all i need|enough|up to you|your (?:choice|decision|call)|not a problem|what i need|reasonable"
            r"|understood|clear|the right (?:thing|question)|a fair (?:ask|request)|what we do|what i am here for|no rush"
            r"|kind of you|good|right|correct|plenty)",
    "technician": r"(?:(?:the|a|our|your|any|one of our|that) technicians?|technicians|they|he|she|he or she|whoever comes"
                  r"|the technician who comes|the person who (?:comes|looks at it)|the one who comes)(?: out)?",
    "team": r"(?:(?:someone|somebody|a person|a (?:team )?member|one of us)(?: (?:on|from|of|in) (?:the|our) (?:\w+ )??team"
            r"| here)?|(?:the|our) (?:\w+ )??team|(?:a|our|the|one of our) (?:comfort )?advisors?|whoever calls|they|he or she"
            r"|the person who calls|(?:someone|somebody|a person) (?:else )?from (?:billing|warranty)|our people|the office)",
    "may": r"(?:can|could|will|would|should|will be able to|would be able to|should be able to|is able to|are able to|would"
           r" have to|will have to|has to|have to|needs to|need to|would need to|will need to|is happy to|would be happy to"
           r"|will be happy to|can then|would be glad to|can best|does|is the (?:best|right|one|only) (?:person|one|who can)"
           r"(?: to)?|is (?:best placed|in the best position|who can)(?: to)?)",
    "tell": r"(?:answer|tell|say|explain|go over|go through|walk|give|look|take|see|find|figure|know|let you know|talk|discuss"
            r"|speak|address|help|quote|check|assess|determine|diagnose|have|cover|ask|clarify|sort|advise|inspect|judge"
            r"|confirm|work|point|price|evaluate|be able)",
    "tells": r"(?:answers|tells|says|explains|goes over|goes through|walks|gives|looks|takes|sees|finds|figures|knows|talks"
             r"|quotes|checks|has|lets|decides|covers|inspects)",
    "visit": r"(?:(?:the|a|our|that|each|every|any|this|your|first|the first)? ?(?:diagnostic )?(?:visit|fee|visit fee"
             r"|diagnostic|diagnostic fee|charge|cost|price|diagnostic charge)(?: itself)?(?: (?:of|for) (?:the|a|that|our)"
             r" (?:diagnostic )?(?:visit|diagnostic))?|(?:having|to have|getting) (?:someone|somebody|a technician|it)"
             r" (?:come )?(?:out )?(?:and |to )?(?:look|take a look|looked)(?: at (?:it|that))?|it|that|this|coming out)",
    "what_for": r"(?: for (?:the|a|that|our|any|each|every|your)? ?(?:diagnostic )?(?:visit|diagnostic|technician to (?:come|look|take"
                r" a look|come and (?:look|take a look))(?: out)?(?: (?:and|to) (?:look|take a look|see it))?(?: at (?:it|that|the"
                r" \w+))?|(?:someone|a technician) to (?:come out|look at it|take a look|come out and (?:look|take a look))))?",
    "credited": r"(?:is|are|gets|get|will be|would be|will|would|goes|go|comes|come|counts|count|can be|is then)?(?: then)?(?: fully)?"
                r" ?(?:credited|applied|applies|apply|goes|go|come|comes|taken|counted|counts|count|put|credit|deducted|subtracted)?"
                r"(?: back)?",
    "toward": r"(?:to|toward|towards|against|off|off of|from) (?:the|your|that|any|what you pay for the)"
              r"(?: (?:cost|price|bill|total)(?: of)?)?(?: (?:the|that|your|a))? ?(?:repair|repairs|repair (?:bill|cost|price))",
    "free": r"(?:xxtw?f\w*(?:(?: ,)? (?:or|and) xxtw?f\w*| , xxtw?f\w*)*)",
    "wish": r"(?:(?:for |on |at )?xxt(?:w\w*|f?1?s))",
    "data": r"(?:(?:the|your|a|an|that|his|her|their|full|first|last)? ?(?:best )?(?:full |first |last |complete )?(?:zip|zip code"
            r"|name|address|street address|street|house number|phone number|number|callback number|phone|day|time|details"
            r"|few details|detail|information|area code|contact)(?: and (?:the |your )?(?:number|name|house number|street"
            r"|phone number))?)",
    "mine": r"(?:xxname|xxaddr|xxzip|xxphone)",
    "open": r"(?:open|available|free|possible|still open|still available|still free)",
    "back": r"(?: back)?(?: (?:at|on) (?:(?:this|that|the|the same|your)(?: same)? (?:number|line|phone)|xxphone)(?: (?:you|i|we|are|have|called|calling|from|gave|me|us))*)?(?: about (?:that|it|this|(?:the|your|a)(?: (?:xxtheirs|new|question|questions|system|unit|furnace|heater|ac|heating|cooling|options|bill|warranty|details|repair|price))+))?(?: xxasap)?(?: about (?:that|it|this))?"
            r"(?: (?:to|and) (?:set (?:it|that|one|a visit) up|set up a (?:visit|time)|find a time(?: that (?:suits|works for) you)?|go over (?:it|that)"
            r"(?: with you)?|discuss (?:it|that)|talk (?:it|that) (?:through|over)|explain (?:it|that)|help(?: you)?(?: with (?:it|that))?))?",
    "hvac": r"(?:home |central )?(?:heating|cooling|air|air conditioning|acs?|air conditioners?|furnaces?|heaters?|heat pumps?"
            r"|heating and cooling|units|systems|both|that|those|heat|hvac)",
}  # fmt: skip


def always(spoken: Spoken) -> bool:
    return True


def calm(spoken: Spoken) -> bool:
    """The caller's last words were not about danger: "that's fine" would be an answer to it."""
    return _DANGER.search(spoken.last) is None


_DANGER = re.compile(
    r"\b(?:gas|smells?|smelling|smok\w+|burn\w*|spark\w*|fire|alarm|detector|monoxide|dizzy|headaches?|shock\w*|safe|danger\w*"
    r"|evacuat\w+|leave the|get out|hurt\w*|hazard\w*|explo\w+|toxic|faint\w*|gas|humo|olor|huele|peligro\w*|quemad\w+)\b"
)
_MORE = re.compile(
    r"\b(?:today|tonight|tomorrow|now|come|be here|get here|send|free|promise|guarantee|\w+day|morning|afternoon)\b"
)


def asks_for_more(spoken: Spoken) -> bool:
    """The caller's last words ask for what only the calendar knows: a mere "sure" would promise it."""
    return _MORE.search(spoken.last) is not None


def _asks_no_more(spoken: Spoken) -> bool:
    return not asks_for_more(spoken) and calm(spoken)


_OFFERS = (
    r"(?:i|we) (?:can|could|would be (?:happy|glad)(?: to)?|will|am here to|are here to|am happy to|am glad to|are happy to"
    r"|would love to|want to|would like to|do want to) (?:help|assist) ..sympathy",
    r"(?:let us|we can|we should|i can|we could|i would like to|we will want to) (?:get|have) (?:that|it|this|your (?:\w+)|the (?:\w+))"
    r" (?:looked at|checked|seen|looked into)(?: for you)?",
    r"let us (?:start with|find|see|figure out|begin with|(?:get|take) <data>) ..asking",
    r"(?:i|we) (?:can|could|would be (?:happy|glad) to|am happy to|would like to) (?:help (?:you )?(?:to |with )?)?(?:set up|setting up|set|schedule|book|arrange|find|offer|get)"
    r" (?:(?:you|up) )?(?:a|an|one|that|another|something|your)(?: (?:diagnostic|first|different|better|other))?"
    r"(?: (?:visit|time|appointment|day|one|scheduled|set up|booked))?(?: (?:for|up|with|that|to|works|suits|you|a|the|look|take|at"
    r"|technician|it|better|whenever|once|when|if|like|would|are|ready|day|of|choice|your|have|your|address|name|zip|details))*",
    r"(?:i|we) (?:can|could|would be happy to|am happy to) (?:have|send)? ?(?:a|one of our|our|the) technicians? (?:look|take a"
    r" look|come|see)(?: (?:out|and|to|take|a|look|at|it|that|the|your|find|what|is|going|on|wrong|see|xxtheirs|unit|system))*",
    r"(?:a|our|the) technician (?:can|could|would) (?:come|look|take)(?: (?:out|and|to|take|a|good|proper|look|at|it|that|the|your"
    r"|find|what|is|going|on|wrong|see|xxtheirs|unit|system|ac|furnace|heater|tell|you))*",
    r"(?:i|we) can (?:change|correct|adjust|update) (?:that|it|this|the (?:name|address|time|day)|any of (?:that|it)|any part)"
    r"(?: (?:of it|for you|first))*",
    r"(?:it|that|everything|the (?:name|address|time|day)) can (?:still )?be (?:changed|corrected)(?: (?:before|first).*)?",
)
_NOT_KNOWN = (
    r"(?:i|we) (?:do|can|could|would|am|are|did|will|would really)(?: rather)? (?:not|never) (?:know|say|tell|have|promise"
    r"|guess|speculate|quote|give|see|answer|speak|be sure|sure|able|certain|judge|diagnose|confirm|commit|want to|like to|help|check|look|pull|view|access|comment|advise|find|think of|recommend|estimate|read|be"
    r" able|offer|make|name|put|speak|pretend|honestly say) ..knowing",
    r"(?:i|we) would (?:rather|have to) (?:not|leave that|leave it|let|guess|be guessing|see) ..knowing",
    r"(?:i|we) (?:have|had) no (?:way|price|idea|information|exact|answer|details|figure|quote|numbers?) ..knowing",
    r"(?:it is |that is |that would be )?(?:hard|tough|difficult|impossible|too early|not possible|tricky) to (?:say|tell|know"
    r"|judge|guess|quote|answer) ..knowing",
    r"(?:there is|we have|i have) no (?:way|telling|honest way|good way) ..knowing",
)
HARMLESS: Groups = (
    (lambda s: len(s.session.slots) > 1, (r"(?:the )?one at <free>",)),
    (always, _OFFERS),
    (always, (
        # Feeling
        r"(?:(?:i|we) (?:am|are|feel) )?(?:sorry|sorry to hear|apologies|my apologies) ..sympathy",
        r"(?:i|we) (?:do )?apologi[sz]e ..sympathy",
        r"(?:i|we) (?:do |can |would |could )?(?:understand|appreciate|imagine|hear you|hear that|see why|see how|see what"
        r"|get it|get that|get why|know how|know what|know that|know it is|know this is|realize|feel for|wish|agree|sympathize"
        r"|do not blame you) ..sympathy",
        r"<it> <is> <bad> ..sympathy",
        r"(?:(?:no|not|without|waiting|living|being|having|that kind|that|a|an|the|your|this|calling|repeating|going)"
        r" )(?:(?:..sympathy) )+<is> <bad> ..sympathy",
        r"(?:that|it|this) should not (?:happen|have happened)(?: to you)?", r"(?:two|three|four|several|that many) (?:calls|times) (?:is|are) <bad>",
        r"what (?:a|an) (?:pain|hassle|nuisance|shame|headache|mess|bother|rough \w+|tough \w+|frustrating \w+|long \w+"
        r"|miserable \w+|week|day|night) ..sympathy",
        r"how <bad>", r"(?:oh no|ouch|oh dear|oof|goodness|wow|oh|my goodness|yikes|i know|i see|right)",
        r"(?:nobody|no one) (?:likes|enjoys|wants|should have to|deserves|needs) ..sympathy",
        r"you (?:should|do|did) not have(?: had)? to (?:call|chase|ask|wait|repeat|deal|go|be|explain)(?: (?:us|back|again|twice|more than once|(?:two|three|four|so many|several|that many) times))* ..sympathy", r"you deserve ..sympathy",
        r"you have (?:been|had|waited|had to|every right) ..sympathy",
        r"you (?:sound|seem|must be|must have been|must feel|have to be|are) <bad> ..sympathy",
        r"you are (?:dealing|going through|without|having|waiting|stuck|upset|frustrated) ..sympathy",
        r"(?:i|anyone|anybody) would (?:be|feel) (?:upset|frustrated|annoyed|worried|the same)(?: too| about that| as well)?",
        # Courtesy
        r"(?:i )?(?:thanks|thank you|many thanks|i appreciate it|i appreciate you)(?: xxname)?(?: (?:so much|a lot|again))?"
        r"(?: for (?:asking|telling|letting|calling|waiting|bearing|checking|sharing|that|the|your|holding|explaining|checking|being|saying"
        r"|giving|bringing|mentioning|clarifying|reaching|repeating|spelling|going) ..asking)?(?: xxname)?",
        r"thanks for (?:calling|reaching) xxbiz", r"got it|gotcha|understood|noted|(?:hello|hi|hey)(?: xxname)?|good (?:morning|afternoon"
        r"|evening)|goodbye|welcome|you are (?:very |most )?welcome|take care|my pleasure|xxname|maam|sir|bye",
        r"(?:i|we) am (?:listening|here|still here|with you)|(?:i|we) (?:can )?hear you(?: fine| now)?",
        r"(?:i|we) (?:am|are) (?:glad|happy|here) (?:you (?:asked|called|told me|said|checked|mentioned it|let me know)"
        r"|to (?:help|explain|answer|hear from you|assist))(?: (?:you|with (?:that|it|this)))*",
        r"take (?:all the time you need|your time)|whenever you are ready|go (?:right )?ahead|by all means",
        r"(?:good|fair|great|reasonable) (?:question|point|enough)|fair enough|(?:that|it) makes (?:total |perfect )?sense"
        r"|makes sense|that helps|that is all|that is it",
        r"you are (?:right|not alone|correct)(?: to (?:ask|be|feel|expect|want|call|check|wonder) ..sympathy| about that| that)?", r"you are right to ask",
        r"(?:i|we) (?:did not|could not|did not quite|missed) (?:catch|hear|get|make out|that|the|your) ..asking",
        r"the (?:line|connection) (?:is|was) (?:a bit |a little )?(?:unclear|noisy|bad|rough|breaking up|choppy)",
        # The caller may speak, and choose
        r"you (?:can|could|may|are welcome to|are free to) (?:take your time|ask|tell|let me know|say|give|start|spell|skip"
        r"|correct|change your mind|think|decide|pick|choose|change|go|mention) ..asking",
        r"you (?:do not|would not) have to (?:decide|know|say|tell|choose|be sure|be exact|explain|repeat|have) ..asking",
        r"(?:please |you can )?(?:tell me|give me|say|share|let me know|let me have <data>|spell|repeat|start with|take me through"
        r"|ask away|feel free to (?:ask|tell|say)|walk me through|describe) ..asking",
        r"let me (?:ask|repeat|rephrase|make sure|be (?:clear|honest)|say|start|explain|(?:get|have|take) <data>) ..asking",
        r"(?:i|we) (?:only |would )?(?:have|need|want|like|still have)(?: to (?:ask|get|know))? (?:a few|a couple of|some|one more|one|two|a|the)"
        r" (?:quick |more |short |last )*(?:questions?|details|things?|bit of information) ..asking",
        r"(?:one|another) (?:more |last |quick |short |other )?(?:thing|question) ..asking",
        r"(?:i|we|all (?:i|we)) (?:will |would |do |only |have )?(?:need|want|have|ask|am asking|like|am missing|am only missing|"
        r"to ask|to have)(?: (?:to (?:know|ask|have|get|hear|make sure|confirm|check)|for|is))? <data> ..asking",
        r"(?:i|we|all (?:i|we)) (?:will |would |do |only )?(?:need|want|like|have) to (?:know|ask you|hear|make sure|be sure|get that"
        r" right|get this right) ..asking",
        r"all (?:i|we) need (?:now |first )?is ..asking", r"(?:i|we) ask (?:that|this|everyone|because|so|for) ..asking",
        r"(?:the|your|that|an?) (?:zip|zip code|address|name|street|house number|number|code) (?:tells|let us|is how|shows|helps|is"
        r" what tells) (?:me|us) (?:whether|if|know|where|see|find|to|which|who|we) ..asking",
        r"(?:that way|so|so that)? ?(?:i|we|the technician|our technician|they|the team) (?:can |will )?(?:know|knows|find|finds|see|"
        r"tell|check) (?:where|whether|which|who|if|how to|what|the) ..asking",
        r"so (?:i|we) know (?:where|whether|which|who|if|how|what) ..asking",
        r"it (?:only )?(?:helps|let us) (?:me|us|the technician) ..asking",
        r"(?:just )?to (?:get (?:you|that|it|this|started)|set (?:that|it|this|up)|do that|start|help|book|schedule|find) ..condition",
        r"(?:i|we) (?:can|will) take (?:down )?(?:your|the|some) (?:details|information)(?: for you)?", r"(?:i|we) have (?:that|it)(?: down)?",
        r"<data>(?: first| please| next| again| for the visit)*", r"(?:i|we) (?:would|will) start with <data>",
        r"(?:if|once|when|whenever|as soon as|after|before|until|unless) (?:you|that|i|we|it|the technician) ..condition",
        r"(?:if|when) (?:possible|convenient|so|not|needed|anything)|either (?:way|one)(?: (?:works|is fine))?",
        # Who knows it
        r"(?:a|one of our|our|the) comfort advisors? (?:is|would be|will be) (?:the )?(?:best|right|one) (?:person|one)?(?: (?:for|to|that|ask|about"
        r"|help|with|it))*",
        r"(?:that|it|this|the (?:price|cost|answer|repair|rest|exact (?:price|cost|amount))) (?:is|would be|will be) (?:not )?(?:something"
        r"|one|a (?:good |great |fair )?question|best|up to|for|a matter|beyond|outside)(?: (?:for|to|of|what|that|the|with|only|left))* ..knowing",
        r"(?:a|the|any|that|your)? ?(?:repair price|price|price for that|cost|quote|repair|answer|part|figure|number|estimate)(?: (?:for|of) (?:that|it|a repair|the"
        r" repair|any repair))? (?:needs|takes|requires|has to wait|would need|would have to|has to come from|comes from|is for|waits) ..knowing",
        r"(?:that|it|this|the (?:price|cost|answer|repair|rest)|repairs?)(?: (?:will|would|really|can|could))? (?:depends?|varies|vary|comes?"
        r" down to) ..knowing",
        r"<technician> (?:can|could|will|would)", r"<technician> <may> <tell> ..knowing", r"<technician> <tells> ..knowing",
        r"(?:only|that is where|that is what|that is why|at the visit|on site|then) <technician> <may> <tell> ..knowing",
        r"(?:i|we) (?:can|would|will|have to|would have to) (?:leave|let) ..knowing",
        r"(?:it|that) takes (?:a|the) technician ..knowing",
        r"<team> <may> <tell> ..knowing", r"(?:a|the|our) (?:\w+ )?team is (?:the|best) ..knowing",
        r"(?:ask|bring (?:it|that) up with|check (?:that )?with) (?:the technician|them|him or her) ..knowing",
        r"you (?:can|could|may|would want to|would need to|would have to) ask (?:the technician|them|that) ..knowing",
        r"(?:it|that|this) is about (?:a|the|your|a new|the new) ..sympathy", r"(?:it is best|i would say|best) (?:if )?<technician> <tells> ..knowing",
        r"(?:either|any|whichever|whatever)(?: (?:one|of|them|those|day|number|way|time))* (?:is fine|works|is okay|will do|you prefer|suits you|is easiest for you is fine)(?: with (?:us|me))?",
        r"(?:can|could) be (?:many|several|a few|a number of|lots of|any of several) (?:different )?(?:things|reasons|causes)", r"(?:i|we) only have the fee",
        r"(?:i|we) have got (?:<mine>|it|that)", r"(?:only )?(?:heating and cooling|the heating and cooling)", r"a technician is the one who would (?:look|see|come) ..knowing",
        r"before we go (?:any )?further", r"(?:how|whether|which|what) ..knowing", r"(?:can|could|will be able to|would be able to) (?:then )?<tell> ..knowing", r"(?:beyond|besides|apart from|after|before|aside from) (?:the|that) (?:visit|fee|xxfee|diagnostic)", r"without (?:seeing|looking|a look|having) ..knowing", r"(?:over|on) the phone ..knowing", r"from here",
        # The caller's own words and data
        r"(?:i|we) (?:have|heard|got|understood|wrote)(?: (?:it|that|you|the|your|down))*(?: (?:as|at|is|name|address|zip|code|number))*"
        r" (?:<mine>|xxtheirs)(?: (?:<mine>|xxtheirs|,|at|as|for|the|your|and|in|zip|name|number|address))*",
        r"(?:so )?(?:it is |that is |the (?:\w+ )?is |your (?:\w+ )?is )?<mine>(?: (?:<mine>|at|in))*",
        r"you (?:said|mentioned|told me|asked|are asking|are calling|called|wanted|want|would like|are looking)"
        r"(?: (?:about|for|that|to|know|it|the|is|a|your|how|much|what|me))* ..sympathy",
    )),
    (calm, (
        r"<it> <is> <fine> ..sympathy", r"(?:no|not a) (?:problem|worries|trouble|rush|hurry)(?: at all)?",
        r"(?:there is )?no (?:rush|hurry)", r"(?:that is )?(?:alright|quite alright)", r"(?:okay|sure|sure thing|fine|great|good|perfect|wonderful|lovely|nice|excellent|fantastic|awesome)(?: then)?", r"never mind",
        r"(?:do not|not to) worry(?: about (?:it|that))?",
    )),
    (lambda s: "?" not in s.last and calm(s), (
        r"(?:so |it is |that is |the |your |a |an |no |just |about )*xxtheirs ..sympathy", r"(?:so )?it has been (?:out|down|off|xxtheirs|like) ..sympathy",
    )),
    (lambda s: s.session.known_caller or s.session.calls_today > 1, (
        r"(?:thanks|thank you|good to hear from you|nice of you)(?: for)?(?: calling)?(?: us)?(?: back)? (?:again|back)(?: xxname)?",
        r"welcome back", r"(?:hello|hi) again",
    )),
    (lambda s: s.session.callback_owed or s.session.upset, (
        r"(?:sorry )?(?:nobody|no one|we) (?:got back to|called|did not (?:call|get back to)|have not (?:called|gotten back to))(?: you)?"
        r"(?: back)?(?: yet| sooner| as promised)?",
    )),
)  # fmt: skip
FACTS: Groups = (
    (always, _NOT_KNOWN), (_asks_no_more, _OFFERS),
    (always, (
        # The fee
        r"<visit> (?:is|costs|would be|will be|comes to|runs|would cost|will cost)(?: a)?(?: flat)? xxfee(?: fee)?<what_for>",
        r"(?:there is|we have|it has) (?:a|an) (?:xxfee (?:diagnostic )?(?:fee|charge)|(?:diagnostic )?(?:fee|charge) of xxfee)"
        r"<what_for>",
        r"(?:we|you) (?:charge|would pay|pay|will pay|would be charged)(?: a)? xxfee(?: (?:fee|diagnostic fee))?<what_for>",
        r"(?:that|the|a|an|our)? ?xxfee(?: (?:fee|diagnostic fee|visit|diagnostic visit))?<what_for>",
        r"(?:<visit>|the xxfee|that xxfee|xxfee|that amount|the amount|that money|which)(?: of xxfee)? <credited> <toward>"
        r"(?: (?:if|when|once|should)(?: (?:..repair))+)?",
        r"(?:<visit>|the xxfee|that xxfee|xxfee|that amount|which) (?:is|gets|would be|will be) (?:then )?credited"
        r"(?: back)?(?: to you)? (?:if|when|once|should)(?: (?:..repair))+",
        r"credited (?:<toward>(?: (?:if|when|once)(?: (?:..repair))+)?|(?:if|when|once)(?: (?:..repair))+)",
        r"(?:and )?<toward> (?:if|when|once)(?: (?:..repair))+",
        r"(?:if|when|once|should)(?: (?:..repair))* ?(?:go|goes) ahead(?: (?:..repair))*", r"(?:if|when|once)(?: (?:..repair))+(?: ,)?(?: then)? (?:it|that|the xxfee|that xxfee|xxfee|the fee|that amount|the visit|the diagnostic fee) <credited>(?: <toward>)?",
        r"you get (?:it|that|the xxfee|xxfee) credited"
        r" <toward>(?: (?:if|when|once)(?: (?:..repair))+)?",
        r"the (?:fee|xxfee|visit fee|diagnostic fee) (?:is|covers|pays)(?: for)?(?: only)? (?:the|a) (?:diagnostic )?visit"
        r"(?: (?:only|alone|itself))?",
        r"(?:the|any|a)? ?(?:repair|repairs|price of (?:the|a|any) repair|repair (?:itself|price|cost)|cost of (?:the|a|any) repair"
        r"|anything beyond that|price for (?:the|a) repair)(?: itself)? (?:is|are|comes|would be|will be|gets|has to be)(?: \w+)?"
        r" ?(?:separate|extra|separately|quoted|priced|told|given|explained|from|by|up to|set|on top)(?: by| from)?"
        r"(?: the technician)? ..knowing",
        # The business
        r"(?:we|visits|our technicians|technicians|the technicians)(?: (?:can|do|are|could|also))*(?: (?:come|visit|do|schedule|work"
        r"|have|offer|make|run|book|possible|available|open|going|take|happen))(?: (?:out|visits|appointments|technicians))*"
        r"(?: (?:on|for))? xxdays(?: (?:too|included|as well|also|and xxdays|including xxdays))*",
        r"(?:including |even )?xxdays(?: too| included| as well)?(?: (?:is|are) (?:possible|fine|an option|no problem|okay))?(?: too)?",
        r"(?:visits|they|we|the first visits?|our visits|the earliest(?: visits?)?)(?: can| do)? (?:start|begin|are|starts|is|begins)"
        r"(?: (?:as early as|as early|between|from|at|around))*(?: the hours of)? xxopen(?: (?:and|to|until|through) xxlast)?(?: xxdays)?",
        r"(?:the )?(?:last|latest)(?: (?:visit|start|one|visits|time))*(?: of the day)?(?: (?:starts?|begins?|is|are|can start|we"
        r" (?:start|come)|to start))* (?:at )?xxlast", r"(?:we are|our hours are|we work|visits are)(?: open)?(?: from)? xxopen to xxclose(?: ,)?(?: xxdays)?",
        r"(?:with )?(?:starts|visits starting|visits) (?:between|from) xxopen (?:and|to) xxlast", r"(?:and )?(?:the )?(?:last|latest) (?:one |visit |start )?(?:is |starts )?(?:at )?xxlast",
        r"(?:we|xxbiz)(?: (?:do|can|only|both))* (?:do|does|handle|handles|work on|works on|service|services|repair|repairs|take care of"
        r"|look at|looks at|specialize in|fix|help with|deal with) (?:only )?<hvac>(?: (?:and|or) <hvac>)*(?: (?:repairs?|only|visits"
        r"|systems|here|in austin|for (?:homes|buildings)|work|issues|problems))*",
        r"(?:heating and cooling|that) is (?:all|what|the only thing) (?:we do|we handle|we work on)",
        r"(?:i|we) (?:am|are)(?: only)? (?:a|an) (?:heating|cooling|hvac)(?: and (?:cooling|heating))? (?:company|business|team)(?: in austin)?",
        r"(?:we|xxbiz) (?:do|can|does) not (?:do|work on|handle|fix|service|repair|take on|look at)(?: (?:xxtheirs|that|those|any|other"
        r"|anything|but|else|besides|outside|than|heating|and|cooling|the))*",
        r"(?:i am|this is|you are (?:speaking|talking) (?:with|to)|you have reached|you got)(?: (?:the|a|an|your|their|our))?(?: (?:xxbiz|company))?"
        r"(?: is)?(?: virtual receptionist)(?: (?:of|for|at|here at|with|from) xxbiz| here)?",
        r"(?:a|the) virtual receptionist(?: is what)?(?: (?:you (?:have )?reached|you are (?:speaking|talking) (?:with|to)))?", r"you have reached xxbiz",
        r"(?:everything|zip codes|any zip code|all zip codes) (?:that|which)? ?(?:begins?|starts?|beginning|starting) with xxprefix (?:is|are) (?:covered|served|in our area)", r"this is xxbiz", r"(?:\w+ ){1,2}(?:is|are) not (?:something|a thing|what) (?:that )?we (?:do|work on|handle|service|fix|look at)", r"(?:i am )?not a (?:real |live |human )?(?:person|human)",
        # A visit in general
        r"(?:the|our|your|a) technicians? (?:calls?|will call|would call|usually calls?|always calls?)(?: you)? xxhalf (?:ahead|before|"
        r"beforehand|before (?:coming|arriving|the visit|they (?:come|arrive)|he (?:comes|arrives)))(?: (?:of the visit|of time))?",
        r"(?:you (?:will|would|should) (?:get|have) a call(?: from the technician)? )?xxhalf (?:ahead|before|beforehand)(?: (?:the visit|the technician|they|he|she|arrives?|"
        r"comes?|coming|arriving|out|that|of|time))*",
        r"(?:you (?:will|would) get a call|the technician (?:gives you a call|calls(?: you)?|will call(?: you)?)),? (?:xxhalf (?:ahead|before|beforehand)(?: (?:the visit|they arrive|arriving|coming))?)?",
        r"(?:at|during|on|for) (?:the|a|that) (?:diagnostic )?visit", r"(?:the|a|that) (?:diagnostic )?visit is (?:when|where|for) <technician>"
        r"(?: to)? (?:<tells>|<tell>) ..knowing",
        r"we (?:do )?(?:serve|cover|work in|service) (?:the )?austin(?: area)?",
        r"we(?: only)? (?:serve|cover|work in|service)(?: the)?(?: austin)? zip codes(?: (?:in austin|that|which|start|begin|starting|"
        r"beginning|with|xxprefix))*",
        r"(?:it|that|whether (?:we|you)(?: (?:serve|cover|are|in|our|your|the|area|service))*) depends on (?:the|your) zip(?: code)?",
        r"you (?:need|want|would like|wanted|asked for)(?: (?:someone|somebody|us|a technician|it|a visit|this|that|looked at|to come|out))*"
        r" xxasap",
        # What was asked for, and is not more than that
        r"you (?:said|asked for|mentioned|wanted|want|would like|prefer|preferred|were hoping for|are hoping for|are asking for|were"
        r" asking for|told me|asked about|are asking about|picked|chose) <wish>(?: (?:works|suits)(?: you)?(?: best)?)?",
        r"(?:i|we) (?:have|heard|understand|understood|got|see)(?: that)?(?: (?:your|you|as|wish|down))*? ?(?:you )?(?:asked for |said |wanted"
        r" |want |would like |prefer )?<wish>(?: (?:as (?:the|your) (?:day|time|wish|preference|request|one)(?: you (?:asked for|want|wanted|"
        r"said|would like|prefer|mentioned))?|works for you|is what you (?:asked for|want|said)|is best for you|suits you))?",
        r"(?:that|it|the visit|this|the time)(?: you (?:asked for|wanted|mentioned|want|said))? (?:would be|is for|is what you asked for)"
        r" <wish>", r"(?:so )?(?:the (?:day|time)|what|your (?:wish|request|preference))(?: (?:i have(?: for you)?|you (?:asked for|want|wanted|said"
        r"|mentioned)))? (?:is|was) <wish>", r"(?:it was )?<wish>(?: that)? you (?:asked for|said|wanted|mentioned)", r"<wish> (?:is|was) (?:only )?(?:what|the (?:time|day|one)) you (?:asked for|want|wanted|said|mentioned|prefer|were hoping for|are hoping for|would like)",
        r"(?:if|whether) <wish> (?:still )?(?:works|suits|is (?:good|okay|fine))(?: for)?(?: you)?",
        # What is free
        r"(?:i|we) (?:have|can offer|could offer|could do|can do|do have|see|also have|also could do)(?: you)?(?: both| either)? <free>"
        r"(?: <open>)?(?: for you)?(?: to choose from)?",
        r"(?:those|these)(?: (?:two|times|are|both|the))* (?:are|is) (?:what|the (?:ones|times|openings|two)|all|both)(?: (?:is|are|i|we|have|that|can|offer|open"
        r"|available|free|right|now|see))*", r"(?:open|available|free) (?:is|are) <free>",
        r"<free> (?:is|are)(?: still)? (?:one|two|both|some) of (?:the|your|those|my) (?:options|times|openings|choices)(?: (?:i|we) (?:have|can offer|gave you))?",
        r"(?:both |either )?<free>(?: (?:both|each))? (?:is|are|would be|are both|are still)(?: (?:both|still))? (?:<open>|an option|options"
        r"|what (?:i|we) have(?: open)?|(?:a|one of the) (?:times?|openings?)(?: (?:i|we) have| open)?|on offer|the options|what is <open>"
        r"|the (?:times|openings|ones) (?:i|we) (?:have|can offer))(?: for (?:you|a visit))?",
        r"there (?:is|are)(?: (?:either|both|an opening|openings|a time|a slot|times))?(?: on)? <free>(?: <open>)?",
        r"(?:the|your|our|my)(?: (?:two|other|open|available|free|three|closest|next|nearest|soonest|first))* (?:times|openings|options?|slots?|ones?|choices?|days?)"
        r"(?: (?:that|i|we|you|have|can|could|offer|choose|from|open|available|near|around|to|with))* (?:is|are|would be) <free>",
        r"(?:the )?(?:closest|next|first|soonest|nearest|earliest)(?: (?:time|opening|slot|one|day|visit|option|available|open))*"
        r"(?: (?:that|i|we|have|can|could|offer|see|open|available|is|of|them|those|the two))* (?:is|would be) xxtw?f1\w*",
        r"xxtw?f1\w* is the (?:closest|next|first|soonest|nearest|earliest)(?: (?:time|opening|one|day|of the two|i have|we have|open|i can"
        r" offer))*", r"(?:it|that|those|these|your options|they)(?: (?:is|are|would be))(?: either| both)? <free>", r"(?:either |both )?<free>", r"(?:so )?is <free>", r"(?:i|we) have two (?:times|openings|options)(?: , <free>)?",
        r"(?:what|the one|the ones|the times|all) (?:i|we) (?:have|can offer)(?: open| free| available)? (?:is|are) <free>",
    )),
    (lambda s: len(s.session.slots) > 1, (r"both (?:are|of (?:them|those) are|times are|days are)(?: still)? (?:<open>|fine)(?: for you)?",)),
    (lambda s: s.nothing_booked, (
        r"(?:nothing|no visit|no appointment|neither(?: of them| one)?|none of (?:that|it|them|those)|nothing at all)(?: of that)?"
        r" (?:is|has been|was|gets|will be|is going to be) (?:booked|scheduled|set|final|confirmed|fixed|reserved|arranged|on the books|decided)"
        r"(?: (?:yet|so far|at this point|for now|right now|until|before|unless|without|you|say|tell|me|confirm|agree|yes|so|your|okay|it"
        r"|to|that|have|i|go ahead|hear|for you|from))*",
        r"(?:it|that|this|the visit|your visit|<wish>|<free>|the time|that time) (?:is|has|was) (?:not)(?: been)? (?:booked|scheduled|set"
        r"|final|confirmed|fixed|reserved|arranged|on the books)(?: (?:yet|so far|until|before|unless|you|say|tell|me|yes|so|confirm|agree))*",
        r"there is no (?:visit|appointment|booking)(?: booked)?(?: yet| so far)?",
        r"(?:i|we) (?:have|did) not (?:booked|book|scheduled|schedule|confirmed|confirm|set up|set|reserved|made|arranged|put|changed)"
        r"(?: (?:anything|it|that|a|the|visit|appointment|one|up|in|down|yet|so far|<wish>|<free>|for you|until|before|you|say|yes))*",
        r"(?:i|we) will (?:not|only) (?:book|schedule|set up|confirm|reserve)(?: (?:anything|it|that|a|the|visit|up|until|before|unless|without"
        r"|once|after|when|if|you|say|yes|so|tell|me|to|confirm|agree|your|okay|go ahead|for you|hear|from|give|heard|it all))*",
        r"nothing (?:has been |is |was )?(?:changed|final)(?: yet)?",
    )),
    (lambda s: s.session.booking_status is BookingStatus.ATTEMPTED_FAILED and not s.session.booking_uncertain, (
        r"(?:that|the|your|this)? ?(?:booking|visit|it|appointment|that) (?:did|could|would) not (?:go through|work out|work|be booked|get"
        r" booked|be set up)", r"(?:i|we) (?:could|was|were|did)(?: not)? ?(?:not )?(?:able to )?(?:book|get|set up|make)(?: (?:that|it|the|visit|you"
        r"|booked|through|for|up|a|time|to|work|today))*", r"(?:that|it) did not work(?: out)?",
    )),
    (lambda s: s.session.has_appointment, (
        r"(?:i see )?(?:that )?(?:there is|you have) already a visit on (?:file|the books)(?: for this number| for you)?",
        r"there is a visit on (?:file|the books) already",
    )),
    (lambda s: s.session.callback_owed, (
        r"you were (?:owed|promised) (?:a|that) call(?: back)?(?: and did not get it| and it did not come)?", r"did not get it", r"we owe you (?:a|that) call(?: back)?(?: about (?:that|it|this|xxtheirs|the xxtheirs))?",
        r"(?:i know |i see )?you (?:have been|are)(?: still)? waiting (?:for|on) (?:our|a|that|the) call(?: back)?(?: from us)?",
        r"(?:we|you) (?:should have|promised you|were promised|did promise you)(?: (?:called|a|call|heard|from|us|back|you|that|sooner|by now))*",
        r"(?:that|the|our) call(?: back)? (?:did not come|has not come|never came|is overdue)",
    )),
    (lambda s: s.served is True, (
        r"yours included|including yours|so is yours",
        r"(?:xxzip|it|that|that zip(?: code)?|your zip(?: code)?|your area|that area|your address|xxaddr|you) (?:is|are) (?:in|inside|within)"
        r" (?:our|the)(?: service)? area(?: we (?:serve|cover))?",
        r"we (?:do )?(?:serve|cover|come (?:out )?to|service) (?:xxzip|that area|your area|that zip(?: code)?|your zip(?: code)?|the xxzip area"
        r"|your part of austin|your neighborhood)",
    )),
    (lambda s: s.served is False, (
        r"(?:i am afraid )?(?:xxzip|it|that|that zip(?: code)?|your zip(?: code)?|your area|that area) is (?:outside|outside of|not in) (?:our|the)"
        r"(?: service)? area(?: we (?:serve|cover))?", r"(?:i am afraid )?we do not (?:serve|cover|come out to|service) (?:xxzip|that area|your area"
        r"|that zip(?: code)?)",
    )),
    (lambda s: s.callback_due, (
        r"<team> (?:will|is going to|are going to)(?: be able to| then)? (?:call|phone|ring|get back to|reach out to|be in touch with|contact"
        r"|follow up with|give) you(?: a)?(?: call)?<back>",
        r"<team> (?:will|is going to) (?:be in touch|reach out|follow up|call)(?: with you)?<back>",
        r"you (?:will|are going to|can expect to|should) (?:hear|get a call|get that call|be called|receive a call|expect a call)(?: (?:from|by))?"
        r"(?: (?:<team>|us|our team))?<back>",
        r"(?:i|we) will (?:have|get|ask) <team> (?:to )?(?:call|ring|phone|get back to|reach out to) you<back>", r"we will (?:call|ring|phone) you<back>",
        r"(?:the|your|that|our|a) (?:call|call back|callback) (?:is|has been) (?:arranged|set up|requested|on the list|coming)(?: for you)?<back>",
        r"(?:only )?(?:that )?(?:it|that|they) (?:will (?:be|call|do (?:it|that|so))|is|should be|call) xxasap", r"xxasap(?: is (?:all|what|the best) (?:i|we) (?:can say|know|have|can promise))?", r"that will be xxasap",
        r"<team> (?:calls|will call|call|calling)(?: you)?<back>",
        r"(?:when|once|on|during|in|until) (?:they|someone|somebody|he or she|the team|our team|the advisor|that|the|a) (?:call|calls|reach|reaches|"
        r"team calls|advisor calls|get|gets|is|are)(?: (?:in touch|back to))?(?: you)?(?: back)?",
        r"(?:i|we) (?:do|can|could|would|am) not (?:know|say|tell|promise|have|sure|give) (?:you )?(?:exactly |an |the |a |for |any )*(?:when|what time"
        r"|how soon|exact time|time|certain|which time|specific time)(?: (?:exactly|of|our|their|they|someone|will|can|call|calls|it|the|you|would|for|that|be|is"
        r"|back|somebody|sure|a|call))*",
        r"you can (?:ask|tell|mention|bring|explain|discuss|go over|give|let)(?: (?:them|that|it|this|up|to|with|the|team|all|your|questions?|know"
        r"|in|detail|everything|then))* ?(?:when they call|when someone calls|on the call|on that call|when the team calls)?(?: you)?(?: back)?",
        r"<team> (?:<may> )?<tell> ..knowing (?:when|once|on|during) (?:they|that|the|someone) (?:call|calls|reach|get)(?: (?:in touch|back))?(?: you)?"
        r"(?: back)?",
    )),
    (lambda s: s.callback_wanted, (
        r"(?:i|we) can (?:have|ask|get) <team> (?:to )?call you(?: back)?(?: with an update| about (?:it|that))?",
        r"(?:so |so that )?<team> (?:can|could|will know where to|knows where to|is able to|knows how to|has) (?:a number to )?(?:call|reach|get back to"
        r"|contact)(?: you)?(?: back)?", r"(?:i|we) (?:do|can) not (?:see|have|know)(?: (?:the|your|a|any|number|you|are|calling|from|on|here|to|call|reach"
        r"|you|at|this|for|it))*", r"(?:your|the) (?:caller )?(?:number|id) (?:does|did|is|was) not(?: (?:show|showing|come|coming|up|through|on|my|end|visible|here|for|me|to))*",
        r"(?:a|any|the best|whichever|whatever) (?:number|one)(?: (?:you|like|that|works|is|best|fine|will|do|to|reach|at|we|can"
        r"|for|with|area|code|where|they|the|team))*", r"(?:a|the) number is all (?:i|we) need(?: for (?:that|the call))?",
        r"(?:i|we) (?:would|will|do|only|still)* ?need (?:a|your|the)(?: (?:good|best|phone|callback|right))* number(?: (?:for|to|so|that|call|you|back|the|them"
        r"|reach|at|on|first|we|can|someone|they|team|with|area|code))*",
    )),
)  # fmt: skip


# Topics: clauses whose words are all of one vocabulary, in any order, with a word that makes them harmless or a fact
# (`must`) and none of what would make another claim of them (`never`).
_TALK = _SYMPATHY + (
    " rotten awful terrible horrible miserable annoying worrying scary upsetting exhausting unpleasant disappointing stress wish"
    " fed wear wearing coats getting gets  wanting surprises honest honestly mistake fault thanks thank patience "
    " answering ask sharing believe suppose guess yesterday overnight ago newborn age fair reasonable understandable natural "
    "  many thinking think figure curious interested aware mention mentioned bring bringing up front detail details clear plain"
    "  short quick answer answers honest truth part kindly glad happy pleased words word please chase chased chasing"
    " juggle juggling busy  plans planning   alone together along holiday season guests visitors pets"
    " bedroom upstairs downstairs kitchen room rooms upset  kept wondered mess messy draining  unfair lousy"
    " comes came  matters matter means meant seems seem surprise surprised rather else another little while "
    "  reading  name names address zip code number street caller"
)
_WHO = _KNOWING + (
    " said had has seen"
    "   ones people whichever whoever is are  would could can will going explain explains tells says looks sees"
    " gives goes finds knows decide decides work out payment card cards cash pay invoice earlier last brand brands size parts"
    " make makes sense person persons  talk through discuss show shows you your best place placed position right"
    " many things few thing different only after before any  worked who calls comes visits at time of visit visit"
    " reckon opinion idea ideas all those these details figure out assess assessment proper properly good closer questions "
    " advisor comfort billing team someone somebody"
)
_FEE = (
    "take somebody to come comes and see sees xxfee the a an that this it is are was would be will you your i we for of to and which then visit visits diagnostic fee charge cost costs price"
    " comes come pay paid lose credited credit counted counts count taken toward towards against off repair repairs if when once only"
    " go goes going ahead with decide decide done have get us do does on top itself flat  just what from not part bill"
    " first technician look looking at has have someone out in as long since because so   initial up front amount money there"
    " getting gets want choose through by case unless doing no"
)
_CALLING = (
    "somebody itself come comes from rings ring phones phone was were said one person people human whoever whichever only xxasap someone somebody a person member one of our from on the that team they who will is are going to be able then call calls called calling you back"
    " your phone number at this same line reach get gets in touch contact with hear xxphone about it question questions as soon can and"
    " answer explain go over help talk through discuss for now first next so when once until after what where which i we know do does not need"
    " anything else more nothing there all only say tell exact exactly time hour moment day how by give given gave have has asked ask them their"
    " my afraid sorry would could might best have information details options system new price cost repair visit find set up arrange whether or other"
    " own advisor comfort billing warranty arranged requested been already promise wait waiting rather than  just still"
    " want guess happen happens if miss matter  an ready let"
)
_BOOKING = (
    "xxtime i we you it that this nothing no not yet is are was be been has have had will would only just until before once unless after when if without"
    " book booked booking schedule scheduled confirm confirmed set reserve reserved arranged final fixed decided anything visit appointment"
    " the a your go over everything through with first say said says yes okay agree agreed tell told me to so far at all for now right moment"
    " read back details hear heard from word still open need and but what asked wanted time day up get gets happens done do"
    " in stone there as of point  change changed can could"
)
_WISHED = (
    "xxtime i we you it that this the a is was would be your said asked for mentioned wanted want like prefer preferred wish request preference time day one have"
    " as only what just so far heard understood understand  told me on at hoping looking to looked picked chose chosen and but not yet booked"
    " confirmed set nothing been has still if works suits does can"
)
_FREE = (
    "well as around the xxtime i we you it that this those these the a an are is was would be have has could can offer offering still also both either two other one ones options option"
    " open available free time times slot slots opening openings see now right choose from which between and or for on at as what there only"
    " near nearest around close closest left do does show shows choice choices work works if suits need needs"
)
_AREA = (
    "xxprefix we serve cover come out to only in inside within the austin area zip code codes zips that start starting with your address neighborhood part of town side"
    " check see whether if is are so i can know tells tell lets let us me it just need needs would to why ask because any anywhere depends on which"
    " an our service place places home house far and for city first about then you live how do does"
)
_DAYS = (
    "xxdays xxopen xxlast xxclose we do does visits visit come out on the a is are fine possible too also open work works can you any yes and or for available availability day days week"
    " weekends as well year start starts begin first last latest earliest one of in at our between from to until before after would be that which till no"
    " later than hour hours morning evening technicians technician times time all through running run happen made make"
)
TOPICS: tuple[tuple[Callable[[Spoken], bool], bool, str, str, str], ...] = (
    # What backs it, whether it answers a question, its words, what it has to have, what it may not have
    (
        calm,
        False,
        _TALK,
        r"\b(?:sorry|hear|understand\w*|imagine|know|see|appreciate|wish|thank|thanks|frustrat\w+|rotten|awful|terrible|horrible|miserable|annoy\w+|uncomfortable|cold|hot|heat"
        r"|hard|rough|tough|stress\w*|exhausting|unpleasant|disappointing|mistake|question|questions|unfair|draining|lousy|worrying|upset\w*|sleep|tired|difficult|inconvenience|confusion|mixup|scary|chase|sense)\b",
        r"\b(?:will|have a|have my|have it|did go|after all|done|fault|as i said|down for|have the|has the|should|that it is|is all|you are|no reason|already)\b|\b(?:we|i) have you\b|\bon us\b|\b(?:not|no|nothing|never|hardly|little|without|any|anything)\b.*\b(?:worry|worried|concern|concerns|problem|"
        r"issue|bad|hurry|rush|reason|trouble|serious|need|needed|wrong)\b|\byou (?:can|could|should|might|must|may)\b|\b(?:keep|put|start|going on)\b|\byou are"
        r"(?: (?:all|now|still|so))* (?:in|on|through|ready|set|good|up|out|home|in there)\b|\b(?:address|zip|number|street|name|names|caller|place|call|calls|come)\b.*|"
        r"\b(?:it|that|this) (?:is|was) (?:all )?(?:on|in|up|through|out|over|so|ready|you|yours|normal)$|^(?:all|ready|in|on|up|working|works|going)\b",
    ),
    (
        always,
        True,
        _WHO,
        r"\b(?:technicians?|team|advisors?|person|whoever|billing|they|he|she)(?: who \w+(?: \w+)?)? (?:\w+ )?(?:can|could|would|may|is the|are the|has to|have to|needs to|need"
        r" to|tells?|explains?|goes over|gives?|knows?|decides?|looks?|sees?|finds?|says?)\b|\b(?:can|could|do|would|did) not (?:know|say|tell|guess|see|speak|want|promise|have|quote|answer|judge)"
        r"\b|\b(?:question|one|something|best|up|left|matter)\b.* (?:for|to|with|by) (?:the|our|a) (?:technician|team|person|advisor)\b|\bdepends?\b|\b(?:can|could) only be (?:said|told|given|known|answered)\b|\bnot something (?:i|we) (?:have|know|can)\b|\bask (?:the|our|them)\b|\bcould be\b",
        r"\b(?:come|comes|coming|out|done|going)\b(?! (?:over|through|out and (?:see|look)|by))|\bthey are\b|\bno\b|\bgoing to\b|\bsafely?\b|\b(?:i|we) (?:will|have|can) (?!not)",
    ),
    (
        always,
        True,
        _FEE,
        r"xxfee",
        r"\brepairs? (?:is|are|costs?|will be|would be|comes?)\b|\bxxfee(?: \w+)? for (?:the |a |any |your )?repairs?\b|\b(?:no|not|unless|first|get|gets|back|have)\b.*"
        r"\b(?:pay|credit\w*|lose|repair)\b|\b(?:credit\w*|counted|counts?|taken|off|against)\b(?!.*\brepairs?\b|.*\bahead\b|.*\bpay\b)|\b(?:keep|technician (?:is|has|will)|we will|up front|unless|with us)\b"
        r"|\b(?:visit|fee) (?:and|or) (?:the )?repair",
    ),
    (
        always,
        True,
        _FEE,
        r"\bcredited\b.*\b(?:repair|ahead)\b|\b(?:repair|ahead)\b.*\bcredited\b|\bnot lose\b|^(?:only )?(?:if|when|once)\b.*\b(?:repair|ahead)\b",
        r"\b(?:no|not (?!lose)|unless|before|without|keep|visit is|technician|look)\b|\brepairs? (?:is|are|costs?|will be|would be|comes?)\b",
    ),
    (
        lambda s: s.callback_due,
        True,
        _CALLING,
        r"\b(?:call|calls|called|calling|reach|touch|hear|contact|xxasap)\b",
        r"\b(?:no one|nobody|no|never)\b|\b(?:not|nothing)\b(?! (?:know|say|tell|have|need|promise|sure|give|want"
        r"|more|else|all|exactly|able|wait))|\b(?:will|is|are|are going to) (?:find|arrange|set|help|answer)\b(?! you| that| it| any| your| a time)|\b(?:day|hour|moment|first|next|soon|now|already)\b(?<!as soon)(?! (?:as|the|of|step))|\bin an\b|\b(?:set"
        r"|up|arranged)\b.*\bvisit\b|\bvisit\b.*\b(?:is|has been|set|arranged)\b",
    ),
    (
        lambda s: s.nothing_booked,
        True,
        _BOOKING,
        r"\b(?:nothing|not|no|only|until|before|unless)\b.*\b(?:book\w*|schedul\w*|confirm\w*|set|reserve\w*|final|fixed|decided|arranged|stone)\b|^(?:not )?(?:yet|so far)",
        r"\b(?:need|not only|no (?!visit|appointment)|not (?:need|have to|change|go|agree|say|tell|heard?|open|only)|can not)\b|\byou are\b|\bto be booked\b|\bonly (?:booked|confirmed|set|scheduled)\b|\bwould not\b|\bwill not be\b|\bbut (?:it|that|you)\b",
    ),
    (
        always,
        True,
        _WISHED,
        r"xxt(?:w|f?1?s).*",
        r"\b(?:booked|confirmed|set|have you|works|can|is on|be on|to be)\b(?<!not booked)(?<!not yet booked)(?<!not been booked)|xxt(?![wf1s]*[ws])|^(?:for |on |at )?xxt\w+$|\b(?:it|that|this)"
        r" (?:is|was)(?: (?:for|on|at))? xxt|^(?!.*\b(?:said|asked|mentioned|wanted|want|like|prefer\w*|wish|request|preference|told|hoping|picked|chose\w*|looking)\b)|\bthe one\b",
    ),
    (
        lambda s: bool(s.session.slots),
        True,
        _FREE,
        r"xxtw?f",
        r"xxt(?!w?f)|\b(?:only|nearest|closest|left)\b|\bnot\b|\bno\b|\bhave you\b|\byou (?:are|have)\b|\bxxt\w+ (?:it is|is for|is the one|works)|\bneeds?\b",
    ),
    (
        lambda s: bool(s.session.slots),
        True,
        _FREE,
        r"\b(?:those|these|two|both|options)\b.*\b(?:open|free|available|have|offer|options|see|are)\b",
        r"\b(?:only|nearest|closest|left|not|no|need|needs|there|one)\b|xxt(?!w?f)",
    ),
    (
        always,
        True,
        _AREA,
        r"\bserve|\bcover|\bzip\b.*\b(?:whether|if|see|tells?|know|check)\b|\b(?:whether|if|see|check)\b.*\b(?:serve|cover|area|zip)\b",
        r"\b(?:anywhere|any|far|city|places|for|come)\b|\b(?:serve|cover|in|to|of)(?: (?:the|your|our|this|that|any))* (?:area|town|city|neighborhood|address|home|house|place|part|side|service area)\b(?<!austin area)(?<!whether we serve your area)"
        r"(?<!if we serve your area)(?<!whether we cover your area)(?<!if we cover your area)|^(?!.*(?:whether|if|see|check|tells?|know|austin|zip)).*",
    ),
    (
        lambda s: s.served is True,
        True,
        _AREA + " xxzip xxaddr",
        r"xxzip|\byour (?:area|address|zip)\b",
        r"\b(?:any|anywhere|far|only|places)\b",
    ),
    (
        always,
        True,
        _DAYS,
        r"xx(?:days|open|last|close)",
        r"\b(?:no|later|all|for|any|before|after|as)\b(?<!as well)(?! (?:visits?|well|late))|xxt|\bavailab|\b(?:earliest|first|start|starts|begin)\b.*xx(?:last|close)(?<!to xxlast)(?<!and xxlast)(?<!until xxlast)"
        r"|\b(?:last|latest)\b.*xx(?:open|close)|\bxxclose\b(?<!xxopen to xxclose)(?<!xxopen until xxclose)",
    ),
)
