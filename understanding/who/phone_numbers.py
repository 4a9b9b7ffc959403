"""Phone numbers that a caller gives, in digits or in words, as E.164.

Validity is the phonenumbers library's judgement, region US. Also tells where a number stands in the text, so that its
digits are taken for nothing else (X5).
"""

import phonenumbers

from understanding.text.numbers import Run, join, runs
from understanding.text.utterance import Utterance

_REGION = "US"
_TAKES_BACK = frozenset("no sorry mean meant wait rather oops".split())
_TAKEN_BACK = _TAKES_BACK | frozenset("i make that it is actually , . oh o".split())


def read_phone(bare: Utterance) -> tuple[str, str]:
    """The last phone number in a turn without marks as E.164 ("" for none), and its text with a full stop instead."""
    words = list(bare.words)
    phone = ""
    cut: list[tuple[int, int]] = []
    for run in reversed(runs(words)):
        if (found := _number_in(words, run)) is None:
            continue
        start, end, digits = found
        if not phone:
            digits, end = _corrected(words, digits, end)
        cut.append((start, end))
        phone = phone or e164(digits)
    return phone, bare.without(cut)


def _number_in(words: list[str], run: Run) -> tuple[int, int, str] | None:
    """The phone number in a run of digits, with or without a ZIP code beside it; None when the run holds none."""
    tokens = words[run.start : run.end]
    if len(run.digits) in (10, 11):
        if len(tokens) > 1 and all(len(t) == 5 for t in tokens if t.isdigit()) and any(t.isdigit() for t in tokens):
            return None  # Two ZIP codes.
        half = len(run.digits) // 2
        return None if run.digits[:half] == run.digits[half:] else (run.start, run.end, run.digits)  # One said twice.
    if len(run.digits) in (15, 16) and len(tokens) > 1:
        for i in (run.start + 1, run.end - 1):
            before, behind = join(words[run.start : i]), join(words[i : run.end])
            if len(before) == 5 and e164(behind):
                return i, run.end, behind
            if len(behind) == 5 and e164(before):
                return run.start, i, before
    return None


def _corrected(words: list[str], digits: str, end: int) -> tuple[str, int]:
    """The number with its last digits taken back: "512 555 0134, no wait, 0143"."""
    i = end
    while i < len(words) and words[i] in _TAKEN_BACK:
        i += 1
    if not set(words[end:i]) & _TAKES_BACK:
        return digits, end
    while i > end and words[i - 1] in ("oh", "o"):
        i -= 1
    for run in runs(words[i:]):
        lead = words[i : i + run.start]
        if all(w in ("oh", "o") for w in lead):
            tail = "0" * len(lead) + run.digits
            if len(tail) in (2, 3, 4):
                return digits[: -len(tail)] + tail, i + run.end
        break
    return digits, end


def e164(number: str) -> str:
    """`number` as E.164 when it can be dialled in the US, else ""."""
    try:
        parsed = phonenumbers.parse(number, _REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
