"""Whether a turn corrects what was said before: then what it says replaces what is known.

A correction takes something back ("that's the wrong street", "scratch that"), sets it against something else ("54 not
45"), or begins like one and goes on with a fact ("actually the address is", "sorry, 78704"). "Actually my AC is broken"
and "sorry to bother you" begin alike and correct nothing.
"""

from understanding.text.numbers import TEENS, TENS, UNITS
from understanding.text.parts import END, FIELD, GOOD
from understanding.text.plain import pattern, phrase, said
from understanding.text.weekdays import WEEKDAY

_NUMBER = rf"(?:\d[\d:/]*(?:st|nd|rd|th)?|(?:{'|'.join([*TEENS, *TENS, *(w for w in UNITS if w != 'one')])})(?! of))"
_WHEN = (
    rf"(?:{WEEKDAY}|tomorrow|today|tonight|next|this (?:{WEEKDAY}|week|afternoon|morning)|morning|afternoon|evening"
    r"|noon)"
)
_FIELD = rf"(?:(?:the|my|our|her|his|that|your) )?(?:\w+ ){{0,2}}?(?:{FIELD}|cell|appointment)"
_IT_IS = (
    r"(?:it|that) is (?!a |an |the ac|the unit|my |our |really|very|so |just|too|not|still|broken|hot|cold|warm|fine"
    r"|ok|okay|been|like|kind|pretty|out|dead|about|only|never|always|for|because|old|new|all|good|great|correct|right"
    rf"|on|off|what|\w+ing(?!\S)|(?:it|everything|enough|plenty)(?! (?:, )?but)(?!\S)|{GOOD}(?: thank|{END}))\w+"
)
_FACT = (
    rf"(?:{_FIELD} (?:is|was|should be|needs to be)|{_IT_IS}|(?:i|we) (?:am|are) (?:at|in|on)|(?:i|we) (?:live|meant)"
    rf"|{_NUMBER}|(?:at |on |the |in the )?{_WHEN}|(?:at|on|in) {_NUMBER}|make (?:it|that)|i (?:want"
    rf"|need) (?:it )?(?:on |at |for )?(?:the )?{_WHEN}|not (?!(?:really|yet|now|sure|anything|at all|right now|at"
    r" (?:this|the moment)|that i)(?!\S))\w+|es (?:el|la|a las)|(?:let us|(?:can|could) (?:we|you"
    r"|i)) (?:do|make|say|move|change|go))"
)
_TAKES_BACK = phrase(
    r"(?:scratch|strike|forget) that|take (?:that|it) back|i misspoke|correction|my (?:mistake|bad)|on second thought"
    r"|let me (?:correct|rephrase|fix)|i (?:was wrong|made a mistake)|mis(?:heard|spelled|understood)|instead(?! of)",
    rf"(?:that is |you have |you got |i gave you )?(?:the )?wrong (?:\w+ )?(?:{FIELD}|house|apartment|one)",
    rf"{_FIELD} (?:is|was) (?:wrong|not (?:right|correct)|incorrect|off|spelled)",
    r"(?:got|have|had|wrote|put|spelled|heard|took) (?:\w+ ){1,3}wrong|that is (?:wrong|not (?:right|correct|my name"
    r"|it))",
    r"not what i said|i meant|i said (?!the|it|i|my ac|that|we|yes|no|yeah|you|they|there|he|she|a|an|to|nothing|this"
    r"|please|can|is|do|not|what|so|earlier|before)\w+",
    rf"(?:change|correct|fix|update|switch) {_FIELD}|(?:change|move|switch) (?:it|that) (?:to|from)",
    rf"(?:it|that|{_FIELD}) should (?:be|have been)|(?:it|that|{_FIELD}) is (?:actually (?:{_NUMBER}|{_WHEN})"
    r"|supposed to be|spelled)",
    rf"make (?:it|that) (?:for |at |on )?(?:the )?(?:{_NUMBER}|{_WHEN}|one)",
    r"quise decir|me equivoque|perdon(?: ,)? es",
)
_STARTS = pattern(
    r"(?<!\S)(?:(?:actually|wait|sorry|i mean|rather|perdon)(?: [,.]){0,3}(?: (?:no|actually|wait|sorry|oh"
    rf"|it is)(?: [,.])?){{0,4}}|no(?: ,)?(?: (?:no|wait|sorry|actually|perdon)(?: [,.])?){{0,4}}) {_FACT}(?!\S)"
)
_YES_BUT = pattern(
    r"^(?:(?:yes|yeah|yep|ok|okay|sure|right|that is \w+)(?: [,.])? ){1,4}(?:but"
    rf"|except)(?: ,)? (?:that )?{_FACT}(?!\S)"
)
_NOT_THIS = pattern(
    r"(?:^|(?<= [,.] )|(?<=^no ))not (?!sure|really|yet|now|today|at all|a |an |too|very|so |that|only|just|any|much"
    r"|exactly|gas|smoke|working|cooling|heating|blowing|coming|turning|as |even|bad|good)\w+(?: \w+){0,3} (?:, |but )"
)
_NOT_THAT = pattern(
    rf"(?<!\S){_NUMBER} not {_NUMBER}(?!\S)|(?<!\S)(?:it is|(?:name|address|zip|street|number) is|i (?:live|am) (?:at"
    r"|on|in)|i said) (?:(?!not|is|does|do|was|just|really|still|also|maybe"
    r"|probably)\w+ ){1,7}not \w+(?<!ing)(?: \w+){0,4}(?= [,.]|$)"
)


def corrects(text: str) -> bool:
    """Whether the plain `text` takes back or replaces something said before."""
    return said(_TAKES_BACK, text) or any(p.search(text) for p in (_STARTS, _YES_BUT, _NOT_THIS, _NOT_THAT))
