"""What a message of Flux says, made sure of before anything relies on it (Deepgram: Flux, TurnInfo). Pure.

One message that makes no sense must not cost a call its hearing: what cannot be read of it is left out, and what is no
message at all is dropped.
"""

import math
from collections.abc import Mapping
from typing import Any

FLUX_MODEL = "flux-general-multi"
MOST_WORDS = 2000  # A turn is seconds of speech.
SURE_CONFIDENCE = 0.5  # Of a word, from 0 to 1: below it another one is as likely.


def sensible(message: object) -> tuple[dict[str, Any] | None, bool]:
    """The message as it may be relied on, None if it is none; and whether anything of it made no sense."""
    if not isinstance(message, Mapping) or not isinstance(message.get("type"), str):
        return None, True
    if message["type"] != "TurnInfo":
        return dict(message), False
    if not isinstance(message.get("event"), str):
        return None, True
    turn = dict(message)
    transcript, words = turn.get("transcript"), turn.get("words")
    turn["transcript"] = transcript if isinstance(transcript, str) else None
    kept = [word for word in words[:MOST_WORDS] if _is_word(word)] if isinstance(words, list) else []
    turn["words"] = kept
    wrong = turn["transcript"] is None or kept != (words or [])
    for name in ("audio_window_start", "audio_window_end", "end_of_turn_confidence", "turn_index"):
        if name in turn and not _is_number(turn[name]):
            del turn[name]
            wrong = True
    languages = turn.get("languages")
    if languages is not None and not (isinstance(languages, list) and all(isinstance(code, str) for code in languages)):
        del turn["languages"]
        wrong = True
    return turn, wrong


def unsure(turn: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a turn that Flux doubts itself, as it has written them; `turn` is `sensible`."""
    return tuple(
        str(word.get("word", "")) for word in turn.get("words", ()) if word.get("confidence", 1.0) < SURE_CONFIDENCE
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _is_word(word: object) -> bool:
    """Of a word the text and its end are needed; a number that is none spoils it."""
    if not isinstance(word, Mapping):
        return False
    return all(_is_number(word[name]) for name in ("start", "end", "confidence") if name in word)
