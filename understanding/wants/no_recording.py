"""Whether a caller does not want to be recorded: "please don't record this". English and Spanish.

What asks for it is cut out of the turn before anything else is read, with the "no" in front of it: neither answers the
question that is open. What is not to be written down ("don't record that number") is another wish.
"""

from understanding.text.plain import MARKS, phrase, tokens

_HINTS = ("record", "taping", "tape", "grab")
_CALL = r"(?:this|the|my|our)(?: phone| whole)? (?:call|conversation|voice)"
_SAYING = r"(?:i|we) (?:am |are )?say(?:ing)?"
_WHAT = rf"(?: (?:me|us|this|it|any of (?:this|it)|anything(?: {_SAYING})?|what {_SAYING}|{_CALL}|(?:my )?calls?))?"
_END = (  # Nothing else is what is not to be recorded.
    r"(?= (?:[,.?]|please|and|but|or|because|i|so|okay|ok|thanks|thank|sir|maam|while|for|today|anymore|now|at all"
    r"|right now)(?!\S)|$)"
)
_RECORD, _RECORDING, _RECORDED = r"(?:record|tape)", r"(?:recording|taping)", r"(?:recorded|taped|on tape)"
_IT = rf"(?:(?:the|that|this|your) (?:{_RECORDING}|recorder|tape))"
_ANY = rf"(?:(?:be )?(?:{_RECORD}|{_RECORDING}){_WHAT}|(?:(?:be|being|get|getting) )?{_RECORDED}){_END}"
_ASK = r"(?:(?:can|could|would|will) (?:you|we) )?(?:please |just )*"
_BETWEEN = (
    r"(?: (?:to|you|for|this|that|the|my|our|call|conversation|me|us|it|anybody|anyone|having|with|about|if|is|do|did"
    r"|not|would|be))*?"
)
_OBJECTION = phrase(
    rf"(?<!i )(?<!we )(?<!they )(?:do not|never) (?:you )?(?:be )?(?:{_RECORD}|{_RECORDING}){_WHAT}{_END}",
    rf"(?:(?:can|could|would|will) (?:you|we) (?:please )?|please )not (?:to )?{_RECORD}{_WHAT}{_END}",
    rf"{_ASK}(?:stop|quit|end|cancel|pause|turn off|switch off|shut off|delete|erase) (?:{_IT}"
    rf"|(?:(?:all|my|any) )*(?:call )?{_RECORDING}s?){_WHAT}{_END}",
    rf"{_ASK}(?:turn|switch|shut) {_IT} off",
    r"(?:i|we) (?:do not|did not|would not|will not|can not|never) (?:really |even )?(?:want|like|wish|consent|agreed?"
    r"|consented|permit|allow|authorize|give (?:you )?(?:my |our |any )?(?:consent|permission))"
    rf"{_BETWEEN} {_ANY}",
    rf"(?:i|we) (?:would )?(?:rather|prefer){_BETWEEN} not{_BETWEEN} {_ANY}",
    r"(?:i|we) (?:am|are) not (?:ok|okay|fine|comfortable|happy|cool|good|alright)" rf"{_BETWEEN} {_ANY}",
    rf"(?:i|we) (?:object|refuse|decline|am opposed|are opposed){_BETWEEN} {_ANY}",
    rf"no recordings?{_END}",
    r"(?:i would like to |i want to |can i |let me )?opt out of (?:(?:the|this|call|any|being) )*record(?:ed|ing)",
    r"no (?:quiero|queremos|deseo|me gusta|acepto|autorizo|permito|consiento|doy (?:mi )?permiso)"
    r"(?: (?:que|de|para|a|ser|me|nos|la|lo|esta|llamada|se))* grab\w+(?: (?:esta|la) llamada)?",
    r"no (?:me |nos |lo |la )?(?:grabe[ns]?|vaya a grabar|estes? grabando)(?: (?:esta|la) llamada| esto| nada)*",
    r"(?:deje|dejen|deja|pare|paren|para) de grabar(?:me|nos|lo|la)?(?: (?:esta|la) llamada| esto)*",
    r"(?:apague|apaga|detenga|pare|borre|quite) la grabacion",
)
# In front of it or behind it, they belong to it.
_BESIDE = frozenset(
    "no nope hey hi hello wait oh um uh please actually sorry excuse me and but so well ok okay first thanks thank you"
    " sir maam now today anymore por favor hola oiga perdon".split()
)


def without_objection(text: str) -> tuple[str, bool]:
    """The turn, as it was written, without what asks not to record it; and whether anything did."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text, False
    found = tokens(text)
    words = [token.word for token in found]
    match = _OBJECTION.search(" ".join(words))
    if match is None:
        return text, False
    first = match.string[: match.start()].count(" ")
    last = first + match[0].count(" ")
    while first and words[first - 1] in _BESIDE | MARKS:
        first -= 1
    while last + 1 < len(words) and words[last + 1] in _BESIDE | MARKS:
        last += 1
    before = text[: found[first].start] if first else ""
    after = text[found[last].end :] if last + 1 < len(found) else ""
    rest, _ = without_objection(after)
    return " ".join(filter(None, (before.strip(), rest.strip(" ,.?!")))), True
