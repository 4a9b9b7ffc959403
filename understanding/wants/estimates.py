"""What a visit that is about to be booked is really for: an estimate, a replacement. Both are an advisor's.

"It's for an estimate" names no system, and at the start of a call it may be one for a repair: in doubt it is a repair
(X22). Behind the read-back of a visit it says that this is the wrong one. Only a clause that says this and nothing else
counts, and none beside which a repair is wanted as well.
"""

from call.session import Question
from understanding.text.clauses import cut
from understanding.text.parts import SYSTEM
from understanding.text.plain import phrase, said
from understanding.wants.requests import PART

_VISIT_OFFERED = frozenset({Question.WHEN, Question.READ_BACK, Question.CHANGE_WHAT})
_LEAD = (
    r"(?:oh|well|no|nope|yes|yeah|ok|okay|wait|sorry|actually|but|so|hey|um|uh|just|by the way|for the record|i mean"
    r"|i think|i guess|i said|remember|like i said|because|honestly|really|to be clear|i told you"
    r"|it is|this is)"
)
_ONLY = (
    r"(?:just|only|really|actually|mostly|more|all|more like|supposed to be|meant to be|still|already|currently|now)"
)
_FOR = (
    rf"(?:(?:it|this|that|this one|that one|(?:the|this|my) (?:visit|appointment|call)|what i (?:need|want))"
    rf" (?:is|was|would be)(?: {_ONLY})*(?: for| about| to get| getting)?"
    rf"|(?:i|we) (?:am|are|was|were)(?: {_ONLY})* (?:calling|here|looking|asking|shopping|after|getting|collecting"
    r"|gathering|trying to get|hoping to get|hoping|interested)(?: (?:for|about|in|around for|getting))*"
    rf"|(?:i|we)(?: {_ONLY})* (?:need|needed|want|wanted|would like|called for|called about)(?: to get| {_ONLY})*"
    rf"|for|{_ONLY})"
)
_WHAT = (
    r"(?:(?:a|an|the|some|my|one|two|three|a few|free|full|complete|whole|total|entire|system|unit|new|other|your|price"
    rf"|cost|ballpark|rough|written"
    rf"|{SYSTEM}) )*(?:(?:replacement )?(?:estimates?|quotes?|bids?)|(?:system |unit )?replacement"
    rf"(?: {SYSTEM})?|upgrade"
    r"|(?:new )?install(?:ation)?)"
)
_IT = rf"(?:it|everything|the (?:whole |entire )?(?:thing|lot)|(?:the|my|our|this|that)(?: \w+)? {SYSTEM})"
_REPLACE = (
    rf"(?:i|we)(?: (?:am|are|have|would|{_ONLY}))*(?: (?:want|need|like|rather|going|looking|decided|ready|plan"
    rf"|planning|hoping|thinking (?:of|about)))?(?: to)?(?: {_ONLY})* (?:replac(?:e|ing)) {_IT}"
    rf"|(?:i|we)(?: {_ONLY})* (?:want|need|would like) {_IT} replaced"
    rf"|{_IT} (?:needs|has|is going|is) (?:replacing|to (?:be replaced|go))"
    rf"|(?:it is )?(?:for|about|to) replac(?:e|ing) {_IT}"
    r"|(?:i|we) would (?:just )?rather (?:just )?(?:get|buy|have) a (?:whole )?new one"
)
_END = r"(?: (?:please|instead|actually|by the way|though|only|right now|now|today|then|is all|is it|not a repair))*"
_CLAUSE = phrase(rf"^(?:{_LEAD} )*(?:{_FOR} (?:the )?{_WHAT}|{_WHAT} (?:only|is all)|{_REPLACE}){_END}$")
_INSTEAD = phrase(rf"^(?:{_LEAD} )*{_WHAT}{_END}$")
_NO_REPAIR = phrase(
    r"(?:not|no)(?: (?:want|need|looking|here|calling))?(?: (?:for|about))?(?: (?:a|an|the|any))? (?:repairs?|fix"
    r"|service call)"
)
_THE_VISIT = phrase(r"(?:the|this|my) appointment")
_DOUBT = phrase(
    r"too|also|as well|while|when|if|whether|first|before|unless|until|besides|insurance|warranty|repairs?|fix"
)


def is_for_an_estimate(text: str, question: Question | None) -> bool:
    """Whether the plain `text` says, of a visit that is offered, that it is for an estimate or a replacement."""
    if question not in _VISIT_OFFERED:
        return False
    wished = _NO_REPAIR.sub(" , ", text)
    if said(_DOUBT, wished) or said(PART, _THE_VISIT.sub(" ", wished)):
        return False
    told = [clause.text for clause in cut(wished) if not clause.asks]
    return any(said(_CLAUSE, clause) or (wished != text and said(_INSTEAD, clause)) for clause in told)
