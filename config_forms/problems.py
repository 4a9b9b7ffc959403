"""What is wrong with settings, one line each: which one, what about it, what to do, an example. Pure.

No line repeats a value but a number's: what is in the wrong place may be a key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from config_forms.pages import as_text, quoted

_TEXTS = {
    "int_parsing": "is no whole number",
    "int_type": "is no whole number",
    "int_from_float": "is no whole number",
    "float_parsing": "is no number",
    "float_type": "is no number",
    "finite_number": "is no finite number",
    "bool_parsing": "is neither true nor false",
    "literal_error": "is none of {expected}",
    "greater_than": "is {value}, and has to be more than {gt:g}",
    "greater_than_equal": "is {value}, and has to be at least {ge:g}",
    "less_than": "is {value}, and has to be less than {lt:g}",
    "less_than_equal": "is {value}, and has to be at most {le:g}",
    "too_short": "is empty",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, or of what is warned; `names`: the settings that it is about, the one to change first."""

    names: tuple[str, ...]
    text: str

    @property
    def line(self) -> str:
        """The whole line."""
        return f"{self.names[0]} {self.text}"


def of_the_values(error: ValidationError, fields: Mapping[str, FieldInfo]) -> tuple[list[str], list[Problem]]:
    """The names of what is missing, and what is wrong with single values, one problem for each setting."""
    missing, wrong = list[str](), dict[str, Problem]()
    for found in error.errors(include_url=False):
        name = str(found["loc"][0])
        if found["type"] == "missing":
            missing.append(name.upper())
            continue
        template = _TEXTS.get(found["type"], found["msg"].removeprefix("Value error, ").replace("{", "{{"))
        try:
            text = template.format(value=_number(found["input"]), **found.get("ctx", {}))
        except (KeyError, ValueError, IndexError):
            text = "is wrong"
        wrong.setdefault(name, Problem((name.upper(),), text + example(name, fields[name])))
    return missing, list(wrong.values())


def example(name: str, field: FieldInfo) -> str:
    """How the setting may be written, to go behind what is wrong with it; empty for what has no example."""
    known = next(iter(field.examples or ()), None)
    if known is None and not field.is_required():
        known = as_text(field.default)
    return f"; for example {name.upper()}={quoted(str(known))}" if known else ""


def _number(value: object) -> str:
    try:
        return f"{float(str(value)):g}"
    except ValueError:
        return "no number"


def lines(missing: list[str], wrong: list[Problem]) -> Iterator[str]:
    """The whole message: first the names of everything that is missing or wrong, then a line for each that is wrong."""
    named = dict.fromkeys(problem.names[0] for problem in wrong)
    parts = [f"{what}: {', '.join(names)}" for what, names in (("missing", missing), ("wrong", named)) if names]
    yield f"The service cannot start. Environment variables {'; '.join(parts)}. See .env.example."
    yield from (problem.line for problem in wrong)
