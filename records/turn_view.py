"""The turns of a call as its operator sees them: what was said, understood and done, and what each answer waited for.

Out of the session's timeline; what an older version has not noted is left out. Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from call.session import Entry, EntryKind, Question, State
from config import Settings
from records import plain_words

_ASKED = re.compile(r"ask:[^:]+")
_REFUSALS = frozenset({"no", "yes_but"})  # As the timeline keeps an answer
_CHANGE_WHAT = f"ask:{Question.CHANGE_WHAT}"
_MEANWHILE = frozenset({"filler", "sorry_upset"})
MUCH = 0.5  # Of what a part of an answer may take
_LOOKUPS = frozenset({"lookup_caller", "lookup_booking", "check_calendar_availability"})
_BOOKINGS = frozenset({"book_appointment", "manage_appointment"})


@dataclass(frozen=True)
class Limits:
    """How long each part of an answer may take, in milliseconds: the deadlines that it is held to."""

    turn: int
    reading: int
    words: int
    first_voice: int
    second_voice: int
    lookup: int
    booking: int
    callback: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """Those of a service."""
        return cls(
            *(
                round(1000 * seconds)
                for seconds in (
                    settings.stuck_turn_seconds,
                    settings.second_reader_seconds,
                    settings.llm_first_sentence_seconds,
                    settings.tts_first_audio_seconds,
                    settings.tts_second_first_audio_seconds,
                    settings.lookup_seconds,
                    settings.booking_seconds,
                    settings.callback_seconds,
                )
            )
        )

    def most_of(self, step: str, entries: Sequence[Entry]) -> int | None:
        """The longest that a step of this turn may take; None of one that nobody limits."""
        match step:
            case "turn":
                return self.turn
            case "reading":
                return self.reading
            case "words":
                return self.words
            case "tool":
                return sum(self._of_tool(entry.text) for entry in entries if entry.kind is EntryKind.TOOL)
            case plain_words.AUDIO:
                failed = any(entry.kind is EntryKind.FAULT and entry.text == "inworld" for entry in entries)
                return self.first_voice + self.second_voice * failed
        return None

    def _of_tool(self, name: str) -> int:
        return self.lookup if name in _LOOKUPS else self.booking if name in _BOOKINGS else self.callback


@dataclass(frozen=True)
class Wait:
    """What an answer waited for, in words, how long, and how long that may take, in milliseconds; None: unlimited."""

    what: str
    milliseconds: int
    most: int | None = None

    @property
    def much(self) -> bool:
        """Whether it is much of what it may be."""
        return self.most is not None and self.milliseconds >= MUCH * self.most


@dataclass(frozen=True)
class Event:
    """One thing that happened. Of the agent's lines `text` is what was really played.

    Attributes:
        cut_off: The words of a line that were not played.
        certain: Whether it is known how much was played.
        detail: A tool's result, what of a part failed, why a state was reached, the key of a fixed line.
        told: What is known of it besides: what that is, in words, and its text.
        corrects: Whether the caller said that something was not right.
        unsure: The words of the caller that the recogniser was not sure of.
    """

    at: datetime
    kind: EntryKind
    text: str
    detail: str = ""
    milliseconds: int | None = None
    cut_off: str = ""
    certain: bool = True
    told: tuple[tuple[str, str], ...] = ()
    corrects: bool = False
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What the caller said, and all that came of it; the first one is what happened before they said anything.

    Attributes:
        state: Where the call was when it began.
        answer_ms: From the end of the caller's turn to what they heard next; None when nothing was played, or nobody
            knows. Of calls that did not measure it, it is told by the first piece of the answer that was reported as
            played, and so up to a piece too long.
        waits: What `answer_ms` was made of, in order.
        understood: False when the same question was asked again behind it, and nothing else was said or done.
    """

    number: int
    state: State
    events: tuple[Event, ...]
    answer_ms: int | None = None
    understood: bool = True
    waits: tuple[Wait, ...] = ()


def path_of(timeline: Sequence[Entry]) -> tuple[State, ...]:
    """The states that the call went through, in order, as far as this version knows them."""
    moves = [_reached(entry) for entry in timeline if entry.kind is EntryKind.STATE]
    return (State.WELCOME, *(state for state in moves if state))


def _reached(entry: Entry) -> State | None:
    name = entry.text.rpartition(" -> ")[2]
    return State(name) if name in set(State) else None


def turns_of(timeline: Sequence[Entry], limits: Limits | None = None) -> tuple[Turn, ...]:
    """The timeline, turn by turn; a call in which nothing has happened yet has none."""
    turns: list[Turn] = []
    state, asked = State.WELCOME, ""
    for number, entries in enumerate(_by_turn(timeline)):
        if not entries:
            continue
        again = asked_in(entries)
        understood = not (number and again and again == asked and _nothing_else(entries))
        # A line is decided on before a tool is asked, and heard behind it.
        in_time = [*entries[:1], *sorted(entries[1:], key=lambda entry: entry.at)]
        waits = tuple(_waits(entries, limits))
        events = tuple(_event(entry, corrects=_corrects(entry, state, asked)) for entry in in_time)
        turns.append(Turn(number, state, events, _answer_ms(entries), understood, waits))
        asked = again or asked
        state = next((s for entry in reversed(entries) if (s := _moved(entry))), state)
    return tuple(turns)


def _by_turn(timeline: Sequence[Entry]) -> list[list[Entry]]:
    turns: list[list[Entry]] = [[]]
    for entry in timeline:
        if entry.kind is EntryKind.CALLER:
            turns.append([])
        turns[-1].append(entry)
    return turns


def _moved(entry: Entry) -> State | None:
    return _reached(entry) if entry.kind is EntryKind.STATE else None


def _corrects(entry: Entry, state: State, asked: str) -> bool:
    """Whether the caller said that something was not right.

    A part that is merely named ("my name is Dana") is wrong only behind a refused read-back, or when we asked which.
    """
    read = (entry.read or {}) | entry.read_again
    refuses = asked == _CHANGE_WHAT or read.get("answer") in _REFUSALS
    return bool(read.get("corrects") or (read.get("names_part") and state is State.PRE_CONFIRM and refuses))


def _event(entry: Entry, *, corrects: bool) -> Event:
    said = entry.words_heard if entry.kind is EntryKind.AGENT else entry.text
    rest = "" if said == entry.text else " ".join(entry.text.split()[len(said.split()) :])
    certain = entry.kind is not EntryKind.AGENT or entry.heard is not None
    told = tuple(_told(entry))
    return Event(
        entry.at, entry.kind, said, entry.detail, entry.milliseconds, rest, certain, told, corrects, entry.unsure
    )


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.unsure:
        yield "not sure of", ", ".join(entry.unsure)
    if entry.read is not None:
        yield "understood by the rules", _listed(entry.read) or "nothing"
    if entry.read_again:
        yield "by the second reader, the model", _listed(entry.read_again)
    if entry.asked:
        yield "asked with", _listed(entry.asked)
    if entry.answered:
        yield "answered", _listed(entry.answered)
    if entry.refused:
        yield "not said", entry.refused


def _listed(facts: Mapping[str, str]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {text or 'none'}" for name, text in facts.items())


def _answer_ms(entries: Sequence[Entry]) -> int | None:
    if not entries or entries[0].kind is not EntryKind.CALLER:
        return None
    if entries[0].milliseconds is not None:
        return entries[0].milliseconds
    played = (entry.at for entry in entries if entry.kind is EntryKind.AGENT and entry.heard)
    first = min(played, default=None)
    return max(0, round((first - entries[0].at).total_seconds() * 1000)) if first else None


def _waits(entries: Sequence[Entry], limits: Limits | None) -> Iterator[Wait]:
    first, last = entries[0], 0
    if first.milliseconds is None or not first.steps:
        return
    for step, at in [*first.steps.items(), (plain_words.AUDIO, first.milliseconds)]:
        most = limits.most_of(step, entries) if limits else None
        yield Wait(plain_words.wait(step), max(0, at - last), most)
        last = at


def asked_in(entries: Sequence[Entry]) -> str:
    """The question that was asked last in a turn, as the key of its line; variants of a line are one question."""
    keys = [entry.detail for entry in entries if entry.kind is EntryKind.AGENT]
    keys = ["ask:safety" if key == "safety_follow_up" else key for key in keys]
    return next((found[0] for key in reversed(keys) if (found := _ASKED.match(key))), "")


def _nothing_else(entries: Sequence[Entry]) -> bool:
    """Whether a turn led to no other line, no other state and no tool."""
    lines = [entry.detail for entry in entries if entry.kind is EntryKind.AGENT and entry.detail not in _MEANWHILE]
    return len(lines) == 1 and not any(entry.kind in (EntryKind.STATE, EntryKind.TOOL) for entry in entries)
