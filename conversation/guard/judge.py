"""What the model may say: each sentence is judged against the session before it is spoken.

Where the model may word a reply at all (`CallSession.model_may_word`), a sentence passes only if every clause of it is
harmless or a fact of the record (cover.py), it asks only what the state asks (questions.py), and is said in the right
manner (manner.py). In doubt it is refused; the caller then hears the state's fixed line. Fixed lines are not judged.
Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from call.business import Business
from call.session import CallSession
from conversation.guard import manner
from conversation.guard.cover import formless
from conversation.guard.known import Spoken
from conversation.guard.questions import other_question
from conversation.guard.sentences import clean, split_sentences
from understanding.text.language import read_language
from understanding.text.plain import plain

__all__ = ["Facts", "Verdict", "check", "clean", "split_sentences"]

Facts = Business  # The facts of the business that a sentence may state


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be spoken. `text` is the sentence fit for a voice, `reason` why it was refused.

    An allowed sentence that was nothing but an acknowledgement too many has no text left.
    """

    allowed: bool
    text: str
    reason: str = ""


def check(
    sentence: str, session: CallSession, facts: Facts, already: Sequence[str] = (), question: str = ""
) -> Verdict:
    """Judges one sentence of the model.

    Args:
        sentence: As the model wrote it.
        session: What is known and what was done, at this moment.
        facts: The facts of the business.
        already: The sentences of the same reply that were spoken before it.
        question: The state's own line, which the model was told to end with: word for word it is not judged, and a
            question is about what it asks. Empty: whatever is asked.
    """
    text = clean(sentence)
    if not any(c.isalnum() for c in text):
        return Verdict(False, text, "empty")
    if len(text.split()) > 2 * manner.MAX_WORDS:
        return Verdict(False, text, "too long")
    if not session.model_may_word:
        return Verdict(False, text, "nothing but fixed lines here")
    if _MARKUP.search(sentence) or _MARKUP.search(text):
        return Verdict(False, text, "markup")
    spoken, ours = Spoken(text, session, facts), bool(question) and text in clean(question)
    reason = "" if ours else next(filter(None, (judge(spoken) for judge in _JUDGES)), "")
    if question and not ours:
        reason = reason or other_question(text, session.question, asks="?" in question)
    reason = reason or manner.style(spoken, already, own_question=ours)
    if reason:
        return Verdict(False, text, reason)
    return Verdict(True, text if already or ours else manner.without_acknowledgement(text, session))


def _language(spoken: Spoken) -> str:
    spanish = spoken.session.language == "en" and read_language(plain(spoken.text)) == "es"
    return "not the caller's language" if spanish else ""


# Brackets, braces, code, lists, placeholders, names of tools (R43, R65).
_MARKUP = re.compile(
    r"[\[\]{}<>|`*#\\^~=@]|\((?:\w+s|pause|laughter)\)|\b\w+_\w+\b|\b[a-z]{2,}[A-Z]\w*|https?:|\bwww\.|\w\.com\b"
    r"|^\s*(?:[-\u2022]|\d+[.)])\s|\"\s*:|\b(?:TBD|N/A|TODO|XX+|null|None(?= *(?:[,.?!]|$))|undefined)\b|Invalid"
    r" Date|(?i:\b(?:assistant|agent|system|user|caller)\s*:)",
)

_JUDGES = (_language, formless, manner.out_of_place)
