"""Which of several things a caller means: a part of the read-back, or one of two visits that were offered."""

from call.session import Question
from understanding.text.plain import phrase, said

_PARTS = {
    Question.NAME: phrase(r"(?:last |first )?names?|spell\w*|misspelled"),
    Question.ADDRESS: phrase(r"address|street|house number|apartment|unit number|location"),
    Question.ZIP: phrase(r"zip(?: ?code)?"),
    Question.PHONE: phrase(r"phone(?: number)?|(?:call ?back |my )number"),
    Question.WHEN: phrase(r"times?|days?|dates?|hour|when|schedule|earlier|later|sooner|another (?:day|time|date)"),
}
_PLACES = (
    phrase(r"(?:the )?(?:first|earlier|earliest|sooner|former)(?: (?:one|of those|option|time))?"),
    phrase(r"(?:the )?(?:second|later|latter|last|other)(?: (?:one|of those|option|time))?"),
)


def named_part(spoken: str) -> Question | None:
    """The question whose answer is named ("the address is wrong"), in plain words; None for none or several."""
    named = [question for question, words in _PARTS.items() if said(words, spoken)]
    return named[0] if len(named) == 1 else None


def place_of_two(spoken: str) -> int | None:
    """0 for "the first one", 1 for "the later one", in plain words; None for neither or both."""
    places = [place for place, words in enumerate(_PLACES) if said(words, spoken)]
    return places[0] if len(places) == 1 else None
