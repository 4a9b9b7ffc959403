"""What a caller says of what was just done: asks whether a change was made, wants it undone, wants no visit after all.

"So it's cancelled, right?" wants nothing new, and counts only where it covers the turn; "so it's cancelled, but I still
need someone" does not. "Actually, keep it" is a wish, however little else is said.
"""

from call.session import ManageAction
from understanding.text.lexicon import CLASSES
from understanding.text.parts import IT, SOMEONE, VISIT, WHOLE_VISIT, YOU
from understanding.text.plain import clauses, phrase, said
from understanding.text.weekdays import WEEKDAY

_SURELY = r"(?:really|all|now|actually|already|officially|definitely|totally|completely|fully|for sure|just|then|still)"
_LEAD = (
    r"(?:oh|well|so|ok|okay|and|but|alright|all right|good|great|wait|um|uh|hm|hmm|perfect|yes|yeah|no|now|just"
    r"|that is it|because|to (?:make sure|be sure|confirm|double check|check|clarify|be clear)"
    r"|(?:i am )?just (?:making sure|checking|confirming)"
    r"|i (?:just )?(?:want|wanted|would like|need|needed) to (?:make sure|be sure|confirm|know|check)"
    r"|(?:can|could|would) you (?:please |just )*(?:confirm|check|tell me|make sure)|are you (?:sure|certain|positive)"
    r"|you are (?:sure|telling me|saying)|you mean|(?:that|which) means|meaning|i (?:take it|assume|guess|think)|that"
    r"|if|whether|thanks|thank you)"
)
_VISIT = (
    rf"(?:it|everything|(?:that|this|the)(?: {WEEKDAY})? one|(?:the|my|our|that|this)(?: {WEEKDAY})? (?:service )?"
    rf"(?:visit|appointment|booking|slot|call)|that|this)(?: (?:for|on) {WEEKDAY})?"
)
_END = (
    rf"(?: (?:{_SURELY}|right|correct|yes|ok|okay|huh|yeah|sir|maam|please|for me|any ?more|on your end|in the system"
    rf"|(?:on |for )?(?:this )?{WEEKDAY}(?: morning| afternoon)?))*"
)
_IS = rf"(?: {_SURELY})* (?:is|was|has been|got|went)(?: {_SURELY})*"
_GONE = (
    r"(?:cancell?ed(?: out)?|gone|off(?: (?:the|your|of the|of your) (?:books?|calendar|schedule|list|system))?|deleted"
    r"|removed|erased|wiped|dropped|out of (?:the|your) system|called off|taken (?:off|out|care of)|done|through)"
)
_MOVED = r"(?:moved|changed|switched|rescheduled|pushed(?: back)?|taken care of|done|through)"
_WHO = r"(?:they|he|she|you|you guys|y'?all|(?:the|your) (?:tech|technician|guy|man|crew))"
_COMES = (
    r"(?:com(?:e|es|ing)(?: (?:out|by|over|here))?|show(?:s|ing)?(?: up)?|sen(?:d|ds|ding) (?:anyone|anybody|someone"
    r"|somebody))"
)


def _said_of(done: str, did: str) -> str:
    """The clauses in which a change is asked about: what is `done` with a visit, and what we `did`."""
    return (
        rf"{_VISIT}{_IS} {done}|(?:is|was|has) {_VISIT}(?: been)?(?: {_SURELY})* {done}"
        rf"|(?:did|have) (?:you|you guys|y'?all|they)(?: {_SURELY})* {did} {_VISIT}(?: (?:off|out))?"
        rf"|(?:you|they)(?: have| did)?(?: {_SURELY})* {did} {_VISIT}(?: (?:off|out))?"
        rf"|did (?:it|that|this|the (?:cancellation|change|request))(?: {_SURELY})* (?:go|went) through"
        rf"|(?:thanks|thank you)(?: (?:so|very) much)? for (?:cancell?ing|moving|changing|taking care of) {_VISIT}"
        r"|i do not (?:have|need) to do anything(?: (?:else|more))?"
    )


_NOBODY = (
    rf"(?:nobody|no one)(?: is| will|'s)?(?: (?:be|going to))* {_COMES}"
    rf"|{_WHO} (?:will|is|are|am|do|does) not(?: (?:be|going to))* {_COMES}"
)
_ASKED = {
    ManageAction.CANCEL: phrase(
        rf"^(?:{_LEAD} )*(?:{_said_of(_GONE, '(?:cancell?(?:ed)?|took|take|deleted?|removed?|dropp?(?:ed)?)')}"
        rf"|{_NOBODY}){_END}$"
    ),
    ManageAction.RESCHEDULE: phrase(
        rf"^(?:{_LEAD} )*(?:{_said_of(_MOVED, '(?:moved?|changed?|switch(?:ed)?|rescheduled?)')}){_END}$"
    ),
}
_BESIDE = frozenset("right correct huh then good great just checking making make sure all set done".split()).union(
    *(CLASSES[name] for name in ("agreement", "thanks", "courtesy", "filler"))
)
_BESIDES = phrase(rf"(?:{_LEAD}(?: |$))+")
_IT = r"(?:it|that|that one|(?:the|my|that) (?:visit|appointment|booking|slot))"
_BACK = phrase(
    r"(?:do|did) not (?:mean to |want (?:you )?to |want it |want that )?(?:cancel\w*|move it|change it)|un ?cancel\w*"
    rf"|(?:keep|leave) {_IT}(?! (?:up|in|short|simple|at))|(?:put|get|have|want) {_IT} back|want {_IT} after all"
    r"|changed (?:my|our) minds?|take (?:that|it) back|undo (?:it|that)"
)

_NOT = r"(?:do|does|did|will|would) not"
_OFF = phrase(
    rf"{_NOT} (?:need|want) (?:(?:the|that|this|my) {VISIT}|(?:{WHOLE_VISIT}|{YOU}|{SOMEONE})(?: (?:to )?come| out)*"
    r" (?:any ?more|any longer|after all|now))(?!\S)",
    r"do not (?:send|come)(?! (?:to|until|till|before|in|up|through|without|early|late|a|an|the)(?!\S))",
    rf"(?:never mind|forget)(?: about)? (?:the|that|my|this) (?:whole )?(?:thing|{VISIT})"
    rf"|(?:undo|call off|hold off on) {WHOLE_VISIT}|call {IT} off|changed (?:my|our) minds?"
    r"|ya no (?:quier\w+|necesit\w+) (?:la|esa|mi) (?:cita|visita)",
)
_OBJECTS = phrase(
    r"(?:do|did) not want (?:it|that|this|any of (?:it|that|this))(?= [,.?]|$)"
    r"|not what (?:i|we) (?:want|wanted|asked|said|meant|agreed)"
    r"|(?:did not|never) (?:say|said|tell|told|ask|asked|agree|agreed|want|wanted)(?: you)? (?:to|for|yes|that|it)"
)
_AT_ANOTHER_TIME = phrase(
    rf"(?:can|could|would) (?:{IT}|we|{YOU}|he|she|they|i|the (?:tech|technician|guy))"
    rf" (?:please |maybe |possibly |also )*(?:be|come|do|make(?: {IT})?|get here|get (?:{IT}|in)|move {IT})"
    r"(?: out| by| here)? (?:a (?:little |tad |bit |touch )*)?(?:bit )?(?:later|earlier|sooner|another (?:time|day)"
    r"|instead)"
)


def asks_whether_done(text: str, change: ManageAction) -> bool:
    """Whether the whole plain `text` asks, or says, that the `change` of a visit was made, and nothing else."""
    told = clauses(text)
    asked = [clause for clause in told if said(_ASKED[change], clause)]
    beside = (clause for clause in told if clause not in asked)
    return bool(asked) and all(_BESIDE.issuperset(clause.split()) or _BESIDES.fullmatch(clause) for clause in beside)


def wants_it_back(text: str) -> bool:
    """Whether the plain `text` wishes that a visit was not cancelled or moved after all."""
    return said(_BACK, text)


def calls_off(text: str) -> bool:
    """Whether the plain `text`, behind a booking, wants no visit any more: what is called off by another name."""
    return said(_OFF, text)


def objects(text: str) -> bool:
    """Whether the plain `text`, behind "anything else?", objects to the visit that was just booked."""
    return said(_OBJECTS, text)


def wants_another_time(text: str) -> bool:
    """Whether the plain `text`, behind a booking, asks for it later or earlier."""
    return said(_AT_ANOTHER_TIME, text)
