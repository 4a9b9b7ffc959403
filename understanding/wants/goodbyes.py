"""Whether a caller is done: a goodbye is told from a bare no (R14)."""

import re

from call.session import Question
from understanding.text.parts import NICE
from understanding.text.plain import phrase, said

GOODBYE = phrase(
    r"(?<!says )(?<!say )(?<!said )goodbye|(?<!and )bye(?: bye)?(?! the way)|and bye$"
    rf"|have (?:a|an) (?:\w+ )?{NICE}? ?(?:day|one|night|evening|weekend"
    r"|afternoon|rest of your day)|talk to you (?:later|soon|then)|see you(?: then| later| tomorrow)?|take care"
    r"|(?:i am|going to|will) hang(?:ing)? up|i will (?:call|try|find|go with) (?:someone|somebody) else"
    r"|(?:i will|let me|i am going to|i can) (?:just )?(?:call|try|ring|phone)(?: (?:back|again|you|y'?all|guys"
    r"|all))* (?:later|tomorrow|(?:another|some other) (?:day|time)|again)(?: on)?|(?:got to|gotta|have to|need to"
    r"|better) (?:go|run|hang up)(?= [,.?]|$| now| bye)|(?:going to|gotta|will) let you go|adios|hasta luego"
    r"|(?:eso|ya) es todo|nos vemos|(?:que )?(?:les?|te) vaya (?:muy )?bien|que tenga[ns]? (?:un "
    r"|una )?(?:muy )?buen\w* \w+",
)
ALL_DONE = phrase(
    r"that is (?:it|all|everything)(?: (?:i need\w*|for (?:now|today|me)|thanks|thank you))?|that (?:will|would) be all"
    r"|nothing else|i am done|all set"
)
LAST_WORD = re.compile(r"(?<!\S)(?:bye(?: bye| now)?|goodbye|adios)(?: (?:thanks|thank you|now))?(?: [,.])*$")
_THANKS = phrase(r"thanks?|thank you")
_FEW = 9  # words: a longer turn with "all set" in it says more.


def read_goodbye(text: str, question: Question | None) -> bool:
    """Whether the caller is done; a bare "no" never is (R14)."""
    if said(GOODBYE, text):
        return True
    short = len([w for w in text.split() if w.isalpha()]) <= _FEW
    asked = question in (Question.ANYTHING_ELSE, None)
    return short and said(ALL_DONE, text) and (asked or said(_THANKS, text))
