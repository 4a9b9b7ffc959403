"""Nothing is said that did not happen: what a caller heard, held against what V2 and the dashboard hold.

Pure. Guarantees the same judgement for every call, whatever was broken; names in plain words what was not true.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.back_office.store import CHICAGO, Booking

_SAID_BOOKED = re.compile(
    r"\byou(?:'re| are) (?:all set|booked)|\b(?:is|are) (?:booked|confirmed|scheduled)\b|\b(?:been|have) booked\b",
    re.IGNORECASE,
)
_SAID_NOT_BOOKED = re.compile(
    r"\b(?:couldn't|could not|can't|cannot|wasn't able to|unable to) book\b|\bwasn't booked\b", re.IGNORECASE
)
_SAID_MOVED = re.compile(r"\b(?:is|been|are|have) (?:now )?(?:moved|rescheduled|changed)\b", re.IGNORECASE)
_SAID_CANCELLED = re.compile(r"\b(?:is|been|are|have) (?:now )?cancel(?:l)?ed\b", re.IGNORECASE)
_SAID_CALLBACK = re.compile(r"\bcall(?:ing)? you(?: back)?\b|\bgive you a call\b", re.IGNORECASE)
_TIME = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?(AM|PM)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """Something the bot said: in `full`, and as far as it was `heard`."""

    full: str
    heard: str
    complete: bool


def untrue(lines: Sequence[Line], booked: Sequence[Booking], changed: frozenset[str]) -> Iterator[str]:
    """What was said of visits and is not so.

    Args:
        lines: What the caller heard.
        booked: The call's own visits that stand.
        changed: What V2 says it has done to visits on file: cancelled, rescheduled.
    """
    for line in lines:
        if found := _SAID_BOOKED.search(line.full):
            if not booked:
                yield f"the caller heard {found.group()!r}, and there is no visit"
            elif (said := _TIME.search(line.full)) and _clock(said) not in {_local(b.start) for b in booked}:
                yield f"the caller heard {said.group()!r}, and the visit is at {booked[0].start:%H:%M} UTC"
        if booked and (found := _SAID_NOT_BOOKED.search(line.full)):
            yield f"the caller heard {found.group()!r}, and there is a visit (contract.md 0.2)"
        for said_changed, done in ((_SAID_MOVED, "rescheduled"), (_SAID_CANCELLED, "cancelled")):
            if (found := said_changed.search(line.full)) and done not in changed:
                yield f"the caller heard {found.group()!r}, and the visit is as it was"
    if len(booked) > 1:
        yield f"{len(booked)} visits were booked"


def unkept(lines: Sequence[Line], booked: Sequence[Booking], jobs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was promised and is in no record; for when the records have arrived."""
    if any(_SAID_CALLBACK.search(line.full) and line.complete for line in lines) and not jobs:
        yield "a callback was promised, and the dashboard has neither lead nor job"
    dates = [datetime.fromisoformat(row["scheduled_at"]) for row in jobs if row.get("scheduled_at")]
    if dates and not any(visit.start in dates for visit in booked):
        yield "the job has a date, and there is no such visit"


def _clock(said: re.Match[str]) -> tuple[int, int]:
    hour = int(said[1]) % 12 + (12 if said[3] == "PM" else 0)
    return hour, int(said[2] or 0)


def _local(start: datetime) -> tuple[int, int]:
    local = start.astimezone(CHICAGO)
    return local.hour, local.minute
