"""Phone numbers that a caller gives, in digits or in words, as E.164; those from abroad with their country's code.

Validity is the phonenumbers library's judgement. A number that comes in pieces or over two turns is put together where
one was asked for. The words of a number are taken out of the turn, so that its digits are nothing else (X5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from call.session import Question
from understanding.text.candidates import corrected_end, meant
from understanding.text.numbers import Run, join, restarted, runs, with_oh
from understanding.text.utterance import Utterance

_REGION = "US"
_DIGITS = 10
_LENGTHS = (_DIGITS, _DIGITS + 1)  # Without and with a 1 before it
_ABROAD = ("00", "011")  # What is dialled before a country's code
_EXTENSION = frozenset({"extension", "ext", "x"})
_FEW = 2  # Digits of a piece of a number


@dataclass(frozen=True)
class PhoneSaid:
    """The number ("" for none), its extension, the digits that may begin one, and the text without their words."""

    phone: str
    rest: str
    extension: str = ""
    partial: str = ""


def read_phone(bare: Utterance, question: Question | None, partial: str = "") -> PhoneSaid:
    """The phone number in a turn without marks.

    Args:
        bare: The turn.
        question: What was asked last; asked for a number, pieces of one are put together.
        partial: Digits of a number kept from the turn before.
    """
    words = list(bare.words)
    found: list[tuple[str, tuple[int, int]]] = []
    for run in runs(words):
        if (at := _number_in(bare, words, run)) is None:
            continue
        start, end, digits = at
        if digits[:1] != "+":
            digits, end = corrected_end(words, digits, end)
        number = e164(digits)
        if number and "not" not in words[max(0, start - 2) : start]:
            found.append((number, (start, end)))
    if not found and question is Question.PHONE:
        return _in_pieces(bare, words, partial)
    if not found:
        return PhoneSaid("", bare.text)
    spans = [span for _, span in found]
    place = meant(words, found)
    extension, spans[-1] = _extension(words, *spans[-1])
    return PhoneSaid(found[place][0] if place is not None else "", bare.without(spans), extension)


def _number_in(bare: Utterance, words: list[str], run: Run) -> tuple[int, int, str] | None:
    """The phone number in a run of digits, or at one end of it with another fact's beside it; None: there is none."""
    tokens = words[run.start : run.end]
    if digits := _abroad(bare, run):
        return run.start, run.end, digits
    whole = [token for token in tokens if token.isdigit()]
    half = len(run.digits) // 2
    if len(tokens) > 1 and whole and all(len(token) == 5 for token in whole):
        return None  # Two ZIP codes.
    if half and run.digits[:half] == run.digits[half:]:
        return None  # One said twice.
    for digits in (run.digits, join(tokens, apart=True)):
        if len(digits) in _LENGTHS:
            return run.start, run.end, digits
    ends = [
        *((run.start, i) for i in range(run.end - 1, run.start, -1)),
        *((i, run.end) for i in range(run.start, run.end)),
    ]
    parts = [(start, end, join(words[start:end])) for start, end in ends]
    parts = [(run.start, run.end, restarted(tokens, {_DIGITS})), *sorted(parts, key=lambda part: -len(part[2]))]
    return next((part for part in parts if len(part[2]) in _LENGTHS and e164(part[2])), None)


def _abroad(bare: Utterance, run: Run) -> str:
    """A number with its country's code: "+44 20 ...", "plus four four ...", "0044 ..."; "" for any other."""
    digits = join(list(bare.words[run.start : run.end]), apart=True)
    plus = run.start > 0 and bare.words[run.start - 1] == "plus"
    if not plus and "+" in bare.text:
        plus = bare.text[: bare.tokens[run.start].start].rstrip(" (").endswith("+")
    for prefix in () if plus else _ABROAD:
        if digits.startswith(prefix):
            digits, plus = digits.removeprefix(prefix), True
    return f"+{digits}" if plus and e164(f"+{digits}") else ""


def _extension(words: list[str], start: int, end: int) -> tuple[str, tuple[int, int]]:
    """The extension behind a number, and where both of them are."""
    behind = next((r for r in runs(words) if r.start == end + 1), None)
    if behind is None or words[end] not in _EXTENSION:
        return "", (start, end)
    return behind.digits, (start, behind.end)


def _in_pieces(bare: Utterance, words: Sequence[str], partial: str) -> PhoneSaid:
    """A number out of all digits of an answer and those of the turn before: "five one two", "uh", "five five five"."""
    pieces = [run for heard in runs(words) if len((run := with_oh(words, heard)).digits) >= _FEW]
    said = "".join(piece.digits for piece in pieces)
    spans = [(piece.start, piece.end) for piece in pieces]
    again = restarted([word for start, end in spans for word in words[start:end]], {_DIGITS})
    for digits in (said, partial + said, again):
        if len(digits) == _DIGITS and e164(digits):
            return PhoneSaid(e164(digits), bare.without(spans))
    if not said:
        return PhoneSaid("", bare.text, partial=partial)
    known = said if said.startswith(partial) else partial + said
    if not _FEW < len(known) < _DIGITS:
        known = said if _FEW < len(said) < _DIGITS else ""
    return PhoneSaid("", bare.without(spans) if known else bare.text, partial=known)


def e164(number: str) -> str:
    """`number` as E.164 when it can be dialled from the US, else ""."""
    try:
        parsed = phonenumbers.parse(number, _REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
