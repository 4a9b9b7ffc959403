"""What a caller wants told to whoever comes: the code of a gate, who will be at home, where to park.

It counts where a visit is on file and nothing is told that is broken: there it is noted for the team as it was said.
"""

from understanding.text.parts import RELATIVE, SOMEONE, VISIT, YOU
from understanding.text.plain import clauses, phrase, said
from understanding.text.weekdays import WEEKDAY

_HIM = (
    r"(?:him|her|them|whoever (?:is coming|comes)|(?:the|your|my) (?:tech\w*|guys?|man|men|driver|crew|team|office"
    rf"|dispatcher|installers?|service (?:man|guy))|{SOMEONE})"
)
_BID = r"(?:can|could|would|will|please|just|and|to|you|y'?all|also|so|then|but|maybe|hey|well|no|yes|oh)"
_CODE = r"(?:(?:gate|door|lock ?box|garage|entry|key ?pad|access|alarm|building) )?codes?"
_TELLS = phrase(
    rf"(?:^|(?<= )){_BID} (?:tell|remind|warn|notify|inform|ask) {_HIM}(?! (?:about the (?:price|cost)))",
    rf"(?:tell|remind|warn|inform) {_HIM}(?: \w+)|ask {_HIM} (?:to|if|not)|let {_HIM} know|have (?:him|her|them"
    r"|the tech\w*|the guy) (?!to(?!\S)|call|ring|phone|give)\w+|make sure (?:he|she|they|the tech\w*) \w+",
    rf"(?:want|wanted|calling|called|need|needed|like|just)(?: \w+){{0,3}}? to let {YOU} (?:all )?know|(?:forgot"
    rf"|forget|meant|wanted|need|needed|want|like|supposed)(?: to)? (?:tell|mention|say|give)(?: (?:{YOU}|him|them"
    r"|her))?(?: (?:that|about|the|my|a|we|i|there))",
    rf"(?:give|get) (?:{YOU}|him|them) (?:the|my|our|a) (?:\w+ )?code|(?:the|my|our) {_CODE} (?:is|to|for)"
    rf"|{_CODE} is \w+|lock ?box",
    r"(?:leave|take|pass(?: on| along)?|give|get|relay|have)(?: (?:him|them|you|her|the \w+|along|on))? (?:a|my|this"
    r"|the) (?:\w+ )?(?:message|note|word)|pass (?:it |this |that )?(?:along|on)|(?:add|put|make|leave)(?: in)? (?:a"
    r"|an|that) (?:\w+ )?note|add a note|(?:put|note) (?:it |that )?(?:on there|down)|(?:make|put)(?: \w+)? note of",
    r"instead of me|in my place|(?:will|going to|gonna) let (?:him|them|you|her|the tech\w*) in|running (?:a bit "
    r"|a little )?late|(?:will|going to) be (?:\w+ ){0,3}?(?:minutes )?late",
    r"(?:he|she|they|the tech\w*|your (?:guy|man|tech\w*)) (?:(?:should|needs? to|ha(?:s|ve) to|will (?:need|have)"
    r"|must)(?! (?:have|come (?:back|out|over|again)|fix|look|finish|return|replace|repair)(?!\S))|can (?:use|park"
    r"|come (?:in|through|around)|go|ring|knock|enter|just))|(?:could|can|would) (?:he|the tech\w*|your guy"
    r"|they) (?:please )?(?:wear|use|bring|park|ring|knock|come (?:in|to the|around|through)|text|not)",
    r"please (?:do not (?:leave|let|ring|park|knock|use|block)|note|ring|knock|park|bring|use (?:the|our))|(?:my"
    r"|our)(?: \w+){1,3}? (?:will|is going to) (?:be (?:there|home|here|waiting)|meet|let|open)|(?:thing"
    r"|something) to add|add one (?:more )?thing",
    r"^(?:(?:i|we|want|would like|to|just|leave|please) )*(?:a )?message(?: please| for \w+)?(?= [,.?]|$)",
    rf"(?:call|text|ring|phone) (?:my (?:\w+ )?{RELATIVE}|him|her) (?:instead|when|at|on)|(?:call|text"
    rf"|ring) (?:my {RELATIVE}) (?:and|to) tell",
    rf"add (?:it|that|this|them|\w+ \w+) to (?:my|the|that|this|our|{WEEKDAY})(?: \w+)?",
)
_WISH_ALONE = phrase(
    r"(?:leave|pass|take|give|get|add|put|have)(?: (?:him|them|you|her|along|on|in))* (?:a|my"
    rf"|the) (?:\w+ )?(?:message|note|word)(?: (?:for|to|with|on|about|in) (?:{_HIM}|it|that|(?:my"
    rf"|the) (?:\w+ )?{VISIT}|you))*(?= [,.?]|$)"
)
_FOR_US = phrase(r"let (?:me|us) know|told me|(?:can|could) you tell me")


_WHO_COMES = r"(?:him|her|whoever (?:is coming|comes)|(?:the|your|my) (?:tech\w*|guys?|man|installers?))"
_TO_WHO_COMES = phrase(rf"(?:let {_WHO_COMES} know|(?:tell|remind|inform|warn) {_WHO_COMES}) (?!to(?!\S))\w+")
_IN_HASTE = phrase(
    r"hurry|asap|as soon as|right (?:away|now)|emergency|urgent\w*|sooner|earlier|today|quick(?:ly|er)?|can not wait"
)
_OF_ANOTHER = phrase(
    rf"(?:his|her|their|(?:my|the) (?:\w+ )?{RELATIVE}(?: is)?) (?:\w+ )?(?:number|cell|phone)|(?:he|she|they"
    rf"|{RELATIVE})(?: is| are)? (?:at|on)|(?:call|text|ring) (?:him|her|my (?:\w+ )?{RELATIVE})"
)


def tells_number_of_another(text: str) -> bool:
    """Whether a number in the plain `text` is said to be somebody else's: "he's at 512 ..."."""
    return said(_OF_ANOTHER, text)


def leaves_message(text: str) -> bool:
    """Whether the plain `text` tells something for whoever comes, or wishes to."""
    return any(said(_TELLS, clause) for clause in clauses(_FOR_US.sub(" _ ", text)))


def is_for_whoever_comes(text: str) -> bool:
    """Whether the plain `text` is to be told to who comes, by name or as him, and asks for no haste."""
    return said(_TO_WHO_COMES, text) and not said(_IN_HASTE, text)


def only_wishes_to_leave_one(text: str) -> bool:
    """Whether the plain `text` says that there is something to tell, and not what."""
    told = [clause for clause in clauses(text) if said(_TELLS, clause)]
    return bool(told) and all(said(_WISH_ALONE, clause) for clause in told)
