"""A call that is over as spans: the call, its turns, what each answer waited for, and V2's tools. Pure.

Out of the session's timeline, as the pages about calls are (turn_view.py): so a trace tells what they tell. Nothing
that anybody said is in it, no number and no name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from call.session import CallSession, Entry, EntryKind
from records.end_reason import blame
from records.plain_words import AUDIO
from records.turn_view import turns_of
from records.used import used

Value = str | int | float | bool


@dataclass(frozen=True)
class Moment:
    """What happened within a span; `at` is aware."""

    name: str
    at: datetime
    attributes: Mapping[str, Value]


@dataclass(frozen=True)
class Span:
    """Something that took its time, and what took parts of it; times are aware."""

    name: str
    start: datetime
    end: datetime
    attributes: Mapping[str, Value] = field(default_factory=dict)
    inside: tuple["Span", ...] = ()
    moments: tuple[Moment, ...] = ()


def call_span(session: CallSession) -> Span:
    """The call, with all that is inside."""
    last = max((entry.at for entry in session.timeline), default=session.started_at)
    return Span(
        "call",
        session.started_at,
        max(session.ended_at or last, session.started_at),
        {name: value for name, value in _about(session) if value != ""},
        tuple(sorted(_inside(session.timeline), key=lambda span: span.start)),
        tuple(_moments(session.timeline)),
    )


def _about(session: CallSession) -> Iterator[tuple[str, Value]]:
    yield "call.id", session.call_id
    yield "call.outcome", session.outcome
    yield "call.ended_by", session.ended_by or ""
    yield "call.blame", blame(session)
    yield "call.language", session.language
    yield "call.turns", session.turn_count
    for name, value in used(session).plain().items():
        if isinstance(value, Mapping):
            yield from ((f"call.used.{name}.{voice}", number) for voice, number in value.items())
        else:
            yield f"call.used.{name}", value


def _inside(timeline: Sequence[Entry]) -> Iterator[Span]:
    """The turns, and the tools before the caller's first word."""
    begins = [number for number, entry in enumerate(timeline) if entry.kind is EntryKind.CALLER]
    yield from _tools(timeline[: begins[0]] if begins else timeline)
    seen = {turn.number: turn for turn in turns_of(timeline)}
    for number, (start, end) in enumerate(pairwise([*begins, len(timeline)]), start=1):
        known = seen[number]
        about = {"turn.number": number, "turn.state": str(known.state), "turn.understood": known.understood}
        yield _turn(timeline[start:end], about)


def _turn(entries: Sequence[Entry], attributes: Mapping[str, Any]) -> Span:
    """From the caller's last voice to the first audio of the answer; without one to the last that happened."""
    first = entries[0]
    start = first.at - _milliseconds(first.steps.get("turn", 0))
    answered = first.milliseconds
    end = max(entry.at for entry in entries) if answered is None else start + _milliseconds(answered)
    waits, began = [], start
    if answered is not None:
        for step, at in [*first.steps.items(), (AUDIO, answered)]:
            over = max(began, start + _milliseconds(at))
            waits.append(Span(f"wait.{step}", began, over))
            began = over
    inside = sorted((*waits, *_tools(entries)), key=lambda span: span.start)
    return Span("turn", start, max(start, end), attributes, tuple(inside))


def _tools(entries: Sequence[Entry]) -> Iterator[Span]:
    for entry in entries:
        if entry.kind is EntryKind.TOOL:
            start = entry.at - _milliseconds(entry.milliseconds or 0)
            yield Span("tool", start, entry.at, {"tool.name": entry.text, "tool.outcome": entry.detail})


def _moments(timeline: Sequence[Entry]) -> Iterator[Moment]:
    for entry in timeline:
        if entry.kind is EntryKind.STATE:
            was, _, now = entry.text.partition(" -> ")
            yield Moment("state_changed", entry.at, {"state_from": was, "state_to": now, "reason": entry.detail})
        elif entry.kind is EntryKind.FAULT:
            yield Moment("part_failed", entry.at, {"part": entry.text, "what": entry.detail})


def _milliseconds(number: int) -> timedelta:
    return timedelta(milliseconds=number)
