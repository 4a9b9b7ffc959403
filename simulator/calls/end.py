"""What is left of several calls: V2's and the dashboard's content held against the file's own `expect`.

Pure but for reading the back office. Guarantees that each row too many, missing or different is named in plain words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.back_office.office import BackOffice
from simulator.calls.grading import mismatches, visits_differ
from simulator.scenarios.scenario import End, Fields


def grade_end(end: End, office: BackOffice) -> list[str]:
    """What is not as it should be when all is over."""
    rows = office.rows()
    tables = {
        "jobs": (end.jobs, rows.jobs),
        "leads": (end.leads, rows.leads),
        "call records": (end.calls, rows.calls),
        "alerts": (end.alerts, rows.alerts),
        "callbacks": (end.callbacks, office.callbacks()),
    }
    return [
        *(visits_differ(end.bookings, office.bookings()) if end.bookings is not None else ()),
        *(problem for name, (wanted, found) in tables.items() for problem in _rows(name, wanted, found)),
        *_texts(end, [str(text["body"]) for text in office.sms()]),
    ]


def _rows(name: str, wanted: Sequence[Fields] | None, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if wanted is None:
        return
    if len(wanted) != len(found):
        yield f"in the end there are {len(found)} {name}, not {len(wanted)}"
        return
    for number, (fields, row) in enumerate(zip(wanted, found, strict=True), 1):
        yield from (f"in the end, number {number} of the {name}: {problem}" for problem in mismatches(fields, row))


def _texts(end: End, texts: Sequence[str]) -> Iterator[str]:
    for pattern in end.texts:
        if not any(re.search(pattern, text, re.IGNORECASE) for text in texts):
            yield f"the owner was never texted /{pattern}/; texts: {texts or 'none'}"
    for pattern in end.texts_absent:
        if found := next((text for text in texts if re.search(pattern, text, re.IGNORECASE)), None):
            yield f"the owner was texted {found!r}, which must not be (/{pattern}/)"
