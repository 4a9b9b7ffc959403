"""Phone numbers that a caller gives, in digits or in words, as E.164.

Validity is the phonenumbers library's judgement, region US. Also tells where a number stands in the text, so that its
digits are taken for nothing else (X5).
"""

import phonenumbers

from spoken_numbers import runs

_REGION = "US"


def read_phone(text: str) -> tuple[str, str]:
    """The last phone number in the plain `text` as E.164 ("" for none), and the text without the number's words."""
    words = text.split()
    phone = ""
    for run in reversed(runs(words, across_marks=True)):
        if len(run.digits) not in (10, 11):
            continue
        tokens = words[run.start : run.end]
        if len(tokens) > 1 and all(len(t) == 5 for t in tokens if t.isdigit()) and any(t.isdigit() for t in tokens):
            continue  # Two ZIP codes.
        half = len(run.digits) // 2
        if run.digits[:half] == run.digits[half:]:
            continue  # One ZIP said twice.
        words[run.start : run.end] = ["."]
        phone = phone or e164(run.digits)
    return phone, " ".join(words)


def e164(number: str) -> str:
    """`number` as E.164 when it can be dialled in the US, else ""."""
    try:
        parsed = phonenumbers.parse(number, _REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
