"""What is asked of a visit on file: whether it was cancelled, when it is, that there is one already.

"Did somebody cancel my appointment?" has the words of a cancel and wishes for none. Each word of cancelling is read
with who does it and when: only if all of them are of what was done, or is asked about, the turn asks; one that is left
over is a wish.
"""

from understanding.text.parts import NOBODY, RELATIVE, SOMEONE, VISIT, YOU
from understanding.text.plain import clauses, phrase, said
from understanding.text.weekdays import WEEKDAY

_WHO = (
    rf"(?:{YOU}(?: folks)?|they|he|she|who|{SOMEONE}|{NOBODY}|(?:(?:the|my|our|your) )?(?:{RELATIVE}|tech\w*|guy|man"
    r"|landlord|company|office|dispatcher|tenants?|roommate))"
)
_BESIDE = (
    r"(?:(?:not|have|has|had|just|already|never|ever|all|really|actually|accidentally|maybe|must|may|might"
    r"|call(?:ed)? and|go(?:ne)? and|went and|been) )*"
)
_CANCELLED = r"(?:cancel(?:l?ed)|called off|taken off|took (?:me|us|it|my \w+) off|taken (?:me|us|it|my \w+) off)"
_CANCEL = rf"(?:cancel(?:l?ed|l?ing)?|{_CANCELLED}|call off)"
_TOLD_SO = r"(?:says?|saying|said|shows?|showed|showing|saw|saying|marked|listed|or|not)"
_DONE = phrase(
    rf"(?:did|has|have) (?:{_WHO}|i|we) {_BESIDE}(?:(?:have|had) to )?{_CANCEL}",
    r"(?:is|are|was|were|got|been|did(?: \w+){1,4}? get|did not get) (?:(?!need|want"
    rf"|like)\w+ ){{0,5}}?{_CANCELLED}",
    rf"{_WHO} {_BESIDE}{_CANCELLED}|(?:i|we) (?:(?:think|guess|believe) (?:i|we) )?{_BESIDE}{_CANCELLED}",
    rf"(?:are|were|is|was) {_WHO} {_BESIDE}(?:going to |planning (?:to|on) |thinking of )?cancel(?:l?ing)?"
    rf"|{_WHO} {_BESIDE}(?:are|were|is|was|be) {_BESIDE}(?:going to |planning (?:to|on) )?cancel(?:l?ing)?"
    rf"|{_WHO} {_BESIDE}(?:(?:had|needed) to|did not) cancel",
    rf"did (?:my|the|our) {VISIT} (?:\w+ ){{0,5}}?{_CANCELLED}|(?:i|we) (?:did not|never|have not)(?: (?:ask|want"
    r"|mean|try)\w* to)? cancel(?:l?ed)?",
    rf"{_TOLD_SO} (?:(?:it|that|my|our|the|as|is|was|{VISIT}) ){{0,4}}?{_CANCELLED}",
    r"cancell?ation (?:notice|email|text|message|number)|(?:got|get|received|saw|a|the) cancell?ation|why (?:(?:did"
    r"|would|is|was|are|were) )?(?:\w+ )?cancel(?:l?ing)?",
)
_OF_A_DAY = phrase(rf"(?:tomorrow|today|{WEEKDAY}) is(?= (?:\w+ )?{VISIT})")  # "Tomorrow's visit"
_WORD = phrase(_CANCEL, r"cancell?ation")
_OURS = rf"(?:{VISIT}|service|tune up|install\w*|{WEEKDAY}|one)(?!\S)"
_SOMETHING_ELSE = phrase(  # "They cancelled my flight", "my plans got cancelled"
    rf"cancell?ed (?:my|our|his|her|their|the|a) (?!(?:\w+ ){{0,3}}?{_OURS})\w+",
    rf"(?:my|our|his|her|their) (?:other )?(?!(?:\w+ )?{_OURS})\w+ (?:(?:was|were|got|is|are|has|have|been"
    r"|had) )+cancell?ed",
)


def asks_whether_cancelled(text: str) -> bool:
    """Whether the plain `text` speaks of a visit as cancelled, or asks whether it was, and wishes for no cancel."""
    if not said(_WORD, text) or said(_SOMETHING_ELSE, text):
        return False
    text = _OF_A_DAY.sub("my", text)
    left = _DONE.sub(" _ ", text)
    return left != text and not said(_WORD, left)


_HE = (
    rf"(?:{YOU}|they|he|she|{SOMEONE}|(?:the|your|my|our) (?:\w+ )?(?:tech\w*|guys?|man|men|crew|team|installers?"
    rf"|visit|appointment)|(?:my|our|the|that) (?:\w+ )?{VISIT}|it|i|we)"
)
_WHEN = r"(?:when(?: exactly)?|(?:around )?(?:what|which) (?:exact )?(?:time|day|date|hours?|window))"
_COMES = (
    r"(?:com(?:e|es|ing)|be (?:here|there|coming)|here|there|arriv(?:e|es|ing)|get(?:s|ting)? (?:here|in|there)"
    r"|show(?:s|ing)? up|expect\w*|scheduled|booked|set (?:for|up)|down for|supposed to|have (?:me|us|it) (?:down"
    r"|scheduled|for)|said|tell|told)"
)
_IS = r"(?:is|are|was|were|will|am|did|do|does|should)"
_ASKS_WHEN = phrase(
    rf"{_WHEN} {_IS} {_HE} (?:(?!charge|open|close|accept)\w+ ){{0,3}}?{_COMES}",
    rf"{_WHEN} {_HE}(?: all)? (?:{_IS} )?(?:(?!charge|open|close|accept)\w+ ){{0,3}}?{_COMES}",
    rf"{_WHEN} (?:is|was) (?:(?:my|our|the|that) (?:\w+ )?(?:{VISIT}|one)|that one)|{_WHEN} (?:my|our|the"
    rf"|that) (?:\w+ )?{VISIT} (?:is|was)|^(?:no )?what time is (?:it|that)(?: again)?(?= [,.?]|$)",
    rf"(?:time|day|date) (?:of|for|on) (?:my|our|the|that|this) (?:\w+ )?(?:{VISIT}|one)|arrival (?:time|window)",
    r"(?:just|only)(?: \w+)? (?:need(?:ed)?|want(?:ed)?|calling|checking|asking|wondering|looking)(?: to (?:know"
    r"|find out|check|ask|confirm|see))?(?: (?:about|for|on|the|my|what|that|your|an?|arrival))* (?:time|when|day"
    r"|window(?! unit))|asking (?:what|which) (?:time|day)|(?:remember|forgot) (?:what|which) (?:time|day)",
    r"what (?:hour|slot|time|window) (?:am i|did i|i|do i|i have) (?:\w+ )?(?:got|get|have|on|in|down)|(?:know|see"
    r"|sure) (?:if|whether) (?:it is |that is |he is |i am )?(?:in the )?morning or (?:in the )?afternoon"
    rf"|{SOMEONE} (?:is )?coming (?:, )?when",
    rf"(?:is|are) {_HE} still {_COMES}|look up (?:my|our) {VISIT}",
    r"(?:a que hora|cuando|que dia) (?:viene|vienen|llega|llegan|va a venir|van a venir|es (?:mi|la) (?:cita"
    r"|visita))(?! (?:el )?(?:frio|calor)(?!\S))",
)
_OF_A_NEW_ONE = phrase(
    rf"(?:can|could|would) (?:{YOU}|they|he|{SOMEONE}|(?:a|the|your) \w+) (?:\w+ )?(?:come|be|get|send|make)|next"
    r"|soonest|earliest|available|openings?|free"
)
_THERE_IS_ONE = phrase(
    r"(?:do|did|would) not (?:want|need|mean)(?: \w+){0,2}? (?:a|an|any|another)(?: whole)? (?:new|second|other"
    rf"|more) {VISIT}|not (?:want|need) (?:another|a second) (?:one|{VISIT})",
    rf"(?:already|have already) (?:have|got|had) (?:a|an|one|my) ?(?:\w+ )?{VISIT}|have one (?:already|scheduled"
    rf"|booked|tomorrow|today|{WEEKDAY}|on {WEEKDAY})|about the (?:one|{VISIT}) (?:\w+ ){{0,2}}?(?:mentioned|said"
    rf"|on)|(?:the|my) (?:one|{VISIT}) (?:that is |i have |i have got )?(?:already )?(?:on the books|on file"
    r"|scheduled)",
    rf"(?:have|got) (?:a|the|your|one of your) (?:\w+ )?\w+ coming|(?:{YOU}|they|he) (?:is"
    rf"|are)(?: \w+)? coming(?: out)? (?:tomorrow|today|{WEEKDAY}|on|at|this|next)|just booked (?:with|a|an)|(?:am"
    r"|are) on (?:the|your) schedule",
    r"ya tengo (?:una )?(?:cita|visita)",
)


_THE_OTHER = phrase(
    rf"(?:other|first|existing|original|old) (?:\w+ )?(?:{VISIT}|one)|already (?:have|got|booked)|on file"
)
_MINE = phrase(rf"(?:my|our) (?:\w+ )?{VISIT}")


def names_the_other(text: str, *, offered: bool) -> bool:
    """Whether the plain `text` is of the visit there is, beside a new one that is planned, or is `offered`."""
    return said(_THE_OTHER, text) or (not offered and (said(_MINE, text) or said(_THERE_IS_ONE, text)))


def asks_when(text: str) -> bool:
    """Whether the plain `text` asks when a visit is that there is already; "when can you come?" wishes for one."""
    return any(said(_ASKS_WHEN, clause) for clause in clauses(text)) and not wishes_for_a_new_one(text)


def wishes_for_a_new_one(text: str) -> bool:
    """Whether the plain `text` asks how soon somebody can come."""
    return said(_OF_A_NEW_ONE, text)


def says_there_is_one(text: str) -> bool:
    """Whether the plain `text` says that it is about a visit that there is already, and no other is wanted."""
    return said(_THERE_IS_ONE, text)
