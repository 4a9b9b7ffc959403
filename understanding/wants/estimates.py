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
from understanding.wants.whole import NOW, read_whole, whole

_VISIT_OFFERED = frozenset({Question.WHEN, Question.READ_BACK, Question.CHANGE_WHAT})
_LIGHT = (  # Words on the way to what it is for
    "it|this|that|one|the|my|visit|appointment|call|what|i|we|is|was|be|am|are|were|would|like|need|needed|want|wanted"
    "|called|calling|here|looking|asking|shopping|after|getting|collecting|gathering|trying|hoping|interested|to|get|for"
    "|about|in|around|just|only|really|actually|mostly|more|all|supposed|meant|still|already|currently|now"
)
_WHAT = (
    r"(?:(?:an?|the|some|my|your|one|two|three|few|free|full|complete|whole|total|entire|new|other|price|cost|ballpark"
    rf"|rough|written|{SYSTEM}) )*(?:(?:replacement )?(?:estimates?|quotes?|bids?)|replacement(?: {SYSTEM})?|upgrade"
    rf"|install(?:ation)?)(?: (?:for|on) (?:an? )?(?:whole )?new (?:one|{SYSTEM}))?"
)
_IT = rf"(?:it|everything|the (?:whole |entire )?(?:thing|lot)|(?:the|my|our|this|that)(?: \w+)? {SYSTEM})"
_REPLACE = (
    rf"(?:(?:{_LIGHT}|have|rather|going|decided|ready|plan|planning|thinking|of) )+(?:replac(?:e|ing) {_IT}"
    r"|(?:get|buy|have) a (?:whole )?new one)"
    rf"|(?:i|we) (?:(?:{_LIGHT}) )*(?:want|need|would like) {_IT} replaced"
    rf"|{_IT} (?:needs|has|is going|is) (?:replacing|to (?:be replaced|go))"
)
_END = rf"{NOW}|only|is all|is it|not a repair"
_TABLE = {
    "meant": whole(rf"(?:(?:{_LIGHT}) )+{_WHAT}", f"{_WHAT} (?:only|is all)", _REPLACE, behind=_END),
    "instead": whole(_WHAT, behind=_END),
}
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
    told = read_whole(" , ".join(clause.text for clause in cut(wished) if not clause.asks), _TABLE).meanings
    return "meant" in told or ("instead" in told and wished != text)
