"""What a reading, a request or an answer says, fact by fact, as text: so the timeline keeps it for people. Pure."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST_CHARACTERS = 300  # Of a fact; what a caller says is seconds of speech.


def told(known: "DataclassInstance", silent: "DataclassInstance | None" = None) -> dict[str, str]:
    """The fields that say something, by name; what is empty, or the same in `silent`, says nothing."""
    texts = {
        field.name: _text(getattr(known, field.name))
        for field in fields(known)
        if silent is None or getattr(known, field.name) != getattr(silent, field.name)
    }
    return {name: text for name, text in texts.items() if text}


def changes(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """What is told otherwise afterwards; empty text is a fact that is told no more."""
    return {name: after.get(name, "") for name in before | after if before.get(name) != after.get(name)}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%a %d %b %Y %H:%M}"
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))[:MOST_CHARACTERS]
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in told(value).items())
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)[:MOST_CHARACTERS]
