"""Which part of the read-back a caller means: "the address is wrong", "change the name", "a different time"."""

from call.session import Question
from understanding.text.plain import phrase, plain, said

_PARTS = {
    Question.NAME: phrase(r"(?:last |first )?names?|spell\w*|misspelled"),
    Question.ADDRESS: phrase(r"address|street|house number|apartment|unit number|location"),
    Question.ZIP: phrase(r"zip(?: ?code)?"),
    Question.PHONE: phrase(r"phone(?: number)?|(?:call ?back |my )number"),
    Question.WHEN: phrase(r"times?|days?|dates?|hour|when|schedule|earlier|later|sooner|another (?:day|time|date)"),
}


def named_part(text: str) -> Question | None:
    """The question whose answer the caller wants to change; None when none or several are named."""
    spoken = plain(text)
    named = [question for question, words in _PARTS.items() if said(words, spoken)]
    return named[0] if len(named) == 1 else None
