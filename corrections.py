"""Whether a turn corrects what was said before: then what it says replaces what is known.

A correction names itself ("actually", "no, it's", "I meant", "change the address"); a plain answer is none.
"""

from words import phrase, said

_CORRECTS = phrase(
    r"actually|i (?:meant|mean|said)|(?:let me )?correct(?:ion)? (?:that|it|the)|not (?:\w+ ){1,4}?but|(?:that|it|the \w+"
    r"|my \w+) (?:is|was) (?:wrong|not right|incorrect)|change (?:the|my|that)|make (?:it|that)|sorry|wait|instead|no it is"
    r"|should be|scratch that",
)


def corrects(text: str) -> bool:
    """Whether the plain `text` takes back something said before."""
    return said(_CORRECTS, text)
