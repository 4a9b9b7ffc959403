"""A person who is asked for in a question: "isn't there a real person there?", "do you have a manager?".

What negates such a question denies nothing. Whoever is asked for to come out, or to do a kind of work, is none.
"""

from understanding.text.parts import END, NOBODY, SOMEONE, YOU
from understanding.text.plain import phrase, said

_HUMAN = (
    r"(?:human(?: being)?s?|person|people|representative|rep|agent|managers?|supervisors?|operator|receptionist"
    r"|dispatcher)"
)
_CHIEF = r"(?:owner|boss|(?:office |general )?manager|supervisor)"
_TITLED = rf"(?:an? |any |some |the |your )?(?:actual |real |live |other )?(?:{_HUMAN}|{_CHIEF})"
_STAFF = rf"(?:{_TITLED}|{SOMEONE}(?: else)?|{NOBODY})"
_I_CAN_TALK = r"(?: else)?(?: that| who)? (?:i|we) (?:can|could|may|might) (?:please )?(?:talk|speak|chat)"
_BEHIND = (
    rf"(?:(?: (?:there|around|in|here|instead|right now|please|available|working|on(?: here)?))*{END}"
    rf"|(?: (?:there|around|here|available))?{_I_CAN_TALK}| (?:that |who )?(?:answers?|picks? up|works?)(?! on)"
    r"| to (?:talk|speak) (?:to|with))"
)
_NOT_TO_COME = r"(?! (?:who|out|to (?:come|fix|look)|about (?:my|a|the))(?!\S))"
_TALK_TO = r"(?:reach|(?:talk|speak) (?:to|with))"
ASKED_FOR = phrase(
    rf"(?:is|are)(?: not)? there (?:not )?(?:{_TITLED}{_BEHIND}|{_STAFF}{_I_CAN_TALK}"
    rf"|{_STAFF} (?:else )?in the office)",
    rf"(?:do|does)(?: not)? (?:{YOU}|this place)(?: not)? have (?:{_TITLED}{_BEHIND}|{SOMEONE}{_I_CAN_TALK})",
    rf"(?:is|are)(?: not)? {SOMEONE} (?:there (?:an? )?(?:real |actual )?(?:person|human)|(?:else )?in charge"
    rf"|working(?: there| right now)?{END}|at the (?:office|desk))|{SOMEONE} besides you|where is the {_CHIEF}{END}"
    rf"|is (?:the|your) {_CHIEF} (?:in|there|around|available)",
    rf"(?:can|could|may) i (?:please )?(?:get|have) {_TITLED}{_NOT_TO_COME}{_BEHIND}"
    rf"|(?:can|could|may) i get {SOMEONE} on the (?:line|phone)|(?:able|possible) (?:for you )?to get me {_STAFF}{END}",
    rf"(?:can|could|would) (?:an? (?:real |actual |live )?{_HUMAN}|{SOMEONE} else) (?:please )?"
    r"(?:help|talk|speak|answer)"
    rf"|(?:talk|speak) (?:to|with) one of your (?:people|guys|folks)|who else (?:can|could) i (?:talk|speak)"
    rf"|who (?:do|can) i (?:talk|speak) to(?: to)? (?:get|reach) (?:an? )?{_HUMAN}",
    rf"(?:how (?:can|do|would|could) i|way to|possible to|chance (?:i|we) (?:can|could)|chance of|able to)"
    rf" (?:{_TALK_TO} {_STAFF}{_NOT_TO_COME}|get(?: to)? {_TITLED}{_BEHIND})",
)
_CALLER = rf"(?:{SOMEONE}|{_HUMAN}|{_CHIEF}|guys?|tech(?:nician)?s?|people)"
_WHO_KNOWS = r"(?: (?:who|that|from|in|with|at|of) (?:\w+ ){1,4}?| )"
_AHEAD = r"(?! (?:first|ahead|before|beforehand|when (?:they|he|she|you))(?!\S))"
_CALLS_ME = phrase(
    rf"(?:can|could|would|will|have|get|possible for|able to have) (?:an? |the |your |one of (?:your|the) )?{_CALLER}"
    rf"{_WHO_KNOWS}(?:(?:else|please|just|be able to|to|possibly) )*(?:call|ring|phone|give) (?:me|us){_AHEAD}",
    rf"(?:is|are) {SOMEONE} (?:able|available|free) to (?:call|ring|phone) (?:me|us){_AHEAD}",
)


def is_asked_for(text: str) -> bool:
    """Whether the plain `text` asks in a question for a person to speak with."""
    return said(ASKED_FOR, text)


def is_asked_to_call(text: str) -> bool:
    """Whether the plain `text` asks in a question for somebody who calls the caller."""
    return said(_CALLS_ME, text)
