"""The forms that a statement may have: what is not among them is refused, since no record can back it.

"I've started a ticket", "payment is due at the visit", "a specialist will take over": no list of words finds all that a
model can make up. So each clause that is no question has to be feeling, courtesy, an offer, a denial, a fact of the
business, a time or a number, or the caller's own words again. What a clause of a known form then claims is judged by
claims.py and judge.py as ever. Data and one function; pure.
"""

import re

from conversation.guard.claims import Spoken
from conversation.guard.stated import MONTHS, NUMBER_WORDS, WEEKDAYS

# A clause begins at the sentence, at a mark, where a new subject may follow, and where we say that we do something.
_CLAUSE = re.compile(
    r"[,;:.!?]+(?:\s+|$)|\b(?:and|but|so|because|then|while|that) (?=(?:i|we|you|your|our|let|it|they"
    r"|the technician)\b)"
    r"|\band (?=(?:will|have already)\b)|\s(?=(?:i|we)(?:'ll|'ve|'m|'re| will)\b)"
    r"|\s(?=you(?:'re|'ve| are| were| have| had)\b)"
)
_FILLERS = re.compile(
    r"^(?:(?:and|but|so|then|now|well|okay|ok|sure|yes|yeah|no|nope|also|first|actually|alright|all right|right"
    r"|right now|of course|thanks|great|perfect|oh|hi|hello|hey|unfortunately|maybe|yep|absolutely|certainly|otherwise"
    r"|again|still|honestly|exactly|currently|especially|even|sorry)(?: |$))+"
)

_MUCH = (
    r"(?: (?:so|very|really|truly|just|still|also|do|can|totally|completely|certainly|fully|definitely|absolutely|quite"
    r"|pretty|too|a bit|not|all))*"
)
_DENY = r"(?:n't|'t|'m not|'re not| not| cannot)"
_THING = r"(?:that|it|this|these|everything|the [\w ]{1,25}|your [\w ]{1,25})"
_US = (
    # How we feel, who we are
    rf"(?:'m| am|'re| are|'d be){_MUCH} (?:sorry|afraid|here\b|listening|with you|happy|glad)",
    r"(?:'m| am) (?:the|an?|\w+(?: \w+)?'s|your) (?:\w+ )?virtual receptionist",
    r"(?:'re| are) an? (?:heating|cooling|hvac)\b",
    rf"{_MUCH} (?:understand|apologi[sz]e|appreciate (?:that|it|your|you (?:telling|calling|letting|waiting))|wish|hope"
    r"|imagine|hear you|get (?:it|that|why)|see why|see how|see what you mean|agree|heard\b|missed (?:that|it|your|the)"
    r"|know(?:$| (?:that's|it's|this is|how)))",
    r" want to (?:make sure|be sure|help)\b",
    r"'d be (?:upset|frustrated|annoyed)\b",
    r" see(?: there's already|$)",
    # What is open, what is missing
    rf"(?: do| did| have| can| could| would| was| were| are| am)?{_DENY}"
    r" (?:quite |really |actually |want to |yet |be able to )*(?:have (?!access|the ability)|know|see|want|mean"
    r"|catch|hear|give|say|tell|promise|guess|get|book\w*|schedul\w+|been|able|make|understand|serve|cancel\w*|moved"
    r"|sure|supposed|find|match|come out|change)\b",
    rf"{_MUCH}(?: would|'d|'ll| will)?(?: only| just| still| also)* (?:need|rather|like to|love to)\b",
    r" have (?:that|it|this|you|your|the|these|both|\d|an? (?:\w+ )?(?:opening|slot|time)|openings"
    rf"|{'|'.join((*WEEKDAYS, *NUMBER_WORDS))})\b",
    # What may be offered, and is judged: a time has to be free, a booking done, a callback due
    rf"(?:{_MUCH} (?:can|could|would)|'d be happy to|'ll|'m| will| have|'ve)(?: just| already| now| all| go ahead"
    r" and| went ahead and| be able to| be happy to| definitely| certainly)*"
    r" (?:help|set\b(?! aside)|get (?:that|it|this|you) (?:set up|scheduled|booked)|get is|have (?:someone|somebody"
    r"|them"
    r"|one of|an? \w+|our \w+)(?: \w+){0,3} call|have you booked|move|cancel\w*|book\w*|schedul\w*|reschedul\w*|offer"
    r"|moved|confirmed|got you|put you|added you|made the (?:appointment|visit|booking)|call|give you a call"
    r"|see you|let you go|do (?:that|it)|take (?:down )?(?:the|your|those|that|some) (?:details|name|number"
    r"|information)"
    r"|take (?:that|those|it) down)\b",
    rf"(?:'ll| will| can) (?:note|write|pass) {_THING}(?: down| on| along)?(?: for the (?:technician|team))?$",
    rf"(?:'ll| will| can) make a note of {_THING}$",
    rf"(?:'ve| have)(?: just)? (?:noted|written) {_THING}(?: down)?(?: for the (?:technician|team))?$",
    # What we do: the facts of the business
    r" (?:do|handle|repair|service|fix)(?: both)? (?:visits|heating|cooling|air|ac\b|furnaces)",
    r"(?: do| can| also)*(?: only)? (?:serve|cover|service)\b",
    r" (?:can )?come (?:out )?(?:seven days|every day|any day|on weekends|on any day|to )",
    r" (?:went ahead and|just|already) (?:book|mad|schedul|put)\w*",
    r" owe you an? call",
    r"(?:'re| are) (?:open|available) (?:every day|seven days|on weekends|any day)",
)
_YOU = (
    r"'re(?: very| most| always| absolutely| completely| totally| not)* (?:welcome|right|correct|alone)\b",
    r"'re (?:now |all |already |still )?(?:set|booked|confirmed|scheduled|done|in our|in the|inside our|outside"
    r"|waiting|without|having|dealing|going through|upset|frustrated|calling about|(?:speaking|talking) (?:with"
    r"|to) the virtual|ready)\b",
    r" have us do (?:it|that)\b",
    r" (?:don't|won't|do not) (?:need|have) to (?:do anything|be|bring|decide|know|tell)\b",
    r" (?:can|could|may)(?: also| always| just)? (?:call us|reach us any time|tell me|ask|take your time|think"
    r"|let me know|say|go ahead|set up|set one up|decide)\b",
    r" should(?:n't| not)? have (?:had )?to\b|'d (?:pay|need|have to|want)\b",
    r"(?:'ve| have) (?:had|been|waited|told|tried|reached|got enough|already (?:told|said|waited|been))\b",
    r" (?:said|mentioned|told|gave|asked|sound|seem|must be|must have|smell|see|want|would like|feel)\b",
    r"(?:'ll| will) (?:hear|get a call|be called|be contacted|see|need)\b",
    r"(?:'ve| have| already have) (?:got )?an? (?:\w+ )?(?:appointment|visit|booking)\b",
)
_YOUR = (
    r" (?:name|address|zip|number|visit|appointment|booking|ac|air|a/c|unit|system|heat\w*|furnace|house|home|place"
    r"|tenant|question|landlord|wife|husband|family|mother|father|son|daughter|technician)\b",
)
_LET = (r" (?:get (?:that|it) looked at|know|make sure|get that (?:right|straight)|be honest|be clear|rephrase|ask)\b",)

_FEELING = (
    r"(?:frustrat\w+|uncomfortable|rough|hard|tough|annoying|stressful|awful|terrible|horrible|no fun|no good|okay|ok"
    r"|right|unpleasant|painful|a pain|a lot|a long \w+|long|many|understandable|fair|fine|good|bad|correct|hot|cold"
    r"|miserable|inconvenient|upsetting|scary|worrying|disappointing|helpful|useful|enough|everything|up to you|sad"
    r"|a (?:good|fair|great|tough|hard) (?:question|point|one)|a shame|a pity|worth|what we do|understood|great|perfect"
    r"|wonderful|awesome|lovely|nice|excellent|fantastic|difficult|confusing|acceptable|welcome|too bad)\b"
)
_NOT_DONE = r"(?!.*\b(?:has been|have been|will be|got|belongs)\b)"
_MOMENT = (
    rf"(?:{'|'.join((*WEEKDAYS, *MONTHS))}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec) \d+|tomorrow|today"
    rf"|tonight|the (?:\d+\w*|{'|'.join(NUMBER_WORDS)}|third)|\$?\d[\d:.,]*"
    rf"|{'|'.join(NUMBER_WORDS)}|a hundred|half|quarter|noon|first thing|from|between|at|around|about|since|until"
    r"|by|(?:in the|this) (?:morning|afternoon|evening)|as soon as possible|seven days|any day|every day|either|both)\b"
    rf"{_NOT_DONE}"
)
_TECHNICIAN = r"(?:(?:the|a|our|your|any|only the|only a) (?:technicians?|tech)|technicians|they|he|she)"
_TEAM = (
    r"(?:someone|somebody|people)(?: from our team)?|(?:the|our) (?:billing |warranty )?team|(?:an?|one of our|our)"
    r" (?:comfort )?advisors?|(?:the|our) comfort advisors?"
)
_OTHERS = (
    # It and that
    rf"(?:that|it|this|those|everything|which)(?:'s| is| was| must be| sounds?| does sound| would be| can be| could be"
    rf"|'s got to be| has to be| may be| seems?| feels?| shouldn't be| isn't| wasn't"
    rf"| must have been){_MUCH} (?:been )?(?:{_FEELING}|{_MOMENT})",
    r"(?:that|it|this)(?:'s| is|'ll be| will be| would be| hasn't been| isn't"
    r"| has been) (?:\w+ ){0,2}?(?:the (?:right|best|only)"
    r"|for the technician|(?:something|question) (?:the technician|for)|hard to|credited|moved|cancell?ed|booked"
    r"|confirmed|done|open"
    r"|available|still on|on|set|all set|about|off)\b",
    r"(?:that|it|this) (?:depends|makes sense|helps|costs|shouldn't happen|happens|can wait|matters|goes towards?"
    r"|has been|didn't|doesn't (?:matter|have))\b",
    r"this is (?:the )?virtual receptionist",
    r"(?:it|that|this) sounds like (?:it|that|you)\b",
    r"that (?:booking|visit|one|time|day) (?:didn't|isn't|wasn't|couldn't|doesn't)\b|(?:and )?so is\b|see you\b"
    r"|credited\b",
    r"(?:the|these|those|my) (?:closest|next|first|soonest|earliest|only|other|same|second|two)? ?(?:times?|openings?"
    r"|ones?|slots?|days?) (?:i (?:could|can|have)|is|are|would be)\b",
    r"[\w' ]{1,30} (?:is|are) (?:never )?(?:frustrating|no fun|rough|hard|tough|a pain|worth)\b",
    rf"there(?:'s| is| are) {_MOMENT}",
    r"there(?:'s| is| are) (?:an? (?:diagnostic )?fee of|already a visit|an? (?:\d+|eighty[- ]nine)[ -]dollar"
    r"|no (?:rush|hurry|need|visit"
    r"|appointment)|nothing|an? (?:opening|slot)|openings)\b",
    # Who comes and who calls
    rf"{_TECHNICIAN}(?: who comes)?(?: can| could| would| will|'ll| should| needs? to| has to| have to)"
    r"(?: be able to| then| also| best| definitely)* (?:answer|tell|say|take a|look|find out|see|explain|give|go over"
    r"|know|need|help|ask|call|come|be|arrive|visit|talk|quote|have an answer)\b",
    rf"{_TECHNICIAN} (?:calls?|knows?|gives?|tells?|answers?|comes?|visits?|needs? to see|quotes?)\b",
    rf"(?:{_TEAM}) (?:can|could|would|will|should|needs? to|has to)(?: be able to| then| also)* (?:call|get back|reach"
    r"|help|answer|explain|go over|tell|talk|come|be|take|follow|contact|look)\b",
    # What a visit is
    r"(?:the |a |that |our |those |these )?(?:diagnostic )?(?:last |first )?(?:visits?|fee|diagnostic fee|price|cost"
    r"|\d+ dollars|eighty[- ]nine dollars|repairs?|weekends?|hours)(?: itself)?(?: of a repair)? (?:is|are|costs?"
    r"|would|goes?|gets?|starts?|can|will|does|for|depends?|has been|was|covers)\b",
    r"(?:nothing|no (?:visit|appointment|booking))(?:'s|'s been| is| has been| was|) (?:booked|been booked|scheduled"
    r"|been"
    r"|changed|cancell?ed|moved|else|to)\b",
    r"heating and cooling\b|the (?:line|connection) (?:is|was)\b|the zip(?: code)?(?: you gave me)? (?:is|tells)\b",
    # The caller's data, read back
    r"(?:the|your) (?:name|address|zip(?: code)?|number|problem|time)(?: is| i have is|'s|$)",
    # Courtesy
    r"(?:so |very )?sorry\b|oh no|ouch|wow|yikes|(?:many )?thanks?\b(?! for (?:booking|choosing))|thank you\b|got it"
    r"|gotcha|understood|noted|fair enough|good (?:question|point|morning|afternoon|evening|luck)|goodbye|bye\b|take"
    r" (?:care|your time)|welcome back|go ahead|no (?:problem|rush|worries|need|hurry|trouble)\b|not (?:yet|at all"
    r"|that)"
    r"|only the technician|whenever\b|hard to|happy to|glad to|my (?:apologies|mistake)|apologies|pardon|makes sense"
    r"|true\b|correct\b|fine\b|i see\b|good\b|wonderful\b|perfect\b|awesome\b|great\b|excellent\b|super\b|nice\b"
    r"|(?:a|one) (?:question|thing|last)\b|of course",
    # What leads to something
    r"(?:if|before|after|once|when|while|until|unless|since|to|beyond|besides|because|depending|either way|in case|only"
    r"|just (?:to|checking|in case|call|tell|let|say|one))\b",
    rf"(?:for|with|without|on|in|at|about|as)\b{_NOT_DONE}",
    r"(?:please )?(?:tell me|call 911|leave the|go ahead|let me know|say|repeat|spell|don't touch|wait outside)\b",
    r"call us\b|don't touch\b|move it\b|cancel it\b|tell me\b|a comfort\b|is that\b",
)


def _any(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms))


_BY_SUBJECT = {
    "i": _any(*_US), "we": _any(*_US), "you": _any(*_YOU), "your": _any(*_YOUR),
    "let me": _any(*_LET), "let us": _any(*_LET), "let's": _any(*_LET),
}  # fmt: skip
_SUBJECT = re.compile(r"(let me|let us|let's|i|we|your|you)(?='| |$)")
_BUSINESS = re.compile(r"(?: only| also)* (?:does|handles|repairs|is) (?:heating|cooling|an? )|$")
_OTHER_FORMS = _any(*_OTHERS, _MOMENT)
_QUESTION = re.compile(
    r"(?:what|who|where|when|which|why|how|is|are|was|were|do|does|did|can|could|may|shall|should|would|will|have|has"
    r"|isn't|aren't|don't|doesn't|or|whose)\b"
)
_SHORTENED = re.compile(r"\b(mr|mrs|ms|dr|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|a|p|m)\.")
_ABOUT_US = re.compile(r"\b(?:i|we|our|us|technicians?|someone|somebody|team|can|will|would)\b")
_FUNCTION_WORDS = frozenset(
    "a an the it it's that that's this is are was were your you you're and or but so of to in on at for with my i not"
    " no been has have do does did there isn't doesn't since about up out down off again right now one as from".split()
)


def formless(spoken: Spoken) -> str:
    """Why the sentence says what no record can back, "" when all its clauses have a known form.

    Spanish is spoken where a call ends (safety, callback); claims.py has its claims.
    """
    if spoken.session.language == "es":
        return ""
    asks = spoken.text.rstrip().endswith("?")
    clauses = [clause.strip() for clause in _CLAUSE.split(_SHORTENED.sub(r"\1", spoken.lower))]
    clauses = [clause for clause in clauses if clause]
    for clause in clauses[:-1] if asks else clauses:
        if asks and _QUESTION.match(_FILLERS.sub("", f"{clause} ")):
            return ""
        if not (_has_form(clause, spoken) or _restates(clause, spoken)):
            return "nothing that we know"
    return ""


def _has_form(clause: str, spoken: Spoken) -> bool:
    rest, business = _FILLERS.sub("", f"{clause} ").strip(), spoken.facts.name.lower()
    if not rest or re.sub(r"^(?:mr|mrs|ms|dr) ", "", rest) in spoken.session.name.lower():
        return True
    if rest.startswith(business):
        return _BUSINESS.match(rest[len(business) :]) is not None
    if subject := _SUBJECT.match(rest):
        return _BY_SUBJECT[subject[1]].match(rest[subject.end() :]) is not None
    return bool(_OTHER_FORMS.match(rest) or _OTHER_FORMS.match(clause))


def _restates(clause: str, spoken: Spoken) -> bool:
    """Whether all its words are the caller's, the call's or function words; what is about us is never a restatement."""
    if _ABOUT_US.search(clause):
        return False
    session = spoken.session
    known = f"{spoken.caller} {session.name} {session.zip_code} {spoken.facts.name}".lower()
    theirs = set(re.findall(r"[\w']+", known))
    return all(word in theirs or word in _FUNCTION_WORDS for word in re.findall(r"[\w']+", clause))
