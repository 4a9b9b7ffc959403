"""Whether a caller is done: a goodbye is told from a bare no (R14)."""

import re

from call.session import Question
from understanding.text.plain import phrase, said

GOODBYE = phrase(
    r"(?<!says )(?<!say )(?<!said )goodbye|(?<!and )bye(?: bye)?(?! the way)|and bye$"
    r"|(?:have|you have) (?:a|an) (?:\w+ )?(?:good|great|nice|wonderful|blessed|lovely)? ?(?:day|one|night|evening"
    r"|weekend|afternoon|rest of your day)|talk to you (?:later|soon|then)|see you(?: then| later| tomorrow)?"
    r"|take care|i am hanging up|(?:going to|will) hang up|i will (?:call|try|find|go with) (?:someone"
    r"|somebody) else|(?:i will|let me|i am going to|i can) (?:just )?(?:call|try|ring|phone)"
    r"(?: (?:back|again|you|y'?all|guys|all))* (?:later|tomorrow|another (?:day|time)|some other (?:day|time)|again)"
    r"(?: on)?|(?:got to|gotta|have to|need to|better) (?:go|run|hang up)(?= [,.?]|$| now| bye)"
    r"|(?:going to|gotta|will) let you go|adios|hasta luego|(?:eso|ya) es todo|(?:que )?(?:le|les"
    r"|te) vaya (?:muy )?bien|que tenga[ns]? (?:un |una )?(?:muy )?buen\w*"
    r" \w+|nos vemos",
)


ALL_DONE = phrase(
    r"that is (?:it|all|everything)(?: (?:i need\w*|for (?:now|today|me)|thanks|thank you))?|that will be all"
    r"|that would be all|nothing else|i am (?:all set|done)|we are all set|all set"
)


LAST_WORD = re.compile(r"(?<!\S)(?:bye(?: bye| now)?|goodbye|adios)(?: (?:thanks|thank you|now))?(?: [,.])*$")


def read_goodbye(text: str, question: Question | None) -> bool:
    """Whether the caller is done; a bare "no" never is (R14)."""
    if said(GOODBYE, text):
        return True
    short = len([w for w in text.split() if w.isalpha()]) <= 9
    return (
        short
        and said(ALL_DONE, text)
        and (question in (Question.ANYTHING_ELSE, None) or said(phrase("thanks?|thank you"), text))
    )
