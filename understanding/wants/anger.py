"""How the caller feels, as far as it changes what is said: only anger and disappointment with us do.

Being hot, sick or driven crazy by a noise is none of it, nor what another company did, nor an anger that is denied.
"""

from understanding.text.clauses import cut
from understanding.text.parts import END, NOBODY, YOU
from understanding.text.plain import affirmed, phrase

_US = rf"(?:{YOU}|your(?: \w+){{1,2}})"
_VERY = r"(?:(?:\w+ly|\w+ing|so|very|too|pretty|just|quite|kind of|super|beyond|a little|such) )*"
_OTHERS = phrase(
    r"(?:last|other|previous|another|different|first|old) (?:\w+ )?(?:compan(?:y|ies)|guys?|people|place|contractor"
    rf"|technician|outfit)|not (?:with )?{YOU}"
)
_COUNTLESS = r"(?:second|third|fourth|fifth|sixth|tenth|umpteenth)"
_UPSET = phrase(
    # In so many words
    r"ridiculous|unacceptable|outrageous|absurd|furious|livid|infuriating|fed up|sick (?:and tired )?of (?!(?:this|the"
    r"|being|my|it being|these) ?(?:heat|cold|hot|noise|weather|humidity|house|ac|unit|sound))"
    r"|tired of (?:this(?! (?:heat|cold|noise))|waiting|calling|being|your|y'?all|getting|hearing|the run ?around)"
    r"|had (?:it with|enough)|pissed(?: off)?|disappoint(?:ed|ing)|(?:i am|we are|i have been) (?:\w+ )?(?:unhappy"
    r"|dissatisfied)|not (?:\w+ )?(?:happy|satisfied|pleased|impressed) (?:with|about|at all)",
    rf"(?:i am|we are|i have been|i was|mak(?:es?|ing) (?:me|us)|getting|(?:got|left) me) {_VERY}(?:angry|mad|upset"
    r"|frustrated|annoyed|irritated)(?! (?:with|at|about|because|by) (?:this|my|the|it|that|our) (?:ac|unit|heater"
    r"|furnace|thermostat|house|system|thing))",
    rf"(?:this|that|it|what|you) (?:is|are|was) {_VERY}(?:frustrating|insane|unbelievable|bullshit|bs|crap|garbage"
    r"|a (?:joke|nightmare|mess|shame)|useless|pathetic)(?! (?:hot|cold))|what a (?:joke|mess|nightmare|waste)",
    r"bullshit|god ?dam\w*|damn ?it|what the (?:hell|heck)|fuck\w*|screw (?:you|this|y'?all)|shit|crap service"
    r"|piece of crap company|thanks for nothing|incompetent|unprofessional|rip(?:ped)? ?(?:me |us )?off|scam\w*",
    r"(?:terrible|horrible|awful|worst|lousy|poor|bad|crappy|zero) (?:customer )?(?:service|experience|compan(?:y|ies)"
    r"|job|communication)|waste of (?:my |our )?(?:time|money)",
    # What we did or left undone
    rf"{_US} (?:\w+ )?(?:never|(?:did|have|has|had|do|will) not) (?:even |ever |actually )?(?:show|c[ao]me|call|fix"
    r"|return|answer|listen|finish|care|honor|get back)\w*",
    rf"{NOBODY} (?:ever |even |has |from (?:there|your \w+) |(?:over )?there )*(?:c[ao]mes?|show|call|return|answer"
    r"|picks up|g[eo]ts? back|help|bother)(?:s|ed)?(?! else)|no ?show|stood (?:me|us) up|never showed|blew me off",
    r"(?:waiting|waited|sitting here|on hold) (?:\w+ )?(?:all \w+|for (?:ever|over|more than"
    r"|two|three|four|five|\d+)|(?:for )?(?:hours|days|weeks)|forever)",
    rf"{_US} (?:\w+ ){{0,8}}?(?:came|come|were|was|been|fixed|charged|said|told|installed|just) .*(?:still|again"
    r"|already|not|never|worse|broke)(?: \w+){0,3}? ?(?:work|fixed|broken|cool|heat|leak|happen|doing|same|quit|it)\w*"
    rf"|\w+ time (?:this \w+ )?.*{_US} (?:said|told|fixed|came)",
    r"call(?:ed|ing)? (?:you |y'?all |guys |back |here |in )*(?:(?:three|four|five|six|seven|ten|several|multiple"
    rf"|a dozen|many|so many|like|about|at least|over|\d+) )+(?:different )?times|{_COUNTLESS} time (?:that )?(?:i|we"
    r"|calling|today (?:that )?i)|keeps? (?:getting )?(?:hung up|transferred|cancell?ing|rescheduling)|run ?around"
    r"|passed around",
    # With the conversation
    r"(?:already|just) (?:asked|told) (?:me|you)|i (?:already |just )*(?:told|said) (?:you )?(?:already|twice|that"
    rf"|this|three times){END}|how many times (?:do|have|will|am|must)|are you (?:kidding|serious|joking|deaf"
    r"|(?:even )?listening|stupid)|got to be kidding|(?:why|how) is (?:this|it) so (?:hard|difficult|complicated)"
    r"|you people|you are not (?:listening|hearing|helping|understanding)|(?:stop|quit) asking"
    r"|this is (?:taking forever|going nowhere)|not helpful|what kind of (?:company|business|outfit|operation"
    r"|service) (?:are|is|do)|complain(?:t|ing)? (?:about|with|on)|(?:file|make|have) a complaint"
    r"|for (?:god|christ|heaven|pete|goodness)(?: is)? sake|for crying out loud",
    # What follows from it
    r"(?:bad|one star|1 star|negative|terrible) review|better business bureau|bbb|(?:my|a|our|an) (?:lawyer|attorney)"
    r"|(?:sue|report) (?:you|y'?all|your)|(?:never|not) (?:going to )?(?:us(?:e|ing)|call(?:ing)?|hir(?:e|ing)"
    rf"|recommend\w*) (?:{YOU}|your \w+)|take my business|money back|cancel my (?:service|contract|membership|plan)"
    r"|lost (?:a|my) customer",
)


def is_upset(text: str) -> bool:
    """Whether the plain `text` is said in anger or disappointment with us."""
    if affirmed(_OTHERS, text) and not affirmed(_UPSET, _without_others(text)):
        return False
    return affirmed(_UPSET, text, 3)


def _without_others(text: str) -> str:
    """The clauses that are not about another company."""
    return " , ".join(clause.text for clause in cut(text) if not _OTHERS.search(clause.text))
