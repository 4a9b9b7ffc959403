"""What keys of the telephone say: a ZIP or a number where one is asked for, a person, danger; nothing else.

A key is no word: 1 is neither a yes nor an hour.
"""

import re

from call.session import Question
from understanding.facts import Hazard, Understanding
from understanding.who.phone_numbers import e164
from understanding.who.zip_codes import ZIP_QUESTIONS

_ZIP = re.compile(r"(?!00[0-4])\d{5}")  # The lowest ZIP is 00501 (USPS).


def are_whole(keys: str, question: Question | None) -> bool:
    """Whether no more are to come, so that no pause is waited for: `#`, a ZIP that was asked for, a number."""
    return keys.endswith("#") or len(keys) >= (5 if question in ZIP_QUESTIONS else 10 + keys.startswith("1"))


def read_keys(keys: str, question: Question | None) -> Understanding:
    """Reads keys that were pressed one after the other; `question` is the one that was heard, None when none was."""
    if keys == "911":
        return Understanding(text=keys, hazard=Hazard.PRESENT)
    if keys == "0":
        return Understanding(text=keys, wants_person=True)
    if question in ZIP_QUESTIONS and _ZIP.fullmatch(keys):
        return Understanding(text=keys, zip_code=keys)
    if question is Question.PHONE and len(keys) == 10 + keys.startswith("1"):
        return Understanding(text=keys, phone=e164(keys))
    return Understanding(text=keys)
