"""Whether the caller says that the phone they call from is not theirs: a neighbour's, the one at work, a borrowed one.

Then the number on the line stands for somebody else. A phone that is dead, a number that is given instead, a call of
yesterday are none of it. English and Spanish; the words are `plain`.
"""

import re

from understanding.text.lexicon import CLASSES
from understanding.text.numbers import is_number
from understanding.text.plain import affirmed, negated, phrase, said

_PEOPLE = sorted(CLASSES["relative"]) + (
    "neighbour renter guest landlord landlady child mum grandson granddaughter friend buddy housemate coworker"
    " colleague boss supervisor manager employee assistant caregiver nurse aide pastor driver contractor handyman"
    " plumber electrician realtor ex guy lady man woman somebody someone person people stranger".split()
)
_SOMEBODY = (
    r"(?:(?!(?:not|with|for|about|of|to|from|on|in|at|and|phone|is) )\w+ ){0,4}?"
    rf"(?:co worker|{'|'.join(_PEOPLE)})s?(?: else| in law| next door| (?:up|down)stairs| across the street){{0,2}}"
)
_PHONE = (
    r"(?:(?:cell|mobile|smart|home|work|office|old|new|other) )?(?:cell ?phone|cell|cellular|mobile|phone|telephone"
    r"|number|line|land ?line|iphone|android|handset)(?! (?:plan|bill|contract|company|account|case|charger))"
)
_THEIRS = (
    rf"(?:{_SOMEBODY}(?: (?!is)\w+)?(?: is|')? {_PHONE}|(?:his|her|their) {_PHONE}"
    rf"|(?!this|that|it|there|here|what|who|where|my|the)\w+ is {_PHONE}"
    r"|(?:a|an|this|the|my) (?:borrowed|loaner|pay|hotel|motel|lobby|store|shop|school|library|hospital"
    rf"|gas station) (?:is )?{_PHONE}|(?:a )?payphone)"
)
_SOME = rf"(?:an? {_PHONE}|{_THEIRS})"
_ELIDED = rf"{_SOMEBODY}(?: is|')?(?= [,.?]|$)"
_AM = r"(?:i|we) (?:am|are)(?: (?:just|actually|currently|only|now|right now|still|here)){0,2}"
_CALL = r"(?:calling|phoning|ringing|speaking|talking)(?: you| in| back| guys| now){0,2} (?:from|on|off|with|using)"
_CALLING = rf"(?:{_AM} |(?<!is )(?<!was )(?<!were )(?<!are )(?<!been )){_CALL}"
_BORROWED = phrase(
    rf"(?:{_CALLING}|{_AM} (?:on|using|borrowing|stuck with|calling (?:\w+ ){{1,8}}?from)) {_THEIRS}",
    rf"(?:{_CALLING}|{_AM} on) {_ELIDED}",
    rf"{_CALLING} (?:(?:from )?work|my (?:job|office))(?! (?:phone|cell|mobile|number|line|is))",
    rf"(?:(?:had|have) to (?:use|borrow|call (?:you )?(?:from|on))|(?:i|we) (?:just )?borrowed) {_SOME}",
    rf"(?:let|letting|lent|loaned|lend) (?:me|us) (?:use |borrow )?(?:the {_PHONE}|{_SOME})",
    rf"a borrowed {_PHONE}|(?:this|it) is not (?:really |actually |even )?(?:my|our)(?: \w+)? {_PHONE}",
    rf"(?:this|the) {_PHONE}(?: that)?(?: {_AM} (?:calling|talking) (?:you )?(?:from|on))? is not (?:mine|ours|my own)",
    rf"not (?:calling|phoning) (?:you )?(?:from|on) my(?: own)? {_PHONE}",
)
_USING = phrase(rf"{_AM} (?:using|borrowing) {_ELIDED}")  # Of a phone only where one is spoken of.
_ANY_PHONE = phrase(_PHONE)
_THIS_IS = phrase(rf"(?:this|it) is (?:actually |just |really )?{_THEIRS}")
_ONE = r"(?:phone|one|cell|line)"
_THIS_ONE_IS = phrase(
    rf"this {_ONE}(?: here)?(?: ,)?(?: (?:because|since|as))?(?: (?:it|this|that))? is (?:actually |just |really )?"
    rf"(?:{_THEIRS}|{_ELIDED})",
    rf"not (?:call|use|try|phone|ring)(?: (?:me|us|back))*(?: (?:on|at))? this (?:{_ONE}|number)(?: ,)?"
    rf"(?: (?:because|since|as))? (?:it|this|that) is (?:actually |just |really )?(?:{_THEIRS}|{_ELIDED})",
    rf"{_THEIRS}(?: (?:that|which))? (?:you (?:are seeing|see|have(?: got)?|got)|(?:that )?shows up|came up)"
    r"(?: there| here| now)?",
)
_IT_IS = phrase(rf"(?:this|it|that) is (?:actually |just |really )?{_THEIRS}")
_INSTEAD = phrase("instead")
# Behind "this is my neighbor's phone": what the number that follows is, so that "this" is the phone of the call.
_TELLS_OWN = phrase(
    r"(?:call|reach|text|try|ring|phone|get|contact) (?:me|us)(?: back)?|my(?: (?:own|real|actual|other|regular))?"
    rf"(?: {_PHONE})? is|mine is|ours is|i (?:am at|can be reached|have)|the (?:best|right) {_PHONE}"
    r"|(?:best|better) (?:to )?(?:call|reach)|(?:use|call|try|take)(?= .*instead)",
)
_TELEFONO = r"(?:telefono|celular|cel|movil|numero|linea)"
_LLAMO = r"(?:llamo|llamando|hablo|hablando|marco|marcando)"
_PRESTADO = phrase(
    rf"(?:este |esto |ese )?no es (?:mi|nuestro)(?: propio)? {_TELEFONO}",
    rf"este {_TELEFONO}(?: (?:de )?(?:donde|desde el que|del que) (?:le |te |les )?(?:llamo|hablo))? no es (?:el )?"
    r"(?:mio|nuestro)",
    rf"{_LLAMO} (?:desde|de|del|con|por|en) (?:(?:el|un) )?{_TELEFONO} (?:de|del) (?!aqui)\w+",
    rf"{_LLAMO} (?:desde|de|del|con) (?:el |un )?(?:mi |el )?(?:trabajo|oficina)",
    rf"(?:este |esto )?es el {_TELEFONO} (?:de|del) (?!(?:mi|la) casa)(?:mi|mis|un|una|la|el|otra|alguien|su)(?: \w+)?",
    rf"(?:usando|uso) (?:el|un) {_TELEFONO} (?:de|del) \w+",
    rf"{_TELEFONO} prestado|(?:me|nos) (?:prestaron|presto|prestan|presta|dejo|dejaron) (?:el|un|su) {_TELEFONO}",
)
_BEFORE = phrase(r"yesterday|earlier|last (?:time|week|night|month)|the other day|ayer|la otra vez")
_THIS_ONE = phrase(
    r"(?:on |at )?(?:this|the same) (?:number|phone|one|line|cell)",
    r"(?:the )?(?:number|phone|one) (?:that )?(?:i am|you see me|i have been) (?:calling|talking) (?:you )?(?:from|on)"
    r"|(?:este|el mismo|a este|al mismo) (?:numero|telefono|celular)",
)


def is_borrowed(text: str, *, tells_number: bool = False) -> bool:
    """Whether the plain `text` says so.

    `tells_number`: it holds a number, and "this is my wife's cell" is about that one.
    """
    if said(_BEFORE, text):
        return False
    told = [_BORROWED, _PRESTADO, _THIS_ONE_IS]
    told += [] if tells_number and not said(_INSTEAD, text) else [_THIS_IS]
    told += [_USING] if said(_ANY_PHONE, text) else []
    return any(affirmed(pattern, text, 3) for pattern in told) or (tells_number and _is_told_apart(text))


def _is_told_apart(text: str) -> bool:
    """Whether the phone of the call is named first, then the number to call: "this is my wife's cell, mine is ..."."""
    for this in _IT_IS.finditer(text):
        before, behind = text[: this.start()], text[this.end() :]
        own = _TELLS_OWN.search(behind)
        if own and not any(map(is_number, [*before.split(), *behind[: own.start()].split()])):
            return not negated(text, this.start(), 3)
    return False


def means_this_number(text: str) -> bool:
    """Whether the plain `text` names the number on the line as the one to call: "this one is fine"."""
    return affirmed(_THIS_ONE, text) and not re.search(r"(?<!\S)not(?!\S)", text)
