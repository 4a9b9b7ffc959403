"""What a caller says of what was just done: asks whether a change was made, wants it undone, doubts it.

"So it's cancelled, right?" wants nothing new, and counts only where it covers the turn; "so it's cancelled, but I still
need someone" does not. "Actually, keep it" is a wish, however little else is said.
"""

from call.session import ManageAction
from understanding.text.parts import NOBODY, SOMEONE, VISIT, YOU
from understanding.text.plain import Words, phrase, said
from understanding.text.weekdays import WEEKDAY
from understanding.wants.whole import read_whole, whole

_SURELY = r"(?:really|all|now|actually|already|officially|definitely|totally|completely|fully|for sure|just|then|still)"
_CHECKS = (
    r"(?:(?:(?:i (?:just )?(?:want|wanted|would like|need|needed) |(?:can|could|would) you (?:please |just )*|just )?"
    r"(?:to )?(?:make sure|making sure|be sure|(?:double )?check(?:ing)?|confirm(?:ing)?|clarify|be clear|know|tell me)"
    r"|i am|that is it|are you (?:sure|certain|positive)|you are (?:sure|telling me|saying)|you mean"
    r"|(?:that|which) means|meaning|that|if|whether) )*"
)
_THAT = (
    rf"(?:(?:it|everything|that|this|(?:that|this|the|my|our)(?: {WEEKDAY})?(?: service)? (?:one|call|{VISIT}))"
    rf"(?: (?:for|on) {WEEKDAY})?)"
)
_END = rf"{_SURELY}|on your end|in the system|(?:on |for )?(?:this )?{WEEKDAY}(?: morning| afternoon)?"
_IS = rf"(?: {_SURELY})* (?:is|was|(?:is|has) been|got|went)(?: {_SURELY})*"
_THEY = rf"(?:they|{YOU})"
_WHO = rf"(?:he|she|{_THEY}|(?:the|your) (?:tech|technician|guy|man|crew))"
_COMES = rf"(?:com(?:e|es|ing)(?: (?:out|by|over|here))?|show(?:s|ing)?(?: up)?|sen(?:d|ds|ding) {SOMEONE})"


def _said_of(done: str, did: str, *more: str) -> Words:
    """The clauses in which a change is asked about: what is `done` with a visit, and what we `did`."""
    asked = (
        rf"{_THAT}{_IS} (?:{done}|taken care of|done|through)",
        rf"(?:is|was|has) {_THAT}(?: been)?(?: {_SURELY})* (?:{done}|taken care of|done|through)",
        rf"(?:(?:did|have) )?{_THEY}(?: have| did)?(?: {_SURELY})* (?:{did}) {_THAT}(?: (?:off|out))?",
        rf"did (?:it|that|this|the (?:cancellation|change|request))(?: {_SURELY})* (?:go|went) through",
        rf"(?:thanks|thank you)(?: (?:so|very) much)? for (?:cancell?ing|moving|changing|taking care of) {_THAT}",
        r"i do not (?:have|need) to do anything(?: (?:else|more))?",
    )
    return whole(*(f"{_CHECKS}(?:{clause})" for clause in (*asked, *more)), behind=_END)


_ASKED = {
    ManageAction.CANCEL: _said_of(
        r"cancell?ed(?: out)?|gone|off(?: (?:of )?(?:the|your) (?:books?|calendar|schedule|list|system))?|deleted"
        r"|removed|erased|wiped|dropped|out of (?:the|your) system|called off|taken (?:off|out)",
        "cancell?(?:ed)?|took|take|deleted?|removed?|dropp?(?:ed)?",
        rf"{NOBODY}(?: is| will|'s)?(?: (?:be|going to))* {_COMES}",
        rf"{_WHO} (?:will|is|are|am|do|does) not(?: (?:be|going to))* {_COMES}",
    ),
    ManageAction.RESCHEDULE: _said_of(
        r"moved|changed|switched|rescheduled|pushed(?: back)?", "moved?|changed?|switch(?:ed)?|rescheduled?"
    ),
}
_IT = r"(?:it|that|that one|(?:the|my|that) (?:visit|appointment|booking|slot))"
_BACK = phrase(
    r"(?:do|did) not (?:mean to |want (?:you )?to |want it |want that )?(?:cancel\w*|move it|change it)|un ?cancel\w*"
    rf"|(?:keep|leave) {_IT}(?! (?:up|in|short|simple|at))|(?:put|get|have|want) {_IT} back|want {_IT} after all"
    r"|changed (?:my|our) minds?|take (?:that|it) back|undo (?:it|that)"
)

_DOUBTS = phrase(
    r"is (?:that|it|this) (?:for )?(?:certain|sure|definite|guaranteed)"
    r"|(?:are|is) (?:you|he|she|they) (?:really |absolutely )?(?:sure|certain|positive)"
    r"|(?:he|she|they|you|the tech\w*) (?:said|told (?:me|us)) (?:he|she|they|you|it)"
)


def asks_whether_done(text: str, change: ManageAction) -> bool:
    """Whether the whole plain `text` asks, or says, that the `change` of a visit was made, and nothing else."""
    told = read_whole(text, {change: _ASKED[change]})
    return told.covers and bool(told.meanings)


def wants_it_back(text: str) -> bool:
    """Whether the plain `text` wishes that a visit was not cancelled or moved after all."""
    return said(_BACK, text)


def doubts_it(text: str) -> bool:
    """Whether the plain `text` doubts what was done: "no wait, is that for certain?"."""
    return said(_DOUBTS, text)
