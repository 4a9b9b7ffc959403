"""Whether the caller asks us to wait: "hold on, I have to look that up", and nothing else. English and Spanish.

The "one" of "hang on one sec" is no clock and no house number: it is cut out of the turn before anything else is read.
"""

import re

from understanding.text.plain import pattern, phrase, said
from understanding.wants.problems import describes_problem

_SPAN = (
    r"(?:just )?(?:(?:an?|one|1|half a|another|two|2|a couple(?: of)?|a few|un|uno|dos) )(?:quick |more |little )?"
    r"(?:secs?|seconds?|moments?|mins?|minutes?|tick|(?:moment|segund|minut)(?:it)?o)"
)
_STAY = r"hold (?:on|up|the line)|hang on|bear with me|stand by|stay on the line|aguarde"
_WITH_SPAN = (  # "Can you hold on for just a minute"
    r"(?:(?:could|can) you |can i ask you to |if you (?:could |can |would )?)?(?:please )?(?:just )?"
    rf"(?:{_STAY}|wait(?: for me)?|hold|(?:give|gimme|allow|grant)(?: me| us)?|espere(?:me)?|deme) (?:for )?{_SPAN}"
)
_ASKED = rf"(?:{_WITH_SPAN}|{_STAY}|hold please|please hold|{_SPAN})"
_DOING = (
    r"(?:look|find|get|grab|check|see|ask|think|pull|turn|put|fetch|go|step|write|read|buscar|ver|preguntar|mirar)"
    r"(?:ing)?"
)
_FOR = (
    r"(?:i (?:just )?(?:have|need|got|want) to|i gotta|let me|lemme|i will|i'?ll|i'?m (?:going to|gonna|just)|while i"
    rf"|i can|i|dejeme|voy a|tengo que) (?:just |go |quickly |first )*{_DOING}\b[^,.?!;]*"
    r"|(?:somebody|someone)(?:'?s| is)? (?:at the door|calling me)[^,.?!;]*"
    r"|the (?:doorbell|dog|baby|kids?|mailman|phone)(?:'?s| is| are)? (?:barking|crying|knocking|ringing|here)[^,.?!;]*"
)
_NOTHING = (
    r"oh|uh+|um+|er|hm+|so|well|yeah|yes|sure|okay|ok|sorry|please|hey|and|while|because|cause|my goodness|gosh|thanks"
    r"|thank you|no problem|i'?m sorry|excuse me|pardon me|now|there|honey|hon|sweetie|ma'?am|sir|por favor|si|perdon"
)
_HOLD = pattern(  # Atomic: what fits once is not tried in another way, so that no turn takes long.
    rf"(?>{_ASKED}(?!\w)|(?:{_FOR}|{_NOTHING})(?![\w'])|[\W_]+)++", re.IGNORECASE
)
_ASKS = pattern(rf"(?<![\w']){_ASKED}(?![\w'])", re.IGNORECASE)
_HOLDS = pattern(rf"(?<![\w']){_WITH_SPAN}(?![\w'])", re.IGNORECASE)
_RELAY = phrase(
    r"relay (?:service|texas|call|center|operator|agent|assistant|user|number|caller)|(?:texas|captioned|video|ip|tty"
    r"|telephone|telecommunications) relay|communications? assistant|captel|tty (?:call|user|operator)"
    r"|(?:deaf|hard of hearing|hearing impaired|speech impaired) (?:\w+ )?(?:customer|caller|person|user|client"
    r"|consumer|individual)|sign language interpreter",
)


def speaks_for_a_relay(text: str) -> bool:
    """L2: whether the plain `text` is a relay operator's, who is the caller's voice."""
    return said(_RELAY, text)


def is_relay(text: str) -> bool:
    """Whether the plain `text` announces a relay call and says nothing else: what the caller types takes its time."""
    return speaks_for_a_relay(text) and not describes_problem(text)


def is_hold(text: str) -> bool:
    """Whether the turn, as it was written, asks us to wait and says nothing else."""
    return _HOLD.fullmatch(text) is not None and _ASKS.search(text) is not None


def without_holds(text: str) -> str:
    """The turn without "hang on one sec"."""
    return _HOLDS.sub(" , ", text)
