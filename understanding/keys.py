"""What keys of the telephone say: a ZIP or a number where one is asked for, a person, danger; nothing else.

A key is no word: 1 is neither a yes nor an hour.
"""

import re

from call.session import Question
from understanding.facts import Hazard, Understanding

_ZIP_DIGITS = 5
_NUMBER_DIGITS = 10
_ZIP = re.compile(r"(?!00[0-4])\d{5}")  # The lowest ZIP is 00501 (USPS).
_NUMBER = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})")  # Area code and exchange begin with 2 to 9 (NANP).
_ZIP_ASKED = frozenset({Question.ZIP, Question.ZIP_CONFIRM})


def are_whole(keys: str, question: Question | None) -> bool:
    """Whether no more are to come, so that no pause is waited for: `#`, a ZIP that was asked for, a number."""
    if question in _ZIP_ASKED:
        return keys.endswith("#") or len(keys) >= _ZIP_DIGITS
    return keys.endswith("#") or len(keys) >= _NUMBER_DIGITS + keys.startswith("1")


def read_keys(keys: str, question: Question | None) -> Understanding:
    """Reads keys that were pressed one after the other; `question` is the one that was heard, None when none was."""
    if keys == "911":
        return Understanding(text=keys, hazard=Hazard.PRESENT)
    if keys == "0":
        return Understanding(text=keys, wants_person=True)
    if question in _ZIP_ASKED and _ZIP.fullmatch(keys):
        return Understanding(text=keys, zip_code=keys)
    if question is Question.PHONE and (number := _NUMBER.fullmatch(keys)):
        return Understanding(text=keys, phone=f"+1{number[1]}")
    return Understanding(text=keys)
