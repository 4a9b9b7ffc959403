"""Whether a caller asks if the call is recorded: "are you recording me?". English and Spanish.

It is cut out of the turn before anything else is read, as an objection is (no_recording.py): it answers nothing that is
open, and is no problem, no name and no wish. What may be written down ("are you recording my address") and a voice that
is a recording are other questions.
"""

import re

from understanding.text.plain import phrase, tokens

_HINTS = ("record", "taping", "taped", "grab")
_CALL = (
    r"(?:(?:this|these|the|my|our|your)(?: phone| whole| entire)? (?:calls?|conversations?|line)|everything (?:i"
    r"|we) (?:say|said|am saying)|what i (?:say|am saying)|this|it)"
)
_WHO = r"(?:you(?: guys| all)?|y'?all|they|we|i|anyone|anybody|someone|somebody|(?:the|your) company)"
_ALSO = (
    r"(?: (?:all|also|still|currently|actually|even|always|really|by any chance|going to|gonna|be|being|getting|ever))*"
)
_MONITORED = r"(?:monitored (?:or|and) )?"
_ME = (
    rf"(?: (?:me|us|{_CALL}|(?:(?:your|the|all|these|my|our|all of the|all your) )?(?:phone )?calls"
    r"|everything|what i say))?"
)
_RECORDED = (
    rf"(?:{_MONITORED}(?:recorded|taped)|(?:recording|taping){_ME}|(?:on )?an? recorded (?:line|call)|on (?:tape"
    rf"|a recording))"
)
_TRAIL = (
    r"(?: (?:right now|now|too|or what|or not|or something|by the way|here|somehow|by (?:you|anyone|any chance)|at all"
    r"|as we speak|today|please|sir|maam|though|then|for (?:quality|training)(?: purposes)?))*"
)
_END = rf"{_TRAIL}(?= [,.?]|$| (?:because|and|but|cause)(?!\S))"
_LEAD = (
    r"(?:(?:oh|hey|hi|hello|um|uh|wait|so|well|and|but|ok|okay|first|also|quick question|just|excuse me|before (?:i|we)"
    r" (?:start|begin|go on|continue|say anything)|(?:can|could|may) i ask(?: you)?(?: something)?|i have a question"
    r"|one question|one thing|out of curiosity|just curious|by the way)(?: ,)? )*"
)
_IF = (
    r"(?:(?:can|could|would) you (?:please |just )*tell me|do(?: you know)?|(?:i )?(?:am |was )?(?:just )?(?:wondering"
    r"|curious|asking)|i (?:just )?(?:want|wanted|would like|need) to (?:know|ask)|tell me|let me know|(?:may|can) i"
    r" ask) (?:if|whether)"
)
_ASKED = phrase(
    rf"{_LEAD}(?:why |how come )?(?:is|are|am|was|will|does) (?:{_CALL}|{_WHO}){_ALSO} {_RECORDED}{_END}",
    rf"{_LEAD}(?:why )?(?:do|does|will) {_WHO}{_ALSO} (?:record|tape){_ME}{_END}",
    rf"{_LEAD}{_IF} (?:{_CALL}|{_WHO})(?: (?:is|are|am|will))?{_ALSO} (?:{_RECORDED}|(?:record|tape){_ME}){_END}",
    rf"{_LEAD}(?:{_CALL}|{_WHO}) (?:is|are|am){_ALSO} {_RECORDED}{_TRAIL}(?: ,)?"
    r"(?: (?:right|huh|correct|yes|no))?(?= \?)",
    rf"(?:^|(?<=[,.?] )){_LEAD}(?:{_CALL} )?(?:being )?(?:recorded|recording){_TRAIL}(?= \?)",
    r"(?:(?:oiga|disculpe|perdon|hola)(?: ,)? )*(?:se |me |nos )?(?:esta|estan|estas)? ?(?:siendo )?(?:graba\w*)"
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
