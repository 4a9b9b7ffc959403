"""Text for a voice: made speakable, and cut into whole sentences while it streams.

`clean` is the one place that takes dashes, parentheses and signs out of what is spoken (R97). `split_sentences` never
cuts inside "Mr. Weber", "$89.50" or "5 p.m. on Thursday" (R21). Pure; it judges nothing.
"""

import re
import unicodedata

from conversation.guard.stated import MONTHS, WEEKDAYS

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u00a0": " "})


def clean(text: str) -> str:
    """`text` without what breaks a voice or is read out as a sign: dashes, parentheses, ellipses, emoji (R97)."""
    text = text.translate(_PLAIN)
    text = "".join(c for c in text if c in "\n\t$+" or unicodedata.category(c) not in _UNSPEAKABLE)
    text = re.sub(rf"(?<=\d)\s*[{_DASHES}]\s*(?=\d)", " to ", text)
    text = re.sub(r"(?<=\w)[\u2010\u2011](?=\w)", "-", text)
    text = re.sub(rf"\s*(?:[{_DASHES}]|--+|(?<=\s)-(?=\s)|-$|^-\s)\s*", ", ", text)
    text = re.sub(r"\s*\(([^()]*)\)", r", \1,", text)
    text = re.sub(r"\.{2,}(?=\s*\w)", ",", text)
    text = re.sub(r"\.{2,}", ".", text)
    text = text.replace("&", " and ").replace("%", " percent ")
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?:\s*,)+\s*(?=[,.!?;:])|(?<=[.!?;:]) ?,", "", text)
    text = re.sub(r"\s+([,.!?;:])", r"\1", text).strip().lstrip(",.!?;:").strip()
    return re.sub(r",$", ".", text)


_UNSPEAKABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Sm"})
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "st", "ave", "rd", "blvd", "ln", "no", "vs", "etc", "jr", "sr", "e.g", "i.e", "approx",
    "jan", "feb", "apr", "aug", "sept", "oct", "nov", "dec", "tues", "thurs",
})  # fmt: skip
_HALF_DAY = frozenset({"a.m", "p.m", "am", "pm"})
_DATE_WORDS = frozenset({*WEEKDAYS, *MONTHS, "central"})
_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)]*(?=\s|\Z)|\n")
_WHOLE_WORD = re.compile(r"[a-z\u00df-\u00ff]{4,}")


def split_sentences(buffer: str) -> tuple[list[str], str]:
    """The whole sentences at the head of a stream, and the rest that may still grow.

    A sentence is whole when white space follows its end. So is one that ends the buffer in a question or exclamation
    mark, or in a full stop behind a word that is no short form: its voice need not wait for the next word. What marks
    come late belong to what follows. At the end of the stream the rest is the last sentence.
    """
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(buffer):
        going_on = _goes_on(buffer[start : end.start()], end.group(), buffer[end.end() :])
        if going_on is None:
            break
        sentence = buffer[start : end.end()].strip()
        if going_on or (sentence and not any(c.isalnum() for c in sentence)):
            continue
        if sentence:
            sentences.append(sentence)
        start = end.end()
    return sentences, buffer[start:].lstrip() if sentences else buffer[start:]


def _goes_on(head: str, mark: str, tail: str) -> bool | None:
    """Whether a full stop belongs to a shortened word inside the sentence; None when the next word must tell."""
    if mark == "\n":
        return False
    if mark != ".":
        return None if not tail and mark[0] not in "?!" else False
    word = head.rsplit(maxsplit=1)[-1].lower().strip("(\"'") if head.strip() else ""
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i"):
        return True
    if word in _HALF_DAY or re.fullmatch(r"\d{1,2}(?::\d\d)?[ap]\.?m", word):
        following = re.match(r"\s*([\w']+)(?=[\s,.!?;:])", tail)
        if following is None:
            return None
        return following[1][0].islower() or following[1].lower() in _DATE_WORDS
    return None if not tail and not _WHOLE_WORD.fullmatch(word) else False
