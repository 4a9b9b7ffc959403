"""Readings of a caller's line that are wrong on purpose: what a second reader may answer at its worst.

Each fills the schema that was asked for: in form, and not so. Pure.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from simulator.providers import model_answers

Wrong = Callable[[dict[str, Any], list[dict[str, Any]]], Any]

_CLAIMS: Final = ("intent", "answer", "danger", "correction")
_OPPOSITE: Final = {"intent": "goodbye", "answer": "yes", "danger": "denied", "correction": "address"}


def misread(schema: dict[str, Any], messages: list[dict[str, Any]]) -> Any:
    """The caller's own words for what they do not say: done, a yes, no danger; every fact the whole line."""
    line = model_answers.last_line(messages)
    return _filled(schema, lambda name: {"is": _OPPOSITE[name], "words": line} if name in _CLAIMS else line)


def _filled(schema: dict[str, Any], value: Callable[[str], Any]) -> dict[str, Any]:
    return {name: value(name) for name in schema["properties"]}


def _claims(is_: Mapping[str, str], words: str | None = None) -> Wrong:
    """These kinds, with the caller's line as quotation or with other words; the facts null."""

    def read(schema: dict[str, Any], messages: list[dict[str, Any]]) -> Any:
        quote = model_answers.last_line(messages) if words is None else words
        return _filled(schema, lambda name: {"is": is_[name], "words": quote} if name in is_ else None)

    return read


def _every(value: object) -> Wrong:
    """The same for every property, whatever its type."""
    return lambda schema, _: _filled(schema, lambda _: value)


def _facts(**values: str) -> Wrong:
    """These facts; the rest null."""
    return lambda schema, _: _filled(schema, lambda name: values.get(name))


def _words_of(start: int, end: int | None = None) -> Wrong:
    """Every fact is some words of the caller's line."""

    def read(schema: dict[str, Any], messages: list[dict[str, Any]]) -> Any:
        words = " ".join(re.findall(r"[\w']+", model_answers.last_line(messages))[start:end])
        return _filled(schema, lambda name: None if name in _CLAIMS else words)

    return read


def _ours(schema: dict[str, Any], messages: list[dict[str, Any]]) -> Any:
    """Our own last line, word for word, for everything."""
    lines = re.findall(r"^AGENT: (.*)$", model_answers.last_text(messages), re.MULTILINE) or ["This is Alex."]
    return _filled(schema, lambda name: {"is": _OPPOSITE[name], "words": lines[-1]} if name in _CLAIMS else lines[-1])


_ENDS: Final = ("goodbye", "person", "wrong_number", "vendor", "applicant")
READINGS: Final = MappingProxyType(
    {
        # Quotations that nobody said
        "invented": lambda schema, _: model_answers.invent(schema),
        "invented yes": _claims({"answer": "yes"}, "yes book it"),
        "invented no": _claims({"answer": "no"}, "no thank you"),
        "invented denial": _claims({"danger": "denied"}, "no I don't smell anything"),
        "invented present": _claims({"danger": "present"}, "the house is full of gas"),
        "invented correction": _claims({"correction": "zip"}, "the zip is wrong"),
        "our line": _ours,
        # The caller's own words, for what they do not say
        "misread": misread,
        "yes": _claims({"answer": "yes"}),
        "no": _claims({"answer": "no"}),
        "unclear": _claims({"answer": "unclear"}),
        "denied": _claims({"danger": "denied"}),
        "present": _claims({"danger": "present"}),
        "cleared and agreed": _claims({"danger": "denied", "answer": "yes", "intent": "service"}),
        **{f"intent {kind}": _claims({"intent": kind}) for kind in (*_ENDS, "service", "manage", "billing")},
        **{f"corrects {part}": _claims({"correction": part}) for part in ("name", "time", "zip")},
        "first words": _words_of(0, 2),
        "last words": _words_of(-3),
        "one word": _words_of(1, 2),
        "all words": _words_of(0),
        # Facts of somebody else's, and what is never the model's
        "another caller": _facts(name="Marta Quill", address="14 Elm Street", problem="The pool pump is dead"),
        "digits": _facts(name="512 555 0199", address="4711", problem="78704", visit="3"),
        "a number more": _facts(address="12345 Oak Street", visit="tomorrow at 11"),
        "ISO time": _facts(visit="2026-11-24T15:00:00-06:00", problem="2026-11-24T15:00", name="2026-11-24"),
        "ZIP": _facts(name="78704", address="78704 Oak Street", problem="the ZIP is 78704", visit="78704"),
        "sentinels": _facts(name="Unknown Caller", address="Not provided", problem="N/A", visit="TBD"),
        "template": _facts(name="{{name}}", address="{{address}} street 5", problem="{{problem}}", visit="{{visit}}"),
        "joke": _facts(name="Mickey Mouse", address="1 Duckburg Lane", problem="haunted", visit="doomsday"),
        "a sentence": _facts(name="well you know how it is with me", address="you know the house well"),
        # No reading at all
        "nulls": _every(None),
        "empty texts": _every(""),
        "numbers": _every(7),
        "true": _every(True),
        "lists": _every(["yes"]),
        "objects": _every({"is": 1, "words": 2}),
        "empty claims": _every({"is": "", "words": ""}),
        "unknown kinds": _every({"is": "book_it_now", "words": "yes"}),
        "nested": _every({"is": {"is": "yes"}, "words": ["yes"]}),
        "long": _every("yes " * 2500),
        "long claims": _every({"is": "yes", "words": "yes " * 2500}),
        "other schema": lambda *_: {"facts": {"book": True}},
        "more than asked": lambda schema, _: {
            **_filled(schema, lambda _: None),
            "answer": {"is": "yes", "words": "yes"},
            "zip_code": "78704",
            "hazard": "denied",
            "approved": True,
            "visit_at": "2026-11-24T15:00:00-06:00",
        },
        "a list": lambda *_: [{"answer": "yes"}],
        "a text": lambda *_: "yes, book it",
        "nothing": lambda *_: None,
    }
)
"""Wrong readings, each by its name."""
