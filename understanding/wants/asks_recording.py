"""Whether a caller asks if the call is recorded: "are you recording me?". English and Spanish.

It is cut out of the turn before anything else is read, as an objection is (no_recording.py): it answers nothing that is
open, and is no problem, no name and no wish. What may be written down ("are you recording my address") and a voice that
is a recording are other questions.
"""

import re

from understanding.text.parts import SOMEONE, YOU
from understanding.text.plain import phrase, tokens
from understanding.wants.whole import INTRO, NOW

_HINTS = ("record", "taping", "taped", "grab")
_CALL = (
    r"(?:(?:this|these|the|my|our|your)(?: phone| whole| entire)? (?:calls?|conversations?|line)|(?:everything|what)"
    r" (?:i|we) (?:say|said|am saying)|this|it)"
)
_IT = rf"(?:{YOU}|they|we|i|{SOMEONE}|(?:the|your) company|{_CALL})"
_ALSO = r"(?: (?:all|also|still|currently|actually|even|always|really|by any chance|going to|be|being|getting|ever))*"
_ME = rf"(?: (?:me|us|{_CALL}|(?:all |of |your |the |these |my |our |phone )*calls|everything))?"
_RECORDED = (
    rf"(?:(?:monitored (?:or|and) )?(?:recorded|taped)|(?:recording|taping){_ME}|(?:on )?an? recorded (?:line|call)"
    r"|on (?:tape|a recording))"
)
_LATER = (
    rf"(?: (?:{NOW}|too|or (?:what|not|something)|by (?:the way|you|anyone|any chance)|here|somehow|at all|as we speak"
    r"|please|sir|maam|though|for (?:quality|training)(?: purposes)?))*"
)
_END = rf"{_LATER}(?= [,.?]|$| (?:because|and|but|cause)(?!\S))"
_LEAD = rf"(?:(?:{INTRO}|ok|okay)(?: ,)? )*"
_IF = (
    r"(?:(?:(?:can|could|would) you (?:please |just )*)?(?:tell me|let me know)|do(?: you know)?|(?:i )?(?:am |was )?"
    r"(?:just )?(?:wondering|curious|asking)|i (?:just )?(?:want|wanted|would like|need) to (?:know|ask)"
    r"|(?:may|can) i ask) (?:if|whether)"
)
_ASKED = phrase(
    rf"{_LEAD}(?:why |how come )?(?:is|are|am|was|will|does) {_IT}{_ALSO} {_RECORDED}{_END}",
    rf"{_LEAD}(?:why )?(?:do|does|will) {_IT}{_ALSO} (?:record|tape){_ME}{_END}",
    rf"{_LEAD}{_IF} {_IT}(?: (?:is|are|am|will))?{_ALSO} (?:{_RECORDED}|(?:record|tape){_ME}){_END}",
    rf"{_LEAD}{_IT} (?:is|are|am){_ALSO} {_RECORDED}{_LATER}(?: ,)?(?: (?:right|huh|correct|yes|no))?(?= \?)",
    rf"(?:^|(?<=[,.?] )){_LEAD}(?:{_CALL} )?(?:being )?(?:recorded|recording){_LATER}(?= \?)",
    r"(?:(?:oiga|disculpe|perdon|hola)(?: ,)? )*(?:(?:se|me|nos) )?(?:esta|estan|estas)? ?(?:siendo )?(?:graba\w*)"
    r"(?: (?:esto|esta|la|mi|llamada|conversacion|todo|lo que digo))*(?= \?)",
    r"(?:esta|la) llamada (?:se |esta )(?:siendo )?(?:graba\w*)(?= \?)",
)


def without_question_of_recording(text: str) -> tuple[str, bool]:
    """The turn, as it was written, without the question whether the call is recorded; and whether it was asked."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text, False
    found = tokens(text)
    words = " ".join(token.word for token in found)
    asked = _ASKED.search(words)
    if asked is None:
        return text, False
    first = words.count(" ", 0, asked.start())
    last = first + len(asked[0].split())
    while last < len(found) and found[last].word in (",", ".", "?"):
        last += 1
    before = text[: found[first].start]
    after = text[found[last].start :] if last < len(found) else ""
    return " ".join(part for part in (before.strip(), after.strip()) if re.search(r"\w", part)), True
