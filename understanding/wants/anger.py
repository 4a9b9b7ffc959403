"""How the caller feels, as far as it changes what is said: only anger and disappointment with us do.

Being hot, sick or driven crazy by a noise is none of it, nor what another company did, nor an anger that is denied.
"""

from understanding.text.clauses import cut
from understanding.text.plain import affirmed, phrase

_US = (
    r"(?:you|you guys|y'?all|you people|your (?:\w+ )?(?:guys?|techs?|technicians?|people|company|team|office"
    r"|installer|crew))"
)
_OTHERS = phrase(
    r"(?:last|other|previous|another|different|first|old) (?:\w+ )?(?:company|companies|guys?|people|place"
    r"|contractor|technician|outfit)|not (?:with )?(?:you|y'?all|you guys)"
)
_UPSET = phrase(
    # In so many words
    r"(?:ridiculous|unacceptable|outrageous|absurd|furious|livid|infuriating|fed up"
    r"|sick (?:and tired )?of (?!(?:this|the|being|my|it being|these) ?(?:heat|cold|hot|noise|weather|humidity|house"
    r"|ac|unit|sound))|tired of (?:this(?! (?:heat|cold|noise))|waiting|calling|being|your|y'?all|getting|hearing"
    r"|the run ?around)|had it with|had enough)|pissed(?: off)?|disappoint(?:ed|ing)"
    r"|(?:i am|we are|i have been) (?:\w+ )?(?:unhappy|dissatisfied)"
    r"|not (?:\w+ )?(?:happy|satisfied|pleased|impressed) (?:with|about|at all)",
    r"(?:i am|we are|i have been|i was|makes? (?:me|us)|making me|getting|got me"
    r"|left me) (?:(?:so|really|very|pretty|extremely|just|getting|kind of|super|beyond|quite|a little|honestly"
    r"|steaming|hopping) )*(?:angry|mad|upset|frustrated|annoyed"
    r"|irritated)(?! (?:with|at|about|because|by) (?:this|my|the|it|that|our) (?:ac|unit|heater|furnace|thermostat"
    r"|house|system|thing))",
    r"(?:this|that|it|what|you) (?:is|are|was) (?:(?:so|just|really|very|getting|absolutely|completely|totally"
    r"|such) )*(?:frustrating|insane|unbelievable|bullshit|bs|crap|garbage|a joke|a nightmare|a mess|so useless"
    r"|useless|pathetic|a shame)(?! (?:hot|cold))|what a (?:joke|mess|nightmare|waste)",
    r"bullshit|god ?dam\w*|damn ?it|what the (?:hell|heck|fuck)|fuck\w*|screw (?:you|this|y'?all)|shit|crap service"
    r"|piece of crap company|thanks for nothing|incompetent|unprofessional|rip ?off|ripped (?:me |us )?off"
    r"|scam(?:med|mers)?",
    r"(?:terrible|horrible|awful|worst|lousy|poor|bad|crappy|zero) (?:customer )?(?:service|experience|company"
    r"|companies|job|communication)|waste of (?:my |our )?(?:time|money)",
    # What we did or left undone
    rf"{_US} (?:\w+ )?(?:never|did not|have not|has not|had not) (?:even |ever |actually )?(?:show"
    r"|showed|came|come|call|called|fix|fixed|return|returned|answer|listen|finish|finished|care|honor"
    r"|get back)\w*",
    rf"{_US} (?:do|will) not (?:even |ever )?(?:show|return|answer|listen|care|honor|call (?:me|us) back)\w*",
    r"(?:nobody|no one|noone) (?:ever |even |has |has ever |from there |from your \w+ |over there |there )*(?:came"
    r"|come|comes|showed|shows|show|called|calls|call|returned|returns|answers|answered|picks up|got back|gets back"
    r"|helped|helps|bothered)(?! else)|no ?show|stood (?:me|us) up|never showed(?: up)?|blew me off",
    r"(?:waiting|waited|sitting here|on hold) (?:\w+ )?(?:all (?:day|morning|week|afternoon)"
    r"|for (?:hours|days|weeks|ever|over|more than|two|three|four|five|\d+)|(?:hours|days|weeks)|forever)",
    rf"{_US} (?:\w+ ){{0,8}}?(?:came|come|were|was|been|fixed|charged|said|told|installed|just) .*(?:still|again"
    r"|already|not|never|worse|broke)(?: \w+){0,3}? ?(?:work|working|works|fixed|broken|cool|cooling|heat|heating"
    r"|leaking|happening|doing|same|quit|it)\w*|(?:second|third|fourth|fifth|sixth"
    rf"|\w+) time (?:this (?:week|month|year|summer|winter) )?.*{_US} (?:said|told|fixed|came)",
    r"(?:called|calling|call) (?:you |y'?all |you guys |back |here "
    r"|in )*(?:(?:three|four|five|six|seven|ten|several|multiple|a dozen|many|so many|like|about|at least|over"
    r"|\d+) )+(?:different )?times|(?:second|third|fourth|fifth|sixth|tenth|umpteenth) time (?:that )?(?:i|we|i am"
    r"|calling|today (?:i|that i))|keep(?:s)? (?:getting )?(?:the run ?around|hung up|transferred|canceling"
    r"|cancelling|rescheduling)|run ?around|passed around",
    # With the conversation
    r"(?:you )?(?:already|just) (?:asked|told) (?:me|you)|i (?:already |just )*(?:told|said) (?:you )?(?:already"
    r"|twice|that|this|three times)(?= [,.?]|$)|how many times (?:do|have|will|am|must)"
    r"|are you (?:kidding|serious|joking|deaf|even listening|listening|stupid)(?: me)?|got to be kidding"
    r"|(?:why|how) is (?:this|it) so (?:hard|difficult|complicated)|you people"
    r"|(?:you are|are you) not (?:listening|hearing|helping|understanding)|stop asking|quit asking"
    r"|this is (?:taking forever|going nowhere)|not helpful|what kind of (?:company|business|outfit|operation"
    r"|service) (?:are|is|do)|complain(?:t|ing)? (?:about|with|on)|(?:file|make|have) a complaint"
    r"|for (?:god|christ|heaven|pete|goodness|crying out loud|fuck)(?: is)? ?(?:sake|loud)?",
    # What follows from it
    r"(?:bad|one star|1 star|negative|terrible) review|better business bureau|bbb"
    r"|(?:my|a|our|an) (?:lawyer|attorney)|sue (?:you|y'?all|your)|report (?:you|y'?all|your)"
    r"|(?:never|not) (?:going to )?(?:us(?:e|ing)|call(?:ing)?|hir(?:e|ing)|recommend\w*) (?:you|y'?all|you guys"
    r"|your \w+)(?: \w+)? ?(?:again|ever)?|take my business|money back"
    r"|cancel my (?:service|contract|membership|plan)|lost (?:a|my) customer",
)


def is_upset(text: str) -> bool:
    """Whether the plain `text` is said in anger or disappointment with us."""
    if affirmed(_OTHERS, text) and not affirmed(_UPSET, _without_others(text)):
        return False
    return affirmed(_UPSET, text, 3)


def _without_others(text: str) -> str:
    """The clauses that are not about another company."""
    return " , ".join(clause.text for clause in cut(text) if not _OTHERS.search(clause.text))
