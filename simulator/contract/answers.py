"""What is asked of V2 or the dashboard, and what an answer has to be: data, and functions that name what is not so.

Guarantees that what they say of an answer holds names of keys and kinds of values, and none of its values: those may be
a customer's. Pure; the rules themselves are v2_rules.py and dashboard_rules.py, the network is asking.py.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

Json = dict[str, Any]
Service = Literal["v2", "dashboard"]
Key = Literal["right", "wrong", "none", "bearer", "signed"]
"""Which key goes with a request; `bearer`: as a token, where V2 does not look, `signed`: with a signature beside it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `body` is sent as JSON, or as it is when it is a text; None: no body."""

    service: Service
    method: Literal["GET", "POST"]
    path: str
    key: Key = "right"
    body: object = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `kind` is json, html or other, and `body` the JSON."""

    status: int
    kind: str
    body: Any = None


Expect = Callable[[Answer], Iterator[str]]
"""What of an answer is not as the contract says."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, what its answer has to be, and in a few words what is special about it."""

    request: Request
    expect: Expect
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of contract.md and what shows it.

    Attributes:
        section: Of contract.md.
        says: The rule, in one line.
        asks: All of them are asked.
        for_nobody: Asked only if nobody is found for the made-up number: whoever is found gets a session (1.2).
        varies: The answers depend on what the server holds, so they are not compared with the stand-in's.
    """

    section: str
    says: str
    asks: tuple[Ask, ...] = field(repr=False)
    for_nobody: bool = False
    varies: bool = False


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A part of the contract that cannot be asked without writing, or without knowing what the server holds."""

    sections: str
    why: str


# Expectations


def says(status: int, body: Mapping[str, Any]) -> Expect:
    """Exactly these keys: a type stands for any value of it, everything else for itself."""

    def expect(answer: Answer) -> Iterator[str]:
        yield from _came(answer, status, "json")
        yield from unlike(answer.body, body)

    return expect


def page(status: int) -> Expect:
    """A page in HTML."""
    return lambda answer: _came(answer, status, "html")


def refused(*paths: str) -> Expect:
    """400, with a problem at each of these paths and at no other."""

    def expect(answer: Answer) -> Iterator[str]:
        yield from _came(answer, 400, "json")
        yield from unlike(answer.body, {"error": "Validation failed", "details": list})
        details = answer.body.get("details") if isinstance(answer.body, dict) else None
        found = details if isinstance(details, list) else []
        yield from (wrong for item in found for wrong in unlike(item, {"path": str, "message": str}, "details."))
        at = {str(item.get("path")) for item in found if isinstance(item, dict)}
        if passed := sorted(set(paths) - at):
            yield f"accepts {', '.join(passed)}"
        if more := sorted(at - set(paths)):
            yield f"refuses {', '.join(more)}"

    return expect


def found_or_not(answer: Answer) -> Iterator[str]:
    """A visit in V2's words, or none."""
    visit = dict.fromkeys(("uid", "date", "time", "status", "attendeeName"), str)
    found = isinstance(answer.body, dict) and answer.body.get("found") is True
    yield from says(200, {"found": True, "booking": visit, "message": str} if found else NOBODY)(answer)


def slots(first: datetime, last: datetime) -> Expect:
    """The first free time of each of at most three days, from `first` to `last`."""

    def expect(answer: Answer) -> Iterator[str]:
        yield from says(200, {"availableSlots": list})(answer)
        offered = answer.body.get("availableSlots") if isinstance(answer.body, dict) else None
        offered = offered if isinstance(offered, list) else []
        texts = dict.fromkeys(("date", "dayOfWeek", "timeWindow", "isoDateTime"), str)
        yield from (wrong for slot in offered for wrong in unlike(slot, texts, "availableSlots."))
        if len(offered) > 3:
            yield "more than three days are offered"
        times = [_moment(slot.get("isoDateTime")) for slot in offered if isinstance(slot, dict)]
        if None in times:
            yield "isoDateTime is no time with an offset"
        known = [at for at in times if at]
        if any(not first <= at <= last for at in known):
            yield "a time is offered outside of its window"
        if any(later - at < timedelta(hours=12) for at, later in pairwise(known)):
            yield "a day is offered twice, or not in order"

    return expect


NOBODY: Json = {"found": False, "message": str}


def unlike(value: object, pattern: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """How an object differs from a pattern of `says`."""
    if not isinstance(value, dict):
        yield f"{where.rstrip('.') or 'the body'} is {kind(value)}, not an object"
        return
    yield from _keys(value, pattern, where)
    for key in sorted(pattern.keys() & value.keys()):
        wanted, found = pattern[key], value[key]
        if isinstance(wanted, Mapping):
            yield from unlike(found, wanted, f"{where}{key}.")
        elif isinstance(wanted, type):
            if type(found) is not wanted:
                yield f"{where}{key} is {kind(found)}, not {_KINDS[wanted]}"
        elif found != wanted:
            yield f"{where}{key} is not {wanted!r}"


def drift(theirs: object, ours: object, where: str = "") -> Iterator[str]:
    """How an answer is built otherwise than the stand-in's: keys and kinds of values, in lists of every entry."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        yield from _keys(theirs, ours, where)
        for key in sorted(theirs.keys() & ours.keys()):
            yield from drift(theirs[key], ours[key], f"{where}{key}.")
    elif isinstance(theirs, list) and isinstance(ours, list):
        for entry in theirs if ours else []:
            yield from drift(entry, ours[0], where)
    elif kind(theirs) != kind(ours):
        yield f"{where.rstrip('.') or 'the body'} is {kind(theirs)}, the stand-in's is {kind(ours)}"


_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}


def kind(value: object) -> str:
    """Of a JSON value, in words."""
    return _KINDS.get(type(value), "null")


def _keys(value: Collection[str], wanted: Collection[str], where: str) -> Iterator[str]:
    if missing := sorted(set(wanted) - set(value)):
        yield f"{where}{', '.join(missing)} is missing"
    if more := sorted(set(value) - set(wanted)):
        yield f"{where}{', '.join(more)} is new"


def _came(answer: Answer, status: int, wanted: str) -> Iterator[str]:
    if answer.status != status:
        yield f"status {answer.status}, not {status}"
    if answer.kind != wanted:
        yield f"the body is {answer.kind}, not {wanted}"


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None
