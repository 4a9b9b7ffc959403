"""What is asked of a visit on file: whether it was cancelled, and when it is.

"Did somebody cancel my appointment?" has the words of a cancel and wishes for none. Each word of cancelling is read
with who does it and when: only if all of them are of what was done, or is asked about, the turn asks; one that is left
over is a wish.
"""

from understanding.text.parts import NOBODY, RELATIVE, SOMEONE, VISIT, YOU
from understanding.text.plain import phrase, said
from understanding.text.weekdays import WEEKDAY

_WHO = (
    rf"(?:{YOU}|they|he|she|who|{SOMEONE}|{NOBODY}|(?:(?:the|my|our|your) )?(?:{RELATIVE}|tech\w*|guy|man|landlord"
    r"|company|office|dispatcher|tenants?|roommate))"
)
_BESIDE = (
    r"(?:(?:not|have|has|had|just|already|never|ever|all|really|actually|accidentally|maybe|must|may|might|call(?:ed)?"
    r" and|go(?:ne)? and|went and|been) )*"
)
_CANCELLED = r"(?:cancel(?:l?ed)|called off|taken off|took (?:me|us|it|my \w+) off|taken (?:me|us|it|my \w+) off)"
_CANCEL = rf"(?:cancel(?:l?ed|l?ing)?|{_CANCELLED}|call off)"
_TOLD_SO = r"(?:says?|said|shows?|showed|showing|saw|saying|marked|listed|or|not)"
_DONE = phrase(
    rf"(?:did|has|have) (?:{_WHO}|i|we) {_BESIDE}(?:(?:have|had) to )?{_CANCEL}",
    rf"(?:is|are|was|were|got|been|did(?: \w+){{1,4}}? get|did not get) (?:(?!need|want|like)\w+ ){{0,5}}?"
    rf"{_CANCELLED}",
    rf"{_WHO} {_BESIDE}{_CANCELLED}|(?:i|we) (?:(?:think|guess|believe) (?:i|we) )?{_BESIDE}{_CANCELLED}",
    rf"(?:are|were|is|was) {_WHO} {_BESIDE}(?:going to |planning (?:to|on) |thinking of )?cancel(?:l?ing)?"
    rf"|{_WHO} {_BESIDE}(?:are|were|is|was|be) {_BESIDE}(?:going to |planning (?:to|on) )?cancel(?:l?ing)?"
    rf"|{_WHO} {_BESIDE}(?:(?:had|needed) to|did not) cancel",
    rf"{_TOLD_SO} (?:(?:it|that|my|our|the|as|is|was|{VISIT}) ){{0,4}}?{_CANCELLED}",
    r"cancell?ation (?:notice|email|text|message|number)|(?:got|get|received|saw|a|the) cancell?ation"
    r"|why (?:(?:did|would|is|was|are|were) )?(?:\w+ )?cancel(?:l?ing)?",
)
_OF_A_DAY = phrase(rf"(?:tomorrow|today|{WEEKDAY}) is(?= (?:\w+ )?{VISIT})")  # "Tomorrow's visit"
_WORD = phrase(_CANCEL, r"cancell?ation")
_OURS = rf"(?:{VISIT}|service|tune up|install\w*|{WEEKDAY}|one)(?!\S)"
_SOMETHING_ELSE = phrase(  # "They cancelled my flight", "my plans got cancelled"
    rf"cancell?ed (?:my|our|his|her|their|the|a) (?!(?:\w+ ){{0,3}}?{_OURS})\w+",
    rf"(?:my|our|his|her|their) (?:other )?(?!(?:\w+ )?{_OURS})\w+"
    r" (?:(?:was|were|got|is|are|has|have|been|had) )+cancell?ed",
)


def asks_whether_cancelled(text: str) -> bool:
    """Whether the plain `text` speaks of a visit as cancelled, or asks whether it was, and wishes for no cancel."""
    if not said(_WORD, text) or said(_SOMETHING_ELSE, text):
        return False
    text = _OF_A_DAY.sub("my", text)
    left = _DONE.sub(" _ ", text)
    return left != text and not said(_WORD, left)
