"""What went wrong in a call and what came of it, in plain sentences, each with its turn. Pure.

Made of the turns and of what became of the record: it tells nothing that does not stand there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from call.session import EntryKind, Reason
from records import plain_words
from records.plain_words import WARNINGS
from records.turn_view import Event, Turn

WRONG = frozenset({
    Reason.BOOKING_FAILED, Reason.BOOKING_UNCERTAIN, Reason.MANAGE_FAILED, Reason.MANAGE_UNVERIFIED, Reason.TURN_LIMIT,
    Reason.CALL_TURN_LIMIT, Reason.TIME_LIMIT, Reason.NO_ROOM, Reason.TOO_LATE,
})  # fmt: skip
"""Ends that nobody had wished for; of a fault the part itself tells."""


@dataclass(frozen=True)
class Happening:
    """One sentence, and the number of the turn in which it was so; None: behind the call."""

    turn: int | None
    text: str


def happened(turns: Sequence[Turn], refused: Sequence[tuple[str, str]] = ()) -> tuple[Happening, ...]:
    """What went wrong, in order; `refused` are the messages that the dashboard did not accept, and its words."""
    found = [Happening(turn.number, text) for turn in turns for text in dict.fromkeys(_of(turn))]
    found += [Happening(None, f"The dashboard did not accept the {name}: {words}") for name, words in refused]
    return tuple(found)


def _of(turn: Turn) -> Iterator[str]:
    if not turn.understood:
        yield f"Not understood: “{turn.events[0].text}” The same was asked again."
    yield from _corrected(turn)
    for event in turn.events:
        yield from _went_wrong(event)
    yield from _slow(turn)


def _corrected(turn: Turn) -> Iterator[str]:
    if any(event.kind is EntryKind.CALLER and event.corrects for event in turn.events):
        yield f"The caller corrected what had been heard: “{turn.events[0].text}”"


def _went_wrong(event: Event) -> Iterator[str]:
    match event.kind:
        case EntryKind.CALLER if event.unsure:
            yield f"Heard, but not for certain: “{'”, “'.join(event.unsure)}”"
        case EntryKind.FAULT:
            yield plain_words.failure(event.text, event.detail)
        case EntryKind.STATE if event.detail in WRONG:
            yield f"{plain_words.REASONS[Reason(event.detail)]}."
        case EntryKind.AGENT if event.cut_off and event.certain and (not event.text or event.detail in WARNINGS):
            yield f"The caller did not hear: “{event.cut_off}”"


def _slow(turn: Turn) -> Iterator[str]:
    """The slowest part of the answer, if it took much of what it may take."""
    much = [wait for wait in turn.waits if wait.much]
    if turn.answer_ms is None or not much:
        return
    slowest = max(much, key=lambda wait: wait.milliseconds)
    over = slowest.milliseconds - (slowest.most or 0)
    late = f"{over} ms more than it may take" if over > 0 else f"of {slowest.most} ms that it may take"
    yield (
        f"Answered after {turn.answer_ms} ms. The slow part: {slowest.milliseconds} ms {slowest.what}, {late};"
        f" all else took {turn.answer_ms - slowest.milliseconds} ms."
    )
